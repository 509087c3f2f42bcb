"""The token is never absent, and nobody but its owner reads it."""

import pytest

from dedupelab.errors import ConfigError, OutputError
from dedupelab.gate.bearer import VARIABLE, token_of


def test_a_token_is_made_once_and_kept(tmp_path, monkeypatch):
    """The first call makes one that only the owner reads; the second finds it; another study has another."""
    monkeypatch.delenv(VARIABLE, raising=False)
    token, where = token_of(tmp_path / "a")
    assert (tmp_path / "a" / "token").stat().st_mode & 0o777 == 0o600
    assert token_of(tmp_path / "a") == (token, where) == (token, str(tmp_path / "a" / "token"))
    assert len(token) >= 43
    assert token_of(tmp_path / "b")[0] != token


def test_a_file_comes_before_the_environment_and_that_before_the_study(tmp_path, monkeypatch):
    """What is given on the command line is meant; nothing is made where a token is given."""
    own = tmp_path / "own"
    own.write_text("the token of the file\n", "utf-8")
    own.chmod(0o600)
    monkeypatch.setenv(VARIABLE, "the token of the environment")
    assert token_of(tmp_path / "s", own)[0] == "the token of the file"
    assert token_of(tmp_path / "s") == ("the token of the environment", VARIABLE)
    assert not (tmp_path / "s").exists()


def test_a_token_that_protects_nothing_is_refused(tmp_path, monkeypatch):
    """Short, empty, absent, readable by others, or not to be written: one line with the remedy."""
    own = tmp_path / "own"
    monkeypatch.setenv(VARIABLE, "")
    with pytest.raises(
        ConfigError, match="expected a token of 16 characters or more in DEDUPELAB_TOKEN, got 0"
    ):
        token_of(tmp_path)
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(ConfigError, match=r"got: .*No such file"):
        token_of(tmp_path, own)
    own.write_text("long enough to be a token", "utf-8")
    own.chmod(0o640)
    with pytest.raises(ConfigError, match="run: chmod 600"):
        token_of(tmp_path, own)
    with pytest.raises(OutputError, match="expected to write a token to"):
        token_of(own)
