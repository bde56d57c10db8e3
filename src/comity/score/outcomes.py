"""What happened after a measure, beside what an assessment says of it.

Outcomes are data of packs (``markets/outcomes.csv``) under the keys of effect rows: quantity,
exporter, importer, goods, period, unit. Each says whether it can be compared: ``yes`` (value and
change), ``change`` (the change only), ``level`` (the value only) or ``no`` with the reason. Nothing
is fitted here: parameters come from the rule of the assessment, chosen before outcomes are read.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.effects.market.row import Row
from comity.market.assessment import Assessment
from comity.scenario.market_case import FROM
from comity.words.errors import FileError, InputError, NotFound, Place, ValidationError

Array = NDArray[np.float64]
NAME = "outcomes.csv"
WHY = "outcomes_why.csv"
NEEDED = (
    "id", "quantity", "exporter", "importer", "goods", "before_period", "before", "period", "after",
    "unit", "change_pct", "comparable", "why", "sources", "confidence",
)  # fmt: skip
PRICES = ("producer_price", "unit_value")
"""Quantities that the model has one price for: that of the exporter."""
SLACK = {"change": 0.5, "level": 0.0}
"""Changes are told in whole per cent: half a point either way is the same figure."""
YES, CHANGE, LEVEL, NO = "yes", "change", "level", "no"
WITHIN_50, WITHIN_90, PREDICTED, ABOVE, BELOW = (
    "within_50", "within_90", "within_predictive_90", "above", "below",
)  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One outcome beside the model's row: `kind` is ``change`` (per cent) or ``level``."""

    outcome: Mapping[str, str]
    kind: str
    happened: float
    median: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    predictive: tuple[float, float]
    verdict: str
    explanation: str

    def as_dict(self) -> dict[str, Any]:
        keep = ("id", "quantity", "exporter", "importer", "goods", "before_period", "period",
                "unit", "sources", "confidence")  # fmt: skip
        return {
            **{key: self.outcome[key] for key in keep},
            "before": _number(self.outcome["before"]),
            "after": _number(self.outcome["after"]),
            "compared": self.kind,
            "compared_unit": "%" if self.kind == CHANGE else self.outcome["unit"],
            "happened": self.happened,
            "median": self.median,
            "p25": self.inner[0],
            "p75": self.inner[1],
            "p5": self.outer[0],
            "p95": self.outer[1],
            "predictive_p5": self.predictive[0],
            "predictive_p95": self.predictive[1],
            "verdict": self.verdict,
            "explanation": self.explanation,
        }


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
        (row, _reasons(path).get(row["id"], ""))
        for path in paths
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
    compared: list[Compared] = []
    left: list[dict[str, str]] = []
    for row, why in mine:
        found = _compare(made, row, why)
        if isinstance(found, Compared):
            compared.append(found)
        else:
            left.append({**{key: row[key] for key in NEEDED}, "left_out": found})
    counts = dict.fromkeys((WITHIN_50, WITHIN_90, PREDICTED, ABOVE, BELOW), 0)
    for one in compared:
        counts[one.verdict] += 1
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
        "not_compared": left,
    }  # fmt: skip


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


def _reasons(path: Path) -> dict[str, str]:
    """What is known of why an outcome differs from a model's answer, by id."""
    other = path.with_name(WHY)
    if not other.is_file():
        return {}
    with other.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["why"] for row in csv.DictReader(file)}


def _compare(made: Assessment, outcome: Mapping[str, str], why: str) -> Compared | str:
    """The comparison, or why there is none."""
    kind = outcome["comparable"]
    if kind == NO:
        return outcome["why"]
    row = _row(made, outcome)
    if row is None:
        return "the market has no such row"
    happened = _number(outcome["change_pct"] if kind in (YES, CHANGE) else outcome["after"])
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
        values, predicted = row.values, row.predicted
    low, first, middle, third, high = (
        float(q) for q in np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
    )
    ends = (float(q) for q in np.quantile(predicted, (0.05, 0.95)))
    wide = tuple(ends)
    outer = (min(wide[0], low), max(wide[1], high))
    return Compared(
        outcome=outcome,
        kind=kind,
        happened=happened,
        median=middle,
        inner=(first, third),
        outer=(low, high),
        predictive=outer,
        verdict=_verdict(happened, (first, third), (low, high), outer, SLACK[kind]),
        explanation=why or outcome["why"],
    )


def _verdict(
    happened: float,
    inner: tuple[float, float],
    outer: tuple[float, float],
    predictive: tuple[float, float],
    slack: float,
) -> str:
    for ends, name in ((inner, WITHIN_50), (outer, WITHIN_90), (predictive, PREDICTED)):
        if ends[0] - slack <= happened <= ends[1] + slack:
            return name
    return ABOVE if happened > predictive[1] else BELOW


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


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
