"""What happens over time: AI labels by week, the weekly share of copies beside random order, how far options spread year by year."""

import pandas as pd

from dedupelab.publish.figures.captions import Caption, Setting, count, each, frame, percent
from dedupelab.publish.figures.style import (
    ACCENT,
    INK,
    MARKERS,
    PALE,
    QUIET,
    SERIES,
    by_ones,
    clean,
    drawing,
    label,
)
from dedupelab.publish.language.language import _, capital, current, joined
from dedupelab.publish.language.language import number as written
from dedupelab.publish.paper.document import Column, Figure, Table

_DAYS = ["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%S"]
"""How years, months, days and times are written in numbers."""
_DATES = 6
"""Dates written below the weeks."""


def trend_fan(weeks: pd.DataFrame, growth: tuple[float, float, float], setting: Setting) -> Figure:
    """Draw each week's share of copies, the share and 95 % band of random order, and the fitted trend.

    Columns as the table `trend`. `growth` is the weekly growth beyond random order with its 95 % interval.
    """
    of = weeks["ingested"].where(weeks["ingested"] > 0)
    shares = {name: 100 * weeks[name] / of for name in ("copies", "expected", "low", "high", "fitted")}
    with drawing(height=3.2) as canvas:
        axes = canvas.subplots()
        x = range(len(weeks))
        axes.fill_between(
            x, shares["low"], shares["high"], facecolor=PALE, edgecolor=ACCENT, linewidth=0.5, alpha=0.6,
            label=_("95 % of random orders"),
        )  # fmt: skip
        axes.plot(x, shares["expected"], color=QUIET, linewidth=1.4, linestyle="--", label=_("random order"))
        axes.plot(x, shares["fitted"], color=ACCENT, linewidth=1.8, label=_("trend"))
        axes.plot(x, shares["copies"], linestyle="", marker="o", markersize=4, color=INK, label=_("week"))
        step = max(1, len(weeks) // _DATES)
        axes.set_xticks(list(x)[::step], list(weeks["week"])[::step])
        axes.tick_params(
            axis="x", pad=9
        )  # a date of ten figures begins left of the axis, where the zero stands
        axes.set_ylim(0, max(1.0, *(float(each.max()) for each in shares.values())) * 1.08)
        axes.set_ylabel(_("Copies, per cent of new pictures"))
        canvas.legend(loc="outside upper left", ncols=4)
        clean(axes, "y")
        columns = (
            Column(_("Week from"), width=1.6), Column(_("New pictures"), "right", width=1.4), Column(_("Copies"), "right", width=1.2),
            Column(_("In random order"), "right", _("95 % of orders"), width=1.8), Column(_("Trend"), "right", width=1.2),
            Column(_("AI label"), "right", width=1.1), Column(_("no source label"), "right", width=1.3),
        )  # fmt: skip
        rows = [
            (r.week, written(r.ingested), written(r.copies), _("{expected:.1f} ({low:.0f} to {high:.0f})", expected=r.expected, low=r.low, high=r.high), written(r.fitted, ".1f"), written(r.labelled), written(r.unlabelled))
            for r in each(weeks)
        ]  # fmt: skip
        table = Table(
            "table-trend",
            _("New pictures and copies by week, {population}", population=setting.population),
            columns,
            rows,
        )
        grew = _("grew") if growth[1] > 0 else _("fell") if growth[2] < 0 else ""
        title = (
            _(
                "Copying {grew} by {growth} a week beyond random order",
                grew=grew,
                growth=percent(abs(growth[0])),
            )
            if grew
            else _("No growth or fall can be told from random order")
        )
        caption = Caption(
            title,
            _(
                "Copies among new pictures, per cent by week, with what random order of the same pictures gives; {population}",
                population=setting.population,
            ),
            _(
                "Weekly growth beyond random order {growth}, 95 % interval {low} to {high}, over {weeks} weeks. The share itself rises as any stock grows.",
                growth=percent(growth[0]),
                low=percent(growth[1]),
                high=percent(growth[2]),
                weeks=len(weeks),
            ),
        )
        return frame(canvas, setting, "figure-trend", caption, table)


def adoption_curves(years: pd.DataFrame, setting: Setting) -> Figure:
    """Draw the share of organisations that have adopted each option. Columns: `option`, `year`, `adopted` (0..1)."""
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
        axes.set_xlabel(_("Year"), color=QUIET)
        axes.set_ylabel(_("Adopted, per cent of organisations"))
        canvas.legend(loc="outside upper left", ncols=3)
        clean(axes, "y")
        columns = (
            Column(_("Year"), width=1),
            *(Column(label(str(name), 40), "right", _("per cent"), 2) for name in wide.columns),
        )
        rows = [
            (f"{row[0]:.0f}", *(written(100 * share, ".0f") for share in row[1:]))
            for row in wide.itertuples()
        ]
        last = wide.iloc[-1].sort_values(ascending=False)
        caption = Caption(
            _(
                "{option} reaches {share} of organisations",
                option=label(str(last.index[0]), 40),
                share=percent(float(last.iloc[0]), 0),
            ),
            _(
                "Organisations that have adopted by the middle of each year, per cent, expected, under these inputs; {population}",
                population=setting.population,
            ),
            _(
                "{shares} after {years} years.",
                shares=joined(
                    (
                        _("{name} {value}", name=label(str(n), 30), value=percent(float(v), 0))
                        for n, v in last.items()
                    ),
                    "; ",
                ),
                years=len(wide),
            ),
        )
        table = Table("table-adoption", caption.subtitle, columns, rows)
        return frame(canvas, setting, "figure-adoption", caption, table)


def weekly_labelled(weeks: pd.DataFrame, caption: Caption, setting: Setting) -> Figure:
    """Draw images taken in per week and how many were labelled as AI-made: columns `week` (its first day), `images`, `labelled`."""
    ordered = weeks.sort_values("week")
    names = (_("all images"), _("labelled as AI-made"))
    with drawing() as canvas:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415 - loaded with matplotlib only

        axes = canvas.subplots()
        days = pd.to_datetime(ordered["week"])
        for n, (column, name) in enumerate(zip(("images", "labelled"), names, strict=True)):
            axes.plot(days, ordered[column], color=SERIES[n], marker=MARKERS[n], markersize=4, linewidth=1.6,
                      linestyle=("-", "--")[n])  # fmt: skip
            axes.annotate(
                name,
                (days.iloc[-1], ordered[column].iloc[-1]),
                (7, 0),
                textcoords="offset points",
                va="center",
                color=SERIES[n],
            )
        axes.set_ylim(0, max(ordered["images"].max(), 1) * 1.1)
        by_ones(axes.yaxis)
        locator = AutoDateLocator(maxticks=7)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.tick_params(axis="x", pad=9)  # a date begins left of the axis, where the zero stands
        # Names of months are English there; other languages get numbers.
        numeric = {} if current().messages is None else {"formats": _DAYS, "zero_formats": _DAYS}
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, **numeric))  # type: ignore[no-untyped-call]
        axes.set_title(_("images per week"), loc="left", fontsize=8.5)
        clean(axes, grid="y")
        columns = (
            Column(_("Week from")),
            Column(_("Images"), "right"),
            Column(capital(names[1]), "right"),
            Column(_("Share"), "right", _("per cent")),
        )
        rows = [
            (f"{day:%Y-%m-%d}", count(n), count(c), written(100 * c / n, ".1f") if n else "")
            for day, n, c in zip(days, ordered["images"], ordered["labelled"], strict=True)
        ]
        title = _("{what}, {population}", what=capital(_("images per week")), population=setting.population)
        return frame(
            canvas, setting, "figure-weekly-ai", caption, Table("table-weekly-ai", title, columns, rows)
        )
