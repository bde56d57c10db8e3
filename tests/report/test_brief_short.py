"""The short brief: every section on a page or so, each claim numbered, what is left out named."""

from __future__ import annotations

import copy
import io
import itertools
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from comity.report.render import render_brief
from comity.report.render.choose import changes, clip, gaps, latest
from comity.report.render.digest import Digest, Items, cited, said
from comity.report.render.layout import cells
from comity.report.render.pdf import as_pdf
from comity.report.render.short import shorten
from comity.words.catalogue import t
from comity.words.time import parse_day
from tests.report import sample
from tests.report.test_brief_forms import SECTIONS, Tree

DAY = parse_day("2023-11-16").toordinal()


def text_of(form: str, width: int = 120) -> str:
    out = render_brief(sample.brief(), form, width)
    assert isinstance(out, str)
    return out


@pytest.fixture(scope="module")
def digest() -> Digest:
    return shorten(sample.brief())


@pytest.fixture(scope="module")
def page() -> Tree:
    return Tree(text_of("html"))


# ------------------------------------------------------------------------- what it tells


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


@pytest.mark.parametrize("form", ["table", "md", "html"])
@pytest.mark.parametrize(
    "words",
    [
        "Leaders meet in Lima", "Leaders met in Quito", "364 days after the one before",
        "Peace is good.", "Ministers to meet", "tainted water 核污染水", "Aland objects.",
        "Bland asked a third time.", "+1 joint, +1 by others, +2", "Measure m1", "Measure m4",
        "may be in force", "suspended since 2023-01-01", "planned", "Order No. 7",
        "4 named parties",
        "To do c3", "open, past its day", "To do c1", "1 kept, 1 ended", "below 266",
        "1,500", "Detained engineer", "detained", "Event 10", "Tariffs not collected",
        "Corrections of the record", "Source 1",
    ],
)  # fmt: skip
def test_every_form_tells(form, words):
    if form == "html" and words == "below 266":
        words = "266 (upper bound)"
    text = re.sub(r"<[^>]+>", "", text_of(form, 400)).replace("\n", " ")
    assert words in re.sub(r"[│ ]+", " ", text)


def test_it_is_short():
    assert len(text_of("table").splitlines()) < 90
    full = render_brief(sample.brief(), "table", full=True)
    assert len(text_of("table")) < len(full)


def test_json_and_csv_are_whole():
    for form in ("json", "csv"):
        assert render_brief(sample.brief(), form) == render_brief(sample.brief(), form, full=True)


def test_broken_and_late_commitments_come_first(digest):
    (part,) = (p for p in digest.parts if p.key == "commitments")
    states = [item.state for block in part.blocks[1:] for item in said(block)]
    assert states == ["broken 2023-02", t("render.overdue"), ""]


def test_a_case_that_stays_as_it_was_is_no_change():
    data = sample.brief()
    case = data["cases"][0]
    case["steps"].append({**case["steps"][0], "from": "2023-11-10"})
    row = {"on": "2023-11-10", "change": "case: detained", "title": case["title"],
           "id": case["id"], "kind": "case", "cites": [], "later_sources": 1}  # fmt: skip
    data["changes"]["world"] = [row, {**row, "id": "another", "title": "Another one"}]
    (part,) = (p for p in shorten(data).parts if p.key == "changes")
    assert [item.text for item in said(part.blocks[0])] == ["Another one"]


# ------------------------------------------------------------------ both sides the same


def test_both_sides_have_the_same_room(page):
    for tag in ("section", "th", "td"):
        sides = [a["class"] for a in page.named(tag) if "side-" in (a.get("class") or "")]
        first = [c.replace("side-1", "") for c in sides[::2] if c]
        assert first == [c.replace("side-2", "") for c in sides[1::2] if c]
    for line in text_of("table").splitlines():
        if " │ " in line:
            left, _ = line.split(" │ ", 1)
            assert cells(left) in (57, 58, 59)


def test_the_latest_plain_position_on_the_issue_itself_stands():
    def row(
        name: str, on: str, issue: str = "water", hedge: str | None = None
    ) -> dict[str, object]:
        return {"id": name, "parties": ["AAA"], "on": on, "issue": issue, "hedge": hedge}

    listed = [
        row("old", "2023-01-01"),
        row("elsewhere", "2023-09-01", issue="food"),
        row("expected", "2023-08-01", hedge="may"),
        row("plain", "2023-08-01"),
        {**row("joint", "2023-10-01"), "parties": ["AAA", "BBB"]},
    ]
    found = [p["id"] for p in latest(listed, "water", "AAA")]
    assert found == ["plain", "expected", "old", "elsewhere"]


@pytest.mark.parametrize("form", ["table", "md", "html"])
def test_a_term_is_shown_in_its_own_language_too(form):
    data = sample.brief()
    for position in data["issues"][0]["positions"]:
        if position["id"] == "p4":
            labels = {"en": "treated water", "ja": "処理水"}
            position |= {"term": "treated water", "term_labels": labels}
    out = render_brief(data, form)
    assert isinstance(out, str)
    shown = '<span class="own" lang="ja">処理水</span>' if form == "html" else "(処理水)"
    assert shown in out


# ------------------------------------------------------------------------ numbers, marks


def test_numbers_that_are_cited_are_listed_and_no_others(digest):
    assert {s.number for s in digest.sources} == cited(digest.parts) == {1, 2, 3, 4}
    data = sample.brief()
    data["sources"].append({**data["sources"][0], "number": 5, "id": "src-5"})
    assert len(shorten(data).sources) == 4
    for form, listed in (
        ("table", r"(?:^|│ )\[(\d+)\] "),
        ("md", r"^(\d+)\. "),
        ("html", r'<li id="source-(\d+)"'),
    ):
        assert {int(n) for n in re.findall(listed, text_of(form), re.M)} == {1, 2, 3, 4}


def test_every_claim_keeps_its_numbers_and_marks(digest):
    """Whatever rests on sources in the data shows a number or the mark of a later one."""
    keys = ("meetings", "issues", "measures", "commitments", "indicators", "cases", "changes")
    for part in digest.parts:
        for block in part.blocks if part.key in keys else ():
            if isinstance(block, Items) and (block.inline or not block.items):
                continue
            for item in said(block):
                fixed = item.on == "2023-11-20"
                assert item.cites or item.later or fixed, (part.key, item)
    data = sample.brief()
    data["measures"][0]["in_force"][0] |= {"flags": ["goods: our reading"], "later_sources": 2}
    data["measures"][0]["in_force"][0]["cites"] = [1, 2, 3, 4]
    (part,) = (p for p in shorten(data).parts if p.key == "measures")
    assert said(part.blocks[0])[0].tail == "[1,2…]†!"
    out = render_brief(data, "html")
    assert isinstance(out, str)
    assert 'title="goods: our reading">!</a>' in out


@pytest.mark.parametrize("form", ["table", "md", "html"])
def test_the_marks_are_explained_once(form):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text_of(form)))
    words = t("render.short_marks").replace("[n…]", r"\[n…\]" if form == "md" else "[n…]")
    words = words.replace("~", r"\~") if form == "md" else words
    assert text.count(words) == 1


def test_titles_of_sources_are_links_in_html(page):
    links = {a["href"] for a in page.named("a") if (a["href"] or "").startswith("http")}
    assert links == {f"https://example.org/{n}" for n in (1, 2, 3)}
    assert "https://example.org" not in text_of("table")


# ------------------------------------------------------------------------- left out


def test_what_is_left_out_is_said_with_the_command_that_shows_it(digest):
    lefts = [part.left for part in digest.parts if part.left] + [digest.left]
    given = {left.command for left in lefts}
    assert {c.split()[1] for c in given} == {
        "timeline",
        "issues",
        "commitments",
        "changes",
        "brief",
    }
    for form in ("md", "table"):
        text = text_of(form, 400)
        for command in given:
            assert command in text
    assert "--to 2023-11-16 --as-of" not in text_of("table", 400)


def test_the_commands_are_ones_that_the_program_takes(digest):
    import typer.main

    from comity.cli.app import app

    group = typer.main.get_command(app)
    data = sample.brief()
    data["measures"][0]["in_force"] *= 30
    blocks = [b for p in shorten(data).parts for b in p.blocks]
    lefts = [b.left for b in blocks if isinstance(b, Items) and b.left]
    lefts += [p.left for p in digest.parts if p.left]
    assert {left.command.split()[1] for left in lefts} >= {"measures", "changes", "timeline"}
    for left in lefts:
        _, name, *rest = shlex.split(left.command)
        command = group.commands[name]  # type: ignore[attr-defined]
        known = {opt for param in command.params for opt in param.opts}
        assert {word for word in rest if word.startswith("--")} <= known, left.command


# --------------------------------------------------------------------------- choosing


@pytest.mark.parametrize(
    ("text", "limit", "want"),
    [
        ("Short enough.", 40, "Short enough."),
        ("A first clause that is long; and a second one that is too long", 40,
         "A first clause that is long; …"),
        ("One sentence stands here. Another follows it at length", 40,
         "One sentence stands here. …"),
        ("no stop in here but many words that go on and on", 20, "no stop in here …"),
    ],
)  # fmt: skip
def test_a_text_is_cut_at_its_clauses(text, limit, want):
    assert clip(text, limit) == want


def test_the_changes_that_matter_most_are_chosen():
    def row(on: str, kind: str, change: str) -> dict[str, str]:
        return {"on": on, "kind": kind, "change": change, "id": f"{kind}{on}", "title": change}

    noise = [row(f"2023-10-{d:02d}", "event", "report") for d in range(1, 28)]
    talk = [row(f"2023-11-{d:02d}", "position", "position of A") for d in range(1, 10)]
    grave = [
        row("2022-12-01", "commitment", "commitment broken"),
        row("2023-01-01", "case", "case: detained"),
        row("2023-02-01", "measure", "measure begins"),
        row("2023-03-01", "meeting", "leaders' meeting"),
    ]
    found = changes([*grave, *noise, *talk], 6)
    assert [r["on"] for r in found] == sorted((r["on"] for r in found), reverse=True)
    assert {r["on"] for r in grave} <= {r["on"] for r in found}
    assert len(found) == 6


def test_the_gaps_that_are_open_and_near_are_chosen():
    def row(
        title: str, about: str, start: str | None = None, end: str | None = None
    ) -> dict[str, object]:
        return {"title": title, "about": [about], "from": start, "until": end}

    listed = [
        row("Trade figures", "trade figures"),
        row("State of Russia's ban", "present state"),
        row("An old one", "measures not on record", "2011-01-01", "2011-02-01"),
        row("Tariffs", "tariff rates not on record"),
        row("State of Japan's ban", "present state", "2023-01-01"),
    ]
    found = gaps(listed, DAY, ("CHN", "JPN"), 3)
    assert [r["title"] for r in found] == ["State of Japan's ban", "Tariffs", "Trade figures"]


# ------------------------------------------------------------------------------- layout


@pytest.mark.parametrize("width", [40, 60, 79, 80, 99, 100, 120, 200])
def test_no_line_is_wider_than_asked(width):
    for line in text_of("table", width).splitlines():
        assert cells(line) <= width, line


def test_data_is_never_markup(page):
    assert page.named("script") == []
    assert "<script" not in text_of("html")
    assert "<script" not in text_of("md").replace("\\<script", "")


def test_structure_for_readers_and_screen_readers(page):
    assert page.named("html") == [{"lang": "en"}]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert len(page.named("table")) == len(page.named("caption"))
    assert all("scope" in attrs for attrs in page.named("th"))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    inner = {(a["href"] or "")[1:] for a in page.named("a") if (a["href"] or "").startswith("#")}
    assert inner <= set(ids)


def test_nothing_is_loaded_from_outside(page):
    for tag, attrs in page.tags:
        assert tag not in ("link", "script", "iframe", "img", "object", "embed"), tag
        assert not {"src", "srcset", "xlink:href", "style"} & set(attrs), (tag, attrs)
        assert "href" not in attrs or tag == "a"
    assert "url(" not in text_of("html")


def test_the_chart_tells_values_and_limits_apart(page):
    (svg,) = page.named("svg")
    assert svg["role"] == "img"
    for tag, name in zip(("title", "desc"), (svg["aria-labelledby"] or "").split(), strict=True):
        assert {"id": name} in page.named(tag)
    words = "".join(page.words)
    for text in ("<266", "~270", "regulatory limit 60,000", "operational limit 1,500"):
        assert text in words
    assert "777" not in words
    fills = [a["fill"] for a in page.named("circle")]
    assert fills == ["#0072B2", "#0072B2", "#fff"]
    assert len(page.named("path")) == 1


def test_empty_sections_say_so():
    data = sample.brief()
    data |= {"issues": [], "indicators": [], "cases": [], "sources": []}
    data["relationship"] |= {"frame": None}
    data["meetings"] |= {"last": None, "before": None, "days_between": None, "days_since": None,
                         "next": [], "recent": [], "said": []}  # fmt: skip
    data["changes"] |= {"world": [], "corrections": []}
    data["commitments"] = {key: [] for key in data["commitments"]}
    data["coverage"]["gaps"] = []
    for form in ("table", "md", "html", "pdf"):
        out = render_brief(data, form)
        if isinstance(out, str):
            for key in ("no_issues", "no_series", "no_cases", "nothing_said", "no_next",
                        "no_leaders", "short_none_open", "no_changes", "no_gaps"):  # fmt: skip
                assert t(f"render.{key}") in out, (form, key)


# ---------------------------------------------------------------------------------- pdf


def pages(out: str | bytes) -> int:
    from pypdf import PdfReader

    assert isinstance(out, bytes)
    return len(PdfReader(io.BytesIO(out)).pages)


def test_the_sample_takes_one_page_in_large_type_with_tags():
    from pypdf import PdfReader

    out = render_brief(sample.brief(), "pdf")
    assert pages(out) == 1
    assert isinstance(out, bytes)
    reader = PdfReader(io.BytesIO(out))
    assert "/StructTreeRoot" in reader.root_object
    text = re.sub(r"\s+", " ", reader.pages[0].extract_text())
    for name in SECTIONS:
        assert t(f"render.section_{name}") in text


def test_type_is_as_large_as_the_page_allows():
    from pypdf import PdfReader

    def laid_out(lines: int) -> tuple[int, int]:
        style = (
            "@page{size:100pt 100pt;margin:0} html{font-size:1pt} body{margin:0}"
            "p{margin:0;line-height:1;orphans:1;widows:1}"
        )
        text = f"<html lang=en><style>{style}</style>" + "<p>x</p>" * lines
        reader = PdfReader(io.BytesIO(as_pdf(text, (20.0, 15.0, 10.0, 5.0))))
        sizes: set[int] = set()
        reader.pages[0].extract_text(
            visitor_text=lambda text, cm, tm, font, size: sizes.add(
                round(size * abs(cm[3] * tm[3])) if "x" in text else 0
            )
        )
        return len(reader.pages), max(sizes)

    assert laid_out(5) == (1, 20)
    assert laid_out(6) == (1, 15)
    assert laid_out(10) == (1, 10)
    assert laid_out(20) == (1, 5)
    assert laid_out(30)[0] == 2


def test_what_is_longer_than_the_sample_grows_to_two_pages_at_most():
    data = sample.brief()
    for key, count in (("issues", 4), ("cases", 3)):
        data[key] = [
            {**copy.deepcopy(row), "id": f"{row['id']}-{n}"}
            for row in data[key]
            for n in range(count)
        ]
    for part in data["measures"]:
        part["in_force"] = part["in_force"] * 6
    assert pages(render_brief(data, "pdf")) <= 2


# ------------------------------------------------------------------------------ browser


@pytest.mark.browser
def test_no_page_scroll_on_a_phone(chromium, tmp_path: Path):
    (tmp_path / "brief.html").write_text(text_of("html"), encoding="utf-8")
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
