"""The one error tree.

    ComityError
    ├── InputError            what the user gave cannot be taken (exit code 2)
    │   ├── CodeError         an economy, area, goods, currency or unit code
    │   ├── TimeError         an impossible day or span
    │   ├── ValidationError   an entry, pack or scenario that does not fit the vocabulary
    │   ├── FileError         a file that cannot be read: missing, empty, binary, too large
    │   ├── NotFound          an id or name that the record does not hold
    │   └── RequestError      a request over HTTP that cannot be taken: its method, type or size
    ├── ConflictError         an id is taken, the record changed under the writer (exit code 2)
    │   └── StaleError        a revision of what has a newer revision: holds both
    ├── AccessDenied          no token where one is needed, or one whose role does not reach
    ├── LimitReached          more asked than is served: says when to come again
    ├── StoreError            the store cannot be opened: newer schema, broken, out of reach
    ├── ModelError            a model that has no answer to give (exit code 3)
    │   ├── NoEquilibrium     none exists for these inputs: says for whom, and why
    │   └── NotConverged      none was found: says how far it got, and what to try
    ├── ServerError           the server failed, or cannot be reached
    └── MissingDependency     an optional program or library that this call needs

Every error says what is wrong, where, and how to mend it; the three doors print the same fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is wrong. Every part may be unknown; lines, columns and rows count from 1."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    row: int | None = None
    entry: str | None = None
    field: str | None = None

    def __str__(self) -> str:
        head = self.file or ""
        if self.line is not None:
            head += f":{self.line}" if head else f"line {self.line}"
            if self.column is not None:
                head += f":{self.column}"
        words = [head] if head else []
        if self.row is not None:
            words.append(f"row {self.row}")
        if self.entry is not None:
            words.append(f"entry {self.entry}")
        if self.field is not None:
            words.append(f"field {self.field}")
        return ", ".join(words)


class ComityError(Exception):
    """Root of the tree. `what` is one sentence, `where` a place, `mend` what to do about it."""

    exit_code = 1

    def __init__(self, what: str, *, where: Place | None = None, mend: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.mend = mend

    def at(self, place: Place) -> ComityError:
        """The same error with a place, where it had none."""
        if self.where is None:
            self.where = place
        return self

    def as_dict(self) -> dict[str, object]:
        """The fields that CLI, API and pages print."""
        where = self.where
        place: dict[str, object] = {}
        if where is not None:
            for name in ("file", "line", "column", "row", "entry", "field"):
                value = getattr(where, name)
                if value is not None:
                    place[name] = value
        return {
            "error": type(self).__name__,
            "what": self.what,
            "where": place or None,
            "mend": self.mend,
        }

    def __str__(self) -> str:
        text = self.what
        if self.where is not None and str(self.where):
            text = f"{self.where}: {text}"
        if self.mend:
            text = f"{text} ({self.mend})"
        return text


@contextmanager
def located(field: str) -> Iterator[None]:
    """Give errors raised inside a place, the field they are about, where they have none."""
    try:
        yield
    except ComityError as error:
        error.at(Place(field=field))
        raise


class InputError(ComityError):
    """What the user gave cannot be taken."""

    exit_code = 2


class CodeError(InputError):
    """An economy, area, goods, currency or unit code that is wrong or unknown."""


class TimeError(InputError):
    """An impossible day or span."""


class ValidationError(InputError):
    """An entry, pack or scenario that does not fit the vocabulary.

    Holds every problem found, so that a file can be mended in one go.
    """

    def __init__(
        self,
        what: str,
        *,
        where: Place | None = None,
        mend: str | None = None,
        problems: Sequence[ComityError] = (),
    ) -> None:
        super().__init__(what, where=where, mend=mend)
        self.problems = tuple(problems)

    def as_dict(self) -> dict[str, object]:
        data = super().as_dict()
        if self.problems:
            data["problems"] = [p.as_dict() for p in self.problems]
        return data


class FileError(InputError):
    """A file that cannot be read."""


class NotFound(InputError):
    """An id or name that the record does not hold."""


class RequestError(InputError):
    """A request over HTTP that cannot be taken as it is. `status` is the status it is refused with:
    400 (no JSON), 404, 405, 413, 415, 421, 428."""

    def __init__(
        self, what: str, *, status: int, where: Place | None = None, mend: str | None = None
    ) -> None:
        super().__init__(what, where=where, mend=mend)
        self.status = status


class ConflictError(ComityError):
    """The record changed under the writer, an id is taken, or other entries rest on an entry."""

    exit_code = 2


class StaleError(ConflictError):
    """A change was made on a revision that is no longer the newest.

    `base` and `current` are both revisions, each with ``received``, ``author``, ``recorded`` and
    ``fields`` as people write them, so that nothing of either is lost. `base` is None where the
    number named is no revision of the entry.
    """

    def __init__(
        self,
        what: str,
        *,
        base: Mapping[str, object] | None,
        current: Mapping[str, object],
        where: Place | None = None,
        mend: str | None = None,
    ) -> None:
        super().__init__(what, where=where, mend=mend)
        self.base = base
        self.current = current

    def as_dict(self) -> dict[str, object]:
        return {
            **super().as_dict(),
            "base": None if self.base is None else dict(self.base),
            "current": dict(self.current),
        }


class AccessDenied(ComityError):
    """No token where one is needed, one that is not valid, or one whose role does not reach.

    `known` says whether the caller is known, so that another role would help, not a token.
    """

    exit_code = 2

    def __init__(
        self, what: str, *, known: bool, where: Place | None = None, mend: str | None = None
    ) -> None:
        super().__init__(what, where=where, mend=mend)
        self.known = known


class LimitReached(ComityError):
    """More was asked than is served. `retry_after` is the number of seconds to wait."""

    def __init__(
        self,
        what: str,
        *,
        retry_after: int,
        where: Place | None = None,
        mend: str | None = None,
    ) -> None:
        super().__init__(what, where=where, mend=mend)
        self.retry_after = retry_after

    def as_dict(self) -> dict[str, object]:
        return {**super().as_dict(), "retry_after": self.retry_after}


class ServerError(ComityError):
    """The server failed at what was asked, or it cannot be reached."""


class StoreError(ComityError):
    """The store cannot be opened or written."""


class ModelError(ComityError):
    """A model that has no answer to give; it never gives numbers instead."""

    exit_code = 3


class NoEquilibrium(ModelError):
    """No equilibrium exists for these inputs. `economies` and `sectors` are those it is about.

    `reason` is one word that programs can ask for: ``no-supplier`` (a price without any supplier
    left), ``one-way`` (exports without imports or the reverse), ``unbalanced`` (economies cut off
    together whose deficits do not sum to zero) or ``no-income``.
    """

    def __init__(
        self,
        what: str,
        *,
        reason: str,
        economies: Sequence[str] = (),
        sectors: Sequence[str] = (),
        where: Place | None = None,
        mend: str | None = None,
    ) -> None:
        super().__init__(what, where=where, mend=mend)
        self.reason = reason
        self.economies = tuple(economies)
        self.sectors = tuple(sectors)

    def as_dict(self) -> dict[str, object]:
        return {
            **super().as_dict(),
            "reason": self.reason,
            "economies": list(self.economies),
            "sectors": list(self.sectors),
        }


class NotConverged(ModelError):
    """No equilibrium was found to the tolerance asked for. `residual` is the best one reached."""

    def __init__(
        self,
        what: str,
        *,
        residual: float,
        where: Place | None = None,
        mend: str | None = None,
    ) -> None:
        super().__init__(what, where=where, mend=mend)
        self.residual = residual

    def as_dict(self) -> dict[str, object]:
        return {**super().as_dict(), "residual": self.residual}


class MissingDependency(ComityError):
    """An optional program or library that this call needs is absent."""


def error_of(data: Mapping[str, Any]) -> ComityError:
    """The error that `as_dict` wrote, as another program received it.

    An unknown name gives the root of the tree: a newer program may have grown it.
    """
    place = data.get("where")
    where = None
    if isinstance(place, Mapping):
        where = Place(**{k: v for k, v in place.items() if k in Place.__slots__})
    kind = _named(ComityError).get(str(data.get("error")), ComityError)
    more: dict[str, Any] = {}
    if kind is ValidationError:
        more = {"problems": [error_of(one) for one in data.get("problems") or ()]}
    elif kind is StaleError:
        more = {"base": data.get("base"), "current": data.get("current") or {}}
    elif kind is LimitReached:
        more = {"retry_after": int(data.get("retry_after") or 1)}
    elif kind is RequestError:
        more = {"status": int(data.get("status") or 400)}
    elif kind is AccessDenied:
        more = {"known": data.get("status") == 403}
    elif kind is NoEquilibrium:
        more = {key: data.get(key) or () for key in ("economies", "sectors")}
        more["reason"] = str(data.get("reason"))
    elif kind is NotConverged:
        more = {"residual": float(data.get("residual") or 0.0)}
    return kind(str(data.get("what")), where=where, mend=data.get("mend"), **more)


def _named(root: type[ComityError]) -> dict[str, type[ComityError]]:
    found = {root.__name__: root}
    for kind in root.__subclasses__():
        found |= _named(kind)
    return found
