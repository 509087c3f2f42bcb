"""The profile: any consultation, every mistake told in one line, nothing read from comments alone."""

import re
import tomllib
from datetime import date

import pytest

from dedupelab.errors import ConfigError
from dedupelab.settings.consultation import FILE, STARTER, Profile, load_profile, parse_consultation
from dedupelab.study.start import init

BARE = {"consultation": {"name": "On pictures"}}


def told(settings) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_consultation(settings)
    message = str(caught.value)
    assert message.startswith(f"{FILE}: ")
    assert "\n" not in message
    return message


def test_without_the_file_there_is_no_consultation(tmp_path):
    """No file, and a file of comments alone, are the same: the paper is written for nobody in particular."""
    assert load_profile(tmp_path).spoken("en") is None
    (tmp_path / FILE).write_text(STARTER, encoding="utf-8")
    assert load_profile(tmp_path).spoken("en") is None


def test_a_new_study_has_a_commented_profile(tmp_path):
    """`init` writes it beside study.toml, and leaves one that is already there alone."""
    (tmp_path / "pictures").mkdir()
    init(tmp_path / "a", {"own": str(tmp_path / "pictures")})
    assert (tmp_path / "a" / FILE).read_text("utf-8") == STARTER
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / FILE).write_text("[consultation]\nname = 'mine'\n")
    init(tmp_path / "b", {"own": str(tmp_path / "pictures")})
    assert load_profile(tmp_path / "b").spoken("en").consultation.name == "mine"


def test_the_commented_profile_is_right():
    """Every line of it, taken out of its comment, is a known setting with a usable value."""
    text = "\n".join(re.sub(r"^# (?=\[|\w+ = )", "", line) for line in STARTER.splitlines())
    for name in ("name", "standard", "reason"):
        text = text.replace(f'{name} = ""', f'{name} = "x"')
    profile = parse_consultation(tomllib.loads(text))
    assert profile.question[0].findings == ("M1",)
    assert profile.limits.unmet[0].standard == "x"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "expected consultation, got none; add it"),
        ({"consultation": {"nam": "x"}}, "did you mean name?"),
        ({"consultation": {"name": "x" * 2000}}, "at most 300 characters, got 2,000; shorten it"),
        ({"consultation": {"name": "  "}}, "at least 1 character"),
        ({"consultation": {"name": "x", "deadline": "31 March"}}, "expected a day such as 2026-03-31"),
        (BARE | {"question": [{"number": 1}, {"number": "1"}]}, "got '1' 2 times; renumber one"),
        (BARE | {"question": [{"number": 1}, {}]}, "question.number in [[question]] number 2, got none"),
        (BARE | {"question": [{"number": "../../x"}]}, "expected up to 20 letters, digits"),
        (BARE | {"submission": {"confidentiality": "publsh"}}, "did you mean publish?"),
        (BARE | {"submission": {"members_asked": -1}}, "must be 0 or more, got -1"),
        (BARE | {"submission": {"members": ["x"] * 999}}, "at most 200 entries, got 999"),
        (BARE | {"affected": {"group": [{}]}}, "[[affected.group]] number 1"),
    ],
)
def test_mistakes_are_told_with_their_remedy(settings, words):
    """Unknown names, missing parts, too long texts and values out of range: one line each."""
    assert words in told(settings)


def test_a_profile_that_is_no_text_is_one_error(tmp_path):
    """Bytes that are no UTF-8 and lines that are no TOML are told, not thrown."""
    for content, words in ((b"\xff\xfe\x00", "expected to read"), (b"[consultation", "expected TOML")):
        (tmp_path / FILE).write_bytes(content)
        with pytest.raises(ConfigError, match=re.escape(words)):
            load_profile(tmp_path).spoken("en")


def test_numbers_and_days_may_be_written_either_way():
    """1 and "1" are one question, a day may stand in quotes, a recipient on one line or on several."""
    asked = BARE["consultation"] | {"deadline": "2026-03-31", "recipient": "The Bureau\n1 Road"}
    profile = parse_consultation({"consultation": asked, "question": [{"number": 1, "findings": ["M1"]}]})
    assert profile.consultation.deadline == date(2026, 3, 31)
    assert profile.consultation.recipient == ("The Bureau", "1 Road")
    assert (profile.questions_of("M1"), profile.questions_of("M2")) == (("1",), ())
    assert [profile.overdue(date(2026, month, 31)) for month in (3, 5)] == [False, True]


@pytest.mark.parametrize(
    ("analyst", "assurer", "distinct"),
    [
        ("Ann Lee", "Bo Chan", True),
        ("Ann Lee", " ann  LEE.", False),
        ("Ann Lee", "", False),
        ("Ａｎｎ", "Ann", False),
    ],
)
def test_nobody_assures_their_own_numbers(analyst, assurer, distinct):
    """Case, spaces, full stops and wide letters do not make another person."""
    profile = parse_consultation(BARE | {"assurance": {"analyst": analyst, "assurer": assurer}})
    assert profile.assurance.by_another is distinct


TWO = """
[consultation]
name = { en = "On pictures", zh-Hant-HK = "關於圖像" }
recipient = { en = ["The Secretary"], zh-Hant-HK = ["秘書"] }

[[question]]
number = 1
text = { en = "How many?" }

[limits]
not_shown = ["One text alone.", { en = "Another.", zh-Hant-HK = "另一項。" }]
"""


def test_each_text_may_be_given_by_language():
    """A profile is read in a language; what is missing in it is English, and is named."""
    profile = Profile(tomllib.loads(TWO))
    english, chinese = profile.spoken("en"), profile.spoken("zh-Hant-HK")
    assert (english.consultation.name, chinese.consultation.name) == ("On pictures", "關於圖像")
    assert chinese.consultation.recipient == ("秘書",)
    assert chinese.question[0].text == "How many?"
    assert chinese.limits.not_shown == ("One text alone.", "另一項。")
    assert profile.languages == ["en", "zh-Hant-HK"]
    assert profile.untranslated("en") == []
    assert profile.untranslated("zh-Hant-HK") == ["question[1].text"]


def test_a_table_of_something_else_is_no_text():
    """A name that is no language's tag is told with its place; an unknown section still is one."""
    assert "question[1].text: expected a text, or one for each language" in told(
        {**BARE, "question": [{"number": 1, "text": {"english": "x"}}]}
    )
    assert "got a table with nothing in it" in told({**BARE, "interests": {"funding": {}}})
    assert "did you mean interests?" in told({**BARE, "interest": {"funding": "x"}})
