"""Words that name who asks, filled in and kept as they were shown; parents hold receipts of what they did for a child.

The texts of migration 2 say "the brand whose name you read on this screen", and nobody could know later which that was.
These leave places for the brand, who answers for it, the touchpoint, the data with how long each is kept, where, and
who else receives them. They change nothing of what is agreed to, so no yes rests because of them.
"""

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

APP = "ici_app"
PUBLISHED_AT = datetime(2026, 1, 1, tzinfo=UTC)

WHO_FR = "Responsable : {controller}, {address}. Pour toute question sur vos données : {contact}."
WHO_EN = "Controller: {controller}, {address}. For any question about your data: {contact}."
DATA_FR = "Données utilisées, et durée de conservation de chacune : {data}. Lieu de conservation : {storage}."
DATA_EN = "Data used, and how long each is kept: {data}. Where they are stored: {storage}."
NOBODY_FR = "Destinataires : personne d'autre."
NOBODY_EN = "Recipients: nobody else."
RIGHTS_FR = (
    "Vous pouvez dire non, ou retirer votre accord à tout moment et d'un seul geste dans « Mes autorisations », sans"
    " donner de raison ; votre carte et vos points restent les mêmes. Vous pouvez aussi demander vos données, les"
    " corriger ou les effacer, et vous plaindre à l'autorité de protection des données (en France, la CNIL)."
)
RIGHTS_EN = (
    "You can say no, or withdraw at any time with one tap in “My permissions”, without a reason; your card and your"
    " points stay the same. You can also ask for your data, correct or erase them, and complain to the data protection"
    " authority (in France, the CNIL)."
)
POSITION_FR = (
    "Position : si vous l'autorisez aussi, la position de votre téléphone sert au moment de la question, à trouver"
    " les magasins proches ; elle n'est ni conservée, ni inscrite dans un journal, ni transmise. L'accord de votre"
    " téléphone et le vôtre sont tous deux nécessaires, et chacun peut être retiré seul."
)
POSITION_EN = (
    "Position: if you allow that too, your phone's position is used at the moment of the question, to find the stores"
    " near you; it is not kept, not written to any log and not passed on. Your phone's permission and yours are both"
    " needed, and each can be withdrawn alone."
)

# purpose -> (what for, who else, more), in French and in English
FRENCH = {
    "personalised_offers": (
        "{brand} vous propose des offres choisies pour vous. Par ce moyen : {touchpoint}.",
        NOBODY_FR,
        f"{POSITION_FR} {RIGHTS_FR}",
    ),
    "in_store_offers": (
        "{brand} vous propose des offres pendant votre visite en magasin. Par ce moyen : {touchpoint}.",
        NOBODY_FR,
        f"{POSITION_FR} {RIGHTS_FR}",
    ),
    "alert_on_request": (
        "{brand} vous envoie l'alerte que vous avez demandée, et aucune autre. Par ce moyen : {touchpoint}.",
        NOBODY_FR,
        RIGHTS_FR,
    ),
    "birthday_treat": (
        "{brand} vous offre une attention pour votre anniversaire. Par ce moyen : {touchpoint}.",
        NOBODY_FR,
        RIGHTS_FR,
    ),
    "satisfaction_survey": (
        "{brand} vous demande votre avis après un achat. Par ce moyen : {touchpoint}.",
        NOBODY_FR,
        RIGHTS_FR,
    ),
    "store_statistics": (
        "{brand} compte les visites de ses magasins pour mieux les organiser ; personne n'est reconnaissable dans ces"
        " nombres. Par ce moyen : {touchpoint}.",
        NOBODY_FR,
        RIGHTS_FR,
    ),
    "partner_offers": (
        "{brand} vous transmet les offres d'un partenaire : {partner}. Par ce moyen : {touchpoint}.",
        "Destinataire : {partner}, et personne d'autre ; un autre partenaire demande un autre accord.",
        RIGHTS_FR,
    ),
    "social_audience_matching": (
        "{brand} vous retrouve sur un réseau social pour vous y montrer ses offres : {partner}. Par ce moyen :"
        " {touchpoint}. Votre adresse ou votre numéro lui parvient sous une forme codée.",
        "Destinataire : {partner}, et personne d'autre ; un autre réseau demande un autre accord.",
        RIGHTS_FR,
    ),
    "sister_brand_offers": (
        "{brand} vous transmet les offres d'une enseigne sœur : {partner}. Par ce moyen : {touchpoint}.",
        "Destinataire : {partner}, et personne d'autre ; une autre enseigne demande un autre accord.",
        RIGHTS_FR,
    ),
}
ENGLISH = {
    "personalised_offers": (
        "{brand} shows you offers chosen for you. By this means: {touchpoint}.",
        NOBODY_EN,
        f"{POSITION_EN} {RIGHTS_EN}",
    ),
    "in_store_offers": (
        "{brand} shows you offers during your visit to a store. By this means: {touchpoint}.",
        NOBODY_EN,
        f"{POSITION_EN} {RIGHTS_EN}",
    ),
    "alert_on_request": (
        "{brand} sends you the alert that you asked for, and no other. By this means: {touchpoint}.",
        NOBODY_EN,
        RIGHTS_EN,
    ),
    "birthday_treat": (
        "{brand} gives you a treat for your birthday. By this means: {touchpoint}.",
        NOBODY_EN,
        RIGHTS_EN,
    ),
    "satisfaction_survey": (
        "{brand} asks your opinion after a purchase. By this means: {touchpoint}.",
        NOBODY_EN,
        RIGHTS_EN,
    ),
    "store_statistics": (
        "{brand} counts the visits to its stores, to run them better; nobody can be recognised in these numbers. By"
        " this means: {touchpoint}.",
        NOBODY_EN,
        RIGHTS_EN,
    ),
    "partner_offers": (
        "{brand} passes on to you the offers of a partner: {partner}. By this means: {touchpoint}.",
        "Recipient: {partner}, and nobody else; another partner needs another permission.",
        RIGHTS_EN,
    ),
    "social_audience_matching": (
        "{brand} finds you on a social network, to show you its offers there: {partner}. By this means: {touchpoint}."
        " Your address or number reaches it in a coded form.",
        "Recipient: {partner}, and nobody else; another network needs another permission.",
        RIGHTS_EN,
    ),
    "sister_brand_offers": (
        "{brand} passes on to you the offers of a sister brand: {partner}. By this means: {touchpoint}.",
        "Recipient: {partner}, and nobody else; another brand needs another permission.",
        RIGHTS_EN,
    ),
}


def upgrade() -> None:
    _brands()
    _texts()
    op.add_column("receipt", sa.Column("child_id", sa.Uuid(), nullable=True))
    op.create_index("ix_receipt_of_parent", "receipt", ["event_id"], postgresql_where=sa.text("child_id IS NOT NULL"))


def _brands() -> None:
    op.add_column("brand", sa.Column("dpo_contact", sa.Text(), nullable=True))
    op.add_column("brand", sa.Column("language", sa.Text(), server_default="fr", nullable=False))
    op.add_column("brand", sa.Column("requires_age", sa.Boolean(), server_default="false", nullable=False))
    op.create_check_constraint(op.f("ck_brand_language"), "brand", "language IN ('fr', 'en')")
    op.add_column("member", sa.Column("age_declared_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("SELECT set_config('ici.system', 'on', true)")
    op.execute("UPDATE member SET age_declared_at = now() WHERE minor_until IS NOT NULL")
    op.execute("SELECT set_config('ici.system', '', true)")


def _texts() -> None:
    op.add_column("purpose_text", sa.Column("addressed", sa.Boolean(), server_default="false", nullable=False))
    op.create_table(
        "shown_text",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.id"], name=op.f("fk_shown_text_brand_id")),
        sa.ForeignKeyConstraint(["touchpoint"], ["touchpoint.code"], name=op.f("fk_shown_text_touchpoint")),
        sa.ForeignKeyConstraint(
            ["purpose", "locale", "version"],
            ["purpose_text.purpose", "purpose_text.locale", "purpose_text.version"],
            name=op.f("fk_shown_text_purpose_text"),
        ),
        sa.PrimaryKeyConstraint("sha256", "brand_id", "touchpoint", "recipient", name=op.f("pk_shown_text")),
    )
    op.execute(f"GRANT SELECT, INSERT ON shown_text TO {APP}")
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON shown_text FROM {APP}")
    for locale, (who, data), texts in (("fr", (WHO_FR, DATA_FR), FRENCH), ("en", (WHO_EN, DATA_EN), ENGLISH)):
        for purpose, (what_for, recipients, rights) in texts.items():
            words = "\n".join((what_for, who, data, recipients, rights))
            # After whatever was published here since.
            op.execute(
                sa.text(
                    "INSERT INTO purpose_text"
                    " (purpose, locale, version, text, sha256, published_at, addressed, material)"
                    " SELECT :purpose, :locale, max(version) + 1, :text, :sha256, greatest(:at, max(published_at)),"
                    " true, false FROM purpose_text WHERE purpose = :purpose AND locale = :locale"
                ).bindparams(
                    purpose=purpose,
                    locale=locale,
                    text=words,
                    sha256=hashlib.sha256(words.encode()).hexdigest(),
                    at=PUBLISHED_AT,
                )
            )


def downgrade() -> None:
    op.execute("SELECT set_config('ici.system', 'on', true)")
    op.execute(
        "DELETE FROM leaf_salt USING receipt WHERE receipt.child_id IS NOT NULL"
        " AND leaf_salt.member_id = receipt.member_id AND leaf_salt.event_id = receipt.event_id"
    )
    op.execute("DELETE FROM receipt WHERE child_id IS NOT NULL")
    op.execute("SELECT set_config('ici.system', '', true)")
    op.drop_index("ix_receipt_of_parent", table_name="receipt")
    op.drop_column("receipt", "child_id")
    # What was said to these words loses them: whoever goes back keeps a copy of the table first.
    op.drop_table("shown_text")
    op.execute("DELETE FROM purpose_text WHERE addressed")
    op.drop_column("purpose_text", "addressed")
    op.drop_column("member", "age_declared_at")
    op.drop_constraint(op.f("ck_brand_language"), "brand", type_="check")
    for column in ("requires_age", "language", "dpo_contact"):
        op.drop_column("brand", column)
