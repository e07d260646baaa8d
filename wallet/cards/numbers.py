"""Other numbers that stand for a card: the brand's own member number, a tag, a transit pass."""

import hashlib
import hmac
import re
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from app import config
from app.sql import db
from wallet.cards import queries
from wallet.cards.errors import NumberTaken, NumberUnknown, NumberUnusable, TooManyNumbers
from wallet.cards.models import HASHED_KINDS, CardNumber, NumberKind
from wallet.passes.keyboards import list_readings, strip_symbology

LONGEST_NUMBER = 64
MOST_NUMBERS = 10
"""Numbers of one card: an old plastic card or two, a tag, a transit pass."""

SPELLED = re.compile(r"[0-9A-Z][0-9A-Z._/+-]*")
SEPARATORS = str.maketrans("", "", " \t\u00a0\u202f")
SEPARATORS_OF_BYTES = str.maketrans("", "", ":-")


def spelled(*, kind: NumberKind, number: str) -> str:
    """The one spelling of a number: capitals, no spaces; for what a reader reads, no colons or dashes either.

    Leading zeros count: `0042` is not `42`. Raises `NumberUnusable`.
    """
    plain = number.translate(SEPARATORS).upper()
    if kind in HASHED_KINDS:
        plain = plain.translate(SEPARATORS_OF_BYTES)
    if len(plain) > LONGEST_NUMBER or not SPELLED.fullmatch(plain):
        raise NumberUnusable(longest=LONGEST_NUMBER)
    return plain


def read_number(text: str, *, kind: NumberKind) -> str:
    """The number that was scanned or typed, whatever keyboard the scanner took the till's for. Raises as `spelled`."""
    # A number has no check: what can be one as it is, is one.
    for reading in (strip_symbology(text), *list_readings(text)):
        try:
            return spelled(kind=kind, number=reading)
        except NumberUnusable:
            continue
    raise NumberUnusable(longest=LONGEST_NUMBER)


def kept_as(*, brand_id: uuid.UUID, kind: NumberKind, number: str) -> str:
    """What the table holds of a number: itself, or a hash that no other brand's is like. Raises `NumberUnusable`."""
    plain = spelled(kind=kind, number=number)
    if kind not in HASHED_KINDS:
        return plain
    key = config.current().lasting_key("card_number")
    return hmac.new(key, f"{brand_id}:{kind}:{plain}".encode(), hashlib.sha256).hexdigest()


def link_number(
    *, member_id: uuid.UUID, card_id: uuid.UUID, brand_id: uuid.UUID, kind: NumberKind, number: str, now: datetime
) -> CardNumber:
    """Let this number stand for this card of the brand too. The same again is the same link.

    Raises `NumberUnusable`, `NumberTaken` when it stands for another card, `TooManyNumbers`.
    """
    value = kept_as(brand_id=brand_id, kind=kind, number=number)
    # Two at once may both pass: one number too many does no harm, so it deserves no lock.
    if len(numbers_of_card(member_id=member_id, card_id=card_id)) >= MOST_NUMBERS:
        known = db.first(queries.number_of_brand(brand_id, kind, value))
        if known is None or known.card_id != card_id:
            raise TooManyNumbers(most=MOST_NUMBERS)
    row = {"brand_id": brand_id, "kind": kind, "value": value, "id": db.new_id(), "linked_at": now}
    db.execute(insert(CardNumber).values(row | {"member_id": member_id, "card_id": card_id}).on_conflict_do_nothing())
    standing = db.first(queries.number_of_brand(brand_id, kind, value))
    if standing is None or (standing.member_id, standing.card_id) != (member_id, card_id):
        raise NumberTaken  # also when row-level security hides whose it is
    return standing


def numbers_of_card(*, member_id: uuid.UUID, card_id: uuid.UUID) -> Sequence[CardNumber]:
    """The numbers of a member's card, the oldest first."""
    return db.all_of(queries.numbers_of_card(member_id, card_id))


def unlink_number(*, member_id: uuid.UUID, card_id: uuid.UUID, number_id: uuid.UUID) -> None:
    """This number stands for nothing any more, and may be linked anew. Raises `NumberUnknown`, also when not theirs."""
    found = db.first(db.locked(queries.number_of_card(member_id, card_id, number_id)))
    if found is None:
        raise NumberUnknown
    db.session().delete(found)
    db.session().flush()


def hand_over_numbers(
    *, source_id: uuid.UUID, of: uuid.UUID, target_id: uuid.UUID, to: uuid.UUID, only: Sequence[uuid.UUID] | None = None
) -> list[uuid.UUID]:
    """Let the numbers of a card (`of`), or `only` these of them, stand for the card `to`, which is `target_id`'s.

    Returns their ids. Together they may be more than a card can be given: all go on working.
    """
    numbers = db.all_of(db.locked(queries.numbers_of_card(source_id, of)))
    mine = [number for number in numbers if only is None or number.id in only]
    for number in mine:
        number.member_id, number.card_id = target_id, to
    db.session().flush()
    return [number.id for number in mine]
