"""Imports by kind: options, worlds from input-output tables, interruption, a second time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from comity.trade.flows import TradeData, open_data
from comity.trade.flows.importing import KINDS, import_files, worlds
from comity.trade.flows.listing import listed
from comity.words.errors import ComityError, ConflictError, FileError, InputError
from tests.flows.made import baci_zip, comtrade_row, comtrade_text


@pytest.fixture
def data(tmp_path: Path) -> TradeData:
    return open_data(tmp_path / "store")


def state(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_what_an_import_says(data: TradeData, tmp_path: Path) -> None:
    path = baci_zip(tmp_path / "b.zip")
    first, note = import_files(data, "baci", [path], years="2021-2022")
    assert first.startswith("imported baci-hs2017-202401b: 10 rows, 2021-2022, HS2017 (baci-")
    assert note == "  note: 1 rows are of unnamed or former areas (flags area-nes, former-area)"
    before = state(data.path)
    (again,) = import_files(data, "baci", [path], years="2021-2022")
    assert again.startswith("unchanged, imported before: baci-hs2017-202401b: 10 rows")
    assert state(data.path) == before


def test_a_second_import_changes_nothing_whatever_the_kind(data: TradeData, tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text(comtrade_text([comtrade_row()]))
    (tmp_path / "c2.txt").write_text(comtrade_text([comtrade_row(refYear=2023)]))
    for kind, files in (
        ("comtrade", [tmp_path / "c.txt", tmp_path / "c2.txt"]),
        ("comtrade", [tmp_path / "c2.txt", tmp_path / "c.txt"]),
    ):
        import_files(data, kind, files)
        after = state(data.path)
        (said,) = import_files(data, kind, files)
        assert said.startswith("unchanged")
        assert state(data.path) == after
    assert len(data.list()) == 1


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("sdmx", {}, "no import of 'sdmx'"),
        ("comtrade", {"years": "2022"}, "comtrade does not take --years"),
        ("baci", {"mapping": Path("m.yaml")}, "baci does not take --mapping"),
        ("concordance", {"replace": True}, "concordance does not take --replace"),
        ("csv", {}, "a plain CSV needs a mapping"),
        ("csv", {"theta": 5.0}, "csv does not take --theta"),
        ("icio", {"years": "2018-2019"}, "a world is of one year"),
        ("baci", {"years": "2022x"}, "are no years"),
    ],
)
def test_options_that_do_not_fit(
    data: TradeData, tmp_path: Path, kind: str, options: dict[str, object], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        import_files(data, kind, [baci_zip(tmp_path / "b.zip")], **options)  # type: ignore[arg-type]
    assert not data.path.exists()


def test_one_file_at_a_time(data: TradeData, tmp_path: Path) -> None:
    path = baci_zip(tmp_path / "b.zip")
    with pytest.raises(InputError, match="baci takes one file, not 2"):
        import_files(data, "baci", [path, path])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "csv"])
def test_a_file_that_is_not_there(data: TradeData, tmp_path: Path, kind: str) -> None:
    with pytest.raises(FileError) as error:
        import_files(data, kind, [tmp_path / "none.csv"])
    assert error.value.where is not None
    assert error.value.where.file == str(tmp_path / "none.csv")
    assert state(tmp_path) == {}


def test_a_concordance_says_what_it_splits(data: TradeData, tmp_path: Path) -> None:
    path = tmp_path / "un.csv"
    path.write_text("HS 2022,HS 2017,Label\n030722,030722,1:1\n030722,030792,1:n\n010121,010121,\n")
    first, second = import_files(data, "concordance", [path])
    assert first == "imported HS2022 to HS2017: 2 codes (1 × 1:1, 1 × 1:n)"
    assert "030722 to 030722 is called 1:1, the rows make it 1:n" in second


# ---------------------------------------------------------------------- input-output tables


def icio(folder: Path, scale: float = 1.0) -> Path:
    """A small table in the layout of the OECD."""
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    pytest.importorskip("pymrio", reason="pymrio is not installed")
    rows = [f"{r}_{s}" for r in ("JPN", "CHN") for s in ("A01", "B05")]
    uses = [f"{r}_HFCE" for r in ("JPN", "CHN")]
    cells = [[5, 10, 2, 3, 40, 8], [8, 6, 1, 2, 30, 5], [2, 1, 9, 7, 6, 50], [1, 3, 4, 8, 9, 60]]
    frame = pandas.DataFrame(
        [[float(x) * scale for x in row] for row in cells], index=rows, columns=[*rows, *uses]
    )
    frame["OUT"] = frame.sum(axis=1)
    frame.loc["TLS"] = 0.0
    frame.loc["VA"] = 0.0
    frame.loc["VA", rows] = frame.loc[rows, "OUT"] - frame.loc[rows, rows].sum(axis=0)
    frame.loc["OUT"] = frame.loc[rows].sum(axis=0)
    path = folder / "ICIO2021_2015.csv"
    frame.to_csv(path)
    return path


def test_an_input_output_table_becomes_a_world(data: TradeData, tmp_path: Path) -> None:
    from comity.trade.archive import load_saved

    path = icio(tmp_path)
    first, note = import_files(data, "icio", [path], theta=5.0)
    assert first.startswith("imported icio: 2 economies, 2 sectors")
    assert "not HS codes" in note
    (world,) = worlds(data.path)
    assert f"comity world info {world}" in note
    made = load_saved(world)
    assert set(made.names.economies) == {"JPN", "CHN"}
    assert made.theta.tolist() == [5.0, 5.0]
    assert {row["dataset"] for row in listed(data)} == {"icio", "shipped"}
    before = state(data.path)
    (again,) = import_files(data, "icio", [path], theta=5.0)
    assert again.startswith("unchanged")
    icio(tmp_path, 2.0)
    with pytest.raises(ConflictError, match="is there already"):
        import_files(data, "icio", [path], theta=5.0)
    assert state(data.path) == before
    import_files(data, "icio", [path], theta=5.0, replace=True)
    assert load_saved(world).digest != made.digest


def test_what_is_no_input_output_table(data: TradeData, tmp_path: Path) -> None:
    pytest.importorskip("pymrio", reason="pymrio is not installed")
    path = tmp_path / "ICIO2021_2015.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(FileError, match="pymrio cannot read this"):
        import_files(data, "icio", [path])
    assert not data.path.exists()


# -------------------------------------------------------------------------- interruption

SLOW = """
import sys, time
from pathlib import Path
from comity.trade.flows import baci, open_data
from comity.trade.flows.manifest import Imported
loaded = baci._load_year
def slow(*arguments):
    made = loaded(*arguments)
    print("loaded", flush=True)
    time.sleep(60)
    return made
baci._load_year = slow
open_data(sys.argv[1]).import_baci(sys.argv[2])
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_killed_leaves_what_was_there(
    data: TradeData, tmp_path: Path, how: signal.Signals
) -> None:
    (tmp_path / "c.txt").write_text(comtrade_text([comtrade_row()]))
    data.import_comtrade(tmp_path / "c.txt")
    before = state(data.path)
    path = baci_zip(tmp_path / "b.zip")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(data.path), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"loaded\n"
    process.send_signal(how)
    process.wait(30)
    process.stdout.close()
    seen = {k: v for k, v in state(data.path).items() if not k.startswith(".landing-")}
    assert seen == before
    assert [one.dataset for one in data.list()] == ["comtrade"]
    # The next import clears what is left, and lands.
    assert data.import_baci(path).new
    assert not list(data.path.glob(".landing-*"))
    assert [one.dataset for one in data.list()] == ["baci-hs2017-202401b", "comtrade"]


def test_two_imports_of_the_same_file_at_once(data: TradeData, tmp_path: Path) -> None:
    path = baci_zip(tmp_path / "b.zip")
    code = "import sys; from comity.trade.flows import open_data; "
    code += "open_data(sys.argv[1]).import_baci(sys.argv[2])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    line = [sys.executable, "-c", code, str(data.path), str(path)]
    running = [subprocess.Popen(line, env=environment) for _ in range(2)]
    deadline = time.monotonic() + 60
    assert [one.wait(deadline - time.monotonic()) for one in running] == [0, 0]
    (one,) = data.list()
    assert one.rows == 10
    assert not list(data.path.glob(".landing-*"))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    data = open_data(tmp_path / "file" / "store")
    with pytest.raises(ComityError, match="cannot be written") as error:
        data.import_baci(baci_zip(tmp_path / "b.zip"))
    assert "COMITY_DATA" in str(error.value.mend)
