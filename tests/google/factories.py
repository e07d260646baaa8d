"""Passes at Google for tests: what a pass says, when it changes, and when Google is told."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from app.sql import db
from tests.factories import NOON, made
from wallet.google import accounts, delivery
from wallet.google.copies import want_copy
from wallet.google.models import GoogleCopy, GoogleRing
from wallet.issued import queries, revisions
from wallet.issued.contents import BalanceShown, CouponShown, PassContents, PlaceShown, TierShown
from wallet.issued.models import IssuedPass, PassKind

ISSUER = "3388000000000000001"
SOON = NOON + timedelta(minutes=1)
POINTS = BalanceShown("points", "Points", "Points", 120, NOON + timedelta(days=90))
RIVOLI = PlaceShown(2.3522, 48.8566, "Rivoli : votre carte est prête.", "Rivoli: your card is ready.", None)


class Sayings:
    """What passes say in this test, beside what the database knows."""

    def __init__(self) -> None:
        self.fields: dict[uuid.UUID, dict[str, Any]] = {}
        self.targets: dict[uuid.UUID, dict[str, Any]] = {}

    def source(self, passes: Sequence[IssuedPass], now: datetime) -> Mapping[uuid.UUID, Mapping[str, Any]]:
        return {one.id: self.fields.get(one.id) or self.targets.get(one.target_id, {}) for one in passes}

    def change(self, held: IssuedPass, *, at: datetime = SOON, **fields: Any) -> None:
        """Let a pass say something else, and get its next revision."""
        self.fields[held.id] = self.fields.get(held.id, {}) | fields
        with made():
            revisions.refresh_some([held.id], now=at)

    def hold(self, coupon: CouponShown, **fields: Any) -> CouponShown:
        """Let the pass of a coupon say that it stands for this one."""
        said = {"coupons": (coupon,), "code": coupon.code, "expires_at": coupon.ends_at}
        self.targets[coupon.id] = said | fields
        return coupon


def balance(amount: int) -> tuple[BalanceShown, ...]:
    return (POINTS._replace(amount=amount),)


def make_shown_coupon(**given: Any) -> CouponShown:
    end = NOON + timedelta(days=10)
    fields: dict[str, Any] = {
        "id": uuid.uuid4(),
        "code": "7QK3-2A9F-1C",
        "title_fr": "Un café offert",
        "title_en": "A free coffee",
        "description_fr": "Au comptoir, une fois.",
        "description_en": "At the counter, once.",
        "ends_at": end,
        "ends_local": end.replace(tzinfo=None),
    }
    return CouponShown(**(fields | given))


def make_contents(**given: Any) -> PassContents:
    fields: dict[str, Any] = {
        "kind": PassKind.CARD,
        "brand_id": uuid.UUID(int=7),
        "brand_name": "Épicerie Test",
        "serial": "s" * 22,
        "member_id": uuid.UUID(int=9),
        "display_name": "Zoé",
        "code": "7QK3-2A9F-1C",
        "revision": 5,
        "changed_at": NOON,
        "balances": (POINTS,),
        "tier": TierShown("gold", "Or", "Gold", None),
    }
    return PassContents(**(fields | given))


def want(held: IssuedPass, *, now: datetime = NOON) -> None:
    """What a member does who opens the link of their pass."""
    known = accounts.access()
    assert known is not None
    with made():
        want_copy(held, known=known, now=now)


def tell(*, now: datetime = SOON, batch: int = 40) -> int:
    """What the job does."""
    return delivery.tell_due(clock=lambda: now, batch=batch)


def copy_of(held: IssuedPass) -> GoogleCopy | None:
    with made():
        return db.session().scalars(select(GoogleCopy).where(GoogleCopy.pass_id == held.id)).one_or_none()


def object_id(held: IssuedPass) -> str:
    return f"{ISSUER}.{held.serial}"


def run(statement: str, **values: Any) -> None:
    """What no verb does, as the system."""
    with made():
        db.execute(text(statement), values)


def pass_of(member_id: uuid.UUID, kind: PassKind, target_id: uuid.UUID) -> IssuedPass:
    """The pass that stands for this card or coupon."""
    with made():
        return db.session().scalars(queries.standing_pass(member_id, kind, target_id)).one()


def hold_at_google(held: IssuedPass) -> IssuedPass:
    """A copy of a pass in Google Wallet, which rang once, without an account there."""
    with made():
        db.add(
            GoogleCopy(
                member_id=held.member_id,
                pass_id=held.id,
                brand_id=held.brand_id,
                kind=held.kind,
                serial=held.serial,
                issuer=ISSUER,
                created_at=held.made_at,
                saved_at=held.made_at,
                wanted_revision=held.revision,
                told_revision=held.revision,
                class_id=f"{ISSUER}.card-{held.brand_id.hex}",
            )
        )
        db.add(GoogleRing(member_id=held.member_id, pass_id=held.id, about="revision-1", rang_at=held.made_at))
    return held
