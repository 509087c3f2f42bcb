"""The reviewed sample: labels by truth, of people who are called invented, enough for the check of validation."""

import tomllib

import pytest
from click.testing import CliRunner

from dedupelab import Study
from dedupelab.commands.cli import main
from dedupelab.numbers.results import by_id
from dedupelab.publish.chapters.prose import read_prose
from dedupelab.review.agreement import kappa
from dedupelab.sample import study as written
from dedupelab.settings.consultation import parse_consultation
from dedupelab.study.simulated_review import REVIEWERS

pytestmark = pytest.mark.slow


def typed(*words):
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == 0 or done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write a part of the reviewed sample as a person does."""
    pytest.importorskip("skimage")
    pytest.importorskip("sklearn")
    place = tmp_path_factory.mktemp("reviewed") / "sample"
    with pytest.MonkeyPatch.context() as patch:
        whole = written.plan_files
        patch.setattr(written, "plan_files", lambda *given: whole(*given)[:200])
        done = typed("sample", place, "--reviewed")
    assert done.exit_code == 0, done.output
    return place
