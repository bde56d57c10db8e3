"""Run ids: the same for the same run however it is written, another for any other number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from comity.opened import OpenRecord
from comity.scenario.file import parse_scenario
from comity.scenario.resolve import model_options, resolve
from comity.scenario.resolved import Resolved, run_id
from comity.scenario.wedges import wedges
from comity.trade.baseline import Baseline
from comity.words.errors import ValidationError
from tests.scenario.conftest import HEAD, scenario, small

TEXT = """\
comity-scenario: 1
title: One
model:
  deficits: {scale: 0.5}
  tolerance: 1e-10
  theta: {Food: 3, Fish: 5}
  path_steps: 16
  seed: 3
from: {as_of: 2023-08-23}
to:
  as_of: 2023-11-16
  changes:
    - by: USA
      tariff: {on_imports_from: [CHN, JPN], sectors: [Fish, Food], add: 10%, coverage: 0.5}
    - by: JPN
      productivity: {times: 1.02}
measures:
  cn-seafood-ban-2023:
    coverage: {Fish: 0.9, Food: 0.05}
    because: an estimate
  cn-beef-ban:
    coverage: 0.1
    because: another
    sectors: [Food]
    assume: in force
"""
REORDERED = """\
comity-scenario: 1
measures:
  cn-beef-ban: {assume: in force, sectors: Food, because: in other words, coverage: 10%}
  cn-seafood-ban-2023:
    because: in other words
    coverage: {Food: 5%, fish: 0.90}
to:
  changes:
    - tariff: {coverage: 50%, add: 0.1, sectors: [food, FISH], on_imports_from: [Japan, China]}
      by: United States
    - {productivity: {times: 1.020}, by: Japan}
  as_of: 2023-11-16
from: {as_of: 2023-08-22}
model: {seed: 3, path_steps: 16, theta: {Fish: 5.0, Food: 3.0}, tolerance: 0.0000000001,
        deficits: {scale: 50%}}
note: The same run
title: Two
"""


def identity(text: str, base: Baseline, record: OpenRecord, **more: Any) -> str:
    read = parse_scenario(text)
    options = {"digest": base.digest, "version": "world-1", "engine": "numpy", **more}
    return run_id(
        resolve(read, base, record),
        options["digest"],
        model_options(read, base),
        options["version"],
        options["engine"],
        read.model.seed,
    )


def test_the_order_of_keys_and_the_prose_do_not_count(record: OpenRecord, world: Baseline) -> None:
    assert identity(TEXT, world, record) == identity(REORDERED, world, record)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scale: 0.5", "scale: 0.51"),
        ("tolerance: 1e-10", "tolerance: 1e-11"),
        ("Food: 3,", "Food: 3.0000001,"),
        ("path_steps: 16", "path_steps: 17"),
        ("seed: 3", "seed: 4"),
        ("as_of: 2023-11-16", "as_of: 2023-08-23"),
        ("by: USA", "by: EUN"),
        ("[CHN, JPN]", "[CHN]"),
        ("sectors: [Fish, Food]", "sectors: [Fish]"),
        ("add: 10%", "add: 10.0000001%"),
        ("add: 10%", "to: 10%"),
        ("coverage: 0.5}", "coverage: 0.5000001}"),
        ("times: 1.02", "times: 1.020000001"),
        ("Fish: 0.9,", "Fish: 0.9000001,"),
        ("coverage: 0.1", "coverage: 0.1000001"),
        ("assume: in force", "assume: not in force"),
        ("because: an estimate", "because: an estimate\n    in_baseline: yes"),
        ("because: an estimate", "because: an estimate\n    as: {trade_cost: 1.1}"),
    ],
)
def test_any_other_number_is_another_run(
    record: OpenRecord, world: Baseline, old: str, new: str
) -> None:
    assert old in TEXT
    assert identity(TEXT.replace(old, new, 1), world, record) != identity(TEXT, world, record)


def test_what_is_given_beside_the_scenario_counts(record: OpenRecord, world: Baseline) -> None:
    one = identity(TEXT, world, record)
    assert identity(TEXT, world, record, digest="0") != one
    assert identity(TEXT, world, record, version="world-2") != one
    assert identity(TEXT, world, record, engine="numba") != one


def test_the_order_of_changes_counts(world: Baseline) -> None:
    """To 10 % and then twice that is not twice the old rate and then 10 %."""
    changes = [
        "    - {by: USA, tariff: {on_imports_from: CHN, to: 10%}}\n",
        "    - {by: USA, tariff: {on_imports_from: CHN, times: 2}}\n",
    ]

    def rate(order: list[str]) -> tuple[str, float]:
        made = resolve(scenario("to:\n  changes:\n" + "".join(order)), world)
        tariff = wedges(made.after, world).tariff
        assert tariff is not None
        return run_id(made, world.digest, {}, 1, "numpy", 0), float(tariff[0, 2, 0])

    (first, high), (second, low) = rate(changes), rate(changes[::-1])
    assert (high, low) == (0.2, 0.1)
    assert first != second


def test_a_revision_of_a_measure_is_another_run(
    tmp_path: Any, world: Baseline, record: OpenRecord
) -> None:
    with OpenRecord(tmp_path / "own.db") as own:
        own.load_shipped()
        same = identity(TEXT, world, own)
        assert same == identity(TEXT, world, record)
        file = tmp_path / "revised.yaml"
        file.write_text("confidence: medium\nwhy: a second look\n", encoding="utf-8")
        own.revise("cn-seafood-ban-2023", file, author="a tester")
        assert identity(TEXT, world, own) != same


def test_a_saved_run_is_rebuilt_without_a_record(record: OpenRecord, world: Baseline) -> None:
    read = parse_scenario(TEXT)
    made = resolve(read, world, record)
    again = Resolved.from_dict(json.loads(json.dumps(made.as_dict())))
    assert again.as_dict() == made.as_dict()
    assert (again.before, again.after) == (made.before, made.after)
    ids = [
        run_id(r, world.digest, model_options(read, world), 1, "numpy", 3) for r in (made, again)
    ]
    assert ids[0] == ids[1]


def test_a_saved_schedule_has_to_be_the_same(world: Baseline) -> None:
    base = small(
        world.names.economies, world.names.sectors, schedules={"new": np.full((4, 5, 5), 0.3)}
    )
    made = resolve(scenario("to:\n  changes: [{by: all, tariff_schedule: new}]\n"), base)
    data = json.loads(json.dumps(made.as_dict()))
    again = Resolved.from_dict(data, made.schedules)
    [one] = again.after_changes
    assert one.change.schedule is not None
    assert np.array_equal(one.change.schedule, np.asarray(made.after_changes[0].change.schedule))
    changed = {seal: rates + 0.01 for seal, rates in made.schedules.items()}
    for arrays in ({}, changed):
        with pytest.raises(ValidationError, match="new is missing or was changed"):
            Resolved.from_dict(data, arrays)


@pytest.mark.parametrize(
    "data",
    [{}, {"format": 2}, {"format": 1}, {"format": 1, "from": [], "to": {}, "baseline": {}}],
)
def test_data_that_are_no_resolved_scenario(data: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Resolved.from_dict(data)


def test_everyone_named_is_everyone(world: Baseline) -> None:
    listed = "to:\n  changes: [{by: USA, ban: {imports_from: [%s], coverage: 0.1}}]\n"
    names = [listed % "CHN, JPN, USA, EUN, ROW", listed % "all"]
    ids = {
        run_id(resolve(parse_scenario(HEAD + text), world), "d", {}, 1, "numpy", 0)
        for text in names
    }
    assert len(ids) == 1
