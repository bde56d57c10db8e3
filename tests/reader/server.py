"""A server on this machine that stands for a language model's and answers by script."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-very-secret-4711"
Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers the n-th question by the n-th script, further ones by the last."""

    scripts: list[Answer]
    asked: list[dict[str, Any]]
    seen: list[dict[str, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(json.loads(body))
        self.seen.append({name.lower(): value for name, value in self.headers.items()})
        script = self.scripts[min(len(self.asked), len(self.scripts)) - 1]
        with suppress(BrokenPipeError, ConnectionResetError):
            script(self)

    def log_message(self, *_: Any) -> None:
        """Nothing on the screen."""

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(*scripts: Answer) -> Iterator[tuple[str, type[Handler]]]:
    handler = type("Scripted", (Handler,), {"scripts": list(scripts), "asked": [], "seen": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", handler
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def content(text: str, **choice: Any) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text}, **choice}]}).encode()


def says(text: str) -> Answer:
    return lambda handler: handler.reply(200, content(text))


def entries(*found: Any) -> Answer:
    return says(json.dumps({"entries": found}))


def status(code: int, **headers: str) -> Answer:
    return lambda handler: handler.reply(code, f"you sent {KEY}".encode(), **headers)
