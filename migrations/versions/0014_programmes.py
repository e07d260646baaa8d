"""Programmes: versions of rules, what they gave, tiers, rewards and their orders, referrals.

What was given and asked back, and the steps of tiers, are written once: the application's role may add such rows, and
delete them with their member, but not change them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APP = "ici_app"
PERSONAL = (
    "purchase_award",
    "award_return",
    "event_award",
    "member_tier",
    "tier_change",
    "reward_order",
    "referral_code",
)
ONCE = ("purchase_award", "award_return", "event_award", "tier_change")
EVERY = (*PERSONAL, "member_referral", "programme_version", "reward")
MINE = "(SELECT ici_is_system()) OR member_id = (SELECT ici_member())"
RULE = f"{MINE} OR brand_id = (SELECT ici_brand())"
OF_TWO = f"{MINE} OR principal_id = (SELECT ici_principal()) OR brand_id = (SELECT ici_brand())"


def upgrade() -> None:
    _tables()
    for table, rule in (*((one, RULE) for one in PERSONAL), ("member_referral", OF_TWO)):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({rule}) WITH CHECK ({rule})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(EVERY)} TO {APP}")
    op.execute(f"REVOKE UPDATE ON {', '.join(ONCE)} FROM {APP}")


def _tables() -> None:
    op.create_table(
        "member_referral",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'due', 'rewarded', 'void', 'taken_back')", name=op.f("ck_member_referral_state")
        ),
        sa.CheckConstraint("member_id <> principal_id", name=op.f("ck_member_referral_two")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_member_referral_brand_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_member_referral_member_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["member.member_id"], name=op.f("fk_member_referral_principal_id")),
        sa.PrimaryKeyConstraint("member_id", "brand_id", name=op.f("pk_member_referral")),
    )
    op.create_index(
        "ix_member_referral_open",
        "member_referral",
        ["changed_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('due', 'void')"),
    )
    op.create_index(
        "ix_member_referral_principal", "member_referral", ["principal_id", "brand_id", "declared_at"], unique=False
    )
    op.create_table(
        "member_tier",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grace_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_member_tier_brand_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_member_tier_member_id")),
        sa.PrimaryKeyConstraint("member_id", "brand_id", name=op.f("pk_member_tier")),
    )
    op.create_index(
        "ix_member_tier_check",
        "member_tier",
        ["check_at"],
        unique=False,
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )
    op.create_table(
        "referral_code",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_referral_code_brand_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_referral_code_member_id")),
        sa.PrimaryKeyConstraint("member_id", "brand_id", name=op.f("pk_referral_code")),
        sa.UniqueConstraint("brand_id", "code", name=op.f("uq_referral_code_brand_id_code")),
    )
    op.create_table(
        "tier_change",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('reached', 'kept', 'grace', 'lost', 'unfounded')", name=op.f("ck_tier_change_reason")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_tier_change_brand_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_tier_change_member_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_tier_change")),
    )
    op.create_index(
        "ix_tier_change_occurred", "tier_change", ["member_id", "brand_id", "occurred_at", "id"], unique=False
    )
    op.create_table(
        "event_award",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("currency_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(entry_id IS NULL) = (points = 0)", name=op.f("ck_event_award_entry")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_event_award_points")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_event_award_brand_id")),
        sa.ForeignKeyConstraint(["currency_id"], ["points_currency.id"], name=op.f("fk_event_award_currency_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_event_award_member_id")),
        sa.PrimaryKeyConstraint("member_id", "brand_id", "event", "key", "rule", name=op.f("pk_event_award")),
    )
    op.create_index("ix_event_award_counted", "event_award", ["member_id", "brand_id", "occurred_at"], unique=False)
    op.create_table(
        "programme_version",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name=op.f("ck_programme_version_approval")),
        sa.CheckConstraint("approved_at IS NULL OR starts_at IS NOT NULL", name=op.f("ck_programme_version_starts_at")),
        sa.CheckConstraint("version > 0", name=op.f("ck_programme_version_version")),
        sa.ForeignKeyConstraint(["approved_by"], ["console_user.id"], name=op.f("fk_programme_version_approved_by")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_programme_version_brand_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["console_user.id"], name=op.f("fk_programme_version_drafted_by")),
        sa.PrimaryKeyConstraint("brand_id", "version", name=op.f("pk_programme_version")),
    )
    op.create_index(
        "ix_programme_version_in_force",
        "programme_version",
        ["brand_id", "starts_at"],
        unique=False,
        postgresql_where=sa.text("approved_at IS NOT NULL"),
    )
    op.create_table(
        "purchase_award",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("currency_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("shares", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(entry_id IS NULL) = (points = 0)", name=op.f("ck_purchase_award_entry")),
        sa.CheckConstraint("points >= 0", name=op.f("ck_purchase_award_points")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_purchase_award_brand_id")),
        sa.ForeignKeyConstraint(["currency_id"], ["points_currency.id"], name=op.f("fk_purchase_award_currency_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_purchase_award_member_id")),
        sa.PrimaryKeyConstraint("member_id", "purchase_id", "rule", name=op.f("pk_purchase_award")),
    )
    op.create_index("ix_purchase_award_counted", "purchase_award", ["member_id", "brand_id", "bought_at"], unique=False)
    op.create_table(
        "reward",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("gives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("currency_id", sa.Uuid(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("tier_prices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("member_limit", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('draft', 'live', 'ended')", name=op.f("ck_reward_status")),
        sa.CheckConstraint("member_limit > 0", name=op.f("ck_reward_member_limit")),
        sa.CheckConstraint("price > 0", name=op.f("ck_reward_price")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_reward_stock")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_reward_brand_id")),
        sa.ForeignKeyConstraint(["created_by"], ["console_user.id"], name=op.f("fk_reward_created_by")),
        sa.ForeignKeyConstraint(["currency_id"], ["points_currency.id"], name=op.f("fk_reward_currency_id")),
        sa.ForeignKeyConstraint(["published_by"], ["console_user.id"], name=op.f("fk_reward_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward")),
        sa.UniqueConstraint("brand_id", "code", name=op.f("uq_reward_brand_id_code")),
    )
    op.create_index("ix_reward_brand_id", "reward", ["brand_id", "created_at", "id"], unique=False)
    op.create_table(
        "award_return",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points > 0 AND taken BETWEEN 0 AND points", name=op.f("ck_award_return_points")),
        sa.ForeignKeyConstraint(
            ["member_id", "purchase_id", "rule"],
            ["purchase_award.member_id", "purchase_award.purchase_id", "purchase_award.rule"],
            name=op.f("fk_award_return_member_id_purchase_id_rule"),
        ),
        sa.PrimaryKeyConstraint("member_id", "purchase_id", "rule", "source", name=op.f("pk_award_return")),
    )
    op.create_table(
        "reward_order",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("currency_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("gives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('ordered', 'ready', 'handed_over', 'cancelled')", name=op.f("ck_reward_order_state")
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_reward_order_points")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_reward_order_brand_id")),
        sa.ForeignKeyConstraint(["currency_id"], ["points_currency.id"], name=op.f("fk_reward_order_currency_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name=op.f("fk_reward_order_member_id")),
        sa.ForeignKeyConstraint(["reward_id"], ["reward.id"], name=op.f("fk_reward_order_reward_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_reward_order")),
    )
    op.create_index("ix_reward_order_brand", "reward_order", ["brand_id", "ordered_at", "id"], unique=False)
    op.create_index("ix_reward_order_mine", "reward_order", ["member_id", "ordered_at", "id"], unique=False)


def downgrade() -> None:
    for table in (
        "award_return",
        "reward_order",
        *(one for one in reversed(EVERY) if one not in ("award_return", "reward_order")),
    ):
        op.drop_table(table)
