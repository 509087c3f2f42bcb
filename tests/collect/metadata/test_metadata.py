"""What one file asserts, by the Metadata Working Group's precedence."""

import hashlib
import io
import json
import struct
import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dedupelab import tables
from dedupelab.collect.metadata.metadata import Metadata, read_metadata, sidecar_source
from dedupelab.collect.metadata.segments import Segments, split

URIS = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "dcterms": "http://purl.org/dc/terms/",
}
IIM_FIELDS = {
    "title": 5,
    "creator": 80,
    "credit": 110,
    "source": 115,
    "copyright": 116,
    "caption": 120,
    "date": 55,
    "time": 60,
}


def exif(date="", zone="", **texts):
    block = Image.Exif()
    numbers = {"creator": 315, "copyright": 33432, "caption": 270}
    block.update({numbers[name]: text for name, text in texts.items()})
    inner = {0x9003: date, 0x9011: zone}
    block.get_ifd(0x8769).update({tag: text for tag, text in inner.items() if text})
    return block.tobytes().removeprefix(b"Exif\0\0")


def iim(**texts):
    values = ((IIM_FIELDS[name], part.encode()) for name, text in texts.items() for part in text.split("; "))
    records = b"".join(
        bytes([28, 2, number]) + struct.pack(">H", len(text)) + text for number, text in values
    )
    return b"\x1c\x01\x5a\0\x03\x1b%G" + records


def xmp(body="", **attributes):
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in URIS.items())
    said = " ".join(f'{name.replace("_", ":")}="{text}"' for name, text in attributes.items())
    head = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    return f"{head}<rdf:Description {spaces} {said}>{body}</rdf:Description></rdf:RDF>".encode()


def creators(*names):
    return (
        "<dc:creator><rdf:Seq>"
        + "".join(f"<rdf:li>{name}</rdf:li>" for name in names)
        + "</rdf:Seq></dc:creator>"
    )


def digest(block):
    return hashlib.md5(block).digest()


def test_the_fields_are_the_columns():
    """Metadata has exactly the declared columns in their order, and what was odd."""
    assert list(Metadata._fields) == [
        *(column.name for column in tables.METADATA),
        "problem",
    ]


def test_nothing_asserted_is_nothing():
    """A file without metadata asserts nothing, and only the presence of Content Credentials is said."""
    assert read_metadata(Segments()) == Metadata()
    assert read_metadata(Segments(c2pa=True)) == Metadata(c2pa="unchecked")
    assert read_metadata(Segments(exif=exif(creator="  "), iim=b"", xmp=b"")) == Metadata()


def test_exif_comes_first_and_blank_exif_does_not():
    """A creator in Exif prevails over IIM and XMP; one of blanks does not."""
    others = {"iim": iim(creator="Ben"), "xmp": xmp(dc_creator="Cid")}
    assert read_metadata(Segments(exif=exif(creator="Ann"), **others)).creator == "Ann"
    assert read_metadata(Segments(exif=exif(creator="   "), **others)).creator == "Cid"


def test_the_digest_decides_between_xmp_and_iim():
    """XMP prevails unless IIM was changed after XMP was written to match it."""
    records, packet = (
        iim(creator="Ben", credit="I", source="J"),
        xmp(dc_creator="Cid", photoshop_Credit="X", dc_rights="R"),
    )
    agreeing = read_metadata(Segments(iim=records, xmp=packet, iim_digest=digest(records)))
    unknown = read_metadata(Segments(iim=records, xmp=packet))
    changed = read_metadata(Segments(iim=records, xmp=packet, iim_digest=digest(b"older")))
    assert (agreeing.creator, agreeing.credit, agreeing.source) == ("Cid", "X", "J")
    assert unknown == agreeing
    assert (changed.creator, changed.credit, changed.source) == ("Ben", "I", "J")
    assert changed.copyright_notice == "R"


@pytest.mark.parametrize("name", ["n" * 40, "陳" * 20, "é" * 30])
def test_truncated_tails_are_restored(name):
    """What IIM's length limit cut off is restored from XMP, name by name, and is no disagreement."""
    cut = name.encode()[:32].decode(errors="ignore")
    records = iim(creator=f"{cut}; Ben", copyright="c" * 128, caption="short")
    packet = xmp(creators(name, "Cid"), dc_rights="c" * 200, dc_description="shorter")
    found = read_metadata(Segments(iim=records, xmp=packet, iim_digest=digest(b"older")))
    assert found.creator == f"{name}; Ben"
    assert found.copyright_notice == "c" * 200
    assert found.caption == "short"
    said = json.loads(found.disagreements)
    assert set(said) == {"creator", "caption"}
    assert said["caption"] == {"iim": "short", "xmp": "shorter"}


def test_disagreements_are_all_kept_and_false_ones_are_not():
    """Every source's say is kept where they differ; case, width, order, blanks and © are no differences."""
    found = read_metadata(
        Segments(
            exif=exif(creator="Ann Lee; BEN", copyright="(C) 2024 Ann. All rights reserved.", caption="one"),
            iim=iim(creator="Ben; Ann  Lee", copyright="© Ann", caption="two", title="Ａ"),
            xmp=xmp(dc_rights="Copyright 2023 ann", dc_description="two", dc_title="a"),
        )
    )
    assert found.disagreements == '{"caption":{"exif":"one","iim":"two","xmp":"two"}}'
    assert found.creator == "Ann Lee; BEN"


@pytest.mark.parametrize(
    ("written", "zone", "expected"),
    [
        ("2024:05:01 10:20:30", "", "2024-05-01T10:20:30"),
        ("2024:05:01 10:20:30", "+08:00", "2024-05-01T10:20:30+08:00"),
        ("2024:05:01 10:20", "", "2024-05-01T10:20"),
        ("2024:05:01", "", "2024-05-01"),
        ("2024:05:00 00:00:00", "", "2024-05"),
        ("2024:00:00 00:00:00", "", "2024"),
        ("2024:05:  ", "", "2024-05"),
        ("2024-05-01T10:20:30.25Z", "", "2024-05-01T10:20:30+00:00"),
        ("20240501T102030-0330", "", "2024-05-01T10:20:30-03:30"),
        ("2024", "", "2024"),
        ("0000:00:00 00:00:00", "", None),
        ("    :  :     :  :  ", "", None),
    ],
)
def test_dates_keep_the_precision_that_is_known(written, zone, expected):
    """Nothing is added to a date: no day, no time and no zone that is not written."""
    found = read_metadata(Segments(exif=exif(date=written, zone=zone)))
    assert (found.date_created, found.problem) == (expected, None)


@pytest.mark.parametrize(
    "written", ["2024:13:01 10:20:30", "2024:02:30 10:20:30", "2024:05:01 25:00:00", "yesterday"]
)
def test_dates_that_do_not_exist_are_problems(written):
    """A date that cannot be is none, is named, and gives way to another source."""
    found = read_metadata(Segments(exif=exif(date=written), iim=iim(date="20240501", time="102030+0800")))
    assert found.date_created == "2024-05-01T10:20:30+08:00"
    assert found.problem == f"expected a date, got {written!r}"


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("2024:05:01 10:20:30", "2024-05-01", True),
        ("2024:05:01 10:20:30", "2024-05-01T10:20:30+08:00", True),
        ("2024:05:01 10:20:30", "2024-05-01T02:20:30Z", True),
        ("2024:05:01 10:20:30", "2024-05-02T10:20:30Z", False),
        ("2024:05:01 10:20:30+08:00", "2024-05-01T02:20:30Z", True),
        ("2024:05:01 10:20:30+08:00", "2024-05-01T10:20:30Z", False),
        ("2024:05:01 10:20:30", "2024-05-02", True),  # a day that begins within 14 hours of it somewhere
        ("2024:05:01 10:20:30", "2024-05-03", False),
    ],
)
def test_dates_agree_when_they_can_be_one_moment(one, other, agree):
    """Less precision and a missing zone of up to 14 hours are no disagreement."""
    found = read_metadata(
        Segments(exif=exif(date=one[:19], zone=one[19:]), xmp=xmp(photoshop_DateCreated=other))
    )
    assert (found.disagreements is None) == agree


@pytest.mark.parametrize(
    ("written", "system", "label"),
    [
        ("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia", "", "yes"),
        ("https://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia/", "", "yes"),
        ("trainedAlgorithmicMedia", "", "yes"),
        ("digsrctype:compositeSynthetic", "", "composite"),
        ("compositeWithTrainedAlgorithmicMedia", "Maker", "composite"),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture", "", "no-label"),
        ("digitalCapture", "Maker", "yes"),
        ("", "Maker", "yes"),
        ("", " ", "no-label"),
    ],
)
def test_ai_labels(written, system, label):
    """Source types, however they are written, and a named AI system give the label; the address is made full."""
    found = read_metadata(
        Segments(xmp=xmp(Iptc4xmpExt_DigitalSourceType=written, Iptc4xmpExt_AISystemUsed=system))
    )
    assert found.ai_label == label
    code = written.rstrip("/").rpartition("/")[2].rpartition(":")[2]
    assert found.digital_source_type == (
        f"http://cv.iptc.org/newscodes/digitalsourcetype/{code}" if code else None
    )


def test_values_are_bounded_and_free_of_control_characters():
    """Control characters go, line ends stay, and no value is longer than 10,000 characters."""
    found = read_metadata(
        Segments(iim=iim(title="a\0b\x07c\x9f", caption="one\r\ntwo", creator="; ".join(["n" * 30] * 500)))
    )
    assert (found.title, found.caption, len(found.creator)) == ("abc", "one\ntwo", 10_000)


def test_malformed_metadata_is_a_problem_beside_what_can_be_read():
    """Each broken source is named, and the others count."""
    found = read_metadata(
        Segments(exif=b"II", iim=iim(creator="Ann") + b"\x1c\x02\x05\xff", xmp=b"<!DOCTYPE a><a/>")
    )
    assert found.creator == "Ann"
    assert [part.split(", got")[0] for part in found.problem.split("; ")] == [
        "expected Exif to begin with a TIFF header",
        "expected an IIM record",
        "expected XMP without a document type",
        "it is not followed",
    ]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_raises(data):
    """Whatever bytes of Exif, IIM and XMP are changed, what they assert is read, and fits into UTF-8."""
    blocks = {
        "exif": exif(
            creator="Ann; Ben", copyright="Ann", caption="é", date="2024:05:01 10:20:30", zone="+08:00"
        ),
        "iim": iim(creator="Ann", copyright="Ben", caption="陳", date="20240501", time="102030"),
        "xmp": xmp(creators("Ann", "Cid"), dc_rights="Dan", photoshop_DateCreated="2024-05-01T10:20:30Z"),
    }
    for name, block in blocks.items():
        damaged = bytearray(block)
        for position in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=6)):
            damaged[position] = data.draw(st.integers(0, 255))
        blocks[name] = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    found = read_metadata(Segments(**blocks, iim_digest=data.draw(st.sampled_from([None, b"x"]))))
    assert str(found._asdict()).encode()
    assert found.ai_label in {"yes", "no-label", "composite"}


def test_a_sidecar_comes_first_where_it_says_something():
    """Field by field: a sidecar's credit prevails, its blank title does not; both say what they say."""
    beside = sidecar_source(xmp(photoshop_Credit="new", dc_title=" ", plus_ImageSupplierImageID="S-1"))
    found = read_metadata(
        Segments(
            exif=exif(caption="in"), iim=iim(credit="old", title="kept"), xmp=xmp(photoshop_Credit="old")
        ),
        sidecar=beside,
    )
    assert (found.credit, found.title, found.supplier_image_id) == ("new", "kept", "S-1")
    assert json.loads(found.sources) == {
        "caption": ["exif"],
        "credit": ["sidecar", "xmp", "iim"],
        "supplier_image_id": ["sidecar"],
        "title": ["iim"],
    }
    assert json.loads(found.disagreements) == {"credit": {"sidecar": "new", "iim": "old", "xmp": "old"}}


def test_fields_that_only_xmp_has_disagree_with_a_sidecar_too():
    """Two licensing terms for one picture are a disagreement, whichever is believed."""
    terms = "http://ns.useplus.org/ldf/vocab/DMI-"
    beside = sidecar_source(xmp(plus_DataMining=terms + "PROHIBITED"))
    found = read_metadata(Segments(xmp=xmp(plus_DataMining=terms + "ALLOWED")), sidecar=beside)
    assert found.data_mining == terms + "PROHIBITED"
    assert set(json.loads(found.disagreements)) == {"data_mining"}


def test_credentials_that_lie_elsewhere_are_unchecked():
    """A file that only names the address of its Content Credentials is not called free of them; nothing is fetched."""
    assert read_metadata(Segments(xmp=xmp(dcterms_provenance="https://p.example/1"))).c2pa == "unchecked"
    assert read_metadata(Segments(xmp=xmp(dcterms_provenance="self#jumbf=c2pa"))).c2pa == "none"


PROMPT = "a pier in the fog, after Ann Lee"


@pytest.mark.parametrize("place", ["title", "caption", "creator", "copyright"])
def test_a_prompt_is_kept_nowhere(place):
    """The table says that there is a prompt; neither it nor its writer nor a text that repeats it gets into any column."""
    packet = xmp(
        Iptc4xmpExt_AIPromptInformation=PROMPT, Iptc4xmpExt_AIPromptWriterName="Eve", dc_rights="(c) Dan"
    )
    repeated = {place: f"Made for you: {PROMPT.upper()} --v 6", "credit": "Line"}
    for segments in (
        Segments(iim=iim(**repeated), xmp=packet),
        Segments(iim=iim(**repeated), exif=exif(**{place: PROMPT} if place != "title" else {}), xmp=packet),
    ):
        found = read_metadata(segments, sidecar=sidecar_source(packet))
        assert found.ai_prompt
        assert (found.credit, found.copyright_notice) == ("Line", "(c) Dan")
        assert PROMPT.casefold() not in str(found).casefold()
        assert "Eve" not in str(found)


def test_a_short_prompt_takes_no_other_text_with_it():
    """A prompt of a few letters is dropped where it is the whole text, and nothing else is."""
    packet = xmp(Iptc4xmpExt_AIPromptInformation="cat", dc_title="Cat", dc_description="A category")
    found = read_metadata(Segments(xmp=packet))
    assert (found.title, found.caption, found.ai_prompt) == (None, "A category", True)


TAGS = {
    "all": [
        "-MWG:Creator=Ann Lee",
        "-MWG:Creator=陳大文",
        "-MWG:Copyright=© Ann Lee",
        "-MWG:Description=Harbour, 維港",
        "-MWG:DateTimeOriginal=2024:05:01 10:20:30+08:00",
        "-XMP-plus:LicensorName=Agency",
        "-XMP-plus:CopyrightOwnerName=House",
        "-XMP-iptcExt:DigitalSourceType=http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "-XMP-xmpRights:WebStatement=https://w.example",
    ],
    "xmp": [
        "-XMP-dc:Creator=Ann",
        "-XMP-dc:Rights=(c) Ann",
        "-XMP-dc:Description=Said",
        "-XMP-photoshop:DateCreated=2024:05",
    ],
    "iim": [
        "-IPTC:By-line=Ann",
        "-IPTC:CopyrightNotice=(c) Ann",
        "-IPTC:Caption-Abstract=Größe",
        "-IPTC:DateCreated=2024:05:01",
    ],
    "stale": [
        *("-IPTC:By-line=" + "n" * 32, "-IPTC:CopyrightNotice=new", "-IPTC:Caption-Abstract=new"),
        *("-XMP-dc:Creator=" + "n" * 40, "-XMP-dc:Rights=old", "-XMP-dc:Description=old"),
        "-Photoshop:IPTCDigest=00112233445566778899aabbccddeeff",
    ],
    "matching": [
        *("-IPTC:By-line=Ann", "-IPTC:CopyrightNotice=iim", "-XMP-dc:Creator=Ben", "-XMP-dc:Rights=xmp"),
        "-Photoshop:IPTCDigest=new",
    ],
}


@pytest.mark.parametrize(
    ("kind", "case"),
    [*(("JPEG", case) for case in TAGS), ("TIFF", "all"), ("TIFF", "stale"), ("PNG", "all"), ("WEBP", "all")],
)
def test_exiftool_agrees(kind, case, tmp_path, program):
    """Creator, copyright, description and original date of files that exiftool wrote are what exiftool reads."""
    path = tmp_path / f"picture.{kind.lower()}"
    stream = io.BytesIO()
    Image.fromarray(np.arange(300, dtype=np.uint8).reshape(10, 10, 3)).save(stream, kind)
    path.write_bytes(stream.getvalue())
    subprocess.run(
        [program("exiftool"), "-q", "-use", "MWG", "-overwrite_original", *TAGS[case], path], check=True
    )
    answer = subprocess.run(
        [program("exiftool"), "-j", "-use", "MWG", "-MWG:all", path], check=True, capture_output=True
    )
    said = json.loads(answer.stdout)[0]
    segments = split(path.read_bytes())
    found = read_metadata(segments)
    names = said.get("Creator")
    assert found.creator == ("; ".join(names) if isinstance(names, list) else names)
    assert (found.copyright_notice, found.caption) == (said.get("Copyright"), said.get("Description"))
    date = said.get("DateTimeOriginal", "")
    assert (found.date_created or "") == date[:10].replace(":", "-") + date[10:].replace(" ", "T")
    assert segments.payload_sha256 == split(stream.getvalue()).payload_sha256 is not None
    if case == "all":
        assert (found.licensor, found.copyright_owner, found.ai_label) == ("Agency", "House", "yes")
        assert found.web_statement == "https://w.example"
        assert (found.disagreements, found.problem) == (None, None)
