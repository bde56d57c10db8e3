"""The HTML page printed to PDF by WeasyPrint."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from comity.words.catalogue import t
from comity.words.errors import MissingDependency


def as_pdf(text: str, sizes: Sequence[float] = ()) -> bytes:
    """PDF of a page that carries everything it needs: nothing is fetched.

    Of the `sizes` of type (in points, the largest first) the largest that takes one page is used;
    where none does, the largest of those that take the fewest pages.
    """
    html_class, css_class, fetcher = _weasyprint()
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    document = html_class(string=text, url_fetcher=fetcher(allowed_protocols=("data",)))

    def laid_out(size: float) -> Any:
        rule = css_class(string=f"html {{ font-size: {size}pt !important }}")
        return document.render(stylesheets=[rule], pdf_tags=True)

    if not sizes:
        printed: bytes = document.write_pdf(pdf_tags=True)
        return printed
    best = laid_out(sizes[-1])
    for size in sizes[:-1]:
        other = laid_out(size)
        if len(other.pages) <= len(best.pages):
            best = other
            break
    fitted: bytes = best.write_pdf(pdf_tags=True)
    return fitted


def _weasyprint() -> tuple[Any, Any, Any]:
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        # WeasyPrint loads Pango by its shared libraries: without them importing it is an OSError.
        raise MissingDependency(
            t("render.no_pango", why=str(error).splitlines()[0]), mend=t("render.no_pango_mend")
        ) from None
    return HTML, CSS, URLFetcher
