"""Every form of the brief has every section, tells marks and numbers, and escapes what is data."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from comity.report.render import FORMS, render_brief
from comity.report.render.layout import cells
from comity.words.catalogue import t
from comity.words.errors import InputError
from tests.report import sample

SECTIONS = (
    "relationship", "meetings", "said", "issues", "measures", "commitments", "indicators", "cases",
    "changes", "coverage", "sources",
)  # fmt: skip
VOID = {"meta", "br", "link", "img", "path", "rect", "line"}


def text_of(form: str, width: int = 120) -> str:
    """The full form; the short one has tests of its own."""
    out = render_brief(sample.brief(), form, width, full=True)
    assert isinstance(out, str)
    return out


class Tree(HTMLParser):
    """Tags in order, whether they nest, all ids and addresses, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def page() -> Tree:
    return Tree(text_of("html"))


@pytest.mark.parametrize("form", ["table", "md", "html"])
def test_every_section_is_there_in_order(form):
    text = text_of(form)
    at = -1
    for name in SECTIONS:
        heading = t(f"render.section_{name}").replace("'", "&#39;" if form == "html" else "'")
        mark = {"table": "── ", "md": "## ", "html": '-h">'}[form]
        found = text.find(mark + heading)
        assert found > at, name
        at = found


@pytest.mark.parametrize("form", ["table", "md", "html", "csv"])
@pytest.mark.parametrize(
    "words",
    [
        "Leaders meet in Lima", "Leaders met in Quito", "That peace is good.", "Aland objects.",
        "Both want talks.", "Cland is worried.", "tainted water 核污染水", "Measure m1",
        "Measure m4", "To do c1", "To do c3", "To do c5", "Detained engineer", "Event 10",
        "Tariffs not collected", "Source 1", "† ", "general knowledge, not verified", "indicating",
        "may",
    ],
)  # fmt: skip
def test_every_form_tells(form, words):
    text = text_of(form, 400).replace("\n", " ")
    if form == "csv" and words == "† ":
        words = "†"
    assert words.strip() in re.sub(r"[│ ]+", " ", re.sub(r"<[^>]+>", " ", text))


def test_hedges_low_confidence_and_states_are_visible():
    for form in ("table", "md", "html"):
        text = re.sub(r"\s+", " ", text_of(form))
        for key in ("render.low_confidence", "render.overdue", "render.commitment_broken",
                    "render.force_may_have_begun", "render.commitment_lapsed"):  # fmt: skip
            assert t(key) in text, (form, key)
        assert t("render.suspended_from", start="2023-01-01") in text
        assert t("render.force_planned", day="2023-12-01") in text


def test_json_is_the_data():
    assert json.loads(text_of("json")) == sample.brief()


def test_csv_is_one_flat_list():
    rows = list(csv.DictReader(io.StringIO(text_of("csv"))))
    assert list(rows[0]) == ["section", "id", "on", "title", "status", "cites", "flags"]
    assert {row["section"] for row in rows} == {*SECTIONS} - {"said"}
    by_id = {row["id"]: row for row in rows}
    assert by_id["p3"]["flags"] == t("render.hedged", cue="may")
    assert by_id["meeting-2023-11-16"]["cites"] == "1; †"
    assert by_id["m2"]["on"] == "unknown"


def test_another_form_is_refused():
    with pytest.raises(InputError) as caught:
        render_brief(sample.brief(), "docx")
    assert caught.value.mend is not None
    for form in FORMS:
        assert form in caught.value.mend


@pytest.mark.parametrize("width", [40, 60, 79, 80, 99, 100, 120, 200])
def test_no_line_is_wider_than_asked(width):
    for line in text_of("table", width).splitlines():
        assert cells(line) <= width, line


def test_sides_stand_beside_each_other_where_there_is_room():
    assert " │ " in text_of("table", 100)
    assert " │ " not in text_of("table", 99)


@pytest.mark.parametrize("form", ["table", "md", "html", "pdf"])
def test_nothing_is_shortened(form):
    data = sample.brief()
    data["changes"]["world"] *= 3
    out = render_brief(data, form, 400, full=True)
    if isinstance(out, bytes):
        from pypdf import PdfReader

        out = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(out)).pages)
    assert "more: comity" not in out
    assert len(re.findall(r"Event \d+", out)) == 60
    assert "https://example.org/3" in out


@pytest.mark.parametrize("form", ["table", "md", "html"])
def test_a_term_is_shown_in_its_own_language_too(form):
    data = sample.brief()
    data["issues"][0]["positions"][1] |= {
        "term": "treated water",
        "term_labels": {"en": "treated water", "ja": "処理水"},
    }
    out = render_brief(data, form, full=True)
    assert isinstance(out, str)
    assert (
        '<span lang="ja">処理水</span>' if form == "html" else "“treated water” (処理水)"
    ) in out


def test_sides_have_the_same_markup(page):
    classes = [a["class"] for a in page.named("section") if "side" in (a.get("class") or "")]
    assert classes == ["side side-1", "side side-2"] * (len(classes) // 2)


# ----------------------------------------------------------------------------- series


def test_what_was_not_announced_is_left_out_and_counted():
    for form in ("table", "md", "html", "csv"):
        text = text_of(form)
        assert "777" not in text
        assert "340 (planned)" in text
        assert t("render.value_below", value="266") in text
        assert t("render.value_about", value="270") in text
        if form != "csv":
            assert t("render.left_out", count=1) in text


def test_shares_are_of_the_lowest_limit():
    text = text_of("md")
    assert t("render.share", percent="15", limit="1,500") in text
    assert t("render.share_below", percent="18", limit="1,500") in text


def test_the_chart_in_the_terminal_tells_values_apart():
    text = text_of("table")
    for sign in "●▼◆○┊":
        assert sign in text


# ------------------------------------------------------------------------- numbering


def test_numbers_that_are_cited_are_listed():
    for form, cited, listed in (
        ("table", r"\[(\d+)\]", r"^\[(\d+)\] "),
        ("md", r"\\\[(\d+)\\\]", r"^(\d+)\. "),
        ("html", r'href="#source-(\d+)"', r'<li id="source-(\d+)"'),
    ):
        text = text_of(form)
        numbers = {int(n) for n in re.findall(listed, text, re.M)}
        assert {int(n) for n in re.findall(cited, text)} <= numbers == {1, 2, 3, 4}


# -------------------------------------------------------------------------------- html


def test_data_is_never_markup(page):
    assert page.named("script") == []
    assert "<script" not in text_of("html")
    assert "\\<script\\>" in text_of("md")
    assert "<script" not in text_of("md").replace("\\<script", "")
    hrefs = [a["href"] or "" for a in page.named("a")]
    assert all(href.startswith(("#", "https://example.org/")) for href in hrefs)


def test_control_characters_do_not_reach_the_terminal():
    data = sample.brief()
    data["issues"][0]["title"] = "a\x1b[31mred\x07"
    for full in (False, True):
        out = render_brief(data, "table", full=full)
        assert isinstance(out, str)
        assert "\x1b" not in out
        assert "\x07" not in out


def test_nothing_is_loaded_from_outside(page):
    for tag, attrs in page.tags:
        assert tag not in ("link", "script", "iframe", "img", "object", "embed"), tag
        assert not {"src", "srcset", "xlink:href", "style"} & set(attrs), (tag, attrs)
        assert "href" not in attrs or tag == "a"
    assert "@import" not in text_of("html")
    assert "url(" not in text_of("html")


def test_structure_for_readers_and_screen_readers(page):
    assert page.named("html") == [{"lang": "en"}]
    assert next(a for a in page.named("a") if a.get("class") == "skip")["href"] == "#main"
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert len(page.named("table")) == len(page.named("caption"))
    assert all("scope" in attrs for attrs in page.named("th"))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    inner = {(a["href"] or "")[1:] for a in page.named("a") if (a["href"] or "").startswith("#")}
    assert inner <= set(ids)


def test_the_chart_has_title_and_description(page):
    (svg,) = page.named("svg")
    assert svg["role"] == "img"
    names = (svg["aria-labelledby"] or "").split()
    for tag, name in zip(("title", "desc"), names, strict=True):
        assert {"id": name} in page.named(tag)
    words = "".join(page.words)
    assert "266 (upper bound)" in words
    assert "60,000" in words


def test_a_chart_that_cannot_be_drawn_is_said_to_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    text = text_of("html")
    assert t("render.chart_not_drawn") in text
    assert "60,000" in text


def test_style_neither_hyphenates_nor_alarms():
    text = text_of("html")
    assert "hyphens" not in text
    for colour in ("red", "#f00", "#d55e00", "#ff0000"):
        assert colour not in text[text.index("<style>") : text.index("</style>")].split(";")


def test_empty_sections_say_so():
    data = sample.brief()
    data |= {"issues": [], "indicators": [], "cases": [], "sources": []}
    data["relationship"] |= {"frame": None}
    data["meetings"] |= {"last": None, "before": None, "days_between": None, "days_since": None,
                         "next": [], "recent": [], "said": []}  # fmt: skip
    data["changes"] |= {"world": [], "corrections": []}
    data["commitments"] = {key: [] for key in data["commitments"]}
    for form in ("table", "md", "html", "csv", "pdf"):
        out = render_brief(data, form, full=True)
        if form in ("table", "md", "html"):
            assert isinstance(out, str)
            for key in ("no_issues", "no_series", "no_cases", "nothing_said", "no_next"):
                assert t(f"render.{key}") in out, (form, key)


# --------------------------------------------------------------------------------- pdf


def test_pdf_has_pages_and_the_text():
    from pypdf import PdfReader

    out = render_brief(sample.brief(), "pdf", full=True)
    assert isinstance(out, bytes)
    reader = PdfReader(io.BytesIO(out))
    assert 1 < len(reader.pages) < 12
    text = re.sub(r"\s+", " ", " ".join(p.extract_text() for p in reader.pages))
    for name in SECTIONS:
        assert t(f"render.section_{name}") in text
    assert "Leaders meet in Lima" in text
    assert "https://example.org/1" in text
    assert f"1 / {len(reader.pages)}" in text


def test_without_pango_the_error_says_what_to_install(monkeypatch):
    from comity.report.render import pdf
    from comity.words.errors import MissingDependency

    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(MissingDependency) as caught:
        pdf.as_pdf("<p>x</p>")
    assert "libpango" in (caught.value.mend or "")


# -------------------------------------------------------------------- speed and browser


def test_the_terminal_form_imports_nothing_heavy():
    code = (
        "import sys, comity.report.render as r\n"
        "sys.path.insert(0, 'tests/report')\n"
        "from sample import brief\n"
        "r.render_brief(brief(), 'table')\n"
        "r.render_brief(brief(), 'table', full=True)\n"
        "heavy = {'jinja2', 'vl_convert', 'weasyprint', 'rich', 'sqlalchemy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True, timeout=60)


@pytest.mark.browser
def test_no_page_scroll_on_a_phone(chromium, tmp_path):
    brief = tmp_path / "brief.html"
    brief.write_text(text_of("html"), encoding="utf-8")
    # A frame, because a window of Chromium is never narrower than about 500 pixels.
    frame = tmp_path / "frame.html"
    frame.write_text(
        "<!doctype html><body style='margin:0'>"
        "<iframe id=f style='width:360px;height:800px;border:0' src=brief.html></iframe><script>"
        "onload=()=>{const d=document.getElementById('f').contentDocument.documentElement;"
        "document.title=`${d.scrollWidth}/${d.clientWidth}`}</script>",
        encoding="utf-8",
    )
    dumped = subprocess.run(
        [*chromium, "--allow-file-access-from-files", "--dump-dom", frame.as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    ).stdout  # fmt: skip
    assert "<title>360/360</title>" in dumped
    shot = tmp_path / "shot.png"
    subprocess.run(
        [*chromium, f"--screenshot={shot}", "--window-size=1100,1400", brief.as_uri()],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert shot.read_bytes().startswith(b"\x89PNG")
