"""The threshold explorer: which links a fingerprint distance keeps, which come and go, and what that does to the share."""

import html
from typing import Any

import pandas as pd

from dedupelab.lab.gallery import pictures
from dedupelab.numbers.results import Result
from dedupelab.publish.figures.style import ACCENT, INK, QUIET
from dedupelab.study.study import Study
from dedupelab.tables import LINKS

MOST = 6
"""Pairs shown of those that come or go."""
LONGEST = 180
WIDTH, HEIGHT, LEFT, BOTTOM = 640, 220, 56, 42
TICKS = 16
"""Distances named below the curve at most, so that they do not collide."""


def kept(pairs: pd.DataFrame, limit: int) -> pd.DataFrame:
    """Return the links that stay when fingerprints may differ in `limit` bits, as the results M1.at count them.

    Links proved by digest, and those that local descriptors found without a distance, stay at every distance.
    """
    links = pairs[pairs["relation"].isin(LINKS)]
    near = links["distance"].fillna(0).to_numpy(int) <= limit
    return links[near | links["relation"].isin(LINKS[:3]).to_numpy(bool)]


def changes(pairs: pd.DataFrame, before: int, after: int) -> tuple[str, pd.DataFrame]:
    """Return what moving the threshold does, `appear` or `vanish`, and the links that do, nearest to the threshold first."""
    wide, narrow = kept(pairs, max(before, after)), kept(pairs, min(before, after))
    moved = wide[~wide.index.isin(narrow.index)]
    order = moved.sort_values(["distance", "left", "right"], ascending=[after > before, True, True])
    return ("appear" if after > before else "vanish"), order


def curve(results: list[Result], limit: int) -> str:
    """Draw the share of surplus copies over the threshold as SVG, the chosen one marked and said in words."""
    at = {
        int(r.id.rsplit(".", 1)[1]): r.value
        for r in results
        if r.id.startswith("M1.at.") and r.value is not None
    }
    if not at:
        return "<p>There is no curve: no pair was examined by distance.</p>"
    most, top = max(*at, 1), max(*at.values(), 0.01) * 1.1
    places = {
        bits: (
            LEFT + (WIDTH - LEFT - 16) * bits / most,
            HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 14) * share / top,
        )
        for bits, share in sorted(at.items())
    }
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places.values())
    chosen = min(at, key=lambda bits: abs(bits - limit))
    x, y = places[chosen]
    said = f"{100 * at[chosen]:.1f} % surplus copies with links up to {chosen} bits"
    ticks = "".join(
        f"<text x='{places[bits][0]:.0f}' y='{HEIGHT - BOTTOM + 16}' text-anchor='middle'>{bits}</text>"
        for bits in places
        if bits % max(1, -(-most // TICKS)) == 0
    )
    scale = "".join(
        f"<text x='{LEFT - 6}' y='{HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 14) * part + 4:.0f}' text-anchor='end'>{part * top:.0%}</text>"
        for part in (0, 0.5, 1)
    )
    return (
        f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' style='max-width:{WIDTH}px;width:100%;background:#fff' role='img' "
        f"aria-label='{said}' font-size='12' font-family='sans-serif' fill='{INK}'>"
        f"<line x1='{LEFT}' x2='{WIDTH - 16}' y1='{HEIGHT - BOTTOM}' y2='{HEIGHT - BOTTOM}' stroke='{QUIET}'/>{scale}{ticks}"
        f"<text x='{WIDTH / 2:.0f}' y='{HEIGHT - 3}' text-anchor='middle'>Largest distance of a link, bits of 64</text>"
        f"<polyline points='{line}' fill='none' stroke='{ACCENT}' stroke-width='2'/>"
        f"<line x1='{x:.1f}' x2='{x:.1f}' y1='14' y2='{HEIGHT - BOTTOM}' stroke='{QUIET}' stroke-dasharray='4 3'/>"
        f"<circle cx='{x:.1f}' cy='{y:.1f}' r='5' fill='{ACCENT}'/></svg><p><strong>{said}</strong></p>"
    )


def threshold_explorer(study: Study) -> Any:  # noqa: ANN401  an ipywidgets box, imported only here
    """Return a slider over the threshold, the curve, and the pairs that appear or vanish as it moves.

    Keyboard: Tab reaches the slider, the arrow keys move it. It shows what the detector linked: not before a review.
    """
    import ipywidgets as widgets  # noqa: PLC0415  only notebooks need it

    from dedupelab.lab.front import ExplorerBox  # noqa: PLC0415  only notebooks need it

    pairs, results = study.pairs(), study.results()
    start = study.config.match.max_distance
    farthest = int(pairs["distance"].max()) if pairs["distance"].notna().any() else start
    slider = widgets.IntSlider(
        value=min(start, farthest), min=0, max=max(farthest, 1), description="Bits", continuous_update=False,
        layout=widgets.Layout(width="36em"),
    )  # fmt: skip
    drawn = widgets.HTML(curve(results, slider.value))
    moved = widgets.HTML(_said(study, pairs, slider.value, slider.value))

    def move(change: dict[str, Any]) -> None:
        drawn.value = curve(results, change["new"])
        moved.value = _said(study, pairs, change["old"], change["new"])

    slider.observe(move, names="value")
    box = ExplorerBox([slider, drawn, moved])
    box.still = drawn.value + "<p>In JupyterLab a slider moves it: run the cells (Run, Run All Cells).</p>"
    return box


def _said(study: Study, pairs: pd.DataFrame, before: int, after: int) -> str:
    """Return what came and went, in words and pictures."""
    total = f"{len(kept(pairs, after)):,} links are kept at {after} bits."
    if before == after:
        return f"<p>{total} Move the slider to see pairs come and go.</p>"
    word, rows = changes(pairs, before, after)
    shown = ""
    for row in rows.head(MOST).itertuples(index=False):
        found = study.shown([str(row.left), str(row.right)], LONGEST)
        if len(found) < 2:
            continue
        two = list(zip(("left", "right"), found.values(), strict=True))
        shown += (
            f"<figure style='margin:0.5em 1em 0.5em 0'><div style='display:flex;gap:0.3em'>{pictures(two)}</div>"
            f"<figcaption>{html.escape(str(row.distance))} bits, {html.escape(str(row.relation))}</figcaption></figure>"
        )
    first = f"; the first {MOST} are shown" if len(rows) > MOST else ""
    return (
        f"<p>{total} From {before} to {after} bits, {len(rows):,} {word}{first}.</p>"
        f"<div style='display:flex;flex-wrap:wrap'>{shown}</div>"
    )
