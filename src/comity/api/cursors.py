"""Cursors of lists: opaque text that names where a page begins and what it was read at.

All pages of one list are read at the record of the first, so that nothing is shown twice or missed
while others write.
"""

from __future__ import annotations

import base64
import binascii
import json

from comity.words.errors import InputError, Place


def cursor(after: str, received: int) -> str:
    """The cursor of the page that begins after an id."""
    data = json.dumps([after, received], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def begins(text: str) -> tuple[str, int]:
    """The id after which a page begins and the `received` it is read at. Raises `InputError`."""
    try:
        padded = text + "=" * (-len(text) % 4)
        after, received = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if isinstance(after, str) and type(received) is int and 0 <= received < 2**31:
            after.encode()
            if len(after) <= 200 and "\x00" not in after:
                return after, received
    except (ValueError, TypeError, binascii.Error, UnicodeError, RecursionError):
        pass
    raise InputError(
        "this is no cursor of this list",
        where=Place(field="cursor"),
        mend="take next of the page before, or leave it out to begin at the first",
    )
