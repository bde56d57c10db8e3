"""From measures to a question to the market model: whose flows, how much of them, in both states.

A measure bears on goods × areas of the flows between its imposers and targets (see
`comity.scenario.market_coverage` for the arithmetic). What its kind does:

- bans bar that share of the flow; so do licences and lists of entities, of which the record does
  not say how much they hold back: the whole range, unless the asker gives one;
- duties raise the tariff; quotas limit the quantity;
- inspections and certificates cost something that the asker has to give;
- a conditional opening is the step from all closed to open where it opens.

Effects are computed from the last year before a measure. Cells that are zero then cannot grow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from comity.record.entry import Entry
from comity.record.reading import Reading
from comity.record.scopes import Get
from comity.record.views.measures import effect_of
from comity.scenario.effect import BANS, DUTIES, rate_of
from comity.scenario.market_ask import (
    Ask,
    Range,
    check_numbers,
    period_of,
    refuse_unused,
    span_text,
)
from comity.scenario.market_bans import Barred, ban_rules
from comity.scenario.market_case import (
    ASKED,
    COST,
    FROM,
    QUOTA,
    SOURCED,
    TARIFF,
    TO,
    UNKNOWN,
    FlowRule,
    MarketCase,
    weakest,
)
from comity.scenario.market_coverage import (
    Coverage,
    area_part,
    coverage_of,
    goods_coverage,
    shared,
)
from comity.scenario.market_rules import (
    case_measure,
    end_of,
    never_together,
    no_difference,
    on_part,
    same,
)
from comity.scenario.market_scope import beside, goods_apart, lived_under, narrower, pairs_of
from comity.scenario.resolved import Flag
from comity.trade.market_baseline import MarketBaseline
from comity.words.areas import areas_of, label
from comity.words.errors import InputError
from comity.words.vocabulary import term_label

HELD_BACK = (
    *("import_licence", "export_licence", "entity_list", "conditional_opening", "other"),
    *BANS,
)
"""Kinds that hold goods back, in full or by an unknown share."""
COSTLY = ("inspection", "certification")


def case_of(
    entries: Sequence[Entry],
    baseline: MarketBaseline,
    ask: Ask,
    reading: Reading | None,
    *,
    get: Get,
    title: str | None = None,
    views: Iterable[tuple[str, str]] = (),
) -> MarketCase:
    """The question that measures pose to the market of a baseline.

    `reading` is the record at the view asked for, with all days (`None` without a record). Raises
    `InputError` where the baseline cannot answer (it lacks the goods or an economy; its flows live
    under the measure already), or where the record does not say what the asker has to.
    """
    check_numbers(ask)
    day = end_of(baseline.year)
    work = Work(baseline, ask, get, day, alone=len(entries) == 1)
    for entry in sorted(entries, key=lambda one: one.id):  # in whatever order they are named
        work.measure(entry)
    refuse_unused(ask, work.used, entries)
    work.flags += never_together(entries, get)
    rules = [*work.rules, *work.bans()]
    if not rules or same(rules):
        if ask.lift and rules:
            raise InputError(
                f"what is lifted sold none of these goods here in {baseline.year}, and cells that "
                "are zero cannot grow",
                mend="lift more areas, or name a market of a year before they were barred",
            )
        raise no_difference(entries, ask)
    others: list[Entry] = []
    if reading is not None:
        flows = {(rule.importer, rule.exporter) for rule in rules}
        others, flags = beside(entries, flows, baseline, day, reading)
        work.flags += flags
    measures = [
        *(case_measure(entry, "asked", reading) for entry in entries),
        *(case_measure(entry, "beside", reading) for entry in others),
    ]
    heading = title or "; ".join(entry.title for entry in entries)
    return MarketCase(
        title=f"Lifting: {heading}" if ask.lift else heading,
        baseline=baseline.name,
        baseline_digest=baseline.digest,
        rules=tuple(rules),
        horizon=ask.horizon,
        period=period_of(entries, ask),
        measures=tuple(measures),
        flags=tuple(dict.fromkeys(work.flags)),
        views=tuple(views),
    )


class Work:
    """One resolution: what was found so far."""

    def __init__(
        self, baseline: MarketBaseline, ask: Ask, get: Get, day: int, *, alone: bool
    ) -> None:
        self.baseline, self.ask, self.get, self.day = baseline, ask, get, day
        self.alone = alone
        self.rules: list[FlowRule] = []
        self.flags: list[Flag] = []
        self.imposers_of: dict[str, frozenset[str]] = {}
        self.barred: dict[str, list[Barred]] = {FROM: [], TO: []}
        self.used: set[str] = set()

    def flag(self, kind: str, text: str, *names: str) -> None:
        self.flags.append(Flag(kind, text, names))

    # -------------------------------------------------------------------------- one measure

    def measure(self, entry: Entry) -> None:
        kind = str(entry.value("measure_kind"))
        said = term_label("measure_kind", kind)
        if entry.value("flow") not in ("import", "export"):
            raise InputError(
                f"{entry.id} ({said}) bears on people, and the market model has goods only",
                mend="ask about a measure on goods",
            )
        pairs, flags = pairs_of(entry, self.baseline, self.day, self.get)
        self.flags += flags
        self.imposers_of[entry.id] = frozenset(entry.list("imposers"))
        covered = [
            one for i, e in pairs for one in coverage_of(entry, self.baseline, i, e, self.get)
        ]
        if not covered:
            raise InputError(
                f"the market {self.baseline.name} holds no goods of {entry.id}",
                mend="name a market with its goods (--market), or bring flows of your own",
            )
        if not self.alone and all(one.high == 0.0 for one in covered):
            self.flag(
                "nothing-barred",
                f"{entry.id} bears on nothing that was sold in {self.baseline.year}",
                entry.id,
            )
            return
        self.flags += [*goods_apart(entry, self.baseline, self.get),
                       *lived_under(entry, self.baseline, covered, self.get)]  # fmt: skip
        if self.ask.coverage is None:
            self.flags += narrower(entry)
        if kind in DUTIES and entry.value("flow") == "import":
            self._duty(entry, covered, said)
        elif kind == "quota":
            self._quota(entry, covered)
        elif kind in COSTLY or (self.ask.cost is not None and kind not in BANS):
            self._cost(entry, covered, said)
        elif kind in HELD_BACK:
            self._held_back(entry, kind, said, covered)
        else:
            raise InputError(
                f"what {entry.id} ({said}) does to trade is not on record",
                mend="say it: --coverage 0.1-0.3 (share held back) or --cost 1.02-1.10 (factor on "
                "the price)",
            )

    # --------------------------------------------------------------------------- its effect

    def _held_back(self, entry: Entry, kind: str, said: str, covered: Sequence[Coverage]) -> None:
        full = kind in BANS and effect_of(entry) == "prohibited"
        limited = [n for n in ("entities", "end_uses", "entities_count") if entry.value(n)]
        part: Range = (1.0, 1.0)
        steps: tuple[str, ...] = ()
        plants, basis = False, ASKED
        if self.ask.plants is not None:
            self.used.add("plants")
            part, plants = self.ask.plants, True
            steps = (f"{entry.id}: plants with {span_text(part)} of that are barred, as asked",)
        elif self.ask.coverage is not None:
            self.used.add("coverage")
            part = self.ask.coverage
            steps = (f"{entry.id}: {span_text(part)} of that is held back, as asked",)
        elif not full or limited:
            part, basis = (0.0, 1.0), UNKNOWN
            why = "it names entities or end uses" if limited else said
            steps = (
                f"{entry.id}: how much of that it holds back ({why}) is not on record: 0 to 1",
            )
            self.flag(
                "coverage-open",
                f"how much trade {entry.id} ({said}) holds back is not on record: the answer "
                "covers everything from nothing to all of it",
                entry.id,
            )
        if kind == "conditional_opening":
            self._opening(
                entry, covered, *((part, steps, basis) if steps else ((0.0, 1.0), steps, UNKNOWN))
            )
            return
        if not self.ask.lift:
            self.barred[TO] += [Barred(one, part, steps, plants, basis) for one in covered]
            return
        self.barred[FROM] += [Barred(one, part, steps, plants, basis) for one in covered]
        kept = [self._kept(entry, one) for one in covered]
        self.barred[TO] += [
            Barred(one, part, steps, plants, basis) for one in kept if one is not None
        ]

    def _kept(self, entry: Entry, one: Coverage) -> Coverage | None:
        """What of a measure stays where it is lifted in some areas only."""
        every = frozenset(areas_of(one.exporter))
        lifted = every if self.ask.areas is None else self.ask.areas & every
        lifted = lifted - self.ask.excepting
        mine = every if one.areas is None else one.areas
        left = mine - lifted
        if not left:
            return None
        goods = goods_coverage(entry, self.baseline, one.product, one.exporter, one.importer,
                               self.get)  # fmt: skip
        part = area_part(self.baseline, one.product, one.exporter, one.importer, left)
        kept = shared(entry.id, one, goods, part, left)
        if kept.high == 0.0:
            self.flag(
                "nothing-left-barred",
                f"{', '.join(label(a) for a in sorted(left)[:10])} stay barred, and sold none of "
                f"{one.product} to {one.importer} in {self.baseline.year}: all of the flow comes "
                "back",
                entry.id,
            )
            return None
        return kept

    def _opening(
        self,
        entry: Entry,
        covered: Sequence[Coverage],
        held: Range,
        steps: tuple[str, ...],
        basis: str,
    ) -> None:
        """From all closed to open in the scope, where conditions may still hold some back."""
        if not steps:
            steps = (f"{entry.id}: how much its conditions hold back is not on record: 0 to 1",)
            self.flag(
                "coverage-open",
                f"how much trade the conditions of {entry.id} still hold back is not on record: "
                "the answer covers everything from nothing to all of it",
                entry.id,
            )
        if self.ask.lift:
            raise InputError(
                f"{entry.id} opens trade: there is nothing of it to lift",
                mend="ask without --lift: what the opening brings",
            )
        for one in covered:
            goods = goods_coverage(entry, self.baseline, one.product, one.exporter, one.importer,
                                   self.get)  # fmt: skip
            closed = area_part(self.baseline, one.product, one.exporter, one.importer, None)
            whole = shared(entry.id, one, goods, closed, None)
            self.barred[FROM].append(Barred(whole))
            inside = area_part(self.baseline, one.product, one.exporter, one.importer, one.areas)
            low = 1.0 - inside.high * (1.0 - held[0])
            high = 1.0 - inside.low * (1.0 - held[1])
            said = (
                f"{entry.id}: opened {span_text((inside.low, inside.high))} of the flow, of which "
            )
            said += f"{span_text(held)} is held back: {span_text((low, high))} stays closed"
            if high > 0.0:
                self.barred[TO].append(
                    Barred(whole, (low, high), (*steps, said), basis=weakest(basis, inside.basis))
                )  # fmt: skip)

    def _duty(self, entry: Entry, covered: Sequence[Coverage], said: str) -> None:
        self.used.add("rate")
        rate = self.ask.rate
        if rate is None:
            try:
                known = rate_of(entry, said, None)
            except InputError as error:
                error.mend = "say it as a share of the value: --rate 10%"
                raise
            rate = (known, known)
        basis = SOURCED if self.ask.rate is None else ASKED
        for one in covered:
            base = self.tariff(one)
            part = span_text((one.low, one.high))
            step = f"tariff {base:.3g} + {span_text(rate)} on {part} of the flow"
            rule = self.rule(TO, TARIFF, one, base + rate[0], base + rate[1], (*one.steps, step))
            self._either(on_part(rule, one, basis), base)

    def _quota(self, entry: Entry, covered: Sequence[Coverage]) -> None:
        self.used |= {"limit", "over"}
        if self.ask.limit is None:
            raise InputError(
                f"the quota of {entry.id} is not known as a part of what was sold in "
                f"{self.baseline.year}",
                mend="say it: --limit 0.5 (half of the quantity of the base)",
            )
        limit = self.ask.limit
        for one in covered:
            step = f"{entry.id}: at most {span_text(limit)} times the quantity of the base"
            if one.low == 1.0:
                rule = self.rule(TO, QUOTA, one, *limit, (*one.steps, step))
                rule = replace(rule, over=self.ask.over, basis=(ASKED, SOURCED, SOURCED))
                self._either(rule, None)
                continue
            # The model limits whole flows: what the quota leaves of a part of one is availability.
            held = (max(0.0, 1.0 - limit[1]), max(0.0, 1.0 - limit[0]))
            step = f"{step}, of {span_text((one.low, one.high))} of the flow"
            self.barred[FROM if self.ask.lift else TO].append(
                Barred(one, held, (step,), basis=ASKED)
            )
            self.flag(
                "quota-part",
                f"{entry.id} limits a part of the flow of {one.product} from {one.exporter} to "
                f"{one.importer}: it counts as barring what lies above the limit at the base, "
                "without rents or a tariff beyond it",
                entry.id,
            )

    def _cost(self, entry: Entry, covered: Sequence[Coverage], said: str) -> None:
        self.used.add("cost")
        if self.ask.cost is None:
            raise InputError(
                f"what {entry.id} ({said}) costs is not on record",
                mend="say it: --cost 1.02-1.10 (factor on the buyers' price of what it covers)",
            )
        for one in covered:
            part = span_text((one.low, one.high))
            step = f"{entry.id}: price × {span_text(self.ask.cost)} on {part} of the flow"
            rule = self.rule(TO, COST, one, *self.ask.cost, (*one.steps, step))
            self._either(on_part(rule, one, ASKED), None)

    def _either(self, rule: FlowRule, base: float | None) -> None:
        """The rule in the state asked for: of a lifting it is the state before."""
        if self.ask.lift:
            self.rules.append(replace(rule, state=FROM))
        elif base is None or rule.high != base or rule.low != base:
            self.rules.append(rule)

    def tariff(self, one: Coverage) -> float:
        names = self.baseline.names
        k = names.sector(one.product)
        i, j = names.economy(one.exporter), names.economy(one.importer)
        return float(self.baseline.tariff[k, i, j])

    def rule(
        self, state: str, kind: str, one: Coverage, low: float, high: float, steps: tuple[str, ...]
    ) -> FlowRule:
        imposers = {code for measure in one.measures for code in self.imposers_of[measure]}
        return FlowRule(
            state=state,
            kind=kind,
            product=one.product,
            importer=one.importer,
            exporter=one.exporter,
            low=low,
            high=high,
            actors=tuple(e for e in (one.importer, one.exporter) if e in imposers),
            sources=one.measures,
            arithmetic=steps,
        )

    def bans(self) -> list[FlowRule]:
        """The bans of both states."""
        return [
            rule
            for state in (FROM, TO)
            for rule in ban_rules(state, self.barred[state], self.baseline, self.rule)
        ]
