"""A generated record of trade measures and questions about it, for `bench_applies`.

`generate(count, seed)` gives the same rules and gaps for the same arguments, on any machine:

- 200 imposers, drawn evenly (the European Union is one of them); 70 % of measures on imports;
- targets: 50 % one economy, 22 % two to five, 18 % all, 8 % all except one to ten, 2 % all except a
  list that is not on record; half of those named are drawn from twenty large economies;
- goods: one to four HS 2022 codes, of two (12 %), four (28 %), six (42 %) or eight digits (18 %);
  6 % leave longer codes out, 2 % are defined by a catalogue and not by codes;
- 20 % of measures are aimed at areas (ISO 3166-2) of their first target: a list, all but a list, or
  a list known in part;
- 15 % have an exemption (of longer codes, areas, targets, an end use, a span, or two of these), 6 %
  name entities, 4 % end uses;
- first days from 1995 to 2026: 80 % exact, 14 % a month, 4 % a year, 2 % unknown; 45 % are open,
  the others end after up to fifteen years on a day, in a month or on a day not known; 5 % were
  suspended, 10 % hang on an act with an end of its own;
- effects 30 % prohibited, 45 % conditional, 25 % dutiable; one gap for every 400 measures.

`questions(rules, count, seed)` draws shipments on days from 2000 to 2026, no two of them the same:
half of them at random from the 200 economies and all codes (two digits 3 %, four 10 %, six 77 %,
eight 10 %), half near a measure (its imposer, one of its targets, its goods or some of them), so
that many answers have something to say. 30 % name an area, 15 % a consignee, 15 % an end use.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from comity.applies import Condition, Entity, Exemption, Gap, Rule, Scope, Shipment
from comity.words import nomenclature
from comity.words.areas import areas_of
from comity.words.economies import AGGREGATES, all_economies
from comity.words.errors import CodeError
from comity.words.goods import CURRENT, GoodsCode
from comity.words.time import DayRange, Span

IMPOSERS = 200
_LARGE = (
    *("AUS", "BRA", "CAN", "CHE", "CHN", "DEU", "ESP", "EUN", "FRA", "GBR"),
    *("IDN", "IND", "ITA", "JPN", "KOR", "MEX", "NLD", "TUR", "USA", "VNM"),
)
_FIRST = dt.date(1995, 1, 1).toordinal()
_LAST = dt.date(2026, 11, 25).toordinal()
_ASKED_FIRST = dt.date(2000, 1, 1).toordinal()
_KINDS = {
    "prohibited": ("import_ban", "export_ban"),
    "conditional": ("inspection", "export_licence"),
    "dutiable": ("tariff", "export_duty"),
}
_USES = ("military uses", "nuclear fuel", "surveillance", "animal feed", "chip making")


def economies() -> list[str]:
    """The 200 economies of the record, the large ones among them."""
    codes = [
        e.code for e in all_economies() if not e.former and e.code not in (*AGGREGATES, *_LARGE)
    ]
    return sorted([*_LARGE, *codes[: IMPOSERS - len(_LARGE)]])


class _Draw:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.economies = economies()
        self.chapters = nomenclature.below("")
        self.headings = [h for c in self.chapters for h in nomenclature.below(c)]
        self.subheadings = [s for h in self.headings for s in nomenclature.below(h)]
        self.areas = {code: areas_of(code) for code in self.economies}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def economy(self) -> str:
        return self.random.choice(_LARGE if self.chance(0.5) else self.economies)

    def digits(self, shares: Sequence[float]) -> str:
        """A code of two, four, six or eight digits."""
        level = self.random.choices((2, 4, 6, 8), shares)[0]
        if level == 2:
            return self.random.choice(self.chapters)
        if level == 4:
            return self.random.choice(self.headings)
        code = self.random.choice(self.subheadings)
        return code if level == 6 else code + self.national()

    def national(self) -> str:
        return self.random.choice(("00", "10", "20", "90"))

    def below(self, digits: str) -> str:
        """A longer code within this one; the code itself where there is none."""
        inside = nomenclature.below(digits)
        if inside:
            return self.random.choice(inside)
        return digits + self.national() if len(digits) < 10 else digits

    def day(self, ordinal: int, shares: Sequence[float]) -> DayRange:
        """The day as it is known: exactly, as a month, as a year, or not at all."""
        date = dt.date.fromordinal(ordinal)
        how = self.random.choices(("day", "month", "year", "unknown"), shares)[0]
        text = {
            "day": date.isoformat(),
            "month": f"{date.year:04d}-{date.month:02d}",
            "year": f"{date.year:04d}",
            "unknown": "unknown",
        }[how]
        return DayRange.parse(text)

    def span(self) -> Span:
        first = self.random.randint(_FIRST, _LAST)
        start = self.day(first, (80, 14, 4, 2))
        if self.chance(0.45):
            return Span(start)
        # From the last day of a year on, so that no end can come before a start.
        last = first + 366 + self.random.randint(0, 15 * 365)
        return Span.of(start, self.day(last, (85, 12, 0, 3)))

    def targets(self, imposer: str) -> Scope:
        how = self.random.choices(("one", "few", "all", "except", "unknown"), (50, 22, 18, 8, 2))[0]
        if how == "all":
            return Scope.all()
        if how == "unknown":
            return Scope.unknown(excepting=True, count=42, includes=[self.economy()])
        size = {"one": 1, "few": self.random.randint(2, 5)}.get(how, self.random.randint(1, 10))
        named = {self.economy() for _ in range(size)} - {imposer}
        codes = sorted(named or {"USA" if imposer != "USA" else "JPN"})
        return Scope.all_except(codes) if how == "except" else Scope.only(codes)

    def some_areas(self, economy: str) -> Scope:
        areas = self.areas.get(economy, ())
        if len(areas) < 2:
            return Scope.all()
        few = self.random.sample(areas, self.random.randint(1, min(10, len(areas) - 1)))
        how = self.random.choices(("only", "except", "unknown"), (70, 20, 10))[0]
        if how == "only":
            return Scope.only(few)
        return Scope.all_except(few) if how == "except" else Scope.unknown(count=14, includes=few)

    def entity(self) -> Entity:
        name = f"Works {self.random.randint(1, 400)} Co., Ltd."
        return Entity(name, units=self.chance(0.2))

    def exemption(self, goods: tuple[GoodsCode, ...], targets: Scope) -> Exemption:
        kinds = self.random.sample(("goods", "areas", "targets", "use", "span"), 2)
        if self.chance(0.6):
            kinds = kinds[:1]
        inside: tuple[GoodsCode, ...] = ()
        if "goods" in kinds and goods:
            inside = (GoodsCode(CURRENT, self.below(self.random.choice(goods).code)),)
        aimed = targets.codes[0] if targets.codes else self.economy()
        return Exemption(
            goods=inside,
            areas=self.some_areas(aimed) if "areas" in kinds else None,
            targets=Scope.only([self.economy()]) if "targets" in kinds else None,
            end_uses=(self.random.choice(_USES),) if "use" in kinds else (),
            span=self.span() if "span" in kinds or not inside else None,
        )

    def rule(self, number: int) -> Rule:
        flow = "import" if self.chance(0.7) else "export"
        imposer = self.random.choice(self.economies)
        targets = self.targets(imposer)
        effect = self.random.choices(tuple(_KINDS), (30, 45, 25))[0]
        goods: tuple[GoodsCode, ...] = ()
        if not self.chance(0.02):
            wanted = {self.digits((12, 28, 42, 18)) for _ in range(self.random.randint(1, 4))}
            goods = tuple(GoodsCode(CURRENT, code) for code in sorted(wanted))
        left_out: tuple[GoodsCode, ...] = ()
        if goods and self.chance(0.06):
            left_out = (GoodsCode(CURRENT, self.below(self.random.choice(goods).code)),)
        areas = Scope.all()
        if targets.mode == "only" and self.chance(0.27):
            areas = self.some_areas(targets.codes[0])
        span = self.span()
        suspensions: tuple[Span, ...] = ()
        if self.chance(0.05):
            begun = max(_FIRST, span.start.earliest) + self.random.randint(30, 900)
            ended = self.day(begun + self.random.randint(30, 700), (80, 15, 0, 5))
            suspensions = (Span.of(DayRange(begun, begun), ended),)
        act = None
        if self.chance(0.1):
            begun = max(_FIRST, span.start.earliest)
            ended_on = begun + self.random.randint(400, 4000)
            act = Span.of(DayRange(begun, begun), DayRange(ended_on, ended_on))
        named = self.chance(0.06)
        count = self.random.randint(1, 4)
        return Rule(
            id=f"m{number:06d}",
            title=f"Measure {number} of {imposer}",
            kind=_KINDS[effect][flow == "export"],
            effect=effect,
            flow=flow,
            imposers=(imposer,),
            span=span,
            targets=targets,
            goods=goods,
            goods_except=left_out,
            goods_list=None if goods else "catalogue of dual-use items",
            areas=areas,
            entities=tuple(self.entity() for _ in range(count)) if named else (),
            entities_complete=named and self.chance(0.6),
            end_uses=(self.random.choice(_USES),) if self.chance(0.04) else (),
            suspensions=suspensions,
            act_span=act,
            exemptions=(self.exemption(goods, targets),) if self.chance(0.15) else (),
            conditions=(Condition("a", "certificate"),) if effect == "conditional" else (),
            rate="5 %" if effect == "dutiable" else None,
            instrument=f"Notice {number}",
            verified_until=self.random.randint(_ASKED_FIRST, _LAST) if self.chance(0.5) else None,
        )

    def gap(self, number: int) -> Gap:
        goods: tuple[GoodsCode, ...] = ()
        if self.chance(0.5):
            goods = (GoodsCode(CURRENT, self.random.choice(self.chapters)),)
        return Gap(
            id=f"gap-{number}",
            text="Measures of these years are not on record.",
            about=self.random.choice(("measures", "tariffs", "dates", "trade")),
            economies=(self.economy(),) if self.chance(0.5) else (),
            imposers=(self.random.choice(self.economies),),
            goods=goods,
            start=self.day(self.random.randint(_FIRST, _LAST), (100, 0, 0, 0)),
        )

    def question(self, near: Rule | None) -> Shipment | None:
        origin, to = self.economy(), self.random.choice(self.economies)
        digits = self.digits((3, 10, 77, 10))
        if near is not None:
            imposer = near.imposers[0]
            aimed = self.random.choice(near.targets.named or (self.economy(),))
            origin, to = (aimed, imposer) if near.flow == "import" else (imposer, aimed)
            if near.goods:
                digits = self.random.choice(near.goods).code
                while len(digits) < 6:
                    digits = self.below(digits)
        area = consignee = use = None
        if self.chance(0.3) and self.areas.get(origin):
            area = self.random.choice(self.areas[origin])
        if self.chance(0.15):
            consignee = f"Works {self.random.randint(1, 600)}"
        if self.chance(0.15):
            use = self.random.choice((*_USES, "civil use", "not military"))
        day = self.random.randint(_ASKED_FIRST, _LAST)
        if origin == to:
            return None
        try:
            return Shipment(origin, to, GoodsCode(CURRENT, digits), day, area, consignee, use)
        except CodeError:  # an economy that did not yet stand on that day
            return None


def generate(count: int, seed: int = 1) -> tuple[list[Rule], list[Gap]]:
    """That many measures, and one gap for every 400 of them."""
    draw = _Draw(seed)
    rules = [draw.rule(number) for number in range(count)]
    return rules, [draw.gap(number) for number in range(count // 400 + 1)]


def questions(rules: Sequence[Rule], count: int, seed: int = 2) -> list[Shipment]:
    """That many shipments, no two the same, half of them near a measure."""
    draw = _Draw(seed)
    found: dict[Shipment, None] = {}
    while len(found) < count:
        near = draw.random.choice(rules) if draw.chance(0.5) else None
        one = draw.question(near)
        if one is not None:
            found.setdefault(one)
    return list(found)
