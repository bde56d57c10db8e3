"""From a proposal's slots to the fields of an entry, as a person would write them in a file.

A draft may lack what an entry must have: the ordinary validation of the record says so. A slot that
is named like a field of the kind and has no meaning of its own here is taken as that field, so that
a reviewer can set whatever the vocabulary knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from comity.reader.drafting_measures import measure_draft
from comity.reader.drafting_parts import Draft, Fields, day_of, due_of, own_words, plain_day, who_of
from comity.reader.measure_kinds import table
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
from comity.words.catalogue import t
from comity.words.text import fold
from comity.words.vocabulary import kinds, term_label, terms

FORMATS = {
    "in-person": "in_person",
    "face-to-face": "in_person",
    "virtual": "online",
    "video": "online",
    "phone": "telephone",
    "call": "telephone",
}


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
        if party:  # a participant on record took part for somebody
            participants.append({key: value for key, value in told.items() if value})
    day = slots.get("on") or slots.get("date")
    form = str(slots.get("format") or "")
    form = FORMATS.get(form, form.replace("-", "_"))
    names = [str(one["name"]) for one in principals if one.get("name")]
    who = " and ".join(names) if len(names) == 2 else who_of(parties)
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
    day = day_of(slots, setting)
    mode = slots.get("mode")
    if mode == "paraphrase" and slots.get("partial_quote"):
        mode = "mixed"
    who = str(speaker or who_of(parties))
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
    words = ["statement", who, plain_day(day), str(slots.get("verb") or "")]
    return Draft("statement", fields, words)


def _position(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    sides = codes(slots.get("parties") or slots.get("side"))
    to = codes(slots.get("to"))
    about, act = slots.get("about"), slots.get("act")
    issue = setting.issue(slots.get("issue"), about, [*sides, *to] if to else setting.parties)
    day = day_of(slots, setting)
    holds = slots.get("holds")
    if not holds and about and act in terms()["speech_act"]:
        holds = t("reader.holds", act=term_label("speech_act", act).capitalize(), what=about)
    fields = {
        "title": t("reader.title_position", who=who_of(sides), what=about) if about else None,
        "issue": issue,
        "issues": [issue] if issue else None,
        "parties": sides,
        "holds": own_words(holds, proposal),
        "on": day,
        "act": act,
        "to": to,
    }
    return Draft("position", fields, ["position", *sides, str(issue or ""), plain_day(day)])


def _issue(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    key = str(slots.get("key") or "")
    parties = codes(slots.get("parties")) or setting.parties
    title = term_label("issue_key", key).capitalize()
    status: Fields = {"value": slots.get("status") or "open", "sources": setting.sources}
    if setting.published:
        status["from"] = setting.published
    fields = {
        "title": t("reader.title_issue", what=title, who=who_of(parties)),
        "key": key,
        "parties": parties,
        "status": [status],
    }
    return Draft("issue", fields, [key, *parties])


def _commitment(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    debtors = codes(slots.get("debtors") or slots.get("parties"))
    day = day_of(slots, setting)
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
        "title": t("reader.title_commitment", who=who_of(debtors), what=what) if what else None,
        "debtors": debtors,
        "creditors": codes(slots.get("creditors")),
        "owes": own_words(what, proposal),
        "due": slots.get("due") or due_of(slots.get("when")) or t("reader.no_day"),
        "on": day,
        "made_by": made_by,
        "force": slots.get("force") or slots.get("status"),
        "status": [claim],
    }
    return Draft("commitment", fields, ["commitment", *debtors, plain_day(day), str(what or "")])


def _indicator(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    quantity = slots.get("quantity") or slots.get("about")
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
    day, until = slots.get("from") or day_of(slots, setting), slots.get("until")
    if isinstance(day, str) and "/" in day:
        # As rules tell a span: both days are inside it.
        day, _, until = day.partition("/")
    number = str(slots["value"]).replace(",", "").removesuffix(".0")
    claim: Fields = {"value": number, "sources": setting.sources}
    if day:
        claim["from"] = day["value"] if isinstance(day, dict) else day
        if isinstance(day, dict):
            claim |= {"basis": "approximate", "note": day["note"]}
    if until:
        claim["until"] = until
    return [claim]


def _person(proposal: Proposal, setting: Setting) -> Draft:
    slots = proposal.slots
    name = slots.get("name") or slots.get("person")
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
    MEASURE: measure_draft,
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
