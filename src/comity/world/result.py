"""What one change does: labelled tables of effects, with the residuals they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.effects import real
from comity.effects.decomposition import PARTS, decompose
from comity.effects.labelled import Labelled
from comity.effects.real import Before
from comity.model.world import Solution
from comity.scenario.shock import Shock
from comity.scenario.wedges import inside_said
from comity.trade.baseline import Note
from comity.words.errors import InputError
from comity.world.parts import DecompositionTables

Array = NDArray[np.float64]

FEW_CELLS = 5_000
"""Up to so many (importer, exporter, sector) cells are in plain data unasked."""


@dataclass(frozen=True, eq=False)
class Result:
    """Effects of a shock, each against the balanced baseline it was computed from.

    Tables named `*_change` are differences in the baseline's unit; per cent tables are changes
    relative to the baseline. Economies that the change cuts off from the rest have nominal values
    in a numeraire of their own (`separate_parts`); real values are comparable everywhere.
    """

    before: Before
    solution: Solution
    shock: Shock
    deficits: str | float
    engine: str
    tolerance: float
    reference: Shock = field(default_factory=Shock)
    """The shock of the state that effects are measured against; none: the balanced baseline."""
    balanced: str | float = "kept"
    """What was done with deficits when the baseline was balanced."""

    def __repr__(self) -> str:
        name = self.before.baseline.name
        changes = len(self.shock.changes)
        return f"<Result on {name}: {changes} changes, residual {self.residual:.1g}>"

    @property
    def converged(self) -> bool:
        """Always true: what does not converge is an error and gives no result."""
        return True

    def to_dict(self) -> dict[str, Any]:
        """All of `effects`, under the name that tables have."""
        return self.effects(full=True)

    def _of(self, values: Array, dims: tuple[str, ...], unit: str, title: str) -> Labelled:
        return Labelled(values, dims, self.before.baseline.names, unit, title)

    def _percent(self, hat: Array, dims: tuple[str, ...], title: str) -> Labelled:
        return self._of(100.0 * (hat - 1.0), dims, "%", title)

    # ------------------------------------------------------------------------------ real effects

    @cached_property
    def real_income(self) -> Labelled:
        """Real income (what income, tariff revenue and deficit included, buys), by economy."""
        hat = real.real_income(self.before, self.solution)
        return self._percent(hat, ("economy",), "change of real income")

    @cached_property
    def real_income_per_head(self) -> Labelled:
        """Real income over people; differs from `real_income` where the population changes."""
        hat = real.real_income(self.before, self.solution)
        hat = hat / real.population(self.before, self.solution)
        return self._percent(hat, ("economy",), "change of real income per head")

    @cached_property
    def real_wage(self) -> Labelled:
        """Wage over consumer prices, by economy."""
        return self._percent(
            real.real_wage(self.before, self.solution), ("economy",), "change of the real wage"
        )

    @cached_property
    def price_index(self) -> Labelled:
        """Consumer prices, relative to the numeraire (world value added), by economy."""
        hat = real.price_index(self.before, self.solution)
        return self._percent(hat, ("economy",), "change of consumer prices")

    @cached_property
    def wage(self) -> Labelled:
        """Wages, relative to the numeraire (world value added), by economy."""
        return self._percent(
            self.solution.wage_hat / self.before.wage_hat, ("economy",), "change of the wage"
        )

    @cached_property
    def prices(self) -> Labelled:
        """Buyers' prices by economy and sector, relative to the numeraire."""
        return self._percent(
            self.solution.price_hat / self.before.price_hat,
            ("economy", "sector"),
            "change of buyers' prices",
        )

    # ------------------------------------------------------------------------------------ levels

    @property
    def unit(self) -> str:
        return self.before.baseline.unit

    @cached_property
    def output(self) -> Labelled:
        """Gross output by economy and sector after the change, at new prices."""
        return self._of(
            self.solution.output, ("economy", "sector"), self.unit, "output after the change"
        )

    @cached_property
    def output_change(self) -> Labelled:
        """Gross output after less before."""
        return self._of(
            self.solution.output - self.before.output,
            ("economy", "sector"),
            self.unit,
            "change of output",
        )

    @cached_property
    def output_quantity(self) -> Labelled:
        """Quantity of output (value over unit cost) by economy and sector, in per cent."""
        before = self.before.output
        value = np.divide(
            self.solution.output, before, out=np.ones_like(before), where=before > 0.0
        )
        cost = self.solution.cost_hat / self.before.cost_hat
        hat = np.where(before > 0.0, value / cost, 1.0)
        return self._percent(hat, ("economy", "sector"), "change of the quantity of output")

    @cached_property
    def value_added(self) -> Labelled:
        """Value added by economy and sector after the change."""
        share = self.before.baseline.value_added_share
        return self._of(
            share * self.solution.output,
            ("economy", "sector"),
            self.unit,
            "value added after the change",
        )

    @cached_property
    def value_added_change(self) -> Labelled:
        """Value added after less before."""
        share = self.before.baseline.value_added_share
        return self._of(
            share * (self.solution.output - self.before.output),
            ("economy", "sector"),
            self.unit,
            "change of value added",
        )

    @cached_property
    def trade(self) -> Labelled:
        """Flows by importer, exporter and sector after the change, net of tariff; home included.

        With deficits kept as a ratio they are at the level of the published programs, `cleared`
        times `common_factor`; else the two are the same.
        """
        return self._flows(self.solution.trade, "trade after the change", self.solution)

    @cached_property
    def trade_before(self) -> Labelled:
        """Flows of the balanced baseline, or of the state that this is compared with."""
        return self._flows(self.before.trade, "trade before the change", self.before.solution)

    @cached_property
    def cleared(self) -> Labelled:
        """Flows after the change at which markets clear: they sum to `output` over importers."""
        return self._flows(self.solution.flows, "trade after the change, markets cleared", None)

    def _flows(self, flows: Array, title: str, at: Solution | None) -> Labelled:
        if at is not None and (at.common_factor != 1.0).any():
            title += ", times the common factor of spending"
        axes = ("importer", "exporter", "sector")
        return self._of(flows.transpose(1, 2, 0), axes, self.unit, title)

    @cached_property
    def common_factor(self) -> Labelled:
        """What spending is over output after the change, where deficits are kept as a ratio; else
        1. `trade`, imports, exports and real income are at the level of spending, as published
        programs have them; output, value added and revenue at that of output."""
        title = "spending over output, a factor of real income and trade"
        return self._of(self.solution.common_factor, ("economy",), "factor", title)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader of these effects has to know beside the notes of the baseline."""
        found = []
        factor = self.solution.common_factor
        if (factor != 1.0).any():
            low, high = float(factor.min()), float(factor.max())
            shown = f"{low:.8g}" if low == high else f"{low:.8g} to {high:.8g}"
            found.append(
                Note(
                    "common-factor",
                    "deficits are kept as a ratio: spending that keeps its ratio to income is "
                    f"{shown} times what is produced. Real income, trade, imports and exports are "
                    "at that level, as the published programs have them; output, value added, "
                    "tariff revenue, wages and prices are at the level at which markets clear",
                )
            )
        for change in self.shock.changes:
            if change.schedule is not None:
                said = inside_said(change.schedule, self.before.baseline)
                if said is not None:
                    found.append(Note("schedule-inside", said))
        return tuple(dict.fromkeys(found))

    @cached_property
    def trade_change(self) -> Labelled:
        """Flows after less before."""
        return self._of(
            (self.solution.trade - self.before.trade).transpose(1, 2, 0),
            ("importer", "exporter", "sector"),
            self.unit,
            "change of trade",
        )

    def _abroad(self, flows: Array, axis: int) -> Array:
        own = np.arange(flows.shape[1])
        inside = flows[:, own, own].sum(axis=0)
        return np.asarray(flows.sum(axis=(0, axis)) - inside)

    @cached_property
    def imports_pct(self) -> Labelled:
        """Value of imports net of tariff by economy, in per cent; 0 where there were none."""
        return self._relative(2, "change of the value of imports")

    @cached_property
    def exports_pct(self) -> Labelled:
        """Value of exports by economy, in per cent; 0 where there were none."""
        return self._relative(1, "change of the value of exports")

    def _relative(self, axis: int, title: str) -> Labelled:
        before = self._abroad(self.before.trade, axis)
        after = self._abroad(self.solution.trade, axis)
        hat = np.divide(after, before, out=np.ones_like(before), where=before > 0.0)
        return self._percent(hat, ("economy",), title)

    @cached_property
    def revenue(self) -> Labelled:
        """Tariff revenue by economy after the change."""
        return self._of(
            self.solution.revenue, ("economy",), self.unit, "tariff revenue after the change"
        )

    @cached_property
    def revenue_change(self) -> Labelled:
        """Tariff revenue after less before."""
        return self._of(
            self.solution.revenue - self.before.revenue,
            ("economy",),
            self.unit,
            "change of tariff revenue",
        )

    # ------------------------------------------------------------------------ what it rests upon

    @property
    def residuals(self) -> dict[str, float]:
        """The worst relative residual of prices, expenditure, the labour market and trade."""
        return dict(self.solution.residuals)

    @property
    def residual(self) -> float:
        return self.solution.residual

    @property
    def evaluations(self) -> int:
        return self.solution.evaluations

    @property
    def separate_parts(self) -> tuple[tuple[str, ...], ...]:
        """Groups of economies that no longer trade with each other; one group is the usual case."""
        names = self.before.baseline.names.economies
        parts = self.solution.parts
        return tuple(
            tuple(names[k] for k in np.flatnonzero(parts == number))
            for number in range(int(parts.max()) + 1)
        )

    def compared_with(self, other: Result) -> Result:
        """These effects measured against another state of the rules on the same baseline."""
        if other.before.baseline is not self.before.baseline:
            raise InputError(
                "two results on different baselines cannot be compared",
                mend="solve both from the same balanced world",
            )
        return replace(
            self, before=Before(self.before.baseline, other.solution), reference=other.shock
        )

    def decomposition(self, steps: int | None = None) -> DecompositionTables:
        """Terms of trade, volume of trade and what else applies, integrated along the path."""
        found = decompose(
            self.before,
            self.solution.wedges,
            start=None if self.before.solution is None else self.before.solution.wedges,
            deficits=self.deficits,
            steps=steps,
            engine=self.engine,
            tolerance=min(self.tolerance, 1e-10),
        )

        def table(values: Array, title: str) -> Labelled:
            return self._of(values, ("economy",), "%", title)

        return DecompositionTables(
            {part: table(found.parts[part], part.replace("_", " ")) for part in PARTS},
            table(found.total, "sum of the parts"),
            table(found.exact, "exact change of real income, 100 ln"),
            table(found.error, "left by the steps"),
            found.steps,
        )

    def first_order(self) -> Mapping[str, Labelled]:
        """The formula of Caliendo and Parro (2015), at initial shares: not the exact change."""
        found = real.first_order(self.before, self.solution)
        return {
            name: self._of(getattr(found, name), ("economy",), "%", name.replace("_", " "))
            for name in ("welfare", "terms_of_trade", "volume_of_trade")
        }

    def effects(self, *, full: bool | None = None) -> dict[str, Any]:
        """The effects as plain data, as `comity simulate --format json` gives them.

        Trade by importer, exporter and sector (cells without any trade left out) is in it with
        `full`, or, where that is not said, up to `FEW_CELLS` cells; `left_out` names it else.
        """
        by_economy: dict[str, Labelled] = {
            "real_income_pct": self.real_income,
            "real_wage_pct": self.real_wage,
            "price_index_pct": self.price_index,
            "wage_pct": self.wage,
            "imports_pct": self.imports_pct,
            "exports_pct": self.exports_pct,
            "revenue": self.revenue,
            "revenue_change": self.revenue_change,
        }
        if (real.population(self.before, self.solution) != 1.0).any():
            by_economy["real_income_per_head_pct"] = self.real_income_per_head
        data: dict[str, Any] = {name: table.to_dict() for name, table in by_economy.items()}
        data["first_order_pct"] = {k: v.to_dict() for k, v in self.first_order().items()}
        if (self.solution.common_factor != 1.0).any():
            data["common_factor"] = self.common_factor.to_dict()
        for name in ("output", "output_change", "value_added_change"):
            data[name] = getattr(self, name).to_dict()
        data["prices_pct"] = self.prices.to_dict()
        if full or (full is None and self.solution.flows.size <= FEW_CELLS):
            data["trade_before"] = self.trade_before.filled(self.trade)
            data["trade"] = self.trade.filled(self.trade_before)
        data["unit"] = self.unit
        return data

    def left_out(self, *, full: bool | None = None) -> list[str]:
        """Names of what `effects` leaves out for its size."""
        whole = full or (full is None and self.solution.flows.size <= FEW_CELLS)
        return [] if whole else ["trade_before", "trade"]

    def report(self, format: str = "table", width: int = 100) -> str:  # noqa: A002
        """A page: what changed for whom, how far it can be believed; table, md, html, csv, json."""
        from comity.world.text import report

        return report(self, format, width)
