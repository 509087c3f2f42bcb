"""MARC 21: fields in binary records (ISO 2709) and in MARCXML, with 880 fields as what they say in another script."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from dedupelab.collect.catalogues.markup import Element, attribute, children, local, whole_text
from dedupelab.collect.catalogues.record import Record, Statement, as_json, assemble, unusable

TERMINATOR = b"\x1d"
LONGEST_MARC = 99_999
"""Octets of a MARC record: its length has five digits."""
_BLOCK = 1 << 16
MAKERS = frozenset({"pht", "photographer", "cre", "creator", "art", "artist", "aut", "author", "攝影", "攝影者", "攝影師"})  # fmt: skip
"""Relators that make an added name the maker of the picture; others (donors, subjects, publishers) are left unmapped."""
MARC = {
    "001": "record_id",
    "024a": "identifier",
    "035a": "identifier",
    "041a": "language",
    "046k": "date_created",
    "100a": "creator",
    "110a": "creator",
    "245a": "title",
    "245b": "title",
    "260c": "date_created?",
    "264c": "date_created?",
    "506a": "access_limit",
    "520a": "caption",
    "540a": "terms",
    "540u": "web_statement",
    "541a": "source",
    "542d": "copyright_owner",
    "542f": "copyright_notice",
    "542u": "web_statement",
    "700a": "creator",
    "710a": "creator",
    "776t": "related",
    "776w": "related",
    "787t": "related",
    "787w": "related",
    "852a": "holding_institution",
    "856f": "file",
    "856u": "file",
}
"""MARC field and subfield to target (MARC 21 Format for Bibliographic Data)."""
_ISBD = " /:;,="
_LINK = re.compile(r"(\d{3})-\d\d")


@dataclass(frozen=True)
class MarcField:
    """One variable field: tag, and its subfields as (code, value); a control field has one with an empty code."""

    tag: str
    subfields: tuple[tuple[str, str], ...]
    second: str = " "

    def all(self, *codes: str) -> list[str]:
        """Return the values of the named subfields."""
        return [value for code, value in self.subfields if code in codes]


def marc_statements(fields: list[MarcField]) -> list[Statement]:
    """Return what the fields state; a field 880 is the parallel, in another script, of the field its $6 names.

    Punctuation that ISBD puts before the next subfield is taken off.
    """
    found = []
    for each in fields:
        linked = next((m for value in each.all("6") if (m := _LINK.match(value))), None)
        tag = linked[1] if each.tag == "880" and linked else each.tag
        makes = not each.all("e", "4") or any(
            re.split(r"[/#]", said)[-1].strip(" .").casefold() in MAKERS for said in each.all("e", "4")
        )
        for code, value in each.subfields:
            if code == "6":
                continue
            target = MARC.get(tag + code)
            if target == "creator" and tag[0] == "7" and not (makes and each.all("e", "4")):
                target = None
            if tag == "264" and each.second == "4":
                target = None  # a copyright year is no date of making
            source = f"{each.tag}${code}" if code else each.tag
            parallel = each.tag == "880"
            text = value.rstrip(_ISBD) if code else value
            found.append(Statement(source, text, target, parallel=parallel and target is not None))
    return found


def read_marcxml(element: Element) -> list[Statement]:
    """Return what a MARCXML record states."""
    return marc_statements(list(_marcxml_fields(element)))


def _marcxml_fields(element: Element) -> Iterator[MarcField]:
    for each in children(element):
        tag = attribute(each, "tag")
        if local(each) == "controlfield":
            yield MarcField(tag, (("", whole_text(each)),))
        elif local(each) == "datafield":
            parts = tuple(
                (attribute(part, "code"), part.text or "")
                for part in children(each)
                if local(part) == "subfield"
            )
            yield MarcField(tag, parts, attribute(each, "ind2"))


def read_marc(file: IO[bytes], encoding: str = "") -> Iterator[Record]:
    """Yield the records of a binary MARC 21 file (ISO 2709); a damaged one is a record that says so.

    Parameters
    ----------
    file
        Read block by block; a record ends at its terminator, so one wrong length spoils one record.
    encoding
        How text is coded where the leader tells neither Unicode nor MARC-8, such as `big5hkscs`; empty to believe it.
    """
    for data in _pieces(file):
        yield _marc_record(data, encoding)


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


def _marc_record(data: bytes, encoding: str) -> Record:
    shown = data[:200].decode("latin-1")
    if not re.match(rb"\d{5}", data):
        return unusable(f"expected a MARC leader of digits, got {shown[:12]!r}", raw=shown)
    if int(data[:5]) != len(data) + 1:
        wrong = f"expected a MARC record of {int(data[:5])} octets, got {len(data) + 1}"
        return unusable(wrong, raw=shown)
    try:
        fields = _marc_fields(data + TERMINATOR, encoding)
    except UnreadableRecordError as problem:
        return unusable(f"expected a MARC record, got: {problem}", raw=shown)
    raw = as_json([[f.tag, [list(part) for part in f.subfields]] for f in fields])
    return assemble(marc_statements(fields), raw=raw)


class UnreadableRecordError(ValueError):
    """A record that is no MARC, or is not in the encoding it says."""


def _marc_fields(data: bytes, encoding: str) -> list[MarcField]:
    """Return a record's fields; with an encoding, fields are cut as octets and decoded one by one, whatever the leader says."""
    import pymarc  # noqa: PLC0415  only MARC catalogues pay for it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd subfield codes and characters: what they leave is read
            record = pymarc.Record(data=data, to_unicode=not encoding, hide_utf8_warnings=True)
        return [
            MarcField(f.tag, (("", _text(f.data, encoding)),))
            if f.control_field
            else MarcField(
                f.tag,
                tuple((s.code, _text(s.value, encoding)) for s in f.subfields),
                f.indicators[1] if f.indicators else " ",
            )
            for f in record.fields
        ]
    except (pymarc.exceptions.PymarcException, ValueError, LookupError, TypeError) as problem:
        raise UnreadableRecordError(" ".join(str(problem).split()) or type(problem).__name__) from problem


def _text(value: object, encoding: str) -> str:
    return value.decode(encoding) if isinstance(value, bytes) else str(value or "")
