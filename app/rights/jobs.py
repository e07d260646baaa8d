"""What rights need in the background. Each job returns how many things it touched."""

from datetime import datetime

from app import db
from app.consent.models import PermissionEvent
from app.personal import DataClass
from app.rights import erasing, lapsing, queries, replaying, retaining, shedding
from app.rights.reminding import find_late, ring, watch

AT_ONCE = 50
"""Erasures of one run."""


def follow(event: PermissionEvent, now: datetime) -> None:
    """Mark what was collected only for a purpose that ends here."""
    shedding.mark(event)


@db.in_steps
def erase_members(*, now: datetime) -> int:
    """Finish the erasures that were asked for, or that a restored backup undid; return how many."""
    with db.system_transaction():
        replaying.adopt(now=now)
    return finish_erasures(now=now)


def finish_erasures(*, now: datetime, most: int = AT_ONCE) -> int:
    """Do every step of every erasure that is not complete, each in its own transaction; return how many erasures."""
    with db.system_transaction():
        waiting = db.all_of(queries.erasures_to_finish(most=most))
    for member_id in waiting:
        for _ in range(2 * len(erasing.steps())):
            with db.system_transaction():
                done = erasing.do_next(member_id=member_id, now=now)
            if done is None:
                break
    return len(waiting)


def look_again(*, now: datetime) -> int:
    """The second look at erasures that were completed ten minutes ago; return how many rows it still took."""
    waiting = db.all_of(queries.erasures_to_look_at_again(before=now - erasing.SETTLING, most=AT_ONCE))
    return sum(erasing.look_again(member_id=member_id, now=now) for member_id in waiting)


def mend_notes(*, now: datetime) -> int:
    """Note outside the database what only the database knows."""
    return replaying.mend()


def shed_remnants(*, now: datetime) -> int:
    """Erase what was collected only for purposes that members ended."""
    return shedding.shed(now=now)


def note_acts(*, now: datetime) -> int:
    """Bring each member's last act up to date."""
    return lapsing.note_acts(since=lapsing.newest_act())


def warn_sleeping(*, now: datetime) -> int:
    """Tell members whose wallet ends in a month."""
    return lapsing.warn_sleeping(now=now)


def erase_sleeping(*, now: datetime) -> int:
    """Ask for the erasure of wallets that nobody used for 36 months."""
    return lapsing.erase_sleeping(now=now)


def forget_purchases(*, now: datetime) -> int:
    """Purchases with their lines and returns, after two years."""
    return retaining.forget(DataClass.PURCHASE, now=now)


def forget_coupons(*, now: datetime) -> int:
    """Coupons and their use, two years after their end."""
    return retaining.forget(DataClass.COUPON, now=now)


def forget_scans(*, now: datetime) -> int:
    """Scans at a till, after thirteen months."""
    return retaining.forget(DataClass.SCAN, now=now)


def forget_messages(*, now: datetime) -> int:
    """Messages, thirteen months after they were written."""
    return retaining.forget(DataClass.MESSAGE, now=now)


def forget_reads(*, now: datetime) -> int:
    """Who read a member's data, after a year."""
    return retaining.forget(DataClass.READ_LOG, now=now)


def forget_requests(*, now: datetime) -> int:
    """Requests about rights, five years after they were closed."""
    return retaining.forget(DataClass.RIGHTS_REQUEST, now=now)


def forget_permissions(*, now: datetime) -> int:
    """The evidence of permissions, five years after their last effect."""
    return retaining.forget_permissions(now=now)


def forget_oppositions(*, now: datetime) -> int:
    """Oppositions that stopped nothing for three years."""
    return retaining.forget(DataClass.OPPOSITION, now=now)


def forget_erasures(*, now: datetime) -> int:
    """That somebody was erased, once no backup can bring them back."""
    return retaining.forget_erasures(now=now)


def forget_staff(*, now: datetime) -> int:
    """Names and addresses of staff, a year after they left."""
    return retaining.forget_staff(now=now)


def forget_runs(*, now: datetime) -> int:
    """What the retention jobs did, after three months."""
    return retaining.forget_runs(now=now)


HOURLY = (
    mend_notes,
    note_acts,
    warn_sleeping,
    erase_sleeping,
    forget_purchases,
    forget_coupons,
    forget_scans,
    forget_messages,
    forget_reads,
    forget_requests,
    forget_permissions,
    forget_oppositions,
    forget_erasures,
    forget_staff,
    forget_runs,
)

JOBS = (ring, find_late, erase_members, look_again, shed_remnants, *HOURLY)

EVERY_S = {"erase_members": 5, "look_again": 120} | {job.__name__: 3600 for job in HOURLY} | {"note_acts": 86_400}
"""To find the last acts, whole tables are read: once a day, the wallets of which this decides are asleep for years."""

WATCHES = {"rights_requests": watch, "erasures": replaying.gate, "retention": retaining.watch}
