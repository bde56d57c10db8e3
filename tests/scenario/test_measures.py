"""Measures of the record in a scenario, on the shipped packs and on stores made for the case."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.opened import OpenRecord
from comity.scenario.resolve import resolve
from comity.scenario.resolved import Resolved
from comity.scenario.wedges import wedges
from comity.trade.baseline import Baseline
from comity.words.errors import ValidationError
from tests.record.build import act, measure
from tests.scenario.conftest import FISH, FOOD, GOODS, METAL, placed, scenario, small

BAN = "cn-seafood-ban-2023"  # 24 August 2023 to 28 June 2025, both in force


def body(states: str, name: str = BAN, **keys: str) -> str:
    given = {"coverage": "0.4", "because": "an estimate", **keys}
    listed = "".join(f"    {key.rstrip('_')}: {value}\n" for key, value in given.items())
    return f"{states}\nmeasures:\n  {name}:\n{listed}"


def ban_left(made: Resolved) -> list[Any]:
    """(kind, value) of the one change in either state, None where there is none."""
    found: list[Any] = []
    for changes in (made.before_changes, made.after_changes):
        assert len(changes) <= 1
        found.append((changes[0].change.kind, changes[0].change.value) if changes else None)
    return found


def kinds(made: Resolved) -> list[str]:
    return [flag.kind for flag in made.flags]


# ---- days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2023-08-23", "2023-11-16", [None, ("ban", 0.4)]),
        ("2023-08-23", "2023-08-24", [None, ("ban", 0.4)]),
        ("2025-06-28", "2025-06-29", [("ban", 0.4), None]),
        ("2010-01-01", "2030-01-01", [None, None]),
    ],
)
def test_a_measure_applies_on_the_days_on_which_it_was_in_force(
    record: OpenRecord,
    one_sector: Baseline,
    first: str,
    second: str,
    expected: list[tuple[str, float] | None],
) -> None:
    made = resolve(
        scenario(body(f"from: {{as_of: {first}}}\nto: {{as_of: {second}}}")), one_sector, record
    )
    assert ban_left(made) == expected
    for one in (*made.before_changes, *made.after_changes):
        assert (one.actors, one.source) == (("CHN",), BAN)
        assert (one.change.importers, one.change.exporters) == (("CHN",), ("JPN",))


def test_what_was_not_recorded_yet_is_not_in_force_as_known(
    record: OpenRecord, one_sector: Baseline
) -> None:
    known = "to: {as_of: 2023-11-16, known_on: %s}"
    then = resolve(scenario(body(known % "2026-11-24")), one_sector, record)
    assert ban_left(then) == [None, None]
    assert "not-shown" in kinds(then)
    [text] = [flag.text for flag in then.flags if flag.kind == "not-shown"]
    assert "as known on 2026-11-24" in text
    later = resolve(scenario(body(known % "2026-11-25")), one_sector, record)
    assert ban_left(later) == [None, ("ban", 0.4)]


def test_what_was_not_public_yet_is_not_in_force_as_public(
    record: OpenRecord, one_sector: Baseline
) -> None:
    public = "to: {as_of: 2023-08-30, public_on: %s}"
    before = resolve(scenario(body(public % "2023-08-20")), one_sector, record)
    after = resolve(scenario(body(public % "2023-08-30")), one_sector, record)
    assert ban_left(before) == [None, None]
    assert ban_left(after) == [None, ("ban", 0.4)]


@pytest.mark.parametrize(
    ("year", "as_of", "days", "total"),
    [
        (2023, "2023-11-16", 130, 365),  # 24 August to 31 December
        (2024, "2024-02-01", 366, 366),
        (2025, "2025-07-01", 179, 365),  # 1 January to 28 June
        (2025, "2025-01-01", 365, 365),  # as of that day no end had been announced
        (2022, "2023-11-16", 0, 365),
    ],
)
def test_prorating_counts_days(
    record: OpenRecord, one_sector: Baseline, year: int, as_of: str, days: int, total: int
) -> None:
    made = resolve(scenario(body(f"to: {{as_of: {as_of}, prorate: {year}}}")), one_sector, record)
    [_, now] = ban_left(made)
    assert now == (None if days == 0 else ("ban", pytest.approx(0.4 * days / total, rel=1e-15)))
    assert f"{days} of the {total} days of {year}" in " ".join(f.text for f in made.flags)


def test_nothing_is_prorated_unless_asked(record: OpenRecord, one_sector: Baseline) -> None:
    made = resolve(scenario(body("to: {as_of: 2023-12-31}")), one_sector, record)
    assert ban_left(made)[1] == ("ban", 0.4)


# ---- what the baseline's flows live under --------------------------------------------------------


def test_in_the_baseline_its_absence_is_a_lifting(record: OpenRecord, one_sector: Baseline) -> None:
    text = body("from: {as_of: 2023-08-23}\nto: {as_of: 2023-11-16}", in_baseline="yes")
    made = resolve(scenario(text), one_sector, record)
    assert ban_left(made) == [("lift", 0.4), None]
    assert "baseline-year" in kinds(made)  # it was in force on 130 days only


def test_prorated_in_the_baseline(record: OpenRecord, one_sector: Baseline) -> None:
    """Availability is 1 - 0.4 × 130/365 in the baseline, 1 without the ban and 0.6 under it."""
    text = body("from: {as_of: 2023-08-23}\nto: {as_of: 2023-11-16}", in_baseline="prorated")
    made = resolve(scenario(text), one_sector, record)
    base = 1.0 - 0.4 * 130 / 365
    [before, after] = ban_left(made)
    assert before == ("lift", pytest.approx(1.0 - base))  # 1 / (1 - lift) = 1 / base
    assert after == ("ban", pytest.approx(1.0 - 0.6 / base))
    same = body("to: {as_of: 2023-12-31, prorate: 2023}", in_baseline="prorated")
    assert ban_left(resolve(scenario(same), one_sector, record)) == [None, None]


def test_a_part_of_a_year_against_a_baseline_under_the_measure(
    record: OpenRecord, one_sector: Baseline
) -> None:
    """What is left of the flow, and what it costs, against a whole year under the measure."""
    states = "to: {as_of: 2023-11-16, prorate: 2023}"
    part = 130 / 365
    made = resolve(scenario(body(states, in_baseline="yes")), one_sector, record)
    left = wedges(made.after, one_sector).availability
    assert left is not None
    assert left[0, 0, 1] == pytest.approx((1.0 - 0.4 * part) / (1.0 - 0.4), rel=1e-14)
    dear = resolve(
        scenario(body(states, in_baseline="yes", as_="{trade_cost: 1.5}")), one_sector, record
    )
    cost = wedges(dear.after, one_sector).trade_cost
    assert cost is not None
    assert cost[0, 0, 1] == pytest.approx((1.0 + 0.2 * part) / 1.2, rel=1e-14)


def test_a_total_ban_inside_the_baseline_cannot_be_lifted(
    record: OpenRecord, one_sector: Baseline
) -> None:
    text = body("to: {as_of: 2025-07-01}", in_baseline="yes", coverage="1")
    with pytest.raises(ValidationError, match="leaves no flow"):
        resolve(scenario(text), one_sector, record)


def test_the_baselines_year_is_said(record: OpenRecord, one_sector: Baseline) -> None:
    free = small(("CHN", "JPN"), ("Goods",), year=2022)
    text = body("to: {as_of: 2023-11-16}")
    assert "baseline-year" not in kinds(resolve(scenario(text), free, record))
    made = resolve(scenario(text), one_sector, record)
    [flag] = [flag for flag in made.flags if flag.kind == "baseline-year"]
    assert "130 of the 365 days of 2023" in flag.text
    yearless = small(("CHN", "JPN"), ("Goods",), year=None)
    with pytest.raises(ValidationError, match="has no year"):
        resolve(scenario(body("to: baseline", in_baseline="prorated")), yearless, record)


# ---- changes to measures -------------------------------------------------------------------------


def test_imposed_lifted_suspended(record: OpenRecord, one_sector: Baseline) -> None:
    change = "to:\n  %schanges:\n    - {by: %s, measure: cn-seafood-ban-2023, change: %s}"
    imposed = resolve(scenario(body(change % ("", "CHN", "impose"))), one_sector, record)
    assert ban_left(imposed) == [None, ("ban", 0.4)]
    for word in ("lift", "suspend"):
        text = body(change % ("as_of: 2023-11-16\n  ", "CHN", word))
        assert ban_left(resolve(scenario(text), one_sector, record)) == [None, None]
        text = body(change % ("", "CHN", word), in_baseline="yes")
        assert ban_left(resolve(scenario(text), one_sector, record)) == [None, ("lift", 0.4)]


@pytest.mark.parametrize(
    ("day", "by", "change", "what", "column"),
    [
        ("", "JPN", "impose", "imposed by CHN, and the change is by JPN", 12),
        ("", "CHN", "lift", "not in force in this state", 55),
        ("as_of: 2023-11-16\n  ", "CHN", "impose", "in force in this state already", 55),
        ("as_of: 2023-08-23\n  ", "CHN", "suspend", "nothing to suspend", 55),
    ],
)
def test_changes_that_cannot_be_made(
    record: OpenRecord,
    one_sector: Baseline,
    day: str,
    by: str,
    change: str,
    what: str,
    column: int,
) -> None:
    text = f"to:\n  {day}changes:\n    - {{by: {by}, measure: {BAN}, change: {change}}}"
    with pytest.raises(ValidationError) as caught:
        resolve(scenario(body(text)), one_sector, record)
    [(line, at, said)] = placed(caught.value)
    assert what in said
    assert (line, at) == (6 if day else 5, column)


def test_a_measure_described_in_a_change(record: OpenRecord, one_sector: Baseline) -> None:
    change = f"{{by: CHN, measure: {BAN}, change: impose, coverage: 1%, because: customs}}"
    made = resolve(scenario(f"to:\n  changes:\n    - {change}\n"), one_sector, record)
    assert ban_left(made) == [None, ("ban", 0.01)]
    assert made.measures[0].because == "customs"


# ---- economies -----------------------------------------------------------------------------------


def resolved(record: OpenRecord, base: Baseline, name: str, day: str, **keys: str) -> Resolved:
    return resolve(scenario(body(f"to: {{as_of: {day}}}", name, **keys)), base, record)


COST = {"as_": "{trade_cost: 1.2}"}


def test_a_group_that_imposes_is_its_members_of_the_day(
    record: OpenRecord, singly: Baseline, one_sector: Baseline
) -> None:
    name = "eu-food-certificates-2011"
    made = resolved(record, singly, name, "2023-01-01", **COST)
    assert made.after_changes[0].actors == ("DEU", "FRA")
    earlier = resolved(record, singly, name, "2019-01-01", **COST)
    assert earlier.after_changes[0].actors == ("DEU", "FRA", "GBR")
    whole = resolved(record, one_sector, name, "2023-01-01", **COST)
    assert whole.after_changes[0].actors == ("EUN",)


def test_targets_that_are_all(record: OpenRecord, world: Baseline) -> None:
    name = "cn-gallium-germanium-licence-2023"
    made = resolved(record, world, name, "2023-11-16", **COST, sectors=METAL)
    [one] = made.after_changes
    assert one.change.exporters == ("CHN",)
    assert one.change.importers == ("JPN", "USA", "EUN", "ROW")
    assert one.change.value == pytest.approx(1.0 + 0.4 * 0.2)


def test_targets_that_the_record_leaves_open(record: OpenRecord, world: Baseline) -> None:
    name = "jp-chip-equipment-licence-2023"
    with pytest.raises(ValidationError) as caught:
        resolved(record, world, name, "2023-11-16", **COST, sectors=METAL)
    assert "leaves open whether jp-chip" in caught.value.what
    assert "partners" in (caught.value.mend or "")
    made = resolved(record, world, name, "2023-11-16", **COST, sectors=METAL, partners="CHN")
    assert made.after_changes[0].change.importers == ("CHN",)
    assert made.after_changes[0].change.exporters == ("JPN",)


def test_an_imposer_that_is_a_part_of_an_economy(
    record: OpenRecord, one_sector: Baseline, singly: Baseline
) -> None:
    name = "hk-seafood-ban-2023"
    with pytest.raises(ValidationError) as caught:
        resolved(record, one_sector, name, "2023-11-16")
    assert "HKG (part of ROW)" in caught.value.what
    assert "imposers: [ROW]" in (caught.value.mend or "")
    made = resolved(record, one_sector, name, "2023-11-16", imposers="ROW")
    assert made.after_changes[0].actors == ("ROW",)
    assert "part-of-economy" in kinds(made)
    with pytest.raises(ValidationError, match="imposed by HKG, no economy of the baseline"):
        resolved(record, singly, name, "2023-11-16")
    some = resolved(record, singly, "no-is-food-certificates-2011", "2020-01-01", **COST)
    assert some.after_changes[0].actors == ("NOR",)
    assert "ISL" in " ".join(f.text for f in some.flags if f.kind == "no-economy")


def test_economies_that_the_measure_is_not_about(record: OpenRecord, world: Baseline) -> None:
    with pytest.raises(ValidationError) as caught:
        resolved(record, world, BAN, "2023-11-16", sectors=FISH, partners="[JPN, USA]")
    [(line, column, said)] = placed(caught.value)
    assert "aimed at JPN, and USA is not among them" in said
    assert (line, column) == (9, 21)


# ---- goods ---------------------------------------------------------------------------------------


def test_sectors_are_found_from_the_goods_of_the_measure(
    record: OpenRecord, world: Baseline
) -> None:
    made = resolved(record, world, BAN, "2023-11-16", coverage="{Fish: 0.9, Food: 0.05}")
    assert made.measures[1].coverage == ((FISH, 0.9), (FOOD, 0.05))
    found = {one.change.sectors: one.change.value for one in made.after_changes}
    assert found == {(FISH,): 0.9, (FOOD,): 0.05}
    with pytest.raises(ValidationError, match="does not name the sector Food"):
        resolved(record, world, BAN, "2023-11-16", coverage="{Fish: 0.9}")
    only = resolved(record, world, BAN, "2023-11-16", sectors=FISH)
    assert only.after_changes[0].change.sectors == (FISH,)


def test_goods_that_are_a_list_without_codes(record: OpenRecord, world: Baseline) -> None:
    name = "cn-dual-use-ban-2026"
    with pytest.raises(ValidationError, match="as a list, not as HS codes"):
        resolved(record, world, name, "2026-03-01")
    made = resolved(record, world, name, "2026-03-01", sectors=METAL)
    assert (made.after_changes[0].change.importers, made.after_changes[0].change.exporters) == (
        ("JPN",),
        ("CHN",),
    )
    assert "narrower" in kinds(made)  # end uses


# ---- effects -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "day", "what"),
    [
        ("cn-food-certificates-2011", "2023-11-16", "does to trade has to be said"),
        ("cn-seafood-inspection-2023", "2023-08-10", "does to trade has to be said"),
        ("cn-seafood-reopening-2025", "2025-08-01", "does to trade has to be said"),
        ("cn-graphite-licence-2023", "2024-01-01", "does to trade has to be said"),
        ("cn-control-list-2026-02", "2026-03-01", "does to trade has to be said"),
        ("cn-visa-waiver-2024", "2025-01-01", "bears on people"),
        ("gacc-103-2023", "2025-01-01", "of the kind act, not a measure"),
        ("cn-seafood-ban-2024", "2025-01-01", "no measure cn-seafood-ban-2024"),
    ],
)
def test_what_the_scenario_has_to_say(
    record: OpenRecord, one_sector: Baseline, name: str, day: str, what: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        resolved(record, one_sector, name, day)
    said = placed(caught.value)
    assert any(what in text for _, _, text in said), said
    assert {(line, column) for line, column, _ in said} == {(5, 3)}


def test_the_nearest_measure_is_offered(record: OpenRecord, one_sector: Baseline) -> None:
    with pytest.raises(ValidationError) as caught:
        resolved(record, one_sector, "cn-seafod-ban-2023", "2025-01-01")
    assert caught.value.mend == "did you mean cn-seafood-ban-2023?"


def test_what_the_record_leaves_open_has_to_be_assumed(
    record: OpenRecord, one_sector: Baseline
) -> None:
    """The beef ban is known to stand by 30 May 2025; its first day is not on record."""
    with pytest.raises(ValidationError) as caught:
        resolved(record, one_sector, "cn-beef-ban", "2023-11-16")
    assert "leaves open whether cn-beef-ban is in force on 2023-11-16" in caught.value.what
    yes = resolved(record, one_sector, "cn-beef-ban", "2023-11-16", assume="in force")
    no = resolved(record, one_sector, "cn-beef-ban", "2023-11-16", assume="not in force")
    assert (ban_left(yes), ban_left(no)) == ([None, ("ban", 0.4)], [None, None])
    assert "assumed" in kinds(yes)
    assert "assumed" in kinds(no)


@pytest.fixture
def made_up(tmp_path: Path, sqlite_template: Path) -> Iterator[OpenRecord]:
    """A store with duties of the made-up kind: none is in the shipped packs."""
    path = tmp_path / "local.db"
    with (
        closing(sqlite3.connect(sqlite_template)) as source,
        closing(sqlite3.connect(path)) as copy,
    ):
        source.backup(copy)
    duty = {"measure_kind": "anti_dumping", "from": "2023-07-01", "until": "2023-12-31"}
    entries = [
        act("notice"),
        measure("plain", "notice", **duty, rate="20 %"),
        measure("per-kilo", "notice", **duty, rate="0.35 EUR/kg"),
        measure("no-rate", "notice", **duty),
        measure(
            "on-exports", "notice", **{**duty, "flow": "export", "measure_kind": "export_duty"}
        ),
        measure(
            "some-day",
            "notice",
            **{**duty, "from": "2023-07", "measure_kind": "import_ban", "targets": "all"},
        ),
    ]
    file = tmp_path / "entries.yaml"
    file.write_text(yaml.safe_dump(entries), encoding="utf-8")
    with OpenRecord(path) as opened:
        opened.add(file, author="a tester")
        yield opened


def test_a_duty_is_added_on_the_part_it_covers(made_up: OpenRecord, one_sector: Baseline) -> None:
    made = resolved(made_up, one_sector, "plain", "2023-09-01")
    [one] = made.after_changes
    assert (one.change.kind, one.change.operation) == ("tariff", "add")
    assert one.change.value == pytest.approx(0.4 * 0.2, rel=1e-15)
    inside = resolved(made_up, one_sector, "plain", "2024-09-01", in_baseline="yes")
    assert inside.after_changes[0].change.value == pytest.approx(-0.4 * 0.2, rel=1e-15)
    half = body("to: {as_of: 2023-09-01, prorate: 2023}", "plain")
    year = resolve(scenario(half), one_sector, made_up).after_changes[0].change.value
    assert year == pytest.approx(0.4 * 0.2 * 184 / 365, rel=1e-15)  # July to December
    own = resolved(made_up, one_sector, "per-kilo", "2023-09-01", as_="{tariff: 8%}")
    assert own.after_changes[0].change.value == pytest.approx(0.4 * 0.08, rel=1e-15)


@pytest.mark.parametrize(
    ("name", "keys", "what"),
    [
        ("per-kilo", {}, "0.35 EUR/kg, is not a percentage"),
        ("no-rate", {}, "no rate for no-rate"),
        ("on-exports", {}, "has to be said by the scenario"),
        ("on-exports", {"as_": "{tariff: 8%}"}, "bears on exports, and a tariff is on imports"),
    ],
)
def test_duties_that_say_too_little(
    made_up: OpenRecord, one_sector: Baseline, name: str, keys: dict[str, str], what: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        resolved(made_up, one_sector, name, "2023-09-01", **keys)
    assert what in caught.value.what


def test_uncertain_days_of_a_year(made_up: OpenRecord, one_sector: Baseline) -> None:
    """Begun on some day of July: 30 days are open (on the 31st it had begun), 154 are sure."""
    states = "to: {as_of: 2023-09-01, prorate: 2023}"
    with pytest.raises(ValidationError, match="on 30 days of 2023"):
        resolve(scenario(body(states, "some-day")), one_sector, made_up)
    for assume, days in (("in force", 184), ("not in force", 154)):
        made = resolve(scenario(body(states, "some-day", assume=assume)), one_sector, made_up)
        assert made.after_changes[0].change.value == pytest.approx(0.4 * days / 365, rel=1e-15)


def test_a_retracted_measure_is_named_as_such(made_up: OpenRecord, one_sector: Baseline) -> None:
    made_up.retract("plain", why="an error", author="a tester")
    with pytest.raises(ValidationError, match="plain was retracted"):
        resolved(made_up, one_sector, "plain", "2023-09-01")


# ---- what is not in the scenario -----------------------------------------------------------------


def test_other_measures_are_counted_and_named(record: OpenRecord, one_sector: Baseline) -> None:
    text = body("from: {as_of: 2023-08-23}\nto: {as_of: 2023-11-16}")
    made = resolve(scenario(text), one_sector, record)
    before, after = (set(f.names) for f in made.flags if f.kind == "other-measures")
    # Between economies of this baseline; of the shipped packs, by their own days.
    assert before == {
        "cn-food-ban-10-prefectures-2011",
        "cn-food-certificates-2011",
        "cn-seafood-inspection-2023",
        "cn-gallium-germanium-licence-2023",
        "jp-chip-equipment-licence-2023",
    }
    assert after == before - {"cn-seafood-inspection-2023"}
    perhaps = {n for f in made.flags if f.kind == "other-measures-perhaps" for n in f.names}
    assert {"cn-beef-ban", "hk-seafood-ban-2023", "ru-seafood-restriction-2023"} <= perhaps
    [changed] = [f for f in made.flags if f.kind == "other-changes"]
    assert "cn-seafood-inspection-2023" in changed.names
    assert BAN not in changed.names
    pair = small(("CHN", "JPN"), ("Goods",), year=2023)
    few = resolve(scenario(text), pair, record)
    assert not {"hk-seafood-ban-2023", "kr-seafood-ban-2013"} & {
        n for f in few.flags for n in f.names
    }


def test_without_a_record(one_sector: Baseline) -> None:
    with pytest.raises(ValidationError, match="no record was given"):
        resolve(scenario(body("to: baseline")), one_sector)


def test_words_are_neutral(record: OpenRecord, world: Baseline) -> None:
    base = small(world.names.economies, world.names.sectors, goods=GOODS)
    said = resolve(
        scenario(body("from: {as_of: 2023-08-23}\nto: {as_of: 2023-11-16}", assume="in force")),
        base,
        record,
    )
    text = " ".join(flag.text for flag in said.flags).casefold()
    assert text
    for word in ("country", "countries", "nation", "sanction", "retaliat", "victim", "aggress"):
        assert word not in text
