"""Keyed band sketches: recall at each distance, and what whoever has or lacks the secret learns from them.

    python benchmarks/band_sketches.py [--pictures 20000]

Three ways of cutting 64 bits into bands are measured: four bands of 16 bits, any four of eight blocks (what is used: 70 bands
of 32 bits), any six of eight (28 bands of 48 bits). Fingerprints are random ones, and those of the photographs inside
scikit-image, scikit-learn and matplotlib, each saved again, made smaller, and changed in brightness.
"""

import argparse
import hashlib
import io
import time
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from photographs import read_photographs
from PIL import Image, ImageEnhance

from dedupelab.collect.reading.fingerprints import fingerprint
from dedupelab.exchange.band_sketches import agreeing, sketches

Prints = NDArray[np.uint64]
SECRET = b"the secret of the benchmark"
DISTANCES = (*range(11), 12, 16)


def masks(blocks: int, taken: int) -> Prints:
    """Return the bands that any `taken` of equal blocks make."""
    bits = 64 // blocks
    block = (1 << bits) - 1
    return np.array(
        [sum(block << bits * k for k in each) for each in combinations(range(blocks), taken)], np.uint64
    )


PLANS = {"4 x 16 bits": masks(4, 1), "70 x 32 bits": masks(8, 4), "28 x 48 bits": masks(8, 6)}


def at_distance(prints: Prints, distance: int, generator: np.random.Generator) -> Prints:
    """Return fingerprints that differ in so many bits, anywhere."""
    bits = generator.random((len(prints), 64)).argsort(1)[:, :distance].astype(np.uint64)
    return prints ^ np.bitwise_or.reduce(np.uint64(1) << bits, axis=1, initial=0)


def found(left: Prints, right: Prints, bands: Prints) -> NDArray[np.bool_]:
    """Return whether each two agree in a band."""
    return (((left ^ right)[:, None] & bands) == 0).any(1)


def of_photographs() -> tuple[Prints, Prints, Prints]:
    """Return fingerprints of packaged photographs, those of edited copies, and which photograph each copy is of."""
    photographs = [each.picture for each in read_photographs()]
    originals, copies, whose = [], [], []
    for number, picture in enumerate(photographs):
        shown = picture.convert("RGB")
        originals.append(of(shown))
        for edited in edits(shown):
            copies.append(of(edited))
            whose.append(number)
    return np.array(originals, np.uint64), np.array(copies, np.uint64), np.array(whose)


def edits(picture: Image.Image) -> list[Image.Image]:
    """Return copies as portals make them."""
    low = io.BytesIO()
    picture.save(low, "JPEG", quality=30)
    side = (max(picture.width // 3, 8), max(picture.height // 3, 8))
    cut = picture.crop((picture.width // 40, picture.height // 40, picture.width, picture.height))
    return [
        Image.open(low),
        picture.resize(side),
        ImageEnhance.Brightness(picture).enhance(1.3),
        ImageEnhance.Contrast(picture).enhance(1.4),
        cut,
    ]


def of(picture: Image.Image) -> int:
    """Return the 64-bit pHash."""
    return int(fingerprint(picture.convert("L")).phash)


def recall(pictures: int) -> None:
    generator = np.random.default_rng(1)
    prints = generator.integers(0, 2**64, pictures, np.uint64)
    print("recall of random fingerprints at each distance")
    print("distance     " + "".join(f"{d:>7}" for d in DISTANCES))
    for name, bands in PLANS.items():
        shares = [found(prints, at_distance(prints, d, generator), bands).mean() for d in DISTANCES]
        print(f"{name:13}" + "".join(f"{share:7.3f}" for share in shares))
    originals, copies, whose = of_photographs()
    distance = np.bitwise_count(originals[whose] ^ copies)
    print(f"recall of {len(copies)} edited copies of {len(originals)} packaged photographs")
    left, right = np.triu_indices(len(originals), 1)
    for name, bands in PLANS.items():
        caught = found(originals[whose], copies, bands)
        told = ", ".join(
            f"{low}-{high}: {caught[part].sum()} of {part.sum()}"
            for low, high in ((0, 2), (3, 4), (5, 6), (7, 10), (11, 64))
            if (part := (distance >= low) & (distance <= high)).any()
        )
        false = found(originals[left], originals[right], bands).mean()
        print(
            f"{name:13}{told}; different photographs that agree in a band: {false:.5f} of {len(left)} pairs"
        )


def with_the_secret(pictures: int) -> None:
    """Try every value of a band: what a site tells the holder undoes all of it."""
    began, tried = time.process_time(), 200_000
    key = hashlib.sha256(SECRET).digest()
    for value in range(tried):
        hashlib.blake2b(value.to_bytes(8, "little"), digest_size=8, key=key).digest()
    rate = tried / (time.process_time() - began)
    print(f"with the secret, one core of Python tries {rate:,.0f} values a second")
    prints = np.random.default_rng(2).integers(0, 2**64, min(pictures, 2_000), np.uint64)
    bands, rebuilt = PLANS["4 x 16 bits"], np.zeros(min(pictures, 2_000), np.uint64)
    drawn = sketches(prints, SECRET, bands)
    began = time.process_time()
    for k, band in enumerate(bands):
        values = np.arange(1 << 16, dtype=np.uint64) << np.uint64(16 * k)
        known = sketches(values, SECRET, np.array([band]))[:, 0]
        order = np.argsort(known)
        rebuilt |= values[order[np.searchsorted(known[order], drawn[:, k])]]
    spent = time.process_time() - began
    print(
        f"4 x 16 bits  {(rebuilt == prints).sum():,} of {len(prints):,} fingerprints rebuilt in {spent:.1f} s, by 4 x 65,536 trials"
    )
    print(
        f"70 x 32 bits two bands hold all 64 bits: 2 x 2^32 trials, {2 * 2**32 / rate / 3600:.1f} hours for all pictures together"
    )
    print(
        f"28 x 48 bits two bands hold all 64 bits: 2^48 + 2^16 trials, {2**48 / rate / 3600 / 24 / 365:.0f} years of one core of Python, less elsewhere"
    )
    print("any plan     a picture that is at hand is tested by one trial")


def without_it(pictures: int) -> None:
    """Show what the holder sees: which sketches agree, and in how many bands."""
    generator = np.random.default_rng(3)
    prints = generator.integers(0, 2**64, pictures, np.uint64)
    drawn = sketches(prints, SECRET, PLANS["70 x 32 bits"])
    guess = sketches(prints, b"another secret than theirs", PLANS["70 x 32 bits"])
    print(
        f"without the secret, with all {pictures:,} pictures: {int((drawn == guess).any(1).sum())} told to be in the sketches"
    )
    left, _, _ = agreeing(drawn, np.arange(pictures) % 2)
    print(f"of {pictures:,} random fingerprints at two sites {len(left)} pairs agree by chance")
    print("what the holder learns of the distance of a pair from the number of agreeing bands (70 x 32 bits)")
    tens = np.concatenate([np.full(2_000, d) for d in range(1, 11)])
    some = generator.integers(0, 2**64, len(tens), np.uint64)
    other = np.concatenate([at_distance(some[tens == d], d, generator) for d in range(1, 11)])
    agree = (((some ^ other)[:, None] & PLANS["70 x 32 bits"]) == 0).sum(1)
    for bands in (70, 35, 15, 5, 1):
        part = tens[agree == bands]
        if len(part):
            low, high = np.percentile(part, [5, 95])
            print(f"{bands:>4} bands: distance {low:.0f} to {high:.0f} (9 of 10 pairs)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=20_000)
    given = parser.parse_args()
    recall(given.pictures)
    with_the_secret(given.pictures)
    without_it(given.pictures)


if __name__ == "__main__":
    main()
