"""Choosing how metadata is read, and what is read beside a picture."""

import pytest

from dedupelab.collect.listing import Entry
from dedupelab.collect.metadata import exiftool, exiv2
from dedupelab.collect.metadata.backends import Reading, choose_reading, metadata_later, sidecar_of
from dedupelab.collect.metadata.segments import Segments, split
from dedupelab.errors import ConfigError
from dedupelab.version import __version__

PACKET = b"""<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description
 xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="Line" p:SidecarForExtension="CR2"/></r:RDF>"""


def test_a_missing_program_or_trust_list_is_one_line_before_the_scan(tmp_path, monkeypatch):
    """What the study asks for and cannot have is an error that names the setting."""
    monkeypatch.setattr(exiftool, "version", lambda: None)
    with pytest.raises(
        ConfigError, match=r'expected the program exiftool on PATH, got none; .*metadata = "own"'
    ):
        choose_reading("exiftool")
    monkeypatch.setattr(exiv2, "version", lambda: None)
    with pytest.raises(
        ConfigError,
        match=r'expected the package exiv2, got none; install dedupelab\[exiv2\].*metadata = "own"',
    ):
        choose_reading("exiv2")
    with pytest.raises(ConfigError, match=r"got: .*No such file.*; correct \[scan\] trust_anchors"):
        choose_reading("own", tmp_path / "list.pem")
    (tmp_path / "list.pem").write_text("no certificate")
    with pytest.raises(ConfigError, match=r"expected certificates in PEM at .*, got none"):
        choose_reading("own", tmp_path / "list.pem")


def test_methods_are_what_answers_depend_on(tmp_path, authority):
    """Another trust list is another method, so that nothing stays as it was read under the old one."""
    (tmp_path / "list.pem").write_text(authority.root)
    trusting = choose_reading("own", tmp_path / "list.pem")
    assert trusting.anchors == authority.root
    assert trusting.methods != choose_reading("own").methods
    assert choose_reading("own").methods == Reading().methods


def test_a_sidecar_for_another_suffix_says_nothing(tmp_path):
    """A sidecar that names the raw file beside a JPEG is the raw file's."""
    (tmp_path / "a.xmp").write_bytes(PACKET)
    sidecar = Entry("a.xmp", str(tmp_path / "a.xmp"), len(PACKET), None)
    assert sidecar_of(Entry("a.jpg", "a.jpg", 1, None, sidecar=sidecar)).credit == ""
    assert sidecar_of(Entry("a.cr2", "a.cr2", 1, None, sidecar=sidecar)).credit == "Line"
    assert sidecar_of(Entry("a.jpg", "a.jpg", 1, None)) is None


@pytest.mark.parametrize(
    ("content", "size", "words"),
    [
        (None, 5, "XMP sidecar: cannot be read: No such file or directory"),
        (
            b"<!DOCTYPE a><a/>",
            5,
            "XMP sidecar: expected XMP without a document type, got one; it is not followed",
        ),
        (b"", 2**30, "XMP sidecar: expected at most 16777216 bytes, got 1073741824"),
    ],
)
def test_a_bad_sidecar_is_a_problem_of_its_picture(content, size, words, tmp_path, plain):
    """What cannot be read beside a picture is named in its row, and the picture's own metadata counts."""
    if content is not None:
        (tmp_path / "a.xmp").write_bytes(content)
    beside = sidecar_of(
        Entry("a.jpg", "", 1, None, sidecar=Entry("a.xmp", str(tmp_path / "a.xmp"), size, None))
    )
    data = plain("JPEG", xmp=PACKET)
    found = metadata_later(data, split(data), Reading(), beside)
    assert (found.problem, found.credit) == (words, "Line")


def test_files_without_metadata_cost_nothing():
    """Where there is nothing to read, nothing is built: every such file has the same answer."""
    found = metadata_later(b"", Segments(), Reading())
    assert found is metadata_later(b"", Segments("PNG", payload_sha256="0"), Reading())
    assert found.metadata_backend == f"own {__version__}"
