"""The lexicons as they are shipped: well-formed, and the examples that stand apart are found."""

from __future__ import annotations

import pytest

from comity.reader import sources
from comity.reader.lexicon_check import EXEMPLIFIED, examples, finds
from comity.reader.phrases import classes, pattern, table
from comity.reader.rules import issues, products
from comity.words.errors import InputError
from comity.words.goods import checked

APART = [
    (name, row, example)
    for name, row, example in examples({name: sources.shipped(name) for name in
                                        (*EXEMPLIFIED, "examples.csv")})
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "row", "example"), APART, ids=[f"{n}-{next(iter(r.values()))}" for n, r, _ in APART]
)
def test_every_entry_finds_its_example(name: str, row: dict[str, str], example: str) -> None:
    assert example, "add one to examples.csv"
    assert finds(name, row, example)


def test_every_example_is_of_a_row() -> None:
    keys = {
        (name.removesuffix(".csv"), row[column])
        for name, column in EXEMPLIFIED.items()
        for row in sources.shipped(name)
    }
    said = [(row["lexicon"], row["key"]) for row in sources.shipped("examples.csv")]
    assert len(said) == len(set(said))
    assert set(said) == keys


def test_the_example_of_a_status_hangs_on_its_word() -> None:
    """Without the word's row the example says something else: the rows are not idle."""
    row = {"verb": "scrap", "class": "lift"}
    assert finds("measures_status.csv", row, "Peru scrapped its ban on Chilean salmon.")
    assert not finds("measures_status.csv", row, "Peru praised its ban on Chilean salmon.")


@pytest.mark.parametrize("row", table("products.csv"), ids=lambda row: row["id"])
def test_every_word_for_a_product_is_found(row: dict[str, str]) -> None:
    for word in row["words"].split(";"):
        text = f"They spoke of {word} at length."
        assert [one.id for one in products.products(text, 0, len(text))] == [row["id"]], word


@pytest.mark.parametrize("row", table("products.csv"), ids=lambda row: row["id"])
def test_the_codes_of_a_product_are_of_the_harmonized_system(row: dict[str, str]) -> None:
    for code in filter(None, row["goods"].split(";")):
        assert str(checked(code)) == code


@pytest.mark.parametrize("row", table("issues_words.csv"), ids=lambda row: row["class"])
def test_every_word_of_a_class_is_found_by_the_phrases_that_use_it(row: dict[str, str]) -> None:
    mark = f"{{{row['class']}}}"
    using = [one for one in table("issues.csv") if mark in one["phrase"]]
    assert using
    for word in row["words"].split(";"):
        for one in using:
            text = _said(one["phrase"], mark, word)
            assert one["id"] in [entry for *_, entry in issues.hits(text)], text


def _said(phrase: str, mark: str, word: str) -> str:
    """A phrase in words: the given one for its class, else the first there is."""
    parts = []
    for item in phrase.split():
        if item.startswith("~"):
            continue
        either = item.removesuffix("?").split("|")
        if mark in either:
            parts.append(word)
        elif either[0].startswith("{"):
            parts.append(classes()[either[0][1:-1]][0])
        else:
            parts.append(either[0].removesuffix("*"))
    return " ".join(parts)


@pytest.mark.parametrize("name", sorted(sources.OPEN))
def test_a_lexicon_that_is_open_has_rows_and_the_columns_that_are_closed(name: str) -> None:
    rows = sources.shipped(name)
    assert rows
    assert set(sources.OPEN[name]) <= set(rows[0])
    first = next(iter(rows[0]))
    names = [row[first] for row in rows]
    assert all(names)
    if name not in ("precision.csv", "titles.csv", "examples.csv"):
        assert len(names) == len(set(names))


@pytest.mark.parametrize("phrase", ["fish {nothing}", "fish ~x net", "~3 fish"])
def test_a_phrase_that_means_nothing_is_refused(phrase: str) -> None:
    with pytest.raises(InputError):
        pattern(phrase, {"food": ("fish",)})
