"""The go-between: it hands questions on, and leaves nothing running behind whoever asked."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dedupelab.collect.metadata import relay
from dedupelab.collect.metadata.companion import Companion, CompanionError

# Like exiftool, it answers line by line and never takes the end of its input for an end.
PROGRAM = """
import os, sys, time
print(os.getpid(), flush=True)
while True:
    line = sys.stdin.readline()
    if line == "False\\n":
        sys.exit(7)
    if line == "die\\n":
        os.abort()
    if line.strip():
        print(line.upper(), end="", flush=True)
    time.sleep(0.01)
"""
COMMAND = [sys.executable, "-P", relay.__file__, sys.executable, "-c", PROGRAM]


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def ends(pid: int) -> bool:
    for _ in range(200):
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc").exists(), reason="expected /proc to look processes up in")
@pytest.mark.parametrize("how", ["questions end", "the asker is killed"])
def test_the_program_ends_with_its_questions(how):
    """Whether the asker leaves or is killed, the program does not stay behind."""
    asker = [sys.executable, "-c", f"""
import subprocess, sys, time
asked = subprocess.Popen({COMMAND!r}, stdin=subprocess.PIPE)
time.sleep({0 if how == "questions end" else 60})
"""]  # fmt: skip
    with subprocess.Popen(asker, stdout=subprocess.PIPE) as process:
        pid = int(process.stdout.readline())
        if how != "questions end":
            assert alive(pid)
            process.send_signal(signal.SIGKILL)
        assert ends(pid)


def test_questions_are_answered_and_a_death_is_noticed():
    """Answers come through; a program that aborts costs one answer at once, without waiting for patience to end."""
    program = Companion(COMMAND, lambda out: out.readline(), patience=30)
    program.ask(b"\n")  # the number it begins with
    assert program.ask(b"a\n") == b"A\n"
    start = time.monotonic()
    with pytest.raises(CompanionError, match="ended without an answer"):
        program.ask(b"die\n")
    assert time.monotonic() - start < 20
    program.close()


def test_the_farewell_is_what_exiftool_understands():
    """After the last question comes the option that ends a program kept open, and its exit code is returned."""
    ran = subprocess.run(COMMAND, input=b"a\n", capture_output=True, timeout=60, check=False)
    assert ran.stdout.split()[1:] == [b"A", b"-STAY_OPEN"]
    assert ran.returncode == 7
