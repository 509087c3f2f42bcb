"""The reviewed sample: labels by truth, of people who are called invented, enough for the check of validation."""

import tomllib

import pytest
from command import invoke
from shared_studies import part_of_plan

from dedupelab import Study
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.criteria.criteria import Submission, check
from dedupelab.publish.paper.outline import Outline, Place
from dedupelab.review.labels import CHOICES
from dedupelab.sample import study as written
from dedupelab.sample.submission import submission_files
from dedupelab.study.simulated_review import REVIEWERS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """Write a part of the reviewed sample, as a person types it."""
    pytest.importorskip("skimage")
    pytest.importorskip("sklearn")
    folder = tmp_path_factory.mktemp("reviewed") / "sample"
    with pytest.MonkeyPatch.context() as patch:
        whole = written.plan_files
        patch.setattr(written, "plan_files", lambda *given: part_of_plan(whole(*given)))
        done = invoke("sample", folder, "--reviewed")
    assert done.exit_code == 0, done.output
    return Study(folder)


def test_all_that_a_review_asks_is_answered_by_truth(reviewed):
    """Both reviewers are called invented, answered pairs, gold pairs and second looks, and searched for the random files."""
    review = reviewed.review()
    labels = review.labels
    assert set(labels["reviewer"]) == set(REVIEWERS)
    assert all("invented" in name for name in REVIEWERS)
    assert set(labels["purpose"]) == {"first", "second", "gold", "search"}
    assert set(labels["label"]) == {*CHOICES} - {"cannot-tell"}
    assert [len(review.pending(name)) for name in REVIEWERS] == [0, 0]
    assert review.unsearched().empty


def test_validation_passes(reviewed):
    """With these labels alone the sixth check is met: corrected totals, and reviewers who agree."""
    checked = Outline((Place("section-checked", "heading", "9", (), ""),))
    outcomes = check(Submission(checked, Numbers.of(reviewed.measure()), 10))
    assert [outcome.state for outcome in outcomes if outcome.id == "C6"] == ["pass"]


def test_the_paper_says_that_nobody_looked(reviewed):
    """Title, introduction, method and limits name the review as simulated; the plain sample says nothing of it."""
    settings = tomllib.loads((reviewed.folder / "study.toml").read_text("utf-8"))
    profile = tomllib.loads((reviewed.folder / "consultation.toml").read_text("utf-8"))
    texts = [
        (reviewed.folder / "text" / f"{name}.en.md").read_text("utf-8") for name in ("introduction", "method")
    ]
    titles = [settings["report"]["texts"]["en"]["title"]]
    assert all("simulated" in text for text in [*titles, *texts, profile["limits"]["not_shown"][-1]["en"]])
    assert "模擬" in profile["limits"]["not_shown"][-1]["zh-Hant-HK"]
    assert "模擬" in settings["report"]["texts"]["zh-Hant-HK"]["title"]
    assert "simulated" not in "".join(submission_files().values())


def test_labels_of_people_and_of_nobody_do_not_mix(reviewed):
    """A sample that people may have reviewed is left alone."""
    profile = reviewed.folder / "consultation.toml"
    before = profile.read_text("utf-8")
    profile.write_text(submission_files()["consultation.toml"], encoding="utf-8")
    refused = invoke("sample", reviewed.folder, "--reviewed")
    profile.write_text(before, encoding="utf-8")
    assert refused.exit_code == 1
    assert "an earlier reviewed sample, got a folder with" in refused.output
