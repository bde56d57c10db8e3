"""`read --llm`: a language model's proposals beside those of the rules, under the same rules."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.cli.door import Door
from tests.reader import made
from tests.reader.server import KEY, Answer, entries, says, serving, status

READ = ("read", "talk.txt", "--published", "2022-11-18", "--relation", "CHN", "JPN")
QUOTE = "Japan may ask"


def told(**more: Any) -> dict[str, Any]:
    slots = {"side": ["JPN"], "act": "request", "about": "seafood"}
    return {"type": "position", "quote": QUOTE, "slots": slots, **more}


@pytest.fixture
def desk(own: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    made.document(own.folder)
    made.install(monkeypatch, made.MEETING)
    return own


def ask(url: str) -> tuple[str, ...]:
    return (*READ, "--llm", url, "--model", "small")


def test_what_a_model_adds_is_marked_queued_and_counted(desk: Door) -> None:
    wrong = told(quote="words that nobody wrote there")
    with serving(entries(told(), wrong)) as (url, server):
        done = desk.try_(*ask(url), COMITY_LLM_KEY=KEY)
        dry = desk.try_(*ask(url), "--dry-run", "--format", "json", COMITY_LLM_KEY=KEY)
    assert done.code == 0, done.err
    assert "the language model small adds 1; dropped: quote not in the document: 1" in done.err
    assert KEY not in done.out + done.err + dry.out + dry.err
    assert server.seen[0]["authorization"] == f"Bearer {KEY}"
    assert dry.json["model"] == {
        "model": "small",
        "proposed": 1,
        "dropped": {"quote not in the document": 1},
    }
    listed = {one["rule"]: one for one in desk("review", "--list", "--format", "json").json}
    one = listed["llm.position"]
    (passage,) = one["evidence"]
    assert made.TEXT[passage["start"] : passage["end"]] == passage["quote"] == QUOTE
    assert one["notes"] == ["proposed by the language model small"]
    assert made.MEETING.rule in listed


def test_read_again_without_a_model_its_open_proposals_stay(desk: Door) -> None:
    with serving(entries(told()), entries()) as (url, _):
        desk(*ask(url))
        assert "0 new proposals, 1 known, 0 withdrawn" in desk(*READ).err
        assert len(desk("review", "--list", "--format", "json").json) == 2
        # Asked again, it no longer says so.
        assert "1 withdrawn" in desk(*ask(url)).err


def test_what_a_rule_says_too_is_not_proposed_twice(desk: Door) -> None:
    meeting = {"parties": list(made.MEETING.slots["parties"])[::-1], "status": "held"}
    quote = made.MEETING.evidence[0].quote
    with serving(entries({"type": "meeting", "quote": quote, "slots": meeting})) as (url, _):
        done = desk(*ask(url), "--dry-run", "--format", "json")
    assert [one["rule"] for one in done.json["entries"]] == [made.MEETING.rule]
    assert done.json["model"]["dropped"] == {"proposed by a rule, too": 1}


def test_a_model_is_never_asked_unless_asked_for(desk: Door) -> None:
    with serving(entries(told())) as (url, server):
        desk.try_(*READ, COMITY_LLM_URL=url, COMITY_LLM_MODEL="small", COMITY_LLM_KEY=KEY)
    assert server.asked == []


def test_a_document_that_is_not_read_is_not_sent(
    own: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.document(own.folder)
    made.install(monkeypatch, problem="the text is French")
    with serving(entries(told())) as (url, server):
        own.refused(*ask(url))
    assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "what"),
    [(status(401), "refuses the key"), (says("Dear user, …"), None)],
)
def test_a_server_that_is_of_no_use(desk: Door, answer: Answer, what: str | None) -> None:
    before = desk.dump()
    with serving(answer) as (url, _):
        done = desk.try_(*ask(url), COMITY_LLM_KEY=KEY)
    assert KEY not in done.out + done.err
    if what is None:  # an answer that is no JSON is counted, and the rules' proposals stay
        assert done.code == 0
        assert "answer is not the JSON asked for: 1" in done.err
    else:
        assert done.code == 1
        assert what in done.err
        assert desk.dump() == before


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--model", "small"), "without --llm"),
        (("--llm", "http://127.0.0.1:9"), "no language model is named"),
        (("--llm", "nowhere", "--model", "small"), "address is not usable"),
        (("--llm", f"https://me:{KEY}@host", "--model", "small"), "name, password or query"),
    ],
)
def test_options_that_do_not_belong_together(desk: Door, words: tuple[str, ...], what: str) -> None:
    done = desk.refused(*READ, *words)
    assert what in done.err
    assert KEY not in done.err


def test_without_the_extra_it_says_so(desk: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    done = desk.try_(*READ, "--llm", "http://127.0.0.1:9", "--model", "small")
    assert done.code == 1
    assert "pip install 'comity[llm]'" in done.err
