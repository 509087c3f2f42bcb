"""JPEG structure."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from dedupelab.collect.metadata import jpeg
from dedupelab.collect.metadata.segments import split


def saved(**options):
    stream = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (64, 48, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(stream, "JPEG", **options)
    return stream.getvalue()


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


JPEG, PROGRESSIVE = saved(), saved(progressive=True)


@pytest.mark.parametrize("data", [JPEG, PROGRESSIVE, saved(restart_marker_rows=1), saved(subsampling=0)])
def test_segments_lie_side_by_side(data):
    """Segments follow each other without a gap from the first marker to the end marker."""
    found = list(jpeg.markers(data + b"behind"))
    assert [start for _, start, _ in found] == [2, *(stop for _, _, stop in found[:-1])]
    assert found[-1] == (jpeg.END, len(data) - 2, len(data))
    assert [marker for marker, _, _ in found].count(0xDA) == (1 if data is not PROGRESSIVE else 10)


def test_fill_bytes_are_skipped():
    """Any number of fill bytes may come before a marker, and a file of them ends."""
    filled = JPEG[:2] + b"\xff" * 5 + JPEG[2:]
    assert split(filled).payload_sha256 == split(JPEG).payload_sha256 is not None
    assert list(jpeg.markers(b"\xff\xd8" + b"\xff" * 1_000_000)) == []


def test_comments_between_scans_are_no_payload():
    """A comment between the scans of a progressive file changes nothing, even with an end marker written in it."""
    second = PROGRESSIVE.index(b"\xff\xc4", PROGRESSIVE.index(b"\xff\xda"))
    commented = PROGRESSIVE[:second] + segment(0xFE, b"\xff\xd9 between") + PROGRESSIVE[second:]
    assert Image.open(io.BytesIO(commented)).tobytes() == Image.open(io.BytesIO(PROGRESSIVE)).tobytes()
    assert split(commented).payload_sha256 == split(PROGRESSIVE).payload_sha256


def test_stuffed_bytes_do_not_end_a_picture():
    """The end marker is found at even and at odd positions, and not in stuffed or restart bytes."""
    head = JPEG[: JPEG.index(b"\xff\xda") + 14]
    for padding in range(4):
        scan = b"\xff\x00\xd9" + b"\xff\xd0\x12" + b"\x01" * padding + b"\xff\x00"
        whole = split(head + scan + b"\xff\xd9")
        assert whole.payload_sha256 == split(head + scan + b"\xff\xd9\xff\xd9").payload_sha256 is not None
        assert whole.payload_sha256 != split(head + scan + b"\x01\xff\xd9").payload_sha256


def scans(data):
    """Return where the scans of a progressive file begin."""
    return [start for marker, start, _ in jpeg.markers(data) if marker == 0xDA]


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_progressive_file_without_its_last_bytes_gets_an_end(mode):
    """Where all coefficients are there but for their last bits, it can be read; with fewer, and when whole, it stays."""
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (64, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).convert(mode).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    assert jpeg.completed(data) is data
    assert jpeg.completed(data + b"appended") == data + b"appended"
    for cut in (data[:-1], data[:-2], data[:-40], data[: scans(data)[-1] + 30]):
        assert jpeg.completed(cut) == cut + b"\xff\xd9"
        Image.open(io.BytesIO(jpeg.completed(cut))).load()
    for cut in (data[: scans(data)[1]], data[: scans(data)[2] + 20], data[:300], b"\xff\xd8", b""):
        assert jpeg.completed(cut) == cut


def test_a_sequential_file_is_left_as_it_is():
    """What it lacks is a part of the picture."""
    assert jpeg.completed(JPEG[:-9]) == JPEG[:-9]
