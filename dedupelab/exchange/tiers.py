"""Tiers of what may leave: public aggregates, an assurer's pseudonymised edges, or a private manifest.

Each tier is an allow-list: what is written is named here, and nothing else is copied along. Of public numbers, cells below ten,
and cells whose complement is below ten, are suppressed; so is one more cell of each sum that would give them away, and any cell
of which one holder makes up more than four fifths (Hundepool et al., "Statistical Disclosure Control", 2012, chapter 4).
"""

import hmac
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.errors import ConfigError, OutputError, to_type, writing
from dedupelab.exchange.band_sketches import write_sketches
from dedupelab.exchange.manifest import KEY, method, own_name, write_manifest
from dedupelab.numbers.results import Result, by_id, load_results
from dedupelab.pack import ro_crate as crate
from dedupelab.pack.bagit import digests
from dedupelab.pack.pack import FOLDER, seal
from dedupelab.publish.runs import FACTS
from dedupelab.study.study import Study
from dedupelab.tables.sheets import as_csv
from dedupelab.version import __version__

TIERS = ("public", "assurer", "private")
BANDS = ((0, "0"), (2, "1-2"), (6, "3-6"), (10, "7-10"), (64, "11-64"))
SHEET = 200
"""Edges on the review sheet, spread over relations and bands."""


def export(
    study: Study,
    tier: str,
    path: Path,
    *,
    run: Path | None = None,
    fingerprints_only: bool = False,
    bands: bool = False,
    secret: bytes = b"",
    now: datetime | None = None,
) -> Path:
    """Write what may leave in a tier: a signed pack (public, assurer) or a manifest that others can merge (private).

    Parameters
    ----------
    tier
        `public`, `assurer` or `private`.
    path
        Folder of the pack, or file of the manifest; it must not exist yet.
    run
        A run folder: its notebooks go along without outputs, and its files are committed to (public only).
    fingerprints_only, secret
        As for `manifest.write_manifest` (private only).
    bands
        Keyed digests and keyed band sketches alone, to be counted by a neutral holder (private only).

    Raises
    ------
    ConfigError
        If there is no such tier, or nothing to export yet.
    OutputError
        If the path is taken or cannot be written.
    """
    moment = now or datetime.now(UTC)
    if tier not in TIERS:
        raise ConfigError(f"expected a tier of {', '.join(TIERS)}, got {tier!r}; choose one")
    if path.exists():
        raise OutputError(f"expected a new place, got {path}, which exists; choose another with --out")
    if tier == "private" and bands:
        return write_sketches(study, path, secret, now=moment)
    if tier == "private":
        return write_manifest(study, path, fingerprints_only=fingerprints_only, secret=secret, now=moment)
    if not study.results_path.exists():
        raise ConfigError(
            f"expected a measured study, got none at {study.folder}; run: {to_type('report', study.folder)}"
        )
    files = _public(study, run) if tier == "public" else _assurer(study)
    try:
        with writing(path, "choose another place with --out"):
            for name, content in files.items():
                target = path / "data" / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            said = crate.metadata(
                sorted(digests(path / "data")),
                name=f"Duplicate images: {tier} tier",
                description=ABOUT[tier],
                moment=moment.replace(microsecond=0),
                version=__version__,
            )
            (path / "data" / crate.NAME).write_bytes(said)
            seal(path, {"External-Description": f"dedupelab {tier} tier"}, f"dedupelab {tier} tier", moment)
    except OSError:
        shutil.rmtree(path, ignore_errors=True)
        raise
    return path


def codes(study: Study) -> dict[str, str]:
    """Return the code of each collection: an order that only this study's key knows."""
    outside = own_name(study)
    ordered = sorted((c.name for c in study.config.collection), key=outside)
    return {name: f"holder-{number}" for number, name in enumerate(ordered, 1)}


def _public(study: Study, run: Path | None) -> dict[str, bytes]:
    images, members = study.images(), study.members()
    rows = public_rows(load_results(study.results_path), contributions(images, members))
    own = study.config.privacy
    persons = own.persons if own.persons is None or own.persons >= 10 else "fewer than 10"
    facts = {
        "schema": "dedupelab/public/1",
        "holders": len(study.config.collection),
        "method": {k: v for k, v in method(study).items() if k != "code"},
        "privacy": {"retention": own.retention, "adverse_action": own.adverse_action, "persons": persons},
    }
    files = {
        "study.json": _json(facts),
        "results.json": _json({"schema": "dedupelab/public/1", "results": rows}),
        "results.csv": as_csv(rows).encode(),
        "README.txt": ABOUT["public"].encode() + b"\n",
    }
    if shared := public_overlap(study.overlap(), codes(study)):
        files["overlap.csv"] = as_csv(shared).encode()
    return files | (_of_run(study, run) if run else {})


def _of_run(study: Study, run: Path) -> dict[str, bytes]:
    """Return a run's notebooks without what they showed, and a commitment to each of its files.

    A commitment is HMAC-SHA256 of the file's digest under a key of this study: a file that is shown later can be proved
    to be the one, and until then nothing can be looked up by guessing.
    """
    if not (run / FACTS).is_file():
        raise ConfigError(
            f"expected a run folder with {FACTS}, got {run}; name one under reports/, such as latest"
        )
    outside = own_name(study)
    key = (study.store.root / KEY).read_bytes()
    kinds = sorted(digests(run, leave=(FOLDER,)).items())
    committed = [
        {"file": name if name.startswith("notebooks/") else outside(name), "hmac_sha256": hmac.digest(key, digest.encode(), "sha256").hex()}
        for name, digest in kinds
    ]  # fmt: skip
    notebooks = {
        f"notebooks/{path.name}": bare_notebook(path.read_text("utf-8"))
        for path in sorted((run / "notebooks").glob("*.ipynb"))
    }
    return {**notebooks, "commitments.csv": as_csv(committed).encode()}


def bare_notebook(text: str) -> bytes:
    """Return a notebook's prose and code: no outputs, metadata, attachments or values it was run with."""
    notebook = json.loads(text)
    cells = []
    for number, cell in enumerate(notebook["cells"]):
        if "injected-parameters" in cell.get("metadata", {}).get("tags", []):
            continue
        kept = {
            "cell_type": cell["cell_type"],
            "id": f"cell-{number}",
            "metadata": {},
            "source": cell["source"],
        }
        cells.append(kept | ({"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {}))
    return _json({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _assurer(study: Study) -> dict[str, bytes]:
    """Return edges and copies under names of this export, and a sheet on which to note what a reviewer sees."""
    outside, code = own_name(study), codes(study)
    names = {str(identity): outside(str(identity)) for identity in study.images()["image_id"]}
    edges = [
        {
            "left": names[left],
            "right": names[right],
            "relation": relation,
            "distance_band": band(distance),
            "score": round(float(score), 2),
            "cross_holder": bool(crossing),
        }
        for left, right, relation, distance, score, crossing in zip(
            *(
                study.pairs()[c]
                for c in ("left", "right", "relation", "distance", "score", "cross_collection")
            ),
            strict=True,
        )
    ]
    columns = ("group_id", "image_id", "role", "work", "collection", "format", "width", "height", "ai_label")
    held = study.members().merge(study.images(), on="image_id")
    copies = [
        {
            "group": outside(group),
            "copy": names[image],
            "holder": code[str(collection)],
            "role": role,
            "work": work,
            "media_type": form,
            "pixel_size_band": size_band(width, height),
            "ai_label": label,
        }
        for group, image, role, work, collection, form, width, height, label in zip(
            *(held[c] for c in columns), strict=True
        )
    ]
    edges.sort(key=lambda e: (str(e["left"]), str(e["right"])))
    copies.sort(key=lambda c: (str(c["group"]), str(c["copy"])))
    sheet = [{**e, "seen_relation": "", "reviewer": "", "date": "", "remark": ""} for e in sampled(edges)]
    return {
        "edges.csv": as_csv(edges).encode(),
        "copies.csv": as_csv(copies).encode(),
        "review-sheet.csv": as_csv(sheet).encode(),
        "README.txt": ABOUT["assurer"].encode() + b"\n",
    }


def sampled(edges: Sequence[dict[str, object]], size: int = SHEET) -> list[dict[str, object]]:
    """Return some edges of every relation and band in turn, in an order that the pseudonyms give."""
    strata: dict[tuple[str, str], list[dict[str, object]]] = {}
    for edge in edges:
        strata.setdefault((str(edge["relation"]), str(edge["distance_band"])), []).append(edge)
    longest = max(map(len, strata.values()), default=0)
    turns = (stratum[k] for k in range(longest) for stratum in strata.values() if k < len(stratum))
    return [edge for edge, _ in zip(turns, range(size), strict=False)]


def band(distance: object) -> str:
    """Return the band of a distance.

    >>> band(5), band(None)
    ('3-6', '')
    """
    if pd.isna(distance):  # type: ignore[call-overload]  # one value of a column
        return ""
    return next(name for most, name in BANDS if int(str(distance)) <= most)


def size_band(width: object, height: object) -> str:
    """Return the band of a picture's size in pixels.

    >>> size_band(4000, 3000), size_band(None, 3)
    ('4 to 16 megapixels', '')
    """
    if pd.isna(width) or pd.isna(height):  # type: ignore[call-overload]  # one value of a column
        return ""
    mega = int(str(width)) * int(str(height)) / 1e6
    return next(
        (f"{low} to {high} megapixels" for low, high in ((0, 1), (1, 4), (4, 16)) if mega < high),
        "16 megapixels or more",
    )


def _json(facts: object) -> bytes:
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


ABOUT = {
    "public": (
        "Aggregates of a study of duplicate images, for anybody. Counts below 10, counts that would give one of these away, "
        "and counts of which one holder makes up more than four fifths are left empty. Holders have codes. Left out: "
        "pictures, digests, fingerprints, paths, names, captions, prices' sources, anything of a single picture."
    ),
    "assurer": (
        "Edges of a duplicate graph for an assurer: pictures and groups under names that only the study can resolve, "
        "holders under codes, distances in bands. Left out: pictures, digests, fingerprints, paths, names, captions, "
        "dates. On review-sheet.csv note what the holders show you for each edge."
    ),
}


SMALLEST = 10
DOMINANT = 0.8
LEAST_MEMBERS = 3
"""Holders from which on their overlap is shown at all."""
FIELDS = "any|" + "|".join(column.name for column in tables.METADATA)
PUBLIC = re.compile(
    rf"N\.(listed|hashed|unreadable|skipped|low-information|works|surplus|groups|links|pairs(\.({'|'.join(tables.RELATIONS)}))?)"
    rf"|M1|M1b|M1x|M1p|M1\.low-information|M2|M3|M4\.any|M5[si]?\.({FIELDS})(\.across)?|M6\.ambiguous|M6b|M6c\.[a-z-]+\.(without|first)|M6l\.(stated|odd)|M7|M7s"
    r"|M8|M8\.hours|M12|M12\.unlabelled"
)
"""Ids of the results that may be public: of the whole study, never of one holder, one week or one picture."""
SUMS = (
    ("N.hashed", "N.unreadable", "N.skipped"),
    ("N.works", "N.surplus", "N.low-information"),
    tuple(f"N.pairs.{relation}" for relation in tables.RELATIONS),
    ("M12", "M12.unlabelled"),
)
"""Cells that add up to one that is shown."""
SAME = (("N.surplus", "M1", "M2", "M3"), ("N.works", "M4.any"), ("N.links", "M8", "M8.hours"))
"""Numbers that give each other away."""


def public_rows(
    results: Iterable[Result], contributions: Mapping[str, Sequence[int]]
) -> list[dict[str, object]]:
    """Return the results that may be public, as rows; suppressed ones without their numbers.

    Parameters
    ----------
    contributions
        What each holder adds to a result, by its id.
    """
    shown = {name: r for name, r in by_id(results).items() if PUBLIC.fullmatch(name) and r.estimated}
    hidden = suppressed(shown, contributions)
    rows: list[dict[str, object]] = []
    for name, result in shown.items():
        low, high = result.interval or (None, None)
        numbers = {
            "value": result.value,
            "numerator": result.numerator,
            "denominator": result.denominator,
            "low": low,
            "high": high,
        }
        rows.append(
            {
                "id": name,
                "label": str(result.label),
                "unit": result.unit,
                **(dict.fromkeys(numbers) if name in hidden else numbers),
                "denominator_label": str(result.denominator_label),
                "method": str(result.method),
                "interval_method": str(result.interval_method),
                "grade": result.grade,
                "caveat": str(result.caveat),
                "suppressed": hidden.get(name, ""),
            }
        )
    return rows


def suppressed(shown: Mapping[str, Result], contributions: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """Return why each suppressed result is."""
    hidden = {name: "small" for name, r in shown.items() if is_small(r.numerator, r.denominator)}
    for name, parts in contributions.items():
        if name in shown and name not in hidden and is_dominated(parts):
            hidden[name] = "dominated"
    while True:
        before = len(hidden)
        for together in SAME:
            if any(name in hidden for name in together):
                hidden |= {name: "complementary" for name in together if name in shown and name not in hidden}
        for cells in SUMS:
            open_cells = [c for c in cells if c in shown and c not in hidden and shown[c].numerator]
            if sum(c in hidden for c in cells) == 1 and open_cells:
                hidden[min(open_cells, key=lambda c: shown[c].numerator or 0)] = "complementary"
        if len(hidden) == before:
            return hidden


def is_small(part: float | None, whole: float | None) -> bool:
    """Whether a cell or what is left beside it is too small to be shown.

    >>> is_small(9, 100), is_small(95, 100), is_small(0, 100), is_small(0, 9), is_small(50, 100)
    (True, True, False, True, False)
    """
    if part is None or whole is None:
        return False
    return whole < SMALLEST or 0 < part < SMALLEST or 0 < whole - part < SMALLEST


def is_dominated(parts: Sequence[int]) -> bool:
    """Whether one of several holders makes up more than four fifths.

    >>> is_dominated([90, 5, 5]), is_dominated([60, 40]), is_dominated([7])
    (True, False, False)
    """
    return len(parts) > 1 and sum(parts) > 0 and max(parts) > DOMINANT * sum(parts)


def public_overlap(overlap: pd.DataFrame, codes: Mapping[str, str]) -> list[dict[str, object]]:
    """Return the overlap between holders under codes, small cells without numbers; nothing of fewer than three holders."""
    if len(codes) < LEAST_MEMBERS:
        return []
    cells = {(row, column): (works, shared) for row, column, works, shared in zip(*(overlap[c] for c in ("row", "column", "works", "shared")), strict=True)}  # fmt: skip
    rows: list[dict[str, object]] = []
    for row, column in sorted(cells, key=lambda pair: (codes[pair[0]], codes[pair[1]])):
        # Both directions share one number, so that either being small hides both.
        small = is_small(*cells[row, column][::-1]) or is_small(*cells[column, row][::-1])
        works, shared = (None, None) if small else cells[row, column]
        rows.append({"row": codes[row], "column": codes[column], "works": works, "shared": shared, "suppressed": "small" if small else ""})  # fmt: skip
    return rows


def contributions(images: pd.DataFrame, members: pd.DataFrame) -> dict[str, list[int]]:
    """Return what each holder adds to the counts of files and of copies."""
    names = sorted(set(images["collection"]))

    def by_holder(rows: pd.DataFrame) -> list[int]:
        counts = rows["collection"].value_counts()
        return [int(counts.get(name, 0)) for name in names]

    linked = members[["image_id"]].merge(images[["image_id", "collection"]], on="image_id")
    found = {f"N.{s}": by_holder(images[images["status"] == s]) for s in ("hashed", "unreadable", "skipped")}
    low = images[(images["information"] < tables.LOW_INFORMATION).fillna(value=False)]
    return found | {
        "N.listed": by_holder(images),
        "N.low-information": by_holder(low),
        "N.surplus": by_holder(linked),
        "M1b": by_holder(linked),
    }
