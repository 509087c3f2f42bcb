"""One palette and one matplotlib style for every figure: colour-blind safe, readable in grey, equal bytes each time."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedupelab.errors import ReportError, writing
from dedupelab.publish.language.language import called, current, number
from dedupelab.publish.paper.fonts import CHINESE, PACKAGED, packaged_characters, packaged_part
from dedupelab.publish.paper.glyphs import substitute, warning_for
from dedupelab.publish.paper.layout import printable
from dedupelab.publish.paper.text_width import broken, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure as Canvas

INK = "#1b1f24"
QUIET = "#555e68"
RULE = "#b9c0c8"
ALARM = "#a1260d"
ACCENT = "#0b4f79"
"""Headings, links and the first series: 8.6:1 on white."""
SERIES = ("#0b4f79", "#b34700", "#1f7a5c", "#7a4fa3", "#8a6d1a", "#5c6670")
"""Blue, orange, green, purple, ochre, grey: at least 4.5:1 on white; marks tell them apart where colour cannot."""
PALE = "#c9dceb"
"""Fill below a hatch or inside a node; always outlined in ACCENT or INK."""
MARKERS = ("o", "s", "^", "D", "v", "P")
ESTIMATE_HATCH = "////"
"""Estimates and what is not counted are hatched, measurements solid, so that grey print keeps them apart."""
FULL_WIDTH = 6.3
"""Inches between the margins of an A4 page."""
RESOLUTION = 200
"""Dots per inch of the PNG that Word shows."""
_SANS = "DejaVu Sans"


@contextmanager
def drawing(height: float = 3.2) -> Iterator["Canvas"]:
    """Yield an empty matplotlib figure in inches in the house style; global style and screens are left alone."""
    from matplotlib import rc_context  # noqa: PLC0415 - matplotlib loads only where something is drawn
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415

    with rc_context(_settings()):
        canvas = Canvas(figsize=(FULL_WIDTH, height), layout="constrained")
        FigureCanvasAgg(canvas)
        yield canvas


def save(canvas: "Canvas", folder: Path, name: str) -> tuple[Path, Path]:
    """Write `name`.svg and `name`.png with the same bytes every time; return their paths.

    Raises
    ------
    ReportError
        If no font on this machine has a character that the figure shows.
    OutputError
        If the files cannot be written.
    """
    from matplotlib.text import Text  # noqa: PLC0415 - as above

    texts = list(canvas.findobj(Text))
    families = _families(
        "".join(sorted({c for text in texts for c in text.get_text()})), current().characters
    )
    for text in texts:
        text.set_fontfamily(list(families))
    vector, raster = folder / f"{name}.svg", folder / f"{name}.png"
    try:
        with writing(vector), warnings.catch_warnings():
            folder.mkdir(parents=True, exist_ok=True)
            warnings.filterwarnings("error", message=r"Glyph .* missing")
            canvas.savefig(vector, metadata={"Date": None, "Creator": None})
            canvas.savefig(raster, dpi=RESOLUTION, metadata={"Software": None})
    except UserWarning as problem:
        raise ReportError(
            f"figure {name}: expected fonts for its labels, got: {problem}; install fonts-noto-cjk"
        ) from problem
    return vector, raster


def label(text: str, longest: int = 28) -> str:
    """Return a name as a figure can show it: as the language calls it, harmless, in one line and not longer than `longest` characters.

    A Chinese character takes the room of two; one that no font here has is written as its code point.

    >>> label("a very long name of a collection of pictures", 16)
    'a very long nam…'
    """
    plain = printable(called(text))
    return shortened(substitute(plain, _without_font(plain)), longest)


def wrapped(text: str, width: int = 34, longest: int = 68) -> str:
    """Return a name in lines of at most `width` characters; Chinese breaks between any two, but not before a full stop.

    >>> wrapped("staff time for clearing rights", 16).splitlines()
    ['staff time for', 'clearing rights']
    """
    return "\n".join(broken(label(text, longest), width)) or "–"


def money_axis(axes: "Axes", unit: str) -> None:
    """Write amounts along the horizontal axis, with their unit."""
    axes.xaxis.set_major_formatter(lambda value, _place: number(value))
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel(label(unit, 60))


def clean(axes: "Axes", grid: str = "x") -> None:
    """Leave the axes only what helps reading: quiet lines across the bars and no frame."""
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0)
    if grid:
        axes.grid(axis=grid, color=RULE, linewidth=0.6)  # type: ignore[arg-type]  # "x", "y" or "both"
    axes.set_axisbelow(True)


def by_ones(axis: "Axis") -> None:
    """Divide an axis that counts things into whole numbers: nothing is half a group."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - loaded with matplotlib only

    axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))


def _settings() -> Any:  # noqa: ANN401 - matplotlib types the names of all its settings
    return {
        "font.family": [_SANS],
        "font.size": 8.5,
        "axes.labelsize": 8.5,
        "axes.labelcolor": INK,
        "axes.edgecolor": QUIET,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "hatch.linewidth": 0.8,
        "legend.frameon": False,
        "savefig.facecolor": "white",
        # Strings of strangers: a dollar sign is a dollar sign and not mathematics.
        "text.parse_math": False,
        "axes.formatter.use_mathtext": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "dedupelab",
    }


@lru_cache(maxsize=32)
def _families(characters: str, of_language: frozenset[str]) -> tuple[str, ...]:
    """Return font families that together have every character, the house face first, Hong Kong's forms before others."""
    from matplotlib import font_manager  # noqa: PLC0415 - as above

    missing = {c for c in characters if c.isprintable() and c != " "}
    missing -= _coverage(font_manager.findfont(_SANS))
    families = [_SANS]
    if missing:
        _find_new_fonts()
    known = _known()
    ranked = [*sorted(CHINESE, key=lambda name: "Serif" in name), *sorted(set(known) - set(CHINESE))]
    for name in ranked:
        if not missing:
            break
        offered = (
            {name: known[name]}
            if name in known
            else _packaged(missing, of_language)
            if name == PACKAGED
            else {}
        )
        for family, path in offered.items():
            try:
                found = missing & _coverage(path)
            except (OSError, RuntimeError):
                # A font file that cannot be read is as good as none.
                continue
            if found:
                families.append(family)
                missing -= found
    if missing:
        raise ReportError(warning_for(missing, " in a figure's labels"))
    return tuple(families)


@lru_cache(maxsize=1024)
def _without_font(text: str) -> frozenset[str]:
    """Return the characters that no font here has."""
    if text.isascii():
        return frozenset()
    from matplotlib import font_manager  # noqa: PLC0415 - as above

    missing = {c for c in text if c.isprintable()} - _coverage(font_manager.findfont(_SANS))
    # A quarter of a second to read, for which most labels have no need.
    if missing and (missing := missing - packaged_characters()):
        _find_new_fonts()
        for path in _known().values():
            with suppress(OSError, RuntimeError):
                missing -= _coverage(path)
    return frozenset(missing)


def _known() -> dict[str, str]:
    """Return the families that matplotlib knows, with their files, but for its font of last resort, which draws boxes."""
    from matplotlib import font_manager  # noqa: PLC0415 - as above

    entries = ((entry.name, entry.fname) for entry in font_manager.fontManager.ttflist)
    return {name: path for name, path in entries if not name.startswith("Last Resort")}


def _coverage(path: str) -> set[str]:
    from matplotlib import font_manager  # noqa: PLC0415 - as above

    return set(map(chr, font_manager.get_font(path).get_charmap()))


def _packaged(wanted: set[str], of_language: frozenset[str]) -> dict[str, str]:
    """Return families cut out of the packaged font, with their files: what the language needs in every figure, and the rest."""
    import matplotlib as mpl  # noqa: PLC0415 - as above
    from matplotlib import font_manager  # noqa: PLC0415

    common = packaged_characters() & of_language
    sets = (common if common & wanted else frozenset(), packaged_characters() & wanted - common)
    parts = [packaged_part(each, Path(mpl.get_cachedir())) for each in sets if each]
    for path in parts:
        font_manager.fontManager.addfont(path)
    return {font_manager.get_font(path).family_name: str(path) for path in parts}


def _find_new_fonts() -> None:
    """Tell matplotlib of fonts that were installed after it wrote its cache."""
    from matplotlib import font_manager  # noqa: PLC0415 - as above

    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - known):
        try:
            font_manager.fontManager.addfont(path)
        except (OSError, RuntimeError, ValueError):
            # Bitmap and damaged fonts are of no use here.
            continue
