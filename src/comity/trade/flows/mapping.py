"""The mapping file of a CSV: which column is what, and what all rows have in common.

```yaml
comity-csv: 1
dataset: jp-exports-2022         # the name under which the flows are kept
source: Trade Statistics of Japan, own extract
licence: as the source
separator: ";"                   # default ","
decimal: ","                     # default "."
thousands: "."                   # default none
encoding: utf-8                  # default
missing: ["-", "n.a."]           # besides the empty cell
columns:   {exporter: From, importer: To, goods: HS, year: Year, value: Value, quantity: Weight}
constants: {edition: HS2017, currency: JPY, value_unit: million, quantity_unit: kg, basis: FOB,
            side: exporter, confidence: high}
economies: {scheme: iso2, map: {EU: EUN}}
years: 2019-2022                 # a row of another year is an error
duplicates: refuse               # or add
```
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.record.yamlfile import parse_yaml, read_text
from comity.trade.flows.asking import years_of
from comity.trade.flows.codes import SCHEMES
from comity.trade.flows.layout import BASES, CONFIDENCES, SIDES
from comity.words.errors import ComityError, Place, ValidationError
from comity.words.goods import EDITIONS, GoodsCode
from comity.words.units import scale

FIELDS = (
    *("exporter", "importer", "edition", "goods", "year", "value", "currency", "quantity"),
    *("quantity_unit", "basis", "side", "confidence", "flags"),
)
NEEDED = ("exporter", "importer", "edition", "goods", "year", "value")
TOP = (
    *("comity-csv", "dataset", "source", "licence", "separator", "decimal", "thousands"),
    *("encoding", "missing", "columns", "constants", "economies", "years", "duplicates"),
)
_SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9, "tn": 1e12}


@dataclass(frozen=True)
class CsvMapping:
    """A mapping as read; `multiple` is what values are multiplied by."""

    dataset: str
    source: str
    licence: str
    separator: str
    decimal: str
    thousands: str
    encoding: str
    missing: frozenset[str]
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    multiple: float
    scheme: str
    economies: Mapping[str, str]
    years: frozenset[int]
    duplicates: str

    def check_words(
        self, basis: str, side: str, confidence: str, at: Callable[[str], Place]
    ) -> None:
        """Raises `ValidationError` for a word that is none of those allowed."""
        for name, word, allowed in (
            ("basis", basis, BASES),
            ("side", side, SIDES),
            ("confidence", confidence, CONFIDENCES),
        ):
            if word not in allowed:
                raise ValidationError(
                    f"{word!r} is no {name}",
                    where=at(name),
                    mend=f"one of {', '.join(w or 'empty' for w in allowed)}",
                )


def read_mapping(path: Path) -> CsvMapping:
    """Reads a mapping file. Raises `FileError` and `ValidationError` with the line."""
    file = str(path)
    raw = parse_yaml(read_text(path), file)
    if not isinstance(raw, dict):
        raise ValidationError(
            "a mapping file is a table of names",
            where=Place(file=file),
            mend="its first line is comity-csv: 1; then dataset, columns, constants …",
        )

    def wrong(what: str, field: str, mend: str | None = None) -> ValidationError:
        lines: Any = getattr(raw, "key_lines", {})
        line = lines.get(field.partition(".")[0]) if isinstance(lines, dict) else None
        return ValidationError(what, where=Place(file=file, line=line, field=field), mend=mend)

    for name in raw:
        if name not in TOP:
            raise wrong(f"a mapping has no {name!r}", name, f"it has {', '.join(TOP)}")
    if raw.get("comity-csv") != "1":
        raise wrong("the file does not say comity-csv: 1", "comity-csv", "write it as first line")
    columns, constants = _table(raw, "columns", wrong), _table(raw, "constants", wrong)
    for part, names in (("columns", columns), ("constants", constants)):
        for name in names:
            if name not in FIELDS and not (part == "constants" and name == "value_unit"):
                raise wrong(f"no field {name!r}", f"{part}.{name}", f"it is {', '.join(FIELDS)}")
            if part == "constants" and name in columns:
                raise wrong(f"{name} is a column and a constant", f"constants.{name}")
    for name in NEEDED:
        if name not in columns and name not in constants:
            raise wrong(f"the mapping does not say the {name}", "columns", f"name its {name}")
    if "edition" in constants:
        try:
            constants["edition"] = GoodsCode.parse(f"{constants['edition']}:01").edition
        except ComityError:
            raise wrong(
                f"{constants['edition']!r} is no edition of the Harmonized System",
                "constants.edition",
                f"one of {', '.join(EDITIONS)}",
            ) from None
    if "quantity" in columns and "quantity_unit" not in {*columns, *constants}:
        raise wrong(
            "there are quantities without a unit",
            "columns.quantity",
            "name quantity_unit as a column or a constant",
        )
    who = _table(raw, "economies", wrong)
    scheme = str(who.get("scheme", "iso3"))
    if scheme not in SCHEMES:
        raise wrong(f"no scheme {scheme!r}", "economies.scheme", f"one of {', '.join(SCHEMES)}")
    extra = who.get("map", {})
    years = raw.get("years")
    missing = raw.get("missing", [])
    word = constants.pop("value_unit", "")
    return CsvMapping(
        dataset=_dataset(raw.get("dataset"), wrong),
        source=str(raw.get("source", "")) or "not said",
        licence=str(raw.get("licence", "")) or "not said",
        separator=_one(raw, "separator", ",", wrong).replace("\\t", "\t"),
        decimal=_one(raw, "decimal", ".", wrong),
        thousands=_one(raw, "thousands", "", wrong),
        encoding=str(raw.get("encoding", "utf-8-sig")),
        missing=frozenset({"", *map(str, missing)}),
        columns=columns,
        constants=constants,
        multiple=_multiple(word, wrong),
        scheme=scheme,
        economies={str(k): str(v) for k, v in extra.items()},
        years=frozenset(years_of(str(years)) if years else ()),
        duplicates=_choice(raw, "duplicates", ("refuse", "add"), wrong),
    )


Wrong = Callable[..., ValidationError]


def _table(raw: Mapping[str, Any], name: str, wrong: Wrong) -> dict[str, Any]:
    found = raw.get(name, {})
    if not isinstance(found, dict):
        raise wrong(f"{name} is not a table of names", name)
    return {str(k): v if isinstance(v, dict) else str(v) for k, v in found.items()}


def _dataset(text: Any, wrong: Wrong) -> str:
    name = str(text or "")
    plain = name.replace("-", "").replace("_", "").replace(".", "")
    if not (plain.isascii() and plain.isalnum() and name == name.lower() and name[0].isalnum()):
        raise wrong(
            f"{name!r} is no name of a data set" if name else "the data set has no name",
            "dataset",
            "small letters, digits and hyphens: jp-exports-2022",
        )
    return name


def _one(raw: Mapping[str, Any], name: str, otherwise: str, wrong: Wrong) -> str:
    text = str(raw.get(name, otherwise))
    if len(text) > 1 and text != "\\t":
        raise wrong(f"{name} is {text!r}, more than one character", name)
    return text


def _choice(raw: Mapping[str, Any], name: str, allowed: tuple[str, ...], wrong: Wrong) -> str:
    text = str(raw.get(name, allowed[0]))
    if text not in allowed:
        raise wrong(f"{name} cannot be {text!r}", name, f"one of {', '.join(allowed)}")
    return text


def _multiple(word: str, wrong: Wrong) -> float:
    if word in ("", "1"):
        return 1.0
    found = scale(word)
    if found is None:
        raise wrong(
            f"{word!r} is no multiple", "constants.value_unit", "thousand, million or billion"
        )
    return _SCALES[found]
