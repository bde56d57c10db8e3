"""An assessment as a sheet: who loses, who gains, where the goods go, how sure that is, and on what
the answer rests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from comity.effects.market.row import COLUMNS
from comity.report import sheet as sheets
from comity.report import tables
from comity.report.assessment_basis import basis, world
from comity.report.assessment_rules import goods_label, lead, rules
from comity.report.numbers import NOISE, between, change, figure
from comity.report.sheet import Block, Column, Grid, Lines, Section, Sheet
from comity.report.simulation import name_of
from comity.report.spans import Span, Spans
from comity.words.catalogue import t

MOST = 8
"""Rows of a table or chart in text; CSV and JSON have all."""
MOST_ENDS = 2
"""Exporters and importers concerned that get a section of their own in short."""
Row = Mapping[str, Any]


def render_assessment(
    data: Mapping[str, Any], form: str, width: int = 100, *, full: bool = False
) -> str:
    """The assessment (as `Assessment.as_dict` gives it) as table, json, csv, md or html.

    Markdown and pages have everything; the terminal has it with `full`.
    """
    if form == "json":
        return tables.as_json(dict(data))
    if form == "csv":
        return tables.as_csv(data["effects"], list(COLUMNS))
    page = sheet(data, full=full) if form == "table" else sheet(data, full=True, wide=True)
    return sheets.rendered(page, form, width)


def sheet(data: Mapping[str, Any], *, full: bool, wide: bool = False) -> Sheet:
    """The page that a person reads; `full` has all sources and assumptions, and longer tables;
    `wide` tables have the 50 % intervals as well."""
    most = 2 * MOST if full else MOST - 2
    sections = [
        Section(t("assess.rules"), tuple(rules(data))),
        Section(t("assess.welfare"), tuple(_welfare(data, most, wide))),
    ]
    ends = None if full else MOST_ENDS
    for exporter in data["exporters"][:ends]:
        title = t("assess.destinations", who=name_of(exporter))
        sections.append(Section(title, tuple(_trade(data, "exporter", exporter, most, full, wide))))
    for importer in data["importers"][:ends]:
        title = t("assess.origins", who=name_of(importer))
        sections.append(Section(title, tuple(_trade(data, "importer", importer, most, full, wide))))
    sections.append(Section(t("assess.prices"), (_prices(data, most),)))
    if data.get("variance"):
        sections.append(Section(t("assess.variance"), (_variance(data),)))
    sections += world(data, full=full)
    sections += basis(data, full=full)
    foot = (t("assess.rests", version=data["model_version"], seed=data["seed"]),
            t("simulate.run", run=data["run_id"]))  # fmt: skip
    return Sheet(data["title"], tuple(lead(data)), tuple(sections), foot)


# ----------------------------------------------------------------------------- who gains, loses


def _of(data: Mapping[str, Any], quantity: str) -> list[Row]:
    return [row for row in data["effects"] if row["quantity"] == quantity]


def _welfare(data: Mapping[str, Any], most: int, wide: bool) -> list[Block]:
    unit = data["baseline"]["unit"]
    total = {row["exporter"]: row for row in _of(data, "total_surplus")}
    half = {row["exporter"]: row for row in _of(data, "total_surplus_half_variety")}
    parts = {
        "buyers": {row["importer"]: row for row in _of(data, "consumer_surplus")},
        "producers": {row["exporter"]: row for row in _of(data, "producer_surplus")},
        "revenue": {row["importer"]: row for row in _of(data, "tariff_revenue")},
        "rents": {row["importer"]: row for row in _of(data, "quota_rents")},
    }
    parts = {name: rows for name, rows in parts.items() if rows}
    ends = [*data["importers"], *data["exporters"]]
    order = sorted(
        (code for code in total if code != "WLD"),
        key=lambda code: (code not in ends, -_size(total[code])),
    )
    shown = [code for code in order if code in ends or _size(total[code]) > 0.0][:most]
    if "WLD" in total:
        shown.append("WLD")
    digits = _digits([total[code]["median"] for code in shown if _told(total[code])])
    columns = [Column(t("simulate.economy"), unit, number=False)]
    columns += [Column(t(f"assess.{name}")) for name in parts]
    columns += [
        Column(t("assess.total")),
        *((Column("50 %"),) if wide else ()),
        Column("90 %"),
        Column(t("assess.half"), t("assess.half_unit")),
        Column(t("assess.estimated"), "%"),
    ]
    rows = []
    for code in shown:
        row = total[code]
        world_name = t("assess.world") if code == "WLD" else name_of(code)
        cells = [world_name]
        for found in parts.values():
            cells.append(_middle(found[code], digits) if code in found else "")
        cells += [
            _middle(row, digits),
            *((between(row["p25"], row["p75"], digits, sign=True),) if wide else ()),
            between(row["p5"], row["p95"], digits, sign=True),
            _middle(half[code], digits),
            f"{100 * row['estimated_share']:.0f}",
        ]
        rows.append(tuple(cells))
    left = len(order) - len([c for c in shown if c != "WLD"])
    grid = Grid(tuple(columns), tuple(rows), t("simulate.left", count=left) if left else "")
    chart = Spans(
        t("assess.welfare_chart"),
        unit,
        tuple(
            Span(
                code,
                None,
                total[code]["median"],
                (total[code]["p25"], total[code]["p75"]),
                (total[code]["p5"], total[code]["p95"]),
                change(total[code]["median"], digits),
            )
            for code in shown
            if code != "WLD" and _told(total[code])
        ),
    )
    said = [t("assess.half_said"), *_third(total, ends)]
    revenue = [row["note"] for row in parts.get("revenue", {}).values() if row["note"]][:1]
    return [chart, grid, Lines((*said, *(f"{t('assess.revenue')}: {one}" for one in revenue)))]


def _third(total: Mapping[str, Row], ends: Sequence[str]) -> list[str]:
    """How many of those who are neither end gain, lose, or are left open at 90 %."""
    others = [row for code, row in total.items() if code not in (*ends, "WLD") and _told(row)]
    if not others:
        return []
    gain = sum(row["p5"] > NOISE for row in others)
    lose = sum(row["p95"] < -NOISE for row in others)
    return [
        t("assess.third", count=len(others), gain=gain, lose=lose, open=len(others) - gain - lose)
    ]


# ----------------------------------------------------------------------------- where goods go


def _trade(
    data: Mapping[str, Any], side: str, who: str, most: int, full: bool, wide: bool
) -> list[Block]:
    other = "importer" if side == "exporter" else "exporter"
    mine = [row for row in _of(data, "trade_value") if row[side] == who]
    home = [row for row in _of(data, "home_sales") if row["exporter"] == who]
    goods = list(dict.fromkeys(row["goods"] for row in mine))
    if side == "importer" and not full and len(goods) > 1:
        goods = goods[:-1]  # what all products add up to is on the longer page
    unit = data["baseline"]["unit"]
    blocks: list[Block] = []
    for product in goods:
        rows = [row for row in mine if row["goods"] == product]
        rows = sorted(filter(_told, rows), key=lambda row: -max(row["before"], row["median"]))
        listed = [row for row in rows if row[other] != "WLD"][:most]
        kept = [row for row in home if row["goods"] == product and _told(row)]
        whole = [row for row in rows if row[other] == "WLD"]
        left = len(rows) - len(listed) - len(whole)
        table = [*listed, *whole, *kept]
        digits = _digits([row["median"] for row in table])
        if (side == "exporter" and product == goods[0]) or full:
            blocks.append(
                Spans(
                    t(f"assess.chart_{side}", goods=goods_label(product)),
                    unit,
                    tuple(
                        Span(
                            row[other],
                            row["before"],
                            row["median"],
                            (row["p25"], row["p75"]),
                            (row["p5"], row["p95"]),
                            f"{figure(row['before'], digits)} → {figure(row['median'], digits)}",
                        )
                        for row in listed
                    ),
                )
            )
        blocks.append(_trade_grid(table, product, other, unit, digits, left, wide))
    return blocks


def _trade_grid(
    table: Sequence[Row],
    product: str,
    other: str,
    unit: str,
    digits: int,
    left: int,
    wide: bool,
) -> Grid:
    columns = (
        Column(goods_label(product), unit, number=False),
        Column(t("simulate.before")),
        Column(t("simulate.after")),
        *((Column("50 %"),) if wide else ()),
        Column("90 %"),
        Column(t("assess.predictive")),
        Column(t("simulate.change"), "%"),
        Column(t("assess.known"), number=False),
    )
    rows = []
    for row in table:
        if row["quantity"] == "home_sales":
            name = t("assess.home")
        elif row[other] == "WLD":
            name = t("assess.abroad") if other == "importer" else t("assess.from_abroad")
        else:
            name = name_of(row[other])
        rows.append(
            (
                name + (" *" if row["note"] else ""),
                figure(row["before"], digits),
                figure(row["median"], digits),
                *((between(row["p25"], row["p75"], digits),) if wide else ()),
                between(row["p5"], row["p95"], digits),
                between(row["predictive_p5"], row["predictive_p95"], digits),
                "" if row["change_pct"] is None else change(row["change_pct"], 0),
                _known(row),
            )
        )
    under = []
    if left:
        under.append(t("assess.left", count=left))
    if any(row["note"] for row in table):
        under.append(t("assess.entry_said"))
    return Grid(columns, tuple(rows), " ".join(under))


def _known(row: Row) -> str:
    """How well the base of a row is known."""
    if row["base_estimated_share"] > 0.5:
        return t("assess.standing_estimated")
    if row["base_carried_share"] > 0.5:
        return t("assess.standing_carried")
    if row["base_estimated_share"] + row["base_carried_share"] >= 0.05:
        return t("assess.standing_partly", share=f"{100 * row['estimated_share']:.0f}")
    return t("assess.standing_reported")


# ------------------------------------------------------------------------------------- prices


def _prices(data: Mapping[str, Any], most: int) -> Grid:
    ends = {"producer_price": ("exporter", data["exporters"]), "price_index": ("importer", None)}
    rows = []
    for quantity, (side, _) in ends.items():
        found = _of(data, quantity)
        found = sorted(filter(_told, found), key=lambda row: -abs(row["median"] - 100.0))
        for row in found[: max(3, most // 2)]:
            rows.append(
                (
                    t(f"assess.{quantity}", who=name_of(row[side])),
                    goods_label(row["goods"]),
                    change(row["median"] - 100.0, 1),
                    between(row["p25"] - 100.0, row["p75"] - 100.0, 1, sign=True),
                    between(row["p5"] - 100.0, row["p95"] - 100.0, 1, sign=True),
                )
            )
    columns = (
        Column("", number=False),
        Column(t("assess.goods"), number=False),
        Column(t("simulate.change"), "%"),
        Column("50 %"),
        Column("90 %"),
    )
    return Grid(columns, tuple(rows), t("assess.prices_said"))


def _variance(data: Mapping[str, Any]) -> Grid:
    effects: dict[str, list[Row]] = {}
    for row in data["variance"]:
        who = row["exporter"] if row["exporter"] != "" else row["importer"]
        effects.setdefault(f"{row['quantity'].replace('_', ' ')} {who}", []).append(row)
    meanings = {one["name"]: one["meaning"] for one in data["assumptions"]}
    rows = []
    for name, found in effects.items():
        for place, one in enumerate(found[:3]):
            if one["share"] < 0.03 and place:
                break
            mean = meanings.get(one["input"], "")
            rows.append(
                (
                    name if place == 0 else "",
                    one["input"],
                    mean,
                    f"{100 * one['share']:.0f}",
                )
            )
    columns = (
        Column(t("assess.effect"), number=False),
        Column(t("assess.input"), number=False),
        Column(t("assess.meaning"), number=False),
        Column(t("assess.variance_share"), "%"),
    )
    return Grid(columns, tuple(rows), t("assess.variance_said"))


# ------------------------------------------------------------------------------------ numbers


def _digits(values: Sequence[float]) -> int:
    largest = max((abs(value) for value in values), default=0.0)
    return 0 if largest >= 1000 else 1 if largest >= 10 else 2 if largest >= 1 else 3


def _told(row: Row) -> bool:
    """Is there a number, or has the row no bound in this model?"""
    return row["median"] is not None


def _size(row: Row) -> float:
    return abs(row["median"]) if _told(row) else math.inf


def _middle(row: Row, digits: int) -> str:
    return change(row["median"], digits) if _told(row) else t("assess.not_bounded")
