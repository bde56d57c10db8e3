"""The equilibrium conditions compiled by numba, each array read once per evaluation.

The equations are those of `evaluate` and `precondition`; here a row of trade shares is used for Φ,
for imports and for exports while it is in the cache, and one reading of M answers prices and
spending both. Loops over economies or sectors are independent of each other and every sum has a
fixed order, so the number of threads does not change a bit of the result.

Work arrays (T working sectors, N economies): see below. Kernels are kept on disk.
"""

# numba reads these functions' source: no annotations that it would have to understand.
# mypy: disallow-untyped-defs = False, disallow-untyped-calls = False
# mypy: disallow-untyped-decorators = False

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

# Sums may be reordered into vector instructions; NaN and infinity keep their meaning.
FAST: Any = {"reassoc", "contract", "arcp", "nsz"}
OPTIONS: Any = {"cache": True, "nogil": True, "fastmath": FAST, "error_model": "numpy"}

FLOOR = 1e-12
# rows of the (ROWS, T, N) work array
COST, Z, PHI, OWN, OWN_NET, OFF, EXPORTS, OUTPUT, RP, RX, ASKED = range(11)
ROWS = 11
# rows of the (TOTALS, N) work array
VALUE, DEFICIT, INCOME, REVENUE, OUT, INTO, RW, PAID = range(8)
TOTALS = 8


@njit(**OPTIONS)
def _cost(n, w, p, gamma, gv, theta, log_t, has_t, work, row):
    """Costs of economy n; `row` is room for T numbers."""
    size = p.shape[0]
    for j in range(size):
        row[j] = gv[j, n] * w[n]
    for k in range(size):
        price = p[k, n]
        for j in range(size):
            row[j] += gamma[n, k, j] * price
    for j in range(size):
        c = row[j]
        if has_t:
            c -= log_t[j, n]
        work[COST, j, n] = c
        work[Z, j, n] = np.exp(-theta[j] * c)


@njit(**OPTIONS)
def _pairs(j, x, share, net, own, own_net, tariffed, theta, p, work):
    """All pairs of sector j: what everyone pays, buys abroad, and sells."""
    count = share.shape[1]
    z = work[Z, j]
    exports = work[EXPORTS, j]
    for i in range(count):
        exports[i] = 0.0
    for n in range(count):
        bought = 0.0
        a = share[j, n]
        for i in range(count):
            bought += a[i] * z[i]
        own_z = own[j, n] * z[n]
        phi = own_z + bought
        inverse = 1.0 / phi
        q = x[j, n] * inverse
        if j < tariffed:
            off = 0.0
            b = net[j, n]
            for i in range(count):
                off += b[i] * z[i]
            for i in range(count):
                exports[i] += q * b[i]
            work[OFF, j, n] = off * inverse
            work[OWN_NET, j, n] = own_net[j, n] * z[n] * inverse
        else:
            for i in range(count):
                exports[i] += q * a[i]
            work[OFF, j, n] = bought * inverse
            work[OWN_NET, j, n] = own_z * inverse
        work[OWN, j, n] = own_z * inverse
        work[PHI, j, n] = phi
        work[RP, j, n] = -np.log(phi) / theta[j] - p[j, n]
    for i in range(count):
        exports[i] *= z[i]


@njit(**OPTIONS)
def _close(n, x, gamma, gv, alpha, home, tariffed, work, totals, row):
    """Income, spending asked for and trade of economy n."""
    size = x.shape[0]
    revenue = 0.0
    out = 0.0
    into = 0.0
    paid = 0.0
    for j in range(size):
        spent = x[j, n]
        if j < tariffed:
            revenue += spent * (1.0 - work[OFF, j, n] - work[OWN_NET, j, n])
        into += spent * work[OFF, j, n]
        out += work[EXPORTS, j, n]
        y = work[EXPORTS, j, n] + work[OWN_NET, j, n] * spent
        work[OUTPUT, j, n] = y
        row[j] = y
        paid += gv[j, n] * y
    income = totals[VALUE, n] + revenue + totals[DEFICIT, n]
    totals[INCOME, n] = income
    totals[REVENUE, n] = revenue
    totals[OUT, n] = out
    totals[INTO, n] = into
    totals[PAID, n] = paid + home[n] * income
    gap = totals[DEFICIT, n]
    totals[RW, n] = np.log((out + max(gap, 0.0)) / (into + max(-gap, 0.0)))
    for k in range(size):
        asked = alpha[k, n] * income
        for j in range(size):
            asked += gamma[n, k, j] * row[j]
        work[ASKED, k, n] = asked
        work[RX, k, n] = asked - x[k, n]


@njit(**OPTIONS)
def _levels(w, labour, deficit, ratio, has_ratio, part, world, totals):
    """Value added and deficits; part (N,) numbers the parts of the world, world (parts,) holds
    their value added at no change."""
    count = w.shape[0]
    total = np.zeros(world.shape[0])
    spent = np.zeros(world.shape[0])
    for n in range(count):
        v = np.exp(w[n]) * labour[n]
        totals[VALUE, n] = v
        total[part[n]] += v
        if has_ratio:
            spent[part[n]] += ratio[n] * v
    for n in range(count):
        k = part[n]
        if has_ratio:
            totals[DEFICIT, n] = (ratio[n] * total[k] / spent[k] - 1.0) * totals[VALUE, n]
        else:
            totals[DEFICIT, n] = deficit[n] * (total[k] / world[k])


@njit(**OPTIONS)
def _worst(x, work, totals, isolated, found):
    """Puts the worst residual of prices, expenditure, labour and trade into `found`."""
    size, count = x.shape
    for k in range(4):
        found[k] = 0.0
    for j in range(size):
        for n in range(count):
            r = abs(work[RP, j, n])
            # Written so that NaN counts as worst.
            if not r <= found[0]:
                found[0] = r
            level = max(x[j, n], work[ASKED, j, n], FLOOR * totals[INCOME, n])
            r = abs(work[RX, j, n]) / level
            if not r <= found[1]:
                found[1] = r
    for n in range(count):
        if isolated[n]:
            totals[RW, n] = 0.0
        r = abs(totals[PAID, n] / totals[VALUE, n] - 1.0)
        if not r <= found[2]:
            found[2] = r
        r = abs(totals[RW, n])
        if not r <= found[3]:
            found[3] = r


@njit(**OPTIONS)
def evaluate_serial(w, p, x, data, work, totals, rows, found):
    """One evaluation on one thread. `data` is the tuple made by `compiled.arrays`."""
    (share, net, own, own_net, gamma, gv, alpha, home, theta, log_t, labour, deficit, ratio,
     isolated, tariffed, has_t, has_ratio, part, world) = data  # fmt: skip
    size, count = x.shape
    _levels(w, labour, deficit, ratio, has_ratio, part, world, totals)
    for n in range(count):
        _cost(n, w, p, gamma, gv, theta, log_t, has_t, work, rows[n])
    for j in range(size):
        _pairs(j, x, share, net, own, own_net, tariffed, theta, p, work)
    for n in range(count):
        _close(n, x, gamma, gv, alpha, home, tariffed, work, totals, rows[n])
    _worst(x, work, totals, isolated, found)


@njit(parallel=True, **OPTIONS)
def evaluate_parallel(w, p, x, data, work, totals, rows, found):
    """The same on several threads."""
    (share, net, own, own_net, gamma, gv, alpha, home, theta, log_t, labour, deficit, ratio,
     isolated, tariffed, has_t, has_ratio, part, world) = data  # fmt: skip
    size, count = x.shape
    _levels(w, labour, deficit, ratio, has_ratio, part, world, totals)
    for n in prange(count):
        _cost(n, w, p, gamma, gv, theta, log_t, has_t, work, rows[n])
    for j in prange(size):
        _pairs(j, x, share, net, own, own_net, tariffed, theta, p, work)
    for n in prange(count):
        _close(n, x, gamma, gv, alpha, home, tariffed, work, totals, rows[n])
    _worst(x, work, totals, isolated, found)


@njit(**OPTIONS)
def times(matrix, n, vector, out):
    """out = M_n vector, both (T,)"""
    size = vector.shape[0]
    for j in range(size):
        total = 0.0
        for k in range(size):
            total += matrix[n, j, k] * vector[k]
        out[j] = total


@njit(**OPTIONS)
def times_t(matrix, n, vector, out):
    """out = M_nᵀ vector, both (T,)"""
    size = vector.shape[0]
    for k in range(size):
        out[k] = 0.0
    for j in range(size):
        v = vector[j]
        for k in range(size):
            out[k] += matrix[n, j, k] * v


@njit(**OPTIONS)
def _refined(matrix, gamma, n, a, y, sweeps, turned, out, t1, t2):
    """out ≈ (I − diag(a) γᵀ)⁻¹ y, or of its transpose, by sweeps that M makes short."""
    size = y.shape[0]
    if turned:
        times_t(matrix, n, y, out)
    else:
        times(matrix, n, y, out)
    for _ in range(sweeps - 1):
        if turned:
            for j in range(size):
                t2[j] = a[j] * out[j]
            times(gamma, n, t2, t1)
        else:
            times_t(gamma, n, out, t1)
            for j in range(size):
                t1[j] *= a[j]
        for j in range(size):
            t1[j] += y[j] - out[j]
        if turned:
            times_t(matrix, n, t1, t2)
        else:
            times(matrix, n, t1, t2)
        for j in range(size):
            out[j] += t2[j]


@njit(**OPTIONS)
def held_exports(j, x, share, net, tariffed, work, held):
    """Row j of exports when each market's own answer to the exporter is taken off (ψ)."""
    count = share.shape[1]
    z = work[Z, j]
    for i in range(count):
        held[j, i] = 0.0
    for n in range(count):
        q = x[j, n] / (work[PHI, j, n] * work[PHI, j, n])
        if j < tariffed:
            for i in range(count):
                held[j, i] += q * share[j, n, i] * net[j, n, i]
        else:
            for i in range(count):
                held[j, i] += q * share[j, n, i] * share[j, n, i]
    for i in range(count):
        held[j, i] = max(work[EXPORTS, j, i] - z[i] * z[i] * held[j, i], 0.0)


# rows of the (ANSWERS, T, N) array of the preconditioner
PRICE, SPEND, U, RHO, LP, LX = range(6)
ANSWERS = 6


@njit(**OPTIONS)
def answer_of(n, x, data, matrix, sweeps, work, totals, held, answers, scale, slope, least):
    """The preconditioner's vectors of economy n; see `comity.model.world.precondition`."""
    gamma, gv, alpha, theta, tariffed = data[4], data[5], data[6], data[8], data[14]
    size = x.shape[0]
    out = totals[OUT, n] + max(totals[DEFICIT, n], 0.0)
    into = totals[INTO, n] + max(-totals[DEFICIT, n], 0.0)
    if not out > 0.0:
        out = 1.0
    if not into > 0.0:
        into = 1.0
    a = np.empty(size)
    v = np.empty(size)
    h = np.empty(size)
    e = np.empty(size)
    k_x = np.empty(size)
    rho = np.empty(size)
    y = np.empty(size)
    cost = np.empty(size)
    t1 = np.empty(size)
    t2 = np.empty(size)
    got = np.empty(size)
    for j in range(size):
        a[j] = work[OWN, j, n]
        b = work[OWN_NET, j, n]
        off = work[OFF, j, n]
        rho[j] = 1.0 - off - b if j < tariffed else 0.0
        v[j] = theta[j] * (held[j, n] + (1.0 - a[j]) * b * x[j, n])
        h[j] = theta[j] * x[j, n] * (b - (off + b) * a[j]) if j < tariffed else 0.0
        e[j] = theta[j] * (held[j, n] / out + a[j] * x[j, n] * off / into)
        k_x[j] = off / into
        answers[RHO, j, n] = rho[j]
        y[j] = a[j] * gv[j, n]
    _refined(matrix, gamma, n, a, y, sweeps, False, got, t1, t2)
    times_t(gamma, n, got, cost)
    alone = 0.0
    paid = totals[VALUE, n]
    for j in range(size):
        answers[PRICE, j, n] = got[j]
        cost[j] += gv[j, n]
        alone += e[j] * cost[j]
        paid += h[j] * cost[j]
        y[j] = alpha[j, n]
    _refined(matrix, gamma, n, a, y, sweeps, True, got, t1, t2)
    dot = 0.0
    for j in range(size):
        answers[U, j, n] = got[j]
        dot += rho[j] * got[j]
    scale[n] = 1.0 / max(1.0 - dot, 1e-2)
    for j in range(size):
        t2[j] = v[j] * cost[j]
    times(gamma, n, t2, y)
    for j in range(size):
        y[j] = alpha[j, n] * paid - y[j]
    _refined(matrix, gamma, n, a, y, sweeps, True, got, t1, t2)
    dot = 0.0
    up = 0.0
    for j in range(size):
        dot += rho[j] * got[j]
        up += answers[U, j, n] * k_x[j]
    moved = 0.0
    for j in range(size):
        answers[SPEND, j, n] = got[j] + answers[U, j, n] * dot * scale[n]
        moved += k_x[j] * answers[SPEND, j, n]
        y[j] = k_x[j] + rho[j] * up * scale[n]
    _refined(matrix, gamma, n, a, y, sweeps, False, got, t1, t2)
    times_t(gamma, n, got, t1)
    dot = 0.0
    for j in range(size):
        answers[LX, j, n] = got[j]
        dot += alpha[j, n] * got[j]
    for j in range(size):
        t2[j] = e[j] - v[j] * t1[j] + h[j] * dot
    times(gamma, n, t2, y)
    _refined(matrix, gamma, n, a, y, sweeps, True, got, t1, t2)
    for j in range(size):
        answers[LP, j, n] = got[j]
    s = max(alone + moved, least * alone)
    slope[n] = s if s > 0.0 else 1.0


@njit(**OPTIONS)
def step_of(n, matrix, answers, scale, slope, isolated, work, totals, room, f, spread):
    """The preconditioned step of economy n, into the vector f in the order (w, P, X/spread)."""
    size = answers.shape[1]
    count = answers.shape[2]
    dp = room[0]
    dx = room[1]
    nominal = 0.0
    real = 0.0
    for k in range(size):
        dx[k] = 0.0
        room[2, k] = work[RP, k, n]
        nominal += answers[LX, k, n] * work[RX, k, n]
        real += answers[LP, k, n] * work[RP, k, n]
    for j in range(size):
        total = 0.0
        r = work[RX, j, n]
        for k in range(size):
            total += matrix[n, j, k] * room[2, k]
            dx[k] += matrix[n, j, k] * r
        dp[j] = total
    dw = 0.0
    if not isolated[n]:
        dw = (totals[RW, n] - real - np.log1p(max(nominal, -0.9))) / slope[n]
    dot = 0.0
    for j in range(size):
        dot += answers[RHO, j, n] * dx[j]
    f[n] = dw
    for j in range(size):
        f[count + j * count + n] = dp[j] + answers[PRICE, j, n] * dw
        spend = dx[j] + answers[U, j, n] * dot * scale[n] + answers[SPEND, j, n] * dw
        f[count + (size + j) * count + n] = spend / spread[n]
