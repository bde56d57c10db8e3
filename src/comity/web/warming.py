"""Making the first pages before anyone asks: what is slow the first time only is then over."""

from __future__ import annotations

import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from comity.web.site import Site
from comity.words.errors import ComityError

_log = logging.getLogger("comity.web")


def warm(site: Site) -> None:
    """Open the first page, the relation with most issues, and a search, each once.

    Templates, tables of goods and the program that draws charts are read on the way, and the
    answers are kept. What cannot be opened now is left to who asks for it.
    """
    from comity.web import home, relations

    try:
        pair = next((row["id"] for row in site.record.relations()), None)
        _open(site, home.home, "/")
        _open(site, home.find, "/find", query=b"q=a")
        if pair is not None:
            _open(site, relations.relation, f"/relations/{pair}", pair=pair)
    except ComityError as error:
        _log.info("not warmed: %s", error)


def _open(
    site: Site,
    handler: Callable[[Site, Request], Response],
    path: str,
    query: bytes = b"",
    **names: str,
) -> None:
    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": query, "headers": [],
        "path_params": names, "scheme": "http", "server": ("localhost", 80), "root_path": "",
    }  # fmt: skip
    handler(site, Request(scope))
