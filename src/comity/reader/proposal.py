"""A proposed entry: what it says, the characters it rests on, and which rule proposed it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MEETING, STATEMENT, POSITION, ISSUE = "meeting", "statement", "position", "issue"
COMMITMENT, MEASURE, INTEREST, HEDGE = "commitment", "measure", "interest", "hedge"
INDICATOR, PERSON = "indicator", "person"
TYPES = (
    MEETING, STATEMENT, POSITION, ISSUE, COMMITMENT, MEASURE, INTEREST, HEDGE, INDICATOR, PERSON,
)  # fmt: skip

MODEL = "llm."
"""How the names of rules begin whose proposals come from a language model."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Characters `start` to before `end` of the document's text; `quote` is that text."""

    start: int
    end: int
    quote: str

    def as_dict(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "quote": self.quote}


@dataclass(frozen=True)
class Proposal:
    """One proposed entry of one of `TYPES`.

    slots : plain data under the names of the reader's entry types; a slot without a value is not
        said in the text
    evidence : the first is what the entry rests on most
    confidence : measured precision of the rule, `None` where it was never measured
    hedged : whether the text marks it as uncertain, with its `cue`
    reported : whether the document tells it as said or done by others, not in its own voice
    background : whether the document tells it as older news
    matches : ids of entries on record that it may be the same as, the likeliest first
    """

    type: str
    slots: Mapping[str, Any]
    evidence: tuple[Evidence, ...]
    rule: str
    confidence: float | None = None
    hedged: bool = False
    cue: str | None = None
    reported: bool = False
    background: bool = False
    matches: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def id_in(self, document: str) -> str:
        """A short, stable id within a document, named by its SHA-256: the same reading of the same
        bytes gives the same ids."""
        main = self.evidence[0]
        told = json.dumps([document, self.type, main.start, main.end, self.rule, dict(self.slots)],
                          ensure_ascii=False, sort_keys=True, default=str)  # fmt: skip
        return hashlib.sha256(told.encode()).hexdigest()[:10]

    def as_dict(self) -> dict[str, Any]:
        """Plain data: `type`, the slots, and what the proposal rests on."""
        return {
            "type": self.type,
            **self.slots,
            "evidence": [one.as_dict() for one in self.evidence],
            "rule": self.rule,
            "confidence": self.confidence,
            "hedged": self.hedged,
            "cue": self.cue,
            "reported": self.reported,
            "background": self.background,
            "matches": list(self.matches),
            "notes": list(self.notes),
        }
