"""Synthetic worlds: baselines of N economies and J sectors, made from a seed.

Sizes are lognormal, distances are between points on a square with trade falling in them, most
goods are bought at home and small economies buy more abroad, about half of the sectors are services
without tariffs and with little trade or none. Expenditure is then computed, not drawn: given
shares, tariffs and deficits, the model's accounts are linear, and iterating them from any start
ends at the one expenditure that they support. So a world is an exact equilibrium, unless `noise`
disturbs it, as real tables are disturbed.

Odd worlds are the point of `Oddities`: sectors without trade, inputs or demand, nothing bought at
home, sparse trade, tiny economies. However odd, every cell has a supplier, and every economy sells
to and buys from the next one in a ring (unless `ring=False`), so that the unchanged world has an
equilibrium.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Baseline, make_baseline

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Oddities:
    """What is unusual in a world. Parts are probabilities by cell, sector or economy.

    size_spread : standard deviation of log sizes (real economies: about 1.7)
    services : part of the sectors that are services, without tariffs; half of them, rounded up,
        are not traded at all, the rest a little
    without_inputs : part of the sectors that use no inputs
    without_final : part of the (economy, sector) cells that final buyers do not want
    without_demand : part of the cells that nobody in the economy buys, and half as large a part of
        the sectors that nobody buys anywhere
    without_domestic : part of the traded cells in which nothing is bought at home
    sparse : part of the flows between two economies that are exactly zero
    tiny : number of economies a millionth of their drawn size
    apart : number of economies, the last ones, that trade with nobody
    ring : every other economy buys a little of the first traded sector from the next one
    free : part of the tariffs between two economies that are exactly zero
    highest_tariff : top of the range of the others
    deficit_spread : standard deviation of deficits over value added
    theta : range of trade elasticities
    noise : standard deviation of a log disturbance of expenditure; 0 leaves an equilibrium
    """

    size_spread: float = 1.5
    services: float = 0.4
    without_inputs: float = 0.0
    without_final: float = 0.0
    without_demand: float = 0.0
    without_domestic: float = 0.0
    sparse: float = 0.0
    tiny: int = 0
    apart: int = 0
    ring: bool = True
    free: float = 0.3
    highest_tariff: float = 0.25
    deficit_spread: float = 0.03
    theta: tuple[float, float] = (1.5, 12.0)
    noise: float = 0.0


PLAIN = Oddities()
ALL_TRADED = Oddities(services=0.0)


def _shares(draws: Array, axis: int) -> Array:
    return np.asarray(draws / draws.sum(axis=axis, keepdims=True))


def _trade(size: Array, traded: Array, odd: Oddities, rng: np.random.Generator) -> Array:
    """Trade shares (J, N, N) ``[j, n, i]``. `traded` (J,) is the tradable part of each sector."""
    n, j = len(size), len(traded)
    own = np.arange(n)
    weight = size / size.sum()
    points = rng.uniform(size=(n, 2))
    distance = 0.1 + np.sqrt(((points[:, None] - points[None, :]) ** 2).sum(axis=2))
    strength = rng.lognormal(0.0, 1.0, (j, 1, n)) * weight
    reach = rng.uniform(0.7, 1.5, (j, 1, 1))
    pull = strength * distance**-reach * rng.lognormal(0.0, 0.5, (j, n, n))
    if odd.sparse:
        pull *= rng.uniform(size=pull.shape) >= odd.sparse
    together = n - odd.apart
    pull[:, together:, :] = pull[:, :, together:] = 0.0
    pull[:, own, own] = 0.0
    # An economy that is small in the world buys more abroad: imports are a fifth of value added in
    # the largest, and more than half in small ones, as in tables of 2014.
    imported = 0.4 * (weight * n) ** -0.25 * rng.lognormal(0.0, 0.4, (j, n))
    home = 1.0 - np.clip(imported, 0.02, 0.95)
    if odd.without_domestic:
        home[rng.uniform(size=home.shape) < odd.without_domestic] = 0.0
    first = int(np.argmax(traded))
    if odd.ring and together > 1:
        seen = np.where(pull[first] > 0.0, pull[first], np.inf).min(axis=1)[:together]
        ring = np.arange(together)
        following = (ring + 1) % together
        link = np.where(np.isfinite(seen), seen, 1.0)
        pull[first, ring, following] = np.maximum(pull[first, ring, following], link)
    total = pull.sum(axis=2)
    abroad = (1.0 - home) * traded[:, None] * (total > 0.0)
    share = pull / np.where(total > 0.0, total, 1.0)[:, :, None] * abroad[:, :, None]
    share[:, own, own] = 1.0 - abroad
    return np.asarray(share)


def accounts(
    share: Array,
    tariff: Array,
    input_share: Array,
    final_share: Array,
    start: Array,
    deficit: Array,
    steps: int = 200_000,
) -> tuple[Array, Array]:
    """Expenditure (N, J) and value added (N,) that shares and tariffs support.

    X = γ Y + α (VA + R + D), with Y, VA and R linear in X: the map keeps the world's spending, so
    it has a fixed point, which iteration finds. `deficit` is in units of `start`'s sum.
    """
    net = share / (1.0 + tariff)
    kept = net.sum(axis=2).T
    value_added_share = 1.0 - input_share.sum(axis=1)
    spent = start / start.sum()
    for _ in range(steps):
        output = np.matmul(spent.T[:, None, :], net)[:, 0, :].T
        value_added = (value_added_share * output).sum(axis=1)
        income = value_added + ((1.0 - kept) * spent).sum(axis=1) + deficit
        inputs = np.matmul(input_share, output[:, :, None])[:, :, 0]
        new = inputs + final_share * income[:, None]
        new /= new.sum()
        scale = np.maximum(np.abs(new).sum(axis=1), 1e-300)
        moved = (np.abs(new - spent).sum(axis=1) / scale).max()
        spent = new
        if moved < 1e-15:
            break
    output = np.matmul(spent.T[:, None, :], net)[:, 0, :].T
    return spent, np.asarray((value_added_share * output).sum(axis=1))


def generate(
    economies: int, sectors: int, seed: int, odd: Oddities = PLAIN, *, settled: bool = True
) -> Baseline:
    """The world of a seed, the same on every run. Economies are E01, E02 …, sectors S01, S02 …

    With `settled`, expenditure is iterated to the end, so that (without `noise`) the baseline is an
    equilibrium with its deficits; otherwise 60 steps are taken, which is quick for large worlds and
    leaves one that has to be balanced first.
    """
    n, j = economies, sectors
    rng = np.random.default_rng([seed, n, j])
    size = np.exp(odd.size_spread * rng.standard_normal(n))
    size[: odd.tiny] *= 1e-6
    traded = np.ones(j)
    services = min(round(odd.services * j), j - 1)
    if services:
        untraded = (services + 1) // 2
        traded[j - services : j - untraded] = 0.05
        traded[j - untraded :] = 0.0
    share = _trade(size, traded, odd, rng)

    goods = traded == 1.0
    tariff = rng.uniform(0.0, odd.highest_tariff, (j, n, n)) * rng.lognormal(0.0, 0.5, (1, n, 1))
    tariff *= rng.uniform(size=tariff.shape) >= odd.free
    tariff[~goods] = 0.0
    tariff[:, np.arange(n), np.arange(n)] = 0.0

    inputs = rng.uniform(0.25, 0.7, (n, j))
    without = rng.uniform(size=j) < odd.without_inputs
    inputs[:, without] = 0.0
    # Services are most of spending.
    asked = np.where(goods, 1.0, 2.0)
    mix = rng.dirichlet(np.full(j, 0.5), (j,)).T[None] * rng.uniform(0.5, 1.5, (n, j, j))
    mix = mix * asked[:, None]
    final = rng.dirichlet(np.ones(j), 1) * rng.uniform(0.5, 1.5, (n, j)) * asked
    unwanted = rng.uniform(size=(n, j)) < odd.without_demand
    unwanted |= rng.uniform(size=j) < 0.5 * odd.without_demand
    unwanted[:, 0] = False
    final[unwanted | (rng.uniform(size=(n, j)) < odd.without_final)] = 0.0
    final[:, 0] = np.maximum(final[:, 0], 0.02)
    mix[unwanted] = 0.0
    mix[:, 0] = np.maximum(mix[:, 0], 1e-3)
    input_share = _shares(mix, 1) * inputs[:, None, :]
    final = _shares(final, 1)

    steps = 200_000 if settled else 60
    weight = size / size.sum()
    deficit = np.zeros(n)
    spent, value_added = accounts(
        share, tariff, input_share, final, weight[:, None] * final, deficit, steps
    )
    trading = np.arange(n) < n - odd.apart
    drawn = odd.deficit_spread * rng.standard_normal(n) * trading
    balanced = spent
    while n - odd.apart > 1 and np.abs(drawn).max() > 0.0:
        part = value_added * trading / (value_added @ trading)
        deficit = value_added * drawn
        deficit -= part * deficit.sum()
        spent, after = accounts(share, tariff, input_share, final, balanced, deficit, steps)
        if (spent >= 0.0).all() and (np.abs(deficit) < 0.3 * after).all():
            value_added = after
            break
        # Where trade is thin it cannot carry a deficit of the size drawn.
        drawn = 0.5 * drawn
    if odd.noise:
        spent = spent * rng.lognormal(0.0, odd.noise, spent.shape)
    scale = 1e6 / value_added.sum()
    return make_baseline(
        f"synthetic {n} × {j}, seed {seed}",
        economies=[f"E{k + 1:02d}" for k in range(n)],
        sectors=[f"S{k + 1:02d}" for k in range(j)],
        trade_share=share,
        tariff=tariff,
        value_added_share=1.0 - input_share.sum(axis=1),
        input_share=input_share,
        final_share=final,
        expenditure=spent * scale,
        value_added=value_added * scale,
        deficit=deficit * scale,
        theta=rng.uniform(*odd.theta, j),
        source="generated",
        one_sector=j == 1,
    )


def variants() -> dict[str, Oddities]:
    """Kinds of worlds for the tally, by name."""
    return {
        "plain": PLAIN,
        "all traded": ALL_TRADED,
        "no inputs": replace(PLAIN, without_inputs=1.0, services=0.2),
        "some without inputs": replace(PLAIN, without_inputs=0.5),
        "without demand": replace(PLAIN, without_demand=0.2, without_final=0.3),
        "zero domestic": replace(ALL_TRADED, without_domestic=0.3),
        "sparse": replace(PLAIN, sparse=0.7, services=0.2),
        "tiny economies": replace(PLAIN, tiny=2),
        "very unequal": replace(ALL_TRADED, size_spread=4.0),
        "high tariffs": replace(ALL_TRADED, highest_tariff=2.0, free=0.1),
        "not an equilibrium": replace(PLAIN, noise=0.1, deficit_spread=0.08),
        "one apart": replace(PLAIN, apart=1),
        "everything odd": Oddities(
            size_spread=2.5,
            services=0.3,
            without_inputs=0.2,
            without_final=0.3,
            without_demand=0.15,
            without_domestic=0.2,
            sparse=0.5,
            tiny=1,
            noise=0.05,
        ),
    }
