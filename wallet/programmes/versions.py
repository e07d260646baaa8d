"""Which version of the rules holds."""

import uuid
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, TypeVar

from app.sql import db
from wallet.ledger import book_store
from wallet.product_lists import membership
from wallet.programmes import queries, rules
from wallet.programmes.errors import ProgrammeUnknown
from wallet.programmes.models import ProgrammeVersion
from wallet.programmes.rules import Programme
from wallet.purchases.basket import Basket

Key = TypeVar("Key", bound=Hashable)

MOST_LISTED = 200

KEPT = 1_000
"""Approved versions that a process keeps."""


class InForce(NamedTuple):
    """The version that judges, and what it says."""

    version: int
    programme: Programme


class Versions:
    """The approved versions of a brand, read once, for many purchases."""

    def __init__(self, brand_id: uuid.UUID, starts: Sequence[tuple[int, datetime | None]] | None = None) -> None:
        """`starts` is what was read of the brand by `queries.STARTS` already."""
        self._brand_id = brand_id
        self._starts = db.rows(queries.starts_of_approved(brand_id)) if starts is None else starts

    def __bool__(self) -> bool:
        return bool(self._starts)

    def at(self, at: datetime) -> InForce | None:
        """The version in force at an instant; None before the first."""
        for version, starts_at in self._starts:
            if starts_at is not None and starts_at <= at:
                return InForce(version, read_approved(self._brand_id, version))
        return None

    @property
    def starts(self) -> Sequence[tuple[int, datetime | None]]:
        """The numbers of the versions and when they begin, the one in force last comes first."""
        return self._starts

    def next_start(self, after: datetime) -> datetime | None:
        """When the next version begins; None where none is to come."""
        return min((at for _, at in self._starts if at is not None and at > after), default=None)


@lru_cache(maxsize=KEPT)
def read_approved(brand_id: uuid.UUID, version: int) -> Programme:
    """What an approved version of a brand says. It never changes, so a process reads it once.

    Raises `ProgrammeUnknown`, also for a draft.
    """
    content = db.first(queries.content_of_approved(brand_id, version))
    if content is None:
        raise ProgrammeUnknown
    return rules.read_rules(content)


def in_force(*, brand_id: uuid.UUID, at: datetime) -> InForce | None:
    """The version by which what happened at this instant is judged; None before the first."""
    version = db.first(queries.number_in_force(brand_id, at=at))
    return None if version is None else InForce(version, read_approved(brand_id, version))


def versions(*, brand_id: uuid.UUID) -> Sequence[ProgrammeVersion]:
    """The brand's versions, the newest first, up to so many as anybody reads."""
    return db.all_of(queries.versions_of(brand_id).order_by(ProgrammeVersion.version.desc()).limit(MOST_LISTED))


def the_version(*, brand_id: uuid.UUID, version: int) -> ProgrammeVersion:
    """One version of the brand's programme. Raises `ProgrammeUnknown`, also for a number that another brand has."""
    found = db.first(queries.version_of(brand_id, version))
    if found is None:
        raise ProgrammeUnknown
    return found


def list_articles(
    baskets: Mapping[Key, Basket], programmes: Iterable[Programme], *, brand_id: uuid.UUID
) -> Mapping[Key, Basket]:
    """These baskets, whose lines say on which lists they were when they were bought, where a programme asks for it."""
    if not any(programme.named_lists for programme in programmes):
        return baskets
    return membership.list_baskets(baskets, brand_id=brand_id)


def lock_balances(*, member_id: uuid.UUID, programmes: Iterable[Programme], now: datetime) -> None:
    """Lock what these programmes may give to a member, so that caps and tiers are counted once at a time.

    Balances are locked in the order of their currencies. Whoever locks one of them for something else in the same
    transaction calls this first.
    """
    for currency_id in sorted({id for programme in programmes for id in programme.currencies()}):
        book_store.open_book(member_id=member_id, currency_id=currency_id, now=now)
