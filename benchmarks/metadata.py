"""What reading metadata costs a scan: the whole record with and without it, on the same files, in one run.

    python benchmarks/metadata.py [--rounds 31] [--photos FOLDER]

Every file carries Exif, IIM and XMP of its own, as an agency's files do: the dearest case. Counted is processor time on one
thread, round by round in turn.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from unittest.mock import patch

from PIL import Image, ImageOps
from scan import make_files, on_one_thread, our_records, rounds, versions

from dedupelab.collect.metadata.metadata import NOTHING
from dedupelab.sample.files import relabel_jpeg
from dedupelab.sample.labels import Labels

LABELS = Labels(
    creators=("Ada Lau", "Ben Ho"),
    credit="Harbour Pictures",
    copyright_notice="© 2024 Harbour Pictures Limited, all rights reserved",
    copyright_owner="Harbour Pictures Limited",
    licensor="Harbour Pictures Limited",
    usage_terms="Editorial use only. " * 10,
    web_statement="https://example.org/rights",
    source="Harbour Pictures",
    title="Ferry at the pier",
    caption="A ferry leaves the pier in the morning. " * 12,
    date_created="2024-03-01T08:15:00+08:00",
    guid="urn:uuid:0a4d55a8-d778-11e8-abc2-013d3e3e6a11",
    document_id="xmp.did:1",
    camera="Camera",
    position=(22.29, 114.17),
)
PREVIEW = 1600
"""Pixels of the longer side."""
WITH, WITHOUT = "with metadata", "without"


def labels(number: int) -> Labels:
    """Return labels that no two files share, so that nothing that was read once can be remembered."""
    return replace(
        LABELS,
        creators=(f"Ada Lau {number}", f"Ben Ho {number}"),
        title=f"Ferry {number} at the pier",
        caption=f"{number}. {LABELS.caption}",
        date_created=f"2024-03-01T08:{number // 60 % 60:02d}:{number % 60:02d}+08:00",
        guid=f"{LABELS.guid[:-4]}{number:04d}",
        document_id=f"xmp.did:{number}",
    )


def without_metadata(files: list[Path]) -> None:
    """Read files as a scan does, metadata apart."""
    with patch("dedupelab.collect.record.metadata_later", return_value=NOTHING):
        our_records(files)


def previews(large: list[Path], folder: Path, number: int) -> list[Path]:
    """Write pictures of the size that agencies and archives show on the web, from the large ones."""
    written = [folder / f"preview-{k:03d}.jpg" for k in range(number)]
    for k, file in enumerate(written):
        with Image.open(large[k % len(large)]) as picture:
            ImageOps.contain(picture, (PREVIEW, PREVIEW)).save(file, quality=90)
    return written


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument(
        "--photos", type=Path, help="folder of photographs; default: those in the installed wheels"
    )
    parser.add_argument("--small", type=int, default=96, help="500 px files")
    parser.add_argument("--previews", type=int, default=24, help="1,600 px files")
    parser.add_argument("--large", type=int, default=8, help="12-megapixel files")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dedupelab-") as folder:
        large, small = make_files(Path(folder), asked.photos, asked.large, asked.small)
        middle = previews(large, Path(folder), asked.previews)
        for name, files in (
            ("500 px JPEG", small),
            ("1,600 px JPEG", middle),
            ("12-megapixel JPEG", large),
        ):
            for number, file in enumerate(files):
                file.write_bytes(relabel_jpeg(file.read_bytes(), labels(number)))
            rates = rounds({WITH: our_records, WITHOUT: without_metadata}, files, asked.rounds)
            more = [100 * (off / on - 1) for on, off in zip(rates[WITH], rates[WITHOUT], strict=True)]
            low, _, high = quantiles(more, n=4)
            print(
                f"{name}: metadata add {median(more):.1f} % to a scan's time "
                f"(half of {asked.rounds} rounds: {low:.1f} to {high:.1f})"
            )
    print(versions(["pillow", "imagehash", "numpy"]))
    return 0


if __name__ == "__main__":
    sys.exit(on_one_thread(main))
