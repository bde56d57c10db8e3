"""Many solves on one baseline, compiled: only pairs that a shock touches change between runs."""

# mypy: disallow-untyped-defs = False, disallow-untyped-calls = False
# mypy: disallow-untyped-decorators = False

from __future__ import annotations

import numpy as np
from numba import njit

from comity.model.world import compiled
from comity.model.world import kernels as k
from comity.model.world.precondition import LEAST_SLOPE

_LEAST = LEAST_SLOPE


@njit(**k.OPTIONS)
def run(
    base_share, base_net, cells, log_kappa, available, rates, data, thetas, matrix, base_own,
    base_spending, base_work, base_totals, base_held, tolerance, most, out, evaluations
):  # fmt: skip
    """Solves for every row of `thetas` (R, T).

    cells : (C, 3) sector, importer, exporter of what the shock touches; log_kappa, available,
    rates : (C,), log of the cost factor, part of the flow allowed, tariff after.
    base_work, base_totals, base_held : the evaluation at no change, from which the preconditioner
    is made for each theta.  out : (R, 3, N) log wage, income, and world value added over labour in
    the first place of nothing else; evaluations : (R,), negative where a run did not converge.
    """
    (_, _, own, own_net, gamma, gv, alpha, home, _, log_t, labour, deficit, ratio,
     isolated, tariffed, has_t, has_ratio, part, world) = data  # fmt: skip
    runs = thetas.shape[0]
    size, count = base_spending.shape
    share = base_share.copy()
    net = base_net.copy()
    answers = np.zeros((k.ANSWERS, size, count))
    scale = np.empty(count)
    slope = np.empty(count)
    work = np.zeros((k.ROWS, size, count))
    totals = np.zeros((k.TOTALS, count))
    found = np.zeros(4)
    for r in range(runs):
        theta = thetas[r]
        for c in range(cells.shape[0]):
            j, n, i = cells[c, 0], cells[c, 1], cells[c, 2]
            a = base_share[j, n, i] * np.exp(-theta[j] * log_kappa[c]) * available[c]
            share[j, n, i] = a
            if j < tariffed:
                net[j, n, i] = a / (1.0 + rates[c])
        now = (share, net, own, own_net, gamma, gv, alpha, home, theta, log_t, labour, deficit,
               ratio, isolated, tariffed, has_t, has_ratio, part, world)  # fmt: skip
        for n in range(count):
            k.answer_of(
                n, base_spending, now, matrix, 1, base_work, base_totals, base_held,
                answers, scale, slope, _LEAST,
            )  # fmt: skip
        w = np.zeros(count)
        p = np.zeros((size, count))
        x = base_spending.copy()
        evaluations[r] = compiled.loop(
            w, p, x, now, now, False, matrix, base_own, (answers, scale, slope), tolerance, most,
            False, work, totals, found,
        )  # fmt: skip
        for n in range(count):
            out[r, 0, n] = w[n]
            out[r, 1, n] = totals[k.INCOME, n]
            out[r, 2, n] = totals[k.VALUE, n]
        for j in range(size):
            for n in range(count):
                out[r, 3 + j, n] = p[j, n]
