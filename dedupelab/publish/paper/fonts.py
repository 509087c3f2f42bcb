"""The fonts that papers and figures are set in: the system's, and Noto Sans CJK from a package for what the system lacks."""

import hashlib
import os
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont
    from typst import Fonts

PACKAGED = "Noto Sans CJK HK"
"""The family, with the forms of Hong Kong, that is installed with this package."""
CHINESE = (
    "Noto Serif CJK HK", "Noto Serif HK", "Noto Sans HK", "Source Han Serif HC", "Source Han Sans HC",
    "PingFang HK", PACKAGED, "Noto Sans CJK TC", "Microsoft JhengHei", "PMingLiU",
)  # fmt: skip
"""Families with Hong Kong forms first, the system's before our own, then Taiwan's; system fonts of any kind come last."""
_PACKAGE, _FILE = "manimgx-fonts-cjk", "NotoSansCJK-VF.otf.ttc"
_FACE = 4
"""Which of the file's faces is `PACKAGED`."""
_REGULAR = {"wght": 400}


def packaged_file() -> Path | None:
    """Return the file of the packaged font, which has one face for each region; nothing where it is not installed."""
    spec = find_spec(_PACKAGE.replace("-", "_"))
    file = Path(spec.origin).with_name(_FILE) if spec and spec.origin else None
    return file if file and file.exists() else None


@lru_cache(maxsize=1)
def installed_fonts() -> "Fonts":
    """Return Typst's own fonts, the system's, and the packaged one where the system has none of its name; once per process."""
    import typst  # noqa: PLC0415 - loaded only where a PDF is wanted

    fonts = typst.Fonts()
    file = packaged_file()
    if file is None or PACKAGED in fonts.families():
        return fonts
    return typst.Fonts(font_paths=[file.parent])


@lru_cache(maxsize=1)
def packaged_characters() -> frozenset[str]:
    """Return every character that the packaged font has."""
    file = packaged_file()
    if file is None:
        return frozenset()
    with _face(file) as face:
        return frozenset(map(chr, face.getBestCmap()))


@lru_cache(maxsize=64)
def packaged_part(characters: frozenset[str], folder: Path) -> Path:
    """Return a font file with some of the packaged font's characters, of regular weight; made once for each set of them.

    matplotlib would draw a variable font as thin as it goes, and to fix the weight of the whole font takes many minutes:
    of the characters of one figure it takes a second. The family is called after its characters, so that parts differ in
    name; in an SVG a glyph is known by its font's name and its number in there.
    """
    from fontTools import subset  # noqa: PLC0415 - loaded only where the system lacks a font
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415

    text = "".join(sorted(characters))
    key = hashlib.sha256(f"{version(_PACKAGE)} {text}".encode()).hexdigest()[:16]
    path = folder / f"dedupelab-{key}.otf"
    file = packaged_file()
    assert file, "characters of the packaged font are asked for where there is one"
    if path.exists():
        return path
    with _face(file) as face:
        # Only upright text of single characters is drawn: no ligatures, no kerning, no columns.
        options = subset.Options(layout_features=[], name_IDs=["*"])
        options.drop_tables += ["BASE", "GPOS", "GSUB", "STAT", "VORG", "vhea", "vmtx"]
        maker = subset.Subsetter(options)
        maker.populate(text=text)
        maker.subset(face)
        instantiateVariableFont(face, _REGULAR, inplace=True)
        for number, name in ((1, f"{PACKAGED} {key}"), (4, f"{PACKAGED} {key}"), (6, f"NotoSansCJKhk-{key}")):
            face["name"].setName(name, number, 3, 1, 0x409)
        face["name"].names = [
            record for record in face["name"].names if record.nameID not in {16, 17, 21, 22, 25}
        ]
        # Notebooks are run side by side: each writes under a name of its own.
        own = path.with_suffix(f".{os.getpid()}")
        face.save(own)
        own.replace(path)
    return path


def _face(file: Path) -> "TTFont":
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - as above

    return TTFont(file, fontNumber=_FACE, lazy=True, recalcTimestamp=False)
