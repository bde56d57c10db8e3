"""A scenario put together from what a form holds: tariffs by hand, measures of the record, days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from comity.scenario.contents import SHIPPED, VERSION
from comity.words.errors import InputError, Place

OPERATIONS = ("add", "to", "times")


@dataclass(frozen=True)
class TariffRow:
    """One tariff: `by` an economy on imports `of` others (names by comma, or ``all``), a rate to
    add, to set, or to multiply by, as people write it (``10%``)."""

    by: str
    of: str
    operation: str
    rate: str


@dataclass(frozen=True)
class MeasureRow:
    """A measure of the record, the share of the flow that it bears on, and where that is from."""

    id: str
    coverage: str
    because: str


def draft(
    *,
    title: str,
    tariffs: Sequence[TariffRow] = (),
    measures: Sequence[MeasureRow] = (),
    before: str | None = None,
    after: str | None = None,
    deficits: str = "kept",
) -> str:
    """The scenario file (YAML) that says this; reading it finds what is wrong with the values.

    `before` and `after` are days of the record, needed where measures are named. Raises
    `InputError` where there is nothing to compare.
    """
    if not tariffs and not measures:
        raise InputError(
            "there is nothing to compare", mend="give a tariff, or tick a measure of the record"
        )
    if measures and not (before and after):
        raise InputError(
            "measures of the record are looked at between two days",
            where=Place(field="before" if not before else "after"),
            mend="give both days, such as the one before and the one after it began",
        )
    data: dict[str, Any] = {
        "comity-scenario": str(VERSION),
        "title": title or "untitled",
        "baseline": SHIPPED,
        "model": {"name": "world", "deficits": deficits},
        "from": {"as_of": before} if before else "baseline",
    }
    after_state: dict[str, Any] = {"as_of": after} if after else {}
    if tariffs:
        after_state["changes"] = [_tariff(row) for row in tariffs]
    data["to"] = after_state
    if measures:
        data["measures"] = {
            row.id: {
                **({"coverage": row.coverage} if row.coverage else {}),
                **({"because": row.because} if row.because else {}),
            }
            for row in measures
        }
    return yaml.dump(data, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)


class _Plain(yaml.SafeDumper):
    """Scalars are text and stand plain where they can, as a person writes them."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the name and form are PyYAML's


def _tariff(row: TariffRow) -> dict[str, Any]:
    if row.operation not in OPERATIONS:
        raise InputError(
            f"a tariff cannot be {row.operation!r}",
            where=Place(field="operation"),
            mend="one of: " + ", ".join(OPERATIONS),
        )
    names = [name.strip() for name in row.of.split(",") if name.strip()]
    of: str | list[str] = names[0] if len(names) == 1 else names or "all"
    return {"by": row.by, "tariff": {"on_imports_from": of, row.operation: row.rate}}
