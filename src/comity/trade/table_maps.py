"""Small tables beside an input-output table: sectors to add up, trade elasticities by sector."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from comity.trade.files import PathLike, number, read_table
from comity.words.errors import InputError, ValidationError

SECTOR, INTO, THETA = "sector", "into", "theta"


def sector_map(given: Any) -> Mapping[str, str] | None:
    """A mapping sector → new sector, as given or from a CSV file with columns sector and into;
    ``*`` stands for the others. Raises `FileError`, `ValidationError`, `InputError`."""
    if given is None or isinstance(given, Mapping):
        return given
    if not isinstance(given, str | os.PathLike):
        raise InputError(
            f"sectors are given as {type(given).__name__}",
            mend="give a mapping sector → new sector, or a CSV file with columns sector and into",
        )
    return _two_columns(given, INTO)


def theta_map(given: Any) -> Any:
    """Elasticities as given, or by sector from a CSV file with columns sector and theta."""
    if not isinstance(given, str | os.PathLike):
        return given
    cells = _two_columns(given, THETA)
    table = read_table(given)
    return {
        sector: number(cell, f"theta of {sector}", table.at(r, THETA))
        for r, (sector, cell) in enumerate(cells.items())
    }


def theta_given(text: str | None) -> float | Path | None:
    """What a user wrote for theta in one word: a number, or the file that has it by sector."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    if not Path(text).suffix and not Path(text).exists():
        raise InputError(
            f"theta is {text!r}, neither a number nor a file",
            mend="write --theta 4, or --theta FILE.csv with columns sector and theta",
        )
    return Path(text)


def _two_columns(path: PathLike, second: str) -> dict[str, str]:
    table = read_table(path, (SECTOR, second))
    found: dict[str, str] = {}
    pairs = zip(table.values(SECTOR), table.values(second), strict=True)
    for r, (sector, value) in enumerate(pairs):
        sector, value = sector.strip(), value.strip()
        if not sector or not value:
            empty = SECTOR if not sector else second
            raise ValidationError(
                f"the cell {empty} is empty", where=table.at(r, empty), mend="fill it"
            )
        if sector in found:
            raise ValidationError(
                f"the sector {sector!r} stands twice", where=table.at(r), mend="leave one out"
            )
        found[sector] = value
    if not found:
        raise ValidationError("the table has no rows", where=table.at(0), mend="name a sector")
    return found
