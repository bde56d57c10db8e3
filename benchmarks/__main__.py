"""Runs the benchmarks: `python -m benchmarks [WORD ...]`, all of them or those named by a word.

A benchmark is a module `bench_NAME.py` in this folder with `main() -> None`, which prints its
figures, each with the figure to reach. See README.md.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
from pathlib import Path


def machine() -> str:
    """Cores, processor and Python: what a figure is worth nothing without."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    processor = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    return (
        f"cores: {usable} · {processor} · {platform.system()} · "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def names(words: list[str]) -> list[str]:
    """The benchmarks whose name holds one of the words; all of them where no word is given."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    return [name for name in found if not words or any(word in name for word in words)]


def run(words: list[str]) -> int:
    """Prints the machine, then runs each benchmark; the exit code says whether all of them ran."""
    print(machine(), flush=True)
    chosen = names(words)
    if not chosen:
        asked = f" whose name holds {' or '.join(words)}" if words else ""
        print(f"There is no benchmark{asked}.", file=sys.stderr)
        return 2
    for name in chosen:
        print(f"\n{name.removeprefix('bench_')}", flush=True)
        start = time.perf_counter()
        importlib.import_module(f"benchmarks.{name}").main()
        print(f"  ({time.perf_counter() - start:.1f} s in all)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
