"""One sector: a square table of flows, domestic sales included, as a baseline.

With a share 1 − γ of output spent as inputs this is the gravity model with a round-about economy;
γ = 1 is the plain gravity model. Expenditure is domestic sales plus imports at buyers' prices, so
the table is an equilibrium by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Baseline, make_baseline
from comity.trade.numbers import one_number
from comity.words.errors import InputError, ValidationError

Array = NDArray[np.float64]


def one_sector(
    name: str,
    *,
    economies: Sequence[str],
    flow: Array,
    theta: float,
    gamma: float = 1.0,
    tariff: Array | None = None,
    sector: str = "Goods",
    **more: Any,
) -> Baseline:
    """A baseline of one sector from `flow` (N, N) ``[n importer, i exporter]``, net of tariffs.

    With X = flow: output Y_i = Σ_n X_ni, value added γ Y, expenditure E_n = Σ_i (1 + t_ni) X_ni,
    deficit D_n = Σ_i X_ni − Y_n. `theta` > 0; `gamma` in (0, 1]; `tariff` (N, N) ``[n, i]``.
    Further fields of `Baseline` (unit, year, notes, …) are taken as they are.

    Raises `InputError` for `theta` or `gamma` out of range, `ValidationError` for negative flows
    and economies that sell or buy nothing.
    """
    gamma = one_number(gamma, "gamma", "give one number above 0 and not above 1")
    theta = one_number(theta, "theta", "give one number above 0; 4 is common")
    if not (np.isfinite(gamma) and 0.0 < gamma <= 1.0):
        raise InputError(
            f"gamma is {gamma:g}, but value added is a part of output",
            mend="give a number above 0 and not above 1; 1 is a world without inputs",
        )
    if not (np.isfinite(theta) and theta > 0.0):
        raise InputError(
            f"theta is {theta:g}, but a trade elasticity is above 0", mend="4 is common"
        )
    bad = ~np.isfinite(flow) | (flow < 0.0)
    if bad.any():
        n, i = (int(k) for k in np.argwhere(bad)[0])
        raise ValidationError(
            f"the flow from {economies[i]} to {economies[n]} is {flow[n, i]:g}",
            mend="flows are finite and not negative",
        )
    rates = np.zeros_like(flow) if tariff is None else np.asarray(tariff, dtype=np.float64)
    output = flow.sum(axis=0)
    paid = (1.0 + rates) * flow
    spent = paid.sum(axis=1)
    for total, verb in ((output, "sells"), (spent, "buys")):
        if (total <= 0.0).any():
            who = ", ".join(economies[int(k)] for k in np.flatnonzero(total <= 0.0))
            raise ValidationError(f"{who} {verb} nothing", mend="drop the economy")
    n_all = len(economies)
    return make_baseline(
        name,
        economies=economies,
        sectors=[sector],
        trade_share=(paid / spent[:, None])[None],
        tariff=rates[None],
        value_added_share=np.full((n_all, 1), gamma),
        input_share=np.full((n_all, 1, 1), 1.0 - gamma),
        final_share=np.ones((n_all, 1)),
        expenditure=spent[:, None],
        value_added=gamma * output,
        deficit=flow.sum(axis=1) - output,
        theta=[theta],
        one_sector=True,
        **more,
    )
