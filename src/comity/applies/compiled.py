"""A rule made ready to be asked a hundred thousand times: days as steps, areas as bits.

Nothing here is shown to people: `explain` says in words what these numbers decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comity.applies import steps
from comity.applies.memberships import Groups
from comity.applies.names import NameList, UseList
from comity.applies.places import EVERYTHING, Masks, Places, outside
from comity.applies.rule import Exemption, Rule
from comity.applies.steps import MAYBE, NO, YES, Steps
from comity.words.goods import GoodsCode
from comity.words.scope import Scope
from comity.words.time import LAST

TARGET, GOODS, AREA, DATE, ENTITY, END_USE, EXEMPTION = (1 << n for n in range(7))
"""What leaves a measure undecided, as bits."""
DECIDERS = ("target", "goods", "area", "date", "consignee", "end_use", "exemption")
"""Their names, in the order of the bits."""

Codes = dict[str, tuple[str, ...]]
"""Edition → digits, none of which begins with another."""


_NONE: Codes = {}


def by_edition(goods: Iterable[GoodsCode]) -> Codes:
    found: dict[str, set[str]] = {}
    for one in goods:
        found.setdefault(one.edition, set()).add(one.code)
    if not found:
        return _NONE
    codes: Codes = {}
    for edition, digits in sorted(found.items()):
        kept: list[str] = []
        for code in sorted(digits):
            if not kept or not code.startswith(kept[-1]):
                kept.append(code)
        codes[edition] = tuple(kept)
    return codes


def goods_truth(codes: Codes, edition: str, digits: str) -> int:
    """Do the codes cover these digits? Codes below them do not count: they are cells of their own.

    The codes of another edition decide by chapter only, as in `goods.relation`.
    """
    best = NO
    for own, listed in codes.items():
        if own == edition:
            if digits.startswith(listed):
                return YES
            continue
        for code in listed:
            if code[:2] == digits[:2]:
                if len(code) == 2:
                    return YES
                best = MAYBE
    return best


def goods_touch(codes: Codes, edition: str, digits: str) -> bool:
    """Can the codes bear on any of the goods asked about?"""
    for own, listed in codes.items():
        for code in listed:
            if own != edition:
                if code[:2] == digits[:2]:
                    return True
            elif digits.startswith(code) or code.startswith(digits):
                return True
    return False


class Asked:
    """A question made ready. `bits` are those of the origin (imports) and destination (exports)."""

    __slots__ = ("bits", "consignee", "digits", "edition", "end_use", "on", "others")

    def __init__(
        self,
        edition: str,
        digits: str,
        on: int,
        others: tuple[str, str],
        bits: tuple[int, int],
        consignee: str | None,
        end_use: str | None,
    ) -> None:
        self.edition = edition
        self.digits = digits
        self.on = on
        self.others = others
        """The economy aimed at by measures on imports (the origin) and on exports."""
        self.bits = bits
        self.consignee = consignee
        self.end_use = end_use


def who(names: NameList | None, uses: UseList | None, asked: Asked) -> tuple[int, int]:
    """Truth of entity and end use together, and the bits of what leaves it undecided."""
    undecided = 0
    if names is not None:
        truth = MAYBE if asked.consignee is None else names.match(asked.consignee)[0]
        if truth == NO:
            return NO, 0
        if truth == MAYBE:
            undecided |= ENTITY
    if uses is not None:
        truth = MAYBE if asked.end_use is None else uses.match(asked.end_use)[0]
        if truth == NO:
            return NO, 0
        if truth == MAYBE:
            undecided |= END_USE
    return (MAYBE if undecided else YES), undecided


class Exempt:
    """An exemption made ready."""

    __slots__ = (
        "_areas",
        "_groups",
        "_outside",
        "_span",
        "_steps",
        "_targets",
        "codes",
        "names",
        "uses",
    )

    def __init__(self, source: Exemption, places: Places, groups: Groups) -> None:
        self.codes = by_edition(source.goods)
        self._span = steps.ALWAYS if source.span is None else steps.of_span(source.span)
        self._targets = source.targets
        self._groups = groups
        self._steps: dict[str, Steps] = {}
        self._areas = None if source.areas is None else places.masks(source.areas)
        self._outside = EVERYTHING if source.areas is None else outside(source.areas)
        self.names = NameList(source.entities) if source.entities else None
        self.uses = UseList(source.end_uses) if source.end_uses else None

    def steps(self, economy: str) -> Steps:
        """When it holds for the economy aimed at, as far as days and targets decide."""
        if self._targets is None:
            return self._span
        found = self._steps.get(economy)
        if found is None:
            found = steps.minimum(self._span, self._groups.covers(self._targets, economy))
            self._steps[economy] = found
        return found

    def masks(self, economy: str) -> Masks:
        if self._areas is None:
            return EVERYTHING
        return self._areas.get(economy, self._outside)

    def bears_on(self, asked: Asked, export: int) -> bool:
        """Can it hold for any part of the question, on any day?"""
        other = asked.others[export]
        if self.codes and not goods_touch(self.codes, asked.edition, asked.digits):
            return False
        yes, maybe = self.masks(other)
        if not (yes | maybe) & asked.bits[export]:
            return False
        if self.steps(other)[1] == (NO,):
            return False
        return who(self.names, self.uses, asked)[0] != NO


class Compiled:
    """A rule made ready, for one imposer and the economies for which its days are the same."""

    __slots__ = (
        *("areas", "codes", "elsewhere", "ends", "excepts", "exempt", "export", "names", "order"),
        *("outside", "plain", "rank", "rule", "starts", "static", "truths", "uses"),
    )

    rule: Rule
    order: int
    rank: int
    export: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    truths: tuple[int, ...]
    codes: Codes
    excepts: Codes
    areas: Mapping[str, Masks] | None
    outside: Masks
    names: NameList | None
    uses: UseList | None
    exempt: tuple[Exempt, ...]
    static: int
    """What is undecided whatever is asked."""
    plain: bool
    """Nothing but goods, targets and days decide."""
    elsewhere: Mapping[str, tuple[Compiled, ...]] | None
    """Where it is aimed at all: what stands in its place for some economies."""

    def __init__(self, rule: Rule, order: int, places: Places, groups: Groups) -> None:
        self.rule = rule
        self.order = order
        self.rank = rule.rank
        self.export = int(rule.flow == "export")
        self._set_steps(steps.in_force(rule.span, rule.act_span, rule.suspensions))
        listed = rule.goods_list is not None or not rule.goods
        self.codes = _NONE if listed else by_edition(rule.goods)
        self.excepts = by_edition(rule.goods_except)
        self.areas = places.masks(rule.areas)
        self.outside = outside(rule.areas)
        self.names = (
            NameList(rule.entities, rule.entities_complete, rule.entities_count)
            if rule.names_entities
            else None
        )
        self.uses = UseList(rule.end_uses) if rule.end_uses else None
        self.exempt = tuple(Exempt(one, places, groups) for one in rule.exemptions)
        self.elsewhere = None
        self._set_static(GOODS if listed else 0)

    def _set_steps(self, value: Steps) -> None:
        self.starts, self.truths = value
        self.ends = (*self.starts[1:], LAST)

    def _set_static(self, bits: int) -> None:
        self.static = bits
        self.plain = not (
            bits
            or self.excepts
            or self.areas is not None
            or self.names is not None
            or self.uses is not None
            or self.exempt
        )

    @property
    def steps(self) -> Steps:
        return self.starts, self.truths

    def variant(self, days: Steps, undecided: int = 0) -> Compiled:
        """The same rule on other days, or with more undecided."""
        one = object.__new__(Compiled)
        for name in Compiled.__slots__:
            setattr(one, name, getattr(self, name))
        one._set_steps(days)
        one._set_static(self.static | undecided)
        one.elsewhere = None
        return one

    def masks(self, economy: str) -> Masks:
        if self.areas is None:
            return EVERYTHING
        return self.areas.get(economy, self.outside)

    def covers_goods(self, edition: str, digits: str) -> int:
        """Truth of the goods, exceptions counted, for a cell of the question."""
        truth = MAYBE if self.static & GOODS else goods_truth(self.codes, edition, digits)
        if truth and self.excepts:
            truth = min(truth, YES - goods_truth(self.excepts, edition, digits))
        return truth


def scopes_of(rules: Iterable[Rule]) -> Iterable[Scope]:
    """Every scope of areas in the rules."""
    for rule in rules:
        yield rule.areas
        for one in rule.exemptions:
            if one.areas is not None:
                yield one.areas
