"""What happens over time: the weekly share of copies with its trend, and how far options spread year by year."""

from pathlib import Path

import pandas as pd

from dedupelab.errors import ReportError
from dedupelab.publish.captions import Caption, each, frame, percent
from dedupelab.publish.document import Column, Figure, Table, Text
from dedupelab.publish.style import ACCENT, INK, MARKERS, PALE, QUIET, SERIES, clean, drawing, label

_DATES = 6
"""Dates written below the weeks."""


def trend_fan(
    weeks: pd.DataFrame, growth: tuple[float, float, float], folder: Path, *, population: str, source: Text
) -> Figure:
    """Draw each week's share of copies with the fitted trend and its 50 % and 95 % bands.

    Columns as the table `trend`. `growth` is the weekly growth with its 95 % interval.

    Raises
    ------
    ReportError
        If no trend was fitted.
    """
    if weeks.empty or weeks["fitted"].isna().all():
        raise ReportError("expected a fitted trend, got none; leave the figure out")
    with drawing(height=3.2) as canvas:
        axes = canvas.subplots()
        x = range(len(weeks))
        axes.fill_between(
            x,
            100 * weeks["low"],
            100 * weeks["high"],
            facecolor=PALE,
            edgecolor=ACCENT,
            linewidth=0.5,
            alpha=0.6,
            label="95 % band of the trend",
        )
        axes.fill_between(
            x,
            100 * weeks["low50"],
            100 * weeks["high50"],
            facecolor=ACCENT,
            alpha=0.35,
            linewidth=0,
            label="50 % band",
        )
        axes.plot(x, 100 * weeks["fitted"], color=ACCENT, linewidth=1.8, label="trend")
        busy = weeks["ingested"] > 0
        shares = 100 * weeks["copies"] / weeks["ingested"].where(busy)
        axes.plot(x, shares, linestyle="", marker="o", markersize=4, color=INK, label="week")
        step = max(1, len(weeks) // _DATES)
        axes.set_xticks(list(x)[::step], list(weeks["week"])[::step])
        axes.set_ylim(0, max(float(shares.max()), float(100 * weeks["high"].max())) * 1.08)
        axes.set_ylabel("Copies, per cent of new pictures")
        canvas.legend(loc="outside upper left", ncols=4)
        clean(axes, "y")
        columns = (
            Column("Week from", width=1.6), Column("New pictures", "right", width=1.4), Column("Copies", "right", width=1.2),
            Column("Trend", "right", "per cent", 1.2), Column("95 % band", "right", "per cent", 1.8),
            Column("AI label", "right", width=1.1), Column("no source label", "right", width=1.3),
        )  # fmt: skip
        rows = [
            (r.week, f"{r.ingested:,}", f"{r.copies:,}", f"{100 * r.fitted:.1f}", f"{100 * r.low:.1f} to {100 * r.high:.1f}", f"{r.labelled:,}", f"{r.unlabelled:,}")
            for r in each(weeks)
        ]  # fmt: skip
        table = Table("table-trend", f"New pictures and copies by week, {population}", columns, rows)
        grew = "grew" if growth[1] > 0 else "fell" if growth[2] < 0 else ""
        title = (
            f"The share of copies {grew} by {percent(abs(growth[0]))} a week"
            if grew
            else "No growth or fall can be told from chance"
        )
        caption = Caption(
            title,
            f"Copies among new pictures, per cent by week, with the trend and its bands; {population}",
            f"Weekly growth {percent(growth[0])}, 95 % interval {percent(growth[1])} to {percent(growth[2])}, over {len(weeks)} weeks.",
        )
        return frame(canvas, folder, "figure-trend", caption, source, table)


def adoption_curves(years: pd.DataFrame, folder: Path, *, population: str, source: Text) -> Figure:
    """Draw the share of organisations that have adopted each option. Columns: `option`, `year`, `adopted` (0..1).

    Raises
    ------
    ReportError
        If there is no option.
    """
    if years.empty:
        raise ReportError("expected one option or more, got none; leave the figure out")
    wide = years.pivot_table(index="year", columns="option", values="adopted", aggfunc="first", sort=False)
    with drawing(height=3.0) as canvas:
        axes = canvas.subplots()
        for number, name in enumerate(wide.columns):
            color, marker = SERIES[number % len(SERIES)], MARKERS[number % len(MARKERS)]
            axes.plot(
                wide.index,
                100 * wide[name],
                linewidth=1.8,
                label=label(str(name), 40),
                color=color,
                marker=marker,
            )
        axes.set_xticks(list(wide.index))
        axes.set_ylim(0, 105)
        axes.set_xlabel("Year", color=QUIET)
        axes.set_ylabel("Adopted, per cent of organisations")
        canvas.legend(loc="outside upper left", ncols=3)
        clean(axes, "y")
        columns = (
            Column("Year", width=1),
            *(Column(label(str(name), 40), "right", "per cent", 2) for name in wide.columns),
        )
        rows = [(f"{row[0]:.0f}", *(f"{100 * share:.0f}" for share in row[1:])) for row in wide.itertuples()]
        last = wide.iloc[-1].sort_values(ascending=False)
        caption = Caption(
            f"{label(str(last.index[0]), 40)} reaches {percent(float(last.iloc[0]), 0)} of organisations",
            f"Organisations that have adopted by the middle of each year, per cent, expected, under these inputs; {population}",
            "; ".join(f"{label(str(n), 30)} {percent(float(v), 0)}" for n, v in last.items())
            + f" after {len(wide)} years.",
        )
        return frame(
            canvas,
            folder,
            "figure-adoption",
            caption,
            source,
            Table("table-adoption", caption.subtitle, columns, rows),
        )
