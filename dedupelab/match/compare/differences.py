"""Differences: the places at which two copies show something else than compression, noise and blur explain.

At the pictures' own resolution, tones matched, each pixel is held against what the other shows within a pixel of it. What remains is
gathered over the width of a pen stroke, and tells of a difference where it exceeds by far what the same pair shows elsewhere at as
strong edges: a scan is noisy all over, a changed figure in one place.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from dedupelab.match.compare.alignment import Gray, Matrix, apply
from dedupelab.match.compare.detail import MARGIN, Laid
from dedupelab.match.compare.medians import percentile
from dedupelab.match.compare.regions import Box
from dedupelab.match.compare.resemblance import Resemblance, resemblance, sharpness
from dedupelab.match.compare.squares import Flags, Floats
from dedupelab.match.compare.tones import curve

Pixel = tuple[int, int, int, int]
"""A box in whole pixels: left, top, right, bottom, all inside."""
STANDING_OUT = (0.4, 6.0)
"""Rest, and multiple of what 98 of 100 squares stay below, from which something stands out: one digit of 13-pixel letters at 60 % comes
to 0.42 and 9 times; of copies of pages, 0.4 and 8 times or more and less than 6."""
_NEAR = np.ones((3, 3), np.uint8)
_BINS = 16


@dataclass(frozen=True)
class Differences:
    """Where two laid pictures differ, and how well the look could tell."""

    boxes: tuple[Pixel, ...]
    """Around each place, the most telling first, in pixels of the laid pictures."""
    mask: Flags
    bound: float
    """Rest that the strongest edges must exceed in this pair, in pixels of full contrast."""
    rest: Floats
    """What remains at each pixel, in the same unit."""
    blur: float
    """Pixels by which one had to be blurred to be as soft as the other."""

    @cached_property
    def stands_out(self) -> bool:
        """Whether something stands out of the rest: a place that differs, or one too faint to tell. Only of pages is it asked."""
        strongest, (low, times) = float(self.rest.max()), STANDING_OUT
        return strongest > low and strongest > times * _largest(self.rest, 98)

    def filled(self) -> Flags:
        """Return the mask with the places filled: what covers something may agree with it here and there."""
        found = self.mask.copy()
        for x0, y0, x1, y1 in self.boxes:
            found[y0 : y1 + 1, x0 : x1 + 1] = True
        return found

    def untouched(self, valid: Gray) -> Gray:
        """Return what is compared without these places, where that is more than half: a sticker is drawn, and not what both show."""
        same = np.where(self.filled(), np.uint8(0), valid)
        return same if 2 * np.count_nonzero(same) > np.count_nonzero(valid) else valid

    def sides(self, laid: Laid, also: tuple[Pixel, ...] = ()) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
        """Return the places, and others, as parts of width and height of the left and of the right picture."""
        frames = (laid.to_source, laid.source_size), (laid.to_target, laid.target_size)
        one, two = (tuple(_carried(box, to, frame) for box in (*self.boxes, *also)) for to, frame in frames)
        return (two, one) if laid.backwards else (one, two)


@dataclass(frozen=True)
class CloserLook:
    """Find the places at which two pictures differ that lie on each other at their own resolution.

    Measured on 180 copies of 20 drawn pages (stored again, at 80 and 60 %, scanned askew, faxed) and on 200 pairs of the same with another
    name, word, digit or other amounts.
    """

    soft: float = 0.7
    """Blur of both in pixels: dots and scanning noise of single pixels give way to it."""
    faint: float = 0.12
    """Part of the full contrast that is no difference: a fax loses the tint of a heading, which leaves up to 0.11 all over it."""
    sparse: float = 170.0
    """Full contrast in grey levels below which a place is held against its own, where that is more. Chosen: of pages of text it is 180 and more."""
    stroke: float = 2.0
    """Spread in pixels over which the rest is gathered: pens and types of body text are 2 to 4 pixels wide."""
    least: tuple[float, float] = (0.6, 2.5)
    """Rest, in pixels of full contrast, from which there is a difference where the pair is calm, and at most: scans stay below 0.6, stray
    dots of a fax below 1.9; one digit changed in 9-point type at 60 % comes to 3.5 and more."""
    calm: float = 12.0
    """How much of the third quartile of the largest rests of 24 x 24 squares is added to the least: 0 for scans, 0.02 to 0.3 for faxes."""
    excess: float = 6.0
    """How often it must exceed the third quartile of the rest at as strong edges: of copies, one pixel in a million comes to 4."""
    most_usual: float = 5.0
    """Rest from which there is a difference whatever is usual, where nothing had to be blurred: most of a card's letters may differ."""
    blurs: tuple[float, ...] = (1.0, 1.7, 2.8, 4.5)
    """Blurs in pixels by which the sharper picture may be brought to the softer one."""
    blurred: float = 0.08
    """Median rest at strong edges above which the two are not equally sharp, so that a blur is tried; sharp copies stay below 0.1."""
    sharper: float = 1.25
    """How much sharper one must be for that; pages on which every amount differs are equally sharp."""
    doubt: float = 2.0
    """How much more than `least` each pixel of that blur asks for: between a blur of 3 pixels and the nearest tried, edges leave 5."""
    apart: float = 0.012
    """Part of the longer side up to which differences belong to one place: the letters of a word, figures of an amount."""
    most: int = 12
    """Places that are listed; where there are more, nearby ones are joined."""

    def __call__(self, laid: Laid, /) -> Differences:
        """Return where the two differ."""
        one, two = laid.source, laid.target
        # Where another picture stands in a window, its edges would pass for what is usual.
        where = resemblance(one, two, laid.valid)
        found = self._sifted(one, two, laid.valid, where, 0.0)
        if found.median > self.blurred:
            found = self._as_soft(one, two, laid.valid, where, found)
        rest = found.rest.copy()
        clear_margin(rest)
        seen = self._beyond_usual(found, rest, _largest(np.where(where.elsewhere > 0, found.rest, 0)))
        if seen.boxes:
            # Without what was found, more of it shows.
            without = np.where(seen.filled(), np.uint8(0), where.elsewhere)
            quartile, _ = _usual(found.rest, found.edges, without)
            calm = _largest(np.where(without > 0, found.rest, 0))
            seen = self._beyond_usual(
                replace(found, quartile=np.minimum(quartile, found.quartile)), rest, calm
            )
        return seen

    def _beyond_usual(self, found: "_Sifted", rest: Floats, calm: float) -> Differences:
        """Return the places at which the rest exceeds what is usual."""
        least = min(self.least[0] + self.calm * calm, self.least[1]) + self.doubt * found.blur
        most = self.most_usual * (1 + found.blur)
        bound = np.pad(np.clip(self.excess * found.quartile, least, most), (0, 256 - _BINS))
        mask = rest > cv2.LUT(found.edges, _at_most(bound))
        boxes = tuple(self._places(mask, rest, found.edges, bound)) if mask.any() else ()
        return Differences(boxes, mask, self.excess * float(found.quartile.max()), rest, found.blur)

    def _rest(self, one: Gray, two: Gray, valid: Gray, same: Gray) -> tuple[Floats, Gray]:
        """Return the rest at every pixel, in pixels of full contrast, and how strong edges are there, of 16 steps."""
        one, two = (np.asarray(cv2.GaussianBlur(each, (0, 0), self.soft), np.uint8) for each in (one, two))
        found = []
        for source, target in ((one, two), (two, one)):
            alike = toned(source, target, same)
            full = contrast(target, valid)
            apart = cv2.max(_beyond(alike, target), _beyond(target, alike))
            # A tone that one of the two has lost is no difference: the direction that explains more counts.
            faint = np.arange(256, dtype=np.float32) / full - np.float32(self.faint)
            found.append((cv2.LUT(apart, np.maximum(faint, np.float32(0))), full, target))
        least = np.asarray(cv2.min(found[0][0], found[1][0]), np.float32)
        least[valid == 0] = 0
        if not least.any():
            # Nothing to gather, of every other copy: how strong edges are is not asked.
            return least, np.zeros_like(one)
        gathered: Floats = np.asarray(cv2.GaussianBlur(least, (0, 0), self.stroke), np.float32)
        gathered *= np.float32(2 * np.pi * self.stroke**2)
        reach = [_reach(target) for _, _, target in found]
        if max(full for _, full, _ in found) < self.sparse:
            # Of maps and charts ink covers less than a hundredth: its edges are stronger than the contrast they would be held against.
            times = (np.arange(256, dtype=np.float32) / np.float32(full) for _, full, _ in found)
            over = cv2.min(*(cv2.LUT(each, np.maximum(k, 1)) for each, k in zip(reach, times, strict=True)))
            gathered = np.asarray(cv2.divide(gathered, over), np.float32)
        strong = (cv2.LUT(each, _strength(full)) for each, (_, full, _) in zip(reach, found, strict=True))
        return gathered, np.asarray(cv2.min(*strong), np.uint8)

    def _sifted(self, one: Gray, two: Gray, valid: Gray, where: Resemblance, blur: float) -> "_Sifted":
        """Return the rest, and how much of it is usual at edges of each strength; stronger edges never show less."""
        rest, edges = self._rest(one, two, valid, where.alike)
        if not rest.any():
            return _Sifted(rest, edges, np.zeros(_BINS), 0.0, blur)
        quartile, median = _usual(rest, edges, where.elsewhere)
        return _Sifted(rest, edges, quartile, float(median.max()), blur)

    def _as_soft(self, one: Gray, two: Gray, valid: Gray, where: Resemblance, found: "_Sifted") -> "_Sifted":
        """Blur the sharper of the two as long as that leaves less."""
        sharper = sharpness(one, two, where.elsewhere)
        if 1 / self.sharper < sharper < self.sharper:
            return found
        for sigma in self.blurs:
            pair = [
                np.asarray(cv2.GaussianBlur(each, (0, 0), sigma), np.uint8) if mine else each
                for each, mine in ((one, sharper > 1), (two, sharper < 1))
            ]
            softer = self._sifted(pair[0], pair[1], valid, where, sigma)
            if softer.median >= found.median:
                break
            found = softer
        return found

    def _places(self, mask: Flags, rest: Floats, edges: Gray, bound: NDArray[np.float64]) -> list[Pixel]:
        """Return boxes around what lies together, the most telling first: that where the rest exceeds its bound most."""
        reach = max(3, round(self.apart * max(mask.shape)))
        while True:
            near = cv2.dilate(mask.astype(np.uint8), np.ones((reach // 2 * 2 + 1, reach * 2 + 1), np.uint8))
            count, names = cv2.connectedComponents(near, connectivity=8)
            if count - 1 <= self.most or reach > max(mask.shape):
                break
            reach *= 2
        at = np.flatnonzero(mask)
        place = names.ravel()[at]
        excess = np.asarray(rest.ravel()[at] / bound[edges.ravel()[at]], np.float32)
        strength = np.bincount(place, weights=excess, minlength=count)
        order = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[order], np.arange(1, count))
        y, x = np.divmod(at[order], mask.shape[1])
        ends = [way.reduceat(each, starts) for way in (np.minimum, np.maximum) for each in (x, y)]
        boxes = np.stack(ends, axis=1)[np.argsort(-strength[1:], kind="stable")]
        return [(int(x0), int(y0), int(x1), int(y1)) for x0, y0, x1, y1 in boxes]


@dataclass(frozen=True)
class _Sifted:
    """The rest at every pixel, the strength of the edges there, what is usual by that strength, and the blur this was found under."""

    rest: Floats
    edges: Gray
    quartile: NDArray[np.float64]
    median: float
    blur: float


def _usual(rest: Floats, edges: Gray, valid: Gray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return third quartile and median of the rest by strength of the edges, neither falling."""
    steps = np.minimum(rest * 16, 255).astype(np.uint8)
    counts = cv2.calcHist([edges, steps], [0, 1], valid, [_BINS, 256], [0, _BINS, 0, 256])
    total = counts.sum(axis=1, keepdims=True)
    shares = np.cumsum(counts, axis=1) / np.maximum(total, 1)
    known = total[:, 0] >= 50
    quartile, median = ((shares >= part).argmax(axis=1) / 16 * known for part in (0.75, 0.5))
    return np.maximum.accumulate(quartile), np.maximum.accumulate(median)


def _beyond(one: Gray, two: Gray) -> Gray:
    """Return how far each pixel lies outside what the other shows within a pixel of it."""
    low, high = cv2.erode(two, _NEAR), cv2.dilate(two, _NEAR)
    return np.asarray(cv2.max(cv2.subtract(one, high), cv2.subtract(low, one)), np.uint8)


def _largest(rest: Floats, percent: float = 75) -> float:
    """Return what so many percent of the largest rests in squares stay below."""
    side = max(max(rest.shape) // 24, 4)
    rows, columns = rest.shape[0] // side, rest.shape[1] // side
    if not rows or not columns:
        return 0.0
    cut = rest[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return percentile(cut.max(axis=1).max(axis=2), percent)


def _reach(picture: Gray) -> Gray:
    """Return the range of tones around each pixel."""
    around = np.ones((7, 7), np.uint8)
    return np.asarray(cv2.subtract(cv2.dilate(picture, around), cv2.erode(picture, around)), np.uint8)


def _strength(full: float) -> Gray:
    """Return for each range of tones how strong an edge that is, as a step of 16."""
    return np.asarray(np.minimum(np.arange(256) * (_BINS / full), _BINS - 1), np.uint8)


def _at_most(bounds: NDArray[np.float64]) -> Floats:
    """Return for each bound the largest number of single precision that is not above it: of such, the same exceed it."""
    near = bounds.astype(np.float32)
    return np.where(near > bounds, np.nextafter(near, np.float32(-np.inf)), near)


def contrast(picture: Gray, valid: Gray) -> float:
    """Return the range of tones, a hundredth at either end left out."""
    counts = np.cumsum(cv2.calcHist([picture], [0], valid, [256], [0, 256]).ravel())
    low, high = np.searchsorted(counts, counts[-1] * np.array([0.01, 0.99]))
    return float(max(high - low, 24))


def clear_margin(values: Floats | Flags) -> None:
    """Set what lies along the edge of the paper, where a scanner's own edge is no difference, to nothing."""
    edge = round(MARGIN * max(values.shape))
    values[:edge], values[-edge or None :], values[:, :edge], values[:, -edge or None :] = 0, 0, 0, 0


def toned(source: Gray, target: Gray, same: Gray) -> Gray:
    """Return a picture in the tones and the light of another, learned where `same` is 255."""
    return _levelled(np.asarray(cv2.LUT(source, curve(source, target, same)), np.uint8), target)


def _levelled(picture: Gray, target: Gray, cells: int = 48) -> Gray:
    """Return the picture in the target's light: what changes slowly from place to place, as towards the corners, is taken out."""
    height, width = target.shape
    part = min(1.0, cells / max(height, width))
    grid = max(round(width * part), 3), max(round(height * part), 3)
    one, two = (
        cv2.resize(each, grid, interpolation=cv2.INTER_AREA).astype(np.float32) for each in (picture, target)
    )
    # As light falls on a picture, so in parts: 64 is as it was.
    light = cv2.medianBlur(np.clip(np.rint(64 * (two + 8) / (one + 8)), 0, 255).astype(np.uint8), 9)
    if np.abs(light.astype(np.int16) - 64).max() < 2:
        return picture
    light = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(
        np.clip((picture.astype(np.float32) + 8) * (light.astype(np.float32) / 64) - 8, 0, 255), np.uint8
    )


def _carried(box: tuple[int, int, int, int], to: Matrix, frame: tuple[int, int]) -> Box:
    """Return the box as parts of the width and height of the picture to which the map leads."""
    x0, y0, x1, y1 = box
    ends = np.array([(x0 - 0.5, y0 - 0.5), (x1 + 0.5, y0 - 0.5), (x1 + 0.5, y1 + 0.5), (x0 - 0.5, y1 + 0.5)])
    found = ((apply(to, ends) + 0.5) / frame).clip(0, 1)
    (left, top), (right, bottom) = found.min(axis=0), found.max(axis=0)
    return float(left), float(top), float(right), float(bottom)
