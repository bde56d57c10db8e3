"""Baselines as known on a day: nothing in them that was not public by it, or said to be."""

from __future__ import annotations

import csv
import datetime as dt
import json

import numpy as np
import pytest

from comity.trade.market_baseline import CARRIED, ESTIMATED, REPORTED
from comity.trade.markets import known_on_days, market, totals
from comity.words.errors import NotFound, TimeError
from comity.words.time import DayRange, Truth
from scripts.seafood_facts import OUT
from scripts.seafood_public import LATER, PUBLIC, REPEATED, Register
from tests.markets.test_market_loader import CELLS, HEAD, META

BAN = dt.date(2023, 8, 24)
NAMES = ["china-japan-2022", "japan-exports-2022"]
# Typed from titles and addresses: what is in no way of before the ban.
AFTER = {
    "C01", "C02", "E04", "E08", "E09", "E10", "E14", "AICO2404", "FIS2403", "JCCI2023",
    "JIJI230904", "SFS_US23", "SOFIA24X", "VJ240823",
}  # fmt: skip


def folder(name):
    return OUT / name / "known-then" / "2023-08-24"


def cells(name):
    with (folder(name) / "cells.csv").open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


@pytest.mark.parametrize("name", NAMES)
def test_no_source_later_than_the_day_is_cited(name):
    """Every source was out by the day, or repeats a figure that was, and then nothing of it is
    called reported."""
    meta = json.loads((folder(name) / "meta.json").read_text(encoding="utf-8"))
    day, late = BAN.toordinal(), set()
    assert set(meta["published"]) == set(meta["sources"])
    for source, one in meta["published"].items():
        if DayRange.parse(one["published"]).by(day) is Truth.YES:
            continue
        assert DayRange.parse(one["figure"]).by(day) is Truth.YES, source
        assert one["figure_basis"], source
        late.add(source)
    assert not AFTER & set(meta["sources"])
    assert late
    for row in cells(name):
        cited = set(row["sources"].split(";"))
        assert cited <= set(meta["sources"]), row
        if cited & late:
            assert row["standing"] != REPORTED, row
    for total in totals(name, public_on=BAN):
        assert total.source in meta["sources"]


def test_what_a_day_decides():
    """In a range of days the last one counts; the undated is not public; figures may be older."""
    register = Register()
    assert register.on("E24", BAN) == PUBLIC  # of 3 February 2023
    assert register.on("E24", dt.date(2023, 2, 2)) == LATER
    assert register.on("JCCI2022", dt.date(2023, 4, 1)) == LATER  # out by May
    assert register.on("FA251126", BAN) == REPEATED
    assert register.on("C05", BAN) == LATER  # undated
    assert register.on("never heard of", BAN) == LATER
    assert register.worst("E24;FA251126", BAN) == REPEATED
    assert register.worst("E24;FA251126;C05", BAN) == LATER
    assert register.worst("C05", None) == PUBLIC


def test_the_newest_that_was_public_is_taken():
    assert list(known_on_days(NAMES[1])) == [BAN, dt.date(2026, 11, 25)]
    then = market("japan-exports-2022", BAN)
    assert then.public_by == BAN
    assert then.digest == market("japan-exports-2022", dt.date(2024, 6, 1)).digest
    now = market("japan-exports-2022")
    assert now.public_by == dt.date(2026, 11, 25)
    assert market("japan-exports-2022", dt.date(2026, 12, 1)).digest == now.digest != then.digest
    assert then.published["E24"] == "2023-02-03"
    with pytest.raises(NotFound, match="not public by 2023-08-23") as caught:
        market("japan-exports-2022", dt.date(2023, 8, 23))
    assert "2023-08-24" in (caught.value.mend or "")
    with pytest.raises(NotFound, match="not public by"):
        totals("china-imports-2019", public_on=BAN)


def test_a_folder_of_ones_own(tmp_path):
    (tmp_path / "cells.csv").write_text(HEAD + CELLS, encoding="utf-8")
    meta = tmp_path / "meta.json"
    meta.write_text(json.dumps(META), encoding="utf-8")
    assert market(tmp_path).public_by is None
    with pytest.raises(NotFound, match="not public by 2030") as caught:
        market(tmp_path, dt.date(2030, 1, 1))
    assert "say public_by" in (caught.value.mend or "")
    meta.write_text(json.dumps({**META, "public_by": "2021-05-01"}), encoding="utf-8")
    assert market(tmp_path, dt.date(2030, 1, 1)).public_by == dt.date(2021, 5, 1)
    meta.write_text(json.dumps({**META, "public_by": "May"}), encoding="utf-8")
    with pytest.raises(TimeError, match="not a day") as wrong:
        market(tmp_path)
    assert wrong.value.where is not None
    assert wrong.value.where.field == "public_by"


def test_customs_figures_of_the_time_are_kept_and_carried():
    base = market("japan-exports-2022", BAN)
    japan = base.names.economy("JPN")
    for who, value in (("CHN", 46.72), ("HKG", 4.801106), ("TWN", 1026 / 4296 * 46.72)):
        at = (0, japan, base.names.economy(who))
        assert base.value[at] == pytest.approx(value, rel=1e-5)
        assert base.standing[at] == CARRIED
        # By a ratio in a table that fits by one cell: twice the log s.d.
        wide = 1.0857**2 if who == "TWN" else 1.0857
        assert base.high[at] / base.value[at] == pytest.approx(wide, rel=1e-3)
    # What was learned since is closed by the rule: Viet Nam in 2023, China to the United States.
    for i, j in (("JPN", "VNM"), ("CHN", "USA"), ("PER", "USA")):
        at = (0, base.names.economy(i), base.names.economy(j))
        assert base.standing[at] == ESTIMATED
    assert not (base.standing == REPORTED).any()
    assert not base.onward  # the shares of C02 are of February 2024
    assert all("E07" not in one.source for one in base.areas)


def test_home_sales_by_what_was_known():
    """Between 265 JPY/kg, the landing price, and 46.72 bn per 96,000 t, China's purchases."""
    base = market("japan-exports-2022", BAN)
    japan = base.names.economy("JPN")
    price = np.sqrt(265 * 46.72e6 / 96000)
    landed = 420137 + 78144
    assert base.value[0, japan, japan] == pytest.approx(landed * price / 1e6 - 91.0, rel=1e-5)
    assert base.low[0, japan, japan] == pytest.approx(landed * 265 / 1e6 - 91.0, rel=1e-5)
    assert base.high[0, japan, japan] == pytest.approx(
        landed * 46.72 / 96000 - 91.0, rel=1e-5
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_totals_of_the_time_are_met(name):
    base = market(name, BAN)
    for total in totals(name, public_on=BAN):
        k, e = base.names.sector(total.product), base.names.economy(total.economy)
        value = base.value[k]
        got = (value[e] if total.axis == "exports" else value[:, e]).sum() - value[e, e]
        assert got == pytest.approx(total.value, rel=1e-4), total
    assert any(one.kind == "known-then" and str(BAN) in one.text for one in base.notes)
    assert (base.low <= base.value).all()
    assert (base.value <= base.high).all()
