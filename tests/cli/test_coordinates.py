"""`--as-of`, `--known-on`, `--public-on`, `--received` and `--db`, the same on every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.door import Door

SHIPPED = "2026-11-25T00:00:00Z"
"""The instant at which the shipped packs were recorded (pack.yaml)."""

COMMANDS = (
    ("brief", "CHN", "JPN"),
    ("timeline", "CHN", "JPN"),
    ("issues", "CHN", "JPN"),
    ("measures", "--imposer", "CHN", "--target", "JPN"),
    ("commitments", "CHN", "JPN"),
    ("find", "seafood"),
    ("show", "cn-seafood-ban-2023"),
    ("applies", "--from", "JPN", "--to", "CHN", "--goods", "HS2022:030722", "--area", "JP-01"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_the_day_has_three_spellings(comity: Door, words: tuple[str, ...]) -> None:
    asked = [comity(*words, day, "2023-11-16").out for day in ("--as-of", "--on", "--in-force")]
    assert asked[0] == asked[1] == asked[2]
    assert comity(*words, "--as-of=2023-11-16").out == asked[0]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_what_was_recorded_later_is_not_known(comity: Door, words: tuple[str, ...]) -> None:
    day = ("--as-of", "2023-11-16")
    now = comity(*words, *day).out
    known = comity(*words, *day, "--known-on", SHIPPED).out
    if words[0] != "brief":  # the brief says at which view it was read
        assert known == now
    before = comity.try_(*words, *day, "--known-on", "2026-11-24")
    if words[0] == "show":
        assert before.code == 2
        assert "there is no entry" in before.err
    else:
        assert before.code == 0
        assert "cn-seafood-ban-2023" not in before.out


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_read_at_a_received_number(comity: Door, words: tuple[str, ...]) -> None:
    day = ("--as-of", "2023-11-16")
    assert "cn-seafood-ban-2023" not in comity.try_(*words, *day, "--received", "161").out
    comity(*words, *day, "--received", "686")


def test_public_on_gives_what_anyone_could_know(comity: Door) -> None:
    words = ("measures", "--imposer", "CHN", "--target", "JPN", "--all", "--as-of", "2023-11-16")
    july = {row["id"] for row in comity(*words, "--public-on", "2023-07-20").json_rows()}
    august = {row["id"] for row in comity(*words, "--public-on", "2023-08-24").json_rows()}
    assert "cn-seafood-ban-2023" not in july  # M05: announced on 2023-08-24
    assert "cn-seafood-ban-2023" in august
    assert "cn-seafood-inspection-2023" in july  # M04: announced on 2023-07-07
    asked = ("applies", "--from", "JPN", "--to", "CHN", "--goods", "HS2022:030722")
    place = ("--area", "JP-01", "--on", "2023-11-16", "--format", "json")
    assert comity(*asked, *place).json["verdict"] == "prohibited"
    assert comity(*asked, *place, "--public-on", "2023-07-20").json["verdict"] == "conditional"


def test_the_brief_counts_what_it_leaves_out(comity: Door) -> None:
    words = ("brief", "CHN", "JPN", "--as-of", "2023-11-16", "--format", "json")
    data = comity(*words, "--public-on", "2023-11-16").json
    assert data["view"]["public_on"] == "2023-11-16"
    assert data["coverage"]["left_out"]


def test_db_may_stand_anywhere(comity: Door, empty: Door) -> None:
    wanted = comity("show", "gacc-103-2023").out
    store = str(comity.store)
    for words in (
        ("--db", store, "show", "gacc-103-2023"),
        ("show", "--db", store, "gacc-103-2023"),
        ("show", "gacc-103-2023", f"--db={store}"),
        ("show", "gacc-103-2023", "--db", store),
    ):
        assert empty(*words).out == wanted
    assert not empty.store.exists()


def test_two_words_after_a_group(comity: Door, empty: Door) -> None:
    done = empty("db", "check", "--db", comity.store)
    assert f"sqlite:///{comity.store}" in done.out


def test_the_environment_names_the_store(comity: Door, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    comity("db", "upgrade", COMITY_DB=str(other))
    assert other.exists()
