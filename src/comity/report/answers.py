"""What applies to a shipment, as text."""

from __future__ import annotations

from typing import Any

from comity.applies.rule import VERDICTS
from comity.report.details import wrapped
from comity.report.tables import Row, as_json, render
from comity.words import areas, goods
from comity.words.catalogue import t
from comity.words.economies import economy
from comity.words.goods import GoodsCode

PART_COLUMNS = (
    "on",
    "goods",
    "areas",
    "verdict",
    "measures",
    "uncertain",
    "holds_from",
    "holds_until",
)


def render_answer(data: Row, form: str, width: int) -> str:
    """An answer with its question (``asked``) in one of the formats."""
    if form == "json":
        return as_json(data)
    title = _title(data["asked"])
    if form in ("csv", "md", "html"):
        rows = [
            {
                "on": data["asked"]["on"],
                "holds_from": data["holds"]["from"],
                "holds_until": data["holds"]["until"],
                "goods": _part_goods(part),
                "areas": _part_areas(part, 1000),
                "verdict": t(f"verdict.{part['verdict']}"),
                "measures": part["measures"],
                "uncertain": [f"{u['measure']} ({t('verdict.' + u['verdict_if'])})"
                              for u in part["uncertain"]],
            }
            for part in data["parts"]
        ]  # fmt: skip
        return render(rows, PART_COLUMNS, form, title=f"{title}: {_verdict(data)}")
    lines = [wrapped(title, width, "  ", ""), "", f"  {_verdict(data).upper()}"]
    if not data["uniform"]:
        lines += ["", "  The question is wider than a measure's scope; in parts:"]
        for part in data["parts"]:
            head = f"  {t('verdict.' + part['verdict']):<20} "
            named = ", ".join([*part["measures"], *(f"{u['measure']}?" for u in part["uncertain"])])
            body = f"{_part_goods(part)} · {_part_areas(part, 12)}" + (
                f": {named}" if named else ""
            )
            lines.append(wrapped(body, width, " " * len(head), head))
    lines += _measures(data["measures"], width)
    if data["uncertain"]:
        lines += ["", "  may apply:"]
        for one in data["uncertain"]:
            text = f"{one['title']} ({one['measure']}); then {t('verdict.' + one['verdict_if'])}"
            lines.append(wrapped(text, width, "      ", "    "))
            lines += [wrapped(why, width, "        ", "      – ") for why in one["why"]]
    if data["trace"]:
        lines += ["", "  near misses:"]
        for one in data["trace"]:
            lines.append(wrapped(f"{one['measure']}: {one['why']}", width, "      ", "    "))
    holds = data["holds"]
    checked = [one["until"] for one in data["coverage"] if one["key"] == "checked-until"]
    lines += [
        "",
        f"  this answer holds from {holds['from'] or t('answer.open')} "
        f"to {holds['until'] or t('answer.open')}",
        *([f"  as far as the record was checked: to {min(checked)}"] if checked else []),
        "",
        "  not covered by the record:",
    ]
    lines += [wrapped(one["text"], width, "      ", "    – ") for one in data["coverage"]]
    return "\n".join(lines) + "\n"


def _title(asked: Row) -> str:
    code = GoodsCode.parse(asked["goods"])
    parts = [
        f"{economy(asked['from']).name} → {economy(asked['to']).name}",
        f"{code} {goods.title(code)}",
        f"on {asked['on']}",
    ]
    if asked.get("area"):
        parts.append(areas.area(asked["area"]).name)
    for key in ("consignee", "end_use"):
        if asked.get(key):
            parts.append(f"{key.replace('_', ' ')}: {asked[key]}")
    return " · ".join(parts)


def _verdict(data: Row) -> str:
    """The verdict in words, with the stricter one that it may be."""
    text = t(f"verdict.{data['verdict']}")
    stricter = [u["verdict_if"] for part in data["parts"] for u in part["uncertain"]]
    worst = max(stricter, key=VERDICTS.index, default=data["verdict"])
    if VERDICTS.index(worst) > VERDICTS.index(data["verdict"]):
        text = t("verdict.may", verdict=text, other=t(f"verdict.{worst}"))
    if data["uniform"]:
        return text
    same = all(part["verdict"] == data["verdict"] for part in data["parts"])
    return t("verdict.every_part" if same else "verdict.strictest", verdict=text)


def _part_goods(part: Row) -> str:
    shown = []
    for one in part["goods"]:
        out = f" without {', '.join(one['except'])}" if one["except"] else ""
        shown.append(f"{one['code']}{out}")
    return "; ".join(shown)


def _part_areas(part: Row, most: int) -> str:
    """The areas of a part in names; many are counted, with the first few named."""
    codes = part["origin_areas"] or part["destination_areas"]
    if codes is None:
        return "all areas"
    names = [areas.area(code).name if "-" in code else code for code in codes]
    if len(names) <= most:
        return ", ".join(names)
    return f"{len(names)} areas ({', '.join(names[:4])} …)"


def _measures(rows: list[Row], width: int) -> list[str]:
    lines: list[str] = ["", "  measures that apply:"] if rows else []
    for one in rows:
        until = one["until"] or "open"
        lines.append(wrapped(f"{one['title']} ({one['id']})", width, "      ", "    "))
        about = f"{t('verdict.' + one['effect'])} · {one['from']} to {until} · {one['instrument']}"
        lines.append(wrapped(about, width, "      ", "      "))
        if one["rate"]:
            lines.append(f"      rate: {one['rate']}")
        for group in one["conditions"]:
            lines.append(wrapped(" or ".join(group), width, "          ", "      must: "))
        lines += [wrapped(note, width, "        ", "      ! ") for note in one["notes"]]
    return lines


def render_explanation(data: Row, form: str, width: int) -> str:
    """One measure, dimension by dimension, for one shipment."""
    if form == "json":
        return as_json(data)
    rows: list[dict[str, Any]] = data["conditions"]
    title = f"{data['measure']['title']} ({data['measure']['id']}): applies {data['applies']}"
    return render(rows, ("condition", "met", "why"), form, title=title, width=width)
