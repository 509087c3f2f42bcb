"""Do the places inside one file agree? Exif, IIM, XMP and a sidecar, each kept as it stands, field by field.

This is counted apart from conflicts between copies: a program that updates one place and not the others made it.
"""

import json

import pandas as pd

from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.metadata.conflicts import FIELDS
from dedupelab.numbers.intervals import share_interval
from dedupelab.numbers.messages import Message, message, named
from dedupelab.numbers.results import Result, share


def inside(people: Population) -> list[Result]:
    """Return M5i: files whose sources contradict each other, in any field, and field by field where two sources speak."""
    repeated = _fields(people.hashed["sources"], several=True)
    differing = _fields(people.hashed["disagreements"], several=False)
    both = list(zip(repeated, differing, strict=True))
    rows = [
        (
            f"M5i.{field}",
            message("Sources inside one file disagree on {field}", field=named(words)),
            {field},
            named(words),
        )
        for field, words in FIELDS.items()
        if any(field in said for said in repeated)
    ]
    return [
        _result("M5i.any", message("Sources inside one file disagree in any field"), set(FIELDS), message("one of the compared fields"), both),
        *(_result(*row, both) for row in rows),
    ]  # fmt: skip


def _result(
    result_id: str, label: Message, fields: set[str], words: Message, both: list[tuple[set[str], set[str]]]
) -> Result:
    told = [(said & fields, found & fields) for said, found in both]
    files = sum(bool(said) for said, _ in told)
    found = sum(bool(said and differ) for said, differ in told)
    return share(
        result_id, label, found, (files, message("hashed images in which at least two sources state {field}", field=words)), share_interval(found, files),
        message("Exif, IIM, XMP and an XMP sidecar of one file compared; differences of form, truncation and precision are none."),
    )  # fmt: skip


def _fields(column: "pd.Series[str]", *, several: bool) -> list[set[str]]:
    """Return the fields that each row's JSON names; with `several`, those with more than one entry."""
    texts = column.fillna("{}").astype(str).tolist()
    return [
        {field for field, said in json.loads(text).items() if not several or len(said) > 1} for text in texts
    ]
