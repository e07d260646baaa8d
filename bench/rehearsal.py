"""`python -m bench.rehearsal`: what it costs to play an offer against a past.

A brand with 60 stores and 20,000 members, half of whom allow offers, who bought 150,000 times in ninety days, four
articles each time. Each rehearsal is measured next to one plain question about the same rows: how many purchases, of
how many members, of how much, in how many lines.

  named_over_aggregate     an offer on one category of fifty
  everything_over_aggregate  an offer on every basket, of which thirty thousand are priced
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from app import config, factory
from app.accounts.models import Brand, ConsoleUser, Member
from app.config import Config
from app.consent.ledger.grants import grant_permission
from app.consent.models import Level
from app.languages import Text
from app.sql import db
from bench import machine, nearby
from bench.crowd import EVIDENCE
from bench.machine import say
from geo.places.models import Store
from offers.planning import drafts
from offers.planning.drafts import Draft, InASale, Targets
from offers.rehearsal import rehearsals
from wallet.purchases.basket import Products

NAME = "ici_bench_rehearsal"
FOLDER = machine.ROOT / "var" / "bench" / "files"
BRAND = {
    "code": "bench", "name": "Bench", "countries": ["FR"], "time_zone": "Europe/Paris", "currency": "EUR",
    "legal_name": "Bench SARL", "postal_address": "1 rue de Rivoli, 75001 Paris, FR",
    "privacy_contact": "a@example.org",
}  # fmt: skip
PARIS = "SRID=4326;POINT(2.3522 48.8566)"

ID = """(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
 || '8' || substr(md5(random()::text), 1, 15))::uuid"""

PEOPLE = (
    "INSERT INTO member (member_id, language, created_at) SELECT gen_random_uuid(), 'fr', :now"
    " FROM generate_series(1, :members)",
    "INSERT INTO card (member_id, id, brand_id, code, display_name, joined_at)"
    " SELECT member_id, gen_random_uuid(), :brand, member_id::text, 'Zoé', :now FROM member",
    "INSERT INTO permission_state SELECT (jsonb_populate_record(NULL::permission_state, to_jsonb(cell)"
    " || jsonb_build_object('member_id', member.member_id, 'event_id', gen_random_uuid()))).*"
    " FROM permission_state AS cell, member WHERE cell.member_id = :first AND member.member_id <> :first"
    " AND get_byte(uuid_send(member.member_id), 0) < 128",
)

PURCHASES = f"""
WITH shops AS (SELECT array_agg(id) AS ids FROM store WHERE brand_id = :brand),
people AS (SELECT array_agg(member_id) AS ids FROM member),
bought AS (
 SELECT n, (people.ids)[1 + floor(random() * cardinality(people.ids))::int] AS member_id,
  (shops.ids)[1 + floor(random() * cardinality(shops.ids))::int] AS store_id,
  CAST(:now AS timestamptz) - random() * interval '89 days' AS at
 FROM generate_series(1, :purchases) AS n, shops, people
)
INSERT INTO purchase (member_id, id, brand_id, store_id, channel, terminal, receipt, currency, tax_included,
 gross_minor, promotion_minor, net_minor, content, bought_at, recorded_at)
SELECT member_id, {ID.format(at="at")}, :brand, store_id, 'store', '1', n::text, 'EUR', true, 4000, 0, 4000, '', at, at
FROM bought
"""

LINES = """
INSERT INTO purchase_line (member_id, purchase_id, position, brand_id, gtin, sku, label, category, quantity,
 gross_minor, promotion_minor, net_minor)
SELECT member_id, id, place, brand_id, NULL, 'a' || floor(random() * 5000)::int, 'article',
 'food/' || floor(random() * 50)::int, 1, 1000, 0, 1000
FROM purchase CROSS JOIN generate_series(1, 4) AS place
"""

AGGREGATE = """
SELECT count(DISTINCT purchase.id), count(DISTINCT purchase.member_id), sum(line.net_minor), count(*)
FROM purchase JOIN purchase_line AS line ON line.member_id = purchase.member_id AND line.purchase_id = purchase.id
WHERE purchase.brand_id = :brand AND bought_at >= :since
"""

OFFERS = {
    "named": {"in_a_sale": InASale(Products(frozenset({"food/7"})))},
    "everything": {"in_a_sale": InASale()},
}


def main() -> None:
    """Measure, and print one JSON object last."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--purchases", type=int, default=150_000)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--stores", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    server = machine.cluster()
    server.start()
    try:
        ratios, figures = _measure(server, asked)
    finally:
        db.engine().dispose()
        server.drop_database(NAME)
        server.stop()
    machine.result(ratios, figures | {"sizes": vars(asked)})


def _measure(server: Any, asked: argparse.Namespace) -> tuple[dict[str, float], dict[str, Any]]:
    now = datetime.now(UTC)
    brand, author = _build(server, asked, now)
    rounds: dict[str, list[float]] = {"aggregate": [], **{name: [] for name in OFFERS}}
    said: dict[str, Any] = {}
    for number in range(asked.rounds):
        say(f"round {number + 1} of {asked.rounds}")
        rounds["aggregate"].append(_seconds(lambda: _aggregate(brand, now)))
        for name, fields in OFFERS.items():
            offer_id = _draft(brand, author, now, fields)
            rounds[name].append(
                _seconds(lambda offer_id=offer_id, name=name: said.update({name: _play(brand, offer_id, now)}))
            )
    took = {name: statistics.median(seconds) for name, seconds in rounds.items()}
    ratios = {f"{name}_over_aggregate": took[name] / took["aggregate"] for name in OFFERS}
    return ratios, {"seconds": {name: round(one, 2) for name, one in took.items()}, "played": said}


def _build(server: Any, asked: argparse.Namespace, now: datetime) -> tuple[Brand, ConsoleUser]:
    machine.make_database(server, NAME, folder=FOLDER)
    url, owner = server.url("app", NAME), server.url("owner", NAME)
    config.use_config(
        Config(
            environment="test", database_url=url, owner_database_url=owner, secret=nearby.SECRET, var=FOLDER,
            mail="development", sms="development", public_url="http://localhost",
        )
    )  # fmt: skip
    factory.import_models()
    db.connect(url)
    say(f"{asked.purchases:,} purchases of {asked.members:,} members are made")
    with db.system_transaction():
        brand = db.add(Brand(**BRAND))
        author = db.add(
            ConsoleUser(
                brand_id=brand.id, email="a@example.org", name="A", role="merchandiser", password_hash="!",
                created_at=now,
            )
        )  # fmt: skip
        db.add_all([_store(brand, number, now) for number in range(asked.stores)])
        first = db.add(Member(language="fr", created_at=now))
        phone = {"location": "while_using", "precision": "precise", "reported_at": now.isoformat()}
        grant_permission(
            member_id=first.id, brand_id=brand.id, touchpoint="geofence", purpose="personalised_offers",
            level=Level.PROACTIVE, evidence=EVIDENCE | {"os_permission": phone}, now=now,
        )  # fmt: skip
        given = {"brand": brand.id, "now": now, "first": first.id}
        sizes = {"members": asked.members, "purchases": asked.purchases}
        for statement in (*PEOPLE, PURCHASES, LINES):
            db.execute(text(statement), given | sizes)
    with db.open_connection() as connection:
        connection.autocommit = True
        connection.execute("ANALYZE")
    return brand, author


def _store(brand: Brand, number: int, now: datetime) -> Store:
    return Store(
        brand_id=brand.id, reference=str(number), name=f"Store {number}", location=PARIS, time_zone="Europe/Paris",
        country="FR", created_at=now, updated_at=now,
    )  # fmt: skip


def _draft(brand: Brand, author: ConsoleUser, now: datetime, fields: dict[str, Any]) -> Any:
    with db.system_transaction():
        draft = Draft(
            title=Text(fr="Dix pour cent", en="Ten per cent"),
            text=Text(fr="Pour vous.", en="For you."),
            benefit={"kind": "percent", "percent": 10},
            targets=Targets(brand=True),
            starts_local=(now + timedelta(days=1)).replace(tzinfo=None),
            ends_local=(now + timedelta(days=365)).replace(tzinfo=None),
            **fields,
        )
        return drafts.draft_offer(brand_id=brand.id, draft=draft, by=author.id, now=now).id


def _aggregate(brand: Brand, now: datetime) -> None:
    with db.system_transaction():
        db.execute(text(AGGREGATE), {"brand": brand.id, "since": now - timedelta(days=90)}).one()


def _play(brand: Brand, offer_id: Any, now: datetime) -> dict[str, int]:
    with db.system_transaction():
        done = rehearsals.rehearse_offer(brand_id=brand.id, offer_id=offer_id, now=now)
    return {
        "visits": len(done.past.purchases),
        "reach": len(done.reached.first_shown),
        "members_able": len(done.priced.by_member),
    }


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
