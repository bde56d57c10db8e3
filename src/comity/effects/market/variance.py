"""Which assumption matters most: the part of an effect's variance that each input accounts for.

First-order shares by squared rank correlations (Saltelli et al. 2008, Global Sensitivity Analysis,
section 1.2: for answers that rise or fall with each input), of inputs that are drawn one by one.
Cells are drawn by the hundred: theirs is what the other inputs do not explain, 1 less the squared
rank correlation with the same effect at the same draws and held cells. The shares need not sum to
1: inputs interact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.drawing import FIXED, Distribution, Draws

Array = NDArray[np.float64]
CELLS = "cells of the baseline"


def shares(
    target: Array,
    columns: Draws,
    distributions: Mapping[str, Distribution],
    held: Array | None = None,
) -> list[dict[str, Any]]:
    """Rows of input and share (0 to 1) for one effect (R,), the largest first.

    `held` (H <= R,) is the effect at the first H draws with cells at the baseline's values. An
    effect that does not vary has no rows.
    """
    if float(np.ptp(target)) <= 1e-12 * max(float(np.abs(target).max()), 1e-300):
        return []
    ranks = _ranks(target)
    out = []
    for name in columns.names:
        if distributions[name].kind == FIXED:
            continue
        # The point, not the value: a column made of others is told apart from them.
        point = columns.points[:, columns.names.index(name)]
        r = float(np.corrcoef(ranks, _ranks(point))[0, 1])
        out.append({"input": name, "share": r * r, "sign": 1 if r > 0 else -1})
    if held is not None:
        kept = 0.0
        if float(np.ptp(held)) > 0.0:
            # Of a long run the first draws are enough for this, and all that are made.
            kept = float(np.corrcoef(_ranks(target[: len(held)]), _ranks(held))[0, 1]) ** 2
        out.append({"input": CELLS, "share": 1.0 - kept, "sign": 0})
    return sorted(out, key=lambda row: -row["share"])


def _ranks(values: Array) -> Array:
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values), dtype=np.float64)
    return ranks
