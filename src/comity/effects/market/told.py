"""The value that a row starts from, and the scale in which its draws are told.

A baseline's value is told as it is known, while drawn cells have medians of their own, and the
median of a sum is not the sum of medians. So the scale of a sum is that of the cells which have a
flow in the state it is told of: a sum of which a single cell is left is that cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.effects.market.runs import CaseRuns
from comity.scenario.market_case import FROM, MarketCase
from comity.trade.market_baseline import MarketBaseline

Array = NDArray[np.float64]
Positions = tuple[NDArray[np.intp], ...]


@dataclass(frozen=True, eq=False)
class Told:
    """Values before and scales, of a run."""

    case: MarketCase
    baseline: MarketBaseline
    runs: CaseRuns

    def of(self, k: int | None, cells: Sequence[tuple[int, int]]) -> tuple[float, float]:
        """The value before, and the scale of the values after (see `Row`), of a sum of cells
        (origin, destination) of product k or, with `None`, of all products.

        The value before is the baseline's, or the median where something was changed before.
        """
        products = range(self.baseline.shape[0]) if k is None else (k,)
        at = tuple(np.array([(p, i, j) for p in products for i, j in cells], dtype=np.intp).T)
        after = self._scale(self.runs.after.flow, at)
        if not self.case.state(FROM):
            return float(self.baseline.value[at].sum()), after
        flow = self.runs.before.flow
        return self._scale(flow, at) * float(np.median(_sum(flow, at))), after

    def _scale(self, flow: Array, at: Positions) -> float:
        """Of the cells with any of this flow (R, K, N, N): the baseline's value over the median of
        its draws."""
        left = flow[:, at[0], at[1], at[2]].any(axis=0)
        if left.any():
            at = tuple(one[left] for one in at)
        middle, known = float(np.median(_sum(self.runs.base, at))), self.baseline.value[at].sum()
        return float(known) / middle if known > 0.0 and middle > 0.0 else 1.0


def _sum(flow: Array, at: Positions) -> Array:
    """(R,): the sum of cells of a flow (R, K, N, N)."""
    return np.asarray(flow[:, at[0], at[1], at[2]].sum(axis=1))
