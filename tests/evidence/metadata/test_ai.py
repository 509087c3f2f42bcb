from datetime import UTC, datetime, timedelta

import pytest

CV = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def test_bounds_by_hand(frames):
    """10 images: 1 labelled yes, 1 composite, 1 by source type, 2 cameras, 5 silent: between 3/10 and 8/10."""
    images = [
        {"id": "a", "ai_label": "yes"},
        {"id": "b", "ai_label": "composite"},
        {"id": "c", "digital_source_type": CV + "trainedAlgorithmicMedia"},
        {"id": "d", "digital_source_type": CV + "digitalCapture"},
        {"id": "e", "digital_source_type": CV + "digitalCapture"},
        *({"id": f"s{n}"} for n in range(5)),
    ]
    found = frames(images).results(["a"])
    assert found["M12"].value == 0.3
    assert found["M12"].interval == (0.3, 0.8)
    assert str(found["M12"].interval_method).startswith("bounds, not a sampling interval")
    assert "not evidence of a human author" in str(found["M12"].caveat)
    assert found["M12.unlabelled"].value == 0.5
    low, high = found["M12.labelled"].interval
    assert low < 0.3 < high


@pytest.mark.parametrize(
    ("kind", "labelled"),
    [
        ("compositeWithTrainedAlgorithmicMedia", 1),
        ("compositeSynthetic", 1),
        ("algorithmicMedia", 1),
        ("TRAINEDALGORITHMICMEDIA/", 1),
        ("digitalArt", 0),
        ("composite", 0),
    ],
)
def test_source_types_that_count(frames, kind, labelled):
    """Four IPTC source types count, however they are capitalised; a human composite does not."""
    assert frames([{"id": "a", "digital_source_type": CV + kind}]).results(["a"])["M12"].numerator == labelled


@pytest.mark.parametrize(
    ("state", "labelled", "silent"),
    [("trusted", 1, 0), ("valid", 1, 0), ("invalid", 0, 1), ("unchecked", 0, 1)],
)
def test_credentials_count_where_they_hold(frames, state, labelled, silent):
    """A source type in Content Credentials counts like one in XMP, unless the manifest is invalid or was not checked."""
    said = {
        "c2pa": state,
        "c2pa_source_type": f"{CV}digitalCapture; {CV}compositeWithTrainedAlgorithmicMedia",
    }
    found = frames([{"id": "a", **said}]).results(["a"])
    assert (found["M12"].numerator, found["M12.unlabelled"].numerator) == (labelled, silent)


def test_a_camera_that_signs_is_not_silent(frames):
    """Bounds narrow when Content Credentials name a camera: 1 of 3 labelled, 1 silent: between 1/3 and 2/3."""
    images = [
        {"id": "a", "ai_label": "yes"},
        {"id": "b", "c2pa": "valid", "c2pa_source_type": CV + "digitalCapture"},
        {"id": "c"},
    ]
    assert frames(images).results(["a"])["M12"].interval == (1 / 3, 2 / 3)


def weeks(count, labelled, gap=()):
    """One image in each week from Thursday 1 January 2026 on, those of the numbers in `labelled` labelled."""
    first = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    return [
        {
            "id": f"i{n}",
            "modified": first + timedelta(weeks=n),
            "ai_label": "yes" if n in labelled else "no-label",
        }
        for n in range(count)
        if n not in gap
    ]


def test_weekly_volume_by_hand(frames):
    """13 weeks with files and one without between them, 3 labelled: 3/14 per week; each week with its images."""
    found = frames(weeks(14, {0, 12, 13}, gap={5})).results(["a"])
    assert (found["M12w"].numerator, found["M12w"].denominator) == (3, 14)
    assert found["M12w"].interval is not None
    listed = {name: (r.value, r.denominator) for name, r in found.items() if name.startswith("M12w.")}
    assert len(listed) == 14
    assert listed["M12w.2026-W01"] == (1, 1)
    assert listed["M12w.2026-W06"] == (0, 0)
    assert listed["M12w.2026-W14"] == (1, 1)


def test_no_labelled_week_is_said_of_weeks(frames):
    """Without any labelled image the interval is Wilson's over the weeks, and says so: no groups were counted."""
    found = frames(weeks(14, set())).results(["a"])["M12w"]
    assert found.value == 0
    assert str(found.interval_method) == "Wilson 95 % for none among 14 weeks"


def test_a_few_weeks_are_no_volume(frames):
    """Eleven weeks with files are refused with the reason, however far apart they lie."""
    found = frames(weeks(60, {0}, gap=set(range(10, 59)))).results(["a"])
    assert tuple(map(str, found["M12w"].needs)) == ("modification times in at least 12 weeks (found 3)",)
    found = frames(weeks(11, {0})).results(["a"])
    assert tuple(map(str, found["M12w"].needs)) == ("modification times in at least 12 weeks (found 11)",)
    assert [name for name in found if name.startswith("M12w.")] == []


def test_one_old_file_does_not_make_a_thousand_weeks(frames):
    """A file of 1990 is left out: the last 52 weeks are listed at most."""
    old = {"id": "old", "modified": datetime(1990, 1, 1, tzinfo=UTC), "ai_label": "yes"}
    found = frames([old, *weeks(14, {3})]).results(["a"])
    assert (found["M12w"].numerator, found["M12w"].denominator) == (1, 52)


def test_without_times_there_is_no_volume(frames):
    """Files whose modification time nobody states are refused, not dated."""
    assert frames([{"id": "a", "ai_label": "yes"}]).results(["a"])["M12w"].value is None
