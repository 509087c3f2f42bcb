"""Regions that three or more works share."""

import numpy as np
import pandas as pd

from dedupelab.match.templates import suppress_templates

HEAD = (0.0, 0.0, 1.0, 0.4)
WHOLE = (0.0, 0.0, 1.0, 1.0)


def pairs(*rows):
    names = ["left", "right", "relation", "left_region", "right_region"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(score=0.9, reason="overlap", drawn=False)


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
    table = pairs(
        ("a", "b", "derivative", window, window),
        ("a", "c", "undecided", drawn, drawn),
        ("b", "c", "undecided", drawn, drawn),
    )
    table["drawn"] = [False, True, True]
    assert suppress_templates(table)["relation"].tolist() == ["undecided"] * 3
    redrawn = table.assign(drawn=False)
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
    pd.testing.assert_frame_equal(table.assign(before=""), suppress_templates(table))
    assert suppress_templates(table.head(0)).empty


WINDOW = (0.3, 0.2, 0.7, 0.8)
BESIDE = (0.31, 0.25, 0.7, 0.75)


def test_one_surrounding_of_three_photographs_links_nothing():
    """Three prints on one desk: each pair shows another photograph at one place, so what they share is the desk."""
    table = pairs(*((a, b, "derivative", WHOLE, WHOLE) for a, b in ("ab", "ac", "bc")))
    windows = {0: (WINDOW, BESIDE), 1: (WINDOW, WINDOW), 2: (BESIDE, WINDOW)}
    result = suppress_templates(table, windows)
    assert result["relation"].tolist() == ["undecided"] * 3
    assert result["reason"][0].startswith("undecided: 3 works share what surrounds other photographs in each")


def test_an_inset_takes_no_link_back():
    """One photograph on another differs at one place from every copy of that other, but those are one work."""
    table = pairs(
        ("a", "inset", "derivative", WHOLE, WHOLE),
        ("b", "inset", "derivative", WHOLE, WHOLE),
        ("a", "b", "near-identical", WHOLE, WHOLE),
    )
    result = suppress_templates(table, {0: (WINDOW, WINDOW), 1: (WINDOW, WINDOW)})
    assert result["relation"].tolist() == ["derivative", "derivative", "near-identical"]


def test_insets_at_other_places_take_no_link_back():
    """Windows in different corners are no one surrounding, nor is a window that only one of the two shares with a third."""
    corner = (0.0, 0.0, 0.26, 0.2)
    table = pairs(*((a, b, "derivative", WHOLE, WHOLE) for a, b in ("ab", "ac", "bc")))
    apart = suppress_templates(table, {0: (WINDOW, WINDOW), 1: (corner, corner), 2: (corner, corner)})
    assert apart["relation"].eq("derivative").all()
    lacking = suppress_templates(table, {0: (WINDOW, WINDOW), 1: (WINDOW, WINDOW)})
    assert lacking["relation"].eq("derivative").all()


def test_a_pair_that_is_no_link_stays_what_it_is():
    """Unrelated pairs with windows speak against links and are not themselves changed."""
    table = pairs(
        ("a", "b", "derivative", WHOLE, WHOLE),
        ("a", "c", "unrelated", None, None),
        ("b", "c", "unrelated", None, None),
    )
    result = suppress_templates(table, dict.fromkeys(range(3), (WINDOW, WINDOW)))
    assert result["relation"].tolist() == ["undecided", "unrelated", "unrelated"]
