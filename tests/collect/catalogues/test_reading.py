"""Every format: what a record says in the words of the images table, what may link it, and what was left behind."""

import io
from pathlib import Path

import pytest
from whole_catalogues import read_catalogue

from dedupelab.collect.catalogues import reading, tabular
from dedupelab.collect.catalogues.reading import FORMATS, CatalogueReader
from dedupelab.collect.catalogues.sources import Catalogue
from dedupelab.errors import CatalogueError

FIXTURES = Path(__file__).parent / "fixtures"


def read(path, **settings):
    kind, records = read_catalogue(Catalogue((Path(path),), Path(path).name, **settings))
    return kind, list(records)


def written(tmp_path, content, name="catalogue"):
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return tmp_path / name


def marc21(*fields, leader="     nkm a2200000 i 4500"):
    """Make a binary record; a field is a tag, its indicators and its subfields."""
    import pymarc

    record = pymarc.Record(leader=leader, force_utf8=True)
    for tag, indicators, *parts in fields:
        if tag < "010":
            record.add_field(pymarc.Field(tag, data=parts[0]))
            continue
        found = [pymarc.Subfield(part[0], part[1:]) for part in parts]
        record.add_field(pymarc.Field(tag, indicators=list(indicators), subfields=found))
    return record.as_marc()


EXPECTED = {
    "oai-dc.xml": ("oai-dc", {
        "title": "Ferry pier at dusk", "creator": "Chan Tai Man; Lee Siu Fong", "caption": "Passengers wait for the last ferry.",
        "holding_institution": "Harbour Archive", "date_created": "1962-05", "language": "en", "copyright_notice": "© Harbour Archive",
        "web_statement": "https://rightsstatements.org/vocab/InC/1.0/",
    }, {"title": "黃昏的渡輪碼頭"}, ("https://archive.example/files/pier/HK-1.jpg",), ("dc:subject", "dc:type")),
    "marc.xml": ("marcxml", {
        "title": "Weiduoliya Gang", "creator": "Chen, Dawen", "date_created": "1960/1965", "access_limit": "Reading room only.",
        "caption": "Junks in the harbour.", "usage_terms": "Permission of the library required.", "language": "chi",
        "web_statement": "https://library.example/terms", "copyright_owner": "Chen Estate", "copyright_notice": "© Chen Estate 1970",
        "holding_institution": "Hong Kong Library (invented)",
    }, {"creator": "陳大文", "title": "維多利亞港"}, ("https://library.example/images/b1234567.tif",),
        ("005", "100$e", "245$c", "264$a", "264$c", "300$a", "700$a", "700$e")),
    "mods.xml": ("mods", {
        "title": "Star Street market", "creator": "Chan, Tai Man", "date_created": "1960/1965", "language": "chi",
        "caption": "Stalls under awnings.", "holding_institution": "Harbour Archive", "usage_terms": "Credit the archive.",
        "web_statement": "https://archive.example/terms", "access_limit": "By appointment.", "related": "Street life; SL",
    }, {"title": "星街街市"}, ("https://archive.example/mk/MK-7.jpg",), None),
    "ead.xml": ("ead", {
        "title": "Dam wall, 1937", "creator": "Ho Kam", "date_created": "1937-01/1937-06", "language": "English",
        "caption": "The wall from below. 水塘的水壩。", "usage_terms": "Crown copyright.",
        "holding_institution": "Records Office (invented)",
    }, {}, ("reservoirs/dam-wall.jpg",), ("ead:did/physdesc",)),
    "lido.xml": ("lido", {
        "title": "Tram depot", "creator": "Ng Wai", "date_created": "1949/1951", "caption": "Double-deckers at night.",
        "holding_institution": "City Museum (invented)", "copyright_owner": "City Museum (invented)", "usage_terms": "CC BY 4.0",
        "web_statement": "https://creativecommons.org/licenses/by/4.0/", "credit": "Gift of the tramways",
    }, {"title": "電車廠"}, ("https://museum.example/iiif/3/trams%2Fdepot.tif/full/max/0/default.jpg",), None),
    "vra.xml": ("vra", {
        "title": "Exterior, garden side", "creator": "Yip Ka", "date_created": "1985", "caption": "The tower from the garden.",
        "holding_institution": "Architecture Library (invented)", "copyright_owner": "Yip Ka", "usage_terms": "Teaching only",
        "related": "Bank tower",
    }, {}, ("towers/bank.jpg",), None),
    "newsml.xml": ("newsml-g2", {
        "title": "Regatta", "creator": "Mak Yuen", "date_created": "2026-01-31T18:30:00+08:00", "caption": "Boats leave the harbour.",
        "credit": "Agency/Mak Yuen", "source": "Regatta Club", "copyright_owner": "Agency (invented)", "language": "en",
        "copyright_notice": "© 2026 Agency (invented)", "usage_terms": "Editorial use only", "holding_institution": "Agency (invented)",
    }, {}, ("https://agency.example/pictures/regatta_5.jpg",), None),
    "ninjs-1.json": ("ninjs", {
        "title": "Waves", "creator": "Mak Yuen", "caption": "Waves at the pier.", "copyright_owner": "Agency (invented)",
        "copyright_notice": "© Agency", "usage_terms": "Editorial", "date_created": "2022-08-24T09:00:00+08:00", "language": "en",
    }, {}, ("https://agency.example/r/waves.jpg",), None),
    "ninjs-2.json": ("ninjs", {
        "title": "風雨", "creator": "Mak Yuen", "caption": "Rain.", "copyright_owner": "Agency (invented)", "source": "Observatory",
        "date_created": "2023-07-01T08:00:00+08:00",
    }, {}, ("https://agency.example/r/rain.jpg",), None),
    "ninjs-3.json": ("ninjs", {
        "title": "Sunset", "creator": "Mak Yuen", "caption": "The sun sets.", "copyright_owner": "Agency (invented)",
        "copyright_notice": "© Agency", "usage_terms": "Editorial", "web_statement": "https://agency.example/rights", "language": "en",
        "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
        "date_created": "2024-11-01T17:45:00+08:00",
    }, {}, ("https://agency.example/r/sunset.jpg",), None),
    "iiif-3.json": ("iiif", {
        "title": "Typhoon shelter", "creator": "Leung Wing", "date_created": "1958~", "caption": "Boats moored for the night.",
        "credit": "Harbour Archive", "web_statement": "http://rightsstatements.org/vocab/InC/1.0/",
        "holding_institution": "Harbour Archive",
    }, {"title": "避風塘"}, ("https://archive.example/iiif/3/shelter%2Ffront.jpg/full/max/0/default.jpg",
        "https://archive.example/shelter/back.jpg"), ("iiif:metadata[Film stock]",)),
    "iiif-2.json": ("iiif", {
        "title": "Lantern", "creator": "Leung Wing", "caption": "A lantern stall.", "credit": "Harbour Archive",
        "web_statement": "https://creativecommons.org/licenses/by/4.0/",
    }, {"title": "花燈"}, ("https://archive.example/lantern.jpg",), ()),
    "edm.xml": ("edm", {
        "title": "Net mending", "creator": "Lam Oi-ying", "date_created": "1938/1940", "caption": "Women mend nets.", "language": "en",
        "holding_institution": "Harbour Archive", "web_statement": "http://rightsstatements.org/vocab/InC/1.0/",
    }, {"creator": "林愛英"}, ("https://archive.example/files/nets.jpg",), ("edm:isShownAt/@resource", "edm:provider", "edm:type")),
    "stock.csv": ("stock-csv", {"title": "Night market"}, {}, ("night_market.jpg",), ("Category", "Keywords")),
    "resourcespace.csv": ("resourcespace-csv", {
        "title": "Night market", "creator": "Au Yeung", "credit": "Stock Agency", "date_created": "2019-10-02",
        "copyright_notice": "© Au Yeung", "access_limit": "Open",
    }, {}, ("night_market.jpg",), ("Country", "Resource type")),
    "collectiveaccess.csv": ("collectiveaccess-csv", {
        "title": "Opera troupe", "creator": "Fung Yee", "caption": "Actors before the show", "date_created": "1971",
    }, {}, ("opera.jpg",), ("ca_objects.work_type",)),
    "chinese.csv": ("csv", {"title": "啲嘅嘢喺度", "creator": "鍾偉文", "date_created": "1999-07-01"}, {}, ("喺度.jpg",), ("備註",)),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_a_record_in_our_words(name):
    """The format is recognised, and fields, parallel values, files and unmapped fields are the fixture's."""
    kind, fields, parallel, files, unmapped = EXPECTED[name]
    found, records = read(FIXTURES / name)
    assert found == kind
    assert dict(records[0].fields) == fields
    assert dict(records[0].parallel) == parallel
    assert records[0].files == files
    assert unmapped is None or records[0].unmapped == unmapped
    assert records[0].raw


@pytest.mark.parametrize("name", EXPECTED)
def test_every_value_is_accounted_for(name):
    """What is lost is part of what is stated, and every value without a target is lost."""
    _, records = read(FIXTURES / name)
    for record in records:
        assert all(0 <= record.lost[key] <= record.stated[key] for key in record.stated)
        assert all(record.lost[key] == count for key, count in record.stated.items() if not key[1])


@pytest.mark.parametrize("name", EXPECTED)
def test_the_format_may_be_named(name):
    """A format that is stated reads the same as one that is sniffed."""
    kind = EXPECTED[name][0]
    assert read(FIXTURES / name, format=kind) == read(FIXTURES / name)


def test_every_format_has_a_fixture():
    """Nothing is claimed that no fixture shows; binary MARC records are made by the tests."""
    assert {kind for kind, *_ in EXPECTED.values()} == set(FORMATS) - {"marc", "unimarc"}


def test_a_resource_is_called_by_its_address(told):
    """What RDF describes is what `about` names; an address of a person is no name."""
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<rdf:Description rdf:about="https://x.example/a.jpg"><dc:title>T</dc:title><dc:creator rdf:resource="http://v.example/1"/></rdf:Description></rdf:RDF>'
    )
    assert told(text, "a.jpg")[0] == {"a.jpg": {"title": "T"}}


@pytest.mark.parametrize(
    ("aggregation", "statement"),
    [
        ('<edm:rights rdf:resource="http://r.example/aggregation"/>', "http://r.example/aggregation"),
        ("", "http://r.example/file"),
    ],
)
def test_what_edm_says_of_a_file(told, aggregation, statement):
    """Rights of a file's own hold where the object's are silent; everything else said of it is counted."""
    text = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:edm="http://www.europeana.eu/schemas/edm/"
    xmlns:ore="http://www.openarchives.org/ore/terms/"><edm:ProvidedCHO rdf:about="c"><dc:title>T</dc:title></edm:ProvidedCHO><edm:WebResource rdf:about="https://x.example/a.jpg">
    <dc:creator>Scanner</dc:creator><edm:rights rdf:resource="http://r.example/file"/></edm:WebResource><ore:Aggregation rdf:about="g"><edm:aggregatedCHO rdf:resource="c"/>
    <edm:isShownBy rdf:resource="https://x.example/a.jpg"/>{aggregation}</ore:Aggregation></rdf:RDF>"""
    said, found = told(text, "a.jpg")
    assert said["a.jpg"] == {"title": "T", "web_statement": statement}
    lost = found.crosswalk.set_index("field")["lost"]
    assert lost["edm:WebResource/creator"] == 1


def test_identifiers():
    """Each format's own identifiers are kept: the repository's, the institution's, the sender's."""
    identifiers = {name: read(FIXTURES / name)[1][0].identifiers for name in EXPECTED}
    assert identifiers["oai-dc.xml"][0] == "oai:archive.example:HK-1"
    assert identifiers["marc.xml"] == ("99100", "(HKPL)b1234567")
    assert identifiers["mods.xml"] == ("rec-7", "MK-7")
    assert identifiers["ead.xml"] == ("HKRS1-1-1",)
    assert identifiers["lido.xml"] == ("M-42", "1997.42", "img-42")
    assert identifiers["vra.xml"] == ("i_1", "B-9", "AL 9")
    assert identifiers["ninjs-1.json"] == ("https://agency.example/items/p1", "D-77")
    assert identifiers["ninjs-2.json"] == ("https://agency.example/items/p2", "D-78")
    assert identifiers["ninjs-3.json"] == ("https://agency.example/items/p4", "D-80")


def test_withdrawn_and_vague_records():
    """A deleted OAI record is counted with its reason; a text that is no date is lost, not guessed."""
    _, (_, withdrawn, vague) = read(FIXTURES / "oai-dc.xml")
    assert not withdrawn.usable
    assert withdrawn.record_id == "oai:archive.example:HK-2"
    assert "deleted" in withdrawn.problem
    assert "date_created" not in vague.fields
    assert vague.lost["dc:date", "date_created"] == 1


def test_components_inherit_what_isad_lets_them():
    """Repository, use and language come from above; a component's own statement goes first; creators are not inherited."""
    _, (_, second) = read(FIXTURES / "ead.xml")
    assert second.fields["holding_institution"] == "Records Office (invented)"
    assert second.fields["usage_terms"] == "Ask the office."
    assert "creator" not in second.fields


def test_an_older_ead_without_namespace(tmp_path):
    """EAD 2002 by its DTD: no namespace, a document type that is not loaded, unnumbered components."""
    text = '<!DOCTYPE ead SYSTEM "https://nowhere.invalid/ead.dtd"><ead><archdesc level="fonds"><dsc><c level="item"><did><unitid>A1</unitid><unittitle>Gate</unittitle><dao href="gate.jpg"/></did></c></dsc></archdesc></ead>'
    kind, (record,) = read(written(tmp_path, text))
    assert (kind, record.fields["title"], record.files) == ("ead", "Gate", ("gate.jpg",))


def test_binary_marc(tmp_path):
    """Records follow one another; 880 fields are parallel script; a damaged one between two whole ones is one row."""
    whole = marc21(
        ("001", "", "7"),
        ("100", "1 ", "6880-01", "aChen, Dawen,"),
        ("245", "10", "aGang /"),
        ("856", "41", "fgang.jpg"),
        ("880", "1 ", "6100-01/$1", "a陳大文,"),
    )
    wrong_length = b"00099" + whole[5:]
    kind, records = read(written(tmp_path, whole + wrong_length + b"not marc at all\x1d" + whole))
    assert kind == "marc"
    assert [r.usable for r in records] == [True, False, False, True]
    assert (records[0].fields["creator"], records[0].parallel["creator"]) == ("Chen, Dawen", "陳大文")
    assert (records[0].files, records[0].record_id) == (("gang.jpg",), "7")
    assert "octets" in records[1].problem
    assert "leader" in records[2].problem
    assert records[3] == records[0]


def test_marc_in_another_encoding(tmp_path):
    """Records in Big5-HKSCS, which MARC does not know, are read where study.toml says so."""
    titles = "啲嘅喺".encode("big5hkscs")
    data = b"\x1e".join([b"10\x1fa" + titles, b"41\x1ff1.jpg"]) + b"\x1e"
    first = data.index(b"\x1e") + 1
    directory = b"245%04d00000856%04d%05d\x1e" % (first, len(data) - first, first)
    base = 24 + len(directory)
    record = b"%05dnkm  22%05d i 4500" % (base + len(data) + 1, base) + directory + data + b"\x1d"
    _, (found,) = read(written(tmp_path, record), encoding="big5hkscs")
    assert found.fields["title"] == "啲嘅喺"
    _, (misread,) = read(written(tmp_path, record), encoding="latin-1")
    assert misread.fields["title"] != "啲嘅喺"


def test_harvests_of_other_formats(tmp_path):
    """OAI-PMH may carry MODS, MARCXML or LIDO: the payload decides, the header identifies."""
    mods = (FIXTURES / "mods.xml").read_text("utf-8").split("?>", 1)[1]
    text = f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header><identifier>oai:x:1</identifier></header><metadata>{mods}</metadata></record></ListRecords></OAI-PMH>'
    kind, (record,) = read(written(tmp_path, text))
    assert (kind, record.record_id, record.fields["creator"]) == ("mods", "oai:x:1", "Chan, Tai Man")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "big5hkscs", "utf-16", "utf-16-le-mark"])
def test_tables_in_every_encoding(tmp_path, encoding):
    """UTF-8 with and without mark, UTF-16 either way and Big5 with the Hong Kong supplement (啲 嘅 喺) are told apart."""
    text = (FIXTURES / "chinese.csv").read_text("utf-8")
    data = ("\ufeff" + text).encode("utf-16-be") if encoding == "utf-16-le-mark" else text.encode(encoding)
    kind, (record,) = read(written(tmp_path, data))
    assert kind == "csv"
    assert record.fields["title"] == "啲嘅嘢喺度"
    assert record.files == ("喺度.jpg",)


def test_a_stated_encoding_that_does_not_fit(tmp_path):
    """Wrong bytes are one line before any record, or one row where they come late; never letters that nobody wrote."""
    path = written(tmp_path, "檔名,標題\n1.jpg,啲\n".encode("big5hkscs"))
    with pytest.raises(CatalogueError, match="in utf-8, got"):
        read(path, encoding="utf-8")
    late = "file,title\n" + "1.jpg,a\n" * 2000
    _, records = read(
        written(tmp_path, late.encode() + "2.jpg,啲\n".encode("big5hkscs")), encoding="utf-8", format="csv"
    )
    assert not records[-1].usable
    assert "utf-8" in records[-1].problem


def test_bytes_of_no_known_encoding(tmp_path):
    """What may be several encodings is said to be in doubt, with the setting that settles it."""
    reader = CatalogueReader(Catalogue((written(tmp_path, b"file,title\n1.jpg,\xff\xfd\xff\n"),), "list.csv"))
    assert len(list(reader)) == 1
    assert "encoding in doubt" in reader.files[0].notes[0]
    assert 'encoding = "' in reader.files[0].notes[0]


def test_columns_by_study_toml(tmp_path):
    """Any table can be read by naming its columns, and what is named goes before what is known."""
    path = written(tmp_path, "Aktenstück;Wer;Title;Caption\n1.jpg;Chan;A;B\n")
    _, (record,) = read(path, columns={"file": "Aktenstück", "creator": "wer", "title": "Caption"})
    assert dict(record.fields) == {"creator": "Chan", "title": "B"}
    assert record.unmapped == ("Title",)
    with pytest.raises(CatalogueError, match="expected a column 'Autor' for creator, got Aktenstück, Wer"):
        read(path, columns={"file": "Aktenstück", "creator": "Autor"})
    with pytest.raises(CatalogueError, match="columns = "):
        read(path)


def test_dublin_core_headings(tmp_path):
    """DSpace and this program's own export name columns by Dublin Core terms, with languages."""
    text = "dc.identifier.uri,dc.title[en],dc.title[zh-Hant],dcterms:created,dc.subject\nhttps://a.example/1.jpg,Pier,碼頭,1962,x\n"
    _, (record,) = read(written(tmp_path, text))
    assert dict(record.fields) == {"title": "Pier", "date_created": "1962"}
    assert dict(record.parallel) == {"title": "碼頭"}
    assert record.unmapped == ("dc.subject",)


def test_rows_that_do_not_fit():
    """A row that ends early says nothing in its last columns; quoted commas and quotes are read; vague dates keep the year."""
    _, (whole, short, vague) = read(FIXTURES / "resourcespace.csv")
    assert whole.usable
    assert (short.files, dict(short.fields)) == (("missing_cells.jpg",), {"title": "Too short"})
    assert vague.fields["title"] == 'A "quoted" title, with comma'
    assert vague.fields["date_created"] == "2019"


def test_manifests_that_are_only_referred_to(tmp_path):
    """A IIIF collection's references are records that could not be read, with the remedy."""
    text = '{"@context": "http://iiif.io/api/presentation/3/context.json", "type": "Collection", "items": [{"id": "https://a.example/m", "type": "Manifest", "label": {"en": ["M"]}}]}'
    whole = (FIXTURES / "iiif-3.json").read_text("utf-8")
    _, records = read(written(tmp_path, f"[{whole}, {text}]"))
    assert [r.usable for r in records] == [True, False]
    assert "add the manifest itself" in records[1].problem
    with pytest.raises(CatalogueError, match="add the manifest itself"):
        read(written(tmp_path, text))


def test_items_without_an_identifier():
    """A ninjs item must have a uri; one without is a row with its reason; pictures inside pictures are read."""
    _, records = read(FIXTURES / "ninjs-2.json")
    assert [r.record_id for r in records] == [
        "https://agency.example/items/p2",
        "https://agency.example/items/p3",
        "",
    ]
    assert "uri" in records[2].problem


def test_a_file_that_ends_too_soon(tmp_path):
    """Records before the break are kept, and the break is counted."""
    text = (FIXTURES / "oai-dc.xml").read_text("utf-8")
    _, records = read(written(tmp_path, text[: text.index("<dc:title>電車")]))
    assert [r.usable for r in records] == [True, False, False]
    assert "well-formed" in records[-1].problem


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("\n\n", "expected headings"),
        ("<html><body>Not found</body></html>", "root html"),
        ("<oops", "well-formed XML"),
        ("{", "expected JSON"),
        ("[1, 2]", "uri"),
        ("[" * 100_000, "expected JSON"),
        ("00050nam a2200049 a 4500 nothing\x1d", "octets"),
        ("hello\nworld\n", "columns = "),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe\xff", "encoding"),
    ],
)
def test_what_is_no_catalogue_is_one_line(tmp_path, content, words):
    """A file of which nothing can be read is an error: expected, got, remedy."""
    with pytest.raises(CatalogueError, match=words) as caught:
        read(written(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_entities_are_not_resolved(tmp_path):
    """Neither a file of this machine nor one of the network gets in; the value is what stands beside the entity."""
    (tmp_path / "secret.txt").write_text("secret")
    text = """<!DOCTYPE r [<!ENTITY file SYSTEM "secret.txt"><!ENTITY far SYSTEM "http://nowhere.invalid/x"><!ENTITY % d SYSTEM "secret.txt">%d;]>
    <r xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier>1.jpg</dc:identifier><dc:title>A&file;B</dc:title><dc:rights>&far;</dc:rights></r>"""
    _, (record,) = read(written(tmp_path, text))
    assert "secret" not in str(record).replace('SYSTEM "secret', "")
    assert set(record.fields) == {"title"}
    assert record.fields["title"].replace(" ", "") == "AB"


def test_an_expansion_without_end_is_refused(tmp_path):
    """Entities of entities of entities are an error, at once."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    text = f"""<!DOCTYPE r [<!ENTITY l0 "ha">{laughs}]><r xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>&l11;</dc:title></r>"""
    with pytest.raises(CatalogueError, match="amplification"):
        read(written(tmp_path, text))


def test_memory_stays_bounded():
    """A finished record is taken out of the tree: what is left of ten thousand records is a handful of elements."""
    from dedupelab.collect.catalogues.markup import stream_records

    one = b"<record><dc:identifier>1.jpg</dc:identifier><dc:title>t</dc:title></record>"
    text = b'<r xmlns:dc="http://purl.org/dc/elements/1.1/">' + one * 10_000 + b"</r>"
    last = None
    for found in stream_records(io.BytesIO(text), reading.recognise):
        last = found.element
    assert last is not None
    root = last.getroottree().getroot()
    assert sum(1 for _ in root.iter()) < 10


def test_a_file_without_records_is_given_up(tmp_path, monkeypatch):
    """What nobody recognises is not kept in memory to its end."""
    monkeypatch.setattr("dedupelab.collect.catalogues.markup.SEARCHED", 100)
    with pytest.raises(CatalogueError, match="no record in it"):
        read(written(tmp_path, "<html>" + "<p>text</p>" * 200))


def test_xml_in_big5(tmp_path):
    """XML says its own encoding, also Big5 with the Hong Kong supplement."""
    text = '<?xml version="1.0" encoding="Big5-HKSCS"?><r xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier>1.jpg</dc:identifier><dc:title>啲嘅喺</dc:title></r>'
    _, (record,) = read(written(tmp_path, text.encode("big5hkscs")))
    assert record.fields["title"] == "啲嘅喺"


def test_large_json_is_refused(tmp_path, monkeypatch):
    """JSON is read whole, so its size has a limit that is told."""
    monkeypatch.setattr(reading, "LARGEST_JSON", 10)
    with pytest.raises(CatalogueError, match="split it"):
        read(written(tmp_path, '{"uri": "https://a.example/1"}'))


def test_the_settings_name_the_formats():
    """What study.toml may say is what is read here."""
    from typing import get_args

    from dedupelab.settings.sections import CatalogueFormat

    assert set(get_args(CatalogueFormat)) == {"auto", *FORMATS}
    assert set(tabular.PROFILES) <= set(FORMATS)
