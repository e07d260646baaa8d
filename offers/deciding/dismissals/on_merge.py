"""What two wallets hide that become one: all of it; what came with one of them goes back with it."""

import uuid
from datetime import datetime

from sqlalchemy import delete, select

from app.identity.moves import note_move, noted_moves
from app.sql import db
from offers.deciding.dismissals.dismissals import dismissals_of
from offers.deciding.dismissals.models import OfferDismissal

KIND = "offer_dismissal"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring what the source hid; how many."""
    known = set(db.all_of(select(OfferDismissal.offer_id).where(OfferDismissal.member_id == target_id)))
    came = list(db.all_of(dismissals_of(source_id).order_by(OfferDismissal.offer_id)))
    db.execute(delete(OfferDismissal).where(OfferDismissal.member_id == source_id))
    for one in came:
        was = {"dismissed_at": one.dismissed_at.isoformat(), "known": one.offer_id in known}
        note_move(target_id=target_id, merge_id=merge_id, kind=KIND, thing=one.offer_id, was=was, now=now)
        if one.offer_id not in known:
            db.add(OfferDismissal(member_id=target_id, offer_id=one.offer_id, dismissed_at=one.dismissed_at))
    return {"offer_dismissals": len(came)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back what came, but for what was shown again meanwhile; what both hid stays hidden for both."""
    still = set(db.all_of(select(OfferDismissal.offer_id).where(OfferDismissal.member_id == target_id)))
    moves = list(noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND))
    back = [(uuid.UUID(move.thing), move.was) for move in moves if uuid.UUID(move.thing) in still]
    for offer_id, was in back:
        if not was["known"]:
            db.execute(
                delete(OfferDismissal).where(OfferDismissal.member_id == target_id, OfferDismissal.offer_id == offer_id)
            )
        hidden_at = datetime.fromisoformat(was["dismissed_at"])
        db.add(OfferDismissal(member_id=source_id, offer_id=offer_id, dismissed_at=hidden_at))
    return {"offer_dismissals": len(back)}
