"""Prices of one year: amounts carry the year they were paid in, and an index of prices brings them to the study's price year."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dedupelab.errors import ConfigError
from dedupelab.numbers.draws import Floats
from dedupelab.numbers.messages import Message, message
from dedupelab.numbers.results import Input


@dataclass(frozen=True)
class Deflator:
    """An index of prices by year, with where it comes from.

    100 paid in 2025, when prices stood at 104, are 105 in prices of 2026, when they stood at 109.2:

    >>> Deflator({2025: 104.0, 2026: 109.2}, message("index")).factor(2025, 2026) * 100
    105.0
    """

    index: Mapping[int, float]
    source: Message
    source_type: str = "literature"

    def factor(self, year: int, price_year: int) -> float:
        """Return what an amount of a year is multiplied with.

        Raises
        ------
        ConfigError
            If the index lacks one of the years.
        """
        for needed in (year, price_year):
            if needed not in self.index:
                raise ConfigError(
                    f"harm.deflator: expected the price index of {needed}, got {', '.join(map(str, sorted(self.index)))}; add that year"
                )
        return self.index[price_year] / self.index[year]

    def as_input(self, years: list[int], price_year: int) -> Input:
        """Return the index as a result lists it."""
        told = ", ".join(f"{year}: {self.index[year]:g}" for year in sorted({*years, price_year}))
        return Input(
            "deflator",
            message("{years}", years=told),
            message("price index"),
            self.source,
            self.source_type,
            supplied=True,
            place="harm.deflator",
        )


@dataclass(frozen=True)
class Priced:
    """Factors for amounts of several years, the index as an input, and what must be said where there is none."""

    factors: Floats
    inputs: tuple[Input, ...] = ()
    caveats: tuple[Message, ...] = ()


def to_price_year(dates: "pd.Series[str]", price_year: int | None, deflator: Deflator | None) -> Priced:
    """Return factors that bring amounts of dates to the price year; without a deflator 1, and the mixture is named."""
    years = dates.str[:4].astype(int)
    other = sorted({int(year) for year in years} - {price_year})
    if price_year is None or not other:
        return Priced(np.ones(len(years)))
    if deflator is None:
        mixture = message(
            "amounts of {years} are taken as they are, not brought to prices of {price_year}: no deflator was supplied",
            years=", ".join(map(str, other)),
            price_year=str(price_year),
        )
        return Priced(np.ones(len(years)), caveats=(mixture,))
    factors = np.array(
        [1.0 if year == price_year else deflator.factor(int(year), price_year) for year in years]
    )
    return Priced(factors, (deflator.as_input(other, price_year),))
