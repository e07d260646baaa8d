"""A chain of shops for the bench of the till: stores, members with cards, a programme, live offers, purchases.

Everything but the points of buyers goes in by plain SQL, so that it is as fast as the machine. Points are posted by the
ledger's own verbs, because their hashes are proved at the end.
"""

import hashlib
import json
import random
import secrets
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from app.consent.registry.words import show_words
from app.sql import db
from bench import chain_sql, machine, purse, world
from bench.machine import say
from geo.places.read_model import publish_places
from offers.planning.read_model.rebuild import rebuild_read_model
from wallet.passes import codes
from wallet.programmes.rules import EARNING

CODE = "chain"
BUYERS = 20_000
"""At most so many members sign in and buy; as many again are those of the stand-in."""
POINTS = 100_000
BATCH = 500


@dataclass(frozen=True)
class Sizes:
    """How large a chain is. `stock` is how many coupons its buyers can use in a run, `spare` those of the stand-in."""

    stores: int
    members: int
    offers: int
    purchases: int
    tills: int
    stock: int
    spare: int
    leavers: int = 512
    """The last members, who only ask to be erased."""

    @property
    def buyers(self) -> int:
        return max(1, min(BUYERS, (self.members - self.leavers) // 2))


def build_chain(server: Any, name: str, sizes: Sizes) -> None:
    """Fill an empty migrated database. `db` is connected to it."""
    with open_superuser(server, name) as connection:
        connection.execute("SET session_replication_role = replica")  # as a dump is restored: no look at foreign keys
        connection.execute("SET synchronous_commit = off")
        connection.execute("SELECT setseed(0.5)")
        connection.execute(chain_sql.FUNCTIONS)
        ids = _found_brand(connection, sizes)
        _write_codes(connection, sizes)
        for table, statement in chain_sql.STEPS:
            _fill(connection, table, statement, _values(ids, sizes))
    _give_points(server, name, ids, sizes)
    _publish(server, name)
    with open_superuser(server, name) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
        connection.execute(
            "CREATE TABLE bench_built AS SELECT CAST(%s AS jsonb) AS sizes", (json.dumps(asdict(sizes)),)
        )


def is_built(server: Any, name: str, sizes: Sizes) -> bool:
    """Whether an earlier run has kept a chain of exactly these sizes."""
    if not server.database_exists(name):
        return False
    with open_superuser(server, name) as connection:
        row = connection.execute("SELECT to_regclass('bench_built') IS NOT NULL").fetchone()
        found = connection.execute("SELECT sizes FROM bench_built").fetchone() if row and row[0] else None
        return found is not None and found[0] == asdict(sizes)


def open_superuser(server: Any, name: str) -> "psycopg.Connection[Any]":
    """A connection that commits each statement and that no row-level security holds."""
    given = machine.arguments(server.url("superuser", name))
    return psycopg.connect(
        host=given["PGHOST"], user=given["PGUSER"], password=given["PGPASSWORD"], dbname=name, autocommit=True
    )


def _found_brand(connection: "psycopg.Connection[Any]", sizes: Sizes) -> dict[str, uuid.UUID]:
    ids = {
        name: world.id_of(9, number)
        for number, name in enumerate(("brand", "author", "approver", "points", "spare_points"))
    }
    connection.execute(chain_sql.BRAND, ids | {"code": CODE})
    connection.execute(
        chain_sql.PROGRAMME, ids | {"content": json.dumps(_programme(ids["points"])), "starts_at": world.START}
    )
    tills = [(number, "ici_t_" + secrets.token_urlsafe(32)) for number in range(sizes.tills)]
    world.copy(
        connection,
        "bench_till",
        "n, token, key_hash",
        ((number, token, hashlib.sha256(token.encode()).digest()) for number, token in tills),
    )
    return ids


def _values(ids: dict[str, uuid.UUID], sizes: Sizes) -> dict[str, Any]:
    buyers = sizes.buyers
    return ids | {
        "members": sizes.members,
        "stores": sizes.stores,
        "offers": sizes.offers,
        "purchases": sizes.purchases,
        "buyers": buyers,
        "leavers": sizes.leavers,
        "each": _coupons_each(sizes.stock, buyers),
        "each_spare": _spare_each(sizes.spare, buyers),
        "seats": _seats(sizes.offers),
        "now": datetime.now(UTC),
        "start": world.START,
    }


def _coupons_each(stock: int, buyers: int) -> int:
    """One to look at and to quote, one to redeem and give back, and those that sales use up."""
    return 2 + -(-stock // buyers)


def _spare_each(spare: int, buyers: int) -> int:
    return -(-spare // buyers)


def _seats(offers: int) -> int:
    """Every second offer holds in the whole chain; coupons are of those."""
    return max(1, offers // 2)


def _write_codes(connection: "psycopg.Connection[Any]", sizes: Sizes) -> None:
    """A code for each card and each coupon, in the order in which they are handed out."""
    buyers = sizes.buyers
    count = sizes.members + buyers * (_coupons_each(sizes.stock, buyers) + _spare_each(sizes.spare, buyers))
    world.copy(connection, "bench_code", "n, code", enumerate(_codes(count)))


def _codes(count: int) -> Iterator[str]:
    """Codes that a till takes: groups of three symbols and a check symbol, drawn from all groups that there are."""
    rng, symbols = random.Random(world.SEED), codes.MINTED
    threes = [a + b + c for a in symbols for b in symbols for c in symbols]
    groups = [[three + codes.check_symbol(number, three) for three in threes] for number in range(1, codes.GROUPS + 1)]
    for _ in range(count):
        yield "-".join([rng.choice(ones) for ones in groups])


def _fill(connection: "psycopg.Connection[Any]", table: str, statement: str, values: dict[str, Any]) -> None:
    started = time.perf_counter()
    done = connection.execute(statement, values)
    say(f"  {table}: {done.rowcount:,} rows in {time.perf_counter() - started:.1f} s")


def _give_points(server: Any, name: str, ids: dict[str, uuid.UUID], sizes: Sizes) -> None:
    """Each buyer has one lot, by the verbs that everybody uses."""
    with open_superuser(server, name) as connection:
        found = connection.execute("SELECT member_id FROM bench_member WHERE n < %s ORDER BY n", (sizes.buyers,))
        buyers = [row[0] for row in found.fetchall()]
    brand = purse.Brand(ids["brand"], ids["points"], ids["spare_points"])
    started = time.perf_counter()
    for begin in range(0, len(buyers), BATCH):
        with db.system_transaction():
            purse.give_lots(brand, buyers[begin : begin + BATCH], 1, points=POINTS, at=datetime.now(UTC))
    say(f"  points of {len(buyers):,} buyers in {time.perf_counter() - started:.1f} s")


def _publish(server: Any, name: str) -> None:
    started = time.perf_counter()
    with db.system_transaction():
        publish_places(store_ids=None, now=datetime.now(UTC))
    with db.system_transaction():
        rebuild_read_model(now=datetime.now(UTC))
        show_words(brand=CODE, touchpoint="geofence", purpose="personalised_offers", locale="fr", now=datetime.now(UTC))
    say(f"  the read model in {time.perf_counter() - started:.1f} s")


def _programme(points: uuid.UUID) -> dict[str, Any]:
    """A point per euro with a cap, five for each tea, a day on which the highest tier earns double, two tiers, and food
    as what titres-restaurant pay for."""
    return {
        "currency": "EUR",
        "policy": "within_balance",
        "tenders": {"earning": sorted(EARNING), "meal_articles": _articles(categories=["food"])},
        "referral": None,
        "rules": [
            _rule("euro", "amount", points, points=1, caps={"day": 500}),
            _rule("tea", "item", points, points=5, products={"categories": ["food/tea"]}),
            _rule(
                "double", "multiplier", None, factor_percent=200, when={"tiers": ["wisteria"], "weekdays": [1, 2, 3, 4]}
            ),
        ],
        "ladder": {
            "currency_id": str(points),
            "tiers": [
                {"code": "lilac", "name": {"fr": "Lilas", "en": "Lilac"}, "from_points": 200_000},
                {"code": "wisteria", "name": {"fr": "Glycine", "en": "Wisteria"}, "from_points": 1_000_000},
            ],
            "months": 12,
            "keeps": "12M",
            "downgrade": "one_level",
            "grace": "1M",
        },
    }


def _rule(code: str, kind: str, currency_id: uuid.UUID | None, **said: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "channels": [],
        "stores": [],
        "tiers": [],
        "weekdays": [],
        "from_minute": None,
        "until_minute": None,
    }
    when = nothing | {"starts_at": None, "ends_at": None, "least_minor": 0} | said.pop("when", {})
    products = _articles(**said.pop("products", {}))
    return {
        "code": code, "kind": kind, "title": {"fr": code, "en": code}, "currency_id": currency_id and str(currency_id),
        "points": 0, "per_minor": 100, "rounding": "floor", "products": products, "event": None, "when": when,
        "caps": {}, "factor_percent": 100, "multiplies": [], "waits": None, "lasts": None,
    } | said  # fmt: skip


def _articles(**said: list[str]) -> dict[str, list[str]]:
    return {"categories": [], "gtins": [], "skus": [], "but_not": []} | said
