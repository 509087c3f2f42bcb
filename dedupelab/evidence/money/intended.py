"""Copies that are meant to exist: preservation masters and access copies, backups, licensed syndication; they are subtracted."""

from fnmatch import fnmatchcase

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.evidence.copies.population import Population
from dedupelab.numbers.intervals import UNCHECKED
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Input, Result, share

_RULE = message(
    "less those that the register of intended copies names, in each work at most as many as are surplus: where the copy that is kept is "
    "itself named, this subtracts rather too much than too little"
)


def intended(people: Population, register: pd.DataFrame | None, redundancy: Result) -> list[Result]:
    """Return M1.unintended and M2.unintended; nothing where no copy is registered as intended.

    Parameters
    ----------
    register
        Entries of the register `intended`: `asset` is an image_id, or `collection/path` in which * stands for anything.
    redundancy
        M2, of which the unintended part is a part.
    """
    if register is None or not len(register):
        return []
    meant = named_as_intended(people, register)
    surplus, redundant = unintended(people, meant)
    source = (
        Input(
            "intended copies", int(meant.sum()), message("images"), message("register intended"), "measured"
        ),
    )
    whole = redundancy.denominator or 0
    left = int(redundant.sum())
    unmeant = share(
        "M2.unintended", message("Redundant bytes that nobody registered as intended"), left, (whole, message("bytes of hashed images")), UNCHECKED,
        message("{number} {rule}.", number="M2", rule=_RULE), grade="C", review="unreviewed", inputs=source,
    )  # fmt: skip
    return [
        share(
            "M1.unintended", message("Surplus copies that nobody registered as intended"), int(surplus.sum()), (len(people.hashed), message("hashed images")), UNCHECKED,
            message("{number} {rule}.", number="M1", rule=_RULE), grade="C", review="unreviewed", inputs=source,
        ),
        unmeant,
    ]  # fmt: skip


def named_as_intended(people: Population, register: pd.DataFrame) -> NDArray[np.bool_]:
    """Say of each member of a group whether the register names it."""
    members = people.members
    names = (members["collection"] + "/" + members["path"]).to_numpy()
    patterns = [str(asset) for asset in register["asset"]]
    exact, wild = set(patterns), [p for p in patterns if any(c in p for c in "*?[")]
    return np.array(
        [
            image in exact or name in exact or any(fnmatchcase(name, pattern) for pattern in wild)
            for image, name in zip(members["image_id"], names, strict=True)
        ],
        dtype=bool,
    )


def unintended(people: Population, meant: NDArray[np.bool_]) -> "tuple[pd.Series[int], pd.Series[int]]":
    """Return the surplus copies and the redundant bytes of each group that are left without what is meant to exist."""
    by_work = (
        people.members.assign(meant=meant, meant_bytes=people.members["bytes"].where(meant, 0))
        .groupby(["group_id", "unit"])
        .agg(images=("meant", "size"), meant=("meant", "sum"), meant_bytes=("meant_bytes", "sum"))
    )
    surplus = (by_work["images"] - 1 - by_work["meant"]).clip(lower=0).groupby("group_id").sum()
    redundant = people.groups.set_index("group_id")["redundant_bytes"]
    spared = by_work.groupby("group_id")["meant_bytes"].sum().reindex(redundant.index, fill_value=0)
    return surplus, (redundant - spared).clip(lower=0)
