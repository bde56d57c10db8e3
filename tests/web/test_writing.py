"""Writing by forms: who may, what is checked, two editors at once; and the same in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.api.conftest import QUIET, Served, running
from tests.cli.door import Door
from tests.web.conftest import watching
from tests.web.test_in_chromium import _serious

EVENT = {
    "kind": "event", "id": "talks-on-scallops", "f-title": "Talks: on scallops",
    "f-on": "2026-11-20", "f-event_kind": "report", "f-parties": "CHN\r\nJPN",
    "f-sources": "src-gacc103", "why": "from a form",
}  # fmt: skip


@pytest.fixture(scope="module")
def own(loaded_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on a store of its own, that tests write to."""
    folder = tmp_path_factory.mktemp("written")
    store = Door(loaded_store, folder).copied(folder / "own.db").store
    with running(f"sqlite:///{store}", QUIET, who="dan") as one:
        yield one


def signed(own: Served, role: str = "editor") -> httpx.Client:
    """A browser that signed in."""
    client = own.client(Origin=own.address)
    client.cookies.set("comity", own.tokens[role])
    return client


WRITES = (
    "/add",
    "/import",
    "/entries/cn-seafood-ban-2023/correct",
    "/entries/cn-seafood-ban-2023/retract",
)


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("role", [None, "reader", "reviewer"])
def test_only_editors_write(own: Served, path: str, role: str | None):
    before = Door(Path(own.store.removeprefix("sqlite:///")), Path()).dump()
    with own.client(Origin=own.address) as client:
        if role is not None:
            client.cookies.set("comity", own.tokens[role])
        for method in ("GET", "POST"):
            if path.endswith("retract") and method == "GET":
                continue
            answer = client.request(method, path, data=EVENT if method == "POST" else None)
            assert answer.status_code == (401 if role is None else 403), (method, answer.text)
            assert "/signin" in answer.text
    assert Door(Path(own.store.removeprefix("sqlite:///")), Path()).dump() == before


@pytest.mark.parametrize("path", [*WRITES, "/signin", "/signout"])
def test_a_form_of_another_site_writes_nothing(own: Served, path: str):
    with signed(own) as client:
        for headers in ({"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert client.post(path, data=EVENT, headers=headers).status_code == 403
        assert client.get("/entries/talks-on-scallops").status_code == 404


def test_the_cookie_opens_pages_and_never_the_apis_writes(own: Served):
    entry = {"id": "by-cookie", "kind": "event", "event_kind": "report", "title": "x", "on": "2026"}
    with signed(own) as client:
        assert client.post("/api/v1/entries", json={"entries": [entry]}).status_code == 401
        assert client.get("/entries/by-cookie").status_code == 404


def test_signing_in_and_out(own: Served):
    with own.client(Origin=own.address) as client:
        wrong = client.post("/signin", data={"token": "comity_nothing"})
        assert wrong.status_code == 401
        assert "comity token create" in wrong.text
        right = client.post(
            "/signin", data={"token": own.tokens["editor"], "back": "//elsewhere.example"}
        )
        assert right.status_code == 303
        assert right.headers["location"] == "/"
        cookie = right.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert client.get("/add").status_code == 200
        assert client.post("/signout").status_code == 303
        assert client.get("/add").status_code == 401


def test_a_token_that_is_none_any_more_is_as_if_it_were_not_there(own: Served):
    with own.client() as client:
        client.cookies.set("comity", "comity_gone_gone")
        assert client.get("/").status_code == 200
        assert client.get("/add").status_code == 401


def test_add_correct_and_take_back(own: Served):
    with signed(own) as client:
        wrong = client.post("/add", data={**EVENT, "f-on": "2026-02-30", "f-parties": "CHX"})
        assert wrong.status_code == 422
        assert "2026-02-30" in wrong.text
        assert wrong.text.count("<li><b>") == 2
        assert 'value="Talks: on scallops"' in wrong.text or ">Talks: on scallops<" in wrong.text
        assert client.get("/entries/talks-on-scallops").status_code == 404
        made = client.post("/add", data=EVENT)
        assert made.headers["location"] == "/entries/talks-on-scallops"
        again = client.post("/add", data=EVENT)
        assert again.status_code == 409

        def base() -> str:
            form = client.get("/entries/talks-on-scallops/correct").text
            found = re.search(r'name="base" value="(\d+)"', form)
            assert found is not None
            return found[1]

        first = base()
        one = {"base": first, "f-title": "Talks on scallops", "why": "no colon"}
        assert client.post("/entries/talks-on-scallops/correct", data=one).status_code == 303
        # The second of two editors, whose form was opened before, is told.
        two = {"base": first, "f-title": "My own title", "why": "mine"}
        told = client.post("/entries/talks-on-scallops/correct", data=two)
        assert told.status_code == 412
        for text in ("Talks: on scallops", "Talks on scallops", "My own title", "dan-editor"):
            assert text in told.text
        (row, last) = client.get("/entries/talks-on-scallops/history.json").json()
        assert (row["author"], last["author"], last["why"]) == (
            "dan-editor",
            "dan-editor",
            "no colon",
        )
        # The form came back on the newest revision: sent again, nothing of the first is lost.
        assert f'name="base" value="{last["received"]}"' in told.text
        newest = {**two, "base": str(last["received"])}
        assert client.post("/entries/talks-on-scallops/correct", data=newest).status_code == 303
        gone = client.post(
            "/entries/talks-on-scallops/retract", data={"base": base(), "why": "a test"}
        )
        assert gone.status_code == 303
        assert client.get("/entries/talks-on-scallops").status_code == 404


TABLE = (
    "id,title,on,event_kind,parties,sources\nt-1,One <b>,2026-01-02,report,CHN;JPN,src-gacc103\n"
)


def test_a_table_is_looked_at_before_it_is_taken(own: Served):
    with signed(own) as client:
        look = client.post("/import", data={"kind": "event", "table": TABLE})
        assert "This would add 1 entry" in look.text
        assert "One &lt;b&gt;" in look.text
        assert client.get("/entries/t-1").status_code == 404
        bad = client.post(
            "/import", data={"kind": "event", "table": TABLE + "t-2,Two\n", "take": "1"}
        )
        assert bad.status_code == 422
        assert client.get("/entries/t-1").status_code == 404
        files = {"file": ("t.csv", TABLE.encode("utf-8-sig"), "text/csv")}
        assert "would add 1" in client.post("/import", data={"kind": "event"}, files=files).text
        latin = {"file": ("t.csv", "id\n\xe9".encode("latin-1"), "text/csv")}
        assert client.post("/import", data={"kind": "event"}, files=latin).status_code == 422
        taken = client.post("/import", data={"kind": "event", "table": TABLE, "take": "1"})
        assert taken.status_code == 303
        assert client.get("/entries/t-1").status_code == 200
        assert client.post("/import", data={"kind": "nothing", "table": TABLE}).status_code == 422


@pytest.mark.browser
@pytest.mark.slow
def test_a_person_signs_in_and_adds_what_is_missing(browser: Browser, own: Served):
    with watching(browser, own.address, 360) as seen:
        page = seen.page
        seen.go("/signin?back=/add")
        page.get_by_label("token").fill(own.tokens["editor"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/add")
        page.get_by_role("link", name=re.compile("^event")).click()
        page.get_by_label(re.compile("^id")).fill("talks-in-chromium")
        page.get_by_label(re.compile("^on")).fill("2026-11-21")
        page.get_by_label(re.compile("^event kind")).select_option("report")
        page.get_by_label("title", exact=True).fill("Talks, typed in")
        page.get_by_label("sources", exact=True).fill("src-gacc103")
        page.locator("summary", has_text="Further fields").click()
        page.get_by_label("parties", exact=True).fill("CHN\nJPN")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert _serious(page) == []
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/entries/talks-in-chromium")
        expect(page.get_by_role("heading", level=1)).to_have_text("Talks, typed in")
        page.get_by_role("link", name="Correct this entry").click()
        page.get_by_label("title", exact=True).fill("Talks, corrected")
        page.get_by_label(re.compile("^why")).first.fill("a better title")
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**/entries/talks-in-chromium")
        expect(page.locator(".history del")).to_have_text("Talks, typed in")
        seen.go("/import")
        assert _serious(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_passage_is_shown_in_its_context_once_its_document_is_attached(
    loaded_store: Path, shared_data: Path, tmp_path: Path
):
    store = Door(loaded_store, tmp_path).copied(tmp_path / "own.db")
    with running(f"sqlite:///{store.store}", QUIET, who="eve") as one, one.client() as client:
        before = client.get("/entries/cn-seafood-ban-2023").text
        assert "<mark>" not in before
        assert "not attached" in before
        store("documents", "attach", shared_data / "documents" / "2023-11-xi-kishida-apec.txt")
        after = client.get("/entries/cn-seafood-ban-2023").text  # no revision, and yet another page
        found = re.search(r"<blockquote><p>(.+?)<mark>(.+?)</mark>(.+?)</p>", after, re.DOTALL)
        assert found is not None
        # The article says in this passage what China banned, and why.
        assert "seafood" in found[2]
        assert len(found[2]) < 200  # the passage, not the document
        assert len(found[1]) > 100
        assert found[1].endswith("The issue of ")
        assert found[3].startswith(" is expected")
        told = client.get("/entries/cn-seafood-ban-2023.json").json()["passages"][0]
        assert told["state"] == "verified"
