"""What happens to a market: bans, tariffs, costs, quotas, parts of an origin, processing routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comity.model.market.market import Market, finite, shaped
from comity.words.errors import InputError, Place

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Quota:
    """A limit on the quantity of one flow, and who gets the rent.

    limit : the most that may be sold, as a multiple of the quantity at the base; 0 is a ban,
        ``inf`` no limit
    importer_share : of the rent; 1 for an import quota, 0 for a licence of the exporter's
    over : tariff on what is sold beyond the limit (a tariff-rate quota); `None`: nothing may be
    """

    product: int
    origin: int
    destination: int
    limit: float
    importer_share: float = 1.0
    over: float | None = None


@dataclass(frozen=True, eq=False)
class Split:
    """An origin in G parts (areas, plants) with their own supply.

    share : (G,) or (G, N), value share of each part in the origin's sales to each destination
    availability : (G,) or (G, N) in [0, 1], what buyers may still have of each part; `None`: all
    inner : elasticity between the parts, at least that between origins; ``inf`` is not taken
    supply : a number or (G,), of each part; `None`: the origin's
    """

    product: int
    origin: int
    share: ArrayLike
    inner: float
    availability: ArrayLike | None = None
    supply: ArrayLike | None = None
    parts: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Routes:
    """Processing: a part of what a hub buys from an origin goes on to a final market.

    product, origin, hub, final : (M,) integers;  share : (M,), of the hub's purchases from the
        origin that ends in the final market (φ)
    cost : added to the buyers' price, as a fraction, of what has to take another route (δ)
    weight : (K, N, N) ``[k, i, h]``, how an origin's moved volume falls on other first
        destinations, such as its sales to them in the parent product group; `None`: its sales in
        this market. Home is never one of them

    Demand lives in the final market. At the base hubs take no tariff on what goes on; what a change
    adds at their border (tariffs, costs, margins, quotas) bears on it as on what stays, until going
    round at δ is cheaper. Costs on what goes on count as margins. Exchange rates do not bear on it:
    it is sold in the final market's money.
    """

    product: ArrayLike
    origin: ArrayLike
    hub: ArrayLike
    final: ArrayLike
    share: ArrayLike
    cost: float = 0.0
    weight: ArrayLike | None = None


@dataclass(frozen=True, eq=False)
class MarketChange:
    """A change of a market. Pairs are (K, N, N) or, with one product, (N, N); `None`: as before.

    availability : in [0, 1], the part of an origin's varieties that can still be bought: 1 − the
        coverage of a ban;  iceberg : factor on what has to be sent for one unit to arrive
    wedge : factor on buyers' prices that goes to nobody in the market (margins)
    exchange : (N,), value of each economy's money, new over old: moves the buyers' price of i in j
        by exchange_i / exchange_j. Results are then in each economy's own money
    tariff : new ad valorem tariffs
    quotas, splits, routes : see there
    taste : availability is read as a change of taste: buyers shun what they could buy. Flows and
        prices are the same; welfare cannot be compared and is withheld
    """

    availability: ArrayLike | None = None
    iceberg: ArrayLike | None = None
    wedge: ArrayLike | None = None
    exchange: ArrayLike | None = None
    tariff: ArrayLike | None = None
    quotas: Sequence[Quota] = ()
    splits: Sequence[Split] = ()
    routes: Routes | None = None
    taste: bool = False


def pairs(
    values: ArrayLike | None, market: Market, field: str, least: float, above: bool = True
) -> Array | None:
    """(K, N, N) of a change, or `None`."""
    if values is None:
        return None
    out = finite(values, field, least=least, above=above)
    return shaped(out[None] if out.ndim == 2 else out, market.value.shape, field)


def available(values: ArrayLike | None, market: Market) -> Array | None:
    """(K, N, N) of an availability, or `None`."""
    out = pairs(values, market, "availability", 0.0, above=False)
    if out is not None and (out > 1.0).any():
        raise InputError(
            f"an availability is {out.max():g}",
            where=Place(field="availability"),
            mend="give what is left of a flow, from 0 (a ban) to 1",
        )
    return out


@dataclass(frozen=True, eq=False)
class Part:
    """A `Split` in full: share, availability and cost are (G, N), supply (G,).

    `cost` is the log of a factor on buyers' prices, of routes that a part had to leave.
    """

    product: int
    origin: int
    share: Array
    availability: Array
    cost: Array
    supply: Array
    inner: float
    labels: tuple[str, ...]


def index_of(value: int, count: int, field: str) -> int:
    if isinstance(value, bool) or int(value) != value or not 0 <= value < count:
        raise InputError(f"there is no {field} {value}", mend=f"{count} are in the market")
    return int(value)


def part(split: Split, market: Market, origin_supply: Array) -> Part:
    """A split in full. Raises `InputError`."""
    k, n = market.shape
    product = index_of(split.product, k, "product")
    origin = index_of(split.origin, n, "origin")
    where = Place(field="splits")
    share = finite(split.share, "share of a part", least=0.0)
    count = len(share) if share.ndim else 0
    if share.ndim == 1:
        share = np.repeat(share[:, None], n, axis=1)
    share = shaped(share, (count, n), "share of a part")
    totals = share.sum(axis=0)
    off = np.where(market.value[product, origin] > 0.0, np.abs(totals - 1.0), 0.0)
    if count == 0 or float(off.max(initial=0.0)) > 1e-9:
        raise InputError(
            f"the shares of the parts of {market.economies[origin]} do not sum to one", where=where
        )
    share = share / np.where(totals > 0.0, totals, 1.0)
    free = np.ones((count, n))
    if split.availability is not None:
        free = finite(split.availability, "availability of a part", least=0.0)
        if (free > 1.0).any():
            raise InputError("an availability of a part is above 1", where=where)
        free = shaped(
            np.repeat(free[:, None], n, axis=1) if free.ndim == 1 else free,
            (count, n),
            "availability of a part",
        )
    own = origin_supply[product, origin] if split.supply is None else split.supply
    supply = np.array(np.broadcast_to(np.asarray(own, dtype=np.float64), (count,)))
    if not (supply >= 0.0).all():
        raise InputError("a supply elasticity of a part is below zero or not known", where=where)
    if not (np.isfinite(split.inner) and split.inner > 0.0):
        raise InputError(
            f"the elasticity between parts is {split.inner}",
            where=where,
            mend="give a finite number, at least the elasticity between origins",
        )
    labels = tuple(split.parts) or tuple(f"part {m + 1}" for m in range(count))
    if len(labels) != count:
        raise InputError(f"{len(labels)} parts are named, and there are {count}", where=where)
    return Part(
        product, origin, share, free, np.zeros((count, n)), supply, float(split.inner), labels
    )
