"""Runs over HTTP: queued in the store, worked off by processes, watched, cancelled, not lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from comity.api import Settings
from comity.opened import OpenRecord
from comity.service.runs import MOST_ATTEMPTS, SILENT_SECONDS, Queue
from tests.api.conftest import Served, running

API = "/api/v1"
TARIFF = """\
comity-scenario: 1
title: A tariff
baseline: goods-world-2023
to:
  changes:
    - by: USA
      tariff: {on_imports_from: all, add: 10%}
"""
LONG = {"kind": "assess", "measures": ["cn-seafood-ban-2023"], "draws": 8192, "world": False}


def until(client: httpx.Client, run_id: str, *states: str, seconds: float = 60) -> dict[str, Any]:
    """The run, once it is in one of the states."""
    end = time.monotonic() + seconds
    while True:
        run: dict[str, Any] = client.get(f"{API}/runs/{run_id}").json()
        if run["state"] in states:
            return run
        assert time.monotonic() < end, run
        time.sleep(0.1)


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with one worker, over the shipped record."""
    path = tmp_path_factory.mktemp("working") / "record.db"
    with OpenRecord(path) as opened:
        opened.load_shipped()
    with running(str(path), Settings(rate=0, workers=1)) as served:
        yield served


def test_a_simulation_gives_what_the_library_gives(working: Served, tmp_path: Path) -> None:
    from comity.world.saved import reproduce
    from comity.world.simulate import simulate

    file = tmp_path / "tariff.yaml"
    file.write_text(TARIFF)
    wanted = json.loads(json.dumps(simulate(file, threads=1).as_dict()))
    with working.client("reader") as client:
        made = client.post(f"{API}/runs", json={"kind": "simulate", "scenario": TARIFF})
        assert made.status_code == 202, made.text
        run = made.json()
        assert made.headers["location"] == f"{API}/runs/{run['id']}"
        assert run["title"] == "A tariff"
        early = client.get(f"{API}/runs/{run['id']}/result")
        assert early.status_code in (200, 409)
        done = until(client, run["id"], "done", "failed")
        assert done["state"] == "done", done
        assert client.get(f"{API}/runs/{run['id']}/result").json() == wanted
        asked = client.get(f"{API}/runs/{run['id']}/asked").json()
        assert asked == {"kind": "simulate", "scenario": TARIFF}
        kept = tmp_path / "run.comity"
        kept.write_bytes(client.get(f"{API}/runs/{run['id']}/file").content)
        assert reproduce(kept, threads=1).identical


def test_an_assessment_tells_its_progress_and_its_result(working: Served) -> None:
    with working.client("reader") as client:
        asked = {"measures": ["cn-seafood-ban-2023"], "draws": 64, "world": False}
        run = client.post(f"{API}/assess", json=asked).json()
        events = []
        with client.stream("GET", f"{API}/runs/{run['id']}/events", timeout=120) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            for line in stream.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    events.append((value, None))
                elif name == "data":
                    events[-1] = (events[-1][0], json.loads(value))
        assert events[-1][0] == "over"
        assert events[-1][1]["state"] == "done"  # type: ignore[index]
        assert [name for name, _ in events[:-1]] == ["state"] * (len(events) - 1)
        result = client.get(f"{API}/runs/{run['id']}/result").json()
    with OpenRecord(working.store) as opened:
        wanted = opened.assess("cn-seafood-ban-2023", draws=64, world=False).as_dict()
    assert result["effects"] == json.loads(json.dumps(wanted))["effects"]


def test_what_cannot_be_run_fails_with_its_error(working: Served) -> None:
    with working.client("reader") as client:
        run = client.post(f"{API}/assess", json={"measures": ["nothing"]}).json()
        failed = until(client, run["id"], "done", "failed")
        assert failed["state"] == "failed"
        assert failed["error"]["error"] == "NotFound"
        bad = {"new": "- title: x\n  colour: red\n"}
        run = client.post(f"{API}/assess", json=bad).json()
        error = until(client, run["id"], "done", "failed")["error"]
        assert error["where"]["file"] == "proposed.yaml"  # not the folder that it lay in
        assert "/tmp" not in json.dumps(error)


REFUSED = {
    "no YAML": {"kind": "simulate", "scenario": "{"},
    "no scenario": {"kind": "simulate", "scenario": "title: x"},
    "a file of the server": TARIFF.replace("goods-world-2023", "{file: /etc/passwd}"),
    "a folder": TARIFF.replace("goods-world-2023", "{format: csv, path: ../..}"),
    "a path as a name": TARIFF.replace("goods-world-2023", "../../x.npz"),
    "a path as a name, at length": TARIFF.replace("goods-world-2023", "{name: /etc}"),
    "an unknown kind": {"kind": "ruin"},
    "no kind": {"scenario": TARIFF},
    "no measure": {"kind": "assess"},
    "a market by its path": {"kind": "assess", "measures": ["x"], "market": "/etc"},
    "too many draws": {"kind": "assess", "measures": ["x"], "draws": 10**6},
    "an unknown key": {"kind": "assess", "measures": ["x"], "estimates": ["/etc/passwd"]},
}


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_at_once(working: Served, asked: Any) -> None:
    body = {"kind": "simulate", "scenario": asked} if isinstance(asked, str) else asked
    with working.client("reader") as client:
        before = len(client.get(f"{API}/runs").json()["items"])
        done = client.post(f"{API}/runs", json=body)
        assert done.status_code in (404, 422), done.text
        assert "root:" not in done.text
        assert len(client.get(f"{API}/runs").json()["items"]) == before


def test_a_run_that_computes_is_cancelled(working: Served) -> None:
    with working.client("reader") as client, working.client("reviewer") as other:
        run = client.post(f"{API}/runs", json={**LONG, "seed": 1}).json()["id"]
        until(client, run, "running")
        assert other.post(f"{API}/runs/{run}/cancel").status_code == 403  # another's
        assert client.post(f"{API}/runs/{run}/cancel").json()["state"] == "cancelled"
        # The worker ends and another takes the next run.
        after = client.post(f"{API}/runs", json={"kind": "simulate", "scenario": TARIFF}).json()
        assert until(client, after["id"], "done", "failed")["state"] == "done"
        assert client.get(f"{API}/runs/{run}").json()["state"] == "cancelled"
        assert client.get(f"{API}/runs/{run}/result").status_code == 409


def test_one_caller_watches_so_many_runs_at_once(working: Served) -> None:
    from contextlib import ExitStack

    from comity.api.routes.runs import MOST_WATCHING

    with working.client("reader") as client, ExitStack() as streams:
        run = client.post(f"{API}/runs", json={**LONG, "seed": 3}).json()["id"]
        path = f"{API}/runs/{run}/events"
        read = []  # a stream whose lines nobody holds is closed
        for _ in range(MOST_WATCHING):
            one = streams.enter_context(working.client("reader"))
            stream = streams.enter_context(one.stream("GET", path))
            read.append(stream.iter_lines())
            next(read[-1])
        assert client.get(path).status_code == 429
        with working.client("editor") as other, other.stream("GET", path) as stream:
            assert stream.status_code == 200
        streams.close()
        client.post(f"{API}/runs/{run}/cancel")
        end = time.monotonic() + 20
        while client.get(path).status_code == 429:  # those that left are noticed
            assert time.monotonic() < end
            time.sleep(0.2)


def test_a_caller_that_leaves_in_the_middle_hurts_nothing(working: Served) -> None:
    with working.client("reader") as client:
        run = client.post(f"{API}/runs", json={**LONG, "seed": 2}).json()["id"]
        with client.stream("GET", f"{API}/runs/{run}/events") as stream:
            next(stream.iter_lines())
        assert client.get(f"{API}/health").status_code == 200
        client.post(f"{API}/runs/{run}/cancel")


def test_runs_of_one_caller_are_limited(shipped_store: str, serve: Callable[..., Any]) -> None:
    settings = Settings(rate=0, workers=0, queued_runs=2)
    asked = {"kind": "simulate", "scenario": TARIFF}
    with serve(shipped_store, settings, "queue") as served:
        with served.client("reader") as client:
            got = [client.post(f"{API}/runs", json=asked) for _ in range(3)]
            assert [one.status_code for one in got] == [202, 202, 429]
            assert "retry-after" in got[-1].headers
            ids = [one["id"] for one in client.get(f"{API}/runs").json()["items"]]
            assert len(ids) == 2
            for one in ids:
                client.post(f"{API}/runs/{one}/cancel")
            assert client.post(f"{API}/runs", json=asked).status_code == 202
        with served.client("editor") as client:
            assert client.get(f"{API}/runs").json()["items"] == []
            assert client.post(f"{API}/runs", json=asked).status_code == 202


def test_each_run_is_taken_once_and_in_order(store_url: str) -> None:
    with OpenRecord(store_url) as one, OpenRecord(store_url) as two:
        queues = Queue(one.log), Queue(two.log)
        asked = {"scenario": TARIFF}
        made = [
            queues[0].submit("simulate", asked, owner="o", author="a", most=9).id for _ in range(4)
        ]
        taken = [queues[n % 2].claim(f"w{n}") for n in range(5)]
        assert [run.id if run else None for run in taken] == [*made, None]
        assert queues[0].beat(made[0], "w0", 1, 2)
        assert not queues[0].beat(made[0], "w1", 1, 2)  # another's
        assert not queues[1].finish(made[0], "w1", "{}", b"")
        assert queues[1].finish(made[0], "w0", "{}", b"x")
        assert queues[0].get(made[0]).state == "done"
        assert queues[0].result(made[0]) == "{}"


def test_the_run_of_a_silent_worker_is_taken_again_and_given_up_at_last(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from comity.service import runs

    with OpenRecord(store_url) as opened:
        queue = Queue(opened.log)
        made = queue.submit("simulate", {"scenario": TARIFF}, owner="o", author="a", most=9)
        now = runs._now()
        for number in range(MOST_ATTEMPTS):
            monkeypatch.setattr(
                runs, "_now", lambda n=number: now + int(n * 3 * SILENT_SECONDS * 1e6)
            )
            taken = queue.claim(f"w{number}")
            assert taken is not None
            assert queue.claim("other") is None
        monkeypatch.setattr(runs, "_now", lambda: now + int(99 * SILENT_SECONDS * 1e6))
        assert queue.claim("last") is None
        given_up = queue.get(made.id)
        assert given_up.state == "failed"
        assert given_up.error is not None
        assert not queue.finish(made.id, "w0", "{}", b"")


def test_the_queue_survives_a_kill_of_the_server(tmp_path: Path) -> None:
    """What was queued or being computed at a kill -9 is done after a restart."""
    store = tmp_path / "record.db"
    with OpenRecord(store) as opened:
        opened.load_shipped()

    def start() -> tuple[subprocess.Popen[str], str]:
        command = ["-m", "comity.cli", "--db", str(store), "serve", "--port", "0"]
        import sys

        process = subprocess.Popen(
            [sys.executable, *command], stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        assert process.stderr is not None
        return process, process.stderr.readline().split()[1].removesuffix("/api/v1/")

    process, address = start()
    try:
        with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
            long = client.post(f"{API}/runs", json={**LONG, "draws": 2048}).json()["id"]
            short = client.post(
                f"{API}/runs", json={"kind": "simulate", "scenario": TARIFF}
            ).json()["id"]
            until(client, long, "running")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stderr is not None
        process.stderr.close()
    process, address = start()
    try:
        with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
            for run in (long, short):
                assert until(client, run, "done", "failed", seconds=120)["state"] == "done"
    finally:
        process.terminate()
        assert process.wait(20) in (0, -signal.SIGTERM)
        assert process.stderr is not None
        process.stderr.close()


BAN = {"measures": ["cn-seafood-ban-2023"], "draws": 8, "seed": 7, "world": False}
ASKED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"lift": True, "excepting": ["Fukushima"]}, {"lift": True, "excepting": ("Fukushima",)}),
    ({"lift": True, "areas": ["Hokkaido"]}, {"lift": True, "areas": ("Hokkaido",)}),
    ({"coverage": "50%-80%", "horizon": "long"}, {"coverage": (0.5, 0.8), "horizon": "long"}),
    ({"plants": "0.1-0.2"}, {"plants": (0.1, 0.2)}),
    ({"cost": "1.02-1.10"}, {"cost": (1.02, 1.10)}),
    ({"rate": "5%-10%"}, {"rate": (0.05, 0.10)}),
    ({"limit": "0.4-0.6", "over": "10%"}, {"limit": (0.4, 0.6), "over": 0.1}),
    ({"market": "japan-exports-2022"}, {"market": "japan-exports-2022"}),
    ({"public_on": "2023-12-31"}, {"public_on": "2023-12-31"}),
    ({"known_on": "2026-11-25"}, {"known_on": "2026-11-25"}),
]


@pytest.mark.parametrize(("sent", "meant"), ASKED, ids=str)
def test_an_assessment_takes_what_the_library_takes(
    working: Served, sent: dict[str, Any], meant: dict[str, Any]
) -> None:
    """The run is that of the library, by its id; what the library refuses is refused alike."""
    from comity.market import Question, assess
    from comity.market.asking import options_of
    from comity.words.errors import ComityError

    options = options_of(draws=8, seed=7, fixed={"sigma": 4.0}, routes=False)
    question = Question(measures=("cn-seafood-ban-2023",), **meant)
    wanted: str
    with OpenRecord(working.store) as opened:
        try:
            wanted = assess(question, opened, options, world=False).id
        except ComityError as error:
            wanted = error.what
    with working.client("reader") as client:
        run = client.post(f"{API}/assess", json={**BAN, "fixed": {"sigma": 4}, "routes": False,
                                                 **sent})  # fmt: skip
        assert run.status_code == 202, run.text
        done = until(client, run.json()["id"], "done", "failed")
        if done["state"] == "failed":
            assert done["error"]["what"] == wanted
        else:
            result = client.get(f"{API}/runs/{done['id']}/result").json()
            assert result["run_id"] == wanted
