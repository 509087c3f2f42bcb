"""`dedupelab schedule`: units for cron, systemd and GitHub Actions; the units themselves are in `schedule/units.py`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dedupelab.commands.terminal import FILE, FOLDER, JSON, PATH, STUDY, say
from dedupelab.errors import writing
from dedupelab.schedule.units import EVERY

if TYPE_CHECKING:
    from dedupelab.schedule.units import Every


@click.command("schedule")
@STUDY
@click.option("--as", "form", type=click.Choice(["cron", "systemd", "github"]), default="cron", show_default=True,
              help="Which scheduler.")  # fmt: skip
@click.option("--cron", "form", flag_value="cron", help="The same as --as cron.")
@click.option("--systemd", "form", flag_value="systemd", help="The same as --as systemd.")
@click.option("--github", "form", flag_value="github", help="The same as --as github.")
@click.option("--every", type=click.Choice(EVERY), default="weekly", show_default=True,
              help="How often: weekly ones run on Monday, monthly ones on the first.")  # fmt: skip
@click.option("--at", default="03:00", show_default=True, help="Time of day; UTC for GitHub.")
@click.option("--keep", type=click.IntRange(min=0), default=12, show_default=True,
              help="Runs that are kept; 0 keeps all.")  # fmt: skip
@click.option("--out", type=PATH, default=None,
              help="Where runs land; otherwise [report] out, else ./reports.")  # fmt: skip
@click.option("--log", type=FILE, default=None,
              help="The log for machines; beside the runs if not given.")  # fmt: skip
@click.option("--write", "folder", type=FOLDER, default=None,
              help="Write the units into this folder instead of printing them.")  # fmt: skip
@JSON
def schedule_command(
    study: Path,
    form: str,
    every: Every,
    at: str,
    keep: int,
    out: Path | None,
    log: Path | None,
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Print what a scheduler needs to repeat the report of STUDY: nothing is installed.

    A report says by exit code what happened: 0 done, 1 failed, 3 done with more unreadable pictures than tolerated. Mail,
    webhooks and retries are the scheduler's; what a mail needs is printed in a few lines. A second report of a study that is at
    work ends with 1 and says who holds it. Runs hold paths and credits: keep them where only those who may see these can read.
    """
    from dedupelab.schedule.units import cron_line, github_workflow, moment, systemd_units
    from dedupelab.study.study import Study

    name, when = Study(study).name, moment(every, at)
    github = form == "github"
    place = study if github else study.resolve()
    options = ["--keep", str(keep)]
    for option, path in (("--out", out), ("--log", log)):
        options += [option, str(path if github else path.resolve())] if path else []
    program = ["python"] if github else [sys.executable]
    command = [*program, "-m", "dedupelab", "report", str(place), *options]
    here = str(Path.cwd())
    if form == "cron":
        units = {f"{name}.cron": cron_line(command, here, when) + "\n"}
        after = "crontab -e, and put this line there; cron mails what the report prints"
    elif form == "systemd":
        units = systemd_units(command, here, when, name)
        timer = next(file for file in units if file.endswith(".timer"))
        after = (
            f"copy both to ~/.config/systemd/user and run: systemctl --user enable --now {timer}; "
            "and once, so that it runs while you are logged out: loginctl enable-linger"
        )
    else:
        units = {"dedupelab-report.yml": github_workflow(command, study.as_posix(), when, name)}
        after = "commit it below .github/workflows"
    written = [_write(folder / file, text) for file, text in units.items()] if folder else []
    facts = {"units": units, "written": written}
    if as_json or folder:
        say(as_json, facts, *(f"wrote {path}" for path in written), after)
        return
    for file, text in units.items():
        # Comments in all three: what is printed can be installed as it is.
        click.echo(f"# {file}\n{text}" if form != "cron" else text, nl=False)
    click.echo(f"next: {after}", err=True)


def _write(path: Path, text: str) -> str:
    with writing(path, "choose another folder"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(path)
