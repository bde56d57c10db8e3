"""Tables of the store. Only `revision` and `attachment` hold what was said, and the reader's three
what is proposed and was decided; the service keeps its tokens and its queue of runs here; the rest
is derived.

`revision` is append-only: nothing is ever updated or deleted in it. `head`, `reference` and the
full-text index are written in the same transaction and could be rebuilt from it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

revision = Table(
    "revision",
    metadata,
    # The store's own rising number, given under the write lock: no gaps that fill later.
    Column("received", Integer, primary_key=True, autoincrement=False),
    Column("entry", String(120), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("op", String(8), nullable=False),  # add, revise, retract
    Column("recorded", BigInteger, nullable=False),  # microseconds since 1970, UTC
    Column("author", Text, nullable=False),
    Column("accepted_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("pack", Text),
    Column("pack_version", Text),
    Column("sha256", String(64), nullable=False),
    Column("supersedes", Integer, nullable=False),  # received of the revision before, 0 for none
    Column("body", Text, nullable=False),  # canonical JSON
    # Two writers on the same revision: the second fails instead of hiding the first.
    UniqueConstraint("entry", "supersedes", name="one_successor"),
    Index("revision_by_entry", "entry", "received"),
    Index("revision_by_recorded", "recorded"),
    Index("revision_by_pack", "pack", "received"),
)

head = Table(
    "head",
    metadata,
    Column("entry", String(120), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("received", Integer, nullable=False),
    Index("head_by_kind", "kind"),
)

reference = Table(
    "reference",
    metadata,
    Column("received", Integer, nullable=False),
    Column("entry", String(120), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("path", String(60), nullable=False),
    Column("target", String(120), nullable=False),
    Index("reference_by_target", "target", "kind", "path", "entry"),
)

attachment = Table(
    "attachment",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("attached", BigInteger, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

document_text = Table(
    "document_text",
    metadata,
    Column("sha256", String(64), primary_key=True),  # of the document's bytes
    Column("text", Text, nullable=False),  # as extracted: offsets of passages count in it
    Column("given", Text, nullable=False),  # JSON: what was known of it when it was read
    Column("read", BigInteger, nullable=False),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("document", String(64), nullable=False),  # SHA-256 of its bytes
    Column("type", String(20), nullable=False),
    Column("rule", String(120), nullable=False),
    Column("body", Text, nullable=False),  # JSON
    Column("read", BigInteger, nullable=False),
    Index("proposal_by_document", "document"),
)

decision = Table(
    "decision",
    metadata,
    # Append-only; numbers are given under the write lock. The last verdict of a proposal holds.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("proposal", String(16), nullable=False),
    Column("verdict", String(10), nullable=False),  # edited, skipped, accepted, merged, rejected
    Column("slots", Text),  # JSON, where edited
    Column("entry", String(120)),  # what it became, or was merged with
    Column("author", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("decided", BigInteger, nullable=False),
    Index("decision_by_proposal", "proposal", "number"),
)

token = Table(
    "token",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("name", Text, nullable=False),  # the author of what is written with it
    Column("role", String(10), nullable=False),  # reader, reviewer, editor
    Column("digest", String(64), nullable=False),  # SHA-256 of the token; itself it is not kept
    Column("created", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires", BigInteger),
    Column("revoked", BigInteger),
)

run = Table(
    "run",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("kind", String(10), nullable=False),  # simulate, assess
    Column("asked", Text, nullable=False),  # JSON
    Column("title", Text, nullable=False),
    Column("owner", String(80), nullable=False),  # whose limit it counts against
    Column("author", Text, nullable=False),
    Column("state", String(10), nullable=False),  # queued, running, done, failed, cancelled
    Column("queued", BigInteger, nullable=False),
    Column("started", BigInteger),
    Column("beat", BigInteger),  # last sign of life of its worker
    Column("finished", BigInteger),
    Column("worker", String(80)),
    Column("attempts", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("result", Text),  # JSON
    Column("saved", LargeBinary),  # the run's file, for comity reproduce
    Column("error", Text),  # JSON
    Index("run_by_state", "state", "queued"),
    Index("run_by_owner", "owner", "state"),
)

SEARCH = "search"
"""Name of the full-text table; its form differs by database, see the first migration."""
