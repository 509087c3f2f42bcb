"""Labels come to decisions on the pictures of now, travel as CSV, and are honoured by match."""

import pandas as pd
import pytest

from dedupelab import tables
from dedupelab.errors import LabelError
from dedupelab.match.groups import build_groups
from dedupelab.match.review_decisions import apply_decisions
from dedupelab.review.decisions import decided, disputed
from dedupelab.review.label_files import export_labels, import_labels
from dedupelab.review.labels import Content, LabelStore, decide

HEAD = "reviewer,left_sha256,right_sha256,label"
A, B = "a" * 64, "b" * 64


@pytest.fixture
def store(tmp_path) -> LabelStore:
    return LabelStore(tmp_path / "labels.sqlite")


@pytest.fixture
def study(frames):
    """Four images a-d, a linked to b, b to c, and d to nothing; payload digests p-a to p-d."""
    images = [{"id": name, "payload_sha256": f"p-{name}"} for name in "abcd"]
    return frames(
        images, pairs=[("a", "b", "near-identical"), ("b", "c", "near-identical"), ("a", "c", "undecided")]
    )


def say(one: str, other: str, label: str, who: str = "Ada", **more):
    return decide(
        Content(f"sha-{one}", f"p-{one}"), Content(f"sha-{other}", f"p-{other}"), label, reviewer=who, **more
    )


def test_labels_survive_edited_metadata_and_know_who_is_gone(store, study):
    """A file with another digest and the same picture keeps its label; a label of a picture that is gone is kept, not counted."""
    store.append(say("a", "b", "same"), say("a", "z", "same"))
    images = study.images.assign(sha256=["other", *study.images["sha256"][1:]])
    found = decided(store.rows(), images)
    assert found.reviewed[["left", "right", "duplicate"]].to_numpy().tolist() == [["a", "b", True]]
    assert len(found.absent) == 1


def test_without_a_label_no_picture_is_looked_at(store, study):
    """Every stage of every study asks, most have no review: what comes back is what labels of none of its pictures come to."""
    found = decided(store.rows(), None)
    store.append(say("y", "z", "same"))
    other = decided(store.rows(), study.images)
    for name in ("reviewed", "placed", "gold", "searched", "persons"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(other, name), check_index_type=False)
    assert (len(found.absent), len(other.absent)) == (0, 1)


def test_disputes_wait_for_adjudication(store, study):
    """Two who differ on whether it counts are in dispute; who differ on the kind only are not; the adjudicator decides."""
    store.append(say("a", "b", "same"), say("a", "b", "different", "Bo"))
    store.append(say("b", "c", "same"), say("b", "c", "derivative", "Bo"))
    found = decided(store.rows(), study.images)
    assert found.reviewed["state"].tolist() == ["dispute", "agreed"]
    assert found.reviewed["duplicate"].isna().tolist() == [True, False]
    assert len(disputed(store.rows())) == 1
    store.append(say("a", "b", "variant", "Cy", purpose="adjudication"))
    settled = decided(store.rows(), study.images).reviewed.iloc[0]
    assert (settled["state"], settled["label"], settled["duplicate"]) == ("adjudicated", "variant", False)


def test_match_honours_decisions(store, study):
    """What people refuted is no link and parts the work; what they confirmed is one, also where nobody had looked."""
    store.append(say("a", "b", "different"), say("c", "d", "derivative"))
    pairs = apply_decisions(study.pairs, decided(store.rows(), study.images).reviewed, study.images)
    by = pairs.set_index(["left", "right"])
    assert by.loc[("a", "b"), "relation"] == "unrelated"
    assert by.loc[("a", "b"), "reason"].startswith(
        "reviewed by 1 person: different; detected as near-identical"
    )
    assert by.loc[("c", "d"), "relation"] == "derivative"
    groups, members = build_groups(study.images, pairs)
    assert sorted(members["image_id"]) == ["b", "c", "d"]
    assert len(groups) == 1


def test_match_leaves_disputes_alone(store, study):
    """While people disagree the detector's word stands."""
    store.append(say("a", "b", "same"), say("a", "b", "different", "Bo"))
    reviewed = decided(store.rows(), study.images).reviewed
    pd.testing.assert_frame_equal(apply_decisions(study.pairs, reviewed, study.images), study.pairs)


def test_csv_carries_every_row_and_runs_nothing(store, tmp_path):
    """Out and in gives the same store; no cell begins as a formula does; a second import brings nothing."""
    first = say("a", "b", "same", note="=HYPERLINK(1)")
    store.append(first, say("b", "c", "variant", "Bo", note="'tis", seconds=1.5))
    store.undo(first.decision, reviewer="Ada")
    path = tmp_path / "labels.csv"
    assert export_labels(store.rows(), path) == 3
    assert ",=" not in path.read_text("utf-8-sig")
    other = LabelStore(tmp_path / "other.sqlite")
    brought = import_labels(other, path)
    assert (brought.new, brought.known, brought.disputes) == (3, 0, 0)
    assert (import_labels(other, path).new, len(other.rows())) == (0, 3)
    pd.testing.assert_frame_equal(other.rows(), store.rows())


def test_contradictory_imports_are_refused_or_kept_as_dispute(store, tmp_path):
    """One person with two answers of one moment is refused, with lines; two people who differ are kept and reported."""
    path = tmp_path / "labels.csv"
    path.write_text(f"{HEAD}\nAda,{A},{B},same\nAda,{B},{A},different\n", encoding="utf-8")
    with pytest.raises(LabelError, match=r"lines 2 and 3: Ada says same and different.*nothing was imported"):
        import_labels(store, path)
    assert store.rows().empty
    path.write_text(f"{HEAD}\nAda, {A},{B},same\nBo,{B},{A.upper()} ,different\n", encoding="utf-8")
    assert import_labels(store, path).disputes == 1
    assert set(store.rows()["left_sha256"]) == {A}
    for undone, whose in (
        (store.rows()["decision"].iloc[0], "what Ada decided"),
        ("gone", "that is not there"),
    ):
        path.write_text(f"{HEAD},undoes\nBo,{A},{B},,{undone}\n", encoding="utf-8")
        with pytest.raises(LabelError, match=f"line 2: Bo takes back .*{whose}; nothing was imported"):
            import_labels(store, path)
    assert len(store.rows()) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reviewer,label\nAda,same\n", "none called left_sha256, right_sha256"),
        (f"{HEAD}\n,{A},{B},same\n", "line 2: expected the reviewer's name"),
        (f"{HEAD}\nAda,{A},{B},dupe\n", "line 2: expected a label"),
        (f"{HEAD}\nAda,one.jpg,{B},same\n", "line 2: expected left_sha256 as the SHA-256 of a file"),
        (f"{HEAD},seconds\nAda,{A},{B},same,1.5.\n", "line 2: expected seconds as seconds such as 12.5, got '1.5.'; correct it"),
        (f"{HEAD},decided\nAda,{A},{B},same,31/12/2026\n", "line 2: expected decided as a time such as 2026-03-31"),
        (f"{HEAD},comment\nAda,{A},{B},same,x\n", "got comment: rename or remove"),
        (f"{HEAD},undoes\nAda,{A},{B},same,other\n", "line 2: expected either a label or what it takes back"),
    ],
)  # fmt: skip
def test_a_bad_csv_is_one_line(store, tmp_path, text, said):
    """What is missing or wrong is named with its line, and nothing is taken."""
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabelError) as error:
        import_labels(store, path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert list(tables.LABELS.names) == list(store.rows().columns)
