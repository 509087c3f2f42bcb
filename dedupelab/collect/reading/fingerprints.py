"""Perceptual hashes of a gray picture, bit for bit those of imagehash where it is decoded in full.

pHash: Zauner, "Implementation and benchmarking of perceptual image hash functions" (2010), section 3.2, as imagehash
computes it: resize to four times the hash size, two-dimensional DCT-II, lowest frequencies, one bit per coefficient
above their median. dHash: one bit per horizontal brightness step.

Pictures are reduced one by one, as they are decoded, and fingerprinted many at a time: most steps are so small that calling
them costs more than what they do. Their arrays may therefore have any axes before the picture's own two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dedupelab.collect.reading.projection import cosines, project

Bits = NDArray[np.bool_]
Float = NDArray[np.float64]
TOLERANCE = 6
"""Levels that an even border may spread over."""
_WORK_SIDE = 128
_QUALITY_SIDE = 64
_PER_CENT = np.abs(np.arange(-255, 256)) * 100 // 255
"""A step between neighbours, from -255 to 255, in whole per cent of the range, without its sign."""


@dataclass(frozen=True)
class Fingerprints:
    """All fingerprints of one picture, as the images table stores them."""

    phash: int
    dhash: int
    phash_forms: bytes
    phash_trimmed: int
    phash256: bytes
    information: float


class Reduced(NamedTuple):
    """A gray picture averaged in square blocks, the size it had, and the side of a block."""

    picture: Image.Image
    size: tuple[int, int]
    block: int


def reduced(gray: Image.Image) -> Reduced:
    """Average a gray picture (mode L, oriented) to 128 to 255 pixels on its shorter side, or leave it when smaller."""
    block = max(1, min(gray.size) // _WORK_SIDE)
    return Reduced(gray.reduce(block) if block > 1 else gray, gray.size, block)


def fingerprint(gray: Image.Image, *, exact: bool = False) -> Fingerprints:
    """Compute every fingerprint of a gray picture.

    Parameters
    ----------
    gray
        Mode L, oriented, any size.
    exact
        Ask imagehash itself for its bits, which costs ten times as much. See `fingerprints` for what is done otherwise.
    """
    small = reduced(gray)
    if not exact:
        return fingerprints([small])[0]
    coarse, phash, phash256, dhash = _reference(gray)
    ((trimmed, shown),) = _inspected([small], [np.asarray(small.picture)])
    forms = orientations(coarse).tobytes()
    return Fingerprints(phash, dhash, forms, phash if trimmed is None else trimmed, phash256, shown)


def fingerprints(pictures: Sequence[Reduced]) -> list[Fingerprints]:
    """Compute every fingerprint of reduced pictures; how many there are at a time changes none.

    All hashes come from one matrix product a picture, which moves at most 2 of pHash's 64 bits on photographs.
    """
    if not pictures:
        return []
    pixels = [np.asarray(small.picture) for small in pictures]
    seen = [project(one, small.size, small.block) for one, small in zip(pixels, pictures, strict=True)]
    forms = orientations(low_frequencies(np.stack([one.small for one in seen]), 8))
    large = np.packbits(
        above_median(np.stack([one.frequencies for one in seen])).reshape(len(seen), -1), axis=1
    )
    steps = np.packbits(difference(np.stack([one.tiny for one in seen])).reshape(len(seen), -1), axis=1)
    hashes = zip(forms[:, 0].tolist(), steps.view(">u8").ravel().tolist(), forms, large, strict=True)
    return [
        Fingerprints(
            phash, dhash, turned.tobytes(), phash if trimmed is None else trimmed, fine.tobytes(), shown
        )
        for (phash, dhash, turned, fine), (trimmed, shown) in zip(
            hashes, _inspected(pictures, pixels), strict=True
        )
    ]


def _inspected(
    pictures: Sequence[Reduced], pixels: Sequence[NDArray[np.uint8]]
) -> list[tuple[int | None, float]]:
    """Return pHash inside the borders, None where there are none to cut, and how much each picture shows."""
    side = (_QUALITY_SIDE, _QUALITY_SIDE)
    fine = np.stack(
        [
            np.asarray(small.resize(side, Image.Resampling.HAMMING, (0, 0, width / block, height / block)))
            for small, (width, height), block in pictures
        ]
    )
    return [
        (_trimmed(small.picture, one) if bordered else None, round(shown, 4))
        for small, one, bordered, shown in zip(
            pictures, pixels, has_border(fine).tolist(), information(fine).tolist(), strict=True
        )
    ]


def _trimmed(small: Image.Image, pixels: NDArray[np.uint8]) -> int | None:
    inside = content_box(pixels)
    if inside is None:
        return None
    cut = np.asarray(small.resize((32, 32), Image.Resampling.LANCZOS, inside))
    return to_int(above_median(low_frequencies(cut, 8)))


def _reference(gray: Image.Image) -> tuple[Float, int, bytes, int]:
    """Return the coefficients behind pHash, and imagehash's pHash, 256-bit pHash and dHash."""
    import imagehash  # noqa: PLC0415  brings scipy and PyWavelets; only the full decode asks it

    small = np.asarray(gray.resize((32, 32), Image.Resampling.LANCZOS))
    large = imagehash.phash(gray, hash_size=16).hash
    return (
        low_frequencies(small, 8),
        to_int(imagehash.phash(gray).hash),
        np.packbits(large).tobytes(),
        to_int(imagehash.dhash(gray).hash),
    )


def low_frequencies(pixels: NDArray[np.uint8], size: int) -> Float:
    """Return the `size` x `size` lowest coefficients of the unnormalised DCT-II, vertical frequency first.

    The product with the cosine matrix costs a fifth of the transform; where a coefficient lies so close to the median
    that rounding could decide its bit, scipy's own transform is used, so that imagehash's bits come out.
    """
    rows = cosines(pixels.shape[-1], size)
    low: Float = rows @ pixels.astype(np.float64) @ rows.T
    below, above = _middle(low)
    close = above - below < 1e-9 * np.maximum(1.0, np.abs(low[..., 0, 0]))
    if close.any():
        from scipy.fft import dct  # noqa: PLC0415  hardly any picture needs it

        # One by one: in a batch the transform rounds otherwise, and a picture's bits would depend on its neighbours.
        near = pixels[close].astype(np.float64).reshape(-1, *pixels.shape[-2:])
        low[close] = np.stack([dct(dct(one, axis=-2), axis=-1)[:size, :size] for one in near]).reshape(
            low[close].shape
        )
    return low


def above_median(coefficients: Float) -> Bits:
    """One bit per coefficient: above the median of all."""
    below, above = _middle(coefficients)
    return np.asarray(coefficients > ((below + above) / 2)[..., None, None])


def _middle(coefficients: Float) -> tuple[Float, Float]:
    """Return the two coefficients around the median; there is an even number of them."""
    ordered = np.sort(coefficients.reshape(*coefficients.shape[:-2], -1), axis=-1)
    half = ordered.shape[-1] // 2
    return np.asarray(ordered[..., half - 1]), np.asarray(ordered[..., half])


def orientations(coefficients: Float) -> NDArray[np.uint64]:
    """Return pHash of the picture in the eight orientations of `tables.TRANSFORMS`, shape (..., 8).

    Mirroring a picture changes the sign of its odd coefficients along that axis and turning it by a quarter transposes
    them, so no pixel is touched.
    """
    places, signs = _turns(coefficients.shape[-1])
    forms = coefficients.reshape(*coefficients.shape[:-2], -1)[..., places] * signs
    bits = above_median(forms.reshape(*forms.shape[:-1], *coefficients.shape[-2:])).reshape(forms.shape)
    return np.asarray(np.packbits(bits, axis=-1).view(">u8")[..., 0].astype("<u8"))


@cache
def _turns(size: int) -> tuple[NDArray[np.intp], Float]:
    """Return where each orientation's coefficients stand in those of the upright picture, and the signs they take."""
    sign = np.where(np.arange(size) % 2, -1.0, 1.0)
    across, down = sign[None, :], sign[:, None]
    upright = np.arange(1.0, size * size + 1).reshape(size, size)
    turned = np.array(
        [
            form
            for start in (upright, upright * across)
            for form in (start, start.T * down, start * across * down, start.T * across)
        ]
    ).reshape(8, -1)
    return np.abs(turned).astype(np.intp) - 1, np.sign(turned)


def difference(pixels: NDArray[np.uint8]) -> Bits:
    """One bit per step from left to right: 8 x 8 bits of a 9 x 8 reduction."""
    return pixels[..., 1:] > pixels[..., :-1]


def information(pixels: NDArray[np.uint8]) -> Float:
    """How much a picture shows, 0 (blank) to 1, from its 64 x 64 reduction.

    The smallest of three measures: PDQ's quality (sum of whole-per-cent steps between neighbours over 90, at most 100;
    "PDQ reference implementation", hashing.pdf, section on quality), the entropy of the gray levels over 8 bits, and the
    entropy of the steps over 8 bits. Blank pages fail the first, icons the second, and the third what is drawn by rule:
    gradients, stripes and test cards repeat one step, photographs hold three bits of steps and more.
    """
    levels = pixels.astype(np.intp)
    flat = (*levels.shape[:-2], -1)
    steps = np.concatenate([np.diff(levels, axis=axis).reshape(flat) for axis in (-2, -1)], axis=-1)
    counts = _counts(steps + 255, 511)
    quality = np.minimum(100.0, counts @ _PER_CENT / 90.0) / 100.0
    shades = _entropy(_counts(levels.reshape(flat), 256))
    return np.asarray(np.minimum(np.minimum(quality, shades / 8.0), _entropy(counts) / 8.0))


def has_border(pixels: NDArray[np.uint8]) -> Bits:
    """Say at little cost whether some edge of a square picture is even enough to be a border."""
    edges = np.stack((pixels[..., 0, :], pixels[..., -1, :], pixels[..., :, 0], pixels[..., :, -1]), axis=-2)
    return np.asarray(((edges.max(axis=-1) - edges.min(axis=-1)) <= 2 * TOLERANCE).any(axis=-1))


def content_box(pixels: NDArray[np.uint8]) -> tuple[int, int, int, int] | None:
    """Return the box (left, top, right, bottom) inside even borders, or None when there is no border worth cutting.

    A row or column belongs to the border while its values spread less than TOLERANCE levels from its outermost
    line's median. Borders under 2 % of the side are left; a box under a quarter of the side is no picture.
    """
    height, width = pixels.shape
    top, bottom = _border(pixels), _border(pixels[::-1])
    left, right = _border(pixels.T), _border(pixels.T[::-1])
    if max(top, bottom) * 50 < height and max(left, right) * 50 < width:
        return None
    if (height - top - bottom) * 4 < height or (width - left - right) * 4 < width:
        return None
    return left, top, width - right, height - bottom


def to_int(bits: Bits) -> int:
    """Bits in reading order as an unsigned integer, first bit highest, as imagehash's hex form reads.

    >>> to_int(np.array([[True, False], [True, True]]))
    11
    """
    return int.from_bytes(np.packbits(bits, axis=None).tobytes()) >> (-bits.size % 8)


def _border(lines: NDArray[np.uint8]) -> int:
    level = int(np.median(lines[0]))
    spread = np.maximum(
        lines.max(axis=1).astype(np.int16) - level, level - lines.min(axis=1).astype(np.int16)
    )
    inside = np.flatnonzero(spread > TOLERANCE)
    return int(inside[0]) if inside.size else len(lines)


def _counts(values: NDArray[np.intp], kinds: int) -> NDArray[np.intp]:
    """Count how often each of so many whole numbers from 0 occurs along the last axis."""
    rows = values.reshape(-1, values.shape[-1])
    apart = rows + kinds * np.arange(len(rows))[:, None]
    return np.bincount(apart.ravel(), minlength=kinds * len(rows)).reshape(*values.shape[:-1], kinds)


def _entropy(counts: NDArray[np.intp]) -> Float:
    """Shannon entropy of values that occur so often, in bits."""
    share = counts / counts.sum(axis=-1, keepdims=True)
    return np.asarray(np.maximum(0.0, -(share * np.log2(np.where(counts, share, 1.0))).sum(axis=-1)))
