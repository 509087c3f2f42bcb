"""Voting: which pictures of an index share local descriptors that lie alike, turned, mirrored or inverted.

Descriptors are looked for in the cells near to them (`descriptor_cells`); near ones of different pictures vote for the pair, and what
remains are pairs whose votes agree on one placement (`placement`). Memory does not grow with the index, mapped files apart: entries of
cells go to disk in parts that fit, votes likewise, by pictures.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.match.proposal_selection import worth_opening
from dedupelab.match.search.descriptor_cells import SIGNS, cells_of, near_limit, orbits, parts_for, turned
from dedupelab.match.search.descriptor_index import CROWD, FULL, DescriptorIndex
from dedupelab.match.search.descriptors import Codes, near
from dedupelab.match.search.placement import LEAST, Placed, Votes, place, transform_of
from dedupelab.work.batches import run_batches

ENTRIES: Final = 1 << 20
"""Entries of cells that are joined together, on average."""
PICTURES: Final = 256
"""Pictures whose votes are counted together."""
DESCRIBED: Final = 1024
"""Pictures whose cells are found together."""
TILE: Final = 2048
"""Descriptors that are compared with as many at once."""
_KEPT: Final = np.uint32(1 << 31)

Numbers = NDArray[np.int64]
Ids = NDArray[np.uint32 | np.uint64]
Rows = NDArray[np.void]
Flags = NDArray[np.bool_]
Bucket = tuple[Rows, Codes, Flags]


@dataclass(frozen=True)
class Tally:
    """Pairs of pictures whose descriptors lie alike, and the votes that say so."""

    left: Numbers
    right: Numbers
    form: Numbers
    """Of `FORMS`."""
    turn: Numbers
    """By how many 256ths of a turn, clockwise, the left picture is turned."""
    votes: Numbers
    pair: Numbers
    """Of each vote, its pair."""
    left_at: NDArray[np.uint8]
    """Of each vote, the descriptor within the left picture."""
    right_at: NDArray[np.uint8]


_N, _AT = np.zeros(0, np.int64), np.zeros(0, np.uint8)
_NONE = Tally(_N, _N, _N, _N, _N, _N, _AT, _AT)


@dataclass(frozen=True)
class Known:
    """What an earlier vote found, in the numbers of the index that is voted on now."""

    fresh: Flags
    """Of each picture, whether it was not there."""
    crowded: Flags
    """Of each descriptor (256 a picture), whether it says nothing; of those that were there."""
    tally: Tally


def vote(
    index: DescriptorIndex,
    executor: Executor | None = None,
    folder: Path | None = None,
    known: Known | None = None,
) -> tuple[Tally, Flags]:
    """Return the pairs of pictures of an index that share descriptors lying alike, and which descriptors say nothing.

    Parameters
    ----------
    index
        Of at most 256 descriptors a picture.
    executor
        Where cells are joined and votes counted.
    folder
        Where working files go while it runs; the system's folder for such when None.
    known
        Given, only pairs with a fresh picture are voted on. What comes out is what voting on everything gives, but for descriptors that
        cross the limit of a crowd through what came or went since: these are counted anew in a vote on everything only.
    """
    fresh = np.ones(len(index), bool) if known is None else known.fresh
    parts = parts_for(len(index.codes))
    with TemporaryDirectory(prefix="dedupelab-", dir=folder) as made:
        work = Path(made)
        buckets = fill_buckets(index, work, executor)
        crowd = np.zeros(len(index) << 8, np.uint32)
        joined = run_batches(
            partial(join_cells, parts=parts), read_buckets(index, work, buckets, fresh), executor, ahead=8
        )
        for votes in joined:
            spill_votes(votes, work, crowd)
        crowded = crowd > 2 * CROWD
        if known:
            crowded = np.where(np.repeat(fresh, 256), crowded, known.crowded)
        counted = run_batches(count_votes, read_votes(index, work, crowded), executor, ahead=8)
        return _together([known.tally] if known else [], counted), crowded


def fill_buckets(index: DescriptorIndex, work: Path, executor: Executor | None) -> int:
    """Write every descriptor's entries, cell and number, into buckets of cells that are joined together; return how many."""
    parts = parts_for(len(index.codes))
    starts = index.starts
    blocks = [(k, min(k + DESCRIBED, len(index))) for k in range(0, len(index), DESCRIBED)]
    codes = (index.codes[starts[a] : starts[b]] for a, b in blocks)
    buckets = 1
    entries = 0
    for (a, b), cells in zip(
        blocks, run_batches(partial(cells_of, parts=parts), codes, executor, ahead=8), strict=True
    ):
        if not entries:
            buckets = max(1, len(index.codes) * cells.shape[1] // ENTRIES)
        entries += cells.size
        ids = _ids(index, a, b)
        marked = cells.copy()
        marked[:, 0] |= _KEPT
        bucket = (orbits(cells, parts) % buckets).ravel()
        rows = np.empty(cells.size, _entry_type(index))
        rows["id"], rows["cell"] = np.repeat(ids, cells.shape[1]), marked.ravel()
        _append(work, "cells", rows, bucket)
    return buckets


def _id_type(index: DescriptorIndex) -> type[np.uint32] | type[np.uint64]:
    return np.uint32 if len(index) <= 1 << 24 else np.uint64


def _entry_type(index: DescriptorIndex) -> "np.dtype[np.void]":
    return np.dtype([("id", _id_type(index)), ("cell", np.uint32)])


def _ids(index: DescriptorIndex, a: int, b: int) -> Ids:
    """Return the numbers of the descriptors of pictures a to b: 256 times the picture's, and the place within it."""
    starts = index.starts
    counts = np.diff(starts[a : b + 1])
    picture = np.repeat(np.arange(a, b), counts)
    within = np.arange(starts[b] - starts[a]) - np.repeat(starts[a:b] - starts[a], counts)
    ids: Ids = (picture << 8 | within).astype(_id_type(index))
    return ids


def _append(work: Path, kind: str, rows: Rows, part: Numbers) -> None:
    """Add rows to the file of each part."""
    order = np.argsort(part, kind="stable")
    rows, part = rows[order], part[order]
    cuts = np.flatnonzero(np.diff(part)) + 1
    for number, some in zip(part[np.append(0, cuts)], np.split(rows, cuts), strict=True) if len(part) else ():
        with (work / f"{kind}-{number}").open("ab") as file:
            file.write(some.tobytes())


def read_buckets(index: DescriptorIndex, work: Path, buckets: int, fresh: Flags) -> Iterator[Bucket]:
    """Read the buckets one after another, with the descriptors' codes."""
    for bucket in range(buckets):
        path = work / f"cells-{bucket}"
        if path.exists():
            rows = np.fromfile(path, _entry_type(index))
            path.unlink()
            picture = rows["id"] >> 8
            yield rows, index.codes[index.starts[picture] + (rows["id"] & 255)], fresh[picture]


def join_cells(task: Bucket, parts: int) -> Rows:
    """Return the votes of a bucket: which descriptors are near to which of another picture, one of the two fresh, in which form."""
    limit, signs = near_limit(parts), np.stack(SIGNS)
    rows, codes, fresh = task
    cell = rows["cell"] & ~_KEPT
    order = np.lexsort((rows["id"], cell))
    rows, codes, fresh, cell = rows[order], codes[order], fresh[order], cell[order]
    ids, kept = rows["id"], rows["cell"] >= _KEPT
    cells, first = np.unique(cell, return_index=True)
    span = dict(zip(cells.tolist(), zip(first, np.append(first[1:], len(cell)), strict=True), strict=True))
    found = [np.zeros(0, _vote_type(ids.dtype))]
    for number, (start, stop) in span.items():
        held = start + np.flatnonzero(kept[start:stop])
        if not 0 < len(held) <= FULL:
            continue
        # What looks into the cell in any of the forms, side by side: one multiplication for all.
        ranges = [np.arange(*span.get(number ^ turned(form, parts), (0, 0))) for form in range(len(SIGNS))]
        seekers, forms = np.concatenate(ranges), np.repeat(np.arange(len(SIGNS)), list(map(len, ranges)))
        new = fresh[seekers]
        some, others = np.flatnonzero(new), np.flatnonzero(~new)
        for one, two in (*_tiles(some, held), *_tiles(others, held[fresh[held]])):
            form = forms[one]
            i, j = near(codes[seekers[one]] * signs[form], codes[two], limit)
            left, right = ids[seekers[one][i]], ids[two[j]]
            apart = left >> 8 != right >> 8
            votes = np.empty(int(apart.sum()), found[0].dtype)
            votes["left"] = np.minimum(left, right)[apart]
            votes["right"] = np.maximum(left, right)[apart]
            votes["form"] = form[i][apart]
            found.append(votes)
    return np.concatenate(found)


def _tiles(one: Numbers, two: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Cut what is compared so that memory stays bounded."""
    for at in range(0, len(one), TILE):
        for beside in range(0, len(two), TILE):
            yield one[at : at + TILE], two[beside : beside + TILE]


def _vote_type(ids: "np.dtype[np.uint32 | np.uint64]") -> "np.dtype[np.void]":
    return np.dtype([("left", ids), ("right", ids), ("form", np.uint8)])


def spill_votes(votes: Rows, work: Path, crowd: NDArray[np.uint32]) -> None:
    """Write votes by their left pictures, and count how many descriptors each is near to."""
    for side in ("left", "right"):
        several, count = np.unique(votes[side], return_counts=True)
        crowd[several] += count.astype(np.uint32)
    _append(work, "votes", votes, (votes["left"] >> 8).astype(np.int64) // PICTURES)


@dataclass(frozen=True)
class Share:
    """The votes of some pictures, with what lies where."""

    votes: Rows
    left: NDArray[np.uint8]
    right: NDArray[np.uint8]
    left_size: NDArray[np.uint16]
    right_size: NDArray[np.uint16]


def read_votes(index: DescriptorIndex, work: Path, crowded: Flags) -> Iterator[Share]:
    """Read the votes of some pictures after another, those of a crowd left out, with the places."""
    starts = index.starts
    for part in range(1 + len(index) // PICTURES):
        path = work / f"votes-{part}"
        if path.exists():
            votes = np.fromfile(path, _vote_type(np.dtype(_id_type(index))))
            path.unlink()
            votes = votes[~crowded[votes["left"]] & ~crowded[votes["right"]]]
            left, right = (
                index.places[starts[votes[side] >> 8] + (votes[side] & 255)] for side in ("left", "right")
            )
            yield Share(votes, left, right, index.sizes[votes["left"] >> 8], index.sizes[votes["right"] >> 8])


def count_votes(share: Share) -> Tally:
    """Count the votes of each pair, in the form in which most agree."""
    votes = share.votes
    pair = (votes["left"] >> 8).astype(np.int64) << 32 | votes["right"] >> 8
    order = np.lexsort((votes["right"], votes["left"], votes["form"], pair))
    votes, pair = votes[order], pair[order]
    # A pair of descriptors is found from both sides.
    once = np.ones(len(votes), bool)
    once[1:] = votes[1:] != votes[:-1]
    order, votes, pair = order[once], votes[once], pair[once]
    pair_and_form = pair << 2 | votes["form"]
    first = np.flatnonzero(np.diff(pair_and_form, prepend=-1))
    size = np.diff(np.append(first, len(pair)))
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
        left[kept],
        right[kept],
        form[kept],
        placed.turn[kept],
        placed.votes[kept],
        of[agree][row],
        (votes["left"][agree][row] & 255).astype(np.uint8),
        (votes["right"][agree][row] & 255).astype(np.uint8),
    )


def _together(*tallies: Iterable[Tally]) -> Tally:
    """Join tallies, numbering their pairs on."""
    each = [tally for some in tallies for tally in some]
    before = np.cumsum([0, *(len(tally.left) for tally in each)])
    each = [replace(tally, pair=tally.pair + start) for tally, start in zip(each, before, strict=False)]
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
    tally
        What `vote` says of it.
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
