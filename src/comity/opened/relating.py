"""What an opened record tells of relations as wholes: which there are, and all about one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comity.record.reading import Reading
from comity.words import economies
from comity.words.errors import InputError, located


def pair_of(first: str, second: str) -> tuple[str, str]:
    """The codes of two economies by code or name. Raises `InputError` for one given twice."""
    with located("first"):
        one = economies.resolve(first)
    with located("second"):
        two = economies.resolve(second)
    if one == two:
        raise InputError(
            f"{first} and {second} are the same economy ({one})", mend="name two economies"
        )
    return one, two


class RelationMethods:
    """The part of `comity.opened.OpenRecord` that looks at relations; `view` is that of its other
    methods that read."""

    def reading(self, *args: Any, **view: Any) -> Reading:
        raise NotImplementedError

    def relation(
        self,
        first: str,
        second: str,
        *,
        filters: Mapping[str, str | None] | None = None,
        **view: Any,
    ) -> dict[str, Any]:
        """All that is on record of a relation, from one reading: its `brief`, its `timeline` whole
        and, where `filters` of `timeline` are given, `filtered`, and the `measures` of either side
        against the other, ended ones too."""
        from comity.record.views.measures import measures
        from comity.record.views.relation import Relation
        from comity.record.views.timeline import timeline
        from comity.report.brief import brief

        reading = self.reading(**view)
        pair = pair_of(first, second)
        relation = Relation(reading, *pair)
        chosen: dict[str, Any] = {n: value for n, value in (filters or {}).items() if value}
        everything = timeline(relation)
        return {
            "brief": brief(reading, *pair),
            "timeline": everything,
            "filtered": timeline(relation, **chosen) if chosen else everything,
            "measures": [
                (a, b, measures(reading, imposer=a, target=b, status=None))
                for a, b in (pair, pair[::-1])
            ],
        }

    def relations(self, **view: Any) -> list[dict[str, Any]]:
        """Pairs of economies with issues on record."""
        from comity.record.views.relations import relations

        return relations(self.reading(**view))
