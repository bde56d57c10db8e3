"""Checks on units and on values per unit: of single flows, of a code over years, of whole years.

A value per unit is compared with the median of its code, year and unit where ten flows or more say
what is usual, else with that of its heading. Medians of a code are compared from year to year: a
year whose figures are in other units moves all of them.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from comity.trade.flows.duck import rows_of
from comity.trade.flows.finding import EXAMPLES, DataFinding

OUTLIER = 6.0
"""Robust standard deviations beyond which a value per unit is implausible."""
LEAST_SPREAD = 0.1
"""Robust s.d. that is taken at least: where nearly all flows have one price, a tenth is nothing."""
FEWEST = 10
"""Flows that it takes to say what is usual."""
EXTREMES = (1.0, 1e10)
"""USD per tonne between which goods lie: sand is above the one, medicines are below the other."""
JUMP = 30.0
"""Factor by which the median value per unit of a code does not move from year to year."""

_Prices = dict[tuple[str, ...], dict[int, float]]


class Units:
    """What is gathered year by year of one data set; `findings` says what was found."""

    def __init__(self) -> None:
        self._units: dict[tuple[str, str], Counter[tuple[str, int]]] = defaultdict(Counter)
        self._prices: _Prices = defaultdict(dict)
        self._far: list[dict[str, Any]] = []
        self._far_count = 0

    def add(self, connection: Any, read: str, year: int) -> None:
        """Gathers a year; `read` is the SQL of its rows."""
        for edition, goods, unit, number in rows_of(connection, _USED.format(read=read)):
            self._units[edition, goods][unit, year] += int(number)
        connection.execute(_USUAL.format(read=read))
        for *key, median in rows_of(connection, _MEDIANS):
            self._prices[tuple(key)][year] = float(median)
        for count, *case in rows_of(connection, _FAR.format(read=read)):
            self._far_count += int(count)
            if case[0] is not None:
                self._far.append(dict(zip(_FAR_FIELDS, case, strict=True)))

    def findings(self, source: str, files: Sequence[str]) -> list[DataFinding]:
        """Units, values per unit, and jumps of these, of the years that were added."""
        made = [
            self._unusual_units(source, files),
            self._far_prices(source, files),
            self._jumps(source, files),
        ]
        return [one for one in made if one is not None]

    def _unusual_units(self, source: str, files: Sequence[str]) -> DataFinding | None:
        cases: list[dict[str, Any]] = []
        for (edition, goods), used in self._units.items():
            over: Counter[str] = Counter()
            for (unit, _), number in used.items():
                over[unit] += number
            # Over all years: a year that is wrong as a whole has no other rows to differ from.
            usual = min(over, key=lambda unit: (-over[unit], unit))
            for (unit, year), number in used.items():
                if unit != usual:
                    case = (edition, goods, year, unit, number, usual)
                    cases.append(dict(zip(_UNIT_FIELDS, case, strict=True)))
        if not cases:
            return None
        cases.sort(key=lambda case: (-case["rows"], case["goods"], case["year"], case["unit"]))
        count = sum(case["rows"] for case in cases)
        text = f"{count:,} rows have a unit of quantity that most flows of their code do not have"
        kept = tuple(cases[:EXAMPLES])
        return DataFinding("units", "odd", text, source, count, kept, tuple(files))

    def _far_prices(self, source: str, files: Sequence[str]) -> DataFinding | None:
        if not self._far_count:
            return None
        cases = sorted(
            self._far,
            key=lambda c: (-(c["deviations"] or math.inf), c["exporter"], c["importer"]),
        )
        text = f"{self._far_count:,} rows have a value per unit far from the usual of their code"
        kept = tuple(cases[:EXAMPLES])
        return DataFinding("unit-value", "odd", text, source, self._far_count, kept, tuple(files))

    def _jumps(self, source: str, files: Sequence[str]) -> DataFinding | None:
        cases: list[dict[str, Any]] = []
        for (edition, goods, side, currency, unit), by_year in self._prices.items():
            for before, year in itertools.pairwise(sorted(by_year)):
                factor = math.exp(by_year[year] - by_year[before])
                if not 1.0 / JUMP <= factor <= JUMP:
                    prices = (math.exp(by_year[before]), math.exp(by_year[year]))
                    case = (edition, goods, year, side, *prices, f"{currency}/{unit}", factor)
                    cases.append(dict(zip(_JUMP_FIELDS, case, strict=True)))
        if not cases:
            return None
        cases.sort(key=lambda c: (-abs(math.log(c["factor"])), c["goods"], c["year"]))
        text = (
            f"in {len(cases):,} cases the median value per unit of a code is over {JUMP:g} times "
            "another than the year before: a value or quantity may be in other units"
        )
        kept = tuple(cases[:EXAMPLES])
        return DataFinding("price-jump", "odd", text, source, len(cases), kept, tuple(files))


_UNIT_FIELDS = ("edition", "goods", "year", "unit", "rows", "usual")
_FAR_FIELDS = (
    *("exporter", "importer", "edition", "goods", "year"),
    *("unit_value", "usual", "unit", "deviations"),
)
_JUMP_FIELDS = ("edition", "goods", "year", "side", "before", "unit_value", "unit", "factor")
_USED = """
    SELECT edition, goods, quantity_unit, count(*) FROM {read}
    WHERE quantity IS NOT NULL GROUP BY ALL"""
# Medians take most of the time of a check: made once for a year.
_USUAL = """
    CREATE OR REPLACE TEMP TABLE usual AS
    SELECT edition, goods, side, currency, quantity_unit AS unit,
           median(ln(value / quantity)) AS m, mad(ln(value / quantity)) AS d, count(*) AS n
    FROM {read} WHERE value > 0 AND quantity > 0 GROUP BY ALL"""
_MEDIANS = "SELECT edition, goods, side, currency, unit, m FROM usual"
# Gives (count, fields of a case); counts add up to all there are.
_FAR = f"""
    WITH priced AS (
        SELECT exporter, importer, edition, goods, goods[1:4] AS heading, year, side, currency,
               quantity_unit AS unit, ln(value / quantity) AS x
        FROM {{read}} WHERE value > 0 AND quantity > 0),
    code AS (
        SELECT edition, goods, side, currency, unit, m,
               greatest(1.4826 * d, {LEAST_SPREAD}) AS s FROM usual WHERE n >= {FEWEST}),
    few AS (SELECT DISTINCT edition, goods[1:4] AS heading FROM usual WHERE n < {FEWEST}),
    head AS (
        SELECT edition, heading, side, currency, unit, median(x) AS m,
               greatest(1.4826 * mad(x), {LEAST_SPREAD}) AS s
        FROM priced SEMI JOIN few USING (edition, heading)
        GROUP BY ALL HAVING count(*) >= {FEWEST}),
    placed AS (
        SELECT p.*, coalesce(c.m, h.m) AS m, abs(x - coalesce(c.m, h.m)) / coalesce(c.s, h.s) AS z
        FROM priced p
        LEFT JOIN code c USING (edition, goods, side, currency, unit)
        LEFT JOIN head h USING (edition, heading, side, currency, unit)),
    far AS (
        SELECT * FROM placed
        WHERE z > {OUTLIER} OR (currency = 'USD' AND unit = 't'
              AND (x < ln({EXTREMES[0]}) OR x > ln({EXTREMES[1]:.0f}))))
    SELECT CASE WHEN row_number() OVER (ORDER BY z DESC) = 1 THEN count(*) OVER () ELSE 0 END,
           exporter, importer, edition, goods, year, exp(x), exp(m), currency || '/' || unit, z
    FROM far ORDER BY z DESC, exporter, importer, goods LIMIT {EXAMPLES}"""
