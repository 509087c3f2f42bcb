"""What commands share: the study they take, bars for people, and what is said at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from dedupelab.study.study import Study
    from dedupelab.work.progress import Progress


INCOMPLETE = 3
"""Exit code when more pictures are unreadable than the study tolerates."""


class Place(click.Path):
    """A path, and never none: what a variable that nobody set leaves would mean the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401  click's own signature
        """Refuse nothing; take the rest as click does."""
        if not str(value):
            self.fail("expected a file or a folder, got nothing; name one", param, ctx)
        return super().convert(value, param, ctx)


PATH = Place(path_type=Path)
FILE = Place(path_type=Path, dir_okay=False)
FOLDER = Place(path_type=Path, file_okay=False)
STUDY = click.argument("study", type=PATH)
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")
PORT = click.option("--port", default=8888, show_default=True, help="Port on this machine.")
BROWSER = click.option("--browser/--no-browser", default=True, help="Whether to open a browser.")


PROGRESS = click.option(
    "--progress", is_flag=True, help="Tell every minute how far it is, where there is no terminal for bars."
)


def bars(label: str, *, lines: bool = False) -> Progress:
    """One bar on a terminal, with counts and time left; elsewhere lines for a log if these are wanted, else nothing."""
    from tqdm import tqdm

    from dedupelab.work.progress import Lines, follow

    if lines and not sys.stderr.isatty():
        return Lines(label, partial(click.echo, err=True))
    bar: tqdm[Any] = tqdm(
        desc=label, total=0, unit="", disable=not sys.stderr.isatty(), leave=True, dynamic_ncols=True
    )

    return follow(bar)


def say(as_json: bool, facts: dict[str, Any], *lines: str) -> None:  # noqa: FBT001  called by commands only
    """Print what was found, where it lies and what to do next; or the same as JSON."""
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for line in lines[:-1]:
        click.echo(line)
    click.echo(f"next: {lines[-1]}")


def inert(text: str) -> str:
    r"""Keep what a file or its metadata says from moving a terminal's cursor, or turning its text around.

    >>> inert("a\x1b[2Jb 照片")
    'a?[2Jb 照片'
    """
    return "".join(c if c.isprintable() else "?" for c in text)


def end(incomplete: list[str]) -> None:
    """Exit with 3 when more pictures were unreadable than the study tolerates, and say so; see `Study.incomplete`."""
    for sentence in incomplete:
        click.echo(f"incomplete: {sentence}", err=True)
    if incomplete:
        click.get_current_context().exit(INCOMPLETE)


def opened_study(study: Path) -> Study:
    """Open a study that tells on standard error when something is going to take long."""
    from dedupelab.study.study import Study

    opened = Study(study)
    opened.execution.tell = partial(click.echo, err=True)
    return opened


def enter_lab(study: Path | None, *, port: int, browser: bool, notebook: str = "") -> NoReturn:
    """Let JupyterLab take over, and end as it ends; see `lab.server.lab_command_line`."""
    from dedupelab.lab.server import lab_command_line

    command, environment = lab_command_line(study, port=port, browser=browser, notebook=notebook)
    sys.exit(subprocess.run(command, env=os.environ | environment, check=False).returncode)  # noqa: S603  our own argument list
