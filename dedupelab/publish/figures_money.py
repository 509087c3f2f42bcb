"""Money at a glance: how the lines add up, how likely which amount is, what moves an option, how options compare."""

from pathlib import Path

import pandas as pd

from dedupelab.errors import ReportError
from dedupelab.publish.captions import Caption, each, frame, percent
from dedupelab.publish.document import Column, Figure, Table, Text
from dedupelab.publish.style import (
    ACCENT,
    ALARM,
    ESTIMATE_HATCH,
    INK,
    MARKERS,
    PALE,
    QUIET,
    SERIES,
    clean,
    drawing,
    label,
    wrapped,
)
from dedupelab.publish.wording import significant

_ROWS = 8
"""Inputs that a tornado shows; the table beside it has all."""
_STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))


def waterfall(
    lines: pd.DataFrame,
    total: tuple[float, float, float],
    folder: Path,
    *,
    population: str,
    source: Text,
    unit: str,
) -> Figure:
    """Draw how lines that do not overlap add up. Columns: `label`, `value`. `total` is the sum with its P10 and P90.

    Raises
    ------
    ReportError
        If there is no line.
    """
    if lines.empty:
        raise ReportError("expected one line with a value or more, got none; leave the figure out")
    names = [*lines["label"], "Sum"]
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
        _money_axis(axes, unit)
        clean(axes)
        columns = (
            Column("Line", width=3.6),
            Column("Value", "right", unit, 2),
            Column("P10 to P90", "right", unit, 2.4),
        )
        rows = [(r.label, significant(r.value), "") for r in each(lines)]
        rows.append(("Sum", significant(total[0]), f"{significant(total[1])} to {significant(total[2])}"))
        table = Table("table-waterfall", f"How the lines add up, {population}", columns, rows)
        top = lines.sort_values("value").iloc[-1]
        share = top["value"] / total[0] if total[0] else 0.0
        caption = Caption(
            f"{percent(share, 0)} of the sum: {label(top['label'], 60)}",
            f"Lines that do not overlap, {unit}, first year; bar: P10 to P90 of the sum; {population}",
            f"The sum is {_amount(total[0], unit)}, P10 to P90 {significant(total[1])} to {significant(total[2])}.",
            "; ".join(f"{r.label}: {significant(r.value)}" for r in each(lines)),
        )
        return frame(canvas, folder, "figure-waterfall", caption, source, table)


def exceedance_curves(
    curves: pd.DataFrame, folder: Path, *, population: str, source: Text, unit: str
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
        for number, (_, curve) in enumerate(curves.groupby("line", sort=False)):
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
            "1 in 10", (axes.get_xlim()[1], 10), (-2, 2), textcoords="offset points", ha="right", color=QUIET
        )
        axes.set_ylim(0, 101)
        axes.set_xlim(left=0)
        axes.set_ylabel("Chance of at least this cost, per cent")
        _money_axis(axes, unit)
        canvas.legend(loc="outside upper left", ncols=1)
        clean(axes, "both")
        columns = (
            Column("Line", width=3.6),
            *(Column(f"{n} in 10 cost more", "right", unit, 1.8) for n in (9, 5, 1)),
        )
        table = Table(
            "table-exceedance",
            f"Chance of a year's cost, {population}",
            columns,
            [(n, *map(significant, v)) for n, v in tenth.items()],
        )
        name, values = next(iter(tenth.items()))
        caption = Caption(
            f"One year in ten costs more than {_amount(values[2], unit)}",
            f"{_capital(label(name, 70))}: chance that a year costs at least so much, {unit}; {population}",
            f"{label(name, 60)}: half of the draws cost more than {_amount(values[1], unit)}, one in ten more than {significant(values[2])}.",
            "; ".join(
                f"{n}: 9 in 10 above {significant(v[0])}, 1 in 10 above {significant(v[2])}"
                for n, v in tenth.items()
            ),
        )
        return frame(canvas, folder, "figure-exceedance", caption, source, table)


def tornado_chart(
    inputs: pd.DataFrame, folder: Path, *, option: str, population: str, source: Text, unit: str
) -> Figure:
    """Draw which input moves an option's present value. Columns: `label`, `net_at_p10`, `net_at_p90`, `correlation`, `switching`.

    Raises
    ------
    ReportError
        If no input varies.
    """
    moving = inputs[inputs["net_at_p10"] != inputs["net_at_p90"]]
    if moving.empty:
        raise ReportError("expected one input that varies or more, got none; leave the figure out")
    swing = (moving["net_at_p90"] - moving["net_at_p10"]).abs()
    moving = moving.assign(swing=swing).sort_values(["swing", "label"], ascending=[False, True])
    shown = moving.head(_ROWS)
    with drawing(height=1.2 + 0.36 * len(shown)) as canvas:
        axes = canvas.subplots()
        from matplotlib.patches import Patch  # noqa: PLC0415 - loaded with matplotlib only

        middle = float(
            (
                shown[["net_at_p10", "net_at_p90"]].min(axis=1).max()
                + shown[["net_at_p10", "net_at_p90"]].max(axis=1).min()
            )
            / 2
        )
        for y, row in enumerate(each(shown)):
            axes.barh(
                y,
                row.net_at_p10 - middle,
                left=middle,
                height=0.6,
                facecolor=PALE,
                edgecolor=ACCENT,
                hatch=ESTIMATE_HATCH,
            )
            axes.barh(y, row.net_at_p90 - middle, left=middle, height=0.6, facecolor=ACCENT, edgecolor=ACCENT)
        axes.axvline(middle, color=INK, linewidth=1)
        if axes.get_xlim()[0] < 0 < axes.get_xlim()[1]:
            axes.axvline(0, color=ALARM, linewidth=1, linestyle="--")
        axes.set_yticks(range(len(shown)), [wrapped(name) for name in shown["label"]])
        axes.set_ylim(len(shown) - 0.5, -0.6)
        _money_axis(axes, unit)
        looks = [
            Patch(facecolor=PALE, edgecolor=ACCENT, hatch=ESTIMATE_HATCH),
            Patch(facecolor=ACCENT, edgecolor=ACCENT),
        ]
        canvas.legend(looks, ["input at its P10", "input at its P90"], loc="outside upper left", ncols=2)
        clean(axes)
        columns = (
            Column("Input", width=2.8), Column("At P10", "right", unit, 1.6), Column("At P90", "right", unit, 1.6),
            Column("Rank correlation", "right", width=1.2), Column("Sign turns at", "right", width=1.4),
        )  # fmt: skip
        rows = [
            (r.label, significant(r.net_at_p10), significant(r.net_at_p90), f"{r.correlation:.2f}", significant(r.switching) if pd.notna(r.switching) else "nowhere")
            for r in each(moving)
        ]  # fmt: skip
        table = Table(
            "table-tornado",
            f"Inputs that move {label(option, 60)}",
            columns,
            rows,
            "Each input alone from its P10 to its P90, the others at P50.",
        )
        first = shown.iloc[0]
        caption = Caption(
            f"{_capital(label(first['label'], 50))} moves the result most",
            f"Present value of {label(option, 60)}, {unit}, with one input at a time at its P10 and P90; {population}",
            f"{_capital(label(first['label'], 40))} moves the present value from {significant(first['net_at_p10'])} to {significant(first['net_at_p90'])}.",
            "; ".join(
                f"{r.label}: {significant(r.net_at_p10)} to {significant(r.net_at_p90)}" for r in each(shown)
            ),
        )
        return frame(canvas, folder, "figure-tornado", caption, source, table)


def option_values(
    options: pd.DataFrame, folder: Path, *, population: str, source: Text, unit: str, years: int
) -> Figure:
    """Draw each option's present value with P10 and P90. Columns: `label`, `value`, `p10`, `p90`, `best` (0..1).

    Raises
    ------
    ReportError
        If there is no option.
    """
    if options.empty:
        raise ReportError("expected one option or more, got none; leave the figure out")
    with drawing(height=0.9 + 0.36 * len(options)) as canvas:
        axes = canvas.subplots()
        for y, row in enumerate(each(options)):
            axes.plot((row.p10, row.p90), (y, y), color=ACCENT, linewidth=1.8, solid_capstyle="butt")
            axes.plot(row.value, y, marker=MARKERS[0], color=ACCENT, markersize=6)
        axes.axvline(0, color=INK, linewidth=1)
        axes.set_yticks(range(len(options)), [wrapped(name) for name in options["label"]])
        axes.set_ylim(len(options) - 0.4, -0.6)
        _money_axis(axes, unit)
        clean(axes)
        columns = (
            Column("Option", width=3.2), Column("Expected", "right", unit, 1.6), Column("P10 to P90", "right", unit, 2.4),
            Column("Largest in", "right", "per cent of draws", 1.4),
        )  # fmt: skip
        rows = [
            (
                r.label,
                significant(r.value),
                f"{significant(r.p10)} to {significant(r.p90)}",
                f"{100 * r.best:.0f}",
            )
            for r in each(options)
        ]
        table = Table("table-option-values", f"Present value over {years} years, {population}", columns, rows)
        above = int((options["p10"] > 0).sum())
        top = options.sort_values("value", ascending=False, kind="stable").iloc[0]
        title = f"{above} of {len(options)} variants exceed doing nothing in nine draws of ten"
        caption = Caption(
            title,
            f"Benefits less costs over {years} years, {unit}, expected value and P10 to P90, under these inputs; {population}",
            f"Highest expected value: {label(top['label'], 50)}, {significant(top['value'])}, P10 to P90 {significant(top['p10'])} to {significant(top['p90'])}.",
            "; ".join(f"{r.label}: {significant(r.value)}" for r in each(options)),
        )
        return frame(canvas, folder, "figure-option-values", caption, source, table)


def _money_axis(axes: object, unit: str) -> None:
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")  # type: ignore[attr-defined]  # matplotlib's axes, not imported here
    axes.locator_params(axis="x", nbins=6)  # type: ignore[attr-defined]  # as above
    axes.set_xlabel(label(unit, 60))  # type: ignore[attr-defined]  # as above


def _note(axes: object, x: float, y: float, text: str) -> None:
    axes.annotate(text, (x, y), (6, 0), textcoords="offset points", va="center")  # type: ignore[attr-defined]  # matplotlib's axes


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _amount(value: float, unit: str) -> str:
    """Return an amount with the currency that the unit starts with."""
    return f"{label(unit.partition(',')[0], 8)}{significant(value)}"
