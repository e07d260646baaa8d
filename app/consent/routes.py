"""A member reads and changes what they allow. Saying no costs no more than saying yes: one call, and no condition."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app import clock
from app.accounts.brands import find_brand
from app.accounts.errors import AgeUndeclared, BrandUnidentified, BrandUnknown, BrandUnnamed
from app.carriers.errors import ChannelUnavailable
from app.consent import matrix, queries
from app.consent.errors import (
    AddressMissing,
    AskedTooSoon,
    ConfirmationUnusable,
    EvidenceMissing,
    ExpiryPast,
    ExpiryTooLate,
    LevelNotCarried,
    OsPermissionMissing,
    OsPermissionStale,
    PositiveActMissing,
    PurposeBundled,
    PurposeNeedsNoPermission,
    PurposeNotForMinors,
    PurposeTextSuperseded,
    PurposeTextUnknown,
    PurposeTooPrecise,
    PurposeUnknown,
    RecipientUnknown,
    RecipientUnnamed,
    ScopeForeign,
    TouchpointUnknown,
)
from app.consent.ledger import answers, confirmation, prompts, withdrawal
from app.consent.models import PermissionEvent
from app.consent.registry import catalogue, data_reasons, recipients, words
from app.consent.registry.errors import RecipientExists, RecipientNotTaken
from app.consent.registry.schemas import (
    DataReasonsOut,
    PurposesOut,
    PurposeTextOut,
    PurposeTextsOut,
    ReasonQuery,
    RecipientIn,
    RecipientOut,
    RecipientsOut,
    TextQuery,
)
from app.consent.schemas import (
    AnswerIn,
    BrandQuery,
    CellOut,
    ConfirmationIn,
    MatrixOut,
    PermissionEventsOut,
    PromptIn,
    ScopeQuery,
    WithdrawalIn,
    WithdrawnOut,
    write_matrix,
)
from app.errors import NotFound
from app.http.access import Role, brand_id, member_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.http.pagination import PageIn, link_header, page_of
from app.phones.errors import ReportFromTheFuture
from app.sql import db

blueprint = Blueprint("consent", __name__, url_prefix="/v1", description="What a member allows, cell by cell")

NO_SUCH_CELL = (
    NotFound,  # an address with a slash in a code is no address of ours
    BrandUnknown,
    TouchpointUnknown,
    PurposeUnknown,
    PurposeBundled,
    PurposeNeedsNoPermission,
    ScopeForeign,
)
NO_PROPER_YES = (
    AgeUndeclared,
    BrandUnidentified,
    EvidenceMissing,
    ExpiryPast,
    ExpiryTooLate,
    AddressMissing,
    ChannelUnavailable,
    LevelNotCarried,
    OsPermissionMissing,
    OsPermissionStale,
    PositiveActMissing,
    PurposeNotForMinors,
    PurposeTextSuperseded,
    PurposeTextUnknown,
    PurposeTooPrecise,
    RecipientUnknown,
    RecipientUnnamed,
    ReportFromTheFuture,
)
CELL = "/permissions/<string:brand>/<string:touchpoint>/<string:purpose>"


@blueprint.get("/permissions")
@only(Role.MEMBER)
@refuses(BrandUnknown)
@blueprint.arguments(BrandQuery, location="query")
@blueprint.response(200, MatrixOut)
def read_permissions(asked: dict[str, Any]) -> Any:
    """Everything I allow a brand, and what I was never asked: touchpoint x purpose x scope, with the reason of each."""
    brand = find_brand(asked["brand"])
    cells = matrix.read_matrix(
        member_id=member_id(), brand_id=brand.id, session_id=principal().session_id, now=clock.now()
    )
    return write_matrix(brand=brand.code, cells=cells)


@blueprint.get("/permissions/texts")
@only(Role.ANYONE)
@refuses(BrandUnidentified, BrandUnknown, BrandUnnamed, PurposeUnknown, RecipientUnknown, TouchpointUnknown)
@blueprint.arguments(TextQuery, location="query")
@blueprint.response(200, PurposeTextsOut)
def read_permission_texts(asked: dict[str, Any]) -> Any:
    """The exact words to show before asking: who asks, by which means, which data, for how long, and who receives them.

    A grant names them by their SHA-256, or by locale and version.
    """
    return {"items": words.show_words(now=clock.now(), **asked)}


@blueprint.get("/permissions/events")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, PermissionEventsOut)
def read_permission_events(page: dict[str, Any]) -> Any:
    """My ledger: every yes, no and end, with its evidence, newest first."""
    found = page_of(queries.ledger_of(member_id()), sort=PermissionEvent.recorded_at, id=PermissionEvent.id, **page)
    return found, link_header(found)


@blueprint.put(CELL)
@only(Role.MEMBER)
@idempotent
@refuses(*NO_SUCH_CELL, *NO_PROPER_YES)
@blueprint.arguments(AnswerIn)
@blueprint.response(200, CellOut)
def answer_permission(answer: dict[str, Any], brand: str, touchpoint: str, purpose: str) -> Any:
    """Say yes at a level, or no (`none`), to one touchpoint for one purpose.

    A yes needs the evidence of a clear act, and ends by itself. A no ends every yes inside its scope.
    """
    now = clock.now()
    answered = answers.answer_question(
        member_id=member_id(),
        brand_id=find_brand(brand).id,
        touchpoint=touchpoint,
        purpose=purpose,
        session_id=principal().session_id,
        now=now,
        **answer,
    )
    return matrix.chart_answer(answered, now=now)


@blueprint.delete(CELL)
@only(Role.MEMBER)
@refuses(*NO_SUCH_CELL)
@blueprint.arguments(ScopeQuery, location="query")
@blueprint.response(200, CellOut)
def withdraw_permission(asked: dict[str, Any], brand: str, touchpoint: str, purpose: str) -> Any:
    """Withdraw one touchpoint for one purpose, with all its scopes unless one is named.

    No body, no version, no Idempotency-Key: it never conflicts, and doing it twice is doing it once.
    """
    now = clock.now()
    answered = withdrawal.record_no(
        member_id=member_id(),
        brand_id=find_brand(brand).id,
        touchpoint=touchpoint,
        purpose=purpose,
        session_id=principal().session_id,
        now=now,
        **asked,
    )
    return matrix.chart_answer(answered, now=now)


@blueprint.post("/permissions/withdrawals")
@only(Role.MEMBER)
@refuses(BrandUnknown)
@blueprint.arguments(WithdrawalIn, required=False)
@blueprint.response(200, WithdrawnOut)
def withdraw_permissions(asked: dict[str, Any]) -> Any:
    """Withdraw everything, with one brand or with all.

    The body may be absent. No Idempotency-Key is needed: doing it twice is doing it once.
    """
    now = clock.now()
    brand_id = asked["brand"] and find_brand(asked["brand"]).id
    cells = withdrawal.withdraw_everything(member_id=member_id(), brand_id=brand_id, now=now)
    return {"withdrawn": len(cells), "cells": charted(cells, now=now)}


@blueprint.post(f"{CELL}/prompts")
@only(Role.MEMBER)
@idempotent
@refuses(
    *NO_SUCH_CELL,
    AgeUndeclared,
    AskedTooSoon,
    BrandUnidentified,
    PurposeTooPrecise,
    RecipientUnknown,
    RecipientUnnamed,
)
@blueprint.arguments(PromptIn)
@blueprint.response(201, CellOut)
def prompt_permission(asked: dict[str, Any], brand: str, touchpoint: str, purpose: str) -> Any:
    """Ask whether this question may be put to the member now, and record that it is.

    After a no the same question is not asked again for six months, after it was closed for a month, after it was put
    for a day: then the refusal says from when. A member who changes their mind needs no prompt. A yes that stands
    stays.
    """
    now = clock.now()
    cell = prompts.prompt_member(
        member_id=member_id(),
        brand_id=find_brand(brand).id,
        touchpoint=touchpoint,
        purpose=purpose,
        now=now,
        **asked,
    )
    return charted([cell], now=now)[0]


@blueprint.post(f"{CELL}/dismissals")
@only(Role.MEMBER)
@idempotent
@refuses(*NO_SUCH_CELL, PurposeTooPrecise, RecipientUnknown, RecipientUnnamed)
@blueprint.arguments(PromptIn)
@blueprint.response(201, CellOut)
def dismiss_prompt(asked: dict[str, Any], brand: str, touchpoint: str, purpose: str) -> Any:
    """Say that I closed this question without an answer: neither a yes nor a no, and it rests for a month."""
    now = clock.now()
    cell = prompts.dismiss_prompt(
        member_id=member_id(),
        brand_id=find_brand(brand).id,
        touchpoint=touchpoint,
        purpose=purpose,
        now=now,
        **asked,
    )
    return charted([cell], now=now)[0]


@blueprint.post("/permissions/confirmations")
@only(Role.ANYONE)
@refuses(ConfirmationUnusable)
@blueprint.arguments(ConfirmationIn)
@blueprint.response(200, CellOut)
def confirm_permission(link: dict[str, str]) -> Any:
    """Confirm a yes by the link that reached the member's own address.

    No `Idempotency-Key` and no sign-in: the token is the proof, and confirming twice is confirming once.
    """
    now = clock.now()
    cell = confirmation.confirm_permission(token=link["token"], now=now)
    return matrix.chart_cell([cell], member_id=cell.member_id, now=now)[0]


@blueprint.get("/permissions/texts/<string:sha256>")
@only(Role.ANYONE)
@refuses(NotFound)
@blueprint.response(200, PurposeTextOut)
def read_permission_text(sha256: str) -> Any:
    """The words with this fingerprint, byte for byte, however old they are: what a receipt says was shown."""
    return catalogue.text(sha256=sha256, now=clock.now())


@blueprint.get("/purposes")
@only(Role.ANYONE)
@blueprint.response(200, PurposesOut)
def list_purposes() -> Any:
    """What data is used for: who answers for it, on which legal basis, and within which bounds."""
    return {"items": catalogue.purposes()}


@blueprint.get("/data-reasons")
@only(Role.ANYONE)
@blueprint.arguments(ReasonQuery, location="query")
@blueprint.response(200, DataReasonsOut)
def list_data_reasons(asked: dict[str, Any]) -> Any:
    """Why do you ask? For each field of a request that says something about a person: what for, whether it may be
    left out, and what happens then. An app shows it beside the field."""
    return {"items": data_reasons.why(**asked)}


@blueprint.get("/recipients")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.response(200, RecipientsOut)
def list_recipients() -> Any:
    """To whom the brand passes data on, by name."""
    return {"items": db.all_of(queries.recipients_of(brand_id()))}


@blueprint.post("/recipients")
@only(Role.ADMIN)
@idempotent
@refuses(PurposeBundled, PurposeNeedsNoPermission, PurposeUnknown, RecipientExists, RecipientNotTaken)
@blueprint.arguments(RecipientIn)
@blueprint.response(201, RecipientOut)
def add_recipient(named: dict[str, str]) -> Any:
    """Name somebody to whom data may be passed on, once a member permits exactly that. A name is never taken back."""
    return recipients.name_recipient(brand_id=brand_id(), now=clock.now(), **named)


def charted(cells: Any, *, now: datetime) -> Sequence[matrix.Chart]:
    """Cells of the member of this request, for the phone that asks."""
    return matrix.chart_cell(cells, member_id=member_id(), session_id=principal().session_id, now=now)
