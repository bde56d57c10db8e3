"""The brief on a relation as of a day: one page that a minister's aide could use.

`brief` assembles plain data with the sections `relationship`, `meetings`, `issues`, `measures`,
`commitments`, `indicators`, `cases`, `changes`, `coverage` and `sources`; the renderers beside this
module lay it out. Nothing in it is later than the day it is seen from.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from comity.record.entry import Entry
from comity.record.reading import Reading
from comity.record.views.changes import changes, corrections
from comity.record.views.commitments import commitment_row
from comity.record.views.indicators import indicator_row
from comity.record.views.issues import case_row, issues
from comity.record.views.measures import IN_FORCE, measure_row
from comity.record.views.relation import Relation
from comity.record.views.rows import sort_key
from comity.record.views.timeline import meeting_status, timeline_row
from comity.report.citations import Citations
from comity.report.coverage import coverage
from comity.words.catalogue import t
from comity.words.economies import economy
from comity.words.time import DayRange, Truth
from comity.words.vocabulary import terms

SAID_WITHIN_DAYS = 31
"""How far back the brief looks for what each side said."""
CHANGES_WITHOUT_MEETING_DAYS = 365
"""How far back changes reach where no earlier leaders' meeting is on record."""


def brief(
    reading: Reading, first: str, second: str, *, since: dt.date | None = None
) -> dict[str, Any]:
    """The brief on `first` and `second` at the reading's view.

    `since` is the day after which changes are listed; by default that of the leaders' meeting
    before the last one.
    """
    relation = Relation(reading, first, second)
    cites = Citations(reading)
    leaders = [m for m in _held(relation) if _is_leaders(m)]
    start = since or _default_since(reading, leaders)
    issue_rows = issues(relation)
    measure_rows = [
        {**measure_row(m, reading), "direction": list(relation.direction(m) or ())}
        for m in relation.measures
    ]
    commitments = [commitment_row(c, reading) for c in sorted(relation.commitments, key=sort_key)]
    meetings = _meetings(relation, leaders)
    sections: dict[str, Any] = {
        "relationship": _relationship(relation, meetings, measure_rows, commitments, issue_rows),
        "meetings": meetings,
        "issues": [_issue_summary(row) for row in issue_rows],
        "measures": _measures(relation, measure_rows),
        "commitments": _by_status(commitments),
        "indicators": [
            indicator_row(e, reading) for e in relation.of_kinds("indicator") if e.claims("values")
        ],
        "cases": [
            case_row(e, reading)
            for e in sorted(relation.of_kinds("case"), key=sort_key)
            if set(relation.pair) <= set(e.list("parties"))
        ],
        "changes": {
            "from": start.isoformat(),
            "to": reading.view.day.isoformat(),
            "world": changes(relation, start, reading.view.day) if start < reading.view.day else [],
            "corrections": corrections(reading, entries=_ids(relation)),
        },
    }
    cited = cites.row(sections)
    cited["coverage"] = coverage(reading, relation.pair, later_sources=len(cites.later))
    cited["sources"] = cites.listed()
    return {
        "title": t("brief.title", first=economy(first).name, second=economy(second).name),
        "economies": [{"code": code, "name": economy(code).name} for code in relation.pair],
        "view": reading.view.as_dict(),
        **cited,
    }


def _held(relation: Relation) -> list[Entry]:
    reading = relation.reading
    held = [
        m
        for m in relation.meetings
        if meeting_status(m, reading) == "held" and m.main_day is not None
    ]
    return sorted(held, key=sort_key)


def _is_leaders(meeting: Entry) -> bool:
    return terms()["meeting_kind"][meeting.value("meeting_kind")].extra == "leaders"


def _default_since(reading: Reading, leaders: list[Entry]) -> dt.date:
    if len(leaders) > 1:
        day = leaders[-2].main_day
        assert day is not None
        return dt.date.fromordinal(day.latest)
    return reading.view.day - dt.timedelta(days=CHANGES_WITHOUT_MEETING_DAYS)


def _meetings(relation: Relation, leaders: list[Entry]) -> dict[str, Any]:
    """Last and next meetings, how long since the one before, and what was said."""
    reading = relation.reading
    planned = [
        m
        for m in sorted(relation.meetings, key=sort_key)
        if meeting_status(m, reading) == "planned"
    ]
    ahead = [
        m for m in planned if m.main_day and m.main_day.by(reading.view.ordinal) is not Truth.YES
    ]
    in_person = [m for m in leaders if m.value("meeting_kind") == "leaders_meeting"]
    last = in_person[-1] if in_person else None
    before = in_person[-2] if len(in_person) > 1 else None
    return {
        "last": timeline_row(last, reading) if last else None,
        "before": timeline_row(before, reading) if before else None,
        "days_between": _days_between(before, last),
        "days_since": _days_since(last, reading.view.ordinal),
        "next": [timeline_row(m, reading) for m in ahead],
        "recent": [timeline_row(m, reading) for m in _held(relation)[-6:]][::-1],
        "said": _said(relation),
    }


def _days_between(before: Entry | None, last: Entry | None) -> dict[str, int] | None:
    """Least and most days between two meetings; equal where both days are known exactly."""
    if before is None or last is None or before.main_day is None or last.main_day is None:
        return None
    return {
        "least": last.main_day.earliest - before.main_day.latest,
        "most": last.main_day.latest - before.main_day.earliest,
    }


def _days_since(last: Entry | None, day: int) -> int | None:
    return None if last is None or last.main_day is None else day - last.main_day.latest


def _said(relation: Relation) -> list[dict[str, Any]]:
    """Statements of the last weeks, each as its speaker's, in order."""
    reading = relation.reading
    low = reading.view.ordinal - SAID_WITHIN_DAYS
    rows = []
    for entry in sorted(relation.of_kinds("statement"), key=sort_key):
        day = entry.main_day
        if day is None or day.latest < low:
            continue
        row = timeline_row(entry, reading)
        speaker = entry.value("speaker")
        rows.append(
            {
                "id": entry.id,
                "on": entry.value("on"),
                "parties": row["parties"],
                "speaker": reading.title(speaker) if speaker else None,
                "verb": entry.value("verb"),
                "mode": entry.value("mode"),
                "channel": entry.value("channel"),
                "says": entry.text("says"),
                "hedge": entry.value("hedge"),
                "sources": row["sources"],
            }
        )
    return rows


def _relationship(
    relation: Relation,
    meetings: dict[str, Any],
    measures: list[dict[str, Any]],
    commitments: list[dict[str, Any]],
    issue_rows: list[dict[str, Any]],
) -> dict[str, Any]:
    """The state of the relationship in a few lines, each computed from the rows below it."""
    names = {code: economy(code).name for code in relation.pair}
    lines = [_meeting_line(meetings, names, relation.pair)]
    for imposer, target in (relation.pair, relation.pair[::-1]):
        mine = [m for m in measures if m["direction"] == [imposer, target]]
        sure = sum(m["status"] == "in_force" for m in mine)
        may = sum(m["status"] in IN_FORCE for m in mine) - sure
        values = {"imposer": names[imposer], "target": names[target]}
        if not sure and not may:
            lines.append(t("brief.measures_none", **values))
        elif may:
            lines.append(t("brief.measures_may", count=sure, may=may, **values))
        else:
            lines.append(t("brief.measures", count=sure, **values))
    open_ = sum(c["status"] == "open" for c in commitments)
    overdue = sum(c["overdue"] for c in commitments)
    broken = sum(c["status"] == "broken" for c in commitments)
    lines.append(t("brief.commitments", count=open_, overdue=overdue, broken=broken))
    frame = next((row for row in issue_rows if row["key"] == "relationship"), None)
    return {
        "lines": lines,
        "frame": None
        if frame is None
        else {
            "summary": frame["summary"],
            "since": frame["summary_since"],
            "terms": frame["terms"],
            "interest": frame["interest"],
            "interest_label": frame["interest_label"],
            "sources": frame["sources"],
        },
        "open_issues": [
            {"id": r["id"], "title": r["title"], "status": r["status"]} for r in issue_rows
        ],
    }


def _meeting_line(meetings: dict[str, Any], names: dict[str, str], pair: tuple[str, ...]) -> str:
    last, before = meetings["last"], meetings["before"]
    values = {"first": names[pair[0]], "second": names[pair[1]]}
    if last is None:
        return t("brief.no_meeting", **values)
    values |= {"day": last["on"], "place": last["place"] or t("place.unknown")}
    if before is None:
        return t("brief.last_meeting", **values)
    between = meetings["days_between"]
    least, most = between["least"], between["most"]
    span = str(least) if least == most else f"{least}–{most}"
    return t(
        "brief.last_meeting_before",
        before=before["on"],
        before_place=before["place"] or t("place.unknown"),
        days=span,
        **values,
    )


def _issue_summary(row: dict[str, Any]) -> dict[str, Any]:
    """An issue with what stands in its own section shortened to ids and titles."""
    out = dict(row)
    out["measures"] = [
        {"id": m["id"], "title": m["title"], "status": m["status"]} for m in row["measures"]
    ]
    out["commitments"] = [
        {"id": c["id"], "owes": c["owes"], "status": c["status"]} for c in row["commitments"]
    ]
    out["indicators"] = [i["id"] for i in row["indicators"]]
    out["cases"] = [
        {
            "id": c["id"],
            "title": c["title"],
            "status": c["status"],
            "status_label": c["status_label"],
        }
        for c in row["cases"]
    ]
    return out


def _measures(relation: Relation, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Both directions, each with measures in force, suspended, and announced for later."""
    out = []
    for imposer, target in (relation.pair, relation.pair[::-1]):
        mine = [r for r in rows if r["direction"] == [imposer, target]]
        mine.sort(key=lambda r: (DayRange.parse(r["from"]).earliest, r["id"]))
        out.append(
            {
                "imposer": imposer,
                "target": target,
                "in_force": [r for r in mine if r["status"] in IN_FORCE],
                "suspended": [r for r in mine if r["status"] == "suspended"],
                "planned": [r for r in mine if r["status"] == "planned"],
            }
        )
    return out


def _by_status(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {
        status: [row for row in rows if row["status"] == status]
        for status in ("open", "broken", "lapsed", "kept", "superseded")
    }


def _ids(relation: Relation) -> list[str]:
    kinds = ("meeting", "event", "statement", "position", "indicator", "case", "act")
    found = [
        *relation.of_kinds(*kinds),
        *relation.measures,
        *relation.commitments,
        *relation.issues,
    ]
    return [e.id for e in found]
