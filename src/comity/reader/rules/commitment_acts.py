"""What a party says it will do, and whether that is a measure rather than a commitment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token

_IMPOSING = frozenset((
    "impose", "slap", "introduce", "levy", "raise", "increase", "hike", "ban", "restrict", "halt",
    "suspend", "extend", "double", "propose", "launch", "open", "initiate", "apply", "put", "place",
    "add", "tighten", "block", "prohibit", "set", "reimpose", "adopt", "implement", "take",
))  # fmt: skip
_MEASURES = frozenset((
    "tariff", "duty", "ban", "levy", "quota", "restriction", "control", "sanction", "curb", "tax",
    "surtax", "import", "export", "probe", "investigation", "list", "embargo", "fee",
    "countermeasure",
))  # fmt: skip


def restricts(verb: Token) -> bool:
    """Whether what somebody plans is to restrict trade: that is a measure."""
    words = [t.lemma_.lower() for t in verb.doc[verb.i + 1 : min(verb.i + 9, verb.sent.end)]]
    return any(w in _IMPOSING for w in words[:4]) and any(w in _MEASURES for w in words)


def helpers(verb: Token) -> tuple[str, ...]:
    """ "Will"; in reported speech "would" too ("said it would lift")."""
    told = verb.dep_ == "ccomp" and verb.head.lemma_ in (
        "say",
        "announce",
        "confirm",
        "tell",
        "state",
    )
    return ("will", "shall", "would") if told else ("will", "shall")


def going_to(verb: Token) -> bool:
    """Whether a verb is what somebody "is going to" do."""
    going = verb.head
    return (
        verb.dep_ == "xcomp"
        and verb.tag_ == "VB"
        and going.lower_ == "going"
        and any(c.dep_ == "aux" and c.tag_ in ("VBZ", "VBP", "VBD") for c in going.children)
    )
