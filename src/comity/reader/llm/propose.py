"""A document put to a language model, passage by passage, and what of its answers can be taken."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from comity.reader.llm import aligned
from comity.reader.llm.client import Settings, complete
from comity.reader.llm.prompt import messages
from comity.reader.normalise import pieces
from comity.reader.proposal import Proposal
from comity.reader.reading import Given, Register
from comity.words.errors import InputError

PASSAGE = 8_000
"""Characters put in one question, unless a paragraph is longer."""

MOST_PASSAGES = 40
"""Questions for one document."""


@dataclass(frozen=True)
class LlmRead:
    """What the model proposed. `dropped`: how many entries and slots were not taken, by reason."""

    model: str
    proposals: tuple[Proposal, ...]
    dropped: Mapping[str, int]

    def beside(self, others: Sequence[Proposal]) -> LlmRead:
        """Without what the rules propose, too: of the same type, on some of the same words, and
        with the same in the slots that an entry cannot do without."""
        known: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for one in others:
            spans = known.setdefault((one.type, _needed(one)), [])
            spans += [(part.start, part.end) for part in one.evidence]
        dropped: aligned.Dropped = aligned.Dropped(self.dropped)
        kept = []
        for one in self.proposals:
            main = one.evidence[0]
            spans = known.get((one.type, _needed(one)), [])
            if any(start < main.end and main.start < end for start, end in spans):
                dropped["proposed by a rule, too"] += 1
            else:
                kept.append(one)
        return LlmRead(self.model, tuple(kept), dict(dropped))

    def as_dict(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "proposed": len(self.proposals),
            "dropped": dict(sorted(self.dropped.items())),
        }


def _needed(one: Proposal) -> str:
    """The slots of a proposal that tell what it is; one party and a list of one are the same."""
    slots = []
    for name in aligned.NEEDED.get(one.type, ()):
        value = one.slots.get(name)
        if name in ("speaker", "what"):
            continue  # free words: no two write them alike
        slots.append(sorted(value) if isinstance(value, list | tuple) else [value])
    return repr(slots)


def propose(
    given: Given,
    register: Register | None,
    settings: Settings,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> LlmRead:
    """Ask the model about the whole text. An answer that is no JSON counts as dropped.

    Raises `InputError` for a text of more than `MOST_PASSAGES` passages, and `LlmError` where the
    server gives no answer.
    """
    passages = list(_passages(given.text))
    if len(passages) > MOST_PASSAGES:
        raise InputError(
            f"the text would take {len(passages)} questions to the language model, "
            f"more than the {MOST_PASSAGES} allowed",
            mend="read a shorter document, or read without the language model",
        )
    source = aligned.Source(given, register)
    dropped: aligned.Dropped = aligned.Dropped()
    found: dict[tuple[str, int, int, str], Proposal] = {}
    for begin, end in passages:
        answer = complete(messages(given.text[begin:end], given), settings, sleep=sleep)
        entries = aligned.entries_of(answer)
        if entries is None:
            dropped["answer is not the JSON asked for"] += 1
            continue
        for one in aligned.proposals(entries, source, begin, end, dropped):
            main = one.evidence[0]
            key = (one.type, main.start, main.end, repr(sorted(one.slots.items())))
            if key in found:
                dropped["said twice"] += 1
            note = f"proposed by the language model {settings.model}"
            found.setdefault(key, replace(one, notes=(*one.notes, note)))
    return LlmRead(settings.model, tuple(found.values()), dict(dropped))


def _passages(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs gathered up to `PASSAGE` characters."""
    begin = upto = 0
    for start, end in pieces(text, PASSAGE):
        if end - begin > PASSAGE and start > begin:
            yield begin, start
            begin = start
        upto = end
    if text[begin:upto].strip():
        yield begin, upto
