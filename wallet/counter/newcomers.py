"""Somebody joins at the till, by a phone number or an e-mail address and nothing else.

They get a card that works at once, and say yes to nothing: it is the contract of the programme alone. The address is
unproved; whoever signs in to the app with it finds the card in their wallet.
"""

import uuid
from datetime import datetime, timedelta

from app.accounts import queries as accounts
from app.accounts.addresses import Address
from app.accounts.guess_limits import lock_turn
from app.accounts.models import Member, MemberIdentifier
from app.languages import Language
from app.sql import db
from wallet.cards import queries as cards
from wallet.cards.enrolment import join_brand
from wallet.cards.errors import PrintedCardRefused
from wallet.cards.models import Card
from wallet.counter import queries, search_limits
from wallet.counter.errors import CardThere
from wallet.passes.codes import read_code
from wallet.scanning import scans
from wallet.scanning.scans import PassReading

AGAIN = timedelta(minutes=10)
"""For so long the same terminal gets the same card again: it lost the answer."""


def join_at_counter(
    *,
    address: Address,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    now: datetime,
    language: Language | None = None,
    card_code: str | None = None,
) -> PassReading:
    """A card of the brand for whoever has this address, as if it was read; `card_code` is that of a printed card which
    is handed over to them. Of two tills at once one makes it; the same terminal gets it again for 10 minutes.

    Raises `CardThere` for whoever holds a card of the brand; `PrintedCardRefused`, also where the address is already
    that of another wallet; `CodeMistyped`; `TooManySearches`.
    """
    printed = None if card_code is None else read_code(card_code)
    lock_turn(address.hashed())  # sign-in with the same address waits as well
    search_limits.count_join(terminal_id=terminal_id, store_id=store_id, now=now)
    with db.system():  # whose address it is only its directory knows
        owner = db.first(accounts.owner_of_address(address.kind, address.value))
        known = None if owner is None else db.first(cards.card_with_brand(owner.member_id, brand_id))
        if known is not None:
            card = _same_again(known, terminal_id, now=now)
        elif printed is not None:
            card = _hand_over(printed, address, brand_id, is_free=owner is None, now=now)
        else:
            member_id = owner.member_id if owner else _make_member(address, brand_id, language, now=now)
            card = join_brand(member_id=member_id, brand_id=brand_id, now=now)
    return scans.read_pass(code=card.code, brand_id=brand_id, store_id=store_id, terminal_id=terminal_id, now=now)


def _same_again(known: Card, terminal_id: uuid.UUID, *, now: datetime) -> Card:
    since = db.first(queries.handed_over_at(known)) or known.joined_at
    if since + AGAIN <= now or db.first(queries.was_read_at(known, terminal_id, at=since)) is None:
        raise CardThere
    return known


def _make_member(address: Address, brand_id: uuid.UUID, language: Language | None, *, now: datetime) -> uuid.UUID:
    spoken = language or db.all_of(queries.language_of(brand_id))[0]
    member = db.add(Member(language=spoken, created_at=now))
    _give_address(address, member.id)
    return member.id


def _give_address(address: Address, member_id: uuid.UUID) -> None:
    db.add(MemberIdentifier(kind=address.kind, value=address.value, member_id=member_id, verified_at=None))


def _hand_over(code: str, address: Address, brand_id: uuid.UUID, *, is_free: bool, now: datetime) -> Card:
    """A printed card is that of a nameless wallet: the address opens this very wallet."""
    printed = db.first(db.locked(queries.nobodys_printed_card(code, brand_id=brand_id)))
    if printed is None or not is_free:
        raise PrintedCardRefused
    printed.principal_id, printed.registered_at = printed.member_id, now
    _give_address(address, printed.member_id)
    return db.all_of(cards.card_of(printed.member_id, printed.card_id))[0]
