"""A world: a baseline that can be checked, balanced and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comity.effects.labelled import Labelled
from comity.effects.real import Before
from comity.model.world import TOLERANCE, balance, solve
from comity.scenario.shock import Shock
from comity.scenario.wedges import Wedges, wedges
from comity.trade.baseline import Baseline, Note
from comity.trade.numbers import numbers, one_number
from comity.words.errors import InputError
from comity.world.result import Result

if TYPE_CHECKING:
    from comity.trade.finding import Finding
    from comity.world.sweep import Sweep

Array = NDArray[np.float64]

BALANCED, RATIO = "re-solved", "deficits-ratio"
"""Kinds of notes by which a saved world knows again what it is."""
_TREATED = "; deficits "
"""What follows in the note of a balanced world is what was done with deficits."""


def treatment(baseline: Baseline) -> str | float | None:
    """What `World.balance` was told of deficits, by the notes of a balanced baseline, else None."""
    notes = [note for note in baseline.notes if note.kind == BALANCED]
    if not notes:
        return None
    word = notes[-1].text.rpartition(_TREATED)[2]
    if word in ("none", "kept", "ratio"):
        return word
    try:
        return float(word.removeprefix("times "))
    except ValueError:  # a baseline that was balanced below this module
        if any(note.kind == RATIO for note in baseline.notes):
            return "ratio"
        return "kept" if baseline.deficit.any() else "none"


class World:
    """A baseline, its deficit rule, and whether it is an equilibrium yet.

    Data are loaded as they are; `balance` makes the equilibrium against which effects are measured.
    A world never changes: its methods give new worlds and results.
    """

    def __init__(
        self,
        baseline: Baseline,
        *,
        balanced: bool = False,
        deficits: str | float = "kept",
        asked: str | float = "kept",
    ) -> None:
        self.baseline = baseline
        self.balanced = balanced
        self.deficits = deficits
        self.asked = asked

    def __repr__(self) -> str:
        n, j = self.baseline.shape
        state = f"balanced, deficits {self.asked}" if self.balanced else "as in the data"
        sectors = "1 sector" if j == 1 else f"{j} sectors"
        return f"<World {self.baseline.name}: {n} economies, {sectors}, {state}>"

    @property
    def economies(self) -> tuple[str, ...]:
        """Codes, in order."""
        return self.baseline.names.economies

    @property
    def sectors(self) -> tuple[str, ...]:
        return self.baseline.names.sectors

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was clipped, floored, filled, scaled or is missing."""
        return self.baseline.notes

    @property
    def schedules(self) -> Mapping[str, Array]:
        """Other tariff schedules of the data, by name, as arrays importer, exporter, sector."""
        return {name: v.transpose(1, 2, 0) for name, v in self.baseline.schedules.items()}

    def check(self) -> tuple[Finding, ...]:
        """What is wrong or odd in the data, by name, the worst first."""
        from comity.trade.check import check

        return check(self.baseline)

    def info(self) -> dict[str, Any]:
        """Size, sources, totals and largest members."""
        from comity.trade.info import info

        return info(self.baseline)

    def save(self, path: str | Path) -> None:
        """Writes the baseline to one file that `load` reads again."""
        from comity.trade.archive import save

        save(self.baseline, Path(path))

    def balance(
        self,
        deficits: str | float = "none",
        *,
        engine: str = "numpy",
        threads: int | None = None,
    ) -> World:
        """The world re-solved as an equilibrium, at the rules of the data.

        deficits : ``none`` takes them away, ``kept`` keeps the data's (a fixed share of world
        value added), ``ratio`` keeps spending over income, a number scales the data's.
        """
        made = balance(self.baseline, deficits, engine=engine, threads=threads)
        rule = "ratio" if deficits == "ratio" else "kept"
        word = deficits if isinstance(deficits, str) else f"times {float(deficits)!r}"
        notes = [note for note in made.notes if note.kind not in (BALANCED, RATIO)]
        say = f"an equilibrium of the model, solved from the data{_TREATED}{word}"
        notes.append(Note(BALANCED, say))
        if rule == "ratio":
            notes.append(Note(RATIO, "deficits stay a fixed ratio of income"))
        made = made.replaced(notes=tuple(notes))
        return World(made, balanced=True, deficits=rule, asked=deficits)

    def with_theta(self, theta: float | Mapping[str, float] | ArrayLike) -> World:
        """The same data with other trade elasticities: one for all, some by sector, or a vector.

        The data are kept, so a balanced world stays an equilibrium only if its deficits did not
        change on balancing: balance again where they did.
        """
        return World(
            self.baseline.replaced(theta=theta_vector(self.baseline, theta)),
            balanced=self.balanced,
            deficits=self.deficits,
            asked=self.asked,
        )

    @cached_property
    def before(self) -> Before:
        """Levels of the baseline: those of the solution without any change, so that no change
        has no effect to the last bit."""
        self._need_balance()
        still = solve(self.baseline, Wedges(), deficits=self.deficits)
        return Before(self.baseline, still)

    def _need_balance(self) -> None:
        if not self.balanced:
            raise InputError(
                f"{self.baseline.name} is data, not an equilibrium of the model, so effects "
                "cannot be told from errors in the data",
                mend='base = world.balance(deficits="kept") or "none", then base.solve(...)',
            )

    def wedges(self, shock: Shock) -> Wedges:
        """The arrays of a shock on this world."""
        return wedges(shock, self.baseline)

    def solve(
        self,
        shock: Shock | None = None,
        *,
        engine: str = "numpy",
        tolerance: float = TOLERANCE,
        threads: int | None = None,
    ) -> Result:
        """The effects of a shock on a balanced world.

        Raises `NoEquilibrium` (with economies and sectors), `NotConverged` (with the residual), or
        `InputError` for names, rates and options; it never returns numbers that are no solution.
        """
        self._need_balance()
        shock = _a_shock(shock)
        found = solve(
            self.baseline,
            wedges(shock, self.baseline),
            deficits=self.deficits,
            engine=engine,
            tolerance=tolerance,
            threads=threads,
        )
        return Result(
            self.before, found, shock, self.deficits, engine, tolerance, balanced=self.asked
        )

    def sweep(
        self,
        shocks: Shock | Sequence[Shock],
        theta: ArrayLike | Mapping[str, ArrayLike] | None = None,
        **options: Any,
    ) -> Sweep:
        """Many solves in one call; see `comity.world.sweep.sweep`."""
        from comity.world.sweep import sweep

        self._need_balance()
        return sweep(self, shocks, theta, **options)

    def gradient(
        self,
        economy: str,
        of: str = "real_income",
        shock: Shock | None = None,
    ) -> Labelled:
        """What one more point on every tariff would do to one economy.

        Returns per cent of `of` (``real_income``, ``real_wage``, ``price_index``) of `economy` for
        each percentage point of tariff, by importer, exporter and sector, at the baseline or
        after `shock`. Computed for all tariffs at once by the adjoint of the equilibrium.
        """
        from comity.model.world.gradient import tariff_gradient

        self._need_balance()
        shock = _a_shock(shock)
        n = self.baseline.names.economy(economy)
        slopes = tariff_gradient(
            self.baseline, wedges(shock, self.baseline), n, of=of, deficits=self.deficits
        )
        code = self.economies[n]
        return Labelled(
            slopes.transpose(1, 2, 0),
            ("importer", "exporter", "sector"),
            self.baseline.names,
            "% per percentage point",
            f"{of.replace('_', ' ')} of {code} for each point of tariff",
        )


def _a_shock(given: object) -> Shock:
    if given is None:
        return Shock()
    if not isinstance(given, Shock):
        raise InputError(f"{given!r} is no shock", mend="write Shock().tariff(...)")
    return given


def theta_vector(baseline: Baseline, theta: float | Mapping[str, float] | ArrayLike) -> Array:
    """(J,): trade elasticities, given as one number, by sector, or in full."""
    if isinstance(theta, Mapping):
        vector = np.array(baseline.theta)
        for sector, value in theta.items():
            at = baseline.names.sector(sector)
            vector[at] = one_number(value, "theta", "give numbers above 0", f"theta of {sector}")
        return vector
    values = numbers(theta, "theta", "give one number above 0, or one for each sector")
    if values.ndim == 0:
        return np.full(baseline.shape[1], float(values))
    if values.shape != baseline.theta.shape:
        raise InputError(
            f"theta has the shape {values.shape}, not {baseline.theta.shape}",
            mend="give one number, a mapping by sector, or one value for each sector",
        )
    return values
