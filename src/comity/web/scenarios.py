"""Scenarios on the world model, put together by a form. Their answer is the page of a run."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from comity.scenario.draft import OPERATIONS, MeasureRow, TariffRow, draft
from comity.web.asked import Asked
from comity.web.assessing import measures_on_goods
from comity.web.runs import queued
from comity.web.site import Site, page
from comity.words import economies

ROWS = 3
DEFICITS = ("kept", "none", "ratio")


def scenarios(site: Site, request: Request) -> Response:
    """The form; with `write`, the file that it makes below it."""
    asked = Asked.of(request)

    def make(form: str) -> str:
        if form == "yaml":
            return _text(asked)
        text = _text(asked) if asked.ticked("write") or asked.long("yaml") else ""
        return page(
            "scenarios.html",
            request,
            yaml=text,
            rows=measures_on_goods(site, asked),
            tariffs=[_tariff_fields(asked, n) for n in range(ROWS)],
            chosen={row.id: row for row in _measures(asked)},
            economies=sorted(one.name for one in economies.all_economies()),
            operations=OPERATIONS,
            deficits=DEFICITS,
            given={n: asked.text(n) or "" for n in ("title", "before", "after", "deficits")},
        )

    return site.answer(request, make)


def ask(site: Site, request: Request) -> Response:
    """Queue the scenario, and go to the page of its run."""
    return queued(site, request, "simulate", {"scenario": _text(Asked.of(request))})


def _text(asked: Asked) -> str:
    """The scenario file: as given, else as the fields of the form make it."""
    given = asked.long("yaml")
    if given:
        return given.replace("\r\n", "\n") + "\n"
    return draft(
        title=asked.text("title") or "",
        tariffs=[
            TariffRow(row["by"], row["of"] or "all", row["op"] or "add", row["rate"])
            for n in range(ROWS)
            if (row := _tariff_fields(asked, n))["by"] or row["rate"]
        ],
        measures=_measures(asked),
        before=asked.text("before"),
        after=asked.text("after"),
        deficits=asked.text("deficits") or "kept",
    )


def _tariff_fields(asked: Asked, number: int) -> dict[str, str]:
    return {name: asked.text(f"{name}{number}") or "" for name in ("by", "of", "op", "rate")}


def _measures(asked: Asked) -> list[MeasureRow]:
    return [
        MeasureRow(one, asked.text(f"coverage-{one}") or "", asked.text(f"because-{one}") or "")
        for one in asked.all("measure")
    ]
