"""A slow judge, written to be seen to be right: one cell of goods, one area, one day at a time.

It shares nothing with the engine but the words (rules, scopes, spans, goods relations).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comity.applies import Entity, Exemption, Rule, Scope
from comity.words.areas import areas_of
from comity.words.economies import groups_of
from comity.words.goods import GoodsCode, Relation, relation
from comity.words.time import Truth

NO, MAYBE, YES = Truth.NO, Truth.MAYBE, Truth.YES
GOODS_TRUTH = {
    Relation.COVERS: YES,
    Relation.DISJOINT: NO,
    Relation.OTHER_EDITION_UNDECIDED: MAYBE,
}


@dataclass(frozen=True)
class Point:
    """Goods of ten digits, an area of the origin and one of the destination ("" where none is)."""

    goods: GoodsCode
    origin_area: str
    to_area: str


@dataclass(frozen=True)
class Case:
    """What is asked, without goods, areas and day."""

    origin: str
    to: str
    consignee: str | None = None
    end_use: str | None = None


# What the words of the random rules mean, said by hand: (rule's words, question's words) → truth.
SAME_ENTITY = {
    ("Acme Co., Ltd.", "ACME"): YES,
    ("Acme Co., Ltd.", "Beta Heavy Industries, Kyoto Works"): NO,
    ("Acme Co., Ltd.", "Gamma K.K."): NO,
    ("Beta Heavy Industries", "ACME"): NO,
    ("Beta Heavy Industries", "Beta Heavy Industries, Kyoto Works"): MAYBE,
    ("Beta Heavy Industries", "Gamma K.K."): NO,
}
SAME_USE = {
    ("military use", "military radar"): YES,
    ("military use", "civil, not military"): NO,
    ("military use", "feed for fish"): NO,
    ("animal feed", "military radar"): NO,
    ("animal feed", "civil, not military"): NO,
    ("animal feed", "feed for fish"): MAYBE,
}


def entity_truth(
    entities: Sequence[Entity], complete: bool, count: int | None, given: str | None
) -> Truth:
    if given is None:
        return MAYBE
    best = max((SAME_ENTITY[one.name, given] for one in entities), default=NO)
    if best is NO and (not complete or (count or 0) > len(entities)):
        return MAYBE
    return best


def use_truth(uses: Sequence[str], given: str | None) -> Truth:
    if given is None:
        return MAYBE
    return max(SAME_USE[one, given] for one in uses)


def covers(scope: Scope, economy: str, day: int) -> Truth:
    """By its own code, else by that of a group to which it belongs on the day."""
    named = {*scope.codes, *scope.includes, *scope.excludes}
    if economy in named:
        return scope.covers(economy)
    for group in groups_of(economy, day):
        if group in named:
            return scope.covers(group)
    return scope.covers("???")


def goods_truth(codes: Sequence[GoodsCode], goods: GoodsCode) -> Truth:
    return max((GOODS_TRUTH[relation(code, goods)] for code in codes), default=NO)


def exempted(
    one: Exemption, other: str, case: Case, goods: GoodsCode, area: str, day: int
) -> Truth:
    truths = [YES]
    if one.goods:
        truths.append(goods_truth(one.goods, goods))
    if one.areas is not None:
        truths.append(one.areas.covers(area))
    if one.targets is not None:
        truths.append(covers(one.targets, other, day))
    if one.entities:
        truths.append(entity_truth(one.entities, True, None, case.consignee))
    if one.end_uses:
        truths.append(use_truth(one.end_uses, case.end_use))
    if one.span is not None:
        truths.append(one.span.covers(day))
    return min(truths)


def target_truth(rule: Rule, imposer: str, other: str, day: int) -> Truth:
    scope = rule.targets
    if other not in scope.codes and other not in scope.includes and scope.mode != "only":
        for group in groups_of(other, day):
            through = imposer not in rule.imposers and group in groups_of(imposer, day)
            if group in rule.imposers and (through or imposer == group):
                return NO
    return covers(scope, other, day)


def says(rule: Rule, case: Case, point: Point, day: int) -> tuple[Truth, frozenset[str]]:
    """Does the rule apply there and then, and if it may, what decides?"""
    if rule.effect not in ("prohibited", "conditional", "dutiable"):
        return NO, frozenset()
    if rule.flow == "import":
        imposer, other, area = case.to, case.origin, point.origin_area
    elif rule.flow == "export":
        imposer, other, area = case.origin, case.to, point.to_area
    else:
        return NO, frozenset()
    if imposer not in rule.imposers and not {*groups_of(imposer, day)} & {*rule.imposers}:
        return NO, frozenset()

    truths = {"target": target_truth(rule, imposer, other, day)}
    goods = MAYBE if rule.goods_list or not rule.goods else goods_truth(rule.goods, point.goods)
    truths["goods"] = min(goods, Truth(2 - goods_truth(rule.goods_except, point.goods)))
    truths["area"] = rule.areas.covers(area)
    date = rule.span.covers(day)
    for one in rule.suspensions:
        date = min(date, Truth(2 - one.covers(day)))
    if rule.act_span is not None and rule.act_span.after is not None:
        date = min(date, Truth(2 - rule.act_span.after.by(day)))
    truths["date"] = date
    if rule.kind == "entity_list" or rule.entities or rule.entities_count:
        truths["consignee"] = entity_truth(
            rule.entities, rule.entities_complete, rule.entities_count, case.consignee
        )
    if rule.end_uses:
        truths["end_use"] = use_truth(rule.end_uses, case.end_use)
    outs = [exempted(one, other, case, point.goods, area, day) for one in rule.exemptions]
    truths["exemption"] = Truth(2 - max(outs, default=NO))
    worst = min(truths.values())
    if worst is MAYBE:
        return MAYBE, frozenset(name for name, truth in truths.items() if truth is MAYBE)
    return worst, frozenset()


Outcome = tuple[str, tuple[str, ...], tuple[tuple[str, frozenset[str], str], ...]]
RANK = {"nothing_on_record": 0, "dutiable": 1, "conditional": 2, "prohibited": 3}


def outcome(rules: Sequence[Rule], case: Case, point: Point, day: int) -> Outcome:
    """Verdict, measures, and undecided measures with what decides and the verdict then."""
    said = {rule.id: says(rule, case, point, day) for rule in rules}
    effects = {rule.id: rule.effect for rule in rules}
    applying = sorted(name for name, (truth, _) in said.items() if truth is YES)
    verdict = max((effects[name] for name in applying), key=RANK.__getitem__, default="")
    verdict = verdict or "nothing_on_record"
    undecided = tuple(
        (name, decides, max(verdict, effects[name], key=RANK.__getitem__))
        for name, (truth, decides) in sorted(said.items())
        if truth is MAYBE
    )
    return verdict, tuple(applying), undecided


def points(rules: Sequence[Rule], case: Case, goods: GoodsCode, area: str | None) -> list[Point]:
    """One point in every cell that the rules can tell apart: goods of ten digits that lie in a code
    and in none of the longer ones, and every area of both economies."""
    codes = {goods.code}
    for rule in rules:
        for many in (rule.goods, rule.goods_except, *(one.goods for one in rule.exemptions)):
            codes |= {
                code.code
                for code in many
                if code.edition == goods.edition and code.code.startswith(goods.code)
            }
    cells = [GoodsCode(goods.edition, (code + "98989898")[:10]) for code in sorted(codes)]

    def areas(economy: str) -> tuple[str, ...]:
        every = areas_of(economy) or ("",)
        return (area,) if area in every and area is not None else every

    return [
        Point(cell, here, there)
        for cell in cells
        for here in areas(case.origin)
        for there in areas(case.to)
    ]
