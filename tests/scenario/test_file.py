"""Reading a scenario file: what each key means, and what is wrong at which line and column."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from pathlib import Path

import pytest

from comity.scenario.contents import BaselineChoice, Effect, State, Who
from comity.scenario.fields import factor, number, rate, share
from comity.scenario.file import parse_scenario, read_scenario
from comity.trade.reading import FORMATS
from comity.words.errors import FileError, ValidationError
from tests.scenario.conftest import HEAD, placed, scenario

EXAMPLES = sorted(Path(str(files("comity.scenario") / "examples")).glob("*.yaml"))

FULL = """\
comity-scenario: 1
title: All of it
question: Who pays?
note: Nothing to note
baseline: {name: goods-world-2023, theta: 5, gamma: 0.4, gaps: fill}
model:
  name: world
  deficits: {scale: 0.5}
  engine: numba
  tolerance: 1e-11
  theta: {Food: 2.5, Fish: 3}
  path_steps: 64
  seed: 7
from:
  as_of: 2023-08-23
  known_on: 2026-11-24
  public_on: 2023-09-01
  prorate: 2023
to:
  as_of: 2023-11-16
  changes:
    - by: CHN
      tariff: {on_imports_from: [JPN, USA], sectors: [Food], to: 12.5%, coverage: 40%}
      because: A threat of the autumn
    - by: [JPN, USA]
      ban: {imports_from: CHN, exports_to: {all_except: [EUN]}, goods: [HS2022:03, 1604],
            goods_except: HS2022:030111, coverage: {Fish: 0.5, Food: 0.1}}
    - by: CHN
      lift: {imports_from: JPN, coverage: 0.2}
    - by: JPN
      trade_cost: {on_imports_from: all, on_exports_to: USA, times: 1.05}
    - by: JPN
      productivity: {times: 1.02, sectors: Food, of: USA}
    - by: JPN
      population: {times: 0.99}
    - by: all
      tariff_schedule: nafta
    - {by: CHN, measure: cn-seafood-ban-2023, change: lift}
    - {by: CHN, measure: cn-beef-ban, change: suspend,
       coverage: 1%, because: Customs, in_baseline: yes}
measures:
  cn-seafood-ban-2023:
    coverage: {Fish: 0.9, Food: 5 %}
    because: Customs of 2022
    sectors: [Fish, Food]
    in_baseline: prorated
    as: {trade_cost: 1.3}
    assume: in force
    imposers: CHN
    partners: [JPN]
"""


def test_every_key() -> None:
    read = parse_scenario(FULL)
    assert (read.title, read.question, read.note) == ("All of it", "Who pays?", "Nothing to note")
    assert read.baseline == BaselineChoice("goods-world-2023", theta=5.0, gamma=0.4, gaps="fill")
    model = read.model
    assert (model.name, model.deficits, model.engine) == ("world", 0.5, "numba")
    assert (model.tolerance, model.path_steps, model.seed) == (1e-11, 64, 7)
    assert model.theta == (("Fish", 3.0), ("Food", 2.5))
    day = dt.date(2023, 8, 23)
    assert read.before == State(day, "2026-11-24", dt.date(2023, 9, 1), 2023)
    tariff, ban, lift, cost, made, people, schedule, lifted, beef = read.after.changes
    assert tariff.by == Who(("CHN",))
    assert tariff.imports_from == Who(("JPN", "USA"))
    assert (tariff.operation, tariff.value, tariff.coverage) == ("to", 0.125, 0.4)
    assert (tariff.sectors, tariff.because) == (("Food",), "A threat of the autumn")
    assert ban.by == Who(("JPN", "USA"))
    assert (ban.imports_from, ban.exports_to) == (Who(("CHN",)), Who(None, ("EUN",)))
    assert ban.goods == ("HS2022:03", "HS2022:1604")
    assert ban.goods_except == ("HS2022:030111",)
    assert ban.coverage == (("Fish", 0.5), ("Food", 0.1))
    assert (lift.kind, lift.coverage) == ("lift", 0.2)
    assert (cost.value, cost.imports_from, cost.exports_to) == (1.05, Who(None), Who(("USA",)))
    assert (made.kind, made.value, made.of) == ("productivity", 1.02, Who(("USA",)))
    assert (people.kind, people.value) == ("population", 0.99)
    assert (schedule.by, schedule.schedule) == (Who(None), "nafta")
    assert lifted.measure is not None
    assert (lifted.measure.id, lifted.operation) == ("cn-seafood-ban-2023", "lift")
    assert beef.measure is not None
    assert (beef.measure.coverage, beef.measure.in_baseline) == (0.01, "yes")
    [measure] = read.measures
    assert measure.coverage == (("Fish", 0.9), ("Food", 0.05))
    assert (measure.because, measure.sectors) == ("Customs of 2022", ("Fish", "Food"))
    assert (measure.in_baseline, measure.assume) == ("prorated", "in force")
    assert measure.effect == Effect("trade_cost", 1.3)
    assert (measure.imposers, measure.partners) == (Who(("CHN",)), Who(("JPN",)))


def test_what_is_left_out_has_these_defaults() -> None:
    read = scenario("to: {as_of: 2023-11-16}\n")
    assert read.before.is_baseline
    assert read.baseline.name == "goods-world-2023"
    assert (read.model.name, read.model.deficits, read.model.engine) == ("world", "kept", "auto")
    assert (read.model.seed, read.model.theta, read.measures) == (0, None, ())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_shipped_examples_are_read(path: Path) -> None:
    assert read_scenario(path).title


def test_there_are_examples() -> None:
    assert {path.stem for path in EXAMPLES} >= {"seafood-ban", "tariff-10", "cp2015-nafta"}


# (body below the head of two lines, line, column, words of the message, words of the mend)
BAD = [
    ("to: baseline\ntitel: x\n", 4, 1, "no key 'titel'", "title"),
    ("note: x\n", 1, 1, "needs to", "as_of"),
    ("to: {as_of: 2023-02-30}\n", 3, 13, "not a day of the calendar", "month"),
    ("to: {as_of: soon}\n", 3, 13, "not a day", "YYYY-MM-DD"),
    ("to: {as_of: 2023-11-16, day: 3}\n", 3, 25, "no key 'day'", "keys:"),
    ("to: {known_on: 2023-11-16}\n", 3, 6, "known_on needs as_of", "add as_of"),
    ("to: {as_of: 2023-11-16, known_on: x}\n", 3, 35, "not a day", ""),
    ("to: {as_of: 2023-11-16, prorate: 23}\n", 3, 34, "calendar year", "2023"),
    ("to: now\n", 3, 5, "to is 'now'", "baseline"),
    ("to: [baseline]\n", 3, 5, "to is a mapping", "keys"),
    ("to: {}\n", 3, 5, "is empty", "baseline"),
    ("to: {changes: []}\n", 3, 15, "at least one change", "by"),
    ("to: {changes: [tariff]}\n", 3, 16, "a change is a mapping", "by"),
    ("to:\n", 3, 1, "empty", ""),
    ("to: baseline\nbaseline: {nam: x}\n", 4, 12, "no key 'nam'", "name"),
    ("to: baseline\nbaseline: {file: a, name: b}\n", 4, 21, "only one of", "keep one"),
    ("to: baseline\nbaseline: {format: cp2015}\n", 4, 11, "needs path", "folder"),
    ("to: baseline\nbaseline: {path: x}\n", 4, 11, "needs format", "cp2015"),
    ("to: baseline\nbaseline: {format: stata, path: x}\n", 4, 20, "format is 'stata'", "cp2015"),
    ("to: baseline\nbaseline: {format: cp2015, path: x, theta: 4}\n", 4, 37, "no option", "leave"),
    ("to: baseline\nbaseline: {file: x, gaps: keep}\n", 4, 21, "no option", "leave"),
    ("to: baseline\nbaseline: {theta: {A: 4}}\n", 4, 19, "theta by sector", "one number"),
    ("to: baseline\nbaseline: {format: icio, path: x}\n", 4, 11, "needs theta", "elasticity"),
    ("to: baseline\nbaseline: {gamma: 0}\n", 4, 19, "gamma is 0", "0.5"),
    ("to: baseline\nbaseline: {gamma: 1.2}\n", 4, 19, "gamma is 1.2", "not above 1"),
    (
        "to: baseline\nbaseline: {theta: -4}\n",
        4,
        19,
        "theta is",
        "a trade elasticity must be above 0",
    ),
    ("to: baseline\nbaseline: {gamma: 4}\n", 4, 19, "gamma is 4", "value added in output"),
    ("to: baseline\nbaseline: {theta: 4%}\n", 4, 19, "is a percentage", "a number above 0"),
    ("to: baseline\nbaseline: {gaps: zero}\n", 4, 18, "gaps is 'zero'", "keep"),
    (
        "to: baseline\nbaseline: {format: icio, path: x, theta: 4, inventories: burn}\n",
        *(4, 58, "inventories is 'burn'", "remove"),
    ),
    (
        "to: baseline\nbaseline: {format: icio, path: x, theta: 4, sectors: [Food]}\n",
        *(4, 54, "sectors is a mapping", "all the others"),
    ),
    (
        "to: baseline\nbaseline: {format: cp2015, path: x, sectors: {Food: All}}\n",
        *(4, 37, "no option of cp2015", "leave it out"),
    ),
    ("to: baseline\nmodel: planet\n", 4, 8, "model is 'planet'", "world"),
    ("to: baseline\nmodel: {deficits: half}\n", 4, 19, "deficits is 'half'", "kept"),
    ("to: baseline\nmodel: {deficits: {scale: -1}}\n", 4, 27, "scaled by -1", "0 or more"),
    ("to: baseline\nmodel: {deficits: {}}\n", 4, 19, "needs scale", "0.5"),
    ("to: baseline\nmodel: {engine: matlab}\n", 4, 17, "engine is 'matlab'", "numpy"),
    ("to: baseline\nmodel: {tolerance: 1}\n", 4, 20, "tolerance is 1", "1e-10"),
    ("to: baseline\nmodel: {tolerance: nan}\n", 4, 20, "not a number", "digits"),
    ("to: baseline\nmodel: {tolerance: 0}\n", 4, 20, "tolerance is 0", "such as 1e-10"),
    ("to: baseline\nmodel: {theta: 1e-10%}\n", 4, 16, "is a percentage", "a number above 0"),
    ("to: baseline\nmodel: {theta: 0}\n", 4, 16, "theta is", "a trade elasticity must be above 0"),
    (
        "to: baseline\nmodel: {theta: {Food: -1}}\n",
        4,
        23,
        "theta is",
        "a trade elasticity must be above 0",
    ),
    ("to: baseline\nmodel: {theta: {}}\n", 4, 16, "empty", "by sector"),
    ("to: baseline\nmodel: {path_steps: 0}\n", 4, 21, "path_steps is 0", "1 or more"),
    ("to: baseline\nmodel: {seed: -1}\n", 4, 15, "seed is -1", "0 or more"),
    ("to: baseline\nmodel: {seed: 1.5}\n", 4, 15, "whole number", "digits"),
    ("to: baseline\nmeasures: [cn-a]\n", 4, 11, "measures is a mapping", "cn-a: {coverage"),
    ("to: baseline\nmeasures: {cn-a: 0.4}\n", 4, 12, "cn-a has no coverage", "coverage: 0.4"),
    ("to: baseline\nmeasures:\n  cn-a: {because: x}\n", 5, 3, "cn-a has no coverage", "coverage"),
    ("to: baseline\nmeasures:\n  cn-a: {coverage: 1}\n", 5, 3, "where its coverage", "because"),
    ("to: baseline\nmeasures:\n  cn-a: {coverage: 40, because: x}\n", 5, 20, "no share", "40%"),
    ("to: baseline\nmeasures:\n  cn-a: {coverage: -1%, because: x}\n", 5, 20, "no share", "0.4"),
    ("to: baseline\nmeasures:\n  CN_A: {coverage: 1, because: x}\n", 5, 3, "not an id", "small"),
    (
        "to: baseline\nmeasures:\n  cn-a: {coverage: 1, because: x, in_baseline: maybe}\n",
        *(5, 48, "in_baseline is 'maybe'", "yes"),
    ),
    (
        "to: baseline\nmeasures:\n  cn-a: {coverage: 1, because: x, as: licence}\n",
        *(5, 39, "as is 'licence'", "ban"),
    ),
    (
        "to: baseline\nmeasures:\n  cn-a: {coverage: 1, because: x, as: {trade_cost: 5%}}\n",
        *(5, 52, "percentage", "1.05"),
    ),
    (
        "to: baseline\nmeasures:\n  cn-a: {coverage: 1, because: x, as: {tariff: 25}}\n",
        *(5, 48, "2500 %", "25%"),
    ),
]


@pytest.mark.parametrize(("body", "line", "column", "what", "mend"), BAD)
def test_what_is_wrong_is_placed(body: str, line: int, column: int, what: str, mend: str) -> None:
    with pytest.raises(ValidationError) as caught:
        scenario(body)
    [(found_line, found_column, said)] = placed(caught.value)
    assert (found_line, found_column) == (line, column), said
    assert what in said
    assert mend in (caught.value.problems[0].mend or "")


# (one change, as flow text, column where the change's text begins at 5, words of the message)
BAD_CHANGES = [
    ("{tariff: {on_imports_from: JPN, to: 1%}}", 7, "needs by"),
    ("{by: CHN}", 7, "needs one of tariff, ban"),
    ("{by: CHN, tarif: {to: 1}}", 17, "no key 'tarif'"),
    ("{by: CHN, population: {times: 1}, ban: {imports_from: JPN}}", 41, "only one of"),
    ("{by: CHN, tariff: {to: 1%}}", 25, "needs on_imports_from"),
    ("{by: CHN, tariff: {on_imports_from: JPN}}", 25, "needs one of to, add, times"),
    ("{by: CHN, tariff: {on_imports_from: JPN, to: 1%, add: 1%}}", 56, "only one of to, add"),
    ("{by: CHN, tariff: {on_imports_from: JPN, to: 25}}", 52, "2500 %"),
    ("{by: CHN, tariff: {on_imports_from: JPN, to: 1e300%}}", 52, "beyond 1e+14 %"),
    ("{by: CHN, tariff: {on_imports_from: JPN, times: 1e300}}", 55, "cannot be scaled by"),
    ("{by: CHN, trade_cost: {on_imports_from: JPN, times: 1e300}}", 59, "not from 1e-06 to"),
    ("{by: CHN, tariff: {on_imports_from: JPN, to: -100%}}", 52, "whole price"),
    ("{by: CHN, tariff: {on_imports_from: JPN, to: -1.5}}", 52, "whole price"),
    ("{by: CHN, tariff: {on_imports_from: JPN, times: -1}}", 55, "scaled by -1"),
    ("{by: CHN, tariff: {on_imports_from: JPN, times: 50%}}", 55, "percentage"),
    ("{by: CHN, tariff: {on_imports_from: JPN, add: 1 pp}}", 53, "not a number"),
    ("{by: CHN, tariff: {on_imports_from: [], add: 1%}}", 43, "empty list"),
    ("{by: CHN, tariff: {on_imports_from: [JPN, JPN], add: 1%}}", 49, "named twice"),
    ("{by: CHN, tariff: {on_imports_from: [JPN, all], add: 1%}}", 43, "beside other names"),
    ("{by: CHN, tariff: {on_imports_from: {but: JPN}, add: 1%}}", 44, "no key 'but'"),
    ("{by: CHN, ban: {from: JPN}}", 23, "no key 'from'"),
    ("{by: CHN, ban: JPN}", 22, "ban is a mapping"),
    ("{by: CHN, ban: {imports_from: JPN, goods: [HS2022:0399]}}", 50, "no code"),
    ("{by: CHN, ban: {imports_from: JPN, goods: [fish]}}", 50, "not a goods code"),
    ("{by: CHN, ban: {imports_from: JPN, goods: HS2022:03, sectors: Fish}}", 60, "only one of"),
    ("{by: CHN, ban: {imports_from: JPN, goods_except: HS2022:03}}", 42, "needs goods"),
    ("{by: CHN, ban: {imports_from: JPN, coverage: 1.4}}", 52, "no share"),
    ("{by: CHN, ban: {imports_from: JPN}, coverage: 1}", 43, "does not stand beside ban"),
    ("{by: CHN, lift: {imports_from: JPN}}", 23, "needs coverage"),
    ("{by: CHN, trade_cost: {on_imports_from: JPN}}", 29, "needs times"),
    ("{by: CHN, trade_cost: {times: 1.1}}", 29, "needs on_imports_from"),
    ("{by: CHN, trade_cost: {on_imports_from: JPN, times: 0}}", 59, "no factor"),
    ("{by: CHN, productivity: {sectors: Food}}", 31, "needs times"),
    ("{by: CHN, population: {times: 1.1, sectors: Food}}", 42, "no key 'sectors'"),
    ("{by: CHN, measure: cn-a}", 7, "needs change"),
    ("{by: CHN, measure: cn-a, change: end}", 40, "change is 'end'"),
    ("{by: CHN, measure: Cn A, change: lift}", 26, "not an id"),
    ("{by: CHN, measure: cn-a, change: lift}", 26, "cn-a has no coverage"),
    ("{by: CHN, measure: cn-a, change: lift, coverage: 1}", 26, "where its coverage"),
]


@pytest.mark.parametrize(("change", "column", "what"), BAD_CHANGES)
def test_a_wrong_change_is_placed(change: str, column: int, what: str) -> None:
    with pytest.raises(ValidationError) as caught:
        scenario(f"to:\n  changes:\n    - {change}\n")
    found = placed(caught.value)
    assert any(what in said and (line, at) == (5, column) for line, at, said in found), found


def test_all_problems_of_a_file_come_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        scenario(
            "tilte: x\n"
            "model: {engine: x, seed: y}\n"
            "from: {as_of: x}\n"
            "to:\n"
            "  changes:\n"
            "    - {by: CHN, tariff: {to: 300}}\n"
            "    - {ban: {imports_from: JPN, coverage: 7}}\n"
            "measures: {cn-a: {}}\n"
        )
    lines = [line for line, _, _ in placed(caught.value)]
    # 3 title; 4 engine, seed; 5 day; 8 on_imports_from, 300; 9 by, 7; 10 coverage, because
    assert lines == [3, 4, 4, 5, 8, 8, 9, 9, 10, 10]
    assert "10 problems in the scenario" in caught.value.what


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("title: x\ncomity-scenario: 1\nto: baseline\n", 2, 1, "not the first key"),
        ("comity-scenario: 2\ntitle: x\nto: baseline\n", 1, 18, "version 2"),
        ("title: x\nto: baseline\n", 1, 1, "needs comity-scenario"),
        ("- comity-scenario: 1\n", 1, 1, "a mapping of keys"),
        ("comity-scenario: 1\ntitle: x\nto: baseline\nto: baseline\n", 4, 1, "occurs twice"),
        ("comity-scenario: 1\ntitle: [x\n", 3, 1, "not YAML"),
    ],
)
def test_the_head_of_the_file(text: str, line: int, column: int, what: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_scenario(text, "s.yaml")
    [(found_line, found_column, said)] = placed(caught.value)
    assert what in said
    assert (found_line, found_column) == (line, column)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a\x00b"])
def test_a_file_that_is_no_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(data)
    with pytest.raises(FileError) as caught:
        read_scenario(path)
    assert caught.value.where is not None
    assert caught.value.where.file == str(path)


def test_a_measure_is_described_once() -> None:
    change = "{by: CHN, measure: cn-a, change: lift, coverage: 1, because: x}"
    with pytest.raises(ValidationError, match="stands under measures already"):
        scenario(
            f"to:\n  changes:\n    - {change}\nmeasures:\n  cn-a: {{coverage: 1, because: x}}\n"
        )
    other = change.replace("coverage: 1", "coverage: 0.5")
    with pytest.raises(ValidationError, match="described twice"):
        scenario(f"from:\n  changes:\n    - {change}\nto:\n  changes:\n    - {other}\n")
    scenario(f"from:\n  changes:\n    - {change}\nto:\n  changes:\n    - {change}\n")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25%", 0.25),
        ("25 %", 0.25),
        (".25", 0.25),
        ("0.53%", 0.0053),
        ("-5%", -0.05),
        ("1e-3", 1e-3),
    ],
)
def test_per_cent_and_fraction_are_one_number(text: str, value: float) -> None:
    assert number(text) == value


def test_numbers_at_their_limits() -> None:
    assert (share("0"), share("1"), share("100%")) == (0.0, 1.0, 1.0)
    assert rate("10") == 10.0
    assert rate("1001%") == 10.01
    for convert, text in ((share, "1.0001"), (rate, "10.1"), (factor, "0"), (number, "inf")):
        with pytest.raises(ValidationError):
            convert(text)


def test_yaml_guesses_nothing() -> None:
    """``no`` and ``NO`` stay words: Norway is an economy and no is an answer."""
    read = scenario(
        "to:\n  changes:\n    - {by: NO, ban: {imports_from: JPN}}\n"
        "measures:\n  cn-a: {coverage: 1, because: 2022, in_baseline: no}\n"
    )
    assert read.after.changes[0].by == Who(("NO",))
    assert (read.measures[0].because, read.measures[0].in_baseline) == ("2022", "no")


def test_a_hostile_text_cannot_move_the_cursor() -> None:
    with pytest.raises(ValidationError) as caught:
        parse_scenario(HEAD + 'to: "\\e[2J' + "x" * 5000 + '"\n', "s.yaml")
    assert all(one.what.isprintable() and len(one.what) < 600 for one in caught.value.problems)


def test_formats_name_functions_that_exist() -> None:
    from importlib import import_module
    from inspect import signature

    from comity.trade.input_output import from_input_output

    for module, name, options in FORMATS.values():
        parameters = dict(signature(getattr(import_module(module), name)).parameters)
        if "options" in parameters:  # handed on to the builder of input-output tables
            parameters = {**parameters, **signature(from_input_output).parameters}
        assert set(options) <= set(parameters), name
