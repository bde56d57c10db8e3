"""What `scenario check` and `scenario diff` say, and where baselines come from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from comity.opened import OpenRecord
from comity.scenario.baselines import baseline_of
from comity.scenario.check import check
from comity.scenario.contents import Scenario
from comity.scenario.diff import diff
from comity.scenario.dump import dump
from comity.scenario.file import parse_scenario, read_scenario
from comity.scenario.resolve import resolve
from comity.trade.archive import save
from comity.trade.baseline import Baseline
from comity.words.errors import ComityError, NotFound, ValidationError
from tests.scenario.conftest import HEAD, scenario

EXAMPLES = Path(str(files("comity.scenario") / "examples"))


def written(tmp_path: Path, body: str) -> Path:
    path = tmp_path / "s.yaml"
    path.write_text(HEAD + body, encoding="utf-8")
    return path


# ---- check ---------------------------------------------------------------------------------------


def test_a_file_that_can_be_run_has_notes_only(record: OpenRecord) -> None:
    found = check(EXAMPLES / "seafood-ban.yaml", record)
    assert {one.level for one in found} == {"note"}
    # What the resolution says, and what the baseline says of itself.
    assert {"baseline-year", "other-measures", "large-deficit"} <= {one.kind for one in found}


def test_problems_of_the_file_come_first(tmp_path: Path, record: OpenRecord) -> None:
    found = check(written(tmp_path, "to: now\nfrom: then\n"), record)
    assert {one.level for one in found} == {"error"}
    assert sorted(one.where.line or 0 for one in found if one.where) == [3, 4]
    data = found[0].as_dict()
    assert set(data) == {"level", "kind", "what", "where", "mend"}
    assert data["kind"] == "ValidationError"


def test_a_file_or_baseline_that_is_not_there(tmp_path: Path) -> None:
    [missing] = check(tmp_path / "none.yaml")
    assert (missing.level, missing.kind) == ("error", "FileError")
    [nowhere] = check(written(tmp_path, "to: baseline\nbaseline: {file: none.npz}\n"))
    assert nowhere.level == "error"
    [unknown] = check(written(tmp_path, "to: baseline\nbaseline: goods-world-1923\n"))
    assert unknown.kind == "NotFound"
    assert (unknown.where and unknown.where.line, unknown.where and unknown.where.column) == (4, 11)


@pytest.mark.parametrize(
    ("baseline", "column", "says", "mend"),
    [
        ("{file: none.npz}", 18, "none.npz: the file is not there", "comity world import"),
        ("{format: cp2015, path: .}", 34, "needs the file regions.txt", "the folder holds"),
        ("{format: flows, path: t.csv, gdp: nope.csv}", 45, "nope.csv: the file is not", "folder"),
        ("{format: flows, path: nope.csv, gdp: g.csv}", 33, "nope.csv: the file is not", "folder"),
        ("{format: flows, path: bad.csv, gdp: g.csv}", 33, "bad.csv, row 2, field value", "plain"),
    ],
)
def test_what_is_wrong_with_the_data_is_placed_in_the_scenario(
    tmp_path: Path, baseline: str, column: int, says: str, mend: str
) -> None:
    """Line and column of the scenario, the place in the data in words, and a mend."""
    (tmp_path / "t.csv").write_text("exporter,importer,value\nA,B,1\nB,A,1\n")
    (tmp_path / "bad.csv").write_text("exporter,importer,value\nA,B,1\nB,A,x\n")
    (tmp_path / "g.csv").write_text("economy,gdp\nA,10\nB,10\n")
    [found] = check(written(tmp_path, f"to: baseline\nbaseline: {baseline}\n"))
    assert found.level == "error"
    assert found.where is not None
    assert found.where.file == str(tmp_path / "s.yaml")
    assert (found.where.line, found.where.column) == (4, column)
    assert says in found.what
    assert mend in str(found.mend)


def test_tables_take_sectors_and_inventories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the baseline section says reaches the builder; and it is written as it was read."""
    asked: dict[str, object] = {}

    def built(table: object, **options: object) -> Baseline:
        asked.update(options)
        raise NotFound("stop here")

    monkeypatch.setattr("comity.trade.table_files._parsed", lambda *a, **k: None)
    monkeypatch.setattr("comity.trade.table_files.from_input_output", built)
    text = (
        "baseline: {format: wiod, path: x, theta: {Eaten: 3, '*': 6}, inventories: keep,\n"
        "  sectors: {Fish: Eaten, '*': Other}}\nto: baseline\n"
    )
    read = scenario(text)
    with pytest.raises(NotFound):
        baseline_of(read, tmp_path)
    assert asked["sectors"] == {"Fish": "Eaten", "*": "Other"}
    assert asked["theta"] == {"Eaten": 3.0, "*": 6.0}
    assert asked["inventories"] == "keep"
    assert parse_scenario(dump(read)) == read


BROKEN = """\
to:
  changes:
    - by: Atlantis
      tariff: {on_imports_from: Lemuria, to: soon}
    - by: CHN
      ban: {imports_from: JPN, coverage: 140%, sectors: Fisch}
    - by: Utopia
      ban: {imports_from: JPN}
    - by: USA
      measure: cn-seafood-ban-2023
      change: repeal
    - by: CHN
      productivity: {of: Atlantis}
model: {theta: {Fisch: 4}, deficits: half}
measures:
  cn-none-2023: {coverage: 40, because: x, partners: Lemuria}
"""


def test_everything_that_can_be_found_is_found_in_one_go(
    tmp_path: Path, record: OpenRecord, world: Baseline
) -> None:
    """Beside problems of the file: names of economies, sectors and measures that are not there."""
    found = check(written(tmp_path, BROKEN), record, lambda _: world)
    assert {one.level for one in found} == {"error"}
    said = {(one.where.line, one.what) for one in found if one.where is not None}
    lines = {
        5: ["no economy 'Atlantis'"],
        6: ["'soon' is not a number", "no economy 'Lemuria'"],
        8: ["140% is no share", "no sector 'Fisch'"],
        9: ["no economy 'Utopia'"],
        13: ["change is 'repeal'"],
        15: ["needs times", "no economy 'Atlantis'"],
        16: ["deficits is 'half'", "no sector 'Fisch'"],
        18: ["40 is no share", "no measure cn-none-2023", "no economy 'Lemuria'"],
    }
    for line, words in lines.items():
        for word in words:
            assert any(at == line and word in what for at, what in said), (line, word, said)
    assert all(one.mend for one in found)


def test_nothing_is_looked_up_on_a_baseline_that_was_not_meant(
    tmp_path: Path, record: OpenRecord
) -> None:
    text = "baseline: {nam: x}\nto:\n  changes: [{by: Atlantis, ban: {imports_from: JPN}}]\n"
    [found] = check(written(tmp_path, text), record)
    assert "no key 'nam'" in found.what


def test_running_a_scenario_tells_as_much(tmp_path: Path, record: OpenRecord) -> None:
    from comity.world.simulate import simulate

    text = (
        "to:\n  changes:\n    - {by: Atlantis, ban: {imports_from: JPN}}\n"
        "    - {by: USA, tariff: {on_imports_from: Lemuria, to: soon}}\n"
        "model: {theta: {Fisch: 4}}\n"
    )
    with pytest.raises(ValidationError) as caught:
        simulate(written(tmp_path, text), record)
    said = " ".join(one.what for one in caught.value.problems)
    for word in ("Atlantis", "Lemuria", "soon", "Fisch"):
        assert word in said
    with pytest.raises(ValidationError) as caught:
        simulate(written(tmp_path, text.replace("to: soon", "to: 1%")), record)
    said = " ".join(one.what for one in caught.value.problems)
    for word in ("Atlantis", "Lemuria", "Fisch"):
        assert word in said


def test_scenarios_without_effect_are_said(tmp_path: Path, one_sector: Baseline) -> None:
    def load(_: Scenario) -> Baseline:
        return one_sector

    nothing = check(written(tmp_path, "to: baseline\n"), load=load)
    assert [one.kind for one in nothing] == ["no-change"]
    change = "{changes: [{by: CHN, ban: {imports_from: JPN}}]}"
    same = check(written(tmp_path, f"from: {change}\nto: {change}\n"), load=load)
    assert [one.kind for one in same] == ["same-states"]
    assert check(written(tmp_path, f"to: {change}\n"), load=load) == []


# ---- baselines -----------------------------------------------------------------------------------


def test_the_shipped_baseline_and_its_options() -> None:
    plain = baseline_of(scenario("to: baseline\n"))
    assert (plain.name, float(plain.theta[0])) == ("goods-world-2023", 4.0)
    other = baseline_of(scenario("to: baseline\nbaseline: {theta: 6, gaps: fill}\n"))
    assert float(other.theta[0]) == 6.0
    assert other.digest != plain.digest


def test_files_are_relative_to_the_scenario(tmp_path: Path, world: Baseline) -> None:
    (tmp_path / "data").mkdir()
    save(world, tmp_path / "data" / "own.npz")
    read = read_scenario(written(tmp_path, "to: baseline\nbaseline: {file: data/own.npz}\n"))
    assert baseline_of(read).digest == world.digest
    (tmp_path / "flows.csv").write_text(
        "exporter,importer,value_usd_million\nCHN,JPN,165\nJPN,CHN,124\n", encoding="utf-8"
    )
    (tmp_path / "gdp.csv").write_text(
        "economy,gdp_usd_million\nCHN,1800\nJPN,420\n", encoding="utf-8"
    )
    body = "to: baseline\nbaseline: {format: flows, path: flows.csv, gdp: gdp.csv, theta: 5}\n"
    built = baseline_of(read_scenario(written(tmp_path, body)))
    assert (built.names.economies, float(built.theta[0])) == (("CHN", "JPN"), 5.0)


def test_the_replication_data_by_name(shared_data: Path) -> None:
    read = read_scenario(EXAMPLES / "cp2015-nafta.yaml")
    base = baseline_of(read, shared_data / "data")
    made = resolve(read, base)
    [one] = made.after_changes
    assert one.actors == ("CAN", "MEX", "USA")
    rates = one.change.schedule
    assert rates is not None
    # The paper's change is in the tariffs of the three: their rows are those of the whole schedule.
    assert (rates.transpose(2, 0, 1) == base.schedules["nafta"]).all()


def test_the_share_of_the_example_is_that_of_its_sources(shared_data: Path) -> None:
    """87.1 billion yen at 131.4589 over the baseline's flow: what the file says in words."""
    import csv

    with (shared_data / "facts/china-japan/seafood_trade.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert (rows["S0010"]["value"], rows["S0010"]["unit"]) == ("87.1", "JPY bn")
    assert rows["S0113"]["derived"] == "87.1 bn JPY / 131.4589"
    with (shared_data / "facts/world/goods_trade_2023.csv").open(encoding="utf-8") as file:
        [flow] = [
            float(row["value_usd_million"])
            for row in csv.DictReader(file)
            if (row["exporter"], row["importer"]) == ("JPN", "CHN")
        ]
    share = 87_100 / 131.4589 / flow
    [measure] = read_scenario(EXAMPLES / "seafood-ban.yaml").measures
    assert measure.coverage == round(share, 4)


# ---- diff ----------------------------------------------------------------------------------------

ONE = """\
baseline: {theta: 4}
from: {as_of: 2023-08-23}
to:
  as_of: 2023-11-16
  changes:
    - {by: USA, tariff: {on_imports_from: [CHN], sectors: [Food], add: 25%}}
measures:
  cn-a: {coverage: 0.53%, because: x}
  cn-b: {coverage: {Fish: 0.1}, because: x}
"""
TWO = """\
baseline: {theta: 5}
model: {deficits: none}
from: {as_of: 2023-08-24}
to:
  as_of: 2023-11-16
  changes:
    - {by: USA, tariff: {on_imports_from: all, add: 10%, coverage: 0.5}}
    - {by: JPN, population: {times: 1.01}}
measures:
  cn-a: {coverage: 1%, because: x, as: {tariff: 12.5%}}
"""


def test_differences_in_words() -> None:
    rows = diff(scenario(ONE), scenario(TWO))
    found = {(row["part"], row["field"]): (row["first"], row["second"]) for row in rows}
    assert found == {
        ("baseline", "theta"): ("4", "5"),
        ("model", "deficits"): ("kept", "none"),
        ("state from", "as_of"): ("2023-08-23", "2023-08-24"),
        ("state to", "change 1"): (
            "USA: tariff of 25 % more on imports from CHN; sectors Food",
            "USA: tariff of 10 % more on imports from all; coverage 50 %",
        ),
        ("state to", "change 2"): ("–", "JPN: population times 1.01"),
        ("measure cn-a", "coverage"): ("0.53 %", "1 %"),
        ("measure cn-a", "as"): ("–", "tariff: 12.5 %"),
        ("measure cn-b", "named"): ("yes", "no"),
        ("measure cn-b", "coverage"): ("Fish: 10 %", "–"),
        ("measure cn-b", "because"): ("x", "–"),
        ("measure cn-b", "in_baseline"): ("no", "–"),
    }


def test_no_difference() -> None:
    same = ONE.replace("0.53%", "0.0053").replace("[CHN]", "CHN")
    assert diff(scenario(ONE), scenario(same)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("ban: {imports_from: CHN, exports_to: USA}", "ban on imports from CHN and exports to USA"),
        ("lift: {imports_from: CHN, coverage: 1%}", "ban lifted on imports from CHN; coverage 1 %"),
        (
            "tariff: {on_imports_from: {all_except: CHN}, to: 5%}",
            "tariff of 5 % on imports from all except CHN",
        ),
        ("tariff: {on_imports_from: CHN, times: 0}", "tariff times 0 on imports from CHN"),
        ("trade_cost: {on_exports_to: CHN, times: 1.1}", "trade cost times 1.1 on exports to CHN"),
        ("productivity: {times: 1.1, of: USA}", "productivity of USA times 1.1"),
        ("tariff_schedule: nafta", "tariff schedule nafta"),
    ],
)
def test_changes_in_words(change: str, words: str) -> None:
    one = scenario(f"to:\n  changes:\n    - {{by: JPN, {change}}}\n")
    [row] = [row for row in diff(scenario("to: baseline\n"), one) if row["field"] == "change 1"]
    assert row["second"] == f"JPN: {words}"


def test_every_error_says_how_to_mend(tmp_path: Path) -> None:
    from tests.scenario.test_file import BAD

    for text, *_ in BAD:
        try:
            parse_scenario(HEAD + text, "s.yaml")
        except ComityError as error:
            for one in getattr(error, "problems", ()):
                assert one.mend, one.what


def test_rates_inside_economies_are_flagged(world: Baseline) -> None:
    """A schedule cannot change them: the scenario's notes say so, and the shock leaves them."""
    rates = np.full(world.tariff.shape, 0.1)
    made = world.replaced(schedules={"ten": rates})
    found = resolve(scenario("to:\n  changes: [{by: CHN, tariff_schedule: ten}]\n"), made)
    (flag,) = [flag for flag in found.flags if flag.kind == "schedule-inside"]
    assert "4 rates" in flag.text
    assert "(CHN)" in flag.text
