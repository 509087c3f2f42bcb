"""A go-between for exiftool, which waits for ever when the one who asks it is killed: when questions end, so does it.

It is run by its file name with the program's command as arguments, and needs nothing of this package.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import IO

FAREWELL = b"-stay_open\nFalse\n"


def main(command: Sequence[str], questions: IO[bytes]) -> int:
    """Hand every line on to the program, whose answers go where this process's would; return its exit code."""
    with subprocess.Popen(command, stdin=subprocess.PIPE) as program:  # noqa: S603 - the command is the caller's own
        # With two holders, the reader of the answers would not notice that the program has died.
        os.close(1)
        assert program.stdin is not None
        try:
            for line in questions:
                program.stdin.write(line)
                program.stdin.flush()
            program.stdin.write(FAREWELL)
            program.stdin.flush()
        except BrokenPipeError:
            program.kill()
        return program.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.buffer))
