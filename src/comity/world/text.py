"""The report of a result made in Python, without a scenario file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from comity.model.world import MODEL_VERSION
from comity.report.simulation import render_simulation
from comity.scenario.shock import Shock

if TYPE_CHECKING:
    from comity.world.result import Result


def as_data(result: Result) -> dict[str, Any]:
    """A result as the plain data that scenarios give, without what only a scenario has."""
    from comity.world.simulate import largest_flows

    base = result.before.baseline
    n, j = base.shape
    before, after = (_changes(shock) for shock in (result.reference, result.shock))
    found = result.decomposition()
    deficits: Any = result.balanced
    if isinstance(deficits, int | float):
        deficits = {"scale": deficits}
    return {
        "title": "A change of the rules",
        "question": "",
        "baseline": {
            "name": base.name,
            "year": base.year,
            "unit": base.unit,
            "source": base.source,
            "licence": base.licence,
            "economies": n,
            "sectors": j,
            "theta": [float(base.theta.min()), float(base.theta.max())],
        },
        "states": {"from": {"changes": before}, "to": {"changes": after}},
        "measures": [],
        "actors": sorted({a for c in result.shock.changes for a in c.importers or ()}),
        "flags": [note.as_dict() for note in result.notes],
        "notes": [note.as_dict() for note in base.notes],
        "effects": result.effects(),
        "left_out": result.left_out(),
        "flows": largest_flows(result),
        "separate_parts": [list(part) for part in result.separate_parts],
        "decomposition": {"steps": found.steps, "rough": found.rough, "rows": found.rows()},
        "residual": result.residual,
        "engine": result.engine,
        "model_version": MODEL_VERSION,
        "options": {"deficits": deficits},
        "run_id": "",
    }


def _changes(shock: Shock) -> list[dict[str, Any]]:
    return [
        {"actors": list(change.importers or ()), "source": "shock", "change": change.as_dict()}
        for change in shock.changes
    ]


def report(result: Result, form: str = "table", width: int = 100) -> str:
    """The result as a page."""
    return render_simulation(as_data(result), form, width)
