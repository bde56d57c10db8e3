"""The shipped record, and runs on it that several tests read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.market import Assessment, Options, Question, assess
from comity.opened import OpenRecord
from tests.assess.made import BAN, FISH, FOUR, SHELLS, measure, write_market, write_measures

FIXED = {"sigma": 4.0, "eta": 0.9, "supply": 0.3, "other_supply": 0.6}
"""Elasticities that are held where a market is solved at one point."""


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRecord]:
    """The shipped packs in a store of their own; read, never written."""
    with OpenRecord(tmp_path_factory.mktemp("assess") / "record.db") as opened:
        opened.load_shipped()
        yield opened


@pytest.fixture(scope="session")
def ban(record: OpenRecord) -> Assessment:
    """The ban of 2023 at 256 draws, with the world beside it."""
    return assess(Question((BAN,)), record, Options(draws=256))


@pytest.fixture(scope="session")
def lifted(record: OpenRecord) -> Assessment:
    """Its lifting at the same draws."""
    return assess(Question((BAN,), lift=True), record, Options(draws=256))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with markets ``one`` (fish) and ``two`` (fish and shells), and a ban ``ban.yaml``.
    Cells may be 20 % off."""
    folder = tmp_path_factory.mktemp("made")
    assert len(FOUR) == 4
    write_market(folder / "one", FISH, spread=0.2)
    write_market(folder / "two", {**FISH, **SHELLS}, spread=0.2)
    write_measures(folder / "ban.yaml", measure())
    return folder
