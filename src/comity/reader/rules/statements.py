"""Statements: who said what, in whose words, and where.

One for each act of speaking; a quote that runs on in its paragraph belongs to it. Requests,
concerns, agreements and meetings that somebody tells of are entries of their own, not statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comity.reader.bodies import body
from comity.reader.channels import Channels, named_in_according
from comity.reader.lexicon import lemma, words
from comity.reader.marked import (
    DEMONYM,
    GROUP,
    PERSON,
    PRONOUN,
    Marked,
    Mention,
)
from comity.reader.proposal import STATEMENT, Proposal
from comity.reader.quotes import Quotes
from comity.reader.reading import Register
from comity.reader.rules.statement_answers import answered
from comity.reader.rules.statement_content import (
    clause_of,
    extent,
    is_other,
    is_unreal,
    loose,
    other_types,
    owner_of,
    tells,
    thing_of,
)
from comity.reader.rules.statement_papers import Papers, is_paper, released
from comity.reader.rules.statement_views import (
    alone,
    is_authority,
    is_official,
    is_own,
    reported_by,
    reporter,
    verbs,
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
_MADE = frozenset(("agreement", "deal", "accord", "pact", "meeting", "talk", "summit"))
_NEAR = 4
"""Sentences after which nobody's words are expected to go on."""


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
        self._papers = Papers()
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
                for one in here:
                    self._papers.note(one)
            self._channels.note_post(number, sentence)
        return answered(self._m, found)

    def _sentence(self, number: int, sentence: Span) -> list[Said]:
        """One statement for each verb of a sentence by which somebody says something."""
        found: list[Said] = []
        for token in sentence:
            if token.pos_ != "VERB":
                continue
            if (one := self._released(token, number, sentence)) is not None:
                found.append(one)
            elif lemma(token) in verbs() | _CALLED:
                one = self._by_verb(token, number, sentence)
                if one is not None and found and _joined(token, one, found[-1]):
                    found[-1].end = token.idx
                if one is not None and not any(_same_words(one, other) for other in found):
                    found.append(one)
        found = [one for one in found if one.speaker.name != _JOINT or not self._goes_on(one)]
        if not found:
            one = self._according(number, sentence)
            return [] if one is None else [one]
        return found

    def _released(self, verb: Token, number: int, sentence: Span) -> Said | None:
        """ "X and Y released the following statement:" and the words that follow."""
        at = released(verb, sentence, self._quotes)
        who = None if at is None or self._quotes.inside(verb.idx) else self._speaker(verb, number)
        if at is None or who is None:
            return None
        return Said(speaker=who[0], verb=lemma(verb), start=at[0], end=at[1], mode="quote",
                    partial=False, channel="statement", sentence=number,
                    rule="statement.released")  # fmt: skip

    def _by_verb(self, verb: Token, number: int, sentence: Span) -> Said | None:
        said = lemma(verb)
        if not self._speaks(verb, said):
            return None
        who = self._speaker(verb, number)
        if who is None:
            return None
        speaker, start, paper = who
        needs = verbs().get(said, "quote")
        if needs == "finding" and not is_authority(self._m, verb):
            return None
        if needs == "self" and not (
            is_own(self._m, verb) or speaker.name == _JOINT or is_official(self._m, verb, said)
        ):
            return None
        quote = self._quotes.of_verb(verb, sentence)
        clause = clause_of(verb)
        thing = thing_of(verb)
        whom = self._m.by_token.get(verb.i + 1) if needs == "object" and thing is None else None
        if whom is not None and whom.kind == PERSON:
            # "thanked SoS Badenoch": the parser takes a title it does not know for a preposition.
            thing = self._m.doc[whom.last]
        listed = self._listed.get(verb.i)
        words_ = loose(verb, sentence) if quote is None and clause is None else None
        names = said in _CALLING and not any(
            c.dep_ == "prep" and c.lower_ in ("for", "on", "upon") for c in verb.children
        )
        short = self._quotes.short(verb) if names else None
        if quote is None and listed is None and words_ is None and short is None:
            if said == "discuss" and not alone(self._m, verb, speaker):
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
            or reporter(self._m, verb)
        )
        last = self._last
        if said == "make" and content is not None:
            # "made clear that the controls will stay": the parse hangs the rest on "clear"
            ends = max(ends, extent(verb)[1] if content.dep_ != "conj" else ends)
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

    def _speaker(self, verb: Token, number: int) -> tuple[Speaker, int, str | None] | None:
        """Who speaks, where that is said, and the paper that speaks for them."""
        one = self._m.subject(verb)
        if one is not None:
            own = one.parties or reported_by(self._m, verb)
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
        if is_paper(subject) and (teller := self._papers.of(subject, number)) is not None:
            return teller, subject.idx, word
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
        if verbs().get(lemma(clause), "self") == "self" or is_unreal(clause):
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
        about = next((c for c in root.children if c.dep_ in ("nsubj", "nsubjpass")), None)
        if lemma(root) in other_types() or (about is not None and lemma(about) in _MADE):
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


def _joined(verb: Token, one: Said, before: Said) -> bool:
    """Whether a second verb of the same speaker was parsed into what the first says: "stated that
    talks went on and stressed that they are open"."""
    own = any(c.dep_ in ("nsubj", "nsubjpass") for c in verb.children)
    return (
        verb.dep_ == "conj"
        and verb.tag_ == "VBD"
        and not own
        and one.speaker == before.speaker
        and before.start < verb.idx < before.end
        and before.mode == one.mode == "paraphrase"
    )


def _same_words(one: Said, other: Said) -> bool:
    """Whether two verbs tell of the same words of the same speaker."""
    if one.speaker != other.speaker:
        return False
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared > 0.5 * min(one.end - one.start, other.end - other.start)
