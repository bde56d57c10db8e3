"""Folders of market data: what is read, and what is refused with file and row."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from comity.trade.market_baseline import ESTIMATED, GAP, REPORTED
from comity.trade.market_table import MarketTable
from comity.trade.markets import market, markets, standing_shares, totals
from comity.words.errors import FileError, NotFound, ValidationError

META = {
    "name": "tiny",
    "title": "A tiny market",
    "year": 2020,
    "unit": "USD million",
    "quantity_unit": "t",
    "home": True,
    "basis": "made up",
    "products": [{"label": "tea", "title": "Tea", "goods": ["HS2022:0902"]}],
    "economies": [{"code": "CHN", "name": "China"}, {"code": "JPN", "name": "Japan"}],
    "tariff": {"value": 0.05, "low": 0.0, "high": 0.1, "note": "made up"},
    "sources": {"S1": "a source"},
    "notes": [{"kind": "made-up", "text": "nothing here is true"}],
}
HEAD = "product,origin,destination,value,low,high,standing,quantity,sources,rule\n"
CELLS = (
    "tea,CHN,CHN,90,40,200,estimated,900,S1,home\n"
    "tea,CHN,JPN,10,9,11,reported,,S1,customs\n"
    "tea,JPN,JPN,5,5,5,reported,50,S1,customs\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "meta.json").write_text(json.dumps(META), encoding="utf-8")
    (tmp_path / "cells.csv").write_text(HEAD + CELLS, encoding="utf-8")
    return tmp_path


def test_a_folder_is_read(folder):
    base = market(folder)
    assert base.shape == (1, 2)
    assert base.value.tolist() == [[[90.0, 10.0], [0.0, 5.0]]]
    assert base.standing[0, 1, 0] == GAP
    assert base.quantity is not None
    assert base.quantity.tolist() == [[[900.0, -1.0], [-1.0, 50.0]]]
    assert base.tariff.tolist() == [[[0.0, 0.05], [0.05, 0.0]]]
    assert standing_shares(base)["tea"][ESTIMATED] == pytest.approx(90 / 105)
    assert totals(folder) == ()
    assert base.goods == {"tea": ("HS2022:0902",)}


def test_digest_follows_the_numbers(folder):
    before = market(folder).digest
    assert market(folder).digest == before
    (folder / "cells.csv").write_text(HEAD + CELLS.replace(",9,11,", ",9,12,"), encoding="utf-8")
    assert market(folder).digest != before


@pytest.mark.parametrize(
    ("old", "new", "row", "says"),
    [
        ("tea,CHN,JPN", "tea,CHN,FRA", 3, "no economy 'FRA'"),
        ("tea,CHN,JPN", "coffee,CHN,JPN", 3, "no sector 'coffee'"),
        (",10,9,11,", ",ten,9,11,", 3, "not a number"),
        (",10,9,11,", ",-10,9,11,", 3, "not a number of 0 or more"),
        (",10,9,11,", ',"10,0",9,11,', 3, "not a number"),
        (",10,9,11,", ",10,11,12,", 3, "does not hold"),
        ("reported,,S1", "rumoured,,S1", 3, "no standing"),
        ("reported,,S1", "zero,,S1", 3, "a cell that is zero has 10"),
        ("reported,,S1", "reported,,S9", 3, "not registered"),
        ("reported,,S1", "reported,,", 3, "without source"),
        ("tea,JPN,JPN,5", "tea,CHN,JPN,5", 4, "given twice"),
        ("S1,home", "S1,home,more", 2, "as many fields"),
    ],
)
def test_a_wrong_cell_is_named_by_row(folder, old, new, row, says):
    text = (HEAD + CELLS).replace(old, new, 1)
    (folder / "cells.csv").write_text(text, encoding="utf-8")
    with pytest.raises((ValidationError, NotFound), match=says) as caught:
        market(folder)
    assert caught.value.where is not None
    assert caught.value.where.row == row
    assert str(caught.value.where.file).endswith("cells.csv")


def test_other_columns_are_refused(folder):
    (folder / "cells.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="has the columns"):
        market(folder)


def test_missing_files_and_keys(folder, tmp_path):
    with pytest.raises(NotFound, match="nowhere") as caught:
        market("nowhere")
    assert caught.value.mend is not None
    assert "china-imports-2019" in caught.value.mend
    (folder / "meta.json").write_text('{"name": "tiny"}', encoding="utf-8")
    with pytest.raises(ValidationError, match="lacks title"):
        market(folder)
    (folder / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(FileError, match="not JSON"):
        market(folder)
    (folder / "meta.json").write_text(json.dumps(META), encoding="utf-8")
    (folder / "cells.csv").unlink()
    with pytest.raises(FileError, match="cannot be read"):
        market(folder)


def test_onward_and_areas_are_checked(folder):
    head = "product,origin,hub,final,share,low,high,held,held_low,held_high,source\n"
    (folder / "onward.csv").write_text(
        head + "tea,CHN,JPN,CHN,0.4,0.5,0.6,0,0,0,x\n", encoding="utf-8"
    )
    with pytest.raises(ValidationError, match="does not hold"):
        market(folder)
    (folder / "onward.csv").write_text(
        head + "tea,CHN,JPN,CHN,0.4,0.3,1.6,0,0,0,x\n", encoding="utf-8"
    )
    with pytest.raises(ValidationError, match="above 1"):
        market(folder)
    (folder / "onward.csv").write_text(
        head + "tea,CHN,JPN,CHN,0.4,0.3,0.6,0.8,0.7,1,x\n", encoding="utf-8"
    )
    (folder / "areas.csv").write_text(
        "product,origin,destination,areas,low,high,source\ntea,CHN,,CN-35;CN-33,0.2,0.9,x\n",
        encoding="utf-8",
    )
    base = market(folder)
    assert base.onward[0].share == 0.4
    assert (base.onward[0].held_low, base.onward[0].held, base.onward[0].held_high) == (0.7, 0.8, 1)
    assert base.areas[0].destination is None
    assert base.areas[0].areas == ("CN-35", "CN-33")


def test_what_is_beside_may_have_codes(folder):
    """A file without the column reads as before, under the same digest."""
    head = "product,origin,destination,what,low,high,source"
    line = "tea,CHN,JPN,herbs,0.1,0.2,x"
    (folder / "beside.csv").write_text(f"{head}\n{line}\n", encoding="utf-8")
    plain = market(folder)
    assert plain.beside[0].codes == ()
    (folder / "beside.csv").write_text(f"{head},codes\n{line},\n", encoding="utf-8")
    assert market(folder).beside[0].codes == ()
    assert market(folder).digest == plain.digest
    codes = "HS2022:090210;HS2022:090220"
    (folder / "beside.csv").write_text(f"{head},codes\n{line},{codes}\n", encoding="utf-8")
    assert market(folder).beside[0].codes == ("HS2022:090210", "HS2022:090220")
    assert market(folder).digest != plain.digest
    (folder / "beside.csv").write_text("product,origin,what\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="has the columns"):
        market(folder)


def test_totals_are_checked(folder):
    head = "product,economy,axis,value,source\n"
    (folder / "totals.csv").write_text(head + "tea,CHN,sales,10,S1\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="a total of 'sales'"):
        totals(folder)
    (folder / "totals.csv").write_text(head + "tea,FRA,exports,10,S1\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="no 'FRA'"):
        totals(folder)


def test_loading_the_pack_ignores_the_folder():
    """The record reads the yaml files of a pack's own folder, and there is none in markets."""
    packs = Path(__file__).parents[2] / "src/comity/packs"
    assert not list(packs.glob("*/markets/**/*.y*ml"))
    assert {"china-imports-2019", "china-japan-2022", "japan-exports-2022"} <= set(markets())


def test_a_table_closes_gaps_and_keeps_floors():
    """Three economies: A sells 10, of which B takes at least 8; C takes what is left."""
    table = MarketTable(["tea"], ["A", "B", "C"])
    for economy in ("A", "B", "C"):
        table.put("tea", economy, economy, 100.0, REPORTED, "S1", "home")
    table.bound("tea", "A", "B", 8.0, "S2")
    table.close("tea", {"A": 10.0, "B": 4.0}, {"B": 9.0, "C": 5.0}, sources="S3")
    assert table.value[0, 0].tolist() == pytest.approx([100.0, 9.0, 1.0])
    assert table.value[0, 1].tolist() == pytest.approx([0.0, 100.0, 4.0])
    assert table.standing[0, 0, 1] == ESTIMATED
    assert table.low[0, 0, 1] == 8.0
    assert table.source[0, 0, 1] == "S2;S3"
    assert table.shares()[REPORTED] == pytest.approx(300 / 314)


def test_a_floor_binds():
    """Balanced alone A to B would be 5 of 10; the floor of 8 holds and the rest moves."""
    table = MarketTable(["tea"], ["A", "B", "C", "D"])
    rows, columns = {"A": 10.0, "D": 10.0}, {"B": 10.0, "C": 10.0}
    table.bound("tea", "A", "B", 8.0, "S2")
    table.close("tea", rows, columns, sources="S3")
    assert np.allclose(table.value[0, [0, 3]][:, [1, 2]], [[8.0, 2.0], [2.0, 8.0]])
    assert table.rule[0, 0, 1] == "floor"


def test_a_table_refuses():
    table = MarketTable(["tea"], ["A", "B"])
    table.put("tea", "A", "B", 5.0, REPORTED, "S1", "x")
    with pytest.raises(ValidationError, match="set twice"):
        table.put("tea", "A", "B", 5.0, REPORTED, "S1", "x")
    with pytest.raises(ValidationError, match="not in its range"):
        table.put("tea", "B", "A", 5.0, REPORTED, "S1", "x", low=6.0)
    with pytest.raises(ValidationError, match="needs a standing"):
        table.put("tea", "B", "A", 5.0, REPORTED, "", "x")
    with pytest.raises(ValidationError, match="exceed the margins of A"):
        table.close("tea", table.left("tea", {"A": 4.0}, "rows"), {"B": 1.0}, sources="S1")
