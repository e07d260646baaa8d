"""The brand writes its rules and rewards; members see where they stand, why, and what points buy."""

import uuid
from typing import Any

from app import clock
from app.accounts.brands import find_brand
from app.accounts.errors import BrandUnknown
from app.errors import CostlyDoorBusy
from app.http.access import CONSOLE_ROLES, Role, brand_id, member_id, only, principal
from app.http.api import Blueprint, language, refuses
from app.http.etags import ETAG_HEADER, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from app.ops.costly_doors import PROOFS, keep_place
from wallet.cards.errors import CardUnknown
from wallet.ledger.errors import TOO_LITTLE
from wallet.passes.errors import NOT_A_CODE
from wallet.programmes import drafts, errors, event_awards, models, referrals, schemas, simulation, versions
from wallet.programmes.rewards import catalogue, orders
from wallet.programmes.rewards import queries as reward_queries
from wallet.programmes.rewards import schemas as reward_schemas
from wallet.programmes.tiers import queries as tier_queries
from wallet.programmes.tiers import schemas as tier_schemas
from wallet.programmes.tiers import standing

ABOUT = "Programmes: rules, tiers, rewards, referrals"
blueprint = Blueprint("programmes", __name__, url_prefix="/v1", description=ABOUT)

Body = dict[str, Any]
Version = tuple[models.ProgrammeVersion, dict[str, str]]
Rewarded = tuple[models.Reward, dict[str, str]]


@blueprint.post("/programme-versions")
@only(Role.MERCHANDISER)
@idempotent
@refuses(errors.ProgrammeContradictory)
@blueprint.arguments(schemas.ProgrammeIn)
@blueprint.response(201, schemas.ProgrammeOut, headers=ETAG_HEADER)
def draft_programme(wish: Body) -> Version:
    """Draft a version of the rules. Nothing is counted by it before somebody else approves it."""
    made = drafts.draft_version(brand_id=brand_id(), **wish, by=principal().id, now=clock.now())
    return written(made, made.revision)


@blueprint.get("/programme-versions")
@only(*CONSOLE_ROLES)
@blueprint.response(200, schemas.ProgrammesOut)
def list_programme_versions() -> Body:
    """Every version of the brand's programme, newest first: drafts, those approved, the one in force."""
    return {"items": versions.versions(brand_id=brand_id())}


@blueprint.get("/programme-versions/<number:version>")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@refuses(errors.ProgrammeUnknown)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
@blueprint.response(200, schemas.ProgrammeOut, headers=ETAG_HEADER)
def show_programme_version(version: int) -> Any:
    """One version."""
    found = versions.the_version(brand_id=brand_id(), version=version)
    return versioned(found, found.revision)


@blueprint.put("/programme-versions/<number:version>")
@only(Role.MERCHANDISER)
@idempotent
@needs_match
@refuses(errors.ProgrammeUnknown, errors.ProgrammeApproved, errors.ProgrammeContradictory)
@blueprint.arguments(schemas.ProgrammeIn)
@blueprint.response(200, schemas.ProgrammeOut, headers=ETAG_HEADER)
def change_programme(wish: Body, version: int) -> Version:
    """Replace a draft. An approved version never changes: draft another."""
    made = drafts.redraft_version(**wish, **_change_of(version=version), now=clock.now())
    return written(made, made.revision)


@blueprint.post("/programme-versions/<number:version>/approval")
@only(Role.APPROVER)
@idempotent
@needs_match
@refuses(errors.ProgrammeUnknown, errors.ProgrammeApproved, errors.ProgrammeSelfApproval, errors.ProgrammeStartPast)
@refuses(errors.ProgrammeContradictory)
@blueprint.response(200, schemas.ProgrammeOut, headers=ETAG_HEADER)
def approve_programme(version: int) -> Version:
    """Approve a draft: purchases are counted by it from its start on. Not by the person who wrote it."""
    made = drafts.approve_version(**_change_of(version=version), now=clock.now())
    return written(made, made.revision)


@blueprint.post("/programme-versions/<number:version>/simulation")
@only(Role.MERCHANDISER, Role.APPROVER)
@idempotent
@refuses(errors.ProgrammeUnknown, CostlyDoorBusy)
@blueprint.arguments(schemas.SimulationIn)
@blueprint.response(200, schemas.SimulationOut)
@keep_place(door=PROOFS)
def simulate_programme(asked: Body, version: int) -> Body:
    """What a version would have given for purchases that were made, against the one in force. Nothing is written."""
    return simulation.card(simulation.simulate_version(brand_id=brand_id(), version=version, **asked, now=clock.now()))


@blueprint.post("/programme-events")
@only(Role.ADMIN)
@idempotent
@refuses(CardUnknown)
@blueprint.arguments(schemas.ProgrammeEventIn)
@blueprint.response(201, schemas.EventAwardsOut)
def note_programme_event(said: Body) -> Body:
    """Say that something happened to the holder of a card, and give what the rules give for it."""
    key = said.pop("reference")
    return {"items": event_awards.note_event_of_card(brand_id=brand_id(), key=key, **said, now=clock.now())}


@blueprint.post("/rewards")
@only(Role.MERCHANDISER)
@idempotent
@refuses(errors.ProgrammeContradictory, errors.RewardCodeTaken)
@blueprint.arguments(reward_schemas.RewardIn)
@blueprint.response(201, reward_schemas.RewardOut, headers=ETAG_HEADER)
def draft_reward(wish: catalogue.RewardWish) -> Rewarded:
    """Draft a reward: what points buy. Members see it once somebody else publishes it."""
    made = catalogue.draft_reward(brand_id=brand_id(), wish=wish, by=principal().id, now=clock.now())
    return written(made, made.revision)


@blueprint.get("/rewards")
@only(*CONSOLE_ROLES)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, reward_schemas.RewardsOut)
def list_rewards(page: Body) -> tuple[Page[models.Reward], dict[str, str]]:
    """The brand's rewards, newest first."""
    found = page_of(reward_queries.rewards_of(brand_id()), sort=models.Reward.created_at, id=models.Reward.id, **page)
    return found, link_header(found)


@blueprint.get("/rewards/<uuid:reward_id>")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@refuses(errors.RewardUnknown)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
@blueprint.response(200, reward_schemas.RewardOut, headers=ETAG_HEADER)
def show_reward(reward_id: uuid.UUID) -> Any:
    """One reward, with what is left of it."""
    found = catalogue.the_reward(brand_id=brand_id(), reward_id=reward_id)
    return versioned(found, found.revision)


@blueprint.post("/rewards/<uuid:reward_id>/publication")
@only(Role.APPROVER)
@idempotent
@needs_match
@refuses(errors.RewardUnknown, errors.RewardNotDraft, errors.RewardSelfApproval)
@blueprint.response(200, reward_schemas.RewardOut, headers=ETAG_HEADER)
def publish_reward(reward_id: uuid.UUID) -> Rewarded:
    """Put a draft into the catalogue. Not by the person who wrote it."""
    made = catalogue.publish_reward(**_change_of(reward_id=reward_id), now=clock.now())
    return written(made, made.revision)


@blueprint.post("/rewards/<uuid:reward_id>/end")
@only(Role.MERCHANDISER, Role.APPROVER)
@idempotent
@refuses(errors.RewardUnknown)
@blueprint.response(200, reward_schemas.RewardOut, headers=ETAG_HEADER)
def end_reward(reward_id: uuid.UUID) -> Rewarded:
    """Take a reward out of the catalogue for good. What was ordered is still handed over. No `If-Match`."""
    made = catalogue.end_reward(brand_id=brand_id(), reward_id=reward_id, by=principal().id)
    return written(made, made.revision)


@blueprint.put("/rewards/<uuid:reward_id>/stock")
@only(Role.MERCHANDISER)
@idempotent
@needs_match
@refuses(errors.RewardUnknown)
@blueprint.arguments(reward_schemas.StockIn)
@blueprint.response(200, reward_schemas.RewardOut, headers=ETAG_HEADER)
def restock_reward(wish: Body, reward_id: uuid.UUID) -> Rewarded:
    """Say how many are left. Refused when one was ordered since you read it: read again."""
    made = catalogue.restock_reward(**wish, **_change_of(reward_id=reward_id))
    return written(made, made.revision)


@blueprint.post("/rewards/<uuid:reward_id>/orders")
@only(Role.MEMBER)
@idempotent
@refuses(errors.RewardUnknown, errors.RewardNotAvailable, errors.RewardSoldOut, errors.RewardLimitReached)
@refuses(*TOO_LITTLE)
@blueprint.response(201, reward_schemas.RewardOrderOut)
def order_reward(reward_id: uuid.UUID) -> models.RewardOrder:
    """Order a reward. My points are spent at once, and come back with their age if the order is cancelled."""
    return orders.order_reward(member_id=member_id(), reward_id=reward_id, now=clock.now())


@blueprint.get("/reward-orders")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, reward_schemas.RewardOrdersOut)
def list_reward_orders(page: Body) -> tuple[Page[models.RewardOrder], dict[str, str]]:
    """My orders, newest first."""
    order = models.RewardOrder
    found = page_of(reward_queries.orders_of(member_id()), sort=order.ordered_at, id=order.id, **page)
    return found, link_header(found)


@blueprint.post("/reward-orders/<uuid:order_id>/cancellation")
@only(Role.MEMBER)
@idempotent
@refuses(errors.RewardOrderUnknown, errors.RewardOrderOver)
@blueprint.response(200, reward_schemas.RewardOrderOut)
def cancel_my_reward_order(order_id: uuid.UUID) -> models.RewardOrder:
    """Cancel an order that was not handed over: my points come back as old as they were."""
    mine = orders.my_order(member_id=member_id(), order_id=order_id)
    return orders.cancel_order(order=mine, now=clock.now())


@blueprint.get("/console/reward-orders")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, reward_schemas.RewardOrdersOut)
def list_orders_of_brand(page: Body) -> tuple[Page[models.RewardOrder], dict[str, str]]:
    """What members ordered, newest first; not who they are. The members can see that it was looked at."""
    now, order = clock.now(), models.RewardOrder
    found = page_of(reward_queries.orders_in(brand_id()), sort=order.ordered_at, id=order.id, **page)
    orders.note_seen(found.items, now=now)
    return found, link_header(found)


@blueprint.post("/console/reward-orders/<uuid:order_id>/readiness")
@only(Role.TERMINAL, Role.ADMIN)
@idempotent
@refuses(errors.RewardOrderUnknown, errors.RewardOrderOver)
@blueprint.response(200, reward_schemas.RewardOrderOut)
def ready_reward_order(order_id: uuid.UUID) -> models.RewardOrder:
    """Say that an order can be fetched."""
    return orders.move_brands(brand_id=brand_id(), order_id=order_id, to=models.OrderState.READY, now=clock.now())


@blueprint.post("/console/reward-orders/<uuid:order_id>/handover")
@only(Role.TERMINAL, Role.ADMIN)
@idempotent
@refuses(errors.RewardOrderUnknown, errors.RewardOrderOver)
@blueprint.response(200, reward_schemas.RewardOrderOut)
def hand_reward_over(order_id: uuid.UUID) -> models.RewardOrder:
    """Say that a reward was handed over: the order is over."""
    return orders.move_brands(brand_id=brand_id(), order_id=order_id, to=models.OrderState.HANDED_OVER, now=clock.now())


@blueprint.post("/console/reward-orders/<uuid:order_id>/cancellation")
@only(Role.ADMIN)
@idempotent
@refuses(errors.RewardOrderUnknown, errors.RewardOrderOver)
@blueprint.response(200, reward_schemas.RewardOrderOut)
def cancel_reward_order(order_id: uuid.UUID) -> models.RewardOrder:
    """Cancel an order that cannot be fulfilled: the member's points come back as old as they were."""
    now = clock.now()
    theirs = orders.brands_order(brand_id=brand_id(), order_id=order_id, now=now)
    return orders.cancel_order(order=theirs, now=now)


@blueprint.get("/brands/<code>/programme")
@only(Role.MEMBER)
@refuses(BrandUnknown, errors.ProgrammeUnknown)
@blueprint.response(200, tier_schemas.StandingOut)
def show_programme(code: str) -> Body:
    """The rules in force at a brand, my tier, what the next one takes and what is at risk."""
    brand = find_brand(code)
    return standing.standing(member_id=member_id(), brand_id=brand.id, language=language(), now=clock.now())


@blueprint.get("/brands/<code>/tier-steps")
@only(Role.MEMBER)
@refuses(BrandUnknown)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, tier_schemas.TierStepsOut)
def list_tier_steps(page: Body, code: str) -> Any:
    """How my tier came to be what it is, newest first."""
    brand = find_brand(code)
    step, mine = models.TierChange, tier_queries.steps_of_tier(member_id(), brand.id)
    found = page_of(mine, sort=step.occurred_at, id=step.id, **page)
    cards = standing.tier_cards(found.items, brand_id=brand.id, language=language(), now=clock.now())
    return Page(cards, found.next), link_header(found)


@blueprint.get("/brands/<code>/rewards")
@only(Role.MEMBER)
@refuses(BrandUnknown)
@blueprint.response(200, reward_schemas.CatalogueOut)
def show_catalogue(code: str) -> Body:
    """What my points buy at a brand: my price, whether I can have it, and what is missing."""
    whose = {"member_id": member_id(), "brand_id": find_brand(code).id}
    return {"items": catalogue.show_catalogue(**whose, language=language(), now=clock.now())}


@blueprint.get("/purchases/<uuid:purchase_id>/awards")
@only(Role.MEMBER)
@refuses(errors.AwardsUnknown)
@blueprint.response(200, schemas.AwardsOut)
def explain_awards(purchase_id: uuid.UUID) -> Body:
    """Why a purchase gave me the points that it gave: which rule, on what, line by line."""
    return {"items": standing.awards(member_id=member_id(), purchase_id=purchase_id, language=language())}


@blueprint.post("/brands/<code>/referral-code")
@only(Role.MEMBER)
@idempotent
@refuses(BrandUnknown, errors.ReferralNotOffered)
@blueprint.response(200, schemas.ReferralCodeOut)
def make_referral_code(code: str) -> models.ReferralCode:
    """My code for those whom I bring to a brand: made when I first ask, the same ever after."""
    return referrals.my_code(member_id=member_id(), brand_id=find_brand(code).id, now=clock.now())


@blueprint.get("/brands/<code>/referrals")
@only(Role.MEMBER)
@refuses(BrandUnknown)
@blueprint.response(200, schemas.ReferralsOut)
def show_referrals(code: str) -> Body:
    """My code, how many I brought and how far it came; and whether I was brought."""
    return referrals.referrals_card(member_id=member_id(), brand_id=find_brand(code).id)


@blueprint.post("/brands/<code>/referral")
@only(Role.MEMBER)
@idempotent
@refuses(
    BrandUnknown,
    *NOT_A_CODE,
    errors.ReferralNotOffered,
    errors.ReferralCodeUnknown,
    errors.ReferralOfOneself,
    errors.ReferralTooLate,
    errors.ReferralTaken,
    errors.ReferralCodeExhausted,
)
@blueprint.arguments(schemas.ReferralDeclarationIn)
@blueprint.response(201, schemas.ReferralOut)
def declare_referral(said: Body, code: str) -> models.MemberReferral:
    """Say who brought me, by their code, before my first purchase: we both get points once it stands."""
    return referrals.declare_referral(**said, member_id=member_id(), brand_id=find_brand(code).id, now=clock.now())


def _change_of(**what: Any) -> Body:
    """Who changes what of which brand, as they read it."""
    return what | {"brand_id": brand_id(), "revision": matched_version(), "by": principal().id}
