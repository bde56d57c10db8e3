"""From a change written out to the changes of a shock, for one part of a flow."""

from __future__ import annotations

from comity.scenario.contents import ListedChange
from comity.scenario.shock import Change, Shock


def on_flow(
    change: ListedChange,
    importers: tuple[str, ...] | None,
    exporters: tuple[str, ...] | None,
    sectors: tuple[str, ...] | None,
    coverage: float,
) -> list[Change]:
    """Changes of a shock for one part: on a share of a flow, rates and costs are averages.

    A tariff t' on a share c of a flow taxed at t makes (1 - c) t + c t'; added points and factors
    likewise.
    """
    shock = Shock()
    value = 0.0 if change.value is None else change.value
    if change.kind == "ban":
        shock = shock.ban(importers, exporters, sectors=sectors, coverage=coverage)
    elif change.kind == "lift":
        shock = shock.lift(importers, exporters, sectors=sectors, coverage=coverage)
    elif change.kind == "trade_cost":
        times = 1.0 + coverage * (value - 1.0) if coverage < 1.0 else value
        shock = shock.trade_cost(importers, exporters, times=times, sectors=sectors)
    elif change.operation == "to" and coverage == 1.0:
        shock = shock.tariff(importers, exporters, to=value, sectors=sectors)
    elif change.operation == "times":
        times = 1.0 + coverage * (value - 1.0) if coverage < 1.0 else value
        shock = shock.tariff(importers, exporters, times=times, sectors=sectors)
    else:
        if change.operation == "to":
            shock = shock.tariff(importers, exporters, times=1.0 - coverage, sectors=sectors)
        shock = shock.tariff(importers, exporters, add=coverage * value, sectors=sectors)
    return list(shock.changes)
