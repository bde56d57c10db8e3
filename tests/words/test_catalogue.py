from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.words import catalogue
from comity.words.catalogue import fields, plural, t, texts
from comity.words.tables import DATA

SOURCE = Path(catalogue.__file__).parents[1]


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """Every call ``t("key", ...)`` in the source: where, key, names of its values (None: **)."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            key = node.args[0]
            if name == "t" and isinstance(key, ast.Constant) and isinstance(key.value, str):
                names = {k.arg for k in node.keywords}
                given = None if None in names else {n for n in names if n and n != "lang"}
                yield f"{path.name}:{node.lineno}", key.value, given


def test_every_key_that_the_code_uses_is_there_and_fits() -> None:
    wrong = []
    for where, key, given in calls():
        found = [k for k in (key, f"{key}.one", f"{key}.other") if k in texts()]
        if not found:
            wrong.append(f"{where}: no text for {key}")
        elif given is not None and any(fields(texts()[k]) - given for k in found):
            wrong.append(
                f"{where}: {key} takes {sorted(fields(texts()[found[-1]]))}, given {given}"
            )
    assert wrong == []


def test_every_text_formats() -> None:
    for key, text in texts().items():
        assert text.strip()
        # A key of a plural is asked for without its ending.
        stem, values = key, dict.fromkeys(fields(text), "x")
        if key.endswith((".one", ".other")):
            stem, _, form = key.rpartition(".")
            values["count"] = 1 if form == "one" else 2  # type: ignore[assignment]
        assert t(stem, **values)


def test_the_catalogue_is_sorted_and_plurals_are_whole() -> None:
    assert list(texts()) == sorted(texts())
    assert {k[:-4] for k in texts() if k.endswith(".one")} == {
        k[:-6] for k in texts() if k.endswith(".other")
    }


def test_other_languages_take_the_same_values() -> None:
    for path in (DATA / "catalogue").glob("*.csv"):
        for key, text in texts(path.stem).items():
            assert key in texts()
            assert fields(text) <= fields(texts()[key])


def test_plurals() -> None:
    assert t("count.measures", count=1) == "1 measure"
    assert t("count.measures", count=0) == "0 measures"
    assert t("count.measures", lang="ja", count=1)  # English, until there is Japanese
    assert plural("ja", 1) == "other"
    assert plural("en-GB", 1) == "one"


def test_mistakes_of_ours_raise() -> None:
    with pytest.raises(KeyError):
        t("no.such.key")
    with pytest.raises(KeyError):
        t("answer.as_of")
    assert t("answer.as_of", day="x", other="y") == t("answer.as_of", day="x")
