"""What is written can be read again: every scenario equals the one read from its own dump."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comity.scenario.contents import (
    BaselineChoice,
    Effect,
    ListedChange,
    MeasureChoice,
    ModelChoice,
    Scenario,
    State,
    Who,
)
from comity.scenario.diff import diff
from comity.scenario.dump import dump
from comity.scenario.file import parse_scenario
from tests.scenario.test_file import FULL

LETTERS = st.characters(
    categories=("L", "N", "P", "S", "Zs"), exclude_characters="\ufeff\ufffe\uffff", codec="utf-8"
)
PROSE = st.text(LETTERS | st.sampled_from("\n\t#:'\"-[]{}"), min_size=1, max_size=60)
TEXTS = PROSE.map(str.strip).filter(bool)
NAMES = (
    st.text(LETTERS, min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text and text not in ("all", "<<"))
)
SLUGS = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)
SHARES = st.floats(0.0, 1.0).map(lambda x: x + 0.0)
FACTORS = st.floats(1e-6, 1e6)
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
GOODS = st.sampled_from(["HS2022:03", "HS2022:0307", "HS2017:160414", "HS2022:72"])


def names(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def by_label(values: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    pairs = st.dictionaries(NAMES, values, min_size=1, max_size=3)
    return values | pairs.map(lambda found: tuple(sorted(found.items())))


WHO = (
    st.just(Who(None))
    | names(NAMES).map(Who)
    | names(NAMES).map(lambda left_out: Who(None, left_out))
)
EFFECTS = (
    st.just(Effect("ban"))
    | st.builds(Effect, st.just("tariff"), st.floats(-0.9, 9.0))
    | st.builds(Effect, st.just("trade_cost"), FACTORS)
)
MEASURES = st.builds(
    MeasureChoice,
    id=SLUGS,
    coverage=by_label(SHARES),
    because=TEXTS,
    sectors=maybe(names(NAMES)),
    in_baseline=st.sampled_from(["yes", "no", "prorated"]),
    effect=maybe(EFFECTS),
    assume=maybe(st.sampled_from(["in force", "not in force"])),
    imposers=maybe(WHO),
    partners=maybe(WHO),
)
BASELINES = (
    st.builds(
        BaselineChoice,
        name=NAMES,
        theta=maybe(FACTORS),
        gamma=maybe(st.floats(0.01, 1.0)),
        gaps=maybe(st.sampled_from(["keep", "drop", "fill"])),
    )
    | st.builds(BaselineChoice, name=st.none(), file=TEXTS)
    | st.builds(BaselineChoice, name=st.none(), format=st.just("cp2015"), path=TEXTS)
    | st.builds(
        BaselineChoice,
        name=st.none(),
        format=st.just("gegravity"),
        path=TEXTS,
        year=maybe(st.integers(1990, 2020)),
    )
    | st.builds(
        BaselineChoice,
        name=st.none(),
        format=st.just("icio"),
        path=TEXTS,
        theta=by_label(FACTORS),
        economies=maybe(names(NAMES)),
    )
)
MODELS = st.builds(
    ModelChoice,
    deficits=st.sampled_from(["kept", "none", "ratio"]) | st.floats(0.0, 5.0),
    engine=st.sampled_from(["auto", "numpy", "numba"]),
    tolerance=maybe(st.floats(1e-14, 1e-3)),
    theta=maybe(by_label(FACTORS)),
    path_steps=maybe(st.integers(1, 1000)),
    seed=st.integers(0, 10**12),
)


@st.composite
def changes(draw: st.DrawFn) -> ListedChange:
    kind = draw(
        st.sampled_from(
            ["tariff", "ban", "lift", "trade_cost", "productivity", "population", "schedule"]
        )
    )
    by, because = draw(WHO), draw(maybe(TEXTS))
    if kind == "schedule":
        return ListedChange(by, "tariff_schedule", schedule=draw(NAMES), because=because)
    if kind in ("productivity", "population"):
        return ListedChange(
            by,
            kind,
            "times",
            draw(FACTORS),
            of=draw(maybe(WHO)),
            sectors=draw(maybe(names(NAMES))) if kind == "productivity" else None,
            because=because,
        )
    operation, value = "", None
    if kind == "tariff":
        operation = draw(st.sampled_from(["to", "add", "times"]))
        value = draw(st.floats(0.0, 9.0))
    elif kind == "trade_cost":
        operation, value = "times", draw(FACTORS)
    where = draw(st.sampled_from(["sectors", "goods", "all"]))
    return ListedChange(
        by,
        kind,
        operation,
        value,
        imports_from=draw(WHO),
        exports_to=None if kind == "tariff" else draw(maybe(WHO)),
        sectors=draw(names(NAMES)) if where == "sectors" else None,
        goods=draw(names(GOODS)) if where == "goods" else None,
        goods_except=("HS2022:030111",) if where == "goods" and draw(st.booleans()) else (),
        coverage=draw(by_label(SHARES) if kind == "lift" else maybe(by_label(SHARES))),
        because=because,
    )


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    measures = draw(st.lists(MEASURES, max_size=3, unique_by=lambda one: one.id))
    described = [one for one in measures if draw(st.booleans())]
    listed = [one for one in measures if one not in described]

    def state() -> State:
        found = list(draw(st.lists(changes(), max_size=2)))
        for one in described:
            word = draw(st.sampled_from(["impose", "lift", "suspend"]))
            found.append(ListedChange(draw(WHO), "measure", word, measure=one))
        for one in listed:
            if draw(st.booleans()):
                bare = MeasureChoice(one.id)
                found.append(ListedChange(draw(WHO), "measure", "lift", measure=bare))
        if draw(st.booleans()):
            return State(changes=tuple(found))
        return State(
            draw(DAYS),
            draw(maybe(DAYS.map(str) | st.just("2026-11-24T09:30:00Z"))),
            draw(maybe(DAYS)),
            draw(maybe(st.integers(1900, 2100))),
            tuple(found),
        )

    return Scenario(
        title=draw(TEXTS),
        after=state(),
        before=state(),
        baseline=draw(BASELINES),
        model=draw(MODELS),
        measures=tuple(sorted(listed, key=lambda one: one.id)),
        question=draw(maybe(TEXTS)),
        note=draw(maybe(TEXTS)),
    )


@given(scenarios())
def test_what_is_dumped_is_read_again(one: Scenario) -> None:
    text = dump(one)
    again = parse_scenario(text)
    assert again == one
    assert dump(again) == text
    assert diff(one, again) == []


def test_the_full_file_survives() -> None:
    one = parse_scenario(FULL)
    assert parse_scenario(dump(one)) == one


def test_the_dump_is_plain_to_read() -> None:
    text = dump(parse_scenario(FULL))
    assert text.startswith("comity-scenario: 1\ntitle: All of it\n")
    assert "as_of: 2023-08-23" in text
    assert "in_baseline: prorated" in text
    assert "!" not in text
