"""A market of imports from rows of flows: what is read, and what is refused by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from comity.trade.drawing import cell_draws
from comity.trade.market_baseline import ESTIMATED, GAP, REPORTED, ZERO
from comity.trade.market_from_flows import market_from_flows
from comity.trade.markets import market
from comity.words.errors import CodeError, InputError, ValidationError


@dataclass
class Row:
    exporter: str
    importer: str
    value: float
    unit: str = "USD million"
    source: str = "BACI 2022"
    goods: str | None = None


ROWS = [
    Row("CHL", "CHN", 300.0),
    Row("NOR", "CHN", 100.0),
    Row("NOR", "JPN", 200.0),
    Row("FRO", "CHN", 50.0),
    Row("FRO", "GBR", 25.0),
]


def test_flows_become_reported_cells():
    base = market_from_flows(ROWS, ["HS2017:030214"], 2022, product="salmon", basis="FOB")
    assert base.names.economies == ("CHL", "CHN", "FRO", "GBR", "JPN", "NOR")
    assert base.names.economy_names[0] == "Chile"
    assert base.goods == {"salmon": ("HS2017:030214",)}
    assert base.value.sum() == 675.0
    at = (0, base.names.economy("CHL"), base.names.economy("CHN"))
    assert (base.value[at], base.standing[at]) == (300.0, REPORTED)
    # Log s.d. 0.05: 5 and 95 % points at exp(±1.645 × 0.05).
    assert base.low[at] == pytest.approx(300 / 1.08571, rel=1e-4)
    assert base.high[at] == pytest.approx(300 * 1.08571, rel=1e-4)
    assert base.standing[0, 1, 0] == GAP
    assert (base.home, base.unit, base.basis) == (False, "USD million", "FOB")
    assert base.sources == {"BACI 2022": "BACI 2022"}
    assert any("one of imports" in one.text for one in base.notes)
    assert base.public_by is None
    assert cell_draws(base, 8, 1).shape == (8, 1, 6, 6)


def test_duties_that_flows_do_not_have_are_not_zero():
    """Unknown is never zero: the range of the shipped markets; none in free ports."""
    rows = [*ROWS, Row("NOR", "HKG", 10.0), Row("CHL", "MAC", 1.0)]
    base = market_from_flows(rows, ["HS2017:030214"], 2022)
    assert base.duty_range == market("japan-exports-2022").duty_range == (0.0, 0.1)
    assert base.duty_free == ("HKG", "MAC")
    (note,) = (one.text for one in base.notes if one.kind == "tariff-gap")
    assert "0 to 10 %" in note


def test_mappings_do_as_well_and_names_are_read():
    rows = [{**vars(one), "exporter": "Norway", "low": 90.0, "high": 140.0} for one in ROWS[1:2]]
    base = market_from_flows(rows, ["HS2022:03"], 2022, complete=True)
    assert base.names.economies == ("CHN", "NOR")
    assert (base.low[0, 1, 0], base.high[0, 1, 0]) == (90.0, 140.0)
    assert base.standing[0, 0, 1] == ZERO


def test_codes_add_up_to_products():
    rows = [
        Row("NOR", "CHN", 100.0, goods="HS2022:030214"),
        Row("NOR", "CHN", 11.0, goods="HS2022:030441"),
        Row("ECU", "CHN", 500.0, goods="HS2022:030617"),
    ]
    goods = {"fish": ["HS2022:0302", "HS2022:0304"], "shrimp": ["HS2022:0306"]}
    base = market_from_flows(rows, goods, 2022)
    assert base.shape == (2, 3)
    norway, china = base.names.economy("NOR"), base.names.economy("CHN")
    assert base.value[0, norway, china] == 111.0
    assert base.value[1, base.names.economy("ECU"), china] == 500.0
    with pytest.raises(ValidationError, match="in no product asked for") as caught:
        market_from_flows([*rows, Row("NOR", "CHN", 1.0, goods="HS2022:0303")], goods, 2022)
    assert caught.value.where is not None
    assert caught.value.where.row == 4
    with pytest.raises(ValidationError, match="several products"):
        market_from_flows(ROWS, goods, 2022)


def test_others_become_the_rest_of_the_world():
    base = market_from_flows(ROWS, ["HS2022:03"], 2022, economies=["CHN", "NOR", "JPN"])
    assert base.names.economies == ("CHN", "JPN", "NOR", "ROW")
    row, china = base.names.economy("ROW"), base.names.economy("CHN")
    assert base.value[0, row, china] == 350.0
    # Faroe Islands to the United Kingdom is within the rest.
    assert base.value.sum() == 650.0
    assert any("Trade of 25 " in one.text for one in base.notes)


def test_home_sales():
    home = {"CHN": 1000.0, "JPN": 500.0, "GBR": 70.0}
    base = market_from_flows(ROWS, ["HS2022:03"], 2022, home=home, home_source="FAO")
    china = base.names.economy("CHN")
    assert base.home
    assert (base.value[0, china, china], base.standing[0, china, china]) == (1000.0, ESTIMATED)
    assert "FAO" in base.sources
    assert not any(one.kind == "imports-only" for one in base.notes)
    with pytest.raises(ValidationError, match="lack GBR"):
        market_from_flows(ROWS, ["HS2022:03"], 2022, home={"CHN": 1.0, "JPN": 1.0})
    with pytest.raises(ValidationError, match="USA, which has no flow"):
        market_from_flows(ROWS, ["HS2022:03"], 2022, home={**home, "USA": 1.0})
    nested = market_from_flows(ROWS, ["HS2022:03"], 2022, home={"product": home})
    assert np.array_equal(nested.value, base.value)


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        (Row("CHL", "CHN", 5.0), None, "given twice"),
        (Row("WLD", "CHN", 5.0), "exporter", "a sum over economies"),
        (Row("CHN", "CHN", 5.0), None, "sells to itself"),
        (Row("PER", "CHN", -5.0), "value", "not a number of 0 or more"),
        (Row("PER", "CHN", float("nan")), "value", "not a number of 0 or more"),
        (Row("PER", "CHN", "many"), "value", "not a number of 0 or more"),  # type: ignore[arg-type]
        (Row("PER", "CHN", 5.0, source=""), "source", "without source"),
        (Row("PER", "", 5.0), "importer", "without importer"),
        (Row("Atlantis", "CHN", 5.0), "exporter", "Atlantis"),
    ],
)
def test_a_wrong_row_is_named(row, field, says):
    with pytest.raises(InputError, match=says) as caught:
        market_from_flows([*ROWS, row], ["HS2022:03"], 2022)
    assert caught.value.where is not None
    assert caught.value.where.row == 6
    assert caught.value.where.field == field


def test_what_else_is_refused():
    with pytest.raises(ValidationError, match="several units"):
        market_from_flows([*ROWS, Row("PER", "CHN", 5.0, unit="JPY bn")], ["HS2022:03"], 2022)
    with pytest.raises(ValidationError, match="no flows"):
        market_from_flows([], ["HS2022:03"], 2022)
    with pytest.raises(ValidationError, match="does not hold"):
        market_from_flows([{**vars(ROWS[0]), "low": 400.0}], ["HS2022:03"], 2022)
    with pytest.raises(CodeError):
        market_from_flows(ROWS, ["fish"], 2022)
    with pytest.raises(ValidationError, match="no flow has an economy"):
        market_from_flows(ROWS, ["HS2022:03"], 2022, economies=["USA"])
