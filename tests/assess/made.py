"""Markets and proposals made for the tests of assessments, and the shipped files read anew."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import comity

PACKS = Path(comity.__file__).parent / "packs"
MARKETS = PACKS / "china-japan" / "markets"
BAN = "cn-seafood-ban-2023"
OPENING = "cn-seafood-reopening-2025"
HOME = "japan-exports-2022"
TEN = frozenset(f"JP-{n:02}" for n in (4, 7, 8, 9, 10, 11, 12, 13, 15, 20))
"""Fukushima, Gunma, Tochigi, Ibaraki, Miyagi, Niigata, Nagano, Saitama, Tokyo and Chiba."""
Values = Mapping[tuple[str, str, str], float]

META: dict[str, Any] = {
    "name": "made",
    "title": "A made-up market",
    "year": 2020,
    "unit": "USD million",
    "quantity_unit": "t",
    "home": True,
    "basis": "made up",
    "tariff": {"value": 0.0, "low": 0.0, "high": 0.0, "note": "none"},
    "sources": {"S1": "a source"},
    "notes": [],
}
CODES = {"fish": "HS2022:0303", "shells": "HS2022:0307"}


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shipped(name: str, file: str = "cells") -> list[dict[str, str]]:
    """The rows of a file of a shipped market."""
    return rows(MARKETS / name / f"{file}.csv")


def write_market(
    folder: Path,
    values: Values,
    *,
    quantities: Values | None = None,
    spread: float = 0.0,
    tables: Mapping[str, str] | None = None,
    **meta: Any,
) -> Path:
    """A folder of a market with these values by (product, origin, destination).

    spread : range of every cell below and above its value, as a part of it
    tables : further files, such as ``{"areas.csv": ...}``;  meta : other fields of meta.json
    """
    folder.mkdir(parents=True, exist_ok=True)
    products = list(dict.fromkeys(key[0] for key in values))
    economies = list(dict.fromkeys(code for key in values for code in key[1:]))
    about = {
        **META,
        "products": [{"label": p, "title": p.title(), "goods": [CODES[p]]} for p in products],
        "economies": [{"code": code, "name": code} for code in economies],
        **meta,
    }
    if len(products) > 1:
        about.setdefault("group", "all")
    (folder / "meta.json").write_text(json.dumps(about), encoding="utf-8")
    lines = ["product,origin,destination,value,low,high,standing,quantity,sources,rule"]
    for (product, origin, destination), value in values.items():
        tonnes = "" if quantities is None else quantities.get((product, origin, destination), "")
        low, high = value * (1.0 - spread), value * (1.0 + spread)
        standing = "reported" if value else "zero"
        lines.append(
            f"{product},{origin},{destination},{value!r},{low!r},{high!r},{standing},{tonnes},S1,made"
        )
    (folder / "cells.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, text in (tables or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def grid(product: str, economies: Sequence[str], table: Sequence[Sequence[float]]) -> Values:
    """Values of one product from a table, rows are origins."""
    return {
        (product, origin, destination): float(value)
        for origin, line in zip(economies, table, strict=True)
        for destination, value in zip(economies, line, strict=True)
    }


FOUR = ("CHN", "JPN", "USA", "VNM")
FISH = grid("fish", FOUR, [[90, 2, 12, 1], [30, 60, 8, 4], [10, 5, 120, 3], [14, 2, 6, 25]])
SHELLS = grid("shells", FOUR, [[40, 1, 9, 0.5], [20, 25, 3, 1], [2, 0.5, 35, 1], [3, 0.4, 2, 6]])


def measure(name: str = "a-ban", **fields: str) -> str:
    """A proposal as text: by default a ban of China on all fish and shells of Japan."""
    said = {
        "title": "A made-up measure",
        "imposers": "[CHN]",
        "flow": "import",
        "targets": "[JPN]",
        "measure_kind": "import_ban",
        "goods": "[HS2022:03]",
        "areas": "all",
        "from": "2021-07-01",
        **fields,
    }
    lines = [f"- id: {name}", "  kind: measure"]
    return "\n".join([*lines, *(f"  {key}: {value}" for key, value in said.items() if value)])


def write_measures(path: Path, *texts: str) -> Path:
    """A file of proposals."""
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path
