"""Which characters can be printed here, and how the others are written.

PDF/UA-1 forbids text that no font can show, and a box where a name should be is worse than its code point.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from dedupelab.publish.paper.layout import code_point

if TYPE_CHECKING:
    from typst import Fonts

_BLOCKS = (
    ("\u2e80", "\u9fff", "fonts-noto-cjk"),
    ("\uac00", "\ud7af", "fonts-noto-cjk"),
    ("\uf900", "\ufaff", "fonts-noto-cjk"),
    ("\uff00", "\uffef", "fonts-noto-cjk"),
    ("\U00020000", "\U0003ffff", "fonts-noto-cjk"),
    ("\U0001f000", "\U0001faff", "fonts-noto-color-emoji"),
)
_REFUSED = re.compile(r"the text `\"(.*?)\"` could not be displayed", re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def package_for(character: str) -> str:
    """Return the Debian package that has a font for the character.

    >>> package_for("陳")
    'fonts-noto-cjk'
    """
    return next((name for low, high, name in _BLOCKS if low <= character <= high), "fonts-noto-core")


def warning_for(missing: Iterable[str], where: str = ", printed by code point") -> str:
    """Return one sentence that names the missing characters, where they are missing, and the packages to install."""
    found = sorted(set(missing))
    packages = ", ".join(sorted({package_for(c) for c in found}))
    shown = " ".join(code_point(c) for c in found[:8]) + (" ..." if len(found) > 8 else "")
    return (
        f"expected fonts for every character, got none for {len(found)} ({shown}){where}; "
        f"install the font package {packages} or its like"
    )


def substitute(text: str, missing: frozenset[str]) -> str:
    """Return the text with missing characters written as code points, a run of them in one bracket.

    >>> substitute("by 陳大 (1960)", frozenset("陳大"))
    'by [U+9673 U+5927] (1960)'
    """
    if not missing.intersection(text):
        return text
    pattern = "[" + "".join(map(re.escape, sorted(missing))) + "]+"
    return re.sub(pattern, lambda run: "[" + " ".join(code_point(c)[1:-1] for c in run[0]) + "]", text)


def missing_in_print(text: str, families: tuple[str, ...], fonts: "Fonts") -> frozenset[str]:
    """Return the characters of `text` that Typst can show with none of `fonts`."""
    candidates = "".join(sorted({c for c in text if ord(c) > 0x7E and not unicodedata.combining(c)}))
    return _missing_in_print(candidates, families, fonts) if candidates else frozenset()


@lru_cache(maxsize=16)
def _missing_in_print(candidates: str, families: tuple[str, ...], fonts: "Fonts") -> frozenset[str]:
    """Ask Typst itself, for only it knows what its built-in fonts hold; one refusal lists all characters."""
    import typst  # noqa: PLC0415 - loaded only where a PDF is wanted

    source = (
        '#set document(title: "probe")\n#set text(font: json(bytes(sys.inputs.families)))\n'
        "#for c in sys.inputs.characters.clusters() { par(c) }"
    )
    missing: set[str] = set()
    while True:
        shown = "".join(c for c in candidates if c not in missing)
        inputs = {"characters": shown, "families": json.dumps(families)}
        try:
            typst.compile(source.encode(), pdf_standards=["ua-1"], sys_inputs=inputs, font_paths=fonts)
        except typst.TypstError as refusal:
            texts = _REFUSED.findall(refusal.diagnostic)
            found = {c for text in texts for c in _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)} & set(
                shown
            )
            if not found:
                raise
            missing |= found
        else:
            return frozenset(missing)
