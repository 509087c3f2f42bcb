"""`dedupelab screen`: the portal's gate from the command line; the gate itself is in `gate/gate.py`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from dedupelab.commands.terminal import INCOMPLETE, JSON, PATH, STUDY, bars, inert, say
from dedupelab.errors import CollectionError, to_type

if TYPE_CHECKING:
    from dedupelab.gate.answer import Answer, Copy


FOUND = 11
"""Exit code when at least one upload is held, or near a held picture that is not here to compare."""
_SHOWN = 5


@click.command("screen")
@STUDY
@click.argument("files", nargs=-1, type=PATH)
@click.option("--list", "listed", type=click.File(encoding="utf-8-sig"),
              help="A file with one upload per line, - for standard input.")  # fmt: skip
@click.option("--max-distance", type=click.IntRange(0, 64), default=None,
              help="Bits a fingerprint may differ in; the study's own if not given.")  # fmt: skip
@JSON
def screen_command(
    study: Path, files: tuple[Path, ...], listed: TextIO | None, max_distance: int | None, *, as_json: bool
) -> None:
    """Say of each FILE, or each picture in a folder, whether STUDY holds it already: by whom, under which credit, and why.

    Exit code 0: all are new. 11: at least one is held, or near a picture that is not here to compare. 3: none is, but some
    could not be read. Collections are not read again: what was scanned last is what is held.
    """
    from dedupelab.gate.answer import SAID, summary
    from dedupelab.gate.gate import screen
    from dedupelab.study.study import Study

    uploads = [*map(str, files), *(_lines(listed) if listed else [])]
    if not uploads:
        raise click.UsageError("expected at least one FILE, or --list; got none")
    answers = screen(Study(study), uploads, max_distance=max_distance, bars=bars)
    told = summary(answers)
    say(
        as_json,
        told,
        *(line for answer in answers for line in _told(answer)),
        ", ".join(f"{told[said]:,} {said}" for said in SAID),
        f"when collections have changed: {to_type('scan', study)}",
    )
    if told["held"] or told["near"]:
        sys.exit(FOUND)
    if told["unreadable"]:
        sys.exit(INCOMPLETE)


def _lines(listed: TextIO) -> list[str]:
    try:
        return [line.rstrip("\r\n") for line in listed if line.strip()]
    except (UnicodeDecodeError, OSError) as problem:
        raise CollectionError(f"expected one path per line in UTF-8, got: {problem}") from problem


def _told(answer: Answer) -> list[str]:
    lines = [f"{answer.said}: {inert(answer.upload)}: {inert(answer.reason)}"]
    shown = (
        [copy for copy in answer.copies if copy.linked or not copy.verified] if answer.said != "new" else []
    )
    lines += [_line(copy) for copy in shown[:_SHOWN]]
    if len(shown) > _SHOWN:
        lines.append(f"    and {len(shown) - _SHOWN:,} more")
    return lines


def _line(copy: Copy) -> str:
    credit = f"credit: {copy.credit}" if copy.credit else "no credit"
    return "    " + inert(
        f"{copy.relation}, {copy.holder}: {copy.collection}/{copy.path} ({credit}; {copy.reason})"
    )
