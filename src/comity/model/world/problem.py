"""One problem for the solver: a baseline's structure with the wedges of a change put in.

With κ = τ̂ (1 + t')/(1 + t) the trade shares after the change are A z / Φ, where
A = π a κ^(−θ) is fixed, z = ĉ^(−θ) and Φ = A z. So powers are taken once, here; an evaluation takes
N·J exponentials and no power. A ban is A = 0, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.model.world.structure import Structure
from comity.scenario.wedges import Wedges

Array = NDArray[np.float64]
Single = NDArray[np.float32]

DEFICITS = ("kept", "ratio")
"""How spending and income differ after a change; see `comity.model.world.equilibrium`."""


@dataclass(eq=False)
class Problem:
    """Arrays after the change. T working sectors, the first `tariffed` of them with tariffs.

    share : (T, N, N), A without its diagonal
    net : (tariffed, N, N), A/(1 + t') without its diagonal
    own, own_net : (T, N), the diagonals of both
    labour : (N,), value added at unchanged wages, with the change of population
    log_productivity : (T, N) or `None`, that of home sectors passed on;  log_home : (H, N)
    deficit : (N,);  ratio : (N,), spending over income, for deficits that are a ratio
    touched : false where nothing differs from the baseline
    part : (N,), which part of the world each economy is in; `None` where it is whole
    """

    structure: Structure
    tariffed: int
    share: Array
    net: Array
    own: Array
    own_net: Array
    labour: Array
    log_productivity: Array | None
    log_home: Array | None
    deficit: Array
    ratio: Array | None
    theta: Array
    touched: bool
    part: NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        self.minus_theta: Array = -self.theta
        self.minus_inverse_theta: Array = -1.0 / self.theta
        self.own_taxed = self.own_net is not self.own
        self._single: tuple[Single, Single, Single] | None = None

    def single(self) -> tuple[Single, Single, Single]:
        """`share`, `net` and the input shares in single precision, made when first asked for."""
        if self._single is None:
            pairs = (self.share.astype(np.float32), self.net.astype(np.float32))
            self._single = (*pairs, self.structure.gamma_single())
        return self._single

    def deficits(self, value_added: Array) -> Array:
        """(N,): deficits at these value added; they sum to zero over each part of the world."""
        if self.ratio is None:
            return self.deficit * self.level(value_added)
        return (self.ratio / self.common(value_added) - 1.0) * value_added

    def level(self, value_added: Array) -> Array:
        """(N,): value added of each economy's part of the world, new over old."""
        now, old = self.over_part(value_added), self.over_part(self.structure.labour)
        return now / old

    def common(self, value_added: Array) -> Array:
        """(N,): spending over income of each economy's part, before it is made 1."""
        assert self.ratio is not None
        return self.over_part(self.ratio * value_added) / self.over_part(value_added)

    def over_part(self, values: Array) -> Array:
        """(N,): the sum over each economy's part of the world."""
        if self.part is None:
            return np.full_like(values, values.sum())
        return np.asarray(np.bincount(self.part, weights=values)[self.part])


def _times_power(share: Array, factor: Array, theta: Array) -> Array:
    """(T, N, N): share × factor^(−θ). Powers are taken in the sectors that change only; one of 1
    is exactly 1. Overwrites `factor`."""
    moved = (factor != 1.0).any(axis=(1, 2))
    if 2 * np.count_nonzero(moved) < len(moved):
        out = share.copy()
        out[moved] *= np.exp(-theta[moved, :, None] * np.log(factor[moved]))
        return out
    np.log(factor, out=factor)
    factor *= -theta[:, :, None]
    np.exp(factor, out=factor)
    factor *= share
    return factor


def problem(
    base: Structure,
    wedges: Wedges,
    *,
    deficits: str = "kept",
    theta: Array | None = None,
    taxable: bool = False,
) -> Problem:
    """The problem of a change. `theta` (T, 1) replaces the baseline's trade elasticities.

    With `taxable` every working sector is followed as if it had tariffs: the first point of a
    tariff brings revenue even where there has been none.
    """
    order = base.order
    share, net = base.share, base.net
    theta = base.theta if theta is None else theta
    tariffed = base.tariffed
    gross: Array | None = None  # 1 + t'
    factor: Array | None = None  # κ
    # Arrays of N²T numbers cost most where their memory is new, so all but a few work in place.
    if wedges.tariff is not None:
        gross = wedges.tariff[order]
        if gross[tariffed:].any():
            tariffed = len(order)
        gross += 1.0
        factor = gross / base.gross
    if wedges.trade_cost is not None:
        cost = wedges.trade_cost[order]
        factor = cost if factor is None else np.multiply(factor, cost, out=factor)
    if factor is not None or wedges.availability is not None:
        share = share.copy() if factor is None else _times_power(share, factor, theta)
        if wedges.availability is not None:
            share *= wedges.availability[order]
        if gross is None:
            net = share[:tariffed] / base.gross[:tariffed]
        else:
            net = np.divide(share[:tariffed], gross[:tariffed], out=gross[:tariffed])
    if taxable and tariffed < len(order):
        net = np.concatenate([net, share[tariffed:]])
        tariffed = len(order)
    labour = base.labour if wedges.population is None else base.labour * wedges.population
    log_productivity = log_home = None
    if wedges.productivity is not None:
        logs = np.log(wedges.productivity.T)
        log_productivity = logs[order]
        if base.home is not None:
            log_home = logs[base.home.sectors]
            passed = np.matmul(base.home.passed, log_home.T[:, :, None])[:, :, 0]
            log_productivity = log_productivity + passed.T
    return Problem(
        structure=base,
        tariffed=tariffed,
        share=share,
        net=net,
        own=base.own,
        own_net=base.own_net,
        labour=labour,
        log_productivity=log_productivity,
        log_home=log_home,
        deficit=base.deficit if wedges.deficit is None else wedges.deficit,
        ratio=1.0 + base.deficit / base.labour if deficits == "ratio" else None,
        theta=theta,
        touched=not wedges.nothing,
    )
