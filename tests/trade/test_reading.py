"""What a name or format needs, whatever its file holds; small tables beside the large ones."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import comity.world
from comity.trade.reading import FORMATS, NEEDS_THETA, read
from comity.trade.table_maps import sector_map, theta_given, theta_map
from comity.words.errors import FileError, InputError, NotFound, ValidationError

pandas = pytest.importorskip("pandas", reason="pandas comes with the extra for tables")


@pytest.mark.parametrize("name", NEEDS_THETA)
@pytest.mark.parametrize("options", [{}, {"theta": None}])
def test_tables_without_elasticities_ask_for_them(
    name: str, options: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    for call in (read, comity.world.load):
        with pytest.raises(InputError, match="theta is not given") as caught:
            call(name, tmp_path / "x.csv", **options)
        assert "--theta 4" in str(caught.value.mend)
        assert caught.value.where is not None
        assert caught.value.where.field == "theta"


def test_the_data_of_another_model_say_so(tmp_path: Path) -> None:
    (tmp_path / "ossa2014.npz").write_bytes(b"")
    calls = [
        lambda: comity.world.load("ossa2014", tmp_path),
        lambda: comity.world.load("ossa2014"),
        lambda: comity.world.load(str(tmp_path)),
        lambda: comity.world.load(str(tmp_path / "ossa2014.npz")),
    ]
    for call in calls:
        with pytest.raises(InputError, match=r"another model: monopolistic competition") as caught:
            call()
        assert "cp2015" in str(caught.value.mend)


def _table() -> SimpleNamespace:
    rows = pandas.MultiIndex.from_product([("JPN", "CHN"), ("Fish", "Food", "Cars")])
    uses = pandas.MultiIndex.from_product([("JPN", "CHN"), ("Households", "Inventories")])
    draw = np.random.default_rng(1)
    y = draw.uniform(10.0, 20.0, (6, 4))
    y[:, 1::2] = 1.0
    return SimpleNamespace(
        Z=pandas.DataFrame(draw.uniform(0.5, 1.0, (6, 6)), index=rows, columns=rows),
        Y=pandas.DataFrame(y, index=rows, columns=uses),
    )


def test_sectors_inventories_and_theta_from_small_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `world import --sectors --inventories --theta FILE` hands on."""
    monkeypatch.setattr("comity.trade.table_files._parsed", lambda *a, **k: _table())
    (tmp_path / "map.csv").write_text("sector,into\nFish,Eaten\nFood,Eaten\n*,Other\n")
    (tmp_path / "theta.csv").write_text("sector,theta\nEaten,3.5\n*,7\n")
    options = {"sectors": tmp_path / "map.csv", "theta": tmp_path / "theta.csv"}
    kept = read("icio", "x.csv", inventories="keep", **options)
    assert kept.names.sectors == ("Eaten", "Other")
    assert kept.theta.tolist() == [3.5, 7.0]
    removed = read("icio", "x.csv", **options)
    assert kept.output.sum() > removed.output.sum()
    with pytest.raises(InputError, match="inventories is 'burn'"):
        read("icio", "x.csv", inventories="burn", **options)
    with pytest.raises(InputError, match="no option 'sectors'"):
        read("cp2015", "x", sectors=tmp_path / "map.csv")
    for name in NEEDS_THETA:
        assert {"theta", "sectors", "inventories", "economies"} <= set(FORMATS[name][2])


@pytest.mark.parametrize(
    ("text", "says", "row"),
    [
        ("sector,into\nFish,\n", "the cell into is empty", 1),
        ("sector,into\nFish,A\nFish,B\n", "stands twice", 2),
        ("sector,to\nFish,A\n", "no column 'into'", None),
        ("sector,into\n", "no rows", 1),
    ],
)
def test_maps_that_cannot_be(tmp_path: Path, text: str, says: str, row: int | None) -> None:
    (tmp_path / "map.csv").write_text(text)
    with pytest.raises(ValidationError, match=says) as caught:
        sector_map(tmp_path / "map.csv")
    assert caught.value.where is not None
    assert caught.value.where.row == row
    assert caught.value.mend


def test_elasticities_in_one_word(tmp_path: Path) -> None:
    assert theta_given("4.5") == 4.5
    assert theta_given(None) is None
    assert theta_given("t.csv") == Path("t.csv")
    with pytest.raises(InputError, match="neither a number nor a file"):
        theta_given("four")
    with pytest.raises(FileError, match="is not there"):
        theta_map(tmp_path / "t.csv")
    (tmp_path / "t.csv").write_text("sector,theta\nFish,x\n")
    with pytest.raises(ValidationError, match="theta of Fish is 'x'"):
        theta_map(tmp_path / "t.csv")
    with pytest.raises(InputError, match="sectors are given as int"):
        sector_map(3)
    assert theta_map(4.0) == 4.0
    with pytest.raises(NotFound):
        comity.world.load(str(tmp_path / "nothing"))
