"""Who can still sell and buy, decided from the pattern of a change before anything is solved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comity.model.market.market import Array, Mask
from comity.model.market.problem import Problem
from comity.words.errors import InputError, NoEquilibrium, Place

HALF = 0.5


@dataclass(frozen=True, eq=False)
class Pattern:
    """lost : (K, N) ``[k, j]``, bought at the base and without any origin left
    sells : (K, N), origins (without parts) that have an outlet;  part_sells : (P,)
    dropped : (K, N), origins that sold at the base and have no outlet;  part_dropped : (P,)
    not_bounded : (N,), destinations whose loss has no bound in this model
    left : (K, N), share of base spending that is still on offer; 1 where nothing was bought
    """

    lost: Mask
    sells: Mask
    part_sells: Mask
    dropped: Mask
    part_dropped: Mask
    not_bounded: Mask
    left: Array


def examine(given: Problem) -> Pattern:
    """The pattern of a problem. Raises `InputError` for elasticities that make no sense, and
    `NoEquilibrium` where no price level is determined or none is finite."""
    market, el = given.market, given.el
    bought = market.spending > 0.0
    _order(given, bought)
    _varieties(given)
    with_part = given.bundle > 0.0
    offered = np.asarray(given.offer.any(axis=2))
    if given.parts is not None:
        np.logical_or.at(offered, given.parts.k, with_part)
    lost = bought & ~offered
    outlets = given.sell.any(axis=2)
    sold = (market.sales > 0.0) & ~given.origin_split
    part_sells: Mask = np.zeros(0, dtype=bool)
    part_sold = part_sells
    if given.parts is not None:
        parts = given.parts
        part_sells = np.asarray(((given.bundle_sell > 0.0) & (parts.allowed > 0.0)).any(axis=1))
        part_sold = parts.sales > 0.0
    _placed(given, sold & outlets)
    group_left = np.where(lost, 0.0, market.spending).sum(axis=0) > 0.0
    some_lost = lost.any(axis=0)
    whole = some_lost & ~group_left
    broken = some_lost & group_left & (el.zeta <= 1.0) & (market.shape[0] > 1)
    unsolvable = broken & (el.zeta > el.eta)
    if unsolvable.any():
        _refuse(given, lost & unsolvable)
    not_bounded = (whole & (el.eta <= 1.0)) | broken
    levels = given.el.eta[None]
    if (levels[:, bought.any(axis=0)] == 0.0).any():
        _components(given, lost, sold & outlets, part_sells)
    return Pattern(
        lost=lost,
        sells=sold & outlets,
        part_sells=part_sells,
        dropped=sold & ~outlets,
        part_dropped=part_sold & ~part_sells,
        not_bounded=not_bounded,
        left=_left(given, bought),
    )


def _order(given: Problem, bought: Mask) -> None:
    """σ ≥ ζ ≥ η, and between parts at least σ."""
    market, el = given.market, given.el
    wrong: list[tuple[Mask, str, str]] = []
    if market.shape[0] == 1:
        wrong.append((el.sigma < el.eta, "sigma", "eta"))
    else:
        wrong.append((el.sigma < el.zeta, "sigma", "zeta"))
        wrong.append((np.broadcast_to(el.zeta < el.eta, bought.shape), "zeta", "eta"))
    for mask, upper, lower in wrong:
        if (mask & bought).any():
            k, j = (int(m) for m in np.argwhere(mask & bought)[0])
            value = {"sigma": el.sigma[k, j], "zeta": el.zeta[j], "eta": el.eta[j]}
            raise InputError(
                f"{upper} {value[upper]:g} is below {lower} {value[lower]:g} for "
                f"{market.products[k]} in {market.economies[j]}",
                where=Place(field=upper),
                mend="varieties are closer substitutes than products, and products than all else: "
                "sigma >= zeta >= eta",
            )
    for split in given.splits:
        sold = market.value[split.product, split.origin] > 0.0
        least = el.sigma[split.product][sold].max(initial=0.0)
        if split.inner < least:
            raise InputError(
                f"the elasticity between parts of {market.economies[split.origin]} is "
                f"{split.inner:g}, below {least:g} between origins",
                where=Place(field="splits"),
                mend="parts of an origin are at least as close substitutes as origins",
            )


def _varieties(given: Problem) -> None:
    """Where a variety goes, σ has to be above 1: it is needed at any price otherwise."""
    market, el = given.market, given.el
    k, i, j = np.unravel_index(given.cells, market.value.shape)
    few = (given.allowed < 1.0) & (el.sigma[k, j] <= 1.0)
    places = [(int(k[m]), int(i[m]), int(j[m])) for m in np.flatnonzero(few)[:1]]
    for split in given.splits:
        sold = market.value[split.product, split.origin] > 0.0
        gone = ((split.availability < 1.0) & (split.share > 0.0) & sold).any(axis=0)
        none = sold & ~((split.availability > 0.0) & (split.share > 0.0)).any(axis=0)
        bad = none & (el.sigma[split.product] <= 1.0)
        if split.inner <= 1.0:
            bad |= gone
        places += [(split.product, split.origin, int(m)) for m in np.flatnonzero(bad)[:1]]
    if places:
        raise InputError(
            f"{market.cell(*places[0])} are restricted, and varieties there are no substitutes: "
            "their elasticity is not above 1",
            where=Place(field="sigma"),
            mend="a ban has an answer only where sigma is above 1",
        )


def _placed(given: Problem, sells: Mask) -> None:
    """A fixed supply that may not be sold anywhere has no price."""
    if not len(given.quotas):
        return
    market = given.market
    k, i, j = given.quota_place
    open_to = given.sell.copy()
    limited = np.isinf(given.quota_cap)
    open_to[k[limited], i[limited], j[limited]] = 0.0
    ice = given.full(given.iceberg, 1.0)[k, i, j]
    room = np.zeros(market.shape)
    np.add.at(room, (k, i), market.sales_share[k, i, j] * ice * given.limits)
    stuck = sells & (given.el.supply == 0.0) & ~open_to.any(axis=2) & (room <= 1.0)
    if stuck.any():
        pk, pi = (int(m) for m in np.argwhere(stuck)[0])
        raise NoEquilibrium(
            f"the supply of {market.economies[pi]} is fixed, and quotas on all its outlets leave "
            "no room for it",
            reason="no-outlet",
            economies=[market.economies[pi]],
            sectors=[market.products[pk]],
            mend="give its supply an elasticity above zero, or leave one outlet without a quota",
        )


def _refuse(given: Problem, where: Mask) -> None:
    market = given.market
    k, j = np.nonzero(where)
    economies = sorted({market.economies[n] for n in j.tolist()})
    raise NoEquilibrium(
        f"{', '.join(economies)} would be left without any supplier of a product that others "
        "cannot stand in for (zeta is not above 1): not bounded in this model",
        reason="not-bounded",
        economies=economies,
        sectors=sorted({market.products[n] for n in k.tolist()}),
        mend="put home sales in, or leave part of a flow open",
    )


def _components(given: Problem, lost: Mask, sells: Mask, part_sells: Mask) -> None:
    """Every part of the market that hangs together needs a supply or a demand that gives way."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    market, el = given.market, given.el
    kk, n = market.shape
    rows, columns = [], []
    k, j, i = np.nonzero(given.offer)
    rows.append(n + k * n + i)
    columns.append(j)
    supply = el.supply.ravel()
    alive = sells.ravel()
    parts = given.parts
    if parts is not None:
        p, j = np.nonzero((given.bundle_sell > 0.0) & (parts.allowed > 0.0))
        rows.append(n + kk * n + p)
        columns.append(j)
        supply = np.concatenate([supply, parts.supply])
        alive = np.concatenate([alive, part_sells])
    row, column = np.concatenate(rows), np.concatenate(columns)
    size = n + len(supply)
    graph = coo_array((np.ones(len(row)), (row, column)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    gives = np.zeros(count, dtype=bool)
    buys = ((market.spending > 0.0) & ~lost).any(axis=0)
    np.logical_or.at(gives, label[:n], buys & (el.eta > 0.0))
    np.logical_or.at(gives, label[n:], alive & (supply > 0.0))
    stuck = ~gives[label[n:]] & alive
    if stuck.any():
        place = int(np.flatnonzero(stuck)[0])
        inside = label == label[n + place]
        names = [market.economies[m] for m in np.flatnonzero(inside[:n] & buys).tolist()]
        raise NoEquilibrium(
            f"supply and demand are both fixed in the market of {', '.join(names)}: nothing "
            "determines its price level",
            reason="price-level",
            economies=names,
            mend="give one of them an elasticity above zero: supply or eta",
        )


def _left(given: Problem, bought: Mask) -> Array:
    """(K, N): share of base spending still on offer, quotas counted at their limit."""
    market = given.market
    left = np.ones(market.shape)
    k, i, j = np.unravel_index(given.cells, market.value.shape)
    share = market.buying_share
    np.subtract.at(left, (k, j), share[k, i, j] * (1.0 - given.allowed))
    full = None if not given.splits else given.full(given.allowed, 1.0)
    for split in given.splits:
        pk, pi = split.product, split.origin
        assert full is not None
        gone = 1.0 - (split.share * split.availability).sum(axis=0)
        left[pk] -= share[pk, pi] * full[pk, pi] * np.where(split.share.any(axis=0), gone, 0.0)
    qk, qi, qj = given.quota_place
    strict = np.isinf(given.quota_cap)
    tight = np.where(strict, 1.0 - np.minimum(given.limits, 1.0), 0.0)
    np.subtract.at(left, (qk, qj), share[qk, qi, qj] * tight)
    return np.where(bought, left, 1.0)
