"""Damped Newton steps on the clearing equations, and quotas by active sets around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comity.model.market.evaluate import Evaluation
from comity.model.market.jacobian import Jacobian
from comity.model.market.market import Array, Mask
from comity.model.market.pattern import Pattern
from comity.model.market.problem import Problem
from comity.words.errors import NotConverged

MOST_STEPS = 200
MOST_SETS = 100
LONGEST = 3.0
"""A step changes no log price by more than this."""
LEAST_PART = 1e-8
ROUNDING = 32.0 * float(np.finfo(np.float64).eps)
"""Logs of sums are no better than this times the exponents in them."""

FREE, TIGHT, OVER = 0, 1, 2
"""A quota that does not bind; that binds; that is sold beyond, at the higher tariff."""


@dataclass(eq=False)
class Found:
    """Logs of prices of origins (K, N) and parts (P,), and of quota wedges (Q,), with the
    evaluation there, the worst residual and how many evaluations it took."""

    x: Array
    parts: Array
    wedge: Array
    at: Evaluation
    residual: float
    evaluations: int


class Search:
    """The state of one search. `take` picks the unknowns out of origins, parts and quotas."""

    def __init__(self, given: Problem, pattern: Pattern, tolerance: float) -> None:
        self.given, self.pattern, self.tolerance = given, pattern, tolerance
        free = pattern.sells & np.isfinite(given.el.supply)
        parts = pattern.part_sells
        if given.parts is not None:
            parts = parts & np.isfinite(given.parts.supply)
        self.base = np.concatenate([free.ravel(), parts])
        self.cells = free.size
        self.count = len(parts)
        self.state = np.zeros(len(self.base) + len(given.limits))
        self.set = np.full(len(given.limits), FREE)
        self.evaluations = 0
        self.careful = False

    def evaluate(self, state: Array, *, exact: bool = False) -> Evaluation:
        self.evaluations += 1
        x = state[: self.cells].reshape(self.given.market.shape)
        parts = state[self.cells : self.cells + self.count]
        wedge = state[self.cells + self.count :]
        at = Evaluation(
            self.given, self.pattern.lost, x, parts, wedge, exact=exact, careful=self.careful
        )
        if at.by_product and not np.isfinite(self.vector(at)[np.flatnonzero(self.base)]).all():
            # Numbers too far apart for sums of powers: from here on in logs.
            self.careful = True
            at = Evaluation(self.given, self.pattern.lost, x, parts, wedge, exact=exact,
                            careful=True)  # fmt: skip
        return at

    @staticmethod
    def vector(at: Evaluation) -> Array:
        """All residuals in one vector: origins, parts, quotas."""
        return np.concatenate([at.residual.ravel(), at.part_residual, at.quota_gap])

    def floor(self, state: Array) -> float:
        """What rounding leaves of a residual."""
        el = self.given.el
        size = float(el.sigma.max()) + 1.0
        supply = np.where(np.isinf(el.supply), 0.0, el.supply)
        if self.given.parts is not None:
            size = max(size, float(self.given.parts.inner.max()))
        size = max(size, float(supply.max()))
        return ROUNDING * (1.0 + size * float(np.abs(state).max(initial=0.0)))

    def equations(self) -> Evaluation:
        """Steps until all equations of the present set hold. Raises `NotConverged`."""
        take = np.flatnonzero(np.concatenate([self.base, self.set == TIGHT]))
        state = self.state
        with np.errstate(all="ignore"):
            at = self.evaluate(state)
            rest = self.vector(at)[take]
            error = _size(rest)
            for _ in range(MOST_STEPS):
                if error <= max(self.tolerance, self.floor(state)):
                    self.state = state
                    return at
                # As exact as it pays: GMRES measures in another norm, so not less than 0.03.
                wanted = min(max(0.1 * self.tolerance / error, error, 1e-10), 0.03)
                if self.careful:
                    wanted = 1e-10
                step = Jacobian(at, take).solve(-rest, wanted)
                part = min(1.0, LONGEST / max(_size(step), 1e-300))
                moved = False
                while part > LEAST_PART and np.isfinite(step).all():
                    new = state.copy()
                    new[take] += part * step
                    there = self.evaluate(new)
                    left = self.vector(there)[take]
                    if _size(left) <= (1.0 - 1e-3 * part) * error:
                        state, at, rest, error, moved = new, there, left, _size(left), True
                        break
                    part /= 4.0
                if not moved:
                    if not self.careful:
                        self.careful = True
                        at = self.evaluate(state)
                        rest = self.vector(at)[take]
                        error = _size(rest)
                        continue
                    break
        raise _not_found(self.given, self.tolerance, error)

    def quotas(self) -> Evaluation:
        """Equations with the quotas that bind. Raises `NotConverged`."""
        given, places = self.given, slice(self.cells + self.count, None)
        seen: set[bytes] = set()
        at = self.equations()
        one_by_one = False
        for _ in range(MOST_SETS):
            wedge, gap = self.state[places], at.quota_gap
            slack = max(10.0 * self.tolerance, self.floor(self.state))
            new = self.set.copy()
            new[(self.set == FREE) & (gap > slack)] = TIGHT
            new[(self.set == TIGHT) & (wedge < 0.0)] = FREE
            new[(self.set == TIGHT) & (wedge > given.quota_cap)] = OVER
            new[(self.set == OVER) & (gap < -slack)] = TIGHT
            if (new == self.set).all():
                return at
            if one_by_one or new.tobytes() in seen:
                one_by_one = True
                first = int(np.flatnonzero(new != self.set)[0])
                new, kept = self.set.copy(), new
                new[first] = kept[first]
            seen.add(new.tobytes())
            self.set = new
            state = self.state.copy()
            state[places] = np.where(
                new == FREE, 0.0, np.where(new == OVER, given.quota_cap, np.maximum(wedge, 0.0))
            )
            self.state = state
            at = self.equations()
        raise _not_found(given, self.tolerance, float(np.abs(at.quota_gap).max()))


def _size(values: Array) -> float:
    """The largest; infinite where one is not a number."""
    if not len(values):
        return 0.0
    largest = float(np.abs(values).max())
    return largest if largest == largest else float("inf")


def _not_found(given: Problem, tolerance: float, error: float) -> NotConverged:
    return NotConverged(
        f"no equilibrium was found to {tolerance:g}: the residual stays at {error:.2g}",
        residual=error,
        mend="try elasticities less close to 0, or a less extreme change",
    )


def search(given: Problem, pattern: Pattern, tolerance: float) -> Found:
    """The equilibrium of a problem whose pattern allows one. Raises `NotConverged`."""
    run = Search(given, pattern, tolerance)
    if given.touched:
        at = run.quotas() if len(given.limits) else run.equations()
        residual = _size(
            run.vector(at)[np.flatnonzero(np.concatenate([run.base, run.set == TIGHT]))]
        )
    else:
        residual = 0.0
    with np.errstate(all="ignore"):
        at = run.evaluate(run.state, exact=True)
    return Found(
        x=at.x,
        parts=at.part_x,
        wedge=at.wedge,
        at=at,
        residual=residual,
        evaluations=run.evaluations,
    )


def unused(mask: Mask, values: Array) -> Array:
    """Log prices with −inf, a price of zero, where an origin has no outlet left."""
    return np.where(mask, -np.inf, values)
