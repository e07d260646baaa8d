"""What is learnt of members who permit it, segments over that, and what a brand sells; and the permission for it.

Servers of the release before know no such purpose and could not say its words: where there is a brand already, the
words are published an hour after the migration, when those servers are gone.
"""

import hashlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.sql import policies
from app.sql.db import Reader

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

APP = "ici_app"
PURPOSE = "offers_from_purchases"
VERSION = 2  # as the words of every other purpose that name who asks
PERSONAL = ("profile", "learnt_count", "learnt_event")

FRENCH = (
    "{brand} choisit vos offres d'après vos achats : un programme compte ce que vous achetez, y compris les achats déjà"
    " enregistrés avec votre carte, pour montrer d'abord les offres qui vous ressemblent et vous en adresser certaines."
    " Ni les prix, ni vos points n'en dépendent. Par ce moyen : {touchpoint}.",
    "Responsable : {controller}, {address}. Pour toute question sur vos données : {contact}.",
    "Données utilisées, et durée de conservation de chacune : {data}. Ce que le programme en a compté est effacé au"
    " moment même où vous retirez votre accord. Lieu de conservation : {storage}.",
    "Destinataires : personne d'autre.",
    "Vous pouvez dire non, ou retirer votre accord à tout moment et d'un seul geste dans « Mes autorisations », sans"
    " donner de raison ; vous voyez alors les mêmes offres que tout le monde, et votre carte et vos points restent les"
    " mêmes. Vous pouvez aussi lire ce qui a été compté, demander vos données, les corriger ou les effacer, et vous"
    " plaindre à l'autorité de protection des données (en France, la CNIL).",
)
ENGLISH = (
    "{brand} chooses your offers from what you buy: a programme counts what you buy, also the purchases that are"
    " recorded with your card already, to show the offers first that are like you, and to give you some of your own."
    " Neither prices nor your points depend on it. By this means: {touchpoint}.",
    "Controller: {controller}, {address}. For any question about your data: {contact}.",
    "Data used, and how long each is kept: {data}. What the programme has counted of them is deleted at the very moment"
    " you withdraw. Where they are stored: {storage}.",
    "Recipients: nobody else.",
    "You can say no, or withdraw at any time with one tap in “My permissions”, without a reason; then you see the same"
    " offers as everybody, and your card and your points stay the same. You can also read what was counted, ask for"
    " your data, correct or erase them, and complain to the data protection authority (in France, the CNIL).",
)


def upgrade() -> None:
    _purpose()
    _learnt()
    _of_brands()
    for table in PERSONAL:
        policies.protect_table(op.execute, table, Reader.MEMBER)
    for table in (*PERSONAL, "article_popularity", "score_cut"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON segment TO {APP}")


def _purpose() -> None:
    op.execute(
        "INSERT INTO purpose (code, label_fr, label_en, legal_basis, validity_days, controller_fr, controller_en,"
        " recipient_kind, max_precision, dpia_id, double_opt_in, minors, marketing, enabled)"
        f" SELECT '{PURPOSE}', 'Choisir vos offres d''après vos achats', 'Choosing your offers from what you buy',"
        " legal_basis, validity_days, controller_fr, controller_en, NULL, 'none', NULL, false, minors, true, true"
        " FROM purpose WHERE code = 'personalised_offers'"
        " ON CONFLICT (code) DO UPDATE SET enabled = true"
    )
    for locale, parts in (("fr", FRENCH), ("en", ENGLISH)):
        words = "\n".join(parts)
        op.execute(
            sa.text(
                "INSERT INTO purpose_text"
                " (purpose, locale, version, text, sha256, published_at, addressed, material)"
                " SELECT :purpose, :locale, :version, :text, :sha256,"
                " CASE WHEN EXISTS (SELECT FROM brand) THEN now() + interval '1 hour'"
                " ELSE timestamptz '2026-01-01T00:00:00Z' END, true, true"
                " ON CONFLICT DO NOTHING"
            ).bindparams(
                purpose=PURPOSE,
                locale=locale,
                version=VERSION,
                text=words,
                sha256=hashlib.sha256(words.encode()).hexdigest(),
            )
        )


def _learnt() -> None:
    counts = ("visits", "spend", "received", "redeemed", "social")
    op.create_table(
        "profile",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("permission_event_id", sa.Uuid(), nullable=False),
        sa.Column("permitted_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("learnt_from", sa.Date(), nullable=True),
        sa.Column("taste", sa.Text(), server_default="{}", nullable=False),
        *(sa.Column(name, sa.Numeric(), server_default="0", nullable=False) for name in counts),
        sa.Column("first_visit_on", sa.Date(), nullable=True),
        sa.Column("last_visit_on", sa.Date(), nullable=True),
        sa.Column("visit_days", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_profile_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_profile_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "brand_id", name=op.f("pk_profile")),
    )
    op.create_index("ix_profile_brand_id", "profile", ["brand_id"])
    op.create_index("ix_profile_looked_at", "profile", ["looked_at"])
    op.create_index(
        "ix_profile_permitted_until",
        "profile",
        ["permitted_until"],
        postgresql_where=sa.text("permitted_until IS NOT NULL"),
    )
    _counts()
    _events()


def _counts() -> None:
    op.create_table(
        "learnt_count",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('article', 'category', 'store', 'channel', 'visits', 'day', 'spend', 'received', 'redeemed',"
            " 'shown', 'taken', 'social')",
            name=op.f("ck_learnt_count_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "brand_id"],
            ["profile.member_id", "profile.brand_id"],
            name=op.f("fk_learnt_count_member_id_brand_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "brand_id", "kind", "key", name=op.f("pk_learnt_count")),
    )


def _events() -> None:
    op.create_table(
        "learnt_event",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('purchase', 'return', 'coupon', 'redemption', 'undoing', 'decision', 'referral', 'revocation')",
            name=op.f("ck_learnt_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id", "brand_id"],
            ["profile.member_id", "profile.brand_id"],
            name=op.f("fk_learnt_event_member_id_brand_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", "brand_id", "kind", "id", name=op.f("pk_learnt_event")),
    )


def _of_brands() -> None:
    op.create_table(
        "segment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_segment_brand_id")),
        sa.ForeignKeyConstraint(["created_by"], ["console_user.id"], name=op.f("fk_segment_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
    )
    op.create_index("ix_segment_brand_id", "segment", ["brand_id", "created_at", "id"])
    op.create_index(
        "uq_segment_code", "segment", ["brand_id", "code"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "article_popularity",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_article_popularity_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", "key", name=op.f("pk_article_popularity")),
    )
    op.create_table(
        "score_cut",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Text(), nullable=False),
        sa.Column("percentile", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("percentile BETWEEN 0 AND 100", name=op.f("ck_score_cut_percentile")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_score_cut_brand_id")),
        sa.PrimaryKeyConstraint("brand_id", "score", "percentile", name=op.f("pk_score_cut")),
    )


def downgrade() -> None:
    for table in ("score_cut", "article_popularity", "segment", "learnt_event", "learnt_count", "profile"):
        op.drop_table(table)
    # What members were asked and answered is never taken back: who was asked keeps the words, and nobody is asked.
    op.execute(f"UPDATE purpose SET enabled = false WHERE code = '{PURPOSE}'")
