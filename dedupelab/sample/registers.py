"""The sample's registers as CSV: invented entries, so that every money line but one can be seen at work."""

from datetime import date, timedelta

import numpy as np

from dedupelab.sample.holders import HOLDERS
from dedupelab.sample.plan import PlannedFile
from dedupelab.tables.sheets import as_csv

SOURCE = "sample figure, not a measurement"
_INCIDENTS = 14
_BOUGHT = 24
"""Works of which several holders sell licences in the sample."""
_NAMES = tuple(f"{holder.name} (invented)" for holder in HOLDERS)
_PRESS = ("Harbour Press (invented)", "Ferry Magazine (invented)", "Peak Travel (invented)")


def registers(plan: list[PlannedFile], rng: np.random.Generator) -> dict[str, bytes]:
    """Return the sample's registers: file name to CSV in UTF-8 with a byte order mark."""
    tables: dict[str, list[dict[str, object]]] = {
        "workflow": _workflow(rng),
        "incident": _incidents(plan, rng),
        "licence": _licences(plan, rng),
        "assumption": _assumptions(),
        "decision": [
            {
                "id": "D-1", "date": "2026-07-01", "decision": "keep the distance of 10 bits", "reason": "the manual's default; no pilot yet",
                "decided_by": "board of the Sample Association (invented)", "source": SOURCE,
            }
        ],
    }  # fmt: skip
    return {f"{name}.csv": as_csv(rows, end="\r\n").encode("utf-8-sig") for name, rows in tables.items()}


def _workflow(rng: np.random.Generator) -> list[dict[str, object]]:
    minutes = np.round(20 * np.exp(0.35 * rng.standard_normal(10)), 1)
    return [
        {
            "id": f"W-{n + 1}", "date": date(2026, 4, 1) + timedelta(days=n), "organisation": _NAMES[n % len(_NAMES)],
            "step": "review", "role": "picture editor", "system": "light table", "minutes": float(m), "items": 60, "source": SOURCE,
        }
        for n, m in enumerate(minutes)
    ]  # fmt: skip


def _incidents(plan: list[PlannedFile], rng: np.random.Generator) -> list[dict[str, object]]:
    """Fourteen invented incidents, each with the picture it was about: twelve of works held several times, two of others."""
    days = np.ceil(6 * np.exp(0.6 * rng.standard_normal(_INCIDENTS)))
    worth = np.round(900 * np.exp(0.4 * rng.standard_normal(_INCIDENTS)), -2)
    held: dict[str, list[str]] = {}
    for file in plan:
        if file.work.kind != "low-information":
            held.setdefault(file.work.name, []).append(f"{file.collection}/{file.path}")
    several, once = ([paths for paths in held.values() if (len(paths) > 1) == many] for many in (True, False))
    assets = [paths[0] for paths in (*several[:: max(1, len(several) // 12)][:12], *once[:2])]
    return [
        {
            "id": f"I-{n + 1}", "kind": "stall" if n % 3 else "dispute", "opened": date(2025, 1, 8) + timedelta(days=35 * n),
            "organisation": _NAMES[n % len(_NAMES)], "asset": assets[n] if n < len(assets) else "", "days": float(d),
            "value_per_day": float(v), "amount": 2500.0 if n % 4 == 0 else "", "currency": "HKD", "source_type": "assumed",
            "attribution": (0.5, 0.75, 1.0)[n % 3], "confidentiality": "members", "source": SOURCE,
        }
        for n, (d, v) in enumerate(zip(days, worth, strict=True))
    ]  # fmt: skip


def _licences(plan: list[PlannedFile], rng: np.random.Generator) -> list[dict[str, object]]:
    """Each of some works is licensed from two holders; in every other case to one customer at the same time."""
    names = dict(zip((holder.collection for holder in HOLDERS), _NAMES, strict=True))
    copies: dict[str, dict[str, str]] = {}
    for file in plan:
        if file.work.kind != "low-information":
            copies.setdefault(file.work.name, {}).setdefault(file.collection, file.path)
    shared = [held for held in copies.values() if len(held) > 1][:_BOUGHT]
    rows = []
    for number, held in enumerate(shared):
        for turn, (collection, path) in enumerate(list(held.items())[:2]):
            begin = date(2025, 2, 1) + timedelta(days=17 * number + 30 * turn)
            rows.append(
                {
                    "id": f"L-{number + 1}{'ab'[turn]}", "asset": f"{collection}/{path}", "licensor": names[collection],
                    "licensee": _PRESS[(number + (turn if number % 2 else 0)) % len(_PRESS)],
                    "fee": float(np.round(800 * np.exp(0.5 * rng.standard_normal()), -1)), "currency": "HKD",
                    "scope": "editorial" if number % 5 else "", "territory": "HK", "start": begin, "end": begin + timedelta(days=365),
                    "source": SOURCE,
                }
            )  # fmt: skip
    return rows


def _assumptions() -> list[dict[str, object]]:
    given = {
        "unit": "years",
        "source_type": "assumed",
        "source": SOURCE,
        "owner": "analyst",
        "date": "2026-07-01",
    }
    return [
        {"id": "harm.incident_years", "value": 1.5, **given},
        {"id": "harm.licence_years", "value": 1.5, **given},
        {"id": "harm.storage_overhead", "low": 0.05, "value": 0.1, "high": 0.3, **given, "unit": "share"},
    ]
