"""A program beside a worker: it answers, and what it dies of costs one answer."""

import sys

import pytest

from dedupelab.collect.metadata.companion import Companion, CompanionError

ECHO = """
import sys, os, time
while line := sys.stdin.buffer.readline():
    if line == b"die\\n":
        os.abort()
    if line == b"sleep\\n":
        time.sleep(60)
    if line == b"half\\n":
        sys.stdout.buffer.write(b"hal"); sys.stdout.buffer.flush(); os._exit(3)
    sys.stdout.buffer.write(line.upper()); sys.stdout.buffer.flush()
"""


def line(out):
    read = out.readline()
    return read if read.endswith(b"\n") else b""


@pytest.fixture
def echo():
    program = Companion([sys.executable, "-c", ECHO], line, patience=0.5)
    yield program
    program.close()


def test_one_program_answers_one_request_after_another(echo):
    """It is started once, for the first request."""
    assert [echo.ask(b"a\n"), echo.ask(b"b\n")] == [b"A\n", b"B\n"]
    process = echo._process
    assert echo.ask(b"c\n") == b"C\n"
    assert echo._process is process


@pytest.mark.parametrize("request_", [b"die\n", b"half\n", b"sleep\n"])
def test_a_program_that_aborts_ends_or_hangs_costs_one_answer(echo, request_):
    """An abort, half an answer and no answer in time are errors; the next request is answered by a new program."""
    with pytest.raises(CompanionError, match="ended without an answer"):
        echo.ask(request_)
    assert echo.ask(b"a\n") == b"A\n"


def test_what_cannot_be_started_is_an_error():
    """A missing program is named."""
    with pytest.raises(CompanionError, match="no-such-program: No such file"):
        Companion(["no-such-program"], line).ask(b"a\n")


def test_closing_twice_is_closing():
    """What does not run has no exit code."""
    assert Companion(["no-such-program"], line).close() is None
