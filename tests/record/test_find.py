"""Finding by words: case, diacritics, beginnings of words, scripts; only what the view holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from comity.opened import OpenRecord
from comity.words.errors import InputError
from tests.record.build import act, add, event, measure, revise


def ids(record: OpenRecord, words: str, **more: Any) -> list[str]:
    return [row["id"] for row in record.find(words, **more)]


ENTRIES = [
    event("scallops", title="Scallops from Hokkaidō", place="Türkiye"),
    event("xian", title="Talks in Xi'an", summary="The People's side spoke."),
    event("curly", title="Japan’s ‘treated’ water", names=["ALPS-treated water", "处理水"]),
    event("leaders", title={"en": "A meeting", "ja": "岸田文雄と習近平の会談"}),
    event("kana", title={"en": "Kana", "ja": "ガス と バス"}),
    event("number", title="Announcement No. 103 of 2023", names=["CO2", "3.5 m³"]),
    event("quote", title='The "big" one & (other) * things: AND OR NOT -x'),
    event("accents", title="Łódź, Straße, Ærø, İstanbul"),
    event("person", participants=[{"party": "JPN", "name": "Ōta Jirō", "role": "Envoy"}]),
    {
        "id": "kishida", "kind": "person", "party": "JPN",
        "name": {"en": "Fumio Kishida", "ja": "岸田文雄"},
        "offices": [{"title": "Prime Minister", "party": "JPN"}],
    },
]  # fmt: skip

FOUND = [
    ("hokkaido", "scallops"), ("HOKKAIDO", "scallops"), ("Hokkaidō", "scallops"),
    ("hokk", "scallops"), ("scal hok", "scallops"), ("hokkaido scallops", "scallops"),
    ("turkiye", "scallops"), ("TÜRKİYE", "scallops"), ("türk", "scallops"),
    ("Xi'an", "xian"), ("xi’an", "xian"), ("people's", "xian"), ("People’s side", "xian"),
    ("japan's", "curly"), ("'treated'", "curly"), ("ALPS-treated", "curly"), ("处理", "curly"),
    ("岸田", "kishida leaders"), ("岸田文雄", "kishida leaders"), ("岸田文雄と習近平", "leaders"),
    ("ガス", "kana"), ("ﾊﾞｽ", "kana"),
    ("103", "number"), ("co2", "number"), ("2023 announcement", "number"), ("3.5", "number"),
    ('"big"', "quote"), ("AND", "quote"), ("not or and", "quote"), ("big *", "quote"),
    ("lodz", "accents"), ("strasse", "accents"), ("aero", "accents"), ("istanbul", "accents"),
    ("ota jiro", "person"), ("envoy", "person"),
    ("KISHIDA fumio", "kishida"), ("prime minister", "kishida"), ("kishida", "kishida"),
]  # fmt: skip


@pytest.fixture
def filled(record: OpenRecord, tmp_path: Path) -> OpenRecord:
    add(record, tmp_path, *ENTRIES)
    return record


def test_what_is_found(filled: OpenRecord) -> None:
    missed = {}
    for words, expected in FOUND:
        found = ids(filled, words)
        if sorted(found) != expected.split():
            missed[words] = found
    assert missed == {}


@pytest.mark.parametrize(
    "words",
    ["okkaido", "hokkaido xian", "バガス", "nothing", "1033", "scallopss", "ハス", "田文"],
)
def test_what_is_not_found(filled: OpenRecord, words: str) -> None:
    assert ids(filled, words) == []


@pytest.mark.parametrize("words", ["", "  ", "***", "'", '"', "--", "!?"])
def test_nothing_to_look_for(filled: OpenRecord, words: str) -> None:
    with pytest.raises(InputError) as caught:
        filled.find(words)
    assert caught.value.mend


def test_kind_and_limit(filled: OpenRecord) -> None:
    assert ids(filled, "岸田", kind="person") == ["kishida"]
    assert len(ids(filled, "岸田", limit=1)) == 1


def test_economies_areas_and_goods_by_their_names(record: OpenRecord, tmp_path: Path) -> None:
    ban = measure("ban", "deed", areas=["JP-04"], goods=["HS2022:0307"])
    add(record, tmp_path, act("deed"), ban)
    assert ids(record, "miyagi") == ["ban"]
    assert set(ids(record, "japan")) == {"ban"}
    assert set(ids(record, "china")) == {"ban", "deed"}
    assert ids(record, "scallops") == ["ban"]  # 0307.21 is below 0307


def test_retracted_entries_are_not_found_unless_then(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, event("e", title="Aquaculture"))
    then = record.log.last_received()
    record.retract("e", why="wrong")
    assert ids(record, "aquaculture") == []
    assert ids(record, "aquaculture", received=then) == ["e"]
    revise(record, tmp_path, "e", title="Aquaculture again")
    assert ids(record, "aquaculture") == ["e"]


def test_earlier_words_are_matched_at_an_earlier_view_only(
    record: OpenRecord, tmp_path: Path
) -> None:
    add(record, tmp_path, event("e", title="Mackerel"))
    then = record.log.last_received()
    revise(record, tmp_path, "e", title="Saury")
    assert ids(record, "mackerel") == []
    assert ids(record, "saury") == ["e"]
    assert ids(record, "mackerel", received=then) == ["e"]
    assert ids(record, "saury", received=then) == []
    assert ids(record, "mackerel saury") == []


def test_words_of_later_claims_are_not_matched_before(record: OpenRecord, tmp_path: Path) -> None:
    remark = [{"value": "The last before the pandemic.", "from": "2020-03-11"}]
    add(record, tmp_path, event("e", on="2019-04-14", remark=remark))
    assert ids(record, "pandemic", as_of="2019-12-31") == []
    assert ids(record, "pandemic", as_of="2020-03-11") == ["e"]
    assert ids(record, "pandemic") == ["e"]


def test_many_old_revisions_do_not_hide_the_present_one(record: OpenRecord, tmp_path: Path) -> None:
    """The index holds every revision; the rows asked for are those of the view."""
    add(record, tmp_path, *(event(f"old-{n:02d}", title="Bonito bonito bonito") for n in range(3)))
    add(record, tmp_path, event("new", title="Here a bonito is named among many other words"))
    for n in range(3):
        for again in range(25):
            revise(record, tmp_path, f"old-{n:02d}", title=f"Bonito bonito bonito {again}")
        revise(record, tmp_path, f"old-{n:02d}", title="Something else")
    assert ids(record, "bonito", limit=1) == ["new"]
