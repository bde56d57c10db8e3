"""What is known of the elasticities of some goods, and what would be chosen: one answer as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from comity.trade.drawing import BETWEEN, FIXED, LOG_UNIFORM, LOGNORMAL, Distribution
from comity.trade.elasticities import LEVELS, Estimate, elasticities, goods_codes, group_of
from comity.trade.elasticity_choice import Choice, choose, demand_and_supply
from comity.words.errors import NotFound, located
from comity.words.goods import check_exists

ESTIMATE_COLUMNS = (
    *("level", "family", "parameter", "classification", "code", "label", "sample", "value"),
    *("std_error", "sigma", "n", "usable", "why_not", "source", "publisher", "url", "confidence"),
    *("note",),
)
NAMES = {
    "sigma": "substitution among origins",
    "sigma_factor": "short run over long run",
    "eta": "demand",
    "supply": "output supply",
    "other_supply": "supply of others",
    "inner": "substitution among areas of one origin",
}


def described(one: Distribution) -> str:
    """A distribution in words: ``lognormal, median 5, log s.d. 0.45``."""
    if one.kind == FIXED:
        return f"{one.a}"
    if one.kind == BETWEEN:
        return f"uniform from {one.a} to the smallest of {', '.join(map(str, one.below))}"
    first = one.a if isinstance(one.a, str) else f"{one.a:.3g}"
    if one.kind == LOGNORMAL:
        text = f"lognormal, median {first}, log s.d. {one.b:.2f}"
    else:
        text = f"{'log-uniform' if one.kind == LOG_UNIFORM else 'uniform'}, {first} to {one.b:g}"
    if one.times:
        text += f", times {one.times}"
    if one.above:
        text += f"; above {' and '.join(map(str, one.above))}"
    return text


def answer(
    goods: str | Iterable[str],
    *,
    source: str | None = None,
    horizon: str = "long",
    files: Sequence[str | Path] = (),
) -> dict[str, Any]:
    """Estimates for goods, nearest first, and the choice for a market of them.

    Keys: ``goods``, ``horizon``, ``source``, ``estimates`` (rows with `ESTIMATE_COLUMNS`),
    ``demand_and_supply`` (rows of the table that are of the goods' groups), ``choice`` (None where
    nothing usable is about the goods, then ``why_no_choice``). With `source`, a part of a family's
    name, only its estimates, and σ from it alone. Raises as `elasticities` and `choose` do, save
    that a choice which cannot be made is an answer.
    """
    with located("goods"):
        codes = goods_codes(goods)
        for code in codes:
            check_exists(code)
    listed = [str(code) for code in codes]
    found = elasticities(listed, source, files=files)
    chosen: Choice | None = None
    why = ""
    try:
        chosen = choose(listed, horizon, source or "default", files=files)
    except NotFound as error:
        why = error.what
    return {
        "goods": listed,
        "horizon": horizon,
        "source": source,
        "estimates": [_row(one) for one in found],
        "demand_and_supply": _ranges([group_of(code) for code in codes]),
        "choice": None if chosen is None else _chosen(chosen),
        "why_no_choice": why,
    }


def _row(one: Estimate) -> dict[str, Any]:
    return {column: getattr(one, column) for column in ESTIMATE_COLUMNS}


def _ranges(groups: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """Rows of the groups, and those that hold for all goods; numbers as numbers."""
    wanted = {("other_supply", "all"), ("zeta", "all"), ("delta", "all"), ("kappa", "all")}
    wanted |= {("demand", one["demand"]) for one in groups}
    wanted |= {("supply", one["supply"]) for one in groups}
    rows = []
    for row in demand_and_supply():
        if (row["parameter"], row["group"]) not in wanted:
            continue
        numbers = {
            key: float(row[key]) if row[key] else None for key in ("value", "log_sd", "low", "high")
        }
        rows.append({**row, **numbers})
    return rows


def _chosen(one: Choice) -> dict[str, Any]:
    plain = {
        "sigma": one.sigma,
        "sigma_factor": one.sigma_factor,
        "eta": one.eta,
        "supply": one.supply,
        "other_supply": one.other_supply,
        "inner": one.inner,
    }
    return {
        "rule": one.rule,
        "sigma_median": one.sigma_median,
        "sigma_log_sd": one.sigma_log_sd,
        "parameters": [
            {
                "parameter": name,
                "what": NAMES[name],
                "drawn": described(drawn),
                "kind": drawn.kind,
                "a": drawn.a,
                "b": drawn.b,
                "assumed": name in one.assumed or name in ("sigma_factor", "inner"),
            }
            for name, drawn in plain.items()
            if drawn is not None
        ],
        "alternatives": [{"family": family, "sigma": sigma} for family, sigma in one.alternatives],
        "rests_on": [
            {"family": row.family, "code": row.code, "sample": row.sample, "sigma": row.sigma,
             "std_error": row.std_error, "level": row.level}
            for row in one.estimates
        ],
        "reason": one.reason,
        "levels": list(LEVELS),
    }  # fmt: skip
