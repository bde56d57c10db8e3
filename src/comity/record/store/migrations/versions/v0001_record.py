"""The record: revisions, heads, references, attachments, full text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "revision",
        sa.Column("received", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("op", sa.String(8), nullable=False),
        sa.Column("recorded", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("accepted_by", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("pack", sa.Text),
        sa.Column("pack_version", sa.Text),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("supersedes", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("entry", "supersedes", name="one_successor"),
    )
    op.create_index("revision_by_entry", "revision", ["entry", "received"])
    op.create_index("revision_by_recorded", "revision", ["recorded"])
    op.create_index("revision_by_pack", "revision", ["pack", "received"])
    op.create_table(
        "head",
        sa.Column("entry", sa.String(120), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("received", sa.Integer, nullable=False),
    )
    op.create_index("head_by_kind", "head", ["kind"])
    op.create_table(
        "reference",
        sa.Column("received", sa.Integer, nullable=False),
        sa.Column("entry", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("path", sa.String(60), nullable=False),
        sa.Column("target", sa.String(120), nullable=False),
    )
    op.create_index("reference_by_target", "reference", ["target", "kind", "path", "entry"])
    op.create_table(
        "attachment",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("attached", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
    )
    # Text comes in already folded (case, diacritics), so both indexes only split it into words.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search USING fts5(text, content='', tokenize='unicode61')")
    else:
        op.create_table(
            "search",
            sa.Column("received", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("text", sa.Text, nullable=False),
        )
        op.execute("CREATE INDEX search_words ON search USING gin (to_tsvector('simple', text))")
