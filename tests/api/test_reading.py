"""Reads over HTTP: the same answers as the library's, at every coordinate in time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from comity.opened import OpenRecord
from tests.api.conftest import Served
from tests.record.build import event

API = "/api/v1"
SHIPMENT = {"from": "JPN", "to": "CHN", "goods": "HS2022:030722", "on": "2023-11-16"}


@pytest.fixture(scope="module")
def record(shipped_store: str) -> OpenRecord:
    return OpenRecord(shipped_store)


def plain(data: Any) -> Any:
    return json.loads(json.dumps(data))


VIEWS: list[dict[str, Any]] = [
    {},
    {"as_of": "2023-11-16"},
    {"as_of": "2023-11-16", "public_on": "2023-10-01"},
    {"as_of": "2023-11-16", "known_on": "2026-11-25"},
    {"as_of": "2023-11-16", "received": 300},
]


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_reads_are_those_of_the_library(
    shipped: Served, record: OpenRecord, view: dict[str, Any]
) -> None:
    pair = ("CHN", "JPN")
    expected: dict[str, Any] = {
        "/relations/CHN/JPN/brief": lambda: record.brief(*pair, **view),
        "/relations/CHN/JPN/timeline": lambda: record.timeline(*pair, **view),
        "/relations/CHN/JPN/issues": lambda: record.issues(*pair, **view),
        "/relations/CHN/JPN/commitments": lambda: record.commitments(*pair, **view),
        "/measures": lambda: record.measures(**view),
        "/gaps": lambda: record.gaps(**view),
        "/entries/cn-seafood-ban-2023/history": lambda: record.history(
            "cn-seafood-ban-2023", **view
        ),
    }
    with shipped.client() as client:
        for path, ask in expected.items():
            answer = client.get(API + path, params=view)
            if path.endswith("history") and view.get("received"):
                assert answer.status_code == 404  # recorded after number 300
                continue
            assert answer.status_code == 200, answer.text
            wanted = plain(ask())
            found = answer.json()
            assert (found["items"] if isinstance(wanted, list) else found) == wanted


def test_what_applies_is_what_the_library_says(shipped: Served, record: OpenRecord) -> None:
    said = record.applies(exporter="JPN", importer="CHN", goods="HS2022:030722", on="2023-11-16")
    wanted = plain({"asked": said.shipment.as_dict(), **said.as_dict()})
    with shipped.client() as client:
        one = client.get(f"{API}/applies", params={**SHIPMENT, "trace": "true"})
        assert one.json() == wanted
        assert wanted["verdict"] == "prohibited"
        assert client.post(f"{API}/applies", json={**SHIPMENT, "trace": True}).json() == wanted
        bare = client.get(f"{API}/applies", params=SHIPMENT).json()
        assert bare == {**wanted, "trace": None}
        many = client.post(f"{API}/applies/batch", json={"shipments": [SHIPMENT] * 3, "full": True})
        assert many.json()["answers"] == [bare] * 3


def test_the_quick_answer_is_that_of_the_route(shipped: Served) -> None:
    """The plainest question does not go through its route; every other form of it does."""
    from comity.api import quick

    questions: list[dict[str, str]] = [
        SHIPMENT,
        {**SHIPMENT, "goods": "HS2022:03"},
        {**SHIPMENT, "area": "Hokkaido"},
        {**SHIPMENT, "from": "Japan", "to": "中国"},
        {**SHIPMENT, "consignee": "A & B", "end_use": "食品 100%"},
        {"from": "CHN", "to": "JPN", "goods": "HS2022:8542"},
        {"from": "JPN", "to": "CHN", "goods": "HS2022:03"},
        {**SHIPMENT, "on": ""},
        {**SHIPMENT, "area": ""},
        {**SHIPMENT, "goods": "HS2022:0399"},
        {**SHIPMENT, "to": "JPN"},
        {**SHIPMENT, "area": "US-CA"},
        {"from": "CHN", "to": "JPN"},
        {**SHIPMENT, "trice": "1"},
    ]
    service = shipped.app.state.service
    service.engines.warm(service.moment().received)
    answered = []

    def seen(*args: object) -> object:
        found = quick.quick(*args)  # type: ignore[arg-type]
        answered.append(found is not None)
        return found

    from comity.api import gate

    with pytest.MonkeyPatch.context() as patch, shipped.client() as client:
        for question in questions:
            patch.setattr(gate, "quick", seen)
            one = client.get(f"{API}/applies", params=question)
            patch.setattr(gate, "quick", lambda *_: None)
            other = client.get(f"{API}/applies", params=question)
            assert (one.status_code, one.json()) == (other.status_code, other.json()), question
            own = ("date", "content-length")
            assert {k: v for k, v in one.headers.items() if k not in own} == {
                k: v for k, v in other.headers.items() if k not in own
            }
        tag = client.get(f"{API}/applies", params=SHIPMENT).headers["etag"]
        patch.setattr(gate, "quick", seen)
        held = client.get(f"{API}/applies", params=SHIPMENT, headers={"If-None-Match": tag})
        assert held.status_code == 304
    assert answered == [*[True] * 7, *[False] * 7, True]


def test_what_was_known_before_is_asked_of_the_store(shipped: Served) -> None:
    """A view in time is never answered from the engine over the newest record."""
    with shipped.client() as client:
        now = client.get(f"{API}/applies", params=SHIPMENT).json()
        shipped.app.state.service.engines.warm(shipped.app.state.service.moment().received)
        before = client.get(f"{API}/applies", params={**SHIPMENT, "public_on": "2023-08-01"})
        nothing = client.get(f"{API}/applies", params={**SHIPMENT, "received": 0})
        assert now["verdict"] == "prohibited"
        ids = {one["id"] for one in before.json()["measures"]}
        assert "cn-seafood-ban-2023" not in ids
        assert nothing.json()["verdict"] == "nothing_on_record"


def test_pages_of_entries_hold_each_once(shipped: Served, record: OpenRecord) -> None:
    with shipped.client() as client:
        found: list[str] = []
        cursor = None
        while True:
            params = {"limit": "97", **({"cursor": cursor} if cursor else {})}
            page = client.get(f"{API}/entries", params=params).json()
            found += [row["id"] for row in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
            assert len(page["items"]) == 97
    assert found == sorted(set(found))
    assert len(found) == sum(record.count().values())


def test_pages_of_entries_can_be_narrowed(shipped: Served, record: OpenRecord) -> None:
    with shipped.client() as client:
        kinds = client.get(f"{API}/entries", params={"kind": ["act", "case"], "limit": 500}).json()
        assert {row["kind"] for row in kinds["items"]} == {"act", "case"}
        named = client.get(
            f"{API}/entries", params={"naming": "gacc-140-2025", "limit": 500}
        ).json()
        wanted = record.show("gacc-140-2025")["named_by"]
        assert [row["id"] for row in named["items"]] == [row["id"] for row in wanted]
        assert wanted


def test_pages_stay_at_the_record_of_the_first(served: Served) -> None:
    with OpenRecord(served.store) as opened:
        opened.add_entries([event(f"e-{n}") for n in (1, 3, 5)])
    with served.client() as client:
        first = client.get(f"{API}/entries", params={"limit": 1}).json()
        with OpenRecord(served.store) as opened:
            opened.add_entries([event(f"e-{n}") for n in (2, 4, 6)])
        rest = client.get(f"{API}/entries", params={"limit": 9, "cursor": first["next"]}).json()
        assert [row["id"] for row in first["items"] + rest["items"]] == ["e-1", "e-3", "e-5"]
        assert len(client.get(f"{API}/entries").json()["items"]) == 6


def test_an_answer_held_is_not_sent_again_until_something_is_written(served: Served) -> None:
    with OpenRecord(served.store) as opened, served.client() as client:
        opened.add_entries(event("first"))
        tags = {}
        for path in ("/entries", "/entries/first", "/entries/first/fields", "/find?q=first"):
            one = client.get(API + path)
            tag = tags[path] = one.headers["etag"]
            again = client.get(API + path, headers={"If-None-Match": f'"other", {tag}'})
            assert again.status_code == 304
            assert again.content == b""
            assert again.headers["etag"] == tag
        star = {"If-None-Match": "*"}
        assert client.get(f"{API}/entries/nothing", headers=star).status_code == 404
        opened.add_entries(event("second", title="after the first"))  # by another program
        if not served.store.startswith("sqlite"):
            served.app.state.service.wrote()  # seen a little later there
        for path, tag in tags.items():
            assert client.get(API + path, headers={"If-None-Match": tag}).status_code == 200
        other = client.get(f"{API}/entries", params={"as_of": "2023-01-01"})
        assert other.headers["etag"] != client.get(f"{API}/entries").headers["etag"]


def test_a_measure_written_is_seen_by_the_next_question(served: Served) -> None:
    """The engine in memory is never older than the record, whoever wrote."""
    from tests.record.build import act, measure

    service = served.app.state.service
    with OpenRecord(served.store) as opened, served.client() as client:
        opened.add_entries([act("notice")])
        service.engines.warm(service.moment().received)
        for number in range(5):
            wanted = {f"ban-{n}" for n in range(number)}
            answer = client.get(f"{API}/applies", params=SHIPMENT).json()
            assert {one["id"] for one in answer["measures"]} == wanted
            opened.add_entries([measure(f"ban-{number}", "notice")])
            if service.pulse._local is False:
                service.wrote()  # what other programs write on PostgreSQL is seen a little later


def test_a_change_that_bears_on_no_rule_keeps_the_engine(served: Served) -> None:
    from tests.record.build import act, measure

    service = served.app.state.service
    with OpenRecord(served.store) as opened:
        opened.add_entries([act("notice"), measure("ban", "notice")])
        service.engines.warm(opened.log.last_received())
        before = service.engines.ready(opened.log.last_received())
        opened.add_entries([event("something-else")])
        assert service.engines._fresh(opened.log.last_received()) is before
        # The act is no measure, but the rule was read from it, too.
        opened.revise_entry("notice", {"title": "a title that the answer shows"})
        assert service.engines._fresh(opened.log.last_received()) is None
