"""`read`, `review`, `reader report`: what is typed, what is shown, what is kept."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from comity.documents.passages import sha256_of
from comity.reader.proposal import Evidence, Proposal
from tests.cli.door import Done, Door
from tests.reader import made

READ = ("read", "talk.txt", "--published", "2022-11-18", "--relation", "CHN", "JPN")
SHA = sha256_of(made.TEXT.encode())
CONTROL = ("\x1b", "\x07", "\x9b", "\x85", "\u202e", "\u2066", "\u200f")


@pytest.fixture
def desk(own: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    made.document(own.folder)
    made.install(monkeypatch, *made.ALL)
    return own


@pytest.fixture
def queued(desk: Door) -> Door:
    desk(*READ)
    return desk


def typed(door: Door, patch: pytest.MonkeyPatch, *lines: str, code: int = 0) -> Done:
    """The review, with these lines typed and then no more."""
    patch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    done = door.try_("review", COLUMNS="100")
    assert done.code == code, done.err
    assert all(len(line) <= 100 for line in done.out.splitlines())
    return done


def name(one: Proposal) -> str:
    return one.id_in(SHA)


# ---- read --------------------------------------------------------------------------------------


def test_a_dry_run_stores_nothing_and_gives_slots_and_evidence(desk: Door) -> None:
    before = desk.dump()
    found = desk(*READ, "--dry-run", "--format", "json").json
    assert desk.dump() == before
    assert found["document"]["sha256"] == SHA
    assert found["document"]["published"] == "2022-11-18"
    entries = {one["type"]: one for one in found["entries"]}
    assert len(found["entries"]) == len(made.ALL)
    position = entries["position"]
    assert (position["side"], position["to"], position["hedged"]) == ("JPN", "CHN", True)
    assert (position["rule"], position["confidence"]) == ("position.made", None)
    (passage,) = position["evidence"]
    assert made.TEXT[passage["start"] : passage["end"]] == passage["quote"]


def test_a_dry_run_needs_no_store(empty: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made.document(empty.folder)
    made.install(monkeypatch, made.MEETING)
    assert len(empty(*READ, "--dry-run", "--format", "json").json["entries"]) == 1
    assert not empty.store.exists()


@pytest.mark.parametrize("form", ["table", "csv", "md", "html"])
def test_every_form_of_a_dry_run(desk: Door, form: str) -> None:
    done = desk(*READ, "--dry-run", "--format", form)
    assert name(made.MEETING) in done.out
    assert "nothing was stored" in done.err
    if form == "table":
        assert all(len(line) <= 100 for line in done.out.splitlines())


def test_reading_queues_and_says_so(desk: Door) -> None:
    done = desk(*READ)
    assert "doc-leaders-talk: 11 new proposals, 0 known, 0 withdrawn" in done.err
    again = desk(*READ)
    assert "0 new proposals, 11 known" in again.err
    assert len(desk("review", "--list", "--format", "json").json) == len(made.ALL)


def test_what_a_document_is_called_and_where_it_was_found(desk: Door) -> None:
    desk(
        *READ,
        "--title",
        "A talk",
        "--address",
        "https://example.org/a",
        "--source-kind",
        "official",
    )
    shown = desk("show", "src-a-talk", "--format", "json").json
    claims = {claim["field"]: claim["value"] for claim in shown["claims"]}
    assert (claims["url"], claims["source_kind"]) == ("https://example.org/a", "official")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("read", "none.txt"), "there is no such file"),
        (("read", "."), "this is a folder"),
        ((*READ, "--publisher", "Narnia"), "Narnia"),
        (("read", "talk.txt", "--published", "2022-02-30"), "calendar"),
        (("read", "talk.txt", "--relation", "CHN", "China"), "same economy"),
        ((*READ, "--source-kind", "gossip"), "gossip"),
        ((*READ, "--address", "not a url"), "web address"),
        ((*READ, "--format", "xml"), "no format"),
        (("review", "--list", "--format", "xml"), "no format"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_nothing_stored(
    desk: Door, words: tuple[str, ...], what: str
) -> None:
    assert what in desk.refused(*words).err


def test_a_problem_with_the_document_is_said(own: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made.document(own.folder)
    made.install(monkeypatch, problem="the text is French")
    assert "talk.txt: the text is French" in own.refused(*READ).err
    found = own(*READ, "--dry-run", "--format", "json").json
    assert (found["problem"], found["entries"]) == ("the text is French", [])


# ---- review, by words --------------------------------------------------------------------------


def test_accepting_by_id(queued: Door) -> None:
    done = queued("review", "accept", name(made.POSITION), name(made.ISSUE), "--why", "seen")
    # The issue first, although it was named second.
    first, second = (line for line in done.out.splitlines() if line[0] != " ")
    assert first.startswith(f"merged {name(made.ISSUE)}: issue food-import-measures")
    assert second.startswith(f"accepted {name(made.POSITION)}: position position-jpn-")
    rows = queued("history", "food-import-measures").json_rows()
    assert (rows[-1]["author"], rows[-1]["why"]) == ("ann", "seen")
    left = queued("review", "--list", "--format", "json").json
    assert len(left) == len(made.ALL) - 2
    every = queued("review", "--all", "--format", "json").json
    states = {one["id"]: (one["state"], one["entry"]) for one in every}
    assert states[name(made.ISSUE)] == ("merged", "food-import-measures")


def test_what_is_missing_is_named_with_the_command_to_set_it(
    own: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.document(own.folder)
    made.install(monkeypatch, made.STATEMENT)
    own("read", "talk.txt")
    done = own.refused("review", "accept", name(made.STATEMENT))
    assert "on is missing" in done.err
    assert f"comity review edit {name(made.STATEMENT)} on=…" in done.err
    edited = own(
        "review", "edit", name(made.STATEMENT), "on=2022-11-16", "channel=press conference"
    )
    assert "on=2022-11-16" in edited.out
    assert "statement-fumio-kishida" in own("review", "accept", name(made.STATEMENT)).out


def test_of_many_those_that_can_be_are_accepted(queued: Door) -> None:
    done = queued.try_("review", "accept", name(made.HEDGE), name(made.MEETING))
    assert done.code == 2
    assert f"accepted {name(made.MEETING)}" in done.out
    assert "no accepted entry rests on the sentence" in done.err


def test_rejecting_needs_a_reason(queued: Door) -> None:
    assert queued.try_("review", "reject", name(made.MEETING)).code == 2
    assert "reason" in queued.refused("review", "reject", name(made.MEETING), "--why", " ").err
    queued("review", "reject", name(made.MEETING), "--why", "another meeting")
    assert "rejected already" in queued.refused("review", "accept", name(made.MEETING)).err


def test_merging_and_editing_by_words(queued: Door) -> None:
    done = queued("review", "merge", name(made.MEETING), "leaders-meeting-2022-11-17")
    assert "merged" in done.out
    assert "sets nothing" in queued.refused("review", "edit", name(made.ISSUE), "key").err
    assert "no slot" in queued.refused("review", "edit", name(made.ISSUE), "hue=red").err
    queued("review", "edit", name(made.ISSUE), "key=digital-trade", "parties=[CHN, JPN]")
    assert "issue digital-trade-chn-jpn" in queued("review", "accept", name(made.ISSUE)).out


def test_unknown_ids_are_refused(queued: Door) -> None:
    for words in (("accept", "feedfeed00"), ("reject", "feedfeed00", "--why", "x")):
        assert "no proposal" in queued.refused("review", *words).err
    queued.refused("review", "merge", name(made.MEETING), "no-such-entry")
    queued.refused("review", "edit", "feedfeed00", "a=b")


def test_a_store_that_is_not_there_is_said(empty: Door) -> None:
    for words in (("review",), ("review", "--list"), ("reader", "report")):
        empty.refused(*words, code=1)


# ---- review, in the terminal --------------------------------------------------------------------


def test_the_passage_is_shown_in_its_context(queued: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    done = typed(queued, monkeypatch, "s", "q")
    assert "⟪Prime Minister Fumio Kishida⟫ sat down" in " ".join(done.out.split())
    assert f"[1/11] person {name(made.PERSON)} · person.made · never measured" in done.out
    assert "on record: fumio-kishida" in done.out
    assert "11 proposals are open" in done.out


def test_a_review_is_kept_step_by_step_and_goes_on_where_it_was(
    queued: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(queued, monkeypatch, "a", "r", "not the same", "s")  # then the input ends
    left = queued("review", "--list", "--format", "json").json
    assert len(left) == 9
    assert left[-1]["type"] == "issue"  # what was skipped comes last
    done = typed(queued, monkeypatch, "q")
    assert "[1/9] statement" in done.out


def test_all_of_it_can_be_accepted(queued: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    done = typed(queued, monkeypatch, *["a"] * len(made.ALL))
    assert "11 proposals decided; nothing is open" in done.out
    assert typed(queued, monkeypatch).out == "Open proposals: none\n"


def test_what_is_missing_is_asked_for(own: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    made.document(own.folder)
    made.install(monkeypatch, made.STATEMENT)
    own("read", "talk.txt")
    done = typed(own, monkeypatch, "a", "2022-13-01", "2022-11-16")
    assert "on is missing" in done.out
    assert "not in the calendar" in done.out
    assert "accepted" in done.out


def test_editing_by_pairs_and_thinking_better_of_it(
    queued: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = typed(
        queued, monkeypatch,
        "x", "r", "", "s",  # nothing decided: skipped
        "e", "place=Cusco", "hue=red", "", "e", "place=Cusco", "", "a", "q",
    )  # fmt: skip
    assert "no slot 'hue'" in done.out
    assert "place        Cusco" in done.out
    assert "meet in Cusco" in done.out


def test_what_is_on_record_is_merged_or_added_as_asked(
    own: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.document(own.folder)
    twice = replace(made.MEETING, slots={**made.MEETING.slots, "date": "2023-11-16"})
    made.install(monkeypatch, twice)
    own("read", "talk.txt", "--published", "2023-11-17")
    done = typed(own, monkeypatch, "a", "x", "q")
    assert "looks like leaders-meeting-2023-11-16" in done.out
    assert "merged" in typed(own, monkeypatch, "a", "m").out
    again = own.try_("review", "accept", twice.id_in(SHA))
    assert again.code == 2


def test_the_slots_can_be_edited_in_an_editor(
    queued: Door, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "text = path.read_text()\n"
        "path.write_text(text.replace('Lima', 'Cusco').replace('status: held', ''))\n"
    )
    from comity.cli.reviewing import _in_editor
    from comity.opened import OpenRecord
    from comity.words.errors import FileError

    with OpenRecord(queued.store) as opened:
        item = opened.proposal(name(made.MEETING))
    assert _in_editor(f"{sys.executable} {script}", item) == {"place": "Cusco", "status": None}
    for editor in ("false", "/no/such/editor", "'"):
        with pytest.raises(FileError):
            _in_editor(editor, item)


def test_a_kill_in_the_middle_loses_no_decision(queued: Door) -> None:
    """The review runs in a process of its own and is killed after its second decision."""
    code = textwrap.dedent(
        """
        import sys
        from comity.cli import main
        sys.argv = ["comity", "review"]
        main()
        """
    )
    environment = {
        **os.environ, "COMITY_DB": str(queued.store), "COMITY_AUTHOR": "ann", "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("a\na\n")
        process.stdin.flush()
        decided = 0
        for line in process.stdout:
            decided += "merged " in line or "accepted " in line
            if decided == 2:
                break
        process.send_signal(signal.SIGKILL)
    assert len(queued("review", "--list", "--format", "json").json) == len(made.ALL) - 2
    assert queued("db", "check").code == 0


def test_ctrl_c_stops_and_keeps_what_was_decided(
    queued: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["a"])

    def answer(_: str) -> str:
        try:
            return next(answers)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("builtins.input", answer)
    done = queued.try_("review")
    assert done.code == 130
    assert "10 proposals are open" in done.out
    assert len(queued("review", "--list", "--format", "json").json) == 10


# ---- what a document may hold --------------------------------------------------------------------


@pytest.fixture
def hostile(own: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    bad = "".join(CONTROL)
    text = f"Before {bad}[2J⟪not the passage⟫ the {bad}words{bad} were said.\n\nAfter {bad}.\n"
    start = text.index("the \x1b")
    end = text.index(" were")
    one = Proposal(
        "statement",
        {**made.STATEMENT.slots, "channel": f"radio{bad}", "verb": f"say{bad}"},
        (Evidence(start, end, text[start:end]),),
        "statement.made",
        hedged=True,
        cue=f"may{bad}",
        notes=(f"note{bad}",),
    )
    made.document(own.folder, text)
    made.install(monkeypatch, one)
    return own


@pytest.mark.parametrize("form", ["table", "json", "csv", "md", "html"])
def test_a_document_cannot_reach_the_terminal(
    hostile: Door, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outs: list[Any] = [
        hostile(*READ, "--dry-run", "--title", "T\x1b[2J", "--format", form),
        hostile(*READ, "--title", "T\x1b[2J", "--format", form),
        hostile("review", "--list", "--format", form),
        typed(hostile, monkeypatch, "a", "", "q"),
    ]
    for done in outs:
        assert not any(sign in done.out + done.err for sign in CONTROL), done.out
    shown = " ".join(outs[-1].out.split())
    assert shown.count("⟪") == shown.count("⟫") == 1  # the mark is ours alone


def test_colour_marks_every_line_of_a_passage_and_always_ends() -> None:
    from comity.reader.queue import Text
    from comity.reader.screen import context

    text = "word " * 200
    shown = context(Text(SHA, text, {}), 300, 700, color=True, width=60)
    for line in shown.splitlines():
        assert line.count("\x1b[1;7m") == line.count("\x1b[0m")
    assert shown.count("\x1b[1;7m") > 3


# ---- the report ----------------------------------------------------------------------------------


def test_the_report_counts_what_was_decided(queued: Door) -> None:
    assert "nothing measured" not in queued("reader", "report").out
    queued("review", "accept", name(made.MEETING))
    queued("review", "edit", name(made.ISSUE), "key=visas")
    queued("review", "accept", name(made.ISSUE))
    queued("review", "reject", name(made.STATEMENT), "--why", "no")
    rows = {row["rule"]: row for row in queued("reader", "report", "--format", "json").json}
    assert (rows["meeting.made"]["confirmed"], rows["meeting.made"]["precision"]) == (1, 0.75)
    assert (rows["issue.made"]["edited"], rows["issue.made"]["precision"]) == (1, 0.25)
    assert (rows["statement.made"]["rejected"], rows["statement.made"]["high"]) == (1, 0.771)
    assert rows["measure.made"]["precision"] is None
    shown = queued("reader", "report", COLUMNS="100").out
    assert all(len(line) <= 100 for line in shown.splitlines())
    listed = queued("review", "--list", "--format", "json").json
    assert {one["rule"]: one["confidence"] for one in listed}["measure.made"] is None
