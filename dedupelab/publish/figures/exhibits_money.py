"""A study's figures of money and time: drawn from its numbers and tables where these have something to show."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from dedupelab import tables
from dedupelab.evidence.money.harm import ADDED
from dedupelab.numbers.messages import N_
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.figures import figures
from dedupelab.publish.language.language import _, plural, told, word
from dedupelab.publish.paper.document import Figure
from dedupelab.study.study import Study

CURVES = ("M.sum", "M9", "M10a")
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


def population(study: Study) -> str:
    """Return whom the figures speak of: `sample, 4 collections`."""
    return plural(
        "{study}, {count} collection",
        "{study}, {count} collections",
        len(study.config.collection),
        study=study.name,
    )


def unit_of(study: Study) -> str:
    """Return the currency with its price year, as axes say it."""
    sign, year = _currency(study), study.config.harm.price_year
    return _("{sign}, prices of {price_year}", sign=sign, price_year=year) if year else sign


def _currency(study: Study) -> str:
    code = study.config.harm.currency
    return wording.CURRENCY_SIGNS.get(code, code)


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
        rows.append(
            (
                result.id,
                wording.option_name(result),
                result.value,
                *(part.value for part in parts if part is not None),
            )
        )
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
    return figures.waterfall(
        frame,
        ends,
        folder,
        population=population(study),
        source="results.json, M.sum",
        unit=unit_of(study),
        currency=_currency(study),
    )


def _exceedance(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    curves = study.table(tables.EXCEEDANCE)
    curves = curves[curves["line"].isin(CURVES)]
    if curves.empty:
        return None
    lines = curves["line"].map(lambda line: told(numbers[line].label))
    order = curves["line"].map({name: rank for rank, name in enumerate(CURVES)})
    short = lines.where(curves["line"] != "M.sum", _("Sum of lines that do not overlap"))
    ordered = curves.assign(label=short, order=order).sort_values(["order", "amount"], kind="stable")
    return figures.exceedance_curves(
        ordered,
        folder,
        population=population(study),
        source=_("table exceedance"),
        unit=unit_of(study),
        currency=_currency(study),
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
    first = numbers[str(options["key"].iloc[0])]
    option, screening = first.about("option"), first.about("screening")
    rows = inputs[(inputs["option"] == option) & (inputs["screening"] == screening)]
    rows = rows.assign(label=rows["input"].map(input_words))
    if not (rows["net_at_p10"] != rows["net_at_p90"]).any():
        return None
    return figures.tornado_chart(
        rows,
        folder,
        option=label,
        population=population(study),
        source=_("table tornado"),
        unit=unit_of(study),
    )


def _adoption(study: Study, _other: Numbers, folder: Path) -> Figure | None:
    years = study.table(tables.OPTIONS)
    if years.empty:
        return None
    return figures.adoption_curves(years, folder, population=population(study), source=_("table options"))


def _trend(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    growth, weeks = numbers.get("M11"), study.table(tables.TREND)
    if growth is None or growth.value is None or growth.interval is None:
        return None
    return figures.trend_fan(
        weeks, (growth.value, *growth.interval), folder, population=population(study), source=_("table trend")
    )


def _attribution(study: Study, numbers: Numbers, folder: Path) -> Figure | None:
    share = numbers.get("M9a")
    rates = [numbers.get(name) for name in ("M9a.duplicated", "M9a.single")]
    shown = [
        (told(r.label), r.value, *r.interval)
        for r in rates
        if r is not None and r.value is not None and r.interval
    ]
    if share is None or share.value is None or share.interval is None or len(shown) < 2:
        return None
    caption = figures.Caption(
        _("{share} of incidents is due to duplication", share=wording.figure(share))
        if share.interval[0] > 0
        else _("No share of incidents can be told from none"),
        _(
            "Incidents per hundred works, of works held more than once and held once; {population}",
            population=population(study),
        ),
        _("Share due to duplication {share}.", share=wording.with_interval(share)),
    )
    return figures.headline_intervals(
        pd.DataFrame(shown, columns=["label", "value", "low", "high"]), folder, population=population(study),
        source="results.json, M9a", caption=caption, identifier="figure-attribution", axis=_("incidents per hundred works"),
    )  # fmt: skip


MAKERS: Mapping[str, Callable[[Study, Numbers, Path], Figure | None]] = {
    "waterfall": _waterfall,
    "exceedance": _exceedance,
    "options": _options,
    "adoption": _adoption,
    "tornado": _tornado,
    "trend": _trend,
    "attribution": _attribution,
}
