"""Goods codes. Facts of the nomenclature are from WCO, HS Nomenclature 2022 Edition."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comity.words.errors import CodeError
from comity.words.goods import (
    EDITIONS,
    GoodsCode,
    Relation,
    chapters,
    check_exists,
    children,
    edition_on,
    find_goods,
    parse_list,
    relation,
    title,
)
from scripts.generate_goods import TARGET, lines

parse = GoodsCode.parse

two = st.integers(1, 97).filter(lambda n: n != 77).map(lambda n: f"{n:02d}")
pairs = st.lists(st.integers(0, 99).map(lambda n: f"{n:02d}"), max_size=4).map("".join)
digits = st.tuples(two, pairs).map("".join)
codes = st.builds(GoodsCode, st.sampled_from(EDITIONS), digits)
same = st.builds(GoodsCode, st.just("HS2022"), digits)


@st.composite
def nested(draw: st.DrawFn) -> tuple[GoodsCode, GoodsCode, GoodsCode]:
    """Three codes, each beginning with the one before."""
    long = draw(st.tuples(two, pairs).map("".join))
    sizes = sorted(
        draw(st.lists(st.sampled_from(range(2, len(long) + 1, 2)), min_size=3, max_size=3))
    )
    edition = draw(st.sampled_from(EDITIONS))
    a, b, c = (GoodsCode(edition, long[:size]) for size in sizes)
    return a, b, c


@given(nested())
def test_covering_is_transitive(codes: tuple[GoodsCode, GoodsCode, GoodsCode]) -> None:
    a, b, c = codes
    assert a.covers(b)
    assert b.covers(c)
    assert a.covers(c)


@given(same, same)
def test_covering_both_ways_is_equality(a: GoodsCode, b: GoodsCode) -> None:
    assert (a.covers(b) and b.covers(a)) == (a == b)


@given(codes, codes)
def test_a_code_covers_exactly_the_longer_ones_with_its_digits(a: GoodsCode, b: GoodsCode) -> None:
    expected = (
        a.edition == b.edition
        and len(b.code) >= len(a.code)
        and all(x == y for x, y in zip(a.code, b.code, strict=False))
    )
    assert a.covers(b) == expected


@given(codes)
def test_a_code_is_read_as_it_is_written(code: GoodsCode) -> None:
    assert parse(str(code)) == code
    assert parse(f"{code.edition}:{code.dotted()}") == code
    assert parse(str(code)).edition_given


OPPOSITE = {Relation.COVERS: Relation.INSIDE, Relation.INSIDE: Relation.COVERS}


@given(codes, codes)
def test_the_relation_the_other_way_round_is_the_opposite(a: GoodsCode, b: GoodsCode) -> None:
    assume(a.code != b.code)
    there, back = relation(a, b), relation(b, a)
    assert back is OPPOSITE.get(there, there)
    if a.edition == b.edition:
        assert (there is Relation.COVERS) == a.covers(b)


@pytest.mark.parametrize(
    ("scope", "asked", "expected"),
    [
        ("HS2022:03", "HS2022:030722", Relation.COVERS),
        ("HS2022:030722", "HS2022:030722", Relation.COVERS),
        ("HS2022:030722", "HS2022:03", Relation.INSIDE),
        ("HS2022:0307", "HS2022:0306", Relation.DISJOINT),
        ("HS2012:03", "HS2022:030722", Relation.COVERS),
        ("HS2012:0307", "HS2022:03", Relation.INSIDE),
        ("HS2012:03", "HS2022:03", Relation.COVERS),
        ("HS2012:0307", "HS2022:030722", Relation.OTHER_EDITION_UNDECIDED),
        ("HS2012:0306", "HS2022:0307", Relation.OTHER_EDITION_UNDECIDED),
        ("HS2012:0307", "HS2022:160552", Relation.DISJOINT),
        ("HS2012:04", "HS2022:030722", Relation.DISJOINT),
    ],
)
def test_relations(scope: str, asked: str, expected: Relation) -> None:
    assert relation(parse(scope), parse(asked)) is expected


@pytest.mark.parametrize(
    ("text", "expected", "given"),
    [
        ("HS2022:030722", "HS2022:030722", True),
        ("030722", "HS2022:030722", False),
        ("0307.22", "HS2022:030722", False),
        ("0307.22.10.00", "HS2022:0307221000", False),
        ("HS:0307", "HS2022:0307", False),
        ("hs2017: 0307 21", "HS2017:030721", True),
        ("HS1992:03", "HS1988:03", True),
        ("H6:03", "HS2022:03", True),
        ("H0:03", "HS1988:03", True),
        ("HS12:03", "HS2012:03", True),
    ],
)
def test_ways_of_writing(text: str, expected: str, given: bool) -> None:
    code = parse(text)
    assert str(code) == expected
    assert code.edition_given is given


@pytest.mark.parametrize(
    "text",
    ["", "3", "030", "03072", "030722123", "03072212345", "00", "77", "7701", "HS2020:03", "fish",
     "030799x", "\uff10\uff13", "HS2022:", "-03", "SITC:0307"],
)  # fmt: skip
def test_what_is_no_code_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(CodeError) as caught:
        parse(text)
    assert caught.value.mend


def test_a_lost_leading_zero_is_offered_back() -> None:
    with pytest.raises(CodeError, match="030722"):
        parse("30722")
    with pytest.raises(CodeError, match="did you mean 030799"):
        parse("030799x")


def test_national_chapters_carry_a_note() -> None:
    code = parse("9801")
    assert code.national
    assert code.note
    assert not check_exists(code)
    assert not parse("97").national
    assert parse("03072210").note


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03;04;16-21", "03 04 16 17 18 19 20 21"),
        ("03;1604;1605;121221;121229", "03 1604 1605 121221 121229"),
        ("75-79", "75 76 78 79"),
        ("0201-0203, 0302\u20130304", "0201 0202 0203 0302 0303 0304"),
        ("7101-7105;71;7101", "7101 7102 7103 7104 7105 71"),
        # WCO: heading 7305-7307; chapter 50 ends with 5007, so nothing beyond exists.
        ("5006-5010", "5006 5007"),
        ("", ""),
        (" ; ", ""),
    ],
)
def test_lists(text: str, expected: str) -> None:
    assert [c.code for c in parse_list(text)] == expected.split()


def test_an_edition_counts_for_its_own_item() -> None:
    assert [str(c) for c in parse_list("HS2017:0302-0303;04")] == [
        *("HS2017:0302", "HS2017:0303", "HS2022:04")
    ]
    assert [str(c) for c in parse_list("0302;04", "HS2012")] == ["HS2012:0302", "HS2012:04"]


@pytest.mark.parametrize("text", ["21-16", "03-0405", "0302-0405", "030211-030219", "3-5", "03-x"])
def test_ranges_that_are_none(text: str) -> None:
    with pytest.raises(CodeError):
        parse_list(text)


def test_the_shape_of_hs_2022() -> None:
    # WCO on the 2022 edition: 96 chapters (77 reserved), 1 228 headings, 5 612 subheadings.
    headings = [h for c in chapters() for h in children(c)]
    assert len(chapters()) == 96
    assert len(headings) == 1228
    assert sum(len(children(h)) for h in headings) == 5612


def test_the_shipped_codes_are_those_of_the_library() -> None:
    assert TARGET.read_text(encoding="ascii").splitlines() == lines()


@pytest.mark.parametrize(
    "code",
    # New in 2022 (WCO recommendation of 28 June 2019), and chapters that matter here.
    ["0309", "030910", "2404", "3827", "8485", "8524", "8549", "8806", "030722", "030617", "160552",
     "280530", "284441", "811292", "853222", "854231", "854142", "850511"],
)  # fmt: skip
def test_codes_that_exist(code: str) -> None:
    assert check_exists(parse(code))


@pytest.mark.parametrize(
    "code",
    # Struck out in 2022, moved in 2017, or never there.
    ["854140", "030621", "811211", "0310", "284440", "030723", "850614"],
)  # fmt: skip
def test_codes_that_do_not_exist(code: str) -> None:
    with pytest.raises(CodeError, match="the nearest are") as caught:
        check_exists(parse(code))
    assert code in caught.value.what.replace(".", "")


def test_other_editions_cannot_be_checked() -> None:
    assert not check_exists(parse("HS2012:854140"))
    with pytest.raises(CodeError):
        children(parse("HS2012:03"))


def test_swapped_digits_come_first() -> None:
    with pytest.raises(CodeError, match="the nearest are 030722"):
        check_exists(parse("037022"))


def test_children() -> None:
    assert [c.code for c in children(parse("8542"))] == [
        *("854231", "854232", "854233", "854239", "854290")
    ]
    assert children(parse("030722")) == ()


def test_titles() -> None:
    assert "scallops" in title(parse("030722"))
    assert title(parse("0307221000")) == title(parse("030722"))
    assert title(parse("HS2012:030729")) == title(parse("03"))
    assert title(parse("030722"), "ja") == title(parse("030722"))
    assert "national" in title(parse("9901"))


@pytest.mark.parametrize("words", ["scallops", "Scallop", "SCALLOPS", "sc\u00e1llops"])
def test_finding_by_words(words: str) -> None:
    # WCO: 0307.21, .22, .29 are scallops; 1605.52 is scallops prepared.
    assert [c.code for c in find_goods(words)] == ["030721", "030722", "030729", "160552"]


def test_every_word_must_match() -> None:
    assert [c.code for c in find_goods("frozen scallops")] == ["030722"]
    assert find_goods("scallops aeroplanes") == ()
    assert find_goods("") == ()
    assert all(c.level == 4 for c in find_goods("fish", level=4))


def test_editions_by_year() -> None:
    assert [edition_on(y) for y in (1988, 1995, 1996, 2011, 2012, 2023, 2028)] == [
        *("HS1988", "HS1988", "HS1996", "HS2007", "HS2012", "HS2022", "HS2028")
    ]
    with pytest.raises(CodeError):
        edition_on(1987)
