"""What a join found: pairs in collapsed form, or multiplied out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedupelab.match.search.fingerprint_classes import Classes, Rows


class PairBlock(NamedTuple):
    """Pairs of rows and the bits in which their fingerprints differ, ordered by left, then right."""

    left: Rows
    right: Rows
    distance: NDArray[np.int16]


@dataclass(frozen=True)
class Join:
    """The pairs of a join in collapsed form: only rows that are the first of their class appear.

    `same` says that both sides are the same rows; each unordered pair then comes once, with left < right.
    """

    pairs: PairBlock
    left: Classes
    right: Classes
    same: bool

    def expand(self, limit: int | None = None) -> PairBlock:
        """Return the pairs of all rows, copies included.

        Parameters
        ----------
        limit
            Classes of more rows than this are not multiplied out: their first row stands for them, and in a self-join
            each of its copies is paired with it once (a star). None multiplies everything out.

        Examples
        --------
        >>> from dedupelab.match.search.hamming import self_join
        >>> prints = np.array([5, 5, 4, 5], np.uint64)
        >>> [column.tolist() for column in self_join(prints, 1).expand()]
        [[0, 0, 0, 1, 1, 2], [1, 2, 3, 2, 3, 3], [0, 1, 0, 1, 0, 1]]
        >>> [column.tolist() for column in self_join(prints, 1).expand(limit=2)]
        [[0, 0, 0], [1, 2, 3], [0, 1, 0]]
        """
        left, right, distance = (np.concatenate(c) for c in zip(*self.copies(limit), strict=True))
        order = np.lexsort((right, left))
        return PairBlock(left[order], right[order], distance[order])

    def copies(self, limit: int | None = None, size: int = 1 << 20) -> Iterator[PairBlock]:
        """Yield the pairs of `expand` in no order, about `size` at a time, the first block perhaps empty."""
        left_starts, left_sizes = self.left.spans(limit)
        right_starts, right_sizes = self.right.spans(limit)
        left_class, right_class = self.left.inverse[self.pairs.left], self.right.inverse[self.pairs.right]
        products = left_sizes[left_class] * right_sizes[right_class]
        ends = np.cumsum(products)
        begin = 0
        while begin == 0 or begin < len(products):
            done = ends[begin - 1] if begin else 0
            end = max(int(np.searchsorted(ends, done + size, side="right")), begin + 1)
            part = slice(begin, end)
            count = products[part]
            step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
            across = np.repeat(right_sizes[right_class[part]], count)
            left = self.left.members[np.repeat(left_starts[left_class[part]], count) + step // across]
            right = self.right.members[np.repeat(right_starts[right_class[part]], count) + step % across]
            if self.same:
                left, right = np.minimum(left, right), np.maximum(left, right)
            yield PairBlock(left, right, np.repeat(self.pairs.distance[part], count))
            begin = end
        if self.same:
            for centre, copy in self.left.within(limit, size):
                yield PairBlock(
                    np.minimum(centre, copy), np.maximum(centre, copy), np.zeros(len(centre), np.int16)
                )
