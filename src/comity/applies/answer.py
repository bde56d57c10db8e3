"""The answer: verdict, parts, what is undecided, for how long it holds, what is not covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from comity.applies.compiled import DECIDERS
from comity.applies.question import Shipment
from comity.applies.rule import VERDICTS, Rule
from comity.words.time import FIRST, iso

if TYPE_CHECKING:
    from comity.applies.engine import Engine
    from comity.applies.explain import NearMiss


class Uncertain(NamedTuple):
    """A measure that may apply, what leaves it undecided, and the verdict if it does."""

    measure: Rule
    undecided: int
    """Bits, in the order of `compiled.DECIDERS`."""
    rank_if: int

    @property
    def what_decides(self) -> tuple[str, ...]:
        """``target``, ``goods``, ``area``, ``date``, ``consignee``, ``end_use``, ``exemption``."""
        return tuple(name for n, name in enumerate(DECIDERS) if self.undecided >> n & 1)

    @property
    def verdict_if(self) -> str:
        return VERDICTS[self.rank_if]


class Coverage(NamedTuple):
    """Something that the record does not cover. `key` names the text in the catalogue."""

    key: str
    text: str
    gap: str | None = None
    measure: str | None = None
    until: int | None = None

    def as_dict(self) -> dict[str, object]:
        return {
            "key": self.key,
            "text": self.text,
            "gap": self.gap,
            "measure": self.measure,
            "until": None if self.until is None else iso(self.until),
        }


class Part(NamedTuple):
    """Goods and areas of which every measure says the same.

    `goods` are codes with the longer codes left out of them; areas are None where all of the
    economy is meant, or where nothing is told apart by area.
    """

    goods: tuple[tuple[str, tuple[str, ...]], ...]
    origin_areas: tuple[str, ...] | None
    destination_areas: tuple[str, ...] | None
    rank: int
    measures: tuple[Rule, ...]
    uncertain: tuple[Uncertain, ...]

    @property
    def verdict(self) -> str:
        return VERDICTS[self.rank]

    def as_dict(self) -> dict[str, object]:
        return {
            "goods": [{"code": code, "except": list(out)} for code, out in self.goods],
            "origin_areas": None if self.origin_areas is None else list(self.origin_areas),
            "destination_areas": (
                None if self.destination_areas is None else list(self.destination_areas)
            ),
            "verdict": self.verdict,
            "measures": [rule.id for rule in self.measures],
            "uncertain": [
                {
                    "measure": one.measure.id,
                    "what_decides": list(one.what_decides),
                    "verdict_if": one.verdict_if,
                }
                for one in self.uncertain
            ],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What applies to one shipment. `trace` is worked out when it is asked for."""

    shipment: Shipment
    rank: int
    parts: tuple[Part, ...]
    measures: tuple[Rule, ...]
    uncertain: tuple[Uncertain, ...]
    first: int
    """First day (ordinal) on which the answer holds; `FIRST` where that side is open."""
    after: int
    """First day on which it no longer does; `LAST` where open."""
    coverage: tuple[Coverage, ...]
    _engine: Engine = field(repr=False, compare=False)

    @property
    def verdict(self) -> str:
        """The strictest of the parts' verdicts."""
        return VERDICTS[self.rank]

    @property
    def uniform(self) -> bool:
        """Is the answer one and the same for all that is asked?"""
        return len(self.parts) == 1

    @property
    def holds(self) -> tuple[str | None, str | None]:
        """First and last day (inclusive) on which the answer is the same; None where open."""
        first = None if self.first == FIRST else iso(self.first)
        return first, iso(self.after - 1)

    @property
    def trace(self) -> tuple[NearMiss, ...]:
        """Measures that one condition alone keeps from applying, and which."""
        return self._engine.trace(self.shipment)

    def why(self, one: Uncertain) -> tuple[str, ...]:
        """What leaves a measure undecided, in words."""
        return self._engine.why(self.shipment, one)

    def as_dict(self, *, trace: bool = True) -> dict[str, object]:
        """The answer as JSON holds it; the trace, which takes longest, may be left out (None)."""
        first, until = self.holds
        return {
            "verdict": self.verdict,
            "uniform": self.uniform,
            "parts": [part.as_dict() for part in self.parts],
            "uncertain": [
                {
                    "measure": one.measure.id,
                    "title": one.measure.title,
                    "instrument": one.measure.instrument,
                    "effect": one.measure.effect,
                    "what_decides": list(one.what_decides),
                    "why": list(self.why(one)),
                    "verdict_if": one.verdict_if,
                }
                for one in self.uncertain
            ],
            "measures": [rule.as_dict() for rule in self.measures],
            "trace": [miss.as_dict() for miss in self.trace] if trace else None,
            "holds": {"from": first, "until": until},
            "coverage": [one.as_dict() for one in self.coverage],
        }


def merged(parts: Sequence[Part]) -> tuple[tuple[Rule, ...], tuple[Uncertain, ...]]:
    """The measures and undecided measures of all parts, each once, strictest first."""
    rules: dict[str, Rule] = {}
    open_: dict[str, Uncertain] = {}
    for part in parts:
        for rule in part.measures:
            rules[rule.id] = rule
        for one in part.uncertain:
            before = open_.get(one.measure.id)
            if before is not None:
                one = Uncertain(
                    one.measure,
                    one.undecided | before.undecided,
                    max(one.rank_if, before.rank_if),
                )
            open_[one.measure.id] = one
    return (
        tuple(sorted(rules.values(), key=lambda rule: (-rule.rank, rule.id))),
        tuple(sorted(open_.values(), key=lambda one: (-one.measure.rank, one.measure.id))),
    )
