"""From a proposal's slots to the fields of an entry, as a person would write them in a file.

A draft may lack what an entry must have: the ordinary validation of the record says so. A slot that
is named like a field of the kind and has no meaning of its own here is taken as that field, so that
a reviewer can set whatever the vocabulary knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from comity.reader.measure_kinds import measure_kinds, table
from comity.reader.proposal import (
    COMMITMENT,
    INDICATOR,
    ISSUE,
    MEASURE,
    MEETING,
    PERSON,
    POSITION,
    STATEMENT,
    Proposal,
)
from comity.reader.setting import Setting, codes
from comity.words import economies
from comity.words.catalogue import t
from comity.words.errors import ComityError
from comity.words.text import fold
from comity.words.vocabulary import kinds, term_label, terms

Fields = dict[str, Any]

FORMATS = {
    "in-person": "in_person",
    "face-to-face": "in_person",
    "virtual": "online",
    "video": "online",
    "phone": "telephone",
    "call": "telephone",
}
_QUOTE = 600
"""Characters of the source's words that stand in for our own at most."""
_LIFTING = ("partly-lifted", "lifting-sought", "lifting-agreed", "under-review")
_ACTIVE = ("in-force", "suspended", "lifted", *_LIFTING)


@dataclass
class Draft:
    """An entry to be: its kind, its fields, words for its id, and entries that it needs."""

    kind: str
    fields: Fields
    words: list[str]
    needs: list[Fields] = field(default_factory=list)


def draft(proposal: Proposal, setting: Setting) -> Draft:
    """The entry that a proposal makes. Interests and hedges make none: they are merged."""
    made = _MAKERS[proposal.type](proposal, setting)
    fields = {key: value for key, value in made.fields.items() if value not in (None, "", [])}
    fields["sources"] = setting.sources
    fields["passages"] = setting.passages(proposal.evidence)
    if proposal.hedged:
        _mark(made.kind, fields, proposal.cue or "hedged")
    known = kinds()[made.kind].fields
    for name, value in proposal.slots.items():
        if name in known and name not in _OWN[proposal.type] and value not in (None, "", []):
            fields[name] = value
    made.fields = fields
    return made


def _mark(kind: str, fields: Fields, cue: str) -> None:
    """The mark of a hedge: a field of its own, or a key of the claim that says most."""
    if "hedge" in kinds()[kind].fields:
        fields["hedge"] = cue
        return
    name = {"meeting": "on", "measure": "from", "indicator": "values"}.get(kind, "status")
    value = fields.get(name)
    if isinstance(value, dict):
        value["hedge"] = cue
    elif isinstance(value, list) and value:
        value[-1]["hedge"] = cue
    elif value is not None:
        fields[name] = {"value": value, "hedge": cue}


def _who(parties: list[str]) -> str:
    def label(code: str) -> str:
        try:
            return economies.label(code)
        except ComityError:
            return code

    names = [label(code) for code in parties]
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def _day(slots: Any, setting: Setting) -> Any:
    """The day told, else that of publication, marked as assumed."""
    told = slots.get("on") or slots.get("date")
    if told:
        return told
    if setting.published is None:
        return None
    return {"value": setting.published, "basis": "assumed", "note": t("reader.day_assumed")}


def _plain_day(day: Any) -> str:
    return str(day["value"] if isinstance(day, dict) else day or "undated")


def own_words(text: Any, proposal: Proposal) -> Any:
    """A reviewer's own words, else the source's between quotation marks, and said to be so."""
    if text:
        return text
    quote = " ".join(proposal.evidence[0].quote.split())
    short = quote if len(quote) <= _QUOTE else quote[:_QUOTE].rsplit(" ", 1)[0] + " …"
    return {"value": f"“{short}”", "note": t("reader.source_words")}


# ---- one for each type --------------------------------------------------------------------------


def _meeting(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    parties = codes(slots.get("parties"))
    principals = [one for one in slots.get("principals") or [] if isinstance(one, dict)]
    participants = []
    for one in principals:
        named = setting.person(one.get("name"))
        person = {"person": named} if named else {"name": one.get("name")}
        party = codes(one.get("party"))
        told = {**person, "party": party[0] if party else None, "role": one.get("role")}
        participants.append({key: value for key, value in told.items() if value})
    day = slots.get("on") or slots.get("date")
    form = str(slots.get("format") or "")
    form = FORMATS.get(form, form.replace("-", "_"))
    names = [str(one["name"]) for one in principals if one.get("name")]
    who = " and ".join(names) if len(names) == 2 else _who(parties)
    place = slots.get("place")
    status = slots.get("status")
    first = slots.get("first")
    fields = {
        "title": t("reader.title_meeting_at", who=who, place=place)
        if place
        else t("reader.title_meeting", who=who),
        "summary": t("reader.first_since", what=first)
        if isinstance(first, str) and first
        else None,
        "on": day,
        "meeting_kind": slots.get("meeting_kind") or _meeting_kind(principals, form),
        "format": form,
        "parties": parties,
        "participants": participants,
        "place": place,
        "occasion": slots.get("occasion") or slots.get("event"),
        "status": {"value": status, "from": setting.published}
        if status and setting.published
        else status,
        "announced": setting.published if status == "planned" else None,
    }
    return Draft("meeting", fields, ["meeting", *parties, str(day or "undated")])


def _meeting_kind(principals: list[Any], form: str) -> str | None:
    """By the offices of those who met: the one that occurs first in the table of offices."""
    roles = [fold(str(one.get("role") or "")) for one in principals]
    roles = [role for role in roles if role]
    rows = table("meeting_kinds.csv")
    found = [
        next((row["meeting_kind"] for row in rows if row["role"] in role), None) for role in roles
    ]
    kind = next((one for one in found if one), None)
    if kind == "leaders_meeting" and form == "telephone":
        return "leaders_call"
    return kind


def _statement(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    parties = codes(slots.get("parties") or slots.get("party"))
    speaker = slots.get("speaker")
    person = setting.person(speaker)
    day = _day(slots, setting)
    mode = slots.get("mode")
    if mode == "paraphrase" and slots.get("partial_quote"):
        mode = "mixed"
    who = str(speaker or _who(parties))
    fields = {
        "title": t("reader.title_statement", who=who, verb=slots.get("verb") or "say"),
        "speaker": person,
        "parties": parties,
        "on": day,
        "verb": slots.get("verb"),
        "mode": mode,
        "channel": slots.get("channel"),
        "says": own_words(slots.get("says"), proposal),
    }
    words = ["statement", who, _plain_day(day), str(slots.get("verb") or "")]
    return Draft("statement", fields, words)


def _position(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    sides = codes(slots.get("parties") or slots.get("side"))
    to = codes(slots.get("to"))
    about, act = slots.get("about"), slots.get("act")
    issue = setting.issue(slots.get("issue"), about, [*sides, *to] if to else setting.parties)
    day = _day(slots, setting)
    holds = slots.get("holds")
    if not holds and about and act in terms()["speech_act"]:
        holds = t("reader.holds", act=term_label("speech_act", act).capitalize(), what=about)
    fields = {
        "title": t("reader.title_position", who=_who(sides), what=about) if about else None,
        "issue": issue,
        "issues": [issue] if issue else None,
        "parties": sides,
        "holds": own_words(holds, proposal),
        "on": day,
        "act": act,
        "to": to,
    }
    return Draft("position", fields, ["position", *sides, str(issue or ""), _plain_day(day)])


def _issue(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    key = str(slots.get("key") or "")
    parties = codes(slots.get("parties")) or setting.parties
    title = term_label("issue_key", key).capitalize()
    status: Fields = {"value": slots.get("status") or "open", "sources": setting.sources}
    if setting.published:
        status["from"] = setting.published
    fields = {
        "title": t("reader.title_issue", what=title, who=_who(parties)),
        "key": key,
        "parties": parties,
        "status": [status],
    }
    return Draft("issue", fields, [key, *parties])


def _commitment(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    debtors = codes(slots.get("debtors") or slots.get("parties"))
    day = _day(slots, setting)
    meeting = setting.meeting()
    met = meeting is not None and set(debtors) <= set(meeting.list("parties"))
    if met and meeting is not None and not (slots.get("on") or slots.get("date")):
        day = meeting.value("on")
    made_by = slots.get("made_by") or (meeting.id if met and meeting else setting.document.id)
    what = slots.get("owes") or slots.get("what")
    claim: Fields = {"value": "open", "sources": setting.sources, "evidence": [made_by]}
    if day:
        claim["from"] = day["value"] if isinstance(day, dict) else day
    fields = {
        "title": t("reader.title_commitment", who=_who(debtors), what=what) if what else None,
        "debtors": debtors,
        "creditors": codes(slots.get("creditors")),
        "owes": own_words(what, proposal),
        "due": slots.get("due") or slots.get("when") or t("reader.no_day"),
        "on": day,
        "made_by": made_by,
        "force": slots.get("force") or slots.get("status"),
        "status": [claim],
    }
    return Draft("commitment", fields, ["commitment", *debtors, _plain_day(day), str(what or "")])


def _measure(proposal: Proposal, setting: Setting) -> Draft:
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
    title = t("reader.title_measure", who=_who(imposers), kind=label, goods=product or "goods")
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
    words = ["measure", *imposers, kind, str(product or ""), _plain_day(fields.get("from"))]
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
        claim["from"] = _plain_day(day)
    product = slots.get("product") or "goods"
    fields = {
        "title": t("reader.title_case", who=_who(imposers), goods=product),
        "case_kind": "investigation",
        "parties": list(dict.fromkeys([*imposers, *targets])),
        "held_by": imposers[0] if imposers else None,
        "of": targets[0] if len(targets) == 1 else None,
        "from": day,
        "status": [claim],
    }
    return Draft("case", fields, ["investigation", *imposers, str(product), _plain_day(day)])


def _indicator(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    quantity = slots.get("quantity") or slots.get("name")
    fields = {
        "title": str(quantity).capitalize() if quantity else None,
        "quantity": quantity,
        "unit": slots.get("unit"),
        "parties": codes(slots.get("parties")),
        "values": value_claim(proposal, setting),
    }
    return Draft("indicator", fields, ["indicator", str(quantity or ""), str(slots.get("unit"))])


def value_claim(proposal: Proposal, setting: Setting) -> list[Fields]:
    """A value of a series, on its day or on that of publication."""
    slots = proposal.slots
    if slots.get("value") in (None, ""):
        return []
    day = slots.get("from") or _day(slots, setting)
    number = str(slots["value"]).replace(",", "")
    claim: Fields = {"value": number, "sources": setting.sources}
    if day:
        claim["from"] = day["value"] if isinstance(day, dict) else day
        if isinstance(day, dict):
            claim |= {"basis": "approximate", "note": day["note"]}
    if slots.get("until"):
        claim["until"] = slots["until"]
    return [claim]


def _person(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    name = slots.get("name")
    party = codes(slots.get("party"))
    role = slots.get("role") or slots.get("office")
    office = {"title": role, "party": party[0]} if role and party else None
    fields = {
        "name": name,
        "party": party[0] if party else None,
        "offices": [office] if office else None,
    }
    return Draft("person", fields, [str(name or "person")])


_MAKERS: dict[str, Callable[[Proposal, Setting], Draft]] = {
    MEETING: _meeting,
    STATEMENT: _statement,
    POSITION: _position,
    ISSUE: _issue,
    COMMITMENT: _commitment,
    MEASURE: _measure,
    INDICATOR: _indicator,
    PERSON: _person,
}

_OWN: dict[str, tuple[str, ...]] = {
    MEETING: ("on", "meeting_kind", "format", "parties", "place", "occasion", "status"),
    STATEMENT: ("speaker", "parties", "on", "verb", "mode", "channel", "says"),
    POSITION: ("issue", "parties", "holds", "on", "act", "to"),
    ISSUE: ("key", "parties", "status", "interest"),
    COMMITMENT: ("debtors", "creditors", "owes", "due", "on", "made_by", "force", "status"),
    MEASURE: ("imposers", "targets", "goods", "from", "until", "status"),
    INDICATOR: ("quantity", "unit", "parties", "values"),
    PERSON: ("name", "party", "offices"),
}
"""Slots that have a meaning of their own although they are named like a field."""
