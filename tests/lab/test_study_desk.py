"""The desk makes a study, saves what is typed, shows problems with their remedy, and loses nothing over a wrong entry."""

import ctypes
import multiprocessing
import os
import sys
import time
from pathlib import Path

import pytest

from dedupelab import Study
from dedupelab.lab.job import OPEN, run
from dedupelab.lab.problems import problems
from dedupelab.lab.server import ROOT
from dedupelab.lab.study_desk import StudyDesk
from dedupelab.settings.study_toml import load_config
from dedupelab.study.execution import placed

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(tmp_path, monkeypatch, picture):
    """Sit at the desk in a folder with two folders of pictures and an empty one."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for seed in range(2):
            picture(seed).save(tmp_path / name / f"{seed}.jpg")
    (tmp_path / "two" / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv(ROOT, str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    opened = StudyDesk()
    yield opened
    opened.close()


def filled(tmp_path, *names, **study):
    """Return a form as the page sends it."""
    places = [
        {"name": name, "location": str(tmp_path / name), "holder": name.title(), "catalogue": ""}
        for name in names
    ]
    return {
        "study": {"name": "mine", **study},
        "collections": places,
        "languages": ["en"],
        "consultation": {},
    }


def ask(desk, do, **more):
    """Send what the page sends; return whether it was told off, and in which words."""
    desk.hear({"do": do, **more})
    return desk.widget.view["alarm"], desk.widget.view["message"]


def test_a_study_is_made_opened_again_and_saved(desk, tmp_path):
    """From folders to study.toml; another desk finds it; a change is on disk; a scan's problems come with their remedy."""
    assert ask(desk, "make", folder="study", form=filled(tmp_path, "one", "two"))[1].startswith(
        "The study is made"
    )
    config = load_config(tmp_path / "study")
    assert [(c.name, c.location, c.holder) for c in config.collection] == [
        ("one", "../one", "One"),
        ("two", "../two", "Two"),
    ]
    assert ["The purpose is not said", "say it in the form; the paper prints it"] in desk.widget.view[
        "problems"
    ]
    again = StudyDesk()
    assert again.widget.view["open"]
    assert again.widget.view["form"]["collections"][1]["location"] == str(tmp_path / "two")
    assert ask(again, "save", form=filled(tmp_path, "one", "two", purpose="statistics"))[0] is False
    assert load_config(tmp_path / "study").study.purpose == "statistics"
    Study(tmp_path / "study").scan()
    ask(again, "open", folder="study")
    (problem,) = (each for each in again.widget.view["problems"] if "1 file unreadable" in each[0])
    assert "scan again" in problem[1]
    again.close()


def test_places_are_told_without_dots_and_a_folder_of_no_pictures_once(desk, tmp_path):
    """Where a stage fails for a folder beside the study, its name is read as it stands on the disk; nothing speaks of columns."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "list.jpg").write_bytes(b"no picture")
    ask(desk, "make", folder="study", form=filled(tmp_path, "texts"))
    folder = tmp_path / "study"
    assert Study(folder).location("texts") == str(tmp_path / "texts")
    assert run(folder, "scan") == 1
    ask(desk, "open", folder="study")
    told = [what for what, _ in desk.widget.view["problems"] if "picture" in what]
    assert told[-1] == "Not one picture could be read"
    assert not any("column" in what for what in told)


def test_dots_stay_where_links_make_them_lead_elsewhere(tmp_path):
    """`link/..` is the folder beside what a link points to, not the one it stands in."""
    (tmp_path / "far" / "inner").mkdir(parents=True)
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "link").symlink_to(tmp_path / "far" / "inner")
    assert placed("../texts", tmp_path / "study") == str(tmp_path / "texts")
    assert Path(placed("link/../texts", tmp_path / "study")).resolve() == tmp_path / "far" / "texts"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("one", "gone"), "can be read"),
        (("empty",), "an empty folder"),
        ((), "expected a folder of pictures"),
        (("one", "one"), "different names"),
    ],
)
def test_wrong_folders_are_told_and_make_nothing(desk, tmp_path, names, told):
    """One line says what was expected and got; no study is there."""
    alarm, message = ask(desk, "make", folder="study", form=filled(tmp_path, *names))
    assert alarm
    assert told in message
    assert not (tmp_path / "study" / "study.toml").exists()


def test_a_collection_that_nobody_filled_in_is_none_and_one_without_a_place_is_told(desk, tmp_path):
    """The form offers two: who has one leaves the other empty. A name alone never means the folder in which the desk works."""
    form = filled(tmp_path, "one")
    form["collections"].append({"name": "two", "location": " ", "holder": "", "catalogue": ""})
    alarm, message = ask(desk, "make", folder="study", form=form)
    assert (alarm, "got none; choose one, or remove" in message) == (True, True)
    form["collections"][1]["name"] = ""
    assert ask(desk, "make", folder="study", form=form)[0] is False
    assert [each.name for each in load_config(tmp_path / "study").collection] == ["one"]


def test_no_copies_found_is_not_told_as_not_yet_matched(desk, tmp_path):
    """Before a match the tab says what to run; after one that found nothing it says so."""
    ask(desk, "make", folder="study", form=filled(tmp_path, "one"))
    assert "run Scan and Match first" in ask(desk, "tab", tab="groups")[1]
    Study(tmp_path / "study").match()
    assert "Match found no two pictures" in ask(desk, "tab", tab="groups")[1]


def test_folders_are_listed_and_a_catalogue_is_checked(desk, tmp_path):
    """What lies in a folder, one that is not there, what would be read of a catalogue, and one that is none."""
    ask(desk, "list", path=str(tmp_path))
    assert set(desk.widget.files["folders"]) >= {"one", "two", "empty"}
    ask(desk, "list", path=str(tmp_path / "two"))
    assert (desk.widget.files["count"], desk.widget.files["files"]) == (3, [])
    before = desk.widget.files
    ask(desk, "list", path=str(tmp_path / "two"))
    assert desk.widget.files != before, "a page that closed the list would not be told to show it again"
    assert ask(desk, "list", path="empty")[1].endswith("empty: 0 folders, 0 files.")
    (tmp_path / "empty" / "one.txt").touch()
    assert ask(desk, "list", path="empty")[1].endswith("empty: 0 folders, 1 file.")
    ask(desk, "list", path="two", file=True)
    assert "broken.jpg" in desk.widget.files["files"]
    assert ask(desk, "list", path=str(tmp_path / "gone"))[0]
    (tmp_path / "list.csv").write_text("file,title,creator\n0.jpg,Harbour,Li Ann\n")
    alarm, message = ask(desk, "check", path=str(tmp_path / "list.csv"))
    assert (alarm, message) == (False, "1 of 1 records would be read.")
    assert "1 title" in desk.widget.view["check"]["read"]
    assert ask(desk, "check", path=str(tmp_path / "gone.csv"))[0]
    assert ask(desk, "run", stage="scan")[0]


def test_a_wrong_word_in_the_form_makes_nothing_and_is_mended_in_the_form(desk, tmp_path):
    """A deadline that is no day: one line, no study, nobody's folder is taken away; corrected, the same button makes it."""
    form = filled(tmp_path, "one", "two")
    for folder in ("study", "empty"):
        alarm, message = ask(
            desk,
            "make",
            folder=folder,
            form=form | {"consultation": {"name": "One", "deadline": "next month"}},
        )
        assert alarm
        assert "2026-03-31" in message
        assert not desk.widget.view["open"]
    assert (tmp_path / "empty").is_dir()
    assert not (tmp_path / "study").exists()
    assert ask(desk, "make", folder="study", form=form)[0] is False
    assert load_config(tmp_path / "study").collection[0].holder == "One"


def test_another_study_is_begun_beside_an_open_one(desk, tmp_path):
    """An empty form, nothing of the study before in it; made, both are there, and each is opened again as it was left."""
    ask(desk, "make", folder="first", form=filled(tmp_path, "one", purpose="statistics"))
    assert ask(desk, "begin")[0] is False
    assert (desk.widget.view["open"], desk.widget.view["form"]["collections"]) == (False, [])
    assert ask(desk, "run", stage="scan")[0]
    assert ask(desk, "make", folder="second", form=filled(tmp_path, "two"))[0] is False
    assert [c.name for c in load_config(tmp_path / "second").collection] == ["two"]
    ask(desk, "open", folder="first")
    assert desk.widget.view["form"]["study"]["purpose"] == "statistics"


def test_places_are_where_the_desk_works(desk, tmp_path):
    """Folder and catalogue by the names that the desk shows: checked, written relative to the study, and found by it; as written they stay."""
    (tmp_path / "list.csv").write_text("file,title\n0.jpg,Harbour\n")
    form = filled(tmp_path, "one")
    form["collections"][0] |= {"location": "one", "catalogue": "list.csv"}
    assert ask(desk, "check", path="list.csv")[0] is False
    assert ask(desk, "make", folder="study", form=form)[0] is False
    collection = load_config(tmp_path / "study").collection[0]
    assert (collection.location, collection.catalogue[0].path) == ("../one", "../list.csv")
    shown = desk.widget.view["form"]
    assert ask(desk, "check", path=shown["collections"][0]["catalogue"])[0] is False
    assert ask(desk, "save", form=shown)[0] is False
    assert load_config(tmp_path / "study").collection[0] == collection


def ended(desk):
    """Wait for the job of the desk to end; return its state and whether and what the desk says of it."""
    limit = time.monotonic() + 120
    while desk.widget.job["state"] in OPEN or desk.widget.view["message"] != desk.widget.job["message"]:
        assert time.monotonic() < limit, desk.widget.job
        time.sleep(0.1)
    return desk.widget.job["state"], desk.widget.view["alarm"], desk.widget.view["message"]


def test_a_folder_without_pictures_is_told(desk, tmp_path):
    """A scan of texts fails in one line; the form keeps what it holds."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "letter.txt").write_text("no picture")
    ask(desk, "make", folder="mine", form=filled(tmp_path, "texts"))
    ask(desk, "run", stage="scan")
    state, alarm, message = ended(desk)
    assert (state, alarm) == ("failed", True)
    assert "got 0 images in 1 files" in message
    assert [each["name"] for each in desk.widget.view["form"]["collections"]] == ["texts"]


@pytest.mark.parametrize(
    ("file", "nonsense"),
    [
        ("study.toml", b"[[[nonsense"),
        ("study.toml", b"\xff\xfe\x00"),
        ("study.toml", b""),
        ("study.toml", b"[study]\nname = 3\n"),
        ("consultation.toml", b"[[[nonsense"),
        ("consultation.toml", b"\xff\xfe\x00"),
        ("consultation.toml", b"[consultation]\nname = 3\n"),
        ("consultation.toml", b"consultation = 3\n"),
    ],
)
def test_settings_edited_to_nonsense_are_told_and_kept(desk, tmp_path, file, nonsense):
    """Saving, running, other tabs and opening: one line each, nothing begins, and the file stays as somebody left it; mended, all goes on."""
    ask(desk, "make", folder="mine", form=filled(tmp_path, "one", "two"))
    place = tmp_path / "mine" / file
    good, form = place.read_bytes(), desk.widget.view["form"]
    place.write_bytes(nonsense)
    tries = [
        {"do": "save"},
        *([{"do": "run"}, {"do": "tab", "tab": "inputs"}] if file == "study.toml" else []),
    ]
    for said in tries:
        alarm, message = ask(desk, **said, stage="scan", form=filled(tmp_path, "one"))
        assert alarm, said
        assert file in message or "UTF-8" in message
        assert "\n" not in message
        assert place.read_bytes() == nonsense
    assert desk.widget.view["form"] == form
    assert desk.widget.job["state"] not in OPEN
    again = StudyDesk()
    assert again.widget.view["alarm"]
    assert again.widget.view["folder"] == str(tmp_path / "mine")
    place.write_bytes(good)
    assert ask(again, "open", folder="mine") == (False, "Study mine is open.")
    assert ask(desk, "save", form=filled(tmp_path, "one"))[0] is False


def _refused(place, told):
    """Start a process to which the system refuses what its modes refuse, which it does not do to root as it is."""
    if os.geteuid() == 0:
        system = ctypes.CDLL(None)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            assert system.prctl(24, capability, 0, 0, 0) == 0  # PR_CAPBSET_DROP
    other = multiprocessing.get_context("spawn").Process(target=_without_right, args=(place, told))
    other.start()
    other.join(180)


def _without_right(place, told):
    os.environ |= {ROOT: str(place), "XDG_CACHE_HOME": str(place / "cache")}
    desk, closed = StudyDesk(), place / "closed"
    closed.chmod(0)
    told.put(("make", *ask(desk, "make", folder="mine", form=filled(place, "closed"))))
    told.put(("list", *ask(desk, "list", path=str(closed))))
    closed.chmod(0o700)
    told.put(("made", *ask(desk, "make", folder="mine", form=filled(place, "closed"))))
    closed.chmod(0)
    told.put(("problems", any("may not be read" in each for each, _ in problems(place / "mine")), ""))
    told.put(
        (
            "scan",
            run(place / "mine", "scan") == 1,
            ask(desk, "open", folder="mine") and desk.widget.job["message"],
        )
    )
    (place / "mine").chmod(0o500)
    (place / "mine" / "study.toml").chmod(0)
    told.put(("save", *ask(desk, "save", form=filled(place, "one"))))
    told.put(("open", *ask(StudyDesk(), "open", folder="mine")))


@pytest.mark.skipif(sys.platform != "linux", reason="rights are taken from root as Linux does")
def test_what_may_not_be_read_is_told(tmp_path):
    """A folder, a collection whose right goes after the study was made, and settings that may not be read: one line each that says so."""
    for each in ("closed", "one"):
        (tmp_path / each).mkdir()
        (tmp_path / each / "1.jpg").write_bytes(b"no picture")
    ways = multiprocessing.get_context("spawn")
    told = ways.Queue()
    other = ways.Process(target=_refused, args=(tmp_path, told))
    other.start()
    said = [told.get(timeout=120) for _ in range(7)]
    other.join(60)
    for each in ("closed", "mine"):
        (tmp_path / each).chmod(0o700)
    assert [(do, alarm) for do, alarm, _ in said] == [
        ("make", True), ("list", True), ("made", False), ("problems", True), ("scan", True), ("save", True), ("open", True),
    ]  # fmt: skip
    for _, _, message in (said[0], said[1], said[4], said[5], said[6]):
        assert "Permission denied" in message
        assert "\n" not in message


def test_a_folder_below_a_file_is_told(desk, tmp_path):
    """What can be no folder is one line; no study is made."""
    form = filled(tmp_path, "one/0.jpg/below")
    alarm, message = ask(desk, "make", folder="mine", form=form)
    assert (alarm, "Not a directory" in message) == (True, True)
    alarm, message = ask(
        desk, "make", folder=str(tmp_path / "one" / "0.jpg" / "mine"), form=filled(tmp_path, "one")
    )
    assert (alarm, "Not a directory" in message) == (True, True)


def _hold(folder, held, free):
    with Study(folder).store.lock():
        held.set()
        free.wait(60)


def test_a_study_that_another_process_holds_is_told(desk, tmp_path):
    """Opening it, and every stage, is answered at once in one line that names the process; the study is shown, nothing begins, and afterwards it runs."""
    ask(desk, "make", folder="mine", form=filled(tmp_path, "one", "two"))
    ways = multiprocessing.get_context("spawn")
    held, free = ways.Event(), ways.Event()
    other = ways.Process(target=_hold, args=(tmp_path / "mine", held, free))
    other.start()
    try:
        assert held.wait(60)
        for asked in ({"do": "open", "folder": "mine"}, {"do": "run", "stage": "scan"}):
            alarm, message = ask(desk, **asked)
            assert (alarm, f"process {other.pid}" in message) == (True, True)
            assert (desk.widget.view["open"], desk.widget.job["state"]) == (True, "")
    finally:
        free.set()
        other.join(60)
    ask(desk, "run", stage="scan")
    assert ended(desk)[0] == "done"


def _begin(folder):
    StudyDesk(folder).hear({"do": "run", "stage": "match"})
    os._exit(9)


def test_a_match_lives_through_a_kernel_that_dies(desk, tmp_path):
    """Whoever opens the desk again finds the match at work, and sees its end."""
    ask(desk, "make", folder="mine", form=filled(tmp_path, "one", "two"))
    kernel = multiprocessing.get_context("spawn").Process(target=_begin, args=(tmp_path / "mine",))
    kernel.start()
    kernel.join(120)
    assert kernel.exitcode == 9
    again = StudyDesk()
    try:
        assert again.widget.job["stage"] == "match"
        assert ended(again) == ("done", False, "2 groups of copies.")
    finally:
        again.close()


def test_what_stands_in_tabs_is_of_the_open_study(desk, tmp_path):
    """Groups come once there are some, and anew after a stage; forms write into the study; another study has its own."""
    ask(desk, "make", folder="mine", form=filled(tmp_path, "one", "two"))
    assert ask(desk, "tab", tab="groups") == (
        True,
        "expected groups of copies, got none yet; run Scan and Match first",
    )
    ask(desk, "run", stage="match")
    assert ended(desk)[0] == "done"
    for tab in ("groups", "inputs", "registers"):
        assert ask(desk, "tab", tab=tab) == (False, "")
    first = desk.widget.tabs
    assert first["groups"].index["total"] == 2
    ask(desk, "tab", tab="groups")
    assert desk.widget.tabs == first
    ask(desk, "run", stage="match")
    ended(desk)
    assert set(desk.widget.tabs) == {"inputs", "registers"}
    ask(desk, "save", form=filled(tmp_path, "one", "two"))
    assert desk.widget.tabs["inputs"] is first["inputs"]
    ask(desk, "make", folder="other", form=filled(tmp_path, "one"))
    assert desk.widget.tabs == {}


def test_a_review_that_took_the_last_group_apart_is_found_again(desk, tmp_path, picture):
    """The desk leads to the notebooks as long as there are pairs, though no group is left."""
    for seed in range(2):
        picture(seed).save(tmp_path / "two" / f"{seed}.jpg", quality=60)
    ask(desk, "make", folder="mine", form=filled(tmp_path, "one", "two"))
    assert desk.widget.view["made"] == []
    study = Study(tmp_path / "mine")
    study.match()
    pairs = study.pairs()
    for left, right in pairs[["left", "right"]].itertuples(index=False):
        study.review().decide(left, right, "different", reviewer="Ada")
    study.measure()
    assert len(study.groups()) == 0
    ask(desk, "open", folder="mine")
    assert "Review pairs" in [each["text"] for each in desk.widget.view["made"]]


def test_a_catalogue_of_the_wrong_kind_is_told(desk, tmp_path):
    """A picture, rubbish, cut XML, a folder of pictures, an empty file: none is said to be read, and why stands below."""
    (tmp_path / "cut.xml").write_text("<a><b></a>")
    (tmp_path / "rubbish").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "empty.csv").touch()
    for name in ("one/0.jpg", "cut.xml", "rubbish", "empty.csv", "one"):
        alarm, message = ask(desk, "check", path=str(tmp_path / name))
        assert alarm, name
        assert "no record can be read" in message
        assert name == "empty.csv" or desk.widget.view["check"]["problems"]
    (tmp_path / "good.csv").write_text("filename,creator\n0.jpg,Ada\n1.jpg,Bo\n")
    assert ask(desk, "check", path=str(tmp_path / "good.csv")) == (False, "2 of 2 records would be read.")


@pytest.mark.parametrize("name", ["y" * 300, "a\0b"], ids=["too long", "NUL"])
def test_a_place_that_no_file_system_knows_is_told(desk, tmp_path, name):
    """One line with expected, got and remedy for the study's folder and for one that is listed; what was typed stays the page's."""
    for said in (
        {"do": "make", "folder": name, "form": filled(tmp_path, "one")},
        {"do": "list", "path": name},
    ):
        alarm, message = ask(desk, **said)
        assert alarm
        assert message.startswith("expected")
        assert len(message) < 600
