"""A market for goods that no shipped one has, from imported flows (BACI and the like)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from comity.trade.flows import open_data
from comity.trade.market_baseline import ByCode, MarketBaseline
from comity.trade.market_from_flows import REST, market_from_flows
from comity.words.errors import NotFound, Place
from comity.words.goods import GoodsCode

MOST = 30
"""Economies kept: those concerned and the largest traders; the others are the rest of the world."""


def market_from_data(
    source: str,
    goods: Sequence[GoodsCode],
    concerned: Iterable[str],
    year: int | None,
    before: int | None = None,
    *,
    folder: str | Path | None = None,
    most: int = MOST,
) -> MarketBaseline:
    """Imports-only market of `goods` from an imported data set, in `year`, else in its last year up
    to `before`. Economies `concerned` are kept whatever they trade, and of what they trade the
    market knows the value by code.

    Raises `NotFound` where there are no data, no such year, or no flow of the goods.
    """
    data = open_data(folder)
    known = sorted({one.dataset for one in data.list()})
    begun = [one for one in known if one.startswith(source)]
    source = begun[0] if source not in known and len(begun) == 1 else source
    held = data.years(source)
    if year is None:
        earlier = [one for one in held if before is None or one <= before]
        if not earlier:
            raise NotFound(
                f"{source} has no year before the measure: it holds {', '.join(map(str, held))}",
                where=Place(field="data"),
                mend="import an earlier year, or name one with --year",
            )
        year = earlier[-1]
    rows = [row for row in data.all_pairs(list(goods), year, source, by_goods=True) if row.value]
    if not rows:
        raise NotFound(
            f"{source} has no flow of {', '.join(map(str, goods))} in {year}",
            where=Place(field="data"),
            mend="see what it holds with comity data list",
        )
    # One side's figures: the exporter's and the importer's are the same trade told twice.
    sides = {row.side for row in rows}
    side = next(one for one in ("reconciled", "importer", "exporter") if one in sides)
    rows = [row for row in rows if row.side == side]
    traded: dict[str, float] = {}
    for row in rows:
        for code in (row.exporter, row.importer):
            traded[code] = traded.get(code, 0.0) + (row.value or 0.0)
    ends = dict.fromkeys(code for code in concerned if code in traded)
    kept = dict(ends)
    kept.update(dict.fromkeys(sorted(traded, key=lambda c: -traded[c])[:most]))
    unit = f"{rows[0].currency} million"
    pairs: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        if row.exporter != row.importer:
            codes = pairs.setdefault((row.exporter, row.importer), {})
            codes[row.goods] = codes.get(row.goods, 0.0) + (row.value or 0.0)
    listed: list[dict[str, Any]] = [
        {
            "exporter": exporter,
            "importer": importer,
            "value": sum(codes.values()) / 1e6,
            "unit": unit,
            "source": rows[0].source,
        }
        for (exporter, importer), codes in pairs.items()
    ]
    made = market_from_flows(
        listed,
        [str(code) for code in goods],
        year,
        name=f"{source}-{year}",
        economies=[code for code in kept if code != "ROW"],
        complete=side == "reconciled",
        basis=rows[0].basis or side,
        sources={source: f"{source}, {year}, {side}'s figures as imported"},
    )
    return replace(made, by_code=_by_code(pairs, set(ends), set(kept), made, source))


def _by_code(
    pairs: Mapping[tuple[str, str], Mapping[str, float]],
    ends: Collection[str],
    kept: Collection[str],
    made: MarketBaseline,
    source: str,
) -> tuple[ByCode, ...]:
    """Of the flows that one of `ends` buys or sells, the parts of value by code; those of economies
    that are not kept are flows of the rest of the world."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for pair, values in pairs.items():
        i, j = (code if code in kept else REST for code in pair)
        if i == j or not (i in ends or j in ends):
            continue
        mine = found.setdefault((i, j), {})
        for code, value in values.items():
            mine[code] = mine.get(code, 0.0) + value
    (product,) = made.names.sectors
    out = []
    for (i, j), values in sorted(found.items()):
        codes, total = sorted(values), sum(values.values())
        shares = tuple(values[code] / total for code in codes)
        out.append(ByCode(product, i, j, tuple(codes), shares, f"{source}, {made.year}"))
    return tuple(out)
