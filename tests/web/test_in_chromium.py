"""Each page's main job as a person does it, in a real browser; and what holds of every page:
nothing in the console, nothing asked elsewhere, no serious fault found by axe, no sideways scroll
at 360 px, readable without script, printable."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.api.conftest import Served
from tests.web.conftest import watching

BAN = "cn-seafood-ban-2023"
EVERY = (
    "/",
    "/find?q=scallop",
    "/entries?kind=meeting",
    f"/entries/{BAN}",
    "/measures?all=1",
    "/relations/CHN-JPN",
    "/relations/CHN-JPN/timeline?since=2023",
    "/applies?from=JPN&to=CHN&goods=0307&on=2023-11-16",
    "/applies?from=Japan&to=China&goods=scallops",
    "/assess",
    "/scenarios?write=1&by0=USA&rate0=10%25",
    "/review",
    "/runs",
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _serious(page: Page) -> list[str]:
    """Faults that axe calls serious or critical, with the elements that have them."""
    found: dict[str, Any] = Axe().run(page).response
    assert len(found["passes"]) > 10  # it looked
    return [
        f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(browser: Browser, served: Served, path: str, scheme: str):
    with watching(browser, served.address, scheme=scheme) as seen:
        page = seen.go(path)
        for folded in page.locator("details:not([open]) > summary").all():
            if folded.is_visible():
                folded.click()
        assert _serious(page) == []


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("script", [True, False])
def test_a_phone_needs_no_sideways_scroll(
    browser: Browser, served: Served, path: str, script: bool
):
    with watching(browser, served.address, 360, script=script) as seen:
        page = seen.go(path)
        for folded in page.locator("details:not([open]) > summary").all():
            if folded.is_visible():
                folded.click()
        if script:
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
        expect(page.locator("h1").first).to_be_visible()


def test_find_answers_while_one_types(browser: Browser, served: Served):
    with watching(browser, served.address) as seen:
        page = seen.go("/")
        box = page.get_by_role("searchbox", name="Find in the record")
        box.press_sequentially("kishi", delay=20)
        live = page.locator("#found")
        expect(live.get_by_role("link", name="Fumio Kishida person", exact=True)).to_be_visible()
        # The keyboard alone is enough.
        box.press("ArrowDown")
        focused = page.evaluate("document.activeElement.textContent")
        assert "Kishida" in focused
        page.keyboard.press("Escape")
        expect(live).to_be_hidden()
        box.press("Enter")
        page.wait_for_url("**/find?q=kishi*")
        page.get_by_role("link", name="Fumio Kishida person", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Fumio Kishida")


def test_a_relation_as_of_another_day(browser: Browser, served: Served):
    with watching(browser, served.address) as seen:
        page = seen.go("/relations/CHN-JPN")
        expect(page.locator(".view").first).to_contain_text(
            dt.datetime.now(dt.UTC).date().isoformat()
        )
        page.get_by_label("as of", exact=True).fill("2023-11-16")
        page.get_by_role("button", name="Show", exact=True).click()
        page.wait_for_url("**as_of=2023-11-16*")
        expect(page.locator(".view").first).to_have_text("As of 2023-11-16")
        # Both sides beside each other, each with its own term in its own script.
        pair = page.locator("#issues .pair").first
        first, second = pair.locator(".side").all()
        assert first.bounding_box()["y"] == second.bounding_box()["y"]  # type: ignore[index]
        assert page.locator('#issues [lang="zh"], #issues [lang="zh-Hans"]').count() > 0
        assert page.locator('#issues [lang="ja"]').count() > 0
        # Nothing that came later is there, as entries or as bars.
        assert page.get_by_text("Renewed suspension of Japanese seafood imports").count() == 0
        expect(page.locator("#indicators svg.chart")).to_be_visible()
        # A claim opens its entry, seen from the same day, with its sources.
        page.locator("#measures a.entry", has_text="Suspension of all aquatic").first.click()
        page.wait_for_url(f"**/entries/{BAN}?as_of=2023-11-16")
        expect(page.get_by_role("heading", name="Sources")).to_be_visible()
        assert page.get_by_text("2025-06-28").count() == 0  # its end was not known


def test_the_slider_moves_the_day(browser: Browser, served: Served):
    with watching(browser, served.address) as seen:
        page = seen.go("/relations/CHN-JPN?as_of=2023-11-16")
        slider = page.get_by_role("slider")
        slider.focus()
        with page.expect_navigation():
            slider.press("ArrowLeft")
        expect(page.locator(".view").first).to_have_text("As of 2023-11-15")


def test_a_cited_source_is_opened_where_it_is_folded(browser: Browser, served: Served):
    with watching(browser, served.address) as seen:
        page = seen.go("/relations/CHN-JPN?as_of=2023-11-16")
        assert not page.locator("#source-1").is_visible()
        page.locator('a[href="#source-1"]').first.click()
        expect(page.locator("#source-1")).to_be_visible()


def test_the_timeline_is_filtered(browser: Browser, served: Served):
    with watching(browser, served.address) as seen:
        page = seen.go("/relations/CHN-JPN?as_of=2024-06-01")
        rows = page.locator(".timeline li")
        all_of_them = rows.count()
        page.locator("#since").fill("2023-08")
        page.locator("#until").fill("2023-11")
        page.locator("#tkind").select_option("meeting")
        page.get_by_role("button", name="Filter").click()
        page.wait_for_url("**since=2023-08*#timeline")
        expect(page.locator(".timeline li.k-event")).to_have_count(0)
        assert 0 < rows.count() < all_of_them
        here = rows.count()
        page.reload()  # the address opens the same list, without script as well
        assert rows.count() == here
        page.locator(".years a", has_text="2022").click()
        for day in page.locator(".timeline .when").all_text_contents():
            assert day.startswith("2022")


def test_a_shipment_by_words(browser: Browser, served: Served):
    with watching(browser, served.address) as seen:
        page = seen.go("/applies")
        page.get_by_label("from", exact=True).fill("Japan")
        page.get_by_label("to", exact=True).fill("China")
        page.get_by_label("goods", exact=True).fill("scallops")
        page.get_by_label("day", exact=True).fill("2023-11-16")
        page.get_by_role("button", name="Ask").click()
        page.get_by_role("link", name=re.compile("HS2022:030722")).click()
        verdict = page.locator(".verdict")
        expect(verdict).to_contain_text("Prohibited", ignore_case=True)
        expect(verdict).to_contain_text("2023-08-24 to 2025-06-28")
        expect(page.get_by_role("heading", name="Near misses")).to_be_visible()
        expect(page.get_by_role("heading", name="Not covered by the record")).to_be_visible()
        page.get_by_role("link", name="Why, dimension by dimension").first.click()
        expect(page.locator("#h-explain")).to_be_visible()


def test_nothing_on_record_is_never_allowed(browser: Browser, served: Served):
    with watching(browser, served.address) as seen:
        page = seen.go("/applies?from=FRA&to=BRA&goods=9701&on=2023-11-16")
        expect(page.locator(".verdict")).to_contain_text("not to say that it is allowed")


def test_assess_by_ticking(browser: Browser, served: Served):
    with watching(browser, served.address) as seen:
        page = seen.go("/measures?all=1")
        page.get_by_role("checkbox", name=re.compile("Suspension of all aquatic")).check()
        page.get_by_role("button", name="Assess what is ticked").click()
        box = page.get_by_role("checkbox", name=re.compile("Suspension of all aquatic"))
        expect(box).to_be_checked()
        page.get_by_text("Market, draws, what was known when").click()
        page.get_by_label("draws", exact=True).fill("32")
        page.get_by_role("button", name="Assess", exact=True).click()
        page.wait_for_url("**/runs/*")
        expect(page.get_by_role("heading", name="Who loses, who gains")).to_be_visible(
            timeout=60_000
        )
        assert _serious(page) == []
        # What it takes to have it again: the address, the command, the lines, the file.
        again = page.locator(".reproduce")
        expect(again).to_contain_text(f"comity assess {BAN} --draws 32 --no-world")
        expect(again).to_contain_text("record.assess(")
        expect(again).to_contain_text("comity-scenario: 1")
        address = page.url
        title = page.get_by_role("heading", level=1).text_content()
        table = page.locator(".sheet table").first.text_content()
        page.goto(address)
        assert page.get_by_role("heading", level=1).text_content() == title
        assert page.locator(".sheet table").first.text_content() == table
        # Tables sort.
        head = page.locator(".sheet table").first.get_by_role("button").first
        head.click()
        names = page.locator(".sheet table").first.locator("tbody th").all_text_contents()
        assert names == sorted(names, reverse=True) or names == sorted(names)


def test_a_scenario_from_the_form_beside_another(browser: Browser, served: Served):
    with watching(browser, served.address) as seen:
        page = seen.page
        for of in ("China", ""):
            seen.go("/scenarios")
            page.get_by_label("title").fill(f"Ten points on {of or 'all'}")
            page.locator("#by0").fill("United States")
            page.locator("#of0").fill(of)
            page.locator("#rate0").fill("10%")
            page.get_by_role("button", name="Run").first.click()
            page.wait_for_url("**/runs/*")
            expect(page.get_by_role("heading", name="Who gains and who loses")).to_be_visible(
                timeout=60_000
            )
        page.get_by_label("Beside another run").select_option(index=0)
        page.get_by_role("button", name="Compare").click()
        page.wait_for_url("**/compare*")
        expect(page.get_by_role("heading", level=1)).to_have_text("Two answers beside each other")
        assert page.locator(".sheet tbody tr").count() > 10
        assert _serious(page) == []


def test_a_run_that_cannot_be_answered_says_why(browser: Browser, served: Served):
    with watching(browser, served.address) as seen:
        page = seen.go("/assess?measure=cn-visa-waiver-2024")
        page.evaluate(
            """() => { const one = document.createElement('input'); one.type = 'hidden';
            one.name = 'measure'; one.value = 'cn-visa-waiver-2024';
            document.querySelector('form.ask').append(one); }"""
        )
        page.get_by_role("button", name="Assess", exact=True).click()
        page.wait_for_url("**/runs/*")
        problem = page.locator(".problem")
        expect(problem).to_be_visible(timeout=60_000)
        expect(problem).to_contain_text("bears on people")
        expect(problem).to_contain_text("How to mend it")


def test_without_script_a_run_is_asked_and_read(browser: Browser, served: Served):
    with watching(browser, served.address, script=False) as seen:
        page = seen.go("/scenarios")
        page.locator("#by0").fill("USA")
        page.locator("#rate0").fill("5%")
        page.get_by_role("button", name="Run").first.click()
        # The page asks again by itself until the run is over.
        expect(page.get_by_role("heading", name="Who gains and who loses")).to_be_visible(
            timeout=60_000
        )


@pytest.mark.parametrize("path", EVERY[3:8])
def test_it_prints_on_a4(browser: Browser, served: Served, path: str):
    with watching(browser, served.address) as seen:
        page = seen.go(path)
        printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        box = printed.pages[0].mediabox
        assert (round(float(box.width)), round(float(box.height))) == (595, 842)
        text = "\n".join(one.extract_text() for one in printed.pages)
        heading = (page.get_by_role("heading", level=1).first.text_content() or "").split()
        assert heading[0] in text
        assert "people, measures, goods" not in text  # no search box on paper
        if "relations/CHN-JPN" in path and "timeline" not in path:
            assert "http" in text  # folded sources are printed
