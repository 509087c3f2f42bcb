"""Codes for exchange with other systems: PDQ and the ISCC Image-Code. Only computed where a study asks for them.

Other systems compute these from all pixels, so both come from the full decode whatever the study's decode is: first
frame, oriented, transparency on white, RGB (the policy of `decoding`, which also says what deep samples become).
"""

import importlib
import importlib.metadata
from collections.abc import Collection, Mapping
from typing import Any, Literal

from PIL import Image, ImageChops

from dedupelab.collect.reading.pdq import pdq
from dedupelab.errors import ConfigError

Code = Literal["pdq", "iscc"]
COLUMNS: Mapping[Code, tuple[str, ...]] = {"pdq": ("pdq", "pdq_quality"), "iscc": ("iscc",)}
"""The columns of the images table that each code fills."""
_SIDE = 32


def image_codes(picture: Image.Image, codes: Collection[Code]) -> dict[str, Any]:
    """Return the columns that the codes asked for fill, from an oriented RGB picture in full size."""
    found: dict[str, Any] = {}
    if "pdq" in codes:
        found["pdq"], found["pdq_quality"] = pdq(picture)
    if "iscc" in codes:
        found["iscc"] = image_code(picture)
    return found


def image_code(picture: Image.Image) -> str:
    """Return the 64-bit ISCC Image-Code of an RGB picture in its canonical form, `ISCC:EE...`.

    The code is iscc-core's, the reference implementation of ISO 24138:2024, from the pixels of `normalised`.
    """
    import iscc_core  # noqa: PLC0415  optional, and a third of a second

    # The length is given because iscc-core takes its default from the environment.
    return str(iscc_core.gen_image_code(list(normalised(picture).tobytes()), bits=64)["iscc"])


def normalised(picture: Image.Image) -> Image.Image:
    """Return the 32 x 32 gray picture that the Image-Code is computed from.

    ISO 24138:2024, Image-Code (its draft, IEP-0004, section "Processing"): transpose by the orientation tag, lay
    transparency on white, crop uniformly coloured borders, convert to gray, resize to 32 x 32 with bicubic
    interpolation. A border is what has exactly the colour of the upper left pixel, as in iscc-sdk before 0.9.7 and
    after it with `image_trim_tolerant=False`; the tolerant crop is not in the standard. An even picture stays whole.
    """
    colour = picture.getpixel((0, 0))
    content = ImageChops.difference(picture, Image.new(picture.mode, picture.size, colour)).getbbox()
    return picture.crop(content).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)


def code_versions(codes: Collection[Code]) -> list[str]:
    """Return one line per code asked for: its name and the version of the package that computes it, if one does.

    Raises
    ------
    ConfigError
        If that package is not installed.
    """
    lines = ["pdq"] if "pdq" in codes else []
    if "iscc" in codes:
        try:
            importlib.import_module("iscc_core")
        except ImportError as problem:
            raise ConfigError(
                f"expected the package iscc-core for the code iscc of [scan] codes, got: {problem}; "
                "run: pip install 'dedupelab[codes]'"
            ) from problem
        lines.append(f"iscc {importlib.metadata.version('iscc-core')}")
    return lines
