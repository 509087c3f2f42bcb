"""ISO 5426, the extended Latin set of UNIMARC before Unicode: a mark stands before the letter that bears it."""

import re
import unicodedata

_MARKS = dict(
    zip(
        range(0xC0, 0xE0),
        "\u0309\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0308\u030a\u0315\u0312\u030b\u031b\u030c"
        "\u0327\u031c\u0326\u0328\u0325\u032e\u0323\u0324\u0332\u0333\u0329\u032d\u032d\ufe20\ufe21\ufe23",
        strict=True,
    )
)
_SIGNS = {
    0xA1: "¡", 0xA2: "„", 0xA3: "£", 0xA4: "$", 0xA5: "¥", 0xA6: "†", 0xA7: "§", 0xA8: "′", 0xA9: "‘", 0xAA: "“", 0xAB: "«", 0xAC: "♭", 0xAD: "©", 0xAE: "℗",
    0xAF: "®", 0xB0: "ʿ", 0xB1: "ʾ", 0xB2: "‚", 0xB6: "‡", 0xB7: "·", 0xB8: "″", 0xB9: "’", 0xBA: "”", 0xBB: "»", 0xBC: "♯", 0xBD: "ʹ", 0xBE: "ʺ", 0xBF: "¿",
    0xE1: "Æ", 0xE2: "Đ", 0xE6: "Ĳ", 0xE8: "Ł", 0xE9: "Ø", 0xEA: "Œ", 0xEC: "Þ", 0xF1: "æ", 0xF2: "đ", 0xF3: "ð", 0xF5: "ı", 0xF6: "ĳ", 0xF8: "ł", 0xF9: "ø",
    0xFA: "œ", 0xFB: "ß", 0xFC: "þ", 0x88: "", 0x89: "",
}  # fmt: skip
"""Signs and letters of their own; 88 and 89 frame an article that does not sort."""
_UNIT = re.compile(rb"([\xc0-\xdf]+)([^\xc0-\xdf])|[\x80-\xff]")
_WRITTEN = re.compile(rb"(?:[\x00-\x7f\x88\x89\xa1-\xb2\xb6-\xbf\xe1-\xfc]|[\xc0-\xdf]{1,2}[A-Za-z ])*")
_MARKED = re.compile(rb"[\xc0-\xdf][A-Za-z]")


def decoded(octets: bytes) -> str:
    r"""Return the text that octets of ISO 5426 are, composed; what the set does not hold becomes the sign for that.

    >>> decoded(b"Le ch\xc3ateau de B\xc2eraud, M\xfaurs")
    'Le château de Béraud, Mœurs'
    """

    def unit(found: "re.Match[bytes]") -> bytes:
        marks, letter = found[1], found[2]
        if marks is None:
            return _SIGNS.get(found[0][0], "\ufffd").encode()
        spelt = letter.decode("ascii") if letter < b"\x80" else _SIGNS.get(letter[0], "\ufffd")
        return (spelt + "".join(_MARKS[each] for each in reversed(marks))).encode()

    return unicodedata.normalize("NFC", _UNIT.sub(unit, octets).decode("utf-8", "replace"))


def is_iso5426(octets: bytes) -> bool:
    """Whether octets are ISO 5426: marks stand before letters that bear them, and make up nearly all that is not ASCII."""
    if _WRITTEN.fullmatch(octets) is None:
        return False
    marked = _MARKED.findall(octets)
    alien = sum(octet > 0x9F for octet in octets)
    formed = sum(len(decoded(pair)) == 1 for pair in marked)
    return bool(marked) and formed >= 0.9 * len(marked) and len(marked) >= 0.6 * alien
