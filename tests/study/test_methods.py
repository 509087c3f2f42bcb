"""A fingerprint of one's own: offered by an installed distribution, joined and evaluated like ours."""

import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import imagehash
import numpy as np
import pytest

from dedupelab import Study
from dedupelab.errors import ConfigError
from dedupelab.study.methods import COLUMNS, OURS, bits_of, evaluated, fingerprints

pytestmark = pytest.mark.slow

GUIDE = Path(__file__).parents[2] / "data" / "guides" / "fingerprints.md"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install the guide's own example, as `pip install` would: its module, and metadata with its entry point."""
    code, project = re.findall(r"```\w+\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "blockmean.py").write_text(code, encoding="utf-8")
    group, offer = re.search(r'entry-points\."(.+?)"\]\n(.+)', project).groups()
    facts = tmp_path / "blockmean-1.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: blockmean\nVersion: 1\n", encoding="utf-8")
    (facts / "entry_points.txt").write_text(f"[{group}]\n{offer.replace(chr(34), '')}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("blockmean", None)


def test_ours_are_those_of_imagehash(photograph):
    """Beside others stand the fingerprints by which studies are matched, bit for bit."""
    gray = photograph(3).convert("L")
    assert bits_of(OURS["phash"], gray) == int(str(imagehash.phash(gray)), 16)
    assert bits_of(OURS["dhash"], gray) == int(str(imagehash.dhash(gray)), 16)


def test_an_installed_fingerprint_is_evaluated_like_ours(installed, shared_study):
    """The guide's example, once installed, has a row for each distance: planted copies of its own, joined with the study's pictures."""
    assert str(fingerprints()["blockmean"]) == "BlockMean(side=8)"
    found = evaluated(shared_study, distances=(0, 8), pictures=3).set_index(["fingerprint", "distance"])
    assert list(found.reset_index().columns) == list(COLUMNS)
    assert set(found.index.get_level_values(0)) == {"phash", "dhash", "blockmean"}
    own = found.loc["blockmean"]
    assert own.loc[0, "found"] <= own.loc[8, "found"] <= own.loc[8, "planted"]
    assert own.loc[8, "low"] <= own.loc[8, "recall"] <= own.loc[8, "high"]
    # Two works lie byte for byte in both collections: whatever the fingerprint, they are joined at distance 0.
    assert (found["links"] >= 2).all()
    assert (found["ms per picture"] > 0).all()


def test_decisions_of_people_count(reviewed):
    """Pairs that reviewers called copies, and others, as far as a fingerprint holds them near."""
    found = evaluated(Study(reviewed.folder), distances=(64,), pictures=1)
    said = reviewed.review().decided.reviewed["duplicate"].dropna()
    assert (
        found["labelled copies"].tolist()
        == found["labelled copies near"].tolist()
        == [said.sum()] * len(found)
    )
    assert set(found["labelled others near"]) == {int((~said.astype(bool)).sum())}


def test_a_study_without_its_pictures_has_nothing_to_compare(reviewed):
    """Where no picture can be opened, such as after a merge, every row says none and no share is given an interval."""
    places = "\n".join(
        f'[[collection]]\nname = "{name}"\nlocation = "gone"' for name in ("archive", "agency")
    )
    (reviewed.folder / "study.toml").write_text(f'[study]\nname = "moved"\n{places}\n', encoding="utf-8")
    found = evaluated(Study(reviewed.folder), distances=(8,))
    assert found[["planted", "found", "pairs"]].to_numpy().tolist() == [[0, 0, 0]] * len(OURS)
    assert found[["recall", "low", "high", "precision"]].isna().all(axis=None)


class Loose:
    """No dataclass."""

    def __call__(self, gray):
        """Return nothing of use."""
        return np.zeros(3)


def test_what_is_no_fingerprint_is_told():
    """A missing module, something that is no frozen dataclass, a name that is ours, and bits that are not 64: one line each."""
    group = "dedupelab.fingerprints"
    for name, value, told in (
        ("none", "no_such_module:X", "can be imported, got"),
        ("loose", f"{__name__}:Loose", "a frozen dataclass that can be called, got Loose"),
        ("phash", f"{__name__}:Loose", "a name that is not taken, got phash"),
    ):
        with pytest.raises(ConfigError, match=told):
            fingerprints([EntryPoint(name, value, group)])
    with pytest.raises(ConfigError, match=r"expected 64 bits \(bool\), got 3 of float64"):
        bits_of(Loose(), None)
