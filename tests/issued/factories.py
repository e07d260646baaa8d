"""Passes in wallets for tests."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from unittest import mock

from sqlalchemy import select

from app.sql import db
from tests.factories import NOON, made
from wallet.apple.downloads import message_of
from wallet.cards.models import Card
from wallet.issued import issuance, listeners, revisions
from wallet.issued.contents import PassContents, read_contents
from wallet.issued.models import IssuedPass, PassKind

LATER = NOON + timedelta(hours=1)


def issue(card: Card, *, now: datetime = NOON) -> IssuedPass:
    """The pass of a card, looked at since: no change is under way."""
    with made():
        held = issuance.issue_pass(
            member_id=card.member_id, brand_id=card.brand_id, kind=PassKind.CARD, target_id=card.id, now=now
        )
    settle(held, now=now)
    return held


def settle(held: IssuedPass, *, now: datetime = NOON) -> None:
    """Let what was under way when a pass was issued be looked for."""
    with made():
        revisions.refresh_some([held.id], now=now)
    with made():
        revisions.refresh_some([held.id], now=now)


def end(held: IssuedPass, *, now: datetime = NOON) -> None:
    with made():
        issuance.end_pass(member_id=held.member_id, pass_id=held.id, now=now)


def refresh(*passes: IssuedPass, now: datetime = LATER) -> list[uuid.UUID]:
    """What the job does, at once: the ids of those of these passes whose wallets are told, as often as they are."""
    told: list[uuid.UUID] = []

    def tell(changed: Sequence[IssuedPass], now: datetime) -> None:
        told.extend(one.id for one in changed)

    with mock.patch.object(listeners, "AFTER_PASS_CHANGED", [*listeners.AFTER_PASS_CHANGED, tell]):
        revisions.refresh_passes(now=now)
    return [pass_id for pass_id in told if pass_id in {one.id for one in passes}]


def as_now(held: IssuedPass) -> IssuedPass:
    """The pass as it is stored."""
    with made():
        return db.session().scalars(select(IssuedPass).where(IssuedPass.id == held.id)).one()


def says(held: IssuedPass, *, now: datetime = LATER) -> PassContents:
    """What the pass says now."""
    with made():
        return read_contents([db.session().scalars(select(IssuedPass).where(IssuedPass.id == held.id)).one()], now=now)[
            0
        ]


def code_on(held: IssuedPass) -> str | None:
    """What the Apple pass shows, in a design that changes its code."""
    said = says(held)
    with made():
        return message_of(said, now=NOON)
