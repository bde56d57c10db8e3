"""One sector without inputs is the gravity model: the numbers of GEGravity, ge_gravity, gegravity.

The sources and the conventions of each are in `data/gegravity/README.md`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from comity.trade.replication import read_gegravity_2006
from comity.world import Result, Shock, World

from .worlds import balanced, table, world

TREATMENTS = {"additive": "kept", "multiplicative": "ratio"}


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "data" / "gegravity"


@cache
def solved(folder: Path, scenario: str, deficits: str) -> Result:
    base = balanced("gegravity", folder, deficits)
    if scenario == "ban_usa_chn":
        return base.solve(Shock().separate("USA", "CHN"), tolerance=1e-13)
    shock = Shock()
    joined = 0
    for row in table(folder / "stata_results_2000.csv"):
        if row["new_eu_pair"] == "1":
            joined += 1
            # A partial effect on log trade, −θ ln κ, at θ = 4.
            times = float(np.exp(-float(row["eu_effect"]) / 4.0))
            shock = shock.trade_cost(row["importer"], row["exporter"], times=times)
    assert joined > 200
    return base.solve(shock, tolerance=1e-13)


@pytest.mark.parametrize("imbalance", TREATMENTS)
@pytest.mark.parametrize("scenario", ["eu_enlargement", "ban_usa_chn"])
def test_reference_results(folder: Path, scenario: str, imbalance: str) -> None:
    """12 decimals are given; world output is the numeraire, as it is ours without inputs."""
    result = solved(folder, scenario, TREATMENTS[imbalance])
    columns = {
        "welfare_hat": result.real_income,
        "wage_hat": result.wage,
        "price_index_hat": result.price_index,
        "real_wage_hat": result.real_wage,
    }
    rows = [
        row
        for row in table(folder / "reference_results_2000.csv")
        if (row["scenario"], row["imbalance"]) == (scenario, imbalance)
    ]
    assert len(rows) == 44
    for row in rows:
        for column, found in columns.items():
            hat = 1.0 + found[row["country"]] / 100.0
            assert hat == pytest.approx(float(row[column]), abs=1e-11), (row["country"], column)


@pytest.mark.parametrize(
    ("deficits", "welfare", "flow"), [("kept", "w_eu", "X_eu"), ("ratio", "w_mult", "X_mult")]
)
def test_stata_columns(folder: Path, deficits: str, welfare: str, flow: str) -> None:
    """ge_gravity's own results, which Stata keeps in single precision (6e-8)."""
    result = solved(folder, "eu_enlargement", deficits)
    assert (result.common_factor.values == 1.0).all() == (deficits == "kept")
    rows = table(folder / "stata_results_2000.csv")
    assert len(rows) == 44 * 44
    for row in rows:
        hat = 1.0 + result.real_income[row["exporter"]] / 100.0
        assert hat == pytest.approx(float(row[welfare]), abs=2e-7), row["exporter"]
        # The program's flows are spending that keeps its ratio to income, which is not output:
        # ours at which markets clear, times that factor.
        found = (
            result.common_factor[row["importer"]]
            * result.cleared[row["importer"], row["exporter"], "Total"]
        )
        assert result.trade[row["importer"], row["exporter"], "Total"] == found
        assert found == pytest.approx(float(row[flow]), rel=2e-7), (
            row["exporter"],
            row["importer"],
        )


def test_autarky_is_the_closed_form(folder: Path) -> None:
    """Without any trade the real wage is the domestic share to 1/θ, for every economy at once.

    The closed form holds from the data's own shares, so it starts from the deficits of the data,
    which autarky takes away.
    """
    base = balanced("gegravity", folder, "kept")
    zero = dict.fromkeys(base.economies, 0.0)
    result = base.solve(Shock(deficits=zero).ban("*", "*"), tolerance=1e-13)
    assert len(result.separate_parts) == 44
    rows = [
        row
        for row in table(folder / "reference_results_2000.csv")
        if row["scenario"] == "autarky_closed_form"
    ]
    assert len(rows) == 44
    for row in rows:
        hat = 1.0 + result.real_wage[row["country"]] / 100.0
        assert hat == pytest.approx(float(row["real_wage_hat"]), abs=1e-11), row["country"]


def test_an_agreement_in_the_sample_of_2006(folder: Path) -> None:
    """gegravity 0.3: within 0.01 points of real GDP; the two treat unequal world Y and E apart."""
    base = World(read_gegravity_2006(folder, fitted=True)).balance("ratio")
    beta = {r["variable"]: r["coefficient"] for r in table(folder / "sample_2006_coefficients.csv")}
    # σ = 5, so θ = 4: the agreement moves trade costs by exp(β)^(−1/θ).
    times = float(np.exp(float(beta["pta"])) ** (-1.0 / 4.0))
    shock = Shock().trade_cost("CAN", "JPN", times=times).trade_cost("JPN", "CAN", times=times)
    result = base.solve(shock)
    rows = table(folder / "sample_2006_can_jpn_pta_gegravity_0.3.csv")
    assert len(rows) == 30
    for row in rows:
        found = result.real_income[row["country"]]
        assert found == pytest.approx(float(row["GDP change (percent)"]), abs=0.0101)
        loss = 1.0 / (1.0 + found / 100.0)  # the package's statistic: baseline over counterfactual
        assert loss == pytest.approx(float(row["welfare statistic"]), abs=1.01e-4)
    assert result.real_income["CAN"] == pytest.approx(0.4282, abs=5e-5)  # the README's exact one


def test_the_data_are_an_equilibrium(folder: Path) -> None:
    """Flows that add up leave nothing to re-solve: balancing with the data's deficits is idle."""
    data = world("gegravity", folder)
    base = balanced("gegravity", folder, "kept")
    np.testing.assert_allclose(base.baseline.expenditure, data.baseline.expenditure, rtol=1e-12)
    np.testing.assert_allclose(base.baseline.trade_share, data.baseline.trade_share, rtol=1e-12)
