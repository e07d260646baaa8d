"""Decisions keep what their order was made of; members hide offers; brands weigh factors; offers have an uptake."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.sql import policies
from app.sql.db import Reader

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

APP = "ici_app"


def upgrade() -> None:
    op.add_column("decision", sa.Column("placement", sa.Text(), server_default="nearby", nullable=False))
    op.add_column("decision", sa.Column("factors", postgresql.ARRAY(sa.Integer()), nullable=True))
    op.add_column("decision", sa.Column("propensities", postgresql.ARRAY(sa.Integer()), nullable=True))
    # "Near me" reads tastes: one of some kilobytes stays in its row, where no second table must be read for it.
    op.execute("ALTER TABLE profile SET (toast_tuple_target = 8160)")
    op.create_table(
        "offer_dismissal",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_offer_dismissal_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offer.id"], name=op.f("fk_offer_dismissal_offer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "offer_id", name=op.f("pk_offer_dismissal")),
    )
    policies.protect_table(op.execute, "offer_dismissal", Reader.MEMBER)
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON offer_dismissal TO {APP}")
    op.create_table(
        "decision_policy",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("weights", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("plain", sa.Boolean(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_decision_policy_version")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_decision_policy_brand_id")),
        sa.ForeignKeyConstraint(["set_by"], ["console_user.id"], name=op.f("fk_decision_policy_set_by")),
        sa.PrimaryKeyConstraint("brand_id", "version", name=op.f("pk_decision_policy")),
    )
    op.execute(f"GRANT SELECT, INSERT ON decision_policy TO {APP}")
    op.create_table(
        "offer_uptake",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("exposures", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("usual_ppm", sa.Integer(), nullable=False),
        sa.Column("popularity_ppm", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_offer_uptake_offer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer_uptake")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON offer_uptake TO {APP}")
    op.add_column("live_offer", sa.Column("traits", sa.SmallInteger(), server_default="0", nullable=False))
    for name, at_first in (("exposures", "0"), ("taken", "0"), ("usual_ppm", "20000"), ("popularity_ppm", "0")):
        op.add_column("live_offer", sa.Column(name, sa.Integer(), server_default=at_first, nullable=False))


def downgrade() -> None:
    op.execute("ALTER TABLE profile RESET (toast_tuple_target)")
    for name in ("popularity_ppm", "usual_ppm", "taken", "exposures", "traits"):
        op.drop_column("live_offer", name)
    for table in ("offer_uptake", "decision_policy", "offer_dismissal"):
        op.drop_table(table)
    for name in ("propensities", "factors", "placement"):
        op.drop_column("decision", name)
