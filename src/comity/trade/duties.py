"""Duties that are not on record: their range, and the economies that have none by their law."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

NOT_ON_RECORD = (0.0, 0.1)
"""Range of a duty where flows come without duties, as in the shipped markets: assumed, no source
that was read gives one for all goods. Duties on most goods of most economies lie in it."""
TEXT = (
    "Duties are not in the flows. In buyers' prices what an economy takes now stands as 0, and the "
    "market is solved so: what buyers lose is understated by about as many per cent as the duty "
    "has. In revenue alone it is drawn, from 0 to 10 % (assumed)."
)


@cache
def free_ports() -> dict[str, str]:
    """Economies that take no duty on imports, and the law that says so."""
    path = Path(__file__).parent / "data" / "free_ports.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["economy"]: row["source"] for row in csv.DictReader(file)}
