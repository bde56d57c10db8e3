"""Processing: the market rewritten by final market, and flows by first destination rebuilt.

X^final_if = (kept part of X_if) + Σ_h φ_ihf X_ih. Where hub h is closed to i, route h moves to
other first destinations and costs buyers in f the factor 1 + δ Σ_h ρ_ihf (1 − a_ih), with ρ the
share of route h in X^final_if (notes, 1.10). The rest of the model sees final markets only.

What else the hub does at its border bears on what goes on as on what stays, so that a ban is the
limit of each. With F the factor that duties, costs and margins put on the price there, goods pass
where F ≤ 1 + δ, and go round at δ where they do not. Of a quota a part min(1, U) of a route passes,
as of what stays; the rest pays the tariff beyond the quota or goes round, whichever is cheaper.

An origin has units: itself, or its parts. `onward`, `by_first` and `levied` take one origin's
units, with any axes of draws before, so that one draw and many are the same arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from comity.model.market.change import Part, Routes
from comity.model.market.market import Market, finite, shaped
from comity.words.errors import InputError, Place

Array = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Origin:
    """The routes of one origin: places (m,) in `Routes`, hubs and final markets (m,)."""

    product: int
    origin: int
    places: Index
    hubs: Index
    finals: Index


@dataclass(frozen=True, eq=False)
class Passing:
    """What a hub's border does to goods of one origin that go on; (..., N) each, by hub.

    open : the part that still passes;  price : what the border adds to the buyers' price of a
    route, as a fraction, with δ for what goes round;  levy : duty on what passes, of its value
    limit : the most of the base's quantity that may pass, ``inf`` where nothing says so
    """

    open: Array
    price: Array
    levy: Array
    limit: Array


def passing(
    real: Array, duty: Array, delta: Array, limit: Array | None = None, over: Array | None = None
) -> Passing:
    """real : (..., N), factors of iceberg costs and margins;  duty : (..., N), (1 + t')/(1 + t)
    delta : (...,), δ;  limit : (..., N), of a quota, in quantities of the base
    over : (..., N), (1 + t)/(1 + t) with the tariff beyond it, ``inf`` where nothing may be"""
    most = delta[..., None]
    factor = real * duty - 1.0
    inside = factor <= most
    part = np.ones_like(factor) if limit is None else np.minimum(limit, 1.0)
    beyond = np.full_like(factor, np.inf) if over is None else real * over - 1.0
    outside = beyond <= most
    open_ = part * inside + (1.0 - part) * outside
    extra = np.where(outside, beyond + 1.0 - real, 0.0)
    paid = part * np.where(inside, real * (duty - 1.0), 0.0) + (1.0 - part) * extra
    capped = np.full_like(factor, np.inf)
    if limit is not None:
        capped = np.where(outside, np.inf, limit)
    return Passing(
        open=open_,
        price=part * np.minimum(factor, most) + (1.0 - part) * np.minimum(beyond, most),
        levy=np.divide(paid, open_, out=np.zeros_like(paid), where=open_ > 0.0),
        limit=capped,
    )


def onward(
    value: Array, share: Array, free: Array, on: Origin, phi: Array, cost: Array, border: Passing
) -> tuple[Array, Array, Array]:
    """An origin's sales by final market (..., N), shares of its units there (..., G, N), and the
    logs of what hubs' borders and leaving routes cost their buyers (..., G, N).

    value : (..., N), sales by first destination;  share, free : (..., G, N), of the units
    phi : (..., m), shares of the routes;  cost : (...,), δ
    """
    first = value[..., None, :] * share
    final = first * _kept(on, phi, value.shape[-1])[..., None, :]
    dearer = np.zeros(
        np.broadcast_shapes(final.shape, free.shape, border.price[..., None, :].shape)
    )
    for m, (h, f) in enumerate(zip(on.hubs, on.finals, strict=True)):
        sent = phi[..., m, None] * first[..., h]
        final[..., f] += sent
        open_to = free[..., h]
        added = (1.0 - open_to) * cost[..., None] + open_to * border.price[..., h, None]
        dearer[..., f] += sent * added
    whole = final.sum(axis=-2)
    new = np.where(whole[..., None, :] > 0.0, final, share)
    new = new / np.where(whole > 0.0, whole, 1.0)[..., None, :]
    part = np.divide(dearer, final, out=np.zeros_like(dearer), where=final > 0.0)
    return whole, new, np.log1p(part)


def _kept(on: Origin, phi: Array, n: int) -> Array:
    """(..., N): 1 − Σ_f φ, what stays in each first destination."""
    out = np.ones((*phi.shape[:-1], n))
    for m, h in enumerate(on.hubs):
        out[..., h] -= phi[..., m]
    return np.clip(out, 0.0, 1.0)


def going_on(free: Array, on: Origin, border: Passing, quantity: Array | None = None) -> Array:
    """(..., G, m): the part of each route that still passes its hub.

    quantity : (..., G, N), q̂ by final market; with it nothing passes above a hub's quota. What
    more demand would put there goes round as well, at no further cost.
    """
    out = free[..., on.hubs] * border.open[..., None, on.hubs]
    if quantity is not None:
        sold = quantity[..., on.finals]
        most = border.limit[..., None, on.hubs]
        out = out * np.minimum(1.0, np.divide(
            most, border.open[..., None, on.hubs] * sold, out=np.ones_like(out + sold),
            where=np.isfinite(most) & (border.open[..., None, on.hubs] * sold > 0.0),
        ))  # fmt: skip
    return np.asarray(out)


def by_first(
    value: Array, share: Array, free: Array, ratio: Array, on: Origin, phi: Array, weight: Array,
    going: Array,
) -> Array:  # fmt: skip
    """(..., N): an origin's sales by first destination after a change.

    value, share, free, phi : as in `onward`;  ratio : (..., G, N), value by final market, new over
    base;  weight : (..., N), how what has to leave a route falls on other first destinations. It
    goes to none that is closed to the unit; where no other is left, to the final market itself.
    going : as `going_on` gives it
    """
    first = value[..., None, :] * share
    out = first * _kept(on, phi, value.shape[-1])[..., None, :] * ratio
    for m, (h, f) in enumerate(zip(on.hubs, on.finals, strict=True)):
        sent = phi[..., m, None] * first[..., h] * ratio[..., f]
        out[..., h] += sent * going[..., m]
        others = weight[..., None, :] * free
        others[..., [on.origin, h]] = 0.0
        total = others.sum(axis=-1)
        others[..., f] += total <= 0.0
        others /= np.where(total > 0.0, total, 1.0)[..., None]
        out += (sent * (1.0 - going[..., m]))[..., None] * others
    return np.asarray(out.sum(axis=-2))


def levied(
    value: Array, share: Array, ratio: Array, on: Origin, phi: Array, going: Array, border: Passing
) -> tuple[Array, Array]:
    """Duty on what goes on, (..., N) each: by the hub that takes it and by the final market that
    pays; arguments as in `by_first`."""
    first = value[..., None, :] * share
    taken = np.zeros(np.broadcast_shapes(value.shape, ratio[..., 0, :].shape))
    paid = np.zeros_like(taken)
    for m, (h, f) in enumerate(zip(on.hubs, on.finals, strict=True)):
        passed = phi[..., m, None] * first[..., h] * ratio[..., f] * going[..., m]
        duty = passed.sum(axis=-1) * border.levy[..., h]
        taken[..., h] += duty
        paid[..., f] += duty
    return taken, paid


@dataclass(frozen=True, eq=False)
class Rewritten:
    """A market by first and by final destination.

    origins : those with routes;  share : (M,), φ;  weight, availability : (K, N, N)
    borders : of each origin, what hubs do to what goes on
    parts, final_parts : splits with shares by first and by final destination
    cost : (K, N, N), log of the factor on buyers' prices, of origins without parts
    """

    first: Market
    final: Market
    origins: tuple[Origin, ...]
    borders: tuple[Passing, ...]
    share: Array
    weight: Array
    availability: Array
    parts: tuple[Part, ...]
    final_parts: tuple[Part, ...]
    cost: Array

    def routed(
        self,
        flow: Array,
        ratio: Array,
        part_ratio: tuple[Array, ...],
        quantity: Array,
        part_quantity: tuple[Array, ...],
        money: Array | None,
    ) -> tuple[Array, Array, Array]:
        """Values by first destination (K, N, N), and duties on what goes on (N,): by the hub that
        takes them, and by the final market that pays.

        flow : (K, N, N), by final market;  ratio, quantity : the same, values and quantities new
        over base, for origins without parts;  part_ratio, part_quantity : (G, N) for each split
        money : (N, N), from the exporter's money to the importer's, where they move
        """
        out = flow.copy()
        taken, paid = np.zeros(flow.shape[-1]), np.zeros(flow.shape[-1])
        split = {(p.product, p.origin): m for m, p in enumerate(self.parts)}
        for on, border in zip(self.origins, self.borders, strict=True):
            place = (on.product, on.origin)
            free, values, sold = self.availability[place][None], ratio[place], quantity[place]
            values, sold, share = values[None], sold[None], np.ones_like(free)
            if place in split:
                part = self.parts[split[place]]
                share, free = part.share, free * part.availability
                values, sold = part_ratio[split[place]], part_quantity[split[place]]
            value = self.first.value[place]
            going = going_on(free, on, border, sold)
            if (values == 1.0).all() and (going == 1.0).all():
                out[place] = value
                continue
            phi = self.share[on.places]
            out[place] = by_first(value, share, free, values, on, phi, self.weight[place], going)
            more = levied(value, share, values, on, phi, going, border)
            into = 1.0 if money is None else money[on.origin]
            taken, paid = taken + more[0] * into, paid + more[1] * into
        return out, taken, paid


@dataclass(frozen=True, eq=False)
class Borders:
    """What a change does at every border, (K, N, N) each, `None` where it does nothing: tariffs,
    factors of iceberg costs and margins, limits of quotas and the tariffs beyond them."""

    tariff: Array | None = None
    iceberg: Array | None = None
    wedge: Array | None = None
    limit: Array | None = None
    over: Array | None = None

    def at(self, on: Origin, rates: Array, delta: Array) -> Passing:
        """Of one origin."""
        place = (on.product, on.origin)
        base = 1.0 + rates[place]
        real = np.ones_like(base)
        for factor in (self.iceberg, self.wedge):
            if factor is not None:
                real = real * factor[place]
        duty = np.ones_like(base) if self.tariff is None else (1.0 + self.tariff[place]) / base
        return passing(
            real,
            duty,
            delta,
            None if self.limit is None else self.limit[place],
            None if self.over is None else (1.0 + self.over[place]) / base,
        )


def places(routes: Routes, shape: tuple[int, int]) -> tuple[Origin, ...]:
    """The routes by origin. Raises `InputError`."""
    where = Place(field="routes")
    k, n = shape
    columns: list[Index] = []
    for name, count in (("product", k), ("origin", n), ("hub", n), ("final", n)):
        raw = finite(getattr(routes, name), f"{name} of a route").ravel()
        if (raw != np.floor(raw)).any() or (raw < 0).any() or (raw >= count).any():
            raise InputError(f"a route has a {name} that is not in the market", where=where)
        columns.append(raw.astype(np.intp))
    product, origin, hub, final = columns
    if not len(product) == len(origin) == len(hub) == len(final):
        raise InputError("routes need as many origins, hubs and final markets", where=where)
    if ((hub == origin) | (hub == final)).any():
        raise InputError("a hub is neither the origin nor the final market", where=where)
    made = []
    for a, i in sorted({(int(x), int(y)) for x, y in zip(product, origin, strict=True)}):
        mine = np.flatnonzero((product == a) & (origin == i))
        made.append(Origin(a, i, mine, hub[mine], final[mine]))
    return tuple(made)


def shares(routes: Routes, origins: tuple[Origin, ...], n: int) -> Array:
    """(M,): φ. Raises `InputError` where more than all goes on."""
    count = sum(len(on.places) for on in origins)
    share = finite(routes.share, "share of a route", least=0.0)
    share = shaped(share, (count,), "share of a route")
    for on in origins:
        if np.bincount(on.hubs, weights=share[on.places], minlength=n).max() > 1.0 + 1e-12:
            raise InputError("more than all that a hub buys goes on", where=Place(field="routes"))
    return share


def weights(routes: Routes, market: Market) -> Array:
    """(K, N, N): how moved volume falls on other first destinations."""
    if routes.weight is None:
        return market.value
    weight = finite(routes.weight, "weight of other hubs", least=0.0)
    weight = weight[None] if weight.ndim == 2 else weight
    return shaped(weight, market.value.shape, "weight of hubs")


def cost_of(routes: Routes) -> float:
    """δ. Raises `InputError`."""
    return float(finite(routes.cost, "cost of leaving a route", least=0.0))


def rewrite(
    market: Market,
    routes: Routes,
    availability: Array | None,
    parts: tuple[Part, ...],
    borders: Borders,
) -> Rewritten:
    """The market by final destination. Raises `InputError`."""
    _, n = market.shape
    origins = places(routes, market.shape)
    share = shares(routes, origins, n)
    cost = np.array(cost_of(routes))
    free = np.ones(market.value.shape) if availability is None else availability
    value, logs = market.value.copy(), np.zeros(market.value.shape)
    made = {(p.product, p.origin): p for p in parts}
    passes = tuple(borders.at(on, market.rates, cost) for on in origins)
    for on, border in zip(origins, passes, strict=True):
        place = (on.product, on.origin)
        sold, phi = market.value[place], share[on.places]
        if place in made:
            part = made[place]
            one = onward(sold, part.share, free[place] * part.availability, on, phi, cost, border)
            made[place] = replace(part, share=one[1], cost=one[2])
        else:
            one = onward(sold, np.ones((1, n)), free[place][None], on, phi, cost, border)
            logs[place] = one[2][0]
        value[place] = one[0]
    final = Market(value, market.rates, market.home, market.economies, market.products)
    return Rewritten(
        first=market,
        final=final,
        origins=origins,
        borders=passes,
        share=share,
        weight=weights(routes, market),
        availability=free,
        parts=parts,
        final_parts=tuple(made[p.product, p.origin] for p in parts),
        cost=logs,
    )
