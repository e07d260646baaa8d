"""A small world for tests that look at everything: a brand with its people, and a member who did everything there."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from app.accounts import tokens
from app.accounts.models import Brand, ConsoleUser, Member, Terminal
from app.http.access import CONSOLE_ROLES, Role
from app.staff.cashiers.models import Cashier
from geo.beacons.models import Beacon
from geo.fences.models import Fence
from geo.places.models import Area, Store
from geo.zones.models import Tag, Zone
from offers.checkout.models import Sale
from offers.coupons.models import Coupon, CouponGift, Redemption
from offers.gestures.models import GestureBudget, GestureGiver
from offers.manufacturers.clearing.models import ClearingFile
from offers.planning.audiences.use_limits import LimitedBy
from offers.planning.models import Offer
from offers.planning.spending.models import MoneyBudget
from offers.planning.spending.money_budgets import BudgetScope, set_budget
from offers.planning.spending.periods import BudgetPeriod
from offers.tills.models import TillScan
from tests.apple.factories import hold_copy
from tests.availability.factories import announced
from tests.beacons.factories import make_beacon
from tests.checkout.factories import sell
from tests.consent.factories import give
from tests.coupons.factories import claim, give_away, paper_codes, redeem, scan
from tests.deciding.dismissing import dismiss
from tests.employment.factories import mark
from tests.externals.factories import add as add_external_card
from tests.factories import (
    PARIS,
    console_token,
    made,
    make_area,
    make_brand,
    make_console_user,
    make_member,
    make_store,
    make_terminal,
    member_token,
    save,
)
from tests.fences.factories import make_fence
from tests.gestures.factories import all_the_time, allot, appoint, give_gesture
from tests.gift_cards.factories import let_sell, sell_card_at
from tests.google.factories import hold_at_google
from tests.households.factories import make_household
from tests.issued.factories import issue
from tests.learning.factories import learn, make_segment, permit
from tests.manufacturers.factories import clear_month
from tests.merges.factories import merge, merge_as_brand
from tests.offline.factories import lease
from tests.owntracks.factories import OwntracksPhone
from tests.planning.audience_factories import at_most, say_birthday
from tests.planning.factories import make_draft, make_offer, publish
from tests.points.factories import earn_and_spend, make_currency
from tests.presence.factories import visit_store
from tests.product_lists.factories import make_list
from tests.programmes.factories import award, make_reward, put_in_force
from tests.programmes.factories import order as order_reward
from tests.programmes.factories import rule as programme_rule
from tests.purchases.factories import buy, take_back
from tests.purchases.factories import line as bought_line
from tests.speaking import Speaker
from tests.tills.factories import appoint_cashier, record_conflict
from tests.wallet.factories import link, make_card
from tests.zones.factories import make_tag, make_zone
from wallet.cards.models import Card, CardNumber
from wallet.externals.models import ExternalCard
from wallet.gift_cards.models import GiftCard
from wallet.issued.models import IssuedPass
from wallet.ledger.models import PointsCurrency
from wallet.programmes.models import Reward, RewardOrder
from wallet.programmes.rules import Programme, RuleKind
from wallet.purchases.models import Purchase
from wallet.scanning.models import Scan
from wallet.stamps.models import StampCard


@dataclass(frozen=True)
class Side:
    """One side of the world. `spare_user`, `spare_terminal` and `spare_session_id` may be ended by a test."""

    brand: Brand
    store: Store
    area: Area
    fence: Fence
    zone: Zone
    tag: Tag
    beacon: Beacon
    terminal: Terminal
    till: Speaker
    spare_terminal: Terminal
    users: dict[Role, ConsoleUser]
    console: dict[Role, Speaker]
    spare_user: ConsoleUser
    member: Member
    phone: Speaker
    spare_session_id: uuid.UUID
    installation_id: uuid.UUID
    card: Card
    card_number: CardNumber
    held_pass: IssuedPass
    external_card: ExternalCard
    household_member_id: uuid.UUID
    shown_card: ExternalCard
    shared_card: ExternalCard
    currency: PointsCurrency
    reward: Reward
    reward_order: RewardOrder
    offer: Offer
    draft: Offer
    coupon: Coupon
    used: Coupon
    redemption: Redemption
    paper_code: str
    scan: Scan
    conflict: TillScan
    cashier: Cashier
    budget: GestureBudget
    money_budget: MoneyBudget
    clearing: ClearingFile
    giver: GestureGiver
    badge: str
    purchase: Purchase
    sale: Sale
    decision_id: str
    request_id: str
    gift: CouponGift
    segment_id: uuid.UUID
    store_event_id: uuid.UUID
    gift_card: GiftCard
    lease_id: uuid.UUID
    merge_id: uuid.UUID
    brand_merge_id: uuid.UUID

    def speaker(self, role: Role) -> Speaker:
        """Whoever has this role here."""
        if role is Role.MEMBER:
            return self.phone
        if role is Role.ANYONE:
            return Speaker(self.phone.client)
        if role is Role.NEWCOMER:  # of one's own access, which is all that they see, everybody sees as much
            return self.console[Role.ADMIN]
        return self.till if role is Role.TERMINAL else self.console[role]


def review_by(brand: Brand) -> dict[str, str]:
    """The JSON of a request that a person of this brand must answer."""
    return {"kind": "review", "brand": brand.code, "statement": "Pourquoi mon bon a-t-il été refusé ?"}


def list_code_of(brand: Brand) -> str:
    """The code of the brand's list of articles, which no other brand has."""
    return f"l{brand.id.hex}"


def make_side(
    anyone: Speaker, *, lon: float = PARIS[0], lat: float = PARIS[1], fix: dict[str, float] | None = None
) -> Side:
    """A brand with a store at these degrees, and a member who holds something of every kind.

    `fix` is what the member's phone said when it asked what is near; next to the store unless given.
    """
    now = datetime.now(UTC)
    with made():
        brand = make_brand()
        store = make_store(brand, lon=lon, lat=lat)
        area = make_area(brand, store)
        zone = make_zone(store)
        publish(store, now=now)
        present = make_offer(brand, now=now, transferable=True)
        offer = make_offer(brand, now=now, member_limit=100, use_limits=at_most(100, LimitedBy.MEMBER))
        draft = make_draft(brand, now=now)
        terminal, key = make_terminal(store)
        users = {role: make_console_user(brand, role) for role in CONSOLE_ROLES}
        member = make_member()
        phone = anyone.with_token(member_token(member))
    coupon, used = claim(member, offer, now=now), claim(member, offer, now=now)
    give(member, brand, now=now)
    say_birthday(member, brand, now=now)
    purchase = buy(member, store, bought_line(quantity=2), bought_at=now, now=now)
    take_back(purchase, {1: 1}, now=now)
    currency = make_currency(brand, lasts="1Y")
    earn_and_spend(member, currency, now=now)
    make_list(brand, list_code_of(brand))
    by = make_console_user(brand, "admin").id
    save(StampCard(currency_id=currency.id, brand_id=brand.id, size=10, changed_by=by, changed_at=now))
    visit = programme_rule("visit", RuleKind.VISIT, currency_id=currency.id)
    put_in_force(brand, Programme("EUR", (visit,)), now=now)
    award(purchase, now=now)
    permit(member, brand, now=now)
    visit_store(member, store, now=now)
    learn(member, brand, now=now)
    reward = make_reward(brand, currency, price=5)
    add_external_card(member, now=now, programme="Papeterie", groups=("Livres",))
    owntracks = OwntracksPhone(phone)
    card = make_card(member, brand, now=now)
    mark(card, now=now)
    home, shown, shared = make_household(member, now=now)
    here = scan(coupon, terminal, now=now)
    budget = allot(brand, store, currency=currency, now=now, days=all_the_time(now))
    planner = users[Role.MERCHANDISER].id
    with made():
        money_budget = set_budget(
            brand_id=brand.id, scope=BudgetScope(BudgetPeriod.YEAR), amount_minor=1_000_000, by=planner, now=now
        )
    giver, badge = appoint(brand, store, now=now)
    give_gesture(terminal, here, badge, now=now, points=20)
    dismiss(member, present, now=now)
    asked = {"lat": lat + 0.001, "lon": lon, "accuracy_m": 10} if fix is None else fix
    return Side(
        brand=brand,
        store=store,
        area=area,
        fence=make_fence(brand, is_live=False, now=now),
        zone=zone,
        tag=make_tag(store, zone_id=zone.id),
        beacon=make_beacon(store, zone_id=zone.id),
        terminal=terminal,
        till=anyone.with_token(key),
        spare_terminal=make_terminal(store)[0],
        users=users,
        console={role: anyone.with_token(console_token(user)) for role, user in users.items()},
        spare_user=make_console_user(brand),
        member=member,
        phone=phone,
        spare_session_id=tokens.read_access_token(member_token(member), now=now).session_id,
        installation_id=owntracks.installation_id,
        card=card,
        card_number=link(card, "0042", now=now),
        held_pass=hold_at_google(hold_copy(issue(card, now=now), now=now)),
        external_card=add_external_card(member, now=now, groups=("Livres",)),
        household_member_id=home.membership_id,
        shown_card=shown,
        shared_card=shared,
        currency=currency,
        reward=reward,
        reward_order=order_reward(member, reward, now=now),
        offer=offer,
        draft=draft,
        coupon=coupon,
        used=used,
        redemption=redeem(used, terminal, now=now),
        conflict=record_conflict(used, terminal, now=now),
        paper_code=paper_codes(offer, now=now)[0],
        scan=here,
        cashier=appoint_cashier(store, now=now),
        budget=budget,
        money_budget=money_budget,
        clearing=clear_month(brand, now=now),
        giver=giver,
        badge=badge,
        purchase=purchase,
        sale=sell(card, terminal, now=now),
        decision_id=phone.post("/v1/nearby-offers", asked).get_json()["decision_id"],
        request_id=phone.post("/v1/rights-requests", review_by(brand)).get_json()["id"],
        gift=give_away(claim(member, present, now=now), now=now),
        segment_id=make_segment(brand, users[Role.MERCHANDISER], now=now).segment.id,
        store_event_id=announced(store, now=now).id,
        gift_card=_sold_card(terminal, brand, now),
        lease_id=lease(terminal, code=claim(member, offer, now=now).code, now=now).id,
        merge_id=merge(make_member(), member, now=now).id,
        brand_merge_id=_merged_by(users[Role.ADMIN], brand, now),
    )


def _sold_card(terminal: Terminal, brand: Brand, now: datetime) -> GiftCard:
    let_sell(brand)
    return sell_card_at(terminal, 2_500, now=now).card


def _merged_by(admin: ConsoleUser, brand: Brand, now: datetime) -> uuid.UUID:
    """Two printed cards of the brand that were one person's."""
    source, target = make_card(make_member(), brand, now=now), make_card(make_member(), brand, now=now)
    return merge_as_brand(source, target, admin, now=now).id
