"""A shock on a baseline, as arrays: what the model reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.scenario.shock import MOST_RATE, Change, Shock
from comity.trade.baseline import Baseline
from comity.trade.validate import where
from comity.words.errors import InputError

Array = NDArray[np.float64]

MOST_POWER = 600.0
"""θ |log κ| up to this; numbers end at e^745."""


@dataclass(frozen=True, eq=False)
class Wedges:
    """The world after a change. `None` is "as in the baseline".

    tariff : (J, N, N) ``[j, n, i]``, new ad valorem rates
    trade_cost : (J, N, N), iceberg factor, new over old
    availability : (J, N, N), part of the flow still allowed; above 1 where a ban is lifted
    productivity : (N, J), new over old
    population : (N,), new over old
    deficit : (N,), new deficits in the baseline's unit, a fixed share of world income
    """

    tariff: Array | None = None
    trade_cost: Array | None = None
    availability: Array | None = None
    productivity: Array | None = None
    population: Array | None = None
    deficit: Array | None = None

    @property
    def nothing(self) -> bool:
        """True where nothing changes."""
        return all(getattr(self, name) is None for name in self.__dataclass_fields__)


def part_of(change: Wedges, baseline: Baseline, part: float) -> Wedges:
    """A part of a change: see `between`."""
    return between(Wedges(), change, baseline, part)


def between(before: Wedges, after: Wedges, baseline: Baseline, part: float) -> Wedges:
    """A state on the way from one state of the rules to another, 0 ≤ part s ≤ 1.

    (1 + t)^(1−s) (1 + t')^s, and likewise τ̂, productivity and population; linear in availability
    and deficits. 0 and 1 are the two states themselves; a ban is never passed through a tariff,
    and no rate or flow leaves the span between before and after.
    """
    if part in (0.0, 1.0):
        return after if part == 1.0 else before

    def power(name: str) -> Array | None:
        a, b = getattr(before, name), getattr(after, name)
        if a is None and b is None:
            return None
        start = 1.0 if a is None else a ** (1.0 - part)
        return np.asarray(start * (1.0 if b is None else b**part))

    def line(name: str, else_: Array | float) -> Array | None:
        a, b = getattr(before, name), getattr(after, name)
        if a is None and b is None:
            return None
        a, b = (else_ if x is None else x for x in (a, b))
        return np.asarray(a + part * (b - a))

    tariff = None
    if before.tariff is not None or after.tariff is not None:
        a, b = (
            np.log1p(baseline.tariff if w.tariff is None else w.tariff) for w in (before, after)
        )
        tariff = np.expm1(a + part * (b - a))
    return Wedges(
        tariff=tariff,
        trade_cost=power("trade_cost"),
        availability=line("availability", 1.0),
        productivity=power("productivity"),
        population=power("population"),
        deficit=line("deficit", baseline.deficit),
    )


def wedges(shock: Shock, baseline: Baseline) -> Wedges:
    """The arrays of a shock. Raises `NotFound` for names the baseline lacks, `InputError` for
    rates that end at or below -100 %. Changes that change nothing leave `None`."""
    made: dict[str, Any] = {}
    for change in shock.changes:
        _apply(change, baseline, made)
    tariff = made.get("tariff")
    if tariff is not None:
        bad = tariff <= -1.0
        if bad.any():
            cell = tuple(int(k) for k in np.argwhere(bad)[0])
            raise InputError(
                f"the tariff of {where(baseline.names, 'jni', cell)} becomes {tariff[cell]:.4g}",
                mend="tariffs must stay above -1 (-100 %)",
            )
        if tariff.max() > MOST_RATE:
            cell = tuple(int(k) for k in np.argwhere(tariff > MOST_RATE)[0])
            raise InputError(
                f"the tariff of {where(baseline.names, 'jni', cell)} becomes {tariff[cell]:.4g}, "
                f"but a rate is {MOST_RATE:g} at most",
                mend="where trade is to end, write a ban, which brings no revenue",
            )
        if np.array_equal(tariff, baseline.tariff):
            made["tariff"] = None
    for name in ("trade_cost", "availability", "productivity", "population"):
        if made.get(name) is not None and (made[name] == 1.0).all():
            made[name] = None
    if shock.deficits is not None:
        made["deficit"] = _deficits(shock.deficits, baseline)
    found = Wedges(**made)
    check_powers(found, baseline, baseline.theta)
    return found


def check_powers(change: Wedges, baseline: Baseline, theta: Array) -> None:
    """Refuses changes of a flow that numbers cannot hold: at trade elasticities `theta` (J,), the
    largest, what is left of a flow would be read as nothing, as if it were banned."""
    if change.tariff is None and change.trade_cost is None:
        return
    bounds = []  # of log κ, from all cells at once: cheap, and enough but for extreme changes
    if change.tariff is not None:
        new, old = change.tariff, baseline.tariff
        bounds.append(math.log1p(new.max()) - math.log1p(old.min()))
        bounds.append(math.log1p(new.min()) - math.log1p(old.max()))
    if change.trade_cost is not None:
        bounds += [math.log(change.trade_cost.max()), math.log(change.trade_cost.min())]
    if sum(map(abs, bounds)) * theta.max() <= MOST_POWER:
        return
    log = np.zeros(baseline.tariff.shape)
    if change.tariff is not None:
        log += np.log1p(change.tariff) - np.log1p(baseline.tariff)
    if change.trade_cost is not None:
        log += np.log(change.trade_cost)
    power = np.abs(theta[:, None, None] * log) * (baseline.trade_share > 0.0)
    if power.max() <= MOST_POWER:
        return
    cell = tuple(int(k) for k in np.unravel_index(int(power.argmax()), power.shape))
    raise InputError(
        f"prices of {where(baseline.names, 'jni', cell)} would change by a factor of "
        f"{math.exp(log[cell]):.3g}: at a trade elasticity of {theta[cell[0]]:g} that is more "
        "than numbers can hold",
        mend="write a ban where trade is to end, or a smaller rate or cost",
    )


def _deficits(given: Mapping[str, float], baseline: Baseline) -> Array:
    """(N,): the deficits after a change; those not named stay as they are."""
    deficit = baseline.deficit.copy()
    for name, value in given.items():
        number: object = value
        if not isinstance(number, int | float) or not math.isfinite(number):
            raise InputError(
                f"the deficit of {name} is {value!r}",
                mend="give a finite number, imports less exports",
            )
        deficit[baseline.names.economy(name)] = float(value)
    off = float(deficit.sum())
    if abs(off) > 1e-9 * float(baseline.value_added.sum()):
        raise InputError(
            f"the deficits of the world sum to {off:,.6g}, not 0",
            mend="what one economy imports more than it exports, others export more",
        )
    return deficit


def inside(schedule: Array, baseline: Baseline) -> tuple[int, tuple[str, ...]]:
    """Rates of a schedule [n, i, j] on trade of an economy with itself that differ from the
    baseline's: how many, and whose. They are left as in the baseline."""
    own = np.arange(len(schedule))
    off = schedule[own, own] != baseline.tariff[:, own, own].T
    names = baseline.names.economies
    return int(off.sum()), tuple(names[k] for k in np.flatnonzero(off.any(axis=1)))


def inside_said(schedule: Array, baseline: Baseline) -> str | None:
    """What a reader has to know of a schedule's rates inside economies; `None`: nothing."""
    count, who = inside(schedule, baseline)
    if not count:
        return None
    return (
        f"{count} rates of the tariff schedule are on trade of an economy with itself "
        f"({', '.join(who[:6])}{', …' if len(who) > 6 else ''}) and differ from the baseline's: "
        "trade inside an economy keeps the baseline's rates"
    )


def _apply(change: Change, baseline: Baseline, made: dict[str, Any]) -> None:
    names = baseline.names
    n_economies, n_sectors = baseline.shape
    if change.kind == "schedule":
        assert change.schedule is not None
        if change.schedule.shape != (n_economies, n_economies, n_sectors):
            raise InputError(
                f"the tariff schedule has the shape {change.schedule.shape}, "
                f"not {(n_economies, n_economies, n_sectors)}",
                mend="its axes are importer, exporter, sector",
            )
        own = np.arange(n_economies)  # see `inside`
        made["tariff"] = np.array(change.schedule.transpose(2, 0, 1), order="C")
        made["tariff"][:, own, own] = baseline.tariff[:, own, own]
        return
    importers = names.economies_of(change.importers)
    if change.kind == "population":
        if made.get("population") is None:
            made["population"] = np.ones(n_economies)
        made["population"][importers] *= change.value
        return
    sectors = names.sectors_of(change.sectors)
    if change.kind == "productivity":
        if made.get("productivity") is None:
            made["productivity"] = np.ones((n_economies, n_sectors))
        made["productivity"][np.ix_(importers, sectors)] *= change.value
        return
    exporters = names.economies_of(change.exporters)
    pairs = np.not_equal.outer(np.array(importers), np.array(exporters))
    if not pairs.any():
        raise InputError(
            f"a {change.kind.replace('_', ' ')} of {names.economies[importers[0]]} on itself",
            mend="name two economies",
        )
    shape = (n_sectors, n_economies, n_economies)
    if all(len(k) == size for k, size in zip((sectors, importers, exporters), shape, strict=True)):
        cells: Any = slice(None)  # everything: a view is enough
    else:
        cells = np.ix_(sectors, importers, exporters)
    if change.kind == "tariff":
        if made.get("tariff") is None:
            made["tariff"] = baseline.tariff.copy()
        old = made["tariff"][cells]
        new = {
            "to": lambda: np.full_like(old, change.value),
            "add": lambda: old + change.value,
            "times": lambda: old * change.value,
        }[change.operation]()
        made["tariff"][cells] = new if pairs.all() else np.where(pairs, new, old)
        return
    if change.kind == "trade_cost":
        name, factor = "trade_cost", change.value
    elif change.kind == "ban":
        name, factor = "availability", 1.0 - change.value
    else:
        name, factor = "availability", 1.0 / (1.0 - change.value)
    if made.get(name) is None:
        made[name] = np.ones(shape)
    made[name][cells] *= factor if pairs.all() else np.where(pairs, factor, 1.0)
