"""What is known of members at a brand for the sake of audiences: as little as the offers at hand ask for."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import orjson
import psycopg

from app.consent.noes import rest
from app.sql import db, hot_statements
from offers.planning.audiences import queries, segments
from offers.planning.audiences.for_whom import ForWhom
from wallet.purchases.basket import BasketLine

Whose = tuple[uuid.UUID, uuid.UUID]
"""A member and a brand."""


class ArticleBought(NamedTuple):
    """An article, as a line of a basket, and when somebody last bought it and did not bring all of it back."""

    line: BasketLine
    bought_at: datetime


class MemberFacts(NamedTuple):
    """What is known of a member at a brand. What comes after `profiled` is only there where they permitted profiling;
    `birthday` (day, month) where they permitted a treat for it, and said it."""

    joined_at: datetime | None = None
    """Null for whoever has no card of the brand that works."""
    tier: str | None = None
    tier_since: datetime | None = None
    in_household: bool = False
    employed_since: datetime | None = None
    """Null for whoever the brand does not say to work for it."""
    employed_until: date | None = None
    """The last day on the brand's calendar, included; null without end."""
    birthday: tuple[int, int] | None = None
    used_at: Mapping[uuid.UUID, Sequence[datetime]] = {}
    """When they used coupons of the offers that were asked for: what the contract counts."""
    profiled: bool = False
    last_bought_at: datetime | None = None
    seen_before: bool = False
    """Their pass was shown on an earlier day of the brand's calendar."""
    home_store_id: uuid.UUID | None = None
    bought: Sequence[ArticleBought] = ()
    segments: frozenset[uuid.UUID] = frozenset()


NOTHING_KNOWN = MemberFacts()


def facts_of_members(
    member_ids: Sequence[uuid.UUID],
    brand_ids: Sequence[uuid.UUID],
    now: datetime,
    *,
    asked: Collection[ForWhom],
    limited: Collection[uuid.UUID] = (),
    through: psycopg.Connection[Any] | None = None,
) -> dict[Whose, MemberFacts]:
    """What these members (side by side with brands) are at an instant, as far as `asked` needs it, and when they used
    coupons of the `limited` offers. One statement, and those of who knows segments where somebody asks
    for some.

    Without `through`, the running transaction must see all of them: `db.system()`, unless it is that of the one member.
    Through a connection of its own each statement names its members itself, one after the other, as row-level security
    shows one at a time. Raises `psycopg.Error`.
    """
    back = max((one.looks_back_days for one in asked), default=0)
    since = now - timedelta(days=back + 1) if back else None
    statement = queries.FACTS if through is None else queries.FACTS_BY_NAME
    values = [list(member_ids), list(brand_ids), now, since, list(limited), rest.rests()]
    rows = hot_statements.ask_statement(through or db.driver_connection(), statement, values)
    found = {(member_ids[n - 1], brand_ids[n - 1]): _facts(*known) for n, *known in rows}
    wanted = frozenset[uuid.UUID]().union(*(one.segments for one in asked))
    profiled = [whose for whose, facts in found.items() if facts.profiled] if wanted else []
    for whose, ids in segments.find_segments(profiled, wanted=wanted, now=now, through=through).items():
        found[whose] = found[whose]._replace(segments=frozenset(ids))
    return found


def _facts(
    joined_at: datetime | None,
    tier: bytes | None,
    tier_since: datetime | None,
    in_household: bool,
    employed_since: datetime | None,
    employed_until: date | None,
    day: int | None,
    month: int | None,
    used: bytes | None,
    profiled: bool,
    last_bought_at: datetime | None,
    seen_before: bool | None,
    home_store_id: uuid.UUID | None,
    bought: bytes | None,
) -> MemberFacts:
    return MemberFacts(
        joined_at=joined_at,
        tier=None if tier is None else tier.decode(),
        tier_since=tier_since,
        in_household=in_household,
        employed_since=employed_since,
        employed_until=employed_until,
        birthday=None if day is None or month is None else (day, month),
        used_at=_uses(orjson.loads(used)) if used else {},
        profiled=profiled,
        last_bought_at=last_bought_at,
        seen_before=bool(seen_before),
        home_store_id=home_store_id,
        bought=tuple(_article(*said) for said in orjson.loads(bought)) if bought else (),
    )


def _uses(said: Sequence[tuple[str, float]]) -> dict[uuid.UUID, list[datetime]]:
    found: dict[uuid.UUID, list[datetime]] = {}
    for offer_id, used_at in said:
        found.setdefault(uuid.UUID(offer_id), []).append(datetime.fromtimestamp(used_at, UTC))
    return found


def _article(gtin: str | None, sku: str | None, category: str, bought_at: float) -> ArticleBought:
    line = BasketLine(position=1, quantity=1, gross_minor=0, gtin=gtin, sku=sku, category=category)
    return ArticleBought(line, datetime.fromtimestamp(bought_at, UTC))
