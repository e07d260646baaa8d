"""What a member has of what is to pay, held against what a sale takes of it."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from app.errors import Problem
from app.languages import Language, Money
from offers.checkout import wording
from offers.checkout.situation import Situation, TenderCurrency
from wallet.gift_cards.redemption import CardStanding
from wallet.ledger.currency_kinds import CurrencyKind, money_of
from wallet.ledger.errors import PointsUnknown, below_use, too_little
from wallet.points import statements
from wallet.programmes.usage import Usage
from wallet.purchases.basket import Basket


class CagnotteStanding(NamedTuple):
    """What a member has in a cagnotte, and how much of it can pay a basket, in minor units of `money`."""

    currency: TenderCurrency
    money: str
    available_minor: int
    usable_minor: int

    def tell(self, language: Language) -> dict[str, Any]:
        """The cagnotte as staff read it."""
        name = self.currency.name.say(language)
        amounts = {
            "available_minor": self.available_minor,
            "usable_minor": self.usable_minor,
            "usable_from_minor": self.currency.usable_from,
        }
        is_below = 0 < self.available_minor < self.currency.usable_from
        text = wording.CAGNOTTE_BELOW_USE if is_below else wording.CAGNOTTE
        facts = {key: Money(amount, self.money) for key, amount in amounts.items()}
        return {
            "currency_id": self.currency.id,
            "name": name,
            "available_minor": self.available_minor,
            "usable_minor": self.usable_minor,
            "usable_from_minor": self.currency.usable_from or None,
            "text": text.say(language, {"name": name, **facts}),
        }


def told_cagnotte(asked: uuid.UUID | None, *, found: Situation) -> TenderCurrency | None:
    """The cagnotte that a quote tells of: the one that is to pay, or the brand's first where nothing is."""
    paying = found.currency(asked) if asked is not None else next(iter(found.cagnottes), None)
    return paying if paying is not None and paying.kind is CurrencyKind.MONEY else None


def stand_cagnotte(
    currency: TenderCurrency | None, basket: Basket, *, kept: int, found: Situation, usage: Usage, now: datetime
) -> CagnotteStanding | None:
    """How a cagnotte stands for a basket that is priced, with what the sale keeps of it already; null where there is
    none, and for a basket in other money."""
    if currency is None or basket.currency != found.money:
        return None
    has = _available(currency.id, usage=usage, now=now) + kept
    to_pay = basket.net_minor + basket.points_minor
    usable = min(has, to_pay) if has >= currency.usable_from else 0
    return CagnotteStanding(currency, found.money, has, usable)


def find_missing(
    currency: TenderCurrency, wanted: int, *, kept: int, found: Situation, usage: Usage, now: datetime
) -> Problem | None:
    """Why so much cannot pay beside what the sale keeps already, as whoever takes it would be told."""
    available = _available(currency.id, usage=usage, now=now)
    money = money_of(currency.kind, found.money)
    if 0 < available + kept < currency.usable_from:
        return below_use(available + kept, currency.usable_from, money=found.money)
    return None if wanted <= available else too_little(wanted, available, money=money)


def _available(currency_id: uuid.UUID, *, usage: Usage, now: datetime) -> int:
    """What is there to spend, as it was read; where something of it is due first, as it comes to then."""
    if usage.available is not None:
        return usage.available
    whose = {"member_id": usage.counting.member_id, "currency_id": currency_id}
    try:
        return statements.read_balance(**whose, now=now).book.available
    except PointsUnknown:
        return 0


def tell_standing(one: CardStanding, *, currency: str, language: Language) -> dict[str, Any]:
    """A gift card in a quote: what is on it, and why it does not pay what it is to pay, if it does not."""
    refusal: Problem | None = one.refusal
    if refusal is None:
        facts = {"ending": one.ending, "available_minor": Money(one.available_minor, currency)}
        text = wording.GIFT_CARD.say(language, facts)
    else:
        text = refusal.title.say(language, refusal.facts)
    return {
        "ending": one.ending,
        "wanted_minor": one.wanted_minor,
        "available_minor": one.available_minor,
        "expires_at": one.expires_at,
        "reason": None if refusal is None else refusal.code(),
        "text": text,
    }
