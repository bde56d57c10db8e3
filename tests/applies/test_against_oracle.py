"""The engine against the slow judge, over random small records."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from comity.applies import Answer, Engine, Entity, Exemption, Part, Rule, Scope, Shipment
from comity.words.goods import GoodsCode
from comity.words.time import FIRST, LAST, DayRange, Span

from . import oracle
from .oracle import Case, Point

ECONOMIES = ("LUX", "GBR", "QAT", "SGP", "EUN")
AREAS = ("LU-CA", "LU-CL", "QA-DA", "QA-KH", "SG-01", "SG-02", "GB-ENG")
CODES = ("03", "0301", "030111", "03011110", "030119", "0302", "1604")
START = dt.date(2020, 1, 15).toordinal()
DAYS = 40

days = st.integers(START, START + DAYS - 1)


@st.composite
def day_ranges(draw: st.DrawFn) -> DayRange:
    kind = draw(st.sampled_from(["day", "day", "day", "range", "before", "after", "unknown"]))
    first = draw(days)
    return {
        "day": DayRange(first, first),
        "range": DayRange(first, first + draw(st.integers(1, 6))),
        "before": DayRange(FIRST, first),
        "after": DayRange(first, LAST),
        "unknown": DayRange(FIRST, LAST),
    }[kind]


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(day_ranges())
    after = draw(st.none() | day_ranges())
    if after is not None and after.latest < start.earliest:
        start, after = after, start
    return Span(start, after)


def scopes(codes: tuple[str, ...]) -> st.SearchStrategy[Scope]:
    some = st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True)
    return st.one_of(
        st.just(Scope.all()),
        some.map(Scope.only),
        some.map(Scope.all_except),
        st.builds(lambda c: Scope.unknown(includes=c[:1], excludes=c[1:]), some),
        st.builds(lambda c: Scope.unknown(excepting=True, includes=c[:1], excludes=c[1:]), some),
        st.builds(lambda c: Scope("all", excludes=tuple(c)), some),
    )


editions = st.sampled_from(["HS2022", "HS2022", "HS2022", "HS2022", "HS2017"])
codes = st.builds(GoodsCode, editions, st.sampled_from(CODES))
goods_lists = st.lists(codes, max_size=2, unique=True).map(tuple)
some_goods = st.lists(codes, min_size=1, max_size=3, unique=True).map(tuple)
entities = st.lists(
    st.sampled_from(
        [Entity("Acme Co., Ltd.", ("Acme of Doha",)), Entity("Beta Heavy Industries", units=True)]
    ),
    max_size=2,
    unique=True,
).map(tuple)
uses = st.lists(st.sampled_from(["military use", "animal feed"]), max_size=2, unique=True).map(
    tuple
)
rarely = st.sampled_from([False, False, False, False, True])


@st.composite
def exemptions(draw: st.DrawFn) -> Exemption:
    return Exemption(
        goods=draw(goods_lists),
        areas=draw(st.none() | scopes(AREAS)),
        targets=draw(scopes(ECONOMIES)) if draw(rarely) else None,
        entities=draw(entities) if draw(rarely) else (),
        end_uses=draw(uses) if draw(rarely) else (),
        span=draw(st.none() | spans()),
    )


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    catalogue = draw(rarely) and draw(rarely)
    named = draw(rarely)
    return Rule(
        id=name,
        title=name,
        kind="entity_list" if named else "other",
        effect=draw(st.sampled_from(["prohibited", "conditional", "dutiable", "none"])),
        flow=draw(st.sampled_from(["import", "import", "import", "export", "export", "people"])),
        imposers=tuple(draw(st.lists(st.sampled_from(ECONOMIES), min_size=1, max_size=2))),
        span=draw(spans()),
        targets=draw(scopes(ECONOMIES)),
        goods=draw(some_goods),
        goods_except=draw(goods_lists) if draw(rarely) else (),
        goods_list="a catalogue" if catalogue else None,
        areas=draw(scopes(AREAS)) if draw(st.booleans()) else Scope.all(),
        entities=draw(entities) if named else (),
        entities_complete=draw(st.booleans()),
        entities_count=draw(st.sampled_from([None, 1, 3])) if named or draw(rarely) else None,
        end_uses=draw(uses) if draw(rarely) else (),
        suspensions=(draw(spans()),) if draw(rarely) else (),
        act_span=draw(spans()) if draw(rarely) else None,
        exemptions=tuple(draw(st.lists(exemptions(), max_size=2))) if draw(st.booleans()) else (),
    )


@st.composite
def records(draw: st.DrawFn) -> list[Rule]:
    return [draw(rules(f"r{n}")) for n in range(draw(st.integers(1, 5)))]


@st.composite
def shipments(draw: st.DrawFn) -> Shipment:
    origin = draw(st.sampled_from(ECONOMIES))
    to = draw(st.sampled_from([one for one in ECONOMIES if one != origin]))
    here = [None, *(area for area in AREAS if area[:2] in (_two(origin), _two(to)))]
    return Shipment(
        origin,
        to,
        draw(codes),
        draw(days),
        draw(st.sampled_from(here)),
        draw(st.sampled_from([None, "ACME", "Beta Heavy Industries, Kyoto Works", "Gamma K.K."])),
        draw(st.sampled_from([None, "military radar", "civil, not military", "feed for fish"])),
    )


def _two(economy: str) -> str:
    return {"LUX": "LU", "GBR": "GB", "QAT": "QA", "SGP": "SG", "EUN": "EU"}[economy]


def anchored(record: list[Rule], goods: GoodsCode) -> GoodsCode:
    """A chapter is the same in every edition: it is asked for in one in which rules are written."""
    bearing = [r for r in record if r.effect != "none" and r.flow != "people" and not r.goods_list]
    written = {code.edition for rule in bearing for code in rule.goods}
    if goods.level > 2 or goods.edition in written or not written:
        return goods
    return GoodsCode("HS2022" if "HS2022" in written else max(written), goods.code)


def in_part(part: Part, point: Point) -> bool:
    def holds(code: str, left_out: tuple[str, ...]) -> bool:
        whole = str(point.goods)
        return whole.startswith(code) and not any(whole.startswith(out) for out in left_out)

    return (
        any(holds(code, left_out) for code, left_out in part.goods)
        and (part.origin_areas is None or point.origin_area in part.origin_areas)
        and (part.destination_areas is None or point.to_area in part.destination_areas)
    )


def said(part: Part) -> oracle.Outcome:
    return (
        part.verdict,
        tuple(sorted(rule.id for rule in part.measures)),
        tuple(
            sorted(
                (one.measure.id, frozenset(one.what_decides), one.verdict_if)
                for one in part.uncertain
            )
        ),
    )


def check(record: list[Rule], asked: Shipment) -> Answer:
    answer = Engine(record).ask(asked)
    case = Case(asked.origin, asked.to, asked.consignee, asked.end_use)
    goods = anchored(record, asked.goods)
    every = oracle.points(record, case, goods, asked.area)

    def state(day: int) -> dict[Point, oracle.Outcome]:
        return {point: oracle.outcome(record, case, point, day) for point in every}

    today = state(asked.on)
    single = len(answer.parts) == 1
    for point, expected in today.items():
        parts = [one for one in answer.parts if single or in_part(one, point)]
        assert len(parts) == 1, f"{point} lies in {len(parts)} parts"
        assert said(parts[0]) == expected, point
    assert answer.uniform == (len(set(today.values())) == 1)
    assert answer.verdict == max((v for v, _, _ in today.values()), key=oracle.RANK.__getitem__)
    assert {rule.id for rule in answer.measures} == {m for _, ms, _ in today.values() for m in ms}
    assert {one.measure.id for one in answer.uncertain} == {
        one[0] for _, _, many in today.values() for one in many
    }
    # The days for which it holds: the same on all of them, another on the day before and after.
    first, after = answer.first, answer.after
    assert first <= asked.on < after
    for day in range(max(first, START - 3), min(after, START + DAYS + 9)):
        assert state(day) == today, day
    for day in (max(first, 1), min(after - 1, LAST - 3)):
        assert state(day) == today, day
    if first > FIRST:
        assert state(first - 1) != today
    if after < LAST:
        assert state(after) != today
    return answer


@settings(max_examples=max(400, settings().max_examples))
@given(records(), shipments())
def test_engine_says_what_the_judge_says(record: list[Rule], asked: Shipment) -> None:
    answer = check(record, asked)
    assert set(answer.as_dict()) == {
        *("verdict", "uniform", "parts", "uncertain", "measures", "trace", "holds", "coverage"),
    }


@settings(max_examples=max(150, settings().max_examples))
@given(records(), shipments())
def test_explanations_agree_with_the_answer(record: list[Rule], asked: Shipment) -> None:
    engine = Engine(record)
    answer = engine.ask(asked)
    applying = {rule.id for rule in answer.measures}
    undecided = {one.measure.id for one in answer.uncertain}
    missed = {one.measure.id for one in answer.trace}
    assert not missed & (applying | undecided)
    for rule in record:
        explained = engine.explain(asked, rule.id)
        failing = [one.name for one in explained.dimensions if one.truth == 0]
        if rule.id in applying | undecided:
            assert not failing
        if rule.id in missed:
            assert len(failing) == 1
        if len(failing) == 1 and failing[0] not in ("imposer", "effect"):
            assert rule.id in missed
        if not failing and not any(one.partly for one in explained.dimensions):
            assert rule.id in (applying if explained.truth == 2 else undecided)
