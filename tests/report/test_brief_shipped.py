"""The shipped brief as of 16 November 2023 tells nothing later, in any form, and is short."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import comity
from comity.cli.app import app
from comity.record.packfile import shipped_path
from comity.report.render import render_brief
from comity.words.catalogue import t
from tests.report.test_brief_forms import SECTIONS

AS_OF = "2023-11-16"
LATER = re.compile(
    r"2023-1(?:1-(?:1[7-9]|2\d|30)|2(?:-\d\d)?)|20(?:2[4-9]|[3-9]\d)-\d\d(?:-\d\d)?"
    r"|(?:\d{1,2} )?(?:November|December) 2023|(?<![\d,.])20(?:2[4-9])(?![\d,])"
)
EARLIER = re.compile(r"(?:[1-9]|1[0-6]) November 2023|^November 2023$")

pytestmark = pytest.mark.skipif(
    not all((shipped_path(name) / "pack.yaml").is_file() for name in ("common", "china-japan")),
    reason="the shipped packs are not finished",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shipped") / "shipped.db"
    comity.open(str(path)).load_shipped()
    return path


@pytest.fixture(scope="module")
def data(store: Path) -> dict[str, Any]:
    return comity.open(str(store)).brief("CHN", "JPN", as_of=AS_OF)


@pytest.fixture(scope="module")
def newer(store: Path) -> dict[str, Any]:
    return comity.open(str(store)).brief("CHN", "JPN", as_of="2026-06-30")


def announced(data: dict[str, Any]) -> set[str]:
    """Later days that may be told: those of plans and of what is due."""
    rows = [row for part in data["measures"] for row in part["planned"]]
    rows += data["meetings"]["next"]
    days = {str(row.get(name)) for row in rows for name in ("from", "on", "until")}
    days |= {row["due"] or "" for listed in data["commitments"].values() for row in listed}
    for series in data["indicators"]:
        planned = [v for v in series["values"] if v["basis"] in ("planned", "expected")]
        days |= {str(v[name]) for v in planned for name in ("from", "until")}
    return days


def shown(data: dict[str, Any], form: str, *, full: bool) -> str:
    out = render_brief(data, form, full=full)
    if isinstance(out, bytes):
        from pypdf import PdfReader

        return "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(out)).pages)
    if form == "html":
        out = re.sub(r"<(style|svg)\b.*?</\1>", " ", out, flags=re.S)
    # Addresses are the publishers' own: a number in one is not a day we tell.
    return re.sub(r"https?://[^\s<>\")]+", " ", out)


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
@pytest.mark.parametrize("form", ["table", "md", "html", "csv", "json", "pdf"])
def test_nothing_later_appears(data, form, full):
    allowed = announced(data)
    later = {found.group(0) for found in LATER.finditer(shown(data, form, full=full))}
    assert {day for day in later if not EARLIER.search(day)} <= allowed


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
def test_the_brief_is_not_empty(data, full):
    out = render_brief(data, "table", full=full)
    assert isinstance(out, str)
    for words in ("San Francisco", "Bangkok", "1,500", "Announcement No. 103", "364"):
        assert words in out


@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
@pytest.mark.parametrize("form", ["table", "md", "html", "pdf"])
def test_every_section_is_in_both_forms(data, form, full):
    text = re.sub(r"\s+", " ", shown(data, form, full=full)).replace("&#39;", "'")
    for name in SECTIONS:
        assert t(f"render.section_{name}") in text, name


def pages(data: dict[str, Any]) -> int:
    from pypdf import PdfReader

    out = render_brief(data, "pdf")
    assert isinstance(out, bytes)
    return len(PdfReader(io.BytesIO(out)).pages)


def test_it_is_a_page_or_two(data, newer):
    """One page where the fonts are those of `make`'s own set-up; never more than two."""
    assert pages(data) <= 2
    assert pages(newer) <= 2


def test_it_is_a_screenful_or_two(data, newer):
    assert len(render_brief(data, "table").splitlines()) <= 120
    assert len(render_brief(newer, "table").splitlines()) <= 190
    full = render_brief(data, "table", full=True)
    assert len(full.splitlines()) > 300


def test_the_full_form_has_every_position_gap_and_address(data):
    out = render_brief(data, "table", 2000, full=True)
    assert isinstance(out, str)
    for issue in data["issues"]:
        for position in issue["positions"]:
            assert position["holds"] in out, position["id"]
    for gap in data["coverage"]["gaps"]:
        assert gap["title"] in out
    for source in data["sources"]:
        assert (source["url"] or source["title"]) in out


def test_the_commands_for_the_rest_run(data, store):
    """Each command that the short brief names is taken and answers."""
    out = render_brief(data, "table", 200)
    assert isinstance(out, str)
    commands = set(re.findall(r"(comity [a-z]+ .*?\d{4}-\d\d-\d\d) ?(?=──|$)", out, re.M))
    assert {c.split()[1] for c in commands} == {
        "timeline", "issues", "commitments", "changes", "brief",
    }  # fmt: skip
    runner = CliRunner(env={"COMITY_DB": str(store)})
    for command in sorted(commands):
        result = runner.invoke(app, command.split()[1:])
        assert result.exit_code == 0, (command, result.output)
        assert result.output.strip()
