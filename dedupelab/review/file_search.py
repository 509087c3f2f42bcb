"""File search: random files, for each of which a person looks through the others with every help there is.

Pairs that nothing proposed are in no stratum of pairs, so no sample of pairs says how many of them are copies. A random file has a
copy that nothing proposed or it has none; what is found so is weighed by the number of files through which it would have been found.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.numbers.intervals import clopper_pearson
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result, missing, share
from dedupelab.review.graph_context import HOLDS
from dedupelab.review.labels import DUPLICATE, NOTHING_FOUND
from dedupelab.review.sampling_frame import Frame
from dedupelab.tables import LOW_INFORMATION
from dedupelab.tables.components import components

FILES = 60
"""Files that people are asked to search for."""
HALF = 0.5
"""Jeffreys' prior: half a file with a copy that nothing proposed, half a file without."""
TWO_LONE = 0.5
"""What two lone files that are copies add, through each of them: one surplus copy. The prior's half file is taken for one of such."""
ENOUGH = 30
"""Files searched from which totals take in what was found, and no longer read "at least"."""
METHOD = message(
    "Files drawn at random, each looked for among all others by weaker measures than the detector's, by date and by words; a copy "
    "counts where no examined or proposed pair lies between it and the file's own work. What the search did not find either is not in it."
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def drawn_files(images: pd.DataFrame, size: int, seed: int) -> pd.DataFrame:
    """Draw files: `image` and `draw`, in the order in which they are asked; equal seeds and contents give equal draws."""
    shown = images[(images["status"] == "hashed") & ~(images["information"] < LOW_INFORMATION)]
    number = [
        hashlib.blake2b(f"search|{seed}|{digest}|{name}".encode(), digest_size=6).hexdigest()
        for digest, name in zip(shown["sha256"], shown["image_id"], strict=True)
    ]
    listed = pd.DataFrame(
        {"image": shown["image_id"].to_numpy(object), "draw": [f"{seed}-{each}" for each in number]}
    )
    return listed.sort_values("draw").head(size).reset_index(drop=True)


def in_turn(files: pd.DataFrame, looked: Iterable[str]) -> pd.DataFrame:
    """Return those of `drawn_files` up to the first at which nobody looked: beyond, whoever looked may have chosen, or files came since.

    >>> in_turn(pd.DataFrame({"draw": ["1-a", "1-b", "1-c"]}), ["1-c", "1-a"])["draw"].tolist()
    ['1-a']
    """
    return files[files["draw"].isin(set(looked)).cummin()]


def found_copies(
    files: pd.DataFrame, searched: pd.DataFrame, content_of: "pd.Series[str]"
) -> dict[str, list[str]]:
    """Return for each file that was searched for in its turn its own content and those found to be copies; none where nothing was found."""
    sample = in_turn(files, searched["draw"])
    by_draw = dict(zip(sample["draw"], sample["image"], strict=True))
    found: dict[str, list[str]] = {}
    columns = ["draw", "left_sha256", "right_sha256", "label"]
    for draw, left, right, label in searched[columns].itertuples(index=False):
        if draw in by_draw:
            copies = found.setdefault(by_draw[draw], [])
            if right != NOTHING_FOUND and label in DUPLICATE:
                copies += [content_of[digest] for digest in (left, right) if digest in content_of]
    return found


def open_to_search(frame: Frame, content: str) -> set[str]:
    """Return the contents that a search for one may find: those of works to which no examined or proposed pair leads.

    Between all others a pair is asked, or was; as copies they would count there.
    """
    nodes, units = frame.nodes, frame.units
    work = nodes["work"].to_numpy(np.int64)
    own = work[np.flatnonzero(nodes["image_id"] == content)]
    one, two = work[units["one"].to_numpy(np.int64)], work[units["two"].to_numpy(np.int64)]
    beside = np.concatenate([own, two[np.isin(one, own)], one[np.isin(two, own)]])
    return set(nodes["image_id"][~np.isin(work, beside)])


@dataclass(frozen=True)
class Missed:
    """What the search found: files searched, and for each with a copy that nothing proposed the surplus copies that it adds.

    Each of `adds` is divided by the number of files through which it would have been found. `files` is how many could have been
    drawn; `found` names the files with a copy.
    """

    searched: int
    files: int
    adds: Floats
    found: tuple[str, ...] = ()

    def __call__(self, draws: int, random: np.random.Generator) -> Floats:
        """Return how many surplus copies those that nothing proposed add, one number a draw."""
        found = len(self.adds)
        share_ = random.beta(found + HALF, self.searched - found + HALF, draws)
        weights = random.gamma(np.r_[np.ones(found), HALF], size=(draws, found + 1))
        weights /= weights.sum(axis=1, keepdims=True)
        return np.asarray(self.files * share_ * (weights @ np.r_[self.adds, TWO_LONE]), np.float64)

    @property
    def result(self) -> Result:
        """The share of files with a copy that nothing proposed, with its exact interval."""
        label = message("Files with a copy that no detector proposed")
        whole = (
            self.searched,
            message("random files that were searched for, of {files:,}", files=self.files),
        )
        if not self.searched:
            return missing(
                "V.missed", label, "fraction", (message("random files that were searched for"),), METHOD
            )
        return share(
            "V.missed",
            label,
            len(self.adds),
            whole,
            clopper_pearson(len(self.adds), self.searched),
            METHOD,
            grade="B",
        )


def missed(frame: Frame, known: Floats, found: Mapping[str, Sequence[int]]) -> Missed:
    """Weigh what the search found.

    Parameters
    ----------
    frame, known
        The frame, and for each unit 1 (a copy), 0 (none) or NaN.
    found
        For each file searched the rows of `frame.nodes`: its own content, then those of the copies found.
    """
    units, images = frame.units, frame.nodes["images"].to_numpy(np.int64)
    one, two = units["one"].to_numpy(np.int64), units["two"].to_numpy(np.int64)
    joined = (known == 1) | ((units["role"] == HOLDS).to_numpy() & (known != 0))
    work = components(one[joined], two[joined], len(frame.nodes))
    adds = {}
    for name, nodes in found.items():
        pieces = _pieces(np.unique(work[list(nodes)]), work[one], work[two])
        if len(pieces) > 1:
            adds[name] = (len(pieces) - 1) / int(images[np.isin(work, np.concatenate(pieces))].sum())
    return Missed(len(found), int(images.sum()), np.array([*adds.values()], np.float64), tuple(adds))


def _pieces(works: Ints, one: Ints, two: Ints) -> list[Ints]:
    """Return the works between which no examined or proposed pair lies; works with such a pair between them are one piece."""
    beside = np.isin(one, works) & np.isin(two, works)
    place = {int(work): row for row, work in enumerate(works)}
    ends = [np.array([place[int(each)] for each in side[beside]], np.int64) for side in (one, two)]
    part = components(ends[0], ends[1], len(works))
    return [works[part == number] for number in range(int(part.max(initial=-1)) + 1)]
