"""Pairs that somebody wants reviewed, beside those of the sample: asked first and as blind as these, but no part of any sample."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from dedupelab.tables.ledger import Ledger

_COLUMNS = {
    "pair": "TEXT NOT NULL UNIQUE",
    "left_sha256": "TEXT NOT NULL",
    "right_sha256": "TEXT NOT NULL",
    "asked_by": "TEXT NOT NULL",
    "asked": "TEXT NOT NULL",
}


def ask(path: Path, left: str, right: str, who: str) -> bool:
    """Keep a pair of files, by digest, in the file of the labels; return whether it is new. Raises like `Ledger.append`."""
    one, other = sorted((left, right))
    row = {
        "pair": f"{one}|{other}",
        "left_sha256": one,
        "right_sha256": other,
        "asked_by": who,
        "asked": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return bool(_ledger(path).append([row]))


def asked_pairs(path: Path, images: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the pairs that were asked for and whose files are there, as image_ids, in order of asking."""
    hashed = images[images["status"] == "hashed"].drop_duplicates("sha256")
    known = dict(zip(hashed["sha256"], hashed["image_id"], strict=True))
    rows = _ledger(path).history()
    pairs = zip(rows["left_sha256"].map(known), rows["right_sha256"].map(known), strict=True)
    return [(str(one), str(other)) for one, other in pairs if isinstance(one, str) and isinstance(other, str)]


def _ledger(path: Path) -> Ledger:
    return Ledger(path, "asked", _COLUMNS, once="pair")
