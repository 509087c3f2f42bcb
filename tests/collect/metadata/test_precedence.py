"""Which source is believed, and what counts as disagreeing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.collect.metadata.precedence import believed, disagreements, ranked, ranking

words = st.text("abc", min_size=1, max_size=3)
said = st.dictionaries(st.sampled_from(["sidecar", "exif", "iim", "xmp"]), st.tuples(words), min_size=1)


@given(said, st.booleans())
def test_the_first_in_order_is_believed(sources, matching):
    """Sidecar, Exif, XMP, IIM; IIM before XMP once it was changed alone. The order of reading does not matter."""
    order = ["sidecar", "exif", *(("xmp", "iim") if matching else ("iim", "xmp"))]
    found = ranked(tuple(sources), ranking(b"records", None if matching else b"of others"))
    assert list(found) == [source for source in order if source in sources]
    assert believed("copyright_owner", sources, found) == sources[found[0]][0]


@given(said)
def test_nothing_that_differs_is_hidden(sources):
    """Where two sources of a field say different words, all that is said is kept; else nothing is."""
    found = disagreements({"licensor": sources})
    if len(set(sources.values())) == 1:
        assert found is None
    else:
        assert json.loads(found) == {"licensor": {place: value for place, (value,) in sources.items()}}


@pytest.mark.parametrize(
    ("field", "exif", "xmp"),
    [
        ("creator", ("Doe, Jane",), ("Jane Doe",)),
        ("creator", ("Jane Doe", "Ho Fan"), ("Ho Fan; Jane Doe",)),
        ("credit", ("AP.",), ("AP",)),
        ("web_statement", ("http://example.org/rights/",), ("https://www.example.org/rights",)),
        ("copyright_notice", ("© 2019",), ("News Library",)),  # a year and a sign assert nothing
        ("copyright_notice", ("© 2019 News Library. All rights reserved",), ("News Library",)),
        ("date_created", ("2024-05-17T09:30:00",), ("2024-05",)),
        ("date_created", ("2024-05-17T09:30:00",), ("2024-05-17T01:30:00+00:00",)),
        ("registry_id", ("A 1", "B 2"), ("B 2", "A 1")),
    ],
)
def test_what_is_no_conflict_between_copies_is_none_inside_a_file(field, exif, xmp):
    """Order of names, dots, http and https, signs and years, precision: the rule for copies holds inside a file too."""
    assert disagreements({field: {"exif": exif, "xmp": xmp}}) is None
    assert disagreements({field: {"exif": xmp, "xmp": exif}}) is None


def test_without_a_digest_iim_is_taken_to_match():
    """Only a stored digest that no longer fits says that IIM was changed alone."""
    matching = ("sidecar", "exif", "xmp", "iim")
    assert ranking(None, b"x") == ranking(b"records", None) == matching
    assert ranking(b"records", b"x" * 16) == ("sidecar", "exif", "iim", "xmp")
