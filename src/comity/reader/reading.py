"""What a reading is given and what it gives: the seam between the rules and everything around them.

`read` (in `comity.reader.engine`) turns `Given` into `Read`. It sees no store: what it may know of
the record is handed to it as a `Register`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.reader.proposal import Proposal


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person on record: names as written, and whom the person served when (days inclusive).

    general : the office is general knowledge, without days
    """

    id: str
    names: tuple[str, ...]
    party: str
    role: str
    begins: dt.date | None
    ends: dt.date | None
    general: bool = False


@dataclass(frozen=True, slots=True)
class KnownIssue:
    """An issue on record, with its terms and words it is called by; `key` of the closed list."""

    id: str
    names: tuple[str, ...]
    parties: tuple[str, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class KnownMeasure:
    """A measure on record and the days on which it was in force."""

    id: str
    names: tuple[str, ...]
    imposers: tuple[str, ...]
    targets: tuple[str, ...]
    goods: tuple[str, ...]
    kind: str
    begins: dt.date | None
    ends: dt.date | None


class Register(Protocol):
    """What the record knows that helps in reading."""

    @property
    def people(self) -> Sequence[KnownPerson]: ...

    @property
    def issues(self) -> Sequence[KnownIssue]: ...

    @property
    def measures(self) -> Sequence[KnownMeasure]: ...


@dataclass(frozen=True)
class Given:
    """A text and what is known of it.

    published : its day of publication (`None`: unknown);  publisher : party whose ministry or
        outlet it is, ISO 3166-1 alpha-3 or ``EUN``;  speaker : who speaks in the first person
    relation : two parties to prefer where a text says "both sides"
    """

    text: str
    title: str = ""
    published: dt.date | None = None
    publisher: str | None = None
    speaker: str | None = None
    relation: tuple[str, str] | None = None


@dataclass(frozen=True)
class Read:
    """What was found; `problem` says why there is nothing to propose (other language, no text)."""

    proposals: tuple[Proposal, ...]
    words: int
    language: str
    problem: str | None = None
    notes: tuple[str, ...] = ()
