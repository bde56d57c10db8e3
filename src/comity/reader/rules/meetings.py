"""Meetings: who met whom, when, where and at which occasion; each meeting once.

A sentence tells of a meeting by a verb ("met with", "held talks", "co-chaired") or by a noun with
those who met ("the Xi-Kishida meeting", "talks between X and Y"). What further sentences say of
the same parties' meeting is added to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from comity.reader import meeting_parts as parts
from comity.reader.lexicon import lemma
from comity.reader.marked import Dated, Marked, Mention
from comity.reader.meeting_parts import Stretch
from comity.reader.meeting_told import Held, Teller, Told
from comity.reader.meeting_words import clause_of, status_of
from comity.reader.proposal import MEETING, Proposal
from comity.reader.reading import Register

if TYPE_CHECKING:
    from spacy.tokens import Span

_SAYING = frozenset(("say", "tell", "announce"))
_SHOWN = 5
"""Further passages shown of a meeting, at most."""
_OLD = dt.timedelta(days=21)
"""A meeting that long before publication is background."""


def propose(marked: Marked, register: Register) -> Iterator[Proposal]:
    """The meetings of a text, in its order."""
    for one in _Finder(marked).all():
        slots: dict[str, object] = {
            "primary": one.primary,
            "parties": sorted(one.parties),
            "status": one.status,
        }
        if one.when is not None:
            slots["date"] = parts.date_value(one.when)
            slots["date_text"] = one.when.text
        for name, value in (("format", one.form), ("place", one.place), ("event", one.event),
                            ("first", one.first)):  # fmt: skip
            if value:
                slots[name] = value
        slots["principals"] = [
            {"name": p.name, "role": p.role, "party": p.parties[0] if p.parties else None}
            for p in one.principals
        ]
        doc = marked.doc
        start = doc[one.stretch.first].idx
        end = doc[one.stretch.last].idx + len(doc[one.stretch.last])
        yield Proposal(MEETING, slots, (marked.evidence(start, end), *one.more), rule=one.rule,
                       background=not one.primary)  # fmt: skip


class _Finder:
    """Goes through the sentences once and keeps the meetings found so far."""

    def __init__(self, marked: Marked) -> None:
        self._m = marked
        self._held = Held()
        self._teller = Teller(marked, self._held)

    def all(self) -> list[Told]:
        for sentence in self._m.sentences:
            used: list[Stretch] = []
            for token in sentence:
                one = self._teller.by_verb(token) if token.pos_ == "VERB" else None
                if one is None and token.pos_ in ("NOUN", "PROPN"):
                    one = self._teller.by_noun(token)
                if one is None:
                    continue
                # The same words tell of one meeting only.
                self._merge(one, at_hand=any(token.i in s for s in used))
                used.append(one.stretch)
            self._date_of_doing(sentence)
        self._date_of_saying()
        for one in self._held.found:
            self._judge(one)
        return self._held.found

    def _date_of_doing(self, sentence: Span) -> None:
        """The day of a meeting told with what those who met did: "On Thursday, X and Y pledged"."""
        held = self._held.latest
        if held is None or held.status != "held" or (held.when and parts.is_day(held.when)):
            return
        doers = self._m.subject(sentence.root)
        if (
            doers is None
            or set(doers.parties) != held.parties
            or status_of(sentence.root) != "held"
        ):
            return
        when = parts.day(self._m, clause_of(sentence.root))
        if (
            when is not None
            and parts.is_day(when)
            and (held.when is None or may_be_same(held.when, when))
        ):
            held.when = when

    def _date_of_saying(self) -> None:
        """The day of the first meeting where all that those who met said was said on one day: "the
        minister said on Wednesday ... he said after talks with his counterpart"."""
        first = self._held.found[0] if self._held.found else None
        if first is None or first.status != "held" or not first.primary or first.when is not None:
            return
        days: dict[object, Dated] = {}
        for sentence in self._m.sentences:
            for verb in sentence:
                if verb.pos_ != "VERB" or lemma(verb) not in _SAYING:
                    continue
                one = self._m.subject(verb)
                when = parts.day(self._m, clause_of(verb))
                if one is None or when is None or not set(one.parties) <= first.parties:
                    continue
                days[when.begins] = when
        (day,) = days.values() if len(days) == 1 else (None,)
        if day is not None and parts.is_day(day):
            first.when = day

    def _merge(self, one: Told, *, at_hand: bool = False) -> None:
        same = self._same(one, at_hand)
        if same is None:
            if len(one.parties) >= 2:
                self._held.found.append(one)
                self._held.latest = one
            return
        self._held.latest = same
        if one.when is not None and (same.when is None or narrower(one.when, same.when)):
            same.when = one.when
        same.place = same.place or one.place
        same.event = same.event or one.event
        same.form = same.form or one.form
        same.first = same.first or one.first
        names = {p.name for p in same.principals}
        covered = {p for person in same.principals for p in person.parties}
        same.principals += [
            p for p in one.principals
            if p.name not in names and not covered & {*p.parties} and same.parties >= {*p.parties}
        ]  # fmt: skip
        stretch = one.stretch
        if one.rule == "meeting.verb" != same.rule and one.parties:
            # A clause that tells of the meeting says more than a headline that names it.
            same.stretch, stretch, same.rule = stretch, same.stretch, one.rule
        if len(same.more) < _SHOWN:
            doc = self._m.doc
            last = doc[stretch.last]
            same.more.append(self._m.evidence(doc[stretch.first].idx, last.idx + len(last)))

    def _same(self, one: Told, at_hand: bool) -> Told | None:
        if not one.parties:
            return self._held.holding(one.hint)
        last = self._held.latest
        likely = at_hand and one.primary and last is not None and last.parties == one.parties
        if likely and last is not None and (last.form == one.form or not last.form or not one.form):
            return last
        by_age = list(reversed(self._held.found))
        by_age.sort(key=lambda m: m.other or not m.primary)
        for held in by_age:
            if held.parties != one.parties:
                continue
            if one.other and (one.when is None or held.when is None):
                continue
            if (
                held.when is not None
                and one.when is not None
                and not may_be_same(held.when, one.when)
            ):
                continue
            if held.form and one.form and held.form != one.form:
                continue
            apart = held.place and one.place and held.place != one.place
            if apart and not (_same_day(held.when, one.when)):
                continue
            if _others(held, one):
                continue
            if held.status != one.status:
                continue
            if not one.primary and one.when is not None and held.when is None:
                continue
            return held
        return None

    def _judge(self, one: Told) -> None:
        """Older meetings, those to come, and those told of in passing are background; and those
        who met, where the text names one person of each party."""
        self._complete(one)
        published = self._m.given.published
        begins = one.when.begins if one.when is not None else None
        ends = one.when.ends if one.when is not None else None
        if published is not None and begins is not None and begins > published:
            one.status = "planned"
        if one is self._held.found[0] and one.primary:
            return
        old = published is not None and ends is not None and published - ends > _OLD
        if one.status == "planned" or one.other or old:
            one.primary = False

    def _complete(self, one: Told) -> None:
        if one is not self._held.found[0]:
            return
        covered = {p for person in one.principals for p in person.parties}
        for party in sorted(one.parties - covered):
            named = {m.name: m for m in self._m.people.values() if m.parties == (party,) and m.role}
            if len(named) == 1 and _leads(next(iter(named.values()))):
                one.principals.append(self._teller.full(next(iter(named.values()))))


def _same_day(one: Dated | None, other: Dated | None) -> bool:
    """Whether both are told to the day, and it is one day."""
    return (
        one is not None
        and other is not None
        and parts.is_day(one)
        and parts.is_day(other)
        and one.begins == other.begins
    )


def _others(held: Told, one: Told) -> bool:
    """Whether different people met, of each party: the vice ministers, not the ministers."""
    if not held.principals or not one.principals or _same_day(held.when, one.when):
        return False
    shared = {p for m in held.principals for p in m.parties} & {
        p for m in one.principals for p in m.parties
    }
    names = {m.name for m in held.principals} & {m.name for m in one.principals}
    return len(shared) > 1 and not names


def _leads(person: Mention) -> bool:
    words = (person.role or "").lower().replace("-", " ").split()
    return bool({"president", "minister", "premier", "secretary", "chancellor"} & set(words))


def narrower(one: Dated, other: Dated) -> bool:
    return parts.date_value(one) is not None and parts.date_value(other) is None


def may_be_same(one: Dated, other: Dated) -> bool:
    """Whether two dates may be the same day; unresolved ones may."""
    if one.begins is None or one.ends is None or other.begins is None or other.ends is None:
        return True
    return one.begins <= other.ends and other.begins <= one.ends
