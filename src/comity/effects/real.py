"""Exact effects of a change in the world model, against the equilibrium it is compared with.

Every number compares two equilibria of the same model: the balanced baseline, or a state of the
rules solved from it, and another such state. Nothing here is an approximation but `first_order`,
which is the formula the paper prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comity.model.world import Solution
from comity.trade.baseline import Baseline

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Before:
    """Levels of what a change is measured against: the balanced baseline, or with `solution` the
    state of the rules solved from it. N economies, J sectors; hats are relative to the baseline.

    trade : (J, N, N) ``[j, n, i]``, n's purchases from i net of tariff, home included
    output, price_hat, cost_hat : (N, J);  revenue, income, wage_hat, population : (N,)
    """

    baseline: Baseline
    solution: Solution | None = None

    @cached_property
    def trade(self) -> Array:
        if self.solution is not None:
            return self.solution.trade
        base = self.baseline
        spent = base.trade_share * base.expenditure.T[:, :, None]
        return np.asarray(spent / (1.0 + base.tariff))

    @cached_property
    def output(self) -> Array:
        if self.solution is not None:
            return self.solution.output
        return np.ascontiguousarray(self.trade.sum(axis=1).T)

    @cached_property
    def tariff(self) -> Array:
        return self.baseline.tariff if self.solution is None else self.solution.tariff

    @cached_property
    def revenue(self) -> Array:
        if self.solution is not None:
            return self.solution.revenue
        return np.asarray(np.einsum("jni,jni->n", self.baseline.tariff, self.trade))

    @cached_property
    def income(self) -> Array:
        if self.solution is not None:
            return income(self.solution)
        return self.baseline.value_added + self.revenue + self.baseline.deficit

    def _hat(self, name: str, shape: tuple[int, ...]) -> Array:
        return np.ones(shape) if self.solution is None else getattr(self.solution, name)

    @cached_property
    def wage_hat(self) -> Array:
        return self._hat("wage_hat", self.baseline.shape[:1])

    @cached_property
    def price_hat(self) -> Array:
        return self._hat("price_hat", self.baseline.shape)

    @cached_property
    def cost_hat(self) -> Array:
        return self._hat("cost_hat", self.baseline.shape)

    @cached_property
    def population(self) -> Array:
        shape = self.baseline.shape[:1]
        return np.ones(shape) if self.solution is None else people(self.solution)


def income(solution: Solution) -> Array:
    """(N,): income, tariff revenue and deficit included.

    With deficits as a ratio, spending is a fixed ratio of income up to a factor common to all.
    Published programs (Baier, Yotov and Zylkin 2019, and theirs) do not divide by it, in welfare
    and in flows: so it is multiplied back here and in `Solution.trade`, and said in
    `Result.common_factor` and `Result.notes`.
    """
    return np.asarray(solution.income * solution.common_factor)


def people(solution: Solution) -> Array:
    """(N,): people, new over the baseline's."""
    changed = solution.wedges.population
    return np.ones(len(solution.wage_hat)) if changed is None else np.asarray(changed)


def price_index(before: Before, solution: Solution) -> Array:
    """(N,): consumer prices, new over old: Π_j P̂_nj^α_nj."""
    logs = np.log(solution.price_hat) - np.log(before.price_hat)
    return np.asarray(np.exp((before.baseline.final_share * logs).sum(axis=1)))


def real_income(before: Before, solution: Solution) -> Array:
    """(N,): income, tariff revenue and deficit included, over consumer prices; new over old."""
    return np.asarray(income(solution) / before.income / price_index(before, solution))


def real_wage(before: Before, solution: Solution) -> Array:
    """(N,): wage over consumer prices, new over old."""
    return np.asarray(solution.wage_hat / before.wage_hat / price_index(before, solution))


def population(before: Before, solution: Solution) -> Array:
    """(N,): people, new over old."""
    return np.asarray(people(solution) / before.population)


@dataclass(frozen=True)
class FirstOrder:
    """The formula of Caliendo and Parro (2015), section 2.4, in per cent; (N,) each.

    Terms of trade and volume of trade are evaluated at initial shares and tariffs, with relative
    changes (new over old less 1) of costs and flows, as the authors print them. Their sum is not
    the change of real income in the model: for large changes it is far from it.
    """

    terms_of_trade: Array
    volume_of_trade: Array

    @property
    def welfare(self) -> Array:
        return self.terms_of_trade + self.volume_of_trade


def first_order(before: Before, solution: Solution) -> FirstOrder:
    """The paper's first-order welfare change."""
    cost = (solution.cost_hat / before.cost_hat).T - 1.0  # (J, N)
    own = np.arange(len(before.income))
    flows = before.trade.copy()  # [j, n, i]; home sales stay where an aggregate taxes itself
    flows[:, own, own] *= before.tariff[:, own, own] != 0.0
    exports = flows.sum(axis=1)  # (J, N) by exporter
    terms = (exports * cost).sum(axis=0) - np.einsum("jni,ji->n", flows, cost)
    grown = np.divide(solution.trade, before.trade, out=np.ones_like(flows), where=flows > 0.0)
    growth = np.where(flows > 0.0, grown - 1.0 - cost[:, None, :], 0.0)
    volume = np.einsum("jni,jni->n", before.tariff * flows, growth)
    return FirstOrder(100.0 * terms / before.income, 100.0 * volume / before.income)
