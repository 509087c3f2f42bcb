"""Every command line that the README, the guides, help and the commands themselves print is typed as it stands, and does what is said."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import tomlkit
from collections_of import collections_of
from command import invoke
from printed import command_lines, said_lines
from shared_studies import part_of_plan

from dedupelab import Study
from dedupelab.commands.cli import JOURNEY, main
from dedupelab.sample import study as sample
from dedupelab.study import calibration

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "data" / "guides").glob("*.md"))]

STANDS_FOR: dict[str, str] = {
    "DIR": "my-study", "STUDY": "my-study", "gate": "my-study", "SITE": "museum", "ALL": "JOINT",
    "THEIR_STUDY": "museum", "RUN": "reports/my-study/latest", "COMMAND": "report", "KIND": "incident", "ACTION": "list",
    "NAME=LOCATION": "archive=pictures", "NAME=FOLDER": "archive=pictures", "TAG": "zh-Hant-HK", "TEXT...": "agency",
    "archive=/path/to/pictures": "archive=pictures", "agency=/path/to/others": "agency=others",
    "archive=/srv/archive": "archive=pictures", "agency=/srv/agency": "agency=others",
    "MANIFEST...": "museum.zip agency.zip", "*.zip": "museum.zip agency.zip", "SKETCHES...": "a.bands.zip b.bands.zip",
    "OTHERS": "b.bands.zip", "QUESTIONS": "museum.questions.zip", "FILE...": "upload.jpg", "FILE": "list.csv",
}  # fmt: skip
"""What a reader puts in the place of a word."""
OF_COMMAND: dict[str, dict[str, str]] = {
    "init": {"DIR": "new"},
    "sample": {"DIR": "new"},
    "graph": {"FILE": "graph.graphml"},
    "register": {"FILE": "incident.csv"},
    "merge": {"STUDY": "joined", "THEIR_STUDY": "joined"},
    "answer": {"STUDY": "museum"},
    "compare": {"RUN": "RUNS"},
}
"""The same where a command means another thing by it."""
EXITS = {"check-report": 3, "screen": 11}
"""How a command ends that did all it was asked: criteria are open, the upload is held; all others with 0."""
SERVE = ("lab", "review", "serve")
ELSEWHERE = {"sample new --reviewed"}
"""Typed by a test of its own, as it takes long: study/test_simulated_review.py."""


def typed(line: str) -> Iterator[str]:
    """Yield what a reader types for a printed line: with all that is optional, each of alternatives."""
    command = [*line.split(), ""][1]
    words = []
    for word in shlex.split(line.replace("[", " ").replace("]", " "))[1:]:
        if word != "...":
            stands = OF_COMMAND.get(command, {}) | ({"THEIR_STUDY": "JOINT"} if ".answers." in line else {})
            meant = stands.get(word) or STANDS_FOR.get(word)
            words.append(meant or (word if word.startswith("~/") else shlex.quote(word)))
    for choice in next((word.strip("'").split("|") for word in words if "|" in word), [""]):
        yield " ".join(choice if "|" in word else word for word in words)


def only_named(line: str) -> bool:
    """Say whether a sentence only names a command: it cannot be typed without what it takes."""
    command = main.commands.get(line)
    return command is not None and any(
        isinstance(each, click.Argument) and each.required for each in command.params
    )


PRINTED = [*(line for page in PAGES for line in command_lines(page)), *said_lines(JOURNEY)]
LINES = [
    line for line in dict.fromkeys(each for line in PRINTED for each in typed(line)) if not only_named(line)
]


@pytest.fixture(scope="module")
def ready(tmp_path_factory, photograph) -> Path:
    """Make a folder in which everything lies that the lines name: studies, runs, parcels, keys, an upload, tables to take in."""
    folder = tmp_path_factory.mktemp("ready")
    collections_of(folder, photograph, (160, 120), pictures=((0, 1), 92), others=((0, 2), 60))
    shutil.copy(folder / "pictures" / "0.jpg", folder / "upload.jpg")
    (folder / "list.csv").write_text("file,creator\n0.jpg,Ann\n")
    (folder / "secret").write_text("a secret of the sites that is long enough to be one\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        held = {
            "my-study": ("archive=pictures", "agency=others"),
            "museum": ("m=pictures",),
            "agency": ("a=others",),
        }
        for name, places in held.items():
            _well("init", name, *(word for place in places for word in ("--collection", place)))
            _say(Path(name), match={"gear": "quick"}, serve={"port": 0}, compute={"workers": 1})
        _well("report", "my-study", "--no-notebooks")
        _well("report", "my-study", "--no-notebooks")
        for name, short in (("museum", "a"), ("agency", "b")):
            _well("match", name)
            _well("export", name, "--tier", "private", "--out", f"{name}.zip")
            _well(
                "export",
                name,
                "--tier",
                "private",
                "--bands",
                "--secret",
                "secret",
                "--out",
                f"{short}.bands.zip",
            )
            with zipfile.ZipFile(f"{name}.zip") as manifest:
                Path(f"{name}.pub").write_bytes(manifest.read("minisign.pub"))
        shutil.copy("museum.pub", "association.pub")
        _well("merge", "JOINT", "museum.zip", "agency.zip")
        for name in ("museum", "agency"):
            shutil.copy(next(Path("JOINT/questions").glob(f"{name}*")), f"{name}.questions.zip")
            _well("answer", name, f"{name}.questions.zip", "--out", f"{name}.answers.zip")
        Study("JOINT").measure()
        _well("init", "forms", "--template")
        heads = Path("forms/registers/incident.csv").read_text("utf-8-sig").split("\n")[0].split(",")
        entry = {
            "id": "one",
            "kind": "dispute",
            "organisation": "archive",
            "opened": "2026-01-02",
            "source": "letter 12",
            "source_type": "measured",
        }
        Path("incident.csv").write_text(
            f"{','.join(heads)}\n{','.join(entry.get(head, '') for head in heads)}\n"
        )
    return folder


def _well(*words: str) -> str:
    done = invoke(*words)
    assert done.exit_code == EXITS.get(words[0] if words else "", 0), (words, done.output)
    return done.output


def _say(study: Path, **sections: dict[str, object]) -> None:
    """Write settings into study.toml as an editor does."""
    path = study / "study.toml"
    document = tomlkit.parse(path.read_text("utf-8"))
    for section, settings in sections.items():
        document.setdefault(section, {}).update(settings)
    path.write_text(tomlkit.dumps(document), "utf-8")


@pytest.fixture
def here(ready, tmp_path, monkeypatch) -> Path:
    """Work in a copy of it that may be spoilt."""
    folder = tmp_path / "here"
    shutil.copytree(ready, folder, symlinks=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return folder


SEEN = {*LINES, "report new", "report joined", "lab JOINT"}
"""Lines that are typed in a test of their own, or were; and a report or a laboratory of another study, which is long and no other line."""


@pytest.fixture
def short(monkeypatch):
    """Let the sample be a part of it, and calibration plant three kinds of edit: what either writes is held elsewhere."""
    plan = sample.plan_files
    monkeypatch.setattr(sample, "plan_files", lambda *given: part_of_plan(plan(*given)))
    monkeypatch.setattr(calibration, "EDITS", dict([*calibration.EDITS.items()][:3]))


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("line", [line for line in LINES if line not in ELSEWHERE])
def test_it_is_obeyed(line, here):
    """It ends as it says, and so does the line with which it ends, until nothing new is said."""
    waiting = [line]
    for each in waiting:
        for said in said_lines(_type(each, here)):
            new = [told for told in typed(said) if told not in SEEN and not only_named(told)]
            SEEN.update(new)
            waiting += new


def _type(line: str, here: Path) -> str:
    words = [str(Path(word).expanduser()) if word.startswith("~/") else word for word in shlex.split(line)]
    command = words[0] if words else ""
    if command in SERVE:
        return _served(words, here)
    if command in {"init", "sample"}:
        shutil.rmtree(here / words[1], ignore_errors=True)
    if command == "purge":
        _say(here / words[1], privacy={"retention": "2020-01-01"})
    if "--out" in words:
        (here / words[words.index("--out") + 1]).unlink(missing_ok=True)
    if command == "report":
        words.append("--no-notebooks")
    if command == "compare":
        words[1:] = sorted(map(str, Path("reports/my-study").glob("2*Z")))
    return _well(*words)


BROWSER = """#!{python}
import pathlib, re, sys, urllib.request
page = pathlib.Path(sys.argv[1].removeprefix("file://")).read_text() if sys.argv[1].startswith("file:") else sys.argv[1]
address = re.search("http://127[^\\"' ]+", page)[0].replace("&amp;", "&")
urllib.request.urlopen(address, timeout=60).read()
pathlib.Path("{told}").write_text(address)
"""
"""A browser that fetches one page and tells which."""


def _served(words: list[str], here: Path) -> str:
    """Start what serves, as typed; have it answer once over loopback, and stop it."""
    browser, told = here / "browser", here / "told"
    browser.write_text(BROWSER.format(python=sys.executable, told=told))
    browser.chmod(0o755)
    surrounding = os.environ | {
        "BROWSER": f"{browser} %s",
        "JUPYTER_CONFIG_DIR": str(here / "config"),
        "JUPYTER_RUNTIME_DIR": str(here / "runtime"),
    }
    with (here / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "dedupelab", *words],
            env=surrounding,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        for _ in range(600):
            said = (here / "log").read_text()
            assert server.poll() is None, said
            if words[0] == "serve" and (found := re.search(r"serving [\d,]+ pictures at (\S+)", said)):
                assert urllib.request.urlopen(f"{found[1]}/health", timeout=60).status == 200
                return ""
            if told.exists():
                first = (
                    {"review": "11-review.ipynb", "lab": "/lab"} if words[1:] else {"lab": "00-desk.ipynb"}
                )
                assert first[words[0]] in told.read_text()
                return said
            time.sleep(0.5)
        raise AssertionError(said)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)
        time.sleep(0.1)


def test_lines_can_be_typed_whatever_names_are_in_them(here):
    """A study whose name has a space: what is said next is typed as it stands."""
    (here / "my-study").rename(here / "our study")
    (said,) = said_lines(_well("estimate", "our study", "--files", "10"))
    assert said.startswith("dedupelab match ")
    assert "our study" in _well(*shlex.split(said)[1:])
    assert len(Study(here / "our study").groups()) == 1
