"""Saved runs: the same again from the file alone, and what was changed is refused by name."""

from __future__ import annotations

import json
import random
import zipfile
from typing import Any

import numpy as np
import pytest

from comity.market import Assessment, Options, Question, assess, reproduce, save
from comity.market.saved import is_assessment, tidy
from comity.opened import OpenRecord
from comity.words.errors import ComityError, ConflictError, FileError, ValidationError
from tests.assess.made import BAN, FISH, measure, write_market, write_measures

MADE = Options(draws=16)


@pytest.fixture(scope="module")
def run_file(record, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    made = assess(Question((BAN,)), record, Options(draws=64), world=False)
    save(made, folder / "ban.run")
    return made, folder / "ban.run"


@pytest.fixture(scope="module")
def small_file(made, tmp_path_factory):
    """A run on a made-up market, whose file is small."""
    path = tmp_path_factory.mktemp("small") / "made.run"
    question = Question(new=made / "ban.yaml", market=made / "one")
    save(assess(question, None, MADE, world=False), path)
    return path


def members(path) -> tuple[dict[str, Any], bytes]:
    with zipfile.ZipFile(path) as bundle:
        return json.loads(bundle.read("assessment.json")), bundle.read("market.npz")


def packed(path, data, arrays):
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("assessment.json", json.dumps(data))
        bundle.writestr("market.npz", arrays)
    return path


def changed(source, target, at: str, value: Any):
    """A copy with one field of its JSON changed: `at` as ``case/rules/0/low``, `...` takes away."""
    data, arrays = members(source)
    *way, last = (int(part) if part.isdigit() else part for part in at.split("/"))
    inside: Any = data
    for part in way:
        inside = inside[part]
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return packed(target, data, arrays)


# ------------------------------------------------------------------------------------ the same


def test_the_same_again(run_file, tmp_path, monkeypatch):
    """In an empty folder, without a record, identical to the last bit."""
    made, path = run_file
    alone = tmp_path / "nowhere"
    alone.mkdir()
    monkeypatch.chdir(alone)
    monkeypatch.setenv("COMITY_DB", str(alone / "none.db"))
    again = reproduce(path)
    assert again.identical
    assert again.largest == 0.0
    assert again.run.id == made.id
    assert again.run.effects() == made.effects()
    assert again.run.as_dict(variance=False) == made.as_dict(variance=False)
    for one, other in zip(made.rows, again.run.rows, strict=True):
        assert (one.values == other.values).all()
        assert (one.predicted == other.predicted).all()
    assert list(alone.iterdir()) == []
    assert is_assessment(path)


def test_nothing_of_packs_or_estimates_is_needed(small_file, monkeypatch):
    """Whatever became of them: the file has the market and the distributions."""
    import comity.effects.market.inputs as inputs
    import comity.trade.markets as markets

    def gone(*_: Any, **__: Any) -> None:
        raise AssertionError("asked for what a saved run has to carry")

    monkeypatch.setattr(inputs, "choose", gone)
    monkeypatch.setattr(markets, "market", gone)
    monkeypatch.setattr(markets, "totals", gone)
    assert reproduce(small_file).identical


def test_the_same_run_is_the_same_file(small_file, made, tmp_path):
    question = Question(new=made / "ban.yaml", market=made / "one")
    save(assess(question, None, MADE, world=False), tmp_path / "again.run")
    assert (tmp_path / "again.run").read_bytes() == small_file.read_bytes()


# ------------------------------------------------------------------------------- what was changed


@pytest.mark.parametrize(
    ("at", "value", "says"),
    [
        ("effects/3/median", 1.0, "comes out differently: median of trade_value"),
        ("effects/3/p95", 1.0, "comes out differently: p95 of trade_value"),
        ("effects/3/before", 1.0, "comes out differently: before of trade_value"),
        ("effects/3/estimated_share", 0.4, "comes out differently: estimated_share"),
        ("effects/3/unit", "USD billion", "unit of trade_value"),
        ("effects/3/median", None, "median of trade_value"),
        ("effects/3/median", ..., "median"),
        ("effects/3", ..., "effects"),
        ("effects", ..., "effects"),
        ("run_id", "0" * 64, "does not hold the run that its id names"),
        ("seed", 1, "does not hold the run that its id names"),
        ("options/draws", 32, "does not hold the run that its id names"),
        ("options/draws", 33, "power of two"),
        ("options/draws", "many", "draws"),
        ("options/rule", "BW", "does not hold the run that its id names"),
        ("options/discrepancy", 0.1, "does not hold the run that its id names"),
        ("options/fixed", {"sigma": 3.0}, "does not hold the run that its id names"),
        ("case/rules/0/high", 0.5, ""),
        ("case/rules/0/importer", "USA", "does not hold the run that its id names"),
        ("case/rules/0/importer", "XXX", "no economy 'XXX'"),
        ("case/horizon", "long", "does not hold the run that its id names"),
        ("case/period", "1999", "period"),
        ("case/baseline/digest", "0" * 64, "market that its question names"),
        ("market/year", 1999, "year"),
        ("market/year", "old", "year"),
        ("market/unit", "EUR million", "unit"),
        ("market/totals/0/value", 99.0, "does not hold the run that its id names"),
        ("inputs/distributions/eta/1", 3.0, "does not hold the run that its id names"),
        ("inputs/distributions/eta", ["lognormal"], ""),
        ("inputs/distributions/eta", ..., "eta"),
    ],
)  # fmt: skip
def test_what_was_changed_is_refused_by_name(run_file, small_file, tmp_path, at, value, says):
    source = run_file[1] if "totals" in at else small_file
    path = changed(source, tmp_path / "changed.run", at, value)
    with pytest.raises(ComityError) as caught:
        reproduce(path)
    assert says in str(caught.value), caught.value


def test_market_values_are_sealed(small_file, tmp_path):
    import io

    data, arrays = members(small_file)
    with np.load(io.BytesIO(arrays)) as found:
        kept = {name: found[name] for name in found.files}
    for name in ("value", "low", "high", "tariff"):
        other = {**kept, name: kept[name] + 0.01 * (kept[name].max() + 1.0)}
        room = io.BytesIO()
        np.savez(room, allow_pickle=False, **other)
        path = packed(tmp_path / f"{name}.run", data, room.getvalue())
        with pytest.raises(ValidationError, match="does not hold the market"):
            reproduce(path)
    room = io.BytesIO()
    np.savez(room, allow_pickle=False, **{k: v for k, v in kept.items() if k != "low"})
    with pytest.raises(FileError, match="low"):
        reproduce(packed(tmp_path / "less.run", data, room.getvalue()))


def test_the_world_beside_it_is_not_taken_on_trust(record, tmp_path):
    """`reproduce` says that the answer is the same again: the world's part of it as well."""
    made = assess(Question((BAN,)), record, Options(draws=16))
    save(made, tmp_path / "world.run")
    assert reproduce(tmp_path / "world.run").identical
    path = changed(
        tmp_path / "world.run", tmp_path / "c.run", "world/real_income/0/usd_million", 1e6
    )
    try:
        found = reproduce(path)
    except ComityError:
        return
    assert not found.identical


def test_another_model_is_refused(small_file, tmp_path):
    path = changed(small_file, tmp_path / "old.run", "model_version", "market-0")
    with pytest.raises(ConflictError, match="model market-0") as caught:
        reproduce(path)
    assert caught.value.mend
    path = changed(small_file, tmp_path / "new.run", "comity-assessment", 99)
    with pytest.raises(FileError, match="another format"):
        reproduce(path)


def test_no_run_at_all(small_file, tmp_path):
    other = tmp_path / "other.run"
    whole = small_file.read_bytes()
    for content in (b"", b"hello", whole[:100], whole[: len(whole) // 2]):
        other.write_bytes(content)
        assert not is_assessment(other)
        with pytest.raises(FileError) as caught:
            reproduce(other)
        assert caught.value.where is not None
        assert str(caught.value.where.file) == str(other)
        assert caught.value.mend
    with pytest.raises(FileError):
        reproduce(tmp_path / "missing.run")
    with zipfile.ZipFile(other, "w") as bundle:
        bundle.writestr("hello.txt", "hello")
    with pytest.raises(FileError, match="no saved assessment"):
        reproduce(other)


def test_a_flipped_bit_is_never_another_answer(small_file, tmp_path):
    whole, rng = small_file.read_bytes(), random.Random(5)
    path, refused = tmp_path / "bit.run", 0
    for _ in range(60):
        data = bytearray(whole)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(bytes(data))
        try:
            assert reproduce(path).identical
        except ComityError:
            refused += 1
    assert refused > 50


def test_a_folder_that_is_not_there(small_file, tmp_path):
    made = reproduce(small_file).run
    with pytest.raises(FileError, match="cannot be saved") as caught:
        save(made, tmp_path / "no" / "where.run")
    assert caught.value.mend
    assert not (tmp_path / "no").exists()
    blocks = tmp_path / "blocks"
    (blocks / "inner").mkdir(parents=True)
    tidy(blocks)
    tidy(blocks)
    tidy(None)
    assert not blocks.exists()


# -------------------------------------------------------------------------------------- run ids


def test_what_a_run_id_follows(record, made, tmp_path):
    def ident(question=None, **options: Any) -> str:
        asked = question or Question(new=made / "ban.yaml", market=made / "one")
        return assess(asked, None, Options(**{"draws": 4, **options}), world=False).id

    first = ident()
    assert ident() == first
    assert len(first) == 64
    changes: list[dict[str, Any]] = [
        {"seed": 1}, {"draws": 8}, {"rule": "Ossa"}, {"cells": False}, {"discrepancy": 0.4},
        {"fixed": {"sigma": 4.0}}, {"fixed": {"sigma": 4.5}},
    ]  # fmt: skip
    found = [ident(**one) for one in changes]
    found.append(ident(Question(new=made / "ban.yaml", market=made / "two")))
    found.append(ident(Question(new=made / "ban.yaml", market=made / "one", horizon="long")))
    found.append(ident(Question(new=made / "ban.yaml", market=made / "one", coverage=(0.5, 0.5))))
    assert len({first, *found}) == len(found) + 1
    # An integer is the number that it is.
    assert ident(fixed={"sigma": 4}) == found[5]
    other = write_measures(tmp_path / "t.yaml", measure(title="Another name altogether"))
    assert ident(Question(new=other, market=made / "one")) == first


def test_a_run_id_follows_the_revision_of_its_measure(record, tmp_path):
    """A claim added to the measure's entry makes another run of the same numbers."""

    def ident(opened: OpenRecord) -> Assessment:
        return assess(Question((BAN,)), opened, Options(draws=4), world=False)

    with OpenRecord(tmp_path / "other.db") as opened:
        opened.load_shipped()
        first = ident(opened)
        assert first.id == ident(record).id
        words = tmp_path / "words.yaml"
        words.write_text("names: [another name]\n", encoding="utf-8")
        opened.revise(BAN, words, author="ann", why="a test")
        second = ident(opened)
    assert second.id != first.id
    assert second.effects() == first.effects()
    revisions = [dict(m.revisions) for one in (first, second) for m in one.case.measures[:1]]
    assert revisions[0][BAN] != revisions[1][BAN]


def test_a_run_id_follows_the_baseline(made, tmp_path):
    ids = []
    for n, values in enumerate((FISH, {**FISH, ("fish", "USA", "VNM"): 3.001})):
        folder = write_market(tmp_path / str(n), values, spread=0.2)
        question = Question(new=made / "ban.yaml", market=folder)
        ids.append(assess(question, None, Options(draws=4), world=False).id)
    assert ids[0] != ids[1]
