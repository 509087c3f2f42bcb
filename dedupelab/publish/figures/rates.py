"""How much, how sure: headline figures with intervals, conflicts by field, the threshold curve."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from dedupelab.publish.figures.captions import Caption, Setting, between, count, each, frame, listing, percent
from dedupelab.publish.figures.style import ACCENT, INK, QUIET, clean, drawing, label, wrapped
from dedupelab.publish.language.language import _, joined
from dedupelab.publish.language.language import number as written
from dedupelab.publish.paper.document import Column, Figure, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def headline_intervals(figures: pd.DataFrame, setting: Setting) -> Figure:
    """Draw fractions with their intervals: columns `label`, `value`, `low`, `high` and `without`: why there is none (a square)."""
    caption = _headline_caption(figures, setting.population)
    return intervals(figures, "figure-headlines", _("per cent"), caption, _("Figure"), setting)


def accuracy_intervals(shares: pd.DataFrame, title: str, setting: Setting) -> Figure:
    """Draw which part of the reviewed pairs are copies, by kind of pair: columns `label`, `value`, `low`, `high`."""
    caption = Caption(
        title,
        _(
            "Share of reviewed pairs that are copies, by relation and fingerprint distance, per cent; shares over several kinds weigh each by its "
            "pairs; {whole}",
            whole=setting.population,
        ),
        joined((_("{label} {value:.0%}", label=r.label, value=r.value) for r in each(shares.head(3))), "; "),
    )
    axis = _("per cent of reviewed pairs")
    return intervals(shares, "figure-accuracy", axis, caption, _("Figure"), setting)


def conflicts_by_field(conflicts: pd.DataFrame, setting: Setting) -> Figure:
    """Draw the share of groups in conflict per metadata field: columns `label`, `value`, `low`, `high`, most first."""
    ordered = conflicts.sort_values(["value", "label"], ascending=[False, True])
    axis = _("per cent of groups where two copies or more assert a value")
    caption = _conflict_caption(ordered, setting.population)
    return intervals(ordered, "figure-conflicts", axis, caption, _("Field"), setting)


def runs_intervals(runs: pd.DataFrame, setting: Setting) -> Figure:
    """Draw the share of surplus copies run by run, oldest first: columns `label`, `value`, `low`, `high` and `without`."""
    first, last = runs.iloc[0], runs.iloc[-1]
    caption = Caption(
        _(
            "Surplus copies were {before}, and now {after}",
            before=percent(first["value"]),
            after=percent(last["value"]),
        ),
        _(
            "Surplus copies by day of the run, per cent of pictures, runs that found something new; {population}",
            population=setting.population,
        ),
        joined((_("{name}: {value}", name=r.label, value=percent(r.value)) for r in each(runs)), "; "),
    )
    return intervals(runs, "figure-runs", _("per cent of pictures"), caption, _("Run"), setting)


def threshold_curve(curve: pd.DataFrame, threshold: int, setting: Setting) -> Figure:
    """Draw the surplus rate against the fingerprint distance: columns `distance`, `rate`; the study's own is marked."""
    ordered = curve.sort_values("distance")
    name = _("this study")
    at = ordered[ordered["distance"] == threshold]["rate"]
    with drawing() as canvas:
        axes = canvas.subplots()
        axes.plot(
            ordered["distance"], 100 * ordered["rate"], color=ACCENT, marker="o", markersize=4, linewidth=1.6
        )
        top = max(100 * ordered["rate"].max(), 1) * 1.18
        axes.axvline(threshold, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        right = threshold > ordered["distance"].max() * 0.7
        axes.annotate(_("{name}: {value}", name=name, value=percent(at.iloc[0])) if len(at) else name, (threshold, top * 0.96), (-5 if right else 5, 0),
                      textcoords="offset points", ha="right" if right else "left", va="top")  # fmt: skip
        axes.set_ylim(0, top)
        axes.set_xlabel(_("largest distance between fingerprints, bits of 64"))
        axes.set_title(_("surplus copies, per cent of images"), loc="left", fontsize=8.5)
        axes.locator_params(axis="x", integer=True)
        clean(axes, grid="y")
        columns = (
            Column(_("Distance"), "right", _("bits of 64")),
            Column(_("Surplus copies"), "right", _("per cent of images")),
        )
        rows = [
            (count(d), written(100 * r, ".1f"))
            for d, r in zip(ordered["distance"], ordered["rate"], strict=True)
        ]
        table = Table(
            "table-threshold",
            _("Surplus copies by fingerprint distance, {population}", population=setting.population),
            columns,
            rows,
        )
        caption = _threshold_caption(ordered, threshold, setting.population)
        return frame(canvas, setting, "figure-threshold", caption, table)


def intervals(
    figures: pd.DataFrame, identifier: str, axis: str, caption: Caption, head: str, setting: Setting
) -> Figure:
    """Draw fractions with their intervals under a caption of their own; `head` is what the table calls its lines."""
    # What is tall leaves much of a page empty where pages cannot be filled with the text behind it, as in Word.
    broken = any("\n" in wrapped(name) for name in figures["label"])
    with drawing(height=0.9 + (0.34 if broken else 0.25) * len(figures)) as canvas:
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
                written(100 * row.value, ".1f"),
                (100 * edge, y),
                (7, 0),
                textcoords="offset points",
                va="center",
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
        rows = [
            (r.label, written(100 * r.value, ".1f"), between(r.low, r.high) or r.without)
            for r in each(figures)
        ]
        table = Table(identifier.replace("figure", "table", 1), caption.subtitle, columns, rows)
        return frame(canvas, setting, identifier, caption, table)


def _rows(axes: "Axes", names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [wrapped(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="x", colors=QUIET)


def _headline_caption(figures: pd.DataFrame, population: str) -> Caption:
    first = figures.iloc[0]
    return Caption(
        f"{label(first['label'], 60)}: {percent(first['value'])}",
        _(
            "Headline figures in per cent with 95 % intervals (squares: none); {population}",
            population=population,
        ),
        joined(
            (
                _("{name} {value}", name=label(r.label, 40), value=percent(r.value))
                for r in each(figures.head(3))
            ),
            "; ",
        ),
        listing(
            (
                r.label,
                _(
                    "{value} ({interval})",
                    value=percent(r.value),
                    interval=between(r.low, r.high) or r.without,
                ),
            )
            for r in each(figures)
        ),
    )


def _conflict_caption(ordered: pd.DataFrame, population: str) -> Caption:
    within = _(
        "Groups whose copies contradict each other, per cent with 95 % intervals; {population}",
        population=population,
    )
    without = _(
        "Groups whose copies contradict each other, per cent, without intervals as people have not checked the links; {population}",
        population=population,
    )
    subtitle = within if ordered["low"].notna().any() else without
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
        listing((r.label, percent(r.value)) for r in each(ordered)),
    )


def _threshold_caption(ordered: pd.DataFrame, threshold: int, population: str) -> Caption:
    low, high = ordered.iloc[0], ordered.iloc[-1]
    title = _(
        "Surplus rate runs from {rate} to {rate_2} with the threshold",
        rate=percent(low["rate"]),
        rate_2=percent(high["rate"]),
    )
    if percent(low["rate"]) == percent(high["rate"]):
        title = _("Surplus rate is {rate} at every threshold", rate=percent(low["rate"]))
    return Caption(
        title,
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
