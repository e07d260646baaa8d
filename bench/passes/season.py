"""`python -m bench.passes.season`: a new season, in which the passes of all members of a brand change at once.

Each member has a card with points, a coupon-free pass, and a phone that holds it. The brand draws new passes: one row.
Then, in this process, beside a stand-in of Apple's push service in another:
  revised   every pass is read, compared, and given its next revision; a push is queued for each phone
  woken     every phone is woken, as fast as that goes: no faster than the house can serve them is a setting

`memory_growth` is the largest memory of this process while it went through the passes, over that after the first
tenth. `revised_over_one` is the processor time, the database's included, of a pass among all, over that of a pass that
changed alone: batches are worth it while it is small. `bound` says what most of the time goes into.
"""

import statistics
import subprocess
import time
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import insert

from app import config
from app.sql import db
from bench import machine
from bench.machine import say
from bench.presence.parts import make_database, run_part
from bench.processor import seconds_of
from wallet.apple import devices, pushes
from wallet.apple.models import AppleRegistration
from wallet.apple.trial_pki import PASS_TYPE, ROOT, make_test_pki
from wallet.issued import listeners, revisions

NAME = "ici_bench_season"
SECRET = "a secret for benches only, never for anything else"
PORT = 18442
FOLDER = machine.ROOT / "var" / "bench" / "season"
PKI = FOLDER / "apple"
PASSES, ALONE, AT_ONCE = 100_000, 9, 5_000

PEOPLE = """
WITH people AS (
 SELECT gen_random_uuid() AS member_id, gen_random_uuid() AS card_id, gen_random_uuid() AS pass_id, n
 FROM generate_series(1, $2::int) AS n),
members AS (INSERT INTO member (member_id, language, created_at) SELECT member_id, 'fr', $3 FROM people),
cards AS (
 INSERT INTO card (member_id, id, brand_id, code, display_name, joined_at)
 SELECT member_id, card_id, $1::uuid, 'BENCH-' || n, 'Membre ' || n, $3 FROM people),
balances AS (
 INSERT INTO points_balance (member_id, currency_id, brand_id, available, opened_at)
 SELECT member_id, $4::uuid, $1::uuid, n, $3 FROM people)
INSERT INTO issued_pass
 (member_id, id, brand_id, kind, target_id, serial, revision, changed_at, digest, made_at)
SELECT member_id, pass_id, $1::uuid, 'card', card_id, lpad(n::text, 22, '0'), nextval('pass_revision'),
 date_trunc('second', $3::timestamptz), '', $3 FROM people
RETURNING member_id, id
"""
BRAND = """
INSERT INTO brand (id, code, name, countries, time_zone, currency, created_at)
VALUES ($1, 'season', 'Season', '{FR}', 'Europe/Paris', 'EUR', now())
"""
CURRENCY = """
INSERT INTO points_currency (id, brand_id, code, name_fr, name_en, created_at)
VALUES ($1, $2, 'points', 'Points', 'Points', $3)
"""
NEW_LOOK = "INSERT INTO brand_pass_change (brand_id, anew) VALUES ($1, true)"
"""What the trigger on designs writes."""
SETTLED = "UPDATE places_on_pass SET answered = asks, due_at = NULL"
LOOKED_AT = "DELETE FROM pass_change"
"""As it is some seconds after passes were issued to members who permit nothing."""
WAITING = "SELECT count(*) FROM apple_push"


class _Spent(NamedTuple):
    wall_s: float
    own_s: float
    database_s: float
    count: int

    @property
    def processor_ms(self) -> float:
        """Of one pass or phone, the database's included."""
        return (self.own_s + self.database_s) / self.count * 1000


def main() -> None:
    run_part(measure, about=__doc__)


def measure(server: Any, *, rounds: int) -> tuple[dict[str, float], dict[str, Any]]:
    """How long a new season takes until every phone was woken, in a new database of its own; once, as it is long."""
    make_database(server, NAME, folder=FOLDER, secret=SECRET)
    if not PKI.exists():
        make_test_pki(PKI, now=datetime.now(UTC))
    url = f"https://127.0.0.1:{PORT}"
    apple: dict[str, Any] = {"apple_certificates": PKI, "apple_push_root": PKI / ROOT, "apple_push_url": url}
    config.use_config(replace(config.current(), **apple, apple_pushes_per_second=None))
    brand_id, ids = _build(PASSES)
    say("one by one")
    one = statistics.median(_change_alone(server, ids[-number]).processor_ms for number in range(1, ALONE + 1))
    say("all at once")
    memory: list[int] = []
    with db.system_transaction():
        db.fetch(NEW_LOOK, [brand_id])
    with _watched(memory):
        revised = _spent(server, lambda: revisions.refresh_passes(now=datetime.now(UTC)))
    with _stand_in():
        woken = _spent(server, _wake_all)
    say(f"{revised.count} passes in {revised.wall_s:.0f} s, {woken.count} phones in {woken.wall_s:.0f} s")
    tenth = memory[len(memory) // 10]
    ratios = {"memory_growth": max(memory) / tenth, "revised_over_one": revised.processor_ms / one}
    parts = {
        "reading and comparing passes": revised.own_s,
        "the database while passes are revised": revised.database_s,
        "speaking to the push service": woken.own_s,
        "the database while phones are woken": woken.database_s,
    }
    return ratios, {
        "passes": revised.count,
        "phones": woken.count,
        "revised_s": round(revised.wall_s, 1),
        "woken_s": round(woken.wall_s, 1),
        "processor_ms": {name: round(one.processor_ms, 3) for name, one in (("revised", revised), ("woken", woken))},
        "memory_mb": {"after_a_tenth": tenth // 1024, "most": max(memory) // 1024},
        "bound": max(parts, key=lambda name: parts[name]),
        "seconds_of_processor": {name: round(seconds, 1) for name, seconds in parts.items()},
    }


def _build(count: int) -> tuple[uuid.UUID, list[uuid.UUID]]:
    say(f"{count} members with passes on phones")
    brand_id, currency_id, now = uuid.uuid4(), uuid.uuid4(), datetime.now(UTC)
    with db.system_transaction():
        db.fetch(BRAND, [brand_id])
        db.fetch(CURRENCY, [currency_id, brand_id, now])
        held = db.fetch(PEOPLE, [brand_id, count, now, currency_id])
        for start in range(0, count, AT_ONCE):
            db.execute(insert(AppleRegistration), [_copy(*one, now) for one in held[start : start + AT_ONCE]])
        db.fetch(SETTLED)
        db.fetch(LOOKED_AT)
    return brand_id, [pass_id for _, pass_id in held]


def _copy(member_id: uuid.UUID, pass_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    """A phone of this member that holds the pass."""
    device, token = devices.hash_device(pass_id.hex), pass_id.hex * 2
    return {
        "member_id": member_id,
        "pass_id": pass_id,
        "pass_type": PASS_TYPE,
        "device_hash": device,
        "number": 1,
        "push_token": devices.seal_push_token(token, device),
        "token_hash": devices.hash_push_token(token),
        "created_at": now,
        "registered_at": now,
    }


def _change_alone(server: Any, pass_id: uuid.UUID) -> _Spent:
    def revise() -> int:
        with db.system_transaction():
            return len(revisions.refresh_some([pass_id], now=datetime.now(UTC), anew=True))

    return _spent(server, revise, times=20)


def _wake_all() -> int:
    """Run the job as often as it needs; how many phones were woken."""
    woken, left = 0, 1
    while left:
        woken += pushes.send_due()
        with db.system_transaction():
            [(left,)] = db.fetch(WAITING)
    return woken


def _spent(server: Any, act: Callable[[], int], *, times: int = 1) -> _Spent:
    """What it takes, of time and of processors."""
    database = server.status().pid
    began = time.monotonic(), time.process_time(), seconds_of(database)
    count = sum(act() for _ in range(times))
    ended = time.monotonic(), time.process_time(), seconds_of(database)
    return _Spent(*(after - before for before, after in zip(began, ended, strict=True)), count)


@contextmanager
def _watched(memory: list[int]) -> Any:
    """Note the memory of this process, in kB, at each batch inside."""
    look = lambda *_: memory.append(_resident_kb())  # noqa: E731
    listeners.AFTER_PASS_CHANGED.append(look)
    try:
        yield
    finally:
        listeners.AFTER_PASS_CHANGED.remove(look)


def _resident_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:")))


@contextmanager
def _stand_in() -> Any:
    """Apple's push service as a stand-in, in a process of its own."""
    command = [
        str(machine.ROOT / ".venv/bin/python"),
        "-m",
        "tests.apple.apns",
        "--folder",
        str(PKI),
        "--port",
        str(PORT),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=machine.ROOT) as process:
        time.sleep(1)
        try:
            yield
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
