"""The console plans offers. Members meet them "near me", and as coupons."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.etags import ETAG_HEADER, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, link_header, page_of
from offers.planning import approval, brand_offers, drafts, lifecycle, schemas
from offers.planning.audiences.errors import AudienceUnknown
from offers.planning.drafts import Draft
from offers.planning.errors import (
    ArticleNumberWrong,
    CapBroken,
    CurrencyForeign,
    DraftMissing,
    NothingToApprove,
    OfferEnded,
    OfferListUnknown,
    OfferNotLive,
    OfferNotPaused,
    OfferUnknown,
    OfferWindowOver,
    OutsideYourPlaces,
    PriorPriceMissing,
    SelfApproval,
    TargetUnknown,
)
from offers.planning.labels import search
from offers.planning.labels.label import Label
from offers.planning.labels.schemas import OfferLabelIn, OffersIn
from offers.planning.models import Offer, OfferVersion
from offers.planning.schedules.errors import ScheduleNeverFires
from wallet.gift_cards.errors import GiftCardAmountOutside, GiftCardsNotSold

blueprint = Blueprint("planning", __name__, url_prefix="/v1", description="Offers: draft, approve, pause, end")

Versioned = tuple[Offer, dict[str, str]]

DRAFT_REFUSALS = (
    TargetUnknown,
    CurrencyForeign,
    PriorPriceMissing,
    ArticleNumberWrong,
    OfferListUnknown,
    AudienceUnknown,
    CapBroken,
    ScheduleNeverFires,
    GiftCardsNotSold,
    GiftCardAmountOutside,
)
"""Of what a draft says."""


@blueprint.post("/offers")
@only(Role.MERCHANDISER)
@idempotent
@refuses(OutsideYourPlaces, *DRAFT_REFUSALS)
@blueprint.arguments(schemas.OfferIn)
@blueprint.response(201, schemas.OfferOut, headers=ETAG_HEADER)
def create_offer(draft: Draft) -> Versioned:
    """Draft an offer: what it gives, where, when, how often. Members see it once it is approved."""
    offer = drafts.draft_offer(brand_id=brand_id(), draft=draft, by=principal().id, now=clock.now())
    return written(offer, offer.revision)


@blueprint.get("/offers")
@only(*CONSOLE_ROLES)
@blueprint.arguments(OffersIn, location="query")
@blueprint.response(200, schemas.OffersOut)
def list_offers(asked: dict[str, Any]) -> tuple[Page[Offer], dict[str, str]]:
    """The brand's offers, newest first, perhaps only some: filters go together."""
    page = {name: asked.pop(name) for name in ("limit", "cursor")}
    offers = search.find_offers(brand_id(), search.OffersWanted(**asked))
    found = page_of(offers, sort=Offer.created_at, id=Offer.id, **page)
    return found, link_header(found)


@blueprint.get("/offers/<uuid:offer_id>")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@refuses(OfferUnknown)
@blueprint.response(200, schemas.OfferOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def show_offer(offer_id: uuid.UUID) -> Response | Versioned:
    """One offer, with the version in force and the draft that waits."""
    offer = brand_offers.the_offer(brand_id=brand_id(), offer_id=offer_id)
    return versioned(offer, offer.revision)


@blueprint.get("/offers/<uuid:offer_id>/versions")
@only(*CONSOLE_ROLES)
@refuses(OfferUnknown)
@blueprint.response(200, schemas.VersionsOut)
def list_offer_versions(offer_id: uuid.UUID) -> dict[str, Sequence[OfferVersion]]:
    """Every version of an offer, newest first: who wrote it, who approved it, when."""
    return {"items": brand_offers.versions_of_offer(brand_id=brand_id(), offer_id=offer_id)}


@blueprint.put("/offers/<uuid:offer_id>")
@only(Role.MERCHANDISER)
@idempotent
@needs_match
@refuses(OfferUnknown, OfferEnded, OutsideYourPlaces, *DRAFT_REFUSALS)
@blueprint.arguments(schemas.OfferIn)
@blueprint.response(200, schemas.OfferOut, headers=ETAG_HEADER)
def change_offer(draft: Draft, offer_id: uuid.UUID) -> Versioned:
    """Replace the draft of an offer.

    What is live stays live: the change of a live offer waits as its next version until somebody approves it.
    """
    offer = drafts.redraft_offer(draft=draft, **_change_of(offer_id))
    return written(offer, offer.revision)


@blueprint.put("/offers/<uuid:offer_id>/label")
@only(Role.MERCHANDISER)
@idempotent
@needs_match
@refuses(OfferUnknown, OutsideYourPlaces)
@blueprint.arguments(OfferLabelIn)
@blueprint.response(200, schemas.OfferOut, headers=ETAG_HEADER)
def label_offer(label: Label, offer_id: uuid.UUID) -> Versioned:
    """Name and tag an offer for the brand's own people, live or not: nothing that members see changes."""
    offer = drafts.label_offer(label=label, **_change_of(offer_id))
    return written(offer, offer.revision)


@blueprint.delete("/offers/<uuid:offer_id>")
@only(Role.MERCHANDISER)
@idempotent
@refuses(OfferUnknown, OutsideYourPlaces, DraftMissing)
@blueprint.response(204)
def delete_draft(offer_id: uuid.UUID) -> None:
    """Throw a draft away: an offer that never was approved is gone, and what is live stays as it is."""
    lifecycle.delete_draft(**_stop_of(offer_id))


@blueprint.post("/offers/<uuid:offer_id>/approval")
@only(Role.APPROVER)
@idempotent
@needs_match
@refuses(OfferUnknown, OfferEnded, NothingToApprove, OfferWindowOver, SelfApproval, OutsideYourPlaces)
@refuses(ArticleNumberWrong, AudienceUnknown, CapBroken, ScheduleNeverFires, GiftCardAmountOutside)
@blueprint.response(200, schemas.OfferOut, headers=ETAG_HEADER)
def approve_offer(offer_id: uuid.UUID) -> Versioned:
    """Approve the draft: it becomes the version in force. Not by the person who wrote it."""
    offer = approval.approve_offer(**_change_of(offer_id))
    return written(offer, offer.revision)


@blueprint.post("/offers/<uuid:offer_id>/pause")
@only(Role.MERCHANDISER, Role.APPROVER)
@idempotent
@refuses(OfferUnknown, OfferEnded, OfferNotLive, OutsideYourPlaces)
@blueprint.response(200, schemas.OfferOut, headers=ETAG_HEADER)
def pause_offer(offer_id: uuid.UUID) -> Versioned:
    """Stop a live offer for a while: it is shown to nobody, and its coupons are refused at the till.

    No `If-Match`: stopping never waits.
    """
    offer = lifecycle.pause_offer(**_stop_of(offer_id))
    return written(offer, offer.revision)


@blueprint.post("/offers/<uuid:offer_id>/resume")
@only(Role.MERCHANDISER, Role.APPROVER)
@idempotent
@needs_match
@refuses(OfferUnknown, OfferEnded, OfferNotPaused, OutsideYourPlaces)
@blueprint.response(200, schemas.OfferOut, headers=ETAG_HEADER)
def resume_offer(offer_id: uuid.UUID) -> Versioned:
    """Let a paused offer go on."""
    offer = lifecycle.resume_offer(**_change_of(offer_id))
    return written(offer, offer.revision)


@blueprint.post("/offers/<uuid:offer_id>/end")
@only(Role.MERCHANDISER, Role.APPROVER)
@idempotent
@refuses(OfferUnknown, OfferEnded, OutsideYourPlaces)
@blueprint.response(200, schemas.OfferOut, headers=ETAG_HEADER)
def end_offer(offer_id: uuid.UUID) -> Versioned:
    """End an offer for good. Coupons that members hold stay good until they expire. No `If-Match`."""
    offer = lifecycle.end_offer(**_stop_of(offer_id))
    return written(offer, offer.revision)


def _change_of(offer_id: uuid.UUID) -> dict[str, Any]:
    """Who changes which offer, as they read it, and when."""
    return _stop_of(offer_id) | {"revision": matched_version()}


def _stop_of(offer_id: uuid.UUID) -> dict[str, Any]:
    """Who stops which offer, and when."""
    return {"brand_id": brand_id(), "offer_id": offer_id, "by": principal().id, "now": clock.now()}
