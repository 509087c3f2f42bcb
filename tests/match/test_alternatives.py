"""Another choice of criteria: what would have become of each group."""

import pandas as pd
import pytest

from dedupelab import tables
from dedupelab.match.alternatives import alternatives
from dedupelab.match.authority import NAMES, appoint


def study(*groups: list[dict[str, object]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Images and members; each group is a list of what its copies say."""
    base = {"collection": "c", "bytes": 1, "status": "hashed", "format": "JPEG", "width": 100, "height": 80,
            "ai_label": "no-label", "c2pa": "none", "has_gps": False}  # fmt: skip
    rows = [
        (f"g{number}", base | {"image_id": f"{number}{letter}", "path": f"{number}{letter}"} | copy)
        for number, copies in enumerate(groups)
        for letter, copy in zip("abcdef", copies, strict=False)
    ]
    members = [{"group_id": group, "image_id": r["image_id"], "role": "copy", "work": 0} for group, r in rows]
    return tables.IMAGES.from_rows(row for _group, row in rows), tables.MEMBERS.from_rows(members)


def outcomes(found: pd.DataFrame, criterion: str, change: str) -> list[str]:
    return found[(found["criterion"] == criterion) & (found["change"] == change)]["outcome"].tolist()


def test_outcomes_by_hand():
    """Asked: largest, then least-processed.

    Group 0: a is larger, b a TIFF, with other creators: by `largest` a, by `least-processed` b. Group 1: only size tells the
    copies apart: without it nobody. Group 2: the same words in both, so that which of them is named makes no difference.
    Group 3: alike in size and format, one says more: nobody, until completeness is asked.
    """
    images, members = study(
        [{"width": 200, "creator": "A"}, {"format": "TIFF", "creator": "B"}],
        [{"width": 200, "creator": "A"}, {"creator": "B"}],
        [{"width": 200, "creator": "A"}, {"format": "TIFF", "creator": "A"}],
        [{"creator": "A"}, {"creator": "B", "credit": "C"}],
    )
    found = alternatives(images, members, ("largest", "least-processed"))
    assert outcomes(found, "largest", "without") == ["other", "unresolved", "same", "same"]
    assert outcomes(found, "least-processed", "without") == ["same", "same", "same", "same"]
    assert outcomes(found, "largest", "first") == ["same", "same", "same", "same"]
    assert outcomes(found, "least-processed", "first") == ["other", "same", "same", "same"]
    # Not among the study's criteria: it can only be asked as well.
    assert outcomes(found, "completeness", "without") == []
    assert outcomes(found, "completeness", "first") == ["same", "same", "same", "resolved"]
    first = found[(found["criterion"] == "least-processed") & (found["change"] == "first")]
    assert first["authoritative"].fillna("").tolist() == ["0b", "1a", "2b", ""]


@pytest.mark.parametrize("criterion", NAMES)
@pytest.mark.parametrize("change", ["without", "first"])
def test_it_is_what_appointing_anew_gives(criterion, change):
    """The copy named is the one that `appoint` names with the changed criteria, in groups of every kind."""
    kinds = [{"creator": "A", "document_id": "x"}, {"creator": "B", "derived_from": "x", "format": "TIFF"}, {"c2pa": "trusted", "credit": "C"},
             {"width": 60, "creator": "D", "credit": "E"}, {}]  # fmt: skip
    images, members = study(*([kinds[n], kinds[m]] for n in range(5) for m in range(5)), kinds, kinds[::-1])
    rest = tuple(name for name in NAMES if name != criterion)
    names = sorted(set(members["group_id"]))
    groups = pd.DataFrame({"group_id": names, "bytes": 2, "redundant_bytes": 1})
    anew, _roles = appoint(images, groups, members, rest if change == "without" else (criterion, *rest))
    found = alternatives(images, members)
    found = found[(found["criterion"] == criterion) & (found["change"] == change)].set_index("group_id")
    assert found["authoritative"].loc[names].fillna("").tolist() == anew["authoritative"].fillna("").tolist()


def test_no_groups():
    """Nothing to decide is no error."""
    assert alternatives(tables.IMAGES.empty(), tables.MEMBERS.empty()).empty
