"""A document of our own, and proposals on it as rules would make them: a reading without rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from comity.documents.document import Document, Extracted, Span
from comity.documents.passages import sha256_of
from comity.reader.proposal import Evidence, Proposal
from comity.reader.reading import Given, Read, Register

TEXT = """\
Leaders talk about fish
President Xi Jinping and Prime Minister Fumio Kishida sat down in Lima on 16 November 2022. \
They agreed to call the next economic dialogue soon. Mr Kishida said that trade in scallops \
matters to both. Japan may ask China to end the seafood ban. Both spoke of shared interests. \
China opened an inquiry into steel pipes. About 1,200 tonnes were held back.
"""


def evidence(quote: str, text: str = TEXT) -> Evidence:
    """The place of words that occur once."""
    assert text.count(quote) == 1, quote
    start = text.index(quote)
    return Evidence(start, start + len(quote), quote)


def proposal(kind: str, quote: str, slots: dict[str, Any], **more: Any) -> Proposal:
    text = more.pop("text", TEXT)
    rule = more.pop("rule", f"{kind}.made")
    return Proposal(kind, slots, (evidence(quote, text),), rule, **more)


MEETING = proposal(
    "meeting",
    "sat down in Lima on 16 November 2022",
    {
        "primary": True,
        "parties": ["CHN", "JPN"],
        "status": "held",
        "format": "in-person",
        "date": "2022-11-16",
        "place": "Lima",
        "event": None,
        "principals": [
            {"name": "Xi Jinping", "role": "President", "party": "CHN"},
            {"name": "Fumio Kishida", "role": "Prime Minister", "party": "JPN"},
        ],
    },
)
STATEMENT = proposal(
    "statement",
    "trade in scallops matters to both",
    {"speaker": "Fumio Kishida", "party": "JPN", "verb": "say", "mode": "paraphrase"},
)
POSITION = proposal(
    "position",
    "ask China to end the seafood ban",
    {"side": "JPN", "act": "request", "to": "CHN", "about": "end the seafood ban"},
    hedged=True,
    cue="may",
)
ISSUE = proposal("issue", "the seafood ban", {"key": "food-import-ban"})
COMMITMENT = proposal(
    "commitment",
    "agreed to call the next economic dialogue soon",
    {
        "parties": ["CHN", "JPN"],
        "what": "call the next economic dialogue",
        "when": "soon",
        "status": "agreed",
    },
)
MEASURE = proposal(
    "measure",
    "seafood ban",
    {
        "imposer": "CHN",
        "target": "JPN",
        "product": "seafood",
        "kind": "import-ban",
        "status": "lifting-sought",
    },
)
INQUIRY = proposal(
    "measure",
    "opened an inquiry into steel pipes",
    {"imposer": "CHN", "target": "JPN", "product": "steel pipes", "kind": "investigation"},
)
INTEREST = proposal("interest", "shared interests", {"kind": "common"})
HEDGE = proposal("hedge", "Japan may ask", {"cue": "may"})
INDICATOR = proposal(
    "indicator", "1,200 tonnes", {"quantity": "goods held back", "value": "1200", "unit": "t"}
)
PERSON = proposal(
    "person",
    "Prime Minister Fumio Kishida",
    {"name": "Fumio Kishida", "role": "Prime Minister", "party": "JPN"},
)
ALL = (
    HEDGE, INTEREST, STATEMENT, POSITION, ISSUE, COMMITMENT, MEASURE, INQUIRY, INDICATOR, MEETING,
    PERSON,
)  # fmt: skip


def extract(data: bytes, *, file: str) -> Extracted:
    """Plain text as it is."""
    text = data.decode()
    found = Document(sha256_of(data), "text", len(data), "utf-8", "Leaders talk", "en", 1.0)
    spans = (Span(0, len(text)),)
    return Extracted(found, text, sha256_of(text.encode()), spans, (), "made 1")


class Engine:
    """Gives what it is told to, and remembers what it was given."""

    def __init__(self, *found: Proposal, problem: str | None = None) -> None:
        self.found = found
        self.problem = problem
        self.given: Given | None = None
        self.register: Register | None = None

    def __call__(self, given: Given, register: Register) -> Read:
        self.given, self.register = given, register
        return Read(self.found, len(given.text.split()), "en", self.problem)


def install(patch: pytest.MonkeyPatch, *found: Proposal, problem: str | None = None) -> Engine:
    """Let the commands and the record read with these proposals."""
    engine = Engine(*found, problem=problem)
    patch.setattr("comity.opened.proposing.extract", extract)
    patch.setattr("comity.opened.proposing.engine", engine)
    return engine


def document(folder: Path, text: str = TEXT) -> Path:
    path = folder / "talk.txt"
    path.write_text(text, encoding="utf-8")
    return path
