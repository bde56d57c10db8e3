"""Requests and what comes back: data, or an error of the one tree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from comity.words.errors import ComityError, ServerError, error_of

API = "/api/v1"
SECONDS = 60.0


class Sending:
    """A connection to a server. Raises `ComityError` and its kin for all that goes wrong."""

    def __init__(
        self, url: str, token: str | None, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        headers = {"accept": "application/json"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url, headers=headers, timeout=SECONDS, transport=transport
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **asked: Any) -> Any:
        """The answer to a read; arguments that are None are left out."""
        return self.send("GET", path, params=_asked(asked)).json()

    def post(self, path: str, body: Mapping[str, Any], **headers: str) -> Any:
        """The answer to a question with a body, or to a write."""
        return self.send("POST", path, json=_asked(body), headers=headers).json()

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The response, if it is none of an error."""
        try:
            response = self._http.request(method, API + path, **more)
        except httpx.HTTPError as error:
            raise self._unreached(error) from None
        if response.status_code >= 400:
            raise _error(response)
        return response

    def events(self, path: str) -> Iterator[tuple[str, str]]:
        """Server-sent events: name and data of each."""
        try:
            with self._http.stream("GET", API + path, timeout=None) as response:
                if response.status_code >= 400:
                    response.read()
                    raise _error(response)
                name = "message"
                for line in response.iter_lines():
                    field, _, value = line.partition(": ")
                    if field == "event":
                        name = value
                    elif field == "data":
                        yield name, value
        except httpx.HTTPError as error:
            raise self._unreached(error) from None

    def _unreached(self, error: httpx.HTTPError) -> ComityError:
        reason = str(error) or type(error).__name__
        return ServerError(
            f"the server at {self.url} cannot be reached: {reason}",
            mend="check the address, and that comity serve runs there",
        )


def _error(response: httpx.Response) -> ComityError:
    try:
        data = response.json()
    except ValueError:
        data = None
    if isinstance(data, dict) and "what" in data:
        return error_of(data)
    return ServerError(
        f"the server answered {response.status_code}, and not as Comity does",
        mend="check the address: something else may answer there",
    )


def _asked(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(value, dt.datetime):
            if value.tzinfo is None:
                raise ComityError(f"{name} is an instant without its offset from UTC")
            value = value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        elif isinstance(value, dt.date):
            value = value.isoformat()
        elif isinstance(value, tuple):
            value = list(value)
        found[name] = value
    return found
