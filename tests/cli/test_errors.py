"""Bad input: exit code 2, what, where and mend, as text and as JSON, and the store as it was."""

from __future__ import annotations

import json

import pytest

from tests.cli.door import Door

ASKED = {
    "unknown economy": "brief CHN Atlantis",
    "same economy": "brief CHN china",
    "no such day": "brief CHN JPN --as-of 2023-02-30",
    "not a day": "measures --in-force soon",
    "no such instant": "timeline CHN JPN --known-on 2026-13-01",
    "no such public day": "issues CHN JPN --public-on yesterday",
    "unknown kind of event": "timeline CHN JPN --kind holidays",
    "unknown kind of measure": "measures --kind holidays",
    "unknown status": "commitments CHN JPN --status forgotten",
    "unknown issue": "issues CHN JPN --issue nothing",
    "unknown entry": "show nothing",
    "unknown history": "history nothing",
    "unknown format": "measures --format xml",
    "goods not in HS": "applies --from JPN --to CHN --goods HS2022:0399",
    "goods not a code": "applies --from JPN --to CHN --goods scallops",
    "goods of no edition": "measures --goods HS2021:03",
    "area of another": "applies --from JPN --to CHN --goods HS2022:03 --area DE-BY",
    "no area": "applies --from JPN --to CHN --goods HS2022:03 --area Nowhere",
    "no goods": "applies --from JPN --to CHN",
    "no shipment": "applies",
    "file and shipment": "applies --file x.csv --from JPN",
    "measure not there": "applies --from JPN --to CHN --goods HS2022:03 --explain nothing",
    "days in the wrong order": "changes CHN JPN --from 2024-01-01 --to 2023-01-01",
    "since after until": "timeline CHN JPN --since 2024 --until 2023",
    "shipment within an economy": "applies --from JPN --to JPN --goods HS2022:03",
    "file not there": "add nothing.yaml",
    "revision not there": "revise cn-seafood-ban-2023 nothing.yaml",
    "pack not there": "pack load nothing",
    "no pack named": "pack load",
    "document not there": "documents attach nothing.txt",
    "facts not there": "pack check --facts nothing",
}


@pytest.mark.parametrize("words", ASKED.values(), ids=ASKED)
def test_refused(comity: Door, words: str) -> None:
    comity.refused(*words.split())


@pytest.mark.parametrize(
    "words", ["shw", "retract cn-seafood-ban-2023", "changes CHN JPN", "brief"]
)
def test_wrong_use(comity: Door, words: str) -> None:
    done = comity.try_(*words.split())
    assert done.code == 2
    assert "Usage:" in done.err
    assert done.out == ""


def test_an_error_as_json(comity: Door) -> None:
    done = comity.try_("brief", "CHN", "Atlantis", "--format", "json")
    assert (done.code, done.out) == (2, "")
    error = json.loads(done.err)
    assert set(error) == {"error", "what", "where", "mend"}
    assert error["error"] == "CodeError"
    assert "Atlantis" in error["what"]
    assert error["mend"]


FILES = {
    "empty": "",
    "only blanks": " \n\n",
    "not a list": "just words",
    "broken yaml": "- id: [1, 2",
    "anchors": "- &a {id: x}\n- *a\n",
    "unknown kind": "- {id: x-1, kind: dragon, title: X}",
    "unknown field": "- {id: x-1, kind: source, title: X, source_kind: press, colour: red}",
    "missing field": "- {id: x-1, kind: source, title: X}",
    "unknown term": "- {id: x-1, kind: source, title: X, source_kind: rumour}",
    "bad id": "- {id: 'X 1', kind: source, title: X, source_kind: press}",
    "bad day": "- {id: x-1, kind: source, title: X, source_kind: press, published: 2023-02-30}",
    "end before start": (
        "- {id: x-1, kind: event, title: X, on: 2023-05-01, until: 2023-04-01, event_kind: people}"
    ),
    "missing reference": (
        "- {id: x-1, kind: source, title: X, source_kind: press, issues: [no-such-issue]}"
    ),
    "reference of another kind": (
        "- {id: x-1, kind: source, title: X, source_kind: press, issues: [fumio-kishida]}"
    ),
    "twice in the file": "- {id: x-1, kind: source, title: X, source_kind: press}\n" * 2,
    "duplicate key": "- {id: x-1, id: x-2, kind: source, title: X, source_kind: press}",
    "tab": "- id:\tx-1\n\tkind: source\n",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_files_that_are_refused(own: Door, text: str) -> None:
    own.write("bad.yaml", text)
    assert "bad.yaml" in own.refused("add", "bad.yaml").err


def test_a_binary_file(own: Door) -> None:
    (own.folder / "bad.yaml").write_bytes(b"\x00\x01\xff\xfe" * 100)
    assert "bad.yaml" in own.refused("add", "bad.yaml").err


def test_a_file_that_is_too_large(own: Door) -> None:
    with (own.folder / "big.yaml").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    assert "big.yaml" in own.refused("add", "big.yaml").err


def test_a_yaml_bomb(own: Door) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    own.write("bomb.yaml", bomb)
    assert "bomb.yaml" in own.refused("add", "bomb.yaml").err


def test_all_problems_of_a_file_are_named_with_their_places(own: Door) -> None:
    own.write(
        "two.yaml",
        "- id: x-1\n  kind: source\n  title: X\n  source_kind: rumour\n  published: soon\n",
    )
    text = own.refused("add", "two.yaml").err
    assert "2 problems" in text
    assert "two.yaml:4, entry x-1, field source_kind" in text
    assert "two.yaml:5, entry x-1, field published" in text


def test_an_id_that_is_taken(own: Door) -> None:
    own.write("taken.yaml", "- {id: src-gacc103, kind: source, title: X, source_kind: press}\n")
    own.refused("add", "taken.yaml")


def test_a_row_of_a_file_of_shipments(comity: Door) -> None:
    comity.write("s.csv", "from,to,goods,on\nJPN,CHN,HS2022:03,2023-11-16\nJPN,XXX,HS2022:03,\n")
    text = comity.refused("applies", "--file", "s.csv").err
    assert "s.csv" in text
    assert "row 3" in text  # the header is row 1, as in a spreadsheet
    assert "XXX" in text


def test_a_file_of_shipments_without_a_column(comity: Door) -> None:
    comity.write("s.csv", "from,goods\nJPN,HS2022:03\n")
    assert "s.csv" in comity.refused("applies", "--file", "s.csv").err
