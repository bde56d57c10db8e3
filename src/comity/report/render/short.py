"""From the brief's data to the short brief: what stands in each part, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from comity.report.charts import describe, series_of
from comity.report.render import choose, items, rows
from comity.report.render.build import options, whose
from comity.report.render.choose import newest
from comity.report.render.days import told
from comity.report.render.digest import (
    Block,
    Digest,
    Item,
    Items,
    Left,
    Matter,
    Matters,
    Pair,
    Part,
    Strip,
    cited,
)
from comity.report.render.page import Source
from comity.words.catalogue import t
from comity.words.time import parse_day

Data = dict[str, Any]

_SAID = 3
_ISSUES = 8
_MEETINGS = 2
_MEASURES = 20
_COMMITMENTS = 6
_CHANGES = 6
_CORRECTIONS = 3
_GAPS = 3
_TITLE = 42
_PUBLISHER = 30
_FRAME = "relationship"


def shorten(data: Data) -> Digest:
    """The short brief from the data of `comity.report.brief.brief`."""
    return _Builder(data).digest()


class _Builder:
    def __init__(self, data: Data) -> None:
        self.data = data
        first, second = data["economies"]
        self.codes: tuple[str, str] = (first["code"], second["code"])
        self.names: tuple[str, str] = (first["name"], second["name"])
        self.named = dict(zip(self.codes, self.names, strict=True))
        view = data["view"]
        self.day = parse_day(view["as_of"]).toordinal()
        kept = ("as_of", "known_on", "public_on", "received")
        found = data["meetings"]
        self.shown = {found[name]["id"] for name in ("last", "before") if found[name]}
        self.view = {name: view[name] for name in kept if view.get(name) is not None}
        self.options = options(self.view)
        self.span = options({n: v for n, v in self.view.items() if n != "as_of"})

    def left(self, text: str, name: str, extra: str = "", view: str | None = None) -> Left:
        """What is left out, with the command that shows it at the same view."""
        seen = self.options if view is None else view
        return Left(text, f"comity {name} {' '.join(self.codes)}{extra}{seen}")

    def digest(self) -> Digest:
        parts = (
            self.relationship(), self.meetings(), self.said(), self.issues(), self.measures(),
            self.commitments(), self.indicators(), self.cases(), self.changes(), self.coverage(),
        )  # fmt: skip
        shown = cited(parts)
        return Digest(
            title=self.data["title"],
            view=" · ".join(t(f"render.view_{name}", day=day) for name, day in self.view.items()),
            names=self.names,
            parts=parts,
            sources=tuple(
                _source(s, self.day) for s in self.data["sources"] if s["number"] in shown
            ),
            left=self.left(t("render.short_full"), "brief", " --full"),
        )

    def part(
        self, key: str, *blocks: Block, anchor: str | None = None, left: Left | None = None
    ) -> Part:
        name = anchor or key
        return Part(key, name, t(f"render.section_{name}"), blocks, left)

    # ------------------------------------------------------------------ state and meetings

    def relationship(self) -> Part:
        found = self.data["relationship"]
        lines = [Item(line) for line in found["lines"]]
        frame = found["frame"]
        if frame is None:
            return self.part("relationship", Items(tuple(lines)))
        if frame["summary"]:
            state = t("render.treated_as", how=frame["interest_label"]) if frame["interest"] else ""
            lines.append(Item(choose.clip(frame["summary"], 300), note=state, **items.rests(frame)))
        row = next((i for i in self.data["issues"] if i["key"] == _FRAME), None)
        first, second = (self.own_term(frame["terms"], row, code) for code in self.codes)
        blocks: list[Block] = [Items(tuple(lines))]
        if first or second:
            blocks.append(Pair(self.names, (first, second), t("render.short_no_term")))
        return self.part("relationship", *blocks)

    def own_term(self, terms: Data, issue: Data | None, code: str) -> tuple[Item, ...]:
        """A side's term for the frame, with its latest position on it."""
        item = self.position(issue, code) if issue else None
        if item is None and terms.get(code):
            return (Item("", term=terms[code]),)
        return (item,) if item else ()

    def meetings(self) -> Part:
        found = self.data["meetings"]
        main = []
        for name in ("last", "before"):
            if found[name]:
                row = items.meeting(found[name], self.day, full=name == "last")
                times = self.times(found) if name == "last" else ""
                note = " · ".join(x for x in (times, row.note) if x)
                main.append(replace(row, lead=t(f"render.short_{name}"), note=note))
        ahead = tuple(items.meeting(row, self.day) for row in found["next"])
        others = [m for m in found["recent"] if m["id"] not in self.shown][:_MEETINGS]
        self.shown |= {m["id"] for m in others}
        also = tuple(items.meeting(m, self.day) for m in others)
        blocks = [
            Items(tuple(main), empty=f"{t('render.leaders')}: {t('render.no_leaders')}"),
            Items(ahead, t("render.short_next"), t("render.no_next"), inline=True),
        ]
        if also:
            blocks.append(Items(also, t("render.short_also"), inline=True))
        left = self.left(t("render.short_meetings"), "timeline")
        return self.part("meetings", *blocks, left=left)

    def times(self, found: Data) -> str:
        """How long after the one before, and how long ago."""
        out = []
        between = found["days_between"]
        if between:
            least, most = between["least"], between["most"]
            span = str(least) if least == most else f"{least}–{most}"
            out.append(t("render.short_between", days=span))
        if found["days_since"]:
            out.append(t("render.short_ago", count=found["days_since"]))
        return ", ".join(out)

    def said(self) -> Part:
        rows = newest(self.data["meetings"]["said"])
        if not rows:
            empty = Items((), empty=t("render.nothing_said"))
            return self.part("meetings", empty, anchor="said")
        by: dict[str, list[choose.Data]] = {}
        for row in rows:
            by.setdefault(whose(row["parties"], set(self.names)), []).append(row)
        first, second = (
            _led(items.statement(row, self.day) for row in by.get(name, [])[:_SAID])
            for name in self.names
        )
        rest = len(rows) - len(first) - len(second)
        left = None
        if rest:
            text = t("render.short_said", count=rest, joint=len(by.get("joint", [])))
            left = self.left(text, "timeline", " --kind statement")
        block = Pair(self.names, (first, second), t("render.short_none_said"))
        return self.part("meetings", block, anchor="said", left=left)

    # --------------------------------------------------------------------------- the matters

    def issues(self) -> Part:
        told_on: list[Matter] = []
        rest: list[Item] = []
        for row in self.data["issues"]:
            if row["key"] == _FRAME and self.data["relationship"]["frame"]:
                continue
            sides = (self.position(row, self.codes[0]), self.position(row, self.codes[1]))
            if any(sides) and len(told_on) < _ISSUES:
                told_on.append(Matter(row["id"], self.head(row, sides), sides))
            else:
                rest.append(self.head(row, sides))
        if not told_on and not rest:
            return self.part("issues", Items((), empty=t("render.no_issues")))
        left = self.left(t("render.short_positions"), "issues")
        return self.part("issues", Matters(self.names, tuple(told_on), tuple(rest)), left=left)

    def position(self, row: Data, code: str) -> Item | None:
        """A side's latest position on an issue, led by its own term for it."""
        mine = choose.latest(row["positions"], row["id"], code)
        if not mine:
            return None
        item = items.position(mine[0], self.day, 90)
        if item.term:
            return item
        named = next((p for p in mine if p["term"] and p["issue"] == row["id"]), None)
        term = named["term"] if named else row["terms"].get(code, "")
        return replace(item, term=term or "", original=rows.original(named))

    def head(self, row: Data, sides: tuple[Item | None, Item | None]) -> Item:
        """Title and status, and how many positions are not shown."""
        by: dict[str, int] = {}
        for position in row["positions"]:
            key = whose(position["parties"], set(self.codes))
            name = key if key in ("joint", "others") else "earlier"
            by[name] = by.get(name, 0) + 1
        by["earlier"] = by.get("earlier", 0) - sum(side is not None for side in sides)
        counts = [
            t(f"render.short_{name}", count=by[name])
            for name in ("joint", "others", "earlier")
            if by.get(name)
        ]
        counts = counts or ([] if any(sides) else [t("render.short_no_position")])
        named = all(side is not None and side.term for side in sides)
        return items.issue(row, self.day, ", ".join(counts), named=named)

    def measures(self) -> Part:
        blocks = []
        for part in self.data["measures"]:
            sides = {name: self.named[part[name]] for name in ("imposer", "target")}
            listed = [*part["in_force"], *part["suspended"], *part["planned"]]
            rest = len(listed) - _MEASURES
            command = f"comity measures --imposer {part['imposer']} --target {part['target']}"
            left = Left(t("render.short_more", count=rest), command + self.options)
            blocks.append(
                Items(
                    tuple(items.measure(row, self.day) for row in listed[:_MEASURES]),
                    t("render.measures_of", **sides),
                    t("render.no_measures"),
                    left=left if rest > 0 else None,
                )
            )
        return self.part("measures", *blocks)

    def commitments(self) -> Part:
        found = self.data["commitments"]
        late = [row for row in found["open"] if row["overdue"]]
        running = newest([row for row in found["open"] if not row["overdue"]])
        listed = [*newest(found["broken"]), *newest(late), *running]
        text = t("render.short_commitments", broken=len(found["broken"]), late=len(late))
        counts = {
            "open_more": max(0, len(listed) - _COMMITMENTS),
            "kept": len(found["kept"]),
            "ended": len(found["lapsed"]) + len(found["superseded"]),
        }
        rest = ", ".join(t(f"render.short_{n}", count=c) for n, c in counts.items() if c)
        shown = tuple(items.commitment(row, self.day, self.names) for row in listed[:_COMMITMENTS])
        left = self.left(rest or t("render.short_evidence"), "commitments")
        lead = Items((Item(text),), inline=True)
        block = Items(shown, empty=t("render.short_none_open"))
        return self.part("commitments", lead, block, left=left)

    def indicators(self) -> Part:
        found = [series_of(row, self.day) for row in self.data["indicators"]]
        found = [s for s in found if s.points or s.limits]
        found.sort(key=lambda s: (not s.points, -len(s.limits)))
        if not found or not (found[0].points and found[0].limits):
            empty = t("render.short_no_chart", count=len(found)) if found else t("render.no_series")
            return self.part("indicators", Items((), empty=empty))
        main = found[0]
        head = Item(
            f"{main.title}, {main.unit}",
            note=t("render.measured_by", who=main.by) if main.by else "",
            flags=main.marks,
            **items.numbered(main.cites, main.later),
        )
        left = self.left(t("render.short_series", count=len(found) - 1), "brief", " --full")
        block = Strip(main, head, describe(main))
        return self.part("indicators", block, left=left if len(found) > 1 else None)

    def cases(self) -> Part:
        listed = tuple(items.case(row, self.day) for row in self.data["cases"])
        return self.part("cases", Items(listed, empty=t("render.no_cases")))

    # ------------------------------------------------------------------ changes and coverage

    def changes(self) -> Part:
        found = self.data["changes"]
        same = _unchanged(self.data["cases"])
        world = [
            row
            for row in found["world"]
            if row["id"] not in self.shown and (row["id"], row["change"], row["on"]) not in same
        ]
        shown = choose.changes(world, _CHANGES)
        fixed = list(reversed(found["corrections"]))
        span = {"start": found["from"], "end": found["to"]}
        rest = len(found["world"]) - len(shown) + max(0, len(fixed) - _CORRECTIONS)
        more = f" --from {found['from']} --to {found['to']}"
        left = self.left(t("render.short_more", count=rest), "changes", more, self.span)
        key = "render.short_world" if fixed else "render.short_world_only"
        done = Items(
            tuple(items.change(row, self.day) for row in shown),
            t(key, **span),
            t("render.no_changes"),
        )
        record = Items(
            tuple(items.correction(row) for row in fixed[:_CORRECTIONS]),
            t("render.corrections"),
            t("render.no_corrections"),
        )
        blocks = (done, record) if fixed else (done,)
        return self.part("changes", *blocks, left=left if rest else None)

    def coverage(self) -> Part:
        found = self.data["coverage"]
        notes = [*found["notes"], t("render.short_marks")]
        every = found["gaps"]
        shown = choose.gaps(every, self.day, self.codes, _GAPS)
        listed = tuple(items.gap(row) for row in shown)
        rest = len(every) - len(listed)
        left = self.left(t("render.short_more_gaps", count=rest), "brief", " --full")
        return self.part(
            "coverage",
            Items(
                listed, t("render.short_gaps", count=len(every)), t("render.no_gaps"), inline=True
            ),
            Items(tuple(Item(note) for note in notes), inline=True),
            left=left if rest else None,
        )


def _led(listed: Iterable[Item]) -> tuple[Item, ...]:
    """The day and the speaker are not said again where they are those of the item before."""
    out: list[Item] = []
    on = lead = ""
    for item in listed:
        same = (item.on, item.lead) == (on, lead)
        on, lead = item.on, item.lead
        out.append(replace(item, on="", lead="") if same else item)
    return tuple(out)


def _unchanged(cases: list[Data]) -> set[tuple[str, str, str]]:
    """Steps of cases that say again what stood already."""
    return {
        (case["id"], f"case: {step['status_label']}", step["from"])
        for case in cases
        for before, step in zip(case["steps"], case["steps"][1:], strict=False)
        if before["status"] == step["status"]
    }


def _publisher(text: str) -> str:
    """The publisher's name without what is said about it."""
    return re.split(r" [(/]|, | repost", text)[0]


def _source(row: Data, day: int) -> Source:
    """Title, publisher and day; a day that is not the source's own is marked as about."""
    published = told(row["published"], day) if row["published"] else t("render.undated")
    if row["published"] and (row["flags"] or ".." in row["published"]):
        published = t("render.short_about_day", day=items.low(row["published"], day))
    return Source(
        number=row["number"],
        id=row["id"],
        title=choose.clip(row["title"], _TITLE),
        about=choose.clip(_publisher(row["publisher"] or ""), _PUBLISHER),
        published=published,
        url=row["url"] or "",
    )
