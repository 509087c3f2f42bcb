"""Messages, numbers and lists in the language that is being written."""

from datetime import date

import numpy as np
import pytest

from dedupelab.errors import ConfigError
from dedupelab.numbers.messages import NOTHING, Message, from_json, message, named, quoted
from dedupelab.numbers.messages import joined as in_a_row
from dedupelab.publish.language.language import (
    _,
    capital,
    counted,
    current,
    day,
    document_tag,
    joined,
    listed,
    number,
    original,
    pieces,
    plural,
    speaking,
    told,
    word,
)
from dedupelab.publish.language.translations import FOLDERS, language_of, languages

HONG_KONG = "zh-Hant-HK"


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """Return a function that puts a catalogue on the search path."""
    monkeypatch.setenv(FOLDERS, str(tmp_path))

    def write(tag: str, messages: str, plurals: str = "nplurals=2; plural=(n != 1);") -> None:
        head = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plurals}\\n"\n\n'
        (tmp_path / f"{tag}.po").write_text(head + messages, encoding="utf-8")

    return write


def test_english_needs_no_catalogue():
    """Outside of any block the sources speak for themselves."""
    assert _("{count:,} pictures", count=1234) == "1,234 pictures"
    assert plural("{count} copy", "{count} copies", 1) == "1 copy"
    assert document_tag() == "en-GB"


def test_a_language_holds_within_its_block():
    """The former language comes back, also after an error."""
    with speaking(HONG_KONG):
        assert _("Contents") == "目錄"
        with pytest.raises(ValueError, match="Contents"), speaking("en"):
            raise ValueError(_("Contents"))
        assert document_tag() == HONG_KONG
    assert _("Contents") == "Contents"


def test_a_missing_translation_is_marked():
    """It is shown in English with the mark, never guessed."""
    with speaking(HONG_KONG):
        assert _("Nobody translated {what}.", what="this") == "Nobody translated this. 〔原文為英文〕"
        assert plural("{count} thing", "{count} things", 2) == "2 things 〔原文為英文〕"
        assert told(message("nothing of the kind")) == "nothing of the kind 〔原文為英文〕"


def test_an_empty_or_fuzzy_translation_is_missing(catalogue):
    """What a tool guessed, or nobody wrote, counts as nothing."""
    catalogue("de", 'msgid "Contents"\nmsgstr ""\n\n#, fuzzy\nmsgid "Figure"\nmsgstr "Bildchen"\n')
    with speaking("de"):
        assert _("Contents") == "Contents [original in English]"
        assert _("Figure") == "Figure [original in English]"


def test_plurals_are_those_of_the_language(catalogue):
    """A catalogue's own plural rule decides, here Polish with three forms."""
    rule = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    catalogue(
        "pl",
        'msgid "{count} file"\nmsgid_plural "{count} files"\nmsgstr[0] "{count} plik"\nmsgstr[1] "{count} pliki"\nmsgstr[2] "{count} plików"\n',
        rule,
    )
    with speaking("pl"):
        assert [plural("{count} file", "{count} files", n) for n in (1, 3, 5)] == [
            "1 plik",
            "3 pliki",
            "5 plików",
        ]


def test_numbers_are_written_as_the_language_does(catalogue):
    """Rounding is Python's in every language; points and commas are the language's."""
    catalogue("de", 'msgid "{share:,.1f} per cent"\nmsgstr "{share:,.1f} Prozent"\n')
    with speaking("de"):
        assert number(1234567.25, ",.1f") == "1.234.567,2"
        assert number(-0.5, ".1f") == "\u22120,5"
        assert number(0.126, ".0%") == "13\u00a0%"
        assert number(2.675, ".2f") == f"{2.675:.2f}".replace(".", ",")
        assert _("{share:,.1f} per cent", share=1234.5) == "1.234,5 Prozent"
    with speaking(HONG_KONG):
        assert number(1234567.25, ",.1f") == "1,234,567.2"


def test_lists_and_dates():
    """Babel knows how a language lists and dates; commas are the catalogue's."""
    assert (listed(["a", "b", "c"]), joined(["a", "b"], "; "), day(date(2026, 1, 2))) == (
        "a, b and c",
        "a; b",
        "2 January 2026",
    )
    with speaking(HONG_KONG):
        assert (listed(["甲", "乙", "丙"]), joined(["甲", "乙"]), day(date(2026, 1, 2))) == (
            "甲、乙及丙",
            "甲、乙",
            "2026年1月2日",
        )


def test_only_seams_are_spaced():
    """Between Chinese and Western letters of message and value stands a space; a stranger's words stay as they are."""
    with speaking(HONG_KONG):
        assert (
            _("{figure} gives the conflicts field by field.", figure="圖 3") == "圖 3 逐一列出各欄位的衝突。"
        )
        assert _("Summary: {title}", title="照片a1檔") == "摘要：照片a1檔"
        assert _("{label} moves the result most", label="每年損害") == "每年損害對結果影響最大"
        assert _("{label} moves the result most", label="P10") == "P10 對結果影響最大"
        # A space is all that stands between these two placeholders.
        assert (
            _("{kind} {interval}", kind="95\u00a0% 區間", interval="每年 HK$1 至 2")
            == "95\u00a0% 區間每年 HK$1 至 2"
        )
        assert _("{kind} {interval}", kind="界限", interval="8.9 至 10.0") == "界限 8.9 至 10.0"


def test_values_are_never_read_as_messages():
    """Braces in a file name fill nothing and raise nothing."""
    assert _("Study {name}", name="{evil} {0} {name.__class__}") == "Study {evil} {0} {name.__class__}"
    held = message("Surplus copies within {holder}", holder="{0} {evil} {holder}")
    assert told(held) == str(held) == "Surplus copies within {0} {evil} {holder}"
    with speaking(HONG_KONG):
        assert told(held) == "{0} {evil} {holder}內部的多餘副本"


def test_pieces_keep_their_runs_in_the_order_of_the_language():
    """A reference moves with its placeholder, and stays the object that it was."""
    link = ("reference",)
    assert pieces("See {where}.", where=link) == ["See ", link, "."]
    with speaking(HONG_KONG):
        assert pieces("{figure} gives the conflicts field by field.", figure=link) == [
            link,
            " 逐一列出各欄位的衝突。",
        ]


def test_the_authors_words_are_marked_only_where_they_are_foreign():
    """Prose in another script is marked; names of settings, codes and numbers are not."""
    assert original("甲方的說法") == "甲方的說法 [original in Chinese]"
    assert original("our own words") == "our own words"
    with speaking(HONG_KONG):
        assert original("our own words") == "our own words 〔原文為英文〕"
        assert [original(t) for t in ("HKD", "harm.days_stalled", "2026-01-02", "甲方的說法", "")] == [
            "HKD", "harm.days_stalled", "2026-01-02", "甲方的說法", "",
        ]  # fmt: skip


def test_measure_words_belong_to_numbers():
    """What is counted brings its measure word, what is named does not."""
    hashed, pairs = message("hashed images"), named("pairs")
    with speaking(HONG_KONG):
        assert (counted(hashed), told(hashed)) == ("幅已計算雜湊的圖像", "已計算雜湊的圖像")
        assert (counted(pairs), told(pairs)) == ("對圖像", "圖像對")
    assert (counted(hashed), counted(pairs)) == ("hashed images", "pairs")


def test_messages_within_messages_are_told_each_in_its_place():
    """A label holds a field, and a needed input the name of an option: each is said in the language, names stay."""
    label = message("Conflicting {field}", field=named("credit line"))
    lacking = in_a_row([message("{setting} of {option}", setting="recall", option="Code: strict"), label])
    assert str(lacking) == "recall of Code: strict; Conflicting credit line"
    with speaking(HONG_KONG):
        assert told(label) == "署名行有衝突"
        assert told(lacking) == "Code: strict 項中 recall 項；署名行有衝突"
    assert from_json(lacking.as_json()) == lacking


def test_somebodys_own_words_are_told_as_they_are():
    """No catalogue is asked for them, even where they happen to be a message, and a foreign language is marked."""
    with speaking(HONG_KONG):
        assert told(quoted("Contents of {a box}")) == "Contents of {a box} 〔原文為英文〕"
        assert told(quoted("盒內")) == "盒內"
    assert told(Message("")) == ""


def test_words_of_lists_are_told_and_others_stay():
    """Names out of lists are translated; a name that is in none is somebody's own."""
    assert (word("storage_price"), word("my_archive")) == ("storage price", "my_archive")
    with speaking(HONG_KONG):
        assert (word("near-identical"), word("groups"), word("storage_price")) == (
            "近乎相同",
            "組",
            "儲存價格",
        )
        assert (word("my_archive"), word("")) == ("my_archive", "")


def test_a_capital_stands_at_the_start_alone():
    """What begins a sentence gets a capital."""
    assert capital("years") == "Years"


def test_an_unknown_language_is_refused_with_its_remedy(tmp_path, monkeypatch):
    """The error names the languages there are and where a catalogue goes."""
    monkeypatch.setenv(FOLDERS, str(tmp_path))
    with pytest.raises(ConfigError, match=r"en, zh-Hant-HK.*'tlh'.*tlh\.po") as caught:
        language_of("tlh")
    assert "\n" not in str(caught.value)
    assert current().tag == "en"


@pytest.mark.parametrize("content", ['msgid "half', "\x00\x01", 'msgid "a"\nmsgid "b"\nmsgstr "c"\n'])
def test_a_broken_catalogue_is_one_error(tmp_path, monkeypatch, content):
    """A file that is no catalogue raises one line that names it."""
    monkeypatch.setenv(FOLDERS, str(tmp_path))
    (tmp_path / "de.po").write_text(content, encoding="utf-8")
    assert "de" in languages()
    with pytest.raises(ConfigError, match=r"de\.po"):
        language_of("de")


def test_numbers_of_arrays_are_numbers():
    """NumPy's integers are written as Python's are."""
    assert _("{count:,} pictures", count=np.int64(1234)) == "1,234 pictures"
    with speaking(HONG_KONG):
        assert plural("{count:,} incident", "{count:,} incidents", np.int64(3)) == "3 宗事故"
        assert (
            _("No duplicates were found among {hashed:,.0f} pictures.", hashed=np.float64(1234)).count(
                "1,234"
            )
            == 1
        )


def test_authors_names_are_told_in_the_language_that_they_gave_them_in():
    """Values of messages, quoted words, units and lists of names alike; a name's own bar cuts nothing off, and other languages keep it."""
    held = message("Surplus copies within {holder}", holder="Archive | North")
    own = {"Archive | North": "北方 | 檔案館", "HKD per box": "每盒港元", "an invoice": "一張發票"}
    with speaking("zh-Hant-HK", own):
        assert "北方 | 檔案館" in told(held)
        assert told(quoted("an invoice")) == original("an invoice") == "一張發票"
        assert counted(named("HKD per box")) == word("HKD per box") == "每盒港元"
    with speaking("zh-Hant-HK"):
        assert "Archive | North" in told(held)
    assert told(held) == "Surplus copies within Archive | North"
    with speaking("en", {"Archive | North": "The Northern Archive"}):
        assert told(held) == "Surplus copies within The Northern Archive"
        assert told(NOTHING) == ""
