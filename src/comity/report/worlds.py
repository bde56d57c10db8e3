"""The data of a world as sheets: what it holds, and what was found in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from comity.report import sheet as sheets
from comity.report import tables
from comity.report.sheet import Column, Grid, Lines, Section, Sheet
from comity.words.catalogue import t

_SEVERITIES = ("wrong", "odd", "info")


def render_info(found: Mapping[str, Any], form: str, width: int, *, sectors: bool = False) -> str:
    """`comity.trade.info.info` as table, json, csv, md or html."""
    rows = found["sectors" if sectors else "economies"]
    if form == "json":
        return tables.as_json(dict(found))
    if form == "csv":
        return tables.as_csv(rows, list(rows[0]))
    return sheets.rendered(_info(found, sectors=sectors), form, width)


def _info(found: Mapping[str, Any], *, sectors: bool) -> Sheet:
    n, j = found["shape"]
    whole, unit = found["world"], found["unit"]
    low, high = found["theta"]["least"], found["theta"]["most"]
    lead = [
        t("world.size", economies=n, sectors=j, year=found["year"] or "–", unit=unit),
        t(
            "world.totals",
            value_added=f"{whole['value_added']:,.0f}",
            trade=f"{whole['trade']:,.0f}",
            home=f"{whole['domestic_share']:.1%}",
            theta=f"{low:g}" if low == high else f"{low:g} – {high:g}",
        ),
    ]
    if found["source"]:
        lead.append(t("simulate.source", source=found["source"], licence=found["licence"] or "–"))
    body = _sectors(found, unit) if sectors else _economies(found, unit)
    notes = tuple(note["text"] for note in found["notes"])
    sections = [Section(t("world.sectors") if sectors else t("world.economies"), (body,))]
    if notes:
        sections.append(Section(t("world.notes"), (Lines(notes),)))
    return Sheet(
        found["name"], tuple(lead), tuple(sections), (t("world.digest", digest=found["digest"]),)
    )


def _share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.2f}"


def _economies(found: Mapping[str, Any], unit: str) -> Grid:
    columns = (
        Column(t("simulate.economy"), number=False),
        Column(t("world.name"), number=False),
        Column(t("world.value_added"), unit),
        Column(t("world.share"), "%"),
        Column(t("world.exports"), unit),
        Column(t("world.imports"), unit),
        Column(t("world.deficit"), unit),
        Column(t("world.home"), "%"),
        Column(t("world.tariff"), "%"),
    )
    rows = tuple(
        (
            row["economy"],
            "" if row["name"] == row["economy"] else row["name"],
            f"{row['value_added']:,.0f}",
            _share(row["share_of_world"]),
            f"{row['exports']:,.0f}",
            f"{row['imports']:,.0f}",
            f"{row['deficit']:,.0f}",
            _share(row["domestic_share"]),
            _share(row["mean_tariff"]),
        )
        for row in found["economies"]
    )
    return Grid(columns, rows)


def _sectors(found: Mapping[str, Any], unit: str) -> Grid:
    columns = (
        Column(t("world.sector"), number=False),
        Column(t("world.name"), number=False),
        Column("theta"),
        Column(t("world.output"), unit),
        Column(t("world.trade"), unit),
        Column(t("world.home"), "%"),
        Column(t("world.goods"), number=False),
    )
    rows = tuple(
        (
            row["sector"],
            "" if row["name"] == row["sector"] else row["name"],
            f"{row['theta']:g}",
            f"{row['output']:,.0f}",
            f"{row['trade']:,.0f}",
            _share(row["domestic_share"]),
            " ".join(code.rpartition(":")[2] for code in row["goods"]),
        )
        for row in found["sectors"]
    )
    return Grid(columns, rows)


def render_findings(found: Sequence[Mapping[str, Any]], name: str, form: str, width: int) -> str:
    """Findings of `comity.trade.check.check`, the gravest first."""
    if form == "json":
        return tables.as_json(list(found))
    columns = ["severity", "kind", "text", "count", "economies", "sectors"]
    if form == "csv":
        return tables.as_csv([dict(row) for row in found], columns)
    sections = []
    for severity in _SEVERITIES:
        texts = tuple(
            f"{row['kind']}: {row['text']}" for row in found if row["severity"] == severity
        )
        if texts:
            title = t(f"world.{severity}")
            sections.append(Section(title, (Lines(texts, marked=severity == "wrong"),)))
    lead = (t("world.found", count=len(found)),) if found else (t("world.clean"),)
    return sheets.rendered(Sheet(t("world.check", name=name), lead, tuple(sections)), form, width)
