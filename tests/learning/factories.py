"""What is learnt, for tests: a member who permits it, what they do, and what that came to."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Brand, ConsoleUser, Member
from app.consent.models import Level, PermissionState
from app.data_map import DataClass
from app.rights import personal_tables
from app.sql import db
from offers.learning import lessons
from offers.learning.models import PURPOSE, TOUCHPOINT, LearntCount, LearntEvent, Profile
from offers.learning.segments import brand_segments
from offers.learning.segments.brand_segments import SizedSegment
from offers.learning.tastes.tastes import Taste, read_taste
from tests.consent.factories import evidence, give, say_no
from tests.factories import NOON, made, make_brand, make_member, make_store
from tests.purchases.factories import buy
from wallet.purchases.basket import BasketLine
from wallet.purchases.models import Purchase

CELL = {"touchpoint": TOUCHPOINT, "purpose": PURPOSE}
BREAD = "3017620422003"
A_DAY = timedelta(days=1)

Counts = Mapping[tuple[str, str], int]


def permit(member: Member, brand: Brand, *, now: datetime = NOON, **given: Any) -> PermissionState:
    """A yes to being learnt of."""
    fields = {**CELL, "level": Level.PROACTIVE, "evidence": evidence(now=now), **given}
    return give(member, brand, now=now, **fields)


def forbid(member: Member, brand: Brand, *, now: datetime = NOON, **given: Any) -> PermissionState:
    """A no to that."""
    return say_no(member, brand, now=now, **{**CELL, **given})


def learn(member: Member, brand: Brand, *, now: datetime = NOON) -> int:
    """Learn what is new of this member."""
    with made():
        return lessons.learn_profile(member.id, brand.id, now=now)


def relearn(member: Member, brand: Brand, *, now: datetime = NOON) -> int:
    with db.system_transaction():
        return lessons.relearn_profile(member.id, brand.id, now=now)


def profile_of(member: Member, brand: Brand) -> Profile | None:
    with made():
        return db.first(select(Profile).where(Profile.member_id == member.id, Profile.brand_id == brand.id))


def counts_of(member: Member, brand: Brand) -> Counts:
    """Every count of the member, by kind and key."""
    mine = (LearntCount.member_id == member.id, LearntCount.brand_id == brand.id)
    with made():
        found = db.rows(select(LearntCount.kind, LearntCount.key, LearntCount.weight).where(*mine))
    return {(kind, key): int(weight) for kind, key, weight in found}


def taste_of(member: Member, brand: Brand) -> Taste:
    profile = profile_of(member, brand)
    assert profile is not None
    return read_taste(profile.taste.encode())


def learnt_rows(member: Member) -> int:
    """How many rows any table holds of what is learnt of the member."""
    tables = [
        table
        for table in personal_tables.tables_of_members()
        if any(datum.data_class is DataClass.PROFILE for _, datum in personal_tables.mapped(table))
    ]
    assert {table.name for table in tables} == {"profile", "learnt_count", "learnt_event"}
    with made():
        return sum(
            db.execute(select(func.count()).select_from(table).where(table.c.member_id == member.id)).scalar_one()
            for table in tables
        )


def notes_of(member: Member) -> list[str]:
    """From what kinds of things something was learnt, one by one."""
    with made():
        mine = select(LearntEvent.kind).where(LearntEvent.member_id == member.id)
        return sorted(db.all_of(mine))


def rule(kind: str, **values: Any) -> dict[str, Any]:
    """A rule of a segment, as the console sends it."""
    return {"kind": kind, **values}


def make_segment(
    brand: Brand, user: ConsoleUser, *rules: Mapping[str, Any], now: datetime = NOON, code: str | None = None
) -> SizedSegment:
    """A segment of whoever came lately, unless rules say otherwise."""
    asked = list(rules) or [rule("last_visit", at_most=30)]
    with made():
        return brand_segments.create_segment(
            brand_id=brand.id, code=code or f"s{uuid.uuid4().hex[:8]}", asked=asked, by=user.id, now=now
        )


class Regular:
    """A member who permits a brand with a store to learn from what they buy."""

    def __init__(self, *, permits: bool = True) -> None:
        with made():
            self.brand: Brand = make_brand()
            self.store = make_store(self.brand)
            self.member: Member = make_member()
        if permits:
            permit(self.member, self.brand)

    def buy(self, *lines: BasketLine, **given: Any) -> Purchase:
        return buy(given.pop("member", self.member), given.pop("store", self.store), *lines, **given)

    def learn(self, **given: Any) -> int:
        return learn(self.member, self.brand, **given)

    @property
    def counts(self) -> Counts:
        return counts_of(self.member, self.brand)
