"""Finding the rules that can bear on a question without looking at the others.

Imposer and flow → economy aimed at (or `STAR`, all) → goods by prefix. A rule stands under each of
its codes (`at`), and under every shorter code that holds one of them (`below`), so that a question
narrower or wider than the rule finds it by looking up a handful of keys.
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.applies import steps
from comity.applies.compiled import TARGET, Compiled, scopes_of
from comity.applies.memberships import EVERYONE, OTHERS, Groups
from comity.applies.places import Places
from comity.applies.rule import Rule
from comity.applies.steps import MAYBE, NEVER, NO, YES, Steps
from comity.words.scope import Scope

STAR = "*"
_SIZES = (2, 4, 6, 8)


class Bundle:
    """The rules of one imposer and flow aimed at one economy, by goods."""

    __slots__ = ("anything", "at", "below")

    def __init__(self) -> None:
        self.at: dict[str, list[Compiled]] = {}
        self.below: dict[str, list[Compiled]] = {}
        self.anything: list[Compiled] = []
        """Rules whose goods no code decides."""

    def add(self, rule: Compiled) -> None:
        if not rule.codes:
            self.anything.append(rule)
            return
        shorter: set[str] = set()
        for edition, listed in rule.codes.items():
            head = f"{edition}:"
            for code in listed:
                self.at.setdefault(head + code, []).append(rule)
                shorter.update(head + code[:size] for size in _SIZES if size < len(code))
        for key in shorter:
            self.below.setdefault(key, []).append(rule)

    def find(
        self,
        keys: list[str],
        foreign: list[str],
        near: list[Compiled],
        wider: list[Compiled],
    ) -> None:
        """Adds what `Index.find` speaks of to the two lists."""
        at = self.at
        below = self.below
        for key in keys:
            if key in at:
                near += at[key]
        if self.anything:
            near += self.anything
        if keys[-1] in below:
            wider += below[keys[-1]]
        for key in foreign:
            wider += at.get(key, ())
            wider += below.get(key, ())


Side = dict[str, dict[str, Bundle]]
"""Imposer → economy aimed at → rules."""


class Index:
    """All rules that bear on goods. `sides[0]` holds those on imports, `sides[1]` on exports."""

    __slots__ = ("_imposed", "by_id", "editions", "groups", "places", "sides", "without_goods")

    def __init__(self, rules: Iterable[Rule], groups: Groups) -> None:
        self.groups = groups
        rules = tuple(rules)
        bearing = sorted((r for r in rules if r.bears_on_goods), key=lambda r: (-r.rank, r.id))
        self.without_goods = {rule.id: rule for rule in rules if not rule.bears_on_goods}
        self.places = Places(scopes_of(bearing))
        self.sides: tuple[Side, Side] = ({}, {})
        self._imposed: dict[tuple[str, int], list[Compiled]] = {}
        self.by_id: dict[str, Compiled] = {}
        editions: set[str] = set()
        for order, rule in enumerate(bearing):
            if rule.id in self.by_id:
                raise ValueError(f"two rules have the id {rule.id}")
            base = Compiled(rule, order, self.places, groups)
            self.by_id[rule.id] = base
            editions.update(base.codes)
            _Placing(base, groups, self.sides[base.export]).run()
        self.editions = frozenset(editions)

    def find(
        self, export: int, imposer: str, other: str, keys: list[str], foreign: list[str]
    ) -> tuple[list[Compiled], list[Compiled]]:
        """Rules of the imposer aimed at the other economy: those that cover the goods, or whose
        goods no code decides, and those that cover them in part or with codes of other editions.

        `keys` are the code asked about and the shorter ones, the shortest first, `foreign` its
        chapter in the other editions.
        """
        near: list[Compiled] = []
        wider: list[Compiled] = []
        bundles = self.sides[export].get(imposer)
        if bundles is None:
            return near, wider
        bundle = bundles.get(other)
        if bundle is not None:
            bundle.find(keys, foreign, near, wider)
        bundle = bundles.get(STAR)
        if bundle is not None:
            covering: list[Compiled] = []
            partly: list[Compiled] = []
            bundle.find(keys, foreign, covering, partly)
            for found, kept in ((covering, near), (partly, wider)):
                for rule in found:
                    if rule.elsewhere is None or other not in rule.elsewhere:
                        kept.append(rule)
                    else:
                        kept += rule.elsewhere[other]
        return near, wider

    def imposed_by(self, economy: str, export: int) -> list[Compiled]:
        """The rules, as they were written, that the economy or its groups ever imposed; also those
        that were never in force. Sorted out at the first call: only traces ask."""
        if not self._imposed:
            for rule in self.by_id.values():
                for imposer in self.groups.with_members(rule.rule.imposers):
                    self._imposed.setdefault((imposer, rule.export), []).append(rule)
        return self._imposed.get((economy, export), [])

    def imposing(self, rule: Compiled, economy: str, day: int) -> int:
        """Does the economy, or a group to which it belongs on the day, impose the rule?"""
        imposers = rule.rule.imposers
        if economy in imposers:
            return YES
        return steps.at(self.groups.covers(Scope.only(imposers), economy), day)

    def aim(self, rule: Compiled, imposer: str, economy: str, day: int) -> int:
        """Is the rule aimed at the economy on the day? As `_Placing` has it, for one question."""
        if self.within(rule, imposer, economy, day):
            return NO
        return steps.at(self.groups.covers(rule.rule.targets, economy), day)

    def within(self, rule: Compiled, imposer: str, economy: str, day: int) -> bool:
        """Is this trade within the group that imposes the rule, and not named by it?"""
        scope = rule.rule.targets
        if economy in scope.codes or economy in scope.includes:
            return False
        inside = _inside(self.groups, rule.rule, imposer)
        return any(steps.at(self.groups.membership(economy, group), day) == YES for group in inside)


class _Placing:
    """Puts one rule under its imposers and targets."""

    def __init__(self, base: Compiled, groups: Groups, side: Side) -> None:
        self._base = base
        self._groups = groups
        self._side = side
        self._variants: dict[tuple[Steps, int], Compiled] = {}
        self._elsewhere: dict[object, Compiled] = {}

    def run(self) -> None:
        rule = self._base.rule
        scope = rule.targets
        imposing = Scope.only(rule.imposers)
        only = _listed(scope)
        for imposer in self._groups.with_members(rule.imposers):
            days = steps.minimum(self._base.steps, self._groups.covers(imposing, imposer))
            if days == NEVER:
                continue
            bundles = self._side.setdefault(imposer, {})
            if only:
                for economy in self._groups.with_members(scope.named):
                    for one in self._aimed(days, self._groups.covers(scope, economy)):
                        _bundle(bundles, economy).add(one)
            else:
                _bundle(bundles, STAR).add(self._at_all(imposer, days))

    def _variant(self, days: Steps, undecided: int) -> Compiled:
        base = self._base
        if days == base.steps and not undecided:
            return base
        key = (days, undecided)
        found = self._variants.get(key)
        if found is None:
            found = self._variants[key] = base.variant(days, undecided)
        return found

    def _aimed(self, days: Steps, aim: Steps) -> tuple[Compiled, ...]:
        """The rule on the days on which it is surely aimed there, and on which perhaps."""
        if len(aim[0]) == 1:
            if aim[1][0] == YES:
                return (self._variant(days, 0),)
            return (self._variant(days, TARGET),) if aim[1][0] == MAYBE else ()
        found = []
        for value, undecided in ((YES, 0), (MAYBE, TARGET)):
            part = steps.minimum(days, steps.exactly(aim, value))
            if part != NEVER:
                found.append(self._variant(part, undecided))
        return tuple(found)

    def _at_all(self, imposer: str, days: Steps) -> Compiled:
        """The rule aimed at all, with what stands in its place for those named, and for the
        members of the customs territory that imposes it: trade within it crosses no border."""
        rule = self._base.rule
        groups = self._groups
        scope = rule.targets
        inside = _inside(groups, rule, imposer)
        key = (days, inside)
        found = self._elsewhere.get(key)
        if found is not None:
            return found
        elsewhere: dict[str, tuple[Compiled, ...]] = {}
        for economy in groups.with_members((*scope.named, *inside)):
            aim = groups.covers(scope, economy)
            if economy not in scope.codes and economy not in scope.includes:
                apart = [groups.outside(economy, group) for group in inside]
                aim = steps.minimum(aim, *apart)
            elsewhere[economy] = self._aimed(days, aim)
        default = groups.covers(scope, STAR)
        undecided = TARGET if default[1][0] == MAYBE else 0
        if elsewhere:
            found = self._base.variant(days, undecided)
            found.elsewhere = elsewhere
        else:
            found = self._variant(days, undecided)
        self._elsewhere[key] = found
        return found


def _listed(scope: Scope) -> bool:
    """Is the scope a known list, so that nobody else is meant?"""
    return scope.mode == "only" and scope.known and not {EVERYONE, OTHERS} & {*scope.codes}


def _inside(groups: Groups, rule: Rule, imposer: str) -> tuple[str, ...]:
    """The groups by which the imposer, not by itself, imposes a rule that is aimed at all."""
    if rule.targets.mode == "only" and EVERYONE not in rule.targets.codes:
        return ()
    return tuple(
        group
        for group in rule.imposers
        if groups.is_group(group)
        and (
            imposer == group or (imposer not in rule.imposers and imposer in groups.members(group))
        )
    )


def _bundle(bundles: dict[str, Bundle], economy: str) -> Bundle:
    found = bundles.get(economy)
    if found is None:
        found = bundles[economy] = Bundle()
    return found
