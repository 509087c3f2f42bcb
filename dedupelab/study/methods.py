"""Fingerprints of one's own, beside ours: found by entry point, joined by the same search, held against planted copies and labels.

A distribution offers one as an entry point of the group GROUP: a frozen dataclass, or an instance of one, that is called with
a gray picture and returns 64 bits.

>>> CosineHash()
CosineHash()
"""

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from dedupelab.collect.reading.fingerprints import above_median, difference, low_frequencies, to_int
from dedupelab.errors import CollectionError, ConfigError
from dedupelab.match.search.hamming import self_join
from dedupelab.numbers.intervals import wilson
from dedupelab.sample.edits import DERIVED, NEAR
from dedupelab.study.study import Study
from dedupelab.tables import LINKS, LOW_INFORMATION

GROUP = "dedupelab.fingerprints"
BITS = 64
LONGEST = 400
"""Pixels of the longer side of a picture before it is edited."""
SEED = 1
"""Of the choice of pictures and of the edits."""
EDITS = {**NEAR, **DERIVED}
COLUMNS = (
    "fingerprint", "distance", "planted", "found", "recall", "low", "high", "strangers", "precision",
    "pairs", "links", "labelled copies", "labelled copies near", "labelled others near", "ms per picture",
)  # fmt: skip
"""Columns of `evaluated`: planted copies with the interval of their share, links to other works among them, what the join of the study's
pictures proposes, what people said of pairs, and the processor's time for one fingerprint."""
Prints = NDArray[np.uint64]


class Fingerprint(Protocol):
    """Called with a gray picture (mode L, as it is seen), returns 64 bits in an array of any shape."""

    def __call__(self, gray: Image.Image, /) -> NDArray[np.bool_]:
        """Return the bits."""


@dataclass(frozen=True)
class CosineHash:
    """pHash: lowest frequencies above their median, as imagehash computes it."""

    def __call__(self, gray: Image.Image, /) -> NDArray[np.bool_]:
        """Return 8 x 8 bits."""
        small = np.asarray(gray.resize((32, 32), Image.Resampling.LANCZOS))
        return above_median(low_frequencies(small, 8))


@dataclass(frozen=True)
class StepHash:
    """dHash: one bit per step in brightness from left to right, as imagehash computes it."""

    def __call__(self, gray: Image.Image, /) -> NDArray[np.bool_]:
        """Return 8 x 8 bits."""
        return difference(np.asarray(gray.resize((9, 8), Image.Resampling.LANCZOS)))


OURS: dict[str, Fingerprint] = {"phash": CosineHash(), "dhash": StepHash()}


def fingerprints(offered: Iterable[EntryPoint] | None = None) -> dict[str, Fingerprint]:
    """Return ours, and those that installed distributions offer, by name.

    Parameters
    ----------
    offered
        Entry points; those of GROUP when None.

    Raises
    ------
    ConfigError
        If one cannot be loaded, is no frozen dataclass that can be called, or has a name that is taken.
    """
    found = dict(OURS)
    for point in entry_points(group=GROUP) if offered is None else offered:
        if point.name in found:
            raise ConfigError(
                f"entry point {point.value}: expected a name that is not taken, got {point.name}; rename it"
            )
        found[point.name] = _loaded(point)
    return found


def _loaded(point: EntryPoint) -> Fingerprint:
    try:
        given = point.load()
        method = given() if isinstance(given, type) else given
    except Exception as problem:
        raise ConfigError(
            f"entry point {point.value}: expected a fingerprint that can be imported, got {problem!r}; correct its distribution"
        ) from problem
    parameters = getattr(method, "__dataclass_params__", None)
    if not callable(method) or not (parameters and parameters.frozen):
        raise ConfigError(
            f"entry point {point.value}: expected a frozen dataclass that can be called, got {type(method).__name__}; see data/guides/fingerprints.md"
        )
    found: Fingerprint = method
    return found


def bits_of(method: Fingerprint, gray: Image.Image) -> int:
    """Return a picture's fingerprint as a number; raises ConfigError where it has not 64 bits."""
    bits = np.asarray(method(gray))
    if bits.size != BITS or bits.dtype != np.bool_:
        raise ConfigError(
            f"{method}: expected {BITS} bits (bool), got {bits.size} of {bits.dtype}; return an array of {BITS} truth values"
        )
    return to_int(bits)


def evaluated(
    study: Study,
    *,
    distances: Sequence[int] = (0, 4, 8, 12),
    pictures: int = 12,
    joined: int = 300,
) -> pd.DataFrame:
    """Hold every fingerprint against planted copies, the study's own links and people's labels; one row each and distance (COLUMNS).

    Planted copies are the edits of the sample made of some of the study's pictures, each of another group, that show anything. A
    stranger is a planted copy near the original of another picture; precision is the share of the near pairs that are none.

    Parameters
    ----------
    distances
        Bits in which near fingerprints differ at most.
    joined
        How many pictures of the study are fingerprinted and joined; all copies of a group or none.
    """
    methods, chosen = fingerprints(), _chosen(study)
    taken, stock = [], {name: np.zeros(joined, np.uint64) for name in methods}
    took = dict.fromkeys(methods, 0.0)
    for place, (identity, gray) in enumerate(_opened(study, chosen["image_id"], joined)):
        taken.append(identity)
        for name, method in methods.items():
            started = time.process_time()
            stock[name][place] = bits_of(method, gray.convert("L"))
            took[name] += time.process_time() - started
    originals, sources, copies = _planted(study, chosen.drop_duplicates("work")["image_id"], pictures)
    mine = sources[:, None] == np.arange(len(originals))[None, :]
    known = _known(study, set(taken))
    rows = []
    for name, method in methods.items():
        left, right = (
            np.array([bits_of(method, each) for each in some], np.uint64) for some in (copies, originals)
        )
        apart = np.bitwise_count(left[:, None] ^ right[None, :])
        for distance in distances:
            near = apart <= distance
            found, strangers = int((near & mine).sum()), int((near & ~mine).sum())
            low, high = (wilson(found, len(copies)).bounds if copies else None) or (np.nan, np.nan)
            pairs = _pairs(taken, stock[name][: len(taken)], distance)
            links, same, other = (len(pairs & each) for each in known)
            rows.append(
                (
                    name, distance, len(copies), found, _share(found, len(copies)), low, high, strangers,
                    _share(found, found + strangers), len(pairs), links, len(known[1]), same, other,
                    _share(1000 * took[name], len(taken)),
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _share(part: float, whole: int) -> float:
    return part / whole if whole else np.nan


def _planted(
    study: Study, names: Iterable[str], pictures: int
) -> tuple[list[Image.Image], NDArray[np.int64], list[Image.Image]]:
    """Return gray pictures, and their edited copies with the place of the picture that each is made of."""
    originals, sources, copies = [], [], []
    for place, (_identity, picture) in enumerate(_opened(study, names, pictures)):
        originals.append(picture.convert("L"))
        for number, edit in enumerate(EDITS.values()):
            copies.append(edit(picture, np.random.default_rng([SEED, place, number])).convert("L"))
            sources.append(place)
    return originals, np.array(sources, np.int64), copies


def _chosen(study: Study) -> pd.DataFrame:
    """Return the hashed pictures that show anything, with their work, works in random order."""
    images, members = study.images(), study.members()
    shown = images[(images["status"] == "hashed") & ~(images["information"] < LOW_INFORMATION)]
    group = shown["image_id"].map(members.set_index("image_id")["group_id"])
    works = pd.DataFrame({"image_id": shown["image_id"], "work": group.fillna(shown["image_id"])})
    names = np.sort(works["work"].unique())
    order = pd.Series(np.random.default_rng(SEED).permutation(len(names)), names)
    return works.assign(order=works["work"].map(order)).sort_values(["order", "image_id"], kind="stable")


def _opened(study: Study, names: Iterable[str], most: int) -> Iterator[tuple[str, Image.Image]]:
    images, found = study.images(), 0
    for name in names:
        if found >= most:
            return
        with contextlib.suppress(CollectionError):
            picture = study.execution.pictures.colour(images, str(name), LONGEST)
            found += 1
            yield str(name), picture


def _pairs(names: list[str], prints: Prints, distance: int) -> set[frozenset[str]]:
    """Return the pairs of pictures that the join proposes."""
    left, right, _distance = self_join(prints, distance).expand()
    return {frozenset((names[one], names[other])) for one, other in zip(left, right, strict=True)}


def _known(study: Study, present: set[str]) -> tuple[set[frozenset[str]], ...]:
    """Return the pairs of these pictures that are linked, that people found to be copies, and that they found to be none."""
    pairs, said = study.pairs(), study.review().decided.reviewed
    tables = (
        pairs[pairs["relation"].isin(LINKS)],
        said[said["duplicate"].fillna(value=False)],
        said[~said["duplicate"].fillna(value=True)],
    )
    return tuple(
        {
            frozenset(pair)
            for pair in table[["left", "right"]].itertuples(index=False, name=None)
            if present.issuperset(pair)
        }
        for table in tables
    )
