"""Traditional and Simplified Chinese as one script, where a study asks for it."""

import sys

import pytest

from dedupelab.errors import ConfigError
from dedupelab.evidence.metadata.merged import merge
from dedupelab.values.chinese_scripts import as_written, fold_of, one_script
from dedupelab.values.normalise import compare


@pytest.fixture
def fold():
    pytest.importorskip("opencc")
    return fold_of(one=True)


def test_one_name_in_two_scripts(fold):
    """As written they contradict each other; as one script they do not; other names still do, and other text stays."""
    left, right = "陳大文；香港電影資料館", "陈大文；香港电影资料馆"
    assert compare("creator", left, right) == "conflict"
    assert compare("creator", left, right, fold) == "equal"
    assert compare("creator", right, left, fold) == "equal"
    assert compare("creator", "陳大文", "陈小文", fold) == "conflict"
    assert compare("copyright_notice", "版權所有 © 2019 陳大文", "陈大文", fold) == "equal"
    assert fold("Wong Siu Ming, 1962") == "Wong Siu Ming, 1962"


@pytest.mark.slow
def test_a_study_that_asks_counts_no_conflict(frames, fold):
    """M5.creator 1/1 as written and 0/1 as one script; the values are kept as they were written."""
    sized = {"width": 10, "height": 10}
    study = frames([{"id": "a", "creator": "陳大文", **sized}, {"id": "b", "creator": "陈大文", "collection": "b", **sized}], [[["a", "b"]]])  # fmt: skip
    assert study.results(["a", "b"])["M5.creator"].numerator == 1
    assert study.results(["a", "b"], fold=fold)["M5.creator"].numerator == 0
    fields = study.measured(["a", "b"], fold=fold).fields.set_index("field")
    assert fields.loc["creator", "values"] in {'["陳大文"]', '["陈大文"]'}
    (record,) = merge(study.images, study.groups, study.members, fold)
    assert record.unresolved == {}
    (record,) = merge(study.images, study.groups, study.members)
    assert list(record.unresolved) == ["creator"]


def test_nothing_is_mapped_unasked():
    """Without the setting text is compared as it is written, whether the package is there or not."""
    assert fold_of(one=False) is as_written


def test_a_missing_package_is_named(monkeypatch):
    """A study that asks for it on a machine without it is told what to install."""
    monkeypatch.setitem(sys.modules, "opencc", None)
    with pytest.raises(ConfigError, match=r"dedupelab\[chinese\]"):
        one_script.__wrapped__()
