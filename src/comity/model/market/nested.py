"""The arithmetic of `solve_many` for draws with parts of origins, processing routes, tariffs or
exchange rates of their own: all arrays by draw, prices by Anderson mixing side by side.

As `batch`, which is faster where draws differ in elasticities and coverages only. Letters as
elsewhere; c draws in a chunk, S origins in parts, P parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from comity.model.market.batch import MOST_ROUNDS, demand_of
from comity.model.market.change import MarketChange
from comity.model.market.market import Array, Market
from comity.model.market.mixing import Mixing
from comity.model.market.nest import Nest, gather
from comity.model.market.nested_routes import Routed, of_rows
from comity.model.market.pattern import HALF
from comity.model.market.surplus import consumer, producer

if TYPE_CHECKING:
    from comity.model.market.many import Draws

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Nested:
    """Draws that are solved side by side."""

    nest: Nest

    def solve(self, rows: Index, tolerance: float, flows: bool) -> dict[str, Array]:
        """Results of these draws, by name; `converged` says which of them are any."""
        with np.errstate(all="ignore"):
            chunk = _Chunk(self.nest, rows)
            x, g, worst = chunk.search(tolerance)
            out = chunk.results(x, g, flows)
        sound = chunk.plain & (worst <= tolerance)
        for values in out.values():
            sound &= np.isfinite(values.reshape(len(rows), -1)).all(axis=1)
        chunk.without_bound(out)
        out["converged"] = sound.astype(np.float64)
        return out


def plan_nested(
    market: Market, changes: Sequence[MarketChange], draws: Draws
) -> tuple[Nested | None, Index]:
    """The draws of a market that can be solved side by side; the others are solved alone, and
    refused by name where they have to be."""
    nest, rows = gather(market, changes, draws)
    return (None if nest is None else Nested(nest)), rows


class _Chunk:
    """Shares and wedges of a chunk with the changes put in, and its equations."""

    def __init__(self, nest: Nest, rows: Index) -> None:
        self.nest, self.count = nest, len(rows)
        market = nest.market
        k, n = market.shape
        self.free, self.iceberg = of_rows(nest.free, rows), of_rows(nest.iceberg, rows)
        self.new, self.first = of_rows(nest.tariff, rows), of_rows(nest.value, rows)
        self.sigma, self.zeta, self.eta = nest.sigma[rows], nest.zeta[rows], nest.eta[rows]
        self.supply, self.inner = nest.supply[rows], nest.inner[rows]
        self.part_supply = nest.part_supply[rows]
        self.first_share = of_rows(nest.share, rows)
        part_free = of_rows(nest.part_free, rows)
        self.part_base_free = part_free
        self.routed = Routed.of(nest, rows)
        self.final, self.extra = self.routed.final, self.routed.extra
        self.share, self.part_cost = self.routed.share, self.routed.part_cost
        sk, si, row = nest.k, nest.i, nest.row
        final = self.final
        self.margin = np.log(of_rows(nest.wedge, rows)) + self.extra
        money = np.log(of_rows(nest.exchange, rows))
        self.money = money[:, :, None] - money[:, None, :]
        cost = self.margin + np.log(self.iceberg) + self.money[:, None]
        cost = cost + (np.log1p(self.new) - np.log1p(market.rates))
        self.log_cost = cost
        spent = final * (1.0 + market.rates)
        self.spending, self.sales = spent.sum(axis=2), final.sum(axis=3)
        self.s = _over(spent, self.spending[:, :, None])
        r = _over(final, self.sales[..., None])
        total = self.spending.sum(axis=1)
        self.total, self.z = total, _over(self.spending, total[:, None])
        self.h = 1.0 - self.sigma
        sigma, h = self.sigma[:, :, None, None], self.h[:, :, None, None]
        offer = self.s * self.free * np.exp(h * cost)
        sent = self.iceberg * self.free * np.exp(-sigma * cost)
        sell = r * sent
        # Parts
        self.part_value = final[:, sk, si][:, row] * self.share
        self.part_sales = self.part_value.sum(axis=2)
        self.bundle = offer[:, sk, si].copy()
        self.allowed = np.where(self.bundle[:, row] > 0.0, part_free, 0.0)
        self.h_in = 1.0 - self.inner
        self.part_offer = self.share * part_free * np.exp(self.h_in[..., None] * self.part_cost)
        there = self._by_split(self.part_offer) > 0.0
        self.bundle = np.where(there, self.bundle, 0.0)
        self.part_sell = (
            _over(self.part_value, self.part_sales[..., None]) * sent[:, sk, si][:, row]
        )
        self.sent = sent
        offer[:, sk, si] = 0.0
        sell[:, sk, si] = 0.0
        self.offer = np.ascontiguousarray(
            np.broadcast_to(offer, (self.count, k, n, n)).swapaxes(2, 3)
        )
        self.sell = np.broadcast_to(sell, (self.count, k, n, n))
        self.split = np.zeros((k, n), dtype=bool)
        self.split[sk, si] = True
        self._pattern()

    def _by_split(self, values: Array) -> Array:
        """Sums over the parts of each split, on the second axis."""
        if not len(self.nest.starts):
            return np.zeros((len(values), 0, *values.shape[2:]))
        return np.asarray(np.add.reduceat(values, self.nest.starts, axis=1))

    def _pattern(self) -> None:
        """Who can still sell and buy; see `pattern`."""
        count = self.count
        offered = np.asarray(self.offer.any(axis=3))
        for m, k in enumerate(self.nest.k):
            offered[:, k] |= self.bundle[:, m] > 0.0
        self.idle = np.broadcast_to(self.spending <= 0.0, offered.shape)
        self.lost = ~offered & ~self.idle
        some, left_over = self.lost.any(axis=1), (offered & ~self.idle).any(axis=1)
        self.whole = some & ~left_over
        # A product lost that others cannot stand in for: not bounded, or refused.
        self.plain = ~(some & left_over & (self.zeta <= 1.0)).any(axis=1)
        outlets = self.sell.any(axis=3)
        sold = (self.sales > 0.0) & ~self.split
        self.sells = np.broadcast_to(sold & outlets, outlets.shape)
        self.dropped = sold & ~outlets
        open_to = ((self.part_sell > 0.0) & (self.allowed > 0.0)).any(axis=2)
        self.part_sells = np.broadcast_to(open_to, (count, len(self.nest.row)))
        self.part_dropped = (self.part_sales > 0.0) & ~self.part_sells
        left = (self.s * (1.0 - self.free)).sum(axis=2)
        gone = 1.0 - self._by_split(self.share * self.part_base_free)
        at = (slice(None), self.nest.k, self.nest.i)
        lost = self.s[at] * self.free[at] * np.where(self._by_split(self.share) > 0.0, gone, 0.0)
        left = 1.0 - np.broadcast_to(left, offered.shape)
        np.subtract.at(left.swapaxes(0, 1), self.nest.k, lost.swapaxes(0, 1))
        self.left = np.where(self.idle, 1.0, left)
        # A draw without a change has exactly no effect, which `solve` sees to.
        moved = ((self.free != 1.0) | (self.log_cost != 0.0)) & (self.final > 0.0)
        parts = (self.part_base_free != 1.0) & (self.share > 0.0)
        self.plain &= moved.any(axis=(1, 2, 3)) | parts.any(axis=(1, 2))
        # So little is left that sums lose it.
        self.plain &= ((self.left > 1e-3) | self.lost).all(axis=(1, 2))

    # ----------------------------------------------------------------------------- equations

    def evaluate(self, x: Array, g: Array) -> _At:
        """Residuals and indices at log prices x (c, K, N) and g (c, P)."""
        nest, h = self.nest, self.h[..., None]
        y = np.exp(h * x)
        level = np.matmul(self.offer, y[..., None])[..., 0]
        priced = np.exp(self.h_in * g)[..., None]
        inner = np.log(self._by_split(self.part_offer * priced))
        inner = np.where(self.bundle > 0.0, inner / self.h_in[:, nest.starts, None], 0.0)
        cell = self.bundle * np.exp(h[:, nest.k] * inner)
        np.add.at(level.swapaxes(0, 1), nest.k, cell.swapaxes(0, 1))
        log_p = np.where(level > 0.0, np.log(level) / h, 0.0)
        demand, log_g = self._demand(log_p)
        sold = np.matmul(self.sell, np.exp(demand)[..., None])[..., 0]
        supply = np.where(np.isinf(self.supply), 0.0, self.supply)
        free = self.sells & np.isfinite(self.supply)
        rest = np.where(free, np.log(sold) - (self.sigma[..., None] + supply) * x, 0.0)
        quantity = self._part_quantity(g, inner, demand)
        part_sold = np.log((self.part_sell * quantity).sum(axis=2))
        supply = np.where(np.isinf(self.part_supply), 0.0, self.part_supply)
        free = self.part_sells & np.isfinite(self.part_supply)
        part_rest = np.where(free, part_sold - supply * g, 0.0)
        return _At(rest, part_rest, log_p, log_g, demand, quantity)

    def _demand(self, log_p: Array) -> tuple[Array, Array]:
        return demand_of(log_p, self.sigma[..., None], self.zeta, self.eta, self.z, self.lost)

    def _part_quantity(self, g: Array, inner: Array, demand: Array) -> Array:
        """(c, P, N): q̂ of parts, without what touches the whole origin."""
        row, sigma = self.nest.row, self.sigma[:, self.nest.k][:, self.nest.row, None]
        own = self.inner[..., None]
        logs = -own * (g[..., None] + self.part_cost) + (own - sigma) * inner[:, row]
        return np.asarray(self.allowed * np.exp(logs + demand[:, self.nest.k][:, row]))

    def _slopes(self) -> tuple[Array, Callable[[Array], Array]]:
        """−J, roughly: a diagonal for origins, and a block for each split, inverted."""
        nest, el = self.nest, self.supply
        pull = self.sigma[..., None] - (self.eta if self.h.shape[1] == 1 else self.zeta)[:, None]
        own = self.sigma[..., None] + np.where(np.isinf(el), 0.0, el)
        overlap = np.einsum("ckij,ckji->cki", self.sell, self.offer)
        gap = np.maximum(own - pull.mean(axis=2, keepdims=True) * overlap, 0.05 * own)
        blocks: list[tuple[slice, Array]] = []
        ends = np.append(nest.starts[1:], len(nest.row))[: len(nest.starts)]
        for m, (first, last) in enumerate(zip(nest.starts, ends, strict=True)):
            at, size = slice(int(first), int(last)), int(last - first)
            within = _over(self.part_offer[:, at], self.part_offer[:, at].sum(axis=1)[:, None])
            sale = self.part_sell[:, at] * self.allowed[:, at]
            sale = _over(sale, sale.sum(axis=2)[..., None])
            s = np.minimum(self.bundle[:, m], 1.0)[:, None]
            inner, sigma = self.inner[:, at], self.sigma[:, nest.k[m], None, None]
            answer = inner[:, :1, None] - sigma + pull[:, nest.k[m], None] * s
            block = -np.matmul(sale * answer, within.swapaxes(1, 2))
            supply = np.where(np.isinf(self.part_supply[:, at]), 0.0, self.part_supply[:, at])
            block = np.broadcast_to(block, (self.count, size, size)).copy()
            block[:, range(size), range(size)] += inner + supply + 1e-3
            good = np.isfinite(block).all(axis=(1, 2))
            block[~good] = np.eye(size)
            blocks.append((at, np.linalg.inv(block)))

        def by_part(rest: Array) -> Array:
            out = np.empty_like(rest)
            for at, inverse in blocks:
                out[:, at] = np.matmul(inverse, rest[:, at, None])[..., 0]
            return out

        return gap, by_part

    def search(self, tolerance: float) -> tuple[Array, Array, Array]:
        """Log prices of origins and parts, and the worst residual of each draw."""
        k, n = self.nest.market.shape
        x, g = np.zeros((self.count, k, n)), np.zeros((self.count, len(self.nest.row)))
        gap, by_part = self._slopes()
        worst = np.full(self.count, np.inf)
        active = self.plain.copy()
        mixing = Mixing(self.count, k * n + g.shape[1])
        for _ in range(MOST_ROUNDS):
            at = self.evaluate(x, g)
            rest = np.concatenate([at.rest.reshape(self.count, -1), at.part_rest], axis=1)
            error = np.abs(rest).max(axis=1)
            worst = np.where(active, error, worst)
            active &= ~(error <= tolerance) & np.isfinite(error)
            if not active.any():
                break
            here = np.concatenate([x.reshape(self.count, -1), g], axis=1)
            push = np.concatenate(
                [(at.rest / gap).reshape(self.count, -1), by_part(at.part_rest)], axis=1
            )
            step = np.where(active[:, None], mixing.step(here, push), 0.0)
            x += step[:, : k * n].reshape(x.shape)
            g += step[:, k * n :]
        return x, g, worst

    # ------------------------------------------------------------------------------- results

    def results(self, x: Array, g: Array, flows: bool) -> dict[str, Array]:
        """Prices, flows and surplus, as `MarketSolution` and `Surplus` have them."""
        nest, at = self.nest, self.evaluate(x, g)
        sk, si, row = nest.k, nest.i, nest.row
        flow = self.final * self.sent * np.exp(self.h[..., None] * x)[..., None]
        flow = flow * np.exp(at.demand)[:, :, None, :]
        whole = self.sent[:, sk, si][:, row]
        sold = self.part_value * whole * at.quantity
        part_flow = sold * np.exp(g)[..., None]
        flow[:, sk, si] = self._by_split(part_flow)
        fixed, part_fixed = np.isinf(self.supply), np.isinf(self.part_supply)
        log_x = np.where(self.dropped & ~fixed, -np.inf, x)
        log_g = np.where(self.part_dropped & ~part_fixed, -np.inf, g)
        price = np.exp(log_x)
        quantity = self._by_split(sold).sum(axis=2)
        price[:, sk, si] = _over(self._by_split(part_flow).sum(axis=2), quantity)
        by_origin = producer(self.sales, log_x, self.supply)
        by_origin[:, sk, si] = self._by_split(producer(self.part_sales, log_g, self.part_supply))
        into = np.exp(self.money)[:, None]
        revenue = (self.new * flow * into - nest.market.rates * self.final).sum(axis=(1, 2))
        margins = np.where(self.split[:, :, None], 0.0, np.expm1(self.margin)) * (1.0 + self.new)
        margins = (margins * flow * into).sum(axis=(1, 2))
        if len(row):
            paid = np.expm1(self.part_cost + self.margin[:, sk, si][:, row]) * part_flow
            paid = paid * (1.0 + self.new)[:, sk, si][:, row] * into[:, 0, si][:, row]
            margins = margins + paid.sum(axis=1)
        half_p = at.log_p - 0.5 * self._variety()
        _, half_g = self._demand(half_p)
        half_g = half_g - 0.5 * self._lost_products()
        out = {
            "price_hat": price,
            "price_index": np.exp(at.log_p),
            "producers": by_origin.sum(axis=1),
            "consumers": consumer(self.total, at.log_g, self.eta),
            "consumers_half": consumer(self.total, half_g, self.eta),
            "revenue": revenue,
            "margins": margins,
            "far": ((self.left < HALF) & (self.spending > 0.0)).astype(np.float64),
            "part_price": np.exp(log_g),
        }
        first = flow
        if nest.origins:
            first, taken, paid_on = self.routed.by_first(flow, part_flow, self.part_value, into)
            out["revenue"], out["margins"] = revenue + taken, margins - paid_on
        if flows:
            out["flow"], out["part_flow"] = flow, part_flow
            if nest.origins:
                out["first_flow"] = first
        return out

    def _variety(self) -> Array:
        """(c, K, N): what lost varieties put on price indices, in logs; see `surplus.variety`."""
        nest = self.nest
        offered = np.broadcast_to(self.free, (self.count, *self.free.shape[1:])).copy()
        if len(nest.row):
            left = self._by_split(self.share * self.allowed)
            power = self.h[:, nest.k] / self.h_in[:, nest.starts]
            inner = np.exp(power[..., None] * np.log(left))
            offered[:, nest.k, nest.i] *= np.where(left > 0.0, inner, 0.0)
        gone = (self.s * (1.0 - offered)).sum(axis=2)
        none = self.idle | self.lost | (gone == 0.0)
        return np.where(none, 0.0, np.log1p(-gone) / self.h[..., None])

    def _lost_products(self) -> Array:
        """(c, N): what whole products that are lost put on the group's index, in logs."""
        left = np.where(self.lost, 0.0, self.z).sum(axis=1)
        some = self.lost.any(axis=1) & ~self.whole
        return np.where(some, np.log(left) / (1.0 - self.zeta), 0.0)

    def without_bound(self, out: dict[str, Array]) -> None:
        """Puts in what has no finite value: prices of what cannot be bought, and losses of those
        who can buy nothing any more."""
        out["price_index"] = np.where(
            self.lost, np.inf, np.where(self.idle, 1.0, out["price_index"])
        )
        bounded = self.eta > 1.0
        loss = self.total / np.where(bounded, self.eta - 1.0, 1.0)
        for name, part in (("consumers", 1.0), ("consumers_half", 0.5)):
            gone = np.where(bounded, -part * loss, -np.inf)
            out[name] = np.where(self.whole, gone, out[name])
        out["not_bounded"] = (self.whole & ~bounded).astype(np.float64)


@dataclass(eq=False)
class _At:
    rest: Array
    part_rest: Array
    log_p: Array
    log_g: Array
    demand: Array
    quantity: Array


def _over(values: Array, by: Array) -> Array:
    """values / by; zero where `by` is."""
    return np.asarray(np.where(by > 0.0, values / np.where(by > 0.0, by, 1.0), 0.0))
