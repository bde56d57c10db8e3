"""A text with its parse and who is mentioned where: what every rule works on.

`mark` (in `comity.reader.marking`) makes a `Marked` once per text, in time linear in its length; all
lookups here are by sentence or by token, so that no rule compares everything with everything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from comity.reader.reading import Given

ECONOMY, DEMONYM, CAPITAL, PERSON, INSTITUTION, GROUP, COLLECTIVE, PRONOUN = (
    "economy", "demonym", "capital", "person", "institution", "group", "collective", "pronoun",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters `start` to before `end` that stand for somebody.

    parties : ISO 3166-1 alpha-3 or ``EUN``, one or more ("both sides"); empty where unknown
    name, role : of a person, as the text or the register has them
    first, last : index of the first and the last token
    """

    start: int
    end: int
    kind: str
    parties: tuple[str, ...]
    name: str | None
    role: str | None
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Dated:
    """A date that the text tells: the day or days it resolves to, `None` where it cannot."""

    start: int
    end: int
    text: str
    begins: dt.date | None
    ends: dt.date | None


@dataclass(frozen=True)
class Marked:
    """The text (characters normalised one to one, so offsets are the document's) and its marks.

    original : the document's text; evidence quotes are cut from it
    by_token : the mention that covers a token, by the token's index
    subjects : the mention that a verb's subject stands for, by the verb's index, with passives,
        conjunctions, control ("agreed to hold") and relative clauses followed
    """

    original: str
    doc: Doc
    given: Given
    sentences: Sequence[Span]
    mentions: Sequence[Mention]
    by_token: Mapping[int, Mention]
    in_sentence: Mapping[int, Sequence[Mention]]
    dates_in_sentence: Mapping[int, Sequence[Dated]]
    subjects: Mapping[int, Mention]
    people: Mapping[str, Mention] = field(default_factory=dict)

    def of(self, token: Token) -> Mention | None:
        """The mention that covers a token or, failing that, its syntactic head's possessor."""
        return self.by_token.get(token.i)

    def subject(self, verb: Token) -> Mention | None:
        return self.subjects.get(verb.i)
