"""Questions about points."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Text,
    Update,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert

from app.accounts.models import Brand
from app.sql import db
from wallet.ledger.models import (
    EntryKind,
    HoldState,
    LotState,
    PointsAllocation,
    PointsBalance,
    PointsCurrency,
    PointsEntry,
    PointsHold,
    PointsLot,
    PointsLotState,
)

Pair = tuple[uuid.UUID, uuid.UUID]
"""A member and a currency."""

NOTHING: ColumnElement[Any] = literal_column("0")
ACTIVE: ColumnElement[Any] = literal_column(f"'{LotState.ACTIVE}'")
PENDING: ColumnElement[Any] = literal_column(f"'{LotState.PENDING}'")
OPEN: ColumnElement[Any] = literal_column(f"'{HoldState.OPEN}'")
"""Written into statements as they are: a plan for any value of a parameter cannot use an index that holds only the lots
with something left, and would read every lot that a member ever had."""


def currencies_of(brand_id: uuid.UUID) -> Select[PointsCurrency]:
    """What a brand counts in."""
    return select(PointsCurrency).where(PointsCurrency.brand_id == brand_id)


def currency(brand_id: uuid.UUID, currency_id: uuid.UUID) -> Select[PointsCurrency]:
    """One currency of a brand."""
    return currencies_of(brand_id).where(PointsCurrency.id == currency_id)


def balances() -> Select[Any]:
    """Balances with the rules of their currency: what a book is made of."""
    return (
        select(
            *PointsBalance.__table__.columns,
            *(PointsCurrency.waits, PointsCurrency.lasts, PointsCurrency.may_go_negative),
            *(PointsCurrency.kind, PointsCurrency.usable_from),
            PointsCurrency.code.label("currency_code"),
            PointsCurrency.name_fr,
            PointsCurrency.name_en,
            Brand.time_zone,
            Brand.currency.label("brand_currency"),
            Brand.code.label("brand_code"),
            Brand.name.label("brand_name"),
        )
        .join(PointsCurrency, PointsCurrency.id == PointsBalance.currency_id)
        .join(Brand, Brand.id == PointsCurrency.brand_id)
    )


BALANCE_TO_CHANGE = db.put_together(
    balances()
    .where(PointsBalance.member_id == bindparam("member"), PointsBalance.currency_id == bindparam("currency"))
    .with_for_update(of=PointsBalance)
)
"""One balance, locked: whoever changes anything of it waits here."""


BALANCES_TO_CHANGE = db.put_together(
    balances()
    .where(PointsBalance.member_id == bindparam("member"), PointsBalance.brand_id == bindparam("brand"))
    .order_by(PointsBalance.currency_id)
    .with_for_update(of=PointsBalance)
)
"""A member's balances with a brand, locked in the order of their currencies, which is that of everybody."""


def balances_due(*, now: datetime, most: int) -> Select[Any]:
    """Balances in which something is due, locked, without those that somebody else works on."""
    return (
        balances()
        .where(PointsBalance.next_due_at <= now)
        .order_by(PointsBalance.next_due_at)
        .limit(most)
        .with_for_update(of=PointsBalance, skip_locked=True)
    )


def balances_of(member_id: uuid.UUID) -> Select[Any]:
    """Every balance of a member, as stored."""
    return balances().where(PointsBalance.member_id == member_id).order_by(Brand.code, PointsCurrency.code)


def balance_of(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[Any]:
    """One balance of a member, as stored."""
    return balances().where(PointsBalance.member_id == member_id, PointsBalance.currency_id == currency_id)


def balance_to_open(member_id: uuid.UUID, currency_id: uuid.UUID, *, now: datetime) -> Insert:
    """An empty balance, unless it is there; none for a currency that does not exist."""
    opened = select(
        literal(member_id, Uuid()), PointsCurrency.id, PointsCurrency.brand_id, literal(now, DateTime(timezone=True))
    ).where(PointsCurrency.id == currency_id)
    made = insert(PointsBalance).from_select(["member_id", "currency_id", "brand_id", "opened_at"], opened)
    return made.on_conflict_do_nothing()


def says_that_it_continues(member_id: uuid.UUID, currency_id: uuid.UUID) -> Update:
    """Mark a balance as one in which another ledger goes on."""
    mine = (PointsBalance.member_id == member_id, PointsBalance.currency_id == currency_id)
    return update(PointsBalance).where(*mine).values(continues=True)


FROM_SOURCES = db.put_together(
    select(*PointsEntry.__table__.columns)
    .where(
        PointsEntry.member_id == bindparam("member"),
        PointsEntry.currency_id == bindparam("currency"),
        PointsEntry.kind == any_(bindparam("kinds", type_=ARRAY(Text))),
        PointsEntry.source == any_(bindparam("sources", type_=ARRAY(Text))),
    )
    .order_by(PointsEntry.sequence)
)
"""The entries that these sources made, in their order."""


def entry(member_id: uuid.UUID, currency_id: uuid.UUID, entry_id: uuid.UUID) -> Select[Any]:
    """One entry of a member."""
    return select(*PointsEntry.__table__.columns).where(
        PointsEntry.member_id == member_id, PointsEntry.id == entry_id, PointsEntry.currency_id == currency_id
    )


def about(member_id: uuid.UUID, entry_ids: Sequence[uuid.UUID], kinds: Sequence[EntryKind]) -> Select[int]:
    """How many points later entries moved about these; what is awaited in another ledger since is not counted here."""
    moved = case((PointsEntry.kind == EntryKind.AWAITED_MERGED_OUT, -PointsEntry.amount), else_=PointsEntry.amount)
    return select(func.coalesce(func.sum(moved), 0)).where(
        PointsEntry.member_id == member_id, PointsEntry.about_id.in_(entry_ids), PointsEntry.kind.in_(kinds)
    )


def ids_about(member_id: uuid.UUID, entry_ids: Sequence[uuid.UUID], kinds: Sequence[EntryKind]) -> Select[uuid.UUID]:
    """The entries of these kinds that continue one of these."""
    return select(PointsEntry.id).where(
        PointsEntry.member_id == member_id, PointsEntry.about_id.in_(entry_ids), PointsEntry.kind.in_(kinds)
    )


def parts_of(member_id: uuid.UUID, entries: Select[uuid.UUID]) -> Select[uuid.UUID, int]:
    """What these entries took from each lot, less what they gave back; only what is still taken."""
    taken = -func.sum(PointsAllocation.amount)
    return (
        select(PointsAllocation.lot_id, taken)
        .where(PointsAllocation.member_id == member_id, PointsAllocation.entry_id.in_(entries))
        .group_by(PointsAllocation.lot_id)
        .having(taken > 0)
    )


def family(member_id: uuid.UUID, *entry_ids: uuid.UUID) -> Select[uuid.UUID]:
    """These entries, what was released of them and what was given back of them: all that moved their points."""
    back = (EntryKind.HOLD_RELEASED, EntryKind.REFUNDED)
    return select(PointsEntry.id).where(
        PointsEntry.member_id == member_id,
        or_(PointsEntry.id.in_(entry_ids), and_(PointsEntry.about_id.in_(entry_ids), PointsEntry.kind.in_(back))),
    )


def expired_of(member_id: uuid.UUID, lot_id: uuid.UUID) -> Select[int]:
    """How many points of a lot have expired."""
    return (
        select(func.coalesce(-func.sum(PointsAllocation.amount), 0))
        .join(
            PointsEntry,
            and_(PointsEntry.member_id == PointsAllocation.member_id, PointsEntry.id == PointsAllocation.entry_id),
        )
        .where(
            PointsAllocation.member_id == member_id,
            PointsAllocation.lot_id == lot_id,
            PointsEntry.kind == EntryKind.EXPIRED,
        )
    )


def lots() -> Select[Any]:
    """Lots as they stand, with how long they last."""
    return select(*PointsLotState.__table__.columns, PointsLot.lasts, PointsLot.amount).join(
        PointsLot,
        and_(PointsLot.member_id == PointsLotState.member_id, PointsLot.entry_id == PointsLotState.lot_id),
    )


def lots_with_ids(member_id: uuid.UUID, currency_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> Select[Any]:
    """These lots of a member in a currency."""
    return lots().where(
        PointsLotState.member_id == member_id,
        PointsLotState.currency_id == currency_id,
        PointsLotState.lot_id.in_(ids),
    )


def live_lots(member_id: uuid.UUID, currency_id: uuid.UUID, *, now: datetime) -> Select[Any]:
    """Lots that can pay, in their turn: the soonest expiry first, then the oldest."""
    return (
        select(*PointsLotState.__table__.columns)
        .where(
            PointsLotState.member_id == member_id,
            PointsLotState.currency_id == currency_id,
            PointsLotState.remaining > NOTHING,
            PointsLotState.state == ACTIVE,
            or_(PointsLotState.expires_at.is_(None), PointsLotState.expires_at > now),
        )
        .order_by(PointsLotState.expires_at, PointsLotState.earned_at, PointsLotState.lot_id)
    )


def lots_left(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[uuid.UUID]:
    """The lots of which something is left, in their turn."""
    return (
        select(PointsLotState.lot_id)
        .where(
            PointsLotState.member_id == member_id,
            PointsLotState.currency_id == currency_id,
            PointsLotState.remaining > NOTHING,
        )
        .order_by(PointsLotState.expires_at, PointsLotState.earned_at, PointsLotState.lot_id)
    )


def open_holds(member_id: uuid.UUID, currency_id: uuid.UUID) -> Select[uuid.UUID]:
    """The holds that still hold."""
    return (
        select(PointsHold.entry_id)
        .where(
            PointsHold.member_id == member_id,
            PointsHold.currency_id == currency_id,
            PointsHold.state == OPEN,
        )
        .order_by(PointsHold.entry_id)
    )


def currencies_held(member_id: uuid.UUID) -> Select[uuid.UUID]:
    """What a member has a ledger in."""
    return (
        select(PointsBalance.currency_id)
        .where(PointsBalance.member_id == member_id)
        .order_by(PointsBalance.currency_id)
    )


def moved_by(
    merge_id: uuid.UUID, *, member_id: uuid.UUID, currency_id: uuid.UUID, kinds: Sequence[EntryKind]
) -> Select[Any]:
    """The entries that a merge made in this ledger, of these kinds, in the order of the chain."""
    return (
        select(*PointsEntry.__table__.columns)
        .where(
            PointsEntry.member_id == member_id,
            PointsEntry.currency_id == currency_id,
            PointsEntry.kind.in_(kinds),
            PointsEntry.source.startswith(f"merge:{merge_id}:"),
        )
        .order_by(PointsEntry.sequence)
    )


def lots_due(pairs: Sequence[Pair], *, now: datetime) -> Select[Any]:
    """Lots whose activation or end is due."""
    waiting = and_(PointsLotState.state == PENDING, PointsLotState.activates_at <= now)
    over = and_(PointsLotState.state == ACTIVE, PointsLotState.remaining > NOTHING, PointsLotState.expires_at <= now)
    mine = tuple_(PointsLotState.member_id, PointsLotState.currency_id).in_(pairs)
    return lots().where(mine, or_(waiting, over))


def holds_due(pairs: Sequence[Pair], *, now: datetime) -> Select[Any]:
    """Open holds whose time is over."""
    return select(*PointsHold.__table__.columns).where(
        tuple_(PointsHold.member_id, PointsHold.currency_id).in_(pairs),
        PointsHold.state == OPEN,
        PointsHold.ends_at <= now,
    )


def hold_of_entry(member_id: uuid.UUID, currency_id: uuid.UUID, entry_id: uuid.UUID) -> Select[Any]:
    """One hold of a member."""
    return select(*PointsHold.__table__.columns).where(
        PointsHold.member_id == member_id, PointsHold.currency_id == currency_id, PointsHold.entry_id == entry_id
    )


def parts_with_lots(pairs: Sequence[Pair]) -> Select[Any]:
    """The allocations of these entries (member, entry) with the lots as they stand."""
    return (
        lots()
        .add_columns(PointsAllocation.entry_id.label("by_entry"), PointsAllocation.amount.label("part"))
        .join(
            PointsAllocation,
            and_(
                PointsAllocation.member_id == PointsLotState.member_id,
                PointsAllocation.lot_id == PointsLotState.lot_id,
            ),
        )
        .where(tuple_(PointsAllocation.member_id, PointsAllocation.entry_id).in_(pairs))
    )


def next_due(pairs: Sequence[Pair]) -> Select[Any]:
    """When something happens by itself next, by member and currency."""
    state, hold = PointsLotState, PointsHold
    moments = union_all(
        select(state.member_id, state.currency_id, state.expires_at.label("at")).where(
            tuple_(state.member_id, state.currency_id).in_(pairs), state.state == ACTIVE, state.remaining > NOTHING
        ),
        select(state.member_id, state.currency_id, state.activates_at).where(
            tuple_(state.member_id, state.currency_id).in_(pairs), state.state == PENDING
        ),
        select(hold.member_id, hold.currency_id, hold.ends_at).where(
            tuple_(hold.member_id, hold.currency_id).in_(pairs), hold.state == OPEN
        ),
    ).subquery()
    return select(moments.c.member_id, moments.c.currency_id, func.min(moments.c.at).label("due_at")).group_by(
        moments.c.member_id, moments.c.currency_id
    )
