"""The engine, one law at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from comity.applies import (
    Answer,
    Condition,
    Engine,
    Exemption,
    Gap,
    Rule,
    Scope,
    Shipment,
)
from comity.words import nomenclature
from comity.words.errors import CodeError, InputError, NotFound, TimeError
from comity.words.goods import GoodsCode, parse_list
from comity.words.time import DayRange, Span


def day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


BAN = Rule(
    id="ban",
    title="ban on fish",
    kind="import_ban",
    effect="prohibited",
    flow="import",
    imposers=("CHN",),
    span=Span.of("2020-01-01"),
    targets=Scope.only(["JPN"]),
    goods=parse_list("HS2022:03"),
)


def ask(
    *rules: Rule,
    origin: str = "JPN",
    to: str = "CHN",
    goods: str = "HS2022:030722",
    on: str = "2021-06-01",
    gaps: tuple[Gap, ...] = (),
    **more: str,
) -> Answer:
    engine = Engine(rules, gaps)
    return engine.ask(Shipment(origin, to, GoodsCode.parse(goods), day(on), **more))


def ids(answer: Answer) -> list[str]:
    return [rule.id for rule in answer.measures]


def decides(answer: Answer) -> dict[str, tuple[str, ...]]:
    return {one.measure.id: one.what_decides for one in answer.uncertain}


# ------------------------------------------------------------------------------- the question


def test_an_area_belongs_to_origin_or_destination() -> None:
    with pytest.raises(InputError, match="neither the origin"):
        ask(BAN, area="KR-11")
    assert ids(ask(BAN, area="CN-BJ")) == ["ban"]


def test_questions_that_cannot_be_asked() -> None:
    with pytest.raises(InputError, match="to itself"):
        ask(BAN, origin="CHN")
    with pytest.raises(CodeError):
        ask(BAN, to="WLD")
    with pytest.raises(CodeError):
        ask(BAN, to="XXX")
    with pytest.raises(CodeError):
        ask(BAN, area="JP-99")
    with pytest.raises(TimeError):
        Shipment("JPN", "CHN", GoodsCode.parse("03"), 0)


def test_an_engine_without_rules_answers() -> None:
    answer = ask()
    assert (answer.verdict, answer.holds, answer.trace) == ("nothing_on_record", (None, None), ())
    assert [one.key for one in answer.coverage] == [
        "nothing-is-not-allowed",
        "tariffs-not-on-record",
    ]


def test_two_rules_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="ban"):
        Engine([BAN, BAN])


# ------------------------------------------------------------------------------------ verdicts


def test_the_strictest_effect_gives_the_verdict() -> None:
    duty = replace(BAN, id="duty", effect="dutiable", rate="12.5 %")
    licence = replace(BAN, id="licence", effect="conditional")
    assert ask(duty).verdict == "dutiable"
    assert ask(duty, licence).verdict == "conditional"
    answer = ask(duty, licence, BAN)
    assert (answer.verdict, ids(answer)) == ("prohibited", ["ban", "licence", "duty"])


def test_measures_without_bearing_on_goods_never_count() -> None:
    visa = replace(BAN, id="visa", effect="none")
    people = replace(BAN, id="people", flow="people")
    answer = ask(visa, people)
    assert (answer.verdict, answer.trace) == ("nothing_on_record", ())


def test_verdict_if_is_no_weaker_than_the_verdict() -> None:
    duty = replace(BAN, id="duty", effect="dutiable", span=Span.of("unknown"))
    assert [(one.measure.id, one.verdict_if) for one in ask(BAN, duty).uncertain] == [
        ("duty", "prohibited")
    ]


def test_goods_that_are_not_on_record_are_undecided() -> None:
    assert decides(ask(replace(BAN, goods=()))) == {"ban": ("goods",)}
    listed = replace(BAN, goods_list="a catalogue")
    assert decides(ask(listed)) == {"ban": ("goods",)}
    assert decides(ask(replace(listed, goods_except=parse_list("0307")))) == {}


# ------------------------------------------------------------------------------- dates, holds


@pytest.mark.parametrize(
    ("on", "applies", "holds"),
    [
        ("2019-12-31", "no", (None, "2020-01-31")),
        ("2020-01-31", "no", (None, "2020-01-31")),
        ("2020-02-01", "maybe", ("2020-02-01", "2020-02-28")),
        ("2020-02-29", "yes", ("2020-02-29", "2021-12-31")),
        ("2022-01-01", "maybe", ("2022-01-01", "2022-12-31")),
        ("2023-01-01", "no", ("2023-01-01", None)),
    ],
)
def test_a_month_and_a_year_are_ranges(
    on: str, applies: str, holds: tuple[str | None, str | None]
) -> None:
    # Its last day is some day of 2022 or the last of 2021: "..": the first day after is 2022-01-01.
    span = Span(DayRange.parse("2020-02"), DayRange.parse("2022-01-01..2023-01-01"))
    answer = ask(replace(BAN, span=span), on=on)
    said = "yes" if answer.measures else "maybe" if answer.uncertain else "no"
    assert (said, answer.holds) == (applies, holds)


def test_the_act_ends_the_measure() -> None:
    rule = replace(BAN, act_span=Span.of("2019-01-01", "2021-05-31"))
    assert rule.until == DayRange.parse("2021-05-31")
    answer = ask(rule)
    assert (answer.verdict, answer.holds) == ("nothing_on_record", ("2021-06-01", None))
    assert [one.reason for one in answer.trace] == ["no_longer"]


def test_change_points_that_change_nothing_do_not_cut_the_span() -> None:
    other = replace(BAN, id="other", goods=parse_list("0307"), areas=Scope.only(["JP-01"]))
    beef = replace(BAN, id="beef", goods=parse_list("02"), span=Span.of("2021-01-01", "2021-12-31"))
    gone = replace(other, span=Span.of("2021-03-01", "2021-09-01"))
    assert ask(BAN, beef, gone, area="JP-04").holds == ("2020-01-01", None)
    assert ask(BAN, beef, gone, area="JP-01").holds == ("2021-03-01", "2021-09-01")


# ------------------------------------------------------------------------------------- groups


EU = replace(BAN, id="eu", imposers=("EUN",), targets=Scope.all(), span=Span.of("2000-01-01"))


def test_a_group_means_its_members_while_they_are_members() -> None:
    before = ask(EU, to="GBR", on="2020-01-31")
    assert (ids(before), before.holds) == (["eu"], ("2000-01-01", "2020-01-31"))
    after = ask(EU, to="GBR", on="2020-02-01")
    assert (ids(after), after.holds) == ([], ("2020-02-01", None))
    assert ids(ask(EU, to="HRV", on="2013-06-30")) == []
    assert ask(EU, to="HRV", on="2013-07-01").holds == ("2013-07-01", None)
    assert ids(ask(EU, to="EUN")) == ["eu"]


def test_trade_within_a_group_crosses_no_border_of_it() -> None:
    assert ids(ask(EU, origin="FRA", to="DEU")) == []
    assert ids(ask(EU, origin="GBR", to="DEU", on="2020-01-31")) == []
    after = ask(EU, origin="GBR", to="DEU", on="2020-02-01")
    assert (ids(after), after.holds) == (["eu"], ("2020-02-01", None))
    named = replace(EU, targets=Scope.only(["FRA"]))
    assert ids(ask(named, origin="FRA", to="DEU")) == ["eu"]


def test_a_group_aimed_at_means_its_members_then() -> None:
    rule = replace(BAN, targets=Scope.only(["EUN"]), span=Span.of("2000-01-01"))
    assert ids(ask(rule, origin="GBR", on="2020-01-31")) == ["ban"]
    assert ask(rule, origin="GBR", on="2020-02-01").holds == ("2020-02-01", None)
    spared = replace(BAN, targets=Scope.all_except(["EUN"]), span=Span.of("2000-01-01"))
    assert ids(ask(spared, origin="GBR", on="2020-01-31")) == []
    assert ask(spared, origin="GBR", on="2020-02-01").holds == ("2020-02-01", None)


def test_a_group_as_question_says_what_it_leaves_out() -> None:
    assert "members-not-asked" in [one.key for one in ask(EU, to="EUN").coverage]


def test_all_and_the_rest() -> None:
    assert ids(ask(replace(BAN, targets=Scope.only(["WLD"])))) == ["ban"]
    assert decides(ask(replace(BAN, targets=Scope.only(["USA", "ROW"])))) == {"ban": ("target",)}
    unknown = Scope.unknown(excepting=True, count=42, includes=["CHN"], excludes=["KOR"])
    rule = replace(BAN, imposers=("JPN",), flow="export", targets=unknown)
    assert ids(ask(rule)) == ["ban"]
    assert decides(ask(rule, to="VNM")) == {"ban": ("target",)}
    assert [one.reason for one in ask(rule, to="KOR").trace] == ["wrong_target"]


# -------------------------------------------------------------------------- areas and goods


def test_areas_of_the_destination_for_exports() -> None:
    rule = replace(
        BAN, flow="export", imposers=("JPN",), targets=Scope.all(), areas=Scope.only(["CN-BJ"])
    )
    answer = ask(rule)
    assert [part.destination_areas for part in answer.parts if part.measures] == [("CN-BJ",)]
    assert all(part.origin_areas is None for part in answer.parts)
    assert ids(ask(rule, area="CN-BJ")) == ["ban"]
    assert ids(ask(rule, area="CN-SH")) == []
    assert not ask(rule, area="JP-01").uniform


def test_an_area_within_an_area() -> None:
    rule = replace(BAN, targets=Scope.only(["GBR"]), areas=Scope.only(["GB-ENG"]))
    assert ids(ask(rule, origin="GBR", area="GB-LND")) == ["ban"]
    assert ids(ask(rule, origin="GBR", area="GB-EDH")) == []
    inner = replace(rule, areas=Scope.only(["GB-LND"]))
    answer = ask(inner, origin="GBR", area="GB-ENG")
    assert {part.origin_areas: part.verdict for part in answer.parts} == {
        ("GB-LND",): "prohibited",
        ("GB-ENG (rest)",): "nothing_on_record",
    }
    assert ids(ask(inner, origin="GBR", area="GB-LND")) == ["ban"]
    assert ids(ask(inner, origin="GBR", area="GB-MAN")) == []


def test_areas_on_a_list_that_is_not_on_record() -> None:
    rule = replace(BAN, areas=Scope.unknown(count=8, includes=["JP-07"], excludes=["JP-01"]))
    assert ids(ask(rule, area="JP-07")) == ["ban"]
    assert decides(ask(rule, area="JP-04")) == {"ban": ("area",)}
    assert decides(ask(rule, area="JP-01")) == {}
    answer = ask(rule)
    assert [(part.verdict, len(part.origin_areas or ())) for part in answer.parts] == [
        ("prohibited", 1),
        ("nothing_on_record", 1),
        ("nothing_on_record", 45),
    ]


def test_a_code_whose_children_are_all_named_has_no_rest() -> None:
    below = nomenclature.below("0301")
    rule = replace(BAN, goods=parse_list(";".join(below)))
    answer = ask(rule, goods="HS2022:0301")
    assert answer.uniform
    assert answer.verdict == "prohibited"
    some = replace(BAN, goods=parse_list(";".join(below[1:])))
    answer = ask(some, goods="HS2022:0301")
    assert [part.goods for part in answer.parts if not part.measures] == [
        (("HS2022:0301", tuple(f"HS2022:{code}" for code in below[1:])),)
    ]


def test_national_codes_leave_a_rest() -> None:
    answer = ask(replace(BAN, goods=parse_list("03072210")))
    assert {part.goods: part.verdict for part in answer.parts} == {
        (("HS2022:03072210", ()),): "prohibited",
        (("HS2022:030722", ("HS2022:03072210",)),): "nothing_on_record",
    }


def test_exemptions_by_goods_area_and_day() -> None:
    rule = replace(
        BAN,
        exemptions=(
            Exemption(
                goods=parse_list("030722"),
                areas=Scope.only(["JP-01"]),
                span=Span.of("2021-01-01", "2021-12-31"),
                note="scallops of Hokkaido in 2021",
            ),
        ),
    )
    assert ids(ask(rule, area="JP-01")) == []
    assert [one.reason for one in ask(rule, area="JP-01").trace] == ["exempted"]
    assert ask(rule, area="JP-01").holds == ("2021-01-01", "2021-12-31")
    assert ask(rule, area="JP-04").holds == ("2020-01-01", None)
    assert ids(ask(rule, area="JP-01", goods="HS2022:030721")) == ["ban"]
    answer = ask(rule, goods="HS2022:0307")
    assert [(part.verdict, part.goods) for part in answer.parts] == [
        ("prohibited", (("HS2022:0307", ("HS2022:030722",)),)),
        ("prohibited", (("HS2022:030722", ()),)),
        ("nothing_on_record", (("HS2022:030722", ()),)),
    ]


# ----------------------------------------------------------------------- coverage and words


def test_coverage_says_gaps_and_how_far_measures_were_checked() -> None:
    fish = parse_list("03")
    gaps = (
        Gap("here", "x", "measures", ("JPN",), ("CHN",), fish),
        Gap("other-goods", "x", "measures", ("JPN",), ("CHN",), parse_list("02")),
        Gap("both-ways", "x", "measures", ("JPN", "CHN"), ("JPN", "CHN")),
        Gap("others", "x", "measures", ("JPN",), ("KOR",)),
        Gap("later", "x", "measures", ("JPN",), ("CHN",), start=DayRange.parse("2022")),
        Gap("figures", "x", "trade", ("JPN",)),
        Gap("by-measure", "x", "status", measures=("ban",)),
        Gap("other-measure", "x", "status", measures=("other",)),
    )
    checked = replace(BAN, verified_until=day("2021-01-31"))
    said = ask(checked, gaps=gaps).coverage
    assert [one.gap for one in said if one.gap] == ["both-ways", "here", "by-measure"]
    assert [(one.measure, one.until) for one in said if one.key == "checked-until"] == [
        ("ban", day("2021-01-31"))
    ]
    assert [one.gap for one in ask(gaps=gaps).coverage if one.gap] == ["both-ways", "here"]


def test_eight_digits_are_said_to_be_national() -> None:
    keys = [one.key for one in ask(BAN, goods="HS2022:03072210").coverage]
    assert "national-digits" in keys


def test_explain_gives_every_condition_in_words() -> None:
    rule = replace(
        BAN,
        areas=Scope.only(["JP-04"]),
        end_uses=("food",),
        exemptions=(Exemption(goods=parse_list("030111"), note="ornamental fish"),),
        conditions=(Condition("a", "certificate"), Condition("a", "test"), Condition("b", "form")),
    )
    engine = Engine([rule, replace(BAN, id="visa", effect="none")])
    asked = Shipment("JPN", "CHN", GoodsCode.parse("HS2022:03"), day("2021-06-01"))
    explained = engine.explain(asked, "ban")
    told = {one.name: (int(one.truth), one.partly) for one in explained.dimensions}
    assert told == {
        "imposer": (2, False),
        "target": (2, False),
        "goods": (2, False),
        "area": (2, True),
        "date": (2, False),
        "end_use": (1, False),
        "exemption": (2, True),
    }
    data = explained.as_dict()
    assert data["applies"] == "in part"
    assert rule.as_dict()["conditions"] == [["certificate", "test"], ["form"]]
    assert engine.explain(asked, "visa").truth == 0
    with pytest.raises(NotFound):
        engine.explain(asked, "nothing")


def test_json_has_the_promised_keys() -> None:
    data = ask(replace(BAN, areas=Scope.only(["JP-04"])), on="2019-01-01").as_dict()
    assert list(data) == [
        *("verdict", "uniform", "parts", "uncertain", "measures", "trace", "holds", "coverage")
    ]
    assert data["holds"] == {"from": None, "until": "2019-12-31"}


def test_many_questions_are_answered_in_order() -> None:
    engine = Engine([BAN])
    asked = [
        Shipment("JPN", "CHN", GoodsCode.parse(code), day("2021-06-01")) for code in ("03", "04")
    ]
    answers = list(engine.ask_many(asked))
    assert [one.verdict for one in answers] == ["prohibited", "nothing_on_record"]
    assert answers[0] == engine.ask(asked[0])


def test_what_decides_is_said_in_words() -> None:
    rule = replace(
        BAN,
        kind="entity_list",
        goods_list="the dual-use catalogue",
        span=Span.of("2021-06", "2021-06"),
        end_uses=("military use",),
        areas=Scope.unknown(count=8),
    )
    answer = ask(rule)
    (one,) = answer.uncertain
    assert one.what_decides == ("goods", "area", "date", "consignee", "end_use")
    assert answer.why(one) == (
        "whether the goods are in the dual-use catalogue",
        "whether the area is covered: a list of 8 that is not on record",
        "the day it began is known only as 2021-06",
        "it is aimed at named entities, and no consignee is given",
        "it is aimed at end uses (military use), and none is given",
    )
