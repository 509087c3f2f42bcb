"""MARC 21, UNIMARC and CNMARC as libraries of several countries export them."""

import codecs
from xml.sax.saxutils import escape

import pytest
from catalogue_cases import Cases, differences
from pymarc import Field, Indicators, Subfield

CASES = Cases()


def marc_field(tag, *subs, i="  "):
    if tag < "010":
        return Field(tag=tag, data=subs[0])
    return Field(
        tag=tag,
        indicators=Indicators(i[0], i[1]),
        subfields=[Subfield(subs[k], subs[k + 1]) for k in range(0, len(subs), 2)],
    )


def raw(fields, enc="utf-8", leader9="a", tail="4500", lead6="km"):
    d = b""
    dirs = b""
    for f in fields:
        if f.tag < "010":
            body = f.data.encode(enc)
        else:
            body = (f.indicators[0] + f.indicators[1]).encode()
            for s in f.subfields:
                body += b"\x1f" + s.code.encode() + s.value.encode(enc)
        body += b"\x1e"
        dirs += f"{f.tag}{len(body):04d}{len(d):05d}".encode()
        d += body
    base = 24 + len(dirs) + 1
    total = base + len(d) + 1
    lead = f"{total:05d}n{lead6} {leader9}22{base:05d}   {tail}"
    return lead.encode() + dirs + b"\x1e" + d + b"\x1d"


def mx(fields, leader="00000nkm a2200000 a 4500", fmt=""):
    o = f'<collection xmlns="http://www.loc.gov/MARC21/slim"><record{fmt}><leader>{leader}</leader>'
    for f in fields:
        if f.tag < "010":
            o += f'<controlfield tag="{f.tag}">{escape(f.data)}</controlfield>'
        else:
            o += (
                f'<datafield tag="{f.tag}" ind1="{f.indicators[0]}" ind2="{f.indicators[1]}">'
                + "".join(f'<subfield code="{s.code}">{escape(s.value)}</subfield>' for s in f.subfields)
                + "</datafield>"
            )
    return o + "</record></collection>"


# --- CNMARC
cn = [
    marc_field("001", "012004000123"),
    marc_field("005", "20040312101010.0"),
    marc_field("010", "a", "7-80000-1"),
    marc_field("100", "a", "20040312d1956    em y0chiy50      ea"),
    marc_field("101", "a", "chi", i="0 "),
    marc_field("102", "a", "CN", "b", "110000"),
    marc_field("200", "a", "维多利亚港晨景", "b", "照片", "f", "陈小明摄", i="1 "),
    marc_field("210", "a", "香港", "c", "海港出版社", "d", "1956"),
    marc_field("215", "a", "1幅", "d", "20×25cm"),
    marc_field("300", "a", "据原照片著录"),
    marc_field("330", "a", "渡轮离开码头。"),
    marc_field("606", "a", "港口"),
    marc_field("701", "a", "陈小明", "4", "摄影", i=" 0"),
    marc_field("702", "a", "李大文", "4", "收藏", i=" 0"),
    marc_field("801", "a", "CN", "b", "HKPL", "c", "20040312", i=" 0"),
    marc_field("856", "u", "https://img.example/p/HK-0001.jpg", i="4 "),
]
W = {
    "format": "unimarc",
    "title": "维多利亚港晨景",
    "creator": "陈小明",
    "date_created": ("1956",),
    "caption": "渡轮离开码头。",
    "files": ["https://img.example/p/HK-0001.jpg"],
    "id": "012004000123",
}
CASES.add("cnmarc utf8", raw(cn, tail="450 "), W, "c.mrc")
CASES.add("cnmarc gbk", raw(cn, "gb18030", " ", tail="450 "), W, "c.mrc")
CASES.add("cnmarc gbk iso ext", raw(cn, "gbk", " ", tail="450 ") * 3, W, "c.iso")
without_names = [f for f in cn if f.tag not in ("701", "702")]
CASES.add(
    "cnmarc without 7xx: responsibility 200$f is no name field",
    raw(without_names, tail="450 "),
    {**W, "creator": (None, "陈小明")},
    "c.mrc",
)
cn701 = [marc_field("701", "a", "陈小明", "4", "070") if f.tag == "701" else f for f in cn]
CASES.add("cnmarc 070", raw(cn701, tail="450 "), W, "c.mrc")
cn701 = [marc_field("701", "a", "陈小明", "4", "摄") if f.tag == "701" else f for f in cn]
CASES.add("cnmarc 摄", raw(cn701, tail="450 "), W, "c.mrc")
cn701 = [marc_field("701", "a", "陈小明", "4", "编著") if f.tag == "701" else f for f in cn]
CASES.add("cnmarc 编著: unknown role is not maker", raw(cn701, tail="450 "), {"creator": None}, "c.mrc")
cndate = [marc_field("210", "a", "香港", "c", "x", "d", "[民国45] 1956") if f.tag == "210" else f for f in cn]
CASES.add("cnmarc date", raw(cndate, tail="450 "), {"date_created": ("1956",)}, "c.mrc")
cndate = [marc_field("210", "a", "香港", "c", "x", "d", "1956.5") if f.tag == "210" else f for f in cn]
CASES.add("cnmarc date 1956.5", raw(cndate, tail="450 "), {"date_created": "1956-05"}, "c.mrc")
cndate = [marc_field("210", "a", "香港", "c", "x", "d", "[19--?]") if f.tag == "210" else f for f in cn]
CASES.add("cnmarc date [19--?]", raw(cndate, tail="450 "), {"date_created": "19XX?"}, "c.mrc")


# French UNIMARC, ISO 5426
def iso5426(t):
    m = {
        "é": b"\xc2e",
        "è": b"\xc1e",
        "ê": b"\xc3e",
        "ç": b"\xd0c",
        "à": b"\xc1a",
        "ö": b"\xc8o",
        "ü": b"\xc9u",
        "œ": b"\xfa",
        "É": b"\xc2E",
        "ô": b"\xc3o",
        "î": b"\xc3i",
        "\x98": b"\x88",
        "\x9c": b"\x89",
    }
    return b"".join((m[c] if c in m else c.encode("latin-1")) for c in t)


def search(n):
    if n == "iso5426t":
        return codecs.CodecInfo(
            lambda s, e="strict": (iso5426(s), len(s)),
            lambda b, e="strict": (bytes(b).decode("latin-1"), len(b)),
            name=n,
        )
    return None


codecs.register(search)
fr = [
    marc_field("001", "FRBNF1234"),
    marc_field("100", "a", "19990101d1931    m  y0frey50      ba"),
    marc_field("101", "a", "fre", i="0 "),
    marc_field(
        "200",
        "a",
        "Le port de Marseille à la tombée du jour",
        "e",
        "vue prise du château",
        "f",
        "André Béraud",
        i="1 ",
    ),
    marc_field("210", "a", "Paris", "c", "Éditions Côte", "d", "1931"),
    marc_field("700", "a", "Béraud", "b", "André", "4", "600", i=" |"),
    marc_field("702", "a", "Lefèvre", "b", "Hélène", "4", "320", i=" |"),
    marc_field("712", "a", "Musée Côtier", "4", "390", i="02"),
    marc_field("856", "u", "http://gal.example/ark:/12148/btv1b1234.jpg", i="4 "),
]
WF = {
    "creator": "Béraud, André",
    "date_created": "1931",
    "title": lambda g: g and g.startswith("Le port de Marseille à la tombée du jour"),
}
CASES.add("fr unimarc utf8", raw(fr), WF, "c.mrc")
CASES.add('fr unimarc utf8 lead " "', raw(fr, leader9=" ", tail="450 "), WF, "c.mrc")
CASES.add(
    "fr unimarc latin1",
    raw(fr, "latin-1", " ", tail="450 "),
    {**WF, "notes": lambda g: "read as" in g or "doubt" in g},
    "c.mrc",
)
CASES.add(
    "fr unimarc iso5426",
    raw(fr, "iso5426t", " ", tail="450 "),
    {**WF, "creator": lambda g: g == "Béraud, André"},
    "c.mrc",
)
CASES.add(
    "fr unimarc iso5426 x20",
    raw(fr, "iso5426t", " ", tail="450 ") * 20,
    {"creator": "Béraud, André"},
    "c.mrc",
)
CASES.add(
    "unimarcxml ns bnf",
    mx(fr, "     nam  22     3  450 ").replace(
        "http://www.loc.gov/MARC21/slim", "info:lc/xmlns/marcxchange-v2"
    ),
    WF,
)
CASES.add("unimarcxml with format", mx(fr, "     nam  22     3  450 ", ' format="UNIMARC"'), WF)
it = [
    marc_field("001", "IT1"),
    marc_field("100", "a", "20100101d19uu    ||||0itac50      ba"),
    marc_field("200", "1", "x", "a", "Il molo", "f", "Rossi, Mario", i="1 "),
    marc_field("210", "a", "Genova", "d", "19.. "),
    marc_field("700", "a", "Rossi", "b", ", Mario", "4", "070", i=" 1"),
    marc_field("702", "a", "Bianchi", "b", ", Ugo", "4", "590", i=" 1"),
]
CASES.add(
    "it sbn",
    raw(it, tail="450 "),
    {"creator": "Rossi, Mario", "date_created": "19XX", "title": "Il molo"},
    "c.mrc",
)
pt = [
    marc_field("001", "PT1"),
    marc_field("100", "a", "20100101f19301939km y0pory50      ba"),
    marc_field("200", "a", "O cais", "b", "Visual gráfico", "f", "fot. João Melo", i="1 "),
    marc_field("210", "a", "Lisboa", "d", "[entre 1930 e 1939]"),
    marc_field("700", "a", "Melo", "b", "João", "4", "600", i=" 1"),
]
CASES.add(
    "pt",
    raw(pt, tail="450 "),
    {"creator": "Melo, João", "date_created": "1930/1939", "title": "O cais"},
    "c.mrc",
)
pt2 = [f for f in pt if f.tag != "210"]
CASES.add("pt coded range", raw(pt2, tail="450 "), {"date_created": "1930/1939"}, "c.mrc")
# --- MARC 21
m = [
    marc_field("001", "ocm123"),
    marc_field("008", "990101q19301939xxunnn              kneng d"),
    marc_field("100", "a", "Doe, Jane,", "d", "1901-1980,", "e", "photographer.", "4", "pht", i="1 "),
    marc_field("245", "a", "Harbour at dawn", "h", "[graphic] /", "c", "photographed by Jane Doe.", i="10"),
    marc_field("264", "a", "Hong Kong :", "b", "Island Press,", "c", "1935.", i=" 1"),
    marc_field("264", "c", "[1932?]", i=" 0"),
    marc_field("264", "c", "©1936", i=" 4"),
    marc_field("300", "a", "1 photographic print :", "b", "gelatin silver ;", "c", "20 x 25 cm."),
    marc_field("520", "a", "A junk under sail."),
    marc_field("540", "a", "No known restrictions."),
    marc_field("541", "a", "Mrs. Smith;", "c", "gift;", "d", "1999."),
    marc_field("561", "a", "Formerly Smith collection."),
    marc_field("600", "a", "Roe, Richard", i="10"),
    marc_field("700", "a", "Smith, John,", "e", "donor.", i="1 "),
    marc_field("700", "a", "Poe, Anna,", "e", "printer,", "e", "photographer.", i="1 "),
    marc_field("710", "a", "Island Studio,", "e", "publisher.", i="2 "),
    marc_field("710", "a", "Harbour Museum,", "e", "current owner.", i="2 "),
    marc_field("710", "a", "Peak & Co.,", "4", "http://id.loc.gov/vocabulary/relators/pht", i="2 "),
    marc_field("852", "a", "Harbour Museum", "b", "Prints", "j", "LOT 12"),
    marc_field("856", "u", "https://x.example/a/12345r.jpg", "3", "digital", i="41"),
    marc_field("856", "u", "https://x.example/finding.html", i="42"),
]
M = {
    "format": "marcxml",
    "creator": "Doe, Jane; Poe, Anna; Peak & Co",
    "title": "Harbour at dawn",
    "date_created": "1932?",
    "caption": "A junk under sail.",
    "usage_terms": "No known restrictions.",
    "source": ("Mrs. Smith",),
    "holding_institution": "Harbour Museum",
    "files": ["https://x.example/a/12345r.jpg"],
}
CASES.add(
    "marc21",
    mx(m),
    {**M, "creator": lambda g: g.replace(".", "").replace(",", "") == "Doe Jane; Poe Anna; Peak & Co"},
)
CASES.add("marc21 008 only", mx([f for f in m if f.tag != "264"]), {"date_created": ("1930/1939", None)})
CASES.add(
    "marc21 260",
    mx([marc_field("260", "a", "Hong Kong :", "b", "X,", "c", "c1956.") if f.tag == "264" else f for f in m]),
    {"date_created": "1956"},
)
CASES.add(
    "marc21 245 f (archival)",
    mx(
        [
            marc_field("245", "a", "Ferry photographs,", "f", "1930-1939", i="10") if f.tag == "245" else f
            for f in m
            if f.tag not in ("264", "260")
        ]
    ),
    {"title": "Ferry photographs", "date_created": ("1930/1939",)},
)
CASES.add(
    "marc21 245 $g bulk",
    mx(
        [
            marc_field("245", "a", "Ferry photographs,", "f", "1900-1950", "g", "(bulk 1930-1939).", i="10")
            if f.tag == "245"
            else f
            for f in m
            if f.tag not in ("264", "260")
        ]
    ),
    {"title": "Ferry photographs", "date_created": ("1900/1950",)},
)
CASES.add(
    "marc21 880",
    mx(
        [
            marc_field("100", "6", "880-01", "a", "Chen, Xiaoming,", "e", "photographer.", i="1 "),
            marc_field(
                "245", "6", "880-02", "a", "Gang kou chen jing /", "c", "Chen Xiaoming she ying.", i="10"
            ),
            marc_field("880", "6", "100-01/$1", "a", "陳小明,", "e", "攝影.", i="1 "),
            marc_field("880", "6", "245-02/$1", "a", "港口晨景 /", "c", "陳小明攝影.", i="10"),
        ]
    ),
    {
        "creator": ("Chen, Xiaoming",),
        "title": "Gang kou chen jing",
        "parallel": lambda p: p.get("title") == "港口晨景" and "陳小明" in p.get("creator", ""),
    },
)
CASES.add(
    "marc21 880 alone",
    mx(
        [
            marc_field("001", "1"),
            marc_field("880", "6", "245-00/$1", "a", "港口晨景", i="10"),
            marc_field("245", "a", "x", i="10"),
        ]
    ),
    {"title": "x", "parallel": {"title": "港口晨景"}},
)
CASES.add(
    "marc21 110 ab",
    mx(
        [
            marc_field("110", "a", "Hong Kong.", "b", "Marine Department,", "e", "creator.", i="1 "),
            marc_field("245", "a", "x"),
        ]
    ),
    {"creator": ("Hong Kong. Marine Department",)},
)
CASES.add(
    "700 a t",
    mx([marc_field("245", "a", "x"), marc_field("700", "a", "Doe, Jane.", "t", "Another work.", i="12")]),
    {"creator": None},
)
CASES.add(
    "700 no role",
    mx([marc_field("245", "a", "x"), marc_field("700", "a", "Doe, Jane.", i="1 ")]),
    {"creator": None},
)
for role, ok in [
    ("photographer.", 1),
    ("Photographer", 1),
    ("photog.", 1),
    ("photographer, attributed.", 1),
    ("attributed photographer", 0),
    ("artist", 1),
    ("engraver", 1),
    ("lithographer", 1),
    ("publisher", 0),
    ("correspondent", 0),
    ("depicted.", 0),
    ("former owner", 0),
    ("photographic printer", 0),
    ("collector", 0),
    ("donor", 0),
    ("compiler", 0),
    ("sponsor", 0),
    ("Fotograf", 1),
    ("Photographe", 1),
    ("fotógrafo", 1),
    ("ph.", None),
    ("phot.", 1),
    ("VerfasserIn", None),
    ("FotografIn", 1),
    ("Fotograf/in", 1),
    ("KünstlerIn", 1),
    ("AbgebildeteR", 0),
    ("photographe présumé", None),
    ("issuing body", 0),
    ("creator", 1),
    ("ed.", 0),
    ("cinematographer", None),
    ("videographer", None),
]:
    CASES.add(
        f"role {role}",
        mx([marc_field("245", "a", "x"), marc_field("700", "a", "Doe, Jane,", "e", role, i="1 ")]),
        {"creator": ("Doe, Jane",) if ok else None if ok == 0 else (None, "Doe, Jane")},
    )
for code, ok in [
    ("pht", 1),
    ("aut", 1),
    ("col", 0),
    ("dnr", 0),
    ("fmo", 0),
    ("own", 0),
    ("art", 1),
    ("ppm", 0),
    ("pbl", 0),
    ("prt", 0),
    ("cph", 0),
    ("dpc", 0),
    ("ill", 1),
    ("cre", 1),
    ("ctb", 0),
    ("att", None),
    ("ltg", 1),
    ("egr", 1),
]:
    CASES.add(
        f"code {code}",
        mx([marc_field("245", "a", "x"), marc_field("700", "a", "Doe, Jane,", "4", code, i="1 ")]),
        {"creator": ("Doe, Jane",) if ok else None if ok == 0 else (None, "Doe, Jane")},
    )
CASES.add(
    "100 with collector",
    mx([marc_field("100", "a", "Roe, A.,", "e", "collector."), marc_field("245", "a", "x")]),
    {"creator": None},
)
marc8 = [
    marc_field("001", "m1"),
    marc_field("100", "a", "Müller, Jörg,", "e", "photographer."),
    marc_field("245", "a", "Hafen im Frühjahr"),
]


def m8(t):
    m = {"ü": b"\xe8u", "ö": b"\xe8o", "é": b"\xe2e"}
    return b"".join((m[c] if c in m else c.encode("ascii")) for c in t)


def search2(n):
    if n == "marc8t":
        return codecs.CodecInfo(lambda s, e="strict": (m8(s), len(s)), lambda b, e="strict": ("", 0), name=n)
    return None


codecs.register(search2)
CASES.add(
    "marc8", raw(marc8, "marc8t", " "), {"creator": "Müller, Jörg", "title": "Hafen im Frühjahr"}, "c.mrc"
)
CASES.add(
    "marc21 latin1 binary",
    raw(marc8, "latin-1", " "),
    {"creator": "Müller, Jörg", "notes": bool},
    "c.mrc",
)
CASES.add(
    "marc21 cp1252 mislabelled a",
    raw(marc8, "cp1252", "a"),
    {"problem": lambda g: g is None or "MARC" in g},
    "c.mrc",
)
CASES.add(
    "marc21 big5",
    raw(
        [
            marc_field("001", "1"),
            marc_field("100", "a", "陳小明", "e", "攝影"),
            marc_field("245", "a", "灣仔碼頭清晨漁船出海"),
        ],
        "big5",
        " ",
    )
    * 4,
    {"creator": "陳小明", "title": "灣仔碼頭清晨漁船出海"},
    "c.mrc",
)
CASES.add(
    "marc21 bad length",
    b"00010" + raw(marc8, "utf-8")[5:],
    {"problem": lambda g: g and "octets" in g},
    "c.mrc",
)
CASES.add(
    "marc line format (.mrk)",
    "=LDR  00000nkm a2200000 a 4500\n=001  1\n=245  10$aHarbour\n",
    {"n": lambda n: n <= 1, "problem": lambda g: g is not None},
    "c.mrk",
)
CASES.add(
    "046",
    mx([marc_field("046", "a", "q", "c", "1930", "e", "1939"), marc_field("245", "a", "x")]),
    {"date_created": ("1930/1939", None)},
)
CASES.add(
    "046 k l",
    mx([marc_field("046", "k", "19300501", "2", "edtf"), marc_field("245", "a", "x")]),
    {"date_created": "1930-05-01"},
)
CASES.add(
    "264 3 manufacture is no date",
    mx([marc_field("245", "a", "x"), marc_field("264", "c", "1970", i=" 3")]),
    {"date_created": None},
)
CASES.add(
    "542",
    mx(
        [
            marc_field("245", "a", "x"),
            marc_field(
                "542", "d", "Doe Estate", "f", "© Doe Estate 1956", "g", "1956", "n", "Under copyright"
            ),
        ]
    ),
    {"copyright_owner": "Doe Estate", "copyright_notice": "© Doe Estate 1956"},
)
CASES.add(
    "540 u",
    mx(
        [
            marc_field("245", "a", "x"),
            marc_field(
                "540",
                "a",
                "In copyright",
                "f",
                "InC",
                "2",
                "rightsstatements",
                "u",
                "http://rightsstatements.org/vocab/InC/1.0/",
            ),
        ]
    ),
    {"usage_terms": "In copyright", "web_statement": "http://rightsstatements.org/vocab/InC/1.0/"},
)
CASES.add(
    "506",
    mx([marc_field("245", "a", "x"), marc_field("506", "a", "By appointment.")]),
    {"access_limit": "By appointment."},
)
CASES.add(
    "035 and 037",
    mx(
        [
            marc_field("001", "9"),
            marc_field("035", "a", "(DLC)  2004668"),
            marc_field("037", "a", "LC-USZ62-1234", "b", "DLC"),
            marc_field("245", "a", "x"),
        ]
    ),
    {"ids": lambda g: "LC-USZ62-1234" in g},
)


@pytest.mark.parametrize("case", CASES, ids=CASES.labels)
def test_what_libraries_say(tmp_path, case):
    """Names by their roles, titles, dates and files, in whatever set of characters the record is."""
    assert differences(tmp_path, case) == {}
