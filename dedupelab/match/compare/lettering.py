"""Lettering: whether a place that differs holds words, a picture, or something laid over it; and whether words matter there.

A photograph is the same photograph under another caption. A card, a badge or a certificate is another one when its words are, even if
a pale photograph lies behind them: then the photograph is paper.
"""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from dedupelab.match.compare.alignment import Gray
from dedupelab.match.compare.detail import Laid
from dedupelab.match.compare.differences import Differences, Pixel
from dedupelab.match.compare.medians import median, percentile
from dedupelab.match.compare.regions import STRIP
from dedupelab.match.compare.resemblance import resemblance
from dedupelab.match.compare.squares import Flags

Values = TypeVar("Values", np.uint8, np.bool_)
_NEAR = np.ones((5, 5), np.uint8)


@dataclass(frozen=True)
class OtherWords:
    """Tell whether both of two pictures have words, other ones, at a place, so that they are filled in and not copies."""

    ink: tuple[float, float] = (0.02, 0.5)
    """Part of a place that lettering covers."""
    even: float = 0.35
    """Spread of half of the ground around letters, against their contrast: of pale photographs 0.2, of photographs themselves 0.4."""
    between: float = 0.45
    """Part of a place with tones between letters and ground: soft edges of small letters come to 0.3, photographs to 0.6."""
    around: float = 0.004
    """Part of the longer side by which a place is looked at around what differs."""
    picture: float = 0.03
    """Part of the frame from which other pictures at a place, beside other words, make a card of another person."""
    pale: float = 4.5
    """How much stronger letters are than the range of half of what agrees, from which that is a ground to write on: black letters on photographs
    brought to 20 and 30 % of their contrast come to 5 and more in 97 of 100 cards, with a portrait on a sixth of the card, too; captions in
    black or white on three of four photographs stay below."""
    faded: tuple[float, float] = (72.0, 3.3)
    """Grey levels that all but the ends of what agrees span, up to which less is asked of letters darker than their ground, and that: thin ones
    on photographs brought to 20 to 40 % of their contrast come to 3.3 and more, and what agrees there spans 47 to 68. One photograph in
    five spans no more."""
    amid: float = 3.0
    """The same where the two show other pictures, too."""
    paper: float = 0.5
    """Part of what lies around the words, as far as they are high, that has the tone of their ground: on a number plate or a bar with the
    date it is less, as the photograph begins there."""
    one_ground: float = 0.25
    """Part of the letters' contrast by which ground and ink may differ between the two: it is one form, filled in twice."""
    either: float = 0.2
    """How much ink the one has alone, of what the other has: other words take turns (0.5 and more on 12 cards), while a watermark or caption
    over one of two copies is ink that the other never has (0 to 0.14). Where most ink is the same, as of a number with one figure changed, it is
    not asked."""
    clearly: float = 0.5
    """Part of the weaker letters' contrast by which a line on a plain ground must differ. Chosen: what is softer differs by less."""
    amid_more: float = 2.0
    """How many times as much ink of a line must be the same as differs, where nearly all that differs is the one's. Chosen."""
    textured: float = 0.06
    """Standard deviation, as a part of full contrast, from which a place shows something."""

    def __call__(self, laid: Laid, seen: Differences, *, plain: tuple[int, int] | None = None) -> bool:
        """Return whether what differs makes two things of one make.

        Parameters
        ----------
        plain
            Tones of one plain ground that runs all around, in either: any words that stand on it matter.
        """
        frame = float(np.count_nonzero(laid.valid))
        ink, dark, pictures = 0.0, 0.0, 0.0
        for box in seen.boxes:
            one, two = (self._cut(each, box) for each in (laid.source, laid.target))
            letters = [self.letters(each) for each in (one, two)]
            if all(letters):
                (ground, mine), (other, far) = (
                    (float(np.median(p)), c) for p, c in zip((one, two), letters, strict=True)
                )
                weaker = min(abs(mine), abs(far))
                apart = self.one_ground * weaker
                written = all(
                    self._around(each, box, tone) > self.paper
                    for each, tone in ((laid.source, (ground, apart)), (laid.target, (other, apart)))
                )
                mask = self._cut(seen.mask, box)
                line = min(mask.shape) <= STRIP * min(laid.target.shape)
                apart_by = np.asarray(cv2.absdiff(one, two), np.uint8)[mask]
                differ = min(weaker, percentile(apart_by, 90))
                there = plain is not None and max(abs(ground - plain[0]), abs(other - plain[1])) < apart
                if there and line and written and mine * far > 0 and differ > self.clearly * weaker:
                    return True
                stronger = self.one_ground * max(abs(mine), abs(far))
                one_form = abs(ground - other) < apart and abs(mine - far) < stronger
                turns = self._in_turn((one, ground, mine), (two, other, far), mask, line=line)
                turns = turns or (line and self._amid_letters(laid, seen, box, (ground, mine), (other, far)))
                if written and one_form and turns:
                    ink = max(ink, differ)
                    dark = max(dark, weaker) if mine < 0 else dark
            elif min(one.std(), two.std()) > self.textured * 255:
                pictures += one.size / frame
        # The whole picture is asked only where there are words.
        if not ink:
            return False
        half, most = range_of_agreeing(laid, seen)
        if most < self.faded[0] and dark > self.faded[1] * half:
            return True
        return ink > half * (self.amid if pictures > self.picture else self.pale)

    def _cut(self, picture: NDArray[Values], box: Pixel) -> NDArray[Values]:
        x0, y0, x1, y1 = box
        more = 2 + round(self.around * max(picture.shape))
        return picture[max(y0 - more, 0) : y1 + more + 1, max(x0 - more, 0) : x1 + more + 1]

    def _in_turn(
        self, left: tuple[Gray, float, float], right: tuple[Gray, float, float], mask: Flags, *, line: bool
    ) -> bool:
        """Whether either has ink where the other has its ground, or, in a line of words, letters that differ in little.

        What differs in little and spreads further lies over both: a watermark crosses what is dark in a photograph, and adds to it.
        """
        near = cv2.dilate(mask.astype(np.uint8), _NEAR) > 0
        one, two = (
            (place[near].astype(np.float32) - ground) / contrast for place, ground, contrast in (left, right)
        )
        own, far = (int(np.count_nonzero((a > 0.5) & (b < 0.25))) for a, b in ((one, two), (two, one)))
        if min(own, far) > self.either * max(own, far):
            return True
        both = np.abs(one - two)[(one > 0.5) & (two > 0.5)]
        return line and 0 < own + far < len(both) and median(both) < self.one_ground

    def _amid_letters(
        self,
        laid: Laid,
        seen: Differences,
        box: Pixel,
        left: tuple[float, float],
        right: tuple[float, float],
    ) -> bool:
        """Whether a place lies in a line of letters of which far more are the same in both: all ink of a changed thin figure may lie in it."""
        x0, y0, x1, y1 = box
        wide = 2 * (y1 - y0 + 1)
        line = slice(y0, y1 + 1), slice(max(x0 - wide, 0), x1 + wide + 1)
        pair = laid.source[line], laid.target[line]
        if not all(map(self.letters, pair)):
            return False
        one, two = (
            (place.astype(np.float32) - ground) / contrast
            for place, (ground, contrast) in zip(pair, (left, right), strict=True)
        )
        least, most, mask = np.minimum(one, two), np.maximum(one, two), seen.mask[line]
        alone = int(np.count_nonzero((most > 0.5) & (least < 0.25) & mask))
        shared = int(np.count_nonzero((least > 0.5) & (most - least < self.one_ground) & ~mask))
        return 0 < self.amid_more * alone < shared

    def _around(self, picture: Gray, box: Pixel, tone: tuple[float, float]) -> float:
        """Return the part of the surroundings of a place that has a tone, within some levels."""
        x0, y0, x1, y1 = box
        high = max(y1 - y0, 6)
        inner = y0 - max(y0 - high, 0), x0 - max(x0 - high, 0)
        ring = picture[max(y0 - high, 0) : y1 + high + 1, max(x0 - high, 0) : x1 + high + 1].astype(
            np.float32
        )
        ring[inner[0] : inner[0] + y1 - y0 + 1, inner[1] : inner[1] + x1 - x0 + 1] = np.nan
        around = ring[~np.isnan(ring)]
        return float((np.abs(around - tone[0]) < tone[1]).mean()) if len(around) else 0.0

    def letters(self, place: Gray) -> float:
        """Return by how many grey levels letters are brighter than their ground, less than 0 if darker; 0 where there are none."""
        ground, low, high = (percentile(place, part) for part in (50, 1, 99))
        deep = ground - low > high - ground
        contrast = ground - low if deep else high - ground
        if contrast < self.textured * 255:
            return 0.0
        height = (ground - place.astype(np.float32)) * (1 if deep else -1) / contrast
        letters = height > 0.5
        part = float(letters.mean())
        if not self.ink[0] < part < self.ink[1]:
            return 0.0
        around = height[~letters]
        between = float(((height > 0.25) & (height < 0.75)).mean())
        plain = (
            percentile(around, 75) - percentile(around, 25) < self.even
            and between < self.between * 2 * min(part, 0.5) + 0.05
        )
        return 0.0 if not plain else -contrast if deep else contrast


def range_of_agreeing(laid: Laid, seen: Differences) -> tuple[float, float]:
    """Return the range of tones of half of what agrees, the narrowest, and of four fifths: letters or a portrait that agree have no say.

    Nor has a coloured bar across a card, as plain places may be left out, nor lines on plain paper, as they need not: the narrower range
    counts.
    """
    apart = cv2.dilate(seen.filled().astype(np.uint8), np.ones((9, 9), np.uint8))
    # Of another picture in a window not all is told as a place that differs: what agrees varies alike.
    same = resemblance(laid.source, laid.target, np.where(apart > 0, np.uint8(0), laid.valid)).alike > 0
    soft = cv2.GaussianBlur(laid.target.astype(np.float32), (0, 0), SOFT)
    mean = cv2.blur(soft, (AROUND, AROUND))
    varied = same & (cv2.blur(soft * soft, (AROUND, AROUND)) - mean * mean > PLAIN**2)
    enough = np.count_nonzero(varied) > VARIED * np.count_nonzero(same)
    half = min(_range(laid.target[each]) for each in ((same, varied) if enough else (same,)))
    most = percentile(laid.target[same], 95) - percentile(laid.target[same], 15) if same.any() else 255.0
    return half, most


def _range(tones: Gray) -> float:
    """Return the length of the shortest half (Rousseeuw and Leroy 1988), in grey levels."""
    if not len(tones):
        return 255.0
    ordered = np.sort(tones[:: max(len(tones) // 20_000, 1)].astype(np.int16))
    half = len(ordered) // 2
    return float((ordered[half:] - ordered[: len(ordered) - half]).min())


SOFT, AROUND, PLAIN = 1.5, 9, 1.0
"""Blur and window in pixels, and grey levels: a place that varies less within that is plain. Chosen; noise of 4 levels stays below."""
VARIED = 0.15
"""Part of what agrees that must not be plain, to be asked alone. Chosen."""


def letter_height(page: Gray) -> float:
    """Return the height in pixels of the median letter of a page; 0 where there are few, or pieces of all heights as in pictures.

    A letter is a piece of ink, of what differs from the ground around it by two fifths of the full contrast: lower case and parts of Chinese
    signs are as high as half of the type's size.
    """
    height, width = page.shape
    small = cv2.resize(page, (max(width // 4, 1), max(height // 4, 1)), interpolation=cv2.INTER_AREA)
    ground = cv2.resize(cv2.medianBlur(small, 15), (width, height), interpolation=cv2.INTER_LINEAR)
    apart = np.asarray(cv2.absdiff(page, ground), np.uint8)
    ink = (apart > INK * percentile(apart, 99)).astype(np.uint8)
    _, _, pieces, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    wide, high, area = pieces[1:, 2], pieces[1:, 3], pieces[1:, 4]
    letters = high[(area >= DOT) & (high > 1) & (high < HIGHEST) & (wide < 4 * high)]
    if len(letters) < LETTERS:
        return 0.0
    low, middle, tall = np.percentile(letters, (25, 50, 75))
    return float(middle) if tall - low < ONE_HEIGHT * middle else 0.0


INK, DOT, HIGHEST, LETTERS = 0.4, 4, 60, 40
"""Part of full contrast that makes ink; pixels of a piece at least, its height in pixels at most, and how many make a page. Chosen."""
ONE_HEIGHT = 0.6
"""How far apart the quartiles of letters' heights may be, in medians: of 315 copies of pages all but two have less, the median 0.4; of 104
edits of a field of snow, all but five 0.65 and more."""


def faded(picture: Gray) -> float:
    """Return the range of tones behind a line of letters on a photograph that was faded to be written on, in grey levels; else 0.

    Letters are pieces darker than the ground by more than all of its tones span; in line are those as high as each other on one base. A plate
    in a photograph is no ground of its: it is brighter.
    """
    low, high = (percentile(picture, part) for part in GROUND)
    span = max(high - low, LEAST_SPAN)
    dark = (picture < low - span).astype(np.uint8)
    if not dark.any():
        return 0.0
    _, _, pieces, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    x, y, wide, tall, area = pieces[1:].T
    letters = (area >= DOT) & (tall >= DOT) & (tall < HIGHEST) & (wide < 3 * tall)
    if not LINE <= np.count_nonzero(letters) <= MOST_LETTERS:
        return 0.0
    x, y, wide, tall = (each[letters] for each in (x, y, wide, tall))
    base, middle = y + tall, x + wide / 2
    in_line = np.abs(base - base[:, None]) <= np.maximum(ASKEW * tall, 1)[:, None]
    in_line &= np.abs(tall - tall[:, None]) <= np.maximum(UNEVEN * tall, 1)[:, None]
    in_line &= np.abs(middle - middle[:, None]) <= 8 * tall[:, None]
    count = np.count_nonzero(in_line, axis=1)
    if count.max() < LINE:
        return 0.0
    line = in_line[count.argmax()]
    half = int(tall[line].max()) // 2
    top, bottom = max(int(y[line].min()) - half, 0), int(base[line].max()) + half
    left, right = max(int(x[line].min()) - half, 0), int((x + wide)[line].max()) + half
    return span if percentile(picture[top:bottom, left:right], 75) <= high else 0.0


GROUND, LEAST_SPAN = (25, 95), 8.0
"""Percentiles between which the tones of the ground span, a darker portrait left out, and grey levels that they span at least. Chosen."""
LINE, ASKEW, UNEVEN = 5, 0.12, 0.2
"""Letters of a line at least, and parts of a letter's height by which bases and heights may differ: of 100 photographs, also softened, at half
their contrast and at twice their size, none has more than three such pieces in line, of 35 cards with a heading all have five."""
MOST_LETTERS = 2000
"""Pieces of which lines are looked for at most: there is no photograph behind more. Chosen."""
