"""Two results beside each other: what both say of the same economy, and by how much they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from comity.report.sheet import Block, Column, Grid, Lines, Section, Sheet
from comity.report.simulation import TABLE, digits_for, name_of, rows_of, signed
from comity.words.catalogue import t
from comity.words.errors import InputError

Data = Mapping[str, Any]
QUANTITIES = ("total_surplus", "producer_surplus", "consumer_surplus", "trade_value")
COLUMNS = ("quantity", "exporter", "importer", "goods", "unit", "first", "second", "difference")
MOST = 12


def beside(first: Data, second: Data) -> Sheet:
    """The sheet of two assessments or of two simulations. Raises `InputError` for one of each."""
    if _is_market(first) != _is_market(second):
        raise InputError(
            "an assessment and a simulation have no quantity in common",
            mend="compare two of the same kind",
        )
    lead = (
        t("beside.first", title=first["title"], run=first["run_id"][:12]),
        t("beside.second", title=second["title"], run=second["run_id"][:12]),
    )
    notes = _differences(first, second)
    sections = [Section(t("beside.asked"), (Lines(tuple(notes)),))]
    if _is_market(first):
        sections += _market(first, second)
    else:
        sections += _world(first, second)
    return Sheet(t("beside.title"), lead, tuple(sections))


def rows(first: Data, second: Data) -> list[dict[str, Any]]:
    """Every quantity that both have, with the difference of the medians: for CSV and JSON."""
    out = []
    for key, (one, other) in _paired(first, second).items():
        out.append(
            {
                **dict(zip(COLUMNS[:5], key, strict=True)),
                "first": one,
                "second": other,
                "difference": None if one is None or other is None else other - one,
            }
        )
    return out


def _is_market(data: Data) -> bool:
    return bool(data["model"] == "market")


def _differences(first: Data, second: Data) -> list[str]:
    out = []
    for name, one, other in (
        ("baseline", first["baseline"]["name"], second["baseline"]["name"]),
        ("model", first["model_version"], second["model_version"]),
        ("seed", first["seed"], second["seed"]),
        ("horizon", first.get("horizon"), second.get("horizon")),
        ("measures", _measures(first), _measures(second)),
    ):
        if one != other:
            out.append(t("beside.differs", what=t(f"beside.{name}"), first=one, second=other))
    return out or [t("beside.same")]


def _measures(data: Data) -> str:
    return ", ".join(dict.fromkeys(one["id"] for one in data["measures"])) or "–"


Key = tuple[str, str, str, str, str]


def _paired(first: Data, second: Data) -> dict[Key, tuple[float | None, float | None]]:
    one, other = _values(first), _values(second)
    return {key: (one.get(key), other.get(key)) for key in dict.fromkeys((*one, *other))}


def _values(data: Data) -> dict[Key, float | None]:
    if _is_market(data):
        return {
            (r["quantity"], r["exporter"], r["importer"], r["goods"], r["unit"]): r["median"]
            for r in data["effects"]
        }
    return {
        (name, row["economy"], "", "", unit): row[name]
        for row in rows_of(data)
        for name, _, unit in TABLE
        if name in row
    }


def _market(first: Data, second: Data) -> list[Section]:
    mine = {_key(r): r for r in first["effects"]}
    theirs = {_key(r): r for r in second["effects"]}
    sections = []
    for quantity in QUANTITIES:
        keys = [k for k in dict.fromkeys((*mine, *theirs)) if k[0] == quantity]
        if quantity == "trade_value":
            keys = [k for k in keys if "WLD" in (k[1], k[2])]
        keys.sort(key=lambda k: -max(_size(mine.get(k)), _size(theirs.get(k))))
        keys = [k for k in keys if max(_size(mine.get(k)), _size(theirs.get(k))) > 0.0]
        if not keys:
            continue
        unit = (mine.get(keys[0]) or theirs[keys[0]])["unit"]
        both = [r for k in keys for r in (mine.get(k), theirs.get(k)) if r is not None]
        sizes = [r["median"] for r in both if _told(r)]
        digits = min(2, digits_for(sizes, 0))
        # A value of trade is a level, the others are changes.
        show = _level if quantity == "trade_value" else signed
        body = tuple(
            (_name(k), *_cells(mine.get(k), digits, show), *_cells(theirs.get(k), digits, show),
             _gap(mine.get(k), theirs.get(k), digits))
            for k in keys[:MOST]
        )  # fmt: skip
        sections.append(_section(t(f"beside.{quantity}"), unit, body, len(keys) - MOST, wide=True))
    return sections


def _key(row: Data) -> tuple[str, str, str, str]:
    return row["quantity"], row["exporter"], row["importer"], row["goods"]


def _told(row: Data | None) -> bool:
    return row is not None and row["median"] is not None


def _size(row: Data | None) -> float:
    return abs(row["median"] - (row["before"] or 0.0)) if row is not None and _told(row) else 0.0


def _name(key: tuple[str, str, str, str]) -> str:
    codes = dict.fromkeys(code for code in key[1:3] if code)
    ends = [name_of(code) if code != "WLD" else t("assess.world") for code in codes]
    goods = f" ({key[3]})" if key[3] else ""
    return " → ".join(ends) + goods


def _level(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"


def _cells(row: Data | None, digits: int, show: Callable[[float, int], str]) -> tuple[str, str]:
    if row is None or not _told(row):
        return "–", ""
    return show(row["median"], digits), f"{show(row['p5'], digits)} … {show(row['p95'], digits)}"


def _gap(one: Data | None, other: Data | None, digits: int) -> str:
    if one is None or other is None or not (_told(one) and _told(other)):
        return "–"
    return signed(other["median"] - one["median"], digits)


def _section(
    title: str, unit: str, body: tuple[tuple[str, ...], ...], left: int, *, wide: bool
) -> Section:
    pair = [
        Column(t(f"beside.{n}_head"), unit if n == "first_short" else "")
        for n in ("first_short", "second_short")
    ]
    columns = [Column(t("simulate.economy"), number=False)]
    for column in pair:
        columns.append(column)
        if wide:
            columns.append(Column("90 %"))
    columns.append(Column(t("beside.difference"), unit))
    block: Block = Grid(tuple(columns), body, t("beside.left", count=left) if left > 0 else "")
    return Section(title, (block,))


def _world(first: Data, second: Data) -> list[Section]:
    one = {row["economy"]: row for row in rows_of(first)}
    other = {row["economy"]: row for row in rows_of(second)}
    sections = []
    for name, label, unit in TABLE[:2]:
        codes = [c for c in one if c in other and name in one[c] and name in other[c]]
        codes.sort(key=lambda c: -max(abs(one[c][name]), abs(other[c][name])))
        shown = codes[:MOST]
        digits = digits_for([v for c in shown for v in (one[c][name], other[c][name])])
        body = tuple(
            (name_of(c), signed(one[c][name], digits), signed(other[c][name], digits),
             signed(other[c][name] - one[c][name], digits))
            for c in shown
        )  # fmt: skip
        sections.append(_section(label, unit, body, len(codes) - MOST, wide=False))
    return sections
