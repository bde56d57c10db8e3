"""An assessment on the shipped data from a cold start, and where its time goes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL_ALL, GOAL_FIRST = 5.0, 1.0
MEASURE = "cn-seafood-ban-2023"
RUNS = 5
COMITY = Path(sys.executable).with_name("comity")


def main() -> None:
    """Prints: whole command with 1,000 draws asked for, first line on screen, one solve beside."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "COMITY_DB": str(Path(folder) / "record.db")}
        subprocess.run([COMITY, "pack", "load", "--shipped"], env=env, check=True,
                       capture_output=True)  # fmt: skip
        for words in ((), ("--lift", "--areas", "Hokkaido"), ("--no-routes",)):
            told(env, words)
        nothing(env)


def told(env: dict[str, str], words: tuple[str, ...]) -> None:
    """One form of the command."""
    command = [str(COMITY), "assess", MEASURE, "--draws", "1000", *words]
    firsts, alls = [], []
    for _ in range(RUNS):
        start = time.perf_counter()
        with subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            process.stderr.readline()
            firsts.append(time.perf_counter() - start)
            process.stderr.read()
        alls.append(time.perf_counter() - start)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    best, first = min(alls), min(firsts)
    met = "met" if best < GOAL_ALL and first < GOAL_FIRST else "NOT met"
    print(
        f"  comity assess {MEASURE} {' '.join(words)}: {best:.2f} (median "
        f"{statistics.median(alls):.2f}) s for 1,024 draws, cold; first line {first:.2f} (median "
        f"{statistics.median(firsts):.2f}) s; to reach: {GOAL_ALL:g} and {GOAL_FIRST:g}, {met}"
    )


def nothing(env: dict[str, str]) -> None:
    """Beside it: the same draws solved one by one, without the tables around them."""
    code = """
import time, comity
from comity.market import Options, Question, resolved
from comity.effects.market.changes import Setting
from comity.effects.market.inputs import market_inputs
from comity.model.market import solve
from comity.trade.drawing import draws
case, baseline, known = resolved(Question(measures=("cn-seafood-ban-2023",)), comity.open())
options = Options(draws=128)
inputs = market_inputs(case, baseline, options)
setting = Setting.of(case, baseline, options)
columns = draws(inputs.distributions, 128, 0)
value = setting.values(columns, known)
model, changes = setting.parameters(columns, value), setting.changes("to", columns)
start = time.perf_counter()
for d in range(128):
    solve(model.market(setting.market(), d), changes[d], model.parameters(d))
print((time.perf_counter() - start) / 128)
"""
    found = subprocess.run(
        [sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True
    )
    each = float(found.stdout)
    print(f"  beside it: {1024 * each:.2f} s for 1,024 single solves ({1000 * each:.2f} ms each)")


if __name__ == "__main__":
    main()
