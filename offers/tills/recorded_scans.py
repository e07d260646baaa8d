"""A scan that a till records under a name of its own happens once, whatever is sent how often and in which order.

The name is looked up before any rule. Each scan is a transaction of its own, so that one never waits for, or undoes,
another of the same request; a refusal is written down after what led to it was rolled back.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from app import canonical
from app.accounts.terminal_profiles import profiles
from app.errors import Problem
from app.http.access import Role
from app.languages import Language
from app.sql import db, locks
from app.sql.trips import Call
from offers.tills import acts, late_uploads, queries, reasons, scan_answers
from offers.tills.acts import ScanAsked, ScanDone, TillPlace
from offers.tills.errors import ScanElsewhere, ScanIdReused
from offers.tills.models import LocalResult, ScanDecided, ScanReason, ScanResult, TillScan
from offers.tills.scan_answers import ScanAnswer
from wallet.cards import resolution
from wallet.passes.models import CodeKind

Attempt = Callable[[TillPlace, Sequence[Problem]], ScanDone]


def answer_scan(asked: ScanAsked, *, at: TillPlace, language: Language, now: datetime) -> ScanAnswer:
    """Do what a till asks, or say again what became of it.

    Raises `ScanIdReused` for other content under the same name; `ScanElsewhere` for the name of another store's
    terminal; and every refusal that is no answer, but a fault of the request or a passing one: see `reasons`.
    """
    if asked.decided is ScanDecided.OFFLINE:
        at = at._replace(cashier_id=None)  # whoever stands there now is not who did it
    problems: list[Problem] = []
    for attempt in _attempts(asked, language, now):
        try:
            return _try_in_transaction(attempt, problems, asked, at, language, now)
        except (ScanIdReused, ScanElsewhere):
            raise
        except Problem as problem:
            if reasons.is_passing(problem) or problem in problems:
                raise
            problems.append(problem)
    raise problems[-1]


def _attempts(asked: ScanAsked, language: Language, now: datetime) -> list[Attempt]:
    if asked.decided is ScanDecided.OFFLINE:
        return [_attempt_late(one, asked, language, now) for one in late_uploads.tries_of(asked)]
    return [
        lambda place, problems: _do_attended(asked, place, now),
        lambda place, problems: _refuse(asked, problems[-1], place, language),
    ]


def _do_attended(asked: ScanAsked, at: TillPlace, now: datetime) -> ScanDone:
    """Do it, if somebody stands there where the profile asks for it: what is known already needs nobody any more."""
    profiles.require_cashier(at.profile, asked.action, cashier_id=at.cashier_id)
    return acts.do_act(asked, at=at, now=now)


def _attempt_late(attempt: late_uploads.Try, asked: ScanAsked, language: Language, now: datetime) -> Attempt:
    return lambda place, problems: attempt(asked, place, problems, language, now)


def _try_in_transaction(
    attempt: Attempt,
    problems: Sequence[Problem],
    asked: ScanAsked,
    at: TillPlace,
    language: Language,
    now: datetime,
) -> ScanAnswer:
    with acting_at(at):
        place, known = _find_named(asked, at)
        fingerprint = _fingerprint(asked)
        if known is not None:
            if known.fingerprint != fingerprint:
                raise ScanIdReused(action=known.action)
            if not _is_overtaken(known, asked):
                return scan_answers.tell_again(known, language=language, now=now)
        done = attempt(place, problems)
        done.message = done.message or reasons.DONE[asked.action].say(language)
        scan = scan_answers.write_scan(asked, done, place, known=known, fingerprint=fingerprint, now=now)
        return scan_answers.tell_scan(scan, done, language=language, now=now)


@contextmanager
def acting_at(at: TillPlace) -> Iterator[None]:
    """A transaction of its own, of this terminal."""
    with db.apart(), db.transaction():
        staff = db.Staff(Role.TERMINAL, at.brand_id, at.store_id, at.cashier_id)
        db.become(brand_id=at.brand_id, principal_id=at.sent_by_id, staff=staff)
        yield


def _is_overtaken(known: TillScan, asked: ScanAsked) -> bool:
    """Whether we refused, the answer was lost, and the till then did it by itself: that is what happened."""
    was_refused = known.decided == ScanDecided.ONLINE and known.result in (ScanResult.REFUSED, ScanResult.NEEDS_INPUT)
    return was_refused and asked.decided is ScanDecided.OFFLINE and asked.local_result is LocalResult.OK


def _find_named(asked: ScanAsked, at: TillPlace) -> tuple[TillPlace, TillScan | None]:
    """The terminal that made it, with what is known of its clock; which may have been revoked, and paired anew. And the
    scan of this name, if there is one; until the commit nobody else makes it."""
    made_by = asked.terminal_id or at.terminal_id
    named = [made_by, asked.scan_id]
    calls = [Call(locks.HOLD, [f"till_scan:{made_by}:{asked.scan_id}"]), Call(queries.IS_NAMED, named)]
    if made_by != at.terminal_id or asked.decided is ScanDecided.OFFLINE:
        calls.append(Call(queries.MADE_BY, [at.brand_id, at.store_id, made_by]))
    _, [(is_known,)], *told = db.fetch_each(*calls)
    if told:
        if not told[0]:
            raise ScanElsewhere
        [(drift_s, revoked_at)] = told[0]
        at = at._replace(terminal_id=made_by, clock_drift_s=drift_s, revoked_at=revoked_at)
    return at, db.first(queries.scan_named(*named)) if is_known else None


def _fingerprint(asked: ScanAsked) -> bytes:
    content = {"scan_id": str(asked.scan_id), "action": str(asked.action), **asked.content}
    return hashlib.sha256(canonical.write_json(content)).digest()


def _refuse(asked: ScanAsked, problem: Problem, at: TillPlace, language: Language) -> ScanDone:
    """What a till is told instead. Raises the refusal itself where it is no answer."""
    read = reasons.read_refusal(problem, language=language, supports=asked.supports)
    if read is None:
        raise problem
    done = ScanDone(result=read.result, reason=read.reason, message=read.message, texts=read.texts)
    try:
        shown = resolution.resolve_code(code=asked.code, brand_id=at.brand_id, kind=asked.kind, now=asked.occurred_at)
    except Problem:
        return done
    done.member_id = shown.member_id
    if read.reason is ScanReason.ALREADY_REDEEMED and shown.kind == CodeKind.COUPON:
        done.first_use = scan_answers.first_use(shown.member_id, shown.target_id)
    return done
