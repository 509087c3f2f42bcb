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
    assert found["M12"].interval_method.startswith("bounds, not a sampling interval")
    assert "not evidence of a human author" in found["M12"].caveat
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
