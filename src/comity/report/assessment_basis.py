"""What an assessment rests on, and the world model's answer beside it, as sections of its sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comity.report.assessment_rules import goods_label
from comity.report.numbers import change, figure
from comity.report.sheet import Block, Column, Grid, Lines, Section
from comity.report.simulation import name_of
from comity.words.catalogue import t

TOLD = ("tariff-gap", "scope", "china-column", "first-destination", "imports-only")
"""Notes of a baseline that are told even in short."""


def world(data: Mapping[str, Any], *, full: bool) -> list[Section]:
    """The same change in the world model; nothing where it was not asked for."""
    found = data.get("world")
    if found is None:
        return []
    title = t("assess.world_title")
    if "missing" in found:
        return [Section(title, (Lines((t("assess.world_missing", why=found["missing"]),)),))]
    lines = []
    for step in found["coverage"]:
        lines.append(
            t(
                "assess.world_coverage",
                world=found["baseline"],
                year=found["year"],
                sector=found["sector"],
                exporter=step["exporter"],
                importer=step["importer"],
                barred=figure(step["barred_usd_million"], 0),
                flow=figure(step["flow_usd_million"], 0),
                share=figure(100 * step["coverage"], 2),
                state=t(f"assess.state_{step['state']}"),
            )
        )
    columns = (
        Column(t("simulate.economy"), number=False),
        Column(t("assess.real_income"), "%"),
        Column(t("assess.real_income"), found["unit"]),
    )
    rows = tuple(
        (
            name_of(row["economy"]),
            change(row["real_income_pct"], 4),
            change(row["usd_million"], 1),
        )
        for row in found["real_income"][: 10 if full else 4]
    )
    blocks: tuple[Block, ...] = (
        Lines(tuple(lines)),
        Grid(columns, rows),
        Lines((t("assess.differ"), *found["why_different"])),
    )
    return [Section(title, blocks)]


def basis(data: Mapping[str, Any], *, full: bool) -> list[Section]:
    """Data and their holes, assumptions, sources."""
    out = [Section(t("assess.data"), tuple(_data(data, full)))]
    out.append(Section(t("assess.assumptions"), tuple(_assumptions(data, full))))
    if full:
        lines = tuple(f"{one['id']}: {one['text']}" for one in data["sources"])
        out.append(Section(t("assess.sources"), (Lines(lines),)))
    return out


def _data(data: Mapping[str, Any], full: bool) -> list[Block]:
    coverage = data["coverage"]
    columns = (
        Column(t("assess.goods"), number=False),
        *(Column(t(f"assess.standing_{one}"), "%") for one in ("reported", "carried", "estimated")),
    )
    rows = tuple(
        (
            t("assess.all_products") if product == "*" else goods_label(product),
            *(
                figure(100 * shares[one], 0, significant=1)
                for one in ("reported", "carried", "estimated")
            ),
        )
        for product, shares in coverage["standing"].items()
    )
    blocks: list[Block] = [Grid(columns, rows, t("assess.standing_said"))]
    lines = []
    entry = coverage["entry_not_predicted"]
    if entry:
        shown = ", ".join(
            f"{goods_label(one['goods'])} {one['importer']}" for one in entry[: 60 if full else 8]
        )
        more = len(entry) - (60 if full else 8)
        if more > 0:
            shown += t("assess.and_more", count=more)
        lines.append(t("assess.entry_list", cells=shown))
    for one in coverage["far"]:
        lines.append(
            t("assess.far", goods=goods_label(one["goods"]), importer=one["importer"],
              share=f"{100 * one['share']:.0f}")
        )  # fmt: skip
    if coverage["gaps"]:
        lines.append(t("assess.gaps", count=len(coverage["gaps"])))
    for one in data["routes"]:
        if not one["followed"]:
            lines.append(
                t("assess.route_left", goods=one["goods"], exporter=one["exporter"],
                  hub=one["hub"], final=one["final"])
            )  # fmt: skip
    failed = data["draws"]["without_answer"]
    if failed:
        why = "; ".join(f"{reason} ({count})" for reason, count in failed.items())
        lines.append(t("assess.failed", why=why))
    if lines:
        blocks.append(Lines(tuple(lines), marked=True))
    notes = tuple(note["text"] for note in data["notes"])
    kept = notes if full else tuple(n["text"] for n in data["notes"] if n["kind"] in TOLD)
    told = (*kept, t("assess.notes", count=len(notes) - len(kept))) if kept != notes else kept
    blocks.append(Lines(told))
    return blocks


def _assumptions(data: Mapping[str, Any], full: bool) -> list[Block]:
    columns = (
        Column(t("assess.input"), number=False),
        Column(t("assess.median")),
        Column("90 %"),
        Column(t("assess.drawn"), number=False),
        Column(t("assess.sighted"), number=False),
    )
    rows = []
    for one in data["assumptions"]:
        given = ", ".join(
            value if isinstance(value, str) else f"{value:.3g}" for value in one["parameters"]
        )
        rows.append(
            (
                f"{one['name']}: {one['meaning']}" if full else one["name"],
                f"{one['median']:.3g}",
                f"{one['p5']:.3g} … {one['p95']:.3g}",
                f"{one['drawn'].partition(':')[0]} ({given})",
                t(f"assess.basis_{one['basis'].replace(' ', '_')}"),
            )
        )
    reasons = dict.fromkeys(
        f"{goods_label(name)}: {one['reason']}" for name, one in data["choices"].items()
    )
    return [Grid(columns, tuple(rows)), Lines((*reasons, *data["assumed"]))]
