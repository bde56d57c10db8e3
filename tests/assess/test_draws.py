"""Draws: a function of seed and number; those without an answer counted; a run that goes on."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from comity.cli.assessing import resumable
from comity.effects.market import runs as blocks
from comity.market import Options, Question, assess
from comity.market.asking import options_of
from comity.words.errors import ComityError, InputError, ModelError
from tests.assess.made import BAN


def columns(found):
    """Every drawn number of a run by row and draw: (rows, R) after, and with the discrepancy."""
    return (
        [(r.quantity, r.exporter, r.importer, r.goods) for r in found.rows],
        np.array([r.values for r in found.rows]),
        np.array([r.predicted for r in found.rows]),
    )


def test_a_draw_depends_on_seed_and_number_alone(record, ban):
    few = assess(Question((BAN,)), record, Options(draws=64), world=False)
    keys, values, predicted = columns(few)
    more_keys, more, wider = columns(ban)
    assert keys == more_keys
    assert len(values[0]) == 64
    # Quantities are scaled by the base, which is the same in both.
    assert np.allclose(values, more[:, :64], rtol=1e-12, atol=1e-12)
    assert np.allclose(predicted, wider[:, :64], rtol=1e-12, atol=1e-12)
    assert few.id != ban.id


def test_the_number_of_threads_changes_nothing(record):
    one, two = (
        assess(Question((BAN,)), record, Options(draws=64), world=False, threads=n) for n in (1, 2)
    )
    assert (columns(one)[1] == columns(two)[1]).all()
    assert one.effects() == two.effects()


def test_another_seed_is_another_run(record):
    found = [
        assess(Question((BAN,)), record, Options(draws=64, seed=s), world=False) for s in (0, 1)
    ]
    mine = [one.row("producer_surplus", "JPN", "").values for one in found]
    assert not np.isclose(mine[0], mine[1]).any()
    # Both are samples of one distribution.
    assert np.median(mine[0]) == pytest.approx(float(np.median(mine[1])), rel=0.15)
    assert found[0].id != found[1].id


def test_draws_without_an_answer_are_counted(made):
    """σ held at 1.5 while η is drawn: where η is above it there is no equilibrium."""
    found = assess(
        Question(new=made / "ban.yaml", market=made / "one"),
        None,
        Options(draws=256, fixed={"sigma": 1.5}),
        world=False,
    )
    free = assess(
        Question(new=made / "ban.yaml", market=made / "one"),
        None,
        Options(draws=256, fixed={"sigma": 50.0}),
        world=False,
    )
    above = free.runs.columns["eta"] > 1.5
    assert 0 < above.sum() < 0.05 * 256
    assert sum(found.runs.failed.values()) == above.sum()
    assert len(found.runs) == 256 - above.sum()
    assert (found.runs.columns["eta"] == free.runs.columns["eta"][~above]).all()
    said = found.as_dict(variance=False)["draws"]
    assert (said["asked"], said["solved"]) == (256, 256 - above.sum())
    assert sum(said["without_answer"].values()) == above.sum()


def test_the_discrepancy_of_a_draw_stays_with_it(made):
    """A draw that has no answer takes its discrepancy with it, not that of the next."""
    question = Question(new=made / "ban.yaml", market=made / "one")
    kept, all_ = (
        assess(question, None, Options(draws=256, fixed={"sigma": sigma}), world=False)
        for sigma in (1.5, 50.0)
    )
    stays = all_.runs.columns["eta"] <= 1.5
    noise = [
        np.log(row.predicted / row.values)
        for row in (one.row("trade_value", "JPN", "USA", "fish") for one in (kept, all_))
    ]
    assert np.allclose(noise[0], noise[1][stays])


def test_too_many_draws_without_an_answer_are_no_answer(made):
    with pytest.raises(ModelError, match="draws have no answer") as caught:
        assess(
            Question(new=made / "ban.yaml", market=made / "one"),
            None,
            Options(draws=256, fixed={"sigma": 1.3}),
            world=False,
        )
    assert caught.value.mend


def test_an_elasticity_that_is_held_in_a_linked_market(record):
    """What is held for one product is held for two: draws without an answer are counted, or the
    refusal says how to mend it."""
    options = Options(draws=256, fixed={"sigma": 1.5})
    refused: ComityError | None = None
    try:
        found = assess(Question((BAN,)), record, options, world=False)
        assert found.runs.failed
    except ComityError as error:
        refused = error
    if refused is not None:
        assert refused.mend
        assert "sigma" in str(refused)


# ------------------------------------------------------------------------------- going on


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of 32, so that a run of 128 has four."""
    monkeypatch.setattr(blocks, "BLOCK", 32)


@pytest.fixture
def whole(made, small_blocks):
    return columns(run(made))[1]


def run(made, **more):
    question = Question(new=made / "ban.yaml", market=made / "one")
    return assess(question, None, Options(draws=128), world=False, **more)


def kept(folder):
    return sorted(folder.rglob("block-*.npz"), key=lambda p: int(p.stem.rpartition("-")[2]))


def solved_blocks(monkeypatch):
    """The sizes of blocks that are solved from now on."""
    seen = []
    inner = blocks._block

    def counted(setting, columns, *rest):
        seen.append(len(columns))
        return inner(setting, columns, *rest)

    monkeypatch.setattr(blocks, "_block", counted)
    return seen


def test_blocks_are_read_again(made, whole, tmp_path, monkeypatch):
    assert (columns(run(made, keep=tmp_path))[1] == whole).all()
    assert len(kept(tmp_path)) == 4
    seen = solved_blocks(monkeypatch)
    assert (columns(run(made, keep=tmp_path))[1] == whole).all()
    assert seen == []
    kept(tmp_path)[2].unlink()
    assert (columns(run(made, keep=tmp_path))[1] == whole).all()
    assert seen == [32]
    assert len(kept(tmp_path)) == 4


@pytest.mark.parametrize("left", [0, 1, 100, 0.5, -1])
def test_a_block_that_was_cut_off_is_computed_again(made, whole, tmp_path, monkeypatch, left):
    run(made, keep=tmp_path)
    block = kept(tmp_path)[1]
    data = block.read_bytes()
    block.write_bytes(data[: int(left * len(data)) if left == 0.5 else left])
    seen = solved_blocks(monkeypatch)
    assert (columns(run(made, keep=tmp_path))[1] == whole).all()
    assert seen == [32]
    assert block.read_bytes() == data


def test_an_interrupted_run_goes_on(made, whole, tmp_path, monkeypatch):
    def stop(done, all_):
        assert all_ == 128
        if done > 70:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(made, keep=tmp_path, progress=stop)
    assert len(kept(tmp_path)) == 2
    seen = solved_blocks(monkeypatch)
    told = []
    found = run(made, keep=tmp_path, progress=lambda done, all_: told.append((done, all_)))
    assert (columns(found)[1] == whole).all()
    assert seen == [32, 32]
    assert told[-1] == (128, 128)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_long_run_goes_on_bit_for_bit(record, tmp_path):
    """Two real blocks of the shipped market, by area with routes, cut off in the second."""
    question = Question((BAN,), lift=True, areas=("Hokkaido",))
    options = Options(draws=2048)

    def stop(done, all_):
        if done > blocks.BLOCK + 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assess(question, record, options, world=False, keep=tmp_path, progress=stop)
    assert blocks.draws_kept(tmp_path, options.draws) == 1024
    again = assess(question, record, options, world=False, keep=tmp_path)
    assert blocks.draws_kept(tmp_path, options.draws) == 2048
    whole = assess(question, record, options, world=False)
    assert again.id == whole.id
    assert again.effects() == whole.effects()
    for mine, theirs in zip(again.rows, whole.rows, strict=True):
        assert (mine.values == theirs.values).all()
        assert (mine.predicted == theirs.predicted).all()
    assert again.variance == whole.variance


def test_an_interrupted_run_says_what_is_kept(tmp_path, capsys):
    """Typer ends at an interrupt without a word."""
    folder = tmp_path / ".ban.run.blocks"

    def told(keep):
        with pytest.raises(KeyboardInterrupt), resumable(keep, 4096):
            raise KeyboardInterrupt
        return capsys.readouterr().err

    assert "nothing of the run is kept (with --save, every 1,024 draws are)" in told(None)
    assert "before the first 1,024 draws were done" in told(folder)
    (folder / "a").mkdir(parents=True)
    for start in (0, 1024):
        (folder / "a" / f"block-{start}.npz").write_bytes(b"")
    assert "2,048 draws are kept and the same command goes on" in told(folder)


def test_blocks_of_another_question_are_not_taken(made, whole, tmp_path):
    other = assess(
        Question(new=made / "ban.yaml", market=made / "one"),
        None,
        Options(draws=128, seed=1),
        world=False,
        keep=tmp_path,
    )
    assert not (columns(other)[1] == whole).all()
    assert (columns(run(made, keep=tmp_path))[1] == whole).all()
    assert len(kept(tmp_path)) == 8
    shutil.rmtree(tmp_path)


def test_a_negative_seed_is_refused():
    with pytest.raises(InputError, match="seed is -1"):
        options_of(draws=8, seed=-1)
