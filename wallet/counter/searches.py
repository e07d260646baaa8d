"""Somebody says their phone number or e-mail: they are found, and told nothing of, until they confirm that it is them.

The brand learns whether an address is that of one of its members, and a first letter; a name, points and coupons come
with a proof. Each step is the same, known or not, is counted (`search_limits`), and is in the member's access log.
"""

import unicodedata
import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.access_log.reads import NOTE, values_of_reads
from app.accounts.addresses import Address, keyed_hash
from app.accounts.guess_limits import count_failure, lock_turn, require_few_guesses
from app.data_map import DataClass
from app.languages import LANGUAGES
from app.sql import db
from wallet.cards.enrolment import NAMELESS
from wallet.cards.models import Card, CardStatus
from wallet.cards.printed_cards import NOBODY
from wallet.counter import queries, search_limits
from wallet.counter.errors import MemberNotConfirmed
from wallet.passes.codes import GROUP_LENGTH
from wallet.scanning import scans
from wallet.scanning.scans import PassReading

FEWEST_LETTERS = 3
"""Of a name; the whole of one that is shorter."""


class ConfirmedBy(StrEnum):
    """How somebody at the counter confirms who they are, besides showing their card."""

    FIRST_LETTERS = "first_letters"
    CARD_ENDING = "card_ending"


class FoundMember(NamedTuple):
    """What a till is told of an address: the same shape, known or not."""

    known: bool
    masked_name: str | None
    confirmed_by: Sequence[ConfirmedBy]


def find_at_counter(
    *, address: Address, brand_id: uuid.UUID, store_id: uuid.UUID, terminal_id: uuid.UUID, now: datetime
) -> FoundMember:
    """Whether somebody with a card of the brand has this address. Raises `TooManySearches`."""
    search_limits.count_search(terminal_id=terminal_id, store_id=store_id, now=now)
    card = _find_card(address, brand_id, now=now)
    search_limits.settle_search(terminal_id=terminal_id, is_known=card is not None, now=now)
    if card is None:
        return FoundMember(False, None, ())
    if _is_nameless(card):
        return FoundMember(True, None, (ConfirmedBy.CARD_ENDING,))
    return FoundMember(True, f"{card.display_name.strip()[:1]}…", tuple(ConfirmedBy))


def confirm_at_counter(
    *,
    address: Address,
    first_letters: str | None,
    card_ending: str | None,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    now: datetime,
) -> PassReading:
    """Whoever said this address and this of themselves stands there: as if their card was read.

    Raises `MemberNotConfirmed`, whatever is wrong; `TooManySearches`; `TooManyGuesses` after 5 wrong proofs for this
    address at this brand within a day; what `scans.read_pass` raises of a card that may not act.
    """
    proved = keyed_hash(f"counter:{brand_id}:{address.kind}:{address.value}")
    lock_turn(proved)
    search_limits.count_search(terminal_id=terminal_id, store_id=store_id, now=now)
    require_few_guesses(proved, now=now, most=search_limits.PROOFS_A_DAY)
    card = _find_card(address, brand_id, now=now)
    if card is None or not _is_proof(card, first_letters, card_ending):
        count_failure(proved, now=now)
        raise MemberNotConfirmed
    search_limits.settle_search(terminal_id=terminal_id, is_known=True, now=now)
    return scans.read_pass(code=card.code, brand_id=brand_id, store_id=store_id, terminal_id=terminal_id, now=now)


def _find_card(address: Address, brand_id: uuid.UUID, *, now: datetime) -> Card | None:
    """The card, with the trace that it was looked for; what is written for nobody is nothing, in as many steps."""
    with db.system():  # an address is its member's alone: no brand sees it
        card = db.first(queries.card_by_address(address.kind, address.value, brand_id=brand_id))
    found = card if card is not None and card.status != CardStatus.CLOSED else None
    seen = [found.member_id] if found is not None else []
    db.send_statement(NOTE, values_of_reads(member_ids=seen, classes=[DataClass.ACCOUNT], now=now))
    return found


def _is_proof(card: Card, first_letters: str | None, card_ending: str | None) -> bool:
    if card_ending is not None:
        said = card_ending.replace("-", "").upper()
        return said == card.code.replace("-", "")[-GROUP_LENGTH:]
    name, said = _letters(card.display_name), _letters(first_letters or "")
    if _is_nameless(card) or len(said) < min(FEWEST_LETTERS, max(len(name), 1)):
        return False
    return name.startswith(said)


def _letters(text: str) -> str:
    """A text as people say it: without accents, capitals, blanks and hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if sign.isalnum())


def _is_nameless(card: Card) -> bool:
    """Whether the name was made by us, out of the card's own code: whoever reads it on a slip proves nothing."""
    ending = {"ending": card.code[-GROUP_LENGTH:]}
    return any(card.display_name == name.say(one, ending) for name in (NAMELESS, NOBODY) for one in LANGUAGES)
