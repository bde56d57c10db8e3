"""The store of the record: an append-only log of revisions in SQLite or PostgreSQL."""

from comity.record.store.database import check, default_url, to_url, upgrade
from comity.record.store.log import Change, Log

__all__ = ["Change", "Log", "check", "default_url", "to_url", "upgrade"]
