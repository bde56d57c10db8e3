"""From a scenario to two shocks on its baseline, with everything that was read on the way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from comity.record.validate import raise_problems
from comity.scenario.contents import ListedChange, MeasureChoice, Scenario, State, Who
from comity.scenario.economies import named
from comity.scenario.fields import Problems
from comity.scenario.flows import on_flow
from comity.scenario.named_days import other_measures
from comity.scenario.names_only import names_of_change, names_of_measure
from comity.scenario.parts import PartError, parts_of
from comity.scenario.resolved import (
    Array,
    Flag,
    Resolved,
    ResolvedChange,
    ResolvedMeasure,
    schedule_hash,
)
from comity.scenario.shock import Change, Shock
from comity.scenario.wedges import inside_said, wedges
from comity.trade.baseline import Baseline
from comity.words.errors import ComityError, InputError, NotFound
from comity.words.goods import GoodsCode

if TYPE_CHECKING:
    # Read where measures are named only: without them nothing of the store is loaded.
    from comity.scenario.inforce import Record, Rules
    from comity.scenario.measures import MeasureFlows

STATES = ("from", "to")


def resolve(scenario: Scenario, baseline: Baseline, record: Record | None = None) -> Resolved:
    """The scenario on a baseline: who changes what, in which sectors, by how much, in both states.

    `record` is needed where measures or days are named. Raises `ValidationError` with every problem
    found, each at its line and column.
    """
    work = Resolution(scenario, baseline, record)
    work.run()
    raise_problems(work.problems.found, "the scenario")
    flags = tuple(dict.fromkeys(work.flags))
    return Resolved(
        baseline=baseline.name,
        baseline_digest=baseline.digest,
        states=(scenario.before.as_dict(), scenario.after.as_dict()),
        before_changes=tuple(work.changes["from"]),
        after_changes=tuple(work.changes["to"]),
        measures=tuple(work.measures),
        flags=flags,
        title=scenario.title,
        schedules=MappingProxyType(work.schedules),
    )


def model_options(scenario: Scenario, baseline: Baseline) -> dict[str, Any]:
    """The options of the model for the run id, with sectors under the baseline's labels."""
    options = scenario.model.options()
    if isinstance(options["theta"], dict):
        names = baseline.names
        options["theta"] = {
            names.sectors[names.sector(label)]: value for label, value in options["theta"].items()
        }
    return options


@dataclass
class Resolution:
    """One resolution: what was found so far."""

    scenario: Scenario
    baseline: Baseline
    record: Record | None
    flags: list[Flag] = field(default_factory=list)
    measures: list[ResolvedMeasure] = field(default_factory=list)
    schedules: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.problems = Problems(self.scenario.file)
        self.changes: dict[str, list[ResolvedChange]] = {"from": [], "to": []}
        year = self.baseline.year
        # Groups have the members of the baseline's year; without one, those of the latest list.
        last = dt.date.max if year is None else dt.date(year, 12, 31)
        self.default_day = last.toordinal()

    def run(self) -> None:
        scenario = self.scenario
        self._parameters()
        states = dict(zip(STATES, (scenario.before, scenario.after), strict=True))
        if scenario.needs_record and self.record is None:
            self.problems.wrong(
                "the scenario names days or measures of the record, and no record was given",
                scenario.at("measures"),
                "open a store and give it",
            )
        rules: dict[str, Rules] = {}
        if self.record is not None and scenario.needs_record:
            from comity.scenario.inforce import Rules

            rules = {name: Rules(self.record, state) for name, state in states.items()}
            for choice in scenario.choices:
                if choice.broken:
                    names_of_measure(self, choice, rules["to"])
                else:
                    self._measure(choice, states, rules)
            self.flags += other_measures(self.scenario, self.baseline, states, rules)
        for name, state in states.items():
            for number, change in enumerate(state.changes, start=1):
                if change.broken:
                    names_of_change(self, state, change)
                elif change.kind != "measure":
                    self._listed(name, state, number, change)
            if not self.problems.found and not any(one.broken for one in state.changes):
                self._possible(name, state)

    def fail(self, error: ComityError, place: Any) -> None:
        self.problems.add(error, place)

    def flag(self, kind: str, text: str, *names: str) -> None:
        self.flags.append(Flag(kind, text, names))

    def _parameters(self) -> None:
        theta = self.scenario.model.theta
        for label, _ in theta if isinstance(theta, tuple) else ():
            try:
                self.baseline.names.sector(label)
            except NotFound as error:
                self.fail(error, self.scenario.model.at(f"theta.{label}"))

    def labels(self, positions: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(self.baseline.names.economies[k] for k in positions)

    def or_all(self, positions: tuple[int, ...], sectors: bool = False) -> tuple[str, ...] | None:
        """Labels, or None where they are all there are: equal changes have equal data."""
        names = self.baseline.names.sectors if sectors else self.baseline.names.economies
        return None if len(positions) == len(names) else tuple(names[k] for k in positions)

    def _possible(self, name: str, state: State) -> None:
        """Rates that end at -100 % or below show only when all changes are taken together."""
        try:
            wedges(Shock(tuple(one.change for one in self.changes[name])), self.baseline)
        except InputError as error:
            self.fail(error, state.at("changes"))

    # ---- measures -------------------------------------------------------------------------------

    def _measure(
        self, choice: MeasureChoice, states: dict[str, State], rules: dict[str, Rules]
    ) -> None:
        from comity.scenario.inforce import baseline_share

        try:
            base, days, total = baseline_share(rules["from"], choice, self.baseline.year)
        except ComityError as error:
            self.fail(error, choice.at("in_baseline" if choice.in_baseline != "no" else ""))
            return
        if days is not None and total is not None:
            self._year(choice, base, days, total)
        for name, state in states.items():
            try:
                self._measure_in(choice, name, state, rules[name], base)
            except ComityError as error:
                key = error.key if isinstance(error, PartError) else ""
                self.fail(error, choice.at(key))

    def _year(self, choice: MeasureChoice, base: float, days: int, total: int) -> None:
        said = {"yes": days < total, "no": days > 0}.get(choice.in_baseline, False)
        if said:
            self.flag(
                "baseline-year",
                f"{choice.id} is or may be in force on {days} of the {total} days of "
                f"{self.baseline.year}, the year of the baseline's flows; the scenario says "
                f"in_baseline: {choice.in_baseline}",
                choice.id,
            )

    def _measure_in(
        self, choice: MeasureChoice, name: str, state: State, rules: Rules, base: float
    ) -> None:
        day = self.default_day if state.as_of is None else state.as_of.toordinal()
        if state.as_of is None:
            entry, share = rules.measure(choice.id), base
            revisions = rules.revisions(entry)
        else:
            found = rules.in_force(choice)
            entry, share, revisions = found.entry, found.share, found.revisions
            for kind, text in found.remarks:
                self.flag(kind, text, choice.id)
        from comity.scenario.measures import flows_of

        flows = flows_of(self.baseline, rules.whole_of(entry), choice, rules, day)
        for kind, text in flows.remarks:
            self.flag(kind, text, choice.id)
        for change in state.changes:
            if change.measure is not None and change.measure.id == choice.id and change.operation:
                share = self._changed(change, flows, share, day)
        importers, exporters = flows.imposers, flows.partners
        if flows.flow == "export":
            importers, exporters = exporters, importers
        for part in flows.parts.parts:
            made = flows.change(
                self.or_all(importers),
                self.or_all(exporters),
                self.or_all(part.sectors, sectors=True),
                part.coverage,
                share,
                base,
            )
            if made is not None:
                actors = self.labels(flows.imposers)
                self.changes[name].append(ResolvedChange(actors, choice.id, made))
        shares = {s: part.coverage for part in flows.parts.parts for s in part.sectors}
        self.measures.append(
            ResolvedMeasure(
                id=choice.id,
                state=name,
                title=entry.title,
                imposers=self.labels(flows.imposers),
                importers=self.labels(importers),
                exporters=self.labels(exporters),
                coverage=tuple((self.baseline.names.sectors[s], shares[s]) for s in sorted(shares)),
                effect=flows.effect.kind,
                value=flows.effect.value,
                share=share,
                baseline_share=base,
                because=choice.because or "",
                revisions=revisions,
            )
        )

    def _changed(self, change: ListedChange, flows: MeasureFlows, share: float, day: int) -> float:
        """The share of a measure after a change that a state lists for it."""
        by = self.who(change, "by", change.by, day)
        assert change.measure is not None
        if by and set(by) != set(flows.imposers):
            self.problems.wrong(
                f"{change.measure.id} is imposed by {', '.join(self.labels(flows.imposers))}, "
                f"and the change is by {', '.join(self.labels(by))}",
                change.at("by"),
                f"write by: {', '.join(self.labels(flows.imposers))}",
            )
        if change.operation == "impose":
            if share == 1.0:
                self.problems.wrong(
                    f"{change.measure.id} is in force in this state already",
                    change.at("change"),
                    "leave the change out",
                )
            return 1.0
        if share == 0.0:
            self.problems.wrong(
                f"{change.measure.id} is not in force in this state, so there is nothing to "
                f"{change.operation}",
                change.at("change"),
                "leave the change out, or write in_baseline: yes if the baseline's flows live "
                "under it",
            )
        return 0.0

    # ---- listed changes -------------------------------------------------------------------------

    def who(self, change: ListedChange, key: str, who: Who, day: int) -> tuple[int, ...]:
        """Positions of economies; names that the baseline lacks are noted at their place."""
        noted = len(self.problems.found)
        found = set(range(len(self.baseline.names.economies))) if who.names is None else set[int]()
        for n, name in enumerate(who.names or ()):
            found.update(self.one(change, f"{key}.{n}", name, day))
        for name in who.excepting:
            found.difference_update(self.one(change, f"{key}.all_except", name, day))
        if not found and len(self.problems.found) == noted:
            self.problems.wrong(f"{key} leaves nobody", change.at(key), "name at least one economy")
        return tuple(sorted(found))

    def one(self, change: ListedChange | MeasureChoice, key: str, name: str, day: int) -> list[int]:
        try:
            positions = named(self.baseline, name, day)
        except NotFound as error:
            self.fail(error, change.at(key))
            return []
        if len(positions) > 1:
            codes = ", ".join(self.labels(tuple(positions)))
            self.flag("group", f"{name} is read as its members in the baseline: {codes}", name)
        return positions

    def _listed(self, name: str, state: State, number: int, change: ListedChange) -> None:
        before = len(self.problems.found)
        day = self.default_day if state.as_of is None else state.as_of.toordinal()
        by = self.who(change, "by", change.by, day)
        try:
            made = self._made(name, change, by, day)
        except ComityError as error:
            self.fail(error, change.at(error.key if isinstance(error, PartError) else ""))
            return
        if len(self.problems.found) == before:
            source = f"change {number}"
            actors = self.labels(by)
            self.changes[name] += [ResolvedChange(actors, source, one) for one in made]

    def _made(self, name: str, change: ListedChange, by: tuple[int, ...], day: int) -> list[Change]:
        if change.kind == "tariff_schedule":
            return [self._schedule(name, change, by)]
        if change.kind == "exchange_rate":
            raise PartError(
                InputError(
                    "the world model has no exchange rates: wages and prices in it are relative",
                    mend="leave the change out, or ask the market model",
                ),
                change.kind,
            )
        if change.kind in ("productivity", "population"):
            whose = by if change.of is None else self.who(change, "of", change.of, day)
            return self._factor(change, whose) if whose else []
        ends: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
        for key in ("imports_from", "exports_to"):
            partners = getattr(change, key)
            others = () if partners is None else self.who(change, key, partners, day)
            if by and len(by) == 1 and by == others:
                raise PartError(
                    InputError(
                        f"{self.labels(by)[0]} cannot do this to itself", mend="name a partner"
                    ),
                    key,
                )
            if by and others:
                ends.append((by, others) if key == "imports_from" else (others, by))
        goods = None
        if change.goods is not None:
            goods = [GoodsCode.parse(code) for code in change.goods]
        parts = parts_of(
            self.baseline,
            sectors=change.sectors,
            goods=goods,
            goods_except=[GoodsCode.parse(code) for code in change.goods_except],
            coverage=change.coverage,
        )
        for kind, text in parts.remarks:
            self.flag(kind, text)
        made: list[Change] = []
        for importers, exporters in ends:
            for part in parts.parts:
                sectors = self.or_all(part.sectors, sectors=True)
                flow = (self.or_all(importers), self.or_all(exporters), sectors)
                try:
                    made += on_flow(change, *flow, part.coverage)
                except InputError as error:  # only a total ban, lifted
                    raise PartError(error, "coverage") from None
        return made

    def _factor(self, change: ListedChange, whose: tuple[int, ...]) -> list[Change]:
        assert change.value is not None
        if change.kind == "population":
            shock = Shock().population(self.or_all(whose), times=change.value)
        else:
            parts = parts_of(self.baseline, sectors=change.sectors, goods=None, coverage=None)
            sectors = self.or_all(parts.sectors, sectors=True)
            shock = Shock().productivity(self.or_all(whose), times=change.value, sectors=sectors)
        return list(shock.changes)

    def _schedule(self, name: str, change: ListedChange, by: tuple[int, ...]) -> Change:
        """The baseline's schedule for the importers named, the state's own rates for the others."""
        schedules = self.baseline.schedules
        assert change.schedule is not None
        if change.schedule not in schedules:
            known = ", ".join(schedules) or "none"
            raise PartError(
                InputError(
                    f"the baseline {self.baseline.name} has no tariff schedule {change.schedule!r}",
                    mend=f"it has: {known}",
                ),
                "tariff_schedule",
            )
        so_far = Shock(tuple(one.change for one in self.changes[name]))
        old = wedges(so_far, self.baseline).tariff
        rates = np.array(self.baseline.tariff if old is None else old)
        rates[:, list(by), :] = np.asarray(schedules[change.schedule])[:, list(by), :]
        schedule = np.ascontiguousarray(rates.transpose(1, 2, 0))  # as Shock has it: n, i, j
        said = inside_said(schedule, self.baseline)
        if said is not None:
            self.flag("schedule-inside", f"{change.schedule}: {said}", change.schedule)
        seal = schedule_hash(schedule)
        self.schedules[seal] = schedule
        return Shock().tariffs(schedule, label=f"{change.schedule} {seal}").changes[0]
