"""A brand that counts in points, for the bench of the ledger: members with lots, credits over HTTP and in bare SQL."""

import time
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import insert, select

from app import config, factory
from app.accounts import tokens
from app.accounts.brands import create_brand
from app.accounts.models import ConsoleSession, ConsoleUser, Member
from app.config import Config
from app.sql import db
from bench import machine
from bench.machine import say
from wallet.cards.enrolment import join_brand
from wallet.ledger import queries
from wallet.ledger.book import book_of
from wallet.ledger.book_store import save_book
from wallet.ledger.models import EntryKind, PointsBalance
from wallet.ledger.proof import replay
from wallet.points import currencies, earning

NAME = "ici_bench_ledger"
SECRET = "a secret for benches only, never for anything else"
FOLDER = machine.ROOT / "var" / "bench" / "files"
CODE = "bench"
HOLDERS = 500
"""Members who earn at the same time: two credits of one member wait for each other."""
BATCH = 500


@dataclass(frozen=True)
class Brand:
    id: uuid.UUID
    currency_id: uuid.UUID
    bare_id: uuid.UUID
    """The currency that bare SQL writes in."""


def begin(server: Any) -> Brand:
    """A new database with a brand."""
    machine.make_database(server, NAME, folder=FOLDER)
    url, owner = server.url("app", NAME), server.url("owner", NAME)
    config.use_config(
        Config(
            environment="test",
            database_url=url,
            owner_database_url=owner,
            secret=SECRET,
            var=FOLDER,
            mail="development",
            sms="development",
            public_url="http://localhost",
        )
    )
    factory.import_models()
    db.connect(url)
    with db.system_transaction():
        brand = create_brand(
            code=CODE, name="Bench", countries=["US"], time_zone="America/New_York", currency="EUR", now=_now()
        )
        points, bare = (_currency(brand.id, code) for code in ("points", "bare"))
        return Brand(brand.id, points, bare)


def _currency(brand_id: uuid.UUID, code: str) -> uuid.UUID:
    rules: dict[str, Any] = {"waits": "immediate", "lasts": "unlimited", "may_go_negative": False}
    return currencies.make_currency(
        brand_id=brand_id, code=code, name_fr="Points", name_en="Points", **rules, now=_now()
    ).id


def environment(server: Any) -> dict[str, str]:
    """What a command of ours needs to know to work on this database."""
    return {
        "ICI_ENV": "test",
        "ICI_VAR": str(FOLDER),
        "ICI_SECRET": SECRET,
        "ICI_DATABASE_URL": server.url("app", NAME),
        "ICI_OWNER_DATABASE_URL": server.url("owner", NAME),
    }


def served(server: Any, port: int, *, threads: int) -> AbstractContextManager[int]:
    command = [str(machine.ROOT / ".venv/bin/ici"), "serve", "--no-jobs", "--port", str(port)]
    command += ["--threads", str(threads), "--workers", "2"]
    ready = f"http://127.0.0.1:{port}/readyz"
    return machine.running(command, environment=environment(server), ready=ready, log=FOLDER / "ledger.log")


def with_lots(
    brand: Brand, *, members: int, lots: int, earned_at: datetime | None = None, lasts: str = "unlimited"
) -> Sequence[uuid.UUID]:
    """New members with so many lots of one point each, written as verbs write them but many members at a time."""
    made: list[uuid.UUID] = []
    said = time.monotonic()
    while len(made) < members:
        some = [db.new_id() for _ in range(min(BATCH, members - len(made)))]
        with db.system_transaction():
            _fill(brand, some, lots, earned_at or _now(), lasts)
        made += some
        if time.monotonic() - said > 5:
            said = time.monotonic()
            say(f"{len(made) * lots:,} lots")
    return made


def _fill(brand: Brand, members: Sequence[uuid.UUID], lots: int, at: datetime, lasts: str) -> None:
    db.execute(insert(Member), [{"id": one, "language": "fr", "created_at": at} for one in members])
    give_lots(brand, members, lots, at=at, lasts=lasts)


def give_lots(
    brand: Brand, members: Sequence[uuid.UUID], lots: int, *, at: datetime, points: int = 1, lasts: str = "unlimited"
) -> None:
    """The first ledgers of these members, each with so many lots of `points` each."""
    now = _now()
    db.execute(
        insert(PointsBalance),
        [
            {"member_id": one, "currency_id": brand.currency_id, "brand_id": brand.id, "opened_at": at}
            for one in members
        ],
    )
    books = [book_of(row) for row in db.rows(queries.balances().where(PointsBalance.member_id.in_(members)))]
    for book in books:
        for number in range(lots):
            said: dict[str, Any] = {"source": f"bench:{number}", "reason": "bench", "facts": None, "now": now}
            earning.post_credit(book, EntryKind.EARNED, points, at=at, begins=at, lasts=lasts, **said)
    # What was earned a year ago is over, and stays for the job to find.
    save_book(*books, now=now)


def requests(brand: Brand) -> Path:
    """The requests of an admin who gives points to many cards, each under a reference of its own."""
    now, path = _now(), FOLDER / "credits.txt"
    token, token_hash = tokens.new_opaque_token(tokens.CONSOLE_PREFIX)
    with db.system_transaction(), path.open("wb") as file:
        admin = db.add(
            ConsoleUser(
                brand_id=brand.id, email="a@example.org", name="A", role="admin", password_hash="!", created_at=now
            )
        )
        later = now + timedelta(hours=8)
        db.add(ConsoleSession(user_id=admin.id, token_hash=token_hash, created_at=now, expires_at=later))
        for member in db.add_all([Member(language="fr", created_at=now) for _ in range(HOLDERS)]):
            card = join_brand(member_id=member.id, brand_id=brand.id, now=now)
            body = {"card_id": card.id, "points": 1, "reference": "@key@", "reason": "bench"}
            file.write(f"Bearer {token}\t".encode() + orjson.dumps(body) + b"\n")
    return path


def script(brand: Brand) -> str:
    """The same rows by bare SQL, for pgbench: the lock, the look, the writes. In a currency of its own, as its chains
    hold no hashes that could be proved."""
    with db.system_transaction():
        members = db.all_of(select(Member.id).limit(HOLDERS))
        for member_id in members:
            db.execute(queries.balance_to_open(member_id, brand.bare_id, now=_now()))
    listed = ",".join(f"'{one}'" for one in members)
    return SCRIPT.format(members=listed, count=len(members), currency=brand.bare_id, brand=brand.id)


SCRIPT = """\\set place random(1, {count})
BEGIN;
SELECT set_config('ici.system', 'on', true);
SELECT (ARRAY[{members}])[:place] AS member, gen_random_uuid() AS entry \\gset
SELECT sequence + 1 AS next FROM points_balance
 WHERE member_id = CAST(:member AS uuid) AND currency_id = '{currency}' FOR UPDATE \\gset
SELECT count(*) FROM points_entry WHERE member_id = CAST(:member AS uuid) AND currency_id = '{currency}'
 AND kind = 'admin_credit' AND source = CAST(:entry AS text);
INSERT INTO points_entry (member_id, id, currency_id, brand_id, sequence, kind, from_account, to_account, amount,
 source, reason, facts, occurred_at, recorded_at, hash) VALUES (CAST(:member AS uuid), CAST(:entry AS uuid),
 '{currency}', '{brand}', CAST(:next AS integer), 'admin_credit', 'adjusted', 'available', 1, CAST(:entry AS text),
 'bench', '{{}}', now(), now(), sha256('bench'));
INSERT INTO points_lot (member_id, entry_id, brand_id, amount, earned_at, lasts)
 VALUES (CAST(:member AS uuid), CAST(:entry AS uuid), '{brand}', 1, now(), 'unlimited');
INSERT INTO points_lot_state (member_id, lot_id, currency_id, brand_id, earned_at, remaining, state, activates_at)
 VALUES (CAST(:member AS uuid), CAST(:entry AS uuid), '{currency}', '{brand}', now(), 1, 'active', now());
UPDATE points_balance SET available = available + 1, sequence = sequence + 1, head = sha256('bench'),
 totals = jsonb_build_object('admin_credit', available + 1)
 WHERE member_id = CAST(:member AS uuid) AND currency_id = '{currency}';
COMMIT;
"""


def prove(brand: Brand) -> dict[str, Any]:
    """Play every entry again. Raises when anything does not agree."""
    say("every ledger is proved")
    began, after, ledgers, entries = time.monotonic(), None, 0, 0
    while True:
        with db.system_transaction():
            seen = replay.verify_some(after=after, currency_id=brand.currency_id)
        if seen.faults:
            raise RuntimeError(f"the ledger does not hold: {seen.faults[:3]}")
        ledgers, entries, after = ledgers + seen.ledgers, entries + seen.entries, seen.after
        if after is None:
            return {"ledgers": ledgers, "entries": entries, "seconds": round(time.monotonic() - began, 1)}


def _now() -> datetime:
    return datetime.now(UTC)
