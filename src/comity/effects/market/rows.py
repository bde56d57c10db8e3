"""Rows of effects: the value before, and the median and intervals of the value after.

A row says what of whom, of which goods, in which period, in which unit. Surplus and revenue are
changes, so they are 0 before. Beside the *parameter* intervals (what elasticities, shares and cells
leave open in the model) stand *predictive* ones: third-party flows then carry a discrepancy term
of the model itself, normal in logs with a standard deviation from past measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comity.effects.market.discrepancy import discrepancies
from comity.effects.market.reliance import Reliance
from comity.effects.market.row import Row, Share
from comity.effects.market.runs import CaseRuns
from comity.effects.market.told import Told
from comity.effects.market.welfare import surplus, welfare
from comity.scenario.market_case import FROM, STATES, MarketCase
from comity.trade.market_baseline import MarketBaseline

Array = NDArray[np.float64]

INDEX = "index (before = 100)"
BASE_INDEX = "index (base = 100)"
SMALL = 0.01
"""A flow below this part of its exporter's sales abroad: entry there cannot be predicted."""
WORLD = "WLD"
SOLD, BOUGHT = "the exporter's sales abroad", "the importer's purchases abroad"


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
        return np.asarray(
            surplus(self.runs, self.duty, self.case, names.economies)[row.quantity][
                :, names.economy(who)
            ]
        )

    def rows(self) -> list[Row]:
        """Trade by destination and origin, quantities, prices, surplus and revenue."""
        return [*self.trade(), *self.prices(), *welfare(self)]

    # ---------------------------------------------------------------------------------- trade

    def trade(self) -> Iterator[Row]:
        """Flows of the exporters and importers concerned, by product and for all together."""
        names = self.baseline.names
        noise = discrepancies(self)
        expected_flow = self.runs.after.flow * noise
        pairs = self.shown()
        for k, product in [*enumerate(names.sectors), *self._all()]:
            before, after, expected = (
                self._cells(table, k)
                for table in (self.runs.before.flow, self.runs.after.flow, expected_flow)
            )
            summed = self._sum(self.baseline.value, k)
            sold_0, bought_0 = _abroad(before)
            sold, bought = _abroad(after)
            sold_before, bought_before = (
                np.median(one, axis=0)
                for one in ((sold_0, bought_0) if self.case.state(FROM) else _abroad(summed[None]))
            )
            sellers = set(self.positions(self.case.exporters))
            for i, j in pairs:
                quantity = "home_sales" if i == j else "trade_value"
                if summed[i, j] <= 0.0:
                    continue
                was, scale = self._told.of(k, [(i, j)])
                whole = SOLD if i in sellers else BOUGHT
                yield self.make(
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
                    if i == j or (whole == BOUGHT and self._own_money)
                    else Share.over(
                        (was, sold_before[i] if whole == SOLD else bought_before[j]),
                        (before[:, i, j], sold_0[:, i] if whole == SOLD else bought_0[:, j]),
                        (after[:, i, j], sold[:, i] if whole == SOLD else bought[:, j]),
                        whole,
                    ),
                    scale=scale,
                )
            for i in self.positions(self.case.exporters):
                yield self._abroad(k, product, before, after, expected, i=i)
            for j in self.positions(self.case.importers) if not self._own_money else ():
                yield self._abroad(k, product, before, after, expected, j=j)
            if k is not None:
                yield from self._elsewhere(k, product, before, after, expected)
        yield from self._quantities()

    def _elsewhere(
        self, k: int, product: str, before: Array, after: Array, expected: Array
    ) -> Iterator[Row]:
        """What third parties that buy from an exporter concerned buy of everyone else, where it is
        1 % of their purchases abroad or more, and their purchases abroad in all; (R, N, N)."""
        names = self.baseline.names
        for j in self.third():
            if not self.baseline.value[k, self.positions(self.case.exporters), j].any():
                continue
            for i, _ in self.others(k, j):
                was, scale = self._told.of(k, [(i, j)])
                yield self.make(
                    "trade_value",
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
                    scale=scale,
                )
            if not self._own_money:
                yield self._abroad(k, product, before, after, expected, j=j)

    @cached_property
    def _own_money(self) -> bool:
        """Where exchange rates move, each flow is in the money of its exporter: what an importer
        buys of all cannot be added up, and no flow is a share of it."""
        return any(self.case.money(state) for state in STATES)

    def third(self) -> list[int]:
        """Economies that are neither exporters nor importers of a flow that a rule bears on."""
        named = {*self.case.exporters, *self.case.importers}
        return [j for j, code in enumerate(self.baseline.names.economies) if code not in named]

    def others(self, k: int, j: int) -> list[tuple[int, int]]:
        """Flows into a third party from those who are no exporters concerned."""
        into = np.array(self.baseline.value[k, :, j])
        into[j] = 0.0
        least = SMALL * float(into.sum())
        sellers = self.positions(self.case.exporters)
        return [
            (int(i), j) for i in np.flatnonzero(into > 0.0) if i not in sellers and into[i] >= least
        ]

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

        where = [(int(a or 0), int(b or 0)) for a, b in cells]
        was, scale = self._told.of(k, where)
        return self.make(
            "trade_value",
            names.economies[i] if i is not None else WORLD,
            WORLD if i is not None else names.economies[own or 0],
            product,
            self.baseline.unit,
            was,
            total(after),
            total(expected),
            before=total(before),
            cells=where,
            k=k,
            scale=scale,
        )

    def _quantities(self) -> Iterator[Row]:
        """Quantities of the flows that the rules bear on and of what exporters turn to: values over
        the exporter's price; in tonnes where the baseline has them."""
        names = self.baseline.names
        runs = self.runs
        known = self.baseline.quantity
        for k, product in enumerate(names.sectors):
            for i, j in self.shown():
                if i == j or self.baseline.value[k, i, j] <= 0.0:
                    continue
                base = runs.base[:, k, i, j]
                after = _over(runs.after.flow[:, k, i, j], base * runs.after.price[:, k, i])
                was = _over(runs.before.flow[:, k, i, j], base * runs.before.price[:, k, i])
                tonnes = 0.0 if known is None else float(known[k, i, j])
                unit = self.baseline.quantity_unit if tonnes > 0.0 else INDEX
                # The quantity at the base is 1; before the change it may be another in every draw.
                if tonnes > 0.0:
                    start, values, first = tonnes * float(np.median(was)), tonnes * after, was
                elif (was > 0.0).all():
                    start, values, first = 100.0, 100.0 * after / was, np.ones_like(was)
                else:  # nothing before: an index of the base's quantity
                    start, values, first = 100.0 * float(np.median(was)), 100.0 * after, was
                    unit = BASE_INDEX
                scale = tonnes if tonnes > 0.0 else 100.0
                yield self.make(
                    "trade_quantity",
                    names.economies[i],
                    names.economies[j],
                    product,
                    unit,
                    start,
                    values,
                    values,
                    before=first * scale,
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
                    yield self.make(
                        "producer_price", names.economies[i], "", product, INDEX, 100.0,
                        values, values, before=None, cells=row, k=k,
                    )  # fmt: skip
                if self.baseline.value[k, :, i].sum() > 0.0:
                    values = 100.0 * _over(after.index[:, k, i], before.index[:, k, i])
                    note = ""
                    if self.runs.far[k, i] > 0.0:
                        note = "rests on the form of demand far outside the data"
                    yield self.make(
                        "price_index", "", names.economies[i], product, INDEX, 100.0,
                        values, values, before=None, cells=column, k=k, note=note,
                    )  # fmt: skip

    # --------------------------------------------------------------------------------- helpers

    def entry_cells(self) -> list[tuple[str, str, str]]:
        """(product, exporter, importer) of small flows of the exporters concerned."""
        names = self.baseline.names
        return [
            (product, names.economies[i], names.economies[j])
            for k, product in enumerate(names.sectors)
            for i in self.positions(self.case.exporters)
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
        return [(None, self.label())] if several else []

    def label(self) -> str:
        sectors = self.baseline.names.sectors
        return sectors[0] if len(sectors) == 1 else self.baseline.group or "all products"

    def positions(self, economies: Sequence[str]) -> list[int]:
        return [self.baseline.names.economy(one) for one in economies]

    def shown(self) -> list[tuple[int, int]]:
        """Pairs of which one end is concerned: what exporters sell, and what importers buy."""
        n = len(self.baseline.names.economies)
        rows = [(i, j) for i in self.positions(self.case.exporters) for j in range(n)]
        columns = [(i, j) for j in self.positions(self.case.importers) for i in range(n)]
        return list(dict.fromkeys((*rows, *columns)))

    @staticmethod
    def _sum(table: Array, k: int | None) -> Array:
        return np.asarray(table.sum(axis=0) if k is None else table[k])

    @staticmethod
    def _cells(table: Array, k: int | None) -> Array:
        return np.asarray(table.sum(axis=1) if k is None else table[:, k])

    def make(
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
        scale: float = 1.0,
    ) -> Row:
        ratio = None
        if before is not None and (before > 0.0).all():
            ratio = 100.0 * (values / before - 1.0)
        elif before is None and was > 0.0:
            ratio = 100.0 * (values / was - 1.0)
        return Row(
            quantity, exporter, importer, goods, unit, was, values, predicted,
            *self._reliance(exporter, importer, cells, k), ratio, note, share, scale,
        )  # fmt: skip

    def _reliance(
        self, exporter: str, importer: str, cells: Sequence[tuple[int, int]], k: int | None
    ) -> tuple[float, float, float, float]:
        """Estimated and carried parts of what an answer rests on, then those of its base."""
        known = self.baseline.names.economies
        i, j = (known.index(e) if e in known else None for e in (exporter, importer))
        return *self._rests.answer(cells, k, i, j), *self._rests.base(cells, k)

    @cached_property
    def _told(self) -> Told:
        return Told(self.case, self.baseline, self.runs)

    @cached_property
    def _rests(self) -> Reliance:
        return Reliance(self.baseline)


def _over(values: Array, by: Array) -> Array:
    return np.asarray(np.divide(values, by, out=np.zeros_like(values), where=by > 0.0))


def _abroad(tables: Array) -> tuple[Array, Array]:
    """(R, N) each: sales and purchases abroad, of tables (R, N, N)."""
    own = np.arange(tables.shape[-1])
    inside = tables[:, own, own]
    return tables.sum(axis=2) - inside, tables.sum(axis=1) - inside
