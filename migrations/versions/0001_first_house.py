"""The first house: accounts, places, permissions, cards, offers, coupons, decisions.

Every personal table gets FORCE ROW LEVEL SECURITY with one policy made from the readers its model names; the
application's role owns nothing, and may only add to the ledgers.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APP = "ici_app"

# personal table -> who may see its rows, besides the system (the same words as in the models)
READERS = {
    "idempotency_key": ("principal",),
    "member": ("member",),
    "member_identifier": ("member",),
    "member_session": ("member",),
    "permission_event": ("member",),
    "permission_state": ("member",),
    "card": ("member", "brand"),
    "pass_code": ("member", "brand"),
    "scan": ("member", "brand"),
    "coupon": ("member", "brand"),
    "redemption": ("member", "brand"),
    "decision": ("member",),
}

ADD_ONLY = ("permission_event", "purpose_text")
READ_ONLY = ("alembic_version", "touchpoint", "purpose")

TOUCHPOINTS = [
    ("email", "E-mail", "E-mail", ["none", "contact_once", "alert_on_request", "proactive"]),
    ("sms", "SMS", "Text message", ["none", "contact_once", "alert_on_request", "proactive"]),
    ("phone", "Appel téléphonique", "Phone call", ["none", "contact_once", "proactive"]),
    ("push", "Notification", "Push notification", ["none", "contact_once", "alert_on_request", "proactive"]),
    ("in_app", "Dans l'application", "In the app", ["none", "this_visit", "alert_on_request", "proactive"]),
    ("web", "Site web", "Web site", ["none", "this_visit", "alert_on_request", "proactive"]),
    ("till", "En caisse", "At the till", ["none", "one_shot", "alert_on_request", "proactive"]),
    ("qr", "Code QR en magasin", "QR code in store", ["none", "one_shot", "alert_on_request"]),
    (
        "geofence",
        "Position du téléphone",
        "Position of the phone",
        ["none", "one_shot", "this_visit", "alert_on_request", "proactive"],
    ),
    (
        "beacon",
        "Balise en magasin",
        "Beacon in store",
        ["none", "one_shot", "this_visit", "alert_on_request", "proactive"],
    ),
]

# code, label fr, label en, legal basis (GDPR article 6), validity in days
PURPOSES = [
    ("loyalty_account", "Tenir votre compte de fidélité", "Keep your loyalty account", "contract", 1095),
    ("personalised_offers", "Des offres choisies pour vous", "Offers chosen for you", "consent", 395),
    ("in_store_offers", "Des offres pendant votre visite", "Offers during your visit", "consent", 395),
    ("alert_on_request", "Une alerte que vous avez demandée", "An alert that you asked for", "consent", 30),
    ("birthday_treat", "Une attention pour votre anniversaire", "A treat for your birthday", "consent", 395),
    ("satisfaction_survey", "Votre avis après un achat", "Your opinion after a purchase", "consent", 395),
    ("store_statistics", "Des statistiques de fréquentation", "Statistics of visits", "consent", 395),
    ("partner_offers", "Des offres de partenaires nommés", "Offers from named partners", "consent", 180),
    (
        "social_audience_matching",
        "Vous retrouver sur un réseau social nommé",
        "Find you on a named social network",
        "consent",
        180,
    ),
]


def upgrade() -> None:
    op.create_table(
        "brand",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("countries", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{1,39}$'", name=op.f("ck_brand_code_shape")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand")),
        sa.UniqueConstraint("code", name=op.f("uq_brand_code")),
    )
    op.create_table(
        "decision",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("permission_event_ids", postgresql.ARRAY(postgresql.UUID()), nullable=False),
        sa.Column("considered", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("context", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_decision")),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_table(
        "idempotency_key",
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(key) BETWEEN 1 AND 128", name=op.f("ck_idempotency_key_key_length")),
        sa.PrimaryKeyConstraint("principal_id", "route", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_expires_at"), "idempotency_key", ["expires_at"], unique=False)
    op.create_table(
        "member",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member")),
    )
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("guesses_left", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    op.create_index(op.f("ix_one_time_code_expires_at"), "one_time_code", ["expires_at"], unique=False)
    op.create_index("ix_one_time_code_recent", "one_time_code", ["address_hash", "created_at"], unique=False)
    op.create_table(
        "permission_state",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uses_left", sa.Integer(), nullable=True),
        sa.Column("os_location", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("uses_left >= 0", name=op.f("ck_permission_state_uses_left")),
        sa.PrimaryKeyConstraint(
            "member_id", "touchpoint", "purpose", "brand_id", "scope_kind", "scope_id", name=op.f("pk_permission_state")
        ),
    )
    op.create_table(
        "purpose",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("validity_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_purpose")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_failed_at"), "sign_in_failure", ["failed_at"], unique=False)
    op.create_index("ix_sign_in_failure_recent", "sign_in_failure", ["address_hash", "failed_at"], unique=False)
    op.create_table(
        "touchpoint",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("levels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_touchpoint")),
    )
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_area_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("brand_id", "code", name=op.f("uq_area_brand_id_code")),
    )
    op.create_table(
        "card",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('active', 'blocked', 'closed')", name=op.f("ck_card_status")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_card_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_card_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_card")),
        sa.UniqueConstraint("member_id", "brand_id", name=op.f("uq_card_member_id_brand_id")),
    )
    op.create_index("ix_card_brand_id", "card", ["brand_id"], unique=False)
    op.create_table(
        "console_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('merchandiser', 'approver', 'auditor', 'admin')", name=op.f("ck_console_user_role")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_console_user_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_user")),
        sa.UniqueConstraint("brand_id", "email", name=op.f("uq_console_user_brand_id_email")),
    )
    op.create_table(
        "member_identifier",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'phone')", name=op.f("ck_member_identifier_kind")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_member_identifier_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_member_identifier")),
    )
    op.create_index("ix_member_identifier_member_id", "member_identifier", ["member_id"], unique=False)
    op.create_table(
        "member_session",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_member_session_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_member_session")),
    )
    op.create_table(
        "pass_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('card', 'coupon')", name=op.f("ck_pass_code_kind")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_pass_code_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_pass_code_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_pass_code")),
    )
    op.create_index("ix_pass_code_member_id", "pass_code", ["member_id"], unique=False)
    op.create_table(
        "permission_event",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous_event_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope_kind IN ('brand', 'area', 'store')", name=op.f("ck_permission_event_scope_kind")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_permission_event_brand_id")),
        sa.ForeignKeyConstraint(["purpose"], ["purpose.code"], name=op.f("fk_permission_event_purpose")),
        sa.ForeignKeyConstraint(["touchpoint"], ["touchpoint.code"], name=op.f("fk_permission_event_touchpoint")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_permission_event")),
    )
    op.create_index(
        "ix_permission_event_cell",
        "permission_event",
        ["member_id", "brand_id", "touchpoint", "purpose", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "purpose_text",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["purpose"], ["purpose.code"], name=op.f("fk_purpose_text_purpose")),
        sa.PrimaryKeyConstraint("purpose", "locale", "version", name=op.f("pk_purpose_text")),
        sa.UniqueConstraint("sha256", name=op.f("uq_purpose_text_sha256")),
    )
    op.create_table(
        "store",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "location",
            Geography(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
            ),
            nullable=False,
        ),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("opening_hours", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_store_status")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_store_brand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
        sa.UniqueConstraint("brand_id", "reference", name=op.f("uq_store_brand_id_reference")),
        sa.UniqueConstraint("number", name=op.f("uq_store_number")),
    )
    op.create_index("ix_store_brand_id", "store", ["brand_id", "created_at", "id"], unique=False)
    op.create_index("ix_store_near", "store", ["brand_id", "location"], unique=False, postgresql_using="gist")
    op.create_table(
        "area_store",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_store_area_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_area_store_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("area_id", "store_id", name=op.f("pk_area_store")),
    )
    op.create_index(op.f("ix_area_store_store_id"), "area_store", ["store_id"], unique=False)
    op.create_table(
        "console_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["console_user.id"], name=op.f("fk_console_session_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_console_session_token_hash")),
    )
    op.create_index(op.f("ix_console_session_expires_at"), "console_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_console_session_user_id"), "console_session", ["user_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("live_version", sa.Integer(), nullable=True),
        sa.Column("draft_version", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'live', 'paused', 'ended')", name=op.f("ck_offer_status")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_offer_brand_id")),
        sa.ForeignKeyConstraint(["created_by"], ["console_user.id"], name=op.f("fk_offer_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("number", name=op.f("uq_offer_number")),
    )
    op.create_index("ix_offer_brand_id", "offer", ["brand_id", "created_at", "id"], unique=False)
    op.create_table(
        "place",
        sa.Column("store_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column(
            "location",
            Geography(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
            ),
            nullable=False,
        ),
        sa.Column("area_ids", postgresql.ARRAY(postgresql.UUID()), nullable=False),
        sa.Column("open_during", postgresql.TSTZMULTIRANGE(), nullable=True),
        sa.Column("open_known_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("offered", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_place_store_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("store_number", name=op.f("pk_place")),
        sa.UniqueConstraint("store_id", name=op.f("uq_place_store_id")),
    )
    op.create_index(
        "ix_place_near",
        "place",
        ["brand_id", "location"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("offered"),
    )
    op.create_table(
        "terminal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pairing_hash", sa.LargeBinary(), nullable=True),
        sa.Column("pairing_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_hash", sa.LargeBinary(), nullable=True),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_terminal_brand_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_terminal_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_terminal_key_hash")),
        sa.UniqueConstraint("pairing_hash", name=op.f("uq_terminal_pairing_hash")),
    )
    op.create_index(op.f("ix_terminal_brand_id"), "terminal", ["brand_id"], unique=False)
    op.create_table(
        "budget_slot",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.CheckConstraint("remaining >= 0", name=op.f("ck_budget_slot_remaining")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_budget_slot_offer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("offer_id", "day", "slot", name=op.f("pk_budget_slot")),
        postgresql_with={"fillfactor": 10},
    )
    op.create_table(
        "live_offer",
        sa.Column("offer_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("member_limit", sa.Integer(), nullable=False),
        sa.Column("sold_out_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("card_fr", sa.Text(), nullable=False),
        sa.Column("card_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_live_offer_offer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("offer_number", name=op.f("pk_live_offer")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_live_offer_offer_id")),
    )
    op.create_table(
        "offer_version",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title_fr", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("text_fr", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("benefit", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("targets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("ends_local", sa.DateTime(), nullable=False),
        sa.Column("total_limit", sa.Integer(), nullable=True),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column("member_limit", sa.Integer(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("coupon_valid_days", sa.Integer(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("daily_limit > 0", name=op.f("ck_offer_version_daily_limit")),
        sa.CheckConstraint("member_limit > 0", name=op.f("ck_offer_version_member_limit")),
        sa.CheckConstraint("priority BETWEEN 0 AND 100", name=op.f("ck_offer_version_priority")),
        sa.CheckConstraint("starts_local < ends_local", name=op.f("ck_offer_version_window")),
        sa.CheckConstraint("total_limit > 0", name=op.f("ck_offer_version_total_limit")),
        sa.ForeignKeyConstraint(["approved_by"], ["console_user.id"], name=op.f("fk_offer_version_approved_by")),
        sa.ForeignKeyConstraint(["drafted_by"], ["console_user.id"], name=op.f("fk_offer_version_drafted_by")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_offer_version_offer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("offer_id", "version", name=op.f("pk_offer_version")),
    )
    op.create_table(
        "scan",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_scan_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_scan_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_scan_store_id")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_scan_terminal_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_scan")),
    )
    op.create_index("ix_scan_brand_id", "scan", ["brand_id", "id"], unique=False)
    op.create_table(
        "coupon",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("offer_version", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('active', 'redeemed')", name=op.f("ck_coupon_status")),
        sa.CheckConstraint("ordinal > 0", name=op.f("ck_coupon_ordinal")),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_coupon_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_coupon_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id", "offer_version"],
            ["offer_version.offer_id", "offer_version.version"],
            name=op.f("fk_coupon_offer_id_offer_version"),
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("member_id", "code", name=op.f("uq_coupon_member_id_code")),
        sa.UniqueConstraint("member_id", "offer_id", "ordinal", name=op.f("uq_coupon_member_id_offer_id_ordinal")),
    )
    op.create_index("ix_coupon_mine", "coupon", ["member_id", "claimed_at", "id"], unique=False)
    op.create_index("ix_coupon_offer_id", "coupon", ["offer_id"], unique=False)
    op.create_table(
        "offer_place",
        sa.Column("store_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("offer_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_number"], ["live_offer.offer_number"], name=op.f("fk_offer_place_offer_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "store_number", "offer_number", name=op.f("pk_offer_place"), postgresql_include=["starts_at", "ends_at"]
        ),
    )
    op.create_index("ix_offer_place_offer", "offer_place", ["offer_number"], unique=False)
    op.create_table(
        "redemption",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("store_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_redemption_brand_id")),
        sa.ForeignKeyConstraint(
            ["member_id", "coupon_id"],
            ["coupon.member_id", "coupon.id"],
            name=op.f("fk_redemption_member_id_coupon_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_redemption_store_id")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_redemption_terminal_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_redemption")),
    )
    op.create_index("ix_redemption_brand_id", "redemption", ["brand_id", "id"], unique=False)
    op.create_index(
        "uq_redemption_standing",
        "redemption",
        ["member_id", "coupon_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )

    _speakers()
    _partitions_of_decision()
    _isolation()
    _rights()
    _registry()


def _speakers() -> None:
    """For whom the running transaction acts. Empty after a reset, so NULLIF; then no row matches: closed by default."""
    for name in ("member", "brand", "principal"):
        op.execute(
            f"CREATE FUNCTION ici_{name}() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS "
            f"$$ SELECT NULLIF(current_setting('ici.{name}_id', true), '')::uuid $$"
        )
    op.execute(
        "CREATE FUNCTION ici_is_system() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS "
        "$$ SELECT COALESCE(current_setting('ici.system', true) = 'on', false) $$"
    )


def _partitions_of_decision() -> None:
    """A partition per month of the UUIDv7 (its first 48 bits are milliseconds), made by a function of the owner,
    because the application's role may create nothing."""
    op.execute(
        """
        CREATE FUNCTION ici_uuid7_floor(instant timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
            SELECT (lpad(to_hex((extract(epoch FROM instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION ici_make_decision_partition(month date) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
            name text := 'decision_' || to_char(month, 'YYYYMM');
            first timestamptz := date_trunc('month', month)::timestamp AT TIME ZONE 'UTC';
            next timestamptz := (date_trunc('month', month) + interval '1 month')::timestamp AT TIME ZONE 'UTC';
        BEGIN
            IF to_regclass(name) IS NOT NULL THEN RETURN false; END IF;
            EXECUTE format('CREATE TABLE %I PARTITION OF decision FOR VALUES FROM (%L) TO (%L)',
                           name, ici_uuid7_floor(first), ici_uuid7_floor(next));
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
            RETURN true;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION ici_drop_decision_partition(month date) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE name text := 'decision_' || to_char(month, 'YYYYMM');
        BEGIN
            IF to_regclass(name) IS NULL THEN RETURN false; END IF;
            EXECUTE format('DROP TABLE %I', name);
            RETURN true;
        END $$
        """
    )
    # No partition may be missing when a decision arrives: a few months now, the rest by the job.
    op.execute(
        "SELECT ici_make_decision_partition((date_trunc('month', now()) + n * interval '1 month')::date)"
        " FROM generate_series(-1, 3) AS n"
    )


def _isolation() -> None:
    for table, readers in READERS.items():
        rule = " OR ".join(["(SELECT ici_is_system())"] + [f"{r}_id = (SELECT ici_{r}())" for r in readers])
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({rule}) WITH CHECK ({rule})")


def _rights() -> None:
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}")
    for table in ADD_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}")
    for table in READ_ONLY:
        op.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}")
    # Decisions are reached through their parent only, whose policy always holds.
    op.execute(
        f"""
        DO $$ DECLARE part regclass; BEGIN
            FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'decision'::regclass LOOP
                EXECUTE format('REVOKE ALL ON %s FROM {APP}', part);
            END LOOP;
        END $$
        """
    )
    for function in ("ici_make_decision_partition(date)", "ici_drop_decision_partition(date)"):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APP}")


def _registry() -> None:
    op.bulk_insert(
        sa.table(
            "touchpoint",
            sa.column("code"),
            sa.column("label_fr"),
            sa.column("label_en"),
            sa.column("levels", postgresql.ARRAY(sa.Text())),
        ),
        [dict(zip(("code", "label_fr", "label_en", "levels"), row, strict=True)) for row in TOUCHPOINTS],
    )
    op.bulk_insert(
        sa.table(
            "purpose",
            sa.column("code"),
            sa.column("label_fr"),
            sa.column("label_en"),
            sa.column("legal_basis"),
            sa.column("validity_days"),
        ),
        [
            dict(zip(("code", "label_fr", "label_en", "legal_basis", "validity_days"), row, strict=True))
            for row in PURPOSES
        ],
    )


def downgrade() -> None:
    raise NotImplementedError("The first house has nothing before it: drop the database instead.")
