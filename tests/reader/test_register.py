"""The register: what the shipped record tells the reader."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from comity.opened import OpenRecord
from comity.reader import engine
from comity.reader.intake import NOTHING
from comity.reader.known import Known, Served, widely_known
from comity.reader.measure_kinds import measure_kinds, table
from comity.reader.phrases import table as reader_table
from comity.reader.reading import Given
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


def test_terms_of_the_widely_known_are_those_of_the_pack(record: OpenRecord) -> None:
    held = {
        (name, one.party, one.begins, one.ends)
        for one in RecordRegister(record.log).people
        for name in one.names
    }
    dated = [one for one in widely_known() if one.begins or one.ends]
    assert dated
    for one in dated:
        assert any((name, one.party, one.begins, one.ends) in held for name in one.names), one
    bases = {(bool(row["from"]), row["basis"]) for row in reader_table("people.csv")}
    assert bases == {(True, "pack:common"), (False, "general_knowledge")}


def test_an_office_of_general_knowledge_is_known_as_such() -> None:
    known = Known(NOTHING, dt.date(2023, 11, 17))
    assert known.full("Joe Biden") == Served("Joe Biden", "President", "USA", general=True)
    assert known.by_part("Kishida") == Served("Fumio Kishida", "Prime Minister", "JPN")


@pytest.mark.parametrize(("before", "role"), [("", None), ("U.S. President ", "President")])
def test_an_office_of_general_knowledge_is_told_only_where_the_text_does(
    before: str, role: str | None
) -> None:
    text = (
        f"{before}Joe Biden met Japanese Prime Minister Fumio Kishida in Washington on Monday. "
        "The two leaders discussed the trade in steel."
    )
    read = engine.read(Given(text, published=dt.date(2023, 4, 4)), NOTHING)
    (meeting,) = (one for one in read.proposals if one.type == "meeting")
    roles = {one["name"]: one["role"] for one in meeting.slots["principals"]}
    assert (roles.get("Joe Biden") or "").removeprefix("U.S. ") == (role or "")
    assert roles["Fumio Kishida"]


def test_the_record_comes_before_what_is_widely_known(record: OpenRecord, tmp_path: Path) -> None:
    office = {"title": "Envoy for Trade", "party": "CAN", "from": "2020-01-01"}
    one = {"id": "joe-biden-2", "kind": "person", "name": "Joe Biden", "party": "CAN"}
    add(record, tmp_path, {**one, "offices": [office]})
    register = RecordRegister(record.log)
    assert Known(register, dt.date(2023, 1, 1)).full("Joe Biden") == Served(
        "Joe Biden", "Envoy for Trade", "CAN"
    )


def test_of_several_offices_the_one_taken_up_last_counts(record: OpenRecord) -> None:
    register = RecordRegister(record.log)
    found = Known(register, dt.date(2023, 11, 16)).full("Xi Jinping")
    assert found == Served("Xi Jinping", "President", "CHN")
    before = Known(register, dt.date(2012, 12, 1)).full("Xi Jinping")
    assert before is not None
    assert before.role.startswith("General Secretary")
