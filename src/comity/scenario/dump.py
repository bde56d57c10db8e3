"""Writing a scenario as the text of its file: what is read from it again is equal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import yaml

from comity.scenario.contents import (
    VERSION,
    BaselineChoice,
    ByLabel,
    ListedChange,
    MeasureChoice,
    ModelChoice,
    Scenario,
    State,
    Who,
)


class _Dumper(yaml.SafeDumper):
    """Every scalar is text and stands plain where it can: the file is read without guessing."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the name and form are PyYAML's

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def dump(scenario: Scenario) -> str:
    """The scenario as YAML, keys in the order of the documentation, defaults left out."""
    data = as_written(scenario)
    return yaml.dump(_texts(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def as_written(scenario: Scenario) -> dict[str, Any]:
    """The mapping that the file holds."""
    return _filled(
        {
            "comity-scenario": VERSION,
            "title": scenario.title,
            "question": scenario.question,
            "note": scenario.note,
            "baseline": _baseline(scenario.baseline),
            "model": _model(scenario.model),
            "from": _state(scenario.before),
            "to": _state(scenario.after),
            "measures": {one.id: measure_as_written(one) for one in scenario.measures},
        }
    )


def _filled(data: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not said."""
    return {k: v for k, v in data.items() if v is not None and v != {} and v != ()}


def _texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _texts(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_texts(one) for one in value]
    if isinstance(value, float):
        return repr(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _who(who: Who | None) -> Any:
    if who is None:
        return None
    if who.names is not None:
        return who.names[0] if len(who.names) == 1 else who.names
    return {"all_except": who.excepting} if who.excepting else "all"


def _by_label(value: ByLabel | None) -> Any:
    return dict(value) if isinstance(value, tuple) else value


def _range(low: ByLabel | None, high: ByLabel | None) -> Any:
    """A coverage as written, with ranges where it has upper ends."""
    if high is None:
        return _by_label(low)
    if isinstance(low, tuple) and isinstance(high, tuple):
        return {
            label: one if one == top else f"{one!r}-{top!r}"
            for (label, one), (_, top) in zip(low, high, strict=True)
        }
    return f"{low!r}-{high!r}"


def _baseline(choice: BaselineChoice) -> Any:
    data = _filled(
        {
            "name": choice.name,
            "file": choice.file,
            "format": choice.format,
            "path": choice.path,
            "theta": _by_label(choice.theta),
            "gamma": choice.gamma,
            "gaps": choice.gaps,
            "gdp": choice.gdp,
            "year": choice.year,
            "economies": choice.economies,
            "sectors": None if choice.sectors is None else dict(choice.sectors),
            "inventories": choice.inventories,
        }
    )
    return data["name"] if list(data) == ["name"] else data


def _model(choice: ModelChoice) -> Any:
    if choice.market is not None:
        return {"name": choice.name, **choice.market.as_written(), "seed": choice.seed}
    scaled = isinstance(choice.deficits, float)
    return _filled(
        {
            "name": choice.name,
            "deficits": {"scale": choice.deficits} if scaled else choice.deficits,
            "engine": choice.engine,
            "tolerance": choice.tolerance,
            "theta": _by_label(choice.theta),
            "path_steps": choice.path_steps,
            "seed": choice.seed,
        }
    )


def _state(state: State) -> Any:
    if state.is_baseline:
        return "baseline"
    return _filled(
        {
            "as_of": state.as_of,
            "known_on": state.known_on,
            "public_on": state.public_on,
            "prorate": state.prorate,
            "changes": tuple(_change(one) for one in state.changes),
        }
    )


def measure_as_written(choice: MeasureChoice) -> dict[str, Any]:
    """The mapping under a measure's id."""
    effect = choice.effect
    kind = None if effect is None else effect.kind
    return _filled(
        {
            "coverage": _range(choice.coverage, choice.coverage_high),
            "because": choice.because,
            "sectors": choice.sectors,
            "in_baseline": choice.in_baseline,
            "as": {effect.kind: effect.value} if effect and effect.kind != "ban" else kind,
            "assume": choice.assume,
            "imposers": _who(choice.imposers),
            "partners": _who(choice.partners),
        }
    )


def _change(change: ListedChange) -> dict[str, Any]:
    data: dict[str, Any] = {"by": _who(change.by)}
    if change.kind == "measure":
        assert change.measure is not None
        data |= {"measure": change.measure.id, "change": change.operation}
        if change.measure != MeasureChoice(change.measure.id):
            data |= measure_as_written(change.measure)
    elif change.kind == "tariff_schedule":
        data["tariff_schedule"] = change.schedule
    elif change.kind == "exchange_rate":
        assert change.value is not None
        data["exchange_rate"] = f"{Decimal(repr(change.value)) * 100}%"
    else:
        on = "on_" if change.kind in ("tariff", "trade_cost") else ""
        inner = {
            "of": _who(change.of),
            f"{on}imports_from": _who(change.imports_from),
            f"{on}exports_to": _who(change.exports_to),
            "sectors": change.sectors,
            "goods": change.goods,
            "goods_except": change.goods_except,
            "coverage": _range(change.coverage, change.coverage_high),
        }
        if change.operation:
            inner[change.operation] = change.value
        data[change.kind] = _filled(inner)
    if change.because is not None:
        data["because"] = change.because
    return _filled(data)
