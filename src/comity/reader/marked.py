"""A text with its parse and who is mentioned where: what every rule works on.

`mark` (in `comity.reader.marking`) makes a `Marked` once per text, in time linear in its length;
all lookups here are by sentence or by token, so that no rule compares everything with everything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from comity.reader.pairs import is_joint
from comity.reader.proposal import Evidence

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from comity.reader.reading import Given
    from comity.reader.turns import Turns

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


@dataclass(frozen=True, slots=True)
class Lead:
    """What stands before the colon of a list: who, and the verb, `None` for "The ministers:"."""

    who: Mention
    verb: Token | None


@dataclass(frozen=True)
class Marked:
    """The text (characters normalised one to one, so offsets are the document's) and its marks.

    original : the document's text; evidence quotes are cut from it
    by_token : the mention that covers a token, by the token's index
    subjects : the mention that a verb's subject stands for, by the verb's index, with passives,
        conjunctions, control ("agreed to hold") and relative clauses followed
    people : the first mention of each person, by full name
    plain : the normalised text; `doc.text` is the same but is put together anew each time
    sentence_of : a token's sentence, by the token's index
    pair : the two parties that the text is mostly about, empty where it has no two; all those who
        speak in a joint text of more
    own_party : the party that says "we" or "the ministry"; `None` where that is not known
    home : the party whose ministries the text names without their country, where that is clear
    turns : who speaks in each answer of a text of questions and answers
    leads : what stands before the colon of a list, by the verb of each of its items
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
    plain: str = ""
    sentence_of: Sequence[int] = ()
    pair: tuple[str, ...] = ()
    own_party: str | None = None
    home: str | None = None
    leads: Mapping[int, Lead] = field(default_factory=dict)
    turns: Turns | None = None

    def evidence(self, start: int, end: int) -> Evidence:
        """Characters `start` to before `end` as evidence, without white space around them."""
        text = self.original
        start, end = max(0, start), min(len(text), end)
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        return Evidence(start, end, text[start:end])

    @property
    def joint(self) -> bool:
        """Whether two parties or more speak in the text together."""
        return bool(self.pair) and is_joint(self.given.title, self.original)

    def of(self, token: Token) -> Mention | None:
        """The mention that covers a token or, failing that, its syntactic head's possessor."""
        return self.by_token.get(token.i)

    def subject(self, verb: Token) -> Mention | None:
        return self.subjects.get(verb.i)
