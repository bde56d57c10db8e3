"""A simulated scenario as a sheet: who changes what, what it does to whom, how sure it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from comity.report import sheet as sheets
from comity.report import tables
from comity.report.sheet import Bars, Column, Grid, Lines, Section, Sheet
from comity.words.catalogue import t
from comity.words.economies import label
from comity.words.errors import InputError

MOST_ROWS = 14
"""Economies in the tables and charts of a sheet; CSV and JSON have all."""
MOST_NAMES = 6
LOGS = "100 ln"
DOUBT = "re-exports"
"""Notes of this kind say that the results of their economies are artefacts of the data."""

TABLE = (
    ("real_income_pct", "real income", "%"),
    ("real_wage_pct", "real wage", "%"),
    ("price_index_pct", "prices", "%"),
    ("imports_pct", "imports", "%"),
    ("exports_pct", "exports", "%"),
    ("revenue_change", "tariff revenue", ""),
)


def digits_for(values: Sequence[float], least: int = 2, most: int = 7) -> int:
    """Decimals that give the largest of these numbers four significant digits."""
    largest = max((abs(value) for value in values), default=0.0)
    if largest == 0.0:
        return least
    return min(most, max(least, 3 - math.floor(math.log10(largest))))


def at_most(value: float) -> str:
    """The power of ten that a number stays below: its digits differ from machine to machine."""
    return "0" if value == 0.0 else f"1e{math.ceil(math.log10(value)):+03d}".replace("+", "")


def signed(value: float, digits: int) -> str:
    """A change with its sign; what rounds to nothing has none."""
    text = f"{value:+,.{digits}f}"
    return text[1:] if not text.strip("+-0.,") else text.replace("-", "−")


def name_of(code: str) -> str:
    """``JPN Japan``; codes that the reviewed table does not hold stay as they are."""
    try:
        return f"{code} {label(code)}"
    except InputError:
        return code


def rows_of(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row for each economy, with full numbers: the CSV of a simulation."""
    effects = data["effects"]
    names = [key for key, _, _ in TABLE if key in effects] + ["wage_pct", "revenue"]
    parts = {row["economy"]: row for row in data.get("decomposition", {}).get("rows", ())}
    rows = []
    for code in effects["real_income_pct"]:
        row: dict[str, Any] = {"economy": code, **{name: effects[name][code] for name in names}}
        for part, value in parts.get(code, {}).items():
            if part != "economy":
                row[f"decomposition_{part}"] = value
        rows.append(row)
    return rows


def render_simulation(data: Mapping[str, Any], form: str, width: int = 100) -> str:
    """The run (as `Run.as_dict` gives it) as table, json, csv, md or html."""
    if form == "json":
        return tables.as_json(dict(data))
    if form == "csv":
        rows = rows_of(data)
        return tables.as_csv(rows, list(rows[0]))
    return sheets.rendered(sheet(data), form, width)


def sheet(data: Mapping[str, Any]) -> Sheet:
    """The page that a person reads."""
    base = data["baseline"]
    lead = [data["question"]] if data["question"] else []
    lead.append(
        t(
            "simulate.lead",
            baseline=base["name"],
            year=base["year"] or t("simulate.no_year"),
            economies=base["economies"],
            sectors=base["sectors"],
        )
    )
    sections = [Section(t("simulate.rules"), (Lines(tuple(_rules(data))),))]
    sections.append(Section(t("simulate.effects"), _effects(data)))
    if data["flows"]:
        sections.append(Section(t("simulate.trade"), (_flows(data),)))
    if "decomposition" in data:
        sections.append(Section(t("simulate.why"), _why(data)))
    sections.append(Section(t("simulate.mind"), tuple(_mind(data))))
    return Sheet(data["title"], tuple(lead), tuple(sections), tuple(_foot(data)))


# ------------------------------------------------------------------------------------- the rules


def _some(labels: Sequence[str] | None, everyone: str) -> str:
    if labels is None:
        return everyone
    if len(labels) <= MOST_NAMES:
        return ", ".join(labels)
    return t("simulate.and_more", names=", ".join(labels[:MOST_NAMES]), count=len(labels))


def said(change: Mapping[str, Any]) -> str:
    """One change in words, from its plain data."""
    kind, value = change["kind"], change.get("value", 0.0)
    sectors = change.get("sectors")
    goods = "" if sectors is None else t("simulate.in_sectors", sectors=_some(sectors, ""))
    if kind == "schedule":
        name = change.get("label", "").rpartition(" ")[0] or change.get("label", "")
        return t("simulate.schedule", name=name)
    if kind in ("productivity", "population"):
        who = _some(change["economies"], t("simulate.everyone"))
        return t(f"simulate.{kind}", who=who, value=f"{value:g}", goods=goods)
    flow = {
        "importers": _some(change["importers"], t("simulate.everyone")),
        "exporters": _some(change["exporters"], t("simulate.everyone")),
        "goods": goods,
    }
    if kind == "tariff":
        number = f"{value:g}" if change["operation"] == "times" else f"{100 * value:g}"
        return t(f"simulate.tariff_{change['operation']}", value=number, **flow)
    if kind == "trade_cost":
        return t("simulate.trade_cost", value=f"{value:g}", **flow)
    return t(f"simulate.{kind}", value=f"{100 * value:.3g}", **flow)


def _rules(data: Mapping[str, Any]) -> list[str]:
    out = []
    for side in ("from", "to"):
        state = data["states"][side]
        head = t(f"simulate.{side}")
        day = state.get("as_of")
        when = t("simulate.on_day", day=day) if day else ""
        changes = state["changes"]
        if not changes:
            out.append(f"{head}{when}: {t('simulate.nothing')}")
        for one in changes:
            source = one["source"]
            by = t("simulate.by", who=_some(one["actors"], ""), source=source)
            out.append(f"{head}{when}: {said(one['change'])} ({by})")
    for measure in data["measures"]:
        if measure["state"] == "to" or not any(
            m["id"] == measure["id"] and m["state"] == "to" for m in data["measures"]
        ):
            because = t("simulate.because", measure=measure["id"], because=measure["because"])
            out.append(because)
    return out


# ----------------------------------------------------------------------------------- the effects


def ranked(data: Mapping[str, Any]) -> list[str]:
    """Economies: those who act first, then by the size of the change of real income."""
    income = data["effects"]["real_income_pct"]
    actors = [a for a in data["actors"] if a in income]
    rest = sorted((c for c in income if c not in actors), key=lambda c: -abs(income[c]))
    return actors + rest


def _effects(data: Mapping[str, Any]) -> tuple[Bars | Grid, ...]:
    effects = data["effects"]
    order = ranked(data)
    shown = order[:MOST_ROWS]
    columns = [Column(t("simulate.economy"), number=False)]
    columns += [Column(head, unit or data["baseline"]["unit"]) for _, head, unit in TABLE]
    digits = {key: digits_for(list(effects[key].values())) for key, _, _ in TABLE}
    digits["revenue_change"] = 0
    doubtful = {
        code for note in data["notes"] if note["kind"] == DOUBT for code in note["economies"]
    }
    rows = tuple(
        (
            name_of(code) + (" †" if code in doubtful else ""),
            *(signed(effects[key][code], digits[key]) for key, _, _ in TABLE),
        )
        for code in shown
    )
    left = len(order) - len(shown)
    under = [t("simulate.left", count=left)] if left else []
    if doubtful & set(shown):
        under.append(t("simulate.doubtful"))
    grid = Grid(tuple(columns), rows, " ".join(under))
    income = effects["real_income_pct"]
    bars = sorted(order[:MOST_ROWS], key=lambda code: -income[code])
    if all(income[code] == 0.0 for code in order):
        return (grid,)
    chart = Bars(
        t("simulate.bars"),
        "%",
        tuple((c, income[c], signed(income[c], digits["real_income_pct"])) for c in bars),
    )
    return (chart, grid)


def _flows(data: Mapping[str, Any]) -> Grid:
    unit = data["baseline"]["unit"]
    columns = (
        Column(t("simulate.importer"), number=False),
        Column(t("simulate.exporter"), number=False),
        Column(t("simulate.before"), unit),
        Column(t("simulate.after"), unit),
        Column(t("simulate.change"), unit),
        Column(t("simulate.change"), "%"),
    )
    rows = tuple(
        (
            row["importer"],
            row["exporter"],
            f"{row['before']:,.0f}",
            f"{row['after']:,.0f}",
            signed(row["change"], 0),
            "" if row["change_pct"] is None else signed(row["change_pct"], 2),
        )
        for row in data["flows"]
    )
    return Grid(columns, rows)


def _why(data: Mapping[str, Any]) -> tuple[Grid | Lines, ...]:
    found = data["decomposition"]
    by_code = {row["economy"]: row for row in found["rows"]}
    shown = ranked(data)[:MOST_ROWS]
    parts = [
        key
        for key in found["rows"][0]
        if key not in ("economy", "total", "exact", "error")
        and any(abs(row[key]) >= 5e-7 for row in found["rows"])
    ]
    columns = [Column(t("simulate.economy"), number=False)]
    columns += [Column(part.replace("_", " "), LOGS) for part in parts]
    columns += [Column(t("simulate.total"), LOGS), Column(t("simulate.exact"), LOGS)]
    digits = digits_for([row["exact"] for row in found["rows"]])
    rows = tuple(
        (name_of(code), *(signed(by_code[code][key], digits) for key in (*parts, "total", "exact")))
        for code in shown
    )
    worst = max(abs(row["error"]) for row in found["rows"])
    lines = [Lines((t("simulate.steps", steps=found["steps"], error=at_most(worst)),))]
    if found.get("rough"):
        lines.append(Lines((t("simulate.rough"),), marked=True))
    return (Grid(tuple(columns), rows), *lines)


# ------------------------------------------------------------------------------- what to mind


def _mind(data: Mapping[str, Any]) -> list[Lines]:
    marked = [flag["text"] for flag in data["flags"]]
    parts = data["separate_parts"]
    if len(parts) > 1:
        apart = "; ".join(", ".join(part) for part in parts[1:])
        marked.append(t("simulate.apart", apart=apart))
    notes = [_note(note) for note in data["notes"]]
    if data["baseline"]["sectors"] == 1:
        notes.insert(0, t("simulate.one_sector"))
    base = data["baseline"]
    low, high = base["theta"]
    theta = f"{low:g}" if low == high else f"{low:g} – {high:g}"
    notes.append(t("simulate.theta", theta=theta))
    if base["source"]:
        notes.append(t("simulate.source", source=base["source"], licence=base["licence"] or "–"))
    out = [Lines(tuple(dict.fromkeys(marked)), marked=True)] if marked else []
    return [*out, Lines(tuple(notes))]


def _note(note: Mapping[str, Any]) -> str:
    text = str(note["text"])
    return text[:1].upper() + text[1:]


def _foot(data: Mapping[str, Any]) -> list[str]:
    deficits = data["options"]["deficits"]
    if isinstance(deficits, Mapping):
        deficits = t("simulate.scaled", scale=f"{deficits['scale']:g}")
    factor = data["effects"].get("common_factor")
    return [
        t(
            "simulate.rests" if factor is None else "simulate.rests_ratio",
            residual=at_most(data["residual"]),
            engine=data["engine"],
            version=data["model_version"],
            deficits=deficits,
        ),
        *([t("simulate.run", run=data["run_id"])] if data["run_id"] else []),
    ]
