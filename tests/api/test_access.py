"""Who may do what: every role on every route, tokens, hosts, limits, bodies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from comity.access import ROLES, create, revoke, tokens
from comity.api import Settings, application
from comity.api.routing import role_of, routes_of
from comity.opened import OpenRecord
from tests.api.conftest import Served

API = "/api/v1"
WRITES = {"add", "revise", "retract"}
DECIDES = {"accept", "edit_proposal", "reject", "merge", "skip", "read_document"}
EVERYONE = {"about", "health"}
ALL = (None, *ROLES)


def test_every_route_declares_its_role(shipped: Served) -> None:
    declared = {one.operation_id: role_of(one) for one in routes_of(shipped.app)}
    assert len(declared) == len(routes_of(shipped.app))
    for name, role in declared.items():
        wanted = None if name in EVERYONE else "reader"
        wanted = "editor" if name in WRITES else "reviewer" if name in DECIDES else wanted
        assert role == wanted, name
    api = [one for one in shipped.app.routes if getattr(one, "path", "").startswith("/api")]
    assert len(api) == len(declared)  # nothing beside the declared ones


def _url(path: str) -> str:
    for name, value in (("{first}", "CHN"), ("{second}", "JPN"), ("{id}", "nothing")):
        path = path.replace(name, value)
    return path


@pytest.mark.parametrize("role", ALL, ids=str)
def test_each_role_on_each_route(shipped_store: str, serve: Callable[..., Any], role: Any) -> None:
    """A role that does not reach is told so before anything else is looked at."""
    settings = Settings(require_token=True, rate=0, workers=0)
    with OpenRecord(shipped_store) as opened:
        before = opened.log.last_received()
    with serve(shipped_store, settings, f"role-{role}") as served, served.client(role) as client:
        for one in routes_of(served.app):
            needed = role_of(one)
            for method in one.methods or ():
                asked = client.request(method, _url(one.path), json={} if method != "GET" else None)
                reaches = needed is None or (
                    role is not None and ROLES.index(role) >= ROLES.index(needed)
                )
                if reaches:
                    assert asked.status_code not in (401, 403), (one.path, asked.text)
                else:
                    assert asked.status_code == (401 if role is None else 403), one.path
    with OpenRecord(shipped_store) as opened:
        assert opened.log.last_received() == before


def test_a_token_is_not_in_the_store_and_not_in_a_list(served: Served) -> None:
    from sqlalchemy import text

    secret = served.tokens["editor"].split("_", 2)[2]
    with OpenRecord(served.store) as opened:
        listed = repr([one.as_dict() for one in tokens(opened.log)])
        with opened.log.engine.connect() as connection:
            rows = repr(connection.execute(text("SELECT * FROM token")).all())
    assert secret not in listed
    assert secret not in rows
    assert len(secret) >= 40


def test_revoked_expired_and_wrong_tokens_are_refused_at_once(served: Served) -> None:
    with OpenRecord(served.store) as opened:
        soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
        text, made = create(opened.log, "editor", name="x", expires=soon.isoformat(), by="t")
        with served.client("editor") as client:
            assert client.get(f"{API}/me").json() == {"name": "ann-editor", "role": "editor"}
            revoke(opened.log, "ann-editor")
            if not served.store.startswith("sqlite"):
                served.app.state.service.wrote()
            assert client.get(f"{API}/me").status_code == 401
        for wrong in ("x", text[:-1], text + "x", text.upper(), f"comity_{made.id}_", "é"):
            given = {"Authorization": b"Bearer " + wrong.encode()}
            done = httpx.get(f"{served.address}{API}/me", headers=given)  # type: ignore[arg-type]
            assert done.status_code == 401, wrong
            assert done.headers["www-authenticate"].startswith("Bearer")
        with httpx.Client(headers={"Authorization": f"Bearer {text}"}) as client:
            assert client.get(f"{served.address}{API}/me").status_code == 200
            while dt.datetime.now(dt.UTC) <= soon:
                pass
            assert client.get(f"{served.address}{API}/me").status_code == 401


def test_only_a_straight_caller_of_this_machine_needs_no_token(shipped: Served) -> None:
    path = f"{API}/record"
    with shipped.client() as client:
        assert client.get(path).status_code == 200
        for headers in (
            {"Host": "evil.example"},  # an outside name that was turned to this machine
            {"Host": "localhost.evil.example"},
            {"Host": "127.0.0.1.evil.example:80"},
            {"X-Forwarded-For": "127.0.0.1"},  # through a proxy on this machine
            {"Forwarded": "for=127.0.0.1"},
            {"X-Real-IP": "127.0.0.1"},
            {"Origin": "https://evil.example"},  # a page from elsewhere, open in a browser here
            {"Origin": "null"},
            {"Origin": "http://localhost.evil.example"},
        ):
            assert client.get(path, headers=headers).status_code == 401, headers
        for own in ("http://127.0.0.1:8000", "http://localhost", "http://[::1]:80"):
            assert client.get(path, headers={"Origin": own}).status_code == 200
    with shipped.client("reader") as client:
        assert client.get(path, headers={"Host": "comity.example"}).status_code == 200


def test_callers_from_elsewhere_need_a_token(shipped_store: str) -> None:
    import asyncio

    app = application(shipped_store, Settings(workers=0))

    async def ask(address: str) -> int:
        transport = httpx.ASGITransport(app, client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return (await client.get(f"{API}/me")).status_code

    try:
        assert asyncio.run(ask("192.0.2.7")) == 401
        assert asyncio.run(ask("::ffff:192.0.2.7")) == 401
        assert asyncio.run(ask("127.0.0.1")) == 200
        assert asyncio.run(ask("::1")) == 200
    finally:
        app.state.service.close()


def test_too_many_requests_are_told_when_to_come_again(
    shipped_store: str, serve: Callable[..., Any]
) -> None:
    settings = Settings(rate=0.5, burst=5, failures=3, workers=0)
    with serve(shipped_store, settings, "limited") as served:
        with served.client("reader") as client:
            statuses = [client.get(f"{API}/me").status_code for _ in range(7)]
            assert statuses == [200] * 5 + [429] * 2
            told = client.get(f"{API}/me")
            assert int(told.headers["retry-after"]) >= 1
            assert told.json()["error"] == "LimitReached"
        with served.client("editor") as client:  # another's limit is another
            assert client.get(f"{API}/me").status_code == 200
        with served.client() as client:  # this machine's own is not limited
            assert {client.get(f"{API}/me").status_code for _ in range(20)} == {200}
            wrong = {"Authorization": "Bearer guess"}
            got = [client.get(f"{API}/me", headers=wrong).status_code for _ in range(5)]
            assert got == [401] * 3 + [429] * 2


REFUSED = [
    (b'{"a"', "application/json", 400),
    (b"", "application/json", 400),
    (b"\xff\xfe{}", "application/json", 400),
    (b'{"entries": NaN}', "application/json", 400),
    (b'{"entries": [], "entries": []}', "application/json", 400),
    (b"[" * 100_000, "application/json", 400),
    (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "application/json", 400),
    (b'{"entries": [' + b"1" * 100_000 + b"]}", "application/json", 400),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b'{"entries": []}', "application/json", 422),
    (b'{"entries": [{}], "x": 1}', "application/json", 422),
    (b'{"entries": [{}]}', "application/json", 422),
    (b"entries: []", "application/yaml", 415),
    (b"{}", "text/plain", 415),
    (b"a=b", "application/x-www-form-urlencoded", 415),
    (b"[" + b"1," * 6_000_000 + b"1]", "application/json", 413),
]


def test_bodies_that_are_refused(served: Served) -> None:
    with served.client("editor") as client, OpenRecord(served.store) as opened:
        for content, kind, status in REFUSED:
            headers = {"Content-Type": kind}
            done = client.post(f"{API}/entries", content=content, headers=headers)
            assert done.status_code == status, (content[:40], done.text[:300])
            assert done.json()["status"] == status
            assert {"error", "what", "where", "mend"} <= set(done.json())
            for path in ("/applies", "/applies/batch"):
                other = client.post(API + path, content=content, headers=headers)
                assert other.status_code in (400, 413, 415, 422)
                assert other.json()["status"] == other.status_code
        assert opened.log.last_received() == 0


def test_a_body_without_a_length_is_counted_as_it_comes(served: Served) -> None:
    def pieces() -> Any:
        yield b'{"entries": ["'
        for _ in range(120):
            yield b"x" * 100_000
        yield b'"]}'

    with served.client("editor") as client:
        done = client.post(
            f"{API}/entries", content=pieces(), headers={"Content-Type": "application/json"}
        )
        assert done.status_code == 413
        assert done.json()["error"] == "RequestError"


def test_unforeseen_errors_show_nothing_of_the_inside(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret path /home/x")

    monkeypatch.setattr(served.app.state.service.record, "measures", broken)
    with served.client() as client:
        done = client.get(f"{API}/measures")
        assert done.status_code == 500
        assert done.json()["error"] == "ServerError"
        assert "secret" not in done.text
        assert "Traceback" not in done.text
        assert done.headers["x-content-type-options"] == "nosniff"
        assert client.get(f"{API}/health").status_code == 200


def test_paths_and_methods_that_are_none(shipped: Served) -> None:
    with shipped.client() as client:
        for path in (
            "/api/v1/nothing",
            "/api/v2/",
            "/api/v1/entries/../../etc/passwd",
            "/api/v1/entries/%2e%2e%2fetc%2fpasswd",
            "/api/v1/entries/%00",
            "/%ff",
        ):
            done = client.get(path)
            assert done.status_code in (404, 422), path
            assert done.json()["status"] == done.status_code
        done = client.delete(f"{API}/measures")
        assert done.status_code == 405
        assert done.headers["allow"] == "GET"
        assert done.json()["mend"] == "it takes GET"
        for params in ([("as_of", "2023-01-01"), ("as_of", "2024-01-01")], [("as_of", "")]):
            done = client.get(f"{API}/measures", params=params)  # type: ignore[arg-type]
            assert done.status_code == 422, params
            assert done.json()["where"] == {"field": "as_of"}
        many = client.get(f"{API}/entries", params={"kind": ["act", "case"]})
        assert many.status_code == 200
        slip = client.get(f"{API}/measures", params={"as_off": "2023-01-01"})
        assert slip.status_code == 422
        assert slip.json()["where"] == {"field": "as_off"}
