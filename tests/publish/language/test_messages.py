"""Catalogues say what the sources say: nothing missing, nothing left over, nothing lost on the way."""

import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from dedupelab.match.authority import CRITERIA
from dedupelab.numbers.results import GRADES
from dedupelab.publish.chapters.harm import LINES
from dedupelab.publish.language.language import speaking
from dedupelab.publish.language.messages import main, messages, update
from dedupelab.publish.language.phrases import PHRASES, facets, said
from dedupelab.publish.language.translations import languages
from dedupelab.review.sampling_frame import VOTES
from dedupelab.sample.edits import DERIVED, NEAR
from dedupelab.tables import RELATIONS

TAGS = sorted(languages())


def catalog_of(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def forms(text: object) -> list[str]:
    return [str(each) for each in text] if isinstance(text, tuple | list) else [str(text or "")]


def placeholders(text: str) -> set[tuple[str, str]]:
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("tag", TAGS)
def test_every_message_is_translated(tag):
    """The sources hold no message that a catalogue of the package lacks or leaves empty."""
    catalog = catalog_of(languages()[tag])
    lacking = [
        m.id
        for m in messages()
        if m.id
        and (
            (found := catalog.get(forms(m.id)[0])) is None or found.id != m.id or not all(forms(found.string))
        )
    ]
    assert lacking == []


@pytest.mark.parametrize("tag", TAGS)
def test_no_translation_is_left_over(tag):
    """A message that the sources no longer say is dropped; none is fuzzy, for a guess is no translation."""
    sources = messages()
    catalog = catalog_of(languages()[tag])
    assert [m.id for m in catalog if m.id and sources.get(forms(m.id)[0]) is None] == []
    assert [m.id for m in catalog if m.id and m.fuzzy] == []


@pytest.mark.parametrize("tag", TAGS)
def test_translations_keep_placeholders(tag):
    """Every placeholder of a message, with its number format, is in each form of its translation, and no other."""
    wrong = [
        (m.id, form)
        for m in catalog_of(languages()[tag])
        if m.id
        for form in forms(m.string)
        if placeholders(form) != set().union(*map(placeholders, forms(m.id)))
    ]
    assert wrong == []


def test_chinese_is_set_as_hong_kong_sets_it():
    """Full-width marks beside Chinese, Western digits, a space between Chinese and Western letters."""
    wrong = []
    for m in catalog_of(languages()["zh-Hant-HK"]):
        for form in forms(m.string) if m.id else []:
            text = re.sub(r"\{[^}]*\}", "", form)
            tight = re.search(r"[\u4e00-\u9fff][A-Za-z0-9%]|[A-Za-z0-9%][\u4e00-\u9fff]", form)
            narrow = re.search(r"[\u4e00-\u9fff] ?[,;:!?()]|[,;:!?()] ?[\u4e00-\u9fff]", text)
            digits = re.search(r"[０-９]", text)
            if tight or narrow or digits:
                wrong.append(form)
    assert wrong == []


def test_phrases_match_what_results_say():
    """Grades, criteria, relations and the paper's lines of harm are told; names that stand within stay as they are."""
    texts = [*GRADES.values(), *RELATIONS, *(c.name for c in CRITERIA), *(c.sentence for c in CRITERIA)]
    with speaking("zh-Hant-HK"):
        assert [text for text in texts if "原文" in said(text)] == []
        assert (
            said("Images hashed in Harbour Ledger (invented)")
            == "Harbour Ledger (invented) 中已計算雜湊的圖像"
        )
        assert said("Conflicting creator") == "創作者有衝突"
        assert (
            said("images of which both the file and its catalogue record state caption")
            == "檔案與目錄記錄均載明說明文字的圖像"
        )
    assert len(LINES) == 8


def test_phrases_are_distinct():
    """No phrase is declared twice, and none consists of placeholders alone: it would match anything."""
    assert len(PHRASES) == len(set(PHRASES))
    assert [p for p in PHRASES if len(re.sub(r"\{[^}]*\}|\W", "", p)) < 2] == [": ", "p = {chance}"]


def test_an_update_keeps_translations_and_drops_what_is_unused(tmp_path):
    """A catalogue that is brought up to date has every message, today's translations, and no guess."""
    path = tmp_path / "de.po"
    path.write_text(
        'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Contents"\nmsgstr "Inhalt"\n\nmsgid "said no more"\nmsgstr "nie mehr gesagt"\n',
        encoding="utf-8",
    )
    lacking = update(path)
    catalog = catalog_of(path)
    assert catalog.get("Contents").string == "Inhalt"
    assert catalog.get("said no more") is None
    assert len(lacking) == len([m for m in messages() if m.id]) - 1
    before = path.read_bytes()
    update(path)
    assert path.read_bytes() == before


def test_the_command_makes_a_new_catalogue(tmp_path, capsys):
    """One file for a language that nobody has begun: all messages, none translated."""
    main([str(tmp_path / "fr.po")])
    assert "without a translation" in capsys.readouterr().out
    assert "nplurals=2" in (tmp_path / "fr.po").read_text("utf-8")


def test_measure_words_stand_only_where_they_are_taken_off():
    """Only what `said` and `counted` tell may hold the bar behind a measure word: a message shown as it is would print it."""
    printed = [
        m.id
        for tag in TAGS
        for m in catalog_of(languages()[tag])
        if m.id
        and any("|" in form for form in forms(m.string))
        and any(not name.startswith("phrases_") for name, _ in m.locations)
    ]
    assert printed == []


def test_kinds_of_planted_edits_and_bands_of_votes_are_told_in_chinese():
    """Every kind of edit that a calibration plants, and every band of proposals, has its words."""
    with speaking("zh-Hant-HK"):
        kinds = [said(kind) for kind in (*NEAR, *DERIVED)]
        bands = [facets(f"joins: not examined, {band}") for _limit, band in VOTES]
    assert [text for text in (*kinds, *bands) if re.search("[A-Za-z]", text)] == []
