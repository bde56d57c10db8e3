"""Elasticities of goods as a sheet: the choice and its reason first, then every estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comity.report import sheet as sheets
from comity.report import tables
from comity.report.sheet import Column, Grid, Lines, Section, Sheet
from comity.trade.elasticity_answer import ESTIMATE_COLUMNS
from comity.words.catalogue import t


def render_elasticities(found: Mapping[str, Any], form: str, width: int) -> str:
    """`comity.trade.elasticity_answer.answer` as table, json, csv (the estimates), md or html."""
    if form == "json":
        return tables.as_json(dict(found))
    if form == "csv":
        return tables.as_csv(found["estimates"], ESTIMATE_COLUMNS)
    return sheets.rendered(_sheet(found), form, width)


def _sheet(found: Mapping[str, Any]) -> Sheet:
    rows = found["estimates"]
    about = [row for row in rows if row["level"] != "all"]
    usable = sum(bool(row["usable"]) for row in about)
    lead = (
        t("elasticities.found", estimates=len(about), usable=usable),
        *(
            [t("elasticities.of_all", number=len(rows) - len(about))]
            if len(rows) > len(about)
            else []
        ),
        t(f"elasticities.{found['horizon']}"),
    )
    sections = [_choice(found)]
    if rows:
        sections.append(Section(t("elasticities.estimates"), (_estimates(found),)))
    sections.append(Section(t("elasticities.ranges"), (_ranges(found),)))
    title = t("elasticities.title", goods=", ".join(found["goods"]))
    return Sheet(title, lead, tuple(sections), (t("elasticities.foot"),))


def _choice(found: Mapping[str, Any]) -> Section:
    title, chosen = t("elasticities.choice"), found["choice"]
    if chosen is None:
        text = t("elasticities.none", why=found["why_no_choice"])
        return Section(title, (Lines((text,), marked=True),))
    columns = (
        Column(t("elasticities.parameter"), number=False),
        Column(t("elasticities.what"), number=False),
        Column(t("elasticities.assumed"), number=False),
        Column(t("elasticities.drawn"), number=False),
    )
    grid = Grid(
        columns,
        tuple(
            (
                row["parameter"],
                row["what"],
                t("elasticities.yes") if row["assumed"] else t("elasticities.sourced"),
                row["drawn"],
            )
            for row in chosen["parameters"]
        ),
    )
    return Section(title, (grid, Lines((chosen["reason"],))))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _estimates(found: Mapping[str, Any]) -> Grid:
    columns = (
        Column(t("elasticities.near"), number=False),
        Column(t("elasticities.source"), number=False),
        Column(t("elasticities.code"), number=False),
        Column(t("elasticities.sample"), number=False),
        Column(t("elasticities.published")),
        Column(t("elasticities.error")),
        Column("σ"),
        Column(t("elasticities.usable"), number=False),
    )
    rows = tuple(
        (
            row["level"],
            row["family"],
            row["code"],
            row["sample"],
            _number(row["value"]),
            _number(row["std_error"]),
            _number(row["sigma"]),
            _usable(row),
        )
        for row in found["estimates"]
    )
    return Grid(columns, rows)


def _usable(row: Mapping[str, Any]) -> str:
    if not row["usable"]:
        return str(row["why_not"])
    return t("elasticities.usable_all" if row["level"] == "all" else "elasticities.usable_yes")


def _ranges(found: Mapping[str, Any]) -> Grid:
    columns = (
        Column(t("elasticities.parameter"), number=False),
        Column(t("elasticities.goods"), number=False),
        Column(t("elasticities.run"), number=False),
        Column(t("elasticities.value")),
        Column(t("elasticities.low")),
        Column(t("elasticities.high")),
        Column(t("elasticities.sighted"), number=False),
        Column(t("elasticities.source"), number=False),
    )
    rows = tuple(
        (
            row["parameter"],
            row["group"],
            row["horizon"],
            _number(row["value"]),
            _number(row["low"]),
            _number(row["high"]),
            t(f"elasticities.sighted_{row['sighted']}"),
            row["source_title"],
        )
        for row in found["demand_and_supply"]
    )
    return Grid(columns, rows)
