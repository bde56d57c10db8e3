"""The HTML page printed to PDF by WeasyPrint."""

from __future__ import annotations

import logging
from typing import Any

from comity.words.catalogue import t
from comity.words.errors import MissingDependency


def as_pdf(text: str) -> bytes:
    """PDF of a page that carries everything it needs: nothing is fetched."""
    html_class, fetcher = _weasyprint()
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    document = html_class(string=text, url_fetcher=fetcher(allowed_protocols=("data",)))
    printed: bytes = document.write_pdf(pdf_tags=True)
    return printed


def _weasyprint() -> tuple[Any, Any]:
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        # WeasyPrint loads Pango by its shared libraries: without them importing it is an OSError.
        raise MissingDependency(
            t("render.no_pango", why=str(error).splitlines()[0]), mend=t("render.no_pango_mend")
        ) from None
    return HTML, URLFetcher
