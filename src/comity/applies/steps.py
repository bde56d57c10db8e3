"""Truth over time as steps: the days on which it changes, and what it is from each of them on.

Steps are two tuples of equal length, `starts` (the first is `FIRST`) and `truths`; neighbours
differ. Finding the truth of a day is one bisection, and its neighbours bound the days for which it
stays the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from comity.words.time import FIRST, Span

Steps = tuple[tuple[int, ...], tuple[int, ...]]

NO, MAYBE, YES = 0, 1, 2
ALWAYS: Steps = ((FIRST,), (YES,))
NEVER: Steps = ((FIRST,), (NO,))


def build(points: Iterable[int], truth: Callable[[int], int]) -> Steps:
    """Steps from the days on which `truth` may change."""
    starts: list[int] = []
    truths: list[int] = []
    for day in sorted({FIRST, *points}):
        value = int(truth(day))
        if not truths or truths[-1] != value:
            starts.append(day)
            truths.append(value)
    return tuple(starts), tuple(truths)


def at(steps: Steps, day: int) -> int:
    return steps[1][bisect_right(steps[0], day) - 1]


def of_span(span: Span) -> Steps:
    return build(span.changes(), span.covers)


def of_windows(windows: Sequence[tuple[int, int]]) -> Steps:
    """Yes within the windows (inclusive first and last days), no outside."""
    points = [p for first, last in windows for p in (first, last + 1)]
    return build(points, lambda day: YES if any(a <= day <= b for a, b in windows) else NO)


def inverse(steps: Steps) -> Steps:
    return steps[0], tuple(YES - value for value in steps[1])


def exactly(steps: Steps, value: int) -> Steps:
    """Yes where the truth is this value, no elsewhere."""
    return build(steps[0], lambda day: YES if at(steps, day) == value else NO)


def minimum(*many: Steps) -> Steps:
    """And."""
    many = tuple(one for one in many if one != ALWAYS) or (ALWAYS,)
    if len(many) == 1:
        return many[0]
    points = {p for starts, _ in many for p in starts}
    return build(points, lambda day: min(at(one, day) for one in many))


def in_force(span: Span, act: Span | None, suspensions: Sequence[Span]) -> Steps:
    """In its span, its act not over, and not suspended."""
    if not suspensions and (act is None or act.after is None):
        return of_span(span)
    parts = [of_span(span), *(inverse(of_span(one)) for one in suspensions)]
    if act is not None and act.after is not None:
        after = act.after
        parts.append(build((after.earliest, after.latest), lambda day: YES - after.by(day)))
    return minimum(*parts)
