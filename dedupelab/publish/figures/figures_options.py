"""Policy options at a glance: what moves an option's value most, and how options compare."""

from pathlib import Path

import pandas as pd

from dedupelab.errors import ReportError
from dedupelab.publish.chapters.wording import significant
from dedupelab.publish.figures.captions import Caption, each, frame, listing
from dedupelab.publish.figures.style import (
    ACCENT,
    ALARM,
    ESTIMATE_HATCH,
    INK,
    MARKERS,
    PALE,
    clean,
    drawing,
    label,
    money_axis,
    wrapped,
)
from dedupelab.publish.language.language import _, capital
from dedupelab.publish.language.language import number as written
from dedupelab.publish.paper.document import Column, Figure, Table, Text

_ROWS = 8
"""Inputs that a tornado shows; the table beside it has all."""


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
        money_axis(axes, unit)
        looks = [
            Patch(facecolor=PALE, edgecolor=ACCENT, hatch=ESTIMATE_HATCH),
            Patch(facecolor=ACCENT, edgecolor=ACCENT),
        ]
        canvas.legend(
            looks, [_("input at its P10"), _("input at its P90")], loc="outside upper left", ncols=2
        )
        clean(axes)
        columns = (
            Column(_("Input"), width=2.8), Column(_("At P10"), "right", unit, 1.6), Column(_("At P90"), "right", unit, 1.6),
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
                unit=unit,
                population=population,
            ),
            _(
                "{label} moves the present value from {net_at_p10} to {net_at_p90}.",
                label=capital(label(first["label"], 40)),
                net_at_p10=significant(first["net_at_p10"]),
                net_at_p90=significant(first["net_at_p90"]),
            ),
            listing(
                (r.label, _("{low} to {high}", low=significant(r.net_at_p10), high=significant(r.net_at_p90)))
                for r in each(shown)
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
        money_axis(axes, unit)
        clean(axes)
        columns = (
            Column(_("Option"), width=3.2), Column(_("Expected"), "right", unit, 1.6), Column(_("P10 to P90"), "right", unit, 2.4),
            Column(_("Largest in"), "right", _("per cent of draws"), 1.4),
        )  # fmt: skip
        rows = [
            (
                r.label,
                significant(r.value),
                _("{low} to {high}", low=significant(r.p10), high=significant(r.p90)),
                written(100 * r.best, ".0f"),
            )
            for r in each(options)
        ]
        table = Table(
            "table-option-values",
            _("Present value over {years} years, {population}", years=years, population=population),
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
                unit=unit,
                population=population,
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
        return frame(canvas, folder, "figure-option-values", caption, source, table)
