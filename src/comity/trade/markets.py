"""The market baselines that come with packs, and folders of the same layout.

A baseline is a folder ``markets/<name>/`` of a pack with

- ``meta.json``: name, title, year, unit, quantity_unit, home, basis, licence, products (label,
  title, goods), economies (code, name), tariff (value, low, high, note), sources (id → title and
  address) and notes (kind, text);
- ``cells.csv``: product, origin, destination, value, low, high, standing, quantity, sources, rule;
- ``onward.csv``, ``areas.csv``, ``beside.csv``, where there are any: the fields of `Onward`,
  `AreaShare` and `Beside`;
- ``totals.csv``, where sources give sums: product, economy, axis (exports or imports, home sales
  left out), value, source.

A pair without a row is a gap: no flow in the baseline, and said so.

What was known on a day lies in ``known-then/<day>/`` of a baseline, in the same layout, with
``public_by`` in its ``meta.json``: the day by which all in it was public. ``published`` there gives
the day of each source, and how it is known.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from comity.trade.baseline import Note
from comity.trade.drawing import Total
from comity.trade.duties import free_ports
from comity.trade.market_baseline import (
    GAP,
    STANDINGS,
    ZERO,
    AreaShare,
    Beside,
    MarketBaseline,
    Onward,
)
from comity.trade.market_choice import Candidate as Candidate
from comity.trade.market_choice import market_for as market_for
from comity.trade.market_table import COLUMNS
from comity.trade.names import Names
from comity.words.errors import FileError, NotFound, Place, TimeError, ValidationError
from comity.words.time import parse_day

META = "meta.json"
KNOWN_THEN = "known-then"
CELLS, ONWARD, AREAS, TOTALS = "cells.csv", "onward.csv", "areas.csv", "totals.csv"
BESIDE = "beside.csv"
_NEEDED = "name title year unit quantity_unit home basis products economies tariff sources notes"
ONWARD_COLUMNS = [
    *("product", "origin", "hub", "final", "share", "low", "high"),
    *("held", "held_low", "held_high", "source"),
]
BESIDE_COLUMNS = ["product", "origin", "destination", "what", "low", "high", "source", "codes"]
AREA_COLUMNS = ["product", "origin", "destination", "areas", "low", "high", "source"]
TOTAL_COLUMNS = ["product", "economy", "axis", "value", "source"]


def _folders() -> dict[str, Path]:
    packs = Path(__file__).parents[1] / "packs"
    found = sorted(packs.glob(f"*/markets/*/{META}"))
    return {path.parent.name: path.parent for path in found}


def markets() -> tuple[str, ...]:
    """Names of the baselines that installed packs bring, by pack and name."""
    return tuple(_folders())


def market(name: str | Path, public_on: dt.date | None = None) -> MarketBaseline:
    """A market baseline by its name in a pack, or from a folder of the same layout.

    With `public_on`, the newest that was built from what was public by that day. Raises `NotFound`
    for a name that no pack has and no folder of that path, and where nothing of it was public by
    the day; `FileError` for a file
    that is missing or cannot be read; `ValidationError` with file and row for a cell that cannot
    be: an unknown label, a number that is none, a negative value, a range that does not hold its
    value, a value without source, a source that is not registered, a cell given twice.
    """
    folder = _folder(name, public_on)
    meta = read_meta(folder / META)
    names = Names.of(
        [one["code"] for one in meta["economies"]],
        [one["label"] for one in meta["products"]],
        [one["name"] for one in meta["economies"]],
        [one["title"] for one in meta["products"]],
    )
    arrays = _cells(folder / CELLS, names, meta["sources"])
    rate = float(meta["tariff"]["value"])
    tariff = np.full(arrays["value"].shape, rate)
    for k in range(len(names.sectors)):
        np.fill_diagonal(tariff[k], 0.0)
    for array in (*arrays.values(), tariff):
        array.setflags(write=False)
    return MarketBaseline(
        name=meta["name"],
        names=names,
        value=arrays["value"],
        standing=arrays["standing"],
        low=arrays["low"],
        high=arrays["high"],
        tariff=tariff,
        year=int(meta["year"]),
        unit=meta["unit"],
        home=bool(meta["home"]),
        basis=meta["basis"],
        quantity=arrays["quantity"],
        quantity_unit=meta["quantity_unit"],
        goods={one["label"]: tuple(one["goods"]) for one in meta["products"]},
        onward=tuple(_onward(folder / ONWARD, names)),
        areas=tuple(_areas(folder / AREAS, names)),
        beside=tuple(_beside(folder / BESIDE, names)),
        duty_range=(float(meta["tariff"]["low"]), float(meta["tariff"]["high"])),
        duty_free=tuple(code for code in names.economies if code in free_ports()),
        group=str(meta.get("group", "")),
        sources={key: str(text) for key, text in meta["sources"].items()},
        notes=tuple(
            Note(
                one["kind"],
                one["text"],
                tuple(one.get("economies", ())),
                tuple(one.get("sectors", ())),
            )
            for one in meta["notes"]
        ),
        public_by=_public_by(folder / META, meta),
        published={key: str(one["published"]) for key, one in meta.get("published", {}).items()},
    )


def totals(name: str | Path, public_on: dt.date | None = None) -> tuple[Total, ...]:
    """Sums of a baseline that sources give; none where it has no ``totals.csv``. Errors as above.

    They are the sums of the shipped cells too; drawn cells are scaled to them (`cell_draws`).
    """
    folder = _folder(name, public_on)
    if not (folder / TOTALS).is_file():
        return ()
    meta = read_meta(folder / META)
    known = [{one["label"] for one in meta["products"]}, {one["code"] for one in meta["economies"]}]
    found = []
    for place, row in _rows(folder / TOTALS, TOTAL_COLUMNS):
        if row["axis"] not in ("exports", "imports"):
            raise ValidationError(
                f"a total of {row['axis']!r}", where=place, mend="exports or imports"
            )
        for label, labels in zip((row["product"], row["economy"]), known, strict=True):
            if label not in labels:
                raise ValidationError(f"the baseline has no {label!r}", where=place)
        value = _number(row, "value", place)
        found.append(Total(row["product"], row["economy"], row["axis"], value, row["source"]))
    return tuple(found)


def _folder(name: str | Path, public_on: dt.date | None) -> Path:
    folder = _folders().get(str(name), Path(name))
    if not (folder / META).is_file():
        raise NotFound(
            f"no market baseline {str(name)!r}",
            mend=f"there is {', '.join(markets())}, or a folder with {META} and {CELLS}",
        )
    if public_on is None:
        return folder
    days = known_on_days(name)
    open_then = [day for day in days if day <= public_on]
    if not open_then:
        raise NotFound(
            f"the market baseline {str(name)!r} rests on what was not public by {public_on}",
            mend=f"it is there as known on {', '.join(map(str, days))}"
            if days
            else f"say public_by in its {META}, or build it from what was public by a day",
        )
    return days[open_then[-1]]


def known_on_days(name: str | Path) -> dict[dt.date, Path]:
    """Days by which all of a baseline was public, ascending, and the folder of each."""
    folder = _folders().get(str(name), Path(name))
    found = {}
    for path in [*folder.glob(f"{KNOWN_THEN}/*/{META}"), folder / META]:
        day = _public_by(path, read_meta(path))
        if day is not None:
            found[day] = path.parent
    return dict(sorted(found.items()))


def _public_by(path: Path, meta: Mapping[str, Any]) -> dt.date | None:
    if not meta.get("public_by"):
        return None
    try:
        return parse_day(str(meta["public_by"]))
    except TimeError as error:
        error.at(Place(file=str(path), field="public_by"))
        raise


def standing_shares(baseline: MarketBaseline) -> dict[str, dict[str, float]]:
    """By product, and in ``*`` by all: the part of all value that rests on each standing."""
    out: dict[str, dict[str, float]] = {}
    for label, value, standing in [
        *zip(baseline.names.sectors, baseline.value, baseline.standing, strict=True),
        ("*", baseline.value, baseline.standing),
    ]:
        total = float(value.sum())
        out[label] = {
            one: float(value[standing == one].sum()) / total if total else 0.0 for one in STANDINGS
        }
    return out


def read_meta(path: Path) -> dict[str, Any]:
    """The metadata of a market. Raises `FileError`, `ValidationError` where they cannot be read."""
    try:
        meta: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"cannot be read: {error}", where=Place(file=str(path))) from error
    except json.JSONDecodeError as error:
        raise FileError(
            f"is not JSON: {error.msg}",
            where=Place(file=str(path), line=error.lineno, column=error.colno),
        ) from error
    missing = [key for key in _NEEDED.split() if not isinstance(meta, dict) or key not in meta]
    if missing:
        raise ValidationError(
            f"lacks {', '.join(missing)}",
            where=Place(file=str(path), field=missing[0]),
            mend=f"a market's {META} has {_NEEDED.replace(' ', ', ')}",
        )
    return dict(meta)


def _rows(
    path: Path, columns: list[str], may_lack: str = ""
) -> Iterator[tuple[Place, dict[str, str]]]:
    """The rows of a file with these columns; the last one may be missing where it `may_lack`."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            found = list(reader.fieldnames or ())
            if found != columns and [*found, may_lack] != columns:
                raise ValidationError(
                    f"has the columns {', '.join(reader.fieldnames or ['none'])}",
                    where=Place(file=str(path), row=1),
                    mend=f"its columns are {', '.join(columns)}",
                )
            for number, row in enumerate(reader, start=2):
                place = Place(file=str(path), row=number)
                if None in row or None in row.values():
                    raise ValidationError(
                        "has not as many fields as there are columns",
                        where=place,
                        mend="quote a text that holds a comma",
                    )
                yield place, row
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"cannot be read: {error}", where=Place(file=str(path))) from error


def _number(row: Mapping[str, str], field: str, place: Place) -> float:
    try:
        number = float(row[field])
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise ValidationError(
            f"{field} is {row[field]!r}, not a number of 0 or more",
            where=Place(file=place.file, row=place.row, field=field),
            mend="write a plain number with a decimal point",
        )
    return number


def _range(row: Mapping[str, str], place: Place, value: float | None) -> tuple[float, float]:
    low, high = _number(row, "low", place), _number(row, "high", place)
    if low > high or (value is not None and not low <= value <= high):
        middle = "" if value is None else f" does not hold {value:g}"
        raise ValidationError(f"the range {low:g} to {high:g}{middle}", where=place)
    return low, high


def _cells(path: Path, names: Names, sources: Mapping[str, str]) -> dict[str, Any]:
    shape = (len(names.sectors), len(names.economies), len(names.economies))
    out: dict[str, Any] = {key: np.zeros(shape) for key in ("value", "low", "high")}
    out["quantity"] = np.full(shape, -1.0)
    out["standing"] = np.full(shape, GAP, dtype="U9")
    seen = np.zeros(shape, dtype=bool)
    for place, row in _rows(path, COLUMNS):
        try:
            at = (
                names.sector(row["product"]),
                names.economy(row["origin"]),
                names.economy(row["destination"]),
            )
        except NotFound as error:
            error.at(place)
            raise
        standing = row["standing"]
        if standing not in STANDINGS:
            raise ValidationError(
                f"no standing {standing!r}", where=place, mend=f"one of {', '.join(STANDINGS)}"
            )
        if seen[at]:
            raise ValidationError("a cell given twice", where=place, mend="keep one of the rows")
        value = _number(row, "value", place)
        low, high = _range(row, place, value)
        if value and standing in (ZERO, GAP):
            raise ValidationError(f"a cell that is {standing} has {value:g}", where=place)
        cited = row["sources"].split(";") if row["sources"] else []
        unknown = [one for one in cited if one not in sources]
        if unknown or not cited:
            raise ValidationError(
                f"source {unknown[0]!r} is not registered" if unknown else "a cell without source",
                where=Place(file=place.file, row=place.row, field="sources"),
                mend=f"list it under sources in {META}",
            )
        seen[at] = True
        out["value"][at], out["low"][at], out["high"][at] = value, low, high
        out["standing"][at] = standing
        if row["quantity"]:
            out["quantity"][at] = _number(row, "quantity", place)
    return out


def _onward(path: Path, names: Names) -> Iterator[Onward]:
    if not path.is_file():
        return
    for place, row in _rows(path, ONWARD_COLUMNS):
        share = _number(row, "share", place)
        low, high = _range(row, place, share)
        held = [_number(row, field, place) for field in ("held_low", "held", "held_high")]
        if max(high, held[2]) > 1:
            raise ValidationError(f"a share of {max(high, held[2]):g} is above 1", where=place)
        if held != sorted(held):
            raise ValidationError(
                f"the range {held[0]:g} to {held[2]:g} does not hold {held[1]:g}", where=place
            )
        yield Onward(
            product=names.sectors[names.sector(row["product"])],
            origin=names.economies[names.economy(row["origin"])],
            hub=names.economies[names.economy(row["hub"])],
            final=names.economies[names.economy(row["final"])],
            share=share,
            low=low,
            high=high,
            source=row["source"],
            held=held[1],
            held_low=held[0],
            held_high=held[2],
        )


def _beside(path: Path, names: Names) -> Iterator[Beside]:
    if not path.is_file():
        return
    for place, row in _rows(path, BESIDE_COLUMNS, may_lack="codes"):
        low, high = _range(row, place, None)
        if high > 1:
            raise ValidationError(f"a share of {high:g} is above 1", where=place)
        yield Beside(
            product=names.sectors[names.sector(row["product"])],
            origin=names.economies[names.economy(row["origin"])],
            destination=names.economies[names.economy(row["destination"])],
            what=row["what"],
            low=low,
            high=high,
            source=row["source"],
            codes=tuple(code for code in row.get("codes", "").split(";") if code),
        )


def _areas(path: Path, names: Names) -> Iterator[AreaShare]:
    if not path.is_file():
        return
    for place, row in _rows(path, AREA_COLUMNS):
        low, high = _range(row, place, None)
        if high > 1:
            raise ValidationError(f"a share of {high:g} is above 1", where=place)
        to = row["destination"]
        yield AreaShare(
            product=names.sectors[names.sector(row["product"])],
            origin=names.economies[names.economy(row["origin"])],
            destination=names.economies[names.economy(to)] if to else None,
            areas=tuple(row["areas"].split(";")),
            low=low,
            high=high,
            source=row["source"],
        )
