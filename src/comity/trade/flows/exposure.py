"""The question `exposure`: how two economies depend on each other in some goods.

Dependence goes both ways: the share of the exporter's sales abroad that go to the market, and the
share of the market's purchases abroad that come from the exporter. Concentration is the Hirschman-
Herfindahl index, the sum of squared shares, 1 where there is one partner only. All of it is
trade: home sales and home supply are not in it, so a dependence is one of exports or imports.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from comity.trade.flows.asking import Years, economy_of, goods_of, years_of
from comity.trade.flows.dependence import (
    SHOWN,
    Dependence,
    Exposure,
    Product,
    closure_of,
    dependence_of,
)
from comity.trade.flows.duck import close, connect, quoted, rows_of
from comity.trade.flows.flow_answer import spans
from comity.trade.flows.landing import Store
from comity.trade.flows.scope import Goods, Held, Loaded, goods_in, relation, sets_of
from comity.trade.flows.shipped_flows import NO_EDITION, rests_on, shipped_exposure, titles
from comity.words.errors import InputError
from comity.words.goods import GoodsCode

HOME = "home sales and home supply are not in trade data: shares are of trade only"


@dataclass(frozen=True)
class ExposureAnswer:
    """One `Exposure` per source and year; sources are never added together."""

    rows: tuple[Exposure, ...]
    rests_on: tuple[dict[str, Any], ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    sources: Mapping[str, str] = field(default_factory=dict)

    def as_rows(self) -> list[dict[str, Any]]:
        """One flat row per source and year."""
        made = []
        for row in self.rows:
            names = ("source", "year", "exporter", "market", "goods", "product", "fit")
            data = {k: getattr(row, k) for k in names}
            for name, half in (("sales", row.sales), ("purchases", row.purchases)):
                for key in (
                    *("total", "pair", "share", "hhi", "hhi_high", "unlisted", "partners"),
                    *("currency", "basis", "partial"),
                ):
                    data[f"{name}_{key}"] = getattr(half, key) if half else None
            data["products_selling"] = list(row.closure.products_selling)
            data["products_buying"] = list(row.closure.products_buying)
            made.append(data)
        return made

    def as_dict(self) -> dict[str, Any]:
        return {
            "rows": [asdict(row) for row in self.rows],
            "rests_on": list(self.rests_on),
            "sources": dict(self.sources),
            "missing": list(self.missing),
            "notes": list(self.notes),
        }


def exposure(
    store: Store,
    loaded: Loaded,
    exporter: str,
    market: str,
    goods: str | GoodsCode | Sequence[str | GoodsCode] | None,
    years: Years,
    source: str | None,
    with_shipped: bool = False,
) -> ExposureAnswer:
    """See `TradeData.exposure`."""
    seller, buyer = economy_of(exporter), economy_of(market)
    if seller is None or buyer is None or seller == buyer:
        raise InputError("an exposure is of two economies", mend="name an exporter and a market")
    asked, span = goods_of(goods), years_of(years)
    rows: list[Exposure] = []
    missing: list[str] = []
    notes = [HOME]
    sets = sets_of(store, source, with_shipped)
    connection: Any = connect() if sets else None  # nothing to ask it: not even loaded
    try:
        for one in sets:
            wanted = [year for year in span if year in one.years] if span else [one.years[-1]]
            if span and len(wanted) < len(set(span)):
                gone = [year for year in span if year not in one.years]
                missing.append(f"{one.dataset} has no {spans(gone)} (it has {spans(one.years)})")
            if not wanted:
                continue
            made, said, gone_words = _of(
                connection, store, one, seller, buyer, asked, wanted, loaded
            )
            rows, notes, missing = rows + made, notes + said, missing + gone_words
    finally:
        close(connection)
    rests = [
        {"dataset": one.dataset, "source": one.source, "years": spans(one.years)} for one in sets
    ]
    named: dict[str, str] = {}
    if with_shipped:
        if any(not code.edition_given for code in asked):
            notes.append(NO_EDITION)
        found, said = shipped_exposure(seller, buyer, asked, span, source, loaded)
        rows, missing = rows + found, missing + said
        rests += rests_on(row.source for row in found)
        named = titles(key for row in found for key in row.sources)
    if not rows:
        missing.append(f"nothing on record says how {seller} and {buyer} depend on each other here")
    return ExposureAnswer(
        tuple(rows), tuple(rests), tuple(missing), tuple(dict.fromkeys(notes)), named
    )


@dataclass
class _Cells:
    """Sums of one side, year, basis and currency: by partner, and by the codes of the pair."""

    rows: int = 0
    partial: float = 0.0
    partners: dict[str, float] = field(default_factory=dict)
    goods: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Code → (with all partners, with the other), where the two trade it."""


_Key = tuple[int, str, str, str]
_Halves = dict[_Key, _Cells]


def _of(
    connection: Any,
    store: Store,
    one: Held,
    seller: str,
    buyer: str,
    asked: Sequence[GoodsCode],
    years: Sequence[int],
    loaded: Loaded,
) -> tuple[list[Exposure], list[str], list[str]]:
    notes: list[str] = []
    missing: list[str] = []
    name = ";".join(map(str, asked)) or "all"
    halves: dict[str, _Halves] = {}
    for half, sides, own, other, code, partner in (
        ("sales", ("exporter", "reconciled"), "exporter", "importer", seller, buyer),
        ("purchases", ("importer", "reconciled"), "importer", "exporter", buyer, seller),
    ):
        if not set(sides) & set(one.sides):
            missing.append(f"{one.dataset} has no figures of the {own}s: no {half}")
            continue
        read = relation(store, one, years, (buyer,) if half == "purchases" else ())
        if read is None:
            continue
        where = f"{own} = {quoted(code)} AND {other} <> 'WLD'"
        scope = goods_in(connection, read, one, asked, where, loaded)
        notes += scope.notes
        halves[half] = _cells(connection, read, scope, where, other, partner, sides, one.uniform)
    made = []
    for year in years:
        sold, bought = (_chosen(halves.get(half, {}), year) for half in ("sales", "purchases"))
        sales, purchases = _dependence(sold, buyer), _dependence(bought, seller)
        for half, found, code in (("sales", sales, seller), ("purchases", purchases, buyer)):
            if half in halves and found is None:
                missing.append(f"{one.dataset} {year} has no {half} abroad of {code} on record")
        products = _products(sold if sales else None, bought if purchases else None)
        made.append(
            Exposure(
                source=one.dataset,
                year=year,
                exporter=seller,
                market=buyer,
                goods=name,
                sales=sales,
                purchases=purchases,
                products=tuple(products[:SHOWN]),
                closure=closure_of(sales, purchases, products),
                side=";".join(dict.fromkeys(half.side for half in (sales, purchases) if half)),
            )
        )
    return made, notes, missing


def _cells(
    connection: Any,
    read: str,
    scope: Goods,
    where: str,
    other: str,
    partner: str,
    sides: Sequence[str],
    uniform: Mapping[str, str],
) -> _Halves:
    """The sums by year, side, basis and currency; added up by DuckDB, in one reading. What is
    `uniform` need not be grouped by, which takes time."""
    named = ", ".join(quoted(side) for side in sides)
    some, pair = scope.is_partly, quoted(partner)
    keys = ("side", "basis", "currency", "edition")
    names = ", ".join(f"{quoted(uniform[key])} AS {key}" if key in uniform else key for key in keys)
    by = ", ".join(["year", *(key for key in keys[:3] if key not in uniform)])
    by_code = ", ".join(["goods", *(key for key in keys[3:] if key not in uniform)])
    query = f"""
        SELECT year, {names}, {other} AS who, goods,
               grouping(goods) = 0 AS by_goods, count(*),
               coalesce(sum(value) FILTER (NOT {some}), 0),
               coalesce(sum(value) FILTER ({some}), 0),
               coalesce(sum(value) FILTER (NOT {some} AND {other} = {pair}), 0) AS part
        FROM {read} WHERE {where} AND side IN ({named}) AND value IS NOT NULL AND {scope.where}
        GROUP BY GROUPING SETS (({by}, who), ({by}, {by_code}))
        HAVING grouping(goods) = 1 OR part > 0"""
    found: _Halves = {}
    for year, side, basis, currency, edition, who, goods, by_goods, *sums in rows_of(
        connection, query
    ):
        rows, whole, partly, part = sums
        cells = found.setdefault((int(year), side, basis, currency), _Cells())
        if by_goods:
            cells.goods[f"{edition}:{goods}"] = (whole, part)
        else:
            cells.rows += rows
            cells.partial += partly
            cells.partners[who] = whole
    return found


def _chosen(halves: _Halves, year: int) -> tuple[_Key, _Cells] | None:
    """The sums of a year; where a source has several bases or currencies, those with most rows."""
    found = [(key, cells) for key, cells in halves.items() if key[0] == year]
    return max(found, key=lambda pair: (pair[1].rows, pair[0])) if found else None


def _dependence(chosen: tuple[_Key, _Cells] | None, other: str) -> Dependence | None:
    if chosen is None:
        return None
    (_, side, basis, currency), cells = chosen
    total = math.fsum(cells.partners.values())
    if total <= 0.0 and cells.partial <= 0.0:
        return None
    return dependence_of(cells.partners, total, other, side, basis, currency, cells.partial)


def _products(
    sold: tuple[_Key, _Cells] | None, bought: tuple[_Key, _Cells] | None
) -> list[Product]:
    """Codes traded between the two, the one with most at stake first."""
    out = sold[1].goods if sold else {}
    back = bought[1].goods if bought else {}
    made = []
    for code in {*out, *back}:
        sales, purchases = out.get(code), back.get(code)
        made.append(
            Product(
                code,
                sales[1] if sales else None,
                sales[1] / sales[0] if sales and sales[0] > 0.0 else None,
                purchases[1] if purchases else None,
                purchases[1] / purchases[0] if purchases and purchases[0] > 0.0 else None,
            )
        )
    return sorted(made, key=lambda p: (-max(p.sales or 0.0, p.purchases or 0.0), p.goods))
