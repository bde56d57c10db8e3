"""How much of a row is estimated or carried: of the base itself, and of what the answer rests on.

The base of a row is its own cells. The answer rests on more: what an exporter loses or turns to
hangs on what else its markets buy, what an importer pays on where else its suppliers sell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from comity.trade.market_baseline import CARRIED, ESTIMATED, MarketBaseline

Array = NDArray[np.float64]
STANDING = (ESTIMATED, CARRIED)


@dataclass(frozen=True, eq=False)
class Reliance:
    """Shares of value that are estimated and carried, (2,) in this order, of one product or, with
    `None`, of all of them. Both are of the same cells, so that the rest of 1 is reported."""

    baseline: MarketBaseline
    _tables: dict[int | None, tuple[Array, Array, Array, Array]] = field(default_factory=dict)

    def base(self, cells: Sequence[tuple[int, int]], k: int | None) -> tuple[float, float]:
        """Of the value of these cells."""
        mine, value, _, _ = self._of(k)
        return _pair(_share(cells, mine, value))

    def answer(
        self, cells: Sequence[tuple[int, int]], k: int | None, i: int | None, j: int | None
    ) -> tuple[float, float]:
        """Of what an answer about exporter i, importer j or their flow is computed from, or of its
        own cells where more of them is estimated (or, with as much, carried).

        A flow: all that i sells and all that j buys. An exporter: what its markets buy of everyone,
        each market by its part in the sales of i. An importer: what its suppliers sell to everyone,
        each by its part in the purchases of j. Neither: every cell.
        """
        mine, value, rows, columns = self._of(k)
        found = [_share(cells, mine, value)]
        if i is not None and j is not None and i != j:
            part, whole = (
                t[..., i, :].sum(axis=-1) + t[..., j].sum(axis=-1) - t[..., i, j]
                for t in (mine, value)
            )
            found.append(part / whole if whole > 0.0 else np.zeros(2))
        else:
            if i is not None and value[i].any():
                found.append(columns @ value[i] / value[i].sum())
            if j is not None and value[:, j].any():
                found.append(rows @ value[:, j] / value[:, j].sum())
            if i is None and j is None and value.any():
                found.append(mine.sum(axis=(1, 2)) / value.sum())
        return max(map(_pair, found))

    def _of(self, k: int | None) -> tuple[Array, Array, Array, Array]:
        """(2, N, N) of each standing, (N, N) in all; (2, N) shares in what each sells and buys."""
        if k not in self._tables:
            value = np.asarray(self.baseline.value)
            mine = np.stack(
                [np.where(self.baseline.standing == one, value, 0.0) for one in STANDING]
            )
            mine = mine.sum(axis=1) if k is None else mine[:, k]
            value = value.sum(axis=0) if k is None else value[k]
            rows, columns = (_over(mine.sum(axis=a), value.sum(axis=a)) for a in (-1, -2))
            self._tables[k] = mine, value, rows, columns
        return self._tables[k]


def _share(cells: Sequence[tuple[int, int]], mine: Array, value: Array) -> Array:
    i, j = np.array(sorted(set(cells))).T
    total = float(value[i, j].sum())
    return np.asarray(mine[:, i, j].sum(axis=1) / total if total > 0.0 else np.zeros(2))


def _pair(shares: Array) -> tuple[float, float]:
    """Estimated and carried, together 1 at most whatever the rounding."""
    estimated = min(1.0, float(shares[0]))
    return estimated, min(1.0 - estimated, float(shares[1]))


def _over(values: Array, by: Array) -> Array:
    by = np.broadcast_to(by, values.shape)
    return np.asarray(np.divide(values, by, out=np.zeros_like(values), where=by > 0.0))
