"""Sweeps for users: shocks and draws in, labelled tables by run out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comity.model.world import TOLERANCE
from comity.model.world.sweep import Runs
from comity.model.world.sweep import sweep as run_sweep
from comity.scenario.shock import Shock
from comity.words.errors import InputError

if TYPE_CHECKING:
    from comity.world.world import World

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sweep:
    """R runs. Arrays are (R, N), in per cent, with `economies` as columns; `shock` and `draw` (R,)
    say which shock and which row of theta a run is. Runs without an answer are in `failed`."""

    economies: tuple[str, ...]
    shock: NDArray[np.intp]
    draw: NDArray[np.intp]
    real_income: Array
    real_wage: Array
    price_index: Array
    evaluations: NDArray[np.int64]
    failed: tuple[tuple[int, int, Exception], ...]

    def __len__(self) -> int:
        return len(self.shock)

    def of(self, economy: str, what: str = "real_income") -> Array:
        """(R,): one economy's column, by code."""
        if economy not in self.economies:
            raise InputError(f"no economy {economy!r}", mend=f"one of {', '.join(self.economies)}")
        values: Array = getattr(self, what)
        return values[:, self.economies.index(economy)]

    def quantiles(self, levels: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> dict[str, Any]:
        """Quantiles over runs of the change of real income, in per cent, by economy."""
        found = np.quantile(self.real_income, levels, axis=0)
        return {
            code: dict(zip(map(float, levels), map(float, found[:, k]), strict=True))
            for k, code in enumerate(self.economies)
        }


def sweep(
    world: World,
    shocks: Shock | Sequence[Shock],
    theta: ArrayLike | None = None,
    *,
    engine: str = "auto",
    tolerance: float = TOLERANCE,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Every shock at every row of `theta`, (D, J) trade elasticities by draw and sector.

    The baseline is held as it was balanced: a draw changes how the world answers, not where it
    starts. (Where balancing took deficits away at other elasticities, that is an approximation;
    `World.with_theta(...).balance(...)` is the exact way, one draw at a time.) Runs whose
    equilibrium does not exist or is not found are left out and listed in `failed`, never numbers.
    """
    listed = [shocks] if isinstance(shocks, Shock) else list(shocks)
    if not listed:
        raise InputError("a sweep needs at least one shock")
    rows: Array | None = None
    if theta is not None:
        rows = np.array(theta, dtype=np.float64)
        sectors = world.baseline.shape[1]
        if rows.ndim == 1 and sectors == 1:
            rows = rows[:, None]
        if rows.ndim != 2 or rows.shape[1] != sectors or not len(rows):
            raise InputError(
                f"theta has the shape {rows.shape}",
                mend=f"give draws × {sectors}, one column for each sector",
            )
        if not np.isfinite(rows).all() or (rows <= 0.0).any():
            raise InputError("theta must be above 0 in every draw", mend="redraw or bound it")
    found: Runs = run_sweep(
        world.baseline,
        [world.wedges(shock) for shock in listed],
        rows,
        deficits=world.deficits,
        engine=engine,
        tolerance=tolerance,
        threads=threads,
        progress=progress,
    )
    income = found.income / world.before.income
    return Sweep(
        economies=world.economies,
        shock=found.shock,
        draw=found.draw,
        real_income=100.0 * (income / found.price_index - 1.0),
        real_wage=100.0 * (found.wage_hat / found.price_index - 1.0),
        price_index=100.0 * (found.price_index - 1.0),
        evaluations=found.evaluations,
        failed=found.failed,
    )
