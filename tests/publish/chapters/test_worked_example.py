"""One group field by field: what is believed is marked, what contradicts it, too, and what nobody can tell is said."""

import pandas as pd

from dedupelab import tables
from dedupelab.publish.chapters.worked_example import COPIES, worked_group
from dedupelab.publish.paper.document import plain
from dedupelab.values.chinese_scripts import as_written

HOLDERS = {"film": "Film Archive", "news": "News Library"}


def worked(rows, authoritative=None, works=(0,)):
    base = {"bytes": 1, "status": "hashed", "format": "JPEG", "width": 100, "height": 80, "ai_label": "no-label", "c2pa": "none",
            "has_gps": False, "collection": "film"}  # fmt: skip
    names = "abcdefghi"[: len(rows)]
    images = tables.IMAGES.from_rows(
        base | {"image_id": n, "path": f"{n}.jpg"} | row for n, row in zip(names, rows, strict=True)
    )
    numbers = list(works) + [works[-1]] * (len(rows) - len(works))
    members = tables.MEMBERS.from_rows(
        {"group_id": "g", "image_id": n, "role": "authoritative" if n == authoritative else "copy", "work": w}
        for n, w in zip(names, numbers, strict=True)
    )
    authority = "resolved" if authoritative else "unresolved"
    groups = pd.DataFrame([{"group_id": "g", "authoritative": authoritative, "authority": authority, "authority_reason": "it has the most pixels", "authority_message": None}])  # fmt: skip
    return worked_group(images, groups, members, "g", HOLDERS, as_written)


def test_believed_contested_and_from_elsewhere():
    """The authoritative copy stands first; its creator is believed and contested; the title comes from a copy's catalogue."""
    table = worked(
        [
            {"creator": "Ng", "title": "Pier", "from_catalogue": "title"},
            {"creator": "Ho", "collection": "news"},
        ],
        "b",
    )
    assert [column.title for column in table.columns] == [
        "Field",
        "a: News Library",
        "b: Film Archive",
        "Believed",
    ]
    assert [[plain(cell) for cell in row] for row in table.rows] == [
        ["Creator", "✓ Ho", "≠ Ng", "a: file; contested"],
        ["Title", "–", "✓ Pier", "b: catalogue"],
    ]
    assert "resolved, it has the most pixels" in table.note


def test_without_an_authoritative_copy_contradictions_stay_open():
    """Where nobody is believed, a contradiction is unresolved and marks none; what one copy alone says still stands."""
    table = worked([{"creator": "Ng"}, {"creator": "Ho", "credit": "Desk"}])
    assert [[plain(cell) for cell in row] for row in table.rows] == [
        ["Creator", "Ng", "Ho", "unresolved: copies contradict each other"],
        ["Credit line", "–", "✓ Desk", "b: file"],
    ]


def test_of_many_copies_those_that_contradict_are_shown():
    """Nine copies of which the last alone contradicts: it is among the five shown, and long values are cut."""
    rows = [{"creator": "Ho", "caption": "x" * 3000}] * 8 + [{"creator": "Ng"}]
    table = worked(rows, "a")
    assert len(table.columns) == COPIES + 2
    assert table.columns[-2].title.startswith("i: ")
    assert plain(table.rows[0][-2]) == "≠ Ng"
    assert max(len(plain(cell)) for row in table.rows for cell in row) < 60
    assert "4 of 9 copies are shown" in table.note


def test_no_table_where_there_is_nothing_to_work_through():
    """Silent copies, and a group of several works, give none."""
    assert worked([{}, {}]) is None
    assert worked([{"creator": "Ho"}, {"creator": "Ng"}], works=(0, 1)) is None
