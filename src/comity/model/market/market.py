"""What the market model is told: a market at the base, and its elasticities.

Letters: k product, i origin, j destination; K products, N economies. Pairs are ``[k, i, j]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comity.words.errors import InputError, Place

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def finite(values: ArrayLike, field: str, *, least: float = -np.inf, above: bool = False) -> Array:
    """The values as floats. Raises `InputError` where one is not finite or below `least`."""
    try:
        out = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{field} is not made of numbers", where=Place(field=field)) from error
    good = np.isfinite(out) & ((out > least) if above else (out >= least))
    if not good.all():
        first = tuple(int(n) for n in np.argwhere(~good)[0])
        raise InputError(
            f"{field} is {out[first]:g} at {list(first)}",
            where=Place(field=field),
            mend=f"give finite numbers {'above' if above else 'from'} {least:g}"
            if np.isfinite(least)
            else "give finite numbers",
        )
    return out


def shaped(values: Array, shape: tuple[int, ...], field: str) -> Array:
    """The values, refused by name where their shape is another."""
    if values.shape != shape:
        raise InputError(f"{field} has shape {values.shape}, not {shape}", where=Place(field=field))
    return values


@dataclass(frozen=True, eq=False)
class Market:
    """Sales of one or several linked products between N economies, before a change.

    value : (K, N, N) or (N, N) ``[k, i, j]``, sales of i to j before tariff, in one currency; with
        `home` the diagonal holds home sales
    tariff : the same shape or `None` (none), ad valorem fraction that j charges on i
    home : whether home sales are in. Without them the diagonal is zero, the demand elasticity is
        one of imports, supply is supply to the included markets, and an importer's own producers
        have no surplus
    economies, products : labels for messages

    Raises `InputError` for values that are negative, not finite, or all zero.
    """

    value: Array
    tariff: Array | None = None
    home: bool = True
    economies: Sequence[str] = ()
    products: Sequence[str] = ()

    def __post_init__(self) -> None:
        value = finite(self.value, "value", least=0.0)
        if value.ndim == 2:
            value = value[None]
        if value.ndim != 3 or value.shape[1] != value.shape[2] or value.size == 0:
            raise InputError(
                f"value has shape {value.shape}",
                where=Place(field="value"),
                mend="give (products, origins, destinations), origins and destinations the same",
            )
        if not value.any():
            raise InputError("nothing is sold in this market", where=Place(field="value"))
        k, n, _ = value.shape
        rates = np.zeros_like(value)
        if self.tariff is not None:
            rates = finite(self.tariff, "tariff", least=-1.0, above=True)
            rates = shaped(rates[None] if rates.ndim == 2 else rates, value.shape, "tariff")
        own = value[:, np.arange(n), np.arange(n)]
        if self.home != bool(own.any()):
            raise InputError(
                "home sales are said to be in the market, but all are zero"
                if self.home
                else "home sales are said to be left out, but some are not zero",
                where=Place(field="home"),
                mend="a demand elasticity is one of the whole market or one of imports, never both",
            )
        for name, one, labels, count in (
            ("economies", "economy", self.economies, n),
            ("products", "product", self.products, k),
        ):
            made = tuple(labels) or tuple(f"{one} {m + 1}" for m in range(count))
            if len(made) != count:
                raise InputError(
                    f"{len(made)} {name} are named, and there are {count}", where=Place(field=name)
                )
            object.__setattr__(self, name, made)
        for name, array in (("value", value), ("tariff", rates)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def shape(self) -> tuple[int, int]:
        """(K, N)"""
        return self.value.shape[0], self.value.shape[1]

    @property
    def rates(self) -> Array:
        """(K, N, N): tariffs at the base, zeros where none were given."""
        assert self.tariff is not None  # put in by `__post_init__`
        return self.tariff

    @cached_property
    def sales(self) -> Array:
        """(K, N): R, sales of each origin at exporter's prices."""
        return np.asarray(self.value.sum(axis=2))

    @cached_property
    def spent(self) -> Array:
        """(K, N, N): C, spending at buyers' prices, tariff included."""
        return np.asarray(self.value * (1.0 + self.rates))

    @cached_property
    def spending(self) -> Array:
        """(K, N): E, spending of each destination at buyers' prices."""
        return np.asarray(self.spent.sum(axis=1))

    @cached_property
    def sales_share(self) -> Array:
        """(K, N, N): r, each destination's share of the origin's sales; zeros without sales."""
        return _shares(self.value, self.sales[:, :, None])

    @cached_property
    def buying_share(self) -> Array:
        """(K, N, N): s, each origin's share of the destination's spending."""
        return _shares(self.spent, self.spending[:, None, :])

    @cached_property
    def product_share(self) -> Array:
        """(K, N): z, each product's share of a destination's spending on the group."""
        return _shares(self.spending, self.spending.sum(axis=0)[None])

    @cached_property
    def overlap(self) -> Array:
        """(K, N): Σ_j r_ij s_ij, how far an origin's price moves its own buyers' price index."""
        return np.asarray(np.einsum("kij,kij->ki", self.sales_share, self.buying_share))

    @cached_property
    def transposed_share(self) -> Array:
        """(K, N, N) ``[k, j, i]``: `buying_share` with origins last, as the solver reads it."""
        return np.ascontiguousarray(self.buying_share.transpose(0, 2, 1))

    def cell(self, k: int, i: int, j: int) -> str:
        """A flow in words."""
        product = f" of {self.products[k]}" if self.shape[0] > 1 else ""
        return f"sales{product} from {self.economies[i]} to {self.economies[j]}"


def _shares(values: Array, totals: Array) -> Array:
    return np.asarray(np.divide(values, totals, out=np.zeros_like(values), where=totals > 0.0))


@dataclass(frozen=True, eq=False)
class Parameters:
    """Elasticities, all as absolute values.

    sigma : between origins of a product; a number, (K,) or (K, N) by destination
    eta : of demand for the product or the group; a number or (N,) by destination. Of imports only
        where the market is without home sales
    supply : of an origin's supply; a number, (N,) or (K, N); 0 is fixed, ``inf`` a given price
    zeta : between linked products; a number or (N,). Needed with two products or more
    transformation : finite elasticity of an origin's supply between destinations (CET); a number,
        (N,) or (K, N). `None`, the default: one price per origin. A market closed to an origin then
        costs tonnes: those of the index, which do not add up
    horizon : ``short``, ``long`` or a word of the user's, carried into results
    """

    sigma: ArrayLike
    eta: ArrayLike
    supply: ArrayLike
    zeta: ArrayLike | None = None
    transformation: ArrayLike | None = None
    horizon: str = ""

    def at(self, market: Market) -> Elasticities:
        """Full arrays for a market. Raises `InputError` for shapes and values that do not fit."""
        k, n = market.shape
        sigma = finite(self.sigma, "sigma", least=0.0, above=True)
        if sigma.ndim == 1:
            sigma = shaped(sigma, (k,), "sigma")[:, None]
        eta = finite(self.eta, "eta", least=0.0)
        supply = np.array(self.supply, dtype=np.float64)
        finite(np.where(np.isposinf(supply), 0.0, supply), "supply", least=0.0)
        if k > 1 and self.zeta is None:
            raise InputError(
                f"{k} linked products need an elasticity between them",
                where=Place(field="zeta"),
                mend="give zeta from eta up to sigma; zeta = eta makes the products independent",
            )
        zeta = eta if self.zeta is None else finite(self.zeta, "zeta", least=0.0)
        omega = None
        if self.transformation is not None:
            omega = finite(self.transformation, "transformation", least=0.0, above=True)
            omega = spread(omega, (k, n), "transformation")
        return Elasticities(
            sigma=spread(sigma, (k, n), "sigma"),
            zeta=spread(zeta, (n,), "zeta"),
            eta=spread(eta, (n,), "eta"),
            supply=spread(supply, (k, n), "supply"),
            omega=omega,
        )


@dataclass(frozen=True, eq=False)
class Elasticities:
    """`Parameters` in full: sigma, supply and omega (or `None`) are (K, N), zeta and eta (N,)."""

    sigma: Array
    zeta: Array
    eta: Array
    supply: Array
    omega: Array | None


def spread(values: Array, shape: tuple[int, ...], field: str) -> Array:
    """The values at every place of `shape`, by numpy's rules."""
    try:
        return np.broadcast_to(values, shape)
    except ValueError:
        raise InputError(
            f"{field} has shape {values.shape}, which does not fit {shape}",
            where=Place(field=field),
        ) from None
