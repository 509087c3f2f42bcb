"""Regions that three or more works share."""

import numpy as np
import pandas as pd

from dedupelab.match.templates import suppress_templates

HEAD = (0.0, 0.0, 1.0, 0.4)
WHOLE = (0.0, 0.0, 1.0, 1.0)


def pairs(*rows):
    names = ["left", "right", "relation", "left_region", "right_region"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(score=0.9, reason="overlap")


def test_a_letterhead_links_nothing():
    """A region that three pictures share and none consists of is a template: its links are taken back."""
    table = pairs(
        ("a", "b", "derivative", HEAD, HEAD),
        ("a", "c", "derivative", HEAD, HEAD),
        ("b", "c", "derivative", HEAD, HEAD),
    )
    result = suppress_templates(table)
    assert result["relation"].tolist() == ["undecided"] * 3
    assert result["score"].max() <= 0.5
    assert "3 works share this part" in result["reason"][0]


def test_screenshots_of_a_known_photograph_stay_linked():
    """When some picture consists of the region, it is a picture shown twice and not a template."""
    table = pairs(
        ("a", "b", "derivative", HEAD, HEAD),
        ("a", "c", "derivative", HEAD, HEAD),
        ("b", "c", "derivative", HEAD, HEAD),
        ("a", "photo", "derivative", HEAD, WHOLE),
        ("b", "photo", "derivative", HEAD, WHOLE),
        ("c", "photo", "derivative", HEAD, WHOLE),
    )
    assert suppress_templates(table)["relation"].eq("derivative").all()


def test_copies_of_one_work_count_once():
    """A part that several copies of one work share is no template: linked as wholes, they are one of its works."""
    table = pairs(
        ("a", "b", "derivative", HEAD, HEAD),
        ("a", "c", "derivative", HEAD, HEAD),
        ("b", "c", "near-identical", WHOLE, WHOLE),
    )
    assert suppress_templates(table)["relation"].isin(["derivative", "near-identical"]).all()


def test_what_was_left_undecided_speaks_against_a_link():
    """A window that others share in drawn parts alone is a template also for the pair whose photographs look alike."""
    window = (0.1, 0.0, 0.9, 0.8)
    drawn = (0.1, 0.3, 0.9, 0.8)
    why = "undecided: what agrees is drawn or printed and may be a template"
    table = pairs(
        ("a", "b", "derivative", window, window),
        ("a", "c", "undecided", drawn, drawn),
        ("b", "c", "undecided", drawn, drawn),
    )
    table["reason"] = ["overlap", why, why]
    assert suppress_templates(table)["relation"].tolist() == ["undecided"] * 3
    redrawn = table.assign(reason=["overlap", *["undecided: redrawn or regenerated"] * 2])
    assert suppress_templates(redrawn)["relation"][0] == "derivative"
    beside = table.assign(
        left_region=[window, (0, 0, 1, 0.1), (0, 0, 1, 0.1)], right_region=[window, drawn, drawn]
    )
    assert suppress_templates(beside)["relation"][0] == "derivative"


def test_two_works_are_not_a_template():
    """A part that only two pictures share is left as it was found."""
    table = pairs(("a", "b", "derivative", HEAD, HEAD))
    assert suppress_templates(table)["relation"].tolist() == ["derivative"]


def test_other_regions_do_not_count():
    """Three pictures that share different parts with one picture do not make a template."""
    foot = (0.0, 0.6, 1.0, 1.0)
    table = pairs(("a", "b", "derivative", HEAD, HEAD), ("a", "c", "derivative", foot, foot))
    assert suppress_templates(table)["relation"].eq("derivative").all()


def test_digest_links_without_regions_pass_through():
    """Pairs without regions, and an empty table, come back unchanged."""
    table = pairs(("a", "b", "byte-identical", None, None), ("a", "c", "unrelated", np.nan, None))
    pd.testing.assert_frame_equal(table, suppress_templates(table))
    assert suppress_templates(table.head(0)).empty
