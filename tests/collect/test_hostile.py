"""What nobody curated: every entry of a folder is a row with its reason, and good pictures among them are as ever."""

import io
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin, features

from dedupelab import tables
from dedupelab.collect.listing import list_files
from dedupelab.collect.reading.decoding import FORMATS, UndecodableError, decode
from dedupelab.collect.record import describe
from dedupelab.collect.scan import scan


def scanned(folder: Path, parts: Path) -> dict[str, dict[str, object]]:
    """Scan a folder in this process; rows by path."""
    images = scan({"own": list_files(str(folder))}, known=tables.IMAGES.empty(), folder=parts)
    return {row["path"]: row for row in images.astype(object).where(images.notna(), None).to_dict("records")}


def saved(picture: Image.Image, form: str, **options) -> bytes:
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def png(width: int, height: int, body: bytes, bits: int = 1, colour: int = 0) -> bytes:
    """Make a PNG of any size around compressed data."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """Compress so many zeros without holding them."""
    pack = zlib.compressobj(1)
    block = bytes(1 << 20)
    return b"".join(
        [
            *(pack.compress(block) for _ in range(count >> 20)),
            pack.compress(bytes(count % (1 << 20))),
            pack.flush(),
        ]
    )


def test_a_bomb_costs_one_row(tmp_path, photograph):
    """A whole PNG of 50,000 x 50,000 pixels in 300 kB: a reason, no memory, and its neighbour is read."""
    resource = pytest.importorskip("resource")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bomb.png").write_bytes(png(50_000, 50_000, zeros(50_000 * 6251)))
    photograph(0).save(tmp_path / "in" / "good.jpg")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = scanned(tmp_path / "in", tmp_path / "parts")
    assert rows["bomb.png"]["status"] == "unreadable"
    assert "[scan] pixels" in rows["bomb.png"]["problem"]
    assert rows["good.jpg"]["status"] == "hashed"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@pytest.mark.parametrize(("text", "kind"), [(b"zTXt", "PNG"), (b"iCCP", "PNG")])
def test_a_bomb_in_the_metadata_is_no_bomb(text, kind):
    """A hundred megabytes of packed text or colour profile beside a small picture: a row, quickly."""
    small = saved(Image.new("L", (20, 20), 90), kind)
    content = b"name\0\0" + zeros(100 << 20)
    chunk = struct.pack(">I", len(content)) + text + content + struct.pack(">I", zlib.crc32(text + content))
    row = describe(small[:33] + chunk + small[33:])
    assert row["status"] in {"hashed", "unreadable"}
    assert row["sha256"]


@pytest.mark.slow
def test_a_hundred_megabytes_of_xmp_are_not_parsed(tmp_path, photograph):
    """Beside a picture, inside a PNG packed and unpacked, and in a TIFF: the picture is hashed, and its row says what was refused."""
    folder = tmp_path / "in"
    folder.mkdir()
    much = 100 << 20
    for name in ("beside", "packed", "plain", "tagged"):
        photograph(0).save(folder / f"{name}.{'tif' if name == 'tagged' else 'png'}")
    with (folder / "beside.xmp").open("wb") as sidecar:
        sidecar.truncate(much)

    def held(content: bytes, packed: int) -> bytes:
        text = b"XML:com.adobe.xmp\0" + bytes([packed, 0]) + b"\0\0" + content
        return struct.pack(">I", len(text)) + b"iTXt" + text + struct.pack(">I", zlib.crc32(b"iTXt" + text))

    for name, chunk in (("packed", held(zeros(much), 1)), ("plain", held(bytes(much), 0))):
        data = (folder / f"{name}.png").read_bytes()
        (folder / f"{name}.png").write_bytes(data[:33] + chunk + data[33:])
    tiff = Image.open(folder / "tagged.tif")
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[700] = bytes(much)
    tags.tagtype[700] = 1
    tiff.save(folder / "again.tif", tiffinfo=tags)
    (folder / "tagged.tif").unlink()
    rows = scanned(folder, tmp_path / "parts")
    told = {name: (row["status"], "expected XMP of at most" in row["problem"] or "expected at most" in row["problem"])
            for name, row in rows.items() if row["status"] != "skipped"}  # fmt: skip
    assert told == dict.fromkeys(("beside.png", "packed.png", "plain.png", "again.tif"), ("hashed", True))


@pytest.mark.parametrize("size", [(1, 1), (1, 65_000), (65_000, 1), (65_000, 40), (2, 3)])
@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "BMP"])
def test_extreme_sizes_are_pictures(size, form):
    """One pixel, and 65,000 in a row: hashed, with the size that the file has."""
    row = describe(saved(Image.linear_gradient("L").resize(size), form))
    assert (row["status"], row["width"], row["height"]) == ("hashed", *size)
    assert 0 <= row["information"] <= 1


def test_what_is_no_file_is_a_reason(tmp_path, photograph):
    """Sockets, pipes, devices, loops of links, links out of the folder: listed, not opened."""
    folder = tmp_path / "in"
    folder.mkdir()
    photograph(0).save(folder / "good.jpg")
    os.mkfifo(folder / "pipe.jpg")
    (folder / "loop.jpg").symlink_to("loop.jpg")
    (folder / "a.jpg").symlink_to("b.jpg")
    (folder / "b.jpg").symlink_to("a.jpg")
    (folder / "up").symlink_to("..")
    (folder / "null.jpg").symlink_to("/dev/null")
    (folder / "memory.jpg").symlink_to("/proc/self/mem")
    held = os.open(folder, os.O_RDONLY)
    home = Path.cwd()
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(folder)  # names of sockets are short
        try:
            listener.bind("socket.jpg")
        finally:
            os.chdir(home)
        rows = scanned(folder, tmp_path / "parts")
    os.close(held)
    assert rows.pop("good.jpg")["status"] == "hashed"
    assert {path: (row["status"], row["problem"]) for path, row in rows.items() if path != "memory.jpg"} == {
        "pipe.jpg": ("skipped", "not a regular file"),
        "socket.jpg": ("skipped", "not a regular file"),
        "null.jpg": ("skipped", "not a regular file"),
        "up": ("skipped", "link to a folder"),
        **dict.fromkeys(
            ("loop.jpg", "a.jpg", "b.jpg"),
            ("unreadable", "cannot be opened: Too many levels of symbolic links"),
        ),
    }
    assert rows["memory.jpg"]["status"] in {"unreadable", "skipped"}


def test_long_and_odd_names(tmp_path, photograph):
    """A path of more than 1,000 characters, four-byte Unicode, bytes that are no UTF-8, line breaks, markup: all hashed."""
    folder = tmp_path / "in"
    deep = folder.joinpath(*["d" * 200] * 6)
    deep.mkdir(parents=True)
    data = saved(photograph(0), "JPEG")
    names = [b"\xf0\x9f\x93\xb7\xf0\xa0\xae\xb7.jpg", b"caf\xe9.jpg", b"a\nb\r.jpg", b"<b>&\"'.jpg", b"=cmd|' C calc'!A0.jpg",
             b"\x1b[2Jx.jpg", b"\xe2\x80\xaegpj.jpg", b"$(touch x).jpg", b"%s%n.jpg", b"-rf.jpg", b" .jpg", b"c" * 250 + b".jpg"]  # fmt: skip
    for name in names:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(data)
    (deep / "x.jpg").write_bytes(data)
    rows = scanned(folder, tmp_path / "parts")
    assert len(rows) == len(names) + 1
    assert {row["status"] for row in rows.values()} == {"hashed"}
    assert max(map(len, rows)) > 1000


def test_what_goes_and_what_grows_between_listing_and_reading(tmp_path, photograph):
    """A file that vanished is a row; one that is still being written is read again by the next scan."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("gone.jpg", "grows.jpg", "good.jpg"):
        photograph(0).save(folder / name)
    whole = (folder / "grows.jpg").read_bytes()
    (folder / "grows.jpg").write_bytes(whole[:1000])
    listed = {"own": list_files(str(folder))}
    (folder / "gone.jpg").unlink()
    first = scan(listed, known=tables.IMAGES.empty(), folder=tmp_path / "parts")
    (folder / "grows.jpg").write_bytes(whole)
    again = scan({"own": list_files(str(folder))}, known=first, folder=tmp_path / "parts")
    assert dict(zip(first["path"], first["status"], strict=True)) == {
        "gone.jpg": "unreadable", "grows.jpg": "unreadable", "good.jpg": "hashed",
    }  # fmt: skip
    assert dict(zip(again["path"], again["status"], strict=True)) == {
        "grows.jpg": "hashed",
        "good.jpg": "hashed",
    }


def test_content_decides_and_only_known_formats_are_decoded(photograph):
    """A JPEG called .png is a JPEG; PostScript, which Pillow would hand to Ghostscript, is refused whatever it is called."""
    assert decode(saved(photograph(0), "JPEG")).format == "JPEG"
    for form in ("EPS", "PDF", "QOI", "XBM", "IM", "WMF"):
        assert form not in FORMATS
    for form in ("EPS", "PDF", "QOI"):
        with pytest.raises(UndecodableError, match="not a picture that Pillow can read"):
            decode(saved(Image.new("RGB", (20, 20), "red"), form))


def test_polyglots_are_the_picture_they_start_with(photograph):
    """A picture with an archive, a page or a script behind it: the same pixels, another file."""
    plain = saved(photograph(0), "JPEG")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("x.html", "<script>alert(1)</script>")
    row = describe(plain)
    for tail in (archive.getvalue(), b"<html><script>alert(1)</script>", b"\0" * 5000, plain):
        other = describe(plain + tail)
        assert (other["status"], other["phash"]) == ("hashed", row["phash"])
        assert other["sha256"] != row["sha256"]


def test_only_the_first_frame_speaks():
    """Animated GIF, PNG and WebP, and pages of a TIFF: two that begin alike have the same fingerprints."""
    first, second = (Image.effect_noise((90, 70), 60 + 9 * k).convert("L") for k in range(2))
    for form in ("GIF", "PNG", "WEBP", "TIFF"):
        lossless = {"lossless": True} if form == "WEBP" else {}
        lone = describe(saved(first, form, **lossless))
        moving = describe(
            saved(first, form, save_all=True, append_images=[second, second.rotate(90)], **lossless)
        )
        assert moving["phash"] == lone["phash"]
        assert moving["frames"] > 1 == lone["frames"]


def test_print_colours_are_what_they_print():
    """CMYK without ink is white, with full black is black, in the TIFF's sense and in the inverted one of JPEG."""
    for ink, level in (((0, 0, 0, 0), 255), ((0, 0, 0, 255), 0)):
        for form in ("TIFF", "JPEG"):
            gray = np.asarray(decode(saved(Image.new("CMYK", (40, 40), ink), form)).gray)
            assert abs(int(gray[20, 20]) - level) <= 2


def test_colour_profiles_are_recorded_policy_and_not_applied(photograph):
    """The same pixels with a profile, without one and with a broken one: the same fingerprints."""
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    bare = describe(saved(photograph(0), "PNG"))
    for icc in (profile, b"broken"):
        row = describe(saved(photograph(0), "PNG", icc_profile=icc))
        assert (row["status"], row["phash"], row["phash256"]) == ("hashed", bare["phash"], bare["phash256"])


def test_sixteen_bits_and_eight_agree(photograph):
    """A picture stored with 16 bits a sample has the fingerprints of its 8-bit self."""
    gray = photograph(0).convert("L")
    deep = Image.fromarray((np.asarray(gray).astype(np.uint16) << 8) + 77)
    for form in ("PNG", "TIFF"):
        assert describe(saved(deep, form))["phash"] == describe(saved(gray, form))["phash"]


@pytest.mark.parametrize("form", ["AVIF", "HEIF", "WEBP", "JPEG2000"])
def test_newer_formats_are_the_pictures_they_show(form, photograph):
    """Where its decoder is, a file of the format has nearly the fingerprint of the PNG; cut short it is a row, not a crash."""
    if form == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    elif form == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    plain = describe(saved(photograph(0), "PNG"))
    data = saved(photograph(0), form)
    row = describe(data)
    assert (row["status"], row["width"], row["height"]) == ("hashed", 320, 240)
    assert (row["phash"] ^ plain["phash"]).bit_count() <= 4
    for cut in range(0, len(data), max(len(data) // 40, 1)):
        part = describe(data[:cut])
        assert part["status"] in {"hashed", "unreadable"}
        assert part["problem"] or part["status"] == "hashed"


@pytest.mark.parametrize("head", [b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"])
def test_a_format_without_a_decoder_is_a_reason(head):
    """JPEG XL, bare and in a container, where no plugin reads it: listed as a picture, and a row that says why it is none."""
    row = describe(head + bytes(400))
    assert row["status"] == "unreadable"
    assert row["problem"]
    assert row["sha256"]


AS_NOBODY = """
import json, os, sys
from dedupelab.collect.listing import list_files
from dedupelab.collect.record import read_record
from PIL import Image
Image.init()  # another user may not be allowed to read this interpreter's files
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
if os.access(os.path.join(sys.argv[1], "secret.jpg"), os.R_OK):
    sys.exit(9)
rows = [read_record(entry, "own") for entry in list_files(sys.argv[1])]
print(json.dumps({row["path"]: [row["status"], row["problem"]] for row in rows}))
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs users")
def test_files_that_may_not_be_read_are_rows(photograph):
    """Without permission for a file and for a folder: a reason each, and the neighbour is read; as an ordinary user."""
    with tempfile.TemporaryDirectory() as name:  # what pytest makes is closed to other users
        folder = Path(name)
        (folder / "closed").mkdir()
        for path in ("secret.jpg", "good.jpg", "closed/inside.jpg"):
            photograph(0).save(folder / path)
        (folder / "secret.jpg").chmod(0)
        (folder / "closed").chmod(0)
        folder.chmod(0o755)
        ran = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, name], capture_output=True, text=True, check=False
        )
        (folder / "closed").chmod(0o755)
    if ran.returncode == 9:
        pytest.skip("this user may read everything")
    assert json.loads(ran.stdout) == {
        "closed": ["unreadable", "folder cannot be listed: Permission denied"],
        "good.jpg": ["hashed", None],
        "secret.jpg": ["unreadable", "cannot be read: Permission denied"],
    }
