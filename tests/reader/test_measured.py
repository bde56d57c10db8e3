"""The file of measurements: written by the scorer, read for the confidence that people see."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.reader import measured
from comity.reader.measured import Tally, with_measurement
from comity.words.errors import FileError, InputError


def test_a_measurement_is_replaced_and_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "precision.csv"
    file.write_text(with_measurement(file, "ten documents", {"b": (4, 3), "a": (1, 1)}))
    assert file.read_text() == (
        "rule,proposed,right,measured_on\na,1,1,ten documents\nb,4,3,ten documents\n"
    )
    file.write_text(with_measurement(file, "two  documents", {"a": (2, 0)}))
    file.write_text(with_measurement(file, "ten documents", {"a": (9, 8)}))
    assert file.read_text().splitlines()[1:] == ["a,9,8,ten documents", "a,2,0,two documents"]


@pytest.mark.parametrize(
    "text",
    [
        "rule,proposed\na,1\n",
        "rule,proposed,right,measured_on\na,1,2,x\n",
        "rule,proposed,right,measured_on\na,-1,-2,x\n",
        "rule,proposed,right,measured_on\na,1\n",
        "something else\n",
    ],
)
def test_a_file_of_something_else_is_not_written_over(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(text)
    with pytest.raises(FileError):
        with_measurement(file, "ten", {"a": (1, 1)})


def test_a_measurement_has_a_name(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        with_measurement(tmp_path / "new.csv", " ", {"a": (1, 1)})


@pytest.mark.parametrize(
    ("number", "right", "precision"),
    # Mean of Beta(right + 1/2, wrong + 1/2).
    [(0, 0, None), (1, 1, 0.75), (1, 0, 0.25), (9, 9, 0.95), (99, 99, 0.995), (3, 2, 0.625)],
)
def test_few_cases_pull_the_precision_to_one_half(
    number: int, right: int, precision: float | None
) -> None:
    assert Tally("a", measured=number, measured_right=right).precision == precision


def test_the_shipped_measurements_are_of_rules_that_there_are() -> None:
    found = measured.shipped()
    assert found
    assert all(0 <= right <= number and number > 0 for number, right in found.values())
