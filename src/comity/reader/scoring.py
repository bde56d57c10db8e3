"""Precision and recall of the reader on annotated documents, by type and by slot.

Within a document and a type, proposals and wanted entries are paired one to one, as many as
possible. A proposal that is left over and says what an entry that is paired already says is no
error; a missed meeting that the document is not about is none either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comity.reader.gold import SCORED, Annotated, Wanted, load
from comity.reader.proposal import MEASURE, Proposal
from comity.reader.reading import Given, Read
from comity.reader.scoring_match import matches, same_imposer_and_kind, slots_right

IMPOSER_KIND = "measure, imposer and kind"
"""Measures a second time, by less than all four slots."""

MEASURED = (*SCORED, IMPOSER_KIND)

Reader = Callable[[Given], Read]
Rule = Callable[[Wanted, Proposal], bool]


@dataclass
class Tally:
    """Counts over one type. `again` are second hits on a matched entry, `spared` missed entries
    that cost nothing."""

    matched: int = 0
    extra: int = 0
    missed: int = 0
    again: int = 0
    spared: int = 0

    @property
    def precision(self) -> float | None:
        """Share of the proposals that are right; `None` where there are none."""
        return _share(self.matched, self.matched + self.extra)

    @property
    def recall(self) -> float | None:
        """Share of the wanted entries that were found; `None` where none is wanted."""
        return _share(self.matched, self.matched + self.missed)

    def add(self, other: Tally) -> None:
        self.matched += other.matched
        self.extra += other.extra
        self.missed += other.missed
        self.again += other.again
        self.spared += other.spared

    def as_dict(self) -> dict[str, Any]:
        return {
            "precision": self.precision,
            "recall": self.recall,
            "matched": self.matched,
            "extra": self.extra,
            "missed": self.missed,
            "again": self.again,
            "spared": self.spared,
        }


@dataclass
class Outcome:
    """What became of the entries of one type in one document."""

    pairs: list[tuple[Wanted, Proposal]]
    extra: list[Proposal]
    missed: list[Wanted]
    again: int
    spared: int

    def tally(self) -> Tally:
        return Tally(len(self.pairs), len(self.extra), len(self.missed), self.again, self.spared)


@dataclass
class Scored:
    """One document: its outcome by type, and why nothing was read, where nothing was."""

    id: str
    outcomes: dict[str, Outcome]
    problem: str | None


@dataclass
class Scores:
    """All documents: tallies by type, and by type and slot how many are (right, measured)."""

    documents: list[Scored] = field(default_factory=list)
    types: dict[str, Tally] = field(default_factory=dict)
    slots: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def rules(self) -> dict[str, tuple[int, int]]:
        """By rule, sorted: how many of its proposals were judged, and how many were right.

        A second hit on a matched entry is not judged, nor are proposals of types that nobody
        annotates: both would have to be called right or wrong without a reason.
        """
        found: dict[str, tuple[int, int]] = {}
        for document in self.documents:
            for name, out in document.outcomes.items():
                if name == IMPOSER_KIND:
                    continue
                judged = [(got, 1) for _, got in out.pairs] + [(got, 0) for got in out.extra]
                for got, right in judged:
                    n, good = found.get(got.rule, (0, 0))
                    found[got.rule] = (n + 1, good + right)
        return dict(sorted(found.items()))

    def as_dict(self) -> dict[str, Any]:
        """Plain data: documents by id, `types`, `rules` and `slots`."""
        return {
            "documents": [
                {
                    "id": one.id,
                    "problem": one.problem,
                    "types": {name: out.tally().as_dict() for name, out in one.outcomes.items()},
                    "missed": [
                        {"type": name, "id": want.id}
                        for name, out in one.outcomes.items()
                        for want in out.missed
                    ],
                    "extra": [
                        {"type": name, **_shown(got)}
                        for name, out in one.outcomes.items()
                        for got in out.extra
                    ],
                }
                for one in self.documents
            ],
            "types": {name: tally.as_dict() for name, tally in self.types.items()},
            "rules": {
                rule: {"judged": n, "right": right} for rule, (n, right) in self.rules().items()
            },
            "slots": {
                name: {slot: {"right": r, "measured": n} for slot, (r, n) in slots.items()}
                for name, slots in self.slots.items()
            },
        }


def score(gold: Path, texts: Path, read: Reader) -> Scores:
    """Read every annotated document and measure it. Raises what `comity.reader.gold.load` does."""
    return score_all(load(gold, texts), read)


def score_all(documents: Iterable[Annotated], read: Reader) -> Scores:
    """The same, on documents already loaded."""
    found = Scores()
    for name in MEASURED:
        found.types[name] = Tally()
        found.slots[name] = {}
    for document in documents:
        one = score_one(document, read(document.given))
        found.documents.append(one)
        for name, outcome in one.outcomes.items():
            found.types[name].add(outcome.tally())
            if name != IMPOSER_KIND:
                _count_slots(found.slots[name], outcome.pairs)
    found.slots = {name: slots for name, slots in found.slots.items() if slots}
    return found


def score_one(document: Annotated, read: Read) -> Scored:
    """One document against what was read in it."""
    outcomes: dict[str, Outcome] = {}
    for name in SCORED:
        wanted = [one for one in document.wanted if one.type == name]
        got = [one for one in read.proposals if one.type == name]
        outcomes[name] = pair(wanted, got, matches)
        if name == MEASURE:
            outcomes[IMPOSER_KIND] = pair(wanted, got, same_imposer_and_kind)
    return Scored(document.id, outcomes, read.problem)


def pair(wanted: Sequence[Wanted], got: Sequence[Proposal], rule: Rule) -> Outcome:
    """Pair one to one as many as possible, each rather with the proposal whose slots fit best."""
    able = [
        sorted(
            (i for i, one in enumerate(got) if rule(want, one)),
            key=lambda i: -sum(slots_right(want, got[i]).values()),
        )
        for want in wanted
    ]
    holder: dict[int, int] = {}
    for index in sorted(range(len(wanted)), key=lambda i: wanted[i].optional):
        _place(index, able, holder, set())
    pairs = [(wanted[w], got[g]) for g, w in sorted(holder.items(), key=lambda item: item[1])]
    taken = {id(want) for want, _ in pairs}
    hit = {g for options in able for g in options}
    left = [want for want in wanted if id(want) not in taken]
    return Outcome(
        pairs=pairs,
        extra=[one for i, one in enumerate(got) if i not in hit],
        missed=[want for want in left if not want.optional],
        again=len(hit) - len(holder),
        spared=sum(want.optional for want in left),
    )


def _place(
    want: int, able: Sequence[Sequence[int]], holder: dict[int, int], seen: set[int]
) -> bool:
    """Give an entry a proposal, moving others along where they have another to go to."""
    for one in able[want]:
        if one in seen:
            continue
        seen.add(one)
        if one not in holder or _place(holder[one], able, holder, seen):
            holder[one] = want
            return True
    return False


def _count_slots(
    counts: dict[str, tuple[int, int]], pairs: Iterable[tuple[Wanted, Proposal]]
) -> None:
    for want, got in pairs:
        for slot, right in slots_right(want, got).items():
            good, measured = counts.get(slot, (0, 0))
            counts[slot] = (good + right, measured + 1)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _shown(got: Proposal) -> dict[str, Any]:
    main = got.evidence[0]
    return {"rule": got.rule, "start": main.start, "end": main.end, "quote": main.quote}
