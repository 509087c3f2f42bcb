"""How much room text takes, and where its lines may break: Chinese characters are twice as wide and need no spaces."""

import re
import textwrap
import unicodedata

_UNIT = re.compile(
    r"[（「『《〔]*[\u2e80-\uffef][、。，；：！？）」』》〕]*|[（「『《〔]*[^\s\u2e80-\uffef]+[、。，；：！？）」』》〕]*|\s+"
)
"""What is never broken: a character with the marks that belong to it, or a word."""

_SEAM = re.compile(r"(?<=[\w.%][、；])(?=[\w\u2212$])|(?<=\w[/_])(?=\w)", re.ASCII)
_SHORT = 7
_PIECES = re.compile(
    r"[ \t\n\u200b]+|(?<=[A-Za-z]-)(?!\d)|(?<=[/_=&?])|(?<=[\u2e80-\uffef])(?![\u2e80-\uffef])|(?<![\u2e80-\uffef])(?=[\u2e80-\uffef])"
)
"""Where a line may end; Chinese may end anywhere, yet no column should set it one below the other."""
LONGEST, _CHINESE = 17, 8
"""Columns beyond which a word, such as a digest, may be broken, and beyond which Chinese may."""


def columns_of(text: str) -> int:
    """Count characters, Chinese ones twice.

    >>> columns_of("A3 紙")
    5
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shortened(text: str, longest: int) -> str:
    """Return the text within `longest` columns, the rest as an ellipsis.

    >>> shortened("a very long name of a collection", 16), shortened("新聞圖片資料庫", 8)
    ('a very long nam…', '新聞圖…')
    """
    if columns_of(text) <= longest:
        return text
    end = 0
    while columns_of(text[: end + 1]) <= longest - 1:
        end += 1
    return text[:end].rstrip() + "…"


def broken(text: str, width: int) -> list[str]:
    """Return the text in lines of at most `width` columns; a word alone in its line may be cut.

    >>> broken("staff time for rights", 12), broken("儲存冗餘副本，每年", 12)
    (['staff time', 'for rights'], ['儲存冗餘副', '本，每年'])
    """
    if columns_of(text) == len(text):
        return textwrap.wrap(text, width)
    lines = [""]
    for unit in _UNIT.findall(text):
        if lines[-1].strip() and columns_of(lines[-1] + unit.rstrip()) > width:
            lines.append("")
        lines[-1] += unit
    return [line.strip() for line in lines if line.strip()]


def breakable(text: str) -> str:
    r"""Let lines break between Western words that only a Chinese comma or a slash parts.

    >>> breakable("M8、M8.hours"), breakable("Okonjo/Ledger")
    ('M8、\u200bM8.hours', 'Okonjo/\u200bLedger')
    """
    return _SEAM.sub("\u200b", text)


def longest_word(text: str, *, heading: bool = False) -> int:
    """Count the columns of the longest part of a text that no line should break; a short Chinese heading is one.

    >>> longest_word("resourcespace-csv, 12"), longest_word("因重複而起"), longest_word("因重複而起", heading=True)
    (14, 8, 10)
    """
    if heading and unbroken(text) != text:
        return columns_of(text)
    return max(
        min(columns_of(piece), _CHINESE if columns_of(piece) > len(piece) else LONGEST)
        for piece in _PIECES.split(text)
    )


def unbroken(title: str) -> str:
    r"""Join the characters of a short Chinese heading: a narrow column would set them one below the other.

    >>> unbroken("等級"), unbroken("Grade")
    ('等\u2060級', 'Grade')
    """
    return "\u2060".join(title) if len(title) <= _SHORT and not title.isascii() else title
