"""What stands before every route: who asks, how often, how much, and the headers of all answers."""

from __future__ import annotations

import math

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from comity.api.bodies import no_text
from comity.api.callers import CALLER, LOCAL, Caller, bearer, is_local, signed_in
from comity.api.faults import fault, unforeseen
from comity.api.limits import Buckets
from comity.api.quick import QUICK, quick
from comity.api.settings import Settings
from comity.service.service import Service
from comity.words.errors import AccessDenied, ComityError, LimitReached, RequestError

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The content-security policy of what sets none of its own: nothing may run, load or frame it."""
_RAW = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_BODIED = ("POST", "PUT", "PATCH", "DELETE")
API = "/api/"


class Gate:
    """ASGI middleware; the outermost one, so that its headers are on every answer."""

    def __init__(self, app: ASGIApp, service: Service, settings: Settings) -> None:
        self.app = app
        self.service = service
        self.settings = settings
        self.rate = Buckets(settings.rate, settings.burst)
        self.failures = Buckets(settings.failures / 60.0, settings.failures)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = message["headers"] = list(message.get("headers", ()))
                headers += _RAW
                if not any(name == b"content-security-policy" for name, _ in headers):
                    headers.append((b"content-security-policy", POLICY.encode()))
            await send(message)

        try:
            self._admit(scope)
            if scope["path"] == QUICK:
                response = quick(scope, self.service)
                if response is not None:
                    await response(scope, receive, answer)
                    return
            await self.app(scope, self._counted(receive), answer)
        except ComityError as error:
            if not begun:
                await fault(error)(scope, receive, answer)
        except Exception as error:
            told = unforeseen(error)
            if not begun:
                await fault(told)(scope, receive, answer)

    # ---- before the route ----------------------------------------------------------------------

    def _admit(self, scope: Scope) -> None:
        """Put the caller into the scope. Raises what a request is refused for before it is read."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            raise no_text()
        caller = self._caller(scope, headers)
        scope[CALLER] = caller
        if caller.key != LOCAL:
            _wait(self.rate.take(caller.key))
        if scope["method"] in _BODIED:
            self._check_body(scope, headers)

    def _caller(self, scope: Scope, headers: dict[bytes, bytes]) -> Caller:
        client = scope.get("client")
        address = f"address {client[0]}" if client else "address unknown"
        given = bearer(headers)
        kept = None if given is not None else signed_in(scope, headers)
        if kept is not None and (caller := self._signed_in(kept)) is not None:
            return caller
        if given is None:
            if not self.settings.require_token and is_local(scope, headers):
                return Caller(LOCAL, LOCAL, "reader")
            return Caller(address, address, None)
        _wait(self.failures.empty(address))
        token = self.service.token(given) if given else None
        if token is None:
            self.failures.take(address)
            raise AccessDenied(
                "this is no token, or it was revoked or has expired",
                known=False,
                mend="send Authorization: Bearer TOKEN; comity token create makes one",
            )
        return Caller(f"token {token.id}", token.name, token.role, token)

    def _signed_in(self, kept: str) -> Caller | None:
        """The caller of a browser's token; one that is none any more is as if it were not there."""
        token = self.service.token(kept)
        return None if token is None else Caller(f"token {token.id}", token.name, token.role, token)

    def _check_body(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        length = headers.get(b"content-length")
        if length is not None and length.isdigit() and int(length) > self.settings.body_bytes:
            raise too_large(self.settings.body_bytes)
        bodied = length not in (None, b"0") or b"transfer-encoding" in headers
        if bodied and scope["path"].startswith(API):
            given = headers.get(b"content-type", b"").decode("latin-1")
            kind = given.partition(";")[0].strip().lower()
            if kind != "application/json":
                raise RequestError(
                    f"a body of the type {kind or 'none'} is not taken",
                    status=415,
                    mend="send Content-Type: application/json",
                )

    def _counted(self, receive: Receive) -> Receive:
        taken = 0
        most = self.settings.body_bytes

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > most:
                    raise HTTPException(413, too_large(most).what)
            return message

        return counted


def too_large(most: int) -> RequestError:
    return RequestError(
        f"the body has more than the {most:,} bytes that are taken",
        status=413,
        mend="send it in parts",
    )


def _wait(seconds: float) -> None:
    if seconds > 0:
        wait = max(1, math.ceil(seconds))
        raise LimitReached(
            "too many requests", retry_after=wait, mend=f"ask again in {wait} s, and less often"
        )
