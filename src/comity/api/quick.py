"""The plainest question of what applies, answered before anything else is looked at.

It is by far the most frequent one. A question in words and codes only, about the record as it is
now, with the engine in memory, needs none of what the framework does for a request: this takes a
third of the time. Whatever else is asked, or wrong, goes to the route itself, whose answer a test
compares with this one.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Scope

from comity.api.callers import CALLER, Caller
from comity.api.routes.applies import as_dict
from comity.api.written import dumped, headers_of, matches, tag_of
from comity.applies.asking import shipment
from comity.service.service import Service
from comity.words.errors import ComityError

QUICK = "/api/v1/applies"
_REQUIRED = {"from", "to", "goods"}
_PLAIN = {*_REQUIRED, "on", "area", "consignee", "end_use"}


def quick(scope: Scope, service: Service) -> Response | None:
    """The answer, or None where the route has to give it."""
    caller: Caller = scope[CALLER]
    if scope["method"] != "GET" or caller.role is None:  # a reader may ask, and so may all others
        return None
    try:
        pairs = parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True)
    except ValueError:
        return None
    asked = dict(pairs)
    if len(asked) != len(pairs) or not all(asked.values()):
        return None
    if not _REQUIRED <= asked.keys() <= _PLAIN:
        return None
    moment = service.moment()
    engine = service.engines.ready(moment.received)
    if engine is None:
        return None
    try:
        day = asked.get("on") or dt.datetime.now(dt.UTC).date()
        one = shipment(
            asked["from"],
            asked["to"],
            asked["goods"],
            day,
            asked.get("area"),
            asked.get("consignee"),
            asked.get("end_use"),
        )
    except ComityError:
        return None
    tag = tag_of(scope, moment)
    headers = headers_of(tag, moment)
    given = next((v for name, v in scope["headers"] if name == b"if-none-match"), None)
    if given is not None and matches(given.decode("latin-1"), tag):
        return Response(None, 304, headers)
    return Response(dumped(as_dict(engine.ask(one))), 200, headers, "application/json")
