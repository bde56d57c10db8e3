"""What applies to a shipment: the question as a form, the answer below it."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from comity.applies.rule import VERDICTS
from comity.report.answers import render_answer, render_explanation
from comity.web.asked import Asked
from comity.web.site import Site, page
from comity.words import areas, economies, goods
from comity.words.errors import CodeError, InputError, Place
from comity.words.goods import GoodsCode

FIELDS = ("from", "to", "goods", "area", "consignee", "end_use")
MOST_CHOICES = 30


def applies(site: Site, request: Request) -> Response:
    """The verdict with reasons, trace, validity and what is not covered; `explain` names a measure
    to be told dimension by dimension."""
    asked = Asked.of(request)
    given = {name: asked.text(name) for name in FIELDS}
    explain = asked.text("explain")
    # The day of the shipment is the day of the world that other pages call as_of.
    on = asked.text("on") or asked.text("as_of")

    def make(form: str) -> str:
        shown: dict[str, Any] = {"given": given, "on": on, "answer": None, "told": None,
                                 "choices": [], "explained": None, "missing": ()}  # fmt: skip
        missing = [name for name in FIELDS[:3] if not given[name]]
        if missing and form == "html":
            shown["missing"] = missing if any(given.values()) else ()
            return page("applies.html", request, **shown, economies=_economies())
        if missing:
            raise InputError(
                f"a shipment needs {', '.join(missing)}", mend="from, to and goods are asked for"
            )
        code = given["goods"] or ""
        found = _named(code)
        if len(found) > 1 and form == "html":
            shown["choices"] = [(str(one), goods.title(one)) for one in found[:MOST_CHOICES]]
            shown["left"] = max(0, len(found) - MOST_CHOICES)
            return page("applies.html", request, **shown, economies=_economies())
        if len(found) > 1:
            raise CodeError(
                f"{code!r} may mean {len(found)} goods codes",
                where=Place(field="goods"),
                mend="one of: " + ", ".join(str(one) for one in found[:MOST_CHOICES]),
            )
        question: dict[str, Any] = {
            "exporter": given["from"],
            "importer": given["to"],
            "goods": str(found[0]) if found else code,
            "on": on,
            **{name: given[name] for name in FIELDS[3:]},
            **asked.record_times(),
        }
        record = site.record
        if explain is not None:
            told = record.explain(explain, **question)
            if form != "html":
                return render_explanation(told, form, 120)
            shown["explained"] = told
        answer = record.applies(**question)
        data = {"asked": answer.shipment.as_dict(), **answer.as_dict()}
        if form != "html":
            return render_answer(data, form, 120)
        shown |= {"answer": data, "told": _told(data)}
        return page("applies.html", request, **shown, economies=_economies())

    return site.answer(request, make)


def _named(text: str) -> tuple[GoodsCode, ...]:
    """The codes that words name; none where the text is meant as a code."""
    if any(letter.isdigit() for letter in text):
        return ()
    found = goods.find_goods(text)
    if not found:
        raise CodeError(
            f"no goods are called {text!r}",
            where=Place(field="goods"),
            mend="write other words, or an HS code such as 0307.22",
        )
    return found


def _economies() -> list[str]:
    return sorted(one.name for one in economies.all_economies())


def _told(data: dict[str, Any]) -> dict[str, Any]:
    """Names of what the answer has as codes."""
    asked = data["asked"]
    code = GoodsCode.parse(asked["goods"])
    stricter = [u["verdict_if"] for part in data["parts"] for u in part["uncertain"]]
    worst = max([data["verdict"], *stricter], key=VERDICTS.index)
    checked = [one["until"] for one in data["coverage"] if one["key"] == "checked-until"]
    return {
        "from": economies.economy(asked["from"]).name,
        "to": economies.economy(asked["to"]).name,
        "goods": f"{code} {goods.title(code)}",
        "area": areas.area(asked["area"]).name if asked.get("area") else None,
        "worst": worst if worst != data["verdict"] else None,
        "same": all(part["verdict"] == data["verdict"] for part in data["parts"]),
        "parts": [_part(part) for part in data["parts"]] if not data["uniform"] else [],
        "checked": min(checked) if checked else None,
    }


def _part(part: dict[str, Any]) -> dict[str, Any]:
    codes = part["origin_areas"] or part["destination_areas"]
    return {
        **part,
        "codes": [
            one["code"] + (f" − {', '.join(one['except'])}" if one["except"] else "")
            for one in part["goods"]
        ],
        "areas": None
        if codes is None
        else [areas.area(code).name if "-" in code else code for code in codes],
    }
