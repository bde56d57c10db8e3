"""Entries that do not fit: class, place and mend of each; the store stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.opened import OpenRecord
from comity.words.errors import (
    CodeError,
    ComityError,
    ConflictError,
    InputError,
    TimeError,
    ValidationError,
)
from tests.record.build import SHA, act, add, document, event, measure, source, state, write

EVENT = "- id: ev\n  kind: event\n  title: Event\n  on: 2023-03-01\n  event_kind: report\n"
ACT = (
    "- id: deed\n  kind: act\n  title: Deed\n  act_kind: notice\n  issuers: [CHN]\n"
    "  on: 2023-01-10\n"
)
MEASURE = (
    ACT + "- id: ban\n  kind: measure\n  title: Ban\n  imposers: [CHN]\n  flow: import\n"
    "  targets: [JPN]\n  measure_kind: import_ban\n  goods: [HS2022:03]\n  from: 2023-02-01\n"
    "  made_by: deed\n"
)
PROMISE = (
    ACT + "- id: promise\n  kind: commitment\n  title: Promise\n  debtors: [JPN]\n"
    "  owes: Talks.\n  due: at an appropriate time\n  on: 2023-03-01\n  made_by: deed\n"
    "  force: agreed\n"
)
OPEN = "  status: {value: open, from: 2023-03-01}\n"
SERIES = "- id: series\n  kind: indicator\n  title: Series\n  quantity: tritium\n  unit: Bq/L\n"


def swap(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def case(name: str, text: str, cls: type[ComityError], where: str, says: str, mend: str = ""):
    """`where` is ``line entry field``; says and mend are parts of the texts."""
    return pytest.param(text, cls, where, says, mend, id=name)


V, C, T = ValidationError, CodeError, TimeError
CASES = [
    # ---- ids and kinds
    case("no-id", "- kind: event\n  title: x\n", V, "1 - id", "no id", "add id"),
    case("empty-id", "- id:\n  kind: event\n", V, "1 - id", "no id"),
    case("id-is-a-list", "- id: [a]\n  kind: event\n", V, "1 - id", "no id"),
    case("no-kind", "- id: ev\n  title: x\n", V, "1 ev kind", "no kind"),
    case("kind", swap(EVENT, "event\n", "evnt\n"), V, "2 ev kind", "evnt", "event?"),
    case("capitals", swap(EVENT, "ev\n", "Ev\n"), V, "1 Ev id", "not an id"),
    case("underscore", swap(EVENT, "ev\n", "e_v\n"), V, "1 e_v id", "not an id"),
    case("id-newline", swap(EVENT, "ev\n", '"ev\\n"\n'), V, "1 * id", "not an id"),
    case("id-path", swap(EVENT, "ev\n", "../ev\n"), V, "1 ../ev id", "not an id"),
    case("id-japanese", swap(EVENT, "ev\n", "岸田\n"), V, "1 岸田 id", "not an id"),
    case("id-121", swap(EVENT, "ev\n", "e" * 121 + "\n"), V, "1 * id", "not an id", "120"),
    case("id-long", swap(EVENT, "ev\n", "e" * 100_000 + "\n"), V, "1 * id", "not an id"),
    case("kind-escape", '- id: ev\n  kind: "\\e[2J"\n', V, "2 ev kind", "no kind"),
    # ---- fields
    case("field", EVENT + "  plaec: Tokyo\n", V, "6 ev plaec", "no field", "place?"),
    case("field-of-other-kind", EVENT + "  goods: [HS2022:03]\n", V, "6 ev goods", "no field"),
    case("required", swap(EVENT, "  on: 2023-03-01\n", ""), V, "1 ev on", "on is missing", "Day"),
    case("title", swap(EVENT, "  title: Event\n", ""), V, "1 ev title", "title is missing"),
    case("empty-value", EVENT + "  place:\n", V, "6 ev place", "empty", "leave"),
    case("list-for-one", EVENT + "  place: [a]\n", V, "6 ev place", "one value"),
    case("mapping-for-one", EVENT + "  place: {a: b}\n", V, "6 ev place", "one value"),
    case("empty-list", EVENT + "  parties: []\n", V, "6 ev parties", "empty"),
    case("twice", EVENT + "  parties: [JPN, JPN]\n", V, "6 ev parties", "twice"),
    case("two-claims", EVENT + "  place: [{value: a}, {value: b}]\n", V, "6 ev place", "one"),
    case("claim-key", EVENT + "  place: {value: a, sorce: b}\n", V, "6 ev place.sorce", "", "sou"),
    case("sub-key", EVENT + "  participants: [{party: JPN, nmae: x}]\n", V,
         "6 ev participants.nmae", "nmae", "name?"),
    case("sub-required", EVENT + "  participants: [{name: x}]\n", V,
         "6 ev participants.party", "party is missing"),
    case("sub-scalar", EVENT + "  participants: [x]\n", V, "6 ev participants", "fields"),
    case("language", EVENT + "  summary: {english-words: x}\n", V, "6 ev summary", "language"),
    case("label-empty", EVENT + "  summary: {en: ''}\n", V, "6 ev summary", "empty"),
    # ---- terms and plain types
    case("term", swap(EVENT, "report", "reprot"), V, "5 ev event_kind", "reprot", "report?"),
    case("confidence", EVENT + "  confidence: sure\n", V, "6 ev confidence", "", "high, medium"),
    case("number", SERIES + "  values: {value: 1.2.3, from: 2023}\n", V, "6 series values", "not"),
    case("comma", SERIES + "  values: {value: '1,5', from: 2023}\n", V, "6 series values", "not"),
    case("nan", SERIES + "  values: {value: NaN, from: 2023}\n", V, "6 series values", "finite"),
    case("digits", SERIES + "  values: {value: 1e9999999, from: 2023}\n", V, "6 series values", ""),
    case("unit", swap(SERIES, "Bq/L", "furlongs"), C, "5 series unit", "furlongs"),
    case("hash", "- {id: doc, kind: document, title: Doc, sha256: ABC, characters: 9}\n", V,
         "1 doc sha256", "SHA-256"),
    case("url", "- {id: src, kind: source, title: S, source_kind: press, url: 'javascript:x'}\n", V,
         "1 src url", "address"),
    # ---- codes
    case("economy", EVENT + "  parties: [JPX]\n", C, "6 ev parties", "JPX"),
    case("economy-name", MEASURE.replace("[JPN]", "[Japan]"), C, "12 ban targets", "Japan", "JPN"),
    case("area", MEASURE + "  areas: [JP-99]\n", C, "17 ban areas", "JP-99"),
    case("no-code", swap(MEASURE, "HS2022:03]", "HS2022:030793]"), C, "14 ban goods", "0307.93"),
    case("heading", swap(MEASURE, "HS2022:03]", "HS2022:0399]"), C, "14 ban goods", "0399"),
    case("3-digits", swap(MEASURE, "HS2022:03]", "HS2022:030]"), C, "14 ban goods", "", "digits"),
    case("11-digits", swap(MEASURE, "HS2022:03]", "HS2022:03072210001]"), C, "14 ban goods", ""),
    case("chapter-77", swap(MEASURE, "HS2022:03]", "HS2022:77]"), C, "14 ban goods", "77"),
    case("edition", swap(MEASURE, "HS2022:03]", "HS2021:03]"), C, "14 ban goods", "HS2021"),
    case("rate", MEASURE + "  rate: ten per cent\n", C, "17 ban rate", "ten"),
    case("rate-choice", MEASURE + "  rate: 10 % or 2 USD/kg\n", C, "17 ban rate", "which"),
    case("party", EVENT + "  parties: [Jpn]\n", C, "6 ev parties", "Jpn"),
    case("two-scopes", MEASURE.replace("[JPN]", "{only: [JPN], all: true}"), V, "12 ban targets",
         "exactly one"),
    case("no-scope", MEASURE.replace("[JPN]", "{count: 3}"), V, "12 ban targets", "exactly one"),
    case("scope-key", MEASURE.replace("[JPN]", "{al: [USA]}"), V, "12 ban targets", "no key"),
    # ---- days and spans
    case("february-30", swap(EVENT, "2023-03-01", "2023-02-30"), T, "4 ev on", "2023-02-30"),
    case("february-29", swap(EVENT, "2023-03-01", "2023-02-29"), T, "4 ev on", "2023-02-29"),
    case("month-13", swap(EVENT, "2023-03-01", "2023-13"), T, "4 ev on", "2023-13"),
    case("month-13-day", swap(EVENT, "2023-03-01", "2023-13-01"), T, "4 ev on", "2023-13-01"),
    case("year-0", swap(EVENT, "2023-03-01", "0000"), T, "4 ev on", "0000"),
    case("american", swap(EVENT, "2023-03-01", "03/01/2023"), T, "4 ev on", "", "2023-08"),
    case("compact", swap(EVENT, "2023-03-01", "20230301"), T, "4 ev on", "20230301"),
    case("instant", swap(EVENT, "2023-03-01", "2023-03-01T09:00"), T, "4 ev on", ""),
    case("range", swap(EVENT, "2023-03-01", "2023-05..2023-04"), T, "4 ev on", "before", "swap"),
    case("until", EVENT + "  until: 2023-02-28\n", T, "6 ev until", "2023-02-28"),
    case("measure-until", MEASURE + "  until: 2022\n", T, "17 ban until", "2022"),
    case("claim-until", PROMISE + "  status: {value: open, from: 2023-05, until: 2023-04-30}\n", T,
         "16 promise status", "2023-04-30"),
    case("sub-until", MEASURE + "  suspensions: [{from: 2024, until: 2023}]\n", T,
         "17 ban suspensions", "2023"),
    case("ended", ACT + "  ended: 2023-01-09\n", T, "7 deed ended", "2023-01-09"),
    # ---- rules
    case("no-evidence", PROMISE + "  status: {value: kept, from: 2023-05-01}\n", V,
         "16 promise status", "evidence", "add evidence"),
    case("broken", PROMISE + "  status: {value: broken, from: 2023-05-01}\n", V,
         "16 promise status", "evidence"),
    case("no-day", PROMISE + "  status: open\n", V, "16 promise status", "no day"),
    case("no-goods", swap(MEASURE, "  goods: [HS2022:03]\n", ""), V, "7 ban goods", "goods"),
    case("no-effect", swap(MEASURE, "import_ban", "entity_list"), V, "7 ban effect", "effect"),
    case("person", "- {id: who, kind: person, name: Who}\n", V, "1 who party", "party"),
    # ---- characters
    case("bidi", EVENT + '  place: "a\\u202eb"\n', V, "6 ev place", "U+202E", "delete"),
    case("isolate", EVENT + '  summary: {ja: "a\\u2066b"}\n', V, "6 ev summary", "U+2066"),
    case("escape", EVENT + '  place: "\\e[31m"\n', V, "6 ev place", "U+001B"),
    case("nul", EVENT + '  place: "a\\0b"\n', V, "6 ev place", "U+0000"),
    case("next-line", EVENT + '  place: "a\\Nb"\n', V, "6 ev place", "U+0085"),
]  # fmt: skip


def problem(record: OpenRecord, file: Path) -> ComityError:
    before = state(record)
    with pytest.raises(ValidationError) as caught:
        record.add(file)
    assert state(record) == before
    assert caught.value.exit_code == 2
    (found,) = caught.value.problems
    assert (caught.value.what, caught.value.where) == (found.what, found.where)
    assert len(str(caught.value)) < 2000
    return found


@pytest.mark.parametrize(("text", "cls", "where", "says", "mend"), CASES)
def test_an_entry_that_does_not_fit(
    local: OpenRecord,
    tmp_path: Path,
    text: str,
    cls: type[ComityError],
    where: str,
    says: str,
    mend: str,
) -> None:
    found = problem(local, write(tmp_path, text))
    assert type(found) is cls
    place = found.where
    assert place is not None
    line, entry, field = where.split()
    assert place.file == str(tmp_path / "entries.yaml")
    assert (str(place.line), place.field) == (line, field)
    if entry != "*":
        assert place.entry == (None if entry == "-" else entry)
    assert says in found.what
    assert found.mend
    assert mend in found.mend
    assert found.what.isprintable()


def test_the_templates_are_valid(local: OpenRecord, tmp_path: Path) -> None:
    """Else the cases above could fail for another reason than theirs."""
    for number, text in enumerate((EVENT + MEASURE + SERIES, PROMISE.removeprefix(ACT) + OPEN)):
        assert local.add(write(tmp_path, text, f"{number}.yaml"))


REFERENCES = [
    ({"sources": ["src-none"]}, "sources", "no entry src-none"),
    ({"sources": ["old-event"]}, "sources", "old-event is a event, and a source is needed"),
    ({"issues": ["old-act"]}, "issues", "old-act is a act, and a issue is needed"),
    ({"parties": ["nobody"]}, "parties", "no entry nobody"),
    ({"parties": ["old-event"]}, "parties", "old-event"),
    ({"participants": [{"person": "old-act", "party": "JPN"}]}, "participants.person", "old-act"),
    ({"participants": [{"body": "none", "party": "JPN"}]}, "participants.body", "none"),
    ({"about": ["old-source"]}, "about", "old-source"),
    ({"place": {"value": "x", "sources": ["gone"]}}, "place.sources", "no entry gone"),
    ({"place": {"value": "x", "evidence": ["old-source"]}}, "place.evidence", "old-source"),
    ({"passages": [{"document": "gone", "start": "0", "end": "1", "sha256": SHA}]},
     "passages.document", "no entry gone"),
    ({"passages": [{"document": "old-doc", "start": "0", "end": "101", "sha256": SHA}]},
     "passages", "100 characters"),
    ({"passages": [{"document": "old-doc", "start": "7", "end": "7", "sha256": SHA}]},
     "passages", "holds nothing"),
    ({"passages": [{"document": "old-doc", "start": "-1", "end": "7", "sha256": SHA}]},
     "passages", "holds nothing"),
    ({"place": {"value": "x", "passages": [
        {"document": "old-doc", "start": "90", "end": "200", "sha256": SHA}]}},
     None, "100 characters"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "field", "says"), REFERENCES)
def test_a_reference_that_leads_nowhere(
    record: OpenRecord, tmp_path: Path, fields: dict[str, object], field: str | None, says: str
) -> None:
    add(record, tmp_path, event("old-event"), source("old-source"), document("old-doc"))
    add(record, tmp_path, act("old-act"))
    found = problem(record, write(tmp_path, [event("fine"), event("bad", **fields)]))
    assert type(found) is ValidationError
    assert says in found.what
    assert found.where is not None
    assert found.where.entry == "bad"
    assert found.mend
    if field:
        assert found.where.field == field


@pytest.mark.parametrize("group", ["no-such-group", "2011"])
def test_a_group_that_does_not_exist(local: OpenRecord, tmp_path: Path, group: str) -> None:
    entries = [act("deed"), measure("ban", "deed", areas=[f"@{group}"])]
    found = problem(local, write(tmp_path, entries))
    assert f"no entry {group}" in found.what


@pytest.mark.parametrize(
    "fields", [{"targets": ["@areas"]}, {"areas": ["@economies"]}, {"goods": ["@areas"]}]
)
def test_a_group_without_members_of_the_sort_asked(
    local: OpenRecord, tmp_path: Path, fields: dict[str, object]
) -> None:
    """It would make every later reading of measures fail."""
    groups = [
        {"id": "areas", "kind": "group", "title": "Areas", "areas": ["JP-04"]},
        {"id": "economies", "kind": "group", "title": "Economies", "economies": ["JPN"]},
    ]
    entries = [*groups, act("deed"), measure("ban", "deed", **fields)]
    found = problem(local, write(tmp_path, entries))
    assert found.where is not None
    assert found.where.entry == "ban"
    assert str(found.where.field).startswith(next(iter(fields)))


def test_a_scope_may_carry_its_sources(local: OpenRecord, tmp_path: Path) -> None:
    """Sources and evidence of the claim are not taken for groups of the scope."""
    targets = {"value": {"all_except": ["@g"]}, "sources": ["s"], "evidence": ["deed"]}
    group = {"id": "g", "kind": "group", "title": "G", "economies": ["CHN", "HKG"]}
    add(local, tmp_path, group, source("s"), act("deed"), measure("ban", "deed", targets=targets))
    assert local.reading(all_days=True).entry("ban").value("targets") == {"all_except": ["@g"]}
    file = write(tmp_path, {"targets": {"value": "all", "sources": ["deed"]}})
    with pytest.raises(ValidationError, match="deed is a act, and a source is needed") as caught:
        local.revise("ban", file)
    assert caught.value.where is not None
    assert caught.value.where.field == "targets.sources"


def test_an_id_twice_in_a_file(local: OpenRecord, tmp_path: Path) -> None:
    found = problem(local, write(tmp_path, EVENT + MEASURE + EVENT))
    assert "ev is used twice, first at" in found.what
    assert found.where is not None
    assert (found.where.line, found.where.entry, found.where.field) == (22, "ev", "id")


def test_the_id_need_not_come_first(local: OpenRecord, tmp_path: Path) -> None:
    text = "- kind: event\n  title: Event\n  on: 2023-03-01\n  id: ev\n  event_kind: report\n"
    assert [entry.id for entry in local.add(write(tmp_path, text))] == ["ev"]


@pytest.mark.parametrize("retracted", [False, True])
def test_an_id_taken_in_the_store(record: OpenRecord, tmp_path: Path, retracted: bool) -> None:
    add(record, tmp_path, event("ev"))
    if retracted:
        record.retract("ev", why="wrong")
    before = state(record)
    with pytest.raises(ConflictError, match="taken already") as caught:
        record.add(write(tmp_path, [event("new"), event("ev", title="Other")]))
    assert state(record) == before
    assert caught.value.where is not None
    assert (caught.value.where.entry, caught.value.where.field) == ("ev", "id")
    assert "comity revise ev" in str(caught.value.mend)


def test_all_problems_of_a_file_are_found_at_once(local: OpenRecord, tmp_path: Path) -> None:
    text = swap(EVENT, "2023-03-01", "2023-02-30") + "  parties: [JPX]\n" + swap(EVENT, "ev", "two")
    file = write(tmp_path, text + "  confidence: sure\n")
    with pytest.raises(InputError) as caught:
        local.add(file)
    data = caught.value.as_dict()
    problems = data["problems"]
    assert isinstance(problems, list)
    assert [(p["error"], p["where"]["line"]) for p in problems] == [
        ("TimeError", 4),
        ("CodeError", 6),
        ("ValidationError", 12),
    ]
    assert "3 problems" in str(data["what"])
