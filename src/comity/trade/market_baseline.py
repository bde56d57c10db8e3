"""A market baseline: who sells which product to whom, and how well every cell is known.

Letters: i origin, j destination, k product. Values are before tariff, in one currency and year.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Note
from comity.trade.names import Names

Array = NDArray[np.float64]

REPORTED, CARRIED, ESTIMATED, ZERO, GAP = "reported", "carried", "estimated", "zero", "gap"
STANDINGS = (REPORTED, CARRIED, ESTIMATED, ZERO, GAP)
"""Reported by a source; carried over from another year, period or table and scaled (in a baseline
as known on a day also: reported for the year by a source that came out after it); estimated, by the
balancing rule or a stated one; zero by a source; not known (no flow in the baseline, and said so).
"""


@dataclass(frozen=True, eq=False)
class Onward:
    """A part of what `hub` buys of a product from `origin` that goes on to `final`, processed.

    `share` (low to high) is of what the hub buys from the origin. `held` (held_low to held_high) is
    the part of what the hub itself sells to `final` in the baseline that is these same goods, and
    that has to go where they are counted by their origin (`without_onward`).
    """

    product: str
    origin: str
    hub: str
    final: str
    share: float
    low: float
    high: float
    source: str
    held: float = 0.0
    held_low: float = 0.0
    held_high: float = 0.0


@dataclass(frozen=True, eq=False)
class AreaShare:
    """The part of an origin's sales of a product to a destination that comes from areas.

    `low` = `high` where a source states it; otherwise an explicit range, never a guess.
    """

    product: str
    origin: str
    destination: str | None
    areas: tuple[str, ...]
    low: float
    high: float
    source: str


@dataclass(frozen=True, eq=False)
class Beside:
    """What a flow holds beside the goods of its product (pearls in a ministry's "seafood"): a part
    of its value between `low` and `high`, which a measure on those goods does not bear on.

    `codes` are goods of the product that measures may leave out (ornamental fish in fish): the part
    is beside only what leaves them out. Without codes it is no goods of the product at all."""

    product: str
    origin: str
    destination: str
    what: str
    low: float
    high: float
    source: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ByCode:
    """Of which codes a flow of a product consists: HS codes, and the part of its value that each
    is, together 1."""

    product: str
    origin: str
    destination: str
    codes: tuple[str, ...]
    shares: tuple[float, ...]
    source: str


@dataclass(frozen=True, eq=False)
class MarketBaseline:
    """One or several linked products. N economies, K products (`names.sectors`).

    value : (K, N, N) ``[k, i, j]``, sales of i to j before tariff, j = i home sales, in `unit`
    standing : (K, N, N) of `STANDINGS`; low, high : (K, N, N), range of each value
    tariff : (K, N, N), ad valorem fraction charged by j on i
    duty_range : range of a duty that is not on record and stands as `tariff`; equal ends: none
    duty_free : economies that take no duty by their own law, so that none is drawn for them
    quantity : (K, N, N), in `quantity_unit`, NaN-free: -1 where not known
    home : whether home sales are in (demand is then for all of the product); without them the
        demand elasticity is one of imports
    group : what all products together are called;  beside, by_code : see `Beside`, `ByCode`
    goods : product → HS codes;  notes : what a reader of results has to know
    public_by : the day by which everything in it was public, None where that is not known
    published : source → day of publication (EDTF, or ``unknown``)
    """

    name: str
    names: Names
    value: Array
    standing: NDArray[np.str_]
    low: Array
    high: Array
    tariff: Array
    year: int
    unit: str
    home: bool
    basis: str = ""
    quantity: Array | None = None
    quantity_unit: str = ""
    goods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    onward: tuple[Onward, ...] = ()
    areas: tuple[AreaShare, ...] = ()
    beside: tuple[Beside, ...] = ()
    by_code: tuple[ByCode, ...] = ()
    duty_range: tuple[float, float] = (0.0, 0.0)
    duty_free: tuple[str, ...] = ()
    group: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    public_by: dt.date | None = None
    published: Mapping[str, str] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """(K, N)"""
        return len(self.names.sectors), len(self.names.economies)

    @property
    def digest(self) -> str:
        """SHA-256 of names, values, ranges, standings and tariffs."""
        seal = hashlib.sha256(b"comity market 1\0")
        for label in (*self.names.economies, "\0", *self.names.sectors):
            seal.update(label.encode() + b"\0")
        for array in (self.value, self.low, self.high, self.tariff):
            seal.update((np.ascontiguousarray(array) + 0.0).tobytes())
        seal.update("\0".join(map(str, self.standing.ravel())).encode())
        seal.update("\0".join(self.duty_free).encode())
        parts: list[Part] = [*self.onward, *self.areas, *self.beside, *self.by_code]
        for part in parts:
            fields = {name: one for name, one in vars_of(part).items() if one or name != "codes"}
            seal.update(repr(sorted(fields.items())).encode())
        return seal.hexdigest()


Part = Onward | AreaShare | Beside | ByCode


def vars_of(part: Part) -> dict[str, Any]:
    """The fields of a datum as plain data."""
    return {name: getattr(part, name) for name in part.__dataclass_fields__}
