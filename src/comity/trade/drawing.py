"""Draws of uncertain parameters: scrambled Sobol points, draw k a function of (seed, k) alone.

A condition such as "redraw until σ > max(1.2, η)" is met exactly and without luck: a variable drawn
again until it lies above a bound has the distribution cut off there, whose inverse is taken at the
same point. Nothing is clipped, and the number of draws does not change the earlier ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.trade.market_baseline import MarketBaseline
from comity.words.errors import NotFound, ValidationError

Array = NDArray[np.float64]

LOGNORMAL, UNIFORM, LOG_UNIFORM, FIXED = "lognormal", "uniform", "log-uniform", "fixed"
BETWEEN = "between"
HIGHEST = 21_201
"""Dimensions that the Sobol generator has."""
WIDTH = 64
"""Scrambling is made for so many dimensions at least, so that up to so many a further one leaves
the others as they are."""


@dataclass(frozen=True)
class Distribution:
    """How one parameter is drawn.

    lognormal : `a` is the median, `b` the log standard deviation
    uniform, log-uniform : from `a` to `b`; `a` may be the name of a drawn column
    fixed : `a`
    between : uniform from `a` to the smallest of `below` (numbers or names of columns)

    `times` names a column that multiplies the draw. `above` are bounds (numbers or names of
    columns) that the product has to exceed: it is drawn again until it does.
    """

    kind: str
    a: float | str
    b: float = 0.0
    above: tuple[float | str, ...] = ()
    times: str | None = None
    below: tuple[float | str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the columns that have to be drawn first."""
        named = (self.a, self.times, *self.above, *self.below)
        return tuple(one for one in named if isinstance(one, str))


@dataclass(frozen=True, eq=False)
class Draws:
    """Named columns: `values` (n, d), and the points in (0, 1) that they came from."""

    names: tuple[str, ...]
    values: Array
    points: Array
    seed: int

    def __getitem__(self, name: str) -> Array:
        if name not in self.names:
            raise NotFound(f"no column {name!r}", mend=f"there is {', '.join(self.names)}")
        return np.asarray(self.values[:, self.names.index(name)])

    def __len__(self) -> int:
        return len(self.values)


def points(n: int, dimensions: int, seed: int, stream: int = 0) -> Array:
    """(n, dimensions) scrambled Sobol points inside (0, 1); row k depends on seed and k only.

    `stream` sets independent sequences of one seed apart. Raises `ValidationError` for an n that is
    no power of two: balance, and with it the accuracy of Sobol points, is lost otherwise.
    """
    if n < 1 or n & (n - 1):
        raise ValidationError(
            f"{n} draws are no power of two",
            mend=f"take {1 << max(n - 1, 1).bit_length()}, or fewer",
        )
    if dimensions > HIGHEST:
        raise ValidationError(f"{dimensions} uncertain numbers are more than {HIGHEST}")
    if dimensions == 0:
        return np.empty((n, 0))
    from scipy.stats import qmc  # takes about a second: not before it is needed

    rng = np.random.default_rng([seed, stream])
    sobol = qmc.Sobol(max(dimensions, WIDTH), scramble=True, rng=rng)
    found = np.asarray(sobol.random_base2(n.bit_length() - 1), dtype=np.float64)[:, :dimensions]
    edge = np.finfo(np.float64).eps
    return np.clip(found, edge, 1.0 - edge)


def draws(parameters: Mapping[str, Distribution], n: int, seed: int) -> Draws:
    """n draws of named parameters; n is a power of two.

    A column's point has the place of its name in `parameters`: adding a parameter at the end
    changes no other, up to `WIDTH` of them. Raises `ValidationError` for an n that is no power of
    two, a distribution that cannot be, a name that is not there or depends on itself, and a bound
    that no draw can exceed.
    """
    names = tuple(parameters)
    for name, one in parameters.items():
        _check(name, one, names)
    u = points(n, len(names), seed)
    columns: dict[str, Array] = {}
    while len(columns) < len(names):
        ready = [x for x in names if x not in columns and set(parameters[x].needs) <= set(columns)]
        if not ready:
            left = ", ".join(x for x in names if x not in columns)
            raise ValidationError(f"these parameters depend on each other: {left}")
        for name in ready:
            columns[name] = _column(name, parameters[name], u[:, names.index(name)], columns)
    return Draws(names, np.column_stack([columns[x] for x in names]), u, seed)


def _check(name: str, one: Distribution, names: tuple[str, ...]) -> None:
    wrong = ""
    unknown = [need for need in one.needs if need not in names]
    if unknown:
        wrong = f"needs {unknown[0]}, which is not among the parameters"
    elif one.kind not in (LOGNORMAL, UNIFORM, LOG_UNIFORM, FIXED, BETWEEN):
        wrong = f"has no kind {one.kind!r}"
    elif not math.isfinite(one.b) or (isinstance(one.a, float | int) and not math.isfinite(one.a)):
        wrong = "has a bound that is not finite"
    elif one.kind == LOGNORMAL and (isinstance(one.a, str) or one.a <= 0 or one.b < 0):
        wrong = "needs a median above 0 and a log standard deviation of 0 or more"
    elif one.kind in (UNIFORM, LOG_UNIFORM) and not isinstance(one.a, str) and one.a > one.b:
        wrong = f"goes from {one.a:g} down to {one.b:g}"
    elif one.kind == LOG_UNIFORM and not isinstance(one.a, str) and one.a <= 0:
        wrong = "is log-uniform from 0 or less"
    elif bool(one.below) != (one.kind == BETWEEN):
        wrong = "is between two bounds, and has no upper one" if not one.below else (
            "has an upper bound, which only parameters between two may have"
        )  # fmt: skip
    elif one.above and one.kind != LOGNORMAL:
        wrong = "has a bound to exceed, which only lognormal parameters may have"
    if wrong:
        raise ValidationError(f"the parameter {name} {wrong}")


def _column(name: str, one: Distribution, u: Array, columns: Mapping[str, Array]) -> Array:
    from scipy import special

    def value(of: float | str) -> Array:
        return columns[of] if isinstance(of, str) else np.full_like(u, of)

    factor = value(1.0 if one.times is None else one.times)
    low = value(one.a)
    if one.kind == FIXED:
        return low * factor
    if one.kind == BETWEEN:
        high = np.minimum.reduce([value(bound) for bound in one.below])
        if (high < low).any():
            raise ValidationError(f"the upper bound of {name} lies below its lower one in a draw")
        return np.asarray((low + u * (high - low)) * factor)
    if one.kind == UNIFORM:
        return (low + u * (np.maximum(one.b, low) - low)) * factor
    if one.kind == LOG_UNIFORM:
        return low * (np.maximum(one.b, low) / low) ** u * factor
    floor = np.zeros_like(u)
    for bound in one.above:
        floor = np.maximum(floor, value(bound))
    with np.errstate(divide="ignore"):
        start = np.log(floor / factor / low)
    if one.b == 0.0:
        if (start >= 0).any():
            raise ValidationError(f"{name} is {one.a} and cannot exceed its bound")
        return low * factor
    # The upper tail is exact where the distribution function has run into 1.
    tail = special.ndtr(-start / one.b)
    if (tail < 1e-12).any():
        raise ValidationError(
            f"{name} would have to be drawn again for ever: its bound lies far above its median",
            mend="raise the median, or lower the bound",
        )
    return np.asarray(low * np.exp(-one.b * special.ndtri((1.0 - u) * tail)) * factor)


@dataclass(frozen=True)
class Total:
    """A sum that a source gives: exports or imports (home sales left out) of an economy."""

    product: str
    economy: str
    axis: str
    value: float
    source: str


def cell_draws(
    baseline: MarketBaseline,
    n: int,
    seed: int,
    *,
    totals: tuple[Total, ...] = (),
    rounds: int = 24,
) -> Array:
    """(n, K, N, N) values of the cells of a market, drawn in their ranges and scaled to `totals`.

    A cell is lognormal on either side of its middle, with the spread that has its 5 and 95 %
    points at its `low` and `high` about its value: for a cell whose range is that of its standing,
    log s.d. 0.05, 0.2 or 0.5. Half the variance is taken off, so that the mean of a cell is its
    value and sums of cells do not grow with their spread (a range that is longer on one side pulls
    the mean that way still). Zeros and gaps stay.

    Then rows and columns with a known total are moved to it in turn, `rounds` times, each cell by
    its variance (Stone, Champernowne and Meade 1942): what is known well stays, what is estimated
    gives way. The totals of the last pass are met exactly, those before to what passes leave.
    """
    from scipy import special

    base = baseline.value
    there = base > 0
    index = np.argwhere(there)
    u = points(n, len(index), seed, stream=1)
    z = special.ndtri(u)
    middle = base[there]
    low = np.maximum(baseline.low[there], middle * 1e-6)
    high = np.maximum(baseline.high[there], middle)
    z90 = special.ndtri(0.95)
    down, up = np.log(middle / low) / z90, np.log(high / middle) / z90
    out = np.zeros((n, *base.shape))
    spread = 0.5 * (down + up)
    out[:, there] = middle * np.exp(np.where(z < 0, down, up) * z - 0.5 * spread**2)
    variance = np.zeros(base.shape)
    variance[there] = middle * spread**2
    names = baseline.names
    fits: list[tuple[int, int, str, float]] = []
    for total in totals:
        if total.axis not in ("exports", "imports"):
            raise ValidationError(f"a total of {total.axis!r} is neither exports nor imports")
        fits.append(
            (names.sector(total.product), names.economy(total.economy), total.axis, total.value)
        )
    size = len(names.economies)
    for _ in range(rounds):
        for k, e, axis, wanted in fits:
            others = np.flatnonzero(np.arange(size) != e)
            at = (e, others) if axis == "exports" else (others, e)
            block = out[:, k][:, at[0], at[1]]
            out[:, k, at[0], at[1]] = _moved(block, variance[k][at], wanted)
    return out


def _moved(block: Array, variance: Array, wanted: float) -> Array:
    """Rows (n, m) moved to a sum: x exp(λ v), with v the variance of logs times the value (m,)."""
    most = float(variance.max(initial=0.0))
    if most > 0.0:
        weight = variance / most
        step = np.zeros(len(block))
        for _ in range(_STEPS):
            moved = block * np.exp(step[:, None] * weight)
            summed, slope = moved.sum(axis=1), (moved * weight).sum(axis=1)
            there = (summed > 0.0) & (slope > 0.0)
            # Newton on the log of the sum, which is convex and rises: it does not run away.
            gap = np.log(wanted / np.where(there, summed, wanted)) if wanted > 0.0 else 0.0
            move = gap * np.where(there, summed, 0.0) / np.where(there, slope, 1.0)
            step += np.clip(move, -_FURTHEST, _FURTHEST)
        block = block * np.exp(step[:, None] * weight)
    summed = block.sum(axis=1, keepdims=True)
    return np.where(summed > 0.0, block * wanted / np.where(summed > 0.0, summed, 1.0), block)


_STEPS, _FURTHEST = 4, 2.0
