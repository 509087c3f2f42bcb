"""JupyterLab is started for one study, on this machine only, on a copy that is a person's own."""

import pytest

from dedupelab.errors import ConfigError, OutputError
from dedupelab.lab.server import VARIABLE, lab_command_line
from dedupelab.publish.notebooks.notebooks import notebook_sources
from dedupelab.study.start import init


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pictures").mkdir()
    init(tmp_path, {"a": str(tmp_path / "pictures")})
    return tmp_path


def test_without_a_study_the_notebooks_open_where_they_are():
    """On loopback, at the port asked for, with the token that JupyterLab makes."""
    command, environment = lab_command_line(None, port=9999)
    assert "--ip=127.0.0.1" in command
    assert "--port=9999" in command
    assert f"--ServerApp.root_dir={notebook_sources()[0].parent}" in command
    assert [word for word in command if "token" in word or "password" in word or "no-browser" in word] == []
    assert environment == {}
    assert "--no-browser" in lab_command_line(None, browser=False)[0]


def test_a_study_gets_notebooks_of_its_own(folder):
    """They are copied once: what a person changed there stays, what is missing is added."""
    command, environment = lab_command_line(folder / "study.toml")
    home = folder / "notebooks"
    assert environment == {VARIABLE: str(folder)}
    assert f"--ServerApp.root_dir={home}" in command
    names = sorted(source.name for source in notebook_sources())
    assert sorted(p.name for p in home.iterdir()) == names
    (home / names[0]).write_text("mine")
    (home / names[1]).unlink()
    lab_command_line(folder)
    assert (home / names[0]).read_text() == "mine"
    assert (home / names[1]).exists()


def test_what_cannot_be_opened_or_written(folder):
    """No study, and a file where the notebooks should go: the package's own errors."""
    with pytest.raises(ConfigError):
        lab_command_line(folder / "pictures")
    (folder / "notebooks").write_text("in the way")
    with pytest.raises(OutputError, match="allow writing"):
        lab_command_line(folder)
