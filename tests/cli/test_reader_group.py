"""`reader score` and `reader check`: measuring the reader, and testing what one teaches it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from comity.reader import sources
from tests.cli.door import Door

TEXT = "Peru's trade minister met her Chilean counterpart in Lima on Monday. Peru may act.\n"
GOLD = """\
doc: {id: talk, published: 2024-05-07}
entries:
- {id: m1, type: meeting, parties: [PER, CHL], place: Lima, ev: "met her Chilean counterpart"}
- {id: h1, type: hedge, ev: "may act"}
- {id: i1, type: issue, key: fta, ev: "Peru may"}
"""
HEDGE = "id,cue,form,words,example\nmine.ostensibly,ostensibly,word,,Lima ostensibly agrees.\n"


@pytest.fixture
def annotated(empty: Door) -> Door:
    (empty.folder / "talk.txt").write_text(TEXT)
    (empty.folder / "talk.yaml").write_text(GOLD)
    return empty


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "hedges.csv").write_text(HEDGE)
    return folder


def test_precision_and_recall_without_a_store(annotated: Door) -> None:
    rows = annotated("reader", "score", "--gold", ".", "--texts", ".").json_rows_or_data()["types"]
    assert (rows["meeting"]["precision"], rows["meeting"]["recall"]) == (1.0, 1.0)
    assert (rows["issue"]["matched"], rows["issue"]["missed"]) == (0, 1)
    assert rows["issue"]["precision"] is None
    assert not annotated.store.exists()
    table = annotated("reader", "score", "--gold", ".", "--texts", ".", "--format", "csv").rows
    first = table[0]
    assert (first["type"], first["precision"], first["recall"]) == ("meeting", "1.00", "1.00")


def test_people_on_record_help(annotated: Door, comity: Door) -> None:
    one = comity("reader", "score", "--gold", annotated.folder, "--texts", annotated.folder)
    assert "meeting" in one.out


def test_a_measurement_is_written_by_rule_and_replaced(annotated: Door) -> None:
    words = ("reader", "score", "--gold", ".", "--texts", ".", "--measured", "rules.csv")
    for _ in range(2):
        annotated(*words, "--on", "one short talk")
    lines = (annotated.folder / "rules.csv").read_text().splitlines()
    assert lines[0] == "rule,proposed,right,measured_on"
    assert "hedge.may,1,1,one short talk" in lines
    assert len(lines) == len(set(lines))
    assert "belong together" in annotated.refused(*words).err
    (annotated.folder / "rules.csv").write_text("mine\n")
    annotated.refused(*words, "--on", "x")
    assert (annotated.folder / "rules.csv").read_text() == "mine\n"


@pytest.mark.parametrize(
    "words",
    [("--gold", "none", "--texts", "."), ("--gold", ".", "--texts", "none"),
     ("--gold", ".", "--texts", ".", "--format", "xml")],
)  # fmt: skip
def test_what_cannot_be_measured(annotated: Door, words: tuple[str, ...]) -> None:
    assert annotated.refused("reader", "score", *words).err


def test_rows_that_find_their_examples(mine: Path, empty: Door) -> None:
    assert empty("reader", "check", mine).out == "hedges.csv: 1 row\nevery example is found\n"


def test_rows_that_do_not(mine: Path, empty: Door) -> None:
    (mine / "hedges.csv").write_text(HEDGE.replace("Lima ostensibly", "Lima gladly"))
    done = empty.refused("reader", "check", mine)
    assert "the example is not found: Lima gladly agrees." in done.err


def test_the_commands_read_with_the_folder_of_the_environment(mine: Path, empty: Door) -> None:
    text = empty.folder / "talk.txt"
    text.write_text("The ministers of Peru and Chile met. Lima ostensibly agrees to the duty.")
    words = [sys.executable, "-m", "comity.cli", "read", str(text), "--dry-run", "--format", "csv"]
    environment = {**os.environ, "COMITY_DB": str(empty.store), sources.VARIABLE: str(mine)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert "mine.ostensibly" in done.stdout, done.stderr
    (mine / "hedges.csv").write_text("id\n")
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "columns are others" in done.stderr
