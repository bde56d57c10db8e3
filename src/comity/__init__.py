"""Comity: a structured platform for navigating trade relations.

`comity.open()` gives the record; its methods answer what the command line and the pages answer.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from comity.version import __version__

if TYPE_CHECKING:
    from comity.client import Client
    from comity.opened import OpenRecord, open  # noqa: A004
    from comity.words.errors import ComityError

__all__ = ["Client", "ComityError", "OpenRecord", "__version__", "open"]

# Loaded when first asked for: `import comity` stays cheap, lower layers pull in no upper ones.
_LAZY = {
    "open": "comity.opened",
    "OpenRecord": "comity.opened",
    "ComityError": "comity.words.errors",
    "Client": "comity.client",
}


def __getattr__(name: str) -> Any:
    module = _LAZY.get(name)
    if name in ("world", "market"):
        # Modules of their own, so that `comity.world.load` works after `import comity`.
        return importlib.import_module(f"comity.{name}")
    if module is None:
        raise AttributeError(f"module 'comity' has no attribute {name!r}")
    return getattr(importlib.import_module(module), name)
