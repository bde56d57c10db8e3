"""Measures whose goods are of another edition of the Harmonized System than the market's."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.market.assess import Question, resolved
from comity.scenario.market_case import MarketCase
from comity.trade.other_editions import lies
from comity.words.errors import CodeError
from comity.words.goods import GoodsCode, Relation

BAN = """\
id: x-ban
title: A ban
measure_kind: import_ban
flow: import
imposers: [CHN]
targets: {{only: [JPN]}}
goods: [{goods}]
from: 2024-01-01
"""


@pytest.fixture(autouse=True)
def _no_own_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_DATA", str(tmp_path / "trade"))


def _case(folder: Path, goods: str) -> MarketCase:
    file = folder / "ban.yaml"
    file.write_text(BAN.format(goods=goods))
    return resolved(Question(new=file), None)[0]


def _ends(case: MarketCase) -> dict[str, tuple[float, float]]:
    return {rule.product: (rule.low, rule.high) for rule in case.rules}


@pytest.mark.parametrize(
    ("scope", "held", "wanted"),
    [
        # Scallops are those of three genera until 2017, and of the whole family from 2022 on.
        ("HS2012:030721", "HS2022:030721", Relation.INSIDE),
        ("HS2022:030721", "HS2012:030721", Relation.COVERS),
        ("HS2017:030722", "HS2022:030722", Relation.INSIDE),
        ("HS2017:030722", "HS2022:030721", Relation.DISJOINT),
        ("HS2017:0307", "HS2022:030722", Relation.COVERS),
        ("HS2017:030722", "HS2022:0307", Relation.INSIDE),
        ("HS2017:030722", "HS2022:03", Relation.INSIDE),
        ("HS2017:0302", "HS2022:0302", Relation.OTHER_EDITION_UNDECIDED),
        ("HS2022:0302", "HS2022:030231", Relation.COVERS),
    ],
)
def test_how_codes_lie_across_editions(scope: str, held: str, wanted: Relation) -> None:
    assert lies(GoodsCode.parse(scope), GoodsCode.parse(held)) is wanted


def test_an_old_code_finds_the_market_of_its_goods(tmp_path: Path) -> None:
    now = _case(tmp_path, "HS2022:0307")
    before = _case(tmp_path, "HS2017:0307")
    assert before.baseline == now.baseline
    assert _ends(before) == _ends(now)


def test_mixed_editions_are_one_question(tmp_path: Path) -> None:
    alone = _case(tmp_path, "HS2022:0307")
    mixed = _case(tmp_path, "HS2022:0307, HS2017:030722")
    assert mixed.baseline == alone.baseline
    assert _ends(mixed) == _ends(alone)


def test_a_code_that_no_concordance_has_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(CodeError, match="no concordance to that has HS2017:0303") as caught:
        _case(tmp_path, "HS2022:0302, HS2017:0303")
    assert "comity data import concordance" in str(caught.value.mend)
    assert caught.value.where is not None
    assert caught.value.where.field == "goods"


def test_goods_that_the_market_has_not_are_said(tmp_path: Path) -> None:
    case = _case(tmp_path, "HS2022:0307, HS2012:8703")
    said = [flag.text for flag in case.flags if flag.kind == "goods-not-in-market"]
    assert len(said) == 1
    assert "HS2012:8703" in said[0]
    assert "0307" not in said[0]
    assert not [f for f in _case(tmp_path, "HS2022:0307").flags if f.kind == "goods-not-in-market"]
