"""Names of entities and words of end uses."""

from __future__ import annotations

import pytest

from comity.applies import Entity
from comity.applies.names import NameList, UseList, normal

NO, MAYBE, YES = 0, 1, 2
LISTED = (
    Entity("Mitsubishi Heavy Industries", ("MHI",), units=True),
    Entity("Fujitsu", units=True),
    Entity("JAXA", ("Japan Aerospace Exploration Agency",)),
    Entity("Subaru Corporation", ("株式会社SUBARU",)),
)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("SUBARU Corporation", "Subaru"),
        ("Subaru Corp.", "subaru"),
        ("Subaru Co., Ltd.", "Subaru"),
        ("Subaru K.K.", "SUBARU"),
        ("K.K. Subaru", "Subaru"),
        ("Kabushiki Kaisha Subaru", "Subaru"),
        ("株式会社三菱重工業", "三菱重工業"),
        ("三菱重工業（株）", "三菱重工業"),
        ("J.A.X.A.", "JAXA"),
        ("The Hokkaidō Works, Inc.", "hokkaido works"),
        ("O'Brien & Sons GmbH", "OBrien Sons"),
    ],
)
def test_legal_forms_case_and_marks_do_not_count(written: str, same: str) -> None:
    assert normal(written) == normal(same)


def test_a_name_that_is_only_a_legal_form_stays() -> None:
    assert normal("Group Holdings Ltd.") == "group holdings ltd"


@pytest.mark.parametrize(
    ("given", "complete", "truth"),
    [
        ("Subaru", True, YES),
        ("SUBARU CORPORATION", False, YES),
        ("Japan Aerospace Exploration Agency", True, YES),
        ("J.A.X.A.", True, YES),
        ("株式会社SUBARU", True, YES),
        ("Mitsubishi Heavy Industries", True, MAYBE),  # units of it are listed, not it as a whole
        ("Mitsubishi Heavy Industries Machinery Systems, Ltd.", True, MAYBE),
        ("MHI Vietnam", True, MAYBE),
        ("Mitsubishi", True, MAYBE),  # may be short for it
        ("Subaru Tecnica International", True, NO),
        ("Subaru Tecnica International", False, MAYBE),
        ("Toyota Motor", True, NO),
        ("Toyota Motor", False, MAYBE),
        ("Subarutech", True, NO),
        ("東芝", False, MAYBE),
    ],
)
def test_consignees(given: str, complete: bool, truth: int) -> None:
    assert NameList(LISTED, complete).match(normal(given))[0] == truth


def test_a_list_with_more_names_than_are_on_record_is_incomplete() -> None:
    truth, why = NameList(LISTED, complete=True, count=20).match(normal("Toyota"))
    assert (truth, why.endswith("4 of 20")) == (MAYBE, True)


def test_names_in_another_script_are_undecided() -> None:
    latin = NameList([Entity("Subaru")], complete=True)
    assert latin.match(normal("富士重工業"))[0] == MAYBE
    japanese = NameList([Entity("富士重工業")], complete=True)
    assert japanese.match(normal("Fuji Heavy"))[0] == MAYBE
    assert japanese.match(normal("三菱"))[0] == NO


USES = ("Japanese military users", "military uses", "uses that add to military capability")


@pytest.mark.parametrize(
    ("given", "truth"),
    [
        ("military", YES),
        ("Military use", YES),
        ("military radar", YES),
        ("for the MILITARY", YES),
        ("civil and military", YES),
        ("non-commercial military use", YES),
        ("non-military", NO),
        ("nonmilitary", NO),
        ("non military", NO),
        ("not military", NO),
        ("not for military use", NO),
        ("civil, not military", NO),
        ("civil (non-military)", NO),
        ("isn't military", NO),
        ("other than military", NO),
        ("civil", NO),
        ("passenger cars", NO),
        ("not only military", MAYBE),
        ("not civil but military", MAYBE),
        ("not non-military", MAYBE),
        ("paramilitary", MAYBE),
        ("weapons", MAYBE),
        ("defence ministry", MAYBE),
        ("軍事", MAYBE),
        ("unknown", MAYBE),
        ("n/a", MAYBE),
        ("", MAYBE),
        ("end use", MAYBE),
        ("adding production capability", MAYBE),
    ],
)
def test_end_uses(given: str, truth: int) -> None:
    assert UseList(USES).match(given)[0] == truth


def test_a_denied_use_never_counts_as_met() -> None:
    for words in ("not military", "no military use", "never military", "military: excluded"):
        assert UseList(USES).match(words)[0] < YES, words
