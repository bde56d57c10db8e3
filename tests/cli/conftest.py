"""A store with the shipped packs, loaded once and copied for every test that writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.door import Door


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store into which the shipped packs were loaded by the command."""
    folder = tmp_path_factory.mktemp("loaded")
    store = folder / "comity.db"
    done = Door(store, folder)("pack", "load", "--shipped")
    assert "pack china-japan" in done.out
    return store


@pytest.fixture
def comity(loaded: Path, tmp_path: Path) -> Door:
    """The command line on the loaded store; for tests that only read."""
    return Door(loaded, tmp_path)


@pytest.fixture
def own(comity: Door, tmp_path: Path) -> Door:
    """The command line on a copy of the loaded store; for tests that write."""
    return comity.copied(tmp_path / "own.db")


@pytest.fixture
def empty(tmp_path: Path) -> Door:
    """The command line on a store that does not exist yet."""
    return Door(tmp_path / "empty.db", tmp_path)
