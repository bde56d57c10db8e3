"""A generated record of any size, for figures on the store.

Two hundred economies in pairs; every pair has issues, and each issue meetings, events, positions,
commitments and measures with their acts, dated over fifty years. The numbers only fill the store:
nothing in them is about real economies. Same seed, same record.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping

from comity.record.entry import Entry
from comity.words.economies import all_economies

FIRST_DAY = dt.date(1975, 1, 1).toordinal()
DAYS = 50 * 365
WORDS = ("trade", "fish", "steel", "water", "talks", "visa", "customs", "quota", "licence", "panel")


def economies() -> list[str]:
    """Two hundred codes that are valid today."""
    return [e.code for e in all_economies() if not e.former and e.code not in ("ROW", "WLD")][:200]


def _claim(value: object, **rest: object) -> list[dict[str, object]]:
    return [{"value": value, **rest}]


class Generator:
    """Entries one after another until there are enough claims."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.claims = 0
        codes = economies()
        pairs = [(a, b) for i, a in enumerate(codes) for b in codes[i + 1 :]]
        self.random.shuffle(pairs)
        # The pair that is asked about comes first, so that it is in a record of any size.
        self.pairs = [("CHN", "JPN"), *(p for p in pairs if set(p) != {"CHN", "JPN"})]

    def entries(self, claims: int) -> Iterator[Entry]:
        """Entries with at least `claims` claims in all."""
        yield self._make("source", "src-0", title=self._words(), source_kind="press")
        for number, pair in enumerate(self.pairs):
            for entry in self._pair(number, pair):
                yield entry
                if self.claims >= claims:
                    return
        raise ValueError("not enough pairs for so many claims")

    def _make(self, kind: str, entry_id: str, **fields: object) -> Entry:
        body = {name: _claim(value) for name, value in fields.items() if value is not None}
        self.claims += len(body)
        return Entry(entry_id, kind, body)

    def _words(self) -> dict[str, str]:
        return {"en": " ".join(self.random.choices(WORDS, k=6))}

    def _day(self) -> str:
        return dt.date.fromordinal(FIRST_DAY + self.random.randrange(DAYS)).isoformat()

    def _pair(self, number: int, pair: tuple[str, str]) -> Iterator[Entry]:
        base = {"sources": ["src-0"], "confidence": "high"}
        for i in range(2):
            issue = f"issue-{number}-{i}"
            yield self._make(
                "issue",
                issue,
                title=self._words(),
                summary=self._words(),
                parties=list(pair),
                status="open",
                **base,
            )
            both = {"parties": list(pair), "issues": [issue], **base}
            for j in range(6):
                name = f"{number}-{i}-{j}"
                yield self._make(
                    "meeting",
                    f"meeting-{name}",
                    title=self._words(),
                    summary=self._words(),
                    on=self._day(),
                    meeting_kind="leaders_meeting",
                    place="Town",
                    **both,
                )
                yield self._make(
                    "event",
                    f"event-{name}",
                    title=self._words(),
                    summary=self._words(),
                    on=self._day(),
                    event_kind="incident",
                    **both,
                )
                yield self._make(
                    "position",
                    f"position-{name}",
                    issue=issue,
                    parties=[self.random.choice(pair)],
                    holds=self._words(),
                    term=self._words(),
                    on=self._day(),
                    **base,
                )
            yield from self._rules(f"{number}-{i}", issue, pair, base)

    def _rules(
        self, name: str, issue: str, pair: tuple[str, ...], base: Mapping[str, object]
    ) -> Iterator[Entry]:
        imposer, target = pair if self.random.random() < 0.5 else pair[::-1]
        for j in range(3):
            start = self._day()
            act = f"act-{name}-{j}"
            yield self._make(
                "act",
                act,
                title=self._words(),
                act_kind="announcement",
                issuers=[imposer],
                on=start,
                **base,
            )
            yield self._make(
                "measure",
                f"measure-{name}-{j}",
                title=self._words(),
                imposers=[imposer],
                flow="import",
                targets={"only": [target]},
                measure_kind="import_ban",
                goods=[f"HS2022:{self.random.randint(1, 24):02d}"],
                made_by=act,
                issues=[issue],
                **{"from": start},
                **base,
            )
            commitment = self._make(
                "commitment",
                f"commitment-{name}-{j}",
                title=self._words(),
                owes=self._words(),
                debtors=list(pair),
                due={"words": "at an appropriate time"},
                on=start,
                made_by=f"meeting-{name}-0",
                force="agreed",
                issues=[issue],
                **base,
            )
            commitment.body["status"] = _claim("open", **{"from": start})
            self.claims += 1
            yield commitment
