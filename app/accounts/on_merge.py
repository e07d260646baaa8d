"""What opens two wallets opens the one that they become; every sign-in to the other ends, and begins anew there."""

import uuid
from datetime import datetime

from app.accounts import queries, sessions
from app.accounts.addresses import Address
from app.accounts.models import IdentifierKind, Member, MemberIdentifier
from app.accounts.sessions import Ended
from app.identity.moves import note_move, noted_moves
from app.sql import db

KIND = "address"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring every address. The record keeps a keyed hash of each: an address that is removed later is gone.

    Minors are not merged, so whoever said their age in one of the wallets has reached it in the other.
    """
    sessions.end_every_sign_in(member_id=source_id, now=now, reason=Ended.MERGED)
    addresses = db.all_of(db.locked(queries.addresses_of(source_id)))
    for address in addresses:
        address.member_id = target_id
        note_move(target_id=target_id, merge_id=merge_id, kind=KIND, thing=_hashed(address), was={}, now=now)
    source, target = db.get(Member, source_id), db.get(Member, target_id)
    if source is not None and target is not None:
        target.age_declared_at = target.age_declared_at or source.age_declared_at
    db.session().flush()
    return {"addresses": len(addresses)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back the addresses that came and still open the wallet."""
    came = {move.thing for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND)}
    mine = [address for address in db.all_of(db.locked(queries.addresses_of(target_id))) if _hashed(address) in came]
    for address in mine:
        address.member_id = source_id
    db.session().flush()
    return {"addresses": len(mine)}


def _hashed(address: MemberIdentifier) -> str:
    return Address(IdentifierKind(address.kind), address.value).hashed().hex()
