"""What rights need in the background. Each job returns how many things it touched."""

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from app.consent.noes import rest
from app.logs import log
from app.rights import queries, replay
from app.rights.erasure import after_restore, steps
from app.rights.requests.deadlines import find_late, ring_alarm, watch_deadlines
from app.rights.retention import inactivity, purpose_end, rules
from app.sql import db
from app.sql.queues import ThingsFailed, work_through

AT_ONCE = 50
"""Erasures of one run."""


@db.in_steps
def erase_members(*, now: datetime) -> int:
    """Finish the erasures that were asked for, or that a restored backup undid; return how many."""
    with db.system_transaction():
        after_restore.adopt_erasures(now=now)
    return finish_erasures(now=now)


def finish_erasures(*, now: datetime, most: int = AT_ONCE) -> int:
    """Do every step of so many erasures that are not complete, the oldest first; return how many erasures.

    Each step is a transaction of its own, but for those that have nothing to do, which are noted together. Erasures
    that fail keep no other waiting. Raises `ThingsFailed` at the end if one did.
    """
    finished, failed = 0, set[uuid.UUID]()
    while finished < most and (waiting := _waiting(most=most - finished, but=failed)):
        for member_id in waiting:
            try:
                _finish_erasure(member_id, now=now)
                finished += 1
            except Exception as error:  # told here, and by the failure at the end: the others go first
                failed.add(member_id)
                log.error("queued_thing_failed", what="erasures", error=type(error).__name__)
    if failed:
        raise ThingsFailed(f"{len(failed)} erasures")
    return finished


def _waiting(*, most: int, but: Collection[uuid.UUID]) -> Sequence[uuid.UUID]:
    with db.system_transaction():
        found = db.all_of(queries.erasures_to_finish(most=most + len(but)))
    return [member_id for member_id in found if member_id not in but][:most]


def _finish_erasure(member_id: uuid.UUID, *, now: datetime) -> None:
    with db.system_transaction():
        steps.skip_idle_steps(member_id=member_id, now=now)
    for _ in range(2 * len(steps.plan_steps())):
        with db.system_transaction():
            done = steps.do_next_step(member_id=member_id, now=now)
        if done is None:
            return


@db.in_steps
def look_again(*, now: datetime) -> int:
    """The second look at erasures that were completed ten minutes ago; return how many rows it still took."""
    return work_through(
        lambda most: db.all_of(queries.erasures_to_look_at_again(before=now - steps.SETTLING, most=most)),
        lambda member_id: steps.look_again(member_id=member_id, now=now),
        what="app.rights.look_again",
        at_once=AT_ONCE,
    )


def mend_notes(*, now: datetime) -> int:
    """Note outside the database what only the database knows."""
    return after_restore.mend_notes()


@db.in_steps
def replay_noes(*, now: datetime) -> int:
    """Say again the noes that a restored backup has forgotten."""
    return replay.replay_noes(now=now)


def mend_noes(*, now: datetime) -> int:
    """Note outside the database which noes only the database knows."""
    return replay.mend_noes(now=now)


def trim_notes(*, now: datetime) -> int:
    """Drop the lines outside the database that serve nothing any more."""
    return replay.trim_notes(now=now)


@db.in_steps
def shed_remnants(*, now: datetime) -> int:
    """Erase what was collected only for purposes that members ended."""
    return purpose_end.shed_remnants(now=now)


def note_acts(*, now: datetime) -> int:
    """Bring each member's last act up to date."""
    return inactivity.note_acts(since=inactivity.newest_act())


def warn_sleeping(*, now: datetime) -> int:
    """Tell members whose wallet ends in a month."""
    return inactivity.warn_sleeping(now=now)


@db.in_steps
def erase_sleeping(*, now: datetime) -> int:
    """Ask for the erasure of wallets that nobody used for 36 months."""
    asked = inactivity.erase_sleeping(now=now)
    with db.system_transaction():
        rules.note_run(job="app.rights.erase_sleeping", touched=0, now=now)  # it comes to its end whenever it ends
    return asked


def forget_permissions(*, now: datetime) -> int:
    """The evidence of permissions, five years after their last effect."""
    return rules.forget_permissions(now=now)


def forget_erasures(*, now: datetime) -> int:
    """That somebody was erased, once no backup can bring them back."""
    return rules.forget_erasures(now=now)


def forget_staff(*, now: datetime) -> int:
    """Names and addresses of staff, a year after they left."""
    return rules.forget_staff(now=now)


def forget_runs(*, now: datetime) -> int:
    """What the retention jobs did, after three months."""
    return rules.forget_runs(now=now)


def _forgetting(name: str) -> Callable[..., int]:
    """The job of this name: what is older than its class is kept goes (`rules.FORGETTING`)."""

    def forget(*, now: datetime) -> int:
        return rules.forget_rows(rules.FORGETTING[name], now=now)

    forget.__name__ = name
    return forget


forget_purchases = _forgetting("forget_purchases")
forget_coupons = _forgetting("forget_coupons")
forget_scans = _forgetting("forget_scans")
forget_messages = _forgetting("forget_messages")
forget_reads = _forgetting("forget_reads")
forget_requests = _forgetting("forget_requests")
forget_oppositions = _forgetting("forget_oppositions")
forget_staff_events = _forgetting("forget_staff_events")

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
    forget_staff_events,
    forget_erasures,
    forget_staff,
    forget_runs,
)

JOBS = (ring_alarm, find_late, replay_noes, erase_members, look_again, shed_remnants, mend_noes, trim_notes, *HOURLY)

EVERY_S = {"erase_members": 5, "replay_noes": 5, "look_again": 120} | {job.__name__: 3600 for job in HOURLY}
EVERY_S |= {"note_acts": 86_400, "mend_noes": 86_400, "trim_notes": 86_400}
"""To find the last acts and the noes of weeks, whole tables are read: at the start, and once a day."""

WATCHES = {
    "rights_requests": watch_deadlines,
    "erasures": after_restore.gate,
    "noes": rest.gate,
    "retention": rules.watch,
}
