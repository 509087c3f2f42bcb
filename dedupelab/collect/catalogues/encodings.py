"""What a text is encoded in: by its byte order mark, else UTF-8 if all of it is, else by evidence, with how sure that is.

Two witnesses are heard: charset-normalizer, and how many of the characters are among the common ones of their encoding (each
national set puts its everyday characters into rows of their own). Where they disagree, the reading is in doubt, and said to be.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BLOCK = 1 << 20
SAMPLE = 1 << 16
"""Octets of lines with other than ASCII characters that evidence is taken from."""
SURE = 0.9
"""Share of common characters from which an encoding is believed without a doubt."""
NEAR = 0.12
"""Difference of these shares below which two encodings cannot be told apart."""
ROWS: dict[str, Callable[[int], bool]] = {
    "big5hkscs": lambda lead: 0xA1 <= lead <= 0xC6,
    "gb18030": lambda lead: 0xA1 <= lead <= 0xA9 or 0xB0 <= lead <= 0xD7,
    "cp932": lambda lead: 0x81 <= lead <= 0x83 or 0x88 <= lead <= 0x97,
    "euc_jp": lambda lead: 0xA1 <= lead <= 0xA5 or 0xB0 <= lead <= 0xCF,
    "cp949": lambda lead: 0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xC8,
}
"""Encodings of Chinese, Japanese and Korean, and the rows that hold their common characters and signs."""
_DECLARED = re.compile(rb"""\s*(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)""")
_CONTAINED = {
    **dict.fromkeys(("gb2312", "gbk", "xgbk", "euccn", "gb231280"), "gb18030"), **dict.fromkeys(("big5", "cnbig5", "xxbig5"), "big5hkscs"),
    **dict.fromkeys(("iso88591", "latin1", "usascii"), "windows-1252"), **dict.fromkeys(("shiftjis", "sjis", "xsjis"), "cp932"), "euckr": "cp949",
}  # fmt: skip
"""Names that files say, and the encoding that contains what is named and is meant."""
_ALPHABETS = ("cp1252", "cp1250", "cp1251")
_WESTERN = ("cp1252", "mac_roman", "cp850")
"""Sets of Western Europe: Windows, the old Macintosh, DOS."""
_CYRILLIC = ("cp1251", "koi8_r", "cp866", "cp1253")
"""Sets of Russian, and of Greek, that are taken for one another."""
_LETTERS = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýßœ"
_SIGNS = "’‘“”„«»–—…·°©®ºª¿¡§№"
_ESCAPED = {b"\x1b$B": "iso2022_jp", b"\x1b$@": "iso2022_jp", b"\x1b$)C": "iso2022_kr"}
_HZ = re.compile(rb"~\{(?:[!-}][!-~])+~\}")
_SHOWN = {"big5hkscs": "Big5-HKSCS", "gb18030": "GB18030", "cp932": "Shift-JIS", "euc_jp": "EUC-JP", "cp949": "EUC-KR", "cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "CP850", "koi8_r": "KOI8-R", "tis_620": "TIS-620", "iso2022_jp": "ISO-2022-JP"}  # fmt: skip


@dataclass(frozen=True)
class Encoding:
    """An encoding by Python's name; `guessed` by evidence alone, what it may be instead (`rivals`), and whether some lines are not in it (`mixed`)."""

    name: str
    guessed: bool = False
    rivals: tuple[str, ...] = ()
    mixed: bool = False

    @property
    def told(self) -> str:
        """What a person is told of a guess, with the setting that settles it; nothing where there is no guess."""
        if self.mixed:
            return "UTF-8 but for some lines, which are not read; save the file in one encoding"
        if not self.guessed:
            return ""
        shown = _SHOWN.get(self.name, self.name)
        if self.rivals:
            others = " or ".join(_SHOWN.get(name, name) for name in self.rivals)
            return f'encoding in doubt: read as {shown}, may be {others}; settle it: encoding = "{self.name}"'
        return f'read as {shown}, by evidence; if names look wrong, set encoding = "..."'


def sniff_encoding(path: Path) -> Encoding:
    """Return what a file is encoded in; any bytes have some encoding, the doubtful ones with rivals."""
    with path.open("rb") as file:
        head = file.read(4096)
        for mark, name in _MARKS.items():
            if head.startswith(mark):
                return Encoding(name)
        if b"\0" in head and (wide := _without_mark(head)):
            return Encoding(wide, guessed=True)
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            file.seek(0)
            telling = _telling_lines(file.read(16 * _BLOCK))
            if _mostly_utf8(telling):
                return Encoding("utf-8", mixed=True)
            return guess(telling)
        file.seek(0)
        return _seven_bits(file.read(16 * _BLOCK))


def _seven_bits(data: bytes) -> Encoding:
    """Return what octets without a high bit are in, where they change sets by a sign of their own."""
    for escape, name in _ESCAPED.items():
        if escape in data:
            return Encoding(name, guessed=True)
    return Encoding("hz", guessed=True) if data.isascii() and _HZ.search(data) else Encoding("utf-8")


def _mostly_utf8(telling: bytes) -> bool:
    """Whether more than half of some lines with other than ASCII are UTF-8: in no other encoding would that be by chance."""
    lines = telling.split(b"\n")
    good = 0
    for line in lines:
        try:
            line.decode()
        except UnicodeDecodeError:
            continue
        good += 1
    return 2 * good > len(lines)


def for_xml(path: Path) -> tuple[str | None, Encoding | None]:
    """Return how an XML file is to be read against what it says of itself, None where it is as it says, and what it was found to be.

    Where a declaration names a set that later ones contain (GB2312, Big5, Latin-1), the later one is read, as browsers do: files say
    the older name. Where it contradicts the octets, these are right.
    """
    with path.open("rb") as file:
        head = file.read(400)
    if head.startswith(tuple(_MARKS)) and not head.startswith(codecs.BOM_UTF8):
        return None, None
    said = _DECLARED.match(head.replace(b"\0", b"") if b"\0" in head else head)
    declared = _key(said[1].decode()) if said else ""
    if declared.startswith(("iso2022", "hz", "utf7", "utf32", "ucs4")):
        return None, None
    found = sniff_encoding(path)
    if found.name in {"utf-8", "utf-8-sig"}:
        return (None if declared in {"", "utf8"} else "utf-8"), (None if said and not found.mixed else found)
    if found.name.startswith("utf-16"):
        return (None, None) if said else (found.name.replace("16-", "16").upper(), found)
    if declared in _CONTAINED or (said and declared != "utf8"):
        return _CONTAINED.get(declared), None
    return xml_name(found.name), found


def xml_name(name: str) -> str:
    """Return an encoding by the name that libxml2 knows it by."""
    return {"utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE"}.get(name, name.replace("_", "-"))


def _key(name: str) -> str:
    """Return an encoding's name without hyphens and letter case."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _without_mark(head: bytes) -> str:
    """Return UTF-16 by where its zero octets stand, where there is no byte order mark."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if min(even, odd) or max(even, odd) < len(head) // 32:
        return ""
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = head[: len(head) // 2 * 2].decode(name, "replace")
    return name if "\ufffd" not in text[:-1] and any(sign in text for sign in "\n<{[") else ""


def _telling_lines(data: bytes) -> bytes:
    lines, size = [], 0
    for line in data.split(b"\n"):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > SAMPLE:
                break
    return b"\n".join(lines)


def guess(data: bytes) -> Encoding:
    """Return what octets that are no UTF-8 are most likely encoded in.

    >>> guess("Jörg Özkan, Fähre am Morgen".encode("cp1252")).name, guess("何照明,灣仔碼頭清晨,漁船".encode("big5")).name
    ('cp1252', 'big5hkscs')
    """
    from charset_normalizer import from_bytes  # noqa: PLC0415  only unmarked text pays for it

    common = {
        name: share
        for name in ROWS
        if (share := commonness(data, name)) is not None and not _within_words(data, name)
    }
    ranked = sorted(common, key=lambda name: -common[name])
    best = from_bytes(data, cp_isolation=[*ROWS, *_ALPHABETS]).best()
    heard = best.encoding if best else ""
    if heard not in ROWS and (heard or not ranked):
        runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", data)]
        alone = sum(n == 1 for n in runs) / max(len(runs), 1)
        if heard != "cp1251":
            heard = "cp1251" if alone < 0.3 else min(_ALPHABETS[:2], key=lambda name: _odd(data, name))
        other = (
            ranked[:1]
            if ranked and heard != "cp1251" and alone < 0.5
            else ["cp1252"]
            if heard == "cp1251"
            else []
        )
        if heard == "cp1251":
            heard = min(_CYRILLIC, key=lambda name: _odd(data, name) + _no_letters(data, name))
            other = [name for name in ("cp1251", "cp1252") if name != heard][:1]
        elif _usual(data, "cp1252") < 0.5 and _usual(data, better := western(data)) >= SURE:
            heard, other = better, ["cp1252"]
        elif heard == "cp1252" and not other and _usual(data, "cp1252") < 0.7:
            other = ["cp1254" if re.search(r"[ðþýÐÞÝ]", data.decode("cp1252", "replace")) else "cp1250"]
        return Encoding(heard, guessed=True, rivals=tuple(other))
    if ranked and common[ranked[0]] < 0.5 and _is_thai(data):
        return Encoding("tis_620", guessed=True, rivals=(ranked[0],))
    first = ranked[0] if ranked else heard
    chosen = heard if heard in common and common[heard] > common[first] - NEAR else first
    rivals = [name for name in ranked if name != chosen and common[name] > common.get(chosen, 0) - NEAR]
    if heard not in {chosen, ""} and heard not in rivals:
        rivals.insert(0, heard)
    if common.get(chosen, 0) >= SURE and chosen == heard and len(data) > 40:
        # Chinese falls among the rows of Hangul for the half at most.
        rivals = [
            name
            for name in rivals
            if common[name] >= common[chosen] and (chosen, name) != ("cp949", "gb18030")
        ]
    return Encoding(chosen, guessed=True, rivals=tuple(rivals[:2]))


def commonness(data: bytes, name: str) -> float | None:
    """Return the share of characters in the common rows of an encoding, None where it cannot read the octets."""
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return None
    found = [c for c in text if ord(c) > 0x7F]
    leads = [c.encode(name) for c in found if len(c.encode(name)) == 2]
    return sum(ROWS[name](lead[0]) for lead in leads) / len(found) if found else None


def _within_words(data: bytes, name: str) -> bool:
    """Whether most signs of another script stand alone inside words of Latin letters: `J攔g` is a name in another encoding."""
    text = data.decode(name, "replace")
    runs = re.findall(r"[^\x00-\x7f]+", text)
    inside = re.findall(r"(?<=[A-Za-z])[^\x00-\x7f](?=[a-z])", text)
    return len(inside) > 0.5 * len(runs)


def _usual(data: bytes, name: str) -> float:
    """Return the share of characters that Western languages have where they stand: letters in their case, signs beside words."""
    text = f" {data.decode(name, 'replace')} "
    found = [place for place, c in enumerate(text) if ord(c) > 0x7F]
    good = 0
    for place in found:
        c, before, after = text[place], text[place - 1], text[place + 1]
        if c.casefold() in _LETTERS or c == "ß":
            good += c.islower() or not before.isalpha() or (before.isupper() and not after.islower())
        elif c in _SIGNS:
            good += c == "’" or not (before.isalpha() and after.isalpha())
    return good / len(found) if found else 0.0


def western(data: bytes) -> str:
    """Return which set of Western Europe octets are most likely in."""
    return max(_WESTERN, key=lambda name: _usual(data, name))


def _no_letters(data: bytes, name: str) -> int:
    return sum(ord(c) > 0x7F and not c.isalpha() for c in data.decode(name, "replace"))


def _is_thai(data: bytes) -> bool:
    """Whether octets are TIS-620: they all are in it, in runs, and vowels and tones of Thai among them."""
    try:
        text = data.decode("tis_620")
    except UnicodeDecodeError:
        return False
    runs = re.findall(r"[\u0e00-\u0e7f]{3,}", text)
    return sum(map(len, runs)) > 0.8 * sum(ord(c) > 0x7F for c in text)


def _odd(data: bytes, name: str) -> int:
    """Count signs where letters should be, and capitals inside words."""
    text = f" {data.decode(name, 'replace')} "
    return len(
        re.findall("(?<=[^\\W\\d_])[¹³¼½¾£¥¤¦¬¯±´µ¶¸˛ˇ]|[¹³¼½¾£¥¤¦¬¯±´µ¶¸˛ˇ](?=[^\\W\\d_])", text)
    ) + sum(before.islower() and ord(c) > 0x7F and c.isupper() for before, c in pairwise(text))
