"""Whether a card may act has one answer: a scan, a redemption and a sale say the same of it."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from app.errors import Problem
from app.sql import db
from tests.checkout.factories import Counter
from tests.coupons.factories import redeem, scan
from tests.factories import NOON
from wallet.cards.models import Card, CardStatus
from wallet.cards.replacement import replace_lost

SAID = {
    CardStatus.ACTIVE: ("taken", "taken", "taken"),
    CardStatus.BLOCKED: ("card_blocked", "card_blocked", "card_blocked"),
    CardStatus.CLOSED: ("pass_unknown", "coupon_unknown", "pass_unknown"),
}
"""Of the member's coupon: what scanning it, redeeming it and selling with it come to. An unknown code is answered in
the words of the question."""


def outcome(act: Callable[[], object]) -> str:
    try:
        act()
        return "taken"
    except Problem as refusal:
        return refusal.code()


@pytest.mark.parametrize("status", CardStatus)
def test_a_scan_a_redemption_and_a_sale_say_the_same_of_a_card(app: object, status: CardStatus) -> None:
    counter = Counter()
    scanned, redeemed, sold = (counter.percent(10) for _ in range(3))
    with db.system_transaction():
        db.execute(update(Card).where(Card.id == counter.card.id).values(status=status))
    assert SAID[status] == (
        outcome(lambda: scan(scanned, counter.terminal)),
        outcome(lambda: redeem(redeemed, counter.terminal)),
        outcome(lambda: counter.sells(1_000, coupons=[sold])),
    )


def test_a_card_that_was_replaced_is_said_to_be_lost_by_a_scan_and_by_a_sale(app: object) -> None:
    counter = Counter()
    lost = counter.card.code
    with db.system_transaction():
        replace_lost(member_id=counter.member.id, card_id=counter.card.id, now=NOON)
    counter.card.code = lost
    said = {outcome(lambda: scan(counter.card, counter.terminal)), outcome(lambda: counter.sells(1_000, code=lost))}
    assert said == {"card_lost"}
