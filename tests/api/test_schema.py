"""The description of the API is true: its examples work, and generated requests are answered as it
says, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from comity.opened import OpenRecord
from tests.api.conftest import Served, running
from tests.reader import made

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
FIELDS = {"error", "what", "where", "mend", "status"}


@pytest.fixture
def filled(store_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Served]:
    """A server over the shipped record with a document that was read, on both databases."""
    made.install(monkeypatch, *made.ALL)
    with OpenRecord(store_url) as opened:
        opened.load_shipped()
        opened.read_document(made.document(tmp_path), published="2023-11-17", author="ann")
    with running(store_url) as served:
        yield served


def test_the_description_is_plain_and_whole(shipped: Served) -> None:
    with shipped.client() as client:
        found = client.get("/openapi.json")
        assert found.status_code == 200
        described = found.json()
    assert described["openapi"].startswith("3.1")
    operations = [one for path in described["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    for one in operations:
        assert one["summary"], one
        assert one["tags"], one
        assert one["x-role"] in (None, "reader", "reviewer", "editor")
        for status, answer in one["responses"].items():
            if status.startswith(("4", "5")):
                schema = answer["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Error"}
        for parameter in one.get("parameters", []):
            assert parameter.get("description") or parameter["name"] in ("consignee", "end_use",
                "draws", "seed"), (one["operationId"], parameter)  # fmt: skip


def _example(parameter: dict[str, Any]) -> Any:
    schema = parameter["schema"]
    return next(iter(schema.get("examples") or parameter.get("examples") or []), None)


def test_every_example_of_the_description_works(filled: Served) -> None:
    """Each read, asked with the examples that its parameters carry, is answered; so are bodies."""
    with filled.client() as client:
        (proposal, *_) = client.get("/api/v1/proposals").json()["items"]
        described = client.get("/openapi.json").json()
        asked = 0
        for path, methods in described["paths"].items():
            if "/runs" in path:
                continue
            for method, one in methods.items():
                place, query = path, {}
                for parameter in one.get("parameters", []):
                    value = _example(parameter)
                    if parameter["in"] == "path":
                        if "/proposals/" in path:  # its id hangs on the document
                            value = proposal["id"]
                        place = place.replace("{" + parameter["name"] + "}", str(value))
                    elif parameter["in"] == "query" and value is not None:
                        query[parameter["name"]] = value
                    else:
                        assert not parameter["required"], (path, parameter["name"])
                if method == "get":
                    done = client.get(place, params=query)
                    assert done.status_code == 200, (place, done.text)
                    asked += 1
        assert asked > 15


KNOWN = {
    "first": "CHN", "second": "JPN", "from": "JPN", "to": "CHN", "exporter": "JPN", "market": "CHN",
    "goods": "HS2022:030722", "measure": "cn-seafood-ban-2023",
}  # fmt: skip


def _make_known(case: Any, proposals: Sequence[str]) -> None:
    """Names at random are seldom known: with those that are, the rest of a request is tried."""
    for part in (case.path_parameters, case.query):
        for name in set(part or ()) & set(KNOWN):
            if isinstance(part[name], str) and "changes" not in case.path:
                part[name] = KNOWN[name]
    if "entries" in case.path and "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = KNOWN["measure"]
    if "proposals" in case.path and "id" in (case.path_parameters or {}):
        name = case.path_parameters["id"]
        case.path_parameters["id"] = proposals[len(str(name)) % len(proposals)]


def test_generated_requests_are_answered_as_described(filled: Served) -> None:
    headers = {"Authorization": f"Bearer {filled.tokens['editor']}"}
    schema = schemathesis.openapi.from_url(f"{filled.address}/openapi.json", headers=headers)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    with OpenRecord(filled.store) as opened:
        before = opened.log.last_received()
        proposals = [item.id for item in opened.proposals()]
    tried = 0
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            definition = operation.definition.raw
            if mode is GenerationMode.NEGATIVE and not (
                definition.get("requestBody")
                or any(one["in"] != "path" for one in definition.get("parameters", []))
            ):
                continue  # nothing about it can be wrong: any text may be a name
            strategy = operation.as_strategy(generation_mode=mode)

            @given(case=strategy)
            @settings(
                max_examples=25,
                deadline=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
                derandomize=True,
            )
            def run(case: Any) -> None:
                nonlocal tried
                tried += 1
                if tried % 2:
                    _make_known(case, proposals)
                response = case.call(headers=headers)
                checks = CHECKS
                if "naming" in (case.query or {}):  # any text is a list of one text in a query
                    checks = [one for one in CHECKS if one is not negative_data_rejection]
                case.validate_response(response, checks=checks)
                if response.status_code >= 400:
                    told = json.loads(response.content)
                    assert set(told) >= FIELDS
                    assert told["status"] == response.status_code
                    assert "Traceback" not in response.text

            run()
    assert tried > 500
    with OpenRecord(filled.store) as opened:
        assert opened.log.broken() == []
        assert opened.log.last_received() >= before
