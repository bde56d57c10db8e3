"""What the model misses, as a factor on flows: the discrepancy term of predictive intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from comity.trade.drawing import points

if TYPE_CHECKING:
    from comity.effects.market.rows import Table

Array = NDArray[np.float64]
_STREAM = 2


def discrepancies(table: Table) -> Array:
    """(R, K, N, N): lognormal with the table's standard deviation on third-party flows that rows
    are made of; 1 on those that a rule bears on, home sales and flows of others."""
    baseline, runs = table.baseline, table.runs
    k, n = baseline.shape
    out = np.ones((len(runs), k, n, n))
    if table.discrepancy == 0.0:
        return out
    from scipy import special

    ruled = {
        (baseline.names.sector(r.product), *table.positions((r.exporter, r.importer)))
        for r in table.case.rules
    }
    cells = [
        (p, i, j)
        for p in range(k)
        for i, j in table.shown()
        if i != j and (p, i, j) not in ruled and baseline.value[p, i, j] > 0.0
    ]
    cells += [(p, *pair) for p in range(k) for j in table.third() for pair in table.others(p, j)]
    cells = list(dict.fromkeys(cells))
    if not cells:
        return out
    # By the number of the draw, whichever others have no answer.
    u = points(runs.asked, len(cells), runs.columns.seed, _STREAM)[runs.draw]
    z = special.ndtri(u)
    at = tuple(np.array(cells).T)
    out[:, at[0], at[1], at[2]] = np.exp(table.discrepancy * z)
    return out
