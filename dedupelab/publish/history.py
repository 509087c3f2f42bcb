"""What a study's runs found, run by run. Each run hands on the lines of those before it, so that they outlast deleted runs."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd

from dedupelab.errors import TableError
from dedupelab.numbers.comparison import LED
from dedupelab.numbers.messages import NOTHING
from dedupelab.numbers.results import Result, load_results
from dedupelab.publish.runs import FACTS, RESULTS, complete_runs, newest

FILE = "history.csv"
COLUMNS = ("time", "id", "value", "low", "high", "kind", "unit")
"""When a run was made, and of each number that leads a report its value, both ends of its interval, and of which kind that is."""
_TEXTS = dict.fromkeys(("time", "id", "kind", "unit"), str)


def history(home: Path) -> pd.DataFrame:
    """Return the lines of all runs in a study's folder of runs, oldest run first; empty where there is none.

    What the newest run hands on is believed; of runs that it does not know, such as those of an earlier version, their own
    numbers are read, if this version can.
    """
    last = newest(home)
    told = _read(last / FILE) if last is not None else _frame([])
    known = set(told["time"])
    for run in complete_runs(home):
        try:
            time = str(json.loads((run / FACTS).read_text(encoding="utf-8"))["time"])
            if time not in known:
                told = pd.concat([told, lines(load_results(run / RESULTS), time)])
        except (OSError, ValueError, KeyError, TypeError, TableError):
            continue
    return told.sort_values("time", kind="stable", ignore_index=True)


def lines(measured: Iterable[Result], time: str) -> pd.DataFrame:
    """Return one run's lines: the numbers that lead and have a value."""
    found = {result.id: result for result in measured if result.value is not None}
    return _frame(
        [
            (time, name, result.value, *(result.interval or (None, None)), result.interval_kind, result.unit)
            for name in LED
            if (result := found.get(name)) is not None
        ]
    )


def results(told: pd.DataFrame) -> Iterator[tuple[str, Result]]:
    """Yield the time of each line, and its number as pages show numbers, without its label."""
    for line in told.astype(object).to_dict("records"):
        ends = None if pd.isna(line["low"]) else (line["low"], line["high"])
        number = (line["id"], NOTHING, line["value"], line["unit"])
        yield line["time"], Result(*number, interval=ends, interval_kind=line["kind"])


def with_news(told: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of those runs that found something else than the run before."""
    kept, before = [], ""
    for _time, run in told.groupby("time", sort=True):
        found = run.drop(columns="time").to_csv(index=False)
        if found != before:
            kept.append(run)
        before = found
    return pd.concat(kept, ignore_index=True) if kept else told


def written(told: pd.DataFrame) -> str:
    """Return lines as the text of a file."""
    return told.to_csv(index=False, lineterminator="\n")


def stamp(moment: datetime) -> str:
    """Return a moment as lines and `run.json` have it."""
    return moment.isoformat(timespec="seconds")


def _frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    told = pd.DataFrame(rows, columns=[*COLUMNS]).astype(_TEXTS)
    return told.astype(dict.fromkeys(("value", "low", "high"), float))


def _read(file: Path) -> pd.DataFrame:
    try:
        with file.open(encoding="utf-8", newline="") as content:
            rows = [tuple(row[name] or "nan" for name in COLUMNS) for row in csv.DictReader(content)]
        return _frame([*rows])
    except (OSError, ValueError, KeyError):
        return _frame([])
