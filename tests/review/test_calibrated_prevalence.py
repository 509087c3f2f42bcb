"""The share of files with a copy, corrected by what planted copies showed."""

import pytest

from dedupelab.numbers.intervals import CENSUS
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import share
from dedupelab.review.calibrated_prevalence import with_copies


def result(name: str, part: float, whole: float):
    return share(name, name, part, (whole, message("hashed images")), CENSUS, message("counted"))


def test_the_correction_by_hand():
    """120 of 1,000 flagged, 90 of 100 found, 100 of 100 left alone: 0.12 / 0.9."""
    (files,) = with_copies(
        [result("M1b", 120, 1000)], [result("K.recall", 90, 100), result("K.alone", 100, 100)]
    )
    assert files.value == pytest.approx(0.12 / 0.9)
    assert files.interval[0] < files.value < files.interval[1]
    assert files.grade == "D"


def test_without_planted_copies_there_is_no_line():
    """Nothing is said of a calibration that was not made."""
    assert with_copies([result("M1b", 120, 1000)], []) == []


def test_an_older_calibration_says_what_it_lacks():
    """No specificity, no number."""
    (files,) = with_copies([result("M1b", 120, 1000)], [result("K.recall", 90, 100)])
    assert files.value is None
    assert tuple(map(str, files.needs)) == ("a calibration made by this version",)


def test_a_detector_that_invents_more_than_it_flags_is_refused():
    """2 % flagged, but a tenth of the strangers were linked: not corrected, and why."""
    (files,) = with_copies(
        [result("M1b", 20, 1000)], [result("K.recall", 90, 100), result("K.alone", 90, 100)]
    )
    assert files.value is None
    assert "cannot be used" in str(files.needs[0])
