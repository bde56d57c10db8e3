"""The brief laid out: for the terminal, as Markdown, HTML, PDF, CSV and JSON.

JSON is the data itself; CSV and the full forms are laid out from one `Page`, the short forms from
one `Digest`. What a form needs beyond the standard library is imported only when that form is asked
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from comity.words.errors import InputError

if TYPE_CHECKING:
    from comity.report.render.page import Page

FORMS = ("table", "md", "html", "json", "csv", "pdf")


def render_brief(
    data: dict[str, Any], form: str, width: int = 120, *, full: bool = False
) -> str | bytes:
    """The brief in one of `FORMS`; PDF is bytes. Raises `InputError` for another form.

    `full` lays out every row, position, gap and address instead of the page or so that is enough to
    know where things stand. JSON and CSV are always whole.
    """
    if form not in FORMS:
        raise InputError(f"there is no format {form!r}", mend="one of: " + ", ".join(FORMS))
    if form == "json":
        from comity.report.tables import as_json

        return as_json(data)
    from comity.words.time import parse_day

    day = parse_day(data["view"]["as_of"]).toordinal()
    if form in ("html", "pdf"):
        return _printed(data, form, day, full=full)
    if full or form == "csv":
        from comity.report.render.build import build

        return _long(build(data), form, width, day)
    from comity.report.render.short import shorten

    digest = shorten(data)
    if form == "md":
        from comity.report.render.short_markdown import as_short_markdown

        return as_short_markdown(digest, day)
    from comity.report.render.short_text import as_short_text

    return as_short_text(digest, width, day)


def _long(page: Page, form: str, width: int, day: int) -> str:
    if form == "table":
        from comity.report.render.text import as_text

        return as_text(page, width, day)
    if form == "md":
        from comity.report.render.markdown import as_markdown

        return as_markdown(page, day)
    from comity.report.render.flat import flat

    return flat(page, day)


def _printed(data: dict[str, Any], form: str, day: int, *, full: bool) -> str | bytes:
    roomy = ""
    sizes: tuple[float, ...]
    if full:
        from comity.report.render.build import build
        from comity.report.render.web import as_html

        text, sizes = as_html(build(data), day), ()
    else:
        from comity.report.render.short import shorten
        from comity.report.render.short_web import ROOMY, SIZES, as_short_html

        text, sizes = as_short_html(shorten(data), day), SIZES
        roomy = ROOMY
    if form == "html":
        return text
    from comity.report.render.pdf import as_pdf

    return as_pdf(text, sizes, roomy)
