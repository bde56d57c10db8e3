"""Trade flows, exposures and what is in the trade data, as sheets and rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from comity.report import sheet as sheets
from comity.report import tables
from comity.report.numbers import UNKNOWN, figure, span
from comity.report.render.layout import cells, cut
from comity.report.sheet import Column, Grid, Lines, Section, Sheet
from comity.words import economies, goods
from comity.words.catalogue import t
from comity.words.errors import CodeError

if TYPE_CHECKING:
    from comity.trade.flows import DataFinding, FlowAnswer
    from comity.trade.flows.layout import Flow

MILLION = 1e6
SHOWN, NAMED = 60, 2
"""Rows of a table on the screen; csv and json have all."""
_FITS = ("exact", "part", "overlaps", "wider", "undecided")

FLOW_COLUMNS = (
    *("source", "side", "exporter", "importer", "year", "period", "goods", "product", "fit"),
    *("value", "currency", "basis", "quantity", "quantity_unit", "quantity_share", "partial"),
    *("lines", "confidence", "flags", "derived", "note", "sources", "ids"),
)


def name_of(code: str | None) -> str:
    """The label of an economy; all partners where none is named."""
    return t("flows.everyone") if code is None else economies.label(code)


def titled(text: str | None) -> str:
    """Goods as a heading: the codes, and the title of a single one."""
    if not text:
        return t("flows.all_goods")
    codes = goods.parse_list(text)
    shown = "; ".join(str(c) if c.edition_given else c.code for c in codes)
    if len(codes) == 1:
        with suppress(CodeError):
            # Of another edition only the chapter's title is known.
            if goods.check_exists(codes[0]) or codes[0].level == 2:
                shown += f" {goods.title(codes[0])}"
    return shown


def money(value: float | None, currency: str, partial: float = 0.0) -> str:
    """``46,720.00 JPY``, in million; what is not known is a dash, never a zero. With `partial`,
    of which it is undecided whether it belongs here, both ends of what is possible."""
    if partial > 0.0:
        least = value or 0.0
        return f"{span(least / MILLION, (least + partial) / MILLION, 2)} {currency}"
    return UNKNOWN if value is None else f"{figure(value / MILLION, 2)} {currency}"


def amount(value: float | None, unit: str) -> str:
    """A quantity with its unit, empty where there is none."""
    return "" if value is None else f"{figure(value, 0)} {unit}"


def percent(share: float | None) -> str:
    return UNKNOWN if share is None else figure(100 * share, 1)


def numbered(names: Sequence[str]) -> dict[str, int]:
    """Ids of sources in the order in which they are first named, from 1."""
    return {name: number for number, name in enumerate(dict.fromkeys(names), start=1)}


# ----------------------------------------------------------------------------------------- flows


def render_flows(
    answer: FlowAnswer,
    exporter: str | None,
    importer: str | None,
    asked: str | None,
    form: str,
    width: int,
) -> str:
    """The answer to `flows` in a format."""
    if form == "json":
        return tables.as_json(answer.as_dict())
    if form == "csv":
        return tables.as_csv(answer.as_rows(), FLOW_COLUMNS)
    who = f"{name_of(exporter)} → {name_of(importer)}"
    page = Sheet(
        f"{who} · {titled(asked)}",
        (t("flows.lead"),),
        tuple(_flow_sections(answer, exporter, importer)),
    )
    return sheets.rendered(page, form, width)


def _flow_sections(answer: FlowAnswer, exporter: str | None, importer: str | None) -> list[Section]:
    sources = numbered([source for row in answer.rows for source in row.sources])
    made = []
    for fit in _FITS:
        rows = [row for row in answer.rows if row.fit == fit]
        if rows:
            grid = _flow_grid(rows, sources, exporter is None, importer is None)
            notes = _row_notes(rows[:SHOWN])
            blocks = (grid, Lines(notes)) if notes else (grid,)
            made.append(Section(t(f"flows.fit.{fit}"), blocks))
    if answer.totals and (exporter is None or importer is None):
        made.append(Section(t("flows.totals"), (_totals(answer),)))
    return [*made, *closing(answer, sources, [row.source for row in answer.rows])]


def _flow_grid(
    rows: Sequence[Flow], sources: Mapping[str, int], sellers: bool, buyers: bool
) -> Grid:
    Cell = Callable[["Flow"], str]  # noqa: N806
    columns: list[tuple[Column, Cell]] = [
        (_text("flows.period"), lambda r: r.period or str(r.year))
    ]
    if sellers:
        columns.append((_text("flows.exporter"), lambda r: r.exporter))
    if buyers:
        columns.append((_text("flows.importer"), lambda r: r.importer))
    columns += [
        (_text("flows.what"), _what),
        (
            Column(t("flows.value"), t("flows.million")),
            lambda r: money(r.value, r.currency, r.partial),
        ),
        (Column(t("flows.quantity")), lambda r: amount(r.quantity, r.quantity_unit)),
        (_text("flows.whose"), _whose),
        (_text("flows.confidence"), lambda r: r.confidence + ("*" if r.derived else "")),
    ]
    columns.append((_text("flows.sources"), lambda r: _marks(r, sources)))
    kept = [
        (column, cell)
        for column, cell in columns
        if column.title == t("flows.period") or any(cell(row) for row in rows)
    ]
    left = len(rows) - SHOWN
    return Grid(
        tuple(column for column, _ in kept),
        tuple(tuple(cell(row) for _, cell in kept) for row in rows[:SHOWN]),
        t("flows.left", count=left) if left > 0 else "",
    )


def _row_notes(rows: Sequence[Flow]) -> tuple[str, ...]:
    """What the collector said of single figures, and how derived ones were derived."""
    told: dict[str, list[str]] = {}
    for row in rows:
        derived = t("flows.derived_by", how=row.derived) if row.derived else ""
        for text in (row.note, derived):
            if text:
                told.setdefault(text, []).append(f"{row.period} {row.product}".strip())
    return tuple(
        f"{'; '.join(labels[:NAMED])}{' …' if len(labels) > NAMED else ''}: {text}"
        for text, labels in told.items()
    )


def _text(key: str) -> Column:
    return Column(t(key), number=False)


def _what(row: Flow) -> str:
    return row.product or f"{row.goods} ({row.source})"


def _whose(row: Flow) -> str:
    side = {"exporter": row.exporter, "importer": row.importer}.get(row.side, row.side)
    return f"{side} {row.basis}".strip()


def _marks(row: Flow, sources: Mapping[str, int]) -> str:
    marks = f"[{','.join(str(sources[one]) for one in row.sources)}]" if row.sources else ""
    flags = [flag for flag in row.flags.split(";") if flag and flag != "part-year"]
    return " ".join((marks, *flags)).strip()


def _totals(answer: FlowAnswer) -> Grid:
    return Grid(
        (
            Column(t("flows.year"), number=False),
            _text("flows.source"),
            _text("flows.whose"),
            Column(t("flows.value"), t("flows.million")),
            Column(t("flows.partners")),
        ),
        tuple(
            (
                str(one.year),
                one.source,
                f"{one.side} {one.basis}".strip(),
                money(one.value, one.currency),
                str(one.partners),
            )
            for one in answer.totals
        ),
    )


def closing(answer: Any, sources: Mapping[str, int], used: Sequence[str]) -> list[Section]:
    """What is missing, notes, what the answer rests on, and the numbered sources."""
    made = []
    if answer.missing:
        made.append(Section(t("flows.missing"), (Lines(tuple(answer.missing), marked=True),)))
    resting = [one for one in answer.rests_on if one["dataset"] in used or one.get("imported")]
    lines = [_rests(one) for one in resting]
    if lines:
        made.append(Section(t("flows.rests"), (Lines(tuple(lines)),)))
    notes = list(answer.notes)
    if any(one.get("mapping") == "compiler" for one in resting):
        notes.append(t("flows.mapping"))
    if sources:
        notes.append(t("flows.derived"))
    if notes:
        made.append(Section(t("flows.notes"), (Lines(tuple(notes)),)))
    if sources:
        texts = tuple(f"[{n}] {answer.sources[key]}" for key, n in sources.items())
        made.append(Section(t("flows.sources_title"), (Lines(texts),)))
    return made


def _rests(one: Mapping[str, Any]) -> str:
    if "mapping" not in one:
        text = t("flows.rests.imported", **{k: one[k] for k in ("dataset", "source", "years")})
        return f"{text}; {one['licence']}" if one.get("licence") else text
    codes = str(one["goods"])
    if len(codes) > 60:
        codes = f"{codes[:60].rpartition(';')[0]} …"
    text = t("flows.rests.shipped", dataset=one["dataset"], source=one["source"])
    if one["dataset"] != "goods-world-2023":
        text += f"; {codes or t('flows.no_codes')}"
    return "; ".join((text, *one["notes"]))


# ------------------------------------------------------------------------------------ trade data


LISTED = (
    *("dataset", "holds", "years", "editions", "side", "basis", "rows", "licence", "imported"),
    "id",
)


def render_data_list(rows: Sequence[Mapping[str, Any]], form: str, width: int) -> str:
    """What `comity.trade.flows.listing.listed` gives. Names and ids are never cut, so that they
    can be copied; on a narrow terminal what a data set holds gives way."""
    if form == "json":
        return tables.as_json([dict(row) for row in rows])
    if form == "csv":
        return tables.as_csv([dict(row) for row in rows], LISTED)
    columns = (
        _text("flows.dataset"),
        _text("flows.holds"),
        Column(t("flows.years")),
        Column(t("flows.rows")),
        _text("flows.imported"),
        Column(t("flows.id")),
    )
    made: tuple[tuple[str, ...], ...] = tuple(
        (
            str(row["dataset"]),
            str(row["holds"]),
            tables.cell(row.get("years")),
            f"{row['rows']:,}" if row.get("rows") else "",
            str(row["imported"])[:10],
            str(row["id"]),
        )
        for row in rows
    )
    if form == "table":
        taken = sum(
            max(cells(text) for text in (one.title, *(row[k] for row in made)))
            for k, one in enumerate(columns)
            if k != 1
        )
        room = max(12, width - taken - 2 * (len(columns) - 1))
        made = tuple((row[0], cut(row[1], room), *row[2:]) for row in made)
    page = Sheet(
        t("flows.list"),
        (),
        (Section(t("flows.datasets", count=len(rows)), (Grid(columns, made),)),),
    )
    return sheets.rendered(page, form, width)


def render_data_check(found: Sequence[DataFinding], name: str, form: str, width: int) -> str:
    """Findings of `TradeData.check`, the gravest first, each with its heaviest cases."""
    rows = [one.as_dict() for one in found]
    if form == "json":
        return tables.as_json(rows)
    if form == "csv":
        return tables.as_csv(rows, ("severity", "kind", "source", "count", "text", "files"))
    sections = []
    for severity in ("wrong", "odd", "info"):
        for one in found:
            if one.severity != severity:
                continue
            blocks: list[Grid | Lines] = [Lines((one.text,), marked=severity == "wrong")]
            if one.cases:
                blocks.append(_cases(one))
            sections.append(
                Section(f"{t(f'flows.{severity}')}: {one.kind} · {one.source}", tuple(blocks))
            )
    lead = (t("world.found", count=len(found)),) if found else (t("world.clean"),)
    return sheets.rendered(Sheet(t("flows.check", name=name), lead, tuple(sections)), form, width)


def _cases(one: DataFinding) -> Grid:
    names = list(one.cases[0])

    def shown(value: Any) -> str:
        return f"{value:,.4g}" if isinstance(value, float) else tables.cell(value)

    numbers = {name for name in names if any(isinstance(case[name], float) for case in one.cases)}
    return Grid(
        tuple(Column(tables.header(name), number=name in numbers) for name in names),
        tuple(tuple(shown(case[name]) for name in names) for case in one.cases),
        t("flows.left", count=one.count - len(one.cases)) if one.count > len(one.cases) else "",
    )
