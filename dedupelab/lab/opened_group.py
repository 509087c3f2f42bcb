"""One group as the browser of groups opens it: copies side by side, what differs in them, what they say, and the links between them."""

import io
import json
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from PIL import Image

from dedupelab.lab.laid import carried, lay
from dedupelab.lab.shelf import Shelf
from dedupelab.study.study import Study
from dedupelab.study.thumbnails import Thumbnails
from dedupelab.tables import LINKS, METADATA

COPIES = 12
"""Copies that are shown side by side; of more the first."""
SILENT = ("ai_label", "c2pa", "disagreements", "metadata_backend")
"""Metadata columns that say nothing of two files to an editor, or in another form."""
WORDS = {"True": "yes", "False": "no"}
KEPT = "kept from readers on request"


def opened_group(
    study: Study, shelf: Shelf, thumbnails: Thumbnails, images: pd.DataFrame, row: int
) -> dict[str, Any]:
    """Return what is shown of one group.

    Parameters
    ----------
    study, shelf, thumbnails
        The study, its groups, and its pictures as readers may see them.
    """
    members = shelf.images(row)
    names = [str(name) for name in members["image_id"]]
    pictures = thumbnails.jpegs(names[:COPIES])
    shown = [name for name in names if name in pictures]
    kept = study.redactions() if study.redaction_rows else {}
    silent = {name for name in shown if name in kept and kept[name].silent}
    said: dict[Hashable, dict[Hashable, Any]] = images.loc[shown].to_dict("index")
    links = _links(study, set(names))
    fields = study.fields()
    fields = fields[fields["group_id"] == shelf.groups["group_id"].iloc[row]]
    differing = set(fields.loc[fields["state"] == "conflict", "field"])
    return {
        **shelf.facts(row),
        "copies": [
            {
                "image": name,
                "jpeg": pictures[name],
                "path": KEPT if name in silent else str(said[name]["path"]),
                "holder": str(members["holder"].iloc[names.index(name)]),
                "role": str(members["role"].iloc[names.index(name)]),
                "size": f"{said[name]['width']} × {said[name]['height']}, {said[name]['bytes']:,} bytes",
                "places": places,
            }
            for name, places in _places(links, shown, pictures).items()
        ],
        "hidden": len(names) - len(shown),
        "fields": _fields(said, shown, silent, differing),
        "links": [
            [shown.index(left), shown.index(right), relation, reason]
            for left, right, relation, reason in links[["left", "right", "relation", "reason"]].itertuples(
                index=False
            )
            if left in shown and right in shown
        ],
    }


def _links(study: Study, names: set[str]) -> pd.DataFrame:
    pairs = study.pairs()
    inside = pairs["left"].isin(names) & pairs["right"].isin(names) & pairs["relation"].isin(LINKS)
    return pairs[inside]


def _places(
    links: pd.DataFrame, shown: list[str], pictures: Mapping[str, bytes]
) -> dict[str, list[list[float]]]:
    """Return where each copy differs from the first, on both; nothing where no link lists places, or nothing leads to the other."""
    found: dict[str, list[list[float]]] = {name: [] for name in shown}
    listed = links[links["differences"].str.len().fillna(0) > len("[]")]
    for left, right, text in listed[["left", "right", "differences"]].itertuples(index=False):
        if not shown or shown[0] not in {left, right} or not {left, right} <= set(shown):
            continue
        boxes = [(x0, y0, x1, y1) for x0, y0, x1, y1 in json.loads(text)]
        other = right if left == shown[0] else left
        carry = lay(_opened(pictures[left]), _opened(pictures[right])).carry
        on = {left: boxes, right: [] if carry is None else [carried(box, carry) for box in boxes]}
        found[other] = [list(box) for box in on[other]]
        found[shown[0]] += [list(box) for box in on[shown[0]]]
    return found


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def _fields(
    said: Mapping[Hashable, Any], shown: list[str], silent: set[str], differing: set[str]
) -> list[list[Any]]:
    """Return what copies say, field by field, and whether they contradict each other; fields of which none says anything, or all no, are left out."""
    rows = []
    for column in METADATA:
        if column.name in SILENT:
            continue
        values = [_text(said[name][column.name]) for name in shown]
        if {*values} <= {"", "False"}:
            continue
        told = [
            KEPT if value and name in silent else WORDS.get(value, value)
            for name, value in zip(shown, values, strict=True)
        ]
        if any(told):
            rows.append([column.name.replace("_", " "), told, column.name in differing])
    return sorted(rows, key=lambda each: not each[2])


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124  NaN
