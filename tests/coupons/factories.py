"""Coupons for tests, made and used as the real people would."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from app.accounts.models import Brand, Member, Terminal
from app.sql import db
from geo.places.models import Store
from offers.coupons import claims
from offers.coupons.gifts import transfer
from offers.coupons.models import Coupon, CouponGift
from offers.coupons.paper.codes import print_codes
from offers.coupons.redemption import ShownRedemption, redeem_coupon, undo_redemption
from offers.planning.models import Offer
from tests.factories import NOON, made, make_brand, make_member, make_store, make_terminal, member_token
from tests.planning.factories import make_offer
from tests.speaking import Speaker
from wallet.scanning import scans
from wallet.scanning.models import Scan


@contextmanager
def acting_as(member: Member) -> Iterator[None]:
    """A transaction of this member, who sees what is theirs and nothing else."""
    with db.transaction():
        db.become(member_id=member.id, principal_id=member.id)
        yield


@contextmanager
def acting_at(terminal: Terminal) -> Iterator[None]:
    """A transaction of this terminal, which sees what is its brand's and nothing else."""
    with db.transaction():
        db.become(brand_id=terminal.brand_id, principal_id=terminal.id)
        yield


def claim(member: Member, offer: Offer, *, now: datetime = NOON) -> Coupon:
    with acting_as(member):
        return claims.claim_offer(member_id=member.id, offer_id=offer.id, now=now)


def redeem(coupon: Coupon, terminal: Terminal, *, now: datetime = NOON) -> ShownRedemption:
    with acting_at(terminal):
        return redeem_coupon(
            code=coupon.code,
            brand_id=terminal.brand_id,
            store_id=terminal.store_id,
            terminal_id=terminal.id,
            now=now,
        )


def undo(redemption: ShownRedemption, terminal: Terminal, *, now: datetime = NOON) -> ShownRedemption:
    with acting_at(terminal):
        return undo_redemption(
            redemption_id=redemption.id, brand_id=terminal.brand_id, store_id=terminal.store_id, now=now
        )


def give_away(coupon: Coupon, *, from_name: str = "Zoé", now: datetime = NOON) -> CouponGift:
    """A gift that waits for whoever brings its code."""
    with db.transaction():
        db.become(member_id=coupon.member_id, principal_id=coupon.member_id)
        return transfer.give_away_coupon(member_id=coupon.member_id, code=coupon.code, from_name=from_name, now=now)


def accept(gift: CouponGift, member: Member, *, name: str | None = "Max", now: datetime = NOON) -> Coupon:
    with acting_as(member):
        return transfer.accept_gift(member_id=member.id, code=gift.code, name=name, now=now)


def scan(coupon: Coupon, terminal: Terminal, *, now: datetime = NOON) -> Scan:
    with acting_at(terminal):
        return scans.read_pass(
            code=coupon.code,
            brand_id=terminal.brand_id,
            store_id=terminal.store_id,
            terminal_id=terminal.id,
            now=now,
        ).scan


class Shop:
    """A brand with one store, its terminal, a live offer and a member."""

    def __init__(self, anyone: Speaker, **offer: object) -> None:
        with made():
            self.brand: Brand = make_brand()
            self.store: Store = make_store(self.brand)
            self.terminal, key = make_terminal(self.store)
            self.offer = make_offer(self.brand, **offer)
            self.member = make_member()
        self.till = anyone.with_token(key)
        self.phone = anyone.with_token(member_token(self.member))

    def other_store(self, anyone: Speaker) -> tuple[Terminal, Speaker]:
        """The terminal of another store of the brand."""
        terminal, key = make_terminal(make_store(self.brand, name="Bastille"))
        return terminal, anyone.with_token(key)


def paper_codes(
    offer: Offer, count: int = 1, *, batch: str = "printemps", groups: int = 4, now: datetime = NOON
) -> list[str]:
    """Codes of the offer for a printer."""
    whose = {"brand_id": offer.brand_id, "offer_id": offer.id, "batch": batch}
    with made():
        return list(print_codes(**whose, count=count, groups=groups, now=now))
