"""Whether a conclusion survives other settings: each headline over a declared window of distances and rules of keeping.

"Robust" is said only when the conclusion is the same at every setting of the window.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
import pandas as pd

from dedupelab import tables
from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.money.harm import Line
from dedupelab.numbers.messages import N_, Message, message
from dedupelab.numbers.results import Result
from dedupelab.tables.components import components

KEEP = ("largest", "smallest", "oldest")
"""Which copy of a work is kept: decides which bytes are redundant."""
Comparison = Callable[[Sequence[Line]], dict[str, float]]
"""From lines of harm to each option's expected present value, doing nothing among them."""
HEADLINES = ("M1", "M2", "M4.any", "M3")
_NOTE = N_(
    "Lowest and highest of the headline and its values over links of up to {low} to {high} bits (those found by local descriptors stay) and, for bytes, keeping the largest, smallest or oldest copy; "
    "components are counted, without splitting groups into works. The conclusion tested: every value lies within the headline's own 95 % interval."
)


@dataclass(frozen=True)
class Window:
    """Values of the headlines at every setting of the window, by result id."""

    distances: tuple[int, int]
    headlines: Mapping[str, tuple[float, ...]]


def window(people: Population, pairs: pd.DataFrame, distances: tuple[int, int]) -> Window:
    """Return M1, M2 and M4.any with links up to each distance of the window, M2 for each rule of keeping."""
    seen = people.hashed[~people.hashed["low"]].reset_index(drop=True)
    index = pd.Series(np.arange(len(seen)), index=seen["image_id"])
    links = pairs[pairs["relation"].isin(tables.LINKS)]
    links = links[links["left"].isin(index.index) & links["right"].isin(index.index)]
    ends = [index.loc[links[side]].to_numpy(np.int64) for side in ("left", "right")]
    proven = links["relation"].isin(tables.LINKS[:3])
    distance = links["distance"].astype("Float64").fillna(0).astype(float).where(~proven, 0).to_numpy()
    images, everything = len(people.hashed), int(people.hashed["bytes"].sum())
    values: dict[str, list[float]] = {"M1": [], "M2": [], "M4.any": []}
    for limit in range(distances[0], distances[1] + 1):
        # What lies beyond the window was found by local descriptors and does not depend on this distance.
        kept = (distance <= limit) | (distance > distances[1])
        works = seen.assign(work=components(ends[0][kept], ends[1][kept], len(seen)))
        values["M1"].append((len(seen) - works["work"].nunique()) / images if images else 0.0)
        held = works.groupby("work")["collection"].nunique()
        values["M4.any"].append(float((held > 1).mean()) if len(held) else 0.0)
        total = int(seen["bytes"].sum())
        values["M2"] += [
            (total - int(_kept(works, rule).sum())) / everything if everything else 0.0 for rule in KEEP
        ]
    return Window(distances, {name: tuple(found) for name, found in values.items()})


def robustness(results: Mapping[str, Result], found: Window) -> list[Result]:
    """Return M1.window, M2.window, M4.any.window and M3.window: the range, and whether the headline's interval holds it."""
    values = dict(found.headlines)
    money, share = results.get("M3"), results.get("M2")
    if money is not None and money.value and share is not None and share.value:
        values["M3"] = tuple(value * money.value / share.value for value in values["M2"])
    told = []
    for name in HEADLINES:
        headline = results.get(name)
        if headline is None or headline.value is None or name not in values or not values[name]:
            continue
        low, high = headline.interval or (headline.value, headline.value)
        inside = [low <= value <= high for value in values[name]]
        told.append(_range(headline, values[name], inside if headline.interval else [], found.distances))
    return told


def options_hold(lines: Sequence[Line], found: Window, share: Result, compare: Comparison) -> Result | None:
    """Return S.window: at how many settings the first of the options, and the sign of each, are those of the headline.

    Only storage (M3) depends on distance and rule; its draws are scaled by the redundant bytes at each setting.
    """
    base = compare(lines)
    if not share.value or not base:
        return None
    order = max(base, key=lambda name: base[name]), {name: net > 0 for name, net in base.items()}
    inside = []
    scales = sorted({value / share.value for value in found.headlines["M2"]})
    for scale in (scales[0], scales[-1]):
        nets = compare([_scaled(line, scale) if line.result.id == "M3" else line for line in lines])
        inside.append(
            (max(nets, key=lambda name: nets[name]), {name: net > 0 for name, net in nets.items()}) == order
        )
    low, high = found.distances
    return Result(
        "S.window", message("Ends of the declared window at which the order's first and all signs are unchanged"), sum(inside), "settings",
        sum(inside), len(inside), message("ends of the window"), None, message("census of the two ends: present values are linear in storage, so nothing turns between them"),
        message("Present values with storage at its lowest and highest over links of up to {low} to {high} bits and all rules of keeping.", low=low, high=high),
        "C", (), "estimated", interval_kind="census", caveats=(_held(inside, found.distances),), robust=all(inside),
    )  # fmt: skip


def _scaled(line: Line, scale: float) -> Line:
    draws, average = (None if each is None else each * scale for each in (line.draws, line.average))
    return replace(line, draws=draws, average=average)


def _range(
    headline: Result,
    values: Sequence[float],
    inside: Sequence[bool],
    distances: tuple[int, int],
) -> Result:
    low, high = distances
    own = [] if headline.value is None else [headline.value]
    bounds = (min([*values, *own], default=inf), max([*values, *own], default=-inf))
    return replace(
        headline, id=f"{headline.id}.window", label=message("{number}: range over the declared window", number=headline.label), interval=bounds,
        interval_method=message("bounds over the declared window of {low} to {high} bits, {count} settings", low=low, high=high, count=len(values)),
        interval_kind="bounds", method=message(_NOTE, low=low, high=high), caveats=(_held(inside, distances, counted=True),),
        inputs=(), review="", robust=all(inside) if inside else None,
    )  # fmt: skip


def _held(inside: Sequence[bool], distances: tuple[int, int], *, counted: bool = False) -> Message:
    """Say whether the conclusion held at every setting of the window, and where it did not at how many."""
    low, high = distances
    if not inside:
        return message(
            "over the declared window of {low} to {high} bits: of the threshold alone, whether the detector is right at any is not known",
            low=low,
            high=high,
        )
    if all(inside):
        return message(
            "robust over the declared window of {low} to {high} bits: of the threshold, not of whether the detector is right",
            low=low,
            high=high,
        )
    if not counted:
        return message("not robust over the declared window of {low} to {high} bits", low=low, high=high)
    return message(
        "not robust: {out} of {all} settings lie outside over the declared window of {low} to {high} bits",
        out=len(inside) - sum(inside),
        all=len(inside),
        low=low,
        high=high,
    )


def _kept(works: pd.DataFrame, rule: str) -> "pd.Series[int]":
    """Bytes of the copy that each work keeps."""
    if rule == "oldest":
        return works.sort_values(["modified", "image_id"], kind="stable").groupby("work")["bytes"].first()
    return works.groupby("work")["bytes"].agg("max" if rule == "largest" else "min")
