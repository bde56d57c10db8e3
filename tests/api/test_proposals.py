"""Documents and proposals over HTTP: read, listed, decided, refused; on both databases."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import comity
from comity.opened import OpenRecord
from comity.reader.queue import ORDER
from comity.words.errors import (
    AccessDenied,
    ConflictError,
    InputError,
    NotFound,
    ValidationError,
)
from tests.api.conftest import Served, running
from tests.reader import made

API = "/api/v1"


@pytest.fixture
def desk(store_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Served]:
    """A server over the shipped record and one document that was read."""
    made.install(monkeypatch, *made.ALL)
    with OpenRecord(store_url) as opened:
        opened.load_shipped()
        opened.read_document(made.document(tmp_path), published="2023-11-17", author="ann")
    with running(store_url) as served:
        yield served


def id_of(served: Served, kind: str) -> str:
    with served.client() as client:
        (item, *_) = client.get(f"{API}/proposals", params={"type": kind}).json()["items"]
        return str(item["id"])


def sent(text: str = made.TEXT, **more: Any) -> dict[str, Any]:
    return {"name": "talk.txt", "content": base64.b64encode(text.encode()).decode(), **more}


def history(client: httpx.Client, entry: str) -> list[Any]:
    return list(client.get(f"{API}/entries/{entry}/history").json()["items"])


def test_open_proposals_come_in_the_order_of_review_by_pages(desk: Served) -> None:
    with desk.client() as client, OpenRecord(desk.store) as record:
        wanted = [json.loads(json.dumps(item.as_dict())) for item in record.proposals()]
        assert client.get(f"{API}/proposals").json() == {"items": wanted, "next": None}
        types = [one["type"] for one in wanted]
        assert len(types) == len(made.ALL)
        assert types == sorted(types, key=ORDER.index)
        seen: list[str] = []
        params: dict[str, Any] = {"limit": 4}
        while True:
            page = client.get(f"{API}/proposals", params=params).json()
            seen += [one["id"] for one in page["items"]]
            if page["next"] is None:
                break
            assert len(page["items"]) == 4
            params["cursor"] = page["next"]
        assert seen == [one["id"] for one in wanted]


def test_a_page_goes_on_where_it_was_although_its_last_was_skipped(desk: Served) -> None:
    with desk.client("reviewer") as client:
        all_of_them = [one["id"] for one in client.get(f"{API}/proposals").json()["items"]]
        page = client.get(f"{API}/proposals", params={"limit": 3}).json()
        last = page["items"][-1]["id"]
        assert client.post(f"{API}/proposals/{last}/skip", json={}).json()["skipped"]
        rest = client.get(f"{API}/proposals", params={"cursor": page["next"]}).json()["items"]
        assert [one["id"] for one in rest] == [*all_of_them[3:], last]


def test_filters_and_what_is_wrong_with_them(desk: Served) -> None:
    with desk.client() as client:
        measures = client.get(f"{API}/proposals", params={"type": "measure"}).json()["items"]
        assert [one["type"] for one in measures] == ["measure", "measure"]
        sha256 = measures[0]["document"]
        entry = client.get(f"{API}/proposals/{measures[0]['id']}").json()["review"]["document"]
        for name in (sha256, entry["id"]):
            found = client.get(f"{API}/proposals", params={"document": name}).json()["items"]
            assert len(found) == len(made.ALL)
        for params, status, field in (
            ({"document": "nothing"}, 404, "document"),
            ({"type": "event"}, 422, "type"),
            ({"cursor": "x"}, 422, "cursor"),
            ({"cursor": "WyJhIiwxXQ"}, 422, "cursor"),  # ["a",1]: another list's
        ):
            done = client.get(f"{API}/proposals", params=params)
            assert (done.status_code, done.json()["where"]) == (status, {"field": field})


def test_one_proposal_shows_its_passage_and_what_is_like_it(desk: Served) -> None:
    with desk.client() as client:
        told = client.get(f"{API}/proposals/{id_of(desk, 'person')[:6]}").json()
        review = told["review"]
        (passage,) = review["passages"]
        assert passage["text"] == "Prime Minister Fumio Kishida"
        # The text is short: its context is all of it.
        assert passage["before"] + passage["text"] + passage["after"] == made.TEXT
        assert made.TEXT[passage["start"] : passage["end"]] == passage["text"]
        assert [one["id"] for one in review["like"]] == ["fumio-kishida"]
        assert review["slots"] == dict(made.PERSON.slots)
        assert review["merges_with"] == ["person"]
        assert client.get(f"{API}/proposals/nothing").status_code == 404


def test_an_etag_counts_what_was_read_and_decided(desk: Served) -> None:
    place = f"{API}/proposals"
    with desk.client("reviewer") as client:

        def tag() -> str:
            return str(client.get(place).headers["etag"])

        seen = [tag()]
        assert tag() == seen[0]
        held = client.get(place, headers={"If-None-Match": seen[0]})
        assert held.status_code == 304
        inquiry = client.get(place, params={"type": "measure"}).json()["items"][1]["id"]
        for path, body in (
            (f"proposals/{inquiry}/edit", {"slots": {"product": "pipes"}}),
            (f"proposals/{inquiry}/skip", {}),
            (f"proposals/{inquiry}/reject", {"why": "no measure"}),
            ("documents", sent(made.TEXT + "More.\n")),
            ("documents", sent(made.TEXT + "More.\n")),  # again: nothing new but its reading
        ):
            done = client.post(f"{API}/{path}", json=body)
            assert done.status_code in (200, 201), done.text
            seen.append(tag())
        assert len(set(seen)) == len(seen)
        # What another program decides is seen as well.
        with OpenRecord(desk.store) as record:
            record.skip(record.proposals()[0], author="bob")
        if not desk.store.startswith("sqlite"):
            desk.app.state.service.wrote()
        assert tag() not in seen


def test_a_decision_has_the_name_of_its_token(desk: Served) -> None:
    with desk.client("reviewer") as client:
        meeting = id_of(desk, "meeting")
        edited = client.post(
            f"{API}/proposals/{meeting}/edit", json={"slots": {"place": "Lima, Peru"}}
        )
        assert edited.json()["place"] == "Lima, Peru"
        why = {"why": "it is told so"}
        done = client.post(f"{API}/proposals/{meeting}/accept", json=why)
        assert done.status_code == 200, done.text
        told = done.json()
        assert (told["verdict"], told["kind"]) == ("accepted", "meeting")
        (row,) = history(client, told["entry"])
        assert (row["author"], row["why"]) == ("ann-reviewer", "it is told so")
        shown = client.get(f"{API}/proposals/{meeting}").json()
        assert (shown["state"], shown["entry"]) == ("accepted", told["entry"])
        assert shown["review"]["decided_by"] == "ann-reviewer"
        assert client.get(f"{API}/entries/{told['entry']}").json()["title"] == told["title"]


def test_decisions_are_refused_as_on_the_command_line(desk: Served) -> None:
    with comity.Client(desk.address, desk.tokens["reviewer"]) as client:
        record = OpenRecord(desk.store)
        before = record.log.last_received()
        measure = next(
            one["id"] for one in client.proposals(type="measure") if one["product"] == "seafood"
        )
        pairs: list[tuple[type[Exception], Any, Any]] = [
            (NotFound, lambda: client.skip("nothing"), lambda: record.proposal("nothing")),
            (ConflictError, lambda: client.accept(measure), lambda: record.accept(measure)),
            (
                InputError,
                lambda: client.merge(measure, "fumio-kishida"),
                lambda: record.merge(measure, "fumio-kishida"),
            ),
            (
                NotFound,
                lambda: client.merge(measure, "nothing"),
                lambda: record.merge(measure, "nothing"),
            ),
            (
                InputError,
                lambda: client.edit_proposal(measure, {"colour": "red"}),
                lambda: record.edit_proposal(measure, {"colour": "red"}),
            ),
            (
                ValidationError,
                lambda: client.reject(measure, why=" "),
                lambda: record.reject(measure, why=" "),
            ),
        ]
        for kind, over, here in pairs:
            with pytest.raises(kind) as told:
                over()
            with pytest.raises(kind) as own:
                here()
            assert type(told.value) is type(own.value)
            assert told.value.as_dict() == own.value.as_dict()  # type: ignore[attr-defined]
        assert record.log.last_received() == before
        record.close()
    with comity.Client(desk.address, desk.tokens["reader"]) as client:
        with pytest.raises(AccessDenied):
            client.reject(measure, why="no")
        with pytest.raises(AccessDenied):
            client.read_document(__file__)


def test_of_many_reviewers_at_once_one_decides(desk: Served) -> None:
    meeting = id_of(desk, "meeting")
    statuses: list[int] = []
    with desk.client("reviewer") as client, OpenRecord(desk.store) as record:
        before = record.log.last_received()

        def accept() -> None:
            done = client.post(f"{API}/proposals/{meeting}/accept", json={})
            statuses.append(done.status_code)

        threads = [threading.Thread(target=accept) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200] + [409] * 5
        assert record.log.last_received() == before + 1


def test_the_client_has_the_queue_of_the_library(desk: Served, tmp_path: Path) -> None:
    with (
        comity.Client(desk.address, desk.tokens["reviewer"]) as client,
        OpenRecord(desk.store) as record,
    ):
        queue = [json.loads(json.dumps(one.as_dict())) for one in record.proposals()]
        assert client.proposals() == queue
        first = queue[0]["id"]
        assert client.proposal(first) == queue[0]
        assert client.review(first) == json.loads(json.dumps(record.review(first)))
        merged = client.merge(id_of(desk, "measure"), "cn-seafood-ban-2023", why="the same")
        assert merged["verdict"] == "merged"
        assert len(client.proposals(decided=True)) == len(client.proposals()) + 1
        path = made.document(tmp_path, made.TEXT + "And more.\n")
        stored = client.read_document(path, published="2022-11-17", relation=("CHN", "JPN"))
        assert (stored["new_document"], stored["new"]) == (True, len(made.ALL))
        again = client.read_document(path)
        assert (again["document"], again["new"]) == (stored["document"], 0)
        kept = record.show(stored["document"])
        assert kept["title"] == "Leaders talk"
        # Bytes and text are kept: passages can be shown.
        one = client.proposals(document=stored["document"])[0]
        assert client.review(one["id"])["review"]["passages"][0]["text"]


def test_documents_that_are_refused_change_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comity.opened.proposing.engine", made.Engine(problem="no prose"))
    cases: list[tuple[dict[str, Any], int, str | None]] = [
        ({"content": "no base64!"}, 422, "content"),
        ({"content": "YQ"}, 422, "content"),
        ({"published": "soon"}, 422, "published"),
        ({"publisher": "Nowhereland"}, 422, "publisher"),
        ({"relation": ["CHN", "China"]}, 422, "relation"),
        ({"relation": ["CHN"]}, 422, "relation"),
        ({"source_kind": "rumour"}, 422, "source_kind"),
        ({"name": "a\u202eb"}, 422, "name"),
        ({"content": base64.b64encode(b"\x00\x01\x02" * 50).decode()}, 422, None),
        ({"content": base64.b64encode(b"%PDF-1.7 broken").decode()}, 422, None),
        ({}, 422, None),  # nothing to propose, and why
    ]
    with served.client("reviewer") as client, OpenRecord(served.store) as record:
        for more, status, field in cases:
            done = client.post(f"{API}/documents", json=sent(**more))
            assert done.status_code == status, (more, done.text)
            if field is not None:
                assert done.json()["where"]["field"] == field
        large = client.post(f"{API}/documents", json=sent("x" * 8_000_000))
        assert large.status_code == 413
        assert record.log.last_received() == 0
        assert record.proposals(decided=True) == []


def test_a_name_cannot_lead_out_of_its_folder(desk: Served) -> None:
    with desk.client("reviewer") as client:
        body = {**sent(made.TEXT + "Other."), "name": "../../etc/passwd"}
        done = client.post(f"{API}/documents", json=body)
        assert done.status_code == 201
        with OpenRecord(desk.store) as record:
            shown = json.dumps(record.show(done.json()["document"]))
        assert "etc" not in shown


def test_one_document_is_read_at_a_time(desk: Served) -> None:
    service = desk.app.state.service
    with desk.client("reviewer") as client:
        with service._reading:
            busy = client.post(f"{API}/documents", json=sent(made.TEXT + "Busy."))
        assert busy.status_code == 429
        assert int(busy.headers["retry-after"]) >= 1
        done = client.post(f"{API}/documents", json=sent(made.TEXT + "Busy."))
        assert done.status_code == 201


@pytest.mark.parametrize(
    "slots",
    [
        {"parties": {"a": [1, {"b": None}]}},
        {"date": 1e400},
        {"date": [["2022"]]},
        {"parties": 7, "principals": "nobody"},
        {"title": "<script>alert(1)</script>"},
        {"principals": [1, None, {"name": {}}]},
        {"place": "x" * 100_000},
        {"first": True, "event": {}},
    ],
)  # fmt: skip
def test_slots_of_any_form_are_kept_or_refused(desk: Served, slots: dict[str, Any]) -> None:
    """Whatever a slot is set to, nothing fails but the accepting, and that with a reason."""
    meeting = id_of(desk, "meeting")
    with desk.client("reviewer") as client:
        raw = json.dumps({"slots": slots}).replace("Infinity", "1e400")
        done = client.post(
            f"{API}/proposals/{meeting}/edit",
            content=raw,
            headers={"Content-Type": "application/json"},
        )
        assert done.status_code in (200, 422), done.text
        assert client.get(f"{API}/proposals/{meeting}").status_code == 200
        accepted = client.post(f"{API}/proposals/{meeting}/accept", json={"new": True})
        assert accepted.status_code in (200, 422), accepted.text


def test_the_example_of_the_description_is_read_and_decided(served: Served) -> None:
    """With the reader's own rules: what OpenAPI shows works as it stands."""
    with served.client("reviewer") as client:
        paths = client.get("/openapi.json").json()["paths"]

        def example(path: str) -> Any:
            body = paths[f"{API}/{path}"]["post"]["requestBody"]["content"]
            return body["application/json"]["example"]

        done = client.post(f"{API}/documents", json=example("documents"))
        assert done.status_code == 201, done.text
        place = done.headers["location"]
        assert place.endswith(f"?document={done.json()['document']}")
        items = client.get(place).json()["items"]
        assert len(items) == done.json()["new"]
        (meeting,) = [one for one in items if one["type"] == "meeting"]
        assert meeting["parties"] == ["CHN", "JPN"]
        assert meeting["date"] == "2026-03-03"  # "on Tuesday", counted from the day it came out

        def decided(act: str) -> Any:
            body = example(f"proposals/{{id}}/{act}")
            told = client.post(f"{API}/proposals/{meeting['id']}/{act}", json=body)
            assert told.status_code == 200, told.text
            return told.json()

        decided("edit")
        assert decided("reject")["verdict"] == "rejected"
