"""Damaged files by the thousand, good ones among them, through a whole scan: what must hold, and what did not.

    python tests/campaigns/fuzz.py [--files 50000] [--seed 1] [--seconds 10] [--keep DIR]

Every format that Pillow writes here is damaged in ways that decoders have tripped over: bits, lengths, blocks cut out, doubled
and moved, two files spliced, headers left without bodies. Equal seeds give equal files. Files that broke a rule are kept.
"""

import argparse
import io
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, features

from dedupelab import tables
from dedupelab.collect.listing import list_files
from dedupelab.collect.scan import scan
from dedupelab.collect.watched_readers import readers

ROUND = 5000
"""Damaged files that are scanned together."""
GOOD = 60
SUFFIXES = (".jpg", ".png", ".tif", ".gif", ".webp", ".bmp", ".tga", ".psd", ".heic", ".jp2")
XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


@dataclass
class Outcome:
    """What became of some rounds."""

    files: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    """Files whose worker had to be replaced, by the reason."""
    broken: list[str] = field(default_factory=list)
    """Rules that did not hold, in words."""
    seconds: float = 0.0


def drawn(seed: int, size: tuple[int, int] = (72, 56)) -> Image.Image:
    """Draw a picture that shows enough to have fingerprints."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize(
        size, Image.Resampling.BICUBIC
    )
    noise = rng.integers(-20, 20, (size[1], size[0], 3))
    return Image.fromarray(np.clip(np.asarray(coarse).astype(int) + noise, 0, 255).astype(np.uint8))


def originals() -> dict[str, bytes]:
    """Return a small file of each format and kind that Pillow writes here, some of them with metadata."""
    Image.init()
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x8298] = 6, "Ada Example", "© Example"
    exif.get_ifd(0x8825)[1] = "N"
    kinds: list[tuple[str, str, dict[str, object]]] = [
        (form, mode, {}) for form in sorted(Image.SAVE) for mode in ("RGB", "L", "1")
    ]
    kinds += [
        ("JPEG", "CMYK", {}),
        ("JPEG", "RGB", {"progressive": True}),
        ("TIFF", "CMYK", {}),
        ("PNG", "P", {}),
        ("PNG", "RGBA", {}),
    ]
    kinds += [
        ("TIFF", "RGB", {"compression": name})
        for name in ("tiff_lzw", "jpeg", "tiff_adobe_deflate", "packbits", "group4")
    ]
    kinds += [
        ("PNG", "I;16", {}),
        ("GIF", "P", {"save_all": True}),
        ("WEBP", "RGBA", {"lossless": True}),
        ("TGA", "RGBA", {"compression": "tga_rle"}),
    ]
    kinds += [(form, "RGB", {"exif": exif, "xmp": XMP}) for form in ("JPEG", "WEBP", "AVIF")]
    kinds += [(form, "RGB", {"exif": exif}) for form in ("PNG", "TIFF", "MPO", "JPEG2000")]
    files = {}
    for number, (form, mode, options) in enumerate(kinds):
        if form == "PDF" or (form == "AVIF" and not features.check("avif")):
            continue  # a PDF carries the time
        picture = (
            Image.fromarray(np.asarray(drawn(number).convert("L")).astype(np.uint16) << 8)
            if mode == "I;16"
            else drawn(number).convert(mode)
        )
        if options.get("save_all"):
            options["append_images"] = [drawn(90).convert("P")]
        target = io.BytesIO()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                picture.save(target, form, **options)
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            continue  # not every format takes every mode
        if target.tell():
            files[f"{number:03}-{form}-{mode.replace(';', '')}"] = target.getvalue()
    return files


def damaged(data: bytes, other: bytes, rng: np.random.Generator) -> bytes:  # noqa: C901 - a list of ways
    """Damage a file in one to four ways."""
    body = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        if not body:
            break
        # Half of the damage goes where lengths, offsets and tables stand.
        reach = min(len(body), 200) if rng.random() < 0.5 else len(body)
        at = int(rng.integers(0, reach))
        end = min(at + int(rng.integers(1, 64)), len(body))
        way = int(rng.integers(0, 9))
        if way == 0:
            body[at] ^= 1 << int(rng.integers(0, 8))
        elif way == 1:
            body[at] = int(rng.choice([0, 1, 0x7F, 0x80, 0xFF]))
        elif way == 2:
            number = int(rng.choice([0, 1, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]))
            body[at : at + 4] = number.to_bytes(4, str(rng.choice(["big", "little"])))  # type: ignore[arg-type]
        elif way == 3:
            del body[at:]
        elif way == 4:
            del body[at:end]
        elif way == 5:
            body[at:at] = body[at:end] * int(rng.integers(1, 50))
        elif way == 6:
            body[at:end] = rng.bytes(end - at)
        elif way == 7:
            body[at:] = other[at:]
        else:
            body[at:end] = bytes(end - at)
    return bytes(body)


def mutants(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield damaged files with names, formats and kinds in turn."""
    rng = np.random.default_rng(seed)
    bases = list(originals().items())
    for number in range(count):
        name, data = bases[number % len(bases)]
        _, other = bases[int(rng.integers(0, len(bases)))]
        yield f"{seed}-{number:06}-{name}{SUFFIXES[number % len(SUFFIXES)]}", damaged(data, other, rng)


def rows_of(folder: Path, parts: Path, seconds: float) -> dict[str, dict[str, object]]:
    """Scan a folder with watched readers; return its rows by path, without what time and place decide."""
    listings = {"own": list_files(str(folder))}
    with readers(2, 1000, seconds, 1024) as executor:
        images = scan(listings, known=tables.IMAGES.empty(), folder=parts, executor=executor)
    plain = (
        images.drop(columns=["modified"])
        .astype(object)
        .where(images.drop(columns=["modified"]).notna(), None)
    )
    return {str(row["path"]): {str(k): v for k, v in row.items()} for row in plain.to_dict("records")}


def play(folder: Path, seed: int, count: int, seconds: float, outcome: Outcome) -> None:
    """Scan one round of damaged files with good ones among them, and note every rule that does not hold."""
    alone, mixed = folder / "alone", folder / "mixed"
    for place in (alone, mixed):
        place.mkdir(parents=True)
    for number in range(GOOD):
        form, suffix = (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"))[number % 3]
        # Spread among the damaged ones by name.
        name = f"{seed}-{number * max(count // GOOD, 1):06}-good.{suffix}"
        drawn(1000 + number, (160, 120)).save(alone / name, form)
        shutil.copy2(alone / name, mixed / name)
    expected = rows_of(alone, folder / "parts-alone", 60.0)
    for name, data in mutants(seed, count):
        (mixed / name).write_bytes(data)
    began = time.monotonic()
    rows = rows_of(mixed, folder / "parts-mixed", seconds)
    outcome.seconds += time.monotonic() - began
    outcome.files += count
    outcome.statuses.update(str(row["status"]) for row in rows.values())
    if len(rows) != count + GOOD:
        outcome.broken.append(f"expected {count + GOOD} rows, got {len(rows)}")
    for name, row in rows.items():
        problem = str(row["problem"])
        if name in expected and row != expected[name]:
            outcome.broken.append(f"{name}: a good file has another row among damaged ones")
        if row["status"] not in {"hashed", "unreadable", "skipped"} or (
            row["status"] == "unreadable" and not row["problem"]
        ):
            outcome.broken.append(f"{name}: no status, or no reason")
        if "please report" in problem:
            outcome.broken.append(f"{name}: {problem}")
        elif problem.startswith("cannot be read"):
            outcome.lost[problem] += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0, help="limit of one file")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    options = parser.parse_args()
    outcome = Outcome()
    for number in range(max(options.files // ROUND, 1)):
        seed, before = options.seed + number, len(outcome.broken)
        with tempfile.TemporaryDirectory() as name:
            play(Path(name), seed, min(ROUND, options.files), options.seconds, outcome)
            for said in outcome.broken[before:]:
                culprit = Path(name) / "mixed" / said.partition(":")[0]
                if culprit.is_file():
                    options.keep.mkdir(exist_ok=True)
                    shutil.copy2(culprit, options.keep)
        print(
            f"seed {seed}: {outcome.files:,} files, {dict(outcome.statuses)}, {len(outcome.broken)} rules broken",
            flush=True,
        )
    print(f"{outcome.seconds:.0f} s; workers replaced: {dict(outcome.lost) or 'none'}")
    print("\n".join(outcome.broken))
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
