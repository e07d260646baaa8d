"""A coffee bar for tests: ten coffees, the eleventh free."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.languages import Text
from app.sql import db
from offers.checkout.models import Sale
from offers.coupons.models import Coupon
from offers.planning.drafts import InASale
from tests.checkout.factories import Counter
from tests.factories import NOON, made, make_console_user
from tests.planning.factories import make_offer
from tests.points.factories import make_currency
from tests.product_lists.factories import make_list
from tests.programmes.factories import make_reward, put_in_force, rule
from wallet.ledger.currency_kinds import CurrencyKind
from wallet.ledger.models import PointsBalance
from wallet.ledger.proof import replay
from wallet.programmes.models import Reward, RewardOrder
from wallet.programmes.rules import Programme, RuleKind
from wallet.purchases.basket import BasketLine, Products
from wallet.stamps import cards
from wallet.stamps.models import StampCard

COFFEE = "3017620422003"
A_COFFEE: dict[str, Any] = {"kind": "free_item", "item": {"fr": "Un café", "en": "A coffee"}}
COFFEES = Products(lists=frozenset({"coffees"}))


class CoffeeBar(Counter):
    """A till, a member, and a stamp card of `size` cells whose reward is a coupon for a coffee."""

    def __init__(self, size: int = 10, *, has_reward: bool = True, **reward: Any) -> None:
        super().__init__()
        self.size = size
        make_list(self.brand, "coffees", COFFEE)
        said = {"code": "coffee", "name_fr": "Café", "name_en": "Coffee", "kind": str(CurrencyKind.STAMPS)}
        self.stamps = make_currency(self.brand, **said)
        title = Text(fr="1 tampon par café", en="1 stamp per coffee")
        stamp = rule("stamp", RuleKind.STAMP, title=title, currency_id=self.stamps.id, products=COFFEES)
        put_in_force(self.brand, Programme("EUR", (stamp,)))
        self.offer = make_offer(self.brand, benefit=A_COFFEE, given_only=True, in_a_sale=InASale(products=COFFEES))
        coupon = {"kind": "coupon", "offer_id": str(self.offer.id)}
        self.reward: Reward = make_reward(self.brand, self.stamps, price=size, **({"gives": coupon} | reward))
        self.sets_card(size, self.reward if has_reward else None)

    def sets_card(self, size: int, reward: Reward | None, *, now: datetime = NOON) -> StampCard:
        with made():
            said = {"size": size, "reward_id": reward and reward.id, "by": make_console_user(self.brand, "admin").id}
            return cards.set_card(brand_id=self.brand.id, currency_id=self.stamps.id, **said, now=now)

    def drinks(self, many: int, *, free: int = 0, now: datetime = NOON, **given: Any) -> Sale:
        """Coffees at two euros in one line, so many of them for coupons of full cards."""
        line = BasketLine(1, many, many * 200, gtin=COFFEE, category="drinks")
        return self.sells(line, coupons=self.coupons()[:free], now=now, **given)

    def coupons(self) -> list[Coupon]:
        """The coupons for a coffee that can be used."""
        with db.system_transaction():
            mine = select(Coupon).where(Coupon.member_id == self.member.id, Coupon.status == "active")
            return [one for one in db.all_of(mine.order_by(Coupon.id)) if one.expires_at > NOON]

    def orders(self) -> list[RewardOrder]:
        """What full cards gave, the cancelled ones too."""
        with db.system_transaction():
            mine = select(RewardOrder).where(RewardOrder.member_id == self.member.id)
            return list(db.all_of(mine.order_by(RewardOrder.ordered_at, RewardOrder.id)))

    @property
    def balance(self) -> tuple[int, int]:
        """Stamps that there are, and stamps that are owed."""
        with db.system_transaction():
            found = db.get(PointsBalance, (self.member.id, self.stamps.id))
        return (found.available, found.debt) if found else (0, 0)

    def shows(self, language: Any = "fr", *, now: datetime = NOON) -> dict[str, Any]:
        """The card as the member reads it."""
        with db.system_transaction():
            [found] = cards.list_cards(member_id=self.member.id, language=language, now=now)
        return found["card"]

    def faults(self) -> list[Any]:
        """What a proof finds wrong in the ledger of stamps."""
        with db.system_transaction():
            return list(replay.verify_some(after=None, brand_id=self.brand.id).faults)
