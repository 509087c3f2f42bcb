"""Gold pairs: pairs whose answer is known before anybody looks, mixed in unseen, so that reviewers' errors can be counted.

Copies are of two kinds: a picture beside an edit of it that is made for the review alone, and two files whose digests prove that they
show the same. Two pictures that nothing links, proposes or brings near to each other are none. All are easier than what the detector
was unsure of, so that the errors seen on them are the fewest there are; pairs that two people saw tell the rest.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
import pandas as pd

from dedupelab.review.labels import Content
from dedupelab.review.sampling_frame import Frame
from dedupelab.tables import LOW_INFORMATION
from dedupelab.tables.components import components

SHARE = 0.08
"""Gold pairs in parts of the pairs drawn."""
FEWEST = 4
FAR = 20
"""Bits by which the fingerprints of two strangers differ at least."""
COPY, PLANTED, STRANGERS = "gold: copies", "gold: planted", "gold: strangers"
COPIES = (COPY, PLANTED)
TRUTHS = (COPY, PLANTED, STRANGERS)
"""Strata of labels on gold pairs: what is true of them."""
MARK = "+"
"""Stands in the name of a planted copy between its original's image_id and its number."""


class Planted(NamedTuple):
    """A copy that is made for the review alone: of which image, and a number that decides how it is edited."""

    original: str
    number: int

    @property
    def name(self) -> str:
        """What stands in place of an image_id."""
        return f"{self.original}{MARK}{self.number:012x}"


def planted(name: str) -> Planted | None:
    """Return what a planted copy's name says; None for the image_id of a file.

    >>> planted(Planted("ab", 7).name), planted("ab")
    (Planted(original='ab', number=7), None)
    """
    original, mark, number = name.rpartition(MARK)
    return Planted(original, int(number, 16)) if mark else None


def planted_content(original: str, copy: Planted) -> Content:
    """Return as what labels know a planted copy: by the digest of its original's content and its number."""
    return Content(hashlib.sha256(f"planted|{original}|{copy.number}".encode()).hexdigest())


def gold_pairs(
    images: pd.DataFrame, frame: Frame, classes: "pd.Series[str]", size: int, seed: int
) -> pd.DataFrame:
    """Draw gold pairs: `left`, `right` (image_ids, or the name of a planted copy), `stratum` (one of `TRUTHS`) and `draw`.

    Half are copies; of these half at least are planted, the others files of different bytes that digests prove equal, as far as
    there are any. The rest are strangers.

    Parameters
    ----------
    images, frame
        The images table, and the frame that the review samples.
    """
    wanted = max(FEWEST, round(SHARE * size))
    shown = images[(images["status"] == "hashed") & ~(images["information"] < LOW_INFORMATION)]
    shown = shown.drop_duplicates("sha256").assign(content=shown["image_id"].map(classes))
    number = [
        hashlib.blake2b(f"{seed}|{digest}".encode(), digest_size=6).hexdigest() for digest in shown["sha256"]
    ]
    shown = shown.assign(number=number).sort_values(["number", "image_id"])
    alike = [
        tuple(same.head(2)) for _, same in shown.groupby("content", sort=False)["image_id"] if len(same) > 1
    ]
    copies = [(*sorted(pair), COPY) for pair in alike[: wanted // 4]]
    # From the end of the list: strangers are taken from its beginning.
    last = shown.iloc[::-1].head(wanted // 2 - len(copies))
    edited = [_edited(str(row.image_id), str(row.number)) for row in last.itertuples()]
    strangers = [
        (*pair, STRANGERS) for pair in islice(_strangers(shown, frame), wanted - len(copies) - len(edited))
    ]
    # The kinds take turns, so that a review broken off early has met all of them.
    rows = sorted(
        (place / len(part), pair)
        for part in (edited, copies, strangers)
        if part
        for place, pair in enumerate(part)
    )
    listed = pd.DataFrame([pair for _, pair in rows], columns=["left", "right", "stratum"])
    of = shown.set_index("image_id")["number"]
    called = [
        "".join("~" if planted(end) else of[end] for end in (left, right))
        for left, right in zip(listed["left"], listed["right"], strict=True)
    ]
    return listed.assign(draw=[f"{seed}-{each}" for each in called])


def _edited(image: str, number: str) -> tuple[str, str, str]:
    """Return a picture and its planted copy, on sides that chance decides."""
    copy = Planted(image, int(number, 16)).name
    return (image, copy, PLANTED) if int(number, 16) % 2 else (copy, image, PLANTED)


def _strangers(shown: pd.DataFrame, frame: Frame) -> Iterator[tuple[str, str]]:
    """Yield pairs of pictures that no chain of examined or proposed pairs joins and whose fingerprints lie far apart."""
    units = frame.units
    part = components(units["one"].to_numpy(np.int64), units["two"].to_numpy(np.int64), len(frame.nodes))
    known = pd.Series(part, index=frame.nodes["image_id"].to_numpy(object))
    first = shown[shown["image_id"].isin(known.index)]
    rows = list(zip(first["image_id"], first["phash"], strict=True))
    for (one, print_), (other, next_) in zip(rows[::2], rows[1::2], strict=False):
        if known[one] != known[other] and _apart(print_, next_):
            yield (one, other) if one < other else (other, one)


def _apart(one: object, other: object) -> bool:
    prints = [int(each) for each in (one, other) if isinstance(each, int | np.integer)]
    return len(prints) == 2 and (prints[0] ^ prints[1]).bit_count() >= FAR
