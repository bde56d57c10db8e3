"""The whole way with the real rules: a page is read, reviewed in a terminal, stopped, resumed."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from comity.reader import scoring
from comity.reader.gold import SCORED, load_one
from comity.reader.proposal import HEDGE, INTEREST, MEETING, Evidence, Proposal
from comity.reader.reading import Read
from comity.reader.scoring_match import slots_right
from tests.cli.door import Door

PAGE = """<!DOCTYPE html>
<html><head><title>A visit to Oslo and the trade in flowers</title>
<meta property="article:published_time" content="2024-03-15"></head>
<body><nav><a href="/">Home</a> <a href="/news">News</a></nav><article>
<h1>A visit to Oslo and the trade in flowers</h1>
<p>Norwegian Prime Minister Lars Moe met Kenyan President Grace Wanjiru in Oslo on Thursday.
The two sides agreed to resume talks on a free-trade agreement before the summer.</p>
<p>“The duty on flowers hurts growers in both countries”, Wanjiru said.
Kenya urged Norway to lift its tariffs on Kenyan flowers, which were imposed in 2021.
Norway may reply in April, according to officials.</p>
</article><footer>All rights reserved</footer><script>document.write("Peru banned rice")</script>
</body></html>
"""
ASKED = "quit (q)? "
OWES = "Resume talks on free trade before the summer"
Answer = Callable[[str], str | None]


def terminal(door: Door, answer: Answer) -> tuple[str, int]:
    """`comity review` in a terminal of its own. `answer` sees what was printed since it answered
    last and gives a line, or None for Ctrl-C."""
    screen, inner = pty.openpty()
    environment = {
        **os.environ, "COMITY_DB": str(door.store), "COMITY_AUTHOR": "ann", "COLUMNS": "100",
        "TERM": "xterm",
    }  # fmt: skip
    for name in ("EDITOR", "VISUAL", "NO_COLOR"):
        environment.pop(name, None)
    shown, upto = "", 0
    with subprocess.Popen(
        [sys.executable, "-m", "comity.cli", "review"],
        stdin=inner, stdout=inner, stderr=inner, env=environment, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(inner)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if select.select([screen], [], [], 0.3)[0]:
                try:
                    data = os.read(screen, 65536)
                except OSError:
                    break  # it has ended
                shown += data.decode(errors="replace")
            elif shown[upto:].endswith(("? ", "end: ")):
                try:
                    line = answer(shown[upto:])
                except BaseException:
                    process.kill()
                    raise
                upto = len(shown)
                if line is None:
                    process.send_signal(signal.SIGINT)
                else:
                    os.write(screen, f"{line}\n".encode())
        else:
            process.kill()
    os.close(screen)
    return shown, process.returncode


def listed(door: Door, *words: str) -> list[dict[str, object]]:
    found = door("review", *words, "--format", "json").json
    assert isinstance(found, list)
    return found


def test_from_a_page_to_the_record(own: Door) -> None:
    (own.folder / "article.html").write_text(PAGE, encoding="utf-8")
    read = ("read", "article.html", "--published", "2024-03-15", "--relation", "KEN", "NOR")
    dry = own(*read, "--dry-run", "--format", "json").json
    assert {one["type"] for one in dry["entries"]} >= {
        "meeting", "commitment", "issue", "position", "measure", "statement", "hedge", "person",
    }  # fmt: skip
    assert "Peru" not in str(dry["entries"])
    queued = own(*read, "--format", "json").json["stored"]
    assert (queued["new"], queued["known"]) == (len(dry["entries"]), 0)
    again = own(*read, "--format", "json").json["stored"]
    assert (again["new"], again["known"], again["document"]) == (
        0, len(dry["entries"]), queued["document"],
    )  # fmt: skip
    assert not again["new_document"]

    count = 0

    def first(shown: str) -> str | None:
        nonlocal count
        count += ASKED in shown
        return None if count == 4 else "a"  # three are accepted, then Ctrl-C

    shown, code = terminal(own, first)
    assert code == 130, shown
    assert "\x1b[1;7m" in shown  # the passage is marked in its context
    left = listed(own, "--list")
    assert len(left) == len(dry["entries"]) - 3

    skipped: set[str] = set()
    rejected: list[str] = []
    edited: list[str] = []

    def rest(shown: str) -> str | None:
        if shown.endswith("why? "):
            return "another duty"
        if shown.endswith("end: "):  # slots to edit: one, then no more
            return "" if "owes=" in shown else f"owes={OWES}"
        if ASKED not in shown:
            return ""  # a field that the entry lacks
        cards = re.findall(r"\] (\w+) ([0-9a-f]{10}) ", shown)
        if "not yet:" in shown or not cards:
            return "s"
        kind, ident = cards[-1]
        if kind == "measure":
            rejected.append(ident)
            return "r"
        if kind == "issue" and ident not in skipped:
            skipped.add(ident)
            return "s"
        if kind == "commitment" and not edited:
            edited.append(ident)
            return "e"
        return "a"

    shown, code = terminal(own, rest)
    assert code == 0, shown
    states = {str(one["id"]): one for one in listed(own, "--all")}
    assert rejected
    assert all(states[ident]["state"] == "rejected" for ident in rejected)
    accepted = [one for one in states.values() if one["entry"]]
    assert {one["type"] for one in accepted} >= {"person", "meeting", "commitment"}
    (promise,) = (one for one in accepted if one["id"] in edited)
    entry = own("show", str(promise["entry"]))
    assert OWES in entry.out
    assert "sides agreed to resume talks" in " ".join(entry.out.split()), entry.out
    attached = own("documents", "attach", "article.html").out
    verified = re.search(r"(\d+) of (\d+) passages verified", attached)
    assert verified is not None
    assert verified[1] == verified[2]
    assert int(verified[1]) >= len(accepted)
    assert own("db", "check").code == 0
    report = {one["rule"]: one for one in own("reader", "report", "--format", "json").json}
    assert sum(one["rejected"] for one in report.values()) == len(rejected)


def test_the_founding_document(own: Door, shared_data: Path) -> None:
    """Every entry that a careful analyst would record, in the words of its own command."""
    text = shared_data / "documents" / "2023-11-xi-kishida-apec.txt"
    wanted = load_one(shared_data / "reader" / "gold" / "d00_seed.yaml", text.parent)
    found = own(
        "read", text, "--published", str(wanted.given.published), "--dry-run", "--format", "json"
    ).json
    known = {"type", "id", "evidence", "rule", "confidence", "hedged", "cue", "reported",
             "background", "matches", "notes"}  # fmt: skip
    proposals = []
    for one in found["entries"]:
        evidence = tuple(Evidence(**part) for part in one["evidence"])
        slots = {name: value for name, value in one.items() if name not in known}
        slots |= {"cue": one["cue"]} if one["type"] == HEDGE else {}
        proposals.append(Proposal(one["type"], slots, evidence, one["rule"]))
    scored = scoring.score_one(wanted, Read(tuple(proposals), 0, "en"))
    for name, outcome in scored.outcomes.items():
        tally = outcome.tally()
        assert tally.recall in (1.0, None), (name, outcome.missed)
        if name not in (HEDGE, INTEREST):
            assert tally.precision in (1.0, None), (name, outcome.extra)
    for want, got in scored.outcomes[MEETING].pairs:
        assert all(slots_right(want, got).values()), slots_right(want, got)
    assert sum(len(scored.outcomes[name].extra) for name in SCORED) <= 2
