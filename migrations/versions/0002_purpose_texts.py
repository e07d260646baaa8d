"""The first published texts of every purpose, in French and English.

Texts are insert-only and are shown again byte for byte years later, so they stand here as they were published: a
new wording is a new version in a new migration, never an edit of this one.
"""

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PUBLISHED_AT = datetime(2026, 1, 1, tzinfo=UTC)

CONTROLLER_FR = "Responsable : l'enseigne dont vous lisez le nom sur cet écran."
CONTROLLER_EN = "Controller: the brand whose name you read on this screen."
RIGHTS_FR = (
    "Vous pouvez dire non, ou retirer votre accord à tout moment et d'un seul geste dans « Mes autorisations », sans"
    " donner de raison ; votre carte et vos points restent les mêmes. Vous pouvez aussi demander vos données, les"
    " corriger ou les effacer, et écrire à la CNIL."
)
RIGHTS_EN = (
    "You can say no, or withdraw at any time with one tap in “My permissions”, without a reason; your card and your"
    " points stay the same. You can also ask for your data, correct or erase them, and write to the data protection"
    " authority."
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
NOBODY_FR = "Destinataires : personne d'autre."
NOBODY_EN = "Recipients: nobody else."

# purpose -> (what for, which data, who else, more), in French and in English
TEXTS_FR = {
    "loyalty_account": (
        "Tenir votre compte de fidélité : votre carte, vos points et vos bons.",
        "Données : votre adresse de connexion, le nom que vous montrez en caisse, vos passages en caisse.",
        NOBODY_FR,
        "Ce compte repose sur le contrat que vous faites en prenant la carte, et non sur un accord à donner ici. Vous"
        " pouvez le fermer à tout moment, demander vos données, les corriger ou les effacer, et écrire à la CNIL.",
    ),
    "personalised_offers": (
        "Vous proposer des offres choisies pour vous.",
        "Données : les offres vues, vos bons et leur usage, les magasins où vous les utilisez.",
        NOBODY_FR,
        f"{POSITION_FR} {RIGHTS_FR}",
    ),
    "in_store_offers": (
        "Vous proposer des offres pendant votre visite en magasin.",
        "Données : le magasin où vous êtes et l'heure de votre visite.",
        NOBODY_FR,
        f"{POSITION_FR} {RIGHTS_FR}",
    ),
    "alert_on_request": (
        "Vous envoyer l'alerte que vous avez demandée, et aucune autre.",
        "Données : votre demande et le moyen de vous joindre que vous avez choisi.",
        NOBODY_FR,
        RIGHTS_FR,
    ),
    "birthday_treat": (
        "Vous offrir une attention pour votre anniversaire.",
        "Données : le jour et le mois de votre naissance, sans l'année ; ils ne servent à rien d'autre.",
        NOBODY_FR,
        RIGHTS_FR,
    ),
    "satisfaction_survey": (
        "Vous demander votre avis après un achat.",
        "Données : la date et le magasin de l'achat, et votre réponse.",
        NOBODY_FR,
        RIGHTS_FR,
    ),
    "store_statistics": (
        "Compter les visites de nos magasins pour mieux les organiser.",
        "Données : le magasin et le jour de vos visites, réunis ensuite en nombres où personne n'est reconnaissable.",
        NOBODY_FR,
        RIGHTS_FR,
    ),
    "partner_offers": (
        "Vous transmettre les offres du partenaire nommé sur cet écran.",
        "Données : le fait que vous avez une carte et les offres utilisées.",
        "Destinataire : ce partenaire seulement ; un autre partenaire demande un autre accord.",
        RIGHTS_FR,
    ),
    "social_audience_matching": (
        "Vous retrouver sur le réseau social nommé sur cet écran, pour vous y montrer nos offres.",
        "Données : votre adresse ou votre numéro, sous une forme codée.",
        "Destinataire : ce réseau social seulement ; un autre réseau demande un autre accord.",
        RIGHTS_FR,
    ),
}
TEXTS_EN = {
    "loyalty_account": (
        "Keep your loyalty account: your card, your points and your coupons.",
        "Data: your sign-in address, the name that you show at the till, your visits to the till.",
        NOBODY_EN,
        "This account rests on the contract that you make by taking the card, not on a permission given here. You can"
        " close it at any time, ask for your data, correct or erase them, and write to the data protection authority.",
    ),
    "personalised_offers": (
        "Show you offers chosen for you.",
        "Data: offers seen, your coupons and their use, the stores where you use them.",
        NOBODY_EN,
        f"{POSITION_EN} {RIGHTS_EN}",
    ),
    "in_store_offers": (
        "Show you offers during your visit to a store.",
        "Data: the store where you are and the time of your visit.",
        NOBODY_EN,
        f"{POSITION_EN} {RIGHTS_EN}",
    ),
    "alert_on_request": (
        "Send you the alert that you asked for, and no other.",
        "Data: your request and the way to reach you that you chose.",
        NOBODY_EN,
        RIGHTS_EN,
    ),
    "birthday_treat": (
        "Give you a treat for your birthday.",
        "Data: the day and month of your birth, without the year; they serve nothing else.",
        NOBODY_EN,
        RIGHTS_EN,
    ),
    "satisfaction_survey": (
        "Ask your opinion after a purchase.",
        "Data: the date and store of the purchase, and your answer.",
        NOBODY_EN,
        RIGHTS_EN,
    ),
    "store_statistics": (
        "Count the visits to our stores, to run them better.",
        "Data: the store and day of your visits, then added up to numbers in which nobody can be recognised.",
        NOBODY_EN,
        RIGHTS_EN,
    ),
    "partner_offers": (
        "Pass on to you the offers of the partner named on this screen.",
        "Data: that you hold a card, and the offers that you used.",
        "Recipient: this partner only; another partner needs another permission.",
        RIGHTS_EN,
    ),
    "social_audience_matching": (
        "Find you on the social network named on this screen, to show you our offers there.",
        "Data: your address or number, in a coded form.",
        "Recipient: this social network only; another network needs another permission.",
        RIGHTS_EN,
    ),
}


def upgrade() -> None:
    rows = []
    for locale, controller, texts in (("fr", CONTROLLER_FR, TEXTS_FR), ("en", CONTROLLER_EN, TEXTS_EN)):
        for purpose, (what_for, data, recipients, rights) in texts.items():
            text = "\n".join((what_for, controller, data, recipients, rights))
            rows.append(
                {
                    "purpose": purpose,
                    "locale": locale,
                    "version": 1,
                    "text": text,
                    "sha256": hashlib.sha256(text.encode()).hexdigest(),
                    "published_at": PUBLISHED_AT,
                }
            )
    op.bulk_insert(
        sa.table(
            "purpose_text",
            sa.column("purpose"),
            sa.column("locale"),
            sa.column("version"),
            sa.column("text"),
            sa.column("sha256"),
            sa.column("published_at", sa.DateTime(timezone=True)),
        ),
        rows,
    )


def downgrade() -> None:
    # Evidence names these texts; without them nobody could show what a member said yes to.
    raise NotImplementedError("Published texts are never taken back.")
