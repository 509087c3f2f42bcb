"""`dedupelab screen`: what it prints, and what its exit code says."""

import json

import pytest
from command import invoke

from dedupelab.study.start import init
from dedupelab.study.study import Study

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory, photograph):
    home = tmp_path_factory.mktemp("command")
    (home / "held").mkdir()
    photograph(0).save(home / "held" / "0.jpg")
    photograph(1).resize((300, 225)).save(home / "new.jpg")
    (home / "bad.jpg").write_bytes(b"no picture")
    init(home / "study", {"own": str(home / "held")})
    Study(home / "study").scan()
    return home


def test_exit_codes(folder):
    """0: new. 11: held, whatever else there is. 3: nothing held, but one could not be read. 2: nothing asked."""
    study, held, new, bad = (folder / name for name in ("study", "held/0.jpg", "new.jpg", "bad.jpg"))
    assert [
        invoke("screen", study, *files).exit_code for files in ([new], [new, held, bad], [new, bad], [])
    ] == [
        0,
        11,
        3,
        2,
    ]


def test_people_and_machines_are_told_the_same(folder):
    """One line per upload and one per copy; JSON has the counts and all of it."""
    told = invoke("screen", folder / "study", folder / "held" / "0.jpg", folder / "new.jpg")
    assert "held: " in told.stdout
    assert "    byte-identical, own: own/0.jpg (no credit; the files are equal byte for byte)" in told.stdout
    assert "1 held, 0 near, 1 new, 0 unreadable" in told.stdout
    facts = json.loads(invoke("screen", folder / "study", folder / "held", "--json").stdout)
    assert (facts["held"], facts["uploads"][0]["copies"][0]["holder"]) == (1, "own")


def test_a_list_of_uploads(folder, tmp_path):
    """One path per line, from a file, also one that says by its first character how it is written, or standard input."""
    lines = f"{folder / 'new.jpg'}\n\n{folder / 'held' / '0.jpg'}\n"
    (tmp_path / "list.txt").write_text(lines, "utf-8")
    (tmp_path / "marked.txt").write_text(lines, "utf-8-sig")
    marked, from_file = (
        json.loads(invoke("screen", folder / "study", "--list", tmp_path / name, "--json").stdout)
        for name in ("marked.txt", "list.txt")
    )
    piped = json.loads(invoke("screen", folder / "study", "--list", "-", "--json", text=lines).stdout)
    assert (
        [each["said"] for each in from_file["uploads"]]
        == [each["said"] for each in piped["uploads"]]
        == [each["said"] for each in marked["uploads"]]
        == ["new", "held"]
    )


def test_names_do_not_move_the_cursor(folder, tmp_path, photograph):
    """Escape sequences in the name of an upload are not printed."""
    photograph(2).save(tmp_path / "a\x1b[2Jb\r.jpg")
    told = invoke("screen", folder / "study", tmp_path)
    assert "\x1b" not in told.stdout
    assert "\r" not in told.stdout
    assert "a?[2Jb?.jpg" in told.stdout
