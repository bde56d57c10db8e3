"""Which engine runs a solve, and on how many threads."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import threadpoolctl

from comity.model.world.structure import Structure
from comity.words.errors import InputError, MissingDependency

ENGINES = ("numpy", "numba", "auto")
LARGE = 200_000
"""Pairs × sectors from which ``auto`` takes numba where it is installed."""
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


@cache
def has_numba() -> bool:
    return importlib.util.find_spec("numba") is not None


def compiled_engine() -> Any:
    """The module with the compiled loop; its import takes some tenths of a second."""
    from comity.model.world import compiled

    return compiled


def cores() -> int:
    """Processors this process may use, `MOST_THREADS` at most."""
    return max(1, min(len(os.sched_getaffinity(0)), MOST_THREADS))


@contextmanager
def thread_count(threads: int | None) -> Iterator[int]:
    """Numba's threads for a while: as asked, or what the machine has."""
    import numba

    most = int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]
    count = max(1, min(cores() if threads is None else threads, most))
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
