"""The page as Markdown: headings, lists and valid tables; nothing in the data is markup."""

from __future__ import annotations

import re

from comity.report.charts import Point, Series, number
from comity.report.render.days import span
from comity.report.render.layout import clean
from comity.report.render.page import (
    Block,
    Chart,
    Lines,
    Original,
    Page,
    Row,
    Side,
    Sides,
    Source,
    Table,
)
from comity.words.catalogue import t

_SPECIAL = re.compile(r"[\\`*\[\]<>|~]|(?<!\w)[_#]|_(?!\w)|&(?=\w+;|#)")


def escaped(text: str) -> str:
    """Text that Markdown shows as it is written."""
    return _SPECIAL.sub(lambda found: "\\" + found.group(0), clean(text))


def as_markdown(page: Page, day: int) -> str:
    """The whole brief."""
    parts = [f"# {escaped(page.title)}", escaped(page.view)]
    for section in page.sections:
        parts.append(f"## {escaped(section.title)}")
        for block in section.blocks:
            parts += _block(block, day)
    parts.append(f"## {t('render.section_sources')}")
    parts.append("\n".join(_source(s) for s in page.sources) or t("render.no_sources"))
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block, day: int) -> list[str]:
    if isinstance(block, Lines):
        return ["\n".join(f"- {_said(row)}" for row in block.rows)]
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Sides):
        return _sides(block)
    return _chart(block, day)


def tail(row: Row | Point | Series) -> str:
    """The numbers of the sources, and the mark of those published later."""
    return "".join(f"\\[{n}\\]" for n in row.cites) + ("†" if row.later else "")


def _said(row: Row, own: str = "") -> str:
    """Title, what belongs to it and its marks, in one line; the side's `own` term not again."""
    term = f"{quoted(row.term, row.original)}: " if row.term and row.term != own else ""
    parts = [f"{term}{escaped(row.title)} {tail(row)}".strip(), *map(escaped, row.notes)]
    parts += [f"**! {escaped(mark)}**" for mark in row.marks]
    return "; ".join(parts)


def quoted(term: str, original: Original | None) -> str:
    """A side's own term, with the original where it is on record."""
    own = f" ({escaped(original.text)})" if original else ""
    return f"“{escaped(term)}”{own}"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def grid(heads: list[str], body: list[list[str]]) -> str:
    rows = [_line([escaped(h) for h in heads]), _line(["---"] * len(heads))]
    return "\n".join([*rows, *(_line(cells) for cells in body)])


def _table(block: Table) -> list[str]:
    title = f"### {escaped(block.caption)}"
    if not block.rows:
        return [title, escaped(block.empty)]
    columns = [c for c in block.columns if any(c in row.labelled for row in block.rows)]
    other = {label for row in block.rows for label, _ in row.fields} - set(columns)
    states = any(row.status for row in block.rows)
    heads = [block.heads[0], block.heads[1], *columns, *([block.heads[2]] if states else [])]
    body = []
    for row in block.rows:
        rest = [f"{escaped(k)}: {escaped(v)}" for k, v in row.fields if k in other]
        cells = [escaped(row.on), "; ".join([_said(row), *rest])]
        cells += [escaped(row.labelled.get(c, "")) for c in columns]
        body.append([*cells, *([escaped(row.status)] if states else [])])
    return [title, grid(heads, body)]


def _sides(block: Sides) -> list[str]:
    out = []
    head = block.head
    if head and head.id:
        out.append(f"### {escaped(head.title)}")
        fields = [f"{escaped(k)}: {escaped(v)}" for k, v in head.fields]
        about = " · ".join([f"**{escaped(head.status)}**", *fields, tail(head)])
        out += [about.strip(" ·"), *map(escaped, head.notes)]
        out += [f"**! {escaped(mark)}**" for mark in head.marks]
    elif head:
        out.append(_said(head))
        out.append(escaped(head.status))
    if any(side.rows or side.term for side in block.sides):
        cells = [_side(side) for side in block.sides]
        out.append(grid([side.name for side in block.sides], [cells]))
    for label, rows in ((t("render.joint"), block.joint), (t("render.others"), block.others)):
        if rows:
            out.append("\n".join([f"{escaped(label)}:", "", *(f"- {_dated(row)}" for row in rows)]))
    touching = [f"- {escaped(label)}: {escaped(text)}" for label, text in block.touching]
    return [part for part in [*out, "\n".join(touching)] if part]


def _side(side: Side) -> str:
    """A cell: the side's term, then its rows, newest first."""
    term = quoted(side.term, side.original)
    parts = [t("render.own_term", term=term)] if side.term else []
    parts += [_dated(row, side.term) for row in side.rows]
    return "<br>".join(parts) or escaped(t("render.no_position"))


def _dated(row: Row, own: str = "") -> str:
    who = ", ".join(escaped(value) for _, value in row.fields)
    when = f"{escaped(row.on)} ({who})" if who else escaped(row.on)
    return f"{when}: {_said(row, own)}"


def _chart(block: Chart, day: int) -> list[str]:
    series = block.series
    out = [f"### {escaped(series.title)}"]
    by = t("render.measured_by", who=series.by) if series.by else ""
    about = [series.quantity, series.unit, by]
    out.append(f"{escaped(' · '.join(x for x in about if x))} {tail(series)}".strip())
    out += [f"**! {escaped(mark)}**" for mark in series.marks]
    heads = [t("render.round"), t("render.days"), t("render.value"), t("render.of_limit")]
    out.append(grid(heads, chart_rows(series, day)))
    if series.left_out:
        out.append(escaped(t("render.left_out", count=series.left_out)))
    return out


def chart_rows(series: Series, day: int, last: int | None = None) -> list[list[str]]:
    """A row for each of the `last` values (all where None), and one for each limit."""
    body = [
        [
            escaped(p.label),
            escaped(span(p.start, p.until, day, planned=p.planned)),
            f"{escaped('; '.join(x for x in (p.told, p.note) if x))} {tail(p)}".strip(),
            escaped(series.share(p)),
        ]
        for p in series.points[-last if last else None :]
    ]
    limit = t("render.limit")
    return body + [
        [
            f"{limit}: {escaped(p.label)}",
            "",
            f"{number(p.value)} {tail(p)}".strip(),
            escaped(p.note),
        ]
        for p in series.limits
    ]


def _source(source: Source) -> str:
    title = escaped(source.title)
    safe = source.link and not re.search(r"[<>\s]", source.link)
    link = f"[{title}](<{source.link}>)" if safe else title
    return f"{source.number}. {link} · {escaped(source.told)}"
