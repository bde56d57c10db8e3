"""The working of each comparison of an answer with what happened, as lines of its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from comity.report.assessment_rules import goods_label
from comity.report.numbers import between, change, figure
from comity.report.sheet import Lines
from comity.words.catalogue import t

Row = Mapping[str, Any]


def working(data: Row) -> Iterator[Lines]:
    """Of each outcome: its figures, what was compared, both kinds of interval, what was adjusted,
    and the cells of the market that the answer rests on."""
    for row in data["compared"]:
        yield Lines(tuple(_lines(row, dated=data["basis"] is not None)))


def _lines(row: Row, *, dated: bool) -> Iterator[str]:
    said = row["working"]
    digits = 0 if said["before"] >= 1000 else 1
    ends = " → ".join(end for end in (row["exporter"], row["importer"]) if end)
    subject = t(f"honesty.of_{row['quantity']}", goods=goods_label(row["goods"]), ends=ends)
    yield f"{row['id']} {subject}: " + t(
        "honesty.work_happened",
        before=_or_dash(row["before"]),
        after=_or_dash(row["after"]),
        unit=row["unit"],
        before_period=row["before_period"] or "–",
        period=row["period"],
        compared=t(f"honesty.work_{row['compared']}"),
        happened=_told(row, row["happened"]),
        note=f" ({row['note']})" if row["note"] else "",
        sources=row["sources"].replace(";", ", "),
        confidence=row["confidence"],
    )
    yield t(
        "honesty.work_said",
        before=figure(said["before"], digits),
        median=figure(said["median"], digits),
        unit=said["unit"],
        half=between(said["p25"], said["p75"], digits),
        outer=between(said["p5"], said["p95"], digits),
        predictive=between(said["predictive_p5"], said["predictive_p95"], digits),
    )
    if row["compared"] == "change":
        yield t(
            "honesty.work_said_change",
            median=_told(row, row["median"]),
            half=between(row["p25"], row["p75"], 1, sign=True),
            outer=between(row["p5"], row["p95"], 1, sign=True),
            predictive=between(row["predictive_p5"], row["predictive_p95"], 1, sign=True),
        )
    yield t("honesty.work_adjusted", slack=f"{said['slack']:g}")
    if not said["cells"]:
        yield t("honesty.work_no_cells")
        return
    cells = "; ".join(
        f"{goods_label(one['goods'])} {one['exporter']} → {one['importer']} "
        f"{figure(one['value'], digits)} ({between(one['low'], one['high'], digits)}), "
        f"{t('assess.standing_' + one['standing'])} [{', '.join(one['sources'])}]"
        for one in said["largest"]
    )
    yield t(
        "honesty.work_cells",
        count=said["cells"],
        estimated=figure(100 * said["estimated_share"], 0),
        carried=figure(100 * said["carried_share"], 0),
        later=t("honesty.work_later", count=said["cells_later"]) if dated else "",
        cells=cells,
    )


def _or_dash(value: float | None) -> str:
    return figure(value, 1 if value is not None and abs(value) < 1000 else 0)


def _told(row: Row, value: float) -> str:
    if row["compared"] == "change":
        return f"{change(value, 1)} %"
    return f"{figure(value, 1)} {row['compared_unit']}"
