"""The merged catalogue as MARCXML, MODS and LIDO: what was written is read again, and nothing is made up."""

import io
import re
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


FULL = {
    **{name: f"some {name}" for name in CATALOGUED},
    "creator": "Lee; Ng",
    "date_created": "1931~",
    "web_statement": "http://rightsstatements.org/vocab/InC/1.0/",
}
WORKS = [
    work(FULL, unresolved={"source": ("a", "b")}, contested=("caption",)),
    work({}),
]


def test_marcxml_by_its_schema():
    """Leader, tags, indicators and codes are of the form that MARC 21 slim has; fields stand in the order of their tags, with one title each."""
    root = etree.fromstring(marcxml(WORKS, HOLDERS, "s", "https://p.example/"))
    assert etree.QName(root).localname == "collection"
    for record in root:
        leader, control, *fields = record
        assert re.fullmatch(
            r"[\d ]{5}[\dA-Za-z ][\dA-Za-z][\dA-Za-z ]{3}22[\d ]{5}[\dA-Za-z ]{3}4500", leader.text
        )
        assert (etree.QName(control).localname, control.get("tag")) == ("controlfield", "001")
        tags = [field.get("tag") for field in fields]
        assert tags == sorted(tags)
        assert tags.count("245") == 1
        assert tags.count("100") <= 1
        for field in fields:
            assert re.fullmatch(r"0[1-9]\d|[1-9]\d\d", field.get("tag"))
            assert all(re.fullmatch(r"[\da-z ]", field.get(mark)) for mark in ("ind1", "ind2"))
            assert len(field)
            assert all(re.fullmatch(r"[\da-z]", part.get("code")) and part.text for part in field)


def test_marcxml_as_another_reader_has_it():
    """The library that others read MARC with finds the same names and title."""
    pymarc = pytest.importorskip("pymarc")
    first, _ = pymarc.parse_xml_to_array(io.BytesIO(marcxml(WORKS, HOLDERS, "s", "https://p.example/")))
    assert (first["100"]["a"], first["700"]["a"], first["245"]["a"]) == ("Lee", "Ng", "some title")


TOP = frozenset({
    "titleInfo", "name", "typeOfResource", "genre", "originInfo", "language", "physicalDescription", "abstract", "note", "subject", "relatedItem", "identifier",
    "location", "accessCondition", "recordInfo",
})  # fmt: skip


def test_mods_by_its_schema():
    """Only the elements that a record may have, and inside them what they may hold."""
    within = {
        "titleInfo": {"title"}, "name": {"namePart", "role"}, "role": {"roleTerm"}, "originInfo": {"dateCreated"}, "location": {"physicalLocation", "url"},
        "recordInfo": {"recordIdentifier"}, "modsCollection": {"mods"}, "mods": TOP, "accessCondition": {"copyright"},
    }  # fmt: skip
    root = etree.fromstring(mods(WORKS, HOLDERS, "s", "https://p.example/"))
    for element in root.iter("{http://www.loc.gov/mods/v3}*"):
        assert {etree.QName(child).localname for child in element} <= within.get(
            etree.QName(element).localname, set()
        )
    assert all(record.find("{*}recordInfo/{*}recordIdentifier").text for record in root)


ORDER = {
    "lidoWrap": "lido", "lido": "lidoRecID descriptiveMetadata administrativeMetadata",
    "descriptiveMetadata": "objectClassificationWrap objectIdentificationWrap eventWrap objectRelationWrap",
    "objectIdentificationWrap": "titleWrap inscriptionsWrap repositoryWrap displayStateEditionWrap objectDescriptionWrap objectMeasurementsWrap",
    "administrativeMetadata": "rightsWorkWrap recordWrap resourceWrap", "recordWrap": "recordID recordType recordSource recordRights recordInfoSet",
    "event": "eventID eventType roleInEvent eventName eventActor culture eventDate",
    "resourceSet": "resourceID resourceRepresentation resourceType resourceRelType resourcePerspective resourceDescription resourceDateTaken resourceSource rightsResource",
    "rightsResource": "rightsType rightsDate rightsHolder creditLine", "rightsType": "conceptID term", "eventType": "conceptID term", "eventDate": "displayDate date",
    "repositorySet": "repositoryName workID repositoryLocation",
}  # fmt: skip
REQUIRED = ("lidoRecID", "descriptiveMetadata/{*}objectClassificationWrap/{*}objectWorkTypeWrap/{*}objectWorkType/{*}term", "descriptiveMetadata/{*}objectIdentificationWrap/{*}titleWrap/{*}titleSet/{*}appellationValue", "administrativeMetadata/{*}recordWrap/{*}recordID", "administrativeMetadata/{*}recordWrap/{*}recordType/{*}term", "administrativeMetadata/{*}recordWrap/{*}recordSource/{*}legalBodyName/{*}appellationValue")  # fmt: skip


def test_lido_by_its_schema():
    """Elements stand in the order of LIDO 1.0, in it are those that it has, and what it requires is there."""
    root = etree.fromstring(lido(WORKS, HOLDERS, "s", "https://p.example/"))
    for element in root.iter("{*}*"):
        allowed = ORDER.get(etree.QName(element).localname, "").split()
        places = [allowed.index(etree.QName(child).localname) for child in element] if allowed else []
        assert places == sorted(places)
    for record in root:
        assert all(record.find("{*}" + path) is not None for path in REQUIRED)
        assert record.find("{*}lidoRecID").get("{http://www.lido-schema.org}type")
        assert record.find("{*}descriptiveMetadata").get("{http://www.w3.org/XML/1998/namespace}lang")
