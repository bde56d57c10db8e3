"""BACI: what is read, what is refused, and that an import lands whole or not at all."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import duckdb
import pytest

from comity.trade.flows import TradeData, open_data
from comity.words.errors import (
    CodeError,
    ComityError,
    ConflictError,
    FileError,
    InputError,
    StoreError,
    ValidationError,
)
from tests.flows.made import AREAS, CHN, JPN, KOR, LINES_2022, USA, baci_zip, text_of


@pytest.fixture
def data(tmp_path: Path) -> TradeData:
    return open_data(tmp_path / "store")


def everything(root: Path) -> set[str]:
    return {str(p.relative_to(root)) for p in root.rglob("*")} if root.exists() else set()


def test_values_units_and_codes(data: TradeData, tmp_path: Path) -> None:
    done = data.import_baci(baci_zip(tmp_path / "b.zip"))
    assert (done.dataset, done.rows, done.years) == ("baci-hs2017-202401b", 10, (2021, 2022))
    assert done.editions == ("HS2017",)
    assert done.licence == "Etalab Open Licence 2.0"
    (row,) = data.flows("JPN", "CHN", "HS2017:0307", 2021).rows
    # 300 thousand USD and 30 t in the file.
    assert (row.value, row.currency, row.basis) == (300_000.0, "USD", "FOB")
    assert (row.quantity, row.quantity_unit, row.quantity_share) == (30.0, "t", 1.0)
    assert (row.exporter, row.importer, row.side) == ("JPN", "CHN", "reconciled")


def test_files_are_parquet_by_dataset_and_year(data: TradeData, tmp_path: Path) -> None:
    data.import_baci(baci_zip(tmp_path / "b.zip"))
    pattern = str(data.path / "imports/*/dataset=*/year=*/part=*/*.parquet")
    found = duckdb.connect().execute(
        "SELECT exporter, importer, edition, goods, value, quantity, quantity_unit, year, flags "
        f"FROM read_parquet('{pattern}', hive_partitioning=true) "
        "WHERE goods IN ('160552', '030729') ORDER BY year, exporter"
    )
    assert found.fetchall() == [
        ("JPN", "CHN", "HS2017", "160552", 40_000.0, None, "", 2021, ""),
        ("USA", "CHN", "HS2017", "160552", 60_000.0, 5.0, "t", 2021, ""),
        ("JPN", "ROW", "HS2017", "030729", 7_000.0, None, "", 2022, "area-nes"),
    ]


def test_unknown_quantities_are_not_zero(data: TradeData, tmp_path: Path) -> None:
    data.import_baci(baci_zip(tmp_path / "b.zip"))
    (row,) = data.flows("JPN", "CHN", None, 2021).rows
    assert row.value == 340_000.0
    assert row.quantity == 30.0
    assert row.quantity_share == pytest.approx(300 / 340)


def test_columns_in_another_order_and_padded_na(data: TradeData, tmp_path: Path) -> None:
    """Releases before 2021 had t,k,i,j,v,q and padded numbers."""
    text = "t,k,i,j,v,q\n2022,030722,392,156,      350.000,       NA\n"
    data.import_baci(baci_zip(tmp_path / "b.zip", {2022: text}))
    (row,) = data.flows("JPN", "CHN").rows
    assert (row.value, row.quantity) == (350_000.0, None)


def test_a_folder_and_a_single_file(data: TradeData, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    file = folder / "BACI_HS17_Y2022_V202401b.csv"
    file.write_text(text_of(LINES_2022))
    assert data.import_baci(folder).rows == 4
    other = open_data(tmp_path / "other")
    assert other.import_baci(file).rows == 4
    assert file.exists()


def test_only_the_years_asked_for(data: TradeData, tmp_path: Path) -> None:
    done = data.import_baci(baci_zip(tmp_path / "b.zip"), years=2022)
    assert done.years == (2022,)
    with pytest.raises(InputError, match="2019 is not in the file") as error:
        data.import_baci(tmp_path / "b.zip", years="2019-2020")
    assert error.value.mend == "it has 2021 to 2022"


def test_a_second_import_changes_nothing(data: TradeData, tmp_path: Path) -> None:
    first = data.import_baci(baci_zip(tmp_path / "b.zip"))
    assert first.new
    before = {p: p.stat().st_mtime_ns for p in data.path.rglob("*")}
    again = data.import_baci(tmp_path / "b.zip")
    assert not again.new
    assert again.id == first.id
    assert again.imported_at == first.imported_at
    assert {p: p.stat().st_mtime_ns for p in data.path.rglob("*")} == before


def test_the_same_years_from_another_file_are_refused_or_replace(
    data: TradeData, tmp_path: Path
) -> None:
    first = data.import_baci(baci_zip(tmp_path / "b.zip"))
    mended = text_of([(2022, JPN, CHN, "030722", "351", "33")])
    other = baci_zip(tmp_path / "c.zip", {2022: mended})
    with pytest.raises(ConflictError, match=r"holds 2022 already, from b\.zip"):
        data.import_baci(other)
    # Replacing would lose 2021.
    with pytest.raises(ConflictError, match="would lose 2021"):
        data.import_baci(other, replace=True)
    assert [one.id for one in data.list()] == [first.id]
    both = baci_zip(tmp_path / "d.zip", {2021: mended.replace("2022", "2021"), 2022: mended})
    second = data.import_baci(both, replace=True)
    assert [one.id for one in data.list()] == [second.id]
    assert [row.value for row in data.flows("JPN", "CHN").rows] == [351_000.0, 351_000.0]
    assert not (data.path / "imports" / first.id).exists()


BAD: dict[str, tuple[str, str, int | None, str | None]] = {
    "semicolons": ("t;i;j;k;v;q\n2022;392;156;030722;350;33\n", "separated by ';'", None, None),
    "tabs": (
        "t\ti\tj\tk\tv\tq\n2022\t392\t156\t030722\t350\t33\n",
        "separated by a tab",
        None,
        None,
    ),
    "decimal comma": (
        "t,i,j,k,v,q\n2022,392,156,030722,350,33\n2022,392,410,030722,35,5,3\n",
        "7 cells, the header 6",
        2,
        None,
    ),
    "renamed": ("t,i,j,k,value,q\n2022,392,156,030722,350,33\n", "no column 'v'", None, "v"),
    "negative": ("t,i,j,k,v,q\n2022,392,156,030722,-350,33\n", "v is -350", 1, "v"),
    "negative weight": ("t,i,j,k,v,q\n2022,392,156,030722,350,-3\n", "q is -3", 1, "q"),
    "absurd": ("t,i,j,k,v,q\n2022,392,156,030722,35000000000,33\n", "anything traded", 1, "v"),
    "no value": ("t,i,j,k,v,q\n2022,392,156,030722,NA,33\n", "value is empty", 1, "v"),
    "word": ("t,i,j,k,v,q\n2022,392,156,030722,many,33\n", "'many' is not a number", 1, "v"),
    "infinite": ("t,i,j,k,v,q\n2022,392,156,030722,inf,33\n", "v is inf", 1, "v"),
    "other year": (
        "t,i,j,k,v,q\n2022,392,156,030722,350,33\n2019,392,156,030722,350,33\n",
        "the year is 2019, the file is of 2022",
        2,
        "t",
    ),
    "economies in letters": ("t,i,j,k,v,q\n2022,JPN,156,030722,350,33\n", "'JPN'", 1, "i"),
    "unknown economy": ("t,i,j,k,v,q\n2022,392,777,030722,350,33\n", "'777'", 1, "j"),
    "lost zero": ("t,i,j,k,v,q\n2022,392,156,30722,350,33\n", "'30722'", 1, "k"),
    "other edition": ("t,i,j,k,v,q\n2022,392,156,030990,350,33\n", "030990 is not among", 1, "k"),
    "no rows": ("t,i,j,k,v,q\n", "no rows", None, None),
    "empty": ("", "is empty", None, None),
    "cut off": ("t,i,j,k,v,q\n2022,392,156,030722,350,33\n2022,392,84", "3 cells", 2, None),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_named_by_row_and_column_and_leave_nothing(
    data: TradeData, tmp_path: Path, case: str
) -> None:
    text, says, row, column = BAD[case]
    path = baci_zip(tmp_path / "b.zip", {2021: text_of([(2021, *LINES_2022[0][1:])]), 2022: text})
    with pytest.raises(ComityError) as error:
        data.import_baci(path)
    where = error.value.where
    assert says in error.value.what
    assert where is not None
    assert where.file == f"{path}:BACI_HS17_Y2022_V202401b.csv"
    assert where.row == row
    assert where.field == column
    assert data.list() == ()
    assert {name for name in everything(data.path) if name != "imports"} == set()


def test_a_code_of_another_edition_without_a_list_of_products(
    data: TradeData, tmp_path: Path
) -> None:
    """A file of a year alone has no list beside it: what is known of the editions counts."""
    path = tmp_path / "BACI_HS17_Y2022_V202401b.csv"
    path.write_text(text_of([*LINES_2022, (2022, KOR, USA, "030990", "9", "1")]))
    with pytest.raises(CodeError, match="030990 is not in HS2017; it is a code of HS2022") as error:
        data.import_baci(path)
    assert error.value.where is not None
    assert (error.value.where.row, error.value.where.field) == (len(LINES_2022) + 1, "k")
    path = path.rename(tmp_path / "BACI_HS22_Y2022_V202401b.csv")
    path.write_text(
        text_of(
            [
                (2022, KOR, USA, "030391", "9", "1"),
                (2022, KOR, USA, "030399", "9", "1"),
                (2022, KOR, USA, "030375", "9", "1"),
            ]
        )
    )
    with pytest.raises(CodeError, match="030375 is not in HS2022"):
        data.import_baci(path)
    assert data.list() == ()


def test_a_flow_that_stands_twice(data: TradeData, tmp_path: Path) -> None:
    """In one row and in another one, with another value: which of the two it is, nobody knows."""
    lines = [*LINES_2022, (2022, KOR, USA, "030721", "9", "1"), (*LINES_2022[0][:4], "351", "33")]
    path = baci_zip(tmp_path / "b.zip", {2022: text_of(lines)})
    with pytest.raises(ValidationError) as error:
        data.import_baci(path)
    assert error.value.what == "030722 from 392 to 156 stands twice, first in row 1"
    assert error.value.where is not None
    assert error.value.where.row == len(lines)
    assert data.list() == ()


def test_areas_that_become_one_of_our_codes_are_not_one_flow(
    data: TradeData, tmp_path: Path
) -> None:
    """568 and 577 (both ROW) are two partners of BACI, whose rows are both kept. The same row of
    one of them, twice, is refused."""
    lines = [
        *LINES_2022,
        (2022, JPN, 568, "030729", "7", "NA"),
        (2022, JPN, 577, "030729", "8", "1"),
    ]
    path = baci_zip(tmp_path / "b.zip", {2022: text_of(lines)})
    assert data.import_baci(path).rows == len(lines)
    again = baci_zip(tmp_path / "c.zip", {2022: text_of([*lines, lines[-1]])})
    with pytest.raises(ValidationError, match="030729 from 392 to 577 stands twice"):
        open_data(tmp_path / "other").import_baci(again)


def test_every_problem_is_named(data: TradeData, tmp_path: Path) -> None:
    text = "t,i,j,k,v,q\n2022,392,156,030722,-1,33\n2022,392,156,030722,5,5\n2022,1,156,1,5,5\n"
    with pytest.raises(ComityError, match="and 1 more") as error:
        data.import_baci(baci_zip(tmp_path / "b.zip", {2022: text}))
    places = [(p["where"]["row"], p["where"]["field"]) for p in error.value.as_dict()["problems"]]  # type: ignore[attr-defined]
    assert places == [(1, "v"), (3, "i")]


def test_a_truncated_zip(data: TradeData, tmp_path: Path) -> None:
    path = baci_zip(tmp_path / "b.zip")
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(FileError, match="not a whole zip archive") as error:
        data.import_baci(path)
    assert error.value.where is not None
    assert error.value.where.file == str(path)
    assert everything(data.path) == set()


def test_a_zip_with_damaged_bytes(data: TradeData, tmp_path: Path) -> None:
    path = baci_zip(tmp_path / "b.zip")
    with zipfile.ZipFile(path) as packed:
        info = packed.getinfo("BACI_HS17_Y2022_V202401b.csv")
        at = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    raw = bytearray(path.read_bytes())
    raw[at] ^= 0xFF
    path.write_bytes(bytes(raw))
    with pytest.raises(FileError, match="damaged") as error:
        data.import_baci(path)
    assert error.value.where is not None
    assert "BACI_HS17_Y2022" in str(error.value.where.file)
    assert everything(data.path) <= {"imports"}


def test_a_zip_of_something_else(data: TradeData, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("trade.csv", "a,b\n")
    with pytest.raises(FileError, match="no file of BACI"):
        data.import_baci(path)


def test_an_interrupted_import_leaves_nothing(
    data: TradeData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from comity.trade.flows.manifest import Imported

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Imported, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            data.import_baci(baci_zip(tmp_path / "b.zip"))
    assert everything(data.path) == {"imports"}
    assert data.import_baci(tmp_path / "b.zip").new


def test_what_a_killed_import_left_is_not_read_and_is_cleared(
    data: TradeData, tmp_path: Path
) -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    left = data.path / f".landing-{pid}-x" / "dataset=baci-hs2017-202401b"
    left.mkdir(parents=True)
    assert data.list() == ()
    data.import_baci(baci_zip(tmp_path / "b.zip"))
    assert not left.parent.exists()


def test_an_aggregate_can_be_named(data: TradeData, tmp_path: Path) -> None:
    text = text_of([(2022, JPN, 777, "030722", "5", "1"), (2022, JPN, AREAS, "030722", "6", "1")])
    data.import_baci(baci_zip(tmp_path / "b.zip", {2022: text}), economies={"777": "HKG"})
    rows = data.flows("JPN").rows
    assert [(row.importer, row.value) for row in rows] == [("HKG", 5000.0), ("ROW", 6000.0)]


def test_a_manifest_of_a_newer_program(data: TradeData, tmp_path: Path) -> None:
    done = data.import_baci(baci_zip(tmp_path / "b.zip"))
    manifest = data.path / "imports" / done.id / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(re.sub(r'"layout": 1', '"layout": 99', text))
    with pytest.raises(StoreError, match="newer Comity"):
        data.list()
    manifest.write_text(text[:40])
    with pytest.raises(StoreError, match="cannot be read"):
        data.list()


def test_removing_an_import(data: TradeData, tmp_path: Path) -> None:
    done = data.import_baci(baci_zip(tmp_path / "b.zip"))
    data.remove(done.id)
    assert data.list() == ()
    assert everything(data.path) == {"imports"}
    with pytest.raises(ComityError, match="no import 'x'"):
        data.remove("x")


def test_a_question_about_one_exporter_can_skip_row_groups(data: TradeData, tmp_path: Path) -> None:
    """Rows follow BACI's numbers, so least and greatest code say little: a Bloom filter does."""
    codes = [f"{code:06}" for code in range(10121, 10221)]
    lines = [(2022, seller, CHN, code, "1", "1") for seller in (JPN, KOR, USA) for code in codes]
    path = baci_zip(tmp_path / "b.zip", {2022: text_of(lines)}, products=codes)
    done = data.import_baci(path)
    files = sorted((data.path / "imports" / done.id).rglob("*.parquet"))
    for file in files:
        (kept,) = duckdb.execute(
            "SELECT bloom_filter_offset FROM parquet_metadata(?) WHERE path_in_schema = 'exporter'",
            [str(file)],
        ).fetchall()
        assert kept[0] is not None
    skipped = duckdb.execute(
        "SELECT bool_or(bloom_filter_excludes) FROM "
        f"parquet_bloom_probe('{files[0]}', 'exporter', 'ZWE')"
    ).fetchall()
    assert skipped == [(True,)]


def test_rows_of_an_economy_with_itself_and_of_value_0_are_noted(
    data: TradeData, tmp_path: Path
) -> None:
    """Kept, counted and named; of areas that are one of our codes together nothing is said."""
    year = text_of([
        *LINES_2022,
        (2022, CHN, CHN, "030722", "9", "1"),
        (2022, JPN, JPN, "030729", "8", "1"),
        (2022, AREAS, AREAS, "030729", "5", "1"),
        (2022, KOR, USA, "030722", "0", "1"),
    ])  # fmt: skip
    done = data.import_baci(baci_zip(tmp_path / "b.zip", {2022: year}))
    assert done.rows == len(LINES_2022) + 4
    own, zero = (next(n for n in done.notes if w in n) for w in ("with itself", "value 0"))
    assert own.startswith("2 rows")
    assert zero.startswith("1 rows")
    found = {one.kind: one for one in data.check()}
    assert (found["self-trade"].severity, found["self-trade"].count) == ("odd", 2)
    cases = [(c["exporter"], c["importer"], c["value"]) for c in found["self-trade"].cases]
    assert cases == [("CHN", "CHN", 9000.0), ("JPN", "JPN", 8000.0)]
    assert found["zero-value"].count == 1
    (case,) = found["zero-value"].cases
    assert (case["exporter"], case["importer"]) == ("KOR", "USA")
