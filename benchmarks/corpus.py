"""The benchmark as files: originals, other photographs and hard negatives on one side, edited copies on the other."""

import json
import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from alterations import Encoded, encode
from documents import COPIES, pages
from edits import EDITS, REGENERATIONS, VARIANTS, Edit
from makes import things
from negatives import negatives
from overlays import Picture
from photographs import Photograph, read_photographs

COLUMNS = ("file", "work", "kind", "edit_class", "role")
GIVEN = "|"
"""Between a make and a photograph that it gives to all things of it, in `work`."""
COPY = "document copy"
"""Class of the copies of pages."""
VERSION = 3
"""Raise it when an edit or a negative changes, so that cached files are made anew."""


def kinds(wanted: Iterable[str] | None = None) -> list[Edit]:
    """Return the edits of these names or classes, or all; variants and regenerations come last.

    Raises
    ------
    ValueError
        If a name is neither a kind nor a class.
    """
    every = [*(edit for edits in EDITS.values() for edit in edits), *VARIANTS, *REGENERATIONS]
    if wanted is None:
        return every
    asked = set(wanted)
    known = {name for edit in every for name in (edit.name, edit.edit_class)} | {*COPIES, COPY}
    if unknown := sorted(asked - known):
        raise ValueError(
            f"expected kinds or classes of edit, got {', '.join(unknown)}; known: {', '.join(sorted(known))}"
        )
    return [edit for edit in every if {edit.name, edit.edit_class} & asked]


def build_benchmark(
    work: Path,
    photographs: Path | None,
    n: int,
    seed: int,
    *,
    hard: int = 700,
    wanted: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Write `references/` and `queries/` under `work` and return one row per file; what is there already is reused.

    Parameters
    ----------
    work
        Folder for the files; equal arguments give equal files.
    photographs
        Any folder of photographs; None takes those in the installed wheels.
    n
        How many photographs are edited; the others of the folder stand among the references.
    seed
        Of everything random.
    hard
        About how many hard negatives.
    wanted
        Kinds or classes of edit; None for all.

    Returns
    -------
    pd.DataFrame
        `file`; `work`: what it shows, several joined by ';'; `kind` and `edit_class`; `role`: reference (the original or
        another photograph), negative (also a reference), query, variant or regeneration.
    """
    edits = kinds(wanted)
    settings = {
        "version": VERSION,
        "folder": str(photographs),
        "n": n,
        "seed": seed,
        "hard": hard,
        "kinds": [e.name for e in edits],
    }
    table = work / "truth.csv"
    stamp = work / "settings.json"
    if stamp.is_file() and json.loads(stamp.read_text(encoding="utf-8")) == settings:
        return pd.read_csv(table, keep_default_na=False)
    stamp.unlink(missing_ok=True)
    every = read_photographs(photographs)
    order = np.random.default_rng([seed, 5]).permutation(len(every))
    sources = [every[k] for k in order]
    rows = [
        *_references(work, sources, n),
        *_negatives(work, sources, hard, seed),
        *_queries(work, sources, n, seed, edits),
        *_documents(work, seed, wanted),
        *_makes(work, sources, seed),
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame.to_csv(table, index=False)
    stamp.write_text(json.dumps(settings), encoding="utf-8")
    return frame


Row = tuple[str, str, str, str, str]


def _write(path: Path, content: Encoded) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.with_name(f"{path.name}.{content.suffix}")
    target.write_bytes(content.data)
    return str(target)


def _as_reference(picture: Picture) -> Encoded:
    return encode(picture, "jpg", quality=95)


def _references(work: Path, sources: list[Photograph], n: int) -> Iterable[Row]:
    for k, source in enumerate(sources):
        file = _write(work / "references" / source.name, _as_reference(source.picture))
        yield (
            file,
            source.name,
            "original" if k < n else "other",
            "original" if k < n else "other",
            "reference",
        )


def _negatives(work: Path, sources: list[Photograph], hard: int, seed: int) -> Iterable[Row]:
    for negative in negatives(hard, seed, [source.picture for source in sources]):
        name = f"{negative.recipe.replace(' ', '-')}-{negative.number:03d}"
        file = _write(work / "references" / f"negative-{name}", _as_reference(negative.picture))
        yield (
            file,
            name if negative.shows is None else sources[negative.shows].name,
            name,
            negative.recipe,
            "negative",
        )


def _documents(work: Path, seed: int, wanted: Iterable[str] | None) -> Iterable[Row]:
    """Write pages that differ in what matters among the references, and copies of the first of each two among the queries."""
    asked = set(COPIES) if wanted is None or COPY in wanted else set(COPIES) & set(wanted)
    for kind, name, page in pages(seed):
        yield _write(work / "references" / name, encode(page, "png")), name, "original", kind, "negative"
        for copy, change in COPIES.items() if name.endswith("-a") else ():
            if copy in asked:
                rng = np.random.default_rng([seed, zlib.crc32(name.encode()), zlib.crc32(copy.encode())])
                yield _write(work / "queries" / copy / name, change(page, rng)), name, copy, COPY, "query"


def _makes(work: Path, sources: list[Photograph], seed: int) -> Iterable[Row]:
    """Write things of one make among the references; each shows its own photographs, and those that its make gives to all of them."""
    for thing in things(seed, [source.picture for source in sources]):
        name = f"{thing.recipe.replace(' ', '-')}-{thing.number:02d}"
        content = thing.content if isinstance(thing.content, Encoded) else _as_reference(thing.content)
        own = [sources[k].name for k in thing.own]
        given = [f"{thing.make}{GIVEN}{sources[k].name}" for k in thing.ground]
        shows = ";".join(dict.fromkeys([name, *own, *given]))
        yield _write(work / "references" / name, content), shows, name, thing.recipe, "negative"


def shared(one: str, two: str) -> frozenset[str]:
    """Return the works that two files show, as `work` of the table names them; what their make gives both is none.

    >>> shared("card-1;a;card 0|b", "card-2;card 0|b"), shared("card-1;card 0|b", "b")
    (frozenset(), frozenset({'b'}))
    """
    left, right = set(one.split(";")), set(two.split(";"))
    given = {entry for entry in left & right if GIVEN in entry}
    left, right = ({entry.rpartition(GIVEN)[2] for entry in side - given} for side in (left, right))
    return frozenset(left & right)


def _queries(work: Path, sources: list[Photograph], n: int, seed: int, edits: list[Edit]) -> Iterable[Row]:
    for source in sources[:n]:
        for edit in edits:
            rng = np.random.default_rng(
                [seed, zlib.crc32(source.name.encode()), zlib.crc32(edit.name.encode())]
            )
            others = [other for other in sources if other is not source]
            partners = [others[k] for k in rng.permutation(len(others))[: edit.partners]]
            role = edit.edit_class if edit.edit_class in {"variant", "regeneration"} else "query"
            content = edit(source.picture, rng, [p.picture for p in partners])
            # Names say nothing to a detector, but a person finds the file.
            file = _write(work / "queries" / edit.name / source.name, content)
            yield file, ";".join([source.name, *(p.name for p in partners)]), edit.name, edit.edit_class, role
        if source.other_view is not None and any(edit.edit_class == "variant" for edit in edits):
            file = _write(work / "queries" / "stereo" / source.name, _as_reference(source.other_view))
            yield file, source.name, "stereo", "variant", "variant"
