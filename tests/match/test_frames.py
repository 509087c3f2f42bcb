"""Whole files: equal first frames prove nothing of the later ones, and every reason says what was compared."""

import io
import itertools

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageFont

from dedupelab import tables
from dedupelab.collect.reading.frames import load_frames
from dedupelab.collect.record import describe, image_id
from dedupelab.match.compare.verdicts import Verdict
from dedupelab.match.compare.verification import AlignedComparison
from dedupelab.match.compare.verified_pairs import verify_pairs
from dedupelab.match.frames import Agreement, Contents, Files, contents_of, of_whole_files
from dedupelab.tables import LINKS

FIRST = Verdict("near-identical", 0.9, "whole picture; 9 of 9 blocks agree", "identity", None, None)


def film(kind: str, *pictures: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    first, *rest = (one.copy() for one in pictures)  # Pillow leaves its encoder's settings on what it saved
    more = {"save_all": True, "append_images": rest} if rest else {}
    first.save(buffer, kind, **more, **options)
    return buffer.getvalue()


def found(left: bytes, right: bytes) -> tuple[str, str]:
    """Return relation and reason of two files, as a match compares them."""
    files = {image_id("c", str(n)): data for n, data in enumerate((left, right))}
    images = tables.IMAGES.from_rows(
        describe(data) | {"image_id": name, "collection": "c", "path": name} for name, data in files.items()
    )
    one, two = sorted(files)
    asked = pd.DataFrame({"left": [one], "right": [two], "transform": ["identity"]})
    grays = {
        name: np.asarray(Image.fromarray(load_frames(data).small[0]).convert("L"))
        for name, data in files.items()
    }
    opened = Files(contents_of(images), {name: name for name in files}, lambda name: load_frames(files[name]))
    row = verify_pairs(asked, grays.__getitem__, AlignedComparison(), files=opened).iloc[0]
    return row["relation"], row["reason"]


@pytest.fixture(scope="module")
def shots(photograph):
    return [photograph(seed, (320, 214)) for seed in (0, 2, 3, 7)]


@pytest.mark.parametrize("exchanged", [False, True])
def test_no_frame_is_the_copy_of_two(shots, exchanged):
    """Whichever is left: two blank pages behind a cover are not in a file that has one blank page and one more."""
    blank = Image.new("RGB", shots[0].size, "white")
    files = film("TIFF", shots[0], blank, blank), film("TIFF", shots[0], blank, shots[1])
    relation, reason = found(*(reversed(files) if exchanged else files))
    assert relation not in LINKS
    assert "2 of the 3 pages of left" in reason
    assert (
        found(film("TIFF", shots[0], blank, blank), film("TIFF", shots[0], blank, shots[1], blank))[0]
        in LINKS
    )


@pytest.mark.parametrize(("kind", "noun"), [("WEBP", "frames"), ("PNG", "frames"), ("TIFF", "pages"), ("MPO", "views"), ("GIF", "frames")])  # fmt: skip
def test_files_that_share_the_first_frame_alone_are_no_copies(kind, noun, shots):
    """In every format: another second picture is never counted, and the reason says how many agree."""
    relation, reason = found(film(kind, *shots[:2]), film(kind, shots[0], shots[2]))
    assert relation == "variant"
    assert f"1 of the 2 {noun} of " in reason


def test_the_same_frames_compressed_again_are_a_copy(shots):
    """Two qualities of one film: near-identical, all frames compared."""
    relation, reason = found(film("WEBP", *shots[:3], quality=90), film("WEBP", *shots[:3], quality=50))
    assert relation == "near-identical"
    assert reason.startswith("3 of 3 frames agree, in order")


def test_a_part_of_a_film_is_a_derivative(shots):
    """Two of three frames, wherever they stand, and the same frames in another order."""
    whole = film("WEBP", *shots[:3], quality=90)
    for part in ((0, 1), (0, 2)):
        relation, reason = found(film("PNG", *(shots[k] for k in part)), whole)
        assert relation == "derivative"
        assert reason.startswith("some of the frames: 2 of the 2 frames of ")
    relation, reason = found(film("PNG", shots[0], shots[2], shots[1]), whole)
    assert (relation, "in another order" in reason) == ("derivative", True)


@pytest.mark.parametrize(("kind", "noun"), [("GIF", "frames"), ("TIFF", "pages"), ("MPO", "views")])
def test_a_still_is_the_first_of_several(kind, noun, shots):
    """A single picture beside a film is counted as part of it, and only the first frame is spoken of."""
    relation, reason = found(film("JPEG", shots[0], quality=90), film(kind, *shots[:3]))
    assert relation == "derivative"
    assert f"is the first of the 3 {noun} of " in reason


def sheet(sum_due: str) -> Image.Image:
    """Draw a page of accounts, one sum on it as asked."""
    page = Image.new("L", (1100, 1500), 255)
    draw = ImageDraw.Draw(page)
    for k in range(34):
        line = f"{k + 1}. Account {4000 + 13 * k} of the harbour office owes {sum_due if k == 20 else 700 + 37 * k}.50"
        draw.text((90, 90 + 40 * k), line, fill=20, font=ImageFont.load_default(26))
    return page


def test_later_pages_are_read_as_closely_as_the_first():
    """A dossier in which one digit of a later page differs is not counted; packed otherwise, it is."""
    cover, one, two = sheet("1"), sheet("4,250"), sheet("4,850")
    dossier = film("TIFF", cover, one, compression="tiff_lzw")
    relation, reason = found(dossier, film("TIFF", cover, two, compression="tiff_lzw"))
    assert (relation, "1 of the 2 pages of " in reason) == ("undecided", True)
    assert found(dossier, film("TIFF", cover, one, compression="jpeg"))[0] == "near-identical"


def test_what_differs_in_a_later_frame_is_said(shots):
    """A thing laid over the second photograph of a film: counted, and not as if all were the same; at its own place it is found first."""
    moved = [shots[1].copy() for _ in range(2)]
    for k, frame in enumerate(moved):
        frame.paste(shots[3].resize((60, 50)), (40 + 130 * k, 70))
    one = film("PNG", shots[0], moved[0])
    relation, reason = found(one, film("PNG", shots[0], moved[1]))
    assert relation in LINKS
    assert reason.startswith("2 of 2 frames agree, in order, 1 of them but for places that differ")
    _, reason = found(film("PNG", *moved), film("PNG", *reversed(moved)))
    assert "in another order; " in reason


def test_blank_frames_are_compared_by_their_colour(shots):
    """A black frame between scenes agrees with a black one, and with no red one."""
    black, red = Image.new("RGB", (320, 214)), Image.new("RGB", (320, 214), (76, 0, 0))
    gray = Image.new("RGB", (320, 214), (23, 23, 23))
    films = {
        name: film("PNG", shots[0], even) for name, even in (("black", black), ("red", red), ("gray", gray))
    }
    again = film("WEBP", shots[0], black, quality=60)
    assert found(films["black"], again)[0] == "near-identical"
    assert found(films["red"], films["gray"])[0] == "variant"


def test_what_is_appended_is_said(shots):
    """A motion photo beside the still, and beside one with another video."""
    plain = film("JPEG", shots[0], quality=90)
    video = b"\0\0\0\x18ftypmp42" + bytes(range(64))
    relation, reason = found(plain, film("JPEG", shots[0], quality=80) + video)
    assert (relation, "something more, such as a video, is appended" in reason) == ("near-identical", True)
    relation, reason = found(plain + video, plain + video + b"more")
    assert (relation, "is not what is appended" in reason) == ("near-identical", True)


def test_frames_that_nobody_opened_are_not_counted():
    """Too many frames, or pictures that are not here: undecided, with what was compared."""
    found = of_whole_files(FIRST, Contents(700, None, "GIF"), Contents(700, None, "GIF"))
    assert found.relation == "undecided"
    assert "700 and 700 frames, of which the first were compared" in found.reason
    assert found.score <= 0.5


def test_a_verdict_against_says_which_frames_were_compared():
    """That first frames are unrelated says nothing of the later ones."""
    apart = Verdict("unrelated", 0.1, "unrelated: too little agrees", "identity", None, None)
    assert of_whole_files(apart, Contents(3, None, "GIF"), Contents()).reason.endswith(
        "the first frames were compared"
    )
    assert of_whole_files(apart, Contents(), Contents(1, "a video")) == apart


ONE_SIDE = (Contents(), Contents(2, None, "TIFF"), Contents(3, "x", "GIF"), Contents(3, "y", "TIFF"))
OUTCOMES = [
    (left, right, agreeing)
    for left, right in itertools.product(ONE_SIDE, repeat=2)
    for short in [min(left.frames, right.frames)]
    for agreeing in ([None] if short == 1 else [None, *range(short + 1)])
]


@pytest.mark.parametrize(("left", "right", "agreeing"), OUTCOMES)
def test_files_are_counted_only_when_all_frames_of_one_are_in_the_other(left, right, agreeing):
    """Over all that can come out: a link means that nothing of the shorter file is missing in the longer one."""
    short = min(left.frames, right.frames)
    result = None if agreeing is None else Agreement(agreeing, short, True, True, True, 0.8)
    said = of_whole_files(FIRST, left, right, result)
    assert (said.relation in LINKS) == (short == 1 or agreeing == short)
    if max(left.frames, right.frames) > 1 and left.frames != right.frames:
        assert said.relation != "near-identical"
    for word in ("every", "all", "only"):
        assert word not in said.reason.split()
