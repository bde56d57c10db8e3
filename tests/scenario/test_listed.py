"""Listed changes on small baselines: who changes which flows by how much."""

from __future__ import annotations

import numpy as np
import pytest

from comity.scenario.resolve import resolve
from comity.scenario.resolved import Resolved
from comity.scenario.wedges import Wedges, wedges
from comity.trade.baseline import Baseline
from comity.words.errors import ValidationError
from tests.scenario.conftest import FISH, FOOD, METAL, REST, placed, scenario, small

CHN, JPN, USA, EUN = 0, 1, 2, 3  # positions in the fixtures `world` and `one_sector`
FISHES, FOODS = 0, 1


def to(change: str, baseline: Baseline) -> Resolved:
    return resolve(scenario(f"to:\n  changes:\n    - {change}\n"), baseline)


def arrays(change: str, baseline: Baseline) -> Wedges:
    return wedges(to(change, baseline).after, baseline)


def test_a_tariff_is_on_imports_of_its_actor(world: Baseline) -> None:
    made = to("{by: China, tariff: {on_imports_from: Japan, sectors: fish, add: 25%}}", world)
    [change] = made.after_changes
    assert (change.actors, change.source) == (("CHN",), "change 1")
    assert made.before_changes == ()
    rates = wedges(made.after, world).tariff
    assert rates is not None
    assert rates[FISHES, CHN, JPN] == 0.25
    assert np.count_nonzero(rates) == 1


@pytest.mark.parametrize(
    ("how", "old", "new"),
    [
        ("to: 20%", 0.1, 0.2),
        ("add: 20%", 0.1, 0.3),
        ("times: 0.5", 0.1, 0.05),
        # On 0.4 of the flow: the average of 0.6 at the old rate and 0.4 at the new.
        ("to: 20%, coverage: 0.4", 0.1, 0.6 * 0.1 + 0.4 * 0.2),
        ("add: 20%, coverage: 0.4", 0.1, 0.6 * 0.1 + 0.4 * 0.3),
        ("times: 0.5, coverage: 0.4", 0.1, 0.6 * 0.1 + 0.4 * 0.05),
    ],
)
def test_tariffs_on_a_part_are_averages(how: str, old: float, new: float) -> None:
    tariff = np.full((1, 3, 3), old)
    tariff[:, range(3), range(3)] = 0.0
    base = small(("CHN", "JPN", "USA"), ("Goods",), tariff=tariff)
    rates = arrays(f"{{by: JPN, tariff: {{on_imports_from: USA, {how}}}}}", base).tariff
    assert rates is not None
    assert rates[0, 1, 2] == pytest.approx(new, abs=1e-15)
    assert rates[0, 2, 1] == old


def test_a_ban_has_a_direction(world: Baseline) -> None:
    imports = arrays("{by: CHN, ban: {imports_from: JPN, sectors: Food}}", world).availability
    exports = arrays("{by: CHN, ban: {exports_to: JPN, sectors: Food}}", world).availability
    both = "{by: CHN, ban: {imports_from: JPN, exports_to: JPN, sectors: Food, coverage: 0.25}}"
    together = arrays(both, world).availability
    assert imports is not None
    assert exports is not None
    assert together is not None
    assert (imports[FOODS, CHN, JPN], imports[FOODS, JPN, CHN]) == (0.0, 1.0)
    assert (exports[FOODS, CHN, JPN], exports[FOODS, JPN, CHN]) == (1.0, 0.0)
    assert (together[FOODS, CHN, JPN], together[FOODS, JPN, CHN]) == (0.75, 0.75)


def test_a_lifting_is_the_inverse_of_a_ban(world: Baseline) -> None:
    made = arrays("{by: CHN, lift: {imports_from: JPN, sectors: Fish, coverage: 0.2}}", world)
    assert made.availability is not None
    assert made.availability[FISHES, CHN, JPN] == 1.0 / 0.8


def test_trade_cost_productivity_population(world: Baseline) -> None:
    cost = arrays("{by: JPN, trade_cost: {on_exports_to: [CHN, USA], times: 1.1}}", world)
    part = "{by: JPN, trade_cost: {on_imports_from: CHN, times: 1.1, coverage: 0.5}}"
    half = arrays(part, world)
    assert cost.trade_cost is not None
    assert half.trade_cost is not None
    assert np.all(cost.trade_cost[:, [CHN, USA], JPN] == 1.1)
    assert np.count_nonzero(cost.trade_cost != 1.0) == 2 * 4
    assert np.all(half.trade_cost[:, JPN, CHN] == pytest.approx(1.05))
    made = arrays("{by: JPN, productivity: {times: 1.02, sectors: Metal}}", world).productivity
    other = to("{by: JPN, productivity: {times: 1.02, of: USA}}", world)
    people = arrays("{by: JPN, population: {times: 0.9}}", world).population
    assert made is not None
    assert people is not None
    assert made[JPN, 2] == 1.02
    assert np.count_nonzero(made != 1.0) == 1
    assert other.after_changes[0].actors == ("JPN",)
    assert other.after_changes[0].change.importers == ("USA",)
    assert list(people) == [1.0, 0.9, 1.0, 1.0, 1.0]


def test_everyone_on_everyone_leaves_trade_at_home(world: Baseline) -> None:
    rates = arrays("{by: all, tariff: {on_imports_from: all, add: 25%}}", world).tariff
    assert rates is not None
    assert np.count_nonzero(rates) == 4 * 5 * 4
    assert not rates[:, range(5), range(5)].any()


def test_all_except(world: Baseline) -> None:
    made = to("{by: USA, tariff: {on_imports_from: {all_except: [CHN, EUN]}, add: 1%}}", world)
    assert made.after_changes[0].change.exporters == ("JPN", "USA", "ROW")
    everyone = to("{by: USA, tariff: {on_imports_from: [ROW, EUN, USA, JPN, CHN], add: 1%}}", world)
    assert everyone.after_changes[0].change.exporters is None


def test_a_group_is_its_members_of_the_year(singly: Baseline) -> None:
    made = to("{by: EUN, tariff: {on_imports_from: CHN, add: 1%}}", singly)
    assert made.after_changes[0].actors == ("DEU", "FRA")
    assert [flag.kind for flag in made.flags] == ["group"]
    earlier = small(("CHN", "DEU", "GBR"), ("Goods",), year=2015)
    then = to("{by: EUN, tariff: {on_imports_from: CHN, add: 1%}}", earlier)
    assert then.after_changes[0].actors == ("DEU", "GBR")


def test_goods_find_their_sectors(world: Baseline) -> None:
    whole = to("{by: CHN, ban: {imports_from: JPN, goods: HS2022:03}}", world)
    assert whole.after_changes[0].change.sectors == (FISH,)
    assert whole.after_changes[0].change.value == 1.0
    part = "{by: CHN, ban: {imports_from: JPN, goods: [HS2022:1604, HS2022:03], coverage: %s}}"
    made = to(part % "{Food: 0.1, Fish: 1}", world)
    found = {one.change.sectors: one.change.value for one in made.after_changes}
    assert found == {(FISH,): 1.0, (FOOD,): 0.1}
    assert not made.flags
    same = to(part % "0.3", world)
    assert same.after_changes[0].change.sectors == (FISH, FOOD)
    assert [flag.kind for flag in same.flags] == ["one-coverage"]
    # All headings of a chapter are the chapter.
    headings = ", ".join(f"HS2022:030{n}" for n in range(1, 10))
    every = to(f"{{by: CHN, ban: {{imports_from: JPN, goods: [{headings}]}}}}", world)
    assert every.after_changes[0].change.value == 1.0


GOODS_BAN = "{by: CHN, ban: {imports_from: JPN, goods: %s}}"


@pytest.mark.parametrize(
    ("goods", "what", "mend"),
    [
        ("HS2022:0307", "only part of the sector Fish", "coverage: the share of Fish"),
        ("HS2022:03, goods_except: HS2022:030111", "only part of the sector Fish", "coverage"),
        ("[HS2022:04, HS2022:12]", "only part of the sector Food", "coverage"),
        ("HS2017:0303", "only part of the sector Fish", "coverage"),
        ("HS2022:27", "no sector of the baseline holds HS2022:27", "name sectors"),
    ],
)
def test_goods_that_are_part_of_a_sector(world: Baseline, goods: str, what: str, mend: str) -> None:
    with pytest.raises(ValidationError) as caught:
        to(GOODS_BAN % goods, world)
    [(line, column, said)] = placed(caught.value)
    assert what in said
    assert mend in (caught.value.mend or "")
    # "    - {by: CHN, ban: {imports_from: JPN, goods: ": the value begins at 49.
    assert (line, column) == (5, 49)


def test_goods_of_another_edition_are_compared_by_chapter_aloud(world: Baseline) -> None:
    made = to(GOODS_BAN % "HS2017:0303, coverage: 0.2", small_by_heading())
    assert made.after_changes[0].change.value == 0.2
    assert [flag.kind for flag in made.flags] == ["edition"]
    missing = to(GOODS_BAN % "[HS2022:03, HS2022:27], coverage: 1", world)
    assert [flag.kind for flag in missing.flags] == ["goods-missing"]
    assert "HS2022:27" in missing.flags[0].text


def small_by_heading() -> Baseline:
    return small(("CHN", "JPN"), ("A", "B"), goods={"A": ("HS2022:0303",), "B": ("HS2022:72",)})


def test_a_baseline_of_one_sector_needs_the_share_of_goods(one_sector: Baseline) -> None:
    with pytest.raises(ValidationError, match="only part of the sector Goods"):
        to(GOODS_BAN % "HS2022:03", one_sector)
    made = to(GOODS_BAN % "HS2022:03, coverage: 0.0053", one_sector)
    assert made.after_changes[0].change.value == 0.0053


def test_a_baseline_that_knows_no_goods() -> None:
    with pytest.raises(ValidationError, match="does not say which goods"):
        to(GOODS_BAN % "HS2022:03", small(("CHN", "JPN"), ("A", "B")))


@pytest.mark.parametrize(
    ("change", "column", "what"),
    [
        ("{by: Japon, population: {times: 2}}", 12, "no economy 'Japon'"),
        ("{by: [CHN, KOR], population: {times: 2}}", 18, "no economy 'KOR'"),
        ("{by: CHN, ban: {imports_from: [JPN, DEU]}}", 43, "no economy 'DEU'"),
        ("{by: CHN, ban: {imports_from: CHN}}", 37, "cannot do this to itself"),
        ("{by: CHN, ban: {imports_from: JPN, sectors: [Fish, Fishes]}}", 58, "no sector 'Fishes'"),
        ("{by: CHN, ban: {imports_from: JPN, coverage: {Fisch: 1}}}", 53, "no sector 'Fisch'"),
        (
            "{by: CHN, ban: {imports_from: JPN, sectors: [Fish, Food], coverage: {Fish: 1}}}",
            75,
            "does not name the sector Food",
        ),
        (
            "{by: CHN, ban: {imports_from: JPN, sectors: [Fish], coverage: {Fish: 1, Food: 1}}}",
            79,
            "not among those meant",
        ),
        ("{by: CHN, lift: {imports_from: JPN, coverage: 1}}", 53, "leaves no flow"),
        ("{by: CHN, tariff_schedule: nafta}", 34, "no tariff schedule 'nafta'"),
        ("{by: CHN, population: {times: 2, of: Mars}}", 44, "no economy 'Mars'"),
    ],
)
def test_names_that_the_baseline_lacks(
    world: Baseline, change: str, column: int, what: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        to(change, world)
    [(line, found, said)] = placed(caught.value)
    assert what in said
    assert (line, found) == (5, column)


def test_all_problems_of_a_resolution_come_at_once(world: Baseline) -> None:
    body = (
        "model: {theta: {Fisch: 4}}\n"
        "from:\n  changes:\n    - {by: KOR, population: {times: 2}}\n"
        "to:\n  changes:\n    - {by: CHN, ban: {imports_from: KOR, sectors: Wine}}\n"
    )
    with pytest.raises(ValidationError) as caught:
        resolve(scenario(body), world)
    assert [line for line, _, _ in placed(caught.value)] == [3, 6, 9, 9]


def test_rates_that_end_below_the_whole_price(world: Baseline) -> None:
    body = (
        "to:\n  changes:\n"
        "    - {by: CHN, tariff: {on_imports_from: JPN, add: -60%}}\n"
        "    - {by: CHN, tariff: {on_imports_from: JPN, add: -60%}}\n"
    )
    with pytest.raises(ValidationError) as caught:
        resolve(scenario(body), world)
    [(line, _, said)] = placed(caught.value)
    assert all(word in said for word in ("importer CHN", "exporter JPN", "sector Fish", "-1.2"))
    assert line == 5


def test_a_schedule_holds_for_its_actors(world: Baseline) -> None:
    rates = np.full((4, 5, 5), 0.3)
    base = small(world.names.economies, world.names.sectors, schedules={"new": rates})
    body = (
        "to:\n  changes:\n"
        "    - {by: USA, tariff: {on_imports_from: CHN, to: 7%}}\n"
        "    - {by: JPN, tariff_schedule: new}\n"
    )
    made = resolve(scenario(body), base)
    found = wedges(made.after, base).tariff
    assert found is not None
    assert np.all(found[:, JPN, [CHN, USA, EUN, 4]] == 0.3)
    assert np.all(found[:, USA, CHN] == 0.07)
    assert not found[:, CHN].any()
    assert not found[:, range(5), range(5)].any()


def test_no_change_is_an_empty_shock(world: Baseline) -> None:
    made = resolve(scenario("to: baseline\n"), world)
    assert wedges(made.before, world).nothing
    assert wedges(made.after, world).nothing


def test_the_labels_of_these_tests(world: Baseline) -> None:
    assert world.names.sectors == (FISH, FOOD, METAL, REST)
    assert [world.names.economy(code) for code in ("CHN", "JPN", "USA", "EUN")] == [0, 1, 2, 3]
