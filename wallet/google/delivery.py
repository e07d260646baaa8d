"""Google is told what is due: in batches, several things at once, with no transaction open while it is waited for.

What was sent and not answered is in doubt. It is looked at before it is sent again: if Google has it, nothing is sent,
so nothing rings twice; if not, nothing is lost. A PATCH can change and add, but cannot say that something is gone (an
empty list is nothing in protobuf), so what takes something away, such as places that are permitted no longer, is a PUT.

When Google is away, everything waits and the next look comes later; nobody but this job waits for it.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app import clock
from app.config import GoogleAccess
from app.logs import log
from app.sql import db
from wallet.designs.designs import read_design
from wallet.google import classes, linked_offers, objects, queries
from wallet.google.accounts import access
from wallet.google.classes import WantedClass
from wallet.google.errands import ClassErrand, Errand, prepare_classes, prepare_errands
from wallet.google.errors import GoogleAway, GoogleForbids, GoogleRefuses
from wallet.google.models import GoogleCopy
from wallet.google.transport import AT_ONCE, GoogleAnswer, GoogleWallet
from wallet.issued.models import PassKind

BATCH = 40
LEASE = timedelta(minutes=5)
"""How long a batch is one process's alone: more than all its requests may take."""
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
EPHEMERAL = frozenset({"notifyPreference"})


class Told(StrEnum):
    """What became of one errand."""

    DONE = "done"
    AWAY = "away"
    DOUBTFUL = "doubtful"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"
    LEFT = "left"  # not tried: Google went away before its turn


class Report(NamedTuple):
    """What became of it, why, and after how many seconds Google wants to be asked again."""

    told: Told
    reason: str | None = None
    retry_after_s: int | None = None


def tell_due(*, clock: Callable[[], datetime] = clock.now, batch: int = BATCH) -> int:
    """Tell Google everything that is due, as long as it answers; return how much it took. Several processes share it."""
    known = access()
    if known is None:
        return 0
    done, until = 0, clock() + timedelta(seconds=RUN_S)
    with GoogleWallet(known) as wallet, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="google") as threads:
        while clock() < until:
            found = lease_copies(now=clock(), batch=batch)
            told, goes_on = _tell_batch(found, wallet, threads, known, clock) if found else (0, True)
            linked = linked_offers.link_due(wallet, now=clock()) if goes_on else None
            ended = _end_due(wallet, now=clock()) if linked is not None else None
            done += told + (linked or 0) + (ended or 0)
            if ended is None or not (found or linked or ended):
                break
    return done


def lease_copies(*, now: datetime, batch: int = BATCH) -> list[Any]:
    """Take some copies that are due, by the ids of their passes. If we die, others take them after the lease."""
    with db.system_transaction():
        return [pass_id for (pass_id,) in db.fetch(queries.LEASE, [now, now + LEASE, batch])]


def _tell_batch(
    pass_ids: Sequence[Any],
    wallet: GoogleWallet,
    threads: ThreadPoolExecutor,
    known: GoogleAccess,
    clock: Callable[[], datetime],
) -> tuple[int, bool]:
    """How many were told, and whether Google can be asked for more."""
    with db.system_transaction():
        errands = prepare_errands(pass_ids, known=known, now=clock())
    barred = tell_classes(errands.classes, wallet, now=clock())
    is_over = [each for each in barred.values() if each.told in (Told.AWAY, Told.DOUBTFUL, Told.FORBIDDEN)]

    def tell(errand: Errand) -> Report:
        if is_over:
            return Report(Told.LEFT)
        if errand.class_id in barred:
            return barred[errand.class_id]
        report = tell_object(wallet, errand)
        if report.told in (Told.AWAY, Told.DOUBTFUL, Told.FORBIDDEN):
            is_over.append(report)
        return report

    reports = list(zip(errands.objects, threads.map(tell, errands.objects), strict=True))
    with db.system_transaction():
        for errand, report in reports:
            settle_errand(errand, report, now=clock())
        note_standing(
            [(each.copy.issuer, report) for each, report in reports] + _of_classes(errands.classes, barred), now=clock()
        )
    return sum(report.told is Told.DONE for _, report in reports), not is_over


def tell_classes(errands: Sequence[ClassErrand], wallet: GoogleWallet, *, now: datetime) -> dict[str, Report]:
    """Tell Google of these classes, and write down how that went; the reports of those that it did not take."""
    barred: dict[str, Report] = {}
    for errand in errands:
        report = Report(Told.LEFT) if any(each.told is not Told.REFUSED for each in barred.values()) else None
        report = report or _reported(lambda each=errand: _put_class(wallet, each))  # type: ignore[misc]
        is_done = report.told is Told.DONE
        if not is_done:
            barred[errand.wanted.id] = report
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
    return barred


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
            barred = tell_classes(changed, wallet, now=clock())
            done += len(changed) - len(barred)
            if len(some) < BATCH or any(each.told is not Told.REFUSED for each in barred.values()):
                return done
            after = some[-1].id


def tell_object(wallet: GoogleWallet, errand: Errand) -> Report:
    """Tell Google of one copy as it is now."""
    return Report(Told.DONE) if errand.body is None else _reported(lambda: _put_object(wallet, errand))


def settle_errand(errand: Errand, report: Report, *, now: datetime) -> None:
    """Write down what became of it, unless the copy went meanwhile. A revision made since is due."""
    copy = db.first(db.locked(queries.copy_of(errand.copy.member_id, errand.copy.pass_id)))
    if copy is None:
        return
    copy.leased_until = None
    if report.told is Told.DONE:
        copy.tries, copy.error, copy.doubtful = 0, None, False
        is_newer = copy.wanted_revision > errand.revision and copy.removed_at is None
        copy.due_at = now if is_newer or copy.removed_at != errand.copy.removed_at else None
        if errand.class_id is not None:
            _note_told(copy, errand, now=now)
        return
    copy.doubtful = copy.doubtful or report.told is Told.DOUBTFUL
    if report.told is Told.LEFT:
        copy.due_at = now + BACK_OFF[0]
        return
    copy.tries += 1
    wait = BACK_OFF[min(copy.tries, len(BACK_OFF)) - 1]
    if report.told is Told.REFUSED:
        copy.error, wait = report.reason, REFUSED_AGAIN
    if report.retry_after_s is not None:
        wait = max(wait, timedelta(seconds=report.retry_after_s))
    copy.due_at = now + wait


def note_standing(reports: Sequence[tuple[str, Report]], *, now: datetime) -> None:
    """Write down per issuer that Google takes what we send, or why it does not take us."""
    for issuer in {issuer for issuer, report in reports if report.told is Told.DONE}:
        db.fetch(queries.NOTE_SUCCESS, [issuer, now])
    failed = {issuer: report for issuer, report in reports if report.told not in (Told.DONE, Told.LEFT, Told.REFUSED)}
    for issuer, report in failed.items():
        log.warning("google_not_told", told=str(report.told), reason=report.reason)
        db.fetch(queries.NOTE_FAILURE, [issuer, now, f"{report.told}:{report.reason}"])


def _note_told(copy: GoogleCopy, errand: Errand, *, now: datetime) -> None:
    copy.told_revision, copy.told_at, copy.class_id = errand.revision, now, errand.class_id
    if errand.body is not None:
        copy.told_digest, copy.told_ringing = errand.digest, errand.ringing
        copy.told_fields = sorted(errand.body)


def _put_object(wallet: GoogleWallet, errand: Errand) -> None:
    body = dict(errand.body or {})
    resource = objects.RESOURCES[PassKind(errand.copy.kind)]
    path = f"{resource}/{body['id']}"
    in_doubt = errand.copy.doubtful
    if errand.copy.told_digest is None and not in_doubt:
        if wallet.send("POST", resource, body).status != 409:
            return
        in_doubt = True  # it is there: an answer was lost, or we come from a backup
    if in_doubt:
        found = wallet.send("GET", path)
        if found.status == 404:
            _require_done(wallet.send("POST", resource, body))
            return
        if says_the_same(found.body, body) and not _has_more(found.body, body):
            return
    if errand.rings:
        body["notifyPreference"] = "NOTIFY_ON_UPDATE"
    # Offers that are linked stay linked whatever we say, and a whole object says all that it has.
    whole = in_doubt or errand.takes_away
    sent = body | {"linkedObjectIds": list(errand.linked)} if whole and errand.linked else body
    answer = wallet.send("PUT" if whole else "PATCH", path, sent)
    if answer.status == 404:
        answer = wallet.send("POST", resource, errand.body)
    _require_done(answer)


def _put_class(wallet: GoogleWallet, errand: ClassErrand) -> None:
    resource = classes.RESOURCES[errand.wanted.kind]
    if errand.is_new:
        answer = wallet.send("POST", resource, errand.body)
        if answer.status != 409:
            _require_done(answer)
            return
    answer = wallet.send("PUT", f"{resource}/{errand.wanted.id}", errand.body)
    if answer.status == 404:
        answer = wallet.send("POST", resource, errand.body)
    _require_done(answer)


def _end_due(wallet: GoogleWallet, *, now: datetime) -> int | None:
    """End objects at Google whose copies are gone here: nothing of the member is left in them. None if Google is away."""
    with db.system_transaction():
        found = db.fetch(queries.TAKE_FAREWELLS, [now, now + BACK_OFF[2], BATCH])
    ended = []
    for object_id, kind, class_id in found:
        resource = objects.RESOURCES[PassKind(kind)]
        body = objects.empty_object(object_id, class_id)
        report = _reported(lambda at=f"{resource}/{object_id}", said=body: wallet.send("PUT", at, said))  # type: ignore[misc]
        if report.told in (Told.AWAY, Told.DOUBTFUL, Told.FORBIDDEN):
            break
        if report.told is Told.DONE:
            ended.append(object_id)
    else:
        with db.system_transaction():
            db.fetch(queries.FORGET_FAREWELLS, [ended])
        return len(ended)
    with db.system_transaction():
        db.fetch(queries.FORGET_FAREWELLS, [ended])
    return None


def _reported(act: Callable[[], object]) -> Report:
    try:
        act()
    except GoogleAway as away:
        return Report(Told.DOUBTFUL if away.sent else Told.AWAY, away.reason, away.retry_after_s)
    except GoogleForbids as forbids:
        return Report(Told.FORBIDDEN, forbids.reason)
    except GoogleRefuses as refuses:
        return Report(Told.REFUSED, refuses.reason)
    return Report(Told.DONE)


def _require_done(answer: GoogleAnswer) -> None:
    if not answer.is_done:
        raise GoogleRefuses(answer.status, str(answer.status))


def _of_classes(errands: Sequence[ClassErrand], barred: Mapping[str, Report]) -> list[tuple[str, Report]]:
    return [(each.wanted.id.partition(".")[0], barred.get(each.wanted.id, Report(Told.DONE))) for each in errands]


def says_the_same(found: Any, said: Any) -> bool:
    """Whether what Google has holds all of this; it adds fields of its own, and leaves out what is empty."""
    if isinstance(said, dict):
        return isinstance(found, dict) and all(
            says_the_same(found.get(name), value) for name, value in said.items() if name not in EPHEMERAL
        )
    if isinstance(said, list):
        return isinstance(found, list) and len(found) == len(said) and all(map(says_the_same, found, said))
    return bool(found == said) or (said is False and found is None)


def _has_more(found: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether Google has something of ours that is to be there no longer."""
    return any(name in found and name not in said for name in objects.OURS)
