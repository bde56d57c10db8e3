"""Running the application in one process: `comity serve`."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn

from comity.api.app import application
from comity.api.settings import Settings
from comity.words.errors import InputError, Place

_CLOSING_SECONDS = 10
BACKLOG = 1024
_SWITCH_SECONDS = 0.0005


def serve(
    store: str | Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    settings: Settings | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a store until interrupted; `ready` is told the address once it is listened on.

    Port 0 takes a free one. Raises `StoreError` where there is no store, `InputError` where the
    address cannot be listened on.
    """
    listening = _listening(host, port)
    try:
        app = application(store, settings)
    except BaseException:
        listening.close()
        raise
    number = listening.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1,::1",
        timeout_graceful_shutdown=_CLOSING_SECONDS,
        ws="none",
    )
    if ready is not None:
        ready(f"http://{shown}:{number}")
    # Threads that read the store give way to each other hundreds of times in one answer; by
    # default each of those waits 5 ms for the others.
    sys.setswitchinterval(_SWITCH_SECONDS)
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    where = Place(field="host" if port == 0 else "port")
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, proto)
    except OSError as error:
        raise InputError(
            f"{host} is no address of this machine: {error.strerror}",
            where=Place(field="host"),
            mend="take 127.0.0.1 for this machine only, 0.0.0.0 for all of its addresses",
        ) from None
    try:
        if sys.platform != "win32":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(BACKLOG)
        made.setblocking(False)
    except (OSError, OverflowError) as error:
        made.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"{host}:{port} cannot be listened on: {reason}",
            where=where,
            mend="choose another --port; --port 0 takes a free one",
        ) from None
    return made
