"""What duplication costs, line by line; what could not be estimated is said in words and never drawn as zero."""

from pathlib import Path
from typing import Any

import pandas as pd

from dedupelab.errors import ReportError
from dedupelab.publish.figures.captions import Caption, count, each, frame, listing
from dedupelab.publish.figures.style import ACCENT, ESTIMATE_HATCH, INK, PALE, clean, drawing, label, wrapped
from dedupelab.publish.language.language import _, joined
from dedupelab.publish.paper.document import Column, Figure, Table, Text


def harm_lines(
    lines: pd.DataFrame,
    folder: Path,
    *,
    population: str,
    source: Text,
    unit: str,
    caption: Caption | None = None,
    identifier: str = "figure-harm",
    key: tuple[str, str] | None = None,
    not_estimated: str = "",
) -> Figure:
    """Draw costs as bars with their ranges.

    Columns: `label`, `value` (NaN: not estimated), `low`, `high` (NaN: no range), `estimated` (hatched), `reason`
    (what a line without value needs). `unit` is the currency with its price year, such as "HK$ a year, 2026 prices".

    Raises
    ------
    ReportError
        If no line has a value: a list in words says more then.
    """
    valued, open_lines = lines[lines["value"].notna()], lines[lines["value"].isna()]
    if valued.empty:
        raise ReportError(
            "expected one line with a value or more, got none; list in words what each line needs"
        )
    key = key or (_("measured"), _("estimated"))
    missing = joined(
        (_("{line} ({reason})", line=row.label, reason=row.reason) for row in each(open_lines)), "; "
    )
    with drawing(height=1.3 + 0.46 * len(valued)) as canvas:
        from matplotlib.patches import Patch  # noqa: PLC0415 - loaded with matplotlib only

        axes = canvas.subplots()
        looks: dict[bool, dict[str, Any]] = {
            False: {"facecolor": ACCENT, "edgecolor": ACCENT},
            True: {"facecolor": PALE, "edgecolor": ACCENT, "hatch": ESTIMATE_HATCH},
        }
        for y, row in enumerate(each(valued)):
            axes.barh(y, row.value, height=0.6, **looks[bool(row.estimated)])
            ranged = pd.notna(row.low) and pd.notna(row.high)
            if ranged:
                axes.errorbar(
                    row.value,
                    y,
                    xerr=[[row.value - row.low], [row.high - row.value]],
                    color=INK,
                    capsize=3,
                    linewidth=1.2,
                )
            axes.annotate(
                count(row.value),
                (row.high if ranged else row.value, y),
                (6, 0),
                textcoords="offset points",
                va="center",
            )
        axes.set_yticks(range(len(valued)), [wrapped(name) for name in valued["label"]])
        axes.invert_yaxis()
        axes.set_xlim(0, max(valued[["value", "high"]].max().max() * 1.18, 1))
        axes.xaxis.set_major_formatter(lambda value, _place: count(value))
        axes.locator_params(axis="x", nbins=6)
        axes.set_xlabel(label(unit, 60))
        kinds = sorted({bool(kind) for kind in valued["estimated"]})
        canvas.legend(
            [Patch(**looks[kind]) for kind in kinds],
            [key[kind] for kind in kinds],
            loc="outside upper left",
            ncols=2,
        )
        clean(axes)
        columns = (
            Column(_("Line"), width=3.4),
            Column(_("Value"), "right", unit, 2),
            Column(_("Range"), "right", unit, 2.6),
            Column(_("Kind"), width=1.6),
        )
        rows = [
            (
                r.label,
                count(r.value),
                _("{low} to {high}", low=count(r.low), high=count(r.high))
                if pd.notna(r.low) and pd.notna(r.high)
                else "",
                key[bool(r.estimated)],
            )
            for r in each(valued)
        ]
        note = (not_estimated or _("Not estimated: ")) + missing if missing else ""
        table = Table(
            identifier.replace("figure", "table", 1),
            _("Costs by line, {population}", population=population),
            columns,
            rows,
            note,
        )
        return frame(
            canvas, folder, identifier, caption or _caption(valued, unit, population, note), source, table
        )


def _caption(valued: pd.DataFrame, unit: str, population: str, note: str) -> Caption:
    top = valued.sort_values("value").iloc[-1]
    return Caption(
        _("Largest cost: {label}", label=label(top["label"], 60)),
        _("{unit}, with ranges; {population}", unit=unit, population=population),
        _(
            "Largest line: {label}, {value} {unit}.",
            label=label(top["label"], 60),
            value=count(top["value"]),
            unit=label(unit, 50),
        ),
        listing((r.label, count(r.value)) for r in each(valued)) + (_(". {note}", note=note) if note else ""),
    )
