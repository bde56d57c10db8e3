"""How much of a market's flows a measure bears on: goods × areas, with the arithmetic shown.

A coverage is a range. It is one number where the record and the baseline's data decide it; where a
share is not on record it is the whole range that is possible, said so, and never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from comity.record.entry import Entry
from comity.record.scopes import Get, opened, scope_of
from comity.scenario.market_case import SOURCED, UNKNOWN
from comity.trade.market_baseline import ByCode, MarketBaseline
from comity.trade.other_editions import lies
from comity.words.areas import area, areas_of, label
from comity.words.errors import InputError
from comity.words.goods import GoodsCode, Relation
from comity.words.scope import Scope


@dataclass(frozen=True)
class Part:
    """A share of a flow: between `low` and `high`; `words` say where it comes from, and `basis`
    whether from a source, from nowhere, or from the asker."""

    low: float
    high: float
    words: str
    basis: str = SOURCED

    @property
    def known(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class Coverage:
    """What one measure, or several together, bear on of one flow of one product.

    goods, area : the shares that are multiplied, where it is one measure's or one scope's
    areas : the areas meant, or `None` for all of the origin
    codes : the goods meant, by which two scopes are known to be of the same goods
    steps : the arithmetic, in words;  measures : ids
    """

    product: str
    importer: str
    exporter: str
    low: float
    high: float
    steps: tuple[str, ...]
    measures: tuple[str, ...]
    areas: frozenset[str] | None = None
    goods: Part | None = None
    area: Part | None = None
    codes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        return {
            "product": self.product,
            "importer": self.importer,
            "exporter": self.exporter,
            "low": self.low,
            "high": self.high,
            "arithmetic": list(self.steps),
            "measures": list(self.measures),
        }


def goods_part(
    baseline: MarketBaseline,
    product: str,
    goods: Iterable[GoodsCode],
    left_out: Iterable[GoodsCode],
    exporter: str = "",
    importer: str = "",
) -> Part:
    """The share of a product's value that these goods are, in a flow where the baseline knows it.

    Where the baseline has values by code (`MarketBaseline.by_code`) they decide it, but for codes
    of which a part is meant. Otherwise, where all of a product's codes are meant the share is 1,
    less what the flow holds beside the goods that are meant (`MarketBaseline.beside`); where some
    are meant only in part it is the whole range from 0, unless the baseline says what part of the
    flow the codes are that are left out.
    """
    codes = [GoodsCode.parse(text) for text in baseline.goods.get(product, ())]
    if not codes:
        return Part(0.0, 1.0, f"the baseline does not say which goods {product} are", UNKNOWN)
    scopes, outs = tuple(goods), tuple(left_out)
    split = _split(baseline, product, exporter, importer)
    if split is not None:
        return _by_code(split, scopes, outs)
    other, apart = _beside(baseline, product, exporter, importer, scopes, outs)
    full = partly = 0
    partial: list[str] = []
    for code in codes:
        relations = {lies(scope, code) for scope in scopes}
        excluded = {lies(out, code) for out in outs if not _within(out, apart)}
        if Relation.COVERS in {lies(out, code) for out in outs}:
            continue
        if Relation.COVERS in relations and excluded <= {Relation.DISJOINT}:
            full += 1
        elif relations - {Relation.DISJOINT}:
            partly += 1
            partial.append(str(code).rpartition(":")[2])
    if not full and not partly:
        return Part(0.0, 0.0, f"no goods of {product} are meant")
    if full == len(codes):
        if other is None:
            return Part(1.0, 1.0, f"all goods of {product} are meant")
        said = f"all of {product} but {other.words}"
        return Part(max(0.0, 1.0 - other.high), 1.0 - other.low, said)
    said = f"{full} of the {len(codes)} codes of {product} are meant as a whole"
    if partial:
        said += f", of {', '.join(partial[:6])} a part"
    return Part(0.0, 1.0, f"{said}; values by code are not in the baseline: 0 to 1", UNKNOWN)


def _split(baseline: MarketBaseline, product: str, exporter: str, importer: str) -> ByCode | None:
    wanted = (product, exporter, importer)
    found = (
        one for one in baseline.by_code if (one.product, one.origin, one.destination) == wanted
    )
    return next(found, None)


def _by_code(split: ByCode, scopes: Sequence[GoodsCode], outs: Sequence[GoodsCode]) -> Part:
    """The share of a flow that goods are, from its values by code; of a code that is meant or left
    out only in part, the part may be any."""
    low, high, meant, open_ = 0.0, 0.0, 0, []
    for text, share in zip(split.codes, split.shares, strict=True):
        code = GoodsCode.parse(text)
        inside = {lies(scope, code) for scope in scopes}
        left = {lies(out, code) for out in outs}
        if Relation.COVERS in left or inside <= {Relation.DISJOINT}:
            continue
        meant += 1
        high += share
        if Relation.COVERS in inside and left <= {Relation.DISJOINT}:
            low += share
        else:
            open_.append(text.rpartition(":")[2])
    every = len(split.codes)
    # All or nothing is that, whatever the rounding of a sum of shares.
    high = 1.0 if meant == every else min(1.0, high)
    low = high if not open_ else low
    words = f"{meant} of the {every} codes in the flow are meant, by value {low:.3g}"
    if open_:
        words += f" to {high:.3g} (of {', '.join(open_[:6])} a part)"
    return Part(low, high, f"{words} of it ({split.source})")


def _beside(
    baseline: MarketBaseline,
    product: str,
    exporter: str,
    importer: str,
    scopes: tuple[GoodsCode, ...],
    outs: tuple[GoodsCode, ...],
) -> tuple[Part | None, list[GoodsCode]]:
    """What a flow of the baseline holds beside the goods that are meant, as a share of the flow,
    and the codes of which that is known. Goods of the product that are meant are not beside it."""
    low = high = 0.0
    words: list[str] = []
    apart: list[GoodsCode] = []
    for one in baseline.beside:
        if (one.product, one.origin, one.destination) != (product, exporter, importer):
            continue
        codes = [GoodsCode.parse(code) for code in one.codes]
        out = [code for code in codes if _within(code, outs) or not _within(code, scopes)]
        if codes and not out:
            continue
        apart += codes
        # Of what is left out only in part, the part may be any.
        low += one.low if len(out) == len(codes) else 0.0
        high += one.high
        share = _range(Part(one.low, one.high, ""))
        words.append(f"{one.what}, {share} of the flow ({one.source})")
    return (Part(low, high, " and ".join(words)) if words else None), apart


def _within(code: GoodsCode, scopes: Iterable[GoodsCode]) -> bool:
    return any(lies(scope, code) is Relation.COVERS for scope in scopes)


def area_part(
    baseline: MarketBaseline,
    product: str,
    exporter: str,
    importer: str,
    areas: frozenset[str] | None,
) -> Part:
    """The share of an exporter's sales of a product to an importer that comes from areas."""
    if areas is None:
        return Part(1.0, 1.0, f"all of {exporter} is meant")
    every = frozenset(areas_of(exporter))
    if not areas:
        return Part(0.0, 0.0, f"no area of {exporter} is meant")
    if every and areas >= every:
        return Part(1.0, 1.0, f"every area of {exporter} is meant")
    found = _area_shares(baseline, product, exporter, importer)
    if areas in found:
        low, high, source = found[areas]
        words = f"{_named(areas)}: {low:.3g} to {high:.3g} of the flow ({source})"
        return Part(low, high, words, _basis(low, high))
    rest = every - areas
    if rest in found:
        low, high, source = found[rest]
        return Part(
            1.0 - high,
            1.0 - low,
            f"all but {_named(rest)}, which are {low:.3g} to {high:.3g} of the flow ({source})",
            _basis(low, high),
        )
    low, high = 0.0, 1.0
    for known, (a, b, _) in found.items():
        if known <= areas:
            low = max(low, a)
        if areas <= known:
            high = min(high, b)
        if not (known & areas):
            high = min(high, 1.0 - a)
    words = f"the share of {_named(areas)} in the flow is not on record: {low:.3g} to {high:.3g}"
    return Part(low, high, words, UNKNOWN)


def _basis(low: float, high: float) -> str:
    """A share that may be anything is known to nobody, whatever is cited for that."""
    return UNKNOWN if (low, high) == (0.0, 1.0) else SOURCED


def _area_shares(
    baseline: MarketBaseline, product: str, exporter: str, importer: str
) -> Mapping[frozenset[str], tuple[float, float, str]]:
    """Shares on record; those of this destination go before those of all destinations."""
    found: dict[frozenset[str], tuple[float, float, str]] = {}
    for share in sorted(baseline.areas, key=lambda s: s.destination is None, reverse=True):
        here = share.destination in (None, importer)
        if here and share.product == product and share.origin == exporter:
            found[frozenset(share.areas)] = (share.low, share.high, share.source)
    return found


def _named(areas: frozenset[str]) -> str:
    """Areas by name; where they are nearly all of an economy, those that are left out."""
    owners = {area(code).economy for code in areas}
    if len(owners) == 1:
        every = frozenset(areas_of(owners.pop()))
        left = every - areas
        if len(every) > 10 and len(left) < len(areas) / 3:
            return f"all areas but {_labels(left)}"
    return _labels(areas)


def _labels(areas: frozenset[str]) -> str:
    listed = sorted(areas)
    more = f" and {len(listed) - 10} more" if len(listed) > 10 else ""
    return ", ".join(label(code) for code in listed[:10]) + more


def areas_meant(scope: Scope, exporter: str) -> frozenset[str] | None:
    """The areas of a scope; `None` for all. Raises `InputError` for a list not on record."""
    if scope.mode == "all":
        return None
    if not scope.known:
        raise InputError(
            f"the list of areas of {exporter} that are meant is not on record",
            mend="give the coverage, as a number or a range",
        )
    mine = {code for code in scope.codes if code.partition("-")[0] == _prefix(exporter)}
    if scope.mode == "only":
        return frozenset(mine)
    return frozenset(areas_of(exporter)) - mine


def _prefix(exporter: str) -> str:
    some = areas_of(exporter)
    return some[0].partition("-")[0] if some else ""


def goods_coverage(
    entry: Entry, baseline: MarketBaseline, product: str, exporter: str, importer: str, get: Get
) -> Part:
    """The share of a product in a flow that are goods of a measure."""
    goods = [GoodsCode.parse(code) for code in opened(entry.list("goods"), "goods", get)]
    left_out = [GoodsCode.parse(code) for code in opened(entry.list("goods_except"), "goods", get)]
    return goods_part(baseline, product, goods, left_out, exporter, importer)


def coverage_of(
    entry: Entry, baseline: MarketBaseline, importer: str, exporter: str, get: Get
) -> tuple[Coverage, ...]:
    """What a measure bears on of the flows from `exporter` to `importer`, by product."""
    areas = areas_meant(scope_of(entry.value("areas"), "areas", get), exporter)
    codes = opened(entry.list("goods"), "goods", get)
    left_out = opened(entry.list("goods_except"), "goods", get)
    out = []
    for product in baseline.names.sectors:
        of_goods = goods_coverage(entry, baseline, product, exporter, importer, get)
        if of_goods.high == 0.0:
            continue
        of_areas = area_part(baseline, product, exporter, importer, areas)
        blank = Coverage(
            product, importer, exporter, 0.0, 0.0, (), (), None, None, None,
            (*sorted(codes), "/", *sorted(left_out)),
        )  # fmt: skip
        out.append(shared(entry.id, blank, of_goods, of_areas, areas))
    return tuple(out)


def shared(
    measure: str, one: Coverage, goods: Part, area: Part, areas: frozenset[str] | None
) -> Coverage:
    """A coverage of the same flow and goods: a share of goods × a share of areas."""
    low, high = goods.low * area.low, goods.high * area.high
    product = f"{_range(goods)} × {_range(area)} = {_range(Part(low, high, ''))}"
    return replace(
        one,
        low=low,
        high=high,
        steps=(f"{measure}: {goods.words}", f"{measure}: {area.words}", f"coverage {product}"),
        measures=(measure,),
        areas=areas,
        goods=goods,
        area=area,
    )


def _range(part: Part) -> str:
    return f"{part.low:.3g}" if part.known else f"{part.low:.3g}–{part.high:.3g}"


def together(
    coverages: Iterable[Coverage], baseline: MarketBaseline
) -> dict[tuple[str, str, str], Coverage]:
    """Several measures on the same flows: nothing counts twice.

    Where all of them mean the whole product the areas are united, and the share of the union is
    looked up; otherwise the union lies between the largest of them and their sum (at most 1).
    """
    groups: dict[tuple[str, str, str], list[Coverage]] = {}
    for one in coverages:
        groups.setdefault((one.product, one.importer, one.exporter), []).append(one)
    return {key: _union(listed, baseline) for key, listed in groups.items()}


def _union(listed: list[Coverage], baseline: MarketBaseline) -> Coverage:
    if len(listed) == 1:
        return listed[0]
    first = listed[0]
    measures = tuple(dict.fromkeys(m for one in listed for m in one.measures))
    steps = tuple(step for one in listed for step in one.steps)
    if all(one.codes == first.codes and one.goods is not None for one in listed):
        areas: frozenset[str] | None = frozenset()
        for one in listed:
            areas = None if areas is None or one.areas is None else areas | one.areas
        part = area_part(baseline, first.product, first.exporter, first.importer, areas)
        assert first.goods is not None
        whole = shared(" and ".join(measures), first, first.goods, part, areas)
        return replace(whole, steps=(*steps, f"together: {part.words}"), measures=measures)
    low = max(one.low for one in listed)
    high = min(1.0, sum(one.high for one in listed))
    steps = (*steps, f"together, overlap not known: from the largest, {low:.3g}, to {high:.3g}")
    return Coverage(first.product, first.importer, first.exporter, low, high, steps, measures, None)
