"""Candidates: the right pairs, each once, with the right distance and the right turn."""

import imagehash
import numpy as np
import pandas as pd
import pytest
import skimage.data
from PIL import Image, ImageOps

from dedupelab import tables
from dedupelab.errors import ConfigError
from dedupelab.match.candidates import Candidates, negative, search_candidates

PICTURES = ("astronaut", "camera", "chelsea", "coffee", "rocket", "coins")
WORD = 2**64 - 1
GENERATOR = np.random.default_rng(11)
# Far from each other and, like a picture's, with half of the bits set.
FAR = tuple(
    int("".join(bits), 2) for bits in (GENERATOR.permutation(list("1" * 31 + "0" * 32)) for _ in range(40))
)


def turned(pixels: np.ndarray, transform: str) -> np.ndarray:
    """Turn as `tables.TRANSFORMS` words it, in numpy."""
    if transform.startswith("flip"):
        pixels = np.fliplr(pixels)
    quarter_turns = {"rot90": 1, "rot180": 2, "rot270": 3}.get(transform.removeprefix("flip-"), 0)
    return np.ascontiguousarray(np.rot90(pixels, quarter_turns))


def phash(pixels: np.ndarray) -> int:
    return int(str(imagehash.phash(Image.fromarray(pixels))), 16)


def row(image_id: str, print_: int, **values: object) -> dict[str, object]:
    """One row of the images table, with only what the search reads."""
    forms = values.pop("forms", [print_, *(FAR[-1 - i] ^ (i << 3) for i in range(7))])
    return {
        "image_id": image_id,
        "status": "hashed",
        "information": 0.9,
        "phash": print_,
        "phash_forms": b"".join(form.to_bytes(8, "little") for form in forms),
        "phash_trimmed": print_,
        **values,
    }


def table(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    for column in ("phash", "phash_trimmed"):
        frame[column] = frame[column].astype("UInt64")
    return frame


def photographed(image_id: str, pixels: np.ndarray) -> dict[str, object]:
    forms = [phash(turned(pixels, transform)) for transform in tables.TRANSFORMS]
    return row(image_id, forms[0], forms=forms)


def listed(found: Candidates) -> list[tuple[str, str, int, str]]:
    return list(found.frame().itertuples(index=False, name=None))


@pytest.mark.parametrize("transform", tables.TRANSFORMS)
def test_transform_turns_left_onto_right(transform):
    """A packaged photograph and its turned copy come as that turn when the copy is right, as its inverse when left."""
    rows, expected = [], []
    inverse = {"rot90": "rot270", "rot270": "rot90"}.get(transform, transform)
    for name in PICTURES:
        pixels = getattr(skimage.data, name)()
        copy = turned(pixels, transform)
        rows += [
            photographed(f"{name}-1", pixels),
            photographed(f"{name}-2", copy),
            photographed(f"{name}-0", copy),
        ]
        expected += [(f"{name}-0", f"{name}-1", inverse), (f"{name}-0", f"{name}-2", "identity")]
        expected += [(f"{name}-1", f"{name}-2", transform)]
    found = listed(search_candidates(table(rows), 4, inverted=-1))
    assert [(left, right, how) for left, right, _, how in found] == sorted(expected)


@pytest.mark.parametrize("name", PICTURES)
def test_negative_is_one_bit_from_an_inverted_picture(name):
    """The complement with its first bit set is 1 bit away from imagehash's hash of the inverted photograph."""
    pixels = getattr(skimage.data, name)()
    inverted = np.asarray(ImageOps.invert(Image.fromarray(pixels)))
    (predicted,) = negative(np.array([phash(pixels)], np.uint64)).tolist()
    assert (predicted ^ phash(inverted)).bit_count() == 1
    found = listed(search_candidates(table([photographed("a", pixels), photographed("b", inverted)]), 2))
    assert found == [("a", "b", 1, "identity")]


def test_distance_and_radius():
    """A pair at the radius is found with its distance, a pair one bit beyond is not."""
    images = table([row("c", FAR[0]), row("a", FAR[0] ^ 0b111), row("b", FAR[0] ^ 0b11111000)])
    assert listed(search_candidates(images, 5)) == [("a", "c", 3, "identity"), ("b", "c", 5, "identity")]


def test_cut_borders():
    """A picture with a border meets the bare one, and another with another border, through its trimmed fingerprint."""
    images = table(
        [
            row("bare", FAR[0]),
            row("black", FAR[1], phash_trimmed=FAR[0] ^ 1),
            row("white", FAR[2], phash_trimmed=FAR[0] ^ 2),
        ]
    )
    assert listed(search_candidates(images, 4)) == [
        ("bare", "black", 1, "identity"),
        ("bare", "white", 1, "identity"),
        ("black", "white", 2, "identity"),
    ]
    assert listed(search_candidates(images, 4, trimmed=-1)) == []
    assert len(search_candidates(images, 4, trimmed=1)) == 2


def test_smallest_distance_then_earliest_transform():
    """A pair that is near in several ways comes once, by its nearest way, and among equals the earliest."""
    forms = [FAR[0], FAR[3], FAR[1] ^ 1, FAR[4], FAR[1] ^ 1, FAR[5], FAR[6], FAR[7]]
    images = table([row("a", FAR[0], forms=forms), row("b", FAR[1])])
    assert listed(search_candidates(images, 4)) == [("a", "b", 1, "rot180")]


def test_only_shown_pictures_take_part():
    """Unreadable and low-information pictures are in no pair; missing fingerprints are no error."""
    nothing = {"phash_forms": None, "phash_trimmed": None}
    images = table(
        [
            row("a", FAR[0]),
            row("b", FAR[0], **nothing),
            row("blank", FAR[0], information=tables.LOW_INFORMATION - 0.01),
            row("broken", FAR[0], status="unreadable", information=None, phash=None, **nothing),
        ]
    )
    assert listed(search_candidates(images, 4)) == [("a", "b", 0, "identity")]


def test_no_images():
    """An empty table has no candidates, in the declared columns."""
    found = search_candidates(tables.IMAGES.empty(), 8)
    assert listed(found) == []
    assert list(found.frame().columns) == ["left", "right", "distance", "transform"]


def test_few_copies_are_listed_in_full_and_many_as_a_star():
    """64 equal pictures give every pair; 65 give a star around the smallest image_id, which alone meets the others."""
    other = row("z", FAR[0] ^ 1)
    few = search_candidates(table([*(row(f"{i:05}", FAR[0]) for i in range(64)), other]), 2)
    assert len(few) == 64 * 63 // 2 + 64
    many = search_candidates(table([*(row(f"{i:05}", FAR[0]) for i in range(65)), other]), 2)
    assert set(many.frame()["left"]) == {"00000"}
    assert many.frame()["right"].tolist() == [*(f"{i:05}" for i in range(1, 65)), "z"]


def test_rows_may_come_in_any_order():
    """The table's order does not show in the candidates."""
    images = table([row(f"{i:02}", FAR[i % 7] ^ (1 << i)) for i in range(30)])
    shuffled = images.sample(frac=1, random_state=3)
    assert listed(search_candidates(images, 8)) == listed(search_candidates(shuffled, 8))


def test_engines_agree():
    """Numpy alone gives the same candidates as the default engine."""
    images = table([row(f"{i:03}", FAR[i % 30] ^ (i * 37 % 256)) for i in range(300)])
    plain = search_candidates(images, 10, engine="numpy", threads=2)
    assert listed(plain) == listed(search_candidates(images, 10))


@pytest.mark.parametrize(
    ("distance", "options"), [(-1, {}), (65, {}), (8, {"turned": 99}), (8, {"inverted": -2})]
)
def test_distances_out_of_bounds_are_refused(distance, options):
    """A distance that 64 bits cannot have is refused by name."""
    name = next(iter(options), "max_distance")
    with pytest.raises(ConfigError, match=f"{name} must be within"):
        search_candidates(tables.IMAGES.empty(), distance, **options)
