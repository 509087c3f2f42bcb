"""The works that pictures come to when given pairs join them, and the totals that depend on these; for many draws at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.review.graph_context import REPEATS
from dedupelab.review.sampling_frame import Frame
from dedupelab.tables.components import components
from dedupelab.tables.contents import content_classes

CELLS = 2_000_000
"""Pairs times draws that are worked on at once."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Holdings:
    """Who holds each node of a frame: images and the bytes they take, by collection; `largest` is the largest file."""

    collections: tuple[str, ...]
    images: Ints
    bytes: Ints
    largest: Ints


def holdings(frame: Frame, images: pd.DataFrame) -> Holdings:
    """Return who holds each node, `images` of shape (nodes, collections)."""
    shown = images[images["status"] == "hashed"]
    row = pd.Series(np.arange(len(frame.nodes)), index=frame.nodes["image_id"].to_numpy())
    node = shown["image_id"].map(content_classes(images)).map(row)
    kept = node.notna().to_numpy()
    place, names = pd.factorize(shown["collection"], sort=True)
    counts = np.zeros((len(row), len(names)), np.int64)
    at = node[kept].to_numpy(np.int64)
    np.add.at(counts, (at, place[kept]), 1)
    size = shown["bytes"].to_numpy(np.int64)[kept]
    total, largest = np.zeros(len(row), np.int64), np.zeros(len(row), np.int64)
    np.add.at(total, at, size)
    np.maximum.at(largest, at, size)
    return Holdings(tuple(map(str, names)), counts, total, largest)


def blocks(count: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of as many draws as are worked on at once."""
    step = max(1, CELLS // max(size, 1))
    for begin in range(0, count, step):
        yield begin, min(begin + step, count)


@dataclass(frozen=True)
class Works:
    """The pictures that lie in any pair, and what the works of a draw come to; pictures without any pair count alike in each."""

    one: Ints
    two: Ints
    pinned: Flags
    images: Ints
    by_collection: Ints
    bytes: Ints
    largest: Ints
    alone: Floats
    collections: tuple[str, ...]

    @classmethod
    def of(cls, frame: Frame, held: Holdings) -> "Works":
        """Return the graph of a frame with who holds its nodes."""
        units = frame.units
        touched, at = np.unique(
            np.concatenate([units["one"], units["two"]]).astype(np.int64), return_inverse=True
        )
        # A link that a refuted pair keeps from joining two works does not join them for being seen to be right.
        work = frame.nodes["work"].to_numpy(np.int64)
        pinned = (units["role"] == REPEATS).to_numpy() & (work[units["one"]] != work[units["two"]])
        rest = np.ones(len(held.bytes), bool)
        rest[touched] = False
        none = np.zeros(0, np.int64)
        lone = cls(none, none, none.astype(bool), held.images[rest].sum(axis=1), held.images[rest], held.bytes[rest], held.largest[rest],
                   np.zeros(6 + len(held.collections)), held.collections)  # fmt: skip
        none_joined = np.arange(int(rest.sum()), dtype=np.int64)
        fixed = lone._come_to(none_joined, none_joined, np.zeros_like(none_joined), 1)[0]
        own = held.images[touched]
        return cls(
            at[: len(units)], at[len(units) :], pinned, own.sum(axis=1), own, held.bytes[touched], held.largest[touched], fixed,
            held.collections,
        )  # fmt: skip

    @property
    def size(self) -> int:
        """How many pictures lie in any pair."""
        return len(self.images)

    @property
    def names(self) -> tuple[str, ...]:
        """The totals, in the order of the last axis."""
        return (
            "surplus", "works", "groups", "together", "bytes", "shared", *(f"surplus in {name}" for name in self.collections)
        )  # fmt: skip

    def __call__(self, joined: Flags) -> Floats:
        """Return the totals, shape (draws, names), where the given pairs join."""
        draw, unit = np.nonzero(joined & ~self.pinned)
        shift = draw * np.int64(self.size)
        one, two = self.one[unit] + shift, self.two[unit] + shift
        node, of = np.tile(np.arange(self.size), len(joined)), np.repeat(np.arange(len(joined)), self.size)
        return self._come_to(components(one, two, len(joined) * self.size), node, of, len(joined))

    def effects(
        self,
        tried: Ints,
        linked: Flags,
        state: Flags,
        shares: Floats | None,
        random: np.random.Generator | None,
    ) -> Floats:
        """Return what each of some pairs changes by being an error of the detector, all others being as they are.

        With `shares`, pairs for which there is one are copies by it, anew for each that is tried. Only the works at the two ends of
        a pair change with it, so only these are put together with it and without it.
        """
        found = [np.zeros((0, 6 + len(self.collections)))]
        fixed = None
        if shares is None:
            edge = np.flatnonzero(state & ~self.pinned)
            fixed = components(self.one[edge], self.two[edge], self.size)
        for begin, end in blocks(len(tried), len(state) + self.size):
            unit, row = tried[begin:end], np.arange(end - begin)
            joined = np.tile(state, (end - begin, 1))
            if shares is not None and random is not None:
                drawn = np.flatnonzero(shares > 0)
                joined[:, drawn] = random.random((end - begin, len(drawn))) < shares[drawn]
            joined[row, unit] = True
            draw, edge = np.nonzero(joined & ~self.pinned)
            one, two = self.one[edge], self.two[edge]
            shift = draw * np.int64(self.size)
            if fixed is None:
                work = components(one + shift, two + shift, len(row) * self.size).reshape(len(row), self.size)
            else:
                work = np.broadcast_to(fixed, (len(row), self.size))
            inside = (work == work[row, self.one[unit]][:, None]) | (
                work == work[row, self.two[unit]][:, None]
            )
            of, node = np.nonzero(inside)
            place = np.zeros(inside.size, np.int64)
            place[of * np.int64(self.size) + node] = np.arange(len(node))
            near = inside[draw, one]
            one, two = place[(one + shift)[near]], place[(two + shift)[near]]
            other = edge[near] != unit[draw[near]]
            with_it = self._come_to(components(one, two, len(node)), node, of, len(row))
            without = self._come_to(components(one[other], two[other], len(node)), node, of, len(row))
            found.append(np.where(linked[unit][:, None], without - with_it, with_it - without))
        return np.concatenate(found)

    def _come_to(self, work: Ints, node: Ints, of: Ints, draws: int) -> Floats:
        """Return the totals of each draw: `node` are pictures, `of` the draw and `work` the work of each."""
        number = int(work.max(initial=-1)) + 1
        draw = np.zeros(number, np.int64)
        draw[work] = of
        images = np.bincount(work, self.images[node], number)
        kept = np.zeros(number, np.int64)
        np.maximum.at(kept, work, self.largest[node])
        several = images > 1
        by = [np.bincount(work, column[node], number) for column in self.by_collection.T]
        holders = sum((column > 0 for column in by), np.zeros(number, np.int64))

        def total(values: Floats | Ints | Flags) -> Floats:
            return np.asarray(np.bincount(draw, values, draws), np.float64)

        works = total(np.ones(number))
        columns = [
            total(images) - works, works, total(several), total(images * several),
            np.bincount(of, self.bytes[node], draws) - total(kept), total(holders > 1), *(total(column - (column > 0)) for column in by),
        ]  # fmt: skip
        return np.column_stack(columns) + self.alone
