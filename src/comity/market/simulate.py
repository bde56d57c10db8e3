"""Running a scenario file on the market model."""

from __future__ import annotations

from pathlib import Path

from comity.market.asking import options_of
from comity.market.assessment import Assessment, Begin, Progress, run
from comity.market.beside_world import beside_world
from comity.scenario.contents import MarketModel, Scenario
from comity.scenario.file import read_scenario
from comity.scenario.inforce import Record
from comity.scenario.market_resolve import market_name, resolve_market
from comity.trade.markets import market, totals
from comity.words.errors import InputError


def simulate(
    scenario: Scenario | str | Path,
    record: Record | None = None,
    *,
    folder: str | Path | None = None,
    world: bool = False,
    progress: Progress | None = None,
    keep: Path | None = None,
    threads: int | None = None,
    begin: Begin | None = None,
) -> Assessment:
    """The effects of a scenario on its market. Raises as `comity.world.simulate.simulate` does."""
    written = ""
    if not isinstance(scenario, Scenario):
        path = Path(scenario)
        scenario = read_scenario(path)
        written = path.read_text(encoding="utf-8")
    model = scenario.model.market or MarketModel()
    name = market_name(scenario, folder)
    baseline = market(name)
    case = resolve_market(scenario, baseline, record)
    if not case.rules:
        raise InputError(
            "the two states are the same on this market: there is nothing to compute",
            mend="change something in to:, or take two other days",
        )
    options = options_of(
        draws=model.draws,
        seed=scenario.model.seed,
        rule=model.elasticities,
        routes=model.routes,
        fixed=dict(model.fixed),
    )
    return run(
        case,
        baseline,
        totals(name),
        options,
        beside=beside_world(case, baseline) if world else None,
        question=scenario.question or "",
        note=scenario.note or "",
        written=written,
        progress=progress,
        keep=keep,
        threads=threads,
        begin=begin,
    )
