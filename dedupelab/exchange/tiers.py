"""Tiers of what may leave: public aggregates, an assurer's pseudonymised edges, or a private manifest.

Each tier is an allow-list: what is written is named here, and nothing else is copied along.
"""

import csv
import hmac
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from dedupelab.errors import ConfigError, OutputError
from dedupelab.exchange.band_sketches import write_sketches
from dedupelab.exchange.disclosure import contributions, public_overlap, public_rows
from dedupelab.exchange.manifest import method, own_name, write_manifest
from dedupelab.numbers.results import load_results
from dedupelab.pack import ro_crate as crate
from dedupelab.pack.bagit import digests
from dedupelab.pack.pack import FOLDER, seal
from dedupelab.study.study import Study
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
    study
        A measured study.
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
    now
        Time of the export; the clock when None.

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
            f"expected a measured study, got none at {study.folder}; run: dedupelab report {study.folder}"
        )
    files = _public(study, run) if tier == "public" else _assurer(study)
    try:
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
    except OSError as problem:
        shutil.rmtree(path, ignore_errors=True)
        raise OutputError(
            f"expected to write {path}, got: {problem}; choose another place with --out"
        ) from problem
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
        "results.csv": _csv(rows),
        "README.txt": ABOUT["public"].encode() + b"\n",
    }
    if shared := public_overlap(study.overlap(), codes(study)):
        files["overlap.csv"] = _csv(shared)
    return files | (_of_run(study, run) if run else {})


def _of_run(study: Study, run: Path) -> dict[str, bytes]:
    """Return a run's notebooks without what they showed, and a commitment to each of its files.

    A commitment is HMAC-SHA256 of the file's digest under a key of this study: a file that is shown later can be proved
    to be the one, and until then nothing can be looked up by guessing.
    """
    outside = own_name(study)
    key = (study.store.root / "export.key").read_bytes()
    kinds = sorted(digests(run, leave=(FOLDER,)).items())
    committed = [
        {"file": name if name.startswith("notebooks/") else outside(name), "hmac_sha256": hmac.digest(key, digest.encode(), "sha256").hex()}
        for name, digest in kinds
    ]  # fmt: skip
    notebooks = {
        f"notebooks/{path.name}": bare_notebook(path.read_text("utf-8"))
        for path in sorted((run / "notebooks").glob("*.ipynb"))
    }
    return {**notebooks, "commitments.csv": _csv(committed)}


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
        "edges.csv": _csv(edges),
        "copies.csv": _csv(copies),
        "review-sheet.csv": _csv(sheet),
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


def _csv(rows: Sequence[Mapping[str, object]]) -> bytes:
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue().encode()


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
