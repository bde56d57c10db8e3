"""Runs that a page waits for: one at a time, each solved once for a question and kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Hashable
from typing import Any

from comity.report.sheet import drawn
from comity.report.spans import svg_spans
from comity.web.site import Site

_one_at_a_time = threading.Lock()


def solved(site: Site, key: Hashable, solve: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The result of a question as plain data. `key` names all it depends on but the record."""

    def made() -> bytes:
        return json.dumps(solve()).encode()

    with _one_at_a_time:
        body, _ = site.kept.get((site.service.moment(), key), made)
    found: dict[str, Any] = json.loads(body)
    return found


def shown(sheet: Any) -> dict[str, Any]:
    """What the template of a sheet needs."""
    return {
        "sheet": sheet,
        "kind": lambda block: type(block).__name__,
        "drawn": drawn,
        "spans": svg_spans,
    }
