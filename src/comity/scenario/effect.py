"""From a measure to a change of the model: what its kind does, and how much is left to change.

A measure has a part of a year for which it counts in a state (s), and one for which the baseline's
flows live under it already (b). On a coverage c of the flow, a ban leaves 1 - c s of it in the
state and 1 - c b in the baseline, so what changes is the ratio of the two; a tariff of rate t adds
c t (s - b) to the average rate; a trade cost of factor f is 1 + (f - 1) c s over 1 + (f - 1) c b.
"""

from __future__ import annotations

import datetime as dt

from comity.record.entry import Entry
from comity.record.force import latest_announced
from comity.record.reading import current_claim
from comity.record.views.measures import effect_of
from comity.scenario.contents import Effect, MeasureChoice
from comity.scenario.shock import Change, Shock
from comity.words.duty import AdValorem, Duty
from comity.words.errors import InputError
from comity.words.vocabulary import term_label

BANS = ("import_ban", "export_ban")
DUTIES = ("tariff", "anti_dumping", "countervailing", "safeguard")
_MEND = "add as: ban, as: {trade_cost: 1.05} or as: {tariff: 10%}"


def effect_on_trade(entry: Entry, choice: MeasureChoice, day: dt.date | None) -> Effect:
    """What a measure does in the model: what the scenario says, else what its kind does.

    Only bans and ad valorem duties on imports speak for themselves. Raises `InputError` for the
    others: what a licence or an inspection costs is for the scenario to say.
    """
    kind = entry.value("measure_kind")
    label = term_label("measure_kind", kind)
    if entry.value("flow") not in ("import", "export"):
        raise InputError(
            f"{entry.id} ({label}) bears on people, and the model has goods only",
            mend="leave it out",
        )
    if choice.effect is not None:
        if choice.effect.kind == "tariff" and entry.value("flow") == "export":
            raise InputError(
                f"{entry.id} bears on exports, and a tariff is on imports",
                mend="write as: ban, or as: {trade_cost: 1.05}",
            )
        return choice.effect
    if kind in BANS and effect_of(entry) == "prohibited":
        return Effect("ban")
    if kind in DUTIES and entry.value("flow") == "import":
        return Effect("tariff", rate_of(entry, label, day))
    raise InputError(
        f"what {entry.id} ({label}) does to trade has to be said by the scenario", mend=_MEND
    )


def rate_of(entry: Entry, label: str, day: dt.date | None) -> float:
    """The ad valorem rate of a duty on a day, or the one announced last. Raises `InputError`."""
    claim = None if day is None else current_claim(entry, "rate", day.toordinal())
    claim = claim or latest_announced(entry, "rate")
    if claim is None:
        raise InputError(
            f"the record has no rate for {entry.id} ({label})", mend="add as: {tariff: 10%}"
        )
    duty = Duty.parse(claim.value)
    terms = [term for term in duty.terms if isinstance(term, AdValorem)]
    if len(duty.terms) != 1 or not terms:
        raise InputError(
            f"the rate of {entry.id}, {duty}, is not a percentage of the value",
            mend="give its ad valorem equivalent: as: {tariff: 10%}",
        )
    return float(terms[0].percent / 100)


def change_of(
    effect: Effect,
    importers: tuple[str, ...] | None,
    exporters: tuple[str, ...] | None,
    sectors: tuple[str, ...] | None,
    coverage: float,
    share: float,
    baseline_share: float,
) -> Change | None:
    """The change of a measure in a state, relative to the baseline; None where there is none.

    Raises `InputError` where a total ban inside the baseline leaves nothing to grow back from.
    """
    now, then = coverage * share, coverage * baseline_share
    if now == then:
        return None
    shock = Shock()
    if effect.kind == "ban":
        if now > then:
            part = (now - then) / (1.0 - then) if then else now
            return shock.ban(importers, exporters, sectors=sectors, coverage=part).changes[0]
        part = (then - now) / (1.0 - now) if now else then
        return shock.lift(importers, exporters, sectors=sectors, coverage=part).changes[0]
    assert effect.value is not None
    if effect.kind == "tariff":
        added = effect.value * (now - then)
        return shock.tariff(importers, exporters, add=added, sectors=sectors).changes[0]
    more = effect.value - 1.0
    times = (1.0 + more * now) / (1.0 + more * then)
    return shock.trade_cost(importers, exporters, times=times, sectors=sectors).changes[0]
