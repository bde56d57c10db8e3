"""The client: the library's names and answers, and its errors."""

from __future__ import annotations

import datetime as dt
import inspect
import json
from typing import Any

import pytest

import comity
from comity.opened import OpenRecord
from comity.words import errors
from comity.words.errors import (
    AccessDenied,
    ComityError,
    NotFound,
    Place,
    RequestError,
    ServerError,
    StaleError,
    TimeError,
    ValidationError,
    error_of,
)
from tests.api.conftest import Served
from tests.record.build import event

SHIPMENT: dict[str, Any] = {
    "exporter": "JPN",
    "importer": "CHN",
    "goods": "HS2022:030722",
    "on": "2023-11-16",
}


def test_answers_are_those_of_the_library(shipped: Served, shipped_store: str) -> None:
    day = dt.date(2023, 11, 16)
    with comity.Client(shipped.address) as client, OpenRecord(shipped_store) as record:
        calls: list[tuple[str, tuple[str, ...], dict[str, Any]]] = [
            ("brief", ("CHN", "JPN"), {"as_of": day}),
            ("timeline", ("CHN", "JPN"), {"kind": "meeting", "since": "2023"}),
            ("issues", ("CHN", "JPN"), {"as_of": "2023-11-16"}),
            ("measures", (), {"imposer": "China", "ended": True}),
            ("commitments", ("CHN", "JPN"), {"status": "open"}),
            ("changes", ("CHN", "JPN", "2023-08-01", "2023-11-16"), {}),
            ("gaps", ("JPN",), {}),
            ("show", ("cn-seafood-ban-2023",), {"public_on": day}),
            ("fields", ("cn-seafood-ban-2023",), {}),
            ("links", ("cn-seafood-ban-2023",), {}),
            ("history", ("cn-seafood-ban-2023",), {"known_on": "2026-11-25"}),
            ("find", ("scallops",), {"limit": 3}),
            ("explain", ("cn-seafood-ban-2023",), SHIPMENT),
            ("count", (), {}),
        ]
        for name, words, more in calls:
            wanted = json.loads(json.dumps(getattr(record, name)(*words, **more)))
            assert getattr(client, name)(*words, **more) == wanted, name
        said = record.applies(**SHIPMENT)
        wanted = {"asked": said.shipment.as_dict(), **said.as_dict()}
        assert client.applies(**SHIPMENT) == json.loads(json.dumps(wanted))
        listed = [row["id"] for row in client.entries(kind=["act", "case"])]
        assert listed == [row["id"] for row in record.entries(kind=["act", "case"], limit=500)[0]]


def test_methods_have_the_names_and_arguments_of_the_library() -> None:
    apart = {"entries", "applies_many", "count"}  # paged by itself; of a file there; no arguments
    for name, method in inspect.getmembers(comity.Client, inspect.isfunction):
        own = getattr(OpenRecord, name, None)
        if name.startswith("_") or own is None or name in apart | {"close", "assess"}:
            continue
        theirs = set(inspect.signature(own).parameters)
        mine = set(inspect.signature(method).parameters)
        # A token is the author; a revision's base must be named to a server.
        # A server asks no language model that a caller names.
        assert theirs - mine <= {"author", "economies_named", "model"}, name
        assert mine - theirs <= {"trace", "remove", "economies"}, name


def test_errors_are_those_of_the_library(served: Served) -> None:
    with comity.Client(served.address, served.tokens["editor"]) as client:
        with pytest.raises(NotFound, match="no entry nothing"):
            client.show("nothing")
        with pytest.raises(TimeError) as found:
            client.measures(as_of="soon")
        assert found.value.where == Place(field="as_of")
        assert found.value.mend
        with pytest.raises(ValidationError) as many:
            client.add_entries({**event("x"), "on": "soon", "colour": "red"})
        assert {type(one).__name__ for one in many.value.problems} == {
            "TimeError",
            "ValidationError",
        }
        number = client.add_entries(event("one"))[0]["received"]
        client.revise_entry("one", {"title": "mine"}, base=number, why="better")
        with pytest.raises(StaleError) as stale:
            client.revise_entry("one", {"title": "yours"}, base=number, why="better")
        assert stale.value.current["fields"]["title"] == "mine"  # type: ignore[index]
        assert stale.value.base is not None
        last = client.fields("one")["received"]
        assert client.retract("one", base=last, why="a mistake")["retracted"]
    with comity.Client(served.address, served.tokens["reader"]) as client:
        with pytest.raises(AccessDenied) as denied:
            client.add_entries(event("two"))
        assert denied.value.known
    with comity.Client(served.address + "/elsewhere") as client, pytest.raises(RequestError):
        client.count()
    with comity.Client("http://127.0.0.1:9") as client, pytest.raises(ServerError):
        client.count()


def _kinds(root: type[ComityError]) -> list[type[ComityError]]:
    return [root, *(kind for child in root.__subclasses__() for kind in _kinds(child))]


@pytest.mark.parametrize("kind", _kinds(ComityError), ids=lambda kind: kind.__name__)
def test_every_error_survives_the_way(kind: type[ComityError]) -> None:
    from comity.api.faults import status_of

    needed: dict[str, Any] = {
        "status": 415, "base": {"a": 1}, "current": {"b": 2}, "known": True, "retry_after": 7,
        "reason": "one-way", "residual": 0.5,
    }  # fmt: skip
    takes = inspect.signature(kind.__init__).parameters
    more = {name: value for name, value in needed.items() if name in takes}
    made = kind("what is wrong", where=Place(entry="e", field="f"), mend="do this", **more)
    sent = json.loads(json.dumps({**made.as_dict(), "status": status_of(made)}))
    again = error_of(sent)
    assert type(again) is kind
    assert vars(again) == vars(made)
    assert issubclass(getattr(errors, kind.__name__), ComityError)
