"""One problem for the solver: a market's shares with a change put in.

With K = τ̂ m̂ (1 + t')/(1 + t), what an origin's price does to a price index is A = s a K^(1−σ),
and what a price index does to an origin's sales is B = r τ̂ a K^(−σ) (notes, 1.2). Both are fixed,
so powers are taken once, in the cells that a change touches; an evaluation is two products. A ban
is A = B = 0, exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.model.market.change import MarketChange, Part, Quota, available, index_of, pairs, part
from comity.model.market.market import Array, Elasticities, Market, Mask, Parameters, finite, shaped
from comity.model.market.routes import Borders, Rewritten, rewrite
from comity.words.errors import InputError, Place

Index = NDArray[np.intp]

NEAR_ONE = 1e-13
"""An elasticity is moved this far from 1, where the formulas divide by the distance; with `log1p`
and `expm1` the error is of the same size."""


def from_one(elasticity: Array) -> Array:
    """1 − elasticity, never zero."""
    gap = np.asarray(1.0 - elasticity)
    return np.where(np.abs(gap) < NEAR_ONE, -NEAR_ONE, gap)


@dataclass(eq=False)
class Parts:
    """All parts of all split origins; S origins, P parts.

    k, i : (S,);  row : (P,), which split each part belongs to
    share : (P, N), inner shares;  offer : (P, N), share × availability × cost^(1−inner)
    allowed : (P, N), availability of the part, 0 where the bundle is banned
    cost : (P, N), log;  inner, h : (P,), elasticity and 1 − elasticity
    sales_share : (P, N), r of the part;  sales : (P,), R of the part;  supply : (P,)
    """

    k: Index
    i: Index
    row: Index
    share: Array
    offer: Array
    allowed: Array
    cost: Array
    inner: Array
    h: Array
    sales_share: Array
    sales: Array
    supply: Array

    @property
    def starts(self) -> Index:
        """(S,): the first part of each split."""
        return np.searchsorted(self.row, np.arange(len(self.k)))


@dataclass(eq=False)
class Problem:
    """Arrays of a change; see the module. C touched cells, Q quotas.

    offer : (K, N, N) ``[k, j, i]``, A, zero for split origins;  sell : (K, N, N) ``[k, i, j]``, B
    offset : (K, N), Σ_i s (a K^(1−σ) − 1), exactly zero where nothing changes
    h : (K, N), 1 − σ;  uniform : one σ for all destinations of each product
    bundle : (S, N), A of split origins without their inner index;  bundle_sell : (P, N), B of parts
    cells : flat places of touched cells;  log_cost, allowed, iceberg, margin : (C,)
    quotas, limits, quota_cap : (Q,), of quotas that are neither bans nor without limit; the cap is
        the log of (1 + over)/(1 + tariff)
    """

    market: Market
    change: MarketChange
    el: Elasticities
    rewritten: Rewritten | None
    splits: tuple[Part, ...]
    offer: Array
    sell: Array
    offset: Array
    h: Array
    uniform: bool
    parts: Parts | None
    bundle: Array
    bundle_sell: Array
    bundle_offset: Array
    cells: Index
    log_cost: Array
    allowed: Array
    iceberg: Array
    margin: Array
    tariff: Array
    exchange: Array | None
    quotas: tuple[Quota, ...]
    quota_place: tuple[Index, Index, Index]
    limits: Array
    quota_cap: Array
    origin_split: Mask
    touched: bool

    def full(self, values: Array, otherwise: float) -> Array:
        """(K, N, N) of a value of the touched cells."""
        out = np.full(self.market.value.size, otherwise)
        out[self.cells] = values
        return out.reshape(self.market.value.shape)


def problem(market: Market, change: MarketChange, parameters: Parameters) -> Problem:
    """The problem of a change. Raises `InputError`."""
    k, n = market.shape
    el = parameters.at(market)
    free = available(change.availability, market)
    splits = tuple(part(split, market, el.supply) for split in change.splits)
    places = places_of(splits)
    if len(set(places)) < len(places):
        raise InputError("an origin is split twice", where=Place(field="splits"))
    splits = tuple(splits[m] for m in np.lexsort(np.array(places).T[::-1])) if splits else ()
    quotas = tuple(_quota(quota, market, change) for quota in change.quotas)
    spots = [(q.product, q.origin, q.destination) for q in quotas]
    if len(set(spots)) < len(spots):
        raise InputError("a flow has two quotas", where=Place(field="quotas"))
    bans = [q for q in quotas if q.limit == 0.0 and q.over is None]
    taxed = [q for q in quotas if q.limit == 0.0 and q.over is not None]
    quotas = tuple(q for q in quotas if 0.0 < q.limit < np.inf)
    if bans:
        free = np.ones(market.value.shape) if free is None else free.copy()
        for quota in bans:
            free[quota.product, quota.origin, quota.destination] = 0.0
    tariff = pairs(change.tariff, market, "tariff", -1.0)
    if taxed:
        tariff = market.rates.copy() if tariff is None else tariff
        for quota in taxed:
            assert quota.over is not None
            tariff[quota.product, quota.origin, quota.destination] = quota.over
    wedge = pairs(change.wedge, market, "wedge", 0.0)
    iceberg = pairs(change.iceberg, market, "iceberg", 0.0)
    rewritten = None
    extra: Array | None = None
    if change.routes is not None:
        borders = Borders(tariff, iceberg, wedge, *_limits(change.quotas, market))
        rewritten = rewrite(market, change.routes, free, splits, borders)
        market, splits = rewritten.final, rewritten.final_parts
        extra = rewritten.cost
    exchange = None
    if change.exchange is not None:
        money = finite(change.exchange, "exchange", least=0.0, above=True)
        exchange = shaped(money, (n,), "exchange")

    touched = market.value > 0.0
    moved = np.zeros_like(touched)
    for values, base in ((free, 1.0), (wedge, 1.0), (iceberg, 1.0), (extra, 0.0)):
        if values is not None:
            moved |= values != base
    if tariff is not None:
        moved |= tariff != market.rates
    if exchange is not None:
        moved |= (exchange[:, None] != exchange)[None]
    touched &= moved
    cells = np.flatnonzero(touched)

    def at(values: Array | None, otherwise: float) -> Array:
        return np.full(len(cells), otherwise) if values is None else values.ravel()[cells]

    margin = np.log(at(wedge, 1.0)) + at(extra, 0.0)
    log_cost = margin + np.log(at(iceberg, 1.0))
    if tariff is not None:
        log_cost += np.log1p(at(tariff, 0.0)) - np.log1p(market.rates.ravel()[cells])
    ck, ci, cj = np.unravel_index(cells, market.value.shape)
    if exchange is not None:
        log_cost += np.log(exchange[ci] / exchange[cj])
    allowed, ice = at(free, 1.0), at(iceberg, 1.0)

    h = from_one(el.sigma)
    offer, sell = market.transposed_share.copy(), market.sales_share.copy()
    offset = np.zeros((k, n))
    bundle_offset = np.zeros((len(splits), n))
    share = market.buying_share.ravel()[cells]
    grown = h[ck, cj] * log_cost
    if len(cells):
        offer[ck, cj, ci] = share * allowed * np.exp(grown)
        sell[ck, ci, cj] *= ice * allowed * np.exp(-el.sigma[ck, cj] * log_cost)
    made: Parts | None = None
    bundle = np.zeros((0, n))
    bundle_sell = np.zeros((0, n))
    origin_split = np.zeros((k, n), dtype=bool)
    if splits:
        made = _parts(splits, market)
        bundle = offer[made.k, :, made.i]
        bundle_sell = sell[made.k, made.i][made.row]
        made.allowed = np.where(bundle[made.row] > 0.0, made.allowed, 0.0)
        bundle = np.where(np.add.reduceat(made.offer, made.starts) > 0.0, bundle, 0.0)
        whole = market.sales_share[made.k, made.i][made.row]
        ratio = np.divide(bundle_sell, whole, out=np.zeros_like(whole), where=whole > 0.0)
        bundle_sell = made.sales_share * ratio
        origin_split[made.k, made.i] = True
        offer[made.k, :, made.i] = 0.0
        sell[made.k, made.i] = 0.0
    if len(cells):
        moves = share * (allowed * np.expm1(grown) + (allowed - 1.0))
        plain = np.where(origin_split[ck, ci], 0.0, moves)
        offset += np.bincount(ck * n + cj, weights=plain, minlength=k * n).reshape(k, n)
        for m, (pk, pi) in enumerate(places_of(splits)):
            mine = (ck == pk) & (ci == pi)
            bundle_offset[m, cj[mine]] = moves[mine]
    for m, (pk, pi) in enumerate(places_of(splits)):
        lost = bundle[m] <= 0.0
        bundle_offset[m, lost] = -market.buying_share[pk, pi, lost]
    quotas = tuple(q for q in quotas if market.value[q.product, q.origin, q.destination] > 0.0)
    qk, qi, qj = (
        np.array([getattr(q, name) for q in quotas], dtype=np.intp)
        for name in ("product", "origin", "destination")
    )
    rates = market.rates if tariff is None else tariff
    cap = np.array([np.inf if q.over is None else q.over for q in quotas])
    with np.errstate(invalid="ignore"):
        cap = np.log1p(cap) - np.log1p(rates[qk, qi, qj])
    return Problem(
        market=market,
        change=change,
        el=el,
        rewritten=rewritten,
        splits=splits,
        offer=offer,
        sell=sell,
        offset=offset,
        h=h,
        uniform=bool((el.sigma == el.sigma[:, :1]).all()),
        parts=made,
        bundle=bundle,
        bundle_sell=bundle_sell,
        bundle_offset=bundle_offset,
        cells=cells,
        log_cost=log_cost,
        allowed=allowed,
        iceberg=ice,
        margin=margin,
        tariff=rates,
        exchange=exchange,
        quotas=quotas,
        quota_place=(qk, qi, qj),
        limits=np.array([q.limit for q in quotas]),
        quota_cap=cap,
        origin_split=origin_split,
        touched=bool(len(cells)) or bool(quotas) or any(_touched(p) for p in splits),
    )


def places_of(splits: Sequence[Part]) -> list[tuple[int, int]]:
    return [(p.product, p.origin) for p in splits]


def _touched(given: Part) -> bool:
    return bool((given.availability != 1.0).any() or given.cost.any())


def _limits(quotas: Sequence[Quota], market: Market) -> tuple[Array, Array] | tuple[None, None]:
    """(K, N, N) of limits and of tariffs beyond them; ``inf`` where there is none."""
    if not quotas:
        return None, None
    limit, over = np.full((2, *market.value.shape), np.inf)
    for quota in quotas:
        place = (quota.product, quota.origin, quota.destination)
        limit[place] = quota.limit
        if quota.over is not None:
            over[place] = quota.over
    return limit, over


def _quota(quota: Quota, market: Market, change: MarketChange) -> Quota:
    where = Place(field="quotas")
    k, n = market.shape
    index_of(quota.product, k, "product")
    for economy in (quota.origin, quota.destination):
        index_of(economy, n, "economy")
    if not quota.limit >= 0.0:
        raise InputError(f"a quota of {quota.limit}", where=where, mend="give a number from 0")
    if not 0.0 <= quota.importer_share <= 1.0:
        raise InputError("a share of a rent is not between 0 and 1", where=where)
    if quota.over is not None:
        new = pairs(change.tariff, market, "tariff", -1.0)
        rates = market.rates if new is None else new
        if not quota.over >= rates[quota.product, quota.origin, quota.destination]:
            raise InputError(
                "the tariff beyond a quota is below that within it",
                where=where,
                mend="give the tariff of what is sold beyond the limit, as a fraction",
            )
    return quota


def _parts(splits: Sequence[Part], market: Market) -> Parts:
    row = np.concatenate([np.full(len(p.share), m) for m, p in enumerate(splits)])
    k = np.array([p.product for p in splits], dtype=np.intp)
    i = np.array([p.origin for p in splits], dtype=np.intp)
    share = np.concatenate([p.share for p in splits])
    allowed = np.concatenate([p.availability for p in splits])
    cost = np.concatenate([p.cost for p in splits])
    inner = np.array([splits[m].inner for m in row])
    h = from_one(inner)
    value = market.value[k, i][row] * share
    sales = value.sum(axis=1)
    return Parts(
        k=k,
        i=i,
        row=row,
        share=share,
        offer=share * allowed * np.exp(h[:, None] * cost),
        allowed=allowed,
        cost=cost,
        inner=inner,
        h=h,
        sales_share=np.divide(
            value, sales[:, None], out=np.zeros_like(value), where=sales[:, None] > 0.0
        ),
        sales=sales,
        supply=np.concatenate([p.supply for p in splits]),
    )
