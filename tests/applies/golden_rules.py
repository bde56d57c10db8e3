"""The measures on which the golden cases rest, written by hand from `measures.csv`.

Rows M01 to M09 and M23 to M33 of the facts. Only `shipped_engine` is used by the tests: it can be
made to read the shipped pack instead.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from comity.applies import Condition, Engine, Entity, Exemption, Gap, Rule, Scope
from comity.words.goods import GoodsCode, parse_list
from comity.words.time import DayRange, Span

TEN = tuple(f"JP-{n}" for n in ("04", "07", "08", "09", "10", "11", "12", "13", "15", "20"))
TWELVE = (*TEN, "JP-06", "JP-19")
FOOD = parse_list("01-24")
SEAFOOD = parse_list("03;1604;1605;121221;121229")
ORNAMENTAL = parse_list("030111;030119")
CATALOGUE = "China's dual-use items catalogue"
CHECKED = dt.date(2026, 6, 30).toordinal()
CERTIFICATES = (
    Condition("radiation", "certificate of a radiation test"),
    Condition("origin", "certificate of origin"),
)
LICENCE = (
    Condition("licence", "individual export licence"),
    Condition("risk", "risk report"),
    Condition("undertaking", "written undertaking"),
)


def day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


def _food(
    name: str,
    effect: str,
    span: Span,
    goods: tuple[GoodsCode, ...],
    areas: Scope,
    *,
    goods_except: tuple[GoodsCode, ...] = ORNAMENTAL,
    suspensions: tuple[Span, ...] = (),
    exemptions: tuple[Exemption, ...] = (),
    conditions: tuple[Condition, ...] = (),
    verified_until: int | None = CHECKED,
) -> Rule:
    """A measure of China on imports from Japan."""
    return Rule(
        id=name,
        title=name.replace("-", " "),
        kind="import_ban" if effect == "prohibited" else "certification",
        effect=effect,
        flow="import",
        imposers=("CHN",),
        span=span,
        targets=Scope.only(["JPN"]),
        goods=goods,
        goods_except=goods_except,
        goods_basis="mapped_by_compiler",
        areas=areas,
        suspensions=suspensions,
        exemptions=exemptions,
        conditions=conditions,
        verified_until=verified_until,
    )


def _licence(name: str, goods: str, start: str, suspensions: tuple[Span, ...] = ()) -> Rule:
    """An export licence of China, whatever the destination."""
    return Rule(
        id=name,
        title=name.replace("-", " "),
        kind="export_licence",
        effect="conditional",
        flow="export",
        imposers=("CHN",),
        span=Span.of(start),
        goods=parse_list(goods),
        goods_basis="mapped_by_compiler",
        suspensions=suspensions,
    )


def _listing(
    name: str,
    effect: str,
    start: str,
    *,
    entities: tuple[Entity, ...] = (),
    count: int | None = 20,
    imposer: str = "CHN",
    target: str = "JPN",
    goods_list: str = CATALOGUE,
    goods_except: tuple[GoodsCode, ...] = (),
) -> Rule:
    """An entity list; of its names only some are known."""
    return Rule(
        id=name,
        title=name.replace("-", " "),
        kind="entity_list",
        effect=effect,
        flow="export",
        imposers=(imposer,),
        span=Span.of(start),
        targets=Scope.only([target]),
        goods_list=goods_list,
        goods_except=goods_except,
        goods_basis="instrument",
        entities=entities,
        entities_count=count,
        conditions=LICENCE if effect == "conditional" else (),
    )


def _rules() -> list[Rule]:
    ten, others, everywhere = Scope.only(TEN), Scope.all_except(TEN), Scope.all()
    rice = Exemption(
        goods=parse_list("1006"),
        areas=Scope.only(["JP-15"]),
        span=Span.of("2018-11"),
        note="rice from Niigata was freed in November 2018",
    )
    return [
        # M01, M02, M03
        _food(
            "cn-food-ban-12-prefectures-2011",
            "prohibited",
            Span.of("2011-04-08", "2011-06-19"),
            FOOD,
            Scope.only(TWELVE),
            verified_until=day("2011-06-19"),
        ),
        _food(
            "cn-food-ban-10-prefectures-2011",
            "prohibited",
            Span.of("2011-06-20"),
            FOOD,
            ten,
            exemptions=(rice,),
        ),
        _food(
            "cn-food-certificates-2011",
            "conditional",
            Span.of("2011-04-08"),
            parse_list("03;04;07;08;09;12;16-21"),
            others,
            conditions=CERTIFICATES,
        ),
        # M04 to M08
        _food(
            "cn-seafood-inspection-2023",
            "conditional",
            Span.of("2023-07", "2023-08-23"),
            SEAFOOD,
            others,
        ),
        _food(
            "cn-seafood-ban-2023",
            "prohibited",
            Span.of("2023-08-24", "2025-06-28"),
            SEAFOOD,
            everywhere,
        ),
        _food(
            "cn-seafood-reopening-2025",
            "conditional",
            Span.of("2025-06-29"),
            SEAFOOD,
            others,
            suspensions=(Span.of("2025-11-19"),),
            conditions=(Condition("health", "health certificate"), *CERTIFICATES),
        ),
        _food(
            "cn-seafood-ban-10-prefectures-2025", "prohibited", Span.of("2025-06-29"), SEAFOOD, ten
        ),
        _food(
            "cn-seafood-suspension-2025",
            "prohibited",
            Span.of("2025-11-19"),
            SEAFOOD,
            everywhere,
            verified_until=day("2026-02-28"),
        ),
        # M09: the first day was not collected; in force when Japan asked for access.
        _food(
            "cn-beef-ban",
            "prohibited",
            Span.of("..2025-05-30"),
            parse_list("0201;0202"),
            everywhere,
            goods_except=(),
        ),
        # M23: all except 42 destinations whose list is not on record; China is not among them.
        Rule(
            id="jp-chip-equipment-licence-2023",
            title="export licence for semiconductor equipment",
            kind="export_licence",
            effect="conditional",
            flow="export",
            imposers=("JPN",),
            span=Span.of("2023-07-23"),
            targets=Scope.unknown(excepting=True, count=42, includes=["CHN"]),
            goods=parse_list("8486;9031"),
            goods_basis="mapped_by_compiler",
        ),
        # M24 to M28
        _licence("cn-gallium-germanium-licence-2023", "811292;2825;2853", "2023-08-01"),
        _licence("cn-graphite-licence-2023", "2504;3801;6815", "2023-12-01"),
        _licence("cn-antimony-licence-2024", "2617;8110;2825", "2024-09-15"),
        _licence("cn-rare-earth-licence-2025", "280530;2846;8505", "2025-04-04"),
        _licence(
            "cn-export-controls-oct-2025",
            "2805;2846;8507;7104;8479",
            "2025-11-08",
            (Span.of("2025-11-07", "2026-11-10.."),),
        ),
        # M29 to M33
        Rule(
            id="cn-dual-use-ban-2026",
            title="ban on dual-use exports to Japanese military users",
            kind="export_ban",
            effect="prohibited",
            flow="export",
            imposers=("CHN",),
            span=Span.of("2026-01-06"),
            targets=Scope.only(["JPN"]),
            goods_list=CATALOGUE,
            goods_basis="instrument",
            end_uses=(
                "Japanese military users",
                "military uses",
                "uses that add to military capability",
            ),
            verified_until=CHECKED,
        ),
        _listing(
            "cn-control-list-2026-02",
            "prohibited",
            "2026-02-24",
            entities=(
                Entity("Mitsubishi Heavy Industries", ("MHI",), units=True),
                Entity("Kawasaki Heavy Industries", ("KHI",), units=True),
                Entity("IHI", units=True),
                Entity("NEC", units=True),
                Entity("Fujitsu", units=True),
                Entity("JAXA", ("Japan Aerospace Exploration Agency",)),
                Entity("National Defense Academy", ("National Defense Academy of Japan",)),
            ),
        ),
        _listing(
            "cn-watch-list-2026-02", "conditional", "2026-02-24", entities=(Entity("Subaru"),)
        ),
        _listing("cn-control-list-2026-06", "prohibited", "2026-06-29"),
        _listing("cn-watch-list-2026-06", "conditional", "2026-06-29"),
        _listing(
            "jp-end-user-list",
            "conditional",
            "..2025-10-30",
            count=None,
            imposer="JPN",
            target="CHN",
            goods_list="Japan's catch-all list",
            # Food and farm goods are read as not being dual-use items.
            goods_except=FOOD,
        ),
    ]


def _gaps() -> list[Gap]:
    china = ("CHN",)
    japan = ("JPN",)
    return [
        Gap(
            "gap-five-prefecture-ban-2011",
            "The ban on five prefectures before 8 April 2011 is not on record.",
            "measures",
            japan,
            china,
            FOOD,
            DayRange.parse("2011-03-11"),
            DayRange.parse("2011-04-07"),
        ),
        Gap(
            "gap-tariffs",
            "No tariff rates are on record.",
            "tariffs",
            ("CHN", "JPN"),
            ("CHN", "JPN"),
        ),
        Gap(
            "gap-seafood-suspension-after-2026-02",
            "State of the renewed seafood suspension after February 2026.",
            "status",
            japan,
            china,
            SEAFOOD,
            DayRange.parse("2026-03-01"),
            measures=("cn-seafood-suspension-2025", "cn-seafood-reopening-2025"),
        ),
        Gap(
            "gap-niigata-rice-date",
            "Day on which rice from Niigata was freed.",
            "dates",
            japan,
            china,
            parse_list("1006"),
            DayRange.parse("2018-11-01"),
            DayRange.parse("2018-11-30"),
            measures=("cn-food-ban-10-prefectures-2011",),
        ),
        Gap(
            "gap-october-2025-controls-after-2026-11-10",
            "Whether the suspension was prolonged after 10 November 2026.",
            "status",
            (),
            china,
            parse_list("2805;2846;8507;7104;8479"),
            DayRange.parse("2026-11-11"),
            measures=("cn-export-controls-oct-2025",),
        ),
    ]


@lru_cache(maxsize=1)
def shipped_engine() -> Engine:
    """The engine that the golden cases ask."""
    return Engine(_rules(), _gaps())
