"""EAD, MODS, NewsML, ninjs, IIIF, EDM and Dublin Core as archives, libraries, agencies and portals write them."""

import json

import pytest
from catalogue_cases import Cases, differences

CASES = Cases()
case = CASES.add


# --- EAD
def ead(c, head="", ns='xmlns="urn:isbn:1-931666-22-9" xmlns:xlink="http://www.w3.org/1999/xlink"', arch=""):
    return f'<ead {ns}><eadheader><eadid>x</eadid></eadheader><archdesc level="fonds"><did><unittitle>Fonds Doe</unittitle>{head}</did>{arch}<dsc>{c}</dsc></archdesc></ead>'


E3 = 'xmlns="http://ead3.archivists.org/schema/"'
f = '<c01 level="item"><did><unitid>A/1/2</unitid><unittitle>Pier, <unitdate normal="1931-05">May 1931</unitdate></unittitle><daogrp xlink:type="extended"><daoloc xlink:href="https://x.example/t.jpg" xlink:label="thumb"/><daoloc xlink:href="https://x.example/a1.jpg" xlink:label="ref"/></daogrp></did><scopecontent><head>Scope</head><p>A junk.</p><p>And a quay.</p></scopecontent></c01>'
case(
    "ead daogrp",
    ead(f, "<repository>Harbour Archive</repository>"),
    title=lambda t: t.startswith("Pier"),
    date_created="1931-05",
    caption="A junk. And a quay.",
    holding_institution="Harbour Archive",
    files=lambda g: "https://x.example/a1.jpg" in g,
    ids=["A/1/2"],
)
f = '<c02 level="file"><did><unitid type="shelfmark">B 7</unitid><unittitle>Album</unittitle><unitdate normal="1930/1935" type="inclusive">1930-1935</unitdate><unitdate normal="1932/1933" type="bulk">bulk 1932-33</unitdate><origination label="Photographer"><persname>Doe, Jane</persname></origination></did><dao xlink:href="b7.tif"/></c02>'
case("ead bulk, dao beside did", ead(f), date_created="1930/1935", creator="Doe, Jane", files=["b7.tif"])
case("ead origination collector", ead(f.replace('label="Photographer"', 'label="Collector"')), creator=None)
case("ead origination role", ead(f.replace("<persname>", '<persname role="pht">')), creator="Doe, Jane")
case(
    "ead origination role donor",
    ead(f.replace("<persname>", '<persname role="donor">').replace(' label="Photographer"', "")),
    creator=None,
)
case("ead origination french label", ead(f.replace('"Photographer"', '"Photographe"')), creator="Doe, Jane")
case(
    "ead origination german creator label",
    ead(f.replace('"Photographer"', '"Bestandsbildner"')),
    creator=None,
)
case("ead unitdate unnormalised", ead(f.replace('normal="1930/1935" ', "")), date_created="1930/1935")
case(
    "ead unitdate circa",
    ead(f.replace('normal="1930/1935" ', 'certainty="circa" normal="1930/1935" ')),
    date_created="1930~/1935~",
)
case(
    "ead n.d.",
    ead(f.replace('normal="1930/1935" type="inclusive">1930-1935', ">s.d.")),
    date_created=(None, "1932/1933"),
)
multi = '<c01 level="series"><did><unittitle>Series</unittitle></did><chronlist><chronitem><date>1912</date><event>Founded</event></chronitem></chronlist><c02 level="item"><did><unitid>1</unitid><unittitle>One</unittitle><unitdate>1931</unitdate></did></c02><c02 level="item"><did><unitid>2</unitid><unittitle>Two</unittitle></did></c02></c01>'
case("ead series, items", ead(multi), n=2, title="One", date_created="1931")
case("ead second has none of the first", ead(multi), at=1, title="Two", date_created=None)
chron = '<c01 level="item"><did><unitid>C-17</unitid><unittitle>One</unittitle></did><bioghist><chronlist><chronitem><date>1912</date><event>Founded</event></chronitem></chronlist></bioghist></c01>'
case("ead chronology is no date", ead(chron), date_created=None)
case(
    "ead userestrict inherited",
    ead(chron, arch="<userestrict><p>Ask us.</p></userestrict>"),
    usage_terms="Ask us.",
)
e3 = '<c level="item"><did><unitid>E-3</unitid><unittitle>Quay</unittitle><unitdatestructured><daterange><fromdate standarddate="1930">1930</fromdate><todate standarddate="1935">1935</todate></daterange></unitdatestructured><origination><persname relator="http://id.loc.gov/vocabulary/relators/pht"><part>Doe, Jane</part></persname></origination><daoset><dao daotype="derived" href="https://x.example/e3.jpg"/><dao daotype="derived" href="https://x.example/e3b.jpg"/></daoset></did></c>'
case(
    "ead3",
    ead(e3, ns=E3),
    date_created="1930/1935",
    creator="Doe, Jane",
    files=["https://x.example/e3.jpg", "https://x.example/e3b.jpg"],
)
case(
    "ead3 parts",
    ead(
        e3.replace(
            "<part>Doe, Jane</part>",
            '<part localtype="surname">Doe</part><part localtype="forename">Jane</part>',
        ),
        ns=E3,
    ),
    creator=("Doe Jane", "Doe, Jane"),
)
case(
    "ead3 dateset",
    ead(
        e3.replace(
            "<unitdatestructured>",
            '<unitdatestructured><dateset><datesingle standarddate="1931">1931</datesingle><datesingle standarddate="1935">1935</datesingle></dateset></unitdatestructured><unitdatestructured>',
            1,
        ),
        ns=E3,
    ),
    date_created=("1931", "1930/1935", "1931/1935"),
)
case(
    "ead no namespace",
    ead(f, ns='xmlns:xlink="http://www.w3.org/1999/xlink"').replace("xlink:href", "href"),
    creator="Doe, Jane",
    files=["b7.tif"],
    format="ead",
)
case(
    "ead langmaterial",
    ead(f, '<langmaterial><language langcode="eng">English</language></langmaterial>'),
    language="English",
)
case(
    "ead dao page is no file",
    ead(f.replace("b7.tif", "https://x.example/ark:/1234/b7")),
    files=["https://x.example/ark:/1234/b7"],
)


# --- MODS
def mods(b, ns='xmlns="http://www.loc.gov/mods/v3" xmlns:xlink="http://www.w3.org/1999/xlink"'):
    return f"<modsCollection {ns}><mods>{b}</mods></modsCollection>"


def nm(parts, role="", t="personal", extra=""):
    return f'<name type="{t}" {extra}>{parts}{f"<role>{role}</role>" if role else ""}</name>'


def part(t, k=""):
    return f"<namePart{f' type={chr(34)}{k}{chr(34)}' if k else ''}>{t}</namePart>"


def role_term(t, k="text"):
    return f'<roleTerm type="{k}" authority="marcrelator">{t}</roleTerm>'


case(
    "mods family given",
    mods(
        nm(
            part("Doe", "family") + part("Jane", "given") + part("1901-1980", "date"),
            role_term("pht", "code") + role_term("photographer"),
        )
    ),
    creator="Doe, Jane",
)
case(
    "mods given first",
    mods(nm(part("Jane", "given") + part("Doe", "family"), role_term("Photographer"))),
    creator="Doe, Jane",
)
case("mods donor", mods(nm(part("Doe, Jane"), role_term("dnr", "code"))), creator=None)
case(
    "mods two roles",
    mods(nm(part("Doe, Jane"), role_term("publisher")) + nm(part("Roe, R."), role_term("pht", "code"))),
    creator="Roe, R.",
)
case(
    "mods uri role",
    mods(nm(part("Roe, R."), '<roleTerm valueURI="http://id.loc.gov/vocabulary/relators/pht">x</roleTerm>')),
    creator="Roe, R.",
)
case("mods german role", mods(nm(part("Roe, R."), role_term("Fotograf"))), creator="Roe, R.")
case("mods chinese role", mods(nm(part("陳小明"), role_term("攝影"))), creator="陳小明")
case(
    "mods altRepGroup",
    mods(
        nm(part("Chan, Siu Ming"), role_term("photographer"), extra='altRepGroup="01"')
        + nm(part("陳小明"), role_term("photographer"), extra='altRepGroup="01" script="Hant"')
    ),
    creator="Chan, Siu Ming",
    parallel=lambda p: p.get("creator") == "陳小明",
)
case(
    "mods alternativeName",
    mods(
        '<name type="personal"><namePart>Chan, Siu Ming</namePart><alternativeName altType="other"><namePart>陳小明</namePart></alternativeName><role><roleTerm>photographer</roleTerm></role></name>'
    ),
    creator="Chan, Siu Ming",
)
case(
    "mods subject name",
    mods(
        nm(part("Roe, R."), role_term("pht", "code"))
        + "<subject><name><namePart>Ho, Fan</namePart></name></subject>"
    ),
    creator="Roe, R.",
)
case(
    "mods relatedItem host creator",
    mods(
        nm(part("Roe, R."), role_term("pht", "code"))
        + '<relatedItem type="host"><titleInfo><title>Album</title></titleInfo><name><namePart>Collector, C.</namePart></name><originInfo><dateCreated>1900</dateCreated></originInfo><location><physicalLocation>Old</physicalLocation></location><accessCondition>x</accessCondition></relatedItem>'
    ),
    creator="Roe, R.",
    date_created=None,
    holding_institution=None,
    usage_terms=None,
    related="Album",
)


def issue(e, t, a=""):
    return f"<originInfo><{e} {a}>{t}</{e}></originInfo>"


case(
    "mods dates range",
    mods(
        '<originInfo><dateCreated point="start" encoding="w3cdtf" keyDate="yes">1930</dateCreated><dateCreated point="end" encoding="w3cdtf">1935</dateCreated><dateCreated>between 1930 and 1935</dateCreated></originInfo>'
    ),
    date_created="1930/1935",
)
case(
    "mods approx range",
    mods(
        '<originInfo><dateCreated point="start" qualifier="approximate">1930</dateCreated><dateCreated point="end" qualifier="approximate">1935</dateCreated></originInfo>'
    ),
    date_created="1930~/1935~",
)
case(
    "mods issued range",
    mods(
        '<originInfo><dateIssued point="start">1930</dateIssued><dateIssued point="end">1935</dateIssued></originInfo>'
    ),
    date_created=("1930/1935",),
)
case(
    "mods issued vs created",
    mods(issue("dateIssued", "1950") + issue("dateCreated", "1931")),
    date_created="1931",
)
case("mods captured is scan", mods(issue("dateCaptured", "2011")), date_created=None)
case("mods copyrightDate", mods(issue("copyrightDate", "1931")), date_created=None)
case(
    "mods questionable", mods(issue("dateCreated", "1931", 'qualifier="questionable"')), date_created="1931?"
)
case(
    "mods digitization event",
    mods(
        '<originInfo eventType="digitization"><dateCreated>2011</dateCreated></originInfo><originInfo eventType="production"><dateCreated>1931</dateCreated></originInfo>'
    ),
    date_created="1931",
)
case(
    "mods titles",
    mods(
        '<titleInfo type="alternative"><title>B</title></titleInfo><titleInfo><nonSort>The</nonSort><title>pier</title><subTitle>at dawn</subTitle></titleInfo>'
    ),
    title="The pier : at dawn",
)
case(
    "mods access",
    mods(
        '<accessCondition type="use and reproduction" xlink:href="http://rightsstatements.org/vocab/InC/1.0/">In Copyright</accessCondition><accessCondition type="restriction on access">Reading room</accessCondition>'
    ),
    usage_terms="In Copyright",
    web_statement="http://rightsstatements.org/vocab/InC/1.0/",
    access_limit="Reading room",
)
case(
    "mods location",
    mods(
        '<location><physicalLocation displayLabel="Held by">Lib</physicalLocation><shelfLocator>B1</shelfLocator><url access="object in context">https://x.example/p/1</url><url access="raw object">https://x.example/1.jpg</url></location>'
    ),
    holding_institution="Lib",
    files=lambda g: "https://x.example/1.jpg" in g,
)
case(
    "mods preview url",
    mods(
        '<location><url access="preview">https://x.example/t/1_thumb.jpg</url><url access="raw object">https://x.example/1.jpg</url></location>'
    ),
    files=lambda g: (
        g == ["https://x.example/1.jpg"]
        or set(g) == {"https://x.example/1.jpg", "https://x.example/t/1_thumb.jpg"}
    ),
)
case(
    "mods ids",
    mods('<identifier type="local">HK-1</identifier><identifier type="uri" invalid="yes">bad</identifier>'),
    ids=["HK-1"],
)
case(
    "mods prefix",
    mods(nm(part("Roe"), role_term("pht", "code")))
    .replace("<", "<m:")
    .replace("<m:/", "</m:")
    .replace("xmlns=", "xmlns:m="),
    creator="Roe",
)
# --- NewsML
NS = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'


def nml(
    cm,
    rights="",
    im="",
    cs='<contentSet><remoteContent href="pic1.jpg" rendition="rnd:highRes"/></contentSet>',
):
    return f'<newsMessage {NS}><itemSet><newsItem guid="urn:newsml:x:1" version="1">{rights}<itemMeta>{im}</itemMeta><contentMeta>{cm}</contentMeta>{cs}</newsItem></itemSet></newsMessage>'


case(
    "newsml by",
    nml(
        '<contentCreated>2016-02-01T10:00:00+08:00</contentCreated><creator literal="JD"><name>Jane Doe</name></creator><creditline>Doe/AFX</creditline><by>By Jane Doe</by><headline>Pier</headline><description role="drol:caption">A pier.</description><description role="drol:creditline">X</description>',
        '<rightsInfo><copyrightHolder literal="AFX"><name>AFX</name></copyrightHolder><copyrightNotice>© 2016 AFX</copyrightNotice><usageTerms>Editorial only</usageTerms></rightsInfo>',
    ),
    creator="Jane Doe",
    credit=lambda g: g.startswith("Doe/AFX"),
    copyright_owner="AFX",
    copyright_notice="© 2016 AFX",
    usage_terms="Editorial only",
    title="Pier",
    caption="A pier.",
    date_created="2016-02-01T10:00:00+08:00",
    files=["pic1.jpg"],
)
case(
    "newsml contributor",
    nml(
        '<creator role="crol:photographer"><name>Jane Doe</name></creator><contributor role="crol:captionwriter"><name>W. Riter</name></contributor><contributor role="crol:editor"><name>E. D.</name></contributor>'
    ),
    creator="Jane Doe",
)
case("newsml only by", nml("<by>Jane Doe</by>"), creator="Jane Doe")
case(
    "newsml writer creator",
    nml(
        '<creator role="crol:writer"><name>W. Riter</name></creator><contributor role="crol:photographer"><name>Jane Doe</name></contributor>'
    ),
    creator="Jane Doe",
)
case(
    "newsml languages",
    nml('<headline xml:lang="en">Pier</headline><headline xml:lang="zh">碼頭</headline>'),
    title="Pier",
    parallel={"title": "碼頭"},
)
case(
    "newsml renditions",
    nml(
        "",
        cs='<contentSet><remoteContent href="a_thumb.jpg" rendition="rnd:thumbnail"/><remoteContent href="a_web.jpg" rendition="rnd:web"/><remoteContent href="a.jpg" rendition="rnd:highRes"/></contentSet>',
    ),
    files=lambda g: "a.jpg" in g,
)
case(
    "newsml provider",
    nml(
        "",
        im='<provider qcode="nprov:AFX"><name>AFX News</name></provider><fileName>pic1.jpg</fileName>',
        cs="",
    ),
    holding_institution="AFX News",
    files=["pic1.jpg"],
)
case("newsml infoSource", nml('<infoSource literal="Handout"/>'), source="Handout")


# --- ninjs
def nj(**k):
    return json.dumps({"uri": "urn:x:1", "type": "picture", **k}, ensure_ascii=False)


case(
    "ninjs1",
    nj(
        byline="Jane Doe",
        headline="Pier",
        description_text="A pier",
        copyrightholder="AFX",
        copyrightnotice="© AFX",
        usageterms="Ed",
        versioncreated="2016-02-03T00:00:00Z",
        renditions={
            "original": {"href": "https://x.example/o.jpg", "mimetype": "image/jpeg"},
            "thumb": {"href": "https://x.example/t.jpg"},
        },
    ),
    creator="Jane Doe",
    title="Pier",
    caption="A pier",
    copyright_owner="AFX",
    date_created=(None,),
    files=lambda g: "https://x.example/o.jpg" in g,
)
case(
    "ninjs2",
    nj(
        by="By Jane Doe",
        contentcreated="2016-02-01T10:00:00+08:00",
        headlines=[{"role": "main", "value": "Pier"}],
        descriptions=[
            {"role": "caption", "value": "A pier"},
            {"role": "creditline", "value": "Doe/AFX"},
            {"role": "writer", "value": "wr"},
        ],
        infosources=[{"name": "Handout", "role": "x"}],
        people=[{"name": "Depicted"}],
        renditions=[{"name": "o", "href": "https://x.example/o.jpg"}],
        rightsinfo={"langid": "x", "linkedrights": "https://r.example/1"},
    ),
    creator=("By Jane Doe", "Jane Doe"),
    title="Pier",
    caption="A pier",
    credit="Doe/AFX",
    date_created="2016-02-01T10:00:00+08:00",
    files=["https://x.example/o.jpg"],
)
case(
    "ninjs3",
    nj(
        standard={"name": "ninjs", "version": "3.0"},
        contributors=[{"name": "Jane Doe", "role": "photographer"}, {"name": "E.D.", "role": "editor"}],
        headlines=[{"contentType": "plain", "value": "Pier", "language": "en"}],
        descriptions=[{"role": "caption", "contentType": "text/plain", "value": "A pier"}],
        contentCreated="2016-02-01T10:00:00Z",
        copyrightHolder="AFX",
        copyrightNotice="© AFX",
        usageTerms="Ed",
        renditions=[{"name": "o", "href": "https://x.example/o.jpg"}],
    ),
    creator="Jane Doe",
    title="Pier",
    caption="A pier",
    copyright_owner="AFX",
    copyright_notice="© AFX",
    usage_terms="Ed",
    date_created="2016-02-01T10:00:00+00:00",
)
case(
    "ninjs bylines",
    nj(bylines=[{"byline": "Jane Doe", "role": "photographer"}, {"byline": "W. Riter", "role": "writer"}]),
    creator="Jane Doe",
)
case(
    "ninjs contributor jobtitle",
    nj(
        contributors=[
            {"name": "W. Riter", "jobtitle": "Caption writer"},
            {"name": "Jane Doe", "jobtitle": "Fotograf"},
        ]
    ),
    creator="Jane Doe",
)
case(
    "ninjs text with association",
    json.dumps(
        {
            "uri": "urn:t",
            "type": "text",
            "byline": "W",
            "associations": {
                "main": {
                    "uri": "urn:p",
                    "type": "picture",
                    "byline": "Jane Doe",
                    "renditions": {"o": {"href": "o.jpg"}},
                }
            },
        }
    ),
    n=1,
    creator="Jane Doe",
    files=["o.jpg"],
)


# --- IIIF
def p3(**k):
    return json.dumps(
        {
            "@context": "http://iiif.io/api/presentation/3/context.json",
            "id": "https://x.example/m/1",
            "type": "Manifest",
            "label": {"en": ["Pier"], "zh-Hant": ["碼頭"]},
            "items": [
                {
                    "type": "Canvas",
                    "id": "c",
                    "items": [
                        {
                            "type": "AnnotationPage",
                            "items": [
                                {
                                    "type": "Annotation",
                                    "motivation": "painting",
                                    "body": {
                                        "type": "Image",
                                        "id": "https://x.example/iiif/hk-1.tif/full/max/0/default.jpg",
                                    },
                                }
                            ],
                        }
                    ],
                }
            ],
            **k,
        },
        ensure_ascii=False,
    )


case(
    "p3",
    p3(
        metadata=[
            {"label": {"en": ["Photographer"], "de": ["Fotograf"]}, "value": {"none": ["Doe, Jane"]}},
            {"label": {"fr": ["Date de prise de vue"]}, "value": {"fr": ["mai 1931"]}},
            {"label": {"en": ["Collector"]}, "value": {"none": ["Roe"]}},
        ],
        requiredStatement={"label": {"en": ["Attribution"]}, "value": {"en": ["Courtesy X"]}},
        rights="http://rightsstatements.org/vocab/InC/1.0/",
        provider=[{"id": "x", "type": "Agent", "label": {"en": ["Museum X"]}}],
    ),
    creator="Doe, Jane",
    date_created="1931-05",
    credit="Courtesy X",
    web_statement="http://rightsstatements.org/vocab/InC/1.0/",
    title="Pier",
    holding_institution="Museum X",
    parallel=lambda p: p.get("title") == "碼頭",
)
for lab, f, v in [
    ("Copyright", "copyright_notice", 1),
    ("Rights", "copyright_notice", 1),
    ("Terms of Use", "usage_terms", 1),
    ("Namensnennung", "credit", 1),
    ("Droits", "copyright_notice", 1),
    ("Mention obligatoire", "credit", 1),
    ("Bronvermelding", "credit", 1),
    ("Licence", "usage_terms", 1),
    ("版權", "copyright_notice", 1),
    ("鳴謝", "credit", 1),
    ("提供", "credit", 1),
    ("Credit", "credit", 1),
    ("Provided by", "credit", 1),
    ("Rights Holder", "copyright_owner", 1),
    ("Holding Institution", "holding_institution", 1),
    ("Photographer", "creator", 1),
    ("Quelle", "source", 1),
    ("Note", "x", 0),
    ("Disclaimer", "x", 0),
    ("Haftungsausschluss", "x", 0),
]:
    w = (
        {f: "Txt"}
        if v
        else dict.fromkeys(("credit", "copyright_notice", "usage_terms", "copyright_owner", "creator"))
    )
    case("p3 required " + lab, p3(requiredStatement={"label": {"x": [lab]}, "value": {"x": ["Txt"]}}), **w)
p2 = json.dumps(
    {
        "@context": "http://iiif.io/api/presentation/2/context.json",
        "@id": "https://x.example/m/2",
        "@type": "sc:Manifest",
        "label": [{"@value": "Pier", "@language": "en"}, {"@value": "Quai", "@language": "fr"}],
        "attribution": "Museum X",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "metadata": [
            {"label": [{"@value": "Fotograf", "@language": "de"}], "value": "Doe, Jane"},
            {"label": "Date", "value": "ca. 1931"},
        ],
        "sequences": [
            {
                "canvases": [
                    {
                        "images": [
                            {
                                "resource": {
                                    "@id": "https://x.example/iiif/hk-1/full/full/0/default.jpg",
                                    "service": {"@id": "https://x.example/iiif/hk-1"},
                                }
                            }
                        ]
                    }
                ]
            }
        ],
    }
)
case(
    "p2",
    p2,
    creator="Doe, Jane",
    date_created="1931~",
    credit="Museum X",
    web_statement="https://creativecommons.org/licenses/by/4.0/",
    title="Pier",
)
case(
    "p3 html",
    p3(
        metadata=[{"label": {"en": ["Creator"]}, "value": {"none": ["<span>Doe, Jane</span>"]}}],
        summary={"en": ["<p>A &amp; B</p>"]},
    ),
    creator="Doe, Jane",
    caption="A & B",
)
case(
    "p3 no requiredStatement label",
    p3(requiredStatement={"value": {"en": ["Courtesy X"]}}),
    credit="Courtesy X",
)
# --- EDM
N = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:edm="http://www.europeana.eu/schemas/edm/" xmlns:ore="http://www.openarchives.org/ore/terms/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:skos="http://www.w3.org/2004/02/skos/core#" xmlns:svcs="http://rdfs.org/sioc/services#"'


def edm(cho, agg, more=""):
    return f'<rdf:RDF {N}><edm:ProvidedCHO rdf:about="#c1">{cho}</edm:ProvidedCHO><ore:Aggregation rdf:about="#a1"><edm:aggregatedCHO rdf:resource="#c1"/>{agg}</ore:Aggregation>{more}</rdf:RDF>'


AG = '<edm:dataProvider>Museum X</edm:dataProvider><edm:provider>Hub</edm:provider><edm:isShownBy rdf:resource="https://x.example/a.jpg"/><edm:rights rdf:resource="http://creativecommons.org/licenses/by/4.0/"/>'
case(
    "edm",
    edm(
        '<dc:title xml:lang="de">Hafen</dc:title><dc:title xml:lang="en">Harbour</dc:title><dc:creator rdf:resource="#p1"/><dcterms:created>1931</dcterms:created><dc:contributor>Roe</dc:contributor>',
        AG,
        '<edm:Agent rdf:about="#p1"><skos:prefLabel xml:lang="de">Doe, Jane</skos:prefLabel><skos:altLabel>J.D.</skos:altLabel></edm:Agent>',
    ),
    format="edm",
    title="Hafen",
    creator="Doe, Jane",
    date_created="1931",
    holding_institution="Museum X",
    web_statement="http://creativecommons.org/licenses/by/4.0/",
    files=["https://x.example/a.jpg"],
)
case(
    "edm creator uri only",
    edm('<dc:title>x</dc:title><dc:creator rdf:resource="http://d-nb.info/gnd/1"/>', AG),
    creator=None,
)
case(
    "edm timespan",
    edm(
        '<dcterms:created rdf:resource="#t"/>',
        AG,
        '<edm:TimeSpan rdf:about="#t"><edm:begin>1930</edm:begin><edm:end>1935</edm:end></edm:TimeSpan>',
    ),
    date_created="1930/1935",
)
case(
    "edm issued is not created",
    edm("<dcterms:issued>1950</dcterms:issued><dcterms:created>1931</dcterms:created>", AG),
    date_created="1931",
)
px = '<ore:Proxy rdf:about="#px"><ore:proxyFor rdf:resource="#c1"/><ore:proxyIn rdf:resource="#a1"/><dc:creator>Doe, Jane</dc:creator><dc:title>Hafen</dc:title></ore:Proxy><ore:Proxy rdf:about="#pe"><ore:proxyFor rdf:resource="#c1"/><edm:europeanaProxy>true</edm:europeanaProxy><dc:creator>Auto Enriched</dc:creator></ore:Proxy>'
case(
    "edm proxies (europeana enrichment is not the museum)",
    edm("", AG, px),
    creator=("Doe, Jane",),
    title="Hafen",
)
case(
    "edm webresource rights",
    edm(
        "<dc:title>x</dc:title>",
        AG.replace('<edm:rights rdf:resource="http://creativecommons.org/licenses/by/4.0/"/>', ""),
        '<edm:WebResource rdf:about="https://x.example/a.jpg"><edm:rights rdf:resource="http://rightsstatements.org/vocab/InC/1.0/"/></edm:WebResource>',
    ),
    web_statement="http://rightsstatements.org/vocab/InC/1.0/",
)


# --- OAI / DC
def oai(rec, ns=' xmlns="http://www.openarchives.org/OAI/2.0/"'):
    return f"<OAI-PMH{ns}><responseDate>2020-01-01T00:00:00Z</responseDate><request>x</request><ListRecords>{rec}</ListRecords></OAI-PMH>"


def dc(b):
    return f'<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">{b}</oai_dc:dc></metadata>'


rec = (
    "<record><header><identifier>oai:x:1</identifier><datestamp>2020</datestamp></header>"
    + dc(
        "<dc:title>Pier</dc:title><dc:creator>Doe, Jane (photographer)</dc:creator><dc:date>1931</dc:date><dc:identifier>hk-1.jpg</dc:identifier><dc:rights>© Doe</dc:rights><dc:rights>http://rightsstatements.org/vocab/InC/1.0/</dc:rights>"
    )
    + "</record>"
)
dele = '<record><header status="deleted"><identifier>oai:x:2</identifier></header></record>'
case(
    "oai",
    oai(rec + dele + "<resumptionToken>t1</resumptionToken>"),
    n=2,
    title="Pier",
    date_created="1931",
    files=["hk-1.jpg"],
    copyright_notice="© Doe",
    web_statement="http://rightsstatements.org/vocab/InC/1.0/",
    id="oai:x:1",
)
case(
    "oai token told",
    oai(rec + '<resumptionToken cursor="0" completeListSize="900">t1</resumptionToken>'),
    notes=lambda g: "resumption" in g.lower() or "more" in g.lower(),
)
case("oai no ns", oai(rec + dele, ns=""), n=2, title="Pier", id="oai:x:1")
case(
    "oai error",
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="badArgument">no</error></OAI-PMH>',
    problem=lambda g: g and "badArgument" in g,
)
case("oai only deleted", oai(dele), n=1, outcome=lambda o: o in ("read", "empty"))
case(
    "dc two dates",
    oai(
        rec.replace(
            "<dc:date>1931</dc:date>", "<dc:date>1931</dc:date><dc:date>2011-05-01T00:00:00Z</dc:date>"
        )
    ),
    date_created="1931",
)
case(
    "dc scan date first",
    oai(
        rec.replace(
            "<dc:date>1931</dc:date>", "<dc:date>2011-05-01T00:00:00Z</dc:date><dc:date>1931</dc:date>"
        )
    ),
    date_created=("1931", "2011-05-01", None),
)
case(
    "oai marcxml",
    oai(
        '<record><header><identifier>oai:x:1</identifier></header><metadata><record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nkm a2200000 a 4500</leader><controlfield tag="001">9</controlfield><datafield tag="245" ind1="1" ind2="0"><subfield code="a">Pier</subfield></datafield></record></metadata></record>'
    ),
    format="marcxml",
    title="Pier",
    n=1,
)
case(
    "oai qdc",
    oai(
        '<record><header><identifier>oai:x:1</identifier></header><metadata><qdc:qualifieddc xmlns:qdc="http://worldcat.org/xmlschemas/qdc-1.0/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Pier</dc:title><dcterms:created>1931</dcterms:created><dcterms:rightsHolder>Doe</dcterms:rightsHolder></qdc:qualifieddc></metadata></record>'
    ),
    title="Pier",
    date_created="1931",
    copyright_owner="Doe",
)


@pytest.mark.parametrize("said", CASES, ids=CASES.labels)
def test_what_others_say(tmp_path, said):
    """Creator, date, credit, rights and files as a registrar would note them."""
    assert differences(tmp_path, said) == {}
