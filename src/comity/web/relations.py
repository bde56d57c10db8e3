"""The relation of two economies: the brief as a living page, and its timeline."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from comity.record.views.timeline import COLUMNS as TIMELINE
from comity.record.views.timeline import KINDS
from comity.report.measure_bars import chart
from comity.report.render import render_brief
from comity.report.render.build import build
from comity.report.render.web import helpers
from comity.report.tables import as_csv, as_json
from comity.web.asked import Asked
from comity.web.site import Site, page
from comity.words.errors import NotFound
from comity.words.time import FIRST, DayRange, parse_day

FILTERS = ("since", "until", "kind", "issue", "person")
FATES = ("broken", "open", "kept", "lapsed", "superseded")


def relation(site: Site, request: Request) -> Response:
    """The brief on two economies at a view, with measures as bars and a timeline to filter."""
    pair = _pair(request)
    asked = Asked.of(request)
    times, filters = asked.times(), _filters(asked)

    def make(form: str) -> str:
        record = site.record
        if form != "html":
            found = render_brief(record.brief(*pair, **times), form, full=True)
            assert isinstance(found, str)
            return found
        whole = record.relation(*pair, filters=filters, **times)
        data = whole["brief"]
        codes = [one["code"] for one in data["economies"]]
        day = parse_day(data["view"]["as_of"]).toordinal()
        return page(
            "relation.html",
            request,
            brief=build(data),
            data=data,
            pair="-".join(codes),
            names={one["code"]: one["name"] for one in data["economies"]},
            bars=chart(whole["measures"], day),
            fates=[(fate, len(data["commitments"][fate])) for fate in FATES],
            **_timed(whole, filters, day),
            **helpers(day, lambda entry_id: asked.address(f"/entries/{entry_id}")),
        )

    return site.answer(request, make)


def timeline(site: Site, request: Request) -> Response:
    """The timeline alone, filtered; `part` gives the list for the page that holds it."""
    pair = _pair(request)
    asked = Asked.of(request)
    times, filters = asked.times(), _filters(asked)

    def make(form: str) -> str:
        record = site.record
        if form != "html":
            rows = record.timeline(pair[0], pair[1], **filters, **times)
            return as_json(rows) if form == "json" else as_csv(rows, TIMELINE)
        whole = record.relation(*pair, filters=filters, **times)
        data = whole["brief"]
        name = "timeline_part.html" if asked.ticked("part") else "timeline.html"
        return page(
            name,
            request,
            data=data,
            pair="-".join(one["code"] for one in data["economies"]),
            **_timed(whole, filters, parse_day(data["view"]["as_of"]).toordinal()),
        )

    return site.answer(request, make)


def _timed(whole: dict[str, Any], filters: dict[str, Any], day: int) -> dict[str, Any]:
    """What the timeline's templates need: the rows chosen, all by year, and the slider's span."""
    everything, rows = whole["timeline"], whole["filtered"]
    years = Counter(year for row in everything if (year := _year(row["on"])))
    most = max(years.values(), default=1)
    today = dt.datetime.now(dt.UTC).date().toordinal()
    first = dt.date(min(years, default=dt.date.fromordinal(day).year), 1, 1).toordinal()
    last = max(today, day)
    return {
        "rows": rows[::-1],
        "filters": filters,
        "chosen": any(filters.values()),
        "kinds_of": KINDS,
        "years": [(year, years[year], round(40 * years[year] / most)) for year in sorted(years)],
        "span": (dt.date.fromordinal(first).isoformat(), dt.date.fromordinal(last).isoformat(),
                 last - first, max(0, day - first)),
    }  # fmt: skip


def _year(text: str | None) -> int | None:
    if not text:
        return None
    low = DayRange.parse(text).earliest
    return None if low == FIRST else dt.date.fromordinal(low).year


def _filters(asked: Asked) -> dict[str, Any]:
    return {name: asked.text(name) for name in FILTERS}


def _pair(request: Request) -> tuple[str, str]:
    first, dash, second = str(request.path_params["pair"]).partition("-")
    if not dash or not first or not second:
        raise NotFound("a relation is named by two economies", mend="write /relations/CHN-JPN, say")
    return first, second
