"""The register: what the shipped record tells the reader."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from comity.opened import OpenRecord
from comity.reader.measure_kinds import measure_kinds, table
from comity.reader.register import RecordRegister, person_named
from comity.words.vocabulary import terms
from tests.record.build import act, add, measure


def test_people_have_a_line_for_each_office(record: OpenRecord) -> None:
    people = RecordRegister(record.log).people
    xi = [one for one in people if one.id == "xi-jinping" and one.role == "President"]
    assert [(one.party, one.begins, one.ends) for one in xi] == [
        ("CHN", dt.date(2013, 3, 14), None)
    ]
    kishida = [one for one in people if one.id == "fumio-kishida" and one.ends]
    assert kishida
    assert all(one.party == "JPN" and "Fumio Kishida" in one.names for one in kishida)


def test_issues_have_their_keys_and_the_terms_of_the_sides(record: OpenRecord) -> None:
    issues = {one.id: one for one in RecordRegister(record.log).issues}
    water = issues["treated-water-discharge"]
    assert water.key == "treated-water-discharge"
    assert set(water.parties) == {"CHN", "JPN"}
    assert {"treated water", "nuclear-contaminated water", "ALPS treated water"} <= set(water.names)


def test_measures_have_days_kinds_and_goods(record: OpenRecord) -> None:
    measures = {one.id: one for one in RecordRegister(record.log).measures}
    ban = measures["cn-food-ban-12-prefectures-2011"]
    assert (ban.imposers, ban.targets, ban.kind) == (("CHN",), ("JPN",), "import-ban")
    assert (ban.begins, ban.ends) == (dt.date(2011, 4, 8), dt.date(2011, 6, 19))
    assert {"HS2022:03", "food, edible farm produce, feed"} <= set(ban.goods)


def test_groups_and_everybody_among_the_targets(record: OpenRecord, tmp_path: Path) -> None:
    group = {"id": "two", "kind": "group", "title": "Two", "economies": ["KOR", "AUS"]}
    one = measure("m-one", "made", targets=["@two", "JPN"], until="unknown")
    everyone = measure("m-all", "made", targets="all")
    rest = measure("m-rest", "made", targets={"all_except": ["JPN"]})
    add(record, tmp_path, group, act("made"), one, everyone, rest)
    found = {m.id: m for m in RecordRegister(record.log).measures}
    assert found["m-one"].targets == ("KOR", "AUS", "JPN")
    assert found["m-one"].ends is None
    assert found["m-all"].targets == found["m-rest"].targets == ("all",)


def test_a_person_is_found_by_any_name_but_never_guessed(record: OpenRecord) -> None:
    found = person_named(record.log, "XI JINPING")
    assert found is not None
    assert found.id == "xi-jinping"
    assert person_named(record.log, "Xi") is None
    assert person_named(record.log, "Nobody Here") is None


def test_the_tables_of_kinds_speak_the_vocabulary() -> None:
    for kind in measure_kinds().values():
        assert kind.measure_kind in terms()["measure_kind"]
        assert not kind.flow or kind.flow in terms()["flow"]
        assert kind.effect is None or kind.effect in terms()["effect"]
    for row in table("meeting_kinds.csv"):
        assert row["meeting_kind"] in terms()["meeting_kind"]
