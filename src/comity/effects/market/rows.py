"""Rows of effects: the value before, and the median and intervals of the value after.

A row says what of whom, of which goods, in which period, in which unit. Surplus and revenue are
changes, so they are 0 before. Beside the *parameter* intervals (what elasticities, shares and cells
leave open in the model) stand *predictive* ones: third-party flows then carry a discrepancy term
of the model itself, normal in logs with a standard deviation from past measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.effects.market.row import Row, Share
from comity.effects.market.runs import CaseRuns, State
from comity.scenario.market_case import FROM, MarketCase
from comity.trade.drawing import points
from comity.trade.market_baseline import CARRIED, ESTIMATED, MarketBaseline

Array = NDArray[np.float64]

INDEX = "index (before = 100)"
BASE_INDEX = "index (base = 100)"
SMALL = 0.01
"""A flow below this part of its exporter's sales abroad: entry there cannot be predicted."""
_STREAM = 2
WORLD = "WLD"
SOLD, BOUGHT = "the exporter's sales abroad", "the importer's purchases abroad"
SPENT, EARNED = "spending of the base", "sales of the base"


@dataclass(frozen=True, eq=False)
class Table:
    """Makes the rows of a run."""

    case: MarketCase
    baseline: MarketBaseline
    runs: CaseRuns
    discrepancy: float
    duty: Array | None

    def values(self, row: Row) -> Array:
        """(R,): what another run of the same question has for a row of surplus, or of all that an
        exporter sells abroad."""
        names = self.baseline.names
        if row.quantity == "trade_value":
            i = names.economy(row.exporter)
            k = names.sectors.index(row.goods) if row.goods in names.sectors else None
            sold = self._cells(self.runs.after.flow, k)[:, i]
            return np.asarray(sold.sum(axis=1) - sold[:, i])
        who = row.exporter or row.importer
        return np.asarray(self.surplus()[row.quantity][:, names.economy(who)])

    def rows(self) -> list[Row]:
        """Trade by destination and origin, quantities, prices, surplus and revenue."""
        return [*self.trade(), *self.prices(), *self.welfare()]

    # ---------------------------------------------------------------------------------- trade

    def trade(self) -> Iterator[Row]:
        """Flows of the exporters and importers concerned, by product and for all together."""
        names = self.baseline.names
        noise = self._noise()
        expected_flow = self.runs.after.flow * noise
        pairs = self._shown()
        for k, product in [*enumerate(names.sectors), *self._all()]:
            before, after, expected = (
                self._cells(table, k)
                for table in (self.runs.before.flow, self.runs.after.flow, expected_flow)
            )
            summed = self._sum(self.baseline.value, k)
            own = np.arange(after.shape[1])
            sold_before, bought_before = self._abroad_before(before, summed)
            sold, bought = after.sum(axis=2), after.sum(axis=1)
            sold, bought = sold - after[:, own, own], bought - after[:, own, own]
            sellers = set(self._positions(self.case.exporters))
            for i, j in pairs:
                quantity = "home_sales" if i == j else "trade_value"
                if summed[i, j] <= 0.0:
                    continue
                was = self._was(summed[i, j], before[:, i, j])
                yield self._row(
                    quantity,
                    names.economies[i],
                    names.economies[j],
                    product,
                    self.baseline.unit,
                    was,
                    after[:, i, j],
                    expected[:, i, j],
                    before=before[:, i, j],
                    cells=[(i, j)],
                    k=k,
                    note=self._entry(k, i, j),
                    share=None
                    if i == j
                    else Share.over(was, after[:, i, j], sold_before[i], sold[:, i], SOLD)
                    if i in sellers
                    else Share.over(was, after[:, i, j], bought_before[j], bought[:, j], BOUGHT),
                )
            for i in self._positions(self.case.exporters):
                yield self._abroad(k, product, before, after, expected, i=i)
            for j in self._positions(self.case.importers):
                yield self._abroad(k, product, before, after, expected, j=j)
        yield from self._quantities()

    def _abroad_before(self, before: Array, base: Array) -> tuple[Array, Array]:
        """(N,) each: sales and purchases abroad before the change."""
        own = np.arange(len(base))
        tables = before if self.case.state(FROM) else base[None]
        inside = tables[:, own, own]
        sold, bought = tables.sum(axis=2) - inside, tables.sum(axis=1) - inside
        return np.median(sold, axis=0), np.median(bought, axis=0)

    def _abroad(
        self,
        k: int | None,
        product: str,
        before: Array,
        after: Array,
        expected: Array,
        *,
        i: int | None = None,
        j: int | None = None,
    ) -> Row:
        """Exports to, or imports from, everyone else; tables are (R, N, N)."""
        names = self.baseline.names
        n = len(names.economies)
        own = i if i is not None else j
        others = [e for e in range(n) if e != own]
        cells = [(i, e) if i is not None else (e, own) for e in others]
        at = tuple(np.array(cells).T)

        def total(table: Array) -> Array:
            return np.asarray(table[:, at[0], at[1]].sum(axis=1))

        return self._row(
            "trade_value",
            names.economies[i] if i is not None else WORLD,
            WORLD if i is not None else names.economies[own or 0],
            product,
            self.baseline.unit,
            self._was(float(self._sum(self.baseline.value, k)[at].sum()), total(before)),
            total(after),
            total(expected),
            before=total(before),
            cells=[(int(a or 0), int(b or 0)) for a, b in cells],
            k=k,
        )

    def _quantities(self) -> Iterator[Row]:
        """Quantities of the flows that the rules bear on and of what exporters turn to: values over
        the exporter's price; in tonnes where the baseline has them."""
        names = self.baseline.names
        runs = self.runs
        known = self.baseline.quantity
        for k, product in enumerate(names.sectors):
            for i, j in self._shown():
                if i == j or self.baseline.value[k, i, j] <= 0.0:
                    continue
                base = runs.base[:, k, i, j]
                after = _over(runs.after.flow[:, k, i, j], base * runs.after.price[:, k, i])
                was = _over(runs.before.flow[:, k, i, j], base * runs.before.price[:, k, i])
                tonnes = 0.0 if known is None else float(known[k, i, j])
                unit = self.baseline.quantity_unit if tonnes > 0.0 else INDEX
                # Of a flow, the quantity at the base is 1; before the change it may be another.
                started = float(np.median(was))
                if tonnes > 0.0:
                    scale, start = tonnes, tonnes * started
                elif started > 0.0:
                    scale, start = 100.0 / started, 100.0
                else:  # nothing before: an index of the base's quantity
                    scale, start, unit = 100.0, 0.0, BASE_INDEX
                values = after * scale
                yield self._row(
                    "trade_quantity",
                    names.economies[i],
                    names.economies[j],
                    product,
                    unit,
                    start,
                    values,
                    values,
                    before=was * scale,
                    cells=[(i, j)],
                    k=k,
                    note=self._entry(k, i, j),
                )

    # --------------------------------------------------------------------------------- prices

    def prices(self) -> Iterator[Row]:
        """Exporters' prices and buyers' price indices, 100 before."""
        names = self.baseline.names
        before, after = self.runs.before, self.runs.after
        n = len(names.economies)
        every = range(n)
        for k, product in enumerate(names.sectors):
            for i in every:
                row, column = [(i, j) for j in every], [(j, i) for j in every]
                if self.baseline.value[k, i].sum() > 0.0:
                    values = 100.0 * _over(after.price[:, k, i], before.price[:, k, i])
                    yield self._row(
                        "producer_price", names.economies[i], "", product, INDEX, 100.0,
                        values, values, before=None, cells=row, k=k,
                    )  # fmt: skip
                if self.baseline.value[k, :, i].sum() > 0.0:
                    values = 100.0 * _over(after.index[:, k, i], before.index[:, k, i])
                    note = ""
                    if self.runs.far[k, i] > 0.0:
                        note = "rests on the form of demand far outside the data"
                    yield self._row(
                        "price_index", "", names.economies[i], product, INDEX, 100.0,
                        values, values, before=None, cells=column, k=k, note=note,
                    )  # fmt: skip

    # -------------------------------------------------------------------------------- surplus

    def welfare(self) -> Iterator[Row]:
        """Changes of surplus, revenue and rents, by economy, all products together."""
        names = self.baseline.names
        every = range(len(names.economies))
        group = self._label()
        tables = self.surplus()
        flows = self.baseline.value.sum(axis=0)
        sales, spent = flows.sum(axis=1), flows.sum(axis=0)
        for i, economy in enumerate(names.economies):
            row, column = [(i, j) for j in every], [(j, i) for j in every]
            ends = {
                "consumer_surplus": ("", economy, column),
                "consumer_surplus_half_variety": ("", economy, column),
                "producer_surplus": (economy, "", row),
                "tariff_revenue": ("", economy, column),
                "quota_rents": ("", economy, column),
                "total_surplus": (economy, economy, row + column),
                "total_surplus_half_variety": (economy, economy, row + column),
            }
            for quantity, (exporter, importer, cells) in ends.items():
                table = tables[quantity]
                if not table[:, i].any() and quantity in ("tariff_revenue", "quota_rents"):
                    continue
                note = ""
                if quantity == "tariff_revenue" and self.duty is not None:
                    note = "the duty is not on record: drawn in its range, and kept as it was"
                values = table[:, i]
                whole, of = (sales[i], EARNED) if exporter else (spent[i], SPENT)
                if exporter and importer:
                    whole, of = spent[i], SPENT
                share = Share.over(0.0, values, whole, np.full(len(values), whole), of)
                yield self._row(
                    quantity, exporter, importer, group, self.baseline.unit, 0.0,
                    values, values, before=None, cells=cells, k=None, note=note, share=share,
                )  # fmt: skip
        for quantity in ("total_surplus", "total_surplus_half_variety"):
            values = tables[quantity].sum(axis=1)
            yield self._row(
                quantity, WORLD, WORLD, group, self.baseline.unit, 0.0, values, values,
                before=None, cells=[(i, j) for i in every for j in every], k=None,
            )  # fmt: skip

    def surplus(self) -> dict[str, Array]:
        """(R, N) each: changes between the states."""
        before, after = self.runs.before, self.runs.after
        with np.errstate(invalid="ignore"):  # losses without a bound in both states
            found = {
                name: getattr(after, name) - getattr(before, name)
                for name in ("consumers", "consumers_half", "producers", "revenue", "rents")
            }
        revenue = found["revenue"]
        if self.duty is not None:
            revenue = revenue + self.duty[:, None] * (_imports(after) - _imports(before))
        rest = found["producers"] + revenue + found["rents"]
        return {
            "consumer_surplus": found["consumers"],
            "consumer_surplus_half_variety": found["consumers_half"],
            "producer_surplus": found["producers"],
            "tariff_revenue": revenue,
            "quota_rents": found["rents"],
            "total_surplus": found["consumers"] + rest,
            "total_surplus_half_variety": found["consumers_half"] + rest,
        }

    # --------------------------------------------------------------------------------- helpers

    def entry_cells(self) -> list[tuple[str, str, str]]:
        """(product, exporter, importer) of small flows of the exporters concerned."""
        names = self.baseline.names
        return [
            (product, names.economies[i], names.economies[j])
            for k, product in enumerate(names.sectors)
            for i in self._positions(self.case.exporters)
            for j in range(len(names.economies))
            if i != j and self.baseline.value[k, i, j] > 0.0 and self._small(k, i, j)
        ]

    def _small(self, k: int, i: int, j: int) -> bool:
        row = self.baseline.value[k, i]
        abroad = float(row.sum() - row[i])
        return abroad > 0.0 and float(row[j]) < SMALL * abroad

    def _entry(self, k: int | None, i: int, j: int) -> str:
        if k is None or i == j or not self._small(k, i, j):
            return ""
        return "below 1 % of the exporter's sales abroad: entry cannot be predicted"

    def _all(self) -> list[tuple[None, str]]:
        several = len(self.baseline.names.sectors) > 1
        return [(None, self._label())] if several else []

    def _label(self) -> str:
        sectors = self.baseline.names.sectors
        return sectors[0] if len(sectors) == 1 else self.baseline.group or "all products"

    def _positions(self, economies: Sequence[str]) -> list[int]:
        return [self.baseline.names.economy(one) for one in economies]

    def _shown(self) -> list[tuple[int, int]]:
        """Pairs of which one end is concerned: what exporters sell, and what importers buy."""
        n = len(self.baseline.names.economies)
        rows = [(i, j) for i in self._positions(self.case.exporters) for j in range(n)]
        columns = [(i, j) for j in self._positions(self.case.importers) for i in range(n)]
        return list(dict.fromkeys((*rows, *columns)))

    def _was(self, base: float, drawn: Array) -> float:
        """The baseline itself where nothing was changed before, else the median of draws (R,)."""
        return float(np.median(drawn)) if self.case.state(FROM) else float(base)

    @staticmethod
    def _sum(table: Array, k: int | None) -> Array:
        return np.asarray(table.sum(axis=0) if k is None else table[k])

    @staticmethod
    def _cells(table: Array, k: int | None) -> Array:
        return np.asarray(table.sum(axis=1) if k is None else table[:, k])

    def _noise(self) -> Array:
        """(R, K, N, N): the discrepancy on third-party flows of the exporters and importers
        concerned; 1 on those that a rule bears on, home sales and flows of others."""
        k, n = self.baseline.shape
        out = np.ones((len(self.runs), k, n, n))
        if self.discrepancy == 0.0:
            return out
        from scipy import special

        ruled = {
            (self.baseline.names.sector(r.product), *self._positions((r.exporter, r.importer)))
            for r in self.case.rules
        }
        cells = [
            (p, i, j)
            for p in range(k)
            for i, j in self._shown()
            if i != j and (p, i, j) not in ruled and self.baseline.value[p, i, j] > 0.0
        ]
        if not cells:
            return out
        # By the number of the draw, whichever others have no answer.
        u = points(self.runs.asked, len(cells), self.runs.columns.seed, _STREAM)[self.runs.draw]
        z = special.ndtri(u)
        at = tuple(np.array(cells).T)
        out[:, at[0], at[1], at[2]] = np.exp(self.discrepancy * z)
        return out

    def _row(
        self,
        quantity: str,
        exporter: str,
        importer: str,
        goods: str,
        unit: str,
        was: float,
        values: Array,
        predicted: Array,
        *,
        before: Array | None,
        cells: Sequence[tuple[int, int]],
        k: int | None,
        note: str = "",
        share: Share | None = None,
    ) -> Row:
        ratio = None
        if before is not None and (before > 0.0).all():
            ratio = 100.0 * (values / before - 1.0)
        elif before is None and was > 0.0:
            ratio = 100.0 * (values / was - 1.0)
        return Row(
            quantity, exporter, importer, goods, unit, was, values, predicted,
            self._standing(ESTIMATED, cells, k), self._standing(CARRIED, cells, k), ratio, note,
            share,
        )  # fmt: skip

    def _standing(self, standing: str, cells: Sequence[tuple[int, int]], k: int | None) -> float:
        """The part of the value of these cells that has a standing."""
        at = tuple(np.array(sorted(set(cells))).T)
        products = range(len(self.baseline.names.sectors)) if k is None else (k,)
        total = mine = 0.0
        for p in products:
            value = self.baseline.value[p][at]
            total += float(value.sum())
            mine += float(value[self.baseline.standing[p][at] == standing].sum())
        return min(1.0, mine / total) if total > 0.0 else 0.0


def _over(values: Array, by: Array) -> Array:
    return np.asarray(np.divide(values, by, out=np.zeros_like(values), where=by > 0.0))


def _imports(state: State) -> Array:
    """(R, N): imports, all products together."""
    flow = state.flow.sum(axis=1)
    own = np.arange(flow.shape[-1])
    return np.asarray(flow.sum(axis=1) - flow[:, own, own])
