"""What an HTML page tells of itself: title, publication date, address, site.

Only what the page states in its metadata is taken. A date is never looked for in the running text
or in an address, and a form that two countries read differently ("11/12/2023") is no date.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from comity.documents.parts import fit

# Where pages state when they were published, the surest first.
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "dcterms.issued", "dc.date.issued", "dc.date", "dcterms.date", "citation_publication_date",
    "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish_date",
    "publish-date", "publication_date", "date",
)  # fmt: skip
_ARTICLES = ("Article", "Posting", "Report", "Release")
_ISO = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ]+(\d{2}:?\d{2}.*))?$", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    r"^(?:(?P<day>\d{1,2})\s+)?(?P<month>[a-z]{3,9})\.?(?:\s+(?P<after>\d{1,2})\s*,)?\s+"
    r"(?P<year>\d{4})$",
    re.IGNORECASE | re.ASCII,
)
_SPACE = re.compile(r"\s+")
_ADDRESS = re.compile(r"^https?://[^\s<>\"]{3,2000}$", re.IGNORECASE)
_LONGEST_TITLE = 500


@dataclass(frozen=True, slots=True)
class Facts:
    """`published` is a day, month or year; `published_at` the instant in ISO 8601, if told."""

    title: str | None = None
    published: str | None = None
    published_at: str | None = None
    address: str | None = None
    site: str | None = None
    notes: tuple[str, ...] = ()


def facts_of(tree: Any) -> Facts:
    """The facts of a page; `tree` is its lxml root element, with its scripts still in it."""
    metas = _metas(tree)
    linked = sorted(_linked(tree), key=lambda node: not _is_article(node))
    titles = [
        metas.get("og:title"),
        *(_text(node.get("headline")) for node in linked),
        metas.get("citation_title"),
        *(_words(one) for one in tree.iter("h1")),
        *(_words(one) for one in tree.iter("title")),
    ]
    sites = [metas.get("og:site_name"), *(_name(node.get("publisher")) for node in linked)]
    addresses = [
        *(one.get("href") for one in tree.iter("link") if one.get("rel") == "canonical"),
        metas.get("og:url"),
        *(_text(node.get("url")) for node in linked if _is_article(node)),
    ]
    dates = [
        *(_text(node.get("datePublished")) for node in linked),
        *(metas.get(name) for name in _PUBLISHED),
        *(
            one.get("datetime")
            for one in tree.iter("time")
            if one.get("itemprop") == "datePublished" or one.get("pubdate") is not None
        ),
    ]
    told = [date for one in dates if one and (date := published(one)) is not None]
    notes: tuple[str, ...] = ()
    if len({date[0] for date in told if len(date[0]) == len("2023-11-16")}) > 1:
        notes = (f"The page states more than one publication date; taken is {told[0][0]}.",)
    return Facts(
        title=_first(titles, _LONGEST_TITLE),
        published=told[0][0] if told else None,
        published_at=told[0][1] if told else None,
        address=next((a for one in addresses if one and _ADDRESS.match(a := one.strip())), None),
        site=_first(sites, 200),
        notes=notes,
    )


def published(words: str) -> tuple[str, str | None] | None:
    """A day, month or year as `comity.words.time` writes it, and the instant where it is told.

    The day is that of the page's own clock. None for what is no date, or not surely one.
    """
    words = _line(words[:200])
    found = _ISO.match(words)
    if found is not None:
        year, month, day = found[1], found[2], found[3]
        if not _is_day(int(year), int(month or 1), int(day or 1)):
            return None
        written = "-".join(part for part in (year, month, day) if part)
        return written, _instant(f"{written}T{found[4]}") if day and found[4] else None
    named = _NAMED.match(words)
    if named is not None:
        return _named(named)
    try:
        at = email.utils.parsedate_to_datetime(words)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if not _is_day(at.year, at.month, at.day) or str(at.year) not in words:
        return None
    return at.date().isoformat(), at.isoformat() if at.tzinfo else None


def _named(found: re.Match[str]) -> tuple[str, str | None] | None:
    """``16 November 2023``, ``November 16, 2023`` and ``Nov 2023``."""
    month = found["month"][:3].casefold()
    day = found["day"] or found["after"]
    if month not in _MONTHS or (found["day"] and found["after"]):
        return None
    at, year = _MONTHS.index(month) + 1, int(found["year"])
    if not _is_day(year, at, int(day or 1)):
        return None
    return (f"{year:04}-{at:02}-{int(day):02}" if day else f"{year:04}-{at:02}"), None


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return year >= 1450


def _instant(words: str) -> str | None:
    try:
        at = dt.datetime.fromisoformat(words.replace(" ", ""))
    except ValueError:
        return None
    return at.isoformat() if at.tzinfo is not None else None


def _metas(tree: Any) -> dict[str, str]:
    """Contents of the page's meta elements by name in lower case; the first of a name counts."""
    metas: dict[str, str] = {}
    for one in tree.iter("meta"):
        name = one.get("property") or one.get("name") or one.get("itemprop")
        content = one.get("content")
        if name and content and content.strip():
            metas.setdefault(name.strip().casefold(), content)
    return metas


def _linked(tree: Any) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD, those of a graph one by one."""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().casefold() != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for one in data if isinstance(data, list) else [data]:
            if isinstance(one, dict):
                graph = one.get("@graph")
                yield one
                if isinstance(graph, list):
                    yield from (node for node in graph if isinstance(node, dict))


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and kind.endswith(_ARTICLES)
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _name(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _words(element: Any) -> str:
    return "".join(element.itertext())


def _first(candidates: list[str | None], longest: int) -> str | None:
    """The first that has words, on one line and not longer than told."""
    for one in candidates:
        line = _line(one[: 20 * longest]) if one else ""
        if line:
            return fit(line[:longest])
    return None


def _line(words: str) -> str:
    return _SPACE.sub(" ", words).strip()
