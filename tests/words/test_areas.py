from __future__ import annotations

import csv
from typing import Any

import pycountry
import pytest

from comity.words.areas import OWN_ECONOMY, area, areas_of, label, resolve_area
from comity.words.economies import all_economies
from comity.words.errors import CodeError
from comity.words.tables import DATA
from scripts.generate_areas import areas, currencies

# ISO 3166-2:JP in the order of the standard, JP-01 to JP-47.
PREFECTURES = (
    "Hokkaido Aomori Iwate Miyagi Akita Yamagata Fukushima Ibaraki Tochigi Gunma Saitama "
    "Chiba Tokyo Kanagawa Niigata Toyama Ishikawa Fukui Yamanashi Nagano Gifu Shizuoka Aichi Mie "
    "Shiga Kyoto Osaka Hyogo Nara Wakayama Tottori Shimane Okayama Hiroshima Yamaguchi Tokushima "
    "Kagawa Ehime Kochi Fukuoka Saga Nagasaki Kumamoto Oita Miyazaki Kagoshima Okinawa "
)


def shipped(name: str) -> list[list[str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_the_shipped_tables_are_those_of_the_library() -> None:
    assert shipped("areas.csv") == areas()
    assert shipped("currencies.csv") == currencies()


def test_the_prefectures_of_japan() -> None:
    assert areas_of("JPN") == tuple(f"JP-{n:02d}" for n in range(1, 48))
    assert [area(code).name for code in areas_of("JPN")] == PREFECTURES.split()


def test_areas_that_are_economies_of_their_own_are_no_areas() -> None:
    known = {e.code for e in all_economies()}
    codes = {s.code for s in pycountry.subdivisions}
    for code, own in OWN_ECONOMY.items():
        assert own in known
        assert code in codes
        with pytest.raises(CodeError) as caught:
            area(code)
        assert own in (caught.value.mend or "")
    assert len(areas_of("CHN")) == 31
    assert len(areas_of("USA")) == 51


def test_every_area_lies_in_an_economy_and_an_area() -> None:
    for code, _, owner, _, parent in shipped("areas.csv"):
        assert area(code).economy == owner
        assert (code in areas_of(owner)) == (not parent)
        if parent:
            assert area(parent).economy == owner


@pytest.mark.parametrize(
    ("text", "economy", "code"),
    [
        ("Miyagi", None, "JP-04"),
        ("hokkaid\u014d", None, "JP-01"),
        ("JP-04", None, "JP-04"),
        ("jp-04", "JPN", "JP-04"),
        ("Miyagi Prefecture", None, "JP-04"),
        ("Miyagi-ken", None, "JP-04"),
        ("\u5bae\u57ce\u770c", None, "JP-04"),
        ("\u014cita", None, "JP-44"),
        ("Guangdong Province", "CHN", "CN-GD"),
        ("\u5e7f\u4e1c\u7701", None, "CN-GD"),
        ("Limburg", "NLD", "NL-LI"),
        ("California", None, "US-CA"),
    ],
)
def test_resolve(text: str, economy: str | None, code: str) -> None:
    assert resolve_area(text, economy) == code


@pytest.mark.parametrize(
    ("text", "economy", "offered"),
    [
        ("Miyagy", None, "JP-04"),
        ("JP-99", None, ""),
        ("Miyagi", "CHN", ""),
        ("JP-04", "CHN", ""),
        ("Limburg", None, " or "),
        ("CN-TW", None, "TWN"),
        ("", None, ""),
    ],
)
def test_refusals(text: str, economy: Any, offered: str) -> None:
    with pytest.raises(CodeError) as caught:
        resolve_area(text, economy)
    assert caught.value.mend
    assert offered in caught.value.mend


def test_labels() -> None:
    assert label("JP-04", "ja") == "\u5bae\u57ce\u770c"
    assert label("JP-04", "zh") == "\u5bab\u57ce\u53bf"
    assert label("JP-04", "fr") == label("JP-04") == "Miyagi"
    for code in areas_of("JPN"):
        assert label(code, "ja")[-1] in "\u90fd\u9053\u5e9c\u770c"
