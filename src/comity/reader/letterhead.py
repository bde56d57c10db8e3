"""Whose paper a text is, by the lines at its head: "GOVERNMENT OF INDIA", "Ministry of Commerce of
the People's Republic of China"."""

from __future__ import annotations

import re

from comity.reader import parties
from comity.reader.marked import DEMONYM, ECONOMY, INSTITUTION

_LINES = 10
_LONGEST = 100
"""Characters of a line that can be a head's; text that runs on is longer or ends like one."""
_WORD = re.compile(r"[^\W\d_]+")


def own_party(plain: str) -> str | None:
    """The one party whose institutions sign at the head of a text; `None` where none or two do."""
    heads = parties.institution_heads()
    found: set[str] = set()
    lines = [line.strip() for line in plain[:2000].split("\n") if line.strip()][:_LINES]
    # The first line is a title, which may name anybody's ministry.
    for line in lines[1:]:
        if len(line) > _LONGEST:
            break
        if line.endswith((".", ":", ";", "?")):
            continue
        said = _WORD.findall(line)
        capital = sum(word[:1].isupper() for word in said)
        names = list(parties.names(line))
        office = any(word.lower() in heads for word in said)
        if not said or capital < 0.6 * len(said) or not names:
            continue
        own = {p for one in names if one.kind in (ECONOMY, DEMONYM, INSTITUTION)
               for p in one.parties}  # fmt: skip
        if (office or any(one.kind == INSTITUTION for one in names)) and len(own) == 1:
            found |= own
    return next(iter(found)) if len(found) == 1 else None
