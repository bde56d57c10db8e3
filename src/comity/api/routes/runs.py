"""Runs: simulations and assessments, queued, watched, fetched, cancelled."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, RootModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from comity.access import reaches
from comity.api.bodies import described, parsed, raw_body
from comity.api.routing import Routes, caller_of, service_of
from comity.api.written import dumped, plain
from comity.service.runs import Run
from comity.words.errors import AccessDenied, ComityError, LimitReached

routes = Routes("runs")
PREFIX = "/api/v1/runs"
RUN = ("id", "kind", "title", "state", "queued", "done", "total", "error")
RunId = Annotated[str, Path(alias="id", description="Id of a run.", examples=["0123456789abcdef"])]
Data = Annotated[bytes, Depends(raw_body)]
_LOOK_SECONDS = 0.3
_RETRY_AFTER = 5
MOST_WATCHING = 20
"""Runs that one caller may watch at once: each costs a look at the store three times a second."""
_watching: Counter[str] = Counter()
_ALIVE_SECONDS = 15.0
_SCENARIO = """\
comity-scenario: 1
title: A tariff of 10 % by the United States on all imports
baseline: goods-world-2023
to:
  changes:
    - by: USA
      tariff: {on_imports_from: all, add: 10%}
"""


class Simulation(BaseModel):
    """A scenario file, as text."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["simulate"] = Field("simulate", description="Says which kind of run it is.")
    scenario: str = Field(min_length=1, description="The scenario file (YAML).")


class AnAssessment(BaseModel):
    """What `comity assess` is asked, with the same names."""

    model_config = ConfigDict(extra="forbid", title="Assessment")

    kind: Literal["assess"] = Field("assess", description="Says which kind of run it is.")
    measures: list[str] = Field(default_factory=list, description="Ids of measures on record.")
    new: str | None = Field(None, description="A proposed measure (YAML).")
    lift: bool = Field(False, description="What the end of the measures brings.")
    areas: list[str] = Field(default_factory=list, description="Lifted here only.")
    excepting: list[str] = Field(default_factory=list, description="Not lifted here.")
    horizon: Literal["short", "long"] = Field(
        "short", description="The first full year, or five years and more."
    )
    market: str | None = Field(None, max_length=200, description="A market baseline by name.")
    coverage: str | None = Field(None, max_length=200, description="Share held back: 0.5-0.8.")
    cost: str | None = Field(None, max_length=200, description="Factor on the buyers' price.")
    rate: str | None = Field(None, max_length=200, description="Rate of a duty: 10% or 5%-10%.")
    limit: str | None = Field(
        None, max_length=200, description="Of a quota: times the quantity of the base."
    )
    over: str | None = Field(None, max_length=200, description="Tariff beyond a quota.")
    plants: str | None = Field(None, max_length=200, description="Share of barred plants.")
    draws: int = Field(1024, ge=1, description="Draws of what is uncertain.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Seed of the draws.")
    elasticities: str = Field(
        "default", max_length=200, description="default, or a source such as Ossa."
    )
    fixed: dict[str, float] = Field(default_factory=dict, description="Parameters held: sigma: 4.")
    routes: bool = Field(True, description="Follow goods processed in a first destination.")
    world: bool = Field(True, description="The world model's answer beside it.")
    known_on: str | None = Field(
        None, max_length=200, description="Only what was recorded by then."
    )
    public_on: str | None = Field(
        None, max_length=200, description="Only what was public by this day; so is the market."
    )


class Asked(RootModel[Annotated[Simulation | AnAssessment, Field(discriminator="kind")]]):
    """A run of either kind; `kind` says which."""


_KINDS = {
    "oneOf": [Simulation.model_json_schema(), AnAssessment.model_json_schema()],
    "discriminator": {"propertyName": "kind"},
}
_SUBMITTED = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": _KINDS,
                "example": {"kind": "assess", "measures": ["cn-seafood-ban-2023"], "draws": 64},
            }
        },
    }
}


@routes.post("/runs", role="reader", status=202, errors=(404,), answers=RUN, extra=_SUBMITTED)
def submit(request: Request, data: Data) -> Response:
    """Queue a simulation or an assessment. What can be told to be wrong is refused at once."""
    return _submitted(request, parsed(data, Asked).root)


@routes.post(
    "/assess", role="reader", status=202, errors=(404,), answers=RUN,
    extra=described(AnAssessment, measures=["cn-seafood-ban-2023"], draws=64),
)  # fmt: skip
def assess(request: Request, data: Data) -> Response:
    """Queue an assessment: what measures do to trade, prices and surplus, and to whom."""
    return _submitted(request, parsed(data, AnAssessment))


@routes.post(
    "/simulate", role="reader", status=202, errors=(404,), answers=RUN,
    extra=described(Simulation, scenario=_SCENARIO),
)  # fmt: skip
def simulate(request: Request, data: Data) -> Response:
    """Queue a simulation of a scenario file."""
    return _submitted(request, parsed(data, Simulation))


def _submitted(request: Request, asked: Simulation | AnAssessment) -> Response:
    service, caller = service_of(request), caller_of(request)
    fields = asked.model_dump(exclude={"kind"})
    most = request.app.state.settings.queued_runs
    try:
        run = service.queue.submit(
            asked.kind, fields, owner=caller.key, author=caller.name, most=most
        )
    finally:
        service.wrote()
    return plain(run.as_dict(), 202, {"location": f"{PREFIX}/{run.id}"})


@routes.get("/runs", role="reader", tagged=False, answers=("items",))
def runs(
    request: Request,
    limit: Annotated[int, Query(description="At most so many.", ge=1, le=500)] = 100,
) -> Response:
    """Your runs, newest first."""
    found = service_of(request).queue.listed(caller_of(request).key, limit=limit)
    return plain({"items": [run.as_dict() for run in found]})


@routes.get("/runs/{id}", role="reader", tagged=False, errors=(404,), answers=RUN)
def run_status(request: Request, run_id: RunId) -> Response:
    """How far a run is. Whoever knows a run's id may look at it."""
    return plain(service_of(request).queue.get(run_id).as_dict())


@routes.get("/runs/{id}/asked", role="reader", tagged=False, errors=(404,))
def run_asked(request: Request, run_id: RunId) -> Response:
    """What was asked: sent again, it gives the same numbers."""
    queue = service_of(request).queue
    return plain({"kind": queue.get(run_id).kind, **queue.asked(run_id)})


@routes.get("/runs/{id}/result", role="reader", tagged=False, errors=(404, 409))
def run_result(request: Request, run_id: RunId) -> Response:
    """The result of a run that is done, as the command line gives it in JSON."""
    text = service_of(request).queue.result(run_id)
    return Response(text, 200, {"cache-control": "private, no-cache"}, "application/json")


@routes.get(
    "/runs/{id}/file",
    role="reader",
    tagged=False,
    errors=(404, 409),
    media="application/octet-stream",
)
def run_file(request: Request, run_id: RunId) -> Response:
    """The run's file: `comity reproduce` computes it again from this alone."""
    data = service_of(request).queue.saved(run_id)
    name = f'attachment; filename="run-{run_id[:16]}.comity"'
    headers = {"content-disposition": name, "cache-control": "private, no-cache"}
    return Response(data, 200, headers, "application/octet-stream")


@routes.get(
    "/runs/{id}/events", role="reader", tagged=False, errors=(404,), media="text/event-stream"
)
async def run_events(request: Request, run_id: RunId) -> Response:
    """What happens to a run, as it happens (server-sent events), until it is over.

    Each event is `state`, with the run as data; the last one is `over`.
    """
    queue = service_of(request).queue
    first = await run_in_threadpool(queue.get, run_id)  # 404 before the stream begins
    key = caller_of(request).key
    if _watching[key] >= MOST_WATCHING:
        raise LimitReached(
            f"{MOST_WATCHING} runs are watched already",
            retry_after=_RETRY_AFTER,
            mend="leave one, or ask for the state of the run now and then",
        )

    async def events() -> AsyncIterator[bytes]:
        _watching[key] += 1
        try:
            async for event in told():
                yield event
        finally:
            _watching[key] -= 1
            if not _watching[key]:
                del _watching[key]

    async def told() -> AsyncIterator[bytes]:
        run: Run = first
        before: dict[str, Any] | None = None
        silent = 0.0
        while True:
            now = run.as_dict()
            if now != before or run.over:
                before, silent = now, 0.0
                yield _event("over" if run.over else "state", now)
                if run.over:
                    return
            elif silent >= _ALIVE_SECONDS:
                silent = 0.0
                yield b": still here\n\n"  # so that proxies keep the connection
            await asyncio.sleep(_LOOK_SECONDS)
            silent += _LOOK_SECONDS
            try:
                run = await run_in_threadpool(queue.get, run_id)
            except ComityError:  # busy, or out of reach for a moment
                continue

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events(), 200, headers, "text/event-stream")


def _event(name: str, data: dict[str, Any]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + dumped(data) + b"\n\n"


@routes.post("/runs/{id}/cancel", role="reader", errors=(404,), answers=RUN)
def cancel(request: Request, run_id: RunId) -> Response:
    """End a run of yours that is not over; an editor may end anyone's."""
    service, caller = service_of(request), caller_of(request)
    run = service.queue.get(run_id)
    if run.owner != caller.key and not reaches(caller.role or "reader", "editor"):
        raise AccessDenied(
            "this run is another's",
            known=True,
            mend="ask who started it, or somebody with the role editor",
        )
    return plain(service.queue.cancel(run_id).as_dict())
