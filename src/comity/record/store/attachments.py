"""The documents of a store: their bytes, and the texts in which their passages lie."""

from __future__ import annotations

import contextlib
import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from comity.documents.passages import decode
from comity.record.store import database
from comity.record.store.instants import to_micros
from comity.record.store.schema import attachment, document_text
from comity.words.errors import FileError


class Attachments:
    """What `comity.record.store.log.Log` keeps of documents."""

    engine: Engine

    def attach(self, sha256: str, name: str, data: bytes) -> bool:
        """Keep the bytes of a document. False where they are kept already."""
        with database.writing(self.engine) as connection:
            known = sa.select(attachment.c.sha256).where(attachment.c.sha256 == sha256)
            if connection.execute(known).first():
                return False
            now = to_micros(dt.datetime.now(dt.UTC))
            row = {"sha256": sha256, "name": name, "attached": now, "bytes": data}
            connection.execute(sa.insert(attachment), [row])
        return True

    def attached(self, sha256: str) -> bytes | None:
        """The bytes of an attached document, or None."""
        with database.reading(self.engine) as connection:
            query = sa.select(attachment.c.bytes).where(attachment.c.sha256 == sha256)
            return connection.execute(query).scalar()

    def is_attached(self, sha256: str) -> bool:
        """Are the bytes of a document kept?"""
        with database.reading(self.engine) as connection:
            query = sa.select(attachment.c.sha256).where(attachment.c.sha256 == sha256)
            return connection.execute(query).first() is not None

    def texts_of(self, sha256: str) -> list[str]:
        """The texts of a document in which its passages may lie: as extracted, as attached."""
        with database.reading(self.engine) as connection:
            query = sa.select(document_text.c.text).where(document_text.c.sha256 == sha256)
            found = [row.text for row in connection.execute(query)]
        data = self.attached(sha256)
        if data is not None:
            # Bytes that are no text have none but the extracted one.
            with contextlib.suppress(FileError):
                found.append(decode(data))
        return found
