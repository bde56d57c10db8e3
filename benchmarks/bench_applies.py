"""How many questions a second the `applies` engine answers, and how that grows with the record.

The record and the questions are generated (see `generate_measures`). Loading is timed apart. An
answer is counted with everything but the trace worked out: verdict, parts, measures, uncertain,
holds and coverage; then with the trace, then as the JSON that the doors print. No answer is kept
from one question to the next. The naive scan looks at every measure for every question, and only
for verdict and measures.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence

from benchmarks.generate_measures import generate, questions
from comity.applies import Answer, Engine, Rule, Shipment
from comity.applies.memberships import Groups
from comity.applies.steps import MAYBE, NO, YES
from comity.words.economies import memberships
from comity.words.goods import Relation, relation

SIZES = (1_000, 10_000, 100_000)
QUESTIONS = 50_000
TRACED = 400
SCANNED = {1_000: 60, 10_000: 8, 100_000: 2}
TO_REACH = 20_000


def memory() -> float:
    """Resident memory of this process in MB."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * 4096 / 1e6


def touch(answer: Answer) -> int:
    """Everything that an answer says without the trace."""
    size = len(answer.verdict) + len(answer.measures) + len(answer.coverage)
    for part in answer.parts:
        size += len(part.verdict) + len(part.measures)
    for one in answer.uncertain:
        size += len(one.what_decides) + len(one.verdict_if)
    first, until = answer.holds
    return size + (first is None) + (until is None) + answer.uniform


def naive(rules: Sequence[Rule], shipment: Shipment, groups: Groups) -> tuple[int, int]:
    """Verdict and number of measures by looking at every rule in turn, as one would at first."""
    rank = found = 0
    for rule in rules:
        importing = rule.flow == "import"
        imposer = shipment.to if importing else shipment.origin
        other = shipment.origin if importing else shipment.to
        sides = {imposer, *groups.groups(imposer)}
        if not sides & {*rule.imposers}:
            continue
        truth = min(rule.targets.covers(other), rule.span.covers(shipment.on))
        if truth == NO:
            continue
        relations = {relation(code, shipment.goods) for code in rule.goods}
        goods = YES if Relation.COVERS in relations else MAYBE if rule.goods_list else NO
        if min(truth, goods) == YES:
            found += 1
            rank = max(rank, rule.rank)
    return rank, found


def _rate(work: Sequence[Shipment], engine: Engine) -> tuple[float, list[Answer]]:
    """Answers a second, the best of three rounds over the same questions."""
    best = 0.0
    for _ in range(3):
        began = time.perf_counter()
        for answer in engine.ask_many(work):
            touch(answer)
        best = max(best, len(work) / (time.perf_counter() - began))
    return best, list(engine.ask_many(work[:5000]))


def _measure(size: int) -> float:
    rules, gaps = generate(size)
    asked = questions(rules, QUESTIONS)
    gc.collect()
    before = memory()
    began = time.perf_counter()
    engine = Engine(rules, gaps)
    built = time.perf_counter() - began
    gc.collect()
    grown = memory() - before
    gc.freeze()
    rate, sample = _rate(asked, engine)
    traced = asked[:TRACED]
    began = time.perf_counter()
    for answer in engine.ask_many(traced):
        touch(answer)
        len(answer.trace)
    with_trace = TRACED / (time.perf_counter() - began)
    began = time.perf_counter()
    for answer in engine.ask_many(traced):
        answer.as_dict()
    as_json = TRACED / (time.perf_counter() - began)
    groups = Groups(memberships())
    scanned = asked[: SCANNED[size]]
    began = time.perf_counter()
    for shipment in scanned:
        naive(rules, shipment, groups)
    scan = len(scanned) / (time.perf_counter() - began)
    gc.unfreeze()
    pairs = len({(one.origin, one.to) for one in asked})
    count = len(sample)
    print(
        f"  {size:>7,} measures: {rate:>8,.0f} answers/s ({1e6 / rate:.0f} µs each), "
        f"with trace {with_trace:,.0f}/s, as JSON with trace {as_json:,.0f}/s, "
        f"naive scan {scan:,.1f}/s"
    )
    print(
        f"          built in {built:.1f} s, {grown:,.0f} MB beside the rules; of {len(asked):,} "
        f"questions none twice, {1 - pairs / len(asked):.0%} on a pair of economies seen before"
    )
    print(
        f"          an answer has {sum(len(a.measures) for a in sample) / count:.2f} measures, "
        f"{sum(len(a.uncertain) for a in sample) / count:.2f} uncertain, "
        f"{sum(len(a.parts) for a in sample) / count:.2f} parts; "
        f"{sum(not a.measures and not a.uncertain for a in sample) / count:.0%} have nothing on "
        f"record, {sum(not a.uniform for a in sample) / count:.0%} are in parts"
    )
    return rate


def main() -> None:
    rates = [_measure(size) for size in SIZES]
    reached = "reached" if rates[-1] >= TO_REACH else "NOT reached"
    print(f"  to reach at 100,000 measures: {TO_REACH:,} answers/s: {reached}")
    slower = rates[0] / rates[-1]
    print(
        f"  100 times as many measures make an answer {slower:.1f} times slower (to reach: < 100)"
    )


if __name__ == "__main__":
    main()
