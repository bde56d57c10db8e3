"""Years that are the same as another year, figure by figure: a file read twice under two names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from comity.trade.flows.duck import rows_of
from comity.trade.flows.finding import EXAMPLES, DataFinding

FEWEST = 5
"""Rows that it takes: two flows may well have the same round figures in two years."""


class Copies:
    """What is gathered year by year of one data set."""

    def __init__(self) -> None:
        self._years: dict[tuple[str, str, int, int], list[int]] = defaultdict(list)

    def add(self, connection: Any, read: str, year: int) -> None:
        """Gathers a year: a seal over the rows of each reporter."""
        for side, economy, number, seal in rows_of(connection, _SEALS.format(read=read)):
            self._years[side, economy, int(number), int(seal)].append(year)

    def findings(self, source: str, files: Sequence[str]) -> list[DataFinding]:
        """Reporters of which all rows of a year have the values of another one."""
        cases: list[dict[str, Any]] = [
            {"side": side, "economy": economy, "years": ", ".join(map(str, years)), "rows": number}
            for (side, economy, number, _), years in self._years.items()
            if len(years) > 1
        ]
        if not cases:
            return []
        cases.sort(key=lambda case: (-case["rows"], case["economy"]))
        text = f"of {len(cases)} economies all figures of a year are those of another year"
        kept = tuple(cases[:EXAMPLES])
        return [
            DataFinding("repeated-year", "odd", text, source, len(cases), kept, tuple(files)),
        ]


_SEALS = f"""
    SELECT side, CASE WHEN side = 'importer' THEN importer ELSE exporter END AS economy, count(*),
           bit_xor(hash(exporter, importer, edition, goods, value, quantity))
    FROM {{read}} WHERE value IS NOT NULL GROUP BY ALL HAVING count(*) >= {FEWEST}"""
