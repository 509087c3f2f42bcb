"""A study's figures: which ones there are, drawn from its numbers and tables. The paper and the notebooks both use them."""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.errors import ConfigError
from dedupelab.evidence.metadata.conflicts import FIELDS
from dedupelab.evidence.metadata.contradictions import FEWEST_WORKS
from dedupelab.evidence.money.harm import ADDED, YEARLY
from dedupelab.numbers.intervals import KINDS
from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.harm import LINES
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.chapters.worked_example import FIELD_WORDS, field_words
from dedupelab.publish.figures import groups, institutions, money, rates, years
from dedupelab.publish.figures.captions import Caption, Setting
from dedupelab.publish.figures.examples import lineage_figure
from dedupelab.publish.language.language import _, called, day, plural, told, word
from dedupelab.publish.paper.document import Figure
from dedupelab.review.sampling import kind
from dedupelab.study.study import Study

CURVES = ("M.sum", "M9", "M10a")
RUNS = 12
"""Runs that one figure shows."""
INPUT_WORDS = {
    "harm": N_("yearly harm"),
    "licence_per_organisation": N_("price of licensed screening"),
    "open_source_per_organisation": N_("cost of running open-source screening"),
    "integration_per_organisation": N_("integration per organisation"),
    "flagged_per_organisation": N_("pairs flagged per organisation"),
    "cross_share": N_("share of harm across organisations"),
    "recall": N_("share of copies found"),
    "remediation": N_("share of found copies dealt with"),
    "ceiling": N_("adoption in the end"),
    "coverage": N_("share of pictures passing the portal"),
    "midpoint": N_("years until half have adopted"),
    "start": N_("years until it takes effect"),
}


def exhibits(study: Study, folder: Path) -> dict[str, Figure]:
    """Draw every figure the study's numbers allow; return them by name."""
    numbers = Numbers.of(study.results())
    return {
        name: drawn for name, make in MAKERS.items() if (drawn := make(study, numbers, folder)) is not None
    }


def exhibit(study: Study, name: str, folder: Path) -> Figure | None:
    """Draw one figure; None where the study has nothing to show in it.

    Raises
    ------
    ConfigError
        If there is no figure of that name.
    """
    if name not in MAKERS:
        raise ConfigError(f"expected a figure of {', '.join(MAKERS)}, got {name!r}; choose one")
    return MAKERS[name](study, Numbers.of(study.results()), folder)


def runs_exhibit(study: Study, news: pd.DataFrame, folder: Path) -> Figure | None:
    """Draw what the newest runs of a study found; None before a second one found something else."""
    rows = news[news["id"] == "M1"].tail(RUNS)
    if rows["value"].nunique() < 2:
        return None
    moments = rows["time"].map(datetime.fromisoformat)
    several = moments.map(datetime.date).duplicated(keep=False)
    labels = [
        _("{day}, {time} UTC", day=day(moment), time=f"{moment:%H:%M}") if twice else day(moment)
        for moment, twice in zip(moments, several, strict=True)
    ]
    frame = rows.assign(label=labels, without=[_(KINDS[kind]) for kind in rows["kind"]])
    return rates.runs_intervals(frame[["label", "value", "low", "high", "without"]], _setting(study, folder))


def population(study: Study) -> str:
    """Return whom the figures speak of: `653 pictures of 4 collections`."""
    return plural(
        "{pictures:,} pictures of {count} collection",
        "{pictures:,} pictures of {count} collections",
        len(study.config.collection),
        pictures=int((study.images()["status"] == "hashed").sum()),
    )


def unit_of(study: Study) -> str:
    """Return the currency with its price year, as axes say it."""
    sign, year = _currency(study), study.config.harm.price_year
    return _("{sign}, prices of {price_year}", sign=sign, price_year=year) if year else sign


def _currency(study: Study) -> str:
    code = study.config.harm.currency
    return wording.CURRENCY_SIGNS.get(code, code)


def _setting(study: Study, folder: Path) -> Setting:
    return Setting(folder, population(study), _("this study"), unit_of(study), _currency(study))


def _intervals(results: Iterable[tuple[str, Result | None]]) -> pd.DataFrame:
    """Return those results that have a value by their labels: label, value, low, high and, where these are NaN, why."""
    rows = []
    for label, result in results:
        if result is not None and result.value is not None:
            ends = result.interval or (math.nan, math.nan)
            rows.append((label, result.value, *ends, _(KINDS[result.interval_kind])))
    return pd.DataFrame(rows, columns=["label", "value", "low", "high", "without"])


def _overlap(study: Study, _other: Numbers, folder: Path) -> Figure | None:
    overlap = study.overlap()
    if len(study.config.collection) < 2 or not (overlap["shared"] > 0).any():
        return None
    return institutions.overlap_heat_map(_called(overlap, study), _setting(study, folder))


def _sharing(study: Study, _other: Numbers, folder: Path) -> Figure | None:
    overlap = study.overlap()
    if len(study.config.collection) < 2 or not (overlap.query("row != column")["shared"] > 0).any():
        return None
    images = study.images()
    counts = images.loc[images["status"] == "hashed", "collection"].value_counts()
    sizes = {name: int(counts.get(own, 0)) for own, name in _names(study).items()}
    return institutions.sharing_graph(_called(overlap, study), sizes, _setting(study, folder))


def _names(study: Study) -> dict[str, str]:
    """Return collections with what their author calls them in this language, unless two would be called the same."""
    own = [each.name for each in study.config.collection]
    names = [called(name) for name in own]
    return dict(zip(own, names if len({*names}) == len(own) else own, strict=True))


def _called(overlap: pd.DataFrame, study: Study) -> pd.DataFrame:
    names = _names(study)
    return overlap.assign(row=overlap["row"].map(names), column=overlap["column"].map(names))


def _relations(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    pairs = {r.id.removeprefix("N.pairs."): int(r.value or 0) for r in numbers.below("N.pairs")}
    if not any(pairs.values()):
        return None
    return groups.relations_chart(pairs, _setting(study, folder))


def _sizes(study: Study, _other: Numbers, folder: Path) -> Figure | None:
    sizes = [int(size) for size in study.groups()["images"]]
    if not sizes:
        return None
    return groups.group_sizes(sizes, _setting(study, folder))


def _threshold(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    at = [(int(r.id.rsplit(".", 1)[1]), r.value) for r in numbers.below("M1.at") if r.value is not None]
    if len(at) < 2 or not any(rate for _other, rate in at):
        return None
    curve = pd.DataFrame(at, columns=["distance", "rate"])
    limit = study.config.match.max_distance
    return rates.threshold_curve(curve, limit, _setting(study, folder))


def _conflicts(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    frame = _intervals((_(words), numbers.get(f"M5.{field}")) for field, words in FIELD_WORDS.items())
    if frame.empty:
        return None
    return rates.conflicts_by_field(frame, _setting(study, folder))


def _links_hold(numbers: Numbers) -> str:
    found = numbers.known("V.precision")
    if found is None:
        return _("Too few pairs were reviewed to judge the links")
    return _("{found} of the links that digests do not prove are copies", found=wording.figure(found))


def _accuracy(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    shown = _intervals(
        (told(kind(r.about("relation"), r.about("band"))), r) for r in numbers.below("V.copies")
    )
    if shown.empty:
        return None
    return rates.accuracy_intervals(shown, _links_hold(numbers), _setting(study, folder))


def _harm(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    rows = []
    for name in LINES:
        result = numbers.get(name)
        if result is None or (
            result.value is not None and not result.unit.startswith(study.config.harm.currency)
        ):
            continue
        low, high = result.interval or (math.nan, math.nan)
        value = math.nan if result.value is None else result.value
        what = told(result.label)
        what = _("{line} (per year)", line=what) if result.id in YEARLY else _("{line} (once)", line=what)
        rows.append((what, value, low, high, _("needs {needs}", needs=wording.needs(result))))
    frame = pd.DataFrame(rows, columns=["label", "value", "low", "high", "reason"])
    if not frame["value"].notna().any():
        return None
    return money.harm_lines(frame, _setting(study, folder))


def _weekly_ai(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    rows = []
    for result in numbers.below("M12w"):
        year, week = result.id.rpartition(".")[2].split("-W")
        day = date.fromisocalendar(int(year), int(week), 1)
        rows.append((day, result.denominator or 0, result.value or 0))
    if not any(labelled for *_rest, labelled in rows):
        return None
    weeks, total = pd.DataFrame(rows, columns=["week", "images", "labelled"]), numbers["M12w"]
    mean = wording.with_interval(total)
    caption = Caption(
        _(
            "{total_part:,.0f} AI-labelled images in {total_whole:,.0f} weeks",
            total_part=total.numerator,
            total_whole=total.denominator,
        ),
        _(
            "Images per week by modification time, and those labelled as AI-made; {study}",
            study=population(study),
        ),
        _("On average {mean} were labelled as AI-made.", mean=mean),
    )
    return years.weekly_labelled(weeks, caption, _setting(study, folder))


def _headlines(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    found = map(numbers.get, ("M1", "M1b", "M1p", "M4.any", "M5.creator", "M6b", "M7", "M7s"))
    frame = _intervals((told(result.label), result) for result in found if result is not None)
    if frame.empty:
        return None
    return rates.headline_intervals(frame, _setting(study, folder))


def contradictions(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    """Draw M5p; None where no pair of institutions has enough works to compare."""
    names = _names(study).items()
    pairs = {f"{one}.{other}": (first, second) for one, first in names for other, second in names}
    rows = []
    for result in numbers.below("M5p"):
        field, _dot, pair = result.id.removeprefix("M5p.").partition(".")
        one, other = pairs[pair]
        share = math.nan if result.value is None else result.value
        rows.append((field_words(field), one, other, share, result.denominator or 0, result.numerator or 0))
    cells = pd.DataFrame(rows, columns=["field", "one", "other", "share", "works", "found"])
    # In the order in which fields are named everywhere, not in that of the ids.
    order = {field_words(field): place for place, field in enumerate(FIELDS)}
    cells = cells.sort_values("field", key=lambda fields: fields.map(order), kind="stable")
    if not cells["share"].notna().any():
        return None
    return institutions.contradictions_heat_map(cells, FEWEST_WORKS, _setting(study, folder))


def input_words(name: str) -> str:
    """Return an input as a figure calls it.

    >>> input_words("hourly_wage"), input_words("harm")
    ('hourly wage', 'yearly harm')
    """
    return _(INPUT_WORDS[name]) if name in INPUT_WORDS else word(name)


def computed_options(numbers: Numbers) -> pd.DataFrame:
    """Return the options that could be computed, highest expected value first: key (the id in results.json), label, value, p10, p90, best."""
    rows = []
    for result in numbers.below("S"):
        parts = [numbers.get(f"{result.id}.{name}") for name in ("p10", "p90", "best")]
        if result.value is None or any(part is None for part in parts):
            continue
        values = (part.value for part in parts if part is not None)
        rows.append((result.id, wording.option_name(result), result.value, *values))
    frame = pd.DataFrame(rows, columns=["key", "label", "value", "p10", "p90", "best"])
    return frame.sort_values(["value", "key"], ascending=[False, True], ignore_index=True)


def _waterfall(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    found = [numbers.get(name) for name in ADDED]
    lines = [(told(r.label), r.value) for r in found if r is not None and r.value is not None]
    total, low, high = (numbers.get(name) for name in ("M.sum", "M.sum.p10", "M.sum.p90"))
    if len(lines) < 2 or total is None or total.value is None or low is None or high is None:
        return None
    frame = pd.DataFrame(lines, columns=["label", "value"])
    ends = (total.value, low.value or 0.0, high.value or 0.0)
    return money.waterfall(frame, ends, _setting(study, folder))


def _exceedance(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    curves = study.table(tables.EXCEEDANCE)
    curves = curves[curves["line"].isin(CURVES)]
    if curves.empty:
        return None
    lines = curves["line"].map(lambda line: told(numbers[line].label))
    order = curves["line"].map({name: rank for rank, name in enumerate(CURVES)})
    short = lines.where(curves["line"] != "M.sum", _("Sum of lines that do not overlap"))
    ordered = curves.assign(label=short, order=order).sort_values(["order", "amount"], kind="stable")
    return money.exceedance_curves(ordered, _setting(study, folder))


def _options(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    options = computed_options(numbers)
    if options.empty:
        return None
    horizon = study.config.scenarios.horizon
    return money.option_values(options, horizon, _setting(study, folder))


def _tornado(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    options, inputs = computed_options(numbers), study.table(tables.TORNADO)
    if options.empty or inputs.empty:
        return None
    label = str(options["label"].iloc[0])
    first = numbers[str(options["key"].iloc[0])]
    option, screening = first.about("option"), first.about("screening")
    rows = inputs[(inputs["option"] == option) & (inputs["screening"] == screening)]
    rows = rows.assign(label=rows["input"].map(input_words))
    if not (rows["net_at_p10"] != rows["net_at_p90"]).any():
        return None
    return money.tornado_chart(rows, label, _setting(study, folder))


def _adoption(study: Study, _other: Numbers, folder: Path) -> Figure | None:
    adopted = study.table(tables.OPTIONS)
    if adopted.empty:
        return None
    return years.adoption_curves(adopted, _setting(study, folder))


def _trend(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    growth, weeks = numbers.get("M11"), study.table(tables.TREND)
    if growth is None or growth.value is None or growth.interval is None:
        return None
    return years.trend_fan(weeks, (growth.value, *growth.interval), _setting(study, folder))


def _attribution(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    share = numbers.get("M9a")
    rows = [numbers.get(name) for name in ("M9a.duplicated", "M9a.single")]
    frame = _intervals((told(r.label), r) for r in rows if r is not None and r.interval)
    if share is None or share.value is None or share.interval is None or len(frame) < 2:
        return None
    caption = Caption(
        _("Works held more than once had more incidents each")
        if share.interval[0] > 0
        else _("No share of incidents can be told from none"),
        _(
            "Incidents per hundred works, of works held more than once and held once; {population}",
            population=population(study),
        ),
        _("Share due to duplication {share}.", share=wording.with_interval(share)),
    )
    setting = _setting(study, folder)
    axis = _("incidents per hundred works")
    return rates.intervals(frame, "figure-attribution", axis, caption, _("Figure"), setting)


def _lineage(study: Study, _other: Numbers, folder: Path) -> Figure | None:
    return lineage_figure(study, folder)


Maker = Callable[[Study, Numbers, Path], Figure | None]
MAKERS: Mapping[str, Maker] = {
    "headlines": _headlines, "overlap": _overlap, "sharing": _sharing, "relations": _relations,
    "sizes": _sizes, "threshold": _threshold, "conflicts": _conflicts, "contradictions": contradictions,
    "lineage": _lineage, "weekly-ai": _weekly_ai, "harm": _harm, "waterfall": _waterfall,
    "exceedance": _exceedance, "options": _options, "adoption": _adoption, "tornado": _tornado,
    "trend": _trend, "attribution": _attribution, "accuracy": _accuracy,
}  # fmt: skip
