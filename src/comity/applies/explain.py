"""Why a measure applies, may, or does not: every condition in words, and the near misses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from comity.applies import cells, dates, steps
from comity.applies.answer import Uncertain
from comity.applies.compiled import GOODS, Asked, Compiled, goods_touch, goods_truth, who
from comity.applies.dimension import WORDS, Dimension
from comity.applies.index import Index
from comity.applies.question import Shipment
from comity.applies.rule import Rule
from comity.applies.steps import MAYBE, NO, YES
from comity.words.errors import NotFound
from comity.words.scope import Scope
from comity.words.time import Truth


class NearMiss(NamedTuple):
    """A measure that one condition alone keeps from applying."""

    measure: Rule
    fails: str
    """``goods``, ``area``, ``target``, ``date``, ``consignee``, ``end_use`` or ``exemption``."""
    reason: str
    """``wrong_goods``, ``wrong_area``, ``wrong_target``, ``not_yet``, ``no_longer``, ``suspended``,
    ``other_consignee``, ``other_end_use`` or ``exempted``."""
    why: str

    def as_dict(self) -> dict[str, object]:
        until = self.measure.until
        return {
            "measure": self.measure.id,
            "title": self.measure.title,
            "effect": self.measure.effect,
            "from": str(self.measure.span.start),
            "until": None if until is None else str(until),
            "fails": self.fails,
            "reason": self.reason,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """All conditions of one measure for one shipment. `truth` is that of the whole: a part of what
    is asked may differ where a condition is met in part."""

    measure: Rule
    shipment: Shipment
    dimensions: tuple[Dimension, ...]

    @property
    def truth(self) -> Truth:
        return min((one.truth for one in self.dimensions), default=Truth.NO)

    @property
    def partly(self) -> bool:
        return self.truth is not Truth.NO and any(one.partly for one in self.dimensions)

    def as_dict(self) -> dict[str, object]:
        return {
            "measure": self.measure.as_dict(),
            "question": self.shipment.as_dict(),
            "applies": "in part" if self.partly else WORDS[self.truth],
            "conditions": [one.as_dict() for one in self.dimensions],
        }


def explanation(index: Index, asked: Asked, shipment: Shipment, measure: str) -> Explanation:
    rule = index.by_id.get(measure)
    if rule is None:
        other = index.without_goods.get(measure)
        if other is None:
            raise NotFound(f"there is no measure {measure!r}", mend="comity measures lists them")
        nothing = Dimension("effect", Truth.NO, "no_goods", "it has no bearing on goods")
        return Explanation(other, shipment, (nothing,))
    found = (
        _imposer(index, rule, asked),
        _target(index, rule, asked),
        _goods(rule, asked),
        _area(index, rule, asked),
        dates.date(rule.rule, asked.on),
        *_who(rule, asked),
    )
    if rule.exempt:
        found = (*found, _exemption(rule, asked))
    return Explanation(rule.rule, shipment, found)


def reasons(index: Index, asked: Asked, shipment: Shipment, one: Uncertain) -> tuple[str, ...]:
    """In words, what leaves a measure undecided."""
    rule = index.by_id[one.measure.id]
    return tuple(_condition(index, rule, asked, name).why for name in one.what_decides)


def near_misses(index: Index, asked: Asked, shipment: Shipment) -> tuple[NearMiss, ...]:
    """Of the measures of the two economies, those that exactly one condition keeps out."""
    found = []
    for export, imposer in ((0, shipment.to), (1, shipment.origin)):
        for rule in index.imposed_by(imposer, export):
            miss = _near(index, rule, asked)
            if miss is not None:
                found.append((rule.order, miss))
    return tuple(miss for _, miss in sorted(found, key=lambda one: one[0]))


def _near(index: Index, rule: Compiled, asked: Asked) -> NearMiss | None:
    """The one condition that fails, or None where none or several do."""
    failing = ""
    on = asked.on
    export = rule.export
    other = asked.others[export]
    touched = rule.static & GOODS or goods_touch(rule.codes, asked.edition, asked.digits)
    if not touched or (rule.excepts and _goods(rule, asked).truth == NO):
        failing = "goods"
    if steps.at((rule.starts, rule.truths), on) == NO:
        if failing:
            return None
        failing = "date"
    if rule.areas is not None:
        yes, maybe = rule.masks(other)
        if not (yes | maybe) & asked.bits[export]:
            if failing:
                return None
            failing = "area"
    if index.aim(rule, asked.others[1 - export], other, on) == NO:
        if failing:
            return None
        failing = "target"
    if index.imposing(rule, asked.others[1 - export], on) == NO:
        return None
    if rule.names is not None and who(rule.names, None, asked)[0] == NO:
        if failing:
            return None
        failing = "consignee"
    if rule.uses is not None and who(None, rule.uses, asked)[0] == NO:
        if failing:
            return None
        failing = "end_use"
    if rule.exempt and _exemption(rule, asked).truth == NO:
        if failing:
            return None
        failing = "exemption"
    if not failing:
        return None
    said = _condition(index, rule, asked, failing)
    return NearMiss(rule.rule, failing, said.reason, said.why)


def _condition(index: Index, rule: Compiled, asked: Asked, name: str) -> Dimension:
    """The condition of that name."""
    match name:
        case "target":
            return _target(index, rule, asked)
        case "goods":
            return _goods(rule, asked)
        case "area":
            return _area(index, rule, asked)
        case "date":
            return dates.date(rule.rule, asked.on)
        case "exemption":
            return _exemption(rule, asked)
    return next(one for one in _who(rule, asked) if one.name == name)


# ------------------------------------------------------------------------------ each condition


def _imposer(index: Index, rule: Compiled, asked: Asked) -> Dimension:
    economy = asked.others[1 - rule.export]
    truth = Truth(index.imposing(rule, economy, asked.on))
    codes = ", ".join(rule.rule.imposers)
    flow = "exports from" if rule.export else "imports into"
    if truth == NO:
        why = f"it bears on {flow} {codes}, not {economy}"
        return Dimension("imposer", truth, "other_imposer", why)
    return Dimension("imposer", truth, "imposer", f"it bears on {flow} {codes}")


def _target(index: Index, rule: Compiled, asked: Asked) -> Dimension:
    economy = asked.others[rule.export]
    truth = Truth(index.aim(rule, asked.others[1 - rule.export], economy, asked.on))
    scope = rule.rule.targets
    if truth == YES:
        return Dimension("target", truth, "target", f"it is aimed at {scope}")
    if truth == MAYBE:
        return Dimension(
            "target", truth, "target_undecided", f"whether {economy} is covered: aimed at {scope}"
        )
    if index.within(rule, asked.others[1 - rule.export], economy, asked.on):
        why = "trade between members of the group that imposes it crosses no border of it"
        return Dimension("target", truth, "wrong_target", why)
    return Dimension("target", truth, "wrong_target", f"it is aimed at {scope}, not at {economy}")


def _goods(rule: Compiled, asked: Asked) -> Dimension:
    source = rule.rule
    named = cells.whole_cells(asked, cells.codes_below([rule], asked))
    truths = {rule.covers_goods(asked.edition, cell) for cell in named}
    question = f"{asked.edition}:{asked.digits}"
    best = Truth(max(truths))
    if len(truths) > 1:
        some = "some of it covered" if best == YES else "some of it perhaps covered"
        return Dimension("goods", best, "goods_in_part", f"{question}: {some}", True)
    if best == NO:
        left_out = goods_truth(rule.codes, asked.edition, asked.digits) == YES
        if left_out or (rule.static & GOODS):
            return Dimension("goods", best, "wrong_goods", f"{question} is left out of it")
        words = f" ({source.goods_words})" if source.goods_words else ""
        return Dimension(
            "goods", best, "wrong_goods", f"it covers {_listed(source)}{words}, not {question}"
        )
    if best == MAYBE:
        if source.goods_list is not None:
            why = f"whether the goods are in {source.goods_list}"
        elif not source.goods:
            why = "which goods it covers is not on record"
        else:
            editions = ", ".join(sorted(set(rule.codes) | set(rule.excepts)))
            why = (
                f"its codes are of {editions}, the question's of {asked.edition}: "
                "codes of different editions decide by chapter only"
            )
        return Dimension("goods", best, "goods_undecided", why)
    note = ""
    if source.goods_basis == "mapped_by_compiler":
        note = "; the instrument names goods in words, the codes are the compiler's"
    return Dimension("goods", best, "goods", f"it covers {_listed(source)}{note}")


def _listed(rule: Rule) -> str:
    codes = [str(code) for code in rule.goods]
    return ", ".join(codes[:6]) + (f" and {len(codes) - 6} more" if len(codes) > 6 else "")


def _area(index: Index, rule: Compiled, asked: Asked) -> Dimension:
    economy = asked.others[rule.export]
    wanted = asked.bits[rule.export]
    yes, maybe = rule.masks(economy)
    scope = rule.rule.areas
    yes, maybe = yes & wanted, maybe & wanted
    if yes == wanted:
        return Dimension("area", Truth.YES, "area", f"areas of {economy}: {_areas(scope)}")
    if maybe == wanted:
        why = f"whether the area is covered: {_areas(scope)}"
        return Dimension("area", Truth.MAYBE, "area_undecided", why)
    if not yes | maybe:
        return Dimension("area", Truth.NO, "wrong_area", f"it covers {_areas(scope)}")
    if yes:
        return Dimension("area", Truth.YES, "area_in_part", f"it covers {_areas(scope)}", True)
    why = f"whether the area is covered: {_areas(scope)}"
    return Dimension("area", Truth.MAYBE, "area_in_part", why, True)


def _areas(scope: Scope) -> str:
    return str(scope)


def _who(rule: Compiled, asked: Asked) -> tuple[Dimension, ...]:
    found = []
    if rule.names is not None:
        if asked.consignee is None:
            why = "it is aimed at named entities, and no consignee is given"
            found.append(Dimension("consignee", Truth.MAYBE, "consignee_not_given", why))
        else:
            truth, why = rule.names.match(asked.consignee)
            reason = ("other_consignee", "consignee_undecided", "consignee")[truth]
            found.append(Dimension("consignee", Truth(truth), reason, why))
    if rule.uses is not None:
        if asked.end_use is None:
            aimed = "; ".join(rule.rule.end_uses)
            why = f"it is aimed at end uses ({aimed}), and none is given"
            found.append(Dimension("end_use", Truth.MAYBE, "end_use_not_given", why))
        else:
            truth, why = rule.uses.match(asked.end_use)
            reason = ("other_end_use", "end_use_undecided", "end_use")[truth]
            found.append(Dimension("end_use", Truth(truth), reason, why))
    return tuple(found)


def _exemption(rule: Compiled, asked: Asked) -> Dimension:
    """Is it free of exemptions? Over the goods and areas asked about that the rule covers."""
    codes = cells.whole_cells(asked, cells.codes_below([rule], asked))
    other = asked.others[rule.export]
    yes, maybe = rule.masks(other)
    wanted = (yes | maybe) & asked.bits[rule.export] or asked.bits[rule.export]
    covered = [c for c in codes if rule.covers_goods(asked.edition, c) != NO] or codes
    free = perhaps = out = False
    notes: list[str] = []
    for cell in covered:
        sure_out = maybe_out = 0
        for one, source in zip(rule.exempt, rule.rule.exemptions, strict=True):
            held = min(steps.at(one.steps(other), asked.on), who(one.names, one.uses, asked)[0])
            if one.codes:
                held = min(held, goods_truth(one.codes, asked.edition, cell))
            if held == NO:
                continue
            sure, unsure = one.masks(other)
            if held == MAYBE:
                sure, unsure = 0, sure | unsure
            if (sure | unsure) & wanted:
                notes.append(source.note or "an exemption")
            sure_out |= sure & wanted
            maybe_out |= unsure & wanted
        maybe_out &= ~sure_out
        out |= bool(sure_out)
        perhaps |= bool(maybe_out)
        free |= bool(wanted & ~sure_out & ~maybe_out)
    said = "; ".join(dict.fromkeys(notes))
    if not out and not perhaps:
        return Dimension("exemption", Truth.YES, "not_exempted", "no exemption holds")
    if free or (out and perhaps):
        best = Truth.YES if free else Truth.MAYBE
        return Dimension("exemption", best, "exempted_in_part", f"in part: {said}", True)
    if out:
        return Dimension("exemption", Truth.NO, "exempted", f"exempted: {said}")
    return Dimension("exemption", Truth.MAYBE, "perhaps_exempted", f"whether this holds: {said}")
