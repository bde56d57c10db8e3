"""A scenario resolved: two shocks on a baseline, who would make each change, and its identity.

`Resolved.as_dict` is plain data that a run is saved with and hashed from; `Resolved.from_dict`
gives it back without a record, so that a run can be reproduced from its file alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.record.entry import canonical_json
from comity.scenario.shock import Change, Shock
from comity.words.errors import ValidationError

Array = NDArray[np.float64]

FORMAT = 1
"""The version of `as_dict`, and of what a run id hashes."""


@dataclass(frozen=True)
class Flag:
    """Something a reader of the results has to know; `kind` is one word that programs can ask for.

    `names` are the measures, economies or sectors that it is about.
    """

    kind: str
    text: str
    names: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "text": self.text, "names": list(self.names)}


@dataclass(frozen=True)
class ResolvedChange:
    """One change of a shock, by whom, and what it comes from.

    `actors` are economies of the baseline; `source` is the id of a measure or ``change 1`` (the
    first that the state lists).
    """

    actors: tuple[str, ...]
    source: str
    change: Change

    def as_dict(self) -> dict[str, Any]:
        return {
            "actors": list(self.actors),
            "source": self.source,
            "change": self.change.as_dict(),
        }


@dataclass(frozen=True)
class ResolvedMeasure:
    """A measure of the record in one state (``from`` or ``to``).

    `share` is the part of the year for which it counts in the state, `baseline_share` that for
    which the baseline's flows live under it. `importers` × `exporters` (without an economy on
    itself) × the sectors of `coverage` are the flows it bears on. `effect` is ``ban``, ``tariff``
    or ``trade_cost`` and `value` its rate or factor. `revisions` are (id, SHA-256).
    """

    id: str
    state: str
    title: str
    imposers: tuple[str, ...]
    importers: tuple[str, ...]
    exporters: tuple[str, ...]
    coverage: tuple[tuple[str, float], ...]
    effect: str
    value: float | None
    share: float
    baseline_share: float
    because: str
    revisions: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "state": self.state,
            "title": self.title,
            "imposers": list(self.imposers),
            "importers": list(self.importers),
            "exporters": list(self.exporters),
            "coverage": [list(pair) for pair in self.coverage],
            "effect": self.effect,
            "value": self.value,
            "share": self.share,
            "baseline_share": self.baseline_share,
            "because": self.because,
            "revisions": [list(pair) for pair in self.revisions],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ResolvedMeasure:
        return cls(
            **{
                **data,
                "imposers": tuple(data["imposers"]),
                "importers": tuple(data["importers"]),
                "exporters": tuple(data["exporters"]),
                "coverage": tuple((str(s), float(c)) for s, c in data["coverage"]),
                "revisions": tuple((str(i), str(h)) for i, h in data["revisions"]),
            }
        )


@dataclass(frozen=True, eq=False)
class Resolved:
    """Two states of the rules as shocks on one baseline.

    `states` are the days of the two (see `State.as_dict`); `schedules` the arrays (N, N, J) of
    tariff schedules that changes name, by their SHA-256, which `Change.label` ends with.
    """

    baseline: str
    baseline_digest: str
    states: tuple[Mapping[str, Any], Mapping[str, Any]]
    before_changes: tuple[ResolvedChange, ...]
    after_changes: tuple[ResolvedChange, ...]
    measures: tuple[ResolvedMeasure, ...] = ()
    flags: tuple[Flag, ...] = ()
    title: str = ""
    schedules: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def before(self) -> Shock:
        """The shock that leads from the baseline to the state ``from``."""
        return Shock(tuple(one.change for one in self.before_changes))

    @property
    def after(self) -> Shock:
        """The shock that leads from the baseline to the state ``to``."""
        return Shock(tuple(one.change for one in self.after_changes))

    @property
    def actors(self) -> tuple[str, ...]:
        """Everyone who makes a change in either state, sorted."""
        changes = (*self.before_changes, *self.after_changes)
        return tuple(sorted({actor for one in changes for actor in one.actors}))

    def as_dict(self) -> dict[str, Any]:
        """Plain data: text, numbers, lists and mappings, in a fixed order."""
        return {
            "format": FORMAT,
            "title": self.title,
            "baseline": {"name": self.baseline, "digest": self.baseline_digest},
            "from": {
                **self.states[0],
                "changes": [one.as_dict() for one in self.before_changes],
            },
            "to": {**self.states[1], "changes": [one.as_dict() for one in self.after_changes]},
            "measures": [one.as_dict() for one in self.measures],
            "flags": [flag.as_dict() for flag in self.flags],
        }

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], schedules: Mapping[str, Array] | None = None
    ) -> Resolved:
        """The same again from `as_dict`, with the arrays of its schedules.

        Raises `ValidationError` for another format, a schedule that is missing, or one whose rates
        are not those that were hashed.
        """
        if data.get("format") != FORMAT:
            raise ValidationError(
                f"the resolved scenario has format {data.get('format')!r}, not {FORMAT}",
                mend="reproduce it with the version of the program that saved it",
            )
        try:
            return cls._from_dict(data, schedules or {})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValidationError(
                f"the resolved scenario is not whole: {type(error).__name__}: {error}",
                mend="save the run again",
            ) from None

    @classmethod
    def _from_dict(cls, data: Mapping[str, Any], schedules: Mapping[str, Array]) -> Resolved:
        states = []
        changes = []
        for key in ("from", "to"):
            state = dict(data[key])
            changes.append(tuple(_change(one, schedules) for one in state.pop("changes")))
            states.append(state)
        return cls(
            baseline=data["baseline"]["name"],
            baseline_digest=data["baseline"]["digest"],
            states=(states[0], states[1]),
            before_changes=changes[0],
            after_changes=changes[1],
            measures=tuple(ResolvedMeasure.from_dict(one) for one in data["measures"]),
            flags=tuple(
                Flag(one["kind"], one["text"], tuple(one["names"])) for one in data["flags"]
            ),
            title=data["title"],
            schedules=MappingProxyType(dict(schedules)),
        )


def schedule_hash(schedule: Array) -> str:
    """SHA-256 of a tariff schedule (N, N, J)."""
    rates = np.ascontiguousarray(schedule, dtype=np.float64) + 0.0  # -0.0 and 0.0 are one number
    return hashlib.sha256(f"{rates.shape}".encode() + rates.tobytes()).hexdigest()


def _labels(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(str(one) for one in value)


def _change(data: Mapping[str, Any], schedules: Mapping[str, Array]) -> ResolvedChange:
    plain = data["change"]
    kind = plain["kind"]
    label = plain.get("label", "")
    schedule = None
    if kind == "schedule":
        seal = label.rpartition(" ")[2]
        schedule = schedules.get(seal)
        if schedule is None or schedule_hash(schedule) != seal:
            raise ValidationError(
                f"the tariff schedule {label.rpartition(' ')[0]} is missing or was changed",
                mend="save the run again",
            )
    own = kind in ("productivity", "population")
    change = Change(
        kind=kind,
        importers=_labels(plain["economies" if own else "importers"]),
        exporters=None if own else _labels(plain["exporters"]),
        sectors=_labels(plain.get("sectors")),
        operation=plain.get("operation", ""),
        value=float(plain.get("value", 0.0)),
        schedule=schedule,
        label=label,
    )
    return ResolvedChange(tuple(data["actors"]), str(data["source"]), change)


def run_id(
    resolved: Resolved,
    baseline_digest: str,
    options: Mapping[str, Any],
    model_version: int | str,
    engine: str,
    seed: int,
) -> str:
    """What a run is: SHA-256 over resolved changes, baseline, options, model, engine and seed.

    Prose (titles, notes, reasons) and the days by which the states were found do not count: two
    scenarios that come to the same changes, by the same revisions of the record, are one run.
    """
    whole = resolved.as_dict()
    measures = [
        {key: value for key, value in one.items() if key not in ("title", "because")}
        for one in whole["measures"]
    ]
    payload = {
        "format": FORMAT,
        "from": whole["from"]["changes"],
        "to": whole["to"]["changes"],
        "measures": measures,
        "baseline": baseline_digest,
        "options": _floats(dict(options)),
        "model_version": str(model_version),
        "engine": engine,
        "seed": int(seed),
    }
    return hashlib.sha256(canonical_json(payload).encode()).hexdigest()


def _floats(value: Any) -> Any:
    """Numbers as floats, so that 1 and 1.0 are one option."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _floats(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_floats(one) for one in value]
    return float(value) + 0.0
