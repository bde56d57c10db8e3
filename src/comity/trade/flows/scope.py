"""What a question reads: files, years, and codes of goods in the edition of each source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from comity.trade.flows.concordance import Concordance, between
from comity.trade.flows.duck import listed, quoted, rows_of
from comity.trade.flows.landing import Store
from comity.trade.flows.layout import part_of
from comity.trade.flows.manifest import Imported
from comity.words.errors import NotFound
from comity.words.goods import GoodsCode

if TYPE_CHECKING:
    import duckdb

UNIFORM = ("edition", "currency", "basis", "side", "confidence")
Loaded = Mapping[tuple[str, str], Concordance]


@dataclass(frozen=True, slots=True)
class Held:
    """A data set: its imports, and the years, editions and sides that they have together."""

    dataset: str
    imports: tuple[Imported, ...]

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({year for one in self.imports for year in one.years}))

    @property
    def editions(self) -> tuple[str, ...]:
        return tuple(sorted({edition for one in self.imports for edition in one.editions}))

    @property
    def sides(self) -> tuple[str, ...]:
        return tuple(sorted({side for one in self.imports for side in one.sides}))

    @property
    def nested(self) -> bool:
        """Can one import have totals of codes that another has?"""
        return len({one.levels for one in self.imports}) > 1

    @property
    def uniform(self) -> dict[str, str]:
        """Columns that have one value in all rows of all imports."""
        first = dict(self.imports[0].uniform)
        return {
            name: value
            for name, value in first.items()
            if name in UNIFORM and all(one.uniform.get(name) == value for one in self.imports)
        }

    @property
    def source(self) -> str:
        return self.imports[0].source


def held(store: Store, source: str | None = None) -> tuple[Held, ...]:
    """The data sets in the store, or the one named. Raises `NotFound`."""
    found: dict[str, list[Imported]] = {}
    for one in store.all():
        found.setdefault(one.dataset, []).append(one)
    if not found:
        raise NotFound(
            f"there are no trade data in {store.path}",
            mend="import some first: comity data import baci FILE",
        )
    if source is not None:
        if source not in found:
            raise NotFound(f"no data set {source!r}", mend=f"there is {', '.join(sorted(found))}")
        found = {source: found[source]}
    return tuple(Held(name, tuple(imports)) for name, imports in sorted(found.items()))


def sets_of(store: Store, source: str | None, with_shipped: bool) -> tuple[Held, ...]:
    """The data sets that a question asks; with the shipped series, there may be none.

    Raises `NotFound` for a source that is neither a data set nor a shipped series.
    """
    if not with_shipped:
        return held(store, source)
    from comity.trade.flows.shipped_flows import known_series

    if source is not None and known_series(source):
        return ()
    if source is None and not store.all():
        return ()
    if source is not None and all(one.dataset != source for one in store.all()):
        raise NotFound(
            f"no data set or shipped series {source!r}", mend="see what there is: comity data list"
        )
    return held(store, source)


def relation(
    store: Store, one: Held, years: Sequence[int] = (), importers: Iterable[str] = ()
) -> str | None:
    """SQL that reads a data set: columns of `layout.COLUMNS`, `dataset` and `year`. Only the files
    of the years and importers asked for are named; None where there are none."""
    parts = {part_of(code) for code in importers}
    files: list[Path] = []
    for imported in one.imports:
        base = store.imports / imported.id / f"dataset={one.dataset}"
        for year in imported.years:
            if years and year not in years:
                continue
            for folder in sorted((base / f"year={year}").glob("part=*")):
                if not parts or int(folder.name.partition("=")[2]) in parts:
                    files += sorted(folder.glob("*.parquet"))
    if not files:
        return None
    types = "{'dataset': 'VARCHAR', 'year': 'SMALLINT', 'part': 'UTINYINT'}"
    read = (
        f"read_parquet([{listed(str(file) for file in files)}], "
        f"hive_partitioning=true, hive_types={types})"
    )
    if one.uniform:
        # What is the same in every row is not read: a third of the time of a large question.
        same = ", ".join(f"{quoted(value)} AS {name}" for name, value in one.uniform.items())
        read = f"(SELECT * REPLACE ({same}) FROM {read})"
    if not one.nested:
        return read
    return (
        "(SELECT * EXCLUDE (total) FROM (SELECT *, coalesce(starts_with(lead(goods) OVER ("
        "PARTITION BY exporter, importer, edition, year, currency, basis, side ORDER BY goods), "
        f"goods) AND lead(goods) OVER (PARTITION BY exporter, importer, edition, year, currency, "
        f"basis, side ORDER BY goods) <> goods, false) AS total FROM {read}) WHERE NOT total)"
    )


@dataclass
class Goods:
    """The goods asked for, as a condition on a data set. `partly` are codes of another edition
    that lie only partly in what was asked, or of which that is not decided."""

    where: str = "true"
    partly: frozenset[tuple[str, str]] = frozenset()
    notes: list[str] = field(default_factory=list)

    @property
    def is_partly(self) -> str:
        """SQL: is a row of a code that lies only partly in what was asked?"""
        if not self.partly:
            return "false"
        pairs = ", ".join(f"({quoted(e)}, {quoted(g)})" for e, g in sorted(self.partly))
        return f"(edition, goods) IN ({pairs})"


def prefix(digits: str) -> str:
    """SQL: a range of codes, which lets whole row groups be skipped."""
    after = str(int("1" + digits) + 1)[-len(digits) :]
    upper = f" AND goods < {quoted(after)}" if after > digits else ""
    return f"(goods >= {quoted(digits)}{upper})"


def goods_in(
    connection: duckdb.DuckDBPyConnection,
    read: str,
    one: Held,
    asked: Sequence[GoodsCode],
    filters: str,
    loaded: Loaded,
) -> Goods:
    """The condition for a data set. Codes of another edition go through a concordance; chapters
    keep their numbers, and codes without an edition are read in the edition of the source."""
    if not asked:
        return Goods()
    made = Goods()
    clauses = []
    partly: set[tuple[str, str]] = set()
    for edition in one.editions:
        same = [
            g.code for g in asked if not g.edition_given or g.edition == edition or g.level == 2
        ]
        others = [g for g in asked if g.edition_given and g.edition != edition and g.level > 2]
        ranges = [prefix(code) for code in same]
        for other in sorted({g.edition for g in others}):
            codes = [g.code for g in others if g.edition == other]
            chapters = " OR ".join(prefix(code) for code in sorted({c[:2] for c in codes}))
            try:
                table = between(other, edition, loaded)
            except NotFound as error:
                made.notes.append(f"{one.dataset} is of {edition}: {error.what}; left out")
                continue
            linked = {new[:2] for old, new in table.pairs if any(old.startswith(c) for c in codes)}
            chapters = " OR ".join(prefix(c) for c in sorted({*linked, *(c[:2] for c in codes)}))
            there = rows_of(
                connection,
                f"SELECT DISTINCT goods FROM {read} "
                f"WHERE edition = {quoted(edition)} AND ({chapters}) AND {filters}",
            )
            whole, some = table.within(codes, [code for (code,) in there])
            unknown = sorted(code for code in some if code[:6] not in table._back)
            made.notes.append(
                f"{one.dataset} is of {edition}: codes of {other} go through the concordance "
                f"({table.source}); {len(whole)} codes lie whole in what was asked, "
                f"{len(some)} partly or undecided"
                + (f", of these {len(unknown)} are not in the concordance" if unknown else "")
            )
            partly |= {(edition, code) for code in some}
            if whole | some:
                ranges.append(f"goods IN ({listed(sorted(whole | some))})")
        if ranges:
            clauses.append(f"(edition = {quoted(edition)} AND ({' OR '.join(ranges)}))")
    made.where = f"({' OR '.join(clauses)})" if clauses else "false"
    made.partly = frozenset(partly)
    if any(not g.edition_given for g in asked):
        made.notes.append(
            f"no edition was named: the digits are read in that of {one.dataset}, "
            f"{', '.join(one.editions)}"
        )
    return made


def label(asked: Sequence[GoodsCode], edition: str) -> str:
    """What a sum over goods is called."""
    if not asked:
        return "all"
    return ";".join(str(g) if g.edition_given else f"{edition}:{g.code}" for g in asked)
