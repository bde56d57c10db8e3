"""The engine on which the golden cases are tried: the measures of the shipped packs."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from comity.applies import Engine
from comity.opened import OpenRecord


@lru_cache(maxsize=1)
def shipped_engine() -> Engine:
    """Every measure and gap of the shipped packs, loaded into a store of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        OpenRecord(Path(folder) / "golden.db") as record,
    ):
        record.load_shipped()
        return record.engine()
