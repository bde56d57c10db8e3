"""Processing: the market rewritten by final market, and flows by first destination rebuilt.

X^final_if = (kept part of X_if) + Σ_h φ_ihf X_ih. Where hub h is closed to i, route h moves to
other first destinations and costs buyers in f the factor 1 + δ Σ_h ρ_ihf (1 − a_ih), with ρ the
share of route h in X^final_if (notes, 1.10). The rest of the model sees final markets only.

An origin has units: itself, or its parts. `onward` and `by_first` take one origin's units, with any
axes of draws before, so that one draw and many are the same arithmetic.
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


def onward(
    value: Array, share: Array, free: Array, on: Origin, phi: Array, cost: Array
) -> tuple[Array, Array, Array]:
    """An origin's sales by final market (..., N), shares of its units there (..., G, N), and the
    logs of what leaving routes costs their buyers (..., G, N).

    value : (..., N), sales by first destination;  share, free : (..., G, N), of the units
    phi : (..., m), shares of the routes;  cost : (...,), δ
    """
    first = value[..., None, :] * share
    final = first * _kept(on, phi, value.shape[-1])[..., None, :]
    closed = np.zeros(np.broadcast_shapes(final.shape, free.shape))
    for m, (h, f) in enumerate(zip(on.hubs, on.finals, strict=True)):
        sent = phi[..., m, None] * first[..., h]
        final[..., f] += sent
        closed[..., f] += sent * (1.0 - free[..., h])
    whole = final.sum(axis=-2)
    new = np.where(whole[..., None, :] > 0.0, final, share)
    new = new / np.where(whole > 0.0, whole, 1.0)[..., None, :]
    part = np.divide(closed, final, out=np.zeros_like(closed), where=final > 0.0)
    return whole, new, np.log1p(cost[..., None, None] * np.clip(part, 0.0, 1.0))


def _kept(on: Origin, phi: Array, n: int) -> Array:
    """(..., N): 1 − Σ_f φ, what stays in each first destination."""
    out = np.ones((*phi.shape[:-1], n))
    for m, h in enumerate(on.hubs):
        out[..., h] -= phi[..., m]
    return np.clip(out, 0.0, 1.0)


def by_first(
    value: Array, share: Array, free: Array, ratio: Array, on: Origin, phi: Array, weight: Array
) -> Array:
    """(..., N): an origin's sales by first destination after a change.

    value, share, free, phi : as in `onward`;  ratio : (..., G, N), value by final market, new over
    base;  weight : (..., N), how what has to leave a route falls on other first destinations. It
    goes to none that is closed to the unit; where no other is left, to the final market itself.
    """
    first = value[..., None, :] * share
    out = first * _kept(on, phi, value.shape[-1])[..., None, :] * ratio
    for m, (h, f) in enumerate(zip(on.hubs, on.finals, strict=True)):
        sent = phi[..., m, None] * first[..., h] * ratio[..., f]
        out[..., h] += sent * free[..., h]
        others = weight[..., None, :] * free
        others[..., [on.origin, h]] = 0.0
        total = others.sum(axis=-1)
        others[..., f] += total <= 0.0
        others /= np.where(total > 0.0, total, 1.0)[..., None]
        out += (sent * (1.0 - free[..., h]))[..., None] * others
    return np.asarray(out.sum(axis=-2))


@dataclass(frozen=True, eq=False)
class Rewritten:
    """A market by first and by final destination.

    origins : those with routes;  share : (M,), φ;  weight, availability : (K, N, N)
    parts, final_parts : splits with shares by first and by final destination
    cost : (K, N, N), log of the factor on buyers' prices, of origins without parts
    """

    first: Market
    final: Market
    origins: tuple[Origin, ...]
    share: Array
    weight: Array
    availability: Array
    parts: tuple[Part, ...]
    final_parts: tuple[Part, ...]
    cost: Array

    def by_first(self, flow: Array, final_ratio: Array, part_ratio: tuple[Array, ...]) -> Array:
        """(K, N, N): values by first destination.

        flow : (K, N, N), by final market;  final_ratio : the same, new over base, for origins
        without parts;  part_ratio : (G, N) for each split
        """
        out = flow.copy()
        split = {(p.product, p.origin): m for m, p in enumerate(self.parts)}
        for on in self.origins:
            place = (on.product, on.origin)
            free, ratio = self.availability[place][None], final_ratio[place][None]
            share = np.ones_like(free)
            if place in split:
                part = self.parts[split[place]]
                share, free, ratio = part.share, free * part.availability, part_ratio[split[place]]
            value = self.first.value[place]
            if (ratio == 1.0).all() and (free[:, on.hubs] == 1.0).all():
                out[place] = value
                continue
            phi = self.share[on.places]
            out[place] = by_first(value, share, free, ratio, on, phi, self.weight[place])
        return out


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
    market: Market, routes: Routes, availability: Array | None, parts: tuple[Part, ...]
) -> Rewritten:
    """The market by final destination. Raises `InputError`."""
    _, n = market.shape
    origins = places(routes, market.shape)
    share = shares(routes, origins, n)
    cost = np.array(cost_of(routes))
    free = np.ones(market.value.shape) if availability is None else availability
    value, logs = market.value.copy(), np.zeros(market.value.shape)
    made = {(p.product, p.origin): p for p in parts}
    for on in origins:
        place = (on.product, on.origin)
        sold, phi = market.value[place], share[on.places]
        if place in made:
            part = made[place]
            one = onward(sold, part.share, free[place] * part.availability, on, phi, cost)
            made[place] = replace(part, share=one[1], cost=one[2])
        else:
            one = onward(sold, np.ones((1, n)), free[place][None], on, phi, cost)
            logs[place] = one[2][0]
        value[place] = one[0]
    final = Market(value, market.rates, market.home, market.economies, market.products)
    return Rewritten(
        first=market,
        final=final,
        origins=origins,
        share=share,
        weight=weights(routes, market),
        availability=free,
        parts=parts,
        final_parts=tuple(made[p.product, p.origin] for p in parts),
        cost=logs,
    )
