"""Sweeps for users: shocks and draws in, labelled tables by run out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comity.model.world import TOLERANCE
from comity.model.world.sweep import Runs
from comity.model.world.sweep import sweep as run_sweep
from comity.scenario.shock import Shock
from comity.scenario.wedges import check_powers
from comity.trade.names import Names
from comity.trade.numbers import numbers
from comity.words.errors import InputError

if TYPE_CHECKING:
    from comity.world.world import World

Array = NDArray[np.float64]

WHAT = ("real_income", "real_wage", "price_index")


@dataclass(frozen=True, eq=False)
class Sweep:
    """R runs. Arrays are (R, N), in per cent, with `economies` as columns; `shock` and `draw` (R,)
    say which shock and which row of theta a run is. Runs without an answer are in `failed`, and
    `engine` is the one that ran."""

    names: Names
    shock: NDArray[np.intp]
    draw: NDArray[np.intp]
    real_income: Array
    real_wage: Array
    price_index: Array
    evaluations: NDArray[np.int64]
    failed: tuple[tuple[int, int, Exception], ...]
    engine: str

    @property
    def economies(self) -> tuple[str, ...]:
        """Codes, the columns of the arrays."""
        return self.names.economies

    def __len__(self) -> int:
        return len(self.shock)

    def __repr__(self) -> str:
        return f"<Sweep: {len(self)} runs by {self.engine}, {len(self.failed)} without an answer>"

    def _table(self, what: str) -> Array:
        if what not in WHAT:
            raise InputError(f"a sweep has no {what!r}", mend=f"one of {', '.join(WHAT)}")
        values: Array = getattr(self, what)
        return values

    def of(self, economy: str, what: str = "real_income") -> Array:
        """(R,): one economy's numbers by run, by code or name, in per cent."""
        return self._table(what)[:, self.names.economy(economy)]

    def __getitem__(self, economy: str) -> Array:
        """(R,): real income of one economy by run."""
        return self.of(economy)

    def quantiles(
        self,
        levels: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
        what: str = "real_income",
        shock: int | None = None,
    ) -> dict[str, dict[float, float]]:
        """Quantiles over runs (of one shock, where it is given) by economy, in per cent."""
        asked = np.array(levels, dtype=np.float64)
        if asked.size == 0 or not ((asked >= 0.0) & (asked <= 1.0)).all():
            raise InputError(f"quantiles {levels!r}", mend="give fractions: 0.05 is the 5th")
        values = self._table(what)
        if shock is not None:
            values = values[self.shock == shock]
        if not len(values):
            raise InputError("no run has an answer", mend="see `failed` for why")
        found = np.quantile(values, asked, axis=0)
        return {
            code: dict(zip(map(float, levels), map(float, found[:, k]), strict=True))
            for k, code in enumerate(self.economies)
        }


def sweep(
    world: World,
    shocks: Shock | Sequence[Shock],
    theta: ArrayLike | Mapping[str, ArrayLike] | None = None,
    *,
    engine: str = "auto",
    tolerance: float = TOLERANCE,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Every shock at every row of `theta`, (D, J) trade elasticities by draw and sector
    (or draws by sector, as a mapping).

    The baseline is held as it was balanced: a draw changes how the world answers, not where it
    starts. (Where balancing took deficits away at other elasticities, that is an approximation;
    `World.with_theta(...).balance(...)` is the exact way, one draw at a time.) Runs whose
    equilibrium does not exist or is not found are left out and listed in `failed`, never numbers.
    """
    given: object = shocks
    if isinstance(given, Shock):
        listed: list[Shock] = [given]
    elif isinstance(given, Sequence) and all(isinstance(one, Shock) for one in given):
        listed = list(given)
    else:
        raise InputError("a sweep takes shocks", mend="give one Shock, or a list of them")
    if not listed:
        raise InputError("a sweep needs at least one shock", mend="give Shock().tariff(...)")
    rows: Array | None = None
    if theta is not None:
        if isinstance(theta, Mapping):
            theta = _by_sector(world, theta)
        rows = numbers(theta, "theta", "give draws × sectors")
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
    changes = [world.wedges(shock) for shock in listed]
    if rows is not None:
        for change in changes:
            check_powers(change, world.baseline, rows.max(axis=0))
    found: Runs = run_sweep(
        world.baseline,
        changes,
        rows,
        deficits=world.deficits,
        engine=engine,
        tolerance=tolerance,
        threads=threads,
        progress=progress,
    )
    income = found.income / world.before.income
    return Sweep(
        names=world.baseline.names,
        shock=found.shock,
        draw=found.draw,
        real_income=100.0 * (income / found.price_index - 1.0),
        real_wage=100.0 * (found.wage_hat / found.price_index - 1.0),
        price_index=100.0 * (found.price_index - 1.0),
        evaluations=found.evaluations,
        failed=found.failed,
        engine=found.engine,
    )


def _by_sector(world: World, theta: Mapping[str, ArrayLike]) -> Array:
    """(D, J): draws given by sector; sectors that are not named keep theirs."""
    names = world.baseline.names
    columns = {names.sector(k): numbers(v, f"theta of {k}") for k, v in theta.items()}
    lengths = {column.shape for column in columns.values()}
    if len(lengths) != 1 or len(next(iter(lengths))) != 1:
        raise InputError(
            "draws of theta by sector have different lengths",
            mend="give as many draws for each sector",
        )
    rows = np.tile(world.baseline.theta, (next(iter(lengths))[0], 1))
    for j, column in columns.items():
        rows[:, j] = column
    return rows
