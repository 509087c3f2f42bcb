"""What schedulers are given is what they understand, and runs what is meant."""

import json
import os
import shlex
import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dedupelab.errors import ConfigError
from dedupelab.schedule.units import EVERY, cron_line, github_workflow, moment, systemd_units

AWKWARD = [
    "a b",
    "100 %",
    "it's",
    'say "so"',
    "$HOME",
    "back\\slash",
    "`date`",
    "照片 📷",
    "*",
    "-x",
    "a;b&c|d",
    "%h %%",
    "",
]
ECHO = "import json, sys; print(json.dumps(sys.argv[1:]))"


def as_cron_runs(line: str, **more: str) -> str:
    """Run the command of a line as cron does: by sh, with next to no environment, percent signs taken out of their escape."""
    fields = line.split(" ", 5)
    assert len(fields) == 6
    command = fields[5].replace("\\%", "%")
    environment = {"HOME": os.environ.get("HOME", "/"), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"} | more
    ran = subprocess.run(
        ["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_cron_runs_the_words_as_they_are(tmp_path):
    """Spaces, quotes, dollars, percent signs, wildcards in names: nothing is interpreted."""
    folder = tmp_path / "it's 100 %"
    folder.mkdir()
    line = cron_line([sys.executable, "-c", ECHO, *AWKWARD], str(folder), moment("weekly", "3:00"))
    assert line.startswith("0 3 * * 1 ")
    assert as_cron_runs(line).strip() == json.dumps(AWKWARD)


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20))
def test_every_percent_sign_is_escaped(name):
    """An unescaped percent sign would end the command and feed the rest to its standard input."""
    line = cron_line(["dedupelab", name], "x", moment("daily", "00:00"))
    bare = line.replace("\\%", "")
    assert "%" not in bare
    assert shlex.split(line.split(" ", 5)[5].replace("\\%", "%"))[-1] == name


@pytest.mark.parametrize("every", EVERY)
def test_systemd_accepts_its_units(program, tmp_path, every):
    """`systemd-analyze` finds nothing to say of the service, the timer and the calendar, awkward names included."""
    analyze = program("systemd-analyze")
    folder = tmp_path / "it's 100 %"
    folder.mkdir()
    units = systemd_units(
        [sys.executable, "-m", "dedupelab", *AWKWARD[:-1]],
        str(folder),
        moment(every, "23:59"),
        "Kwun Hoi 100 %",
    )
    for name, text in units.items():
        (tmp_path / name).write_text(text, "utf-8")
    paths = [str(tmp_path / name) for name in units]
    ran = subprocess.run([analyze, "verify", "--man=no", *paths], capture_output=True, text=True, check=False)
    said = [line for line in ran.stderr.splitlines() if str(tmp_path) in line or "dedupelab" in line]
    assert (ran.returncode, said) == (0, [])
    calendar = moment(every, "23:59").calendar
    assert subprocess.run([analyze, "calendar", calendar], capture_output=True, check=False).returncode == 0


def test_systemd_notices_what_is_wrong(program, tmp_path):
    """The check above can fail."""
    (tmp_path / "bad.service").write_text("[Service]\nType=nonsense\nExecStart=nowhere\n", "utf-8")
    ran = subprocess.run([program("systemd-analyze"), "verify", "--man=no", str(tmp_path / "bad.service")], capture_output=True, text=True, check=False)  # fmt: skip
    assert ran.returncode != 0 or "bad.service" in ran.stderr


def test_systemd_names_are_file_names():
    """A study's name becomes a unit's name without what units may not be called."""
    assert set(systemd_units(["x"], "/", moment("daily", "1:00"), "Kwun Hoi (2026) & co")) == {
        "dedupelab-Kwun-Hoi-2026-co.service",
        "dedupelab-Kwun-Hoi-2026-co.timer",
    }
    assert "dedupelab-report.timer" in systemd_units(["x"], "/", moment("daily", "1:00"), "照片")


@pytest.mark.parametrize("every", EVERY)
def test_a_workflow_is_yaml(every):
    """It parses, runs when asked, and runs the command word for word."""
    command = ["python", "-m", "dedupelab", "report", "a b: 'c' #d", "--keep", "3"]
    flow = yaml.safe_load(github_workflow(command, "a b", moment(every, "04:30"), 'say "so": #1'))
    triggers = flow[True]  # YAML 1.1 reads the key `on` so; GitHub reads it as text
    assert triggers["schedule"] == [{"cron": moment(every, "04:30").cron}]
    steps = flow["jobs"]["report"]["steps"]
    assert [shlex.split(step["run"]) for step in steps if "run" in step][1] == command
    assert flow["permissions"] == {"contents": "read"}


def test_what_cannot_be_quoted_is_refused():
    """Line breaks anywhere, expressions of workflows, absolute studies in them, times that are none."""
    when = moment("daily", "1:00")
    for bad in ("a\nb", "a\x00b", "a\rb"):
        with pytest.raises(ConfigError, match="without line breaks"):
            cron_line(["dedupelab", bad], "/", when)
        with pytest.raises(ConfigError, match="without line breaks"):
            systemd_units(["dedupelab", bad], "/", when, "x")
    for study in ("/data/study", "${{ secrets.X }}"):
        with pytest.raises(ConfigError, match="inside the repository"):
            github_workflow(["dedupelab", study], study, when, "x")
    for at in ("24:00", "3", "03:60", "x"):
        with pytest.raises(ConfigError, match="expected a time of day"):
            moment("daily", at)
