"""One market, many draws of its elasticities, cells and coverages, solved at once.

What is common to draws is multiplied once for all of them; prices are found by Anderson mixing, all
draws of a chunk side by side. Chunks have one size whatever the number of draws and of threads, and
a draw stands still when it is done, so that draw d is the same to the last bit in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comity.model.market.batch import Batch, plan
from comity.model.market.change import MarketChange
from comity.model.market.equilibrium import TOLERANCE, solve
from comity.model.market.market import Array, Market, Mask, Parameters, finite
from comity.model.market.nested import Nested, plan_nested
from comity.model.market.solution import MarketSolution
from comity.model.world.engines import cores, one_blas_thread
from comity.words.errors import ComityError, InputError, Place

Progress = Callable[[int, int], None]
CHUNK = 256


@dataclass(frozen=True, eq=False)
class Draws:
    """D draws; the first axis of every array is the draw, further ones as in `Parameters`.

    sigma : (D,), (D, K) or (D, K, N);  eta, zeta : (D,) or (D, N)
    supply, transformation : (D,), (D, N) or (D, K, N)
    value : (D, K, N, N) or `None`, the market's values where they are drawn too
    """

    sigma: ArrayLike
    eta: ArrayLike
    supply: ArrayLike
    zeta: ArrayLike | None = None
    transformation: ArrayLike | None = None
    value: ArrayLike | None = None

    def __post_init__(self) -> None:
        lengths = {}
        for name in ("sigma", "eta", "supply", "zeta", "transformation", "value"):
            given = getattr(self, name)
            if given is None:
                continue
            array = np.asarray(given, dtype=np.float64)
            if array.ndim == 0:
                raise InputError(f"{name} has no axis of draws", where=Place(field=name))
            lengths[name] = len(array)
            object.__setattr__(self, name, array)
        if len(set(lengths.values())) != 1 or not lengths["sigma"]:
            raise InputError(
                f"draws differ in number: {lengths}", mend="give as many of each, at least one"
            )

    def __len__(self) -> int:
        return len(np.asarray(self.sigma))

    def parameters(self, draw: int) -> Parameters:
        """Those of one draw."""

        def at(values: ArrayLike | None) -> Array | None:
            return None if values is None else np.asarray(values)[draw]

        return Parameters(
            np.asarray(self.sigma)[draw],
            np.asarray(self.eta)[draw],
            np.asarray(self.supply)[draw],
            at(self.zeta),
            at(self.transformation),
        )

    def market(self, base: Market, draw: int) -> Market:
        """The market of one draw."""
        if self.value is None:
            return base
        return Market(
            np.asarray(self.value)[draw], base.rates, base.home, base.economies, base.products
        )


@dataclass(frozen=True, eq=False)
class MarketRuns:
    """R solved draws, in their order; names and signs as in `MarketSolution` and `Surplus`.

    draw : (R,), which draw each is;  price_hat, price_index : (R, K, N)
    consumers, consumers_half, producers, revenue, rents, margins : (R, N); `None` after a change of
        taste
    flow, first_flow : (R, K, N, N), or `None` where they were not asked for; by final and by first
        destination, the same array without processing routes
    part_flow, part_price : for each split (R, G, N) and (R, G)
    far : (R, K, N), rests on the form of demand far outside the data;  not_bounded : (R, N)
    failed : (draw, error) of draws without an answer; they are not among the R
    """

    draw: NDArray[np.intp]
    price_hat: Array
    price_index: Array
    consumers: Array | None
    consumers_half: Array | None
    producers: Array | None
    revenue: Array | None
    rents: Array | None
    margins: Array | None
    flow: Array | None
    first_flow: Array | None
    part_flow: tuple[Array, ...]
    part_price: tuple[Array, ...]
    far: Mask
    not_bounded: Mask
    failed: tuple[tuple[int, ComityError], ...]

    @property
    def total(self) -> Array | None:
        """(R, N): surplus of each economy."""
        if self.consumers is None or self.producers is None:
            return None
        assert self.revenue is not None
        assert self.rents is not None
        return np.asarray(self.consumers + self.producers + self.revenue + self.rents)


_SURPLUS = ("consumers", "consumers_half", "producers", "revenue", "rents", "margins")


class _Store:
    """Room for the results of all draws."""

    def __init__(
        self, market: Market, changes: Sequence[MarketChange], count: int, flows: bool
    ) -> None:
        k, n = market.shape
        first = changes[0]
        self.taste = any(change.taste for change in changes)
        self.done = np.zeros(count, dtype=bool)
        self.price_hat = np.ones((count, k, n))
        self.price_index = np.ones((count, k, n))
        self.surplus = {name: np.zeros((count, n)) for name in _SURPLUS}
        self.far = np.zeros((count, k, n), dtype=bool)
        self.not_bounded = np.zeros((count, n), dtype=bool)
        self.flow = np.empty((count, k, n, n)) if flows else None
        self.first = self.flow
        if flows and any(change.routes is not None for change in changes):
            self.first = np.empty((count, k, n, n))
        splits = sorted(first.splits, key=lambda s: (s.product, s.origin))
        sizes = [len(np.asarray(s.share)) for s in splits]
        self.part_price = tuple(np.empty((count, g)) for g in sizes)
        self.part_flow = tuple(np.empty((count, g, n)) for g in sizes) if flows else ()

    def put(self, draw: int, solved: MarketSolution) -> None:
        self.done[draw] = True
        self.price_hat[draw] = solved.price_hat
        self.price_index[draw] = solved.price_index
        self.far[draw], self.not_bounded[draw] = solved.far, solved.not_bounded
        if not self.taste:
            for name, values in self.surplus.items():
                values[draw] = getattr(solved.surplus, name)
        if self.flow is not None:
            self.flow[draw] = solved.flow
            if self.first is not None and self.first is not self.flow:
                self.first[draw] = solved.first_flow
        for room, value in zip(self.part_price, solved.part_price, strict=True):
            room[draw] = value
        if self.part_flow:
            for flows, sold in zip(self.part_flow, solved.part_flow, strict=True):
                flows[draw] = sold

    def runs(self, failed: dict[int, ComityError]) -> MarketRuns:
        kept = np.flatnonzero(self.done)
        whole = len(kept) == len(self.done)

        def rows(values: Array) -> Array:
            return values if whole else values[kept]

        flow = None if self.flow is None else rows(self.flow)
        first = flow
        if self.first is not None and self.first is not self.flow:
            first = rows(self.first)
        surplus = {name: None if self.taste else rows(v) for name, v in self.surplus.items()}
        return MarketRuns(
            draw=kept,
            price_hat=rows(self.price_hat),
            price_index=rows(self.price_index),
            **surplus,
            flow=flow,
            first_flow=first,
            part_flow=tuple(rows(v) for v in self.part_flow),
            part_price=tuple(rows(v) for v in self.part_price),
            far=self.far[kept],
            not_bounded=self.not_bounded[kept],
            failed=tuple(sorted(failed.items(), key=lambda item: item[0])),
        )


def solve_many(
    market: Market,
    changes: MarketChange | Sequence[MarketChange],
    draws: Draws,
    *,
    flows: bool = True,
    tolerance: float = TOLERANCE,
    threads: int | None = None,
    progress: Progress | None = None,
) -> MarketRuns:
    """Solves every draw: under the one change, or under a change of its own where D are given.

    Elasticities and base values are drawn through `draws`; all else through one `MarketChange` for
    each draw, in which any number may differ: `availability` (a coverage with a range), tariffs,
    wedges and exchange rates, a `Split`'s `share`, `availability`, `inner` and `supply` (area
    shares, the elasticity between areas), and `Routes`' `share` (φ) and `cost` (δ). Splits have to
    be of the same origins and sizes in all changes, and routes along the same places to be fast.
    A drawn inner elasticity below its draw's sigma is refused, for that draw.

    Draws without an answer are listed in `failed`, with the error that `solve` raises; there is no
    NaN. `progress(done, all)` is called in this thread as chunks end; an interrupt stops the run
    between chunks. A draw agrees with `solve` to the tolerance, and is the same to the last bit
    whatever the number of threads. One by one, at about the time of `solve` (1 to 2 ms), are solved
    draws with quotas or finite transformation, those whose σ differs by destination or is within
    0.1 of 1, with η = 0, or with a buyer who loses between 99.9 % and all of a product; and all of
    them where a change is one that `solve` cannot read.

    Raises `InputError` where draws and changes do not fit together, or values are no values.
    """
    count = len(draws)
    each = [changes] if isinstance(changes, MarketChange) else list(changes)
    if len(each) not in (1, count):
        raise InputError(
            f"{len(each)} changes for {count} draws", mend="give one change, or one for each draw"
        )
    shapes = {
        tuple(sorted((s.product, s.origin, len(np.asarray(s.share))) for s in c.splits))
        for c in each
    }
    if len(shapes) > 1:
        raise InputError("changes of different draws split different origins")
    _fitting(market, draws)
    if draws.value is not None:
        shape = (count, *market.value.shape)
        if np.shape(draws.value) != shape:
            raise InputError(
                f"drawn values have shape {np.shape(draws.value)}, not {shape}",
                where=Place(field="value"),
            )
        finite(draws.value, "value", least=0.0)
    store = _Store(market, each, count, flows)
    failed: dict[int, ComityError] = {}
    for planner in _planners(each, draws):
        if store.done.all():
            break
        batch, rows = planner(market, each, draws)
        rows = rows[~store.done[rows]]
        if batch is not None and len(rows):
            _side_by_side(store, batch, rows, tolerance, threads, progress)
    left = np.flatnonzero(~store.done)
    done = count - len(left)
    for number, draw in enumerate(left.tolist()):
        change = each[0] if len(each) == 1 else each[draw]
        try:
            solved = solve(
                draws.market(market, draw),
                replace(change, taste=store.taste),
                draws.parameters(draw),
                tolerance=tolerance,
            )
            store.put(draw, solved)
        except ComityError as error:
            failed[draw] = error
        if progress is not None and ((number + 1) % 16 == 0 or number + 1 == len(left)):
            progress(done + number + 1, count)
    return store.runs(failed)


def _fitting(market: Market, draws: Draws) -> None:
    """Raises `InputError` for draws of a shape that is not the market's."""
    k, n = market.shape
    by_destination, by_origin = [(), (n,)], [(), (n,), (k, n)]
    shapes: dict[str, list[tuple[int, ...]]] = {
        "sigma": [(), (k,), (k, n)],
        "eta": by_destination,
        "zeta": by_destination,
        "supply": by_origin,
        "transformation": by_origin,
    }
    for name, allowed in shapes.items():
        given = getattr(draws, name)
        if given is not None and np.shape(given)[1:] not in allowed:
            raise InputError(
                f"draws of {name} have shape {np.shape(given)}",
                where=Place(field=name),
                mend=f"give {', or '.join(str((len(draws), *one)) for one in allowed)}",
            )


Planner = Callable[
    [Market, Sequence[MarketChange], Draws], tuple[Batch | Nested | None, NDArray[np.intp]]
]


def _planners(changes: Sequence[MarketChange], draws: Draws) -> list[Planner]:
    """The ways of solving draws side by side that may take these, the faster first."""
    sigma = np.asarray(draws.sigma)
    if draws.transformation is not None or sigma.ndim == 3:
        return []
    if any(change.quotas for change in changes):
        return []
    simple = all(not c.splits and c.routes is None and c.exchange is None for c in changes)
    if not simple:
        return [plan_nested]
    # The second takes closed pairs and tariffs that differ, and economies that buy no more.
    return [plan, plan_nested]


def _side_by_side(
    store: _Store,
    batch: Batch | Nested,
    rows: NDArray[np.intp],
    tolerance: float,
    threads: int | None,
    progress: Progress | None,
) -> None:
    """Solves draws in chunks on threads and keeps what converged."""
    pieces = [rows[m : m + CHUNK] for m in range(0, len(rows), CHUNK)]
    workers = max(1, min(cores() if threads is None else threads, len(pieces)))
    done, count = int(store.done.sum()), len(store.done)

    def work(piece: NDArray[np.intp]) -> int:
        # A chunk that is not full is filled up, so that products have one shape.
        padded = np.resize(piece, CHUNK) if len(rows) >= CHUNK else piece
        _keep(store, piece, batch.solve(padded, tolerance, store.flow is not None))
        return len(piece)

    with one_blas_thread(), ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(work, piece) for piece in pieces]
        try:
            for future in as_completed(waiting):
                done += future.result()
                if progress is not None:
                    progress(done, count)
        finally:
            for future in waiting:
                future.cancel()


def _keep(store: _Store, piece: NDArray[np.intp], found: dict[str, Array]) -> None:
    good = found["converged"][: len(piece)].astype(bool)
    rows, take = piece[good], np.flatnonzero(good)
    store.done[rows] = True
    store.price_hat[rows] = found["price_hat"][take]
    store.price_index[rows] = found["price_index"][take]
    for name, values in store.surplus.items():
        if name in found:
            values[rows] = found[name][take]
    store.far[rows] = found["far"][take] > 0.0
    if "not_bounded" in found:
        store.not_bounded[rows] = found["not_bounded"][take] > 0.0
    if store.flow is not None:
        store.flow[rows] = found["flow"][take]
        if store.first is not None and store.first is not store.flow:
            store.first[rows] = found["first_flow"][take]
    at = 0
    for m, room in enumerate(store.part_price):
        mine = slice(at, at + room.shape[1])
        room[rows] = found["part_price"][take, mine]
        if store.part_flow:
            store.part_flow[m][rows] = found["part_flow"][take, mine]
        at += room.shape[1]
