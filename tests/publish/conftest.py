"""A small paper with every kind of block, strings of strangers, and a drawn figure."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from dedupelab.publish import document as d

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
            d.PageBreak(),
            d.Heading(1, "Annex", number="2"),
            long,
        ],
    )  # fmt: skip
