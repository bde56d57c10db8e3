"""Anderson mixing of many independent problems side by side."""

from __future__ import annotations

import numpy as np

from comity.model.market.market import Array

MEMORY = 5
RIDGE = 1e-14


class Mixing:
    """Type II, with the last `MEMORY` differences of each problem.

    Walker and Ni (2011), SIAM Journal on Numerical Analysis 49(4), 1715-1735. The normal equations
    are scaled to a unit diagonal and given a small ridge.
    """

    def __init__(self, count: int, size: int) -> None:
        self._df = np.zeros((MEMORY, count, size))
        self._both = np.zeros((MEMORY, count, size))
        self._gram = np.zeros((count, MEMORY, MEMORY))
        self._held = 0
        self._next = 0
        self._last: tuple[Array, Array] | None = None

    def step(self, x: Array, f: Array) -> Array:
        """(count, size): the step from x, whose preconditioned residual is f."""
        if self._last is None:
            self._last = (x.copy(), f.copy())
            return f
        k = self._next
        df, both = self._df[k], self._both[k]
        np.subtract(f, self._last[1], out=df)
        np.subtract(x, self._last[0], out=both)
        both += df
        self._next = (k + 1) % MEMORY
        self._held = held = min(self._held + 1, MEMORY)
        self._last = (x.copy(), f.copy())
        right = np.empty((len(x), held))
        for m in range(held):
            row = np.einsum("cn,cn->c", self._df[m], df)
            self._gram[:, k, m] = self._gram[:, m, k] = row
            right[:, m] = np.einsum("cn,cn->c", self._df[m], f)
        gram = self._gram[:, :held, :held]
        scale = 1.0 / np.sqrt(np.maximum(np.einsum("cmm->cm", gram), 1e-300))
        scaled = gram * scale[:, :, None] * scale[:, None, :]
        scaled[:, np.arange(held), np.arange(held)] += RIDGE
        scaled[~np.isfinite(scaled).all(axis=(1, 2))] = np.eye(held)
        weights = np.linalg.solve(scaled, (right * scale)[:, :, None])[:, :, 0] * scale
        out = f.copy()
        for m in range(held):
            out -= weights[:, m, None] * self._both[m]
        return out
