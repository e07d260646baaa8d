"""External cards for tests."""

from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from app.accounts.models import Member
from app.sql import db
from tests.factories import NOON
from wallet.externals import external_cards, queries
from wallet.externals.models import Encoding, ExternalCard, Source, Symbology
from wallet.externals.rows import CardWish

EAN = "4006381333931"
CODES = {
    Symbology.EAN_13: EAN,
    Symbology.EAN_8: "96385074",
    Symbology.UPC_A: "036000291452",
    Symbology.UPC_E: "01234565",
    Symbology.CODE_39: "IKEA-0 7$",
    Symbology.CODE_93: "Picard/93",
    Symbology.CODE_128: "Ab:c 1234",
    Symbology.ITF: "0123456789",
    Symbology.CODABAR: "A40156B",
    Symbology.QR: "Carte n° 7 à vous\n日本",
    Symbology.AZTEC: "https://example.org/é",
    Symbology.PDF_417: "NOM|0042|été",
    Symbology.DATA_MATRIX: "[)>06é",
}
"""A code that each symbology can hold."""


def wish(**given: Any) -> CardWish:
    return CardWish(**({"programme": "Librairie", "code": EAN, "symbology": Symbology.EAN_13} | given))


def add(member: Member, *, now: datetime = NOON, source: Source = Source.TYPED, **given: Any) -> ExternalCard:
    """A card in the member's wallet."""
    with db.system_transaction():
        return external_cards.add_card(member_id=member.id, wish=wish(**given), source=source, now=now)


def held(member: Member) -> list[ExternalCard]:
    """The member's cards, oldest first."""
    with db.system_transaction():
        return sorted(db.all_of(queries.external_cards_of(member.id)), key=lambda card: card.id)


def zipped(**files: bytes | str) -> bytes:
    """An archive; names come as they are, so pass them by `**{"a/b.json": …}`."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def wish_of(card: ExternalCard) -> CardWish:
    """What a card holds now."""
    return CardWish(
        programme=card.programme,
        code=card.code,
        symbology=Symbology(card.symbology),
        encoding=card.encoding and Encoding(card.encoding),
        number=card.number,
        note=card.note,
        colour=card.colour,
        expires_on=card.expires_on,
        balance_minor=card.balance_minor,
        currency=card.currency,
        balance_points=card.balance_points,
        groups=tuple(card.groups),
    )
