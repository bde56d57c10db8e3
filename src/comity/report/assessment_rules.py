"""What an assessment is asked: the rules compared, in words, and the period it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from comity.report.sheet import Block, Lines
from comity.words.catalogue import t

FROM = "from"
OPENING = "conditional_opening"


def goods_label(product: str) -> str:
    """A product of a market as pages call it: the id is a key, not a name."""
    return product.replace("_", " ")


def worded(text: str, products: Sequence[str]) -> str:
    """A text of the model with the names of products for their keys."""
    for product in products:
        if "_" in product:
            text = re.sub(rf"(?<![\w:]){re.escape(product)}(?!\w)", goods_label(product), text)
    return text


def lead(data: Mapping[str, Any]) -> list[str]:
    """What is asked, and of which year and market the answer is."""
    base = data["baseline"]
    period = data["period"]
    dated = period[:4].isdigit()
    past = dated and base["year"] is not None and int(period[:4]) <= int(base["year"])
    prorated = data["views"].get("to.prorate")
    of_days = prorated is not None and data["horizon"] == "short"
    told = [one for one in (data["question"], data["note"]) if one]
    told.append(
        t(
            "assess.lead_prorated" if of_days else f"assess.lead_{data['horizon']}",
            period=period if of_days else f" ({period})" if dated and not past else "",
            market=base["name"],
            year=base["year"],
            unit=base["unit"],
            economies=base["economies"],
            draws=f"{data['draws']['solved']:,}",
        )
    )
    if prorated is not None:
        told.append(t("assess.prorated", year=prorated))
    if past and not of_days:
        told.append(t(f"assess.past_{data['horizon']}", period=period, year=base["year"]))
    return told


def rules(data: Mapping[str, Any]) -> list[Block]:
    """The rules of both states, each with the arithmetic of what it bears on."""
    products = list(data["baseline"]["products"])
    kinds = {one["id"]: one["kind"] for one in data["measures"]}
    lines = []
    for rule in alike(data["coverage"]["rules"]):
        sources = rule["sources"]
        part = [a * b for a, b in zip(rule["share"], rule["within"], strict=True)]
        ends = part if rule["kind"] == "ban" else [rule["low"], rule["high"]]
        said = t(
            f"assess.rule_{rule['kind']}",
            state=t(f"assess.state_{rule['state']}"),
            span=span(ends[0], ends[1], rule["kind"]),
            goods=goods_label(rule["product"]),
            importer=rule["importer"],
            exporter=rule["exporter"],
            areas=_where(rule, part),
            sources=_by(rule["state"], sources, kinds),
        )
        if rule["kind"] == "quota":
            said += _over(rule["over"])
        steps = [step for step in rule["arithmetic"] if not step.startswith("coverage 1 × 1")]
        if len(sources) == 1:  # named already
            steps = [step.removeprefix(f"{sources[0]}: ") for step in steps]
        if steps:
            said += f": {worded('; '.join(dict.fromkeys(steps)), products)}"
        lines.append(said)
    blocks: list[Block] = [Lines(tuple(dict.fromkeys(lines)))]
    marked = [worded(flag["text"], products) for flag in data["flags"]]
    if marked:
        blocks.append(Lines(tuple(dict.fromkeys(marked)), marked=True))
    return blocks


def _where(rule: Mapping[str, Any], part: Sequence[float]) -> str:
    """Of which part of an origin a rule is, or of what part of the flow."""
    if rule["areas"] == ["plants"]:
        return t("assess.plants")
    if rule["areas"]:
        return t("assess.areas", count=len(rule["areas"]))
    if rule["kind"] in ("tariff", "trade_cost") and list(part) != [1.0, 1.0]:
        return t("assess.part", span=span(part[0], part[1], "ban"))
    return ""


def _by(state: str, sources: Sequence[str], kinds: Mapping[str, str]) -> str:
    """Whose rule it is. What an opening finds closed is not closed by it."""
    listed = ", ".join(sources)
    if state == FROM and all(kinds.get(one) == OPENING for one in sources):
        return t("assess.rule_until", sources=listed)
    return listed


def _over(rate: float | None) -> str:
    """What happens beyond a quota."""
    if rate is None:
        return t("assess.rule_over_none")
    return t("assess.rule_over", rate=f"{100.0 * rate:.3g}")


def alike(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rules that differ in one partner only, as one."""
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for rule in found:
        key = (rule["state"], rule["kind"], rule["product"], rule["low"], rule["high"],
               rule["over"], tuple(rule["share"]), tuple(rule["within"]),
               tuple(rule["areas"] or ()), tuple(rule["arithmetic"]))  # fmt: skip
        one = groups.setdefault(key, {**rule, "importer": [], "exporter": []})
        for end in ("importer", "exporter"):
            if rule[end] not in one[end]:
                one[end].append(rule[end])
    return [
        {**one, "importer": ", ".join(one["importer"]), "exporter": ", ".join(one["exporter"])}
        for one in groups.values()
    ]


def span(low: float, high: float, kind: str) -> str:
    """A range of a rule, in per cent where it is a share or a rate."""
    scale, unit = (100.0, " %") if kind in ("ban", "tariff") else (1.0, "")
    first, last = f"{scale * low:.3g}", f"{scale * high:.3g}"
    return f"{first}{unit}" if first == last else f"{first}–{last}{unit}"
