"""An approver makes the draft of an offer the version in force."""

import uuid
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.accounts.models import Brand
from app.sql import db
from offers.planning import budgets, drafts, offer_locks, places_of_staff, queries, windows
from offers.planning.audiences.for_whom import read_for_whom
from offers.planning.audiences.validation import check_audience
from offers.planning.caps import capped_categories
from offers.planning.errors import NothingToApprove, OfferEnded, OfferWindowOver, SelfApproval
from offers.planning.models import Offer, OfferStatus, OfferVersion
from offers.planning.read_model import publication
from offers.planning.schedules import standing


def approve_offer(*, brand_id: uuid.UUID, offer_id: uuid.UUID, revision: int, by: uuid.UUID, now: datetime) -> Offer:
    """Make the draft the version in force; a paused offer stays paused.

    Raises `OfferUnknown`, `PreconditionFailed`, `OfferEnded`, `NothingToApprove`, `SelfApproval`, `OutsideYourPlaces`,
    `OfferWindowOver`; `AudienceUnknown`, `OfferListUnknown`, `GiftCardAmountOutside` and `CapBroken` (what the brand
    has, and says of its cards and articles, may have changed since the draft), `ArticleNumberWrong` (the draft may be
    older than this rule), `ScheduleNeverFires` (what it names may be over, or its stores may have changed).
    """
    offer = offer_locks.offer_to_change(brand_id=brand_id, offer_id=offer_id, revision=revision)
    draft = _draft_of(offer)
    if draft.drafted_by == by:
        raise SelfApproval
    places_of_staff.require_places(by, places_of_staff.targets_of(offer))
    time_zone = _zone_of(brand_id)
    if ends_everywhere(draft, time_zone) <= now:
        raise OfferWindowOver
    standing.require_firings(draft, time_zone=time_zone, after=now)
    drafts.check_articles(draft.articles)
    drafts.check_lists(draft.gives, draft.articles, brand_id=brand_id)
    drafts.check_gift_card(draft.gives, brand_id=brand_id)
    check_audience(read_for_whom(draft.for_whom), brand_id=brand_id, now=now)
    capped_categories.check_caps(
        brand_id=brand_id,
        benefit=draft.gives,
        products=draft.articles,
        prior_price_minor=draft.prior_price_minor,
        capped_at_till=draft.capped_at_till,
        first=draft.starts_local.date(),
        last=windows.last_day(draft.ends_local),
    )
    offer_locks.lock_offer(offer)
    _set_limits(offer, draft, time_zone, now=now)
    draft.approved_by, draft.approved_at = by, now
    offer.live_version, offer.draft_version = draft.version, None
    offer.status = OfferStatus.LIVE if offer.status == OfferStatus.DRAFT else offer.status
    publication.publish_offer(offer_id=offer.id, now=now)
    return drafts.changed(offer, "offer_approved", by=by, now=now)


def ends_everywhere(version: OfferVersion, time_zone: str) -> datetime:
    """The instant at which a version's window is over in every open store; without one, in the brand's zone."""
    zones = db.all_of(queries.zones_with(version)) or [time_zone]
    return windows.end_everywhere(version.ends_local, zones)


def _draft_of(offer: Offer) -> OfferVersion:
    if offer.status == OfferStatus.ENDED:
        raise OfferEnded
    draft = db.get(OfferVersion, (offer.id, offer.draft_version)) if offer.draft_version else None
    if draft is None:
        raise NothingToApprove
    return draft


def _zone_of(brand_id: uuid.UUID) -> str:
    return db.rows(select(Brand.time_zone).where(Brand.id == brand_id))[0].time_zone  # type: ignore[no-any-return]


def _set_limits(offer: Offer, draft: OfferVersion, time_zone: str, *, now: datetime) -> None:
    today = clock.day_of(now, time_zone)
    claimed, claimed_today = 0, 0
    if offer.live_version is not None:
        since = clock.start_of(today, time_zone)
        claimed, claimed_today = db.rows(queries.claims_of(offer.id, since=since))[0]
    budgets.set_limits(
        before=db.get(OfferVersion, (offer.id, offer.live_version)) if offer.live_version else None,
        after=draft,
        claimed=claimed,
        claimed_today=claimed_today,
        today=today,
    )
