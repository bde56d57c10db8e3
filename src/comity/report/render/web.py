"""The page as one HTML file: template, style sheet and charts in it, nothing loaded."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from comity.report.charts import Series, number, svg
from comity.report.render.days import span
from comity.report.render.layout import clean
from comity.report.render.page import Page, Row, Table
from comity.words.catalogue import t

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


@cache
def environment() -> Environment:
    """Templates that escape what is data, and fail on what they do not know."""
    env = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["clean"] = clean
    env.filters["linked"] = linked
    return env


@cache
def _template() -> Template:
    return environment().get_template("brief.html")


_ADDRESS = re.compile(r"https?://[^\s<>\"()]+[^\s<>\"().,;]")


def linked(text: str) -> Markup:
    """A text with its addresses as links; all else is escaped."""
    out, at = Markup(""), 0
    for found in _ADDRESS.finditer(text):
        out += Markup('{}<a href="{}" rel="noreferrer">{}</a>').format(
            text[at : found.start()], found[0], found[0]
        )
        at = found.end()
    return out + text[at:]


def style(name: str) -> str:
    """A style sheet beside the templates."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def as_html(page: Page, day: int) -> str:
    """The whole brief. A chart that cannot be drawn is said to be missing; its table remains."""

    return _template().render(page=page, css=Markup(style("brief.css")), **helpers(day))


def helpers(day: int, address: Callable[[str], str] = lambda _: "") -> dict[str, Any]:
    """What the templates of the whole brief (``parts.html``) need, as of the ordinal `day`.

    `address` gives the page of an entry by its id; "" where there is none, as in a single file.
    """

    def when(start: str | None, until: str | None, planned: bool) -> str:
        return span(start, until, day, planned=planned)

    return {
        "t": lambda key, **values: t(f"render.{key}", **values),
        "columns": _columns,
        "others": _others,
        "chart": _chart,
        "number": number,
        "when": when,
        "address": address,
    }


def _columns(block: Table) -> list[str]:
    """The columns of a table that some row fills."""
    return [c for c in block.columns if any(c in row.labelled for row in block.rows)]


def _others(row: Row, columns: list[str]) -> list[tuple[str, str]]:
    """The fields of a row that have no column."""
    return [(label, value) for label, value in row.fields if label not in columns]


def _chart(series: Series) -> Markup | None:
    drawn = svg(series)
    return None if drawn is None else Markup(drawn)
