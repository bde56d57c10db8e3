"""Rows as a table for the terminal, Markdown, CSV, HTML or JSON.

The JSON is the rows themselves; the other forms show the columns asked for. Values that hold
several things are joined with "; ", unknown is an empty cell.
"""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Sequence
from typing import Any

from comity.words.errors import InputError

FORMATS = ("table", "json", "csv", "md", "html")

Row = dict[str, Any]


def cell(value: Any) -> str:
    """One value as text: unknown is empty, several are joined, mappings show their titles."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(text for text in (cell(item) for item in value) if text)
    if isinstance(value, dict):
        for key in ("title", "name", "owes", "value", "id"):
            if value.get(key) is not None:
                return cell(value[key])
        return "; ".join(f"{key}: {cell(inner)}" for key, inner in value.items() if inner)
    return str(value)


def header(column: str) -> str:
    """A column's heading: its name in words."""
    for ending in ("_titles", "_title", "_label"):
        column = column.removesuffix(ending)
    return column.replace("_", " ")


def as_json(data: Any) -> str:
    """JSON with two-space indents, text as it is written."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def as_csv(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """CSV with a header row; lines end with a line feed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])
    return out.getvalue()


def as_markdown(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """A Markdown table."""

    def line(cells: Sequence[str]) -> str:
        return (
            "| " + " | ".join(text.replace("|", "\\|").replace("\n", " ") for text in cells) + " |"
        )

    lines = [line([header(c) for c in columns]), line(["---"] * len(columns))]
    lines += [line([cell(row.get(column)) for column in columns]) for row in rows]
    return "\n".join(lines) + "\n"


def as_html(rows: Sequence[Row], columns: Sequence[str], title: str) -> str:
    """A whole HTML page with one table, readable on a phone and in print."""
    head = "".join(f'<th scope="col">{html.escape(header(c))}</th>' for c in columns)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{html.escape(cell(row.get(c)))}</td>" for c in columns) + "</tr>"
        for row in rows
    )
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;margin:1.5rem;color:#1a1a1a}"
        "table{border-collapse:collapse;width:100%}"
        "th,td{border-bottom:1px solid #ccc;padding:.35rem .6rem;"
        "text-align:left;vertical-align:top}"
        "div{overflow-x:auto}"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{style}</style></head>\n"
        f"<body><h1>{html.escape(title)}</h1><div><table><thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table></div></body></html>\n"
    )


DAY_COLUMNS = (
    "on",
    "from",
    "to",
    "until",
    "recorded",
    "received",
    "holds_from",
    "holds_until",
)
"""Columns that must never be broken over lines."""
WIDE = {"title": 4, "owes": 4, "summary": 4, "changed": 4, "why": 3, "goods": 3, "areas": 3}
"""How much wider than the others some columns of the terminal's table are."""
ONCE = ("imposer", "target")
"""Columns that go into the table's title where all rows say the same."""
DEFAULT_WIDTH = 120
LEAST = 9
"""No column of text is narrower, unless its text is."""
UNDER = {"title": "id", "owes": "id"}
"""Columns of the terminal's table that carry the id beneath, whole, so that it can be copied."""


def as_table(rows: Sequence[Row], columns: Sequence[str], title: str, width: int | None) -> str:
    """A table for the terminal, as wide as `width` characters at most.

    Ids stand beneath the titles and are never broken; columns without any value are left out.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return f"{title}: nothing on record\n"
    main = next((c for c in columns if c in UNDER), None)
    shown = [c for c in columns if any(cell(row.get(c)) for row in rows)]
    if main is not None:
        shown = [c for c in shown if c != UNDER[main]]
    same = [c for c in ONCE if c in shown and len({cell(row.get(c)) for row in rows}) == 1]
    shown = [c for c in shown if c not in same]
    title = " · ".join([title, *(f"{header(c)}: {cell(rows[0].get(c))}" for c in same)])
    texts = [[_terminal_cell(row, column, main) for column in shown] for row in rows]
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    widths = _widths(shown, texts, main, (width or DEFAULT_WIDTH) - 3 * len(shown))
    for column, size in zip(shown, widths, strict=True):
        table.add_column(header(column), width=size, overflow="fold")
    for line in texts:
        table.add_row(*(Text(text) for text in line))
    out = io.StringIO()
    console = Console(file=out, width=width or DEFAULT_WIDTH, color_system=None, highlight=False)
    console.print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _terminal_cell(row: Row, column: str, main: str | None) -> str:
    text = cell(row.get(column))
    if column == "status":
        text = text.replace("_", " ")
    return f"{text}\n{cell(row[UNDER[column]])}" if column == main else text


def _widths(
    shown: Sequence[str], texts: Sequence[Sequence[str]], main: str | None, room: int
) -> list[int]:
    """Characters for each column: first what must not break, then the rest by weight."""
    least, most = [], []
    for place, column in enumerate(shown):
        lines = [header(column), *(line for text in texts for line in text[place].split("\n"))]
        longest = max(len(line) for line in lines)
        if column in DAY_COLUMNS:
            least.append(longest)
        elif column == main:
            ids = max(len(text[place].rpartition("\n")[2]) for text in texts)
            least.append(min(longest, max(ids, LEAST)))
        else:
            words = max((len(word) for line in lines for word in line.split()), default=0)
            least.append(min(longest, max(min(words, LEAST + 3), LEAST)))
        most.append(longest)
    widths = list(least)
    left = room - sum(widths)
    while left > 0:
        open_ = [i for i in range(len(shown)) if widths[i] < most[i]]
        if not open_:
            break
        # The column that is narrowest for its weight grows by one.
        chosen = min(open_, key=lambda i: widths[i] / WIDE.get(shown[i], 2))
        widths[chosen] += 1
        left -= 1
    return widths


def render(
    rows: Sequence[Row],
    columns: Sequence[str],
    form: str,
    *,
    title: str,
    width: int | None = None,
    terminal: Sequence[str] | None = None,
) -> str:
    """The rows in one of `FORMATS`; `terminal` names the fewer columns that fit a terminal.

    Raises `InputError` for another format.
    """
    if form == "json":
        return as_json(list(rows))
    if form == "csv":
        return as_csv(rows, columns)
    if form == "md":
        return f"# {title}\n\n" + as_markdown(rows, columns)
    if form == "html":
        return as_html(rows, columns, title)
    if form == "table":
        return as_table(rows, terminal or columns, title, width)
    raise InputError(f"there is no format {form!r}", mend="one of: " + ", ".join(FORMATS))
