"""Dates that a text tells, resolved against its day of publication.

Own patterns: the verb "may" is never a month, and a day of the week is the last one before
publication unless the text speaks of what is to come. What cannot be told resolves to `None`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator

from comity.reader.marked import Dated

_MONTHS = {
    name.lower(): number
    for number in range(1, 13)
    for name in (calendar.month_name[number], calendar.month_abbr[number])
} | {"sept": 9}
_DAYS = {calendar.day_name[n].lower(): n for n in range(7)}
_NUMBERS = {
    "a": 1,
    "an": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_PART = r"(?:morning|afternoon|evening|night)"
_N = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_TO = r"(?:[ ]?(?:-|\u2013|to|and)[ ]?(?P<until>[0-3]?\d)(?:st|nd|rd|th)?)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"

_COUNT = "an?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_REL_YEAR = "last|this|next"
_PATTERNS = (
    r"(?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d)",
    # "Tuesday, August 29", "Nov. 16, 2023", "May 21-23"; "16 November 2023"
    rf"(?:(?:on[ ]+)?{_DAY}[ ]?(?:{_PART})?,?[ ]+(?:the[ ]+)?)?(?:"
    rf"(?P<mdy>(?P<m1>{_MONTH})[ ]+{_N}{_TO}(?:,?[ ]+{_YEAR})?)(?![\d%])"
    rf"|(?P<dmy>{_N.replace('day', 'd2')}{_TO.replace('until', 'u2')}[ ]+(?:of[ ]+)?"
    rf"(?P<m2>{_MONTH})(?![a-z])(?:,?[ ]+{_YEAR.replace('year', 'y2')})?))",
    # "early June 2024", "November last year"
    rf"(?P<my>(?:(?:early|late|mid|end)[- ](?:of[ ]+)?)?(?P<m3>{_MONTH}),?[ ]+(?:of[ ]+)?"
    rf"(?:{_YEAR.replace('year', 'y3')}|(?P<rel3>{_REL_YEAR})[ ]+year))",
    # "in February", "since November last year"
    r"(?P<monthly>(?P<lead>in|since|until|till|by|before|after|during|from|through|to|early|late|mid"
    rf"|last|this|next|end[ ]of|of)[ -](?P<m4>{_MONTH})(?![a-z])"
    rf"(?:,?[ ]+(?:of[ ]+)?(?:{_YEAR.replace('year', 'y4')}|(?P<rel4>{_REL_YEAR})[ ]+year))?)"
    r"(?!['][a-z])(?![.]?[ ]+\d{1,2}(?!\d))",
    rf"(?P<weekday>(?:(?P<which>last|next|this|coming)[ ]+)?(?P<wd>{_DAY})(?:[ ]+{_PART})?)",
    rf"(?P<part>(?:this|yesterday|tomorrow|last)[ ]+{_PART})",
    r"(?P<word>earlier today|today|yesterday|tomorrow|tonight"
    r"|just a (?:short|little) while ago)",
    r"(?P<rel>(?:(?:earlier|later|early|late)[ ]+)?"
    r"(?P<dir>last|this|next|the past|the previous|the coming)[ ]+"
    r"(?P<unit>week|weekend|month|year))",
    rf"(?P<ago>(?:(?:about|almost|over|nearly)[ ]+)?(?P<count>\d{{1,3}}|{_COUNT})[ ]+"
    r"(?P<au>day|week|month|year)s?[ ]+(?:ago|earlier))",
    # "in 2019", "early 2024", "by the end of 2025"
    r"(?P<yearly>(?P<yl>in|since|until|by|before|after|during|from|early|late|mid|through"
    r"|throughout|of)[ -](?:early[ ]|late[ ]|mid-?[ ]?|the[ ]end[ ]of[ ])?"
    rf"{_YEAR.replace('year', 'y5')}(?![\d%,]\d|[%-]))",
)
_DATE = re.compile(rf"\b(?:{'|'.join(_PATTERNS)})(?!\w)", re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:will|shall|to be held|scheduled|plans?|planned|expected|upcoming|is to|are to|due to|"
    r"set to|slated|next|begins?|starting)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.!?;]\s|\n")
_SAID = re.compile(
    r"\b(?:said|told(?: \w+){1,2}|announced|stated|added|wrote|warned|reported|confirmed)"
    r"(?: late| early| in \w+)? (?:on )?$"
)
_BACK = 120
"""Characters before a date that are looked at for what is to come."""
Span = tuple[dt.date | None, dt.date | None]
_UNKNOWN: Span = (None, None)


def find(text: str, published: dt.date | None) -> Iterator[Dated]:
    """The dates in a plain text, in order, without overlap."""
    for match in _DATE.finditer(text):
        found = _one(match, text, published)
        if found is not None:
            start, (begins, ends) = found
            yield Dated(start, match.end(), text[start : match.end()], begins, ends)


def _one(match: re.Match[str], text: str, published: dt.date | None) -> tuple[int, Span] | None:
    start = match.start()
    got = match.groupdict()
    if got["iso"]:
        year, month, number = map(int, got["iso"].split("-"))
        return start, _days(year, month, number, None)
    if got["mdy"]:
        if not _is_month(got["m1"]):
            return None
        return start, _day_of_month(
            got["m1"], got["day"], got["until"], got["year"], match, text, published
        )
    if got["dmy"]:
        if not _is_month(got["m2"]):
            return None
        return start, _day_of_month(
            got["m2"], got["d2"], got["u2"], got["y2"], match, text, published
        )
    if got["my"]:
        return _month_of_year(got, start, published)
    if got["monthly"]:
        return _month_alone(got, match, text, published)
    if got["yearly"]:
        year = int(got["y5"])
        lead = len(got["yl"]) + 1 if got["yl"].lower() not in ("early", "late", "mid") else 0
        return start + lead, (dt.date(year, 1, 1), dt.date(year, 12, 31))
    if published is None:
        return start, _UNKNOWN
    return start, _relative(got, match, text, published)


def _is_month(word: str) -> bool:
    """Months begin with a capital: "may 5" and "march 2" are verbs with numbers."""
    return word[:1].isupper() and word.rstrip(".").lower() in _MONTHS


def _number(month: str) -> int:
    return _MONTHS[month.rstrip(".").lower()]


def _days(year: int, month: int, day: int, until: int | None) -> Span:
    try:
        first = dt.date(year, month, day)
        last = dt.date(year, month, until) if until else first
    except ValueError:
        return _UNKNOWN
    return first, max(first, last)


def _ahead(match: re.Match[str], text: str) -> bool:
    before = text[max(0, match.start() - _BACK) : match.start()]
    *_, clause = _CLAUSE.split(before)
    if _SAID.search(clause) is not None:
        # "exports will grow, the minister said on Monday": the day of the saying
        return False
    return _AHEAD.search(clause) is not None


def _day_of_month(month: str, day: str, until: str | None, year: str | None,
                  match: re.Match[str], text: str, published: dt.date | None) -> Span:  # fmt: skip
    number = _number(month)
    last = int(until) if until else None
    if year:
        return _days(int(year), number, int(day), last)
    if published is None:
        return _UNKNOWN
    after = text[match.end() : match.end() + 11].lower()
    if after.startswith(" last year"):
        return _days(published.year - 1, number, int(day), last)
    options = [_days(published.year + step, number, int(day), last) for step in (-1, 0, 1)]
    dated = [one for one in options if one[0] is not None]
    if not dated:
        return _UNKNOWN
    return min(dated, key=lambda one: abs(((one[0] or published) - published).days))


def _whole_month(year: int, month: int) -> Span:
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def _month_of_year(got: dict[str, str | None], start: int,
                   published: dt.date | None) -> tuple[int, Span] | None:  # fmt: skip
    month = got["m3"] or ""
    if not _is_month(month):
        return None
    if got["y3"]:
        return start, _whole_month(int(got["y3"]), _number(month))
    if published is None:
        return start, _UNKNOWN
    step = {"last": -1, "this": 0, "next": 1}[(got["rel3"] or "").lower()]
    return start, _whole_month(published.year + step, _number(month))


def _month_alone(got: dict[str, str | None], match: re.Match[str], text: str,
                 published: dt.date | None) -> tuple[int, Span] | None:  # fmt: skip
    month = got["m4"] or ""
    lead = (got["lead"] or "").strip(" -").lower()
    if not _is_month(month):
        return None
    sure = got["y4"] or got["rel4"]
    if (
        not sure
        and month in ("May", "March")
        and lead in ("to", "from", "of", "before", "after", "through")
    ):
        return None
    start = (
        match.start("m4")
        if lead not in ("last", "next", "this", "early", "late", "mid")
        else match.start()
    )
    number = _number(month)
    if got["y4"]:
        return start, _whole_month(int(got["y4"]), number)
    if published is None:
        return start, _UNKNOWN
    year = published.year
    if got["rel4"]:
        step = {"last": -1, "this": 0, "next": 1}[got["rel4"].lower()]
        return start, _whole_month(year + step, number)
    if lead == "next" or lead == "by" or _ahead(match, text):
        year += number < published.month
    elif lead == "last":
        year -= number >= published.month
    else:
        year -= number > published.month
    return start, _whole_month(year, number)


def _relative(got: dict[str, str | None], match: re.Match[str], text: str,
              published: dt.date) -> Span:  # fmt: skip
    day = dt.timedelta(days=1)
    if got["weekday"]:
        return _weekday(got, match, text, published)
    if got["part"]:
        low = got["part"].lower()
        step = (
            -1 if low.startswith(("yesterday", "last")) else 1 if low.startswith("tomorrow") else 0
        )
        return published + step * day, published + step * day
    if got["word"]:
        step = {"yesterday": -1, "tomorrow": 1}.get(got["word"].lower(), 0)
        return published + step * day, published + step * day
    if got["ago"]:
        return _ago(got, published)
    step = {"this": 0, "last": -1, "the past": -1, "the previous": -1}.get(
        (got["dir"] or "").lower(), 1
    )
    return _unit((got["unit"] or "").lower(), step, published)


def _unit(unit: str, step: int, published: dt.date) -> Span:
    """The week (Monday to Sunday), weekend, month or year so many from the one of publication."""
    if unit in ("week", "weekend"):
        monday = published - dt.timedelta(days=published.weekday()) + dt.timedelta(weeks=step)
        first = monday + dt.timedelta(days=5) if unit == "weekend" else monday
        return first, monday + dt.timedelta(days=6)
    if unit == "month":
        count = published.year * 12 + published.month - 1 + step
        return _whole_month(count // 12, count % 12 + 1)
    year = published.year + step
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _ago(got: dict[str, str | None], published: dt.date) -> Span:
    word = (got["count"] or "").lower()
    count = int(word) if word.isdigit() else _NUMBERS[word]
    unit = (got["au"] or "").lower()
    if unit == "day":
        there = published - dt.timedelta(days=count)
        return there, there
    if count > published.year - 1:
        return _UNKNOWN
    return _unit(unit, -count, published)


def _weekday(
    got: dict[str, str | None], match: re.Match[str], text: str, published: dt.date
) -> Span:
    wanted = _DAYS[(got["wd"] or "").lower()]
    which = (got["which"] or "").lower()
    back = (published.weekday() - wanted) % 7
    if which == "last":
        there = published - dt.timedelta(days=back or 7)
    elif which in ("next", "coming"):
        there = published + dt.timedelta(days=(7 - back) or 7)
    elif which == "this":
        there = published - dt.timedelta(days=published.weekday()) + dt.timedelta(days=wanted)
    elif _ahead(match, text):
        there = published + dt.timedelta(days=(7 - back) % 7)
    else:
        there = published - dt.timedelta(days=back)
    return there, there
