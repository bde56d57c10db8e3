"""A baseline as a folder of CSV files: back and forth, by hand, and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from comity.trade.baseline import ARRAYS
from comity.trade.csv_folder import read_csv_folder, write_csv_folder
from comity.trade.shipped import shipped
from comity.words.errors import FileError, NotFound, ValidationError
from tests.trade.sample import world


@pytest.mark.parametrize("made", [world(), shipped()], ids=["sample", "shipped"])
def test_back_and_forth(tmp_path, made):
    back = read_csv_folder(write_csv_folder(made, tmp_path / "world"))
    for name in ARRAYS:
        scale = np.abs(getattr(made, name)).max() or 1.0
        np.testing.assert_allclose(
            getattr(back, name), getattr(made, name), rtol=1e-13, atol=1e-14 * scale, err_msg=name
        )
    for name in ("name", "names", "unit", "year", "source", "licence", "one_sector", "gaps"):
        assert getattr(back, name) == getattr(made, name), name
    assert dict(back.goods) == dict(made.goods)
    assert back.notes == made.notes
    assert list(back.schedules) == list(made.schedules)
    for name, schedule in made.schedules.items():
        np.testing.assert_array_equal(back.schedules[name], schedule)
    # A second round changes nothing that a reader of the files would see.
    again = read_csv_folder(write_csv_folder(back, tmp_path / "again"))
    np.testing.assert_allclose(again.trade_share, back.trade_share, rtol=1e-13)


def test_a_real_world_back_and_forth(tmp_path, shared_data):
    from comity.trade.replication import read_wiod2014

    made = read_wiod2014(shared_data / "data" / "wiod2014")
    back = read_csv_folder(write_csv_folder(made, tmp_path / "wiod"))
    for name in ARRAYS:
        scale = np.abs(getattr(made, name)).max()
        np.testing.assert_allclose(
            getattr(back, name), getattr(made, name), rtol=1e-12, atol=1e-14 * scale, err_msg=name
        )


def _folder(path: Path, **files: str) -> Path:
    """Two economies, two sectors, written by a person: flows, tariffs, inputs."""
    tables = {
        "economies": "economy\nJPN\nCHN\n",
        "sectors": "sector,theta\nGoods,4\nServices,8\n",
        "trade": "importer,exporter,sector,value,tariff\n"
        "JPN,JPN,Goods,45,0\nJPN,CHN,Goods,20,0.5\nCHN,JPN,Goods,25,0\nCHN,CHN,Goods,80,0\n"
        "Japan,JPN,Services,63,0\nCHN,CHN,Services,97,0\n",
        "inputs": "economy,input,sector,share\nJPN,Goods,Goods,0.2\nJPN,Services,Goods,0.1\n"
        "CHN,Goods,Services,0.3\n",
    }
    path.mkdir()
    for name, text in {**tables, **files}.items():
        if text:
            (path / f"{name}.csv").write_text(text)
    return path


def test_by_hand_with_what_is_left_out_computed(tmp_path):
    made = read_csv_folder(_folder(tmp_path / "w"))
    # JPN: goods output 70, services 63; spending on goods 45 + 30 at buyers' prices.
    assert made.output[0] == pytest.approx([70.0, 63.0])
    assert made.expenditure[0] == pytest.approx([75.0, 63.0])
    assert made.trade_share[0, 0] == pytest.approx([45 / 75, 30 / 75])
    assert made.value_added_share[0] == pytest.approx([0.7, 1.0])
    assert made.value_added == pytest.approx([49 + 63, 100 + 97 * 0.7])
    assert made.deficit == pytest.approx([-5.0, 5.0])
    # Final demand: goods 75 − 14, services 63 − 7.
    assert made.final_share[0] == pytest.approx([61 / 117, 56 / 117])
    assert (made.name, made.names.economies) == ("w", ("JPN", "CHN"))
    without = read_csv_folder(_folder(tmp_path / "x", inputs=""))
    assert (without.value_added_share == 1.0).all()
    assert without.final_share[0] == pytest.approx([75 / 138, 63 / 138])


HEAD = "importer,exporter,sector,value,tariff\n"


@pytest.mark.parametrize(
    ("files", "error", "says", "place"),
    [
        ({"trade": ""}, FileError, r"needs the file trade\.csv", "trade.csv"),
        ({"trade": "a,b\n1,2\n"}, ValidationError, "no column 'importer'", "trade.csv"),
        ({"trade": HEAD + "JPN,USA,Goods,1,0\n"}, NotFound, "no economy 'USA'", "trade.csv"),
        ({"trade": HEAD + "JPN,CHN,Steel,1,0\n"}, NotFound, "no sector 'Steel'", "trade.csv"),
        (
            {"trade": HEAD + "JPN,CHN,Goods,x,0\n"},
            ValidationError,
            "'x', not a number",
            "trade.csv",
        ),
        (
            {"trade": HEAD + "JPN,CHN,Goods,,0\n"},
            ValidationError,
            "empty, not a number",
            "trade.csv",
        ),
        ({"trade": HEAD + "JPN,CHN,Goods,-1,0\n"}, ValidationError, "negative", "trade.csv"),
        (
            {"trade": HEAD + "JPN,CHN,Goods,1,0\nJPN,China,Goods,1,0\n"},
            ValidationError,
            "second row",
            "trade.csv",
        ),
        (
            {"inputs": "economy,input,sector,share\nJPN,Goods,Goods,1.2\n"},
            ValidationError,
            "inputs exceed spending in JPN, Goods",
            "inputs.csv",
        ),
        ({"sectors": "sector\nGoods\nServices\n"}, ValidationError, "'theta'", "sectors.csv"),
        ({"economies": "economy\nJPN\nJPN\n"}, ValidationError, "stands twice", None),
        (
            {"final": "economy,sector,share\nJPN,Goods,0.5\nCHN,Goods,1\n"},
            ValidationError,
            "final spending shares do not sum to 1.*JPN",
            None,
        ),
    ],
)
def test_files_that_cannot_be(tmp_path, files, error, says, place):
    with pytest.raises(error, match=says) as caught:
        read_csv_folder(_folder(tmp_path / "w", **files))
    if place is not None:
        assert caught.value.where is not None
        assert caught.value.where.file == str(tmp_path / "w" / place)


def test_meta_that_cannot_be(tmp_path):
    folder = _folder(tmp_path / "w")
    for content, error, says in (
        ("{", FileError, "not JSON"),
        ("[1]", ValidationError, "no fields"),
        (json.dumps({"colour": "red"}), ValidationError, "'colour' is unknown"),
        (json.dumps({"notes": [{"kind": "x"}]}), ValidationError, "not as they must be"),
        (json.dumps({"schedules": {"a": "b.csv"}}), FileError, r"needs the file b\.csv"),
        (json.dumps({"schedules": {"a": "../../b.csv"}}), FileError, r"needs the file b\.csv"),
    ):
        (folder / "meta.json").write_text(content)
        with pytest.raises(error, match=says):
            read_csv_folder(folder)


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(FileError, match="is not there"):
        read_csv_folder(tmp_path / "no")
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileError, match="is a file"):
        read_csv_folder(tmp_path / "file")
    with pytest.raises(FileError, match="cannot be written"):
        write_csv_folder(world(), tmp_path / "file")
