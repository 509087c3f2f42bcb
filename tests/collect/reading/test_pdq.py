"""PDQ equals pdqhash: its answers to drawn pictures and photographs were recorded once and are stated here."""

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from dedupelab.collect.reading.pdq import pdq


def noise(width: int, height: int, seed: int = 0) -> np.ndarray:
    """Bytes that are the same on every machine, as a picture."""
    data = hashlib.shake_128(bytes([seed])).digest(width * height * 3)
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def drawn(width: int, height: int, seed: int) -> np.ndarray:
    """One of seven kinds of picture: noise, mosaic, even, ramp, board, dots, rings."""
    y, x = np.indices((height, width))
    colour = noise(1, 1, seed)[0, 0]
    match seed % 7:
        case 0:
            return noise(width, height, seed)
        case 1:
            return noise(9, 7, seed)[y * 7 // height, x * 9 // width]
        case 2:
            return np.broadcast_to(colour, (height, width, 3))
        case 3:
            shade = x * 255 // width
        case 4:
            shade = (x // 11 + y // 7) % 2 * 255
        case 5:
            shade = (noise(width, height, seed)[:, :, 0] < 5) * 255
        case _:
            shade = (x * x + y * y) // 64 % 256
    return np.repeat(shade[:, :, None], 3, 2).astype(np.uint8)


SIZES = [
    (5, 5),
    (6, 200),
    (31, 17),
    (63, 65),
    (64, 64),
    (64, 65),
    (127, 129),
    (128, 128),
    (200, 9),
    (255, 257),
    (300, 200),
    (320, 384),
    (511, 130),
]
PICTURES = [(width, height, seed) for width, height in SIZES for seed in range(14)]


def answer(pixels: np.ndarray) -> str:
    code, quality = pdq(Image.fromarray(np.ascontiguousarray(pixels)))
    return f"{code.hex()} {quality}"


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        ((300, 200, 0), "32a53120195cc8bbe3b86439ede3c0f483ef1e0285e5ab3eead417935dcea097 100"),
        ((300, 200, 1), "7363d8c93f0704be8c9cf0e0bc86e0f034b7ca58db481f0b41f90f1f7363d8c9 100"),
        ((300, 200, 2), "0000113400002c4b113411342c4b554b000011341134113411341134554b4e96 0"),
        ((300, 200, 3), "bb4592cd555aed2ad56a96ead68aaaa6964e77966aa8997d642b50c912a54295 44"),
        ((300, 200, 4), "5044ffbf5044ffff0040ffff504454d4504475f710445444f7ff50441040ffff 100"),
        ((300, 200, 5), "ba50bc104af46dd1b90cbcbee8a77cdcb16b9e0be82a979588382acf53a9905a 100"),
        ((300, 200, 6), "73ff8f80383fc1f09f077c70b38f66709983263f4ce09b87b31f263c64704c60 100"),
        ((64, 64, 1), "73634b494b59433a849cf0e01fc6f0f434b734a7ca480f0be0394f1f7363ddc9 100"),
        ((5, 5, 0), "3c8f3c8fc370c3709324cb72bb0e348d6cd93c8d3c8f3c8fc370c3729324cb72 100"),
        ((511, 130, 6), "c0007fffb800efff70000dfff60003fffc8080ff7f2080bf3fc0f01f87f81e00 100"),
    ],
)
def test_drawn_pictures_have_the_answers_of_pdqhash(picture, expected):
    """Each kind of picture, to the last bit; in even ones and boards the bits are what rounding left."""
    assert answer(drawn(*picture)) == expected


def test_many_pictures_have_the_answers_of_pdqhash():
    """Seven kinds in thirteen sizes around the 64 cells and the 128 windows: one digest of all recorded answers."""
    found = "\n".join(answer(drawn(*picture)) for picture in PICTURES)
    assert hashlib.sha256(found.encode()).hexdigest() == (
        "9565af47d69b84a63ecc857c7d562276ba94c3671f36d53cb2f41562a96ca04c"
    )


PHOTOGRAPHS = {
    "astronaut": "2d6b1af3a956c529e79ca3d2526fa834d4196c81cedd04de0a26b855fc99b724 100",
    "coffee": "8c629e779a663698b9a33866c026726c21a679f61eb6e1f8c79ba7e23c8299e0 100",
    "cat": "5feb5321f01da156898e2bf629a5d3438412cdbd23f48942464526315db33ffd 100",
    "camera": "dc9c9d3b746978f888f40ce6e5c3f70f7266623e8d989cb99f21f2010841e1c7 100",
}


def photograph(name: str) -> Image.Image:
    from skimage import data

    return Image.fromarray(getattr(data, name)()).convert("RGB")


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs_have_the_answers_of_pdqhash(name):
    """Colour and gray photographs of half a megapixel."""
    assert answer(np.asarray(photograph(name))) == PHOTOGRAPHS[name]


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_copy_is_near(name):
    """Half the size and another quality: within 31 bits, below which PDQ's authors call pictures alike."""
    picture = photograph(name)
    buffer = io.BytesIO()
    picture.resize((picture.width // 2, picture.height // 2)).save(buffer, "JPEG", quality=60)
    one, other = (int.from_bytes(pdq(each.convert("RGB"))[0]) for each in (picture, Image.open(buffer)))
    assert (one ^ other).bit_count() <= 31


@pytest.mark.parametrize("size", [(1, 1), (4, 4), (4, 900), (900, 4)])
def test_the_smallest_pictures_have_none(size):
    """Under five pixels a side pdqhash answers with nothing but zeros."""
    assert pdq(Image.effect_noise(size, 90).convert("RGB")) == (bytes(32), 0)
