"""Detectors to compare: each takes the files and returns links as (row, row, relation, score).

Pairs of two references and of a copy and a reference are what is measured; pairs of two copies may be left out.
"""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

Link = tuple[int, int, str, float]
Flags = npt.NDArray[np.bool_]
Detector = Callable[[list[Path], Flags, Path, str], list[Link]]
ALIKE = "near-identical"


class NotInstalledError(ImportError):
    """A tool to compare with is not installed."""


def imagededup(files: list[Path], _reference: Flags, _work: Path, _gear: str) -> list[Link]:
    """Run imagededup's PHash with its default distance of 10."""
    try:
        from imagededup.methods import PHash  # type: ignore[import-not-found, unused-ignore]
    except (ImportError, RuntimeError) as problem:
        # Its import loads torch and torchvision, which fail in other ways than ImportError when they do not fit each other.
        raise NotInstalledError(f"{problem}; run: pip install imagededup") from problem
    logging.getLogger("imagededup").setLevel(logging.ERROR)
    hasher = PHash(verbose=False)
    rows = {str(file): row for row, file in enumerate(files)}
    codes = {name: code for name in rows if (code := hasher.encode_image(name)) is not None}
    found = hasher.find_duplicates(encoding_map=codes, max_distance_threshold=10, num_dist_workers=0)
    pairs = {(min(rows[a], rows[b]), max(rows[a], rows[b])) for a, near in found.items() for b in near}
    return [(i, j, ALIKE, 1.0) for i, j in sorted(pairs)]


def cleanvision(files: list[Path], _reference: Flags, _work: Path, _gear: str) -> list[Link]:
    """Run cleanvision's exact and near duplicates as they are set by default."""
    try:
        from cleanvision import Imagelab  # type: ignore[import-not-found, unused-ignore]
    except ImportError as problem:
        raise NotInstalledError(f"{problem}; run: pip install cleanvision") from problem
    rows = {str(file): row for row, file in enumerate(files)}
    lab = Imagelab(filepaths=list(rows))
    lab.find_issues({"exact_duplicates": {}, "near_duplicates": {}}, n_jobs=1, verbose=False)
    sets = [s for issue in ("exact_duplicates", "near_duplicates") for s in lab.info[issue]["sets"]]
    pairs = {(min(rows[a], rows[b]), max(rows[a], rows[b])) for s in sets for a in s for b in s if a != b}
    return [(i, j, ALIKE, 1.0) for i, j in sorted(pairs)]


def imagehash(files: list[Path], _reference: Flags, _work: Path, _gear: str) -> list[Link]:
    """Compare imagehash.phash within 10 bits: what most scripts do, and nearly what imagededup does."""
    from imagehash import phash
    from PIL import Image

    codes = np.empty(len(files), np.uint64)
    for row, file in enumerate(files):
        with Image.open(file) as picture:
            codes[row] = int(str(phash(picture)), 16)
    links: list[Link] = []
    for row in range(len(files) - 1):
        near = np.flatnonzero(np.bitwise_count(codes[row + 1 :] ^ codes[row]) <= 10)
        links += [(row, row + 1 + int(k), ALIKE, 1.0) for k in near]
    return links


def ours(files: list[Path], reference: Flags, work: Path, gear: str) -> list[Link]:
    """Do what a study over the two folders does, without examining candidates of two copies: they would be most of the work."""
    try:
        from dedupelab import tables
        from dedupelab.compute import pool
        from dedupelab.match.candidates import no_candidates
        from dedupelab.match.exact import exact_classes
        from dedupelab.match.gear import describable, extract_descriptors, voted_candidates
        from dedupelab.match.loader import Loader
        from dedupelab.match.pairing import (
            examine,
            near_candidates,
            representatives,
            settle_pixels,
        )
        from dedupelab.pictures import gray_at, pixel_digests
        from dedupelab.study import Study
    except ImportError as problem:
        raise NotInstalledError(f"{problem}; run: pip install -e .") from problem
    study = Study(_study(work, gear))
    images = study.scan()
    names = images["collection"] + "/" + images["path"]
    place = {file.relative_to(work).as_posix(): row for row, file in enumerate(files)}
    rows = dict(zip(images["image_id"], names.map(place), strict=True))
    where = {identity: str(files[row]) for identity, row in rows.items()}
    load = Loader(where, gray_at)
    with pool(2, len(files)) as executor:
        candidates = near_candidates(images, study.config.match.max_distance)
        if gear == "thorough":
            known = tables.DESCRIPTORS.empty()
            described = extract_descriptors(describable(images), known, load, executor=executor)
            candidates = candidates.with_frame(voted_candidates(images, described))
        found = candidates.frame()
        asked = reference[found["left"].map(rows)] | reference[found["right"].map(rows)]
        candidates = no_candidates(images).with_frame(found[asked])
        settled = settle_pixels(images, candidates, partial(pixel_digests, addresses=where))
        opened = representatives(candidates, exact_classes(settled))
        pairs = examine(settled, opened, load, executor=executor).frame()
    columns = (pairs["left"].map(rows), pairs["right"].map(rows), pairs["relation"], pairs["score"])
    return [(int(i), int(j), str(kind), float(score)) for i, j, kind, score in zip(*columns, strict=True)]


def _study(work: Path, gear: str) -> Path:
    """Write the study of `references/` and `queries/` in that gear."""
    folder = work / f"study-{gear}"
    folder.mkdir(parents=True, exist_ok=True)
    collections = "".join(
        f'[[collection]]\nname = "{n}"\nlocation = "../{n}"\n' for n in ("references", "queries")
    )
    rest = f'[match]\ngear = "{gear}"\n'
    (folder / "study.toml").write_text(
        f'[study]\nname = "quality {gear}"\n{collections}{rest}', encoding="utf-8"
    )
    return folder


DETECTORS: dict[str, Detector] = {
    "ours": ours,
    "imagehash": imagehash,
    "imagededup": imagededup,
    "cleanvision": cleanvision,
}
