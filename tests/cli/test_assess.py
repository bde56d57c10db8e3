"""`comity assess` and `comity markets`: what they print, keep and refuse."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.assess.made import BAN, HOME, measure, shipped, write_measures
from tests.cli.door import Door

FEW = ("--draws", "64")
KEYS = (
    "quantity", "exporter", "importer", "goods", "period", "unit", "before", "median", "p5", "p25",
    "p75", "p95", "estimated_share",
)  # fmt: skip
CELLS = {(r["product"], r["origin"], r["destination"]): r for r in shipped(HOME)}


def columns_of(text: str) -> int:
    """How many columns of a terminal the widest line takes."""
    wide = {"W", "F"}
    return max(
        sum(2 if unicodedata.east_asian_width(c) in wide else 1 for c in line)
        for line in text.splitlines()
    )


def quick(comity: Door, *words: str | Path) -> Any:
    return comity("assess", *words, *FEW, "--no-world", "--format", "json").json


# --------------------------------------------------------------------------------------- JSON


def test_json_has_what_programs_ask_for(comity: Door) -> None:
    text = comity("assess", BAN, *FEW, "--format", "json").out
    data = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert {"run_id", "assumptions", "sources", "coverage", "effects"} <= set(data)
    assert re.fullmatch("[0-9a-f]{64}", data["run_id"])
    for row in data["effects"]:
        assert set(KEYS) <= set(row)
        assert all(isinstance(row[key], str) for key in KEYS[:6])
        assert all(isinstance(row[key], float | int) for key in KEYS[6:])
    found = {(r["quantity"], r["exporter"], r["importer"], r["goods"]): r for r in data["effects"]}
    gone = found["trade_value", "JPN", "CHN", "scallops"]
    assert gone["before"] == float(CELLS["scallops", "JPN", "CHN"]["value"])
    assert gone["median"] == gone["p5"] == gone["p95"] == 0.0
    assert (gone["unit"], gone["period"]) == ("JPY billion", "2024")
    assert found["total_surplus", "JPN", "JPN", "seafood"]["median"] < 0.0
    quantities = {row["quantity"] for row in data["effects"]}
    assert {
        "trade_value", "trade_quantity", "home_sales", "producer_price", "price_index",
        "consumer_surplus", "producer_surplus", "total_surplus", "consumer_surplus_half_variety",
        "total_surplus_half_variety", "tariff_revenue",
    } <= quantities  # fmt: skip
    assert data["draws"] == {"asked": 64, "solved": 64, "without_answer": {}}
    assert {one["id"] for one in data["sources"]} >= {"FAOFBS", "NCOM_H01781"}
    assert data["coverage"]["rules"][0]["arithmetic"]
    for one in data["assumptions"]:
        assert {"name", "drawn", "median", "p5", "p95", "assumed", "from"} <= set(one)
        assert one["p5"] <= one["median"] <= one["p95"]
    names = {one["name"] for one in data["assumptions"]}
    assert {"eta", "zeta", "sigma:scallops", "sigma:other_seafood", "supply:scallops"} <= names
    assert "missing" not in data["world"]


def test_the_same_question_is_the_same_answer(comity: Door) -> None:
    one, two = (quick(comity, BAN) for _ in range(2))
    assert one == two
    assert quick(comity, BAN, "--seed", "3")["run_id"] != one["run_id"]
    # The next power of two runs.
    assert comity("assess", BAN, "--draws", "60", "--format", "json").json["draws"]["asked"] == 64


def test_csv_has_the_rows(comity: Door) -> None:
    data = quick(comity, BAN)
    rows = comity("assess", BAN, *FEW, "--no-world", "--format", "csv").rows
    assert set(KEYS) <= set(rows[0])
    assert len(rows) == len(data["effects"])
    for row, other in zip(rows, data["effects"], strict=True):
        for key in KEYS[:6]:
            assert row[key] == other[key]
        for key in KEYS[6:]:
            assert float(row[key]) == pytest.approx(other[key], rel=1e-9, abs=1e-12)


# ------------------------------------------------------------------------------------ pages


class Page(HTMLParser):
    """Which elements are open, and what they ask for from elsewhere."""

    VOID = frozenset(("meta", "link", "br", "hr", "img", "input", "col", "wbr"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.asked: list[tuple[str, str, str]] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("src", "href", "srcset", "action", "data", "poster", "xlink:href"):
                self.asked.append((tag, name, value or ""))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> in <{self.open[-1]}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data


def page(text: str) -> Page:
    found = Page()
    found.feed(text)
    found.close()
    assert text.lower().startswith("<!doctype html>")
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert found.seen.count("h1") == 1
    assert "title" in found.seen
    assert not {"script", "iframe", "object", "embed", "base"} & set(found.seen)
    elsewhere = [
        one for one in found.asked if one[0] != "a" and not one[2].startswith(("#", "data:"))
    ]
    assert elsewhere == []
    assert not re.search(r"url\(\s*['\"]?(?!data:|#)|@import", text)
    return found


COMMANDS = {
    "ban": ("assess", BAN, *FEW),
    "areas": ("assess", BAN, "--lift", "--areas", "JP-01", *FEW),
    "ten": ("assess", BAN, "--lift", "--areas", "JPN", "--except", "@ten-prefectures", *FEW),
    "long": ("assess", BAN, "--horizon", "long", *FEW, "--no-world"),
    "full": ("assess", BAN, "--full", *FEW, "--no-world"),
    "opening": ("assess", "cn-seafood-reopening-2025", *FEW, "--no-world"),
    "outcomes": ("assess", BAN, "--outcomes", "--public-on", "2023-08-24", *FEW),
    "markets": ("markets", "--exporter", "JPN", "--goods", "scallops", "--without", "CHN", *FEW),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_text_fits_a_hundred_columns(comity: Door, name: str) -> None:
    done = comity(*COMMANDS[name], COLUMNS="100")
    assert columns_of(done.out) <= 100
    assert "nan" not in done.out.lower().split()
    assert "None" not in done.out
    assert len(done.out.splitlines()) > 20


@pytest.mark.parametrize("name", ["ban", "areas", "outcomes", "markets"])
def test_pages_and_markdown(comity: Door, name: str) -> None:
    found = page(comity(*COMMANDS[name], "--format", "html").out)
    assert "svg" in found.seen
    assert "table" in found.seen
    text = comity(*COMMANDS[name], "--format", "md").out
    assert text.startswith("# ")
    assert "| --- |" in text or "|---" in text or "| :" in text or re.search(r"\|\s*:?-{3,}", text)
    data = comity(*COMMANDS[name], "--format", "json").json
    for said in (text, found.text):
        assert data["run_id"] in said
    for line in re.findall(r"^\|.*\|$", text, flags=re.MULTILINE):
        assert line.count("|") > 2


def test_the_page_says_who_loses_and_what_it_rests_on(comity: Door) -> None:
    data = comity("assess", BAN, *FEW, "--format", "json").json
    out = comity("assess", BAN, *FEW, "--full", COLUMNS="140").out
    assert "Japan" in out
    assert "China" in out
    assert "JPY billion" in out
    assert "50 %" in out
    assert "90 %" in out
    assert "2024" in out
    for one in data["flags"]:
        assert one["text"].split(":")[0] in out
    total = next(
        r for r in data["effects"]
        if (r["quantity"], r["exporter"]) == ("total_surplus", "JPN")
    )  # fmt: skip
    assert f"{total['median']:.1f}".replace("-", "−") in out.replace("-", "−")


def test_out_writes_a_file(comity: Door, tmp_path: Path) -> None:
    done = comity(*COMMANDS["ban"], "--format", "html", "--out", tmp_path / "ban.html")
    assert done.out == ""
    assert page((tmp_path / "ban.html").read_text(encoding="utf-8")).seen
    told = comity(*COMMANDS["ban"]).err
    assert told.startswith(f"assessing {BAN}")


# ------------------------------------------------------------------------------- what is asked


def test_lifting_all_but_the_ten_is_lifting_all(comity: Door) -> None:
    whole = quick(comity, BAN, "--lift")
    some = quick(comity, BAN, "--lift", "--areas", "JPN", "--except", "@ten-prefectures")
    assert some["effects"] == whole["effects"]
    assert some["coverage"]["rules"] == whole["coverage"]["rules"]
    assert whole["period"] == "2026"


def test_lifting_for_hokkaido(comity: Door) -> None:
    data = quick(comity, BAN, "--lift", "--areas", "Hokkaido")
    (rule,) = [
        r for r in data["coverage"]["rules"]
        if (r["state"], r["product"]) == ("to", "scallops")
    ]  # fmt: skip
    assert (rule["low"], rule["high"]) == pytest.approx((1 - 0.9333, 1 - 0.8906))


def test_options_reach_the_run(comity: Door) -> None:
    data = quick(comity, BAN, "--set", "sigma=4", "--set", "eta=0.8", "--coverage", "50%-60%")
    drawn = {one["name"]: one for one in data["assumptions"]}
    assert drawn["sigma:scallops"]["p5"] == drawn["sigma:scallops"]["p95"] == 4.0
    assert drawn["eta"]["median"] == 0.8
    (scallops,) = [r for r in data["coverage"]["rules"] if r["product"] == "scallops"]
    assert (scallops["low"], scallops["high"]) == (0.5, 0.6)
    routes = quick(comity, BAN, "--no-routes")
    assert not [one for one in routes["assumptions"] if one["name"].startswith("route")]
    ossa = quick(comity, BAN, "--elasticities", "Ossa")
    assert {one["id"] for one in ossa["sources"]} >= {"Ossa 2014"}
    assert "Broda-Weinstein 2006" not in {one["id"] for one in ossa["sources"]}


def test_a_market_of_imports(comity: Door) -> None:
    data = quick(comity, BAN, "--market", "china-imports-2019")
    assert data["baseline"]["name"] == "china-imports-2019"
    assert {row["unit"] for row in data["effects"] if row["quantity"] == "trade_value"} == {
        "USD million"
    }
    assert data["exporters"] == ["JPN"]


def test_a_proposal(own: Door, tmp_path: Path) -> None:
    path = write_measures(
        tmp_path / "ban.yaml", measure(goods="[HS2022:0307]", **{"from": "2024-02-01"})
    )
    before = own.dump()
    data = quick(own, "--new", path, "--market", HOME)
    assert own.dump() == before
    assert data["period"] == "2025"
    assert data["coverage"]["rules"][0]["sources"] == ["a-ban"]


def test_save_and_reproduce(comity: Door, empty: Door, tmp_path: Path) -> None:
    saved = tmp_path / "ban.run"
    data = comity("assess", BAN, *FEW, "--format", "json", "--save", saved).json
    assert [path.name for path in tmp_path.iterdir() if "blocks" in path.name] == []
    again = empty("reproduce", saved, "--format", "json")
    assert again.json["run_id"] == data["run_id"]
    assert again.json["effects"] == data["effects"]
    assert "identical" in (again.err + empty("reproduce", saved).out + again.out)
    saved.write_bytes(saved.read_bytes()[:200])
    done = empty.refused("reproduce", saved)
    assert str(saved) in done.err


def test_a_run_is_not_written_over_another(comity: Door, tmp_path: Path) -> None:
    saved = tmp_path / "ban.run"
    words = ("assess", BAN, "--draws", "8", "--no-world", "--save", saved)
    comity(*words)
    first = saved.read_bytes()
    comity(*words)  # the same run again
    assert saved.read_bytes() == first
    done = comity.try_(*words, "--seed", "3")
    assert done.code == 2
    assert "the file holds another run" in done.err
    assert "--force" in done.err
    assert done.out == ""  # said before anything is computed
    assert saved.read_bytes() == first
    comity(*words, "--seed", "3", "--force")
    assert saved.read_bytes() != first


def test_a_measure_named_twice_is_one(comity: Door) -> None:
    once = quick(comity, BAN)
    assert quick(comity, BAN, BAN)["run_id"] == once["run_id"]


# -------------------------------------------------------------------------------- honesty


def test_outcomes_as_public_on_the_day(comity: Door) -> None:
    data = comity(*COMMANDS["outcomes"], "--format", "json").json
    assert data["views"] == {"public_on": "2023-08-24"}
    counted = sum(data["counts"].values()) + sum(data["apart"].values())
    assert counted == len(data["compared"])
    assert {one["id"] for one in data["compared"]} >= {"O005", "O018", "O021"}
    assert all(one["left_out"] for one in data["not_compared"])
    text = comity(*COMMANDS["outcomes"], "--format", "md").out
    for one in data["compared"]:
        assert one["id"] in text
    for one in data["not_compared"]:
        assert one["id"] in text
    done = comity(*COMMANDS["outcomes"], "--format", "csv")
    assert [row["id"] for row in done.rows] == [one["id"] for one in data["compared"]]
    assert {"happened", "median", "p5", "p95", "verdict"} <= set(done.rows[0])


# --------------------------------------------------------------------------------- bad input

PROPOSAL = measure(measure_kind="import_bun")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("cn-seafood-ban-2032",), "cn-seafood-ban-2032"),
        ((), "no measure is named"),
        (("ten-prefectures",), "not a measure"),
        (("cn-travel-advice-2025",), "bears on people"),
        ((BAN, "--lift", "--areas", "Hokaido"), "Hokkaido"),
        ((BAN, "--lift", "--areas", "@nine"), "@nine"),
        ((BAN, "--areas", "JP-01"), "nothing is lifted"),
        ((BAN, "--set", "sigma"), "'sigma' holds no parameter"),
        ((BAN, "--set", "sigma=four"), "sigma=four"),
        ((BAN, "--set", "sigma=nan"), "sigma=nan"),
        ((BAN, "--set", "supply=-1"), "supply is -1, and no parameter here is below 0"),
        ((BAN, "--set", "supply=inf"), "give 1e+09, at which prices are as good as given"),
        ((BAN, "--set", "sigma=1e9"), "sigma is 1e+09, far beyond any estimate"),
        ((BAN, "--set", "sigma=4", "--set", "sigma = 5"), "held twice, at 4 and at 5"),
        (("cn-food-certificates-2011",), "what it does is in them already"),
        (("--new", "own.yaml"), "a measure of CHN on itself"),
        (("--new", "duty.yaml", "--rate", "0"), "a rate of 0 changes nothing"),
        ((BAN, "--set", "sigma=0.9"), "sigma is 0.9"),
        ((BAN, "--set", "zigma=4"), "zigma"),
        ((BAN, "--set", "sigma:whales=4"), "sigma:whales"),
        ((BAN, "--coverage", "half"), "half"),
        ((BAN, "--coverage", "0.6-0.4"), "from high to low"),
        ((BAN, "--coverage", "1.2"), "above 1"),
        ((BAN, "--coverage", "0.1-0.2-0.3"), "0.1-0.2-0.3"),
        ((BAN, "--cost", "-1"), "-1"),
        ((BAN, "--draws", "0"), "0 draws"),
        ((BAN, "--draws", "1000000"), "1000000 draws"),
        ((BAN, "--market", "atlantis"), "atlantis"),
        ((BAN, "--horizon", "middling"), "middling"),
        ((BAN, "--elasticities", "Nobody"), "Nobody"),
        ((BAN, "--format", "pdf"), "pdf"),
        ((BAN, "--public-on", "2023-08-23"), BAN),
        ((BAN, "--public-on", "yesterday"), "yesterday"),
        ((BAN, "--known-on", "soon"), "soon"),
        (("--new", "missing.yaml"), "missing.yaml"),
        (("--new", "bad.yaml"), "import_bun"),
        ((BAN, "--estimates", "missing.csv"), "missing.csv"),
        (("cn-food-ban-10-prefectures-2011",), "in force all through 2022"),
        ((BAN, "--cost", "1.05"), "a cost is given, and what is asked about (import ban) has none"),
        ((BAN, "--rate", "5"), "5 may be 5 % or 500 %"),
        ((BAN, "--rate", "5%"), "it is for duties on imports"),
        ((BAN, "--over", "5%-10%"), "'5%-10%' is no rate"),
        ((BAN, "--plants", "30"), "write 0 to 1, or per cent"),
        ((BAN, "--plants", "0.3", "--coverage", "0.2"), "give one of them"),
        ((BAN, "--year", "2019"), "a shipped market has its own"),
        ((BAN, "--market", HOME, "--data", "baci"), "give --market or --data"),
        ((BAN, "--elasticities", ""), "the rule for elasticities is empty"),
        ((BAN, "--public-on", "2010-01-01"), "to have been public by 2010-01-01"),
        ((BAN, "--known-on", "2010-01-01"), "recorded by 2010-01-01"),
        ((BAN, "--save", ""), "is a folder"),
        ((BAN, "--save", "nowhere/ban.run"), "there is no folder nowhere"),
        ((BAN, "--save", "bad.yaml"), "is no saved run"),
        (("--new", "check.yaml"), "--cost 1.02-1.10"),
        (("--new", "check.yaml", "--cost", "0.5"), "a cost of 0.5 makes goods cheaper"),
        (("--new", "check.yaml", "--cost", "5%"), "write 1.05 for 5 % dearer"),
        (("--new", "check.yaml", "--cost", "1e9"), "at most 100 is taken"),
        (("--new", "duty.yaml"), "--rate 10%"),
        (("--new", "duty.yaml", "--rate", "1e12%"), "at most 100 is taken"),
    ],
)
def test_bad_input_is_named(comity: Door, words: tuple[str, ...], says: str) -> None:
    comity.write("bad.yaml", PROPOSAL)
    comity.write("check.yaml", measure(measure_kind="inspection"))
    comity.write("duty.yaml", measure(measure_kind="tariff"))
    comity.write("own.yaml", measure(targets="[CHN]"))
    done = comity.try_("assess", *words, *(() if "--draws" in words else ("--draws", "4")))
    assert done.code == 2, (done.out, done.err)
    assert says in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_a_misspelt_area_has_a_suggestion(comity: Door) -> None:
    done = comity.try_("assess", BAN, "--lift", "--areas", "Hokaido")
    assert "mend: did you mean JP-01 (Hokkaido)?" in done.err


def test_a_misspelt_measure_has_a_suggestion(comity: Door) -> None:
    done = comity.try_("assess", "cn-seafood-bann-2023")
    assert "mend:" in done.err
    assert BAN in done.err


def test_a_bad_proposal_has_line_and_field(comity: Door) -> None:
    comity.write("bad.yaml", PROPOSAL)
    done = comity.try_("assess", "--new", "bad.yaml")
    assert done.code == 2
    assert "bad.yaml:7" in done.err or "line 7" in done.err
    assert "measure_kind" in done.err


def test_small_numbers_are_numbers(comity: Door) -> None:
    data = quick(comity, BAN, "--coverage", "1e-3")
    (scallops,) = [r for r in data["coverage"]["rules"] if r["product"] == "scallops"]
    assert (scallops["low"], scallops["high"]) == (0.001, 0.001)


# ----------------------------------------------------------------------------------- markets


def test_markets(comity: Door) -> None:
    words = ("markets", "--exporter", "Japan", "--goods", "scallops", "--without", "CHN", *FEW)
    data = comity(*words, "--format", "json").json
    assert (data["exporter"], data["without"], data["baseline"]) == ("JPN", ["CHN"], HOME)
    rows = comity(*words, "--format", "csv").rows
    assert [r["importer"] for r in rows] == [r["importer"] for r in data["markets"]]
    for row, other in zip(rows, data["markets"], strict=True):
        assert float(row["diversion_median"]) == pytest.approx(other["diversion_median"])
        cell = float(CELLS["scallops", "JPN", other["importer"]]["value"])
        assert float(row["bought_from_exporter"]) == pytest.approx(cell)
    shut = next(r for r in data["markets"] if r["importer"] == "CHN")
    assert shut["closed"]
    assert shut["after_median"] == 0.0
    out = comity(*words).out
    assert "Hong Kong" in out
    assert data["run_id"][:12] in out
    done = comity("markets", "--exporter", "JPN", "--goods", "HS2022:030722", "--without", "CHN",
                  "--without", "HKG", "--draws", "4", "--format", "json").json  # fmt: skip
    assert done["without"] == ["CHN", "HKG"]
    same = comity("markets", "--exporter", "JPN", "--goods", "HS2022:030722", "--without",
                  "CHN,HKG,CHN", "--draws", "4", "--format", "json").json  # fmt: skip
    assert (same["without"], same["run_id"]) == (done["without"], done["run_id"])
    # 0307.22 of 2017 is a part of the scallops of this market, and nothing of its other goods.
    older = comity("markets", "--exporter", "JPN", "--goods", "HS2017:030722", "--without", "CHN",
                   "--market", HOME, "--draws", "4", "--format", "json").json  # fmt: skip
    assert older["products"] == ["scallops"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--exporter", "JPN", "--goods", "unobtainium", "--without", "CHN"), "unobtainium"),
        (("--exporter", "JPX", "--goods", "scallops", "--without", "CHN"), "JPX"),
        (("--exporter", "JPN", "--goods", "scallops"), "no market is closed"),
        (("--exporter", "JPN", "--goods", "scallops", "--without", "JPN"), "own market"),
        (
            ("--exporter", "JPN", "--goods", "scallops", "--without", "CHN", "--draws", "0"),
            "0 draw",
        ),
        (("--exporter", "JPN", "--goods", "scallops", "--without", "CHN", "--market", "x"), "'x'"),
        (("--goods", "scallops", "--without", "CHN"), "--exporter"),
        (("--exporter", "JPN", "--goods", "scallops", "--without", "CHN,ZZZ"), "'ZZZ'"),
        (("--exporter", "JPN", "--goods", "HS2012:0303", "--without", "CHN"), "HS2012:0303"),
        (
            ("--exporter", "JPN", "--goods", "scallops", "--without", "CHN", "--horizon", "x"),
            "one of short, long",
        ),
    ],
)
def test_bad_input_to_markets_is_named(comity: Door, words: tuple[str, ...], says: str) -> None:
    done = comity.try_("markets", *words)
    assert done.code == 2, (done.out, done.err)
    assert says in done.err
    assert done.out == ""


def test_a_line_is_on_the_screen_before_numbers_are(comity: Door) -> None:
    """Text says what it is about to do; programs that read JSON get nothing but JSON."""
    done = comity("assess", BAN, *FEW, "--no-world", "--format", "json")
    assert done.err == ""
    assert isinstance(list(csv.reader(io.StringIO(done.out))), list)
