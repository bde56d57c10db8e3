"""The names of a baseline: economies by code or the data's name, sectors by label."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from comity.words import economies as words_economies
from comity.words.errors import InputError, NotFound, Place, ValidationError

ALL = "*"
"""Written for every economy or every sector."""


def code_of(text: str) -> str:
    """The code of an economy by the reviewed table; the text itself where the table has none.

    Data name regions in their own ways ("Row", "Rest of the world"): these stay as they are, save
    that the rest of the world gets its code.
    """
    if text.casefold().replace("_", " ").strip() in ("row", "rest of the world", "rest of world"):
        return "ROW"
    try:
        return words_economies.resolve(text)
    except InputError:
        return text


def _labels(given: object, field: str) -> tuple[str, ...]:
    """Names as a tuple of text. Raises `ValidationError` for what is no list of names."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ValidationError(
            f"{field} is {given!r}, not a list of names",
            where=Place(field=field),
            mend='write a list: ["CHN", "JPN"]',
        )
    return tuple(str(one) for one in given)


@dataclass(frozen=True)
class Names:
    """Labels of the axes: codes of economies, labels of sectors, and the data's names for both."""

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    economy_names: tuple[str, ...]
    sector_names: tuple[str, ...]

    @classmethod
    def of(
        cls,
        economies: Sequence[str],
        sectors: Sequence[str],
        economy_names: Sequence[str] | None = None,
        sector_names: Sequence[str] | None = None,
    ) -> Names:
        """Names with every label checked to be there and to be there once."""
        made = cls(
            _labels(economies, "economies"),
            _labels(sectors, "sectors"),
            _labels(economies if economy_names is None else economy_names, "economy_names"),
            _labels(sectors if sector_names is None else sector_names, "sector_names"),
        )
        for what, labels, titles in (
            ("economy", made.economies, made.economy_names),
            ("sector", made.sectors, made.sector_names),
        ):
            if len(labels) != len(titles):
                raise ValidationError(
                    f"{len(labels)} {what} labels, but {len(titles)} names",
                    where=Place(field=f"{what}_names"),
                    mend="give one name for each label, in the same order",
                )
            place = Place(field="economies" if what == "economy" else "sectors")
            if not labels:
                raise ValidationError(
                    f"a baseline needs at least one {what}", where=place, mend=f"name one {what}"
                )
            seen: dict[str, int] = {}
            for k, label in enumerate(labels, start=1):
                if not label.strip():
                    raise ValidationError(
                        f"the {what} label number {k} is empty", where=place, mend="give it a name"
                    )
                if label == ALL:
                    raise ValidationError(
                        f"the {what} label {ALL!r} means all of them",
                        where=place,
                        mend="give it another name",
                    )
                if label in seen:
                    raise ValidationError(
                        f"the {what} label {label!r} stands twice: number {seen[label]} and {k}",
                        where=place,
                        mend=f"name each {what} once; add the two up where they are one",
                    )
                seen[label] = k
        return made

    @cached_property
    def _economy_index(self) -> dict[str, int]:
        index: dict[str, int] = {}
        for labels in (self.economies, self.economy_names):
            for k, label in enumerate(labels):
                index.setdefault(label, k)
                index.setdefault(label.casefold(), k)
        return index

    @cached_property
    def _code_index(self) -> dict[str, int]:
        """By the codes that labels and names stand for, where the data write names only."""
        index: dict[str, int] = {}
        for labels in (self.economies, self.economy_names):
            for k, label in enumerate(labels):
                index.setdefault(code_of(label), k)
        return index

    @cached_property
    def _sector_index(self) -> dict[str, int]:
        index: dict[str, int] = {}
        for labels in (self.sectors, self.sector_names):
            for k, label in enumerate(labels):
                index.setdefault(label, k)
                index.setdefault(label.casefold(), k)
        return index

    def economy(self, text: str) -> int:
        """The position of an economy given by code or name. Raises `NotFound` with near names."""
        text = str(text).strip()
        index = self._economy_index
        for key in (text, text.casefold()):
            if key in index:
                return index[key]
        code = code_of(text)
        if code in self._code_index:
            return self._code_index[code]
        return self._missing("economy", text, (*self.economies, *self.economy_names))

    def sector(self, text: str) -> int:
        """The position of a sector given by label or title. Raises `NotFound` with near names."""
        text = str(text).strip()
        index = self._sector_index
        for key in (text, text.casefold()):
            if key in index:
                return index[key]
        return self._missing("sector", text, (*self.sectors, *self.sector_names))

    def economies_of(self, text: str | Iterable[str] | None) -> list[int]:
        """Positions for one name, several names, or all (`None` or ``*``)."""
        if text is None or text == ALL:
            return list(range(len(self.economies)))
        if isinstance(text, str):
            return [self.economy(text)]
        return list(dict.fromkeys(self.economy(one) for one in text))

    def sectors_of(self, text: str | Iterable[str] | None) -> list[int]:
        """Positions for one sector, several sectors, or all (`None` or ``*``)."""
        if text is None or text == ALL:
            return list(range(len(self.sectors)))
        if isinstance(text, str):
            return [self.sector(text)]
        return list(dict.fromkeys(self.sector(one) for one in text))

    def _missing(self, what: str, text: str, known: Sequence[str]) -> int:
        near = difflib.get_close_matches(text, list(dict.fromkeys(known)), n=3, cutoff=0.5)
        labels = self.economies if what == "economy" else self.sectors
        if near:
            mend = f"did you mean {', '.join(near)}?"
        else:
            shown = ", ".join(labels[:40]) + (", …" if len(labels) > 40 else "")
            mend = f"the baseline has {shown}"
        raise NotFound(f"the baseline has no {what} {text!r}", mend=mend)
