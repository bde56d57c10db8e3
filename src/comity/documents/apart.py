"""Taking a page or a PDF apart in a process of its own, which can be stopped and cannot swell.

Libraries that take files apart can loop, swell or crash on files made to harm. In a thread they
could not be stopped; a process is killed at its time limit, and its memory is bounded by the
kernel. It is started afresh for each document, with the same seed of hashes, so that the same bytes
give the same text.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict

from comity.documents.document import PDF
from comity.documents.limits import Limits, size
from comity.documents.parts import Parts
from comity.words.errors import FileError, Place

_PART = "give a part of it, or its text"


def taken_apart(kind: str, data: bytes, limits: Limits, file: str | None = None) -> Parts:
    """The parts of a PDF, or of an HTML page given in UTF-8. Raises `FileError`."""
    called = "PDF" if kind == PDF else "page"
    where = Place(file=file)
    request = json.dumps({"kind": kind, "limits": asdict(limits)}).encode("ascii")
    # -P keeps the directory that one happens to be in out of the path.
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "comity.documents.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    ) as process:
        try:
            out, _ = process.communicate(request + b"\n" + data, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            raise FileError(
                f"reading the {called} took more than {limits.seconds:g} seconds and was stopped",
                where=where,
                mend=_PART,
            ) from None
        finally:
            process.kill()
    try:
        answer = json.loads(out)
    except ValueError:
        # It died without a word: the kernel ended it, or a library broke down.
        answer = {"failed": f"exit {process.returncode}"}
    if "refused" in answer:
        raise FileError(answer["refused"], where=where, mend=answer["mend"])
    if answer.get("failed") == "memory":
        raise FileError(
            f"reading the {called} takes more than {size(limits.memory)} of memory",
            where=where,
            mend=_PART,
        )
    if "failed" in answer:
        raise FileError(
            f"the {called} cannot be taken apart ({answer['failed']})",
            where=where,
            mend="save or print it anew, or give its text",
        )
    return Parts.from_plain(answer)


def _environment() -> dict[str, str]:
    """What the process knows: where Python's modules are, and no settings or keys of the user."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    path = os.pathsep.join(os.path.abspath(one) for one in sys.path if one)  # noqa: PTH100
    return {**kept, "PYTHONPATH": path, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
