"""Anderson mixing of type II with a short memory, on steps that are already preconditioned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MEMORY = 8
DROPPED = 1e-13
"""Directions that weigh less than this in the (unit diagonal) normal equations are left out."""


class Anderson:
    """Combines the last steps so that their residual is least; `forget` drops the memory.

    Walker and Ni (2011), SIAM Journal on Numerical Analysis 49(4), 1715-1735, section 2.
    """

    def __init__(self, size: int, memory: int = MEMORY) -> None:
        # Sums of both differences: what a weight takes off the next point at once.
        self._both = np.empty((memory, size))
        self._df = np.empty((memory, size))
        self._gram = np.empty((memory, memory))
        self._pair = np.empty((size, 2))
        self._last_x = np.empty(size)
        self._last_f = np.empty(size)
        self._memory = memory
        self.forget()

    def forget(self) -> None:
        self._held = 0
        self._next = 0
        self._started = False

    def direction(self, x: Array, f: Array) -> Array:
        """Where to go from x, whose preconditioned residual is f."""
        held = self._held
        products = None
        if self._started:
            k = self._next
            df, both = self._df[k], self._both[k]
            np.subtract(f, self._last_f, out=df)
            np.subtract(x, self._last_x, out=both)
            both += df
            self._next = (k + 1) % self._memory
            self._held = held = min(held + 1, self._memory)
            # One reading of the memory for the new row of the normal equations and the right side.
            self._pair[:, 0] = df
            self._pair[:, 1] = f
            products = self._df[:held] @ self._pair
            self._gram[k, :held] = products[:, 0]
            self._gram[:held, k] = products[:, 0]
        self._last_x[:] = x
        self._last_f[:] = f
        self._started = True
        if products is None:
            return f.copy()
        gram = self._gram[:held, :held]
        scale = 1.0 / np.sqrt(np.maximum(gram.diagonal(), 1e-300))
        values, vectors = np.linalg.eigh(gram * scale[:, None] * scale)
        kept = values > DROPPED
        right = vectors.T @ (scale * products[:, 1])
        weights = scale * (vectors @ np.where(kept, right / np.where(kept, values, 1.0), 0.0))
        return np.asarray(f - weights @ self._both[:held])
