"""The engine: which measures apply to a shipment, which may, and for how long that is so."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from comity.applies import cells
from comity.applies.answer import Answer, Part, Uncertain, merged
from comity.applies.compiled import AREA, DATE, Asked, Compiled, goods_touch, who
from comity.applies.coverage import Gaps
from comity.applies.explain import Explanation, NearMiss, explanation, near_misses, reasons
from comity.applies.index import Index
from comity.applies.memberships import Groups
from comity.applies.names import normal
from comity.applies.question import Shipment
from comity.applies.rule import Gap, Rule
from comity.applies.steps import MAYBE, NO
from comity.words.economies import Membership, memberships
from comity.words.goods import CURRENT
from comity.words.time import FIRST, LAST

_OUT, _CUT = -1, -2
"""What `_whole` says besides bits: out of the question, or to be cut into cells."""
Open = list[tuple[Compiled, int]]
"""Rules with what leaves them undecided."""


class Engine:
    """Answers questions over a fixed set of rules. Immutable; one engine can serve many threads.

    `members` are the memberships of groups, the shipped ones where none are given.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        gaps: Iterable[Gap] = (),
        members: Iterable[Membership] | None = None,
    ) -> None:
        self._groups = Groups(memberships() if members is None else members)
        self._index = Index(rules, self._groups)
        self._gaps = Gaps(gaps, self._groups)
        self._others_of = {
            edition: tuple(sorted(self._index.editions - {edition}))
            for edition in self._index.editions
        }
        self._all_editions = tuple(sorted(self._index.editions))

    # ------------------------------------------------------------------------------- asking

    def ask(self, shipment: Shipment) -> Answer:
        """The answer to one question."""
        on = shipment.on
        asked = self._asked(shipment)
        edition, digits = asked.edition, asked.digits
        head = f"{edition}:{digits}"
        start = len(edition) + 1
        keys = [head[: start + n] for n in range(2, len(digits) + 1, 2)]
        foreign = [
            f"{one}:{digits[:2]}" for one in self._others_of.get(edition, self._all_editions)
        ]
        applying: list[Compiled] = []
        undecided: Open = []
        hard: Open = []
        first, after = FIRST, LAST
        for export in (0, 1):
            other = asked.others[export]
            near, wider = self._index.find(export, asked.others[1 - export], other, keys, foreign)
            if wider:
                # Rules of several editions can be found twice: what must be cut is cut once.
                seen = dict.fromkeys(wider)
                if foreign:
                    near = [rule for rule in near if rule not in seen]
                for rule in seen:
                    bits = rule.static
                    if rule.names is not None or rule.uses is not None:
                        truth, open_ = who(rule.names, rule.uses, asked)
                        if truth == NO:
                            continue
                        bits |= open_
                    if not (rule.exempt or rule.excepts or foreign):
                        # Covered in part, so that its days count, though today it is not in force.
                        if rule.areas is not None:
                            yes, maybe = rule.masks(other)
                            if not (yes | maybe) & asked.bits[export]:
                                continue
                        n = bisect_right(rule.starts, on) - 1
                        if rule.truths[n] == NO:
                            first = max(first, rule.starts[n])
                            after = min(after, rule.ends[n])
                            continue
                    hard.append((rule, bits))
            for rule in near:
                if rule.plain:
                    bits = 0
                else:
                    bits = self._whole(rule, asked)
                    if bits == _OUT:
                        continue
                n = bisect_right(rule.starts, on) - 1
                if bits == _CUT and (rule.truths[n] != NO or rule.exempt or rule.excepts):
                    bits = rule.static | who(rule.names, rule.uses, asked)[1]
                    lo, hi, one = cells.undivided(rule, bits, asked)
                    if one is None:
                        hard.append((rule, bits))
                        continue
                    first = max(first, lo)
                    after = min(after, hi)
                    for bits, _ in one:
                        if bits:
                            undecided.append((rule, bits))
                        else:
                            applying.append(rule)
                    continue
                if rule.starts[n] > first:
                    first = rule.starts[n]
                if rule.ends[n] < after:
                    after = rule.ends[n]
                truth = rule.truths[n]
                if truth == NO:
                    continue
                if truth == MAYBE:
                    bits |= DATE
                if bits:
                    undecided.append((rule, bits))
                else:
                    applying.append(rule)
        if hard:
            parts, lo, hi = self._cut(asked, shipment, applying, undecided, hard)
            if lo > first:
                first = lo
            if hi < after:
                after = hi
        else:
            rank, measures, unsure = _outcome(applying, undecided)
            area = shipment.area
            here = area is not None and shipment.area_economy == shipment.origin
            parts = (
                Part(
                    ((str(shipment.goods), ()),),
                    (area,) if area is not None and here else None,
                    (area,) if area is not None and not here else None,
                    rank,
                    measures,
                    unsure,
                ),
            )
        if len(parts) == 1:
            rank, measures, unsure = parts[0].rank, parts[0].measures, parts[0].uncertain
        else:
            rank = max(part.rank for part in parts)
            measures, unsure = merged(parts)
        coverage = self._gaps.of(shipment, measures, unsure)
        return Answer(shipment, rank, parts, measures, unsure, first, after, coverage, self)

    def ask_many(self, shipments: Iterable[Shipment]) -> Iterator[Answer]:
        """The answers to many questions, one by one, in order."""
        ask = self.ask
        for shipment in shipments:
            yield ask(shipment)

    # --------------------------------------------------------------------------- in words

    def explain(self, shipment: Shipment, measure: str) -> Explanation:
        """Every condition of one measure for this shipment. Raises `NotFound`."""
        return explanation(self._index, self._asked(shipment), shipment, measure)

    def trace(self, shipment: Shipment) -> tuple[NearMiss, ...]:
        """Measures of the two economies that one condition alone keeps from applying."""
        return near_misses(self._index, self._asked(shipment), shipment)

    def why(self, shipment: Shipment, one: Uncertain) -> tuple[str, ...]:
        """What leaves a measure undecided, in words."""
        return reasons(self._index, self._asked(shipment), shipment, one)

    # -------------------------------------------------------------------------- the inside

    def _asked(self, shipment: Shipment) -> Asked:
        goods = shipment.goods
        edition = goods.edition
        editions = self._index.editions
        if len(goods.code) == 2 and edition not in editions and editions:
            # Chapters are the same in every edition: take the one in which the rules are written.
            edition = CURRENT if CURRENT in editions else max(editions)
        places = self._index.places
        origin, to, area = shipment.origin, shipment.to, shipment.area
        if area is None:
            bits = places.asked(origin, None), places.asked(to, None)
        else:
            here = shipment.area_economy == origin
            bits = (
                places.asked(origin, area if here else None),
                places.asked(to, None if here else area),
            )
        consignee = shipment.consignee
        return Asked(
            edition,
            goods.code,
            shipment.on,
            (origin, to),
            bits,
            None if consignee is None else normal(consignee),
            shipment.end_use,
        )

    def _whole(self, rule: Compiled, asked: Asked) -> int:
        """What leaves the rule undecided for the whole question; `_OUT`, or `_CUT` into cells."""
        bits = rule.static
        if rule.names is not None or rule.uses is not None:
            truth, open_ = who(rule.names, rule.uses, asked)
            if truth == NO:
                return _OUT
            bits |= open_
        if rule.areas is not None:
            export = rule.export
            wanted = asked.bits[export]
            yes, maybe = rule.areas.get(asked.others[export], rule.outside)
            if not (yes | maybe) & wanted:
                return _OUT
            if yes & wanted != wanted:
                if maybe & wanted != wanted:
                    return _CUT
                bits |= AREA
        if rule.excepts and goods_touch(rule.excepts, asked.edition, asked.digits):
            return _CUT
        for one in rule.exempt:
            if one.bears_on(asked, rule.export):
                return _CUT
        return bits

    def _cut(
        self,
        asked: Asked,
        shipment: Shipment,
        applying: list[Compiled],
        undecided: Open,
        hard: Open,
    ) -> tuple[tuple[Part, ...], int, int]:
        """The parts of a question that some rule is narrower than, and the days they hold."""
        first, after = FIRST, LAST
        codes = cells.whole_cells(asked, cells.codes_below([rule for rule, _ in hard], asked))
        said: list[tuple[Compiled, tuple[cells.Pieces, ...]]] = []
        for rule, bits in hard:
            lo, hi, parts = cells.steady(rule, bits, codes, asked)
            first = max(first, lo)
            after = min(after, hi)
            if any(parts):
                said.append((rule, parts))
        tables: dict[tuple[cells.Blocks, cells.Blocks], int] = {}
        classes: dict[str, int] = {}
        for n, code in enumerate(codes):
            table = tuple(
                cells.blocks(
                    asked.bits[export],
                    [(rule, parts[n]) for rule, parts in said if rule.export == export],
                )
                for export in (0, 1)
            )
            classes[code] = tables.setdefault((table[0], table[1]), len(tables))
        goods = cells.regions(asked.edition, classes)
        found = []
        for (imports, exports), number in tables.items():
            for origin_bits, on_import in imports:
                for to_bits, on_export in exports:
                    own = list(applying)
                    open_ = list(undecided)
                    for rule, bits in (*on_import, *on_export):
                        if bits:
                            open_.append((rule, bits))
                        else:
                            own.append(rule)
                    rank, measures, unsure = _outcome(own, open_)
                    found.append(
                        Part(
                            goods[number],
                            self._labels(shipment, asked, 0, origin_bits),
                            self._labels(shipment, asked, 1, to_bits),
                            rank,
                            measures,
                            unsure,
                        )
                    )
        if len(found) > 1:
            found.sort(key=lambda part: (-part.rank, part.goods, part[1] or (), part[2] or ()))
        return tuple(found), first, after

    def _labels(
        self, shipment: Shipment, asked: Asked, export: int, mask: int
    ) -> tuple[str, ...] | None:
        """The areas of a mask, None where all of the economy is meant."""
        economy = asked.others[export]
        area = shipment.area
        whole = mask == asked.bits[export]
        if area is not None and whole and shipment.area_economy == economy:
            return (area,)
        return None if whole else self._index.places.labels(economy, mask)


def _order(one: Compiled) -> int:
    return one.order


def _open_order(one: tuple[Compiled, int]) -> int:
    return one[0].order


def _outcome(
    applying: list[Compiled], undecided: Open
) -> tuple[int, tuple[Rule, ...], tuple[Uncertain, ...]]:
    """Verdict, measures and undecided measures, strictest first."""
    rank = 0
    measures: tuple[Rule, ...] = ()
    if applying:
        if len(applying) > 1:
            applying.sort(key=_order)
        rank = applying[0].rank
        measures = tuple([one.rule for one in applying])
    if not undecided:
        return rank, measures, ()
    if len(undecided) > 1:
        undecided.sort(key=_open_order)
    return (
        rank,
        measures,
        tuple([Uncertain(one.rule, bits, max(rank, one.rank)) for one, bits in undecided]),
    )
