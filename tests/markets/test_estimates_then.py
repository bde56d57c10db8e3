"""Elasticities as known on a day: estimates of a later year are not chosen, and are counted."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from comity.trade.elasticities import COLUMNS, elasticities, public_then
from comity.trade.elasticity_choice import choose
from comity.words.errors import NotFound

SCALLOPS = "HS2022:030722"


def test_a_year_decides_but_in_itself() -> None:
    (one,) = {row.family: row for row in elasticities(SCALLOPS, "Ossa")}.values()
    assert one.published == 2014
    assert one.public_by(dt.date(2013, 12, 31)) is False
    assert one.public_by(dt.date(2014, 6, 30)) is None
    assert one.public_by(dt.date(2014, 12, 31)) is True
    assert one.public_by(dt.date(2015, 1, 1)) is True


@pytest.mark.parametrize(
    ("day", "families"),
    [
        (dt.date(2010, 1, 1), {"Broda-Weinstein 2006"}),
        (dt.date(2014, 12, 31), {"Broda-Weinstein 2006", "Ossa 2014"}),
        (
            dt.date(2023, 8, 24),
            {"Broda-Weinstein 2006", "Ossa 2014", "Fontagne-Guimbard-Orefice 2022"},
        ),
    ],
)
def test_the_choice_rests_on_what_was_public(day: dt.date, families: set[str]) -> None:
    made = choose(SCALLOPS, public_on=day)
    assert {row.family for row in made.estimates} == families
    kept, later, unknown = public_then(elasticities(SCALLOPS), day)
    assert len(kept) + later + unknown == len(elasticities(SCALLOPS))
    assert f"Left out as of {day}: estimates" in made.reason
    assert f"{unknown} of which the day is not known" in made.reason
    assert (f"{later} published later" in made.reason) == (later > 0)


def test_before_the_first_estimate_there_is_no_choice() -> None:
    with pytest.raises(NotFound, match="was public by 2001-01-01") as caught:
        choose(SCALLOPS, public_on=dt.date(2001, 1, 1))
    assert "published later" in str(caught.value.mend)


def test_an_estimate_without_a_year_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    row = dict.fromkeys(COLUMNS, "") | {
        "family": "Own",
        "parameter": "sigma",
        "value": "7",
        "classification": "HS2007",
        "code": "030729",
        "sign_convention": "positive sigma",
        "source_title": "own",
        "confidence": "low",
    }
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerow(row)
    today = choose(SCALLOPS, files=[path])
    assert "Own" in {one.family for one in today.estimates}
    then = choose(SCALLOPS, files=[path], public_on=dt.date(2023, 8, 24))
    assert "Own" not in {one.family for one in then.estimates}
    assert "4 of which the day is not known" in then.reason
