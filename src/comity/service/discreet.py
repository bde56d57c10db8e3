"""Errors as others may hear them: without where on the server's machine things lie."""

from __future__ import annotations

import logging
import re

from comity.words.errors import ComityError, StoreError

LOGGER = logging.getLogger("comity.service")
_ADDRESS = re.compile(r"\s*\(?\b(?:sqlite|postgresql)[\w+]*://[^\s)]*\)?")


def discreet(error: ComityError) -> ComityError:
    """The error, without the address of the store, which goes to the log."""
    if not isinstance(error, StoreError):
        return error
    LOGGER.warning("%s", error)
    mend = error.mend if error.mend == "try again in a moment" else "tell whoever runs this server"
    return StoreError(_ADDRESS.sub("", error.what), mend=mend)
