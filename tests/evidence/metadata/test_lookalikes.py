import pytest

AI = {"ai_label": "yes"}


def test_look_alikes_by_hand(frames):
    """Four dated AI-labelled images: one linked to an earlier picture, one listed beside one, two beside later or none: 2/4."""
    images = [
        {"id": "a", "date_created": "2025-06-01", **AI},
        {"id": "a0", "date_created": "2019"},
        {"id": "b", "date_created": "2025-06-01", **AI},
        {"id": "b0", "date_created": "2024-12"},
        {"id": "c", "date_created": "2025-06-01", **AI},
        {"id": "c0", "date_created": "2025-06-02"},
        {"id": "d", "date_created": "2025-06-01", **AI},
        {"id": "d0", "date_created": "2019", **AI},
        {"id": "e", **AI},
        {"id": "e0", "date_created": "2019"},
    ]
    pairs = [("a", "a0", "derivative"), ("b", "b0", "undecided"), ("c", "c0", "near-identical"),
             ("d", "d0", "near-identical"), ("e", "e0", "near-identical")]  # fmt: skip
    found = frames(images, pairs=pairs).results(["a"])
    assert (found["M13"].numerator, found["M13"].denominator) == (2, 5)
    assert found["M13.linked"].numerator == found["M13.listed"].numerator == 1
    assert (found["M13.undated"].numerator, found["M13.undated"].denominator) == (1, 6)


@pytest.mark.parametrize(
    ("relation", "counted"),
    [("near-identical", 1), ("derivative", 1), ("variant", 1), ("undecided", 1), ("unrelated", 0),
     ("pixel-identical", 0), ("payload-identical", 0), ("byte-identical", 0)],
)  # fmt: skip
def test_what_is_equal_is_no_look_alike(frames, relation, counted):
    """An unlabelled copy with the same pixels is the same picture; what was found unrelated does not look alike."""
    images = [{"id": "a", "date_created": "2025", **AI}, {"id": "b", "date_created": "2019"}]
    assert frames(images, pairs=[("a", "b", relation)]).results(["a"])["M13"].numerator == counted


def test_copies_of_a_look_alike_count_through_the_group(frames):
    """Each AI-labelled copy in a group with an earlier picture counts, unless a digest says that they are one."""
    images = [
        {"id": "a", "date_created": "2025", **AI},
        {"id": "b", "date_created": "2025", **AI},
        {"id": "c", "date_created": "2019"},
        {"id": "d", "date_created": "2025", "pixel_sha256": "p", **AI},
        {"id": "e", "date_created": "2019", "pixel_sha256": "p"},
    ]
    found = frames(images, [[["a", "b", "c"]], [["d", "e"]]]).results(["a"])
    assert found["M13.linked"].numerator == 2


@pytest.mark.parametrize(
    ("earlier", "later", "counted"),
    [
        ("2024-12-31T23:00:00", "2025-01-01T10:00:00", 0),  # a missing zone may turn the order round
        ("2024-12-31T23:00:00+08:00", "2025-01-01T10:00:00+08:00", 1),
        ("2024", "2024-06-01", 0),
        ("2024-05", "2024-06", 1),
        ("circa 1960", "2024", 0),
        ("2019", "circa 2024", 0),
    ],
)
def test_earlier_is_certainly_earlier(frames, earlier, later, counted):
    """Dates that may be one moment, or are none, are no order."""
    images = [{"id": "a", "date_created": later, **AI}, {"id": "b", "date_created": earlier}]
    assert frames(images, pairs=[("a", "b", "variant")]).results(["a"])["M13"].numerator == counted


def test_the_wording_blames_nobody(frames):
    """A look-alike is unreviewed, and never called an infringement or a copy."""
    for name, result in frames([{"id": "a", "date_created": "2025", **AI}]).results(["a"]).items():
        if name.startswith("M13"):
            assert "infring" not in f"{result.label!s} {result.method!s}"
    assert "unreviewed" in str(
        frames([{"id": "a", "date_created": "2025", **AI}]).results(["a"])["M13"].caveat
    )


def test_without_labels_there_is_nothing_to_take_a_share_of(frames):
    """No AI-labelled image: not estimated, and it says why."""
    found = frames([{"id": "a", "date_created": "2025"}]).results(["a"])
    assert tuple(map(str, found["M13"].needs)) == ("AI-labelled images with a date of creation",)
    assert tuple(map(str, found["M13.undated"].needs)) == ("AI-labelled images",)
