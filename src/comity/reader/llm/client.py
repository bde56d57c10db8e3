"""One question to a server that speaks the OpenAI-compatible ``/chat/completions``.

The key is sent in one header and is never part of an error, a representation or a log; no error
repeats what the server said, since a server may repeat the key. No redirect is followed.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import ipaddress
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from comity.words.errors import ComityError, InputError, MissingDependency

if TYPE_CHECKING:
    import httpx

Message = Mapping[str, str]

_PATH = "/chat/completions"
_BUSY = 429
_UNAVAILABLE = 503
_PAUSE = 1.0
"""Seconds before the second try where the server names none; doubled for each further one."""


class LlmError(ComityError):
    """The server of the language model gave no usable answer."""


@dataclass(frozen=True)
class Settings:
    """Where the model is and how long to bear with it.

    url : base address, such as ``http://localhost:8000/v1``;  model : its name there
    timeout, longest_wait : seconds for one try, and for a pause that the server asks for
    tries : how often a question is sent in all;  largest : bytes of an answer
    """

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 120.0
    longest_wait: float = 30.0
    tries: int = 3
    largest: int = 2_000_000

    def __post_init__(self) -> None:
        _check_address(self.url, bool(self.key))
        if not self.model.strip():
            raise InputError("no language model is named", mend="name it: --model NAME")
        if self.key is not None and not (self.key.isascii() and self.key.isprintable()):
            raise InputError(
                "the key of the language model has characters that no header can carry",
                mend="set COMITY_LLM_KEY again, without line breaks",
            )

    @classmethod
    def asked(
        cls, url: str, model: str | None, environment: Mapping[str, str] | None = None
    ) -> Settings:
        """As whoever reads asks for it, with the key that COMITY_LLM_KEY holds, if any."""
        have = os.environ if environment is None else environment
        key = have.get("COMITY_LLM_KEY", "").strip()
        return cls(url.strip(), (model or "").strip(), key or None)

    @property
    def endpoint(self) -> str:
        base = self.url.rstrip("/")
        return base if base.endswith(_PATH) else base + _PATH


def complete(
    messages: Sequence[Message],
    settings: Settings,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """The text of the model's answer.

    Busy and failing servers, broken connections and time-outs are tried again, `settings.tries`
    times in all. Raises `LlmError`.
    """
    httpx = library()
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if settings.key:
        headers["Authorization"] = f"Bearer {settings.key}"
    body = {"model": settings.model, "messages": list(messages), "temperature": 0}
    with httpx.Client(
        headers=headers, timeout=settings.timeout, follow_redirects=False
    ) as connection:
        for trial in range(1, settings.tries + 1):
            last = trial == settings.tries
            try:
                got = _ask(connection, body, settings)
            except httpx.TimeoutException:
                trouble = f"the language model did not answer within {settings.timeout:g} s"
                got = _Failed(trouble, None)
            except (httpx.TransportError, httpx.DecodingError):
                got = _Failed("the connection to the language model failed or broke off", None)
            except (httpx.InvalidURL, httpx.UnsupportedProtocol):
                raise InputError(
                    "the language model's address is not usable", mend="write http://… or https://…"
                ) from None
            if isinstance(got, bytes):
                return _content(got)
            if last:
                raise LlmError(
                    f"{got.what}, {settings.tries} times" if settings.tries > 1 else got.what,
                    mend="try again later, or read without the language model",
                )
            pause = _PAUSE * 2 ** (trial - 1) if got.wait is None else got.wait
            if pause > settings.longest_wait:
                raise LlmError(
                    f"{got.what} and asks to wait {pause:,.0f} s",
                    mend="try again then, or read without the language model",
                )
            sleep(pause)
    raise AssertionError("tries is at least 1")


@dataclass(frozen=True, slots=True)
class _Failed:
    """Something that may pass; `wait` in seconds where the server says how long."""

    what: str
    wait: float | None


def _ask(connection: httpx.Client, body: Any, settings: Settings) -> bytes | _Failed:
    began = time.monotonic()
    with connection.stream("POST", settings.endpoint, json=body) as answer:
        status = answer.status_code
        if status == _BUSY or status >= 500:
            wait = _retry_after(answer.headers.get("Retry-After"))
            said = "is busy (429)" if status == _BUSY else f"failed ({status})"
            return _Failed(f"the language model's server {said}", wait)
        if answer.is_redirect:
            raise LlmError(
                f"the language model's server sends elsewhere ({status}); that is not followed",
                mend="give --llm the address that answers itself",
            )
        if status in (401, 403):
            raise LlmError(
                f"the language model's server refuses the key ({status})",
                mend="check COMITY_LLM_KEY",
            )
        if not answer.is_success:
            raise LlmError(
                f"the language model's server refuses the question ({status})",
                mend="check --llm and --model",
            )
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise LlmError(
                "the language model's server compresses its answer though asked not to",
                mend="use another server or a proxy that leaves answers as they are",
            )
        data = bytearray()
        for chunk in answer.iter_raw(65_536):
            data += chunk
            if len(data) > settings.largest:
                raise LlmError(
                    f"the language model's answer has more than {settings.largest:,} bytes",
                    mend="read a shorter document, or use another model",
                )
            # A server that trickles never times out on any single read.
            if time.monotonic() - began > settings.timeout:
                return _Failed(
                    f"the language model did not answer within {settings.timeout:g} s", None
                )
        return bytes(data)


def _content(data: bytes) -> str:
    """The message in a chat completion."""
    mend = "check that --llm names an OpenAI-compatible address"
    try:
        choice = json.loads(data)["choices"][0]
        content = choice["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise LlmError("the answer is no chat completion", mend=mend) from None
    if not isinstance(content, str):
        raise LlmError("the answer has no text", mend=mend)
    if isinstance(choice, dict) and choice.get("finish_reason") == "length":
        raise LlmError(
            "the language model's answer was cut off at its limit of length",
            mend="use a model that may answer at more length",
        )
    return content


def _retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After asks for, as a number or a date; `None` where it says nothing."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        then = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=dt.UTC)
    return max(0.0, (then - dt.datetime.now(dt.UTC)).total_seconds())


def _check_address(url: str, has_key: bool) -> None:
    """Refuse an address that would leak: one with a secret in it, or plain http with a key."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host:
        raise InputError(
            "the language model's address is not usable",
            mend="write http://… or https://… with a host",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InputError(
            "the language model's address has a name, password or query in it",
            mend="put the key in COMITY_LLM_KEY and leave the rest away",
        )
    if has_key and parts.scheme == "http" and not _is_here(host):
        raise InputError(
            "the key would travel in the clear", mend="use https://…, or a server on this machine"
        )


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def library() -> Any:
    """The library of the client. Raises `MissingDependency`."""
    try:
        import httpx
    except ImportError:
        raise MissingDependency(
            "asking a language model needs the library httpx", mend="pip install 'comity[llm]'"
        ) from None
    return httpx
