"""Groups over time: a scope that names a group means its members while they are members."""

from __future__ import annotations

from collections.abc import Iterable

from comity.applies import steps
from comity.applies.steps import NO, Steps
from comity.words.economies import Membership
from comity.words.scope import Scope

EVERYONE = "WLD"
OTHERS = "ROW"


class Groups:
    """Who belonged to which group when."""

    __slots__ = ("_members", "_of", "_windows")

    def __init__(self, memberships: Iterable[Membership]) -> None:
        self._of: dict[str, list[Membership]] = {}
        self._members: dict[str, list[str]] = {}
        self._windows: dict[tuple[str, str], Steps] = {}
        for one in memberships:
            self._of.setdefault(one.member, []).append(one)
            self._members.setdefault(one.group, []).append(one.member)

    def is_group(self, code: str) -> bool:
        return code in self._members

    def members(self, group: str) -> tuple[str, ...]:
        """Everyone who ever was a member."""
        return tuple(dict.fromkeys(self._members.get(group, ())))

    def groups(self, member: str) -> tuple[str, ...]:
        """Every group of which the economy ever was a member."""
        return tuple(dict.fromkeys(one.group for one in self._of.get(member, ())))

    def membership(self, member: str, group: str) -> Steps:
        """When the economy was a member of the group."""
        key = (member, group)
        if key not in self._windows:
            own = [one for one in self._of.get(member, ()) if one.group == group]
            self._windows[key] = steps.of_windows([(one.start, one.until) for one in own])
        return self._windows[key]

    def with_members(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The codes and all who ever were members of those that are groups."""
        found: dict[str, None] = {}
        for code in codes:
            found[code] = None
            found.update(dict.fromkeys(self._members.get(code, ())))
        return tuple(found)

    def covers(self, scope: Scope, code: str) -> Steps:
        """When the scope covers the economy, by its own code or by that of a group.

        Its own code goes before its groups'. `WLD` means everyone; `ROW`, whose members are not
        listed, perhaps anyone who is not named.
        """
        if scope.mode == "only" and code in scope.codes and not scope.excludes:
            return steps.ALWAYS
        everyone = EVERYONE in scope.codes and scope.mode == "only"
        if everyone and code not in scope.excludes:
            return steps.ALWAYS
        default = int(scope.default)
        if OTHERS in scope.codes:
            default = steps.MAYBE
        if code in scope.named:
            return (steps.ALWAYS[0], (int(scope.covers(code)),))
        own = [one for one in self._of.get(code, ()) if one.group in scope.named]
        if not own:
            return (steps.ALWAYS[0], (default,))

        def truth(day: int) -> int:
            said = [int(scope.covers(m.group)) for m in own if m.start <= day <= m.until]
            if not said:
                return default
            # Two groups, one in and one out: left out goes before, as in `Scope.covers`.
            return NO if NO in said else max(said)

        return steps.build([p for m in own for p in (m.start, m.until + 1)], truth)

    def outside(self, member: str, group: str) -> Steps:
        """When the economy was not a member, so that trade with the group crossed its border."""
        return steps.inverse(self.membership(member, group))
