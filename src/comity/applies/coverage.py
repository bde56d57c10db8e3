"""What the record does not cover: known gaps, how far it was checked, what it never holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from comity.applies.answer import Coverage, Uncertain
from comity.applies.compiled import by_edition, goods_touch
from comity.applies.memberships import Groups
from comity.applies.question import Shipment
from comity.applies.rule import Gap, Rule
from comity.words.goods import CURRENT
from comity.words.time import FIRST, LAST, iso

ALWAYS = (
    Coverage(
        "nothing-is-not-allowed",
        "Nothing on record is not the same as allowed: measures that the record does not hold may "
        "apply.",
    ),
    Coverage(
        "tariffs-not-on-record",
        "Tariff rates are on record only where a measure here states one.",
    ),
)
EDITION = Coverage(
    "edition-not-checked",
    "The code was not checked: only the list of HS 2022 is at hand, and codes of another edition "
    "decide by chapter only.",
)
NATIONAL = Coverage(
    "national-digits",
    "Digits after the sixth are national: the two economies may mean different goods by them.",
)
MEMBERS = Coverage(
    "members-not-asked",
    "Measures of members of a group, or aimed at one of them, are not in an answer for the group: "
    "ask for the member.",
)
_ABOUT_GOODS = frozenset({"measures", "tariffs", "scope", "dates", "status"})
"""Topics that bear on what applies to a shipment; the others (trade figures, events) do not."""


class _Gap:
    __slots__ = (
        "codes",
        "economies",
        "first",
        "goods",
        "imposers",
        "item",
        "last",
        "measures",
        "open",
    )

    def __init__(self, gap: Gap, groups: Groups) -> None:
        self.item = Coverage("gap", gap.text, gap.id)
        self.economies = frozenset(groups.with_members(gap.economies))
        self.imposers = frozenset(groups.with_members(gap.imposers))
        self.codes = by_edition(gap.goods)
        self.first = FIRST if gap.start is None else gap.start.earliest
        self.last = LAST if gap.until is None else gap.until.latest
        self.measures = frozenset(gap.measures)
        # A gap about certain measures is of interest only where one of them is in play.
        self.open = not gap.measures

    def concerns(self, shipment: Shipment) -> bool:
        """Days, economies and goods. With both kinds of economies named, one side of the shipment
        must be the imposer and the other the economy concerned."""
        origin, to = shipment.origin, shipment.to
        if self.imposers and self.economies:
            if not (
                (origin in self.imposers and to in self.economies)
                or (to in self.imposers and origin in self.economies)
            ):
                return False
        elif self.imposers or self.economies:
            named = self.imposers or self.economies
            if origin not in named and to not in named:
                return False
        goods = shipment.goods
        return not self.codes or goods_touch(self.codes, goods.edition, goods.code)


class Gaps:
    """The known gaps, found by economy or by measure."""

    __slots__ = ("_anywhere", "_by_economy", "_by_measure", "_groups")

    def __init__(self, gaps: Iterable[Gap], groups: Groups) -> None:
        self._groups = groups
        self._anywhere: list[_Gap] = []
        self._by_economy: dict[str, list[_Gap]] = {}
        self._by_measure: dict[str, list[_Gap]] = {}
        for source in sorted(gaps, key=lambda gap: gap.id):
            gap = _Gap(source, groups)
            if gap.open and source.about in _ABOUT_GOODS:
                named = gap.imposers or gap.economies
                for economy in named:
                    self._by_economy.setdefault(economy, []).append(gap)
                if not named:
                    self._anywhere.append(gap)
            for measure in gap.measures:
                self._by_measure.setdefault(measure, []).append(gap)

    def of(
        self, shipment: Shipment, measures: Sequence[Rule], uncertain: Sequence[Uncertain]
    ) -> tuple[Coverage, ...]:
        """All that is to be said: what is always so, the gaps touched, and how far measures that
        apply or may were checked."""
        on = shipment.on
        found: list[Coverage] = []
        if shipment.goods.edition != CURRENT:
            found.append(EDITION)
        if len(shipment.goods.code) > 6:
            found.append(NATIONAL)
        groups = self._groups
        if groups.is_group(shipment.origin) or groups.is_group(shipment.to):
            found.append(MEMBERS)
        touched: dict[str, Coverage] = {}
        for many in (
            self._anywhere,
            self._by_economy.get(shipment.origin, ()),
            self._by_economy.get(shipment.to, ()),
        ):
            for gap in many:
                if gap.first <= on <= gap.last and gap.concerns(shipment):
                    touched[gap.item.gap or ""] = gap.item
        rules = [*measures, *[one[0] for one in uncertain]] if uncertain else measures
        by_measure = self._by_measure
        checked: dict[str, Coverage] = {}
        for rule in rules:
            for gap in by_measure.get(rule.id, ()):
                if gap.first <= on <= gap.last:
                    touched[gap.item.gap or ""] = gap.item
            day = rule.verified_until
            if day is not None and day < on:
                text = f"{rule.id} was checked to {iso(day)} only."
                checked[rule.id] = Coverage("checked-until", text, None, rule.id, day)
        # What bears on this answer first, what is always so last.
        found.extend(checked.values())
        found.extend(touched.values())
        found.extend(ALWAYS)
        return tuple(found)
