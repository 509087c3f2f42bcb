"""What a scheduler is given: a line of a crontab, a systemd service with its timer, a GitHub Actions workflow.

Each runs one command and leaves telling people to the scheduler, which knows by exit code what happened and has mail and
webhooks of its own. Paths are quoted in each scheduler's own way; what it cannot quote is refused.
"""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from dedupelab.errors import ConfigError

Every = Literal["daily", "weekly", "monthly"]
EVERY: tuple[Every, ...] = ("daily", "weekly", "monthly")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_NAME = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Moment:
    """When to run: weekly ones on Monday, monthly ones on the first."""

    every: Every
    hour: int
    minute: int

    @property
    def cron(self) -> str:
        """The five fields of cron.

        >>> Moment("weekly", 3, 5).cron
        '5 3 * * 1'
        """
        days = {"daily": "* * *", "weekly": "* * 1", "monthly": "1 * *"}
        return f"{self.minute} {self.hour} {days[self.every]}"

    @property
    def calendar(self) -> str:
        """The same as systemd's OnCalendar says it.

        >>> Moment("monthly", 3, 5).calendar
        '*-*-01 03:05:00'
        """
        days = {"daily": "*-*-*", "weekly": "Mon *-*-*", "monthly": "*-*-01"}
        return f"{days[self.every]} {self.hour:02}:{self.minute:02}:00"


def moment(every: Every, at: str) -> Moment:
    """Return the moment that a frequency and a time of day such as 03:00 name.

    Raises
    ------
    ConfigError
        If the time is none.
    """
    found = _TIME.fullmatch(at)
    if found is None:
        raise ConfigError(f"expected a time of day such as 03:00, got {at!r}; write hours and minutes")
    return Moment(every, int(found[1]), int(found[2]))


def cron_line(command: list[str], folder: str, when: Moment) -> str:
    r"""Return the line for `crontab -e`, run in a folder.

    >>> cron_line(["dedupelab", "report", "100 %"], "/srv", Moment("daily", 3, 0))
    "0 3 * * * cd /srv && dedupelab report '100 \\%'"
    """
    # cron ends the command at a percent sign, also inside quotes, unless a backslash stands before it.
    words = shlex.join([_one_line(word) for word in command])
    return f"{when.cron} cd {shlex.quote(_one_line(folder))} && {words}".replace("%", r"\%")


def systemd_units(command: list[str], folder: str, when: Moment, name: str) -> dict[str, str]:
    """Return a service and the timer that starts it, by file name."""
    unit = f"dedupelab-{_NAME.sub('-', name).strip('-.') or 'report'}"
    line = " ".join(_systemd(word, command=True) for word in command)
    described = _one_line(name).replace("%", "%%")
    service = f"""\
[Unit]
Description=dedupelab report of {described}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={_one_line(folder).replace("%", "%%")}
ExecStart={line}
# 3 is a report with more unreadable pictures than tolerated: a failure here, so that OnFailure= and monitoring see it.
Nice=10
NoNewPrivileges=yes
# Runs hold paths and credits: what is written is for this user alone.
UMask=0077
PrivateTmp=yes
"""
    timer = f"""\
[Unit]
Description=dedupelab report of {described}, {when.every}

[Timer]
OnCalendar={when.calendar}
# A run that was missed because the machine was off is made up for.
Persistent=yes

[Install]
WantedBy=timers.target
"""
    return {f"{unit}.service": service, f"{unit}.timer": timer}


def github_workflow(command: list[str], study: str, when: Moment, name: str) -> str:
    """Return a workflow; `study` is the study's folder in the repository, and times are UTC.

    Tables and earlier runs are cached between runs, so that only changes are read and the summary can compare.

    Raises
    ------
    ConfigError
        If the folder cannot stand in a workflow.
    """
    line = shlex.join([_one_line(word) for word in command])
    if PurePath(study).is_absolute() or "${{" in line + name:
        raise ConfigError(
            f"expected a study inside the repository, got {study}; run this in the repository with the study's relative path"
        )
    # JSON is YAML, and knows how to quote.
    return f"""\
name: {json.dumps(f"dedupelab report of {name}")}

on:
  schedule:
    - cron: {json.dumps(when.cron)}
  workflow_dispatch:

permissions:
  contents: read

concurrency:
  group: {json.dumps(f"dedupelab-{_NAME.sub('-', name)}")}
  cancel-in-progress: false

jobs:
  report:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: python -m pip install "dedupelab[fast]"
      - uses: actions/cache@v4
        with:
          path: |
            {study}/.dedupelab
            reports
          key: dedupelab-${{{{ github.run_id }}}}
          restore-keys: dedupelab-
      # Exit code 3, more unreadable pictures than tolerated, fails the job; the report is there nevertheless.
      - run: {json.dumps(line)}
      - if: ${{{{ !cancelled() }}}}
        uses: actions/upload-artifact@v4
        with:
          name: report
          path: reports/*/latest/
"""


def _systemd(word: str, *, command: bool) -> str:
    """Quote one word for ExecStart; percent signs and dollars would be replaced otherwise."""
    text = _one_line(word).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    text = text.replace("$", "$$") if command else text
    return f'"{text}"' if re.search(r"[^\w@%+=:,./-]", text) or not text else text


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ConfigError(
            f"expected a path without line breaks and control characters, got {text!r}; rename it"
        )
    return text
