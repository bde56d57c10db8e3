"""The door to trade data: `open_data()` gives a `TradeData` over a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from comity.trade.flows import (
    baci,
    comtrade,
    comtrade_api,
    exposure,
    flow_answer,
    japan,
    mapped_csv,
)
from comity.trade.flows.asking import Years, years_of
from comity.trade.flows.checks import check_data
from comity.trade.flows.concordance import Concordance, between
from comity.trade.flows.correlation_files import load_all, read_correlation, save
from comity.trade.flows.finding import DataFinding
from comity.trade.flows.landing import Store
from comity.trade.flows.layout import Flow
from comity.trade.flows.manifest import Imported
from comity.trade.flows.scope import sets_of
from comity.words.errors import NotFound
from comity.words.goods import GoodsCode

PathLike = str | os.PathLike[str]
Files = PathLike | Sequence[PathLike]
GoodsAsked = str | GoodsCode | Sequence[str | GoodsCode] | None


def default_path() -> Path:
    """``COMITY_DATA``, else ``trade`` in the user's data folder."""
    named = os.environ.get("COMITY_DATA")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("comity", appauthor=False) / "trade"


def open_data(path: PathLike | None = None, *, shipped: bool | None = None) -> TradeData:
    """The trade data in a folder, which need not be there yet. Nothing is written by opening.

    `shipped` says whether questions are also answered from the series that come with Comity; by
    default they are where no folder is named.
    """
    folder = Path(path).expanduser() if path is not None else default_path()
    return TradeData(folder, shipped=path is None if shipped is None else shipped)


class TradeData:
    """Imports, lists, checks and questions over one folder of trade data.

    Every import lands whole or not at all, and a second import of the same files changes nothing
    (its answer then has ``new`` False). An import of flows that are there already, from other
    files, is refused, or replaces the older one with ``replace=True``. Values stay in the currency
    of the source, in plain units; weights are in tonnes.
    """

    def __init__(self, path: Path, *, shipped: bool = False) -> None:
        self.path = path
        self._shipped = shipped
        self._store = Store(path)

    # ------------------------------------------------------------------------------- imports

    def import_baci(
        self,
        path: PathLike,
        *,
        years: Years = None,
        economies: Mapping[str, str] | None = None,
        replace: bool = False,
    ) -> Imported:
        """CEPII BACI: the zip as published, a folder of its files, or the file of one year.

        `economies` maps numbers that are no economy to our codes. Raises `FileError` (damaged,
        no BACI), `ValidationError`, `CodeError` with row and column, `InputError` for a year that
        is not in it, `ConflictError`.
        """
        return baci.import_baci(
            self._store,
            Path(path).expanduser(),
            years=None if years is None else years_of(years),
            economies=economies,
            replace=replace,
        )

    def import_comtrade(
        self, files: Files, *, economies: Mapping[str, str] | None = None, replace: bool = False
    ) -> Imported:
        """UN Comtrade: files in the columns of its API (bulk files ``.gz`` or ``.txt``, CSV of the
        site). Only annual trade in goods by partner is kept; `Imported.dropped` counts the rest.
        A file without any such row is an error. Raises as `import_baci`."""
        return comtrade.import_files(
            self._store, _paths(files), economies=economies, replace=replace
        )

    def fetch_comtrade(
        self,
        reporter: str,
        goods: str,
        years: Years,
        *,
        partner: str | None = None,
        direction: str = "both",
        key: str | None = None,
        cap: int = comtrade_api.CAP,
        economies: Mapping[str, str] | None = None,
        replace: bool = False,
        call: comtrade_api.Call | None = None,
    ) -> Imported:
        """Fetches `goods` (Comtrade's cmdCode: ``"0307"``, ``"030721,030722"``) of a reporter.

        Needs the network and a key of your own (`key`, else ``COMTRADE_KEY``). One call per year
        and direction ("exports", "imports", "both"). An empty answer, a refusal, and an answer of
        `cap` rows (cut off) raise `FileError`, and nothing is imported. `call` stands in for
        ``comtradeapicall.getFinalData``.
        """
        from comity.words import economies as places

        return comtrade_api.fetch(
            self._store,
            places.resolve(reporter),
            goods,
            years_of(years),
            partner=None if partner is None else places.resolve(partner),
            direction=direction,
            key=key,
            cap=cap,
            economies=economies,
            replace=replace,
            call=call,
        )

    def import_japan(
        self,
        files: Files,
        *,
        edition: str | None = None,
        economies: Mapping[str, str] | None = None,
        replace: bool = False,
    ) -> Imported:
        """Trade statistics of Japan's Ministry of Finance, CSV by commodity and country.

        `edition` is the one in force in the year where not given. Raises as `import_baci`."""
        return japan.import_japan(
            self._store, _paths(files), edition=edition, economies=economies, replace=replace
        )

    def import_csv(self, path: PathLike, mapping: PathLike, *, replace: bool = False) -> Imported:
        """Any CSV, read by a mapping file. Raises as `import_baci`; see `flows.mapping`."""
        return mapped_csv.import_csv(
            self._store, Path(path).expanduser(), Path(mapping).expanduser(), replace=replace
        )

    def import_concordance(
        self, path: PathLike, *, before: str | None = None, after: str | None = None
    ) -> Concordance:
        """A correlation table of the UN (xlsx, xls or CSV); it then goes before the shipped one."""
        table = read_correlation(Path(path).expanduser(), before, after)
        save(self.path, table)
        return table

    # ------------------------------------------------------------------- what is there, and how

    def list(self) -> tuple[Imported, ...]:
        """Every import, by data set."""
        return self._store.all()

    def remove(self, import_id: str) -> None:
        """Deletes one import. Raises `NotFound`."""
        if self._store.get(import_id) is None:
            known = ", ".join(one.id for one in self.list()) or "none"
            raise NotFound(f"no import {import_id!r}", mend=f"there is {known}")
        self._store.remove(import_id)

    def check(self, *, source: str | None = None, years: Years = None) -> tuple[DataFinding, ...]:
        """What is doubtful in the data: duplicates, mirror gaps, missing blocks, units, unit
        values, values that cannot be. Worst first. Raises `NotFound` where there are no data."""
        return check_data(self._store, source, years_of(years))

    # ------------------------------------------------------------------------------ questions

    def flows(
        self,
        exporter: str | None = None,
        importer: str | None = None,
        goods: GoodsAsked = None,
        years: Years = None,
        *,
        source: str | None = None,
        currency: str | None = None,
        by_goods: bool = False,
    ) -> flow_answer.FlowAnswer:
        """What went from `exporter` to `importer` (one may be left open: all partners).

        `goods` is a code, a prefix, several, or none for all; ``HS2022:0307`` is looked up in
        sources of other editions through the concordance, and what lies only partly in it is given
        apart (`Flow.partial`). Sources and sides stand side by side. `currency` converts at the
        annual rate and names its source; what has no rate for its year stays as it is, and is said.
        `source` is a data set, a shipped series, or ``shipped``. Raises `NotFound` (no data, no
        such source, no rate at all), `CodeError`.
        """
        return flow_answer.flows(
            self._store,
            load_all(self.path),
            exporter,
            importer,
            goods,
            years,
            source,
            currency,
            by_goods,
            self._shipped,
        )

    def all_pairs(
        self, goods: GoodsAsked, year: int, source: str, *, by_goods: bool = False
    ) -> tuple[Flow, ...]:
        """Flows of goods between all pairs of one imported data set in a year, of all goods
        together or by code: what a market can be built from (`market_from_flows`). Raises
        `NotFound`, `CodeError` as `flows`."""
        return flow_answer.all_pairs(
            self._store, load_all(self.path), goods, year, source, by_goods
        )

    def years(self, source: str) -> tuple[int, ...]:
        """The years that an imported data set holds. Raises `NotFound`."""
        held = sorted({y for one in sets_of(self._store, source, False) for y in one.years})
        return tuple(held)

    def exposure(
        self,
        exporter: str,
        market: str,
        goods: GoodsAsked = None,
        *,
        years: Years = None,
        source: str | None = None,
    ) -> exposure.ExposureAnswer:
        """Dependence both ways, concentration, and what a closure would hit; by source, for the
        last year that each import has and every year of shipped series, or for `years`. Raises as
        `flows`."""
        return exposure.exposure(
            self._store,
            load_all(self.path),
            exporter,
            market,
            goods,
            years,
            source,
            self._shipped,
        )

    def concordance(self, before: str, after: str) -> Concordance:
        """Codes of one edition in another: a loaded table, else the shipped rows, else the chain
        of those. Raises `NotFound`."""
        return between(before, after, load_all(self.path))


def _paths(files: Files) -> tuple[Path, ...]:
    if isinstance(files, str | os.PathLike):
        return (Path(files).expanduser(),)
    return tuple(Path(one).expanduser() for one in files)
