"""What a programme gave to two members who become one: awards, orders, codes, referrals and tiers come.

What each can have once only (a code to bring friends, an event of one name, who brought them) stays behind where the
target has its own. A tier comes where the target has none; then what both earned in the period makes the tier, and a
split looks again at what is left.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Table, tuple_

from app.identity.moves import note_move, note_moves, noted_moves, rehome_rows
from app.sql import db
from wallet.ledger import book_store
from wallet.ledger import queries as ledger
from wallet.programmes import queries, versions
from wallet.programmes.models import (
    EventAward,
    MemberReferral,
    MemberTier,
    PurchaseAward,
    ReferralCode,
    RewardOrder,
    TierChange,
)
from wallet.programmes.tiers import progression
from wallet.programmes.usage import Counting
from wallet.purchases import queries as purchases

FRIEND, TIER = "referred", "tier"


class Thing(NamedTuple):
    """A kind of thing, and the columns by which one of a member's is known: two of one key cannot be one member's.

    What `changes` is locked; what is written once cannot be, and hangs on a purchase that is.
    """

    kind: str
    model: Any
    key: tuple[str, ...]
    changes: bool = True


THINGS = (
    Thing("awards", PurchaseAward, ("purchase_id", "rule"), changes=False),
    Thing("event_awards", EventAward, ("brand_id", "event", "key", "rule"), changes=False),
    Thing("orders", RewardOrder, ("id",)),
    Thing("referral_codes", ReferralCode, ("brand_id",)),
    Thing("referrals", MemberReferral, ("brand_id",)),
)


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring everything that the target does not have once already; how many things of each kind."""
    db.all_of(db.locked(purchases.purchases_to_move(source_id)))
    _lock_balances(source_id, target_id, now=now)
    came = {}
    for thing in THINGS:
        rows = [row for row in _without_their_own(thing, source_id, target_id) if not _brings(row, target_id)]
        said = [{name: str(getattr(row, name)) for name in thing.key} for row in rows]
        _rehome(thing, said, giver=source_id, taker=target_id)
        named: list[tuple[object, dict[str, Any]]] = [("/".join(one.values()), one) for one in said]
        note_moves(target_id=target_id, merge_id=merge_id, kind=thing.kind, things=named, now=now)
        came[thing.kind] = len(rows)
    came["friends"] = _bring_friends(source_id, target_id, merge_id, now=now)
    tiers = _without_their_own(Thing(TIER, MemberTier, ("brand_id",)), source_id, target_id)
    for brand_id in [tier.brand_id for tier in tiers]:
        _rehome_tier(brand_id, giver=source_id, taker=target_id)
        note_move(target_id=target_id, merge_id=merge_id, kind=TIER, thing=brand_id, was={}, now=now)
    for brand_id in _brands(target_id, merge_id):
        counting = _counting(target_id, brand_id, now=now)
        progression.climb_tiers(counting, at=now, now=now)
    return came


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back what came; then each is looked at by what is theirs."""
    db.all_of(db.locked(purchases.purchases_to_move(target_id)))
    _lock_balances(source_id, target_id, now=now)
    back = {}
    brands = _brands(target_id, merge_id)
    for thing in THINGS:
        moves = [move.was for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=thing.kind)]
        there = db.all_of(queries.of_member(thing.model, target_id).where(_which(thing, moves)))
        _rehome(thing, moves, giver=target_id, taker=source_id)
        back[thing.kind] = len(there)
    back["friends"] = 0
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=FRIEND):
        friend = db.get(MemberReferral, (uuid.UUID(move.thing), uuid.UUID(move.was["brand_id"])))
        if friend is not None and friend.principal_id == target_id:
            friend.principal_id = source_id
            back["friends"] += 1
    for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=TIER):
        _rehome_tier(uuid.UUID(move.thing), giver=target_id, taker=source_id)
    for brand_id in brands:
        progression.reconsider_tier(_counting(target_id, brand_id, now=now), now=now)
    return back


def _lock_balances(source_id: uuid.UUID, target_id: uuid.UUID, *, now: datetime) -> None:
    """Of both, before any tier or referral: so does whoever gives points or looks at a tier."""
    for member_id in (target_id, source_id):
        for currency_id in db.all_of(ledger.currencies_held(member_id)):
            book_store.open_book(member_id=member_id, currency_id=currency_id, now=now)


def _without_their_own(thing: Thing, source_id: uuid.UUID, target_id: uuid.UUID) -> list[Any]:
    theirs = {_key(thing, row) for row in db.all_of(queries.of_member(thing.model, target_id))}
    mine = queries.of_member(thing.model, source_id)
    rows = db.all_of(db.locked(mine) if thing.changes else mine)
    return [row for row in rows if _key(thing, row) not in theirs]


def _key(thing: Thing, row: Any) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in thing.key)


def _brings(row: Any, target_id: uuid.UUID) -> bool:
    """Whether this says that somebody brought themself: the two of a referral turn out to be one."""
    return isinstance(row, MemberReferral) and row.principal_id == target_id


def _rehome(thing: Thing, said: Sequence[Mapping[str, str]], *, giver: uuid.UUID, taker: uuid.UUID) -> None:
    rehome_rows(cast(Table, thing.model.__table__), _which(thing, said), source_id=giver, target_id=taker)
    db.session().expire_all()


def _which(thing: Thing, said: Sequence[Mapping[str, str]]) -> ColumnElement[bool]:
    columns = [cast(Table, thing.model.__table__).c[name] for name in thing.key]
    keys = [tuple(column.type.python_type(one[column.name]) for column in columns) for one in said]
    return tuple_(*columns).in_(keys)


def _bring_friends(source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, *, now: datetime) -> int:
    """Those whom the source had brought."""
    friends = [one for one in db.all_of(queries.brought_by(source_id)) if one.member_id != target_id]
    for friend in friends:
        friend.principal_id = target_id
        was = {"brand_id": str(friend.brand_id)}
        note_move(target_id=target_id, merge_id=merge_id, kind=FRIEND, thing=friend.member_id, was=was, now=now)
    db.session().flush()
    return len(friends)


def _rehome_tier(brand_id: uuid.UUID, *, giver: uuid.UUID, taker: uuid.UUID) -> None:
    """A tier with the steps that led to it."""
    for model in (MemberTier, TierChange):
        table = cast(Table, model.__table__)
        rehome_rows(table, table.c.brand_id == brand_id, source_id=giver, target_id=taker)
    db.session().expire_all()


def _brands(target_id: uuid.UUID, merge_id: uuid.UUID) -> Iterable[uuid.UUID]:
    """The brands of which awards came."""
    came = {
        uuid.UUID(move.was["purchase_id"])
        for move in noted_moves(target_id=target_id, merge_id=merge_id, kind="awards")
    }
    return sorted({one.brand_id for one in db.all_of(queries.awards_of_many(target_id, list(came)))})


def _counting(member_id: uuid.UUID, brand_id: uuid.UUID, *, now: datetime) -> Counting:
    found = versions.in_force(brand_id=brand_id, at=now)
    if found is not None:
        versions.lock_balances(member_id=member_id, programmes=[found.programme], now=now)
    return Counting(member_id=member_id, brand_id=brand_id)
