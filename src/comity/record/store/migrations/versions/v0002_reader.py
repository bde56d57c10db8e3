"""The reader: texts of documents as extracted, proposed entries, what was decided on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "document_text",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("given", sa.Text, nullable=False),
        sa.Column("read", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("document", sa.String(64), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("rule", sa.String(120), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("read", sa.BigInteger, nullable=False),
    )
    op.create_index("proposal_by_document", "proposal", ["document"])
    op.create_table(
        "decision",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("proposal", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("slots", sa.Text),
        sa.Column("entry", sa.String(120)),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("decided", sa.BigInteger, nullable=False),
    )
    op.create_index("decision_by_proposal", "decision", ["proposal", "number"])
