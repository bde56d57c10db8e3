"""What is doubtful in the trade data of a store: seen by rules, stated with figures, never mended.

`mirror-gap` compares sums over a chapter, for single codes are often declared differently by the
two sides. An importer's figure (CIF) should be 0 to 20 % above the exporter's (FOB); gaps by a
factor of two are named, smaller ones counted. `unit-value` is the logarithm of value over quantity
against the median of the code, year and unit, in robust standard deviations (1.4826 times the
median absolute deviation); see `check_units`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comity.trade.flows.check_blocks import Sums, jumps, mirror_gaps, missing_blocks, sums
from comity.trade.flows.check_codes import unknown_codes
from comity.trade.flows.check_copies import Copies
from comity.trade.flows.check_units import Units
from comity.trade.flows.duck import close, connect, rows_of
from comity.trade.flows.finding import EXAMPLES, DataFinding
from comity.trade.flows.landing import Store
from comity.trade.flows.layout import LARGEST_VALUE
from comity.trade.flows.scope import Held, held, relation

ORDER = {"wrong": 0, "odd": 1, "info": 2}


@dataclass
class _Found:
    """Cases over the years of one data set."""

    count: int = 0
    cases: list[dict[str, Any]] = field(default_factory=list)


def check_data(store: Store, source: str | None, years: Sequence[int]) -> tuple[DataFinding, ...]:
    """All findings, worst first. See `TradeData.check`."""
    sets = held(store, source)
    found: list[DataFinding] = []
    every: list[Sums] = []
    with tempfile.TemporaryDirectory(prefix="comity-check-") as scratch:
        connection = connect(Path(scratch))
        try:
            for one in sets:
                wanted = [year for year in one.years if not years or year in years]
                found += _rows_of_one(connection, store, one, wanted)
                mine = sums(connection, store, one, wanted)
                found += missing_blocks(one, mine, wanted)
                found += jumps(one, mine)
                every += mine
        finally:
            close(connection)
    found += mirror_gaps(every)
    return tuple(sorted(found, key=lambda f: (ORDER[f.severity], f.source, f.kind)))


def _rows_of_one(
    connection: Any, store: Store, one: Held, years: Sequence[int]
) -> list[DataFinding]:
    """Duplicates, units, unit values and impossible values, year by year to spare memory."""
    kinds = {kind: _Found() for kind in _QUERIES}
    units, copies = Units(), Copies()
    unknown = rows = 0
    for year in years:
        read = relation(store, one, (year,))
        if read is None:
            continue
        for kind, query in _QUERIES.items():
            for count, *case in rows_of(connection, query.format(read=read)):
                names = _CASES[kind]
                kinds[kind].count += int(count)
                if case and case[0] is not None:
                    kinds[kind].cases.append(dict(zip(names, case, strict=True)))
        units.add(connection, read, year)
        copies.add(connection, read, year)
        missing, all_rows = rows_of(
            connection, f"SELECT count(*) FILTER (value IS NULL), count(*) FROM {read}"
        )[0]
        unknown, rows = unknown + missing, rows + all_rows
    files = tuple(file.name for imported in one.imports for file in imported.files)
    made = []
    for kind, (severity, text) in _TEXTS.items():
        tally = kinds[kind]
        if tally.count:
            made.append(
                DataFinding(
                    kind,
                    severity,
                    text.format(count=tally.count),
                    one.dataset,
                    tally.count,
                    tuple(tally.cases[:EXAMPLES]),
                    files,
                )
            )
    made += units.findings(one.dataset, files)
    made += copies.findings(one.dataset, files)
    made += unknown_codes(connection, store, one, years)
    if unknown:
        text = f"{unknown:,} of {rows:,} rows have no known value"
        made.append(DataFinding("no-value", "info", text, one.dataset, unknown, (), files))
    return made


_KEY = "exporter, importer, edition, goods, year, side, currency, basis"
_TEXTS = {
    "impossible": ("wrong", "{count:,} rows have a value or quantity that cannot be"),
    "duplicate": ("wrong", "{count:,} flows stand more than once, and are counted more than once"),
    "self-trade": ("odd", "{count:,} rows are of an economy with itself, and are counted"),
    "zero-value": ("info", "{count:,} rows have a value of 0"),
}
_CASES = {
    "impossible": ("exporter", "importer", "edition", "goods", "year", "value", "quantity"),
    "duplicate": ("exporter", "importer", "edition", "goods", "year", "side", "times"),
    "self-trade": ("exporter", "importer", "edition", "goods", "year", "side", "value"),
    "zero-value": ("exporter", "importer", "edition", "goods", "year", "side", "quantity"),
}
# Each query gives (count of the case, fields of `_CASES`); counts add up to all there are.
_QUERIES = {
    "impossible": f"""
        SELECT 1, exporter, importer, edition, goods, year, value, quantity FROM {{read}}
        WHERE value < 0 OR NOT isfinite(value) OR quantity < 0 OR NOT isfinite(quantity)
           OR (currency = 'USD' AND value > {LARGEST_VALUE})""",
    "duplicate": f"""
        WITH twice AS (
            SELECT {_KEY}, count(*) AS times FROM {{read}}
            WHERE coalesce(flags, '') NOT LIKE '%area%' GROUP BY {_KEY} HAVING count(*) > 1)
        SELECT CASE WHEN row_number() OVER () = 1 THEN count(*) OVER () ELSE 0 END,
               exporter, importer, edition, goods, year, side, times FROM twice
        ORDER BY 1 DESC, exporter, importer, goods LIMIT {EXAMPLES}""",
    # Unnamed and former areas become one of our codes together: of these it says nothing.
    "self-trade": f"""
        SELECT CASE WHEN row_number() OVER (ORDER BY value DESC NULLS LAST, goods, exporter) = 1
               THEN count(*) OVER () ELSE 0 END,
               exporter, importer, edition, goods, year, side, value FROM {{read}}
        WHERE exporter = importer AND coalesce(flags, '') NOT LIKE '%area%'
        ORDER BY value DESC NULLS LAST, goods, exporter LIMIT {EXAMPLES}""",
    "zero-value": f"""
        SELECT CASE WHEN row_number() OVER (ORDER BY exporter, importer, goods) = 1
               THEN count(*) OVER () ELSE 0 END,
               exporter, importer, edition, goods, year, side, quantity FROM {{read}}
        WHERE value = 0 ORDER BY 1 DESC, exporter, importer, goods LIMIT {EXAMPLES}""",
}
