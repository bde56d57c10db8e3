"""Tokens: 256 random bits that are shown once; the store keeps their SHA-256 only.

A token reads ``comity_ID_SECRET``. Its id is no secret: it finds the token in the store and names
it in lists. A plain hash does, since the secret is random and too long to be guessed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from comity.access.roles import checked_role
from comity.record.store import Log
from comity.record.store.database import reading, writing
from comity.record.store.instants import from_micros, to_micros
from comity.record.store.schema import token as table
from comity.words.errors import ConflictError, InputError, NotFound, Place
from comity.words.text import check_characters
from comity.words.time import format_instant, parse_instant

_PREFIX = "comity"
_ID_BYTES, _SECRET_BYTES = 5, 32
_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the store knows it; what was handed out is not kept."""

    id: str
    name: str
    role: str
    digest: str
    created: dt.datetime
    created_by: str
    expires: dt.datetime | None = None
    revoked: dt.datetime | None = None

    def state(self, now: dt.datetime) -> str:
        """``valid``, ``expired`` or ``revoked``."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "valid"

    def as_dict(self) -> dict[str, object]:
        """What lists show: never the hash."""
        return {
            "id": self.id,
            "name": self.name,
            "role": self.role,
            "state": self.state(dt.datetime.now(dt.UTC)),
            "created": format_instant(self.created),
            "created_by": self.created_by,
            "expires": None if self.expires is None else format_instant(self.expires),
            "revoked": None if self.revoked is None else format_instant(self.revoked),
        }


COLUMNS = ("id", "name", "role", "state", "created", "created_by", "expires", "revoked")


def create(
    log: Log,
    role: str,
    *,
    name: str | None = None,
    expires: str | dt.date | None = None,
    by: str,
) -> tuple[str, Token]:
    """A new token: its text, which nobody can show again, and what the store keeps of it.

    `name` is the author of what is written with it. Raises `InputError`, and `ConflictError` where
    a valid token has the name: history would not tell the two apart.
    """
    now = dt.datetime.now(dt.UTC)
    until = _expiry(expires, now)
    token_id = secrets.token_hex(_ID_BYTES)
    text = f"{_PREFIX}_{token_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    checked_role(role)
    made = Token(token_id, _name(name or by), role, _digest(text), now, by, until)
    with writing(log.engine) as connection:
        named = sa.select(table).where(table.c.name == made.name)
        for row in connection.execute(named):
            if _read(row).state(now) == "valid":
                raise ConflictError(
                    f"there is a token of the name {made.name} already",
                    where=Place(field="name"),
                    mend=f"choose another --name, or revoke it: comity token revoke {made.name}",
                )
        connection.execute(
            sa.insert(table),
            [
                {
                    "id": made.id,
                    "name": made.name,
                    "role": made.role,
                    "digest": made.digest,
                    "created": to_micros(now),
                    "created_by": by,
                    "expires": None if until is None else to_micros(until),
                    "revoked": None,
                }
            ],
        )
    return text, made


def tokens(log: Log) -> list[Token]:
    """All tokens, oldest first, revoked and expired ones, too."""
    with reading(log.engine) as connection:
        query = sa.select(table).order_by(table.c.created, table.c.id)
        return [_read(row) for row in connection.execute(query)]


def revoke(log: Log, named: str) -> Token:
    """Make a token of this id or name invalid from now on. Raises `NotFound`."""
    now = dt.datetime.now(dt.UTC)
    with writing(log.engine) as connection:
        query = sa.select(table).where(
            sa.or_(table.c.id == named, table.c.name == named), table.c.revoked.is_(None)
        )
        found = [_read(row) for row in connection.execute(query.order_by(table.c.created))]
        if not found:
            raise NotFound(
                f"there is no token {named} to revoke", mend="see them with: comity token list"
            )
        ids = [one.id for one in found]
        change = sa.update(table).where(table.c.id.in_(ids)).values(revoked=to_micros(now))
        connection.execute(change)
    last = found[-1]
    return Token(
        last.id, last.name, last.role, last.digest, last.created, last.created_by, last.expires, now
    )


def find_token(text: str, known: Mapping[str, Token], now: dt.datetime) -> Token | None:
    """The valid token that a text is, among `known` by id; None for any other text."""
    prefix, _, rest = text.partition("_")
    token_id = rest.partition("_")[0]
    found = known.get(token_id)
    stored = found.digest if found is not None else "0" * 64
    same = hmac.compare_digest(_digest(text), stored)  # takes as long whether there is one or not
    if found is None or not same or prefix != _PREFIX:
        return None
    return found if found.state(now) == "valid" else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _name(text: str) -> str:
    name = check_characters(text).strip()
    if not name or len(name) > _NAME_LENGTH:
        raise InputError(
            f"a token's name has 1 to {_NAME_LENGTH} characters",
            where=Place(field="name"),
            mend="name the person or program that will use it",
        )
    return name


def _expiry(given: str | dt.date | None, now: dt.datetime) -> dt.datetime | None:
    if given is None:
        return None
    until = parse_instant(given if isinstance(given, str) else given.isoformat())
    if until <= now:
        raise InputError(
            f"{format_instant(until)} is past already",
            where=Place(field="expires"),
            mend="give a later day, or leave it out",
        )
    return until


def _read(row: sa.Row[tuple[object, ...]]) -> Token:
    def instant(micros: int | None) -> dt.datetime | None:
        return None if micros is None else from_micros(micros)

    return Token(
        row.id,
        row.name,
        row.role,
        row.digest,
        from_micros(row.created),
        row.created_by,
        instant(row.expires),
        instant(row.revoked),
    )
