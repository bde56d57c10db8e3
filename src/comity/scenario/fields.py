"""Reading one mapping of a file key by key, with everything wrong in it noted at its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from comity.record.convert import nearest, scalar
from comity.record.view import day_of
from comity.record.yamlfile import Mapping, Text
from comity.scenario.contents import ByLabel, Who
from comity.scenario.shock import LEAST_FACTOR, MOST_FACTOR, MOST_RATE
from comity.words.errors import ComityError, Place, ValidationError

T = TypeVar("T")

_NUMBER = re.compile(r"^([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?)(\s*%)?$", re.I | re.ASCII)
PLAIN_LIMIT = 10.0
"""A rate above this needs its % sign: 25 is far more often meant as 25 % than as 2500 %."""


class Problems:
    """Everything found wrong in one file."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.found: list[ComityError] = []
        self.own_coverage = False
        """Whether the model finds the coverage of a measure itself, where none is given."""

    def add(self, error: ComityError, place: Place | None, field: str | None = None) -> None:
        """Note an error at a place, unless it has a line of its own."""
        if error.where is None or error.where.line is None:
            error.where = place or Place(file=self.file, field=field)
        error.what = shown(error.what)
        seen = {(one.what, one.where) for one in self.found}
        if (error.what, error.where) not in seen:  # both states can fail for one reason
            self.found.append(error)

    def wrong(self, what: str, place: Place | None, mend: str | None = None) -> None:
        self.add(ValidationError(what, mend=mend), place)


def shown(text: str, length: int = 400) -> str:
    """What a message may repeat of a file: not without end, and nothing that moves a cursor."""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in text[:length])
    return plain if len(text) <= length else plain + "…"


def wrong(what: str, mend: str | None = None) -> ValidationError:
    return ValidationError(what, mend=mend)


def number(text: str, *, percent: bool = True) -> float:
    """``0.25``, or ``25%`` where `percent`. Both give the same number to the last bit."""
    match = _NUMBER.match(text)
    if not match:
        raise wrong(
            f"{text!r} is not a number", "write 0.25 or 25%" if percent else "write digits: 1.05"
        )
    if match[2]:
        if not percent:
            raise wrong(f"{text!r} is a percentage", "write a factor: 1.05 is 5 % more")
        return float(Decimal(match[1]) / 100)
    return float(match[1])


def rate(text: str) -> float:
    """A rate of duty, as a fraction; a bare number that must be meant in per cent is refused."""
    value = number(text)
    if abs(value) > PLAIN_LIMIT and "%" not in text:
        raise wrong(
            f"a rate of {text} is {value * 100:g} %", f"write {text}%, or {value * 100:g}% if meant"
        )
    if value > MOST_RATE:
        raise wrong(
            f"a rate of {text} is beyond {100 * MOST_RATE:g} %",
            "where trade is to end, write a ban, which brings no revenue",
        )
    return value


def share(text: str) -> float:
    """A share between 0 and 1."""
    value = number(text)
    if not 0.0 <= value <= 1.0:
        raise wrong(
            f"{text} is no share of a flow", "a share lies between 0 and 1: write 0.4 or 40%"
        )
    return value


_SHARE = r"((?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?\s*%?)"
_RANGE = re.compile(rf"^{_SHARE}\s*[-–]\s*{_SHARE}$", re.I | re.ASCII)


def share_range(text: str) -> tuple[float, float]:
    """A share, or two with a dash between them: ``0.3-0.6``, ``30%-60%``."""
    found = None if _NUMBER.match(text) else _RANGE.match(text)
    if found is None:
        only = share(text)
        return only, only
    low, high = share(found[1]), share(found[2])
    if low > high:
        raise wrong(f"the range {text} runs from high to low", "turn it round")
    return low, high


def factor(text: str) -> float:
    """A factor above 0."""
    value = number(text, percent=False)
    if value <= 0.0:
        raise wrong(f"{text} is no factor", "a factor is above 0, and 1 is no change")
    if not LEAST_FACTOR <= value <= MOST_FACTOR:
        raise wrong(
            f"the factor {text} is not from {LEAST_FACTOR:g} to {MOST_FACTOR:g}",
            "1 is no change; where trade is to end, write a ban",
        )
    return value


def elasticity(text: str) -> float:
    """A trade elasticity."""
    try:
        value = number(text, percent=False)
    except ComityError as error:
        error.mend = "write a number above 0, such as 4"
        raise
    if value <= 0.0:
        raise wrong(f"theta is {text}", "a trade elasticity must be above 0: write 4, for instance")
    return value


def whole(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise wrong(f"{text!r} is not a whole number", "write digits only")
    return int(text)


class Fields:
    """One mapping. Keys that are not in `keys` are noted at once, with the nearest that is."""

    def __init__(
        self, raw: Mapping, problems: Problems, what: str, keys: Sequence[str], path: str = ""
    ) -> None:
        self.raw = raw
        self.problems = problems
        self.what = what
        self.path = path
        for key in raw:
            if key not in keys:
                mend = nearest(key, list(keys)) or "keys: " + ", ".join(keys)
                problems.wrong(f"{what} has no key {key!r}", self.key_place(key), mend)

    # ---- places ---------------------------------------------------------------------------------

    def _name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def key_place(self, key: str) -> Place:
        return Place(
            file=self.problems.file,
            line=self.raw.key_lines[key],
            column=self.raw.key_columns[key],
            field=self._name(key),
        )

    def _value_place(self, raw: Any, name: str) -> Place:
        return Place(
            file=self.problems.file,
            line=getattr(raw, "line", None),
            column=getattr(raw, "column", None),
            field=name,
        )

    def place(self, key: str = "") -> Place:
        """Where the value of a key stands, or the mapping itself."""
        if not key or key not in self.raw:
            return self._value_place(self.raw, self._name(key) if key else self.path or "")
        raw = self.raw[key]
        if isinstance(raw, str) and not raw:
            return self.key_place(key)  # nothing is written: show the key
        return self._value_place(raw, self._name(key))

    def places(self) -> dict[str, Place]:
        """The place of each value, of the items of lists and mappings too (``sectors.1``)."""
        found = {"": self.place()}
        for key, raw in self.raw.items():
            found[key] = self.place(key)
            if isinstance(raw, list):
                for n, item in enumerate(raw):
                    found[f"{key}.{n}"] = self._value_place(item, f"{self._name(key)}.{n}")
            elif isinstance(raw, Mapping):
                for name in raw:
                    found[f"{key}.{name}"] = Place(
                        file=self.problems.file,
                        line=raw.key_lines[name],
                        column=raw.key_columns[name],
                        field=f"{self._name(key)}.{name}",
                    )
        return found

    # ---- values ---------------------------------------------------------------------------------

    def __contains__(self, key: str) -> bool:
        return key in self.raw

    def missing(self, key: str, mend: str) -> None:
        place = self.place()
        where = Place(place.file, place.line, place.column, field=self._name(key))
        self.problems.wrong(f"{self.what} needs {key}", where, mend)

    def value(self, key: str, convert: Callable[[str], T]) -> T | None:
        """One scalar through a converter; None where it is absent or wrong (and noted)."""
        if key not in self.raw:
            return None
        return self._converted(self.raw[key], self.place(key), convert)

    def _converted(self, raw: Any, place: Place, convert: Callable[[str], T]) -> T | None:
        try:
            return convert(scalar(raw))
        except ComityError as error:
            error.where = place
            self.problems.add(error, place)
            return None

    def text(self, key: str) -> str | None:
        return self.value(key, str)

    def choice(self, key: str, choices: Sequence[str]) -> str | None:
        def pick(text: str) -> str:
            if text not in choices:
                raise wrong(
                    f"{key} is {text!r}",
                    nearest(text, list(choices)) or f"write one of: {', '.join(choices)}",
                )
            return text

        return self.value(key, pick)

    def day(self, key: str) -> dt.date | None:
        return self.value(key, lambda text: day_of(text, key))

    def labels(self, key: str) -> tuple[str, ...] | None:
        """One name or a list of names, each once."""
        return self.each(key, str)

    def each(self, key: str, convert: Callable[[str], str]) -> tuple[str, ...] | None:
        """One value or a list of values through a converter, each once."""
        if key not in self.raw:
            return None
        raw = self.raw[key]
        items = raw if isinstance(raw, list) else [raw]
        found: list[str] = []
        for n, item in enumerate(items):
            place = self._value_place(item, f"{self._name(key)}.{n}")
            if isinstance(item, Text) and not item:
                place = self.place(key)
            text = self._converted(item, place, convert)
            if text is not None and text in found:
                self.problems.wrong(f"{text!r} is named twice", place, "name it once")
            elif text is not None:
                found.append(text)
        if not items:
            self.problems.wrong(
                f"{key} is an empty list", self.place(key), "name one, or leave the key out"
            )
        return tuple(found) or None

    def who(self, key: str) -> Who | None:
        """``all``, one economy, a list, or ``{all_except: […]}``."""
        raw = self.raw.get(key)
        if isinstance(raw, Mapping):
            inner = Fields(raw, self.problems, key, ("all_except",), self._name(key))
            left_out = inner.labels("all_except")
            if "all_except" not in raw:
                inner.missing("all_except", "write {all_except: [JPN]}, a list, or all")
            return None if left_out is None else Who(None, left_out)
        names = self.labels(key)
        if names is None:
            return None
        if "all" in names:
            if len(names) > 1:
                self.problems.wrong(
                    "all stands beside other names", self.place(key), "write all alone"
                )
            return Who(None)
        return Who(names)

    def by_label(self, key: str, convert: Callable[[str], float]) -> ByLabel | None:
        """One number, or a mapping of sectors to numbers."""
        raw = self.raw.get(key)
        if not isinstance(raw, Mapping):
            return self.value(key, convert)
        found: list[tuple[str, float]] = []
        for name, item in raw.items():
            place = self._value_place(item, f"{self._name(key)}.{name}")
            value = self._converted(item, place, convert)
            if value is not None:
                found.append((name, value))
        if not raw:
            self.problems.wrong(
                f"{key} is empty", self.place(key), "write one number, or by sector"
            )
        return tuple(sorted(found)) or None

    def renamed(self, key: str) -> tuple[tuple[str, str], ...] | None:
        """A mapping of names to names, such as sectors to the sectors they are added up to."""
        raw = self.raw.get(key)
        if raw is None:
            return None
        if not isinstance(raw, Mapping) or not raw:
            self.problems.wrong(
                f"{key} is a mapping of old names to new ones",
                self.place(key),
                f'write {key}: {{Fish: Food, "*": Other}}; * is all the others',
            )
            return None
        found: list[tuple[str, str]] = []
        for name, item in raw.items():
            place = self._value_place(item, f"{self._name(key)}.{name}")
            try:
                found.append((name, scalar(item)))
            except ComityError as error:
                error.where = place
                self.problems.add(error, place)
        return tuple(sorted(found)) or None

    def mapping(self, key: str, what: str, keys: Sequence[str]) -> Fields | None:
        """A mapping inside, or None where it is absent or something else (and noted)."""
        if key not in self.raw:
            return None
        raw = self.raw[key]
        if not isinstance(raw, Mapping):
            self.problems.wrong(
                f"{key} is a mapping of keys, not a single value or a list",
                self.place(key),
                f"keys: {', '.join(keys)}",
            )
            return None
        return Fields(raw, self.problems, what, keys, self._name(key))

    def only_one(self, keys: Sequence[str]) -> str | None:
        """Which one of some keys is there; none, or more than one, is noted."""
        given = [key for key in self.raw if key in keys]
        if len(given) == 1:
            return given[0]
        if not given:
            self.problems.wrong(
                f"{self.what} needs one of {', '.join(keys)}", self.place(), f"add {keys[0]}: …"
            )
        else:
            self.problems.wrong(
                f"{self.what} takes only one of {', '.join(given)}",
                self.key_place(given[1]),
                "keep one of them",
            )
        return None
