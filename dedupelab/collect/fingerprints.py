"""Perceptual hashes of a gray picture, bit for bit those of imagehash where it is decoded in full.

pHash: Zauner, "Implementation and benchmarking of perceptual image hash functions" (2010), section 3.2, as imagehash
computes it: resize to four times the hash size, two-dimensional DCT-II, lowest frequencies, one bit per coefficient
above their median. dHash: one bit per horizontal brightness step.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dedupelab.collect.projection import cosines, project

Bits = NDArray[np.bool_]
Float = NDArray[np.float64]
_WORK_SIDE = 96
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


def fingerprint(gray: Image.Image, *, exact: bool = False) -> Fingerprints:
    """Compute every fingerprint of a gray picture.

    Parameters
    ----------
    gray
        Mode L, oriented, any size.
    exact
        Ask imagehash itself for its bits. Otherwise all hashes come from one matrix product over the picture, averaged
        down to 96 to 191 pixels on its shorter side, which costs a tenth and moves at most 2 of pHash's 64 bits.
    """
    block = max(1, min(gray.size) // _WORK_SIDE)
    small = gray.reduce(block) if block > 1 else gray
    pixels = np.asarray(small)
    if exact:
        coarse, phash, phash256, dhash = _reference(gray)
    else:
        seen = project(pixels, gray.size, block)
        coarse = low_frequencies(seen.small, 8)
        phash = to_int(above_median(coarse))
        phash256 = np.packbits(above_median(seen.frequencies)).tobytes()
        dhash = to_int(difference(seen.tiny))
    box = (0, 0, gray.width / block, gray.height / block)
    fine = np.asarray(small.resize((_QUALITY_SIDE, _QUALITY_SIDE), Image.Resampling.HAMMING, box))
    trimmed = phash
    if has_border(fine):
        inside = content_box(pixels)
        if inside is not None:
            cut = np.asarray(small.resize((32, 32), Image.Resampling.LANCZOS, inside))
            trimmed = to_int(above_median(low_frequencies(cut, 8)))
    return Fingerprints(phash, dhash, orientations(coarse).tobytes(), trimmed, phash256, information(fine))


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
    rows = cosines(pixels.shape[0], size)
    low: Float = rows @ pixels.astype(np.float64) @ rows.T
    ordered = np.sort(low, axis=None)
    middle = len(ordered) // 2
    if ordered[middle] - ordered[middle - 1] < 1e-9 * max(1.0, abs(float(low[0, 0]))):
        from scipy.fft import dct  # noqa: PLC0415  hardly any picture needs it

        low = dct(dct(pixels.astype(np.float64), axis=0), axis=1)[:size, :size]
    return low


def above_median(coefficients: Float) -> Bits:
    """One bit per coefficient: above the median of all."""
    ordered = np.sort(coefficients, axis=None)
    middle = len(ordered) // 2
    return np.asarray(
        coefficients > (ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2)
    )


def orientations(coefficients: Float) -> NDArray[np.uint64]:
    """Return pHash of the picture in the eight orientations of `tables.TRANSFORMS`, shape (8,).

    Mirroring a picture changes the sign of its odd coefficients along that axis and turning it by a quarter transposes
    them, so no pixel is touched.
    """
    places, signs = _turns(coefficients.shape[0])
    forms = coefficients.ravel()[places] * signs
    ordered = np.sort(forms, axis=1)
    half = forms.shape[1] // 2
    middle = (ordered[:, half - 1] + ordered[:, half]) / 2
    return np.packbits(forms > middle[:, None], axis=1).view(">u8").ravel().astype("<u8")


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
    return pixels[:, 1:] > pixels[:, :-1]


def information(pixels: NDArray[np.uint8]) -> float:
    """How much a picture shows, 0 (blank) to 1, from its 64 x 64 reduction.

    The smallest of three measures: PDQ's quality (sum of whole-per-cent steps between neighbours over 90, at most 100;
    "PDQ reference implementation", hashing.pdf, section on quality), the entropy of the gray levels over 8 bits, and the
    entropy of the steps over 8 bits. Blank pages fail the first, icons the second, and the third what is drawn by rule:
    gradients, stripes and test cards repeat one step, photographs hold three bits of steps and more.
    """
    levels = pixels.astype(np.intp)
    steps = np.concatenate([np.diff(levels, axis=axis).ravel() for axis in (0, 1)])
    counts = np.bincount(steps + 255, minlength=511)
    quality = min(100.0, float(counts @ _PER_CENT) / 90.0) / 100.0
    return round(min(quality, _entropy(np.bincount(levels.ravel())) / 8.0, _entropy(counts) / 8.0), 4)


def has_border(pixels: NDArray[np.uint8], tolerance: int = 6) -> bool:
    """Say at little cost whether some edge of the picture is even enough to be a border."""
    edges = np.concatenate((pixels[:1], pixels[-1:], pixels.T[:1], pixels.T[-1:]))
    return bool(((edges.max(axis=1) - edges.min(axis=1)) <= 2 * tolerance).any())


def content_box(pixels: NDArray[np.uint8], tolerance: int = 6) -> tuple[int, int, int, int] | None:
    """Return the box (left, top, right, bottom) inside even borders, or None when there is no border worth cutting.

    A row or column belongs to the border while its values spread less than `tolerance` levels from its outermost
    line's median. Borders under 2 % of the side are left; a box under a quarter of the side is no picture.
    """
    height, width = pixels.shape
    top, bottom = _border(pixels, tolerance), _border(pixels[::-1], tolerance)
    left, right = _border(pixels.T, tolerance), _border(pixels.T[::-1], tolerance)
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


def to_hex(value: int | bytes) -> str:
    """Return imagehash's hex form of a stored fingerprint (64-bit integer or bytes)."""
    return value.hex() if isinstance(value, bytes) else f"{value:016x}"


def from_hex(text: str) -> int:
    """Read imagehash's 64-bit hex form.

    >>> to_hex(from_hex("ff00000000000001"))
    'ff00000000000001'
    """
    if len(text) != 16 or not set(text) <= set("0123456789abcdefABCDEF"):
        raise ValueError(f"expected 16 hexadecimal digits, got {text[:40]!r}; only 64-bit hashes are read")
    return int(text, 16)


def _border(lines: NDArray[np.uint8], tolerance: int) -> int:
    level = int(np.median(lines[0]))
    spread = np.maximum(
        lines.max(axis=1).astype(np.int16) - level, level - lines.min(axis=1).astype(np.int16)
    )
    inside = np.flatnonzero(spread > tolerance)
    return int(inside[0]) if inside.size else len(lines)


def _entropy(counts: NDArray[np.intp]) -> float:
    """Shannon entropy of values that occur so often, in bits."""
    share = counts[counts > 0] / counts.sum()
    return max(0.0, -float(share @ np.log2(share)))
