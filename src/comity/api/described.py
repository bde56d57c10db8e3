"""The description of the API: what `/openapi.json` says beside the routes themselves."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from comity.api.routing import role_of, routes_of

DESCRIPTION = (
    "The record of a trade relation, what applies to a shipment, and what measures do to whom: the "
    "answers of the command line over HTTP. Every read takes the coordinates in time of the record "
    "(`as_of`, `known_on`, `public_on`, `received`). Every error has one shape: `error`, `what`, "
    "`where`, `mend`, `status`."
)
TAGS = [
    {"name": "reading", "description": "Two economies, measures, gaps, search."},
    {"name": "entries", "description": "What the record holds, and its history; writing."},
    {
        "name": "proposals",
        "description": "Documents to be read, what they propose, and deciding on it.",
    },
    {"name": "applies", "description": "Which measures apply to a shipment."},
    {"name": "trade", "description": "Flows, exposure and markets."},
    {"name": "runs", "description": "Simulations and assessments, worked off in the background."},
    {"name": "about", "description": "The program and its record."},
]
_TEXT = {"type": "string"}
_NULL_TEXT = {"type": ["string", "null"]}
ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error", "what", "where", "mend", "status"],
    "properties": {
        "error": {**_TEXT, "description": "The kind of error: its name in the error tree."},
        "what": {**_TEXT, "description": "What is wrong, in a sentence."},
        "where": {
            "type": ["object", "null"],
            "description": "Where: entry, field, row, as far as known.",
        },
        "mend": {**_NULL_TEXT, "description": "What to do about it."},
        "status": {"type": "integer", "description": "The HTTP status, once more."},
        "problems": {
            "type": "array",
            "items": {"type": "object"},
            "description": "All problems, where there are several.",
        },
    },
    "example": {
        "error": "NotFound",
        "what": "there is no entry no-such-entry",
        "where": None,
        "mend": 'look for it with: comity find "no-such-entry"',
        "status": 404,
    },
}


def describe(app: FastAPI) -> None:
    """Have the application describe itself, with the error's shape, tokens and roles."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _made(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _made(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    parts = made.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Error"] = ERROR
    parts["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of `comity token create`. On the machine of the server itself "
            "reading needs none, unless the server was started with --require-token.",
        }
    }
    for one in routes_of(app):
        role = role_of(one)
        for method in one.methods or ():
            operation = made["paths"][one.path_format][method.lower()]
            operation["x-role"] = role
            operation["security"] = (
                [] if role is None else [{"token": []}, {}] if role == "reader" else [{"token": []}]
            )
    return made
