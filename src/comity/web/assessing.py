"""Who gains and who loses by measures: the question as a form, the answer as the report sets it."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from comity.effects.market.inputs import Options
from comity.market.asking import fixed_of, options_of, span_of
from comity.market.assess import Question
from comity.market.assess import assess as run_assessment
from comity.market.written import as_command, as_python, as_scenario
from comity.report.assessment import render_assessment, sheet
from comity.report.tables import as_json
from comity.trade.markets import markets
from comity.web.asked import Asked
from comity.web.site import Site, page
from comity.web.solving import shown, solved
from comity.words.errors import InputError, Place

SPANS = ("coverage", "cost", "rate", "limit", "plants")
MOST_DRAWS = 4096
"""Draws of a run that a page waits for; the command line has no such bound."""
USUAL_DRAWS = 256


def assess(site: Site, request: Request) -> Response:
    """The form, and below it the answer where measures are named. An address with `run` opens the
    same answer again: it names the measures, all options and the seed."""
    asked = Asked.of(request)
    question, options, world = _question(asked)
    run = asked.ticked("run") or "form" in request.path_params

    def make(form: str) -> str:
        data = _made(site, question, options, world) if run else None
        if form != "html":
            assert data is not None
            return render_assessment(data, form)
        rows = measures_on_goods(site, asked)
        begins = {row["id"]: row["from"] for row in rows if row["id"] in question.measures}
        return page(
            "assess.html",
            request,
            rows=rows,
            question=question,
            options=options,
            world=world,
            given={name: asked.text(name) or "" for name in (*SPANS, "over", "set")},
            data=data,
            markets=markets(),
            command=as_command(question, options, world=world) if data else "",
            python=as_python(question, options, world=world) if data else "",
            yaml=as_scenario(question, options, data, begins) if data else None,
            **shown(sheet(data, full=True, wide=True) if data else None),
        )

    return site.answer(request, make)


def _question(asked: Asked) -> tuple[Question, Options, bool]:
    """What the form holds. Raises `InputError` and its kin."""
    draws = asked.whole("draws") or USUAL_DRAWS
    if draws > MOST_DRAWS:
        raise InputError(
            f"{draws:,} draws are more than a page waits for",
            where=Place(field="draws"),
            mend=f"give at most {MOST_DRAWS:,}, or use the command line",
        )
    over = span_of(asked.text("over"), "over")
    question = Question(
        measures=tuple(asked.all("measure")),
        market=_market(asked.text("market")),
        lift=asked.ticked("lift"),
        areas=tuple(asked.all("areas")),
        excepting=tuple(asked.all("except")),
        horizon=_horizon(asked.text("horizon")),
        known_on=asked.text("known_on"),
        public_on=asked.text("public_on"),
        over=None if over is None else over[0],
        coverage=span_of(asked.text("coverage"), "coverage", most=1.0),
        cost=span_of(asked.text("cost"), "cost"),
        rate=span_of(asked.text("rate"), "rate"),
        limit=span_of(asked.text("limit"), "limit"),
        plants=span_of(asked.text("plants"), "plants", most=1.0),
    )
    options = options_of(
        draws=draws,
        seed=asked.whole("seed") or 0,
        rule=asked.text("elasticities") or "default",
        routes=not asked.ticked("no_routes"),
        fixed=fixed_of(asked.all("set")),
    )
    return question, options, asked.ticked("world")


def _horizon(text: str | None) -> str:
    if text not in (None, "short", "long"):
        raise InputError(
            f"there is no horizon {text!r}", where=Place(field="horizon"), mend="short or long"
        )
    return text or "short"


def _market(name: str | None) -> str | None:
    """The name of a market that a pack brings. A folder of one's own is for the command line: a
    page opens no path that someone sends."""
    if name is not None and name not in markets():
        raise InputError(
            f"there is no market {name!r}",
            where=Place(field="market"),
            mend="one of: " + ", ".join(markets()),
        )
    return name


def _made(
    site: Site, question: Question, options: Options, world: bool
) -> dict[str, Any]:
    """The assessment as plain data, solved once for a state of the record and a question."""
    chosen = as_json({**options.as_dict(), "seed": options.seed})

    def solve() -> dict[str, Any]:
        return run_assessment(question, site.record, options, world=world).as_dict()

    return solved(site, ("assess", question, chosen, world), solve)


def answer_of(site: Site, asked: Asked) -> dict[str, Any]:
    """The assessment that an address asks for, as plain data."""
    return _made(site, *_question(asked))


def measures_on_goods(site: Site, asked: Asked) -> list[dict[str, Any]]:
    """Measures on goods, those of today first."""
    times = asked.record_times()
    rows = site.record.measures(ended=True, **times)
    rows = [row for row in rows if row["flow"] in ("import", "export")]
    return sorted(rows, key=lambda row: (row["status"] == "ended", row["imposer"], row["title"]))
