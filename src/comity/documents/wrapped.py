"""From the lines of printed pages to running text: paragraphs joined, hyphenation mended.

Every line is looked at once, beside the one before it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from statistics import median

from comity.documents.document import PageSpan, Span


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line. `box` numbers the block of its page that it stands in; measures are in
    points from the page's lower left corner; `height` is the page's."""

    text: str
    page: int
    box: int
    x0: float
    x1: float
    y0: float
    y1: float
    size: float
    height: float


@dataclass(frozen=True, slots=True)
class Running:
    """Running text with its paragraphs and pages; `left_out` counts running heads and folios."""

    text: str
    paragraphs: tuple[Span, ...]
    pages: tuple[PageSpan, ...]
    left_out: int


_HYPHENS = "-\u2010\u00ad"
_DASHES = "\u2013\u2014"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_PART = re.compile(r"([^\W\d_]+)[-\u2010]$")
_SENTENCE_END = re.compile(r"[.!?:;…][\"'’”»)\]]*\d{0,3}$")
_ITEM = re.compile(r"^(?:[•●▪■◦·*\uf0b7‣–—-]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s)")
_FOLIO = re.compile(
    r"^\W{0,3}(?:page\s+|p\.\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?\W{0,3}$", re.I
)
_DIGITS = re.compile(r"\d+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60\u3000-\u303f]")
_MARGIN = 0.09  # share of the page's height at its top and bottom where heads and folios stand

_Edges = dict[tuple[int, int], tuple[float, float]]


def running(lines: Sequence[Line], pages: int) -> Running:
    """The text of lines in reading order, of a document of so many pages."""
    kept = _without_heads(lines, pages)
    pitches, edges = _pitches(kept), _edges(kept)
    known, printers = _known(kept), _printers_hyphen(kept)
    pieces: list[str] = []
    paragraphs: list[Span] = []
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    length = opened = 0
    before: Line | None = None
    for line in kept:
        if before is not None:
            if _goes_on(before, line, pitches, edges):
                glue, drop = _glue(before.text, line.text, known, printers)
                if drop:
                    pieces[-1] = pieces[-1][:-1]
                    length -= 1
                    ends[before.page] = length
            else:
                paragraphs.append(Span(opened, length))
                glue = "\n\n"
                opened = length + 2
            pieces.append(glue)
            length += len(glue)
        starts.setdefault(line.page, length)
        pieces.append(line.text)
        length += len(line.text)
        ends[line.page] = length
        before = line
    if before is not None:
        paragraphs.append(Span(opened, length))
    return Running(
        "".join(pieces),
        tuple(paragraphs),
        _page_spans(pages, starts, ends),
        len(lines) - len(kept),
    )


def _known(lines: Sequence[Line]) -> Counter[str]:
    """Words of the document, without the parts of words that a line's end has cut off."""
    known: Counter[str] = Counter()
    cut = False
    for line in lines:
        words = [word.casefold() for word in _WORD.findall(line.text)]
        ends_cut = line.text[-1:] in _HYPHENS
        known.update(words[1 if cut else 0 : -1 if ends_cut else None])
        cut = ends_cut
    return known


def _page_spans(pages: int, starts: dict[int, int], ends: dict[int, int]) -> tuple[PageSpan, ...]:
    spans: list[PageSpan] = []
    end = 0
    for number in range(1, pages + 1):
        # A page without text is an empty span where it would stand.
        start = starts.get(number, end)
        end = ends.get(number, end)
        spans.append(PageSpan(number, start, end))
    return tuple(spans)


def _without_heads(lines: Sequence[Line], pages: int) -> list[Line]:
    """The lines without page numbers, and without heads and feet that several pages repeat."""
    outer = _outermost(lines)
    repeated = Counter(
        text for _, text in {(line.page, _DIGITS.sub("0", line.text)) for line in outer}
    )
    enough = 2 if pages == 2 else max(3, pages // 4)
    gone = {
        line
        for line in outer
        if _FOLIO.match(line.text)
        or (pages > 1 and repeated[_DIGITS.sub("0", line.text)] >= enough)
    }
    return [line for line in lines if line not in gone]


def _outermost(lines: Sequence[Line]) -> list[Line]:
    """Of each page, the two highest and two lowest rows of lines, where they are in its margin."""
    rows: dict[int, set[int]] = {}
    for line in lines:
        rows.setdefault(line.page, set()).add(round(line.y0))
    ends = {page: sorted(heights) for page, heights in rows.items()}
    return [
        line
        for line in lines
        if (line.y0 > (1 - _MARGIN) * line.height and round(line.y0) in ends[line.page][-2:])
        or (line.y1 < _MARGIN * line.height and round(line.y0) in ends[line.page][:2])
    ]


def _pitches(lines: Sequence[Line]) -> dict[int, float]:
    """By page, the usual distance from a line to the next in the same column and size."""
    found: dict[int, list[float]] = {}
    for one, two in pairwise(lines):
        beside = one.page == two.page and _same_size(one, two) and _overlap(one, two)
        if beside and 0 < one.y0 - two.y0 < 4 * max(one.size, 1.0):
            found.setdefault(one.page, []).append(one.y0 - two.y0)
    return {page: median(distances) for page, distances in found.items()}


def _edges(lines: Sequence[Line]) -> _Edges:
    """Left and right edge of each block, by page and number."""
    edges: _Edges = {}
    for line in lines:
        left, right = edges.get((line.page, line.box), (line.x0, line.x1))
        edges[line.page, line.box] = min(left, line.x0), max(right, line.x1)
    return edges


def _same_size(one: Line, two: Line) -> bool:
    return abs(one.size - two.size) <= 0.1 * max(one.size, two.size)


def _overlap(one: Line, two: Line) -> bool:
    return min(one.x1, two.x1) > max(one.x0, two.x0)


def _goes_on(before: Line, line: Line, pitches: dict[int, float], edges: _Edges) -> bool:
    """Whether a line goes on with the paragraph of the line before it."""
    if not _same_size(before, line):
        return False
    if _LAST_PART.search(before.text) or before.text.endswith("\u00ad"):
        return True  # a word is cut
    left, right = edges[before.page, before.box]
    same_box = before.box == line.box and before.page == line.page
    if not same_box:
        other = edges[line.page, line.box]
        # Blocks below one another share an edge; another column has its own.
        if abs(other[0] - left) < 2 * before.size:
            right = max(right, other[1])
    first_word = line.text.split(" ", 1)[0]
    width = (line.x1 - line.x0) * (len(first_word) + 1) / max(len(line.text), 1)
    broken_off = right - before.x1 > width  # the next word would have stood on this line
    ended = _SENTENCE_END.search(before.text) is not None
    lower = first_word[:1].islower()
    if _ITEM.match(line.text) and (ended or broken_off or _ITEM.match(before.text)):
        return False
    if before.page != line.page or not _overlap(before, line) or line.y0 >= before.y0:
        # On another page or in another column, only an open sentence is known to go on.
        return not ended and (lower or not broken_off)
    usual = pitches.get(line.page)
    apart = usual is not None and before.y0 - line.y0 > 1.25 * usual
    if not same_box and (usual is None or apart):
        return not ended and lower
    indented = line.x0 - edges[line.page, line.box][0] > 0.8 * line.size
    opens = indented and before.x0 < line.x0 - 0.8 * line.size
    if ended and (broken_off or apart or opens):
        return False
    if opens and not lower and line.x1 > right - 2 * line.size:
        return False  # a full line set in; a centred one is short on both sides
    return lower or not (broken_off or apart)


def _printers_hyphen(lines: Sequence[Line]) -> bool:
    """Whether U+2010 is the printer's own hyphen: it stands at ends of lines and nowhere else."""
    return any(line.text.endswith("\u2010") for line in lines) and not any(
        "\u2010" in line.text[:-1] for line in lines
    )


def _glue(before: str, line: str, known: Counter[str], printers: bool) -> tuple[str, bool]:
    """What joins two lines, and whether the hyphen that ends the first is dropped.

    With `printers`, U+2010 is the hyphen of the printer, and others are the writer's.
    """
    last, first = before[-1:], line[:1]
    if last == "\u00ad":
        return "", True
    part, rest = _LAST_PART.search(before), _WORD.match(line)
    if part is not None and rest is not None:
        if printers:
            return "", last == "\u2010"
        head, tail = part[1].casefold(), rest[0].casefold()
        return "", first.islower() and not _is_compound(before, part.start(), head, tail, known)
    if last in _HYPHENS + _DASHES + "/" and before[-2:-1].strip():
        return "", False
    if _UNSPACED.match(last) and _UNSPACED.match(first):
        return "", False
    return " ", False


def _is_compound(before: str, at: int, head: str, rest: str, known: Counter[str]) -> bool:
    """Whether a word broken after a hyphen has that hyphen anywhere: "long-term", "day-to-day"."""
    tail = rest.split("-", 1)[0]
    if known[f"{head}-{rest}"] or known[f"{head}-{tail}"] or before[:at].endswith("-"):
        return True
    heads, tails = _compounds()
    return not known[head + tail] and (head in heads or tail in tails)


@cache
def _compounds() -> tuple[frozenset[str], frozenset[str]]:
    """Parts that compounds begin and end with."""
    import yaml

    path = files("comity.documents") / "data" / "hyphens.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return frozenset(data["heads"].split()), frozenset(data["tails"].split())
