"""Voting index: which pictures share many local descriptors, turned, mirrored or inverted alike.

Descriptors are sorted into the cells of a codebook learnt from the collection itself; within a cell, near ones of different pictures
vote for the pair. Votes that agree on rotation and change of scale count together (weak geometric consistency: Jegou, Douze and
Schmid, "Hamming embedding and weak geometric consistency", ECCV 2008).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.match.proposal_selection import worth_opening
from dedupelab.match.search.descriptors import INVERT_SIGNS, MIRROR_SIGNS, SCALE, Descriptors
from dedupelab.tables import TRANSFORMS

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

NEAR = 0.20
"""Distance of two descriptors (of unit vectors) that vote: nearer are half of the true matches and hardly any others."""
PROBES = 3
"""Cells in which a descriptor is looked for; one per descriptor is where it is found."""
CROWD = 400
"""A descriptor near to more descriptors than this says nothing: a letter, a corner of a window, sky."""
MOST_KEPT = 1024
"""Descriptors per picture that a vote's key has room for."""
FORMS = ((False, False), (True, False), (False, True), (True, True))
"""Mirrored, inverted."""


@dataclass(frozen=True)
class _Stack:
    """Descriptors of all pictures in one array."""

    codes: Floats
    places: NDArray[np.int16]
    owner: Indices


def propose(
    descriptors: Mapping[str, Descriptors],
    *,
    collections: Mapping[str, str] | None = None,
    against: Collection[str] | None = None,
    least_votes: int = 3,
    most: int = 300,
    inverted: bool = True,
    seed: int = 0,
) -> pd.DataFrame:
    """Return candidate pairs that share local descriptors and are worth opening (see `proposal_selection`).

    Parameters
    ----------
    collections
        By image_id; None when all are of one.
    against
        When given, only pairs in which at least one picture is among these.
    least_votes
        Consistent votes below which a pair is chance.
    most
        Pairs kept per picture, those with most votes first; a pair stays when either of its pictures keeps it.
    inverted
        Whether to look for inverted copies too, at twice the cost.
    seed
        Of the sample that the codebook is learnt from.

    Returns
    -------
    pd.DataFrame
        `left`, `right` (left < right), `distance` (empty: fingerprints were not asked), `transform` (as the votes have
        it) and `votes`, ordered by left and right. The same whatever the order of `descriptors`.
    """
    names = sorted(name for name in descriptors if len(descriptors[name]))
    columns = {"left": "str", "right": "str", "distance": "Int64", "transform": "str", "votes": "int64"}
    if len(names) < 2:
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in columns.items()})
    stack = _Stack(
        np.concatenate([descriptors[name].codes for name in names]).astype(np.float32) / SCALE,
        np.concatenate([descriptors[name].places for name in names]).astype(np.int16),
        np.repeat(np.arange(len(names)), [len(descriptors[name]) for name in names]),
    )
    allowed = None if against is None else np.array([name in set(against) for name in names])
    book = learn(stack.codes, np.random.default_rng(seed))
    cells = nearest_cells(stack.codes, book)
    found = [
        _tally(stack, *_near(stack, book, cells, *form, allowed), *form, len(names), least_votes)
        for form in FORMS
        if inverted or not form[1]
    ]
    table = pd.concat([pairs.assign(form=form) for form, (pairs, _) in enumerate(found)], ignore_index=True)
    table = table.sort_values(["left", "right", "votes", "transform"], ascending=[True, True, False, True])
    table = _strongest(table.drop_duplicates(["left", "right"]), most)
    votes = pd.concat([votes.assign(form=form) for form, (_, votes) in enumerate(found)], ignore_index=True)
    table = table.sort_values(["votes", "left", "right"], ascending=[False, True, True], ignore_index=True)
    votes = votes.merge(table[["form", "bin"]].reset_index(names="pair"), on=["form", "bin"])
    place = {name: number for number, name in enumerate(sorted(set((collections or {}).values())))}
    home = np.array([place[collections[name]] if collections else 0 for name in names], np.int64)
    table = table[worth_opening(votes, table, home)].sort_values(["left", "right"], ignore_index=True)
    chosen = np.array(names, dtype=object)
    return pd.DataFrame(
        {
            "left": pd.Series(chosen[table["left"]], dtype="str"),
            "right": pd.Series(chosen[table["right"]], dtype="str"),
            "distance": pd.Series([pd.NA] * len(table), dtype="Int64"),
            "transform": pd.Series([TRANSFORMS[k] for k in table["transform"]], dtype="str"),
            "votes": table["votes"].to_numpy(np.int64),
        }
    )


def _strongest(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """Keep a pair when it is among the `most` with most votes of either of its pictures."""
    ranks = []
    for side, other in (("left", "right"), ("right", "left")):
        ends = table.rename(columns={side: "own", other: "far"})[["own", "far", "votes"]]
        ranks.append(ends.assign(row=table.index))
    ends = pd.concat(ranks).sort_values(["own", "votes", "far"], ascending=[True, False, True])
    kept = ends["row"][ends.groupby("own").cumcount() < most]
    return table.loc[table.index.isin(kept)].sort_values(["left", "right"])


def learn(codes: Floats, rng: np.random.Generator, *, rounds: int = 6) -> Floats:
    """Return a codebook by k-means on a sample, closed under mirroring and inversion (cells x 32).

    Because the book is closed, the cell of a mirrored descriptor is the mirrored cell, and nothing is searched twice.
    """
    quarter = int(np.clip(len(codes) // 400, 1, 1024))
    sample = codes[rng.permutation(len(codes))[: 60 * quarter]]
    centres = sample[rng.permutation(len(sample))[:quarter]].copy()
    for _ in range(rounds):
        nearest = nearest_cells(sample, centres, probes=1)[:, 0]
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, sample)
        counts = np.bincount(nearest, minlength=len(centres))
        centres = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres).astype(
            np.float32
        )
    return np.concatenate([centres * _signs(*form) for form in FORMS])


def _signs(mirrored: bool, inverted: bool) -> Floats:  # noqa: FBT001 - a form is a pair of flags
    signs = np.ones(len(MIRROR_SIGNS), np.float32)
    return signs * (MIRROR_SIGNS if mirrored else 1) * (INVERT_SIGNS if inverted else 1)


def nearest_cells(codes: Floats, book: Floats, probes: int = PROBES) -> NDArray[np.int32]:
    """Return the nearest cells of every descriptor (n x probes), nearest first."""
    probes = min(probes, len(book))
    half = (book * book).sum(axis=1) / 2
    cells = np.empty((len(codes), probes), np.int32)
    for start in range(0, len(codes), 4096):
        nearness = codes[start : start + 4096] @ book.T - half
        top = np.argpartition(nearness, -probes, axis=1)[:, -probes:]
        order = np.argsort(-np.take_along_axis(nearness, top, axis=1), axis=1, kind="stable")
        cells[start : start + 4096] = np.take_along_axis(top, order, axis=1)
    return cells


def _near(
    stack: _Stack,
    book: Floats,
    cells: NDArray[np.int32],
    mirrored: bool,  # noqa: FBT001 - a form is a pair of flags
    inverted: bool,  # noqa: FBT001
    allowed: NDArray[np.bool_] | None,
) -> tuple[Indices, Indices]:
    """Return index pairs of near descriptors of different pictures, the first taken in the given form."""
    form = FORMS.index((mirrored, inverted))
    quarter = len(book) // 4
    # Cells are numbered form by form, and forms combine like two bits.
    turned = (cells // quarter ^ form) * quarter + cells % quarter
    probing = np.argsort(turned.ravel(), kind="stable")
    seeker, seeker_cell = probing // cells.shape[1], turned.ravel()[probing]
    kept = np.argsort(cells[:, 0], kind="stable")
    kept_cell = cells[kept, 0]
    sought = stack.codes * _signs(mirrored, inverted)
    edges = np.arange(len(book) + 1)
    seeker_at, kept_at = np.searchsorted(seeker_cell, edges), np.searchsorted(kept_cell, edges)
    ones, twos = [], []
    for cell in range(len(book)):
        one, two = seeker[seeker_at[cell] : seeker_at[cell + 1]], kept[kept_at[cell] : kept_at[cell + 1]]
        if not len(one) or not len(two):
            continue
        for part in _parts(one):
            i, j = _within(sought[part], stack.codes[two])
            i, j = part[i], two[j]
            fits = stack.owner[i] != stack.owner[j]
            if allowed is not None:
                fits &= allowed[stack.owner[i]] | allowed[stack.owner[j]]
            ones.append(i[fits])
            twos.append(j[fits])
    if not ones:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    one, two = np.concatenate(ones).astype(np.int64), np.concatenate(twos).astype(np.int64)
    crowd = np.bincount(one, minlength=len(stack.codes)) + np.bincount(two, minlength=len(stack.codes))
    telling = (crowd[one] <= 2 * CROWD) & (crowd[two] <= 2 * CROWD)
    return one[telling], two[telling]


def _parts(indices: Indices, size: int = 2048) -> Iterator[Indices]:
    """Cut a crowded cell so that memory stays bounded."""
    for start in range(0, len(indices), size):
        yield indices[start : start + size]


def _within(one: Floats, two: Floats) -> tuple[Indices, Indices]:
    """Return index pairs of rows nearer than NEAR."""
    norms = (one * one).sum(axis=1)[:, None] + (two * two).sum(axis=1)[None]
    i, j = np.nonzero(norms - 2 * (one @ two.T) < NEAR**2)
    return i, j


def _tally(
    stack: _Stack,
    one: Indices,
    two: Indices,
    mirrored: bool,  # noqa: FBT001 - a form is a pair of flags
    inverted: bool,  # noqa: FBT001
    pictures: int,
    least: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count votes per pair of pictures.

    Returns
    -------
    tuple[pd.DataFrame, pd.DataFrame]
        `bin`, `left`, `right`, `transform` (its number) and `votes`, of bins with at least so many votes; and each vote: `bin`,
        `left`, `right` (descriptors within their pictures).
    """
    # A mirrored direction runs the other way; an inverted one is opposite.
    start = (128 - stack.places[one, 3]) if mirrored else stack.places[one, 3]
    turn = (stack.places[two, 3] - start + (128 if inverted else 0)) % 256
    growth = stack.places[two, 2] - stack.places[one, 2]
    left, right = stack.owner[one], stack.owner[two]
    swap = left > right
    # Read the other way round: turned back (unless mirrored: these undo themselves) and shrunk instead of grown.
    turn = np.where(swap & (not mirrored), -turn % 256, turn)
    growth = np.where(swap, -growth, growth)
    source, target = np.where(swap, two, one), np.where(swap, one, two)
    left, right = np.minimum(left, right), np.maximum(left, right)
    pair = left * pictures + right
    # Each descriptor of the left picture votes once per bin; numbered within its picture it fits the key.
    first = np.searchsorted(stack.owner, np.arange(pictures))
    number, other = source - first[left], target - first[right]
    tallies, votes = [], []
    # Two staggered grids of bins (45 degrees, one octave), so that no cluster is cut by an edge in both.
    for shift in (0, 1):
        angle = ((turn + 16 + 16 * shift) % 256) // 32
        octave = (growth + 8 + 8 * shift + 512) // 16
        # The lowest bit keeps the bins of the two grids apart.
        key = (((pair * 8 + angle) * 128 + octave) << 1) + shift
        cast, kept = np.unique(key * MOST_KEPT + number, return_index=True)
        bins, count = np.unique(cast // MOST_KEPT, return_counts=True)
        enough = count >= least
        bins, owners = bins[enough], bins[enough] >> 11
        # Degrees run clockwise in pictures, transforms counter-clockwise.
        quarter = -np.rint((bins // 256 % 8 * 32 - 16 * shift) / 64).astype(np.int64) % 4
        tallies.append(
            pd.DataFrame(
                {
                    "bin": bins,
                    "left": owners // pictures,
                    "right": owners % pictures,
                    "transform": quarter + 4 * mirrored,
                    "votes": count[enough],
                }
            )
        )
        kept = kept[np.repeat(enough, count)]
        votes.append(pd.DataFrame({"bin": key[kept], "left": number[kept], "right": other[kept]}))
    return pd.concat(tallies, ignore_index=True), pd.concat(votes, ignore_index=True)
