"""Google is told what is due: in batches, several things at once, with no transaction open while it is waited for.

A copy that is being told is one process's alone until it is settled, so nothing older is told after something newer.
When Google is away, everything waits and the next look comes later; nobody but this job waits for it.
"""

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

from app import clock
from app.logs import log
from app.settings import GoogleAccess
from app.sql import db
from wallet.designs.designs import read_design
from wallet.google import dispatch, linked_offers, queries
from wallet.google.accounts import access
from wallet.google.dispatch import CLASS_MISSING, GoogleOutcome, GoogleReport
from wallet.google.errands import ClassErrand, GoogleErrand, prepare_classes, prepare_errands
from wallet.google.models import GoogleCopy
from wallet.google.resources.classes import WantedClass
from wallet.google.transport import AT_ONCE, GoogleWallet
from wallet.issued.models import PassKind

BATCH = 40
LEASE = timedelta(minutes=10)
"""How long a batch is one process's alone: more than its requests take of a Google that answers slowly."""
RUN_S = 20.0
BACK_OFF = (
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)
"""Between the tries of what Google did not take for now; the last one repeats."""
REFUSED_AGAIN = timedelta(hours=6)
"""When something that Google refuses as it is comes again, unless it changes before."""


class Teller(NamedTuple):
    """Whoever tells Google: by which account, at which instants, by which threads."""

    wallet: GoogleWallet
    known: GoogleAccess
    threads: ThreadPoolExecutor
    clock: Callable[[], datetime]


def tell_due(*, clock: Callable[[], datetime] = clock.now, batch: int = BATCH) -> int:
    """Tell Google all that is due, as long as it answers; return how much it took. Several processes share the work."""
    known = access()
    if known is None:
        return 0
    done, until = 0, clock() + timedelta(seconds=RUN_S)
    with GoogleWallet(known) as wallet, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="google") as threads:
        teller = Teller(wallet, known, threads, clock)
        while clock() < until:
            took = _tell_some(teller, batch)
            done += took or 0
            if not took:
                break
    return done


def tell_new_looks(*, clock: Callable[[], datetime] = clock.now) -> int:
    """Tell Google of every class that should look other than it was told; return how many it took."""
    known = access()
    if known is None:
        return 0
    done, after = 0, ""
    with GoogleWallet(known) as wallet:
        while True:
            with db.system_transaction():
                some = db.all_of(queries.classes_after(after, BATCH))
                wanted = [WantedClass(each.id, each.brand_id, PassKind(each.kind), tuple(each.texts)) for each in some]
                designs = {brand_id: read_design(brand_id) for brand_id in {each.brand_id for each in some}}
                changed = prepare_classes(wanted, designs, known=known)
            reports = tell_classes(changed, wallet, now=clock())
            done += sum(report.told is GoogleOutcome.DONE for report in reports.values())
            if len(some) < BATCH or any(report.ends_all for report in reports.values()):
                return done
            after = some[-1].id


def lease_copies(*, now: datetime, batch: int = BATCH) -> list[uuid.UUID]:
    """Take some copies that are due, by the ids of their passes. If we die, others take them after the lease."""
    with db.system_transaction():
        return [pass_id for (pass_id,) in db.fetch(queries.LEASE, [now, now + LEASE, batch])]


def tell_classes(errands: Sequence[ClassErrand], wallet: GoogleWallet, *, now: datetime) -> dict[str, GoogleReport]:
    """Tell Google of these classes, and write down how that went; what became of each by its id."""
    reports: dict[str, GoogleReport] = {}
    for errand in errands:
        is_over = any(each.ends_all for each in reports.values())
        report = GoogleReport(GoogleOutcome.LEFT) if is_over else dispatch.tell_class(wallet, errand)
        reports[errand.wanted.id] = report
        is_done = report.told is GoogleOutcome.DONE
        with db.system_transaction():
            db.execute(
                queries.known_class(
                    id=errand.wanted.id,
                    brand_id=errand.wanted.brand_id,
                    kind=str(errand.wanted.kind),
                    texts=list(errand.wanted.texts),
                    told_digest=errand.digest if is_done else None,
                    told_at=now if is_done else None,
                    error=report.reason,
                )
            )
    return reports


def settle_errand(errand: GoogleErrand, report: GoogleReport, *, now: datetime) -> None:
    """Write down what became of it, unless the copy went meanwhile. A revision made since is due."""
    copy = db.first(db.locked(queries.copy_of(errand.copy.member_id, errand.copy.pass_id)))
    if copy is None:
        return
    copy.leased_until = None
    if report.told is GoogleOutcome.DONE:
        is_newer = copy.wanted_revision > errand.revision and copy.removed_at is None
        copy.tries, copy.error, copy.doubtful = 0, None, False
        copy.due_at = now if is_newer or copy.removed_at != errand.copy.removed_at else None
        if errand.class_id is not None:
            _note_told(copy, errand, now=now)
        return
    copy.doubtful = copy.doubtful or report.told is GoogleOutcome.DOUBTFUL
    copy.tries += report.told is not GoogleOutcome.LEFT
    copy.due_at = now + _wait(report, tries=copy.tries)
    if report.told is GoogleOutcome.REFUSED:
        copy.error = report.reason
    if report.reason == CLASS_MISSING and errand.class_id is not None:
        db.fetch(queries.FORGET_CLASS, [errand.class_id])


def note_standing(reports: Sequence[tuple[str, GoogleReport]], *, now: datetime) -> None:
    """Write down per issuer that Google takes what we send, or why it does not."""
    for issuer in {issuer for issuer, report in reports if report.told is GoogleOutcome.DONE}:
        db.fetch(queries.NOTE_SUCCESS, [issuer, now])
    for issuer, report in {issuer: report for issuer, report in reports if report.ends_all}.items():
        log.warning("google_not_told", told=str(report.told), reason=report.reason)
        db.fetch(queries.NOTE_FAILURE, [issuer, now, f"{report.told}:{report.reason}"])


def _tell_some(teller: Teller, batch: int) -> int | None:
    """One batch of everything; how much Google took, or None when it can be asked for nothing more."""
    found = lease_copies(now=teller.clock(), batch=batch)
    told = _tell_batch(found, teller) if found else 0
    if told is None:
        return None
    linked = linked_offers.link_due(teller.wallet, now=teller.clock())
    ended = None if linked is None else _end_due(teller)
    # What was looked at and need not be sent is settled, and is no reason to stop.
    return None if linked is None or ended is None else told + linked + ended or len(found)


def _tell_batch(pass_ids: Sequence[uuid.UUID], teller: Teller) -> int | None:
    with db.system_transaction():
        errands = prepare_errands(pass_ids, known=teller.known, now=teller.clock())
    of_classes = tell_classes(errands.classes, teller.wallet, now=teller.clock())
    is_over = [report for report in of_classes.values() if report.ends_all]

    def tell(errand: GoogleErrand) -> GoogleReport:
        barred = of_classes.get(errand.class_id or "")
        if is_over:
            return GoogleReport(GoogleOutcome.LEFT)
        report = (
            dispatch.tell_object(teller.wallet, errand)
            if barred is None or barred.told is GoogleOutcome.DONE
            else barred
        )
        if report.ends_all:
            is_over.append(report)
        return report

    reports = list(zip(errands.objects, teller.threads.map(tell, errands.objects), strict=True))
    heard = [(errand.copy.issuer, report) for errand, report in reports if errand.body is not None]
    heard += [(class_id.partition(".")[0], report) for class_id, report in of_classes.items()]
    with db.system_transaction():
        for errand, report in reports:
            settle_errand(errand, report, now=teller.clock())
        note_standing(heard, now=teller.clock())
    return (
        None
        if is_over
        else sum(report.told is GoogleOutcome.DONE for errand, report in reports if errand.body is not None)
    )


def _end_due(teller: Teller) -> int | None:
    """End objects at Google whose copies are gone here: nothing of a member is left in them. None if Google is away."""
    now = teller.clock()
    with db.system_transaction():
        found = db.fetch(queries.TAKE_FAREWELLS, [now, now + BACK_OFF[2], BATCH])
    ended, is_away = [], False
    for object_id, kind, class_id in found:
        report = dispatch.end_object(teller.wallet, object_id, kind, class_id)
        is_away = report.ends_all
        if is_away:
            break
        if report.told is GoogleOutcome.DONE:
            ended.append(object_id)
    with db.system_transaction():
        db.fetch(queries.FORGET_FAREWELLS, [ended])
    return None if is_away else len(ended)


def _note_told(copy: GoogleCopy, errand: GoogleErrand, *, now: datetime) -> None:
    copy.told_revision, copy.told_at, copy.class_id = errand.revision, now, errand.class_id
    if errand.body is not None:
        copy.told_digest, copy.told_ringing = errand.digest, errand.ringing
        copy.told_fields = sorted(errand.body)


def _wait(report: GoogleReport, *, tries: int) -> timedelta:
    if report.told is GoogleOutcome.REFUSED and report.reason != CLASS_MISSING:
        return REFUSED_AGAIN
    wait = BACK_OFF[min(max(tries, 1), len(BACK_OFF)) - 1]
    return max(wait, timedelta(seconds=report.retry_after_s or 0))
