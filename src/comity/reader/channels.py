"""Where something was said: a post, a press conference, a paper, an outlet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from comity.reader.lexicon import lemma, words
from comity.reader.marked import COLLECTIVE, INSTITUTION, PERSON, Marked, Mention
from comity.reader.quotes import Quotes
from comity.reader.said import called

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_SOCIAL = re.compile(
    r"\b(?:on|to|via)\s+(?:the\s+|his\s+|her\s+)?(?:social[ -]media\s+)?(?:platform\s+|site\s+)?"
    r"(X|Twitter|Facebook|Weibo|WeChat|LinkedIn|Instagram|Truth Social|Telegram|Threads)\b"
)
_CHANNEL = re.compile(
    r"\b(?:in|at|during|through|via|to)\s+(?:an?\s+|the\s+|his\s+|her\s+|their\s+|its\s+)?"
    r"((?:[\w-]+\s+){0,3}?(?:statements?|press conference|news conference|press briefing|briefing"
    r"|interview|speech|tweet|post|remarks|letter|readout|article|press release|communique"
    r"|communiqu\u00e9|address|op-ed|notice|notification|circular|announcement|filing))\b",
    re.IGNORECASE,
)
_TO_ADDRESS = re.compile(r"to (?:[\w-]+ )?address", re.IGNORECASE)
"""A verb, not a speech: "to address the imbalance"."""
_ACCORDING = re.compile(
    r"\baccording to\s+(?:(?:an?|the)\s+(?:\w+\s+)?(?P<paper>statement|readout|notice|report"
    r"|release|announcement)\s+(?:from|by|of|issued by|released by)\s+)?(?:the\s+|an?\s+)?",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\b(?:figures|data|statistics|estimates|numbers)\b", re.IGNORECASE)
_POSTS = words("channels.posts")


class Channels:
    """Finds the channel of a saying; remembers who posted something a sentence ago."""

    def __init__(self, marked: Marked, quotes: Quotes) -> None:
        self._m = marked
        self._quotes = quotes
        self._posted: tuple[str, str, int] | None = None

    def of(self, verb: Token, clause: Token | None, sentence: Span, number: int,
           speaker: str) -> str | None:  # fmt: skip
        """Where `speaker` says what `verb` tells, `None` where the text does not say."""
        text = self._m.plain
        if lemma(verb) == "tell":
            for child in verb.children:
                if child.dep_ in ("dobj", "dative") and (named := self._audience(child)):
                    return named
        where = _SOCIAL.search(text, sentence.start_char, sentence.end_char)
        if where is not None:
            return f"social media ({where.group(1)})"
        for match in _CHANNEL.finditer(text, sentence.start_char, sentence.end_char):
            if _TO_ADDRESS.match(match.group()):
                continue
            if not self._quotes.inside(match.start()) and not _within(clause, match.start()):
                return " ".join(match.group(1).split()).lower()
        if lemma(verb) == "tweet":
            return "tweet"
        posted = self._posted
        if posted is not None and posted[0] == speaker and number - posted[2] <= 1:
            return posted[1]
        return None

    def note_post(self, number: int, sentence: Span) -> None:
        """Remember that somebody posted: the words quoted next are likely that post."""
        where = _SOCIAL.search(self._m.plain, sentence.start_char, sentence.end_char)
        if where is None:
            return
        for token in sentence:
            if lemma(token) in _POSTS and (one := self._m.subject(token)) is not None:
                self._posted = (called(one, self._m), f"social media ({where.group(1)})", number)
                return

    def _audience(self, token: Token) -> str | None:
        """A press conference or an outlet that somebody told something."""
        if token.lower_ == "reporters":
            return "reporters"
        if token.lower_ in ("conference", "briefing"):
            words = [c.text for c in token.lefts if c.dep_ in ("compound", "amod")]
            return " ".join([*words, token.text]).lower()
        if token.pos_ == "PROPN" and self._m.of(token) is None:
            words = [c.text for c in token.lefts if c.dep_ == "compound"]
            return " ".join([*words, token.text])
        return None


@dataclass(frozen=True, slots=True)
class According:
    """ "according to" from character `start`: whom, and in which paper."""

    start: int
    who: Mention
    paper: str | None


def named_in_according(marked: Marked, sentence: Span, number: int) -> According | None:
    """Whom a sentence goes by, when that is an institution or a person of one party."""
    match = _ACCORDING.search(marked.plain, sentence.start_char, sentence.end_char)
    if match is None:
        return None
    for one in marked.in_sentence.get(number, ()):
        # The name may begin after its party: "China's General Administration of Customs".
        if one.start > match.end() and _FIGURES.search(marked.plain, match.end(), one.start):
            return None
        if one.end <= match.end() or one.start > match.end() + 25:
            continue
        if one.kind in (INSTITUTION, PERSON, COLLECTIVE):
            if len(one.parties) != 1:
                return None
            paper = match.group("paper")
            return According(match.start(), one, paper.lower() if paper else None)
    return None


def _within(clause: Token | None, char: int) -> bool:
    """Whether a place lies in what is said rather than beside it."""
    if clause is None:
        return False
    last = clause.right_edge
    return clause.left_edge.idx <= char < last.idx + len(last)
