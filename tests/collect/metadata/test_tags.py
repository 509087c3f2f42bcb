"""Other readers: what they say of the same files is the same as what ours says, field by field."""

import subprocess
from pathlib import Path

import pytest

from dedupelab.collect.metadata import exiftool, exiv2
from dedupelab.collect.metadata.backends import Reading, metadata_later, read_together
from dedupelab.collect.metadata.metadata import Sources
from dedupelab.collect.metadata.segments import split

KINDS = ("JPEG", "TIFF", "PNG", "WEBP", "GIF", "JPEG2000")
OTHERS = {"exiftool": exiftool, "exiv2": exiv2}

TAGS = {
    "all": [
        "-MWG:Creator=Ann Lee",
        "-MWG:Creator=陳大文",
        "-MWG:Copyright=© Ann Lee",
        "-MWG:Description=Harbour",
        "-MWG:DateTimeOriginal=2024:05:01 10:20:30+08:00",
        "-XMP-plus:LicensorName=Agency",
        "-XMP-plus:LicensorURL=https://l.example",
        "-XMP-plus:CopyrightOwnerName=House",
        "-XMP-plus:ImageSupplierName=Desk",
        "-XMP-plus:ImageSupplierImageID=D-7",
        "-XMP-plus:OtherConstraints=ask",
        "-XMP-iptcExt:RegistryItemID=item:2",
        "-XMP-iptcExt:RegistryOrganisationID=org:1",
        "-XMP-iptcExt:DigitalImageGUID=g",
        "-XMP-iptcExt:DigitalSourceType=http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "-XMP-xmpRights:WebStatement=https://w.example",
        "-XMP-xmpRights:UsageTerms=ask",
        "-XMP-photoshop:Credit=Credit",
        "-IPTC:Source=Source",
        "-XMP-dc:Title=One",
        "-IPTC:ObjectName=Two",
        "-XMP-xmpMM:DocumentID=doc:2",
        "-XMP-xmpMM:OriginalDocumentID=doc:0",
        "-XMP-xmpMM:InstanceID=iid:2",
        "-XMP-xmpMM:DerivedFromDocumentID=doc:1",
        "-EXIF:GPSLatitude=22.3",
        "-EXIF:GPSLongitude=114.1",
    ],
    "languages": ["-XMP-dc:Description-zh-HK=港", "-XMP-dc:Description-de=Hafen", "-XMP-dc:Rights=(c) Ann"],
    "numbers": ["-XMP-dc:Creator=1234", "-XMP-dc:Title=1.50", "-IPTC:Credit=007", "-XMP-dc:Rights=1e5"],
    "accents": ["-IPTC:By-line=Größe", "-IPTC:DateCreated=2020:05:06", "-IPTC:TimeCreated=10:11:12+01:00"],
    "partial": [
        "-IPTC:DateCreated=2020:05:00",
        "-XMP-photoshop:DateCreated=2020",
        "-XMP-plus:CopyrightOwnerID=id:7",
    ],
}
AI = (
    b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description '
    b'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:p="http://ns.useplus.org/ldf/xmp/1.0/" '
    b'e:AISystemUsed="Maker" e:AISystemVersionUsed="3" e:AIPromptInformation="a pier" e:AIPromptWriterName="Eve" '
    b'p:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"/></r:RDF>'
)


def same(data: bytes, backend: str, apart: str = "") -> dict[str, object]:
    """Return what both readers say of the bytes, the field `apart` left out."""
    segments = split(data)
    (found,) = read_together([segments], Reading())
    own, other = found._asdict(), metadata_later(data, segments, Reading(backend))._asdict()
    assert own.pop("metadata_backend").startswith("own ")
    assert other.pop("metadata_backend") == f"{backend} {OTHERS[backend].version()}"
    assert own | {apart: None} == other | {apart: None}
    return own


@pytest.fixture(params=OTHERS)
def backend(request, program):
    """Name another reader."""
    if request.param == "exiftool":
        program("exiftool")
    return request.param


@pytest.fixture(scope="module")
def tagged(tmp_path_factory, program, plain) -> Path:
    """Write every case into every container, `KIND case`, by one process: starting it takes longer than writing."""
    folder = tmp_path_factory.mktemp("tagged")
    words: list[object] = [program("exiftool")]
    for kind in KINDS:
        for case, tags in TAGS.items():
            path = folder / f"{kind} {case}"
            path.write_bytes(plain(kind))
            words += ["-q", "-q", "-m", "-use", "MWG", "-overwrite_original", *tags, path, "-execute"]
    subprocess.run(words[:-1], check=True)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("case", TAGS)
@pytest.mark.parametrize("kind", KINDS)
def test_readers_agree(kind, case, tagged, backend):
    """Every column of files that exiftool wrote is the same from both readers, in every container that both know."""
    path = tagged / f"{kind} {case}"
    if (backend, kind) == ("exiv2", "GIF"):
        found = metadata_later(path.read_bytes(), split(path.read_bytes()), Reading("exiv2"))
        assert found.problem == "exiv2 gave no answer: it reads no metadata of image/gif"
        return
    # It does not keep which language came first.
    apart = "caption" if (backend, case) == ("exiv2", "languages") else ""
    found = same(path.read_bytes(), backend, apart)
    if case == "all":
        named = [
            name for name, value in found.items()
            if value is None and name not in {"data_mining", "ai_system", "ai_system_version", "problem", "disagreements",
                                             "c2pa_signer", "c2pa_source_type", "c2pa_generator", "source"}
        ]  # fmt: skip
        assert named == []


def test_readers_agree_on_the_fields_of_2025(plain, backend):
    """The AI system is read, of a prompt only that there is one, and the data mining term in full."""
    found = same(plain("JPEG", xmp=AI.replace(b"r:", b"rdf:").replace(b"ns:r=", b"ns:rdf=")), backend)
    assert (found["ai_system"], found["ai_system_version"], found["ai_prompt"]) == ("Maker", "3", True)
    assert found["data_mining"] == "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"
    assert "a pier" not in str(found)
    assert "Eve" not in str(found)


def test_nothing_but_a_picture_says_nothing(plain, backend):
    """A picture without metadata, and what is no picture, assert nothing and raise nothing."""
    assert same(plain("PNG"), backend)["sources"] is None
    assert isinstance(OTHERS[backend].read(b"<html>"), Sources)


def test_a_packet_that_exiv2_passes_over_is_named(plain):
    """It wants the prefix rdf; a packet with another one is not taken for a picture without metadata."""
    data = plain("JPEG", xmp=AI)
    found = metadata_later(data, split(data), Reading("exiv2"))
    assert (found.ai_system, found.problem) == (None, "exiv2 took nothing from the XMP packet")
