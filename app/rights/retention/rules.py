"""Retention: each class of data goes when its time is over, by a job of its own, a batch at a time.

`app.data_map.RETENTION` says how long; by which column, or by whose job, each table says beside its model
(`app.lifetimes`). Each run is written down with its count; a job that has not come to the end
of its work for two days is late, which rings an alarm.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, delete, literal_column, select, text, tuple_, update

from app.accounts.models import ConsoleUser
from app.data_map import RETENTION, DataClass
from app.lifetimes import By, Since
from app.ops.signs import Sign
from app.receipts import destruction
from app.rights import personal_tables, queries
from app.rights.erasure import outside_ledger
from app.rights.models import RetentionRun
from app.sql import db
from app.staff.assignments.models import StaffPlaces
from app.staff.models import AuthenticatorApp, Passkey, RecoveryCode

BATCH = 20_000
"""Rows of one run, so that no transaction is long; what is left over goes with the next run."""

LATE = timedelta(days=2)
RUNS_KEPT = timedelta(days=90)


class RetentionRule(NamedTuple):
    """Rows of this table go by this column of it."""

    table: Table
    since: Since


@personal_tables.cache_by_tables
def watched_jobs() -> Mapping[str, DataClass]:
    """Every job that ends a class, by its room and name, and the class: as the tables say it beside their models."""
    ends = [table.info["kept"] for table in personal_tables.tables_about_people()]
    own = {f"app.rights.{name}": data_class for name, data_class in FORGETTING.items()}
    return own | {end.job: end.data_class for end in ends if isinstance(end, By) and end.data_class is not None}


FORGETTING: Mapping[str, DataClass] = {
    "forget_purchases": DataClass.PURCHASE,
    "forget_coupons": DataClass.COUPON,
    "forget_scans": DataClass.SCAN,
    "forget_messages": DataClass.MESSAGE,
    "forget_reads": DataClass.READ_LOG,
    "forget_requests": DataClass.RIGHTS_REQUEST,
    "forget_oppositions": DataClass.OPPOSITION,
    "forget_staff_events": DataClass.SECURITY_LOG,
}
"""The jobs that end a class by the column that its tables name, and nothing else (`Since`)."""


@personal_tables.cache_by_tables
def rules() -> Mapping[DataClass, Sequence[RetentionRule]]:
    """By class, the tables whose rows go by a column of theirs; those under a condition last, as it may be about the
    others."""
    found: dict[DataClass, list[RetentionRule]] = {}
    for table in personal_tables.tables_about_people():
        if isinstance(table.info["kept"], Since):
            found.setdefault(table.info["kept"].data_class, []).append(RetentionRule(table, table.info["kept"]))
    return {one: sorted(rules, key=lambda rule: rule.since.only != "true") for one, rules in found.items()}


def kept_for(data_class: DataClass) -> timedelta:
    """How long a class is kept in all, since its trigger."""
    known = RETENTION[data_class]
    return (known.live or timedelta()) if data_class in LIVE_ONLY else (known.live or known.archived or timedelta())


LIVE_ONLY = frozenset({DataClass.COUPON})
"""Classes whose archive would be the accounting's: not ours to keep before there are purchases."""


def forget_rows(data_class: DataClass, *, now: datetime, most: int = BATCH) -> int:
    """Delete what is older than this class is kept, `most` rows at a time; return how many went."""
    before = now - kept_for(data_class)
    gone = 0
    for rule in rules()[data_class]:
        if gone < most:
            gone += _delete(rule, before=before, most=most - gone)
    return gone


def forget_permissions(*, now: datetime, most: int = BATCH) -> int:
    """End the evidence of permissions five years after their last effect; return how many events that empties.

    The payload goes here and the receipt with it; the salt of the leaf is destroyed, which leaves the log as it is and
    the leaf without meaning.
    """
    before = now - (RETENTION[DataClass.PERMISSION].archived or timedelta())
    rows = db.execute(FORGET_PAYLOAD, {"before": before, "most": most}).all()
    events: dict[uuid.UUID, list[uuid.UUID]] = {}
    for row in rows:
        events.setdefault(row.forgotten_member, []).append(row.forgotten_event)
    for member_id, event_ids in events.items():
        destruction.forget_receipts(member_id=member_id, event_ids=event_ids)
        destruction.forget_receipts_of_parents(event_ids=event_ids)
    return len(rows)


FORGET_PAYLOAD = text("SELECT * FROM ici_forget_permission_payload(:before, :most)")


def forget_erasures(*, now: datetime, most: int = BATCH) -> int:
    """Forget that somebody was erased, once no backup can bring them back and no claim can come."""
    before = now - kept_for(DataClass.ERASURE)
    over = db.all_of(queries.erasures_completed_before(before).limit(most))
    # Outside first: a note without its row would call the member back to be erased again.
    if outside_ledger.forget_notes({one.member_id for one in over}) is None:
        return 0
    for one in over:
        db.execute(text("DELETE FROM erasure_step WHERE member_id = :member"), {"member": one.member_id})
        db.session().delete(one)
    db.session().flush()
    return len(over)


def forget_staff(*, now: datetime, most: int = BATCH) -> int:
    """Take name and address from those who left a year ago, and what let them in; what they decided keeps pointing at
    their number."""
    before = now - (RETENTION[DataClass.STAFF].archived or timedelta())
    left = select(ConsoleUser.id).where(ConsoleUser.disabled_at < before, ConsoleUser.name != "").limit(most)
    gone = db.execute(
        update(ConsoleUser)
        .where(ConsoleUser.id.in_(left.scalar_subquery()))
        .values(name="", email=literal_column("'gone-' || id"), password_hash="!")  # noqa: S106 (opens nothing)
        .returning(ConsoleUser.id)
        .execution_options(synchronize_session=False)
    )
    ids = gone.scalars().all()
    for table in (AuthenticatorApp, Passkey, RecoveryCode, StaffPlaces):
        db.execute(delete(table).where(table.user_id.in_(ids)))
    return len(ids)


def note_run(*, job: str, touched: int, now: datetime) -> None:
    """Write down that a job ran, if it is one of ours."""
    if job in watched_jobs():
        db.add(RetentionRun(job=job, ran_at=now, touched=touched, complete=touched < BATCH))


def forget_runs(*, now: datetime) -> int:
    """Old runs say nothing any more."""
    over = delete(RetentionRun).where(RetentionRun.ran_at < now - RUNS_KEPT).returning(RetentionRun.job)
    return len(db.execute(over).all())


def late(*, now: datetime) -> Sequence[str]:
    """The jobs that have not come to the end of their work for two days."""
    rows = db.rows(queries.newest_runs())
    if not rows:
        return ()
    first = min(row.first_at for row in rows)
    newest = {row.job: row.complete_at for row in rows}
    return sorted(job for job in watched_jobs() if (newest.get(job) or first) < now - LATE)


def watch(now: datetime) -> Sign:
    """Rings while a retention job is late."""
    found = late(now=now)
    return Sign(f"late: {', '.join(found)}", len(found)) if found else Sign()


def _delete(rule: RetentionRule, *, before: datetime, most: int) -> int:
    since: ColumnElement[Any] = rule.table.c[rule.since.column]
    key = list(rule.table.primary_key.columns)
    over = select(*key).where(since < before, text(rule.since.only)).order_by(since).limit(most)
    gone = db.execute(delete(rule.table).where(tuple_(*key).in_(over)).returning(literal_column("1")))
    return len(gone.all())
