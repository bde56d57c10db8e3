"""The readers of published models' data, against the raw arrays and the published numbers."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from comity.trade.check import check
from comity.trade.replication import (
    read_cp2015,
    read_gegravity,
    read_gegravity_2006,
    read_wiod2014,
    read_world2023,
)
from comity.words.errors import FileError, InputError, ValidationError

LOST = ("ARG", "BGD", "IRQ", "KOR", "PHL", "POL", "RUS", "VNM")
"""The economies that the data's own README names."""


@pytest.fixture(scope="module")
def data(shared_data: Path) -> Path:
    return shared_data / "data"


def _note(baseline, kind):
    (note,) = (note for note in baseline.notes if note.kind == kind)
    return note


# -------------------------------------------------------------------------------------- cp2015


def test_cp2015_is_the_raw_data_with_names(data):
    made = read_cp2015(data / "cp2015")
    raw = np.load(data / "cp2015" / "cp2015.npz")
    regions = (data / "cp2015" / "regions.txt").read_text().split("\n")
    names = made.names
    assert made.shape == (31, 40)
    assert [names.economies[regions.index(r)] for r in ("Korea", "UK", "Row", "USA")] == [
        "KOR",
        "GBR",
        "ROW",
        "USA",
    ]
    mex, usa, auto = names.economy("Mexico"), names.economy("USA"), names.sector("Auto")
    assert made.tariff[auto, mex, usa] == raw["tariff_1993"][mex, usa, auto] > 0.0
    # Spending is output, less exports, plus imports at buyers' prices: from the raw files alone.
    trade, tariff = raw["trade_1993"], raw["tariff_1993"]
    exports = trade.sum(axis=0)
    output = np.maximum(raw["gross_output"][:, :20], exports)
    spent = output - exports + (trade * (1.0 + tariff)).sum(axis=1)
    np.testing.assert_allclose(made.expenditure[:, :20], spent, rtol=1e-12)
    share = trade[mex, usa, auto] * (1.0 + tariff[mex, usa, auto]) / spent[mex, auto]
    assert made.trade_share[auto, mex, usa] == pytest.approx(share, rel=1e-12)
    np.testing.assert_allclose(made.output[:, :20], output, rtol=1e-12, atol=1e-3)
    assert (made.unit, made.year) == ("USD", 1993)


def test_cp2015_schedules(data):
    made = read_cp2015(data / "cp2015")
    raw = np.load(data / "cp2015" / "cp2015.npz")
    before, after = raw["tariff_1993"], raw["tariff_2005"]
    names = made.names
    mex, usa, can, chn = (names.economies.index(c) for c in ("MEX", "USA", "CAN", "CHN"))
    food = names.sector("Food")
    cells = {"nafta pair": (mex, usa), "other pair": (mex, chn), "nafta and other": (usa, chn)}
    expected = {
        "nafta": {"nafta pair": after, "other pair": before, "nafta and other": before},
        "world2005": {"nafta pair": after, "other pair": after, "nafta and other": after},
        "world2005_without_nafta": {
            "nafta pair": before,
            "other pair": after,
            "nafta and other": after,
        },
    }
    assert before[mex, usa, food] != after[mex, usa, food]
    assert before[usa, chn, food] != after[usa, chn, food]
    for schedule, by_pair in expected.items():
        for pair, source in by_pair.items():
            n, i = cells[pair]
            assert made.schedules[schedule][food, n, i] == source[n, i, food], (schedule, pair)
        assert not made.schedules[schedule][20:].any()
    assert made.schedules["nafta"][food, can, mex] == after[can, mex, food]


def test_cp2015_says_what_was_clipped(data):
    """185 cells and 1.8 % of world expenditure are the numbers of the data's README."""
    made = read_cp2015(data / "cp2015")
    assert _note(made, "clipped").count == 185
    assert "1.8 %" in _note(made, "clipped").text
    assert _note(made, "raised-output").count == 26
    assert _note(made, "placeholder").count == 20


# ------------------------------------------------------------------------------------ wiod2014


def test_wiod2014(data):
    made = read_wiod2014(data / "wiod2014")
    raw = np.load(data / "wiod2014" / "wiod2014.npz")
    names = made.names
    assert made.shape == (44, 50)
    jpn, chn, fish = names.economy("Japan"), names.economy("CHN"), names.sector("C03")
    assert names.sector("Fishing and aquaculture") == fish
    assert names.sector_names[names.sector("C30")] == "C30"
    assert made.trade_share[fish, chn, jpn] == pytest.approx(
        raw["trade_share"][chn, jpn, fish], rel=1e-12
    )
    # Deficits are imports less exports: what the flows themselves give.
    net = raw["trade_share"] / (1.0 + raw["tariff"]) * raw["expenditure"][:, None, :]
    deficit = net.sum(axis=(1, 2)) - net.sum(axis=(0, 2))
    np.testing.assert_allclose(made.deficit, deficit, atol=1e-6)
    row = names.economy("ROW")
    assert made.tariff[:, row, row].max() == pytest.approx(raw["tariff"][row, row].max())
    assert made.tariff[:, row, row].max() > 0.1
    without = raw["io_share"].sum(axis=1) == 0.0
    assert without.sum() == 48
    assert (made.value_added_share[without] == 1.0).all()


# ----------------------------------------------------------------------------------- gegravity


def test_gegravity_autarky_gains_are_the_published_closed_form(data):
    """The real wage in autarky is the domestic share to 1/theta: 44 numbers kept with the data."""
    made = read_gegravity(data / "gegravity")
    with (data / "gegravity" / "reference_results_2000.csv").open() as file:
        rows = [r for r in csv.DictReader(file) if r["scenario"] == "autarky_closed_form"]
    assert len(rows) == 44
    for row in rows:
        n = made.names.economies.index(row["country"])
        gain = made.trade_share[0, n, n] ** (1.0 / 4.0)
        assert gain == pytest.approx(float(row["real_wage_hat"]), abs=1e-11), row["country"]


def test_gegravity_years_and_totals(data):
    made = read_gegravity(data / "gegravity", year=2014, theta=5.0)
    exports = imports = 0.0
    with (data / "gegravity" / "trade_data_2000_2014.csv").open() as file:
        for row in csv.DictReader(file):
            if row["year"] == "2014" and row["exporter"] == "JPN":
                exports += float(row["trade"])
            if row["year"] == "2014" and row["importer"] == "JPN":
                imports += float(row["trade"])
    jpn = made.names.economies.index("JPN")
    assert made.value_added[jpn] == pytest.approx(exports, rel=1e-12)
    assert made.expenditure[jpn, 0] == pytest.approx(imports, rel=1e-12)
    assert made.deficit[jpn] == pytest.approx(imports - exports, rel=1e-9)
    assert (made.theta[0], made.year, made.one_sector) == (5.0, 2014, True)
    with pytest.raises(InputError, match="no flows for 2001"):
        read_gegravity(data / "gegravity", year=2001)


def _gravity(share, output, spending, cost_hat, theta):
    """Exact hat algebra with spending a fixed ratio of output: damped iteration, nothing shared."""
    wage = np.ones(len(output))
    for _ in range(20_000):
        power = share * (wage[None, :] * cost_hat) ** -theta
        new_share = power / power.sum(axis=1, keepdims=True)
        demand = (new_share * (spending * wage)[:, None]).sum(axis=0)
        step = (demand / demand.sum()) / (output * wage / (output * wage).sum())
        wage = wage * step ** (0.3 / theta)
        wage /= (wage * output).sum() / output.sum()
        if np.abs(step - 1.0).max() < 1e-13:
            break
    price = (share * (wage[None, :] * cost_hat) ** -theta).sum(axis=1) ** (-1.0 / theta)
    return wage / price


def test_gegravity_2006_fitted_gives_the_package_results(data):
    """A Canada-Japan agreement in gegravity 0.3: real GDP within the 0.01 points of the README."""
    made = read_gegravity_2006(data / "gegravity", fitted=True)
    names = made.names.economies
    can, jpn = names.index("CAN"), names.index("JPN")
    with (data / "gegravity" / "sample_2006_coefficients.csv").open() as file:
        beta = {r["variable"]: float(r["coefficient"]) for r in csv.DictReader(file)}
    cost = np.ones((30, 30))
    cost[can, jpn] = cost[jpn, can] = np.exp(beta["pta"]) ** (-1.0 / 4.0)
    real = _gravity(made.trade_share[0], made.output[:, 0], made.expenditure[:, 0], cost, theta=4.0)
    file_name = "sample_2006_can_jpn_pta_gegravity_0.3.csv"
    with (data / "gegravity" / file_name).open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 30
    for row in rows:
        change = 100.0 * (real[names.index(row["country"])] - 1.0)
        assert change == pytest.approx(float(row["GDP change (percent)"]), abs=0.0101)
    assert 100.0 * (real[can] - 1.0) == pytest.approx(0.4282, abs=5e-5)


def test_gegravity_2006_as_observed(data):
    made = read_gegravity_2006(data / "gegravity")
    gbr, fin, aus = (made.names.economies.index(c) for c in ("GBR", "FIN", "AUS"))
    # The file's first rows: 4310 from GBR and 514 from FIN to AUS, which sells 261365 to itself.
    bought = made.trade_share[0, aus] * made.expenditure[aus, 0]
    assert bought[[gbr, fin, aus]] == pytest.approx([4310.0, 514.0, 261365.0], rel=1e-12)
    assert "0.8 %" in _note(made, "sums").text
    fitted = read_gegravity_2006(data / "gegravity", fitted=True)
    assert fitted.output[aus, 0] == pytest.approx(305793.0, rel=1e-10)


# ----------------------------------------------------------------------------------- world2023


def test_world2023_finds_the_block_that_is_missing(data):
    made = read_world2023(data / "world2023")
    assert made.shape == (194, 1)
    pairs = {(a, b) for a in LOST for b in LOST if a != b}
    assert set(made.gaps) == pairs
    assert _note(made, "missing-block").economies == LOST
    wider = _note(made, "missing-block-wider")
    assert not set(wider.economies) & set(LOST)
    # Nothing of the wider block is in the file either: 76 economies, and not one flow.
    with (data / "world2023" / "trade.csv").open() as file:
        flows = [(r["exporter"], r["importer"]) for r in csv.DictReader(file)]
    block = {*LOST, *wider.economies}
    assert len(block) == 76
    assert not [pair for pair in flows if set(pair) <= block]
    assert len(read_world2023(data / "world2023", wider=True).gaps) == 76 * 75


@pytest.mark.parametrize(
    ("gaps", "kind", "says"),
    [
        ("keep", "missing-block", "they are gaps, not zeros"),
        ("fill", "filled-block", "were missing, and were filled by"),
        ("drop", "dropped-block", "were missing, and the fewest economies"),
    ],
)
def test_world2023_says_what_became_of_the_block(data, gaps, kind, says):
    """What was mended is odd, no longer wrong; what was not (the smaller economies) still is."""
    # Of 76 economies with gaps, which to drop is for the user to say.
    for wider in (False,) if gaps == "drop" else (False, True):
        made = read_world2023(data / "world2023", gaps=gaps, wider=wider)
        severity = {found.kind: found.severity for found in check(made)}
        assert severity[kind] == ("wrong" if gaps == "keep" else "odd")
        assert severity[f"{kind}-wider" if wider else "missing-block-wider"] == (
            "wrong" if gaps == "keep" or not wider else "odd"
        )
        assert says in _note(made, kind).text
        if gaps != "keep":
            assert "missing-block" not in severity


def test_world2023_values_and_schedule(data):
    made = read_world2023(data / "world2023", theta=5.0, gamma=0.5)
    names = made.names.economies
    usa, chn, jpn, deu = (names.index(c) for c in ("USA", "CHN", "JPN", "DEU"))
    rates = made.schedules["us_tariff_2025"][0]
    assert (rates[usa, chn], rates[usa, jpn], rates[usa, deu]) == (0.54, 0.24, 0.2)
    assert not np.delete(rates, usa, axis=0).any()
    with (data / "world2023" / "trade.csv").open() as file:
        flow = next(
            float(r["value_usd_thousand"])
            for r in csv.DictReader(file)
            if (r["exporter"], r["importer"]) == ("CHN", "JPN")
        )
    assert made.trade_share[0, jpn, chn] * made.expenditure[jpn, 0] == pytest.approx(flow / 1e3)
    # Output is GDP/γ wherever domestic sales are not floored.
    assert made.output[jpn, 0] == pytest.approx(2.0 * 4204494.8e0, rel=1e-5)


# ----------------------------------------------------------------------------------- bad input


def test_a_folder_that_is_not_there_or_not_the_right_one(data, tmp_path):
    with pytest.raises(FileError, match="is not there") as caught:
        read_cp2015(tmp_path / "nothing")
    assert caught.value.where is not None
    assert str(tmp_path / "nothing") == caught.value.where.file
    with pytest.raises(FileError, match=r"regions\.txt"):
        read_cp2015(data / "gegravity")
    with pytest.raises(ValidationError, match="44 names, not 31"):
        read_cp2015(data / "wiod2014")
    with pytest.raises(FileError, match=r"trade\.csv|economies\.csv"):
        read_world2023(data / "cp2015")


def _copy(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    for path in target.rglob("*"):
        path.chmod(0o644)
    return target


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda a: a.pop("theta"), ValidationError, "theta is missing"),
        (lambda a: a.update(theta=a["theta"][:-1]), ValidationError, r"shape \(49,\), not \(50,\)"),
        (lambda a: a["tariff"].__setitem__((0, 1, 2), np.nan), ValidationError, "AUS, AUT, C03"),
        (lambda a: a.update(theta=np.array(["x"] * 50)), ValidationError, "not hold numbers"),
        (lambda a: a["theta"].__setitem__(3, -1.0), ValidationError, r"wiod2014\.npz.*C04"),
        (
            lambda a: a["tariff"].__setitem__((0, 1, 2), -1.5),
            ValidationError,
            r"wiod2014\.npz.*AUS.*C03.*AUT",
        ),
    ],
)
def test_arrays_that_cannot_be(data, tmp_path, change, error, says):
    folder = _copy(data / "wiod2014", tmp_path / "wiod2014")
    arrays = dict(np.load(folder / "wiod2014.npz"))
    change(arrays)
    np.savez(folder / "wiod2014.npz", **arrays)
    with pytest.raises(error, match=says):
        read_wiod2014(folder)


def test_what_is_wrong_in_cp2015_is_named_and_mended(data, tmp_path):
    folder = _copy(data / "cp2015", tmp_path / "cp2015")
    arrays = dict(np.load(folder / "cp2015.npz"))

    def refused(says, **changed):
        np.savez(folder / "cp2015.npz", **{**arrays, **changed})
        with pytest.raises(ValidationError, match=says) as caught:
            read_cp2015(folder)
        assert caught.value.where is not None
        assert caught.value.mend

    names = [line.strip() for line in (folder / "regions.txt").read_text().splitlines()]
    sectors = [line.strip() for line in (folder / "sectors.txt").read_text().splitlines()]
    bad = arrays["trade_share"].copy()
    bad[2, 5, 7] = np.nan
    refused(f"the first for {names[2]}, {names[5]}, {sectors[7]}", trade_share=bad)
    refused("theta does not hold numbers", theta=np.array(["x"] * 40))
    np.savez(folder / "cp2015.npz", **arrays)
    (folder / "regions.txt").write_text("\n".join(names[:-1]) + "\n")
    with pytest.raises(ValidationError, match="30 names, not 31") as caught:
        read_cp2015(folder)
    assert caught.value.mend


def test_files_cut_off_or_of_another_kind(data, tmp_path):
    folder = _copy(data / "wiod2014", tmp_path / "wiod2014")
    whole = (folder / "wiod2014.npz").read_bytes()
    torn = whole[: len(whole) // 2] + bytes(1_000) + whole[len(whole) // 2 + 1_000 :]
    for content in (whole[: len(whole) // 2], b"", b"not an archive", whole[:100], torn):
        (folder / "wiod2014.npz").write_bytes(content)
        with pytest.raises(FileError) as caught:
            read_wiod2014(folder)
        assert caught.value.where is not None
        assert caught.value.where.file == str(folder / "wiod2014.npz")
    with (folder / "wiod2014.npz").open("wb") as file:
        np.savez(file, trade_share=np.array([object()], dtype=object))
    with pytest.raises(FileError, match="allow_pickle"):
        read_wiod2014(folder)


def test_tables_with_rows_that_cannot_be(data, tmp_path):
    folder = _copy(data / "gegravity", tmp_path / "gegravity")
    file = folder / "trade_data_2000_2014.csv"
    lines = file.read_text().splitlines()
    for bad, says in (
        (lines[1].rsplit(",", 1)[0], "cells, the header"),
        (lines[1].replace(lines[1].split(",")[5], "n/a"), "'n/a', not a number"),
        (lines[2], "stands twice"),
        (lines[1].replace(lines[1].split(",")[5], "-3"), "is -3"),
    ):
        file.write_text("\n".join([lines[0], bad, *lines[2:]]))
        with pytest.raises(ValidationError, match=says):
            read_gegravity(folder)
    file.write_text("\n".join([lines[0], *lines[2:]]))
    with pytest.raises(ValidationError, match="from AUS to AUS is missing"):
        read_gegravity(folder)
    file.write_text("a,b\n1,2\n")
    with pytest.raises(ValidationError, match="no column 'exporter'"):
        read_gegravity(folder)
