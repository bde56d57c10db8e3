"""A solution: what changed, in the baseline's order, and the equilibrium it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.model.world.evaluate import batched
from comity.model.world.feasible import Parts
from comity.model.world.iterate import Outcome
from comity.model.world.problem import Problem
from comity.scenario.wedges import Wedges
from comity.trade.baseline import Baseline, Note

Array = NDArray[np.float64]

RESIDUALS = ("prices", "expenditure", "labour", "trade")


@dataclass(frozen=True, eq=False)
class Solution:
    """Changes (new over old) and new levels; N economies, J sectors, in the baseline's order.

    wage_hat : (N,);  price_hat, cost_hat : (N, J)
    expenditure, output, exports : (N, J), in the baseline's unit; output and exports net of tariffs
    income, value_added, deficit : (N,)
    residuals : the worst relative residual of prices, expenditure, labour and trade
    parts : (N,), economies with the same number still trade, directly or not; nominal values are
        comparable inside a part only
    """

    baseline: Baseline
    wedges: Wedges
    wage_hat: Array
    price_hat: Array
    cost_hat: Array
    expenditure: Array
    output: Array
    exports: Array
    income: Array
    value_added: Array
    deficit: Array
    residuals: Mapping[str, float]
    evaluations: int
    parts: NDArray[np.intp]
    common_factor: Array
    _given: Problem
    _z: Array
    _phi: Array

    @property
    def residual(self) -> float:
        """The worst of all residuals."""
        return max(self.residuals.values())

    @cached_property
    def trade_share(self) -> Array:
        """(J, N, N) ``[j, n, i]``: new shares of spending."""
        given, base = self._given, self._given.structure
        n, j = self.baseline.shape
        own = np.arange(n)
        out = np.zeros((j, n, n))
        out[:, own, own] = 1.0
        out[base.order] = given.share * (self._z[:, None, :] / self._phi[:, :, None])
        out[base.order[:, None], own, own] = given.own * self._z / self._phi
        return out

    @property
    def tariff(self) -> Array:
        """(J, N, N): tariffs after the change."""
        return self.baseline.tariff if self.wedges.tariff is None else self.wedges.tariff

    @cached_property
    def flows(self) -> Array:
        """(J, N, N) ``[j, n, i]``: value of n's purchases from i, net of tariff, home included;
        markets clear exactly."""
        spent = self.trade_share * self.expenditure.T[:, :, None]
        return np.asarray(spent / (1.0 + self.tariff))

    @cached_property
    def revenue(self) -> Array:
        """(N,): tariff revenue; exactly zero for those who levy no tariff."""
        return np.asarray(np.einsum("jni,jni->n", self.tariff, self.flows))

    @property
    def trade(self) -> Array:
        """`flows`, at the level of the published programs where deficits are kept as a ratio.

        There spending stays a fixed ratio of income, so that world spending differs from world
        output by `common_factor`, and flows with it (Baier, Yotov and Zylkin 2019, and their
        programs). With every other treatment of deficits the two are the same.
        """
        if (self.common_factor == 1.0).all():
            return self.flows
        return self.flows * self.common_factor[None, :, None]

    def as_baseline(self) -> Baseline:
        """The equilibrium as a baseline of its own, from which further changes are measured."""
        old = self.baseline
        share = self.trade_share / self.trade_share.sum(axis=2, keepdims=True)
        fields: dict[str, Any] = {
            "trade_share": share,
            "tariff": self.tariff,
            "expenditure": self.expenditure,
            "value_added": self.value_added,
            "deficit": self.deficit
            - self.value_added * self.deficit.sum() / self.value_added.sum(),
        }
        note = Note("re-solved", "an equilibrium of the model, solved from the data")
        return old.replaced(**fields, notes=(*old.notes, note))


def merged(given: Problem, working: Array, home: Array | None) -> Array:
    """(T, N) of the working and (H, N) of the home sectors → (N, J) in the baseline's order."""
    base = given.structure
    out = np.zeros((base.baseline.shape[1], len(base.labour)))
    out[base.order] = working
    if base.home is not None and home is not None:
        out[base.home.sectors] = home
    return np.ascontiguousarray(out.T)


def back_prices(
    given: Problem, log_wage: Array, log_price: Array, log_cost: Array
) -> tuple[Array, Array]:
    """(N, J) log prices and log costs of all sectors; at home they are the same."""
    home = given.structure.home
    at_home = None
    if home is not None:
        at_home = home.wage * log_wage + batched(home.price, log_price)
        if given.log_home is not None:
            at_home -= batched(home.cost, given.log_home)
    return merged(given, log_price, at_home), merged(given, log_cost, at_home)


def back_sales(
    given: Problem, spending: Array, output: Array, income: Array
) -> tuple[Array, Array]:
    """(N, J) spending on and output of all sectors; at home they are the same."""
    home = given.structure.home
    at_home = None
    if home is not None:
        at_home = batched(home.sales, output) + home.income * income
    return merged(given, spending, at_home), merged(given, output, at_home)


def solution(given: Problem, found: Outcome, parts: Parts, wedges: Wedges) -> Solution:
    """The result of a converged run, with each part's value added as its numeraire."""
    base = given.structure
    at, state = found.at, found.state
    level = np.empty(base.shape[0])
    for number in range(parts.count):
        inside = parts.part == number
        level[inside] = base.labour[inside].sum() / at.value_added[inside].sum()
    exact = not given.touched and found.evaluations == 1
    if exact:
        level[:] = 1.0
    # What income is more than spending would be, for deficits kept as a ratio.
    common = np.ones(base.shape[0])
    if given.ratio is not None and given.touched:
        common = given.common(at.value_added)
    prices, costs = back_prices(given, state.log_wage, state.log_price, at.log_cost)
    spending, output = back_sales(given, state.spending, at.output, at.income)
    return Solution(
        baseline=base.baseline,
        wedges=wedges,
        wage_hat=np.exp(state.log_wage) * level,
        price_hat=np.exp(prices) * level[:, None],
        cost_hat=np.exp(costs) * level[:, None],
        expenditure=spending * level[:, None],
        output=output * level[:, None],
        exports=merged(given, at.exports, None) * level[:, None],
        income=at.income * level,
        value_added=at.value_added * level,
        deficit=at.deficits * level,
        residuals=MappingProxyType(dict(zip(RESIDUALS, at.residuals, strict=True))),
        evaluations=found.evaluations,
        parts=parts.part,
        common_factor=common,
        _given=given,
        _z=at.z,
        _phi=at.phi,
    )
