"""Colours of two pictures lying on each other: whether they agree, were toned, or show another hue at some place.

Compared is chroma in CIELAB, blurred over some pixels, as compression keeps it coarse. A copy may be grey, in one tone, or toned as a
whole by white balance and saturation; a hue that differs at a place is another matter: the same photograph was recoloured, if the
grain is the same, or an article in another colour was photographed.
"""

from dataclasses import dataclass
from operator import itemgetter

import cv2
import numpy as np
from numpy.typing import NDArray

from dedupelab.match.compare.alignment import Gray, Matrix, inverse
from dedupelab.match.compare.detail import Laid, gray, resized, size, warped
from dedupelab.match.compare.loader import Pixels
from dedupelab.match.compare.medians import median, percentile
from dedupelab.match.compare.squares import Flags, Floats
from dedupelab.match.compare.tones import curve

AGREE, GREY, ONE_GREY, ONE_TONE, TONED, HUE = "agree", "grey", "one-grey", "one-tone", "toned", "hue"
"""What colours can be found to do; both pictures are grey, or one is, or one is in one tone, or the whole was toned."""


@dataclass(frozen=True)
class Colours:
    """How the colours of two pictures compare."""

    kind: str
    of_left: bool = False
    """Whether it is the left picture that is grey or in one tone."""
    share: float = 0.0
    """Part of what both show in which the hue differs."""
    grain: float = 1.0
    """Part of the fine texture of that place that both have in common; NaN where it has none."""
    noise: float = float("nan")
    """Part of the noise of both pictures, away from all outlines, that they have in common; NaN where one has next to none."""
    shape: float = 1.0
    """Correlation of brightness there: of what is covered by something else there is none."""
    boxes: tuple[tuple[int, int, int, int], ...] = ()
    """Around the places where the hue differs, in pixels of the laid pictures."""


@dataclass(frozen=True)
class ColourComparison:
    """Compare the colours of two pictures that lie on each other."""

    longest: int = 128
    """Longer side at which chroma is compared: files keep it at half resolution, and coarse."""
    blur: float = 0.8
    """Blur in these pixels."""
    grey: float = 4.0
    """Chroma that 99 of 100 pixels of a grey picture stay below: grey JPEGs have 0, grey scans in colour some 3."""
    grey_blur: float = 2.0
    """Blur in these pixels under which that is asked: noise of single colours, in a grey picture, comes to 5 without and 2 with it. Chosen."""
    one_tone: float = 4.0
    """Chroma by which 95 of 100 pixels may deviate from one curve over lightness: sepia and duotone stay below 3, photographs with two
    colours exceed 6 ..."""
    of_chroma: float = 0.3
    """... and as a part of their chroma: in faded photographs the deviations are small, too, but not against what colour is left."""
    close: float = 5.0
    """Chroma that differs in at most 1 of 100 pixels of plain copies; then nothing more is asked."""
    gains: tuple[float, float] = (0.6, 1.6)
    """By how much a white balance may multiply red, green and blue; lamplight on daylight film stays within."""
    rest: float = 13.0
    """Chroma that differs beyond tone where a hue differs: copies at JPEG quality 10 have less in 99 of 100 pixels."""
    angle: float = 28.0
    """Degrees of hue by which it must turn, where both are coloured; saturation alone is a tone."""
    coloured: float = 9.0
    """Chroma from which a hue can be named."""
    part: float = 0.004
    """Part of what both show from which a place of another hue is told."""
    kept: float = 0.3
    """Multiple of its chroma below which a toning leaves next to nothing of a picture's own hues. Chosen: of sepia and duotones it leaves 0
    to 0.2."""
    another: float = 45.0
    """Degrees by which a hue must turn then: the coloured bar of a scanned page came to 30, articles in other colours to 70 and more."""
    nearly: float = 1.5
    """How far both may be from following lightness, as a part of what `one_tone` and `of_chroma` allow, so that this may be their colours'
    own doing. Chosen: articles before a plain ground have 0.7 to 1.1."""
    cast: float = 4.0
    """Chroma by which the whole must be shifted, or a third by which it must be multiplied, to be called toned."""
    strongest: float = 40.0
    """Shift of the whole beyond which it is no white balance: a lamp's light on daylight film comes to 30."""

    def __call__(  # noqa: PLR0911 - one per kind
        self, left: Pixels, right: Pixels, laid: Laid, apart: Flags, *, inverted: bool = False
    ) -> Colours:
        """Return how the colours compare where the pictures do not differ otherwise.

        Parameters
        ----------
        apart
            Where they differ in brightness already.
        inverted
            Whether one is the negative of the other.
        """
        source, target = (right, left) if laid.backwards else (left, right)
        one, two, valid = self._small(source, target, laid, apart)
        if inverted:
            one = np.asarray(255 - one, np.uint8)
        (light, chroma), (_, other) = self._chroma(one), self._chroma(two)
        if np.count_nonzero(valid) < 100:
            return Colours(AGREE)
        light, own, far = light[valid], chroma[valid], other[valid]
        calm = (cv2.GaussianBlur(each, (0, 0), self.grey_blur)[valid] for each in (chroma, other))
        grey = [percentile(np.hypot(*each.T), 99) < self.grey for each in calm]
        if all(grey):
            return Colours(GREY)
        if any(grey):
            return Colours(ONE_GREY, of_left=grey[0] != laid.backwards)
        apart_by = np.hypot(*(own - far).T)
        if percentile(apart_by, 99) < self.close:
            return Colours(AGREE)
        off = self._off_tone(light, own), self._off_tone(light, far)
        single = next((k for k in (0, 1) if off[k] < 1 and off[1 - k] > max(2 * off[k], 1)), None)
        if single is not None:
            return Colours(ONE_TONE, of_left=(single == 0) != laid.backwards)
        cast = median(apart_by)
        balanced = self._balanced(one, two, far, valid)
        scale, shift, expected = self._toned(light, balanced, far)
        pieces, share = self._elsewhere(expected, far, valid)
        if share < self.part and (scale < self.kept or max(off) < self.nearly):
            # A thing of one colour before a plain ground differs from the ground in lightness, too, so that a toning that follows
            # lightness explains any other colour of it; and where the ground is white or black, so does a white balance.
            pieces, share = self._elsewhere(own, far, valid, self.another)
        if share >= self.part or shift > self.strongest:
            mask = np.asarray(pieces > 0) if share >= self.part else valid
            covered = one_covers(one, two, mask, valid) or (shift <= self.strongest and at_edges(mask, valid))
            return Colours(
                HUE,
                share=max(share, self.part),
                grain=_grain(source, laid, mask),
                noise=_noise(laid),
                shape=0.0 if covered else _shape(laid, mask),
                boxes=_boxes(mask, laid),
            )
        if max(shift, cast) > self.cast or not 0.75 < scale < 4 / 3:
            return Colours(TONED)
        return Colours(AGREE)

    def _small(
        self, source: Pixels, target: Pixels, laid: Laid, apart: Flags
    ) -> tuple[Pixels, Pixels, Flags]:
        """Return both in colour on a small frame, and where they are to be compared."""
        height, width = laid.target.shape
        part = min(1.0, self.longest / max(height, width))
        small = max(round(width * part), 1), max(round(height * part), 1)
        to_laid = resized(small, (width, height))
        one = _warped(source, laid.to_source @ to_laid, small)
        two = _warped(target, laid.to_target @ to_laid, small)
        usable = laid.valid
        if apart.any():
            unlike = cv2.dilate(apart.astype(np.uint8), np.ones((5, 5), np.uint8))
            usable = np.where(unlike > 0, np.uint8(0), usable)
        return one, two, np.asarray(cv2.resize(usable, small, interpolation=cv2.INTER_AREA) > 250)

    def _chroma(self, pixels: Pixels) -> tuple[Floats, Floats]:
        lab = cv2.cvtColor(np.asarray(pixels, np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
        lab = cv2.GaussianBlur(lab, (0, 0), self.blur)
        return np.asarray(lab[..., 0] / 50 - 1, np.float32), np.asarray(lab[..., 1:], np.float32)

    def _elsewhere(
        self, expected: Floats, far: Floats, valid: Flags, angle: float | None = None
    ) -> tuple[NDArray[np.uint8], float]:
        """Return where the hue is another than expected, and the part of what is compared that this is.

        What is expected or found without a hue counts, too, unless an angle is asked for.
        """
        turned = np.abs(np.angle((far @ _UNIT) * np.conj(expected @ _UNIT), deg=True))
        pale = np.minimum(np.hypot(*far.T), np.hypot(*expected.T)) < self.coloured
        other = (turned > self.angle) | pale if angle is None else (turned > angle) & ~pale
        differs = np.zeros(valid.shape, np.uint8)
        differs[valid] = (np.hypot(*(far - expected).T) > self.rest) & other
        pieces = np.asarray(cv2.morphologyEx(differs, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
        return pieces, np.count_nonzero(pieces) / np.count_nonzero(valid)

    def _off_tone(self, light: Floats, chroma: Floats) -> float:
        """Return how far chroma is from following lightness, as it does in sepia: below 1, it does."""
        powers = np.vander(light.astype(np.float64), 5, increasing=True)
        rest = chroma - powers @ np.linalg.lstsq(powers.T @ powers, powers.T @ chroma, rcond=None)[0]
        bound = min(self.one_tone, self.of_chroma * percentile(np.hypot(*chroma.T), 95))
        return percentile(np.hypot(*rest.T), 95) / max(bound, 1e-6)

    def _balanced(self, one: Pixels, two: Pixels, far: Floats, valid: Flags) -> Floats:
        """Return the chroma of the picture under a white balance; before it under the other's curve of tones, if that is nearer to its chroma.

        Brightness and contrast change all three colours by one curve; where a white balance alone changed them, the curve of brightness
        would bend them.
        """
        tones = curve(gray(one), gray(two), np.where(valid, np.uint8(255), np.uint8(0)))
        found = []
        for each in (one, np.asarray(cv2.LUT(one, tones), np.uint8)):
            gains = self._gains(each[valid], two[valid])
            own = self._chroma(np.asarray(np.clip(each * gains, 0, 255), np.uint8))[1][valid]
            found.append((median(np.hypot(*(own - far).T)), own))
        return min(found, key=itemgetter(0))[1]

    def _gains(self, one: Pixels, two: Pixels) -> Floats:
        """Return by how much white balance multiplied red, green and blue."""
        bright = np.asarray(one, np.float32)
        middle = (bright > 30) & (bright < 220) & (two < 250)
        ratio = np.asarray(two, np.float32) / np.maximum(bright, 1)
        found = [median(ratio[middle[:, k], k]) if middle[:, k].sum() > 50 else 1.0 for k in range(3)]
        return np.asarray(np.clip(found, *self.gains), np.float32)

    def _toned(self, light: Floats, own: Floats, far: Floats) -> tuple[float, float, Floats]:
        """Fit what toning does: chroma is multiplied, and shifted by lightness; a minority has no say. Multiple, shift, expected."""
        powers = np.vander(light.astype(np.float64), 3, increasing=True)
        told = np.concatenate([powers, own, far], axis=1)
        ridge, normal, wanted = 1e-6 * len(light) * np.eye(7), np.zeros((7, 7)), np.zeros(7)
        # That nothing was toned is believed first: a large red thing that is blue in the other would else bend the fit to itself.
        weight = _trust(far - own)
        solution: NDArray[np.float64] = np.zeros(7)
        expected: NDArray[np.floating] = far.astype(np.float64)
        for _ in range(6):
            # Both axes of chroma are shifted by powers of lightness, and multiplied by one number.
            sums = (told * weight[:, None]).T @ told
            normal[0, 0] = sums[3, 3] + sums[4, 4]
            normal[0, 1:] = normal[1:, 0] = sums[3:5, :3].ravel()
            normal[1:4, 1:4] = normal[4:, 4:] = sums[:3, :3]
            wanted[0], wanted[1:] = sums[3, 5] + sums[4, 6], sums[:3, 5:].T.ravel()
            solution = np.asarray(np.linalg.solve(normal + ridge, wanted), np.float64)
            if solution[0] < 0:
                # Toning does not turn hues over: then the shift alone has to explain them.
                solution = np.append(0.0, np.linalg.solve((normal + ridge)[1:, 1:], wanted[1:]))
            expected = solution[0] * own + powers @ solution[1:].reshape(2, 3).T
            weight = _trust(far - expected)
        shift = expected - solution[0] * own
        return float(solution[0]), median(np.hypot(*shift.T)), np.asarray(expected, np.float32)


def _trust(off: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return how much say each pixel has, by how much chroma is left unexplained: half at 4, a hundredth at 18."""
    return np.asarray(1 / (1 + (off[:, 0] ** 2 + off[:, 1] ** 2) / 36) ** 2)


_UNIT = np.array([1, 1j])


def _warped(pixels: Pixels, to_picture: Matrix, frame: tuple[int, int]) -> Pixels:
    """Return a picture on a small frame, `to_picture` mapping the frame's pixels to its own."""
    zoom = float(np.sqrt(abs(np.linalg.det(to_picture[:2, :2] / to_picture[2, 2]))))
    if zoom > 1.2:
        small = max(round(pixels.shape[1] / zoom), 1), max(round(pixels.shape[0] / zoom), 1)
        to_picture = resized(size(pixels), small) @ to_picture
        pixels = np.asarray(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), np.uint8)
    return warped(pixels, inverse(to_picture), frame[::-1])


def _shape(laid: Laid, mask: Flags) -> float:
    """Return the correlation of brightness within the mask; one where it is the same."""
    small = mask.shape[1], mask.shape[0]
    toned = cv2.LUT(laid.source, curve(laid.source, laid.target, laid.valid))
    one, two = (
        cv2.resize(each, small, interpolation=cv2.INTER_AREA)[mask].astype(np.float64)
        for each in (toned, laid.target)
    )
    if percentile(np.abs(one - two), 75) < EQUAL:
        return 1.0
    spread = float(one.std() * two.std())
    return float(((one - one.mean()) * (two - two.mean())).mean()) / spread if spread > 4 else 0.0


def one_covers(one: Pixels, two: Pixels, mask: Flags, valid: Flags) -> bool:
    """Whether one colour of the one picture lies over many of the other: over the mask, and over what differs in brightness beside it.

    A sticker's inside may be as bright as what it covers; then its hue alone differs there.
    """
    _, names = cv2.connectedComponents((mask | ~valid).astype(np.uint8), connectivity=8)
    place = np.isin(names, np.unique(names[mask]))
    tints = ((each, np.median(each[mask], axis=0)) for each in (one, two))
    less, more = sorted(
        float((np.abs(each[place] - tint).max(axis=-1) < TINT).mean()) for each, tint in tints
    )
    return more > COVERS[0] and less < COVERS[1]


def at_edges(mask: Flags, valid: Flags) -> bool:
    """Whether another hue stands at the edges of what both show alone, where the border of a copy that was turned a little overlaps."""
    rows, columns = (np.flatnonzero(valid.any(axis=way)) for way in (1, 0))
    margin = max(round(EDGE * min(len(rows), len(columns))), 1)
    inner = mask[rows[0] + margin : rows[-1] + 1 - margin, columns[0] + margin : columns[-1] + 1 - margin]
    return not inner.any()


def _boxes(mask: Flags, laid: Laid) -> tuple[tuple[int, int, int, int], ...]:
    """Return boxes around the larger pieces of the mask, largest first."""
    height, width = laid.target.shape
    across, down = width / mask.shape[1], height / mask.shape[0]
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    found = []
    for x, y, wide, high, count in sorted(stats[1:].tolist(), key=lambda each: -each[4])[:4]:
        if count >= 0.1 * np.count_nonzero(mask):
            ends = (x + wide) * across - 1, (y + high) * down - 1
            found.append((round(x * across), round(y * down), round(ends[0]), round(ends[1])))
    return tuple(found)


def _grain(source: Pixels, laid: Laid, mask: Flags) -> float:
    """Return the part of the target's fine texture within the mask that follows from the source's three colours; NaN if it has none."""
    height, width = laid.target.shape
    within = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    inside = np.asarray(cv2.erode(within, np.ones((3, 3), np.uint8)) > 0) & (laid.valid > 0)
    colour = warped(source, inverse(laid.to_source), laid.target.shape)
    causes: NDArray[np.float64] = _fine(colour)[inside].astype(np.float64).reshape(-1, 3)
    effect = _fine(laid.target)[inside].astype(np.float64)
    if len(effect) < FEW:
        return float("nan")
    # Outlines agree in pictures of one article, too: grain is what is left of them.
    calm = np.abs(effect) <= percentile(np.abs(effect), 90)
    causes, effect = causes[calm], effect[calm]
    if effect.std() < FAINT or causes.std(axis=0).max() < FAINT:
        return float("nan")
    normal = causes.T @ causes + 1e-6 * len(effect) * np.eye(3)
    explained = causes @ np.linalg.solve(normal, causes.T @ effect)
    return float(1 - ((effect - explained) ** 2).sum() / (effect**2).sum())


def _noise(laid: Laid) -> float:
    """Return the correlation of the finest texture where the scene itself changes least; NaN where either picture has none.

    Two exposures share what they show and not the noise of their pixels. Of 72 recoloured copies of photographs (JPEG quality 30 to 95, at 70
    to 150 %) those that have noise share 0.43 and more of it, of quality 60 and better 0.59; articles photographed anew share 0.03 to 0.48.
    """
    one, two, valid = laid.source, laid.target, laid.valid > 0
    for each in (one, two):
        valid &= (each > CLIPPED) & (each < 255 - CLIPPED)
    if np.count_nonzero(valid) < FEW / CALM:
        return float("nan")
    steep = np.maximum(_slope(one), _slope(two))
    calm = valid & (steep <= percentile(steep[valid], 100 * CALM))
    floats = (each.astype(np.float32) for each in (one, two))
    own, far = ((each - cv2.GaussianBlur(each, (0, 0), 1.0))[calm] for each in floats)
    if min(float(own.std()), float(far.std())) < NOISY:
        return float("nan")
    return float((own * far).mean() / np.sqrt((own * own).mean() * (far * far).mean()))


def _slope(picture: Gray) -> Floats:
    """Return how steeply brightness changes, noise left out, in levels a pixel."""
    soft = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 2.0)
    return np.hypot(
        cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8)
    )


TINT = 16
"""Levels of red, green and blue up to which a place has one colour. Chosen."""
COVERS = (0.5, 0.25)
"""Part of a place that has one colour in one picture, at least, and in the other, at most, where a sticker covers it: of stickers on a third of
139 photographs, those that had been taken for another version have 0.50 to 0.53 and 0.05 to 0.17."""
EDGE = 0.06
"""Part of the shorter side within which a border beside a picture turned by some degrees is seen. Chosen."""
CALM = 0.03
"""Part of the pixels, those where brightness changes least, at which noise is compared. Chosen."""
NOISY = 1.5
"""Grey levels of finest texture from which there is noise to compare: compression leaves up to 1.3 of its own."""
CLIPPED = 8
"""Grey levels next to black and white at which noise is cut off. Chosen."""
EQUAL = 6
"""Grey levels up to which two places are equally bright: stickers differ by 16 and more from what they cover."""
FEW = 200
"""Pixels below which nothing is said of their grain."""
FAINT = 0.35
"""Grey levels of texture below which there is no grain to compare."""


def _fine(pixels: Pixels) -> Floats:
    values = pixels.astype(np.float32)
    return np.asarray(cv2.GaussianBlur(values, (0, 0), 0.6) - cv2.GaussianBlur(values, (0, 0), 2.0))
