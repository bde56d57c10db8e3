"""Statements: who said what, in whose words, and where.

One for each act of speaking; a quote that runs on in its paragraph belongs to it. Requests,
concerns, agreements and meetings that somebody tells of are entries of their own, not statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from comity.reader.bodies import body
from comity.reader.channels import Channels, named_in_according
from comity.reader.lexicon import lemma, words
from comity.reader.marked import DEMONYM, GROUP, INSTITUTION, PRONOUN, Marked, Mention
from comity.reader.phrases import table
from comity.reader.proposal import STATEMENT, Proposal
from comity.reader.quotes import Quotes
from comity.reader.reading import Register
from comity.reader.rules.statement_content import (
    clause_of,
    extent,
    is_other,
    is_unreal,
    loose,
    other_types,
    owner_of,
    tells,
)
from comity.reader.said import Said, Speaker, called

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_CALLING = frozenset(("call", "describe", "dub", "label", "brand", "term"))
_CALLED = dict.fromkeys(_CALLING, "quote")
_PAPERS = words("statements.papers")
_BACK = words("statements.back")
_OWN = frozenset(("i", "we", "our"))
_JOINT = "joint"
"""The speaker of a text that two parties speak together."""
_NEAR = 4
"""Sentences after which nobody's words are expected to go on."""


@cache
def _verbs() -> dict[str, str]:
    return {row["verb"]: row["needs"] for row in table("speech.csv")}


def propose(marked: Marked, register: Register) -> Iterator[Proposal]:
    """The statements of a text, in its order."""
    for said in _Finder(marked).all():
        slots: dict[str, object] = {"speaker": said.speaker.name}
        parties = said.speaker.parties
        if parties:
            slots["party"] = parties[0] if len(parties) == 1 else list(parties)
        slots |= {"verb": said.verb, "mode": said.mode}
        if said.partial:
            slots["partial_quote"] = True
        if said.channel:
            slots["channel"] = said.channel
        evidence = (marked.evidence(said.start, said.end), *said.more)
        yield Proposal(STATEMENT, slots, evidence, rule=said.rule)


class _Finder:
    """Goes through the sentences once; a quote alone belongs to who spoke last."""

    def __init__(self, marked: Marked) -> None:
        self._m = marked
        self._quotes = Quotes(marked)
        self._channels = Channels(marked, self._quotes)
        self._last: Said | None = None
        self._listed = {
            one.verb.i: marked.doc[at].sent.end_char
            for at, one in marked.leads.items()
            if one.verb is not None
        }

    def all(self) -> list[Said]:
        found: list[Said] = []
        for number, sentence in enumerate(self._m.sentences):
            here = self._sentence(number, sentence)
            if not here and (alone := self._quote_alone(number, sentence)) is not None:
                here = [alone]
            if here:
                found += here
                self._last = here[-1]
            self._channels.note_post(number, sentence)
        return found

    def _sentence(self, number: int, sentence: Span) -> list[Said]:
        """One statement for each verb of a sentence by which somebody says something."""
        found: list[Said] = []
        for token in sentence:
            if token.pos_ == "VERB" and lemma(token) in _verbs() | _CALLED:
                one = self._by_verb(token, number, sentence)
                if one is not None and not any(_same_words(one, other) for other in found):
                    found.append(one)
        found = [one for one in found if one.speaker.name != _JOINT or not self._goes_on(one)]
        if not found:
            one = self._according(number, sentence)
            return [] if one is None else [one]
        return found

    def _by_verb(self, verb: Token, number: int, sentence: Span) -> Said | None:
        said = lemma(verb)
        if not self._speaks(verb, said):
            return None
        who = self._speaker(verb, number)
        if who is None:
            return None
        speaker, start, paper = who
        needs = _verbs().get(said, "quote")
        if needs == "self" and not (
            self._is_own(verb) or speaker.name == _JOINT or self._is_official(verb, said)
        ):
            return None
        quote = self._quotes.of_verb(verb, sentence)
        clause = clause_of(verb)
        thing = next((c for c in verb.children if c.dep_ in ("dobj", "oprd")), None)
        listed = self._listed.get(verb.i)
        words_ = loose(verb, sentence) if quote is None and clause is None else None
        short = self._quotes.short(verb) if said in _CALLING else None
        if quote is None and listed is None and words_ is None and short is None:
            if said == "discuss" and not self._alone(verb, speaker):
                return None
            if not tells(needs, said, clause, thing, joint=speaker.name == _JOINT) or (
                verb.tag_ == "VBG" and clause is None and speaker.name != _JOINT
            ):
                return None
            if clause is not None and (
                (paper != "joint statement" and is_other(verb, clause))
                or self._nested(said, clause, speaker)
            ):
                return None
        content = clause if clause is not None else thing
        if quote is not None:
            begins, ends = quote.start, quote.end
        elif listed is not None:
            begins, ends = verb.idx, listed
        elif words_ is not None:
            begins, ends = words_
        elif short is not None:
            begins, ends = verb.idx, short.end
        elif content is not None:
            begins, ends = extent(content)
            if sentence.start_char <= start < begins and verb.dep_ not in ("conj", "advcl"):
                begins = min(begins, start, verb.idx)
            ends = max(ends, verb.idx + len(verb) if begins > verb.idx else ends)
        else:
            begins, ends = verb.idx, sentence.end_char
        mode = "quote" if quote is not None else "paraphrase"
        channel = (
            paper
            or self._channels.of(verb, clause, sentence, number, speaker.name)
            or self._reporter(verb)
        )
        last = self._last
        if said == "add" and channel is None and last is not None and last.speaker == speaker:
            channel = last.channel
        kind = "self" if needs == "self" else "quote" if mode == "quote" else "reported"
        return Said(
            speaker=speaker,
            verb={"point": "point out", "look": "look forward", "make": "make clear"}.get(
                said, said
            ),
            start=begins,
            end=ends,
            mode=mode,
            partial=mode == "paraphrase" and self._quotes.any_in(begins, ends),
            channel=channel,
            sentence=number,
            rule=f"statement.{kind}",
        )

    def _speaks(self, verb: Token, said: str) -> bool:
        """Whether a verb is an act of speaking here: not quoted, denied, possible, to come."""
        if self._quotes.inside(verb.idx) or is_unreal(verb):
            return False
        if (verb.tag_ == "VB" and not (self._m.joint and verb.head.i == verb.i)) or verb.dep_ in (
            "amod",
            "compound",
        ):
            return False
        if said == "make":
            return any(c.lower_ == "clear" for c in verb.subtree if abs(c.i - verb.i) < 3)
        if said == "point":
            return any(c.lower_ in ("out", "to") for c in verb.children)
        return said != "look" or any(c.lower_ == "forward" for c in verb.children)

    def _is_official(self, verb: Token, said: str) -> bool:
        """Whether "the Commission believes that ..." tells an institution's view."""
        one = self._m.subject(verb)
        views = said in ("believe", "consider") and verb.tag_ in ("VBZ", "VBD")
        return views and one is not None and one.kind == INSTITUTION and (
            clause_of(verb) is not None
        )  # fmt: skip

    def _alone(self, verb: Token, speaker: Speaker) -> bool:
        """Whether one side tells what it spoke of; what two discussed is their meeting's."""
        one = self._m.subject(verb)
        return (
            verb.head.i == verb.i
            and len(speaker.parties) == 1
            and one is not None
            and self._m.doc[one.first].lower_ not in _OWN
        )

    def _is_own(self, verb: Token) -> bool:
        """Whether "I feel" is said by the one who speaks in the first person."""
        one = self._m.subject(verb)
        return (
            one is not None
            and one.kind == PRONOUN
            and (bool(self._m.given.speaker) or one.parties == (self._m.own_party,))
            and self._m.doc[one.first].lower_ in ("i", "we")
        )

    def _speaker(self, verb: Token, number: int) -> tuple[Speaker, int, str | None] | None:
        """Who speaks, where that is said, and the paper that speaks for them."""
        one = self._m.subject(verb)
        if one is not None:
            own = one.parties or self._reported_by(verb)
            if one.kind == GROUP or not own:
                return None
            whole = self._m.joint and set(own) == set(self._m.pair)
            name = _JOINT if whole else self._called(one, number)
            return Speaker(name, own), one.start, None
        subject = next((c for c in verb.children if c.dep_ == "nsubj"), None)
        if subject is None:
            if self._m.joint and verb.head.i == verb.i and verb.tag_ in ("VBG", "VBP", "VB"):
                return Speaker(_JOINT, self._m.pair), verb.idx, None
            return None
        word = lemma(subject)
        if (group := body(self._m, subject)) is not None:
            return group, subject.idx, None
        definite = any(c.lower_ == "the" for c in subject.children)
        if word in _PAPERS:
            return self._paper(subject, word)
        last = self._last
        near = 2 if word == "person" else _NEAR
        if word in _BACK and definite and last is not None and number - last.sentence < near:
            return last.speaker, subject.idx, None
        return None

    def _paper(self, subject: Token, word: str) -> tuple[Speaker, int, str] | None:
        """Whose statement or readout speaks: the pair's, its owner's, the publisher's."""
        marked = self._m
        if any(c.lower_ == "joint" for c in subject.children):
            if not marked.pair:
                return None
            return Speaker("joint statement", marked.pair), subject.idx, "joint statement"
        owner = owner_of(subject, marked)
        if owner is not None:
            return Speaker(called(owner, marked), owner.parties), subject.idx, word
        if marked.own_party is not None and any(c.lower_ == "the" for c in subject.children):
            return Speaker(word, (marked.own_party,)), subject.idx, word
        return None

    def _nested(self, said: str, clause: Token, speaker: Speaker) -> bool:
        """Whether what is reported is itself somebody's saying: then the reporter is a channel."""
        if said not in ("report", "say", "state", "announce") or clause.pos_ != "VERB":
            return False
        if _verbs().get(lemma(clause), "self") == "self" or is_unreal(clause):
            return False
        other = self._m.subject(clause)
        return other is not None and called(other, self._m) != speaker.name

    def _called(self, one: Mention, number: int) -> str:
        """What a speaker is called; for "it" and "they", whom that stands for."""
        said = self._m.doc[one.first].lower_
        if one.kind == PRONOUN and one.name is None and one.role is None and said not in _OWN:
            for at in (number, number - 1):
                for other in reversed(self._m.in_sentence.get(at, ())):
                    if (
                        other.first < one.first
                        and other.kind not in (PRONOUN, DEMONYM)
                        and (set(other.parties) == set(one.parties))
                    ):
                        return called(other, self._m)
        return called(one, self._m)

    def _reported_by(self, verb: Token) -> tuple[str, ...]:
        """The party whose institution tells what its own people say."""
        head = verb.head
        if verb.dep_ != "ccomp" or head.i == verb.i or lemma(head) not in _verbs():
            return ()
        one = self._m.subject(head)
        return one.parties if one is not None and one.kind == INSTITUTION else ()

    def _reporter(self, verb: Token) -> str | None:
        """The institution that tells of a saying: "the ministry reported that Xi conveyed"."""
        head = verb.head
        if verb.dep_ != "ccomp" or head.i == verb.i or lemma(head) not in _verbs():
            return None
        one = self._m.subject(head)
        if one is None or one.kind != INSTITUTION:
            return None
        party = f" ({one.parties[0]})" if one.parties else ""
        return f"{called(one, self._m)}{party}"

    def _quote_alone(self, number: int, sentence: Span) -> Said | None:
        """A sentence that is nothing but a quote: more of the last statement, or a new one of the
        same speaker in a new paragraph."""
        last = self._last
        quote = self._quotes.filling(sentence)
        if quote is None or last is None or number - last.sentence > _NEAR:
            return None
        if last.start <= quote.start <= last.end:
            # The quote went on over the sentence's end.
            last.end = max(last.end, min(quote.end, sentence.end_char))
            last.sentence = number
            return None
        if "\n" not in self._m.original[last.end : quote.start]:
            last.more.append(self._m.evidence(quote.start, quote.end))
            last.sentence = number
            return None
        return Said(
            speaker=last.speaker,
            verb=last.verb,
            start=quote.start,
            end=quote.end,
            mode="quote",
            partial=False,
            channel=last.channel,
            sentence=number,
            rule="statement.quote-alone",
        )

    def _goes_on(self, one: Said) -> bool:
        """Whether a joint text repeats a verb, "Recognizing ...; Recognizing ...": one entry."""
        last = self._last
        if last is None or (last.speaker, last.verb) != (one.speaker, one.verb):
            return False
        if one.sentence - last.sentence > 1:
            return False
        last.more.append(self._m.evidence(one.start, one.end))
        last.sentence = one.sentence
        return True

    def _according(self, number: int, sentence: Span) -> Said | None:
        """ "According to China's customs, ..." by an institution or a person of one party."""
        root = sentence.root
        if lemma(root) in other_types():
            return None
        found = named_in_according(self._m, sentence, number)
        if found is None or self._quotes.inside(found.start):
            return None
        text = self._m.plain
        if found.start - sentence.start_char < 3:
            comma = text.find(",", found.who.end, sentence.end_char)
            begins, ends = (comma + 1 if comma > 0 else found.who.end), sentence.end_char
        else:
            begins, ends = sentence.start_char, found.start
        return Said(
            speaker=Speaker(called(found.who, self._m), found.who.parties),
            verb="accord",
            start=begins,
            end=ends,
            mode="paraphrase",
            partial=self._quotes.any_in(begins, ends),
            channel=found.paper,
            sentence=number,
            rule="statement.according-to",
        )


def _same_words(one: Said, other: Said) -> bool:
    """Whether two verbs tell of the same words of the same speaker."""
    if one.speaker != other.speaker:
        return False
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared > 0.5 * min(one.end - one.start, other.end - other.start)
