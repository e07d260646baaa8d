"""Passes of two wallets that become one: what is in the phones goes on.

A pass goes with its card or coupon. Where both had a card of the brand, the source's is closed and its codes open the
target's: so its pass becomes that of the target's card, unless that one has a pass itself; then it is void, as it
stands for a card that is closed. A split gives back what came.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import Table, and_, delete, insert, literal, select

from app.identity.moves import note_move, noted_moves
from app.sql import db
from wallet.cards import queries as cards
from wallet.cards.models import CardStatus
from wallet.issued import listeners, queries
from wallet.issued.issuance import JUST_ISSUED
from wallet.issued.models import IssuedPass, PassKind

TABLE = cast(Table, IssuedPass.__table__)
KIND = "issued_pass"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring every pass but those of cards of which the target has a pass; how many."""
    theirs = {card.brand_id: card for card in db.all_of(cards.cards_alone(target_id))}
    closed = {card.id for card in db.all_of(cards.cards_alone(source_id)) if card.status == CardStatus.CLOSED}
    held = set(db.all_of(queries.standing_targets(target_id)))
    moved = []
    for one in db.all_of(db.locked(queries.passes_alone(source_id))):
        known = theirs.get(one.brand_id) if one.kind == PassKind.CARD else None
        to = one.target_id if known is None else known.id
        if one.target_id in closed or (to in held and one.ended_at is None):
            continue
        note_move(
            target_id=target_id,
            merge_id=merge_id,
            kind=KIND,
            thing=one.id,
            was={"target": str(one.target_id)},
            now=now,
        )
        _hand_over(one.id, source_id, target_id, to=to, now=now)
        held |= {to} if one.ended_at is None else set()
        moved.append(one.id)
    _tell(moved, source_id, target_id)
    return {"passes": len(moved)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back every pass that came."""
    given = []
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND):
        held = db.first(db.locked(queries.pass_of(target_id, uuid.UUID(move.thing))))
        if held is not None:
            _hand_over(held.id, target_id, source_id, to=uuid.UUID(move.was["target"]), now=now)
            given.append(held.id)
    _tell(given, target_id, source_id)
    return {"passes": len(given)}


def _hand_over(pass_id: uuid.UUID, giver: uuid.UUID, taker: uuid.UUID, *, to: uuid.UUID, now: datetime) -> None:
    """Let the pass stand for `to`, which is the taker's. It is looked at as one that was just issued: what changed of
    the taker meanwhile did not see it."""
    mine = and_(TABLE.c.member_id == giver, TABLE.c.id == pass_id)
    gone = delete(TABLE).where(mine).returning(TABLE).cte("gone")
    values = {"member_id": taker, "target_id": to, "due_at": now, "settling": JUST_ISSUED}
    row = [literal(values[c.name], c.type) if c.name in values else gone.c[c.name] for c in TABLE.columns]
    # Deleted first: its serial is there once.
    db.execute(insert(TABLE).from_select([c.name for c in TABLE.columns], select(*row).select_from(gone)))


def _tell(ids: Iterable[uuid.UUID], giver: uuid.UUID, taker: uuid.UUID) -> None:
    if moved := list(ids):
        db.session().expire_all()
        for tell in listeners.AFTER_PASS_MOVED:
            tell(moved, giver, taker)
