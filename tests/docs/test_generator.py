"""The runner of examples: what it takes as true, and how it shortens."""

from __future__ import annotations

import pytest

from scripts.generate_reference import blocks, matches, refreshed

GOT = ["one", "two", "three", "four", "five"]


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (GOT, True),
        (["one", "…"], True),
        (["one", "…", "five"], True),
        (["…", "three", "…"], True),
        (["one", "…", "three", "…", "five"], True),
        (["one"], False),
        (["two", "…"], False),
        (["one", "…", "four"], False),
        (["one", "two", "…", "three", "four", "five"], True),
        ([], False),
    ],
)
def test_matches(wanted: list[str], holds: bool) -> None:
    assert matches(wanted, GOT) is holds


def test_own_instants_may_differ_and_the_packs_may_not() -> None:
    assert matches(["at 2026-11-25T01:02:03.5Z"], ["at 2027-01-01T00:00:00Z"])
    assert not matches(["at 2026-11-25T00:00:00Z"], ["at 2027-01-01T00:00:00Z"])


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ([], GOT),
        (["old", "…"], ["one", "…"]),
        (["old", "…", "old"], ["one", "…", "five"]),
        (["old", "…", "thre", "…"], ["one", "…", "three", "…"]),
        (["one", "…", "five"], ["one", "…", "five"]),
    ],
)
def test_refreshed(wanted: list[str], shown: list[str]) -> None:
    assert refreshed(wanted, GOT) == shown


def test_blocks() -> None:
    text = '# A\n\n```yaml title="a.yaml"\n- id: x\n```\n\n```console\n$ make run\n```\n'
    one, two = blocks(text)
    assert (one.language, one.title, one.lines, one.runs) == ("yaml", "a.yaml", ["- id: x"], False)
    assert (two.language, two.lines, two.runs) == ("console", ["$ make run"], False)
