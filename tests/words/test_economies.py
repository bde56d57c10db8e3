"""Economies. Codes from ISO 3166-1 (by pycountry), dates of accession from the EU's treaties."""

from __future__ import annotations

import datetime as dt

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.words.economies import (
    SPECIAL,
    all_economies,
    check_valid,
    economy,
    groups_of,
    label,
    members_of,
    memberships,
    resolve,
)
from comity.words.errors import CodeError
from comity.words.time import FIRST, LAST

ISO = {c.alpha_3: c for c in pycountry.countries}
FORMER = {"SUN", "YUG", "CSK", "DDR", "SCG", "ANT"}


def day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


def test_the_table_is_iso_3166_1_and_the_listed_set() -> None:
    assert {e.code for e in all_economies()} == set(ISO) | set(SPECIAL) | FORMER
    assert {h.alpha_3 for h in pycountry.historic_countries} >= FORMER


def test_the_codes_are_those_of_the_standard() -> None:
    for code, one in ISO.items():
        assert (economy(code).alpha2, economy(code).numeric) == (one.alpha_2, one.numeric)


@pytest.mark.parametrize("code", sorted(ISO))
def test_other_peoples_codes_and_names_are_translated(code: str) -> None:
    one = ISO[code]
    for text in (one.alpha_2, one.alpha_2.lower(), one.alpha_3.lower(), one.numeric):
        assert resolve(text) == code
    for name in (one.name, getattr(one, "official_name", one.name), economy(code).name):
        if name != "Congo":  # the standard's name for COG, and half the name of COD
            assert resolve(name) == code


def test_every_economy_is_found_by_its_display_name() -> None:
    for one in all_economies():
        assert resolve(one.name) == one.code
        assert resolve(one.name.upper()) == one.code
        assert one.name == one.name.strip()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("japan", "JPN"), ("JPN", "JPN"), ("jp", "JPN"), (" Japan ", "JPN")],
        ("\u65e5\u672c", "JPN"),
        *[("turkey", "TUR"), ("T\u00dcRK\u0130YE", "TUR"), ("Cote d'Ivoire", "CIV")],
        *[("C\u00f4te d\u2019Ivoire", "CIV"), ("Ivory Coast", "CIV"), ("Swaziland", "SWZ")],
        *[("the Netherlands", "NLD"), ("USSR", "SUN"), ("UK", "GBR"), ("EU", "EUN"), ("EL", "GRC")],
        *[("Vietnam", "VNM"), ("Macau", "MAC"), ("Chinese Taipei", "TWN"), ("490", "TWN")],
        *[("842", "USA"), ("699", "IND"), ("97", "EUN"), ("4", "AFG"), ("ROM", "ROU")],
        *[("Chinese", "CHN"), ("\u97e9\u56fd", "KOR"), ("Korea, Rep.", "KOR"), ("Burma", "MMR")],
    ],
)  # fmt: skip
def test_resolve(text: str, code: str) -> None:
    assert resolve(text) == code


@pytest.mark.parametrize("text", ["Korea", "Congo", "Korean", "Dominican"])
def test_what_can_be_two_economies_is_refused(text: str) -> None:
    with pytest.raises(CodeError, match="more than one economy") as caught:
        resolve(text)
    assert " or " in (caught.value.mend or "")


@pytest.mark.parametrize(("text", "offered"), [("Jpan", "JPN"), ("JPP", "JPN"), ("Chian", "CHN")])
def test_the_nearest_is_offered(text: str, offered: str) -> None:
    with pytest.raises(CodeError) as caught:
        resolve(text)
    assert offered in (caught.value.mend or "")


@pytest.mark.parametrize("text", ["", "  ", "Atlantis", "XX", "999", "CS"])
def test_what_is_no_economy_is_refused(text: str) -> None:
    with pytest.raises(CodeError) as caught:
        resolve(text)
    assert caught.value.mend


@given(st.text(max_size=12))
def test_any_text_resolves_or_is_refused(text: str) -> None:
    try:
        economy(resolve(text))
    except CodeError:
        with pytest.raises(CodeError):
            resolve(text)


def test_economy_takes_the_code_only() -> None:
    assert str(economy("JPN")) == "Japan"
    for text in ("jpn", "JP", "Japan"):
        with pytest.raises(CodeError, match="JPN"):
            economy(text)


@pytest.mark.parametrize(
    ("on", "count"),
    # The Six; 1973; Greece; Iberia; 1995; 2004; 2007; Croatia; without the United Kingdom.
    [("1957-12-31", 0), ("1958-01-01", 6), ("1972-12-31", 6), ("1973-01-01", 9), ("1981-01-01", 10),
     ("1986-01-01", 12), ("1995-01-01", 15), ("2004-04-30", 15), ("2004-05-01", 25),
     ("2007-01-01", 27), ("2013-07-01", 28), ("2020-01-31", 28), ("2020-02-01", 27)],
)  # fmt: skip
def test_members_of_the_european_union(on: str, count: int) -> None:
    assert len(members_of("EUN", day(on))) == count


def test_groups() -> None:
    assert groups_of("DEU", day("2023-01-01")) == ("EUN",)
    assert groups_of("GBR", day("2020-01-31")) == ("EUN",)
    assert groups_of("GBR", day("2020-02-01")) == ()
    assert groups_of("JPN", day("2023-01-01")) == ()
    assert any("2020-12-31" in m.note for m in memberships() if m.member == "GBR")
    for code in ("ROW", "JPN", "XXX"):
        with pytest.raises(CodeError):
            members_of(code, day("2023-01-01"))


def test_an_economy_is_used_only_while_it_stood() -> None:
    assert check_valid("SUN", day("1991-12-25")).name == "Soviet Union"
    assert check_valid("CZE", day("1993-01-01")).code == "CZE"
    assert check_valid("JPN", day("1800-01-01")).code == "JPN"
    for code, on in [("SUN", "1991-12-26"), ("CSK", "1993-01-01"), ("CZE", "1992-12-31")]:
        with pytest.raises(CodeError) as caught:
            check_valid(code, day(on))
        assert caught.value.mend
    with pytest.raises(CodeError):
        check_valid("ANT", day("2010-10-10"))


def test_validity_is_in_order() -> None:
    for one in all_economies():
        assert FIRST <= one.valid_from <= one.valid_until <= LAST
        assert one.former == (one.code in FORMER)
        assert all(f.first <= f.last for f in one.former_names)


def test_labels() -> None:
    assert label("JPN", "ja") == "\u65e5\u672c"
    assert label("JPN", "zh-Hans-CN") == "\u65e5\u672c"
    assert label("JPN", "fr") == label("JPN") == "Japan"
    assert label("ABW", "ja") == "Aruba"
    used = "CHN JPN HKG MAC TWN KOR RUS USA EUN GBR NOR ISL CHE LIE IDN SGP ISR PRK VNM THA AUS"
    for code in used.split():
        for lang in ("ja", "zh"):
            assert label(code, lang) != economy(code).name
