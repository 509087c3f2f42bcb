"""Which groups are shown one by one."""

from types import SimpleNamespace

import pandas as pd

from dedupelab.evidence.metadata.lineage import COLUMNS
from dedupelab.publish.figures.examples import lineage_of


def study(**groups):
    """Return a study of groups whose copies all derive from one document that nobody holds."""
    rows = [(g, f"{g}{n}", f"{g}-d{n}", f"{g}-master") for g, size in groups.items() for n in range(size)]
    frame = pd.DataFrame(rows, columns=["group_id", "image_id", "document_id", "derived_from"])
    images = frame.assign(original_document_id="", instance_id="")[list(COLUMNS)]
    members = frame[["group_id", "image_id"]]
    return SimpleNamespace(images=lambda: images, members=lambda: members)


def test_a_lineage_too_large_to_be_drawn_is_not_chosen():
    """A group of forty-five documents ends no report: the largest that can be read is shown, or none; asked for, it is returned."""
    assert lineage_of(study(large=45, small=3))[0] == "small"
    assert lineage_of(study(large=45)) is None
    assert lineage_of(study(large=45), "large")[0] == "large"
