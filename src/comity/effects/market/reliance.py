"""How much of a row rests on figures of a standing: of the base itself, and of the answer.

The base of a row is its own cells. The answer rests on more: what an exporter loses or turns to
hangs on what else its markets buy, what an importer pays on where else its suppliers sell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from comity.trade.market_baseline import MarketBaseline

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reliance:
    """Shares of value with one standing, of one product or, with `None`, of all of them."""

    baseline: MarketBaseline
    standing: str
    _tables: dict[int | None, tuple[Array, Array, Array, Array]] = field(default_factory=dict)

    def base(self, cells: Sequence[tuple[int, int]], k: int | None) -> float:
        """Of the value of these cells."""
        return self._share(cells, *self._of(k)[:2])

    def answer(
        self, cells: Sequence[tuple[int, int]], k: int | None, i: int | None, j: int | None
    ) -> float:
        """Of what an answer about exporter i, importer j or their flow is computed from, or of its
        own cells where that is more.

        A flow: all that i sells and all that j buys. An exporter: what its markets buy of everyone,
        each market by its part in the sales of i. An importer: what its suppliers sell to everyone,
        each by its part in the purchases of j. Neither: every cell.
        """
        mine, value, rows, columns = self._of(k)
        own = self._share(cells, mine, value)
        around = []
        if i is not None and j is not None and i != j:
            part, whole = (float(t[i].sum() + t[:, j].sum() - t[i, j]) for t in (mine, value))
            around.append(part / whole if whole > 0.0 else 0.0)
        else:
            if i is not None and value[i].any():
                around.append(float(value[i] @ columns / value[i].sum()))
            if j is not None and value[:, j].any():
                around.append(float(value[:, j] @ rows / value[:, j].sum()))
            if i is None and j is None:
                around.append(float(mine.sum() / value.sum()) if value.any() else 0.0)
        return min(1.0, max(own, *around)) if around else own

    def _of(self, k: int | None) -> tuple[Array, Array, Array, Array]:
        """(N, N) of this standing and in all; (N,) shares in what each sells, and what it buys."""
        if k not in self._tables:
            value = np.asarray(self.baseline.value)
            mine = np.where(self.baseline.standing == self.standing, value, 0.0)
            mine, value = (t.sum(axis=0) if k is None else t[k] for t in (mine, value))
            rows, columns = (_over(mine.sum(axis=a), value.sum(axis=a)) for a in (1, 0))
            self._tables[k] = mine, value, rows, columns
        return self._tables[k]

    @staticmethod
    def _share(cells: Sequence[tuple[int, int]], mine: Array, value: Array) -> float:
        at = tuple(np.array(sorted(set(cells))).T)
        total = float(value[at].sum())
        return min(1.0, float(mine[at].sum()) / total) if total > 0.0 else 0.0


def _over(values: Array, by: Array) -> Array:
    return np.asarray(np.divide(values, by, out=np.zeros_like(values), where=by > 0.0))
