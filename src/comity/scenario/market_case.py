"""A question to the market model, resolved: two states of the rules on a baseline of one market.

`MarketCase.as_dict` is plain data that a run is saved with and hashed from; `from_dict` gives it
back without a record, so that a run can be reproduced from its file alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from comity.record.entry import canonical_json
from comity.scenario.resolved import Flag
from comity.words.errors import ValidationError

FORMAT = 1
FROM, TO = "from", "to"
STATES = (FROM, TO)
BAN, TARIFF, COST, QUOTA = "ban", "tariff", "trade_cost", "quota"
EXCHANGE = "exchange_rate"
EFFECTS = (BAN, TARIFF, COST, QUOTA, EXCHANGE)
SOURCED, ASSUMED, UNKNOWN, ASKED = "sourced", "assumed", "not on record", "as asked"
"""Where a number or a range is from: a source; no source, and chosen by the model's makers; nobody
knows it, so that the range is all that is possible; whoever asks."""
Basis = tuple[str, str, str]


def weakest(*of: str) -> str:
    """Of several bases that a number rests on, the one that says the least."""
    return next((one for one in (UNKNOWN, ASSUMED, ASKED) if one in of), SOURCED)


@dataclass(frozen=True)
class FlowRule:
    """What one or several measures do to one flow of one product in one state.

    kind : one of `EFFECTS`
    low, high : of a ban the coverage, that is the share of the flow that is barred; of a tariff the
        rate after the change (a fraction of the value) on the goods that it covers; of a trade cost
        the factor on the buyers' price of these; of a quota the limit as a multiple of the quantity
        of the base; of an exchange rate the value of an economy's money against all others, new
        over old (exporter and importer are that economy). One number where the two are the same;
        else it is drawn between them
    areas : the areas of the origin that a ban is on; `None`: all of it. The coverage is then the
        share of those areas in the flow, and they are a part of the origin with its own supply
    share, within : of a ban, a tariff and a cost the two factors of its coverage, low and high: the
        share of the goods that it bears on (areas, or what is held back), and the share of the flow
        that are these goods
    over : of a quota the tariff on what is sold beyond it; `None`: nothing may be
    resource : whether a trade cost uses resources (iceberg), or is a margin that goes to nobody in
        the market
    actors : economies that make it;  sources : ids of measures, or ``change 1``
    basis : where `low` and `high`, `share` and `within` are from (`SOURCED` and so on)
    arithmetic : how `low` and `high` came about, step by step
    """

    state: str
    kind: str
    product: str
    importer: str
    exporter: str
    low: float
    high: float
    actors: tuple[str, ...]
    sources: tuple[str, ...]
    arithmetic: tuple[str, ...] = ()
    areas: tuple[str, ...] | None = None
    share: tuple[float, float] = (1.0, 1.0)
    within: tuple[float, float] = (1.0, 1.0)
    over: float | None = None
    resource: bool = True
    basis: Basis = (SOURCED, SOURCED, SOURCED)

    @property
    def name(self) -> str:
        """A name for what is uncertain about it: one for all flows of a product that the same
        measures bear on, and the same in both states."""
        what = self.kind if self.areas is None else f"{self.kind} in areas"
        return f"{what}:{self.product}:{'+'.join(self.sources)}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "kind": self.kind,
            "product": self.product,
            "importer": self.importer,
            "exporter": self.exporter,
            "low": self.low,
            "high": self.high,
            "actors": list(self.actors),
            "sources": list(self.sources),
            "arithmetic": list(self.arithmetic),
            "areas": None if self.areas is None else list(self.areas),
            "share": list(self.share),
            "within": list(self.within),
            "over": self.over,
            "resource": self.resource,
            "basis": list(self.basis),
        }

    @property
    def covered(self) -> tuple[float, float]:
        """The part of the flow that it bears on, low and high."""
        return self.share[0] * self.within[0], self.share[1] * self.within[1]

    @property
    def covered_name(self) -> str:
        """A name for the share of the goods that a tariff or a cost bears on."""
        return f"part under {self.name}"

    @property
    def goods_name(self) -> str:
        """A name for what the flow holds beside the goods: one number, whichever measure asks."""
        return f"goods:{self.product}:{self.exporter}>{self.importer}"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FlowRule:
        areas = data["areas"]
        return cls(
            **{
                **data,
                "actors": tuple(data["actors"]),
                "sources": tuple(data["sources"]),
                "arithmetic": tuple(data["arithmetic"]),
                "areas": None if areas is None else tuple(areas),
                "share": (float(data["share"][0]), float(data["share"][1])),
                "within": (float(data["within"][0]), float(data["within"][1])),
                "basis": tuple(data["basis"]),
            }
        )


@dataclass(frozen=True)
class CaseMeasure:
    """A measure that the case is about, or that stands beside it; `revisions` are (id, SHA-256)."""

    id: str
    title: str
    kind: str
    imposers: tuple[str, ...]
    targets: tuple[str, ...]
    days: str
    role: str
    revisions: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.kind,
            "imposers": list(self.imposers),
            "targets": list(self.targets),
            "days": self.days,
            "role": self.role,
            "revisions": [list(pair) for pair in self.revisions],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CaseMeasure:
        return cls(
            **{
                **data,
                "imposers": tuple(data["imposers"]),
                "targets": tuple(data["targets"]),
                "revisions": tuple((str(i), str(h)) for i, h in data["revisions"]),
            }
        )


@dataclass(frozen=True)
class MarketCase:
    """Two states of the rules on one market, and the days at which the record was read.

    period : what the answer is about in words or as a year, such as ``2024``: the first full year
    horizon : ``short`` or ``long``
    """

    title: str
    baseline: str
    baseline_digest: str
    rules: tuple[FlowRule, ...]
    horizon: str
    period: str
    measures: tuple[CaseMeasure, ...] = ()
    flags: tuple[Flag, ...] = ()
    views: tuple[tuple[str, str], ...] = ()

    def state(self, name: str) -> tuple[FlowRule, ...]:
        """The rules of one state."""
        return tuple(rule for rule in self.rules if rule.state == name)

    def money(self, name: str) -> dict[str, float]:
        """The value of each economy's money in a state, new over the base, where it moves."""
        return {r.exporter: r.low for r in self.state(name) if r.kind == EXCHANGE}

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(exporter, importer) of every flow that differs, in order."""
        return tuple(dict.fromkeys((rule.exporter, rule.importer) for rule in self.rules))

    @property
    def exporters(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule.exporter for rule in self.rules))

    @property
    def importers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule.importer for rule in self.rules))

    def with_flags(self, *flags: Flag) -> MarketCase:
        return replace(self, flags=tuple(dict.fromkeys((*self.flags, *flags))))

    def as_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "title": self.title,
            "baseline": {"name": self.baseline, "digest": self.baseline_digest},
            "horizon": self.horizon,
            "period": self.period,
            "rules": [rule.as_dict() for rule in self.rules],
            "measures": [one.as_dict() for one in self.measures],
            "flags": [flag.as_dict() for flag in self.flags],
            "views": dict(self.views),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MarketCase:
        """The same again. Raises `ValidationError` for another format, or data not whole."""
        if data.get("format") != FORMAT:
            raise ValidationError(
                f"the resolved question has format {data.get('format')!r}, not {FORMAT}",
                mend="reproduce it with the version of the program that saved it",
            )
        try:
            return cls(
                title=data["title"],
                baseline=data["baseline"]["name"],
                baseline_digest=data["baseline"]["digest"],
                rules=tuple(FlowRule.from_dict(one) for one in data["rules"]),
                horizon=data["horizon"],
                period=data["period"],
                measures=tuple(CaseMeasure.from_dict(one) for one in data["measures"]),
                flags=tuple(
                    Flag(one["kind"], one["text"], tuple(one["names"])) for one in data["flags"]
                ),
                views=tuple(data["views"].items()),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValidationError(
                f"the resolved question is not whole: {type(error).__name__}: {error}",
                mend="save the run again",
            ) from None


def market_run_id(
    case: MarketCase, options: Mapping[str, Any], model_version: str, seed: int
) -> str:
    """SHA-256 of what bears on numbers: rules, revisions, baseline, options, model and seed.

    Titles and words about the arithmetic are left out: they change no number.
    """
    rules = [
        {k: v for k, v in rule.as_dict().items() if k not in ("arithmetic", "actors", "basis")}
        for rule in case.rules
    ]
    payload = {
        "format": FORMAT,
        "rules": rules,
        "revisions": [list(pair) for one in case.measures for pair in one.revisions],
        "baseline": case.baseline_digest,
        "horizon": case.horizon,
        "options": _plain(options),
        "model_version": model_version,
        "seed": int(seed),
    }
    return hashlib.sha256(canonical_json(payload).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Numbers as floats, so that 1 and 1.0 are one option."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return float(value) + 0.0
