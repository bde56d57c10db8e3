"""The market model: one solve of a large market, and many draws of smaller ones.

Everything is timed in one process of its own in which numpy's BLAS has one thread; draws run on as
many threads as there are cores. Times are the best and the median of several runs. Beside each
figure stands a rival in the same run, on the same inputs, that has to give the same answer:

- of a solve, `dense_newton`: Newton's method with the Jacobian formed and solved, in plain numpy,
  its shares prepared beforehand, flows and surplus not counted;
- of draws, a loop of `solve` over a part of them, scaled up to all.

`solve` takes prices, flows and surplus in; `first` is a solve on a market on which nothing has been
prepared yet.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.model.market import Market, MarketChange, Parameters, Routes, Split, solve
from comity.model.market.many import Draws, MarketRuns, solve_many

Array = NDArray[np.float64]
TOLERANCE = 1e-12
ECONOMIES, TO_REACH = 250, 2.0
DRAWS, OF, TO_REACH_DRAWS = 10_000, 30, 0.8
AREA_DRAWS, OF_AREAS, TO_REACH_AREAS = 1000, 16, 0.5


def _met(value: float, goal: float | None) -> str:
    if goal is None:
        return "no figure to reach"
    return f"to reach: {goal:,.4g}, {'met' if value <= goal else 'NOT met'}"


def _timed(work: Callable[[], Any], runs: int) -> tuple[float, float, Any]:
    """Best and median time in seconds, and the last result."""
    result = work()
    times: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - began)
    return min(times), float(np.median(times)), result


def market(n: int, seed: int) -> Market:
    """Log-normal flows, half of it home sales, tariffs up to 20 %."""
    rng = np.random.default_rng(seed)
    value = rng.lognormal(0.0, 1.5, (n, n))
    own = np.arange(n)
    value[own, own] = rng.lognormal(0.0, 0.5, n) * value.sum(axis=1)
    tariff = rng.uniform(0.0, 0.2, (n, n))
    tariff[own, own] = 0.0
    return Market(value, tariff)


def dense_newton(on: Market, cost: Array, free: Array, given: Parameters) -> tuple[Array, int]:
    """Log prices of one product with one σ, and the number of steps: the Jacobian formed."""
    sigma, eta = float(np.asarray(given.sigma)), float(np.asarray(given.eta))
    supply = np.broadcast_to(np.asarray(given.supply, dtype=float), (on.shape[1],))
    offer = on.buying_share[0] * free * cost ** (1.0 - sigma)
    sell = on.sales_share[0] * free * cost**-sigma
    x = np.zeros(on.shape[1])
    for step in range(50):
        bought = offer * np.exp((1.0 - sigma) * x)[:, None]
        level = bought.sum(axis=0)
        log_p = np.log(level) / (1.0 - sigma)
        sold = sell * np.exp((sigma - eta) * log_p)
        total = sold.sum(axis=1)
        rest = np.log(total) - (sigma + supply) * x
        if np.abs(rest).max() <= TOLERANCE:
            return x, step
        jacobian = (sold / total[:, None]) @ (bought / level).T * (sigma - eta)
        jacobian[np.arange(len(x)), np.arange(len(x))] -= sigma + supply
        x = x - np.linalg.solve(jacobian, rest)
    raise RuntimeError("the rival does not converge")


def _solves() -> None:
    on = market(ECONOMIES, 1)
    n = ECONOMIES
    rng = np.random.default_rng(2)
    supply = rng.uniform(0.1, 1.5, n)
    free, rates = np.ones((n, n)), on.rates[0].copy()
    free[0, 1] = free[0, 2] = 0.0
    rates[:, 3] += 0.25
    rates[3, 3] = 0.0
    print(f"  {n} economies × 1 product, to {TOLERANCE:g}")
    one = Parameters(5.0, 0.9, supply)
    each = Parameters(rng.uniform(3.0, 7.0, (1, n)), 0.9, supply)
    cases = (
        ("two bans", MarketChange(availability=free), one, TO_REACH),
        ("+25 % on all that one buys", MarketChange(tariff=rates), one, TO_REACH),
        ("two bans, sigma by destination", MarketChange(availability=free), each, None),
    )
    for name, change, given, goal in cases:

        def whole() -> Any:
            solved = solve(on, change, given, tolerance=TOLERANCE)  # noqa: B023
            return solved, solved.flow, solved.surplus

        best, median, solved = _timed(
            lambda: solve(on, change, given, tolerance=TOLERANCE),  # noqa: B023
            51,
        )
        effects, _, _ = _timed(whole, 21)
        began = time.perf_counter()
        solve(Market(on.value, on.rates), change, given, tolerance=TOLERANCE)
        first = time.perf_counter() - began
        print(
            f"    {name}: {1e3 * best:.2f} (median {1e3 * median:.2f}) ms, "
            f"{_met(1e3 * best, goal)}; with flows and surplus {1e3 * effects:.2f} ms; first "
            f"{1e3 * first:.1f} ms; {solved.evaluations} evaluations, residual "
            f"{solved.residual:.0e}",
            flush=True,
        )
        if goal is None:
            continue
        cost = (1.0 + solved.tariff[0]) / (1.0 + on.rates[0])
        open_to = np.ones((n, n)) if change.availability is None else free
        rival, middle, (x, steps) = _timed(
            lambda: dense_newton(on, cost, open_to, given),  # noqa: B023
            21,
        )
        apart = float(np.abs(x - np.log(solved.price_hat[0])).max())
        print(
            f"      dense Newton: {1e3 * rival:.2f} (median {1e3 * middle:.2f}) ms, {steps} steps, "
            f"{rival / best:.1f} times this; log prices apart by {apart:.0e}",
            flush=True,
        )


def _draws() -> None:
    on = market(OF, 3)
    rng = np.random.default_rng(4)
    draws = Draws(
        rng.uniform(2.4, 10.5, DRAWS),
        rng.uniform(0.5, 1.3, DRAWS),
        rng.uniform(0.1, 1.5, (DRAWS, OF)),
    )
    free = np.ones((OF, OF))
    free[0, 1] = 0.0
    change = MarketChange(availability=free)
    coverage = []
    for covered in rng.uniform(0.2, 0.9, DRAWS):
        some = np.ones((OF, OF))
        some[0, 1] = 1.0 - covered
        coverage.append(MarketChange(availability=some))
    print(f"  {DRAWS:,} draws of {OF} economies × 1 product, sigma, eta and supply drawn")
    _many("a ban", on, change, draws, TO_REACH_DRAWS, 300)
    _many("coverage drawn too", on, coverage, draws, None, 300)


def _areas() -> None:
    on = market(OF_AREAS, 5)
    rng = np.random.default_rng(6)
    sigma = rng.uniform(2.4, 10.5, AREA_DRAWS)
    draws = Draws(
        sigma, rng.uniform(0.5, 1.3, AREA_DRAWS), rng.uniform(0.1, 1.5, (AREA_DRAWS, OF_AREAS))
    )
    open_to = np.ones((2, OF_AREAS))
    open_to[0, 1] = 0.0
    changes = [
        MarketChange(
            splits=(Split(0, 0, [part, 1.0 - part], s * (30.0 / s) ** at, open_to),),
            routes=Routes([0], [0], [1], [2], [onward], 0.1),
        )
        for s, part, at, onward in zip(
            sigma,
            rng.uniform(0.3, 0.7, AREA_DRAWS),
            rng.random(AREA_DRAWS),
            rng.uniform(0.21, 0.28, AREA_DRAWS),
            strict=True,
        )
    ]
    print(
        f"  {AREA_DRAWS:,} draws of {OF_AREAS} economies, one origin in two areas, one route; area "
        "shares, inner elasticity and onward share drawn too"
    )
    _many("a ban by area", on, changes, draws, TO_REACH_AREAS, 200)


def _many(
    name: str,
    on: Market,
    changes: MarketChange | list[MarketChange],
    draws: Draws,
    goal: float | None,
    alone: int,
) -> None:
    best = np.inf
    for flows in (False, True):
        best, median, _ = _timed(
            lambda: solve_many(on, changes, draws, flows=flows),  # noqa: B023
            5,
        )
        what = "with all flows" if flows else "prices and surplus"
        print(
            f"    {name}, {what}: {best:.2f} (median {median:.2f}) s, "
            f"{_met(best, None if flows else goal)}; {len(draws) / best:,.0f} draws/s",
            flush=True,
        )
    seconds, apart = _loop(on, changes, draws, alone, solve_many(on, changes, draws))
    print(
        f"      a loop of single solves: {seconds:.1f} s, {seconds / best:.0f} times this; surplus "
        f"apart by {apart:.0e} of spending",
        flush=True,
    )


def _loop(
    on: Market,
    changes: MarketChange | list[MarketChange],
    draws: Draws,
    alone: int,
    runs: MarketRuns,
) -> tuple[float, float]:
    """Seconds for all draws, from `alone` of them; and how far answers are apart."""
    apart = 0.0
    began = time.perf_counter()
    found = []
    for d in range(alone):
        change = changes if isinstance(changes, MarketChange) else changes[d]
        solved = solve(on, change, draws.parameters(d))
        found.append((solved.flow, solved.surplus.total))
    seconds = (time.perf_counter() - began) * len(draws) / alone
    total = runs.total
    assert total is not None
    for d, (_, gained) in enumerate(found):
        apart = max(apart, float(np.abs(total[d] - gained).max()))
    return seconds, apart / float(on.spending.sum())


def main() -> None:
    sys.stdout.flush()
    one = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    subprocess.run(
        [sys.executable, "-m", "benchmarks.bench_market", "measure"],
        env={**os.environ, **dict.fromkeys(one, "1")},
        check=True,
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        _solves()
        _draws()
        _areas()
    else:
        main()
