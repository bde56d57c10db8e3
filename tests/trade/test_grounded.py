"""Costs rest on value added somewhere: sectors that only use each other are refused, by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from comity.trade.baseline import ARRAYS, Baseline, make_baseline
from comity.words.errors import ValidationError
from comity.world import Shock, World
from tests.trade.sample import world

FOOD, CARS, SERVICES = 0, 1, 2


def circles(*uses: tuple[int, int, int]) -> Baseline:
    """The sample, where sector j of economy n uses nothing but its sector k: (n, j, k)."""
    base = world()
    arrays: dict[str, Any] = {name: np.array(getattr(base, name)) for name in ARRAYS}
    for n, j, k in uses:
        arrays["input_share"][n, :, j] = 0.0
        arrays["input_share"][n, k, j] = 1.0
        arrays["value_added_share"][n, j] = 0.0
    names = base.names
    return make_baseline("x", economies=names.economies, sectors=names.sectors, **arrays)


@pytest.mark.parametrize(
    ("uses", "cells"),
    [
        ([(0, SERVICES, SERVICES)], "JPN Services"),  # untraded: no cost at all is determined
        ([(0, FOOD, FOOD)], "JPN Food"),  # traded
        ([(1, FOOD, CARS), (1, CARS, FOOD)], "CHN Food; CHN Cars"),
        ([(n, FOOD, FOOD) for n in range(4)], "JPN Food; CHN Food; USA Food; ROW Food"),
        ([(2, FOOD, CARS), (2, CARS, CARS)], "USA Food; USA Cars"),
    ],
)
def test_sectors_that_only_use_each_other(uses: list[tuple[int, int, int]], cells: str) -> None:
    with pytest.raises(ValidationError, match="no value added") as caught:
        circles(*uses)
    assert caught.value.where is not None
    assert caught.value.where.field == "value_added_share"
    assert f"(economy, sector) {cells}:" in caught.value.what
    assert caught.value.mend


def test_a_circle_through_several_economies() -> None:
    """Each uses what it buys from the other only, and the other makes of the first's."""
    base = world()
    arrays: dict[str, Any] = {name: np.array(getattr(base, name)) for name in ARRAYS}
    for n, j, k in ((0, FOOD, CARS), (1, CARS, FOOD)):
        arrays["input_share"][n, :, j] = 0.0
        arrays["input_share"][n, k, j] = 1.0
        arrays["value_added_share"][n, j] = 0.0
    arrays["trade_share"][CARS, 0] = [0.0, 1.0, 0.0, 0.0]
    arrays["trade_share"][FOOD, 1] = [1.0, 0.0, 0.0, 0.0]
    arrays["tariff"][:] = 0.0
    with pytest.raises(ValidationError, match=r"JPN Food; CHN Cars:"):
        make_baseline("x", economies=base.names.economies, sectors=base.names.sectors, **arrays)


def test_value_added_by_way_of_inputs_is_enough() -> None:
    base = World(circles((0, FOOD, CARS), (1, SERVICES, CARS))).balance("none")
    assert base.solve(Shock().tariff("JPN", "CHN", add=0.1)).residual < 1e-10
