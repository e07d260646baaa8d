"""Members claim and hold coupons; tills redeem them and undo."""

import uuid
from typing import Any

from app import clock
from app.accounts.errors import TooManyGuesses
from app.errors import RequestInFlight
from app.http.access import CONSOLE_ROLES, Role, brand_id, member_id, only, principal, store_id
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from offers.coupons import claims, coupon_cards, own_coupons, queries, schemas, vouchers
from offers.coupons import redemption as coupons_redemption
from offers.coupons.errors import (
    CouponAlreadyRedeemed,
    CouponCodeTaken,
    CouponCodeUnknown,
    CouponEndedWithOffer,
    CouponExpired,
    CouponKept,
    CouponNotGivable,
    CouponNotShowable,
    CouponNotTransferable,
    CouponOutsideSchedule,
    CouponScheduleOver,
    CouponUnknown,
    CouponWrongStore,
    GiftOver,
    GiftToOneself,
    GiftUnknown,
    MemberLimitReached,
    OfferAppliesByItself,
    OfferNotForYou,
    OfferOutsideSchedule,
    OfferOutsideWindow,
    OfferPaused,
    OfferSoldOut,
    OfferSoldOutToday,
    RedeemedMeanwhile,
    RedemptionUnknown,
    UndoElsewhere,
    UndoWindowOver,
    UsedInSale,
    UseLimitReached,
)
from offers.coupons.gifts import queries as gift_queries
from offers.coupons.gifts import transfer
from offers.coupons.models import Coupon, CouponGift, GiftReceived
from offers.coupons.paper import codes
from offers.planning.errors import OfferNotLive, OfferUnknown
from offers.planning.spending.errors import BudgetSpent
from wallet.authenticity.errors import NOT_FRESH
from wallet.cards.errors import CardBlocked
from wallet.passes.errors import NOT_A_CODE, CodeTaken
from wallet.scanning.errors import ScanUnknown

blueprint = Blueprint("coupons", __name__, url_prefix="/v1", description="Coupons: claim, list, redeem, undo")

Body = dict[str, Any]

CODE_REFUSALS = (
    *NOT_A_CODE,
    TooManyGuesses,
    RequestInFlight,
    CouponCodeUnknown,
    CouponCodeTaken,
    OfferUnknown,
    OfferNotLive,
    OfferAppliesByItself,
    OfferOutsideWindow,
    OfferNotForYou,
    MemberLimitReached,
    OfferSoldOut,
    OfferSoldOutToday,
    UseLimitReached,
    BudgetSpent,
    CodeTaken,
)
"""Of a code on paper, typed by a member or at a till."""

CLAIM_REFUSALS = (
    *(OfferUnknown, OfferNotLive, OfferAppliesByItself, OfferOutsideWindow, OfferOutsideSchedule, OfferNotForYou),
    *(MemberLimitReached, OfferSoldOut, OfferSoldOutToday, BudgetSpent, UseLimitReached, CodeTaken),
)
"""Of an offer, claimed by a member or by staff for them."""


@blueprint.post("/offers/<uuid:offer_id>/coupons")
@only(Role.MEMBER)
@idempotent
@refuses(*CLAIM_REFUSALS)
@blueprint.response(201, schemas.CouponOut)
def claim_offer(offer_id: uuid.UUID) -> Body:
    """Claim an offer: get a coupon with a code of its own. It needs no card with the brand and joins nothing."""
    now = clock.now()
    sign_in = principal().session_id
    coupon = claims.claim_offer(member_id=member_id(), offer_id=offer_id, now=now, session_id=sign_in)
    return coupon_cards.coupon_card(coupon, language=language(), now=now)


@blueprint.post("/coupon-codes")
@only(Role.MEMBER)
@refuses(*CODE_REFUSALS)
@blueprint.arguments(schemas.CouponCodeIn)
@blueprint.response(201, schemas.CouponOut)
def take_coupon_code(typed: Body) -> Body:
    """Type the code of a coupon on paper: it becomes mine, with a code of its own.

    No `Idempotency-Key`: a code works once, typing it again gives the coupon that I have, and a wrong one is counted.
    """
    now = clock.now()
    coupon = codes.take_code(member_id=member_id(), code=typed["code"], now=now)
    return coupon_cards.coupon_card(coupon, language=language(), now=now)


@blueprint.post("/scans/<uuid:scan_id>/coupon-codes")
@only(Role.TERMINAL)
@refuses(ScanUnknown, *CODE_REFUSALS)
@blueprint.arguments(schemas.CouponCodeIn)
@blueprint.response(201, schemas.CouponOut)
def take_coupon_code_at_till(typed: Body, scan_id: uuid.UUID) -> Body:
    """Type the code of a coupon on paper at a till, for the member whose pass was scanned.

    No `Idempotency-Key`: a code works once, typing it again gives the same coupon, and a wrong one is counted.
    """
    now = clock.now()
    coupon = codes.take_code_at_till(
        scan_id=scan_id,
        brand_id=brand_id(),
        store_id=store_id(),
        terminal_id=principal().id,
        code=typed["code"],
        now=now,
    )
    return coupon_cards.coupon_card(coupon, language=language(), now=now)


@blueprint.get("/coupons")
@only(Role.MEMBER)
@blueprint.arguments(schemas.CouponsIn, location="query")
@blueprint.response(200, schemas.CouponsOut)
def list_coupons(asked: Body) -> tuple[Page[Body], dict[str, str]]:
    """My coupons, newest first, perhaps only the active, redeemed or expired ones."""
    now = clock.now()
    mine = queries.coupons_in(member_id(), asked.pop("status"), now=now)
    found = page_of(mine, sort=Coupon.claimed_at, id=Coupon.id, **asked)
    cards = [coupon_cards.coupon_card(coupon, language=language(), now=now) for coupon in found.items]
    return Page(cards, found.next), link_header(found)


@blueprint.get("/coupons/<string(maxlength=64):code>")
@only(Role.MEMBER)
@refuses(CouponUnknown, *NOT_A_CODE)
@blueprint.response(200, schemas.CouponOut)
def show_coupon(code: str) -> Body:
    """One of my coupons."""
    coupon = own_coupons.my_coupon(member_id=member_id(), code=code)
    return coupon_cards.coupon_card(coupon, language=language(), now=clock.now())


@blueprint.post("/coupons/<string(maxlength=64):code>/voucher")
@only(Role.MEMBER)
@idempotent
@refuses(CouponUnknown, *NOT_A_CODE, CouponNotShowable)
@blueprint.response(200, schemas.CouponVoucherOut)
def make_voucher(code: str) -> Any:
    """A voucher for one of my coupons, which a till without a network can verify: fetch one while there is one."""
    return vouchers.make_voucher(member_id=member_id(), code=code, now=clock.now())


@blueprint.get("/scans/<uuid:scan_id>/coupons")
@only(Role.TERMINAL)
@refuses(ScanUnknown)
@blueprint.response(200, schemas.CouponsAtTillOut)
def list_coupons_of_scan(scan_id: uuid.UUID) -> Body:
    """The coupons of the member whose pass was scanned: which can be used here, and why the others cannot."""
    now = clock.now()
    judged = own_coupons.coupons_for_scan(scan_id=scan_id, brand_id=brand_id(), store_id=store_id(), now=now)
    return {"items": [coupon_cards.coupon_at_till(one, language=language(), now=now) for one in judged]}


@blueprint.post("/scans/<uuid:scan_id>/coupons")
@only(Role.TERMINAL)
@idempotent
@refuses(ScanUnknown, *CLAIM_REFUSALS)
@blueprint.arguments(schemas.ClaimAtTillIn)
@blueprint.response(201, schemas.CouponOut)
def claim_offer_at_till(wish: Body, scan_id: uuid.UUID) -> Body:
    """Claim an offer for the member whose pass was scanned. The limits are the member's own; who did it is kept."""
    now = clock.now()
    at = {"brand_id": brand_id(), "store_id": store_id(), "terminal_id": principal().id}
    coupon = claims.claim_at_till(scan_id=scan_id, offer_id=wish["offer_id"], **at, now=now)
    return coupon_cards.coupon_card(coupon, language=language(), now=now)


@blueprint.post("/coupons/<string(maxlength=200):code>/redemptions")
@only(Role.TERMINAL)
@idempotent
@refuses(*NOT_FRESH)
@refuses(CouponUnknown, *NOT_A_CODE, CardBlocked, OfferPaused, CouponOutsideSchedule, CouponScheduleOver)
@refuses(CouponAlreadyRedeemed, CouponExpired, CouponEndedWithOffer, CouponKept, CouponWrongStore, RedeemedMeanwhile)
@refuses(BudgetSpent, UseLimitReached, RequestInFlight)
@blueprint.arguments(schemas.RedemptionIn, required=False)
@blueprint.response(201, schemas.RedemptionOut)
def redeem_coupon(nothing: Body, code: str) -> Body:
    """Use a coupon at this store. The answer says what to give, and until when it can be undone."""
    at = {"brand_id": brand_id(), "store_id": store_id(), "terminal_id": principal().id}
    redemption = coupons_redemption.redeem_coupon(code=code, **at, now=clock.now())
    return coupon_cards.redemption_card(redemption, language=language())


@blueprint.get("/redemptions/<uuid:redemption_id>")
@only(Role.TERMINAL, *CONSOLE_ROLES)
@refuses(RedemptionUnknown)
@blueprint.response(200, schemas.RedemptionOut)
def show_redemption(redemption_id: uuid.UUID) -> Body:
    """One redemption at a store of the brand."""
    redemption = coupons_redemption.show_redemption(redemption_id=redemption_id, brand_id=brand_id(), now=clock.now())
    return coupon_cards.redemption_card(redemption, language=language())


@blueprint.post("/redemptions/<uuid:redemption_id>/undoing")
@only(Role.TERMINAL)
@idempotent
@refuses(RedemptionUnknown, UndoElsewhere, UsedInSale, UndoWindowOver)
@blueprint.response(200, schemas.RedemptionOut)
def undo_redemption(redemption_id: uuid.UUID) -> Body:
    """Undo a redemption made here by mistake: the member has the coupon again."""
    redemption = coupons_redemption.undo_redemption(
        redemption_id=redemption_id, brand_id=brand_id(), store_id=store_id(), now=clock.now()
    )
    return coupon_cards.redemption_card(redemption, language=language())


@blueprint.post("/coupons/<string(maxlength=64):code>/gifts")
@only(Role.MEMBER)
@idempotent
@refuses(CouponUnknown, *NOT_A_CODE, CouponNotTransferable, CouponNotGivable)
@blueprint.arguments(schemas.CouponGiftIn)
@blueprint.response(201, schemas.GiftOut)
def give_coupon(wish: Body, code: str) -> Body:
    """Give one of my coupons away: the answer holds the code to send. Until it is accepted I can take it back."""
    now = clock.now()
    gift = transfer.give_away_coupon(member_id=member_id(), code=code, from_name=wish["from_name"], now=now)
    return coupon_cards.gift_card(gift, language=language(), now=now)


@blueprint.get("/coupon-gifts")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.GiftsOut)
def list_gifts(page: Body) -> Any:
    """What I gave, newest first."""
    now = clock.now()
    found = page_of(gift_queries.gifts_of(member_id()), sort=CouponGift.made_at, id=CouponGift.id, **page)
    cards = [coupon_cards.gift_card(one, language=language(), now=now) for one in found.items]
    return Page(cards, found.next), link_header(found)


@blueprint.post("/coupon-gifts/<uuid:gift_id>/withdrawal")
@only(Role.MEMBER)
@idempotent
@refuses(GiftUnknown, GiftOver)
@blueprint.response(200, schemas.GiftOut)
def take_gift_back(gift_id: uuid.UUID) -> Body:
    """Take back what nobody has accepted: the coupon is mine to use again."""
    now = clock.now()
    gift = transfer.take_back_gift(member_id=member_id(), gift_id=gift_id, now=now)
    return coupon_cards.gift_card(gift, language=language(), now=now)


@blueprint.get("/received-gifts")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.GiftsReceivedOut)
def list_received_gifts(page: Body) -> Any:
    """What I was given, newest first."""
    now = clock.now()
    mine = gift_queries.gifts_received_by(member_id())
    found = page_of(mine, sort=GiftReceived.received_at, id=GiftReceived.id, **page)
    cards = [coupon_cards.received_card(one, language=language(), now=now) for one in found.items]
    return Page(cards, found.next), link_header(found)


@blueprint.get("/gifts/<string(maxlength=64):gift_code>")
@only(Role.MEMBER)
@refuses(GiftUnknown, *NOT_A_CODE)
@blueprint.response(200, schemas.GiftShownOut)
def show_gift(gift_code: str) -> Body:
    """What is in a gift that somebody sent me the code of, and from whom."""
    gift = transfer.look_at_gift(code=gift_code)
    return coupon_cards.gift_card(gift, language=language(), now=clock.now())


@blueprint.post("/gifts/<string(maxlength=64):gift_code>/acceptance")
@only(Role.MEMBER)
@idempotent
@refuses(GiftUnknown, *NOT_A_CODE, GiftToOneself, GiftOver, MemberLimitReached, CodeTaken)
@blueprint.arguments(schemas.GiftAcceptanceIn)
@blueprint.response(201, schemas.CouponOut)
def accept_gift(wish: Body, gift_code: str) -> Body:
    """Accept a gift: a coupon of my own with a new code. The giver reads the name that I choose, or none."""
    now = clock.now()
    coupon = transfer.accept_gift(member_id=member_id(), code=gift_code, name=wish["name"], now=now)
    return coupon_cards.coupon_card(coupon, language=language(), now=now)
