"""Dates as cataloguers write them: the precision they are given in, no more and no less."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.collect.catalogues.dates import read_date


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("1997", "1997"),
        ("1997-07", "1997-07"),
        ("1997-07-01", "1997-07-01"),
        ("1997-07-01T00:00:05Z", "1997-07-01T00:00:05+00:00"),
        ("1997-07-01 00:00", "1997-07-01T00:00"),
        ("19970701", "19970701"[:4] + "-07-01"),
        ("1 Jul 1997", "1997-07-01"),
        ("1st July, 1997", "1997-07-01"),
        ("July 1, 1997", "1997-07-01"),
        ("July 1997", "1997-07"),
        ("1997年7月1日", "1997-07-01"),
        ("1997年", "1997"),
        ("31/12/1997", "1997-12-31"),
        ("12/31/1997", "1997-12-31"),
        ("05/05/1997", "1997-05-05"),
        ("03/04/1997", "1997"),
        ("1997/7/1", "1997-07-01"),
        ("1997:07:01", "1997-07-01"),
        ("ca. 1960", "1960~"),
        ("約1960年", "1960~"),
        ("[1960?]", "1960?"),
        ("1960~", "1960~"),
        ("1960's", "196X"),
        ("1960年代", "196X"),
        ("196-", "196X"),
        ("196X", "196X"),
        ("19--", "19XX"),
        ("c1984.", "1984"),
        ("©1984", "1984"),
        ("1960-1965", "1960/1965"),
        ("1960-65", "1960/1965"),
        ("1960/1965", "1960/1965"),
        ("1960 to 1965", "1960/1965"),
        ("1937-01/1937-06", "1937-01/1937-06"),
        ("between 1960 and 1965", "1960/1965"),
        ("1997-00-00", "1997"),
        ("1997-07-00", "1997-07"),
        *((text, None) for text in ("", "undated", "n.d.", "1997-02-30", "1965-1960", "Thursday", "9" * 200, "-", "?", "13 Foo 1997")),
    ],
)  # fmt: skip
def test_what_is_known_and_no_more(text, edtf):
    """Each way of writing becomes the Extended Date/Time Format, or nothing."""
    assert read_date(text) == edtf


@given(st.dates(min_value=date(1000, 1, 1)))
def test_whole_dates_stay(day):
    """A date in ISO 8601 is itself."""
    assert read_date(day.isoformat()) == day.isoformat()


@given(st.text(max_size=90))
def test_any_text_is_a_date_or_none(text):
    """No text raises, and what is read is read again as itself."""
    found = read_date(text)
    assert found is None or read_date(found) == found
