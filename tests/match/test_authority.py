"""The copy to believe: by stated criteria in stated order, and unresolved where these do not decide."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupelab import tables
from dedupelab.match.authority import CRITERIA, NAMES, STATEMENTS, appoint


def copies(**changes: dict[str, object]) -> pd.DataFrame:
    """Make copies by name, equal but for what is said."""
    base = {"collection": "c", "bytes": 1, "status": "hashed", "format": "JPEG", "width": 100, "height": 80,
            "ai_label": "no-label", "c2pa": "none", "has_gps": False, "caption": "A pier"}  # fmt: skip
    return tables.IMAGES.from_rows(
        base | {"image_id": n, "path": n} | change for n, change in changes.items()
    )


def appointed(
    frame: pd.DataFrame, criteria: tuple[str, ...] = NAMES, works: tuple[int, ...] = ()
) -> tuple[dict, dict]:
    """All copies as one group: the group's row and the roles."""
    names = frame["image_id"].tolist()
    numbers = works or (0,) * len(names)
    size = frame["bytes"]
    group = {"group_id": "g", "images": len(names), "collections": 1, "works": len(set(numbers)),
             "bytes": size.sum(), "redundant_bytes": size.sum() - size.max(), "weakest_link": 1.0, "diameter": 1, "bridges": 0, "authority": "unresolved", "authority_reason": "x"}  # fmt: skip
    members = tables.MEMBERS.from_rows(
        {"group_id": "g", "image_id": n, "role": "copy", "work": w}
        for n, w in zip(names, numbers, strict=True)
    )
    groups, members = appoint(frame, tables.GROUPS.from_rows([group]), members, criteria)
    (row,) = tables.GROUPS.conform(groups).to_dict("records")
    row = {name: None if value != value else value for name, value in row.items()}
    return row, tables.MEMBERS.conform(members).set_index("image_id")["role"].to_dict()


def test_the_authoritative_copy_is_the_one_that_is_kept():
    """Of 10 and 50 bytes the copy of 10 is believed, so that 50 are redundant; where none is, the larger is kept."""
    assert appointed(copies(a={"width": 200, "bytes": 10}, b={"bytes": 50}))[0]["redundant_bytes"] == 50
    told = {"bytes": 10, "creator": "A"}, {"bytes": 50, "creator": "B"}
    assert appointed(copies(a=told[0], b=told[1]))[0]["redundant_bytes"] == 10


BETTER = {
    "content-credentials": ({"c2pa": "trusted"}, {"c2pa": "valid"}),
    "lineage-root": ({"document_id": "root"}, {"derived_from": "root", "document_id": "child"}),
    "largest": ({"width": 200}, {}),
    "least-processed": ({"format": "TIFF"}, {"format": "PNG"}),
    "completeness": ({"creator": "A", "credit": "B"}, {"creator": "C"}),
}


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda c: c.name)
@pytest.mark.parametrize("first", [True, False])
def test_each_criterion_decides_alone(criterion, first):
    """Where one criterion tells the copies apart, it names the copy and its sentence is the reason."""
    better, worse = BETTER[criterion.name]
    frame = copies(a=better, b=worse) if first else copies(a=worse, b=better)
    row, roles = appointed(frame)
    best, other = ("a", "b") if first else ("b", "a")
    assert (row["authoritative"], row["authority"], row["authority_reason"]) == (
        best,
        "resolved",
        str(criterion.sentence),
    )
    assert roles == {best: "authoritative", other: "copy"}


def test_the_order_is_the_study_s():
    """The same copies, another order of criteria, another copy; a criterion that is left out has no say."""
    frame = copies(a={"width": 200, "creator": "x"}, b={"format": "TIFF", "creator": "y"})
    assert appointed(frame, ("largest", "least-processed"))[0]["authoritative"] == "a"
    assert appointed(frame, ("least-processed", "largest"))[0]["authoritative"] == "b"
    assert appointed(frame, ("completeness",))[0]["authority"] == "unresolved"
    assert appointed(frame, ())[0]["authority"] == "unresolved"


def test_a_tie_of_different_statements_is_unresolved():
    """Two equally good copies that name different creators: nobody is believed by guess."""
    row, roles = appointed(copies(a={"creator": "A"}, b={"creator": "B"}, c={"creator": "C", "width": 10}))
    assert (row["authoritative"], row["authority"]) == (None, "unresolved")
    assert "2 copies tie" in row["authority_reason"]
    assert roles == {"a": "tied", "b": "tied", "c": "copy"}


def test_a_tie_of_the_same_statements_is_none():
    """Copies that say the same of themselves may stand for one another; the first is named, and that is said."""
    row, roles = appointed(copies(a={"creator": "A"}, b={"creator": "A"}))
    assert (row["authoritative"], row["authority"]) == ("a", "resolved")
    assert "2 copies carry the same metadata and the first is named" in row["authority_reason"]
    assert roles == {"a": "authoritative", "b": "copy"}


@pytest.mark.parametrize("field", STATEMENTS)
def test_every_statement_counts(field):
    """A copy that says something else in one field, or leaves it empty, does not say the same."""

    def authority(*said: dict[str, object]) -> str:
        return str(appointed(copies(**dict(zip("ab", said, strict=True))), ())[0]["authority"])

    assert authority({field: "one"}, {field: "other"}) == "unresolved"
    assert authority({field: "one"}, {field: None}) == "unresolved"
    assert authority({field: "one"}, {field: "one"}) == "resolved"


def test_a_group_of_several_works_has_no_single_authority():
    """A chain that was not confirmed throughout names nobody."""
    row, roles = appointed(copies(a={"width": 900}, b={}, c={}), works=(0, 0, 1))
    assert row["authority"] == "unresolved"
    assert "not all confirmed to show one work" in row["authority_reason"]
    assert set(roles.values()) == {"copy"}


def test_lineage_that_proves_nothing():
    """A document that derives from itself, a circle, and a parent that is not there make no root."""
    for one, other in (
        ({"document_id": "x", "derived_from": "x"}, {}),
        ({"document_id": "x", "derived_from": "y"}, {"document_id": "y", "derived_from": "x"}),
        ({"derived_from": "elsewhere"}, {}),
        ({"document_id": "same"}, {"document_id": "same"}),
    ):
        row, _roles = appointed(copies(a=one, b=other), ("lineage-root",))
        assert row["authority_reason"].startswith("no criterion told the copies apart; 2 copies")


def test_nothing_is_followed_around_a_circle():
    """Three copies that derive from each other in a ring, and one that derives from the ring: none is the root, and it ends."""
    ring = {"a": ("x", "z"), "b": ("y", "x"), "c": ("z", "y"), "d": ("w", "x")}
    frame = copies(
        **{n: {"document_id": own, "derived_from": of, "creator": n} for n, (own, of) in ring.items()}
    )
    row, roles = appointed(frame, ("lineage-root",))
    assert (row["authority"], set(roles.values())) == ("unresolved", {"tied"})


def test_a_claim_is_no_trust():
    """Credentials that are valid, invalid or unchecked are worth no more than none."""
    frame = copies(a={"c2pa": "valid"}, b={"c2pa": "invalid"}, c={"c2pa": "unchecked"}, d={})
    row, _roles = appointed(frame, ("content-credentials",))
    assert row["authority_reason"].startswith("no criterion told the copies apart; 4 copies")


VALUE = st.none() | st.text(st.characters(codec="utf-8"), max_size=8) | st.just("<script>\x00'; DROP TABLE")


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(("creator", "credit", "caption", "document_id", "derived_from", "format"), VALUE)), min_size=1, max_size=6))  # fmt: skip
def test_any_metadata_gives_one_verdict(rows):
    """Whatever the files say: either one copy is named, or at least two are tied; and the order of rows is nothing."""
    frame = copies(**{f"i{n}": row for n, row in enumerate(rows)})
    row, roles = appointed(frame)
    assert (row["authority"] == "resolved") == (list(roles.values()).count("authoritative") == 1)
    silent = "nothing to believe" in row["authority_reason"]
    assert (row["authority"] == "unresolved") == (silent or list(roles.values()).count("tied") >= 2)
    assert appointed(frame.iloc[::-1]) == (row, roles)


def test_copies_that_say_nothing_leave_nothing_to_believe():
    """Where no copy carries a statement the group is unresolved, however the copies differ in size."""
    row, roles = appointed(copies(a={"caption": None, "width": 200}, b={"caption": None}))
    assert (row["authority"], row["authoritative"]) == ("unresolved", None)
    assert "no copy says anything" in row["authority_reason"]
    assert set(roles.values()) == {"copy"}


def test_no_groups():
    """Nothing to appoint is no error."""
    groups, members = appoint(copies(a={}), tables.GROUPS.empty(), tables.MEMBERS.empty())
    assert (len(groups), len(members)) == (0, 0)


def test_an_unusual_format_is_still_a_copy():
    """A missing or unknown format ranks last, not as an error."""
    frame = copies(a={"format": None}, b={"format": "XPM"}, c={"format": "JPEG"})
    row, _roles = appointed(frame, ("least-processed",))
    assert (row["authoritative"], row["authority_reason"]) == ("c", str(CRITERIA[3].sentence))
