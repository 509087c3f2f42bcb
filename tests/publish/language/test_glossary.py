"""The words of the glossary are the words of the translations."""

import csv
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dedupelab.publish.language.translations import languages

GLOSSARY = Path(__file__).parents[3] / "data" / "glossary.csv"
TAG = "zh-Hant-HK"
EXCEPT: dict[str, tuple[str, ...]] = {
    "dispute": ("{reviewed:,.0f} of",),  # between reviewers, not over pictures
    "exposure": ("the same scene in another exposure",),  # of a camera
    "group": ("Each file was read once.",),  # names
    "holder": ("groups that state at least one of creator, rights holder",),
    "precision": (
        "Exif, IIM, XMP and an XMP sidecar",
        "Groups with at least one pair",
        "Images whose linked record",
    ),  # of dates
    "variant": ("{above} of {options} variants",),  # of options
    "work": ("Migration, legal work",),  # of lawyers
}
"""Messages that use an English word in another sense than the glossary's, by term: how they begin."""


def terms() -> list[dict[str, str]]:
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def translations() -> dict[str, str]:
    with languages()[TAG].open("rb") as file:
        catalog = read_po(file)
    return {
        " / ".join([m.id] if isinstance(m.id, str) else m.id): m.string
        if isinstance(m.string, str)
        else m.string[0]
        for m in catalog
        if m.id
    }


def uses(term: str, message: str) -> bool:
    """Whether a message says the term, in singular or plural, outside its placeholders."""
    words = re.sub(r"\{[^}]*\}", " ", message)
    plain = re.escape(term)
    several = plain[:-1] + "ies" if term.endswith("y") else plain + "(?:s|es)?"
    return bool(re.search(rf"(?<![\w.-])(?:{plain}|{several})(?![\w-])", words, re.IGNORECASE))


@pytest.mark.parametrize("row", terms(), ids=lambda row: row["term"])
def test_every_translation_uses_the_term_of_the_glossary(row):
    """A message with the English term has the Chinese one in its translation, save where the word means something else."""
    used = [
        (message, translation)
        for message, translation in translations().items()
        if uses(row["term"], message) and not message.startswith(EXCEPT.get(row["term"], ()) or ("\0",))
    ]
    assert [pair for pair in used if row[TAG] not in pair[1]] == []


def test_exceptions_are_needed():
    """An exception that no message needs any more is dropped."""
    known = {row["term"]: row[TAG] for row in terms()}
    for term, beginnings in EXCEPT.items():
        for beginning in beginnings:
            assert any(
                message.startswith(beginning) and uses(term, message) and known[term] not in translation
                for message, translation in translations().items()
            ), (term, beginning)


def test_the_glossary_is_in_order_and_complete():
    """Terms are sorted, defined, translated and named once."""
    rows = terms()
    names = [row["term"].casefold() for row in rows]
    assert names == sorted(set(names))
    assert all(row["definition"] and row[TAG] for row in rows)
