"""Trade flows, exposure and other markets, from the data of the server."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query, Request
from starlette.responses import Response

from comity.api.routing import Routes
from comity.api.written import plain

routes = Routes("trade")

Goods = Annotated[
    str | None,
    Query(description="HS codes with their edition; all if none.", examples=["HS2022:0307"]),
]
Years = Annotated[str | None, Query(description="2022, 2019-2024 or 2019,2022.", examples=["2022"])]
Source = Annotated[str | None, Query(description="One data set or shipped series only.")]


def _data() -> Any:
    from comity.trade.flows import open_data

    return open_data(None, shipped=True)


@routes.get("/flows", role="reader", tagged=False, errors=(404,))
def flows(
    request: Request,
    exporter: Annotated[
        str | None,
        Query(alias="from", description="Who sells; everyone if none.", examples=["JPN"]),
    ] = None,
    importer: Annotated[
        str | None, Query(alias="to", description="Who buys; everyone if none.", examples=["CHN"])
    ] = None,
    goods: Goods = None,
    years: Years = None,
    source: Source = None,
    currency: Annotated[
        str | None, Query(description="Convert at the average rate of each year: USD.")
    ] = None,
    by_goods: Annotated[bool, Query(description="A row for each code, not their sum.")] = False,
) -> Response:
    """What one economy sold to another, as each source has it, with units and what is missing."""
    answer = _data().flows(
        exporter, importer, goods, years, source=source, currency=currency, by_goods=by_goods
    )
    return plain(answer.as_dict())


@routes.get("/exposure", role="reader", tagged=False, errors=(404,))
def exposure(
    request: Request,
    exporter: Annotated[str, Query(description="Who sells.", examples=["JPN"])],
    market: Annotated[str, Query(description="Who buys.", examples=["CHN"])],
    goods: Goods = None,
    years: Years = None,
    source: Source = None,
) -> Response:
    """How two economies depend on each other: shares both ways, concentration, a closure."""
    answer = _data().exposure(exporter, market, goods, years=years, source=source)
    return plain(answer.as_dict())


@routes.get("/markets", role="reader", tagged=False, errors=(404,), answers=("exporter", "markets"))
def markets(
    request: Request,
    exporter: Annotated[str, Query(description="Whose goods.", examples=["JPN"])],
    goods: Annotated[
        str, Query(description="A product of a market, or an HS code.", examples=["scallops"])
    ],
    without: Annotated[
        list[str] | None, Query(description="Markets that are closed.", examples=[["CHN"]])
    ] = None,
    horizon: Annotated[Literal["short", "long"], Query(description="short or long.")] = "short",
    market: Annotated[str | None, Query(description="A market baseline by name.")] = None,
    draws: Annotated[int, Query(description="Draws of what is uncertain.", ge=1, le=1024)] = 128,
    seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    public_on: Annotated[str | None, Query(description="The market as public by this day.")] = None,
) -> Response:
    """Where goods could go instead: the model's diversion beside what those markets buy today."""
    from comity.market.asking import options_of
    from comity.market.outlets import outlets
    from comity.service.asked import known_data

    if market is not None:
        known_data(market, "market")
    found = outlets(
        exporter,
        goods,
        tuple(without or ()),
        options_of(draws=draws, seed=seed),
        horizon=horizon,
        market=market,
        public_on=public_on,
        threads=1,
    )
    return plain(found)
