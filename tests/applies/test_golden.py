"""The golden cases in `golden/*.yaml`; `golden/README.md` says how to read and add them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.applies import Answer, Part, Shipment
from comity.words.areas import areas_of
from comity.words.goods import GoodsCode

from .golden_rules import shipped_engine

FOLDER = Path(__file__).parent / "golden"
FAR = {True: "1990-01-01", False: "2090-01-01"}
"""Days far out, for sides that are open."""
KEYS = {"verdict", "measures", "uncertain", "holds", "parts", "trace", "coverage", "uniform"}
Case = dict[str, Any]


def _load() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader):
            yield pytest.param(case, id=f"{path.stem}: {case['case']}")


def ask(question: Case, on: str) -> Answer:
    return shipped_engine().ask(
        Shipment(
            question["from"],
            question["to"],
            GoodsCode.parse(question["goods"]),
            dt.date.fromisoformat(on).toordinal(),
            question.get("area"),
            question.get("consignee"),
            question.get("end_use"),
        )
    )


def uncertain_of(what: Answer | Part) -> Case:
    return {
        one.measure.id: {"decides": set(one.what_decides), "then": one.verdict_if}
        for one in what.uncertain
    }


def part_of(part: Part, question: Case) -> Case:
    """A part in the words of the cases."""
    areas = part.origin_areas or part.destination_areas
    return {
        "areas": "all" if areas is None else set(areas),
        "goods": {f"{code} except {', '.join(out)}" if out else code for code, out in part.goods},
        "verdict": part.verdict,
        "measures": {rule.id for rule in part.measures},
        "uncertain": uncertain_of(part),
    }


def wanted_part(part: Case, question: Case) -> Case:
    found: Case = dict(part)
    areas = part.get("areas", "all")
    if isinstance(areas, dict):
        areas = set(areas_of(question["from"])) - set(areas["all_except"])
    found["areas"] = set(areas) if areas != "all" else "all"
    if "goods" in part:
        found["goods"] = set(part["goods"])
    if "measures" in part:
        found["measures"] = set(part["measures"])
    if "uncertain" in part:
        found["uncertain"] = wanted_uncertain(part["uncertain"])
    return found


def wanted_uncertain(many: Case) -> Case:
    return {
        name: {"decides": set(one["decides"]), "then": one["then"]}
        for name, one in (many or {}).items()
    }


def check(answer: Answer, expect: Case, question: Case) -> None:
    assert set(expect) <= KEYS, f"unknown keys: {set(expect) - KEYS}"
    if "verdict" in expect:
        assert answer.verdict == expect["verdict"]
    if "measures" in expect:
        assert {rule.id for rule in answer.measures} == set(expect["measures"])
    if "uncertain" in expect:
        assert uncertain_of(answer) == wanted_uncertain(expect["uncertain"])
    if "holds" in expect:
        first, until = answer.holds
        assert f"{first or 'open'} to {until or 'open'}" == expect["holds"]
    if "parts" in expect:
        left = [part_of(part, question) for part in answer.parts]
        for part in expect["parts"]:
            wanted = wanted_part(part, question)
            same = [one for one in left if all(one[key] == wanted[key] for key in wanted)]
            assert len(same) == 1, f"no part, or several, are {wanted}: {left}"
            left.remove(same[0])
        assert not left, f"parts that were not expected: {left}"
    elif expect.get("uniform") != "false":
        assert answer.uniform, "the answer is in parts: list them, or say uniform: false"
    if expect.get("uniform"):
        assert str(answer.uniform).lower() == expect["uniform"]
    if "trace" in expect:
        misses = {one.measure.id: one.reason for one in answer.trace}
        assert {name: misses.get(name) for name in expect["trace"]} == expect["trace"]
    if "coverage" in expect:
        said = {one.gap or f"checked:{one.measure}" for one in answer.coverage if one.key}
        assert set(expect["coverage"]) <= said, said


@pytest.mark.parametrize("case", list(_load()))
def test_golden(case: Case) -> None:
    question = case["question"]
    assert case["why"], "say why"
    assert case["rows"] or "gap" in case["why"], "say on which rows it rests"
    if "expect" in case:
        check(ask(question, question["on"]), case["expect"], question)
    before = None
    for one in case.get("timeline", ()):
        ((span, expect),) = one.items()
        first, until = span.split(" to ")
        if before is not None:
            following = dt.date.fromisoformat(before) + dt.timedelta(days=1)
            assert following.isoformat() == first, "spans follow each other day by day"
        before = None if until == "open" else until
        for on, begin in ((first, True), (until, False)):
            day = FAR[begin] if on == "open" else on
            check(ask(question, day), {**expect, "holds": span}, question)


def test_every_day_since_2011_has_one_answer_for_scallops() -> None:
    """From 8 April 2011 to 25 November 2026: each answer's span is the same seen from all its days,
    spans follow each other, and no day is left without a measure."""
    question = {"from": "JPN", "to": "CHN", "goods": "HS2022:030722"}
    last = dt.date(2026, 11, 25).toordinal()
    for area in ("JP-01", "JP-04"):
        day = dt.date(2011, 4, 8).toordinal()
        while day <= last:
            answer = ask({**question, "area": area}, dt.date.fromordinal(day).isoformat())
            assert answer.first == day
            assert answer.verdict in ("prohibited", "conditional")
            for inside in range(day, min(answer.after, last + 1)):
                other = ask({**question, "area": area}, dt.date.fromordinal(inside).isoformat())
                assert (other.first, other.after, other.parts) == (day, answer.after, answer.parts)
            day = answer.after
