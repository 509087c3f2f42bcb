"""Page one says who looked at the links: people, nobody, or, in a rehearsal, reviewers who are invented."""

import pandas as pd
import pytest

from dedupelab.numbers.messages import named
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import accuracy, wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.settings.study_toml import parse_config

SETTINGS = {"study": {"name": "s"}, "collection": [{"name": "a", "location": "b"}]}
SURPLUS = Result("M1", named("Surplus copies"), 0.5, "fraction", grade="B", raw=0.4, interval=(0.4, 0.6))
REVIEWED = Result("V.reviewed", named("Pairs decided"), 300.0, "pairs", denominator=320)


@pytest.mark.parametrize("simulated", [False, True])
def test_of_a_simulated_review_no_person_is_said_to_have_looked(simulated):
    """Box, draft's mark and grade name people where people looked, and nobody where reviewers are invented."""
    empty = pd.DataFrame()
    config = parse_config(SETTINGS | {"review": {"simulated": simulated}})
    material = Material(config, Numbers.of([SURPLUS, REVIEWED]), empty, empty, empty, empty)
    told = (accuracy.limit(material), accuracy.draft(material), wording.grade(SURPLUS, simulated=simulated))
    assert ["simulated" in text for text in told] == [simulated] * 3
    assert [text.startswith("People checked") or "by people" in text for text in told] == [not simulated] * 3
