"""The merged catalogue as MARCXML, MODS and LIDO: what was written is read again, and nothing is made up."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from whole_catalogues import read_catalogue

from dedupelab.collect.catalogues.record import clean
from dedupelab.collect.catalogues.sources import Catalogue
from dedupelab.evidence.metadata.merged import Copy, Merged
from dedupelab.publish.catalogue_xml import lido, marcxml, mods
from dedupelab.tables import CATALOGUED

FORMS = {"marcxml": marcxml, "mods": mods, "lido": lido}
HOLDERS = {"a": "Harbour Archive", "b": "電影資料館"}
NO_PLACE = {"marcxml": {"licensor"}, "mods": set(), "lido": {"licensor"}}
WORD = st.text(
    st.characters(categories=("Lu", "Ll", "Lo", "Nd"), max_codepoint=0x9FFF), min_size=1, max_size=8
)
PHRASE = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
DATE = st.one_of(
    st.dates().map(lambda day: f"{day.year:04d}-{day.month:02d}-{day.day:02d}"),
    st.sampled_from(["1931~", "193X", "18XX", "1931/1935", "../1900", "1960?", "1931-05"]),
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        **{name: PHRASE for name in CATALOGUED if name not in {"creator", "date_created", "web_statement"}},
        "creator": st.lists(PHRASE, min_size=1, max_size=3, unique=True).map("; ".join),
        "date_created": DATE,
        "web_statement": WORD.map(lambda word: f"http://rightsstatements.org/vocab/{word}/1.0/"),
    },
)


def work(values, **more):
    copies = (Copy("x", "a", "x 1.jpg", "JPEG", 40, 30), Copy("y", "b", "y&<.jpg", "JPEG", 40, 30))
    return Merged(
        "g0-0",
        "resolved",
        "it has the most pixels",
        copies,
        values,
        dict.fromkeys(values, "a/x 1.jpg (file)"),
        **more,
    )


@pytest.mark.parametrize("form", FORMS)
@given(values=VALUES)
def test_round_trips(tmp_path_factory, form, values):
    """Every value comes back as it was written; where a format has no place for one, nothing else is said instead."""
    file = Path(tmp_path_factory.mktemp(form)) / "out.xml"
    file.write_bytes(FORMS[form]([work(values)], HOLDERS, "a study", "https://pictures.example/"))
    kind, (record,) = read_catalogue(Catalogue((file,), "out.xml"))
    assert kind == form
    said = {name: text for name, text in record.fields.items() if name in CATALOGUED}
    expected = {name: clean(text) for name, text in values.items() if name not in NO_PLACE[form]}
    assert said == expected
    assert record.record_id == "g0-0"
    assert record.fields["holding_institution"] == "Harbour Archive; 電影資料館"
    assert record.files == tuple(
        f"https://pictures.example/a%20study/{path}" for path in ("a/x%201.jpg", "b/y%26%3C.jpg")
    )


@pytest.mark.parametrize("form", FORMS)
def test_what_is_not_settled_is_a_note(form):
    """A contradiction is no value, and who reads the record sees it, and what it rests on."""
    found = work({"title": "Pier"}, unresolved={"creator": ("Chan (a)", "Lee (b)")}, contested=("caption",))
    text = " ".join(etree.fromstring(FORMS[form]([found], HOLDERS, "s", "https://p.example/")).itertext())
    for words in (
        "creator is unresolved: Chan (a) / Lee (b)",
        "caption is contested",
        "resolved: it has the most pixels",
        "title comes from a/x 1.jpg (file)",
    ):
        assert words in text
