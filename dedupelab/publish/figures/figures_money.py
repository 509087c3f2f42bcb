"""Money at a glance: how the lines add up, and how likely which amount is."""

from pathlib import Path

import pandas as pd

from dedupelab.errors import ReportError
from dedupelab.publish.chapters.wording import significant
from dedupelab.publish.figures.captions import Caption, each, frame, listing, percent
from dedupelab.publish.figures.style import (
    ACCENT,
    ESTIMATE_HATCH,
    INK,
    PALE,
    QUIET,
    SERIES,
    clean,
    drawing,
    label,
    money_axis,
    wrapped,
)
from dedupelab.publish.language.language import _, capital, joined
from dedupelab.publish.paper.document import Column, Figure, Table, Text

_STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))


def waterfall(
    lines: pd.DataFrame,
    total: tuple[float, float, float],
    folder: Path,
    *,
    population: str,
    source: Text,
    unit: str,
    currency: str,
) -> Figure:
    """Draw how lines that do not overlap add up. Columns: `label`, `value`. `total` is the sum with its P10 and P90.

    Raises
    ------
    ReportError
        If there is no line.
    """
    if lines.empty:
        raise ReportError("expected one line with a value or more, got none; leave the figure out")
    names = [*lines["label"], _("Sum")]
    with drawing(height=1.1 + 0.5 * len(names)) as canvas:
        axes = canvas.subplots()
        start = 0.0
        for y, value in enumerate(lines["value"]):
            axes.barh(
                y, value, left=start, height=0.6, facecolor=PALE, edgecolor=ACCENT, hatch=ESTIMATE_HATCH
            )
            axes.plot((start + value,) * 2, (y - 0.3, y + 1.3), color=QUIET, linewidth=0.8)
            _note(axes, start + value, y, significant(value))
            start += value
        y = len(lines)
        axes.barh(y, total[0], height=0.6, facecolor=PALE, edgecolor=INK, hatch=ESTIMATE_HATCH * 2)
        axes.errorbar(
            total[0],
            y,
            xerr=[[max(total[0] - total[1], 0)], [max(total[2] - total[0], 0)]],
            color=INK,
            capsize=3,
            linewidth=1.2,
        )
        _note(axes, max(total[0], total[2]), y, significant(total[0]))
        axes.set_yticks(range(len(names)), [wrapped(name) for name in names])
        axes.set_ylim(len(names) - 0.5, -0.6)
        axes.set_xlim(0, max(start, total[2]) * 1.15 or 1)
        money_axis(axes, unit)
        clean(axes)
        columns = (
            Column(_("Line"), width=3.6),
            Column(_("Value"), "right", unit, 2),
            Column(_("P10 to P90"), "right", unit, 2.4),
        )
        rows = [(r.label, significant(r.value), "") for r in each(lines)]
        rows.append(
            (
                _("Sum"),
                significant(total[0]),
                _("{low} to {high}", low=significant(total[1]), high=significant(total[2])),
            )
        )
        table = Table(
            "table-waterfall", _("How the lines add up, {population}", population=population), columns, rows
        )
        top = lines.sort_values("value").iloc[-1]
        share = top["value"] / total[0] if total[0] else 0.0
        caption = Caption(
            _("{share} of the sum: {label}", share=percent(share, 0), label=label(top["label"], 60)),
            _(
                "Lines that do not overlap, {unit}, first year; bar: P10 to P90 of the sum; {population}",
                unit=unit,
                population=population,
            ),
            _(
                "The sum is {total}, P10 to P90 {total_2} to {total_3}.",
                total=_amount(total[0], currency),
                total_2=significant(total[1]),
                total_3=significant(total[2]),
            ),
            listing((r.label, significant(r.value)) for r in each(lines)),
        )
        return frame(canvas, folder, "figure-waterfall", caption, source, table)


def exceedance_curves(
    curves: pd.DataFrame, folder: Path, *, population: str, source: Text, unit: str, currency: str
) -> Figure:
    """Draw how likely a cost of at least an amount is. Columns: `line`, `label`, `probability`, `amount`.

    Raises
    ------
    ReportError
        If there is no curve.
    """
    if curves.empty:
        raise ReportError("expected one curve or more, got none; leave the figure out")
    with drawing(height=3.4) as canvas:
        axes = canvas.subplots()
        tenth = {}
        for number, (_other, curve) in enumerate(curves.groupby("line", sort=False)):
            ordered = curve.sort_values("amount")
            name = str(ordered["label"].iloc[0])
            style = _STYLES[number % len(_STYLES)]
            axes.plot(
                ordered["amount"],
                100 * ordered["probability"],
                color=SERIES[number % len(SERIES)],
                linestyle=style,
                linewidth=1.8,
                label=label(name, 60),
            )
            nearest = [int((ordered["probability"] - p).abs().to_numpy().argmin()) for p in (0.9, 0.5, 0.1)]
            tenth[name] = [float(a) for a in ordered["amount"].to_numpy()[nearest]]
        axes.axhline(10, color=QUIET, linewidth=0.8, linestyle=":")
        axes.annotate(
            _("1 in 10"),
            (axes.get_xlim()[1], 10),
            (-2, 2),
            textcoords="offset points",
            ha="right",
            color=QUIET,
        )
        axes.set_ylim(0, 101)
        axes.set_xlim(left=0)
        axes.set_ylabel(_("Chance of at least this cost, per cent"))
        money_axis(axes, unit)
        canvas.legend(loc="outside upper left", ncols=1)
        clean(axes, "both")
        columns = (
            Column(_("Line"), width=3.6),
            *(Column(_("{n} in 10 cost more", n=n), "right", unit, 1.8) for n in (9, 5, 1)),
        )
        table = Table(
            "table-exceedance",
            _("Chance of a year's cost, {population}", population=population),
            columns,
            [(n, *map(significant, v)) for n, v in tenth.items()],
        )
        name, values = next(iter(tenth.items()))
        caption = Caption(
            _("One year in ten costs more than {values}", values=_amount(values[2], currency)),
            _(
                "{name}: chance that a year costs at least so much, {unit}; {population}",
                name=capital(label(name, 70)),
                unit=unit,
                population=population,
            ),
            _(
                "{name}: half of the draws cost more than {values}, one in ten more than {values_2}.",
                name=label(name, 60),
                values=_amount(values[1], currency),
                values_2=significant(values[2]),
            ),
            joined(
                (
                    _(
                        "{line}: 9 in 10 above {low}, 1 in 10 above {high}",
                        line=n,
                        low=significant(v[0]),
                        high=significant(v[2]),
                    )
                    for n, v in tenth.items()
                ),
                "; ",
            ),
        )
        return frame(canvas, folder, "figure-exceedance", caption, source, table)


def _note(axes: object, x: float, y: float, text: str) -> None:
    axes.annotate(text, (x, y), (6, 0), textcoords="offset points", va="center")  # type: ignore[attr-defined]  # matplotlib's axes


def _amount(value: float, currency: str) -> str:
    return f"{label(currency, 8)}{significant(value)}"
