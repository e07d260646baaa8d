"""A believable world for the benches: brands, stores clustered in towns, offers, members with permissions.

Everything comes from one seed and goes in by COPY. Members stand where stores are.
"""

import bisect
import json
import math
import random
import struct
import sys
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import psycopg

CITIES = [
    (48.8566, 2.3522), (43.2965, 5.3698), (45.7640, 4.8357), (43.6047, 1.4442), (43.7102, 7.2620),
    (47.2184, -1.5536), (43.6108, 3.8767), (48.5734, 7.7521), (44.8378, -0.5792), (50.6292, 3.0573),
    (48.1173, -1.6778), (49.2583, 4.0317), (43.1242, 5.9280), (45.4397, 4.3872), (49.4944, 0.1079),
    (45.1885, 5.7245), (47.3220, 5.0415), (47.4784, -0.5632), (43.8367, 4.3601), (45.7772, 3.0870),
]  # fmt: skip
TOWNS = 500
BRANDS = 4000
SEED = 20261122
START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = ["24/7", "24/7", "24/7", "24/7", None]
"""A fifth of the stores say nothing of their hours. The others never close, so that a bench at night counts as much as
one at noon: with usual hours, an answer at six in the morning held a quarter of the offers of one in the afternoon."""


@dataclass(frozen=True)
class Size:
    stores: int
    offers: int
    members: int


@dataclass(frozen=True)
class World:
    """What the load needs to know of the world it runs in."""

    members: list[uuid.UUID]
    sessions: list[uuid.UUID]
    places: list[tuple[float, float]]
    """For each of `members`, where they stand: lon, lat."""
    profiled: int
    """From this one on, each of `members` lets the brands that they allowed look at what they buy."""


def id_of(kind: int, n: int) -> uuid.UUID:
    """A UUIDv7-shaped id, ordered by n, the same in every run."""
    milliseconds = int(START.timestamp() * 1000) + n // 64
    tail = random.Random(kind << 40 | n).getrandbits(62)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | (n % 64) << 64 | 2 << 62 | tail)


def weighted(weights: Sequence[float], rng: random.Random) -> Iterator[int]:
    """Endless indexes, each as likely as its weight."""
    sums = list(accumulate(weights))
    while True:
        yield bisect.bisect(sums, rng.random() * sums[-1])


def ewkb(lon: float, lat: float) -> str:
    return (struct.pack("<BII", 1, 0x20000001, 4326) + struct.pack("<dd", lon, lat)).hex().upper()


def copy(connection: psycopg.Connection[Any], table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows in, saying how it goes."""
    started, count = time.perf_counter(), 0
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as sink:
        for row in rows:
            sink.write_row(row)
            count += 1
    print(f"  {table}: {count:,} rows in {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)


def towns(rng: random.Random) -> list[tuple[float, float, float]]:
    """lat, lon, spread in degrees."""
    real = [(lat, lon, 0.03) for lat, lon in CITIES]
    return real + [(rng.uniform(43.5, 49.8), rng.uniform(-1.0, 6.5), 0.015) for _ in range(TOWNS - len(real))]


def build(connection: psycopg.Connection[Any], size: Size, *, load_members: int, now: datetime) -> World:
    """Fill an empty migrated database as its owner's superuser would restore a dump."""
    rng = random.Random(SEED)
    brands = [id_of(1, n) for n in range(BRANDS)]
    _brands(connection, brands)
    stores = _stores(connection, brands, size.stores, rng)
    _offers(connection, brands, stores, size.offers, rng, now)
    return _members(connection, stores, size, load_members, rng, now)


def _brands(connection: psycopg.Connection[Any], brands: list[uuid.UUID]) -> None:
    copy(
        connection,
        "brand",
        "id, code, name, countries, time_zone, currency",
        ((b, f"brand-{n}", f"Enseigne {n}", ["FR"], "Europe/Paris", "EUR") for n, b in enumerate(brands)),
    )
    copy(
        connection,
        "console_user",
        "id, brand_id, email, name, role, password_hash, created_at",
        ((id_of(2, n), b, f"m{n}@example.org", "Camille", "merchandiser", "!", START) for n, b in enumerate(brands)),
    )


@dataclass(frozen=True)
class StoreRow:
    id: uuid.UUID
    brand: int
    lon: float
    lat: float


def _stores(
    connection: psycopg.Connection[Any], brands: list[uuid.UUID], count: int, rng: random.Random
) -> list[StoreRow]:
    centres = towns(rng)
    town = weighted([1 / (rank + 1) ** 0.85 for rank in range(TOWNS)], rng)
    brand = weighted([1 / (rank + 1) ** 0.7 for rank in range(BRANDS)], rng)
    drafts = []
    for _ in range(count):
        lat, lon, spread = centres[next(town)]
        drafts.append((rng.gauss(lon, spread * 1.4), rng.gauss(lat, spread), next(brand)))
    # In the order of the ground, so that neighbours are neighbours on disk too (as after `ici read-model rebuild`).
    drafts.sort(key=lambda d: _morton(d[0], d[1]))
    stores = [StoreRow(id_of(3, n), b, lon, lat) for n, (lon, lat, b) in enumerate(drafts)]
    copy(
        connection,
        "store",
        "id, brand_id, reference, name, location, time_zone, country, opening_hours, address, created_at, updated_at",
        (
            (
                s.id,
                brands[s.brand],
                f"S{n}",
                f"Magasin {n}",
                ewkb(s.lon, s.lat),
                "Europe/Paris",
                "FR",
                HOURS[n % len(HOURS)],
                f"{n % 200} rue de la République",
                START,
                START,
            )
            for n, s in enumerate(stores)
        ),
    )
    return stores


def _morton(lon: float, lat: float) -> int:
    x, y = int((lon + 180) / 360 * 65535), int((lat + 90) / 180 * 65535)
    return sum(((x >> bit & 1) << (2 * bit + 1)) | ((y >> bit & 1) << (2 * bit)) for bit in range(16))


def _offers(
    connection: psycopg.Connection[Any],
    brands: list[uuid.UUID],
    stores: list[StoreRow],
    count: int,
    rng: random.Random,
    now: datetime,
) -> None:
    """60 % hold in one store, 32 % in a handful, 8 % in the whole brand; a fifth of them are live now."""
    of_brand: list[list[uuid.UUID]] = [[] for _ in brands]
    for store in stores:
        of_brand[store.brand].append(store.id)
    pick = weighted([math.sqrt(len(ids)) for ids in of_brand], rng)
    offers = [(n, id_of(4, n), next(pick), rng.random(), rng.random() < 0.2) for n in range(count)]
    copy(
        connection,
        "offer",
        "id, brand_id, status, live_version, draft_version, revision, created_by, created_at, updated_at",
        (
            (o, brands[b], "live" if live else "ended", 1, None, 2, id_of(2, b), START, START)
            for _, o, b, _, live in offers
        ),
    )

    def versions() -> Iterator[Sequence[Any]]:
        for n, offer, brand, kind, _ in offers:
            if kind < 0.08:
                targets: dict[str, Any] = {"brand": True}
            else:
                some = 1 if kind < 0.68 else rng.randint(2, 8)
                targets = {"areas": [], "stores": [str(rng.choice(of_brand[brand])) for _ in range(some)]}
            percent = rng.choice([5, 10, 15, 20, 25, 30])
            yield (
                offer, 1, f"{percent} % sur le rayon {n % 40}", f"{percent}% off aisle {n % 40}",
                "Valable sur tout le rayon, hors produits déjà remisés. Une fois par passage en caisse, dans la limite "
                "des stocks, sur présentation du coupon à la caisse ou à la borne.",
                "Valid on the whole aisle, except items already reduced. Once per visit, while stocks last, "
                "when the coupon is shown at the till or at the self-checkout.",
                json.dumps({"kind": "percent", "percent": percent}), json.dumps(targets),
                (now - timedelta(days=rng.randint(1, 20))).replace(tzinfo=None),
                (now + timedelta(days=rng.randint(2, 30))).replace(tzinfo=None),
                rng.choice([None, 1000, 10_000]), None, 1, rng.choice([30, 50, 50, 50, 70, 90]), 30,
                id_of(2, brand), START, id_of(2, brand), START,
                json.dumps(articles(rng)),
            )  # fmt: skip

    copy(
        connection,
        "offer_version",
        "offer_id, version, title_fr, title_en, text_fr, text_en, benefit, targets, starts_local, ends_local, "
        "total_limit, daily_limit, member_limit, priority, coupon_valid_days, drafted_by, drafted_at, approved_by, "
        "approved_at, products",
        versions(),
    )


ARTICLES, AISLES = 5_000, 40


def articles(rng: random.Random) -> dict[str, list[str]]:
    """What an offer is about: an aisle, or some twenty articles by their numbers."""
    if rng.random() < 0.6:
        return {"categories": [f"food/aisle-{rng.randrange(AISLES)}"]}
    return {"gtins": sorted({gtin_of(rng.randrange(ARTICLES)) for _ in range(rng.randint(5, 40))})}


def gtin_of(n: int) -> str:
    """The number of an article."""
    return f"{3_000_000_000_000 + n * 10:013d}"


def taste_of(rng: random.Random, *, offers: int) -> str:
    """What somebody bought in a year, as a profile keeps it: a hundred articles, a dozen aisles, thirty offers
    shown."""
    bought = rng.sample(range(ARTICLES), 100)
    aisles = rng.sample(range(AISLES), 12)
    fresh, slow = 1000 * 2**15, 1000 * 2**6  # what a unit weighs today, by the half-lives of articles and categories
    named = {f"gtin:0{gtin_of(n)}": rng.randint(fresh // 8, fresh * 4) for n in bought}
    categories = {f"food/aisle-{n}": rng.randint(slow, slow * 30) for n in aisles}
    categories |= {f"food/aisle-{n}/shelf-{k}": rng.randint(slow, slow * 9) for n in aisles for k in range(3)}
    categories["food"] = sum(categories[f"food/aisle-{n}"] for n in aisles)
    shown = {str(number): 1000 * 2**84 * rng.randint(1, 9) for number in rng.sample(range(1, offers + 1), 30)}
    totals = {"articles_total": sum(named.values()), "categories_total": categories["food"]}
    kept = {"articles": named, "categories": categories, "shown": shown, "taken": {}} | totals
    return json.dumps(kept, separators=(",", ":"), sort_keys=True)


def _members(
    connection: psycopg.Connection[Any],
    stores: list[StoreRow],
    size: Size,
    load_members: int,
    rng: random.Random,
    now: datetime,
) -> World:
    """Each member allows one to three brands, first the brand of the shop near home; 70 % of permissions stand."""
    count = size.members
    members = [id_of(5, n) for n in range(count)]
    brand_ids = [id_of(1, n) for n in range(BRANDS)]
    copy(connection, "member", "member_id, language, created_at", ((m, "fr", START) for m in members))
    homes = [rng.randrange(len(stores)) for _ in range(count)]
    later = now + timedelta(days=200)

    def states() -> Iterator[Sequence[Any]]:
        for n, member in enumerate(members):
            home = homes[n]
            near = {stores[(home + step * 7) % len(stores)].brand for step in range(rng.randint(1, 3))}
            for brand in {stores[home].brand} | near:
                standing = n < load_members or rng.random() < 0.7
                yield (
                    member, "geofence", "personalised_offers", brand_ids[brand], "brand", brand_ids[brand],
                    id_of(6, n * 4 + brand % 4), "alert_on_request", "given" if standing else "withdrawn",
                    later, None, 1, START,
                )  # fmt: skip

    copy(
        connection,
        "permission_state",
        "member_id, touchpoint, purpose, brand_id, scope_kind, scope_id, event_id, level, state, expires_at, "
        "uses_left, version, changed_at",
        states(),
    )
    walkers = members[:load_members]
    sessions = [id_of(7, n) for n in range(load_members)]
    copy(
        connection,
        "member_session",
        "member_id, id, generation, rotated_at, created_at, expires_at",
        ((m, s, 0, START, START, later) for m, s in zip(walkers, sessions, strict=True)),
    )
    _coupons(connection, walkers, size, rng, now)
    stand = [_beside(stores[homes[n]], rng) for n in range(load_members)]
    _profiles(connection, walkers[load_members // 2 :], size)
    return World(walkers, sessions, stand, load_members // 2)


def _profiles(connection: psycopg.Connection[Any], members: list[uuid.UUID], size: Size) -> None:
    """Each of these members is known to every brand that they allowed."""
    rng = random.Random(SEED + 1)
    allowed = connection.execute(
        "SELECT member_id, brand_id, event_id FROM permission_state WHERE member_id = ANY (%s) ORDER BY 1, 2",
        (members,),
    ).fetchall()
    rows = ((*cell, START, taste_of(rng, offers=size.offers)) for cell in allowed)
    copy(connection, "profile", "member_id, brand_id, permission_event_id, made_at, taste", rows)


def _coupons(
    connection: psycopg.Connection[Any], members: list[uuid.UUID], size: Size, rng: random.Random, now: datetime
) -> None:
    """Each member of the load holds three coupons; a third of them are used."""
    brand_of = dict(connection.execute("SELECT id, brand_id FROM offer").fetchall())

    def rows() -> Iterator[Sequence[Any]]:
        for n, member in enumerate(members):
            for k, number in enumerate(rng.sample(range(size.offers), 3)):
                offer = id_of(4, number)
                yield (
                    member, id_of(8, n * 3 + k), brand_of[offer], offer, 1, 1, f"BENCH-{n}-{k}",
                    rng.choice(["active", "active", "redeemed"]), START,
                    (now + timedelta(days=20)).replace(tzinfo=None), now + timedelta(days=20),
                )  # fmt: skip

    copy(
        connection,
        "coupon",
        "member_id, id, brand_id, offer_id, offer_version, ordinal, code, status, claimed_at, ends_local, expires_at",
        rows(),
    )


def _beside(store: StoreRow, rng: random.Random) -> tuple[float, float]:
    """A point within some 300 m of a store."""
    angle, metres = rng.random() * 2 * math.pi, 300 * math.sqrt(rng.random())
    dlat = metres * math.sin(angle) / 111_320
    dlon = metres * math.cos(angle) / (111_320 * math.cos(math.radians(store.lat)))
    return round(store.lon + dlon, 6), round(store.lat + dlat, 6)
