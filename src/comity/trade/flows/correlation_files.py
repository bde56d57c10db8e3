"""Correlation tables of the UN Statistics Division: xlsx, xls, or CSV.

A workbook ("HS 2022 to HS 2017 conversion and correlation tables") has a sheet of correlations
with one row per pair of codes that share goods, and a label 1:1, 1:n, n:1 or n:n. The sheet of
conversions, which forces each code to one counterpart, is not read. Spreadsheets keep codes as
numbers, so leading zeros are put back; 999999 ("not specified") is left out.
"""

from __future__ import annotations

import csv
import importlib
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from comity.trade.flows.concordance import Concordance
from comity.words.errors import CodeError, FileError, MissingDependency, Place, ValidationError
from comity.words.goods import CURRENT, EDITIONS, NATIONAL, GoodsCode
from comity.words.nomenclature import known as in_hs2022

_EDITION = re.compile(r"\bH\.?S\.?\s*-?\s*(\d{4}|\d{2})\b", re.IGNORECASE)
_CODE = re.compile(r"\d{5,6}")
_LABEL = re.compile(r"[1n]\s*(?::|to)\s*[1n]", re.IGNORECASE)
FOLDER = "concordance"


def read_correlation(
    path: Path, before: str | None = None, after: str | None = None
) -> Concordance:
    """The table in a file. `before` and `after` name the editions of its two columns where its
    header does not. Raises `FileError`, `ValidationError`, `CodeError`, `MissingDependency`."""
    place = Place(file=str(path))
    if not path.is_file():
        raise FileError("the file is not there", where=place)
    head: tuple[int, int, str, str] | None = None
    pairs: dict[tuple[str, str], str] = {}
    labels: dict[tuple[str, str], str] = {}
    for number, cells in enumerate(_rows(path), start=1):
        if head is None:
            head = _header(cells, before, after)
            if head is not None and head[2] == head[3]:
                raise ValidationError(
                    f"both columns are of {head[2]}",
                    where=Place(file=str(path), line=number),
                    mend="a correlation table joins two editions",
                )
            continue
        left, right = _cell(cells, head[0]), _cell(cells, head[1])
        if not left and not right:
            continue
        for column, text in ((head[2], left), (head[3], right)):
            if not _CODE.fullmatch(text):
                raise CodeError(
                    f"{text!r} is not a code of six digits",
                    where=Place(file=str(path), line=number, field=column),
                )
        pair = (left.zfill(6), right.zfill(6))
        if "999999" in pair:
            continue
        for edition, code in zip((head[2], head[3]), pair, strict=True):
            if edition == CURRENT and code[:2] not in NATIONAL and not in_hs2022(code):
                raise CodeError(
                    f"{code} is not in {edition}",
                    where=Place(file=str(path), line=number, field=edition),
                    mend="see whether the header names the editions in their order",
                )
        pairs[pair] = ""
        found = next((c for c in map(str, cells) if _LABEL.fullmatch(c.strip())), None)
        if found:
            labels[pair] = re.sub(r"\s*(:|to)\s*", ":", found.strip().lower())
    if head is None:
        raise ValidationError(
            "there is no header that names two editions",
            where=place,
            mend="its columns are called like 'HS 2022' and 'HS 2017'; or name the editions",
        )
    if not pairs:
        raise FileError("the table has no rows", where=place)
    table = Concordance(head[2], head[3], pairs, f"{path.name}, UN Statistics Division")
    wrong = tuple(
        f"{old} to {new} is called {label}, the rows make it {_kind(table, old, new)}"
        for (old, new), label in sorted(labels.items())
        if label not in (_kind(table, old, new), _kind(table, old, new)[::-1])
    )
    return Concordance(head[2], head[3], pairs, table.source, wrong)


def _kind(table: Concordance, old: str, new: str) -> str:
    many_new = len(table._forward[old]) > 1
    many_old = len(table._back[new]) > 1
    return f"{'n' if many_old else '1'}:{'n' if many_new else '1'}"


def _cell(cells: Sequence[Any], at: int) -> str:
    value = cells[at] if at < len(cells) else None
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().replace(".", "").strip("'")


def _header(
    cells: Sequence[Any], before: str | None, after: str | None
) -> tuple[int, int, str, str] | None:
    """Columns and editions, where a row is the header: two cells that each name one edition."""
    named = [
        (k, match[1])
        for k, cell in enumerate(cells)
        if cell is not None and len(found := list(_EDITION.finditer(str(cell)))) == 1
        for match in found
    ]
    if len(named) >= 2:
        (i, left), (j, right) = named[:2]
        return i, j, _edition(left), _edition(right)
    if before and after and sum(1 for cell in cells if cell not in (None, "")) >= 2:
        return 0, 1, GoodsCode.parse(f"{before}:01").edition, GoodsCode.parse(f"{after}:01").edition
    return None


def _edition(digits: str) -> str:
    found = GoodsCode.parse(f"HS{digits}:01").edition
    if found not in EDITIONS:
        raise CodeError(f"HS{digits} is no edition of the Harmonized System")
    return found


def _rows(path: Path) -> Iterator[Sequence[Any]]:
    suffix = path.suffix.lower()
    if suffix in (".csv", ".txt"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            sample = file.readline()
            file.seek(0)
            yield from csv.reader(file, delimiter="\t" if "\t" in sample else ",")
        return
    module = {".xlsx": "openpyxl", ".xls": "xlrd"}.get(suffix)
    if module is None:
        raise FileError(
            f"{suffix or 'a file without a suffix'} is no table",
            where=Place(file=str(path)),
            mend="give the UN's xlsx or xls, or a CSV",
        )
    try:
        library = importlib.import_module(module)
    except ImportError as error:
        raise MissingDependency(
            f"reading {suffix} needs {module}",
            mend=f"install it with: pip install {module}; or save the sheet as CSV",
        ) from error
    try:
        yield from _sheet(library, path, suffix)
    except (CodeError, FileError, ValidationError):
        raise
    # A spreadsheet library raises what its parser meets.
    except Exception as error:
        raise FileError(
            f"the workbook cannot be read: {error}",
            where=Place(file=str(path)),
            mend="download it again, or save the sheet as CSV",
        ) from error


def _sheet(library: Any, path: Path, suffix: str) -> Iterator[Sequence[Any]]:
    if suffix == ".xls":
        book = library.open_workbook(str(path))
        name = _correlations(book.sheet_names())
        sheet = book.sheet_by_name(name)
        for k in range(sheet.nrows):
            yield sheet.row_values(k)
        return
    book = library.load_workbook(path, read_only=True, data_only=True)
    try:
        yield from book[_correlations(book.sheetnames)].iter_rows(values_only=True)
    finally:
        book.close()


def _correlations(names: Sequence[str]) -> str:
    return next((name for name in names if "correlation" in name.lower()), names[0])


def save(root: Path, table: Concordance) -> None:
    """Keeps a table below the folder of trade data, in place of an older one."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([table.before, table.after, table.source])
        writer.writerows((*pair, note) for pair, note in sorted(table.pairs.items()))
    Path(name).replace(folder / f"{table.before}-{table.after}.csv")


def load_all(root: Path) -> dict[tuple[str, str], Concordance]:
    """The tables that were kept. A table of two editions goes before a shipped one of the same
    two, whichever way round it is."""
    found = {}
    for path in sorted((root / FOLDER).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            before, after, source = next(rows)
            pairs = {(old, new): note for old, new, note in rows}
        table = Concordance(before, after, pairs, source)
        older = table if before < after else table.reversed()
        found[older.before, older.after] = older
    return found
