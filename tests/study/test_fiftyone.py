"""What FiftyOne imports: the documented JSON of a classification data set, with absolute paths, groups and decisions."""

import json
from pathlib import Path

import pandas as pd
import pytest

from dedupelab.study.fiftyone import write_fiftyone

pytestmark = pytest.mark.slow


def test_every_picture_has_its_role_group_and_decisions(reviewed, tmp_path):
    """One entry for each hashed file by its absolute path: a label that is a string, and attributes of plain types."""
    reviewed.match()
    written = json.loads(write_fiftyone(reviewed, tmp_path / "fo").read_text("utf-8"))
    assert set(written) == {"labels"}
    assert (tmp_path / "fo" / "data").is_dir()  # without it FiftyOne's importer refuses the data set
    entries = written["labels"]
    assert len(entries) == len(reviewed.images())
    assert all(Path(place).is_absolute() and Path(place).is_file() for place in entries)
    assert {frozenset(entry) for entry in entries.values()} == {frozenset({"label", "attributes"})}
    by_image = {entry["attributes"]["image_id"]: entry for entry in entries.values()}
    roles = reviewed.members().set_index("image_id")
    assert {name: entry["label"] for name, entry in by_image.items() if entry["label"] != "lone"} == roles[
        "role"
    ].to_dict()
    assert {n: e["attributes"]["group_id"] for n, e in by_image.items() if n in roles.index} == roles[
        "group_id"
    ].to_dict()
    said = reviewed.review().decided.reviewed
    other = said[~said["duplicate"].astype(bool)].iloc[0]
    assert other["right"] in by_image[other["left"]]["attributes"]["reviewed_different"].split()
    assert all(isinstance(value, str | int) for e in entries.values() for value in e["attributes"].values())


def test_the_long_form_has_a_row_for_each_statement(shared_study):
    """As many rows as there are values in the fields asked for; an image in no group keeps its rows."""
    images = shared_study.images()
    long = shared_study.to_frame(["format", "width", "creator"])
    assert len(long) == images[["format", "width", "creator"]].notna().sum().sum()
    assert set(long["image_id"]) == set(images["image_id"])
    assert long["group_id"].isna().any()
    widths = long[long["field"] == "width"].set_index("image_id")["value"]
    pd.testing.assert_series_equal(
        widths.astype("int64").sort_index(),
        images.set_index("image_id")["width"].astype("int64").sort_index(),
        check_names=False,
    )
