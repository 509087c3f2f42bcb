"""Do the places inside one file agree? Exif, IIM, XMP and a sidecar, each kept as it stands, by the rule for copies.

This is counted apart from conflicts between copies: a program that updates one place and not the others made it.
"""

import json
from collections.abc import Mapping

import pandas as pd

from dedupelab.collect.metadata.precedence import PLACES
from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.metadata.conflicts import FIELDS
from dedupelab.numbers.intervals import Works, share_interval
from dedupelab.numbers.messages import Message, message, named
from dedupelab.numbers.results import Result, share
from dedupelab.values.chinese_scripts import Fold, as_written
from dedupelab.values.normalise import contradictory


def inside(people: Population, fold: Fold = as_written) -> list[Result]:
    """Return M5i: files whose sources contradict each other, in any field, and field by field where two sources speak.

    What a catalogue record says beside them is counted elsewhere (M5c). `fold` says how values are read before they are
    compared.
    """
    repeated, differing = sources_compared(people, fold)
    works = people.shown.to_numpy()
    return [
        _result("any", message("Sources inside one file disagree in any field"), message("one of the compared fields"), repeated.any(axis=1), differing.any(axis=1), works),
        *(
            _result(field, message("Sources inside one file disagree on {field}", field=named(words)), named(words), repeated[field], differing[field], works)
            for field, words in FIELDS.items()
            if repeated[field].any()
        ),
    ]  # fmt: skip


def sources_compared(people: Population, fold: Fold = as_written) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say of each hashed image and field whether two sources inside its file state it, and whether they contradict each other."""
    said = [
        {field for field, places in row.items() if len(places) > 1} for row in _read(people.hashed["sources"])
    ]
    found = [_differing(row, fold) for row in _read(people.hashed["disagreements"])]
    repeated, differing = (
        pd.DataFrame({field: [field in row for row in rows] for field in FIELDS}, people.hashed.index, dtype=bool)
        for rows in (said, found)
    )  # fmt: skip
    return repeated, differing & repeated


def _result(
    name: str,
    label: Message,
    words: Message,
    stated: "pd.Series[bool]",
    differ: "pd.Series[bool]",
    works: Works,
) -> Result:
    files, found = int(stated.sum()), int(differ.sum())
    return share(
        f"M5i.{name}", label, found, (files, message("hashed images in which at least two sources state {field}", field=words)), share_interval(differ[stated].to_numpy(), works[stated.to_numpy()]),
        message("Exif, IIM, XMP and an XMP sidecar of one file compared; differences of form, truncation and precision are none."),
    )  # fmt: skip


def _read(column: "pd.Series[str]") -> list[dict[str, Mapping[str, str]]]:
    return [json.loads(text) for text in column.fillna("{}").astype(str)]


def _differing(row: Mapping[str, Mapping[str, str]], fold: Fold) -> set[str]:
    """Return the fields on which places of the file contradict each other."""
    return {
        field
        for field, said in row.items()
        if contradictory(field, [text for place, text in said.items() if place in PLACES], fold)
    }
