"""Charts of intervals: where marks stand, in text and in SVG."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from comity.report.spans import Span, Spans, svg_spans, text_spans

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
    assert ET.fromstring(str(svg_spans(Spans("c", "u", ()), 1))).tag == f"{SVG}svg"


def test_svg_is_a_picture_that_is_told_in_words():
    chart = Spans("Sales", "USD", (span(), span("USA", None, 30.0, "30")), mark="happened")
    root = ET.fromstring(str(svg_spans(chart, 7)))
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
    root = ET.fromstring(str(svg_spans(Spans("c", "u", (row,)), 1)))
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
    root = ET.fromstring(drawn)
    assert root.find(f"{SVG}title").text == "a < b & c (<u>)"  # type: ignore[union-attr]
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "<m>" not in drawn
    assert not re.search(r"url\(|href|script", drawn)
