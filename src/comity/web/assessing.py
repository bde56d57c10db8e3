"""Who gains and who loses by measures: the question as a form. Its answer is the page of a run."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from comity.trade.markets import markets
from comity.web.asked import Asked
from comity.web.runs import queued
from comity.web.site import Site, page
from comity.words.errors import InputError, Place

WORDS = ("coverage", "cost", "rate", "limit", "over", "plants", "market", "known_on", "public_on")
USUAL_DRAWS = 256


def assess(site: Site, request: Request) -> Response:
    """The form, filled with what the address says."""
    asked = Asked.of(request)
    question = question_in(asked)

    def make(_: str) -> str:
        rows = measures_on_goods(site, asked)
        return page("assess.html", request, rows=rows, question=question, markets=markets())

    return site.answer(request, make)


def ask(site: Site, request: Request) -> Response:
    """Queue the question, and go to the page of its run."""
    return queued(site, request, "assess", question_in(Asked.of(request)))


def question_in(asked: Asked) -> dict[str, Any]:
    """The fields of the form, named as the API names them."""
    horizon = asked.text("horizon") or "short"
    if horizon not in ("short", "long"):
        raise InputError(
            f"there is no horizon {horizon!r}", where=Place(field="horizon"), mend="short or long"
        )
    return {
        "measures": asked.all("measure"),
        "lift": asked.ticked("lift"),
        "areas": asked.all("areas"),
        "excepting": asked.all("excepting"),
        "horizon": horizon,
        **{name: asked.text(name) for name in WORDS},
        "draws": asked.whole("draws") or USUAL_DRAWS,
        "seed": asked.whole("seed") or 0,
        "world": asked.ticked("world"),
    }


def measures_on_goods(site: Site, asked: Asked) -> list[dict[str, Any]]:
    """Measures on goods, those that ended last."""
    rows = site.record.measures(ended=True, **asked.record_times())
    rows = [row for row in rows if row["flow"] in ("import", "export")]
    return sorted(rows, key=lambda row: (row["status"] == "ended", row["imposer"], row["title"]))
