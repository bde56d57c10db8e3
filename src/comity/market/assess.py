"""From measures, on record or proposed, to an assessment: the one way in for every door."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from comity.effects.market.inputs import Options
from comity.market.assessment import Assessment, Begin, Progress, run
from comity.market.beside_world import beside_world
from comity.market.from_data import market_from_data
from comity.record.entry import Entry
from comity.record.reading import Reading
from comity.record.scopes import Get, opened
from comity.record.view import View
from comity.scenario.inforce import Record
from comity.scenario.market_ask import Ask, area_codes, begun
from comity.scenario.market_case import MarketCase
from comity.scenario.market_measures import case_of
from comity.scenario.proposed import proposed
from comity.trade.drawing import Total
from comity.trade.elasticity_choice import HORIZONS
from comity.trade.market_baseline import MarketBaseline
from comity.trade.market_choice import market_for
from comity.trade.markets import market, totals
from comity.words.errors import InputError, NotFound, Place
from comity.words.goods import GoodsCode
from comity.words.vocabulary import term_label

Day = str | dt.date | None


@dataclass(frozen=True)
class Question:
    """What is asked: measures, the market, how they are looked at, and from where in time.

    measures : ids of the record;  new : a file with a measure that is not on record
    market : a baseline's name or folder; `None`: the one that knows the goods and economies best
    data, year : an imported data set of flows to build a market from, where none is shipped
    areas, excepting : of a lifting, as a user names them (codes, names, ``@groups``, an economy)
    """

    measures: tuple[str, ...] = ()
    new: Path | None = None
    market: str | Path | None = None
    data: str | None = None
    year: int | None = None
    lift: bool = False
    areas: tuple[str, ...] = ()
    excepting: tuple[str, ...] = ()
    coverage: tuple[float, float] | None = None
    cost: tuple[float, float] | None = None
    rate: tuple[float, float] | None = None
    limit: tuple[float, float] | None = None
    over: float | None = None
    plants: tuple[float, float] | None = None
    horizon: str = "short"
    known_on: str | None = None
    public_on: Day = None


def assess(
    question: Question,
    record: Record | None,
    options: Options | None = None,
    *,
    world: bool = True,
    progress: Progress | None = None,
    keep: Path | None = None,
    threads: int | None = None,
    begin: Begin | None = None,
) -> Assessment:
    """The effects of measures on a market, with intervals. `record` is an opened store.

    With `public_on` the record is read as public by that day, and so is the market. Raises
    `InputError` and its kin for what cannot be asked, `ModelError` for what has no answer.
    """
    options = Options() if options is None else options
    case, baseline, known = resolved(question, record)
    return run(
        case,
        baseline,
        known,
        options,
        beside=beside_world(case, baseline) if world else None,
        progress=progress,
        keep=keep,
        threads=threads,
        begin=begin,
    )


def resolved(
    question: Question, record: Record | None
) -> tuple[MarketCase, MarketBaseline, tuple[Total, ...]]:
    """The question on its market: what `run` solves. Nothing is solved here."""
    view = View.of(None, question.known_on, question.public_on)
    reading = None if record is None else Reading(record.log, view)
    get: Get = (lambda _: None) if reading is None else reading.get
    entries: list[Entry] = []
    _check(question)
    if question.measures:
        if reading is None:
            raise InputError("measures of the record are named, and no record was given")
        for one in dict.fromkeys(question.measures):
            entry = _entry(reading, one)
            if entry.kind != "measure":
                raise InputError(
                    f"{one} is of the kind {entry.kind}, not a measure",
                    mend="list measures with: comity measures",
                )
            entries.append(entry)
    if question.new is not None:
        entries += proposed(question.new)
    if not entries:
        raise InputError(
            "no measure is named", mend="give the id of one, or a proposal with --new FILE"
        )
    for entry in entries:
        if entry.value("flow") not in ("import", "export"):
            kind = term_label("measure_kind", entry.value("measure_kind"))
            raise InputError(
                f"{entry.id} ({kind}) bears on people, and the market model has goods only",
                mend="ask about a measure on goods",
            )
    ask = Ask(
        lift=question.lift,
        areas=area_codes(question.areas, get) if question.areas else None,
        excepting=area_codes(question.excepting, get),
        coverage=question.coverage,
        cost=question.cost,
        rate=question.rate,
        limit=question.limit,
        over=question.over,
        plants=question.plants,
        horizon=question.horizon,
    )
    if (question.areas or question.excepting) and not question.lift:
        raise InputError(
            "areas are named, and nothing is lifted",
            mend="add --lift; the areas of a measure on record are those of the record",
        )
    baseline = _market(question, entries, get)
    views = [("known_on", question.known_on), ("public_on", question.public_on)]
    case = case_of(
        entries,
        baseline,
        ask,
        reading,
        get=get,
        views=[(name, str(value)) for name, value in views if value is not None],
    )
    if question.data is not None:
        return case, baseline, ()
    name = question.market if question.market is not None else baseline.name
    return case, baseline, totals(name, public_on=_day(question.public_on))


def _check(question: Question) -> None:
    """Raises `InputError` for parts of a question that contradict each other, or say nothing."""
    if question.horizon not in HORIZONS:
        raise InputError(
            f"no horizon {question.horizon!r}",
            where=Place(field="horizon"),
            mend=f"one of {', '.join(HORIZONS)}",
        )
    if question.year is not None and question.data is None:
        raise InputError(
            "a year is named, and a shipped market has its own",
            where=Place(field="year"),
            mend="name imported flows with --data too, or another market with --market",
        )
    if question.data is not None and question.market is not None:
        raise InputError(
            "a market is named, and data to build another from",
            where=Place(field="data"),
            mend="give --market or --data",
        )


def _entry(reading: Reading, name: str) -> Entry:
    try:
        return reading.entry(name)
    except NotFound as error:
        known = [entry.id for entry in reading.entries("measure")]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
        if near:
            error.mend = f"did you mean {near[0]}?"
        raise


def _day(value: Day) -> dt.date | None:
    if value is None or isinstance(value, dt.date):
        return value
    return View.of(None, None, value).public_on


def _market(question: Question, entries: Sequence[Entry], get: Get) -> MarketBaseline:
    public_on = _day(question.public_on)
    if question.market is not None:
        return market(question.market, public_on=public_on)
    goods = [GoodsCode.parse(c) for e in entries for c in opened(e.list("goods"), "goods", get)]
    first = entries[0]
    imports = first.value("flow") == "import"
    mine, other = _one(first.list("imposers")), _one(_named(first))
    importer, exporter = (mine, other) if imports else (other, mine)
    start = begun(first.day("from"))
    year = None if start is None else dt.date.fromordinal(start).year - 1
    if question.data is not None:
        concerned = [*first.list("imposers"), *_named(first)]
        return market_from_data(question.data, goods, concerned, question.year, year)
    found = market_for(goods, exporter, importer, year, public_on=public_on)
    return market(found[0].name, public_on=public_on)


def _named(entry: Entry) -> list[str]:
    targets = entry.value("targets")
    return list(targets.get("only", ())) if isinstance(targets, dict) else []


def _one(codes: Iterable[str]) -> str | None:
    listed = list(codes)
    return listed[0] if listed else None
