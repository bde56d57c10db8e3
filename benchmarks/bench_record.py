"""Figures on the store: a million claims, a pack of ten thousand entries, cold starts."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import comity
from benchmarks.generate_record import Generator
from comity.record.export import export_pack
from comity.record.store.log import Change

CLAIMS = int(os.environ.get("BENCH_CLAIMS", "1000000"))
PACK_ENTRIES = 10_000
RECORDED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
COLD_RUNS = 7


def _line(what: str, value: float, unit: str, goal: str) -> None:
    print(f"  {what:<58} {value:>10,.3f} {unit:<8} goal: {goal}")


def _large(folder: Path) -> None:
    """A million claims: load, size, brief."""
    record = comity.open(folder / "large.db")
    generator = Generator()
    start = time.perf_counter()
    entries = 0
    batch: list[Change] = []
    for entry in generator.entries(CLAIMS):
        batch.append(Change("add", entry, RECORDED, "benchmark", "generated"))
        if len(batch) == 10_000:
            record.log.append(batch)
            entries += len(batch)
            batch = []
    record.log.append(batch)
    entries += len(batch)
    print(f"  {generator.claims:,} claims in {entries:,} entries")
    _line("written in", time.perf_counter() - start, "s", "none")
    files = [p for p in folder.iterdir() if p.name.startswith("large.db")]
    _line("file size", sum(p.stat().st_size for p in files) / 1e6, "MB", "reported")
    for view in ({"as_of": "2020-06-30"}, {"as_of": "2020-06-30", "known_on": "2026-06-30"}):
        times = []
        for _ in range(3):
            start = time.perf_counter()
            record.brief("CHN", "JPN", **view)  # type: ignore[arg-type]
            times.append(time.perf_counter() - start)
        _line(f"brief {' '.join(view)} (worst of 3)", max(times), "s", "under 2 s")
    start = time.perf_counter()
    record.applies(exporter="JPN", importer="CHN", goods="HS2022:0307", on="2020-06-30")
    _line("one applies, engine read from the store", time.perf_counter() - start, "s", "none")
    start = time.perf_counter()
    record.find("fish quota panel", limit=20)
    _line("find three words", time.perf_counter() - start, "s", "none")
    record.close()


def _pack(folder: Path) -> None:
    """A pack of ten thousand entries as YAML: read, checked and loaded."""
    with comity.open(folder / "from.db") as source:
        changes = []
        for entry in Generator().entries(CLAIMS):
            changes.append(Change("add", entry, RECORDED, "benchmark", "generated"))
            if len(changes) == PACK_ENTRIES:
                break
        source.log.append(changes)
        export_pack(source.log, folder / "pack", name="bench")
    with comity.open(folder / "to.db") as target:
        start = time.perf_counter()
        report = target.load_pack(folder / "pack")
        seconds = time.perf_counter() - start
        assert len(report.added) == PACK_ENTRIES
        _line("pack of 10,000 entries loaded", seconds, "s", "under 20 s")
        start = time.perf_counter()
        assert target.load_pack(folder / "pack").unchanged == PACK_ENTRIES
        _line(
            "the same pack loaded again (nothing changes)", time.perf_counter() - start, "s", "none"
        )


def _cold(folder: Path) -> None:
    """Commands as a user starts them, the shipped packs loaded before."""
    store = folder / "shipped.db"
    with comity.open(store) as record:
        record.load_shipped()
    shipment = ["--from", "JPN", "--to", "CHN", "--goods", "HS2022:030722", "--on", "2023-11-16"]
    brief = ["brief", "CHN", "JPN", "--as-of", "2023-11-16"]
    commands = (
        ("python -c pass", None, "baseline"),
        ("comity --help", ["--help"], "under 0.3 s"),
        ("comity applies", ["applies", *shipment], "under 1 s"),
        ("comity brief", brief, "under 1 s"),
        ("comity brief --format html", [*brief, "--format", "html"], "none"),
    )
    for name, words, goal in commands:
        command = [sys.executable, "-c", "pass"]
        if words is not None:
            command = [sys.executable, "-m", "comity.cli", "--db", str(store), *words]
        times = []
        for _ in range(COLD_RUNS):
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - start)
        _line(f"{name} (median of {COLD_RUNS})", sorted(times)[COLD_RUNS // 2], "s", goal)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("cold starts")
        _cold(folder)
        print("pack")
        _pack(folder)
        print("large record (SQLite)")
        _large(folder)


if __name__ == "__main__":
    main()
