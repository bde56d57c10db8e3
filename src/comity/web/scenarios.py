"""Scenarios on the world model: put together by a form, run, and opened again by address."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from comity.report import beside
from comity.report.simulation import render_simulation, sheet
from comity.report.tables import as_csv, as_json
from comity.scenario.contents import Scenario
from comity.scenario.draft import OPERATIONS, MeasureRow, TariffRow, draft
from comity.scenario.file import parse_scenario
from comity.trade.markets import markets
from comity.trade.shipped import SHIPPED
from comity.web.asked import Asked
from comity.web.assessing import answer_of, measures_on_goods
from comity.web.site import Site, page
from comity.web.solving import shown, solved
from comity.words import economies
from comity.words.errors import InputError, Place

ROWS = 3
DEFICITS = ("kept", "none", "ratio")


def scenarios(site: Site, request: Request) -> Response:
    """The form, the file that it makes, and below them the answer."""
    asked = Asked.of(request)
    run = asked.ticked("run") or "form" in request.path_params

    def make(form: str) -> str:
        text = _text(asked) if run else ""
        data = answer_to(site, text) if run else None
        if form == "yaml":
            return text
        if form != "html":
            assert data is not None
            return render_simulation(data, form)
        return page(
            "scenarios.html",
            request,
            yaml=text,
            data=data,
            rows=measures_on_goods(site, asked),
            tariffs=[_tariff_fields(asked, n) for n in range(ROWS)],
            chosen={row.id: row for row in _measures(asked)},
            economies=sorted(one.name for one in economies.all_economies()),
            operations=OPERATIONS,
            deficits=DEFICITS,
            given={n: asked.text(n) or "" for n in ("title", "before", "after", "deficits")},
            **shown(sheet(data) if data else None),
        )

    return site.answer(request, make)


def compare(site: Site, request: Request) -> Response:
    """Two answers beside each other, each by the address that opens it."""
    asked = Asked.of(request)
    first, second = asked.long("first"), asked.long("second")

    def make(form: str) -> str:
        if not first or not second:
            if form != "html":
                raise InputError("two answers are compared", mend="give first and second")
            return page("compare.html", request, first=first, second=second, **shown(None))
        pair = (_opened(site, first, "first"), _opened(site, second, "second"))
        if form == "json":
            return as_json(beside.rows(*pair))
        if form == "csv":
            return as_csv(beside.rows(*pair), beside.COLUMNS)
        made = beside.beside(*pair)
        return page("compare.html", request, first=first, second=second, **shown(made))

    return site.answer(request, make)


def _opened(site: Site, address: str, field: str) -> dict[str, Any]:
    """The answer of an address of this site: nothing is fetched, its question is asked again."""
    path, _, query = address.partition("?")
    name = path.rstrip("/").rpartition("/")[2]
    asked = Asked.parsed(query)
    if name == "assess":
        return answer_of(site, asked)
    if name == "scenarios":
        return answer_to(site, _text(asked))
    raise InputError(
        f"{path!r} is no answer of this site",
        where=Place(field=field),
        mend="take the address of an assessment or of a scenario's answer",
    )


def answer_to(site: Site, text: str) -> dict[str, Any]:
    """The result of a scenario as plain data. Raises `ValidationError` with all its problems."""
    from comity.world.simulate import simulate

    scenario = parse_scenario(text)
    _only_shipped(scenario)
    if scenario.model.name == "market":
        raise InputError(
            "this is a scenario of the market model",
            mend="ask about its measures on the page Assess, or run comity simulate",
        )
    record = site.record if scenario.needs_record else None
    return solved(
        site, ("scenario", text), lambda: simulate(scenario, record, threads=1).as_dict(full=None)
    )


def _only_shipped(scenario: Scenario) -> None:
    """A page opens no path that someone sends: baselines come with Comity, or not at all."""
    base = scenario.baseline
    if base.name not in (*SHIPPED, *markets()) or base.gdp is not None:
        raise InputError(
            "a page runs on baselines that come with Comity",
            where=base.at("name"),
            mend=f"write baseline: {SHIPPED[0]}, or use the command line for files of your own",
        )


def _text(asked: Asked) -> str:
    """The scenario file: as given, else as the fields of the form make it."""
    given = asked.long("yaml")
    if given:
        return given.replace("\r\n", "\n")
    deficits = asked.text("deficits") or "kept"
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
        deficits=deficits,
    )


def _tariff_fields(asked: Asked, number: int) -> dict[str, str]:
    return {name: asked.text(f"{name}{number}") or "" for name in ("by", "of", "op", "rate")}


def _measures(asked: Asked) -> list[MeasureRow]:
    return [
        MeasureRow(one, asked.text(f"coverage-{one}") or "", asked.text(f"because-{one}") or "")
        for one in asked.all("measure")
    ]
