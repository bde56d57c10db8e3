"""Worlds from flows and GDP: numbers worked out by hand, gaps, and bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.trade.check import check
from comity.trade.from_flows import from_flows
from comity.words.errors import ComityError, FileError, InputError, ValidationError

FLOWS = {
    ("CHN", "JPN"): 20.0,
    ("CHN", "USA"): 30.0,
    ("JPN", "CHN"): 10.0,
    ("JPN", "USA"): 15.0,
    ("USA", "CHN"): 25.0,
    ("USA", "JPN"): 5.0,
}
GDP = {"JPN": 100.0, "CHN": 200.0, "USA": 300.0}


def _notes(made, kind):
    return [note for note in made.notes if note.kind == kind]


def test_by_hand_without_inputs():
    made = from_flows(FLOWS, GDP, theta=5.0)
    assert made.names.economies == ("JPN", "CHN", "USA")
    # Exports 25, 50, 30; imports 25, 35, 45; X_nn = GDP − exports = 75, 150, 270.
    assert made.expenditure[:, 0] == pytest.approx([100.0, 185.0, 315.0])
    assert made.output[:, 0] == pytest.approx([100.0, 200.0, 300.0])
    assert made.value_added == pytest.approx([100.0, 200.0, 300.0])
    assert made.deficit == pytest.approx([0.0, -15.0, 15.0])
    assert made.trade_share[0, 0] == pytest.approx([0.75, 0.20, 0.05])
    assert made.trade_share[0, 2] == pytest.approx([15 / 315, 30 / 315, 270 / 315])
    assert (made.theta[0], made.input_share.max(), made.one_sector) == (5.0, 0.0, True)
    assert made.names.economy_names[1] == "China"


def test_by_hand_with_inputs():
    """γ = 0.5: output is twice GDP, half of it is spent as inputs, value added is GDP."""
    made = from_flows(FLOWS, GDP, 4.0, 0.5)
    assert made.output[:, 0] == pytest.approx([200.0, 400.0, 600.0])
    assert made.expenditure[:, 0] == pytest.approx([175 + 25, 350 + 35, 570 + 45])
    assert made.value_added == pytest.approx([100.0, 200.0, 300.0])
    assert made.input_share[:, 0, 0] == pytest.approx([0.5] * 3)
    assert made.deficit == pytest.approx([0.0, -15.0, 15.0])


def test_a_tariff_is_paid_by_the_importer():
    made = from_flows(FLOWS, GDP, tariff={("USA", "CHN"): 0.5})
    usa, chn = made.names.economy("USA"), made.names.economy("CHN")
    # 30 from China cost 45 at the border; 15 and 270 cost what they did.
    assert made.expenditure[usa, 0] == pytest.approx(330.0)
    assert made.trade_share[0, usa, chn] == pytest.approx(45 / 330)
    assert made.deficit[usa] == pytest.approx(15.0)
    assert not made.tariff[0, chn].any()
    everywhere = from_flows(FLOWS, GDP, tariff=0.1)
    assert np.diag(everywhere.tariff[0]).tolist() == [0.0] * 3
    assert everywhere.expenditure[0, 0] == pytest.approx(75 + 25 * 1.1)


@pytest.mark.parametrize("gamma", [1.0, 0.5])
@pytest.mark.parametrize("tariff", [None, 0.3])
def test_the_world_is_an_equilibrium(gamma, tariff):
    made = from_flows(FLOWS, GDP, 4.0, gamma, tariff=tariff)
    kinds = {finding.kind for finding in check(made)}
    assert not kinds & {"no-equilibrium", "labour-income", "trade-balance"}


def test_floored_domestic_sales_and_large_deficits_are_noted():
    gdp = {"JPN": 20.0, "CHN": 200.0, "USA": 300.0}
    made = from_flows(FLOWS, gdp)
    (note,) = _notes(made, "floored-domestic")
    assert (note.economies, note.count) == (("JPN",), 1)
    assert made.trade_share[0, 0, 0] == 0.0
    # With its output counted twice over (γ = 0.5), Japan's exports of 25 are below 40.
    assert not _notes(from_flows(FLOWS, gdp, gamma=0.5), "floored-domestic")
    # China exports 50 and imports 35: 15 of 200 is no news, of 40 it is.
    assert not _notes(from_flows(FLOWS, GDP), "large-deficit")
    (note,) = _notes(from_flows(FLOWS, {**GDP, "CHN": 40.0}, gamma=0.5), "large-deficit")
    assert note.economies == ("CHN",)
    assert "surplus of 38 %" in note.text


# ---------------------------------------------------------------------------------------- gaps


GAPPY = {**FLOWS, ("JPN", "USA"): None, ("USA", "JPN"): None}


def test_gaps_are_kept_as_gaps():
    made = from_flows(GAPPY, GDP)
    assert set(made.gaps) == {("USA", "JPN"), ("JPN", "USA")}
    jpn, usa = made.names.economy("JPN"), made.names.economy("USA")
    assert made.trade_share[0, jpn, usa] == made.trade_share[0, usa, jpn] == 0.0
    (note,) = _notes(made, "gap")
    assert (note.count, note.economies) == (2, ("JPN", "USA"))


def test_gaps_are_dropped_with_the_fewest_and_smallest_economies():
    made = from_flows(GAPPY, GDP, gaps="drop")
    # Either of the two removes both gaps; Japan's GDP is the smaller.
    assert made.names.economies == ("CHN", "USA")
    assert made.gaps == ()
    (note,) = _notes(made, "dropped")
    assert note.economies == ("JPN",)
    assert made.output[:, 0] == pytest.approx([200.0, 300.0])
    other = from_flows(GAPPY, {**GDP, "JPN": 301.0}, gaps="drop")
    assert other.names.economies == ("JPN", "CHN")


def test_gaps_are_filled_by_what_the_two_trade_with_others():
    """A table that is exactly a_i b_j: the fill must give the flow that was taken out."""
    a = {"JPN": 2.0, "CHN": 3.0, "USA": 5.0, "BRA": 0.5}
    b = {"JPN": 4.0, "CHN": 1.0, "USA": 7.0, "BRA": 2.0}
    flows: dict[tuple[str, str], float | None] = {
        (i, j): a[i] * b[j] for i in a for j in b if i != j
    }
    flows["USA", "CHN"] = None
    made = from_flows(flows, dict.fromkeys(a, 100.0), gaps="fill")
    usa, chn = made.names.economy("USA"), made.names.economy("CHN")
    flow = made.trade_share[0, chn, usa] * made.expenditure[chn, 0]
    assert flow == pytest.approx(5.0 * 1.0, rel=1e-9)
    assert made.gaps == ()
    assert _notes(made, "filled")[0].count == 1


def test_gaps_are_filled_with_values_given():
    made = from_flows(GAPPY, GDP, gaps={("Japan", "USA"): 15.0})
    jpn, usa = made.names.economy("JPN"), made.names.economy("USA")
    assert made.trade_share[0, usa, jpn] * made.expenditure[usa, 0] == pytest.approx(15.0)
    assert made.gaps == (("JPN", "USA"),)
    with pytest.raises(InputError, match="from CHN to JPN is not a gap"):
        from_flows(GAPPY, GDP, gaps={("CHN", "JPN"): 1.0})
    with pytest.raises(InputError, match="has none"):
        from_flows(FLOWS, GDP, gaps={("CHN", "JPN"): 1.0})
    with pytest.raises(InputError, match="keep, drop, fill"):
        from_flows(GAPPY, GDP, gaps="zero")


def test_a_pair_that_the_table_lacks_is_zero_and_said_so_unless_it_is_named_as_missing():
    flows = {pair: value for pair, value in FLOWS.items() if pair != ("USA", "JPN")}
    made = from_flows(flows, GDP)
    assert made.gaps == ()
    assert _notes(made, "absent-flows")[0].count == 1
    named = from_flows(flows, GDP, missing=[("USA", "JPN")])
    assert named.gaps == (("JPN", "USA"),)
    assert not _notes(named, "absent-flows")
    with pytest.raises(InputError, match="no gap"):
        from_flows(FLOWS, GDP, missing=[("USA", "JPN")])


# ------------------------------------------------------------------------------- ways to give it


def test_an_array_is_exporter_by_importer():
    order = ["JPN", "CHN", "USA"]
    array = np.array([[FLOWS.get((i, j), 0.0) for j in order] for i in order])
    assert from_flows(array, GDP, economies=order).digest == from_flows(FLOWS, GDP).digest
    array[0, 2] = np.nan
    assert from_flows(array, GDP, economies=order).gaps == (("USA", "JPN"),)
    with pytest.raises(ValidationError, match=r"\(3, 3\), not \(2, 2\)"):
        from_flows(array, GDP, economies=order[:2])


def test_domestic_sales_instead_of_gdp():
    own = {("JPN", "JPN"): 75.0, ("CHN", "CHN"): 150.0, ("USA", "USA"): 270.0}
    made = from_flows({**FLOWS, **own}, economies=["JPN", "CHN", "USA"])
    assert made.digest == from_flows(FLOWS, GDP).digest
    with pytest.raises(InputError, match="both given for JPN"):
        from_flows({**FLOWS, ("JPN", "JPN"): 75.0}, GDP)
    with pytest.raises(InputError, match="not given for CHN, USA"):
        from_flows({**FLOWS, ("JPN", "JPN"): 75.0})


def _write(path, rows, head="exporter,importer,value_usd_million,note"):
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_file_with_gaps_units_and_remarks(tmp_path):
    rows = [f"{a},{b},{v},{'customs basis' if a == 'CHN' else ''}" for (a, b), v in FLOWS.items()]
    rows[-1] = 'USA,JPN,,"gap: not reported, not zero"'
    trade = _write(tmp_path / "trade.csv", rows)
    gdp = _write(
        tmp_path / "gdp.csv", [f"{k},{v}" for k, v in GDP.items()], "economy,gdp_usd_million"
    )
    made = from_flows(trade, gdp)
    assert made.gaps == (("JPN", "USA"),)
    assert made.unit == "USD million"
    assert _notes(made, "remark")[0].count == 2
    thousand = _write(tmp_path / "gdp2.csv", ["JPN,1"], "economy,gdp_usd_thousand")
    with pytest.raises(ValidationError, match="USD million, GDP in USD thousand"):
        from_flows(trade, thousand)


@pytest.mark.parametrize(
    "head", ["exporter,importer,value", "iso_o,iso_d,trade", "Origin,Destination,flow_usd_thousand"]
)
def test_headers_that_are_recognised(tmp_path, head):
    rows = [f"{a},{b},{v}" for (a, b), v in FLOWS.items()]
    made = from_flows(_write(tmp_path / "trade.csv", rows, head), GDP)
    assert made.digest == from_flows(FLOWS, GDP).digest


@pytest.mark.parametrize(
    ("rows", "says", "row"),
    [
        (["CHN,JPN,", "JPN,CHN,1"], "has no value", 1),
        (["CHN,JPN,1", "JPN,CHN,-1"], "is -1", 2),
        (["CHN,JPN,1", "JPN,CHN,many"], "'many', not a number", 2),
        (["CHN,JPN,1", "China,Japan,2"], "stands twice", 2),
        (["CHN,JPN,1", ",JPN,2"], "without a name", 2),
        (["CHN,JPN,inf"], "is inf|not a number", 1),
        (["CHN,JPN,1,5"], "4 cells, the header 3", 1),
    ],
)
def test_rows_that_cannot_be_are_placed(tmp_path, rows, says, row):
    trade = _write(tmp_path / "trade.csv", rows, "exporter,importer,value")
    with pytest.raises(ValidationError, match=says) as caught:
        from_flows(trade, {"CHN": 10.0, "JPN": 10.0})
    assert caught.value.where is not None
    assert (caught.value.where.file, caught.value.where.row) == (str(trade), row)


def test_other_bad_input(tmp_path):
    with pytest.raises(FileError, match="not there"):
        from_flows(tmp_path / "no.csv", GDP)
    with pytest.raises(FileError, match="empty"):
        from_flows(_write(tmp_path / "empty.csv", [], ""), GDP)
    with pytest.raises(ValidationError, match="no column for the exporter"):
        from_flows(_write(tmp_path / "x.csv", ["1,2"], "a,b"), GDP)
    with pytest.raises(ValidationError, match="no GDP for USA"):
        from_flows(FLOWS, {"JPN": 1.0, "CHN": 2.0})
    with pytest.raises(ValidationError, match="no flow for BRA"):
        from_flows(FLOWS, {**GDP, "BRA": 10.0})
    with pytest.raises(ValidationError, match="GDP of CHN is 0"):
        from_flows(FLOWS, {**GDP, "CHN": 0.0})
    for gamma in (0.0, 1.5, math.nan):
        with pytest.raises(InputError, match="gamma"):
            from_flows(FLOWS, GDP, gamma=gamma)
    for theta in (0.0, -4.0, math.nan):
        with pytest.raises(InputError, match="theta"):
            from_flows(FLOWS, GDP, theta=theta)
    with pytest.raises(ValidationError, match="above -100 %"):
        from_flows(FLOWS, GDP, tariff={("USA", "CHN"): -1.0})
    with pytest.raises(InputError, match="tariff for BRA"):
        from_flows(FLOWS, GDP, tariff={("BRA", "CHN"): 0.1})
    (note,) = _notes(from_flows(FLOWS, {k: 1e6 * v for k, v in GDP.items()}), "units")
    assert "one unit" in note.text


def test_economies_chooses_and_orders():
    made = from_flows(FLOWS, GDP, economies=["USA", "CHN"])
    assert made.names.economies == ("USA", "CHN")
    assert made.deficit == pytest.approx([5.0, -5.0])


@given(
    st.lists(st.floats(0.0, 1e6), min_size=12, max_size=12),
    st.lists(st.floats(1.0, 1e7), min_size=4, max_size=4),
    st.floats(0.05, 1.0),
)
def test_accounts_of_any_table_add_up(values, gdp, gamma):
    """Spending is output plus deficit; deficits sum to zero; value added is GDP if not floored."""
    codes = ["JPN", "CHN", "USA", "BRA"]
    pairs = [(a, b) for a in codes for b in codes if a != b]
    flows = dict(zip(pairs, values, strict=True))
    try:
        made = from_flows(flows, dict(zip(codes, gdp, strict=True)), gamma=gamma)
    except ComityError as error:
        # Only an economy that neither sells nor buys anything can be refused.
        assert "buys nothing" in error.what  # noqa: PT017
        return
    output = made.output[:, 0]
    np.testing.assert_allclose(
        made.expenditure[:, 0], output + made.deficit, rtol=1e-9, atol=1e-9 * output.max()
    )
    assert abs(made.deficit.sum()) <= 1e-9 * output.sum()
    floored = {code for note in _notes(made, "floored-domestic") for code in note.economies}
    for code, value, added in zip(codes, gdp, made.value_added, strict=True):
        if code not in floored:
            assert added == pytest.approx(value, rel=1e-9)
        else:
            assert added > value * (1.0 - 1e-12)


# ---------------------------------------------------------------------- placed, named and mended


@pytest.mark.parametrize(
    "tariff",
    [
        {("USA", "CHN"): -1.5},
        {("USA", "CHN"): -1.0},
        np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, -1.5, 0.0]]),
    ],
)
def test_tariffs_below_the_price_are_told_as_tariffs(tariff):
    """Before shares are made of them: not as a negative flow, nor as spending that is none."""
    with pytest.raises(ValidationError, match="above -100 %: importer USA, exporter CHN") as caught:
        from_flows(FLOWS, GDP, tariff=tariff)
    assert caught.value.where is not None
    assert caught.value.where.field == "tariff"
    with pytest.raises(ValidationError, match="above -100 %"):
        from_flows(FLOWS, GDP, tariff=-1.5)
    with pytest.raises(InputError, match="tariff"):
        from_flows(FLOWS, GDP, tariff={("USA", "CHN"): math.nan})


def test_nan_in_a_mapping_is_no_gap():
    for value in (math.nan, np.float64("nan")):
        with pytest.raises(ValidationError, match="from CHN to JPN is NaN") as caught:
            from_flows({**FLOWS, ("CHN", "JPN"): value}, GDP)
        assert "write None for an unknown flow" in str(caught.value.mend)
    assert from_flows({**FLOWS, ("CHN", "JPN"): None}, GDP).gaps == (("JPN", "CHN"),)


def _csv(tmp_path, *rows):
    file = tmp_path / "trade.csv"
    file.write_text("exporter,importer,value\n" + "".join(f"{row}\n" for row in rows))
    return file


def test_economies_without_gdp_are_placed_with_the_nearest_name(tmp_path):
    file = _csv(tmp_path, "CHN,USA,30", "JPN,USA,15", "CHN,Japn,20", "USA,CHN,25", "USA,Japn,1")
    with pytest.raises(ValidationError, match="no GDP for Japn") as caught:
        from_flows(file, GDP)
    where = caught.value.where
    assert where is not None
    assert (where.file, where.row) == (str(file), 3)
    assert "did you mean Japan (JPN)?" in str(caught.value.mend)


def test_several_economies_without_gdp_are_each_placed(tmp_path):
    file = _csv(tmp_path, "CHN,USA,30", "JPN,USA,15", "CHN,Japn,20", "USA,Chna,25")
    with pytest.raises(ValidationError) as caught:
        from_flows(file, GDP)
    rows = {one.what: one.where.row for one in caught.value.problems if one.where is not None}
    assert rows == {"no GDP for Japn": 3, "no GDP for Chna": 4}
    assert all(one.mend for one in caught.value.problems)


def test_what_is_odd_is_a_note_and_no_warning():
    """Warnings are errors here: nothing is raised, and the notes go with the baseline."""
    made = from_flows({**FLOWS, ("CHN", "JPN"): 500.0}, GDP)
    assert {"floored-domestic", "large-deficit"} <= {note.kind for note in made.notes}
    assert {"floored-domestic", "large-deficit"} <= {found.kind for found in check(made)}
