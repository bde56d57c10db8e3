"""The questions `flows` and `exposure`, answered from the shipped series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from comity.trade.flows.dependence import (
    Dependence,
    Exposure,
    Product,
    closure_of,
    dependence_of,
)
from comity.trade.flows.layout import FITS, Flow
from comity.trade.flows.scope import Loaded
from comity.trade.flows.shipped import Fact, Series, fit, shipped
from comity.words.goods import GoodsCode

NO_EDITION = "no edition was named: the digits are read in the edition of each source"
_ORDER = list(FITS)
_WORST = ("low", "medium", "high")
NOT_COUNTED = {"intra-area", "sum-of-others", "part-of-other"}
"""Flags of rows that are in no sum over partners."""


def chosen(
    asked: Sequence[GoodsCode], source: str | None, loaded: Loaded
) -> list[tuple[Series, str]]:
    """The series whose goods have something to do with what was asked, and how they fit."""
    found = []
    for one in shipped().series.values():
        if source is not None and source not in (one.name, "shipped"):
            continue
        how = fit(one, asked, loaded)
        # The goods of everything say nothing about some goods.
        if how is not None and not (how == "wider" and one.product == "all goods"):
            found.append((one, how))
    return found


def known_series(source: str | None) -> bool:
    """Is it a shipped series, or the word for all of them?"""
    return source == "shipped" or source in shipped().series


def shipped_rows(
    exporter: str | None,
    importer: str | None,
    asked: Sequence[GoodsCode],
    years: Sequence[int],
    source: str | None,
    loaded: Loaded,
) -> list[Flow]:
    """The figures of a flow, those that fit best first. Value and quantity of one flow, period and
    series stand in one row, with the sources of both and the lower confidence."""
    fits = {one.name: (one, how) for one, how in chosen(asked, source, loaded)}
    grouped: dict[tuple[str, str, str, str, str], list[Fact]] = {}
    for fact in shipped().facts:
        if (
            fact.series in fits
            and _is(fact.exporter, exporter)
            and _is(fact.importer, importer)
            and (not years or fact.year in years)
        ):
            key = (fact.series, fact.exporter, fact.importer, fact.period, fact.currency)
            grouped.setdefault(key if fact.value is not None else (*key[:4], ""), []).append(fact)
    for key in [key for key in grouped if not key[4]]:
        # A quantity goes with the one value of its flow; where there are two, it stands alone.
        fitting = [other for other in grouped if other[:4] == key[:4] and other[4]]
        if len(fitting) == 1:
            grouped[fitting[0]] += grouped.pop(key)
    rows = [_row(*fits[key[0]], facts) for key, facts in grouped.items()]
    rows.sort(
        key=lambda r: (
            *(_ORDER.index(r.fit), r.side, r.source),
            *(r.exporter, r.importer, r.year, r.period != str(r.year), r.period, r.currency),
        )
    )
    return rows


def _is(code: str, asked: str | None) -> bool:
    return code == asked if asked is not None else code != "WLD"


def _row(one: Series, how: str, facts: Sequence[Fact]) -> Flow:
    value = next((fact for fact in facts if fact.value is not None), None)
    amount = next((fact for fact in facts if fact.quantity is not None), None)
    first = facts[0]
    sources = dict.fromkeys(source for fact in facts for source in fact.sources)
    notes = dict.fromkeys(fact.note for fact in facts if fact.note)
    return Flow(
        source=one.name,
        side=one.side,
        exporter=first.exporter,
        importer=first.importer,
        year=first.year,
        goods=one.codes,
        value=value.value if value else None,
        currency=value.currency if value else "",
        basis=one.basis,
        quantity=amount.quantity if amount else None,
        quantity_unit=amount.quantity_unit if amount else "",
        quantity_share=1.0 if value and amount else 0.0,
        lines=len(facts),
        confidence=min((fact.confidence for fact in facts), key=_WORST.index),
        flags=";".join(dict.fromkeys(flag for fact in facts for flag in fact.flags)),
        period=first.period,
        product=one.product,
        fit=how,
        derived="; ".join(fact.derived for fact in facts if fact.derived),
        note="; ".join(notes),
        sources=tuple(sources),
        ids=tuple(fact.id for fact in facts),
    )


def rests_on(names: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """What the series of an answer are: title, goods, whose reading the codes are, notes."""
    made = []
    for name in dict.fromkeys(names):
        one = shipped().series[name]
        years = sorted({fact.year for fact in shipped().facts if fact.series == name})
        made.append(
            {
                "dataset": name,
                "source": one.title,
                "licence": one.licence,
                "years": f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0]),
                "editions": [one.goods[0].edition] if one.goods else [],
                "sides": [one.side],
                "imported": "",
                "product": one.product,
                "goods": one.codes,
                "mapping": one.mapping,
                "notes": list(one.notes),
            }
        )
    return tuple(made)


def titles(keys: Iterable[str]) -> dict[str, str]:
    """Titles and addresses of the sources named."""
    return {key: shipped().sources[key] for key in sorted(set(keys))}


# ---------------------------------------------------------------------------------- exposure


def shipped_exposure(
    seller: str,
    buyer: str,
    asked: Sequence[GoodsCode],
    years: Sequence[int],
    source: str | None,
    loaded: Loaded,
) -> tuple[list[Exposure], list[str]]:
    """Every series and whole year that has a figure of the pair and a total to set it against; and
    what was there without a total."""
    made: list[tuple[int, Exposure]] = []
    alone: list[str] = []
    for one, how in chosen(asked, source, loaded):
        facts = [fact for fact in shipped().facts if fact.series == one.name and fact.whole_year]
        for year in sorted({fact.year for fact in facts if not years or fact.year in years}):
            rows = [fact for fact in facts if fact.year == year and fact.value is not None]
            sales = purchases = None
            if one.side in ("exporter", "reconciled"):
                cells = {f.importer: f for f in _partners(rows, "exporter", seller)}
                sales = _half(one, cells, buyer)
            if one.side in ("importer", "reconciled"):
                cells = {f.exporter: f for f in _partners(rows, "importer", buyer)}
                purchases = _half(one, cells, seller)
            if sales is None and purchases is None:
                if any((f.exporter, f.importer) == (seller, buyer) for f in rows):
                    alone.append(f"{one.name} {year}")
                continue
            product = Product(
                one.product,
                sales.pair if sales else None,
                sales.share if sales else None,
                purchases.pair if purchases else None,
                purchases.share if purchases else None,
            )
            made.append(
                (
                    _ORDER.index(how),
                    Exposure(
                        source=one.name,
                        year=year,
                        exporter=seller,
                        market=buyer,
                        goods=one.codes,
                        sales=sales,
                        purchases=purchases,
                        products=(product,),
                        closure=closure_of(sales, purchases, (product,)),
                        product=one.product,
                        fit=how,
                        side=one.side,
                        sources=_sources(rows, seller, buyer),
                    ),
                )
            )
    made.sort(key=lambda pair: (pair[0], pair[1].source, pair[1].year))
    said = []
    if alone:
        said.append(
            "no total of all partners is on record beside the figure of the pair, so no share: "
            + ", ".join(alone)
        )
    return [row for _, row in made], said


def _sources(rows: Sequence[Fact], seller: str, buyer: str) -> tuple[str, ...]:
    """Ids of the sources of the pair's figure and of the totals beside it."""
    pairs = ((seller, buyer), (seller, "WLD"), ("WLD", buyer))
    found = (one for pair in pairs for one in rows if (one.exporter, one.importer) == pair)
    return tuple(dict.fromkeys(source for one in found for source in one.sources))


def _partners(rows: Sequence[Fact], own: str, code: str) -> list[Fact]:
    return [
        fact for fact in rows if getattr(fact, own) == code and not NOT_COUNTED & set(fact.flags)
    ]


def _half(one: Series, cells: dict[str, Fact], other: str) -> Dependence | None:
    """One way, where the pair has a figure and there is a total: the one that the source gives, or
    the sum over partners where every partner is a row."""
    pair = cells.get(other)
    world = cells.pop("WLD", None)
    if pair is None or pair.value is None or (world is None and not one.complete):
        return None
    values = {code: fact.value or 0.0 for code, fact in cells.items()}
    total = sum(values.values())
    if world is not None and world.value is not None:
        if world.currency != pair.currency:
            return None
        # A total is rounded as its parts are; it is never less than they are together.
        total = max(world.value, total)
    if total <= 0.0:
        return None
    return dependence_of(values, total, other, one.side, one.basis, pair.currency)
