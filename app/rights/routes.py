"""My rights: requests and their clock, exports, addresses, restriction, who read what. And the brand's side of them."""

import uuid
from typing import Any

from app import clock
from app.access_log import queries as access_log
from app.access_log import reads
from app.access_log.models import PersonalRead
from app.accounts.brands import find_brand
from app.accounts.errors import BrandUnknown, CodeNotAccepted, SignInStale, TooManyGuesses
from app.accounts.models import Member
from app.accounts.schemas import AddressIn, MeOut
from app.consent.suppression import objections, restriction
from app.errors import CostlyDoorBusy, NotFound, RequestInFlight
from app.http.access import Role, brand_id, client_network, member_id, only, principal
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from app.ops.costly_doors import EXPORTS, keep_place
from app.rights import queries, schemas
from app.rights.errors import (
    AddressTaken,
    AddressUnknown,
    ExtensionTooLate,
    LastAddressKept,
    RightsRequestClosed,
    RightsRequestUnknown,
    StatementMissing,
)
from app.rights.export import access_export, portable_data
from app.rights.models import RightsRequest
from app.rights.requests import answers, intake, rectification

blueprint = Blueprint("rights", __name__, url_prefix="/v1", description="A person's rights over their data")

Body = dict[str, Any]
Listed = tuple[Page[Any], dict[str, str]]
HANDLERS = (Role.ADMIN, Role.AUDITOR)
AT_CONSOLE = "/console/rights-requests/<uuid:request_id>"


@blueprint.post("/rights-requests")
@only(Role.MEMBER)
@idempotent
@refuses(BrandUnknown, StatementMissing)
@blueprint.arguments(schemas.RightsRequestIn)
@blueprint.response(201, schemas.RightsRequestOut)
def ask_for_right(body: Body) -> RightsRequest:
    """Ask for access, a portable copy, rectification, restriction, objection, erasure, or review by a person.

    Free of charge, and the session is identity enough. What a programme can do is done at once; the rest is answered
    by a person within a month, or three after a notice with its reason (GDPR article 12(3)).
    """
    named = body.pop("brand")
    return intake.ask_for_right(member_id=member_id(), brand_id=named and find_brand(named).id, **body, now=clock.now())


@blueprint.get("/rights-requests")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.RightsRequestsOut)
def list_rights_requests(page: Body) -> Listed:
    """What I asked, and what became of it, newest first."""
    mine = queries.requests_of(member_id())
    found = page_of(mine, sort=RightsRequest.received_at, id=RightsRequest.id, **page)
    return found, link_header(found)


@blueprint.get("/rights-requests/<uuid:request_id>")
@only(Role.MEMBER)
@refuses(RightsRequestUnknown)
@blueprint.response(200, schemas.RightsRequestOut)
def show_rights_request(request_id: uuid.UUID) -> RightsRequest:
    """One of my requests."""
    return intake.my_request(member_id=member_id(), request_id=request_id)


@blueprint.get("/me/export")
@only(Role.MEMBER)
@refuses(CostlyDoorBusy)
@blueprint.response(200, schemas.AccessExportOut)
def export_me() -> Body:
    """Everything that is held of me: data, purposes, recipients, retention, source and logic (GDPR article 15)."""
    with keep_place(door=EXPORTS, whose=str(member_id())):
        return access_export.access_export(member_id=member_id(), language=language(), now=clock.now())


@blueprint.get("/me/portability")
@only(Role.MEMBER)
@refuses(CostlyDoorBusy)
@blueprint.response(200, schemas.PortabilityOut)
def carry_me() -> Body:
    """What I provided and what my use left, to take elsewhere (GDPR article 20). Nothing inferred is in it."""
    with keep_place(door=EXPORTS, whose=str(member_id())):
        return portable_data.portable(member_id=member_id(), now=clock.now())


@blueprint.post("/me/addresses")
@only(Role.MEMBER)
@refuses(SignInStale, CodeNotAccepted, TooManyGuesses, AddressTaken, AddressUnknown, RequestInFlight, NotFound)
@blueprint.arguments(schemas.AddressChangeIn)
@blueprint.response(200, MeOut)
def change_address(body: Body) -> Member:
    """Open my wallet with a new address, with the code that `POST /v1/sign-in-codes` sent there.

    With `replaces`, the old address opens it no more. Within 15 minutes after signing in. No `Idempotency-Key`: a code
    works once, and a wrong one counts.
    """
    body["replaces"] = body["replaces"] and body["replaces"]["address"]
    return rectification.change_address(
        member_id=member_id(), session_id=principal().session_id, **body, client=client_network(), now=clock.now()
    )


@blueprint.post("/me/addresses/removal")
@only(Role.MEMBER)
@idempotent
@refuses(SignInStale, AddressUnknown, LastAddressKept, NotFound)
@blueprint.arguments(AddressIn)
@blueprint.response(200, MeOut)
def remove_address(body: Body) -> Member:
    """Open my wallet with this address no more; within 15 minutes after signing in."""
    return rectification.remove_address(
        member_id=member_id(), session_id=principal().session_id, address=body["address"], now=clock.now()
    )


@blueprint.delete("/me/restriction")
@only(Role.MEMBER)
@refuses(NotFound)
@blueprint.response(200, schemas.RestrictionOut)
def lift_restriction() -> Member:
    """Let my data be used again as far as my permissions allow; `POST /v1/rights-requests` restricts it.

    No `Idempotency-Key`: lifting it twice is lifting it once.
    """
    return restriction.lift_restriction(member_id=member_id(), now=clock.now())


@blueprint.delete("/me/objection")
@only(Role.MEMBER)
@refuses(BrandUnknown)
@blueprint.arguments(schemas.ObjectionQuery, location="query")
@blueprint.response(200, schemas.ObjectionsOut)
def lift_objection(asked: Body) -> Body:
    """Take back my objection to the marketing of one brand, or the one to all. What it withdrew stays withdrawn.

    No `Idempotency-Key`: lifting it twice is lifting it once.
    """
    lifted = objections.lift_objection(
        member_id=member_id(), brand_id=asked["brand"] and find_brand(asked["brand"]).id, now=clock.now()
    )
    return {"lifted": len(lifted)}


@blueprint.get("/me/reads")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.ReadsOut)
def list_reads(page: Body) -> Listed:
    """Who of which brand saw which kind of my data, by role and date, newest first."""
    found = page_of(access_log.reads_of(member_id()), sort=PersonalRead.read_at, id=PersonalRead.id, **page)
    return Page(reads.described(found.items, language=language()), found.next), link_header(found)


@blueprint.get("/console/rights-requests")
@only(*HANDLERS)
@blueprint.arguments(schemas.RightsRequestsIn, location="query")
@blueprint.response(200, schemas.RightsRequestsOut)
def list_rights_requests_to_brand(asked: Body) -> Listed:
    """What members asked of the brand, newest first, perhaps only in one state. Each member sees that we looked."""
    wanted = queries.requests_to(brand_id(), state=asked.pop("state"))
    found = page_of(wanted, sort=RightsRequest.received_at, id=RightsRequest.id, **asked)
    answers.note_shown(found.items, now=clock.now())
    return found, link_header(found)


@blueprint.get(AT_CONSOLE)
@only(*HANDLERS)
@refuses(RightsRequestUnknown)
@blueprint.response(200, schemas.RightsRequestOut)
def show_rights_request_to_brand(request_id: uuid.UUID) -> RightsRequest:
    """One request to the brand. The member sees that we looked."""
    return answers.read_request(brand_id=brand_id(), request_id=request_id, now=clock.now())


@blueprint.post(f"{AT_CONSOLE}/taking")
@only(Role.ADMIN)
@idempotent
@refuses(RightsRequestUnknown, RightsRequestClosed)
@blueprint.response(200, schemas.RightsRequestOut)
def take_rights_request(request_id: uuid.UUID) -> RightsRequest:
    """Begin to work on it. No `If-Match`: taking it twice changes nothing."""
    return answers.take_request(brand_id=brand_id(), request_id=request_id, now=clock.now())


@blueprint.post(f"{AT_CONSOLE}/extension")
@only(Role.ADMIN)
@idempotent
@refuses(RightsRequestUnknown, RightsRequestClosed, ExtensionTooLate)
@blueprint.arguments(schemas.ReasonIn)
@blueprint.response(200, schemas.RightsRequestOut)
def extend_rights_request(body: Body, request_id: uuid.UUID) -> RightsRequest:
    """Take two more months, once and before the first is over; the member reads the reason (GDPR article 12(3))."""
    return answers.extend_request(brand_id=brand_id(), request_id=request_id, reason=body["reason"], now=clock.now())


@blueprint.post(f"{AT_CONSOLE}/answer")
@only(Role.ADMIN)
@idempotent
@refuses(RightsRequestUnknown, RightsRequestClosed)
@blueprint.arguments(schemas.AnswerTextIn)
@blueprint.response(200, schemas.RightsRequestOut)
def answer_rights_request(body: Body, request_id: uuid.UUID) -> RightsRequest:
    """Close it with an answer that the member reads. It is final: a closed request changes no more."""
    return answers.answer_request(brand_id=brand_id(), request_id=request_id, text=body["text"], now=clock.now())


@blueprint.post(f"{AT_CONSOLE}/refusal")
@only(Role.ADMIN)
@idempotent
@refuses(RightsRequestUnknown, RightsRequestClosed)
@blueprint.arguments(schemas.ReasonIn)
@blueprint.response(200, schemas.RightsRequestOut)
def refuse_rights_request(body: Body, request_id: uuid.UUID) -> RightsRequest:
    """Close it with a refusal and its reason (GDPR article 12(4)). It is final."""
    return answers.refuse_request(brand_id=brand_id(), request_id=request_id, reason=body["reason"], now=clock.now())
