"""An independent check of an equilibrium, and of a refusal, written straight from the equations.

Slow and plain on purpose: powers are powers, every pair is formed, nothing is rearranged for speed
or rounding, and nothing is shared with the solver. Letters as in DESIGN.md: n importer, i exporter,
j and k sectors; a hat is new over old.

    ĉ_nj  = ŵ_n^γ_nj Π_k P̂_nk^γ_nkj / productivity
    P̂_nj  = (Σ_i π_nij a_nij (ĉ_ij κ̂_nij)^(−θ_j))^(−1/θ_j),  κ̂ = τ̂ (1+t')/(1+t)
    π'_nij = π_nij a_nij (ĉ_ij κ̂_nij / P̂_nj)^(−θ_j)
    X'_nk = Σ_j γ_nkj Σ_i X'_ij π'_ijn / (1+t'_ijn) + α_nk I'_n
    I'_n  = ŵ_n L̂_n w_nL_n + R'_n + D'_n

and labour markets clear: Σ_j γ_nj Y'_nj = ŵ_n L̂_n w_nL_n. Deficits: "kept" are a fixed share of
world value added, "none" are zero, a number scales the baseline's, and with "ratio" final spending
without tariff revenue over value added is fixed up to one factor common to all, which makes
deficits sum to zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.scenario.wedges import Wedges
from comity.trade.baseline import Baseline

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shocked:
    """Baseline and wedges side by side, with "as before" written out. Pairs are ``[j, n, i]``."""

    tariff: Array
    cost: Array
    availability: Array
    productivity: Array
    labour_income: Array
    deficit: Array


def shocked(baseline: Baseline, wedges: Wedges, deficits: str | float) -> Shocked:
    """`labour_income` is at new population and old wages; `deficit` at the old world income."""

    def given(value: Array | None, otherwise: Array) -> Array:
        return otherwise if value is None else value

    pairs = np.ones_like(baseline.trade_share)
    tariff = given(wedges.tariff, baseline.tariff)
    deficit = given(wedges.deficit, baseline.deficit)
    if deficits == "none":
        deficit = 0.0 * deficit
    elif not isinstance(deficits, str):
        deficit = deficits * deficit
    return Shocked(
        tariff=tariff,
        cost=given(wedges.trade_cost, pairs) * (1.0 + tariff) / (1.0 + baseline.tariff),
        availability=given(wedges.availability, pairs),
        productivity=given(wedges.productivity, np.ones(baseline.shape)),
        labour_income=baseline.value_added
        * given(wedges.population, np.ones_like(baseline.value_added)),
        deficit=deficit,
    )


def _largest(values: Array) -> float:
    """The largest size; NaN counts as infinitely wrong."""
    return float(np.where(np.isnan(values), np.inf, np.abs(values)).max(initial=0.0))


def residuals(
    baseline: Baseline,
    wedges: Wedges,
    wage_hat: Array,
    price_hat: Array,
    expenditure: Array,
    deficits: str | float = "kept",
) -> dict[str, float]:
    """How far a solution is from being an equilibrium, by block; 0 is exact.

    prices, shares : relative, worst (economy, sector)
    expenditure : relative to the cell
    labour, trade : over value added, worst economy
    trade_relative : exports + deficit − imports over trade itself; stricter near autarky
    world : world spending less world income, over income
    negative : by how much the worst final spending or expenditure is below zero, over value added;
        a surplus kept larger than what an economy earns ends there, and that is no equilibrium
    """
    s = shocked(baseline, wedges, deficits)
    theta = baseline.theta
    economies = range(baseline.shape[0])

    # Prices. A cell without any supplier has no price; it may not be asked for, see below.
    unit_cost = wage_hat[:, None] ** baseline.value_added_share / s.productivity
    unit_cost = unit_cost * np.prod(price_hat[:, :, None] ** baseline.input_share, axis=1)
    delivered = unit_cost.T[:, None, :] * s.cost
    allowed = baseline.trade_share * s.availability
    offers = allowed * delivered ** -theta[:, None, None]
    total = offers.sum(axis=2).T
    supplied = total > 0.0
    wanted = expenditure > 0.0
    if (wanted & ~supplied).any():
        return dict.fromkeys(
            (
                "prices",
                "shares",
                "expenditure",
                "labour",
                "trade",
                "trade_relative",
                "world",
                "negative",
            ),
            float("inf"),
        )
    price = np.where(supplied, total, 1.0) ** (-1.0 / theta)
    prices = np.where(supplied, price / price_hat - 1.0, 0.0)
    share = allowed * (delivered / price_hat.T[:, :, None]) ** -theta[:, None, None]
    shares = np.where(supplied, share.sum(axis=2).T - 1.0, 0.0)

    # Flows net of tariff, revenue, output. Shares are scaled to 1, so that blocks stay apart.
    share = share / np.where(supplied, share.sum(axis=2).T, 1.0).T[:, :, None]
    paid = share * expenditure.T[:, :, None]
    flow = paid / (1.0 + s.tariff)
    revenue = (paid - flow).sum(axis=(0, 2))
    output = flow.sum(axis=1).T
    labour_income = wage_hat * s.labour_income

    # Final spending under the rule for deficits.
    if deficits == "ratio":
        wish = labour_income * (1.0 + s.deficit / baseline.value_added)
        deficit = wish * labour_income.sum() / wish.sum() - labour_income
    else:
        deficit = s.deficit * labour_income.sum() / baseline.value_added.sum()
    income = labour_income + revenue + deficit

    needed = np.zeros_like(expenditure)
    for n in economies:
        needed[n] = baseline.input_share[n] @ output[n] + baseline.final_share[n] * income[n]
    size = np.maximum(np.maximum(np.abs(needed), np.abs(expenditure)), 1e-12 * income[:, None])
    spending = np.where(size > 0.0, (needed - expenditure) / np.where(size > 0.0, size, 1.0), 0.0)

    labour = (baseline.value_added_share * output).sum(axis=1) / labour_income - 1.0

    own = np.arange(baseline.shape[0])
    crossing = flow.copy()
    crossing[:, own, own] = 0.0
    exports, imports = crossing.sum(axis=(0, 1)), crossing.sum(axis=(0, 2))
    missing = exports + deficit - imports
    traded = np.maximum(exports, imports)
    return {
        "prices": _largest(prices),
        "shares": _largest(shares),
        "expenditure": _largest(spending),
        "labour": _largest(labour),
        "trade": _largest(missing / labour_income),
        "trade_relative": _largest(missing[traded > 0.0] / traded[traded > 0.0]),
        "world": _largest(np.array([expenditure.sum() - (output.sum() + revenue.sum())]))
        / float(output.sum()),
        "negative": _largest(
            np.minimum(np.minimum(income, expenditure.min(axis=1)), 0.0) / labour_income
        ),
    }


# ------------------------------------------------------- why a world may have no equilibrium


@dataclass(frozen=True)
class Pattern:
    """What can be seen from zeros alone. Positions of economies and sectors.

    no_supplier : (economy, sector) cells that are bought before the change and have nobody left,
        at home or abroad, from whom to buy
    one_way : sets of economies that would have to pay the others without being paid, or the
        reverse: money would leave them, or enter, without end
    lone_deficit : sets of economies cut off from all others whose deficits do not sum to zero
    """

    no_supplier: frozenset[tuple[int, int]]
    one_way: tuple[frozenset[int], ...]
    lone_deficit: tuple[frozenset[int], ...]

    @property
    def impossible(self) -> bool:
        return bool(self.no_supplier or self.one_way or self.lone_deficit)


def _reach(edges: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which positions can be reached from which, each from itself included."""
    reach = edges | np.eye(len(edges), dtype=bool)
    for k in range(len(edges)):
        reach |= np.outer(reach[:, k], reach[k])
    return reach


def pattern(baseline: Baseline, wedges: Wedges, deficits: str | float) -> Pattern:
    """Whether zeros alone rule an equilibrium out.

    A cell is wanted if final buyers want it or a sector that can sell uses it. Payments run from n
    to i where n wants something and i may supply it. With balanced trade, whoever is paid must pay
    and whoever pays must be paid, and that goes for every set of economies: each set that hangs
    together must be strongly connected. With deficits of its own a set may be paid only, or pay
    only, if the sign of its deficit fits.
    """
    s = shocked(baseline, wedges, deficits)
    supply = baseline.trade_share * s.availability > 0.0
    n_economies = baseline.shape[0]
    has = supply.any(axis=2).T

    wanted = baseline.final_share > 0.0
    while True:
        sells = np.einsum("jni,nj->ij", supply, wanted) > 0
        used = np.einsum("nkj,nj->nk", baseline.input_share > 0.0, sells) > 0
        more = wanted | used
        if (more == wanted).all():
            break
        wanted = more
    no_supplier = frozenset((int(n), int(j)) for n, j in np.argwhere(wanted & ~has))

    pays = np.einsum("jni,nj->ni", supply, wanted) > 0
    np.fill_diagonal(pays, False)
    reach = _reach(pays)
    mutual = reach & reach.T
    either = _reach(pays | pays.T)
    scale = np.abs(baseline.value_added).sum()
    one_way: list[frozenset[int]] = []
    lone: list[frozenset[int]] = []
    for n in range(n_economies):
        members = frozenset(np.flatnonzero(mutual[n]).tolist())
        if min(members) == n:
            inside = list(members)
            outside = [i for i in range(n_economies) if i not in members]
            pays_out = bool(pays[np.ix_(inside, outside)].any())
            is_paid = bool(pays[np.ix_(outside, inside)].any())
            balance = float(s.deficit[inside].sum()) / scale if deficits != "ratio" else 0.0
            fits = (balance > 1e-14) if pays_out else (balance < -1e-14)
            if pays_out != is_paid and not fits:
                one_way.append(members)
        together = frozenset(np.flatnonzero(either[n]).tolist())
        if min(together) == n and len(together) < n_economies and deficits != "ratio":
            balance = float(s.deficit[list(together)].sum()) / scale
            if abs(balance) > 1e-14:
                lone.append(together)
    return Pattern(no_supplier, tuple(one_way), tuple(lone))
