"""Dates as cataloguers write them: the precision they are given in, no more and no less."""

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.collect.catalogues.dates import read_date, says_unknown


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("1997", "1997"), ("1997-07", "1997-07"), ("1997-07-01", "1997-07-01"),
        ("1997-07-01T00:00:05Z", "1997-07-01T00:00:05+00:00"), ("1997-07-01 00:00", "1997-07-01T00:00"),
        ("19970701", "19970701"[:4] + "-07-01"), ("1 Jul 1997", "1997-07-01"), ("1st July, 1997", "1997-07-01"),
        ("July 1, 1997", "1997-07-01"), ("July 1997", "1997-07"), ("1997年7月1日", "1997-07-01"), ("1997年", "1997"),
        ("31/12/1997", "1997-12-31"), ("12/31/1997", "1997-12-31"), ("05/05/1997", "1997-05-05"),
        ("03/04/1997", "1997"), ("1997/7/1", "1997-07-01"), ("1997:07:01", "1997-07-01"), ("ca. 1960", "1960~"),
        ("約1960年", "1960~"), ("[1960?]", "1960?"), ("1960~", "1960~"), ("1960's", "196X"), ("1960年代", "196X"),
        ("196-", "196X"), ("196X", "196X"), ("19--", "19XX"), ("c1984.", "1984"), ("©1984", "1984"),
        ("1960-1965", "1960/1965"), ("1960-65", "1960/1965"), ("1960/1965", "1960/1965"),
        ("1960 to 1965", "1960/1965"), ("1937-01/1937-06", "1937-01/1937-06"), ("between 1960 and 1965", "1960/1965"),
        ("1997-00-00", "1997"), ("1997-07-00", "1997-07"),
        *((text, None) for text in ("", "undated", "n.d.", "1997-02-30", "1965-1960", "Thursday", "9" * 200, "-", "?", "13 Foo 1997")),
    ],
)  # fmt: skip
def test_what_is_known_and_no_more(text, edtf):
    """Each way of writing becomes the Extended Date/Time Format, or nothing."""
    assert read_date(text) == edtf


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("circa 1920-1925", "1920~/1925~"), ("um 1900", "1900~"), ("vers 1880", "1880~"), ("hacia 1950", "1950~"),
        ("omstreeks 1910", "1910~"), ("1er mai 1931", "1931-05-01"), ("3 août 1914", "1914-08-03"),
        ("le 14 juillet 1919", "1919-07-14"), ("4. Dezember 1931", "1931-12-04"),
        ("Freitag, 10. Januar 1964", "1964-01-10"), ("12 de mayo de 1931", "1931-05-12"), ("mayo de 1931", "1931-05"),
        ("5 maggio 1931", "1931-05-05"), ("12 maart 1931", "1931-03-12"), ("März 1931", "1931-03"),
        ("Sept. 3, 1934", "1934-09-03"), ("1.-3. September 1934", "1934-09-01/1934-09-03"),
        ("30. Mai - 2. Juni 1952", "1952-05-30/1952-06-02"), ("30 May–2 June 1952", "1952-05-30/1952-06-02"),
        ("May 1934-June 1935", "1934-05/1935-06"), ("May-June 1934", "1934-05/1934-06"),
        ("Dec 1934/Jan 1935", "1934-12/1935-01"), ("1914-18", "1914/1918"), ("1843/4", "1843/1844"),
        ("zwischen 1960 und 1965", "1960/1965"), ("entre 1960 et 1965", "1960/1965"),
        ("entre 1960 y 1965", "1960/1965"), ("tra il 1960 e il 1965", "1960/1965"),
        ("tussen 1960 en 1965", "1960/1965"), ("von 1960 bis 1965", "1960/1965"), ("de 1960 à 1965", "1960/1965"),
        ("from 1960 to 1965", "1960/1965"), ("vor 1900", "../1900"), ("avant 1900", "../1900"),
        ("antes de 1900", "../1900"), ("prima del 1900", "../1900"), ("nach 1945", "1945/.."),
        ("after 1945", "1945/.."), ("après 1945", "1945/.."), ("not after 1900", "../1900"), ("by 1900", "../1900"),
        ("1960er Jahre", "196X"), ("années 1960", "196X"), ("jaren 1960", "196X"), ("anni 1960", "196X"),
        ("década de 1960", "196X"), ("early 1960s", "196X"), ("late 1890s", "189X"),
        ("Ende der 1960er Jahre", "196X"), ("19. Jahrhundert", "18XX"), ("19. Jh.", "18XX"), ("XIXe siècle", "18XX"),
        ("19e eeuw", "18XX"), ("siglo XIX", "18XX"), ("XIX secolo", "18XX"), ("sec. XVIII", "17XX"),
        ("early 19th century", "18XX"), ("second half of the 19th century", "18XX"),
        ("2. Hälfte 19. Jahrhundert", "18XX"), ("ca. 500 BC", "-0499~"), ("500-400 BC", "-0499/-0399"),
        ("5th century BC", "-04XX"), ("44 v. Chr.", "-0043"), ("1931:05:01", "1931-05-01"),
        ("1931:05:01 10:00", "1931-05-01T10:00"), ("10/01/1964 14:30", "1964"),
        ("25/12/2015 14:30", "2015-12-25T14:30"), ("12/25/2015 2:30 PM", "2015-12-25T14:30"),
        ("1964-Jan-10", "1964-01-10"), ("10-Jan-1964", "1964-01-10"), ("10.I.1964", "1964-01-10"),
        ("1978 (printed 2005)", "1978"), ("1978; printed later", "1978"), ("printed 2005", None),
        ("negative 1978, print 1990s", "1978"), ("1978, gedruckt 2005", "1978"), ("1978, tirage 2005", "1978"),
        ("c. 1915, printed c. 1930", "1915~"), ("1863?", "1863?"), ("[1863?]", "1863?"), ("1863 [?]", "1863?"),
        ("probably 1863", "1863?"), ("vermutlich 1863", "1863?"), ("ca. 1863?", "1863%"),
        ("1960 or 1961", "1960/1961"), ("[1960 i.e. 1961]", "1961"), ("Spring 1931", "1931-21"),
        ("Frühjahr 1931", "1931-21"), ("printemps 1931", "1931-21"), ("Winter 1931-32", None), ("1931-", "1931/.."),
        ("AH 1350", None), ("1350 AH", None), ("Thursday", None), ("A.D. 1931", "1931"), ("19uu", "19XX"),
        ("196u", "196X"), ("18--", "18XX"), ("1900s", "19XX"), ("1850s-60s", "185X/186X"), ("Jan 1960", "1960-01"),
        ("1960 (approx.)", "1960~"), ("1801-10", "1801-10"), ("1801–10", "1801/1810"), ("1899-1901", "1899/1901"),
        ("1960, 1962", None), ("1/2 1960", None), ("昭和12-13年", "1937/1938"), ("民國25-26年", "1936/1937"),
        ("民國二十五年五月一日", "1936-05-01"), ("民國廿五年", "1936"), ("中華民國三十年十月", "1941-10"), ("民国25年", "1936"),
        ("民國前5年", "1907"), ("康熙元年", "1662"), ("乾隆六十年", "1795"), ("咸豐十年八月", "1860"), ("同治十三年", "1874"),
        ("宣統三年", "1911"), ("光绪二十年", "1894"), ("光緒甲午年", "1894"), ("光緒二十年十二月", "1894/1895"), ("平成元年", "1989"),
        ("令和5年3月2日", "2023-03-02"), ("明治5年2月", "1872"), ("明治38年5月27日", "1905-05-27"), ("昭和10年代", None),
        ("昭和12年7月7日（水）", "1937-07-07"), ("大正12年9月1日～3日", "1923-09-01/1923-09-03"),
        ("1931年5月1日至3日", "1931-05-01/1931-05-03"), ("1931年5月至6月", "1931-05/1931-06"), ("1931年至1935年", "1931/1935"),
        ("1931-1935年", "1931/1935"), ("1931年前後", "1931~"), ("1931年頃", "1931~"), ("1931年左右", "1931~"),
        ("1931年以前", "../1931"), ("1931年以後", "1931/.."), ("二十世紀三十年代", "193X"), ("20世纪30年代", "193X"), ("19世紀", "18XX"),
        ("十九世紀末", "18XX"), ("一九三〇年代", "193X"), ("一九三零年", "1930"), ("公元1931年", "1931"), ("西元1931年5月", "1931-05"),
        ("公元前500年", "-0499"), ("民國時期", "1912/1949"), ("清代", "1644/1912"), ("約民國二十年", "1931~"), ("1930年代初", "193X"),
        ("1931年春", "1931"), ("1931年5月上旬", "1931-05"), ("年代不詳", None), ("不詳", None), ("1931년 5월 1일", "1931-05-01"),
        ("1931년경", "1931~"), ("昭和99年", None), ("昭和12.7.7", "1937-07-07"), ("民國25/5/1", "1936-05-01"),
        ("May 1931 or later", "1931-05/.."), ("1931-02-30", None), ("2/30/1931", None), ("30/2/1931", None),
        ("31 février 1931", None), ("20240501", "2024-05-01"), ("5 мая 1931", "1931-05-05"), ("1931 г.", "1931"),
        ("5 de março de 1931", "1931-03-05"), ("Fri, 10 Jan 1964 14:30:00 +0800", "1964-01-10T14:30:00+08:00"),
        ("13 Foo 1997", None), ("[between 1920 and 1930]", "1920/1930"), ("[ca. 1920-1930]", "1920~/1930~"),
        ("1920-ca. 1930", "1920/1930~"), ("1920s-1930s", "192X/193X"), ("1920s to 1940s", "192X/194X"),
        ("[192-?]", "192X?"), ("1920-1929?", "1920/1929?"), ("nd", None), ("s.d.", None), ("o. J.", None),
        ("not before 1960", "1960/.."), ("../1960", "../1960"), ("1960/..", "1960/.."), ("1960~/1965", "1960~/1965"),
        ("196X/197X", "196X/197X"), ("-0499", "-0499"), ("vor dem 1. Mai 1931", "../1931-05-01"),
        ("copyright 1984", "1984"), ("1839-1840", "1839/1840"), ("summer of 1964", "1964-22"),
        ("June 1944?", "1944-06?"), ("mid-1960s", "196X"), ("1 May 1931 - 3 May 1931", "1931-05-01/1931-05-03"),
        ("01/02/2016-03/02/2016", "2016"), ("September 1931, printed 1960s", "1931-09"), ("October 1996", "1996-10"),
        ("9/1934", "1934-09"), ("04.12.1931", "1931"), ("Mai 1931 bis Juni 1932", "1931-05/1932-06"),
        ("primavera de 1931", "1931-21"), ("1890/1909", "1890/1909"), ("13th May, 1931", "1931-05-13"),
        ("the 1890s", "189X"), ("1890s?", "189X?"), ("c. 1890s", "189X~"), ("um 1890/1900", "1890~/1900~"),
        ("before c. 1900", "../1900~"), ("vor 1900 (?)", "../1900?"), ("17th-18th century", "16XX/17XX"),
        ("18th or 19th century", "17XX/18XX"), ("late 18th-early 19th century", "17XX/18XX"),
        ("1st century AD", "00XX"), ("before 1900, printed 1950", "../1900"), ("1950-1960s", "1950/196X"),
    ],
)  # fmt: skip
def test_ways_of_writing(text, edtf):
    """Days, months and eras in the languages that catalogues come in; what a text says besides makes it no date."""
    assert read_date(text) == edtf


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("early 20th c.", "19XX"), ("XIXème s.", "18XX"), ("siglo V a.C.", "-04XX"), ("500 a. C.", "-0499"),
        ("44 BC?", "-0043?"), ("1 déc. 2000", "2000-12-01"), ("des. 1931", "1931"), ("1º maggio 1931", "1931-05-01"),
        ("12. Mrz. 1931", "1931-03-12"), ("12/Sep/1931", "1931-09-12"), ("05.1931", "1931-05"),
        ("c. January 1931", "1931-01~"), ("1850/60er", "185X/186X"), ("1950至60年代", "195X/196X"), ("19[31]", "1931"),
        ("193[1?]", "1931?"), ("1931-[19]35", "1931/1935"), ("1931[1932]", None), ("1931-?", "1931/.."),
        ("?-1931", "../1931"), ("1931 oder früher", "../1931"), ("1931 y posterior", "1931/.."),
        ("清光緒二十年(1894)", "1894"), ("清宣統三年八月十九日（1911年10月10日）", "1911-10-10"), ("民國廿六年（一九三七）", "1937"),
        ("昭和12年（1937年）7月7日", "1937-07-07"), ("1937（昭和12）年7月7日", "1937-07-07"), ("昭和12年（1938）", None),
        ("光緒年間", "1875/1908"), ("文化", None), ("昭和10〜12年頃", "1935~/1937~"), ("20世紀前半", "19XX"),
        ("19世紀末至20世紀初", "18XX/19XX"), ("公元一九三七年", "1937"), ("1937年7月7日星期三", "1937-07-07"), ("1937年拍攝", "1937"),
        ("1930년대", "193X"),
    ],
)  # fmt: skip
def test_more_ways_of_writing(text, edtf):
    """Endings at the end of a text, digits that a cataloguer added, one date in two calendars: read, or not where they contradict each other."""
    assert read_date(text) == edtf


@pytest.mark.parametrize(
    "text",
    [
        "1990 print of 1936 photograph", "1950 reprint", "1950 (print)", "2011 (digitised)", "1931 publ.",
        "p. 1931", "d. 1931", "v. 1931", "1931 v", "9999",
    ],
)  # fmt: skip
def test_a_year_of_something_else_is_no_date(text):
    """What a year is of, a print, a volume, a death, makes it no date of the picture."""
    assert read_date(text) is None


@pytest.mark.parametrize(
    "text",
    ["n.d.", "undated", "s.d.", "o. J.", "sans date", "sin fecha", "年代不詳", "不明", "[?]", "unknown", "-"],
)
def test_what_says_that_the_date_is_not_known(text):
    """It is no date, and nothing that was not read."""
    assert says_unknown(text)
    assert read_date(text) is None


@given(
    st.dates(min_value=date(1912, 1, 1), max_value=date(2099, 1, 1)),
    st.sampled_from(["en", "de", "fr", "es", "it", "nl"]),
    st.sampled_from(["long", "full", "medium"]),
)
def test_dates_as_other_languages_write_them(day, language, form):
    """What Babel writes in a language is read as that day."""
    text = format_date(day, form, locale=language)
    found = read_date(text)
    assert found in {day.isoformat(), f"{day.year}"}
    assert found == day.isoformat() or form == "medium"


@given(st.integers(1, 60), st.integers(1, 12), st.integers(1, 28))
def test_years_of_the_republic(year, month, day):
    """In figures and in numerals they are the same day."""
    whole = f"{year + 1911:04d}-{month:02d}-{day:02d}"
    assert read_date(f"民國{year}年{month}月{day}日") == whole
    assert read_date(f"中華民國{numeral(year)}年{numeral(month)}月{numeral(day)}日") == whole


def numeral(number):
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else "一二三四五六七八九"[tens - 1])
        + ("十" if tens else "")
        + ("一二三四五六七八九"[ones - 1] if ones else "")
    )


@given(st.dates(min_value=date(1000, 1, 1)))
def test_whole_dates_stay(day):
    """A date in ISO 8601 is itself."""
    assert read_date(day.isoformat()) == day.isoformat()


@given(st.text(max_size=90))
def test_any_text_is_a_date_or_none(text):
    """No text raises, and what is read is read again as itself."""
    found = read_date(text)
    assert found is None or read_date(found) == found
