"""How two economies depend on each other, as a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from comity.report import sheet as sheets
from comity.report import tables
from comity.report.flows import (
    MILLION,
    closing,
    money,
    name_of,
    numbered,
    percent,
    titled,
)
from comity.report.numbers import UNKNOWN, figure, span
from comity.report.sheet import Column, Grid, Lines, Section, Sheet
from comity.words.catalogue import t

if TYPE_CHECKING:
    from comity.trade.flows import Dependence, Exposure, ExposureAnswer

_ORDER = ("exact", "part", "overlaps", "wider", "undecided")
TOLD = 0.5
"""A concentration is not told where more than this share goes to partners without a name."""
LARGEST, CODES, MARKS = 5, 8, 2


def render_exposure(
    answer: ExposureAnswer, exporter: str, market: str, asked: str | None, form: str, width: int
) -> str:
    """The answer to `exposure` in a format."""
    if form == "json":
        return tables.as_json(answer.as_dict())
    rows = answer.as_rows()
    if form == "csv":
        return tables.as_csv(rows, list(rows[0]) if rows else ["source", "year"])
    seller, buyer = name_of(exporter), name_of(market)
    sources = numbered([one for row in answer.rows for one in row.sources])
    sections = []
    for half, title in (
        ("sales", t("exposure.sales", exporter=seller, market=buyer)),
        ("purchases", t("exposure.purchases", exporter=seller, market=buyer)),
    ):
        found = [row for row in answer.rows if getattr(row, half) is not None]
        if found:
            sections.append(Section(title, (_grid(found, half, sources),)))
        else:
            sections.append(Section(title, (Lines((t("exposure.unknown"),), marked=True),)))
    hit = _closures(answer.rows, seller, buyer)
    if hit:
        sections.append(
            Section(t("exposure.closure", exporter=seller, market=buyer), (Lines(tuple(hit)),))
        )
    used = [row.source for row in answer.rows]
    page = Sheet(
        t("exposure.title", exporter=seller, market=buyer, goods=titled(asked)),
        (t("exposure.lead"),),
        (*sections, *closing(answer, sources, used)),
    )
    return sheets.rendered(page, form, width)


def _half(row: Exposure, half: str) -> Dependence:
    found: Dependence = getattr(row, half)
    return found


def _grid(rows: Sequence[Exposure], half: str, sources: Mapping[str, int]) -> Grid:
    """One row per source and year: the closest goods first, then the largest share of a source."""
    best = {row.source: max(_half(r, half).share for r in rows if r.source == row.source)
            for row in rows}  # fmt: skip
    order = sorted(rows, key=lambda r: (_ORDER.index(r.fit), -best[r.source], r.source, r.year))
    columns = (
        Column(t("flows.year"), number=False),
        Column(t("flows.what"), number=False),
        Column(t("exposure.scope"), number=False),
        Column(t("exposure.share"), "%"),
        Column(t(f"exposure.pair.{half}"), t("flows.million")),
        Column(t("exposure.total"), t("flows.million")),
        Column("", number=False),
        Column(t("exposure.hhi"), t("exposure.hhi_unit")),
        Column(t("flows.sources"), number=False),
    )
    made = []
    for row in order:
        one = _half(row, half)
        made.append(
            (
                str(row.year),
                row.product or f"{row.goods} ({row.source})",
                row.fit,
                percent(one.share if one.total > 0.0 else None),
                figure(one.pair / MILLION, 1) if one.total > 0.0 else UNKNOWN,
                span(one.total / MILLION, (one.total + one.partial) / MILLION, 1),
                one.currency,
                _hhi(one),
                _marks(row, sources),
            )
        )
    return Grid(columns, tuple(made))


def _marks(row: Exposure, sources: Mapping[str, int]) -> str:
    """The first sources of a row; all of them are in json."""
    if not row.sources:
        return ""
    marks = [str(sources[key]) for key in row.sources[:MARKS]]
    return f"[{','.join(marks)}{'…' if len(row.sources) > MARKS else ''}]"


def _hhi(one: Dependence) -> str:
    if one.unlisted > TOLD or one.total <= 0.0:
        return UNKNOWN
    low, high = f"{one.hhi:.2f}", f"{one.hhi_high:.2f}"
    return low if low == high else f"{low}–{high}"


def _closures(rows: Sequence[Exposure], seller: str, buyer: str) -> list[str]:
    """What is at stake: by source its last year, and the year of the largest share where that is
    another. Sources of other goods than asked speak only where no closer one does."""
    closest = [row for row in rows if row.fit in ("exact", "part")] or list(rows)
    made = []
    for half, key in (("sales", "exposure.hit.sales"), ("purchases", "exposure.hit.purchases")):
        found = [row for row in closest if _told(row, half)]
        if not found:
            # Better the wider goods, called so, than nothing on this side.
            found = [row for row in rows if _told(row, half)]
            found.sort(key=lambda row: -_half(row, half).share)
            found = found[:3]
        for source in dict.fromkeys(row.source for row in found):
            mine = [row for row in found if row.source == source]
            last = max(mine, key=lambda row: row.year)
            peak = max(mine, key=lambda row: (_half(row, half).share, row.year))
            made += [_line(row, half, key, seller, buyer) for row in dict.fromkeys((peak, last))]
    return made


def _told(row: Exposure, half: str) -> bool:
    """Is there a total that a share can be of?"""
    found: Dependence | None = getattr(row, half)
    return found is not None and found.total > 0.0


def _line(row: Exposure, half: str, key: str, seller: str, buyer: str) -> str:
    one = _half(row, half)
    text = t(
        key,
        year=row.year,
        what=row.product or row.goods,
        scope="" if row.fit in ("exact", "part") else t("exposure.other_scope", fit=row.fit),
        value=money(one.pair, f"million {one.currency}"),
        share=percent(one.share),
        exporter=seller,
        market=buyer,
    )
    partners = ", ".join(
        f"{p.economy} {percent(p.share)} %" for p in one.largest[:LARGEST] if p.share > 0.0
    )
    text += f" {t(f'exposure.largest.{half}', partners=partners)}"
    codes = getattr(row.closure, "products_selling" if half == "sales" else "products_buying")
    if not row.product and codes:
        shown = ", ".join(codes[:CODES]) + (" …" if len(codes) > CODES else "")
        text += f" {t(f'exposure.codes.{half}', count=len(codes), codes=shown)}"
    return text
