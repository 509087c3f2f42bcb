"""Gold pairs: pairs whose answer is known before anybody looks, mixed in unseen, so that reviewers' errors can be counted.

Files whose digests prove that they show the same picture are copies; two pictures that nothing links, proposes or brings near to
each other are none. Both are easier than what the detector was unsure of, so that the errors seen on them are the fewest there are;
pairs that two people saw tell the rest.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pandas as pd

from dedupelab.review.sampling_frame import Frame
from dedupelab.tables import LOW_INFORMATION
from dedupelab.tables.components import components

SHARE = 0.08
"""Gold pairs in parts of the pairs drawn."""
FEWEST = 4
FAR = 20
"""Bits by which the fingerprints of two strangers differ at least."""
COPY, STRANGERS = "gold: copies", "gold: strangers"
TRUTHS = (COPY, STRANGERS)
"""Strata of labels on gold pairs: what is true of them."""


def gold_pairs(
    images: pd.DataFrame, frame: Frame, classes: "pd.Series[str]", size: int, seed: int
) -> pd.DataFrame:
    """Draw gold pairs: `left`, `right` (image_ids), `stratum` (one of `TRUTHS`) and `draw`, an identifier.

    Half are copies, as far as there are files of different bytes that digests prove equal; the others are strangers.

    Parameters
    ----------
    images, frame
        The images table, and the frame that the review samples.
    classes
        Of `content_classes`.
    size, seed
        Of the sample.
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
    copies = [(*sorted(pair), COPY) for pair in alike[: wanted // 2]]
    strangers = [(*pair, STRANGERS) for pair in islice(_strangers(shown, frame), wanted - len(copies))]
    listed = pd.DataFrame([*copies, *strangers], columns=["left", "right", "stratum"])
    of = shown.set_index("image_id")["number"]
    return listed.assign(
        draw=[
            f"{seed}-{of[left]}{of[right]}"
            for left, right in zip(listed["left"], listed["right"], strict=True)
        ]
    )


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
