"""The same change in the world model, beside the market model's answer, and why the two differ.

A world baseline knows sectors, not scallops. The flows that a measure bears on are put as a share
of the flow of the sector that holds them: that share is the coverage in the world model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comity.scenario.market_case import BAN, COST, EXCHANGE, FROM, TARIFF, TO, FlowRule, MarketCase
from comity.scenario.shock import Shock
from comity.trade.baseline import Baseline
from comity.trade.flows.rates import rate
from comity.trade.market_baseline import MarketBaseline
from comity.words.errors import ComityError, NotFound
from comity.words.units import unit
from comity.world import World, load

WORLD = "goods-world-2023"
MOST = 8


def beside_world(case: MarketCase, market: MarketBaseline, name: str = WORLD) -> dict[str, Any]:
    """The answer of the world model as plain data; ``missing`` says why there is none.

    Effects are changes of real income, in per cent and in USD million of the world's year.
    """
    try:
        _public(case, name)
        return _beside(case, market, name)
    except ComityError as error:
        return {"baseline": name, "missing": error.what}


def _public(case: MarketCase, name: str) -> None:
    """Figures of a year are not public before it is over."""
    day = dict(case.views).get("public_on")
    year = load(name).baseline.year
    if day is not None and year is not None and int(day[:4]) <= year:
        raise NotFound(f"the figures of {year} that {name} holds were not public by {day}")


def _beside(case: MarketCase, market: MarketBaseline, name: str) -> dict[str, Any]:
    world = load(name).balance(deficits="kept")
    data = world.baseline
    if len(data.names.sectors) != 1:
        raise NotFound("the world has several sectors, and none was named for these goods")
    money = unit(market.unit)
    currency = money.dimension
    exchange = rate(currency, "USD", market.year)
    to_millions = float(money.factor) * exchange.rate / 1e6
    shocks = {FROM: Shock(), TO: Shock()}
    steps: list[dict[str, Any]] = []
    for (exporter, importer), rules in _pairs(case).items():
        flow = _flow(data, exporter, importer)
        for state in (FROM, TO):
            mine = [rule for rule in rules if rule.state == state]
            shock, step = _change(
                shocks[state], market, mine, flow, to_millions, importer, exporter
            )
            shocks[state] = shock
            if step is not None:
                steps.append({"state": state, "exporter": exporter, "importer": importer, **step})
    solved = world.solve(shocks[TO])
    if shocks[FROM].changes:
        solved = solved.compared_with(world.solve(shocks[FROM]))
    income = solved.real_income
    spent = dict(zip(data.names.economies, _income(world), strict=True))
    rows = [
        {
            "economy": code,
            "real_income_pct": income[code],
            "usd_million": income[code] / 100.0 * spent[code],
        }
        for code in data.names.economies
    ]
    ends = {code for pair in case.pairs for code in pair}
    rows.sort(key=lambda row: (row["economy"] not in ends, -abs(row["usd_million"])))
    return {
        "baseline": name,
        "digest": data.digest,
        "year": data.year,
        "unit": "USD million",
        "sector": data.names.sectors[0],
        "coverage": steps,
        "exchange_rate": {
            "usd_per_unit": exchange.rate,
            "currency": currency,
            "year": market.year,
            "source": exchange.source,
        },
        "real_income": rows[: len(ends) + MOST],
        "residual": max(solved.residuals.values()),
        "why_different": _why(data, market),
    }


def _pairs(case: MarketCase) -> Mapping[tuple[str, str], list[FlowRule]]:
    found: dict[tuple[str, str], list[FlowRule]] = {}
    for rule in case.rules:
        found.setdefault((rule.exporter, rule.importer), []).append(rule)
    return found


def _flow(data: Baseline, exporter: str, importer: str) -> float:
    """The flow of the one sector before tariff, in the world's unit (USD million)."""
    names = data.names
    n, i = names.economy(importer), names.economy(exporter)
    paid = float(data.expenditure[n, 0] * data.trade_share[0, n, i])
    flow = paid / (1.0 + float(data.tariff[0, n, i]))
    if flow <= 0.0:
        raise NotFound(f"the world has no flow from {exporter} to {importer}")
    return flow


def _change(
    shock: Shock,
    market: MarketBaseline,
    rules: list[FlowRule],
    flow: float,
    to_millions: float,
    importer: str,
    exporter: str,
) -> tuple[Shock, dict[str, Any] | None]:
    names = market.names
    i, j = names.economy(exporter), names.economy(importer)
    barred = weighted = factor = 0.0
    for rule in rules:
        value = float(market.value[names.sector(rule.product), i, j]) * to_millions
        middle = 0.5 * (rule.low + rule.high)
        part = 0.5 * (rule.covered[0] + rule.covered[1])
        if rule.areas is not None:
            middle *= 0.5 * (rule.within[0] + rule.within[1])
        if rule.kind == BAN:
            barred += value * middle
        elif rule.kind == TARIFF:
            base = float(market.tariff[names.sector(rule.product), i, j])
            weighted += value * part * (middle - base)
        elif rule.kind == COST:
            factor += value * part * (middle - 1.0)
        else:
            what = "an exchange rate" if rule.kind == EXCHANGE else "a quota"
            raise NotFound(f"{what} has no counterpart in the world model")
    if barred == weighted == factor == 0.0:
        return shock, None
    share = barred / flow
    if not 0.0 <= share <= 1.0:
        raise NotFound(
            f"what is barred is more than the world's whole flow from {exporter} to {importer}"
        )
    if barred:
        shock = shock.ban(importer, exporter, coverage=share)
    if weighted:
        shock = shock.tariff(importer, exporter, add=weighted / flow)
    if factor:
        shock = shock.trade_cost(importer, exporter, times=1.0 + factor / flow)
    return shock, {
        "barred_usd_million": barred,
        "flow_usd_million": flow,
        "coverage": share,
        "tariff_added": weighted / flow,
        "cost_added": factor / flow,
    }


def _income(world: World) -> list[float]:
    """Spending of each economy on final use, in the world's unit."""
    data = world.baseline
    return [float(v + d) for v, d in zip(data.value_added, data.deficit, strict=True)]


def _why(data: Baseline, market: MarketBaseline) -> list[str]:
    return [
        f"The world has one sector, {data.names.sectors[0]}, so it replaces the goods by any "
        "goods; the market model lets them be replaced by the same product of other origins only.",
        "In the world model workers and firms move to other work at once and wages adjust; in the "
        "market model supply of the product stays in it, and the rest of the economy stands still.",
        f"The world is that of {data.year}, the market that of {market.year}; its trade elasticity "
        f"is {float(data.theta[0]):g} for all goods.",
        "Real income counts everyone; surplus counts buyers and sellers of this product alone.",
    ]
