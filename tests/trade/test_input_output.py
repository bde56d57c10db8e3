"""Input-output tables as baselines: a table small enough to work out by hand, and pymrio's own."""

from __future__ import annotations

import importlib.util
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from comity.trade.check import check
from comity.trade.input_output import from_input_output
from comity.trade.table_files import read_exiobase, read_icio, read_wiod
from comity.words.errors import (
    FileError,
    InputError,
    MissingDependency,
    NotFound,
    ValidationError,
)

pandas = pytest.importorskip("pandas", reason="pandas comes with the extra for tables")
needs_pymrio = pytest.mark.skipif(
    importlib.util.find_spec("pymrio") is None, reason="pymrio is an extra, and not installed"
)

Z = [[10, 5, 8, 2], [6, 10, 0, 4], [4, 3, 20, 10], [0, 2, 12, 16]]
Y = [[30, 0, 15, 0], [40, 0, 0, 0], [13, 0, 50, 0], [5, 0, 65, 0]]


def _table(
    z=Z, y=Y, regions=("JPN", "CHN"), sectors=("Goods", "Services"), categories=None, x=None
):
    rows = pandas.MultiIndex.from_product([regions, sectors], names=["region", "sector"])
    columns = categories or [
        (r, c) for r in regions for c in ("Consumption", "Changes in inventories")
    ]
    return SimpleNamespace(
        Z=pandas.DataFrame(np.array(z, dtype=float), index=rows, columns=rows),
        Y=pandas.DataFrame(
            np.array(y, dtype=float), index=rows, columns=pandas.MultiIndex.from_tuples(columns)
        ),
        x=None if x is None else pandas.DataFrame({"indout": x}, index=rows),
    )


def _notes(made, kind):
    return [note.text for note in made.notes if note.kind == kind]


def _kinds(made):
    return {finding.kind for finding in check(made)}


EQUILIBRIUM = {"no-equilibrium", "labour-income", "trade-balance", "negative-final-demand"}


def test_by_hand():
    made = from_input_output(_table(), theta={"Goods": 4.0, "*": 8.0})
    # Sales: JPN goods 25 + 45, services 20 + 40; CHN goods 37 + 63, services 30 + 70.
    assert made.output == pytest.approx(np.array([[70.0, 60.0], [100.0, 100.0]]))
    # Purchases of goods by JPN: own 10 + 5 + 30, from CHN 4 + 3 + 13.
    assert made.expenditure[0] == pytest.approx([65.0, 63.0])
    assert made.trade_share[0, 0] == pytest.approx([45 / 65, 20 / 65])
    assert made.trade_share[1, 0] == pytest.approx([56 / 63, 7 / 63])
    assert made.trade_share[0, 1] == pytest.approx([25 / 105, 80 / 105])
    # Inputs of JPN goods: 10 + 4 goods, 6 + 0 services, of an output of 70.
    assert made.input_share[0, :, 0] == pytest.approx([14 / 70, 6 / 70])
    assert made.input_share[0, :, 1] == pytest.approx([8 / 60, 12 / 60])
    assert made.value_added_share[0] == pytest.approx([50 / 70, 40 / 60])
    assert made.value_added == pytest.approx([90.0, 128.0])
    # Imports of JPN 20 + 7, exports 25 + 4; final demand 43 + 45 = 90 − 2.
    assert made.deficit == pytest.approx([-2.0, 2.0])
    assert made.final_share[0] == pytest.approx([43 / 88, 45 / 88])
    assert made.theta.tolist() == [4.0, 8.0]
    assert not _kinds(made) & EQUILIBRIUM


def test_by_hand_with_a_tariff():
    made = from_input_output(_table(), theta=4.0, tariff={("JPN", "CHN", "Goods"): 0.5})
    # The 4 of Chinese goods that JPN goods uses cost 6: value added falls by what they cost more.
    assert made.input_share[0, :, 0] == pytest.approx([16 / 70, 6 / 70])
    assert made.value_added[0] == pytest.approx(90.0 - 2.0 - 1.5)
    assert made.expenditure[0, 0] == pytest.approx(45 + 30)
    assert made.trade_share[0, 0, 1] == pytest.approx(30 / 75)
    assert made.final_share[0, 0] == pytest.approx((30 + 19.5) / (30 + 19.5 + 45))
    assert made.deficit == pytest.approx([-2.0, 2.0])
    assert not _kinds(made) & EQUILIBRIUM


# ---------------------------------------------------------------------------------- inventories


def _single(stock):
    """One economy and sector: uses 50 as inputs, 40 as consumption, and a change in inventories."""
    return _table([[50]], [[40, stock]], regions=("JPN",), sectors=("All",))


@pytest.mark.parametrize(
    ("how", "stock", "output", "value_added"),
    [
        # Output 100, inputs half of it. Final demand of 40 needs 80.
        ("remove", 10.0, 80.0, 40.0),
        ("produce", 10.0, 100.0, 50.0),
        ("scale", 10.0, 100.0, 100.0 - 50.0 * 100 / 90),
        ("keep", 10.0, 100.0, 50.0),
        # A fall: output 80, inputs 5/8 of it. Final demand of 40 needs 40/(3/8).
        ("remove", -10.0, 40 / 0.375, 40.0),
        ("produce", -10.0, 40 / 0.375, 40.0),
        ("scale", -10.0, 80.0, 80.0 - 50.0 * 80 / 90),
        ("keep", -10.0, 90.0, 40.0),
    ],
)
def test_inventories_by_hand(how, stock, output, value_added):
    made = from_input_output(_single(stock), theta=4.0, inventories=how)
    assert made.output[0, 0] == pytest.approx(output)
    assert made.value_added[0] == pytest.approx(value_added)
    (text,) = _notes(made, "inventories")
    assert ("rises 10 %" if stock > 0 else "falls 12 %") in text
    assert not _kinds(made) & EQUILIBRIUM


def test_inventory_categories_are_told_by_name_or_by_the_user():
    categories = [("JPN", "HFCE"), ("JPN", "INVNT")]
    table = _table([[50]], [[40, 10]], regions=("JPN",), sectors=("All",), categories=categories)
    assert from_input_output(table, theta=4.0).output[0, 0] == pytest.approx(80.0)
    categories = [("JPN", "c37"), ("JPN", "c42")]
    table = _table([[50]], [[40, 10]], regions=("JPN",), sectors=("All",), categories=categories)
    made = from_input_output(table, theta=4.0)
    assert made.output[0, 0] == pytest.approx(100.0)
    assert "no category" in _notes(made, "inventories")[0]
    told = from_input_output(table, theta=4.0, inventory_categories=["c42"])
    assert told.output[0, 0] == pytest.approx(80.0)
    with pytest.raises(NotFound, match="c99"):
        from_input_output(table, theta=4.0, inventory_categories=["c99"])


# ------------------------------------------------------------------------------------- cleaning


def test_negative_flows_are_set_to_zero_and_said_so():
    z = [row.copy() for row in Z]
    z[0][3] = -2
    made = from_input_output(_table(z), theta=4.0, inventories="keep")
    assert made.output[0, 0] == pytest.approx(70.0 - 2.0)
    (text,) = _notes(made, "negative-flow")
    assert text.startswith("1 negative flows")
    assert not _kinds(made) & EQUILIBRIUM


def test_inputs_that_leave_no_value_added_are_cut_and_become_final_demand():
    """Services of JPN: output 60, inputs 5 + 3 + 50 + 2. 59.4 of the 60 stay, 0.6 are final."""
    z = [row.copy() for row in Z]
    z[1][1] = 50
    y = [row.copy() for row in Y]
    y[1][0] = 0
    made = from_input_output(_table(z, y), theta=4.0)
    assert made.output[0] == pytest.approx([70.0, 60.0])
    assert made.value_added_share[0, 1] == pytest.approx(0.01)
    assert made.input_share[0, :, 1] == pytest.approx([0.99 * 8 / 60, 0.99 * 52 / 60])
    # Goods bought by JPN stay 65, 14 + 8 × 0.99 of them as inputs.
    assert made.expenditure[0, 0] == pytest.approx(65.0)
    final = made.final_share[0] * (made.value_added[0] + made.deficit[0])
    assert final[0] == pytest.approx(65.0 - 14.0 - 8 * 0.99)
    assert "JPN Services" in _notes(made, "no-value-added")[0]
    assert not _kinds(made) & EQUILIBRIUM


def test_negative_consumption_does_not_inflate_output():
    """Uses are 110 once the −10 is gone; 1 % of that is left as value added."""
    made = from_input_output(_table([[110]], [[-10, 0]], ("JPN",), ("All",)), theta=4.0)
    assert made.output[0, 0] == pytest.approx(110.0)
    assert made.value_added[0] == pytest.approx(1.1)


def test_a_cell_without_output_uses_nothing_and_its_inputs_are_final_demand():
    z = [row.copy() for row in Z]
    y = [row.copy() for row in Y]
    z[1], y[1] = [0] * 4, [0] * 4  # JPN services sell nothing, but buy 5 + 3 + 2
    made = from_input_output(_table(z, y), theta=4.0)
    assert made.output[0].tolist() == pytest.approx([70.0, 0.0])
    assert made.value_added_share[0, 1] == 1.0
    assert made.final_share[0] * (65.0 - 14.0 + 7.0) == pytest.approx([65.0 - 14.0, 7.0])
    assert not _kinds(made) & EQUILIBRIUM


def test_a_discrepancy_column_and_an_output_that_is_not_the_sum_are_said():
    categories = [("JPN", "C"), ("JPN", "Inventories"), ("CHN", "C"), ("ALL", "DISC")]
    y = [[30, 0, 15, 4], [40, 0, 0, 0], [13, 0, 50, -1], [5, 0, 65, 0]]
    made = from_input_output(
        _table(y=y, categories=categories, x=[74.0, 60.0, 99.0, 100.0]), theta=4.0
    )
    assert made.output[0, 0] == pytest.approx(70.0)
    first, second = _notes(made, "discrepancy")
    assert "(5 in all)" in first
    assert "1.5 %" in second
    assert "JPN" in second


def test_value_added_of_the_table_is_compared():
    """Taxes of 8 in the table are value added here: 218 against 210."""
    given = np.array([48.0, 40.0, 58.0, 64.0])
    made = from_input_output(_table(), theta=4.0, value_added=given)
    (text,) = _notes(made, "value-added")
    assert "218" in text
    assert "210" in text
    assert not _notes(
        from_input_output(_table(), theta=4.0, value_added=[218 / 4] * 4), "value-added"
    )


# ---------------------------------------------------------------------------------- aggregation


def test_sectors_added_up_by_hand():
    made = from_input_output(_table(), theta=4.0, sectors={"*": "All"})
    assert made.output[:, 0] == pytest.approx([130.0, 200.0])
    assert made.input_share[:, 0, 0] == pytest.approx([40 / 130, 72 / 200])
    assert made.trade_share[0, 0] == pytest.approx([101 / 128, 27 / 128])
    assert made.value_added == pytest.approx([90.0, 128.0])


def test_economies_added_up_by_hand():
    made = from_input_output(_table(), theta=4.0, economies={"*": "ROW"})
    assert made.names.economies == ("ROW",)
    assert made.output[0] == pytest.approx([170.0, 160.0])
    assert made.value_added == pytest.approx([218.0])
    chosen = from_input_output(_table(), theta=4.0, economies=["Japan"])
    assert chosen.names.economies == ("JPN", "ROW")
    np.testing.assert_allclose(
        chosen.trade_share, from_input_output(_table(), theta=4.0).trade_share, rtol=1e-12
    )


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"economies": ["USA"]}, NotFound, "no region 'USA'"),
        ({"economies": {"JPN": "JPN"}}, InputError, "nothing of the region 'CHN'"),
        ({"economies": {"XXX": "JPN", "*": "ROW"}}, NotFound, "no region 'XXX'"),
        ({"sectors": {"Steel": "Goods", "*": "Rest"}}, NotFound, "no sector 'Steel'"),
        ({"sectors": {"Goods": "Goods"}}, InputError, "nothing of the sector 'Services'"),
        ({"inventories": "forget"}, InputError, "remove, produce, scale, keep"),
        ({"theta": {"Goods": 4.0}}, InputError, "no trade elasticity for Services"),
        ({"theta": {"Steel": 4.0, "*": 1.0}}, NotFound, "Steel"),
        ({"theta": [4.0]}, InputError, "1 trade elasticities for 2 sectors"),
        ({"theta": -1.0}, ValidationError, "above 0"),
        ({"tariff": {("JPN", "USA"): 0.1}}, InputError, "tariff for"),
        ({"tariff": {("JPN", "CHN", "Steel"): 0.1}}, NotFound, "Steel"),
        ({"tariff": np.zeros((2, 2))}, ValidationError, r"\(2, 2\), not \(2, 2, 2\)"),
        ({"value_added": [1.0]}, ValidationError, "1 values, not 4"),
    ],
)
def test_options_that_do_not_fit(options, error, says):
    with pytest.raises(error, match=says):
        from_input_output(_table(), **{"theta": 4.0, **options})


def test_tables_that_do_not_fit():
    with pytest.raises(ValidationError, match="has no Z"):
        from_input_output(SimpleNamespace(Y=_table().Y), theta=4.0)
    table = _table()
    table.Z.iloc[1, 2] = np.nan
    with pytest.raises(ValidationError, match=r"JPN.*Services.*CHN.*Goods"):
        from_input_output(table, theta=4.0)
    table = _table()
    table.Y = table.Y.iloc[::-1]
    with pytest.raises(ValidationError, match="rows of Y"):
        from_input_output(table, theta=4.0)
    with pytest.raises(ValidationError, match="has no final demand"):
        from_input_output(_table(y=[[0, 0, 15, 0]] * 4), theta=4.0)


# --------------------------------------------------------------------------------------- pymrio


@needs_pymrio
@pytest.mark.parametrize("inventories", ["remove", "produce", "scale", "keep"])
@pytest.mark.parametrize("tariff", [None, 0.15])
def test_the_test_table_of_pymrio_becomes_an_equilibrium(inventories, tariff):
    pymrio = pytest.importorskip("pymrio")
    table = pymrio.load_test()
    made = from_input_output(table, theta=4.0, inventories=inventories, tariff=tariff)
    assert made.shape == (6, 8)
    assert not _kinds(made) & EQUILIBRIUM
    if inventories == "keep":
        # pymrio's own output of a table without negative flows, region by region.
        x = pymrio.calc_x(table.Z, table.Y).to_numpy().reshape(6, 8)
        np.testing.assert_allclose(made.output, x, rtol=1e-10)


@needs_pymrio
def test_removed_inventories_give_the_output_of_pymrios_leontief_inverse():
    pymrio = pytest.importorskip("pymrio")
    table = pymrio.load_test()
    x = pymrio.calc_x(table.Z, table.Y)
    inverse = pymrio.calc_L(pymrio.calc_A(table.Z, x))
    stocks = ("Changes in inventories", "Changes in valuables")
    rest = table.Y.loc[:, [c for c in table.Y.columns if c[1] not in stocks]]
    wanted = (inverse @ rest.sum(axis=1)).to_numpy().reshape(6, 8)
    np.testing.assert_allclose(from_input_output(table, theta=4.0).output, wanted, rtol=1e-9)


@pytest.mark.parametrize(
    ("units", "unit", "says"),
    [
        (["M.EUR"] * 4, "EUR million", None),
        (["Mill USD"] * 4, "USD million", None),
        (["JPY billion"] * 4, "JPY billion", None),
        (["M.EUR", "M.EUR", "kg", "M.EUR"], "unit not stated", "several units: M.EUR, kg"),
        (None, "unit not stated", "does not say its unit"),
    ],
)
def test_the_unit_is_the_tables_own(units, unit, says):
    table = _table()
    if units is not None:
        table.unit = pandas.DataFrame({"unit": units}, index=table.Z.index)
    made = from_input_output(table, theta=4.0)
    assert made.unit == unit
    assert bool(says) == bool(_notes(made, "unit"))
    assert says is None or says in _notes(made, "unit")[0]
    assert from_input_output(table, theta=4.0, unit="GBP").unit == "GBP"


def test_a_pymrio_table_says_its_unit():
    pymrio = pytest.importorskip("pymrio")
    assert from_input_output(pymrio.load_test(), theta=4.0).unit == "USD million"


@pytest.mark.parametrize(
    "options",
    [
        {"theta": None},
        {"theta": "x"},
        {"theta": {"Goods": "x", "*": 4.0}},
        {"theta": [4.0]},
        {"theta": 4.0, "tariff": "x"},
        {"theta": 4.0, "tariff": {("JPN", "CHN"): "x"}},
        {"theta": 4.0, "tariff": -1.5},
        {"theta": 4.0, "tariff": {("JPN", "CHN"): -1.0}},
        {"theta": 4.0, "tariff": {("JPN", "CHN", "Goods"): float("nan")}},
    ],
)
def test_options_that_are_no_numbers(options):
    with pytest.raises(InputError, match=r"theta|tariff|elasticities") as caught:
        from_input_output(_table(), **options)
    assert caught.value.mend


def test_cells_that_are_text():
    table = _table()
    table.Z = table.Z.astype(object)
    table.Z.iloc[1, 2] = "n/a"
    with pytest.raises(ValidationError, match="Z holds 'n/a'"):
        from_input_output(table, theta=4.0)


@needs_pymrio
def test_an_icio_file_in_the_published_layout(tmp_path):
    """The table of this module as the OECD writes it, with taxes, value added and totals."""
    rows = [f"{r}_{s}" for r in ("JPN", "CHN") for s in ("A01", "B05")]
    uses = [f"{r}_{c}" for r in ("JPN", "CHN") for c in ("HFCE", "INVNT")]
    frame = pandas.DataFrame(np.hstack([Z, Y]).astype(float), index=rows, columns=[*rows, *uses])
    frame["OUT"] = frame.sum(axis=1)
    frame.loc["TLS"] = 1.0
    cost = frame.loc[rows, rows].sum(axis=0)
    frame.loc["VA"] = 0.0
    frame.loc["VA", rows] = frame.loc[rows, "OUT"] - cost - 1.0
    frame.loc["OUT"] = frame.loc[rows].sum(axis=0)
    frame.to_csv(tmp_path / "ICIO2021_2015.csv")
    made = read_icio(tmp_path, 2015, theta=4.0)
    assert (made.name, made.year, made.unit) == ("icio-2015", 2015, "USD million")
    japan = made.names.economy("JPN")
    assert made.output[japan] == pytest.approx([70.0, 60.0])
    assert made.value_added[japan] == pytest.approx(90.0)
    assert made.trade_share[0, japan, japan] == pytest.approx(45 / 65)
    # Value added and taxes of the table are what is left of output.
    assert not _notes(made, "value-added")
    with pytest.raises(FileError, match="No data file for the given year"):
        read_icio(tmp_path, 2014, theta=4.0)


@needs_pymrio
def test_files_that_are_not_such_tables(tmp_path):
    bad = tmp_path / "ICIO2021_2015.csv"
    bad.write_text("a,b\n1,2\n")
    for read in (read_icio, read_wiod, read_exiobase):
        with pytest.raises(FileError, match="cannot read this as") as caught:
            read(bad, theta=4.0)
        assert caught.value.where is not None
        assert caught.value.where.file == str(bad)
        with pytest.raises(FileError, match="is not there"):
            read(tmp_path / "nothing", theta=4.0)


def test_without_pymrio_the_mend_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pymrio", None)
    (tmp_path / "x.csv").write_text("a\n")
    with pytest.raises(MissingDependency, match="pip install pymrio"):
        read_icio(tmp_path / "x.csv", theta=4.0)
