"""XMP packets, in every form that RDF allows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupelab.collect.metadata import xmp

NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "stRef": "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "dcterms": "http://purl.org/dc/terms/",
}


def packet(body="", attributes=""):
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in NAMES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF {spaces}><rdf:Description rdf:about="" {attributes}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
        f"{' ' * 100}\n<?xpacket end='w'?>"
    )


def alt(*items):
    return (
        "<rdf:Alt>"
        + "".join(f'<rdf:li xml:lang="{lang}">{text}</rdf:li>' for lang, text in items)
        + "</rdf:Alt>"
    )


BODY = (
    "<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li> 陳大文 </rdf:li></rdf:Seq></dc:creator>"
    f"<dc:rights>{alt(('zh-HK', '版權'), ('x-default', '(c) Ann'))}</dc:rights>"
    f"<dc:description>{alt(('fr', 'dit'), ('de', 'sagt'))}</dc:description>"
    "<dc:title>Plain</dc:title>"
    "<plus:CopyrightOwner><rdf:Seq><rdf:li><rdf:Description><plus:CopyrightOwnerName>House</plus:CopyrightOwnerName>"
    "</rdf:Description></rdf:li><rdf:li plus:CopyrightOwnerID='id:7'/></rdf:Seq></plus:CopyrightOwner>"
    "<plus:Licensor><rdf:Bag><rdf:li rdf:parseType='Resource'><plus:LicensorURL>https://l.example</plus:LicensorURL>"
    "<plus:LicensorName>Agency</plus:LicensorName></rdf:li></rdf:Bag></plus:Licensor>"
    f"<xmpRights:UsageTerms>{alt(('x-default', 'ask'))}</xmpRights:UsageTerms>"
    "<xmpRights:WebStatement rdf:resource='https://w.example'/>"
    "<xmpMM:DerivedFrom stRef:documentID='doc:1' stRef:instanceID='iid:1'/>"
    "<photoshop:Source><rdf:Description><rdf:value>Archive</rdf:value></rdf:Description></photoshop:Source>"
    f"<plus:OtherConstraints>{alt(('x-default', 'ask first'))}</plus:OtherConstraints>"
    "<plus:ImageSupplier><rdf:Seq><rdf:li rdf:parseType='Resource'><plus:ImageSupplierName>Desk</plus:ImageSupplierName>"
    "</rdf:li></rdf:Seq></plus:ImageSupplier>"
    "<Iptc4xmpExt:RegistryId><rdf:Bag><rdf:li rdf:parseType='Resource'><Iptc4xmpExt:RegItemId>item:2</Iptc4xmpExt:RegItemId>"
    "<Iptc4xmpExt:RegOrgId>org:1</Iptc4xmpExt:RegOrgId></rdf:li><rdf:li Iptc4xmpExt:RegItemId='item:3'/></rdf:Bag>"
    "</Iptc4xmpExt:RegistryId>"
)
ATTRIBUTES = (
    "photoshop:Credit='Line' photoshop:DateCreated='2024-05' xmpMM:DocumentID='doc:2' Iptc4xmpExt:DigImageGUID='g'"
    " Iptc4xmpExt:DigitalSourceType='trainedAlgorithmicMedia' Iptc4xmpExt:AISystemUsed='Maker'"
    " Iptc4xmpExt:AISystemVersionUsed='3' Iptc4xmpExt:AIPromptInformation='a pier' Iptc4xmpExt:AIPromptWriterName='Eve'"
    " plus:DataMining='http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-SEECONSTRAINT' plus:ImageSupplierImageID='D-7'"
    " xmpMM:OriginalDocumentID='doc:0' xmpMM:InstanceID='iid:2' dcterms:provenance='https://p.example'"
    " photoshop:SidecarForExtension='JPG'"
    " exif:GPSLatitude='22,18.1N' exif:GPSLongitude='114,10E'"
)
EXPECTED = xmp.Xmp(
    creator=("Ann", "陳大文"),
    credit="Line",
    copyright="(c) Ann",
    owner=("House", "id:7"),
    licensor=("Agency",),
    licensor_url=("https://l.example",),
    usage_terms="ask",
    web_statement="https://w.example",
    data_mining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-SEECONSTRAINT",
    other_constraints="ask first",
    source="Archive",
    supplier=("Desk",),
    supplier_image_id="D-7",
    registry=("org:1 item:2", "item:3"),
    title="Plain",
    caption="dit",
    date="2024-05",
    guid="g",
    document_id="doc:2",
    original_document_id="doc:0",
    instance_id="iid:2",
    derived_from="doc:1",
    digital_source_type="trainedAlgorithmicMedia",
    ai_system="Maker",
    ai_system_version="3",
    prompt="a pier",
    has_prompt=True,
    has_gps=True,
    provenance="https://p.example",
    sidecar_for="JPG",
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
)
def test_every_form_is_read_in_every_encoding(encoding):
    """Attributes, elements, containers, structures and qualified values are read alike, in all encodings of XMP."""
    text = packet(BODY, ATTRIBUTES)
    assert xmp.read(text.encode(encoding)) == EXPECTED


def test_prefixes_do_not_matter():
    """Namespaces decide, whatever their prefixes are."""
    text = packet(BODY, ATTRIBUTES)
    for name in ("dc", "plus", "stRef", "rdf"):
        text = text.replace(f"{name}:", "ns0:" if name == "dc" else f"{name}0:").replace(
            f"xmlns:{name}=", "xmlns:ns0=" if name == "dc" else f"xmlns:{name}0="
        )
    assert xmp.read(text.encode()) == EXPECTED


def test_joined_documents_and_several_descriptions_are_read():
    """Both documents of an extended packet and all descriptions count; of a property said twice the first."""
    extended = packet(attributes="photoshop:Credit='Line'").replace(
        '<?xpacket begin="\ufeff"', '<?xml version="1.0"?><?xpacket begin=""'
    )
    name = b"0" * 32
    main = packet("<dc:title>Plain</dc:title>", f"photoshop:Source='{name.decode()}'").encode()
    body = extended.encode()
    joined = xmp.join(main, [name + len(body).to_bytes(4) + bytes(4) + body])
    assert joined != main
    found = xmp.read(joined)
    assert (found.title, found.credit, found.problem) == ("Plain", "Line", None)


def test_lineage_falls_back_to_the_original():
    """A document derives from what it names, else from its original if that is another."""
    original = "xmpMM:OriginalDocumentID='doc:0' "
    assert xmp.read(packet("", original + "xmpMM:DocumentID='doc:1'").encode()).derived_from == "doc:0"
    assert xmp.read(packet("", original + "xmpMM:DocumentID='doc:0'").encode()).derived_from == ""


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a SYSTEM "http://example.org/a.dtd">',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/hostname">%x;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_entities_are_never_followed(head, encoding):
    """Entity bombs, external entities and external document types are refused in every encoding."""
    found = xmp.read((head + packet("<dc:title>&y;&x;</dc:title>")).encode(encoding))
    assert found == xmp.Xmp(problem="expected XMP without a document type, got one; it is not followed")


@pytest.mark.parametrize("hidden", ["<!DOC\x01TYPE a [<!ENT\x02ITY x 'lol'>]>", "\ufffe<!DOCTYPE a>"])
def test_no_document_type_hides_behind_what_is_dropped(hidden):
    """What only becomes a document type once forbidden characters are dropped is refused, too."""
    found = xmp.read((hidden + packet("<dc:title>&x;</dc:title>")).encode())
    assert found == xmp.Xmp(problem="expected XMP without a document type, got one; it is not followed")


def test_a_prompt_is_not_shown():
    """Logs and failed tests show what a packet says, never a prompt."""
    found = xmp.read(
        packet(attributes="Iptc4xmpExt:AIPromptInformation='a secret' photoshop:Credit='Line'").encode()
    )
    assert found.prompt == "a secret"
    assert repr(found) == "Xmp(credit='Line', has_prompt=True)"


def test_encodings_that_are_only_claimed_are_not_believed():
    """A declaration of another encoding does not hide anything: the text is decoded before it is parsed."""
    text = '<?xml version="1.0" encoding="cp037"?>' + packet("<dc:title>Plain</dc:title>")
    assert xmp.read(text.encode()).title == "Plain"


def test_large_packets_are_refused():
    """More than 16 MB are not parsed."""
    assert "expected XMP of at most 16777216 bytes" in xmp.read(b"<a>" + b" " * 2**24 + b"</a>").problem


def test_malformed_packets_are_problems():
    """What is no XML is named; control characters and bytes that are no Unicode are named and read around."""
    assert "expected well-formed XMP" in xmp.read(b"<a><b></a>").problem
    assert "got no XML" in xmp.read(b"junk").problem
    assert xmp.read(b" \0\n") == xmp.Xmp()
    odd = xmp.read(packet("<dc:title>Pl\x01ain</dc:title>").encode())
    assert odd.title == "Plain"
    assert "expected well-formed XMP" in odd.problem
    broken = xmp.read(packet("<dc:title>Gr@n</dc:title>").encode().replace(b"@", b"\xfc"))
    assert broken.title == "Gr\ufffdn"
    assert "expected XMP in Unicode" in broken.problem


def test_deep_nesting_is_no_recursion():
    """A hundred thousand nested elements neither exhaust the stack nor hide the rest."""
    deep = "<dc:source>" + "<rdf:Bag><rdf:li>" * 50_000 + "</rdf:li></rdf:Bag>" * 50_000 + "</dc:source>"
    found = xmp.read(
        packet(deep.replace("dc:source", "photoshop:Credit") + "<dc:title>Plain</dc:title>").encode()
    )
    assert (found.credit, found.title) == ("", "Plain")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_raises(data):
    """Whatever bytes of a packet are changed, it is read without an exception."""
    damaged = bytearray(
        packet(BODY, ATTRIBUTES).encode(data.draw(st.sampled_from(["utf-8", "utf-16", "utf-32-be"])))
    )
    for position in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=6)):
        damaged[position] = data.draw(st.integers(0, 255))
    xmp.read(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
    xmp.read(data.draw(st.binary()))


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (
            "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Wong Siu Ming</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>",
            True,
        ),
        (
            (
                "<Iptc4xmpExt:PersonInImageWDetails><rdf:Bag><rdf:li rdf:parseType='Resource'><Iptc4xmpExt:PersonName>"
                "<rdf:Alt><rdf:li xml:lang='x-default'>Wong</rdf:li></rdf:Alt></Iptc4xmpExt:PersonName></rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImageWDetails>"
            ),
            True,
        ),
        ("<plus:ModelReleaseID><rdf:Bag><rdf:li>R-7</rdf:li></rdf:Bag></plus:ModelReleaseID>", True),
        (
            "<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li> </rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>",
            False,
        ),
        ("<Iptc4xmpExt:PersonInImage><rdf:Bag/></Iptc4xmpExt:PersonInImage>", False),
        ("<dc:title>Wong</dc:title>", False),
    ],
)
def test_fields_on_persons_are_noticed_and_not_kept(body, named):
    """Whether a field on persons or models is filled in is kept; who it names is not."""
    found = xmp.read(packet(body).encode())
    assert found.names_person is named
    assert "Wong Siu Ming" not in repr(found)
