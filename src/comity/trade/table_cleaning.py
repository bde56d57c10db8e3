"""Cleaning a multi-region input-output table before it becomes a baseline: plain arrays in and out.

Rows are (origin i, sector j), flattened; columns of intermediate use are (destination n, sector k);
columns of final use are destinations n. Values at basic prices, net of tariffs. See
`comity.trade.input_output` for what is done in which order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.words.errors import ValidationError

Array = NDArray[np.float64]

INVENTORIES = ("remove", "produce", "scale", "keep")
"""What can become of changes in inventories; see `without_inventories`."""

LEAST_VALUE_ADDED = 0.01
"""Value added over output left to a cell whose inputs cost as much as its output or more."""


@dataclass
class Uses:
    """A table being cleaned, N economies and J sectors.

    inputs : (N·J, N·J), intermediate use
    final : (N·J, N), final use without changes in inventories
    stock : (N·J, N), changes in inventories
    """

    inputs: Array
    final: Array
    stock: Array

    @property
    def made(self) -> Array:
        """(N·J,): output as the sum of all uses."""
        return np.asarray(self.inputs.sum(axis=1) + self.final.sum(axis=1) + self.stock.sum(axis=1))


def drop_negative(uses: Uses) -> tuple[int, float]:
    """Set negative intermediate and final flows to 0; their number and absolute sum."""
    count, total = 0, 0.0
    for table in (uses.inputs, uses.final):
        bad = table < 0.0
        count += int(bad.sum())
        total -= float(table[bad].sum())
        table[bad] = 0.0
    return count, total


def bound_inputs(uses: Uses, made: Array, paid: Array) -> tuple[Array, float]:
    """Scale inputs down where they leave no value added; what is cut becomes final use.

    `made` (N·J,) is the output the inputs are for, `paid` (N·J, N·J) one plus the tariff on each
    flow. Sales stay as they are: the cut part is bought by final users of the same economy. Gives
    the cells concerned (N·J,) and the value moved.
    """
    cost = (uses.inputs * paid).sum(axis=0)
    room = np.maximum(made, 0.0)
    short = cost >= room
    short &= cost > 0.0
    keep = np.ones(len(made))
    keep[short] = room[short] * (1.0 - LEAST_VALUE_ADDED) / cost[short]
    cut = uses.inputs * (1.0 - keep)
    uses.inputs = uses.inputs * keep
    n = uses.final.shape[1]
    uses.final = uses.final + cut.reshape(len(made), n, -1).sum(axis=2)
    return short, float(cut.sum())


def without_inventories(uses: Uses, how: str, made: Array) -> Uses:
    """The table with `stock` gone. `made` (N·J,) is output including changes in inventories.

    remove   changes in inventories are dropped. Output is what remaining final use needs, with
             the input coefficients A of the table: x = (I − A)^−1 f, inputs A x.
    produce  as "remove", but a rise in inventories is final use of the year; a fall is taken as
             made in the year, so it is left out of final use (after Costinot and Rodríguez-Clare
             2014)
    scale    changes are dropped, and every sale of a row is scaled by output over output less
             inventories, so that output stays (the net inventory correction of Antràs and Chor
             2013); inputs then differ from the table's by column
    keep     changes in inventories are final use like any other; falls are negative flows and
             are set to 0
    """
    zero = np.zeros_like(uses.stock)
    if how == "keep":
        return Uses(uses.inputs, uses.final + np.maximum(uses.stock, 0.0), zero)
    if how == "scale":
        sold = uses.inputs.sum(axis=1) + uses.final.sum(axis=1)
        factor = np.divide(np.maximum(made, 0.0), sold, out=np.zeros_like(made), where=(sold > 0.0))
        return Uses(uses.inputs * factor[:, None], uses.final * factor[:, None], zero)
    final = uses.final + (np.maximum(uses.stock, 0.0) if how == "produce" else 0.0)
    coefficients = np.divide(
        uses.inputs, made, out=np.zeros_like(uses.inputs), where=(made > 0.0)[None, :]
    )
    try:
        output = np.linalg.solve(np.eye(len(made)) - coefficients, final.sum(axis=1))
    except np.linalg.LinAlgError as error:
        raise ValidationError(
            "no output can serve the table's final use: its inputs have no Leontief inverse",
            mend="take inventories='scale' or 'keep'",
        ) from error
    if not np.isfinite(output).all() or output.min(initial=0.0) < -1e-9 * np.abs(output).sum():
        raise ValidationError(
            "the table's inputs need negative output: inputs exceed output in a circle of sectors",
            mend="take inventories='scale' or 'keep'",
        )
    return Uses(coefficients * np.maximum(output, 0.0), final, zero)


def grouped(table: Array, rows: NDArray[np.intp], count: int) -> Array:
    """Rows of `table` added up by their group (0 … count − 1)."""
    out = np.zeros((count, *table.shape[1:]))
    np.add.at(out, rows, table)
    return out
