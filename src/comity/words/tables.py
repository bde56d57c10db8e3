"""The package's own data files: read once, checked for their columns, never changed.

Every table of the words layer is a CSV in ``data/`` that a person can review in a diff; lists
inside a cell are separated by ``;``. Nothing here leaves the package directory.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"


def rows(name: str, columns: Iterable[str]) -> Iterator[list[str]]:
    """The rows of ``data/<name>`` under exactly these columns, in file order.

    A table that does not have them, or a row of another length, is a broken installation, not bad
    input: it raises `RuntimeError` with file and line.
    """
    wanted = list(columns)
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        head = next(reader, [])
        if head != wanted:
            raise RuntimeError(f"{name}: columns are {head}, expected {wanted}")
        for row in reader:
            if len(row) != len(wanted):
                raise RuntimeError(f"{name}:{reader.line_num}: {len(row)} cells, not {len(wanted)}")
            yield row


def split(cell: str) -> tuple[str, ...]:
    """The parts of a ``;`` list, without blanks."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())
