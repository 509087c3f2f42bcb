"""Files to gray pictures, safely and under one declared policy.

Policy (recorded with every run): the first frame, except where frames are asked for; Exif orientation applied; transparency laid on white; palettes and
CMYK as Pillow converts them; of 16-bit samples the upper eight of the bits in use (of 10, 12, 14 or 16); other deep modes stretched from minimum to maximum; gray as
ITU-R 601-2 luma. Colour profiles are not applied. `scaled` lets libjpeg decode a JPEG at 1/2 to 1/8 size, never below
256 pixels; `full` decodes every pixel and then gives imagehash's bits exactly.
"""

import io
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from dedupelab.collect.metadata.jpeg import completed, indexed_views
from dedupelab.collect.reading.png_text import without_large_texts

Decode = Literal["scaled", "full"]
Gray = NDArray[np.uint8]
SCALED_SIDE = 256
"""Smallest side a scaled decode may give: keeps pHash within 2 bits of the full decode."""

FRAMED = frozenset({"AVIF", "GIF", "HEIF", "JXL", "MPO", "PNG", "TIFF", "WEBP"})
"""Formats in which a file may show several pictures, one after the other or page by page."""
_SUBFILE, _BESIDE = 254, 0b101
"""TIFF: what a page is for; a reduced picture or a mask of another."""

COMMON = ("BMP", "DIB", "GIF", "JPEG", "PPM", "PNG")
"""Formats whose decoders Pillow loads at once; MPO comes with JPEG."""
FORMATS = frozenset({
    *COMMON, "AVIF", "DDS", "HEIF", "ICNS", "ICO", "JPEG2000", "JXL", "MPO", "PCX", "PSD", "SGI", "TGA",
    "TIFF", "WEBP",
})  # fmt: skip
"""What is decoded, whatever a file is called. Pillow knows more by their first bytes: it would hand PostScript to
Ghostscript, a whole programming language, for a file that calls itself photo.jpg."""

_HEIF = frozenset(
    b"ftyp" + brand for brand in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
)

PIXELS = 2 * 89_478_485
"""Pixels above which Pillow takes a picture for a bomb: what `[scan] pixels` is unless it says otherwise."""
_limit_lifted = threading.Lock()
_DEEP = ";16"
"""In how Pillow names the packing of samples that have sixteen bits."""
_DEPTHS = (8, 10, 12, 14, 16)
"""Bits that scanners and cameras give a sample, of the sixteen in which it is stored."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip


class UndecodableError(ValueError):
    """A file that is no picture Pillow can decode; the message is the reason in the images table."""


@dataclass(frozen=True)
class Picture:
    """A decoded picture: oriented gray pixels (perhaps scaled) and what the file says of itself.

    `colour` is the oriented RGB picture in full size, where it was asked for and this decode has all pixels.
    """

    gray: Image.Image
    format: str
    mode: str
    width: int
    height: int
    frames: int
    turn: int
    """Exif orientation 1 to 8 under which the stored picture is shown."""
    colour: Image.Image | None = None


def decode(
    data: bytes,
    policy: Decode = "scaled",
    side: int = SCALED_SIDE,
    *,
    colour: bool = False,
    most: int | None = None,
) -> Picture:
    """Decode a file's bytes to oriented gray pixels.

    Parameters
    ----------
    policy
        Whether a JPEG may be decoded at reduced size.
    side
        Smallest side, in pixels, that a scaled decode may give.
    colour
        Also keep the picture in colour; a JPEG decoded by `scaled` has none, see `full_colour`.
    most
        Pixels that a picture may have; as many as it has where None, for what a scan has let in.

    Raises
    ------
    UndecodableError
        If Pillow cannot decode it, with Pillow's reason.
    """
    with opened(data) as image:
        name, mode, (width, height) = str(image.format), image.mode, image.size
        if most is not None and width * height > most:
            raise UndecodableError(
                f"{width} x {height} pixels, more than the {most:,} that [scan] pixels allows; raise it if the file is to be trusted"
            )
        frames, stored = len(frames_of(image)), _stored_turn(image)
        drafted = policy == "scaled" and image.draft("L", (side, side)) is not None
        turn, shown = loaded(image, data)
        gray = to_gray(shown)
        whole = to_colour(shown) if colour and not drafted else None
    if turn in _TURNS and turn >= 5:
        width, height = height, width
    whole = whole and turned(whole, turn)
    return Picture(turned(gray, turn), name, mode, width, height, frames, stored or turn, whole)


def full_colour(data: bytes) -> Image.Image:
    """Decode every pixel of a file's bytes; return the oriented picture as RGB under the declared policy.

    Raises
    ------
    UndecodableError
        If Pillow cannot decode it.
    """
    with opened(data) as image:
        turn, shown = loaded(image, data)
        colour = to_colour(shown)
    return turned(colour, turn)


def loaded(image: Image.Image, data: bytes) -> tuple[int, Image.Image]:
    """Load the frame at which an opened picture stands; return the orientation it still needs, and its pixels.

    Of colours in sixteen bits Pillow keeps the upper eight, which are next to nothing where fewer bits are in use.
    """
    deep = is_deep(image)
    image.load()
    turn = orientation(image)
    if not deep or max(high for _, high in image.convert("RGB").getextrema()) >= 1 << _DEPTHS[-2] - 8:  # type: ignore[misc]  # pairs of integers, in this mode
        return turn, image
    with opened(data) as lower:
        if frame := image.tell():
            lower.seek(frame)
        lower.tile = [  # type: ignore[attr-defined]  # a file's picture has tiles
            tile._replace(args=_other_byte(tile.args))
            for tile in lower.tile  # type: ignore[attr-defined]
        ]
        lower.load()
        samples = np.asarray(image.convert("RGB")).astype(np.uint16) << 8 | np.asarray(lower.convert("RGB"))
    return turn, Image.fromarray(_eight_bits(samples))


def is_deep(image: Image.Image) -> bool:
    """Whether colours of a picture that is not loaded yet are stored in sixteen bits, of which Pillow keeps eight."""
    return any(
        _DEEP in _packing(tile.args) for tile in getattr(image, "tile", ())
    ) and not image.mode.startswith("I")


def _packing(args: object) -> str:
    """Return how Pillow is told that a tile's samples are stored."""
    first = args[0] if isinstance(args, tuple) and args else args
    return first if isinstance(first, str) else ""


def _other_byte(args: Any) -> Any:  # noqa: ANN401  whatever Pillow hands to its decoders
    """Return the arguments of a tile with which Pillow keeps the lower byte of each sample."""
    packing = _packing(args)
    upper = packing[-1]
    lower = packing[:-1] + ("L" if upper == "B" or (upper == "N" and sys.byteorder == "big") else "B")
    return (lower, *args[1:]) if isinstance(args, tuple) else lower


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """Open a file's bytes with Pillow; whatever goes wrong until it is closed makes it undecodable, with Pillow's reason."""
    if data[4:12] in _HEIF:
        _register_heif()
    data = completed(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow warns of (odd metadata, size) costs no picture
        try:
            with _identified(data) as image:
                yield image
        except UndecodableError:
            raise
        except Exception as problem:  # decoders of hostile files raise nearly every class there is
            raise UndecodableError(_reason(problem, data)) from problem


def _identified(data: bytes) -> Image.Image:
    """Open a file's bytes with the first of `FORMATS` that knows them; how many pixels it may have is not Pillow's to say."""
    with _limit_lifted:
        most, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            return Image.open(io.BytesIO(without_large_texts(data)), formats=COMMON)
        except UnidentifiedImageError:
            Image.init()  # loads all decoders, once
            return Image.open(io.BytesIO(data), formats=[name for name in Image.ID if name in FORMATS])
        finally:
            Image.MAX_IMAGE_PIXELS = most


@cache
def _register_heif() -> bool:
    """Teach Pillow HEIC before the first such file, where the optional package is installed; return whether it is."""
    try:
        import pillow_heif  # noqa: PLC0415  optional: its wheels hold GPL parts
    except ImportError:  # the file is a row that names the remedy
        return False
    pillow_heif.register_heif_opener()
    return True


def orientation(image: Image.Image) -> int:
    """Return the Exif orientation 1..8 that a loaded picture still needs; 1 when there is none, none that Exif knows, or it is damaged.

    Pillow turns some formats (TIFF) while loading and then says so: before that, they would be turned twice.
    """
    if image.format == "JPEG" and "exif" not in image.info:
        return 1
    try:
        turn = image.getexif().get(0x0112, 1)
    except Exception:  # noqa: BLE001  damaged Exif must not lose the picture; the metadata reader reports it
        return 1
    return turn if turn in _TURNS else 1


def _stored_turn(image: Image.Image) -> int:
    """Return the orientation of a picture that Pillow turns while loading, before it does; 0 for all others."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return 0
    turn = image.tag_v2.get(0x0112, 1)
    return turn if turn in _TURNS else 1


def turned(picture: Image.Image, turn: int) -> Image.Image:
    """Return stored pixels as an Exif orientation has them shown."""
    return picture.transpose(_TURNS[turn]) if turn in _TURNS else picture


def to_gray(image: Image.Image) -> Image.Image:
    """Return 8-bit luma under the declared policy."""
    if image.mode == "L" and "transparency" not in image.info:
        return image
    if image.mode.startswith("I;16"):
        return Image.fromarray(_eight_bits(np.asarray(image)))
    if image.mode in {"I", "F"}:
        return Image.fromarray(_stretch(np.asarray(image)))
    return flatten(image).convert("L")


def to_colour(image: Image.Image) -> Image.Image:
    """Return an 8-bit RGB copy under the declared policy."""
    deep = image.mode in {"I", "F"} or image.mode.startswith("I;16")
    return (to_gray(image) if deep else flatten(image)).convert("RGB")


def flatten(image: Image.Image) -> Image.Image:
    """Lay transparency on white; pictures without it come back as they are."""
    if image.mode not in {"RGBA", "LA", "PA", "La", "RGBa"} and "transparency" not in image.info:
        return image
    layered = image.convert("RGBA")
    if layered.getchannel("A").getextrema() == (255, 255):
        return layered.convert("RGB")
    ground = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(ground, layered).convert("RGB")


def frames_of(image: Image.Image) -> Sequence[int]:
    """Return the numbers of the frames, pages or views that a just opened file shows; it stays at the first.

    Previews that stand beside a picture are none: reduced pages and masks of TIFF, large thumbnails of MPO. Neither are the
    layers of a Photoshop file, which shows their composition.
    """
    count = int(getattr(image, "n_frames", 1)) if image.format in FRAMED else 1
    if count > 1 and image.format == "MPO":
        views = indexed_views(image.info.get("mp", b""))
        return [k for k in range(count) if k >= len(views) or views[k]]
    if count > 1 and isinstance(image, TiffImagePlugin.TiffImageFile):
        shown = [0]
        for k in range(1, count):
            image.seek(k)
            if not int(image.tag_v2.get(_SUBFILE, 0)) & _BESIDE:
                shown.append(k)
        image.seek(0)
        return shown
    return range(count)


def load_gray(data: bytes, longest: int = 512) -> Gray:
    """Return oriented gray pixels, shrunk so that the longer side has at most `longest` pixels.

    Raises
    ------
    UndecodableError
        If Pillow cannot decode it.
    """
    gray = decode(data, "scaled", longest).gray
    if max(gray.size) > longest:
        gray.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return np.asarray(gray)


def load_colour(data: bytes, longest: int = 400) -> Image.Image:
    """Return an oriented colour picture for looking at, its longer side at most `longest` pixels, without metadata.

    Raises
    ------
    UndecodableError
        If Pillow cannot decode it.
    """
    with opened(data) as image:
        image.draft("RGB", (longest, longest))
        turn, shown = loaded(image, data)
        colour = to_colour(shown)
    colour = turned(colour, turn)
    colour.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    colour.info.clear()
    return colour


def _eight_bits(samples: NDArray[np.uint16]) -> Gray:
    """Return the upper eight of the bits that are in use: what has ten is not black for being stored in sixteen.

    >>> _eight_bits(np.array([0, 512, 1023], np.uint16)).tolist(), _eight_bits(np.array([256, 65535], np.uint16)).tolist()
    ([0, 128, 255], [1, 255])
    """
    used = int(samples.max(initial=0)).bit_length()
    return (samples >> next(depth for depth in _DEPTHS if used <= depth) - 8).astype(np.uint8)


def _stretch(samples: NDArray[np.generic]) -> Gray:
    values = samples.astype(np.float64)
    values[~np.isfinite(values)] = 0.0
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 65535 and samples.dtype.kind in "iu":
        return _eight_bits(values.astype(np.uint16))
    return ((values - low) * (255.0 / (high - low) if high > low else 0.0)).astype(np.uint8)


def _reason(problem: Exception, data: bytes) -> str:
    if not data:
        return "empty file"
    if isinstance(problem, MemoryError):
        return "needs more memory than a file may take, see [scan] memory"
    if isinstance(problem, UnidentifiedImageError):
        if data[4:12] not in _HEIF:
            return "not a picture that Pillow can read"
        if _register_heif():
            return "damaged HEIC picture, or one of a kind that pillow-heif does not know"
        return "HEIC picture; to read it run: pip install 'dedupelab[heif]'"
    return (" ".join(str(problem).split()) or type(problem).__name__)[:200]
