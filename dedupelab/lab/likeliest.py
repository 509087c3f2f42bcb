"""The likeliest copies of one file, for a person who looks for it among all others: by measures weaker than the detector's, by date and by words.

Each measure ranks all others, and they take turns, so that what one of them alone brings near is seen early. None of them decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dedupelab.match.search.descriptors import MIRROR_SIGNS, SCALE, Descriptors
from dedupelab.values.dates import parse_date

PRINTS = ("phash", "dhash", "phash_trimmed", "phash256")
"""Fingerprints that rank: the first in all eight orientations."""
NEAR = 0.3
"""Distance of two local descriptors that speak for a pair; the detector asks for less, and that they agree on a placement."""
MOST = 20_000
"""Pictures whose descriptors are compared; of more, those that the fingerprints bring nearest."""
BLOCK = 256
WORDS = ("title", "caption", "creator", "credit", "source", "copyright_notice", "path")
"""Columns in which words are looked for."""
FAR = 1 << 30

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Likeliest:
    """All pictures of a study, to be ranked beside one of them.

    Parameters
    ----------
    images
        Rows of the images table that may be found.
    descriptors
        Local descriptors by image_id, as bytes; none where the study keeps none.
    """

    images: pd.DataFrame
    descriptors: Mapping[str, bytes]

    def order(self, image: str, among: list[str]) -> list[str]:
        """Return the images of `among`, likeliest first."""
        at = np.asarray(self._place.reindex(among), np.int64)
        own = int(self._place[image])
        ranks = [_ranks(self._bits(name, own, at)) for name in PRINTS]
        first = np.argsort(np.min(ranks, axis=0), kind="stable")[:MOST]
        shared = np.zeros(len(at), np.int64)
        shared[first] = self._shared(image, [among[k] for k in first.tolist()])
        if shared.any():
            ranks.append(_ranks(np.where(shared > 0, -shared, FAR)))
        every = np.array(ranks)
        order = np.lexsort((every.sum(axis=0), every.min(axis=0)))
        return [among[k] for k in order]

    def with_words(self, words: str) -> set[str]:
        """Return the images in which every one of these words stands: in what they say of themselves, or in their path."""
        found = np.ones(len(self.images), bool)
        for word in words.casefold().split():
            found &= np.fromiter((word in text for text in self._texts), bool, len(found))
        return set(self.images["image_id"][found])

    def of_date(self, date: str) -> set[str] | None:
        """Return the images whose date may lie within this one, such as 1962, 1962-05 or 1960/1965; None where it is no date."""
        wanted = parse_date(date)
        if wanted is None:
            return None
        spans = ((name, parse_date(str(said))) for name, said in self._dates)
        return {
            name
            for name, span in spans
            if span is not None and span.start < wanted.end and wanted.start < span.end
        }

    @cached_property
    def _place(self) -> "pd.Series[int]":
        return pd.Series(np.arange(len(self.images)), index=self.images["image_id"].to_numpy(object))

    @cached_property
    def _texts(self) -> list[str]:
        columns = [self.images[name].fillna("").astype(str) for name in WORDS]
        return ["\n".join(row).casefold() for row in zip(*columns, strict=True)]

    @cached_property
    def _dates(self) -> list[tuple[str, str]]:
        dated = self.images.dropna(subset=["date_created"])
        return list(zip(dated["image_id"], dated["date_created"], strict=True))

    @cached_property
    def _arrays(self) -> dict[str, NDArray[np.uint64]]:
        """Every fingerprint as rows of 64-bit numbers."""
        blank = {"phash_forms": bytes(64), "phash256": bytes(32)}
        bytes_ = {
            name: np.frombuffer(
                b"".join(each if isinstance(each, bytes) else none for each in self.images[name]), "<u8"
            ).reshape(len(self.images), -1)
            for name, none in blank.items()
        }
        whole = {
            name: self.images[name].fillna(0).to_numpy(np.uint64)[:, None]
            for name in ("phash", "dhash", "phash_trimmed")
        }
        alone = self.images["phash_forms"].isna().to_numpy()
        turned = np.where(alone[:, None], whole["phash"], bytes_["phash_forms"])
        return {**bytes_, **whole, "phash_forms": turned}

    def _bits(self, name: str, own: int, at: Ints) -> Ints:
        """Return in how many bits a fingerprint differs from one's own; far where either has none."""
        known = self.images[name].notna().to_numpy()
        print_ = self._arrays[name][own]
        if name == "phash":
            bits = np.bitwise_count(self._arrays["phash_forms"][at] ^ print_).min(axis=1)
        else:
            bits = np.bitwise_count(self._arrays[name][at] ^ print_).sum(axis=1)
        return np.where(known[at] & known[own], bits, FAR).astype(np.int64)

    def _shared(self, image: str, others: list[str]) -> Ints:
        """Count the descriptors of a picture, as it is or mirrored, that lie near to one of each other's."""
        found = np.zeros(len(others), np.int64)
        if image not in self.descriptors:
            return found
        own = _unit(self.descriptors[image])
        both = np.concatenate([own, own * MIRROR_SIGNS])
        for start in range(0, len(others), BLOCK):
            codes = [
                _unit(self.descriptors[name]) if name in self.descriptors else own[:0]
                for name in others[start : start + BLOCK]
            ]
            stack = np.concatenate(codes)
            if not len(stack):
                continue
            squares = (both**2).sum(axis=1)[:, None] + (stack**2).sum(axis=1)[None] - 2 * (both @ stack.T)
            near = np.concatenate([squares < NEAR**2, np.zeros((len(both), 1), bool)], axis=1)
            edges = np.r_[0, np.cumsum([len(each) for each in codes])][:-1]
            # An empty part would repeat its neighbour's column: it is set to nothing.
            some = np.logical_or.reduceat(near, edges, axis=1) & np.array([len(each) > 0 for each in codes])
            found[start : start + BLOCK] = np.maximum(
                some[: len(own)].sum(axis=0), some[len(own) :].sum(axis=0)
            )
        return found


def _unit(data: bytes) -> NDArray[np.float32]:
    return Descriptors.from_bytes(data).codes.astype(np.float32) / SCALE


def _ranks(distance: Ints) -> Ints:
    """Return each one's place by distance; ties share the best, and what was not measured comes last.

    >>> _ranks(np.array([3, 1, 3, FAR])).tolist()
    [1, 0, 1, 4]
    """
    places = np.searchsorted(np.sort(distance), distance)
    return np.where(distance == FAR, len(distance), places).astype(np.int64)
