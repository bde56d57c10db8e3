"""Runs: watched while they wait or work, opened when they are done, set beside each other."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from comity.market.written import as_command, as_python, as_scenario
from comity.report import beside
from comity.report.assessment import render_assessment
from comity.report.assessment import sheet as assessment_sheet
from comity.report.drawings import svg_bars, svg_spans
from comity.report.sheet import Lines, Section, Sheet
from comity.report.simulation import render_simulation
from comity.report.simulation import sheet as simulation_sheet
from comity.report.tables import as_csv, as_json
from comity.service.computing import question_of
from comity.service.runs import Run
from comity.web.asked import Asked, linked
from comity.web.site import HEADERS, MEDIA, Site, form_of, page
from comity.words.catalogue import t
from comity.words.errors import AccessDenied, InputError, NotFound


def queued(site: Site, request: Request, kind: str, asked: dict[str, Any]) -> Response:
    """Queue a question and send the browser to its run. Raises what it can be refused for."""
    key, name = site.caller(request)
    try:
        made = site.service.queue.submit(kind, asked, owner=key, author=name, most=site.most_runs)
    finally:
        site.service.wrote()
    return RedirectResponse(f"/runs/{made.id}", 303, headers=HEADERS)


def listed(site: Site, request: Request) -> Response:
    """Your runs, newest first."""
    rows = site.service.queue.listed(site.caller(request)[0])
    if form_of(request) == "json":
        return fresh(as_json([row.as_dict() for row in rows]), "json")
    return fresh(page("runs.html", request, rows=rows), "html")


def run(site: Site, request: Request) -> Response:
    """A run: how far it is or, when it is done, what came of it and how to have it again."""
    run_id = str(request.path_params["run_id"])
    found = site.service.queue.get(run_id)
    asked = site.service.queue.asked(run_id)
    if found.state != "done":
        return _unfinished(site, request, found, asked)

    def make(form: str) -> str:
        data = result(site, run_id)
        if form == "yaml":
            text = _file(site, found, asked, data)
            if text is None:
                raise NotFound("a scenario file cannot say this", mend="use the command instead")
            return text
        if form != "html":
            return (render_assessment if _on_market(data) else render_simulation)(data, form)
        return page(
            "run.html", request, run=found, again=_again(found, asked),
            yaml=_file(site, found, asked, data), others=_others(site, request, run_id),
            **_lines(found, asked), **shown(sheet_of(data)),
        )  # fmt: skip

    return fresh(make(form_of(request)), form_of(request))


def cancel(site: Site, request: Request) -> Response:
    """End a run of the caller's that is not over."""
    found = site.service.queue.get(str(request.path_params["run_id"]))
    if found.owner != site.caller(request)[0]:
        raise AccessDenied("this run is another's", known=True, mend="ask who started it to end it")
    site.service.queue.cancel(found.id)
    return RedirectResponse(f"/runs/{found.id}", 303, headers=HEADERS)


def compare(site: Site, request: Request) -> Response:
    """Two runs beside each other, by id or by address."""
    asked = Asked.of(request)
    names = [(asked.text(field) or "").partition("?")[0] for field in ("first", "second")]
    ids = [name.rstrip("/").rpartition("/")[2] for name in names]
    form = form_of(request)
    if not all(ids):
        if form != "html":
            raise InputError("two runs are compared", mend="give first and second")
        rows = [row for row in _mine(site, request) if row.state == "done"]
        return fresh(page("compare.html", request, ids=ids, rows=rows, **shown(None)), "html")
    pair = result(site, ids[0]), result(site, ids[1])
    if form == "json":
        return fresh(as_json(beside.rows(*pair)), form)
    if form == "csv":
        return fresh(as_csv(beside.rows(*pair), beside.COLUMNS), form)
    made = beside.beside(*pair)
    return fresh(page("compare.html", request, ids=ids, rows=(), **shown(made)), form)


# ----------------------------------------------------------------------------------------- parts


def fresh(body: str, form: str) -> Response:
    """An answer that no browser keeps: what a run is changes without a revision of the record."""
    return Response(body, headers={**HEADERS, "Cache-Control": "no-store"}, media_type=MEDIA[form])


def result(site: Site, run_id: str) -> dict[str, Any]:
    """The result of a run as plain data. Raises `NotFound`, `ConflictError`."""
    found: dict[str, Any] = json.loads(site.service.queue.result(run_id))
    return found


def sheet_of(data: dict[str, Any]) -> Sheet:
    if _on_market(data):
        return assessment_sheet(data, full=True, wide=True)
    return simulation_sheet(data)


MOST_OPEN = 1_200
"""Characters of lines beyond which a section is folded, as lists of assumptions and sources are."""


def _long(section: Section) -> bool:
    lines = [line for block in section.blocks if isinstance(block, Lines) for line in block.lines]
    return len(lines) > 4 and sum(map(len, lines)) > MOST_OPEN


def shown(sheet: Sheet | None) -> dict[str, Any]:
    """What the template of a sheet needs."""
    return {
        "sheet": sheet,
        "kind": lambda block: type(block).__name__,
        "drawn": svg_bars,
        "hint": t("sheet.scroll"),
        "spans": svg_spans,
        "fold": _long,
    }


def _on_market(data: dict[str, Any]) -> bool:
    return bool(data["model"] == "market")


def _mine(site: Site, request: Request) -> list[Run]:
    return site.service.queue.listed(site.caller(request)[0])


def _others(site: Site, request: Request, run_id: str) -> list[Run]:
    return [row for row in _mine(site, request) if row.state == "done" and row.id != run_id]


def _unfinished(site: Site, request: Request, found: Run, asked: dict[str, Any]) -> Response:
    form = form_of(request)
    if form == "json":
        return fresh(as_json(found.as_dict()), form)
    if form != "html":
        site.service.queue.result(found.id)  # says why there is none
    return fresh(page("running.html", request, run=found, again=_again(found, asked)), "html")


def _again(found: Run, asked: dict[str, Any]) -> str:
    """The address of the form, filled with what was asked."""
    if found.kind == "simulate":
        return linked("/scenarios", {"yaml": asked["scenario"]})
    names = {"measures": "measure"}
    return linked("/assess", {names.get(name, name): value for name, value in asked.items()})


def _lines(found: Run, asked: dict[str, Any]) -> dict[str, str]:
    """The command and the lines of Python that give the same run."""
    if found.kind == "simulate":
        return {
            "command": "comity simulate scenario.yaml",
            "python": (
                "import comity\nimport comity.world\n\n"
                'made = comity.world.simulate("scenario.yaml", comity.open())\nprint(made.run_id)\n'
            ),
        }
    question, options, world = question_of(asked)
    return {
        "command": as_command(question, options, world=world),
        "python": as_python(question, options, world=world),
    }


def _file(site: Site, found: Run, asked: dict[str, Any], data: dict[str, Any]) -> str | None:
    """The scenario file: as it was sent, or as it can be written for an assessment."""
    if found.kind == "simulate":
        return str(asked["scenario"])
    question, options, _ = question_of(asked)
    times = {name: asked.get(name) for name in ("known_on", "public_on")}
    rows = site.record.measures(ended=True, **times)
    begins = {row["id"]: row["from"] for row in rows if row["id"] in question.measures}
    return as_scenario(question, options, data, begins)
