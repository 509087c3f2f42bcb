"""A study's figures of money and time: drawn from its numbers and tables where these have something to show."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.evidence.harm import ADDED
from dedupelab.publish import figures, wording
from dedupelab.publish.document import Figure
from dedupelab.publish.wording import Numbers
from dedupelab.study import Study

CURVES = ("M.sum", "M9", "M10a")
INPUT_WORDS = {
    "harm": "yearly harm",
    "licence_per_organisation": "price of licensed screening",
    "open_source_per_organisation": "cost of running open-source screening",
    "integration_per_organisation": "integration per organisation",
    "flagged_per_organisation": "pairs flagged per organisation",
    "cross_share": "share of harm across organisations",
    "recall": "share of copies found",
    "remediation": "share of found copies dealt with",
    "ceiling": "adoption in the end",
    "coverage": "share of pictures passing the portal",
    "midpoint": "years until half have adopted",
    "start": "years until it takes effect",
}


def population(study: Study) -> str:
    """Return whom the figures speak of: `sample, 4 collections`."""
    count = len(study.config.collection)
    return f"{study.name}, {count} collection{'s' if count > 1 else ''}"


def unit_of(study: Study) -> str:
    """Return the currency with its price year, as axes say it."""
    harm = study.config.harm
    sign = wording.CURRENCY_SIGNS.get(harm.currency, harm.currency)
    return f"{sign}, prices of {harm.price_year}" if harm.price_year else sign


def input_words(name: str) -> str:
    """Return an input as a figure calls it.

    >>> input_words("hourly_wage"), input_words("harm")
    ('hourly wage', 'yearly harm')
    """
    return INPUT_WORDS.get(name, name.replace("_", " "))


def computed_options(numbers: Numbers) -> pd.DataFrame:
    """Return the options that could be computed, highest expected value first: key, label, value, p10, p90, best."""
    rows = []
    for result in numbers.below("S"):
        parts = [numbers.get(f"{result.id}.{name}") for name in ("p10", "p90", "best")]
        if result.value is None or any(part is None for part in parts):
            continue
        label = result.label.partition(":")[0].replace(" screening", "")
        rows.append((result.id, label, result.value, *(part.value for part in parts if part is not None)))
    frame = pd.DataFrame(rows, columns=["key", "label", "value", "p10", "p90", "best"])
    return frame.sort_values(["value", "key"], ascending=[False, True], ignore_index=True)


def _waterfall(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    found = [numbers.get(name) for name in ADDED]
    lines = [(r.label, r.value) for r in found if r is not None and r.value is not None]
    total, low, high = (numbers.get(name) for name in ("M.sum", "M.sum.p10", "M.sum.p90"))
    if len(lines) < 2 or total is None or total.value is None or low is None or high is None:
        return None
    frame = pd.DataFrame(lines, columns=["label", "value"])
    ends = (total.value, low.value or 0.0, high.value or 0.0)
    return figures.waterfall(
        frame, ends, folder, population=population(study), source="results.json, M.sum", unit=unit_of(study)
    )


def _exceedance(study: Study, _: Numbers, folder: Path) -> Figure | None:
    curves = study.table(tables.EXCEEDANCE)
    curves = curves[curves["line"].isin(CURVES)]
    if curves.empty:
        return None
    order = curves["line"].map({name: rank for rank, name in enumerate(CURVES)})
    short = curves["label"].where(curves["line"] != "M.sum", "Sum of lines that do not overlap")
    ordered = curves.assign(label=short, order=order).sort_values(["order", "amount"], kind="stable")
    return figures.exceedance_curves(
        ordered, folder, population=population(study), source="table exceedance", unit=unit_of(study)
    )


def _options(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    options = computed_options(numbers)
    if options.empty:
        return None
    years = study.config.scenarios.horizon
    return figures.option_values(
        options,
        folder,
        population=population(study),
        source="results.json, S",
        unit=unit_of(study),
        years=years,
    )


def _tornado(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    options, inputs = computed_options(numbers), study.table(tables.TORNADO)
    if options.empty or inputs.empty:
        return None
    label = str(options["label"].iloc[0])
    option, _, screening = label.rpartition(", ")
    rows = inputs[(inputs["option"] == option) & (inputs["screening"] == screening)]
    rows = rows.assign(label=rows["input"].map(input_words))
    if not (rows["net_at_p10"] != rows["net_at_p90"]).any():
        return None
    return figures.tornado_chart(
        rows, folder, option=label, population=population(study), source="table tornado", unit=unit_of(study)
    )


def _adoption(study: Study, _: Numbers, folder: Path) -> Figure | None:
    years = study.table(tables.OPTIONS)
    if years.empty:
        return None
    return figures.adoption_curves(years, folder, population=population(study), source="table options")


def _trend(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    growth, weeks = numbers.get("M11"), study.table(tables.TREND)
    if growth is None or growth.value is None or growth.interval is None:
        return None
    return figures.trend_fan(
        weeks, (growth.value, *growth.interval), folder, population=population(study), source="table trend"
    )


MAKERS: Mapping[str, Callable[[Study, Numbers, Path], Figure | None]] = {
    "waterfall": _waterfall,
    "exceedance": _exceedance,
    "options": _options,
    "adoption": _adoption,
    "tornado": _tornado,
    "trend": _trend,
}
