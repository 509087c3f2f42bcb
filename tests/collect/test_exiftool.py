"""exiftool as the reader: what both readers say of the same files is the same, field by field."""

import io
import subprocess

import pytest

from dedupelab.collect import exiftool
from dedupelab.collect.companion import CompanionError
from dedupelab.collect.metadata import Sources
from dedupelab.collect.reading import Reading, metadata_of
from dedupelab.collect.record import describe
from dedupelab.collect.segments import split

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


def same(data: bytes) -> dict[str, object]:
    """Return what both readers say of the bytes."""
    segments = split(data)
    own, other = (
        dict(vars(metadata_of(data, segments, Reading(backend)))) for backend in ("own", "exiftool")
    )
    assert own.pop("metadata_backend").startswith("own ")
    assert other.pop("metadata_backend") == f"exiftool {exiftool.version()}"
    assert own == other
    return own


@pytest.mark.parametrize("case", TAGS)
@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP", "GIF", "JPEG2000"])
def test_both_readers_agree(kind, case, plain, tmp_path, program):
    """Every column of files that exiftool wrote is the same from both readers, in every container."""
    path = tmp_path / "picture"
    path.write_bytes(plain(kind))
    write = [program("exiftool"), "-q", "-q", "-m", "-use", "MWG", "-overwrite_original", *TAGS[case], path]
    subprocess.run(write, check=True)
    found = same(path.read_bytes())
    if case == "all":
        named = [
            name for name, value in found.items()
            if value is None and name not in {"data_mining", "ai_system", "ai_system_version", "problem", "disagreements",
                                             "c2pa_signer", "c2pa_source_type", "c2pa_generator", "source"}
        ]  # fmt: skip
        assert named == []


def test_both_readers_agree_on_the_fields_of_2025(plain, program):
    """The AI system is read, of a prompt only that there is one, and the data mining term in full."""
    program("exiftool")
    found = same(plain("JPEG", xmp=AI))
    assert (found["ai_system"], found["ai_system_version"], found["ai_prompt"]) == ("Maker", "3", True)
    assert found["data_mining"] == "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"
    assert "a pier" not in str(found)
    assert "Eve" not in str(found)


def test_nothing_but_a_picture_says_nothing(plain, program):
    """A picture without metadata, and what is no picture, assert nothing and raise nothing."""
    program("exiftool")
    assert same(plain("PNG"))["sources"] is None
    assert isinstance(exiftool.read(b"<html>"), Sources)


class Silent:
    def ask(self, _request):
        raise CompanionError("it ended without an answer (code -9)")


def test_a_failing_program_costs_the_metadata_and_not_the_row(plain, monkeypatch):
    """The picture is hashed, and the reason stands in the row."""
    monkeypatch.setattr(exiftool, "_companion", lambda _: Silent())
    row = describe(plain(), reading=Reading("exiftool"))
    assert row["status"] == "hashed"
    assert row["problem"] == "exiftool gave no answer: it ended without an answer (code -9)"


def test_answers_are_read_to_their_end_or_not_at_all():
    """An answer without its last line was cut short by the program's end; an answer of only that line is empty."""
    assert exiftool._until_ready(io.BytesIO(b"[{}]\n{ready}\n")) == b"[{}]\n"
    assert exiftool._until_ready(io.BytesIO(b"{ready}\n")) == b"[]"
    assert exiftool._until_ready(io.BytesIO(b"[{")) == b""
