"""Flows that are not known: kept as gaps, dropped with their economies, or filled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Note
from comity.trade.blocks import expected_flows, smallest_cover
from comity.trade.flow_table import Pair
from comity.trade.names import code_of
from comity.trade.numbers import one_number
from comity.words.errors import InputError

Array = NDArray[np.float64]


@dataclass
class Table:
    """Flows [exporter, importer] without gaps' values (0 there), GDP, and what is still a gap."""

    codes: list[str]
    flow: Array
    gdp: Array | None
    left: list[Pair]
    notes: list[Note]


def with_gaps(table: Table, how: str | Mapping[Pair, float]) -> Table:
    """The table with its gaps kept, dropped or filled, and a note that says so."""
    if not table.left:
        if not isinstance(how, str) and how:
            raise InputError(
                "values are given for gaps, but the table has none",
                mend="leave gaps out, or leave the values out of the table",
            )
        return table
    index = {code: k for k, code in enumerate(table.codes)}
    if how == "drop":
        return _drop(table, index)
    if how == "fill":
        known = np.ones(table.flow.shape, dtype=bool)
        for exporter, importer in table.left:
            known[index[exporter], index[importer]] = False
        expected = expected_flows(table.flow, known)
        values = {(a, b): float(expected[index[a], index[b]]) for a, b in table.left}
        say = "filled with what exporter and importer trade with others, distance left out"
    elif isinstance(how, str):
        values, say = {}, ""
    else:
        mend = "give a finite number of 0 or more"
        values = {
            (code_of(a), code_of(b)): one_number(v, "gaps", mend, f"the gap from {a} to {b}")
            for (a, b), v in how.items()
        }
        say = "filled with the values given"
        for a, b in values:
            if (a, b) not in table.left:
                left = "; ".join(f"{x} to {y}" for x, y in table.left[:6])
                raise InputError(f"the flow from {a} to {b} is not a gap", mend=f"gaps are {left}")
            if values[a, b] < 0.0:
                raise InputError(
                    f"the value for the gap from {a} to {b} is {values[a, b]:g}", mend=mend
                )
    for (a, b), value in values.items():
        table.flow[index[a], index[b]] = value
    table.left = [pair for pair in table.left if pair not in values]
    if values:
        shown = "; ".join(f"{a} to {b} {v:,.0f}" for (a, b), v in list(values.items())[:12])
        more = f"; {len(values) - 12} more" if len(values) > 12 else ""
        table.notes.append(
            Note("filled", f"gaps {say}: {shown}{more}", named(values), count=len(values))
        )
    if table.left:
        shown = ", ".join(f"{a} to {b}" for a, b in table.left[:12])
        more = f" and {len(table.left) - 12} more" if len(table.left) > 12 else ""
        table.notes.append(
            Note(
                "gap",
                f"flows that are not known, and have no flow in the baseline: {shown}{more}; no "
                "change can move them, and domestic sales are overstated by them",
                named(table.left),
                count=len(table.left),
            )
        )
    return table


def named(pairs: Iterable[Pair]) -> tuple[str, ...]:
    """The codes of all pairs, sorted."""
    return tuple(sorted({code for pair in pairs for code in pair}))


def _drop(table: Table, index: Mapping[str, int]) -> Table:
    weight = table.flow.sum(axis=1) if table.gdp is None else table.gdp
    gone = smallest_cover([(index[a], index[b]) for a, b in table.left], weight)
    stay = [k for k in range(len(table.codes)) if k not in gone]
    if len(stay) < 2:
        raise InputError("dropping the economies with gaps leaves no trade", mend="gaps='fill'")
    names = tuple(table.codes[k] for k in gone)
    lost = table.flow.sum() - table.flow[np.ix_(stay, stay)].sum()
    note = Note(
        "dropped",
        f"{', '.join(names)} left out, the fewest economies that touch all {len(table.left)} gaps "
        "(of such sets the one with least GDP); with them go "
        f"{100 * lost / table.flow.sum():.1f} % of trade",
        names,
        count=len(table.left),
    )
    return Table(
        [table.codes[k] for k in stay],
        table.flow[np.ix_(stay, stay)],
        None if table.gdp is None else table.gdp[stay],
        [],
        [*table.notes, note],
    )
