"""Reading a scenario file: YAML text to a `Scenario`, every problem of the file in one error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from comity.record.convert import SLUG
from comity.record.validate import raise_problems
from comity.record.view import View
from comity.record.yamlfile import Mapping, Text, parse_yaml, read_text
from comity.scenario.baselines import OPTIONS
from comity.scenario.contents import (
    SHIPPED,
    VERSION,
    BaselineChoice,
    ListedChange,
    MarketModel,
    MeasureChoice,
    ModelChoice,
    Scenario,
    State,
)
from comity.scenario.fields import Fields, Problems, elasticity, number, rate, whole, wrong
from comity.scenario.listed import CHANGE_KEYS, MEASURE_KEYS, listed_change, measure_choice
from comity.scenario.market_model import KEYS as MARKET_KEYS
from comity.scenario.market_model import MARKET, asks_for_market, market_model
from comity.trade.reading import FORMATS, NEEDS_THETA, SHIPPED_OPTIONS
from comity.trade.table_cleaning import INVENTORIES
from comity.words.errors import ComityError, Place

FIRST_KEY = "comity-scenario"
MAX_BYTES = 4 * 1024 * 1024
KEYS = (FIRST_KEY, "title", "question", "note", "baseline", "model", "from", "to", "measures")
BASELINE_KEYS = ("name", "file", "format", "path", *OPTIONS)
MODEL_KEYS = ("name", "deficits", "engine", "tolerance", "theta", "path_steps", "seed")
MODELS = ("world", MARKET)
STATE_KEYS = ("as_of", "known_on", "public_on", "prorate", "changes")


def read_scenario(path: str | Path) -> Scenario:
    """The scenario in a file. Raises `FileError`, or `ValidationError` with all its problems."""
    return parse_scenario(read_text(Path(path), limit=MAX_BYTES), str(path))


def parse_scenario(text: str, file: str = "scenario") -> Scenario:
    """The scenario in a text; `file` is what errors call it. Raises as `read_scenario`."""
    made, problems = parse_partly(text, file)
    raise_problems(problems, "the scenario")
    assert made is not None
    return made


def read_partly(path: str | Path) -> tuple[Scenario | None, list[ComityError]]:
    """What of a scenario file can be read, and every problem of it, so that what rests on the rest
    can be looked at as well. Raises `FileError`, and `ValidationError` for what is no YAML."""
    return parse_partly(read_text(Path(path), limit=MAX_BYTES), str(path))


def parse_partly(text: str, file: str) -> tuple[Scenario | None, list[ComityError]]:
    """The same for a text."""
    raw = parse_yaml(text, file)
    problems = Problems(file)
    made = _scenario(raw, problems)
    return made, problems.found


def _scenario(raw: Any, problems: Problems) -> Scenario | None:
    first = f"{FIRST_KEY}: {VERSION}"
    if not isinstance(raw, Mapping):
        where = Place(problems.file, getattr(raw, "line", 1), getattr(raw, "column", 1))
        problems.wrong("a scenario is a mapping of keys", where, f"begin the file with {first}")
        return None
    fields = Fields(raw, problems, "a scenario", KEYS)
    if FIRST_KEY not in raw:
        fields.missing(FIRST_KEY, f"begin the file with {first}")
    else:
        if next(iter(raw)) != FIRST_KEY:
            place = fields.key_place(FIRST_KEY)
            problems.wrong(f"{FIRST_KEY} is not the first key", place, f"begin with {first}")
        version = fields.text(FIRST_KEY)
        if version is not None and version != str(VERSION):
            problems.wrong(
                f"this is a scenario of version {version}, and this program reads {VERSION}",
                fields.place(FIRST_KEY),
                f"write {first}, or take a newer program",
            )
    title = fields.text("title")
    if "title" not in raw:
        fields.missing("title", "say in a line what is compared")
    if "to" not in raw:
        fields.missing("to", "write to: {as_of: 2023-11-16}, or to: {changes: […]}")
    problems.own_coverage = asks_for_market(raw.get("model"))
    before, after = _state(fields, "from"), _state(fields, "to")
    measures = _measures(fields)
    baseline, model = _baseline(fields), _model(fields)
    _coverage_once(measures, before, after, problems)
    return Scenario(
        title=title or "",
        after=after,
        before=before,
        baseline=baseline,
        model=model,
        measures=measures,
        question=fields.text("question"),
        note=fields.text("note"),
        file=problems.file,
        places=fields.places(),
    )


# ---- baseline and model --------------------------------------------------------------------------


def _baseline(outer: Fields) -> BaselineChoice:
    if "baseline" not in outer:
        return BaselineChoice()
    if isinstance(outer.raw["baseline"], Text):
        name = outer.text("baseline")
        return BaselineChoice(name=name, places={"": outer.place("baseline")})
    fields = outer.mapping("baseline", "the baseline", BASELINE_KEYS)
    if fields is None:
        return BaselineChoice()
    kinds = [key for key in ("name", "file", "format") if key in fields]
    if len(kinds) > 1:
        fields.only_one(kinds)
    if "format" in fields and "path" not in fields:
        fields.missing("path", "name the file or folder, relative to this file")
    if "path" in fields and "format" not in fields:
        fields.missing("format", f"one of {', '.join(FORMATS)}")
    form = fields.choice("format", tuple(FORMATS))
    shipped = not kinds or kinds[0] == "name"
    takes = SHIPPED_OPTIONS if shipped else FORMATS[form][2] if form else ()
    for key in OPTIONS if shipped or form or "file" in fields else ():
        if key in fields and key not in takes:
            what = "a shipped baseline" if shipped else form or "a saved baseline"
            fields.problems.wrong(
                f"{key} is no option of {what}",
                fields.key_place(key),
                f"it takes {', '.join(takes)}" if takes else "leave it out",
            )
    theta = fields.by_label("theta", elasticity)
    if isinstance(theta, tuple) and form not in NEEDS_THETA:
        fields.problems.wrong(
            "theta by sector is for input-output tables",
            fields.place("theta"),
            "give one number; set theta under model: to replace elasticities by sector",
        )
    if form in NEEDS_THETA and "theta" not in fields:
        fields.missing("theta", "write a trade elasticity, one number or by sector")
    name = fields.text("name")
    return BaselineChoice(
        name=(name or SHIPPED) if shipped else None,
        file=fields.text("file"),
        format=form,
        path=fields.text("path"),
        theta=theta,
        gamma=fields.value("gamma", _gamma),
        gaps=fields.choice("gaps", ("keep", "drop", "fill")),
        gdp=fields.text("gdp"),
        year=fields.value("year", _year),
        economies=fields.labels("economies"),
        sectors=fields.renamed("sectors"),
        inventories=fields.choice("inventories", INVENTORIES),
        places=fields.places(),
    )


def _gamma(text: str) -> float:
    value = number(text)
    if not 0.0 < value <= 1.0:
        raise wrong(
            f"gamma is {text}",
            "the share of value added in output is above 0 and not above 1: write 0.5",
        )
    return value


def _tolerance(text: str) -> float:
    value = number(text, percent=False)
    if not 1e-14 <= value < 1e-2:
        raise wrong(f"the tolerance is {text}", "write one from 1e-14 to below 1e-2, such as 1e-10")
    return value


def _steps(text: str) -> int:
    value = whole(text)
    if not 1 <= value <= 100_000:
        raise wrong(f"path_steps is {text}", "write a whole number of 1 or more, such as 32")
    return value


def _seed(text: str) -> int:
    value = whole(text)
    if value < 0:
        raise wrong(f"the seed is {text}", "write a whole number of 0 or more")
    return value


def _model(outer: Fields) -> ModelChoice:
    if isinstance(outer.raw.get("model"), Text):
        name = outer.choice("model", MODELS)
        market = MarketModel() if name == MARKET else None
        return ModelChoice(name or "world", market=market, places={"": outer.place("model")})
    if outer.problems.own_coverage:
        inside = outer.mapping("model", "the market model", MARKET_KEYS)
        assert inside is not None
        seed = inside.value("seed", _seed)
        return ModelChoice(
            MARKET, seed=seed or 0, market=market_model(inside), places=inside.places()
        )
    fields = outer.mapping("model", "the model", MODEL_KEYS)
    if fields is None:
        return ModelChoice()
    deficits: str | float | None
    if isinstance(fields.raw.get("deficits"), Mapping):
        inner = fields.mapping("deficits", "deficits", ("scale",))
        assert inner is not None
        if "scale" not in inner:
            inner.missing("scale", "write {scale: 0.5} to halve them")
        deficits = inner.value("scale", _scale)
    else:
        deficits = fields.choice("deficits", ("kept", "none", "ratio"))
    seed = fields.value("seed", _seed)
    return ModelChoice(
        name=fields.choice("name", MODELS) or "world",
        deficits="kept" if deficits is None else deficits,
        engine=fields.choice("engine", ("auto", "numpy", "numba")) or "auto",
        tolerance=fields.value("tolerance", _tolerance),
        theta=fields.by_label("theta", elasticity),
        path_steps=fields.value("path_steps", _steps),
        seed=seed or 0,
        places=fields.places(),
    )


def _scale(text: str) -> float:
    value = rate(text)
    if value < 0.0:
        raise wrong(f"deficits cannot be scaled by {text}", "write 0 or more; 0.5 halves them")
    return value


# ---- states --------------------------------------------------------------------------------------


def _state(outer: Fields, key: str) -> State:
    if key not in outer:
        return State()
    raw = outer.raw[key]
    if isinstance(raw, Text):
        outer.choice(key, ("baseline",))
        return State(places={"": outer.place(key)})
    fields = outer.mapping(key, f"the state {key}", STATE_KEYS)
    if fields is None:
        return State()
    if not raw:
        outer.problems.wrong(f"the state {key} is empty", outer.place(key), "write baseline")
    as_of = fields.day("as_of")
    for name in ("known_on", "public_on", "prorate"):
        if name in fields and "as_of" not in fields:
            fields.problems.wrong(
                f"{name} needs as_of beside it",
                fields.key_place(name),
                "add as_of: the day of the world at which the rules are read",
            )
    return State(
        as_of=as_of,
        known_on=fields.value("known_on", _instant),
        public_on=fields.day("public_on"),
        prorate=fields.value("prorate", _year),
        changes=_changes(fields),
        places=fields.places(),
    )


def _instant(text: str) -> str:
    View.of(known_on=text)
    return text


def _year(text: str) -> int:
    value = whole(text)
    if not 1000 <= value <= 9000:
        raise wrong(f"{text!r} is not a calendar year", "write it in four digits: 2023")
    return value


def _changes(outer: Fields) -> tuple[ListedChange, ...]:
    if "changes" not in outer:
        return ()
    raw = outer.raw["changes"]
    if not isinstance(raw, list) or not raw:
        outer.problems.wrong(
            "changes is a list of at least one change", outer.place("changes"), "- by: …"
        )
        return ()
    found = []
    for n, item in enumerate(raw):
        path = f"{outer.path}.changes.{n}"
        if not isinstance(item, Mapping):
            where = Place(
                outer.problems.file,
                getattr(item, "line", None),
                getattr(item, "column", None),
                field=path,
            )
            outer.problems.wrong("a change is a mapping of keys", where, "- by: … / tariff: {…}")
            continue
        noted = len(outer.problems.found)
        fields = Fields(item, outer.problems, "a change", CHANGE_KEYS, path)
        change = listed_change(fields, noted)
        if change is not None:
            found.append(change)
    return tuple(found)


# ---- measures ------------------------------------------------------------------------------------


def _measures(outer: Fields) -> tuple[MeasureChoice, ...]:
    if "measures" not in outer:
        return ()
    raw = outer.raw["measures"]
    if not isinstance(raw, Mapping):
        named = next((str(i) for i in raw if isinstance(i, str)), None) or "cn-…"
        outer.problems.wrong(
            "measures is a mapping: an id, and under it the coverage and where that comes from",
            outer.place("measures"),
            f"{named}: {{coverage: 0.4, because: …}}",
        )
        return ()
    found = []
    for name, item in raw.items():
        place = Place(
            outer.problems.file,
            raw.key_lines[name],
            raw.key_columns[name],
            field=f"measures.{name}",
        )
        if not SLUG.match(name):
            outer.problems.wrong(
                f"{name!r} is not an id", place, "ids are small letters, digits and hyphens"
            )
        if not isinstance(item, Mapping):
            if outer.problems.own_coverage and item == "":
                found.append(MeasureChoice(name, places={"": place}))
                continue
            outer.problems.wrong(
                f"the measure {name} has no coverage",
                place,
                f"write {name}: {{coverage: 0.4, because: where the figure comes from}}",
            )
            continue
        noted = len(outer.problems.found)
        fields = Fields(
            item, outer.problems, f"the measure {name}", MEASURE_KEYS, f"measures.{name}"
        )
        found.append(measure_choice(fields, name, place, noted))
    return tuple(sorted(found, key=lambda choice: choice.id))


def _coverage_once(
    measures: tuple[MeasureChoice, ...], before: State, after: State, problems: Problems
) -> None:
    """A measure that a change names has its coverage in one place, and says the same everywhere."""
    listed = {choice.id for choice in measures}
    own: dict[str, MeasureChoice] = {}
    for change in (*before.changes, *after.changes):
        choice = change.measure
        if choice is None:
            continue
        bare = choice == MeasureChoice(choice.id)
        if choice.id in listed:
            if not bare:
                problems.wrong(
                    f"{choice.id} stands under measures already",
                    change.at("measure"),
                    "keep coverage and the rest there, and only measure: and change: here",
                )
        elif bare and not problems.own_coverage:
            problems.wrong(
                f"the measure {choice.id} has no coverage",
                change.at("measure"),
                f"write it under measures: {choice.id}: {{coverage: 0.4, because: …}}",
            )
        elif own.setdefault(choice.id, choice) != choice:
            problems.wrong(
                f"{choice.id} is described twice, in different ways",
                change.at("measure"),
                "describe it once under measures:",
            )
