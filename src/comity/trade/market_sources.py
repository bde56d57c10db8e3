"""On what each cell of a market rests, and what of that came out only later.

A market known on a day may hold figures that were public by it and that were read in a later
source, or in a copy without a date. They are no use of hindsight, but nobody read them on that day
where they were read for this, and that is said.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from comity.trade.markets import CELLS, META, known_on_days, market, read_meta
from comity.words.errors import NotFound
from comity.words.time import DayRange, Truth


@dataclass(frozen=True)
class CellBasis:
    """A cell with its range, standing and sources; `later` are those of its sources that came out
    after the day of the market, `undated` those of which that is not known: both repeat what was
    public by it."""

    product: str
    origin: str
    destination: str
    value: float
    low: float
    high: float
    standing: str
    sources: tuple[str, ...]
    later: tuple[str, ...] = ()
    undated: tuple[str, ...] = ()

    @property
    def abroad(self) -> bool:
        return self.origin != self.destination


def cell_bases(
    name: str, digest: str, day: dt.date | None = None
) -> tuple[tuple[CellBasis, ...], dict[str, str]]:
    """The cells with a value of a shipped market, as public by `day`, and its sources in words.

    Nothing where no pack has a market of that name with this `digest`: a folder of one's own, or
    one built from flows, says itself what it rests on.
    """
    try:
        if market(name, day).digest != digest:
            return (), {}
        folder = _folder(name, day)
    except NotFound:
        return (), {}
    meta = read_meta(folder / META)
    standing = {} if day is None else _out_by(meta.get("published", {}), day)
    found = []
    with (folder / CELLS).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            value = float(row["value"])
            if value <= 0.0:
                continue
            cited = tuple(row["sources"].split(";"))
            found.append(
                CellBasis(
                    row["product"], row["origin"], row["destination"], value,
                    float(row["low"] or value), float(row["high"] or value), row["standing"], cited,
                    tuple(one for one in cited if standing.get(one) is Truth.NO),
                    tuple(one for one in cited if standing.get(one) is Truth.MAYBE),
                )
            )  # fmt: skip
    return tuple(found), {key: str(text) for key, text in meta["sources"].items()}


def _folder(name: str, day: dt.date | None) -> Path:
    days = known_on_days(name)
    open_then = [one for one in days if day is None or one <= day]
    return days[open_then[-1]]


def _out_by(published: Mapping[str, Mapping[str, str]], day: dt.date) -> dict[str, Truth]:
    """By source: had it come out by the day?"""
    return {
        key: DayRange.parse(one["published"]).by(day.toordinal()) for key, one in published.items()
    }
