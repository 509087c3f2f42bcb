"""How much, how sure: headline figures with intervals, conflicts by field, the threshold curve, the weekly trend."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dedupelab.errors import ReportError
from dedupelab.publish.captions import Caption, between, count, each, frame, percent
from dedupelab.publish.document import Column, Figure, Table, Text
from dedupelab.publish.language import N_, _
from dedupelab.publish.style import ACCENT, INK, MARKERS, QUIET, SERIES, clean, drawing, label, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def headline_intervals(
    figures: pd.DataFrame,
    folder: Path,
    *,
    population: str,
    source: Text,
    caption: Caption | None = None,
    identifier: str = "figure-headlines",
    axis: str = N_("per cent"),
) -> Figure:
    """Draw fractions with their intervals: columns `label`, `value`, `low`, `high` (NaN: census, drawn as a filled square)."""
    return _dots(
        figures,
        folder,
        identifier,
        source,
        axis,
        caption or _headline_caption(figures, population),
        _("Figure"),
    )


def conflicts_by_field(
    conflicts: pd.DataFrame,
    folder: Path,
    *,
    population: str,
    source: Text,
    caption: Caption | None = None,
    identifier: str = "figure-conflicts",
    axis: str = N_("per cent of groups where two copies or more assert a value"),
) -> Figure:
    """Draw the share of groups in conflict per metadata field: columns `label`, `value`, `low`, `high`, most first."""
    ordered = conflicts.sort_values(["value", "label"], ascending=[False, True])
    return _dots(
        ordered,
        folder,
        identifier,
        source,
        axis,
        caption or _conflict_caption(ordered, population),
        _("Field"),
    )


def threshold_curve(
    curve: pd.DataFrame,
    threshold: int,
    folder: Path,
    *,
    population: str,
    source: Text,
    caption: Caption | None = None,
    identifier: str = "figure-threshold",
    axes_labels: tuple[str, str] = (
        N_("largest distance between fingerprints, bits of 64"),
        N_("surplus copies, per cent of images"),
    ),
    threshold_label: str = N_("this study"),
) -> Figure:
    """Draw the surplus rate against the fingerprint distance: columns `distance`, `rate`; the study's own is marked."""
    if curve.empty:
        raise ReportError("expected a curve of one distance or more, got none; leave the figure out")
    ordered = curve.sort_values("distance")
    at = ordered[ordered["distance"] == threshold]["rate"]
    with drawing() as canvas:
        axes = canvas.subplots()
        axes.plot(
            ordered["distance"], 100 * ordered["rate"], color=ACCENT, marker="o", markersize=4, linewidth=1.6
        )
        top = max(100 * ordered["rate"].max(), 1) * 1.18
        axes.axvline(threshold, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        right = threshold > ordered["distance"].max() * 0.7
        axes.annotate(threshold_label + (f": {percent(at.iloc[0])}" if len(at) else ""), (threshold, top * 0.96), (-5 if right else 5, 0),
                      textcoords="offset points", ha="right" if right else "left", va="top")  # fmt: skip
        axes.set_ylim(0, top)
        axes.set_xlabel(axes_labels[0])
        axes.set_title(axes_labels[1], loc="left", fontsize=8.5)
        axes.locator_params(axis="x", integer=True)
        clean(axes, grid="y")
        columns = (
            Column(_("Distance"), "right", _("bits of 64")),
            Column(_("Surplus copies"), "right", _("per cent of images")),
        )
        rows = [
            (count(d), f"{100 * r:.1f}") for d, r in zip(ordered["distance"], ordered["rate"], strict=True)
        ]
        table = Table(
            identifier.replace("figure", "table", 1),
            _("Surplus copies by fingerprint distance, {population}", population=population),
            columns,
            rows,
        )
        return frame(
            canvas,
            folder,
            identifier,
            caption or _threshold_caption(ordered, threshold, population),
            source,
            table,
        )


def weekly_ingest(
    weeks: pd.DataFrame,
    folder: Path,
    *,
    population: str,
    source: Text,
    caption: Caption | None = None,
    identifier: str = "figure-weekly",
    labels: tuple[str, str] = (N_("all images"), N_("already held")),
    axis: str = N_("images per week"),
) -> Figure:
    """Draw images taken in per week and how many of them were copies: columns `week` (its first day), `images`, `copies`."""
    if len(weeks) < 2:
        raise ReportError(f"expected two weeks or more, got {len(weeks)}; leave the figure out")
    ordered = weeks.sort_values("week")
    with drawing() as canvas:
        from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415 - loaded with matplotlib only

        axes = canvas.subplots()
        days = pd.to_datetime(ordered["week"])
        for n, (column, name) in enumerate(zip(("images", "copies"), labels, strict=True)):
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
        locator = AutoDateLocator(maxticks=7)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
        axes.set_title(axis, loc="left", fontsize=8.5)
        clean(axes, grid="y")
        columns = (
            Column(_("Week from")),
            Column(_("Images"), "right"),
            Column(labels[1].capitalize(), "right"),
            Column(_("Share"), "right", _("per cent")),
        )
        rows = [
            (f"{day:%Y-%m-%d}", count(n), count(c), f"{100 * c / n:.1f}" if n else "")
            for day, n, c in zip(days, ordered["images"], ordered["copies"], strict=True)
        ]
        title = f"{axis.capitalize()}, {population}"
        table = Table(identifier.replace("figure", "table", 1), title, columns, rows)
        return frame(
            canvas, folder, identifier, caption or _weekly_caption(ordered, population), source, table
        )


def _dots(
    figures: pd.DataFrame,
    folder: Path,
    identifier: str,
    source: Text,
    axis: str,
    caption: Caption,
    head: str,
) -> Figure:
    if figures.empty:
        raise ReportError(f"figure {identifier}: expected one value or more, got none; leave the figure out")
    with drawing(height=0.9 + 0.34 * len(figures)) as canvas:
        axes = canvas.subplots()
        for y, row in enumerate(each(figures)):
            measured = pd.isna(row.low) or pd.isna(row.high)
            if not measured:
                axes.plot(
                    (100 * row.low, 100 * row.high),
                    (y, y),
                    color=ACCENT,
                    linewidth=1.6,
                    solid_capstyle="butt",
                )
            axes.plot(100 * row.value, y, marker="s" if measured else "o", color=ACCENT, markersize=6)
            edge = row.value if measured else row.high
            axes.annotate(
                f"{100 * row.value:.1f}", (100 * edge, y), (7, 0), textcoords="offset points", va="center"
            )
        _rows(axes, list(figures["label"]))
        top = 100 * figures[["value", "high"]].max().max()
        axes.set_xlim(0, max(top * 1.15, 1))
        axes.set_xlabel(wrapped(axis, 52, 104))
        clean(axes)
        columns = (
            Column(head, width=4),
            Column(_("Value"), "right", _("per cent"), 1.2),
            Column(_("95 % interval"), "right", _("per cent"), 1.8),
        )
        rows = [(r.label, f"{100 * r.value:.1f}", between(r.low, r.high) or "census") for r in each(figures)]
        table = Table(identifier.replace("figure", "table", 1), caption.subtitle, columns, rows)
        return frame(canvas, folder, identifier, caption, source, table)


def _rows(axes: "Axes", names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [wrapped(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="x", colors=QUIET)


def _headline_caption(figures: pd.DataFrame, population: str) -> Caption:
    first = figures.iloc[0]
    return Caption(
        f"{label(first['label'], 60)}: {percent(first['value'])}",
        _(
            "Headline figures in per cent with 95 % intervals (squares: complete counts); {population}",
            population=population,
        ),
        "; ".join(f"{label(r.label, 40)} {percent(r.value)}" for r in each(figures.head(3))),
        "; ".join(
            f"{r.label}: {percent(r.value)} ({between(r.low, r.high) or 'census'})" for r in each(figures)
        ),
    )


def _conflict_caption(ordered: pd.DataFrame, population: str) -> Caption:
    subtitle = _(
        "Groups whose copies contradict each other, per cent with 95 % intervals; {population}",
        population=population,
    )
    top = ordered.iloc[0]
    if not top["value"] > 0:
        return Caption(
            _("No field carries conflicting values"),
            subtitle,
            _("No metadata field carries conflicting values."),
        )
    name, share = label(top["label"], 60), percent(top["value"])
    return Caption(
        _("Copies contradict each other most often on {name}: {share}", name=name, share=share),
        subtitle,
        _("Conflicts are most frequent in {name}: {share} of groups.", name=name, share=share),
        "; ".join(f"{r.label}: {percent(r.value)}" for r in each(ordered)),
    )


def _threshold_caption(ordered: pd.DataFrame, threshold: int, population: str) -> Caption:
    low, high = ordered.iloc[0], ordered.iloc[-1]
    return Caption(
        _(
            "Surplus rate runs from {rate} to {rate_2} with the threshold",
            rate=percent(low["rate"]),
            rate_2=percent(high["rate"]),
        ),
        _(
            "Surplus copies by largest fingerprint distance (this study: {threshold}); {population}",
            threshold=threshold,
            population=population,
        ),
        _(
            "The surplus rate goes from {rate} at {distance:.0f} bits to {rate_2} at {distance_2:.0f} bits.",
            rate=percent(low["rate"]),
            distance=low["distance"],
            rate_2=percent(high["rate"]),
            distance_2=high["distance"],
        ),
    )


def _weekly_caption(ordered: pd.DataFrame, population: str) -> Caption:
    share = ordered["copies"].sum() / max(ordered["images"].sum(), 1)
    half = len(ordered) // 2
    early = ordered["copies"].iloc[:half].sum() / max(ordered["images"].iloc[:half].sum(), 1)
    late = ordered["copies"].iloc[-half:].sum() / max(ordered["images"].iloc[-half:].sum(), 1)
    return Caption(
        _("{share} of images taken in were already held", share=percent(share)),
        _("Images per week and those that a collection already held; {population}", population=population),
        _(
            "{share} were already held: {early} in the first half of {ordered} weeks, {late} in the second.",
            share=percent(share),
            early=percent(early),
            ordered=len(ordered),
            late=percent(late),
        ),
    )
