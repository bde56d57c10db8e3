"""The shipped packs against the facts they were made from and the founding document."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.documents.passages import Passage, decode, sha256_of
from comity.opened import OpenRecord
from comity.record.entry import Entry
from comity.record.packfile import SHIPPED, Pack, read_pack, shipped_path
from comity.record.packs import check_pack
from comity.report.packcheck import check_packs
from comity.words.errors import ValidationError
from comity.words.time import DayRange

FACTS = ("timeline", "measures", "positions", "water", "sources")
DOCUMENT = "2023-11-xi-kishida-apec.txt"


@pytest.fixture(scope="module")
def packs() -> dict[str, Pack]:
    return {name: read_pack(shipped_path(name)) for name in SHIPPED}


@pytest.fixture(scope="module")
def entries(packs: dict[str, Pack]) -> dict[str, Entry]:
    return {item.entry.id: item.entry for pack in packs.values() for item in pack.written}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRecord]:
    with OpenRecord(tmp_path_factory.mktemp("shipped") / "record.db") as opened:
        opened.load_shipped()
        yield opened


def fact_ids(shared: Path, name: str) -> list[str]:
    with (shared / f"facts/china-japan/{name}.csv").open(encoding="utf-8", newline="") as handle:
        return [row.get("id") or row["source_id"] for row in csv.DictReader(handle)]


def test_common_stands_alone_and_china_japan_on_it(packs: dict[str, Pack]) -> None:
    check_pack(packs["common"], None)
    check_pack(packs["china-japan"], None, (packs["common"],))
    assert packs["common"].depends == ()
    assert packs["china-japan"].depends == ("common",)


@pytest.mark.parametrize(
    ("name", "number"),
    [("timeline", 95), ("measures", 36), ("positions", 45), ("water", 55), ("sources", 211)],
)
def test_every_fact_row_became_an_entry(shared_data: Path, name: str, number: int) -> None:
    ids = fact_ids(shared_data, name)
    assert len(ids) == number  # the figures of the facts' README
    carried = {row["row"]: row["entries"] for row in check_packs(list(SHIPPED)).rows}
    assert [i for i in ids if not carried.get(f"{name}:{i}")] == []


def test_a_timeline_row_is_a_meeting_or_event_and_a_measure_row_a_measure(
    shared_data: Path, entries: dict[str, Entry]
) -> None:
    wanted = {
        "timeline": {"meeting", "event"},
        "measures": {"measure"},
        "positions": {"position"},
        "water": {"indicator", "event"},
        "sources": {"source"},
    }
    carried = {row["row"]: row["entries"] for row in check_packs(list(SHIPPED)).rows}
    for name, kinds in wanted.items():
        for fact in fact_ids(shared_data, name):
            found = {entries[e].kind for e in carried[f"{name}:{fact}"]}
            assert found & kinds, f"{name}:{fact} became only {found}"


def test_dates_of_meetings_and_events_are_those_of_the_facts(
    shared_data: Path, entries: dict[str, Entry]
) -> None:
    by_row: dict[str, list[Entry]] = {}
    for entry in entries.values():
        if entry.kind in ("meeting", "event"):
            for row in entry.list("rows"):
                by_row.setdefault(row, []).append(entry)
    with (shared_data / "facts/china-japan/timeline.csv").open(encoding="utf-8") as handle:
        for fact in csv.DictReader(handle):
            given = DayRange.parse(fact["date"])
            days = [e.main_day for e in by_row[f"timeline:{fact['id']}"] if e.main_day]
            # A fact known to the month may be narrowed by its own end, never moved out of it.
            assert any(
                given.earliest <= day.earliest and day.latest <= given.latest for day in days
            ), fact["id"]


def test_no_position_without_issue_no_measure_without_act_no_commitment_without_evidence(
    entries: dict[str, Entry],
) -> None:
    for entry in entries.values():
        if entry.kind == "position":
            assert entries[entry.value("issue")].kind == "issue"
        if entry.kind == "measure":
            assert entries[entry.value("made_by")].kind == "act"
        if entry.kind == "commitment":
            assert entry.list("debtors")
            assert entry.value("due")
            assert entry.value("made_by") in entries


def test_what_is_from_general_knowledge_is_flagged(entries: dict[str, Entry]) -> None:
    """The list of the facts' README: T003, T023, M24, M25, M19, M13, M26."""
    flagged = {
        "joint-declaration": "T003",
        "fm-meeting-2023-04": "T023",
        "cn-gallium-germanium-licence-2023": "M24",
        "cn-graphite-licence-2023": "M25",
        "cn-antimony-licence-2024": "M26",
    }
    for name in flagged:
        found = [e for e in entries.values() if e.id.startswith(name)]
        linked = [entries[e.value("made_by")] for e in found if e.value("made_by")]
        linked += [e for e in entries.values() if f"timeline:{flagged[name]}" in e.list("rows")]
        bases = {c.get("basis") for e in found + linked for c in e.all_claims()}
        assert "general_knowledge" in bases, name
    korea = next(
        e for e in entries.values() if e.kind == "measure" and "measures:M13" in e.list("rows")
    )
    claim = korea.claim("areas")
    assert claim is not None
    assert claim.get("basis") == "general_knowledge"
    alert = next(
        e for e in entries.values() if e.kind == "measure" and "measures:M19" in e.list("rows")
    )
    number = entries[alert.value("made_by")].claim("number")
    assert number is not None
    assert number.get("basis") == "general_knowledge"


def test_recorded_is_the_packs_date(record: OpenRecord, packs: dict[str, Pack]) -> None:
    for name, pack in packs.items():
        for entry in record.log.of_pack(name):
            assert entry.revision is not None
            assert entry.revision.recorded == pack.recorded


def test_loading_again_changes_nothing(record: OpenRecord) -> None:
    before = record.log.last_received()
    for report in record.load_shipped():
        assert (report.added, report.revised, report.conflicts) == ([], [], [])
    assert record.log.last_received() == before


# ------------------------------------------------------------------ the founding document


@pytest.fixture(scope="module")
def gold(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    shared: Path = request.getfixturevalue("shared_data")
    text = (shared / "reader/gold/d00_seed.yaml").read_text(encoding="utf-8")
    return list(yaml.safe_load(text)["entries"])


KIND_OF_TYPE = {
    "meeting": {"meeting"},
    "statement": {"statement"},
    "issue": {"issue"},
    "position": {"position"},
    "commitment": {"commitment"},
    "measure": {"measure"},
    "interest": {"issue"},
}


def passages(entry: Entry) -> list[tuple[str | None, dict[str, Any]]]:
    """All passages of an entry, each with the hedge of the claim or entry that rests on it."""
    out = [(entry.value("hedge"), part) for part in entry.list("passages")]
    for claim in entry.all_claims():
        out += [(claim.get("hedge"), part) for part in claim.get("passages", [])]
    return out


def test_the_document_is_the_one_at_hand(shared_data: Path, entries: dict[str, Entry]) -> None:
    data = (shared_data / "documents" / DOCUMENT).read_bytes()
    document = entries["doc-xi-kishida-apec-2023"]
    assert document.value("sha256") == sha256_of(data)
    assert document.value("characters") == len(data.decode("utf-8"))


def test_every_passage_has_its_hash(shared_data: Path, entries: dict[str, Entry]) -> None:
    text = decode((shared_data / "documents" / DOCUMENT).read_bytes())
    number = 0
    for entry in entries.values():
        for _, part in passages(entry):
            passage = Passage(part["document"], part["start"], part["end"], part["sha256"])
            assert passage.text_in(text) is not None, entry.id
            number += 1
    assert number >= 22  # as many as the careful annotation has


def test_every_gold_entry_rests_on_its_passage(
    shared_data: Path, entries: dict[str, Entry], gold: list[dict[str, Any]]
) -> None:
    text = decode((shared_data / "documents" / DOCUMENT).read_bytes())
    for item in gold:
        assert text.count(item["ev"]) == 1
        start = text.index(item["ev"])
        end = start + len(item["ev"])
        resting = [
            (entry, hedge)
            for entry in entries.values()
            for hedge, part in passages(entry)
            if part["start"] <= start and part["end"] >= end
        ]
        if item["type"] == "hedge":
            first = item["cue"].split()[0]
            assert any(hedge and first in hedge for _, hedge in resting), item["id"]
            continue
        found = [e for e, _ in resting if e.kind in KIND_OF_TYPE[item["type"]]]
        assert found, item["id"]
        if item["type"] == "issue":
            assert item["key"] in {e.value("key") for e in found}
        if item["type"] == "meeting":
            assert {str(e.main_day) for e in found} == {str(item["date"])}
        if item["type"] in ("statement", "position"):
            side = item.get("party") or item["side"]
            sides = set(side) if isinstance(side, list) else {side}
            assert any(set(e.list("parties")) == sides for e in found), item["id"]
        if item["type"] == "commitment":
            assert any(set(e.list("debtors")) == set(item["parties"]) for e in found)


def test_attaching_shows_the_passages(shared_data: Path, record: OpenRecord) -> None:
    before = record.show("cn-seafood-ban-2023")["passages"]
    assert {p["state"] for p in before} == {"not attached"}
    answer = record.attach(shared_data / "documents" / DOCUMENT)
    assert answer["verified"] == answer["passages"] > 0
    after = record.show("cn-seafood-ban-2023")["passages"]
    assert all(p["state"] == "verified" for p in after)
    assert any("seafood ban imposed by China on Japan" in p["text"] for p in after)


def test_own_words_say_economies_not_countries(entries: dict[str, Entry]) -> None:
    own = ("title", "summary", "holds", "says", "owes", "remark")
    for entry in entries.values():
        if entry.kind == "source":
            continue  # titles of others
        for name in own:
            for claim in entry.claims(name):
                text = str(claim.value).lower()
                assert " countries" not in text or "third countries" in text, (entry.id, name)


def test_several_packs_load_together_or_not_at_all(tmp_path: Path) -> None:
    """The second pack is broken, so nothing of the first is in the store either."""
    broken = tmp_path / "china-japan"
    shutil.copytree(shipped_path("china-japan"), broken)
    (broken / "acts.yaml").unlink()
    with OpenRecord(tmp_path / "record.db") as record:
        with pytest.raises(ValidationError, match="there is no entry"):
            record.load_packs(["common", broken])
        assert record.empty
        assert [len(r.added) > 0 for r in record.load_shipped()] == [True, True]


def test_nothing_of_a_later_time_shows_long_before(record: OpenRecord) -> None:
    """In 2012 there was no discharge, so no series of it and none of its limits."""
    brief = record.brief("CHN", "JPN", as_of="2012-01-01")
    assert brief["indicators"] == []
    assert not any("TEPCO" in str(source["publisher"]) for source in brief["sources"])


def test_two_counts_of_a_day_are_both_shown(record: OpenRecord) -> None:
    """T073: 17 detained since 2014 by one count, five of them still in China."""
    rows = record.brief("CHN", "JPN", as_of="2026-06-30")["cases"]
    counts = next(row for row in rows if row["id"] == "japanese-detained-count")
    assert counts["count"] is None
    assert {row["value"] for row in counts["counts"]} == {5, 17}
