"""What differs between two scenarios, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from comity.scenario.contents import ListedChange, Scenario, Who
from comity.scenario.dump import as_written, measure_as_written

COLUMNS = ("part", "field", "first", "second")
ABSENT = "–"
_PERCENT = ("coverage", "add", "to", "tariff")


def diff(first: Scenario, second: Scenario) -> list[dict[str, str]]:
    """Rows (part, field, first, second) of what two scenarios say differently; none: no difference.

    Where one of them says nothing, its column holds a dash. Changes are compared in their order.
    """
    one, two = as_written(first), as_written(second)
    rows: list[dict[str, str]] = []

    def compare(part: str, field: str, a: Any, b: Any) -> None:
        if a != b:
            name = field.partition(" ")[0]
            rows.append(
                {"part": part, "field": field, "first": _say(name, a), "second": _say(name, b)}
            )

    for key in ("title", "question", "note"):
        compare("scenario", key, one.get(key), two.get(key))
    for key in ("baseline", "model"):
        a, b = (_mapping(data[key]) for data in (one, two))
        for field in _keys(a, b):
            compare(key, field, a.get(field), b.get(field))
    for key, before, after in (
        ("from", first.before, second.before),
        ("to", first.after, second.after),
    ):
        a, b = (_mapping(data.get(key, "baseline")) for data in (one, two))
        for field in ("name", "as_of", "known_on", "public_on", "prorate"):
            compare(f"state {key}", field, a.get(field), b.get(field))
        count = max(len(before.changes), len(after.changes))
        for n in range(count):
            said = [
                sentence(state.changes[n]) if n < len(state.changes) else None
                for state in (before, after)
            ]
            compare(f"state {key}", f"change {n + 1}", *said)
    a, b = ({c.id: measure_as_written(c) for c in one_.choices} for one_ in (first, second))
    for name in _keys(a, b):
        if name not in a or name not in b:
            rows.append(
                {
                    "part": f"measure {name}",
                    "field": "named",
                    "first": "yes" if name in a else "no",
                    "second": "yes" if name in b else "no",
                }
            )
        for field in _keys(a.get(name, {}), b.get(name, {})):
            compare(
                f"measure {name}", field, a.get(name, {}).get(field), b.get(name, {}).get(field)
            )
    return rows


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"name": value}


def _keys(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[str]:
    yield from dict.fromkeys((*a, *b))


def _say(field: str, value: Any) -> str:
    if value is None:
        return ABSENT
    if isinstance(value, Mapping):
        return ", ".join(
            f"{key}: {_say(key if field == 'as' else field, value[key])}" for key in value
        )
    if isinstance(value, float):
        return percent(value) if field in _PERCENT else f"{value:.12g}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)


def percent(value: float) -> str:
    """A fraction as people read it: ``0.53 %``."""
    return f"{value * 100:.10g} %"


def _names(who: Who) -> str:
    if who.names is None:
        return "all" + (f" except {', '.join(who.excepting)}" if who.excepting else "")
    return ", ".join(who.names)


def sentence(change: ListedChange) -> str:
    """One change in words: who, what, on which flows, how much."""
    by = _names(change.by)
    if change.kind == "measure":
        assert change.measure is not None
        return f"{by}: {change.operation} {change.measure.id}"
    if change.kind == "tariff_schedule":
        return f"{by}: tariff schedule {change.schedule}"
    value = 0.0 if change.value is None else change.value
    if change.kind == "exchange_rate":
        return f"{by}: money worth {percent(value)} more"
    if change.kind in ("productivity", "population"):
        of = "" if change.of is None else f" of {_names(change.of)}"
        return f"{by}: {change.kind}{of} times {value:.12g}{_where(change)}"
    flows = []
    if change.imports_from is not None:
        flows.append(f"imports from {_names(change.imports_from)}")
    if change.exports_to is not None:
        flows.append(f"exports to {_names(change.exports_to)}")
    what = {
        "tariff": {
            "to": f"tariff of {percent(value)}",
            "add": f"tariff of {percent(value)} more",
            "times": f"tariff times {value:.12g}",
        }.get(change.operation, ""),
        "ban": "ban",
        "lift": "ban lifted",
        "trade_cost": f"trade cost times {value:.12g}",
    }[change.kind]
    return f"{by}: {what} on {' and '.join(flows)}{_where(change)}"


def _where(change: ListedChange) -> str:
    parts = []
    if change.sectors is not None:
        parts.append(f"sectors {', '.join(change.sectors)}")
    if change.goods is not None:
        parts.append(f"goods {', '.join(change.goods)}")
    if change.goods_except:
        parts.append(f"without {', '.join(change.goods_except)}")
    if change.coverage is not None:
        top = "" if change.coverage_high is None else (
            f" to {_say('coverage', _mapped(change.coverage_high))}"
        )  # fmt: skip
        parts.append(f"coverage {_say('coverage', _mapped(change.coverage))}{top}")
    return "".join(f"; {part}" for part in parts)


def _mapped(value: Any) -> Any:
    return dict(value) if isinstance(value, tuple) else value
