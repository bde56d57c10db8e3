"""Processing routes of draws that are solved side by side; see `routes` for the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.model.market.market import Array
from comity.model.market.nest import Nest
from comity.model.market.routes import Passing, by_first, going_on, levied, onward, passing

Index = NDArray[np.intp]


def of_rows(values: Array, rows: Index) -> Array:
    """Some draws of an array; one that all draws have in common as it is."""
    return values if len(values) == 1 else values[rows]


@dataclass(frozen=True, eq=False)
class Routed:
    """The markets of c draws by final market; the first axis is 1 where draws have all in common.

    first, final : (c, K, N, N), values by first destination and by final market
    first_share, share : (c, P, N), of parts, in the same two ways
    extra, part_cost : (c, K, N, N) and (c, P, N), logs of what borders of hubs and leaving routes
        cost buyers of origins without parts, and of parts
    free, part_free : (c, K, N, N) and (c, P, N), availability;  weight : (c, K, N, N)
    phi : (c, M);  borders : of each origin with routes
    """

    nest: Nest
    first: Array
    final: Array
    first_share: Array
    share: Array
    extra: Array
    part_cost: Array
    free: Array
    part_free: Array
    weight: Array
    phi: Array
    borders: tuple[Passing, ...]

    @classmethod
    def of(cls, nest: Nest, rows: Index) -> Routed:
        """Base values by final market, shares of parts there, and what routes cost."""
        first, first_share = of_rows(nest.value, rows), of_rows(nest.share, rows)
        free, part_free = of_rows(nest.free, rows), of_rows(nest.part_free, rows)
        phi, cost = of_rows(nest.phi, rows), of_rows(nest.cost, rows)
        final, extra = first, np.zeros((1, 1, 1, 1))
        share, part_cost = first_share, np.zeros((1, 1, 1))
        borders: list[Passing] = []
        if nest.origins:
            shape = (len(rows), *nest.market.value.shape)
            final, extra = np.broadcast_to(first, shape).copy(), np.zeros(shape)
            parts = (len(rows), *nest.share.shape[1:])
            share, part_cost = np.broadcast_to(first_share, parts).copy(), np.zeros(parts)
        real = of_rows(nest.iceberg, rows) * of_rows(nest.wedge, rows)
        duty = (1.0 + of_rows(nest.tariff, rows)) / (1.0 + nest.market.rates)
        for on in nest.origins:
            place = (slice(None), on.product, on.origin)
            border = passing(real[place], duty[place], cost)
            borders.append(border)
            mine, sold, open_to = nest.parts_of(on), first[place], free[place][:, None]
            here = phi[:, on.places]
            if len(mine):
                open_to = open_to * part_free[:, mine]
                one = onward(sold, first_share[:, mine], open_to, on, here, cost, border)
                share[:, mine], part_cost[:, mine] = one[1], one[2]
            else:
                whole = np.ones((1, 1, sold.shape[-1]))
                one = onward(sold, whole, open_to, on, here, cost, border)
                extra[place] = one[2][:, 0]
            final[place] = one[0]
        weight = of_rows(nest.weight, rows)
        return cls(nest, first, final, first_share, share, extra, part_cost, free, part_free,
                   weight, phi, tuple(borders))  # fmt: skip

    def by_first(
        self, flow: Array, part_flow: Array, part_value: Array, money: Array
    ) -> tuple[Array, Array, Array]:
        """Values by first destination (c, K, N, N), and duties on what goes on (c, N): by the hub
        that takes them and by the final market that pays.

        flow : (c, K, N, N), by final market;  part_flow, part_value : (c, P, N), new and base
        money : (c, 1, N, N), from the exporter's money to the importer's
        """
        nest = self.nest
        out = flow.copy()
        taken, paid = np.zeros((2, len(flow), flow.shape[-1]))
        for on, border in zip(nest.origins, self.borders, strict=True):
            place = (slice(None), on.product, on.origin)
            mine, free = nest.parts_of(on), self.free[place][:, None]
            if len(mine):
                share, ratio = self.first_share[:, mine], _ratio(part_flow, part_value, mine)
                free = free * self.part_free[:, mine]
            else:
                share = np.ones((1, 1, flow.shape[-1]))
                ratio = _ratio(flow[:, on.product], self.final[:, on.product], [on.origin])
            phi, going = self.phi[:, on.places], going_on(free, on, border)
            out[place] = by_first(
                self.first[place], share, free, ratio, on, phi, self.weight[place], going
            )
            more = levied(self.first[place], share, ratio, on, phi, going, border)
            taken += more[0] * money[:, 0, on.origin]
            paid += more[1] * money[:, 0, on.origin]
        return out, taken, paid


def _ratio(new: Array, base: Array, rows: Index | list[int]) -> Array:
    base = base[:, rows]
    return np.asarray(np.where(base > 0.0, new[:, rows] / np.where(base > 0.0, base, 1.0), 1.0))
