"""Tables with names: what a user may write in brackets, and what comes out."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np
import pytest

from comity.effects.labelled import Labelled
from comity.trade.names import Names
from comity.words.errors import InputError, MissingDependency, NotFound

NAMES = Names.of(
    ("JPN", "CHN", "Row"),
    ("Food", "Cars"),
    ("Japan", "China", "Rest of the world"),
    ("Food and drink", "Motor vehicles"),
)
CUBE = np.arange(18.0).reshape(3, 3, 2)  # importer, exporter, sector: 6 n + 2 i + j


@pytest.fixture
def trade() -> Labelled:
    return Labelled(CUBE.copy(), ("importer", "exporter", "sector"), NAMES, "USD", "trade")


@pytest.fixture
def income() -> Labelled:
    return Labelled(np.array([1.5, -2.0, 0.0]), ("economy",), NAMES, "%", "change of income")


# -------------------------------------------------------------------------------------- in brackets


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (("JPN", "CHN", "Food"), 2.0),
        (("Japan", "China", "Food and drink"), 2.0),
        (("japan", "chn", "motor vehicles"), 3.0),
        (("CHN", "JPN", "Cars"), 7.0),
        (("ROW", "Rest of the world", "Cars"), 17.0),
    ],
)
def test_a_cell_by_code_or_by_name(trade: Labelled, key: tuple[str, ...], value: float) -> None:
    found = trade[key]
    assert type(found) is float
    assert found == value


def test_slices_keep_the_axes_that_are_left(trade: Labelled) -> None:
    part = trade["CHN", :, "Food"]
    assert part.dims == ("exporter",)
    assert part.to_dict() == {"JPN": 6.0, "CHN": 8.0, "Row": 10.0}
    assert (part.unit, part.title) == ("USD", "trade")
    assert trade["CHN"].dims == ("exporter", "sector")
    assert trade[:, "JPN"].dims == ("importer", "sector")
    assert trade[:, "JPN"]["CHN", "Cars"] == 7.0
    assert trade[:, :, "Cars"].shape == (3, 3)
    assert trade["CHN"][:, "Cars"]["Japan"] == 7.0
    assert (trade[:].values == CUBE).all()


def test_sums_over_axes(trade: Labelled) -> None:
    assert trade.total("sector")["CHN", "JPN"] == 13.0
    assert trade.total("importer", "exporter")["Cars"] == sum(range(1, 18, 2))
    assert trade["JPN"].total("exporter").to_dict() == {"Food": 6.0, "Cars": 9.0}
    assert float(trade.total("importer", "exporter", "sector").values) == 153.0
    with pytest.raises(InputError, match="economy"):
        trade.total("economy")


@pytest.mark.parametrize(
    ("key", "error", "says"),
    [
        ("Atlantis", NotFound, "Atlantis"),
        (("JPN", "Food"), NotFound, "Food"),
        (("JPN", "CHN", "Fod"), NotFound, "Fod"),
        (("JPN", "CHN", "Food", "x"), InputError, "4 names"),
        ((slice(0, 1),), InputError, "whole axis"),
        ((slice(None, None, -1),), InputError, "whole axis"),
        (0, NotFound, "0"),
        (-1, NotFound, "-1"),
        (..., InputError, "no axis"),
        (["CHN", "JPN"], InputError, r"\['CHN', 'JPN'\] is a list"),
        (("CHN", ["JPN", "ROW"]), InputError, "one exporter at a time"),
        (np.array(["CHN"]), InputError, "one importer at a time"),
    ],
)
def test_what_cannot_be_asked(trade: Labelled, key: Any, error: type[Exception], says: str) -> None:
    """Never by position: numbers are no names."""
    with pytest.raises(error, match=says) as caught:
        trade[key]
    assert caught.value.mend  # type: ignore[attr-defined]


def test_lists_and_dots_say_what_to_write(trade: Labelled) -> None:
    with pytest.raises(InputError) as caught:
        trade[["CHN", "JPN"]]
    assert "table['CHN', 'JPN']" in str(caught.value.mend)
    with pytest.raises(InputError) as caught:
        trade[...]
    assert "write :" in str(caught.value.mend)


def test_plain_data_with_and_without_zeros(trade: Labelled) -> None:
    whole = trade.to_dict()
    assert whole["JPN"]["JPN"] == {"Food": 0.0, "Cars": 1.0}
    assert trade.filled()["JPN"]["JPN"] == {"Cars": 1.0}
    other = Labelled(CUBE[::-1], trade.dims, trade.names, "x", "x")
    assert trade.filled(other)["JPN"]["JPN"] == {"Food": 0.0, "Cars": 1.0}


def test_near_names_are_offered(trade: Labelled) -> None:
    with pytest.raises(NotFound) as caught:
        trade["JPN", "CHN", "Motor vehicels"]
    assert "Motor vehicles" in str(caught.value.mend)


# ------------------------------------------------------------------------------------ as a mapping


def test_one_axis_reads_like_a_mapping(income: Labelled) -> None:
    assert list(income) == ["JPN", "CHN", "Row"] == list(income.keys())
    assert len(income) == 3
    assert dict(income.items()) == {"JPN": 1.5, "CHN": -2.0, "Row": 0.0}
    assert "JPN" in income
    assert "Japan" in income
    assert "Atlantis" not in income
    assert max(income, key=lambda e: income[e]) == "JPN"
    assert income["Japan"] == income["JPN"] == 1.5


def test_several_axes_do_not(trade: Labelled) -> None:
    for use in (lambda: list(trade), trade.keys, trade.items, lambda: "JPN" in trade):
        with pytest.raises(InputError, match="axes") as caught:
            use()
        assert "choose one axis" in str(caught.value.mend)
    assert trade.to_dict()["CHN"]["JPN"] == {"Food": 6.0, "Cars": 7.0}


def test_it_cannot_be_written_to(trade: Labelled) -> None:
    with pytest.raises(ValueError, match="read-only"):
        trade.values[0, 0, 0] = 1.0
    with pytest.raises(TypeError):
        trade["JPN", "CHN", "Food"] = 1.0  # type: ignore[index]


def test_arithmetic_asks_for_the_numbers(income: Labelled) -> None:
    """Numbers alone would lose their names and unit; `values` says that this is meant."""
    with pytest.raises(TypeError):
        np.ones(3) * income


# ---------------------------------------------------------------------------------- other programs


def test_rows(trade: Labelled) -> None:
    rows = trade.rows()
    assert len(rows) == 18
    assert rows[0] == {"importer": "JPN", "exporter": "JPN", "sector": "Food", "value": 0.0}
    assert rows[7] == {"importer": "CHN", "exporter": "JPN", "sector": "Cars", "value": 7.0}


def test_xarray(trade: Labelled) -> None:
    pytest.importorskip("xarray", reason="the extra 'tables' is not installed")
    array = trade.to_xarray()
    assert array.dims == ("importer", "exporter", "sector")
    assert float(array.sel(importer="CHN", exporter="JPN", sector="Cars")) == 7.0
    assert (array.attrs["unit"], array.name) == ("USD", "trade")
    array[0, 0, 0] = 5.0  # a copy, so it may be written to
    assert trade["JPN", "JPN", "Food"] == 0.0


def test_polars(trade: Labelled) -> None:
    pytest.importorskip("polars", reason="the extra 'tables' is not installed")
    frame = trade.to_polars()
    assert frame.columns == ["importer", "exporter", "sector", "value"]
    assert frame.shape == (18, 4)
    assert [tuple(row) for row in frame.rows()] == [tuple(row.values()) for row in trade.rows()]
    assert trade["CHN", :, "Food"].to_polars().to_dicts()[2] == {"exporter": "Row", "value": 10.0}


@pytest.mark.parametrize("library", ["xarray", "polars"])
def test_libraries_that_are_absent(
    trade: Labelled, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == library:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependency, match=library) as caught:
        getattr(trade, f"to_{library}")()
    assert "pip install" in str(caught.value.mend)


def test_what_is_printed(trade: Labelled, income: Labelled) -> None:
    text = repr(income)
    assert "change of income (%)" in text.splitlines()[0]
    assert [line.split() for line in text.splitlines()[1:]] == [
        ["JPN", "1.500"],
        ["CHN", "-2.000"],
        ["Row", "0.000"],
    ]
    assert "3 × 3 × 2" in repr(trade)
