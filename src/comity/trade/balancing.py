"""Filling a table to known margins: the least change to a prior (cross-entropy, RAS).

Stone (1961), Bacharach (1970): of all tables with the margins asked for, row and column scaling
finds the one nearest to the prior in cross-entropy. Zeros stay zeros.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comity.words.errors import NotConverged, ValidationError

Array = NDArray[np.float64]


def rake(
    prior: ArrayLike,
    rows: ArrayLike,
    columns: ArrayLike,
    *,
    tolerance: float = 1e-10,
    rounds: int = 20_000,
) -> Array:
    """The table nearest to `prior` whose rows sum to `rows` and columns to `columns`.

    `prior` (n, m) is 0 or more; `rows` (n,) and `columns` (m,) are 0 or more and have one total (to
    1e-9 of it). A sum is met to `tolerance` of that total. Raises `ValidationError` for margins
    that no table with these zeros can have by their signs or totals, `NotConverged` where scaling
    does not get there, which is how a pattern of zeros shows that does not allow the margins.
    """
    table = np.array(prior, dtype=np.float64)
    row_sums = np.asarray(rows, dtype=np.float64)
    column_sums = np.asarray(columns, dtype=np.float64)
    if table.ndim != 2 or table.shape != (row_sums.size, column_sums.size):
        raise ValidationError(
            f"a table of {table.shape} cannot have {row_sums.size} rows and {column_sums.size} "
            "columns"
        )
    for what, array in (("prior", table), ("rows", row_sums), ("columns", column_sums)):
        if not np.isfinite(array).all() or (array < 0).any():
            raise ValidationError(f"{what} to balance must be finite and 0 or more")
    total = float(row_sums.sum())
    if abs(total - column_sums.sum()) > 1e-9 * max(total, 1e-300):
        raise ValidationError(
            f"rows sum to {total:.10g}, columns to {column_sums.sum():.10g}: no table has both"
        )
    for what, sums, there in (
        ("row", row_sums, table.sum(axis=1)),
        ("column", column_sums, table.sum(axis=0)),
    ):
        bad = (sums > 0) & (there == 0)
        if bad.any():
            raise ValidationError(f"{what} {int(np.argmax(bad))} has a sum but only zeros to fill")
    gap = float("inf")
    for _ in range(rounds):
        table *= _ratio(row_sums, table.sum(axis=1))[:, None]
        table *= _ratio(column_sums, table.sum(axis=0))[None, :]
        gap = float(np.abs(table.sum(axis=1) - row_sums).max(initial=0.0)) / max(total, 1e-300)
        if gap <= tolerance:
            return table
    raise NotConverged(
        f"balancing got no nearer than {gap:.3g} of the total in {rounds} rounds",
        residual=gap,
        mend="the zeros of the prior do not allow these margins: free a cell or change a margin",
    )


def _ratio(wanted: Array, there: Array) -> Array:
    return np.divide(wanted, there, out=np.zeros_like(wanted), where=there > 0)
