"""A market baseline from rows of bilateral flows, for goods that no shipped baseline has.

Flows are imports or exports between economies, so home sales are not in them: the demand elasticity
is then one of imports, and the importer's own producers have no surplus. Where home sales are given
for every economy that buys, demand is for all of the product.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from comity.trade.baseline import Note
from comity.trade.duties import NOT_ON_RECORD, TEXT, free_ports
from comity.trade.market_baseline import ESTIMATED, GAP, REPORTED, ZERO, MarketBaseline
from comity.trade.market_table import spread
from comity.trade.names import Names
from comity.words import economies as words_economies
from comity.words.errors import InputError, Place, ValidationError
from comity.words.goods import GoodsCode

FIELDS = ("exporter", "importer", "value", "unit", "source")
AGGREGATES = ("WLD",)
REST = "ROW"
Goods = Sequence[str] | Mapping[str, Sequence[str]]
Home = Mapping[str, float] | Mapping[str, Mapping[str, float]]


def market_from_flows(
    rows: Iterable[Any],
    goods: Goods,
    year: int,
    *,
    name: str = "flows",
    product: str = "product",
    economies: Sequence[str] | None = None,
    home: Home | None = None,
    home_source: str = "",
    home_standing: str = ESTIMATED,
    complete: bool = False,
    basis: str = "",
    sources: Mapping[str, str] | None = None,
    public_by: dt.date | None = None,
) -> MarketBaseline:
    """A market of one or several products in `year`; every flow a *reported* cell.

    rows : mappings or objects with `exporter`, `importer` (codes or names), `value` (0 or more),
        `unit`, `source`, and where they have them `low`, `high` (the 90 % range; else that of a
        reported cell) and `goods` (an HS code, by which rows add up to products)
    goods : HS codes of the one `product`, or product → codes
    economies : those to keep; all others become the rest of the world, whose trade within itself is
        left out (and noted)
    home : home sales by economy in the same unit, or product → that; for every economy that buys
    complete : whether a pair without a row is zero by the source, or else not known

    Cells are (K, N, N). Duties are not in the flows: unknown is not zero, so that they have the
    range `NOT_ON_RECORD`, but in free ports.

    Raises `ValidationError`, with the number of the row, for a field missing, a value that is no
    number of 0 or more, several units, a pair (and code) given twice, goods of no product, a sum
    over the world among the rows, a sale to oneself, and home sales that do not cover the buyers.
    """
    products = {k: tuple(v) for k, v in goods.items()} if isinstance(goods, Mapping) else {
        product: tuple(goods)
    }  # fmt: skip
    codes = {k: tuple(GoodsCode.parse(one) for one in v) for k, v in products.items()}
    read = [_read(number, row, codes) for number, row in enumerate(rows, start=1)]
    if not read:
        raise ValidationError("no flows were given", mend="check goods, year and economies asked")
    units = sorted({one["unit"] for one in read})
    if len(units) > 1:
        raise ValidationError(
            f"flows in several units: {', '.join(units)}", mend="convert them to one unit first"
        )
    keep = None if economies is None else {_code(one, Place()) for one in economies}
    inside = _gathered(read, keep)
    used = sorted({c for one in read for c in (one["exporter"], one["importer"])} - {REST})
    if any(REST in (one["exporter"], one["importer"]) for one in read):
        used.append(REST)
    names = Names.of(
        used, list(products), [_label(one) for one in used], list(products)
    )  # fmt: skip
    shape = (len(products), len(used), len(used))
    value, low, high = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    standing = np.full(shape, ZERO if complete else GAP, dtype="U9")
    for one in read:
        at = (names.sector(one["product"]), used.index(one["exporter"]),
              used.index(one["importer"]))  # fmt: skip
        value[at] += one["value"]
        low[at] += one["low"]
        high[at] += one["high"]
        standing[at] = REPORTED
    for k in range(len(products)):
        np.fill_diagonal(standing[k], GAP)
    notes = _notes(home is not None, complete, inside, units[0])
    if home is not None:
        _put_home(home, names, value, low, high, standing, home_standing)
    cited = {one["source"]: one["source"] for one in read} | dict(sources or {})
    if home_source:
        cited.setdefault(home_source, home_source)
    for array in (value, low, high, standing):
        array.setflags(write=False)
    tariff = np.zeros(shape)
    tariff.setflags(write=False)
    return MarketBaseline(
        name=name, names=names, value=value, standing=standing, low=low, high=high, tariff=tariff,
        year=year, unit=units[0], home=home is not None, basis=basis, goods=products,
        sources=cited, notes=notes, public_by=public_by, duty_range=NOT_ON_RECORD,
        duty_free=tuple(code for code in used if code in free_ports()),
    )  # fmt: skip


def _read(
    number: int, row: Any, codes: Mapping[str, tuple[GoodsCode, ...]]
) -> dict[str, Any]:  # fmt: skip
    def get(field: str) -> Any:
        return row.get(field) if isinstance(row, Mapping) else getattr(row, field, None)

    place = Place(row=number)
    for field in FIELDS:
        if get(field) in (None, ""):
            raise ValidationError(
                f"a flow without {field}",
                where=Place(row=number, field=field),
                mend=f"a flow has {', '.join(FIELDS)}",
            )
    out: dict[str, Any] = {"row": number, "unit": str(get("unit")), "source": str(get("source"))}
    out["value"] = _number(get("value"), number, "value")
    factor = spread(REPORTED)
    for field, usual in (("low", out["value"] / factor), ("high", out["value"] * factor)):
        out[field] = usual if get(field) is None else _number(get(field), number, field)
    if not out["low"] <= out["value"] <= out["high"]:
        raise ValidationError(
            f"the range {out['low']:g} to {out['high']:g} does not hold {out['value']:g}",
            where=place,
        )
    for field in ("exporter", "importer"):
        out[field] = _code(str(get(field)), Place(row=number, field=field))
    if out["exporter"] == out["importer"]:
        raise ValidationError(
            f"{out['exporter']} sells to itself", where=place, mend="give home sales by `home`"
        )
    out["code"] = None if get("goods") is None else str(GoodsCode.parse(str(get("goods"))))
    out["product"] = _product(out["code"], codes, place)
    return out


def _number(value: Any, row: int, field: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise ValidationError(
            f"{field} is {value!r}, not a number of 0 or more", where=Place(row=row, field=field)
        )
    return number


def _code(text: str, place: Place) -> str:
    if text in AGGREGATES:
        raise ValidationError(
            f"{text} is a sum over economies", where=place, mend="leave totals out of the rows"
        )
    if text == REST:
        return text
    try:
        return words_economies.resolve(text)
    except InputError as error:
        error.at(place)
        raise


def _label(code: str) -> str:
    return "Rest of the world" if code == REST else words_economies.label(code)


def _product(code: str | None, codes: Mapping[str, tuple[GoodsCode, ...]], place: Place) -> str:
    if code is None:
        if len(codes) > 1:
            raise ValidationError(
                "a flow without goods, and several products", where=place, mend="give its HS code"
            )
        return next(iter(codes))
    asked = GoodsCode.parse(code)
    for label, held in codes.items():
        if any(one.covers(asked) for one in held):
            return label
    raise ValidationError(
        f"{code} is in no product asked for", where=place, mend="filter the rows, or add the code"
    )


def _gathered(read: list[dict[str, Any]], keep: set[str] | None) -> float:
    """Refuse doubles; fold economies that are not kept into the rest. What is lost by that."""
    seen: dict[tuple[str | None, ...], int] = {}
    for one in read:
        key = (one["product"], one["exporter"], one["importer"], one["code"])
        if key in seen:
            raise ValidationError(
                f"{one['exporter']} to {one['importer']} is given twice (row {seen[key]} too)",
                where=Place(row=one["row"]),
                mend="take one reporter's side of each flow",
            )
        seen[key] = one["row"]
    lost = 0.0
    if keep is not None:
        for one in read:
            for field in ("exporter", "importer"):
                if one[field] not in keep:
                    one[field] = REST
        lost = sum(one["value"] for one in read if one["exporter"] == one["importer"])
        read[:] = [one for one in read if one["exporter"] != one["importer"]]
        if not read:
            raise ValidationError("no flow has an economy that is kept")
    return lost


def _put_home(
    home: Home,
    names: Names,
    value: np.ndarray[Any, Any],
    low: np.ndarray[Any, Any],
    high: np.ndarray[Any, Any],
    standing: np.ndarray[Any, Any],
    how: str,
) -> None:
    nested = all(isinstance(one, Mapping) for one in home.values())
    if not nested and len(names.sectors) > 1:
        raise ValidationError(
            "home sales of several products", mend="give product → economy → value"
        )
    for k, label in enumerate(names.sectors):
        given: Any = home.get(label, {}) if nested else home
        sales = {_code(str(e), Place(field="home")): float(v) for e, v in given.items()}
        bought = value[k].sum(axis=0)
        missing = [e for j, e in enumerate(names.economies) if bought[j] > 0 and e not in sales]
        if missing:
            raise ValidationError(
                f"home sales of {label} lack {', '.join(missing)}",
                where=Place(field="home"),
                mend="give every economy that buys, or none: then it is a market of imports",
            )
        for e, sold in sales.items():
            if e not in names.economies:
                raise ValidationError(f"home sales of {e}, which has no flow")
            if not math.isfinite(sold) or sold < 0:
                raise ValidationError(f"home sales of {e} are {sold}, not a number of 0 or more")
            i = names.economies.index(e)
            value[k, i, i], standing[k, i, i] = sold, how
            low[k, i, i], high[k, i, i] = sold / spread(how), sold * spread(how)


def _notes(home: bool, complete: bool, lost: float, unit: str) -> tuple[Note, ...]:
    notes = []
    if not home:
        text = (
            "Imports only: home sales are not in it. The demand elasticity is one of imports "
            "(roughly σ times the share bought at home plus η times the rest; that share is not in "
            "the flows), supply is to these markets, and the importer's own producers are left out."
        )
        notes.append(Note("imports-only", text))
    if not complete:
        notes.append(Note("gaps", "A pair without a flow is not known, and none is assumed."))
    if lost:
        text = f"Trade of {lost:g} {unit} within the rest of the world is left out."
        notes.append(Note("rest-of-world", text))
    notes.append(Note("tariff-gap", TEXT))
    return tuple(notes)
