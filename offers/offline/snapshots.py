"""What a till must know to judge by itself: a snapshot, whole or as the difference to one that it has.

A snapshot has five parts: codes that ended, offers, keys of vouchers, policy, leases. Each part knows how far it was
(`OfflinePeriod.parts`), so that one that did not move is left out, and of ended codes only what changed is told. The
number of a snapshot grows for a terminal when one of its parts moved.
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.canonical import write_json
from app.sql import db
from offers.offline import leases, queries
from offers.offline.limits import OfflineLimits
from offers.offline.models import MemberReserve, OfferLease, OfflinePeriod
from offers.offline.policies import read_policies
from wallet.authenticity import voucher_keys
from wallet.authenticity.vouchers import VoucherKey

RENEWED_AFTER = timedelta(hours=1)
"""A period in which nothing was used is not begun anew before, however often the till asks."""

KEPT = timedelta(days=40)
"""As long as a till may keep what it did before it uploads it, and some days more."""


class Snapshot(NamedTuple):
    """A snapshot for one terminal. A part that is None is as in the snapshot `since`, which is None for a whole one."""

    version: int
    since: int | None
    is_complete: bool
    """Whether all ended codes are in it: else ask again with its version, and do nothing without a network yet."""
    server_time: datetime
    time_zone: str
    currency: str
    ended: str
    stands_again: str
    offers: Sequence[Any] | None
    voucher_keys: Sequence[VoucherKey] | None
    policy: OfflineLimits | None
    leases: Sequence[OfferLease | MemberReserve] | None


class _Situation(NamedTuple):
    store_number: int
    time_zone: str
    currency: str
    catalogue: int
    endings: int
    forgotten: int


def read_snapshot(
    *,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    now: datetime,
    since: int | None = None,
) -> Snapshot:
    """What a terminal must know now, or how it differs from the snapshot `since` that it has, where that is known.

    The reading begins the terminal's next period, in which its limits are there again; so it uploads first what waits.
    """
    leases.lock_terminal(terminal_id)
    periods = db.all_of(queries.periods_of(terminal_id))
    here = _Situation._make(db.fetch(queries.SITUATION, [store_id])[0])
    limits = read_policies(brand_id=brand_id).at(store_id)
    keys = voucher_keys.published_keys(now=now)
    held = _leases_of(terminal_id, now=now)
    parts: dict[str, Any] = {
        "catalogue": here.catalogue,
        "policy": _fingerprint(limits._asdict()),
        "keys": _fingerprint([key.key_id for key in keys]),
        "leases": _fingerprint([(str(one.id), *_left_of(one)) for one in held]),
    }
    known = next((one for one in periods if one.version == since), None)
    known = known if known is not None and known.parts["endings"] >= here.forgotten else None
    had = known.parts if known is not None else {"endings": 0}
    reached, count, ended, again = _endings(brand_id, had["endings"], here.endings)
    is_complete = count < queries.PAGE
    parts["endings"] = here.endings if is_complete else reached
    same = {name for name, value in parts.items() if had.get(name) == value}
    period = _note_period(
        periods,
        parts,
        limits,
        brand_id=brand_id,
        store_id=store_id,
        terminal_id=terminal_id,
        whole=is_complete,
        now=now,
    )
    return Snapshot(
        version=period.version,
        since=since if known is not None else None,
        is_complete=is_complete,
        server_time=now,
        time_zone=here.time_zone,
        currency=here.currency,
        ended=ended,
        stands_again=again,
        offers=None if "catalogue" in same else _offers_at(here.store_number, now=now),
        voucher_keys=None if "keys" in same else keys,
        policy=None if "policy" in same else limits,
        leases=None if "leases" in same else held,
    )


def forget_endings(*, now: datetime) -> int:
    """Forget that codes stand again which tills learnt long ago; returns of how many brands. A till that was away
    longer is told everything anew."""
    return len(db.fetch(queries.FORGET_ENDINGS, [now - KEPT]))


def forget_periods(*, now: datetime) -> int:
    """Forget what terminals knew long ago, but for the last of each; returns how many periods."""
    return len(db.fetch(queries.FORGET_PERIODS, [now - KEPT]))


def _endings(brand_id: uuid.UUID, since: int, until: int) -> tuple[int | None, int, str, str]:
    if since >= until:
        return until, 0, "", ""
    [(reached, count, ended, again)] = db.fetch(queries.ENDINGS, [brand_id, since, until])
    return reached, count, ended, again


def _offers_at(store_number: int, *, now: datetime) -> Sequence[Any]:
    return db.send_statement(queries.OFFER_RULES, {"store_number": store_number, "now": now})


def _leases_of(terminal_id: uuid.UUID, *, now: datetime) -> list[OfferLease | MemberReserve]:
    return [
        *db.all_of(queries.offer_leases_of(terminal_id, now=now)),
        *db.all_of(queries.reserves_of(terminal_id, now=now)),
    ]


def _left_of(lease: OfferLease | MemberReserve) -> tuple[int, str]:
    left = lease.units - lease.used if isinstance(lease, OfferLease) else lease.points or 1
    return left, lease.ends_at.isoformat()


def _fingerprint(value: Any) -> str:
    return hashlib.sha256(write_json(value)).hexdigest()[:16]


def _note_period(
    periods: Sequence[OfflinePeriod],
    parts: Mapping[str, Any],
    limits: OfflineLimits,
    *,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    terminal_id: uuid.UUID,
    whole: bool,
    now: datetime,
) -> OfflinePeriod:
    """The period that this reading goes on with, or the next one."""
    last = periods[0] if periods else None
    is_same = last is not None and last.parts == parts and last.is_whole == whole
    if last is not None and is_same and not _is_used(last) and now - last.read_at < RENEWED_AFTER:
        last.read_at = now
        db.session().flush()
        return last
    return db.add(
        OfflinePeriod(
            terminal_id=terminal_id,
            number=last.number + 1 if last else 1,
            brand_id=brand_id,
            store_id=store_id,
            version=(last.version if is_same else last.version + 1) if last else 1,
            parts=dict(parts),
            policy=limits._asdict(),
            is_whole=whole,
            opened_at=now,
            read_at=now,
            points_used=0,
            minor_used=0,
            coupons_used=0,
        )
    )


def _is_used(period: OfflinePeriod) -> bool:
    return bool(period.points_used or period.minor_used or period.coupons_used)
