"""Checks on sums by chapter: blocks that are missing, sums that jump from year to year, and figures
of the two sides that differ, or that only one side has."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from comity.trade.flows import rates
from comity.trade.flows.finding import EXAMPLES, DataFinding
from comity.trade.flows.landing import Store
from comity.trade.flows.scope import Held, relation
from comity.words.errors import ComityError

MARGIN = (1.0, 1.2)
"""Importer's over exporter's figure that freight and insurance explain."""
WIDE = 2.0
SMALLEST = 1e6
"""USD of a chapter between two economies, or of a block, below which a gap is no finding."""


JUMP = 10.0
"""Factor by which the trade of an economy does not move from year to year."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Value of a chapter from exporter to importer in a year, in USD where there is a rate."""

    dataset: str
    side: str
    exporter: str
    importer: str
    year: int
    chapter: str
    value: float
    usd: float | None


def sums(connection: Any, store: Store, one: Held, years: Sequence[int]) -> list[Sums]:
    """By chapter and pair where the data set has figures of the two sides; where it is reconciled,
    by chapter and exporter (`importer` is empty), which is what missing blocks are seen by."""
    found = []
    read = relation(store, one, tuple(years)) if years else None
    if read is None:
        return []
    query = f"""
        SELECT side, exporter, CASE WHEN side = 'reconciled' THEN '' ELSE importer END AS buyer,
               year, goods[1:2] AS chapter, currency, sum(value)
        FROM {read} WHERE exporter <> 'WLD' AND importer <> 'WLD' AND value IS NOT NULL
        GROUP BY ALL"""
    for side, exporter, importer, year, chapter, currency, value in connection.execute(
        query
    ).fetchall():
        try:
            usd = rates.convert(value, currency, "USD", int(year))[0]
        except ComityError:
            usd = None
        found.append(Sums(one.dataset, side, exporter, importer, int(year), chapter, value, usd))
    return found


def missing_blocks(one: Held, rows: Sequence[Sums], years: Sequence[int]) -> list[DataFinding]:
    """Years; and economies, and chapters of these, missing in a year beside one that has them."""
    made = []
    gaps = [y for y in range(min(years), max(years)) if y not in years] if years else []
    if gaps:
        text = f"there are no data for {', '.join(map(str, gaps))}, between years that there are"
        made.append(DataFinding("missing-years", "odd", text, one.dataset, len(gaps)))
    if len(years) < 2:
        return made
    economies, chapters = _blocks(rows)
    gone = list(_vanished(economies.items(), years))
    without = {(key, year) for key, year, _ in gone}
    gone_chapters = [
        found
        for found in _vanished(chapters.items(), years)
        if (found[0][:2], found[1]) not in without
    ]
    for kind, cases, names in (
        ("missing-economy", gone, ("side", "economy")),
        ("missing-chapter", gone_chapters, ("side", "economy", "chapter")),
    ):
        if cases:
            cases.sort(key=lambda case: (-case[2], case[0], case[1]))
            what = "economies" if kind == "missing-economy" else "chapters of an economy"
            made.append(
                DataFinding(
                    kind,
                    "odd",
                    f"{len(cases)} {what} are missing in a year beside one with over "
                    f"{SMALLEST:,.0f} USD",
                    one.dataset,
                    len(cases),
                    tuple(
                        {
                            **dict(zip(names, key, strict=True)),
                            "year": year,
                            "beside_usd": before,
                        }
                        for key, year, before in cases[:EXAMPLES]
                    ),
                )
            )
    return made


_Blocks = dict[Any, dict[int, float]]


def _blocks(rows: Sequence[Sums]) -> tuple[_Blocks, _Blocks]:
    """USD by year of each economy and side, and of each chapter of these."""
    economies: _Blocks = {}
    chapters: _Blocks = {}
    for row in rows:
        # A reporter is who gave the figure; in reconciled data the exporter stands for it.
        who = row.importer if row.side == "importer" else row.exporter
        whole = economies.setdefault((row.side, who), {})
        part = chapters.setdefault((row.side, who, row.chapter), {})
        value = row.usd or 0.0
        whole[row.year] = whole.get(row.year, 0.0) + value
        part[row.year] = part.get(row.year, 0.0) + value
    return economies, chapters


def _vanished(
    blocks: Iterable[tuple[Any, dict[int, float]]], years: Sequence[int]
) -> Iterable[tuple[Any, int, float]]:
    """(key, year without, value of the year beside it): the year before, else the one after."""
    order = sorted(years)
    for key, values in blocks:
        for k, year in enumerate(order):
            beside = [order[n] for n in (k - 1, k + 1) if 0 <= n < len(order)]
            large = [values[other] for other in beside if values.get(other, 0.0) > SMALLEST]
            if year not in values and large:
                yield key, year, large[0]


def jumps(one: Held, rows: Sequence[Sums]) -> list[DataFinding]:
    """Economies whose trade is ten times that of the year before, or a tenth: thousands read as
    units, or a part of a year."""
    cases = []
    for (side, economy), values in _blocks(rows)[0].items():
        for before, year in itertools.pairwise(sorted(values)):
            old, new = values[before], values[year]
            if max(old, new) < SMALLEST or min(old, new) <= 0.0:
                continue
            if not 1.0 / JUMP <= new / old <= JUMP:
                cases.append(
                    {
                        "side": side,
                        "economy": economy,
                        "year": year,
                        "before_usd": old,
                        "usd": new,
                        "factor": new / old,
                    }
                )
    if not cases:
        return []
    cases.sort(key=lambda c: (-max(c["before_usd"], c["usd"]), c["economy"], c["year"]))
    text = (
        f"in {len(cases)} cases all trade of an economy is over {JUMP:g} times that of the year "
        "before, or below a tenth of it: values may be in other units, or of a part of the year"
    )
    return [
        DataFinding("value-jump", "odd", text, one.dataset, len(cases), tuple(cases[:EXAMPLES]))
    ]


def mirror_gaps(rows: Sequence[Sums]) -> list[DataFinding]:
    """Exporters' against importers' figures, within data sets and between them."""
    exports: dict[tuple[str, str, int, str], dict[str, float]] = {}
    imports: dict[tuple[str, str, int, str], dict[str, float]] = {}
    for row in rows:
        if row.usd is None or row.side == "reconciled":
            continue
        key = (row.exporter, row.importer, row.year, row.chapter)
        side = exports if row.side == "exporter" else imports
        side.setdefault(key, {})[row.dataset] = row.usd
    made: dict[tuple[str, str], list[dict[str, Any]]] = {}
    outside: dict[tuple[str, str], list[int]] = {}
    for key in sorted(exports.keys() & imports.keys()):
        for seller, out in sorted(exports[key].items()):
            for buyer, back in sorted(imports[key].items()):
                if max(out, back) < SMALLEST or out <= 0.0:
                    continue
                ratio = back / out
                tally = outside.setdefault((seller, buyer), [0, 0])
                tally[1] += 1
                if not MARGIN[0] <= ratio <= MARGIN[1]:
                    tally[0] += 1
                if not 1.0 / WIDE <= ratio <= WIDE:
                    exporter, importer, year, chapter = key
                    made.setdefault((seller, buyer), []).append(
                        {
                            "exporter": exporter,
                            "importer": importer,
                            "year": year,
                            "chapter": chapter,
                            "exporter_usd": out,
                            "importer_usd": back,
                            "ratio": ratio,
                        }
                    )
    found = []
    for (seller, buyer), (count, compared) in outside.items():
        if not count:
            continue
        cases = made.get((seller, buyer), [])
        cases.sort(key=lambda c: -abs(c["importer_usd"] - c["exporter_usd"]))
        name = seller if seller == buyer else f"{seller} and {buyer}"
        found.append(
            DataFinding(
                "mirror-gap",
                "odd" if cases else "info",
                f"of {compared} chapters of a pair and year that both sides report, in {count} the "
                f"importer's figure is not 0 to 20 % above the exporter's, in {len(cases)} they "
                f"differ by more than a factor of {WIDE:g}",
                name,
                count,
                tuple(cases[:EXAMPLES]),
            )
        )
    return found + _one_sided(exports, imports)


_Side = dict[tuple[str, str, int, str], dict[str, float]]


def _one_sided(exports: _Side, imports: _Side) -> list[DataFinding]:
    """Chapters of a pair that one side has and the other not, though it reports them of others."""
    told: dict[str, list[dict[str, Any]]] = {}
    for word, mine, other, end in (
        ("importer", exports, imports, 1),
        ("exporter", imports, exports, 0),
    ):
        # Who reports a chapter in a year, with anyone, is held to have been able to.
        reports = {(key[end], key[2], key[3]) for key in other}
        for key in sorted(mine.keys() - other.keys()):
            for source, usd in mine[key].items():
                if usd >= SMALLEST and (key[end], key[2], key[3]) in reports:
                    exporter, importer, year, chapter = key
                    told.setdefault(source, []).append(
                        {
                            "exporter": exporter,
                            "importer": importer,
                            "year": year,
                            "chapter": chapter,
                            "usd": usd,
                            "without": word,
                        }
                    )
    made = []
    for source, cases in sorted(told.items()):
        cases.sort(key=lambda c: (-c["usd"], c["exporter"], c["importer"], c["year"]))
        text = (
            f"{len(cases)} chapters of a pair and year of over {SMALLEST:,.0f} USD are reported by "
            "one side only, though the other reports the chapter with others"
        )
        found = DataFinding("mirror-missing", "odd", text, source, len(cases))
        made.append(replace(found, cases=tuple(cases[:EXAMPLES])))
    return made
