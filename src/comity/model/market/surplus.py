"""Surplus of consumers, producers, treasuries and holders of quotas, all exact."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from comity.model.market.market import Array

if TYPE_CHECKING:
    from comity.model.market.solution import MarketSolution


@dataclass(frozen=True, eq=False)
class Surplus:
    """Changes in the market's money, by economy (N,); each economy's own money after a change of
    exchange rates.

    consumers : −inf where the loss has no bound
    consumers_half : with half of what lost varieties cost (translog or linear demand in place of
        CES): the form of demand, a row of its own
    producers : all products;  by_origin : (K, N);  by_part : (G,) for each split
    revenue : from tariffs, those on what goes on to other markets included
    rents : of quotas, that the economy keeps
    margins : what buyers pay more, to nobody in the market, for margins and for leaving processing
        routes; it is in the consumers' loss and in no one's gain
    """

    consumers: Array
    consumers_half: Array
    producers: Array
    by_origin: Array
    by_part: tuple[Array, ...]
    revenue: Array
    rents: Array
    margins: Array

    @cached_property
    def total(self) -> Array:
        """(N,)"""
        return self.consumers + self.producers + self.revenue + self.rents

    @cached_property
    def total_half(self) -> Array:
        """(N,), with half of what lost varieties cost."""
        return self.consumers_half + self.producers + self.revenue + self.rents

    @property
    def world(self) -> float:
        """The sum over economies."""
        return float(self.total.sum())


def growth(z: Array) -> Array:
    """(e^z − 1)/z, smooth at 0."""
    small = np.abs(z) < 1e-300
    safe = np.where(small, 1.0, z)
    return np.where(small, 1.0, np.expm1(safe) / safe)


def consumer(spending: Array, log_index: Array, eta: Array) -> Array:
    """E (1 − Ĝ^(1−η))/(1−η), by destination; E log-smooth at η = 1."""
    return np.asarray(-spending * log_index * growth((1.0 - eta) * log_index))


def producer(sales: Array, log_price: Array, supply: Array) -> Array:
    """R (p̂^(1+e) − 1)/(1+e); −R/(1+e) without an outlet (−inf), 0 at a given price (e = ∞)."""
    fixed = np.isinf(supply)
    power = 1.0 + np.where(fixed, 0.0, supply)
    with np.errstate(invalid="ignore"):
        moved = np.expm1(power * np.where(fixed, 0.0, log_price))
    return np.asarray(np.where(fixed, 0.0, sales * moved / power))


def surplus(solved: MarketSolution) -> Surplus:
    """The surplus of a solution."""
    given, out, market = solved._given, solved._outcome, solved.market
    el = given.el
    total = market.spending.sum(axis=0)
    by_origin = producer(market.sales, out.x, el.supply)
    by_part: tuple[Array, ...] = ()
    if given.parts is not None:
        by_part = solved._by_split(producer(given.parts.sales, out.parts, given.parts.supply))
        for split, values in zip(given.splits, by_part, strict=True):
            by_origin[split.product, split.origin] = values.sum()
    revenue, rents, margins = _payments(solved)
    with np.errstate(invalid="ignore"):
        consumers = consumer(total, out.log_g, el.eta)
    lost_price, lost_group = variety(solved)
    half = _half(solved, lost_price, lost_group)
    whole = (solved.lost.any(axis=0)) & solved._whole & ~solved.not_bounded
    if whole.any():
        gone = total[whole] / (el.eta[whole] - 1.0)
        consumers[whole], half[whole] = -gone, -0.5 * gone
    consumers[solved.not_bounded] = half[solved.not_bounded] = -np.inf
    return Surplus(
        consumers=consumers,
        consumers_half=half,
        producers=by_origin.sum(axis=0),
        by_origin=by_origin,
        by_part=by_part,
        revenue=revenue,
        rents=rents,
        margins=margins,
    )


def _payments(solved: MarketSolution) -> tuple[Array, Array, Array]:
    """Tariff revenue and margins by importer, rents by who keeps them; all changes."""
    given, market = solved._given, solved.market
    flow, mu = solved.flow, solved.wedges
    to_money = None
    if given.exchange is not None:
        to_money = given.exchange[:, None] / given.exchange
    new = given.tariff * flow
    rents = np.zeros(market.shape[1])
    qk, qi, qj = given.quota_place
    for n, quota in enumerate(given.quotas):
        k, i, j = qk[n], qi[n], qj[n]
        sold = flow[k, i, j]
        quantity = solved.quantity_hat[k, i, j]
        if quota.over is not None and quantity > quota.limit:
            new[k, i, j] += (
                (quota.over - given.tariff[k, i, j]) * sold * (1.0 - quota.limit / quantity)
            )
            sold = sold * quota.limit / quantity
        rent = (mu[k, i, j] - 1.0) * (1.0 + given.tariff[k, i, j]) * sold
        rents[j] += quota.importer_share * rent * (1.0 if to_money is None else to_money[i, j])
        rents[i] += (1.0 - quota.importer_share) * rent
    if to_money is not None:
        new = new * to_money
    revenue = (new - market.rates * market.value).sum(axis=1).sum(axis=0)
    margins = np.zeros(market.shape[1])
    paid = mu * (1.0 + given.tariff) * flow
    if to_money is not None:
        paid = paid * to_money
    k, i, j = np.unravel_index(given.cells, market.value.shape)
    split = given.origin_split[k, i]
    factor = np.where(split, 0.0, np.expm1(given.margin))
    np.add.at(margins, j, factor * paid[k, i, j])
    if given.splits:
        whole = given.full(given.margin, 0.0)
        for part, value in zip(given.splits, solved.part_flow, strict=True):
            place = (part.product, part.origin)
            cost = np.expm1(part.cost + whole[place])
            with np.errstate(invalid="ignore", divide="ignore"):
                rate = np.where(flow[place] > 0.0, paid[place] / flow[place], 0.0)
            margins += (cost * value * rate).sum(axis=0)
    if solved._routed is not None:
        # Duty on what only passes a hub is the hub's, and final buyers pay it.
        _, taken, paid_on = solved._routed
        revenue, margins = revenue + taken, margins - paid_on
    return revenue, rents, margins


def variety(solved: MarketSolution) -> tuple[Array, Array]:
    """What lost varieties put on price indices, in logs (Feenstra 1994): the share of base spending
    still on offer, to the power 1/(1−σ). Of each product (K, N), and of the group (N,) where whole
    products are lost."""
    given, market = solved._given, solved.market
    el = given.el
    share = market.buying_share
    offered = given.full(given.allowed, 1.0)
    parts = given.parts
    if parts is not None:
        # The loss inside an origin in parts is a dearer origin: it weighs as its index does.
        gone = np.add.reduceat(parts.share * (1.0 - parts.allowed), parts.starts)
        left = np.add.reduceat(parts.share * parts.allowed, parts.starts)
        with np.errstate(divide="ignore", invalid="ignore"):
            log_left = np.where(gone < 0.5, np.log1p(-gone), np.log(left))
            inner = np.exp(given.h[parts.k] / parts.h[parts.starts][:, None] * log_left)
        offered[parts.k, parts.i] *= np.where(left > 0.0, inner, 0.0)
    gone = (share * (1.0 - offered)).sum(axis=1)
    left = (share * offered).sum(axis=1)
    there = (market.spending > 0.0) & ~solved.lost
    with np.errstate(divide="ignore", invalid="ignore"):
        log_left = np.where(gone < 0.5, np.log1p(-gone), np.log(left))
        price = np.where(there & (gone != 0.0), log_left / given.h, 0.0)
        group_left = np.where(solved.lost, 0.0, market.product_share).sum(axis=0)
        some = solved.lost.any(axis=0) & (group_left > 0.0)
        group = np.where(some & (el.zeta > 1.0), np.log(group_left) / (1.0 - el.zeta), 0.0)
    return price, group


def _half(solved: MarketSolution, lost_price: Array, lost_group: Array) -> Array:
    """Consumers' surplus with half of what lost varieties cost, at the same prices."""
    given, market, out = solved._given, solved.market, solved._outcome
    el = given.el
    log_p = out.log_p - 0.5 * lost_price
    if market.shape[0] == 1:
        return consumer(market.spending[0], log_p[0], el.eta)
    gap = np.where(np.abs(1.0 - el.zeta) < 1e-13, -1e-13, 1.0 - el.zeta)
    left = np.where(solved.lost, 0.0, market.product_share)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        moved = (left * np.expm1(gap * log_p) + left - market.product_share).sum(axis=0)
        log_g = np.where(market.spending.any(axis=0) & (moved > -1.0), np.log1p(moved) / gap, 0.0)
    return consumer(market.spending.sum(axis=0), log_g - 0.5 * lost_group, el.eta)
