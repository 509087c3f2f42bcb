"""One number with all that belongs to it, and results.json: the single source of every number that is printed.

Equal numbers give equal bytes: results are in declared order, floats have ten significant digits, the file ends in a
newline.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from dedupelab.errors import OutputError, TableError
from dedupelab.numbers.intervals import CENSUS, Interval
from dedupelab.numbers.order import ORDER

SCHEMA = "dedupelab/results/1"
STATUSES = ("measured", "estimated", "not estimated")
GRADES = {
    "A": "measured: counted from the files themselves",
    "B": "sampled, and reviewed by people",
    "C": "modelled: from an unreviewed detector, or from invoices",
    "D": "expert input, survey or literature",
    "E": "assumed",
}
UNREVIEWED = "unreviewed: as the detector linked the images; its errors have not been checked by people"
SMALL = "small: fewer than 10 works"


@dataclass(frozen=True)
class Input:
    """One thing a number was made from, and who says so."""

    name: str
    value: float | str
    unit: str
    source: str
    source_type: str


@dataclass(frozen=True)
class Result:
    """One number: what of what, how sure, how come by, and how much it may be leaned on.

    A result that is not estimated has no value and names what it `needs`. `caveat` is a sentence that must be printed
    wherever the value is. `raw` is what the detector alone says, where a review by people corrected it.
    """

    id: str
    label: str
    value: float | None
    unit: str
    numerator: float | None = None
    denominator: float | None = None
    denominator_label: str = ""
    interval: tuple[float, float] | None = None
    interval_method: str = CENSUS.method
    method: str = ""
    grade: str = "A"
    inputs: tuple[Input, ...] = ()
    status: str = "measured"
    needs: tuple[str, ...] = ()
    caveat: str = ""
    raw: float | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be printed honestly."""
        if self.status not in STATUSES or self.grade not in GRADES:
            raise TableError(
                f"result {self.id}: expected a status of {', '.join(STATUSES)} and a grade of {', '.join(GRADES)}, "
                f"got {self.status!r} and {self.grade!r}; correct the entry"
            )
        if (self.value is None) != (self.status == "not estimated") or (self.value is None) != bool(
            self.needs
        ):
            raise TableError(
                f"result {self.id}: expected a value, or status 'not estimated' with what it needs, "
                f"got value {self.value}, status {self.status!r}, needs {list(self.needs)}; correct the entry"
            )
        numbers = (self.value, self.numerator, self.denominator, *(self.interval or ()), self.raw)
        if not all(number is None or isfinite(number) for number in numbers):
            raise TableError(f"result {self.id}: expected finite numbers, got {numbers}; correct the entry")

    @property
    def estimated(self) -> bool:
        """Whether there is a value to print."""
        return self.value is not None


def count(
    result_id: str, label: str, value: float, unit: str, of: tuple[float, str], method: str, **more: str
) -> Result:
    """Return a plain count as a result: `of` is the denominator and its name."""
    return Result(
        result_id,
        label,
        value,
        unit,
        value,
        of[0],
        of[1],
        method=method,
        grade=more.get("grade", "A"),
        caveat=more.get("caveat", ""),
    )


def share(
    result_id: str,
    label: str,
    part: float,
    of: tuple[float, str],
    interval: Interval,
    method: str,
    *,
    grade: str = "A",
    caveat: str = "",
    unit: str = "fraction",
    inputs: tuple[Input, ...] = (),
) -> Result:
    """Return part / whole as a result; without a whole it is not estimated and says what is missing.

    Examples
    --------
    >>> share("M7", "Orphan copies", 1, (4, "hashed images"), CENSUS, "counted").value
    0.25
    >>> share("M7", "Orphan copies", 0, (0, "hashed images"), CENSUS, "counted").needs
    ('hashed images',)
    """
    whole, whole_label = of
    if not whole:
        none = "none: nothing to take a share of"
        return Result(
            result_id, label, None, unit, part, whole, whole_label, None, none, method, grade,
            inputs=inputs, status="not estimated", needs=(whole_label,), caveat=caveat,
        )  # fmt: skip
    return Result(
        result_id, label, part / whole, unit, part, whole, whole_label, interval.bounds, interval.method, method, grade,
        inputs=inputs, caveat=caveat,
    )  # fmt: skip


def missing(
    result_id: str, label: str, unit: str, needs: Iterable[str], method: str, inputs: tuple[Input, ...] = ()
) -> Result:
    """Return the line that is printed when an input was not supplied: never a default number."""
    return Result(
        result_id, label, None, unit, interval_method="none: not estimated", method=method, grade="E",
        inputs=inputs, status="not estimated", needs=tuple(needs),
    )  # fmt: skip


def by_id(results: Iterable[Result]) -> dict[str, Result]:
    """Return the results by their ids.

    Raises
    ------
    TableError
        If two results have one id.
    """
    found: dict[str, Result] = {}
    for result in results:
        if result.id in found:
            raise TableError(f"results: expected each id once, got {result.id} twice; rename one")
        found[result.id] = result
    return found


def ordered(results: Iterable[Result]) -> list[Result]:
    """Return the results in declared order."""
    return [result for _, result in sorted(by_id(results).items(), key=lambda item: _place(item[0]))]


def dumps(results: Iterable[Result], *, study: str, facts: Mapping[str, object] | None = None) -> str:
    """Return the text of results.json; `facts` (such as currency, price year, versions) go beside the study's name."""
    document = {
        "schema": SCHEMA,
        "study": study,
        **(facts or {}),
        "results": [asdict(result) for result in ordered(results)],
    }
    return json.dumps(_canonical(document), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def write_results(
    path: Path, results: Iterable[Result], *, study: str, facts: Mapping[str, object] | None = None
) -> None:
    """Write results.json atomically.

    Raises
    ------
    OutputError
        If the file cannot be written; nothing half-written stays.
    """
    text = dumps(results, study=study, facts=facts)
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(path)
    except OSError as problem:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"expected to write {path}, got {problem}; free space or choose another folder"
        ) from problem


def load_results(path: Path) -> list[Result]:
    """Return the results of a results.json in its order.

    Raises
    ------
    TableError
        If the file is missing, is not results.json of this schema, or holds an entry that cannot be a result.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise TableError(f"expected results.json at {path}, got {problem}; run the report again") from problem
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        raise TableError(
            f"{path}: expected schema {SCHEMA}, got {schema}; run the report again with this version"
        )
    try:
        return [_result(entry) for entry in document["results"]]
    except (KeyError, TypeError) as problem:
        raise TableError(
            f"{path}: expected entries as this version writes them, got {problem!r}; run the report again"
        ) from problem


def _result(entry: dict[str, Any]) -> Result:
    ends = entry["interval"]
    return Result(
        **{
            **entry,
            "interval": None if ends is None else (ends[0], ends[1]),
            "inputs": tuple(Input(**each) for each in entry["inputs"]),
            "needs": tuple(entry["needs"]),
        }
    )


def _place(result_id: str) -> tuple[int, str]:
    """Find the longest declared id that this one is or lies below."""
    name = result_id
    while name not in ORDER and "." in name:
        name = name.rpartition(".")[0]
    rank = ORDER.index(name) if name in ORDER else len(ORDER)
    return (rank, re.sub(r"\d+", lambda digits: digits[0].zfill(9), result_id))


def _canonical(value: object) -> object:
    """Floats with ten significant digits and no negative zero, through all levels."""
    if isinstance(value, float):
        return float(f"{value:.10g}") + 0.0
    if isinstance(value, Mapping):
        return {str(key): _canonical(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(each) for each in value]
    return value
