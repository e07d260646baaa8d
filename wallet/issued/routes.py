"""A member's passes in the wallets of their phones."""

import uuid
from http import HTTPStatus
from typing import Any

from app import clock
from app.http.access import Role, member_id, only
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import idempotent
from app.http.pagination import PageIn, link_header, read_page
from wallet.cards.errors import CardBlocked, CardUnknown
from wallet.issued import issuance, own_passes, queries
from wallet.issued.errors import IssuedPassUnknown
from wallet.issued.schemas import HeldPassesOut, PassOut

blueprint = Blueprint("issued", __name__, url_prefix="/v1", description="Passes in the wallets of my phones")

STATUS = {True: HTTPStatus.CREATED, False: HTTPStatus.OK}


@blueprint.post("/cards/<uuid:card_id>/pass")
@only(Role.MEMBER)
@refuses(CardUnknown, CardBlocked)
@blueprint.alt_response(200, schema=PassOut, description="I had this pass already", success=True)
@blueprint.response(201, PassOut)
def issue_card_pass(card_id: uuid.UUID) -> Any:
    """Take my card into the wallets of my phones. It is one pass however often I ask, and goes on changing there.

    No `Idempotency-Key`: the answer holds links that open the pass, which are kept nowhere, and end soon.
    """
    given = own_passes.give_card_pass(member_id=member_id(), card_id=card_id, language=language(), now=clock.now())
    return given.answer, STATUS[given.is_new]


@blueprint.get("/passes")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, HeldPassesOut)
def list_passes(page: dict[str, Any]) -> Any:
    """My passes that I did not end, the newest first."""
    found = read_page(queries.PASSES_HELD, [member_id()], shape=queries.held_pass, **page)
    return found, link_header(found)


@blueprint.delete("/passes/<uuid:pass_id>")
@only(Role.MEMBER)
@idempotent
@refuses(IssuedPassUnknown)
@blueprint.response(204)
def end_pass(pass_id: uuid.UUID) -> None:
    """End a pass: it is void in all my wallets, for good. My card or coupon stays, and can have another pass."""
    issuance.end_pass(member_id=member_id(), pass_id=pass_id, now=clock.now())
