"""Where goods could go instead, as a sheet: the model's diversion beside what markets buy today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comity.report import sheet as sheets
from comity.report import tables
from comity.report.assessment_rules import goods_label
from comity.report.numbers import between, change, figure
from comity.report.sheet import Column, Grid, Lines, Section, Sheet
from comity.report.simulation import name_of
from comity.report.spans import Span, Spans
from comity.words.catalogue import t

COLUMNS = (
    "goods", "importer", "unit", "bought_from_all", "bought_from_exporter", "share_pct",
    "base_median", "after_median", "after_p5", "after_p95",
    "diversion_median", "diversion_p5", "diversion_p95",
    "predictive_p5", "predictive_p95", "closed", "standing", "note",
)  # fmt: skip
MOST = 14


def render_outlets(data: Mapping[str, Any], form: str, width: int = 100) -> str:
    """The answer (as `outlets` gives it) as table, json, csv, md or html."""
    if form == "json":
        return tables.as_json(dict(data))
    if form == "csv":
        return tables.as_csv(data["markets"], list(COLUMNS))
    return sheets.rendered(sheet(data), form, width)


def sheet(data: Mapping[str, Any]) -> Sheet:
    """The page."""
    unit = data["unit"]
    closed = ", ".join(name_of(code) for code in data["without"])
    lead = t(
        "outlets.lead",
        exporter=name_of(data["exporter"]),
        market=data["baseline"],
        year=data["year"],
        unit=unit,
        closed=closed or t("outlets.none"),
        draws=f"{data['draws']:,}",
    )
    sections = []
    for product in data["products"]:
        rows = [row for row in data["markets"] if row["goods"] == product]
        open_rows = [row for row in rows if not row["closed"]][:MOST]
        shut = [row for row in rows if row["closed"]]
        chart = Spans(
            t("outlets.chart"),
            unit,
            tuple(
                Span(
                    row["importer"],
                    row["base_median"],
                    row["after_median"],
                    (row["after_p25"], row["after_p75"]),
                    (row["after_p5"], row["after_p95"]),
                    f"{figure(row['base_median'], 1)} → {figure(row['after_median'], 1)}",
                )
                for row in open_rows[:8]
            ),
        )
        columns = (
            Column(goods_label(product), unit, number=False),
            Column(t("outlets.buys")),
            Column(t("outlets.from_exporter")),
            Column(t("outlets.share"), "%"),
            Column(t("outlets.base")),
            Column(t("outlets.more")),
            Column("90 %"),
            Column(t("assess.predictive")),
            Column(t("assess.known"), number=False),
        )
        grid = Grid(
            columns,
            tuple(
                (
                    name_of(row["importer"])
                    + (" *" if row["note"] else "")
                    + (" ×" if row["closed"] else ""),
                    figure(row["bought_from_all"], 1),
                    figure(row["bought_from_exporter"], 2),
                    figure(row["share_pct"], 1),
                    figure(row["base_median"], 1),
                    change(row["diversion_median"], 2),
                    between(row["diversion_p5"], row["diversion_p95"], 1, sign=True),
                    between(row["predictive_p5"], row["predictive_p95"], 1, sign=True),
                    t(f"assess.standing_{row['standing']}"),
                )
                for row in (*open_rows, *shut)
            ),
            t("outlets.said"),
        )
        sections.append(Section(t("outlets.of", goods=goods_label(product)), (chart, grid)))
    notes = [flag["text"] for flag in data["flags"]]
    sections.append(Section(t("simulate.mind"), (Lines((*notes, *data["notes"])),)))
    title = t(
        "outlets.title",
        exporter=name_of(data["exporter"]),
        goods=", ".join(map(goods_label, data["products"])),
    )
    return Sheet(title, (lead,), tuple(sections), (t("simulate.run", run=data["run_id"]),))
