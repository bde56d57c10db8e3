"""What applies to a shipment: one, many, and why."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from comity.api.bodies import described, parsed, raw_body
from comity.api.routing import DAY, AtRecord, Routes, service_of
from comity.api.written import dumped, headers_of, matches, plain, read, tag_of
from comity.applies import Answer, Shipment
from comity.applies.asking import Asked as AskedRow
from comity.applies.asking import answer_row, shipment
from comity.opened import RecordTimes
from comity.service.service import Service
from comity.words.errors import ComityError, Place

routes = Routes("applies")
TRACED = "Also name measures that one condition alone keeps from applying; this takes longer."
MOST = 1000
"""The most shipments of one batch."""
ANSWER = ("asked", "verdict", "uniform", "parts", "measures", "uncertain", "holds", "coverage")


Data = Annotated[bytes, Depends(raw_body)]


class AShipment(BaseModel):
    """A shipment, in codes or words."""

    model_config = ConfigDict(extra="forbid", title="Shipment")

    exporter: str = Field(alias="from", description="Where the goods come from.", examples=["JPN"])
    importer: str = Field(alias="to", description="Where they go.", examples=["CHN"])
    goods: str = Field(description="HS code, 2 to 10 digits.", examples=["HS2022:030722"])
    on: str | None = Field(None, description="The day; today if none.", examples=["2023-11-16"])
    area: str | None = Field(None, description="Area of origin or destination.", examples=["JP-01"])
    consignee: str | None = Field(None, description="Who receives them.")
    end_use: str | None = Field(None, description="What they are for, as declared.")

    def asked(self) -> Shipment:
        day = dt.datetime.now(dt.UTC).date() if self.on is None else self.on
        return shipment(
            self.exporter, self.importer, self.goods, day, self.area, self.consignee, self.end_use
        )


class Asked(AShipment):
    """A shipment, and where in time to read the record."""

    model_config = ConfigDict(extra="forbid", title="Question")

    known_on: str | None = Field(None, description="Only what was recorded by then.")
    public_on: str | None = Field(None, description="Only what was public by this day.")
    received: int | None = Field(
        None, ge=0, le=2**31 - 1, description="Only revisions up to this number."
    )
    trace: bool = Field(False, description=TRACED)


_EXAMPLE = {"from": "JPN", "to": "CHN", "goods": "HS2022:030722", "on": "2023-11-16"}


class Batch(BaseModel):
    """Many shipments at one view of the record."""

    model_config = ConfigDict(extra="forbid")

    shipments: list[AShipment] = Field(
        min_length=1, max_length=MOST, description="Each with the fields of one question."
    )
    known_on: str | None = Field(None, description="Only what was recorded by then.")
    public_on: str | None = Field(None, description="Only what was public by this day.")
    received: int | None = Field(
        None, ge=0, le=2**31 - 1, description="Only revisions up to this number."
    )
    full: bool = Field(False, description="Whole answers without the trace, not a row each.")


_FROM = Query(alias="from", description="Where the goods come from.", examples=["JPN"])
_TO = Query(alias="to", description="Where they go.", examples=["CHN"])
_GOODS = Query(description="HS code, 2 to 10 digits.", examples=["HS2022:030722"])
_ON = Query(description="The day; today if none.", examples=["2023-11-16"], json_schema_extra=DAY)
_AREA = Query(description="Area of origin or destination, code or name.", examples=["JP-01"])
_TRACE = Query(description=TRACED)


@routes.get("/applies", role="reader", answers=ANSWER)
async def applies(
    request: Request,
    at: AtRecord,
    exporter: Annotated[str, _FROM],
    importer: Annotated[str, _TO],
    goods: Annotated[str, _GOODS],
    on: Annotated[str | None, _ON] = None,
    area: Annotated[str | None, _AREA] = None,
    consignee: Annotated[str | None, Query(description="Who receives them.")] = None,
    end_use: Annotated[str | None, Query(description="What they are for, as declared.")] = None,
    trace: Annotated[bool, _TRACE] = False,
) -> Response:
    """What applies to a shipment on a day: prohibited, conditional, dutiable, none on record."""
    day = dt.datetime.now(dt.UTC).date() if on is None else on
    asked = shipment(exporter, importer, goods, day, area, consignee, end_use)
    service = service_of(request)
    moment = service.moment()
    answer = await _answered(service, asked, at)
    headers = headers_of(tag := tag_of(request.scope, moment), moment)
    if matches(request.headers.get("if-none-match"), tag):
        return Response(None, 304, headers)
    if trace:  # takes a while over a large record
        data = await run_in_threadpool(as_dict, answer, True)
    else:
        data = as_dict(answer)
    return Response(dumped(data), 200, headers, "application/json")


@routes.post("/applies", role="reader", answers=ANSWER, extra=described(Asked, **_EXAMPLE))
def ask_applies(request: Request, data: Data) -> Response:
    """The same question in a body."""
    asked = parsed(data, Asked)
    service = service_of(request)
    received = service.moment().received
    answer = service.engines.ask(asked.asked(), received, _times(asked))
    return plain(as_dict(answer, asked.trace))


@routes.post(
    "/applies/batch", role="reader", answers=("received", "answers"),
    extra=described(Batch, shipments=[_EXAMPLE]),
)  # fmt: skip
def ask_many(request: Request, data: Data) -> Response:
    """Up to 1,000 shipments at once, all of them or none: an answer to each, in order."""
    batch = parsed(data, Batch)
    service = service_of(request)
    asked = []
    for number, one in enumerate(batch.shipments):
        try:
            asked.append(one.asked())
        except ComityError as error:
            field = error.where.field if error.where else None
            error.where = Place(row=number + 1, field=field)
            raise
    received = service.moment().received
    engine = service.engines.engine(asked, received, _times(batch))
    answers = engine.ask_many(asked)
    if batch.full:
        rows = [as_dict(answer, False) for answer in answers]
    else:
        rows = [
            answer_row(AskedRow(_row(one), one), answer)
            for one, answer in zip(asked, answers, strict=True)
        ]
    return plain({"received": received, "answers": rows})


@routes.get(
    "/applies/explain", role="reader", errors=(404,),
    answers=("asked", "measure", "applies", "conditions"),
)  # fmt: skip
def explain(
    request: Request,
    at: AtRecord,
    measure: Annotated[
        str, Query(description="The measure asked about.", examples=["cn-seafood-ban-2023"])
    ],
    exporter: Annotated[str, _FROM],
    importer: Annotated[str, _TO],
    goods: Annotated[str, _GOODS],
    on: Annotated[str | None, _ON] = None,
    area: Annotated[str | None, _AREA] = None,
    consignee: Annotated[str | None, Query()] = None,
    end_use: Annotated[str | None, Query()] = None,
) -> Response:
    """Why one measure does or does not apply to a shipment, dimension by dimension."""
    service = service_of(request)
    return read(
        request,
        service.moment(),
        lambda: service.record.explain(
            measure,
            exporter=exporter,
            importer=importer,
            goods=goods,
            on=on,
            area=area,
            consignee=consignee,
            end_use=end_use,
            **at,
        ),
    )


async def _answered(service: Service, asked: Shipment, at: RecordTimes) -> Answer:
    """The answer: from memory at once where it is there, else in a thread, from the store."""
    received = service.moment().received
    if not at:
        engine = service.engines.ready(received)
        if engine is not None:
            return engine.ask(asked)
    return await run_in_threadpool(service.engines.ask, asked, received, at)


def as_dict(answer: Answer, trace: bool = False) -> dict[str, Any]:
    """An answer with what was asked."""
    return {"asked": answer.shipment.as_dict(), **answer.as_dict(trace=trace)}


def _row(one: Shipment) -> dict[str, Any]:
    return one.as_dict()


def _times(asked: Asked | Batch) -> RecordTimes:
    given = {
        "known_on": asked.known_on, "public_on": asked.public_on, "received": asked.received
    }  # fmt: skip
    return {k: v for k, v in given.items() if v is not None}  # type: ignore[return-value]
