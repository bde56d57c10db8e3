"""What of the brief's data stands in the short form: the latest, the gravest, the nearest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from comity.words.economies import all_economies
from comity.words.time import FIRST, LAST, DayRange
from comity.words.vocabulary import term_label

Data = Mapping[str, Any]

_GAP_ORDER = ("status", "measures", "tariffs", "dates", "scope")
"""Topics of gaps that bear on what is in force, the nearest to it first."""
_GAPS_OF_A_TOPIC = 2
_SLACK = 1.2
_IN_FORCE = ("measure begins", "measure suspended", "measure no longer in force")
_LEADERS = ("leaders' meeting", "leaders' call")
_BROKEN = ("commitment broken", "commitment lapsed", "commitment kept")


def clip(text: str, limit: int) -> str:
    """The text, or its first clauses (or words) that fit, with an ellipsis.

    A text that is a little longer is left whole: a few words more tell more than an ellipsis.
    """
    text = " ".join(text.split())
    if len(text) <= limit * _SLACK:
        return text
    room = text[: limit - 1]
    for stops in (". ", "; ", ", "):
        at = room.rfind(stops)
        if at >= limit * 0.55:
            return room[:at] + (". …" if stops == ". " else f"{stops[0]} …")
    return room[: room.rfind(" ")].rstrip(",;:") + " …"


def bare(title: str) -> str:
    """A title without the explanation in brackets at its end."""
    at = title.find(" (")
    return title[:at] if at > 0 and title.endswith(")") else title


def day_of(row: Data, name: str = "on") -> int:
    """A day by which rows are ordered; what is not known comes last."""
    return DayRange.parse(row[name]).earliest if row[name] else FIRST


def newest(rows: Sequence[Data]) -> list[Data]:
    """By day, the newest first; those of one day in the order given."""
    return sorted(rows, key=day_of, reverse=True)


def latest(positions: Sequence[Data], issue: str, party: str) -> list[Data]:
    """A side's positions, the one to show first: on this very issue, new, plainly reported."""
    mine = [p for p in positions if list(p["parties"]) == [party]]
    return sorted(
        mine, key=lambda p: (p["issue"] == issue, day_of(p), not p["hedge"]), reverse=True
    )


def changes(rows: Sequence[Data], limit: int) -> list[Data]:
    """The most important changes of the world, the newest first.

    In turn: meetings of leaders; measures that begin, are suspended or end; steps of cases; what
    became of commitments; other meetings; other events. Of one day, one of a sort is enough.
    """
    rest = newest([r for r in rows if r["kind"] not in ("position", "issue", "statement")])
    measure_days = {r["on"] for r in rest if r["change"] in _IN_FORCE}
    sorts: tuple[tuple[int, Callable[[Data], bool]], ...] = (
        (1, lambda r: r["change"] in _LEADERS),
        (3, lambda r: r["change"] in _IN_FORCE),
        (1, lambda r: r["kind"] == "case"),
        (1, lambda r: r["change"] in _BROKEN),
        (1, lambda r: r["kind"] == "meeting"),
        (1, lambda r: r["kind"] == "event" and r["on"] not in measure_days),
        (limit, lambda r: r["change"] in _IN_FORCE),
        (limit, lambda r: r["kind"] in ("measure", "meeting", "commitment", "event")),
    )
    out: list[Data] = []
    for count, fits in sorts:
        taken = {(r["kind"], r["on"]) for r in out}
        for row in rest:
            if count == 0 or len(out) == limit:
                break
            if fits(row) and (row["kind"], row["on"]) not in taken:
                out.append(row)
                taken.add((row["kind"], row["on"]))
                count -= 1
    return newest(out)


def gaps(rows: Sequence[Data], day: int, codes: Sequence[str], limit: int) -> list[Data]:
    """The gaps open on the day that bear most on what is in force between the two."""
    order = [term_label("gap_topic", topic) for topic in _GAP_ORDER]

    def rank(row: Data) -> tuple[int, bool, int]:
        found = min((order.index(a) for a in row["about"] if a in order), default=len(order))
        return found, bool(row["from"]), -day_of(row, "from")

    near = [row for row in rows if _open(row, day) and not _of_others(row["title"], codes)]
    near.sort(key=rank)
    out: list[Data] = []
    for row in near:
        alike = sum(rank(r)[0] == rank(row)[0] for r in out)
        if alike < _GAPS_OF_A_TOPIC and len(out) < limit:
            out.append(row)
    return out


def _open(row: Data, day: int) -> bool:
    start = DayRange.parse(row["from"]).earliest if row["from"] else FIRST
    end = DayRange.parse(row["until"]).latest if row["until"] else LAST
    return start <= day <= end


@cache
def _names() -> tuple[tuple[str, str], ...]:
    return tuple((e.code, rf"\b{re.escape(e.name)}\b") for e in all_economies())


def _of_others(title: str, codes: Sequence[str]) -> bool:
    """Does the title name another economy, and neither of the two?"""
    named = {code for code, name in _names() if re.search(name, title)}
    return bool(named) and not named & set(codes)
