"""Whether copies become more frequent: weekly growth of the share of new pictures that were held already.

A quasi-Poisson regression with the week's ingest as offset separates a higher rate from more pictures (McCullagh and Nelder
1989, chapter 6); Mann-Kendall's test stands beside it and assumes no shape.
"""

import warnings
from dataclasses import dataclass
from math import expm1

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.metadata.ai import ai_labelled
from dedupelab.numbers.draws import Floats
from dedupelab.numbers.messages import message, named
from dedupelab.numbers.results import Input, Result, missing

FEWEST = 12
"""Weeks below which no trend is given."""
COLUMNS = ("week", "ingested", "copies", "fitted", "low50", "high50", "low", "high", "labelled", "unlabelled")
LABEL = message("Weekly growth of the share of new pictures that were copies")
METHOD = message(
    "Quasi-Poisson regression of each week's copies (of a work that the study already held) on the week, with the log of the week's "
    "ingest as offset; e^slope - 1."
)
STOCK = message(
    "the stock grows as well: the more is held, the likelier a new picture is a copy, also when nobody copies more"
)


@dataclass(frozen=True)
class Fit:
    """A fitted line on the log scale: slope per week, its covariance (widened for overdispersion) and degrees of freedom."""

    intercept: float
    slope: float
    covariance: Floats
    freedom: int
    dispersion: float

    def slope_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the slope, with Student's t."""
        half = float(stdtrit(self.freedom, (1 + level) / 2)) * float(self.covariance[1, 1]) ** 0.5
        return self.slope - half, self.slope + half

    def band(self, weeks: Floats, level: float) -> tuple[Floats, Floats]:
        """Return the band of the expected share at each week."""
        design = np.column_stack([np.ones_like(weeks), weeks])
        error = np.sqrt(np.einsum("ij,jk,ik->i", design, self.covariance, design))
        half = float(stdtrit(self.freedom, (1 + level) / 2)) * error
        centre = design @ np.array([self.intercept, self.slope])
        return np.exp(centre - half), np.exp(centre + half)


def fit(weeks: Floats, copies: Floats, ingested: Floats) -> Fit:
    """Return the regression of copies on weeks with the log of ingest as offset; the dispersion is never below Poisson's."""
    from statsmodels.genmod.families import Poisson  # noqa: PLC0415  heavy, and only a study with dates needs it
    from statsmodels.genmod.generalized_linear_model import GLM  # noqa: PLC0415
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning  # noqa: PLC0415  as above

    design = np.column_stack([np.ones_like(weeks), weeks])
    with warnings.catch_warnings():
        # Weeks that lie on the line exactly are no separation: counts have no two classes.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        found = GLM(copies, design, family=Poisson(), offset=np.log(ingested)).fit()
    freedom = len(weeks) - 2
    dispersion = max(1.0, float(found.pearson_chi2) / freedom)
    covariance = np.asarray(found.normalized_cov_params, np.float64) * dispersion
    return Fit(float(found.params[0]), float(found.params[1]), covariance, freedom, dispersion)


def weekly(people: Population, dates: str) -> pd.DataFrame:
    """Return one row for each week from the first to the last: ingested pictures, copies among them, AI labels.

    A copy is a picture of a work of which the study holds one with an earlier date; low-information pictures are left out.
    """
    hashed = people.hashed[~people.hashed["low"]]
    unit = people.members.set_index("image_id")["unit"]
    labelled, silent = ai_labelled(hashed)
    frame = pd.DataFrame(
        {
            "image_id": hashed["image_id"],
            "when": pd.to_datetime(hashed[dates], utc=True),
            "unit": hashed["image_id"].map(unit),
            "labelled": labelled,
            "unlabelled": silent,
        }
    ).dropna(subset=["when"])
    frame = frame.sort_values(["when", "image_id"], kind="stable")
    frame["copy"] = frame["unit"].notna() & frame.duplicated("unit")
    day = frame["when"].dt.tz_localize(None).dt.normalize()
    frame["week"] = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    weeks = frame.groupby("week").agg(
        ingested=("copy", "size"),
        copies=("copy", "sum"),
        labelled=("labelled", "sum"),
        unlabelled=("unlabelled", "sum"),
    )
    if not len(weeks):
        return pd.DataFrame({name: [] for name in COLUMNS})
    whole = pd.date_range(weeks.index.min(), weeks.index.max(), freq="7D")
    weeks = weeks.reindex(whole, fill_value=0)
    weeks.insert(0, "week", whole.strftime("%Y-%m-%d"))
    fits = dict.fromkeys(("fitted", "low50", "high50", "low", "high"), np.nan)
    return weeks.reset_index(drop=True).assign(**fits)[list(COLUMNS)]


def trend(people: Population, dates: str) -> tuple[list[Result], pd.DataFrame]:
    """Return M11 with its robustness check, and the table `trend`.

    Parameters
    ----------
    people
        The study's images and groups.
    dates
        Column of the images table that says when a picture came in; empty when the study names none.
    """
    if not dates:
        needs = (message("trend.dates: which column says when a picture came in"),)
        return [missing("M11", LABEL, "fraction", needs, METHOD)], pd.DataFrame(
            {name: [] for name in COLUMNS}
        )
    table = weekly(people, dates)
    used = table[table["ingested"] > 0]
    source = (Input("dates", named(dates), message("column"), message("table images"), "measured"),)
    if len(used) < FEWEST or not table["copies"].any():
        need = (
            message(
                "at least {weeks} weeks with new pictures (this study has {got} weeks)",
                weeks=FEWEST,
                got=len(used),
            )
            if len(used) < FEWEST
            else message("copies among dated pictures (this study has none)")
        )
        return [
            missing(
                "M11",
                LABEL,
                "fraction",
                (need,),
                METHOD,
                source,
            )
        ], table
    index = used.index.to_numpy(np.float64)
    copies, ingested = used["copies"].to_numpy(np.float64), used["ingested"].to_numpy(np.float64)
    line = fit(index, copies, ingested)
    every = table.index.to_numpy(np.float64)
    table["fitted"] = np.exp(line.intercept + line.slope * every)
    table["low"], table["high"] = line.band(every, 0.95)
    table["low50"], table["high50"] = line.band(every, 0.5)
    low, high = line.slope_interval()
    tau, chance = mann_kendall(copies / ingested)
    return [
        Result(
            "M11", LABEL, expm1(line.slope), "fraction", None, len(used), message("weeks with new pictures"), (expm1(low), expm1(high)),
            message("quasi-Poisson 95 % with Student's t, dispersion {dispersion:.2f}", dispersion=line.dispersion), message("{method} Beside it: Mann-Kendall tau {tau:.2f}, p {chance:.2g}.", method=METHOD, tau=tau, chance=chance), "C", source,
            "estimated", review="unreviewed", caveats=(STOCK,),
        ),
        Result(
            "M11.tau", message("Mann-Kendall's tau of the weekly share of copies"), tau, "index", None, len(used), message("weeks with new pictures"),
            None, message("test: p = {chance:.2g} for no trend", chance=chance), message("Kendall's tau of weekly shares and weeks (Mann 1945, Kendall 1975)."), "C",
            source, "estimated", review="unreviewed", interval_kind="test", chance=chance,
        ),
    ], table  # fmt: skip


def mann_kendall(values: Floats) -> tuple[float, float]:
    """Return Kendall's tau of values and their order, and the chance of such a tau without any trend.

    >>> round(mann_kendall(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))[0], 6)
    1.0
    """
    from scipy.stats import kendalltau  # noqa: PLC0415  heavy, as above

    if np.ptp(values) == 0:
        return 0.0, 1.0
    found = kendalltau(np.arange(len(values)), values)
    return float(found.statistic), float(found.pvalue)
