"""Days, ranges and spans. Expected answers were written by hand from the calendar."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.words.errors import TimeError
from comity.words.time import (
    FIRST,
    LAST,
    DayRange,
    Span,
    Truth,
    format_instant,
    iso,
    parse_day,
    parse_instant,
)

NO, MAYBE, YES = Truth.NO, Truth.MAYBE, Truth.YES
LOW, HIGH = dt.date(1900, 1, 1).toordinal(), dt.date(2100, 12, 31).toordinal()


def day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


# The relation of a span to the probe 2023-03-01 to 2023-03-31 (Allen's, and the uncertain ones):
# the answers on the day before the probe, on its first, middle and last day, and the day after.
RELATIONS = {
    "before": ("2023-01-01", "2023-01-31", [NO, NO, NO, NO, NO]),
    "meets (adjacent before)": ("2023-02-01", "2023-02-28", [YES, NO, NO, NO, NO]),
    "overlaps": ("2023-02-10", "2023-03-10", [YES, YES, NO, NO, NO]),
    "starts": ("2023-03-01", "2023-03-10", [NO, YES, NO, NO, NO]),
    "during": ("2023-03-10", "2023-03-20", [NO, NO, YES, NO, NO]),
    "finishes": ("2023-03-10", "2023-03-31", [NO, NO, YES, YES, NO]),
    "equals": ("2023-03-01", "2023-03-31", [NO, YES, YES, YES, NO]),
    "contains": ("2023-02-01", "2023-04-30", [YES, YES, YES, YES, YES]),
    "started by": ("2023-03-01", "2023-04-30", [NO, YES, YES, YES, YES]),
    "finished by": ("2023-02-01", "2023-03-31", [YES, YES, YES, YES, NO]),
    "overlapped by": ("2023-03-20", "2023-04-30", [NO, NO, NO, YES, YES]),
    "met by (adjacent after)": ("2023-04-01", "2023-04-30", [NO, NO, NO, NO, YES]),
    "after": ("2023-05-01", "2023-05-31", [NO, NO, NO, NO, NO]),
    "one day": ("2023-03-15", "2023-03-15", [NO, NO, YES, NO, NO]),
    "open-ended": ("2023-03-15", None, [NO, NO, YES, YES, YES]),
    "unknown start": ("unknown", "2023-03-15", [MAYBE, MAYBE, MAYBE, NO, NO]),
    "start on or before": ("..2023-03-01", "2023-03-15", [MAYBE, YES, YES, NO, NO]),
    "start on or after": ("2023-03-15..", None, [NO, NO, MAYBE, MAYBE, MAYBE]),
    "unknown end": ("2023-03-15", "unknown", [NO, NO, MAYBE, MAYBE, MAYBE]),
    "month-precision start": ("2023-03", None, [NO, MAYBE, MAYBE, YES, YES]),
    "month-precision end": ("2023-02-01", "2023-03", [YES, YES, MAYBE, MAYBE, NO]),
    "year-precision": ("2023", "2023", [MAYBE, MAYBE, MAYBE, MAYBE, MAYBE]),
    "all unknown": ("unknown", None, [MAYBE] * 5),
}
PROBES = ("2023-02-28", "2023-03-01", "2023-03-15", "2023-03-31", "2023-04-01")


@pytest.mark.parametrize("name", RELATIONS)
def test_every_interval_relation(name: str) -> None:
    start, until, expected = RELATIONS[name]
    span = Span.of(start, until)
    assert [span.covers(day(p)) for p in PROBES] == expected


def test_adjacent_spans_share_no_day_and_leave_no_gap() -> None:
    first, second = Span.of("2023-07-07", "2023-08-23"), Span.of("2023-08-24")
    for n in range(day("2023-07-01"), day("2023-09-30")):
        begun = n >= day("2023-07-07")
        assert (first.covers(n), second.covers(n)).count(YES) == int(begun)


@pytest.mark.parametrize(
    ("text", "low", "high", "precision"),
    [
        ("2023-08-24", "2023-08-24", "2023-08-24", "day"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2100-02", "2100-02-01", "2100-02-28", "month"),
        ("2011", "2011-01-01", "2011-12-31", "year"),
        ("9999-12", "9999-12-01", "9999-12-31", "month"),
        ("2023-07-07..2023-07-31", "2023-07-07", "2023-07-31", "range"),
        ("[2023-07..2023-09]", "2023-07-01", "2023-09-30", "range"),
        ("..2025-05-30", None, "2025-05-30", "range"),
        ("2026-11-10..", "2026-11-10", None, "range"),
        ("unknown", None, None, "unknown"),
    ],
)
def test_notation(text: str, low: str | None, high: str | None, precision: str) -> None:
    value = DayRange.parse(text)
    assert value.earliest == (day(low) if low else FIRST)
    assert value.latest == (day(high) if high else LAST)
    assert value.precision == precision


@pytest.mark.parametrize(
    "text",
    [
        *("", "2023-13", "2023-02-30", "2023-2-3", "23-02-03", "0000", "soon", "2023-08-24T00:00"),
        *("2023-08-24..2023-08-23", "1900-02-29", "2023/08/24", "20230824", "2023--2024"),
    ],
)
def test_what_is_no_range_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(TimeError) as caught:
        DayRange.parse(text)
    assert caught.value.mend


def test_a_day_must_be_a_whole_day() -> None:
    assert parse_day(" 2023-11-16 ") == dt.date(2023, 11, 16)
    for text in ("2023-11", "2023", "unknown", "2023-11-31"):
        with pytest.raises(TimeError):
            parse_day(text)


def test_a_span_cannot_end_before_it_begins() -> None:
    with pytest.raises(TimeError):
        Span.of("2023-08-24", "2023-08-22")
    with pytest.raises(TimeError):
        Span.of("2023-08", "2023-06")
    assert Span.of("2023-08-24", "2023-08").covers(day("2023-08-23")) is NO


ordinals = st.integers(LOW, HIGH)


@st.composite
def ranges(draw: st.DrawFn) -> DayRange:
    one, other = sorted((draw(ordinals), draw(ordinals)))
    shape = draw(st.sampled_from(["exact", "both", "low", "high", "unknown", "month", "year"]))
    if shape in ("month", "year"):
        date = dt.date.fromordinal(one)
        return DayRange.parse(date.strftime("%Y-%m" if shape == "month" else "%Y"))
    bounds = {
        "exact": (one, one),
        "both": (one, other),
        "low": (one, LAST),
        "high": (FIRST, one),
        "unknown": (FIRST, LAST),
    }
    return DayRange(*bounds[shape])


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start, after = draw(ranges()), draw(st.none() | ranges())
    if after is not None and after.latest < start.earliest:
        start, after = after, start
    return Span(start, after)


@given(ranges())
def test_a_range_is_read_as_it_is_written(value: DayRange) -> None:
    assert DayRange.parse(str(value)) == value


@given(spans())
def test_a_span_is_the_span_of_its_start_and_last_day(span: Span) -> None:
    if span.until is not None and span.until.latest < span.start.earliest:
        # An empty span can be computed (an act that ended as its measure began), not written.
        with pytest.raises(TimeError):
            Span.of(span.start, span.until)
        return
    assert Span.of(span.start, span.until) == span
    until = None if span.until is None else str(span.until)
    assert Span.of(str(span.start), until) == span


def by_cases(span: Span, n: int) -> Truth:
    """The answer derived apart from the code: over the extreme days each end can be."""
    starts = {span.start.earliest, span.start.latest}
    ends = {LAST + 1} if span.after is None else {span.after.earliest, span.after.latest}
    answers = {s <= n < e for s in starts for e in ends}
    return YES if answers == {True} else NO if answers == {False} else MAYBE


@given(spans(), ordinals)
def test_covers_is_true_in_all_or_some_or_none_of_the_cases(span: Span, n: int) -> None:
    assert span.covers(n) is by_cases(span, n)


@given(spans(), st.data())
def test_the_answer_is_constant_between_changes(span: Span, data: st.DataObject) -> None:
    points = [FIRST + 1, *span.changes(), LAST - 1]
    assert list(span.changes()) == sorted(set(span.changes()))
    for low, after in itertools.pairwise(points):
        if low < after:
            n = data.draw(st.integers(low, after - 1))
            assert span.covers(n) is span.covers(low) is span.covers(after - 1)


@given(ranges(), ordinals)
def test_whether_a_day_has_come_only_ever_becomes_truer(value: DayRange, n: int) -> None:
    assert value.by(n) <= value.by(n + 1)


@given(ranges(), st.integers(-400, 400))
def test_a_shift_is_undone_by_its_opposite(value: DayRange, days: int) -> None:
    assert value.shifted(days).shifted(-days) == value
    assert value.shifted(days).unknown == value.unknown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24T09:30:00Z", "2026-11-24T09:30:00Z"),
        ("2026-11-24T09:30:00+09:00", "2026-11-24T00:30:00Z"),
        ("2026-11-24T09:30:00", "2026-11-24T09:30:00Z"),
        ("2026-11-24", "2026-11-24T23:59:59.999999Z"),
    ],
)
def test_instants(text: str, expected: str) -> None:
    assert format_instant(parse_instant(text)) == expected


def test_what_is_no_instant_is_refused() -> None:
    for text in ("now", "2026-11-24T25:00:00Z", "2026-13-01"):
        with pytest.raises(TimeError):
            parse_instant(text)


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_an_instant_is_read_as_it_is_written(value: dt.datetime) -> None:
    assert parse_instant(format_instant(value)) == value


def test_iso_of_a_bound() -> None:
    assert iso(day("2023-08-24")) == "2023-08-24"
    assert iso(FIRST) is None
    assert iso(LAST) is None
