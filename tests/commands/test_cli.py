"""The command line: what was found, what to do next, and by exit code what happened."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result
from command import invoke

from dedupelab.commands import cli, terminal
from dedupelab.match.compare.verdicts import Verdict
from dedupelab.match.pairing import examine_pairs
from dedupelab.study import matching
from dedupelab.study import study as journey
from dedupelab.study.start import init
from dedupelab.work import progress

ROOT = Path(__file__).parents[2]


WHOLE = (0.0, 0.0, 1.0, 1.0)


class Agrees:
    """A verifier that finds every candidate near-identical, so that these tests are about commands."""

    def prepare(self, gray, _open_large=None, _stored=None):
        return gray

    def judge(self, _left, _right, _transform="identity"):
        return Verdict("near-identical", 0.9, "whole picture", "identity", WHOLE, WHOLE)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(matching, "examine_pairs", partial(examine_pairs, verifier=Agrees()))


@pytest.fixture
def folder(tmp_path: Path, photograph) -> Path:
    (tmp_path / "pictures").mkdir()
    for seed in (0, 1):
        photograph(seed).save(tmp_path / "pictures" / f"{seed}.jpg")
    photograph(0).save(tmp_path / "pictures" / "0.webp")
    init(tmp_path / "study", {"own": str(tmp_path / "pictures")})
    return tmp_path / "study"


def failed(result: Result, code: int = 1) -> str:
    """Return the one line on standard error of a command that failed."""
    assert result.exit_code == code
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def test_alone_it_shows_the_journey():
    """Without a command: what it is for, the steps in order, and where help is; each step is a command."""
    result = invoke()
    assert (result.exit_code, result.stdout) == (0, cli.JOURNEY)
    assert [
        word
        for word in ("sample", "init", "scan", "match", "report", "lab")
        if f"dedupelab {word}" not in result.stdout
    ] == []
    assert invoke("-h").stdout == invoke("--help").stdout


@pytest.mark.slow
def test_from_folders_to_groups(tmp_path, folder):
    """init, scan, match: each says what was found, where it lies, and the next command, which then works."""
    made = invoke("init", tmp_path / "new", "--collection", f"own={tmp_path / 'pictures'}")
    assert made.exit_code == 0
    assert made.stdout.splitlines()[-1] == f"next: dedupelab report {tmp_path / 'new'}"
    scanned = invoke("scan", tmp_path / "new")
    assert scanned.exit_code == 0
    assert "3 files listed = 3 hashed, 0 unreadable, 0 skipped" in scanned.stdout
    assert scanned.stderr == ""
    matched = invoke("match", tmp_path / "new" / "study.toml")
    assert "1 links among 1 examined pairs; 2 images in 1 groups" in matched.stdout
    assert (folder / ".dedupelab").exists() is False


@pytest.mark.slow
def test_machines_get_json(tmp_path, folder):
    """One object on standard output, with paths that exist."""
    made = json.loads(
        invoke("init", tmp_path / "n", "--collection", f"own={tmp_path / 'pictures'}", "--json").stdout
    )
    assert Path(made["study"]).exists()
    scanned = json.loads(invoke("scan", folder, "--json").stdout)
    assert (scanned["listed"], scanned["hashed"]) == (3, 3)
    assert Path(scanned["table"]).exists()
    matched = json.loads(invoke("match", folder, "--json").stdout)
    assert {k: matched[k] for k in ("pairs", "links", "groups", "images_in_groups")} == {
        "pairs": 1,
        "links": 1,
        "groups": 1,
        "images_in_groups": 2,
    }
    drawn = json.loads(invoke("graph", folder, tmp_path / "g.gexf", "--json", "--lone").stdout)
    assert (drawn["nodes"], drawn["edges"]) == (3, 1)
    assert Path(drawn["file"]).exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["scan", "{0}/absent"], "dedupelab init"),
        (["scan", "{0}/pictures"], "dedupelab init"),
        (["init", "{0}/study", "--collection", "a={0}/pictures"], "edit that file"),
        (["init", "{0}/new", "--collection", "a={0}/absent"], "expected a folder for a"),
        (
            ["init", "{0}/new", "--collection", "a={0}/pictures", "--collection", "a={0}"],
            "'a' twice; rename one",
        ),
        (["init", "{0}/new", "--collection", "a={0}/pictures", "--name", "a/b"], "names a folder"),
        (["init", "{0}/pictures/0.jpg/x", "--collection", "a={0}/pictures"], "expected to write"),
        (["graph", "{0}/study", "{0}/graph.png"], ".graphml or .gexf"),
        (["graph", "{0}/study", "{0}/absent/graph.gexf"], "expected to write"),
        (["lab", "{0}/absent"], "dedupelab init"),
        (["scan", "{0}/pictures/0.jpg"], "got no study.toml there"),
        (["scan", "{0}/" + "x" * 300], "File name too long"),
        (["check-report", "x" * 300], "File name too long"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path, folder, words, expected):
    """Exit code 1, nothing on standard output, one line on standard error; nothing half-written."""
    before = {p for p in tmp_path.rglob("*") if ".dedupelab" not in p.parts}
    assert expected in failed(invoke(*(word.format(tmp_path) for word in words)))
    assert {p for p in tmp_path.rglob("*") if ".dedupelab" not in p.parts} == before


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[match]\nmax_distance = 99", "match.max_distance must be within 0..64, got 99"),
        ("[matsh]", "did you mean match?"),
        ("[[collection]]\nname = 'own'\nlocation = 'x'", "'own' 2 times; rename one"),
        ("[[collection]]\nname = 'b'\nlocation = 'absent'", "got nothing there"),
        ("[[collection]]\nname = 'b'\nlocation = 'empty'", "got 0 images in 0 files"),
        ("[[collection]]\nname = 'b'\nlocation = 'study.toml'", "got a file"),
        ("[oops", "expected TOML"),
    ],
)
def test_bad_studies_are_one_line(folder, line, expected):
    """Every bad setting and collection of a study ends a scan with code 1 before a table is written."""
    (folder / "empty").mkdir()
    (folder / "study.toml").write_text(
        f'[study]\nname = "s"\n[[collection]]\nname = "own"\nlocation = "../pictures"\n{line}\n'
    )
    assert expected in failed(invoke("scan", folder))
    assert list(folder.rglob("*.parquet")) == []


@pytest.mark.parametrize("words", [["scan"], ["nonsense"], ["scan", "--nonsense", "x"], ["init", "x"], ["init", "x", "--collection", "no-equals"],
                                   ["lab", "--port", "many"], ["scan", ""], ["lab", ""], ["review", "x", "--export", ""], ["init", "", "--template"]])  # fmt: skip
def test_wrong_usage_is_code_2(words):
    """What cannot be a command line is click's own message."""
    result = invoke(*words)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


def test_too_many_unreadable_files_are_code_3(folder):
    """The work is done and its tables are there, but a scheduler must know; within the tolerance it is code 0."""
    (folder.parent / "pictures" / "broken.png").write_text("<html>")
    result = invoke("scan", folder, "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["unreadable"] == 1
    assert result.stderr == "incomplete: own: 1 of 4 pictures are unreadable, more than the tolerated 5%\n"
    assert invoke("match", folder).exit_code == 3
    file = folder / "study.toml"
    file.write_text(file.read_text("utf-8").replace("tolerance = 0.05", "tolerance = 0.25"), "utf-8")
    assert invoke("scan", folder).exit_code == 0


def test_a_full_disk_is_one_line(folder, monkeypatch):
    """An error of the file system while a table is written ends with code 1 and leaves no part of it."""

    def full(_table, _where, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pyarrow.parquet.write_table", full)
    assert "No space left on device" in failed(invoke("scan", folder))
    assert list(folder.rglob("*.parquet*")) == []


def test_a_study_in_use_is_one_line(folder):
    """A second run on the same study is refused."""
    with journey.Study(folder).store.lock():
        assert "got a run that holds it" in failed(invoke("scan", folder))


def test_a_stop_says_that_work_is_kept(folder, monkeypatch):
    """Control-C is no traceback."""

    def stop(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(journey.Study, "scan", stop)
    result = invoke("scan", folder)
    assert result.exit_code == 1
    assert "run the same command to go on" in result.stderr


def test_bars_are_for_terminals(capsys):
    """Nothing is drawn where standard error is a file."""
    advance = terminal.bars("reading")
    advance(0, 2)
    advance(2, 2)
    assert capsys.readouterr() == ("", "")


def test_lines_are_for_logs(folder, monkeypatch):
    """With --progress and no terminal, each step tells how far it is when a minute has passed; without, nothing is told."""
    assert invoke("scan", folder).stderr == ""
    monkeypatch.setattr(progress, "EVERY", 0.0)
    lines = invoke("match", folder, "--progress").stderr.splitlines()
    for step in ("comparing pairs", "looking for pictures that are alike"):
        assert any(line.startswith(f"{step}: ") for line in lines)


@pytest.mark.slow
def test_a_command_of_its_own(folder, tmp_path):
    """As a program: the module runs, paths may be Chinese, errors go to standard error with code 1."""
    home = tmp_path / "研究"
    folder.rename(home)
    env = os.environ | {"PYTHONPATH": str(ROOT)}

    def program(*words: object) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "dedupelab", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=env)

    done = program("scan", "研究", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["hashed"] == 3
    wrong = program("scan", "nowhere")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert (
        wrong.stderr
        == "error: expected a study at nowhere, got no study.toml there; write one with: dedupelab init\n"
    )
