"""Trade flows: importing a year of BACI beside DuckDB's own copy, memory, questions over 25 years.

The file is made here, in the shape of CEPII's of a recent year: 11 million rows of t, i, j, k, v, q
for 226 economies and 5,000 products of HS 2017, in order of exporter, importer and product, values
in thousand USD with three decimals, a quantity of NA in about one row of twelve. Whether a pair
trades a product follows from sizes of the pair and the product and a hash of the three: the same
file at every run.

- `import` is `TradeData.import_baci` of that file: hashing, reading, checking and landing it. The
  rival is what DuckDB takes to copy the same CSV to one Parquet file, with the same settings, in
  the same process, in pairs. The zip, as CEPII publishes it, is unpacked on top.
- Memory is the peak of a process that only imports.
- The 25 years are that year, copied within the layout of the store. Questions are asked in this
  process after one warm-up: median and best of nine, each with a connection of its own.

Everything lies in a temporary folder (about 6 GB) that is removed.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from comity.trade.flows import TradeData, open_data
from comity.trade.flows.duck import connect, quoted, rows_of
from comity.words import economies

ROWS, PRODUCTS, YEAR = 11_000_000, 5_000, 2022
YEARS = range(YEAR - 24, YEAR + 1)
NAME = f"BACI_HS17_Y{YEAR}_V202401b.csv"
RUNS, ASKED = 9, 9
SPEED, MEMORY, SECONDS = 0.5, 2_000, 1.0
ROOM = 10_000_000_000


def _met(good: bool, goal: str) -> str:
    return f"to reach: {goal}, {'met' if good else 'NOT met'}"


# ------------------------------------------------------------------------------------- the file


def generate(path: Path) -> int:
    """Writes the file; the number of its rows."""
    numbers = sorted(
        {int(one.numeric) for one in economies.all_economies() if one.numeric.isdigit()} - {0}
    )[:226]
    # The large traders are known by number; the others are small by their place in the list.
    large = {156: 1.0, 842: 0.9, 276: 0.9, 392: 0.8, 251: 0.75, 826: 0.75, 410: 0.7, 699: 0.7}
    small = {n: 0.08 + 0.5 / (2 + k % 41) for k, n in enumerate(numbers)}
    sizes = ", ".join(f"({n}, {large.get(n, small[n])})" for n in numbers)
    connection = connect(path.parent)
    try:
        connection.execute("SET preserve_insertion_order=true")
        connection.execute(f"CREATE TABLE who AS FROM (VALUES {sizes}) v(n, size)")
        # Six-digit codes of 97 chapters; what they are matters to nothing here.
        connection.execute(
            "CREATE TABLE what AS SELECT printf('%02d%02d%02d', c + (c >= 77)::INT, "
            "1 + (r // 9) % 20, 10 + 10 * (r % 9)) AS k, "
            "0.3 + 1.4 * ((hash(r, c, 7) % 1000) / 1000.0) AS weight "
            f"FROM (SELECT 1 + x % 96 AS c, x // 96 AS r FROM range({PRODUCTS}) t(x))"
        )
        pairs = (
            "SELECT a.n AS i, b.n AS j, (a.size * b.size) ** 1.25 AS p FROM who a, who b "
            "WHERE a.n <> b.n"
        )
        # The share of all cells that trade is set so that the file has the rows of a real one.
        low, high, scale = 0.0, 50.0, 1.0
        for _ in range(30):
            scale = (low + high) / 2
            expected = rows_of(
                connection,
                f"SELECT sum(least(1.0, {scale} * p * weight)) FROM ({pairs}), "
                "(SELECT avg(weight) AS weight, 0 FROM what GROUP BY floor(weight * 10))",
            )[0][0]
            groups = rows_of(connection, "SELECT count(DISTINCT floor(weight * 10)) FROM what")[0][
                0
            ]
            low, high = (scale, high) if expected / groups * PRODUCTS < ROWS else (low, scale)
        connection.execute(
            f"""COPY (
            SELECT {YEAR} AS t, i, j, k,
                   printf('%.3f', exp(0.9 + 2.6 * sqrt(-2 * ln(u1)) * cos(6.2832 * u2))) AS v,
                   CASE WHEN h % 12 = 0 THEN 'NA' ELSE
                       printf('%.3f', exp(-0.3 + 2.9 * sqrt(-2 * ln(u2)) * cos(6.2832 * u1)))
                   END AS q
            FROM (SELECT i, j, k, h, (1 + h % 9973) / 9974.0 AS u1,
                         (1 + (h // 9973) % 9967) / 9968.0 AS u2
                  FROM (SELECT i, j, k, p * weight AS chance, hash(i, j, k) AS h
                        FROM ({pairs}), what)
                  WHERE (h // 1000003) % 1000003 < {scale} * chance * 1000003)
            ORDER BY i, j, k) TO {quoted(str(path))} (HEADER, DELIMITER ',', QUOTE '')"""
        )
        return int(rows_of(connection, f"SELECT count(*) FROM read_csv({quoted(str(path))})")[0][0])
    finally:
        connection.close()


# -------------------------------------------------------------------------------------- imports


def _copy(path: Path, folder: Path) -> float:
    """Seconds that DuckDB takes from the same CSV to Parquet."""
    target = folder / "rival.parquet"
    columns = (
        "{'t': 'SMALLINT', 'i': 'SMALLINT', 'j': 'SMALLINT', 'k': 'VARCHAR', 'v': 'DOUBLE', "
        "'q': 'DOUBLE'}"
    )
    connection = connect(folder)
    began = time.perf_counter()
    connection.execute(
        f"COPY (FROM read_csv({quoted(str(path))}, auto_detect=false, header=true, delim=',', "
        f"quote='\"', nullstr=['', 'NA'], columns={columns})) TO {quoted(str(target))} "
        "(FORMAT parquet)"
    )
    taken = time.perf_counter() - began
    connection.close()
    target.unlink()
    return taken


def _imported(path: Path, folder: Path) -> float:
    store = folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    began = time.perf_counter()
    open_data(store).import_baci(path)
    return time.perf_counter() - began


def _imports(path: Path, rows: int, folder: Path) -> None:
    ours, theirs = [], []
    for _ in range(RUNS):
        theirs.append(_copy(path, folder))
        ours.append(_imported(path, folder))
    speed = min(theirs) / min(ours)
    # Each import has just followed its rival, so that a busy machine burdens both.
    middle = median(rival / own for rival, own in zip(theirs, ours, strict=True))
    print(
        f"  DuckDB's own CSV to Parquet: {min(theirs):.2f} (median {median(theirs):.2f}) s\n"
        f"  import of one year: {min(ours):.2f} (median {median(ours):.2f}) s, "
        f"{rows / min(ours) / 1e6:.1f} million rows a second\n"
        f"  speed beside DuckDB's: {speed:.2f} (median of the pairs {middle:.2f}), "
        + _met(speed >= SPEED, f"at least {SPEED}"),
        flush=True,
    )
    packed = folder / "BACI_HS17_V202401b.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(path, NAME)
    taken = _imported(packed, folder)
    packed.unlink()
    print(f"  import of one year from the zip: {taken:.2f} s, no figure to reach", flush=True)


def _memory(path: Path, folder: Path) -> None:
    """Peak memory of a process that imports; its store stays for the questions."""
    shutil.rmtree(folder / "store", ignore_errors=True)
    line = [sys.executable, "-m", "benchmarks.bench_flows", "import", str(path), str(folder)]
    made = subprocess.run(line, check=True, capture_output=True, text=True)
    peak = float(made.stdout)
    print(f"  peak memory of the import: {peak:,.0f} MB, " + _met(peak < MEMORY, f"{MEMORY:,} MB"))


def _peak() -> float:
    kilo = 1024 if sys.platform != "darwin" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * kilo / 1e6


# ------------------------------------------------------------------------------------ questions


def _years(store: Path) -> TradeData:
    """The one year of the store, copied to 25."""
    data = open_data(store)
    (one,) = data.list()
    base = store / "imports" / one.id
    (dataset,) = base.glob("dataset=*")
    for year in YEARS:
        if year != YEAR:
            shutil.copytree(dataset / f"year={YEAR}", dataset / f"year={year}")
    manifest = base / "manifest.json"
    held: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    held |= {
        "years": list(YEARS),
        "blocks": [str(year) for year in YEARS],
        "rows": one.rows * len(YEARS),
    }
    manifest.write_text(json.dumps(held), encoding="utf-8")
    return data


def _asked(name: str, ask: Callable[[], Any]) -> None:
    ask()
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    print(
        f"  {name}: {min(times):.3f} (median {median(times):.3f}) s, "
        + _met(min(times) < SECONDS, f"{SECONDS:g} s"),
        flush=True,
    )


def _questions(data: TradeData) -> None:
    source = data.list()[0].dataset
    size = sum(p.stat().st_size for p in data.path.rglob("*.parquet")) / 1e9
    print(f"  25 years: {data.list()[0].rows:,} rows, {size:.1f} GB", flush=True)
    _asked(
        "flows JPN CHN --goods HS2017:0307, 25 years",
        lambda: data.flows("JPN", "CHN", "HS2017:0307", source=source),
    )
    _asked("flows JPN CHN, all goods, 25 years", lambda: data.flows("JPN", "CHN", source=source))
    _asked(
        "flows JPN CHN --goods HS2022:0307 through the concordance, 25 years",
        lambda: data.flows("JPN", "CHN", "HS2022:0307", source=source),
    )
    _asked(
        "exposure JPN CHN --goods HS2017:03, the last year of 25",
        lambda: data.exposure("JPN", "CHN", "HS2017:03", source=source),
    )
    _asked(
        "exposure JPN CHN --goods HS2017:03, each of 25 years",
        lambda: data.exposure("JPN", "CHN", "HS2017:03", years=YEARS, source=source),
    )
    _asked(
        "exposure JPN CHN, all goods, the last year of 25",
        lambda: data.exposure("JPN", "CHN", source=source),
    )


def main() -> None:
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < ROOM:
        print(f"  NOT MEASURED: {free / 1e9:.1f} GB of disk are free, {ROOM / 1e9:.0f} are needed")
        return
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name:
        folder = Path(name)
        path = folder / NAME
        began = time.perf_counter()
        rows = generate(path)
        print(
            f"  made {rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB "
            f"in {time.perf_counter() - began:.0f} s",
            flush=True,
        )
        _imports(path, rows, folder)
        _memory(path, folder)
        path.unlink()
        _questions(_years(folder / "store"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["import"]:
        where = Path(sys.argv[3])
        open_data(where / "store").import_baci(Path(sys.argv[2]))
        print(_peak())
        os._exit(0)
    main()
