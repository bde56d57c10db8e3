"""Where an exporter's goods could go if some markets were closed, beside what markets buy today."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np

from comity.effects.market.inputs import Options
from comity.market.assessment import Assessment, Progress, run
from comity.record.view import View
from comity.scenario.market_case import BAN, TO, FlowRule, MarketCase
from comity.scenario.resolved import Flag
from comity.trade.elasticity_choice import HORIZONS
from comity.trade.market_baseline import MarketBaseline
from comity.trade.market_choice import market_for
from comity.trade.markets import market as load
from comity.trade.markets import markets as known_markets
from comity.trade.markets import totals
from comity.trade.other_editions import lies, refuse_undecided
from comity.words import economies
from comity.words.errors import InputError, NotFound, Place, located
from comity.words.goods import GoodsCode, Relation, checked


def outlets(
    exporter: str,
    goods: str,
    without: tuple[str, ...] = (),
    options: Options | None = None,
    *,
    horizon: str = "short",
    market: str | None = None,
    public_on: str | dt.date | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
) -> dict[str, Any]:
    """Markets for `goods` (a product of a market, or an HS code) of an exporter, as plain data.

    Each with what it buys from everyone and from the exporter as recorded, and what the model has
    it buy more where the markets `without` are closed. Small shares are shifted towards the
    exporter's sales of all products by κ ~ U(0, 0.3), since a share of nothing stays nothing: what
    is bought more is over ``base_median``, the sale so shifted. Raises `NotFound` and `InputError`
    for goods, economies and markets that are not there.
    """
    options = Options() if options is None else options
    if horizon not in HORIZONS:
        raise InputError(
            f"no horizon {horizon!r}",
            where=Place(field="horizon"),
            mend=f"one of {', '.join(HORIZONS)}",
        )
    with located("exporter"):
        seller = economies.resolve(exporter)
    with located("without"):
        listed = [part for one in without for part in one.split(",")]
        closed = tuple(dict.fromkeys(economies.resolve(part.strip()) for part in listed))
    day = View.of(None, None, public_on).public_on
    name, baseline = _market(goods, seller, closed, market, day)
    products = _products(baseline, goods)
    known = set(baseline.names.economies)
    for code in (seller, *closed):
        if code not in known:
            raise NotFound(
                f"the market {baseline.name} has no economy {code}",
                where=Place(field="exporter" if code == seller else "without"),
                mend=f"it has {', '.join(baseline.names.economies)}",
            )
    if seller in closed:
        raise InputError("an exporter's own market is not closed to it", mend="name another")
    case = _case(baseline, seller, closed, products, horizon, day)
    made = run(
        case,
        baseline,
        totals(name, public_on=day),
        replace(options, shift=True),
        progress=progress,
        threads=threads,
    )
    return {
        "run_id": made.id,
        "exporter": seller,
        "without": list(closed),
        "products": list(products),
        "baseline": baseline.name,
        "year": baseline.year,
        "unit": baseline.unit,
        "horizon": horizon,
        "draws": len(made.runs),
        "markets": [row for product in products for row in _rows(made, seller, closed, product)],
        "flags": [flag.as_dict() for flag in case.flags],
        "notes": [note.text for note in baseline.notes],
    }


def _market(
    goods: str, seller: str, closed: tuple[str, ...], market: str | None, day: dt.date | None
) -> tuple[str, MarketBaseline]:
    if market is not None:
        return market, load(market, public_on=day)
    for name in known_markets():
        baseline = load(name)
        if goods in baseline.names.sectors and _sells(baseline, seller, goods):
            return name, load(name, public_on=day)
    _sold(goods, seller)
    code = _code(goods)
    found = market_for([code], seller, closed[0] if closed else None, public_on=day)
    return found[0].name, found[0].baseline


def _sells(baseline: MarketBaseline, seller: str, product: str) -> bool:
    """Does a baseline have reported sales of the seller?"""
    names = baseline.names
    if seller not in names.economies:
        return False
    k, i = names.sector(product), names.economy(seller)
    abroad = np.arange(len(names.economies)) != i
    return bool((baseline.standing[k, i, abroad] == "reported").sum() > 1)


def _sold(goods: str, seller: str) -> None:
    """Raises `NotFound` where goods are a product of some markets, and the seller's sales of them
    are reported in none."""
    having = {name: load(name) for name in known_markets()}
    having = {n: one for n, one in having.items() if goods in one.names.sectors}
    if not having:
        return
    sellers = sorted(
        {
            code
            for one in having.values()
            for code in one.names.economies
            if _sells(one, code, goods)
        }
    )
    raise NotFound(
        f"{', '.join(having)} {'has' if len(having) == 1 else 'have'} {goods}, and no sales of "
        f"{seller} to two markets or more are reported there",
        where=Place(field="exporter"),
        mend=f"ask about {' or '.join(sellers)}, or name a market (--market) or an HS code",
    )


def _code(goods: str) -> GoodsCode:
    try:
        with located("goods"):
            return checked(goods)
    except InputError as error:
        labels = sorted({p for name in known_markets() for p in load(name).names.sectors})
        raise NotFound(
            f"no market has goods called {goods!r}, and it is no HS code",
            where=Place(field="goods"),
            mend=f"there is {', '.join(labels)}; or a code such as HS2022:0307",
        ) from error


def _products(baseline: MarketBaseline, goods: str) -> tuple[str, ...]:
    if goods in baseline.names.sectors:
        return (goods,)
    code = _code(goods)
    held = [GoodsCode.parse(text) for codes in baseline.goods.values() for text in codes]
    refuse_undecided([code], held)
    found = tuple(
        product
        for product in baseline.names.sectors
        if any(
            lies(code, GoodsCode.parse(text)) is not Relation.DISJOINT
            for text in baseline.goods.get(product, ())
        )
    )
    if not found:
        raise NotFound(
            f"the market {baseline.name} has no {goods}",
            where=Place(field="goods"),
            mend=f"it has {', '.join(baseline.names.sectors)}",
        )
    return found


def _case(
    baseline: MarketBaseline,
    seller: str,
    closed: tuple[str, ...],
    products: tuple[str, ...],
    horizon: str,
    public_on: dt.date | None,
) -> MarketCase:
    rules = tuple(
        FlowRule(
            state=TO,
            kind=BAN,
            product=product,
            importer=code,
            exporter=seller,
            low=1.0,
            high=1.0,
            actors=(code,),
            sources=("asked",),
            arithmetic=("closed, as asked",),
        )
        for product in products
        for code in closed
    )
    if not rules:
        raise InputError(
            "no market is closed, so nothing has to go elsewhere",
            where=Place(field="without"),
            mend="name one with --without CHN",
        )
    flags = [
        Flag(
            "shifted",
            "Small shares are shifted towards the exporter's sales of all products by up to 0.3 "
            "(drawn): a share of nothing would stay nothing.",
        )
    ]
    return MarketCase(
        title=f"{seller} without {', '.join(closed)}",
        baseline=baseline.name,
        baseline_digest=baseline.digest,
        rules=rules,
        horizon=horizon,
        period="first full year" if horizon == "short" else "fifth year and later",
        flags=tuple(flags),
        views=() if public_on is None else (("public_on", public_on.isoformat()),),
    )


def _rows(
    made: Assessment, seller: str, closed: tuple[str, ...], product: str
) -> list[dict[str, Any]]:
    baseline = made.baseline
    names = baseline.names
    k, i = names.sector(product), names.economy(seller)
    out = []
    for row in made.rows:
        mine = row.quantity == "trade_value" and row.exporter == seller and row.goods == product
        if not mine or row.importer == "WLD":
            continue
        j = names.economy(row.importer)
        column = baseline.value[k, :, j]
        bought = float(column.sum() - column[j])
        # With small shares shifted a draw starts from another sale than the recorded one.
        base = made.runs.base[:, k, i, j]
        start = float(np.median(base))
        more, guessed = row.values - base, row.foreseen - base
        quantiles = np.quantile(row.values, (0.05, 0.25, 0.5, 0.75, 0.95))
        ends = np.quantile(more, (0.05, 0.95))
        wide = np.quantile(guessed, (0.05, 0.95))
        out.append(
            {
                "goods": product,
                "importer": row.importer,
                "unit": baseline.unit,
                "bought_from_all": bought,
                "bought_from_exporter": row.before,
                "share_pct": 100.0 * row.before / bought if bought > 0.0 else 0.0,
                "base_median": start,
                "after_median": float(quantiles[2]),
                "after_p5": float(quantiles[0]),
                "after_p25": float(quantiles[1]),
                "after_p75": float(quantiles[3]),
                "after_p95": float(quantiles[4]),
                "diversion_median": float(quantiles[2]) - start,
                "diversion_p5": float(ends[0]),
                "diversion_p95": float(ends[1]),
                "predictive_p5": float(wide[0]),
                "predictive_p95": float(wide[1]),
                "closed": row.importer in closed,
                "standing": str(baseline.standing[k, i, j]),
                "note": row.note,
            }
        )
    return sorted(out, key=lambda row: (row["closed"], -row["diversion_median"]))
