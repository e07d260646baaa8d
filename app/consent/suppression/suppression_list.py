"""The opposition list: addresses that must not be used to reach anybody for marketing (GDPR 21(3)).

It holds a keyed hash per channel and two dates, nothing else (the French authority calls it *liste repoussoir*: a list
with names or birth dates in it was fined). It serves to refuse and for nothing else, survives the wallet, and lasts
three years after the last time that it stopped something. The key is its own: knowing another hash of an address does
not help to find it here.
"""

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from app import config
from app.accounts import queries as accounts
from app.accounts.models import IdentifierKind
from app.consent import queries
from app.consent.models import Suppression
from app.consent.registry.touchpoints import opened_by
from app.sql import db

EVERY_BRAND = "*"


def suppress_address(*, channel: str, address: str, now: datetime, brand_id: uuid.UUID | None = None) -> None:
    """Put an address on the list, for one brand or for all. Twice only renews it. `address` in its one spelling."""
    _write([(channel, _hash(channel, address, brand_id))], now=now)


def suppress_member(*, member_id: uuid.UUID, now: datetime, brand_id: uuid.UUID | None = None) -> int:
    """Put every address of a member on the list; return how many entries that makes."""
    entries = _entries(member_id, (brand_id,))
    _write(entries, now=now)
    return len(entries)


def oppose_as_objected(*, member_id: uuid.UUID, now: datetime) -> int:
    """Put a member's addresses on the list for whatever marketing they object to; return how many entries that makes.

    For who leaves: the objection goes with them, the list stays.
    """
    objected = db.all_of(queries.objections_of(member_id))
    entries = _entries(member_id, [one.brand_id for one in objected]) if objected else ()
    _write(entries, now=now)
    return len(entries)


def lift_suppression(*, member_id: uuid.UUID, brand_id: uuid.UUID | None = None) -> int:
    """Take a member's addresses off the list, at their own wish; return how many entries went."""
    entries = _entries(member_id, (brand_id,))
    gone = [
        db.execute(
            delete(Suppression)
            .where(Suppression.channel == channel, Suppression.address_hash == hashed)
            .returning(Suppression.since)
        )
        for channel, hashed in entries
    ]
    return sum(len(rows.all()) for rows in gone)


def is_suppressed(*, channel: str, address: str, now: datetime, brand_id: uuid.UUID | None = None) -> bool:
    """Whether marketing may not reach this address, for this brand or for any; an attempt that is stopped renews it.

    Ask it for every address that marketing is about to use, wherever the address came from.
    """
    hashes = [_hash(channel, address, None)] + ([] if brand_id is None else [_hash(channel, address, brand_id)])
    renewed = db.execute(
        update(Suppression)
        .where(Suppression.channel == channel, Suppression.address_hash.in_(hashes))
        .values(renewed_at=now)
        .returning(Suppression.since)
        .execution_options(synchronize_session=False)
    )
    return bool(renewed.all())


def _entries(member_id: uuid.UUID, brand_ids: Sequence[uuid.UUID | None]) -> Sequence[tuple[str, bytes]]:
    return [
        (channel, _hash(channel, known.value, brand_id))
        for known in db.all_of(accounts.addresses_of(member_id))
        for channel in opened_by(IdentifierKind(known.kind))
        for brand_id in dict.fromkeys(brand_ids)
    ]


def _write(entries: Sequence[tuple[str, bytes]], *, now: datetime) -> None:
    # In one order, so that two who write the same entries at once wait for each other only one way.
    rows = [
        {"channel": channel, "address_hash": hashed, "since": now, "renewed_at": now}
        for channel, hashed in sorted(entries)
    ]
    if not rows:
        return
    statement = insert(Suppression).values(rows)
    db.execute(
        statement.on_conflict_do_update(
            index_elements=["channel", "address_hash"], set_={"renewed_at": statement.excluded.renewed_at}
        )
    )


def _hash(channel: str, address: str, brand_id: uuid.UUID | None) -> bytes:
    said = f"{brand_id or EVERY_BRAND} {channel} {address}"
    return hmac.new(config.current().lasting_key("opposition"), said.encode(), hashlib.sha256).digest()
