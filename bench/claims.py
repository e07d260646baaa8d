"""`make bench-claims`: 64 clients claim the coupons of one offer, limited against unlimited, over HTTP.

A limited offer counts every unit; the question is what counting costs when everybody wants the same offer:
  hot_over_unlimited   claims per second of one offer with a total limit over those of one without
Then a small offer is claimed until nothing is left: every unit must be granted, and none twice.
"""

import argparse
import statistics
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app import config, factory
from app.accounts.models import Brand, ConsoleUser, Member, MemberSession
from app.accounts.tokens import issue_access_token
from app.config import Config
from app.languages import Text
from app.sql import db
from bench import machine
from bench.machine import say
from geo.places.models import Store
from geo.places.read_model import places_changed
from offers.coupons.models import Coupon
from offers.planning.approval import approve_offer
from offers.planning.budgets import TOTAL
from offers.planning.drafts import Draft, Targets, draft_offer
from offers.planning.models import BudgetSlot

NAME = "ici_bench_claims"
SECRET = "a secret for benches only, never for anything else"
PORT = 18413
FOLDER = machine.ROOT / "var" / "bench" / "files"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--units", type=int, default=2_000, help="units of the offer that is claimed to the end")
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    try:
        ratios, figures = _measure(server, asked)
    finally:
        server.drop_database(NAME)
        server.stop()
    machine.result(ratios, figures)


def _measure(server: Any, asked: argparse.Namespace) -> tuple[dict[str, float], dict[str, Any]]:
    _database(server)
    brand_id, author, approver = _brand()
    _members(asked.members)
    rounds: dict[str, list[dict[str, float]]] = {"limited": [], "unlimited": []}
    with _served(server, asked.clients):
        for number in range(asked.rounds):
            say(f"round {number + 1} of {asked.rounds}")
            for kind, limit in (("unlimited", None), ("limited", 1_000_000)):
                offer_id = _offer(brand_id, author, approver, limit)
                rounds[kind].append(_claim(offer_id, asked))
                _agree(offer_id, limit)
        small = _offer(brand_id, author, approver, asked.units)
        say(f"an offer of {asked.units:,} units is claimed to the end")
        granted, left = 0, None
        while left != 0 and granted < asked.units:
            to_the_end = _claim(small, asked, refusals=True)
            granted, left = _granted(small)
    if (granted, left) != (asked.units, 0):
        raise RuntimeError(f"of {asked.units} units {granted} were granted and {left} are left")
    medians = {
        kind: {key: statistics.median(r[key] for r in found) for key in found[0]} for kind, found in rounds.items()
    }
    ratios = {"hot_over_unlimited": medians["limited"]["rps"] / medians["unlimited"]["rps"]}
    return ratios, medians | {
        "to_the_end": to_the_end,
        "units": asked.units,
        "granted": granted,
        "clients": asked.clients,
    }


def _database(server: Any) -> None:
    machine.make_database(server, NAME, folder=FOLDER)
    config.use_config(
        Config(
            environment="test",
            database_url=server.url("app", NAME),
            owner_database_url=server.url("owner", NAME),
            secret=SECRET,
            var=FOLDER,
            mail="development",
            sms="development",
            public_url="http://localhost",
        )
    )
    factory.import_models()
    db.connect(server.url("app", NAME))


def _brand() -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    now = datetime.now(UTC)
    with db.system_transaction():
        brand = db.add(
            Brand(
                code="bench", name="Bench", countries=["FR"], time_zone="Europe/Paris", currency="EUR", created_at=now
            )
        )
        people = [
            db.add(
                ConsoleUser(
                    brand_id=brand.id,
                    email=f"{role}@example.org",
                    name=role,
                    role=role,
                    password_hash="!",
                    created_at=now,
                )
            )
            for role in ("merchandiser", "approver")
        ]
        store = db.add(
            Store(
                brand_id=brand.id,
                reference="S1",
                name="Rivoli",
                location="SRID=4326;POINT(2.35 48.85)",
                time_zone="Europe/Paris",
                country="FR",
                created_at=now,
                updated_at=now,
            )
        )
        places_changed(store_ids=[store.id], now=now)
        return brand.id, people[0].id, people[1].id


def _members(count: int) -> None:
    now = datetime.now(UTC)
    later = now + timedelta(hours=1)
    with db.system_transaction(), (FOLDER / "claims.txt").open("w") as requests:
        members = db.add_all([Member(language="fr", created_at=now) for _ in range(count)])
        sessions = db.add_all(
            [
                MemberSession(
                    member_id=member.id,
                    generation=0,
                    rotated_at=now,
                    created_at=now,
                    expires_at=now + timedelta(days=1),
                )
                for member in members
            ]
        )
        for session in sessions:
            token = issue_access_token(member_id=session.member_id, session_id=session.id, generation=0, now=later)
            requests.write(f"Bearer {token}\t{{}}\n")


def _offer(brand_id: uuid.UUID, author: uuid.UUID, approver: uuid.UUID, limit: int | None) -> uuid.UUID:
    now = datetime.now(UTC)
    draft = Draft(
        title=Text(fr="Café", en="Coffee"),
        text=Text(fr="Un café.", en="A coffee."),
        benefit={"kind": "percent", "percent": 10},
        targets=Targets(brand=True),
        starts_local=(now - timedelta(days=2)).replace(tzinfo=None),
        ends_local=(now + timedelta(days=2)).replace(tzinfo=None),
        total_limit=limit,
        member_limit=1_000,
    )
    with db.system_transaction():
        offer = draft_offer(brand_id=brand_id, draft=draft, by=author, now=now)
        approve_offer(brand_id=brand_id, offer_id=offer.id, revision=offer.revision, by=approver, now=now)
        return offer.id


def _claim(offer_id: uuid.UUID, asked: argparse.Namespace, *, refusals: bool = False) -> dict[str, float]:
    return machine.wrk(
        url=f"http://127.0.0.1:{PORT}",
        requests=FOLDER / "claims.txt",
        path=f"/v1/offers/{offer_id}/coupons",
        connections=asked.clients,
        seconds=asked.seconds,
        keyed=True,
        refusals=refusals,
    )


def _granted(offer_id: uuid.UUID) -> tuple[int, int | None]:
    """Coupons that exist, and units that are left; in one statement, because the last claims may still be landing."""
    coupons = select(func.count()).where(Coupon.offer_id == offer_id).scalar_subquery()
    left = (
        select(func.sum(BudgetSlot.remaining))
        .where(BudgetSlot.offer_id == offer_id, BudgetSlot.day == TOTAL)
        .scalar_subquery()
    )
    with db.system_transaction():
        found = db.execute(select(coupons, left)).one()
        return int(found[0]), None if found[1] is None else int(found[1])


def _agree(offer_id: uuid.UUID, limit: int | None) -> None:
    coupons, left = _granted(offer_id)
    if limit is not None and coupons + (left or 0) != limit:
        raise RuntimeError(f"{coupons} coupons and {left} units left do not make {limit}")


def _served(server: Any, clients: int) -> Any:
    """As many requests at once as clients, so that they do meet at the offer."""
    environment = {
        "ICI_ENV": "test", "ICI_VAR": str(FOLDER), "ICI_SECRET": SECRET, "ICI_DATABASE_URL": server.url("app", NAME),
    }  # fmt: skip
    command = [str(machine.ROOT / ".venv/bin/ici"), "serve", "--no-jobs", "--port", str(PORT)]
    command += ["--threads", str(clients // 2), "--workers", "2"]
    return machine.running(
        command, environment=environment, ready=f"http://127.0.0.1:{PORT}/readyz", log=FOLDER / "claims.log"
    )


if __name__ == "__main__":
    main()
