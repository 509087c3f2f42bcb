"""The stage from groups to numbers: every result of a study, and the two tables that come with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from dedupelab import tables
from dedupelab.evidence.copies.extent import counts, extent
from dedupelab.evidence.copies.overlap import overlap, overlap_table
from dedupelab.evidence.copies.population import population
from dedupelab.evidence.copies.sensitivity import surplus_by_distance
from dedupelab.evidence.copies.trend import trend
from dedupelab.evidence.metadata.ai import ai, weekly
from dedupelab.evidence.metadata.catalogues import catalogues
from dedupelab.evidence.metadata.conflicts import conflicts, field_states, fields_table
from dedupelab.evidence.metadata.contradictions import contradictions
from dedupelab.evidence.metadata.criteria_sensitivity import choices
from dedupelab.evidence.metadata.labelled_twice import contradicted_labels
from dedupelab.evidence.metadata.lineage import descent
from dedupelab.evidence.metadata.lookalikes import look_alikes
from dedupelab.evidence.metadata.persons import persons
from dedupelab.evidence.metadata.rights import rights
from dedupelab.evidence.metadata.within_file import inside
from dedupelab.evidence.money.money import Prices, money
from dedupelab.numbers.draws import Streams
from dedupelab.numbers.headlines import Headline, headlines
from dedupelab.numbers.intervals import DRAWS, SEED
from dedupelab.numbers.results import Result, ordered
from dedupelab.review.accuracy import accuracy
from dedupelab.review.calibrated_prevalence import with_copies
from dedupelab.review.estimates import Assessment, corrected
from dedupelab.values.chinese_scripts import Fold, as_written


@dataclass(frozen=True)
class Measured:
    """What a study measured: results in declared order, the tables that come with them, and what leads the report."""

    results: list[Result]
    fields: pd.DataFrame
    overlap: pd.DataFrame
    headlines: list[Headline]
    exceedance: pd.DataFrame
    options: pd.DataFrame
    tornado: pd.DataFrame
    trend: pd.DataFrame


def measure(
    images: pd.DataFrame,
    pairs: pd.DataFrame,
    groups: pd.DataFrame,
    members: pd.DataFrame,
    *,
    collections: Mapping[str, str] | Sequence[str],
    embedded: pd.DataFrame | None = None,
    records: pd.DataFrame | None = None,
    crosswalk: pd.DataFrame | None = None,
    alternatives: pd.DataFrame | None = None,
    assessment: Assessment | None = None,
    prices: Prices | None = None,
    dates: str = "",
    calibration: Sequence[Result] = (),
    fold: Fold = as_written,
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
    embedded, records, crosswalk
        Of a study with catalogues: images by their files alone (`tables.SCANNED`), `tables.RECORDS`, `tables.CROSSWALK`.
    alternatives
        What other choices of criteria would make of each group; see `choices.choices`.
    assessment
        What people's review says; without it every number is the detector's own.
    prices
        All that the study says of money; lines whose inputs are missing say so, and without a currency none is given in money.
    dates
        Column of images that says when a picture came in, for the trend; empty when the study names none.
    calibration
        What planted copies said of the detector; goes into the results, and corrects the share of files with a copy.
    fold
        How values of metadata are read before they are compared; see `values.chinese_scripts`.
    draws, seed
        Of the draws of weeks and of money.

    Raises
    ------
    TableError
        If the tables do not belong together.
    ConfigError
        If a harm input is unknown.
    """
    people = population(images, groups, members, collections=collections)
    matrix = overlap_table(people)
    examined = field_states(people, fold)
    counted = [
        *counts(people, pairs),
        *extent(people),
        *surplus_by_distance(people, pairs),
        *overlap(people, matrix),
    ]
    given = prices or Prices()
    priced = money(people, pairs, counted, given, Streams(seed=seed, correlations=given.correlations))
    growth, weeks = trend(people, dates, seed=seed)
    results = ordered(
        [
            *counted,
            *conflicts(people, examined),
            *contradictions(people, fold),
            *rights(people),
            *(() if alternatives is None else choices(people, alternatives)),
            *descent(people),
            *inside(people, fold),
            *ai(people),
            contradicted_labels(people),
            persons(people),
            *weekly(people, draws=draws, seed=seed),
            *look_alikes(people, pairs),
            *catalogues(
                people,
                images if embedded is None else embedded,
                tables.RECORDS.empty() if records is None else records,
                tables.CROSSWALK.empty() if crosswalk is None else crosswalk,
            ),
            *priced.results,
            *growth,
        ]
    )
    if assessment is not None:
        results = ordered([*corrected(results, assessment), *accuracy(assessment)])
    results = ordered([*results, *with_copies(results, calibration), *calibration])
    return Measured(
        results, fields_table(examined), matrix, headlines(results),
        priced.exceedance, priced.options, priced.tornado, weeks,
    )  # fmt: skip
