"""A label and Content Credentials beside each other."""

import pytest

from dedupelab import tables
from dedupelab.evidence.metadata.labelled_twice import label_and_credentials

MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
TAKEN = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
SAID = [
    {"digital_source_type": TAKEN, "c2pa": "trusted", "c2pa_source_type": MADE},
    {"digital_source_type": MADE, "c2pa": "valid", "c2pa_source_type": TAKEN},
    {"ai_system": "Pencil 2", "c2pa": "valid", "c2pa_source_type": MADE},
    {"digital_source_type": TAKEN, "c2pa": "invalid", "c2pa_source_type": MADE},
    {"digital_source_type": TAKEN, "c2pa": "unchecked"},
    {"digital_source_type": MADE},
    {},
    {},
    {"c2pa": "valid"},
]


def test_what_contradicts_and_what_is_silent(frames):
    """Two of nine contradict; credentials that do not hold contradict nobody; silence on either side is no contradiction."""
    study = frames([{"id": f"i{n}", **said} for n, said in enumerate(SAID)])
    found = label_and_credentials(study.images)
    assert found.to_numpy().tolist() == [
        ["AI-made", "another source", 1, True],
        ["another source", "AI-made", 1, True],
        ["another source", "do not hold", 2, False],
        ["no source", "none", 2, False],
        ["AI-made", "AI-made", 1, False],
        ["AI-made", "none", 1, False],
        ["no source", "no source", 1, False],
    ]
    result = study.results(["a"])["M12c"]
    assert (result.numerator, result.denominator, result.value) == (2, 3, pytest.approx(2 / 3))


def test_nothing_to_compare(frames):
    """Where no file has both, the number says so; no images give an empty table."""
    assert frames([{"id": "x"}]).results(["a"])["M12c"].status == "not estimated"
    assert label_and_credentials(tables.IMAGES.empty()).empty
