"""Records that an independent writer writes, in every format: each value that is read is one that was written, in its field.

The formats' own libraries write (pymarc, lxml, csv, json, openpyxl); what is expected is what was given to them.
"""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from whole_catalogues import read_catalogue

from dedupelab.collect.catalogues.record import clean
from dedupelab.collect.catalogues.sources import Catalogue

TEXT = st.lists(
    st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd"), max_codepoint=0x9FFF), min_size=1, max_size=8), min_size=1, max_size=4
).map(" ".join)  # fmt: skip
SIGNS = st.tuples(
    TEXT, st.sampled_from(["", " & ", " < 6 ", ", ", ' "q" ', " – ", "; ", " | ", " 'x' ", " % "]), TEXT
).map("".join)
DAY = st.dates().map(lambda day: f"{day.year:04d}-{day.month:02d}-{day.day:02d}")
SAID = st.fixed_dictionaries(
    {"title": SIGNS},
    optional={
        "creator": TEXT,
        "caption": SIGNS,
        "copyright_owner": TEXT,
        "date_created": DAY,
        "usage_terms": SIGNS,
        "credit": SIGNS,
    },
)
FILE = "x-1.jpg"


def xml(namespace, name, build):
    root = etree.Element(f"{{{namespace}}}{name}", nsmap={"n": namespace})

    def put(path, text, place=None, **attributes):
        here = root if place is None else place
        for step in path.split("/"):
            here = etree.SubElement(here, f"{{{namespace}}}{step}")
        here.text = text
        here.attrib.update(attributes)
        return here

    build(put)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def fields_of(said, table):
    return [(table[name], text) for name, text in said.items() if name in table]


def marc_record(said):
    table = {
        "creator": "100a",
        "title": "245a",
        "date_created": "264c",
        "caption": "520a",
        "credit": "524a",
        "usage_terms": "540a",
        "copyright_owner": "542d",
    }
    record = pymarc.Record(leader="     nkm a2200000 i 4500", force_utf8=True)
    for place, text in [*fields_of(said, table), ("856u", FILE)]:
        ends = [" ", "0"] if place == "264c" else [" ", " "]
        record.add_field(pymarc.Field(place[:3], pymarc.Indicators(*ends), [pymarc.Subfield(place[3], text)]))
    return record


def unimarc(said):
    record = pymarc.Record(leader="     nkm a22     a  450 ", force_utf8=True)
    record.add_field(
        pymarc.Field(
            "100", pymarc.Indicators(" ", " "), [pymarc.Subfield("a", "20110907u        em y0frey50      ba")]
        )
    )
    for place, text in [
        *fields_of(
            said,
            {
                "creator": "700a",
                "title": "200a",
                "date_created": "210d",
                "caption": "330a",
                "usage_terms": "371a",
            },
        ),
        ("856u", FILE),
    ]:
        more = [pymarc.Subfield("4", "600")] * (place == "700a")
        record.add_field(
            pymarc.Field(place[:3], pymarc.Indicators(" ", " "), [pymarc.Subfield(place[3], text), *more])
        )
    return record.as_marc()


def mods(said):
    def build(put):
        for path, text in fields_of(
            said,
            {
                "title": "titleInfo/title",
                "creator": "name/namePart",
                "date_created": "originInfo/dateCreated",
                "caption": "abstract",
                "usage_terms": "accessCondition",
            },
        ):
            put(path, text)
        if "credit" in said:
            put("note", said["credit"], type="preferred citation")
        put("location/url", FILE)

    return xml("http://www.loc.gov/mods/v3", "mods", build)


def lido(said):
    def build(put):
        described, managed = (
            put("descriptiveMetadata", None),
            put("administrativeMetadata/resourceWrap/resourceSet", None),
        )
        put("objectIdentificationWrap/titleWrap/titleSet/appellationValue", said["title"], described)
        if "caption" in said:
            put(
                "objectIdentificationWrap/objectDescriptionWrap/objectDescriptionSet/descriptiveNoteValue",
                said["caption"],
                described,
            )
        event = put("eventWrap/eventSet/event", None, described)
        put("eventType/term", "Herstellung", event)
        for path, text in fields_of(
            said,
            {
                "creator": "eventActor/actorInRole/actor/nameActorSet/appellationValue",
                "date_created": "eventDate/displayDate",
            },
        ):
            put(path, text, event)
        put("resourceRepresentation/linkResource", FILE, managed)
        for path, text in fields_of(
            said,
            {
                "usage_terms": "rightsResource/rightsType/term",
                "copyright_owner": "rightsResource/rightsHolder/legalBodyName/appellationValue",
                "credit": "rightsResource/creditLine",
            },
        ):
            put(path, text, managed)

    return xml("http://www.lido-schema.org", "lido", build)


def ead(said):
    def build(put):
        for path, text in fields_of(
            said,
            {
                "title": "did/unittitle",
                "creator": "did/origination/persname",
                "date_created": "did/unitdate",
                "caption": "scopecontent/p",
                "usage_terms": "userestrict/p",
            },
        ):
            put(path, text)
        put("did/dao", None, href=FILE)

    return xml("urn:isbn:1-931666-22-9", "archdesc", build)


def vra(said):
    def build(put):
        for path, text in fields_of(
            said,
            {
                "title": "titleSet/title",
                "creator": "agentSet/agent/name",
                "caption": "descriptionSet/description",
                "copyright_owner": "rightsSet/rights/rightsHolder",
                "usage_terms": "rightsSet/rights/text",
            },
        ):
            put(path, text)
        if "date_created" in said:
            put("dateSet/date", None, type="creation")
            put("dateSet/date/earliestDate", said["date_created"])
            put("dateSet/date/latestDate", said["date_created"])

    return xml("http://www.vraweb.org/vracore4.htm", "image", build).replace(
        b"<n:image ", f'<n:image href="{FILE}" '.encode()
    )


def newsml(said):
    def build(put):
        for path, text in fields_of(
            said,
            {
                "copyright_owner": "rightsInfo/copyrightHolder/name",
                "usage_terms": "rightsInfo/usageTerms",
                "creator": "contentMeta/creator/name",
                "title": "contentMeta/headline",
                "caption": "contentMeta/description",
                "credit": "contentMeta/creditline",
                "date_created": "contentMeta/contentCreated",
            },
        ):
            put(path, text)
        put("contentSet/remoteContent", None, href=FILE)

    return xml("http://iptc.org/std/nar/2006-10-01/", "newsItem", build)


def dublin(said):
    inner = {
        "title": "title",
        "creator": "creator",
        "caption": "description",
        "date_created": "date",
        "usage_terms": "rights",
    }
    root = etree.Element("{http://www.openarchives.org/OAI/2.0/oai_dc/}dc")
    for name, text in [*fields_of(said, inner), ("identifier", FILE)]:
        etree.SubElement(root, f"{{http://purl.org/dc/elements/1.1/}}{name}").text = text
    return etree.tostring(root)


def edm(said):
    spaces = {
        "edm": "http://www.europeana.eu/schemas/edm/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "ore": "http://www.openarchives.org/ore/terms/",
    }
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    root = etree.Element(f"{{{rdf}}}RDF", nsmap={"rdf": rdf, **spaces})
    thing = etree.SubElement(root, f"{{{spaces['edm']}}}ProvidedCHO", {f"{{{rdf}}}about": "c"})
    for name, text in fields_of(
        said,
        {
            "title": "title",
            "creator": "creator",
            "caption": "description",
            "date_created": "date",
            "usage_terms": "rights",
        },
    ):
        etree.SubElement(thing, f"{{{spaces['dc']}}}{name}").text = text
    bundle = etree.SubElement(root, f"{{{spaces['ore']}}}Aggregation", {f"{{{rdf}}}about": "g"})
    etree.SubElement(bundle, f"{{{spaces['edm']}}}aggregatedCHO", {f"{{{rdf}}}resource": "c"})
    etree.SubElement(bundle, f"{{{spaces['edm']}}}isShownBy", {f"{{{rdf}}}resource": FILE})
    return etree.tostring(root)


def ninjs(said):
    table = {
        "title": "headline",
        "creator": "byline",
        "caption": "description_text",
        "copyright_owner": "copyrightholder",
        "date_created": "contentcreated",
        "usage_terms": "usageterms",
        "credit": "creditline",
    }
    return json.dumps(
        {
            "uri": "urn:x",
            "type": "picture",
            "renditions": {"o": {"href": FILE}},
            **dict(fields_of(said, table)),
        }
    ).encode()


def iiif(said):
    labels = {
        "creator": "Photographer",
        "date_created": "Date",
        "copyright_owner": "Rights holder",
        "usage_terms": "Terms of use",
        "credit": "Credit line",
    }
    painted = {"motivation": "painting", "body": {"id": FILE, "type": "Image"}}
    return json.dumps({
        "id": "https://x.example/m", "type": "Manifest", "label": {"none": [said["title"]]}, "summary": {"none": [said["caption"]]} if "caption" in said else None,
        "metadata": [{"label": {"en": [label]}, "value": {"none": [text]}} for label, text in fields_of(said, labels)],
        "items": [{"type": "Canvas", "items": [{"items": [painted]}]}]
    }).encode()  # fmt: skip


HEADINGS = {
    "title": "Titel",
    "creator": "Photographer",
    "caption": "Légende",
    "copyright_owner": "Rechteinhaber",
    "date_created": "拍攝日期",
    "usage_terms": "Licence",
    "credit": "CreditLine",
}


def table(said, encoding="utf-8", delimiter=","):
    out = io.StringIO(newline="")
    rows = fields_of(said, HEADINGS)
    csv.writer(out, delimiter=delimiter).writerows(
        [["File", *(h for h, _ in rows)], [FILE, *(text for _, text in rows)]]
    )
    return out.getvalue().encode(encoding)


def sheet(said):
    book = openpyxl.Workbook()
    rows = fields_of(said, HEADINGS)
    for number, row in enumerate([["File", *(h for h, _ in rows)], [FILE, *(text for _, text in rows)]], 1):
        for column, text in enumerate(row, 1):
            book.active.cell(number, column, text).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def marcxml(said):
    return (
        b'<collection xmlns="http://www.loc.gov/MARC21/slim">'
        + pymarc.record_to_xml(marc_record(said))
        + b"</collection>"
    )


NO_PLACE = {
    "unimarc": {"copyright_owner", "credit"}, "mods": {"copyright_owner"}, "lido": set(), "ead": {"copyright_owner", "credit"}, "vra": {"credit"},
    "dublin": {"copyright_owner", "credit"}, "edm": {"copyright_owner", "credit"}
}  # fmt: skip
WRITERS = {
    "marc": lambda said: marc_record(said).as_marc(), "marcxml": marcxml, "unimarc": unimarc, "mods": mods, "lido": lido, "ead": ead, "vra": vra, "newsml": newsml,
    "dublin": dublin, "edm": edm, "ninjs": ninjs, "iiif": iiif, "csv": table, "utf-16": lambda said: table(said, "utf-16", "\t"),
    "semicolons": lambda said: table(said, "utf-8-sig", ";"), "xlsx": sheet
}  # fmt: skip


@pytest.mark.parametrize("form", WRITERS)
@settings(max_examples=60, deadline=None)
@given(said=SAID)
def test_what_is_written_is_read(tmp_path_factory, form, said):
    """Every value that a format has a place for comes back as it was written, and none that was not."""
    file = Path(tmp_path_factory.mktemp(form)) / ("list.xlsx" if form == "xlsx" else "list")
    file.write_bytes(WRITERS[form](said))
    _, (record,) = read_catalogue(Catalogue((file,), file.name))
    expected = {name: clean(text) for name, text in said.items() if name not in NO_PLACE.get(form, set())}
    # Dublin Core and EDM have rights; without an address they are a notice.
    if form in {"dublin", "edm"} and "usage_terms" in expected:
        expected["copyright_notice"] = expected.pop("usage_terms")
    assert record.fields == expected
    assert FILE in record.files
