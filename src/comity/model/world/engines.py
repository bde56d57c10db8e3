"""Which engine runs a solve, and on how many threads."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import threadpoolctl

from comity.model.world.structure import Structure
from comity.words.errors import InputError, MissingDependency

ENGINES = ("numpy", "numba", "auto")
LARGE = 200_000
"""Pairs × sectors from which ``auto`` takes numba where it is installed. Nothing else decides: the
same world gets the same engine, and so the same last digits, for one solve and for thousands."""
PARALLEL_FROM = 40_000
"""Pairs × sectors from which an evaluation is spread over threads: below, starting them costs more
than it saves."""
MOST_THREADS = 8
"""Products of this size gain nothing from more."""


def resolve(engine: str, base: Structure | None = None) -> str:
    """``numpy`` or ``numba``. Raises `InputError`, `MissingDependency`."""
    if engine not in ENGINES:
        raise InputError(f"there is no engine {engine!r}", mend=f"write {', '.join(ENGINES)}")
    if engine == "auto":
        n, t = (0, 0) if base is None else base.shape
        return "numba" if n * n * t >= LARGE and has_numba() else "numpy"
    if engine == "numba" and not has_numba():
        raise MissingDependency(
            "the engine numba is not installed", mend="pip install 'comity[fast]', or use numpy"
        )
    return engine


def checked_threads(threads: object) -> None:
    """Raises `InputError` for what is no number of threads; `None` leaves it to the machine."""
    if threads is None:
        return
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise InputError(
            f"{threads!r} is no number of threads",
            mend="give a whole number of 1 or more, or leave it out for all cores",
        )


@cache
def has_numba() -> bool:
    return importlib.util.find_spec("numba") is not None


def compiled_engine() -> Any:
    """The module with the compiled loop; its import takes some tenths of a second."""
    from comity.model.world import compiled

    return compiled


def cores() -> int:
    """Processors this process may use, `MOST_THREADS` at most."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(allowed or 1, MOST_THREADS))


def idle_cores() -> int:
    """`cores`, less those that other programs keep busy at this moment (where Linux tells).

    Threads that share a loop wait for the slowest of them: one that has to wait for a processor
    makes the whole ten times slower than fewer threads would be. Results do not depend on it.
    """
    try:
        running = int(_text("/proc/loadavg").split()[3].partition("/")[0])
        # Our own threads may still be turning from the solve before: they are no one else's.
        tasks = Path("/proc/self/task").iterdir()
        ours = sum(_state(f"{task}/stat") == "R" for task in tasks)
    except (OSError, ValueError, IndexError):
        return cores()
    return max(1, cores() - max(0, running - max(ours, 1)))


def _text(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - takes 10 µs
        return file.read()


def _state(path: str) -> str:
    """The state of a thread: what follows its name, which ends with the last bracket."""
    try:
        return _text(path).rpartition(")")[2].split()[0]
    except OSError:  # ended meanwhile
        return ""


@contextmanager
def thread_count(threads: int | None, size: int) -> Iterator[int]:
    """Numba's threads for a while: as asked, or what the machine has to spare; 1 for a world whose
    `size` (pairs × sectors) is too small for loops to be shared."""
    if size < PARALLEL_FROM:
        yield 1
        return
    import numba

    most = int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]
    count = max(1, min(idle_cores() if threads is None else threads, most))
    before = numba.get_num_threads()
    numba.set_num_threads(count)
    try:
        yield count
    finally:
        numba.set_num_threads(before)


@cache
def _pools() -> Any:
    return threadpoolctl.ThreadpoolController()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """One thread for numpy's products: they are too small to share, and sums keep their order."""
    with _pools().limit(limits=1, user_api="blas"):
        yield
