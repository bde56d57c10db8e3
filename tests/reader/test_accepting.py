"""Accepting, merging, editing, rejecting: valid entries on their passages, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comity.documents.passages import sha256_of
from comity.opened import OpenRecord
from comity.reader import accepting, queue
from comity.reader.proposal import Proposal
from comity.record.entry import Entry
from comity.record.view import View
from comity.words.errors import (
    ConflictError,
    FileError,
    InputError,
    NotFound,
    TimeError,
    ValidationError,
)
from tests.reader import made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


class Desk:
    """A record into which the document was read."""

    def __init__(self, record: OpenRecord, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.record, self.patch, self.folder = record, patch, folder
        self.sha = sha256_of(made.TEXT.encode())

    def read(self, *found: Proposal, **more: Any) -> None:
        made.install(self.patch, *found)
        more = {"published": "2022-11-18", "relation": ("CHN", "JPN"), "author": "ann", **more}
        self.record.read_document(made.document(self.folder), **more)

    def id(self, one: Proposal) -> str:
        return one.id_in(self.sha)

    def accept(self, one: Proposal, **more: Any) -> Entry:
        decided = self.record.accept(self.id(one), author="ann", **more)
        return self.entry(str(decided.entry))

    def entry(self, name: str) -> Entry:
        (found,) = self.record.log.entries(View(), ids=[name])
        return found

    def state(self) -> tuple[int, list[queue.Item]]:
        return self.record.log.last_received(), queue.items(self.record.log, decided=True)

    def refused(self, error: type[Exception], match: str, act: Any) -> Exception:
        """What is refused leaves no trace."""
        before = self.state()
        with pytest.raises(error, match=match) as caught:
            act()
        assert self.state() == before
        return caught.value


@pytest.fixture
def desk(record: OpenRecord, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Desk:
    return Desk(record, monkeypatch, folder)


def test_a_document_goes_on_record_once_with_its_text(desk: Desk) -> None:
    desk.read(*made.ALL)
    revisions = desk.record.log.last_received()
    desk.read(*made.ALL)
    assert desk.record.log.last_received() == revisions
    (document,) = [
        one
        for one in desk.record.log.entries(View(), kinds=["document"])
        if one.value("sha256") == desk.sha
    ]
    assert (document.value("characters"), document.value("published")) == (
        len(made.TEXT),
        "2022-11-18",
    )
    (source,) = desk.record.log.entries(View(), kinds=["source"], naming=[document.id])
    assert source.value("source_kind") == "press"
    assert desk.record.log.attached(desk.sha) == made.TEXT.encode()


def test_the_engine_is_given_what_is_known(desk: Desk) -> None:
    engine = made.install(desk.patch)
    desk.record.read_document(
        made.document(desk.folder),
        published="2022-11-18",
        publisher="Japan",
        speaker="Fumio Kishida",
    )
    assert engine.given is not None
    assert engine.register is not None
    assert str(engine.given.published) == "2022-11-18"
    assert (engine.given.publisher, engine.given.speaker) == ("JPN", "Fumio Kishida")
    assert any(one.id == "xi-jinping" for one in engine.register.people)


def test_everything_can_be_accepted_in_the_order_of_review(desk: Desk) -> None:
    desk.read(*made.ALL)
    for item in desk.record.proposals():
        desk.record.accept(item.id, author="ann")
    assert desk.record.proposals() == []
    for item in queue.items(desk.record.log, decided=True):
        assert item.entry is not None
        shown = desk.record.show(item.entry)
        mine = [p for p in shown["passages"] if p["document"] == "doc-leaders-talk"]
        assert mine
        assert all(one["state"] == "verified" for one in mine)
        if item.verdict == "accepted":
            assert mine[0]["text"] == item.proposal.evidence[0].quote
            assert shown["sources"][0]["id"] == "src-leaders-talk"
    assert desk.record.log.broken() == []


def test_a_meeting(desk: Desk) -> None:
    desk.read(made.MEETING)
    entry = desk.accept(made.MEETING)
    assert entry.kind == "meeting"
    assert entry.value("on") == "2022-11-16"
    assert (entry.value("meeting_kind"), entry.value("format")) == ("leaders_meeting", "in_person")
    assert [one["person"] for one in entry.list("participants")] == ["xi-jinping", "fumio-kishida"]
    assert entry.title == "Xi Jinping and Fumio Kishida meet in Lima"
    assert entry.revision is not None
    assert entry.revision.author == "ann"
    assert "rule meeting.made" in entry.revision.why


def test_a_statement_has_the_words_of_the_source_until_somebody_edits_them(desk: Desk) -> None:
    desk.read(made.STATEMENT)
    desk.record.edit_proposal(desk.id(made.STATEMENT), {"on": "2022-11-16"})
    entry = desk.accept(made.STATEMENT)
    claim = entry.claim("says")
    assert claim is not None
    assert claim.value["en"] == "“trade in scallops matters to both”"
    assert "not yet put in our own" in claim.get("note")
    assert (entry.value("speaker"), entry.value("on")) == ("fumio-kishida", "2022-11-16")


def test_a_day_that_is_not_told_is_assumed_and_says_so(desk: Desk) -> None:
    desk.read(made.STATEMENT)
    claim = desk.accept(made.STATEMENT).claim("on")
    assert claim is not None
    assert (claim.value, claim.get("basis")) == ("2022-11-18", "assumed")


def test_without_any_day_it_is_asked_for(desk: Desk) -> None:
    desk.read(made.STATEMENT, published=None)
    error = desk.refused(ValidationError, "on is missing", lambda: desk.accept(made.STATEMENT))
    assert f"comity review edit {desk.id(made.STATEMENT)} on=" in str(error)
    desk.record.edit_proposal(desk.id(made.STATEMENT), {"on": "2022-11-16"})
    assert desk.accept(made.STATEMENT).value("on") == "2022-11-16"


def test_a_position_carries_its_hedge_and_finds_its_issue(desk: Desk) -> None:
    desk.read(made.POSITION)
    entry = desk.accept(made.POSITION)
    assert entry.value("issue") == "food-import-measures"
    assert (entry.value("hedge"), entry.value("act"), entry.list("to")) == (
        "may",
        "request",
        ["CHN"],
    )
    assert entry.text("holds") == "Requests: end the seafood ban"


def test_an_issue_on_record_is_merged_and_a_new_one_is_made(desk: Desk) -> None:
    new = replace(made.ISSUE, slots={"key": "digital-trade", "parties": ["CHN", "JPN"]})
    desk.read(made.ISSUE, new)
    before = desk.entry("food-import-measures")
    merged = desk.accept(made.ISSUE)
    assert merged.id == before.id
    assert merged.list("passages")[:-1] == before.list("passages")
    assert merged.list("passages")[-1]["document"] == "doc-leaders-talk"
    made_new = desk.accept(new)
    assert (made_new.id, made_new.value("key")) == ("digital-trade-chn-jpn", "digital-trade")
    assert made_new.value("status") == "open"


def test_a_commitment_is_made_by_the_meeting_where_that_is_on_record(desk: Desk) -> None:
    desk.read(made.MEETING, made.COMMITMENT)
    meeting = desk.accept(made.MEETING)
    entry = desk.accept(made.COMMITMENT)
    assert (entry.value("made_by"), entry.value("on")) == (meeting.id, "2022-11-16")
    assert (entry.value("force"), entry.value("due")) == ("agreed", {"words": "soon"})
    assert entry.claims("status")[0].get("evidence") == [meeting.id]


def test_a_commitment_alone_is_made_by_its_document(desk: Desk) -> None:
    desk.read(made.COMMITMENT)
    assert desk.accept(made.COMMITMENT).value("made_by") == "doc-leaders-talk"


def test_a_measure_does_not_say_more_than_the_text(desk: Desk) -> None:
    desk.read(made.MEASURE)
    entry = desk.accept(made.MEASURE)
    begun = entry.claim("from")
    assert begun is not None
    assert (begun.value, begun.get("basis")) == ("..2022-11-18", "approximate")
    assert entry.list("goods") == []
    assert "seafood" in entry.value("goods_list")
    act = desk.entry(entry.value("made_by"))
    assert act.value("act_kind") == "not_found"
    assert entry.text("remark") == "Told as: lifting sought."


def test_a_measure_takes_fields_of_the_vocabulary(desk: Desk) -> None:
    desk.read(made.MEASURE)
    name = desk.id(made.MEASURE)
    slots = {"goods": ["HS2022:03"], "from": "2022-10-01", "made_by": "gacc-103-2023"}
    desk.record.edit_proposal(name, slots)
    entry = desk.accept(made.MEASURE)
    assert entry.list("goods") == ["HS2022:03"]
    assert (entry.value("from"), entry.value("made_by")) == ("2022-10-01", "gacc-103-2023")
    assert not queue.item_of(desk.record.log, name).changed  # nothing proposed was replaced


def test_a_measure_on_record_is_not_added_twice(desk: Desk) -> None:
    desk.read(made.MEASURE, published="2023-11-17")
    error = desk.refused(
        ConflictError,
        "cn-seafood-suspension-2023|which is on record",
        lambda: desk.accept(made.MEASURE),
    )
    assert "comity review merge" in str(error)
    assert desk.accept(made.MEASURE, new=True).kind == "measure"


@pytest.mark.parametrize("kind", ["countermeasure", "other"])
def test_a_measure_whose_effect_is_not_told_is_asked_for(desk: Desk, kind: str) -> None:
    one = replace(made.MEASURE, slots={**made.MEASURE.slots, "kind": kind})
    desk.read(one)
    error = desk.refused(ValidationError, "is missing", lambda: desk.accept(one))
    assert "flow" in str(error)
    desk.record.edit_proposal(desk.id(one), {"flow": "import", "effect": "conditional"})
    assert desk.accept(one).value("effect") == "conditional"


def test_an_investigation_is_a_case(desk: Desk) -> None:
    desk.read(made.INQUIRY)
    entry = desk.accept(made.INQUIRY)
    assert (entry.kind, entry.value("case_kind")) == ("case", "investigation")
    assert entry.value("held_by") == "CHN"


def test_a_value_makes_or_continues_a_series(desk: Desk) -> None:
    later = replace(made.INDICATOR, slots={**made.INDICATOR.slots, "value": "1,300"})
    desk.read(made.INDICATOR, later)
    first = desk.accept(made.INDICATOR)
    assert (first.kind, first.value("unit")) == ("indicator", "t")
    same = desk.accept(later)
    assert same.id == first.id
    assert [claim.value for claim in same.claims("values")] == ["1200", "1300"]


def test_a_person_on_record_is_merged_and_an_unknown_one_is_made(desk: Desk) -> None:
    other = replace(
        made.PERSON, slots={"name": "Amy Test", "role": "Minister for Trade", "party": "AUS"}
    )
    desk.read(made.PERSON, other)
    assert desk.accept(made.PERSON).id == "fumio-kishida"
    entry = desk.accept(other)
    assert (entry.id, entry.value("party")) == ("amy-test", "AUS")
    assert entry.list("offices")[0]["title"] == {"en": "Minister for Trade"}


def test_an_interest_is_an_attribute_of_its_issue(desk: Desk) -> None:
    desk.read(made.INTEREST)
    entry = desk.accept(made.INTEREST)
    assert entry.kind == "issue"
    claim = entry.claims("interest")[-1]
    assert (claim.value, claim.get("from")) == ("common", "2022-11-18")
    assert claim.get("passages")[0]["document"] == "doc-leaders-talk"


def test_an_interest_without_an_issue_is_asked_for(desk: Desk) -> None:
    desk.read(made.INTEREST, relation=("KOR", "AUS"))
    error = desk.refused(ValidationError, "to which issue", lambda: desk.accept(made.INTEREST))
    assert "issue=" in str(error)
    desk.record.edit_proposal(desk.id(made.INTEREST), {"issue": "no-such"})
    desk.refused(NotFound, "no entry no-such", lambda: desk.accept(made.INTEREST))


def test_a_hedge_is_a_mark_on_its_claim(desk: Desk) -> None:
    plain = replace(made.POSITION, hedged=False, cue=None)
    desk.read(plain, made.HEDGE)
    desk.refused(ValidationError, "no accepted entry", lambda: desk.accept(made.HEDGE))
    assert desk.accept(plain).value("hedge") is None
    assert desk.accept(made.HEDGE).value("hedge") == "may"


def test_a_hedge_on_an_entry_without_such_a_field_is_a_remark(desk: Desk) -> None:
    desk.read(made.ISSUE, made.HEDGE)
    desk.accept(made.ISSUE)
    entry = desk.accept(made.HEDGE)
    claim = entry.claims("remark")[-1]
    assert claim.get("hedge") == "may"
    assert claim.get("passages")[0]["start"] == made.HEDGE.evidence[0].start


def test_merging_with_an_entry_of_another_kind_is_refused(desk: Desk) -> None:
    desk.read(made.MEETING)
    name = desk.id(made.MEETING)
    desk.refused(
        InputError, "of kind issue", lambda: desk.record.merge(name, "treated-water-discharge")
    )
    desk.refused(NotFound, "no entry", lambda: desk.record.merge(name, "no-such"))
    done = desk.record.merge(name, "leaders-meeting-2023-11-16")
    assert done.verdict == "merged"


def test_a_meeting_on_record_is_not_added_twice(desk: Desk) -> None:
    twice = replace(made.MEETING, slots={**made.MEETING.slots, "date": "2023-11-16"})
    desk.read(twice)
    desk.refused(ConflictError, "leaders-meeting-2023-11-16", lambda: desk.accept(twice))


def test_nothing_is_decided_twice(desk: Desk) -> None:
    desk.read(made.MEETING)
    desk.accept(made.MEETING)
    name = desk.id(made.MEETING)
    for act in (
        lambda: desk.record.accept(name),
        lambda: desk.record.reject(name, why="x"),
        lambda: desk.record.merge(name, "leaders-meeting-2023-11-16"),
        lambda: desk.record.edit_proposal(name, {"place": "Rome"}),
    ):
        desk.refused(ConflictError, "accepted already by ann", act)


def test_a_rejection_needs_a_reason(desk: Desk) -> None:
    desk.read(made.MEETING)
    name = desk.id(made.MEETING)
    desk.refused(ValidationError, "reason", lambda: desk.record.reject(name, why=" "))
    revisions = desk.record.log.last_received()
    desk.record.reject(name, why="not a meeting", author="ben")
    assert desk.record.log.last_received() == revisions
    assert queue.item_of(desk.record.log, name).why == "not a meeting"


def test_a_crash_between_entry_and_decision_leaves_neither(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.read(made.MEETING)
    before = desk.state()

    def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("comity.reader.queue.sa.insert", crash)
        with pytest.raises(KeyboardInterrupt):
            desk.accept(made.MEETING)
    assert desk.state() == before
    assert desk.accept(made.MEETING).kind == "meeting"


def test_bad_values_are_named_and_nothing_is_written(desk: Desk) -> None:
    desk.read(made.MEETING)
    name = desk.id(made.MEETING)
    desk.refused(
        InputError, "no slot 'colour'", lambda: desk.record.edit_proposal(name, {"colour": 1})
    )
    for slots, match in (
        ({"date": "2022-13-45"}, "not in the calendar"),
        ({"parties": ["Narnia"]}, "Narnia"),
        ({"meeting_kind": "party"}, "party"),
    ):
        desk.record.edit_proposal(name, {**made.MEETING.slots, **slots})
        error = desk.refused(ValidationError, match, lambda: desk.accept(made.MEETING))
        assert f"comity review edit {name}" in str(error)


def test_what_hides_in_a_document_does_not_get_onto_the_record(desk: Desk) -> None:
    text = "Harm\x1b[31m\u202eless words were said.\n"
    one = made.proposal(
        "statement", "Harm\x1b[31m\u202eless words", {**made.STATEMENT.slots}, text=text
    )
    made.install(desk.patch, one)
    path = made.document(desk.folder, text)
    desk.record.read_document(path, published="2022-11-18")
    done = desk.record.accept(one.id_in(sha256_of(text.encode())))
    said = desk.entry(str(done.entry)).text("says")
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert desk.record.show(str(done.entry))["passages"][0]["state"] == "verified"


def test_what_is_told_of_a_document_is_checked(desk: Desk) -> None:
    made.install(desk.patch, made.MEETING)
    path = made.document(desk.folder)
    read = desk.record.read_document
    desk.refused(TimeError, "calendar", lambda: read(path, published="2022-02-30"))
    desk.refused(InputError, "Narnia", lambda: read(path, publisher="Narnia"))
    desk.refused(InputError, "same economy", lambda: read(path, relation=("CHN", "China")))
    desk.refused(FileError, "no such file", lambda: read(desk.folder / "none.txt"))


def test_a_document_with_a_problem_is_refused(desk: Desk) -> None:
    made.install(desk.patch, problem="the text is French")
    path = made.document(desk.folder)
    error = desk.refused(InputError, "French", lambda: desk.record.read_document(path))
    assert str(path) in str(error)
    assert desk.record.log.attached(desk.sha) is None


def test_a_text_in_another_language_is_named(desk: Desk) -> None:
    made.install(desk.patch)
    text = "Le ministre a rencontré son homologue à Lima pour parler de la pêche. " * 10
    path = made.document(desk.folder, text)
    desk.refused(InputError, "in French", lambda: desk.record.read_document(path))


def test_a_page_is_read_by_the_real_extractor(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passages of a page lie in its extracted text, not in its bytes."""
    from comity.documents.extract import extract

    body = "".join(f"<p>{line}</p>" for line in made.TEXT.splitlines())
    page = f"<html><head><title>Talk</title></head><body><article>{body}</article></body></html>"
    path = desk.folder / "talk.html"
    path.write_text(page, encoding="utf-8")
    text = extract(page.encode(), file="talk.html").text
    words = "trade in scallops matters to both"
    one = made.proposal("statement", words, {**made.STATEMENT.slots}, text=text)
    made.install(monkeypatch, one)
    monkeypatch.setattr("comity.opened.proposing.extract", extract)
    desk.record.read_document(path, published="2022-11-18")
    done = desk.record.accept(one.id_in(sha256_of(page.encode())))
    (passage,) = desk.record.show(str(done.entry))["passages"]
    assert (passage["state"], passage["text"]) == ("verified", words)


def test_pages_come_with_the_passages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.documents.document import PageSpan

    made.install(desk.patch, made.STATEMENT)
    middle = made.TEXT.index("Mr Kishida")

    def paged(data: bytes, *, file: str) -> Any:
        pages = (PageSpan(1, 0, middle), PageSpan(2, middle, len(made.TEXT)))
        return replace(made.extract(data, file=file), pages=pages)

    monkeypatch.setattr("comity.opened.proposing.extract", paged)
    desk.record.read_document(made.document(desk.folder), published="2022-11-18")
    assert desk.accept(made.STATEMENT).list("passages")[0]["page"] == 2


def test_every_type_has_slots_to_set() -> None:
    from comity.reader.proposal import TYPES

    assert all(accepting.slot_names(name) for name in TYPES)


# ---- what the rules themselves propose ----------------------------------------------------------

NEWS = (
    "Norwegian Prime Minister Lars Moe met Kenyan President Grace Wanjiru and a Dr. Anders Vik in "
    "Oslo on Thursday. Norway agreed to reply by 10 February. Trade between Kenya and Norway fell "
    "to 120 million dollars in 2023. The two sides agreed to resume talks on "
    "a free-trade agreement."
)


def test_what_rules_propose_can_be_accepted_without_a_word_more(
    record: OpenRecord, tmp_path: Path
) -> None:
    file = tmp_path / "news.txt"
    file.write_text(NEWS, encoding="utf-8")
    record.read_document(file, published="2024-03-15", relation=("KEN", "NOR"), author="ann")
    entries: dict[str, list[Entry]] = {}
    for item in record.proposals():
        decided = record.accept(item.id, author="ann")
        (entry,) = record.log.entries(View(), ids=[str(decided.entry)])
        entries.setdefault(item.proposal.type, []).append(entry)
    assert {one.text("name") for one in entries["person"]} >= {"Lars Moe", "Grace Wanjiru"}
    (series,) = entries["indicator"]
    (value,) = series.claims("values")
    told = {name: value.data[name] for name in ("value", "from", "until")}
    assert told == {"value": "120000000", "from": "2023-01-01", "until": "2023-12-31"}
    dues = [one.value("due") for one in entries["commitment"]]
    assert {"words": "“10 February”"} in dues
    assert not record.proposals()
    again = record.read_document(file, published="2024-03-15", relation=("KEN", "NOR"))
    assert (again.new, again.queued.new) == (False, 0)
