"""Bodies of requests: JSON read strictly, then checked against a declared form."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from pydantic import ValidationError as Invalid

from comity.api.faults import no_json
from comity.words.errors import RequestError

Form = TypeVar("Form", bound=BaseModel)


async def raw_body(request: Request) -> bytes:
    """The body as it came; the gate has bounded its length."""
    return await request.body()


Body = Callable[[Request], Awaitable[bytes]]


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
    try:
        return form.model_validate(value)
    except Invalid as error:
        problems = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(problems) from None


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
    content: dict[str, Any] = {"schema": schema}
    if example:
        content["example"] = example
    return {"requestBody": {"required": True, "content": {"application/json": content}}}
