"""What every draft of an entry is made with: words for parties, days, the source's own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from comity.reader.proposal import Proposal
from comity.reader.setting import Setting
from comity.words import economies
from comity.words.catalogue import t
from comity.words.errors import ComityError
from comity.words.time import DayRange

Fields = dict[str, Any]

_QUOTE = 600
"""Characters of the source's words that stand in for our own at most."""


@dataclass
class Draft:
    """An entry to be: its kind, its fields, words for its id, and entries that it needs."""

    kind: str
    fields: Fields
    words: list[str]
    needs: list[Fields] = field(default_factory=list)


def who_of(parties: list[str]) -> str:
    def label(code: str) -> str:
        try:
            return economies.label(code)
        except ComityError:
            return code

    names = [label(code) for code in parties]
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def day_of(slots: Any, setting: Setting) -> Any:
    """The day told, else that of publication, marked as assumed."""
    told = slots.get("on") or slots.get("date")
    if told:
        return told
    if setting.published is None:
        return None
    return {"value": setting.published, "basis": "assumed", "note": t("reader.day_assumed")}


def due_of(when: Any) -> Any:
    """The words of the text for a due day: in quotation marks where they begin like a day of the
    calendar and are none, such as "10 February", whose year nobody told."""
    if not isinstance(when, str) or not when[:1].isdigit():
        return when
    try:
        return str(DayRange.parse(when))
    except ComityError:
        return f"“{when}”"


def plain_day(day: Any) -> str:
    return str(day["value"] if isinstance(day, dict) else day or "undated")


def own_words(text: Any, proposal: Proposal) -> Any:
    """A reviewer's own words, else the source's between quotation marks, and said to be so."""
    if text:
        return text
    quote = " ".join(proposal.evidence[0].quote.split())
    short = quote if len(quote) <= _QUOTE else quote[:_QUOTE].rsplit(" ", 1)[0] + " …"
    return {"value": f"“{short}”", "note": t("reader.source_words")}
