"""The arithmetic of `solve_many`: chunks of draws side by side.

Letters as elsewhere; c draws in a chunk, C cells that a change touches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from comity.model.market.change import MarketChange, available, pairs
from comity.model.market.evaluate import FAR
from comity.model.market.market import Array, Market, Mask
from comity.model.market.mixing import Mixing
from comity.model.market.pattern import HALF, Pattern, examine
from comity.model.market.problem import problem
from comity.model.market.surplus import consumer, producer
from comity.words.errors import ComityError

if TYPE_CHECKING:
    from comity.model.market.many import Draws

Index = NDArray[np.intp]
MOST_ROUNDS = 60
FEW = 4
"""Cells per economy up to which touched cells are added to a product common to all draws."""


@dataclass(eq=False)
class Chunk:
    """Draws of a chunk: their shares with the change put in, applied to price and demand terms."""

    offer: Array
    sell: Array
    offer_cells: Array | None
    sell_cells: Array | None
    cells: tuple[Index, Index, Index]
    onto_j: tuple[Array, ...]
    onto_i: tuple[Array, ...]
    of_product: tuple[Index, ...]

    def offered(self, y: Array) -> Array:
        """(c, K, N) ``[., k, j]``: Σ_i A_ij y_i."""
        return self._apply(self.offer, y, self.offer_cells, self.cells[1], self.onto_j)

    def sold(self, d: Array) -> Array:
        """(c, K, N) ``[., k, i]``: Σ_j B_ij d_j."""
        return self._apply(self.sell, d, self.sell_cells, self.cells[2], self.onto_i)

    def _apply(
        self, base: Array, values: Array, cells: Array | None, at: Index, onto: tuple[Array, ...]
    ) -> Array:
        if base.ndim == 4:
            return np.asarray(np.matmul(base, values[..., None])[..., 0])
        out = np.empty_like(values)
        for k in range(values.shape[1]):
            np.matmul(values[:, k], base[k], out=out[:, k])
            mine = self.of_product[k]
            if cells is not None and len(mine):
                out[:, k] += (cells[:, mine] * values[:, k, at[mine]]) @ onto[k]
        return out


@dataclass(eq=False)
class Batch:
    """All that draws have in common, and the arrays of draws by row."""

    market: Market
    pattern: Pattern
    cells: tuple[Index, Index, Index]
    flat: Index
    log_cost: Array
    allowed: Array
    iceberg: Array
    margin: Array
    tariff: Array
    sigma: Array
    zeta: Array
    eta: Array
    supply: Array
    value: Array | None
    touched: bool

    def solve(self, rows: Index, tolerance: float, flows: bool) -> dict[str, Array]:
        """Results of these draws, by name; `converged` says which of them are any."""
        with np.errstate(all="ignore"):
            return self._solve(rows, tolerance, flows)

    def _cells(self, values: Array, rows: Index) -> Array:
        """(c, C) or (1, C) of a value of the touched cells."""
        return values if len(values) == 1 else values[rows]

    def _solve(self, rows: Index, tolerance: float, flows: bool) -> dict[str, Array]:
        market, count = self.market, len(rows)
        k, n = market.shape
        sigma, zeta, eta = self.sigma[rows], self.zeta[rows], self.eta[rows]
        supply = self.supply[rows]
        fixed = np.isinf(supply)
        h = 1.0 - sigma
        value = market.value[None] if self.value is None else self.value[rows]
        spent = value * (1.0 + market.rates)
        spending, sales = spent.sum(axis=2), value.sum(axis=3)
        s = np.divide(spent, spending[:, :, None], out=np.zeros_like(spent), where=spent > 0.0)
        r = np.divide(value, sales[..., None], out=np.zeros_like(value), where=value > 0.0)
        total = spending.sum(axis=1)
        z = np.divide(
            spending, total[:, None], out=np.zeros_like(spending), where=total[:, None] > 0.0
        )
        cost, allowed = self._cells(self.log_cost, rows), self._cells(self.allowed, rows)
        ice = self._cells(self.iceberg, rows)
        ck, ci, cj = self.cells
        grow_offer = allowed * np.exp(h[:, ck, 0] * cost)
        grow_sell = ice * allowed * np.exp(-sigma[:, ck, 0] * cost)
        chunk = self._chunk(s, r, grow_offer, grow_sell)
        overlap = np.einsum("ckij,ckij->cki", r, s)
        free = (self.pattern.sells & ~fixed).astype(np.float64)
        lost = self.pattern.lost
        pull = sigma - (eta[:, None] if k == 1 else zeta[:, None])
        own = sigma + np.where(fixed, 0.0, supply)
        gap = np.maximum(own - pull.mean(axis=2, keepdims=True) * overlap, 0.05 * own)
        slope = np.where(fixed, 0.0, supply)

        def evaluate(x: Array) -> tuple[Array, Array, Array, Array]:
            level = chunk.offered(np.exp(h * x))
            log_p = np.where(level > 0.0, np.log(level) / h, 0.0)
            if lost.any():
                log_p[:, lost] = 0.0
            demand, log_g = demand_of(log_p, sigma, zeta, eta, z, lost)
            sold = chunk.sold(np.exp(demand))
            rest = np.where(free > 0.0, np.log(sold) - (sigma + slope) * x, 0.0)
            return rest, log_p, log_g, demand

        x = np.zeros((count, k, n))
        best = np.full(count, np.inf)
        active = np.ones(count, dtype=bool)
        mixing = Mixing(count, k * n)
        for _ in range(MOST_ROUNDS if self.touched else 0):
            rest = evaluate(x)[0]
            error = np.abs(rest).reshape(count, -1).max(axis=1)
            best = np.where(active, error, best)
            active &= ~(error <= tolerance)
            if not active.any():
                break
            step = mixing.step(x.reshape(count, -1), (rest / gap).reshape(count, -1))
            x = np.where(active[:, None, None], x + step.reshape(x.shape), x)
        _, log_p, log_g, demand = evaluate(x)
        if not self.touched:
            best[:] = 0.0
            log_p, log_g, demand = (np.zeros_like(v) for v in (log_p, log_g, demand))
        gone = self.pattern.dropped & ~fixed
        log_price = np.where(gone, -np.inf, x)
        y = np.exp(h * x)
        d = np.where(lost, 0.0, np.exp(demand))
        out: dict[str, Array] = {
            "price_hat": np.exp(log_price),
            "price_index": np.where(lost, np.inf, np.exp(log_p)),
            "producers": producer(sales, log_price, supply).sum(axis=1),
        }
        left = np.ones((count, k * n))
        taken = s.reshape(len(s), -1)[:, self.flat] * (1.0 - allowed)
        np.subtract.at(left.T, ck * n + cj, np.broadcast_to(taken, (count, len(ck))).T)
        left_of = left.reshape(count, k, n)
        half = np.where(left_of != 1.0, np.log(np.maximum(left_of, 1e-300)) / h, 0.0)
        half_p = log_p - 0.5 * np.where(lost, 0.0, half)
        _, half_g = demand_of(half_p, sigma, zeta, eta, z, lost)
        out["consumers"] = consumer(total, log_g, eta)
        out["consumers_half"] = consumer(total, half_g, eta)
        out["far"] = ((left_of < HALF) & (spending > 0.0)).astype(np.float64)
        # Tariff revenue and margins: coefficients on new flows X τ a K^(−σ) p^(1−σ) D.
        before = (market.rates * value).sum(axis=2).sum(axis=1)
        out["revenue"] = self._paid(self.tariff, value, grow_sell, y, d) - before
        out["margins"] = np.zeros((count, n))
        margin = self._cells(self.margin, rows)
        if margin.any():
            rate = 1.0 + self.tariff[ck, ci, cj]
            base = value.reshape(len(value), -1)[:, self.flat]
            paid = np.expm1(margin) * rate * base * grow_sell * y[:, ck, ci] * d[:, ck, cj]
            np.add.at(out["margins"].T, cj, paid.T)
        if flows:
            flow = value * y[:, :, :, None]
            flow *= d[:, :, None, :]
            flow.reshape(count, -1)[:, self.flat] *= grow_sell
            out["flow"] = flow
        # So little is left that sums lose it: `solve` takes those draws.
        sound = ((left_of > 1e-3) | (spending <= 0.0)).all(axis=(1, 2))
        for values in out.values():
            whole = values.reshape(count, -1)
            sound &= np.isfinite(whole).all(axis=1)
        out["converged"] = ((best <= tolerance) & sound).astype(np.float64)
        return out

    def _paid(self, rate: Array, value: Array, grown: Array, y: Array, d: Array) -> Array:
        """(c, N): Σ_i rate_ij X'_ij by importer, over products."""
        if not rate.any():
            return np.zeros((len(y), y.shape[2]))
        ck, ci, cj = self.cells
        weight = rate * value
        at = weight.reshape(len(weight), -1)[:, self.flat]
        weight.reshape(len(weight), -1)[:, self.flat] = 0.0
        if len(weight) == 1:
            paid = np.stack([y[:, k] @ weight[0, k] for k in range(y.shape[1])], axis=1)
        else:
            paid = np.matmul(y[:, :, None, :], weight)[:, :, 0]
        out = (paid * d).sum(axis=1)
        np.add.at(out.T, cj, (at * grown * y[:, ck, ci] * d[:, ck, cj]).T)
        return np.asarray(out)

    def _chunk(self, s: Array, r: Array, grow_offer: Array, grow_sell: Array) -> Chunk:
        k, n = self.market.shape
        ck, ci, cj = self.cells
        of_product = tuple(np.flatnonzero(ck == m) for m in range(k))
        if len(s) == 1 and len(ck) <= FEW * k * n:
            offer, sell = s[0].copy(), r[0].copy()
            offer_cells, sell_cells = offer[ck, ci, cj] * grow_offer, sell[ck, ci, cj] * grow_sell
            offer[ck, ci, cj] = 0.0
            sell[ck, ci, cj] = 0.0
            unit = np.eye(n)
            return Chunk(
                offer,
                np.ascontiguousarray(sell.transpose(0, 2, 1)),
                offer_cells,
                sell_cells,
                (ck, ci, cj),
                tuple(unit[cj[mine]] for mine in of_product),
                tuple(unit[ci[mine]] for mine in of_product),
                of_product,
            )
        count = max(len(s), len(grow_offer))
        offer = np.broadcast_to(s, (count, *s.shape[1:])).copy()
        sell = np.broadcast_to(r, (count, *r.shape[1:])).copy()
        offer.reshape(count, -1)[:, self.flat] *= grow_offer
        sell.reshape(count, -1)[:, self.flat] *= grow_sell
        offer = np.ascontiguousarray(offer.transpose(0, 1, 3, 2))
        return Chunk(offer, sell, None, None, self.cells, (), (), of_product)


def demand_of(
    log_p: Array, sigma: Array, zeta: Array, eta: Array, z: Array, lost: Mask
) -> tuple[Array, Array]:
    """(c, K, N) log P^(σ−ζ) G^(ζ−η), −inf where all is lost, and (c, N) log Ĝ."""
    if log_p.shape[1] == 1:
        log_g = log_p[:, 0]
        demand = (sigma - eta[:, None]) * log_p
    else:
        h = 1.0 - zeta
        h = np.where(np.abs(h) < 1e-13, -1e-13, h)
        left = np.where(lost, 0.0, z)
        moved = (left * np.expm1(h[:, None] * log_p) + left - z).sum(axis=1)
        log_g = np.where(left.sum(axis=1) > 0.0, np.log1p(moved) / h, 0.0)
        demand = (sigma - zeta[:, None]) * log_p + ((zeta - eta) * log_g)[:, None]
    if lost.any():
        demand = np.where(lost, -np.inf, demand)
    return demand, log_g


def _stacked(
    changes: Sequence[MarketChange], market: Market, name: str, least: float
) -> list[Array | None]:
    return [pairs(getattr(change, name), market, name, least) for change in changes]


def plan(
    market: Market, changes: Sequence[MarketChange], draws: Draws
) -> tuple[Batch | None, Index]:
    """The batch of a market, and the draws that it can take; the others are solved alone."""
    none: Index = np.zeros(0, dtype=np.intp)
    count = len(draws)
    k, n = market.shape
    free = [available(change.availability, market) for change in changes]
    ice = _stacked(changes, market, "iceberg", 0.0)
    wedge = _stacked(changes, market, "wedge", 0.0)
    rates = _stacked(changes, market, "tariff", -1.0)
    new = market.rates if rates[0] is None else rates[0]
    for other in rates[1:]:
        if not np.array_equal(new, market.rates if other is None else other):
            return None, none
    moved = new != market.rates
    for group in (free, ice, wedge):
        for one in group:
            if one is not None:
                moved |= one != 1.0
    flat = np.flatnonzero(moved & (market.value > 0.0))

    def at(group: list[Array | None]) -> Array:
        return np.stack([np.ones(len(flat)) if v is None else v.ravel()[flat] for v in group])

    sigma = np.asarray(draws.sigma, dtype=np.float64)
    sigma = np.broadcast_to(sigma.reshape(count, -1, 1), (count, k, n))
    eta = drawn(draws.eta, count, (n,))
    zeta = eta if draws.zeta is None else drawn(draws.zeta, count, (n,))
    supply = drawn(draws.supply, count, (k, n))
    if k > 1 and draws.zeta is None:
        return None, none
    # A draw that would be refused, or is near a limit, is left to `solve` and its messages.
    upper = eta if k == 1 else zeta
    good = (sigma >= upper[:, None]).all(axis=(1, 2)) & (upper >= eta).all(axis=1)
    good &= (np.abs(sigma - 1.0) >= FAR).all(axis=(1, 2)) & (eta > 0.0).all(axis=1)
    good &= ~(supply < 0.0).any(axis=(1, 2)) & ~np.isnan(supply).any(axis=(1, 2))
    allowed = at(free)
    if (allowed < 1.0).any():
        good &= (sigma > 1.0).all(axis=(1, 2))
    if len(allowed) > 1:
        good &= ((allowed == 0.0) == (allowed[:1] == 0.0)).all(axis=1)
    value = None if draws.value is None else np.asarray(draws.value, dtype=np.float64)
    if value is not None:
        good &= ((value > 0.0) == (market.value > 0.0)).all(axis=(1, 2, 3))
    margin = np.log(at(wedge))
    log_cost = margin + np.log(at(ice))
    log_cost = log_cost + (np.log1p(new) - np.log1p(market.rates)).ravel()[flat]
    # A draw without a change has exactly no effect, which `solve` sees to.
    touched = (allowed != 1.0).any(axis=1) | (log_cost != 0.0).any(axis=1)
    good &= touched if len(touched) in (1, count) and len(flat) else True
    rows = np.flatnonzero(good)
    if not len(rows):
        return None, none
    try:
        pattern = examine(
            problem(market, changes[0 if len(changes) == 1 else rows[0]], draws.parameters(rows[0]))
        )
    except ComityError:
        return None, none
    if len(allowed) > 1 and (allowed[rows[0]] == 0.0).tolist() != (allowed[0] == 0.0).tolist():
        return None, none
    if pattern.lost.any():
        return None, none
    places = tuple(np.unravel_index(flat, market.value.shape))
    return Batch(
        market=market,
        pattern=pattern,
        cells=(places[0], places[1], places[2]),
        flat=flat,
        log_cost=log_cost,
        allowed=allowed,
        iceberg=at(ice),
        margin=margin,
        tariff=new,
        sigma=sigma,
        zeta=zeta,
        eta=eta,
        supply=supply,
        value=value,
        touched=bool(len(flat)),
    ), rows


def drawn(values: object, count: int, shape: tuple[int, ...]) -> Array:
    """(D, *shape) of draws, whose further axes may be left out."""
    array = np.asarray(values, dtype=np.float64)
    array = array.reshape(count, *([1] * (len(shape) + 1 - array.ndim)), *array.shape[1:])
    return np.broadcast_to(array, (count, *shape))
