"""MARC 21 and UNIMARC (CNMARC): fields in binary records (ISO 2709) and in MARCXML; what other scripts say is kept as parallel.

The two give the same tags to other things: field 100 is a person in MARC 21 and coded data in UNIMARC. Which one a record is
follows from its leader and from what its field 100 holds.
"""

import logging
import re
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from dedupelab.collect.catalogues import iso5426
from dedupelab.collect.catalogues.encodings import Encoding, guess
from dedupelab.collect.catalogues.markup import Element, attribute, children, local, named, whole_text
from dedupelab.collect.catalogues.record import Record, Statement, as_json, assemble, unusable
from dedupelab.collect.catalogues.terms import makes

TERMINATOR = b"\x1d"
LONGEST_MARC = 99_999
"""Octets of a MARC record: its length has five digits."""
LEADER = re.compile(rb"[\s\x00\xef\xbb\xbf]*\d{5}[ -~]{5}[\d ]{2}\d{5}")
_BLOCK = 1 << 16
MARC: Mapping[str, str] = {
    "001": "record_id", "024a": "identifier", "035a": "identifier", "037a": "identifier", "041a": "language", "245f": "date_created?", "046k": "date_from", "046l": "date_to",
    "260c": "date_created??", "506a": "access_limit", "520a": "caption", "524a": "credit", "540a": "terms", "540u": "web_statement", "541a": "source",
    "542d": "copyright_owner", "542f": "copyright_notice", "542u": "web_statement", "776t": "related", "776w": "related", "787t": "related",
    "787w": "related", "852a": "holding_institution", "856f": "file", "856u": "file",
}  # fmt: skip
"""MARC 21 field and subfield to target; names and titles are put together of several (NAMES, TITLES)."""
UNIMARC: Mapping[str, str] = {
    "001": "record_id", "010a": "identifier", "017a": "identifier", "029b": "identifier", "101a": "language", "210d": "date_created?", "214d": "date_created?",
    "219d": "date_created?", "310a": "access_limit", "371a": "terms", "317a": "source", "330a": "caption", "345a": "source", "852a": "holding_institution",
    "856f": "file", "856u": "file",
}  # fmt: skip
"""UNIMARC field and subfield to target."""
NAMES: Mapping[bool, Mapping[str, str]] = {
    False: {"100": "ab", "110": "ab", "111": "a", "700": "ab", "710": "ab", "711": "a", "720": "a"},
    True: {"700": "ab", "701": "ab", "702": "ab", "710": "ab", "711": "ab", "712": "ab"},
}
"""Names and the subfields they are built of, of MARC 21 (False) and UNIMARC (True)."""
_ADDED = {False: frozenset({"700", "710", "711", "720"}), True: frozenset({"702", "712"})}
"""Names that have made something only where their role says so."""
_TITLES = {False: {"245": "abnp"}, True: {"200": "aehi"}}
_DATED = {"0": "date_created?", "1": "date_created??", " ": "date_created??"}
"""Dates in 264 by what they are of: production before publication; distribution, manufacture and copyright make no picture."""
_ISBD = " /:;,="
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]+")
_LINK = re.compile(r"(\d{3})-\d\d")
_CODED = re.compile(r"\d{8}[a-z |]")
_MARC8 = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xc8]|[\xe0-\xfe]+[A-Za-z ])*")


@dataclass(frozen=True)
class MarcField:
    """One variable field: tag, and its subfields as (code, value); a control field has one with an empty code."""

    tag: str
    subfields: tuple[tuple[str, str], ...]
    first: str = " "
    second: str = " "

    def all(self, *codes: str) -> list[str]:
        """Return the values of the named subfields."""
        return [value for code, value in self.subfields if code in codes]


def is_unimarc(fields: list[MarcField], leader: str) -> bool:
    """Whether a record is UNIMARC: its field 100 holds coded data, or it has a title in 200 and none in 245."""
    tags = {each.tag for each in fields}
    if any(each.tag == "100" and any(map(_CODED.match, each.all("a"))) for each in fields):
        return True
    return (
        "200" in tags
        and not tags & {"245", "008"}
        and (leader[20:24] != "4500" or bool(tags & {"101", "210", "214", "801"}))
    )


def marc_statements(
    fields: list[MarcField], leader: str = "", *, unimarc: bool | None = None
) -> list[Statement]:
    """Return what the fields state; a field 880 is the parallel, in another script, of the field its $6 names.

    Punctuation that ISBD puts before the next subfield is taken off. Of UNIMARC fields that $6 joins the first speaks.

    Parameters
    ----------
    fields, leader
        Of one record.
    unimarc
        Whether it is UNIMARC; None to tell by the record itself.
    """
    other = is_unimarc(fields, leader) if unimarc is None else unimarc
    found: list[Statement] = []
    joined: set[tuple[str, str]] = set()
    for each in fields:
        tag, parallel = each.tag, each.tag == "880"
        links = each.all("6")
        if parallel:
            tag = next((m[1] for value in links if (m := _LINK.match(value))), tag)
        elif other and links and len(links[0]) >= 3:
            link = (tag, links[0][1:3])
            parallel = link in joined
            joined.add(link)
        found += _statements(each, tag, other, parallel=parallel)
    return found


def _statements(each: MarcField, tag: str, unimarc: bool, *, parallel: bool) -> Iterator[Statement]:  # noqa: FBT001
    names, titles = NAMES[unimarc].get(tag), _TITLES[unimarc].get(tag)
    whole, target = names or titles or "", None
    if titles:
        target = "title"
    elif names:
        roles = each.all("4") if unimarc else each.all("e", "4", "j")
        # The roles of an event's name stand in another subfield.
        made = makes(roles) if roles else tag not in _ADDED[unimarc]
        target = "creator" if made and not (tag[0] == "7" and not unimarc and each.all("t")) else None
    pieces: list[tuple[str, str]] = []
    for code, value in each.subfields:
        if code in {"6", "7"} and (unimarc or code == "6"):
            continue
        source = f"{each.tag}${code}" if code else each.tag
        if code and code in whole:
            pieces.append((source, value))
            continue
        meant = UNIMARC.get(tag + code) if unimarc else _meant(each, tag + code)
        if tag == "856" and each.second == "2":
            meant = None if meant == "file" else meant  # a related resource
        if unimarc and tag == "100" and code == "a" and _CODED.match(value):
            yield Statement("100$a", _coded_date(value), "date_created??")
            continue
        text = value if not code or code == "u" else value.rstrip(_ISBD)
        yield Statement(source, text, meant, parallel=parallel and meant is not None)
    if pieces:
        text = _put_together([value for _, value in pieces], tag, unimarc, name=bool(names))
        yield Statement(pieces[0][0], text.rstrip(_ISBD), target, parallel=parallel and target is not None)


def _meant(each: MarcField, code: str) -> str | None:
    """Return what a subfield of MARC 21 means, also by what stands beside it."""
    if code == "264c":
        return _DATED.get(each.second)
    return "date_created" if code == "046k" and not each.all("l") else MARC.get(code)


def _put_together(parts: list[str], tag: str, unimarc: bool, *, name: bool) -> str:  # noqa: FBT001
    """Return a name or title of its subfields, with the punctuation they bring or that their format leaves out."""
    if name:
        joint = (", " if tag in {"700", "701", "702"} else ". ") if unimarc else " "
        if unimarc and all(map(_HAN.fullmatch, parts)):
            joint = ""
        return joint.join(part.strip(_ISBD) if unimarc else part for part in parts)
    text = parts[0]
    for part in parts[1:]:
        joint = " " if text.rstrip()[-1:] in set(":;=,./") else " : "
        text = text.rstrip() + joint + part
    return text


def _coded_date(coded: str) -> str:
    """Return the year or years of UNIMARC's coded publication date; nothing where it has none."""
    kind, first, last = coded[8:9], coded[9:13].strip(), coded[13:17].strip()
    if not re.fullmatch(r"\d{4}", first):
        return ""
    return (
        f"{first}/{last}"
        if kind in {"f", "g", "b", "k"} and re.fullmatch(r"\d{4}", last) and last != "9999"
        else first
    )


def read_marcxml(element: Element) -> list[Statement]:
    """Return what a MARCXML record states, of MARC 21 or UNIMARC."""
    leader = next((part.text or "" for part in named(element, "leader")), "")
    unimarc = True if "unimarc" in attribute(element, "format").casefold() else None
    return marc_statements(list(_marcxml_fields(element)), leader, unimarc=unimarc)


def _marcxml_fields(element: Element) -> Iterator[MarcField]:
    for each in children(element):
        tag = attribute(each, "tag")
        if local(each) == "controlfield":
            yield MarcField(tag, (("", whole_text(each)),))
        elif local(each) == "datafield":
            parts = tuple((attribute(part, "code"), part.text or "") for part in named(each, "subfield"))
            yield MarcField(tag, parts, attribute(each, "ind1"), attribute(each, "ind2"))


def sniff_encoding(file: IO[bytes]) -> Encoding:
    """Return what text in a binary file is coded in where leaders say nothing: by its first records with other than ASCII."""
    sample, size = [], 0
    for data in _pieces(file):
        if not data.isascii():
            sample.append(data[24:].replace(b"\x1e", b"\n").replace(b"\x1f", b"\n"))
            size += len(data)
            if size > 1 << 16:
                break
    text = b"\n".join(sample)
    try:
        text.decode("utf-8")
        return Encoding("utf-8")
    except UnicodeDecodeError:
        if b"\x1b" in text or _composes(text):
            return Encoding("marc8")
        return Encoding("iso5426", guessed=True) if iso5426.is_iso5426(text) else guess(text)


def _composes(text: bytes) -> bool:
    """Whether octets are MARC-8: its diacritics stand before letters that bear them; in other encodings most pairs are none."""
    if _MARC8.fullmatch(text) is None:
        return False
    marked = re.findall(rb"[\xe0-\xfe][A-Za-z]", text)
    formed = [unicodedata.normalize("NFC", _text(pair, "marc8")) for pair in marked]
    return sum(len(pair) == 1 for pair in formed) >= 0.9 * len(formed)


def read_marc(
    file: IO[bytes], encoding: str = "", *, unmarked: str = "marc8", unimarc: bool | None = None
) -> Iterator[Record]:
    """Yield the records of a binary MARC file (ISO 2709); a damaged one is a record that says so.

    Parameters
    ----------
    file
        Read block by block; a record ends at its terminator, so one wrong length spoils one record.
    encoding
        How text is coded, such as `big5hkscs`; empty to believe the leader.
    unmarked
        How text is coded where the leader does not say Unicode.
    unimarc
        As in `marc_statements`.
    """
    for data in _pieces(file):
        yield _marc_record(data, encoding, unmarked, unimarc)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while block := file.read(_BLOCK):
        *whole, rest = (rest + block).split(TERMINATOR)
        yield from (piece.lstrip(b"\r\n\0 \x1a") for piece in whole)
        if len(rest) > 100 * LONGEST_MARC:
            yield rest[:LONGEST_MARC]
            rest = b""
    if rest.strip(b"\r\n\0 \x1a"):
        yield rest.lstrip(b"\r\n\0 \x1a")


def _marc_record(data: bytes, encoding: str, unmarked: str, unimarc: bool | None) -> Record:  # noqa: FBT001
    shown = data[:200].decode("latin-1")
    if not re.match(rb"\d{5}", data):
        return unusable(f"expected a MARC leader of digits, got {shown[:12]!r}", raw=shown)
    if int(data[:5]) != len(data) + 1:
        wrong = f"expected a MARC record of {int(data[:5])} octets, got {len(data) + 1}"
        return unusable(wrong, raw=shown)
    leader = shown[:24]
    coding = encoding or ("utf-8" if leader[9] == "a" else unmarked)
    try:
        fields = _marc_fields(
            data + TERMINATOR, "utf-8" if data.isascii() and b"\x1b" not in data else coding
        )
    except UnreadableRecordError as problem:
        return unusable(f"expected a MARC record, got: {problem}", raw=shown)
    raw = as_json([[f.tag, [list(part) for part in f.subfields]] for f in fields])
    return assemble(marc_statements(fields, leader, unimarc=unimarc), raw=raw)


class UnreadableRecordError(ValueError):
    """A record that is no MARC, or is not in the encoding it says."""


def _marc_fields(data: bytes, encoding: str) -> list[MarcField]:
    """Return a record's fields, cut as octets and decoded one by one; `marc8` for the coding of that name."""
    import pymarc  # noqa: PLC0415  only MARC catalogues pay for it

    logging.getLogger("pymarc").addHandler(logging.NullHandler())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd subfield codes and characters: what they leave is read
            # Without a guess at characters: pymarc's own decoding writes a line to the terminal for each odd one.
            record = pymarc.Record(data=data, to_unicode=False)
            return [
                MarcField(f.tag, (("", _text(f.data, encoding)),))
                if f.control_field
                else MarcField(
                    f.tag,
                    tuple((s.code, _text(s.value, encoding)) for s in f.subfields),
                    *(f.indicators[:2] if f.indicators else (" ", " ")),
                )
                for f in record.fields
            ]
    except (pymarc.exceptions.PymarcException, ValueError, LookupError, TypeError) as problem:
        raise UnreadableRecordError(" ".join(str(problem).split()) or type(problem).__name__) from problem


def _text(value: object, encoding: str) -> str:
    if not isinstance(value, bytes):
        return str(value or "")
    if encoding == "marc8":
        from pymarc.marc8 import marc8_to_unicode  # noqa: PLC0415  as above

        return str(marc8_to_unicode(value, hide_utf8_warnings=True))
    return iso5426.decoded(value) if encoding == "iso5426" else value.decode(encoding)
