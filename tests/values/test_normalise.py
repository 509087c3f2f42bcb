import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupelab.evidence.metadata.conflicts import FIELDS
from dedupelab.values.dates import dates_agree, parse_date
from dedupelab.values.normalise import IIM_LIMITS, compare, normalised

LONG = "Wong Siu Ming of the Government Information Services Photography Unit"
NOTICE = "Film Archive of the Leisure and Cultural Services Department, " * 4


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("creator", "Chan Tai Man", "  CHAN  tai man "),
        ("creator", "Ｃｈａｎ　Ｔａｉ　Ｍａｎ", "Chan Tai Man"),  # full width, NFKC
        ("creator", "Doe, Jane", "Jane Doe"),
        ("creator", "Jane Doe; Ho Fan", "Ho Fan; Jane Doe"),
        ("creator", "Jane Doe and Ho Fan", "HO FAN & Jane Doe"),
        ("creator", "© Jane Doe", "Jane Doe"),
        ("creator", "陳大文；何藩", "何藩、陳大文"),
        ("licensor", "Stock Agency; Film Archive", "Film Archive; Stock Agency"),
        ("credit", "News Library.", "news library"),
        ("copyright_notice", "© 2019 News Library. All rights reserved.", "Copyright 2021 News Library"),
        ("copyright_notice", "(c) 1999-2004 News Library", "News Library, 2010"),
        ("copyright_notice", "ⓒ News Library 版權所有", "NEWS LIBRARY"),
        ("copyright_notice", "Copyright © 2001, 2003 News Library", "© News Library"),
        ("web_statement", "http://example.org/rights/", "https://www.example.org/rights"),
        ("guid", "urn:uuid:AB12", "ab12"),
        ("registry_id", "B 2; A 1", "A 1; B 2"),
        (
            "licensor_url",
            "http://example.org/; https://example.com",
            "https://example.com; https://example.org",
        ),
        ("date_created", "2024:05:17 09:30:00", "2024-05-17T09:30:00"),
        ("date_created", "2024-05-17T09:30:00+08:00", "2024-05-17T01:30:00Z"),
        ("date_created", "2024-05-00", "2024-05"),
        ("caption", "Star Ferry  at dusk\n", "star ferry at dusk"),
        ("creator", "Photo by Jane Doe", "Jane Doe"),
        ("creator", "攝影：陳大文", "陳大文"),
        ("creator", "FOTO: Kim", "Kim"),
        ("creator", "Lee, Siu (photographer)", "Siu Lee"),
        ("creator", "Lange, Dorothea, 1895-1965, photographer.", "Dorothea Lange"),
        ("creator", "Ng, K., b. 1931; Ho Fan (1931–2016)", "Ho Fan; K Ng"),
    ],
)
def test_differences_of_form_are_equal(field, left, right):
    """Case, width, order, signs, years, zones and schemes do not make two values different."""
    assert compare(field, left, right) == compare(field, right, left) == "equal"


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("creator", LONG, LONG[:32]),
        ("creator", f"{LONG}; Ho Fan", f"Ho Fan; {LONG[:32]}"),  # each by-line is cut by itself
        (
            "creator",
            "陳大文攝影工作室有限公司香港",
            "陳大文攝影工作室有限",
        ),  # 32 octets hold ten characters of three
        ("credit", LONG, LONG[:32]),
        (
            "credit",
            "香港電影資料館攝影及剪接工作室有限公司",
            "香港電影資料館攝影及剪接工作室有",
        ),  # 32 octets of Big5: sixteen
        ("source", LONG, LONG[:32]),
        ("copyright_notice", NOTICE, NOTICE[:128]),
        ("copyright_notice", f"© 2019 {NOTICE}", f"© 2019 {NOTICE}"[:128]),
        ("caption", "word " * 500, ("word " * 500)[:2000]),
        ("date_created", "2024", "2024-05-17T09:30:00"),
        ("date_created", "2024-05", "2024-05-17"),
        ("date_created", "2024-05-17T09:30", "2024-05-17T09:30:59"),
        ("date_created", "2024-05-17T09:30:00", "2024-05-17T01:30:00Z"),  # 8 h, one zone missing
        ("date_created", "2024-05-17T09:30:00", "2024-05-17T17:30:00"),  # 8 h, both missing
        ("date_created", "2024-05-17T00:00:00", "2024-05-17T14:00:00"),  # 14 h exactly
        (
            "date_created",
            "2024-05-17",
            "2024-05-18T03:00:00",
        ),  # a day that began three hours earlier elsewhere
    ],
)
def test_both_can_be_true(field, left, right):
    """Cut at an IIM limit, less precise, or on a clock of unknown zone: compatible, in either order."""
    assert compare(field, left, right) == compare(field, right, left) == "compatible"


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("creator", "Chan Tai Man", "Lee Siu Fong"),
        ("creator", "Jane Doe", "Jane Doe; Ho Fan"),
        ("creator", "Chan Tai", "Chan Tai Man"),  # a prefix, but not cut at 32
        ("creator", LONG, LONG[:31] + "x"),
        ("credit", LONG, LONG[:20]),
        ("copyright_notice", "© 2019 News Library", "© 2019 Stock Agency"),
        ("copyright_owner", LONG, LONG[:32]),  # PLUS never went through IIM
        ("usage_terms", "Editorial use only", "CC BY 4.0"),
        ("web_statement", "https://example.org/a", "https://example.org/b"),
        ("guid", "ab12", "ab13"),
        ("caption", "Star Ferry at dusk", "Peak Tram at dawn"),
        ("date_created", "2023", "2024"),
        ("date_created", "2024-05", "2024-06-01"),
        ("date_created", "2024-05-17", "2024-05-18"),
        ("date_created", "2024-05-17T00:00:00", "2024-05-17T14:00:01"),
        ("date_created", "2024-05-17T09:30:00+08:00", "2024-05-17T09:30:00Z"),  # both zones known
        ("date_created", "2024-05-17", "2024-05-18T15:00:00"),
        ("date_created", "circa 1960", "1975"),
        ("creator", "Von Neumann", "Neumann"),
        ("creator", "Ng (workshop of)", "Ng"),
        ("creator", "Studio 1931 Ltd", "Studio Ltd"),
    ],
)
def test_contradictions_are_found(field, left, right):
    """Two values that cannot both be true are a conflict, in either order."""
    assert compare(field, left, right) == compare(field, right, left) == "conflict"


@pytest.mark.parametrize(
    ("field", "nothing"),
    [
        ("creator", ""),
        ("creator", " ; "),
        ("copyright_notice", "© 2019"),
        ("copyright_notice", "All rights reserved."),
        ("credit", " - "),
        ("date_created", "  "),
        ("creator", "Unbekannter Fotograf"),
        ("creator", "photographer unknown; anonymous"),
        ("creator", "佚名"),
        ("copyright_owner", "Unknown"),
    ],
)
def test_what_names_nobody_asserts_nothing(field, nothing):
    """A year, a sign or a blank contradicts no one."""
    assert normalised(field, nothing) == ""
    assert compare(field, nothing, "News Library") == "missing"


def test_dates_that_are_none_are_not_guessed():
    """Impossible dates and the end of the calendar are not dates; a zero year is nothing."""
    assert [parse_date(text) for text in ("2024-13", "2024-02-30", "9999", "0000", "May 2024", "")] == [
        None
    ] * 6
    assert parse_date("2024-02-29").end.isoformat() == "2024-03-01T00:00:00"
    assert parse_date("2024-05-17T10:00:00.25").start.microsecond == 250_000


@settings(max_examples=60)
@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=80), st.text(max_size=80))
def test_comparing_is_symmetric_and_everything_agrees_with_itself(field, left, right):
    """No value conflicts with itself; the order of two values never matters."""
    assert compare(field, left, left) in {"equal", "missing"}
    assert compare(field, left, right) == compare(field, right, left)


@given(st.sampled_from(sorted(IIM_LIMITS)), st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_truncation_alone_is_never_a_conflict(field, text):
    """Whatever an IIM field would have kept of a value is compatible with it."""
    assert compare(field, text, text.strip()[: IIM_LIMITS[field]]) != "conflict"


@given(st.datetimes(), st.integers(-14, 14))
def test_an_unknown_zone_is_never_a_conflict(moment, hours):
    """A clock up to 14 hours off agrees with itself."""
    one = parse_date(moment.replace(microsecond=0, year=2000).isoformat())
    zone = f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00"
    other = parse_date(moment.replace(microsecond=0, year=2000).isoformat() + zone)
    assert dates_agree(one, other)
    assert dates_agree(other, one)


@pytest.mark.parametrize(
    ("left", "right", "state"),
    [
        ("1960/1965", "1962-05-03", "compatible"),
        ("1960/1965", "1966", "conflict"),
        ("196X", "1969-12-31", "compatible"),
        ("196X", "1970", "conflict"),
        ("19XX", "1900", "compatible"),
        ("1960~", "1956", "compatible"),
        ("1960~", "1970", "conflict"),
        ("1960?", "1960-05", "compatible"),
        ("1960?", "1961", "conflict"),
        ("1937-01/1937-06", "1937-07", "conflict"),
        ("1965/1960", "1965/1960", "equal"),
        ("9999", "999X", "conflict"),
        ("1960/..", "1999", "compatible"),
        ("1960/", "1959", "conflict"),
        ("../1960", "1959", "compatible"),
        ("../..", "1960", "conflict"),  # says nothing that is a date
        ("1960~/1965?", "1956", "compatible"),
        ("[1960,1962..1965]", "1964", "compatible"),
        ("[1960,1962]", "1963", "conflict"),
        ("1960-XX", "1960-05-03", "compatible"),
        ("1960-05-XX", "1960-06", "conflict"),
        ("1960-XX-03", "1960", "equal"),
        ("196X-XX", "196X", "equal"),
        ("1960-05-2X", "1960-05-21", "compatible"),
        ("1960-21", "1960-04-05", "compatible"),
        ("1960-24", "1961-01-31", "compatible"),
        ("1960-21", "1962", "conflict"),
        ("1960?-05", "1960-05", "equal"),
        ("1960-05~", "1963", "compatible"),
        ("0001-21", "9999-12-31", "conflict"),
    ],
)
def test_dates_of_catalogues(left, right, state):
    """Ranges, unknown digits, uncertain and approximate dates agree with what lies within them, either way round."""
    assert compare("date_created", left, right) == compare("date_created", right, left) == state


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("creator", "Doe, Jane, -1980", "Jane Doe"), ("creator", "Doe, Jane, approximately 1901-1980", "Jane Doe"), ("creator", "Jane Doe (British, 1901–1980)", "Jane Doe"),
        ("creator", "Doe, Jane, fl. 1920s", "Jane Doe"), ("creator", "Dr. Jane Doe", "Doe, Jane"), ("creator", "Doe, Jane, Prof. Dr.", "Jane Doe"), ("creator", "陳小明", "陳 小明"),
        ("creator", "陳小明（攝影）", "陳小明"), ("creator", "陳小明攝", "陳小明"), ("creator", "山田 太郎", "山田太郎"), ("creator", "O’Neil, Ann", "Ann O'Neil"), ("creator", "Jean‑Luc Roe", "Jean-Luc Roe"),
        ("credit", "Photo: Jane Doe / AFX", "Jane Doe/AFX"), ("credit", "Courtesy of the Harbour Museum", "Harbour Museum"), ("copyright_notice", "© Jane Doe/AFX", "Jane Doe / AFX"),
        ("web_statement", "https://creativecommons.org/licenses/by/4.0/deed.de", "http://creativecommons.org/licenses/by/4.0"), ("web_statement", "https://creativecommons.org/licenses/by/3.0/hk/legalcode", "https://creativecommons.org/licenses/by/3.0/hk/"),
        ("web_statement", "http://rightsstatements.org/page/InC/1.0/?language=en", "http://rightsstatements.org/vocab/InC/1.0/"), ("title", "[Pier at dawn]", "Pier at dawn"), ("title", "“Pier” – dawn’s", "\"Pier\" - dawn's")
    ]
)  # fmt: skip
def test_more_forms_of_one_value(field, left, right):
    """Lives, titles, blanks in Chinese names, quotation marks, dashes and pages of a licence are form."""
    assert compare(field, left, right) == compare(field, right, left) == "equal"


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("creator", "Mrs. John Roe", "John Roe"), ("creator", "陳小明", "陳小華"), ("creator", "陳小明", "陈小明"), ("creator", "Jane Doe", "Jane Doe Estate"), ("creator", "Mr. Wong", "Mr. Lee"),
        ("web_statement", "https://creativecommons.org/licenses/by/4.0/deed.de", "https://creativecommons.org/licenses/by-nc/4.0/deed.de"), ("web_statement", "https://creativecommons.org/licenses/by/3.0/hk/", "https://creativecommons.org/licenses/by/3.0/"),
        ("credit", "Harbour Museum, Hong Kong", "Harbour Museum"), ("credit", "AFX/Jane Doe", "Jane Doe/RTX")
    ]
)  # fmt: skip
def test_what_is_more_than_form(field, left, right):
    """Another person, another licence, another place stays a conflict; Chinese in two scripts does unless one is asked for."""
    assert compare(field, left, right) == "conflict"


@pytest.mark.parametrize("nobody", ["n/a", "-", "[unknown]", "Unidentified photographer", "佚名"])
def test_a_name_that_says_nobody(nobody):
    """It contradicts no name."""
    assert compare("creator", nobody, "Jane Doe") == "missing"


@pytest.mark.parametrize(
    ("field", "left", "right", "state"),
    [
        ("creator", "Chan Tai-man", "Chan Tai Man", "equal"), ("creator", "Jörg Müller", "Jorg Muller", "equal"), ("creator", "Jane Doe\u200b", "Jane Doe", "equal"),
        ("creator", "Ms Jane Doe", "Jane Doe", "equal"), ("creator", "何藩先生", "何藩", "equal"), ("creator", "陳大文", "Chan Tai Man", "compatible"),
        ("creator", "陳大文 (Chan Tai Man)", "陳大文", "compatible"), ("creator", "陳大文 Chan Tai Man", "Chan Tai-man", "compatible"), ("creator", "陳大文 (Chan Tai Man)", "Lee Siu Fong", "conflict"),
        ("creator", "陳大文；何藩", "Chan Tai Man", "conflict"), ("creator", "Jane Doe / AFX", "Jane Doe", "compatible"), ("creator", "Jane Doe / AFX", "John Roe / AFX", "conflict"),
        ("creator", "attributed to Jane Doe", "Jane Doe", "compatible"), ("creator", "Jane Doe (attributed)", "Doe, Jane", "compatible"), ("creator", "after Jane Doe", "Jane Doe", "conflict"),
        ("creator", "陳大文；Ben", "陳大文；Cid", "conflict"), ("creator", "TBC", "Jane Doe", "missing"), ("title", "海港", "Harbour", "compatible"), ("title", "Harbour 海港", "Harbour", "compatible"), ("title", "Harbour 海港", "Pier", "conflict"),
        ("title", "Untitled", "Harbour", "missing"), ("title", "DSC_0001.JPG", "Harbour", "missing"), ("caption", "OLYMPUS DIGITAL CAMERA", "A pier.", "missing"), ("credit", "N/A", "Film Archive", "missing"), ("credit", "The Film Archive", "Film Archive", "equal"),
        ("copyright_notice", "Tous droits réservés © X", "© X. Alle Rechte vorbehalten", "equal"), ("copyright_notice", "版权所有，翻印必究 X", "© X", "equal"),
        ("usage_terms", "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/", "equal"), ("usage_terms", "Creative Commons Attribution-ShareAlike 4.0 International", "CC BY-SA 4.0", "equal"),
        ("usage_terms", "CC BY-SA 4.0", "CC BY 4.0", "conflict"), ("usage_terms", "CC BY 3.0", "CC BY 4.0", "conflict"), ("usage_terms", "CC BY-NC-ND 4.0", "CC BY-NC 4.0", "conflict"),
    ],
)  # fmt: skip
def test_what_registrars_write_of_one_thing(field, left, right, state):
    """Another script, an agency beside the name, doubt, titles, hyphens and accents are no conflict; another name or licence is."""
    assert compare(field, left, right) == compare(field, right, left) == state
