"""Rows of surplus, revenue and rents: changes between the states, so that they are 0 before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from comity.effects.market.row import Row, Share
from comity.effects.market.runs import CaseRuns, State
from comity.scenario.market_case import FROM, STATES, TO, MarketCase

if TYPE_CHECKING:
    from comity.effects.market.rows import Table

Array = NDArray[np.float64]
SPENT, EARNED = "spending of the base", "sales of the base"
WORLD = "WLD"


def welfare(table: Table) -> Iterator[Row]:
    """Changes of surplus, revenue and rents, by economy, all products together."""
    names, unit = table.baseline.names, table.baseline.unit
    every = range(len(names.economies))
    group = table.label()
    tables = surplus(table.runs, table.duty, table.case, names.economies)
    flows = table.baseline.value.sum(axis=0)
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
            found = tables[quantity]
            if not found[:, i].any() and quantity in ("tariff_revenue", "quota_rents"):
                continue
            note = ""
            if quantity == "tariff_revenue" and table.duty is not None:
                note = (
                    "the duty is not on record: drawn in its range for revenue alone, and kept as "
                    "it was; prices are solved without it"
                )
            values = found[:, i]
            whole, of = (sales[i], EARNED) if exporter else (spent[i], SPENT)
            if exporter and importer:
                whole, of = spent[i], SPENT
            wholes, none = np.full(len(values), whole), np.zeros(len(values))
            share = Share.over((0.0, float(whole)), (none, wholes), (values, wholes), of)
            yield table.make(
                quantity, exporter, importer, group, unit, 0.0, values, values,
                before=None, cells=cells, k=None, note=note, share=share,
            )  # fmt: skip
    if any(table.case.money(state) for state in STATES):
        return  # each in its own money
    for quantity in ("total_surplus", "total_surplus_half_variety"):
        values = tables[quantity].sum(axis=1)
        yield table.make(
            quantity, WORLD, WORLD, group, unit, 0.0, values, values,
            before=None, cells=[(i, j) for i in every for j in every], k=None,
        )  # fmt: skip


def surplus(
    runs: CaseRuns, duty: Array | None, case: MarketCase, economies: Sequence[str]
) -> dict[str, Array]:
    """(R, N) each: changes between the states. `duty` (R, N) is one not on record, by importer,
    kept as it was."""
    before, after = runs.before, runs.after
    with np.errstate(invalid="ignore"):  # losses without a bound in both states
        found = {
            name: getattr(after, name) - getattr(before, name)
            for name in ("consumers", "consumers_half", "producers", "revenue", "rents")
        }
    revenue = found["revenue"]
    if duty is not None:
        revenue = revenue + duty * (
            _imports(after, case.money(TO), economies)
            - _imports(before, case.money(FROM), economies)
        )
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


def _imports(state: State, money: Mapping[str, float], economies: Sequence[str]) -> Array:
    """(R, N): imports in the importer's money, all products together."""
    flow = state.flow.sum(axis=1)
    if money:
        worth = np.array([money.get(code, 1.0) for code in economies])
        flow = flow * (worth[:, None] / worth)
    own = np.arange(flow.shape[-1])
    return np.asarray(flow.sum(axis=1) - flow[:, own, own])
