"""Programmes for tests: a brand whose rules are in force, a shop, a member who buys."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Brand, Member
from app.languages import Text
from app.sql import db
from geo.places.models import Store
from tests.coupons.factories import acting_as
from tests.factories import NOON, made, make_brand, make_console_user, make_member, make_store
from tests.points.factories import Purse, make_currency
from tests.purchases.factories import basket, basket_of, buy, line
from wallet.ledger.models import PointsCurrency
from wallet.programmes import awards, drafts
from wallet.programmes.models import (
    AwardReturn,
    MemberTier,
    OrderState,
    ProgrammeVersion,
    PurchaseAward,
    Reward,
    RewardOrder,
)
from wallet.programmes.rewards import catalogue, orders
from wallet.programmes.rules import Ladder, Programme, Rule, RuleKind, Tier
from wallet.programmes.tiers import progression
from wallet.programmes.tiers import queries as tier_queries
from wallet.programmes.usage import Counting
from wallet.purchases import returns
from wallet.purchases.basket import BasketLine
from wallet.purchases.models import Purchase

LONG_AGO = NOON - timedelta(days=900)
SILVER = Tier("silver", Text(fr="Argent", en="Silver"), 100)
GOLD = Tier("gold", Text(fr="Or", en="Gold"), 500)


def rule(code: str = "euro", kind: RuleKind = RuleKind.AMOUNT, **given: Any) -> Rule:
    """One point per euro, unless told otherwise. `currency_id` is filled in by whoever has one."""
    fields = {"title": Text(fr="1 point par euro", en="1 point per euro"), "points": 1}
    return Rule(code, kind, **(fields | given))


def multiplier(code: str = "double", factor_percent: int = 200, **given: Any) -> Rule:
    title = Text(fr="Points doublés", en="Double points")
    return Rule(code, RuleKind.MULTIPLIER, **({"title": title, "factor_percent": factor_percent} | given))


def put_in_force(
    brand: Brand, programme: Programme, *, starts_at: datetime | None = LONG_AGO, now: datetime = NOON
) -> ProgrammeVersion:
    with made():
        author, approver = make_console_user(brand), make_console_user(brand, "approver")
        drafted = drafts.draft_version(
            brand_id=brand.id, programme=programme, starts_at=starts_at, by=author.id, now=now
        )
        return drafts.approve_version(brand_id=brand.id, version=drafted.version, revision=1, by=approver.id, now=now)


def award(purchase: Purchase, *, now: datetime = NOON) -> Sequence[PurchaseAward]:
    with made():
        mine = db.get(Purchase, (purchase.member_id, purchase.id))
        assert mine is not None
        return awards.award_purchase(
            member_id=mine.member_id, brand_id=mine.brand_id, purchase=mine, basket=basket_of(mine), now=now
        )


class Club:
    """A brand with one points currency, a programme in force, a store, a member. Each call is a transaction."""

    def __init__(self, *rules: Rule, ladder: Mapping[str, Any] | None = None, **given: Any) -> None:
        with made():
            self.brand: Brand = make_brand()
            self.store: Store = make_store(self.brand)
            self.currency: PointsCurrency = make_currency(self.brand, **given.pop("currency", {}))
            self.member: Member = make_member()
            starts_at = given.pop("starts_at", LONG_AGO)
            if given.pop("in_force", True):
                put_in_force(self.brand, self.programme(*rules, ladder=ladder, **given), starts_at=starts_at)

    def programme(self, *rules: Rule, ladder: Mapping[str, Any] | None = None, **given: Any) -> Programme:
        """One point per euro unless there are rules."""
        id = self.currency.id
        mine = [one if one.kind is RuleKind.MULTIPLIER else _of(one, id) for one in rules or (rule(),)]
        steps = None if ladder is None else Ladder(id, **({"tiers": (SILVER, GOLD)} | dict(ladder)))
        return Programme("EUR", tuple(mine), ladder=steps, **given)

    def buys(
        self, *lines: BasketLine | int, now: datetime = NOON, at: datetime | None = None, **given: Any
    ) -> Purchase:
        """Buy and be awarded. A number is a line of so many cents."""
        bought = self.purchase(*lines, now=now, at=at, **given)
        self.award(bought, now=now)
        return bought

    def purchase(
        self, *lines: BasketLine | int, now: datetime = NOON, at: datetime | None = None, **given: Any
    ) -> Purchase:
        member = given.pop("member", self.member)
        wanted = [
            one if isinstance(one, BasketLine) else line(one, position=at) for at, one in enumerate(lines, start=1)
        ]
        return buy(member, self.store, *wanted, now=now, bought_at=at or now, **given)

    def award(self, purchase: Purchase, *, now: datetime = NOON) -> Sequence[PurchaseAward]:
        return award(purchase, now=now)

    def quote(self, *lines: BasketLine, now: datetime = NOON, **given: Any) -> Sequence[Any]:
        with made():
            return awards.quote_awards(
                member_id=self.member.id,
                brand_id=self.brand.id,
                basket=basket(self.store, *lines, **({"bought_at": now} | given)),
                now=now,
            )

    def returns(
        self, purchase: Purchase, lines: Mapping[int, int], *, source: str | None = None, now: datetime = NOON
    ) -> Sequence[AwardReturn]:
        whose = {"member_id": purchase.member_id, "purchase_id": purchase.id, "source": source or uuid.uuid4().hex}
        with made():
            done = returns.take_back_units(**whose, lines=lines, now=now)
            return awards.take_back_awards(**whose, units=done.units, now=now)

    def settle(self, *, until: datetime, now: datetime | None = None) -> MemberTier | None:
        with made():
            counting = Counting(member_id=self.member.id, brand_id=self.brand.id)
            return progression.settle_tier(counting, until=until, now=now or until)

    def reward(self, **given: Any) -> Reward:
        """One of the brand's, for its points."""
        return make_reward(self.brand, self.currency, **given)

    def read(self, purchase: Purchase) -> Purchase:
        """As it is stored."""
        with made():
            found = db.get(Purchase, (purchase.member_id, purchase.id))
        assert found is not None
        return found

    @property
    def purse(self) -> Purse:
        """The member's points."""
        purse = object.__new__(Purse)
        purse.brand, purse.currency, purse.member = self.brand, self.currency, self.member
        return purse

    @property
    def available(self) -> int:
        return self.purse.available

    @property
    def tier(self) -> str | None:
        found = self.standing
        return found.tier if found else None

    @property
    def standing(self) -> MemberTier | None:
        with made():
            return db.first(tier_queries.tier_of(self.member.id, self.brand.id))

    def changes(self) -> list[tuple[str, str | None, datetime]]:
        """Why the tier changed, to which, when; the first comes first."""
        with made():
            found = db.all_of(tier_queries.tier_changes(self.member.id, self.brand.id))
        return [(one.reason, one.after, one.occurred_at) for one in reversed(found)]

    def awards(self) -> list[PurchaseAward]:
        """In the order in which the purchases were written down."""
        with made():
            mine = select(PurchaseAward).where(PurchaseAward.member_id == self.member.id)
            return list(db.all_of(mine.order_by(PurchaseAward.purchase_id, PurchaseAward.rule)))


def _of(one: Rule, currency_id: uuid.UUID) -> Rule:
    fields = {name: getattr(one, name) for name in Rule.__dataclass_fields__}
    return Rule(**(fields | {"currency_id": one.currency_id or currency_id}))


def make_reward(brand: Brand, currency: PointsCurrency, *, live: bool = True, **given: Any) -> Reward:
    """A tin of tea for 50 points, in the catalogue."""
    fields = {
        "code": f"r{uuid.uuid4().hex[:8]}",
        "title": Text(fr="Une boîte de thé", en="A tin of tea"),
        "text": Text(fr="Cent grammes.", en="A hundred grams."),
        "gives": {"kind": "material"},
        "currency_id": currency.id,
        "price": 50,
    }
    with made():
        author, approver = make_console_user(brand), make_console_user(brand, "approver")
        reward = catalogue.draft_reward(
            brand_id=brand.id, wish=catalogue.RewardWish(**(fields | given)), by=author.id, now=NOON
        )
        if live:
            catalogue.publish_reward(brand_id=brand.id, reward_id=reward.id, revision=1, by=approver.id, now=NOON)
        return reward


def order(member: Member, reward: Reward, *, now: datetime = NOON) -> RewardOrder:
    with acting_as(member):
        return orders.order_reward(member_id=member.id, reward_id=reward.id, now=now)


def cancel(ordered: RewardOrder, *, now: datetime = NOON) -> RewardOrder:
    with made():
        mine = orders.my_order(member_id=ordered.member_id, order_id=ordered.id)
        return orders.cancel_order(order=mine, now=now)


def move(ordered: RewardOrder, to: OrderState, *, now: datetime = NOON) -> RewardOrder:
    with made():
        mine = orders.my_order(member_id=ordered.member_id, order_id=ordered.id)
        return orders.move_order(order=mine, to=to, now=now)


def stock(reward: Reward) -> int | None:
    with made():
        return catalogue.the_reward(brand_id=reward.brand_id, reward_id=reward.id).stock
