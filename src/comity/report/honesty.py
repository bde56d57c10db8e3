"""What a model said, beside what happened, as a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comity.report import sheet as sheets
from comity.report import tables
from comity.report.sheet import Column, Grid, Lines, Section, Sheet
from comity.report.simulation import signed
from comity.report.spans import Span, Spans
from comity.words.catalogue import t

COLUMNS = (
    "id", "quantity", "exporter", "importer", "goods", "before_period", "before", "period", "after",
    "unit", "compared", "compared_unit", "happened", "median", "p5", "p25", "p75", "p95",
    "predictive_p5", "predictive_p95", "verdict", "explanation", "sources", "confidence",
)  # fmt: skip


def render_honesty(data: Mapping[str, Any], form: str, width: int = 100) -> str:
    """The comparison (as `beside_outcomes` gives it) as table, json, csv, md or html."""
    if form == "json":
        return tables.as_json(dict(data))
    if form == "csv":
        return tables.as_csv(data["compared"], list(COLUMNS))
    return sheets.rendered(sheet(data), form, width)


def sheet(data: Mapping[str, Any]) -> Sheet:
    """The page."""
    counts, rows = data["counts"], data["compared"]
    public = data["views"].get("public_on")
    lead = [
        t(
            "honesty.lead",
            count=len(rows),
            title=data["title"],
            public=t("honesty.public", day=public) if public else t("honesty.all"),
            market=data["baseline"]["name"],
            year=data["baseline"]["year"],
        ),
        t(
            "honesty.tally",
            inner=counts["within_50"],
            outer=counts["within_90"],
            predictive=counts["within_predictive_90"],
            above=counts["above"],
            below=counts["below"],
        ),
    ]
    changes = [row for row in rows if row["compared"] == "change"]
    blocks = []
    if changes:
        blocks.append(
            Spans(
                t("honesty.chart"),
                "%",
                tuple(
                    Span(
                        f"{_what(row)}",
                        row["happened"],
                        row["median"],
                        (row["p25"], row["p75"]),
                        (row["predictive_p5"], row["predictive_p95"]),
                        f"{signed(row['median'], 0)} / {signed(row['happened'], 0)}",
                    )
                    for row in changes
                    if row["predictive_p95"] < 500.0
                ),
                t("honesty.happened"),
            )
        )
    columns = (
        Column(t("honesty.outcome"), number=False),
        Column(t("honesty.periods"), number=False),
        Column(t("honesty.happened")),
        Column(t("honesty.said")),
        Column("90 %"),
        Column(t("assess.predictive")),
        Column(t("honesty.verdict"), number=False),
    )
    grid = Grid(
        columns,
        tuple(
            (
                f"{row['id']} {_what(row)}",
                row["period"],
                _cell(row, "happened"),
                _cell(row, "median"),
                f"{_cell(row, 'p5')} … {_cell(row, 'p95')}",
                f"{_cell(row, 'predictive_p5')} … {_cell(row, 'predictive_p95')}",
                t(f"honesty.{row['verdict']}"),
            )
            for row in rows
        ),
        t("honesty.read"),
    )
    why = [f"{row['id']} {_what(row)}: {row['explanation']}" for row in rows if row["explanation"]]
    left: dict[str, list[str]] = {}
    for row in data["not_compared"]:
        left.setdefault(row["left_out"], []).append(row["id"])
    sections = [
        Section(t("honesty.beside"), (*blocks, grid)),
        *([Section(t("honesty.why"), (Lines(tuple(why)),))] if why else []),
        Section(
            t("honesty.rule_title"),
            (
                Lines(
                    (
                        t("honesty.rule", rule=data["rule"], draws=f"{data['draws']:,}"),
                        *(f"{name}: {text}" for name, text in data["choices"].items()),
                        t("honesty.discrepancy", value=f"{data['discrepancy']:g}"),
                    )
                ),
            ),
        ),
    ]
    if left:
        lines = tuple(f"{', '.join(ids)}: {reason}" for reason, ids in left.items())
        sections.append(Section(t("honesty.left"), (Lines(lines),)))
    return Sheet(
        t("honesty.title", title=data["title"]),
        tuple(lead),
        tuple(sections),
        (t("simulate.run", run=data["run_id"]),),
    )


def _what(row: Mapping[str, Any]) -> str:
    ends = " → ".join(end for end in (row["exporter"], row["importer"]) if end)
    return t(f"honesty.of_{row['quantity']}", goods=row["goods"], ends=ends)


def _cell(row: Mapping[str, Any], key: str) -> str:
    value = row[key]
    if row["compared"] == "change":
        return f"{signed(value, 0)} %"
    unit = f" {row['compared_unit']}" if key == "happened" else ""
    return f"{value:,.1f}{unit}"
