"""Drafts of measures, and of investigations, which are cases on record."""

from __future__ import annotations

from typing import Any

from comity.reader.drafting_parts import Draft, Fields, plain_day, who_of
from comity.reader.measure_kinds import measure_kinds
from comity.reader.proposal import Proposal
from comity.reader.setting import Setting, codes
from comity.words.catalogue import t

_LIFTING = ("partly-lifted", "lifting-sought", "lifting-agreed", "under-review")
_ACTIVE = ("in-force", "suspended", "lifted", *_LIFTING)


def measure_draft(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    imposers = codes(slots.get("imposers") or slots.get("imposer"))
    told = slots.get("targets") or slots.get("target")
    everyone = told == "all" or told == ["all"]
    targets: Any = "all" if everyone else codes(told) or {"unknown": "true"}
    kind = str(slots.get("kind") or "")
    if kind == "investigation":
        return _case(proposal, setting, imposers, [] if everyone else codes(told))
    known = measure_kinds().get(kind)
    goods = slots.get("goods") or slots.get("hs")
    goods = [goods] if isinstance(goods, str) else goods
    product = slots.get("product")
    label = kind.replace("-", " ") or t("reader.measure")
    title = t("reader.title_measure", who=who_of(imposers), kind=label, goods=product or "goods")
    status = str(slots.get("status") or "")
    fields: Fields = {
        "title": title,
        "imposers": imposers,
        "targets": targets,
        "measure_kind": known.measure_kind if known else kind.replace("-", "_"),
        "flow": known.flow if known else None,
        "effect": known.effect if known else None,
        "goods": goods,
        "goods_words": product,
        "goods_basis": "mapped_by_compiler" if goods else None,
        "goods_list": None if goods or not product else t("reader.goods_list", what=product),
        **_force(status, slots, setting),
    }
    words = ["measure", *imposers, kind, str(product or ""), plain_day(fields.get("from"))]
    if slots.get("made_by"):
        return Draft("measure", fields, words)
    act = {
        "id": "",
        "kind": "act",
        "title": t("reader.title_act", what=title),
        "act_kind": "not_found",
        "issuers": imposers,
        "on": "unknown",
        "sources": setting.sources,
    }
    return Draft("measure", fields, words, [act])


def _force(status: str, slots: Any, setting: Setting) -> Fields:
    """When a measure is in force, as far as the text tells; what it does not tell is left out."""
    published = setting.published
    begins = slots.get("from") or slots.get("date")
    out: Fields = {"from": begins}
    if published is None:
        return out
    if status in _ACTIVE and not begins and ".." not in published:
        note = t("reader.in_force_by")
        out["from"] = {"value": f"..{published}", "basis": "approximate", "note": note}
    if status in ("announced", "planned"):
        out["announced"] = published
    if status == "lifted":
        note = t("reader.lifted_by")
        day = published if ".." in published else f"..{published}"
        out["until"] = {"value": day, "basis": "approximate", "note": note}
    if status == "suspended":
        out["suspensions"] = [{"from": published if ".." in published else f"..{published}"}]
    if status in _LIFTING:
        told = t("reader.told_as", what=status.replace("-", " "))
        out["remark"] = {"value": told, "from": published, "sources": setting.sources}
    return out


def _case(proposal: Proposal, setting: Setting, imposers: list[str], targets: list[str]) -> Draft:
    """An investigation is on record a case: it bears on no goods yet."""
    slots = proposal.slots
    day = slots.get("from") or slots.get("date")
    claim: Fields = {"value": "open", "sources": setting.sources}
    if day is None and setting.published and ".." not in setting.published:
        day = {"value": f"..{setting.published}", "basis": "approximate"}
    if day:
        claim["from"] = plain_day(day)
    product = slots.get("product") or "goods"
    fields = {
        "title": t("reader.title_case", who=who_of(imposers), goods=product),
        "case_kind": "investigation",
        "parties": list(dict.fromkeys([*imposers, *targets])),
        "held_by": imposers[0] if imposers else None,
        "of": targets[0] if len(targets) == 1 else None,
        "from": day,
        "status": [claim],
    }
    return Draft("case", fields, ["investigation", *imposers, str(product), plain_day(day)])
