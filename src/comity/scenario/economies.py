"""Economies of a scenario or a measure, as positions in a baseline.

A name may be the baseline's own, a code, or a group with listed members (``EUN``) where the
baseline has the members; a scope of the record is compared with each economy of the baseline and
with the groups to which it belongs on the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from comity.trade.names import Names, code_of
from comity.words import economies as words
from comity.words.errors import CodeError, NotFound
from comity.words.scope import Scope
from comity.words.time import Truth

REST = "ROW"
EVERYONE = "WLD"


class Named(Protocol):
    """What has economies by name: the baseline of a world, or of a market."""

    @property
    def names(self) -> Names: ...


def named(baseline: Named, name: str, day: int) -> list[int]:
    """One name: an economy of the baseline, or the members of a group that the baseline has."""
    try:
        return [baseline.names.economy(name)]
    except NotFound:
        inside = members(baseline, code_of(name), day)
        if not inside:
            raise
        return inside


def members(baseline: Named, group: str, day: int) -> list[int]:
    """Positions of those members of a group on the day that are economies of the baseline."""
    try:
        listed = words.members_of(group, day)
    except CodeError:
        return []
    index = {code: k for k, code in enumerate(baseline.names.economies)}
    return sorted(index[code] for code in listed if code in index)


def groups_of(code: str, day: int) -> tuple[str, ...]:
    """The groups of an economy on the day; none for a region that only the data know."""
    try:
        return words.groups_of(code, day)
    except CodeError:
        return ()


@dataclass(frozen=True)
class Found:
    """How a scope lies to a baseline.

    `sure` and `perhaps` are positions that it covers, or that the record leaves open; `parts` are
    the codes it names that are only part of an economy of the baseline, with that economy, and
    `absent` those that the baseline has no place for.
    """

    sure: tuple[int, ...]
    perhaps: tuple[int, ...]
    parts: tuple[tuple[str, str], ...] = ()
    absent: tuple[str, ...] = ()


def within(baseline: Named, scope: Scope, day: int) -> Found:
    """The economies of a baseline that a scope of the record covers on the day."""
    sure, perhaps = [], []
    for k, code in enumerate(baseline.names.economies):
        truth = covers(scope, code, day)
        if truth is Truth.YES:
            sure.append(k)
        elif truth is Truth.MAYBE:
            perhaps.append(k)
    parts, absent = outside(baseline, scope.named, day)
    return Found(tuple(sure), tuple(perhaps), parts, absent)


def listed(baseline: Named, codes: Iterable[str], day: int) -> Found:
    """The same for a plain list of codes, such as the imposers of a measure."""
    return within(baseline, Scope.only(codes), day)


def covers(scope: Scope, code: str, day: int) -> Truth:
    """Does the scope cover an economy, by its own code or by that of a group of the day?

    Its own code goes before its groups'; ``WLD`` is everyone.
    """
    if code in scope.named:
        return scope.covers(code)
    own = [group for group in groups_of(code, day) if group in scope.named]
    if own:
        said = [scope.covers(group) for group in own]
        return Truth.NO if Truth.NO in said else max(said)
    if scope.mode == "only" and EVERYONE in scope.codes:
        return Truth.YES
    return scope.default


def outside(
    baseline: Named, codes: Iterable[str], day: int
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Codes that are no economy of the baseline: parts of one (with it), and those left over."""
    have = set(baseline.names.economies)
    parts: list[tuple[str, str]] = []
    absent: list[str] = []
    for code in codes:
        if code in have or code == EVERYONE or members(baseline, code, day):
            continue
        whole = next((group for group in groups_of(code, day) if group in have), None)
        if whole is None and REST in have:
            whole = REST
        if whole is None:
            absent.append(code)
        else:
            parts.append((code, whole))
    return tuple(parts), tuple(absent)
