"""What the licence ledger says of works: licences paid twice, exposure where several license one work, and unequal prices."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dedupelab.evidence.copies.population import Population
from dedupelab.numbers.draws import Floats
from dedupelab.registers.registers import overlap

Row = Mapping[str, object]


@dataclass(frozen=True)
class Licensed:
    """The ledger by work: licences paid twice, exposure and price ratio by work, assets not in the study.

    `entries` are the ids of each work's licences. `paid` are the licences whose fees bought nothing: id, work, licensee, fee, currency, start, and `real`, the
    fee in prices of the price year.
    """

    paid: tuple[Row, ...]
    exposure: Mapping[str, float]
    ratios: Mapping[str, float]
    entries: Mapping[str, tuple[str, ...]]
    strangers: int


def licensed(works: Mapping[str, str], ledger: pd.DataFrame, factors: Floats | None = None) -> Licensed:
    """Return what the ledger says of the study's works.

    An asset is known by its image_id, `collection/path` or SHA-256. One that is not in the study is a work of its own, so
    that the same asset licensed twice still counts. `works` is what `works_by_name` says; `factors` bring each
    fee to the price year.
    """
    by_work: dict[str, list[dict[str, object]]] = defaultdict(list)
    strangers = 0
    level = np.ones(len(ledger)) if factors is None else factors
    entries = [{str(k): v for k, v in row.items()} for row in ledger.to_dict("records")]
    for row, factor in zip(entries, level, strict=True):
        asset = str(row["asset"]).strip()
        found = works.get(asset)
        strangers += found is None
        by_work[found or f"asset {asset.casefold()}"].append(row | {"real": _fee(row) * float(factor)})
    paid = [
        {**row, "work": work}
        for work, rows in by_work.items()
        for licensee in sorted({_name(row, "licensee") for row in rows})
        for row in excess([row for row in rows if _name(row, "licensee") == licensee])
        if _fee(row) > 0
    ]
    fees = {work: _by_licensor(rows) for work, rows in by_work.items()}
    exposure = {work: sum(f.values()) - max(f.values()) for work, f in fees.items() if len(f) > 1}
    asked = {work: [_real(row) for row in rows] for work, rows in by_work.items() if len(rows) > 1}
    ratios = {work: max(prices) / min(prices) for work, prices in asked.items() if min(prices) > 0}
    ids = {work: tuple(str(row["id"]) for row in rows) for work, rows in by_work.items()}
    return Licensed(tuple(paid), exposure, ratios, ids, strangers)


def excess(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the licences of one licensee for one work that bought nothing: of overlapping ones, all but the cheapest.

    From the cheapest upwards, a licence is kept when it overlaps none that is kept already; the others are returned.

    Examples
    --------
    >>> web = {"scope": "web", "territory": None, "start": "2026-01-01", "end": None, "id": "1"}
    >>> found = excess([web | {"fee": 900.0}, web | {"fee": 400.0}, web | {"fee": 100.0, "scope": "print"}])
    >>> [row["fee"] for row in found]
    [900.0]
    """
    kept: list[dict[str, object]] = []
    beyond: list[dict[str, object]] = []
    for row in sorted(rows, key=lambda each: (_fee(each), str(each["start"]), str(each["id"]))):
        (beyond if any(overlap(row, other) for other in kept) else kept).append(row)
    return beyond


def works_by_name(people: Population) -> dict[str, str]:
    """Every name that an asset may have, and the work it shows."""
    unit = people.members.set_index("image_id")["unit"]
    named: dict[str, str] = {}
    columns = people.hashed[["image_id", "collection", "path", "sha256"]]
    for image, collection, path, digest in columns.itertuples(index=False):
        work = f"work {unit[image]}" if image in unit.index else f"image {image}"
        named |= {str(image): work, f"{collection}/{path}": work, str(digest): work}
    return named


def _by_licensor(rows: list[dict[str, object]]) -> dict[str, float]:
    """Each licensor's fee for a work; the mean where it licensed the work several times."""
    fees: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        fees[_name(row, "licensor")].append(_real(row))
    return {name: sum(each) / len(each) for name, each in fees.items()}


def _real(row: Row) -> float:
    return float(str(row["real"]))


def _fee(row: Row) -> float:
    return float(str(row["fee"]))


def _name(row: Row, column: str) -> str:
    return str(row[column]).strip().casefold()
