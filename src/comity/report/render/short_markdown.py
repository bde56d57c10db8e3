"""The short brief as Markdown: lists, one table of the issues, and the numbered sources."""

from __future__ import annotations

import re

from comity.report.render.digest import (
    Block,
    Digest,
    Item,
    Items,
    Left,
    Matters,
    Pair,
    Part,
)
from comity.report.render.markdown import chart_rows, escaped, grid, quoted
from comity.report.render.page import Source
from comity.words.catalogue import t

_VALUES = 4


def as_short_markdown(page: Digest, day: int) -> str:
    """The whole short brief."""
    parts = [f"# {escaped(page.title)}", escaped(page.view)]
    for part in page.parts:
        parts += _part(part, day)
    parts.append(f"## {t('render.section_sources')}")
    parts.append("\n".join(map(_source, page.sources)) or t("render.no_sources"))
    parts.append(_left(page.left))
    return "\n\n".join(text for text in parts if text) + "\n"


def _part(part: Part, day: int) -> list[str]:
    out = [f"## {escaped(part.title)}"]
    for block in part.blocks:
        out += _block(block, day)
    if part.left:
        out.append(_left(part.left))
    return out


def _left(left: Left) -> str:
    return f"{escaped(left.text)}: `{left.command}`"


def _block(block: Block, day: int) -> list[str]:
    if isinstance(block, Items):
        return _items(block)
    if isinstance(block, Pair):
        cells = [
            "<br>".join(_told(item, dated=True) for item in side) or escaped(block.empty)
            for side in block.sides
        ]
        return [grid(list(block.names), [cells])]
    if isinstance(block, Matters):
        return _matters(block)
    heads = [t(f"render.{name}") for name in ("round", "days", "value", "of_limit")]
    return [_told(block.head), grid(heads, chart_rows(block.series, day, _VALUES))]


def _items(block: Items) -> list[str]:
    caption = f"{escaped(block.caption)}:" if block.caption else ""
    if not block.items:
        return [" ".join(x for x in (caption, escaped(block.empty)) if x)]
    if block.inline:
        ends = "; " if caption else " "
        return [
            " ".join(
                x
                for x in (caption, ends.join(_told(item, dated=True) for item in block.items))
                if x
            )
        ]
    listed = "\n".join(f"- {_told(item, dated=True)}" for item in block.items)
    out = [caption, listed]
    if block.left:
        out.append(_left(block.left))
    return out


def _matters(block: Matters) -> list[str]:
    out = []
    if block.rows:
        body = [
            [_told(row.head)]
            + [_told(s, dated=True) if s else escaped(t("render.no_position")) for s in row.sides]
            for row in block.rows
        ]
        out.append(grid([t("render.short_issue"), *block.names], body))
    if block.rest:
        listed = "; ".join(map(_told, block.rest))
        out.append(f"{escaped(t('render.short_silent'))}: {listed}")
    return out


def _told(item: Item, *, dated: bool = False) -> str:
    """An item in one piece: term, day and who, text, state, note, numbers and marks."""
    term = quoted(item.term, item.original) if item.term else ""
    when = item.on if dated else ""
    lead = " ".join(escaped(x) for x in (when, item.lead) if x)
    said = ": ".join(x for x in (lead, escaped(item.text)) if x) if item.text else ""
    state = f"**{escaped(item.state)}**" if item.state else ""
    joined = " ".join(x for x in (term, said, state) if x)
    note = f" · {escaped(item.note)}" if item.note else ""
    return f"{joined}{note} {escaped(item.tail)}".rstrip()


def _source(source: Source) -> str:
    title = escaped(source.title)
    safe = source.link and not re.search(r"[<>\s]", source.link)
    link = f"[{title}](<{source.link}>)" if safe else title
    return f"{source.number}. {link} · {escaped(source.told)}"
