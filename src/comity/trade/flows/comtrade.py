"""UN Comtrade: files downloaded in bulk or from the site, and the API through `comtradeapicall`.

Columns are those of the API (refYear, reporterCode, flowCode, partnerCode, classificationCode,
cmdCode, qty, netWgt, primaryValue …); a bulk file is the same table, separated by tabs and packed
with gzip. Kept are annual imports (M) and exports (X) of goods over all customs procedures and
modes of transport, by partner; totals over partners and re-exports (contained in X) are left out
and counted. Values are USD: exports FOB, imports CIF where the reporter gives it.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from comity.trade.flows.codes import Economies
from comity.trade.flows.landing import Store
from comity.trade.flows.manifest import Imported, SourceFile, import_id, source_file
from comity.trade.flows.staging import Problems, Row, Staging, check, weight_in_tonnes
from comity.trade.flows.stamp import now
from comity.words.errors import CodeError, ComityError, FileError, Place, ValidationError
from comity.words.goods import GoodsCode

LOADER, VERSION = "comtrade", 1
DATASET = "comtrade"
SOURCE = "UN Comtrade Database, United Nations Statistics Division"
LICENCE = "UN Comtrade terms of use: own use, redistribution by agreement"
WANTED = (
    *("refYear", "reporterCode", "flowCode", "partnerCode", "classificationCode", "cmdCode"),
    "primaryValue",
)
_NO = ("", "0", "0.0", "None", "nan", "NaN", "N/A")


def import_files(
    store: Store,
    paths: Sequence[Path],
    *,
    economies: Mapping[str, str] | None = None,
    replace: bool = False,
) -> Imported:
    """Imports files together. See `TradeData.import_comtrade`."""
    files = tuple(source_file(path) for path in paths)
    one_id = import_id(LOADER, files, [VERSION, economies or {}])
    there = store.get(one_id)
    if there is not None:
        return there
    tables = ((str(path), _rows(path)) for path in paths)
    return land(store, one_id, files, tables, economies, replace)


def land(
    store: Store,
    one_id: str,
    files: tuple[SourceFile, ...],
    tables: Iterable[tuple[str, Iterable[Mapping[str, Any]]]],
    economies: Mapping[str, str] | None,
    replace: bool,
    scope: str = "all",
) -> Imported:
    """Rows of the API's columns, by the name of their file, into the store. `scope` says which
    goods were asked for: a part of what a block has."""
    codes = Economies("m49", economies)
    dropped: Counter[str] = Counter()
    blocks: dict[str, None] = {}
    problems = Problems()
    with store.landing() as folder:
        with Staging(folder, DATASET) as staging:
            for name, rows in tables:
                kept = 0
                for number, raw in enumerate(rows, start=1):
                    try:
                        row = _row(raw, name, number, codes, dropped)
                    except ComityError as error:
                        problems.add(error)
                        continue
                    if row is not None:
                        try:
                            staging.add(row, name, number)
                        except ComityError as error:
                            problems.add(error)
                        kept += 1
                        reporter = row.exporter if row.side == "exporter" else row.importer
                        blocks[f"{row.year} {reporter} {row.side} {row.edition} {scope}"] = None
                problems.raise_any()
                if not kept:
                    raise FileError(
                        "no row of annual trade in goods by partner is in it",
                        where=Place(file=name),
                        mend="an empty answer is no answer: see year, reporter and goods; left out "
                        f"were {dict(dropped) or 'no rows at all'}",
                    )
            replaces = store.conflicts(DATASET, tuple(blocks), replace)
            count, levels, totals = staging.write()
        dropped["totals of longer codes"] += totals
        return store.land(
            folder,
            Imported(
                id=one_id,
                dataset=DATASET,
                loader=LOADER,
                loader_version=VERSION,
                source=SOURCE,
                licence=LICENCE,
                files=files,
                imported_at=now(),
                rows=count,
                years=tuple(sorted(staging.years)),
                editions=tuple(sorted(staging.editions)),
                levels=levels,
                sides=tuple(sorted(staging.sides)),
                blocks=tuple(blocks),
                dropped={k: v for k, v in dropped.items() if v},
                notes=(*codes.notes(), *staging.notes()),
                replaces=replaces,
            ),
        )


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a file, packed or not, whatever separates them. Raises as reading goes on."""
    place = Place(file=str(path))
    with _opened(path) as text:
        head = text.readline()
        separator = next((s for s in ("\t", ",", ";") if s in head), None)
        if separator is None:
            raise FileError(
                "the file is empty" if not head.strip() else "this is no table of Comtrade",
                where=place,
                mend="an empty answer is no answer: download it again",
            )
        names = next(csv.reader([head], delimiter=separator))
        names = [name.strip().strip("\ufeff") for name in names]
        lower = {name.lower(): name for name in names}
        missing = [name for name in WANTED if name.lower() not in lower]
        if missing:
            raise ValidationError(
                f"there is no column {missing[0]!r}",
                where=Place(file=str(path), line=1, field=missing[0]),
                mend=f"its columns are {', '.join(names[:12])}; keep Comtrade's own names",
            )
        canonical = {name.lower(): name for name in _ALL}
        keys = [canonical.get(name.lower(), name) for name in names]
        for number, cells in enumerate(csv.reader(text, delimiter=separator), start=1):
            if not cells:
                continue
            if len(cells) != len(keys):
                raise ValidationError(
                    f"the row has {len(cells)} cells, the header {len(keys)}",
                    where=Place(file=str(path), row=number),
                    mend="the file may be cut off: download it again",
                )
            yield dict(zip(keys, cells, strict=True))


@contextmanager
def _opened(path: Path) -> Iterator[io.TextIOBase]:
    place = Place(file=str(path))
    packed = path.suffix.lower() == ".gz"
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8-sig", newline="")
            if packed
            else path.open(encoding="utf-8-sig", newline="")
        ) as text:
            yield text
    except (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError) as error:
        raise FileError(
            f"the file is cut off or damaged: {error}",
            where=place,
            mend="download it again; nothing was imported",
        ) from error


_ALL = (
    *WANTED,
    *("typeCode", "freqCode", "partner2Code", "customsCode", "motCode", "mosCode"),
    *("qtyUnitAbbr", "qty", "isQtyEstimated", "netWgt", "isNetWgtEstimated"),
    *("fobvalue", "cifvalue"),
)


def _row(
    raw: Mapping[str, Any], file: str, number: int, codes: Economies, dropped: Counter[str]
) -> Row | None:
    """The flow of a row; None, and counted, where it is none to keep."""

    def at(field: str) -> Place:
        return Place(file=file, row=number, field=field)

    reason = _left_out(raw)
    if reason:
        dropped[reason] += 1
        return None
    reporter, flag = _economy(raw["reporterCode"], codes, at("reporterCode"))
    partner, other = _economy(raw["partnerCode"], codes, at("partnerCode"))
    export = _text(raw["flowCode"]) == "X"
    try:
        edition = GoodsCode.parse(f"{_text(raw['classificationCode'])}:01").edition
    except CodeError as error:
        raise CodeError(
            f"{_text(raw['classificationCode'])!r} is no edition of the Harmonized System",
            where=at("classificationCode"),
            mend="Comtrade's H0 to H6 are",
        ) from error
    flags = [word for word in (flag, other) if word]
    basis = "FOB" if export or _some(raw, "fobvalue") else ""
    if not export and _some(raw, "cifvalue"):
        basis = "CIF"
    if not basis:
        flags.append("basis-unknown")
    quantity, symbol = _quantity(raw, at)
    if symbol == "t" and _text(raw.get("isNetWgtEstimated", "")).lower() in ("true", "1"):
        flags.append("weight-estimated")
    row = Row(
        exporter=reporter if export else partner,
        importer=partner if export else reporter,
        edition=edition,
        goods=_text(raw["cmdCode"]),
        year=int(_number(raw["refYear"], at("refYear")) or 0),
        value=_number(raw["primaryValue"], at("primaryValue")),
        quantity=quantity,
        quantity_unit=symbol,
        basis=basis,
        side="exporter" if export else "importer",
        flags=";".join(dict.fromkeys(flags)),
    )
    names = {"year": "refYear", "value": "primaryValue", "goods": "cmdCode", "quantity": "qty"}
    check(row, file, number, names)
    return row


def _left_out(raw: Mapping[str, Any]) -> str:
    if _text(raw.get("freqCode", "A")) not in ("A", ""):
        return "not annual"
    if _text(raw.get("typeCode", "C")) not in ("C", ""):
        return "services"
    if _text(raw["flowCode"]) not in ("M", "X"):
        return "re-exports and other flows"
    if _text(raw["partnerCode"]) in ("0", "W00"):
        return "totals over partners"
    if _text(raw.get("partner2Code", "0")) not in ("0", ""):
        return "by second partner"
    if _text(raw.get("customsCode", "C00")) not in ("C00", ""):
        return "by customs procedure"
    if _text(raw.get("motCode", "0")) not in ("0", ""):
        return "by mode of transport"
    if not _text(raw["cmdCode"]).isdigit():
        return "totals over goods"
    return ""


def _economy(value: Any, codes: Economies, where: Place) -> tuple[str, str]:
    try:
        return codes(_text(value))
    except CodeError as error:
        raise CodeError(error.what, where=where, mend=error.mend) from error


def _quantity(raw: Mapping[str, Any], at: Any) -> tuple[float | None, str]:
    """Net weight where there is one, else the quantity in its own unit."""
    weight = _text(raw.get("netWgt", ""))
    if weight not in _NO:
        return weight_in_tonnes(_number(weight, at("netWgt")), "kg")
    quantity = _text(raw.get("qty", ""))
    if quantity in _NO:
        return None, ""
    symbol = _text(raw.get("qtyUnitAbbr", "")) if "qtyUnitAbbr" in raw else ""
    if symbol in _NO:
        raise ValidationError(
            "there is a quantity without a unit",
            where=at("qtyUnitAbbr"),
            mend="fetch the data with descriptions, which name the unit",
        )
    if symbol == "kg":
        return weight_in_tonnes(_number(quantity, at("qty")), "kg")
    return _number(quantity, at("qty")), symbol


def _some(raw: Mapping[str, Any], name: str) -> bool:
    return _text(raw.get(name, "")) not in _NO


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _number(value: Any, where: Place) -> float | None:
    text = _text(value)
    if text in ("", "None", "nan", "NaN"):
        return None
    try:
        return float(text)
    except ValueError:
        mend = "write a plain number with a decimal point"
        raise ValidationError(f"{text!r} is not a number", where=where, mend=mend) from None
