"""Two special cases written for themselves: linearised GSIM, and SMART.

Francois and Hall (2003), Global simulation analysis of industry-level trade policy; Laird and Yeats
(1986), UNCTAD Discussion Paper 19, and Jammes and Olarreaga (2005) for SMART.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from comity.model.market.market import Array, Market, Parameters, finite, shaped
from comity.words.errors import InputError, Place


@dataclass(frozen=True, eq=False)
class Linearised:
    """First-order log changes. log_price : (N,);  log_index : (N,);  log_quantity : (N, N)

    producers, consumers : (N,), GSIM's second-order triangles and rectangles in money
    """

    log_price: Array
    log_index: Array
    log_quantity: Array
    producers: Array
    consumers: Array


def gsim(market: Market, parameters: Parameters, tariff: ArrayLike) -> Linearised:
    """GSIM for one product: log-linear around the base, tariffs only, supply finite.

    Its elasticities are E_m = −eta (composite demand), E_s = sigma and E_x = supply; own and cross
    price elasticities are −(1−s)σ − sη and s(σ−η).
    """
    k, n = market.shape
    el = parameters.at(market)
    if k != 1 or np.isinf(el.supply).any():
        raise InputError("GSIM is for one product whose supply elasticities are finite")
    new = shaped(np.atleast_3d(finite(tariff, "tariff")).reshape(-1, n, n)[0], (n, n), "tariff")
    step = np.log1p(new) - np.log1p(market.rates[0])
    r, s = market.sales_share[0], market.buying_share[0]
    sigma, eta, supply = el.sigma[0], el.eta, el.supply[0]
    # e_i p_i = Σ_j r_ij [−σ_j (p_i + T_ij) + (σ_j − η_j) Σ_h s_hj (p_h + T_hj)]
    matrix = np.diag(supply + r @ sigma) - (r * (sigma - eta)) @ s.T
    push = (r * (-sigma * step + (sigma - eta) * (s * step).sum(axis=0))).sum(axis=1)
    idle = market.sales[0] <= 0.0
    matrix[idle, idle] = 1.0
    price = np.linalg.solve(matrix, np.where(idle, 0.0, push))
    buyer = price[:, None] + step
    index = (s * buyer).sum(axis=0)
    quantity = -sigma * buyer + (sigma - eta) * index
    return Linearised(
        log_price=price,
        log_index=index,
        log_quantity=quantity,
        producers=market.sales[0] * price * (1.0 + supply * price / 2.0),
        consumers=market.spending[0] * (eta * index**2 / 2.0 - index),
    )


@dataclass(frozen=True, eq=False)
class Smart:
    """(N,) by partner, in the unit of imports: trade creation, which SMART gives to the partner
    whose tariff changes, and diversion, which sums to zero."""

    creation: Array
    diversion: Array


def smart(
    imports: ArrayLike, before: ArrayLike, after: ArrayLike, *, sigma: float, demand: float
) -> Smart:
    """SMART for one importer: infinite supply, imports only, `demand` the import demand elasticity.

    imports, before, after : (N,), imports and tariffs by partner. Diversion is taken pair by pair
    of a partner and all others, without the truncation at existing trade.
    """
    value = finite(imports, "imports", least=0.0)
    if value.ndim != 1:
        raise InputError("SMART is for one importer", where=Place(field="imports"))
    old = shaped(finite(before, "before", least=-1.0, above=True), value.shape, "before")
    new = shaped(finite(after, "after", least=-1.0, above=True), value.shape, "after")
    cheaper = (old - new) / (1.0 + old)
    creation = demand * value * cheaper
    diversion = np.zeros_like(value)
    total = value.sum()
    for partner in np.flatnonzero(cheaper):
        rest = total - value[partner]
        push = sigma * cheaper[partner]
        if rest <= 0.0 or value[partner] <= 0.0:
            continue
        won = value[partner] * rest * push / (total + value[partner] * push / total)
        share = value / rest
        share[partner] = 0.0
        diversion -= won * share
        diversion[partner] += won
    return Smart(creation, diversion)


def import_demand(sigma: ArrayLike, eta: ArrayLike, home_share: ArrayLike) -> Array:
    """The demand elasticity of imports alone: σ s_D + η (1 − s_D), s_D the home share of spending.

    For a market without home sales (`Market(..., home=False)`); exact to first order where the
    supply of home goods is infinitely elastic (notes, 1.1). Raises `InputError` for a share outside
    [0, 1].
    """
    share = finite(home_share, "home share", least=0.0)
    if (share > 1.0).any():
        raise InputError(f"a home share of {share.max():g}", where=Place(field="home share"))
    between, own = finite(sigma, "sigma", least=0.0), finite(eta, "eta", least=0.0)
    return np.asarray(between * share + own * (1.0 - share))
