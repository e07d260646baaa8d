"""Erasure (GDPR article 17) that survives whatever happens to the process.

The request is a row of its own, committed before anything is deleted, with what finishing needs when the rows that told
it are gone. The steps that have nothing to do are noted together. Then one step after the other, each in a transaction
that also notes the step: whoever is killed leaves a row that says where to go on, and a step that is done twice does
nothing the second time. One step locks one table: with more, its locks could meet those of a sale in another order.
What a step does to a table is said by the map of personal data beside its model; the steps are complete once a look
into every table finds nothing but what the map keeps. Ten minutes later a second look takes what a request that was
under way may have left behind.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import String, Table, delete, func, literal, select, text, union_all
from sqlalchemy.sql.selectable import CompoundSelect

from app.accounts import sessions
from app.accounts.models import OneTimeCode, QuotaUse, SignInFailure
from app.consent.ledger import withdrawal
from app.consent.suppression import suppression_list
from app.identity import moves
from app.logs import log
from app.messages import notices
from app.messages.models import NoticeKind
from app.rights import personal_tables, queries
from app.rights.erasure import outside_ledger
from app.rights.erasure import tables as erasure_tables
from app.rights.erasure.handles import handles_of, merged, read_traces
from app.rights.models import Cause, Erasure, ErasureStep
from app.sql import db

DOORS = ("member_identifier", "member_session", "pass_code", "card_number")
"""What somebody could still come in by: these go first."""

SETTLING = timedelta(minutes=10)
"""No request lasts as long: a second look after this finds whatever one that was under way has written."""

AGAIN = "again"
"""What `do_next_step` says when a look into the tables found something that steps must take once more."""


class ErasureStepPlan(NamedTuple):
    """One unit of work. `act` returns how many rows it touched, and does nothing when it is done again."""

    name: str
    act: Callable[[Erasure, datetime], int]
    table: Table | None = None
    """The one whose rows it is about, if it is about one."""


def request_erasure(*, member_id: uuid.UUID, now: datetime, cause: Cause = Cause.MEMBER) -> Erasure:
    """Write down that this member is to be erased, and let nothing more happen in their name. Twice is once.

    Every sign-in ends. For a member who asks, every permission is withdrawn, which also cancels what waits to be sent;
    where they had objected to marketing, their addresses stay on the opposition list. The systems that brands gave data
    to are told (GDPR article 19). Who became part of this member is erased with them. Deletes nothing.
    """
    known = db.first(queries.erasure_of(member_id))
    if known is not None:
        return known
    for part in moves.parts_of(member_id):
        with moves.seeing(part):
            if db.first(queries.erasure_of(part)) is None:
                _request(part, now=now, cause=cause)
    return _request(member_id, now=now, cause=cause)


def _request(member_id: uuid.UUID, *, now: datetime, cause: Cause) -> Erasure:
    handles, brand_ids = read_traces(member_id)
    erasure = db.add(Erasure(member_id=member_id, cause=cause, requested_at=now, handles=handles))
    if cause is Cause.MEMBER:
        withdrawal.withdraw_everything(member_id=member_id, now=now)
    sessions.end_every_sign_in(member_id=member_id, now=now)
    suppression_list.oppose_as_objected(member_id=member_id, now=now)
    notices.tell_sinks_of_brands(
        member_id=member_id, kind=NoticeKind.ERASURE, about=member_id, brand_ids=brand_ids, now=now
    )
    return erasure


def skip_idle_steps(*, member_id: uuid.UUID, now: datetime) -> int:
    """Note the steps that have nothing to do as done, all in one transaction; return how many.

    What is written to their tables later, the look at the end finds.
    """
    erasure = db.first(db.locked(queries.erasure_of(member_id)))
    if erasure is None or erasure.completed_at is not None:
        return 0
    settled = set(db.all_of(queries.steps_done(member_id)))
    busy = {step.name for step in _steps_to_take(member_id)}
    idle = [step.name for step in plan_steps() if step.name not in busy | settled]
    db.add_all([ErasureStep(member_id=member_id, step=name, done_at=now, touched=0) for name in idle])
    return len(idle)


def do_next_step(*, member_id: uuid.UUID, now: datetime) -> str | None:
    """Do the first step that is not done yet and return its name; None once the erasure is complete.

    One call is one transaction of the system's. Two processes that do this at once wait for each other.
    """
    erasure = db.first(db.locked(queries.erasure_of(member_id)))
    if erasure is None or erasure.completed_at is not None:
        return None
    done = set(db.all_of(queries.steps_done(member_id)))
    step = next((step for step in plan_steps() if step.name not in done), None)
    if step is None:
        return _complete(erasure, now=now)
    touched = step.act(erasure, now)
    db.add(ErasureStep(member_id=member_id, step=step.name, done_at=now, touched=touched))
    log.info("erasure_step", step=step.name, touched=touched)
    return step.name


def look_again(*, member_id: uuid.UUID, now: datetime) -> int:
    """The second look at a complete erasure; return how many rows it took. Then what served to finish is gone too."""
    erasure = db.first(db.locked(queries.erasure_of(member_id)))
    if erasure is None or erasure.completed_at is None or erasure.handles is None:
        return 0
    touched = sum(step.act(erasure, now) for step in _steps_to_take(member_id) if step is not NOTED)
    erasure.handles, erasure.residues = None, dict(residues(member_id))
    db.session().flush()
    return touched


@personal_tables.cache_by_tables
def plan_steps() -> Sequence[ErasureStepPlan]:
    """Every step in its order: noted outside, doors, answers to tills, every other table before those it refers to."""
    tables = [
        ErasureStepPlan(f"table:{table.name}", _sweeping(table), table) for table in erasure_tables.order(first=DOORS)
    ]
    doors = [step for step in tables if step.name.removeprefix("table:") in DOORS]
    others = [step for step in tables if step not in doors]
    return (
        NOTED,
        *doors,
        ErasureStepPlan("answers_to_tills", _answers_to_tills),
        ErasureStepPlan("sign_in_traces", _traces),
        *others,
    )


def residues(member_id: uuid.UUID) -> Mapping[str, int]:
    """How many rows about this member each table still has, for those that have some."""
    counted = db.execute(_counts(), {"member": member_id})
    return {row.table: row.rows for row in counted if row.rows}


def unexpected(left: Mapping[str, int]) -> Sequence[str]:
    """Those of these tables that should have none."""
    kept = {table.name for table in personal_tables.tables_of_members() if erasure_tables.keeps_rows(table)}
    return sorted(left.keys() - kept)


def _steps_to_take(member_id: uuid.UUID) -> Sequence[ErasureStepPlan]:
    """The steps that may find something to do: tables with rows of theirs, and what is about no table of theirs."""
    held = residues(member_id)
    return [
        one
        for one in plan_steps()
        if one.table is None or (one.table.name in held and erasure_tables.acts_on(one.table))
    ]


def _complete(erasure: Erasure, *, now: datetime) -> str | None:
    left = residues(erasure.member_id)
    missed = unexpected(left)
    if missed:
        log.warning("erasure_incomplete", tables=missed)
        names = [f"table:{name}" for name in missed]
        mine = ErasureStep.member_id == erasure.member_id
        db.execute(delete(ErasureStep).where(mine, ErasureStep.step.in_(names)))
        return AGAIN
    erasure.completed_at, erasure.residues = now, dict(left)
    db.execute(queries.close_erasure_requests(erasure.member_id, now=now))
    log.info("erasure_complete", residues=dict(left))
    return None


def _note(erasure: Erasure, now: datetime) -> int:
    outside_ledger.note_erasure(erasure.member_id, requested_at=erasure.requested_at)
    return 1


NOTED = ErasureStepPlan("noted_outside", _note)


def _sweeping(table: Table) -> Callable[[Erasure, datetime], int]:
    return lambda erasure, _: erasure_tables.sweep_table(table, member_id=erasure.member_id)


def _traces(erasure: Erasure, now: datetime) -> int:
    """Codes, failures and quotas of sign-in: they know an address by a keyed hash only."""
    hashes = [bytes.fromhex(known) for known in (erasure.handles or {}).get("addresses", [])]
    gone = [
        db.execute(delete(model).where(model.address_hash.in_(hashes)).returning(literal(1)))
        for model in (OneTimeCode, SignInFailure, QuotaUse)
    ]
    return sum(len(rows.all()) for rows in gone)


ANSWERS_THAT_NAME = text(
    "DELETE FROM idempotency_key WHERE principal_id = ANY(:tills) AND body IS NOT NULL AND EXISTS"
    " (SELECT FROM unnest(CAST(:marks AS text[])) AS mark WHERE position(convert_to(mark, 'UTF8') IN body) > 0)"
    " RETURNING 1"
)


def _answers_to_tills(erasure: Erasure, now: datetime) -> int:
    """What tills were answered about this member: it names them, and is kept for thirty days for retries."""
    known = merged(erasure.handles or {}, handles_of(erasure.member_id))
    erasure.handles = known
    tills = [uuid.UUID(till) for till in known["tills"]]
    return len(db.execute(ANSWERS_THAT_NAME, {"tills": tills, "marks": known["marks"]}).all())


@personal_tables.cache_by_tables
def _counts() -> CompoundSelect[str, int]:
    """How many rows about a member each table has, in one question."""
    return union_all(
        *(
            select(literal(str(table.name), String(), literal_execute=True).label("table"), func.count().label("rows"))
            .select_from(table)
            .where(personal_tables.about(table, personal_tables.MEMBER))
            for table in personal_tables.tables_of_members()
        )
    )
