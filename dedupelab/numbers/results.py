"""One number with all that belongs to it, and results.json: the single source of every number that is printed.

Equal numbers give equal bytes: results are in declared order, floats have ten significant digits, the file ends in a
newline.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from math import isfinite
from pathlib import Path
from typing import Any

from dedupelab.errors import TableError
from dedupelab.numbers.intervals import CENSUS, KINDS, NO_WHOLE, Interval
from dedupelab.numbers.messages import N_, NOTHING, Message, from_json, joined, message, quoted
from dedupelab.numbers.order import ORDER
from dedupelab.tables.whole_file import whole_file

SCHEMA = "dedupelab/results/2"
BEFORE = "dedupelab/results/1"
"""The schema whose texts were English alone; it is still read."""
STATUSES = ("measured", "estimated", "not estimated")
GRADES = {
    "A": (N_("measured"), N_("measured: counted from the files themselves")),
    "B": (N_("sampled, and reviewed by people"), N_("sampled, and reviewed by people")),
    "C": (N_("modelled"), N_("modelled: from an unreviewed detector, or from invoices")),
    "D": (N_("expert input, survey or literature"), N_("expert input, survey or literature")),
    "E": (N_("assumed"), N_("assumed")),
}
"""Each grade's name, and what it means."""
REVIEWS = {
    "": NOTHING,
    "unreviewed": message(
        "unreviewed: as the detector linked the images; its errors have not been checked by people"
    ),
    "as-linked": message(
        "as linked, with the reviewed pairs set right; errors in pairs that were not reviewed are not in this number"
    ),
    "sampled": NOTHING,
}
"""How far people have checked what the detector contributes to a number, and what must be said of it.

`unreviewed` can be corrected by a review; `as-linked` was left as linked by one; `sampled` is corrected by its sample; a
number without a word on it does not rest on the detector.
"""
SMALL = message("small: fewer than 10 works")


@dataclass(frozen=True)
class Input:
    """One thing a number was made from, and who says so. Its name is a key, such as `storage_price`."""

    name: str
    value: float | Message
    unit: Message
    source: Message
    source_type: str
    supplied: bool = False
    """Whether somebody supplied it, rather than that it was counted in a table or is another result."""
    place: str = ""
    """Where it can be looked up: a setting or the assumption that bears its name (`harm.storage_price`), a register, or a result."""
    entries: tuple[str, ...] = ()
    """The ids of its entries, where the place is a register."""


@dataclass(frozen=True)
class Result:
    """One number: what of what, how sure, how come by, and how much it may be leaned on.

    Texts are messages; what code decides by is a field of its own. A result that is not estimated has no value and names
    what it `needs`. `caveats` must be printed wherever the value is. `raw` is what the detector alone says, where a review
    by people corrected it.
    """

    id: str
    label: Message
    value: float | None
    unit: str
    numerator: float | None = None
    denominator: float | None = None
    denominator_label: Message = NOTHING
    interval: tuple[float, float] | None = None
    interval_method: Message = CENSUS.method
    method: Message = NOTHING
    grade: str = "A"
    inputs: tuple[Input, ...] = ()
    status: str = "measured"
    needs: tuple[Message, ...] = ()
    caveats: tuple[Message, ...] = ()
    raw: float | None = None
    interval_kind: str = ""
    """One of `intervals.KINDS`; where nothing is said, `census` if the method is that, else `sampling`."""
    review: str = ""
    """One of `REVIEWS`."""
    lower_bound: bool = False
    """Whether the value is known to leave something out: "at least"."""
    left_out: tuple[str, ...] = ()
    """Ids of the results that a sum leaves out."""
    robust: bool | None = None
    """Whether the conclusion is the same at every setting of the declared window."""
    attribution: float | None = None
    """Share of an amount that is due to duplication, expected, 0 to 1."""
    net_share: float | None = None
    """Share of an amount that is left after deadweight, displacement and substitution, expected; None: gross, nobody supplied them."""
    chance: float | None = None
    """The p-value of a test."""
    subject: tuple[tuple[str, str], ...] = ()
    """What it is about, by kind, such as `option` or `collection`, and name."""

    def __post_init__(self) -> None:
        """Refuse what could not be printed honestly."""
        if not self.interval_kind:
            whole = self.interval is None and self.interval_method == CENSUS.method
            object.__setattr__(self, "interval_kind", "census" if whole else "sampling")
        if self.status not in STATUSES or self.grade not in GRADES:
            raise TableError(
                f"result {self.id}: expected a status of {', '.join(STATUSES)} and a grade of {', '.join(GRADES)}, "
                f"got {self.status!r} and {self.grade!r}; correct the entry"
            )
        if self.interval_kind not in KINDS or self.review not in REVIEWS:
            raise TableError(
                f"result {self.id}: expected an interval of {', '.join(KINDS)} and a review of {', '.join(REVIEWS)}, "
                f"got {self.interval_kind!r} and {self.review!r}; correct the entry"
            )
        if (self.value is None) != (self.status == "not estimated") or (self.value is None) != bool(
            self.needs
        ):
            raise TableError(
                f"result {self.id}: expected a value, or status 'not estimated' with what it needs, "
                f"got value {self.value}, status {self.status!r}, needs {[*map(str, self.needs)]}; correct the entry"
            )
        numbers = (self.value, self.numerator, self.denominator, *(self.interval or ()), self.raw)
        if not all(number is None or isfinite(number) for number in numbers):
            raise TableError(f"result {self.id}: expected finite numbers, got {numbers}; correct the entry")

    @property
    def caveat(self) -> Message:
        """All that must be said with the value: how far it was checked, then what else limits it."""
        return joined(each for each in (REVIEWS[self.review], *self.caveats) if each)

    def about(self, kind: str) -> str:
        """Return the name of what it is about, such as the `option`; nothing where it is about none."""
        return dict(self.subject).get(kind, "")

    @property
    def estimated(self) -> bool:
        """Whether there is a value to print."""
        return self.value is not None


def count(
    result_id: str,
    label: Message,
    value: float,
    unit: str,
    of: tuple[float, Message],
    method: Message,
    **more: Any,  # noqa: ANN401  fields of a result
) -> Result:
    """Return a plain count as a result: `of` is the denominator and its name; `more` are fields of the result."""
    return Result(result_id, label, value, unit, value, of[0], of[1], method=method, **more)


def share(
    result_id: str,
    label: Message,
    part: float,
    of: tuple[float, Message],
    interval: Interval,
    method: Message,
    *,
    unit: str = "fraction",
    **more: Any,  # noqa: ANN401  fields of a result
) -> Result:
    """Return part / whole as a result; without a whole it is not estimated and says what is missing.

    >>> orphans = message("Orphan copies")
    >>> share("M7", orphans, 1, (4, message("hashed images")), CENSUS, message("counted")).value
    0.25
    >>> str(share("M7", orphans, 0, (0, message("hashed images")), CENSUS, message("counted")).needs[0])
    'hashed images'
    """
    whole, whole_label = of
    value, sure = (part / whole, interval) if whole else (None, NO_WHOLE)
    if not whole:
        more |= {"status": "not estimated", "needs": (whole_label,)}
    return Result(
        result_id, label, value, unit, part, whole, whole_label, sure.bounds, sure.method, method,
        interval_kind=sure.kind, **more,
    )  # fmt: skip


def missing(
    result_id: str,
    label: Message,
    unit: str,
    needs: Iterable[Message],
    method: Message,
    inputs: tuple[Input, ...] = (),
    **more: Any,  # noqa: ANN401  fields of a result
) -> Result:
    """Return the line that is printed when an input was not supplied: never a default number."""
    return Result(
        result_id, label, None, unit, interval_method=message("none: not estimated"), interval_kind="none",
        method=method, grade="E", inputs=inputs, status="not estimated", needs=tuple(needs), **more,
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
        "results": [_entry(result) for result in ordered(results)],
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
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


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
    if schema not in {SCHEMA, BEFORE}:
        raise TableError(
            f"{path}: expected schema {SCHEMA}, got {schema}; run the report again with this version"
        )
    read = _result if schema == SCHEMA else _result_before
    try:
        return [read(entry) for entry in document["results"]]
    except (AttributeError, KeyError, TypeError) as problem:
        raise TableError(
            f"{path}: expected entries as this version writes them, got {problem!r}; run the report again"
        ) from problem


_TEXTS = ("label", "denominator_label", "interval_method", "method")
_LISTS = ("needs", "caveats")


def _entry(result: Result) -> dict[str, Any]:
    """Return a result as JSON: texts in English, and under `messages` what they say in any language."""
    entry = {field.name: getattr(result, field.name) for field in fields(result)}
    messages: dict[str, Any] = {name: entry[name].as_json() for name in _TEXTS if entry[name]}
    messages |= {name: [each.as_json() for each in entry[name]] for name in _LISTS if entry[name]}
    entry |= {name: str(entry[name]) for name in _TEXTS} | {"needs": [*map(str, result.needs)]}
    del entry["caveats"]
    entry |= {"caveat": str(result.caveat), "subject": dict(result.subject)}
    entry["inputs"] = [_input_entry(each) for each in result.inputs]
    return entry | {"messages": messages}


def _input_entry(given: Input) -> dict[str, Any]:
    texts = {name: getattr(given, name) for name in ("value", "unit", "source")}
    told = {name: text for name, text in texts.items() if isinstance(text, Message)}
    entry = {"name": given.name, **texts, "source_type": given.source_type, "supplied": given.supplied}
    found = {"place": given.place, "entries": list(given.entries)}
    return (
        entry
        | {name: value for name, value in found.items() if value}
        | {name: str(text) for name, text in told.items()}
        | {"messages": {name: text.as_json() for name, text in told.items() if text}}
    )


def _result(entry: dict[str, Any]) -> Result:
    told = entry["messages"]
    known = {field.name for field in fields(Result)}
    ends = entry["interval"]
    return Result(
        **{name: value for name, value in entry.items() if name in known}
        | {name: from_json(told[name]) if name in told else NOTHING for name in _TEXTS}
        | {name: tuple(from_json(each) for each in told.get(name, ())) for name in _LISTS}
        | {
            "interval": None if ends is None else (ends[0], ends[1]),
            "inputs": tuple(_input(each) for each in entry["inputs"]),
            "subject": tuple(entry["subject"].items()),
            "left_out": tuple(entry["left_out"]),
        }
    )


def _input(entry: dict[str, Any]) -> Input:
    told = {name: from_json(each) for name, each in entry["messages"].items()}
    value = told.get("value", entry["value"])
    unit, source = told.get("unit", NOTHING), told.get("source", NOTHING)
    return Input(
        entry["name"], value, unit, source, entry["source_type"], entry["supplied"],
        entry.get("place", ""), tuple(entry.get("entries", ())),
    )  # fmt: skip


def _result_before(entry: dict[str, Any]) -> Result:
    """Read an entry whose texts were English alone: they are shown as they were written."""
    ends = entry["interval"]
    texts = {name: quoted(entry[name]) for name in _TEXTS}
    return Result(
        **{name: value for name, value in entry.items() if name != "caveat"} | texts
        | {
            "interval": None if ends is None else (ends[0], ends[1]),
            "interval_kind": "none" if ends is None else "sampling",
            "needs": tuple(map(quoted, entry["needs"])),
            "caveats": (quoted(entry["caveat"]),) if entry["caveat"] else (),
            "inputs": tuple(
                Input(
                    i["name"],
                    quoted(i["value"]) if isinstance(i["value"], str) else i["value"],
                    quoted(i["unit"]),
                    quoted(i["source"]),
                    i["source_type"],
                )
                for i in entry["inputs"]
            ),
        }
    )  # fmt: skip


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
