"""Which baseline fits a question, and why."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from comity.trade import markets as public
from comity.trade.market_choice import market_for
from comity.words.errors import NotFound
from comity.words.goods import parse_list
from tests.markets.test_market_loader import CELLS, HEAD, META

SEAFOOD = parse_list("HS2022:03;HS2022:1604;HS2022:1605")
BAN = dt.date(2023, 8, 24)


def names(*args, **more):
    return [one.name for one in market_for(*args, **more)]


def test_it_is_among_the_public_names():
    assert public.market_for is market_for


def test_the_ban_of_2023_gets_japans_exports():
    found = market_for(SEAFOOD, "JPN", "CHN", 2022)
    assert [one.name for one in found] == [
        "japan-exports-2022",
        "china-japan-2022",
        "china-imports-2019",
    ]
    best = found[0]
    assert best.products == ("scallops", "other_seafood")
    assert best.fit == 1.0
    assert best.pair == ("reported", "reported")
    assert best.missing == ()
    assert best.known > found[1].known
    assert "JPN to CHN: reported" in best.reason


def test_shrimp_of_ecuador_gets_chinas_imports():
    found = market_for(parse_list("HS2022:0306"), "ECU", "CHN")
    assert found[0].name == "china-imports-2019"
    assert found[0].products == ("crustaceans",)
    assert found[0].fit == 0.5  # crustaceans are 0306 and 1605
    assert found[1].fit < 0.15  # one heading of all seafood


def test_one_code_of_scallops():
    best = market_for(parse_list("HS2022:030722"), "JPN", "CHN", 2022)[0]
    assert (best.name, best.products) == ("japan-exports-2022", ("scallops",))


def test_a_later_year_is_no_base():
    """The last year without a measure of 2020 is 2019: what is of 2022 comes after."""
    assert names(SEAFOOD, "JPN", "CHN", 2019)[0] == "china-imports-2019"


def test_as_known_on_a_day():
    found = market_for(SEAFOOD, "JPN", "CHN", 2022, public_on=BAN)
    assert [one.name for one in found] == ["japan-exports-2022", "china-japan-2022"]
    assert found[0].baseline.public_by == BAN
    assert found[0].pair == ("carried", "carried")
    with pytest.raises(NotFound, match="as known on 2020-01-01"):
        market_for(SEAFOOD, "JPN", "CHN", 2019, public_on=dt.date(2020, 1, 1))


def test_any_economy():
    assert names(SEAFOOD, None, "CHN")[0] in ("china-imports-2019", "china-japan-2022")
    assert market_for(SEAFOOD, None, None)[0].pair == ()


def test_a_folder_of_ones_own(tmp_path):
    (tmp_path / "meta.json").write_text(json.dumps(META), encoding="utf-8")
    (tmp_path / "cells.csv").write_text(HEAD + CELLS, encoding="utf-8")
    (best,) = market_for(parse_list("HS2022:0902"), "CHN", "JPN", folders=[tmp_path])
    assert best.name == str(tmp_path)
    assert best.known == 1.0


@pytest.mark.parametrize(
    ("goods", "exporter", "says"),
    [
        ("HS2022:8703", "JPN", "market_from_flows"),
        ("HS2022:03", "DEU", "not both economies"),
    ],
)
def test_none_that_fits(goods, exporter, says):
    with pytest.raises(NotFound, match=f"of {exporter} sold to CHN") as caught:
        market_for(parse_list(goods), exporter, "CHN")
    assert says in (caught.value.mend or "")


def test_goods_of_which_a_part_is_missing():
    found = market_for(parse_list("HS2022:0307;HS2022:8703"), "JPN", "CHN")
    assert found[0].missing == ("HS2022:8703",)
    assert "without HS2022:8703" in found[0].reason
