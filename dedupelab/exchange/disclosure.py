"""Disclosure control: which numbers may be public, and which of them are too small or too much one holder's.

Cells below ten, and cells whose complement is below ten, are suppressed; so is one more cell of each sum that would give
them away, and any cell of which one holder makes up more than four fifths (Hundepool et al., "Statistical Disclosure
Control", 2012, chapter 4).
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from dedupelab import tables
from dedupelab.numbers.results import Result, by_id

SMALLEST = 10
DOMINANT = 0.8
LEAST_MEMBERS = 3
"""Holders from which on their overlap is shown at all."""
FIELDS = "any|" + "|".join(column.name for column in tables.METADATA)
PUBLIC = re.compile(
    rf"N\.(listed|hashed|unreadable|skipped|low-information|works|surplus|groups|links|pairs(\.({'|'.join(tables.RELATIONS)}))?)"
    rf"|M1|M1b|M1x|M1p|M1\.low-information|M2|M3|M4\.any|M5[si]?\.({FIELDS})(\.across)?|M6\.ambiguous|M6b|M6c\.[a-z-]+\.(without|first)|M6l\.(stated|odd)|M7|M7s"
    r"|M8|M8\.hours|M12|M12\.unlabelled"
)
"""Ids of the results that may be public: of the whole study, never of one holder, one week or one picture."""
SUMS = (
    ("N.hashed", "N.unreadable", "N.skipped"),
    ("N.works", "N.surplus", "N.low-information"),
    tuple(f"N.pairs.{relation}" for relation in tables.RELATIONS),
    ("M12", "M12.unlabelled"),
)
"""Cells that add up to one that is shown."""
SAME = (("N.surplus", "M1", "M2", "M3"), ("N.works", "M4.any"), ("N.links", "M8", "M8.hours"))
"""Numbers that give each other away."""


def public_rows(
    results: Iterable[Result], contributions: Mapping[str, Sequence[int]]
) -> list[dict[str, object]]:
    """Return the results that may be public, as rows; suppressed ones without their numbers.

    Parameters
    ----------
    results
        Every result of the study.
    contributions
        What each holder adds to a result, by its id.
    """
    shown = {name: r for name, r in by_id(results).items() if PUBLIC.fullmatch(name) and r.estimated}
    hidden = suppressed(shown, contributions)
    rows: list[dict[str, object]] = []
    for name, result in shown.items():
        low, high = result.interval or (None, None)
        numbers = {
            "value": result.value,
            "numerator": result.numerator,
            "denominator": result.denominator,
            "low": low,
            "high": high,
        }
        rows.append(
            {
                "id": name,
                "label": str(result.label),
                "unit": result.unit,
                **(dict.fromkeys(numbers) if name in hidden else numbers),
                "denominator_label": str(result.denominator_label),
                "method": str(result.method),
                "interval_method": str(result.interval_method),
                "grade": result.grade,
                "caveat": str(result.caveat),
                "suppressed": hidden.get(name, ""),
            }
        )
    return rows


def suppressed(shown: Mapping[str, Result], contributions: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """Return why each suppressed result is."""
    hidden = {name: "small" for name, r in shown.items() if is_small(r.numerator, r.denominator)}
    for name, parts in contributions.items():
        if name in shown and name not in hidden and is_dominated(parts):
            hidden[name] = "dominated"
    while True:
        before = len(hidden)
        for together in SAME:
            if any(name in hidden for name in together):
                hidden |= {name: "complementary" for name in together if name in shown and name not in hidden}
        for cells in SUMS:
            open_cells = [c for c in cells if c in shown and c not in hidden and shown[c].numerator]
            if sum(c in hidden for c in cells) == 1 and open_cells:
                hidden[min(open_cells, key=lambda c: shown[c].numerator or 0)] = "complementary"
        if len(hidden) == before:
            return hidden


def is_small(part: float | None, whole: float | None) -> bool:
    """Whether a cell or what is left beside it is too small to be shown.

    >>> is_small(9, 100), is_small(95, 100), is_small(0, 100), is_small(0, 9), is_small(50, 100)
    (True, True, False, True, False)
    """
    if part is None or whole is None:
        return False
    return whole < SMALLEST or 0 < part < SMALLEST or 0 < whole - part < SMALLEST


def is_dominated(parts: Sequence[int]) -> bool:
    """Whether one of several holders makes up more than four fifths.

    >>> is_dominated([90, 5, 5]), is_dominated([60, 40]), is_dominated([7])
    (True, False, False)
    """
    return len(parts) > 1 and sum(parts) > 0 and max(parts) > DOMINANT * sum(parts)


def public_overlap(overlap: pd.DataFrame, codes: Mapping[str, str]) -> list[dict[str, object]]:
    """Return the overlap between holders under codes, small cells without numbers; nothing of fewer than three holders."""
    if len(codes) < LEAST_MEMBERS:
        return []
    cells = {(row, column): (works, shared) for row, column, works, shared in zip(*(overlap[c] for c in ("row", "column", "works", "shared")), strict=True)}  # fmt: skip
    rows: list[dict[str, object]] = []
    for row, column in sorted(cells, key=lambda pair: (codes[pair[0]], codes[pair[1]])):
        # Both directions share one number, so that either being small hides both.
        small = is_small(*cells[row, column][::-1]) or is_small(*cells[column, row][::-1])
        works, shared = (None, None) if small else cells[row, column]
        rows.append({"row": codes[row], "column": codes[column], "works": works, "shared": shared, "suppressed": "small" if small else ""})  # fmt: skip
    return rows


def contributions(images: pd.DataFrame, members: pd.DataFrame) -> dict[str, list[int]]:
    """Return what each holder adds to the counts of files and of copies."""
    names = sorted(set(images["collection"]))

    def by_holder(rows: pd.DataFrame) -> list[int]:
        counts = rows["collection"].value_counts()
        return [int(counts.get(name, 0)) for name in names]

    linked = members[["image_id"]].merge(images[["image_id", "collection"]], on="image_id")
    found = {f"N.{s}": by_holder(images[images["status"] == s]) for s in ("hashed", "unreadable", "skipped")}
    low = images[(images["information"] < tables.LOW_INFORMATION).fillna(value=False)]
    return found | {
        "N.listed": by_holder(images),
        "N.low-information": by_holder(low),
        "N.surplus": by_holder(linked),
        "M1b": by_holder(linked),
    }
