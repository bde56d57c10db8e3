"""The brief laid out: for the terminal, as Markdown, HTML, PDF, CSV and JSON.

All forms but JSON, which is the data itself, are laid out from one `Page`. What a form needs beyond
the standard library is imported only when that form is asked for.
"""

from __future__ import annotations

from typing import Any

from comity.words.errors import InputError

FORMS = ("table", "md", "html", "json", "csv", "pdf")


def render_brief(data: dict[str, Any], form: str, width: int = 120) -> str | bytes:
    """The brief in one of `FORMS`; PDF is bytes. Raises `InputError` for another form."""
    if form not in FORMS:
        raise InputError(f"there is no format {form!r}", mend="one of: " + ", ".join(FORMS))
    if form == "json":
        from comity.report.tables import as_json

        return as_json(data)
    from comity.report.render.build import build
    from comity.words.time import parse_day

    page, day = build(data), parse_day(data["view"]["as_of"]).toordinal()
    if form == "table":
        from comity.report.render.text import as_text

        return as_text(page, width, day)
    if form == "md":
        from comity.report.render.markdown import as_markdown

        return as_markdown(page, day)
    if form == "csv":
        from comity.report.render.flat import flat

        return flat(page, day)
    from comity.report.render.web import as_html

    text = as_html(page, day)
    if form == "html":
        return text
    from comity.report.render.pdf import as_pdf

    return as_pdf(text)
