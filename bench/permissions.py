"""`make bench-permissions`: what keeping, proving and stopping permissions costs, and whether stopping is exact.

In one run, on one machine:
  withdrawals   how long a withdrawal takes while 8 senders hammer the same member, and how many messages left after
                one was acknowledged, which must be none
  ledger        16 writers record answers (lock, event, cell, receipt, salt) while the log is sealed behind them,
                against 16 writers of one bare row each
  seals         how long an answer waits until its proof can be fetched
  gate          the statement of nearby offers against the same without permission, session and phone

Writers and senders are processes of their own, as servers would be.
"""

import argparse
import multiprocessing
import os
import re
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, update

from app import config, db, factory
from app.accounts.models import Brand, IdentifierKind, Member, MemberIdentifier
from app.commands.housekeeping import MANNERS
from app.commands.migrating import upgrade
from app.config import Config
from app.consent.granting import grant
from app.consent.models import Level, PermissionEvent
from app.consent.withdrawing import withdraw
from app.events import delivering
from app.events.carrying import Carrier, Envelope, HandOver, Outcome
from app.events.models import Message
from app.events.queueing import queue
from app.events.wording import Words
from app.languages import Text
from app.receipts.models import LogLeaf, Receipt
from app.receipts.sealing import seal
from bench import machine, nearby, world
from bench.machine import say

NAME, GATE = "ici_bench_permissions", "ici_bench_gate"
FOLDER = machine.ROOT / "var" / "bench" / "files"
CELL = {"touchpoint": "email", "purpose": "personalised_offers"}
EVIDENCE = {
    "version": 1, "locale": "fr", "channel": "app", "screen_id": "bench", "app_version": "1", "method": "button",
}  # fmt: skip
SEAL_EVERY_S = 2  # as the jobs do
SEAL_PATIENCE_S = 120
PATIENCE_S = 30
LOOK_AGAIN_S = 0.02  # a sender that finds nothing; the jobs look every 5 s
WORDS = Words(
    subject=Text(fr="Bonjour", en="Hello"),
    text=Text(fr="Une offre vous attend. {stop}", en="An offer is waiting. {stop}"),
)

Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1_000, help="withdrawals under fire")
    parser.add_argument("--senders", type=int, default=8)
    parser.add_argument("--hand-over-ms", type=float, default=5.0, help="how long a mail server takes for one message")
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=10, help="length of each measurement of writing")
    parser.add_argument("--members", type=int, default=20_000, help="members of the world that asks for nearby offers")
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    try:
        _database(server)
        brand_id = _brand()
        ledger, seals = _ledger(brand_id, asked)
        withdrawals = _withdrawals(brand_id, asked)
        gate = _gate(server, asked)
    finally:
        db.engine().dispose()
        server.drop_database(NAME)
        server.drop_database(GATE)
        server.stop()
    ratios = {
        "ledger_over_bare_insert": ledger["answers_per_s"] / ledger["bare_rows_per_s"],
        "gated_over_ungated": gate["gated_per_s"] / gate["ungated_per_s"],
    }
    machine.result(ratios, {"withdrawals": withdrawals, "ledger": ledger, "seals": seals, "gate": gate})


def _settings(server: Any) -> Config:
    return Config(
        environment="test", database_url=server.url("app", NAME), owner_database_url=server.url("owner", NAME),
        secret=nearby.SECRET, var=FOLDER, mail="development", sms="development", public_url="http://localhost",
    )  # fmt: skip


def _database(server: Any) -> None:
    server.drop_database(NAME)
    server.create_database(NAME)
    upgrade(server.url("owner", NAME))
    FOLDER.mkdir(parents=True, exist_ok=True)
    _open(_settings(server))


def _open(settings: Config) -> None:
    """What every process here begins with."""
    config.use(settings)
    factory.import_models()
    db.connect(settings.database_url, settings=db.ONE_PLAN, pool_pre_ping=False)


class Shared(NamedTuple):
    """What the processes of a measurement tell each other."""

    together: Any
    begun: Any
    """A message is being handed over."""
    acknowledged: Any
    """A no was acknowledged, and no yes was begun since: nothing may leave."""
    over: Any


_shared: Shared


@contextmanager
def _processes(count: int) -> Iterator[tuple[ProcessPoolExecutor, Shared]]:
    """So many processes, all of them started and ready, and what they share."""
    context = multiprocessing.get_context("spawn")
    shared = Shared(context.Barrier(count), context.Event(), context.Event(), context.Event())
    given = (config.current(), shared)
    with ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=given) as pool:
        for arrived in [pool.submit(_arrive) for _ in range(count)]:
            arrived.result()
        try:
            yield pool, shared
        finally:
            shared.over.set()


def _start(settings: Config, shared: Shared) -> None:
    global _shared
    _open(settings)
    _shared = shared


def _arrive() -> None:
    """Wait for the others; one process takes one of these, because it waits."""
    _shared.together.wait()


def _brand() -> uuid.UUID:
    now = datetime.now(UTC)
    with db.system_transaction():
        brand = Brand(
            code="bench", name="Bench", countries=["FR"], time_zone="Europe/Paris", currency="EUR", created_at=now
        )
        return db.add(brand).id


def _members(count: int, *, reachable: bool = False) -> list[uuid.UUID]:
    now = datetime.now(UTC)
    with db.system_transaction():
        made = db.add_all([Member(language="fr", created_at=now) for _ in range(count)])
        if reachable:
            db.add_all(
                [
                    MemberIdentifier(kind="email", value=f"{m.id}@example.org", member_id=m.id, verified_at=now)
                    for m in made
                ]
            )
        return [member.id for member in made]


# --- the ledger -------------------------------------------------------------------------------------------------------


def _ledger(brand_id: uuid.UUID, asked: argparse.Namespace) -> tuple[Figures, Figures]:
    say(f"{asked.writers} writers of one bare row each")
    bare = _written(_write_bare, brand_id, asked)
    say(f"{asked.writers} writers of answers, sealed behind them")
    answers = _written(_write_answers, brand_id, asked, sealing=True)
    seals = _seals()
    return {"answers_per_s": round(answers, 1), "bare_rows_per_s": round(bare, 1)}, seals


def _written(write: Any, brand_id: uuid.UUID, asked: argparse.Namespace, *, sealing: bool = False) -> float:
    with _processes(asked.writers + sealing) as (pool, _):
        until = time.time() + 1 + asked.seconds
        writing = [pool.submit(write, brand_id, until - asked.seconds, until) for _ in range(asked.writers)]
        if sealing:
            pool.submit(_keep_sealing, until).result()
        return sum(done.result() for done in writing) / asked.seconds


def _write_answers(brand_id: uuid.UUID, begins: float, until: float) -> int:
    """How many answers one writer recorded, each in a transaction of its own."""
    members = _members(20)
    _wait(begins)
    done = 0
    while time.time() < until:
        with db.transaction():
            db.become(member_id=members[done % len(members)])
            _say_yes(members[done % len(members)], brand_id)
        done += 1
    return done


def _write_bare(brand_id: uuid.UUID, begins: float, until: float) -> int:
    """The same with one row in the ledger, without lock, cell, receipt or seal."""
    members = _members(20)
    _wait(begins)
    done = 0
    while time.time() < until:
        now = datetime.now(UTC)
        with db.transaction():
            db.become(member_id=members[done % len(members)])
            db.add(
                PermissionEvent(
                    member_id=members[done % len(members)],
                    brand_id=brand_id,
                    **CELL,
                    scope_kind="brand",
                    scope_id=brand_id,
                    level="proactive",
                    state="given",
                    actor="data_subject",
                    evidence=EVIDENCE,
                    recorded_at=now,
                )
            )
        done += 1
    return done


def _say_yes(member_id: uuid.UUID, brand_id: uuid.UUID) -> None:
    grant(
        member_id=member_id, brand_id=brand_id, **CELL, level=Level.PROACTIVE, evidence=EVIDENCE, now=datetime.now(UTC)
    )


def _wait(begins: float) -> None:
    time.sleep(max(0.0, begins - time.time()))


def _keep_sealing(until: float) -> None:
    """As the jobs do, and on until nothing waits any more."""
    waiting = select(func.count()).select_from(Receipt).where(Receipt.leaf_index.is_(None))
    left = None
    while left != 0:
        if time.time() > until + SEAL_PATIENCE_S:
            raise RuntimeError(f"{left} receipts were not sealed in time")
        time.sleep(SEAL_EVERY_S)
        with db.system_transaction():
            seal(now=datetime.now(UTC))
            left = db.execute(waiting).scalar() if time.time() > until + 1 else None


def _seals() -> Figures:
    with db.system_transaction():
        waits = sorted(
            wait.total_seconds()
            for (wait,) in db.rows(
                select(LogLeaf.sealed_at - Receipt.issued_at).join(Receipt, Receipt.leaf_index == LogLeaf.leaf_index)
            )
        )
    return {"sealed": len(waits)} | {f"p{p}_s": round(waits[len(waits) * p // 100], 2) for p in (50, 99)}


# --- withdrawals under fire -------------------------------------------------------------------------------------------


def _withdrawals(brand_id: uuid.UUID, asked: argparse.Namespace) -> Figures:
    """One member who says yes and no in turn, while all senders deliver as they can.

    A no is said when a message of its round is being handed over and others wait: what was decided and has not left
    is what a withdrawal without a barrier would let through.
    """
    say(f"{asked.rounds:,} withdrawals under {asked.senders} senders, {asked.hand_over_ms} ms a hand-over")
    [member_id] = _members(1, reachable=True)
    _answer(member_id, brand_id)
    with db.system_transaction():
        for n in range(2 * asked.senders):
            queue(member_id=member_id, brand_id=brand_id, **CELL, words=WORDS, key=str(n), now=datetime.now(UTC))
    took: list[float] = []
    stopped = 0
    with _processes(asked.senders) as (pool, shared):
        sending = [pool.submit(_keep_sending, asked.hand_over_ms / 1000) for _ in range(asked.senders)]
        for number in range(asked.rounds):
            if number % 100 == 0:
                say(f"withdrawal {number:,}")
            if not shared.begun.wait(timeout=PATIENCE_S):
                raise RuntimeError(f"no race at all: no sender had a message in round {number}")
            started = time.perf_counter()
            _answer(member_id, brand_id, yes=False)
            took.append(time.perf_counter() - started)
            shared.acknowledged.set()
            stopped += _queue_again(member_id)  # now all of them must be refused
            shared.acknowledged.clear()
            shared.begun.clear()
            _answer(member_id, brand_id)
            stopped += _queue_again(member_id)
        shared.over.set()
        told = [done.result() for done in sending]
    late, sent = sum(each["late"] for each in told), sum(each["sent"] for each in told)
    if late:
        raise RuntimeError(f"{late} messages left after an acknowledged withdrawal")
    return {"rounds": len(took), "late_sends": late, "sent": sent, "stopped": stopped} | _spread(took)


def _spread(took: list[float]) -> Figures:
    spent = sorted(took)
    shares = {f"p{p}_ms": round(spent[len(spent) * p // 100] * 1000, 2) for p in (50, 99)}
    return shares | {"worst_ms": round(spent[-1] * 1000, 2)}


def _answer(member_id: uuid.UUID, brand_id: uuid.UUID, *, yes: bool = True) -> None:
    """As a request of the member's phone does it: acknowledged when this returns."""
    with db.transaction():
        db.become(member_id=member_id)
        if yes:
            _say_yes(member_id, brand_id)
        else:
            withdraw(member_id=member_id, brand_id=brand_id, **CELL, now=datetime.now(UTC))


def _queue_again(member_id: uuid.UUID) -> int:
    """Put the messages in the queue again, as if they had just been asked for; return how many had been stopped."""
    again = {"status": "queued", "reason": None, "sent_at": None, "settled_at": None, "due_at": datetime.now(UTC)}
    stopped = select(func.count()).where(Message.member_id == member_id, Message.status == "cancelled")
    with db.system_transaction():
        count = db.execute(stopped).scalar() or 0
        db.execute(update(Message).where(Message.member_id == member_id).values(**again))
    return count


def _keep_sending(hand_over_s: float) -> dict[str, int]:
    """One sender, one message at a time, so that all senders meet at the member; what it handed over, and how late."""
    os.nice(MANNERS)
    told = {"sent": 0, "late": 0}

    @contextmanager
    def connect() -> Iterator[HandOver]:
        def hand_over(_: Envelope) -> Outcome:
            _shared.begun.set()
            was_late = _shared.acknowledged.is_set()
            time.sleep(hand_over_s)  # as long as a network takes
            told["sent"] += 1
            told["late"] += was_late or _shared.acknowledged.is_set()
            return Outcome.TAKEN

        yield hand_over

    carriers = {CELL["touchpoint"]: Carrier(IdentifierKind.EMAIL, repeatable=True, connect=connect)}
    while not _shared.over.is_set():
        if not delivering.send_due(carriers=carriers, batch=1):
            time.sleep(LOOK_AGAIN_S)
    return told


# --- the gate ---------------------------------------------------------------------------------------------------------


GATED = (
    (r"stands AND enough AS permits", "true AS permits"),
    (r"JOIN member_session AS signed_in USING \(member_id\) ", ""),
    (r" AND with_parent = COALESCE\(signed_in\.minor_until > now\(\), false\)", ""),
    (r"COALESCE\(signed_in\.os_location, cell\.os_location\)", "cell.os_location"),
    (r"signed_in\.id = .*? signed_in\.restricted_at IS NULL AND ", ""),
)
"""What makes the gate, and what stands there without it: every cell permits, whoever asks, whatever the phone says."""


def _gate(server: Any, asked: argparse.Namespace) -> Figures:
    """Statements per second with the gate and without, on a small world, so that the gate shows."""
    say("nearby offers with the gate and without")
    open_to_all = nearby.statement()
    for gated, ungated in GATED:
        open_to_all, found = re.subn(gated, ungated, open_to_all)
        if found != 1:
            raise RuntimeError(f"the statement has no {gated!r} any more; say here what its gate is now")
    sizes = {"walkers": asked.members, "members": asked.members, "connections": 8, "seconds": asked.seconds}
    small = argparse.Namespace(**sizes, keep=False)
    nearby.database(server, GATE, world.Size(5_000, 20_000, asked.members), small)
    rates: dict[str, list[float]] = {"lookup": [], "gated": [], "ungated": []}
    for _ in range(3):
        for name, script in (("lookup", ""), ("gated", nearby.statement()), ("ungated", open_to_all)):
            measured = machine.quietly(lambda n=name, s=script: nearby.limit(server, n, nearby.LOOKUP + s, small, GATE))
            rates[name].append(measured["tps"])
    middle = {name: sorted(found)[1] for name, found in rates.items()}
    return {f"{name}_per_s": round(nearby.less(middle[name], middle["lookup"]), 1) for name in ("gated", "ungated")}


if __name__ == "__main__":
    main()
