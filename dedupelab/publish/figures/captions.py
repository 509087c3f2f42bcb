"""What a figure says in words: its finding, what was measured, and the same for those who cannot see it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from dedupelab.publish.figures import style
from dedupelab.publish.language.language import _, current, joined
from dedupelab.publish.language.language import number as written
from dedupelab.publish.paper.document import ALT_LENGTH, TITLE_WORDS, Figure, Table, Text

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

WIDTH = 0.75
"""Share of the page that a drawing takes: letters stay larger than those of a footnote."""
_TITLE_COLUMNS = 80
"""Room of a title in a language without spaces."""


@dataclass(frozen=True)
class Caption:
    """The finding (at most 12 words), the measure with population, place and period, and the finding read aloud."""

    title: str
    subtitle: str
    alt: str
    description: str = ""


@dataclass(frozen=True)
class Setting:
    """What a figure is given beside its numbers: the folder for its files, whom it speaks of, where the numbers stand; of money its unit (such as "HK$, prices of 2026") and currency."""

    folder: Path
    population: str
    source: Text
    unit: str = ""
    currency: str = ""


def frame(
    canvas: "Canvas", setting: Setting, identifier: str, caption: Caption, data: Table | None = None
) -> Figure:
    """Write the drawing and return it as a block of the document."""
    vector, raster = style.save(canvas, setting.folder, identifier)
    return replace(captioned(identifier, caption, setting.source, raster, vector, data), width=WIDTH)


def captioned(
    identifier: str, caption: Caption, source: Text, raster: Path, vector: Path | None, data: Table | None
) -> Figure:
    """Return a block of the document from files that are drawn; titles and alt texts of any length are cut to what may stand there."""
    title, alt = short_title(caption.title), style.label(caption.alt, ALT_LENGTH)
    return Figure(identifier, title, caption.subtitle, source, alt, raster, vector, caption.description, data)


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield a frame's rows with the columns as attributes."""
    yield from frame.itertuples(index=False)


def short_title(title: str) -> str:
    """Return at most twelve words of at most 28 characters: names of collections may be of any length.

    >>> short_title("one two three four five six seven eight nine ten eleven twelve thirteen")
    'one two three four five six seven eight nine ten eleven twelve…'
    """
    if current().unspaced:
        return style.label(title, _TITLE_COLUMNS)
    words = [style.label(word) for word in title.split(" ")]
    return " ".join(words[:TITLE_WORDS]) + ("…" if len(words) > TITLE_WORDS else "")


def percent(fraction: float, decimals: int = 1) -> str:
    r"""Return a fraction as per cent, with a space that does not break.

    >>> percent(0.1239)
    '12.4\xa0%'
    """
    return written(fraction, f".{decimals}%")


def between(low: float, high: float) -> str:
    """Return an interval of two fractions in per cent, empty where there is none.

    >>> between(0.109, 0.141)
    '10.9 to 14.1'
    """
    return _("{low:.1f} to {high:.1f}", low=100 * low, high=100 * high) if low == low and high == high else ""  # noqa: PLR0124 - NaN differs from itself


def listing(items: Iterable[tuple[str, str]]) -> str:
    """Return names with their values as one sentence has them.

    >>> listing([("a", "1"), ("b", "2")])
    'a: 1; b: 2'
    """
    return joined((_("{name}: {value}", name=name, value=value) for name, value in items), "; ")


def count(number: float) -> str:
    """Return a count with thousands separated.

    >>> count(12345)
    '12,345'
    """
    return written(number)
