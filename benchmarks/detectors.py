"""Detectors to compare: each takes the files and returns links as (row, row, relation, score).

Pairs of two references and of a copy and a reference are what is measured; pairs of two copies may be left out.
"""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from dedupelab.study import Study

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
    """Run a study over the two folders; candidates of two copies are left out, or they would be most of the work."""
    study = _study(work, gear)
    images = study.scan()
    row_of = {file.relative_to(work).as_posix(): row for row, file in enumerate(files)}
    rows = dict(
        zip(images["image_id"], (images["collection"] + "/" + images["path"]).map(row_of), strict=True)
    )
    pairs = _examined(
        study, images, lambda left, right: reference[left.map(rows)] | reference[right.map(rows)]
    )
    columns = (pairs["left"].map(rows), pairs["right"].map(rows), pairs["relation"], pairs["score"])
    return [
        (int(i), int(j), str(relation), float(score)) for i, j, relation, score in zip(*columns, strict=True)
    ]


def _study(work: Path, gear: str) -> "Study":
    """Return the study of `references/` and `queries/` in that gear, made when absent."""
    from dedupelab.study import Study, init

    folder = work / f"study-{gear}"
    if not (folder / "study.toml").exists():
        toml = init(folder, {name: str(work / name) for name in ("references", "queries")}, f"quality {gear}")
        settings = toml.read_text(encoding="utf-8").replace('gear = "auto"', f'gear = "{gear}"')
        # One process, as the other tools have.
        toml.write_text(settings.replace("workers = 0", "workers = 1"), encoding="utf-8")
    return Study(folder)


def _examined(
    study: "Study", images: pd.DataFrame, wanted: Callable[[pd.Series, pd.Series], Flags]
) -> pd.DataFrame:
    """Do what `Study.match` does, for the wanted candidates only."""
    from dedupelab.match.pairing import Loader, examine, near_candidates, settle_pixels
    from dedupelab.study import _load_gray, _pixel_digests

    addresses = study._addresses(images)  # noqa: SLF001  the benchmark does a stage's work in its stead
    candidates = near_candidates(images, study.config.match.max_distance)
    candidates = candidates[wanted(candidates["left"], candidates["right"])].reset_index(drop=True)
    with study._pool(len(candidates)) as executor:  # noqa: SLF001
        settled = settle_pixels(
            images, candidates, partial(_pixel_digests, addresses=addresses, executor=executor)
        )
        return examine(settled, candidates, Loader(addresses, _load_gray), executor=executor)


DETECTORS: dict[str, Detector] = {
    "ours": ours,
    "imagehash": imagehash,
    "imagededup": imagededup,
    "cleanvision": cleanvision,
}
