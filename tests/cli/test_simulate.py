"""`comity simulate`, `reproduce`, `scenario` and `world`: what they print, keep and refuse."""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from pathlib import Path
from typing import Any

import pytest

import comity.scenario
from comity.trade.shipped import DATA
from tests.cli.door import Door

EXAMPLES = Path(comity.scenario.__file__).parent / "examples"
TARIFF = str(EXAMPLES / "tariff-10.yaml")
BAN = str(EXAMPLES / "seafood-ban.yaml")


def numbers(data: Any) -> list[float]:
    if isinstance(data, dict):
        return [n for value in data.values() for n in numbers(value)]
    if isinstance(data, list):
        return [n for value in data for n in numbers(value)]
    return [float(data)] if isinstance(data, int | float) and not isinstance(data, bool) else []


def test_json_has_what_programs_ask_for(comity: Door) -> None:
    data = comity("simulate", TARIFF, "--format", "json").json
    assert len(data["run_id"]) == 64
    assert data["converged"] is True
    assert data["residual"] < 1e-10
    effects = data["effects"]
    # market-model.md, section 3, column (B): gamma 0.5, deficits kept, theta 4
    for code, pct, digits in (
        ("MEX", -1.04, 2), ("VNM", -1.48, 2), ("CHN", -0.214, 3), ("JPN", -0.095, 3),
        ("USA", 0.35, 2),
    ):  # fmt: skip
        assert effects["real_income_pct"][code] == pytest.approx(pct, abs=0.6 * 10.0**-digits)
    for name in ("real_income_pct", "real_wage_pct", "price_index_pct"):
        assert len(effects[name]) == 30
    assert effects["revenue"]["CHN"] == 0.0
    assert all(math.isfinite(n) for n in numbers(data))


def test_the_world_pays_what_it_earns(comity: Door) -> None:
    """Revenue is rate times imports: 10 % of what the imposer buys from others."""
    data = comity("simulate", TARIFF, "--format", "json").json
    text = (DATA / "goods-world-2023" / "goods_trade_2023.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    before = sum(float(r["value_usd_million"] or 0) for r in rows if r["importer"] == "USA")
    imports = before * (1.0 + data["effects"]["imports_pct"]["USA"] / 100.0)
    assert data["effects"]["revenue"]["USA"] == pytest.approx(0.10 * imports, rel=1e-9)


def test_other_forms_say_the_same(comity: Door) -> None:
    data = comity("simulate", TARIFF, "--format", "json").json
    rows = list(csv.DictReader(io.StringIO(comity("simulate", TARIFF, "--format", "csv").out)))
    assert {r["economy"]: float(r["real_income_pct"]) for r in rows} == data["effects"][
        "real_income_pct"
    ]
    for form in ("table", "md", "html"):
        text = comity("simulate", TARIFF, "--format", form).out
        assert data["run_id"] in text
        assert "United States" in text
        assert "+0.354" in text
        assert "artefacts" in text


def test_a_measure_of_the_record_between_two_days(comity: Door) -> None:
    data = comity("simulate", BAN, "--format", "json").json
    (measure,) = [m for m in data["measures"] if m["state"] == "to"]
    assert measure["id"] == "cn-seafood-ban-2023"
    assert data["actors"] == ["CHN"]
    income = data["effects"]["real_income_pct"]
    assert min(income, key=lambda code: income[code]) == "JPN"
    # A ban of a share c of a flow of value V costs the imposer about c V / theta of its income.
    spent = 0.0053 * 123_955.7 / 4.0
    availability = {r["economy"]: r["availability"] for r in data["decomposition"]["rows"]}
    value_added = 17_794_783.0
    assert availability["CHN"] == pytest.approx(-100.0 * spent / value_added, rel=0.1)
    assert any("hk-seafood-ban-2023" in flag["text"] for flag in data["flags"])


def test_a_run_is_reproduced_from_its_file_alone(comity: Door, empty: Door, tmp_path: Path) -> None:
    kept = tmp_path / "ban.run"
    first = comity("simulate", BAN, "--save", str(kept), "--format", "json")
    again = empty("reproduce", str(kept), "--format", "json")
    assert again.json == first.json
    assert "identical" in again.err
    assert not empty.store.exists()


def test_a_run_that_was_changed_is_refused(comity: Door, tmp_path: Path) -> None:
    kept = tmp_path / "a.run"
    comity("simulate", TARIFF, "--save", str(kept))
    with zipfile.ZipFile(kept) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    changed = json.loads(members["run.json"])
    changed["resolved"]["to"]["changes"][0]["change"]["value"] = 0.2
    _rewrite(tmp_path / "b.run", {**members, "run.json": json.dumps(changed).encode()})
    assert "changed" in comity.refused("reproduce", str(tmp_path / "b.run")).err

    changed = json.loads(members["run.json"])
    changed["effects"]["real_income_pct"]["CHN"] += 1e-4
    _rewrite(tmp_path / "c.run", {**members, "run.json": json.dumps(changed).encode()})
    done = comity.refused("reproduce", str(tmp_path / "c.run"))
    assert "real_income_pct.CHN" in done.err


def _rewrite(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in members.items():
            bundle.writestr(name, content)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off"])
def test_what_is_no_run_is_refused(comity: Door, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.run"
    path.write_bytes(content)
    assert "no saved run" in comity.refused("reproduce", str(path)).err
    assert "cannot be read" in comity.refused("reproduce", str(tmp_path / "none.run")).err


def test_scenario_check_names_every_problem_at_its_place(comity: Door, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "comity-scenario: 1\n"
        "title: wrong\n"
        "to:\n"
        "  changes:\n"
        "    - by: USA\n"
        "      tarif: {on_imports_from: all, add: 10%}\n"
        "    - by: Atlantis\n"
        "      ban: {imports_from: CHN, coverage: 140%}\n"
    )
    done = comity.try_("scenario", "check", str(bad), "--format", "json")
    assert done.code == 2
    found = done.json
    lines = {(row["where"] or {}).get("line") for row in found}
    assert {6, 8} <= lines
    assert all((row["where"] or {}).get("column") for row in found if row["level"] == "error")
    assert comity.refused("simulate", str(bad)).err.count("error:") >= 2


def test_scenario_check_of_a_good_file_leaves_notes_only(comity: Door) -> None:
    found = comity("scenario", "check", BAN, "--format", "json").json
    assert {row["level"] for row in found} == {"note"}
    (bare,) = {row["level"] for row in comity("scenario", "check", TARIFF, "--format", "json").json}
    assert bare == "note"


def test_scenario_diff_says_what_differs(comity: Door, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(Path(TARIFF).read_text().replace("add: 10%", "add: 20%"))
    rows = comity("scenario", "diff", TARIFF, str(other), "--format", "json").json
    assert len(rows) == 1
    assert "20" in rows[0]["second"]
    assert "say the same" in comity("scenario", "diff", TARIFF, TARIFF).out


def test_world_check_and_info_of_the_shipped_world(comity: Door) -> None:
    found = comity("world", "check", "goods-world-2023", "--format", "json").json
    kinds = {row["kind"]: row for row in found}
    assert "HKG" in kinds["large-deficit"]["economies"]
    # facts/world/README.md: KOR-VNM is filled, ten other cells are gaps
    assert kinds["gap"]["count"] == 10
    info = comity("world", "info", "goods-world-2023", "--format", "json").json
    assert info["shape"] == [30, 1]
    assert "Viet Nam" in comity("world", "info", "goods-world-2023").out


def test_world_check_of_published_data(comity: Door, shared_data: Path) -> None:
    folder = shared_data / "data" / "cp2015"
    found = comity("world", "check", str(folder), "--format", "json").json
    kinds = {row["kind"]: row for row in found}
    assert kinds["zero-domestic"]["count"] == 26
    assert kinds["negative-final-demand"]["count"] == 185
    assert "no-equilibrium" in kinds


def test_world_import_keeps_one_checked_file(
    comity: Door, shared_data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "cp.npz"
    comity("world", "import", "cp2015", str(shared_data / "data" / "cp2015"), "--out", str(out))
    kept = comity("world", "info", str(out), "--format", "json").json
    read = comity("world", "info", str(shared_data / "data" / "cp2015"), "--format", "json").json
    assert kept == read
    scenario = tmp_path / "nafta.yaml"
    scenario.write_text(
        "comity-scenario: 1\n"
        "title: NAFTA\n"
        "baseline: {file: cp.npz}\n"
        "model: {deficits: none}\n"
        "to:\n"
        "  changes:\n"
        "    - by: [CAN, MEX, USA]\n"
        "      tariff_schedule: nafta\n"
    )
    effects = comity("simulate", str(scenario), "--format", "json").json["effects"]
    # data/cp2015/README.md, exact I/P
    assert effects["real_income_pct"]["MEX"] == pytest.approx(0.0073, abs=5e-5)
    assert effects["real_income_pct"]["CAN"] == pytest.approx(-0.1101, abs=5e-5)
    assert effects["real_income_pct"]["USA"] == pytest.approx(0.0741, abs=5e-5)


def test_input_output_tables_need_elasticities(comity: Door, tmp_path: Path) -> None:
    """Not a traceback, whichever command reads the table."""
    table = tmp_path / "x.csv"
    table.write_text("a,b\n1,2\n")
    for form in ("icio", "wiod", "exiobase"):
        for words in (
            ("import", form, str(table), "--out", str(tmp_path / "y.npz")),
            ("info", str(table), "--as", form),
            ("check", str(table), "--as", form),
        ):
            done = comity.refused("world", *words)
            assert "theta is not given" in done.err
            assert "--theta 4" in done.err
    done = comity.refused("world", "info", str(table), "--as", "icio", "--theta", "many")
    assert "neither a number nor a file" in done.err


def test_world_import_adds_sectors_up(
    comity: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pymrio = pytest.importorskip("pymrio")
    monkeypatch.setattr("pymrio.parse_oecd", lambda *a, **k: pymrio.load_test())
    (tmp_path / "map.csv").write_text("sector,into\nfood,Goods\nmining,Goods\n*,Services\n")
    (tmp_path / "theta.csv").write_text("sector,theta\nGoods,4.5\n*,6\n")
    (tmp_path / "x.csv").write_text("a table\n")
    out = tmp_path / "x.npz"
    comity(
        "world", "import", "icio", str(tmp_path / "x.csv"), "--out", str(out),
        "--sectors", str(tmp_path / "map.csv"), "--theta", str(tmp_path / "theta.csv"),
        "--inventories", "keep",
    )  # fmt: skip
    info = comity("world", "info", str(out), "--sectors", "--format", "json").json
    assert [(row["sector"], row["theta"]) for row in info["sectors"]] == [
        ("Goods", 4.5),
        ("Services", 6.0),
    ]
    assert any("kept as final demand" in note["text"] for note in info["notes"])


def test_what_cannot_be_saved_is_said_before_anything_is_computed(
    comity: Door, tmp_path: Path
) -> None:
    done = comity.refused("simulate", TARIFF, "--save", str(tmp_path / "new" / "a.run"))
    assert "no folder" in done.err
    assert "make the folder first" in done.err
    assert done.out == ""
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("threads", ["0", "-3"])
def test_threads_are_one_or_more(comity: Door, tmp_path: Path, threads: str) -> None:
    assert "1 or more" in comity.refused("simulate", TARIFF, "--threads", threads).err
    kept = tmp_path / "a.run"
    comity("simulate", TARIFF, "--save", str(kept))
    assert "1 or more" in comity.refused("reproduce", str(kept), "--threads", threads).err


def test_effects_by_sector_are_in_json_and_always_in_the_saved_run(
    comity: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = comity("simulate", TARIFF, "--format", "json").json
    effects = data["effects"]
    assert data["left_out"] == []
    assert effects["prices_pct"]["USA"]["Goods"] != 0.0
    for name in ("output", "output_change", "value_added_change"):
        assert set(effects[name]) == set(effects["real_income_pct"])
    before, after = effects["trade_before"], effects["trade"]
    assert after["USA"]["CHN"]["Goods"] < before["USA"]["CHN"]["Goods"]
    (row,) = [r for r in data["flows"] if (r["importer"], r["exporter"]) == ("USA", "CHN")]
    assert row["after"] == after["USA"]["CHN"]["Goods"]
    assert set(effects["first_order_pct"]) == {"welfare", "terms_of_trade", "volume_of_trade"}
    monkeypatch.setattr("comity.world.result.FEW_CELLS", 1)
    kept = tmp_path / "a.run"
    short = comity("simulate", TARIFF, "--format", "json", "--save", str(kept)).json
    assert short["left_out"] == ["trade_before", "trade"]
    assert "trade" not in short["effects"]
    full = comity("reproduce", str(kept), "--format", "json", "--full").json
    assert full["effects"] == effects
    with zipfile.ZipFile(kept) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    changed = json.loads(members["run.json"])
    assert changed["effects"] == effects
    changed["effects"]["trade"]["USA"]["CHN"]["Goods"] *= 1.0001
    _rewrite(tmp_path / "b.run", {**members, "run.json": json.dumps(changed).encode()})
    assert "trade.USA.CHN.Goods" in comity.refused("reproduce", str(tmp_path / "b.run")).err


def test_no_equilibrium_is_an_error_that_names_who(comity: Door, tmp_path: Path) -> None:
    cut = tmp_path / "cut.yaml"
    cut.write_text(
        "comity-scenario: 1\n"
        "title: no exports\n"
        "to:\n"
        "  changes:\n"
        "    - by: JPN\n"
        "      ban: {exports_to: all}\n"
        "model: {deficits: none}\n"
    )
    done = comity.try_("simulate", str(cut), "--format", "json")
    assert done.code == 3
    error = json.loads(done.err)
    assert error["error"] == "NoEquilibrium"
    assert error["reason"] == "one-way"
    assert error["economies"] == ["JPN"]
    assert done.out == ""
