"""What happened beside what the model said: nothing hidden, nothing fitted, nothing from later."""

from __future__ import annotations

import csv
import datetime as dt
import json

import numpy as np
import pytest

from comity.market import Options, Question, assess, market
from comity.report.honesty import render_honesty
from comity.score import outcomes
from comity.score.outcomes import beside_outcomes
from comity.words.errors import FileError, InputError, NotFound, ValidationError
from comity.words.time import DayRange, Truth
from tests.assess.made import BAN, HOME, MARKETS, rows

FILE = MARKETS / "outcomes.csv"
OUTCOMES = {row["id"]: row for row in rows(FILE)}
DAY = "2023-08-24"
HEAD = list(next(iter(OUTCOMES.values())))


@pytest.fixture(scope="module")
def then(record):
    """The ban as anyone could have assessed it on its day."""
    return assess(Question((BAN,), public_on=DAY), record, Options(draws=256), world=False)


@pytest.fixture(scope="module")
def compared(then):
    return beside_outcomes(then)


def made_up(tmp_path, *lines, name="outcomes.csv"):
    """A file of outcomes with rows of (id, quantity, exporter, importer, goods, change, after,
    comparable, why)."""
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEAD)
        writer.writeheader()
        for one in lines:
            writer.writerow({"measure": BAN, "period": "2024", "unit": "JPY billion", **one})
    return path


def row(key, exporter="JPN", importer="USA", **more):
    base = {
        "id": key, "quantity": "trade_value", "exporter": exporter, "importer": importer,
        "goods": "scallops", "comparable": "yes", "change_pct": "0",
    }  # fmt: skip
    return {**base, **more}


# ---------------------------------------------------------------------------- nothing is hidden


def test_every_outcome_is_compared_or_listed(compared):
    shown = [one["id"] for one in compared["compared"]]
    left = [one["id"] for one in compared["not_compared"]]
    assert len(shown) == len(set(shown))
    assert not set(shown) & set(left)
    about = {key for key, one in OUTCOMES.items() if one["measure"] == BAN}
    assert set(shown) | set(left) == about
    apart = compared["apart"]
    assert sum(compared["counts"].values()) + sum(apart.values()) == len(shown)


def test_reasons_are_those_of_the_file(compared):
    for one in compared["not_compared"]:
        mine = OUTCOMES[one["id"]]
        if mine["comparable"] == "no":
            assert one["left_out"] == mine["why"]
        assert one["left_out"]
    assert {one["id"] for one in compared["compared"]} <= {
        key for key, one in OUTCOMES.items() if one["comparable"] != "no"
    }
    whys = {one["id"]: one["why"] for one in rows(MARKETS / "outcomes_why.csv")}
    for one in compared["compared"]:
        # What a comparison is short of is no reason why it came out as it did.
        assert one["explanation"] == whys.get(one["id"], "")
        assert one["caveat"] == OUTCOMES[one["id"]]["why"]
        assert one["explanation"] != one["caveat"]
        assert one["explanation"], one["id"]


def test_what_happened_is_the_file_and_what_was_said_the_run(then, compared):
    found = {one["id"]: one for one in compared["compared"]}
    assert {"O002", "O005", "O016", "O018", "O021", "O022"} <= set(found)
    for key, one in found.items():
        mine = OUTCOMES[key]
        kind = "level" if mine["comparable"] == "level" else "change"
        assert one["compared"] == kind
        assert one["happened"] == float(mine["after" if kind == "level" else "change_pct"])
        for name in ("quantity", "exporter", "importer", "goods", "period", "unit"):
            assert one[name] == mine[name]
    scallops = then.row("trade_value", "JPN", "USA", "scallops")
    assert scallops.ratio is not None
    assert found["O021"]["median"] == pytest.approx(float(np.median(scallops.ratio)))
    ends = [found["O021"][q] for q in ("p5", "p25", "p75", "p95")]
    assert ends == pytest.approx(list(np.quantile(scallops.ratio, (0.05, 0.25, 0.75, 0.95))))
    # China's imports of Japanese scallops went to nothing, and the model says so.
    assert found["O018"]["happened"] == found["O018"]["median"] == -100.0
    assert found["O018"]["verdict"] == "within_50"


def test_verdicts_follow_from_the_numbers(compared):
    for one in compared["compared"]:
        value = one["happened"]
        slack = 0.5 if one["compared"] == "change" else 0.0
        if one["p25"] - slack <= value <= one["p75"] + slack:
            right = {"within_50"}
        elif one["p5"] - slack <= value <= one["p95"] + slack:
            right = {"within_90"}
        elif one["predictive_p5"] - slack <= value <= one["predictive_p95"] + slack:
            right = {"within_predictive_90"}
        else:
            right = {"above" if value > one["predictive_p95"] else "below"}
        assert one["verdict"] in right, one
    counts = compared["counts"]
    for verdict in counts:
        mine = [one for one in compared["compared"] if one["verdict"] == verdict]
        assert counts[verdict] == sum(one["tests"] == "model" for one in mine)


@pytest.mark.parametrize(
    ("place", "verdict"),
    [
        (0.5, "within_50"), (0.15, "within_90"), (0.85, "within_90"),
        (None, "within_predictive_90"), (2.0, "above"), (-1.0, "below"),
    ],
)  # fmt: skip
def test_each_verdict(then, tmp_path, place, verdict):
    """At a quantile of the parameter draws; between both kinds of interval; outside of both."""
    mine = then.row("trade_value", "JPN", "USA", "scallops")
    assert mine.ratio is not None
    noisy = 100.0 * (mine.predicted / mine.values * (1.0 + mine.ratio / 100.0) - 1.0)
    low, high = np.quantile(mine.ratio, 0.95), np.quantile(noisy, 0.95)
    assert high > low + 2.0
    value = (
        0.5 * (low + high) if place is None
        else high + 5.0 if place > 1.0
        else np.quantile(noisy, 0.05) - 5.0 if place < 0.0
        else np.quantile(mine.ratio, place)
    )  # fmt: skip
    path = made_up(tmp_path, row("X1", change_pct=repr(float(value))))
    (one,) = beside_outcomes(then, [path])["compared"]
    assert one["verdict"] == verdict


def test_the_ban_itself_is_no_hit_and_one_flow_counts_once(compared):
    """That China bought no scallops of Japan is what was asked; O035 and O045 are one flow."""
    tests = {one["id"]: (one["tests"], one["same_as"]) for one in compared["compared"]}
    assert {key for key, (kind, _) in tests.items() if kind == "measure"} == {
        "O005", "O018", "O041",
    }  # fmt: skip
    assert tests["O035"] == ("repeat", "O045")
    assert tests["O045"] == ("model", "")
    assert compared["apart"] == {"measure": 3, "repeat": 1}
    counted = [one for one in compared["compared"] if one["tests"] == "model"]
    flows = [(one["quantity"], one["exporter"], one["importer"], one["goods"]) for one in counted]
    assert len(flows) == len(set(flows)) == sum(compared["counts"].values()) == 7


def test_a_flow_barred_in_a_small_part_still_tests_the_model(record, tmp_path):
    """Five prefectures of Japan: at most 4 % of its scallops that Taiwan buys."""
    made = assess(Question(("tw-food-ban-2011",)), record, Options(draws=16), world=False)
    path = made_up(tmp_path, row("X1", importer="TWN", measure="tw-food-ban-2011"))
    (one,) = beside_outcomes(made, [path])["compared"]
    assert one["tests"] == "model"


def test_of_one_flow_the_whole_year_counts(then, tmp_path):
    path = made_up(
        tmp_path,
        row("X1", comparable="change", why="some months"),
        row("X2"),
        row("X3", comparable="level", after="9"),
    )
    tests = {one["id"]: one["same_as"] for one in beside_outcomes(then, [path])["compared"]}
    assert tests == {"X1": "X2", "X2": "", "X3": "X2"}


def test_sources_have_addresses(compared):
    named = {key for one in compared["compared"] for key in one["sources"].split(";")}
    listed = {one["id"]: one for one in compared["sources"]}
    assert named <= set(listed)
    for one in listed.values():
        assert one["title"], one["id"]
        assert one["url"].startswith("http"), one["id"]
        assert one["outcomes"]
    register = {one["source"]: one["url"] for one in rows(MARKETS / "outcomes_sources.csv")}
    for one in OUTCOMES.values():
        for key in filter(None, one["sources"].split(";")):
            assert key in register
        assert register[one["sources"].split(";")[0]] == one["url"]


def test_the_working_is_that_of_the_row_and_its_cells(then, compared):
    found = {one["id"]: one["working"] for one in compared["compared"]}
    mine = then.row("trade_value", "JPN", "WLD", "scallops")
    work = found["O016"]
    assert work["before"] == mine.before
    assert work["median"] == pytest.approx(float(np.median(mine.values)))
    assert work["p95"] == pytest.approx(float(np.quantile(mine.values, 0.95)))
    cells = [
        one
        for one in rows(MARKETS / HOME / "known-then" / DAY / "cells.csv")
        if one["product"] == "scallops" and one["origin"] == "JPN" != one["destination"]
        and float(one["value"]) > 0.0
    ]  # fmt: skip
    assert work["cells"] == len(cells)
    largest = max(cells, key=lambda one: float(one["value"]))
    assert work["largest"][0]["importer"] == largest["destination"] == "CHN"
    assert work["largest"][0]["value"] == float(largest["value"])
    assert work["largest"][0]["sources"] == largest["sources"].split(";")
    assert found["O021"]["cells"] == 1
    assert found["O021"]["cells_later"] == 1  # E18 speaks of what followed the ban


def test_the_working_says_of_its_own_cells_how_they_are_known(compared):
    """ "Of their value" is that of the cells listed, and not of all that the answer rests on."""
    whole = 0
    for one in compared["compared"]:
        said = one["working"]
        assert 0.0 <= said["estimated_share"] + said["carried_share"] <= 1.0 + 1e-12
        if not said["cells"] or len(said["largest"]) < said["cells"]:
            continue
        total = sum(cell["value"] for cell in said["largest"])
        for standing in ("estimated", "carried"):
            part = sum(c["value"] for c in said["largest"] if c["standing"] == standing)
            assert said[f"{standing}_share"] == pytest.approx(part / total, abs=1e-12)
        whole += 1
    assert whole > 0


def test_the_working_is_on_the_full_page(compared):
    short, long = (render_honesty(compared, "table", 120, full=full) for full in (False, True))
    assert "The working of each comparison" not in short
    assert "The working of each comparison" in long
    assert "90 % of parameters" in long
    assert "90 % predictive" in long
    for one in compared["compared"]:
        assert sum(line.startswith(f"- {one['id']} ") for line in long.splitlines()) >= 2
    for page in (short, long):
        assert "by construction" in page
        for source in compared["sources"]:
            assert source["id"] in page
        assert "3 of the flow that the measure itself bars" in " ".join(page.split())


def test_how_much_rests_on_sources_that_came_out_later(then, compared):
    """Counted here from the files: a source is later where the first day it can have come out is
    after the ban."""
    folder = MARKETS / HOME / "known-then" / DAY
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    day = dt.date.fromisoformat(DAY).toordinal()
    late = {
        key
        for key, one in meta["published"].items()
        if DayRange.parse(one["published"]).earliest > day
        and one["published"] != "unknown"
    }  # fmt: skip
    assert {"INFOMART23", "FED24", "E16", "E17", "E18", "E19", "E20"} <= late
    cells = [one for one in rows(folder / "cells.csv") if float(one["value"]) > 0.0]
    bad = [one for one in cells if late & set(one["sources"].split(";"))]
    basis = compared["basis"]
    assert (basis["all"]["cells"], basis["all"]["later"]) == (len(cells), len(bad))
    share = sum(float(one["value"]) for one in bad) / sum(float(one["value"]) for one in cells)
    assert basis["all"]["later_share"] == pytest.approx(share)
    assert set(basis["later_sources"]) <= late
    sold = [one for one in cells if one["origin"] == "JPN" != one["destination"]]
    assert basis["exporters"]["cells"] == len(sold)
    assert basis["exporters"]["later"] == sum(one in bad for one in sold) > 0
    page = " ".join(render_honesty(compared, "table", 120).split())
    assert f"{len(bad):,} of {len(cells):,}" in page


def test_a_run_on_all_that_is_on_record_has_no_day_to_be_later_than(ban):
    assert beside_outcomes(ban)["basis"] is None


def test_who_replaced_the_goods_is_said_or_said_to_be_unknown(then, compared):
    found = compared["replacement"]
    assert {one["importer"] for one in found["origins"]} == {"CHN"}
    assert "JPN" not in {one["exporter"] for one in found["origins"]}
    shells = [one for one in found["origins"] if one["goods"] == "scallops"]
    gains = [one["median"] - one["before"] for one in shells]
    assert gains == sorted(gains, reverse=True)
    best = then.row("trade_value", shells[0]["exporter"], "CHN", "scallops")
    assert shells[0]["median"] == pytest.approx(float(np.median(best.values)))
    assert {one["id"] for one in found["outcomes"]} == {"O038", "O039", "O040", "O046"}
    assert all(one["left_out"] for one in found["outcomes"])
    page = " ".join(render_honesty(compared, "table", 120).split())
    assert "Nothing of this is tested" in page
    assert "squid" in page


@pytest.mark.parametrize(("supply", "moved"), [(0.0, {"O031": "within_50"}), (0.3, {})])
def test_what_hangs_on_the_parameter_that_is_not_clean(record, then, supply, moved):
    """What the first check says of the supply of fish: at its one end a verdict is better."""

    def verdicts(made):
        rows = beside_outcomes(made)["compared"]
        return {one["id"]: one["verdict"] for one in rows if one["tests"] == "model"}

    held = Options(draws=256, fixed={"supply": supply})
    made = assess(Question((BAN,), public_on=DAY), record, held, world=False)
    before = verdicts(then)
    assert before["O031"] == "within_90"
    assert verdicts(made) == {**before, **moved}


def test_a_level_is_compared_as_a_level(then, tmp_path):
    """Half a point of slack is for per cent: not half a billion yen."""
    mine = then.row("trade_value", "JPN", "VNM", "scallops").as_dict("2024")
    top = mine["predictive_p95"]
    path = made_up(
        tmp_path,
        row("X1", importer="VNM", after=repr(top + 0.3), comparable="level"),
        row("X2", importer="VNM", after="5", comparable="level", unit="USD million"),
    )
    found = beside_outcomes(then, [path])
    (one,) = found["compared"]
    assert one["compared_unit"] == "JPY billion"
    assert top < 1.0
    assert one["verdict"] == "above"
    (left,) = found["not_compared"]
    assert "JPY billion" in left["left_out"]


def test_what_cannot_be_compared_is_listed_with_a_reason(then, tmp_path):
    path = made_up(
        tmp_path,
        row("X1", comparable="no", why="a strike"),
        row("X2", change_pct="-11 to -27"),
        row("X3", goods="whales"),
        row("X4"),
    )
    found = beside_outcomes(then, [path])
    left = {one["id"]: one["left_out"] for one in found["not_compared"]}
    assert left["X1"] == "a strike"
    assert set(left) == {"X1", "X2", "X3"}
    assert all(left.values())


def test_files_that_are_none(then, tmp_path):
    with pytest.raises(FileError):
        beside_outcomes(then, [tmp_path / "missing.csv"])
    (tmp_path / "short.csv").write_text("id,quantity\n1,x\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="has no column exporter"):
        beside_outcomes(then, [tmp_path / "short.csv"])
    path = made_up(tmp_path, row("X1"), row("X2", comparable="perhaps"))
    with pytest.raises(ValidationError, match="comparable is 'perhaps'") as caught:
        beside_outcomes(then, [path])
    assert caught.value.where is not None
    assert (caught.value.where.row, caught.value.where.field) == (3, "comparable")
    other = made_up(tmp_path, row("X1", measure="another-measure"), name="other.csv")
    with pytest.raises(NotFound, match=BAN):
        beside_outcomes(then, [other])


def test_what_happened_under_a_ban_is_no_outcome_of_its_lifting(lifted):
    """Outcomes are of the ban's years; a run about its end in 2026 has none of them."""
    with pytest.raises(InputError, match="as they were taken"):
        beside_outcomes(lifted)


def test_what_happened_in_a_year_is_no_outcome_of_the_long_run(record):
    """Rows and outcomes share their period: 2024 is not 2028 and later."""
    made = assess(Question((BAN,), horizon="long"), record, Options(draws=16), world=False)
    with pytest.raises(InputError, match="first full year"):
        beside_outcomes(made)


# ------------------------------------------------------------------------ nothing from later


def test_no_source_of_the_market_is_later(then):
    meta = json.loads(
        (MARKETS / HOME / "known-then" / DAY / "meta.json").read_text(encoding="utf-8")
    )
    assert then.baseline.sources.keys() == meta["sources"].keys()
    assert then.baseline.public_by is not None
    assert then.baseline.public_by.isoformat() <= DAY
    assert then.baseline.digest == market(HOME, dt.date.fromisoformat(DAY)).digest
    assert then.baseline.digest != market(HOME).digest
    day = then.baseline.public_by.toordinal()
    for key in then.baseline.sources:
        one = meta["published"][key]
        out = DayRange.parse(one["published"]).by(day) is Truth.YES
        figure = "figure" in one and DayRange.parse(one["figure"]).by(day) is Truth.YES
        assert out or figure, key
    assert ("public_on", DAY) in then.case.views


def test_sums_are_those_of_the_day(then):
    listed = rows(MARKETS / HOME / "known-then" / DAY / "totals.csv")
    assert [(t.product, t.economy, t.axis, t.value, t.source) for t in then.totals] == [
        (r["product"], r["economy"], r["axis"], float(r["value"]), r["source"]) for r in listed
    ]
    now = rows(MARKETS / HOME / "totals.csv")
    assert {r["source"] for r in now} != {r["source"] for r in listed}


def test_the_measure_has_to_be_public(record):
    for day in ("2023-08-23", "2022-01-01"):
        with pytest.raises(NotFound):
            assess(Question((BAN,), public_on=day), record, Options(draws=4), world=False)


def test_parameters_do_not_depend_on_outcomes(record, then, tmp_path, monkeypatch):
    """Whatever the file says, and though there is none, the model's side is the same."""
    before = then.effects()
    real = {one["id"]: one for one in beside_outcomes(then)["compared"]}
    lies = []
    for one in rows(FILE):
        lies.append({**one, "change_pct": "12345" if one["change_pct"] else "", "after": "12345"})
    other = beside_outcomes(then, [made_up(tmp_path, *lies)])
    for one in other["compared"]:
        if one["id"] in real:
            for name in ("median", "p5", "p25", "p75", "p95", "predictive_p5", "predictive_p95"):
                assert one[name] == real[one["id"]][name]
            assert one["happened"] == 12345.0
            assert one["verdict"] == "above"
    monkeypatch.setattr(outcomes, "_files", list)
    again = assess(Question((BAN,), public_on=DAY), record, Options(draws=256), world=False)
    assert again.effects() == before
    assert again.id == then.id


def test_the_rule_is_said(then, compared):
    assert compared["rule"] == "default"
    assert set(compared["choices"]) == {"scallops", "other_seafood"}
    assert all("mean" in reason for reason in compared["choices"].values())
    assert compared["views"] == {"public_on": DAY}
    assert compared["draws"] == 256
    assert compared["run_id"] == then.id
