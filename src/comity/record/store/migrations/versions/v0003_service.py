"""The service: tokens of those who may use it, and the queue of runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("expires", sa.BigInteger),
        sa.Column("revoked", sa.BigInteger),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("queued", sa.BigInteger, nullable=False),
        sa.Column("started", sa.BigInteger),
        sa.Column("beat", sa.BigInteger),
        sa.Column("finished", sa.BigInteger),
        sa.Column("worker", sa.String(80)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("saved", sa.LargeBinary),
        sa.Column("error", sa.Text),
    )
    op.create_index("run_by_state", "run", ["state", "queued"])
    op.create_index("run_by_owner", "run", ["owner", "state"])
