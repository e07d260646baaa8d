"""Wallets that become one, for tests."""

import uuid
from datetime import datetime
from typing import Any

from app.accounts.models import ConsoleUser, Member
from app.identity.models import MemberMerge
from app.sql import db
from tests.factories import NOON
from wallet.cards.models import Card
from wallet.merges import union
from wallet.merges.split import split_mine


def merge(source: Member, target: Member, *, now: datetime = NOON, **given: Any) -> MemberMerge:
    """Make `source` part of `target`, as if they had said so themself."""
    fields = {"cause": union.BY_MEMBER, "by": target.id} | given
    with db.transaction(), db.system():
        return union.unite_members(source_id=source.id, target_id=target.id, now=now, **fields)


def split(merged: MemberMerge, *, now: datetime = NOON, session_id: uuid.UUID | None = None) -> MemberMerge:
    with db.transaction():
        db.become(member_id=merged.member_id)
        return split_mine(
            member_id=merged.member_id, merge_id=merged.id, session_id=session_id or uuid.uuid4(), now=now
        )


def merge_as_brand(source: Card, target: Card, admin: ConsoleUser, *, now: datetime = NOON) -> MemberMerge:
    """As an administrator of the brand does it."""
    with db.transaction():
        db.become(brand_id=source.brand_id, principal_id=admin.id)
        return union.merge_cards(
            brand_id=source.brand_id,
            source_card_id=source.id,
            target_card_id=target.id,
            reason="La même personne, deux cartes.",
            by=admin.id,
            now=now,
        )
