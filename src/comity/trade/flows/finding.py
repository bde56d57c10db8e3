"""One thing found in trade data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

EXAMPLES = 10
"""So many cases of a finding are named; `count` is how many there are."""


@dataclass(frozen=True, slots=True)
class DataFinding:
    """`severity` is "wrong" (cannot be, and answers rest on it), "odd" (may be, should be looked
    at) or "info". `cases` name flows by their fields, the heaviest first; `files` are the files
    that were imported. Rows of a file are not kept: what is wrong with a row is said at import.
    """

    kind: str
    severity: str
    text: str
    source: str
    count: int
    cases: tuple[Mapping[str, Any], ...] = ()
    files: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
