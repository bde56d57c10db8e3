"""The HTML page printed to PDF by WeasyPrint."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from comity.words.catalogue import t
from comity.words.errors import MissingDependency


def as_pdf(text: str, sizes: Sequence[float] = (), roomy: str = "") -> bytes:
    """PDF of a page that carries everything it needs: nothing is fetched.

    Of the `sizes` of type (in points, the largest first) the largest that takes one page is used.
    Where one page is not enough, the style sheet `roomy` is added, and the largest is used that
    takes no more pages than the smallest does without it.
    """
    html_class, css_class, fetcher = _weasyprint()
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    document = html_class(string=text, url_fetcher=fetcher(allowed_protocols=("data",)))

    def laid_out(size: float, style: str = "") -> Any:
        rule = css_class(
            string=f"html {{ font-size: {size}pt !important }} @media print {{{style}}}"
        )
        return document.render(stylesheets=[rule], pdf_tags=True)

    if not sizes:
        return bytes(document.write_pdf(pdf_tags=True))
    best = laid_out(sizes[-1])
    most = len(best.pages)
    style = roomy if most > 1 else ""
    low, high = 0, len(sizes) - 1
    if most > 1:
        largest = laid_out(sizes[0], style)
        best, high = (largest, 0) if len(largest.pages) <= most else (best, high)
    while low < high:
        middle = (low + high) // 2
        other = laid_out(sizes[middle], style)
        if len(other.pages) <= most:
            best, high = other, middle
        else:
            low = middle + 1
    return bytes(best.write_pdf(pdf_tags=True))


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
