"""A member's coupons in the wallets of their phones, and why a card shows itself."""

import uuid
from http import HTTPStatus
from typing import Any

from app import clock
from app.http.access import Role, member_id, only
from app.http.api import Blueprint, language, refuses
from offers.coupons.errors import CouponUnknown
from offers.pass_facts import coupon_passes, why
from offers.pass_facts.errors import CouponNotUsable
from offers.pass_facts.schemas import WhyShownOut
from wallet.issued.errors import IssuedPassUnknown
from wallet.issued.schemas import PassOut
from wallet.passes.errors import NOT_A_CODE

blueprint = Blueprint("pass_facts", __name__, url_prefix="/v1", description="What offers put on passes")

STATUS = {True: HTTPStatus.CREATED, False: HTTPStatus.OK}


@blueprint.post("/coupons/<string(maxlength=64):code>/pass")
@only(Role.MEMBER)
@refuses(CouponUnknown, CouponNotUsable, *NOT_A_CODE)
@blueprint.alt_response(200, schema=PassOut, description="I had this pass already", success=True)
@blueprint.response(201, PassOut)
def issue_coupon_pass(code: str) -> Any:
    """Take one of my coupons into the wallets of my phones as a pass of its own. My card's pass shows it anyway.

    No `Idempotency-Key`: the answer holds links that open the pass, which are kept nowhere, and end soon.
    """
    given = coupon_passes.give_coupon_pass(member_id=member_id(), code=code, language=language(), now=clock.now())
    return given.answer, STATUS[given.is_new]


@blueprint.get("/passes/<uuid:pass_id>/why")
@only(Role.MEMBER)
@refuses(IssuedPassUnknown)
@blueprint.response(200, WhyShownOut)
def explain_pass(pass_id: uuid.UUID) -> Any:
    """Why my card is on my locked screen: near which stores it shows itself, and what to withdraw so that it stops."""
    return why.explain_pass(member_id=member_id(), pass_id=pass_id, language=language(), now=clock.now())
