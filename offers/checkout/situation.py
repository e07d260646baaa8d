"""What holds when a till asks for a sale: read once, by one statement, and judged by everything that follows."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from app.languages import Text
from app.sql import db
from offers.benefits.basket_part import Worth
from offers.checkout import queries
from offers.coupons.sale_use import ShownCoupon
from offers.planning.caps.price_caps import Goods
from offers.planning.spending.allotments import Allotment
from offers.planning.spending.models import EVERYWHERE
from offers.planning.spending.periods import BudgetPeriod
from offers.planning.spending.slots import LATE, GroupKey
from offers.planning.terms import Key
from wallet.authenticity.shown import read_shown
from wallet.cards.standing import is_usable_card
from wallet.ledger.currency_kinds import CurrencyKind
from wallet.passes.errors import CodeMistyped
from wallet.product_lists import membership
from wallet.product_lists.membership import Listed
from wallet.programmes import versions
from wallet.programmes.usage import Counting
from wallet.programmes.versions import InForce
from wallet.purchases.basket import Basket


class TenderCurrency(NamedTuple):
    """What a brand counts in, and what its points are worth; null where they cannot pay. Of a balance below
    `usable_from` nothing is spent."""

    id: uuid.UUID
    worth: Worth | None
    kind: CurrencyKind
    usable_from: int
    name: Text


class SaleKey(NamedTuple):
    """By what a sale is found."""

    member_id: uuid.UUID
    sale_id: uuid.UUID


@dataclass(frozen=True)
class Situation:
    """`member_id` is whose pass was shown, where nothing speaks against it; null where a scan has to say why. `sale` is
    the one that the till calls so already. `in_force` is the version of the programme that judges the basket;
    `has_programme` is true also where none judges it yet. `allotments` are the budgets in money that hold here, for a
    sale that shows coupons."""

    brand_id: uuid.UUID
    money: str
    """The currency of the brand (ISO 4217), in which points have their worth."""
    member_id: uuid.UUID | None
    sale: SaleKey | None
    coupons: Mapping[str, ShownCoupon]
    currencies: Sequence[TenderCurrency]
    capped: Mapping[str, Goods]
    countries: Sequence[str]
    zone: str
    store_id: uuid.UUID
    store_name: str
    store_zone: str
    has_programme: bool
    in_force: InForce | None
    allotments: Sequence[Allotment] = ()
    needs_fresh: Collection[str] = ()
    """Those of the codes that were shown which spend nothing by themselves."""
    automatic: Sequence[Key] = ()
    """The offers that apply by themselves at the store, at their versions in force."""
    kept: Sequence[ShownCoupon] = ()
    """The coupons of such offers that the sale keeps."""
    listed: Listed = field(default_factory=dict)
    """On which of the brand's product lists the articles of the basket are."""
    stamp_cards: Mapping[uuid.UUID, int] = field(default_factory=dict)
    """How many cells the stamp cards have that give something when they are full, by currency."""
    other_clocks: bool = False
    """Whether the brand has stores in other zones than its own; asked only where offers apply by themselves."""

    def counting_of(self, member_id: uuid.UUID) -> Counting:
        """What counts for a member here, of which nothing is read yet."""
        zones = {self.store_id: self.store_zone}
        return Counting(member_id=member_id, brand_id=self.brand_id, zone=self.zone, zones=zones)

    @property
    def points_currency(self) -> TenderCurrency | None:
        """What offers give points in: the first that the brand made."""
        return next((one for one in self.currencies if one.kind is CurrencyKind.POINTS), None)

    @property
    def cagnottes(self) -> Sequence[TenderCurrency]:
        """Those that are money; into the first of them offers give."""
        return [one for one in self.currencies if one.kind is CurrencyKind.MONEY]

    def currency(self, currency_id: uuid.UUID) -> TenderCurrency | None:
        """One of the brand's; null for another's."""
        return next((one for one in self.currencies if one.id == currency_id), None)


def read_situation(
    *,
    code: str,
    coupons: Sequence[str],
    terminal: str,
    receipt: str,
    brand_id: uuid.UUID,
    store_id: uuid.UUID,
    basket: Basket,
    by_itself: bool,
    now: datetime,
) -> Situation:
    """Read what holds for a sale that a till of a store calls so, with the offers that apply `by_itself`, or without.
    Nothing is refused here."""
    asked = {
        "code": _spelled(code),
        "coupons": [one for one in map(_spelled, coupons) if one is not None],
        "terminal": terminal,
        "receipt": receipt,
        "brand": brand_id,
        "store": store_id,
        "bought_at": basket.bought_at,
        "gtins": membership.numbers_in(basket),
        "past": now - LATE,
        "everywhere": EVERYWHERE,
        "by_itself": by_itself,
    }
    row = db.send_statement(queries.SITUATION, asked).one()
    number = next((version for version, has_begun in row.versions or () if has_begun), None)
    return Situation(
        brand_id=brand_id,
        money=row.money,
        member_id=row.member_id if is_usable_card(row.card_status) else None,
        sale=None if row.sale_id is None else SaleKey(row.sale_member_id, row.sale_id),
        coupons={one.code: one for one in (_shown(*said) for said in row.coupons or ())},
        currencies=[_currency(*said) for said in row.currencies or ()],
        capped={path: Goods(goods) for path, goods in (row.capped or {}).items()},
        countries=row.countries,
        zone=row.zone,
        store_id=store_id,
        store_name=row.store_name,
        store_zone=row.store_zone,
        has_programme=bool(row.versions),
        in_force=None if number is None else InForce(number, versions.read_approved(brand_id, number)),
        allotments=[_allotment(*said) for said in row.budgets or ()],
        needs_fresh=row.needs_fresh or (),
        automatic=[(uuid.UUID(offer_id), version) for offer_id, version in row.automatic or ()],
        kept=[_shown(*said) for said in row.kept or ()],
        stamp_cards={uuid.UUID(id): size for id, size in row.stamp_cards or ()},
        listed=membership.read_listed(row.listed),
        other_clocks=row.other_clocks,
    )


def _spelled(code: str) -> str | None:
    try:
        return read_shown(code).code
    except CodeMistyped:
        return None  # whoever needs the code says so


def _shown(code: str, member_id: str, coupon_id: str, offer_id: str | None) -> ShownCoupon:
    return ShownCoupon(code, uuid.UUID(member_id), uuid.UUID(coupon_id), uuid.UUID(offer_id) if offer_id else None)


def _currency(id: str, points: Any, minor: Any, kind: str, usable_from: Any, fr: str, en: str) -> TenderCurrency:
    worth = None if points is None or minor is None else Worth(points, minor)
    return TenderCurrency(uuid.UUID(id), worth, CurrencyKind(kind), usable_from or 0, Text(fr=fr, en=en))


def _allotment(
    id: str, offer_id: str | None, period: str, since: str, store_id: str, currency: str, left_minor: int
) -> Allotment:
    key = GroupKey(uuid.UUID(id), date.fromisoformat(since), uuid.UUID(store_id))
    return Allotment(key, uuid.UUID(offer_id) if offer_id else None, BudgetPeriod(period), currency, left_minor)
