"""The world model: time of a solve beside the nested loops, sweeps, gradients, memory, cold start.

Everything is timed in one process of its own, in which numpy's BLAS has one thread and numba two,
so that the solver and its rivals run under the same conditions. The rivals are those of
`nested_loop` at the published damping: the plain loops, as published but for expenditure, which
iterates (solving for it at once is slower and timed once, on the smallest world), and the improved
loops, which take no powers and start from their last solution. Where these do not converge, smaller
steps are tried. A rival gets `PATIENCE` or `PATIENCE_PLAIN` seconds; where that is not enough the
ratio is a lower bound and says so. Times are the best and the median of several runs, in
milliseconds:

- `loop`: the solve without forming the shock's tensors (π κ^(−θ) and its kin), as the figures to
  reach are meant;
- `solve`: the same with them;
- `from names`: from the named shock, its arrays (tariffs, availability) included;
- `first`: a first solve on a baseline, on which nothing has been prepared yet.

The floor is what reading the arrays of an evaluation once each would take: π κ^(−θ) of traded
sectors, the same over 1 + t of sectors with tariffs, and the input shares, times the evaluations,
over the bandwidth measured in the same run with an array of that size.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.generate_worlds import generate
from benchmarks.nested_loop import DAMPING, NestedSolution, solve_nested
from comity.scenario.shock import Shock
from comity.scenario.wedges import Wedges, wedges
from comity.trade.baseline import Baseline

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PATIENCE, PATIENCE_PLAIN = 60.0, 20.0
THREADS = 2
DRAWS = 1000
SYNTHETIC = {(44, 56): (None, 1.5), (141, 65): (None, 9.0), (200, 100): (None, 40.0)}
MEMORY = (200, 100)
TO_REACH_MEMORY = 600
RATIO_SMALL, RATIO_LARGE = 30, 150


@dataclass(frozen=True)
class Case:
    """A solve to time: figures to reach in ms for numpy and numba, and the ratio."""

    name: str
    baseline: Baseline
    shock: Shock
    numpy: float | None
    numba: float | None
    ratio: float | None
    runs: int
    published: bool = False


def _met(value: float, goal: float | None, *, least: bool = False) -> str:
    if goal is None:
        return "no figure to reach"
    good = value >= goal if least else value <= goal
    return f"to reach: {goal:,.4g}, {'met' if good else 'NOT met'}"


def _timed(work: Callable[[], Any], runs: int, most: float = 20.0) -> tuple[float, float, Any]:
    """Best and median time in ms over `runs` (fewer after `most` seconds), and the last result."""
    work()
    times: list[float] = []
    result: Any = None
    while len(times) < runs and sum(times) < most:
        began = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - began)
    return 1e3 * min(times), 1e3 * float(np.median(times)), result


def _engines() -> tuple[str, ...]:
    return ("numpy", "numba") if importlib.util.find_spec("numba") else ("numpy",)


# ------------------------------------------------------------------------- memory traffic


def _bandwidth(size: int, threads: int) -> float:
    """Bytes a second that `threads` read from an array of `size` bytes, over and over."""
    count = max(size // 8 // threads, 1024)
    parts = [np.ones(count) for _ in range(threads)]
    rounds = max(1, int(2e9 / (8 * count * threads)))

    def read(part: Any) -> None:
        for _ in range(rounds):
            part.dot(part)

    best = np.inf
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(3):
            began = time.perf_counter()
            list(pool.map(read, parts))
            best = min(best, time.perf_counter() - began)
    return rounds * 8 * count * threads / best


def _bytes(baseline: Baseline, tariff: Any) -> int:
    """Bytes of the arrays that an evaluation has to read."""
    n, j = baseline.shape
    own = np.arange(n)
    abroad = baseline.trade_share.sum(axis=2) - baseline.trade_share[:, own, own]
    traded = (abroad > 1e-9).any(axis=1)
    taxed = traded & (tariff != 0.0).any(axis=(1, 2))
    return 8 * (n * n * (int(traded.sum()) + int(taxed.sum())) + n * j * j)


# ------------------------------------------------------------------------------ the cases


def _cases() -> Iterator[Case]:
    from comity.model.world import balance

    if (DATA / "cp2015").is_dir():
        from comity.trade.replication.cp2015 import read_cp2015

        base = balance(read_cp2015(DATA / "cp2015"))
        for name in ("nafta", "world2005"):
            shock = Shock().tariffs(
                np.ascontiguousarray(base.schedules[name].transpose(1, 2, 0)), name
            )
            published = name == "nafta"
            yield Case(f"CP2015 {name}", base, shock, 3.5, None, RATIO_SMALL, 41, published)
        yield Case(
            "CP2015 ban_usa_china", base, Shock().separate("USA", "CHN"), 3.5, None, RATIO_SMALL, 41
        )
    else:
        print(f"  NOT MEASURED: Caliendo and Parro (2015), since {DATA}/cp2015 is not there")
    if (DATA / "wiod2014").is_dir():
        from comity.trade.replication.wiod2014 import read_wiod2014

        base = balance(read_wiod2014(DATA / "wiod2014"))
        shocks = {
            "+20 % USA-CHN": Shock().tariff("USA", "CHN", add=0.2).tariff("CHN", "USA", add=0.2),
            "+25 % everywhere": Shock().tariff("*", "*", add=0.25),
            "no CHN-JPN trade": Shock().separate("CHN", "JPN"),
        }
        for name, shock in shocks.items():
            yield Case(f"WIOD 2014 {name}", base, shock, 6.0, 2.5, None, 31)
    else:
        print(f"  NOT MEASURED: WIOD 2014, since {DATA}/wiod2014 is not there")
    for (n, j), (by_numpy, by_numba) in SYNTHETIC.items():
        data = generate(n, j, 1, settled=False)
        base = balance(data)
        one, other = (base.names.economies[k] for k in np.argsort(-base.value_added)[:2])
        shocks = {
            "+20 % of a pair": Shock().tariff(one, other, add=0.2).tariff(other, one, add=0.2),
            "+25 % everywhere": Shock().tariff("*", "*", add=0.25),
            "no trade of a pair": Shock().separate(one, other),
        }
        runs = 31 if n < 100 else 11
        for name, shock in shocks.items():
            yield Case(f"synthetic {name}", base, shock, by_numpy, by_numba, RATIO_LARGE, runs)
        yield Case(
            "synthetic deficits taken away", data, Shock(), by_numpy, by_numba, RATIO_LARGE, runs
        )


def _nested(case: Case) -> tuple[NestedSolution, str]:
    """The rival's run: at the published damping, else at the first smaller one that converges."""
    change = wedges(case.shock, case.baseline)
    failed = ""
    damping = DAMPING
    left = PATIENCE
    while True:
        found = solve_nested(case.baseline, change, "none", damping=damping, max_seconds=left)
        left -= found.seconds
        if found.converged or left < 1.0:
            return found, failed
        failed += f"not at damping {damping:g} ({found.why}); "
        damping /= 2.0


def _solves() -> None:
    from comity.model import world as model
    from comity.model.world.problem import problem
    from comity.model.world.structure import structure

    for case in _cases():
        base = case.baseline
        n, j = base.shape
        change = wedges(case.shock, base)
        naming, _, _ = _timed(lambda: wedges(case.shock, base), 5)  # noqa: B023
        building, _, _ = _timed(lambda: problem(structure(base), change), 11)  # noqa: B023
        print(f"  {n} × {j} {case.name}")
        fastest = np.inf
        evaluations = 0
        for engine, goal in zip(_engines(), (case.numpy, case.numba), strict=False):
            best, median, found = _timed(
                lambda: model.solve(base, change, deficits="none", engine=engine),  # noqa: B023
                case.runs,
            )
            fastest, evaluations = min(fastest, best - building), found.evaluations
            new = base.replaced()
            began = time.perf_counter()
            model.solve(new, change, deficits="none", engine=engine)
            first = 1e3 * (time.perf_counter() - began)
            threads = 1 if engine == "numpy" else THREADS
            print(
                f"    {engine}, {threads} thread{'s' * (threads > 1)}: loop {best - building:.2f} "
                f"(median {median - building:.2f}) ms, {_met(best - building, goal)}; "
                f"solve {best:.2f} (median {median:.2f}) ms; from names {best + naming:.2f} ms; "
                f"first {first:.1f} ms; "
                f"{found.evaluations} evaluations, residual {found.residual:.0e}",
                flush=True,
            )
        rival, failed = _nested(case)
        plain = solve_nested(
            base, change, "none", damping=rival.damping, plain=True, max_seconds=PATIENCE_PLAIN
        )
        for name, loops, before in (("plain", plain, ""), ("improved", rival, failed)):
            ratio = 1e3 * loops.seconds / fastest
            bound = "" if loops.converged else "more than "
            state = "" if loops.converged else f", {loops.why}: not converged"
            print(
                f"    {name} nested loops: {before}damping {loops.damping:g}: "
                f"{bound}{loops.seconds:.2f} s{state} ({loops.iterations} wage steps); "
                f"{bound}{ratio:,.0f} times the faster loop, "
                f"{_met(ratio, case.ratio, least=True)}"
            )
        if case.published:
            slow = solve_nested(
                base, change, "none", spending="solve", plain=True, max_seconds=PATIENCE
            )
            print(f"    the same as published, prices from 1 and expenditure at once: {slow}")
        size = _bytes(base, base.tariff if change.tariff is None else change.tariff)
        one, two = _bandwidth(size, 1), _bandwidth(size, THREADS)
        floor = 1e3 * size * evaluations / max(one, two)
        print(
            f"    memory: {size / 1e6:.1f} MB an evaluation, read at {one / 1e9:.0f} GB/s by one "
            f"thread, {two / 1e9:.0f} by two: floor {floor:.2f} ms, the faster loop is "
            f"{fastest / floor:.1f} times that",
            flush=True,
        )


# ---------------------------------------------------------------------- sweeps and gradients


def _sweep() -> None:
    from comity.model.world import balance
    from comity.model.world.sweep import sweep

    if not (DATA / "cp2015").is_dir():
        return
    from comity.trade.replication.cp2015 import read_cp2015

    base = balance(read_cp2015(DATA / "cp2015"))
    rng = np.random.default_rng(1)
    # Draws around the point estimates with a standard error of a fifth of each.
    draws = base.theta * np.exp(0.2 * rng.standard_normal((DRAWS, base.shape[1])))
    change = wedges(Shock().separate("USA", "CHN"), base)
    for engine, goal in zip(_engines(), (None, 1600), strict=False):
        best, _, _ = _timed(
            lambda: sweep(base, [change], draws, deficits="none", engine=engine),  # noqa: B023
            3,
        )
        rate = DRAWS / (best / 1e3)
        print(
            f"  31 × 40, {DRAWS:,} draws of θ, {engine}: {rate:,.0f} solves/s, "
            f"{_met(rate, goal, least=True)}",
            flush=True,
        )


def _gradients() -> None:
    from comity.model.world import balance
    from comity.model.world.gradient import tariff_gradient

    for (n, j), goal in {(31, 40): 5.0, (141, 65): 50.0}.items():
        base = balance(generate(n, j, 1, settled=False))
        best, median, _ = _timed(
            lambda: tariff_gradient(base, Wedges(), 0, deficits="none"),  # noqa: B023
            11,
        )
        print(
            f"  {n} × {j} gradient of one economy's real income to all tariffs: "
            f"{best:.1f} (median {median:.1f}) ms, {_met(best, goal)}",
            flush=True,
        )


# ------------------------------------------------------------------ processes of their own


def _environment() -> dict[str, str]:
    one = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(one, "1"), "NUMBA_NUM_THREADS": str(THREADS)}


def _peak() -> float:
    """Largest resident memory of this process so far, in MB."""
    kilo = 1024 if sys.platform != "darwin" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilo / 1e6


def _memory(engine: str) -> None:
    """One solve at the largest size; prints the peak before and after it."""
    from comity.model import world as model

    base = generate(*MEMORY, 1, settled=False)
    change = wedges(Shock().separate("E01", "E02"), base)
    made = _peak()
    model.solve(base, change, deficits="none", engine=engine)
    print(
        f"  {MEMORY[0]} × {MEMORY[1]} peak memory, {engine}: {_peak():,.0f} MB "
        f"({made:,.0f} of it before solving), {_met(_peak(), TO_REACH_MEMORY)}"
    )


def _cold() -> None:
    """`comity simulate` in a new process, best and median of seven."""
    examples = Path(__file__).resolve().parents[1] / "src" / "comity" / "scenario" / "examples"
    scenario = examples / "tariff-10.yaml"
    command = Path(sys.executable).with_name("comity")
    line = [str(command), "simulate", str(scenario), "--format", "json"]
    trial = subprocess.run(line, capture_output=True, text=True, check=False)
    if trial.returncode:
        print(f"  NOT MEASURED: comity simulate, which says: {trial.stderr.strip()[:200]}")
        return
    best, median, _ = _timed(lambda: subprocess.run(line, capture_output=True, check=True), 7)
    print(
        f"  comity simulate {scenario.name}, cold process: {best / 1e3:.2f} "
        f"(median {median / 1e3:.2f}) s, {_met(best / 1e3, 0.8)}"
    )


def main() -> None:
    sys.stdout.flush()
    if "numba" not in _engines():
        print("  NOT MEASURED: numba, which is not installed (pip install 'comity[fast]')")
    for words in (["measure"], *(["memory", engine] for engine in _engines())):
        line = [sys.executable, "-m", "benchmarks.bench_world", *words]
        subprocess.run(line, env=_environment(), check=True)
    _cold()


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        _solves()
        _sweep()
        _gradients()
    elif sys.argv[1:2] == ["memory"]:
        _memory(sys.argv[2])
    else:
        main()
