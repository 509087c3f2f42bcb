"""Detectors to compare: each takes the files and returns links as (row, row, relation, score).

Pairs of two references and of a copy and a reference are what is measured; pairs of two copies may be left out.
"""

import logging
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

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
    spec = find_spec("imagededup")
    if spec is None or not spec.submodule_search_locations:
        raise NotInstalledError("run: pip install imagededup")
    # These two packages load torch for the neural methods; with empty ones in their place only the fingerprints are loaded.
    for name in ("methods", "utils"):
        package = ModuleType(f"imagededup.{name}")
        package.__path__ = [str(Path(spec.submodule_search_locations[0]) / name)]
        sys.modules.setdefault(package.__name__, package)
    from imagededup.methods.hashing import PHash  # type: ignore[import-not-found, unused-ignore]

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


def ours(files: list[Path], _reference: Flags, work: Path, gear: str) -> list[Link]:
    """Do what `dedupelab match` does with a study over the two folders."""
    from dedupelab.study.study import Study

    study = Study(_study(work, gear))
    pairs = study.match()
    images = study.images()
    names = images["collection"] + "/" + images["path"]
    place = {file.relative_to(work).as_posix(): row for row, file in enumerate(files)}
    rows = dict(zip(images["image_id"], names.map(place), strict=True))
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
