"""Gift cards for tests, sold as tills sell them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import Brand, Terminal
from app.sql import db
from tests.checkout.factories import Counter
from tests.coupons.factories import acting_at
from tests.factories import NOON, made, make_console_user
from wallet.gift_cards import issuance, policies, queries
from wallet.gift_cards.codes import conceal_code
from wallet.gift_cards.issuance import Issued, SoldAt
from wallet.gift_cards.models import GiftCard, GiftCardEntry, GiftCardMove
from wallet.purchases.tender_kinds import Tender, TenderKind

RULE: dict[str, Any] = {"least_minor": 100, "most_minor": 15_000, "valid_months": 12}
TEN_EUROS: dict[str, Any] = {"kind": "gift_card_amount", "amount_minor": 1_000, "currency": "EUR"}
IN = (GiftCardMove.ISSUED, GiftCardMove.GIVEN_BACK)


def let_sell(brand: Brand, **given: Any) -> None:
    with made():
        by = make_console_user(brand, "admin").id
        version = policies.rule_of(brand_id=brand.id).version
        policies.set_rule(brand_id=brand.id, **(RULE | given), version=version, by=by, now=NOON)


def sell_card(counter: Counter, amount: int, **given: Any) -> Issued:
    return sell_card_at(counter.terminal, amount, **given)


def sell_card_at(terminal: Terminal, amount: int, *, reference: str | None = None, now: datetime = NOON) -> Issued:
    at = SoldAt(terminal.store_id, terminal.id)
    with acting_at(terminal):
        return issuance.sell_gift_card(
            brand_id=terminal.brand_id, at=at, amount_minor=amount, reference=reference or uuid.uuid4().hex, now=now
        )


def by_card(sold: Issued, amount: int) -> Tender:
    """A tender that this card pays."""
    return Tender(TenderKind.GIFT_CARD, amount, card=conceal_code(sold.code).text)


def reads_card(sold: Issued) -> GiftCard:
    with db.system_transaction():
        return db.all_of(queries.cards_of(sold.card.brand_id).where(GiftCard.id == sold.card.id))[0]


def balance(sold: Issued) -> int:
    """What is on it, which is what its entries come to."""
    with db.system_transaction():
        entries = db.all_of(select(GiftCardEntry).where(GiftCardEntry.card_id == sold.card.id))
    found = reads_card(sold).balance_minor
    assert found == sum(one.amount_minor if one.move in IN else -one.amount_minor for one in entries)
    return found
