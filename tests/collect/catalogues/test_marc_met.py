"""MARC 21, UNIMARC and CNMARC as libraries of several countries export them."""

import codecs
from xml.sax.saxutils import escape

import pytest
from catalogue_cases import Cases, differences

CASES = Cases("c.mrc")
case = CASES.add


# A record is a list of fields as libraries write them down: tag, indicators (# is a blank), subfields behind a double dagger.
def parts(field):
    """Return a field's tag, its two indicators and its subfields, each with its code in front; the text of a control field."""
    head, *subfields = field.split("‡")
    if head < "010":
        return head[:3], "", [head[4:]]
    return head[:3], head[4:].replace("#", " ") or "  ", subfields


def replaced(fields, new):
    """Return a record with another field of that tag."""
    return [new if field[:3] == new[:3] else field for field in fields]


def without(fields, *tags):
    """Return a record without its fields of these tags."""
    return [field for field in fields if field[:3] not in tags]


def raw(fields, enc="utf-8", leader9="a", tail="4500"):
    data = directory = b""
    for field in fields:
        tag, ends, texts = parts(field)
        body = (ends + "".join(f"\x1f{text}" for text in texts) if ends else texts[0]).encode(enc) + b"\x1e"
        directory += f"{tag}{len(body):04d}{len(data):05d}".encode()
        data += body
    base = 24 + len(directory) + 1
    leader = f"{base + len(data) + 1:05d}nkm {leader9}22{base:05d}   {tail}"
    return leader.encode() + directory + b"\x1e" + data + b"\x1d"


def mx(*fields, leader="00000nkm a2200000 a 4500", fmt=""):
    found = ""
    for tag, ends, texts in map(parts, fields):
        if ends:
            inner = "".join(f'<subfield code="{text[0]}">{escape(text[1:])}</subfield>' for text in texts)
            found += f'<datafield tag="{tag}" ind1="{ends[0]}" ind2="{ends[1]}">{inner}</datafield>'
        else:
            found += f'<controlfield tag="{tag}">{escape(texts[0])}</controlfield>'
    return f'<collection xmlns="http://www.loc.gov/MARC21/slim"><record{fmt}><leader>{leader}</leader>{found}</record></collection>'


# --- CNMARC
cn = [
    "001 012004000123",
    "005 20040312101010.0",
    "010‡a7-80000-1",
    "100‡a20040312d1956    em y0chiy50      ea",
    "101 0#‡achi",
    "102‡aCN‡b110000",
    "200 1#‡a维多利亚港晨景‡b照片‡f陈小明摄",
    "210‡a香港‡c海港出版社‡d1956",
    "215‡a1幅‡d20×25cm",
    "300‡a据原照片著录",
    "330‡a渡轮离开码头。",
    "606‡a港口",
    "701 #0‡a陈小明‡4摄影",
    "702 #0‡a李大文‡4收藏",
    "801 #0‡aCN‡bHKPL‡c20040312",
    "856 4#‡uhttps://img.example/p/HK-0001.jpg",
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
case("cnmarc utf8", raw(cn, tail="450 "), **W)
case("cnmarc gbk", raw(cn, "gb18030", " ", tail="450 "), **W)
case("cnmarc gbk iso ext", raw(cn, "gbk", " ", tail="450 ") * 3, name="c.iso", **W)
without_names = without(cn, "701", "702")
case(
    "cnmarc without 7xx: responsibility 200$f is no name field",
    raw(without_names, tail="450 "),
    **W | {"creator": (None, "陈小明")},
)
cn701 = replaced(cn, "701‡a陈小明‡4070")
case("cnmarc 070", raw(cn701, tail="450 "), **W)
cn701 = replaced(cn, "701‡a陈小明‡4摄")
case("cnmarc 摄", raw(cn701, tail="450 "), **W)
cn701 = replaced(cn, "701‡a陈小明‡4编著")
case("cnmarc 编著: unknown role is not maker", raw(cn701, tail="450 "), creator=None)
cndate = replaced(cn, "210‡a香港‡cx‡d[民国45] 1956")
case("cnmarc date", raw(cndate, tail="450 "), date_created=("1956",))
cndate = replaced(cn, "210‡a香港‡cx‡d1956.5")
case("cnmarc date 1956.5", raw(cndate, tail="450 "), date_created="1956-05")
cndate = replaced(cn, "210‡a香港‡cx‡d[19--?]")
case("cnmarc date [19--?]", raw(cndate, tail="450 "), date_created="19XX?")


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
    "001 FRBNF1234",
    "100‡a19990101d1931    m  y0frey50      ba",
    "101 0#‡afre",
    "200 1#‡aLe port de Marseille à la tombée du jour‡evue prise du château‡fAndré Béraud",
    "210‡aParis‡cÉditions Côte‡d1931",
    "700 #|‡aBéraud‡bAndré‡4600",
    "702 #|‡aLefèvre‡bHélène‡4320",
    "712 02‡aMusée Côtier‡4390",
    "856 4#‡uhttp://gal.example/ark:/12148/btv1b1234.jpg",
]
WF = {
    "creator": "Béraud, André",
    "date_created": "1931",
    "title": lambda g: g and g.startswith("Le port de Marseille à la tombée du jour"),
}
case("fr unimarc utf8", raw(fr), **WF)
case('fr unimarc utf8 lead " "', raw(fr, leader9=" ", tail="450 "), **WF)
case(
    "fr unimarc latin1",
    raw(fr, "latin-1", " ", tail="450 "),
    **WF | {"notes": lambda g: "read as" in g or "doubt" in g},
)
case(
    "fr unimarc iso5426",
    raw(fr, "iso5426t", " ", tail="450 "),
    **WF | {"creator": lambda g: g == "Béraud, André"},
)
case("fr unimarc iso5426 x20", raw(fr, "iso5426t", " ", tail="450 ") * 20, creator="Béraud, André")
case(
    "unimarcxml ns bnf",
    mx(*fr, leader="     nam  22     3  450 ").replace(
        "http://www.loc.gov/MARC21/slim", "info:lc/xmlns/marcxchange-v2"
    ),
    **WF,
)
case("unimarcxml with format", mx(*fr, leader="     nam  22     3  450 ", fmt=' format="UNIMARC"'), **WF)
it = [
    "001 IT1",
    "100‡a20100101d19uu    ||||0itac50      ba",
    "200 1#‡1x‡aIl molo‡fRossi, Mario",
    "210‡aGenova‡d19.. ",
    "700 #1‡aRossi‡b, Mario‡4070",
    "702 #1‡aBianchi‡b, Ugo‡4590",
]
case("it sbn", raw(it, tail="450 "), creator="Rossi, Mario", date_created="19XX", title="Il molo")
pt = [
    "001 PT1",
    "100‡a20100101f19301939km y0pory50      ba",
    "200 1#‡aO cais‡bVisual gráfico‡ffot. João Melo",
    "210‡aLisboa‡d[entre 1930 e 1939]",
    "700 #1‡aMelo‡bJoão‡4600",
]
case("pt", raw(pt, tail="450 "), creator="Melo, João", date_created="1930/1939", title="O cais")
pt2 = without(pt, "210")
case("pt coded range", raw(pt2, tail="450 "), date_created="1930/1939")
# --- MARC 21
m = [
    "001 ocm123",
    "008 990101q19301939xxunnn              kneng d",
    "100 1#‡aDoe, Jane,‡d1901-1980,‡ephotographer.‡4pht",
    "245 10‡aHarbour at dawn‡h[graphic] /‡cphotographed by Jane Doe.",
    "264 #1‡aHong Kong :‡bIsland Press,‡c1935.",
    "264 #0‡c[1932?]",
    "264 #4‡c©1936",
    "300‡a1 photographic print :‡bgelatin silver ;‡c20 x 25 cm.",
    "520‡aA junk under sail.",
    "540‡aNo known restrictions.",
    "541‡aMrs. Smith;‡cgift;‡d1999.",
    "561‡aFormerly Smith collection.",
    "600 10‡aRoe, Richard",
    "700 1#‡aSmith, John,‡edonor.",
    "700 1#‡aPoe, Anna,‡eprinter,‡ephotographer.",
    "710 2#‡aIsland Studio,‡epublisher.",
    "710 2#‡aHarbour Museum,‡ecurrent owner.",
    "710 2#‡aPeak & Co.,‡4http://id.loc.gov/vocabulary/relators/pht",
    "852‡aHarbour Museum‡bPrints‡jLOT 12",
    "856 41‡uhttps://x.example/a/12345r.jpg‡3digital",
    "856 42‡uhttps://x.example/finding.html",
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
case(
    "marc21",
    mx(*m),
    **M | {"creator": lambda g: g.replace(".", "").replace(",", "") == "Doe Jane; Poe Anna; Peak & Co"},
)
case("marc21 008 only", mx(*without(m, "264")), date_created=("1930/1939", None))
case("marc21 260", mx(*without(m, "264"), "260‡aHong Kong :‡bX,‡cc1956."), date_created="1956")
case(
    "marc21 245 f (archival)",
    mx(*replaced(without(m, "264"), "245 10‡aFerry photographs,‡f1930-1939")),
    title="Ferry photographs",
    date_created=("1930/1939",),
)
case(
    "marc21 245 $g bulk",
    mx(*replaced(without(m, "264"), "245 10‡aFerry photographs,‡f1900-1950‡g(bulk 1930-1939).")),
    title="Ferry photographs",
    date_created=("1900/1950",),
)
case(
    "marc21 880",
    mx(
        "100 1#‡6880-01‡aChen, Xiaoming,‡ephotographer.",
        "245 10‡6880-02‡aGang kou chen jing /‡cChen Xiaoming she ying.",
        "880 1#‡6100-01/$1‡a陳小明,‡e攝影.",
        "880 10‡6245-02/$1‡a港口晨景 /‡c陳小明攝影.",
    ),
    creator=("Chen, Xiaoming",),
    title="Gang kou chen jing",
    parallel=lambda p: p.get("title") == "港口晨景" and "陳小明" in p.get("creator", ""),
)
case(
    "marc21 880 alone",
    mx("001 1", "880 10‡6245-00/$1‡a港口晨景", "245 10‡ax"),
    title="x",
    parallel={"title": "港口晨景"},
)
case(
    "marc21 110 ab",
    mx("110 1#‡aHong Kong.‡bMarine Department,‡ecreator.", "245‡ax"),
    creator=("Hong Kong. Marine Department",),
)
case("700 a t", mx("245‡ax", "700 12‡aDoe, Jane.‡tAnother work."), creator=None)
case("700 no role", mx("245‡ax", "700 1#‡aDoe, Jane."), creator=None)
ROLES = {
    "Doe, Jane": "photographer. | Photographer | photog. | photographer, attributed. | artist | engraver | lithographer | Fotograf | Photographe | fotógrafo | phot. | FotografIn | Fotograf/in | KünstlerIn | creator",
    None: "attributed photographer | publisher | correspondent | depicted. | former owner | photographic printer | collector | donor | compiler | sponsor | AbgebildeteR | issuing body | ed.",
    (None, "Doe, Jane"): "ph. | VerfasserIn | photographe présumé | cinematographer | videographer",
}
for creator, roles in ROLES.items():
    for role in roles.split(" | "):
        case(f"role {role}", mx("245‡ax", f"700 1#‡aDoe, Jane,‡e{role}"), creator=creator)
CODES = {
    "Doe, Jane": "pht | aut | art | ill | cre | ltg | egr",
    None: "col | dnr | fmo | own | ppm | pbl | prt | cph | dpc | ctb",
    (None, "Doe, Jane"): "att",
}
for creator, codes in CODES.items():
    for code in codes.split(" | "):
        case(f"code {code}", mx("245‡ax", f"700 1#‡aDoe, Jane,‡4{code}"), creator=creator)
case("100 with collector", mx("100‡aRoe, A.,‡ecollector.", "245‡ax"), creator=None)
marc8 = ["001 m1", "100‡aMüller, Jörg,‡ephotographer.", "245‡aHafen im Frühjahr"]


def m8(t):
    m = {"ü": b"\xe8u", "ö": b"\xe8o", "é": b"\xe2e"}
    return b"".join((m[c] if c in m else c.encode("ascii")) for c in t)


def search2(n):
    if n == "marc8t":
        return codecs.CodecInfo(lambda s, e="strict": (m8(s), len(s)), lambda b, e="strict": ("", 0), name=n)
    return None


codecs.register(search2)
case("marc8", raw(marc8, "marc8t", " "), creator="Müller, Jörg", title="Hafen im Frühjahr")
case("marc21 latin1 binary", raw(marc8, "latin-1", " "), creator="Müller, Jörg", notes=bool)
case("marc21 cp1252 mislabelled a", raw(marc8, "cp1252", "a"), problem=lambda g: g is None or "MARC" in g)
case(
    "marc21 big5",
    raw(["001 1", "100‡a陳小明‡e攝影", "245‡a灣仔碼頭清晨漁船出海"], "big5", " ") * 4,
    creator="陳小明",
    title="灣仔碼頭清晨漁船出海",
)
case("marc21 bad length", b"00010" + raw(marc8, "utf-8")[5:], problem=lambda g: g and "octets" in g)
case(
    "marc line format (.mrk)",
    "=LDR  00000nkm a2200000 a 4500\n=001  1\n=245  10$aHarbour\n",
    name="c.mrk",
    n=lambda n: n <= 1,
    problem=lambda g: g is not None,
)
case("046", mx("046‡aq‡c1930‡e1939", "245‡ax"), date_created=("1930/1939", None))
case("046 k l", mx("046‡k19300501‡2edtf", "245‡ax"), date_created="1930-05-01")
case("264 3 manufacture is no date", mx("245‡ax", "264 #3‡c1970"), date_created=None)
case(
    "542",
    mx("245‡ax", "542‡dDoe Estate‡f© Doe Estate 1956‡g1956‡nUnder copyright"),
    copyright_owner="Doe Estate",
    copyright_notice="© Doe Estate 1956",
)
case(
    "540 u",
    mx("245‡ax", "540‡aIn copyright‡fInC‡2rightsstatements‡uhttp://rightsstatements.org/vocab/InC/1.0/"),
    usage_terms="In copyright",
    web_statement="http://rightsstatements.org/vocab/InC/1.0/",
)
case("506", mx("245‡ax", "506‡aBy appointment."), access_limit="By appointment.")
case(
    "035 and 037",
    mx("001 9", "035‡a(DLC)  2004668", "037‡aLC-USZ62-1234‡bDLC", "245‡ax"),
    ids=lambda g: "LC-USZ62-1234" in g,
)


@pytest.mark.parametrize("said", CASES, ids=CASES.labels)
def test_what_libraries_say(tmp_path, said):
    """Names by their roles, titles, dates and files, in whatever set of characters the record is."""
    assert differences(tmp_path, said) == {}
