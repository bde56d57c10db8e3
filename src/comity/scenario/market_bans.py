"""Several bans on one flow put together: what is barred, and nothing of it twice.

A ban bars a share of the goods of a flow (areas, or what is held back) times the share that those
goods are of the flow. The two are kept apart: what a flow holds beside the goods is one uncertain
number of that flow, whichever measure asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from comity.scenario.market_ask import Range, span_text
from comity.scenario.market_case import BAN, SOURCED, UNKNOWN, FlowRule, weakest
from comity.scenario.market_coverage import Coverage, together
from comity.trade.market_baseline import MarketBaseline

FULL: Range = (1.0, 1.0)
Flow = tuple[str, str, str]
"""Product, importer, exporter."""
Make = Callable[[str, str, Coverage, float, float, tuple[str, ...]], FlowRule]


@dataclass(frozen=True)
class Barred:
    """What one measure bars of one flow: a coverage, of which a share is held back.

    plants : whether that share is of establishments, which have a supply of their own
    basis : where the share held back is from
    """

    coverage: Coverage
    held: Range = FULL
    steps: tuple[str, ...] = ()
    plants: bool = False
    basis: str = SOURCED


def ban_rules(
    state: str, barred: Sequence[Barred], baseline: MarketBaseline, make: Make
) -> list[FlowRule]:
    """The bans of a state, one rule for each flow that something is barred of."""
    flows: dict[Flow, list[Barred]] = {}
    for one in barred:
        c = one.coverage
        flows.setdefault((c.product, c.importer, c.exporter), []).append(one)
    found = []
    for listed in flows.values():
        rule = _rule(state, listed, baseline, make)
        if rule is not None:
            found.append(rule)
    return found


def _rule(
    state: str, listed: Sequence[Barred], baseline: MarketBaseline, make: Make
) -> FlowRule | None:
    first = listed[0].coverage
    alike = all(
        one.coverage.codes == first.codes and one.coverage.goods is not None for one in listed
    )
    return (_same_goods if alike else _any_goods)(state, listed, baseline, make)


def _same_goods(
    state: str, listed: Sequence[Barred], baseline: MarketBaseline, make: Make
) -> FlowRule | None:
    """Measures on the same goods: areas are united; a share held back lies inside or beside."""
    goods = listed[0].coverage.goods
    assert goods is not None
    whole = [one for one in listed if one.held == FULL and not one.plants]
    partly = [one for one in listed if one not in whole]
    steps = tuple(s for one in listed for s in (*one.coverage.steps, *one.steps))
    share: Range = (0.0, 0.0)
    areas: frozenset[str] | None = frozenset()
    bases = [one.basis for one in partly if one.held[0] < one.held[1]]
    bases += [one.coverage.area.basis for one in partly if one.coverage.area is not None]
    if whole:
        union = next(iter(together([one.coverage for one in whole], baseline).values()))
        assert union.area is not None
        share, areas = (union.area.low, union.area.high), union.areas
        bases.append(union.area.basis)
        if len(whole) > 1:
            steps = (*steps, *union.steps[-1:])
    for one in partly:
        assert one.coverage.area is not None
        mine = (one.coverage.area.low * one.held[0], one.coverage.area.high * one.held[1])
        low, high = max(share[0], mine[0]), min(1.0, share[1] + mine[1])
        if len(listed) > 1:
            steps = (*steps, f"together, overlap not known: {span_text((low, high))}")
            bases.append(UNKNOWN)
        share = (low, high)
    if share[1] * goods.high == 0.0:
        return None
    measures = tuple(dict.fromkeys(m for one in listed for m in one.coverage.measures))
    named = replace(listed[0].coverage, measures=measures)
    within = (goods.low, goods.high)
    if partly:
        whole_of = (share[0] * within[0], share[1] * within[1])
        said = f"barred {span_text(within)} × {span_text(share)} = {span_text(whole_of)}"
        steps = (*steps, said)
    rule = make(state, BAN, named, share[0] * within[0], share[1] * within[1], steps)
    basis = weakest(*bases)
    rule = replace(rule, share=share, within=within, basis=(basis, basis, goods.basis))
    apart: tuple[str, ...] | None = None
    if not partly and areas is not None and share[0] < 1.0:
        apart = tuple(sorted(areas))
    elif len(listed) == 1 and listed[0].plants and share[0] < 1.0:
        apart = ("plants",)
    if apart is not None:
        rule = replace(rule, low=share[0], high=share[1], areas=apart)
    return rule


def _any_goods(
    state: str, listed: Sequence[Barred], baseline: MarketBaseline, make: Make
) -> FlowRule | None:
    """Measures on different goods: the union lies between the largest and the sum (at most 1)."""
    ends = [(b.coverage.low * b.held[0], b.coverage.high * b.held[1]) for b in listed]
    low, high = max(e[0] for e in ends), min(1.0, sum(e[1] for e in ends))
    if high == 0.0:
        return None
    bases = [one.basis for one in listed]
    if len(listed) > 1:
        bases.append(UNKNOWN)
    for one in listed:
        parts = (one.coverage.goods, one.coverage.area)
        bases += [part.basis for part in parts if part is not None]
        if None in parts and one.coverage.low < one.coverage.high:
            bases.append(UNKNOWN)
    basis = weakest(*bases)
    steps = tuple(s for one in listed for s in (*one.coverage.steps, *one.steps))
    if len(listed) > 1:
        steps = (*steps, f"together, overlap not known: {span_text((low, high))}")
    measures = tuple(dict.fromkeys(m for one in listed for m in one.coverage.measures))
    rule = make(state, BAN, replace(listed[0].coverage, measures=measures), low, high, steps)
    return replace(rule, share=(low, high), basis=(basis, basis, SOURCED))
