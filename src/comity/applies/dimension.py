"""One condition of a measure, met or not, in words."""

from __future__ import annotations

from typing import NamedTuple

from comity.words.time import Truth

WORDS = {Truth.NO: "no", Truth.MAYBE: "maybe", Truth.YES: "yes"}


class Dimension(NamedTuple):
    """One condition. `partly`: met for a part of what is asked. `reason` is a catalogue key."""

    name: str
    truth: Truth
    reason: str
    why: str
    partly: bool = False

    def as_dict(self) -> dict[str, object]:
        truth = "in part" if self.partly else WORDS[self.truth]
        return {"condition": self.name, "met": truth, "reason": self.reason, "why": self.why}
