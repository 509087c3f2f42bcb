"""Local descriptors in compact form: what the thorough gear keeps of every picture, some 6 KB.

A RootSIFT descriptor is a grid of 4 x 4 places by 8 directions. Its slowest cosine waves over rows and columns and harmonics over
directions hold four fifths of its variance, need no training, and make mirroring and inversion a change of signs.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Codes = NDArray[np.int8]

KEPT = 170
TILE = 512
"""Descriptors that are compared with as many at once: a megabyte of distances, which a core's own cache holds."""
VERSION = 2
"""Of the compact form; stored with it, so that a cache of another version is not misread."""
_HEAD = struct.Struct("<2sB3H")

# (row wave, column wave, direction harmonic; negative: its sine), by falling variance on natural photographs.
WAVES = (
    (0, 0, 1), (0, 1, 1), (0, 0, -1), (0, 0, 2), (0, 3, 1), (1, 0, -1), (0, 2, 1), (0, 0, -2),
    (2, 0, -1), (0, 1, 2), (0, 1, 0), (0, 1, -1), (1, 1, -1), (1, 2, -1), (1, 0, 2), (1, 1, 1),
    (1, 0, -2), (3, 0, -1), (1, 2, 1), (2, 1, -1), (0, 1, -2), (0, 2, 2), (1, 0, 1), (3, 2, -1),
    (2, 3, 1), (1, 0, 0), (2, 1, 1), (1, 1, -2), (0, 2, 0), (0, 0, 3), (0, 2, -1), (2, 2, -1),
)  # fmt: skip
MIRROR_SIGNS = np.array([(-1) ** r * (-1 if d < 0 else 1) for r, _, d in WAVES], np.int8)
"""Mirroring reverses the rows and the sense of the directions."""
INVERT_SIGNS = np.array([(-1) ** (r + c) for r, c, _ in WAVES], np.int8)
"""Exchanging black and white turns the keypoint, and with it rows and columns."""
SCALE = np.float32(127 / 0.45)
"""Steps of a code per unit of a RootSIFT vector (which has length 1)."""


@dataclass(frozen=True)
class Descriptors:
    """Compact local descriptors of one picture, n of them."""

    codes: Codes
    """n x 32 coefficients."""
    places: NDArray[np.uint8]
    """n x 4: x and y (256ths of width and height), logarithm of the scale (16ths of an octave), direction (256ths of a turn)."""
    size: tuple[int, int]
    """Width and height of the picture that was described, in its pixels."""

    def __len__(self) -> int:
        return len(self.codes)

    def to_bytes(self) -> bytes:
        """Return them as bytes that `from_bytes` reads."""
        head = _HEAD.pack(b"dd", VERSION, len(self), *self.size)
        return head + self.codes.tobytes() + self.places.tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Descriptors":
        """Read what `to_bytes` wrote.

        Raises
        ------
        ValueError
            If the bytes are something else or of another version.
        """
        width = len(WAVES) + 4
        if len(data) < _HEAD.size or data[:3] != b"dd" + bytes([VERSION]):
            raise ValueError(
                f"expected descriptors of version {VERSION}, got other bytes; extract them again"
            )
        _, _, count, wide, tall = _HEAD.unpack_from(data)
        if len(data) != _HEAD.size + count * width:
            raise ValueError(f"expected {count} descriptors, got {len(data)} bytes; extract them again")
        body = np.frombuffer(data, np.uint8, offset=_HEAD.size)
        cut = count * len(WAVES)
        codes, places = body[:cut].view(np.int8).reshape(count, len(WAVES)), body[cut:].reshape(count, 4)
        return cls(codes, places, (wide, tall))


@dataclass(frozen=True)
class Stored:
    """The stored descriptors of one picture: places in its pixels, octaves, directions in radians, and codes as unit vectors."""

    points: NDArray[np.float32]
    octave: NDArray[np.float32]
    turn: NDArray[np.float32]
    units: NDArray[np.float32]
    size: tuple[int, int]
    """Width and height of the picture as it was described."""

    @classmethod
    def of(cls, kept: Descriptors) -> "Stored":
        """Return what is kept of a picture."""
        places, codes = kept.places.astype(np.float32), kept.codes.astype(np.float32)
        length = np.maximum(np.linalg.norm(codes, axis=1, keepdims=True), np.float32(1))
        return cls(
            (places[:, :2] + np.float32(0.5)) * np.array([side / 256 for side in kept.size], np.float32),
            places[:, 2] * np.float32(1 / 16),
            places[:, 3] * np.float32(2 * np.pi / 256),
            codes / length,
            kept.size,
        )


def extract(gray: Gray) -> Descriptors:
    """Return compact descriptors of up to KEPT places, spread over the picture: oriented, gray, long side up to 512 pixels."""
    from dedupelab.match.search.features import extract_features  # noqa: PLC0415 - loads OpenCV

    features = extract_features(gray, KEPT)
    places = _places(features.points, features.frames, gray.shape)
    return Descriptors(encode(features.descriptors), places, (gray.shape[1], gray.shape[0]))


def encode(rootsift: NDArray[np.float32]) -> Codes:
    """Return the 32 coefficients of RootSIFT vectors (n x 128) as signed bytes (n x 32)."""
    coefficients = rootsift @ _basis().T
    return np.asarray(np.clip(np.rint(coefficients * SCALE), -127, 127), np.int8)


def near(one: Codes, two: Codes, limit: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield, so many at once that memory stays bounded, the pairs of rows whose squared distance is at most `limit`.

    Squared distances of codes are whole numbers below 2^24, which single precision holds exactly: every machine finds the same.
    """
    for beside in range(0, len(two), TILE):
        right = _with_length(two[beside : beside + TILE])
        right[:, :-2] *= -2
        right[:, -2:] = right[:, [-1, -2]]
        for start in range(0, len(one), TILE):
            away = _with_length(one[start : start + TILE]) @ right.T
            found = np.flatnonzero(away.ravel() <= limit)
            if len(found):
                i, j = np.divmod(found, len(right))
                yield start + i, beside + j


def _with_length(codes: Codes) -> NDArray[np.float32]:
    """Return codes in single precision, and beside each one and its squared length."""
    wide = np.ones((len(codes), codes.shape[1] + 2), np.float32)
    plain = wide[:, :-2]
    plain[:] = codes
    np.einsum("ij,ij->i", plain, plain, out=wide[:, -1])
    return wide


def _basis() -> NDArray[np.float32]:
    """Orthonormal waves (32 x 128): cosine transform over rows and columns, Fourier over directions."""
    place, turn = np.arange(4) + 0.5, np.arange(8) * np.pi / 4
    waves = []
    for row, column, direction in WAVES:
        down, across = np.cos(np.pi * place * row / 4), np.cos(np.pi * place * column / 4)
        around = np.cos(turn * direction) if direction >= 0 else np.sin(-turn * direction)
        wave = np.einsum("r,c,d->rcd", down, across, around).ravel()
        waves.append(wave / np.linalg.norm(wave))
    return np.array(waves, np.float32)


def _places(
    points: NDArray[np.float32], frames: NDArray[np.float32], shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    height, width = shape[:2]
    place = np.clip(points * 256 / np.array([width, height], np.float32), 0, 255)
    size = np.clip(np.log2(np.maximum(frames[:, 0], 0.25)) * 16 + 32, 0, 255)
    turn = np.rint(frames[:, 1] * 256 / 360) % 256
    return np.column_stack([place, size, turn]).astype(np.uint8)
