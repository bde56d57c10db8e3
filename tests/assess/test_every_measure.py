"""Each measure on record is answered or refused in words, whatever its record leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from comity.effects.market.row import Row
from comity.market import Options, Question, assess
from comity.record.entry import Entry
from comity.scenario.market_ask import Ask, begun, period_of
from comity.words.errors import ComityError
from comity.words.time import DayRange


def contradiction(row: Row, data: dict[str, Any]) -> None:
    """Fails where before, median and change of a row are not one statement, or where the median
    goes the other way than every draw."""
    change = data["change_pct"]
    if change is None:
        return
    assert data["median"] == pytest.approx(data["before"] * (1.0 + change / 100.0), rel=1e-9), data
    assert row.ratio is not None
    if (row.ratio > 0.0).all() or (row.ratio < 0.0).all():
        assert change * float(row.ratio[0]) > 0.0, data


@pytest.mark.parametrize("lift", [False, True])
def test_every_measure_on_record_is_answered_or_refused(record, lift):
    answered = 0
    unmended = []
    for entry in record.reading().entries("measure"):
        try:
            found = assess(Question((entry.id,), lift=lift), record, Options(draws=8))
        except ComityError as error:
            if not error.mend:
                unmended.append((entry.id, str(error)))
        else:
            answered += 1
            effects = found.as_dict(variance=False)["effects"]
            assert effects, entry.id
            for row, data in zip(found.rows, effects, strict=True):
                contradiction(row, data)
    assert unmended == []
    assert answered >= 5


def test_a_measure_counts_as_begun_by_the_day_that_is_on_record():
    day = DayRange.parse
    assert begun(day("2023-08-24")) == begun(day("2023-08-24.."))
    assert begun(day("..2025-05-30")) == begun(day("2025-05-30"))
    assert begun(day("unknown")) is None
    assert begun(None) is None


@pytest.mark.parametrize("measure", ["cn-beef-ban", "jp-end-user-list"])
def test_the_year_after_a_start_of_which_only_the_last_day_is_known(record, measure):
    """Both are on record as begun by some day of 2025 at the latest."""
    entry = record.reading().get(measure)
    assert isinstance(entry, Entry)
    assert period_of([entry], Ask()) == "2026"
