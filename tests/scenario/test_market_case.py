"""From measures to what they bar of a market's flows: goods × areas, shown and never guessed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from comity.market import Question, resolved
from comity.opened import OpenRecord
from comity.record.scopes import Get
from comity.scenario.market_ask import Ask, area_codes, period_of, span_text
from comity.scenario.market_case import FlowRule, MarketCase
from comity.scenario.market_coverage import Coverage, area_part, goods_part, together
from comity.scenario.market_scope import _lies_in
from comity.scenario.proposed import proposed
from comity.trade.markets import market
from comity.words.errors import (
    CodeError,
    ComityError,
    FileError,
    InputError,
    NotFound,
    ValidationError,
)
from comity.words.goods import GoodsCode
from tests.assess.made import (
    BAN,
    FISH,
    FOUR,
    HOME,
    OPENING,
    TEN,
    measure,
    shipped,
    write_market,
    write_measures,
)

AREAS = {
    (r["product"], r["destination"], frozenset(r["areas"].split(";"))): (
        float(r["low"]), float(r["high"]),
    )
    for r in shipped(HOME, "areas")
}  # fmt: skip
BESIDE = {
    (r["what"], r["destination"]): (float(r["low"]), float(r["high"]))
    for r in shipped(HOME, "beside")
}
PEARLS = BESIDE["pearls", "CHN"]
CARP = BESIDE["ornamental fish", "CHN"]
NO_FOOD = (PEARLS[0] + CARP[0], PEARLS[1] + CARP[1])
HOKKAIDO = frozenset({"JP-01"})


def case_of(record: OpenRecord | None, *measures: str, **question: Any) -> MarketCase:
    return resolved(Question(measures, **question), record)[0]


def rules(case: MarketCase) -> dict[tuple[str, str], FlowRule]:
    found = {(rule.state, rule.product): rule for rule in case.rules}
    assert len(found) == len(case.rules)
    return found


def kinds(case: MarketCase) -> set[str]:
    return {flag.kind for flag in case.flags}


def ends(rule: FlowRule) -> tuple[float, float]:
    return rule.low, rule.high


def new(tmp_path: Path, *texts: str) -> Path:
    return write_measures(tmp_path / "new.yaml", *texts)


def later(name: str = "a-ban", **fields: str) -> str:
    """A proposal that begins after the flows of 2022."""
    return measure(name, **{"from": "2023-08-24", **fields})


# --------------------------------------------------------------------------- the ban of 2023


def test_the_ban_bars_scallops_whole_and_the_rest_less_pearls(record):
    case = case_of(record, BAN)
    assert case.baseline == HOME
    found = rules(case)
    assert set(found) == {("to", "scallops"), ("to", "other_seafood")}
    assert ends(found["to", "scallops"]) == (1.0, 1.0)
    assert ends(found["to", "other_seafood"]) == pytest.approx((1.0 - NO_FOOD[1], 1.0 - NO_FOOD[0]))
    for rule in case.rules:
        assert (rule.kind, rule.importer, rule.exporter) == ("ban", "CHN", "JPN")
        assert rule.areas is None
        assert rule.actors == ("CHN",)
        assert rule.sources == (BAN,)
    said = " ".join(found["to", "other_seafood"].arithmetic)
    assert "pearls" in said
    assert "ornamental fish" in said
    assert "0.836–0.971" in said
    assert case.period == "2024"
    (asked,) = [one for one in case.measures if one.role == "asked"]
    assert asked.days == "from 2023-08-24 to 2025-06-28"
    assert {one.id for one in case.measures if one.role == "beside"} >= {
        "cn-food-ban-10-prefectures-2011"
    }
    assert "beside" in kinds(case)


def test_lifting_is_the_two_states_turned_round(record):
    put, lifted = rules(case_of(record, BAN)), rules(case_of(record, BAN, lift=True))
    assert {("from", product) for _, product in put} == set(lifted)
    for (_, product), rule in put.items():
        assert ends(lifted["from", product]) == ends(rule)
    assert case_of(record, BAN, lift=True).period == "2026"


def test_lifting_for_hokkaido(record):
    """What stays is all but Hokkaido's share to China, and of other seafood who knows."""
    found = rules(case_of(record, BAN, lift=True, areas=("JP-01",)))
    low, high = AREAS["scallops", "CHN", HOKKAIDO]
    assert (low, high) == (0.8906, 0.9333)
    left = found["to", "scallops"]
    assert ends(left) == pytest.approx((1.0 - high, 1.0 - low))
    assert left.within == (1.0, 1.0)
    assert left.areas is not None
    assert len(left.areas) == 46
    assert "JP-01" not in left.areas
    other = found["to", "other_seafood"]
    assert ends(other) == (0.0, 1.0)
    assert other.within == pytest.approx((1.0 - NO_FOOD[1], 1.0 - NO_FOOD[0]))
    assert any("not on record" in step for step in other.arithmetic)
    by_name = rules(case_of(record, BAN, lift=True, areas=("Hokkaido",)))
    assert by_name == found


def test_lifting_all_but_the_ten_is_lifting_all(record):
    """The flows of 2022 already lack the ten, banned since 2011: the whole flow comes back."""
    for product in ("scallops", "other_seafood"):
        assert AREAS[product, "CHN", TEN] == (0.0, 0.0)
    whole = case_of(record, BAN, lift=True)
    some = case_of(record, BAN, lift=True, excepting=("@ten-prefectures",))
    same = case_of(record, BAN, lift=True, areas=("JPN",), excepting=("@ten-prefectures",))
    assert some.rules == whole.rules == same.rules
    assert kinds(some) - kinds(whole) == {"nothing-left-barred"}
    (flag,) = [flag.text for flag in some.flags if "scallops" in flag.text]
    assert "Miyagi" in flag
    assert "all of the flow comes back" in flag


def test_lifting_for_the_ten_alone_adds_trade_with_no_base(record):
    """They sold nothing to China in 2022: what they would sell cannot be said, and is not said."""
    with pytest.raises(InputError, match="cannot grow"):
        case_of(record, BAN, lift=True, areas=("@ten-prefectures",))


def test_areas_known_and_unknown():
    base = market(HOME)

    def part(product: str, to: str, areas: frozenset[str] | None) -> tuple[float, float]:
        found = area_part(base, product, "JPN", to, areas)
        return found.low, found.high

    every = frozenset(f"JP-{n:02}" for n in range(1, 48))
    assert part("scallops", "CHN", None) == (1.0, 1.0)
    assert part("scallops", "CHN", every) == (1.0, 1.0)
    assert part("scallops", "CHN", frozenset()) == (0.0, 0.0)
    for (product, to, areas), said in AREAS.items():
        if to:
            assert part(product, to, areas) == said
            rest = part(product, to, every - areas)
            assert rest == pytest.approx((1.0 - said[1], 1.0 - said[0]))
    # Without a share of this destination, that of all of them.
    assert part("scallops", "USA", HOKKAIDO) == AREAS["scallops", "", HOKKAIDO]
    # Parts of what is known bound what is not: within the ten at most their share, and Hokkaido
    # with others at least its own; nothing else is known of Nagasaki than that it is not Hokkaido.
    low, high = part("scallops", "USA", frozenset({"JP-04"}))
    assert low == 0.0
    assert high == pytest.approx(AREAS["scallops", "", TEN][1])
    low, high = part("scallops", "USA", frozenset({"JP-01", "JP-02"}))
    assert low == AREAS["scallops", "", HOKKAIDO][0]
    assert high == pytest.approx(1.0)
    low, high = part("scallops", "USA", frozenset({"JP-42"}))
    assert low == 0.0
    assert high == pytest.approx(1.0 - AREAS["scallops", "", HOKKAIDO][0])
    assert part("other_seafood", "USA", frozenset({"JP-42"})) == (0.0, 1.0)


def test_goods_in_part_are_the_whole_range():
    base = market(HOME)

    def part(*codes: str, out: tuple[str, ...] = (), to: str = "USA") -> tuple[float, float]:
        goods, left = ([GoodsCode.parse(c) for c in listed] for listed in (codes, out))
        found = goods_part(base, "scallops", goods, left, "JPN", to)
        return found.low, found.high

    assert part("HS2022:0307") == (1.0, 1.0)
    assert part("HS2022:030721", "HS2022:030722", "HS2022:030729") == (1.0, 1.0)
    assert part("HS2022:030722") == (0.0, 1.0)
    assert part("HS2022:03", out=("HS2022:030722",)) == (0.0, 1.0)
    assert part("HS2022:03", out=("HS2022:0307",)) == (0.0, 0.0)
    assert part("HS2022:0302") == (0.0, 0.0)
    assert part("HS2022:03072210") == (0.0, 1.0)


def test_what_a_flow_holds_beside_the_goods_that_are_meant():
    """Pearls are never meant; ornamental fish are where a measure does not leave them out, and no
    part of what is left out is known for other codes."""
    base = market(HOME)

    def part(*codes: str, out: tuple[str, ...] = ()) -> tuple[float, float]:
        goods, left = ([GoodsCode.parse(c) for c in listed] for listed in (codes, out))
        found = goods_part(base, "other_seafood", goods, left, "JPN", "CHN")
        return found.low, found.high

    fish = ("HS2022:03", "HS2022:1604", "HS2022:1605")
    pearls_off = (1.0 - PEARLS[1], 1.0 - PEARLS[0])
    both_off = pytest.approx((1.0 - NO_FOOD[1], 1.0 - NO_FOOD[0]))
    assert part(*fish) == pearls_off
    assert part(*fish, out=("HS2022:030111", "HS2022:030119")) == both_off
    # One of the two codes is left out: any part of them may be.
    assert part(*fish, out=("HS2022:030111",)) == pytest.approx((1.0 - NO_FOOD[1], 1.0 - PEARLS[0]))
    assert part(*fish, out=("HS2022:030111", "HS2022:030289")) == (0.0, 1.0)
    assert part(*fish, out=("HS2022:0302",)) == (0.0, 1.0)
    # A scope that is narrower than a code of the product is not the whole of it.
    assert part("HS2022:0301", "HS2022:030222") == (0.0, 1.0)


# ----------------------------------------------------------------- several, and never twice


def test_two_bans_on_the_same_flow_count_once(record, tmp_path):
    alone = rules(case_of(record, BAN))
    text = later(
        goods="[HS2022:03, HS2022:1604, HS2022:1605, HS2022:121221, HS2022:121229]",
        goods_except="[HS2022:030111, HS2022:030119]",
    )
    both = rules(case_of(record, BAN, new=new(tmp_path, text)))
    assert set(both) == set(alone)
    for key, rule in alone.items():
        assert ends(both[key]) == ends(rule)
        assert set(both[key].sources) == {BAN, "a-ban"}


def test_areas_of_two_bans_are_united(tmp_path):
    """Hokkaido, and all but Hokkaido: the union is all of it; overlaps count once."""
    hokkaido = later(goods="[HS2022:0307]", areas="[JP-01]")
    rest = later("b-ban", goods="[HS2022:0307]", areas="{all_except: [JP-01]}")
    one = rules(case_of(None, new=new(tmp_path, hokkaido), market=HOME))["to", "scallops"]
    assert ends(one) == AREAS["scallops", "CHN", HOKKAIDO]
    two = rules(case_of(None, new=new(tmp_path, hokkaido, rest), market=HOME))["to", "scallops"]
    assert ends(two) == (1.0, 1.0)
    assert two.areas is None or len(two.areas) == 47
    again = later("b-ban", goods="[HS2022:0307]", areas="[JP-01]")
    same = rules(case_of(None, new=new(tmp_path, hokkaido, again), market=HOME))["to", "scallops"]
    assert ends(same) == ends(one)
    assert same.areas == ("JP-01",)


def test_an_overlap_that_is_not_known_is_a_range():
    """From the largest to the sum, at most all: max cᵢ to min(1, Σ cᵢ)."""
    base = market(HOME)

    def one(name: str, low: float, high: float, code: str) -> Coverage:
        return Coverage("scallops", "CHN", "JPN", low, high, (), (name,), codes=(code, "/"))

    (found,) = together([one("a", 0.3, 0.3, "x"), one("b", 0.5, 0.5, "y")], base).values()
    assert (found.low, found.high) == (0.5, 0.8)
    assert found.measures == ("a", "b")
    (found,) = together([one("a", 0.3, 0.7, "x"), one("b", 0.5, 0.6, "y")], base).values()
    assert (found.low, found.high) == (0.5, 1.0)
    apart = together(
        [one("a", 0.3, 0.3, "x"), Coverage("scallops", "USA", "JPN", 1, 1, (), ("b",))], base
    )
    assert len(apart) == 2


@pytest.mark.parametrize("kind", ["import_licence", "entity_list"])
def test_a_ban_beside_a_licence_is_still_a_ban(tmp_path, kind):
    """A licence of unknown coverage on a flow that is barred altogether takes nothing away."""
    texts = [later(goods="[HS2022:0307]"), later("b", goods="[HS2022:0307]", measure_kind=kind)]
    for order in (texts, texts[::-1]):
        found = rules(case_of(None, new=new(tmp_path, *order), market=HOME))["to", "scallops"]
        assert ends(found) == (1.0, 1.0)


# ------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("measure_", "says"),
    [
        ("cn-food-ban-10-prefectures-2011", "in force all through 2022"),
        ("cn-food-certificates-2011", "in force all through 2022"),
        ("cn-visa-waiver-suspension-2020", "bears on people"),
        ("cn-travel-advice-2025", "bears on people"),
        ("cn-seafood-ban-10-prefectures-2025", "bears on nothing that was sold in 2022"),
        ("cn-gallium-germanium-licence-2023", ""),
    ],
)
def test_what_the_market_cannot_answer(record, measure_, says):
    with pytest.raises(InputError) as caught:
        case_of(record, measure_)
    assert says in caught.value.what
    assert caught.value.mend


def test_names_that_are_none(record):
    with pytest.raises(NotFound, match="cn-seafood-ban-2032"):
        case_of(record, "cn-seafood-ban-2032")
    with pytest.raises(InputError, match="not a measure"):
        case_of(record, "ten-prefectures")
    with pytest.raises(InputError, match="no measure is named"):
        case_of(record)
    with pytest.raises(InputError, match="no record"):
        case_of(None, BAN)
    with pytest.raises(CodeError, match="Hokkaido"):
        case_of(record, BAN, lift=True, areas=("Hokaido",))
    with pytest.raises(NotFound, match="@nine-prefectures"):
        case_of(record, BAN, lift=True, areas=("@nine-prefectures",))
    with pytest.raises(InputError, match="nothing is lifted"):
        case_of(record, BAN, areas=("JP-01",))
    with pytest.raises(NotFound, match="no market baseline"):
        case_of(record, BAN, market="japan-imports-1066")


def test_an_economy_that_the_market_lacks(tmp_path):
    text = later(imposers="[FRA]")
    with pytest.raises(InputError, match="FRA, no economy of the market"):
        case_of(None, new=new(tmp_path, text), market=HOME)
    with pytest.raises(InputError, match="holds no goods of a-ban"):
        case_of(None, new=new(tmp_path, later(goods="[HS2022:8703]")), market=HOME)


# ------------------------------------------------------------------- licences, duties and others


def test_a_licence_of_unknown_coverage(tmp_path):
    text = later(goods="[HS2022:0307]", measure_kind="import_licence")
    case = case_of(None, new=new(tmp_path, text), market=HOME)
    assert ends(rules(case)["to", "scallops"]) == (0.0, 1.0)
    assert "coverage-open" in kinds(case)
    asked = case_of(None, new=new(tmp_path, text), market=HOME, coverage=(0.2, 0.4))
    assert ends(rules(asked)["to", "scallops"]) == (0.2, 0.4)
    assert "coverage-open" not in kinds(asked)


def test_coverage_of_a_ban_multiplies_what_is_in_scope(record):
    found = rules(case_of(record, BAN, coverage=(0.5, 0.6)))
    assert ends(found["to", "scallops"]) == (0.5, 0.6)
    assert ends(found["to", "other_seafood"]) == pytest.approx(
        (0.5 * (1 - NO_FOOD[1]), 0.6 * (1 - NO_FOOD[0]))
    )


def test_plants_are_told_with_the_product_of_their_shares(record):
    """Of what a ban covers, which is not quite all of other seafood, plants with 0.3."""
    rule = rules(case_of(record, BAN, plants=(0.3, 0.3)))["to", "other_seafood"]
    assert rule.areas == ("plants",)
    low, high = rule.within
    assert (low, high) == pytest.approx((1 - NO_FOOD[1], 1 - NO_FOOD[0]))
    assert rule.covered == pytest.approx((0.3 * low, 0.3 * high))
    assert rule.arithmetic[-1] == (
        f"barred {low:.3g}–{high:.3g} × 0.3 = {0.3 * low:.3g}–{0.3 * high:.3g}"
    )


def test_duties_quotas_and_costs(tmp_path):
    shells = {"goods": "[HS2022:0307]"}

    def one(**fields: str) -> Path:
        path = tmp_path / f"{fields['measure_kind']}.yaml"
        return write_measures(path, later(**{**shells, **fields}))

    duty = one(measure_kind="tariff")
    found = rules(case_of(None, new=duty, market=HOME, rate=(0.1, 0.2)))["to", "scallops"]
    assert (found.kind, *ends(found)) == ("tariff", 0.1, 0.2)
    inspected = one(measure_kind="inspection")
    found = rules(case_of(None, new=inspected, market=HOME, cost=(1.02, 1.1)))["to", "scallops"]
    assert found.kind == "trade_cost"
    assert ends(found) == pytest.approx((1.02, 1.1))
    limited = one(measure_kind="quota")
    found = rules(case_of(None, new=limited, market=HOME, limit=(0.5, 0.5)))["to", "scallops"]
    assert (found.kind, *ends(found)) == ("quota", 0.5, 0.5)
    for path, mend in ((inspected, "--cost"), (limited, "--limit")):
        with pytest.raises(InputError) as caught:
            case_of(None, new=path, market=HOME)
        assert mend in (caught.value.mend or "")
    lifted = rules(case_of(None, new=duty, market=HOME, rate=(0.1, 0.1), lift=True))
    assert {state for state, _ in lifted} == {"from"}
    assert ends(lifted["from", "scallops"]) == (0.1, 0.1)


def test_a_cost_on_part_of_a_flow(tmp_path):
    """Hokkaido's scallops 10 % dearer: on its share of the flow."""
    low, high = AREAS["scallops", "CHN", HOKKAIDO]
    path = new(tmp_path, later(goods="[HS2022:0307]", areas="[JP-01]", measure_kind="inspection"))
    rule = rules(case_of(None, new=path, market=HOME, cost=(1.1, 1.1)))["to", "scallops"]
    assert ends(rule) == (1.1, 1.1)
    assert rule.covered == pytest.approx((low, high))
    assert rule.covered[0] < rule.covered[1] < 1.0


def test_a_quota_on_part_of_a_flow_bars_what_lies_above_it(tmp_path):
    """Of a part of a flow the model has no quota: it is said, and the limit of zero is a ban."""
    low, high = AREAS["scallops", "CHN", HOKKAIDO]
    path = new(tmp_path, later(goods="[HS2022:0307]", areas="[JP-01]", measure_kind="quota"))
    case = case_of(None, new=path, market=HOME, limit=(0.25, 0.4))
    rule = rules(case)["to", "scallops"]
    assert rule.kind == "ban"
    assert ends(rule) == pytest.approx((0.6 * low, 0.75 * high))
    assert "quota-part" in kinds(case)
    none = rules(case_of(None, new=path, market=HOME, limit=(0.0, 0.0)))["to", "scallops"]
    barred = new(tmp_path, later(goods="[HS2022:0307]", areas="[JP-01]"))
    ban = rules(case_of(None, new=barred, market=HOME))["to", "scallops"]
    assert (none.kind, ends(none), none.areas) == (ban.kind, ends(ban), ban.areas)


@pytest.mark.parametrize(
    "given", [{"rate": (0.1, 0.1)}, {"limit": (0.5, 0.5)}, {"cost": (1.1, 1.2)}]
)
def test_what_a_ban_has_no_use_for_is_not_passed_over(record, given):
    """Unknown input stops or warns, and never passes silently: a duty of 10 % on a ban."""
    plain = case_of(record, BAN)
    try:
        case = case_of(record, BAN, **given)
    except InputError:
        return
    assert case.flags != plain.flags


def test_a_conditional_opening(record):
    """From all closed to open in its scope; how much its conditions hold back is not known."""
    case = case_of(record, OPENING)
    found = rules(case)
    assert ends(found["from", "scallops"]) == (1.0, 1.0)
    assert ends(found["to", "scallops"]) == (0.0, 1.0)
    assert "coverage-open" in kinds(case)
    asked = case_of(record, OPENING, coverage=(0.2, 0.3))
    assert ends(rules(asked)["to", "scallops"]) == pytest.approx((0.2, 0.3))
    assert "coverage-open" not in kinds(asked)
    free = rules(case_of(record, OPENING, coverage=(0.0, 0.0)))
    assert all(rule.high == 0.0 for (state, _), rule in free.items() if state == "to")
    assert case.period == "2026"
    with pytest.raises(InputError, match="nothing of it to lift"):
        case_of(record, OPENING, lift=True)


@pytest.mark.parametrize("market", [HOME, "china-japan-2022"])
@pytest.mark.parametrize("measure_", [OPENING, "cn-seafood-suspension-2025"])
def test_a_ban_taken_over_from_one_that_the_flows_live_under_adds_nothing(record, measure_, market):
    """The ten prefectures were barred all through 2022: that they still are is no news, whether
    the market knows their share (none) or not."""
    case = case_of(record, measure_, market=market)
    assert "not-in-baseline" not in kinds(case)
    (renewed,) = [flag for flag in case.flags if flag.kind == "renewed"]
    assert renewed.names == ("cn-seafood-ban-10-prefectures-2025",)


def test_what_lies_in_a_ban_by_goods_and_areas():
    def one(codes: tuple[str, ...], areas: frozenset[str] | None) -> Coverage:
        return Coverage("p", "CHN", "JPN", 0.0, 1.0, (), ("m",), areas, None, None, codes)

    old = one(("HS2022:03", "HS2022:16", "/", "HS2022:0301"), frozenset({"JP-07", "JP-08"}))
    some = frozenset({"JP-07"})
    assert _lies_in(one(("HS2022:0302", "/", "HS2022:0301"), some), old)
    assert _lies_in(old, old)
    assert not _lies_in(one(("HS2022:0302", "/", "HS2022:0301"), None), old)
    assert not _lies_in(one(("HS2022:0302", "/", "HS2022:0301"), frozenset({"JP-01"})), old)
    assert not _lies_in(one(("HS2022:02", "/", "HS2022:0301"), some), old)
    assert not _lies_in(one(("HS2022:03", "/"), some), old)  # with what the other leaves out


def test_an_opening_in_a_part(tmp_path):
    """Open for Hokkaido alone: of its share some is held back, the rest stays closed."""
    low, high = AREAS["scallops", "CHN", HOKKAIDO]
    path = new(
        tmp_path,
        later(goods="[HS2022:0307]", areas="[JP-01]", measure_kind="conditional_opening"),
    )
    rule = rules(case_of(None, new=path, market=HOME, coverage=(0.25, 0.25)))["to", "scallops"]
    assert ends(rule) == pytest.approx((1.0 - 0.75 * high, 1.0 - 0.75 * low))


def test_an_opening_never_closes(record):
    """Pearls are one number: what was closed and what stays closed share it in every draw."""
    from comity.market import Options, assess

    found = assess(Question((OPENING,)), record, Options(draws=256), world=False)
    names = found.baseline.names
    at = (slice(None), slice(None), names.economy("JPN"), names.economy("CHN"))
    assert (found.runs.after.flow[at] >= found.runs.before.flow[at] - 1e-9).all()


def test_an_opening_that_is_suspended_opens_nothing(record):
    """What the opening lets in the suspension of 2025 bars again: no flow differs, in no draw."""
    from comity.market import Options, assess

    question = Question((OPENING, "cn-seafood-suspension-2025"))
    try:
        found = assess(question, record, Options(draws=64), world=False)
    except InputError:
        return
    assert np.allclose(found.runs.after.flow, found.runs.before.flow, rtol=1e-9, atol=1e-12)


def test_export_measures_turn_the_flow_round(tmp_path):
    text = later(
        imposers="[JPN]", targets="[CHN, KOR]", flow="export", measure_kind="export_ban",
        goods="[HS2022:0307]",
    )  # fmt: skip
    case = case_of(None, new=new(tmp_path, text), market=HOME)
    assert {(r.exporter, r.importer, r.actors) for r in case.rules} == {
        ("JPN", "CHN", ("JPN",)), ("JPN", "KOR", ("JPN",)),
    }  # fmt: skip


def test_aimed_at_all(tmp_path):
    case = case_of(
        None, new=new(tmp_path, later(targets="all", goods="[HS2022:0307]")), market=HOME
    )
    codes = {r["origin"] for r in shipped(HOME)} - {"CHN"}
    assert {rule.exporter for rule in case.rules} == codes
    assert case.importers == ("CHN",)


def test_lifting_a_ban_on_areas_in_a_part_of_them(tmp_path):
    """`--lift --areas`: of two areas that were barred one is freed."""
    lines = "".join(f"fish,JPN,{j},JP-01;JP-02,0.6,0.6,S1\nfish,JPN,{j},JP-02,0.2,0.2,S1\n"
                    for j in FOUR)  # fmt: skip
    head = "product,origin,destination,areas,low,high,source\n"
    folder = write_market(tmp_path / "m", FISH, tables={"areas.csv": head + lines})
    path = new(tmp_path, measure(areas="[JP-01, JP-02]"))
    found = rules(case_of(None, new=path, market=folder, lift=True, areas=("JP-01",)))
    assert ends(found["from", "fish"]) == (0.6, 0.6)
    assert ends(found["to", "fish"]) == (0.2, 0.2)
    from comity.market import Options, assess

    question = Question(new=path, market=folder, lift=True, areas=("JP-01",))
    made = assess(question, None, Options(draws=4), world=False)
    assert (made.row("producer_surplus", "JPN").values > 0.0).all()


# ---------------------------------------------------------------------------------- proposals


def test_a_proposal_is_a_measure_without_act_or_source(tmp_path, record):
    before = record.count()
    (entry,) = proposed(new(tmp_path, measure()))
    assert (entry.kind, entry.id) == ("measure", "a-ban")
    case = case_of(record, new=new(tmp_path, later(goods="[HS2022:0307]")), market=HOME)
    assert ends(rules(case)["to", "scallops"]) == (1.0, 1.0)
    assert record.count() == before
    (bare,) = proposed(
        new(tmp_path, measure().replace("- id: a-ban\n  kind: measure\n  title", "- title"))
    )
    assert bare.kind == "measure"


@pytest.mark.parametrize(
    ("old", "to", "line", "field"),
    [
        ("imposers: [CHN]", "imposers: [ATL]", 4, "imposers"),
        ("HS2022:03]", "HS2022:99999]", 8, "goods"),
        ("measure_kind: import_ban", "measure_kind: import_bun", 7, "measure_kind"),
        ("from: 2021-07-01", "from: 2021-13-01", 10, "from"),
        ("areas: all", "areas: [JP-99]", 9, "areas"),
        ("flow: import", "flaw: import", 5, "flaw"),
        ("flow: import", "flow: sideways", 5, "flow"),
    ],
)
def test_a_proposal_that_cannot_be(tmp_path, old, to, line, field):
    text = measure().replace(old, to)
    assert text != measure()
    with pytest.raises(ValidationError) as caught:
        proposed(new(tmp_path, text))
    problems = caught.value.problems or (caught.value,)
    places = [one.where for one in problems if one.where is not None]
    assert any((p.line, p.field) == (line, field) for p in places), [str(p) for p in problems]
    assert str(places[0].file).endswith("new.yaml")


def test_files_that_hold_no_proposal(tmp_path):
    path = new(tmp_path, "- id: x\n  kind: person\n  name: Nobody")
    with pytest.raises(ValidationError):
        proposed(path)
    with pytest.raises(FileError):
        proposed(tmp_path / "missing.yaml")
    with pytest.raises(ComityError):
        proposed(new(tmp_path, "- id: [unclosed"))
    with pytest.raises(ComityError):
        resolved(Question(new=new(tmp_path, ""), market=HOME), None)


# --------------------------------------------------------------------------------- the ask


@pytest.mark.parametrize(
    ("start", "until", "lift", "horizon", "period"),
    [
        ("2023-08-24", "2025-06-28", False, "short", "2024"),
        ("2023-08-24", "2025-06-28", True, "short", "2026"),
        ("2023-08-24", "2025-06-28", False, "long", "2028 and later"),
        ("2023-08-24", "2025-06-28", True, "long", "2030 and later"),
        ("2024-01-01", "2024-12-31", False, "short", "2024"),
        ("2024-01-01", "2024-12-31", True, "short", "2025"),
        ("2024-01-01", "2025-01-01", True, "short", "2026"),
        ("2024-01-01", "", True, "short", "first full year"),
        ("2024-01-01", "", True, "long", "fifth year and later"),
    ],
)
def test_the_first_full_year(tmp_path, start, until, lift, horizon, period):
    """`until` is the last day in force: a ban to 1 January 2025 leaves its first free year 2026."""
    fields = {"from": start, "until": until}
    (entry,) = proposed(new(tmp_path, measure(**fields)))
    assert period_of([entry], Ask(lift=lift, horizon=horizon)) == period


@pytest.mark.parametrize(
    ("first", "second", "flagged"),
    [
        ({"until": "2024-12-31"}, {"from": "2025-01-01"}, True),
        ({"until": "2025-01-01"}, {"from": "2025-01-01"}, False),
        ({"until": "2025"}, {"from": "2025-06-01"}, False),  # may be together
        ({"until": "2025"}, {"from": "2026-01-01"}, True),
        ({}, {"from": "2025-01-01"}, False),
        ({"from": "2024"}, {"from": "2024-01-01", "until": "2024-06-01"}, False),
        # One is in force only while the other is suspended.
        (
            {"suspensions": "[{from: 2024-01-01, until: 2024-12-31}]"},
            {"from": "2024-03-01", "until": "2024-12-31"},
            True,
        ),
        (
            {"suspensions": "[{from: 2024-01-01, until: 2024-12-31}]"},
            {"from": "2024-03-01", "until": "2025-01-01"},
            False,
        ),
    ],
)
def test_measures_that_were_never_in_force_together(tmp_path, first, second, flagged):
    """One answer to both is of rules that never were: said, in whatever order they are named."""
    texts = [
        measure("one", **{"goods": "[HS2022:0303]", "from": "2023-07-01", **first}),
        measure("two", **{"goods": "[HS2022:030722]", **second}),
    ]
    for order in (texts, texts[::-1]):
        case = resolved(Question(new=new(tmp_path, *order), market=HOME), None)[0]
        said = [flag.text for flag in case.flags if flag.kind == "never-together"]
        assert len(said) == flagged
        assert all("one" in text and "two" in text for text in said)


def test_areas_as_people_name_them(record):
    get: Get = record.reading(all_days=True).get
    assert area_codes(["@ten-prefectures"], get) == TEN
    assert area_codes(["JP-01", "Miyagi"], get) == {"JP-01", "JP-04"}
    assert len(area_codes(["Japan"], get)) == 47
    assert span_text((0.5, 0.5)) == "0.5"
    assert span_text((0.25, 0.5)) == "0.25–0.5"


def test_a_case_is_plain_data(record):
    case = case_of(record, BAN, lift=True, areas=("JP-01",))
    again = MarketCase.from_dict(json.loads(json.dumps(case.as_dict())))
    assert again == case
    for key in ("rules", "baseline", "flags"):
        with pytest.raises(ValidationError, match="not whole"):
            MarketCase.from_dict({k: v for k, v in case.as_dict().items() if k != key})
    with pytest.raises(ValidationError, match="format"):
        MarketCase.from_dict({**case.as_dict(), "format": 2})


def test_read_as_public_on_a_day(record):
    """The market is that of the day, and measures that came later are not beside it."""
    case = case_of(record, BAN, public_on="2023-08-24")
    assert case.baseline_digest == market(HOME, dt.date(2023, 8, 24)).digest
    assert dict(case.views) == {"public_on": "2023-08-24"}
    listed = shipped(f"{HOME}/known-then/2023-08-24", "beside")
    apart = [(float(r["low"]), float(r["high"])) for r in listed if r["destination"] == "CHN"]
    low, high = (sum(ends_) for ends_ in zip(*apart, strict=True))
    assert 0.0 < low < high
    left = rules(case)["to", "other_seafood"]
    assert ends(left) == pytest.approx((1.0 - high, 1.0 - low))
    with pytest.raises(NotFound):
        case_of(record, BAN, public_on="2023-08-23")
