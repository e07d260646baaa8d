"""A member looks after their card."""

import uuid

from app.codes.drawings import CodeSymbology, DrawingForm, draw_code
from app.errors import PreconditionFailed
from app.languages import Language, Text
from app.showcase import profiles
from app.sql import db
from wallet.cards import queries
from wallet.cards.errors import CardUnknown
from wallet.cards.models import Card

ALT = Text(fr="Code de votre carte : {code}", en="Code of your card: {code}")
LONGEST_NAME = 60
"""Characters of a name that staff read at a till."""


def my_card(*, member_id: uuid.UUID, card_id: uuid.UUID) -> Card:
    """The member's card. Raises `CardUnknown`, also for somebody else's."""
    card = db.first(queries.card_of(member_id, card_id))
    if card is None:
        raise CardUnknown
    return card


def draw_card(
    *, member_id: uuid.UUID, card_id: uuid.UUID, symbology: CodeSymbology | None, form: DrawingForm, language: Language
) -> bytes:
    """The code of the member's card as a barcode; without a symbology in the one that the brand's tills read.

    Raises `CardUnknown`, also for somebody else's.
    """
    card = my_card(member_id=member_id, card_id=card_id)
    if symbology is None:
        symbology = CodeSymbology(profiles.read_content(card.brand_id)["card_symbology"])
    return draw_code(card.code, symbology=symbology, form=form, alt=ALT.say(language, {"code": card.code}))


def rename_card(*, member_id: uuid.UUID, card_id: uuid.UUID, display_name: str, version: int) -> Card:
    """Change what staff read at the till.

    Raises `CardUnknown`, also for somebody else's; `PreconditionFailed` when the card is not at this version any more.
    """
    card = db.first(db.locked(queries.card_of(member_id, card_id)))
    if card is None:
        raise CardUnknown
    if card.version != version:
        raise PreconditionFailed
    card.display_name = display_name
    card.version += 1
    db.session().flush()
    return card
