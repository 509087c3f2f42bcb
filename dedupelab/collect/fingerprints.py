"""Perceptual hashes of a gray picture, bit for bit those of imagehash where it is decoded in full.

pHash: Zauner, "Implementation and benchmarking of perceptual image hash functions" (2010), section 3.2, as imagehash
computes it: resize to four times the hash size, two-dimensional DCT-II, lowest frequencies, one bit per coefficient
above their median. dHash: one bit per horizontal brightness step.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dedupelab.collect.projection import cosines, project

Bits = NDArray[np.bool_]
Float = NDArray[np.float64]
_WORK_SIDE = 256
_QUALITY_SIDE = 64


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
        down to 256 to 511 pixels a side, which costs a fifth and moves at most 2 of pHash's 64 bits.
    """
    work, span = _reduced(gray, _WORK_SIDE)
    if exact:
        coarse, phash, phash256, dhash = _reference(gray)
    else:
        seen = project(np.asarray(work), span)
        coarse = low_frequencies(seen.small, 8)
        phash = to_int(above_median(coarse))
        phash256 = np.packbits(above_median(seen.frequencies)).tobytes()
        dhash = to_int(difference(seen.tiny))
    small, box = _reduced(gray, 2 * _QUALITY_SIDE)
    fine = np.asarray(small.resize((_QUALITY_SIDE, _QUALITY_SIDE), Image.Resampling.HAMMING, (0, 0, *box)))
    trimmed = phash
    if has_border(fine):
        inside = content_box(np.asarray(small))
        if inside is not None:
            pixels = np.asarray(small.resize((32, 32), Image.Resampling.LANCZOS, inside))
            trimmed = to_int(above_median(low_frequencies(pixels, 8)))
    return Fingerprints(phash, dhash, orientations(coarse).tobytes(), trimmed, phash256, information(fine))


def _reduced(gray: Image.Image, side: int) -> tuple[Image.Image, tuple[float, float]]:
    """Average whole blocks so that no side falls below `side`; return the copy and the size that the original has in it."""
    across, down = max(1, gray.width // side), max(1, gray.height // side)
    work = gray.reduce((across, down)) if across * down > 1 else gray
    return work, (gray.width / across, gray.height / down)


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
    sign = np.where(np.arange(coefficients.shape[0]) % 2, -1.0, 1.0)
    across, down = sign[None, :], sign[:, None]
    forms = np.empty((8, *coefficients.shape))
    for first, start in ((0, coefficients), (4, coefficients * across)):
        forms[first : first + 4] = start, start.T * down, start * across * down, start.T * across
    flat = forms.reshape(8, -1)
    middle = np.sort(flat, axis=1)[:, flat.shape[1] // 2 - 1 : flat.shape[1] // 2 + 1].mean(axis=1)
    return np.packbits(flat > middle[:, None], axis=1).view(">u8").ravel().astype("<u8")


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
    steps = np.concatenate([np.diff(pixels.astype(np.int32), axis=axis).ravel() for axis in (0, 1)])
    quality = min(100.0, float((np.abs(steps) * 100 // 255).sum()) / 90.0) / 100.0
    return round(min(quality, _entropy(pixels.ravel()) / 8.0, _entropy(steps + 255) / 8.0), 4)


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


def _entropy(values: NDArray[np.integer]) -> float:
    """Shannon entropy of non-negative whole numbers, in bits."""
    counts = np.bincount(values)
    share = counts[counts > 0] / values.size
    return max(0.0, -float((share * np.log2(share)).sum()))
