"""Pages over HTTP: the same answers as the other doors, headers, errors, and what is refused."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from comity.api.faults import status_of as status_of_api
from comity.api.routing import role_of
from comity.opened import OpenRecord
from comity.web.site import status_of
from comity.words import errors
from comity.words.catalogue import t
from tests.api.conftest import QUIET, Served, running
from tests.cli.door import Door

BAN = "cn-seafood-ban-2023"
DAY = "2023-11-16"
PAGES = (
    "/",
    "/find",
    "/find?q=scallop",
    "/find?q=scallop&part=1",
    "/entries",
    "/entries?kind=measure&naming=JPN",
    f"/entries/{BAN}",
    f"/entries/{BAN}?as_of=2023-09-01",
    "/entries/src-gacc103",
    "/entries/fumio-kishida",
    "/measures",
    "/measures?imposer=China&target=Japan&all=1",
    "/relations/CHN-JPN",
    "/relations/CHN-JPN?as_of=2023-11-16&known_on=2026-11-25&public_on=2023-11-16",
    "/relations/CHN-JPN?since=2023&kind=meeting",
    "/relations/CHN-JPN/timeline?since=2023-08&until=2023-12",
    "/applies",
    "/applies?from=Japan&to=China&goods=scallops",
    "/applies?from=JPN&to=CHN&goods=0307&on=2023-11-16",
    f"/applies?from=JPN&to=CHN&goods=0307&on=2023-11-16&explain={BAN}",
    "/assess",
    f"/assess?measure={BAN}&lift=1&areas=Hokkaido&horizon=long",
    "/scenarios",
    "/scenarios?write=1&by0=USA&rate0=10%25",
    "/review",
    "/review?type=meeting&all=1",
    "/runs",
    "/compare",
)
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Tree(HTMLParser):
    """Whether tags nest, and the ids and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.append(name)
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "action"):
                self.links.append(value or "")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_whole(site: httpx.Client, path: str):
    answer = site.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    tree = Tree(answer.text)
    assert tree.stack == []
    assert len(set(tree.ids)) == len(tree.ids), "an id is there twice"
    inner = [link[1:] for link in tree.links if link.startswith("#")]
    assert set(inner) <= {*tree.ids, ""}
    # The policy allows no style or handler inside a page.
    assert not {"style", "onclick", "onload", "onerror"} & set(tree.attributes)
    assert "style" not in tree.tags


def test_headers_keep_others_out(site: httpx.Client):
    headers = site.get("/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    for part in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    names = [name for name, _ in headers.multi_items()]
    assert len(names) == len(set(names)), "a header is there twice"


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/find.{}?q=scallop", ("find", "scallop", "--limit", "200")),
        ("/measures.{}?imposer=China", ("measures", "--imposer", "China")),
        ("/measures.{}?goods=0307&all=1", ("measures", "--goods", "0307", "--all")),
        (f"/entries/{BAN}.{{}}", ("show", BAN)),
        (f"/entries/{BAN}/history.{{}}", ("history", BAN)),
        (f"/relations/CHN-JPN.{{}}?as_of={DAY}", ("brief", "CHN", "JPN", "--as-of", DAY)),
        (
            "/relations/CHN-JPN/timeline.{}?since=2023&kind=meeting&as_of=2024-01-01",
            ("timeline", "CHN", "JPN", "--since", "2023", "--kind", "meeting", "--as-of",
             "2024-01-01"),
        ),
        (
            "/applies.{}?from=Japan&to=China&goods=0307&on=2023-11-16",
            ("applies", "--from", "Japan", "--to", "China", "--goods", "0307", "--on", DAY),
        ),
        (
            f"/applies.{{}}?from=Japan&to=China&goods=0307&on=2023-11-16&explain={BAN}",
            ("applies", "--from", "Japan", "--to", "China", "--goods", "0307", "--on", "2023-11-16",
             "--explain", BAN),
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_page_and_the_command_give_the_same(
    site: httpx.Client,
    loaded_store: Path,
    tmp_path: Path,
    path: str,
    command: tuple[str, ...],
    form: str,
):
    door = Door(loaded_store, tmp_path)
    answer = site.get(path.format(form))
    assert answer.status_code == 200, answer.text
    told = door(*command, "--format", form).out
    if form == "json":
        assert (
            answer.json()
            == door.__class__(loaded_store, tmp_path)(*command, "--format", "json").json
        )
    else:
        assert list(csv.reader(io.StringIO(answer.text))) == list(csv.reader(io.StringIO(told)))
        assert len(list(csv.reader(io.StringIO(told)))) > 1


def test_a_browser_asks_again_and_hears_that_nothing_changed(site: httpx.Client):
    first = site.get("/relations/CHN-JPN")
    tag = first.headers["etag"]
    again = site.get("/relations/CHN-JPN", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = site.get("/relations/CHN-JPN?as_of=2023-11-16", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert site.head("/").status_code == 200


def test_a_write_is_seen_at_once(tmp_path: Path, loaded_store: Path):
    """What is kept of an answer belongs to one state of the record."""
    store = Door(loaded_store, tmp_path).copied(tmp_path / "own.db").store
    with running(f"sqlite:///{store}", QUIET, who="bea") as one, one.client() as client:
        before = client.get("/find?q=zanzibar").text
        entry = {"id": "zanzibar-talks", "kind": "event", "event_kind": "report",
                 "title": "Zanzibar <script>alert(1)</script>", "on": "2026-11-20",
                 "parties": ["CHN", "JPN"], "sources": ["src-gacc103"]}  # fmt: skip
        with one.client("editor") as editor:
            written = editor.post("/api/v1/entries", json={"entries": [entry]})
        assert written.status_code == 201, written.text
        after = client.get("/find?q=zanzibar").text
        assert "zanzibar-talks" not in before
        assert "zanzibar-talks" in after
        # Script in a text is shown, and harmless.
        for path in ("/find?q=zanzibar", "/entries/zanzibar-talks", "/relations/CHN-JPN"):
            text = client.get(path).text
            assert "<script>alert" not in text
            assert "&lt;script&gt;alert(1)" in text
        shown = client.get("/entries/zanzibar-talks").text
        assert "bea-editor" in shown


SCRIPT = '"><script>alert(1)</script>'


@pytest.mark.parametrize(
    "path",
    ["/find", "/entries", "/measures", "/relations/CHN-JPN", "/relations/CHN-JPN/timeline",
     "/applies", "/assess", "/scenarios", "/compare", f"/entries/{BAN}"],
)  # fmt: skip
@pytest.mark.parametrize(
    "value", [SCRIPT, "\x00", "‮", "x" * 3000, "';--", "../../etc/passwd", "{{7*7}}", "%ff"]
)
def test_parameters_of_any_kind_do_no_harm(site: httpx.Client, path: str, value: str):
    names = ("q", "kind", "as_of", "known_on", "public_on", "received", "imposer", "goods", "since",
             "from", "to", "area", "measure", "draws", "horizon", "yaml", "by0", "first", "second",
             "after", "naming", "person", "issue", "explain", "write")  # fmt: skip
    for name in names:
        params = {name: value} if name != "goods" else {"from": "JPN", "to": "CHN", "goods": value}
        answer = site.get(path, params=params)
        assert answer.status_code in (200, 404, 422), (name, answer.status_code)
        assert "<script>alert" not in answer.text
        assert "Traceback" not in answer.text
        assert Tree(answer.text).stack == []


def test_errors_say_what_where_and_how_to_mend_it(site: httpx.Client):
    page = site.get("/relations/CHN-JPN?as_of=2023-02-31")
    told = site.get("/relations/CHN-JPN.json?as_of=2023-02-31").json()
    assert page.status_code == 422
    assert told["status"] == 422
    assert told["where"] == {"field": "as_of"}
    for text in (told["what"], told["mend"], told["error"]):
        assert text.replace("'", "&#39;") in page.text
    gone = site.get("/entries/no-such-entry")
    assert gone.status_code == 404
    assert t("web.error_404") in gone.text
    assert site.get("/entries/no-such-entry.json").json()["error"] == "NotFound"
    assert site.get("/measures.yaml").status_code == 404
    assert site.get("/static/..%2f..%2fsite.py").status_code == 404
    assert site.get("/static/nothing.css").status_code == 404
    several = site.post(
        "/scenarios", data={"yaml": "comity-scenario: 1\nwhat: 2\n"}, headers=_from(site)
    )
    assert several.status_code == 422
    assert several.text.count('class="problem"') >= 2


def test_an_instant_stays_one_in_the_forms(site: httpx.Client):
    instant = "2026-11-25T10:00:00Z"
    for path in ("/relations/CHN-JPN", "/applies", "/assess"):
        assert f'value="{instant}"' in site.get(path, params={"known_on": instant}).text, path


def test_an_address_that_is_none_is_a_page_to_browsers_and_json_to_programs(site: httpx.Client):
    page = site.get("/nothing/here", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert t("web.error_404") in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    told = site.get("/nothing/here")
    assert (told.status_code, told.json()["status"]) == (404, 404)
    api = site.get("/api/v1/nothing", headers={"Accept": "text/html"})
    assert api.headers["content-type"] == "application/json"


def test_pages_made_at_the_start_are_those_that_are_asked_for(loaded_store: Path):
    """Warming keeps the very answers of the first page and the relation."""
    from comity.service.service import Service
    from comity.web.routes import warm

    service = Service(f"sqlite:///{loaded_store}")
    try:
        warm(service)
        kept = [key for key in service.kept._answers if key.startswith("page ")]
        assert any(key.endswith(" /?") for key in kept)
        assert any(key.endswith(" /relations/CHN-JPN?") for key in kept)
    finally:
        service.close()


def test_statuses_are_those_of_the_api():
    kinds = [
        e
        for e in vars(errors).values()
        if isinstance(e, type) and issubclass(e, errors.ComityError)
    ]
    assert len(kinds) > 12
    for kind in kinds:
        made = kind.__new__(kind)
        made.status, made.known = 418, True  # type: ignore[attr-defined]
        assert status_of(made) == status_of_api(made), kind
        made.known = False  # type: ignore[attr-defined]
        assert status_of(made) == status_of_api(made), kind


def test_every_page_declares_a_role(served: Served):
    """The guard of the API stands before every page; only files of style are for anyone."""
    routers = [one.original_router for one in served.app.routes if hasattr(one, "original_router")]
    roles = {one.path: role_of(one) for router in routers for one in router.routes}
    assert len(roles) > 20
    anyone = {path for path, role in roles.items() if role is None}
    assert anyone == {"/static/{name}", "/signin", "/signout"}
    writing = {path for path, role in roles.items() if role == "editor"}
    assert writing == {
        "/add",
        "/import",
        "/entries/{entry_id}/correct",
        "/entries/{entry_id}/retract",
    }
    deciding = [
        (one.path, *one.methods)
        for router in routers
        for one in router.routes
        if role_of(one) == "reviewer"
    ]
    assert {path for path, *_ in deciding} == {"/review/{proposal_id}", "/read"}
    assert ("/review/{proposal_id}", "POST") in deciding
    assert all("POST" in methods or path == "/read" for path, *methods in deciding)


def test_without_a_token_nothing_is_shown_where_one_is_required(loaded_store: Path):
    from comity.api import Settings

    with running(
        f"sqlite:///{loaded_store}", Settings(require_token=True, workers=0), who="cleo"
    ) as one:
        with one.client() as client:
            for path in PAGES:
                answer = client.get(path)
                assert answer.status_code == 401, path
                assert "comity token create" in answer.text
                assert "Suspension of all aquatic" not in answer.text
            assert client.get("/static/site.css").status_code == 200
        with one.client("reader") as client:
            assert client.get("/").status_code == 200


def _from(site: httpx.Client) -> dict[str, str]:
    return {"Origin": str(site.base_url).rstrip("/")}


@pytest.mark.parametrize("path", ["/assess", "/scenarios", "/runs/0123456789abcdef/cancel"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_forms_of_other_sites_are_not_taken(site: httpx.Client, path: str, headers: dict[str, str]):
    before = site.get("/runs.json").json()
    answer = site.post(path, data={"measure": BAN, "by0": "USA", "rate0": "10%"}, headers=headers)
    assert answer.status_code == 403
    assert site.get("/runs.json").json() == before


def test_paths_that_someone_sends_are_not_opened(site: httpx.Client):
    change = "{by: USA, tariff: {on_imports_from: all, add: 10%}}"
    head, tail = "comity-scenario: 1\ntitle: x\nbaseline: ", f"\nto: {{changes: [{change}]}}\n"
    for baseline in ("file: /etc/passwd", "format: csv, path: /etc", "name: /etc/passwd"):
        answer = site.post(
            "/scenarios", data={"yaml": f"{head}{{{baseline}}}{tail}"}, headers=_from(site)
        )
        assert answer.status_code in (404, 422), baseline
    answer = site.post("/assess", data={"measure": BAN, "market": "/etc"}, headers=_from(site))
    assert answer.status_code == 404


def test_static_files_are_kept_for_good_by_their_hash(site: httpx.Client):
    text = site.get("/").text
    found = re.findall(r'"(/static/[^"]+)"', text)
    assert len(found) == 4
    for address in found:
        answer = site.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in site.get("/static/site.css?v=old").headers["cache-control"]


def test_an_empty_record_says_what_to_do(tmp_path: Path):
    with OpenRecord(tmp_path / "empty.db") as record:
        assert record.empty
    with running(f"sqlite:///{tmp_path / 'empty.db'}", QUIET) as one, one.client() as client:
        text = client.get("/").text
        assert "comity pack load --shipped" in text
        for path in ("/find?q=x", "/measures", "/relations/CHN-JPN", "/assess", "/entries"):
            assert client.get(path).status_code == 200


def test_the_pages_are_the_same_on_either_database(store_url: str, site: httpx.Client):
    """Rows come in one order and words are found alike, whatever keeps the record."""
    with OpenRecord(store_url) as record:
        record.load_packs(["common", "china-japan"])
    with running(store_url, QUIET) as one, one.client() as client:
        for path in (
            f"/entries/{BAN}.csv",
            "/measures.json?all=1",
            f"/relations/CHN-JPN.csv?as_of={DAY}",
            "/relations/CHN-JPN/timeline.json?since=2023",
            "/applies.json?from=Japan&to=China&goods=0307&on=2023-11-16",
            "/entries.json?kind=meeting",
        ):
            assert client.get(path).text == site.get(path).text, path
        found = {row["id"] for row in client.get("/find.json?q=kishida").json()}
        assert found == {row["id"] for row in site.get("/find.json?q=kishida").json()}
        for words in ("';--", "a' & b", ":*", "%", "\\", "(", "'", "x'y", "\u0130"):
            assert client.get("/find", params={"q": words}).status_code in (200, 422), words
