"""Points or a coupon of one member that only one till may use, once: set aside, freed for its use, released."""

import uuid
from contextlib import suppress
from datetime import datetime

from app.languages import Text
from app.sql import db
from offers.coupons import redemption
from offers.coupons.models import CouponStatus
from offers.offline import queries
from offers.offline.errors import LeaseUnknown
from offers.offline.leases import lock_terminal, require_room
from offers.offline.models import MemberReserve, ReserveKind
from wallet.authenticity.shown import read_shown
from wallet.authenticity.verifier import SeenAt
from wallet.cards import resolution, standing
from wallet.ledger import settlement
from wallet.ledger.book_store import save_book
from wallet.ledger.errors import HoldOver, MovementUnknown
from wallet.points import spending
from wallet.points.wording import REASONS

REASONS["till_lease"] = Text(
    fr="Une caisse les garde pour vous, au cas où le réseau manquerait.",
    en="A till keeps them for you, in case the network fails.",
)


def reserve_points(
    *,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    code: str,
    currency_id: uuid.UUID,
    points: int,
    ends_at: datetime,
    now: datetime,
) -> MemberReserve:
    """Set points of whoever shows a code aside for a terminal.

    Raises `LeasesFull`, `CodeMistyped`, `PassUnknown`, `CardLost`, `CardBlocked`, `CodeForged`, `PointsUnknown`,
    `NotEnoughPoints`.
    """
    lock_terminal(terminal_id)
    require_room(terminal_id, now=now)
    at = SeenAt(store_id=store_id, terminal_id=terminal_id)
    shown = resolution.resolve_code(code=code, brand_id=brand_id, now=now, at=at)
    standing.require_usable_card(shown.card_status)
    made = MemberReserve(
        member_id=shown.member_id,
        id=db.new_id(),
        brand_id=brand_id,
        store_id=store_id,
        terminal_id=terminal_id,
        kind=ReserveKind.POINTS,
        code=shown.code,
        currency_id=currency_id,
        points=points,
        made_at=now,
        ends_at=ends_at,
    )
    made.hold_id = _hold(made, now=now)
    return db.add(made)


def reserve_coupon(
    *, brand_id: uuid.UUID, store_id: uuid.UUID, terminal_id: uuid.UUID, code: str, ends_at: datetime, now: datetime
) -> MemberReserve:
    """Set a coupon aside for a terminal, which could use it now. Raises `LeasesFull`, and what a use would meet."""
    lock_terminal(terminal_id)
    require_room(terminal_id, now=now)
    plain = read_shown(code).code
    coupon = redemption.find_usable_coupon(code=plain, brand_id=brand_id, store_id=store_id, now=now).coupon
    made = db.add(
        MemberReserve(
            member_id=coupon.member_id,
            brand_id=brand_id,
            store_id=store_id,
            terminal_id=terminal_id,
            kind=ReserveKind.COUPON,
            code=plain,
            coupon_id=coupon.id,
            made_at=now,
            ends_at=ends_at,
        )
    )
    _keep_coupon(made, until=ends_at)
    return made


def release_reserve(*, terminal_id: uuid.UUID, lease_id: uuid.UUID, now: datetime) -> MemberReserve:
    """Let the member have what was set aside. Twice is once. Raises `LeaseUnknown`, also for another terminal's."""
    lock_terminal(terminal_id)
    reserve = _reserve_to_change(terminal_id, lease_id)
    _free(reserve, now=now)
    return reserve


def settle_reserve(*, terminal_id: uuid.UUID, lease_id: uuid.UUID, points: int, now: datetime) -> bool:
    """Free what was set aside for whoever uses it next in this transaction; whether it is there.

    One that was used or released is not. Of one that is over it is whether the member has as many points still, or the
    coupon can still be used. The terminal is locked. Raises `LeaseUnknown`.
    """
    reserve = _reserve_to_change(terminal_id, lease_id)
    if reserve.settled_at is not None:
        return False
    if reserve.ends_at > now:
        _free(reserve, now=now)
        return True
    reserve.settled_at = now
    db.session().flush()
    return _has_points(reserve, points, now=now) if reserve.kind == ReserveKind.POINTS else _is_free(reserve, now=now)


def _reserve_to_change(terminal_id: uuid.UUID, lease_id: uuid.UUID) -> MemberReserve:
    reserve = db.first(db.locked(queries.reserve_of(terminal_id, lease_id)))
    if reserve is None:
        raise LeaseUnknown
    return reserve


def _hold(reserve: MemberReserve, *, now: datetime) -> uuid.UUID:
    return spending.hold_points(
        member_id=reserve.member_id,
        currency_id=reserve.currency_id,  # type: ignore[arg-type] # points have one
        points=reserve.points or 0,
        source=f"lease:{reserve.id}",
        reason="till_lease",
        ends_at=reserve.ends_at,
        now=now,
    ).id


def _free(reserve: MemberReserve, *, now: datetime) -> None:
    """Release the hold, or let the coupon go, unless that is over already."""
    if reserve.settled_at is None:
        reserve.settled_at = now
        if reserve.kind == ReserveKind.COUPON:
            _keep_coupon(reserve, until=None)
        elif reserve.ends_at > now:
            _release_hold(reserve, now=now)
        db.session().flush()


def _release_hold(reserve: MemberReserve, *, now: datetime) -> None:
    whose = {"member_id": reserve.member_id, "currency_id": reserve.currency_id, "hold_id": reserve.hold_id}
    with suppress(HoldOver, MovementUnknown):  # it was let go when two wallets became one
        spending.release_hold(**whose, reason="till_lease", now=now)  # type: ignore[arg-type] # points have both


def _keep_coupon(reserve: MemberReserve, *, until: datetime | None) -> None:
    """Keep the coupon for this reserve until an instant, or let it go if it is still kept for it."""
    which = {"member_id": reserve.member_id, "coupon_id": reserve.coupon_id, "reserve_id": reserve.id, "until": until}
    db.send_statement(queries.KEEP_COUPON, which)


def _has_points(reserve: MemberReserve, points: int, *, now: datetime) -> bool:
    whose = {"member_id": reserve.member_id, "currency_id": reserve.currency_id}
    book = settlement.settled_book(**whose, now=now)  # type: ignore[arg-type] # points have a currency
    save_book(book, now=now)
    return book.available >= points


def _is_free(reserve: MemberReserve, *, now: datetime) -> bool:
    coupon = db.first(db.locked(queries.coupon_of(reserve.member_id, reserve.coupon_id)))
    if coupon is None or coupon.status_at(now) != CouponStatus.ACTIVE:
        return False
    return not coupon.is_held_at(now, but_for=reserve.id)
