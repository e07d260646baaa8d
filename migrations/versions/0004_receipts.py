"""Receipts and the transparency log; who is responsible, as receipts must name them.

The application may add to the log and to receipts, and fill in where a receipt stands in the log; it may rewrite
nothing. Salts and receipts may be deleted, at the end of the evidence period.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APP = "ici_app"
PERSONAL = ("receipt", "leaf_salt")
ADD_ONLY = ("log_leaf", "log_node", "log_checkpoint", "log_key")


def upgrade() -> None:
    for name in ("legal_name", "postal_address", "privacy_contact"):
        op.add_column("brand", sa.Column(name, sa.Text(), nullable=True))
    _receipts()
    _log()
    _rights()


def _receipts() -> None:
    op.create_table(
        "receipt",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_xid",
            sa.BigInteger(),
            server_default=sa.text("((pg_current_xact_id())::text)::bigint"),
            nullable=False,
        ),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("member_id", "event_id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("leaf_index", name=op.f("uq_receipt_leaf_index")),
    )
    op.create_index(
        "ix_receipt_unsealed",
        "receipt",
        ["recorded_xid", "event_id"],
        unique=False,
        postgresql_where=sa.text("leaf_index IS NULL"),
    )
    op.create_index("ix_receipt_newest", "receipt", ["member_id", "issued_at", "event_id"], unique=False)
    op.create_table(
        "leaf_salt",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(salt) = 32", name=op.f("ck_leaf_salt_length")),
        sa.PrimaryKeyConstraint("member_id", "event_id", name=op.f("pk_leaf_salt")),
    )


def _log() -> None:
    op.create_table(
        "log",
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number = 1", name=op.f("ck_log_only_one")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log")),
    )
    op.execute("INSERT INTO log (number, id) VALUES (1, gen_random_uuid())")
    op.create_table(
        "log_leaf",
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("pk_log_leaf")),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_log_node")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_log_key")),
    )


def _rights() -> None:
    rule = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member())"
    for table in PERSONAL:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({rule}) WITH CHECK ({rule})")
        op.execute(f"GRANT SELECT, INSERT, DELETE ON {table} TO {APP}")
    op.execute(f"GRANT UPDATE (leaf_index) ON receipt TO {APP}")
    for table in ADD_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APP}")
    op.execute(f"GRANT SELECT ON log TO {APP}")


def downgrade() -> None:
    # Members hold receipts that name this log; without it nobody could verify them.
    raise NotImplementedError("A transparency log is never taken back.")
