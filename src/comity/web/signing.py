"""Signing in with a token, so that a browser may write: the token lies in a cookie that no script
reads and no other site's page can have sent."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from comity.web.asked import Asked
from comity.web.runs import fresh
from comity.web.site import HEADERS, Site, page
from comity.words.errors import AccessDenied

COOKIE = "comity"
_DAYS = 30


def form(site: Site, request: Request) -> Response:
    """The form, and who is signed in."""
    asked = Asked.of(request)
    name = site.caller(request)[1]
    back = _inside(asked.text("back"))
    return fresh(page("signin.html", request, who=name, back=back,
                      signed=COOKIE in request.cookies), "html")  # fmt: skip


def sign_in(site: Site, request: Request) -> Response:
    """Keep a token that is one in the browser. Raises `AccessDenied`."""
    asked = Asked.of(request)
    text = asked.text("token")
    if text is None or site.service.token(text) is None:
        raise AccessDenied(
            "this is no token, or it was revoked or has expired",
            known=False,
            mend="comity token create --role editor makes one",
        )
    answer = RedirectResponse(_inside(asked.text("back")), 303, headers=HEADERS)
    answer.set_cookie(
        COOKIE, text, max_age=_DAYS * 86_400, httponly=True, samesite="strict",
        secure=request.url.scheme == "https", path="/",
    )  # fmt: skip
    return answer


def sign_out(site: Site, request: Request) -> Response:
    """Forget the token."""
    answer = RedirectResponse("/", 303, headers=HEADERS)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


def _inside(address: str | None) -> str:
    """An address of this site, never of another."""
    good = address is not None and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if good and address is not None else "/"
