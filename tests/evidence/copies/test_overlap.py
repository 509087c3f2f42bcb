import pytest

from dedupelab.numbers.results import SMALL


def test_matrix_by_hand(twenty):
    """Collection a holds w, x and 7 lone works (9); b holds w, x and 2 lone works (4), the blank page apart; 2 are shared.

    Containment a in b 2/9, b in a 2/4; Jaccard 2/(9 + 4 - 2).
    """
    measured = twenty.measured(["a", "b"])
    table = measured.overlap.set_index(["row", "column"])
    assert (table.loc[("a", "b"), "works"], table.loc[("a", "b"), "shared"]) == (9, 2)
    assert table.loc[("b", "a"), "containment"] == 2 / 4
    assert table.loc[("a", "b"), "jaccard"] == table.loc[("b", "a"), "jaccard"] == 2 / 11
    found = {result.id: result for result in measured.results}
    assert found["M4.a.b"].value == 2 / 9
    assert found["M4.b.a"].value == 2 / 4
    assert found["M4j.a.b"].value == 2 / 11
    assert found["M4.any"].value == 2 / 11


def test_several_copies_in_one_collection_are_one_work(frames):
    """Overlap counts works, not images: three copies in a of one work in b are one shared work."""
    images = [{"id": f"i{n}"} for n in range(3)] + [{"id": "b0", "collection": "b"}]
    found = frames(images, [[["i0", "i1", "i2", "b0"]]]).results(["a", "b"])
    assert (found["M4.a.b"].numerator, found["M4.a.b"].denominator) == (1, 1)


@pytest.mark.parametrize(("works", "small"), [(9, True), (10, False)])
def test_small_cells_are_marked(frames, works, small):
    """A share of fewer than ten works says so wherever it is printed."""
    images = [{"id": f"i{n}"} for n in range(works)] + [{"id": "b0", "collection": "b"}]
    found = frames(images, [[["i0", "b0"]]]).results(["a", "b"])
    assert (SMALL in found["M4.a.b"].caveats) is small


def test_a_chain_shares_only_the_works_that_both_hold(frames):
    """A group of two works of which b holds one: one work is shared, not the group."""
    images = [{"id": "a0"}, {"id": "a1"}, {"id": "b0", "collection": "b"}]
    found = frames(images, [[["a0", "b0"], ["a1"]]]).results(["a", "b"])
    assert (found["M4.a.b"].numerator, found["M4.a.b"].denominator) == (1, 2)


def test_a_collection_without_images_shares_nothing(frames):
    """An empty collection has cells, but no share, and no exception."""
    measured = frames([{"id": "x"}]).measured(["a", "b"])
    table = measured.overlap.set_index(["row", "column"])
    assert table["works"].to_dict() == {("a", "b"): 1, ("b", "a"): 0}
    assert table["containment"].isna().to_dict() == {("a", "b"): False, ("b", "a"): True}
    found = {result.id: result for result in measured.results}
    assert tuple(map(str, found["M4.b.a"].needs)) == ("works held by b",)


def test_one_collection_overlaps_with_nobody(frames):
    """A study of one collection has an empty matrix and no overlap results."""
    measured = frames([{"id": "x"}]).measured(["a"])
    assert measured.overlap.empty
    assert not [result.id for result in measured.results if result.id.startswith("M4")]


def test_labels_name_holders_where_they_are_unambiguous(frames):
    """A mapping gives labels the holders' names; two collections of one holder keep their own names."""
    study = frames([{"id": "x"}, {"id": "y", "collection": "b"}, {"id": "z", "collection": "c"}])
    found = study.results({"a": "Film Archive", "b": "Agency", "c": "Agency"})
    assert str(found["M4.a.b"].label) == "Works of Film Archive that b holds too"
