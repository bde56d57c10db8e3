"""The vocabulary table holds together: every type, list, kind and sub-record that it names is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib.resources import files

import pytest

from comity.record.convert import CONVERTERS
from comity.words.vocabulary import Field, kinds, subrecord, subrecords, terms


def rows(name: str) -> list[dict[str, str]]:
    text = (files("comity.words.vocabulary") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def all_fields() -> Iterator[Field]:
    for kind in kinds().values():
        yield from kind.fields.values()
    for name in (*subrecords(), "claim"):
        yield from subrecord(name).values()


def field_name(field: Field) -> str:
    return f"{field.kind}.{field.name}"


FIELDS = sorted({field_name(f): f for f in all_fields()}.values(), key=field_name)


def test_every_row_of_the_table_is_seen() -> None:
    assert len(FIELDS) == len(rows("fields.csv"))


@pytest.mark.parametrize("field", FIELDS, ids=field_name)
def test_a_field_is_of_a_type_that_exists(field: Field) -> None:
    if field.type.startswith("@"):
        assert field.type in subrecords()
    else:
        assert field.base in CONVERTERS
    if field.base == "ref":
        assert field.argument
        assert set(field.argument) <= set(kinds())
    if field.base == "term":
        assert len(field.argument) == 1
        assert terms()[field.argument[0]]
    if field.base == "scope":
        assert field.argument in (("economy",), ("area",))
    assert field.meaning.endswith(".")


@pytest.mark.parametrize("name", ["fields.csv", "kinds.csv", "terms.csv"])
def test_no_row_has_a_yes_or_no_that_is_neither(name: str) -> None:
    for row in rows(name):
        assert None not in row  # more cells than columns
        assert None not in row.values()  # fewer
        for column in ("many", "dated", "required"):
            assert row.get(column, "no") in ("yes", "no"), row


def test_no_row_is_written_twice() -> None:
    for name, keys in (
        ("fields.csv", ("kind", "field")),
        ("kinds.csv", ("kind",)),
        ("terms.csv", ("list", "term")),
    ):
        found = [tuple(row[key] for key in keys) for row in rows(name)]
        assert len(found) == len(set(found)), name


def test_no_kind_redefines_a_common_field() -> None:
    common = {row["field"] for row in rows("fields.csv") if row["kind"] == "*"}
    own = {row["field"] for row in rows("fields.csv") if row["kind"] in kinds()}
    assert not common & own


def test_every_kind_of_the_field_table_exists() -> None:
    for row in rows("fields.csv"):
        kind = row["kind"]
        assert kind in ("*", "claim") or kind.startswith("@") or kind in kinds(), kind


def test_the_day_of_a_kind_is_one_of_its_day_fields() -> None:
    for kind in kinds().values():
        if kind.date_field is not None:
            assert kind.fields[kind.date_field].type == "day"


def test_the_kinds_the_design_names_are_there() -> None:
    named = (
        "economy person body document source meeting event act statement issue position "
        "commitment measure indicator case"
    )
    assert set(named.split()) <= set(kinds())


def test_a_kind_of_measure_has_an_effect_or_says_who_gives_it() -> None:
    effects = terms()["effect"]
    for term in terms()["measure_kind"].values():
        assert term.extra in effects or (term.extra == "" and term.meaning), term.name
    strictest = sorted(effects, key=lambda name: int(effects[name].extra), reverse=True)
    assert strictest == ["prohibited", "conditional", "dutiable", "none"]


def test_every_list_of_terms_is_used() -> None:
    used = {f.argument[0] for f in FIELDS if f.base == "term"}
    assert set(terms()) == used


def test_no_entry_can_be_taken_for_a_claim() -> None:
    """A mapping with the key `value` is a claim in long form, so no sub-record may have one."""
    for name in subrecords():
        assert "value" not in subrecord(name)
