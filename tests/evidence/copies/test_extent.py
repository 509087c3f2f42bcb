import numpy as np
import pandas as pd
import pytest

from dedupelab.errors import TableError


def test_totals_reconcile(twenty):
    """Listed 20 = hashed 16 + unreadable 3 + skipped 1; hashed 16 = works 11 + surplus 4 + low-information 1."""
    found = twenty.results(["a", "b"])
    assert [found[f"N.{each}"].value for each in ("listed", "hashed", "unreadable", "skipped")] == [
        20,
        16,
        3,
        1,
    ]
    assert [found[f"N.{each}"].value for each in ("works", "surplus", "low-information")] == [11, 4, 1]
    assert found["N.hashed.a"].value + found["N.hashed.b"].value == 16
    assert [found[f"N.{each}"].value for each in ("pairs", "links", "pairs.variant")] == [7, 4, 1]


def test_extent_by_hand(twenty):
    """M1 = (4-1 + 2-1)/16; M1b = (4+2)/16; M2 = (300+200+100 + 100)/(1000 + 12*100)."""
    found = twenty.results(["a", "b"])
    assert found["M1"].value == 4 / 16
    assert found["M1b"].value == 6 / 16
    assert found["M2"].value == 700 / 2200
    assert str(found["M1"].denominator_label) == "hashed images"
    assert found["M1"].grade == "C"
    assert str(found["M1"].caveat).startswith("unreviewed")
    assert (found["M1"].interval, found["M1"].interval_kind) == (None, "unchecked")
    # within a: w0 and w1 are one work, so 1 of 10; within b: w2 and w3, so 1 of 6 hashed
    assert (found["M1.in.a"].numerator, found["M1.in.a"].denominator) == (1, 10)
    assert (found["M1.in.b"].numerator, found["M1.in.b"].denominator) == (1, 6)


def test_the_authoritative_copy_is_kept_else_the_largest(frames):
    """Of 10 and 50 bytes the first is authoritative: 50 are redundant; of 20, 30 and a blank one of 70 the 30 are kept: 20 are, of 180."""
    sizes = {"i0": 10, "i1": 50, "i2": 20, "i3": 30}
    images = [{"id": name, "bytes": size} for name, size in sizes.items()]
    made = frames(
        [*images, {"id": "i4", "bytes": 70, "information": 0.0}], [[["i0", "i1"]], [["i2", "i3", "i4"]]]
    )
    made.members.loc[made.members["image_id"].isin(["i0", "i4"]), "role"] = "authoritative"
    assert made.results(["a"])["M2"].value == 70 / 180


def test_a_chain_of_two_works_has_one_surplus_copy_fewer(frames):
    """A group of 5 images and 2 works (3 + 2) holds 3 surplus copies; one of 3 images and 2 works (2 + 1) holds 1."""
    images = [{"id": f"i{n}"} for n in range(12)]
    found = frames(images, [[["i0", "i1", "i2"], ["i3", "i4"]], [["i5", "i6"], ["i7"]]]).results(["a"])
    assert found["M1"].value == 4 / 12
    assert found["M1b"].value == 7 / 12  # i7 has no copy
    assert found["N.groups.chained"].value == 2
    assert found["N.works"].value == 8


def test_exact_copies_are_a_census(frames):
    """Three equal files and one equal in pixels only: M1x = 2/6, M1p = 3/6, no interval, grade A."""
    same = [{"id": f"s{n}", "sha256": "s", "payload_sha256": "p", "pixel_sha256": None} for n in range(3)]
    caption = {"id": "c", "payload_sha256": "p"}
    found = frames([*same, caption, {"id": "l0"}, {"id": "l1"}]).results(["a"])
    assert found["M1x"].value == 2 / 6
    assert found["M1p"].value == 3 / 6
    for name in ("M1x", "M1p"):
        assert (found[name].interval, str(found[name].interval_method), found[name].grade) == (
            None,
            "census",
            "A",
        )


def test_pixels_join_what_digests_of_bytes_do_not(frames):
    """Equality is carried on: a = b in bytes, b = c in pixels makes three equal images, two of them surplus."""
    images = [
        {"id": "a", "sha256": "1"},
        {"id": "b", "sha256": "1", "pixel_sha256": "x"},
        {"id": "c", "sha256": "2", "pixel_sha256": "x"},
    ]
    assert frames(images).results(["a"])["M1p"].numerator == 2


def test_blank_pages_have_their_own_line(frames):
    """Equal blank pages are neither surplus copies nor works; they are counted apart, and nothing is lost."""
    blank = [{"id": f"b{n}", "information": 0.0, "sha256": "blank"} for n in range(3)]
    lone = [{"id": f"l{n}"} for n in range(7)]
    found = frames([*blank, *lone], [[["b0", "b1", "b2"]]], [("b0", "b1", "byte-identical")]).results(["a"])
    assert found["M1"].value == found["M1x"].value == found["N.groups"].value == 0
    assert found["M1.low-information"].value == 2 / 10
    assert (found["N.works"].value, found["N.low-information"].value) == (7, 3)


def test_concentration_by_hand(frames):
    """Sizes 2, 2, 2, 2, 6: the largest group holds 5 of 9 surplus copies; the Gini coefficient is 8/35.

    Gini = sum over ordered pairs |x - y| / (2 n^2 mean) = 2*4*4 / (2 * 25 * 14/5) = 32/140 = 8/35.
    """
    images = [{"id": f"i{n:02d}"} for n in range(14)]
    sizes = [[f"i{2 * n:02d}", f"i{2 * n + 1:02d}"] for n in range(4)]
    big = [f"i{n:02d}" for n in range(8, 14)]
    found = frames(images, [[work] for work in (*sizes, big)]).results(["a"])
    assert found["M16"].value == 5 / 9
    assert found["M16.gini"].numerator / found["M16.gini"].denominator == pytest.approx(8 / 35)


def test_variants_and_refuted_pairs_never_count(frames):
    """Pairs outside LINKS make no surplus copy, however many there are."""
    images = [{"id": f"i{n}"} for n in range(10)]
    pairs = [("i0", "i1", "variant"), ("i2", "i3", "unrelated"), ("i4", "i5", "undecided")]
    found = frames(images, (), pairs).results(["a"])
    assert found["M1"].value == 0
    assert found["N.links"].value == 0


def test_what_a_detector_counted_has_no_sampling_interval(frames, twenty):
    """Drawing groups again says nothing of links that are wrong or missing: no number as linked has an interval, in any collection."""
    for result in twenty.results(["a", "b"]).values():
        if result.review == "unreviewed" and result.value is not None and not result.unit.startswith("HKD"):
            assert result.interval is None, result.id


def test_tables_of_different_runs_are_refused(frames, twenty):
    """Members that are not hashed, groups of other sizes, unknown collections or statuses: a bad call."""
    with pytest.raises(TableError, match="expected the collections a, got also b"):
        twenty.results(["a"])
    broken = frames([{"id": "x", "status": "odd"}])
    with pytest.raises(TableError, match="expected status"):
        broken.results(["a"])
    unread = frames([{"id": "x"}, {"id": "y", "status": "unreadable"}], [[["x", "y"]]])
    with pytest.raises(TableError, match="expected hashed images only, got 1"):
        unread.results(["a"])
    twenty.groups.loc[0, "images"] = 9
    with pytest.raises(TableError, match="match again"):
        twenty.results(["a", "b"])


def test_order_of_rows_does_not_matter(frames, twenty):
    """Shuffled tables give equal results, tables and headlines."""
    shuffled = type(twenty)(
        *(
            frame.sample(frac=1, random_state=5).reset_index(drop=True)
            for frame in (twenty.images, twenty.pairs, twenty.groups, twenty.members)
        )
    )
    one, other = twenty.measured(["a", "b"]), shuffled.measured(["b", "a"])
    assert one.results == other.results
    pd.testing.assert_frame_equal(one.fields, other.fields)
    pd.testing.assert_frame_equal(one.overlap, other.overlap)


@pytest.mark.parametrize("seed", range(8))
def test_laws_hold_for_random_studies(frames, seed):
    """M1 <= M1b; M1x <= M1p; every value lies within its interval; shares lie within 0..1."""
    random = np.random.default_rng(seed)
    total = int(random.integers(1, 80))
    images = [
        {
            "id": f"i{n}",
            "collection": str(random.choice(["a", "b", "c"])),
            "bytes": int(random.integers(0, 5000)),
            "sha256": f"s{random.integers(0, total)}",
            "information": float(random.choice([0.1, 0.9])),
            "creator": str(random.choice(["", "Ho", "Ng"])),
        }
        for n in range(total)
    ]
    ids = [each["id"] for each in images]
    groups = []
    while len(ids) > 5:
        taken, ids = ids[: int(random.integers(2, 5))], ids[5:]
        cut = int(random.integers(1, len(taken)))
        groups.append([taken] if random.random() < 0.7 else [taken[:cut], taken[cut:]])
    found = frames(images, groups).results(["a", "b", "c"], draws=200)
    assert found["M1"].value <= found["M1b"].value
    assert found["M1x"].value <= found["M1p"].value
    for result in found.values():
        if result.interval is not None and result.value is not None:
            low, high = result.interval
            assert low - 1e-9 <= result.value <= high + 1e-9, result
        if result.unit == "fraction" and result.value is not None:
            assert 0 <= result.value <= 1, result
