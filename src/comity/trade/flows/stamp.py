"""The instant of an import."""

from __future__ import annotations

import datetime as dt


def now() -> str:
    """UTC, to the second, ISO 8601."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
