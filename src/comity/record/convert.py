"""From what a person wrote in YAML to canonical values, by the types of the vocabulary.

Each converter takes the raw value and returns the canonical one, or raises a `ComityError` whose
place the caller fills in. Canonical values are JSON: text, integers, booleans, lists and mappings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from comity.record.yamlfile import Mapping, Sequence
from comity.words import areas, economies, goods
from comity.words.duty import Duty
from comity.words.errors import CodeError, InputError, ValidationError
from comity.words.text import Labels, check_characters
from comity.words.time import DayRange
from comity.words.units import unit
from comity.words.vocabulary import Field, terms

SLUG = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_SHA256 = re.compile(r"^[0-9a-f]{64}$")
_URL = re.compile(r"^https?://[^\s<>\"]+$")


def wrong(what: str, mend: str | None = None) -> ValidationError:
    return ValidationError(what, mend=mend)


def scalar(raw: Any) -> str:
    if not isinstance(raw, str):
        raise wrong("one value is expected here, not a list or a mapping", "write a single value")
    if not raw.strip():
        raise wrong("the value is empty", "leave the field out where nothing is known")
    check_characters(raw)
    return str(raw).strip()


def nearest(word: str, choices: list[str]) -> str | None:
    close = get_close_matches(word, choices, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else None


def _labels(raw: Any, field: Field) -> Any:
    if isinstance(raw, Mapping):
        return dict(Labels({str(k): scalar(v) for k, v in raw.items()}).items())
    return {"en": scalar(raw)}


def _day(raw: Any, field: Field) -> Any:
    return str(DayRange.parse(scalar(raw)))


def _number(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise wrong(
            f"{text!r} is not a number", "write digits, with a point for decimals"
        ) from None
    if not value.is_finite():
        raise wrong(f"{text!r} is not a finite number", "leave the field out where it is unknown")
    if abs(value.adjusted()) > 40 or len(text) > 80:  # 1e9999999 would be ten million digits
        raise wrong("the number has more than 40 digits", "write it with fewer, or mend the unit")
    return format(value, "f")


def _integer(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    if not re.fullmatch(r"-?\d{1,15}", text):
        raise wrong(f"{text!r} is not a whole number", "write digits only")
    return int(text)


def _bool(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    if text not in ("true", "false"):
        raise wrong(f"{text!r} is neither true nor false", "write true or false")
    return text == "true"


def _pattern(pattern: re.Pattern[str], what: str, mend: str) -> Callable[[Any, Field], Any]:
    def convert(raw: Any, field: Field) -> Any:
        text = scalar(raw)
        if not pattern.match(text):
            raise wrong(f"{text!r} is not {what}", mend)
        return text

    return convert


def _term(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    choices = terms()[field.argument[0]]
    if text not in choices:
        listed = ", ".join(choices) if len(choices) <= 15 else None
        mend = nearest(text, list(choices)) or (
            f"one of: {listed}" if listed else "see the vocabulary"
        )
        raise wrong(f"{text!r} is not in the list {field.argument[0]}", mend)
    return text


def _ref(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    if not SLUG.match(text):
        raise wrong(f"{text!r} is not an id", "ids are small letters, digits and hyphens")
    return text


def _economy(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    if text.startswith("@"):
        return "@" + _ref(text[1:], field)
    return economies.economy(text).code


def _area(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    if text.startswith("@"):
        return "@" + _ref(text[1:], field)
    return areas.area(text).code


def _goods(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    if text.startswith("@"):
        return "@" + _ref(text[1:], field)
    return str(goods.checked(text))


def _party(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    if re.fullmatch(r"[A-Z]{3}", text):
        return _economy(text, field)
    if not SLUG.match(text):
        raise CodeError(
            f"{text!r} is neither an economy's code nor the id of a body",
            mend="write JPN, or an id such as iaea",
        )
    return text


def _scope(raw: Any, field: Field) -> Any:
    one = _economy if field.argument[0] == "economy" else _area

    def listed(value: Any) -> list[str]:
        items = value if isinstance(value, Sequence) else [value]
        if not items:
            raise wrong("the list is empty", "write all, or {unknown: true} where it is not known")
        return [one(item, field) for item in items]

    if isinstance(raw, str):
        return {"all": True} if str(raw).strip() == "all" else {"only": listed(raw)}
    if isinstance(raw, Sequence):
        return {"only": listed(raw)}
    if not isinstance(raw, Mapping):
        raise wrong("this is not a scope", "write all, a list, or {all_except: [...]}")
    out: dict[str, Any] = {}
    for key, value in raw.items():
        if key == "all_except":
            out[key] = "unknown" if value == "unknown" else listed(value)
        elif key in ("only", "includes", "excludes"):
            out[key] = listed(value)
        elif key == "count":
            out[key] = _integer(value, field)
        elif key in ("unknown", "all"):
            if not _bool(value, field):
                raise wrong(f"{key}: false says nothing", f"leave {key} out")
            out[key] = True
        else:
            raise wrong(
                f"a scope has no key {key!r}",
                "only, all, all_except, unknown, count, includes, excludes",
            )
    if sum(key in out for key in ("only", "all", "all_except", "unknown")) != 1:
        raise wrong(
            "a scope needs exactly one of only, all, all_except, unknown",
            "write all, a list, {all_except: [...]}, or {unknown: true} for a list not on record",
        )
    return out


def _due(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    if text[:1].isdigit() or text.startswith("..") or text == "unknown":
        return {"day": str(DayRange.parse(text))}
    return {"words": text}


def _duty(raw: Any, field: Field) -> Any:
    return str(Duty.parse(scalar(raw)))


def _unit(raw: Any, field: Field) -> Any:
    return unit(scalar(raw)).symbol


def _quantity(raw: Any, field: Field) -> Any:
    text = scalar(raw)
    amount, _, symbol = text.partition(" ")
    return f"{_number(amount, field)} {_unit(symbol, field)}"


def _text(raw: Any, field: Field) -> Any:
    return scalar(raw)


CONVERTERS: dict[str, Callable[[Any, Field], Any]] = {
    "labels": _labels,
    "text": _text,
    "any": _text,
    "day": _day,
    "number": _number,
    "integer": _integer,
    "bool": _bool,
    "sha256": _pattern(_SHA256, "a SHA-256", "64 hexadecimal digits in small letters"),
    "url": _pattern(_URL, "a web address", "write http://… or https://…"),
    "language": _pattern(
        re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
        "a language tag",
        "for instance en or zh-Hant",
    ),
    "term": _term,
    "ref": _ref,
    "economy": _economy,
    "area": _area,
    "goods": _goods,
    "party": _party,
    "scope": _scope,
    "due": _due,
    "duty": _duty,
    "unit": _unit,
    "quantity": _quantity,
}


def convert(raw: Any, field: Field) -> Any:
    """The canonical form of one raw value of a field (not of a list of them)."""
    converter = CONVERTERS.get(field.base)
    if converter is None:  # a defect of the vocabulary, found by a test over every row
        raise InputError(f"the vocabulary has no type {field.base!r}")
    return converter(raw, field)
