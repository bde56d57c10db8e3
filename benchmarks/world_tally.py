"""Generated worlds × policy shocks: each solved or refused for a true reason, and a table of it.

`python -m benchmarks.world_tally [WORLDS]` prints the table; `tests/model` runs the same and fails
where a cell is neither. Every solution is checked by the tests' oracle (which shares no code with
the solver), every refusal by the pattern of zeros.
"""

from __future__ import annotations

import importlib.util
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.generate_worlds import generate, variants
from comity.scenario.shock import Shock
from comity.scenario.wedges import Wedges, wedges
from comity.trade.baseline import Baseline
from comity.words.errors import NoEquilibrium, NotConverged

WORLDS = 504
"""Worlds in the tests' tally: 42 of each kind."""

ORACLE = 1e-9
"""Largest residual that the oracle may find; the solver's own tolerance is 1e-10."""

BLOCKS = ("prices", "shares", "expenditure", "labour", "trade", "world", "negative")

SOLVED = "solved"
FAILED = ("not converged", "wrong", "refused without cause", "error")
"""Outcomes that must not occur."""


@dataclass
class Tally:
    """Counts by shock and outcome; what failed, in words; the largest residuals of what did not."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    worst: dict[str, float] = field(default_factory=dict)
    worlds: int = 0
    evaluations: int = 0
    most_evaluations: int = 0

    def add(self, other: Tally) -> None:
        self.counts.update(other.counts)
        self.failures.extend(other.failures)
        for name, value in other.worst.items():
            self.worst[name] = max(self.worst.get(name, 0.0), value)
        self.worlds += other.worlds
        self.evaluations += other.evaluations
        self.most_evaluations = max(self.most_evaluations, other.most_evaluations)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, which a test's process can hand to the one that prints."""
        return {
            "counts": [[*key, count] for key, count in self.counts.items()],
            "failures": self.failures,
            "worst": self.worst,
            "worlds": self.worlds,
            "evaluations": self.evaluations,
            "most_evaluations": self.most_evaluations,
        }

    @classmethod
    def of(cls, data: dict[str, Any]) -> Tally:
        counts = Counter({(shock, outcome): count for shock, outcome, count in data["counts"]})
        rest = {name: value for name, value in data.items() if name != "counts"}
        return cls(counts=counts, **rest)

    def lines(self) -> list[str]:
        """The table: a row for each shock, a column for each outcome."""
        shocks = list(dict.fromkeys(shock for shock, _ in self.counts))
        found = {outcome for _, outcome in self.counts}
        outcomes = [SOLVED, *sorted(found - {SOLVED, *FAILED}), "not converged"]
        outcomes += [one for one in FAILED[1:] if one in found]
        width = max((len(shock) for shock in (*shocks, "all")), default=3)
        rows = [" " * width + "".join(f"  {outcome}" for outcome in outcomes)]
        for shock in (*shocks, "all"):
            cells = []
            for outcome in outcomes:
                parts = shocks if shock == "all" else [shock]
                count = sum(self.counts[part, outcome] for part in parts)
                cells.append(f"  {count:>{len(outcome)},}")
            rows.append(f"{shock:<{width}}{''.join(cells)}")
        solved = sum(count for (_, outcome), count in self.counts.items() if outcome == SOLVED)
        rows.append(
            f"{self.worlds} worlds; evaluations a solve: {self.evaluations / max(solved, 1):.1f} "
            f"on average, {self.most_evaluations} at most"
        )
        worst = ", ".join(f"{name} {value:.0e}" for name, value in self.worst.items())
        rows.append(f"largest residuals the oracle found: {worst}")
        return rows


# -------------------------------------------------------------------------- worlds and shocks


def world(number: int) -> tuple[str, Baseline]:
    """World `number`: its kind and its baseline of 2 to 12 economies and 1 to 10 sectors."""
    kinds = variants()
    kind = list(kinds)[number % len(kinds)]
    rng = np.random.default_rng([2015, number])
    economies = int(rng.integers(2, 13))
    sectors = int(rng.integers(1, 11))
    return kind, generate(economies, sectors, number, kinds[kind])


def shocks(baseline: Baseline, number: int) -> Iterator[tuple[str, Wedges]]:
    """The policy shocks that world `number` gets."""
    rng = np.random.default_rng([2016, number])
    n, j = baseline.shape
    economies, sectors = baseline.names.economies, baseline.names.sectors
    one, other = (economies[k] for k in rng.permutation(n)[:2])
    some = [sectors[k] for k in range(j) if k == 0 or rng.uniform() < 0.5]
    rest = [name for name in economies if name != one]
    made = {
        "no change": Shock(),
        "small tariff": Shock().tariff(one, other, add=float(rng.uniform(0.005, 0.05))),
        "free trade": Shock().tariff("*", "*", to=0.0),
        "partial ban": Shock().ban(one, rest, sectors=some, coverage=float(rng.uniform(0.1, 0.99))),
        "ban, some sectors": Shock().ban(one, other, sectors=some),
        "no trade of a pair": Shock().separate(one, other),
        "export ban": Shock().ban(one, rest, sectors=some, flow="exports"),
        "a sector untraded": Shock().ban("*", "*", sectors=[some[-1]]),
        "war +25 %": Shock().tariff("*", "*", add=0.25),
        "war +300 %": Shock().tariff("*", "*", add=3.0),
        "autarky of one": Shock().separate(one, rest),
        "autarky of all": Shock().ban("*", "*"),
        "people and skill": Shock().population(one, times=1.5).productivity(other, times=0.7),
    }
    for name, shock in made.items():
        yield name, wedges(shock, baseline)
    cost = np.exp(rng.standard_normal(baseline.trade_share.shape))
    cost[:, np.arange(n), np.arange(n)] = 1.0
    yield "random κ", Wedges(trade_cost=cost)


# ------------------------------------------------------------------------------- the judgement


def _income_vanishes(
    baseline: Baseline, change: Wedges, deficits: str, economies: set[int], oracle: ModuleType
) -> bool:
    """Whether one of `economies` has nothing left to spend before all of the change is done.

    Equilibria that the oracle vouches for are followed along the change as far as all economies
    have something to spend. There, one of those named must have next to nothing.
    """
    from comity.model import world as model

    who = sorted(economies)
    before = np.log1p(baseline.tariff)
    after = before if change.tariff is None else np.log1p(change.tariff)

    def power(value: Any, part: float) -> Any:
        return None if value is None else value**part

    def least(part: float) -> float | None:
        """Smallest final spending of those named over value added; `None` past the end."""
        available = change.availability
        there = Wedges(
            tariff=np.expm1(before + part * (after - before)),
            trade_cost=power(change.trade_cost, part),
            availability=None if available is None else 1.0 + part * (available - 1.0),
            productivity=power(change.productivity, part),
            population=power(change.population, part),
        )
        try:
            found = model.solve(baseline, there, deficits=deficits)
        except (NoEquilibrium, NotConverged):
            return None
        left = oracle.residuals(
            baseline, there, found.wage_hat, found.price_hat, found.expenditure, deficits
        )
        if max(left[name] for name in BLOCKS if name != "shares") > ORACLE:
            return None
        return float((found.income[who] / found.value_added[who]).min())

    low, high, left = 0.0, 1.0, least(0.0)
    while high - low > 1e-4:
        part = 0.5 * (low + high)
        found = least(part)
        if found is None:
            high = part
        else:
            low, left = part, found
    return left is not None and high < 1.0 and left < 0.01


def cause(
    error: NoEquilibrium, baseline: Baseline, change: Wedges, deficits: str, oracle: ModuleType
) -> str | None:
    """The cause that a refusal states, or `None` if it is not borne out.

    Every economy and sector that the refusal names has to be among those of the oracle's pattern of
    zeros; income that runs out is followed until it does.
    """
    found = oracle.pattern(baseline, change, deficits)
    names = baseline.names
    economies = {names.economy(name) for name in error.economies}
    sectors = {names.sector(name) for name in error.sectors}
    if not economies:
        return None
    if error.reason == "no-supplier":
        cells = {(n, j) for n in economies for j in sectors} & found.no_supplier
        true = bool(sectors) and {n for n, _ in cells} == economies
        true = true and {j for _, j in cells} == sectors
    elif error.reason == "no-income":
        true = _income_vanishes(baseline, change, deficits, economies, oracle)
    else:
        sets = {"one-way": found.one_way, "unbalanced": found.lone_deficit}.get(error.reason, ())
        true = any(economies <= one for one in sets)
    return f"refused: {error.reason}" if true else None


def judge(
    baseline: Baseline, change: Wedges, deficits: str, oracle: ModuleType, engine: str = "numpy"
) -> tuple[str, str, dict[str, float], int]:
    """Outcome, what to say of it, residuals by block and evaluations of one solve."""
    from comity.model import world as model

    found = oracle.pattern(baseline, change, deficits)
    try:
        solution = model.solve(baseline, change, deficits=deficits, engine=engine)
    except NotConverged as error:
        return "not converged", f"{error}; the zeros say {found}", {}, 0
    except NoEquilibrium as error:
        reason = cause(error, baseline, change, deficits, oracle)
        if reason is None:
            text = f"{error.reason}: {error}; the zeros say {found}"
            return "refused without cause", text, {}, 0
        return reason, "", {}, 0
    except Exception as error:  # a warning that the tests turn into an error, say: count it, go on
        return "error", repr(error), {}, 0
    left = oracle.residuals(
        baseline, change, solution.wage_hat, solution.price_hat, solution.expenditure, deficits
    )
    # Shares are off by θ times what prices are off.
    limits = dict.fromkeys(BLOCKS, ORACLE) | {"shares": ORACLE * float(baseline.theta.max())}
    bad = {name: left[name] for name in BLOCKS if not left[name] < limits[name]}
    if bad:
        return "wrong", f"residuals {bad}; the zeros say {found}", left, solution.evaluations
    return SOLVED, "", left, solution.evaluations


def run(numbers: Iterable[int], oracle: ModuleType, engine: str = "numpy") -> Tally:
    """The tally of some worlds. Every second (world, shock) removes deficits, the others keep."""
    tally = Tally()
    for number in numbers:
        kind, baseline = world(number)
        tally.worlds += 1
        for k, (shock, change) in enumerate(shocks(baseline, number)):
            deficits = ("kept", "none")[(number // len(variants()) + k) % 2]
            outcome, text, left, count = judge(baseline, change, deficits, oracle, engine)
            tally.counts[shock, outcome] += 1
            if outcome in FAILED:
                tally.failures.append(
                    f"world {number} ({kind}, {baseline.shape}), {shock}, deficits {deficits}: "
                    f"{outcome}: {text}"
                )
            if outcome == SOLVED:
                tally.evaluations += count
                tally.most_evaluations = max(tally.most_evaluations, count)
                for name, value in left.items():
                    tally.worst[name] = max(tally.worst.get(name, 0.0), value)
    return tally


PROPERTY = "world tally"
"""The name under which a test hands its part of the tally on, between processes too."""


def summed(reports: Iterable[Any]) -> list[str]:
    """The table over all pytest reports that carry a part of it; empty where none does."""
    whole = Tally()
    for report in reports:
        if getattr(report, "when", None) == "call":
            for name, value in report.user_properties:
                if name == PROPERTY:
                    whole.add(Tally.of(value))
    return whole.lines() if whole.worlds else []


def load_oracle() -> ModuleType:
    """The oracle of the tests, by its path: an installed package may be called `tests`, too."""
    path = Path(__file__).resolve().parents[1] / "tests" / "model" / "oracle.py"
    spec = importlib.util.spec_from_file_location("world_oracle", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main(words: list[str]) -> int:
    count = int(words[0]) if words else WORLDS
    engine = words[1] if len(words) > 1 else "numpy"
    warnings.simplefilter("error")
    began = time.perf_counter()
    tally = run(range(count), load_oracle(), engine)
    print("\n".join(tally.lines()))
    for line in tally.failures[:40]:
        print(line)
    print(f"{time.perf_counter() - began:.1f} s with {engine}; {len(tally.failures)} failures")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
