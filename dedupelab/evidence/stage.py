"""The stage from groups to numbers: every result of a study, and the two tables that come with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dedupelab.evidence.ai import ai
from dedupelab.evidence.conflicts import conflicts, examine, fields_table
from dedupelab.evidence.estimates import Assessment, accuracy, corrected
from dedupelab.evidence.extent import counts, extent
from dedupelab.evidence.harm import HarmInput, harm
from dedupelab.evidence.headlines import Headline, headlines
from dedupelab.evidence.intervals import DRAWS, SEED
from dedupelab.evidence.overlap import overlap, overlap_table
from dedupelab.evidence.population import population
from dedupelab.evidence.results import Result, by_id, ordered
from dedupelab.evidence.rights import rights
from dedupelab.evidence.sensitivity import surplus_by_distance


@dataclass(frozen=True)
class Measured:
    """What a study measured: results in declared order, the tables `fields` and `overlap`, and what leads the report."""

    results: list[Result]
    fields: pd.DataFrame
    overlap: pd.DataFrame
    headlines: list[Headline]


def measure(
    images: pd.DataFrame,
    pairs: pd.DataFrame,
    groups: pd.DataFrame,
    members: pd.DataFrame,
    *,
    collections: Mapping[str, str] | Sequence[str],
    harm_inputs: Mapping[str, HarmInput] | None = None,
    currency: str | None = None,
    price_year: int | None = None,
    assessment: Assessment | None = None,
    calibration: Sequence[Result] = (),
    draws: int = DRAWS,
    seed: int = SEED,
) -> Measured:
    """Compute every number of a study from its tables.

    Parameters
    ----------
    images, pairs, groups, members
        Frames as declared in `dedupelab.tables`.
    collections
        Names of all collections, also of those without images; or a mapping from names to holders, for the labels.
    harm_inputs
        Figures that holders supplied, by the names in `harm.KEYS`; lines whose inputs are missing say so.
    currency, price_year
        In what the supplied prices are expressed; without them no line is given in money.
    assessment
        What people's review says; without it every number is the detector's own.
    calibration
        What planted copies said of the detector; goes into the results as it is.
    draws, seed
        Of the cluster bootstrap.

    Raises
    ------
    TableError
        If the tables do not belong together.
    ConfigError
        If a harm input is unknown.
    """
    people = population(images, groups, members, collections=collections)
    matrix = overlap_table(people)
    examined = examine(people)
    found = extent(people, draws=draws, seed=seed)
    results = ordered(
        [
            *counts(people, pairs),
            *found,
            *surplus_by_distance(people, pairs),
            *overlap(people, matrix),
            *conflicts(people, examined, draws=draws, seed=seed),
            *rights(people, draws=draws, seed=seed),
            *ai(people),
            *harm(
                by_id(found)["M2"],
                pairs,
                len(people.groups),
                harm_inputs or {},
                currency=currency,
                price_year=price_year,
            ),
        ]
    )
    if assessment is not None:
        results = ordered([*corrected(results, assessment), *accuracy(assessment)])
    results = ordered([*results, *calibration])
    return Measured(results, fields_table(examined), matrix, headlines(results))
