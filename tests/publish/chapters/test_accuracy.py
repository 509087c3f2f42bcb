"""Page one says who looked at the links: people, nobody, or, in a rehearsal, reviewers who are invented."""

from dataclasses import replace

import pandas as pd
import pytest

from dedupelab.numbers.messages import named
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import accuracy, method, wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.paper.document import Definitions
from dedupelab.review.estimates import AS_ON_GOLD, NEVER_ERR
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


@pytest.mark.parametrize("way", [AS_ON_GOLD, NEVER_ERR], ids=["gold", "no gold"])
def test_the_paper_says_what_intervals_take_for_granted_of_reviewers(way):
    """How corrected totals were arrived at stands in the paper, with what becomes of it where reviewers err alike."""
    names = ("reviewers", "twice", "disputes", "open", "absent", "kappa", "precision", "recall")
    seen = [Result(f"V.{name}", named(name), 1.0, "pairs", denominator=1) for name in names]
    surplus = replace(SURPLUS, interval_method=way)
    empty = pd.DataFrame()
    numbers = Numbers.of([surplus, REVIEWED, *seen])
    (said,) = (
        text
        for text in accuracy._told(Material(parse_config(SETTINGS), numbers, empty, empty, empty, empty))
        if str(way) in str(text)
    )
    assert "err alike" in said


@pytest.mark.parametrize(("raw", "said"), [(0.4, 1), (None, 0)], ids=["reviewed", "unreviewed"])
def test_what_votes_are_is_said_where_a_review_speaks_of_them(raw, said):
    """Words that only a review's figure and tables use are explained in its paper and in no other."""
    empty = pd.DataFrame()
    numbers = Numbers.of([replace(SURPLUS, raw=raw)])
    blocks = method.method(Material(parse_config(SETTINGS), numbers, empty, empty, empty, empty))
    (defined,) = (block for block in blocks if isinstance(block, Definitions))
    assert [str(term) for term, _ in defined.items].count("vote") == said
