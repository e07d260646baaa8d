"""A member reads and changes what they allow. Saying no costs no more than saying yes: one call, and no condition."""

from typing import Any

from app import clock, db
from app.accounts.access import Role, member_id, only
from app.accounts.errors import BrandUnknown
from app.accounts.finding import brand_called
from app.api import Blueprint, refuses
from app.consent import answering, charting, queries, withdrawing
from app.consent.errors import (
    EvidenceMissing,
    ExpiryPast,
    ExpiryTooLate,
    LevelNotCarried,
    OsPermissionMissing,
    PositiveActMissing,
    PurposeBundled,
    PurposeNeedsNoPermission,
    PurposeTextUnknown,
    PurposeUnknown,
    ScopeForeign,
    TouchpointUnknown,
)
from app.consent.models import PermissionEvent
from app.consent.schemas import (
    AnswerIn,
    BrandQuery,
    CellOut,
    MatrixOut,
    PermissionEventsOut,
    PurposeTextsOut,
    ScopeQuery,
    TextQuery,
    WithdrawalIn,
    WithdrawnOut,
)
from app.errors import NotFound
from app.idempotency import idempotent
from app.pagination import PageIn, link_header, page_of

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
    EvidenceMissing,
    ExpiryPast,
    ExpiryTooLate,
    LevelNotCarried,
    OsPermissionMissing,
    PositiveActMissing,
    PurposeTextUnknown,
)
CELL = "/permissions/<string:brand>/<string:touchpoint>/<string:purpose>"


@blueprint.get("/permissions")
@only(Role.MEMBER)
@refuses(BrandUnknown)
@blueprint.arguments(BrandQuery, location="query")
@blueprint.response(200, MatrixOut)
def read_permissions(asked: dict[str, Any]) -> Any:
    """Everything I allow a brand, and what I was never asked: touchpoint x purpose x scope, with the reason of each."""
    brand = brand_called(asked["brand"])
    cells = charting.matrix(member_id=member_id(), brand_id=brand.id, now=clock.now())
    return {"brand": brand.code, "cells": cells}


@blueprint.get("/permissions/texts")
@only(Role.MEMBER)
@blueprint.arguments(TextQuery, location="query")
@blueprint.response(200, PurposeTextsOut)
def read_permission_texts(asked: dict[str, Any]) -> Any:
    """The exact words to show before asking. A grant names them by their SHA-256, or by purpose, locale and version."""
    return {"items": db.all_of(queries.texts(now=clock.now(), **asked))}


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
    cell = answering.answer(
        member_id=member_id(),
        brand_id=brand_called(brand).id,
        touchpoint=touchpoint,
        purpose=purpose,
        now=now,
        **answer,
    )
    return charting.charted([cell], now=now)[0]


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
    cell = withdrawing.withdraw(
        member_id=member_id(),
        brand_id=brand_called(brand).id,
        touchpoint=touchpoint,
        purpose=purpose,
        now=now,
        **asked,
    )
    return charting.charted([cell], now=now)[0]


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
    brand_id = asked["brand"] and brand_called(asked["brand"]).id
    cells = withdrawing.withdraw_everything(member_id=member_id(), brand_id=brand_id, now=now)
    return {"withdrawn": len(cells), "cells": charting.charted(cells, now=now)}
