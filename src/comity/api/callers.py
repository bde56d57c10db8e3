"""Who asks, and what they may: the one check that every route declares."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import Scope

from comity.access import Token, reaches
from comity.words.errors import AccessDenied

LOCAL = "local"
CALLER = "comity.caller"
"""Key of a request's scope under which its caller stands."""
_FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request. Without a token, `role` is what such a caller may: reader, or nothing.

    `key` names whose limits it counts against.
    """

    key: str
    name: str
    role: str | None
    token: Token | None = None


def is_local(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Does a request come from this machine, straight, and under this machine's own name?

    The name matters: a page from elsewhere whose address was turned to this machine asks under its
    own, and one that a browser sends requests for names its origin. What comes through a proxy on
    this machine comes from others.
    """
    client = scope.get("client")
    if client is None or any(name in headers for name in _FORWARDED):
        return False
    try:
        if not ipaddress.ip_address(client[0]).is_loopback:
            return False
    except ValueError:
        return False
    origin = headers.get(b"origin")
    if origin is not None and not _is_own(origin.decode("latin-1").partition("://")[2]):
        return False
    return _is_own(headers.get(b"host", b"").decode("latin-1"))


def _is_own(host: str) -> bool:
    """Is a name with or without a port one of those that mean this machine on every machine?"""
    host = host.lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in _LOCAL_NAMES


def bearer(headers: dict[bytes, bytes]) -> str | None:
    """The token that a request carries, if any."""
    given = headers.get(b"authorization")
    if given is None:
        return None
    scheme, _, text = given.decode("latin-1").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


COOKIE = "comity"
"""The cookie in which a browser keeps its token; no other site's page can have it sent."""


def signed_in(scope: Scope, headers: dict[bytes, bytes]) -> str | None:
    """The token that a browser signed in with, for pages and for reads of theirs.

    The API's writes take no cookie, so that no form of another site can write.
    """
    if scope["path"].startswith("/api/") and scope["method"] not in ("GET", "HEAD"):
        return None
    for part in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE and value:
            return value
    return None


class Needs:
    """The check of a route: the caller's role must reach `role`; ``None``: anyone may ask."""

    def __init__(self, role: str | None) -> None:
        self.role = role

    async def __call__(self, request: Request) -> None:
        needed = self.role
        if needed is None:
            return
        caller: Caller = request.scope[CALLER]
        if caller.role is not None and reaches(caller.role, needed):
            return
        if caller.token is None:
            raise AccessDenied(
                "this needs a token" + ("" if needed == "reader" else f" of the role {needed}"),
                known=False,
                mend="send Authorization: Bearer TOKEN; comity token create makes one",
            )
        raise AccessDenied(
            f"this needs the role {needed}, and the token {caller.name} has {caller.role}",
            known=True,
            mend=f"ask for a token made with: comity token create --role {needed}",
        )
