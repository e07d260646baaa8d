"""`make bench-permissions`: what keeping, proving and stopping permissions costs, and whether stopping is exact.

In one run, on one machine:
  withdrawals   how long a withdrawal takes while 8 senders deliver to the same member, and how many messages left
                after one was acknowledged, which must be none
  hammered      the same past the queue, which hands messages out by twenties: all 8 deliver at once
  ledger        16 writers record answers (lock, event, cell, receipt, salt) while the log is sealed behind them,
                against 16 writers of one bare row each
  seals         how long an answer waits until its proof can be fetched
  gate          the statement of nearby offers against the same without permission, session and phone

Writers and senders are processes of their own, as servers would be.
"""

import argparse
import re
import time
import uuid
from typing import Any

from sqlalchemy import func, select

from app.config import Config
from app.consent.models import PermissionEvent
from app.receipts.models import LogLeaf, Receipt
from app.receipts.seals import seal_log
from app.sql import db
from bench import machine, nearby, world
from bench.crowd import CELL, EVIDENCE, make_brand, make_members, now, open_database, processes, say_yes
from bench.machine import say
from bench.withdrawals import withdrawals

NAME, GATE = "ici_bench_permissions", "ici_bench_gate"
FOLDER = machine.ROOT / "var" / "bench" / "files"
SEAL_EVERY_S = 2  # as the jobs do
SEAL_PATIENCE_S = 120

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
        brand_id = make_brand()
        ledger, seals = _ledger(brand_id, asked)
        queued = withdrawals(brand_id, asked, through_queue=True)
        hammered = withdrawals(brand_id, asked, through_queue=False)
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
    machine.result(
        ratios, {"withdrawals": queued, "hammered": hammered, "ledger": ledger, "seals": seals, "gate": gate}
    )


def _settings(server: Any) -> Config:
    return Config(
        environment="test", database_url=server.url("app", NAME), owner_database_url=server.url("owner", NAME),
        secret=nearby.SECRET, var=FOLDER, mail="development", sms="development", public_url="http://localhost",
    )  # fmt: skip


def _database(server: Any) -> None:
    machine.make_database(server, NAME, folder=FOLDER)
    open_database(_settings(server))


# --- the ledger -------------------------------------------------------------------------------------------------------


def _ledger(brand_id: uuid.UUID, asked: argparse.Namespace) -> tuple[Figures, Figures]:
    say(f"{asked.writers} writers of one bare row each")
    bare = _written(_write_bare, brand_id, asked)
    say(f"{asked.writers} writers of answers, sealed behind them")
    answers = _written(_write_answers, brand_id, asked, sealing=True)
    seals = _seals()
    return {"answers_per_s": round(answers, 1), "bare_rows_per_s": round(bare, 1)}, seals


def _written(write: Any, brand_id: uuid.UUID, asked: argparse.Namespace, *, sealing: bool = False) -> float:
    with processes(asked.writers + sealing) as (pool, _):
        until = time.time() + 1 + asked.seconds
        writing = [pool.submit(write, brand_id, until - asked.seconds, until) for _ in range(asked.writers)]
        if sealing:
            pool.submit(_keep_sealing, until).result()
        return sum(done.result() for done in writing) / asked.seconds


def _write_answers(brand_id: uuid.UUID, begins: float, until: float) -> int:
    """How many answers one writer recorded, each in a transaction of its own."""
    members = make_members(20)
    _wait(begins)
    done = 0
    while time.time() < until:
        with db.transaction():
            db.become(member_id=members[done % len(members)])
            say_yes(members[done % len(members)], brand_id)
        done += 1
    return done


def _write_bare(brand_id: uuid.UUID, begins: float, until: float) -> int:
    """The same with one row in the ledger, without lock, cell, receipt or seal."""
    members = make_members(20)
    _wait(begins)
    done = 0
    while time.time() < until:
        at = now()
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
                    recorded_at=at,
                )
            )
        done += 1
    return done


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
            seal_log(now=now())
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


# --- the gate ---------------------------------------------------------------------------------------------------------


GATED = (
    (r"state IN \('refused'[^)]*\) AS refused", "false AS refused"),
    (r"state IN \('given', 'renewed'\) AND .*? AS stands", "true AS stands"),
    (r"level IN \('one_shot'.*? AS enough", "true AS enough"),
    (r"FROM \( SELECT minor_until, os_location .*? AS signed_in CROSS JOIN permission_state", "FROM permission_state"),
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
