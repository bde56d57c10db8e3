"""Trouble: a full disk, a busy store, callers that leave, a store that goes away and comes back."""

from __future__ import annotations

import socket
import time
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from comity.opened import OpenRecord
from tests.api.conftest import Served
from tests.record.build import event

API = "/api/v1"


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_said_and_changes_nothing(served: Served) -> None:
    """SQLite is told that the file may not grow: to it, that is a full disk."""
    engine = served.app.state.service.record.log.engine
    with OpenRecord(served.store) as opened, served.client("editor") as client:
        opened.add_entries(event("before"))
        last = opened.log.last_received()

        def full(connection: Any, *_: object) -> None:
            cursor = connection.cursor()
            pages = cursor.execute("PRAGMA page_count").fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {pages}")

        engine.dispose()
        sa.event.listen(engine, "connect", full)
        done = client.post(
            f"{API}/entries", json={"entries": [event(f"e-{n}") for n in range(500)]}
        )
        assert done.status_code == 503, done.text
        assert done.json()["error"] == "StoreError"
        assert "full" in done.json()["what"]
        assert served.store not in done.text
        sa.event.remove(engine, "connect", full)
        engine.dispose()
        assert opened.log.last_received() == last
        assert opened.log.broken() == []
        assert client.post(f"{API}/entries", json={"entries": [event("after")]}).status_code == 201


def test_what_was_acknowledged_survives_a_kill(store_url: str) -> None:
    """Eight writers, and a kill -9 of the server in the middle of it."""
    import asyncio

    from benchmarks import bench_api
    from comity.access import create

    with OpenRecord(store_url) as opened:
        token, _ = create(opened.log, "editor", name="load", by="test")
    kept: set[str] = set()
    server = bench_api.start(store_url, "--workers", "0")

    async def burst() -> None:
        end = time.perf_counter() + 60
        many = [
            asyncio.create_task(bench_api._write(server.port, token, n, end, kept))
            for n in range(8)
        ]
        while len(kept) < 40:
            await asyncio.sleep(0.01)
            assert time.perf_counter() < end
        server.kill()
        await asyncio.gather(*many)

    asyncio.run(burst())
    with OpenRecord(store_url) as opened:
        found = {entry.id for entry in opened.reading(all_days=True).entries("event")}
        assert kept <= found
        assert len(found) - len(kept) <= 8  # written, and the answer did not arrive
        assert opened.log.broken() == []
        opened.add_entries(event("afterwards"))


def test_callers_that_leave_in_the_middle_hurt_nobody(served: Served) -> None:
    host, port = "127.0.0.1", int(served.address.rpartition(":")[2])
    token = served.tokens["editor"]
    head = (
        f"POST {API}/entries HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    ).encode()
    for sent in (b"", head[:30], head, head + b'{"entries": [{"id": "half'):
        with socket.create_connection((host, port)) as left:
            left.sendall(sent)
    for asked in (f"{API}/entries", f"{API}/gaps"):
        with socket.create_connection((host, port)) as left:
            left.sendall(f"GET {asked} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    time.sleep(0.2)
    with served.client() as client, OpenRecord(served.store) as opened:
        assert client.get(f"{API}/health").status_code == 200
        assert opened.log.last_received() == 0


def test_what_is_no_http_is_refused(served: Served) -> None:
    host, port = "127.0.0.1", int(served.address.rpartition(":")[2])
    for sent in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"\r\n" * 50):
        with socket.create_connection((host, port), timeout=10) as one:
            one.sendall(sent)
            one.shutdown(socket.SHUT_WR)
            got = one.recv(4096)
        assert b"Traceback" not in got
    with served.client() as client:
        assert client.get(f"{API}/health").status_code == 200


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_an_address_of_the_store_is_shown_to_nobody(served: Served) -> None:
    """What the library says of a store names it; a caller from elsewhere has no use for that."""
    with served.client("editor") as client:
        service = served.app.state.service
        with service.record.log.engine.connect() as connection:
            connection.exec_driver_sql("ALTER TABLE head RENAME TO tail")
            connection.commit()
        done = client.get(f"{API}/entries")
        assert done.status_code == 503
        assert ".db" not in done.text
        assert "postgresql" not in done.text


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_database_that_was_restarted_is_found_again(served: Served) -> None:
    from sqlalchemy.engine import make_url

    with served.client() as client:
        assert client.get(f"{API}/record").status_code == 200
        engine = sa.create_engine(make_url(served.store), poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        engine.dispose()
        statuses = [client.get(f"{API}/entries").status_code for _ in range(20)]
        assert set(statuses) <= {200, 503}
        assert statuses[-1] == 200


ODD = (
    "\x00", "a\x00b", "", " ", "'\"; DROP TABLE revision; --", "../../etc/passwd", "%25%00",
    "<script>alert(1)</script>", "x" * 3000, "\u202e", "\ufffe", "😀", "-1", "1e999", "NaN",
    "9" * 40, "null", "[]", "{}", "@group", "*", "*:*", "&&|!()", "HS2022:", "\r\nSet-Cookie: a=b",
)  # fmt: skip


def test_what_is_no_text_is_refused_in_every_body(served: Served) -> None:
    halves = ("\\u0000", "a\\ud800", "\\udfff", "\\uDC00b")
    shipment = '{"from": "JPN", "to": "CHN", "goods": "HS2022:03", "consignee": "%s"}'
    bodies = {
        "/applies": shipment,
        "/applies/batch": f'{{"shipments": [{shipment}]}}',
        "/entries": '{"entries": [{"id": "x", "kind": "event", "%s": 1}]}',
        "/runs": '{"kind": "assess", "measures": ["%s"]}',
        "/assess": '{"measures": ["x"], "market": "%s"}',
        "/simulate": '{"scenario": "title: %s"}',
    }
    with served.client("editor", **{"Content-Type": "application/json"}) as client:
        for path, body in bodies.items():
            for half in halves:
                done = client.post(API + path, content=body.replace("%s", half))
                assert done.status_code == 422, (path, half, done.text)
            pair = client.post(API + path, content=body.replace("%s", "\\ud83d\\ude00"))
            assert pair.status_code < 500, (path, pair.text)


def test_odd_text_in_every_place_of_every_read(served: Served) -> None:
    """Whatever stands where: an answer or an error of the one shape, on both databases."""
    with OpenRecord(served.store) as opened:
        opened.add_entries(event("one"))
    with served.client("editor") as client:
        described = client.get("/openapi.json").json()
        tried = 0
        for path, methods in described["paths"].items():
            one = methods.get("get")
            if one is None:
                continue
            good = {"first": "CHN", "second": "JPN", "id": "one", "from": "JPN", "to": "CHN",
                    "goods": "HS2022:03", "exporter": "JPN", "market": "CHN", "q": "one",
                    "measure": "one"}  # fmt: skip
            if path.endswith("/changes"):
                good |= {"from": "2020-01-01", "to": "2021-01-01"}
            needed = [p for p in one.get("parameters", []) if p["required"]]
            for parameter in one.get("parameters", []):
                if parameter["in"] == "header":
                    continue
                for odd in ODD:
                    query = {p["name"]: good[p["name"]] for p in needed if p["in"] == "query"}
                    names = {p["name"]: good[p["name"]] for p in needed if p["in"] == "path"}
                    (query if parameter["in"] == "query" else names)[parameter["name"]] = odd
                    place = path
                    for name, value in names.items():
                        place = place.replace("{" + name + "}", quote(value, safe=""))
                    done = client.get(place, params=query)
                    tried += 1
                    assert done.status_code < 500, (place, query, done.text)
                    assert "set-cookie" not in done.headers
                    if done.status_code >= 400:
                        told = done.json()
                        assert told["status"] == done.status_code, (place, query)
                        assert {"error", "what", "where", "mend"} <= set(told)
        assert tried > 1000
