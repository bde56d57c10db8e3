"""The annotated documents of the benchmarks load, and rest on words that their texts have once."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.reader import gold

FOLDER = Path(__file__).parents[2] / "benchmarks" / "reader"
FILES = sorted(FOLDER.glob("*/*.yaml"))


def test_the_rounds_are_whole() -> None:
    counts = {
        folder: sum(f.parent.name == folder for f in FILES) for folder in ("round1", "round2")
    }
    assert counts == {"round1": 32, "round2": 15}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_annotation_rests_on_its_text(file: Path) -> None:
    read = gold.load_one(file, file.parent)  # refuses quotes that do not occur exactly once
    assert read.wanted
