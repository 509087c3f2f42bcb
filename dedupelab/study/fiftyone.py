"""A study for FiftyOne: groups and labels of every picture in the JSON of its classification datasets, which it imports as it stands.

    fiftyone.Dataset.from_dir(dataset_dir=FOLDER, dataset_type=fiftyone.types.FiftyOneImageClassificationDataset)

FiftyOne itself is not needed to write it. Format: FiftyOne's user guide, "Importing data", FiftyOneImageClassificationDataset, with
absolute paths in place of identifiers, so that no picture is copied.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from dedupelab.errors import writing
from dedupelab.study.study import Study
from dedupelab.tables.whole_file import whole_file

FILE, PICTURES = "labels.json", "data"
LONE = "lone"
"""Label of a picture in no group; of the others it is their role in the group."""
FIELDS = ("creator", "credit", "copyright_notice", "date_created", "width", "height", "format")


def write_fiftyone(study: Study, folder: str | Path) -> Path:
    """Write `labels.json` into the folder and return it: for every hashed picture on this machine its role, group, work, holder and reviews.

    Pictures at addresses are left out: FiftyOne opens files. What people decided on pairs stands as `reviewed_same` and
    `reviewed_different`: image_ids, separated by spaces. Redactions do not hold here: it is for who works with the pictures.

    Raises
    ------
    OutputError
        If it cannot be written; nothing half-written stays.
    """
    images = study.images()
    hashed = images[images["status"] == "hashed"]
    rows = hashed.merge(study.members(), on="image_id", how="left")
    holders = study.config.holders
    places, said = study.addresses(images), study.review().decided.reviewed
    decided = {True: _partners(said, same=True), False: _partners(said, same=False)}
    labels: dict[str, Any] = {}
    for row in rows.to_dict("records"):
        name, place = str(row["image_id"]), places[str(row["image_id"])]
        if "://" in place:
            continue
        attributes = {
            "image_id": name,
            "group_id": row["group_id"],
            "work": row["work"],
            "collection": row["collection"],
            "holder": holders[str(row["collection"])],
            **{field: row[field] for field in FIELDS},
            "reviewed_same": " ".join(decided[True].get(name, ())),
            "reviewed_different": " ".join(decided[False].get(name, ())),
        }
        role = LONE if pd.isna(row["role"]) else str(row["role"])
        kept = {key: _plain(value) for key, value in attributes.items() if not pd.isna(value) and value != ""}
        labels[place] = {"label": role, "attributes": kept}
    path = Path(folder) / FILE
    # FiftyOne refuses a data set without its folder of pictures, although none is looked for there.
    with writing(f"a data set in {folder}"):
        path.with_name(PICTURES).mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        partial.write_text(json.dumps({"labels": labels}, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _partners(said: pd.DataFrame, *, same: bool) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    chosen = said[said["duplicate"].fillna(not same) == same]
    for left, right in chosen[["left", "right"]].itertuples(index=False):
        found.setdefault(left, []).append(right)
        found.setdefault(right, []).append(left)
    return found


def _plain(value: object) -> object:
    return value if isinstance(value, str) else int(str(value).removesuffix(".0"))
