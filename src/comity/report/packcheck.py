"""Checking packs: for each row of the fact files, the entries that it became."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comity.record.packfile import SHIPPED, Pack, read_pack, shipped_path
from comity.record.packs import check_pack
from comity.words.errors import FileError, Place, ValidationError

COLUMNS = ("row", "entries")


@dataclass
class Checked:
    """Fact rows with their entries, and what is missing."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    entries: int = 0
    packs: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        state = f"{len(self.missing)} missing" if self.missing else "none missing"
        return (
            f"packs {', '.join(self.packs)}: {self.entries} entries valid, "
            f"{len(self.rows)} fact rows carried, {state}"
        )

    def raise_missing(self) -> None:
        """Raise where a fact row became no entry."""
        if self.missing:
            shown = ", ".join(self.missing[:10])
            raise ValidationError(
                f"{len(self.missing)} fact rows became no entry: {shown}",
                mend="name the row in `rows` of the entry that carries it",
            )


def check_packs(names: list[str], facts: Path | None = None) -> Checked:
    """Check packs by name or folder, with those they depend on. Raises `ValidationError`."""
    packs: dict[str, Pack] = {}
    named = [_read(name, packs) for name in names]
    checked = Checked(packs=named)
    rows: dict[str, list[str]] = {}
    declared: dict[str, int] = {}
    for pack in (packs[name] for name in named):
        others = tuple(packs[d] for d in pack.depends if d in packs)
        for row, entries in check_pack(pack, None, others).items():
            rows.setdefault(row, []).extend(entries)
        declared |= pack.facts
        checked.entries += len(pack.written)
    checked.rows = [
        {"row": row, "entries": list(dict.fromkeys(rows[row]))} for row in sorted(rows, key=_order)
    ]
    checked.missing = _missing(rows, declared, facts)
    return checked


def _read(name: str, packs: dict[str, Pack]) -> str:
    """Read a pack and, before it, the shipped packs it depends on; returns its name."""
    pack = read_pack(shipped_path(name) if name in SHIPPED else Path(name))
    for depends in pack.depends:
        if depends not in packs and depends in SHIPPED:
            _read(depends, packs)
    packs.setdefault(pack.name, pack)
    return pack.name


def _order(row: str) -> tuple[str, str, int, str]:
    file, _, name = row.partition(":")
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :]
    return file, letters, int(digits) if digits else 0, name


def _missing(rows: dict[str, list[str]], declared: dict[str, int], facts: Path | None) -> list[str]:
    """Rows of the fact files, if at hand, that no entry names; else counts that differ."""
    if facts is None:
        counts: dict[str, int] = {}
        for row in rows:
            counts[row.partition(":")[0]] = counts.get(row.partition(":")[0], 0) + 1
        return [
            f"{file}: {counts.get(file, 0)} of {number} rows carried"
            for file, number in declared.items()
            if counts.get(file, 0) != number
        ]
    out = []
    for file in declared:
        path = facts / f"{file}.csv"
        if not path.is_file():
            raise FileError(
                "there is no such fact file", where=Place(file=str(path)), mend="check --facts"
            )
        with path.open(encoding="utf-8", newline="") as handle:
            for record in csv.DictReader(handle):
                row = f"{file}:{record.get('id') or record.get('source_id')}"
                if row not in rows:
                    out.append(row)
    return out
