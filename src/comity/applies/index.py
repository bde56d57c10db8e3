"""Finding the rules that can bear on a question without looking at the others.

Imposer and flow → economy aimed at (or `STAR`, all) → goods by prefix. A rule stands under each of
its codes (`at`), and under every shorter code that holds one of them (`below`), so that a question
narrower or wider than the rule finds it by looking up a handful of keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from comity.applies import steps
from comity.applies.compiled import TARGET, Compiled, scopes_of
from comity.applies.memberships import EVERYONE, OTHERS, Groups
from comity.applies.places import Places
from comity.applies.rule import Rule
from comity.applies.steps import MAYBE, NEVER, YES, Steps
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

    def rules(self) -> Iterator[Compiled]:
        """Each rule once."""
        seen: set[int] = set()
        for many in (self.anything, *self.at.values()):
            for rule in many:
                if id(rule) not in seen:
                    seen.add(id(rule))
                    yield rule


Side = dict[str, dict[str, Bundle]]
"""Imposer → economy aimed at → rules."""


class Index:
    """All rules that bear on goods. `sides[0]` holds those on imports, `sides[1]` on exports."""

    __slots__ = ("by_id", "editions", "groups", "places", "rules", "sides")

    def __init__(self, rules: Iterable[Rule], groups: Groups) -> None:
        self.groups = groups
        bearing = sorted((r for r in rules if r.bears_on_goods), key=lambda r: (-r.rank, r.id))
        self.places = Places(scopes_of(bearing))
        self.sides: tuple[Side, Side] = ({}, {})
        self.rules: list[Compiled] = []
        self.by_id: dict[str, Compiled] = {}
        editions: set[str] = set()
        for order, rule in enumerate(bearing):
            if rule.id in self.by_id:
                raise ValueError(f"two rules have the id {rule.id}")
            base = Compiled(rule, order, self.places, groups)
            self.rules.append(base)
            self.by_id[rule.id] = base
            editions.update(base.codes)
            _Placing(base, groups, self.sides[base.export]).run()
        self.editions = frozenset(editions)


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
        only = scope.mode == "only" and scope.known and not {EVERYONE, OTHERS} & {*scope.codes}
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
            when = aim[0], tuple(YES if one == value else 0 for one in aim[1])
            part = steps.minimum(days, steps.build(when[0], lambda d, w=when: steps.at(w, d)))
            if part != NEVER:
                found.append(self._variant(part, undecided))
        return tuple(found)

    def _at_all(self, imposer: str, days: Steps) -> Compiled:
        """The rule aimed at all, with what stands in its place for those named, and for the
        members of the customs territory that imposes it: trade within it crosses no border."""
        rule = self._base.rule
        groups = self._groups
        scope = rule.targets
        inside = [
            group
            for group in rule.imposers
            if groups.is_group(group)
            and (imposer == group or (imposer not in rule.imposers and imposer in groups.members(group)))
        ]
        key = (days, tuple(inside))
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


def _bundle(bundles: dict[str, Bundle], economy: str) -> Bundle:
    found = bundles.get(economy)
    if found is None:
        found = bundles[economy] = Bundle()
    return found


def distinct(rules: Sequence[Compiled]) -> list[Compiled]:
    """Each once, in order."""
    return list({id(rule): rule for rule in rules}.values())
