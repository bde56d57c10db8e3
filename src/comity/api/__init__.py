"""The HTTP API: a door to `comity.opened` and `comity.service`, with no logic of its own.

`application(store, settings)` gives the ASGI application; `comity serve` runs it. The pages live
on the same application.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comity.api.app import application
    from comity.api.settings import Settings

__all__ = ["Settings", "application"]


_LAZY = {"application": "comity.api.app", "Settings": "comity.api.settings"}


def __getattr__(name: str) -> Any:
    import importlib

    if name not in _LAZY:
        raise AttributeError(f"module 'comity.api' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)
