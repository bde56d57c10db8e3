"""The process that takes a page or a PDF apart: bounded in memory, without network or children.

Started by `comity.documents.apart`. The request is one line of JSON and then the bytes, on standard
input; the answer is JSON on standard output.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

_FORBIDDEN = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system",
    "pty.", "urllib.", "ftplib.", "http.client.",
)  # fmt: skip


def _bounded(memory: int, seconds: float) -> None:
    for what, limit in (
        (resource.RLIMIT_AS, memory),
        # The caller's clock stops this process; this one stops it when the caller is gone.
        (resource.RLIMIT_CPU, int(seconds) + 2),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (most, most))


def _alone(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not allowed while a document is read")


def _answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    from comity.documents.document import PDF
    from comity.documents.limits import Limits
    from comity.words.errors import FileError

    limits = Limits(**request["limits"])
    try:
        if request["kind"] == PDF:
            from comity.documents import pdf

            return pdf.read(data, limits).as_plain()
        from comity.documents import html

        return html.read(data.decode("utf-8"), limits).as_plain()
    except FileError as error:
        return {"refused": error.what, "mend": error.mend}


def main() -> None:
    """Read one request, answer it, end."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no part of the answer
    request = json.loads(sys.stdin.buffer.readline())
    _bounded(request["limits"]["memory"], request["limits"]["seconds"])
    sys.addaudithook(_alone)
    try:
        answer = json.dumps(_answer(request, sys.stdin.buffer.read()))
    except MemoryError:
        answer = json.dumps({"failed": "memory"})
    except Exception as error:
        answer = json.dumps({"failed": type(error).__name__})
    out.write(answer.encode("ascii"))
    out.close()


if __name__ == "__main__":
    main()
