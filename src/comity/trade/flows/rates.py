"""Exchange rates by year, each with its source. A year without a rate is an error, not a guess."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from comity.words.errors import NotFound
from comity.words.units import check_currency

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate` units of `to` for one of `currency`, as an average of `year`. `source` names where
    every figure of it is from (two, where it goes through USD)."""

    currency: str
    to: str
    year: int
    rate: float
    kind: str
    source: str


@lru_cache(maxsize=1)
def _per_usd() -> dict[tuple[str, int], Rate]:
    """(currency, year) → how many of it one USD was."""
    found = {}
    with (DATA / "exchange_rates.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            top, _, bottom = row["unit"].partition(" per ")
            year, rate = int(row["year"]), float(row["rate"])
            source = f"{row['source']}, {row['url']}"
            if bottom == "USD":
                code, value = top, rate
            else:
                code, value = bottom, 1.0 / rate
            found[code, year] = Rate("USD", code, year, value, row["kind"], source)
    return found


def rate(currency: str, to: str, year: int) -> Rate:
    """How many `to` one `currency` was on average in `year`.

    Raises `CodeError` for no currency, `NotFound` for a year or currency without a rate, naming
    the years that there are.
    """
    check_currency(currency)
    check_currency(to)
    if currency == to:
        return Rate(currency, to, year, 1.0, "the same currency", "")
    over, under = _leg(to, year), _leg(currency, year)
    sources = dict.fromkeys(leg.source for leg in (under, over) if leg.source)
    kind = (under if to == "USD" else over).kind
    return Rate(currency, to, year, over.rate / under.rate, kind, "; ".join(sources))


def convert(value: float, currency: str, to: str, year: int) -> tuple[float, Rate]:
    """The value in `to` at the average rate of `year`, and the rate. Raises as `rate` does."""
    found = rate(currency, to, year)
    return value * found.rate, found


def years(currency: str) -> tuple[int, ...]:
    """The years for which a rate of the currency to USD is shipped."""
    return tuple(sorted(year for code, year in _per_usd() if code == currency))


def _leg(code: str, year: int) -> Rate:
    if code == "USD":
        return Rate("USD", "USD", year, 1.0, "", "")
    found = _per_usd().get((code, year))
    if found is None:
        known = years(code)
        there = ", ".join(map(str, known)) if known else "none"
        raise NotFound(
            f"there is no exchange rate of {code} for {year}",
            mend=f"years with a rate of {code}: {there}; else keep the values in {code}",
        )
    return found
