"""Running a scenario: from the file to effects, with an identity that can be reproduced."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.model.world import MODEL_VERSION, TOLERANCE, engines
from comity.model.world.structure import structure
from comity.record.validate import raise_problems
from comity.scenario.baselines import baseline_of
from comity.scenario.contents import ModelChoice, Scenario
from comity.scenario.file import read_partly
from comity.scenario.resolve import model_options, resolve
from comity.scenario.resolved import Flag, Resolved, run_id
from comity.trade.baseline import Baseline, Note
from comity.words.errors import InputError, Place
from comity.world.result import Result
from comity.world.world import World, theta_vector

if TYPE_CHECKING:
    from comity.scenario.inforce import Record

UNUSUAL = ("re-exports", "floored-domestic", "large-deficit", "gap", "missing-block")
"""Notes of a baseline that a reader of results has to see, whatever else it says."""


@dataclass(frozen=True, eq=False)
class Run:
    """A scenario with its effects: what the command line prints, a page shows and a file keeps.

    `data` is the baseline as it was given, before balancing, with the scenario's elasticities.
    """

    id: str
    resolved: Resolved
    data: Baseline
    options: dict[str, Any]
    engine: str
    model_version: str
    seed: int
    result: Result
    reference: Result
    question: str = ""
    note: str = ""
    path_steps: int | None = None
    written: str = field(default="", repr=False)
    """The scenario as it was written, for people; the run rests on `resolved`."""

    def __repr__(self) -> str:
        return f"<Run {self.id[:12]}: {self.resolved.title}>"

    @property
    def run_id(self) -> str:
        """`id`, under the name that JSON gives it."""
        return self.id

    def save(self, path: str | Path, *, force: bool = False) -> None:
        """Keeps the run in one file, for `reproduce`; over another run only with `force`."""
        from comity.world.saved import save

        save(self, path, force=force)

    @cached_property
    def _decomposition(self) -> dict[str, Any]:
        found = self.result.decomposition(self.path_steps)
        rows = found.rows()
        return {"unit": "% (100 ln)", "steps": found.steps, "rough": found.rough, "rows": rows}

    def residuals(self) -> dict[str, dict[str, float]]:
        """The residuals of both states."""
        return {"from": self.reference.residuals, "to": self.result.residuals}

    def notes(self) -> list[dict[str, Any]]:
        """What the baseline's maker says about it; what bears on results comes first."""
        listed = [n.as_dict() for n in self.data.notes]
        return sorted(listed, key=lambda n: n["kind"] not in UNUSUAL)

    def flags(self) -> list[dict[str, Any]]:
        """What a reader has to know of the scenario, and of how its results are to be read."""
        listed = [flag.as_dict() for flag in self.resolved.flags]
        kinds = {flag["kind"] for flag in listed}
        own = [note for note in self.result.notes if note.kind not in kinds]
        return listed + [Flag(note.kind, note.text).as_dict() for note in own]

    def as_dict(self, *, decomposition: bool = True, full: bool | None = None) -> dict[str, Any]:
        """Plain data, the same for every door; `full` is that of `Result.effects`."""
        resolved = self.resolved.as_dict()
        n, j = self.data.shape
        found: dict[str, Any] = {
            "run_id": self.id,
            "title": self.resolved.title,
            "question": self.question,
            "note": self.note,
            "converged": True,
            "residual": max(self.reference.residual, self.result.residual),
            "residuals": self.residuals(),
            "model": "world",
            "model_version": self.model_version,
            "engine": self.engine,
            "seed": self.seed,
            "options": self.options,
            "baseline": {
                "name": self.data.name,
                "digest": self.data.digest,
                "year": self.data.year,
                "unit": self.data.unit,
                "source": self.data.source,
                "licence": self.data.licence,
                "economies": n,
                "sectors": j,
                "theta": [float(self.data.theta.min()), float(self.data.theta.max())],
            },
            "states": {"from": resolved["from"], "to": resolved["to"]},
            "measures": resolved["measures"],
            "actors": list(self.resolved.actors),
            "flags": self.flags(),
            "notes": self.notes(),
            "effects": self.result.effects(full=full),
            "left_out": self.result.left_out(full=full),
            "flows": largest_flows(self.result),
            "separate_parts": [list(part) for part in self.result.separate_parts],
        }
        if decomposition:
            found["decomposition"] = self._decomposition
        return found


def largest_flows(result: Result, most: int = 12) -> list[dict[str, Any]]:
    """The pairs whose trade changes most, all sectors together, in the baseline's unit."""
    before = result.trade_before.total("sector")
    after = result.trade.total("sector")
    rows = [
        {
            "importer": row["importer"],
            "exporter": row["exporter"],
            "before": row["value"],
            "after": after[row["importer"], row["exporter"]],
        }
        for row in before.rows()
        if row["importer"] != row["exporter"]
    ]
    for row in rows:
        row["change"] = row["after"] - row["before"]
        row["change_pct"] = 100.0 * row["change"] / row["before"] if row["before"] > 0.0 else None
    rows = [row for row in rows if row["change"] != 0.0]
    rows.sort(key=lambda row: -abs(row["change"]))
    return rows[:most]


def simulate(
    scenario: Scenario | str | Path,
    record: Record | None = None,
    *,
    folder: str | Path | None = None,
    threads: int | None = None,
) -> Run:
    """The effects of a scenario, given or read from its file.

    `record` is an opened store (`comity.open()`), needed where the scenario names measures or days.
    Raises `ValidationError` with every problem of the file at its line and column, and what
    loading, balancing and solving raise.
    """
    written = ""
    if not isinstance(scenario, Scenario):
        path = Path(scenario)
        scenario = _read(path, record, folder)
        written = path.read_text(encoding="utf-8")
    model = scenario.model
    baseline = baseline_of(scenario, folder)
    try:
        baseline = with_theta(baseline, model)
    except InputError:
        resolve(scenario, baseline, record)  # raises with the names of theta and all others
        raise
    resolved = resolve(scenario, baseline, record)
    return run(
        resolved,
        baseline,
        deficits=model.deficits,
        options=model_options(scenario, baseline),
        engine=model.engine,
        tolerance=TOLERANCE if model.tolerance is None else model.tolerance,
        path_steps=model.path_steps,
        seed=model.seed,
        threads=threads,
        question=scenario.question or "",
        note=scenario.note or "",
        written=written,
    )


def _read(path: Path, record: Record | None, folder: str | Path | None) -> Scenario:
    """The scenario of a file; what is wrong with it is raised whole, names on its baseline too."""
    found, wrong = read_partly(path)
    if wrong or found is None:
        from comity.scenario.check import problems

        every = problems(found, wrong, record, lambda one: baseline_of(one, folder))
        raise_problems(every, "the scenario")
    assert found is not None
    return found


def with_theta(baseline: Baseline, model: ModelChoice) -> Baseline:
    """The baseline with the elasticities that the model section asks for."""
    if model.theta is None:
        return baseline
    theta: Any = dict(model.theta) if isinstance(model.theta, tuple) else model.theta
    note = Note("theta", "trade elasticities are those that the scenario gives")
    try:
        vector = theta_vector(baseline, theta)
    except InputError as error:
        raise error.at(model.at("theta") or Place(field="theta")) from None
    kept = tuple(n for n in baseline.notes if n.kind != "theta")
    return baseline.replaced(theta=vector, notes=(*kept, note))


def run(
    resolved: Resolved,
    baseline: Baseline,
    *,
    deficits: str | float,
    options: dict[str, Any],
    engine: str,
    tolerance: float,
    path_steps: int | None,
    seed: int,
    threads: int | None = None,
    question: str = "",
    note: str = "",
    written: str = "",
) -> Run:
    """Both states solved on the balanced baseline, and compared."""
    engine = engines.resolve(engine, structure(baseline))
    identity = run_id(resolved, baseline.digest, options, MODEL_VERSION, engine, seed)
    world = World(baseline).balance(deficits, engine=engine, threads=threads)
    solved = [
        world.solve(shock, engine=engine, tolerance=tolerance, threads=threads)
        for shock in (resolved.before, resolved.after)
    ]
    # Measured against the balanced baseline itself where `from` changes nothing: the same numbers,
    # and the decomposition then starts where the data are.
    nothing = solved[0].solution.wedges.nothing
    compared = solved[1] if nothing else solved[1].compared_with(solved[0])
    return Run(
        id=identity,
        resolved=resolved,
        data=baseline,
        options=options,
        engine=engine,
        model_version=MODEL_VERSION,
        seed=seed,
        result=compared,
        reference=solved[0],
        question=question,
        note=note,
        path_steps=path_steps,
        written=written,
    )
