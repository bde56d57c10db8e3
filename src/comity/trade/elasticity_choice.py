"""Which elasticities a product gets, by a stated rule, with the reason in words.

The default rule
 - σ, long run: lognormal. Each family of estimates that is about products (Broda and Weinstein,
   Ossa, ProTEE, and those of a user's files) gives one number: the median of its usable estimates
   nearest to the goods. The median of the draw is their geometric mean. Where fewer than two
   families have the goods, sector and aggregate estimates (Caliendo and Parro, Simonovska and
   Waugh) join. Log s.d. 0.45; with standard errors, s.e./value, not below 0.2, and 0.3 between
   sources, in squares.
 - σ, short run (first full year): the long-run draw times U(0.4, 0.9).
 - every σ is drawn again until σ > max(1.2, η).
 - η lognormal, output supply and other suppliers uniform, by group of goods and horizon, from
   ``demand_and_supply.csv``; the elasticity among areas of one origin is log-uniform from σ to 30.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median

from comity.trade.drawing import LOG_UNIFORM, LOGNORMAL, UNIFORM, Distribution
from comity.trade.elasticities import (
    DATA,
    LEVELS,
    THETA,
    Estimate,
    elasticities,
    goods_codes,
    group_of,
    public_then,
)
from comity.words.errors import NotFound, ValidationError

HORIZONS = ("short", "long")
BROAD = ("Caliendo-Parro", "Simonovska-Waugh", "Soderbery")
"""Families that estimate sectors or the whole economy."""
LOG_SD, BETWEEN, LEAST = 0.45, 0.3, 0.2
SHORT_RUN = (0.4, 0.9)
FLOOR = 1.2
INNER_HIGHEST = 30.0
VERY_UNSURE = 0.6
"""Log s.d. where a standard error is above half of its θ."""


@dataclass(frozen=True)
class Choice:
    """Distributions of the parameters of one product, and why.

    `sigma_median` and `sigma_log_sd` are of the long run. `alternatives` are the σ that each family
    alone would give. `estimates` are the rows that σ rests on. `assumed` names the parameters whose
    range no source that was read gives.
    """

    goods: tuple[str, ...]
    horizon: str
    rule: str
    sigma_median: float
    sigma_log_sd: float
    sigma: Distribution
    sigma_factor: Distribution | None
    eta: Distribution
    supply: Distribution
    other_supply: Distribution
    inner: Distribution
    reason: str
    alternatives: tuple[tuple[str, float], ...]
    estimates: tuple[Estimate, ...]
    assumed: tuple[str, ...]

    def parameters(self, product: str = "") -> dict[str, Distribution]:
        """The distributions by name, with ``:product`` after it where products are several."""
        end = f":{product}" if product else ""

        def named(one: Distribution) -> Distribution:
            return Distribution(
                one.kind,
                f"{one.a}{end}" if isinstance(one.a, str) else one.a,
                one.b,
                tuple(f"{x}{end}" if isinstance(x, str) else x for x in one.above),
                f"{one.times}{end}" if one.times else None,
                tuple(f"{x}{end}" if isinstance(x, str) else x for x in one.below),
            )

        found = {
            "eta": self.eta,
            "sigma": self.sigma,
            "supply": self.supply,
            "other_supply": self.other_supply,
            "inner": self.inner,
        }
        if self.sigma_factor is not None:
            found["sigma_factor"] = self.sigma_factor
        return {f"{name}{end}": named(one) for name, one in found.items()}


@lru_cache(maxsize=1)
def demand_and_supply() -> tuple[dict[str, str], ...]:
    """The rows of the table of demand and supply elasticities, sighted or not."""
    with (DATA / "demand_and_supply.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _row(parameter: str, group: str, horizon: str) -> dict[str, str]:
    for row in demand_and_supply():
        same = row["parameter"] == parameter and row["group"] == group
        if same and row["value"] and row["horizon"] in ("", horizon) and _main(parameter, row):
            return row
    raise NotFound(f"no {parameter} elasticity of {group} for the {horizon} run")


def _main(parameter: str, row: dict[str, str]) -> bool:
    return bool(row["log_sd"] if parameter == "demand" else row["low"] and row["high"])


def _per_family(found: Sequence[Estimate]) -> dict[str, list[Estimate]]:
    """The usable estimates of σ nearest to the goods, by family."""
    nearest: dict[str, list[Estimate]] = {}
    for row in found:
        if not row.usable or row.sigma is None or row.level == "all":
            continue
        kept = nearest.setdefault(row.family, [])
        if kept and LEVELS.index(kept[0].level) < LEVELS.index(row.level):
            continue
        kept.append(row)
    for rows in nearest.values():
        pooled = [row for row in rows if "median" in row.parameter or "mean" in row.parameter]
        middle = [row for row in pooled if "median" in row.parameter]
        if middle:
            rows[:] = middle
        exact = [row for row in rows if row.std_error is not None]
        if exact:
            rows[:] = exact
    return nearest


def _central(rows: Iterable[Estimate]) -> float:
    return float(median(row.sigma for row in rows if row.sigma is not None))


def _spread(rows: Sequence[Estimate]) -> float:
    parts = []
    for row in rows:
        if row.std_error is None or row.value is None or row.sigma is None:
            continue
        if row.kind == THETA and row.std_error > row.value / 2:
            return VERY_UNSURE
        parts.append(row.std_error / row.sigma)
    if not parts:
        return LOG_SD
    return math.hypot(max(sum(parts) / len(parts), LEAST), BETWEEN)


def choose(
    goods: str | Iterable[str],
    horizon: str = "long",
    rule: str = "default",
    *,
    files: Sequence[str | Path] = (),
    public_on: dt.date | None = None,
) -> Choice:
    """The parameters of a product with these HS codes.

    `horizon` is ``short`` (first full year) or ``long`` (five years and more). `rule` is
    ``default``, or a part of a family's name, which then gives σ alone; η and supply stay. `files`
    are further estimates. With `public_on`, estimates that are not known to have been public by
    that day are left out and counted in the reason. Raises `ValidationError` for another horizon,
    `NotFound` where no usable estimate is about the goods.
    """
    if horizon not in HORIZONS:
        raise ValidationError(f"no horizon {horizon!r}", mend=f"one of {', '.join(HORIZONS)}")
    if not rule.strip():
        raise ValidationError(
            "the rule for elasticities is empty", mend="write default, or a source such as Ossa"
        )
    codes = goods_codes(goods)
    found, later, unknown = public_then(elasticities(goods, files=files), public_on)
    left = "" if public_on is None else left_out(public_on, later, unknown)
    families = _per_family(found)
    if not families and left:
        raise NotFound(
            f"no usable estimate that is about {', '.join(map(str, codes))} was public by "
            f"{public_on}",
            mend=f"{left} choose a later day, or give a file of estimates whose families end with "
            "their year",
        )
    if not families:
        about = [row for row in found if row.level != "all"]
        marked = next((row.why_not for row in about if row.why_not), "")
        if found and not about:
            marked = "those of all goods together are shown, and never chosen"
        raise NotFound(
            f"no usable estimate is about {', '.join(map(str, codes))}"
            + (f" ({marked})" if marked else ""),
            mend="give a file of estimates of your own",
        )
    if rule != "default":
        picked = {f: rows for f, rows in families.items() if rule.casefold() in f.casefold()}
        if not picked:
            raise NotFound(
                f"no usable estimate of {rule!r} is about these goods",
                mend=f"there is {', '.join(families)}",
            )
    else:
        picked = {f: rows for f, rows in families.items() if not f.startswith(BROAD)}
        if len(picked) < 2:
            picked = families
    used = [row for rows in picked.values() for row in rows]
    each = {family: _central(rows) for family, rows in families.items()}
    middle = math.exp(sum(math.log(each[family]) for family in picked) / len(picked))
    width = _spread(used)
    group = group_of(codes[0])
    demand = _row("demand", group["demand"], horizon)
    supply = _row("supply", group["supply"], horizon)
    others = _row("other_supply", "all", horizon)
    spread_out = "log-uniform" in supply["note"]
    short = horizon == "short"
    assumed = tuple(
        name
        for name, row in (("eta", demand), ("supply", supply), ("other_supply", others))
        if row["sighted"] not in ("value", "range")
    )
    return Choice(
        goods=tuple(map(str, codes)),
        horizon=horizon,
        rule=rule,
        sigma_median=middle,
        sigma_log_sd=width,
        sigma=Distribution(
            LOGNORMAL, middle, width, (FLOOR, "eta"), "sigma_factor" if short else None
        ),
        sigma_factor=Distribution(UNIFORM, *SHORT_RUN) if short else None,
        eta=Distribution(LOGNORMAL, float(demand["value"]), float(demand["log_sd"])),
        supply=Distribution(
            LOG_UNIFORM if spread_out else UNIFORM, float(supply["low"]), float(supply["high"])
        ),
        other_supply=Distribution(UNIFORM, float(others["low"]), float(others["high"])),
        inner=Distribution(LOG_UNIFORM, "sigma", INNER_HIGHEST),
        reason=_reason(picked, each, middle, width, short, group, demand, supply, assumed)
        + (f" {left}" if left else ""),
        alternatives=tuple(each.items()),
        estimates=tuple(used),
        assumed=assumed,
    )


def left_out(day: dt.date, later: int, unknown: int) -> str:
    """What a public view left out of the estimates, in words; empty where nothing."""
    parts = [f"{later} published later"] if later else []
    parts += [f"{unknown} of which the day is not known"] if unknown else []
    return f"Left out as of {day}: estimates, {' and '.join(parts)}." if parts else ""


def _reason(
    picked: dict[str, list[Estimate]],
    each: dict[str, float],
    middle: float,
    width: float,
    short: bool,
    group: dict[str, str],
    demand: dict[str, str],
    supply: dict[str, str],
    assumed: tuple[str, ...],
) -> str:
    parts = ", ".join(
        f"{each[family]:.2f} ({family}, {rows[0].level} {rows[0].code}: {rows[0].label})"
        for family, rows in picked.items()
    )
    what = "the geometric mean of " if len(picked) > 1 else ""
    lines = [f"σ has the long-run median {middle:.2f}, {what}{parts}; log s.d. {width:.2f}."]
    if width == VERY_UNSURE:
        lines.append("A standard error is above half of its θ: the spread is set to 0.6.")
    if short:
        lines.append("In the first full year it is U(0.4, 0.9) of that.")
    others = [f"{f} {v:.2f}" for f, v in each.items() if f not in picked]
    if others:
        lines.append(f"Other sources would give {', '.join(others)}.")
    lines.append(
        f"Demand: {group['demand']}, median {demand['value']}, log s.d. {demand['log_sd']}. "
        f"Output supply: {group['supply']}, {supply['low']} to {supply['high']}."
    )
    if assumed:
        lines.append(f"No source that was read gives the range of {', '.join(assumed)}: assumed.")
    return " ".join(lines)
