"""MARC 21 and UNIMARC: whose format it is, names with their roles, titles with their parts, text in any coding."""

import pytest

UNIMARC = [
    ("001", "", "u1"), ("100", "  ", "a20040312d1931    u  y0frey50      ba"), ("200", "1 ", "aLe port", "bImage fixe", "evue prise du quai", "fÉlise Marchetti"),
    ("700", " 1", "aMarchetti", "bÉlise", "4600"), ("701", " 1", "aTo", "bKam-lun", "4320"), ("856", "4 ", "ua.jpg"),
]  # fmt: skip
CNMARC = [
    ("001", "", "c1"), ("100", "  ", "a20110907d1936    em y0chiy50      ea"), ("200", "1 ", "a香港仔的渔船与避风塘", "f何照明摄"), ("701", " 0", "a何照明", "4摄影"), ("856", "4 ", "ua.jpg"),
]  # fmt: skip


def iso2709(fields, leader="     nkm a22     a  4500", coding="utf-8"):
    """Make a binary record by hand: directories count octets, whatever the coding."""
    body, directory = b"", b""
    for tag, indicators, *parts in fields:
        data = (
            parts[0].encode(coding)
            if tag < "010"
            else indicators.encode() + b"".join(b"\x1f" + part.encode(coding) for part in parts)
        )
        directory += b"%s%04d%05d" % (tag.encode(), len(data) + 1, len(body))
        body += data + b"\x1e"
    base = 24 + len(directory) + 1
    head = b"%05d%s%05d%s" % (base + len(body) + 1, leader[5:12].encode(), base, leader[17:24].encode())
    return head + directory + b"\x1e" + body + b"\x1d"


def marcxml(fields, leader="00000nkm a2200000 a 4500"):
    rows = "".join(
        f'<controlfield tag="{tag}">{parts[0]}</controlfield>'
        if tag < "010"
        else f'<datafield tag="{tag}" ind1="{ind[0]}" ind2="{ind[1]}">'
        + "".join(f'<subfield code="{p[0]}">{p[1:]}</subfield>' for p in parts)
        + "</datafield>"
        for tag, ind, *parts in fields
    )
    return f'<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>{leader}</leader>{rows}</record></collection>'


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([("264", " 1", "c1935"), ("264", " 0", "c1931"), ("264", " 2", "c1950")], {"date_created": "1931"}),
        ([("264", " 3", "c1950")], {}),
        ([("720", "  ", "aNg, K.", "ephotographer"), ("720", "  ", "aLee")], {"creator": "Ng, K."}),
    ],
)
def test_dates_and_names_by_what_they_are_of(told, fields, said):
    """A date of production goes before one of publication, printing makes no picture; a name without a form makes by its role alone."""
    found, _ = told(marcxml([("245", "10", "aT"), *fields, ("856", "41", "ua.jpg")]), "a.jpg")
    assert found["a.jpg"] == {"title": "T", **said}


FILE = ("856", "41", "ua.jpg")


@pytest.mark.parametrize(
    "content",
    [iso2709(UNIMARC, "     nkm0 22        450 "), iso2709(UNIMARC, "     nkm0 22        4500"), marcxml(UNIMARC, "00539nkm0 2200169   450 "), marcxml(UNIMARC).replace("<record>", '<record format="Unimarc">')],
)  # fmt: skip
def test_unimarc(told, content):
    """Coded data in field 100 is no person; title, roles and date are read where UNIMARC has them."""
    said, _ = told(content, "a.jpg")
    assert said["a.jpg"] == {
        "title": "Le port : vue prise du quai",
        "creator": "Marchetti, Élise",
        "date_created": "1931",
    }


def test_chinese_names_in_two_parts(told):
    """Family and given name in Chinese are written as one, as in every other source."""
    fields = [*CNMARC[:3], ("701", " 0", "a何", "b照明", "4070"), CNMARC[4]]
    assert told(iso2709(fields), "a.jpg")[0]["a.jpg"]["creator"] == "何照明"


@pytest.mark.parametrize("coding", ["utf-8", "gb18030"])
def test_cnmarc(told, coding):
    """China's UNIMARC in either coding; one that was guessed is said."""
    said, found = told(iso2709(CNMARC, "     nkm0 22        450 ", coding), "a.jpg")
    assert said["a.jpg"]["creator"] == "何照明"
    assert found.records["format"].tolist() == ["unimarc"]
    assert (found.files["note"].notna() == (coding != "utf-8")).all()


def test_unimarc_may_be_named(told):
    """With format = "unimarc" a record is read as that even where it does not show."""
    fields = [("200", "1 ", "aPort"), ("700", " 1", "aNg", "bWai"), FILE]
    assert told(iso2709(fields), "a.jpg", format="unimarc")[0]["a.jpg"]["creator"] == "Ng, Wai"


@pytest.mark.parametrize("leader", ["         22          4500", "     nkm  22        4500"])
def test_blanks_in_the_leader(told, leader):
    """Status, type and coding may be blank: it is MARC, and UTF-8 is read as that."""
    fields = [("100", "1 ", "a李小芳,", "ephotographer."), ("245", "10", "a碼頭."), FILE]
    assert told(iso2709(fields, leader), "a.jpg")[0]["a.jpg"] == {"creator": "李小芳", "title": "碼頭."}


@pytest.mark.parametrize(("coding", "creator"), [("big5hkscs", "李小芳"), ("cp1252", "Söderby, Gérard")])
def test_codings_that_marc_does_not_know(told, coding, creator):
    """They are told by evidence; letters with accents are not MARC-8's by chance."""
    fields = [
        ("100", "1 ", f"a{creator},"),
        ("245", "10", "a香港仔漁船與避風塘." if coding == "big5hkscs" else "aFähre am Morgen."),
        FILE,
    ]
    assert (
        told(iso2709(fields, "     nkm  22        4500", coding), "a.jpg")[0]["a.jpg"]["creator"] == creator
    )


def test_marc8(told):
    """Its diacritics stand before the letter."""
    data = iso2709([("100", "1 ", "aSXoderby,"), FILE], "     nkm  22        4500", "latin-1").replace(
        b"X", b"\xe8"
    )
    assert told(data, "a.jpg")[0]["a.jpg"]["creator"] == "Söderby"


@pytest.mark.parametrize(
    ("relator", "creator"), [("ephotographer.", "Wong"), ("4pht", "Wong"), ("4http://id.loc.gov/vocabulary/relators/pht", "Wong"), ("eFotograf", "Wong"), ("e攝影", "Wong"), ("ecollector.", None), ("4dnr", None), ("eformer owner", None), ("esitter", None)]
)  # fmt: skip
def test_relators(told, relator, creator):
    """Who collected, gave or owned is no creator."""
    assert (
        told(marcxml([("100", "1 ", "aWong,", relator), FILE]), "a.jpg")[0]["a.jpg"].get("creator") == creator
    )


def test_names_and_titles_of_several_subfields(told):
    """Subordinate units belong to a name, parts and subtitles to a title; a work's author beside its title made another thing."""
    fields = [
        ("110", "1 ", "aHong Kong.", "bHarbour Office."), ("245", "10", "aHarbour views.", "nPart 2,", "pPiers", "h[graphic] :", "bpanorama /", "cX."),
        ("700", "1 ", "aAdams.", "tMoonrise.", "ephotographer"), ("540", "  ", "uhttp://rightsstatements.org/vocab/NKC/1.0/"), ("046", "  ", "k1931", "l1935"), FILE,
    ]  # fmt: skip
    said = told(marcxml(fields), "a.jpg")[0]["a.jpg"]
    assert said == {
        "creator": "Hong Kong. Harbour Office.", "title": "Harbour views. Part 2, Piers : panorama", "date_created": "1931/1935",
        "web_statement": "http://rightsstatements.org/vocab/NKC/1.0/",
    }  # fmt: skip


def test_a_stock_number_is_an_identifier(told):
    """Field 037 names the picture where no file is named; a page's address names none."""
    fields = [
        ("001", "", "77"),
        ("037", "  ", "aHA-PH-0012", "bArchive"),
        ("245", "10", "aPier"),
        ("856", "40", "uhttps://m.example/view/88"),
    ]
    said, _ = told(marcxml(fields), "HA-PH-0012.jpg", "88.jpg")
    assert list(said) == ["HA-PH-0012.jpg"]


def test_no_library_floods_the_terminal(told, capfd):
    """Odd indicators and characters are read or counted without a line each."""
    data = iso2709([("245", "", "aPier"), FILE], "     nkm  22        4500")
    told(data, "a.jpg")
    assert capfd.readouterr().err == ""
