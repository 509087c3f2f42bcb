"""Frames: all that a file shows is one digest, whatever format it lies in, and what is too much proves nothing."""

import io
import itertools

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from dedupelab.collect.reading import frames
from dedupelab.collect.reading.decoding import decode, opened
from dedupelab.collect.reading.frames import load_frames, pixel_digest


def shots(count: int = 4, size: tuple[int, int] = (48, 32)) -> list[Image.Image]:
    """Draw pictures of few colours, so that every format holds them exactly."""
    rng = np.random.default_rng(4)
    few = rng.integers(0, 6, (count, size[1] // 4, size[0] // 4, 3), dtype=np.uint8) * 50
    return [Image.fromarray(np.kron(one, np.ones((4, 4, 1), np.uint8))) for one in few]


def film(kind: str, *pictures: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    first, *rest = pictures
    options = ({"lossless": True} if kind == "WEBP" else {}) | options
    first.save(buffer, kind, save_all=True, append_images=rest, **options)
    return buffer.getvalue()


def indexed(picture: Image.Image) -> Image.Image:
    return picture.quantize(256)


def films(*pictures: Image.Image) -> dict[str, bytes]:
    """Write the same frames in every lossless format that has any."""
    return {
        "GIF": film("GIF", *map(indexed, pictures), duration=200),
        "PNG": film("PNG", *pictures, duration=90),
        "WEBP": film("WEBP", *pictures, duration=40),
        "TIFF": film("TIFF", *pictures, compression="tiff_lzw"),
        "indexed PNG": film("PNG", *map(indexed, pictures)),
    }


def test_the_same_frames_agree_in_every_format():
    """GIF, animated PNG and WebP, and pages of TIFF: equal frames, one digest; how long they are shown is not asked."""
    for count in (1, 3):
        assert len({pixel_digest(data) for data in films(*shots()[:count]).values()}) == 1


def test_black_first_frames_do_not_hide_the_later_ones():
    """A first frame that Pillow reads as gray or as a palette is the same frame in another format."""
    pictures = [Image.new("RGB", (48, 32)), *shots(2)]
    assert len({pixel_digest(data) for data in films(*pictures).values()}) == 1


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF", "MPO"])
def test_another_later_frame_is_another_digest(kind):
    """Every frame, their number and their order count, and a single one is not the film that it begins."""
    one, two, three, four = shots()
    orders = [(one,), (one, two), (one, three), (one, two, three), (one, three, two), (one, two, four)]
    assert len({pixel_digest(film(kind, *order)) for order in orders}) == len(orders)


def test_each_page_is_turned_as_it_says():
    """A page that Exif turns is seen turned, and its digest is that of the turned picture."""
    one, two = shots(2)
    stored = ImageOps.mirror(two)
    first, second = io.BytesIO(), io.BytesIO()
    one.save(first, "TIFF")
    stored.save(second, "TIFF", tiffinfo={274: 2})
    pages = [Image.open(first), Image.open(second)]
    buffer = io.BytesIO()
    from PIL import TiffImagePlugin

    with TiffImagePlugin.AppendingTiffWriter(buffer, new=True) as writer:
        for page, options in zip((one, stored), ({}, {"tiffinfo": {274: 2}}), strict=True):
            page.save(writer, "TIFF", **options)
            writer.newFrame()
    found = load_frames(buffer.getvalue()).small
    assert np.array_equal(found[1], np.asarray(two))
    assert pixel_digest(buffer.getvalue()) == pixel_digest(film("TIFF", one, two))
    assert [page.size for page in pages] == [one.size, two.size]


def test_previews_are_no_pages():
    """A reduced copy that stands behind a page of TIFF is neither counted nor compared; a Photoshop layer neither."""
    one, two = shots(2)
    buffer = io.BytesIO()
    from PIL import TiffImagePlugin

    with TiffImagePlugin.AppendingTiffWriter(buffer, new=True) as writer:
        for page, kind in ((one, 0), (one.resize((12, 8)), 1), (two, 2)):
            page.save(writer, "TIFF", tiffinfo={254: kind})
            writer.newFrame()
    assert decode(buffer.getvalue()).frames == len(load_frames(buffer.getvalue()).small) == 2
    assert pixel_digest(buffer.getvalue()) == pixel_digest(film("TIFF", one, two))


def test_a_large_thumbnail_is_no_view():
    """What an index of several pictures calls a preview is none of them; a second view is."""
    one, two = shots(2, (160, 120))
    data = film("MPO", one, two)
    entry = data.index(b"\x02\xb0\x07\x00")
    place = data.index(b"MPF\0") + 4 + int.from_bytes(data[entry + 8 : entry + 12], "little")
    preview = data[: place + 16] + (0x010001).to_bytes(4, "little") + data[place + 20 :]
    assert (decode(data).frames, decode(preview).frames) == (2, 1)
    assert len(load_frames(data).small) == 2
    assert pixel_digest(preview) != pixel_digest(data)


def test_what_is_appended_counts():
    """Two motion photos of one picture differ; padding is nothing."""
    buffer = io.BytesIO()
    shots()[0].save(buffer, "JPEG")
    plain = buffer.getvalue()
    video = b"\0\0\0\x18ftypmp42" + bytes(range(64))
    files = [plain, plain + video, plain + video[:-1]]
    assert len({pixel_digest(data) for data in files}) == 3
    assert pixel_digest(plain + bytes(512)) == pixel_digest(plain)


@pytest.mark.parametrize("depth", [10, 12, 16])
def test_pages_of_colours_in_sixteen_bits_are_shown(depth, tmp_path):
    """Of ten bits a colour in sixteen no page is black, which would make any two of them alike; their pixels prove nothing."""
    pages = [np.asarray(shot, np.uint16) for shot in shots(2)]
    for page in pages:
        page[0, 0] = 255
    file = tmp_path / "pages.tif"
    cv2.imwritemulti(str(file), [page[..., ::-1] << depth - 8 for page in pages])
    found = load_frames(file.read_bytes()).small
    assert [np.array_equal(one, page) for one, page in zip(found, pages, strict=True)] == [True, True]
    assert pixel_digest(file.read_bytes()) is None


def test_too_many_frames_prove_nothing(monkeypatch):
    """Beyond a number of frames, or of pixels in them, there is no digest, rather than one of some frames."""
    data = film("GIF", *map(indexed, shots(3)))
    monkeypatch.setattr(frames, "MOST_FRAMES", 2)
    assert pixel_digest(data) is None
    monkeypatch.setattr(frames, "MOST_FRAMES", 3)
    monkeypatch.setattr(frames, "MOST_PIXELS", 48 * 32 * 2)
    assert pixel_digest(data) is None
    assert load_frames(data) is None
    assert pixel_digest(film("GIF", *map(indexed, shots(2)))) is not None
    monkeypatch.setattr(frames, "MOST_OPEN", 1)
    assert load_frames(film("GIF", *map(indexed, shots(2)))) is None


def test_a_scan_opens_no_later_frame(monkeypatch):
    """Frames are counted and the first is decoded; the others wait until a relation hangs on them."""
    data = film("WEBP", *shots(3))
    seen = []
    with opened(data) as image:
        kind = type(image)
    seek = kind.seek
    monkeypatch.setattr(kind, "seek", lambda self, frame: (seen.append(frame), seek(self, frame))[1])
    assert decode(data).frames == 3
    assert set(seen) <= {0}
    pixel_digest(data)
    assert set(itertools.chain([0], seen)) == {0, 1, 2}
