"""The whole matrix: installations, registry of purposes, named recipients, objection, restriction, minors.

What "near me" must know is copied to the rows that it reads already (`member_session`, `permission_state`), so the
one statement joins no more tables than before.
"""

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APP = "ici_app"

READERS = {
    "installation": ("member",),
    "objection": ("member",),
    "parental_link": ("member", "principal"),
    "permission_use": ("member",),
}
READ_ONLY = ("age_of_consent",)
ADD_ONLY = ("permission_use", "recipient")

CONTROLLER_FR = "L'enseigne dont vous avez la carte."
CONTROLLER_EN = "The brand whose card you hold."

# purpose -> (kind of recipient, most precise position, impact assessment, double opt-in, minors, marketing)
BOUNDS = {
    "loyalty_account": (None, "none", None, False, "parent", False),
    "personalised_offers": (None, "precise", "dpia-positions-1", False, "parent", True),
    "in_store_offers": (None, "precise", "dpia-positions-1", False, "parent", True),
    "alert_on_request": (None, "none", None, False, "parent", False),
    "birthday_treat": (None, "none", None, False, "parent", True),
    "satisfaction_survey": (None, "none", None, False, "parent", False),
    "store_statistics": (None, "store", "dpia-positions-1", False, "never", False),
    "partner_offers": ("partner", "none", None, True, "never", True),
    "social_audience_matching": ("social_network", "none", None, True, "never", True),
    "sister_brand_offers": ("sister_brand", "none", None, True, "never", True),
}

# GDPR 8(1) says 16 unless national law says less, and not below 13. France: act 78-17, article 45.
AGES = {
    "AT": 14, "BE": 13, "BG": 14, "CY": 14, "CZ": 15, "DE": 16, "DK": 15, "EE": 13, "ES": 14, "FI": 13, "FR": 15,
    "GB": 13, "GR": 15, "HR": 16, "HU": 16, "IE": 16, "IT": 14, "LT": 14, "LU": 16, "LV": 13, "MT": 13, "NL": 16,
    "PL": 16, "PT": 13, "RO": 16, "SE": 13, "SI": 15, "SK": 16,
}  # fmt: skip

SISTER_FR = """Vous transmettre les offres de l'enseigne sœur nommée sur cet écran.
Responsable : l'enseigne dont vous lisez le nom sur cet écran.
Données : le fait que vous avez une carte et les offres utilisées.
Destinataire : cette enseigne seulement ; une autre enseigne demande un autre accord.
Vous pouvez dire non, ou retirer votre accord à tout moment et d'un seul geste dans « Mes autorisations », sans donner\
 de raison ; votre carte et vos points restent les mêmes. Vous pouvez aussi demander vos données, les corriger ou les\
 effacer, et écrire à la CNIL."""
SISTER_EN = """Pass on to you the offers of the sister brand named on this screen.
Controller: the brand whose name you read on this screen.
Data: that you hold a card, and the offers that you used.
Recipient: this brand only; another brand needs another permission.
You can say no, or withdraw at any time with one tap in “My permissions”, without a reason; your card and your points\
 stay the same. You can also ask for your data, correct or erase them, and write to the data protection authority."""


def upgrade() -> None:
    _registry()
    _cells()
    _members()
    _tables()
    for table, readers in READERS.items():
        rule = " OR ".join(["(SELECT ici_is_system())"] + [f"{r}_id = (SELECT ici_{r}())" for r in readers])
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} USING ({rule}) WITH CHECK ({rule})")
    for table in (*READERS, "recipient", "age_of_consent"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    for table in READ_ONLY:
        op.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {APP}")
    op.execute(f"REVOKE UPDATE, TRUNCATE ON {', '.join(ADD_ONLY)} FROM {APP}")


def _registry() -> None:
    """The bounds of each purpose, and one more purpose: what a sister brand gets is a question of its own."""
    columns = (
        sa.Column("controller_fr", sa.Text(), server_default=CONTROLLER_FR, nullable=False),
        sa.Column("controller_en", sa.Text(), server_default=CONTROLLER_EN, nullable=False),
        sa.Column("recipient_kind", sa.Text(), nullable=True),
        sa.Column("max_precision", sa.Text(), server_default="none", nullable=False),
        sa.Column("dpia_id", sa.Text(), nullable=True),
        sa.Column("double_opt_in", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("minors", sa.Text(), server_default="never", nullable=False),
        sa.Column("marketing", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
    )
    for column in columns:
        op.add_column("purpose", column)
    op.execute(
        "INSERT INTO purpose (code, label_fr, label_en, legal_basis, validity_days) VALUES"
        " ('sister_brand_offers', 'Des offres d''enseignes sœurs nommées', 'Offers from named sister brands',"
        " 'consent', 180)"
    )
    known = sa.table("purpose", *(sa.column(name) for name in ("code", *(column.name for column in columns))))
    for code, (kind, precision, dpia, double, minors, marketing) in BOUNDS.items():
        op.execute(
            known.update()
            .where(known.c.code == code)
            .values(
                recipient_kind=kind,
                max_precision=precision,
                dpia_id=dpia,
                double_opt_in=double,
                minors=minors,
                marketing=marketing,
            )
        )
    for column in columns:
        op.alter_column("purpose", column.name, server_default=None)
    for name, rule in (
        ("max_precision", "max_precision IN ('none', 'store', 'approximate', 'precise')"),
        ("minors", "minors IN ('parent', 'never')"),
        ("recipient_kind", "recipient_kind IN ('partner', 'social_network', 'sister_brand')"),
        ("dpia", "NOT enabled OR max_precision = 'none' OR dpia_id IS NOT NULL"),
    ):
        op.create_check_constraint(op.f(f"ck_purpose_{name}"), "purpose", rule)
    op.add_column("purpose_text", sa.Column("material", sa.Boolean(), server_default="true", nullable=False))
    op.alter_column("purpose_text", "material", server_default=None)
    for locale, words in (("fr", SISTER_FR), ("en", SISTER_EN)):
        op.execute(
            sa.text(
                "INSERT INTO purpose_text (purpose, locale, version, text, sha256, published_at, material)"
                " VALUES ('sister_brand_offers', :locale, 1, :text, :sha256, :at, true)"
            ).bindparams(
                locale=locale,
                text=words,
                sha256=hashlib.sha256(words.encode()).hexdigest(),
                at=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )
    op.create_table(
        "recipient",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_recipient_brand_id")),
        sa.ForeignKeyConstraint(["purpose"], ["purpose.code"], name=op.f("fk_recipient_purpose")),
        sa.PrimaryKeyConstraint("brand_id", "purpose", "code", name=op.f("pk_recipient")),
    )


def _cells() -> None:
    """A cell has a recipient too, and carries all that a decision needs of it."""
    for table in ("permission_event", "permission_state"):
        op.add_column(table, sa.Column("recipient", sa.Text(), server_default="", nullable=False))
    op.drop_constraint("pk_permission_state", "permission_state", type_="primary")
    op.create_primary_key(
        "pk_permission_state",
        "permission_state",
        ["member_id", "touchpoint", "purpose", "brand_id", "scope_kind", "scope_id", "recipient"],
    )
    for column in (
        sa.Column("os_vector", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("pending", sa.Text(), nullable=True),
        sa.Column("with_parent", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=True),
        sa.Column("notice_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objected", sa.Boolean(), server_default="false", nullable=False),
    ):
        op.add_column("permission_state", column)
    op.create_index(
        "ix_permission_state_end",
        "permission_state",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('given', 'renewed')"),
    )
    # What stands already gets from its event what the projection now keeps of one. The owner obeys row security too.
    op.execute("SELECT set_config('ici.system', 'on', true)")
    op.execute(
        "UPDATE permission_state AS cell SET os_vector = event.evidence -> 'os_permission',"
        " text_version = (event.evidence ->> 'version')::int"
        " FROM permission_event AS event WHERE event.member_id = cell.member_id AND event.id = cell.event_id"
    )
    op.execute("SELECT set_config('ici.system', '', true)")


def _members() -> None:
    op.add_column("member", sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("member", sa.Column("minor_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_member_minor_until",
        "member",
        ["minor_until"],
        unique=False,
        postgresql_where=sa.text("minor_until IS NOT NULL"),
    )
    op.add_column("member_session", sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("member_session", sa.Column("minor_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("member_session", sa.Column("installation_id", sa.Uuid(), nullable=True))
    op.add_column("member_session", sa.Column("os_location", sa.Text(), nullable=True))


def _tables() -> None:
    op.create_table(
        "age_of_consent",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("country", name=op.f("pk_age_of_consent")),
    )
    ages = sa.table("age_of_consent", sa.column("country"), sa.column("years"))
    op.bulk_insert(ages, [{"country": country, "years": years} for country, years in AGES.items()])
    op.create_table(
        "installation",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("precision", sa.Text(), nullable=True),
        sa.Column("bluetooth", sa.Boolean(), nullable=False),
        sa.Column("notifications", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("platform IN ('ios', 'android')", name=op.f("ck_installation_platform")),
        sa.CheckConstraint(
            "location IN ('denied', 'once', 'while_using', 'always', 'not_determined')",
            name=op.f("ck_installation_location"),
        ),
        sa.CheckConstraint("precision IN ('precise', 'approximate')", name=op.f("ck_installation_precision")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_installation_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_installation")),
    )
    op.create_table(
        "objection",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_objection_brand_id")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_objection")),
    )
    op.create_table(
        "permission_use",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "event_id", "number", name=op.f("pk_permission_use")),
    )
    op.create_table(
        "parental_link",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_parental_link_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["member.member_id"], name=op.f("fk_parental_link_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("pk_parental_link")),
    )
    op.create_index("ix_parental_link_principal_id", "parental_link", ["principal_id"], unique=False)


def downgrade() -> None:
    # The ledger names recipients and texts; without them nobody could show what a member said yes to.
    raise NotImplementedError("What members were asked and answered is never taken back.")
