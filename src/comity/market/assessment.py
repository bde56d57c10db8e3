"""An assessment: a question to the market model with its answer, and what the answer rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.effects.market.changes import Setting
from comity.effects.market.inputs import (
    ChosenFor,
    Inputs,
    Options,
    market_inputs,
    routes_of,
)
from comity.effects.market.row import Row
from comity.effects.market.rows import Table
from comity.effects.market.runs import CaseRuns, run_case
from comity.effects.market.variance import shares
from comity.model.market import MODEL_VERSION
from comity.scenario.market_case import ASSUMED, MarketCase, market_run_id
from comity.trade.drawing import (
    BETWEEN,
    FIXED,
    LOG_UNIFORM,
    LOGNORMAL,
    UNIFORM,
    Distribution,
    Total,
)
from comity.trade.market_baseline import GAP, MarketBaseline, Onward
from comity.trade.markets import standing_shares

Progress = Callable[[int, int], None]
Begin = Callable[[str], None]
Array = NDArray[np.float64]
HELD_DRAWS = 256
"""Draws at which the answer with held cells is compared with that with drawn ones."""
KINDS = {
    LOGNORMAL: "lognormal: median, s.d. of logs",
    UNIFORM: "uniform: from, to",
    LOG_UNIFORM: "uniform in logs: from, to",
    BETWEEN: "uniform between columns",
    FIXED: "held",
}


@dataclass(frozen=True, eq=False)
class Assessment:
    """What a change of the rules does to one market: what every door prints.

    beside : the same change in the world model, as plain data; `None` where no world has the flow
    """

    id: str
    case: MarketCase
    baseline: MarketBaseline
    totals: tuple[Total, ...]
    options: Options
    inputs: Inputs
    runs: CaseRuns
    rows: tuple[Row, ...]
    beside: Mapping[str, Any] | None = None
    question: str = ""
    note: str = ""
    written: str = field(default="", repr=False)

    @property
    def run_id(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"<Assessment {self.id[:12]}: {self.case.title}>"

    def effects(self) -> list[dict[str, Any]]:
        """Rows of effects as plain data; see `comity.effects.market.rows`."""
        return [row.as_dict(self.case.period) for row in self.rows]

    def row(self, quantity: str, exporter: str = "", importer: str = "", goods: str = "") -> Row:
        """One row. Raises `KeyError` where there is none."""
        for row in self.rows:
            same = (row.quantity, row.exporter, row.importer) == (quantity, exporter, importer)
            if same and goods in ("", row.goods):
                return row
        raise KeyError((quantity, exporter, importer, goods))

    # ---------------------------------------------------------------------- what it rests on

    def assumptions(self) -> list[dict[str, Any]]:
        """Every uncertain number: how it is drawn, what came out, and where its range is from."""
        out = []
        columns = self.runs.columns
        distributions = self.inputs.distributions
        for name, one in distributions.items():
            if name in self._unused:
                continue
            values = columns[name]
            low, middle, high = (float(q) for q in np.quantile(values, (0.05, 0.5, 0.95)))
            out.append(
                {
                    "name": name,
                    "meaning": _meaning(name),
                    "drawn": KINDS[one.kind],
                    "parameters": _parameters(one),
                    "median": middle,
                    "p5": low,
                    "p95": high,
                    "basis": self.inputs.basis[name],
                    "assumed": self.inputs.basis[name] == ASSUMED,
                    "from": _origin(name, self.inputs.choices),
                }
            )
        return out

    def sources(self) -> list[dict[str, str]]:
        """Sources of the baseline and of the elasticities."""
        found = [{"id": key, "text": text} for key, text in self.baseline.sources.items()]
        seen = set()
        for choice in self.inputs.choices.values():
            for family, text in choice.estimates:
                if (family, text) not in seen:
                    seen.add((family, text))
                    found.append({"id": family, "text": text})
        return found

    def coverage(self) -> dict[str, Any]:
        """What of the flows the measures bear on, and how well the market is known."""
        standing = standing_shares(self.baseline)
        names = self.baseline.names
        gaps = [
            f"{product}: {names.economies[i]} to {names.economies[j]}"
            for k, product in enumerate(names.sectors)
            for i, j in np.argwhere(self.baseline.standing[k] == GAP)
            if i != j
        ]
        return {
            "rules": [rule.as_dict() for rule in self.case.rules],
            "standing": standing,
            "gaps": gaps,
            "entry_not_predicted": [
                {"goods": k, "exporter": i, "importer": j} for k, i, j in self._table.entry_cells()
            ],
            "far": [
                {"goods": product, "importer": names.economies[j], "share": float(share)}
                for k, product in enumerate(names.sectors)
                for j, share in enumerate(self.runs.far[k])
                if share > 0.0
            ],
        }

    @property
    def _routes(self) -> tuple[Onward, ...]:
        return routes_of(self.case, self.baseline, self.options.routes)

    @property
    def _table(self) -> Table:
        return Table(self.case, self.baseline, self.runs, 0.0, None)

    @cached_property
    def variance(self) -> list[dict[str, Any]]:
        """Which assumption matters most, for the main effects: rows of effect, input and share."""
        held = self._held()
        out = []
        for row, other in zip(self._main, [None] * len(self._main) if held is None else held,
                              strict=True):  # fmt: skip
            values = row.values
            mine = None if other is None else other[: len(values)]
            for one in shares(values, self.runs.columns, self.inputs.distributions, mine):
                if one["input"] in self._unused:
                    continue
                out.append(
                    {
                        "quantity": row.quantity,
                        "exporter": row.exporter,
                        "importer": row.importer,
                        "goods": row.goods,
                        **one,
                    }
                )
        return out

    @cached_property
    def _unused(self) -> frozenset[str]:
        """Factors on a σ that is held: drawn, and multiplied by nothing."""
        drawn = self.inputs.distributions
        used = {one.times for one in drawn.values()}
        return frozenset(n for n in drawn if n.startswith("sigma_factor") and n not in used)

    @cached_property
    def _main(self) -> list[Row]:
        """The effects that a reader asks about first."""
        wanted = [
            *(("producer_surplus", e, "") for e in self.case.exporters[:1]),
            *(("consumer_surplus", "", i) for i in self.case.importers[:1]),
            *(("trade_value", e, "WLD") for e in self.case.exporters[:1]),
        ]
        found = []
        for quantity, exporter, importer in wanted:
            mine = [
                row
                for row in self.rows
                if (row.quantity, row.exporter, row.importer) == (quantity, exporter, importer)
            ]
            found += mine[-1:]
        return found

    def _held(self) -> list[Array] | None:
        """The main effects with cells at the baseline's values, at the same other draws."""
        if not self.options.cells:
            return None
        from dataclasses import replace

        # Sobol points are balanced at every power of two: few are enough for a rank correlation.
        options = replace(self.options, cells=False, draws=min(self.options.draws, HELD_DRAWS))
        setting = Setting.of(self.case, self.baseline, options)
        runs = run_case(setting, self.inputs, self.totals)
        table = Table(self.case, self.baseline, runs, 0.0, setting.duty(runs.columns))
        return [table.values(row) for row in self._main]

    # ---------------------------------------------------------------------------- plain data

    def as_dict(self, *, variance: bool = True) -> dict[str, Any]:
        """Plain data, the same for every door."""
        base = self.baseline
        n = base.shape[1]
        found: dict[str, Any] = {
            "run_id": self.id,
            "title": self.case.title,
            "question": self.question,
            "note": self.note,
            "model": "market",
            "model_version": MODEL_VERSION,
            "converged": True,
            "horizon": self.case.horizon,
            "period": self.case.period,
            "seed": self.options.seed,
            "draws": {"asked": self.options.draws, "solved": len(self.runs),
                      "without_answer": self.runs.failed},
            "options": {**self.options.as_dict(), "routes": bool(self._routes)},
            "routes": [
                {"goods": one.product, "exporter": one.origin, "hub": one.hub, "final": one.final,
                 "followed": one in self._routes}
                for one in base.onward
            ],
            "views": dict(self.case.views),
            "baseline": {
                "name": base.name,
                "digest": base.digest,
                "year": base.year,
                "unit": base.unit,
                "basis": base.basis,
                "home": base.home,
                "group": base.group,
                "economies": n,
                "products": {p: list(base.goods.get(p, ())) for p in base.names.sectors},
            },
            "exporters": list(self.case.exporters),
            "importers": list(self.case.importers),
            "measures": [one.as_dict() for one in self.case.measures],
            "flags": [flag.as_dict() for flag in self.case.flags],
            "notes": [{"kind": note.kind, "text": note.text} for note in base.notes],
            "assumptions": self.assumptions(),
            "assumed": list(self.inputs.notes),
            "choices": {
                name: {"reason": one.reason, "alternatives": dict(one.alternatives)}
                for name, one in self.inputs.choices.items()
            },
            "sources": self.sources(),
            "coverage": self.coverage(),
            "effects": self.effects(),
            "world": None if self.beside is None else dict(self.beside),
        }  # fmt: skip
        if variance:
            found["variance"] = self.variance
        return found

    def save(self, path: str | Path, *, force: bool = False) -> None:
        """Keeps the run in one file, for `reproduce`; over another run only with `force`."""
        from comity.market.saved import save

        save(self, path, force=force)


def run(
    case: MarketCase,
    baseline: MarketBaseline,
    totals: Sequence[Total],
    options: Options,
    *,
    inputs: Inputs | None = None,
    beside: Mapping[str, Any] | None = None,
    question: str = "",
    note: str = "",
    written: str = "",
    progress: Progress | None = None,
    keep: Path | None = None,
    threads: int | None = None,
    begin: Begin | None = None,
) -> Assessment:
    """Solves a question at every draw and makes its rows. `inputs` are chosen by the rule of the
    options where they are not given; `begin` is told the run's id before anything is solved, and
    may refuse. Raises what `market_inputs` and `run_case` raise."""
    inputs = market_inputs(case, baseline, options) if inputs is None else inputs
    setting = Setting.of(case, baseline, options)
    identity = market_run_id(case, _identity(options, inputs, totals), MODEL_VERSION, options.seed)
    if begin is not None:
        begin(identity)
    folder = None if keep is None else keep / identity[:16]
    runs = run_case(setting, inputs, totals, progress=progress, keep=folder, threads=threads)
    table = Table(case, baseline, runs, options.discrepancy, setting.duty(runs.columns))
    return Assessment(
        id=identity,
        case=case,
        baseline=baseline,
        totals=tuple(totals),
        options=options,
        inputs=inputs,
        runs=runs,
        rows=tuple(table.rows()),
        beside=beside,
        question=question,
        note=note,
        written=written,
    )


def _identity(options: Options, inputs: Inputs, totals: Sequence[Total]) -> dict[str, Any]:
    """What bears on numbers beside the case: options, distributions, known totals."""
    return {
        **options.as_dict(),
        "distributions": inputs.as_dict()["distributions"],
        "totals": [[t.product, t.economy, t.axis, t.value] for t in totals],
    }


def _parameters(one: Distribution) -> list[float | str]:
    if one.kind == FIXED:
        return [one.a]
    if one.kind == BETWEEN:
        return [one.a, *one.below]
    return [one.a, one.b]


_MEANINGS = {
    "eta": "elasticity of demand",
    "zeta": "elasticity between linked products",
    "sigma": "elasticity between origins",
    "sigma_factor": "first year over long run of it",
    "supply": "supply elasticity of the exporter concerned",
    "other_supply": "supply elasticity of everyone else",
    "inner": "elasticity between areas of one origin",
    "delta": "what buyers pay more for goods that have to take another route",
    "duty": "duty on imports, not on record: in revenue alone, not in prices",
    "goods": "share of the flow that is the goods meant",
    "ban": "share of the flow that is barred",
    "tariff": "tariff after the change",
    "trade_cost": "factor on the buyers' price",
    "quota": "limit over the quantity of the base",
    "route": "share of the hub's purchases that goes on to the final market",
    "held": "part of the hub's own sales to the final market that is these goods",
    "home_share": "part of spending at home, by which demand becomes one of imports",
    "kappa": "by how much small shares are shifted towards sales of all products",
    "part under": "share of the goods that the tariff or cost bears on",
    "within": "share of the areas' goods that is barred",
    "areas elsewhere": "where in its range the areas' share in other sales lies",
}


def _meaning(name: str) -> str:
    head = name.removeprefix("from ").removeprefix("to ").partition(":")[0]
    for key, text in _MEANINGS.items():
        if head == key or head.startswith((f"{key} in ", f"{key} ")):
            return text
    return head


def _origin(name: str, choices: Mapping[str, ChosenFor]) -> str:
    head, _, product = name.partition(":")
    return choices[product].reason if head == "sigma" else ""
