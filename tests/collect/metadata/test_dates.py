"""Dates: nothing is added, and what can be one moment is not called two."""

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from dedupelab.collect.metadata.dates import iso_date

first, last = (datetime.fromisoformat(f"{year}-01-01") for year in (1000, 9000))
moments = st.datetimes(first, last).map(lambda each: each.replace(microsecond=0))
zones = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(moments, zones)
def test_every_form_of_a_moment_is_one_form(moment, zone):
    """Exif, IIM and XMP forms of the same moment read alike, and none loses its zone."""
    zoned = moment.replace(tzinfo=zone)
    expected = zoned.isoformat()
    forms = (
        zoned.isoformat(),
        zoned.strftime("%Y:%m:%d %H:%M:%S") + expected[19:],
        zoned.strftime("%Y%m%dT%H%M%S%z"),
    )
    assert {iso_date(form.rjust(len(form), "0")) for form in forms} == {(expected, None)}


@given(st.text(max_size=30))
def test_no_text_raises(text):
    """Whatever stands there is a date, nothing, or a problem."""
    date, problem = iso_date(text)
    assert date is None or problem is None
    assert date is None or iso_date(date) == (date, None)
