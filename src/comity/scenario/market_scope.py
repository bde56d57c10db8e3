"""Whose flows of a market measures bear on, and what has to be known of them before they are asked.

Whatever is left out or open is said in a flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from comity.record.entry import Entry
from comity.record.force import Force, force_of
from comity.record.reading import Reading
from comity.record.scopes import Get, opened, scope_of
from comity.record.views.measures import effect_of
from comity.scenario.economies import listed, within
from comity.scenario.effect import BANS
from comity.scenario.inforce import days_of
from comity.scenario.market_ask import begun
from comity.scenario.market_coverage import Coverage, coverage_of
from comity.scenario.resolved import Flag
from comity.trade.market_baseline import MarketBaseline
from comity.trade.other_editions import lies, refuse_undecided
from comity.words.errors import CodeError, InputError, Place
from comity.words.goods import GoodsCode, Relation
from comity.words.time import Truth

Pair = tuple[str, str]
"""Importer and exporter."""


def pairs_of(
    entry: Entry, baseline: MarketBaseline, day: int, get: Get
) -> tuple[list[Pair], list[Flag]]:
    """The flows between imposers and targets, as economies of the market. Raises `InputError`
    where one end has none there."""
    labels = baseline.names.economies
    flags: list[Flag] = []
    imposers = listed(baseline, entry.list("imposers"), day)
    scope = scope_of(entry.value("targets"), "economies", get)
    partners = within(baseline, scope, day)
    for found, says in ((imposers, "is imposed by"), (partners, "is aimed at")):
        if not found.sure:
            left = [code for code, _ in found.parts] + list(found.absent)
            raise InputError(
                f"{entry.id} {says} {', '.join(left) or 'economies that are not on record'}, "
                f"no economy of the market {baseline.name}",
                mend="name a market that has them (--market)",
            )
        flags += [
            Flag(
                "part-of-economy",
                f"{entry.id} {says} {code}, in this market a part of {whole}: left out",
                (entry.id,),
            )
            for code, whole in found.parts
        ]
    if partners.perhaps:
        open_ = ", ".join(labels[k] for k in partners.perhaps[:6])
        flags.append(
            Flag(
                "open-targets",
                f"the record leaves open whether {entry.id} is aimed at {open_}: left out",
                (entry.id,),
            )
        )
    out = []
    for mine in imposers.sure:
        for other in partners.sure:
            if mine != other:
                ends = (mine, other) if entry.value("flow") == "import" else (other, mine)
                out.append((labels[ends[0]], labels[ends[1]]))
    if not out:
        raise InputError(
            f"a measure of {labels[imposers.sure[0]]} on itself: {entry.id} is aimed at no other "
            f"economy of the market {baseline.name}",
            mend="name another economy among its targets",
        )
    return out, flags


def lived_under(
    entry: Entry, baseline: MarketBaseline, covered: Sequence[Coverage], get: Get
) -> list[Flag]:
    """Flows of a year that lived under a measure cannot tell what it costs: `InputError`; of one
    partly under it they tell some of it: a flag."""
    force: Force = force_of(entry, get)
    sure, perhaps, total = days_of(force, baseline.year)
    year = baseline.year
    if sure == total or (sure + perhaps == total and not sure):
        why = "its flows live under it, "
        if entry.value("measure_kind") in BANS and effect_of(entry) == "prohibited":
            why += "and cells that are zero cannot grow"
        else:  # it bars nothing: the flows are there
            why += "and what it does is in them already"
        raise InputError(
            f"{entry.id} was in force all through {year}, the year of the market "
            f"{baseline.name}: {why}",
            mend="name a market of a year before it (--market)",
        )
    if all(one.high == 0.0 for one in covered):
        raise InputError(
            f"{entry.id} bears on nothing that was sold in {year}: " + covered[0].steps[-1],
            mend="name a market of a year before its goods were barred",
        )
    if not sure + perhaps:
        return []
    return [
        Flag(
            "in-baseline",
            f"{entry.id} was in force on {sure} of the {total} days of {year}, the year of the "
            "market: its flows are those of a year partly under it",
            (entry.id,),
        )
    ]


def goods_apart(entry: Entry, baseline: MarketBaseline, get: Get) -> list[Flag]:
    """Goods of a measure that the market does not hold: the answer is without them. Raises
    `CodeError` for a code of another edition that no concordance has."""
    goods = [GoodsCode.parse(code) for code in opened(entry.list("goods"), "goods", get)]
    held = [GoodsCode.parse(code) for codes in baseline.goods.values() for code in codes]
    try:
        refuse_undecided(goods, held)
    except CodeError as error:
        error.where = Place(entry=entry.id, field="goods")
        raise
    absent = [
        str(code) for code in goods if all(lies(code, one) is Relation.DISJOINT for one in held)
    ]
    if not held or not absent:
        return []
    more = f" and {len(absent) - 10} more" if len(absent) > 10 else ""
    return [
        Flag(
            "goods-not-in-market",
            f"of the goods of {entry.id} the market {baseline.name} has no "
            f"{', '.join(absent[:10])}{more}: what happens to them is not in this answer",
            (entry.id,),
        )
    ]


def narrower(entry: Entry) -> list[Flag]:
    """Limits of a measure that its coverage does not count."""
    limits = [
        say
        for name, say in (
            ("exemptions", "exemptions"),
            ("goods_list", "a list of goods without codes"),
        )
        if entry.value(name)
    ]
    if not limits:
        return []
    return [
        Flag(
            "narrower",
            f"{entry.id} is limited by {' and '.join(limits)} that the coverage does not count",
            (entry.id,),
        )
    ]


def beside(
    entries: Sequence[Entry],
    flows: Iterable[Pair],
    baseline: MarketBaseline,
    day: int,
    reading: Reading,
) -> tuple[list[Entry], list[Flag]]:
    """Other measures in force when the first begins that bear on the same flows: what they bar is
    barred in both states."""
    asked = {entry.id for entry in entries}
    wanted = set(flows)
    start = begun(entries[0].day("from"))
    begins = day if start is None else start
    found = []
    for entry in reading.entries("measure"):
        if entry.id in asked or entry.value("flow") not in ("import", "export"):
            continue
        if force_of(entry, reading.get).on(begins) is Truth.NO:
            continue
        try:
            pairs, _ = pairs_of(entry, baseline, day, reading.get)
        except InputError:
            continue  # neither end is in the market
        both = set(pairs) & wanted
        if any(coverage_of(entry, baseline, i, e, reading.get) for i, e in both):
            found.append(entry)
    if not found:
        return [], []
    inside: list[str] = []
    after: list[Entry] = []
    barred: list[Coverage] = []
    for one in found:
        sure, _, total = days_of(force_of(one, reading.get), baseline.year)
        if sure != total:
            after.append(one)
            continue
        inside.append(one.id)
        if one.value("measure_kind") in BANS and effect_of(one) == "prohibited":
            barred += _covered(one, wanted, baseline, day, reading.get)
    later: list[str] = []
    renewed: list[str] = []
    for one in after:
        covered = _covered(one, wanted, baseline, day, reading.get)
        nothing_new = all(
            each.high == 0.0 or any(_lies_in(each, other) for other in barred) for each in covered
        )
        (renewed if nothing_new else later).append(one.id)
    flags = []
    if renewed:
        flags.append(
            Flag(
                "renewed",
                f"{', '.join(renewed)}: also in force on the same flows when this begins, and bars "
                f"only what the flows of {baseline.year} lack already: nothing to add",
                tuple(renewed),
            )
        )
    if inside:
        flags.append(
            Flag(
                "beside",
                f"{', '.join(inside)}: in force on the same flows in both states, and the flows of "
                f"{baseline.year} live under that already",
                tuple(inside),
            )
        )
    if later:
        flags.append(
            Flag(
                "not-in-baseline",
                f"{', '.join(later)}: also in force on the same flows when this begins, and not in "
                f"the flows of {baseline.year}: the answer is for a world without that. Name them "
                "together to see both",
                tuple(later),
            )
        )
    return found, flags


def _covered(
    entry: Entry, wanted: Iterable[Pair], baseline: MarketBaseline, day: int, get: Get
) -> list[Coverage]:
    """What a measure bears on of the flows wanted."""
    pairs, _ = pairs_of(entry, baseline, day, get)
    return [
        one for i, e in set(pairs) & set(wanted) for one in coverage_of(entry, baseline, i, e, get)
    ]


def _lies_in(one: Coverage, other: Coverage) -> bool:
    """Are the goods and areas of one coverage a part of those of another on the same flow?"""
    if (one.product, one.importer, one.exporter) != (other.product, other.importer, other.exporter):
        return False
    if other.areas is not None and (one.areas is None or not one.areas <= other.areas):
        return False
    mine, mine_out = _codes(one)
    theirs, theirs_out = _codes(other)
    return _all_in(mine, theirs) and _all_in(theirs_out, mine_out)


def _codes(one: Coverage) -> tuple[list[GoodsCode], list[GoodsCode]]:
    """The goods that a coverage means, and those that it leaves out."""
    at = one.codes.index("/")
    return (
        [GoodsCode.parse(code) for code in one.codes[:at]],
        [GoodsCode.parse(code) for code in one.codes[at + 1 :]],
    )


def _all_in(codes: Iterable[GoodsCode], scope: Sequence[GoodsCode]) -> bool:
    return all(any(lies(wide, code) is Relation.COVERS for wide in scope) for code in codes)
