"""Review in the browser: who may, what each decision does, what was typed stays, the keyboard."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from comity.opened import OpenRecord
from comity.reader.slots import changed, text_of_value, value_of
from comity.record.export import as_written
from tests.api.conftest import QUIET, Served, running
from tests.cli.door import Door
from tests.reader import made
from tests.web.conftest import watching
from tests.web.test_answers import Tree
from tests.web.test_in_chromium import _serious


@pytest.fixture
def desk(loaded_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server on a store of its own, in which one document was read."""
    made.install(monkeypatch, *made.ALL)
    store = Door(loaded_store, tmp_path).copied(tmp_path / "own.db").store
    with OpenRecord(store) as opened:
        opened.read_document(made.document(tmp_path), published="2023-11-17", author="ann")
    with running(f"sqlite:///{store}", QUIET, who="rae") as one:
        yield one


def signed(desk: Served, role: str | None = "reviewer") -> httpx.Client:
    client = desk.client(Origin=desk.address)
    if role is not None:
        client.cookies.set("comity", desk.tokens[role])
    return client


def ids(desk: Served) -> dict[str, str]:
    """The id of the first open proposal of each type."""
    with OpenRecord(desk.store) as record:
        found: dict[str, str] = {}
        for item in record.proposals():
            found.setdefault(item.proposal.type, item.id)
        return found


def form_of(page: str) -> dict[str, str]:
    """The fields of the form of slots, as a browser would send them."""
    form = page[page.index('id="decide"') : page.index('class="decisions"')]
    found = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>([^<]*)</textarea>', form))
    found.pop("do")
    return {name: html.unescape(text) for name, text in found.items()}


# ------------------------------------------------------------------------------- slots as one types


@pytest.mark.parametrize(
    "value",
    [
        None, "text", "[not a list", "yes", True, False, "2023-11-16", ["CHN", "JPN"], [],
        {"name": "Xi Jinping", "role": None}, [{"name": "习近平", "party": "CHN"}],
        ["a, b", "c: d", "2023-11-16", "no", "'"],
    ],
)  # fmt: skip
def test_a_value_is_typed_as_it_is_read(value: Any) -> None:
    if value != "[not a list":  # typed anew that would be a list; left alone it is no change
        assert value_of(text_of_value(value)) == value
    assert changed({"slot": value}, {"slot": text_of_value(value)}) == {}


def test_only_what_was_changed_is_an_edit() -> None:
    before = {"a": "x y", "b": ["CHN"], "c": "z", "d": None}
    typed = {"a": " x\r\ny ", "b": "[CHN, JPN]", "c": "", "d": "new", "e": ""}
    assert changed(before, typed) == {"b": ["CHN", "JPN"], "c": None, "d": "new"}


# ------------------------------------------------------------------------------------------- pages


def test_the_lists_are_those_of_the_command(desk: Served):
    door = Door(Path(desk.store.removeprefix("sqlite:///")), Path.cwd())
    with desk.client() as client:
        listed = client.get("/review.json").json()
        assert listed == json.loads(door("review", "--list", "--format", "json").out)
        rows = client.get("/review.csv?type=measure").text
        wanted = door("review", "--list", "--format", "csv").out
        measures = [row for row in csv.DictReader(io.StringIO(wanted)) if row["type"] == "measure"]
        assert list(csv.DictReader(io.StringIO(rows))) == measures
        assert len(measures) == 2
        one = listed[0]["id"]
        told = client.get(f"/review/{one}.json").json()
        assert told["review"] == client.get(f"/api/v1/proposals/{one}").json()["review"]


@pytest.mark.parametrize("role", [None, "reviewer"])
def test_every_proposal_is_a_whole_page(desk: Served, role: str | None):
    with signed(desk, role) as client:
        pages = ["/review", *(f"/review/{name}" for name in ids(desk).values())]
        for path in pages:
            answer = client.get(path)
            assert answer.status_code == 200
            tree = Tree(answer.text)
            assert tree.stack == []
            assert len(set(tree.ids)) == len(tree.ids), path
            if path != "/review":
                assert answer.text.count("<mark>") >= 1
                assert ('name="do"' in answer.text) == (role is not None)
                assert ("Sign in to decide" in answer.text) == (role is None)
                assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/read", "/review/{}"])
@pytest.mark.parametrize("role", [None, "reader"])
def test_only_reviewers_decide(desk: Served, path: str, role: str | None):
    path = path.format(ids(desk)["meeting"])
    before = Door(Path(desk.store.removeprefix("sqlite:///")), Path()).dump()
    with signed(desk, role) as client:
        answer = client.post(path, data={"do": "accept", "text": made.TEXT})
        assert answer.status_code == (401 if role is None else 403)
        assert "/signin" in answer.text
    with signed(desk) as client:
        for headers in ({"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
            refused = client.post(path, data={"do": "accept"}, headers=headers)
            assert refused.status_code == 403
    assert Door(Path(desk.store.removeprefix("sqlite:///")), Path()).dump() == before


def test_accept_as_edited_then_the_next_follows(desk: Served):
    name = ids(desk)["meeting"]
    with signed(desk) as client, OpenRecord(desk.store) as record:
        order = [item.id for item in record.proposals()]
        form = form_of(client.get(f"/review/{name}").text)
        assert form["f-parties"] == "[CHN, JPN]"
        form["f-place"] = "Lima, Peru"
        form["f-title"] = "Xi and Kishida meet <b>"
        done = client.post(f"/review/{name}", data={**form, "do": "accept"})
        assert done.status_code == 303, done.text
        following = order[order.index(name) + 1]
        assert done.headers["location"] == f"/review/{following}?was={name}"
        item = record.proposal(name)
        assert (item.verdict, item.author) == ("accepted", "rae-reviewer")
        entry = record.show(str(item.entry))
        assert entry["title"] == "Xi and Kishida meet <b>"
        after = client.get(done.headers["location"]).text
        assert f'The meeting before was accepted: <a href="/entries/{item.entry}' in after
        shown = client.get(f"/review/{name}").text  # what is decided is shown, and cannot be again
        assert 'name="do"' not in shown
        assert "Decided: accepted by rae-reviewer" in shown
        again = client.post(f"/review/{name}", data={"do": "reject", "why": "no"})
        assert again.status_code == 409
        assert "accepted already by rae-reviewer" in again.text


def test_what_is_wrong_is_said_and_what_was_typed_stays(desk: Served):
    found = ids(desk)
    with signed(desk) as client, OpenRecord(desk.store) as record:
        before = record.log.last_received()
        form = form_of(client.get(f"/review/{found['meeting']}").text)
        form["f-date"] = "2022-02-30"
        bad = client.post(f"/review/{found['meeting']}", data={**form, "do": "accept"})
        assert bad.status_code == 422
        assert "2022-02-30" in bad.text
        assert 'class="problem" role="alert"' in bad.text
        no_reason = client.post(f"/review/{found['meeting']}", data={"do": "reject", "why": " "})
        assert no_reason.status_code == 422
        assert "needs a reason" in no_reason.text
        wrong = client.post(
            f"/review/{found['meeting']}", data={"do": "merge", "entry": "fumio-kishida"}
        )
        assert wrong.status_code == 422
        nobody = client.post(f"/review/{found['meeting']}", data={"do": "merge"})
        assert nobody.status_code == 422
        assert record.log.last_received() == before
        assert record.proposal(found["meeting"]).verdict is None
        # What is on record is not added twice by accident: merge, or say that it is new.
        with_ban = next(
            item.id
            for item in record.proposals()
            if item.proposal.slots.get("product") == "seafood"
        )
        page = client.get(f"/review/{with_ban}").text
        assert 'value="new"' not in page
        like = client.post(f"/review/{with_ban}", data={**form_of(page), "do": "accept"})
        assert like.status_code == 409
        assert 'value="new"' in like.text
        assert "Merge it with that one below" in like.text
        record.edit_proposal(with_ban, {"product": "fish"}, author="bob")
        stale = client.post(f"/review/{with_ban}", data={**form_of(page), "do": "accept"})
        assert stale.status_code == 409
        assert "somebody else has edited" in stale.text
        assert 'value="new"' not in stale.text
        merged = client.post(
            f"/review/{with_ban}",
            data={"do": "merge", "like": "cn-seafood-ban-2023", "why": "same"},
        )
        assert merged.status_code == 303
        item = record.proposal(with_ban)
        assert (item.verdict, item.entry) == ("merged", "cn-seafood-ban-2023")
        reading = record.reading(all_days=True)
        passages = as_written(reading.entry("cn-seafood-ban-2023"))["passages"]
        assert "doc-leaders-talk" in json.dumps(passages)


def test_of_two_who_edit_the_second_is_told(desk: Served):
    name = ids(desk)["meeting"]
    with signed(desk) as client, OpenRecord(desk.store) as record:
        form = form_of(client.get(f"/review/{name}").text)
        first = client.post(f"/review/{name}", data={**form, "f-place": "Lima, Peru", "do": "save"})
        assert first.status_code == 303
        assert "Saved" in client.get(first.headers["location"]).text
        second = client.post(f"/review/{name}", data={**form, "f-place": "Peru", "do": "accept"})
        assert second.status_code == 409
        assert 'value="Peru"' in second.text  # nothing that was typed is lost
        assert record.proposal(name).proposal.slots["place"] == "Lima, Peru"
        assert record.proposal(name).verdict is None
        third = client.post(f"/review/{name}", data={**form_of(second.text), "do": "save"})
        assert third.status_code == 303
        assert record.proposal(name).proposal.slots["place"] == "Peru"


def test_skipped_comes_last_and_the_last_leads_to_the_list(desk: Served):
    with signed(desk) as client, OpenRecord(desk.store) as record:
        first, second, *_ = [item.id for item in record.proposals()]
        done = client.post(f"/review/{first}", data={"do": "skip"})
        assert done.headers["location"].startswith(f"/review/{second}?")
        order = [item.id for item in record.proposals()]
        assert order[-1] == first
        for name in order[:-1]:
            done = client.post(f"/review/{name}", data={"do": "reject", "why": "a test"})
            assert done.status_code == 303
        last = client.post(f"/review/{first}", data={"do": "reject", "why": "a test"})
        assert last.headers["location"] == f"/review?was={first}"
        page = client.get(last.headers["location"]).text
        assert "No proposal is open here" in page
        assert "Begin" not in page
        assert all(item.why == "a test" for item in record.proposals(decided=True))


def test_the_list_is_made_anew_when_anything_is_decided(desk: Served):
    with signed(desk) as client:
        tag = client.get("/review").headers["etag"]
        assert client.get("/review", headers={"If-None-Match": tag}).status_code == 304
        client.post(f"/review/{ids(desk)['hedge']}", data={"do": "reject", "why": "none"})
        again = client.get("/review", headers={"If-None-Match": tag})
        assert again.status_code == 200
        assert "10 proposals are open" in again.text


def test_script_in_a_document_comes_back_as_text(desk: Served, monkeypatch: pytest.MonkeyPatch):
    text = made.TEXT + "<script>alert(1)</script> They agreed to speak.\n"
    one = made.proposal("commitment", "They agreed to speak", {"what": '"><img src=x>'}, text=text)
    made.install(monkeypatch, one)
    with signed(desk) as client:
        done = client.post("/read", data={"text": text, "published": "2023-11-17"})
        assert done.status_code == 303, done.text
        listed = client.get(done.headers["location"]).text
        (name,) = re.findall(r'href="/review/([0-9a-f]+)"><span', listed)
        page = client.get(f"/review/{name}").text
        for shown in (listed, page):
            assert "<script>alert" not in shown
            assert "<img" not in shown
        assert "&lt;script&gt;alert(1)" in page


def test_a_document_is_read_by_the_form(desk: Served):
    with signed(desk) as client:
        assert client.get("/read").status_code == 200
        for data, told in (
            ({}, "no document was sent"),
            ({"text": made.TEXT, "first": "China"}, "one economy is not a relation"),
            ({"text": made.TEXT, "first": "China", "second": "CHN"}, "the same economy"),
            ({"text": made.TEXT, "published": "soon"}, "soon"),
            ({"text": made.TEXT, "kind": "rumour"}, "rumour"),
        ):
            bad = client.post("/read", data=data)
            assert bad.status_code == 422, data
            assert told in bad.text
            if "text" in data:
                assert "sat down in Lima" in bad.text  # what was pasted still stands there
        files = {"file": ("a/b/other.txt", (made.TEXT + "Other.").encode(), "text/plain")}
        more = {"published": "2023-11-17", "first": "China", "second": "Japan"}
        done = client.post("/read", data=more, files=files)
        assert done.status_code == 303, done.text
        page = client.get(done.headers["location"]).text
        assert f"Read: {len(made.ALL)} new proposals, 0 known." in page
        again = client.post("/read", data=more, files=files)
        assert "new=" not in again.headers["location"]  # nothing is


def test_addresses_that_name_nothing(desk: Served):
    name = ids(desk)["meeting"]
    with signed(desk) as client:
        for path, status in (
            ("/review/nothing", 404),
            ("/review/%00", 422),
            (f"/review/{name}.csv", 404),
            ("/review?document=nothing", 404),
            ("/review?type=nothing", 422),
            ("/review?from=x", 422),
            (f"/review/{name}?was=nothing", 200),  # an old link still opens
            (f"/review?was={name[:2]}", 200),
            ("/review?from=9999", 200),
        ):
            assert client.get(path).status_code == status, path
        assert client.post("/review/nothing", data={"do": "skip"}).status_code == 404
        assert client.post(f"/review/{name}", data={"do": "burn"}).status_code == 422


# ----------------------------------------------------------------------------------------- browser


def _sign_in(page: Page, desk: Served, back: str) -> None:
    page.goto(f"{desk.address}/signin?back={back}")
    page.get_by_label("token").fill(desk.tokens["reviewer"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{back}")


@pytest.mark.browser
@pytest.mark.slow
def test_a_document_is_reviewed_by_the_keyboard_alone(
    browser: Browser, loaded_store: Path, tmp_path: Path, shared_data: Path
):
    """With the reader's own rules: read, accept, edit in place, reject, skip, merge."""
    store = Door(loaded_store, tmp_path).copied(tmp_path / "own.db").store
    with (
        running(f"sqlite:///{store}", QUIET, who="rae") as own,
        watching(browser, own.address) as seen,
        OpenRecord(store) as record,
    ):
        page = seen.page
        _sign_in(page, own, "/read")
        page.get_by_label("file", exact=True).set_input_files(
            shared_data / "documents" / "2023-11-xi-kishida-apec.txt"
        )
        page.get_by_label("published", exact=True).fill("2023-11-17")
        page.get_by_label("between", exact=True).fill("China")
        page.get_by_label("and", exact=True).fill("Japan")
        page.get_by_role("button", name="Read").press("Enter")
        page.wait_for_url("**/review?document=*", timeout=60_000)
        page.get_by_role("link", name="Begin").press("Enter")
        expect(page.locator("mark")).to_have_text("Chinese President Xi Jinping")
        keys = page.keyboard
        for _ in range(2):  # two people who are on record
            with page.expect_navigation():
                keys.press("a")
            expect(page.get_by_role("status")).to_contain_text("was merged")
        # The meeting, with a title of our own.
        expect(page.get_by_role("heading", level=1)).to_have_text("Proposed: meeting")
        meeting = page.url.rpartition("/")[2].partition("?")[0]
        keys.press("e")
        focused = "document.activeElement.name"
        assert page.evaluate(focused).startswith("f-")
        keys.press("s")  # typed into the field, no decision
        assert page.url.partition("?")[0].endswith(meeting)
        page.reload()
        place = page.get_by_label("place", exact=True)
        place.fill("San Francisco, USA")
        with page.expect_navigation():
            place.press("Enter")  # saves
        expect(page.get_by_role("status")).to_have_text("Saved. It is still open.")
        assert record.proposal(meeting).proposal.slots["place"] == "San Francisco, USA"
        # The meeting is on record: accepting it is refused, merging offered.
        seen.meant = ("409",)
        with page.expect_navigation():
            keys.press("a")
        expect(page.locator(".problem")).to_contain_text("which is on record")
        keys.press("m")
        with page.expect_navigation():
            keys.press("Enter")
        item = record.proposal(meeting)
        assert item.verdict == "merged"
        assert record.show(str(item.entry))["kind"] == "meeting"
        # The first issue is skipped, the second rejected with a reason.
        issues = [one.id for one in record.proposals(type="issue")]
        with page.expect_navigation():
            keys.press("s")
        keys.press("r")
        keys.type("said of another matter")
        with page.expect_navigation():
            keys.press("Enter")
        assert record.proposal(issues[0]).skips > 0
        rejected = record.proposal(issues[1])
        assert (rejected.verdict, rejected.why) == ("rejected", "said of another matter")
        assert (rejected.author, item.author) == ("rae-reviewer", "rae-reviewer")
        # The letters can be turned off, and stay so.
        here = page.url
        page.get_by_role("checkbox", name=re.compile("letters")).press("Space")
        expect(page.locator(".key-hint").first).to_be_hidden()
        page.reload()
        keys.press("s")
        page.wait_for_timeout(200)
        assert page.url == here


@pytest.mark.browser
@pytest.mark.slow
def test_without_script_tab_and_enter_are_enough(browser: Browser, desk: Served):
    with watching(browser, desk.address, script=False) as seen:
        page = seen.page
        name = ids(desk)["commitment"]
        seen.go(f"/review/{name}")
        page.get_by_role("link", name="Sign in to decide").press("Enter")
        page.get_by_label("token").fill(desk.tokens["reviewer"])
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/review/{name}")
        assert not page.locator(".key-hint").first.is_visible()  # no letter is promised
        page.get_by_label("what", exact=True).fill("hold the next economic dialogue")
        for _ in range(60):
            page.keyboard.press("Tab")
            here = page.locator("*:focus")
            if here.count() and here.get_attribute("value") == "accept":
                break
        else:
            raise AssertionError("Tab does not reach the button")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/review/*?was={name}")
        with OpenRecord(desk.store) as record:
            assert record.proposal(name).verdict == "accepted"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_pages_of_review_fit_and_have_no_serious_fault(
    browser: Browser, desk: Served, scheme: str, width: int
):
    with watching(browser, desk.address, width, scheme=scheme) as seen:
        page = seen.page
        found = ids(desk)
        seen.go(f"/review/{found['person']}")  # as one who may only read
        assert _serious(page) == []
        _sign_in(page, desk, "/review")
        for path in ("/review", "/read", *(f"/review/{found[n]}" for n in ("measure", "hedge"))):
            seen.go(path)
            for folded in page.locator("details:not([open]) > summary").all():
                folded.click()
            assert _serious(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        seen.meant = ("422",)
        page.get_by_label("why not").fill(" ")
        page.get_by_role("button", name="Reject").click()
        expect(page.locator(".problem")).to_be_visible()
        assert _serious(page) == []
