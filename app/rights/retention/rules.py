"""Retention: each class of data goes when its time is over, by a job of its own, a batch at a time.

`app.data_map.RETENTION` says how long; `RULES` says by which column of which table. Jobs of other rooms that forget
already are named in `JOBS` and not doubled. Each run is written down with its count; a job that has not come to the end
of its work for two days is late, which rings an alarm. Domains are known by the names of their tables only.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, delete, literal_column, select, text, tuple_, update

from app.accounts.models import ConsoleUser
from app.data_map import RETENTION, DataClass
from app.ops.signs import Sign
from app.receipts import destruction
from app.rights import queries
from app.rights.erasure import outside_ledger
from app.rights.models import RetentionRun
from app.sql import db

BATCH = 20_000
"""Rows of one run, so that no transaction is long; what is left over goes with the next run."""

LATE = timedelta(days=2)
RUNS_KEPT = timedelta(days=90)

JOBS: Mapping[str, DataClass] = {
    "app.accounts.forget_codes": DataClass.SIGN_IN,
    "app.accounts.forget_failures": DataClass.SIGN_IN,
    "app.accounts.forget_member_sessions": DataClass.SIGN_IN,
    "app.accounts.forget_console_sessions": DataClass.STAFF,
    "idempotency.forget_expired": DataClass.ANSWER,
    "offers.deciding.drop_partitions": DataClass.DECISION,
    "app.rights.forget_purchases": DataClass.PURCHASE,
    "app.rights.forget_coupons": DataClass.COUPON,
    "app.rights.forget_scans": DataClass.SCAN,
    "app.rights.forget_messages": DataClass.MESSAGE,
    "app.rights.forget_reads": DataClass.READ_LOG,
    "app.rights.forget_requests": DataClass.RIGHTS_REQUEST,
    "app.rights.forget_permissions": DataClass.PERMISSION,
    "app.rights.forget_oppositions": DataClass.OPPOSITION,
    "app.rights.forget_erasures": DataClass.ERASURE,
    "app.rights.forget_staff": DataClass.STAFF,
    "app.rights.erase_sleeping": DataClass.ACCOUNT,
}
"""Every job that ends a class, by its room and name, and the class."""


class RetentionRule(NamedTuple):
    """Rows of this table go when this column (or expression) is older than the class is kept."""

    table: str
    since: str
    only: str = "true"


RULES: Mapping[DataClass, Sequence[RetentionRule]] = {
    DataClass.PURCHASE: (
        RetentionRule("purchase", "bought_at"),  # its lines and returns go with it
        RetentionRule("receipt_number", "bought_at"),
        RetentionRule("sale", "opened_at"),  # its number and returns go with it
    ),
    DataClass.COUPON: (
        RetentionRule("coupon", "expires_at"),  # its redemptions go with it, and none is later than its end
        RetentionRule(
            "pass_code",
            "created_at",
            "kind = 'coupon' AND NOT EXISTS (SELECT FROM coupon"
            " WHERE coupon.member_id = pass_code.member_id AND coupon.id = pass_code.target_id)",
        ),
    ),
    DataClass.SCAN: (RetentionRule("scan", "scanned_at"),),
    DataClass.READ_LOG: (RetentionRule("personal_read", "read_at"),),
    DataClass.RIGHTS_REQUEST: (RetentionRule("rights_request", "closed_at"),),
    DataClass.OPPOSITION: (RetentionRule("suppression", "renewed_at"),),
    DataClass.MESSAGE: (RetentionRule("message", "created_at"),),
}


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
    for rule in RULES[data_class]:
        table = db.Base.metadata.tables.get(rule.table)
        if table is not None and gone < most:
            gone += _delete(table, rule, before=before, most=most - gone)
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
    return len(rows)


FORGET_PAYLOAD = text("SELECT * FROM ici_forget_permission_payload(:before, :most)")


def forget_erasures(*, now: datetime, most: int = BATCH) -> int:
    """Forget that somebody was erased, once no backup can bring them back and no claim can come."""
    before = now - kept_for(DataClass.ERASURE)
    over = db.all_of(queries.erasures_completed_before(before).limit(most))
    # Outside first: a note without its row would call the member back to be erased again.
    outside_ledger.forget_notes({one.member_id for one in over})
    for one in over:
        db.execute(text("DELETE FROM erasure_step WHERE member_id = :member"), {"member": one.member_id})
        db.session().delete(one)
    db.session().flush()
    return len(over)


def forget_staff(*, now: datetime, most: int = BATCH) -> int:
    """Take name and address from those who left a year ago; what they decided keeps pointing at their number."""
    before = now - (RETENTION[DataClass.STAFF].archived or timedelta())
    left = select(ConsoleUser.id).where(ConsoleUser.disabled_at < before, ConsoleUser.name != "").limit(most)
    gone = db.execute(
        update(ConsoleUser)
        .where(ConsoleUser.id.in_(left.scalar_subquery()))
        .values(name="", email=literal_column("'gone-' || id"), password_hash="!")  # noqa: S106 (opens nothing)
        .returning(ConsoleUser.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def note_run(*, job: str, touched: int, now: datetime) -> None:
    """Write down that a job ran, if it is one of ours."""
    if job in JOBS:
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
    return sorted(job for job in JOBS if (newest.get(job) or first) < now - LATE)


def watch(now: datetime) -> Sign:
    """Rings while a retention job is late."""
    found = late(now=now)
    return Sign(f"late: {', '.join(found)}", len(found)) if found else Sign()


def _delete(table: Table, rule: RetentionRule, *, before: datetime, most: int) -> int:
    since: ColumnElement[Any] = table.c[rule.since]
    key = list(table.primary_key.columns)
    over = select(*key).where(since < before, text(rule.only)).order_by(since).limit(most)
    gone = db.execute(delete(table).where(tuple_(*key).in_(over)).returning(literal_column("1")))
    return len(gone.all())
