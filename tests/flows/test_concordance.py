"""Codes of one edition in another: both ways, splits and merges shown; the UN's tables."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.trade.flows import Concordance, open_data
from comity.trade.flows.concordance import between, composed, shipped
from comity.trade.flows.correlation_files import load_all, read_correlation, save
from comity.words.errors import CodeError, FileError, NotFound, ValidationError
from comity.words.nomenclature import below, known

# Rows checked by hand against the texts of the editions: (before, code, after, its counterparts).
BY_HAND = [
    ("HS2012", "030721", "HS2017", {"030721"}),
    # Frozen scallops got a code of their own in 2017.
    ("HS2012", "030729", "HS2017", {"030722", "030729"}),
    ("HS2012", "030741", "HS2017", {"030742"}),
    ("HS2012", "030749", "HS2017", {"030743", "030749"}),
    ("HS2012", "030759", "HS2017", {"030752", "030759"}),
    # Shrimps not frozen: live, fresh or chilled from the rest.
    ("HS2012", "030626", "HS2017", {"030635", "030695"}),
    ("HS2012", "030627", "HS2017", {"030636", "030695"}),
    ("HS2012", "030616", "HS2017", {"030616"}),
    # Shark fins, prepared.
    ("HS2012", "160419", "HS2017", {"160418", "160419"}),
    ("HS2012", "160414", "HS2017", {"160414"}),
    ("HS2012", "160552", "HS2017", {"160552"}),
    ("HS2012", "160561", "HS2017", {"160561"}),
    ("HS2017", "030722", "HS2022", {"030722"}),
    # Flours, meals and pellets fit for people moved to heading 0309.
    ("HS2017", "030510", "HS2022", {"030910"}),
    ("HS2017", "030890", "HS2022", {"030890", "030990"}),
    # Scallops of other genera came to 0307.2 in 2022.
    ("HS2017", "030792", "HS2022", {"030722", "030792", "030990"}),
    ("HS2017", "160418", "HS2022", {"160418"}),
    ("HS2017", "160552", "HS2022", {"160552"}),
    # And back.
    ("HS2022", "030910", "HS2017", {"030510"}),
    ("HS2022", "030722", "HS2017", {"030722", "030792"}),
    ("HS2017", "030722", "HS2012", {"030729"}),
    ("HS2017", "030695", "HS2012", {"030626", "030627"}),
    ("HS2022", "160418", "HS2012", {"160419"}),
]


@pytest.mark.parametrize(("before", "code", "after", "wanted"), BY_HAND)
def test_rows_checked_by_hand(before: str, code: str, after: str, wanted: set[str]) -> None:
    assert set(between(before, after).counterpart(code).targets) == wanted


def test_the_shipped_codes_are_whole_headings() -> None:
    """Every HS2022 code of the headings that the table says it has, and no other."""
    ours = {new for _, new in shipped()["HS2017", "HS2022"].pairs}
    for heading in ("0306", "0307", "0308", "0309", "1604", "1605"):
        assert {c for c in ours if c.startswith(heading)} == set(below(heading))
    assert all(known(code) for code in ours)


def test_both_ways_hold_the_same_pairs() -> None:
    for (older, newer), table in shipped().items():
        back = between(newer, older)
        assert {(new, old) for old, new in table.pairs} == set(back.pairs)
        assert back.reversed().pairs == table.pairs


def test_splits_and_merges_are_called_so() -> None:
    table = between("HS2012", "HS2017")
    split = table.counterpart("030729")
    assert (split.kind, split.targets) == ("1:n", ("030722", "030729"))
    assert "frozen" in split.notes[0]
    both = table.counterpart("030626")
    assert both.kind == "n:n"
    assert "030627" in both.shared_with
    merged = table.reversed().counterpart("030722")
    assert (merged.kind, merged.shared_with) == ("n:1", ("030729",))
    assert table.counterpart("030721").kind == "1:1"
    with pytest.raises(NotFound, match="HS2012:870323 is not in the concordance"):
        table.counterpart("870323")


def test_a_split_value_is_a_range_and_the_sum_exact() -> None:
    table = between("HS2012", "HS2017")
    made = table.convert({"030721": 10.0, "030729": 90.0, "870323": 5.0})
    rows = {row.code: row for row in made.rows}
    assert (rows["030721"].low, rows["030721"].high) == (10.0, 10.0)
    assert rows["030721"].determined
    for code in ("030722", "030729"):
        assert (rows[code].low, rows[code].high) == (0.0, 90.0)
        assert rows[code].group == ("030722", "030729")
        assert rows[code].group_total == 90.0
    assert [row.code for row in made.undetermined] == ["030722", "030729"]
    assert made.unmapped == {"870323": 5.0}


def test_two_editions_apart_goes_through_the_one_between() -> None:
    table = between("HS2012", "HS2022")
    assert set(table.counterpart("030729").targets) >= {"030722", "030729"}
    assert "through HS2017" in table.source
    assert set(between("HS2022", "HS2012").counterpart("030722").targets) == {"030729", "030799"}
    with pytest.raises(NotFound, match="no concordance from HS1996"):
        between("HS1996", "HS2022")


def test_a_scope_holds_codes_whole_partly_or_not() -> None:
    table = between("HS2022", "HS2017")
    whole, partly = table.within(["0307"], ["030722", "030792", "160552", "030510", "030193"])
    assert whole == {"030722"}
    # 0307.92 went partly to 0309. All of 0307 is in the table, and carp (0301.93) are none of it.
    assert partly == {"030792"}
    # 0305 is in the table only as far as flours went to 0309: of its other codes nothing is said.
    assert table.within(["0305"], ["030193", "030520"]) == (set(), {"030193", "030520"})
    whole, partly = table.within(["0307", "0309"], ["030792", "030510"])
    assert (whole, partly) == ({"030792", "030510"}, set())
    # More than six digits are a part of their subheading.
    assert table.within(["03072210"], ["030722"]) == (set(), {"030722"})


def test_a_code_that_is_in_the_table_has_no_goods_outside_it() -> None:
    # Scallops, live or fresh, of 2012 are all in 0307.21 (which has others beside them): no fish.
    table = between("HS2012", "HS2022")
    assert table.reach("030721") == {"030721"}
    held = ["030721", "030722", "030231", "030499", "160552"]
    assert table.within(["030721"], held) == (set(), {"030721"})
    # A code that the table lacks may be anything of its chapter.
    assert table.reach("030231") is None
    assert table.within(["030231"], ["030234", "030721", "160414"]) == (set(), {"030234"})


# ------------------------------------------------------------------------- the UN's own tables

UN = "HS 2022,HS 2017,Relationship\n030722,030722,n:1\n030722,030792,n:n\n030792,030792,n:1\n"


def test_a_table_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "un.csv"
    path.write_text(UN.replace("030722,030722,n:1", "030722,030722,1:n") + "999999,999999,1:1\n")
    table = read_correlation(path)
    assert (table.before, table.after) == ("HS2022", "HS2017")
    assert set(table.counterpart("030722").targets) == {"030722", "030792"}
    assert table.disagreements == ()
    assert "999999" not in table.codes()


def test_a_table_that_disagrees_with_its_own_labels(tmp_path: Path) -> None:
    path = tmp_path / "un.csv"
    path.write_text(UN.replace("030722,030722,n:1", "030722,030722,1:1"))
    assert read_correlation(path).disagreements == (
        "030722 to 030722 is called 1:1, the rows make it 1:n",
    )


def test_codes_that_a_spreadsheet_made_numbers(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    book = openpyxl.Workbook()
    book.active.title = "Conversion HS 2022-HS 2017"
    book.active.append(["HS 2022", "HS 2017"])
    book.active.append(["010121", "999998"])
    sheet = book.create_sheet("Correlation HS 2022-HS 2017")
    sheet.append(["HS 2022 to HS 2017 correlation"])
    sheet.append(["HS 2022", "HS 2017", "Relationship"])
    sheet.append([30722, "0307.22", "1 to n"])
    sheet.append([30722, 30792.0, "1 to n"])
    path = tmp_path / "un.xlsx"
    book.save(path)
    table = read_correlation(path)
    assert set(table.pairs) == {("030722", "030722"), ("030722", "030792")}


@pytest.mark.parametrize(
    ("text", "kind", "says", "line"),
    [
        ("a,b\n030722,030722\n", ValidationError, "no header", None),
        ("HS 2022,HS 2017\n", FileError, "no rows", None),
        ("HS 2022,HS 2017\n030722,0307\n", CodeError, "'0307' is not a code of six digits", 2),
        ("HS 2022,HS 2017\n030722,\n", CodeError, "'' is not a code", 2),
        ("HS 2017,HS 2017\n030722,030722\n", ValidationError, "both columns are of HS2017", 1),
        ("HS 2022,HS 2017\n030375,030375\n", CodeError, "030375 is not in HS2022", 2),
    ],
)
def test_bad_tables(
    tmp_path: Path, text: str, kind: type[Exception], says: str, line: int | None
) -> None:
    path = tmp_path / "un.csv"
    path.write_text(text)
    with pytest.raises(kind, match=says) as error:
        read_correlation(path)
    where = error.value.where  # type: ignore[attr-defined]
    assert (where.file, where.line) == (str(path), line)


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="not there"):
        read_correlation(tmp_path / "none.csv")
    (tmp_path / "x.pdf").write_text("x")
    with pytest.raises(FileError, match="no table"):
        read_correlation(tmp_path / "x.pdf")
    pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(FileError, match="workbook cannot be read"):
        read_correlation(tmp_path / "x.xlsx")


def test_a_loaded_table_goes_before_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "un.csv"
    path.write_text("HS 2022,HS 2017\n030722,030722\n")
    data = open_data(tmp_path / "store")
    before = data.concordance("HS2022", "HS2017").counterpart("030722")
    assert before.targets == ("030722", "030792")
    data.import_concordance(path)
    assert data.concordance("HS2022", "HS2017").counterpart("030722").targets == ("030722",)
    assert data.concordance("HS2017", "HS2022").counterpart("030722").targets == ("030722",)
    with pytest.raises(NotFound):
        data.concordance("HS2022", "HS2017").counterpart("030721")
    (kept,) = load_all(tmp_path / "store").values()
    assert kept.source.startswith("un.csv")


codes = st.sampled_from([f"0307{n:02}" for n in range(20, 28)])


@given(st.sets(st.tuples(codes, codes), min_size=1, max_size=12), st.data())
def test_identities_of_any_concordance(pairs: set[tuple[str, str]], data: st.DataObject) -> None:
    table = Concordance("HS2017", "HS2022", dict.fromkeys(pairs, ""), "drawn")
    assert table.reversed().reversed().pairs == table.pairs
    values = {old: data.draw(st.floats(0.0, 1e6)) for old in table.codes()}
    made = table.convert(values)
    assert made.unmapped == {}
    groups = {row.group: row.group_total for row in made.rows}
    # Groups part the codes, and nothing is lost or made.
    assert sum(groups.values()) == pytest.approx(sum(values.values()))
    for one, other in itertools.combinations(groups, 2):
        assert not set(one) & set(other)
    for row in made.rows:
        assert 0.0 <= row.low <= row.high <= row.group_total * (1 + 1e-12) + 1e-12
    same = Concordance("HS2022", "HS2022", {(new, new): "" for _, new in pairs}, "drawn")
    assert set(composed(table, same).pairs) == pairs


def test_a_kept_table_is_read_as_it_was(tmp_path: Path) -> None:
    table = Concordance("HS2022", "HS2017", {("030722", "030722"): 'a, "note"'}, "drawn")
    save(tmp_path, table)
    (found,) = load_all(tmp_path).values()
    assert found.reversed().pairs == table.pairs
    assert (found.before, found.after) == ("HS2017", "HS2022")
