"""What the licence ledger says of works: licences paid twice, exposure where several license one work, and unequal prices."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dedupelab.evidence.copies.population import Population
from dedupelab.numbers.draws import Floats
from dedupelab.numbers.messages import Message, message
from dedupelab.registers.register_fields import folded
from dedupelab.registers.registers import overlap

Row = Mapping[str, object]


@dataclass(frozen=True)
class Licensed:
    """The ledger by work: licences paid twice, exposure and price ratio by work, assets not in the study.

    `entries` are the ids of each work's licences. `paid` are the licences whose fees bought nothing: id, work, licensee, fee, currency, start, and `real`, the
    fee in prices of the price year. `same` are pairs of ids of entries that tell of one licence: (left out, kept).
    """

    paid: tuple[Row, ...]
    exposure: Mapping[str, float]
    ratios: Mapping[str, float]
    entries: Mapping[str, tuple[str, ...]]
    strangers: int
    same: tuple[tuple[str, str], ...] = ()

    @property
    def told(self) -> tuple[Message, ...]:
        """Which entries tell of a licence that another tells of."""
        same = ", ".join(f"{left} = {kept}" for left, kept in self.same)
        return (
            (message("entries that tell of one licence are counted once: {entries}", entries=same),)
            if same
            else ()
        )


_TERMS = ("fee", "currency", "start", "end")


def licensed(works: Mapping[str, str], ledger: pd.DataFrame, factors: Floats | None = None) -> Licensed:
    """Return what the ledger says of the study's works.

    An asset is known by its image_id, `collection/path` or SHA-256. One that is not in the study is a work of its own, so
    that the same asset licensed twice still counts. Entries of one work that agree in parties, fee and terms are one licence, however
    the asset is named. `works` is what `works_by_name` says; `factors` bring each fee to the price year.
    """
    by_work: dict[str, list[dict[str, object]]] = defaultdict(list)
    strangers = 0
    known: dict[tuple[str, ...], str] = {}
    same: list[tuple[str, str]] = []
    level = np.ones(len(ledger)) if factors is None else factors
    entries = [{str(k): v for k, v in row.items()} for row in ledger.to_dict("records")]
    for row, factor in zip(entries, level, strict=True):
        strangers += work_of(row["asset"], works) is None
        work = thing_of(row["asset"], works)
        parties = (folded(row[name]) for name in ("licensor", "licensee", "scope", "territory"))
        first = known.setdefault((work, *parties, *(str(row[name]) for name in _TERMS)), str(row["id"]))
        if first != str(row["id"]):
            same.append((str(row["id"]), first))
            continue
        by_work[work].append(row | {"real": _fee(row) * float(factor)})
    paid = [
        {**row, "work": work}
        for work, rows in by_work.items()
        for licensee in sorted({folded(row["licensee"]) for row in rows})
        for row in excess([row for row in rows if folded(row["licensee"]) == licensee])
        if _fee(row) > 0
    ]
    fees = {work: _by_licensor(rows) for work, rows in by_work.items()}
    exposure = {work: sum(f.values()) - max(f.values()) for work, f in fees.items() if len(f) > 1}
    asked = {work: [_real(row) for row in rows] for work, rows in by_work.items() if len(rows) > 1}
    ratios = {work: max(prices) / min(prices) for work, prices in asked.items() if min(prices) > 0}
    ids = {work: tuple(str(row["id"]) for row in rows) for work, rows in by_work.items()}
    return Licensed(tuple(paid), exposure, ratios, ids, strangers, tuple(same))


def excess(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the licences of one licensee for one work that bought nothing: of overlapping ones, all but the cheapest.

    From the cheapest upwards, a licence is kept when it overlaps none that is kept already; the others are returned.

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
        place = f"{collection}/{path}"
        named |= {str(image): work, place: work, str(digest): work}
        named.setdefault(unicodedata.normalize("NFC", place), work)
    return named


def work_of(asset: object, works: Mapping[str, str]) -> str | None:
    r"""Return the work that an asset of a register shows; None where the study does not hold it.

    Digests may have capitals, as Windows prints them, paths the strokes of Windows or letters of another Unicode form, as macOS writes them.

    >>> work_of(" A1B2 ", {"a1b2": "work 1"}), work_of("a\\1.jpg", {"a/1.jpg": "work 1"}), work_of(None, {})
    ('work 1', 'work 1', None)
    """
    name = _asset(asset)
    spelled = (name, name.lower(), unicodedata.normalize("NFC", name).replace("\\", "/"))
    return next((works[each] for each in spelled if each in works), None)


def thing_of(asset: object, works: Mapping[str, str]) -> str:
    """Return the work that an asset shows, or what stands for it where the study does not hold it; nothing where none is named."""
    name = _asset(asset)
    other = f"asset {unicodedata.normalize('NFC', name).casefold()}" if name else ""
    return work_of(name, works) or other


def _asset(asset: object) -> str:
    return "" if asset is None or asset != asset else str(asset).strip()  # noqa: PLR0124  NaN


def _by_licensor(rows: list[dict[str, object]]) -> dict[str, float]:
    """Each licensor's fee for a work; the mean where it licensed the work several times."""
    fees: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        fees[folded(row["licensor"])].append(_real(row))
    return {name: sum(each) / len(each) for name, each in fees.items()}


def _real(row: Row) -> float:
    return float(str(row["real"]))


def _fee(row: Row) -> float:
    return float(str(row["fee"]))
