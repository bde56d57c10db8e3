"""A scenario file for the market model, resolved: the rules of both states on a market.

A measure of the record brings its own coverage (goods × areas, see `market_coverage`) unless the
file gives one. States given as days hold the measures in force on them; nothing is prorated unless
the file asks for it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from comity.record.validate import raise_problems
from comity.scenario.contents import (
    ListedChange,
    MarketModel,
    MeasureChoice,
    Scenario,
    State,
    Who,
)
from comity.scenario.economies import named
from comity.scenario.fields import Problems
from comity.scenario.market_ask import Ask, span_text
from comity.scenario.market_bans import Barred
from comity.scenario.market_case import (
    ASKED,
    BAN,
    COST,
    EXCHANGE,
    FROM,
    SOURCED,
    TARIFF,
    TO,
    CaseMeasure,
    FlowRule,
    MarketCase,
)
from comity.scenario.market_coverage import Coverage, Part, coverage_of, goods_part
from comity.scenario.market_measures import Work
from comity.scenario.market_products import (
    WHOLE,
    ends,
    goods_held,
    products_named,
    refuse_empty,
)
from comity.scenario.market_rules import case_measure, on_part
from comity.scenario.market_scope import pairs_of
from comity.trade.market_baseline import MarketBaseline
from comity.trade.markets import markets
from comity.words.errors import ComityError, InputError, NotFound
from comity.words.goods import GoodsCode

if TYPE_CHECKING:
    from comity.scenario.inforce import Record, Rules


def resolve_market(
    scenario: Scenario, baseline: MarketBaseline, record: Record | None = None
) -> MarketCase:
    """The scenario on a market. Raises `ValidationError` with every problem at its place."""
    work = _Resolution(scenario, baseline, record)
    work.run()
    raise_problems(work.problems.found, "the scenario")
    model = scenario.model.market or MarketModel()
    views = [
        (f"{name}.{key}", str(value))
        for name, state in ((FROM, scenario.before), (TO, scenario.after))
        for key, value in state.as_dict().items()
        if value is not None
    ]
    return MarketCase(
        title=scenario.title,
        baseline=baseline.name,
        baseline_digest=baseline.digest,
        rules=(*work.inner.rules, *work.inner.bans()),
        horizon=model.horizon,
        period=_period(scenario.after, model.horizon),
        measures=tuple(work.measures),
        flags=tuple(dict.fromkeys(work.inner.flags)),
        views=tuple(views),
    )


def _period(state: State, horizon: str) -> str:
    if state.as_of is None:
        return "first full year" if horizon == "short" else "fifth year and later"
    if state.prorate is not None:  # a year with measures in force for a part of it: none is full
        return str(state.prorate) if horizon == "short" else f"{state.prorate + 4} and later"
    year = state.as_of.year + (0 if (state.as_of.month, state.as_of.day) == (1, 1) else 1)
    return str(year) if horizon == "short" else f"{year + 4} and later"


class _Resolution:
    def __init__(self, scenario: Scenario, baseline: MarketBaseline, record: Record | None) -> None:
        self.scenario, self.baseline, self.record = scenario, baseline, record
        self.problems = Problems(scenario.file)
        self.day = dt.date(baseline.year, 12, 31).toordinal()
        self.measures: list[CaseMeasure] = []
        self.inner = Work(baseline, Ask(), lambda _: None, self.day, alone=False)

    def run(self) -> None:
        scenario = self.scenario
        states = {FROM: scenario.before, TO: scenario.after}
        if scenario.needs_record and self.record is None:
            self.problems.wrong(
                "the scenario names days or measures of the record, and no record was given",
                scenario.at("measures"),
                "open a store and give it",
            )
        elif scenario.needs_record and self.record is not None:
            from comity.scenario.inforce import Rules

            rules = {name: Rules(self.record, state) for name, state in states.items()}
            for choice in scenario.choices:
                for name, state in states.items():
                    try:
                        self._measure(choice, name, state, rules[name])
                    except ComityError as error:
                        self.problems.add(error, choice.at())
        for name, state in states.items():
            for number, change in enumerate(state.changes, start=1):
                if change.kind == "measure":
                    continue
                try:
                    self._listed(name, f"change {number}", change)
                except ComityError as error:
                    self.problems.add(error, change.at())

    # ------------------------------------------------------------------ measures of the record

    def _measure(self, choice: MeasureChoice, name: str, state: State, rules: Rules) -> None:
        if choice.in_baseline != "no":
            raise InputError(
                f"{choice.id} is said to be in the flows of the market: cells that are zero cannot "
                "grow",
                mend="take a market of the last year before it",
            )
        if choice.imposers is not None or choice.partners is not None:
            raise InputError(
                "imposers and partners of a measure are those of the record here",
                mend="list the change with by: and imports_from: instead",
            )
        products = products_named(self.baseline, choice, self.problems)
        if products is None:
            return
        if state.as_of is None:
            entry, share = rules.measure(choice.id), 0.0
        else:
            found = rules.in_force(choice)
            entry, share = found.entry, found.share
            for kind, text in found.remarks:
                self.inner.flag(kind, text, choice.id)
        for change in state.changes:
            if change.measure is not None and change.measure.id == choice.id and change.operation:
                share = 1.0 if change.operation == "impose" else 0.0
        if not any(one.id == entry.id for one in self.measures):
            self.measures.append(case_measure(entry, "asked", rules.whole))
        if share == 0.0:
            return
        whole = rules.whole_of(entry)
        get = rules.whole.get
        pairs, flags = pairs_of(whole, self.baseline, self.day, get)
        self.inner.flags += flags
        self.inner.imposers_of[entry.id] = frozenset(whole.list("imposers"))
        self.inner.get = get
        covered = [one for i, e in pairs for one in coverage_of(whole, self.baseline, i, e, get)]
        refuse_empty(choice, products, {one.product for one in covered}, self.problems)
        covered = [one for one in covered if one.product in products]
        if choice.coverage is not None:
            covered = [self._given(one, choice) for one in covered]
        covered = [one for one in covered if one.high > 0.0]
        if not covered:
            raise InputError(
                f"the market {self.baseline.name} holds no goods that {entry.id} bears on",
                mend="take a market that has them",
            )
        effect = self._effect(choice, whole, rules)
        for one in covered:
            if effect[0] == BAN:
                steps = () if share == 1.0 else (f"in force for {share:.3g} of the year",)
                self.inner.barred[name].append(Barred(one, (share, share), steps))
                continue
            value = effect[1]
            if effect[0] == TARIFF:
                value += self.inner.tariff(one)
            rule = self.inner.rule(name, effect[0], one, value, value, one.steps)
            rule = on_part(rule, one, ASKED)
            ends = (rule.share[0] * share, rule.share[1] * share)
            self.inner.rules.append(replace(rule, share=ends))

    def _effect(self, choice: MeasureChoice, entry: object, rules: Rules) -> tuple[str, float]:
        from comity.record.entry import Entry
        from comity.scenario.effect import effect_on_trade

        assert isinstance(entry, Entry)
        found = effect_on_trade(entry, choice, rules.state.as_of)
        kind = {"ban": BAN, "tariff": TARIFF, "trade_cost": COST}[found.kind]
        return kind, 0.0 if found.value is None else found.value

    def _given(self, one: Coverage, choice: MeasureChoice) -> Coverage:
        """The coverage that the file gives for a product."""
        low, high = ends(self.baseline, choice, one.product)
        said = span_text((low, high))
        steps = (f"{choice.id}: {said} of the flow, as the scenario says",)
        part = Part(low, high, f"{said} of the flow", ASKED)
        return replace(
            one, low=low, high=high, steps=steps, areas=None, goods=WHOLE, area=part,
            codes=(choice.id,),
        )  # fmt: skip

    # -------------------------------------------------------------------------- listed changes

    def _who(self, change: ListedChange, key: str, who: Who) -> list[str]:
        labels = self.baseline.names.economies
        found: set[int] = set()
        if who.names is None:
            found = set(range(len(labels)))
        for n, name in enumerate(who.names or ()):
            try:
                found.update(named(self.baseline, name, self.day))
            except NotFound as error:
                self.problems.add(error, change.at(f"{key}.{n}"))
        for name in who.excepting:
            found.difference_update(named(self.baseline, name, self.day))
        return [labels[k] for k in sorted(found)]

    def _listed(self, name: str, source: str, change: ListedChange) -> None:
        if change.kind == "exchange_rate":
            self._money(name, source, change)
            return
        if change.kind not in ("tariff", "ban", "trade_cost"):
            what = change.kind.replace("_", " ")
            mend = "put the ban into from:, and leave it out of to:" if what == "lift" else None
            raise InputError(
                f"the market model has no change of the kind {what}",
                mend=mend or "use a tariff, a ban, a trade cost, an exchange rate or a measure",
            )
        products = products_named(self.baseline, change, self.problems)
        if products is None or not goods_held(self.baseline, change, self.problems):
            return
        by = self._who(change, "by", change.by)
        self.inner.imposers_of[source] = frozenset(by)
        pairs: list[tuple[str, str]] = []
        if change.imports_from is not None:
            others = self._who(change, "imports_from", change.imports_from)
            pairs += [(one, other) for one in by for other in others if one != other]
        if change.exports_to is not None:
            others = self._who(change, "exports_to", change.exports_to)
            pairs += [(other, one) for one in by for other in others if one != other]
        if not pairs and by:
            key = "imports_from" if change.imports_from is not None else "exports_to"
            self.problems.wrong(
                f"a {change.kind.replace('_', ' ')} of {', '.join(by)} on itself",
                change.at(key),
                "name another economy of the market",
            )
        for importer, exporter in pairs:
            for one in self._covered(change, source, products, importer, exporter):
                self._apply(name, change, one)

    def _money(self, name: str, source: str, change: ListedChange) -> None:
        """The money of each economy named, against that of all others."""
        assert change.value is not None
        names = self.baseline.names
        worth = 1.0 + change.value
        for code in self._who(change, "by", change.by):
            taken = [r for r in self.inner.rules if r.state == name and r.kind == EXCHANGE]
            if any(rule.exporter == code for rule in taken):
                raise InputError(
                    f"the money of {code} changes its value twice", mend="keep one of the two"
                )
            i = names.economy(code)
            for k, product in enumerate(names.sectors):
                if self.baseline.value[k, i].any() or self.baseline.value[k, :, i].any():
                    said = f"the money of {code} is worth {worth:.4g} times what it was"
                    self.inner.rules.append(
                        FlowRule(
                            state=name, kind=EXCHANGE, product=product, importer=code,
                            exporter=code, low=worth, high=worth, actors=(), sources=(source,),
                            arithmetic=(said,), basis=(ASKED, SOURCED, SOURCED),
                        )
                    )  # fmt: skip
        self.inner.flag(
            "own-money",
            "exchange rates move: each flow is in the money of its exporter, and each surplus in "
            "that of its economy, at the rates of the base: none is added up over economies, so "
            "that there is no row of all that an importer buys",
        )

    def _covered(
        self,
        change: ListedChange,
        source: str,
        products: tuple[str, ...],
        importer: str,
        exporter: str,
    ) -> list[Coverage]:
        """What a change bears on of a pair's flows: its goods × the share of them that it gives."""
        names = self.baseline.names
        out = []
        for product in products:
            part, area = WHOLE, WHOLE
            steps: tuple[str, ...] = ()
            if change.goods is not None:
                part = goods_part(
                    self.baseline,
                    product,
                    [GoodsCode.parse(code) for code in change.goods],
                    [GoodsCode.parse(code) for code in change.goods_except],
                    exporter,
                    importer,
                )
                steps = (f"{source}: {part.words}",)
            if change.coverage is not None:
                # One number for all flows of the change, as assess has it.
                low, high = ends(self.baseline, change, product)
                of = "the flow" if change.goods is None else "these goods"
                area = Part(low, high, f"{span_text((low, high))} of {of}", ASKED)
                steps = (*steps, f"{source}: {area.words}, as the scenario says")
            flow = self.baseline.value[
                names.sector(product), names.economy(exporter), names.economy(importer)
            ]
            low, high = part.low * area.low, part.high * area.high
            if high > 0.0 and flow > 0.0:
                out.append(
                    Coverage(
                        product, importer, exporter, low, high,
                        steps or (f"{source}: {WHOLE.words}",), (source,),
                        None, part, area, (source,),
                    )
                )  # fmt: skip
        return out

    def _apply(self, name: str, change: ListedChange, one: Coverage) -> None:
        if change.kind == "ban":
            self.inner.barred[name].append(Barred(one))
            return
        assert change.value is not None
        kind, value = COST, change.value
        if change.kind != "trade_cost":
            base = self.inner.tariff(one)
            new = {"to": value, "add": base + value, "times": base * value}
            kind, value = TARIFF, new[change.operation]
        rule = self.inner.rule(name, kind, one, value, value, one.steps)
        self.inner.rules.append(on_part(rule, one, ASKED))


def market_name(scenario: Scenario, folder: str | Path | None = None) -> str | Path:
    """The market that a scenario names: a shipped one by ``name``, or a folder by ``file``.

    Raises `InputError`, at the place of ``baseline``, where it names a world or nothing.
    """
    choice = scenario.baseline
    if choice.file is not None:
        base = Path(folder) if folder is not None else Path(scenario.file or ".").parent
        return base / choice.file
    if choice.name in markets():
        return str(choice.name)
    error: ComityError = InputError(
        f"{choice.name} is no market, and the model is one of a market",
        mend=f"write baseline: {' or '.join(markets())}, or baseline: {{file: FOLDER}}",
    )
    place = choice.at() or scenario.model.at() or scenario.at("model")
    raise error if place is None else error.at(place)
