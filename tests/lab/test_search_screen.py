"""The screen of the file search: one file, the likeliest others, found or nothing found, and what was known before."""

import pytest
from collections_of import collections_of

from dedupelab import Study, init
from dedupelab.lab.review import Room
from dedupelab.review.gold import planted

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def measured(tmp_path_factory, photograph):
    """Six works, of which two are held twice."""
    root = tmp_path_factory.mktemp("search")
    held = {"archive": (range(6), 92), "agency": ((0, 1), 60)}
    init(root / "study", collections_of(root, photograph, named="{name} {seed}.jpg", **held))
    Study(root / "study").measure()
    return root / "study"


@pytest.fixture
def room(measured):
    """Sit in the room of the study without any label."""
    for path in (measured / ".dedupelab").glob("labels*"):
        path.unlink(missing_ok=True)  # SQLite takes its own away as a store is closed
    opened = Room(Study(measured))
    opened.hear({"do": "name", "name": "Ada"})
    yield opened
    opened.tally.close()


def ask(room, act: str, **more):
    """Send what the browser sends on this screen; return what it then shows."""
    room.hear({"do": "search", "act": act, "n": room.widget.view["n"], **more})
    return room.widget.view


def test_a_search_by_key(room):
    """A marked picture is found, the next file comes; what is linked already is not in the grid; both are on disk with their helps."""
    shown = ask(room, "begin")
    assert (shown["screen"], shown["progress"]) == ("search", [0, 8])
    desk = room.search.search
    file, group = desk.file, room.study.members().set_index("image_id")["group_id"]
    assert {group.get(name, name) for name in desk.tiles}.isdisjoint({group.get(file, file)})
    shown = ask(room, "save", found=True)
    assert (shown["alarm"], "expected a marked copy" in shown["message"]) == (True, True)
    shown = ask(room, "mark", place=1)
    assert [tile["chosen"] for tile in shown["tiles"]][:3] == [False, True, False]
    assert ask(room, "save", found=False)["alarm"]
    assert ask(room, "compare", place=1)["close"]
    ask(room, "narrow", words="archive", date="")
    assert ask(room, "narrow", words="", date="soon")["alarm"]
    copy = desk.tiles[1]
    ask(room, "narrow", words="", date="")
    shown = ask(room, "save", found=True)
    assert shown["progress"] == [1, 8]
    assert desk.file != file
    said = room.study.review().decided.searched.iloc[0]
    digests = room.study.images().set_index("image_id")["sha256"]
    assert {said["left_sha256"], said["right_sha256"]} == {digests[file], digests[copy]}
    assert "words: archive" in said["note"]
    ask(room, "save", found=False)
    assert room.study.review().assess(draws=5).search.result.numerator == 1


def test_a_person_is_asked_about_and_taken_back(room):
    """The optional answer is kept and shown; an undo brings its file back with no answer."""
    ask(room, "begin")
    file = room.search.search.file
    assert ask(room, "person", answer="yes")["person"] == "yes"
    assert len(room.study.review().decided.persons) == 1
    room.hear({"do": "undo"})
    assert (room.widget.view["screen"], room.widget.view["person"], room.search.search.file) == (
        "search",
        "",
        file,
    )
    ask(room, "save", found=False)
    room.hear({"do": "undo"})
    assert room.search.search.file == file
    room.hear({"do": "pair"})
    assert room.widget.view["screen"] == "pair"


def test_all_files_can_be_searched_for(room):
    """At the end the screen says so; a key for a picture that has gone does nothing."""
    ask(room, "begin")
    stale = room.widget.view["n"]
    for _ in range(8):
        ask(room, "save", found=False)
    assert (room.widget.view["screen"], room.widget.view["progress"]) == ("searched", [8, 8])
    room.hear({"do": "search", "act": "save", "found": True, "n": stale})
    assert room.widget.view["screen"] == "searched"


def test_what_was_known_is_told_at_the_end(room):
    """Planted copies look like any pair, names and all; once everything is answered, those answered wrongly are shown with the truth."""
    room.hear({"do": "feedback"})
    assert room.widget.view["screen"] == "pair"
    met = 0
    while room.desk.task:
        pair = (room.desk.task.left, room.desk.task.right)
        if any(map(planted, pair)):
            met += 1
            assert set(room.widget.view["pictures"]) >= {"left", "right"}
            room.hear({"do": "metadata"})
            assert {row[0] for row in room.widget.view["metadata"]} >= {"size in pixels", "file format"}
        room.hear({"do": "label", "label": "different", "n": room.widget.view["n"]})
        if room.desk.task:
            room.hear({"do": "last"})
            assert "once nothing is left" in room.widget.view["message"]
    assert met >= 1
    room.hear({"do": "last"})
    assert "once nothing is left" not in room.widget.view["message"]
    room.hear({"do": "feedback"})
    shown = room.widget.view
    assert shown["screen"] == "feedback"
    assert len(shown["tiles"]) == 2 * len(shown["said"]) >= 2 * met
    assert sum("made from the other for this review" in truth for _, truth in shown["said"]) == met
    room.hear({"do": "undo"})
    assert "stands" in room.widget.view["message"]
    assert (room.desk.task, room.widget.view["screen"]) == (None, "done")
