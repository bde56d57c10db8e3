"""The shipped brief as of 16 November 2023 tells nothing later, in any form."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

import comity
from comity.record.packfile import shipped_path
from comity.report.render import render_brief

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
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    opened = comity.open(str(tmp_path_factory.mktemp("shipped") / "shipped.db"))
    opened.load_shipped()
    return opened.brief("CHN", "JPN", as_of=AS_OF)


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


def shown(data: dict[str, Any], form: str) -> str:
    out = render_brief(data, form)
    if isinstance(out, bytes):
        from pypdf import PdfReader

        return "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(out)).pages)
    if form == "html":
        out = re.sub(r"<(style|svg)\b.*?</\1>", " ", out, flags=re.S)
    # Addresses are the publishers' own: a number in one is not a day we tell.
    return re.sub(r"https?://[^\s<>\")]+", " ", out)


@pytest.mark.parametrize("form", ["table", "md", "html", "csv", "json", "pdf"])
def test_nothing_later_appears(data, form):
    allowed = announced(data)
    later = {found.group(0) for found in LATER.finditer(shown(data, form))}
    assert {day for day in later if not EARLIER.search(day)} <= allowed


def test_the_brief_is_not_empty(data):
    out = render_brief(data, "table")
    assert isinstance(out, str)
    for words in ("San Francisco", "Bangkok", "1,500", "Announcement No. 103", "364"):
        assert words in out
