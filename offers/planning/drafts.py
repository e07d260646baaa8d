"""A merchandiser writes an offer, and changes it. Nothing a member sees changes before an approval."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app import complaints
from app.accounts.models import Brand
from app.codes.article_numbers import impossible_gtins
from app.errors import Malformed, Pointer
from app.languages import Text
from app.logs import log
from app.pictures import brand_pictures
from app.sql import db
from offers.benefits import registry
from offers.benefits.given.gift_card_amount import GiftCardAmount
from offers.benefits.kinds import Benefit
from offers.planning import offer_locks, places_of_staff, queries, windows
from offers.planning.audiences.for_whom import EVERYBODY, ForWhom
from offers.planning.audiences.use_limits import UseLimits, record_use_limits
from offers.planning.audiences.validation import check_audience
from offers.planning.caps import capped_categories
from offers.planning.errors import (
    PRICE_BEFORE_MISSING,
    ArticleNumberWrong,
    CurrencyForeign,
    OfferEnded,
    OfferListUnknown,
    PriorPriceMissing,
    TargetUnknown,
)
from offers.planning.labels.label import Label
from offers.planning.models import AppliesBy, Audience, Offer, OfferStatus, OfferVersion, PercentBase, Stacking
from offers.planning.purchase_bounds import CountedTax
from offers.planning.schedules import standing
from offers.planning.schedules.recurrence import Schedule
from wallet.gift_cards import issuance as gift_cards
from wallet.product_lists import usage
from wallet.purchases.basket import Products
from wallet.purchases.errors import GTIN_WRONG


@dataclass(frozen=True)
class Targets:
    """Where an offer holds: the whole brand, with stores to come, or some areas and stores."""

    brand: bool = False
    areas: Sequence[uuid.UUID] = ()
    stores: Sequence[uuid.UUID] = ()

    def record(self) -> dict[str, Any]:
        """As `OfferVersion.targets` keeps it."""
        if self.brand:
            return {"brand": True}
        return {"areas": [str(id) for id in self.areas], "stores": [str(id) for id in self.stores]}


@dataclass(frozen=True)
class InASale:
    """How an offer works in a sale: on which articles, from which amount to which, and beside which others."""

    products: Products = field(default_factory=Products)
    minimum_minor: int = 0
    maximum_minor: int | None = None
    counted_tax: CountedTax = CountedTax.INCLUDED
    stacking: Stacking = Stacking.COMMON
    base: PercentBase = PercentBase.DISCOUNTED
    rank: int = 50
    capped_at_till: bool = False


@dataclass(frozen=True)
class Draft:
    """The content of an offer. The window is wall-clock time of each store, end excluded; limits are in coupons."""

    title: Text
    text: Text
    benefit: dict[str, Any]
    targets: Targets
    starts_local: datetime
    ends_local: datetime
    picture: str | None = None
    total_limit: int | None = None
    daily_limit: int | None = None
    member_limit: int = 1
    priority: int = 50
    coupon_valid_days: int = 30
    coupon_ends_with_offer: bool = False
    given_only: bool = False
    transferable: bool = False
    in_a_sale: InASale = field(default_factory=InASale)
    audience: Audience = Audience.MEMBERS
    applies: AppliesBy = AppliesBy.COUPON
    prior_price_minor: int | None = None
    margin_minor: int | None = None
    is_fallback: bool = False
    personalised_by_algorithm: bool = False
    schedule: Schedule | None = None
    for_whom: ForWhom = EVERYBODY
    use_limits: UseLimits = ()
    label: Label | None = None
    """None leaves it as it is."""


def draft_offer(*, brand_id: uuid.UUID, draft: Draft, by: uuid.UUID, now: datetime) -> Offer:
    """A new offer with its first draft.

    Raises `OutsideYourPlaces`, `TargetUnknown`, `CurrencyForeign`, `PriorPriceMissing`, `ArticleNumberWrong`,
    `OfferListUnknown`, `AudienceUnknown`, `CapBroken`, `ScheduleNeverFires`, `GiftCardsNotSold`,
    `GiftCardAmountOutside`.
    """
    places_of_staff.require_places(by, [draft.targets.record()])
    _check(draft, brand_id, now=now)
    offer = db.add(
        Offer(
            brand_id=brand_id,
            status=OfferStatus.DRAFT,
            draft_version=1,
            revision=1,
            created_by=by,
            created_at=now,
            updated_at=now,
            **(draft.label or Label())._asdict(),
        )
    )
    _write(OfferVersion(offer_id=offer.id, version=1), draft, by=by, now=now)
    log.info("offer_drafted", offer_id=str(offer.id), version=1, by=str(by))
    return as_it_stands(offer)


def redraft_offer(
    *, brand_id: uuid.UUID, offer_id: uuid.UUID, revision: int, draft: Draft, by: uuid.UUID, now: datetime
) -> Offer:
    """Replace the draft of an offer; a live or paused offer gets a new one, and its live version stays in force.

    Raises `OfferUnknown`, `PreconditionFailed`, `OfferEnded`, `OutsideYourPlaces` (where it holds now, and where it is
    to hold), `TargetUnknown`, `CurrencyForeign`, `PriorPriceMissing`, `ArticleNumberWrong`,
    `OfferListUnknown`, `AudienceUnknown`, `CapBroken`, `ScheduleNeverFires`, `GiftCardsNotSold`,
    `GiftCardAmountOutside`.
    """
    offer = offer_locks.offer_to_change(brand_id=brand_id, offer_id=offer_id, revision=revision)
    if offer.status == OfferStatus.ENDED:
        raise OfferEnded
    places_of_staff.require_places(by, [draft.targets.record(), *places_of_staff.targets_of(offer)])
    _check(draft, brand_id, now=now)
    offer.draft_version = offer.draft_version or (offer.live_version or 0) + 1
    if draft.label is not None:
        offer.name, offer.tags = draft.label.name, list(draft.label.tags)
    known = db.get(OfferVersion, (offer.id, offer.draft_version))
    _write(known or OfferVersion(offer_id=offer.id, version=offer.draft_version), draft, by=by, now=now)
    return changed(offer, "offer_redrafted", by=by, now=now)


def label_offer(
    *, brand_id: uuid.UUID, offer_id: uuid.UUID, revision: int, label: Label, by: uuid.UUID, now: datetime
) -> Offer:
    """Call an offer otherwise. What members see stays as it is, so nobody need approve it.

    Raises `OfferUnknown`, `PreconditionFailed`, `OutsideYourPlaces`.
    """
    offer = offer_locks.offer_to_change(brand_id=brand_id, offer_id=offer_id, revision=revision)
    places_of_staff.require_places(by, places_of_staff.targets_of(offer))
    offer.name, offer.tags = label.name, list(label.tags)
    return changed(offer, "offer_labelled", by=by, now=now)


def changed(offer: Offer, fact: str, *, by: uuid.UUID | None, now: datetime) -> Offer:
    """Count the change of an offer, log who made it (nobody: the clock did), and give it as it stands."""
    offer.revision += 1
    offer.updated_at = now
    db.session().flush()
    log.info(fact, offer_id=str(offer.id), revision=offer.revision, by=str(by) if by else "clock")
    return as_it_stands(offer)


def as_it_stands(offer: Offer) -> Offer:
    """The offer with its live and draft versions read anew."""
    return db.rows(queries.whole_offer(offer.brand_id, offer.id))[0][0]  # type: ignore[no-any-return]


def _write(version: OfferVersion, draft: Draft, *, by: uuid.UUID, now: datetime) -> None:
    version.title_fr, version.title_en = draft.title.fr, draft.title.en
    version.text_fr, version.text_en = draft.text.fr, draft.text.en
    version.picture = brand_pictures.find_outline(draft.picture)
    version.benefit, version.targets = draft.benefit, draft.targets.record()
    version.starts_local, version.ends_local = draft.starts_local, draft.ends_local
    version.total_limit, version.daily_limit = draft.total_limit, draft.daily_limit
    version.member_limit = draft.member_limit
    version.priority, version.coupon_valid_days = draft.priority, draft.coupon_valid_days
    version.coupon_ends_with_offer = draft.coupon_ends_with_offer
    version.given_only, version.transferable = draft.given_only, draft.transferable
    rules = draft.in_a_sale
    version.products = {
        name: sorted(getattr(rules.products, name))
        for name in Products.__dataclass_fields__
        if getattr(rules.products, name)
    }
    version.minimum_minor, version.stacking, version.base = rules.minimum_minor, rules.stacking, rules.base
    version.maximum_minor, version.counted_tax = rules.maximum_minor, rules.counted_tax
    version.rank, version.capped_at_till = rules.rank, rules.capped_at_till
    version.audience, version.prior_price_minor = draft.audience, draft.prior_price_minor
    version.applies = draft.applies
    version.margin_minor, version.is_fallback = draft.margin_minor, draft.is_fallback
    version.personalised_by_algorithm = draft.personalised_by_algorithm
    version.schedule = None if draft.schedule is None else draft.schedule.record()
    version.for_whom, version.use_limits = draft.for_whom.record(), record_use_limits(draft.use_limits)
    version.drafted_by, version.drafted_at = by, now
    db.add(version)
    if draft.schedule is not None:
        zone = db.first(
            select(Brand.time_zone).join(Offer, Offer.brand_id == Brand.id).where(Offer.id == version.offer_id)
        )
        standing.require_firings(version, time_zone=str(zone))


def _check(draft: Draft, brand_id: uuid.UUID, *, now: datetime) -> None:
    benefit = registry.read_benefit(draft.benefit)
    currency = db.first(select(Brand.currency).where(Brand.id == brand_id))
    if benefit.money not in (None, currency):
        refused = Pointer("/benefit/currency", complaints.NOT_ONE_OF.with_facts(allowed=[currency]))
        raise CurrencyForeign(errors=[refused], currency=currency)
    check_gift_card(benefit, brand_id=brand_id)
    missing = [
        *_missing("/targets/areas", draft.targets.areas, queries.areas_of_brand(brand_id, draft.targets.areas)),
        *_missing("/targets/stores", draft.targets.stores, queries.stores_of_brand(brand_id, draft.targets.stores)),
    ]
    if missing:
        raise TargetUnknown(errors=missing)
    if draft.audience is Audience.EVERYBODY and benefit.reduces and draft.prior_price_minor is None:
        raise PriorPriceMissing(errors=[Pointer("/prior_price_minor", PRICE_BEFORE_MISSING)])
    unsent = brand_pictures.list_unsent({"/picture": draft.picture}, brand_id=brand_id)
    if unsent:
        raise Malformed(errors=unsent)
    check_articles(draft.in_a_sale.products)
    check_lists(benefit, draft.in_a_sale.products, brand_id=brand_id)
    check_audience(draft.for_whom, brand_id=brand_id, now=now)
    capped_categories.check_caps(
        brand_id=brand_id,
        benefit=benefit,
        products=draft.in_a_sale.products,
        prior_price_minor=draft.prior_price_minor,
        capped_at_till=draft.in_a_sale.capped_at_till,
        first=draft.starts_local.date(),
        last=windows.last_day(draft.ends_local),
    )


def check_articles(products: Products) -> None:
    """Raise `ArticleNumberWrong` for articles that no till can ever sell."""
    wrong = [
        Pointer("/in_a_sale/products/gtins", GTIN_WRONG.with_facts(number=number))
        for number in impossible_gtins(products.gtins)
    ]
    if wrong:
        raise ArticleNumberWrong(errors=wrong)


def check_gift_card(benefit: Benefit, *, brand_id: uuid.UUID) -> None:
    """Raise `GiftCardsNotSold` or `GiftCardAmountOutside` for a gift card that the brand's tills may not sell."""
    if isinstance(benefit, GiftCardAmount):
        gift_cards.check_amount(brand_id=brand_id, amount_minor=benefit.amount_minor)


def check_lists(benefit: Benefit, products: Products, *, brand_id: uuid.UUID) -> None:
    """Raise `OfferListUnknown` for product lists that the brand does not have; those that it has stay so until the end
    of the transaction."""
    missing = usage.find_missing_in(brand_id=brand_id, products=products, pointer="/in_a_sale/products")
    missing += usage.find_missing(brand_id=brand_id, codes=benefit.named_lists, pointer="/benefit")
    if missing:
        raise OfferListUnknown(errors=missing)


def _missing(pointer: str, ids: Sequence[uuid.UUID], known: Select[uuid.UUID]) -> list[Pointer]:
    if not ids:
        return []
    found = set(db.all_of(known))
    return [
        Pointer(f"{pointer}/{place}", complaints.NOT_OF_THE_BRAND) for place, id in enumerate(ids) if id not in found
    ]
