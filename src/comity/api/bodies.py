"""Bodies of requests: JSON read strictly, then checked against a declared form."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from pydantic import ValidationError as Invalid

from comity.api.faults import no_json
from comity.words.errors import InputError, RequestError

Form = TypeVar("Form", bound=BaseModel)


async def raw_body(request: Request) -> bytes:
    """The body as it came; the gate has bounded its length."""
    return await request.body()


def parsed(data: bytes, form: type[Form]) -> Form:
    """The body in a declared form. Raises `RequestError` (400) for what is no JSON, and what
    declared types refuse.

    Numbers keep the digits they were written with; a key that occurs twice is refused, since one
    of the two would be lost.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except RequestError:
        raise
    except (ValueError, RecursionError):  # of the text, of the numbers in it, nested too deep
        raise no_json() from None
    if _SUSPECT.search(data) is not None:
        _check_texts(value)
    try:
        return form.model_validate(value)
    except Invalid as error:
        problems = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(problems) from None


_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes by which JSON can say what is no text: an end of text, half a character."""


def _check_texts(value: Any) -> None:
    """Refuse texts that no store could hold, wherever in a value they stand."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str) and _NO_TEXT.search(one) is not None:
            raise no_text()


_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def no_text() -> InputError:
    """Something given holds a character that is none."""
    return InputError(
        "a text holds a character that is none (U+0000, or half of a pair)",
        mend="take it out; text is UTF-8",
    )


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise RequestError(
                f"the key {key[:60]!r} occurs twice", status=400, mend="keep one of them"
            )
        found[key] = value
    return found


def described(form: type[BaseModel], **example: Any) -> dict[str, Any]:
    """What OpenAPI says of such a body."""
    schema = form.model_json_schema()
    inner = schema.pop("$defs", {})
    content: dict[str, Any] = {"schema": _inlined(schema, inner)}
    if example:
        content["example"] = example
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _inlined(schema: Any, inner: dict[str, Any]) -> Any:
    """A schema with the ones it refers to in their places: OpenAPI keeps those elsewhere."""
    if isinstance(schema, list):
        return [_inlined(one, inner) for one in schema]
    if not isinstance(schema, dict):
        return schema
    named = schema.get("$ref")
    if isinstance(named, str):
        return _inlined(inner[named.rpartition("/")[2]], inner)
    return {key: _inlined(value, inner) for key, value in schema.items()}
