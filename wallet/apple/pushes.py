"""Phones are woken when a pass on them changed: once each, however many passes changed and how often.

What changed is queued in the transaction of the change. A batch is taken with a lease, handed to Apple while no
transaction is open, and settled. Whoever dies in between has woken a phone twice at most, which asks and is told that
nothing changed. A service that is slow or away is left after one batch, and phones wait, longer each time; a day later
they are not woken for it any more, as they look by themselves once a day.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import NamedTuple

from app import clock, config
from app.logs import log
from app.ops.signs import OK, Sign
from app.sql import db
from wallet.apple import devices, identities, queries
from wallet.apple.certificates import PassIdentity
from wallet.apple.push_gateway import PushAnswer, PushLine, PushOutcome, open_line
from wallet.issued.models import IssuedPass

BATCH = 500
LEASE = timedelta(minutes=3)
"""How long a sender has a batch for itself: more than a batch takes in which nobody answers."""
MOST_S = 25.0
"""After which a run ends although phones wait: the next one begins at once, and the job is seen to be alive."""
BACK_OFF = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
"""Between the tries; the last one repeats."""
USEFUL = timedelta(days=1)
LATE = timedelta(minutes=15)
"""After which phones that wait are an alarm."""

OVER = frozenset({PushOutcome.TAKEN, PushOutcome.GONE})
STANDSTILL = frozenset({PushOutcome.SILENT, PushOutcome.BARRED})
"""After these the rest waits for another run: what befell one would befall all."""
ORDER = (PushOutcome.GONE, PushOutcome.TAKEN, PushOutcome.LATER, PushOutcome.SILENT, PushOutcome.BARRED)
"""Of several tokens of one phone the last of these says what becomes of it."""

Line = Callable[[PassIdentity], AbstractContextManager[PushLine]]


class DuePush(NamedTuple):
    """A phone to be woken, which is ours until the lease ends."""

    device_hash: bytes
    pass_type: str
    asked_at: datetime
    first_asked_at: datetime
    tries: int
    push_tokens: Sequence[bytes]


class SettledPush(NamedTuple):
    """What became of a phone that was to be woken; `dead` are hashes of push tokens that Apple gave up, and when."""

    due: DuePush
    outcome: PushOutcome
    reason: str
    dead: Sequence[tuple[bytes, datetime]]


def ask_pushes(passes: Sequence[IssuedPass], now: datetime) -> None:
    """Queue a push for each phone that holds one of these passes, in the transaction that changed them."""
    db.fetch(queries.ASK_PUSHES, [[held.member_id for held in passes], now, [held.id for held in passes]])


def send_due(*, clock: Callable[[], datetime] = clock.now, line: Line = open_line, batch: int = BATCH) -> int:
    """Wake the phones that are due; return how many were. Several senders at once share the work."""
    until_s = time.monotonic() + MOST_S
    woken = sum(
        _send_as(identity, until_s=until_s, clock=clock, line=line, batch=batch)
        for _, identity in identities.load_identities().every()
        if identity.is_valid(clock())
    )
    with db.system_transaction():
        dropped = db.fetch(queries.DROP_LATE, [clock() - USEFUL])
    if dropped:
        log.warning("apple_pushes_dropped", count=len(dropped))
    return woken


def _send_as(identity: PassIdentity, *, until_s: float, clock: Callable[[], datetime], line: Line, batch: int) -> int:
    """Wake the phones that hold passes of one type, until none waits, the time is over, or Apple does not answer."""
    pace = config.current().apple_pushes_per_second
    batch = min(batch, pace or batch)
    woken, due = 0, _lease(identity.pass_type, now=clock(), batch=batch)
    if not due:
        return 0
    with line(identity) as opened:
        while due:
            begun_s = time.monotonic()
            settled = _push(due, opened, now=clock())
            _settle(settled, now=clock())
            woken += sum(one.outcome is PushOutcome.TAKEN for one in settled)
            if time.monotonic() > until_s or any(one.outcome in STANDSTILL for one in settled):
                break
            if pace is not None:
                time.sleep(max(0.0, begun_s + len(due) / pace - time.monotonic()))
            due = _lease(identity.pass_type, now=clock(), batch=batch)
    return woken


def _lease(pass_type: str, *, now: datetime, batch: int) -> list[DuePush]:
    """Take some phones; none while Apple has just refused our certificate."""
    with db.system_transaction():
        found = db.fetch(queries.LEASE, [now, now + LEASE, batch, pass_type])
    return [DuePush(*row) for row in found]


def _push(due: Sequence[DuePush], line: PushLine, *, now: datetime) -> list[SettledPush]:
    """Hand a batch to Apple. No transaction is open."""
    opened = [[devices.open_push_token(sealed, one.device_hash) for sealed in one.push_tokens] for one in due]
    answers = iter(line.push_all([token for tokens in opened for token in tokens if token]))
    return [
        _settled(one, [(token, next(answers)) for token in tokens if token], now=now)
        for one, tokens in zip(due, opened, strict=True)
    ]


def _settled(due: DuePush, answers: Sequence[tuple[str, PushAnswer]], *, now: datetime) -> SettledPush:
    """What became of a phone: while one of its tokens is to be tried again, all are. One without tokens is gone."""
    dead = [
        (devices.hash_push_token(token), answer.since or now)
        for token, answer in answers
        if answer.outcome is PushOutcome.GONE
    ]
    worst = max((answer for _, answer in answers), key=lambda one: ORDER.index(one.outcome), default=None)
    if worst is None:
        return SettledPush(due, PushOutcome.GONE, "", dead)
    return SettledPush(due, worst.outcome, worst.reason, dead)


def _settle(settled: Sequence[SettledPush], *, now: datetime) -> None:
    """Forget who was woken and who is gone; put the others off."""
    over = [one.due for one in settled if one.outcome in OVER]
    late = [one for one in settled if one.outcome not in OVER]
    dead = [(one.due.device_hash, *each) for one in settled for each in one.dead]
    with db.system_transaction():
        if dead:
            db.fetch(queries.FORGET_TOKENS, _columns(dead, 3))
        if over:
            db.fetch(
                queries.DONE, [*_columns([(one.device_hash, one.pass_type, one.asked_at) for one in over], 3), now]
            )
        if late:
            again = [
                (one.due.device_hash, one.due.pass_type, now + BACK_OFF[min(one.due.tries, len(BACK_OFF)) - 1],
                 one.reason if one.outcome is PushOutcome.BARRED else None)
                for one in late
            ]  # fmt: skip
            db.fetch(queries.PUT_OFF, _columns(again, 4))
    barred = next((one for one in late if one.outcome is PushOutcome.BARRED), None)
    if barred is not None:
        log.error("apple_push_barred", pass_type=barred.due.pass_type, reason=barred.reason)


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [[row[column] for row in rows] for column in range(width)]


def watch_pushes(now: datetime) -> Sign:
    """The alarm of phones that are not woken: Apple refuses our certificate, or the first waits too long. The gauge
    tells for how many seconds it waits."""
    [(waiting, first_asked_at, _)] = db.rows(queries.waiting_pushes())
    waits_s = (now - first_asked_at).total_seconds() if waiting else 0.0
    refused = db.rows(queries.refusals_of_us())
    if refused:
        told = ", ".join(f"{pass_type}: {reason}" for pass_type, reason in refused)
        return Sign(f"Apple refuses our certificate: {told}", waits_s, parts={"waiting": waiting})
    is_late = waits_s > LATE.total_seconds()
    return Sign(f"{waiting} phones wait" if is_late else OK, waits_s, parts={"waiting": waiting})
