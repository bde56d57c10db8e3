"""The short brief as one HTML file that prints on a page or two of A4 and reads on a phone."""

from __future__ import annotations

from functools import cache

from jinja2 import Template
from markupsafe import Markup

from comity.report.render.digest import FLAG, LATER, Digest
from comity.report.render.drawing import drawn
from comity.report.render.web import environment, style
from comity.words.catalogue import t

SIZES = (8.2, 7.8, 7.5, 7.3, 7.1)
"""Sizes of type, in points, in which the short brief may be printed."""

ROOMY = """
.sources { columns: 3 !important }
.sources li { display: block !important; padding-left: 6mm !important;
  text-indent: -6mm !important; margin-bottom: .3mm !important }
.sources li::after { content: none !important }
.num { display: inline-block !important; min-width: 6mm !important; text-indent: 0 }
ul.plain { list-style: disc !important; padding-left: 3mm !important }
ul.plain li { display: list-item !important }
#meetings > p { display: block !important }
#meetings > p + p::before { content: none !important }
"""
"""What is set more widely where one page is not enough."""


@cache
def _template() -> Template:
    return environment().get_template("short.html")


def as_short_html(page: Digest, day: int) -> str:
    """The whole short brief; nothing is loaded from elsewhere."""
    return _template().render(
        page=page,
        t=lambda key, **values: t(f"render.{key}", **values),
        css=Markup(style("short.css")),
        chart=lambda block: Markup(drawn(block.series, block.words)),
        flags=lambda item: "; ".join(item.flags),
        LATER=LATER,
        FLAG=FLAG,
    )
