"""Annotated documents: what a careful analyst would record, each entry on a short anchor.

One YAML file per document with `doc` (id, title, published, `self`, `publisher_party`) and
`entries` (`type`, the slots of the type, `ev`: words that occur once in the text). The text is
``<doc id>.txt`` in another folder, since it may not be ours to keep.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.reader.proposal import (
    COMMITMENT,
    HEDGE,
    INTEREST,
    ISSUE,
    MEASURE,
    MEETING,
    POSITION,
    STATEMENT,
)
from comity.reader.reading import Given
from comity.record.yamlfile import read_text, read_yaml
from comity.words.errors import CodeError, FileError, Place, TimeError, ValidationError
from comity.words.time import DayRange

SCORED = (MEETING, STATEMENT, POSITION, ISSUE, COMMITMENT, MEASURE, INTEREST, HEDGE)
"""Types that are measured, in the order of a report."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    MEETING: ("parties",),
    STATEMENT: ("party or speaker",),
    POSITION: ("side",),
    ISSUE: ("key",),
    COMMITMENT: ("parties",),
    MEASURE: ("imposer", "kind"),
    INTEREST: ("kind",),
    HEDGE: (),
}
"""Slots without which an entry of the type cannot be matched."""

EVERYBODY = frozenset({"all"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """One annotated entry; its anchor is characters `start` to before `end` of the text."""

    id: str
    type: str
    slots: Mapping[str, Any]
    start: int
    end: int

    @property
    def optional(self) -> bool:
        """Whether missing it costs nothing: a meeting that the document is not about."""
        return self.type == MEETING and self.slots.get("primary") == "false"


@dataclass(frozen=True)
class Annotated:
    """One document: what the reader is given, and what it should find."""

    id: str
    given: Given
    wanted: tuple[Wanted, ...]


def load(gold: Path, texts: Path) -> tuple[Annotated, ...]:
    """Every ``*.yaml`` of `gold` with its text from `texts`, by file name.

    Raises `FileError` for a folder without annotations or a text that is missing, and
    `ValidationError` for an annotation that cannot be measured, with its place.
    """
    if not gold.is_dir():
        raise FileError(
            "there is no such folder", where=Place(file=str(gold)), mend="check the path"
        )
    files = sorted(gold.glob("*.yaml"))
    if not files:
        raise FileError(
            "the folder has no annotations",
            where=Place(file=str(gold)),
            mend="name a folder with a .yaml file for each document",
        )
    return tuple(load_one(file, texts) for file in files)


def load_one(file: Path, texts: Path) -> Annotated:
    """One annotated document with its text."""
    data = read_yaml(file)
    where = Place(file=str(file))
    if not isinstance(data, dict) or not isinstance(data.get("doc"), dict):
        raise ValidationError(
            "an annotation has the keys doc and entries", where=where, mend="see the reader's guide"
        )
    doc = data["doc"]
    name = str(doc.get("id") or file.stem)
    text = read_text(_text_file(texts, name, doc)).replace("\r\n", "\n")
    rows = data.get("entries")
    if rows in (None, ""):
        rows = []
    if not isinstance(rows, list):
        raise ValidationError("entries is a list", where=where, mend="start each entry with a dash")
    wanted = tuple(_wanted(row, text, file) for row in rows)
    return Annotated(name, _given(doc, text, where), wanted)


def codes(value: Any) -> frozenset[str]:
    """Parties as a set of codes; gold may write ``EU``. Nothing where no party is said."""
    if value is None or value == "":
        return frozenset()
    several = value if isinstance(value, list | tuple | set | frozenset) else (value,)
    return frozenset("EUN" if one == "EU" else str(one) for one in several if one)


def _text_file(texts: Path, name: str, doc: Mapping[str, Any]) -> Path:
    names = [f"{name}.txt"]
    if doc.get("file"):
        names.append(Path(str(doc["file"])).name)
    for one in names:
        if (texts / one).is_file():
            return texts / one
    raise FileError(
        "the text of an annotated document is missing",
        where=Place(file=str(texts / names[0])),
        mend="save its text under this name, as UTF-8",
    )


def _given(doc: Mapping[str, Any], text: str, where: Place) -> Given:
    published: dt.date | None = None
    if said := _known(doc.get("published")):
        try:
            # As in `comity read`: a month or a year is no day to count from.
            days = DayRange.parse(said)
        except TimeError:
            raise ValidationError(
                f"{said!r} is not a day", where=where, mend="write it YYYY-MM-DD, or null"
            ) from None
        published = dt.date.fromordinal(days.latest) if days.exact else None
    own = doc.get("self")
    own = own if isinstance(own, dict) else {}
    publisher = _known(doc.get("publisher_party")) or _known(own.get("party"))
    parties = own.get("parties")
    pair = [_one_code(one, where) for one in parties] if isinstance(parties, list) else []
    return Given(
        text=text,
        title=str(doc.get("title") or ""),
        published=published,
        publisher=_one_code(publisher, where) if publisher else None,
        speaker=_known(own.get("name")),
        relation=(pair[0], pair[1]) if len(pair) == 2 else None,
    )


def _known(value: Any) -> str | None:
    return None if value in (None, "", "null", "~") else str(value)


def _one_code(value: Any, where: Place) -> str:
    from comity.words import economies

    try:
        return economies.economy("EUN" if value == "EU" else str(value)).code
    except CodeError as error:
        raise error.at(where) from None


def _wanted(row: Any, text: str, file: Path) -> Wanted:
    where = Place(file=str(file), line=getattr(row, "line", None))
    if not isinstance(row, dict):
        raise ValidationError("an entry is a mapping", where=where, mend="write {type: …, ev: …}")
    kind = str(row.get("type") or "")
    where = Place(file=str(file), line=where.line, entry=_known(row.get("id")))
    if kind not in SCORED:
        raise ValidationError(
            f"{kind!r} is not a type that is measured",
            where=where,
            mend=f"one of {', '.join(SCORED)}",
        )
    slots = {name: _plain(value) for name, value in row.items() if name not in ("id", "type", "ev")}
    lacking = [name for name in NEEDED[kind] if not any(map(slots.get, name.split(" or ")))]
    if lacking:
        raise ValidationError(
            f"a {kind} needs {' and '.join(lacking)}", where=where, mend="add it to the entry"
        )
    anchor = str(row.get("ev") or "")
    start = text.find(anchor) if anchor else -1
    if start < 0 or text.find(anchor, start + 1) >= 0:
        how = "occurs more than once" if start >= 0 else "does not occur in the text"
        raise ValidationError(
            f"the anchor {anchor!r} {how}",
            where=where,
            mend="copy words that occur exactly once",
        )
    return Wanted(str(row.get("id") or ""), kind, slots, start, start + len(anchor))


def _plain(value: Any) -> Any:
    """YAML's text as plain data: null is None, sequences and mappings stay."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return _known(value)
