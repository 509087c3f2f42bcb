import json

import pytest

from dedupelab.evidence.metadata.conflicts import FIELDS


def _field(measured, group, field):
    table = measured.fields.set_index(["group_id", "field"])
    return table.loc[(group, field)]


@pytest.fixture
def quarrel(frames):
    """g0: Ho, HO, Ng, nobody. g1: both Ho. g2: Ho alone. g3: nobody. g4: a date and a year. All in a but one of g0."""
    who = ["Ho", "HO", "Ng", None, "Ho", "Ho", "Ho", None, None, None, "Ho", None]
    images = [{"id": f"i{n:02d}", "creator": name} for n, name in enumerate(who)]
    images[2]["collection"] = "b"
    images[10]["date_created"] = "2001-05-17"
    images[11]["date_created"] = "2001"
    work = [
        [f"i{n:02d}" for n in range(start, end)] for start, end in ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12))
    ]
    return frames(images, [[each] for each in work]).measured(["a", "b"])


def test_states_of_every_group_and_field(quarrel):
    """Each group has one row per field; states follow the asserting copies."""
    assert len(quarrel.fields) == 5 * len(FIELDS)
    states = [_field(quarrel, f"g{n:04d}", "creator")["state"] for n in range(5)]
    assert states == ["conflict", "equal", "single", "missing", "single"]
    assert _field(quarrel, "g0004", "date_created")["state"] == "compatible"
    first = _field(quarrel, "g0000", "creator")
    assert (first["asserting"], first["versions"], first["silent"]) == (3, 2, True)
    assert json.loads(first["values"]) == ["HO", "Ng"]  # Ho and HO are one version, the most frequent


def test_conflict_and_silence_by_hand(quarrel):
    """M5.creator = 1/2 (g0 of g0, g1); any: g0 of g0, g1, g4 = 1/3; M5s.creator = 3/4 (g0, g2, g4 of g0, g1, g2, g4)."""
    found = {result.id: result for result in quarrel.results}
    assert (found["M5.creator"].numerator, found["M5.creator"].denominator) == (1, 2)
    assert (found["M5.any"].numerator, found["M5.any"].denominator) == (1, 3)
    assert (found["M5.creator.across"].numerator, found["M5.creator.across"].denominator) == (1, 1)
    assert (found["M5s.creator"].numerator, found["M5s.creator"].denominator) == (3, 4)
    assert found["M5.creator"].interval_kind == "unchecked"
    assert found["M5.licensor"].status == "not estimated"
    assert "state licensor" in str(found["M5.licensor"].needs[0])


def test_ambiguity_by_hand(frames):
    """Creators Ho, Ho, Ng: 1 - (4/9 + 1/9) = 4/9; credits A, B, A: 4/9; guids equal: 0; mean of the three: 8/27.

    The second group states one creator in both copies: 0. M6 = (8/27 + 0)/2 = 4/27. The third states nothing: left out.
    """
    images = [
        {"id": "a", "creator": "Ho", "credit": "A", "guid": "1"},
        {"id": "b", "creator": "Ho", "credit": "B", "guid": "1"},
        {"id": "c", "creator": "Ng", "credit": "A", "guid": "1"},
        {"id": "d", "creator": "Ho"},
        {"id": "e", "creator": "Ho"},
        {"id": "f"},
        {"id": "g"},
    ]
    found = frames(images, [[["a", "b", "c"]], [["d", "e"]], [["f", "g"]]]).results(["a"])
    assert found["M6"].value == pytest.approx(4 / 27)
    assert found["M6"].denominator == 2
    assert found["M6.ambiguous"].value == 1 / 2


def test_compatible_values_are_one_voice(frames):
    """A by-line cut at 32 characters is no second creator: ambiguity 0, state compatible, two versions."""
    name = "Wong Siu Ming of the Government Information Services"
    study = frames([{"id": "a", "creator": name}, {"id": "b", "creator": name[:32]}], [[["a", "b"]]])
    measured = study.measured(["a"])
    row = _field(measured, "g0000", "creator")
    assert (row["state"], row["versions"]) == ("compatible", 2)
    assert next(result for result in measured.results if result.id == "M6").value == 0


def test_different_works_in_one_chain_do_not_contradict(frames):
    """Two pictures that a chain joined may have two creators; only copies of one work are compared."""
    images = [{"id": "a", "creator": "Ho"}, {"id": "b", "creator": "Ho"}, {"id": "c", "creator": "Ng"}]
    study = frames(images, [[["a", "b"], ["c"]]])
    found = study.results(["a"])
    assert found["M5.creator"].numerator == 0
    assert found["M5.creator"].denominator == 1
    assert found["M6"].value == 0


def test_no_metadata_at_all(frames):
    """Where no copy says anything, nothing is estimated, and nothing is called a conflict."""
    images = [{"id": f"i{n}"} for n in range(4)]
    measured = frames(images, [[["i0", "i1"]], [["i2", "i3"]]]).measured(["a"])
    assert set(measured.fields["state"]) == {"missing"}
    found = {result.id: result for result in measured.results}
    assert found["M5.any"].value is None
    assert found["M6"].value is None
    assert found["M7"].value == 1
    assert found["M7s"].value == 0
