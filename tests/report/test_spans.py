"""Charts of intervals: where marks stand, in text and in SVG."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from comity.report.drawings import svg_bars, svg_spans
from comity.report.sheet import Bars, Column, Grid, Lines, Section, Sheet, as_html
from comity.report.spans import Span, Spans, text_spans

SVG = "{http://www.w3.org/2000/svg}"


def span(label="CHN", before: float | None = 40.0, middle=10.0, text="40 → 10"):
    return Span(label, before, middle, (middle - 5, middle + 5), (middle - 10, middle + 10), text)


def lines(*rows: Span, width=80):
    return list(text_spans(Spans("Sales", "USD", rows), width))


def test_ends_hold_everything_and_zero():
    assert Spans("c", "u", (span(),)).ends == (0.0, 40.0)
    assert Spans("c", "u", (span(before=None, middle=-20.0),)).ends == (-30.0, 0.0)
    assert Spans("c", "u", (span(before=None, middle=50.0),)).ends == (0.0, 60.0)
    assert Spans("c", "u", ()).ends == (-1.0, 1.0)
    flat = Span("x", 0.0, 0.0, (0.0, 0.0), (0.0, 0.0), "0")
    assert Spans("c", "u", (flat,)).ends == (-1.0, 1.0)


def test_marks_stand_where_their_values_are():
    """From 0 to 64 in 65 places of which 64 are drawn: a mark at a value is at its place."""
    row = Span("X", 64.0, 32.0, (24.0, 40.0), (8.0, 48.0), "t")
    caption, line = lines(row, width=200)
    assert caption == "Sales (USD)"
    drawn = line[len("X  t  ") :]
    assert len(drawn) == 64
    places = {value: round(value / 64.0 * 63) for value in (0.0, 8.0, 24.0, 32.0, 40.0, 48.0, 64.0)}
    assert drawn[places[0.0]] == "|"
    assert drawn[places[64.0]] == "o"
    assert drawn[places[32.0]] == "#"
    assert drawn[places[24.0]] == drawn[places[40.0]] == "="
    assert drawn[places[24.0] - 1] == drawn[places[8.0]] == drawn[places[48.0]] == "-"
    assert drawn[places[8.0] - 1] == drawn[places[48.0] + 1] == " "


def test_before_and_after_on_one_place():
    assert "@" in lines(span(before=10.0))[1]
    assert "o" not in lines(span(before=10.0))[1].split("  ")[-1]
    assert "o" not in lines(span(before=None, text=""))[1]


def test_below_zero_the_axis_stands_between():
    (_, line) = lines(Span("X", None, -5.0, (-6.0, -4.0), (-10.0, 10.0), "t"), width=200)
    drawn = line[len("X  t  ") :]
    assert drawn[round(0.25 * 63)] == "#"
    assert drawn[0] == drawn[-1] == "-"


def both(drawn: object) -> list[ET.Element]:
    """The two forms of a drawing: beside each other, and stacked."""
    return list(ET.fromstring(f"<div>{drawn}</div>"))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
def test_text_fits(width):
    rows = (
        span("CHN"),
        span(
            "an economy with a name that is far too long for its column", text="1,234.5 → 6,789.0"
        ),
        span("日本の水産物の輸出先", text="1 → 2"),
    )
    from comity.report.render.layout import cells

    found = lines(*rows, width=width)
    assert len(found) == 4
    if width >= 60:
        assert max(cells(line) for line in found) <= width


def test_nothing_to_draw():
    assert lines() == ["Sales (USD)"]
    assert [one.tag for one in both(svg_spans(Spans("c", "u", ()), 1))] == [f"{SVG}svg"] * 2


def test_svg_is_a_picture_that_is_told_in_words():
    chart = Spans("Sales", "USD", (span(), span("USA", None, 30.0, "30")), mark="happened")
    root, _ = both(svg_spans(chart, 7))
    assert root.get("role") == "img"
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert title.text == "Sales (USD)"
    assert told.text == (
        "CHN: 40 → 10, happened 40, 90 % from 0 to 20; USA: 30, 90 % from 20 to 40"
    )
    words = [one.text for one in root.iter(f"{SVG}text")]
    assert "CHN" in words
    assert "40 → 10" in words
    assert "happened" in words
    # One diamond for what was before, and one in the key.
    assert len(list(root.iter(f"{SVG}path"))) == 2
    assert len(list(root.iter(f"{SVG}circle"))) == 3


def test_svg_places():
    """Zero is where the axis stands; a median half way between the ends is in the middle."""
    row = Span("X", None, 50.0, (40.0, 60.0), (0.0, 100.0), "t")
    root, _ = both(svg_spans(Spans("c", "u", (row,)), 1))
    axis, outer, inner = list(root.iter(f"{SVG}line"))
    dot = next(iter(root.iter(f"{SVG}circle")))

    def x(element: ET.Element, name: str) -> float:
        return float(element.get(name) or "nan")

    assert x(axis, "x1") == x(axis, "x2") == x(outer, "x1")
    length = x(outer, "x2") - x(outer, "x1")
    assert x(dot, "cx") == pytest.approx(x(axis, "x1") + length / 2, abs=0.1)
    assert x(inner, "x1") == pytest.approx(x(axis, "x1") + 0.4 * length, abs=0.1)
    assert x(inner, "x2") == pytest.approx(x(axis, "x1") + 0.6 * length, abs=0.1)
    box = [float(one) for one in (root.get("viewBox") or "").split()]
    assert x(outer, "x2") <= box[2]


def test_words_are_escaped():
    row = span("<b>&", text='"<i>"')
    drawn = str(svg_spans(Spans("a < b & c", "<u>", (row,), mark="<m>"), 1))
    root, _ = both(drawn)
    assert root.find(f"{SVG}title").text == "a < b & c (<u>)"  # type: ignore[union-attr]
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "<m>" not in drawn
    assert not re.search(r"url\(|href|script", drawn)


def test_a_phone_gets_a_drawing_of_its_own_width():
    """At 360 px a page leaves 336: type of 13 units in a drawing of 336 is 13 px high, and words
    stand above the plot, where none can run out of it."""
    long = "scallops JPN, producer price"
    rows = (span(long, text="1,234.5 → 6,789.0"), span("USA", None, 30.0, "30"))
    bars = Bars("c", "u", ((long, -2.0, "−2"), ("B", 4.0, "+4")))
    for drawn in (svg_spans(Spans("c", "u", rows, mark="happened"), 3), svg_bars(bars, 3)):
        wide, stacked = both(drawn)
        assert (wide.get("class"), stacked.get("class")) == ("bars", "bars narrow")
        width = float((stacked.get("viewBox") or "").split()[2])
        assert width == 336.0
        assert float(stacked.get("font-size") or "0") >= 12.0
        for text in stacked.iter(f"{SVG}text"):
            x, size = float(text.get("x") or "nan"), 7.2 * len(text.text or "")
            start = x - size if text.get("text-anchor") == "end" else x
            assert start >= 0.0
            assert start + size <= width + 40.0  # letters are narrower than 7.2 on the average
        for mark in stacked.iter(f"{SVG}rect"):
            if mark.get("x"):
                assert 0.0 <= float(mark.get("x") or "nan") <= width
        names = [one.get("id") for one in (*wide.iter(), *stacked.iter()) if one.get("id")]
        assert len(names) == len(set(names))
        told = [one.text for one in (*wide.iter(f"{SVG}desc"), *stacked.iter(f"{SVG}desc"))]
        assert len(set(told)) == 1


def test_labels_are_not_cut_at_the_edge():
    """Capitals of 13 units are at most 13 wide: W is the widest letter."""
    rows = (span("WWW"), span("ROW"))
    wide, _ = both(svg_spans(Spans("c", "u", rows), 3))
    for text in wide.iter(f"{SVG}text"):
        if text.get("text-anchor") == "end":
            assert float(text.get("x") or "nan") - 13.0 * len(text.text or "") >= 0.0


def test_bars_go_to_both_sides_of_zero():
    wide, _ = both(svg_bars(Bars("c", "u", (("A", -2.0, "−2"), ("B", 4.0, "+4"))), 1))
    less, more = (one for one in wide.iter(f"{SVG}rect") if one.get("x"))
    axis = float(next(iter(wide.iter(f"{SVG}line"))).get("x1") or "nan")
    assert float(less.get("x") or 0) + float(less.get("width") or 0) == pytest.approx(axis, abs=0.2)
    assert float(more.get("x") or 0) == pytest.approx(axis, abs=0.1)
    assert float(more.get("width") or 0) == pytest.approx(
        2 * float(less.get("width") or 0), abs=0.2
    )
    assert "url(#" in (less.get("fill") or "")  # striped: not by colour alone
    assert more.get("fill") == "#0072B2"


def test_a_page_shows_one_of_two_drawings_and_says_where_to_scroll():
    six = tuple(Column(f"c{k}") for k in range(6))
    grids = (Grid(six, (("1",) * 6,)), Grid(six[:2], (("1", "2"),)))
    text = as_html(Sheet("T", (), (Section("S", grids),)))
    assert text.count('class="wide many"') == 1
    assert text.count('data-hint="scroll sideways') == 2
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert ".bars.narrow { display: none" in style
    narrow = style.partition("@media screen and (max-width: 40rem)")[2]
    assert ".bars { display: none; } .bars.narrow { display: block; }" in narrow
    assert ".many::before { content: attr(data-hint)" in narrow


def test_addresses_are_links_and_nothing_else_is():
    lines = Lines(
        ("see https://a.example/x?y=1&z=<b>, or <i>http</i>", "(http://b.example/c.html).")
    )
    text = as_html(Sheet("T", (), (Section("S", (lines,)),)))
    assert '<a href="https://a.example/x?y=1&amp;z=" rel="noreferrer">' in text
    assert (
        '<a href="http://b.example/c.html" rel="noreferrer">http://b.example/c.html</a>).' in text
    )
    assert "<b>" not in text
    assert "<i>" not in text
    assert text.count("<a ") == 2
