import pandas as pd
import pytest

from dedupelab.numbers.comparison import compare_runs
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Input, Result, missing


def images(**digests):
    return pd.DataFrame(
        [
            {"collection": "a", "path": f"{name}.jpg", "status": "hashed", "sha256": sha}
            for name, sha in digests.items()
        ]
    )


def pairs(**relations):
    return pd.DataFrame(
        [{"left": name[0], "right": name[1], "relation": relation} for name, relation in relations.items()],
        columns=["left", "right", "relation"],
    )


def priced(value, price, source="invoice 7"):
    given = (Input("storage_price", price, message("HKD"), source, "invoice"),)
    return Result(
        "M3",
        message("Storage"),
        value,
        "HKD per year",
        method=message("x"),
        grade="C",
        inputs=given,
        status="estimated",
    )


BEFORE = {
    "images": images(x="1", y="2", z="3"),
    "pairs": pairs(xy="near-identical", yz="undecided", xz="variant"),
}
AFTER = {
    "images": images(x="1", y="9", w="4"),
    "pairs": pairs(xy="derivative", yz="undecided", xw="near-identical"),
}


def test_pictures_and_relations_by_hand():
    """W came, z went, y changed; one pair changed its relation, one is new, one is no longer examined."""
    found = compare_runs(BEFORE, AFTER, [], [])
    assert (found.appeared, found.disappeared, found.changed) == (["a/w.jpg"], ["a/z.jpg"], ["a/y.jpg"])
    assert found.relations == {
        ("absent", "near-identical"): 1, ("near-identical", "derivative"): 1, ("variant", "absent"): 1,
    }  # fmt: skip


def test_what_moved_a_number_is_named():
    """Storage went up because its price did: old and new value with their sources."""
    found = compare_runs(BEFORE, BEFORE, [priced(10.0, 0.2)], [priced(15.0, 0.3, "invoice 8")]).moved
    assert [(m.result.id, m.before, m.after) for m in found] == [("M3", 10.0, 15.0)]
    assert found[0].inputs == (("storage_price", "0.2 HKD (invoice 7)", "0.3 HKD (invoice 8)"),)


def test_a_number_that_is_no_longer_estimated_moved():
    """A line that lost its input moved to nothing, and says what it needs."""
    found = compare_runs(
        BEFORE,
        BEFORE,
        [priced(10.0, 0.2)],
        [missing("M3", message("Storage"), "HKD", (message("harm.storage_price"),), message("x"))],
    )
    assert [(m.before, m.after, tuple(map(str, m.needs))) for m in found.moved] == [
        (10.0, None, ("harm.storage_price",))
    ]


@pytest.mark.parametrize("run", [BEFORE, AFTER])
def test_a_run_equals_itself(run):
    """Nothing changed between a run and itself."""
    assert compare_runs(run, run, [priced(10.0, 0.2)], [priced(10.0, 0.2)]).same
