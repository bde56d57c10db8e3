"""What the pages stand on: what is kept, what was asked, bars in time, questions written down."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.datastructures import QueryParams

from comity.documents.passages import Passage, sha256_of
from comity.market.asking import options_of
from comity.market.assess import Question, assess
from comity.market.simulate import simulate
from comity.market.written import as_command, as_python, as_scenario
from comity.opened import OpenRecord
from comity.report.beside import beside, rows
from comity.report.measure_bars import SCALE, chart
from comity.report.sheet import Grid
from comity.scenario.draft import MeasureRow, TariffRow, draft
from comity.scenario.file import parse_scenario
from comity.web.asked import Asked, linked
from comity.words.errors import InputError, ValidationError
from tests.cli.door import Door

BAN = "cn-seafood-ban-2023"


@pytest.fixture(scope="module")
def record(loaded_store: Path) -> Any:
    with OpenRecord(loaded_store) as opened:
        yield opened


# ---------------------------------------------------------------------------------- what was asked


def test_an_empty_value_was_not_given() -> None:
    asked = Asked(QueryParams("a=&b=+x+&c=1&d=a,b&d=b,c&n=012&as_of=2023-11-16&known_on="))
    assert asked.text("a") is None
    assert asked.text("b") == "x"
    assert asked.all("d") == ["a", "b", "c"]
    assert asked.ticked("c")
    assert not asked.ticked("a")
    assert asked.whole("n") == 12
    assert asked.kept() == {"as_of": "2023-11-16"}
    assert asked.address("/entries/x") == "/entries/x?as_of=2023-11-16"
    assert asked.address("/x", q="a&b") == "/x?as_of=2023-11-16&q=a%26b"
    assert linked("/a b", {"x": ["1", "2"], "y": None}) == "/a%20b?x=1&x=2"


@pytest.mark.parametrize("value", ["-1", "1.5", "１２", "x", "9" * 20])
def test_no_whole_number(value: str) -> None:
    with pytest.raises(InputError, match="no whole number"):
        Asked(QueryParams({"n": value})).whole("n")


def test_hidden_characters_and_floods_are_refused() -> None:
    with pytest.raises(ValidationError):
        Asked(QueryParams({"q": "a\u202eb"})).text("q")
    with pytest.raises(InputError, match="too many"):
        Asked(QueryParams({"q": "x" * 2_001})).text("q")


# ------------------------------------------------------------------------------------ bars in time


def _row(start: str | None, until: str | None = None, *suspended: tuple[str, str | None]) -> Any:
    parts = [{"from": a, "until": b} for a, b in suspended]
    return {"id": "m", "from": start, "until": until, "suspensions": parts}


def _day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


def _one(row: Any, day: str) -> list[tuple[str, int, int]]:
    """The stretches of one measure, in days from the first of January of the axis's first year."""
    low = dt.date(dt.date.fromordinal(_day(day) - 365).year, 1, 1).toordinal()
    made = chart([("A", "B", [row])], _day(day))
    (bar,) = made.groups[0].bars
    span = SCALE / made.day * (_day(day) - low) if made.day else 1
    return [
        (s.kind, round(s.start * span / SCALE), round((s.start + s.width) * span / SCALE))
        for s in bar.stretches
    ]


def test_a_measure_in_force_runs_to_the_day_of_the_view() -> None:
    ((kind, start, end),) = _one(_row("2023-08-24"), "2023-12-31")
    assert kind == "in_force"
    # From 2022-01-01: day 600 is 2023-08-24, day 729 is 2023-12-31.
    assert abs(start - 600) <= 1
    assert abs(end - 729) <= 1


def test_an_end_not_known_to_the_day_is_not_drawn_as_sure() -> None:
    found = _one(_row("2022-03", "2023"), "2023-12-31")
    assert [kind for kind, _, _ in found] == ["unsure", "in_force", "unsure"]
    (_, a, b), (_, c, d), (_, e, f) = found
    assert (a, b) == pytest.approx((59, 89), abs=1)  # March 2022
    assert (c, d) == pytest.approx((89, 366), abs=2)
    assert (e, f) == pytest.approx((365, 729), abs=1)  # some day of 2023


def test_what_is_announced_is_planned() -> None:
    made = chart([("A", "B", [_row("2024-02-01", "2024-06-30")])], _day("2023-12-31"))
    assert [s.kind for s in made.groups[0].bars[0].stretches] == ["planned"]
    assert made.day < SCALE


def test_a_suspension_is_marked_and_an_unknown_begin_is_left_out() -> None:
    kinds = [
        s[0] for s in _one(_row("2022-01-01", None, ("2023-02-01", "2023-05-31")), "2023-12-31")
    ]
    assert kinds == ["in_force", "suspended"]
    assert _one(_row(None), "2023-12-31") == []
    assert [s[0] for s in _one(_row("..2023-06-30"), "2023-12-31")] == ["in_force"]


def test_nothing_lies_outside_of_the_axis(record: OpenRecord) -> None:
    for day in ("2015-01-01", "2023-11-16", "2026-11-25"):
        rows = record.measures(ended=True, as_of=day)
        made = chart([("CHN", "JPN", rows)], _day(day))
        for bar in made.groups[0].bars:
            for one in bar.stretches:
                assert 0 <= one.start <= SCALE
                assert one.start + one.width <= SCALE + 4
        assert list(made.years) == sorted(made.years)


# ------------------------------------------------------------------------- passages, in context


def test_a_passage_stands_in_its_context() -> None:
    text = "One two three. Four five six. Seven eight nine."
    start = text.index("Four")
    passage = Passage("d", start, start + 14, sha256_of(text[start : start + 14].encode()))
    assert passage.text_in(text) == "Four five six."
    assert passage.around(text) == ("One two three. ", " Seven eight nine.")
    assert passage.around(text, 9) == ("…three. ", " Seven…")


# --------------------------------------------------------------------------- questions written down


def test_the_command_and_the_lines_ask_the_same(
    record: OpenRecord, loaded_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = Question(measures=(BAN,), horizon="long", lift=True, areas=("Hokkaido",))
    options = options_of(draws=16, seed=3, fixed={"sigma": 4.0})
    made = assess(question, record, options, world=False)
    words = shlex.split(as_command(question, options, world=False))
    assert words[0] == "comity"
    told = Door(loaded_store, tmp_path)(*words[1:], "--format", "json").json
    assert told["run_id"] == made.run_id
    monkeypatch.setenv("COMITY_DB", str(loaded_store))
    names: dict[str, Any] = {}
    exec(as_python(question, options, world=False), names)
    assert names["made"].run_id == made.run_id


def test_what_is_as_usual_is_not_said() -> None:
    assert as_command(Question(measures=(BAN,)), options_of(draws=1024)) == f"comity assess {BAN}"
    spans = Question(measures=("a", "b"), coverage=(0.1, 0.3), rate=(0.1, 0.1), over=0.2)
    words = as_command(spans, options_of(draws=1024), world=False)
    assert words == "comity assess a b --coverage 0.1-0.3 --rate 0.1 --over 0.2 --no-world"


def test_the_scenario_file_has_the_same_effects(record: OpenRecord) -> None:
    question, options = Question(measures=(BAN,)), options_of(draws=16)
    made = assess(question, record, options, world=False)
    data = made.as_dict(variance=False)
    text = as_scenario(question, options, data, {BAN: "2023-08-24"})
    assert text is not None
    assert simulate(parse_scenario(text), record).effects() == made.effects()


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        (Question(measures=(BAN,), lift=True), {BAN: "2023-08-24"}),
        (Question(measures=(BAN,), coverage=(0.1, 0.2)), {BAN: "2023-08-24"}),
        (Question(measures=(BAN, "b")), {BAN: "2023-08-24", "b": "2024-01-01"}),
        (Question(measures=(BAN,)), {BAN: None}),
    ],
)
def test_what_a_file_cannot_say_is_left_to_the_command(question: Question, begins: Any) -> None:
    made = {"title": "x", "baseline": {"name": "y"}}
    assert as_scenario(question, options_of(draws=16), made, begins) is None


def test_a_draft_is_the_file_that_the_form_says() -> None:
    text = draft(
        title="Ten: and # more",
        tariffs=[TariffRow("United States", "China, Mexico", "add", "10%")],
        measures=[MeasureRow(BAN, "0.53%", "a share")],
        before="2023-08-23",
        after="2023-11-16",
    )
    scenario = parse_scenario(text)
    assert scenario.title == "Ten: and # more"
    assert scenario.before.as_of == dt.date(2023, 8, 23)
    (change,) = scenario.after.changes
    assert change.imports_from is not None
    assert change.imports_from.names == ("China", "Mexico")
    assert (change.kind, change.operation) == ("tariff", "add")
    assert change.value == pytest.approx(0.1)
    (measure,) = scenario.measures
    assert (measure.id, measure.because) == (BAN, "a share")
    assert measure.coverage == pytest.approx(0.0053)
    assert yaml.safe_load(draft(title="", tariffs=[TariffRow("USA", "all", "to", "5%")]))["to"] == {
        "changes": [{"by": "USA", "tariff": {"on_imports_from": "all", "to": "5%"}}]
    }


def test_a_draft_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="nothing to compare"):
        draft(title="x")
    with pytest.raises(InputError, match="two days"):
        draft(title="x", measures=[MeasureRow(BAN, "", "")], after="2023-11-16")
    with pytest.raises(InputError, match="cannot be"):
        draft(title="x", tariffs=[TariffRow("USA", "all", "minus", "5%")])


# ------------------------------------------------------------------------------ beside each other


def test_two_answers_beside_each_other(record: OpenRecord) -> None:
    first = assess(Question(measures=(BAN,)), record, options_of(draws=16), world=False).as_dict()
    other = assess(
        Question(measures=(BAN,), horizon="long"), record, options_of(draws=16), world=False
    ).as_dict()
    found = {
        (r["quantity"], r["exporter"], r["importer"], r["goods"]): r for r in rows(first, other)
    }
    for data, name in ((first, "first"), (other, "second")):
        for row in data["effects"]:
            key = (row["quantity"], row["exporter"], row["importer"], row["goods"])
            assert found[key][name] == row["median"]
    one = found["producer_surplus", "JPN", "", "seafood"]
    assert one["difference"] == pytest.approx(one["second"] - one["first"])
    sheet = beside(first, other)
    text = str(sheet)
    assert "short" in text
    assert "long" in text
    same = beside(first, first)
    for section in same.sections[1:]:
        for block in section.blocks:
            assert isinstance(block, Grid)
            assert {row[-1] for row in block.rows} <= {"0", "0.0", "0.00", "–"}


def test_unlike_answers_are_not_compared(record: OpenRecord) -> None:
    made = assess(Question(measures=(BAN,)), record, options_of(draws=16), world=False).as_dict()
    with pytest.raises(InputError, match="no quantity in common"):
        beside(made, {**made, "model": "world"})


# -------------------------------------------------------------------------------------- relations


def test_the_relations_on_record(record: OpenRecord) -> None:
    (only,) = record.relations()
    assert (only["id"], only["title"], only["issues"]) == ("CHN-JPN", "China – Japan", 12)


def test_a_relation_in_one_reading_is_what_its_parts_are(record: OpenRecord) -> None:
    view = {"as_of": "2023-11-16", "public_on": "2023-11-16"}
    whole = record.relation("China", "JPN", filters={"since": "2023", "kind": ""}, **view)
    assert whole["brief"] == record.brief("CHN", "JPN", **view)  # type: ignore[arg-type]
    assert whole["timeline"] == record.timeline("CHN", "JPN", **view)  # type: ignore[arg-type]
    assert whole["filtered"] == record.timeline("CHN", "JPN", since="2023", **view)  # type: ignore[arg-type]
    for imposer, target, listed in whole["measures"]:
        assert listed == record.measures(imposer=imposer, target=target, ended=True, **view)  # type: ignore[arg-type]


def test_what_entries_name_is_read_in_one_go(record: OpenRecord, monkeypatch) -> None:
    """A page of a relation takes some queries, not one for each entry that another names."""
    asked: list[Any] = []
    before = type(record.log).entries

    def counting(self: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(kwargs)
        return before(self, *args, **kwargs)

    monkeypatch.setattr(type(record.log), "entries", counting)
    record.relation("CHN", "JPN", as_of="2024-06-01")
    assert len(asked) < 20
