"""What a model said, beside what happened, as a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comity.report import sheet as sheets
from comity.report import tables
from comity.report.assessment_rules import goods_label
from comity.report.honesty_working import working
from comity.report.numbers import between, change, figure
from comity.report.sheet import Block, Column, Grid, Lines, Section, Sheet
from comity.report.simulation import name_of
from comity.report.spans import Span, Spans
from comity.words.catalogue import t

COLUMNS = (
    "id", "quantity", "exporter", "importer", "goods", "before_period", "before", "period", "after",
    "unit", "compared", "compared_unit", "happened", "median", "p5", "p25", "p75", "p95",
    "predictive_p5", "predictive_p95", "verdict", "tests", "same_as", "explanation",
    "explanation_sources", "caveat", "sources", "url", "confidence",
)  # fmt: skip
MODEL, MEASURE = "model", "measure"
WIDEST = 500.0
"""Changes whose interval reaches further, in per cent, are not drawn: they would flatten others."""
Row = Mapping[str, Any]


def render_honesty(data: Row, form: str, width: int = 100, *, full: bool = False) -> str:
    """The comparison (as `beside_outcomes` gives it) as table, json, csv, md or html.

    Markdown and pages have the working of each comparison; the terminal has it with `full`.
    """
    if form == "json":
        return tables.as_json(dict(data))
    if form == "csv":
        return tables.as_csv(data["compared"], list(COLUMNS))
    return sheets.rendered(sheet(data, full=full or form != "table"), form, width)


def sheet(data: Row, *, full: bool = False) -> Sheet:
    """The page; `full` has the working of every comparison."""
    sections = [
        Section(t("honesty.beside"), tuple(_beside(data))),
        *_apart(data),
        *_replacement(data),
        *_why(data),
        *([Section(t("honesty.working"), tuple(working(data)))] if full else []),
        Section(t("honesty.rule_title"), (Lines(tuple(_rule(data))),)),
        *_left(data),
        Section(t("assess.sources"), (Lines(tuple(_sources(data))),)),
    ]
    return Sheet(
        t("honesty.title", title=data["title"]),
        tuple(_lead(data)),
        tuple(sections),
        (t("simulate.run", run=data["run_id"]),),
    )


def _lead(data: Row) -> list[str]:
    public = data["views"].get("public_on")
    counts, apart = data["counts"], data["apart"]
    tested = sum(counts.values())
    return [
        t(
            "honesty.lead",
            count=len(data["compared"]),
            title=data["title"],
            public=t("honesty.public", day=public) if public else t("honesty.all"),
            market=data["baseline"]["name"],
            year=data["baseline"]["year"],
        ),
        t("honesty.counted", measure=apart["measure"], repeat=apart["repeat"], count=tested),
        t(
            "honesty.tally",
            count=tested,
            inner=counts["within_50"],
            outer=counts["within_90"],
            predictive=counts["within_predictive_90"],
            above=counts["above"],
            below=counts["below"],
        ),
    ]


# -------------------------------------------------------------------------------- said, happened


def _beside(data: Row) -> list[Block]:
    rows = [row for row in data["compared"] if row["tests"] == MODEL]
    drawn = [
        row
        for row in rows
        if row["compared"] == "change" and max(row["predictive_p95"], row["happened"]) < WIDEST
    ]
    blocks: list[Block] = []
    if drawn:
        blocks.append(
            Spans(
                t("honesty.chart"),
                "%",
                tuple(
                    Span(
                        what(row),
                        row["happened"],
                        row["median"],
                        (row["p25"], row["p75"]),
                        (row["predictive_p5"], row["predictive_p95"]),
                        f"{change(row['median'], 0)} / {change(row['happened'], 0)}",
                    )
                    for row in drawn
                ),
                t("honesty.happened"),
                t("honesty.outer"),
            )
        )
    return [*blocks, _grid(rows)]


def _grid(rows: list[Row]) -> Grid:
    columns = (
        Column(t("honesty.outcome"), number=False),
        Column(t("honesty.periods"), number=False),
        Column(t("honesty.happened")),
        Column(t("honesty.said")),
        Column("90 %"),
        Column(t("assess.predictive")),
        Column(t("honesty.verdict"), number=False),
    )
    body = tuple(
        (
            f"{row['id']} {what(row)}",
            row["period"],
            _cell(row, row["happened"], unit=True),
            _cell(row, row["median"]),
            _ends(row, "p5", "p95"),
            _ends(row, "predictive_p5", "predictive_p95"),
            t(f"honesty.{row['verdict']}"),
        )
        for row in rows
    )
    return Grid(columns, body, t("honesty.read"))


def _apart(data: Row) -> list[Section]:
    """Comparisons that are shown and not counted, each with why."""
    rows = [row for row in data["compared"] if row["tests"] != MODEL]
    if not rows:
        return []
    columns = (
        Column(t("honesty.outcome"), number=False),
        Column(t("honesty.happened")),
        Column(t("honesty.said")),
        Column(t("assess.predictive")),
        Column(t("honesty.verdict"), number=False),
        Column(t("honesty.why_apart"), number=False),
    )
    body = tuple(
        (
            f"{row['id']} {what(row)}",
            _cell(row, row["happened"], unit=True),
            _cell(row, row["median"]),
            _ends(row, "predictive_p5", "predictive_p95"),
            t(f"honesty.{row['verdict']}"),
            t("honesty.by_construction")
            if row["tests"] == MEASURE
            else t("honesty.same_as", id=row["same_as"]),
        )
        for row in rows
    )
    return [Section(t("honesty.apart"), (Grid(columns, body, t("honesty.apart_said")),))]


# -------------------------------------------------------------------------------- by origin


def _replacement(data: Row) -> list[Section]:
    """Who sells instead, by the model, and what is on record of each origin."""
    found = data["replacement"]
    out = []
    for importer in dict.fromkeys(row["importer"] for row in found["origins"]):
        rows = [row for row in found["origins"] if row["importer"] == importer]
        known = [one for one in found["outcomes"] if one["importer"] == importer]
        columns = (
            Column(t("honesty.origin"), number=False),
            Column(t("assess.goods"), number=False),
            Column(t("simulate.before"), data["baseline"]["unit"]),
            Column(t("simulate.after"), data["baseline"]["unit"]),
            Column("90 %"),
            Column(t("simulate.change"), "%"),
            Column(t("honesty.on_record"), number=False),
        )
        body = tuple(
            (
                name_of(row["exporter"]),
                goods_label(row["goods"]),
                figure(row["before"], 2),
                figure(row["median"], 2),
                between(row["p5"], row["p95"], 2),
                "" if row["change_pct"] is None else change(row["change_pct"], 0),
                ", ".join(one["id"] for one in known if one["exporter"] == row["exporter"])
                or t("honesty.none"),
            )
            for row in rows
        )
        blocks: list[Block] = [Grid(columns, body, t("honesty.replacement_said"))]
        if known:
            blocks.append(Lines(tuple(map(_on_record, known))))
        tested = any(not one["left_out"] for one in known)
        blocks.append(
            Lines((t("honesty.replacement_some" if tested else "honesty.replacement_none"),))
        )
        out.append(Section(t("assess.origins", who=name_of(importer)), tuple(blocks)))
    return out


def _on_record(one: Row) -> str:
    told = one["change_pct"]
    return t(
        "honesty.replacement_outcome",
        id=one["id"],
        origin=name_of(one["exporter"]),
        goods=one["goods"],
        period=one["period"],
        change=f"{told.replace('-', '−')} %" if told else t("honesty.none"),
        why=one["left_out"] or t("honesty.replacement_compared"),
    )


# -------------------------------------------------------------------------- reasons, rule, rest


def _why(data: Row) -> list[Section]:
    lines = []
    for row in data["compared"]:
        text = row["explanation"]
        if not text and not row["caveat"]:
            continue
        caveat = t("honesty.caveat", text=row["caveat"]) if row["caveat"] else ""
        text = text or t("honesty.no_reason")
        sources = row["explanation_sources"].replace(";", ", ")
        cited = f" [{sources}]" if row["explanation"] and sources else ""
        lines.append(f"{row['id']} {what(row)}: {text}{cited}{' ' + caveat if caveat else ''}")
    return [Section(t("honesty.why"), (Lines(tuple(lines)),))] if lines else []


def _rule(data: Row) -> list[str]:
    out = [
        t("honesty.rule", rule=data["rule"], draws=f"{data['draws']:,}"),
        *(f"{goods_label(name)}: {text}" for name, text in data["choices"].items()),
        t("honesty.discrepancy", value=f"{data['discrepancy']:g}"),
        t("honesty.comparable"),
    ]
    basis = data["basis"]
    if basis is not None:
        whole, mine = basis["all"], basis["exporters"]
        later = ", ".join(f"{key} ({count:,})" for key, count in basis["later_sources"].items())
        out.append(
            t(
                "honesty.later",
                day=basis["day"],
                later=f"{whole['later']:,}",
                cells=f"{whole['cells']:,}",
                share=figure(100 * whole["later_share"], 0),
                sources=later or t("honesty.none"),
                undated=f"{whole['undated']:,}",
            )
        )
        if mine is not None:
            out.append(
                t(
                    "honesty.later_exports",
                    later=mine["later"],
                    cells=mine["cells"],
                    share=figure(100 * mine["later_share"], 0),
                    undated=mine["undated"],
                )
            )
    return out


def _left(data: Row) -> list[Section]:
    left: dict[str, list[str]] = {}
    for row in data["not_compared"]:
        left.setdefault(row["left_out"], []).append(row["id"])
    if not left:
        return []
    lines = tuple(f"{', '.join(ids)}: {reason}" for reason, ids in left.items())
    return [Section(t("honesty.left"), (Lines(lines),))]


def _sources(data: Row) -> list[str]:
    """Each source with its title and address, and for which outcomes it stands."""
    return [
        ", ".join(part for part in (one["id"], one["title"], one["publisher"], one["url"]) if part)
        + f" ({', '.join(one['outcomes'])})"
        for one in data["sources"]
    ]


def what(row: Row) -> str:
    """What an outcome is of, in words."""
    ends = " → ".join(end for end in (row["exporter"], row["importer"]) if end)
    return t(f"honesty.of_{row['quantity']}", goods=goods_label(row["goods"]), ends=ends)


def _cell(row: Row, value: float, *, unit: bool = False) -> str:
    if row["compared"] == "change":
        return f"{change(value, 0)} %"
    return figure(value, 1) + (f" {row['compared_unit']}" if unit else "")


def _ends(row: Row, low: str, high: str) -> str:
    if row["compared"] != "change":
        return between(row[low], row[high], 1)
    first, last = (f"{change(row[key], 0)} %" for key in (low, high))
    return first if first == last else f"{first} … {last}"
