"""A record with the shipped packs, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.opened import OpenRecord


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shipped") / "record.db"
    with OpenRecord(path) as opened:
        opened.load_shipped()
    return path


@pytest.fixture
def record(shipped: Path, tmp_path: Path) -> Iterator[OpenRecord]:
    path = tmp_path / "record.db"
    shutil.copyfile(shipped, path)
    with OpenRecord(path) as opened:
        yield opened
