"""What a baseline looks like to the solver: home sectors taken out, arrays laid out for speed.

A sector that everyone buys at home only has the price of its cost, and its sales are what is asked
for at home: both are linear in the rest, so such sectors are taken out once, exactly, and put back
into the result. With t the traded and h the home sectors of an economy, γ ``[k, j]`` its input
shares and H = (I − γ_hh)⁻¹,

    γ̃ = γ_tt + γ_th H γ_ht      γ̃_v = γ_v,t + γ_htᵀ Hᵀ γ_v,h
    α̃ = α_t + γ_th H α_h        α_v = γ_v,h · H α_h

where α_v is the part of final spending that ends as income at home by way of home sectors. The
traded sectors are put in two groups, [with tariffs | without]: without tariffs all spending
reaches the seller, so nothing has to be known but trade shares. Arrays are sector first,
``[j, n]``, in this working order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Baseline

if TYPE_CHECKING:
    from comity.model.world.precondition import Preconditioner

Array = NDArray[np.float64]


@dataclass(eq=False)
class Home:
    """What puts the H home sectors back.

    sectors : (H,), their positions in the baseline
    price : (N, H, T), log prices at home for log prices of traded sectors;  wage : (H, N)
    cost : (N, H, H), log prices at home for costs at home (productivity)
    sales : (N, H, T), sales at home for output of traded sectors;  income : (H, N)
    passed : (N, T, H), costs of traded sectors for costs at home
    """

    sectors: NDArray[np.intp]
    price: Array
    wage: Array
    cost: Array
    sales: Array
    income: Array
    passed: Array


@dataclass(eq=False)
class Structure:
    """Arrays of one baseline. N economies, T working (traded) sectors.

    order : (T,), position in the baseline of each working sector
    tariffed : how many of them, the first, have tariffs in the baseline
    share, net : (T, N, N) ``[j, n, i]``, trade shares and trade shares over 1 + tariff, without
        diagonals; `net` holds the tariffed sectors only
    own, own_net : (T, N), their diagonals; the same array where no aggregate taxes itself
    gamma : (N, T, T) ``[n, k, j]``, input shares γ̃
    value_added_share, final_share, spending : (T, N), γ̃_v, α̃ and X
    home_labour : (N,), α_v;  labour : (N,), value added;  deficit : (N,)
    theta : (T, 1);  gross : (T, N, N), 1 + tariff
    """

    baseline: Baseline
    order: NDArray[np.intp]
    tariffed: int
    share: Array
    net: Array
    own: Array
    own_net: Array
    gamma: Array
    value_added_share: Array
    final_share: Array
    home_labour: Array
    spending: Array
    labour: Array
    deficit: Array
    theta: Array
    gross: Array
    home: Home | None
    preconditioner: Preconditioner | None = None
    _gamma_single: NDArray[np.float32] | None = None
    pairs: int = -1
    """Pairs that trade, where all of the world does and nothing has to be looked at again."""

    def gamma_single(self) -> NDArray[np.float32]:
        """`gamma` in single precision, kept once made."""
        if self._gamma_single is None:
            self._gamma_single = self.gamma.astype(np.float32)
        return self._gamma_single

    @property
    def shape(self) -> tuple[int, int]:
        """(N, T)"""
        return len(self.labour), len(self.order)


def without_diagonal(pairs: Array) -> Array:
    """A copy of (…, N, N) with zeros on the diagonal."""
    out = np.array(pairs)
    own = np.arange(out.shape[-1])
    out[..., own, own] = 0.0
    return out


def working_order(baseline: Baseline) -> tuple[NDArray[np.intp], int, NDArray[np.intp]]:
    """Positions of the working sectors, how many (the first) are tariffed, and home sectors."""
    n, j = baseline.shape
    own = np.arange(n)
    kind = np.full(j, 2)
    for k in range(j):
        diagonal = baseline.trade_share[k, own, own]
        if baseline.tariff[k].any():
            # A tariff inside an aggregate counts as well: its revenue has to be followed.
            kind[k] = 0
        elif (
            np.count_nonzero(baseline.trade_share[k]) != np.count_nonzero(diagonal)
            or (diagonal != 1.0).any()
        ):
            kind[k] = 1
    if (kind == 2).all():
        kind[0] = 1  # a world without trade keeps one sector to work on
    order = np.argsort(kind, kind="stable")
    traded = int((kind < 2).sum())
    return order[:traded], int((kind == 0).sum()), order[traded:]


def structure(baseline: Baseline) -> Structure:
    """The working arrays of a baseline; kept with the baseline once made."""
    known = baseline.__dict__.get("_structure")
    if known is not None:
        return known  # type: ignore[no-any-return]
    own = np.arange(baseline.shape[0])
    order, tariffed, at_home = working_order(baseline)
    net = baseline.trade_share[order[:tariffed]] / (1.0 + baseline.tariff[order[:tariffed]])
    own_share = baseline.trade_share[order[:, None], own, own]
    gamma = baseline.input_share[:, order][:, :, order]
    value_added_share = baseline.value_added_share.T[order]
    final_share = baseline.final_share.T[order]
    home_labour = np.zeros(len(own))
    home = None
    if len(at_home):
        g_th = baseline.input_share[:, order][:, :, at_home]
        g_ht = baseline.input_share[:, at_home][:, :, order]
        g_hh = baseline.input_share[:, at_home][:, :, at_home]
        inverse = np.linalg.inv(np.eye(len(at_home)) - g_hh)
        v_h = baseline.value_added_share[:, at_home, None]
        a_h = baseline.final_share[:, at_home, None]
        sales = inverse @ g_ht  # (N, H, T)
        passed = sales.transpose(0, 2, 1)
        gamma = gamma + g_th @ sales
        value_added_share = value_added_share + (passed @ v_h)[:, :, 0].T
        income = (inverse @ a_h)[:, :, 0]
        final_share = final_share + (g_th @ income[:, :, None])[:, :, 0].T
        home_labour = (v_h[:, :, 0] * income).sum(axis=1)
        turned = inverse.transpose(0, 2, 1)
        home = Home(
            sectors=at_home,
            price=turned @ g_th.transpose(0, 2, 1),
            wage=np.ascontiguousarray((turned @ v_h)[:, :, 0].T),
            cost=np.ascontiguousarray(turned),
            sales=sales,
            income=np.ascontiguousarray(income.T),
            passed=passed,
        )
    own_share = np.ascontiguousarray(own_share)
    inside = baseline.tariff[order[:, None], own, own]
    own_net = own_share / (1.0 + inside) if inside.any() else own_share
    made = Structure(
        baseline=baseline,
        order=order,
        tariffed=tariffed,
        share=without_diagonal(baseline.trade_share[order]),
        net=without_diagonal(net),
        own=own_share,
        own_net=own_net,
        gamma=np.ascontiguousarray(gamma),
        value_added_share=np.ascontiguousarray(value_added_share),
        final_share=np.ascontiguousarray(final_share),
        home_labour=home_labour,
        spending=np.ascontiguousarray(baseline.expenditure.T[order]),
        labour=np.array(baseline.value_added),
        deficit=np.array(baseline.deficit),
        theta=np.ascontiguousarray(baseline.theta[order][:, None]),
        gross=1.0 + baseline.tariff[order],
        home=home,
    )
    object.__setattr__(baseline, "_structure", made)
    return made
