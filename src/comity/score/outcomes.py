"""What happened after a measure, beside what an assessment says of it.

Outcomes are data of packs (``markets/outcomes.csv``) under the keys of effect rows: quantity,
exporter, importer, goods, period, unit. Each says whether it can be compared: ``yes`` (value and
change), ``change`` (the change only), ``level`` (the value only) or ``no`` with the reason. Nothing
is fitted here: parameters come from the rule of the assessment, chosen before outcomes are read.

What is counted for or against the model is one comparison per flow, and none of a flow that the
measure itself bars: that such a flow went to nothing is the question, not an answer.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from comity.effects.market.row import Row
from comity.market.assessment import Assessment
from comity.scenario.market_case import BAN, FROM, TO
from comity.score.compared import (
    CHANGE,
    LEVEL,
    MEASURE,
    MODEL,
    NO,
    REPEAT,
    SLACK,
    VERDICTS,
    YES,
    Compared,
    Ends,
    number,
)
from comity.score.replacement import replacement
from comity.trade.market_sources import CellBasis, cell_bases
from comity.words.errors import FileError, InputError, NotFound, Place, ValidationError

NAME = "outcomes.csv"
WHY = "outcomes_why.csv"
SOURCES = "outcomes_sources.csv"
NEEDED = (
    "id", "quantity", "exporter", "importer", "goods", "before_period", "before", "period", "after",
    "unit", "change_pct", "comparable", "why", "sources", "confidence",
)  # fmt: skip
PRICES = ("producer_price", "unit_value")
"""Quantities that the model has one price for: that of the exporter."""
WHOLE = "WLD"


def beside_outcomes(made: Assessment, files: Sequence[Path] | None = None) -> dict[str, Any]:
    """Outcomes about the exporters and importers of an assessment, beside its rows.

    `files` replace those of the packs. Raises `NotFound` where no outcome is about it, and
    `FileError` or `ValidationError` for a file that is not one of outcomes.
    """
    if made.case.state(FROM):
        raise InputError(
            "outcomes on record are of measures as they were taken, and this question is about "
            "something else",
            mend="ask about the measure itself, without --lift",
        )
    if made.case.horizon != "short":
        raise InputError(
            "outcomes on record are of the first full year",
            mend="ask for --horizon short",
        )
    paths = _files() if files is None else list(files)
    measures = {one.id for one in made.case.measures if one.role == "asked"}
    rows = [
        (row, reasons.get(row["id"], ("", "")))
        for path in paths
        for reasons in (_reasons(path),)
        for row in read_outcomes(path)
        if not row.get("measure") or row["measure"] in measures
    ]
    ends = {*made.case.exporters, *made.case.importers}
    mine = [
        (row, why)
        for row, why in rows
        if row.get("measure") or {row["exporter"], row["importer"]} & ends
    ]
    if not mine:
        raise NotFound(
            f"no outcome on record is about {', '.join(sorted(measures)) or made.case.title}",
            mend="packs bring outcomes in markets/outcomes.csv",
        )
    public = dict(made.case.views).get("public_on")
    day = dt.date.fromisoformat(public) if public else None
    cells, registered = cell_bases(made.baseline.name, made.baseline.digest, day)
    found: list[Compared] = []
    left: list[dict[str, str]] = []
    for row, why in mine:
        one = _compare(made, row, why, cells)
        if isinstance(one, Compared):
            found.append(one)
        else:
            left.append({**{key: row[key] for key in NEEDED}, "left_out": one})
    compared = _once(made, found)
    counts = dict.fromkeys(VERDICTS, 0)
    for each in compared:
        if each.tests == MODEL:
            counts[each.verdict] += 1
    return {
        "run_id": made.id,
        "title": made.case.title,
        "views": dict(made.case.views),
        "period": made.case.period,
        "horizon": made.case.horizon,
        "baseline": {"name": made.baseline.name, "year": made.baseline.year,
                     "unit": made.baseline.unit},
        "rule": made.options.rule,
        "choices": {name: one.reason for name, one in made.inputs.choices.items()},
        "draws": len(made.runs),
        "discrepancy": made.options.discrepancy,
        "compared": [one.as_dict() for one in compared],
        "counts": counts,
        "apart": {name: sum(one.tests == name for one in compared) for name in (MEASURE, REPEAT)},
        "not_compared": left,
        "replacement": replacement(
            made, [row for row, _ in mine], {row["id"]: row["left_out"] for row in left}
        ),
        "basis": _basis(made, cells, public),
        "sources": _sources(paths, compared, registered),
    }  # fmt: skip


def _once(made: Assessment, found: Sequence[Compared]) -> list[Compared]:
    """Each comparison with what it tests. Of several of one flow the one counts that gives value
    and change of a whole year, then the one that gives the change, then the first."""
    best: dict[tuple[str, ...], Compared] = {}
    rank = {YES: 0, LEVEL: 1, CHANGE: 2}
    for one in sorted(found, key=lambda c: (rank[c.outcome["comparable"]], c.outcome["id"])):
        best.setdefault(one.flow, one)
    out = []
    for one in found:
        first = best[one.flow].outcome["id"]
        tests = MODEL if first == one.outcome["id"] else REPEAT
        if _barred(made, one.row):
            tests = MEASURE
        out.append(replace(one, tests=tests, same_as="" if tests != REPEAT else first))
    return out


def _barred(made: Assessment, row: Row) -> bool:
    """Does the measure itself bar most of this flow, at every draw?"""
    if row.quantity not in ("trade_value", "trade_quantity") or row.before <= 0.0:
        return False
    held = {
        rule.product: rule.low
        for rule in made.case.rules
        if rule.state == TO
        and rule.kind == BAN
        and (rule.exporter, rule.importer) == (row.exporter, row.importer)
    }
    names = made.baseline.names
    if row.exporter == WHOLE or row.importer == WHOLE or not row.exporter or not row.importer:
        return False
    i, j = names.economy(row.exporter), names.economy(row.importer)
    products = [row.goods] if row.goods in names.sectors else list(names.sectors)
    flows = {p: float(made.baseline.value[names.sector(p), i, j]) for p in products}
    share = sum(held.get(p, 0.0) * flow for p, flow in flows.items())
    return share > 0.5 * sum(flows.values())


def _basis(
    made: Assessment, cells: Sequence[CellBasis], public: str | None
) -> dict[str, Any] | None:
    """How much of the market rests on sources that came out after the day, or have no day."""
    if public is None or not cells:
        return None

    def counted(some: Sequence[CellBasis]) -> dict[str, Any]:
        whole = sum(one.value for one in some)
        later = [one for one in some if one.later]
        undated = [one for one in some if one.undated]
        return {
            "cells": len(some),
            "later": len(later),
            "later_share": sum(one.value for one in later) / whole,
            "undated": len(undated),
            "undated_share": sum(one.value for one in undated) / whole,
        }

    abroad = [one for one in cells if one.abroad and one.origin in made.case.exporters]
    named: dict[str, int] = {}
    for one in cells:
        for source in one.later:
            named[source] = named.get(source, 0) + 1
    return {
        "day": public,
        "all": counted(cells),
        "exporters": counted(abroad) if abroad else None,
        "later_sources": dict(sorted(named.items(), key=lambda pair: (-pair[1], pair[0]))),
    }


def _sources(
    paths: Iterable[Path], compared: Sequence[Compared], registered: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Sources of the outcomes compared and of the reasons given, with their addresses."""
    known: dict[str, dict[str, str]] = {}
    for path in paths:
        other = path.with_name(SOURCES)
        if other.is_file():
            with other.open(encoding="utf-8", newline="") as file:
                known.update({row["source"]: dict(row) for row in csv.DictReader(file)})
    used: dict[str, list[str]] = {}
    for one in compared:
        cited = ";".join((one.outcome["sources"], one.why_sources))
        for key in dict.fromkeys(filter(None, cited.split(";"))):
            used.setdefault(key, []).append(one.outcome["id"])
    out = []
    for key, ids in used.items():
        row = known.get(key, {})
        first = next(one.outcome for one in compared if one.outcome["id"] == ids[0])
        main = first["sources"].split(";")[0] == key
        out.append(
            {
                "id": key,
                "title": row.get("title", registered.get(key, "")),
                "publisher": row.get("publisher", ""),
                "url": row.get("url", first.get("url", "") if main else ""),
                "outcomes": ids,
            }
        )
    return out


def _files() -> list[Path]:
    packs = Path(__file__).parents[1] / "packs"
    return sorted(packs.glob(f"*/markets/{NAME}"))


def read_outcomes(path: Path) -> list[dict[str, str]]:
    """The rows of a file of outcomes. Raises `FileError`, `ValidationError` with row and field."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            lacking = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if lacking:
                raise ValidationError(
                    f"has no column {', '.join(lacking)}",
                    where=Place(file=str(path), row=1),
                    mend=f"its columns are {', '.join(NEEDED)}",
                )
            rows = []
            for number, row in enumerate(reader, start=2):
                place = Place(file=str(path), row=number, field="comparable")
                if row["comparable"] not in (YES, CHANGE, LEVEL, NO):
                    raise ValidationError(
                        f"comparable is {row['comparable']!r}",
                        where=place,
                        mend="write yes, change, level or no",
                    )
                rows.append(dict(row))
            return rows
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"cannot be read: {error}", where=Place(file=str(path))) from error


def _reasons(path: Path) -> dict[str, tuple[str, str]]:
    """What is known of why an outcome differs from a model's answer, and its sources, by id."""
    other = path.with_name(WHY)
    if not other.is_file():
        return {}
    with other.open(encoding="utf-8", newline="") as file:
        return {row["id"]: (row["why"], row["sources"]) for row in csv.DictReader(file)}


def _compare(
    made: Assessment,
    outcome: Mapping[str, str],
    why: tuple[str, str],
    cells: Sequence[CellBasis],
) -> Compared | str:
    """The comparison, or why there is none."""
    kind = outcome["comparable"]
    if kind == NO:
        return outcome["why"]
    row = _row(made, outcome)
    if row is None:
        return _lacking(made, outcome)
    happened = number(outcome["change_pct"] if kind in (YES, CHANGE) else outcome["after"])
    if happened is None:
        return "the outcome gives a range or words, and no number"
    if kind in (YES, CHANGE):
        if row.ratio is None:
            return "the model's row has no change in per cent"
        values, predicted = row.ratio, row.predicted_ratio
        kind = CHANGE
    else:
        if outcome["unit"] != row.unit:
            return f"the model's row is in {row.unit}"
        values, predicted = row.values, row.foreseen
    if not (np.isfinite(values).all() and np.isfinite(predicted).all()):
        return "the row is not bounded in this model"
    said = Ends.of(values, predicted)
    return Compared(
        outcome=outcome,
        kind=kind,
        happened=happened,
        said=said,
        verdict=said.verdict(happened, SLACK[kind]),
        row=row,
        explanation=why[0],
        why_sources=why[1],
        caveat=outcome["why"],
        cells=tuple(one for one in cells if _feeds(made, one, row)),
    )


def _feeds(made: Assessment, cell: CellBasis, row: Row) -> bool:
    """Is the cell one of those that the row adds up?"""
    if row.goods in made.baseline.names.sectors and cell.product != row.goods:
        return False
    whole = row.importer in ("", WHOLE) or row.exporter in ("", WHOLE)
    if whole and not cell.abroad:
        return False
    return (row.exporter in ("", WHOLE) or row.exporter == cell.origin) and (
        row.importer in ("", WHOLE) or row.importer == cell.destination
    )


def _lacking(made: Assessment, outcome: Mapping[str, str]) -> str:
    """What the market has not, of what the outcome is about."""
    names, group = made.baseline.names, made.baseline.group
    if outcome["goods"] not in (*names.sectors, group):
        has = ", ".join(one.replace("_", " ") for one in (*names.sectors, group) if one)
        return f"{outcome['goods']}: no product of this market ({has})"
    for end in (outcome["exporter"], outcome["importer"]):
        if end and end != WHOLE and end not in names.economies:
            return f"{end} is not apart in this market"
    return f"the market has no {outcome['quantity'].replace('_', ' ')} of this flow"


def _row(made: Assessment, outcome: Mapping[str, str]) -> Row | None:
    quantity, importer = outcome["quantity"], outcome["importer"]
    if quantity in PRICES:
        quantity, importer = "producer_price", ""
    for row in made.rows:
        if (row.quantity, row.exporter, row.importer, row.goods) == (
            quantity,
            outcome["exporter"],
            importer,
            outcome["goods"],
        ):
            return row
    return None
