"""The question `flows`: what went from one economy to another, as each source has it.

Sources stand side by side and are never added together; so do the two sides' own figures within a
source. World totals of a source (WLD) are not added to its partners.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from comity.trade.flows import rates
from comity.trade.flows.asking import Years, economy_of, goods_of, named, years_of
from comity.trade.flows.duck import close, connect, quoted, rows_of
from comity.trade.flows.landing import Store
from comity.trade.flows.layout import Flow
from comity.trade.flows.scope import Goods, Held, Loaded, goods_in, label, relation, sets_of
from comity.trade.flows.shipped_flows import NO_EDITION, rests_on, shipped_rows, titles
from comity.words.errors import InputError, NotFound
from comity.words.goods import GoodsCode
from comity.words.units import check_currency


@dataclass(frozen=True, slots=True)
class Total:
    """The sum over partners of one source, side, year, currency and basis."""

    source: str
    side: str
    year: int
    value: float | None
    currency: str
    basis: str
    partial: float
    partners: int


@dataclass(frozen=True)
class FlowAnswer:
    """Rows, totals over partners, and what the answer rests on.

    `rests_on` names source, years held and licence of every data set that was asked; `missing`
    what was asked for and is not there: unknown, not zero. `totals` are of imported data only:
    shipped figures of partners seldom add up to a total. `sources` are titles of the ids that
    shipped figures name.
    """

    rows: tuple[Flow, ...]
    totals: tuple[Total, ...]
    rests_on: tuple[dict[str, Any], ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    sources: Mapping[str, str] = field(default_factory=dict)

    def as_rows(self) -> list[dict[str, Any]]:
        return [row.as_dict() for row in self.rows]

    def as_dict(self) -> dict[str, Any]:
        return {
            "rows": self.as_rows(),
            "totals": [asdict(total) for total in self.totals],
            "rests_on": list(self.rests_on),
            "sources": dict(self.sources),
            "missing": list(self.missing),
            "notes": list(self.notes),
        }


def flows(
    store: Store,
    loaded: Loaded,
    exporter: str | None,
    importer: str | None,
    goods: str | GoodsCode | Sequence[str | GoodsCode] | None,
    years: Years,
    source: str | None,
    currency: str | None,
    by_goods: bool,
    with_shipped: bool = False,
) -> FlowAnswer:
    """See `TradeData.flows`."""
    seller, buyer = economy_of(exporter), economy_of(importer)
    if seller is None and buyer is None:
        raise InputError("the question names no economy", mend="name an exporter, importer or both")
    asked, span = goods_of(goods), years_of(years)
    rows: list[Flow] = []
    notes: list[str] = []
    missing: list[str] = []
    if currency is not None:
        check_currency(currency)
    sets = sets_of(store, source, with_shipped)
    connection: Any = connect() if sets else None  # nothing to ask it: not even loaded
    try:
        for one in sets:
            missing += _years_missing(one, span)
            read = relation(store, one, span, () if buyer is None else (buyer,))
            if read is None:
                continue
            where = _filters(seller, buyer)
            scope = goods_in(connection, read, one, asked, where, loaded)
            notes += scope.notes
            found = _rows(connection, read, scope, where, asked, by_goods)
            if not found:
                missing.append(f"{one.dataset} has no such flow on record: that is not a zero")
            missing += _reports_missing(one, seller, buyer, span, {row.year for row in found})
            rows += found
    finally:
        close(connection)
    own = len(rows)
    rests = tuple(_rests(one) for one in sets)
    texts: dict[str, str] = {}
    if with_shipped:
        if any(not code.edition_given for code in asked):
            notes.append(NO_EDITION)
        found_rows = shipped_rows(seller, buyer, asked, span, source, loaded)
        missing += _shipped_missing(rows, found_rows, asked, span)
        rows += found_rows
        rests += rests_on(row.source for row in found_rows)
        texts = titles(key for row in found_rows for key in row.sources)
    if currency is not None:
        rows, said, gone = _converted(rows, currency)
        notes, missing = notes + said, missing + gone
    return FlowAnswer(
        tuple(rows),
        _totals(rows[:own]),
        rests,
        tuple(missing),
        tuple(dict.fromkeys(notes)),
        texts,
    )


def all_pairs(
    store: Store,
    loaded: Loaded,
    goods: str | GoodsCode | Sequence[str | GoodsCode] | None,
    year: int,
    source: str,
    by_goods: bool = False,
) -> tuple[Flow, ...]:
    """See `TradeData.all_pairs`."""
    asked = goods_of(goods)
    where = _filters(None, None)
    found: list[Flow] = []
    connection: Any = None
    try:
        for one in sets_of(store, source, False):
            read = relation(store, one, (year,), ())
            if read is None:
                continue
            connection = connect() if connection is None else connection
            scope = goods_in(connection, read, one, asked, where, loaded)
            found += _rows(connection, read, scope, where, asked, by_goods)
    finally:
        close(connection)
    return tuple(found)


def _shipped_missing(
    own: Sequence[Flow], found: Sequence[Flow], asked: Sequence[GoodsCode], span: Sequence[int]
) -> list[str]:
    """Years for which neither imported data nor a shipped figure of a whole year has the goods."""
    there = {row.year for row in own if row.value is not None}
    there |= {
        row.year
        for row in found
        if row.value is not None and row.fit in ("exact", "part") and row.period == str(row.year)
    }
    what = ";".join(map(named, asked)) or "all goods"
    if not span:
        return [] if there else [f"no value of {what} in a whole year is on record: unknown, not 0"]
    gone = [year for year in span if year not in there]
    if not gone:
        return []
    return [f"no value of {what}, or a part of it, in the whole of {spans(gone)}: unknown, not 0"]


def _filters(seller: str | None, buyer: str | None) -> str:
    clauses = [
        f"{name} = {quoted(code)}" if code else f"{name} <> 'WLD'"
        for name, code in (("exporter", seller), ("importer", buyer))
    ]
    return " AND ".join(clauses)


def _rows(
    connection: Any,
    read: str,
    scope: Goods,
    where: str,
    asked: Sequence[GoodsCode],
    by_goods: bool,
) -> list[Flow]:
    some = scope.is_partly
    detail = "goods" if by_goods else "NULL"
    query = f"""
        SELECT dataset, side, exporter, importer, year, edition, {detail} AS code, currency, basis,
               sum(value) FILTER (NOT {some}) AS value, coalesce(sum(value) FILTER ({some}), 0),
               sum(quantity) FILTER (NOT {some}) AS quantity,
               count(DISTINCT quantity_unit) FILTER (quantity IS NOT NULL),
               any_value(quantity_unit) FILTER (quantity IS NOT NULL),
               coalesce(sum(value) FILTER (quantity IS NOT NULL AND NOT {some}), 0), count(*),
               CASE WHEN count(DISTINCT confidence) = 1 THEN any_value(confidence) ELSE '' END,
               string_agg(DISTINCT nullif(flags, ''), ';'),
               count(*) FILTER (value IS NULL AND NOT {some}), count(*) FILTER (NOT {some})
        FROM {read} WHERE {where} AND {scope.where}
        GROUP BY dataset, side, exporter, importer, year, edition, code, currency, basis
        ORDER BY dataset, side, exporter, importer, year, edition, code"""
    made = []
    for row in rows_of(connection, query):
        (dataset, side, exporter, importer, year, edition, code, currency, basis) = row[:9]
        value, partial, quantity, units, unit, with_quantity, lines = row[9:16]
        confidence, flags, unknown, whole = row[16:]
        known = value if whole else 0.0
        one_unit = units == 1 and quantity is not None
        words = [*(flags or "").split(";"), *(["values-missing"] if unknown else [])]
        made.append(
            Flow(
                source=dataset,
                side=side,
                exporter=exporter,
                importer=importer,
                year=int(year),
                goods=f"{edition}:{code}" if by_goods else label(asked, edition),
                value=known,
                currency=currency,
                basis=basis,
                quantity=quantity if one_unit else None,
                quantity_unit=unit if one_unit else "",
                quantity_share=with_quantity / value if value and one_unit else 0.0,
                partial=partial,
                lines=lines,
                confidence=confidence,
                flags=";".join(sorted({word for word in words if word})),
                period=str(int(year)),
            )
        )
    return made


def _totals(rows: Sequence[Flow]) -> tuple[Total, ...]:
    found: dict[tuple[str, str, int, str, str], list[Flow]] = {}
    for row in rows:
        key = (row.source, row.side, row.year, row.currency, row.basis)
        found.setdefault(key, []).append(row)
    return tuple(
        Total(
            source=key[0],
            side=key[1],
            year=key[2],
            # A sum over partners of which one is not known is not known.
            value=None
            if any(row.value is None for row in part)
            else sum(row.value or 0.0 for row in part),
            currency=key[3],
            basis=key[4],
            partial=sum(row.partial for row in part),
            partners=len({(row.exporter, row.importer) for row in part}),
        )
        for key, part in sorted(found.items())
    )


def _converted(rows: Sequence[Flow], currency: str) -> tuple[list[Flow], list[str], list[str]]:
    """Rows in another currency, at annual rates; the rates, and what has none and is kept as it is.

    Raises `NotFound` where no row can be converted.
    """
    made: list[Flow] = []
    notes: dict[str, None] = {}
    gone: dict[str, list[int]] = {}
    problem: NotFound | None = None
    for row in rows:
        if row.value is None and not row.partial:
            # What is not known is so in every currency.
            made.append(replace(row, currency=currency if row.currency else ""))
            continue
        try:
            found = rates.rate(row.currency, currency, row.year)
        except NotFound as error:
            problem = error
            gone.setdefault(row.currency, []).append(row.year)
            made.append(row)
            continue
        if row.currency != currency:
            rate = f"{row.currency} to {currency} {row.year}: {found.rate:.6g} ({found.source})"
            notes[rate] = None
        value = None if row.value is None else row.value * found.rate
        made.append(replace(row, value=value, partial=row.partial * found.rate, currency=currency))
    if problem is not None and not any(row.currency == currency for row in made):
        raise problem
    said = [
        f"there is no rate of {code} to {currency} for {spans(years)}: kept in {code}"
        for code, years in sorted(gone.items())
    ]
    return made, list(notes), said


def _years_missing(one: Held, span: Sequence[int]) -> list[str]:
    there = set(one.years)
    gone = [year for year in span if year not in there]
    if not gone:
        return []
    return [f"{one.dataset} has no {spans(gone)} (it has {spans(one.years)})"]


def _reports_missing(
    one: Held, seller: str | None, buyer: str | None, span: Sequence[int], found: set[int]
) -> list[str]:
    """Reporters whose figures of a year were never imported, for data sets of reporters."""
    if one.imports[0].loader != "comtrade":
        return []
    words = {tuple(block.split()[:3]) for held in one.imports for block in held.blocks}
    gone: dict[str, list[int]] = {}
    for year in span or sorted(found):
        for code, side in ((seller, "exporter"), (buyer, "importer")):
            if code and (str(year), code, side) not in words:
                gone.setdefault(f"{code} as {side}", []).append(year)
    return [f"{one.dataset} has no report of {who} for {spans(y)}" for who, y in gone.items()]


def _rests(one: Held) -> dict[str, Any]:
    return {
        "dataset": one.dataset,
        "source": one.source,
        "licence": one.imports[0].licence,
        "years": spans(one.years),
        "editions": list(one.editions),
        "sides": list(one.sides),
        "imported": max(held.imported_at for held in one.imports),
    }


def spans(years: Sequence[int]) -> str:
    """``2017-2019, 2022``"""
    parts: list[list[int]] = []
    for year in sorted(set(years)):
        if parts and parts[-1][-1] == year - 1:
            parts[-1].append(year)
        else:
            parts.append([year])
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)
