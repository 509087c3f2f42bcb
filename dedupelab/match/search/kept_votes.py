"""Kept votes: what an earlier vote found, so that a few new pictures cost a few votes.

A picture is the one that voted when name and file are the same. One that has gone takes its votes with it.
"""

from typing import Final

import numpy as np
import pandas as pd

from dedupelab.match.search.crowd import Bits
from dedupelab.match.search.descriptor_cells import parts_for
from dedupelab.match.search.descriptor_index import DescriptorIndex
from dedupelab.match.search.voting import Known, Tally
from dedupelab.tables import VOTED, VOTERS

RECOUNT: Final = 0.1
"""Part of the pictures that may have come since everything voted: more, and everything votes again."""


def known_votes(
    index: DescriptorIndex, digests: pd.Series, voters: pd.DataFrame, voted: pd.DataFrame
) -> Known | None:
    """Return what the tables `voters` and `voted` know of an index; None when everything should vote.

    Parameters
    ----------
    index
        Its pictures in the order of their names.
    digests
        SHA-256 of each picture's file, in that order.
    """
    if voters.empty or not len(index):
        return None
    now = pd.DataFrame({"image_id": list(index.names), "sha256": digests.to_numpy(object)})
    met = now.merge(voters, on=["image_id", "sha256"], how="left")
    fresh = met["crowded"].isna().to_numpy(bool)
    counted = met["counted"].fillna(value=False).to_numpy(bool)
    others = met["parts"].dropna() != parts_for(len(index.codes))
    if (~counted).sum() > RECOUNT * counted.sum() or others.any():
        return None
    crowded = np.zeros((len(index), 32), np.uint8)
    crowded[~fresh] = np.frombuffer(b"".join(met["crowded"].dropna()), np.uint8).reshape(-1, 32)
    return Known(fresh, crowded, _tally(now.loc[~fresh, "image_id"], voted))


def _tally(there: pd.Series, voted: pd.DataFrame) -> Tally:
    """Return the votes between pictures that are still there, numbered as these are."""
    place = pd.Series(there.index, index=there)
    left, right = voted["left"].map(place), voted["right"].map(place)
    kept = (left.notna() & right.notna()).to_numpy(bool)
    voted, left, right = voted[kept], left[kept], right[kept]
    sizes = voted["left_at"].map(len).to_numpy(np.int64)
    return Tally(
        left.to_numpy(np.int32),
        right.to_numpy(np.int32),
        voted["form"].to_numpy(np.uint8),
        voted["turn"].to_numpy(np.uint8),
        voted["votes"].to_numpy(np.int32),
        np.repeat(np.arange(len(voted), dtype=np.int32), sizes),
        np.frombuffer(b"".join(voted["left_at"]), np.uint8),
        np.frombuffer(b"".join(voted["right_at"]), np.uint8),
    )


def kept_tables(
    index: DescriptorIndex,
    digests: pd.Series,
    tally: Tally,
    crowded: Bits,
    known: Known | None,
    voters: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables `voters` and `voted` of what was found, for the next time."""
    names = np.array(index.names, dtype=object)
    counted = np.ones(len(index), bool)
    if known:
        before = voters.set_index("image_id")["counted"].reindex(names).fillna(value=False)
        counted = before.to_numpy(bool) & ~known.fresh
    found = pd.DataFrame(
        {
            "image_id": names,
            "sha256": digests.to_numpy(object),
            "crowded": [row.tobytes() for row in crowded],
            "counted": counted,
            "parts": parts_for(len(index.codes)),
        }
    )
    order = np.argsort(tally.pair, kind="stable")
    cuts = np.cumsum(np.bincount(tally.pair, minlength=len(tally.left)))[:-1]
    places = {
        side: [part.tobytes() for part in np.split(getattr(tally, side)[order], cuts)]
        if len(tally.left)
        else []
        for side in ("left_at", "right_at")
    }
    pairs = pd.DataFrame(
        {
            "left": names[tally.left],
            "right": names[tally.right],
            "form": tally.form,
            "turn": tally.turn,
            "votes": tally.votes,
            **places,
        }
    )
    return VOTERS.conform(found), VOTED.conform(pairs)
