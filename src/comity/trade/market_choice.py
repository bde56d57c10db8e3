"""Which market baseline fits a question: its goods, who sells, who buys, and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from comity.trade.market_baseline import CARRIED, REPORTED, MarketBaseline
from comity.trade.other_editions import lies
from comity.words.errors import NotFound
from comity.words.goods import GoodsCode, Relation, children

CARRIED_WORTH = 0.5
"""What a carried cell counts beside a reported one."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A baseline that holds goods asked about, and how well it fits.

    `products` are those of its products that hold any of them; `fit` is the part of their headings
    that was asked about, by the seller's sales: 1 where nothing else is in them. `known` is the
    part of the seller's sales abroad of these products that is reported (carried cells count
    half), `pair` the standing of the sale asked about in each product.
    """

    name: str
    baseline: MarketBaseline
    products: tuple[str, ...]
    missing: tuple[str, ...]
    fit: float
    known: float
    pair: tuple[str, ...]
    reason: str


def market_for(
    goods: Sequence[GoodsCode],
    exporter: str | None,
    importer: str | None,
    year_before: int | None = None,
    *,
    folders: Iterable[str | Path] = (),
    public_on: dt.date | None = None,
) -> tuple[Candidate, ...]:
    """Baselines for goods sold by one economy to another, the best first, each with its reason.

    None for an economy is any: then what the other one sells or buys counts.

    In this order: all goods are in it; little else is (`fit`, in steps of a tenth); it is not of a
    later year than `year_before`, the last year without the measure; more of the seller's exports
    is reported; more products; the nearer year. `folders` are baselines of a user's, beside those
    of packs; `public_on` takes what was known on a day. Raises `NotFound` where none holds any of
    the goods and both economies.
    """
    from comity.trade.markets import market, markets  # which gives this function on: a circle

    found: list[tuple[tuple[float, ...], Candidate]] = []
    holding: list[str] = []
    for name in [*markets(), *map(str, folders)]:
        try:
            base = market(name, public_on)
        except NotFound:
            if public_on is None:
                raise
            continue
        products = [label for label, codes in base.goods.items() if _overlap(goods, _codes(codes))]
        if not products:
            continue
        holding.append(name)
        if any(one and one not in base.names.economies for one in (exporter, importer)):
            continue
        one = _candidate(name, base, products, goods, exporter, importer, year_before)
        distance = abs(base.year - year_before) if year_before is not None else 0
        later = year_before is not None and base.year > year_before
        key = (len(one.missing), -round(one.fit, 1), later, -round(one.known, 3),
               -len(one.products), distance, -base.year)  # fmt: skip
        found.append((key, one))
    if not found:
        what = ", ".join(map(str, goods)) or "the goods, of which no code is on record,"
        when = f" as known on {public_on}" if public_on else ""
        raise NotFound(
            f"no market baseline{when} has {what} of {exporter or 'anyone'} sold to "
            f"{importer or 'anyone'}",
            mend=f"{', '.join(holding)} hold the goods, but not both economies"
            if holding
            else "make one of imported flows (--data and --year; in Python market_from_flows), "
            "or name a folder of one (--market)",
        )
    return tuple(one for _, one in sorted(found, key=lambda item: item[0]))


def _candidate(
    name: str,
    base: MarketBaseline,
    products: Sequence[str],
    goods: Sequence[GoodsCode],
    exporter: str | None,
    importer: str | None,
    year_before: int | None,
) -> Candidate:
    """How a baseline fits: by the seller's sales abroad, else the buyer's purchases, else all."""
    n = len(base.names.economies)
    index = [base.names.sector(label) for label in products]
    asked = np.ones((n, n), dtype=bool)
    if exporter:
        asked[np.arange(n) != base.names.economy(exporter)] = False
        whose = f"{exporter}'s sales abroad"
    elif importer:
        asked[:, np.arange(n) != base.names.economy(importer)] = False
        whose = f"{importer}'s purchases abroad"
    else:
        whose = "trade"
    np.fill_diagonal(asked, False)
    sold = np.where(asked, base.value[index], 0.0)
    standing = base.standing[index]
    total = float(sold.sum())
    worth = (standing == REPORTED) + CARRIED_WORTH * (standing == CARRIED)
    known = float((sold * worth).sum()) / total if total else 0.0
    fits = np.array([_fit(goods, _codes(base.goods[label])) for label in products])
    weight = sold.sum(axis=(1, 2))
    fit = float(weight @ fits / weight.sum()) if total else float(fits.mean())
    held = [code for label in products for code in _codes(base.goods[label])]
    missing = tuple(str(code) for code in goods if not _overlap([code], held))
    apart = "" if year_before is None else f" ({base.year - year_before:+d} from {year_before})"
    parts = [
        f"{base.year}{apart}: {', '.join(products)}",
        f"{fit:.0%} of their headings are asked about",
        f"{known:.0%} of {whose} are reported (carried ones count half)",
    ]
    pair: tuple[str, ...] = ()
    if exporter and importer:
        i, j = base.names.economy(exporter), base.names.economy(importer)
        pair = tuple(str(one) for one in standing[:, i, j])
        parts.append(f"{exporter} to {importer}: {', '.join(pair)}")
    if missing:
        parts.append(f"without {', '.join(missing)}")
    if not base.home:
        parts.append("imports only")
    reason = "; ".join(parts)
    return Candidate(name, base, tuple(products), missing, fit, known, pair, reason)


@lru_cache(maxsize=256)
def _codes(texts: tuple[str, ...]) -> tuple[GoodsCode, ...]:
    return tuple(GoodsCode.parse(text) for text in texts)


def _overlap(goods: Iterable[GoodsCode], held: Iterable[GoodsCode]) -> bool:
    known = list(held)
    return any(lies(asked, one) is not Relation.DISJOINT for asked in goods for one in known)


def _fit(goods: Sequence[GoodsCode], held: Sequence[GoodsCode]) -> float:
    headings = {heading for code in held for heading in _headings(code)}
    return sum(_overlap(goods, [one]) for one in headings) / len(headings)


def _headings(code: GoodsCode) -> tuple[GoodsCode, ...]:
    """Four-digit headings that a code has or lies in."""
    if code.level == 2:
        return children(code) or (code,)
    return (GoodsCode(code.edition, code.code[:4]),)
