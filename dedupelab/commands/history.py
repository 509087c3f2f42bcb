"""`dedupelab history`: what the runs of a study found, one after the other; the lines themselves are in `publish/history.py`."""

from __future__ import annotations

from pathlib import Path

import click

from dedupelab.commands.terminal import FILE, JSON, PATH, STUDY, say
from dedupelab.errors import TableError, to_type


@click.command("history")
@STUDY
@click.option("--out", type=PATH, help="Where runs land; otherwise [report] out, else ./reports.")
@click.option("--csv", "file", type=FILE, default=None, help="Also write every line into this file.")
@JSON
def history_command(study: Path, out: Path | None, file: Path | None, *, as_json: bool) -> None:
    """Show the leading numbers of STUDY run by run, with their intervals."""
    from dedupelab.numbers.results import by_id, load_results
    from dedupelab.publish.chapters import wording
    from dedupelab.publish.history import history, results, written
    from dedupelab.publish.runs import RESULTS, newest
    from dedupelab.study.study import Study
    from dedupelab.tables.whole_file import whole_file

    opened = Study(study)
    home = Path(out or opened.config.report.out) / opened.name
    last = newest(home)
    if last is None:
        raise TableError(f"expected runs in {home}, got none; run: {to_type('report', study)}")
    told = history(home)
    labels = by_id(load_results(last / RESULTS))
    lines = []
    for name in told["id"].unique():
        lines.append(f"{labels[name].label if name in labels else name} ({name})")
        rows = told[told["id"] == name]
        lines += [f"  {time}  {wording.with_interval(found)}" for time, found in results(rows)]
    if file:
        with whole_file(file, parents=True) as partial:
            partial.write_text(written(told), encoding="utf-8", newline="\n")
        lines.append(f"wrote {file}")
    facts = {
        "runs": told["time"].nunique(),
        "lines": told.astype(object).where(told.notna(), None).to_dict("records"),
    }
    say(as_json, facts, *lines, f"runs lie in {home}; for what moved the numbers: dedupelab compare RUN RUN")
