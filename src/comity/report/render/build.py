"""From the brief's data to the page: which sections, in which order, with which blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from comity.report.charts import series_of
from comity.report.render import rows
from comity.report.render.days import told
from comity.report.render.page import (
    Block,
    Chart,
    Lines,
    Page,
    Row,
    Section,
    Side,
    Sides,
    Source,
    Table,
)
from comity.words.catalogue import t
from comity.words.time import parse_day

Data = dict[str, Any]


def build(data: Data) -> Page:
    """The page of a brief, as `comity.report.brief.brief` gives it."""
    return _Builder(data).page()


class _Builder:
    def __init__(self, data: Data) -> None:
        self.data = data
        self.codes = [e["code"] for e in data["economies"]]
        self.names = {e["code"]: e["name"] for e in data["economies"]}
        view = data["view"]
        self.as_of: str = view["as_of"]
        self.day = parse_day(self.as_of).toordinal()
        kept = ("as_of", "known_on", "public_on", "received")
        self.view = {name: view[name] for name in kept if view.get(name) is not None}

    def page(self) -> Page:
        sections = [
            self.relationship(), self.meetings(), self.said(), self.issues(), self.measures(),
            self.commitments(), self.indicators(), self.cases(), self.changes(), self.coverage(),
        ]  # fmt: skip
        parts = [t(f"render.view_{name}", day=day) for name, day in self.view.items()]
        return Page(
            title=self.data["title"],
            view=" · ".join(parts),
            first=self.names[self.codes[0]],
            second=self.names[self.codes[1]],
            sections=tuple(s for s in sections if s.blocks),
            sources=tuple(_source(s, self.day) for s in self.data["sources"]),
        )

    def section(self, key: str, *blocks: Block, anchor: str | None = None) -> Section:
        name = anchor or key
        return Section(key, name, t(f"render.section_{name}"), blocks)

    # ------------------------------------------------------------------ state and meetings

    def relationship(self) -> Section:
        found = self.data["relationship"]
        blocks: list[Block] = [Lines(tuple(Row(line) for line in found["lines"]))]
        frame = found["frame"]
        if frame:
            head = Row(
                frame["summary"] or t("render.frame"),
                status=t("render.treated_as", how=frame["interest_label"])
                if frame["interest"]
                else "",
                on=told(frame["since"], self.day),
                day=frame["since"] or "",
                **rows.rests(frame),
            )
            blocks.append(Sides(head, self.sides({}, frame["terms"])))
        return self.section("relationship", *blocks)

    def meetings(self) -> Section:
        found = self.data["meetings"]
        main: list[Row] = []
        for name in ("last", "before"):
            if found[name]:
                row = rows.meeting(found[name], self.day, self.names, full=name == "last")
                main.append(_with(row, status=t(f"render.meeting_{name}")))
        blocks: list[Block] = []
        heads = (t("render.on"), t("render.meeting"), t("render.state"))
        blocks.append(Table(t("render.leaders"), tuple(main), heads, empty=t("render.no_leaders")))
        blocks.append(Lines(tuple(Row(text) for text in self.times(found))))
        ahead = tuple(rows.meeting(m, self.day, self.names) for m in found["next"])
        blocks.append(Table(t("render.next"), ahead, heads, empty=t("render.no_next")))
        shown = {row.id for row in main}
        recent = tuple(
            rows.meeting(m, self.day, self.names) for m in found["recent"] if m["id"] not in shown
        )
        blocks.append(Table(t("render.recent"), recent, heads, empty=t("render.none_other")))
        return self.section("meetings", *blocks)

    def times(self, found: Data) -> list[str]:
        """How long between the last two meetings, and since the last."""
        out = []
        between = found["days_between"]
        if between:
            least, most = between["least"], between["most"]
            span = str(least) if least == most else f"{least}–{most}"
            out.append(t("render.days_between", days=span))
        if found["days_since"] is not None:
            key = "render.days_since" if found["days_since"] else "render.same_day"
            out.append(t(key, count=found["days_since"]))
        return out

    def said(self) -> Section:
        found = self.data["meetings"]["said"]
        if not found:
            empty = Lines((Row(t("render.nothing_said")),))
            return self.section("meetings", empty, anchor="said")
        by: dict[str, list[Row]] = {}
        for row in found:
            key = whose(row["parties"], set(self.names.values()))
            by.setdefault(key, []).append(rows.statement(row, self.day))
        names = {code: by.get(self.names[code], []) for code in self.codes}
        block = Sides(
            None,
            self.sides(names, {}),
            joint=_newest(by.get("joint", [])),
            others=_newest(by.get("others", [])),
        )
        return self.section("meetings", block, anchor="said")

    def sides(self, by: dict[str, list[Row]], terms: dict[str, str]) -> tuple[Side, Side]:
        """Both sides in the order given, newest first."""
        first, second = (
            Side(self.names[c], terms.get(c, ""), _newest(by.get(c, []))) for c in self.codes
        )
        return first, second

    # --------------------------------------------------------------------------- the matters

    def issues(self) -> Section:
        blocks = tuple(self.issue(row) for row in self.data["issues"])
        empty = (Lines((Row(t("render.no_issues")),)),)
        return self.section("issues", *(blocks or empty))

    def issue(self, row: Data) -> Sides:
        by: dict[str, list[Row]] = {}
        for position in row["positions"]:
            key = whose(position["parties"], set(self.codes))
            named = key not in self.codes
            by.setdefault(key, []).append(rows.position(position, self.day, named=named))
        status = row["status_label"] or t("render.not_said")
        since = told(row["status_since"], self.day)
        if since and since != t("render.day_unknown"):
            key = "render.status_began" if ".." in row["status_since"] else "render.status_since"
            status = t(key, status=status, day=since)
        frame = self.data["relationship"]["frame"]
        framed = bool(frame) and row["summary"] == frame["summary"]
        head = Row(
            row["title"],
            id=row["id"],
            on=told(row["status_since"], self.day),
            day=row["status_since"] or "",
            status=status,
            fields=rows.fields(("render.treated", row["interest_label"])),
            notes=(row["summary"],) if row["summary"] and not framed else (),
            marks=rows.marks(row),
            **rows.rests(row),
        )
        touching = [
            (t(f"render.touch_{name}"), "; ".join(f"{x[what]} ({_state(x)})" for x in row[name]))
            for name, what in (("measures", "title"), ("commitments", "owes"), ("cases", "title"))
            if row[name]
        ]
        return Sides(
            head,
            self.sides(by, row["terms"]),
            joint=_newest(by.get("joint", [])),
            others=_newest(by.get("others", [])),
            touching=tuple(touching),
        )

    def measures(self) -> Section:
        heads = (t("render.since_head"), t("render.measure"), t("render.state"))
        blocks = []
        for part in self.data["measures"]:
            sides = {name: self.names[part[name]] for name in ("imposer", "target")}
            listed = [*part["in_force"], *part["suspended"], *part["planned"]]
            blocks.append(
                Table(
                    t("render.measures_of", **sides),
                    tuple(rows.measure(row, self.day) for row in listed),
                    heads,
                    (t("render.instrument"),),
                    empty=t("render.no_measures", **sides),
                )
            )
        return self.section("measures", *blocks)

    def commitments(self) -> Section:
        found = self.data["commitments"]
        late = [row for row in found["open"] if row["overdue"]]
        groups = {
            "broken": [*found["broken"], *late],
            "open": [row for row in found["open"] if not row["overdue"]],
            "kept": found["kept"],
            "ended": [*found["lapsed"], *found["superseded"]],
        }
        heads = (t("render.made_on"), t("render.owes"), t("render.state"))
        columns = (t("render.parties"), t("render.due"))
        blocks = [
            Table(
                t(f"render.commitments_{name}"),
                tuple(rows.commitment(row, self.day) for row in listed),
                heads,
                columns,
                empty=t(f"render.no_{name}"),
            )
            for name, listed in groups.items()
            if listed or name in ("broken", "open")
        ]
        return self.section("commitments", *blocks)

    def indicators(self) -> Section:
        found = [series_of(row, self.day) for row in self.data["indicators"]]
        found = [s for s in found if s.points or s.limits]
        found.sort(key=lambda s: (not s.points, -len(s.limits)))
        blocks: list[Block] = [
            Chart(s, drawn=i == 0 and bool(s.points and s.limits)) for i, s in enumerate(found)
        ]
        return self.section("indicators", *(blocks or [Lines((Row(t("render.no_series")),))]))

    def cases(self) -> Section:
        columns = (t("render.held_by"), t("render.people_count"))
        heads = (t("render.since_head"), t("render.case"), t("render.state"))
        listed = tuple(rows.case(row, self.day) for row in self.data["cases"])
        block = Table(t("render.cases"), listed, heads, columns, empty=t("render.no_cases"))
        return self.section("cases", block)

    # ------------------------------------------------------------------ changes and coverage

    def changes(self) -> Section:
        found = self.data["changes"]
        span = {"start": found["from"], "end": found["to"]}
        said = ("position", "issue", "statement")
        world = [
            Table(
                t(f"render.world_{name}", **span),
                _newest(
                    [
                        rows.change(r, self.day)
                        for r in found["world"]
                        if (r["kind"] in said) is voiced
                    ]
                ),
                (t("render.on"), t("render.what"), t("render.change")),
                empty=t("render.no_changes"),
            )
            for name, voiced in (("done", False), ("voiced", True))
        ]
        record = Table(
            t("render.corrections"),
            tuple(rows.correction(row) for row in reversed(found["corrections"])),
            (t("render.recorded"), t("render.entry"), t("render.change")),
            (t("render.author"), t("render.why")),
            empty=t("render.no_corrections"),
        )
        return self.section("changes", *world, record)

    def coverage(self) -> Section:
        found = self.data["coverage"]
        notes = [*found["notes"], t("render.mark_later"), t("render.mark_flag")]
        packs = ", ".join(f"{p['name']} {p['version']}" for p in found["packs"])
        if packs:
            notes.append(t("render.packs", packs=packs))
        gaps = Table(
            t("render.gaps"),
            tuple(rows.gap(row, self.day) for row in found["gaps"]),
            (t("render.days"), t("render.gap"), t("render.state")),
            (t("render.about"),),
            empty=t("render.no_gaps"),
        )
        return self.section("coverage", Lines(tuple(Row(note) for note in notes)), gaps)


def options(view: Mapping[str, Any]) -> str:
    """The options of a command that look at the same view."""
    return "".join(f" --{name.replace('_', '-')} {value}" for name, value in view.items())


def whose(parties: list[str], pair: set[str]) -> str:
    """One side, both (`joint`), or `others`."""
    if len(parties) == 1 and parties[0] in pair:
        return parties[0]
    return "joint" if pair <= set(parties) else "others"


def _newest(listed: list[Row]) -> tuple[Row, ...]:
    """By day, the newest first; those of one day in the order given."""
    return tuple(sorted(listed, key=lambda row: row.day.lstrip("."), reverse=True))


def _with(row: Row, *, status: str) -> Row:
    return replace(row, status=status)


def _state(row: Data) -> str:
    return str(row.get("status_label") or row["status"] or t("render.not_said")).replace("_", " ")


def _source(row: Data, day: int) -> Source:
    published = told(row["published"], day) or t("render.undated")
    if row["flags"]:
        published = t("render.published_flag", day=published, flag="; ".join(row["flags"]))
    return Source(
        number=row["number"],
        id=row["id"],
        title=row["title"],
        about=" · ".join(x for x in (row["publisher"], row["kind_label"]) if x),
        published=published,
        url=row["url"] or "",
    )
