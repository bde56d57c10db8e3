"""Numbers that are none: text, ragged lists, complex numbers and nothing at all, told by field."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest

from comity.trade.from_flows import from_flows
from comity.trade.names import Names
from comity.trade.numbers import numbers, one_number
from comity.trade.one_sector import one_sector
from comity.words.errors import InputError, ValidationError
from comity.world import World, from_arrays

NAN = math.nan

NO_ARRAYS: dict[str, Any] = {
    "text": "x",
    "text in lists": [["a"]],
    "digits as text": np.array([["1.5"]]),
    "ragged": [[1.0], [1.0, 2.0]],
    "complex": np.array([[1.0 + 2.0j]]),
    "a complex list": [[1.0 + 0.0j]],
    "truth": [[True]],
    "days": np.array(["2023-01-01"], dtype="datetime64[D]"),
    "objects": np.array([object()]),
    "text among numbers": np.array([1.0, "x"], dtype=object),
    "a mapping": {"A": 1.0},
    "nothing": None,
}


@pytest.mark.parametrize("case", NO_ARRAYS)
def test_what_is_no_array_of_numbers(case: str) -> None:
    with pytest.raises(ValidationError) as caught:
        numbers(NO_ARRAYS[case], "trade_share")
    error = caught.value
    assert error.where is not None
    assert error.where.field == "trade_share"
    assert "trade_share" in error.what
    assert error.mend


def test_numbers_of_every_kind_are_taken() -> None:
    for value in ([1, 2], (1.0, 2.0), np.array([1, 2], dtype=np.uint8), [np.float32(1), 2]):
        np.testing.assert_array_equal(numbers(value, "x"), [1.0, 2.0])
    assert numbers(3, "x").shape == ()
    assert np.isnan(numbers([None, 1.0], "x")[0])


@pytest.mark.parametrize(
    "value", [None, "4", [4.0], (), {"A": 4.0}, True, NAN, math.inf, 4 + 1j, dt.date(2023, 1, 1)]
)
def test_what_is_not_one_number(value: Any) -> None:
    with pytest.raises(ValidationError, match="theta") as caught:
        one_number(value, "theta")
    assert caught.value.where is not None
    assert caught.value.mend


GOOD: dict[str, Any] = {
    "economies": ["A", "B"],
    "sectors": ["Goods"],
    "trade_share": [[[0.9], [0.1]], [[0.2], [0.8]]],
    "value_added_share": [[1.0], [1.0]],
    "input_share": [[[0.0]], [[0.0]]],
    "final_share": [[1.0], [1.0]],
    "expenditure": [[200.0], [100.0]],
    "value_added": [200.0, 100.0],
    "theta": [4.0],
}


def refused(**changed: Any) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        from_arrays(**{**GOOD, **changed})
    assert caught.value.where is not None
    assert caught.value.mend
    return caught.value


@pytest.mark.parametrize("case", NO_ARRAYS)
@pytest.mark.parametrize("field", [k for k in GOOD if k not in ("economies", "sectors")])
def test_arrays_are_refused_by_field(field: str, case: str) -> None:
    assert refused(**{field: NO_ARRAYS[case]}).where.field == field  # type: ignore[union-attr]


@pytest.mark.parametrize("case", [k for k in NO_ARRAYS if k != "nothing"])
@pytest.mark.parametrize("field", ["tariff", "deficit"])
def test_arrays_that_may_be_left_out_too(field: str, case: str) -> None:
    assert refused(**{field: NO_ARRAYS[case]}).where.field == field  # type: ignore[union-attr]


@pytest.mark.parametrize("field", ["trade_share", "tariff"])
def test_the_shape_told_is_the_users_own(field: str) -> None:
    error = refused(**{field: np.zeros((4, 4, 2))})
    assert "(4, 4, 2), not (2, 2, 1)" in error.what
    assert "importer, exporter, sector" in str(error.mend)


@pytest.mark.parametrize("field", ["economies", "sectors"])
@pytest.mark.parametrize("value", [None, "AB", 3, [], ["A", "A"], ["A", " "], ["A", "*"]])
def test_lists_of_names(field: str, value: Any) -> None:
    assert refused(**{field: value}).where.field == field  # type: ignore[union-attr]


def test_a_label_that_stands_twice_is_told_with_both_places() -> None:
    with pytest.raises(ValidationError, match="number 1 and 3") as caught:
        Names.of(["A", "B", "A"], ["Goods"])
    assert "once" in str(caught.value.mend)


FLOWS = {("A", "B"): 30.0, ("B", "A"): 20.0}
GDP = {"A": 100.0, "B": 200.0}


@pytest.mark.parametrize(
    "options",
    [
        {"gdp": None, "theta": 4.0, "trade": {**FLOWS, ("A", "A"): 5.0, ("B", "B"): None}},
        {"theta": None},
        {"theta": [4.0]},
        {"theta": "4"},
        {"theta": {"Goods": 4.0}},
        {"gamma": None},
        {"gamma": [1.0]},
        {"trade": [["a"]], "economies": ["A"]},
        {"trade": [[1.0], [1.0, 2.0]], "economies": ["A", "B"]},
        {"trade": None, "economies": ["A", "B"]},
        {"trade": {("A", "B"): "x"}},
        {"trade": {("A", "B"): [1.0]}},
        {"gdp": {"A": "x", "B": 1.0}},
        {"gdp": {"A": None, "B": 1.0}},
        {"economies": "AB"},
        {"tariff": "x"},
        {"tariff": {("A", "B"): None}},
        {"tariff": [[0.0], [0.0, 1.0]]},
        {"missing": ["AB"]},
        {"missing": [3]},
    ],
)
def test_flows_and_options_are_refused_by_name(options: dict[str, Any]) -> None:
    given = {"trade": FLOWS, "gdp": GDP, "theta": 4.0, **options}
    with pytest.raises(InputError) as caught:
        from_flows(given.pop("trade"), given.pop("gdp"), given.pop("theta"), **given)
    assert caught.value.what


@pytest.mark.parametrize("value", [None, "x", [1.0], NAN])
@pytest.mark.parametrize("field", ["theta", "gamma"])
def test_one_sector_takes_one_number(field: str, value: Any) -> None:
    options = {"theta": 4.0, "gamma": 1.0, field: value}
    with pytest.raises(InputError, match=field) as caught:
        one_sector("x", economies=["A"], flow=np.array([[1.0]]), **options)
    assert caught.value.mend


@pytest.mark.parametrize("theta", ["x", [[1.0], [1.0, 2.0]], {"Goods": "x"}, {"Goods": None}, None])
def test_other_elasticities(theta: Any) -> None:
    world: World = from_arrays(**GOOD)
    with pytest.raises(InputError, match="theta") as caught:
        world.with_theta(theta)
    assert caught.value.mend
