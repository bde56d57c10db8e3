"""Which HS chapters a sector of a baseline holds, where that can be said.

The table ``data/hs_chapters.csv`` is the compiler's reading, chapter by chapter, of ISIC Rev. 3
(Caliendo and Parro 2015) and ISIC Rev. 4 (WIOD): coarse, because a chapter often spreads over
sectors. For WIOD the sectors C06 to C22 are read in WIOD's own order of industries (the data say
only that they are ordered so; their tariffs, which end after C22, agree). A chapter that belongs to
several sectors is listed under each. The table says where a good is, not how much of the sector it
is: a measure on one chapter covers a part of a sector that has to be given.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

EDITION = "HS2022"
DATA = Path(__file__).parent / "data"

ALL_CHAPTERS = tuple(f"{EDITION}:{k:02d}" for k in range(1, 98) if k != 77)
"""The 96 chapters: everything that is a good. Chapter 77 is reserved and empty."""


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], ...]:
    with (DATA / "hs_chapters.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def chapters_of(data_set: str, sectors: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Sector → HS chapters for a data set of the table (``cp2015``, ``wiod2014``).

    Sectors of services, and others that hold no goods, are left out. Raises `RuntimeError` where
    the shipped table names a sector that the data set lacks: that is a broken installation.
    """
    found: dict[str, list[str]] = {}
    for row in _table():
        for sector in filter(None, row[data_set].split(";")):
            if sector not in sectors:
                raise RuntimeError(f"hs_chapters.csv: {data_set} has no sector {sector!r}")
            found.setdefault(sector, []).append(f"{EDITION}:{row['chapter']}")
    return {sector: tuple(found[sector]) for sector in sectors if sector in found}
