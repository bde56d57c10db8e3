"""A market baseline as plain data and back: what a saved run carries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from comity.trade.baseline import Note
from comity.trade.drawing import Total
from comity.trade.market_baseline import (
    AreaShare,
    Beside,
    ByCode,
    MarketBaseline,
    Onward,
    vars_of,
)
from comity.trade.names import Names
from comity.words.errors import ValidationError

FORMAT = 1
ARRAYS = ("value", "low", "high", "tariff", "quantity", "standing")


def market_to_data(
    baseline: MarketBaseline, totals: tuple[Total, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(plain data, arrays) of a baseline and its known totals."""
    names = baseline.names
    data = {
        "format": FORMAT,
        "name": baseline.name,
        "economies": list(names.economies),
        "economy_names": list(names.economy_names),
        "products": list(names.sectors),
        "product_names": list(names.sector_names),
        "year": baseline.year,
        "unit": baseline.unit,
        "home": baseline.home,
        "basis": baseline.basis,
        "quantity_unit": baseline.quantity_unit,
        "group": baseline.group,
        "public_by": None if baseline.public_by is None else baseline.public_by.isoformat(),
        "published": dict(baseline.published),
        "duty_range": list(baseline.duty_range),
        "duty_free": list(baseline.duty_free),
        "goods": {product: list(codes) for product, codes in baseline.goods.items()},
        "onward": [vars_of(one) for one in baseline.onward],
        "areas": [{**vars_of(one), "areas": list(one.areas)} for one in baseline.areas],
        "beside": [{**vars_of(one), "codes": list(one.codes)} for one in baseline.beside],
        "by_code": [
            {**vars_of(one), "codes": list(one.codes), "shares": list(one.shares)}
            for one in baseline.by_code
        ],
        "sources": dict(baseline.sources),
        "notes": [
            {
                "kind": one.kind,
                "text": one.text,
                "economies": list(one.economies),
                "sectors": list(one.sectors),
            }
            for one in baseline.notes
        ],
        "totals": [
            {"product": t.product, "economy": t.economy, "axis": t.axis, "value": t.value,
             "source": t.source}
            for t in totals
        ],
    }  # fmt: skip
    quantity = (
        np.full(baseline.value.shape, -1.0) if baseline.quantity is None else baseline.quantity
    )
    arrays = {name: getattr(baseline, name) for name in ARRAYS if name != "quantity"}
    return data, {**arrays, "quantity": quantity}


def market_from_data(
    data: Mapping[str, Any], arrays: Mapping[str, Any]
) -> tuple[MarketBaseline, tuple[Total, ...]]:
    """The same again. Raises `ValidationError` for another format; `KeyError` where a part is
    missing."""
    if data["format"] != FORMAT:
        raise ValidationError(
            f"the market has format {data['format']!r}, not {FORMAT}",
            mend="use the version of the program that saved it",
        )
    names = Names.of(
        data["economies"], data["products"], data["economy_names"], data["product_names"]
    )
    low, high = data["duty_range"]
    baseline = MarketBaseline(
        name=data["name"],
        names=names,
        value=np.asarray(arrays["value"], dtype=np.float64),
        standing=np.asarray(arrays["standing"]),
        low=np.asarray(arrays["low"], dtype=np.float64),
        high=np.asarray(arrays["high"], dtype=np.float64),
        tariff=np.asarray(arrays["tariff"], dtype=np.float64),
        year=int(data["year"]),
        unit=data["unit"],
        home=bool(data["home"]),
        basis=data["basis"],
        quantity=np.asarray(arrays["quantity"], dtype=np.float64),
        quantity_unit=data["quantity_unit"],
        group=data["group"],
        public_by=dt.date.fromisoformat(data["public_by"]) if data["public_by"] else None,
        published=dict(data["published"]),
        duty_range=(float(low), float(high)),
        duty_free=tuple(data["duty_free"]),
        goods={product: tuple(codes) for product, codes in data["goods"].items()},
        onward=tuple(Onward(**one) for one in data["onward"]),
        areas=tuple(AreaShare(**{**one, "areas": tuple(one["areas"])}) for one in data["areas"]),
        beside=tuple(
            Beside(**{**one, "codes": tuple(one.get("codes", ()))}) for one in data["beside"]
        ),
        by_code=tuple(
            ByCode(**{**one, "codes": tuple(one["codes"]), "shares": tuple(one["shares"])})
            for one in data.get("by_code", ())
        ),
        sources=dict(data["sources"]),
        notes=tuple(
            Note(n["kind"], n["text"], tuple(n["economies"]), tuple(n["sectors"]))
            for n in data["notes"]
        ),
    )
    return baseline, tuple(Total(**one) for one in data["totals"])
