"""Who may give: a person is appointed for a store, gets a badge, and is dismissed."""

import hashlib
import uuid
from datetime import datetime
from typing import NamedTuple

from app.accounts.addresses import keyed_hash
from app.sql import db
from geo.places.errors import StoreUnknown
from offers.gestures import queries
from offers.gestures.errors import GiverUnknown
from offers.gestures.models import GestureGiver
from wallet.passes.codes import new_code
from wallet.passes.directory import find_code


class Appointed(NamedTuple):
    """A giver with their badge, which is shown once."""

    giver: GestureGiver
    badge: str


def appoint_giver(
    *, brand_id: uuid.UUID, store_id: uuid.UUID, name: str, manager: bool, own_card: str | None, now: datetime
) -> Appointed:
    """Let a person give in a store of the brand. `own_card` is the code of their own card: never a present for it.

    Raises `StoreUnknown`; `CodeMistyped`, `CardLost` or `PassUnknown` for a card that is none.
    """
    if db.first(queries.store_of_brand(brand_id, store_id)) is None:
        raise StoreUnknown
    own = None if own_card is None else find_code(code=own_card, brand_id=brand_id).member_id
    badge = new_code()
    giver = GestureGiver(
        brand_id=brand_id,
        store_id=store_id,
        name=name,
        manager=manager,
        badge_hash=badge_hash(badge),
        own_member_hash=None if own is None else wallet_hash(own),
        created_at=now,
    )
    return Appointed(db.add(giver), badge)


def dismiss_giver(*, brand_id: uuid.UUID, giver_id: uuid.UUID, now: datetime) -> GestureGiver:
    """Their badge gives nothing any more, from now on and for good. Twice is no error. Raises `GiverUnknown`."""
    giver = db.first(db.locked(queries.giver_of(brand_id, giver_id)))
    if giver is None:
        raise GiverUnknown
    giver.dismissed_at = giver.dismissed_at or now
    return giver


def badge_hash(badge: str) -> bytes:
    """What is kept of a badge. It holds 74 random bits, so the hash needs no key and no salt."""
    return hashlib.sha256(badge.encode()).digest()


def wallet_hash(member_id: uuid.UUID) -> bytes:
    """What is kept of a giver's own wallet: enough to know it again, not to find it."""
    return keyed_hash(f"giver:{member_id}")
