"""When a proposal is the entry that an annotation asks for, and which of its slots are right.

The rules are those under which the annotations were made: loose on wording, strict on who, what
kind, and where in the text. Each rule takes the wanted entry and the proposal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from comity.reader.gold import EVERYBODY, Wanted, codes
from comity.reader.proposal import (
    COMMITMENT,
    HEDGE,
    INTEREST,
    ISSUE,
    MEASURE,
    MEETING,
    POSITION,
    STATEMENT,
    Proposal,
)

FAMILIES: Mapping[str, str] = {
    "import-ban": "import",
    "import-restriction": "import",
    "trade-barrier": "import",
    "tariff": "duty",
    "anti-dumping-duty": "duty",
}
"""Kinds of measure that count as the same; a kind that is not here is a family of its own."""

HEDGE_REACH = 25
"""How many characters a hedge may lie from the annotated one."""

_ANY_GOODS = frozenset({"all goods", "goods", "all products", "all"})
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_EMPTY_WORDS = frozenset((
    "a", "all", "an", "and", "any", "by", "certain", "for", "from", "in", "its", "of", "on", "or",
    "other", "some", "the", "to", "with", "export", "exports", "good", "goods", "import",
    "imports", "item", "items", "product", "products",
))  # fmt: skip
# Speakers that are no person: their party is all that can be right about them.
_OFFICES = frozenset((
    "administration", "agency", "authorities", "authority", "bureau", "cabinet", "chamber",
    "commission", "committee", "council", "countries", "customs", "delegation", "department",
    "embassy", "government", "governments", "house", "industry", "joint", "leaders", "ministers",
    "ministries", "ministry", "office", "official", "officials", "parliament", "parties", "press",
    "report", "secretariat", "sides", "spokesman", "spokesperson", "spokeswoman", "state",
    "statement", "states", "union",
))  # fmt: skip


def matches(want: Wanted, got: Proposal) -> bool:
    """Whether the proposal is of the wanted entry's type and says the same."""
    return want.type == got.type and _RULES[want.type](want, got)


def same_imposer_and_kind(want: Wanted, got: Proposal) -> bool:
    """Measures by less: a common imposer and the same family of kind."""
    if want.type != got.type:
        return False
    imposers = codes(want.slots.get("imposer")) & codes(got.slots.get("imposer"))
    return bool(imposers) and family(want.slots.get("kind")) == family(got.slots.get("kind"))


def family(kind: Any) -> str:
    return FAMILIES.get(str(kind), str(kind))


def overlaps(want: Wanted, got: Proposal) -> bool:
    """Whether any evidence of the proposal shares characters with the anchor."""
    return any(one.start < want.end and want.start < one.end for one in got.evidence)


def distance(want: Wanted, got: Proposal) -> int:
    """Characters between the anchor and the nearest evidence; 0 where they touch or overlap."""
    return min(max(one.start - want.end, want.start - one.end, 0) for one in got.evidence)


# ------------------------------------------------------------------------------ rules by type


def _meeting(want: Wanted, got: Proposal) -> bool:
    if codes(want.slots.get("parties")) != codes(got.slots.get("parties")):
        return False
    day, place = want.slots.get("date"), want.slots.get("place")
    if day is None and place is None:
        return True
    return same_day(day, got.slots.get("date")) or same_place(place, got.slots.get("place"))


def _statement(want: Wanted, got: Proposal) -> bool:
    return overlaps(want, got) and same_speaker(want.slots, got.slots)


def _position(want: Wanted, got: Proposal) -> bool:
    return overlaps(want, got) and codes(want.slots.get("side")) == codes(got.slots.get("side"))


def _issue(want: Wanted, got: Proposal) -> bool:
    return bool(want.slots.get("key") == got.slots.get("key"))


def _commitment(want: Wanted, got: Proposal) -> bool:
    parties = codes(want.slots.get("parties")) == codes(got.slots.get("parties"))
    return parties and overlaps(want, got)


def _measure(want: Wanted, got: Proposal) -> bool:
    targets = codes(want.slots.get("target"))
    return (
        same_imposer_and_kind(want, got)
        and (
            not targets
            or bool(targets & EVERYBODY)
            or bool(targets & codes(got.slots.get("target")))
        )
        and same_goods(want.slots.get("product"), got.slots.get("product"))
    )


def _interest(want: Wanted, got: Proposal) -> bool:
    return overlaps(want, got) and want.slots.get("kind") == got.slots.get("kind")


def _hedge(want: Wanted, got: Proposal) -> bool:
    return distance(want, got) <= HEDGE_REACH


_RULES: Mapping[str, Callable[[Wanted, Proposal], bool]] = {
    MEETING: _meeting,
    STATEMENT: _statement,
    POSITION: _position,
    ISSUE: _issue,
    COMMITMENT: _commitment,
    MEASURE: _measure,
    INTEREST: _interest,
    HEDGE: _hedge,
}


# ------------------------------------------------------------------------------ values


def words(value: Any) -> frozenset[str]:
    """The words of a value that carry meaning, singular and in lower case."""
    parts = value if isinstance(value, list | tuple) else (value,)
    found = set()
    for part in parts:
        if part is None:
            continue
        for match in _WORD.finditer(str(part).replace("-", " ").lower()):
            word = match.group().removesuffix("’s").removesuffix("'s")
            if word not in _EMPTY_WORDS:
                found.add(_singular(word))
    return frozenset(found)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("oes", "shes", "ches", "xes", "sses")):
        return word[:-2]
    if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def same_goods(want: Any, got: Any) -> bool:
    """A common word; the annotation without goods, or with all goods, matches anything."""
    if want is None or str(want).lower() in _ANY_GOODS:
        return True
    wanted = words(want)
    return not wanted or bool(wanted & words(got))


def same_day(want: Any, got: Any) -> bool:
    """Whether both are said and one lies within the other: 2023-02 and 2023-02-07."""
    if want is None or got is None:
        return False
    first, second = str(want), str(got)
    if "/" in first or "/" in second:
        (a, b), (c, d) = _ends(first), _ends(second)
        return a <= d and c <= b
    return first.startswith(second) or second.startswith(first)


def _ends(text: str) -> tuple[str, str]:
    """First and last day of ``2025-05-10/2025-05-11`` or of a shorter date, to compare as text."""
    begin, _, end = text.partition("/")
    return begin, (end or begin) + "~"


def same_place(want: Any, got: Any) -> bool:
    """Whether both are said and share a name: Woodside, and Woodside, California."""
    return want is not None and got is not None and bool(words(want) & words(got))


def same_speaker(want: Mapping[str, Any], got: Mapping[str, Any]) -> bool:
    """The same parties and, where a person is meant, a part of the name in common."""
    if codes(want.get("party")) != codes(got.get("party")):
        return False
    name = want.get("speaker")
    if name is None or not is_person(str(name)):
        return True
    return bool(_names(name) & _names(got.get("speaker")))


def is_person(name: str) -> bool:
    """Whether a speaker is named as a person: capitals throughout, no office and no economy."""
    from comity.words import economies
    from comity.words.errors import CodeError

    parts = name.split()
    if not parts or not all(part[:1].isupper() for part in parts):
        return False
    if {part.lower().strip(".,") for part in parts} & _OFFICES:
        return False
    try:
        economies.resolve(name)
    except CodeError:
        return True
    return False


def _names(value: Any) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{2,}", str(value or "").lower()))


# ------------------------------------------------------------------------------ slots


def slots_right(want: Wanted, got: Proposal) -> dict[str, bool]:
    """For each slot that the annotation fills and that is measured: whether the proposal has it."""
    found: dict[str, bool] = {}
    for name, rule in _SLOTS[want.type].items():
        if want.slots.get(name) not in (None, [], ""):
            found[name] = rule(want.slots[name], _value(got, name))
    if found.get("status") is False and want.slots.get("also") is not None:
        found["status"] = _same(want.slots["also"], got.slots.get("status"))
    return found


def _value(got: Proposal, name: str) -> Any:
    value = got.slots.get(name)
    return got.hedged if name == "hedged" and value is None else value


def _same(want: Any, got: Any) -> bool:
    return _text(want) == _text(got)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _common_word(want: Any, got: Any) -> bool:
    return bool(words(want) & words(got))


def _given(want: Any, got: Any) -> bool:
    return got not in (None, "", False)


def _parties(want: Any, got: Any) -> bool:
    return codes(want) == codes(got)


def _people(want: Any, got: Any) -> bool:
    """Everyone named, with the right party; more people are no error."""
    if not isinstance(got, Iterable) or isinstance(got, str):
        return False
    have = [(_names(one.get("name")), codes(one.get("party"))) for one in got]
    return all(
        any(_names(one["name"]) & names and codes(one["party"]) == party for names, party in have)
        for one in want
    )


_SLOTS: Mapping[str, Mapping[str, Callable[[Any, Any], bool]]] = {
    MEETING: {
        "status": _same,
        "format": _same,
        "date": same_day,
        "place": same_place,
        "event": _common_word,
        "first": _given,
        "principals": _people,
    },
    STATEMENT: {"mode": _same, "channel": _common_word},
    POSITION: {"act": _same, "to": _parties, "about": _common_word, "hedged": _same},
    ISSUE: {},
    COMMITMENT: {"status": _same, "when": _common_word, "what": _common_word},
    MEASURE: {"kind": _same, "status": _same},
    INTEREST: {},
    HEDGE: {"cue": _common_word},
}
