"""Labelled input-output tables (pandas frames, as in pymrio) as arrays, and their grouping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Note
from comity.trade.names import code_of
from comity.trade.numbers import numbers
from comity.words.errors import InputError, NotFound, Place, ValidationError

Array = NDArray[np.float64]

REST = "ROW"
ALL = "*"
"""In a mapping: all that it does not name."""
_STOCK = re.compile(r"inventor|invnt|\binven\b|\binv\b|valuable|\bp5[23m]", re.IGNORECASE)
"""Names of changes in inventories and valuables in the published tables."""


def frames(table: Any) -> tuple[list[tuple[str, str]], Array, Array, list[tuple[str, str]]]:
    """Labels of the rows, Z, Y, and labels of the columns of Y. Raises `ValidationError`."""
    read = []
    for field in ("Z", "Y"):
        frame = getattr(table, field, None)
        if frame is None or not hasattr(frame, "to_numpy"):
            raise ValidationError(
                f"the table has no {field}",
                where=Place(field=field),
                mend="give a pymrio IOSystem with Z and Y (final demand), not coefficients alone",
            )
        array = numbers(frame.to_numpy(), field, "every cell of the table is a number")
        if not np.isfinite(array).all():
            r, c = (int(k) for k in np.argwhere(~np.isfinite(array))[0])
            raise ValidationError(
                f"{field} is not a number at {frame.index[r]}, {frame.columns[c]}",
                where=Place(field=field),
                mend="fill or drop what is missing first",
            )
        read.append((_pairs(frame.index, field), _pairs(frame.columns, field), array))
    (labels, z_columns, z), (y_rows, y_columns, y) = read
    for other, what in ((z_columns, "the columns of Z"), (y_rows, "the rows of Y")):
        if other != labels:
            raise ValidationError(
                f"{what} are not in the order of the rows of Z", where=Place(field=what[-1])
            )
    if len(set(labels)) != len(labels):
        raise ValidationError("a (region, sector) stands twice", where=Place(field="Z"))
    return labels, z, y, y_columns


def _pairs(index: Any, field: str) -> list[tuple[str, str]]:
    pairs = [tuple(map(str, label)) if isinstance(label, tuple) else () for label in index]
    if any(len(pair) != 2 for pair in pairs):
        raise ValidationError(
            f"the labels of {field} are not pairs of region and sector or category",
            where=Place(field=field),
        )
    return [(pair[0], pair[1]) for pair in pairs]


def economy_groups(
    regions: list[str], chosen: Sequence[str] | Mapping[str, str] | None
) -> tuple[dict[str, int], list[str], list[str]]:
    """Region → position, the codes of the economies, and their names in the data."""
    if isinstance(chosen, str):
        raise InputError("economies is one text", mend="give a list")
    if chosen is None:
        target = {region: code_of(region) for region in regions}
    elif isinstance(chosen, Mapping):
        target = _mapped(regions, chosen, "region", code_of)
    else:
        keep = {code_of(one) for one in chosen}
        target = {r: code_of(r) if code_of(r) in keep else REST for r in regions}
        for one in chosen:
            if code_of(one) not in target.values():
                raise NotFound(f"the table has no region {one!r}", mend=some(regions))
    codes = list(dict.fromkeys(target.values()))
    if REST in codes:
        codes = [c for c in codes if c != REST] + [REST]
    single = {code: [r for r in regions if target[r] == code] for code in codes}
    titles = [single[c][0] if len(single[c]) == 1 else c for c in codes]
    return {region: codes.index(code) for region, code in target.items()}, codes, titles


def sector_groups(
    industries: list[str], chosen: Mapping[str, str] | None
) -> tuple[dict[str, int], list[str]]:
    if chosen is None:
        target = {one: one for one in industries}
    else:
        target = _mapped(industries, chosen, "sector", str)
    kept = list(dict.fromkeys(target.values()))
    return {one: kept.index(new) for one, new in target.items()}, kept


def _mapped(old: list[str], chosen: Mapping[str, str], what: str, code: Any) -> dict[str, str]:
    for key in chosen:
        if key != ALL and key not in old:
            raise NotFound(f"the table has no {what} {key!r}", mend=some(old))
    lacking = [one for one in old if one not in chosen]
    if lacking and ALL not in chosen:
        raise InputError(
            f"the mapping says nothing of the {what} {lacking[0]!r}"
            + (f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""),
            mend=f"add them, or '{ALL}' for the others",
        )
    return {one: str(code(chosen.get(one, chosen.get(ALL, "")))) for one in old}


def some(labels: Iterable[str]) -> str:
    every = list(labels)
    return f"it has {', '.join(every[:20])}" + (", …" if len(every) > 20 else "")


def final_uses(
    y: Array,
    labels: list[tuple[str, str]],
    position: Mapping[str, int],
    n: int,
    named: Sequence[str] | None,
    found: list[Note],
) -> tuple[Array, Array]:
    """Final use and changes in inventories by destination, each (rows, N)."""
    categories = list(dict.fromkeys(category for _, category in labels))
    if named is None:
        stocks = [c for c in categories if _STOCK.search(c)]
        if not stocks:
            found.append(
                Note(
                    "inventories",
                    "no category of final demand is called a change in inventories: "
                    f"{some(categories)}",
                )
            )
    else:
        stocks = list(named)
        for one in stocks:
            if one not in categories:
                raise NotFound(f"no category of final demand {one!r}", mend=some(categories))
    parts = (np.zeros((len(y), n)), np.zeros((len(y), n)))
    lost = 0.0
    for column, (region, category) in enumerate(labels):
        if region not in position:
            lost += float(np.abs(y[:, column]).sum())
            continue
        parts[category in stocks][:, position[region]] += y[:, column]
    if lost:
        found.append(
            Note(
                "discrepancy",
                f"columns of final demand that are of no region were dropped ({lost:,.0f} in all)",
            )
        )
    return parts


UNITS = {
    "m.eur": "EUR million",
    "mill eur": "EUR million",
    "mill usd": "USD million",
    "million usd": "USD million",
    "usd million": "USD million",
    "millions of us$": "USD million",
    "million us$": "USD million",
}
"""Units of money as the published tables write them → ours."""
NOT_STATED = "unit not stated"


def unit_of(table: Any, found: list[Note]) -> str:
    """The unit of a table that says one for all its rows; else a note that it is not stated."""
    frame = getattr(table, "unit", None)
    cells = getattr(frame, "to_numpy", lambda: None)()
    said = [] if cells is None else list(dict.fromkeys(map(str, cells.ravel())))
    if len(said) == 1 and said[0].strip() not in ("", "nan", "None"):
        return UNITS.get(said[0].strip().casefold(), said[0].strip())
    why = "does not say its unit" if len(said) < 2 else f"has several units: {', '.join(said[:6])}"
    found.append(Note("unit", f"the table {why}; give unit= to say it"))
    return NOT_STATED
