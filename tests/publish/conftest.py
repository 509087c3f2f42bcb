"""A small paper with every kind of block, strings of strangers, and a drawn figure."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from shared_studies import made_once

from dedupelab import Study
from dedupelab.publish.paper import document as d
from dedupelab.registers.register_csv import read_csv
from dedupelab.sample.registers import registers
from dedupelab.sample.settings import study_toml
from dedupelab.sample.submission import submission_files

EVIL = (
    '<script>alert("x")</script> #include "secret" ${HOME} $x^2$ *stars* _under_ [link](http://evil.test) \\ `tick` '
    "@ref <label> // c /* d */ = heading {{ 7*7 }} {% raw %} &amp; 'quote'"
)
OVERRIDE = "invoice\u202egpj.exe\x00"


@pytest.fixture(scope="session")
def evil() -> str:
    """Return what strangers may call a file."""
    return EVIL


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Draw a figure as PNG and SVG."""
    image = Image.new("RGB", (400, 200), "white")
    ImageDraw.Draw(image).rectangle((20, 20, 200, 180), fill="#0b4f79")
    tmp_path = tmp_path_factory.mktemp("drawn")
    raster, vector = tmp_path / "drawn.png", tmp_path / "drawn.svg"
    image.save(raster)
    vector.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200"><rect x="20" y="20" width="180" height="160"/></svg>'
    )
    return {"raster": raster, "vector": vector}


@pytest.fixture(scope="session")
def paper(picture: dict[str, Path]) -> d.Document:
    """Return a paper that uses every block and run once."""
    data = d.Table(
        "table-figure",
        "What the figure shows",
        [d.Column("Name"), d.Column("Size", "right", "bytes")],
        [("a", "1,234")],
    )
    figure = d.Figure(
        "figure-one", "One bar stands tall", "Bars by size; a test", "the test", "A single bar stands tall.", **picture,
        description="The bar reaches from 20 to 180.", data=data,
    )  # fmt: skip
    long = d.Table(
        "table-long",
        f"Sixty rows {EVIL}",
        [d.Column(f"Column {n}", "right" if n % 2 else "left") for n in range(7)],
        [(f"row-{n}", *("some words in a cell",) * 5, (d.Strong(f"mark-{n}"),)) for n in range(60)],
        note="A note.",
        source="a source",
    )
    return d.Document(
        "A paper on copies",
        "What was found",
        meta=d.Meta("The Association", "Consultation on pictures", "REF 1/2026", "22 November 2026", "DRAFT (3 of 17 checks open)",
                    created=datetime(2026, 11, 22, 8, tzinfo=UTC)),
        front=[
            d.MainPoints("Main points", [d.Point("Surplus copies:", "12.4 %", "(10.9 to 14.1 %)", "A: measured", "paragraph-1.1")]),
            d.Callout("What this does not show", ["Look-alikes are no infringements."]),
        ],
        blocks=[
            d.Heading(1, "Extent", number="1"),
            d.Paragraph(["See ", d.Reference("figure-one"), ", ", d.Link("the site", "https://example.org/a"), "."], number="1.1"),
            d.Heading(2, "Details"),
            d.Paragraph([EVIL, d.Strong(EVIL), d.Emphasis(EVIL), d.Code(EVIL), d.Lang("電影", "zh-Hant-HK"), OVERRIDE], number="1.2"),
            figure,
            d.BulletList(["first item", EVIL]),
            d.BulletList(["step one", "step two"], ordered=True),
            d.Definitions([("surplus copy", "an image beyond the first")]),
            d.Verbatim("dedupelab report study.toml\n  # <b>indented</b>"),
            d.Heading(1, "Annex", number="2"),
            long,
        ],
    )  # fmt: skip


HOLDERS = ("film-archive", "news-library", "stock-agency", "trade-portal")


def write_whole_study(folder: Path, photograph: Callable[..., Image.Image], works: int = 12) -> Study:
    """Write a study with all that the sample has, consultation, texts, registers and prices, and a few dozen pictures.

    Each work lies in one to four collections, under creators and credits that contradict each other, with dates of
    two years.
    """
    held: list[Any] = []
    for seed in range(works):
        for place, collection in enumerate(HOLDERS[: 1 + seed % 4]):
            file = folder / "collections" / collection / f"{seed}.jpg"
            file.parent.mkdir(parents=True, exist_ok=True)
            exif = Image.Exif()
            exif[0x013B] = f"Author {seed} of the {collection}"
            exif[0x8298] = "" if place else f"© {collection}"
            photograph(seed).save(file, exif=exif, quality=92 - 9 * place)
            taken_in = datetime(2025, 1, 15, tzinfo=UTC).timestamp() + 86400 * (31 * seed + 100 * place)
            os.utime(file, (taken_in, taken_in))
            work = SimpleNamespace(name=str(seed), kind="photograph")
            held.append(SimpleNamespace(work=work, collection=collection, path=file.name))
    without_catalogues = re.sub(r"catalogue = .*\n", "", study_toml())
    (folder / "study.toml").write_text(without_catalogues, encoding="utf-8")
    (folder / "text").mkdir()
    for name, text in submission_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "registers").mkdir()
    for name, content in registers(held, np.random.default_rng(1)).items():
        (folder / "registers" / name).write_bytes(content)
    study = Study(folder)
    for file in sorted((folder / "registers").glob("*.csv")):
        rows = read_csv(file.stem, file)
        study.registers.add(file.stem, rows, who="a test", now=datetime(2026, 1, 1, tzinfo=UTC))
    study.measure()
    return study


@pytest.fixture(scope="session")
def whole_study(tmp_path_factory: pytest.TempPathFactory, photograph: Callable[..., Image.Image]) -> Study:
    """Return a measured study that has everything a paper can speak of."""
    place = made_once(tmp_path_factory, "whole", lambda folder: write_whole_study(folder, photograph))
    return Study(place)
