"""What a person asked for in an address: words, numbers, ticks, and where in time to look."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from comity.words.errors import InputError, Place
from comity.words.text import check_characters

if TYPE_CHECKING:
    from starlette.datastructures import ImmutableMultiDict
    from starlette.requests import Request

TIMES = ("as_of", "known_on", "public_on", "received")
"""The coordinates in time that every page takes, as the commands do."""
_SAFE = "/-._~"
LONGEST = 2_000
"""Characters of one value."""
LONGEST_TEXT = 200_000
"""Characters of a scenario or an entry."""


class Asked:
    """The parameters of a request. An empty value is one that was not given."""

    def __init__(self, values: ImmutableMultiDict[str, Any]) -> None:
        self.values = values

    @classmethod
    def of(cls, request: Request) -> Asked:
        """The parameters of the address; of a form that was sent, its fields."""
        return cls(getattr(request.state, "sent", None) or request.query_params)

    def _one(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ""  # a file where none belongs

    def long(self, name: str) -> str | None:
        """A value that may be as long as a file. Raises as `text` does."""
        return _checked(name, self._one(name), LONGEST_TEXT)

    def text(self, name: str) -> str | None:
        """A value, trimmed; None where it is empty. Raises `InputError` for one that is too long
        or holds characters that cannot be seen."""
        return _checked(name, self._one(name))

    def all(self, name: str) -> list[str]:
        """Every value of that name, each once; several may stand in one, separated by commas."""
        found = [
            _checked(name, part)
            for value in self.values.getlist(name)
            if isinstance(value, str)
            for part in value[: LONGEST + 1].split(",")
        ]
        return list(dict.fromkeys(part for part in found if part))

    def ticked(self, name: str) -> bool:
        """Is a box ticked?"""
        return self._one(name) not in ("", "0", "no", "false")

    def whole(self, name: str) -> int | None:
        """A whole number of 0 or more. Raises `InputError`."""
        text = self.text(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise InputError(
                f"{text!r} is no whole number",
                where=Place(field=name),
                mend="give a whole number of 0 or more",
            )
        return int(text)

    def times(self) -> dict[str, Any]:
        """Where in time to read, as `comity.opened` takes it."""
        return {**self.record_times(), "as_of": self.text("as_of")}

    def record_times(self) -> dict[str, Any]:
        """The same without the day of the world."""
        return {
            "known_on": self.text("known_on"),
            "public_on": self.text("public_on"),
            "received": self.whole("received"),
        }

    @cached_property
    def _kept(self) -> dict[str, str]:
        return {name: value for name in TIMES if (value := self.text(name))}

    @cached_property
    def _tail(self) -> str:
        return linked("", self._kept)

    def kept(self) -> dict[str, str]:
        """The coordinates in time as given, to be carried along in links."""
        return self._kept

    def address(self, path: str, **more: object) -> str:
        """An address of this site that keeps the coordinates in time."""
        return (
            linked(path, {**self._kept, **more}) if more else quote(path, safe=_SAFE) + self._tail
        )


def linked(path: str, values: Mapping[str, object]) -> str:
    """An address with those of the values that are given."""
    given = {name: value for name, value in values.items() if value not in (None, "", False)}
    query = urlencode(given, doseq=True)
    return quote(path, safe=_SAFE) + (f"?{query}" if query else "")


def _checked(name: str, value: str, most: int = LONGEST) -> str | None:
    text = value.strip()
    if len(text) > most:
        raise InputError(
            f"{len(text):,} characters are too many",
            where=Place(field=name),
            mend=f"give at most {most:,}",
        )
    return check_characters(text, Place(field=name)) or None
