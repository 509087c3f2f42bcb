"""What duplication costs and what options are worth; what could not be estimated is said in words and never drawn as zero."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from dedupelab.publish.chapters.wording import significant
from dedupelab.publish.figures.captions import Caption, Setting, each, frame, listing, percent
from dedupelab.publish.figures.style import (
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
    money_axis,
    wrapped,
)
from dedupelab.publish.language.language import _, capital, joined
from dedupelab.publish.language.language import number as written
from dedupelab.publish.paper.document import Column, Figure, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STYLES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
_ROWS = 8
"""Inputs that a tornado shows; the table beside it has all."""


def harm_lines(lines: pd.DataFrame, setting: Setting) -> Figure:
    """Draw costs as bars with their ranges.

    Columns: `label`, `value` (NaN: not estimated), `low`, `high` (NaN: no range), `reason` (what a line without value needs).
    """
    valued, open_lines = lines[lines["value"].notna()], lines[lines["value"].isna()]
    missing = joined(
        (_("{line} ({reason})", line=row.label, reason=row.reason) for row in each(open_lines)), "; "
    )
    with drawing(height=1.3 + 0.46 * len(valued)) as canvas:
        from matplotlib.patches import Patch  # noqa: PLC0415 - loaded with matplotlib only

        axes = canvas.subplots()
        look: dict[str, Any] = {"facecolor": PALE, "edgecolor": ACCENT, "hatch": ESTIMATE_HATCH}
        for y, row in enumerate(each(valued)):
            axes.barh(y, row.value, height=0.6, **look)
            ranged = pd.notna(row.low) and pd.notna(row.high)
            if ranged:
                _range(axes, y, row.value, row.low, row.high)
            _note(axes, row.high if ranged else row.value, y, significant(row.value))
        axes.set_yticks(range(len(valued)), [wrapped(name, longest=100) for name in valued["label"]])
        axes.invert_yaxis()
        axes.set_xlim(0, max(valued[["value", "high"]].max().max() * 1.18, 1))
        money_axis(axes, setting.unit)
        canvas.legend([Patch(**look)], [_("estimated")], loc="outside upper left")
        clean(axes)
        columns = (
            Column(_("Line"), width=3.4),
            Column(_("Value"), "right", setting.unit, 2),
            Column(_("Range"), "right", setting.unit, 2.6),
            Column(_("Kind"), width=1.6),
        )
        rows = [
            (
                r.label,
                significant(r.value),
                _span(r.low, r.high) if pd.notna(r.low) and pd.notna(r.high) else "",
                _("estimated"),
            )
            for r in each(valued)
        ]
        note = _("Not estimated: ") + missing if missing else ""
        table = Table(
            "table-harm", _("Costs by line, {population}", population=setting.population), columns, rows, note
        )
        return frame(canvas, setting, "figure-harm", _harm_caption(valued, setting, note), table)


def _harm_caption(valued: pd.DataFrame, setting: Setting, note: str) -> Caption:
    top = valued.sort_values("value").iloc[-1]
    return Caption(
        _("Largest cost: {label}", label=label(top["label"], 60)),
        _("{unit}, with ranges; {population}", unit=setting.unit, population=setting.population),
        _(
            "Largest line: {label}, {value} {unit}.",
            label=label(top["label"], 60),
            value=significant(top["value"]),
            unit=label(setting.unit, 50),
        ),
        listing((r.label, significant(r.value)) for r in each(valued))
        + (_(". {note}", note=note) if note else ""),
    )


def waterfall(lines: pd.DataFrame, total: tuple[float, float, float], setting: Setting) -> Figure:
    """Draw how lines that do not overlap add up. Columns: `label`, `value`. `total` is the sum with its P10 and P90."""
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
        _range(axes, y, *total)
        _note(axes, max(total[0], total[2]), y, significant(total[0]))
        axes.set_yticks(range(len(names)), [wrapped(name) for name in names])
        axes.set_ylim(len(names) - 0.5, -0.6)
        axes.set_xlim(0, max(start, total[2]) * 1.15 or 1)
        money_axis(axes, setting.unit)
        clean(axes)
        columns = (
            Column(_("Line"), width=3.6),
            Column(_("Value"), "right", setting.unit, 2),
            Column(_("P10 to P90"), "right", setting.unit, 2.4),
        )
        rows = [(r.label, significant(r.value), "") for r in each(lines)]
        rows.append(
            (
                _("Sum"),
                significant(total[0]),
                _span(total[1], total[2]),
            )
        )
        table = Table(
            "table-waterfall",
            _("How the lines add up, {population}", population=setting.population),
            columns,
            rows,
        )
        top = lines.sort_values("value").iloc[-1]
        share = top["value"] / total[0] if total[0] else 0.0
        caption = Caption(
            _("{share} of the sum: {label}", share=percent(share, 0), label=label(top["label"], 60)),
            _(
                "Lines that do not overlap, {unit}, first year; bar: P10 to P90 of the sum; {population}",
                unit=setting.unit,
                population=setting.population,
            ),
            _(
                "The sum is {total}, P10 to P90 {total_2} to {total_3}.",
                total=_amount(total[0], setting.currency),
                total_2=significant(total[1]),
                total_3=significant(total[2]),
            ),
            listing((r.label, significant(r.value)) for r in each(lines)),
        )
        return frame(canvas, setting, "figure-waterfall", caption, table)


def exceedance_curves(curves: pd.DataFrame, setting: Setting) -> Figure:
    """Draw how likely a cost of at least an amount is. Columns: `line`, `label`, `probability`, `amount`."""
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
        money_axis(axes, setting.unit)
        canvas.legend(loc="outside upper left", ncols=1)
        clean(axes, "both")
        columns = (
            Column(_("Line"), width=3.6),
            *(Column(_("{n} in 10 cost more", n=n), "right", setting.unit, 1.8) for n in (9, 5, 1)),
        )
        table = Table(
            "table-exceedance",
            _("Chance of a year's cost, {population}", population=setting.population),
            columns,
            [(n, *map(significant, v)) for n, v in tenth.items()],
        )
        name, values = next(iter(tenth.items()))
        caption = Caption(
            _(
                "In one draw of ten a year costs more than {values}",
                values=_amount(values[2], setting.currency),
            ),
            _(
                "{name}: chance that a year costs at least so much, {unit}; {population}",
                name=capital(label(name, 70)),
                unit=setting.unit,
                population=setting.population,
            ),
            _(
                "{name}: half of the draws cost more than {values}, one in ten more than {values_2}.",
                name=label(name, 60),
                values=_amount(values[1], setting.currency),
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
        return frame(canvas, setting, "figure-exceedance", caption, table)


def _range(axes: "Axes", y: float, value: float, low: float, high: float) -> None:
    sides = [[max(value - low, 0)], [max(high - value, 0)]]
    axes.errorbar(value, y, xerr=sides, color=INK, capsize=3, linewidth=1.2)


def _note(axes: "Axes", x: float, y: float, text: str) -> None:
    axes.annotate(text, (x, y), (6, 0), textcoords="offset points", va="center")


def _span(low: float, high: float) -> str:
    return _("{low} to {high}", low=significant(low), high=significant(high))


def _amount(value: float, currency: str) -> str:
    return f"{label(currency, 8)}{significant(value)}"


def tornado_chart(inputs: pd.DataFrame, option: str, setting: Setting) -> Figure:
    """Draw which input moves an option's present value. Columns: `label`, `net_at_p10`, `net_at_p90`, `correlation`, `switching`."""
    moving = inputs[inputs["net_at_p10"] != inputs["net_at_p90"]]
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
        money_axis(axes, setting.unit)
        looks = [
            Patch(facecolor=PALE, edgecolor=ACCENT, hatch=ESTIMATE_HATCH),
            Patch(facecolor=ACCENT, edgecolor=ACCENT),
        ]
        canvas.legend(
            looks, [_("input at its P10"), _("input at its P90")], loc="outside upper left", ncols=2
        )
        clean(axes)
        columns = (
            Column(_("Input"), width=2.8), Column(_("At P10"), "right", setting.unit, 1.6), Column(_("At P90"), "right", setting.unit, 1.6),
            Column(_("Rank correlation"), "right", width=1.2), Column(_("Sign turns at"), "right", width=1.4),
        )  # fmt: skip
        rows = [
            (r.label, significant(r.net_at_p10), significant(r.net_at_p90), written(r.correlation, ".2f"), significant(r.switching) if pd.notna(r.switching) else _("nowhere"))
            for r in each(moving)
        ]  # fmt: skip
        table = Table(
            "table-tornado",
            _("Inputs that move {option}", option=label(option, 60)),
            columns,
            rows,
            _("Each input alone from its P10 to its P90, the others at P50."),
        )
        first = shown.iloc[0]
        caption = Caption(
            _("{label} moves the result most", label=capital(label(first["label"], 50))),
            _(
                "Present value of {option}, {unit}, with one input at a time at its P10 and P90; {population}",
                option=label(option, 60),
                unit=setting.unit,
                population=setting.population,
            ),
            _(
                "{label} moves the present value from {net_at_p10} to {net_at_p90}.",
                label=capital(label(first["label"], 40)),
                net_at_p10=significant(first["net_at_p10"]),
                net_at_p90=significant(first["net_at_p90"]),
            ),
            listing((r.label, _span(r.net_at_p10, r.net_at_p90)) for r in each(shown)),
        )
        return frame(canvas, setting, "figure-tornado", caption, table)


def option_values(options: pd.DataFrame, years: int, setting: Setting) -> Figure:
    """Draw each option's present value with P10 and P90. Columns: `label`, `value`, `p10`, `p90`, `best` (0..1)."""
    with drawing(height=0.9 + 0.36 * len(options)) as canvas:
        axes = canvas.subplots()
        for y, row in enumerate(each(options)):
            axes.plot((row.p10, row.p90), (y, y), color=ACCENT, linewidth=1.8, solid_capstyle="butt")
            axes.plot(row.value, y, marker=MARKERS[0], color=ACCENT, markersize=6)
        axes.axvline(0, color=INK, linewidth=1)
        axes.set_yticks(range(len(options)), [wrapped(name) for name in options["label"]])
        axes.set_ylim(len(options) - 0.4, -0.6)
        money_axis(axes, setting.unit)
        clean(axes)
        columns = (
            Column(_("Option"), width=3.2), Column(_("Expected"), "right", setting.unit, 1.6), Column(_("P10 to P90"), "right", setting.unit, 2.4),
            Column(_("Largest in"), "right", _("per cent of draws"), 1.4),
        )  # fmt: skip
        rows = [
            (
                r.label,
                significant(r.value),
                _span(r.p10, r.p90),
                written(100 * r.best, ".0f"),
            )
            for r in each(options)
        ]
        table = Table(
            "table-option-values",
            _("Present value over {years} years, {population}", years=years, population=setting.population),
            columns,
            rows,
        )
        above = int((options["p10"] > 0).sum())
        top = options.sort_values("value", ascending=False, kind="stable").iloc[0]
        title = _(
            "{above} of {options} variants exceed doing nothing in nine draws of ten",
            above=above,
            options=len(options),
        )
        caption = Caption(
            title,
            _(
                "Benefits less costs over {years} years, {unit}, expected value and P10 to P90, under these inputs; {population}",
                years=years,
                unit=setting.unit,
                population=setting.population,
            ),
            _(
                "Highest expected value: {label}, {value}, P10 to P90 {p10} to {p90}.",
                label=label(top["label"], 50),
                value=significant(top["value"]),
                p10=significant(top["p10"]),
                p90=significant(top["p90"]),
            ),
            listing((r.label, significant(r.value)) for r in each(options)),
        )
        return frame(canvas, setting, "figure-option-values", caption, table)
