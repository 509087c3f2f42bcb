"""Voting: which pictures of an index share local descriptors that lie alike, turned, mirrored or inverted.

Descriptors are looked for in the cells near to them (`descriptor_cells`); near ones of different pictures vote for the pair, and what
remains are pairs whose votes agree on one placement (`placement`). What is held at once does not grow with the index, mapped files and what
is found apart: entries of cells go to disk and come back in parts that fit, votes likewise, by pictures.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.match.proposal_selection import worth_opening
from dedupelab.match.search.crowd import Bits, Counts, Crowd, Flags, Ids, among, met, thinned
from dedupelab.match.search.descriptor_cells import (
    FINEST,
    SIGNS,
    cell_count,
    near_limit,
    orbit_count,
    orbits,
    parts_for,
    plain_cells,
)
from dedupelab.match.search.descriptor_index import FULL, DescriptorIndex
from dedupelab.match.search.descriptors import Codes, near
from dedupelab.match.search.kept_cells import AHEAD, Cells, find_cells
from dedupelab.match.search.placement import LEAST, Placed, Votes, place, transform_of
from dedupelab.match.search.spilled import Rows, Spilled
from dedupelab.work.batches import run_batches

MEMORY: Final = 1000
"""Megabytes that parts of what is joined and counted may take, those that wait for a worker included."""
ENTRY: Final = 400
"""Bytes that an entry of a cell takes while it is joined, with the votes that come of it."""
VOTE: Final = 250
"""Bytes that a vote takes while it is counted."""
LAID_DOWN: Final = 1024
"""Pictures whose entries are made together."""
LISTED: Final = 3_000
"""Descriptors in a part of a coarse cell above which none of it is compared: thirty times as many as lie there on average. Parts fill the less
evenly the finer they are, so that without a bound the fullest take ever more of the time. In cells as fine as those of 40,000, 160,000 and
320,000 pictures all of 535 edits of five photographs are found that are found without it, but for one at 160,000."""
MANY: Final = 1 << 20
"""Votes found in a bucket after which those of a crowd are left out."""
PAIR_BITS: Final = 45
"""Bits for both pictures in a vote's number, above which pictures are numbered anew: those of some four million votes fit."""
_KEPT: Final = np.uint32(1 << 31)

Numbers = NDArray[np.int64]
Small = NDArray[np.int32]
Bucket = tuple[Rows, Codes, Flags]


@dataclass(frozen=True)
class Tally:
    """Pairs of pictures whose descriptors lie alike, and the votes that say so."""

    left: Small
    right: Small
    form: NDArray[np.uint8]
    """Of `FORMS`."""
    turn: NDArray[np.uint8]
    """By how many 256ths of a turn, clockwise, the left picture is turned."""
    votes: Small
    pair: Small
    """Of each vote, its pair."""
    left_at: NDArray[np.uint8]
    """Of each vote, the descriptor within the left picture."""
    right_at: NDArray[np.uint8]


_N, _AT = np.zeros(0, np.int32), np.zeros(0, np.uint8)
_SIGNS = np.stack(SIGNS)
_NONE = Tally(_N, _N, _AT, _AT, _N, _N, _AT, _AT)


@dataclass(frozen=True)
class Known:
    """What an earlier vote found, in the numbers of the index that is voted on now."""

    fresh: Flags
    """Of each picture, whether it was not there."""
    crowded: Bits
    """Which descriptors say nothing; of those that were there."""
    tally: Tally


def vote(
    index: DescriptorIndex,
    executor: Executor | None = None,
    folder: Path | None = None,
    known: Known | None = None,
    memory: int = MEMORY,
    cells: Cells | None = None,
) -> tuple[Tally, Bits]:
    """Return the pairs of pictures of an index that share descriptors lying alike, and which descriptors say nothing.

    Parameters
    ----------
    index
        Of at most 256 descriptors a picture.
    folder
        Where working files go while it runs, some 40 KB a picture; the system's folder for such when None.
    known
        Given, only pairs with a fresh picture are voted on. What comes out is what voting on everything gives, but for descriptors that
        cross the limit of a crowd, and cells that fill up, through what came or went since: these are counted anew in a vote on everything only.
    memory
        Megabytes for what is held at once; how much does not change what is found.
    cells
        As `find_cells` gives them; found here when None.
    """
    if known and not known.fresh.any():
        return known.tally, known.crowded
    fresh = np.ones(len(index), bool) if known is None else known.fresh
    parts = parts_for(len(index.codes))
    at_once = (memory << 20) // (1 if executor is None else 1 + AHEAD)
    with TemporaryDirectory(prefix="dedupelab-", dir=folder) as made:
        work = Path(made)
        if cells is None:
            cells = find_cells(index, work / "cells", executor)
        entries = spilled_entries(index, cells, work / "entries", fresh)
        votes = Spilled(work / "votes", vote_type(index), partial(picture, side="left"), len(index))
        crowd = Crowd(work / "crowd", len(index))
        buckets = with_codes(index, entries.read(at_once // ENTRY), fresh)
        for found in run_batches(partial(join_cells, parts=parts), buckets, executor, ahead=AHEAD):
            crowd.add(*met(found.votes))
            for ids, counts in found.left_out:
                crowd.add(ids, counts)
            votes.add(found.votes)
        crowded = crowd.bits()
        if known:
            crowded[~fresh] = known.crowded[~fresh]
        shares = read_votes(index, votes.read(at_once // VOTE), crowded)
        counted = run_batches(count_votes, shares, executor, ahead=AHEAD)
        return together([known.tally] if known else [], counted), crowded


def spilled_entries(index: DescriptorIndex, cells: Cells, folder: Path, fresh: Flags) -> Spilled:
    """Lay down every descriptor's entries, cell and number, by cells that are joined together, but for those that meet nothing fresh."""
    parts, starts = parts_for(len(index.codes)), index.starts
    spilled = Spilled(folder, _entry_type(index), partial(_orbits, parts=parts), orbit_count(parts))
    held, sought = _met(index, cells, fresh, parts)
    for a in range(0, len(index), LAID_DOWN):
        b = min(a + LAID_DOWN, len(index))
        near = cells[starts[a] : starts[b]].astype(np.uint32)
        near[:, 0] |= _KEPT
        rows = np.empty(near.size, _entry_type(index))
        rows["id"], rows["cell"] = np.repeat(_ids(index, a, b), near.shape[1]), near.ravel()
        if not held.all():
            plain = plain_cells(rows["cell"] & ~_KEPT, parts)[0]
            rows = rows[fresh[rows["id"] >> 8] | held[plain] | (sought[plain] & (rows["cell"] >= _KEPT))]
        spilled.add(rows)
    return spilled


def _met(index: DescriptorIndex, cells: Cells, fresh: Flags, parts: int) -> tuple[Flags, Flags]:
    """Return in which cells of the plain form something fresh lies, in whatever form, and in which it is looked for."""
    held, sought = np.full((2, cell_count(parts) // len(SIGNS)), fresh.all())
    for number in np.flatnonzero(fresh) if not fresh.all() else ():
        some = cells[index.starts[number] : index.starts[number + 1]].astype(np.uint32)
        held[plain_cells(some[:, 0], parts)[0]] = True
        sought[plain_cells(some, parts)[0]] = True
    return held, sought


def _orbits(rows: Rows, parts: int) -> Numbers:
    return orbits(rows["cell"] & ~_KEPT, parts)


def picture(votes: Rows, side: str) -> Numbers:
    """Return the picture of each vote's side."""
    return (votes[side] >> 8).astype(np.int64)


def _id_type(index: DescriptorIndex) -> type[np.uint32] | type[np.uint64]:
    return np.uint32 if len(index) <= 1 << 24 else np.uint64


def _entry_type(index: DescriptorIndex) -> "np.dtype[np.void]":
    return np.dtype([("id", _id_type(index)), ("cell", np.uint32)])


def _ids(index: DescriptorIndex, a: int, b: int) -> Ids:
    """Return the numbers of the descriptors of pictures a to b: 256 times the picture's, and the place within it."""
    starts = index.starts
    counts = np.diff(starts[a : b + 1])
    owner = np.repeat(np.arange(a, b), counts)
    within = np.arange(starts[b] - starts[a]) - np.repeat(starts[a:b] - starts[a], counts)
    ids: Ids = (owner << 8 | within).astype(_id_type(index))
    return ids


def with_codes(index: DescriptorIndex, entries: Iterable[Rows], fresh: Flags) -> Iterator[Bucket]:
    """Give entries the codes of their descriptors, and whether their pictures are fresh."""
    for rows in entries:
        of = rows["id"] >> 8
        yield rows, index.codes[index.starts[of] + (rows["id"] & 255)], fresh[of]


@dataclass(frozen=True)
class Joined:
    """The votes of a bucket."""

    votes: Rows
    left_out: list[tuple[Ids, Counts]]
    """Who voted in those that a crowd has, and how often."""


def join_cells(task: Bucket, parts: int) -> Joined:
    """Return the votes of a bucket: which descriptors are near to which of another picture, one of the two fresh, in which form."""
    (rows, codes, fresh), limit = task, near_limit(parts)
    most = LISTED if 1 < parts < FINEST else FULL
    # In the plain form of its cell a descriptor lies beside all that looks for it in any form: one multiplication for all four.
    plain, form = plain_cells(rows["cell"] & ~_KEPT, parts)
    order = _by(plain)
    rows, plain, form, fresh = rows[order], plain[order], form[order], fresh[order]
    codes = codes[order] * _SIGNS[form]
    ids, held = rows["id"], rows["cell"] >= _KEPT
    found, left_out, many = [np.zeros(0, _vote_type_of(ids.dtype))], [], 0
    cuts = np.append(np.flatnonzero(np.diff(plain, prepend=-1)), len(plain)).tolist()
    for start, stop in pairwise(cuts):
        came = fresh[start:stop]
        sought = start + np.flatnonzero(held[start:stop])
        sought = sought[np.bincount(form[sought], minlength=1)[form[sought]] <= most]
        for seekers, targets in (
            (start + np.flatnonzero(came), sought),
            (start + np.flatnonzero(~came), sought[fresh[sought]]),
        ):
            for i, j in near(codes[seekers], codes[targets], limit):
                one, two = seekers[i], targets[j]
                apart = ids[one] >> 8 != ids[two] >> 8
                one, two = one[apart], two[apart]
                votes = np.empty(len(one), found[0].dtype)
                votes["left"] = np.minimum(ids[one], ids[two])
                votes["right"] = np.maximum(ids[one], ids[two])
                votes["form"] = form[one] ^ form[two]
                found.append(votes)
                many += len(votes)
                if many > max(len(rows), MANY):
                    kept, out = thinned(np.concatenate(found))
                    found, many = [kept], 0
                    left_out.append(out)
    return Joined(np.concatenate(found), left_out)


def _by(numbers: Numbers) -> Numbers:
    """Return the order of whole numbers, equal ones as they came; those near to each other are counted into their places, not compared."""
    least = numbers.min(initial=0)
    near_by = numbers.max(initial=0) - least < 1 << 16
    return np.argsort((numbers - least).astype(np.uint16) if near_by else numbers, kind="stable")


def vote_type(index: DescriptorIndex) -> "np.dtype[np.void]":
    """Return how the votes of an index lie on disk."""
    return _vote_type_of(np.dtype(_id_type(index)))


def _vote_type_of(ids: "np.dtype[np.uint32 | np.uint64]") -> "np.dtype[np.void]":
    return np.dtype([("left", ids), ("right", ids), ("form", np.uint8)])


@dataclass(frozen=True)
class Share:
    """The votes of some pictures, with what lies where."""

    votes: Rows
    left: NDArray[np.uint8]
    right: NDArray[np.uint8]
    left_size: NDArray[np.uint16]
    right_size: NDArray[np.uint16]


def read_votes(index: DescriptorIndex, parts: Iterable[Rows], crowded: Bits) -> Iterator[Share]:
    """Give votes their places, those of a crowd left out."""
    starts = index.starts
    for part in parts:
        votes = part[~among(part["left"], crowded) & ~among(part["right"], crowded)]
        left, right = (
            index.places[starts[votes[side] >> 8] + (votes[side] & 255)] for side in ("left", "right")
        )
        yield Share(votes, left, right, index.sizes[votes["left"] >> 8], index.sizes[votes["right"] >> 8])


def count_votes(share: Share) -> Tally:
    """Count the votes of each pair, in the form in which most agree."""
    number, order = _in_order(share.votes)
    # A pair of descriptors is found from both sides.
    once = np.diff(number, prepend=-1) != 0
    number, order = number[once], order[once]
    votes = share.votes[order]
    # Of one pair and form are those that differ in the descriptors alone.
    first = np.flatnonzero(np.diff(number >> 16, prepend=-1))
    size = np.diff(np.append(first, len(number)))
    enough = np.repeat(size >= LEAST, size)
    order, votes, size = order[enough], votes[enough], size[size >= LEAST]
    starts = np.append(0, np.cumsum(size))
    first = starts[:-1]
    form = votes["form"][first].astype(np.int64)
    placed = place(
        Votes(
            starts,
            share.left[order],
            share.right[order],
            share.left_size[order[first]].astype(np.int64),
            share.right_size[order[first]].astype(np.int64),
            form % 2 == 1,
            form >= 2,
        )
    )
    return _best(votes, starts, form, placed)


def _in_order(votes: Rows) -> tuple[Numbers, Numbers]:
    """Return one number for each vote, equal for equal votes only, in order of pictures, form and descriptors; and that order."""
    left, right = (picture(votes, side) for side in ("left", "right"))
    left -= left.min(initial=0)
    if (int(left.max(initial=0)) + 1) * (int(right.max(initial=0)) + 1) > 1 << PAIR_BITS:
        left, right = (np.unique(side, return_inverse=True)[1] for side in (left, right))
    # One number is sorted several times as fast as what it is made of.
    number = left * (int(right.max(initial=0)) + 1) + right
    for part, bits in ((votes["form"], 2), (votes["left"] & 255, 8), (votes["right"] & 255, 8)):
        number = number << bits | part.astype(np.int64)
    order = np.argsort(number)
    return number[order], order


def _best(votes: Rows, starts: Numbers, form: Numbers, placed: Placed) -> Tally:
    """Keep of each pair the form in which most places agree, and the votes that do."""
    first = starts[:-1]
    left, right = (votes[side][first].astype(np.int64) >> 8 for side in ("left", "right"))
    order = np.lexsort((form, -placed.votes, right, left))
    order = order[placed.votes[order] >= LEAST]
    other = np.diff(left[order], prepend=-1) != 0
    other |= np.diff(right[order], prepend=-1) != 0
    kept = order[other]
    number = np.full(len(first), -1)
    number[kept] = np.arange(len(kept))
    of = np.repeat(number, np.diff(starts))
    agree = placed.agree & (of >= 0)
    row = np.argsort(of[agree], kind="stable")
    return Tally(
        left[kept].astype(np.int32),
        right[kept].astype(np.int32),
        form[kept].astype(np.uint8),
        placed.turn[kept].astype(np.uint8),
        placed.votes[kept].astype(np.int32),
        of[agree][row].astype(np.int32),
        (votes["left"][agree][row] & 255).astype(np.uint8),
        (votes["right"][agree][row] & 255).astype(np.uint8),
    )


def together(*tallies: Iterable[Tally]) -> Tally:
    """Join tallies, numbering their pairs on."""
    each = [tally for some in tallies for tally in some]
    before = np.cumsum([0, *(len(tally.left) for tally in each)])
    each = [
        replace(tally, pair=tally.pair + np.int32(start)) for tally, start in zip(each, before, strict=False)
    ]
    return Tally(
        *(np.concatenate([getattr(tally, f.name) for tally in [_NONE, *each]]) for f in fields(Tally))
    )


def propose(
    index: DescriptorIndex,
    tally: Tally,
    *,
    collections: Mapping[str, str] | None = None,
    most: int = 300,
) -> pd.DataFrame:
    """Return the pairs of an index that share descriptors lying alike and are worth opening (see `proposal_selection`).

    Parameters
    ----------
    index
        Its pictures in the order of their names.
    collections
        By name of picture; None when all are of one.
    most
        Pairs kept per picture, those with most votes first; a pair stays when either of its pictures keeps it.

    Returns
    -------
    pd.DataFrame
        `left`, `right` (left < right), `distance` (empty: fingerprints were not asked), `transform` (as the votes have
        it) and `votes`, ordered by left and right.
    """
    table = _strongest(pd.DataFrame({"left": tally.left, "right": tally.right, "votes": tally.votes}), most)
    names = np.array(index.names, dtype=object)
    table = table.sort_values(["votes", "left", "right"], ascending=[False, True, True])
    rank = np.full(len(tally.left), -1)
    rank[table.index] = np.arange(len(table))
    kept = rank[tally.pair] >= 0
    votes = pd.DataFrame(
        {"pair": rank[tally.pair][kept], "left": tally.left_at[kept], "right": tally.right_at[kept]}
    )
    place = {name: number for number, name in enumerate(sorted(set((collections or {}).values())))}
    home = np.array([place[collections[name]] if collections else 0 for name in names], np.int64)
    chosen = table.index[worth_opening(votes, table.reset_index(drop=True), home)]
    found = pd.DataFrame(
        {
            "left": pd.Series(names[tally.left[chosen]], dtype="str"),
            "right": pd.Series(names[tally.right[chosen]], dtype="str"),
            "distance": pd.Series([pd.NA] * len(chosen), dtype="Int64"),
            "transform": pd.Series(
                transform_of(tally.turn[chosen], tally.form[chosen] % 2 == 1), dtype="str"
            ),
            "votes": tally.votes[chosen],
        }
    )
    return found.sort_values(["left", "right"], ignore_index=True)


def _strongest(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """Keep a pair when it is among the `most` with most votes of either of its pictures."""
    ranks = []
    for side, other in (("left", "right"), ("right", "left")):
        ends = table.rename(columns={side: "own", other: "far"})[["own", "far", "votes"]]
        ranks.append(ends.assign(row=table.index))
    ends = pd.concat(ranks).sort_values(["own", "votes", "far"], ascending=[True, False, True])
    kept = ends["row"][ends.groupby("own").cumcount() < most]
    return table.loc[table.index.isin(kept)]
