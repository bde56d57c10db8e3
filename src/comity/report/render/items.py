"""Rows of the brief's data as items of the short form: a line or two each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from comity.report.render.choose import bare, clip
from comity.report.render.days import known, told
from comity.report.render.digest import Item
from comity.report.render.rows import counted, marks, original
from comity.words.catalogue import t
from comity.words.time import FIRST, LAST, DayRange, iso

Data = Mapping[str, Any]

_NUMBERS = 2
_NAMES = 3
_WORD = re.compile(r"\w{4,}")


def numbered(cites: Sequence[int], later: int, most: int = _NUMBERS) -> dict[str, Any]:
    """The first few numbers of the sources, and how many there are beside them."""
    return {"cites": tuple(cites[:most]), "more": max(0, len(cites) - most), "later": later}


def rests(row: Data, most: int = _NUMBERS) -> dict[str, Any]:
    return numbered(row.get("cites", ()), row.get("later_sources", 0), most)


def low(text: str, day: int) -> str:
    """The first day of a range of days, or its last where the first is open."""
    value = known(DayRange.parse(text), day)
    if value.unknown:
        return t("render.day_unknown")
    return iso(value.latest if value.earliest == FIRST else value.earliest) or text


def short_day(text: str | None, day: int) -> str:
    """A day in at most twelve characters: a range by its first day and a tilde."""
    if not text:
        return ""
    value = DayRange.parse(text)
    if value.unknown:
        return t("render.short_unknown")
    if ".." not in text:
        return str(value)
    if value.earliest == FIRST and value.latest != LAST:
        return t("render.short_by_day", day=iso(value.latest))
    return t("render.short_about_day", day=low(text, day))


def meeting(row: Data, day: int, *, full: bool = False) -> Item:
    """A meeting with its place; `full` with what it came to."""
    about = [row["place"]] if row["place"] and row["place"] not in row["title"] else []
    if full:
        about += [row["occasion"] or "", clip(row["summary"] or "", 180)]
    return Item(
        row["title"],
        on=short_day(row["on"], day),
        state=t(f"render.meeting_{row['status']}") if row["status"] not in _PLAIN else "",
        note=" · ".join(x for x in about if x),
        flags=marks(row),
        **rests(row),
    )


_PLAIN = ("held", "planned")


def statement(row: Data, day: int) -> Item:
    """What was said, led by who said it and whether in their own words."""
    who = row["speaker"] or ""
    if row["mode"] == "quote":
        who = f"{who} ({t('render.short_quoted')})".strip()
    return Item(
        clip(_capital(re.sub(r"^That ", "", row["says"])), 72),
        on=short_day(row["on"], day),
        lead=who,
        flags=marks(row),
        **rests(row),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def position(row: Data, day: int, limit: int) -> Item:
    """A position in a clause or two, with the side's own term for the matter."""
    return Item(
        clip(row["holds"], limit),
        on=short_day(row["on"], day),
        lead=row["who"] or "",
        term=row["term"] or "",
        original=original(row),
        flags=marks(row),
        **rests(row),
    )


def issue(row: Data, day: int, counts: str, *, named: bool) -> Item:
    """Title and status of an issue, and in `counts` what is not shown of it.

    Where both terms stand beside it (`named`), the title need not give them again.
    """
    status = row["status_label"] or t("render.not_said")
    since = row["status_since"]
    if since and not DayRange.parse(since).unknown:
        status = t("render.short_status", status=status, day=short_day(since, day))
    return Item(
        bare(row["title"]) if named else row["title"],
        state=status,
        note=counts,
        flags=marks(row),
        **rests(row, 1),
    )


def measure(row: Data, day: int) -> Item:
    """A measure: since when, by which instrument, on what; and what keeps it from being plain."""
    parts = [] if row["status"] == "in_force" else [_state(row, day)]
    if row["until"]:
        parts.append(t("render.until", day=short_day(row["until"], day)))
    checked = row["verified_until"]
    if checked and DayRange.parse(checked).latest < day:
        parts.append(t("render.verified", day=checked))
    about = (_instrument(row), *_scope(row))
    return Item(
        row["title"],
        on=short_day(row["from"], day),
        state=", ".join(parts),
        note="; ".join(x for x in about if x),
        flags=marks(row),
        **rests(row),
    )


def _instrument(row: Data) -> str:
    """The instrument by its name; doubt about it is marked as on the row, not spelt out."""
    name = row["instrument"] or ""
    if name.endswith("(not found)"):
        return t("render.short_no_instrument")
    doubtful = name.endswith(("verified)", "not found)")) and bool(marks(row))
    return bare(name) if doubtful else clip(name, 60)


def _state(row: Data, day: int) -> str:
    since = next((s["from"] for s in row["suspensions"] if not s["until"]), None)
    if row["status"] == "suspended" and since:
        return t("render.suspended_from", start=short_day(since, day))
    return t(f"render.short_{row['status']}")


def _scope(row: Data) -> list[str]:
    """Goods, areas, named parties and reach in a few words; what the title says is not repeated."""
    out = []
    goods = row["goods_words"] or ""
    words = set(_WORD.findall(goods.lower()))
    again = words & set(_WORD.findall(row["title"].lower()))
    if words and not again:
        out.append(clip(goods, 40))
    areas = row["areas"]
    if areas and areas != "all":
        out.append(_areas(areas))
    if row["entities_count"] or len(row["entities"]) > 1:
        out.append(t("render.short_entities", count=row["entities_count"] or len(row["entities"])))
    if row["target"].startswith("all"):
        out.append(t("render.short_all"))
    return out


def _areas(text: str) -> str:
    names = text.split(", ")
    if len(names) <= _NAMES:
        return text
    key = "render.short_areas_but" if text.startswith("all except ") else "render.short_areas"
    return t(key, count=len(names))


def commitment(row: Data, day: int, pair: tuple[str, str]) -> Item:
    """Who owes what to whom, by when."""
    state = ""
    if row["status"] != "open":
        state = t(f"render.commitment_{row['status']}")
        if row["status_since"]:
            state = f"{state} {short_day(row['status_since'], day)}"
    elif row["overdue"]:
        state = t("render.overdue")
    due = row["due"] or ""
    when = due.strip("“”") if due.startswith("“") else told(due, day)
    when = when.removesuffix(t("render.short_no_day")).rstrip(", ")
    who = " and ".join(row["debtors"])
    if set(row["debtors"]) == set(pair):
        who = ""
    elif row["creditors"] and row["creditors"] != row["debtors"]:
        who = t("render.to", debtor=who, creditor=" and ".join(row["creditors"]))
    return Item(
        clip(row["owes"] or row["title"], 100).rstrip("."),
        on=short_day(row["on"], day),
        state=state,
        note=", ".join(x for x in (who, t("render.short_due", when=when) if when else "") if x),
        flags=marks(row),
        **rests(row),
    )


def case(row: Data, day: int) -> Item:
    """A case: where it stands, whom it concerns and who holds them."""
    status = row["status_label"] or t("render.day_unknown")
    steps = [s for s in row["steps"] if s["status"] == row["status"]]
    first = steps[0]["from"] if steps else None
    if first and first != row["from"]:
        status = f"{status} {short_day(first, day)}"
    count = row["count"]
    people = "" if count == 1 else counted(row) or t("render.short_count")
    if count is not None and count > 1:
        people = t("render.short_people", count=count)
    held = t("render.short_held", who=", ".join(row["held_by"])) if row["held_by"] else ""
    return Item(
        row["title"],
        on=short_day(row["from"], day),
        state=status,
        note=", ".join(x for x in (people, held) if x),
        flags=marks(row),
        **rests(row),
    )


def change(row: Data, day: int) -> Item:
    return Item(
        clip(row["title"], 100),
        on=short_day(row["on"], day),
        lead=_capital(row["change"]),
        **rests(row),
    )


def correction(row: Data) -> Item:
    """A correction of the record: what was changed, by whom and why."""
    names = ", ".join(f["field"] for f in row["fields"])
    return Item(
        f"{row['title']} ({names})" if names else row["title"],
        on=str(row["recorded"])[:10],
        lead=row["op"],
        note=": ".join(x for x in (row["author"], row["why"]) if x),
    )


def gap(row: Data) -> Item:
    return Item(row["title"])
