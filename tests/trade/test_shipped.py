"""The shipped world: against its own files, and what it says of its holes."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import comity.trade
from comity.trade.baseline import Note
from comity.trade.check import check
from comity.trade.goods import ALL_CHAPTERS, chapters_of
from comity.trade.shipped import shipped
from comity.words import goods
from comity.words.errors import NotFound

FOLDER = Path(comity.trade.__file__).parent / "data" / "goods-world-2023"
GAPS = {frozenset(p.split()) for p in ("KOR PHL", "KOR RUS", "PHL RUS", "PHL VNM", "RUS VNM")}


def _rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_accounts_are_those_of_the_files():
    made = shipped()
    gdp = {r["economy"]: float(r["gdp_usd_million"]) for r in _rows("gdp_2023.csv")}
    flow = {
        (r["exporter"], r["importer"]): float(r["value_usd_million"] or 0.0)
        for r in _rows("goods_trade_2023.csv")
    }
    names = made.names.economies
    assert made.shape == (30, 1)
    assert set(names) == set(gdp)
    for n, code in enumerate(names):
        exports = sum(v for (a, _), v in flow.items() if a == code)
        imports = sum(v for (_, b), v in flow.items() if b == code)
        home = gdp[code] / 0.5 - exports
        assert home > 0.0
        assert made.output[n, 0] == pytest.approx(2.0 * gdp[code])
        assert made.value_added[n] == pytest.approx(gdp[code])
        assert made.expenditure[n, 0] == pytest.approx(home + imports)
        assert made.deficit[n] == pytest.approx(imports - exports, abs=1e-6)
        assert made.trade_share[0, n, n] == pytest.approx(home / (home + imports))


def test_ten_gaps_are_gaps():
    made = shipped()
    assert len(made.gaps) == 10
    assert {frozenset(pair) for pair in made.gaps} == GAPS
    for importer, exporter in made.gaps:
        n, i = made.names.economies.index(importer), made.names.economies.index(exporter)
        assert made.trade_share[0, n, i] == 0.0


def test_dropping_takes_the_two_that_touch_every_gap():
    made = shipped(gaps="drop")
    assert set(shipped().names.economies) - set(made.names.economies) == {"PHL", "RUS"}
    assert made.gaps == ()


def test_filling_gives_every_gap_a_flow_of_a_likely_size():
    made = shipped(gaps="fill")
    for importer, exporter in shipped().gaps:
        n, i = made.names.economies.index(importer), made.names.economies.index(exporter)
        flow = made.trade_share[0, n, i] * made.expenditure[n, 0]
        assert 500.0 < flow < 30_000.0, (exporter, importer)


def test_notes_say_what_a_user_has_to_know():
    notes: dict[str, list[Note]] = {}
    for note in shipped().notes:
        notes.setdefault(note.kind, []).append(note)
    assert "Simonovska and Waugh (2014)" in notes["theta"][0].text
    assert notes["re-exports"][0].economies == ("HKG",)
    assert "artefacts" in notes["re-exports"][0].text
    assert notes["large-deficit"][0].economies == ("HKG",)
    assert "floored-domestic" not in notes
    # Without inputs, exports of VNM exceed its GDP.
    (note,) = (n for n in shipped(gamma=1.0).notes if n.kind == "floored-domestic")
    assert note.economies == ("VNM",)
    assert "theta" not in {note.kind for note in shipped(theta=6.0).notes}


def test_it_is_an_equilibrium_with_known_holes():
    found = {finding.kind: finding for finding in check(shipped())}
    assert not set(found) & {"no-equilibrium", "labour-income", "trade-balance", "missing-block"}
    assert found["gap"].count == 10
    assert found["re-exports"].severity == "wrong"


def test_files_are_those_of_the_facts(shared_data):
    for name in ("goods_trade_2023.csv", "gdp_2023.csv"):
        assert (FOLDER / name).read_bytes() == (shared_data / "facts" / "world" / name).read_bytes()


def test_autarky_losses_match_the_notes_on_the_model(shared_data):
    """Loss 1 − π^(1/(γθ)) in per cent, as computed for the notes: γ = 1 and γ = 0.5."""
    wanted = {"JPN": (4.5, 4.3), "CHN": (3.3, 3.0), "USA": (2.6, 2.6), "EUN": (3.8, 3.7)}
    wanted |= {"MYS": (40.0, 21.0), "SGP": (25.0, 20.0), "ARE": (27.0, 20.0)}
    for k, gamma in enumerate((1.0, 0.5)):
        made = shipped(gamma=gamma)
        for code, losses in wanted.items():
            n = made.names.economies.index(code)
            loss = 100.0 * (1.0 - made.trade_share[0, n, n] ** (1.0 / (4.0 * gamma)))
            digits = 0.51 if losses[0] > 10.0 else 0.051
            assert loss == pytest.approx(losses[k], abs=digits), (code, gamma)


def test_an_unknown_name():
    with pytest.raises(NotFound, match="goods-world-2023"):
        shipped("atlantis")


def test_building_needs_nothing_heavy():
    """It is on the way of every cold command: standard library and numpy only."""
    code = (
        "import sys; from comity.trade.shipped import shipped; shipped(); "
        "print([m for m in ('pandas','polars','xarray','scipy','numba','pymrio','sqlalchemy') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_building_is_quick():
    shipped()
    best = min(_timed() for _ in range(10))
    assert best < 0.015


def _timed():
    start = time.perf_counter()
    shipped()
    return time.perf_counter() - start


# --------------------------------------------------------------------------------------- goods


def test_all_chapters_are_those_of_the_nomenclature():
    assert tuple(str(code) for code in goods.chapters()) == ALL_CHAPTERS


def test_every_chapter_has_a_traded_sector_in_each_data_set():
    cp = [line.strip() for line in CP2015.split(";")]
    for data_set, sectors in (("cp2015", cp), ("wiod2014", [f"C{k:02d}" for k in range(1, 51)])):
        table = chapters_of(data_set, sectors)
        assert {code for codes in table.values() for code in codes} == set(ALL_CHAPTERS)
        for codes in table.values():
            assert [str(goods.GoodsCode.parse(code)) for code in codes] == list(codes)
    assert set(chapters_of("cp2015", cp)) == set(cp)
    table = chapters_of("wiod2014", [f"C{k:02d}" for k in range(1, 51)])
    assert list(table) == [f"C{k:02d}" for k in range(1, 23)]
    assert table["C03"] == ("HS2022:03",)
    assert {"HS2022:03", "HS2022:16"} <= set(table["C05"])
    assert table["C20"] == ("HS2022:87",)


CP2015 = (
    "Agriculture;Mining;Food;Textile;Wood;Paper;Petroleum;Chemicals;Plastic;Minerals;Basic metals;"
    "Metal products;Machinery n.e.c;Office;Electrical;Communication;Medical;Auto;"
    "Other Transport;Other"
)


def test_a_table_that_names_a_sector_the_data_lack_is_a_broken_installation():
    with pytest.raises(RuntimeError, match="no sector"):
        chapters_of("cp2015", ["Food"])


def test_every_share_is_a_share():
    made = shipped()
    np.testing.assert_allclose(made.trade_share.sum(axis=2), 1.0, rtol=1e-14)
