"""What can be set about a server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server treats its callers.

    A caller on this machine (its address and the name it asks for are loopback ones, and no proxy
    stands between) reads and starts runs without a token, unless `require_token`. Everyone else
    needs one, and writing always does.
    """

    require_token: bool = False
    body_bytes: int = 10 * 1024 * 1024
    """The longest body that is taken."""
    rate: float = 100.0
    """Requests a second of one token or address, over time; 0 for no limit. Callers on this
    machine without a token are not limited."""
    burst: int = 200
    """Requests that may come at once."""
    failures: int = 20
    """Wrong tokens from one address in a minute before it has to wait."""
    workers: int = 1
    """Processes that work off the queue of runs; 0 for none."""
    queued_runs: int = 50
    """Runs of one token or address that may wait or run at once."""
    warm: bool = False
    """Make the first pages at the start, so that the first who asks need not wait for them."""
