"""All that a file shows: every frame, page and view, as one digest or one after the other.

Nothing here runs while a collection is scanned: later frames are opened where a relation hangs on them.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dedupelab.collect.metadata.segments import split
from dedupelab.collect.reading.decoding import frames_of, is_deep, loaded, opened, to_colour, turned

MOST_FRAMES = 2_000
MOST_PIXELS = 500_000_000
"""Frames of a file, and pixels in them together, up to which a digest is taken of them; beyond, nothing is proven of them."""
MOST_OPEN = 150
"""Frames of a file up to which they are compared with another's one by one."""
SMALL, LARGE = 512, 2_000
"""Longer side in pixels at which all frames of a file are held, and at which one is looked at more closely: A4 at 170 dots to the inch."""


@dataclass(frozen=True)
class Frames:
    """Every frame or page of a file as oriented colours (rows, columns, 3)."""

    data: bytes
    small: list[NDArray[np.uint8]]
    """Their longer sides at most `SMALL` pixels."""

    def large(self, number: int) -> NDArray[np.uint8]:
        """Return one of them, its longer side at most `LARGE` pixels.

        Raises
        ------
        UndecodableError
            If Pillow cannot decode it any more.
        """
        if max(self.small[number].shape) < SMALL:
            return self.small[number]
        with opened(self.data) as image:
            return _shrunk(_seen(image, frames_of(image)[number], self.data), LARGE)


def pixel_digest(data: bytes) -> str | None:
    """Return the SHA-256 of all that a file shows: every frame or page, decoded in full and oriented, with size and mode.

    What is appended to the picture, such as a video, is part of it. Palettes are resolved to colours first, so that a GIF and
    a PNG of the same pixels agree; how long frames are shown is left out. Size and mode are part of the digest: a 10 x 20 and
    a 20 x 10 black picture differ. None where Pillow keeps eight of the sixteen bits of a colour, and where there are more than `MOST_FRAMES` frames or `MOST_PIXELS` pixels in them.

    Raises
    ------
    UndecodableError
        If Pillow cannot decode a frame.
    """
    with opened(data) as image:
        frames = frames_of(image)
        if len(frames) > MOST_FRAMES:
            return None
        digest = hashlib.sha256(f"frames {len(frames)} {split(data).appended_sha256 or ''}\n".encode())
        left = MOST_PIXELS
        for number in frames:
            if _cut_short(image, number):
                return None
            pixels = _plain(_seen(image, number, data), several=len(frames) > 1)
            left -= pixels.width * pixels.height
            if left < 0 and len(frames) > 1:
                return None
            digest.update(f"{pixels.mode} {pixels.width}x{pixels.height}\n".encode())
            digest.update(pixels.tobytes())
    return digest.hexdigest()


def load_frames(data: bytes) -> Frames | None:
    """Return every frame or page of a file.

    None where there are more than `MOST_OPEN` frames, or more than `MOST_PIXELS` pixels in them.

    Raises
    ------
    UndecodableError
        If Pillow cannot decode a frame.
    """
    found = []
    with opened(data) as image:
        frames = frames_of(image)
        left = MOST_PIXELS if len(frames) <= MOST_OPEN else -1
        for number in frames:
            seen = _seen(image, number, data)
            left -= seen.width * seen.height
            if left < 0:
                return None
            found.append(_shrunk(seen, SMALL))
    return Frames(data, found)


def _shrunk(seen: Image.Image, longest: int) -> NDArray[np.uint8]:
    colour = to_colour(seen)
    colour.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return np.asarray(colour)


def _seen(image: Image.Image, frame: int, data: bytes) -> Image.Image:
    """Return one frame of an opened file, loaded and oriented."""
    _go_to(image, frame)
    turn, shown = loaded(image, data)
    return turned(shown, turn)


def _cut_short(image: Image.Image, frame: int) -> bool:
    """Whether a frame's colours have more bits than are going to be decoded: equal ones would prove little."""
    _go_to(image, frame)
    return is_deep(image)


def _go_to(image: Image.Image, frame: int) -> None:
    """Let an opened file stand at one of its frames; some formats of one picture know no seeking."""
    if frame or image.tell():
        image.seek(frame)


def _plain(pixels: Image.Image, *, several: bool) -> Image.Image:
    """Return pixels without a palette or an alpha that hides nothing.

    Pillow gives an animation's first frame in another mode than the later ones, so that gray frames of several become colours.
    """
    if pixels.mode in {"P", "PA", "1"} or "transparency" in pixels.info:
        clear = "transparency" in pixels.info or pixels.mode == "PA"
        pixels = pixels.convert("RGBA" if clear else "RGB")
    if pixels.mode == "RGBA" and pixels.getchannel("A").getextrema() == (255, 255):
        pixels = pixels.convert("RGB")
    return pixels.convert("RGB") if several and pixels.mode == "L" else pixels
