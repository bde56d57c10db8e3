"""A store with the shipped packs, small baselines made by hand, and scenarios as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from comity.opened import OpenRecord
from comity.scenario.contents import Scenario
from comity.scenario.file import parse_scenario
from comity.trade.baseline import Baseline, make_baseline
from comity.words.errors import ComityError, ValidationError


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRecord]:
    """The shipped packs in a store of their own; read, never written."""
    with OpenRecord(tmp_path_factory.mktemp("scenario") / "record.db") as opened:
        opened.load_shipped()
        yield opened


def small(economies: Sequence[str], sectors: Sequence[str], **more: Any) -> Baseline:
    """A baseline in which everyone buys 0.6 at home and the rest evenly abroad."""
    n, j = len(economies), len(sectors)
    share = np.full((j, n, n), 0.4 / (n - 1))
    share[:, range(n), range(n)] = 0.6
    options: dict[str, Any] = {
        "value_added_share": np.ones((n, j)),
        "input_share": np.zeros((n, j, j)),
        "final_share": np.full((n, j), 1.0 / j),
        "expenditure": np.full((n, j), 100.0 / j),
        "value_added": np.full(n, 100.0),
        "theta": np.full(j, 4.0),
        "year": 2023,
    }
    return make_baseline(
        "small", economies=economies, sectors=sectors, trade_share=share, **{**options, **more}
    )


FISH, FOOD, METAL, REST = "Fish", "Food", "Metal", "Services"
GOODS = {
    FISH: ("HS2022:03",),
    FOOD: ("HS2022:04", "HS2022:12", "HS2022:16"),
    METAL: ("HS2022:72", "HS2022:73", "HS2022:81"),
}


@pytest.fixture(scope="session")
def world() -> Baseline:
    """Five economies, four sectors that know their goods, 2023."""
    codes = ("CHN", "JPN", "USA", "EUN", "ROW")
    return small(codes, (FISH, FOOD, METAL, REST), goods=GOODS)


@pytest.fixture(scope="session")
def one_sector() -> Baseline:
    return small(("CHN", "JPN", "USA", "EUN", "ROW"), ("Goods",), one_sector=True)


@pytest.fixture(scope="session")
def singly() -> Baseline:
    """Members of the EU as economies of their own, without a rest of the world."""
    return small(("CHN", "JPN", "DEU", "FRA", "GBR", "NOR"), ("Goods",), one_sector=True)


HEAD = "comity-scenario: 1\ntitle: A test\n"


def scenario(text: str) -> Scenario:
    """A scenario of this body under the two lines that every file begins with."""
    return parse_scenario(HEAD + text, "s.yaml")


def problems_of(error: ComityError) -> tuple[ComityError, ...]:
    return error.problems if isinstance(error, ValidationError) and error.problems else (error,)


def placed(error: ComityError) -> list[tuple[int | None, int | None, str]]:
    """(line, column, what) of every problem, by place."""
    found = []
    for one in problems_of(error):
        assert one.where is not None, one.what
        assert one.where.file == "s.yaml"
        found.append((one.where.line, one.where.column, one.what))
    return sorted(found, key=lambda row: (row[0] or 0, row[1] or 0))
