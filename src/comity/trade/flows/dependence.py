"""What an exposure is made of: shares, concentration, and what a closure would hit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SHOWN = 10
MOST = 0.5
"""A share of half is what `Closure` calls a dependence."""
REST = "ROW"
"""The economies that a source does not name: together they are no partner."""


@dataclass(frozen=True, slots=True)
class Partner:
    economy: str
    value: float
    share: float


@dataclass(frozen=True, slots=True)
class Dependence:
    """One way. `total` is all sales (or purchases) abroad of the goods, `pair` those with the
    other economy, `share` their ratio; money in plain units of `currency`, shares from 0 to 1.

    The concentration over partners (Hirschman-Herfindahl, 0 to 1) lies between `hhi` and
    `hhi_high`: the lower end spreads what goes to partners that are not named (`unlisted`, a share
    of the total) over many, the upper end gives it to one. The two are equal where all are named.
    `partners` is the number of those named, `largest` are the first ten. `partial` is value of
    codes that lie only partly in the goods asked for; it is in none of the figures.
    """

    side: str
    basis: str
    currency: str
    total: float
    pair: float
    share: float
    hhi: float
    hhi_high: float
    unlisted: float
    partners: int
    largest: tuple[Partner, ...]
    partial: float = 0.0


@dataclass(frozen=True, slots=True)
class Product:
    """One code (or product of a shipped series): the exporter's sales of it to the market and the
    share of all it sells of it abroad; the market's purchases from the exporter and the share of
    all it buys of it abroad."""

    goods: str
    sales: float | None
    share_of_sales: float | None
    purchases: float | None
    share_of_purchases: float | None


@dataclass(frozen=True, slots=True)
class Closure:
    """What the market's closing to the exporter would hit, before anything goes elsewhere.

    `products_selling` are codes of which the exporter sends the market over half, `products_buying`
    those of which the market gets over half from the exporter.
    """

    sales: float | None
    share_of_sales: float | None
    purchases: float | None
    share_of_purchases: float | None
    products: int
    products_selling: tuple[str, ...]
    products_buying: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """The answer of one source for one year. `fit` says how the goods of the source lie to those
    asked for (`layout.FITS`); `product` and `sources` (ids) are empty but for shipped
    series."""

    source: str
    year: int
    exporter: str
    market: str
    goods: str
    sales: Dependence | None
    purchases: Dependence | None
    products: tuple[Product, ...]
    closure: Closure
    product: str = ""
    fit: str = "exact"
    side: str = ""
    sources: tuple[str, ...] = ()


def dependence_of(
    values: Mapping[str, float],
    total: float,
    other: str,
    side: str,
    basis: str,
    currency: str,
    partial: float = 0.0,
) -> Dependence:
    """Shares of partners in `total` (not less than their sum) and what follows from them.

    `values` are by partner, in `currency`; `other` is the economy asked about. Where `total` is 0
    (all that is known is `partial`), shares are 0.
    """
    named = {code: value for code, value in values.items() if code != REST}
    shares = {code: value / total if total > 0.0 else 0.0 for code, value in named.items()}
    unlisted = 1.0 - math.fsum(shares.values()) if total > 0.0 else 0.0
    if unlisted < 1e-12:
        unlisted = 0.0
    # Exact sums: in whatever order a source gives its partners.
    low = math.fsum(share * share for share in shares.values())
    order = sorted(named, key=lambda code: (-named[code], code))[:SHOWN]
    return Dependence(
        side=side,
        basis=basis,
        currency=currency,
        total=total,
        pair=named.get(other, 0.0),
        share=shares.get(other, 0.0),
        hhi=low,
        hhi_high=low + unlisted * unlisted,
        unlisted=unlisted,
        partners=sum(1 for value in named.values() if value > 0.0),
        largest=tuple(Partner(code, named[code], shares[code]) for code in order),
        partial=partial,
    )


def closure_of(
    sales: Dependence | None, purchases: Dependence | None, products: Sequence[Product]
) -> Closure:
    """What a closure hits; `products` are those traded between the two."""
    return Closure(
        sales=sales.pair if sales else None,
        share_of_sales=sales.share if sales else None,
        purchases=purchases.pair if purchases else None,
        share_of_purchases=purchases.share if purchases else None,
        products=len(products),
        products_selling=tuple(p.goods for p in products if (p.share_of_sales or 0.0) > MOST),
        products_buying=tuple(p.goods for p in products if (p.share_of_purchases or 0.0) > MOST),
    )
