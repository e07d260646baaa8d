"""A member keeps cards of other programmes: adds, changes, archives, deletes."""

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import TypedDict

from app.errors import PreconditionFailed
from app.sql import db
from wallet.externals import queries, rows
from wallet.externals.errors import BarcodeAbsent, ExternalCardHeld, ExternalCardUnknown, TooManyExternalCards
from wallet.externals.models import Encoding, ExternalCard, Source, Symbology
from wallet.externals.rows import CardWish
from wallet.externals.symbologies import check_code


class Drawing(TypedDict):
    """A barcode to be drawn."""

    symbology: Symbology
    code: str
    encoding: Encoding | None


def add_card(*, member_id: uuid.UUID, wish: CardWish, source: Source, now: datetime) -> ExternalCard:
    """A new card in the wallet.

    Raises a `CodeWrong`, `TooManyExternalCards`, or `ExternalCardHeld` when the same card is there.
    """
    check_code(symbology=wish.symbology, code=wish.code, encoding=wish.encoding)
    # Two at once may both pass: one card too many does no harm. That a card is there once is the constraint's to say.
    if db.all_of(queries.external_card_count(member_id))[0] >= rows.MOST_CARDS:
        raise TooManyExternalCards(most=rows.MOST_CARDS)
    if db.all_of(queries.is_like(member_id, wish.identity)):
        raise ExternalCardHeld
    return db.add(card_from(wish, member_id=member_id, source=source, now=now))


def card_from(
    wish: CardWish,
    *,
    member_id: uuid.UUID,
    source: Source,
    now: datetime,
    archived_at: datetime | None = None,
    identity: bytes | None = None,
) -> ExternalCard:
    """A row of the table, not yet in it; `identity` is that of a card beside another one with the same code."""
    return ExternalCard(
        **(asdict(wish) | {"groups": list(wish.groups)}),
        member_id=member_id,
        id=db.new_id(),
        archived_at=archived_at,
        source=source,
        added_at=now,
        identity=identity or wish.identity,
        imported_as=None if source in (Source.TYPED, Source.SCANNED) else wish.identity,
        version=1,
    )


def my_card(*, member_id: uuid.UUID, card_id: uuid.UUID) -> ExternalCard:
    """The member's card. Raises `ExternalCardUnknown`, also for somebody else's."""
    card = db.first(queries.external_card_of(member_id, card_id))
    if card is None:
        raise ExternalCardUnknown
    return card


def my_barcode(*, member_id: uuid.UUID, card_id: uuid.UUID) -> ExternalCard:
    """The member's card that has a barcode. Raises `ExternalCardUnknown`, `BarcodeAbsent`."""
    card = my_card(member_id=member_id, card_id=card_id)
    if card.symbology == Symbology.NONE:
        raise BarcodeAbsent
    return card


def drawing_of(card: ExternalCard) -> Drawing:
    """What is drawn of a card."""
    encoding = None if card.encoding is None else Encoding(card.encoding)
    return {"symbology": Symbology(card.symbology), "code": card.code, "encoding": encoding}


def change_card(*, member_id: uuid.UUID, card_id: uuid.UUID, wish: CardWish, version: int) -> ExternalCard:
    """Replace what a card holds.

    Raises `ExternalCardUnknown`, `PreconditionFailed` when it is not at this version any more, a `CodeWrong`, or
    `ExternalCardHeld` when it would be the same as another one.
    """
    card = _locked(member_id, card_id)
    if card.version != version:
        raise PreconditionFailed
    check_code(symbology=wish.symbology, code=wish.code, encoding=wish.encoding)
    is_beside = card.identity != _identity_of(card)  # another card has its code: it stays told apart from that one
    for name, value in (asdict(wish) | {"groups": list(wish.groups)}).items():
        setattr(card, name, value)
    card.identity = card.identity if is_beside else wish.identity
    return _next(card)


def archive_card(*, member_id: uuid.UUID, card_id: uuid.UUID, now: datetime) -> ExternalCard:
    """Put a card away; twice is once. Raises `ExternalCardUnknown`."""
    card = _locked(member_id, card_id)
    if card.archived_at is not None:
        return card
    card.archived_at = now
    return _next(card)


def take_out_card(*, member_id: uuid.UUID, card_id: uuid.UUID) -> ExternalCard:
    """Take a card out of the archive; twice is once. Raises `ExternalCardUnknown`."""
    card = _locked(member_id, card_id)
    if card.archived_at is None:
        return card
    card.archived_at = None
    return _next(card)


def delete_card(*, member_id: uuid.UUID, card_id: uuid.UUID) -> None:
    """Forget a card. Raises `ExternalCardUnknown`."""
    db.session().delete(_locked(member_id, card_id))
    db.session().flush()


def _identity_of(card: ExternalCard) -> bytes:
    return CardWish(card.programme, card.code, Symbology(card.symbology)).identity


def _locked(member_id: uuid.UUID, card_id: uuid.UUID) -> ExternalCard:
    card = db.first(db.locked(queries.external_card_of(member_id, card_id)))
    if card is None:
        raise ExternalCardUnknown
    return card


def _next(card: ExternalCard) -> ExternalCard:
    card.version += 1
    db.session().flush()
    return card
