"""Rows that were read one by one: checked, collected, and written as Parquet in one go."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from comity.trade.flows import rates
from comity.trade.flows.concordance import other_edition
from comity.trade.flows.duck import close, connect, quoted, rows_of
from comity.trade.flows.layout import (
    COLUMNS,
    FIRST_YEAR,
    LARGEST_VALUE,
    LAST_YEAR,
    ROW_GROUP,
    part_of,
)
from comity.words import goods as hs
from comity.words.errors import CodeError, ComityError, NotFound, Place, ValidationError
from comity.words.nomenclature import known as in_hs2022
from comity.words.units import unit

MOST = 20
UNSPECIFIED = ("99", "9999", "999999")
"""The UN's codes for commodities not specified according to kind: no code of the nomenclature, but
what reporters hide or cannot class. Trade totals lack them if they are refused."""
_TYPES = {
    **{name: kind for name, kind, _ in COLUMNS},
    "year": "SMALLINT",
    "part": "UTINYINT",
}


class Problems:
    """Collects what is wrong with a file, so that it can be mended in one go."""

    def __init__(self) -> None:
        self.found: list[ComityError] = []

    def add(self, error: ComityError) -> None:
        """Notes a problem; raises them all once there are `MOST`."""
        self.found.append(error)
        if len(self.found) >= MOST:
            self.raise_any()

    def raise_any(self) -> None:
        """Raises the one problem, or one error that holds all."""
        if not self.found:
            return
        first = self.found[0]
        if len(self.found) == 1:
            raise first
        raise ValidationError(
            f"{first.what} (and {len(self.found) - 1} more)",
            where=first.where,
            mend=first.mend,
            problems=self.found,
        )


@dataclass
class Row:
    """A flow to store: `layout.COLUMNS` and the year."""

    exporter: str
    importer: str
    edition: str
    goods: str
    year: int
    value: float | None
    currency: str = "USD"
    quantity: float | None = None
    quantity_unit: str = ""
    basis: str = ""
    side: str = "reconciled"
    confidence: str = ""
    flags: str = ""


def check(row: Row, file: str, number: int, fields: dict[str, str]) -> None:
    """Raises the first thing wrong with a row, in the file's own names of columns (`fields`)."""

    def at(name: str) -> Place:
        return Place(file=file, row=number, field=fields.get(name, name))

    if not FIRST_YEAR <= row.year <= LAST_YEAR:
        raise ValidationError(f"{row.year} is not a year of trade data", where=at("year"))
    if row.value is not None:
        if not math.isfinite(row.value) or row.value < 0:
            raise ValidationError(
                f"the value is {row.value:g}",
                where=at("value"),
                mend="flows are finite and not negative",
            )
        if row.value > _largest(row.currency, row.year):
            raise ValidationError(
                f"the value {row.value:,.0f} {row.currency} is above anything traded",
                where=at("value"),
                mend="see to the unit of the values, and to decimal and thousands separators",
            )
    if row.quantity is not None:
        if not math.isfinite(row.quantity) or row.quantity < 0:
            raise ValidationError(
                f"the quantity is {row.quantity:g}",
                where=at("quantity"),
                mend="quantities are finite and not negative",
            )
        if not row.quantity_unit:
            raise ValidationError(
                "there is a quantity without a unit",
                where=at("quantity"),
                mend="name the unit, or leave the quantity out",
            )
    check_goods(row.edition, row.goods, row.year, at("goods"))


def check_goods(edition: str, code: str, year: int, where: Place) -> None:
    """Raises `CodeError` for a code that its edition does not have, as far as is known."""
    try:
        hs.GoodsCode(edition, code)
    except CodeError as error:
        error.where = where
        raise
    if year < int(edition[2:]):
        raise CodeError(
            f"{edition} was not in force in {year}",
            where=where,
            mend=f"in {year} {hs.edition_on(year)} was; say which edition the codes are of"
            if year >= 1988
            else "the Harmonized System begins in 1988",
        )
    if code[:2] in hs.NATIONAL:
        return
    other = other_edition(edition, code[:6])
    if edition == "HS2022" and not in_hs2022(code[:6]):
        found = f"; {code[:6]} is a code of {other}" if other else ""
        raise CodeError(
            f"{code} is not in {edition}{found}",
            where=where,
            mend="say which edition the file uses",
        )
    if other:
        raise CodeError(
            f"{code} is not in {edition}; {code[:6]} is a code of {other}",
            where=where,
            mend="say which edition the file uses",
        )


def _largest(currency: str, year: int) -> float:
    """`LARGEST_VALUE` in a currency, at the rate of the year or of any year near; for a currency
    without rates a thousand times as much."""
    there = rates.years(currency)
    if currency == "USD":
        return LARGEST_VALUE
    if not there:
        return LARGEST_VALUE * 1000
    nearest = min(there, key=lambda y: abs(y - year))
    try:
        return LARGEST_VALUE * rates.rate("USD", currency, nearest).rate
    except NotFound:
        return LARGEST_VALUE * 1000


def weight_in_tonnes(quantity: float | None, symbol: str) -> tuple[float | None, str]:
    """Weights become tonnes; other units keep their symbol. Raises `CodeError` for no unit."""
    if quantity is None:
        return None, ""
    found = unit(symbol)
    if found.dimension == "mass":
        return quantity * float(found.factor) / 1000.0, "t"
    return quantity, found.symbol


@dataclass
class Staging:
    """Rows on their way into the store: a text file first, then Parquet below `folder`."""

    folder: Path
    dataset: str
    years: Counter[int] = field(default_factory=Counter)
    editions: set[str] = field(default_factory=set)
    sides: set[str] = field(default_factory=set)
    unspecified: int = 0
    """Rows of goods not specified by kind: the UN's 999999, in no edition a code of goods."""
    unique: bool = True
    """Is it an error if a flow stands twice? Else rows of one flow are added up."""

    def __enter__(self) -> Self:
        self._text = (self.folder / "scratch.csv").open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._text)
        self._seen: dict[int, int] = {}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._text.close()

    def add(self, row: Row, file: str = "", number: int = 0) -> None:
        """Notes a checked row. Raises `ValidationError` for a flow that stands twice."""
        if self.unique and not any(word in row.flags for word in ("area-nes", "former-area")):
            key = (row.exporter, row.importer, row.edition, row.goods, row.year, row.side)
            first = self._seen.setdefault(hash((*key, row.currency, row.basis)), number)
            if first != number:
                raise ValidationError(
                    f"{row.exporter} to {row.importer}, {row.edition}:{row.goods}, {row.year} "
                    f"stands twice, first in row {first}",
                    where=Place(file=file, row=number),
                    mend="leave one out, or add the two up",
                )
        if row.goods in UNSPECIFIED:
            row.flags = ";".join(filter(None, (row.flags, "unspecified-goods")))
            self.unspecified += 1
        values = [getattr(row, name) for name, _, _ in COLUMNS]
        self._writer.writerow([*values, row.year, part_of(row.importer)])
        self.years[row.year] += 1
        self.editions.add(row.edition)
        self.sides.add(row.side)

    def notes(self) -> tuple[str, ...]:
        """What to know of the rows, for the manifest."""
        if not self.unspecified:
            return ()
        return (
            f"{self.unspecified:,} rows are of goods not specified by kind (999999): counted in "
            "all goods, and in no code of the nomenclature (flag unspecified-goods)",
        )

    def write(self, nested: bool = True) -> tuple[int, tuple[int, ...], int]:
        """Writes the Parquet files; rows, digits of the codes, and how many totals were dropped.

        Rows that became one under our codes are added up. With `nested`, rows of a shorter code
        of which the same flow has longer ones are totals, and are left out.
        """
        self._text.close()
        path = self.folder / "scratch.csv"
        columns = ", ".join(f"{quoted(n)}: {quoted(k)}" for n, k in _TYPES.items())
        connection = None
        try:
            connection = connect(self.folder)
            connection.execute(
                f"CREATE TABLE raw AS FROM read_csv({quoted(str(path))}, auto_detect=false, "
                f"header=false, delim=',', quote='\"', nullstr='', columns={{{columns}}})"
            )
            texts = ", ".join(
                f"coalesce({name}, '') AS {name}" for name, kind, _ in COLUMNS if kind == "VARCHAR"
            )
            connection.execute(f"CREATE TABLE plain AS SELECT * REPLACE ({texts}) FROM raw")
            connection.execute(_SUMMED)
            dropped = 0
            if nested:
                dropped = rows_of(connection, f"SELECT count(*) FROM ({_MARKED}) WHERE total")[0][0]
                connection.execute(
                    f"CREATE TABLE kept AS "
                    f"SELECT * EXCLUDE (total) FROM ({_MARKED}) WHERE NOT total"
                )
            else:
                connection.execute("CREATE TABLE kept AS FROM summed")
            rows = rows_of(connection, "SELECT count(*) FROM kept")[0][0]
            levels = rows_of(connection, "SELECT DISTINCT length(goods) FROM kept ORDER BY 1")
            target = self.folder / f"dataset={self.dataset}"
            names = ", ".join(name for name, _, _ in COLUMNS)
            connection.execute(
                f"COPY (SELECT {names}, year, part FROM kept "
                f"ORDER BY year, part, exporter, importer, goods) TO {quoted(str(target))} "
                f"(FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP}, PARTITION_BY (year, part))"
            )
        finally:
            close(connection)
            path.unlink()
        return int(rows), tuple(level for (level,) in levels), int(dropped)


_KEYS = "exporter, importer, edition, goods, year, currency, basis, side, confidence, part"
# A sum is known only where all its parts are; the quantity only where all are in one unit.
_SUMMED = f"""
CREATE TABLE summed AS
SELECT {_KEYS},
       CASE WHEN count(value) = count(*) THEN sum(value) END AS value,
       CASE WHEN count(quantity) = count(*) AND count(DISTINCT quantity_unit) = 1
            THEN sum(quantity) END AS quantity,
       CASE WHEN count(quantity) = count(*) AND count(DISTINCT quantity_unit) = 1
            THEN any_value(quantity_unit) ELSE '' END AS quantity_unit,
       CASE WHEN count(DISTINCT nullif(quantity_unit, '')) > 1
            THEN concat_ws(';', nullif(max(flags), ''), 'units-mixed')
            ELSE max(flags) END AS flags
FROM plain GROUP BY {_KEYS}
"""
_MARKED = """
SELECT *, coalesce(starts_with(lead(goods) OVER (
            PARTITION BY exporter, importer, edition, year, currency, basis, side
            ORDER BY goods), goods), false) AS total
FROM summed
"""


def shown(counts: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Counts that are not zero."""
    return {name: count for name, count in counts if count}
