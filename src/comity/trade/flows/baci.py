"""CEPII BACI: the zip as published, a folder of its files, or one file of a year.

A file ``BACI_HS17_Y2022_V202401b.csv`` has the columns t (year), i (exporter), j (importer), k (HS
code of six digits), v (thousand current USD), q (tonnes, NA where not known), in any order. Values
are FOB, reconciled by CEPII from both sides' figures. A file is read by DuckDB in one go and then
checked; only where something is wrong is it read again, line by line, to say where.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from comity.trade.files import ZIP_FAILURES
from comity.trade.flows import baci_problems
from comity.trade.flows.archives import Archive, open_archive
from comity.trade.flows.codes import Economies, m49_codes
from comity.trade.flows.duck import close, connect, listed, quoted, rows_of
from comity.trade.flows.landing import Store
from comity.trade.flows.layout import LARGEST_VALUE, ROW_GROUP, part_of
from comity.trade.flows.manifest import Imported, import_id
from comity.trade.flows.stamp import now
from comity.words.errors import ComityError, FileError, InputError, Place
from comity.words.goods import GoodsCode

if TYPE_CHECKING:
    import duckdb

LOADER, VERSION = "baci", 1
LICENCE = "Etalab Open Licence 2.0"
UNIFORM = {"currency": "USD", "basis": "FOB", "side": "reconciled", "confidence": "high"}
NAME = re.compile(r"BACI_(?P<hs>HS\d\d)_Y(?P<year>\d{4})_V(?P<release>\w+)\.csv", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class YearFile:
    """A file of one year, as its name says."""

    member: str
    edition: str
    year: int
    release: str


def import_baci(
    store: Store,
    path: Path,
    *,
    years: Sequence[int] | None = None,
    economies: Mapping[str, str] | None = None,
    replace: bool = False,
) -> Imported:
    """Imports every year, or those of `years`. See `TradeData.import_baci`."""
    with open_archive(path) as archive:
        one_id = import_id(LOADER, archive.files, [VERSION, sorted(years or ()), economies or {}])
        there = store.get(one_id)
        if there is not None:
            return there
        wanted = _year_files(archive, years)
        edition, release = wanted[0].edition, wanted[0].release
        dataset = f"baci-{edition.lower()}-{release.lower()}"
        blocks = tuple(str(one.year) for one in wanted)
        replaces = store.conflicts(dataset, blocks, replace)
        known = baci_problems.product_codes(archive, edition)
        codes = Economies("m49", economies)
        with store.landing() as folder:
            counts = _load(archive, wanted, folder, dataset, codes, known)
            return store.land(
                folder,
                Imported(
                    id=one_id,
                    dataset=dataset,
                    loader=LOADER,
                    loader_version=VERSION,
                    source=f"CEPII BACI, {edition}, release {release} (Gaulier and Zignago 2010)",
                    licence=LICENCE,
                    files=archive.files,
                    imported_at=now(),
                    rows=counts.rows,
                    years=tuple(one.year for one in wanted),
                    editions=(edition,),
                    levels=(6,),
                    sides=("reconciled",),
                    blocks=blocks,
                    dropped={},
                    notes=_notes(counts),
                    replaces=replaces,
                    uniform={**UNIFORM, "edition": edition},
                ),
            )


@dataclass(frozen=True, slots=True)
class _Counts:
    """Rows; those of unnamed or former areas; of an economy with itself (of areas that are one of
    our codes together this says nothing); of value 0."""

    rows: int = 0
    areas: int = 0
    own: int = 0
    empty: int = 0

    def __add__(self, other: _Counts) -> _Counts:
        return _Counts(
            self.rows + other.rows,
            self.areas + other.areas,
            self.own + other.own,
            self.empty + other.empty,
        )


def _notes(counts: _Counts) -> tuple[str, ...]:
    said = (
        (counts.areas, "of unnamed or former areas (flags area-nes, former-area)"),
        (counts.own, "of an economy with itself, which BACI should not have: kept, and counted"),
        (counts.empty, "of value 0, which BACI should not have: kept"),
    )
    return tuple(f"{number:,} rows are {what}" for number, what in said if number)


def _year_files(archive: Archive, years: Sequence[int] | None) -> list[YearFile]:
    found = []
    for member in archive.members:
        match = NAME.fullmatch(Path(member).name)
        if match:
            edition = GoodsCode.parse(f"{match['hs']}:01").edition
            found.append(YearFile(member, edition, int(match["year"]), match["release"]))
    place = Place(file=archive.name)
    if not found:
        raise FileError(
            "there is no file of BACI in it",
            where=place,
            mend="its files are named like BACI_HS17_Y2022_V202401b.csv; keep that name",
        )
    if len({(one.edition, one.release) for one in found}) > 1:
        raise FileError(
            "files of several editions or releases lie together",
            where=place,
            mend="import one edition and release at a time",
        )
    there = {one.year for one in found}
    for year in years or ():
        if year not in there:
            raise InputError(
                f"the year {year} is not in the file",
                where=place,
                mend=f"it has {min(there)} to {max(there)}",
            )
    kept = [one for one in found if years is None or one.year in set(years)]
    return sorted(kept, key=lambda one: one.year)


def _load(
    archive: Archive,
    wanted: Sequence[YearFile],
    folder: Path,
    dataset: str,
    codes: Economies,
    known: frozenset[str] | None,
) -> _Counts:
    """Writes the years below `folder`."""
    counts = _Counts()
    connection = None
    scratch = folder / "scratch"
    scratch.mkdir()
    try:
        connection = connect(scratch)
        _tables(connection, wanted[0].edition, codes)
        for one, text in _extracted(archive, wanted, scratch):
            place = archive.inside(one.member)
            target = folder / f"dataset={dataset}"
            counts += _load_year(connection, one, text, target, place, known)
            if text.is_relative_to(scratch):
                text.unlink()
    finally:
        close(connection)
        shutil.rmtree(scratch, ignore_errors=True)
    return counts


def _extracted(
    archive: Archive, wanted: Sequence[YearFile], scratch: Path
) -> Iterator[tuple[YearFile, Path]]:
    """Each year's file as text on disk; the next one is unpacked while this one is read."""
    with ThreadPoolExecutor(1) as pool:
        ahead: Future[Path] = pool.submit(archive.extract, wanted[0].member, scratch)
        for k, one in enumerate(wanted):
            try:
                text = ahead.result()
            except ZIP_FAILURES as error:
                raise FileError(
                    f"the archive is damaged here: {error}",
                    where=Place(file=archive.inside(one.member)),
                    mend="download it again; nothing was imported",
                ) from error
            if k + 1 < len(wanted):
                ahead = pool.submit(archive.extract, wanted[k + 1].member, scratch)
            yield one, text


def _tables(connection: duckdb.DuckDBPyConnection, edition: str, codes: Economies) -> None:
    """The table of codes, and the types of columns of few words: they are stored as words, but
    DuckDB writes them ten times as fast. Not the exporter's: of words it writes a Bloom filter, by
    which a question about one exporter skips most row groups, though these follow BACI's order of
    numbers and not that of our codes. What is written is not compressed: numbers hardly shrink,
    and questions are answered in two thirds of the time."""
    table = m49_codes(codes)
    ours = sorted({code for code, _ in table.values()})
    connection.execute(f"CREATE TYPE economy AS ENUM ({listed(ours)})")
    words = ("", "FOB", "USD", "high", "reconciled", "t", edition, "area-nes", "former-area")
    connection.execute(f"CREATE TYPE word AS ENUM ({listed(words)})")
    connection.execute(
        "CREATE TABLE codes (number SMALLINT, code economy, part UTINYINT, flag word)"
    )
    connection.executemany(
        "INSERT INTO codes VALUES (?, ?, ?, ?)",
        [[n, code, part_of(code), flag] for n, (code, flag) in sorted(table.items())],
    )


def _load_year(
    connection: duckdb.DuckDBPyConnection,
    one: YearFile,
    text: Path,
    target: Path,
    place: str,
    known: frozenset[str] | None,
) -> _Counts:
    """Writes one year."""
    order = baci_problems.header(text, place)
    typed = {"t": "SMALLINT", "i": "SMALLINT", "j": "SMALLINT", "k": "VARCHAR", "v": "DOUBLE"}
    columns = ", ".join(f"{quoted(c)}: {quoted(typed.get(c, 'DOUBLE'))}" for c in order)
    blank = listed(baci_problems.blanks(text))
    before = {p.name for p in target.iterdir()} if target.is_dir() else set()
    query = f"""
        SELECT x.code::VARCHAR AS exporter, m.code AS importer, '{one.edition}'::word AS edition,
               f.k AS goods, f.v * 1000 AS value, 'USD'::word AS currency, f.q AS quantity,
               CASE WHEN f.q IS NULL THEN ''::word ELSE 't'::word END AS quantity_unit,
               'FOB'::word AS basis, 'reconciled'::word AS side, 'high'::word AS confidence,
               CASE WHEN x.flag = '' THEN m.flag ELSE x.flag END AS flags,
               f.t AS year, m.part AS part
        FROM read_csv({quoted(str(text))}, auto_detect=false, header=true, delim=',', quote='"',
                      nullstr=[{blank}], columns={{{columns}}}) f
        LEFT JOIN codes x ON x.number = f.i LEFT JOIN codes m ON m.number = f.j"""
    try:
        connection.execute(
            f"COPY ({query}) TO {quoted(str(target))} (FORMAT parquet, ROW_GROUP_SIZE {ROW_GROUP}, "
            "COMPRESSION uncompressed, PARTITION_BY (year, part), OVERWRITE_OR_IGNORE)"
        )
    except Exception as error:  # DuckDB's own errors; the reading below says what is wrong
        raise _found(text, place, one, known, order, connection, str(error)) from error
    made = target / f"year={one.year}"
    others = {p.name for p in target.iterdir()} - before - {made.name}
    files = f"read_parquet({quoted(str(made / '*' / '*.parquet'))}, hive_partitioning=false)"
    if others or not made.is_dir() or (made / "part=__HIVE_DEFAULT_PARTITION__").exists():
        raise _found(text, place, one, known, order, connection, "a year or importer is unknown")
    rows, flagged, own, empty, bad = rows_of(
        connection,
        f"SELECT count(*), count(*) FILTER (flags <> ''), "
        "count(*) FILTER (exporter = importer AND flags = ''), count(*) FILTER (value = 0), "
        "count(*) FILTER (exporter IS NULL OR goods IS NULL OR value IS NULL "
        f"OR NOT isfinite(value) OR value < 0 OR value > {LARGEST_VALUE} OR quantity < 0 "
        f"OR NOT isfinite(quantity)) FROM {files}",
    )[0]
    goods = {code for (code,) in rows_of(connection, f"SELECT DISTINCT goods FROM {files}")}
    wrong = {c for c in goods if c is None or not baci_problems.SIX.fullmatch(c)}
    if known is not None:
        wrong |= goods - known
    wrong |= {c for c in goods - wrong if baci_problems.of_another_edition(one.edition, c)}
    if bad or wrong or rows == 0:
        raise _found(text, place, one, known, order, connection, "it has no rows")
    if _may_stand_twice(connection, made):
        twice = _twice(connection, text, order)
        if twice:
            raise baci_problems.stand_twice(text, place, order, twice)
    return _Counts(int(rows), int(flagged), int(own), int(empty))


def _may_stand_twice(connection: duckdb.DuckDBPyConnection, made: Path) -> bool:
    """Are there two rows of one flow? Looked at part by part, by hashes: a chance in millions that
    it says so for nothing. Several areas become one of our codes: of these, rows with one value."""
    import numpy as np

    for part in sorted(made.glob("part=*")):
        files = f"read_parquet({quoted(str(part / '*.parquet'))}, hive_partitioning=false)"
        # Sorted outside DuckDB: several times as fast as counting what is distinct.
        seals = connection.execute(
            "SELECT hash(exporter, importer, goods, CASE WHEN flags = '' THEN 0 ELSE value END) "
            f"AS seal FROM {files}"
        ).fetchnumpy()["seal"]
        seals = np.sort(np.asarray(seals, dtype=np.uint64))
        if bool((seals[1:] == seals[:-1]).any()):
            return True
    return False


def _twice(
    connection: duckdb.DuckDBPyConnection, text: Path, order: Sequence[str]
) -> set[tuple[str, str, str]]:
    """Some of the flows (i, j, k as the file has them) that stand more than once in it."""
    columns = ", ".join(f"{quoted(c)}: 'VARCHAR'" for c in order)
    found = rows_of(
        connection,
        f"SELECT trim(i), trim(j), trim(k) FROM read_csv({quoted(str(text))}, auto_detect=false, "
        f"header=true, delim=',', quote='\"', columns={{{columns}}}) "
        f"GROUP BY ALL HAVING count(*) > 1 LIMIT {baci_problems.MOST}",
    )
    return {(str(i), str(j), str(k)) for i, j, k in found}


def _found(
    text: Path,
    place: str,
    one: YearFile,
    known: frozenset[str] | None,
    order: Sequence[str],
    connection: duckdb.DuckDBPyConnection,
    otherwise: str,
) -> ComityError:
    numbers = {str(n) for (n,) in rows_of(connection, "SELECT number FROM codes")}
    found = baci_problems.locate(text, place, one.year, one.edition, known, order, numbers)
    return found or FileError(
        f"the file cannot be read as BACI: {otherwise.splitlines()[0]}", where=Place(file=place)
    )
