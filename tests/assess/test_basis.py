"""Every range says whether a source gives it, it is assumed, nobody knows it, or it was asked."""

from __future__ import annotations

import pytest

from comity.effects.market.inputs import Inputs, Options
from comity.market.assess import Question, assess
from comity.report.assessment import render_assessment

from .made import BAN, HOME, measure, write_measures

SHELLS = {"from": "2027-01-01", "goods": "[HS2022:0307]"}


def bases(found):
    return {one["name"]: one["basis"] for one in found.as_dict(variance=False)["assumptions"]}


def proposed(folder, options=None, question=None, **fields):
    new = write_measures(folder / "new.yaml", measure("asked", **{**SHELLS, **fields}))
    options = Options(draws=4) if options is None else options
    return assess(Question(new=new, market=HOME, **(question or {})), None, options, world=False)


def one(found, start):
    (basis,) = {basis for name, basis in found.items() if name.startswith(start)}
    return basis


def test_a_licence_of_which_the_record_does_not_say_what_it_holds_back(tmp_path):
    licence = {"measure_kind": "import_licence"}
    found = proposed(tmp_path, **licence)
    said = bases(found)
    assert one(said, "ban:scallops") == "not on record"
    assert one(said, "sigma:scallops") == "sourced"
    assert one(said, "eta") == "assumed"
    assert one(said, "duty") == "assumed"
    assert one(said, "route:") == "sourced"
    told = bases(proposed(tmp_path, question={"coverage": (0.2, 0.4)}, **licence))
    assert one(told, "ban:scallops") == "as asked"
    held = bases(proposed(tmp_path, Options(draws=4, fixed={"eta": 0.6}), **licence))
    assert one(held, "eta") == "as asked"
    page = render_assessment(found.as_dict(variance=False), "md", full=True)
    (line,) = {x for x in page.splitlines() if x.startswith("| ban:scallops")}
    assert line.rstrip(" |").endswith("not on record")


@pytest.mark.parametrize(("areas", "known"), [("[JP-01]", "sourced"), ("[JP-03]", "not on record")])
def test_shares_of_areas(tmp_path, areas, known):
    """Of Hokkaido a source tells the share in scallops for China; of Iwate alone none does."""
    said = bases(proposed(tmp_path, areas=areas))
    assert one(said, "ban in areas:scallops") == known
    assert one(said, "inner:") == "assumed"
    assert one(said, "areas elsewhere:") == "not on record"


def test_goods_of_which_values_by_code_are_not_there(tmp_path):
    said = bases(proposed(tmp_path, goods="[HS2022:160552]"))
    assert one(said, "goods:other_seafood") == "not on record"


def test_the_duty_as_known_on_a_day_is_assumed(record):
    found = assess(Question((BAN,), public_on="2023-08-24"), record, Options(draws=4), world=False)
    assert bases(found)["duty"] == "assumed"


def test_bases_are_kept_with_a_run(tmp_path):
    found = proposed(tmp_path, measure_kind="import_licence")
    assert Inputs.from_dict(found.inputs.as_dict()).basis == found.inputs.basis
    again = type(found.case).from_dict(found.case.as_dict())
    assert [rule.basis for rule in again.rules] == [rule.basis for rule in found.case.rules]
