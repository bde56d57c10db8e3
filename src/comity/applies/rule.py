"""Rules: trade measures as the engine reads them, and what the record says it does not cover.

A `Rule` is one measure in its present revision, free of the store. Whatever is unknown stays
unknown: a scope whose list is not on record covers *perhaps*, an end nobody knows is a range of
days, and a list of entities known in part leaves the others undecided.
"""

from __future__ import annotations

from dataclasses import dataclass

from comity.words.goods import GoodsCode
from comity.words.scope import Scope
from comity.words.time import DayRange, Span

RANKS = {"prohibited": 3, "conditional": 2, "dutiable": 1}
"""The effects that bear on goods, by strictness; every other effect bears on none."""
NOTHING = "nothing_on_record"
VERDICTS = (NOTHING, "dutiable", "conditional", "prohibited")
"""Verdicts by rank."""


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Entity:
    """A named entity. With `units`, the list names units of it without saying which."""

    name: str
    names: tuple[str, ...] = ()
    units: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Something required; conditions of one group are alternatives, all groups must be met."""

    group: str
    requires: str


@dataclass(frozen=True, slots=True)
class Exemption:
    """What is left out of a measure, where all that it names is met; what it leaves empty is not
    asked for. Without a span it holds for as long as the measure."""

    goods: tuple[GoodsCode, ...] = ()
    areas: Scope | None = None
    targets: Scope | None = None
    entities: tuple[Entity, ...] = ()
    end_uses: tuple[str, ...] = ()
    span: Span | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One measure. Field by field as in the vocabulary; see `fields.csv`.

    `goods` empty and `goods_list` None means that the goods are not on record: undecided, not all.
    With `goods_list` the goods are undecided for every code that `goods_except` does not leave out.
    `act_span` is the span of the act that made it: the measure is over when the act is.
    """

    id: str
    title: str
    kind: str
    effect: str
    flow: str
    imposers: tuple[str, ...]
    span: Span
    targets: Scope = EVERYWHERE
    goods: tuple[GoodsCode, ...] = ()
    goods_except: tuple[GoodsCode, ...] = ()
    goods_list: str | None = None
    goods_words: str | None = None
    goods_basis: str | None = None
    areas: Scope = EVERYWHERE
    entities: tuple[Entity, ...] = ()
    entities_complete: bool = False
    entities_count: int | None = None
    end_uses: tuple[str, ...] = ()
    suspensions: tuple[Span, ...] = ()
    act_span: Span | None = None
    exemptions: tuple[Exemption, ...] = ()
    conditions: tuple[Condition, ...] = ()
    rate: str | None = None
    instrument: str | None = None
    verified_until: int | None = None
    announced: DayRange | None = None
    confidence: str | None = None
    flags: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """3 prohibited, 2 conditional, 1 dutiable, 0 no bearing on goods."""
        return RANKS.get(self.effect, 0)

    @property
    def bears_on_goods(self) -> bool:
        return self.rank > 0 and self.flow in ("import", "export")

    @property
    def names_entities(self) -> bool:
        """Is it aimed at named entities, on record or not?"""
        return self.kind == "entity_list" or bool(self.entities) or bool(self.entities_count)

    @property
    def until(self) -> DayRange | None:
        """The inclusive last day: the earlier of its own and its act's; None where open."""
        ends = [span.until for span in (self.span, self.act_span) if span is not None]
        known = [end for end in ends if end is not None]
        return min(known, default=None)

    def condition_groups(self) -> tuple[tuple[str, ...], ...]:
        """What is required: alternatives within a group, all groups together."""
        found: dict[str, list[str]] = {}
        for one in self.conditions:
            found.setdefault(one.group, []).append(one.requires)
        return tuple(tuple(alternatives) for alternatives in found.values())

    def as_dict(self) -> dict[str, object]:
        """What the doors print of a measure that applies."""
        until = self.until
        notes = list(self.flags)
        if self.goods_basis == "mapped_by_compiler":
            notes.insert(0, "the instrument names goods in words; the codes are the compiler's")
        return {
            "id": self.id,
            "title": self.title,
            "instrument": self.instrument,
            "from": str(self.span.start),
            "until": None if until is None else str(until),
            "effect": self.effect,
            "kind": self.kind,
            "flow": self.flow,
            "imposers": list(self.imposers),
            "conditions": [list(group) for group in self.condition_groups()],
            "rate": self.rate,
            "goods_words": self.goods_words,
            "announced": None if self.announced is None else str(self.announced),
            "verified_until": _iso(self.verified_until),
            "confidence": self.confidence,
            "replaces": list(self.replaces),
            "notes": notes,
        }


def _iso(day: int | None) -> str | None:
    return None if day is None else str(DayRange(day, day))


@dataclass(frozen=True, slots=True)
class Gap:
    """What the record is known not to cover. Empty fields mean all or any."""

    id: str
    text: str
    about: str
    economies: tuple[str, ...] = ()
    imposers: tuple[str, ...] = ()
    goods: tuple[GoodsCode, ...] = ()
    start: DayRange | None = None
    until: DayRange | None = None
    measures: tuple[str, ...] = ()
