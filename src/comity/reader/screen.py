"""A proposal as a reviewer sees it: its passage in context, its slots, where it comes from.

What a document says is shown with every character replaced that could move a cursor or turn the
direction of writing.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any

from comity.reader.proposal import Proposal
from comity.reader.queue import Item, Text
from comity.words.catalogue import t
from comity.words.text import plain

LEFT, RIGHT = "\u27ea", "\u27eb"
"""Around a passage where nothing can be set in bold."""
_BOLD, _END = "\x1b[1;7m", "\x1b[0m"
_CONTEXT = 280
"""Characters of context before and after the passage."""
WIDTH = 100
_UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def one_line(text: object) -> str:
    """Text on one line, with nothing in it that a terminal could obey."""
    return " ".join(_UNSEEN.sub("\ufffd", plain(str(text))).split())


def safe_json(data: Any) -> str:
    """JSON in which characters that a terminal could obey are escaped; it reads back the same."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def slot_text(value: Any) -> str:
    """One slot on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(slot_text(inner) for inner in value.values() if inner)
    if isinstance(value, list | tuple):
        return "; ".join(slot_text(inner) for inner in value)
    return one_line(value)


def told(proposal: Proposal) -> str:
    """All slots of a proposal that have a value, on one line."""
    pairs = ((name, slot_text(value)) for name, value in proposal.slots.items())
    return ", ".join(f"{name}={text}" for name, text in pairs if text)


def context(document: Text, start: int, end: int, *, color: bool, width: int) -> str:
    """The passage, marked, with what stands before and after it, wrapped."""
    text = document.text
    low = max(0, start - _CONTEXT)
    high = min(len(text), end + _CONTEXT)
    # Whole words at both ends.
    if low:
        low = max(low, text.find(" ", low, start))
    if high < len(text):
        gap = text.rfind(" ", end, high)
        high = gap if gap >= 0 else high
    before, passage, after = (
        one_line(part).replace(LEFT, "\u226a").replace(RIGHT, "\u226b")
        for part in (text[low:start], text[start:end], text[end:high])
    )
    space_before = " " if text[max(low, start - 1) : start].isspace() else ""
    space_after = " " if text[end : end + 1].isspace() else ""
    # Marked with single characters while wrapping, so that colour does not count as width.
    marked = f"{before}{space_before}{LEFT}{passage}{RIGHT}{space_after}{after}"
    marked = ("… " if low else "") + marked + (" …" if high < len(text) else "")
    lines = textwrap.wrap(marked, width=width - 2, break_long_words=True, break_on_hyphens=False)
    out: list[str] = []
    inside = False
    for line in lines:
        if color:
            begins = _BOLD if inside else ""
            inside = (inside or LEFT in line) and RIGHT not in line
            line = line.replace(LEFT, _BOLD).replace(RIGHT, _END)
            line = f"{begins}{line}{_END if inside else ''}"
        out.append(f"  {line}")
    return "\n".join(out)


def card(
    item: Item,
    document: Text,
    *,
    number: int,
    of: int,
    confidence: float | None,
    cases: int,
    titles: Mapping[str, str],
    color: bool,
    width: int = WIDTH,
) -> str:
    """Everything a reviewer needs to decide; `titles` are those of the entries it matches."""
    width = min(width, WIDTH)
    one = item.proposal
    main = one.evidence[0]
    known = (
        t("reader.confidence", share=f"{confidence:.2f}", count=cases)
        if confidence is not None
        else t("reader.unmeasured")
    )
    page = next((n for n, a, b in document.given.get("pages") or () if a <= main.start < b), None)
    place = f"{main.start}–{main.end}" + (f", page {page}" if page else "")
    head = f"[{number}/{of}] {one.type} {item.id} · {one_line(one.rule)} · {known}"
    lines = [
        wrapped(head, width),
        wrapped(f"{one_line(document.given.get('title') or '')}, {place}", width),
        "",
        context(document, main.start, main.end, color=color, width=width),
        "",
    ]
    for name, value in one.slots.items():
        text = slot_text(value)
        if text:
            lines.append(wrapped(text, width, f"  {name:<12} "))
    marks = [
        *([t("reader.hedged", cue=one_line(one.cue or ""))] if one.hedged else []),
        *([t("reader.reported")] if one.reported else []),
        *([t("reader.background")] if one.background else []),
        *(one_line(note) for note in one.notes),
    ]
    lines += [wrapped(text, width, "  ! ") for text in marks]
    lines += [
        wrapped(f"{name}: {one_line(title)}", width, t("reader.like"))
        for name, title in titles.items()
    ]
    return "\n".join(lines) + "\n"


def wrapped(text: str, width: int, first: str = "") -> str:
    """Text folded to a width; later lines stand under the first word."""
    return textwrap.fill(
        text,
        width=width,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_on_hyphens=False,
    )
