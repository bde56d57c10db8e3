"""Reading measures and listed changes of a scenario file."""

from __future__ import annotations

from dataclasses import replace

from comity.record.convert import SLUG
from comity.record.yamlfile import Mapping
from comity.scenario.contents import KINDS, ByLabel, Effect, ListedChange, MeasureChoice, Who
from comity.scenario.fields import (
    Fields,
    factor,
    number,
    rate,
    share,
    share_range,
    wrong,
)
from comity.scenario.shock import MOST_RATE
from comity.words.errors import Place
from comity.words.goods import checked

MEASURE_KEYS = (
    *("coverage", "because", "sectors", "in_baseline", "as", "assume", "imposers", "partners"),
)
IN_BASELINE = ("yes", "no", "prorated")
ASSUME = ("in force", "not in force")
CHANGE_KEYS = ("by", *KINDS, "change", *MEASURE_KEYS)
MEASURE_CHANGES = ("impose", "lift", "suspend")
FLOW_KEYS = ("sectors", "goods", "goods_except", "coverage")
_TARIFFS = ("to", "add", "times")


def measure_choice(
    fields: Fields, name: str, place: Place, noted: int | None = None
) -> MeasureChoice:
    """The keys of a measure; coverage and its source are required, except where the model finds
    the coverage itself. `noted` is how many problems
    had been found before it was read at all."""
    noted = len(fields.problems.found) if noted is None else noted
    needed = not fields.problems.own_coverage
    if "coverage" not in fields and needed:
        fields.problems.wrong(
            f"the measure {name} has no coverage",
            place,
            "add coverage: 0.4, the share of the flow that it bears on, and because: its source",
        )
    if "because" not in fields and (needed or "coverage" in fields):
        fields.problems.wrong(
            f"the measure {name} does not say where its coverage comes from",
            place,
            "add because: …",
        )
    coverage, high = _coverage(fields)
    made = MeasureChoice(
        id=name,
        coverage=coverage,
        coverage_high=high,
        because=fields.text("because"),
        sectors=fields.labels("sectors"),
        in_baseline=fields.choice("in_baseline", IN_BASELINE) or "no",
        effect=_effect(fields),
        assume=fields.choice("assume", ASSUME),
        imposers=_named(fields, "imposers"),
        partners=_named(fields, "partners"),
        places={**fields.places(), "": place},
    )
    return replace(made, broken=len(fields.problems.found) > noted)


def _coverage(fields: Fields) -> tuple[ByLabel | None, ByLabel | None]:
    """Shares that are meant, and their upper ends where one is a range (market model only)."""
    if not fields.problems.own_coverage:
        return fields.by_label("coverage", share), None
    noted = len(fields.problems.found)
    low = fields.by_label("coverage", lambda text: share_range(text)[0])
    if len(fields.problems.found) > noted:
        return low, None
    high = fields.by_label("coverage", lambda text: share_range(text)[1])
    return low, None if high == low else high


def _named(fields: Fields, key: str) -> Who | None:
    return fields.who(key) if key in fields else None


def _effect(outer: Fields) -> Effect | None:
    """``ban``, ``{tariff: 10%}`` or ``{trade_cost: 1.05}``."""
    if not isinstance(outer.raw.get("as"), Mapping):
        kind = outer.choice("as", ("ban",))
        return None if kind is None else Effect("ban")
    fields = outer.mapping("as", "as", ("tariff", "trade_cost"))
    assert fields is not None
    kind = fields.only_one(("tariff", "trade_cost"))
    if kind is None:
        return None
    value = fields.value(kind, rate if kind == "tariff" else factor)
    return None if value is None else Effect(kind, value)


# ---- listed changes ------------------------------------------------------------------------------


def listed_change(fields: Fields, noted: int) -> ListedChange | None:
    """One change of a list; None where it is too broken to tell what it is (and noted). `noted` is
    how many problems had been found before: with any more the change is `broken`."""
    by = fields.who("by")
    if "by" not in fields:
        fields.missing("by", "name the economy that would make it: by: JPN")
    kind = fields.only_one(KINDS)
    if kind is None:
        return None
    if kind != "measure":
        for key in ("change", *(k for k in MEASURE_KEYS if k != "because")):
            if key in fields:
                fields.problems.wrong(
                    f"{key} does not stand beside {kind}",
                    fields.key_place(key),
                    f"put it inside {kind}:" if key in FLOW_KEYS else f"it goes with {KINDS[-1]}:",
                )
    made = {
        "tariff": _tariff,
        "ban": _ban,
        "lift": _ban,
        "trade_cost": _trade_cost,
        "productivity": _factors,
        "population": _factors,
        "tariff_schedule": _schedule,
        "exchange_rate": _exchange,
        "measure": _measure_change,
    }[kind](fields, kind, by or Who(None))
    if made is None:
        return None
    return replace(made, broken=len(fields.problems.found) > noted)


def _tariff(outer: Fields, kind: str, by: Who) -> ListedChange | None:
    fields = outer.mapping(kind, "a tariff", ("on_imports_from", *_TARIFFS, *FLOW_KEYS))
    if fields is None:
        return None
    if "on_imports_from" not in fields:
        fields.missing("on_imports_from", "name the economies whose goods it is on, or all")
    operation = fields.only_one(_TARIFFS)
    value = None
    if operation == "to":
        value = fields.value("to", _above_all)
    elif operation == "add":
        value = fields.value("add", rate)
    elif operation == "times":
        value = fields.value("times", _multiple)
    return _on_flows(outer, fields, kind, by, operation or "", value, "on_imports_from")


def _above_all(text: str) -> float:
    value = rate(text)
    if value <= -1.0:
        raise wrong(f"a tariff of {text} takes more than the whole price", "write more than -100%")
    return value


def _multiple(text: str) -> float:
    value = number(text, percent=False)
    if value < 0.0:
        raise wrong(f"a tariff cannot be scaled by {text}", "write 0 or more; 0.5 halves it")
    if value > MOST_RATE:
        raise wrong(f"a tariff cannot be scaled by {text}", f"write {MOST_RATE:g} or less")
    return value


def _ban(outer: Fields, kind: str, by: Who) -> ListedChange | None:
    fields = outer.mapping(kind, f"a {kind}", ("imports_from", "exports_to", *FLOW_KEYS))
    if fields is None:
        return None
    if "imports_from" not in fields and "exports_to" not in fields:
        fields.missing("imports_from", "name the partners: imports_from: or exports_to:")
    if kind == "lift" and "coverage" not in fields:
        fields.missing("coverage", "say which share of the flow the baseline's ban keeps out")
    return _on_flows(outer, fields, kind, by, "", None, "imports_from", "exports_to")


def _trade_cost(outer: Fields, kind: str, by: Who) -> ListedChange | None:
    keys = ("on_imports_from", "on_exports_to", "times", *FLOW_KEYS)
    fields = outer.mapping(kind, "a trade cost", keys)
    if fields is None:
        return None
    if "on_imports_from" not in fields and "on_exports_to" not in fields:
        fields.missing("on_imports_from", "name the partners: on_imports_from: or on_exports_to:")
    if "times" not in fields:
        fields.missing("times", "write times: 1.05 for costs 5 % higher")
    value = fields.value("times", factor)
    return _on_flows(outer, fields, kind, by, "times", value, "on_imports_from", "on_exports_to")


def _on_flows(
    outer: Fields,
    fields: Fields,
    kind: str,
    by: Who,
    operation: str,
    value: float | None,
    imports: str,
    exports: str | None = None,
) -> ListedChange:
    if "sectors" in fields and "goods" in fields:
        fields.only_one(("sectors", "goods"))
    if "goods_except" in fields and "goods" not in fields:
        fields.problems.wrong(
            "goods_except needs goods", fields.key_place("goods_except"), "add goods: [HS2022:03]"
        )
    coverage, high = _coverage(fields)
    inner = fields.places()
    for own, plain in ((imports, "imports_from"), (exports, "exports_to")):
        inner.update({k.replace(own, plain): v for k, v in inner.items() if own and own in k})
    return ListedChange(
        by=by,
        kind=kind,
        operation=operation,
        value=value,
        imports_from=fields.who(imports),
        exports_to=fields.who(exports) if exports else None,
        sectors=fields.labels("sectors"),
        goods=_goods(fields, "goods"),
        goods_except=_goods(fields, "goods_except") or (),
        coverage=coverage,
        coverage_high=high,
        because=outer.text("because"),
        places={**inner, **_of_change(outer)},
    )


def _of_change(outer: Fields) -> dict[str, Place]:
    """Places of the keys beside the kind of change."""
    return {k: p for k, p in outer.places().items() if k.split(".")[0] in ("", "by", "because")}


def _factors(outer: Fields, kind: str, by: Who) -> ListedChange | None:
    keys = ("times", "of", "sectors") if kind == "productivity" else ("times", "of")
    fields = outer.mapping(kind, kind, keys)
    if fields is None:
        return None
    if "times" not in fields:
        fields.missing("times", "write times: 1.02 for 2 % more")
    value = fields.value("times", factor)
    return ListedChange(
        by=by,
        kind=kind,
        operation="times",
        value=value,
        of=fields.who("of"),
        sectors=fields.labels("sectors"),
        because=outer.text("because"),
        places={**fields.places(), **_of_change(outer)},
    )


def _schedule(outer: Fields, kind: str, by: Who) -> ListedChange | None:
    name = outer.text(kind)
    if name is None:
        return None
    return ListedChange(
        by=by, kind=kind, schedule=name, because=outer.text("because"), places=outer.places()
    )


def _exchange(outer: Fields, kind: str, by: Who) -> ListedChange | None:
    """``-10%``: the money of each economy of `by` against that of all others."""
    value = outer.value(kind, _against)
    if value is None:
        return None
    return ListedChange(
        by=by, kind=kind, operation="times", value=value, because=outer.text("because"),
        places=outer.places(),
    )  # fmt: skip


def _against(text: str) -> float:
    if "%" not in text:
        raise wrong(f"an exchange rate of {text}", "write its change in per cent: -10%")
    value = number(text)
    if not -0.99 <= value <= 99.0:
        raise wrong(f"a money that changes by {text}", "write -99% to 9900%")
    return value


def _measure_change(outer: Fields, kind: str, by: Who) -> ListedChange | None:
    name = outer.value(kind, _slug)
    if "change" not in outer:
        outer.missing("change", f"write change: {', '.join(MEASURE_CHANGES)}")
    change = outer.choice("change", MEASURE_CHANGES)
    if name is None:
        return None
    described = any(key in outer for key in MEASURE_KEYS if key != "because")
    place = outer.place(kind)
    return ListedChange(
        by=by,
        kind=kind,
        operation=change or "",
        measure=measure_choice(outer, name, place)
        if described
        else MeasureChoice(name, places={"": place}),
        because=None if described else outer.text("because"),
        places=outer.places(),
    )


def _slug(text: str) -> str:
    if not SLUG.match(text):
        raise wrong(f"{text!r} is not an id", "ids are small letters, digits and hyphens")
    return text


def _goods(fields: Fields, key: str) -> tuple[str, ...] | None:
    """HS codes, checked, in full form (``HS2022:0307``)."""
    if key not in fields:
        return None
    return fields.each(key, lambda text: str(checked(text)))
