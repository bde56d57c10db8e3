"""Rows that a pack, a plugin or a folder adds to the lexicons."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from comity.reader import engine, lexicon_check, sources
from comity.reader.intake import NOTHING
from comity.reader.phrases import table
from comity.reader.reading import Given
from comity.words.errors import ComityError, FileError, ValidationError

HEDGE = "id,cue,form,words,example\nmine.perchance,perchance,word,,Lima perchance agrees.\n"
NOUN = (
    "id,noun,import_kind,export_kind,needs,example\n"
    "mine.blockade,blockade,import-ban,export-ban,goods,Peru's blockade on Chilean salmon hurts.\n"
)
PRODUCT = "id,words,groups,goods\nalpaca,alpaca wool,farm,HS2022:5102\n"
EXAMPLE = "lexicon,key,example\nproducts,alpaca,They sell alpaca wool abroad.\n"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, text in {
        "hedges": HEDGE, "measures": NOUN, "products": PRODUCT, "examples": EXAMPLE,
    }.items():  # fmt: skip
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def rules(text: str) -> set[str]:
    return {one.rule for one in engine.read(Given(text), NOTHING).proposals}


def test_added_rows_find_their_examples(mine: Path) -> None:
    assert lexicon_check.check(mine) == {
        "examples.csv": 1, "hedges.csv": 1, "measures.csv": 1, "products.csv": 1,
    }  # fmt: skip
    told = "Peru's blockade on Chilean salmon hurts."
    assert "mine.blockade" not in rules(told)
    with sources.using(mine):
        assert "mine.blockade" in rules(told)
        read = engine.read(Given("Chile put a tariff on Peruvian alpaca wool."), NOTHING)
        (one,) = (one for one in read.proposals if one.type == "measure")
        assert one.slots["goods"] == ["HS2022:5102"]
    assert "mine.blockade" not in rules(told)


def test_this_programs_rows_come_first_and_stay(mine: Path) -> None:
    before = [*table("hedges.csv")]
    with sources.using(mine):
        assert table("hedges.csv")[:-1] == before
    assert table("hedges.csv") == before


def test_a_pack_is_named_or_its_folder(mine: Path) -> None:
    pack = mine.parent / "pack"
    pack.mkdir()
    mine.rename(pack / "reader")
    assert sources.folder_of(pack) == sources.folder_of(pack / "reader") == pack / "reader"


def test_a_plugin_is_a_module_beside_its_rows(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (mine / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(mine.parent))
    point = EntryPoint("mine", "mine", sources.GROUP)
    monkeypatch.setattr(sources, "entry_points", lambda group: [point])
    with sources.using():
        assert sources.folders() == (mine,)
        assert table("hedges.csv")[-1]["id"] == "mine.perchance"


def test_a_measurement_of_ones_own_rule_is_its_confidence(mine: Path) -> None:
    from comity.reader.measured import tallies

    text = "rule,proposed,right,measured_on\nmine.blockade,9,9,nine notices\n"
    (mine / "precision.csv").write_text(text)
    with sources.using(mine):
        assert tallies()["mine.blockade"].precision == 0.95


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("hedge.csv", HEDGE, "no such lexicon"),
        ("words.csv", "set,words\nx,y\n", "no such lexicon"),
        ("hedges.csv", HEDGE.replace("cue,", "cues,"), "columns are others"),
        ("hedges.csv", HEDGE.replace("mine.perchance", "hedge.may"), "there already"),
        ("hedges.csv", HEDGE + HEDGE.splitlines()[1] + "\n", "there already"),
        ("hedges.csv", HEDGE.replace("mine.perchance", "Mine"), "no id of a rule"),
        ("hedges.csv", HEDGE.replace(",word,", ",wort,"), "form 'wort' is not known"),
        ("hedges.csv", HEDGE.replace("Lima perchance agrees.", ""), "no example"),
        ("hedges.csv", HEDGE.replace("agrees.", "agrees, too."), "more or fewer values"),
        ("hedges.csv", HEDGE.replace("Lima perchance agrees", "Lima agrees"), "not found"),
        ("products.csv", PRODUCT.replace("5102", "51x2"), "51x2"),
        ("products.csv", PRODUCT.replace("alpaca,alpaca", "llama,alpaca"), "no example"),
        ("products.csv", PRODUCT.replace(",farm,", ",barn,"), "groups 'barn' is not known"),
        ("parties_seats.csv", "name,party\nPalacio,PEX\n", "PEX"),
        ("precision.csv", "rule,proposed,right,measured_on\na.b,1,2,x\n", "counts"),
        ("issues.csv", "id,key,phrase,unless,example\nmine.x,fta,a {b},,A b.\n", "no class"),
        ("issues.csv", "id,key,phrase,unless,example\nmine.x,nothing,a b,,A b.\n", "not known"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(mine: Path, name: str, text: str, what: str) -> None:
    (mine / name).write_text(text, encoding="utf-8")
    with pytest.raises(ComityError) as caught:
        lexicon_check.check(mine)
    problems = getattr(caught.value, "problems", ()) or (caught.value,)
    assert any(what in str(one) for one in problems), [str(one) for one in problems]
    places = {str(one.where.file) for one in problems if one.where}
    assert str(mine / name) in places


def test_every_problem_is_told_at_once(mine: Path) -> None:
    (mine / "other.csv").write_text("a\n")
    (mine / "hedges.csv").write_text(HEDGE.replace(",word,", ",wort,"))
    with pytest.raises(ValidationError) as caught:
        lexicon_check.check(mine)
    assert len(caught.value.problems) == 2


def test_a_folder_that_is_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        lexicon_check.check(tmp_path / "none")
    with pytest.raises(ValidationError, match="no lexicon"):
        lexicon_check.check(tmp_path)
