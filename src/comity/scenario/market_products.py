"""Which products of a market a part of a scenario means, and on what share of each."""

from __future__ import annotations

from comity.scenario.contents import ListedChange, MeasureChoice
from comity.scenario.fields import Problems
from comity.scenario.market_coverage import Part, goods_part
from comity.trade.market_baseline import MarketBaseline
from comity.words.errors import InputError, NotFound
from comity.words.goods import GoodsCode

WHOLE = Part(1.0, 1.0, "as listed")


def products_named(
    baseline: MarketBaseline, of: MeasureChoice | ListedChange, problems: Problems
) -> tuple[str, ...] | None:
    """The products that `sectors` names, else all; `None` where the market lacks one that is named,
    in `sectors` or as a key of `coverage`, which is added to `problems` at its place."""
    names = baseline.names
    meant: list[str] = []
    wrong = False
    for n, label in enumerate(of.sectors or ()):
        try:
            meant.append(names.sectors[names.sector(label)])
        except NotFound as error:
            problems.add(error, of.at(f"sectors.{n}"))
            wrong = True
    products = names.sectors if of.sectors is None else tuple(dict.fromkeys(meant))
    for label, _ in of.coverage if isinstance(of.coverage, tuple) else ():
        place = of.at(f"coverage.{label}")
        try:
            product = names.sectors[names.sector(label)]
        except NotFound as error:
            problems.add(error, place)
            wrong = True
            continue
        if of.sectors is not None and product not in products:
            wrong = True
            problems.wrong(
                f"coverage names {label}, which is not among the sectors",
                place,
                "name it under sectors too, or leave it out",
            )
    return None if wrong else products


def goods_held(baseline: MarketBaseline, change: ListedChange, problems: Problems) -> bool:
    """Does the market hold the goods of a change? A code that no product holds is added to
    `problems`, as is a `goods_except` that leaves nothing, and a key of `coverage` that holds none
    of the goods."""
    if change.goods is None:
        return True
    mend = "name goods of its products, or sectors: " + ", ".join(baseline.names.sectors)
    goods = [GoodsCode.parse(code) for code in change.goods]
    left_out = [GoodsCode.parse(code) for code in change.goods_except]
    unknown = [n for n, code in enumerate(goods) if not _held(baseline, [code], [])]
    for n in unknown:
        problems.wrong(
            f"no product of the market {baseline.name} holds goods of {goods[n]}",
            change.at(f"goods.{n}"),
            mend,
        )
    if unknown:
        return False
    held = _held(baseline, goods, left_out)
    if not held:
        problems.wrong(
            f"the market {baseline.name} holds none of the goods that are left",
            change.at("goods_except"),
            mend,
        )
        return False
    given = change.coverage if isinstance(change.coverage, tuple) else ()
    empty = [
        label
        for label, _ in given
        if baseline.names.sectors[baseline.names.sector(label)] not in held
    ]
    for label in empty:
        problems.wrong(
            f"coverage names {label}, which holds none of the goods",
            change.at(f"coverage.{label}"),
            "leave it out, or name other goods",
        )
    return not empty


def _held(
    baseline: MarketBaseline, goods: list[GoodsCode], left_out: list[GoodsCode]
) -> tuple[str, ...]:
    return tuple(
        product
        for product in baseline.names.sectors
        if goods_part(baseline, product, goods, left_out).high > 0.0
    )


def ends(
    baseline: MarketBaseline, of: MeasureChoice | ListedChange, product: str
) -> tuple[float, float]:
    """The coverage that a file gives for a product, low and high. One that is given by product is 0
    for those not named."""
    assert of.coverage is not None
    names = baseline.names
    found: list[float] = []
    for one in (of.coverage, of.coverage if of.coverage_high is None else of.coverage_high):
        if isinstance(one, tuple):
            given = {names.sectors[names.sector(label)]: share for label, share in one}
            found.append(float(given.get(product, 0.0)))
        else:
            found.append(float(one))
    return found[0], found[1]


def refuse_empty(
    choice: MeasureChoice, products: tuple[str, ...], covered: set[str], problems: Problems
) -> None:
    """Note each product that a measure is restricted to and bears on no goods of."""
    for n, product in enumerate(products if choice.sectors is not None else ()):
        if product not in covered:
            problems.add(
                InputError(
                    f"{choice.id} bears on no goods of {product}", mend="leave the product out"
                ),
                choice.at(f"sectors.{n}"),
            )
