"""Tables of flows and of GDP as users have them: files, mappings, arrays; with their gaps."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.files import PathLike, number, read_table
from comity.trade.names import code_of
from comity.trade.numbers import numbers, one_number
from comity.words.errors import InputError, Place, ValidationError

Array = NDArray[np.float64]
Pair = tuple[str, str]

EXPORTER = ("exporter", "origin", "orig", "iso_o", "iso3_o", "exp", "from", "i")
IMPORTER = ("importer", "destination", "dest", "iso_d", "iso3_d", "imp", "to", "j")
VALUE = ("value", "trade", "flow", "flows", "v", "amount")
NOTE = ("note", "notes", "remark", "flag")
ECONOMY = ("economy", "iso3", "code", "country", "region")
GDP = ("gdp", "value")
UNITS = {
    "usd": "USD",
    "usd_thousand": "USD thousand",
    "thousand_usd": "USD thousand",
    "usd_million": "USD million",
    "million_usd": "USD million",
    "usd_billion": "USD billion",
}
GAP = "gap"
"""A cell without a value is a gap where its note begins with this word; else it is an error."""


@dataclass
class Flows:
    """Flows by (exporter, importer) in the codes of economies; `gaps` have no known value."""

    values: dict[Pair, float] = field(default_factory=dict)
    gaps: list[Pair] = field(default_factory=list)
    remarks: list[tuple[Pair, str]] = field(default_factory=list)
    unit: str | None = None
    titles: dict[str, str] = field(default_factory=dict)
    first: dict[str, tuple[str, Place | None]] = field(default_factory=dict)
    """By code: the economy as the table writes it, and where it does so first."""

    def put(self, exporter: str, importer: str, value: float | None, where: Place | None) -> None:
        """Add one flow; `None` is a gap. Raises `ValidationError` for doubles and bad values."""
        pair = (self.code(exporter, where), self.code(importer, where))
        if pair in self.values or pair in self.gaps:
            raise ValidationError(
                f"the flow from {exporter} to {importer} stands twice",
                where=where,
                mend="add the two up, or leave one out",
            )
        if value is None:
            self.gaps.append(pair)
            return
        if not np.isfinite(value) or value < 0.0:
            raise ValidationError(
                f"the flow from {exporter} to {importer} is {value:g}",
                where=where,
                mend="flows are finite and not negative",
            )
        self.values[pair] = value

    def code(self, text: str, where: Place | None) -> str:
        """The code of an economy as the table writes it."""
        label = text.strip()
        if not label:
            raise ValidationError(
                "a flow without a name of the economy", where=where, mend="name both economies"
            )
        known = self.titles.get(label)
        if known is None:
            known = self.titles[label] = code_of(label)
            self.first.setdefault(known, (label, where))
        return known


def read_flows(trade: Any, economies: Sequence[str] | None) -> Flows:
    """Flows from a CSV file, a mapping or an array, as `from_flows` takes them.

    In a mapping `None` is a gap, in an array NaN; NaN in a mapping may be a failed sum as well and
    is refused. Raises `FileError` and `ValidationError`.
    """
    if isinstance(trade, str | os.PathLike):
        return _from_file(trade)
    made = Flows()
    if isinstance(trade, Mapping):
        for pair, value in trade.items():
            if not (isinstance(pair, tuple) and len(pair) == 2):
                raise InputError(
                    f"the key {pair!r} is not a pair (exporter, importer)",
                    mend="write {('CHN', 'JPN'): 165000.0, ...}",
                )
            made.put(str(pair[0]), str(pair[1]), _value(value, pair), Place(field="trade"))
        return made
    table = numbers(
        trade, "trade", "give a CSV file, a mapping {(exporter, importer): value}, or an array"
    )
    if economies is None:
        raise InputError("an array of flows needs the names of its economies", mend="economies=[…]")
    n = len(economies)
    if table.shape != (n, n):
        raise ValidationError(
            f"the array of flows has the shape {table.shape}, not {(n, n)}",
            where=Place(field="trade"),
            mend="its axes are exporter, importer, each in the order of economies",
        )
    for i, exporter in enumerate(economies):
        for j, importer in enumerate(economies):
            # A domestic cell left at 0 says nothing: domestic sales then come from GDP.
            if i != j or table[i, j] != 0.0:
                value = float(table[i, j])
                known = None if np.isnan(value) else value
                made.put(exporter, importer, known, Place(field="trade"))
    return made


def _value(value: Any, pair: tuple[Any, Any]) -> float | None:
    if value is None:
        return None
    says = f"the flow from {pair[0]} to {pair[1]}"
    if isinstance(value, float | np.floating) and np.isnan(value):
        raise ValidationError(
            f"{says} is NaN", where=Place(field="trade"), mend="write None for an unknown flow"
        )
    mend = "give a finite number of 0 or more, or None for an unknown flow"
    return one_number(value, "trade", mend, says)


def _from_file(path: PathLike) -> Flows:
    table = read_table(path)
    exporter = _column(table.columns, EXPORTER, "exporter", table.path)
    importer = _column(table.columns, IMPORTER, "importer", table.path)
    value = _column(table.columns, VALUE, "value", table.path)
    note = next((c for c in table.columns if c.casefold() in NOTE), None)
    made = Flows(unit=_unit(value))
    at = [table.column(c) for c in (exporter, importer, value)]
    note_at = None if note is None else table.column(note)
    for r, row in enumerate(table.rows):
        a, b, cell = (row[k].strip() for k in at)
        remark = "" if note_at is None else row[note_at].strip()
        if not cell and remark.casefold().startswith(GAP):
            made.put(a, b, None, table.at(r))
            continue
        if not cell:
            raise ValidationError(
                f"the flow from {a} to {b} has no value",
                where=table.at(r, value),
                mend="give a value, or a note that begins with the word gap where it is not known",
            )
        try:
            amount = float(cell)
        except ValueError:
            amount = number(cell, f"the flow from {a} to {b}", table.at(r, value))
        made.put(a, b, amount, Place(file=table.path, row=r + 1))
        if remark:
            made.remarks.append(((made.titles[a], made.titles[b]), remark))
    if not made.values:
        raise ValidationError(
            "the table holds no flow", where=Place(file=table.path), mend="give at least one value"
        )
    return made


def _column(columns: Iterable[str], names: Sequence[str], what: str, path: str) -> str:
    """The column of one of `names`, or ``value_usd_million`` and the like for a value."""
    known = list(columns)
    by_name = {c.casefold(): c for c in reversed(known)}
    for name in names:
        if name in by_name:
            return by_name[name]
    for column in known:
        head, _, tail = column.casefold().partition("_")
        if head in names and tail in UNITS:
            return column
    raise ValidationError(
        f"the table has no column for the {what}",
        where=Place(file=path),
        mend=f"name one {', '.join(names[:4])}; its columns are {', '.join(known[:8])}",
    )


def _unit(column: str) -> str | None:
    return UNITS.get(column.casefold().partition("_")[2])


def read_gdp(gdp: Any) -> tuple[dict[str, float], str | None]:
    """GDP by code of the economy, in its order, and its unit where the column's name has one.

    `gdp` is a mapping or a CSV file with the columns economy and gdp (``gdp_usd_million``).
    """
    if isinstance(gdp, str | os.PathLike):
        table = read_table(gdp)
        economy = _column(table.columns, ECONOMY, "economy", table.path)
        column = _column(table.columns, GDP, "gdp", table.path)
        pairs = list(zip(table.values(economy), table.numbers(column).tolist(), strict=True))
        unit = _unit(column)
        path: str | None = table.path
    elif isinstance(gdp, Mapping):
        mend = "give a number above 0 for each economy"
        pairs = [(str(k), one_number(v, "gdp", mend, f"the GDP of {k}")) for k, v in gdp.items()]
        unit, path = None, None
    else:
        raise InputError(
            f"GDP is given as {type(gdp).__name__}", mend="give a mapping economy → GDP, or a file"
        )
    found: dict[str, float] = {}
    for row, (name, value) in enumerate(pairs, start=1):
        where = Place(file=path, row=row if path else None, field="gdp")
        code = code_of(name.strip())
        if code in found:
            raise ValidationError(
                f"the GDP of {name} stands twice", where=where, mend="leave one of the two out"
            )
        if not (np.isfinite(value) and value > 0.0):
            raise ValidationError(
                f"the GDP of {name} is {value:g}", where=where, mend="GDP is above 0"
            )
        found[code] = value
    return found, unit
