"""The HTTP API under load: server and load on this machine, over loopback.

The server is `comity serve` in a process of its own; the load comes from this process over plain
sockets, so that the client costs little. Five figures:

- `/api/v1/applies` with a generated record of measures (see `generate_measures`), 32 connections;
- reads of the shipped record's brief;
- 50 writers, with a kill -9 of the server in the middle: what was acknowledged is counted after;
- brief pages while 24 simulations are queued and worked off;
- the server's memory over 10,000 requests of all kinds.

`BENCH_API_MEASURES` and `BENCH_API_SECONDS` make it smaller or larger; `BENCH_API_POSTGRES` names
the database, an empty one, where the writers run as well: else that is a throwaway server.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import comity
from benchmarks.generate_measures import generate, questions
from comity.access import create
from comity.applies import Shipment
from comity.words.time import iso

MEASURES = int(os.environ.get("BENCH_API_MEASURES", "100000"))
SECONDS = float(os.environ.get("BENCH_API_SECONDS", "10"))
CONNECTIONS = 32
WRITERS = 50
SIMULATIONS = 24
REQUESTS = 10_000
API = "/api/v1"
TARIFF = """\
comity-scenario: 1
title: A tariff
baseline: goods-world-2023
model: {path_steps: 64}
to:
  changes:
    - by: USA
      tariff: {on_imports_from: all, add: 10%}
"""


@dataclass
class Load:
    """What a load saw: seconds of each answer, and statuses other than success."""

    took: list[float] = field(default_factory=list)
    other: dict[int, int] = field(default_factory=dict)

    def quantile(self, share: float) -> float:
        """Milliseconds."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1e3 if ordered else 0.0


def request(path: str, token: str | None = None, body: object = None) -> bytes:
    """A request as it goes over the wire."""
    head = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        head.append(f"Authorization: Bearer {token}")
    data = b"" if body is None else json.dumps(body).encode()
    if body is not None:
        head += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
    return "\r\n".join([*head, "", ""]).encode() + data


async def answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytes
) -> tuple[int, bytes]:
    """Send one request and read its answer: status and body."""
    writer.write(asked)
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.lower().index(b"content-length:") + 15
    body = await reader.readexactly(int(head[at : head.index(b"\r", at)]))
    return int(head[9:12]), body


async def load(port: int, asked: Sequence[bytes], connections: int, seconds: float) -> Load:
    """Ask in turn over so many connections for so long."""
    seen = Load()
    end = time.perf_counter() + seconds

    async def one(first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
        number = first
        while (began := time.perf_counter()) < end:
            status, _ = await answer(reader, writer, asked[number % len(asked)])
            seen.took.append(time.perf_counter() - began)
            if status >= 300:
                seen.other[status] = seen.other.get(status, 0) + 1
            number += connections
        writer.close()

    await asyncio.gather(*(one(n) for n in range(connections)))
    return seen


@dataclass
class Server:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    port: int

    @property
    def worked(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """Resident memory in MB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.split("VmRSS:")[1].split()[0]) / 1e3

    def kill(self) -> None:
        """As a power cut would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        self.process.terminate()
        self._gone()

    def _gone(self) -> None:
        self.process.wait(30)
        assert self.process.stderr is not None
        self.process.stderr.close()


def start(
    store: str, *options: str, program: str = "from comity.cli import main; main()"
) -> Server:
    """Start a server on a free port and wait until it listens."""
    command = [sys.executable, "-c", program, "--db", store, "serve", "--port", "0", "--rate", "0"]
    process = subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("serving http"):
            return Server(process, int(line.split()[1].split(":")[2].split("/")[0]))
    raise RuntimeError("the server did not start")


@contextmanager
def served(store: str, *options: str, program: str | None = None) -> Iterator[Server]:
    made = start(store, *options, **({"program": program} if program else {}))
    try:
        yield made
    finally:
        made.stop()


def _line(what: str, value: str, goal: str) -> None:
    print(f"  {what:<66} {value:>16}   goal: {goal}", flush=True)


# --------------------------------------------------------------------------------- what applies

_WITH_MEASURES = f"""
from benchmarks.generate_measures import generate
from comity.applies import Engine
from comity.service import engines
rules, gaps = generate({MEASURES})
made = Engine(rules, gaps)
del rules, gaps
engines.engine_for = lambda reading, asked=None: made
from comity.cli import main
main()
"""
"""The server as it is, with the generated measures in place of those of the record."""


def _applies(store: str) -> None:
    asked = [_question(one) for one in questions(generate(2_000)[0], 8_000)]
    with served(store, "--workers", "0", program=_WITH_MEASURES) as server:
        asyncio.run(load(server.port, asked, CONNECTIONS, min(2.0, SECONDS)))
        before = server.worked
        seen = asyncio.run(load(server.port, asked, CONNECTIONS, SECONDS))
        each = (server.worked - before) / len(seen.took) * 1e6
        rate = len(seen.took) / SECONDS
        _line(f"applies, {MEASURES:,} measures, {CONNECTIONS} connections", f"{rate:,.0f}/s",
              "1,500 a second")  # fmt: skip
        _line("  99 of 100 within", f"{seen.quantile(0.99):.1f} ms", "under 30 ms")
        _line("  processor time of the server for each", f"{each:,.0f} µs", "under 600 µs")
        _line("  answers that were errors", f"{sum(seen.other.values())}", "0")


def _question(one: Shipment) -> bytes:
    asked = {"from": one.origin, "to": one.to, "goods": str(one.goods), "on": iso(one.on)}
    for name in ("area", "consignee", "end_use"):
        if getattr(one, name):
            asked[name] = getattr(one, name)
    return request(f"{API}/applies?{urlencode(asked)}")


# ---------------------------------------------------------------------------- briefs, and runs


def _briefs(store: str) -> None:
    brief = [request(f"{API}/relations/CHN/JPN/brief?as_of=2023-11-16")]
    with served(store, "--workers", "1") as server:
        seen = asyncio.run(load(server.port, brief, 4, min(5.0, SECONDS)))
        _line("brief of the shipped record, 4 connections",
              f"{len(seen.took) / min(5.0, SECONDS):,.0f}/s", "reported")  # fmt: skip
        _line("  95 of 100 within", f"{seen.quantile(0.95):.0f} ms", "reported")
        queued = [
            request(f"{API}/simulate", body={"scenario": TARIFF.replace("10%", f"{n + 1}%")})
            for n in range(SIMULATIONS)
        ]
        asyncio.run(_each(server.port, queued))
        seen = asyncio.run(load(server.port, brief, 1, SECONDS))
        left = json.loads(asyncio.run(_each(server.port, [request(f"{API}/runs")]))[0])["items"]
        states = [one["state"] for one in left]
        done = states.count("done")
        _line(f"  with {SIMULATIONS} simulations queued ({done} done since), 95 of 100 within",
              f"{seen.quantile(0.95):.0f} ms", "under 300 ms")  # fmt: skip
        _line("  of the simulations failed", f"{states.count('failed')}", "0")


async def _each(port: int, asked: Sequence[bytes]) -> list[bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    found = []
    for one in asked:
        status, body = await answer(reader, writer, one)
        assert status < 300, body
        found.append(body)
    writer.close()
    return found


# ---------------------------------------------------------------------------------- 50 writers


async def _write(port: int, token: str, number: int, end: float, kept: set[str]) -> None:
    """Add entries one after another until the time is up or the server is gone."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return
    try:
        while time.perf_counter() < end:
            name = f"w{number}-{time.monotonic_ns()}"
            entry = {"id": name, "kind": "event", "event_kind": "report", "title": name,
                     "on": "2026-01-01"}  # fmt: skip
            asked = request(f"{API}/entries", token, {"entries": [entry]})
            status, body = await answer(reader, writer, asked)
            if status == 201:
                kept.add(name)
            elif status != 503:  # busy: another writer's turn
                raise AssertionError(body)
    except (ConnectionError, asyncio.IncompleteReadError):
        return
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def _writers(store: str, called: str) -> None:
    with comity.open(store) as record:
        token, _ = create(record.log, "editor", name="load", by="benchmark")
        before = record.log.last_received()
    kept: set[str] = set()
    half = SECONDS * 3  # a minute in all, with the kill in its middle

    async def burst(server: Server, kill: bool) -> None:
        end = time.perf_counter() + half + (30 if kill else 0)
        many = [
            asyncio.create_task(_write(server.port, token, n, end, kept)) for n in range(WRITERS)
        ]
        if kill:
            await asyncio.sleep(half)
            server.kill()
        await asyncio.gather(*many)

    server = start(store, "--workers", "0")
    asyncio.run(burst(server, kill=True))
    first = len(kept)
    server = start(store, "--workers", "0")
    asyncio.run(burst(server, kill=False))
    server.stop()
    with comity.open(store) as record:
        found = {entry.id for entry in record.reading(all_days=True).entries("event")}
        number = record.log.last_received() - before
        broken = len(record.log.broken())
    lost = len(kept - found)
    _line(f"{WRITERS} writers on {called}, kill -9 after {first:,} of {len(kept):,}: lost",
          f"{lost}", "0")  # fmt: skip
    _line("  written a second", f"{len(kept) / (2 * half):,.0f}/s", "reported")
    _line("  revisions in the store, and broken ones", f"{number:,}, {broken}", "as written, 0")


# -------------------------------------------------------------------------------------- memory


def _memory(store: str) -> None:
    shipment = {"from": "JPN", "to": "CHN", "goods": "HS2022:030722", "on": "2023-11-16"}
    paths = [
        f"/applies?{urlencode(shipment)}", f"/applies?{urlencode({**shipment, 'trace': 'true'})}",
        "/measures?imposer=CHN", "/find?q=scallops", "/entries/cn-seafood-ban-2023",
        "/entries?limit=20", "/nothing", "/measures?as_of=never", "/gaps",
        f"/applies?{urlencode({**shipment, 'public_on': '2023-10-01'})}",
    ]  # fmt: skip
    asked = [request(API + path) for path in paths]
    with served(store, "--workers", "0") as server:
        marks = []
        for _ in range(5):
            asyncio.run(_spread(server.port, asked, REQUESTS // 5))
            marks.append(server.memory)
        _line(f"memory over {REQUESTS:,} requests, MB after each fifth",
              " ".join(f"{one:.0f}" for one in marks), "steady")  # fmt: skip


async def _spread(port: int, asked: Sequence[bytes], number: int) -> None:
    async def one(first: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
        for n in range(first, number, 8):
            await answer(reader, writer, asked[n % len(asked)])
        writer.close()

    await asyncio.gather(*(one(n) for n in range(8)))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as folder:
        shipped = str(Path(folder) / "shipped.db")
        with comity.open(shipped) as record:
            record.load_shipped()
        _applies(shipped)
        _briefs(shipped)
        _memory(shipped)
        _writers(str(Path(folder) / "written.db"), "SQLite")
    _on_postgres()


def _on_postgres() -> None:
    """The writers on the server that `BENCH_API_POSTGRES` names, else on a throwaway one."""
    named = os.environ.get("BENCH_API_POSTGRES")
    if named:
        _writers(named, "PostgreSQL")
        return
    root = Path(__file__).resolve().parents[1]
    command = [str(root / "scripts" / "with-postgres"), sys.executable, "-m", __spec__.name]
    done = subprocess.run(command, cwd=root, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        print(f"  (no PostgreSQL: the writers ran on SQLite only: {done.stderr.strip()[:200]})")


if __name__ == "__main__":
    _writers(os.environ["COMITY_TEST_POSTGRES"], "PostgreSQL")
