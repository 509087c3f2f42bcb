"""The token that a client of the gate shows: never absent, kept where its owner alone can read it, compared in constant time."""

import hmac
import os
import secrets
import stat
from pathlib import Path

from dedupelab.errors import ConfigError, writing

VARIABLE = "DEDUPELAB_TOKEN"
SHORTEST = 16
"""Characters below which a token can be guessed."""
SCHEME = "bearer"


def token_of(folder: Path, file: Path | None = None) -> tuple[str, str]:
    """Return the token and where it comes from: a file, the environment variable `DEDUPELAB_TOKEN`, or the study.

    Parameters
    ----------
    folder
        Where a token is made, and found again the next time, when neither of the others is given.
    file
        Holds the token, alone; nobody but its owner may read it.

    Raises
    ------
    ConfigError
        If the token is too short, or others may read it.
    OutputError
        If one has to be made and the folder cannot be written.
    """
    given = os.environ.get(VARIABLE)
    if file is None and given is not None:
        return _checked(given, VARIABLE), VARIABLE
    own = file or folder / "token"
    if file is None and not own.exists():
        _make(own)
    try:
        if os.name == "posix" and own.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(
                f"expected {own} to be its owner's alone, got others let in; run: chmod 600 {own}"
            )
        return _checked(own.read_text("utf-8"), str(own)), str(own)
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(
            f"expected a token in {own}, got: {problem}; write one or leave the file out"
        ) from problem


def admits(token: str, authorization: str | None) -> bool:
    """Say whether a request's Authorization header shows the token.

    >>> admits("a secret of some length", "Bearer a secret of some length")
    True
    >>> admits("a secret of some length", "Basic a secret of some length") or admits("a secret of some length", None)
    False
    """
    scheme, _, shown = (authorization or "").partition(" ")
    # All of it is compared before anything is said, whatever the scheme.
    equal = hmac.compare_digest(shown.strip().encode(), token.encode())
    return equal and scheme.lower() == SCHEME


def _make(file: Path) -> None:
    with writing(f"a token to {file}", f"set {VARIABLE} or name a file"):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(secrets.token_urlsafe(32) + "\n")


def _checked(text: str, where: str) -> str:
    token = text.strip()
    if len(token) < SHORTEST:
        raise ConfigError(
            f"expected a token of {SHORTEST} characters or more in {where}, got {len(token)}; try: openssl rand -hex 32"
        )
    return token
