"""JupyterLab is started for one study, on this machine only, on a copy that is a person's own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from collections_of import collections_of
from command import invoke

from dedupelab.commands import terminal
from dedupelab.errors import ConfigError, OutputError
from dedupelab.lab.server import ROOT, VARIABLE, lab_command_line
from dedupelab.publish.notebooks.notebooks import notebook_sources
from dedupelab.study.start import init


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pictures").mkdir()
    init(tmp_path, {"a": str(tmp_path / "pictures")})
    return tmp_path


def test_without_a_study_the_desk_opens_where_one_is(tmp_path, monkeypatch):
    """On loopback, at the port asked for, with the token that JupyterLab makes; the current folder is served, the desk copied once."""
    monkeypatch.chdir(tmp_path)
    command, environment = lab_command_line(None, port=9999)
    assert "--ip=127.0.0.1" in command
    assert "--port=9999" in command
    assert f"--ServerApp.root_dir={tmp_path}" in command
    assert command[-1] == str(tmp_path / "desk" / "00-desk.ipynb")
    assert [word for word in command if "token" in word or "password" in word or "no-browser" in word] == []
    assert environment[ROOT] == str(tmp_path)
    assert [each.name for each in (tmp_path / "desk").iterdir()] == ["00-desk.ipynb"]
    assert "--no-browser" in lab_command_line(None, browser=False)[0]


def test_a_study_gets_notebooks_of_its_own(folder):
    """They are copied once: what a person changed there stays, what is missing is added."""
    command, environment = lab_command_line(folder / "study.toml")
    home = folder / "notebooks"
    assert (environment[VARIABLE], ROOT in environment) == (str(folder), False)
    assert f"--ServerApp.root_dir={home}" in command
    names = sorted(source.name for source in notebook_sources())
    assert sorted(p.name for p in home.iterdir()) == names
    opened, _ = lab_command_line(folder, notebook="review")
    assert str(home / "11-review.ipynb") in opened
    (home / names[0]).write_text("mine")
    (home / names[1]).unlink()
    lab_command_line(folder)
    assert (home / names[0]).read_text() == "mine"
    assert (home / names[1]).exists()


WIDGET = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/html": "<p>Run the cells.</p>"}


@pytest.mark.parametrize("served", [False, True])
def test_widgets_of_kernels_that_are_gone_are_no_errors(folder, tmp_path, monkeypatch, served):
    """What stands in their place is shown; while another JupyterLab serves the folder its notebooks stay as they are, and rubbish always does."""
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
    process = os.getpid() if served else 2**22 - 3
    (runtime / "jpserver-1.json").write_text(json.dumps({"pid": process, "root_dir": str(folder)}))
    (runtime / "jpserver-2.json").write_text("[")
    lab_command_line(folder)
    notebook, rubbish = sorted((folder / "notebooks").iterdir())[:2]
    content = json.loads(notebook.read_text("utf-8"))
    cell = {"cell_type": "code", "source": "", "metadata": {}, "execution_count": 1}
    content["cells"].append(
        cell | {"outputs": [{"output_type": "display_data", "data": WIDGET, "metadata": {}}]}
    )
    notebook.write_text(json.dumps(content), "utf-8")
    before = notebook.read_bytes()
    rubbish.write_text(f'["{next(iter(WIDGET))}"]')
    lab_command_line(folder)
    (output,) = json.loads(notebook.read_text("utf-8"))["cells"][-1]["outputs"]
    assert output["data"]["text/html"] == "<p>Run the cells.</p>"
    assert (len(output["data"]) == 2, notebook.read_bytes() == before) == (served, served)
    assert rubbish.read_text() == f'["{next(iter(WIDGET))}"]'


def test_what_cannot_be_opened_or_written(folder):
    """No study, and a file where the notebooks should go: the package's own errors."""
    with pytest.raises(ConfigError):
        lab_command_line(folder / "pictures")
    (folder / "notebooks").write_text("in the way")
    with pytest.raises(OutputError, match="allow writing"):
        lab_command_line(folder)


def test_lab_starts_jupyterlab_as_the_command_line_says(folder, tmp_path, monkeypatch):
    """`dedupelab lab STUDY` typed in another folder runs the command of the study, and ends as it ends."""
    started = []
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setattr(
        terminal.subprocess,
        "run",
        lambda command, env, **_: started.append((command, env)) or subprocess.CompletedProcess(command, 7),
    )
    assert invoke("lab", "../study.toml", "--no-browser", "--port", 9999).exit_code == 7
    command, environment = lab_command_line(folder, port=9999, browser=False)
    assert started == [(command, os.environ | environment)]


@pytest.mark.slow
def test_review_opens_jupyterlab_from_any_folder(tmp_path, photograph):
    """`dedupelab review STUDY` serves the study's notebooks, wherever it is typed."""
    study = tmp_path / "study"
    init(study, collections_of(tmp_path, photograph, a=(range(2), 92), b=(range(2), 70)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path / "home"
    home.mkdir()
    typed = [sys.executable, "-m", "dedupelab", "review", str(study), "--no-browser", "--port", str(port)]
    elsewhere = os.environ | {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home), "JUPYTER_TOKEN": "test"}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            typed, cwd=home, env=elsewhere, stdout=log, stderr=log, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}/api/contents?token=test"
        for _ in range(240):
            try:
                served = json.load(urllib.request.urlopen(address, timeout=1))
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.5)
        assert {source.name for source in notebook_sources()} <= {each["name"] for each in served["content"]}
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
